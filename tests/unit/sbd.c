/* num/sbd.h: golden values, correlations by double loops, shifts. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"
#include "num/sbd.h"

#include <math.h>

enum { SERIES = 9, CHANNELS = 3 };

/* Random series; of lengths 1 to most, or all of most. */
static void fill(struct clu_series *s, size_t n, size_t channels, size_t most, bool ragged, uint64_t stream)
{
    size_t len[SERIES];
    struct clu_rng r;
    clu_rng_at(&r, 7, stream);
    for (size_t i = 0; i < n; i++)
        len[i] = ragged ? 1 + (size_t)clu_rng_below(&r, most) : most;
    assert_int_equal(clu_series_init(s, n, channels, len, NULL), CLU_OK);
    for (size_t t = 0; t < s->at[n]; t++)
        s->v[t] = 2 * clu_rng_unit(&r) - 1;
}

/* The correlation of channel c at a shift. */
static double correlation(const struct clu_series *a, size_t i, const struct clu_series *b, size_t j, size_t c, ptrdiff_t shift)
{
    double sum = 0;
    for (ptrdiff_t t = 0; t < (ptrdiff_t)b->len[j]; t++)
        if (t + shift >= 0 && t + shift < (ptrdiff_t)a->len[i])
            sum += clu_series_at(a, i, c)[t + shift] * clu_series_at(b, j, c)[t];
    return sum;
}

static double norm(const struct clu_series *a, size_t i, size_t from, size_t channels)
{
    double sum = 0;
    for (size_t t = 0; t < channels * a->len[i]; t++)
        sum += clu_series_at(a, i, from)[t] * clu_series_at(a, i, from)[t];
    return sqrt(sum);
}

/* Channels from .. from + channels - 1 under one shift. */
static double plainly(const struct clu_series *a, size_t i, const struct clu_series *b, size_t j, size_t from, size_t channels,
                      ptrdiff_t *at)
{
    double most = -HUGE_VAL;
    for (ptrdiff_t s = 1 - (ptrdiff_t)b->len[j]; s < (ptrdiff_t)a->len[i]; s++) {
        double sum = 0;
        for (size_t c = from; c < from + channels; c++)
            sum += correlation(a, i, b, j, c, s);
        if (sum > most) {
            most = sum;
            *at = s;
        }
    }
    return 1 - most / norm(a, i, from, channels) / norm(b, j, from, channels);
}

static void compare(const struct clu_series *a, const struct clu_series *b, bool independent)
{
    struct clu_sbd *s, *u;
    size_t longest = a->longest > b->longest ? a->longest : b->longest;
    assert_int_equal(clu_sbd_init(&s, a, longest, independent, NULL), CLU_OK);
    assert_int_equal(clu_sbd_init(&u, b, longest, independent, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_sbd_scratch(s), sizeof *scratch);
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            ptrdiff_t shift, back, at = 0, rest;
            double d = clu_sbd_pair(s, i, u, j, &shift, scratch), want;
            if (independent) {
                want = plainly(a, i, b, j, 0, 1, &at);
                for (size_t c = 1; c < a->channels; c++)
                    want += plainly(a, i, b, j, c, 1, &rest);
            } else
                want = plainly(a, i, b, j, 0, a->channels, &at);
            assert_true(fabs(d - want) <= 1e-12);
            assert_int_equal(shift, at);
            assert_true(fabs(clu_sbd_pair(u, j, s, i, &back, scratch) - d) <= 1e-12);
            assert_int_equal(back, -at);
            assert_true(d == clu_sbd_pair(s, i, u, j, NULL, scratch));
        }
    clu_free(scratch);
    clu_sbd_free(s);
    clu_sbd_free(u);
}

static void as_by_double_loops(void **state)
{
    static const size_t longest[] = {1, 2, 3, 10, 33, 64, 100};
    (void)state;
    for (size_t q = 0; q < sizeof longest / sizeof *longest; q++)
        for (size_t channels = 1; channels <= CHANNELS; channels++)
            for (int ragged = 0; ragged < 2; ragged++) {
                struct clu_series a, b;
                fill(&a, SERIES, channels, longest[q], ragged, q);
                fill(&b, SERIES - 2, channels, longest[q], true, q + 100);
                compare(&a, &b, false);
                compare(&a, &b, true);
                clu_series_clear(&a);
                clu_series_clear(&b);
            }
}

/* The published series, z-normalised: tests/oracle/sbd.py. */
static void golden(void **state)
{
    static const double v[] = {1, 3, 2, 5, 4, 4, 7, 6, 2, 1, 1, 2, 2, 4, 6, 5, 5, 8, 3, 0, 0, 2, 1, 4, 6, 7, 3};
    struct clu_series x;
    struct clu_sbd *s;
    size_t constant, first;
    (void)state;
    assert_int_equal(clu_series_init(&x, 3, 1, (size_t[]){10, 10, 7}, NULL), CLU_OK);
    memcpy(x.v, v, sizeof v);
    clu_series_normalise(&x, CLU_NORMALISE_ZSCORE, NULL, NULL, &constant, &first);
    assert_int_equal(clu_sbd_init(&s, &x, x.longest, false, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_sbd_scratch(s), sizeof *scratch);
    assert_true(fabs(clu_sbd_pair(s, 0, s, 1, NULL, scratch) - 0.1696641636) < 1e-10);
    assert_true(fabs(clu_sbd_pair(s, 0, s, 2, NULL, scratch) - 0.4500067832) < 1e-10);
    for (size_t i = 0; i < 3; i++)
        assert_true(clu_sbd_pair(s, i, s, i, NULL, scratch) == 0);
    clu_sbd_update(s, 1, v, scratch); /* no longer normalised */
    assert_true(fabs(clu_sbd_pair(s, 0, s, 1, NULL, scratch) - 0.1696641636) > 1e-3);
    clu_free(scratch);
    clu_sbd_free(s);
    clu_series_clear(&x);
}

static void zeros_ties_and_scale(void **state)
{
    struct clu_series x;
    struct clu_sbd *s;
    ptrdiff_t shift;
    (void)state;
    size_t len[] = {8, 8, 8, 8, 8, 8};
    assert_int_equal(clu_series_init(&x, 6, 1, len, NULL), CLU_OK);
    memset(x.v, 0, 48 * sizeof *x.v);
    x.v[8 + 3] = 1;                     /* one peak */
    x.v[16 + 1] = x.v[16 + 5] = 1;      /* two, on either side of it */
    x.v[24 + 3] = 1e200;                /* large */
    x.v[32 + 7] = -2;                   /* opposite */
    x.v[40] = 1;
    assert_int_equal(clu_sbd_init(&s, &x, 8, false, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_sbd_scratch(s), sizeof *scratch);
    assert_true(clu_sbd_pair(s, 0, s, 1, &shift, scratch) == 1 && shift == 0);
    assert_true(clu_sbd_pair(s, 0, s, 0, &shift, scratch) == 0 && shift == 0);
    assert_true(fabs(clu_sbd_pair(s, 1, s, 2, &shift, scratch) - (1 - sqrt(0.5))) < 1e-12 && shift == -2);
    assert_true(fabs(clu_sbd_pair(s, 3, s, 1, &shift, scratch)) < 1e-12 && shift == 0);
    assert_true(fabs(clu_sbd_pair(s, 4, s, 1, &shift, scratch) - 1) < 1e-12);
    assert_true(fabs(clu_sbd_pair(s, 1, s, 5, &shift, scratch)) < 1e-12 && shift == 3);
    clu_free(scratch);
    clu_sbd_free(s);
    clu_series_clear(&x);
}

/* Transforms there and back, against sums by the definition. */
static void transforms(void **state)
{
    static const size_t lengths[] = {2, 4, 6, 10, 12, 30, 64, 90, 100};
    (void)state;
    assert_int_equal(clu_gslx_fft_length(1), 2);
    assert_int_equal(clu_gslx_fft_length(255), 256);
    assert_int_equal(clu_gslx_fft_length(257), 270);
    for (size_t q = 0; q < sizeof lengths / sizeof *lengths; q++) {
        double v[100], f[100], scratch[100];
        size_t n = lengths[q];
        struct clu_gslx_fft fft;
        struct clu_rng r;
        clu_rng_at(&r, 3, n);
        for (size_t t = 0; t < n; t++)
            f[t] = v[t] = clu_rng_unit(&r);
        assert_int_equal(clu_gslx_fft_init(&fft, n, NULL), CLU_OK);
        clu_gslx_fft_forward(&fft, f, scratch);
        for (size_t k = 0; k <= n / 2; k++) {
            double re = 0, im = 0;
            for (size_t t = 0; t < n; t++) {
                double angle = 2 * 3.14159265358979323846 * (double)(k * t % n) / (double)n;
                re += v[t] * cos(angle);
                im -= v[t] * sin(angle);
            }
            assert_true(fabs(f[k ? 2 * k - 1 : 0] - re) < 1e-12);
            assert_true(k == 0 || k == n / 2 || fabs(f[2 * k] - im) < 1e-12);
        }
        clu_gslx_fft_back(&fft, f, scratch);
        for (size_t t = 0; t < n; t++)
            assert_true(fabs(f[t] / (double)n - v[t]) < 1e-14);
        clu_gslx_fft_clear(&fft);
        clu_gslx_fft_clear(&fft);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms),
        cmocka_unit_test(golden),
        cmocka_unit_test(as_by_double_loops),
        cmocka_unit_test(zeros_ties_and_scale),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
