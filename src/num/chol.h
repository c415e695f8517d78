/* num/chol.h - Cholesky factors of small symmetric matrices, rows major: plain doubles in a fixed order, the same bits on every machine. */
#ifndef CLU_NUM_CHOL_H
#define CLU_NUM_CHOL_H

#include <stddef.h>

/* The lower triangle of a[n][n] to its Cholesky factor, in place; the upper triangle is neither read nor written. A pivot must be above
 * least times the diagonal element that it began as, and above floor[i] (NULL: above 0). Returns n, or the number of the first
 * pivot that is not, and then a is spoilt. O(n^3 / 6). */
size_t clu_chol_factor(double *a, size_t n, double least, const double *floor);

/* inverse[n][n] = the inverse of the lower triangle l[n][n], a lower triangle too; above the diagonal: 0. O(n^3 / 6). */
void clu_chol_invert(const double *l, size_t n, double *inverse);

/* b[n] = (l l')^-1 b. O(n^2). */
void clu_chol_solve(const double *l, size_t n, double *b);

/* log |l l'|. */
double clu_chol_log_det(const double *l, size_t n);

#endif
