# One run of a peer in R, for bench/kmeans: prints NAME=VALUE lines.
arg <- commandArgs(TRUE)
what <- arg[1]
suppressWarnings(suppressPackageStartupMessages(library(data.table)))

say <- function(name, value) cat(name, "=", value, "\n", sep = "")
timed <- function(expr) say("seconds", min(system.time(expr)[["elapsed"]]))
fit <- function(x, start, iterations, algorithm)
    suppressWarnings(kmeans(x, start, iter.max = iterations, algorithm = algorithm))

if (what == "version") {
    say("R", as.character(getRversion()))
    say("data.table", as.character(packageVersion("data.table")))
} else if (what == "fread") {
    setDTthreads(as.integer(arg[3]))
    say("seconds", min(replicate(3, system.time(fread(arg[2]))[["elapsed"]])))
} else if (what == "pipeline") {
    setDTthreads(as.integer(arg[6]))
    timed({
        x <- as.matrix(fread(arg[2]))
        k <- as.integer(arg[3])
        found <- fit(x, x[1:k, ], as.integer(arg[4]), "Lloyd")
        fwrite(data.table(cluster = found$cluster), arg[5])
    })
} else if (what == "open") {
    # 30 starts of k distinct rows, written as tables, and the mean inertia of Hartigan-Wong from them.
    data <- fread(arg[2])
    x <- as.matrix(data)
    k <- as.integer(arg[3])
    set.seed(7)
    distinct <- which(!duplicated(x))
    inertia <- sapply(1:30, function(i) {
        rows <- sample(distinct, k)
        fwrite(data[rows], file.path(arg[4], paste0("open.start", i, ".csv")))
        fit(x, x[rows, , drop = FALSE], 1000, "Hartigan-Wong")$tot.withinss
    })
    say("mean", sprintf("%.17g", mean(inertia)))
} else {
    x <- as.matrix(fread(arg[2]))
    k <- as.integer(arg[3])
    timed(found <- fit(x, x[1:k, ], as.integer(arg[4]), if (what == "lloyd") "Lloyd" else "Hartigan-Wong"))
    say("inertia", sprintf("%.17g", found$tot.withinss))
}
