/* alg/density_peaks.h - clustering by density peaks (Rodriguez and Laio, Science 344, 2014), by distances alone.
 *
 * rho_i = sum over j of exp(-(d_ij / d_c)^2), d_c the given part of all distances, ascending; delta_i the least distance to an object of higher density (equal
 * densities: the lower number counts as higher), for the densest the largest distance of all. The k objects of largest rho delta are centres;
 * every other object follows its nearest object of higher density. O(n^2) time; memory a copy of part of the distances, 16 n. */
#ifndef CLU_ALG_DENSITY_PEAKS_H
#define CLU_ALG_DENSITY_PEAKS_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"

#include <stdint.h>

struct clu_peaks {
    size_t n, k;
    int32_t *label;      /* [n] 0..k-1 by first appearance; owned, as the rest */
    size_t *center;      /* [k] in label order */
    double *rho, *delta; /* [n] */
    double radius;       /* d_c */
};

/* part: 0.02 by default. 1 <= k <= n. */
enum clu_status clu_peaks_fit(struct clu_peaks *out, const struct clu_condensed *d, size_t k, double part, const struct clu_run *run,
                              struct clu_err *err);
void clu_peaks_clear(struct clu_peaks *p);

#endif
