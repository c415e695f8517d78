/* num/toeplitz_lasso.h - the graphical lasso under block Toeplitz structure: sparse inverse covariances of stationary windows.
 *
 * Minimises -log det Theta + tr(S Theta) + sum of lambda_ij |Theta_ij| over all symmetric positive definite Theta[w d][w d] that are block
 * Toeplitz: block (p, q) depends on q - p alone, p, q < w, and is d x d (Hallac, Vare, Boyd and Leskovec, KDD 2017, section 4.1). The sum has
 * both triangles and the diagonal. By the alternating direction method of multipliers, scaled form (Boyd et al., Foundations and Trends in
 * Machine Learning 3, 2011): an eigenvalue problem, then a soft threshold of the mean of the elements that are to be equal.
 *
 * As the authors' program does it (compat): rho = 1, from zero; it stops when both residuals are below sqrt(m) tol + tol * norm + 1e-4,
 * m and norms of the upper triangle; Theta is the positive definite iterate, which is block Toeplitz but to that tolerance.
 * Else: columns are brought to one scale, their penalties with them, which changes nothing but the speed; it starts at a diagonal matrix, or
 * from a Theta that is near, and is over-relaxed; rho balances the residuals; tolerances are relative to the norms of Theta and S, in
 * that scale. Theta is the iterate that is exactly block Toeplitz and has exact zeros, plus as much of a diagonal as makes it positive
 * definite should it not be (only ever when max_iter ends it).
 * Cost: O((w d)^3) an iteration. Memory: 8 (w d)^2 doubles. */
#ifndef CLU_NUM_TOEPLITZ_LASSO_H
#define CLU_NUM_TOEPLITZ_LASSO_H

#include "base/status.h"
#include "num/gslx.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_toeplitz_lasso_opt {
    size_t max_iter; /* >= 1 */
    double tol;
    bool compat;
    bool warm;       /* theta holds a positive definite matrix to start from; not with compat */
};
#define CLU_TOEPLITZ_LASSO_DEFAULT ((struct clu_toeplitz_lasso_opt){.max_iter = 1000, .tol = 1e-6})

/* Room for problems of one size, one at a time; {0} is an empty one. */
struct clu_toeplitz_lasso {
    size_t w, d;
    struct clu_gslx_eigen eigen;
    double *room;                     /* what the others lie in */
    double *s, *x, *z, *u, *a, *vector; /* [w d][w d] */
    double *before;                   /* [w d][w d] z of the iteration before */
    double *penalty;                  /* [w][d][d] sums of lambda over equal elements */
    double *value;                    /* [w d] */
    double *unit;                     /* [d] standard deviations that s, penalty and the iterates are measured in */
    size_t iterations;                /* of the last problem */
    bool converged;
};
enum clu_status clu_toeplitz_lasso_init(struct clu_toeplitz_lasso *l, size_t w, size_t d, struct clu_err *err);
void clu_toeplitz_lasso_clear(struct clu_toeplitz_lasso *l);

/* theta[w d][w d] from the symmetric positive semidefinite s and the symmetric lambda >= 0, both [w d][w d]. CLU_DATA: s is not finite, or, plus
 * the diagonal of lambda, singular: there need be no minimum. */
enum clu_status clu_toeplitz_lasso_solve(struct clu_toeplitz_lasso *l, const double *s, const double *lambda,
                                         const struct clu_toeplitz_lasso_opt *opt, double *theta, struct clu_err *err);

#endif
