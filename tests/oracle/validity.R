# Made tests/oracle/validity/r.csv: what cluster.stats() of R's package fpc finds of the partitions in tests/oracle/kmeans/SET.csv
# (column from 1) of data/SET.csv without its last column: mean silhouette, Calinski-Harabasz, Dunn (min.separation / max.diameter),
# and the largest diameter and the least separation of the clusters; and from silhouette() of the package cluster the width of row 1.
# Run in the top folder, after kmeans.R: Rscript tests/oracle/validity.R

suppressMessages(library(fpc))
library(cluster)
out <- NULL
for (set in c("ecoli", "iris", "mk2", "ruspini", "wdbc", "wine")) {
    data <- read.csv(file.path("data", paste0(set, ".csv")))
    d <- dist(as.matrix(data[, -ncol(data)]))
    labels <- read.csv(file.path("tests", "oracle", "kmeans", paste0(set, ".csv")), header = FALSE)
    for (column in seq_along(labels)) {
        label <- as.integer(labels[[column]])
        if (max(label) == nrow(data)) next
        s <- cluster.stats(d, label)
        out <- rbind(out, data.frame(set = set, column = column, silhouette = s$avg.silwidth, ch = s$ch, dunn = s$dunn,
            diameter = s$max.diameter, separation = s$min.separation, first = silhouette(label, d)[1, "sil_width"]))
    }
}
for (name in setdiff(names(out), c("set", "column")))
    out[[name]] <- sprintf("%.17g", out[[name]])
write.csv(out, "tests/oracle/validity/r.csv", row.names = FALSE, quote = FALSE)
