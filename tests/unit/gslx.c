/* num/gslx.h, num/chol.h: factors and eigenvectors that multiply back; failures are codes. */
#include "unit.h"

#include "base/rng.h"
#include "num/chol.h"
#include "num/gslx.h"

#include <gsl/gsl_errno.h>
#include <math.h>

enum { MOST = 40 };

/* b b' of a random b[n][rank]. */
static void square(double *a, size_t n, size_t rank)
{
    static double b[MOST * MOST];
    struct clu_rng r;
    clu_rng_at(&r, n, rank);
    for (size_t i = 0; i < n * rank; i++)
        b[i] = 2 * clu_rng_unit(&r) - 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = 0;
            for (size_t c = 0; c < rank; c++)
                a[i * n + j] += b[i * rank + c] * b[j * rank + c];
        }
}

static void eigenvectors(void **state)
{
    static double a[MOST * MOST], copy[MOST * MOST], vector[MOST * MOST], value[MOST];
    (void)state;
    for (size_t n = 1; n <= MOST; n += 3) {
        square(a, n, n);
        memcpy(copy, a, sizeof copy);
        for (size_t i = 0; i < n; i++) /* only the lower triangle is read */
            for (size_t j = i + 1; j < n; j++)
                copy[i * n + j] = NAN;
        assert_int_equal(clu_gslx_eigen_sym(copy, n, value, vector, NULL), CLU_OK);
        for (size_t i = 0; i < n; i++) {
            size_t at = 0;
            assert_true(i == 0 || value[i] <= value[i - 1]);
            for (size_t j = 0; j < n; j++) {
                double product = 0, dot = 0;
                for (size_t c = 0; c < n; c++) {
                    product += a[j * n + c] * vector[i * n + c];
                    dot += vector[i * n + c] * vector[j * n + c];
                }
                assert_true(fabs(product - value[i] * vector[i * n + j]) <= 1e-13 * value[0]);
                assert_true(fabs(dot - (i == j)) <= 1e-13);
                if (fabs(vector[i * n + j]) > fabs(vector[i * n + at]))
                    at = j;
            }
            assert_true(vector[i * n + at] > 0);
        }
    }
}

static void failures_are_codes(void **state)
{
    double a[4] = {1, 0, INFINITY, 1}, value[2], vector[4];
    struct clu_err err;
    (void)state;
    assert_int_equal(clu_gslx_eigen_sym(a, 2, value, vector, &err), CLU_DATA);
    assert_int_equal(clu_gslx_status(GSL_SUCCESS, "x", &err), CLU_OK);
    assert_int_equal(clu_gslx_status(GSL_ENOMEM, "x", &err), CLU_SYSTEM);
    assert_int_equal(clu_gslx_status(GSL_EMAXITER, "x", &err), CLU_DATA);
    assert_non_null(strstr(err.msg, "x: "));
    struct clu_gslx_eigen e;
    assert_int_equal(clu_gslx_eigen_init(&e, 3, NULL), CLU_OK);
    clu_gslx_eigen_clear(&e);
    clu_gslx_eigen_clear(&e);
}

static void cholesky(void **state)
{
    static double a[MOST * MOST], l[MOST * MOST], inverse[MOST * MOST], b[MOST], floor[MOST];
    (void)state;
    for (size_t n = 1; n <= MOST; n += 3) {
        square(a, n, n);
        for (size_t i = 0; i < n; i++)
            a[i * n + i] += 0.1;
        memcpy(l, a, sizeof l);
        assert_int_equal(clu_chol_factor(l, n, 0, NULL), n);
        clu_chol_invert(l, n, inverse);
        for (size_t i = 0; i < n; i++)
            b[i] = a[i * n]; /* the first column: solved by (1, 0, 0, ...) */
        clu_chol_solve(l, n, b);
        double log_det = 0;
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs(b[i] - (i == 0)) < 1e-10);
            log_det += 2 * log(l[i * n + i]);
            for (size_t j = 0; j < n; j++) {
                double back = 0, one = 0;
                for (size_t c = 0; c <= (i < j ? i : j); c++)
                    back += l[i * n + c] * l[j * n + c];
                for (size_t c = 0; c <= i; c++)
                    one += c >= j ? l[i * n + c] * inverse[c * n + j] : 0;
                assert_true(fabs(back - a[i * n + j]) < 1e-12 * a[0] * (double)n);
                assert_true(fabs(one - (i == j)) < 1e-12);
                assert_true(j <= i || inverse[i * n + j] == 0);
            }
        }
        assert_true(fabs(clu_chol_log_det(l, n) - log_det) < 1e-12 * (double)n);
    }
    square(a, 5, 3); /* of rank 3 */
    memcpy(l, a, sizeof l);
    assert_int_equal(clu_chol_factor(l, 5, 1e-13, NULL), 3);
    memcpy(l, a, sizeof l);
    floor[1] = 1e3;
    assert_int_equal(clu_chol_factor(l, 5, 1e-13, floor), 1);
    l[0] = NAN;
    assert_int_equal(clu_chol_factor(l, 1, 0, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigenvectors),
        cmocka_unit_test(failures_are_codes),
        cmocka_unit_test(cholesky),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
