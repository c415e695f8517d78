/* alg/barycentre.h: no kind raises the cost, what is told is true, the same for all threads and targets, and the special cases. The figures
 * are compared with those of another program in barycentre_oracle.c. */
#include "series.h"

#include "alg/barycentre.h"
#include "alg/series_matrix.h"

enum { N = 24, MOST = 64 };
static struct clu_err err;

static double cost_of(const double *center, size_t len, const struct clu_series *x, const size_t *member, size_t count, const struct clu_measure *m)
{
    struct clu_series c = series_of(1, x->channels, &len), own;
    struct clu_run run = CLU_RUN_DEFAULT;
    double near[N], sum = 0;
    memcpy(c.v, center, len * x->channels * sizeof *center);
    assert_int_equal(clu_series_pick(&own, x, member, count, NULL), CLU_OK);
    assert_int_equal(clu_series_cross(near, &own, &c, m, &run, NULL), CLU_OK);
    for (size_t i = 0; i < count; i++)
        sum += near[i] * near[i];
    clu_series_clear(&c);
    clu_series_clear(&own);
    return sum;
}

/* All kinds from the first member on, with all numbers of threads and kernels. */
static void check(const struct clu_series *x, const struct clu_measure *m, size_t len, const size_t *member, size_t count)
{
    for (int kind = CLU_BARYCENTRE_DBA; kind <= CLU_BARYCENTRE_KASBA; kind++) {
        double first[MOST * 3], start[MOST * 3], first_cost = 0;
        struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;
        opt.kind = kind;
        opt.max_iter = 4;
        for (size_t t = 0; t < len * x->channels; t++)
            start[t] = sin((double)t);
        for (int t = 0; t < UNIT_TARGETS; t++)
            for (int threads = 1; unit_target(t) && threads <= (t == 0 ? 3 : 1); threads++) {
                double center[MOST * 3], cost;
                struct clu_run run = {.seed = 3, .threads = threads};
                memcpy(center, start, sizeof center);
                assert_int_equal(clu_barycentre_fit(center, len, &cost, x, member, count, m, &opt, 7, &run, &err), CLU_OK);
                if (t > 0 || threads > 1) {
                    assert_memory_equal(center, first, len * x->channels * sizeof *center);
                    assert_true(cost == first_cost);
                }
                memcpy(first, center, sizeof first);
                first_cost = cost;
            }
        assert_true(fabs(first_cost - cost_of(first, len, x, member, count, m)) <= 1e-12 * (1 + first_cost));
        assert_true(first_cost <= cost_of(start, len, x, member, count, m));
        assert_true(kind == CLU_BARYCENTRE_KASBA || m->kind != CLU_SERIES_DTW || first_cost < 0.9 * cost_of(start, len, x, member, count, m));
    }
}

static void test_measures(void **unused)
{
    (void)unused;
    static const int kinds[] = {CLU_SERIES_MSM, CLU_SERIES_DTW, CLU_SERIES_DDTW, CLU_SERIES_WDTW, CLU_SERIES_ADTW,
                                CLU_SERIES_TWE, CLU_SERIES_ERP, CLU_SERIES_LCSS, CLU_SERIES_EDR};
    size_t member[N];
    for (size_t i = 0; i < N; i++)
        member[i] = N - 1 - i;
    for (size_t channels = 1; channels <= 3; channels += 2) {
        struct clu_series x = series_walks(N, channels, 10, 30, false, channels);
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            for (int variant = 0; variant < 3; variant += channels == 1 ? 2 : 1) {
                struct clu_measure m = CLU_MEASURE_DEFAULT;
                m.kind = kinds[k];
                m.independent = variant == 1;
                m.windowed = variant == 2;
                m.window = 0.2;
                m.window_part = true;
                check(&x, &m, 24, member, variant == 0 ? N : 11);
            }
        clu_series_clear(&x);
    }
}

/* Under lock step the barycentre is the mean, and so it is under dtw when the window leaves nothing else. */
static void test_mean(void **unused)
{
    (void)unused;
    struct clu_series x = series_walks(N, 2, 20, 20, false, 9);
    static const int kinds[] = {CLU_SERIES_EUCLIDEAN, CLU_SERIES_MANHATTAN, CLU_SERIES_DTW};
    size_t member[N];
    double mean[40] = {0};
    for (size_t i = 0; i < N; i++) {
        member[i] = i;
        for (size_t t = 0; t < 40; t++)
            mean[t] += clu_series_at(&x, i, 0)[t] / N;
    }
    for (int k = 0; k < 3; k++) {
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;
        struct clu_run run = CLU_RUN_DEFAULT;
        double center[40] = {0}, cost;
        m.kind = kinds[k];
        m.windowed = true;
        assert_int_equal(clu_barycentre_fit(center, 20, &cost, &x, member, N, &m, &opt, 0, &run, &err), CLU_OK);
        for (size_t t = 0; t < 40; t++)
            assert_true(fabs(center[t] - mean[t]) < 1e-12);
        assert_true(fabs(cost - cost_of(center, 20, &x, member, N, &m)) <= 1e-12 * cost);
    }
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    double center[38] = {0};
    m.kind = CLU_SERIES_EUCLIDEAN;
    assert_int_equal(clu_barycentre_fit(center, 19, NULL, &x, member, N, &m, &opt, 0, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "a mean needs series of equal length: there are 19 and 20 samples");
    m.kind = CLU_SERIES_SBD;
    assert_int_equal(clu_barycentre_fit(center, 19, NULL, &x, member, N, &m, &opt, 0, &run, &err), CLU_USAGE);
    assert_string_equal(err.msg, "sbd has no barycentre");
    clu_series_clear(&x);
}

/* One member: dba becomes it in a pass. None: the start stays. Missing samples do not count. */
static void test_few(void **unused)
{
    (void)unused;
    struct clu_series x = series_walks(6, 1, 16, 16, false, 4);
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    size_t member[6] = {2, 0, 1, 3, 4, 5};
    double center[16], cost;
    m.kind = CLU_SERIES_DTW;
    m.windowed = true;
    memcpy(center, x.v, sizeof center);
    assert_int_equal(clu_barycentre_fit(center, 16, &cost, &x, member, 1, &m, &opt, 0, &run, &err), CLU_OK);
    assert_memory_equal(center, clu_series_at(&x, 2, 0), sizeof center);
    assert_true(cost == 0);
    assert_int_equal(clu_barycentre_fit(center, 16, &cost, &x, member, 0, &m, &opt, 0, &run, &err), CLU_OK);
    assert_memory_equal(center, clu_series_at(&x, 2, 0), sizeof center);
    assert_true(cost == 0);

    m.windowed = false;
    x.gaps = true;
    for (size_t i = 1; i < 6; i++)
        clu_series_at(&x, i, 0)[3 * i % 16] = NAN;
    for (int kind = 0; kind < 3; kind++) {
        opt.kind = kind;
        memcpy(center, x.v, sizeof center);
        double before = cost_of(center, 16, &x, member, 6, &m);
        assert_int_equal(clu_barycentre_fit(center, 16, &cost, &x, member, 6, &m, &opt, 0, &run, &err), CLU_OK);
        assert_true(cost < before && isfinite(center[3]) && isfinite(center[6]));
    }
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_measures), cmocka_unit_test(test_mean), cmocka_unit_test(test_few)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
