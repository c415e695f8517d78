#!/usr/bin/env Rscript
# Wilcoxon's signed rank test and the power of the t-test by R: what num/signed_rank and num/power are compared with.
#
#     cd tests/oracle && ./signed_rank.R && ./signed_rank.py
#
# writes signed_rank/pairs.csv (pairs of several cases), r.csv and power.csv. Made with R 4.2.2. p is that of wilcox.test() where it
# is exact (no ties) or normal (beyond 500 pairs); of cases with ties and up to 15 differences it is counted over all 2^n signs here,
# of larger ones signed_rank.py counts it.
set.seed(5)
number <- function(x) format(x, digits = 17, trim = TRUE, scientific = FALSE)
pairs <- list()
results <- list()

enumerated <- function(d) {
    r <- rank(abs(d))
    signs <- as.matrix(expand.grid(rep(list(c(0, 1)), length(r))))
    sums <- as.vector(signs %*% r)
    v <- sum(r[d > 0])
    off <- abs(v - sum(r) / 2)
    list(statistic = v, p.value = mean(abs(sums - sum(r) / 2) >= off))
}

case <- function(name, a, b, how) {
    pairs[[name]] <<- data.frame(case = name, a = as.character(a), b = as.character(b))
    d <- round(a - b, 6)
    d <- d[d != 0]
    if (how == "counted")
        return(invisible())
    t <- switch(how, enumerated = enumerated(d), exact = wilcox.test(d, exact = TRUE),
                normal = wilcox.test(d, exact = FALSE, correct = TRUE))
    results[[name]] <<- data.frame(case = name, nonzero = length(d), plus = number(t$statistic), p = number(t$p.value), how = how)
}

for (n in c(1, 2, 5, 12, 30, 49, 100, 500))
    case(paste0("plain", n), round(rnorm(n, 0.3), 6), round(rnorm(n), 6), "exact")
case("apart", round(runif(40, 2, 3), 6), round(runif(40), 6), "exact")
for (n in c(3, 8, 12, 15))
    case(paste0("tied", n), sample(0:6, n, TRUE), sample(0:4, n, TRUE), "enumerated")
case("decimals", round(runif(15), 1), round(runif(15), 1), "enumerated")
case("same", rep(0.7, 10), rep(0.6, 10), "enumerated")
case("thousandths", round(runif(90, 0.9, 1), 3), round(runif(90, 0.89, 0.99), 3), "counted")
case("counts", rpois(450, 9), rpois(450, 8), "counted")
case("long", round(rnorm(700, 0.05), 6), round(rnorm(700), 6), "normal")
case("longties", rpois(900, 9), rpois(900, 8.8), "normal")
options(warn = 2)
write.csv(do.call(rbind, pairs), "signed_rank/pairs.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, results), "signed_rank/r.csv", row.names = FALSE, quote = FALSE)

power <- expand.grid(n = c(2, 3, 5, 10, 29, 90, 1000), effect = c(0.05, 0.3, 0.6, 1.1, 2), alpha = c(0.05, 0.05 / 3, 0.0001))
power$power <- mapply(function(n, d, a) power.t.test(n, d, 1, a, type = "one.sample", strict = TRUE)$power,
                      power$n, power$effect, power$alpha)
power <- power[is.finite(power$power), ]
# The least whole n with power 0.8, by steps: power.t.test() solves for fractions, and not below 2.
least <- function(d, a) {
    n <- 2
    while (power.t.test(n, d, 1, a, type = "one.sample", strict = TRUE)$power < 0.8) n <- n + 1
    n
}
power$least <- mapply(least, power$effect, power$alpha)
write.csv(as.data.frame(lapply(power, number)), "signed_rank/power.csv", row.names = FALSE, quote = FALSE)
