/* alg/density_peaks.h - clustering by density peaks (Rodriguez and Laio, Science 344, 2014), by distances alone.
 *
 * rho_i = sum over j != i of exp(-(d_ij / d_c)^2); d_c the distance that stands at the given part of all, ascending (place
 * round(part pairs), from 1, as the authors' code), the least positive one where that is 0. delta_i the least distance to an object of
 * higher density (equal densities: the lower number counts as higher), for the densest the largest distance of all. The k objects of
 * largest rho delta are centres (of equals the denser), the densest always; every other object follows its nearest of higher density (of
 * equals the lowest number). O(n^2) time; memory 100 n and 512 KiB. The same for every number of threads; densities are sums
 * of the C library's exp(). */
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

/* part: 0 .. 1; 0.02 by default. 1 <= k <= n, distances finite and not negative. */
enum clu_status clu_peaks_fit(struct clu_peaks *out, const struct clu_condensed *d, size_t k, double part, const struct clu_run *run,
                              struct clu_err *err);
void clu_peaks_clear(struct clu_peaks *p);

#endif
