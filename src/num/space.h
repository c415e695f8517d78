/* num/space.h - the coordinates that distances are computed in: the input, moved exactly.
 *
 * A column whose values all lie within a factor of two of each other (a year, a time stamp, 1e15 and a bit) is moved
 * by its minimum. By Sterbenz's lemma that subtraction is exact, so nothing is lost, and what follows no longer
 * cancels: the answer for x + 1e15 is the answer for x. Other columns are not moved. Magnitudes are brought into
 * range by a power of two (exact as well) when squares would overflow or vanish.
 *     y = (x - shift) * unit,   x = y / unit + shift
 * A space is borrowed by what is computed in it. */
#ifndef CLU_NUM_SPACE_H
#define CLU_NUM_SPACE_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stddef.h>

struct clu_space {
    struct clu_view x;  /* borrowed */
    double *shift;      /* [d], owned */
    double unit;        /* a power of two, mostly 1 */
    double *absmax;     /* [d] largest |y| */
    double *tiny;       /* [d] least nonzero |y| that can occur (HUGE_VAL: none) */
    double *middle;     /* [d] centre of the range of y */
    double *zero;       /* [d] of zeros: nothing to take away */
};

/* One pass over the rows, in parallel. CLU_SYSTEM without memory. */
enum clu_status clu_space_init(struct clu_space *s, struct clu_view x, const struct clu_run *run, struct clu_err *err);
void clu_space_clear(struct clu_space *s);

/* Row i of y into buf[d] (or a pointer straight into the view when nothing has to be done). */
const double *clu_space_row(const struct clu_space *s, size_t i, double *buf);

/* Up to CLU_KERN_TILE rows as a tile, out[d][CLU_KERN_TILE] of (y - minus) * scale, and their squared lengths
 * norm[CLU_KERN_TILE]: rows first, first + 1, ... or, with index, rows index[first], index[first + 1], ...; places
 * beyond count repeat the last row. */
void clu_space_tile(const struct clu_space *s, const size_t *index, size_t first, size_t count, const double *minus,
                    double scale, double *out, double *norm);

/* The same with the coordinates as floats. */
void clu_space_tile32(const struct clu_space *s, const size_t *index, size_t first, size_t count, const double *minus,
                      double scale, float *out, double *norm);

/* Points given in the input's coordinates to y and back, p[k][d]. */
void clu_space_enter(const struct clu_space *s, double *p, size_t k);
void clu_space_leave(const struct clu_space *s, double *p, size_t k);

#endif
