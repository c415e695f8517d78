# Made tests/oracle/gmm/mclust.csv and volume.csv: what mclust's me() finds when it iterates to the end (tol = 1e-14) from the labels
# that kmeans ended in (column `column` of tests/oracle/kmeans/<set>.csv, from 1); with noise, every tenth row starts as noise.
# Run in the top folder: Rscript tests/oracle/gmm.R
# volume.csv: log of hypvol(). A family that ends without a result (a singular covariance) has no line; what takes mclust
# many minutes (slow) is left out.

suppressMessages(library(mclust))
families <- c("EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV")
cases <- list(iris = c(1, 4, 7), mk2 = c(1, 4), ruspini = 1, wine = 1, wdbc = 1)
slow <- list(wine = c("EVE", "VVE"), wdbc = c("VEI", "VEE", "EVE", "VVE", "VEV"))
control <- emControl(tol = c(1e-14, 1e-14), itmax = c(20000, 2000))

one <- function(x, z, family, noise) {
    vinv <- if (noise) hypvol(x, reciprocal = TRUE) else NULL
    m <- suppressWarnings(try(me(data = x, modelName = family, z = z, control = control, Vinv = vinv), silent = TRUE))
    if (inherits(m, "try-error") || is.na(m$loglik))
        return(NULL)
    b <- bic(family, m$loglik, nrow(x), ncol(x), ncol(z) - noise, noise = noise)
    c(m$loglik, b, b + 2 * sum(log(apply(m$z, 1, max))))
}

table <- volume <- NULL
for (name in names(cases)) {
    data <- read.csv(file.path("data", paste0(name, ".csv")))
    x <- as.matrix(data[, -ncol(data)])
    volume <- rbind(volume, data.frame(set = name, log_volume = sprintf("%.15g", log(hypvol(x)))))
    labels <- read.csv(file.path("tests/oracle/kmeans", paste0(name, ".csv")), header = FALSE)
    for (column in cases[[name]])
        for (noise in c(FALSE, TRUE)) {
            start <- labels[[column]]
            k <- max(start)
            if (noise)
                start[seq(10, nrow(x), 10)] <- k + 1
            for (family in if (ncol(x) > 5) setdiff(families, slow[[name]]) else families) {
                r <- one(x, unmap(start, groups = seq_len(k + noise)), family, noise)
                if (!is.null(r))
                    table <- rbind(table, data.frame(set = name, k = k, column = column, noise = as.integer(noise), family = family,
                        loglik = sprintf("%.15g", r[1]), bic = sprintf("%.15g", r[2]), icl = sprintf("%.15g", r[3])))
            }
        }
}
write.csv(table, "tests/oracle/gmm/mclust.csv", row.names = FALSE, quote = FALSE)
write.csv(volume, "tests/oracle/gmm/volume.csv", row.names = FALSE, quote = FALSE)
