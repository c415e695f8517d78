/* num/soft.h - measures that weigh all warping paths: soft-DTW (its divergence) and the global alignment kernel.
 *
 * soft-DTW (Cuturi and Blondel, ICML 2017): R(i,j) = (xi - yj)^2 + softmin(R(i-1,j-1), R(i-1,j), R(i,j-1)), softmin(a..) = -gamma log sum exp(-a / gamma).
 * Global alignment kernel (Cuturi, ICML 2011): k(i,j) = exp(-phi), phi = d^2 / (2 sigma^2) + log(2 - exp(-d^2 / (2 sigma^2))), d the difference;
 * K(i,j) = k(i,j) (K(i-1,j) + K(i,j-1) + K(i-1,j-1)), in logarithms; normalised by sqrt(K(x,x) K(y,y)). With a window as everywhere
 * (num/measure.h), no triangle. Channels: d^2 is the sum over the channels (dependent) or a distance a channel, summed (independent). */
#ifndef CLU_NUM_SOFT_H
#define CLU_NUM_SOFT_H

#include "base/run.h"
#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

#include <stddef.h>

/* The terms of each series with itself. */
struct clu_soft;
enum clu_status clu_soft_init(struct clu_soft **out, const struct clu_series *x, const struct clu_measure *m, const struct clu_run *run,
                              struct clu_err *err);
void clu_soft_free(struct clu_soft *s); /* NULL is fine */
size_t clu_soft_scratch(const struct clu_soft *a, const struct clu_soft *b); /* doubles */

/* The divergence (softdtw) or 1 - the normalised kernel (gak) of series i of a and j of b; both prepared for the same measure; 0 for a series with itself. */
double clu_soft_pair(const struct clu_soft *a, size_t i, const struct clu_soft *b, size_t j, double *scratch);

/* Undivided: soft-DTW itself, or log K. */
double clu_soft_raw(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                    double *scratch);

/* sigma of gak by the median heuristic: the median distance of two samples (of different series, drawn by the seed: at most 10000 pairs)
 * times the root of the median length. 1 when that is 0. */
double clu_soft_sigma(const struct clu_series *x, uint64_t seed, struct clu_err *err);

#endif
