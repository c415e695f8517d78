/* num/sbd.h - the shape-based distance (Paparrizos and Gravano, SIGMOD 2015): 1 - the largest normalised cross-correlation.
 *
 * CC(s) = sum over t of x[t + s] y[t], zeros outside, s = -(m - 1) .. n - 1, by real FFTs (GSL) of a common length; summed over the channels
 * (dependent) or a distance a channel, summed (independent). NCC = CC / (|x| |y|), 0 when the product is below 1e-9; so the distance of a
 * series of zeros is 1, but 0 to itself. In [0, 2] (times the channels, if independent). Lengths may differ. O(L log L) a pair, each series
 * is transformed once; memory 16 L a series and channel. The same bits for all kernels. */
#ifndef CLU_NUM_SBD_H
#define CLU_NUM_SBD_H

#include "base/status.h"
#include "num/series.h"

#include <stdbool.h>
#include <stddef.h>

/* A set of series, transformed; x is not needed any more. Reading it is thread safe. */
struct clu_sbd;
enum clu_status clu_sbd_init(struct clu_sbd **out, const struct clu_series *x, size_t longest /* of all sets that are compared */,
                             bool independent, struct clu_err *err);
void clu_sbd_free(struct clu_sbd *s); /* NULL is fine */

/* Doubles of scratch for one pair, and for clu_sbd_update(). */
size_t clu_sbd_scratch(const struct clu_sbd *s);

/* Series i, of the length that it has, becomes v[channels][len]. */
void clu_sbd_update(struct clu_sbd *s, size_t i, const double *v, double *scratch);

/* From series i of a to j of b, prepared with the same longest. shift, or NULL: by how many samples series j is to be moved to the right
 * (negative: left) to meet series i best (the smallest magnitude among equals, then the negative; two correlations within 1e-12 are
 * equal); of independent channels that of the first. The same both ways to 1e-12; exactly 0 for i == j of the same set. */
double clu_sbd_pair(const struct clu_sbd *a, size_t i, const struct clu_sbd *b, size_t j, ptrdiff_t *shift, double *scratch);

#endif
