/* alg/validity.h - how good a partition of the rows of a table is, by the rows alone (internal validity).
 *
 * Silhouette (Rousseeuw, J. Comput. Appl. Math. 20, 1987), Calinski and Harabasz (Commun. Stat. 3, 1974), Davies and Bouldin
 * (IEEE Trans. PAMI 1, 1979), Dunn (J. Cybern. 3, 1973), inertia. Euclidean. Sums are in slots fixed by the data and folded in order:
 * the same bytes for every number of threads and every kernel target.
 * Cost: the exact silhouette and Dunn need n (n - 1) / 2 distances, each once, in tiles, and n k numbers; the others O(n d) or
 * O(n k d). */
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
    CLU_SILHOUETTE_MEDOID      /* 1 - distance to the own medoid / distance to the nearest other medoid (van der Laan et al. 2003) */
};

struct clu_validity_opt {
    bool silhouette, dunn;  /* the two that cost more than a pass */
    int how;                /* enum clu_silhouette_how */
    size_t sample;          /* rows of CLU_SILHOUETTE_SAMPLED */
};

/* Arrays owned; NAN where a figure is not defined (k = 1 for all but inertia) or was not asked for. */
struct clu_validity {
    size_t n, k;
    size_t *size;            /* [k] */
    double *inertia_of, inertia;       /* [k] sum of squared distances to the mean */
    double *width;           /* [n] silhouette of each row (sampled: NAN for the others) */
    int32_t *neighbour;      /* [n] the nearest other cluster, -1 without one */
    double *silhouette_of, silhouette; /* [k] and mean over rows */
    double ch;               /* Calinski-Harabasz; +inf is printed for zero inertia, as 1 by scikit-learn's convention: header of .c says */
    double *db_of, db;       /* [k] the worst ratio of each cluster, and its mean */
    double *diameter, *separation, dunn; /* [k] [k] and min separation / max diameter */
};

/* label[n] 0..k-1, no cluster empty. */
enum clu_status clu_validity_fit(struct clu_validity *out, struct clu_view x, const int32_t *label, size_t k,
                                 const struct clu_validity_opt *opt, const struct clu_run *run, struct clu_err *err);
void clu_validity_clear(struct clu_validity *out);

#endif
