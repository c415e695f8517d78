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

/* Fourier transforms of real numbers of one length: tables, which any number of threads read. {0} is an empty one. */
struct clu_gslx_fft {
    size_t n;
    void *forward, *back;
};
enum clu_status clu_gslx_fft_init(struct clu_gslx_fft *f, size_t n, struct clu_err *err);
void clu_gslx_fft_clear(struct clu_gslx_fft *f);

/* The least length from least on that is even and has no other factors than 2, 3 and 5: for these GSL has code of their own. */
size_t clu_gslx_fft_length(size_t least);

/* In place, v[n] with scratch[n]: to the spectrum X(k) = sum v(t) exp(-2 pi i k t / n), kept as re X(0), re X(1), im X(1), re X(2), ..., (n even)
 * re X(n/2); and back, n times what it came from. O(n log n). */
void clu_gslx_fft_forward(const struct clu_gslx_fft *f, double *v, double *scratch);
void clu_gslx_fft_back(const struct clu_gslx_fft *f, double *v, double *scratch);

#endif
