/* num/krylov.h - the largest eigenvalues of a symmetric matrix and their eigenvectors, without the others.
 *
 * A block Krylov space (Golub and Underwood, Mathematical Software III, 1977) with full reorthogonalisation, the Rayleigh-Ritz
 * problem in it by num/gslx, and a restart from its best vectors, until the residuals |A x - value x| are below 1e-9 times
 * the largest value. The block is wider than k, so that equal eigenvalues are all found. A small matrix (n <= 256, or not much wider than
 * the space), and one that does not converge in 200 restarts, is decomposed in full, O(n^3).
 * Cost: O(n^2 k) a step; memory 100 n (k + 8) bytes at most, for a full decomposition 16 n^2. */
#ifndef CLU_NUM_KRYLOV_H
#define CLU_NUM_KRYLOV_H

#include "base/run.h"
#include "base/status.h"

#include <stddef.h>

/* The k largest of the symmetric a[n][n], 1 <= k <= n: value[k], descending, vector[k][n], orthonormal; signs as they come, the same
 * for every number of threads. CLU_DATA when a holds what is not finite. */
enum clu_status clu_krylov_eigen(const double *a, size_t n, size_t k, double *value, double *vector, const struct clu_run *run,
                                  struct clu_err *err);

#endif
