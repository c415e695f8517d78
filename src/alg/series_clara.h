/* alg/series_clara.h - k-medoids of more time series than a distance matrix can hold: CLARA (Kaufman and Rousseeuw 1990).
 *
 * The matrix of a random sample is searched by FasterPAM (alg/pam.h), all series go to the medoids found, and the medoids of least
 * total loss are kept. Every sample holds the best medoids so far and is searched from them on.
 * Cost: m^2 / 2 + n k distances a sample. Memory: 8 m^2 bytes and a copy of the series. The same for any number of threads. */
#ifndef CLU_ALG_SERIES_CLARA_H
#define CLU_ALG_SERIES_CLARA_H

#include "alg/pam.h"
#include "num/measure.h"
#include "num/series.h"

struct clu_series_clara_opt {
    size_t k;
    size_t samples;
    size_t sample_size; /* 0: 40 + 2 k, at least 200; never more than n */
    size_t max_iter;    /* passes of a search */
};
#define CLU_SERIES_CLARA_DEFAULT ((struct clu_series_clara_opt){.samples = 5, .max_iter = 100})

/* Without second. swaps and passes are those of all samples; converged: every search did. CLU_DATA "5 clusters asked, but only 3
 * series", and what clu_series_matrix() says. */
enum clu_status clu_series_clara(struct clu_pam *out, const struct clu_series *x, const struct clu_measure *m,
                                 const struct clu_series_clara_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
