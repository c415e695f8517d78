/* alg/cluster_index.h against the formulas, taken literally. */
#include "unit.h"

#include "alg/cluster_index.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

enum { N = 600, K = 40 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

static void random_case(struct clu_condensed *c, int32_t *label, size_t n, size_t k, bool float32, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    assert_int_equal(clu_condensed_init(c, n, float32, &err), CLU_OK);
    for (size_t i = 0; i < n * (n - 1) / 2; i++) {
        double v = 0.5 + clu_rng_unit(&r);
        if (float32)
            c->f[i] = (float)v;
        else
            c->v[i] = v;
    }
    for (size_t o = 0; o < n; o++)
        label[o] = (int32_t)(o < k ? o : clu_rng_below(&r, k));
}

/* The object of a cluster (-1: of all) of least sum. */
static size_t plain_medoid(const struct clu_condensed *c, const int32_t *label, int32_t g)
{
    size_t n = c->dist.n, best = n;
    double least = HUGE_VAL;
    for (size_t o = 0; o < n; o++) {
        double sum = 0;
        for (size_t x = 0; x < n; x++)
            sum += g < 0 || label[x] == g ? clu_condensed_at(c, o, x) : 0;
        if ((g < 0 || label[o] == g) && sum < least) {
            least = sum;
            best = o;
        }
    }
    return best;
}

static double plain_silhouette(const struct clu_condensed *c, const int32_t *label, size_t k)
{
    size_t n = c->dist.n;
    double all = 0;
    for (size_t o = 0; o < n; o++) {
        double a = 0, b = HUGE_VAL;
        size_t mates = 0;
        for (size_t g = 0; g < k; g++) {
            double sum = 0;
            size_t count = 0;
            for (size_t x = 0; x < n; x++)
                if (x != o && label[x] == (int32_t)g) {
                    sum += clu_condensed_at(c, o, x);
                    count++;
                }
            if (label[o] == (int32_t)g) {
                a = sum / (double)count;
                mates = count;
            } else {
                b = fmin(b, sum / (double)count);
            }
        }
        all += mates == 0 ? 0 : (b - a) / fmax(a, b);
    }
    return all / (double)n;
}

static void plain(double *value, const struct clu_condensed *c, const int32_t *label, size_t k)
{
    size_t n = c->dist.n, medoid[K], size[K] = {0}, center = plain_medoid(c, label, -1);
    double within = 0, between = HUGE_VAL, near[K] = {0}, b = 0, w = 0, db = 0, cop = 0;
    for (size_t o = 0; o < n; o++)
        for (size_t x = 0; x < o; x++)
            if (label[o] == label[x])
                within = fmax(within, clu_condensed_at(c, o, x));
            else
                between = fmin(between, clu_condensed_at(c, o, x));
    for (size_t g = 0; g < k; g++) {
        double cover = HUGE_VAL;
        medoid[g] = plain_medoid(c, label, (int32_t)g);
        for (size_t o = 0; o < n; o++) {
            double farthest = 0;
            for (size_t x = 0; x < n; x++)
                if (label[x] == (int32_t)g)
                    farthest = fmax(farthest, clu_condensed_at(c, o, x));
            if (label[o] != (int32_t)g)
                cover = fmin(cover, farthest);
            else
                near[g] += clu_condensed_at(c, o, medoid[g]);
            size[g] += label[o] == (int32_t)g;
        }
        b += (double)size[g] * clu_condensed_at(c, medoid[g], center);
        w += near[g];
        cop += near[g] / cover;
    }
    for (size_t g = 0; g < k; g++) {
        double worst = 0;
        for (size_t h = 0; h < k; h++)
            if (h != g)
                worst = fmax(worst, (near[g] / (double)size[g] + near[h] / (double)size[h]) / clu_condensed_at(c, medoid[g], medoid[h]));
        db += worst;
    }
    value[CLU_INDEX_SILHOUETTE] = plain_silhouette(c, label, k);
    value[CLU_INDEX_DUNN] = between / within;
    value[CLU_INDEX_DB] = db / (double)k;
    value[CLU_INDEX_CH] = (double)(n - k) / (double)(k - 1) * b / w;
    value[CLU_INDEX_COP] = cop / (double)n;
}

static void test_equals_the_formulas(void **state)
{
    static const size_t sizes[][2] = {{3, 2}, {7, 3}, {50, 2}, {50, 40}, {256, 5}, {257, 3}, {N, 7}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int float32 = 0; float32 < 2; float32++) {
            struct clu_condensed c;
            int32_t label[N];
            double value[CLU_INDICES], expected[CLU_INDICES], near[N];
            size_t n = sizes[i][0], k = sizes[i][1], medoid[K];
            random_case(&c, label, n, k, float32, 3);
            plain(expected, &c, label, k);
            assert_int_equal(clu_index_fit(value, &c, label, k, &run, &err), CLU_OK);
            for (size_t q = 0; q < CLU_INDICES; q++)
                assert_true(fabs(value[q] - expected[q]) <= 1e-12 * fabs(expected[q]));
            assert_int_equal(clu_index_medoids(medoid, near, &c, label, k, &run, &err), CLU_OK);
            for (size_t g = 0; g < k; g++)
                assert_int_equal(medoid[g], plain_medoid(&c, label, (int32_t)g));
            for (size_t o = 0; o < n; o++)
                assert_true(near[o] == clu_condensed_at(&c, o, medoid[label[o]]));
            clu_condensed_clear(&c);
        }
}

static void test_threads_do_not_count(void **state)
{
    struct clu_condensed c;
    int32_t label[N];
    double first[CLU_INDICES], value[CLU_INDICES];
    (void)state;
    random_case(&c, label, N, 9, false, 4);
    assert_int_equal(clu_index_fit(first, &c, label, 9, &run, &err), CLU_OK);
    for (int threads = 2; threads < 8; threads++) {
        assert_int_equal(clu_index_fit(value, &c, label, 9, &(struct clu_run){.threads = threads}, &err), CLU_OK);
        assert_memory_equal(value, first, sizeof value);
    }
    clu_condensed_clear(&c);
}

static void test_what_is_not_defined(void **state)
{
    struct clu_condensed c;
    const int32_t one[4] = {0, 0, 0, 0}, two[4] = {0, 0, 1, 1}, all[4] = {0, 1, 2, 3};
    double value[CLU_INDICES], near[4];
    size_t medoid[1];
    (void)state;
    assert_int_equal(clu_condensed_init(&c, 4, false, &err), CLU_OK);
    memset(c.v, 0, 6 * sizeof *c.v);
    assert_int_equal(clu_index_fit(value, &c, one, 1, &run, &err), CLU_OK);
    for (size_t q = 0; q < CLU_INDICES; q++)
        assert_true(isnan(value[q]));
    assert_int_equal(clu_index_medoids(medoid, near, &c, one, 1, &run, &err), CLU_OK);
    assert_int_equal(medoid[0], 0); /* the first of equals */

    assert_int_equal(clu_index_fit(value, &c, two, 2, &run, &err), CLU_OK); /* all at one place */
    assert_true(value[CLU_INDEX_SILHOUETTE] == 0);
    for (size_t q = 1; q < CLU_INDICES; q++)
        assert_true(isnan(value[q]));

    for (size_t i = 0; i < 6; i++)
        c.v[i] = 1;
    assert_int_equal(clu_index_fit(value, &c, all, 4, &run, &err), CLU_OK); /* each by itself */
    assert_true(value[CLU_INDEX_SILHOUETTE] == 0 && value[CLU_INDEX_DUNN] == HUGE_VAL && value[CLU_INDEX_DB] == 0);
    assert_true(isnan(value[CLU_INDEX_CH]) && value[CLU_INDEX_COP] == 0);
    clu_condensed_clear(&c);
}

static void test_better(void **state)
{
    (void)state;
    for (int index = 0; index < CLU_INDICES; index++) {
        bool low = index == CLU_INDEX_DB || index == CLU_INDEX_COP;
        assert_true(clu_index_better(1, 2, index) == low && clu_index_better(2, 1, index) != low);
        assert_false(clu_index_better(1, 1, index));
        assert_true(clu_index_better(1, NAN, index));
        assert_false(clu_index_better(NAN, 1, index) || clu_index_better(NAN, NAN, index));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_formulas),
        cmocka_unit_test(test_threads_do_not_count),
        cmocka_unit_test(test_what_is_not_defined),
        cmocka_unit_test(test_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
