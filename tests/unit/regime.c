/* alg/regime.h, alg/regime_start.h and the normal scores of num/rank.h: planted regimes are found again, and only those. */
#include "unit.h"

#include "alg/regime.h"
#include "alg/regime_start.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/elem.h"
#include "num/rank.h"

#include <math.h>
#include <string.h>

enum { N = 6000, D = 4, SEGMENT = 500, PLANTED = 4 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static const struct clu_regime_opt opt = {.beta = 20, .ridge = 0.05, .merge = 0.2, .min_length = 10, .max_iter = 50};
static struct clu_err err;
static double x[N * D];
static int32_t truth[N];

/* Each regime in the order 0 1 2 3 1 0 2 ...: which variates follow the first one, and how. Then margins with heavy tails and ties. */
static void plant(size_t d)
{
    static const int order[] = {0, 1, 2, 3, 1, 0, 2, 0, 3, 2, 1, 3};
    static const double link[PLANTED][D] = {{1, 0, 0, 0}, {1, 0.9, 0, 0}, {1, -0.9, 0.9, 0}, {1, 0, -0.9, 0.9}};
    struct clu_rng r;

    clu_rng_at(&r, 7, d);
    for (size_t t = 0; t < N; t++) {
        int regime = order[t / SEGMENT];
        double first = clu_normal_quantile(clu_rng_unit(&r));
        truth[t] = regime;
        for (size_t j = 0; j < d; j++) {
            double own = clu_normal_quantile(clu_rng_unit(&r)), l = link[regime][j];
            x[t * d + j] = l * first + sqrt(1 - l * l) * own;
        }
        x[t * d] = exp(3 * x[t * d]);
        x[t * d + 1] = floor(2 * x[t * d + 1]);
    }
}

static struct clu_view scores(struct clu_coded *c, size_t d)
{
    struct clu_view v = {.v = x, .rows = N, .cols = d, .ld = d};
    assert_int_equal(clu_coded_make(c, v, 1, &err), CLU_OK);
    assert_int_equal(clu_coded_scores(c, x, 1, &err), CLU_OK);
    return v;
}

static size_t wrong(const struct clu_regimes *r)
{
    size_t count = 0;
    for (size_t t = 0; t < N; t++) /* both are numbered by first appearance */
        count += r->label[t] != truth[t];
    return count;
}

static void test_scores(void **state)
{
    struct clu_coded c = {0};
    double v[] = {5, 1, 5, 2, 9}, p[] = {0.6, 0.1, 0.6, 0.3, 0.9}, mean = 0, square = 0;
    struct clu_view view = {.v = v, .rows = 5, .cols = 1, .ld = 1};
    (void)state;

    for (size_t i = 0; i < 5; i++)
        mean += clu_normal_quantile(p[i]) / 5;
    for (size_t i = 0; i < 5; i++)
        square += pow(clu_normal_quantile(p[i]) - mean, 2) / 5;
    assert_int_equal(clu_coded_make(&c, view, 1, &err), CLU_OK);
    assert_int_equal(clu_coded_scores(&c, v, 1, &err), CLU_OK);
    for (size_t i = 0; i < 5; i++)
        assert_true(fabs(v[i] - (clu_normal_quantile(p[i]) - mean) / sqrt(square)) < 1e-14);
    clu_coded_clear(&c);
    memcpy(v, (double[]){3, 3, 3, 3, 3}, sizeof v);
    assert_int_equal(clu_coded_make(&c, view, 1, &err), CLU_OK);
    assert_int_equal(clu_coded_scores(&c, v, 1, &err), CLU_OK);
    for (size_t i = 0; i < 5; i++)
        assert_true(v[i] == 0);
    clu_coded_clear(&c);
}

static void check_found(size_t d, int how)
{
    static int32_t label[N];
    struct clu_csts_patterns p = {0};
    struct clu_coded c = {0};
    struct clu_regimes r;
    struct clu_regime_opt o = opt;
    size_t k;

    plant(d);
    struct clu_view v = scores(&c, d);
    assert_int_equal(clu_csts_patterns_enumerate(&p, d, &err), CLU_OK);
    struct clu_regime_start start = {.how = how, .window = 25, .patterns = &p, .radius = 0.2, .k = PLANTED};
    o.merge = how == CLU_REGIME_DENSITY ? opt.merge : 0;
    assert_int_equal(clu_regime_start(label, &k, v, &start, &run, &err), CLU_OK);
    assert_int_equal(clu_regimes_fit(&r, v, label, k, &o, &run, &err), CLU_OK);
    assert_int_equal(r.k, PLANTED);
    assert_true(r.converged);
    assert_in_range(wrong(&r), 0, N / 200);
    if (how == CLU_REGIME_PATTERNS)
        for (size_t g = 0; g < r.k; g++) /* the patterns that they are, by their canonical forms */
            assert_float_equal(r.covariance[g * d * d + 1] > 0.5 ? 1 : r.covariance[g * d * d + 1] < -0.5 ? -1 : 0,
                               p.canonical[(size_t)r.from[g] * p.pairs], 0);
    clu_regimes_clear(&r);
    clu_csts_patterns_clear(&p);
    clu_coded_clear(&c);
}

static void test_found(void **state)
{
    (void)state;
    for (size_t d = 3; d <= D; d++) {
        check_found(d, CLU_REGIME_DENSITY);
        check_found(d, CLU_REGIME_KMEANS);
    }
    check_found(3, CLU_REGIME_PATTERNS);
}

static void test_threads(void **state)
{
    static int32_t label[N];
    struct clu_coded c = {0};
    struct clu_regimes one, more;
    struct clu_run many = run;
    size_t k;
    (void)state;

    plant(3);
    struct clu_view v = scores(&c, 3);
    struct clu_regime_start start = {.how = CLU_REGIME_DENSITY, .window = 20, .radius = 0.2};
    assert_int_equal(clu_regime_start(label, &k, v, &start, &run, &err), CLU_OK);
    assert_int_equal(clu_regimes_fit(&one, v, label, k, &opt, &run, &err), CLU_OK);
    for (many.threads = 2; many.threads < 8; many.threads += 5) {
        size_t again;
        assert_int_equal(clu_regime_start(label, &again, v, &start, &many, &err), CLU_OK);
        assert_int_equal(again, k);
        assert_int_equal(clu_regimes_fit(&more, v, label, k, &opt, &many, &err), CLU_OK);
        assert_memory_equal(one.label, more.label, N * sizeof *one.label);
        assert_memory_equal(one.covariance, more.covariance, one.k * 9 * sizeof *one.covariance);
        clu_regimes_clear(&more);
    }
    clu_regimes_clear(&one);
    clu_coded_clear(&c);
}

/* What was found assigns the same rows as it did; a regime too many is dropped. */
static void test_assign(void **state)
{
    static int32_t label[N];
    struct clu_coded c = {0};
    struct clu_regimes r, again;
    struct clu_regime_opt known = opt;
    double covariance[(PLANTED + 1) * 9] = {2, 1.9, 1.9, 1.9, 2, 1.9, 1.9, 1.9, 2};
    size_t k;
    (void)state;

    plant(3);
    struct clu_view v = scores(&c, 3);
    struct clu_regime_start start = {.how = CLU_REGIME_DENSITY, .window = 20, .radius = 0.2};
    assert_int_equal(clu_regime_start(label, &k, v, &start, &run, &err), CLU_OK);
    assert_int_equal(clu_regimes_fit(&r, v, label, k, &opt, &run, &err), CLU_OK);
    assert_int_equal(r.k, PLANTED);
    memcpy(covariance + 9, r.covariance, PLANTED * 9 * sizeof *covariance);
    known.ridge = 0;
    assert_int_equal(clu_regimes_assign(&again, v, covariance, PLANTED + 1, &known, &run, &err), CLU_OK);
    assert_int_equal(again.k, PLANTED);
    assert_memory_equal(r.label, again.label, N * sizeof *r.label);
    for (size_t g = 0; g < again.k; g++)
        assert_int_equal(again.from[g], g + 1);
    clu_regimes_clear(&again);
    memset(covariance, 0, 9 * sizeof *covariance);
    assert_int_equal(clu_regimes_assign(&again, v, covariance, PLANTED + 1, &known, &run, &err), CLU_DATA);
    assert_null(again.label);
    clu_regimes_clear(&r);
    clu_coded_clear(&c);
}

/* Copies of one variate, a constant one, a single row, fewer rows than a window. */
static void test_degenerate(void **state)
{
    static int32_t label[N];
    struct clu_regime_start start = {.how = CLU_REGIME_DENSITY, .window = 15, .radius = 0.2};
    (void)state;

    for (size_t n = 1; n < 40; n++) {
        struct clu_coded c = {0};
        struct clu_regimes r;
        size_t k;
        struct clu_view v = {.v = x, .rows = n, .cols = 3, .ld = 3};
        for (size_t t = 0; t < n; t++) {
            x[3 * t] = x[3 * t + 1] = (double)(t * 7 % 11);
            x[3 * t + 2] = 4;
        }
        assert_int_equal(clu_coded_make(&c, v, 1, &err), CLU_OK);
        assert_int_equal(clu_coded_scores(&c, x, 1, &err), CLU_OK);
        assert_int_equal(clu_regime_start(label, &k, v, &start, &run, &err), CLU_OK);
        assert_int_equal(clu_regimes_fit(&r, v, label, k, &opt, &run, &err), CLU_OK);
        assert_int_equal(r.k, 1);
        clu_regimes_clear(&r);
        clu_coded_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),  cmocka_unit_test(test_found),      cmocka_unit_test(test_threads),
        cmocka_unit_test(test_assign), cmocka_unit_test(test_degenerate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
