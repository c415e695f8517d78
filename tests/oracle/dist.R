# dist.R - the numbers of gower that tests/unit/dist.c compares with: daisy() of six rows of two interval, one nominal and two
# asymmetric columns with missing values, pairs in the order (1, 0), (2, 0), (2, 1), (3, 0) ... The output is C, pasted into the
# test. Run: Rscript tests/oracle/dist.R. Made with R 4.2.2, cluster 2.1.4.
suppressWarnings(library(cluster))
x <- data.frame(a = c(1, 2.5, NA, 4, 1, NA), b = c(10, 30, 20, 11, NA, NA), c = factor(c(1, 2, 1, 3, 3, NA)),
                s = c(0, 1, 0, 1, 0, 0), t = c(0, 1, 0, NA, 1, 0))
d <- as.matrix(suppressWarnings(daisy(x, metric = "gower", type = list(asymm = c("s", "t")))))
v <- unlist(lapply(2:6, function(i) d[i, 1:(i - 1)]))
cat("    ", paste(ifelse(is.na(v), "NAN", sprintf("%.17g", v)), collapse = ", "), "\n", sep = "")
