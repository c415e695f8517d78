/* alg/spectral.h: rings that no centre tells apart, and what may go wrong. Labels of others: condensed_oracle.c. */
#include "unit.h"

#include "alg/spectral.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"

#include <math.h>
#include <stdbool.h>

enum { N = 600 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

/* Object i on ring i % k. */
static void rings(struct clu_condensed *c, size_t n, size_t k, bool float32)
{
    double x[N], y[N];
    struct clu_rng r;
    clu_rng_at(&r, 5, n);
    for (size_t i = 0; i < n; i++) {
        double angle = 6.28318530717958648 * (double)(i / k) / (double)(n / k), radius = 1 + 2 * (double)(i % k);
        x[i] = (radius + 0.1 * clu_rng_unit(&r)) * cos(angle);
        y[i] = (radius + 0.1 * clu_rng_unit(&r)) * sin(angle);
    }
    assert_int_equal(clu_condensed_init(c, n, float32, &err), CLU_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double d = hypot(x[i] - x[j], y[i] - y[j]);
            if (float32)
                c->f[clu_condensed_place(n, i, j)] = (float)d;
            else
                c->v[clu_condensed_place(n, i, j)] = d;
        }
}

static void test_rings(void **state)
{
    int32_t label[N];
    (void)state;
    for (size_t n = 180; n <= N; n += 210) /* the full decomposition, then leading vectors */
        for (size_t k = 1; k < 4 && 80 * k <= n; k++)
            for (int float32 = 0; float32 < 2; float32++) {
                struct clu_condensed c;
                rings(&c, n, k, float32);
                for (int threads = 1; threads < 4; threads++) {
                    assert_int_equal(clu_spectral_fit(label, &c, k, false, &(struct clu_run){.seed = 1, .threads = threads}, &err), CLU_OK);
                    for (size_t i = 0; i < n; i++)
                        assert_int_equal(label[i], i % k);
                }
                clu_condensed_clear(&c);
            }
}

/* Affinities as given: groups that share none at all, whatever their sizes; distances above 1 are as far as 1. */
static void test_kernel(void **state)
{
    struct clu_condensed c;
    int32_t label[N];
    (void)state;
    for (size_t n = 40; n <= N; n += 280)
        for (size_t k = 2; k < 6; k++) {
            assert_int_equal(clu_condensed_init(&c, n, false, &err), CLU_OK);
            for (size_t i = 0; i < n; i++)
                for (size_t j = i + 1; j < n; j++)
                    c.v[clu_condensed_place(n, i, j)] = i % k == j % k ? 0.3 + 0.2 * sin((double)(i * j)) : 1 + (double)(j % 2);
            assert_int_equal(clu_spectral_fit(label, &c, k, true, &run, &err), CLU_OK);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(label[i], i % k);
            clu_condensed_clear(&c);
        }
}

/* As many clusters as objects; equal objects; objects that are alone. */
static void test_corners(void **state)
{
    struct clu_condensed c;
    int32_t label[N];
    (void)state;
    rings(&c, 20, 2, false);
    assert_int_equal(clu_spectral_fit(label, &c, 20, false, &run, &err), CLU_OK);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(label[i], i);
    for (size_t i = 0; i < 190; i++)
        c.v[i] = 0;
    assert_int_equal(clu_spectral_fit(label, &c, 1, false, &run, &err), CLU_OK);
    assert_int_equal(label[19], 0);
    for (size_t i = 0; i < 190; i++)
        c.v[i] = 1;
    assert_int_equal(clu_spectral_fit(label, &c, 2, true, &run, &err), CLU_OK); /* no affinities: any vectors will do */
    assert_int_equal(clu_spectral_fit(label, &c, 2, false, &(struct clu_run){.threads = 1, .max_memory = 4000}, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 4.6 KiB for the affinities of 20 series");
    clu_condensed_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_corners),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
