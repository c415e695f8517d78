/* alg/choose.h - how many clusters: criteria of partitions with different k, and the best of them.
 *
 * Silhouette (largest), Calinski-Harabasz (largest), Davies-Bouldin (smallest): alg/validity.h. BIC (largest, the sign of mclust):
 * of the spherical mixture of equal volumes with hard labels,
 *     BIC = 2 L - p log n,   L = sum over clusters of n_g log(n_g / n) - (n d / 2) (log(2 pi s2) + 1),   s2 = inertia / (n d),
 *     p = (k - 1) + k d + 1,
 * the likelihood of rows and labels at its maximum: weights n_g / n, means, one variance. NAN without inertia: a likelihood of equal
 * rows has no bound. A mixture that was fitted as such has a BIC of its own, and the caller puts it in the place of this one. */
#ifndef CLU_ALG_CHOOSE_H
#define CLU_ALG_CHOOSE_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_criterion { CLU_BY_SILHOUETTE = 0, CLU_BY_CH, CLU_BY_DB, CLU_BY_BIC };
#define CLU_CRITERIA 4

/* One number of clusters. NAN: not defined (k = 1 has a BIC only), or not computed. */
struct clu_criteria {
    size_t k;
    double loss; /* what the method lowers; the caller's */
    double value[CLU_CRITERIA];
};

/* More rows than this have the silhouette of a sample of so many, the same for every k, drawn by the seed. Exact, they take 0.05
 * seconds a processor with ten columns; the standard error of a sample's mean is at most 0.01, and
 * mostly below 0.005. */
#define CLU_CHOOSE_SAMPLE 10000

/* All criteria of a partition: label[n] 0..k-1, or -1 for rows that are left out (noise). Clusters may be empty and do not
 * count then. silhouette: false saves its cost. c->k = k, c->loss is not touched. */
enum clu_status clu_criteria_fit(struct clu_criteria *c, struct clu_view x, const int32_t *label, size_t k, bool silhouette,
                                 const struct clu_run *run, struct clu_err *err);

/* Is a better than b? What is defined is better than what is not; equal is not better. */
bool clu_criteria_better(const struct clu_criteria *a, const struct clu_criteria *b, int by);

/* The rows so far, in the order of k, and which is the best. They may come in any order: with the largest k first, a table that has
 * too few rows for it is refused at once. */
struct clu_choice {
    int by; /* enum clu_criterion */
    size_t n, best;
    struct clu_criteria *row; /* [n], owned */
};

/* Room for most rows. */
enum clu_status clu_choice_init(struct clu_choice *c, int by, size_t most, struct clu_err *err);
void clu_choice_clear(struct clu_choice *c);

/* true: it is the best so far (the first one always is), so its clusters are to be kept. Ties go to the smaller k, then to the first. */
bool clu_choice_add(struct clu_choice *c, const struct clu_criteria *row);

/* CLU_DATA when there are several rows and the criterion is defined for none. */
enum clu_status clu_choice_check(const struct clu_choice *c, struct clu_err *err);

#endif
