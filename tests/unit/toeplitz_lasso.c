/* num/toeplitz_lasso.h against other programs (tests/oracle/ticc.py), and the conditions that make a matrix the minimum. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/chol.h"
#include "num/toeplitz_lasso.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 24, LINE = 1 << 16 };

static struct clu_err err;

static FILE *stored(const char *name)
{
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/tests/oracle/ticc/%s.csv", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

/* The numbers of the next line, of which there are count; false at the end. */
static bool numbers(FILE *f, double *v, size_t count)
{
    static char line[LINE];
    char *cell = line;
    if (!fgets(line, sizeof line, f))
        return false;
    for (size_t i = 0; i < count; i++) {
        char *end;
        v[i] = strtod(cell, &end);
        assert_true(end > cell && (i + 1 < count ? *end == ',' : *end == '\n'));
        cell = end + 1;
    }
    return true;
}

static void fill_lambda(double *lambda, size_t size, double off, double diagonal)
{
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            lambda[i * size + j] = i == j ? diagonal : off;
}

static void solve(const double *s, const double *lambda, size_t w, size_t d, const struct clu_toeplitz_lasso_opt *opt, double *theta)
{
    struct clu_toeplitz_lasso l;
    assert_int_equal(clu_toeplitz_lasso_init(&l, w, d, &err), CLU_OK);
    if (clu_toeplitz_lasso_solve(&l, s, lambda, opt, theta, &err) != CLU_OK)
        fail_msg("%s", err.msg);
    if (!l.converged)
        fail_msg("%zu blocks of %zu: not converged in %zu iterations", w, d, l.iterations);
    clu_toeplitz_lasso_clear(&l);
}

static double largest(const double *m, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(m[i]));
    return most;
}

static void test_others(void **unused)
{
    (void)unused;
    static double s[MOST * MOST], want[MOST * MOST], got[MOST * MOST], lambda[MOST * MOST];
    double head[4];
    size_t seen = 0;
    FILE *f = stored("lasso");
    while (numbers(f, head, 4)) {
        size_t w = (size_t)head[0], d = (size_t)head[1], size = w * d;
        assert_true(numbers(f, s, size * size) && numbers(f, want, size * size));
        fill_lambda(lambda, size, head[2], head[3]);
        struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;
        opt.tol = 1e-10;
        solve(s, lambda, w, d, &opt, got);
        for (size_t i = 0; i < size * size; i++)
            if (fabs(got[i] - want[i]) > 1e-7 * largest(want, size * size) || (want[i] == 0 && got[i] != 0))
                fail_msg("problem %zu: element %zu is %.17g, not %.17g", seen, i, got[i], want[i]);
        opt.warm = true; /* from the minimum: nothing to do */
        opt.tol = 1e-6;
        solve(s, lambda, w, d, &opt, got);
        for (size_t i = 0; i < size * size; i++)
            assert_true(fabs(got[i] - want[i]) <= 1e-5 * largest(want, size * size));
        seen++;
    }
    assert_int_equal(seen, 11);
    fclose(f);
}

/* Covariances of moving averages of random numbers, in other units by a factor. */
static void covariance(double *s, size_t size, size_t rows, double unit, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, size);
    memset(s, 0, size * size * sizeof *s);
    for (size_t t = 0; t < rows; t++) {
        double x[MOST];
        for (size_t i = 0; i < size; i++)
            x[i] = (clu_rng_unit(&r) - 0.5) * 3 + (i > 0 ? 0.7 * x[i - 1] : 0);
        for (size_t i = 0; i < size; i++)
            for (size_t j = 0; j < size; j++)
                s[i * size + j] += unit * unit * x[i] * x[j] / (double)rows;
    }
}

/* Over equal elements: the sum of s - inverse of theta is minus the penalty times the sign, or less where theta is 0. */
static void check_conditions(const double *s, const double *theta, const double *lambda, size_t w, size_t d, double bound)
{
    static double l[MOST * MOST], half[MOST * MOST], inverse[MOST * MOST];
    size_t size = w * d;
    memcpy(l, theta, size * size * sizeof *l);
    assert_int_equal(clu_chol_factor(l, size, 0, NULL), size);
    clu_chol_invert(l, size, half);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            inverse[i * size + j] = 0;
            for (size_t r = i > j ? i : j; r < size; r++)
                inverse[i * size + j] += half[r * size + i] * half[r * size + j];
        }
    bound *= largest(s, size * size) * (double)w;
    for (size_t lag = 0; lag < w; lag++)
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++) {
                double gradient = 0, penalty = 0, value = theta[i * size + lag * d + j];
                for (size_t p = 0; p + lag < w; p++) {
                    size_t at = (p * d + i) * size + (p + lag) * d + j, across = ((p + lag) * d + j) * size + p * d + i;
                    assert_true(theta[at] == value && theta[across] == value);
                    gradient += s[at] - inverse[at];
                    penalty += lambda[at];
                }
                if (value != 0)
                    assert_true(fabs(gradient + (value > 0 ? penalty : -penalty)) <= bound);
                else
                    assert_true(fabs(gradient) <= penalty + bound);
            }
}

static void test_conditions(void **unused)
{
    (void)unused;
    static double s[MOST * MOST], theta[MOST * MOST], lambda[MOST * MOST];
    static const size_t sizes[][2] = {{1, 1}, {1, 5}, {2, 3}, {6, 1}, {4, 4}, {8, 3}};
    static const double units[] = {1, 1e-3, 300};
    for (size_t q = 0; q < sizeof sizes / sizeof *sizes; q++)
        for (size_t u = 0; u < 3; u++)
            for (int v = 0; v < 3; v++) {
                size_t w = sizes[q][0], d = sizes[q][1], size = w * d;
                double by = (v == 0 ? 0.01 : v == 1 ? 0.2 : 0.05) * units[u] * units[u];
                struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;
                covariance(s, size, v == 2 ? 3 : 200, units[u], q);
                fill_lambda(lambda, size, by, by * (v == 1 ? 0.5 : 1));
                opt.tol = 1e-8;
                opt.max_iter = 5000;
                solve(s, lambda, w, d, &opt, theta);
                check_conditions(s, theta, lambda, w, d, 1e-5);
            }
}

/* The iterate that compat returns lies near. */
static void test_compat(void **unused)
{
    (void)unused;
    static double s[MOST * MOST], theta[MOST * MOST], other[MOST * MOST], lambda[MOST * MOST];
    struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;
    covariance(s, 15, 300, 1, 3);
    fill_lambda(lambda, 15, 0.11, 0.11);
    solve(s, lambda, 5, 3, &opt, theta);
    opt.compat = true;
    solve(s, lambda, 5, 3, &opt, other);
    for (size_t i = 0; i < 225; i++)
        assert_true(fabs(theta[i] - other[i]) <= 1e-3);
}

/* Cut short, the matrix is block Toeplitz and positive definite all the same. */
static void test_cut(void **unused)
{
    (void)unused;
    static double s[MOST * MOST], theta[MOST * MOST], l[MOST * MOST], lambda[MOST * MOST];
    for (size_t iterations = 1; iterations < 12; iterations++) {
        struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;
        struct clu_toeplitz_lasso room;
        covariance(s, MOST, 4, 10, iterations);
        fill_lambda(lambda, MOST, 1e-3, 1e-3);
        opt.max_iter = iterations;
        assert_int_equal(clu_toeplitz_lasso_init(&room, 8, 3, &err), CLU_OK);
        assert_int_equal(clu_toeplitz_lasso_solve(&room, s, lambda, &opt, theta, &err), CLU_OK);
        assert_int_equal(room.iterations, iterations);
        clu_toeplitz_lasso_clear(&room);
        for (size_t i = 0; i + 3 < MOST; i++)
            for (size_t j = 0; j + 3 < MOST; j++)
                assert_true(theta[i * MOST + j] == theta[(i + 3) * MOST + j + 3]);
        memcpy(l, theta, sizeof l);
        assert_int_equal(clu_chol_factor(l, MOST, 0, NULL), MOST);
    }
}

static void test_failures(void **unused)
{
    (void)unused;
    struct clu_toeplitz_lasso room;
    struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;
    double s[4] = {1, 1, 1, 1}, lambda[4] = {0, 0, 0, 0}, theta[4];
    assert_int_equal(clu_toeplitz_lasso_init(&room, 2, 1, &err), CLU_OK);
    assert_int_equal(clu_toeplitz_lasso_solve(&room, s, lambda, &opt, theta, &err), CLU_DATA);
    assert_non_null(strstr(err.msg, "singular"));
    lambda[0] = lambda[3] = 0.5; /* 1.5 1 1 1.5 inverted */
    assert_int_equal(clu_toeplitz_lasso_solve(&room, s, lambda, &opt, theta, &err), CLU_OK);
    assert_true(fabs(theta[0] - 1.2) < 1e-5 && fabs(theta[1] + 0.8) < 1e-5);
    s[1] = s[2] = NAN;
    assert_int_equal(clu_toeplitz_lasso_solve(&room, s, lambda, &opt, theta, &err), CLU_DATA);
    assert_non_null(strstr(err.msg, "finite"));
    clu_toeplitz_lasso_clear(&room);
    clu_toeplitz_lasso_clear(&room);
}

int main(void)
{
    clu_gslx_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others), cmocka_unit_test(test_conditions), cmocka_unit_test(test_compat),
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
