/* alg/gmm.h - Gaussian mixtures: maximum likelihood by the EM algorithm (Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1977).
 *
 * Density of a row: sum over components of weight * N(mean, cov), plus, with noise, noise_weight * exp(noise_log_density). The fourteen
 * families of covariance matrices, their names and their M-steps are those of Celeux and Govaert (Pattern Recognition 28, 1995):
 * volume, shape and orientation each equal (E) or varying (V) between components, or none (I). VEI, VEE and VEV iterate inside an
 * M-step; so do EVE and VVE, by turning their common axes plane by plane (Flury and Gautschi, SIAM J. Sci. Stat. Comput. 7, 1986),
 * which has more than one top: a fit goes on from the axes it had, so that the likelihood never falls.
 * An iteration is an E-step and an M-step in one pass over the rows: responsibilities by log-sum-exp and Cholesky factors,
 * scatter about the means of the iteration before, so that nothing cancels. Sums are in slots fixed by blocks of rows and folded in
 * order: the same bytes for every number of threads; kernel targets agree to about 1e-9 (relative).
 * Cost: O(n k d^2) an iteration (O(n k d) for the spherical and diagonal families); memory O(k d^2) and a block of rows a thread,
 * never n k. */
#ifndef CLU_ALG_GMM_H
#define CLU_ALG_GMM_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_gmm_family {
    CLU_GMM_EII = 0, CLU_GMM_VII,                                  /* spherical */
    CLU_GMM_EEI, CLU_GMM_VEI, CLU_GMM_EVI, CLU_GMM_VVI,            /* diagonal */
    CLU_GMM_EEE, CLU_GMM_VEE, CLU_GMM_EVE, CLU_GMM_VVE,            /* ellipsoidal */
    CLU_GMM_EEV, CLU_GMM_VEV, CLU_GMM_EVV, CLU_GMM_VVV
};
#define CLU_GMM_FAMILIES 14

/* "EII" ... "VVV", NULL-terminated. */
extern const char *const clu_gmm_family_name[CLU_GMM_FAMILIES + 1];

/* Diagonal or spherical: covariances without off-diagonal elements, O(n k d) an iteration. */
bool clu_gmm_is_diagonal(int family);

/* Free parameters of k components in d columns: weights, means, covariances; noise adds 2 (its weight, 1 / volume). */
double clu_gmm_parameters(int family, size_t k, size_t d, bool noise);

/* What becomes of a component whose weight falls below min_rows, or whose covariance is singular. */
enum clu_gmm_vanish {
    CLU_GMM_DROP = 0, /* it is taken out and the others go on */
    CLU_GMM_STOP      /* the fit ends: vanished is set, loglik is NAN, the rest is of no use; not an error */
};

struct clu_gmm_opt {
    int family;         /* enum clu_gmm_family */
    size_t max_iter;    /* E-steps with their M-steps, >= 1 */
    double tol;         /* converged when the mean log-likelihood of a row rises by less */
    double reg;         /* added to every variance (the diagonals) in every M-step, in squared units of x; where volume, shape or axes
                         * are found apart, to the scatter that they are found from */
    const double *reg_by; /* [d] factors of reg, one a column; spherical families take their mean. NULL: 1. Borrowed */
    bool shrink;        /* covariances shrunk towards a multiple of the identity by OAS (Chen, Wiesel, Eldar and Hero, IEEE Trans.
                         * Signal Process. 58, 2010), as of so many rows as the component has, or all of them in EII, EEI, EEE */
    int vanish;         /* enum clu_gmm_vanish */
    double min_rows;    /* least sum of responsibilities of a component; at least a tiny positive number is always asked */
    bool noise;         /* a uniform component beside the k */
    double noise_log_density; /* its -log(volume); see clu_gmm_volume() */
    bool final_e;       /* loglik is that of the parameters returned (one more E-step); else that before the last M-step, as the
                         * lower bound of scikit-learn */
};
#define CLU_GMM_DEFAULT ((struct clu_gmm_opt){.family = CLU_GMM_VVV, .max_iter = 1000, .tol = 1e-6, .final_e = true})

/* A mixture. Its arrays are one block, which clu_gmm_alloc() or clu_gmm_fit() took and clu_gmm_clear() frees. */
struct clu_gmm {
    size_t d, k;
    int family;
    double *weight;     /* [k], > 0; their sum and noise_weight make 1 */
    double *mean;       /* [k][d] */
    double *cov;        /* [k][d][d], symmetric; diagonal families: zero off the diagonal */
    double *whiten;     /* [k][d][d] lower triangle of the inverse Cholesky factor: |whiten (x - mean)|^2 is the Mahalanobis distance */
    double *log_det;    /* [k] log |cov| */
    bool noise;
    double noise_weight, noise_log_density;
    double rows;        /* of positive weight: the n of BIC */
    double loglik;      /* natural logarithm, of all rows; weights scaled to sum to rows */
    size_t iterations;
    bool converged, vanished;
    size_t dropped;     /* components that vanished and were taken out */
};
void clu_gmm_clear(struct clu_gmm *g);

/* Where a fit starts: one of the three. Borrowed. */
struct clu_gmm_start {
    const int32_t *label;        /* [n] 0..k-1; -1: noise, or (without noise) no component; the M-step comes first */
    const double *resp;          /* [n][k], with noise [n][k + 1], its column last; likewise */
    const struct clu_gmm *model; /* the E-step comes first; only its parameters are read */
};

/* Fit k components to x (finite numbers) from start. w[n] >= 0 or NULL.
 * CLU_DATA: a covariance is singular in every component ("covariance is singular: ..., try ..."), or all vanished, with CLU_GMM_DROP. */
enum clu_status clu_gmm_fit(struct clu_gmm *out, struct clu_view x, const double *w, size_t k, const struct clu_gmm_start *start,
                            const struct clu_gmm_opt *opt, const struct clu_run *run, struct clu_err *err);

/* whiten and log_det from cov, which the caller has filled. CLU_DATA when component *bad (may be NULL) is not positive definite. */
enum clu_status clu_gmm_factor(struct clu_gmm *g, size_t *bad, struct clu_err *err);

/* How far OAS shrinks the covariance of rows in d columns towards a multiple of the identity, 0 to 1 (Chen et al. 2010, eq. 23): from its trace and
 * the sum of squares of its elements. */
double clu_gmm_oas(double trace, double square, double rows, size_t d);

/* A mixture with room for k components: all arrays zero. */
enum clu_status clu_gmm_alloc(struct clu_gmm *g, size_t k, size_t d, int family, struct clu_err *err);

/* Rows from .. from + count - 1 of x under g: post[count][k], with noise [count][k + 1] (may be NULL), logdens[count] the
 * log density of each row (may be NULL), label[count] the component of the largest responsibility, the lowest of equals, -1 for the noise
 * (may be NULL). O(count k d^2); threads as run says (NULL: one). */
enum clu_status clu_gmm_posterior(const struct clu_gmm *g, struct clu_view x, size_t from, size_t count, double *post,
                                  double *logdens, int32_t *label, const struct clu_run *run, struct clu_err *err);

/* BIC = 2 loglik - p log n, in mclust's sign: larger is better. ICL = BIC + 2 sum of log of each row's largest responsibility
 * (Biernacki, Celeux and Govaert, IEEE Trans. PAMI 22, 2000). AIC = 2 loglik - 2 p, the same sign. Of the rows that g was fitted to. */
double clu_gmm_bic(const struct clu_gmm *g);
double clu_gmm_aic(const struct clu_gmm *g);
enum clu_status clu_gmm_icl(double *icl, const struct clu_gmm *g, struct clu_view x, const double *w, const struct clu_run *run,
                            struct clu_err *err);

/* log of the volume that noise is uniform in: the smaller of the box along the axes and the box along the principal axes, as mclust's
 * hypvol(). CLU_DATA when the rows have no volume. */
enum clu_status clu_gmm_volume(double *log_volume, struct clu_view x, struct clu_err *err);

#endif
