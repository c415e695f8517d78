/* alg/validity.h - how good a partition of the rows of a table is, by the rows alone (internal validity).
 *
 * Silhouette (Rousseeuw, J. Comput. Appl. Math. 20, 1987), Calinski and Harabasz (Commun. Stat. 3, 1974), Davies and Bouldin
 * (IEEE Trans. PAMI 1, 1979), Dunn (J. Cybern. 3, 1973), inertia. Distances are Euclidean, rows count alike. Distances are canonical
 * and sums are in slots fixed by the data and folded in order: the same bytes for every number of threads and every kernel target.
 * Cost: the exact silhouette and Dunn need n (n - 1) / 2 distances, each once, in tiles, and (k + d) n numbers; the others O(n d)
 * time, or O(n k d).
 *
 * Where definitions leave off:
 *     a cluster of one row    its silhouette is 0, its diameter 0
 *     k = 1                   NAN for all but inertia and diameter
 *     k = n                   ch and db are NAN (scikit-learn refuses): no dispersion is left to compare with. Every silhouette is 0
 *     no inertia, k < n       ch is HUGE_VAL (as fpc; scikit-learn: 1), NAN when all rows are equal; a cluster's own part of db is 0
 *     two means are equal     their ratio counts 0 in db (as scikit-learn)
 *     all distances within clusters 0    dunn is HUGE_VAL, or NAN when those between are 0, too
 *     a and b both 0          the silhouette is 0 */
#ifndef CLU_ALG_VALIDITY_H
#define CLU_ALG_VALIDITY_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_silhouette_how {
    CLU_SILHOUETTE_EXACT = 0,  /* mean distances to all rows of a cluster */
    CLU_SILHOUETTE_SAMPLED,    /* the same on a sample of rows, drawn by run->seed, as if the others were not there */
    CLU_SILHOUETTE_SIMPLIFIED, /* distances to the means of the clusters (Hruschka et al. 2004) */
    CLU_SILHOUETTE_MEDOID      /* 1 - distance to the own medoid / distance to the nearest other medoid (van der Laan et al. 2003), 1 for
                                * a medoid; the medoid is the row of the least sum of distances within the cluster, the first of equals */
};

struct clu_validity_opt {
    bool silhouette, dunn;  /* the two that cost more than a pass */
    int how;                /* enum clu_silhouette_how */
    size_t sample;          /* rows of CLU_SILHOUETTE_SAMPLED; all when there are not more. The same rows for every partition */
};

/* Arrays owned; NAN where a figure is not defined or was not asked for. */
struct clu_validity {
    size_t n, k;
    size_t *size;            /* [k] */
    double *inertia_of, inertia;       /* [k] sum of squared distances to the mean */
    double *width;           /* [n] silhouette of each row (sampled: NAN for the others) */
    int32_t *neighbour;      /* [n] the nearest other cluster, -1 without one */
    double *silhouette_of, silhouette; /* [k] and mean over rows (sampled: of those drawn, NAN for a cluster that has none) */
    double ch;               /* Calinski-Harabasz */
    double *db_of, db;       /* [k] the worst ratio of each cluster, and its mean */
    double *diameter, *separation, dunn; /* [k] [k] and min separation / max diameter */
};

/* label[n] 0..k-1, no cluster empty; x finite. CLU_SYSTEM "needs 14.9 GiB for the silhouette of 1000000 rows in 2000 clusters;
 * use a sample". */
enum clu_status clu_validity_fit(struct clu_validity *out, struct clu_view x, const int32_t *label, size_t k,
                                 const struct clu_validity_opt *opt, const struct clu_run *run, struct clu_err *err);
void clu_validity_clear(struct clu_validity *out);

#endif
