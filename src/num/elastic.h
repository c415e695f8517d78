/* num/elastic.h - elastic measures (msm, dtw, ddtw, wdtw, adtw, twe, erp, lcss, edr) and the two lock-step ones: one pair, plainly.
 *
 * This is the canonical evaluation: the double loops of num/measure.h, which the kernels equal. O(cells inside the window * channels). */
#ifndef CLU_NUM_ELASTIC_H
#define CLU_NUM_ELASTIC_H

#include "num/measure.h"
#include "num/series.h"

/* Doubles of scratch for pairs of series up to longest samples. */
size_t clu_elastic_scratch(const struct clu_measure *m, size_t channels, size_t longest);

/* From series i of a to series j of b (the same set or not; as many channels). The same both ways, to the last bit. */
double clu_elastic_pair(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                        double *scratch);

#endif
