/* tab/scale.h: R's scale(), quantiles of type 7, and columns that make sums overflow, vanish or cancel. */
#include "unit.h"

#include "base/rng.h"
#include "tab/scale.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Made by tests/oracle/scale.R from data/iris.csv. */
static const double r_iris[8][4] = {
    {5.8433333333333337, 3.0573333333333332, 3.758, 1.1993333333333334},                 /* mean */
    {0.82806612797786294, 0.43586628493669821, 1.7652982332594664, 0.76223766896034661}, /* sd */
    {4.2999999999999998, 2, 1, 0.10000000000000001},                                     /* min */
    {3.6000000000000005, 2.4000000000000004, 5.9000000000000004, 2.3999999999999999},    /* max - min */
    {5.7999999999999998, 3, 4.3499999999999996, 1.3},                                    /* median */
    {1.3000000000000007, 0.5, 3.4999999999999996, 1.5},                                  /* IQR */
    {-0.89767387919676622, 1.015601990713634, -1.3357516342415199, -1.3110521482051303}, /* scale(x)[1, ] */
    {0.068432537875986563, -0.13153881205025958, 0.76021148988639486, 0.78803067747353062}, /* scale(x)[150, ] */
};
static const double r_quartiles[9][2] = { /* median and IQR of n = 1..9 values */
    {7.125, 0}, {5.6875, 1.4375}, {4.25, 3.0625}, {5.6875, 3.9375}, {5.25, 2.875},
    {4.75, 4.09375}, {5.25, 4.5}, {5.75, 3.6875}, {5.25, 4.125},
};

static double iris[150 * 4];

static int load_iris(void **state)
{
    (void)state;
    const char *src = getenv("CLU_SRC");
    char path[4096], line[256];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/data/iris.csv", src ? src : ".");
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    if (!fgets(line, sizeof line, f))
        n = 1000;
    while (n < 150 && fgets(line, sizeof line, f) &&
           sscanf(line, "%lf,%lf,%lf,%lf", &iris[4 * n], &iris[4 * n + 1], &iris[4 * n + 2], &iris[4 * n + 3]) == 4)
        n++;
    fclose(f);
    return n == 150 ? 0 : -1;
}

static void close_to(double x, double want)
{
    if (!(fabs(x - want) <= 1e-12 * fmax(fabs(want), 1)))
        fail_msg("%.17g, not %.17g", x, want);
}

static struct clu_scale fitted(enum clu_scaling how, const double *v, size_t rows, size_t cols)
{
    struct clu_scale s;
    struct clu_err err = {0};
    struct clu_view x = {.v = v, .rows = rows, .cols = cols, .ld = cols};
    assert_int_equal(clu_scale_fit(&s, how, x, &err), CLU_OK);
    return s;
}

static void iris_is_as_in_r(void **state)
{
    (void)state;
    static const enum clu_scaling how[] = {CLU_SCALE_ZSCORE, CLU_SCALE_MINMAX, CLU_SCALE_ROBUST};
    for (size_t h = 0; h < 3; h++) {
        struct clu_scale s = fitted(how[h], iris, 150, 4);
        for (size_t j = 0; j < 4; j++) {
            close_to(s.shift[j], r_iris[2 * h][j]);
            close_to(s.divisor[j], r_iris[2 * h + 1][j]);
        }
        clu_scale_clear(&s);
    }
}

static void there_and_back(void **state)
{
    (void)state;
    struct clu_mat m = {.cols = 4};
    struct clu_scale s = fitted(CLU_SCALE_ZSCORE, iris, 150, 4);
    assert_int_equal(clu_mat_reserve(&m, 150, false), 0);
    m.rows = 150;
    memcpy(m.v, iris, sizeof iris);
    clu_scale_do(&s, &m);
    for (size_t j = 0; j < 4; j++) {
        close_to(m.v[j], r_iris[6][j]);
        close_to(m.v[149 * 4 + j], r_iris[7][j]);
    }
    clu_scale_undo(&s, m.v, 150);
    for (size_t i = 0; i < 600; i++)
        close_to(m.v[i], iris[i]);
    clu_scale_clear(&s);
    clu_mat_clear(&m);
}

static void floats_too(void **state)
{
    (void)state;
    struct clu_mat m = {.cols = 4};
    struct clu_scale s, t;
    double wide[600];
    assert_int_equal(clu_mat_reserve(&m, 150, true), 0);
    m.rows = 150;
    for (size_t i = 0; i < 600; i++)
        wide[i] = m.f[i] = (float)iris[i];
    for (int how = CLU_SCALE_ZSCORE; how <= CLU_SCALE_ROBUST; how++) {
        assert_int_equal(clu_scale_fit(&s, (enum clu_scaling)how, clu_mat_look(&m), NULL), CLU_OK);
        t = fitted((enum clu_scaling)how, wide, 150, 4);
        assert_memory_equal(s.shift, t.shift, 4 * sizeof(double));
        assert_memory_equal(s.divisor, t.divisor, 4 * sizeof(double));
        clu_scale_clear(&t);
        if (how == CLU_SCALE_ROBUST)
            clu_scale_do(&s, &m);
        clu_scale_clear(&s);
    }
    assert_true(fabs((double)m.f[0] - (iris[0] - 5.8) / 1.3) < 1e-6);
    clu_mat_clear(&m);
}

static void quartiles_of_every_length(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 9; n++) {
        double v[9];
        for (size_t i = 1; i <= n; i++)
            v[i - 1] = (double)(i * 7 % 10) + (double)(i % 3) / 8;
        struct clu_scale s = fitted(CLU_SCALE_ROBUST, v, n, 1);
        assert_true(s.shift[0] == r_quartiles[n - 1][0]);
        assert_true(s.divisor[0] == (n == 1 ? 1 : r_quartiles[n - 1][1]));
        clu_scale_clear(&s);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double type7(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1), part = at - floor(at);
    size_t k = (size_t)at;
    return part > 0 ? (1 - part) * sorted[k] + part * sorted[k + 1] : sorted[k];
}

/* Against a sort, with many ties and with inputs that make quickselect stumble: sorted, reversed, organ pipes. */
static void selection_is_sorting(void **state)
{
    (void)state;
    static double v[3000], sorted[3000];
    struct clu_rng r;
    clu_rng_at(&r, 5, 0);
    for (size_t round = 0; round < 400; round++) {
        size_t n = 1 + (size_t)clu_rng_below(&r, round < 200 ? 12 : 3000);
        uint64_t values = 1 + clu_rng_below(&r, 2 * n);
        for (size_t i = 0; i < n; i++)
            v[i] = round % 5 == 0   ? (double)i
                   : round % 5 == 1 ? -(double)i
                   : round % 5 == 2 ? (double)(i < n / 2 ? i : n - i)
                                    : (double)clu_rng_below(&r, values);
        memcpy(sorted, v, n * sizeof *v);
        qsort(sorted, n, sizeof *v, by_value);
        struct clu_scale s = fitted(CLU_SCALE_ROBUST, v, n, 1);
        double range = type7(sorted, n, 0.75) - type7(sorted, n, 0.25);
        assert_true(s.shift[0] == type7(sorted, n, 0.5));
        assert_true(s.divisor[0] == (range > 0 ? range : 1));
        clu_scale_clear(&s);
    }
}

static void missing_values_do_not_count(void **state)
{
    (void)state;
    const double v[] = {1, NAN, NAN, 2, 5, NAN, 3, NAN, NAN, 4, NAN, NAN};
    for (int how = CLU_SCALE_ZSCORE; how <= CLU_SCALE_ROBUST; how++) {
        struct clu_scale s = fitted((enum clu_scaling)how, v, 4, 3);
        double one[] = {1, 2, 3, 4};
        struct clu_scale t = fitted((enum clu_scaling)how, one, 4, 1);
        assert_true(s.shift[0] == t.shift[0] && s.divisor[0] == t.divisor[0]);
        assert_true(s.shift[1] == 5 && s.divisor[1] == 1); /* one value */
        assert_true(s.shift[2] == 0 && s.divisor[2] == 1); /* none */
        struct clu_mat m = {.cols = 3};
        assert_int_equal(clu_mat_reserve(&m, 4, false), 0);
        m.rows = 4;
        memcpy(m.v, v, sizeof v);
        clu_scale_do(&s, &m);
        for (size_t i = 0; i < 12; i++)
            assert_int_equal(isnan(m.v[i]) != 0, isnan(v[i]) != 0);
        clu_mat_clear(&m);
        clu_scale_clear(&s);
        clu_scale_clear(&t);
    }
}

static void constant_columns_are_divided_by_one(void **state)
{
    (void)state;
    double v[10];
    for (size_t i = 0; i < 10; i++)
        v[i] = 0.1; /* ten times 0.1 is not 1 */
    for (int how = CLU_SCALE_ZSCORE; how <= CLU_SCALE_ROBUST; how++) {
        struct clu_scale s = fitted((enum clu_scaling)how, v, 10, 1);
        assert_true(s.shift[0] == 0.1);
        assert_true(s.divisor[0] == 1);
        clu_scale_clear(&s);
    }
    v[9] = 7; /* not constant, but most of it is */
    struct clu_scale s = fitted(CLU_SCALE_ROBUST, v, 10, 1);
    assert_true(s.shift[0] == 0.1 && s.divisor[0] == 1);
    clu_scale_clear(&s);
    s = fitted(CLU_SCALE_ZSCORE, v, 0, 2); /* no rows */
    assert_true(s.shift[1] == 0 && s.divisor[1] == 1);
    clu_scale_clear(&s);
}

/* 1e15 and a bit: the spread of 0, 1/8, 2/8, ... is known exactly. */
static void a_far_mean_does_not_hide_the_spread(void **state)
{
    (void)state;
    static double near[8000], far[8000];
    for (size_t i = 0; i < 8000; i++) {
        near[i] = (double)(i * 37 % 100) / 8;
        far[i] = 1e15 + near[i];
    }
    struct clu_scale s = fitted(CLU_SCALE_ZSCORE, near, 8000, 1), t = fitted(CLU_SCALE_ZSCORE, far, 8000, 1);
    close_to(t.divisor[0], s.divisor[0]);
    assert_true(fabs(t.shift[0] - 1e15 - s.shift[0]) <= 0.0625); /* half a unit in the last place at 1e15 */
    clu_scale_clear(&s);
    clu_scale_clear(&t);
}

/* The same column times 2^k has the same scores, for every k that a double can hold. */
static void magnitude_does_not_matter(void **state)
{
    (void)state;
    static const int power[] = {-1060, -1000, -700, 0, 500, 900, 1020};
    double base[200], v[200];
    for (size_t i = 0; i < 200; i++)
        base[i] = (double)(i * i % 17) - 6; /* -6 .. 10 */
    struct clu_scale s = fitted(CLU_SCALE_ZSCORE, base, 200, 1);
    for (size_t p = 0; p < sizeof power / sizeof power[0]; p++) {
        struct clu_mat m = {.cols = 1};
        for (size_t i = 0; i < 200; i++)
            v[i] = ldexp(base[i], power[p]);
        struct clu_scale t = fitted(CLU_SCALE_ZSCORE, v, 200, 1);
        double rounding = power[p] < -1050 ? 1e-3 : 1e-12; /* subnormals have few digits */
        assert_true(fabs(t.divisor[0] / ldexp(s.divisor[0], power[p]) - 1) < rounding);
        assert_int_equal(clu_mat_reserve(&m, 200, false), 0);
        m.rows = 200;
        memcpy(m.v, v, sizeof v);
        clu_scale_do(&t, &m);
        for (size_t i = 0; i < 200; i++)
            assert_true(fabs(m.v[i] - (base[i] - s.shift[0]) / s.divisor[0]) < 10 * rounding);
        clu_scale_undo(&t, m.v, 200);
        for (size_t i = 0; i < 200; i++)
            assert_true(fabs(m.v[i] - v[i]) <= rounding * ldexp(10, power[p]));
        clu_mat_clear(&m);
        clu_scale_clear(&t);
    }
    clu_scale_clear(&s);
}

static void near_the_largest_double(void **state)
{
    (void)state;
    /* x - mean overflows for the last value, the score does not. */
    double v[] = {DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX};
    struct clu_mat m = {.cols = 1};
    struct clu_scale s = fitted(CLU_SCALE_ZSCORE, v, 4, 1);
    assert_true(s.shift[0] == DBL_MAX / 2);
    assert_true(fabs(s.divisor[0] / DBL_MAX - 1) < 1e-12);
    assert_int_equal(clu_mat_reserve(&m, 4, false), 0);
    m.rows = 4;
    memcpy(m.v, v, sizeof v);
    clu_scale_do(&s, &m);
    close_to(m.v[0], 0.5);
    close_to(m.v[3], -1.5);
    clu_scale_undo(&s, m.v, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(m.v[i] / v[i] - 1) < 1e-12);
    clu_scale_clear(&s);
    clu_mat_clear(&m);

    /* A range that no double holds. */
    struct clu_err err = {0};
    double w[] = {1, 1e308, 2, -1e308, 3, 1e308, 4, -1e308};
    struct clu_view x = {.v = w, .rows = 4, .cols = 2, .ld = 2};
    assert_int_equal(clu_scale_fit(&s, CLU_SCALE_MINMAX, x, &err), CLU_DATA);
    assert_string_equal(err.msg, "cannot scale: the range of values overflows in feature 2");
    assert_null(s.shift);
    assert_int_equal(clu_scale_fit(&s, CLU_SCALE_ROBUST, x, &err), CLU_DATA);
    assert_int_equal(clu_scale_fit(&s, CLU_SCALE_ZSCORE, x, &err), CLU_OK); /* sd = 1.15e308 */
    close_to(s.divisor[1] / 1e308, sqrt(4.0 / 3));
    clu_scale_clear(&s);
}

static void none_does_nothing(void **state)
{
    (void)state;
    struct clu_scale s = fitted(CLU_SCALE_NONE, iris, 150, 4);
    struct clu_mat m = {.v = iris, .rows = 150, .cols = 4, .cap = 150};
    double first = iris[0];
    assert_null(s.shift);
    clu_scale_do(&s, &m);
    clu_scale_undo(&s, iris, 150);
    assert_true(iris[0] == first);
    clu_scale_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iris_is_as_in_r),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(floats_too),
        cmocka_unit_test(quartiles_of_every_length),
        cmocka_unit_test(selection_is_sorting),
        cmocka_unit_test(missing_values_do_not_count),
        cmocka_unit_test(constant_columns_are_divided_by_one),
        cmocka_unit_test(a_far_mean_does_not_hide_the_spread),
        cmocka_unit_test(magnitude_does_not_matter),
        cmocka_unit_test(near_the_largest_double),
        cmocka_unit_test(none_does_nothing),
    };
    return cmocka_run_group_tests(tests, load_iris, NULL);
}
