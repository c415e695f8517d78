/* num/series.h: series in memory: scale, gaps, length, copies. */
#include "unit.h"

#include "num/series.h"

#include <float.h>
#include <math.h>

static struct clu_err err;

/* One series of one channel. */
static void make(struct clu_series *s, const double *v, size_t len)
{
    assert_int_equal(clu_series_init(s, 1, 1, &len, &err), CLU_OK);
    memcpy(s->v, v, len * sizeof *v);
    for (size_t t = 0; t < len; t++)
        s->gaps |= isnan(v[t]);
}

#define MAKE(s, ...) make(s, (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static void assert_near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within))
        fail_msg("%.17g is not %.17g", got, want);
}

/* --- storage --- */

static void test_layout(void **state)
{
    struct clu_series s, few;
    const size_t len[] = {3, 1, 2}, which[] = {2, 0, 2};

    (void)state;
    assert_int_equal(clu_series_init(&s, 3, 2, len, &err), CLU_OK);
    assert_int_equal(s.longest, 3);
    assert_int_equal(s.at[3], 12);
    for (size_t i = 0; i < 12; i++)
        s.v[i] = (double)i;
    assert_true(clu_series_at(&s, 0, 1)[2] == 5);
    assert_true(clu_series_at(&s, 1, 1)[0] == 7);
    s.gaps = true;
    assert_int_equal(clu_series_pick(&few, &s, which, 3, &err), CLU_OK);
    assert_int_equal(few.n, 3);
    assert_int_equal(few.longest, 3);
    assert_true(few.gaps);
    for (int copy = 0; copy < 3; copy += 2)
        for (size_t i = 0; i < 4; i++)
            assert_true(clu_series_at(&few, (size_t)copy, 0)[i] == (double)(8 + i));
    clu_series_clear(&few);
    assert_int_equal(clu_series_pick(&few, &s, which, 0, &err), CLU_OK);
    assert_int_equal(few.n, 0);
    assert_int_equal(few.longest, 0);
    clu_series_clear(&few);
    clu_series_clear(&s);
    clu_series_clear(&s);
}

static void test_too_many(void **state)
{
    struct clu_series s;
    const size_t huge[] = {SIZE_MAX / 2, SIZE_MAX / 2, 2}, wide[] = {SIZE_MAX / 4};

    (void)state;
    assert_int_equal(clu_series_init(&s, 3, 1, huge, &err), CLU_SYSTEM);
    assert_null(s.v);
    assert_int_equal(clu_series_init(&s, 1, 5, wide, &err), CLU_SYSTEM);
    MAKE(&s, 1, 2);
    assert_int_equal(clu_series_resample(&s, SIZE_MAX / 2, &err), CLU_SYSTEM);
    assert_true(s.v[1] == 2);
    clu_series_clear(&s);
}

/* --- scale --- */

static void normalise(struct clu_series *s, int how, double *shift, double *scale)
{
    size_t constant, first;
    clu_series_normalise(s, how, shift, scale, &constant, &first);
    assert_int_equal(constant, 0);
    assert_int_equal(first, s->n);
}

static void test_zscore(void **state)
{
    struct clu_series s;
    double shift, scale;

    (void)state;
    MAKE(&s, 1, NAN, 2, 3, 6);
    normalise(&s, CLU_NORMALISE_ZSCORE, &shift, &scale);
    assert_near(shift, 3, 0);
    assert_near(scale, sqrt(3.5), 1e-15); /* 1/n */
    assert_near(s.v[0], -2 / sqrt(3.5), 1e-15);
    assert_true(isnan(s.v[1]));
    assert_near(s.v[4], 3 / sqrt(3.5), 1e-15);
    clu_series_clear(&s);
}

static void test_minmax_and_none(void **state)
{
    struct clu_series s;
    double shift, scale;

    (void)state;
    MAKE(&s, 4, 2, NAN, 10);
    normalise(&s, CLU_NORMALISE_MINMAX, &shift, &scale);
    assert_true(shift == 2 && scale == 8);
    assert_true(s.v[0] == 0.25 && s.v[1] == 0 && isnan(s.v[2]) && s.v[3] == 1);
    normalise(&s, CLU_NORMALISE_NONE, &shift, &scale);
    assert_true(shift == 0 && scale == 1);
    assert_true(s.v[0] == 0.25 && isnan(s.v[2]));
    normalise(&s, CLU_NORMALISE_NONE, NULL, NULL);
    clu_series_clear(&s);
}

static void test_channels_by_themselves(void **state)
{
    struct clu_series s;
    const size_t len[] = {2, 2, 2};
    double shift[6], scale[6];
    size_t constant, first;

    (void)state;
    assert_int_equal(clu_series_init(&s, 3, 2, len, &err), CLU_OK);
    memcpy(s.v, (double[]){0, 2, 10, 30, 7, 7, NAN, NAN, 1, 3, -5, NAN}, 12 * sizeof *s.v);
    clu_series_normalise(&s, CLU_NORMALISE_ZSCORE, shift, scale, &constant, &first);
    assert_int_equal(constant, 2);
    assert_int_equal(first, 1);
    const double want[] = {-1, 1, -1, 1, 0, 0, NAN, NAN, -1, 1, 0, NAN}, at[] = {1, 20, 7, 0, 2, -5}, by[] = {1, 10, 1, 1, 1, 1};
    for (size_t i = 0; i < 12; i++)
        assert_true(s.v[i] == want[i] || (isnan(s.v[i]) && isnan(want[i])));
    for (size_t i = 0; i < 6; i++)
        assert_true(shift[i] == at[i] && scale[i] == by[i]);
    clu_series_clear(&s);
}

/* What is constant but for rounding is constant; what varies by more than that is not. */
static void test_nearly_constant(void **state)
{
    struct clu_series s;
    size_t constant, first;

    (void)state;
    for (int how = CLU_NORMALISE_ZSCORE; how <= CLU_NORMALISE_MINMAX; how++) {
        MAKE(&s, 0.1 + 0.2, 0.3, NAN);
        clu_series_normalise(&s, how, NULL, NULL, &constant, &first);
        assert_int_equal(constant, 1);
        assert_int_equal(first, 0);
        assert_true(s.v[0] == 0 && s.v[1] == 0 && isnan(s.v[2]));
        clu_series_clear(&s);
        MAKE(&s, 1, 1 + 1e-11);
        normalise(&s, how, NULL, NULL);
        assert_near(s.v[1] - s.v[0], how == CLU_NORMALISE_ZSCORE ? 2 : 1, 0);
        clu_series_clear(&s);
        MAKE(&s, 0, 0, 0);
        clu_series_normalise(&s, how, NULL, NULL, &constant, &first);
        assert_int_equal(constant, 1);
        clu_series_clear(&s);
    }
}

/* 1 ... 6 with a common term, or by a factor: the same series. */
static void test_extremes(void **state)
{
    static const struct {
        double add, by;
    } cases[] = {{1e15, 1000}, {-1e15, 4096}, {0, 2.9e307}, {-1e308, 2.9e307}, {0, 1e-310}, {0, 1e-300}, {1e-315, 1e-312}, {0, 5e-324}};
    struct clu_series s;
    double shift, scale;

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int how = CLU_NORMALISE_ZSCORE; how <= CLU_NORMALISE_MINMAX; how++) {
            const double a = cases[k].add, b = cases[k].by;
            MAKE(&s, a + 1 * b, a + 2 * b, a + 3 * b, a + 4 * b, a + 5 * b, a + 6 * b);
            normalise(&s, how, &shift, &scale);
            for (size_t t = 0; t < 6; t++)
                assert_near(s.v[t], how == CLU_NORMALISE_ZSCORE ? ((double)t - 2.5) / sqrt(35.0 / 12) : (double)t / 5, 2e-10);
            assert_true(isfinite(shift) && scale >= 0 && isfinite(scale));
            clu_series_clear(&s);
        }
}

/* A range that no double holds. */
static void test_beyond_range(void **state)
{
    struct clu_series s;
    double shift, scale;

    (void)state;
    MAKE(&s, -DBL_MAX, -DBL_MAX, -DBL_MAX, DBL_MAX);
    normalise(&s, CLU_NORMALISE_MINMAX, &shift, &scale);
    assert_true(s.v[0] == 0 && s.v[3] == 1 && shift == -DBL_MAX && scale == DBL_MAX);
    clu_series_clear(&s);
    MAKE(&s, -DBL_MAX, -DBL_MAX, -DBL_MAX, DBL_MAX);
    normalise(&s, CLU_NORMALISE_ZSCORE, &shift, &scale);
    assert_near(s.v[0], -1 / sqrt(3), 1e-15);
    assert_near(s.v[3], sqrt(3), 1e-15);
    assert_near(shift / DBL_MAX, -0.5, 1e-15);
    clu_series_clear(&s);
}

/* --- gaps --- */

static void test_interpolate(void **state)
{
    struct clu_series s;
    size_t which = 9;

    (void)state;
    MAKE(&s, NAN, NAN, 1, NAN, NAN, 4, NAN, 0.3, NAN, 0.3, NAN);
    assert_true(s.gaps);
    assert_true(clu_series_interpolate(&s, &which));
    const double want[] = {1, 1, 1, 2, 3, 4, 2.15, 0.3, 0.3, 0.3, 0.3};
    for (size_t t = 0; t < 11; t++)
        assert_near(s.v[t], want[t], 1e-15);
    assert_true(s.v[8] == 0.3); /* a level line stays level */
    assert_false(s.gaps);
    clu_series_clear(&s);
    MAKE(&s, 1e308, NAN, NAN, NAN, -1e308);
    assert_true(clu_series_interpolate(&s, &which));
    assert_true(s.v[2] == 0 && s.v[1] == 5e307 && s.v[3] == -5e307);
    clu_series_clear(&s);
}

static void test_nothing_to_interpolate(void **state)
{
    struct clu_series s;
    const size_t len[] = {2, 2};
    size_t which = 9;

    (void)state;
    assert_int_equal(clu_series_init(&s, 2, 2, len, &err), CLU_OK);
    memcpy(s.v, (double[]){1, NAN, 2, 3, 4, 5, NAN, NAN}, 8 * sizeof *s.v);
    s.gaps = true;
    assert_false(clu_series_interpolate(&s, &which));
    assert_int_equal(which, 1);
    assert_true(isnan(s.v[1]) && s.gaps);
    clu_series_clear(&s);
}

/* --- length --- */

static void test_resample(void **state)
{
    struct clu_series s;

    (void)state;
    MAKE(&s, 0, 10, 0.1);
    assert_int_equal(clu_series_resample(&s, 5, &err), CLU_OK);
    assert_int_equal(s.longest, 5);
    assert_true(s.v[0] == 0 && s.v[1] == 5 && s.v[2] == 10 && s.v[4] == 0.1);
    assert_near(s.v[3], 5.05, 1e-15);
    assert_int_equal(clu_series_resample(&s, 5, &err), CLU_OK); /* of the same length: the same */
    assert_true(s.v[1] == 5 && s.v[4] == 0.1);
    assert_int_equal(clu_series_resample(&s, 2, &err), CLU_OK);
    assert_true(s.v[0] == 0 && s.v[1] == 0.1);
    assert_int_equal(clu_series_resample(&s, 1, &err), CLU_OK);
    assert_true(s.v[0] == 0);
    assert_int_equal(clu_series_resample(&s, 3, &err), CLU_OK);
    assert_true(s.v[0] == 0 && s.v[2] == 0);
    clu_series_clear(&s);
}

/* The ends are met exactly for any two lengths, and nothing leaves the range. */
static void test_resample_lengths(void **state)
{
    (void)state;
    for (size_t len = 1; len < 40; len++)
        for (size_t to = 1; to < 40; to++) {
            struct clu_series s;
            double v[40];
            for (size_t t = 0; t < len; t++)
                v[t] = t % 3 == 1 ? 0.7 : (double)t / 50;
            make(&s, v, len);
            assert_int_equal(clu_series_resample(&s, to, &err), CLU_OK);
            assert_true(s.v[0] == v[0]);
            assert_true(to == 1 || s.v[to - 1] == v[len - 1]);
            for (size_t t = 0; t < to; t++)
                assert_true(s.v[t] >= 0 && s.v[t] <= 0.8);
            clu_series_clear(&s);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_zscore),
        cmocka_unit_test(test_minmax_and_none),
        cmocka_unit_test(test_channels_by_themselves),
        cmocka_unit_test(test_nearly_constant),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_beyond_range),
        cmocka_unit_test(test_interpolate),
        cmocka_unit_test(test_nothing_to_interpolate),
        cmocka_unit_test(test_resample),
        cmocka_unit_test(test_resample_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
