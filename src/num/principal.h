/* num/principal.h - the leading eigenvector of Y'Y, the rows of Y being given.
 *
 * Lanczos iteration with full reorthogonalisation, restarted with the best vector so far; neither Y'Y nor YY' is formed. Where it does not
 * converge (two leading eigenvalues almost equal), the smaller of the two is, and solved as a whole (num/gslx.h). A step costs 2 count ld,
 * some 10 to 30 are needed. The same bits for all kernels. */
#ifndef CLU_NUM_PRINCIPAL_H
#define CLU_NUM_PRINCIPAL_H

#include "base/status.h"

#include <stddef.h>

/* Doubles of scratch. */
size_t clu_principal_scratch(size_t count, size_t ld);

/* v[ld], where the search starts, becomes the eigenvector, of length 1 and either sign; zeros when all rows are. rows[count][ld]; ld is a multiple
 * of 8, what pads rows and v is 0. v must have a part of the eigenvector in it: a random one has. The residual is within 1e-12 of the
 * eigenvalue. CLU_DATA when rows are not finite. */
enum clu_status clu_principal_vector(const double *rows, size_t count, size_t ld, double *v, double *scratch, struct clu_err *err);

#endif
