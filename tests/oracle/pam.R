# Made tests/oracle/pam/*: what pam() of R's package cluster finds.
# Run in the top folder: Rscript tests/oracle/pam.R
#
# pam.csv: the set (data/SET.csv without its last column), metric, k, the start (rows from 1, or "build"), the algorithm (pam: pamonce = 0,
#   fastpam1: 3, fasterpam: 6, none: do.swap = FALSE), the medoids (rows, increasing) and their loss, the sum of distances.
#   tied: whether other medoids are found when the distances change by 1e-7 of themselves. Then the result is a matter of
#   rounding and of the order of work; low and high are the losses of what was found in five such trials and without.
# info.csv: default pam(): for each cluster medoid, size, max_diss, av_diss, diameter, separation, isolation (no, L or L*).
# silhouette.csv: the same fits, for each row cluster, neighbor and sil_width.
# ruspini.dist: write(dist(ruspini)), the triangle column by column, 7 digits; the rows of pam.csv with the set ruspini.dist are
#   from these distances.

library(cluster)
set.seed(20261125)
cases <- list(iris = c(2, 3, 5, 10, 20), ruspini = c(2, 4, 6, 10), wine = c(3, 8, 20), ecoli = c(2, 8, 20), wdbc = c(2, 5, 20),
    mk2 = c(2, 10, 20))
pamonce <- c(pam = 0, fastpam1 = 3, fasterpam = 6, none = 0)
starts <- 3
trials <- 5

read <- function(set) {
    data <- read.csv(file.path("data", paste0(set, ".csv")))
    as.matrix(data[, -ncol(data)]) # the last column is the class
}

find <- function(d, k, start, algorithm, once = pamonce[[algorithm]])
    sort(pam(d, k, diss = TRUE, medoids = start, do.swap = algorithm != "none", pamonce = once)$id.med)

number <- function(v) sprintf("%.17g", v)
join <- function(v) paste(v, collapse = " ")

row <- function(set, metric, d, k, start, algorithm) {
    all <- as.matrix(d)
    loss <- function(medoid) sum(apply(all[, medoid, drop = FALSE], 1, min))
    found <- find(d, k, start, algorithm)
    tried <- lapply(seq_len(trials), function(t) # pamonce = 3 finds the same as 0, sooner
        find(d * (1 + runif(length(d), -1e-7, 1e-7)), k, start, algorithm, max(3, pamonce[[algorithm]])))
    losses <- c(loss(found), sapply(tried, loss))
    data.frame(set = set, metric = metric, k = k, start = if (is.null(start)) "build" else join(start), algorithm = algorithm,
        medoids = join(found), loss = number(loss(found)), tied = !all(sapply(tried, identical, found)),
        low = number(min(losses)), high = number(max(losses)))
}

rows <- function(set, metric, d, k, distinct) {
    table <- NULL
    for (s in seq_len(starts)) {
        start <- sort(sample(distinct, k))
        for (algorithm in c("pam", "fastpam1", "fasterpam"))
            table <- rbind(table, row(set, metric, d, k, start, algorithm))
    }
    for (algorithm in c("pam", "fastpam1", "fasterpam", "none"))
        table <- rbind(table, row(set, metric, d, k, NULL, algorithm))
    table
}

table <- NULL
for (set in names(cases)) {
    x <- read(set)
    for (metric in c("euclidean", "manhattan"))
        for (k in cases[[set]])
            table <- rbind(table, rows(set, metric, dist(x, metric), k, which(!duplicated(x))))
}

file <- "tests/oracle/pam/ruspini.dist"
write(dist(read("ruspini")), file)
d <- structure(scan(file, quiet = TRUE), class = "dist", Size = 75, Diag = FALSE, Upper = FALSE)
for (k in c(3, 4, 10))
    table <- rbind(table, rows("ruspini.dist", "condensed", d, k, 1:75))
write.csv(table, "tests/oracle/pam/pam.csv", row.names = FALSE, quote = FALSE)

info <- silhouette <- NULL
for (set in c("iris", "ruspini", "wine")) {
    k <- c(iris = 3, ruspini = 4, wine = 3)[[set]]
    fit <- pam(read(set), k)
    figures <- as.data.frame(lapply(as.data.frame(fit$clusinfo[, c("max_diss", "av_diss", "diameter", "separation")]), number))
    info <- rbind(info, data.frame(set = set, k = k, cluster = 1:k, medoid = fit$id.med, size = fit$clusinfo[, "size"], figures,
        isolation = as.character(fit$isolation)))
    width <- fit$silinfo$widths
    width <- width[order(as.integer(rownames(width))), ]
    silhouette <- rbind(silhouette, data.frame(set = set, k = k, row = seq_len(nrow(width)), cluster = width[, "cluster"],
        neighbor = width[, "neighbor"], sil_width = number(width[, "sil_width"])))
}
write.csv(info, "tests/oracle/pam/info.csv", row.names = FALSE, quote = FALSE)
write.csv(silhouette, "tests/oracle/pam/silhouette.csv", row.names = FALSE, quote = FALSE)
