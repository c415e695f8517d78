/* alg/score.h - how good a partition is, by the dissimilarities of its objects alone.
 *
 * Silhouette (Rousseeuw, J. Comput. Appl. Math. 20, 1987): a = mean dissimilarity of an object to the others of its cluster, b = the
 * least mean dissimilarity to the objects of another cluster, s = (b - a) / max(a, b); 0 for an object that is alone in its
 * cluster. With weights the means are weighted. Cost: n^2 dissimilarities; memory 8 k a thread and object of a piece.
 * The same for every number of threads. */
#ifndef CLU_ALG_SCORE_H
#define CLU_ALG_SCORE_H

#include "base/run.h"
#include "base/status.h"
#include "num/dist.h"

#include <stdint.h>

/* What is found of every object. All arrays owned. */
struct clu_silhouette {
    size_t n, k;
    double *width;      /* [n] s; NAN when k = 1 */
    int32_t *neighbour; /* [n] the cluster of b, -1 when k = 1 */
    double *mean_of;    /* [k] weighted mean of the cluster's objects */
    double mean;        /* of all objects */
};

/* label[n] 0..k-1, no cluster empty. w[n] or NULL. CLU_DATA when a dissimilarity is NAN. */
enum clu_status clu_silhouette_fit(struct clu_silhouette *out, const struct clu_dist *d, const int32_t *label, size_t k,
                                   const double *w, const struct clu_run *run, struct clu_err *err);
void clu_silhouette_clear(struct clu_silhouette *out);

/* How far clusters reach, and how far they are from the others; as R's pam(). */
enum clu_isolation { CLU_ISOLATION_NO = 0, CLU_ISOLATION_L, CLU_ISOLATION_L_STAR };

struct clu_spread {
    size_t objects;
    double diameter;   /* the largest dissimilarity within the cluster, 0 for a single object */
    double separation; /* the least to an object of another cluster; HUGE_VAL when k = 1 */
    int isolation;     /* enum clu_isolation. L*: diameter < separation; L: every object is nearer to all of its own cluster than
                        * to any other object; no for a single object or cluster */
};

/* spread[k]. O(n^2) dissimilarities, memory 16 n. */
enum clu_status clu_spread_fit(struct clu_spread *spread, const struct clu_dist *d, const int32_t *label, size_t k,
                               const struct clu_run *run, struct clu_err *err);

#endif
