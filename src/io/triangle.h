/* io/triangle.h - dissimilarities of n objects as a triangle of numbers, in free format.
 *
 * The order of R's dist() and scipy's pdist(), the smaller object first: d(1,2), d(1,3), ... d(1,n), d(2,3), ... d(n-1,n).
 * Numbers are separated by blanks, TABs, line ends, commas and semicolons, in any mix and wrapped in any way, but for two commas
 * or semicolons with nothing between them. With the decimal mark ',' a comma belongs to a number. n follows from the count, which
 * is n (n - 1) / 2. Several FILEs are one triangle. Memory: 8 bytes a number. */
#ifndef CLU_IO_TRIANGLE_H
#define CLU_IO_TRIANGLE_H

#include "base/run.h"
#include "base/status.h"
#include "io/read.h"

#include <stddef.h>

struct clu_triangle {
    double *v; /* [n (n - 1) / 2], owned; finite, >= 0 */
    size_t n;  /* >= 2 */
};
void clu_triangle_clear(struct clu_triangle *t);

/* Where d(i, j) stands, for i < j < n. */
static inline size_t clu_triangle_at(size_t n, size_t i, size_t j)
{
    return i * (2 * n - i - 1) / 2 + (j - i - 1);
}

/* Of opt, only file, files, mark and na_values count. CLU_DATA "stdin:2: not a number: 'x'", "...: missing value ('NA')",
 * "...: not a finite number: '1e999'", "...: negative distance: '-1'", "stdin: no data", "stdin: 5 values are no triangle: 3 for
 * 3 objects, 6 for 4"; CLU_SYSTEM as the reader, and when the numbers need more memory than run allows. */
enum clu_status clu_read_triangle(struct clu_triangle *out, const struct clu_read_opt *opt, const struct clu_run *run,
                                  struct clu_err *err);

#endif
