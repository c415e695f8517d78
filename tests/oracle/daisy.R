# daisy.R - the dissimilarities that tests/unit/mixed.c compares with: daisy(), metric gower, of a mixed table with missing
# values. Run: Rscript tests/oracle/daisy.R; the output is C, pasted into the test. Made with R 4.2.2, cluster 2.1.4.
library(cluster)
text <- "height,region,grade,rooms,smoker,owner,code,flat
1.5,north,b,2,0,no,01,3
2.25,south,a,10,1,yes,1,3
NA,east,c,2,1,no,01,3
-0.125,north,NA,1,0,NA,7,3
4,west,b,3,NA,yes,7,NA
3.5,,a,10,0,no,NA,3
2.25,south,c,1,0,no,1,3
NA,west,c,NA,1,yes,01,3
0.0625,east,a,3,0,no,7,3
1e1,north,b,2,1,NA,1,3"
x <- read.csv(text = text, na.strings = c("NA", ""), stringsAsFactors = FALSE,
              colClasses = c(code = "character", owner = "character"))
invisible(Sys.setlocale("LC_COLLATE", "C"))
x$region <- factor(x$region)
x$code <- factor(x$code)
x$grade <- ordered(x$grade)
x$rooms <- ordered(x$rooms)
x$owner <- as.integer(factor(x$owner)) - 1L
d <- daisy(x, metric = "gower", type = list(asymm = c("smoker", "owner")))
stopifnot(!anyNA(d))
cat(sprintf("    %.17g,\n", d), sep = "")
