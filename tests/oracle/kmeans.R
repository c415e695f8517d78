# Made tests/oracle/kmeans/r.csv and <set>.csv: what R's kmeans() finds from given rows as start.
# Run in the top folder: Rscript tests/oracle/kmeans.R
# r.csv: the set, k, the rows (from 1) that are the start, the inertia by Lloyd, and that by Hartigan-Wong.
# <set>.csv: the labels by Lloyd, a column for each start.

set.seed(20261124)
cases <- list(iris = c(2, 3, 5, 10), mk2 = c(2, 5, 20), ruspini = c(4, 6, 75), wine = c(3, 8), ecoli = c(3, 8), wdbc = c(2, 6))
starts <- 3

fit <- function(x, rows, algorithm)
    suppressWarnings(kmeans(x, x[rows, , drop = FALSE], iter.max = 10000, algorithm = algorithm))

# Lloyd's result is comparable when no distance was a tie and no cluster ran empty; R stops at an empty one.
lloyd <- function(x, rows) tryCatch(fit(x, rows, "Lloyd"), error = function(e) NULL)

# Two centers at the same distance from a row, but for rounding: then the result is a matter of taste.
tie <- function(x, rows) {
    d <- sapply(rows, function(r) colSums((t(x) - x[r, ])^2))
    any(apply(d, 1, function(v) { v <- sort(v); v[2] - v[1] <= 1e-9 * v[2] }))
}

table <- NULL
for (name in names(cases)) {
    data <- read.csv(file.path("data", paste0(name, ".csv")))
    x <- as.matrix(data[, -ncol(data)]) # the last column is the class
    distinct <- which(!duplicated(x))
    labels <- NULL
    for (k in cases[[name]]) {
        n <- 0
        while (n < starts) {
            rows <- if (k == length(distinct)) distinct else sort(sample(distinct, k))
            found <- lloyd(x, rows)
            if (is.null(found) || (k < length(distinct) && tie(x, rows)))
                next
            n <- n + 1
            hw <- if (k < nrow(x)) fit(x, rows, "Hartigan-Wong")$tot.withinss else 0
            table <- rbind(table, data.frame(set = name, k = k, rows = paste(rows, collapse = " "),
                lloyd = sprintf("%.17g", found$tot.withinss), hartigan_wong = sprintf("%.17g", hw)))
            labels <- cbind(labels, found$cluster)
            if (k == length(distinct))
                break
        }
    }
    write.table(labels, file.path("tests/oracle/kmeans", paste0(name, ".csv")), sep = ",", row.names = FALSE, col.names = FALSE)
}
write.csv(table, "tests/oracle/kmeans/r.csv", row.names = FALSE, quote = FALSE)
