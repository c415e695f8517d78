/* alg/csts_distance.h - distances between vectors of correlations: upper triangles of matrices of d variates, row by row.
 *
 *     l1 l2 l3 l5 l10 l50 l100 linf    Minkowski's
 *     l1-ref ... linf-ref              the same, times the sum of both distances from e = (1, ..., 1) / sqrt(pairs)
 *     l1-dot l2-dot linf-dot           with (e.v + 1) / 2 as one more coordinate
 *     log-frobenius                    the Frobenius norm of the difference of the logarithms of the matrices
 *     foerstner                        the root of the sum of log(1 + x)^2 over the eigenvalues x of the first matrix against the second
 *
 * The last two add 1e-10 to the diagonals. Logarithms of negative eigenvalues are complex, as SciPy's logm has them. foerstner is NAN
 * where the second matrix is not positive definite, or an eigenvalue is -1 or less.
 * Plain doubles and num/elem: the same bits on every machine. Source: Degen et al. 2025, arXiv 2507.16497. */
#ifndef CLU_ALG_CSTS_DISTANCE_H
#define CLU_ALG_CSTS_DISTANCE_H

#include <stddef.h>

enum clu_csts_distance {
    CLU_CSTS_L1 = 0, CLU_CSTS_L2, CLU_CSTS_L3, CLU_CSTS_L5, CLU_CSTS_L10, CLU_CSTS_L50, CLU_CSTS_L100, CLU_CSTS_LINF,
    CLU_CSTS_L1_REF, CLU_CSTS_L2_REF, CLU_CSTS_L3_REF, CLU_CSTS_L5_REF, CLU_CSTS_L10_REF, CLU_CSTS_L50_REF, CLU_CSTS_L100_REF,
    CLU_CSTS_LINF_REF,
    CLU_CSTS_L1_DOT, CLU_CSTS_L2_DOT, CLU_CSTS_LINF_DOT,
    CLU_CSTS_LOG_FROBENIUS, CLU_CSTS_FOERSTNER
};
enum { CLU_CSTS_DISTANCES = CLU_CSTS_FOERSTNER + 1 };

extern const char *const clu_csts_distance_word[CLU_CSTS_DISTANCES + 1]; /* the last one is NULL */

/* Of v[pairs] and w[pairs], pairs = d (d - 1) / 2 >= 1. NAN when a number is. O(pairs), the last two O(d^3). */
double clu_csts_distance(enum clu_csts_distance kind, const double *v, const double *w, size_t pairs);

#endif
