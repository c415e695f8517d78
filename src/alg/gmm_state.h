/* alg/gmm_state.h - what the steps of a Gaussian mixture share: one fit at work. Private to alg/gmm*.c.
 *
 * Coordinates are those of the input, columns moved by shift where that is exact (see settle() in gmm.c). A diagonal family keeps d
 * numbers of every matrix, its diagonal; the others d x d. Arrays that begin with [k] are kept for the components that are left,
 * and k falls when one is dropped. */
#ifndef CLU_ALG_GMM_STATE_H
#define CLU_ALG_GMM_STATE_H

#include "alg/gmm.h"
#include "num/gslx.h"
#include "num/kern.h"

/* Where the responsibilities of a pass come from, and which sums it takes. */
enum clu_gmm_pass {
    CLU_GMM_MEANS = 0, /* given; sums for the means alone */
    CLU_GMM_GIVEN,     /* given; all sums */
    CLU_GMM_EM,        /* E-step; all sums */
    CLU_GMM_DENSITY    /* E-step; the log-likelihood alone */
};

struct clu_gmm_worker { /* one a thread */
    double *tile;  /* [d][TILE] */
    double *work;  /* [d + 5][TILE] */
    double *resp;  /* [k + 1][TILE] */
    double *acc;   /* [k][sums][LANES], zero between blocks */
};

struct clu_gmm_state {
    const struct clu_gmm_opt *opt;
    const struct clu_run *run;
    const struct clu_gmm_start *start;
    struct clu_view x;
    const double *w; /* [n] or NULL */
    size_t n, d, k, given; /* given: columns of start->resp, k at the start */
    double rows, w_scale;  /* rows of positive weight; what weights are multiplied by to sum to it */
    bool diagonal, noise;
    size_t size;     /* numbers of a matrix: d or d d */
    size_t sums;     /* numbers that a pass sums up for a component */
    double *shift;   /* [d] what was taken away */
    double *floor;   /* [d] a variance up to this is rounding */
    double *zero, *one; /* [d] */
    double *ridge;   /* [d] added to variances */

    double *mean;    /* [k][d] */
    double *count;   /* [k] sum of responsibilities */
    double *weight;  /* [k] */
    double noise_count, noise_weight;
    double *scatter; /* [k][size] about the means */
    double *cov;     /* [k][size] */
    double *whiten;  /* [k][size] inverse Cholesky factor; diagonal: 1 / standard deviation */
    double *minus;   /* [k][d] diagonal: - mean * whiten */
    double *log_det; /* [k] */
    double *offset;  /* [k + 1] of log densities, with the log of the weight */
    double loglik;
    size_t iterations, dropped;
    bool converged, singular; /* singular: a component was dropped because of that */

    /* What the iterating families go on from: shape[size] of determinant 1, volume[k], axes[d][d] as rows. */
    bool warm;
    double *shape, *volume, *axes;
    double *value;   /* [k][d] eigenvalues, variances along axes */
    double *vector;  /* [k][d][d] eigenvectors as rows */
    double *scratch; /* [d][d] + [d] */
    struct clu_gslx_eigen eigen;

    size_t blocks, block; /* rows a block */
    int threads;
    double *slot;    /* [blocks][k sums + 2] */
    struct clu_gmm_worker *worker;
};

/* One pass over the rows (gmm_em.c): count, mean and scatter from the sums, loglik. */
void clu_gmm_pass(struct clu_gmm_state *s, enum clu_gmm_pass what);

/* What the densities need: offset[] from weight, log_det, noise_weight; minus[]. */
void clu_gmm_offsets(struct clu_gmm_state *s);

/* reg into scatter[], for the families that need it there; once a pass, before the first clu_gmm_covariances(). */
void clu_gmm_ridge(struct clu_gmm_state *s);

/* cov[] from scatter[] by the family (gmm_family.c), with shrinkage and reg, then its factors. The number of the first
 * component whose covariance is singular, or k. */
size_t clu_gmm_covariances(struct clu_gmm_state *s);

/* The Cholesky factor of cov[d][d] or of a diagonal, inverted, and log |cov|; false when singular. scratch[d][d]. */
bool clu_gmm_whiten(const double *cov, size_t d, bool diagonal, const double *floor, double *scratch, double *whiten,
                    double *log_det);

#endif
