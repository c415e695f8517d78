/* alg/series_centers.h - what clusters of series around computed series (barycentres, shapes) look like. */
#ifndef CLU_ALG_SERIES_CENTERS_H
#define CLU_ALG_SERIES_CENTERS_H

#include "num/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All owned. Clusters are numbered by first appearance, and none is empty. */
struct clu_series_centers {
    struct clu_series center; /* k series */
    size_t n;
    int32_t *label;           /* [n] 0..k-1 */
    double *near;             /* [n] distance to the own centre */
    double inertia;           /* sum of near^2, of the start that was kept */
    size_t iterations;        /* of it */
    bool converged;           /* the labels repeated */
};
void clu_series_centers_clear(struct clu_series_centers *c);

#endif
