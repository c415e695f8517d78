# One run of a peer in R, for bench/kmedoids: prints NAME=VALUE lines.
arg <- commandArgs(TRUE)
what <- arg[1]
suppressPackageStartupMessages(library(cluster))

say <- function(name, value) cat(name, "=", if (is.double(value)) sprintf("%.17g", value) else value, "\n", sep = "")
seconds <- function(expr) system.time(expr, gcFirst = FALSE)[["elapsed"]]
best <- function(times, work) min(replicate(times, seconds(work())))
numbers <- function(path) {
    columns <- length(strsplit(readLines(path, 1), ",", fixed = TRUE)[[1]])
    matrix(scan(path, sep = ",", skip = 1, quiet = TRUE), ncol = columns, byrow = TRUE)
}
start <- function(path) if (path == "build") NULL else sort(scan(path, 0L, quiet = TRUE))

# pam() rearranges the distances and collects garbage for longer than it searches, so what is timed is the routine in C that pam(D, k,
# medoids =, pamonce =) calls, with the distances in the order that it wants. The search alone is the time with do.swap less the time
# without: each takes up the medoids and labels every object. BUILD alone is the time without medoids less that with them.
run <- function(dys, n, medoids, k, swap, once, stats = FALSE)
    .Call(cluster:::cl_Pam, k, n, FALSE, dys, stats, medoids, swap, 0L, FALSE, once, 0, 0L, 0L)

if (what == "version") {
    say("R", as.character(getRversion()))
    say("cluster", as.character(packageVersion("cluster")))
} else if (what == "swap" || what == "build") {
    # swap FILE PAMONCE REPETITIONS K START [K START...]; build FILE PAMONCE REPETITIONS K START [K START...]
    x <- numbers(arg[2])
    n <- nrow(x)
    once <- as.integer(arg[3])
    times <- as.integer(arg[4])
    say("dist", seconds(distances <- dist(x)))
    dys <- c(0, distances[cluster:::lower.to.upper.tri.inds(n)])
    rm(distances)
    invisible(gc())
    for (i in seq(5, length(arg), 2)) {
        k <- as.integer(arg[i])
        at <- paste0("/", k, "/", if (arg[i + 1] == "build") "build" else "random")
        medoids <- start(arg[i + 1])
        search <- what == "swap"
        whole <- best(times, function() run(dys, n, if (search) medoids else NULL, k, search, once))
        rest <- best(times, function() run(dys, n, medoids, k, FALSE, once))
        say(paste0("seconds", at), whole - rest)
        found <- run(dys, n, if (search) medoids else NULL, k, search, once, TRUE)
        say(paste0("loss", at), found$obj[2] * n)
        say(paste0("medoids", at), paste(sort(found$med), collapse = " "))
    }
} else if (what == "clara") {
    # clara FILE K PAMLIKE REPETITIONS
    x <- numbers(arg[2])
    took <- best(as.integer(arg[5]), function()
        found <<- clara(x, as.integer(arg[3]), pamLike = arg[4] == "TRUE", medoids.x = FALSE, keep.data = FALSE))
    say("seconds", took)
    say("mean", found$objective)
    say("medoids", paste(sort(found$i.med), collapse = " "))
} else if (what == "pam") {
    # pam FILE PAMONCE K...
    x <- numbers(arg[2])
    for (k in arg[-(1:3)]) {
        took <- seconds(found <- pam(x, as.integer(k), pamonce = as.integer(arg[3]), keep.diss = FALSE, keep.data = FALSE))
        say(paste0("seconds", k), took)
        say(paste0("loss", k), found$objective[["swap"]] * nrow(x))
    }
}
