/* num/principal.h: the residual, both ways to it, rows that have no eigenvector. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"
#include "num/principal.h"

#include <math.h>

enum { MOST = 160 };

static double rows[MOST * MOST];

/* Random rows, padded with zeros. */
static void fill(size_t count, size_t d, size_t ld)
{
    struct clu_rng r;
    clu_rng_at(&r, count, d);
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t < d; t++)
            rows[i * ld + t] = 2 * clu_rng_unit(&r) - 1;
}

/* v from a random start; the eigenvalue, having checked length and residual. */
static double checked(double *v, size_t count, size_t d, size_t ld, double most)
{
    double *scratch = clu_alloc(clu_principal_scratch(count, ld), sizeof *scratch), dot[MOST], w[MOST] = {0}, value = 0, norm = 0, off = 0;
    struct clu_rng r;
    clu_rng_at(&r, 1, 2);
    memset(v, 0, ld * sizeof *v);
    for (size_t t = 0; t < d; t++)
        v[t] = 2 * clu_rng_unit(&r) - 1;
    assert_int_equal(clu_principal_vector(rows, count, ld, v, scratch, NULL), CLU_OK);
    clu_kern()->gram_add(rows, count, ld, v, dot, w);
    for (size_t t = 0; t < ld; t++) {
        norm += v[t] * v[t];
        value += v[t] * w[t];
    }
    for (size_t t = 0; t < ld; t++)
        off += (w[t] - value * v[t]) * (w[t] - value * v[t]);
    assert_true(fabs(norm - 1) < 1e-13 && sqrt(off) <= most * value);
    clu_free(scratch);
    return value;
}

/* The largest eigenvalue of all that GSL finds. */
static double by_gsl(size_t count, size_t d, size_t ld)
{
    double *a = clu_calloc(d * d, sizeof *a), *vector = clu_alloc(d * d, sizeof *vector), value[MOST];
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                a[i * d + j] += rows[r * ld + i] * rows[r * ld + j];
    assert_int_equal(clu_gslx_eigen_sym(a, d, value, vector, NULL), CLU_OK);
    clu_free(a);
    clu_free(vector);
    return value[0];
}

static void as_gsl(void **state)
{
    static const size_t shapes[][2] = {{1, 1}, {1, 9}, {5, 1}, {2, 2}, {3, 40}, {40, 3}, {30, 30}, {90, 64}, {60, 96}, {8, 8}};
    (void)state;
    for (size_t q = 0; q < sizeof shapes / sizeof *shapes; q++) {
        size_t count = shapes[q][0], d = shapes[q][1], ld = (d + 7) / 8 * 8;
        double v[MOST], value;
        fill(count, d, ld);
        value = checked(v, count, d, ld, 2e-12);
        assert_true(fabs(value / by_gsl(count, d, ld) - 1) < 1e-12);
        for (size_t t = d; t < ld; t++)
            assert_true(v[t] == 0);
    }
}

/* Eigenvalues that crowd below the largest: steps would be too many, and the whole solution takes over, in either form. */
static void no_gap(void **state)
{
    double v[MOST];
    (void)state;
    for (size_t count = MOST - 8; count <= MOST; count += 8) {
        memset(rows, 0, sizeof rows);
        for (size_t i = 0; i < count; i++)
            rows[i * MOST + i] = sqrt(1 - (double)(i * i) / (MOST * MOST));
        assert_true(fabs(checked(v, count, MOST, MOST, 1e-11) - 1) < 1e-12);
        for (size_t t = 1; t < MOST; t++)
            assert_true(fabs(v[t]) < 1e-10);
    }
}

static void nothing_to_find(void **state)
{
    double v[8] = {1, 2, 3}, scratch[1000], bad[8] = {NAN};
    (void)state;
    memset(rows, 0, sizeof rows);
    assert_true(clu_principal_scratch(4, 8) <= sizeof scratch / sizeof *scratch);
    assert_int_equal(clu_principal_vector(rows, 4, 8, v, scratch, NULL), CLU_OK);
    for (size_t t = 0; t < 8; t++)
        assert_true(v[t] == 0);
    assert_int_equal(clu_principal_vector(bad, 1, 8, v, scratch, NULL), CLU_DATA);
}

static void same_bits_of_all_kernels(void **state)
{
    double first[MOST], v[MOST];
    (void)state;
    fill(50, 61, 64);
    for (int t = 0; t < UNIT_TARGETS; t++)
        if (unit_target(t)) {
            (void)checked(v, 50, 61, 64, 2e-12);
            if (t == 0)
                memcpy(first, v, sizeof v);
            assert_memory_equal(first, v, 64 * sizeof *v);
        }
    assert_int_equal(clu_kern_select(NULL, NULL), CLU_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_gsl),
        cmocka_unit_test(no_gap),
        cmocka_unit_test(nothing_to_find),
        cmocka_unit_test(same_bits_of_all_kernels),
    };
    clu_gslx_init();
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
