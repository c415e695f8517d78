/* alg/kshape.h - k-Shape (Paparrizos and Gravano, SIGMOD 2015): clusters around shapes, under the shape-based distance.
 *
 * Series are z-normalised by the caller. Random labels and zero centres; then, until the labels repeat: the centre of a cluster is the
 * leading eigenvector of P S P (S the sum of x x' of its members, each moved to meet the old centre, zeros filled in, and z-normalised;
 * P = I - 1 1' / m, which such members do not need), its sign such that the members lie nearer, z-normalised; every series goes to its
 * nearest centre, the first of equals. An empty cluster takes the series that is farthest from its centre, of a cluster that has others.
 * The eigenvector is found by products with the members, without S (num/principal.h). Channels: correlations are summed, one shift for
 * all; the eigenvector is of each channel by itself. Lengths may differ: a centre is as long as the longest series, shorter ones count as
 * zeros behind their end. No gaps. The start of least inertia (sum of squared distances), the first of equals, is kept.
 * O(n k L log L + 20 n L) an iteration; memory 24 n L. The same bytes for any number of threads and for all kernels. */
#ifndef CLU_ALG_KSHAPE_H
#define CLU_ALG_KSHAPE_H

#include "alg/series_centers.h"
#include "base/run.h"
#include "base/status.h"

struct clu_kshape_opt {
    size_t k, nstart, max_iter;
};
#define CLU_KSHAPE_DEFAULT ((struct clu_kshape_opt){.nstart = 10, .max_iter = 100})

/* Start s draws its labels from the stream s. CLU_DATA "5 clusters asked, but only 3 series". */
enum clu_status clu_kshape_fit(struct clu_series_centers *out, const struct clu_series *x, const struct clu_kshape_opt *opt,
                               const struct clu_run *run, struct clu_err *err);

/* One start, from label[n] of 0..k-1. */
enum clu_status clu_kshape_from(struct clu_series_centers *out, const struct clu_series *x, const int32_t *label,
                                const struct clu_kshape_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
