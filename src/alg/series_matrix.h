/* alg/series_matrix.h - the distances of all pairs of time series, or of the pairs of two sets.
 *
 * Elastic measures put 2 to 16 pairs into the lanes of a vector (num/elastic.h): series are sorted by length, those of a group stand
 * interleaved, one series runs against a group. Work is cut into tiles of groups by the data alone; each pair is computed by
 * itself, so results depend on neither threads nor the order. Progress counts cells of the dynamic programme.
 * Cost: sum over pairs of the cells inside the window. Memory: the result, a copy of the series, and for each thread some rows. */
#ifndef CLU_ALG_SERIES_MATRIX_H
#define CLU_ALG_SERIES_MATRIX_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"
#include "num/measure.h"
#include "num/series.h"

/* Into out, in floats when m->float32. CLU_SYSTEM "needs 3.6 TiB for the distance matrix of 1000000 series; use --method=kasba,
 * kshape or clara" before anything is taken; CLU_DATA "series 3 has 12 samples and series 7 has 15: euclidean needs equal lengths",
 * "series 3 has 2 samples: ddtw needs 3", "overflow in distance: series 3 and 7" when one is not finite (counts from 1). */
enum clu_status clu_series_matrix(struct clu_condensed *out, const struct clu_series *x, const struct clu_measure *m,
                                  const struct clu_run *run, struct clu_err *err);

/* out[a->n][b->n]: from each series of a to each of b. The same numbers as in a matrix of both sets together; messages count the series
 * of b behind those of a. After an overflow out is complete, so that a caller who counts otherwise finds what is not finite. */
enum clu_status clu_series_cross(double *out, const struct clu_series *a, const struct clu_series *b, const struct clu_measure *m,
                                 const struct clu_run *run, struct clu_err *err);

/* Can m compare them: as long as len each (lock step), long enough (ddtw)? CLU_DATA as above; before: series that messages count first. */
enum clu_status clu_series_comparable(const struct clu_series *x, size_t before, size_t len, const struct clu_measure *m, struct clu_err *err);

#endif
