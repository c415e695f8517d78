/* num/gslx.h - the only place that sees GSL. Tools that reach it are linked with $(GSL_LIBS).
 *
 * GSL aborts by default when it fails: a tool calls clu_gslx_init() once, before any work, and from then on failures come back as codes. */
#ifndef CLU_NUM_GSLX_H
#define CLU_NUM_GSLX_H

#include "base/status.h"

#include <stddef.h>

/* Switch GSL's error handler off. */
void clu_gslx_init(void);

/* A status for a code of GSL; the message is GSL's, behind what. GSL_SUCCESS: CLU_OK. */
enum clu_status clu_gslx_status(int code, const char *what, struct clu_err *err);

/* Room for eigenvalue problems of one size, for callers that have many; {0} is an empty one. */
struct clu_gslx_eigen {
    size_t n;
    void *work;
};
enum clu_status clu_gslx_eigen_init(struct clu_gslx_eigen *e, size_t n, struct clu_err *err);
void clu_gslx_eigen_clear(struct clu_gslx_eigen *e);

/* Eigenvalues of the symmetric a[n][n], of which the lower triangle is read, into value[n], descending, and its eigenvectors into the
 * rows of vector[n][n], orthonormal; in each the entry of the largest magnitude, the first of equals, is positive. a is destroyed.
 * O(n^3). CLU_DATA when a holds what is not finite. */
enum clu_status clu_gslx_eigen_solve(struct clu_gslx_eigen *e, double *a, double *value, double *vector, struct clu_err *err);

/* The same once: takes its room itself. */
enum clu_status clu_gslx_eigen_sym(double *a, size_t n, double *value, double *vector, struct clu_err *err);

#endif
