/* alg/series_kmeans.h - k-means of series: each goes to the nearest barycentre under an elastic measure.
 *
 * With kind CLU_BARYCENTRE_KASBA this is KASBA (Holder, Bagnall, arXiv 2411.17838): starts by k-means++ with probabilities by the
 * distance itself; new centres from the old ones; where the measure is a metric (clu_measure_is_metric()), a centre c is passed over for x when
 * d(x, own) < d(own, c) / 2, and beyond KASBA when a lower bound of d(x, c) says so (Elkan, ICML 2003: what it was, less what c has moved;
 * kept where k is at most the mean length of the series, so that bounds take no more memory than they). The labels are those without
 * passing over. An empty cluster takes the series that is farthest from its centre. Stops when the labels repeat. A series leaves
 * its cluster only for a centre that is nearer. Lengths may differ: a centre keeps the length of the series that it started from.
 * A centre has no gaps: it starts from an interpolated series. Of several starts the one of least inertia is kept.
 * Distances are computed by columns: all series that must be compared with a centre at once (alg/series_matrix.h).
 * Cost an iteration: at most n k distances, and the barycentres. No matrix. Clusters refine side by side; the same for any number of threads. */
#ifndef CLU_ALG_SERIES_KMEANS_H
#define CLU_ALG_SERIES_KMEANS_H

#include "alg/barycentre.h"
#include "alg/series_centers.h"

struct clu_series_kmeans_opt {
    size_t k, nstart, max_iter;
    bool every; /* every distance is computed, whatever the triangle inequality says */
    struct clu_barycentre_opt barycentre;
};
#define CLU_SERIES_KMEANS_DEFAULT \
    ((struct clu_series_kmeans_opt){.nstart = 1, .max_iter = 300, .barycentre = {.kind = CLU_BARYCENTRE_KASBA, .max_iter = 50, .tol = 1e-5}})

/* CLU_DATA "5 clusters asked, but only 3 series". pruned, or NULL: the part of distances that the triangle inequality saved. */
enum clu_status clu_series_kmeans_fit(struct clu_series_centers *out, double *pruned, const struct clu_series *x, const struct clu_measure *m,
                                      const struct clu_series_kmeans_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
