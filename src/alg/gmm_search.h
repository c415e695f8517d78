/* alg/gmm_search.h - which mixture: numbers of components, families and starts are tried, and the best by a criterion is kept.
 *
 * For every k and family the start of the largest log-likelihood counts; of these fits the one with the best BIC, ICL or AIC is taken, of
 * equals the one of smaller k, then of fewer parameters. Or that decides for each k alone, and k is chosen by what its labels are like
 * (alg/choose.h). Cost: a fit each (alg/gmm.h); starts are found once for all families. */
#ifndef CLU_ALG_GMM_SEARCH_H
#define CLU_ALG_GMM_SEARCH_H

#include "alg/choose.h"
#include "alg/gmm.h"

enum clu_gmm_criterion { CLU_GMM_BIC = 0, CLU_GMM_ICL, CLU_GMM_AIC };
enum clu_gmm_init {
    CLU_GMM_KMEANS = 0, /* nstart times, alg/gmm_start.h */
    CLU_GMM_HC,         /* alg/gmm_hc.h */
    CLU_GMM_LABELS,     /* given */
    CLU_GMM_MODEL       /* given */
};

/* What becomes of a component that vanishes (alg/gmm.h). When there is a choice of fits, those that lost a component are out of it:
 * they are fits of another k. */
enum clu_gmm_lost {
    CLU_GMM_LOST_DROP = 0, /* it is taken out, unless another start keeps all */
    CLU_GMM_LOST_RESTART,  /* up to ten further starts by k-means, then as before */
    CLU_GMM_LOST_ERROR     /* CLU_DATA */
};

struct clu_gmm_search_opt {
    struct clu_gmm_opt fit; /* family, vanish, min_rows and noise_log_density are set here; reg is in units of the variances of the columns, each its own */
    bool reg_given;         /* on purpose: components may then have few rows */
    size_t k_lo, k_hi;
    const int *family;      /* [families] */
    size_t families;
    int criterion, init, lost;
    int choose;             /* enum clu_criterion for k; CLU_BY_BIC: by criterion, as families are */
    size_t nstart;
    const int32_t *label;        /* for CLU_GMM_LABELS: 0..k-1, -1 for noise or none */
    const struct clu_gmm *model; /* for CLU_GMM_MODEL */
};

struct clu_gmm_trial {
    size_t k;
    int family;
    bool done, converged;   /* done: there is a fit without a loss; else the figures are NAN */
    double loglik, parameters, bic, icl, aic;
    double judged;          /* by opt->choose; NAN but for the best family of each k */
    size_t iterations;
};

struct clu_gmm_search {
    struct clu_gmm best;
    double *box;            /* [2][d] least and largest of the rows that count; with noise, else NULL */
    struct clu_gmm_trial *trial; /* [trials] by k, then in the order of the families */
    size_t trials, chosen;
};
void clu_gmm_search_clear(struct clu_gmm_search *s);

/* CLU_DATA: when nothing could be fitted, for the reason of the first that failed; "30 rows are too few for a covariance of 50 columns:
 * ..." */
enum clu_status clu_gmm_search(struct clu_gmm_search *out, struct clu_view x, const double *w, const struct clu_gmm_search_opt *opt,
                               const struct clu_run *run, struct clu_err *err);

#endif
