/* What the tests of time series share: sets of them. */
#ifndef CLU_TESTS_SERIES_H
#define CLU_TESTS_SERIES_H

#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/series.h"

#include <math.h>
#include <stdbool.h>

static inline struct clu_series series_of(size_t n, size_t channels, const size_t *len)
{
    struct clu_series s;
    assert_int_equal(clu_series_init(&s, n, channels, len, NULL), CLU_OK);
    return s;
}

/* Random walks; rounded to halves, so that there are ties and matches, when coarse. */
static inline struct clu_series series_walks(size_t n, size_t channels, size_t least, size_t most, bool coarse, uint64_t seed)
{
    struct clu_rng r;
    size_t *len = clu_alloc(n, sizeof *len);
    clu_rng_at(&r, seed, 0);
    for (size_t i = 0; i < n; i++)
        len[i] = least + (size_t)clu_rng_below(&r, most - least + 1);
    struct clu_series s = series_of(n, channels, len);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < channels; c++) {
            double v = 0;
            for (size_t t = 0; t < len[i]; t++) {
                v += clu_rng_unit(&r) * 2 - 1;
                clu_series_at(&s, i, c)[t] = coarse ? round(2 * v) / 2 : v;
            }
        }
    clu_free(len);
    return s;
}

#endif
