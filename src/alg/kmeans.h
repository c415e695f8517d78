/* alg/kmeans.h - k-means: the partition of n rows into k clusters of least inertia (within-cluster sum of squares).
 *
 * Lloyd's iteration (Lloyd, IEEE Trans. Inf. Theory 28, 1982), started by greedy k-means++ (Arthur and
 * Vassilvitskii, SODA 2007, with 2 + ln k trials a step), then Hartigan's exchange of single rows (Hartigan and Wong, Appl.
 * Stat. 28, 1979) until no move lowers the inertia. Up to 50,000 rows the exchange is also run from the start itself, and the
 * better of the two results is kept. Every algorithm gives the labels and centres of plain Lloyd
 * from the same start, ties to the lowest centre; bounds (Hamerly, SDM 2010; yinyang: Ding et al., ICML 2015) only skip
 * what cannot change a label. Sums are exact (num/exsum.h), so the result is the same for every number of threads
 * and every kernel target.
 * Cost: Lloyd O(n k d) an iteration; memory 4 n for the labels, with bounds 4 n (1 + groups) more. */
#ifndef CLU_ALG_KMEANS_H
#define CLU_ALG_KMEANS_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_kmeans_algorithm {
    CLU_KMEANS_AUTO = 0, /* by n, d and k, from measurements */
    CLU_KMEANS_LLOYD,
    CLU_KMEANS_HAMERLY,  /* one lower bound a row */
    CLU_KMEANS_YINYANG   /* one lower bound a row and group of centres */
};
enum clu_kmeans_refine { CLU_KMEANS_HARTIGAN = 0, CLU_KMEANS_NONE };
enum clu_kmeans_init { CLU_KMEANS_PLUSPLUS = 0, CLU_KMEANS_RANDOM, CLU_KMEANS_GIVEN };

struct clu_kmeans_opt {
    size_t k;
    int algorithm; /* enum clu_kmeans_algorithm */
    int refine;    /* enum clu_kmeans_refine; not with spherical */
    int init;      /* enum clu_kmeans_init */
    const double *start; /* [k][d], borrowed, for CLU_KMEANS_GIVEN, else NULL */
    size_t nstart;   /* starts, the best is kept (the first among equals); 1 with CLU_KMEANS_GIVEN */
    size_t max_iter; /* iterations and exchange passes together */
    double tol;      /* stop when the centres moved, in squares, less than tol times the mean variance of the columns; 0: when no label changes */
    bool spherical;  /* rows have length 1; centres are kept at length 1 */
};
#define CLU_KMEANS_DEFAULT ((struct clu_kmeans_opt){.nstart = 1, .max_iter = 300})

struct clu_kmeans {
    size_t n, d, k;
    int32_t *label;  /* [n] 0..k-1 */
    double *center;  /* [k][d] in the units of x */
    size_t *size;    /* [k] rows */
    double *weight;  /* [k] sum of their weights (= size without weights) */
    double *inertia_of; /* [k] weighted sum of squared distances to the centre */
    double inertia;
    size_t iterations; /* Lloyd, of the start that was kept */
    size_t exchanges;  /* rows moved one by one afterwards */
    bool converged;
};

/* x: finite numbers. w[n]: weights >= 0, or NULL; a row of weight 0 gets a label and does not count.
 * CLU_DATA: "5 clusters asked, but only 3 rows", "... only 3 distinct rows" (of positive weight); a sum that overflows. */
enum clu_status clu_kmeans_fit(struct clu_kmeans *out, struct clu_view x, const double *w,
                               const struct clu_kmeans_opt *opt, const struct clu_run *run, struct clu_err *err);
void clu_kmeans_clear(struct clu_kmeans *out);

/* Renumber the clusters by first appearance in label[]; k, center and the rest follow. */
enum clu_status clu_kmeans_order(struct clu_kmeans *out, struct clu_err *err);

#endif
