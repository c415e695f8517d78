# Made tests/oracle/clara/*: what clara() of R's package cluster finds, with its own generator (rngR = FALSE).
# Run in the top folder: Rscript tests/oracle/clara.R
#
# r.csv: the set (data/SET.csv without its last column), metric, k, samples, sampsize (0: R's default, min(n, 40 + 2 k)), pamlike, the
#   medoids (i.med: rows from 1, in the order of the clusters), the objective (mean distance), and the kept sample's rows.
#   tied: whether medoids or labels are others when the data change by 1e-12 of themselves. Then the result depends on the
#   rounding of the distances.
# SET.csv: the labels, a column for each row of r.csv with that set, in order.

library(cluster)
set.seed(20261126)
trials <- 5

case <- function(k, metric = "euclidean", samples = 5, sampsize = 0, pamlike = FALSE)
    list(k = k, metric = metric, samples = samples, sampsize = sampsize, pamlike = pamlike)
cases <- list(
    iris = list(case(3), case(3, "manhattan"), case(3, samples = 10), case(3, sampsize = 100), case(3, pamlike = TRUE), case(1)),
    ruspini = list(case(4), case(4, sampsize = 12), case(4, sampsize = 75), case(4, "manhattan", pamlike = TRUE)),
    wine = list(case(3), case(3, samples = 10), case(8, "manhattan"), case(8, sampsize = 178, pamlike = TRUE)),
    ecoli = list(case(8), case(8, samples = 10), case(8, pamlike = TRUE), case(8, sampsize = 200)),
    wdbc = list(case(2), case(5), case(5, "manhattan"), case(5, samples = 10, sampsize = 20)),
    mk2 = list(case(2), case(10), case(10, pamlike = TRUE), case(10, "manhattan", samples = 10, sampsize = 30),
        case(10, sampsize = 600)),
    xclara = list(case(3), case(3, samples = 10), case(10), case(10, samples = 10, pamlike = TRUE), case(1)))

table <- NULL
for (set in names(cases)) {
    data <- read.csv(file.path("data", paste0(set, ".csv")))
    x <- as.matrix(data[, -ncol(data)]) # the last column is the class
    labels <- NULL
    for (one in cases[[set]]) {
        find <- function(x) with(one, clara(x, k, metric, samples = samples, pamLike = pamlike,
            sampsize = if (sampsize) sampsize else min(nrow(x), 40 + 2 * k)))
        fit <- find(x)
        same <- replicate(trials, {
            other <- find(x * (1 + runif(length(x), -1e-12, 1e-12)))
            identical(other$i.med, fit$i.med) && identical(other$clustering, fit$clustering)
        })
        table <- rbind(table, data.frame(set = set, metric = one$metric, k = one$k, samples = one$samples, sampsize = one$sampsize,
            pamlike = one$pamlike, medoids = paste(fit$i.med, collapse = " "), objective = sprintf("%.17g", fit$objective),
            tied = !all(same), sample = paste(sort(fit$sample), collapse = " ")))
        labels <- cbind(labels, unname(fit$clustering))
    }
    write.table(labels, file.path("tests/oracle/clara", paste0(set, ".csv")), sep = ",", row.names = FALSE, col.names = FALSE)
}
write.csv(table, "tests/oracle/clara/r.csv", row.names = FALSE, quote = FALSE)
