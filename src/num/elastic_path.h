/* num/elastic_path.h - the warping path behind an elastic distance.
 *
 * Among paths of equal cost the diagonal step goes before the step along x, and that before the step along y, seen from the end
 * back. lcss and edr: every pair of the path is there, whether it matches or not. Where a measure begins beside the series (erp, edr and
 * lcss on their borders), the path goes on along the first sample to the first pair. ddtw: the samples in whose places the derivatives
 * stand, so that the ends of the series are not matched. Missing samples as in num/measure.h.
 * By antidiagonals, in vectors (num/diagonal.h); several channels on one path, gaps and symmetric2 cell by cell.
 * O(cells inside the window * channels). Memory: a byte a cell inside the window. */
#ifndef CLU_NUM_ELASTIC_PATH_H
#define CLU_NUM_ELASTIC_PATH_H

#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

#include <stddef.h>
#include <stdint.h>

/* Room for paths between series, which grows as they need it; {0} is an empty one. */
struct clu_path {
    size_t steps;
    uint32_t *x, *y; /* [steps] samples from 0 that are matched, from the first pair to the last; owned, as what follows */
    uint8_t *move;
    size_t *diagonal;
    double *work;
    size_t move_cap, diagonal_cap, x_cap, y_cap, work_cap;
};

/* The path of series i of a (x) to series j of b (y); *distance as clu_elastic_pair(), to the last bit. With independent channels path
 * and distance are those of channel alone, else channel does not count. CLU_SYSTEM without memory, CLU_USAGE "sbd has no path" and
 * the like, CLU_DATA "ddtw needs 3 samples". */
enum clu_status clu_elastic_path(struct clu_path *out, double *distance, const struct clu_measure *m, const struct clu_series *a, size_t i,
                                 const struct clu_series *b, size_t j, size_t channel, struct clu_err *err);
void clu_path_clear(struct clu_path *p);

#endif
