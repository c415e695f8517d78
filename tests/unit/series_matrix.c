/* alg/series_matrix.h: kernels of every width and any number of threads give what num/elastic.h gives, to the last bit. */
#include "series.h"

#include "alg/series_matrix.h"
#include "num/elastic.h"

#include <float.h>

static const int kinds[] = {CLU_SERIES_MSM, CLU_SERIES_DTW, CLU_SERIES_DDTW, CLU_SERIES_WDTW, CLU_SERIES_ADTW, CLU_SERIES_TWE,
                            CLU_SERIES_ERP, CLU_SERIES_LCSS, CLU_SERIES_EDR, CLU_SERIES_EUCLIDEAN, CLU_SERIES_MANHATTAN};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_level(int kind)
{
    return kind == CLU_SERIES_EUCLIDEAN || kind == CLU_SERIES_MANHATTAN;
}

/* The v-th of many measures. */
static struct clu_measure measure_of(int kind, size_t v)
{
    static const double window[] = {0, 2, 0.1, 5, 0.3, 1};
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    m.kind = kind;
    m.l1 = v % 2;
    m.symmetric2 = v / 2 % 2;
    m.independent = v / 3 % 2;
    m.windowed = v % 4 != 1;
    m.window = window[v % 6];
    m.window_part = m.window > 0 && m.window < 1;
    m.gap = 0.25;
    m.epsilon = v % 3 ? NAN : 0.5;
    return m;
}

/* The distances of all pairs, pair by pair. */
static double *plainly(const struct clu_series *x, const struct clu_measure *m)
{
    double *d = clu_alloc(x->n * x->n, sizeof *d), *scratch = clu_alloc(clu_elastic_scratch(m, x->channels, x->longest), sizeof *d);
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++)
            d[i * x->n + j] = clu_elastic_pair(m, x, i, x, j, scratch);
    clu_free(scratch);
    return d;
}

static void same(const struct clu_condensed *c, const double *want)
{
    size_t n = c->dist.n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            assert_memory_equal(&c->v[clu_condensed_place(n, i, j)], want + i * n + j, sizeof *want);
}

static void near(const struct clu_condensed *c, const double *want)
{
    size_t n = c->dist.n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            assert_true(fabs((double)c->f[clu_condensed_place(n, i, j)] - want[i * n + j]) <= 1e-5 * want[i * n + j] + 1e-12);
}

/* In every way that there is. */
static void compare(const struct clu_series *x, const struct clu_measure *m, size_t v)
{
    double *want = plainly(x, m);
    struct clu_measure f = *m;
    f.float32 = true;
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        struct clu_condensed c;
        struct clu_run run = {.seed = 1, .threads = 1 + (int)((v + (size_t)t) % 3)};
        assert_int_equal(clu_series_matrix(&c, x, m, &run, NULL), CLU_OK);
        same(&c, want);
        clu_condensed_clear(&c);
        assert_int_equal(clu_series_matrix(&c, x, &f, &run, NULL), CLU_OK);
        near(&c, want);
        clu_condensed_clear(&c);
    }
    clu_free(want);
}

static void kernels_equal_the_plain_loop(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t v = 0; v < 48; v++) {
            size_t channels = v % 5 == 4 ? 3 : 1 + v / 6 % 2, least = kinds[k] == CLU_SERIES_DDTW ? 3 : 1, most = least + v * 7 % 68;
            struct clu_measure m = measure_of(kinds[k], v);
            struct clu_series x = series_walks(4 + v * 5 % 37, channels, is_level(kinds[k]) || v % 3 == 0 ? most : least, most, v % 2, v);
            compare(&x, &m, v);
            clu_series_clear(&x);
        }
}

static void crosses_are_parts_of_a_matrix(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t v = 0; v < 6; v++) {
            struct clu_measure m = measure_of(kinds[k], v);
            struct clu_series x = series_walks(40, 1 + v % 2, is_level(kinds[k]) ? 20 : 3, 20, false, v), a, b;
            size_t which[40], cut = v % 2 ? 5 : 33;
            double *want = plainly(&x, &m), *got = clu_alloc(40 * 40, sizeof *got);
            for (size_t i = 0; i < 40; i++)
                which[i] = i;
            assert_int_equal(clu_series_pick(&a, &x, which, cut, NULL), CLU_OK);
            assert_int_equal(clu_series_pick(&b, &x, which + cut, 40 - cut, NULL), CLU_OK);
            for (int t = 0; t < UNIT_TARGETS; t++)
                if (unit_target(t)) {
                    struct clu_run run = {.threads = 2};
                    assert_int_equal(clu_series_cross(got, &a, &b, &m, &run, NULL), CLU_OK);
                    for (size_t i = 0; i < cut; i++)
                        assert_memory_equal(got + i * (40 - cut), want + i * 40 + cut, (40 - cut) * sizeof *got);
                    assert_int_equal(clu_series_cross(got, &a, &a, &m, &run, NULL), CLU_OK);
                    for (size_t i = 0; i < cut; i++)
                        assert_true(got[i * cut + i] == 0);
                }
            clu_series_clear(&a);
            clu_series_clear(&b);
            clu_series_clear(&x);
            clu_free(want);
            clu_free(got);
        }
}

static void gaps_go_pair_by_pair(void **state)
{
    (void)state;
    struct clu_series x = series_walks(30, 1, 5, 30, false, 3);
    struct clu_measure m = measure_of(CLU_SERIES_DTW, 0);
    m.windowed = false;
    for (size_t i = 0; i < x.n; i += 2)
        x.v[x.at[i] + 2] = NAN;
    x.gaps = true;
    for (int threads = 1; threads <= 3; threads++) {
        struct clu_run run = {.threads = threads};
        struct clu_condensed c;
        double *want = plainly(&x, &m);
        assert_int_equal(clu_series_matrix(&c, &x, &m, &run, NULL), CLU_OK);
        same(&c, want);
        clu_condensed_clear(&c);
        clu_free(want);
    }
    clu_series_clear(&x);
}

static void few_series(void **state)
{
    (void)state;
    struct clu_measure m = measure_of(CLU_SERIES_DTW, 0);
    struct clu_run run = {.threads = 2};
    for (size_t n = 0; n < 3; n++) {
        struct clu_series x = series_walks(n, 1, 5, 5, false, n);
        struct clu_condensed c;
        assert_int_equal(clu_series_matrix(&c, &x, &m, &run, NULL), CLU_OK);
        assert_int_equal(c.dist.n, n);
        clu_condensed_clear(&c);
        clu_series_clear(&x);
    }
}

static int stop_at(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)value;
    assert_string_equal(what, "distances");
    assert_true(done <= of);
    return --*(int *)ctx == 0;
}

static void faults(void **state)
{
    (void)state;
    static const size_t len[] = {12, 12, 15, 2};
    struct clu_series x = series_walks(4, 1, 4, 4, false, 1), y = series_of(4, 1, len);
    struct clu_measure m = measure_of(CLU_SERIES_EUCLIDEAN, 1);
    struct clu_run run = {.threads = 1};
    struct clu_condensed c;
    struct clu_err err;

    memset(y.v, 0, y.at[4] * sizeof *y.v);
    assert_int_equal(clu_series_matrix(&c, &y, &m, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "series 1 has 12 samples and series 3 has 15: euclidean needs equal lengths");
    assert_null(c.v);
    m.kind = CLU_SERIES_DDTW;
    assert_int_equal(clu_series_matrix(&c, &y, &m, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "series 4 has 2 samples: ddtw needs 3");
    m.kind = CLU_SERIES_DTW;
    m.l1 = false;
    clu_series_at(&x, 1, 0)[2] = 1e200;
    clu_series_at(&x, 3, 0)[2] = 1e200;
    assert_int_equal(clu_series_matrix(&c, &x, &m, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "overflow in distance: series 1 and 2");
    double out[16];
    assert_int_equal(clu_series_cross(out, &x, &y, &m, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "overflow in distance: series 2 and 5");
    clu_series_clear(&x);

    x = series_walks(1000, 1, 4, 4, false, 1);
    run.max_memory = 1 << 20;
    assert_int_equal(clu_series_matrix(&c, &x, &m, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "for the distance matrix of 1000 series; use --method=kasba, kshape or clara"));
    run.max_memory = 0;
    int ticks = 3;
    struct clu_watch watch = {stop_at, &ticks};
    run.watch = &watch;
    assert_int_equal(clu_series_matrix(&c, &x, &m, &run, &err), CLU_STOPPED);
    assert_null(c.v);
    clu_series_clear(&x);
    clu_series_clear(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_equal_the_plain_loop), cmocka_unit_test(crosses_are_parts_of_a_matrix),
        cmocka_unit_test(gaps_go_pair_by_pair),         cmocka_unit_test(few_series),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
