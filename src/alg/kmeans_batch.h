/* alg/kmeans_batch.h - mini-batch k-means: one pass over a stream of any length.
 *
 * The first batch is clustered by clu_kmeans_fit(); every further batch is assigned to the centres, and each centre becomes the
 * weighted mean of all rows it was ever given (Sculley, WWW 2010, with a learning rate of 1 / count).
 * Clusters are in the order of their first appearance in the first batch, or in that of a given start. Cost: O(k d) a row; memory O(k d) and what the first fit takes. The result depends on the order of the rows. */
#ifndef CLU_ALG_KMEANS_BATCH_H
#define CLU_ALG_KMEANS_BATCH_H

#include "alg/assign.h"
#include "alg/kmeans.h"

struct clu_kmeans_batch {
    size_t k, d;
    double *center;  /* [k][d], owned */
    double *weight;  /* [k] of the rows given to it, owned */
    size_t *size;    /* [k] rows, owned */
    uint64_t rows;
    struct clu_assign *assign;
    double *sum;     /* [k][d + 1] of one batch */
    int32_t *label;  /* [cap] */
    size_t cap;
};

/* The first batch, at least k rows; errors as clu_kmeans_fit(). {0} to start with. */
enum clu_status clu_kmeans_batch_first(struct clu_kmeans_batch *b, struct clu_view x, const double *w,
                                       const struct clu_kmeans_opt *opt, const struct clu_run *run,
                                       struct clu_err *err);
enum clu_status clu_kmeans_batch_next(struct clu_kmeans_batch *b, struct clu_view x, const double *w,
                                      struct clu_err *err);
void clu_kmeans_batch_clear(struct clu_kmeans_batch *b);

#endif
