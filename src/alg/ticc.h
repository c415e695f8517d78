/* alg/ticc.h - Toeplitz inverse covariance-based clustering of one long time series: TICC (Hallac, Vare, Boyd and Leskovec, KDD 2017).
 *
 * Every row t gets the cluster whose Gaussian fits the window of rows t .. t + window - 1 best, where a change of cluster costs beta. Two steps
 * by turns, until the labels repeat: means of the windows of each cluster and sparse inverse covariances Theta, block Toeplitz, by
 * num/toeplitz_lasso (all elements penalised by lambda; covariances divided by the number of windows); labels by alg/viterbi, where a window
 * costs (x - mean)' Theta (x - mean) - log det Theta, twice its negative log-likelihood but for a constant. Penalties do not grow with the
 * rows, so that the steps have no common objective: they may go round in a circle, and max_iter ends it.
 * The last window - 1 rows have no whole window: they cost nothing, and so stay in the cluster of the last row that has one.
 *
 * Default: those rows are in no mean or covariance, and a cluster that has lost its rows stays empty and gets none.
 * compat: as the authors' program. Rows behind the end are zeros, and such windows count; a cluster that has lost its rows keeps mean and
 * Theta, one that never had any costs 0 everywhere; Theta is that iterate of the lasso that is not exactly Toeplitz, plus 1e-6 on the diagonal;
 * from the second turn on every empty cluster takes 30 consecutive rows, from a random row of another cluster on: of that whose covariance
 * has the largest Frobenius norm, then the next, and round again (random stream: the seed and the number of the turn; empty clusters in
 * order). Labels repeat only when no cluster was empty.
 *
 * Cost of a turn: O(n k (window d)^2 / 2) for the labels, O(n (window d)^2 / 2) for the covariances, and k lassos. Windows are never
 * laid out: memory is 8 n (d + 2) bytes, a bit for every row and cluster, and 10 k (window d)^2 doubles. Rows by all threads in pieces,
 * clusters each by one: the same bytes for every number of threads (and kernel target, from given labels: see alg/gmm.h). */
#ifndef CLU_ALG_TICC_H
#define CLU_ALG_TICC_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_ticc_opt {
    size_t k, window, max_iter; /* >= 1 */
    double lambda, beta;        /* >= 0; without lambda a singular covariance is an error */
    bool compat;
};
#define CLU_TICC_DEFAULT ((struct clu_ticc_opt){.k = 8, .window = 5, .max_iter = 100, .lambda = 0.11, .beta = 400})

/* What was fitted, or a model read from somewhere: its arrays are taken by clu_ticc_fit() or clu_ticc_alloc() and freed by clu_ticc_clear().
 * Element (lag d + j) of a window is column j, lag rows later. */
struct clu_ticc {
    size_t n, d, k, window;
    bool compat;       /* its labels and costs are those of compat */
    int32_t *label;    /* [n] 0..k-1; NULL when n is 0 */
    double *mean;      /* [k][window d] */
    double *inverse;   /* [k][window d][window d] Theta; of an empty cluster: zeros */
    double *log_det;   /* [k] log det Theta, of an empty cluster: 0 */
    size_t *rows;      /* [k] windows that mean and inverse were found from; 0: an empty cluster; compat: when it last had some */
    double cost;       /* of the labels: windows and changes */
    size_t iterations; /* turns */
    bool converged;
};
void clu_ticc_clear(struct clu_ticc *m);

/* Room, all zero. CLU_SYSTEM: no memory. */
enum clu_status clu_ticc_alloc(struct clu_ticc *m, size_t n, size_t d, size_t k, size_t window, struct clu_err *err);

/* x: rows are points in time, in order, finite. start[n]: labels 0..k-1 to begin with, or NULL: those of a Gaussian mixture of the windows
 * (full covariances), which begins from k-means of 20000 of them. CLU_USAGE: options or labels out of range. CLU_DATA: fewer rows than
 * the window, a number that is not finite, a singular covariance, and the failures of alg/kmeans and alg/gmm. CLU_SYSTEM, CLU_STOPPED. */
enum clu_status clu_ticc_fit(struct clu_ticc *out, struct clu_view x, const int32_t *start, const struct clu_ticc_opt *opt,
                             const struct clu_run *run, struct clu_err *err);

/* label[x.rows] of rows of another series under a model. CLU_USAGE: another number of columns, beta < 0. CLU_DATA: fewer rows than the window, a
 * number that is not finite, an inverse that is not positive definite, a model of empty clusters alone. O(n k (window d)^2 / 2). */
enum clu_status clu_ticc_assign(int32_t *label, const struct clu_ticc *m, struct clu_view x, double beta, const struct clu_run *run,
                                struct clu_err *err);

/* Runs of equal labels shorter than least rows are given to neighbours: clu_viterbi_absorb() by the costs of the model. Failures as above. */
enum clu_status clu_ticc_absorb(int32_t *label, const struct clu_ticc *m, struct clu_view x, size_t least,
                                struct clu_err *err);

#endif
