# One run of mclust, for bench/mixtures: prints NAME=VALUE lines.
arg <- commandArgs(TRUE)
what <- arg[1]
suppressWarnings(suppressPackageStartupMessages(library(mclust)))

say <- function(name, value) cat(name, "=", value, "\n", sep = "")

if (what == "version") {
    say("R", as.character(getRversion()))
    say("mclust", as.character(packageVersion("mclust")))
} else if (what == "iteration") {
    data <- as.matrix(read.csv(arg[2]))
    d <- ncol(data) - 1
    x <- data[, 1:d]
    z <- unmap(data[, d + 1])
    few <- as.integer(arg[4])
    many <- as.integer(arg[5])
    once <- function(iterations)
        min(replicate(3, system.time(suppressWarnings(me(x, arg[3], z, control = emControl(tol = 0, itmax = iterations))))[["user.self"]]))
    say("seconds", (once(many) - once(few)) / (many - few))
} else {
    x <- as.matrix(read.csv(arg[2])[, 1:as.integer(arg[3])])
    say("seconds", system.time(found <- Mclust(x, verbose = FALSE))[["elapsed"]])
    say("found", sprintf("%s %d, BIC %.2f", found$modelName, found$G, found$bic))
}
