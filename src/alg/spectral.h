/* alg/spectral.h - spectral clustering (Ng, Jordan, Weiss, NIPS 2001) of objects with given distances.
 *
 * Affinities: 1 - d (for a normalised kernel such as gak), or exp(-d^2 / (s_i s_j)) with s_i the distance to the 7th neighbour (Zelnik-Manor and
 * Perona, NIPS 2004; a zero scale counts as the least positive one). The k largest eigenvectors of the normalised affinities (num/gslx), rows brought to length 1, k-means with 10 starts by the seed.
 * O(n^3) time, 24 n^2 bytes. */
#ifndef CLU_ALG_SPECTRAL_H
#define CLU_ALG_SPECTRAL_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"

#include <stdbool.h>
#include <stdint.h>

/* label[n], 0..k-1 by first appearance; no cluster is empty. kernel: affinities are 1 - d. CLU_SYSTEM "needs SIZE for the affinities of N series". */
enum clu_status clu_spectral_fit(int32_t *label, const struct clu_condensed *d, size_t k, bool kernel, const struct clu_run *run,
                                 struct clu_err *err);

#endif
