# Made tests/oracle/condensed/: merges and heights of R's hclust() on the distances of the rows of data/SET.csv without its last
# column (tree.csv; SET wine, and every fourth row of mk2), and on random.dist, distances without geometry, in the order of dist(), 50 objects.
# Merges in scipy's order: objects count from 0, merge i (from 0) is n + i, the lower number first. No two distances of a set are
# equal, so that the tree is the only one. Run in the top folder: Rscript tests/oracle/linkage.R

folder <- file.path("tests", "oracle", "condensed")
dir.create(folder, showWarnings = FALSE)
kinds <- c(ward = "ward.D2", average = "average", complete = "complete", single = "single", weighted = "mcquitty")
set.seed(6)
n <- 50
random <- sprintf("%.17g", 0.1 + runif(n * (n - 1) / 2))
writeLines(random, file.path(folder, "random.dist"))
square <- matrix(0, n, n)
square[lower.tri(square)] <- as.numeric(random)
all <- list(random = as.dist(square))
for (set in c("wine", "mk2")) {
    data <- read.csv(file.path("data", paste0(set, ".csv")))
    if (set == "mk2") data <- data[seq(1, nrow(data), by = 4), ]
    all[[set]] <- dist(as.matrix(data[, -ncol(data)]))
}
out <- NULL
for (set in names(all)) {
    d <- all[[set]]
    n <- attr(d, "Size")
    if (anyDuplicated(as.vector(d))) stop("equal distances in ", set)
    for (kind in names(kinds)) {
        h <- hclust(d, kinds[[kind]])
        number <- ifelse(h$merge < 0, -h$merge - 1, h$merge - 1 + n)
        out <- rbind(out, data.frame(set = set, kind = kind, left = pmin(number[, 1], number[, 2]),
            right = pmax(number[, 1], number[, 2]), height = sprintf("%.17g", h$height)))
    }
}
write.csv(out, file.path(folder, "tree.csv"), row.names = FALSE, quote = FALSE)
