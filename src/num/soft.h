/* num/soft.h - measures that weigh all warping paths: soft-DTW (its divergence) and the global alignment kernel.
 *
 * soft-DTW (Cuturi and Blondel, ICML 2017): R(i,j) = (xi - yj)^2 + softmin(R(i-1,j-1), R(i-1,j), R(i,j-1)), softmin(a..) = -gamma log sum
 * exp(-a / gamma); so exp(-R / gamma) follows the recurrence of a kernel.
 * Global alignment kernel (Cuturi, ICML 2011): k(i,j) = exp(-phi), phi = d^2 / (2 sigma^2) + log(2 - exp(-d^2 / (2 sigma^2))), d the difference;
 * K(i,j) = k(i,j) (K(i-1,j) + K(i,j-1) + K(i-1,j-1)); normalised by sqrt(K(x,x) K(y,y)). With a window as everywhere (num/measure.h), no triangle;
 * under one the normalised kernel of different lengths may be above 1, and counts as 1.
 * Channels: d^2 is the sum over the channels (dependent) or a distance a channel, summed (independent). Lengths may differ; no gaps.
 *
 * K is a number with an exponent of its own, whose range no series reaches; one logarithm is taken, at the end. By antidiagonals, whose cells are
 * in the lanes of vectors. O(cells in the window * channels), memory O(n + m). Kernels of different targets agree to 1e-12. */
#ifndef CLU_NUM_SOFT_H
#define CLU_NUM_SOFT_H

#include "base/run.h"
#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

#include <stddef.h>

/* The terms of each series with itself. x is borrowed; sigma of m is a number (clu_soft_sigma() finds one). Reading it is thread safe. */
struct clu_soft;
enum clu_status clu_soft_init(struct clu_soft **out, const struct clu_series *x, const struct clu_measure *m, const struct clu_run *run,
                              struct clu_err *err);
void clu_soft_free(struct clu_soft *s); /* NULL is fine */

/* Doubles of scratch for pairs of a series of a with one of b, or of so many samples. */
size_t clu_soft_scratch(const struct clu_soft *a, const struct clu_soft *b);
size_t clu_soft_raw_scratch(size_t channels, size_t longest_a, size_t longest_b);

/* The divergence (softdtw) or 1 - the normalised kernel (gak) of series i of a and j of b; both prepared for the same measure; 0 for a
 * series with itself. The same both ways, to the last bit. */
double clu_soft_pair(const struct clu_soft *a, size_t i, const struct clu_soft *b, size_t j, double *scratch);

/* Undivided: soft-DTW itself, or log K; summed over independent channels. */
double clu_soft_raw(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                    double *scratch);

/* sigma of gak by the median heuristic: the median distance of two samples (of different series, drawn by the seed: 10000 pairs; a set of one
 * series is drawn from alone) times the root of the median length. 1 when that is 0. NAN, with err filled, without memory. */
double clu_soft_sigma(const struct clu_series *x, uint64_t seed, struct clu_err *err);

#endif
