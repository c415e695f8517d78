/* num/jacobi.h - eigenvalues of small symmetric matrices, in plain doubles.
 *
 * Cyclic Jacobi in a fixed order, without the C library: the same bits on every machine. For matrices of some rows; num/gslx and
 * num/krylov are for larger ones. */
#ifndef CLU_NUM_JACOBI_H
#define CLU_NUM_JACOBI_H

#include <stddef.h>

/* The symmetric a[d][d] becomes diagonal, with the eigenvalues in no order; their eigenvectors go into the columns of v[d][d].
 * O(d^3): ten sweeps. */
void clu_jacobi(double *a, double *v, size_t d);

#endif
