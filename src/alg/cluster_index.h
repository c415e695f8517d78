/* alg/cluster_index.h - how good a partition is, by the distances of its objects and its medoids: what picks the number of clusters.
 *
 * The medoid of a cluster is the object with the least sum of distances to the others (the first of equals). With S_g the mean distance of
 * cluster g's objects to its medoid c_g, d the distance, c the medoid of all objects:
 *   silhouette  mean over the objects (alg/score.h)                                                      (largest)
 *   dunn        least distance between clusters / largest within one                                     (largest)
 *   db          mean over g of max over h != g of (S_g + S_h) / d(c_g, c_h)                               (smallest)
 *   ch          (n - k) / (k - 1) * sum n_g d(c_g, c) / sum over objects of d(x, own medoid)             (largest)
 *   cop         1/n sum over g of (sum of d(x, c_g) over g) / (least over objects outside of the largest distance to g)   (smallest)
 * DB, CH and COP with distances in the place of squares and medoids in the place of means, as R's dtwclust has them. */
#ifndef CLU_ALG_CLUSTER_INDEX_H
#define CLU_ALG_CLUSTER_INDEX_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_index { CLU_INDEX_SILHOUETTE = 0, CLU_INDEX_DUNN, CLU_INDEX_DB, CLU_INDEX_CH, CLU_INDEX_COP };
#define CLU_INDICES 5

/* value[CLU_INDICES]; NAN where one is not defined (k = 1; 0/0). label[n] 0..k-1, no cluster empty. O(n^2). */
enum clu_status clu_index_fit(double *value, const struct clu_condensed *d, const int32_t *label, size_t k, const struct clu_run *run,
                              struct clu_err *err);

/* Is a better than b under the index? What is defined is better than what is not; equal is not better. */
bool clu_index_better(double a, double b, int index);

/* The medoids of a partition into medoid[k], and each object's distance to its own into near[n]. O(sum of squared sizes). */
enum clu_status clu_index_medoids(size_t *medoid, double *near, const struct clu_condensed *d, const int32_t *label, size_t k,
                                  const struct clu_run *run, struct clu_err *err);

#endif
