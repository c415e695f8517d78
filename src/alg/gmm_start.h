/* alg/gmm_start.h - where the fit of a mixture starts: labels by k-means, and rows that are noise to begin with. */
#ifndef CLU_ALG_GMM_START_H
#define CLU_ALG_GMM_START_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* variance[d]: what a ridge is measured in, the variances of the columns (divisor: the sum of the weights). A column that is constant, or
 * as good as constant beside the others, has their mean, and 1 when all are constant. False when a square overflows. */
bool clu_gmm_variances(double *variance, struct clu_view x, const double *w);

/* Labels 0..k-1, start number s: by k-means of the rows as they are (0) and of columns brought to standard deviation 1 (1), then by one
 * step of k-means in these columns from random rows (even s) or k-means++ (odd s), so that starts differ. Rows with away[i] get -1 and
 * do not count (NULL: none). Failures as of clu_kmeans_fit(). Memory: a copy of the rows, when s > 0 or with away. */
enum clu_status clu_gmm_start_kmeans(int32_t *label, struct clu_view x, const double *w, const uint8_t *away, size_t k, size_t s,
                                     const struct clu_run *run, struct clu_err *err);

/* row[m], ascending, of 0..n-1: all of them, or so many drawn by a fixed seed, so that nothing that comes by turns in a table is missed.
 * 0, or -1 without memory. m <= n. */
int clu_gmm_start_sample(size_t *row, size_t n, size_t m);

/* away[n] = 1 for the share of the rows of positive weight that lie where rows are sparsest: those with the largest distance to
 * their fifth nearest neighbour among 2000 of the rows, the same for every seed, in columns of standard deviation 1; of equals, the
 * later rows. O(2000 n d). */
enum clu_status clu_gmm_start_away(uint8_t *away, struct clu_view x, const double *w, double share, const struct clu_run *run,
                                   struct clu_err *err);

/* The rows that are not away (NULL: all), as doubles, with their weights into weight[rows], when w is not NULL. */
enum clu_status clu_gmm_start_keep(struct clu_mat *out, double **weight, struct clu_view x, const double *w, const uint8_t *away,
                                   struct clu_err *err);

#endif
