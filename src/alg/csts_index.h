/* alg/csts_index.h - internal indices of clusters of segments: how alike the correlations are within clusters, and how unlike between.
 *
 * A segment m counts once, however long it is: it stands for its vector A_m of correlations. Centroids c_k are the correlations of all rows
 * of a cluster together, c those of the whole series. All are Spearman's, cut off after three decimals (alg/csts_label.h).
 * M segments, K clusters:
 *     swc          the mean silhouette of the A_m; 0 for the segment of a cluster of one
 *     dbi          1/K sum_k max_l (s_k + s_l) / d(c_k, c_l), s_k the mean of d(A_m, c_k); a distance of 0 between centroids is 1e-15
 *     vrc          [sum_k n_k d(c_k, c)^2 / (K - 1)] / [sum_k sum_m d(A_m, c_k)^2 / (M - K)]
 *     pbm          (D E_1 / (M E_K))^2, D the largest distance of centroids, E_1 = sum_m d(A_m, c), E_K = sum_k sum_m d(A_m, c_k)
 *     pbm_textbook the same with K in the place of M
 * Segments without all their correlations are left out, and clusters of such segments alone. NAN: fewer than two clusters, as many as
 * segments (but for dbi and pbm), no data. Source: Degen et al. 2025, arXiv 2507.16497. */
#ifndef CLU_ALG_CSTS_INDEX_H
#define CLU_ALG_CSTS_INDEX_H

#include "alg/csts_distance.h"
#include "alg/csts_label.h"

/* The segments of a table by cluster. {0} is empty; arrays owned. */
struct clu_csts_clusters {
    size_t k, n, pairs;
    int32_t *id;     /* [k] ascending */
    size_t *start;   /* [k + 1] where those of each cluster begin in segment[] */
    size_t *segment; /* [n] ascending within a cluster */
    size_t *of;      /* [n] the cluster of a segment, as an index */
    uint64_t *rows;  /* [k] */
    size_t *known;   /* [k] segments with all correlations */
    double *mean;    /* [k][pairs] of their correlations, three decimals; NAN: none is known */
};
void clu_csts_clusters_clear(struct clu_csts_clusters *c);

/* O(n log n). CLU_SYSTEM: no memory. */
enum clu_status clu_csts_clusters_make(struct clu_csts_clusters *c, const struct clu_csts_labels *t, struct clu_err *err);

/* Has segment i all its correlations? */
bool clu_csts_known(const struct clu_csts_labels *t, size_t i);

/* What correlations of rows taken together come from. */
struct clu_csts_rows_of {
    const struct clu_coded *data; /* NULL: swc alone can be told */
    const double *whole;          /* [pairs] of all its rows, cut off */
};

struct clu_csts_index {
    double swc, dbi, vrc, pbm, pbm_textbook;
};

/* O(M^2) distances for swc (if it is wanted, else NAN), and a pass over the rows of the segments, each cluster by one thread (memory: 8
 * bytes a number of it). The segments lie within the data. CLU_SYSTEM: no memory. CLU_STOPPED. */
enum clu_status clu_csts_index_fit(struct clu_csts_index *out, const struct clu_csts_labels *t, const struct clu_csts_clusters *c,
                                   const struct clu_csts_rows_of *from, enum clu_csts_distance distance, bool swc,
                                   const struct clu_run *run, struct clu_err *err);

#endif
