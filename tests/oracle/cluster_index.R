# Made tests/oracle/condensed/index.csv: indices of partitions into k = 2, 3, 5 and 8 clusters of the distances of tests/oracle/linkage.R,
# by plain evaluation of their formulas; the silhouette by silhouette() of the package cluster. The partitions are cutree() of
# hclust()'s ward.D2. Run in the top folder, after linkage.R: Rscript tests/oracle/cluster_index.R

library(cluster)
folder <- file.path("tests", "oracle", "condensed")
n <- 50
random <- matrix(0, n, n)
random[lower.tri(random)] <- as.numeric(readLines(file.path(folder, "random.dist")))
all <- list(random = random + t(random))
for (set in c("wine", "mk2")) {
    data <- read.csv(file.path("data", paste0(set, ".csv")))
    if (set == "mk2") data <- data[seq(1, nrow(data), by = 4), ]
    all[[set]] <- as.matrix(dist(as.matrix(data[, -ncol(data)])))
}
medoid <- function(d, members) members[which.min(rowSums(d[members, members, drop = FALSE]))]
out <- NULL
for (set in names(all)) {
    d <- all[[set]]
    n <- nrow(d)
    tree <- hclust(as.dist(d), "ward.D2")
    for (k in c(2, 3, 5, 8)) {
        label <- cutree(tree, k)
        of <- split(seq_len(n), label)
        m <- sapply(of, function(members) medoid(d, members))
        near <- mapply(function(members, center) sum(d[members, center]), of, m)
        size <- lengths(of)
        spread <- near / size
        same <- outer(label, label, "==")
        db <- mean(sapply(seq_len(k), function(g) max(sapply(setdiff(seq_len(k), g), function(h) (spread[g] + spread[h]) / d[m[g], m[h]]))))
        ch <- (n - k) / (k - 1) * sum(size * d[m, medoid(d, seq_len(n))]) / sum(near)
        cop <- sum(sapply(seq_len(k), function(g) near[g] / min(apply(d[-of[[g]], of[[g]], drop = FALSE], 1, max)))) / n
        value <- c(mean(silhouette(label, as.dist(d))[, "sil_width"]), min(d[!same]) / max(d[same]), db, ch, cop)
        out <- rbind(out, c(set, k, sprintf("%.17g", value)))
    }
}
colnames(out) <- c("set", "k", "silhouette", "dunn", "db", "ch", "cop")
write.csv(out, file.path(folder, "index.csv"), row.names = FALSE, quote = FALSE)
