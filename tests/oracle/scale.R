# scale.R - the numbers that tests/unit/scale.c compares with: scale(), min, max, median and IQR (type 7) of iris.
# Run: Rscript tests/oracle/scale.R data/iris.csv; the output is C, pasted into the test. Made with R 4.2.2.
x <- as.matrix(read.csv(commandArgs(TRUE)[1])[1:4])
row <- function(name, v) cat(sprintf("    {%s}, /* %s */\n", paste(sprintf("%.17g", v), collapse = ", "), name))
z <- scale(x)
row("mean", attr(z, "scaled:center"))
row("sd", attr(z, "scaled:scale"))
row("min", apply(x, 2, min))
row("max - min", apply(x, 2, function(v) max(v) - min(v)))
row("median", apply(x, 2, median))
row("IQR", apply(x, 2, IQR, type = 7))
row("scale(x)[1, ]", z[1, ])
row("scale(x)[150, ]", z[150, ])
# Quartiles of 1..n for every n modulo 4, where type 7 interpolates differently, of a shuffled column.
for (n in 1:9) {
    v <- ((1:n) * 7) %% 10 + ((1:n) %% 3) / 8
    cat(sprintf("    {%d, %s}, /* n, median, IQR */\n", n, paste(sprintf("%.17g", c(median(v), IQR(v))), collapse = ", ")))
}
