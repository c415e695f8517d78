/* alg/series_cross.h - distances from the series of one set to a few others, again and again: an iteration takes no memory.
 *
 * The same numbers as clu_series_cross(). The set is made ready for the kernels once; what is compared of it is a list of places.
 * Of measures that warp or go in lock step (num/elastic.h). Memory: a copy of the set for the kernels, 16 bytes a series, and for
 * each thread some rows. */
#ifndef CLU_ALG_SERIES_CROSS_H
#define CLU_ALG_SERIES_CROSS_H

#include "base/run.h"
#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

struct clu_cross;

/* Room for x, of the lengths that it has, and for most other series up to longest samples; x, m and run are borrowed. Nothing is read of
 * x but lengths and gaps: clu_cross_load() does. CLU_DATA as clu_series_comparable(), CLU_SYSTEM without memory. */
enum clu_status clu_cross_init(struct clu_cross **out, const struct clu_series *x, const struct clu_measure *m, size_t most, size_t longest,
                               const struct clu_run *run, struct clu_err *err);

/* The same set for one more caller at the same time, of one other series: of must live longer. */
enum clu_status clu_cross_share(struct clu_cross **out, const struct clu_cross *of, const struct clu_run *run, struct clu_err *err);
void clu_cross_free(struct clu_cross *c); /* NULL is fine */

/* The samples of x are there, or others than before, of lengths that there is room for. Not of a shared one. */
void clu_cross_load(struct clu_cross *c);

/* out[count][to->n]: from series which[q] of the set (different ones; NULL: the first count) to each of to. CLU_DATA "overflow in distance:
 * series 3 and a centre" (counts from 1), and as clu_series_comparable(); CLU_STOPPED. */
enum clu_status clu_cross_run(struct clu_cross *c, double *out, const size_t *which, size_t count, const struct clu_series *to,
                              struct clu_err *err);

#endif
