/* num/metric.h - the names of the metrics between rows of a table; num/dist.h says what each of them is. */
#ifndef CLU_NUM_METRIC_H
#define CLU_NUM_METRIC_H

#include <stdint.h>

enum clu_metric_kind {
    CLU_EUCLIDEAN = 0,
    CLU_SQEUCLIDEAN,
    CLU_MANHATTAN,
    CLU_CHEBYSHEV,
    CLU_MINKOWSKI,
    CLU_COSINE,
    CLU_CORRELATION,
    CLU_CANBERRA,
    CLU_HAMMING,
    CLU_JACCARD,
    CLU_GOWER
};
enum { CLU_METRICS = CLU_GOWER + 1 };

enum clu_gower { CLU_GOWER_INTERVAL = 0, CLU_GOWER_NOMINAL, CLU_GOWER_ASYMMETRIC };

struct clu_metric {
    enum clu_metric_kind kind;
    double p;             /* minkowski: >= 1, HUGE_VAL gives chebyshev */
    const uint8_t *type;  /* [d] enum clu_gower, for gower; borrowed */
    const double *range;  /* [d] > 0, of interval columns, for gower; borrowed */
};

#endif
