# Made tests/oracle/agree/r.csv: the adjusted Rand index of mclust and of fpc (cluster.stats, which also takes clusters of one row) for the
# pairs of labellings in cases.csv, which agree.py made. NaN stands where R has none.
# Run in the top folder: Rscript tests/oracle/agree.R
library(mclust)
library(fpc)
cases <- read.csv("tests/oracle/agree/cases.csv")
out <- do.call(rbind, lapply(split(cases, cases$case), function(x) {
    truth <- as.integer(factor(x$truth))
    label <- as.integer(factor(x$label))
    fpc <- tryCatch(cluster.stats(NULL, label, truth, compareonly = TRUE)$corrected.rand, error = function(e) NA)
    data.frame(case = x$case[1], mclust = adjustedRandIndex(truth, label), fpc = fpc)
}))
options(digits = 17)
write.csv(out, "tests/oracle/agree/r.csv", row.names = FALSE, quote = FALSE)
