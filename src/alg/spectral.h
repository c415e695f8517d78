/* alg/spectral.h - spectral clustering (Ng, Jordan, Weiss, NIPS 2001) of objects with given distances.
 *
 * Affinities: 1 - d (for a normalised kernel such as gak; never below 0), or exp(-d^2 / (s_i s_j)) with s_i the distance to the 7th
 * neighbour (Zelnik-Manor and Perona, NIPS 2004), the farthest where there are fewer; a zero scale counts as the least positive one. 0
 * from an object to itself, as both papers have it. The k largest eigenvectors of the affinities, divided by the roots of the
 * objects' sums (num/krylov); the objects' rows in them brought to length 1 (an object without any affinity has no direction and
 * stays at 0); k-means of these with 10 starts by the seed. The same for every number of threads.
 * Cost: O(n^2 k) a step of num/krylov, mostly some ten; memory 8 n^2 bytes, 24 n^2 where all eigenvectors must be computed. */
#ifndef CLU_ALG_SPECTRAL_H
#define CLU_ALG_SPECTRAL_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"

#include <stdbool.h>
#include <stdint.h>

/* label[n], 0..k-1 by first appearance; no cluster is empty. kernel: affinities are 1 - d. 1 <= k <= n, distances finite and not
 * negative. CLU_SYSTEM "needs SIZE for the affinities of N series". */
enum clu_status clu_spectral_fit(int32_t *label, const struct clu_condensed *d, size_t k, bool kernel, const struct clu_run *run,
                                 struct clu_err *err);

#endif
