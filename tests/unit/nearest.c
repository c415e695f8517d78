/* num/nearest.h and num/space.h: what the kernels find is what plain double loops find, on every target. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/nearest.h"

#include <math.h>

/* The canonical distance, written anew: eight sums, column j in sum j mod 8. */
static double plain_sqdist(const double *a, const double *b, size_t d)
{
    double s[8] = {0};
    for (size_t j = 0; j < d; j++) {
        double e = a[j] - b[j];
        s[j % 8] += e * e;
    }
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static void sqdist_is_canonical(void **state)
{
    (void)state;
    struct clu_rng r;
    double a[40], b[40], tile[40 * CLU_KERN_TILE] __attribute__((aligned(64))), out[CLU_KERN_TILE] __attribute__((aligned(64)));
    clu_rng_at(&r, 5, 0);
    for (size_t d = 1; d <= 40; d++) {
        for (size_t j = 0; j < d; j++) {
            a[j] = clu_rng_unit(&r);
            b[j] = clu_rng_unit(&r);
            for (size_t p = 0; p < CLU_KERN_TILE; p++)
                tile[j * CLU_KERN_TILE + p] = a[j];
        }
        for (int t = 0; t < UNIT_TARGETS; t++)
            if (unit_target(t)) {
                assert_true(clu_kern()->sqdist(a, b, d) == plain_sqdist(a, b, d));
                clu_kern()->sqdist_tile(tile, b, d, out);
                for (size_t p = 0; p < CLU_KERN_TILE; p++)
                    assert_true(out[p] == plain_sqdist(a, b, d));
            }
    }
}

/* n rows and k centres on a grid of steps values in d columns, so that ties abound; offset moves all. */
static void check(size_t n, size_t d, size_t k, unsigned steps, double offset, int f32, int factored)
{
    struct clu_rng r;
    double *x = clu_alloc(n * d, sizeof *x), *c = clu_alloc(k * d, sizeof *c), *f = clu_alloc(k, sizeof *f);
    float *x32 = clu_alloc(n * d, sizeof *x32);
    clu_rng_at(&r, n + d + k + steps, 0);
    for (size_t i = 0; i < n * d; i++) {
        x[i] = offset + (double)clu_rng_below(&r, steps) / (steps < 100 ? 1 : (double)steps);
        if (f32)
            x[i] = x32[i] = (float)x[i];
    }
    for (size_t i = 0; i < k * d; i++)
        c[i] = offset + (double)clu_rng_below(&r, steps) / (steps < 100 ? 1 : (double)steps);
    for (size_t j = 0; j < k; j++)
        f[j] = factored ? 0.5 + 0.5 * (double)clu_rng_below(&r, 2) : 1;

    struct clu_view v = {.v = f32 ? NULL : x, .f = f32 ? x32 : NULL, .rows = n, .cols = d, .ld = d};
    struct clu_space space;
    assert_int_equal(clu_space_init(&space, v, &(struct clu_run){.threads = 2}, NULL), CLU_OK);
    clu_space_enter(&space, c, k);
    struct clu_nearest near;
    struct clu_tile tile;
    assert_int_equal(clu_nearest_init(&near, &space, k, factored, NULL), CLU_OK);
    assert_int_equal(clu_tile_init(&tile, d, NULL), CLU_OK);
    clu_nearest_set(&near, c, factored ? f : NULL);
    double *row = clu_alloc(d, sizeof *row);
    for (size_t first = 0; first < n; first += CLU_KERN_TILE) {
        size_t count = n - first < CLU_KERN_TILE ? n - first : CLU_KERN_TILE;
        clu_nearest_find(&near, &tile, NULL, first, count);
        for (size_t p = 0; p < count; p++) {
            const double *y = clu_space_row(&space, first + p, row);
            double best = HUGE_VAL, second = HUGE_VAL;
            int32_t which = -1;
            for (size_t j = 0; j < k; j++) {
                double s = f[j] * plain_sqdist(y, c + j * d, d);
                if (s < best) {
                    second = best;
                    best = s;
                    which = (int32_t)j;
                } else if (s < second)
                    second = s;
            }
            assert_int_equal(tile.which[p], which);
            assert_true(fabs(tile.best[p] - best) <= tile.err[p]);
            if (k > 1)
                assert_true(fabs(tile.second[p] - second) <= tile.err[p]);
        }
    }
    clu_free(row);
    clu_tile_clear(&tile);
    clu_nearest_clear(&near);
    clu_space_clear(&space);
    clu_free(x);
    clu_free(x32);
    clu_free(c);
    clu_free(f);
}

static void nearest_is_that_of_plain_loops(void **state)
{
    (void)state;
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        for (int f32 = 0; f32 < 2; f32++)
            for (int factored = 0; factored < 2; factored++) {
                check(1, 1, 1, 3, 0, f32, factored);
                check(100, 1, 9, 4, 0, f32, factored);
                check(300, 2, 50, 5, 0, f32, factored);  /* ties everywhere */
                check(500, 3, 17, 1000003, 0, f32, factored);
                check(500, 2, 8, 1000003, 4096, f32, factored); /* moved by the minimum */
                check(200, 37, 33, 1000003, 0, f32, factored);
                check(97, 100, 100, 2, 0, f32, factored);
            }
        check(500, 4, 20, 1000, 1e15, 0, 0); /* spread of a few last bits */
    }
}

static void an_offset_is_taken_away_exactly(void **state)
{
    (void)state;
    double x[] = {1e15 + 1, -3, 1e15 + 2.5, 4, 1e15 + 7, 5};
    struct clu_space s;
    double row[2];
    assert_int_equal(clu_space_init(&s, (struct clu_view){.v = x, .rows = 3, .cols = 2, .ld = 2},
                                    &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    assert_true(s.shift[0] == 1e15 + 1 && s.shift[1] == 0 && s.unit == 1);
    assert_true(clu_space_row(&s, 1, row)[0] == 1.5);
    clu_space_clear(&s);
}

static void extreme_magnitudes_come_into_range(void **state)
{
    (void)state;
    double x[] = {1e308, -1e308, 3e307, 5e-324};
    struct clu_space s;
    double row[1];
    assert_int_equal(clu_space_init(&s, (struct clu_view){.v = x, .rows = 4, .cols = 1, .ld = 1},
                                    &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    double a = clu_space_row(&s, 0, row)[0], b = clu_space_row(&s, 1, row)[0];
    assert_true(a > 0 && isfinite((a - b) * (a - b)));
    double p = a;
    clu_space_leave(&s, &p, 1);
    assert_true(p == 1e308);
    clu_space_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqdist_is_canonical),
        cmocka_unit_test(nearest_is_that_of_plain_loops),
        cmocka_unit_test(an_offset_is_taken_away_exactly),
        cmocka_unit_test(extreme_magnitudes_come_into_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
