/* num/krylov.h against the full decomposition. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"
#include "num/krylov.h"

#include <math.h>

enum { N = 700 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

/* A random symmetric matrix; apart > 0: of blocks that do not touch, whose largest eigenvalues are equal. */
static double *matrix(size_t n, size_t apart, uint64_t seed)
{
    double *a = clu_calloc(n, n * sizeof *a);
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    assert_non_null(a);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (apart == 0)
                a[i * n + j] = a[j * n + i] = clu_rng_unit(&r) - 0.5;
            else if (i % apart == j % apart)
                a[i * n + j] = a[j * n + i] = (double)apart / (double)n;
    return a;
}

/* values: as the full decomposition has them; vectors: orthonormal, and of small residual. */
static void check(const double *a, size_t n, size_t k)
{
    double *value = clu_alloc(k, sizeof *value), *vector = clu_alloc(n, k * sizeof *vector);
    double *copy = clu_alloc(n, n * sizeof *copy), *values = clu_alloc(n, sizeof *values), *all = clu_alloc(n, n * sizeof *all);
    assert_true(value && vector && copy && values && all);
    memcpy(copy, a, n * n * sizeof *copy);
    assert_int_equal(clu_gslx_eigen_sym(copy, n, values, all, &err), CLU_OK);
    assert_int_equal(clu_krylov_eigen(a, n, k, value, vector, &run, &err), CLU_OK);
    for (size_t g = 0; g < k; g++) {
        assert_true(fabs(value[g] - values[g]) <= 1e-12 * values[0]);
        for (size_t h = 0; h <= g; h++) {
            double product = 0;
            for (size_t i = 0; i < n; i++)
                product += vector[g * n + i] * vector[h * n + i];
            assert_true(fabs(product - (g == h)) <= 1e-12);
        }
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            double e = -value[g] * vector[g * n + i];
            for (size_t j = 0; j < n; j++)
                e += a[i * n + j] * vector[g * n + j];
            sum += e * e;
        }
        assert_true(sqrt(sum) <= 2e-9 * values[0]);
    }
    clu_free(value);
    clu_free(vector);
    clu_free(copy);
    clu_free(values);
    clu_free(all);
}

static void test_equals_the_full_decomposition(void **state)
{
    static const size_t shape[][3] = {{1, 1, 0}, {5, 5, 0}, {40, 3, 0}, {400, 1, 0}, {400, 4, 0}, {401, 7, 0}, {N, 12, 0},
                                      {300, 2, 2}, {300, 4, 4}, {400, 5, 9}, {300, 12, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        double *a = matrix(shape[i][0], shape[i][2], 3);
        check(a, shape[i][0], shape[i][1]);
        clu_free(a);
    }
}

static void test_threads_do_not_count(void **state)
{
    double *a = matrix(N, 0, 4), *first = clu_alloc(N, 6 * sizeof *first), *again = clu_alloc(N, 6 * sizeof *again), value[6];
    (void)state;
    assert_int_equal(clu_krylov_eigen(a, N, 6, value, first, &run, &err), CLU_OK);
    for (int threads = 2; threads < 4; threads++) {
        assert_int_equal(clu_krylov_eigen(a, N, 6, value, again, &(struct clu_run){.threads = threads}, &err), CLU_OK);
        assert_memory_equal(first, again, N * 6 * sizeof *first);
    }
    clu_free(a);
    clu_free(first);
    clu_free(again);
}

static void test_refuses(void **state)
{
    double *a = matrix(N, 0, 4), value[2], *vector = clu_alloc(N, 2 * sizeof *vector);
    (void)state;
    a[3] = a[3 * N] = NAN;
    assert_int_equal(clu_krylov_eigen(a, N, 2, value, vector, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "eigenvalues of a matrix that is not finite");
    clu_free(a);
    clu_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_full_decomposition),
        cmocka_unit_test(test_threads_do_not_count),
        cmocka_unit_test(test_refuses),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
