/* alg/density_peaks.h against the definition, taken literally. */
#include "unit.h"

#include "alg/density_peaks.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { N = 530 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

/* Points on a line, in groups; steps > 0: on whole numbers, so that many distances are equal, and some are 0. */
static void line(struct clu_condensed *c, size_t n, unsigned steps, bool float32, uint64_t seed)
{
    double x[N];
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    for (size_t i = 0; i < n; i++)
        x[i] = steps ? (double)clu_rng_below(&r, steps) : 4 * (double)(i % 5) + clu_rng_unit(&r) + clu_rng_unit(&r) + clu_rng_unit(&r);
    assert_int_equal(clu_condensed_init(c, n, float32, &err), CLU_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (float32)
                c->f[clu_condensed_place(n, i, j)] = (float)fabs(x[i] - x[j]);
            else
                c->v[clu_condensed_place(n, i, j)] = fabs(x[i] - x[j]);
}

static int ascending(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static double plain_radius(const struct clu_condensed *c, double part)
{
    size_t n = c->dist.n, pairs = n * (n - 1) / 2, at = 0;
    double *all = clu_alloc(pairs, sizeof *all);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            all[at++] = clu_condensed_at(c, i, j);
    qsort(all, pairs, sizeof *all, ascending);
    size_t rank = (size_t)round((double)pairs * part);
    at = rank < 1 ? 0 : rank > pairs ? pairs - 1 : rank - 1;
    while (at < pairs && all[at] == 0)
        at++;
    double radius = at < pairs ? all[at] : 1;
    clu_free(all);
    return radius;
}

static bool denser(const struct clu_peaks *p, size_t a, size_t b)
{
    return p->rho[a] > p->rho[b] || (p->rho[a] == p->rho[b] && a < b);
}

/* What follows from the densities that were found. */
static void check(const struct clu_peaks *p, const struct clu_condensed *c, double part)
{
    size_t n = p->n;
    double largest = 0;
    int32_t next = 0;
    assert_true(p->radius == plain_radius(c, part));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            largest = fmax(largest, clu_condensed_at(c, i, j));
    for (size_t i = 0; i < n; i++) {
        double rho = 0, delta = HUGE_VAL;
        size_t higher = n;
        bool center = false;
        for (size_t j = 0; j < n; j++) {
            double d = clu_condensed_at(c, i, j);
            rho += j == i ? 0 : exp(-(d / p->radius) * (d / p->radius));
            if (j != i && denser(p, j, i) && d < delta) {
                delta = d;
                higher = j;
            }
        }
        assert_true(fabs(p->rho[i] - rho) <= 1e-12 * rho);
        assert_true(p->delta[i] == (higher < n ? delta : largest));
        for (size_t g = 0; g < p->k; g++)
            center = center || p->center[g] == i;
        assert_true(center || (higher < n && p->label[i] == p->label[higher]));
        assert_true(p->label[i] <= next);
        next += p->label[i] == next;
        for (size_t g = 0; g < p->k; g++) /* no centre has a smaller product */
            assert_true(center || p->rho[i] * p->delta[i] <= p->rho[p->center[g]] * p->delta[p->center[g]]);
    }
    assert_int_equal(next, p->k);
    for (size_t g = 0; g < p->k; g++)
        assert_int_equal(p->label[p->center[g]], g);
}

static void test_equals_the_definition(void **state)
{
    static const size_t shape[][2] = {{1, 1}, {2, 1}, {2, 2}, {9, 3}, {256, 5}, {257, 1}, {N, 5}};
    (void)state;
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        for (unsigned steps = 0; steps < 40; steps += 13)
            for (int float32 = 0; float32 < 2; float32++) {
                struct clu_condensed c;
                struct clu_peaks p;
                double part = i % 2 ? 0.02 : 0.3;
                line(&c, shape[i][0], steps, float32, 1);
                assert_int_equal(clu_peaks_fit(&p, &c, shape[i][1], part, &run, &err), CLU_OK);
                check(&p, &c, part);
                clu_peaks_clear(&p);
                clu_condensed_clear(&c);
            }
}

static void test_finds_the_groups(void **state)
{
    struct clu_condensed c;
    struct clu_peaks p;
    (void)state;
    line(&c, N, 0, false, 2);
    assert_int_equal(clu_peaks_fit(&p, &c, 5, 0.02, &run, &err), CLU_OK);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(p.label[i], i % 5);
    clu_peaks_clear(&p);
    clu_condensed_clear(&c);
}

static void test_all_at_one_place(void **state)
{
    struct clu_condensed c;
    struct clu_peaks p;
    (void)state;
    line(&c, 20, 1, false, 2);
    for (size_t k = 1; k <= 20; k += 19) {
        assert_int_equal(clu_peaks_fit(&p, &c, k, 0.02, &run, &err), CLU_OK);
        assert_true(p.radius == 1 && p.rho[7] == 19 && p.delta[7] == 0);
        for (size_t i = 0; i < 20; i++)
            assert_int_equal(p.label[i], k == 1 ? 0 : i);
        clu_peaks_clear(&p);
    }
    clu_condensed_clear(&c);
}

static void test_threads_do_not_count(void **state)
{
    struct clu_condensed c;
    struct clu_peaks first, p;
    (void)state;
    line(&c, N, 0, false, 3);
    assert_int_equal(clu_peaks_fit(&first, &c, 7, 0.02, &run, &err), CLU_OK);
    for (int threads = 2; threads < 8; threads += 2) {
        assert_int_equal(clu_peaks_fit(&p, &c, 7, 0.02, &(struct clu_run){.threads = threads}, &err), CLU_OK);
        assert_memory_equal(p.label, first.label, N * sizeof *p.label);
        assert_memory_equal(p.rho, first.rho, N * sizeof *p.rho);
        assert_memory_equal(p.delta, first.delta, N * sizeof *p.delta);
        clu_peaks_clear(&p);
    }
    clu_peaks_clear(&first);
    clu_condensed_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_definition),
        cmocka_unit_test(test_finds_the_groups),
        cmocka_unit_test(test_all_at_one_place),
        cmocka_unit_test(test_threads_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
