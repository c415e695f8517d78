/* alg/kmeans.h: every algorithm is plain Lloyd to the last label; the exchange ends where no move helps. */
#include "unit.h"

#include "alg/assign.h"
#include "alg/kmeans.h"
#include "alg/kmeans_batch.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

enum { MOST = 6000 * 8 };

static double x[MOST], weight[6000];
static float x32[MOST];

/* Rows about g middles; steps > 0 rounds to a grid, so that ties abound. */
static void fill(size_t n, size_t d, size_t g, double steps)
{
    struct clu_rng r;
    double middle[64][8];
    clu_rng_at(&r, n + d + g, 2);
    for (size_t c = 0; c < g; c++)
        for (size_t j = 0; j < d; j++)
            middle[c][j] = 10 * clu_rng_unit(&r);
    for (size_t i = 0; i < n; i++) {
        size_t c = (size_t)clu_rng_below(&r, g);
        for (size_t j = 0; j < d; j++) {
            double v = middle[c][j] + 2 * (clu_rng_unit(&r) + clu_rng_unit(&r) - 1);
            x[i * d + j] = x32[i * d + j] = (float)(steps > 0 ? floor(v * steps) / steps : v);
        }
        weight[i] = (double)clu_rng_below(&r, 4);
    }
}

static double plain_square(const double *a, const double *b, size_t d)
{
    double s[8] = {0};
    for (size_t j = 0; j < d; j++)
        s[j % 8] += (a[j] - b[j]) * (a[j] - b[j]);
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* Lloyd's iteration as a textbook has it, from the first k rows; sums in long double. Returns the iterations, 0 when
 * a cluster became empty, about which the textbooks are silent. */
static size_t plain_lloyd(size_t n, size_t d, size_t k, const double *w, int32_t *label, double *center)
{
    long double sum[64][8], total[64];
    memcpy(center, x, k * d * sizeof *center);
    for (size_t i = 0; i < n; i++)
        label[i] = -1;
    for (size_t it = 1;; it++) {
        int changed = 0;
        for (size_t i = 0; i < n; i++) {
            int32_t best = 0;
            for (size_t j = 1; j < k; j++)
                if (plain_square(x + i * d, center + j * d, d) < plain_square(x + i * d, center + (size_t)best * d, d))
                    best = (int32_t)j;
            changed |= best != label[i];
            label[i] = best;
        }
        if (!changed)
            return it;
        memset(sum, 0, sizeof sum);
        memset(total, 0, sizeof total);
        for (size_t i = 0; i < n; i++) {
            total[label[i]] += w ? w[i] : 1;
            for (size_t j = 0; j < d; j++)
                sum[label[i]][j] += (w ? w[i] : 1) * (long double)x[i * d + j];
        }
        for (size_t c = 0; c < k; c++)
            if (total[c] == 0)
                return 0;
        for (size_t c = 0; c < k; c++)
            for (size_t j = 0; j < d; j++)
                center[c * d + j] = (double)sum[c][j] / (double)total[c];
    }
}

static struct clu_view view(size_t n, size_t d, int f32)
{
    return (struct clu_view){.v = f32 ? NULL : x, .f = f32 ? x32 : NULL, .rows = n, .cols = d, .ld = d};
}

static void check_exact(size_t n, size_t d, size_t k, double steps, int weighted)
{
    int32_t *label = clu_alloc(n, sizeof *label);
    double center[64 * 8];
    fill(n, d, k, steps);
    const double *w = weighted ? weight : NULL;
    size_t iterations = plain_lloyd(n, d, k, w, label, center);
    bool empty = iterations == 0; /* then the first fit is what the others are held against */

    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        for (int algorithm = CLU_KMEANS_AUTO; algorithm <= CLU_KMEANS_YINYANG; algorithm++)
            for (int f32 = 0; f32 < 2; f32++)
                for (int threads = 1; threads <= 3; threads += 2) {
                    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
                    struct clu_run run = {.seed = 1, .threads = threads};
                    struct clu_kmeans fit;
                    opt.k = k;
                    opt.algorithm = algorithm;
                    opt.refine = CLU_KMEANS_NONE;
                    opt.init = CLU_KMEANS_GIVEN;
                    opt.start = x;
                    assert_int_equal(clu_kmeans_fit(&fit, view(n, d, f32), w, &opt, &run, NULL), CLU_OK);
                    assert_true(fit.converged);
                    for (size_t c = 0; c < k; c++)
                        assert_true(fit.weight[c] > 0);
                    if (empty && iterations == 0) {
                        iterations = fit.iterations;
                        memcpy(label, fit.label, n * sizeof *label);
                        memcpy(center, fit.center, k * d * sizeof *center);
                    }
                    assert_int_equal(fit.iterations, iterations);
                    assert_memory_equal(fit.label, label, n * sizeof *label);
                    for (size_t q = 0; q < k * d; q++)
                        assert_true(fabs(fit.center[q] - center[q]) <= 1e-15 * fabs(center[q]));
                    clu_kmeans_clear(&fit);
                }
    }
    clu_free(label);
}

static void every_algorithm_is_lloyd(void **state)
{
    (void)state;
    check_exact(4, 1, 2, 0, 0);
    check_exact(500, 1, 7, 0, 0);
    check_exact(5000, 2, 5, 0, 0);
    check_exact(6000, 3, 40, 0, 0);
    check_exact(4000, 8, 64, 0, 0);
    check_exact(3000, 2, 12, 4, 0); /* a grid: ties on every line between two centres */
    check_exact(3000, 3, 30, 0, 1);
}

static double inertia_of(size_t n, size_t d, size_t k, const double *w, const int32_t *label)
{
    double total[64] = {0}, sum[64][8] = {{0}}, inertia = 0;
    for (size_t i = 0; i < n; i++) {
        total[label[i]] += w ? w[i] : 1;
        for (size_t j = 0; j < d; j++)
            sum[label[i]][j] += (w ? w[i] : 1) * x[i * d + j];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            double e = x[i * d + j] - sum[label[i]][j] / total[label[i]];
            inertia += (w ? w[i] : 1) * e * e;
        }
    (void)k;
    return inertia;
}

/* No single row can move and lower the inertia, by brute force. */
static void check_exchange(size_t n, size_t d, size_t k, double steps, int weighted)
{
    fill(n, d, k, steps);
    const double *w = weighted ? weight : NULL;
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_kmeans first = {0}, fit;
    opt.k = k;
    opt.init = CLU_KMEANS_RANDOM;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= 3; threads += 2) {
            struct clu_run run = {.seed = 5, .threads = threads};
            assert_int_equal(clu_kmeans_fit(&fit, view(n, d, 0), w, &opt, &run, NULL), CLU_OK);
            assert_true(fit.converged);
            if (first.label) {
                assert_memory_equal(fit.label, first.label, n * sizeof *fit.label);
                assert_memory_equal(fit.center, first.center, k * d * sizeof *fit.center);
                assert_true(fit.inertia == first.inertia);
                clu_kmeans_clear(&fit);
            } else {
                first = fit;
            }
        }
    double best = inertia_of(n, d, k, w, first.label);
    assert_true(fabs(best - first.inertia) <= 1e-12 * best);
    for (size_t i = 0; i < n; i++) {
        int32_t own = first.label[i];
        size_t mates = 0;
        for (size_t q = 0; q < n; q++)
            mates += first.label[q] == own && (!w || w[q] > 0);
        for (int32_t j = 0; mates > 1 && j < (int32_t)k; j++) {
            first.label[i] = j;
            assert_true(inertia_of(n, d, k, w, first.label) >= best * (1 - 1e-11));
        }
        first.label[i] = own;
    }
    clu_kmeans_clear(&first);
}

static void exchange_ends_where_no_move_helps(void **state)
{
    (void)state;
    check_exchange(200, 2, 9, 0, 0);
    check_exchange(300, 3, 30, 0, 0);
    check_exchange(150, 1, 5, 2, 0);
    check_exchange(200, 2, 6, 0, 1);
}

static void duplicates_and_counts(void **state)
{
    (void)state;
    struct clu_err err = {0};
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_kmeans fit;
    double twice[] = {1, 1, 2, 2, 0.0, -0.0};
    struct clu_view v = {.v = twice, .rows = 6, .cols = 1, .ld = 1};

    opt.k = 7;
    assert_int_equal(clu_kmeans_fit(&fit, v, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "7 clusters asked, but only 6 rows");
    opt.k = 4;
    assert_int_equal(clu_kmeans_fit(&fit, v, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "4 clusters asked, but only 3 distinct rows");
    assert_null(fit.label);
    for (int init = CLU_KMEANS_PLUSPLUS; init <= CLU_KMEANS_RANDOM; init++) {
        opt.k = 3;
        opt.init = init;
        assert_int_equal(clu_kmeans_fit(&fit, v, NULL, &opt, &run, &err), CLU_OK);
        assert_true(fit.inertia == 0);
        clu_kmeans_clear(&fit);
    }
}

static void far_away_and_huge(void **state)
{
    (void)state;
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_kmeans near, far;
    double a[600], b[600];
    fill(300, 2, 5, 64); /* multiples of 1/64, and 2^40 away still exact */
    for (int i = 0; i < 600; i++) {
        a[i] = x[i];
        b[i] = x[i] + 0x1p40;
    }
    opt.k = 5;
    assert_int_equal(clu_kmeans_fit(&near, (struct clu_view){.v = a, .rows = 300, .cols = 2, .ld = 2}, NULL, &opt, &run, NULL), CLU_OK);
    assert_int_equal(clu_kmeans_fit(&far, (struct clu_view){.v = b, .rows = 300, .cols = 2, .ld = 2}, NULL, &opt, &run, NULL), CLU_OK);
    assert_memory_equal(near.label, far.label, 300 * sizeof *near.label);
    clu_kmeans_clear(&far);
    for (int i = 0; i < 600; i++)
        b[i] = ldexp(x[i], 500); /* squares overflow, the inertia as well */
    struct clu_err err = {0};
    assert_int_equal(clu_kmeans_fit(&far, (struct clu_view){.v = b, .rows = 300, .cols = 2, .ld = 2}, NULL, &opt, &run, &err), CLU_OK);
    assert_memory_equal(near.label, far.label, 300 * sizeof *near.label);
    clu_kmeans_clear(&far);
    clu_kmeans_clear(&near);
}

static void assign_finds_the_nearest(void **state)
{
    (void)state;
    struct clu_assign *a;
    struct clu_run run = {.seed = 1, .threads = 2};
    int32_t label[1000];
    double distance[1000], all[1000 * 9];
    fill(1000, 3, 9, 8);
    assert_int_equal(clu_assign_open(&a, x, 9, 3, &run, NULL), CLU_OK);
    clu_assign_rows(a, view(1000, 3, 0), label, distance);
    clu_assign_distances(a, view(1000, 3, 0), 0, 1000, all);
    for (size_t i = 0; i < 1000; i++) {
        int32_t best = 0;
        for (int32_t j = 1; j < 9; j++)
            if (plain_square(x + i * 3, x + j * 3, 3) < plain_square(x + i * 3, x + best * 3, 3))
                best = j;
        assert_int_equal(label[i], best);
        assert_true(fabs(distance[i] - sqrt(plain_square(x + i * 3, x + best * 3, 3))) <= 1e-14 * distance[i]);
        assert_true(distance[i] == all[i * 9 + (size_t)best]);
    }
    clu_assign_close(a);
}

/* Batches end at the means of what they were given. */
static void batches_are_running_means(void **state)
{
    (void)state;
    struct clu_kmeans_batch b = {0};
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    double v[] = {0, 1, 100, 101, 2, 102, 3, 103};
    opt.k = 2;
    assert_int_equal(clu_kmeans_batch_first(&b, (struct clu_view){.v = v, .rows = 4, .cols = 1, .ld = 1}, NULL, &opt, &run, NULL), CLU_OK);
    assert_int_equal(clu_kmeans_batch_next(&b, (struct clu_view){.v = v + 4, .rows = 2, .cols = 1, .ld = 1}, NULL, NULL), CLU_OK);
    assert_int_equal(clu_kmeans_batch_next(&b, (struct clu_view){.v = v + 6, .rows = 2, .cols = 1, .ld = 1}, NULL, NULL), CLU_OK);
    double low = fmin(b.center[0], b.center[1]), high = fmax(b.center[0], b.center[1]);
    assert_true(fabs(low - 1.5) < 1e-12 && fabs(high - 101.5) < 1e-12);
    assert_true(b.weight[0] == 4 && b.size[1] == 4 && b.rows == 8);
    clu_kmeans_batch_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_is_lloyd),
        cmocka_unit_test(exchange_ends_where_no_move_helps),
        cmocka_unit_test(duplicates_and_counts),
        cmocka_unit_test(far_away_and_huge),
        cmocka_unit_test(assign_finds_the_nearest),
        cmocka_unit_test(batches_are_running_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
