/* alg/linkage.h and num/condensed.h against plain agglomeration: in each step the nearest of all pairs merge. */
#include "unit.h"

#include "alg/linkage.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

enum { N = 60, KINDS = 5 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

/* steps = 0: no two distances are equal; else whole numbers 0 .. steps. */
static void random_distances(struct clu_condensed *c, size_t n, unsigned steps, bool float32, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    assert_int_equal(clu_condensed_init(c, n, float32, &err), CLU_OK);
    for (size_t i = 0; i < n * (n - 1) / 2; i++) {
        double v = steps ? (double)clu_rng_below(&r, steps + 1) : 0.1 + clu_rng_unit(&r);
        if (float32)
            c->f[i] = (float)v;
        else
            c->v[i] = v;
    }
}

static double lance_williams(int kind, double a, double b, double h, double s, double t, double c)
{
    switch (kind) {
    case CLU_LINKAGE_WARD:
        return sqrt(((c + s) * a * a + (c + t) * b * b - c * h * h) / (c + s + t));
    case CLU_LINKAGE_AVERAGE:
        return (s * a + t * b) / (s + t);
    case CLU_LINKAGE_COMPLETE:
        return fmax(a, b);
    case CLU_LINKAGE_SINGLE:
        return fmin(a, b);
    default:
        return (a + b) / 2;
    }
}

/* The tree by O(n^3): merge i joins left[i] < right[i], as in struct clu_linkage. */
static void plain(const struct clu_condensed *c, int kind, size_t *left, size_t *right, double *height)
{
    static double d[N][N];
    size_t n = c->dist.n, number[N];
    double size[N];
    bool gone[N] = {false};
    for (size_t i = 0; i < n; i++) {
        number[i] = i;
        size[i] = 1;
        for (size_t j = 0; j < n; j++)
            d[i][j] = clu_condensed_at(c, i, j);
    }
    for (size_t m = 0; m + 1 < n; m++) {
        size_t s = 0, t = 0;
        double h = HUGE_VAL;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (!gone[i] && !gone[j] && d[i][j] < h) {
                    h = d[i][j];
                    s = i;
                    t = j;
                }
        left[m] = number[s] < number[t] ? number[s] : number[t];
        right[m] = number[s] < number[t] ? number[t] : number[s];
        height[m] = h;
        for (size_t j = 0; j < n; j++)
            if (j != s && j != t)
                d[s][j] = d[j][s] = lance_williams(kind, d[s][j], d[t][j], h, size[s], size[t], size[j]);
        gone[t] = true;
        size[s] += size[t];
        number[s] = n + m;
    }
}

static bool near_to(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

/* A tree as promised: every cluster is joined once, after it was made; sizes add up; heights do not fall. */
static void assert_tree(const struct clu_linkage *t)
{
    bool joined[2 * N] = {false};
    for (size_t i = 0; i + 1 < t->n; i++) {
        size_t l = t->left[i], r = t->right[i];
        assert_true(l < r && r < t->n + i && !joined[l] && !joined[r]);
        joined[l] = joined[r] = true;
        assert_int_equal(t->size[i], (l < t->n ? 1 : t->size[l - t->n]) + (r < t->n ? 1 : t->size[r - t->n]));
        assert_true(i == 0 || t->height[i] >= t->height[i - 1]);
    }
    assert_true(t->n == 1 || t->size[t->n - 2] == t->n);
}

static void test_equals_plain_agglomeration(void **state)
{
    (void)state;
    for (size_t n = 1; n <= N; n += n < 10 ? 1 : 7)
        for (int kind = 0; kind < KINDS; kind++)
            for (int float32 = 0; float32 < 2; float32++) {
                struct clu_condensed c;
                struct clu_linkage t;
                size_t left[N], right[N];
                double height[N];
                random_distances(&c, n, 0, float32, 100 + (uint64_t)kind);
                plain(&c, kind, left, right, height);
                assert_int_equal(clu_linkage_fit(&t, &c, kind, &run, &err), CLU_OK);
                assert_tree(&t);
                for (size_t i = 0; i + 1 < n; i++) {
                    assert_true(near_to(t.height[i], height[i]));
                    assert_int_equal(t.left[i], left[i]);
                    assert_int_equal(t.right[i], right[i]);
                }
                clu_linkage_clear(&t);
                clu_condensed_clear(&c);
            }
}

/* With equal distances the tree depends on what is taken first, but for single linkage its heights do not; and it is a tree. */
static void test_equal_distances(void **state)
{
    (void)state;
    for (unsigned steps = 1; steps < 5; steps++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct clu_condensed c;
            struct clu_linkage t, again;
            size_t left[N], right[N];
            double height[N];
            random_distances(&c, N, steps, false, steps);
            assert_int_equal(clu_linkage_fit(&t, &c, kind, &run, &err), CLU_OK);
            assert_int_equal(clu_linkage_fit(&again, &c, kind, &run, &err), CLU_OK);
            assert_tree(&t);
            assert_memory_equal(t.left, again.left, (N - 1) * sizeof *t.left);
            assert_memory_equal(t.height, again.height, (N - 1) * sizeof *t.height);
            plain(&c, kind, left, right, height);
            for (size_t i = 0; i + 1 < N && kind == CLU_LINKAGE_SINGLE; i++)
                assert_true(t.height[i] == height[i]);
            clu_linkage_clear(&t);
            clu_linkage_clear(&again);
            clu_condensed_clear(&c);
        }
}

/* All at one place; and the order of the objects where all are equally far: the lowest first. */
static void test_all_equal(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int v = 0; v < 2; v++) {
            struct clu_condensed c;
            struct clu_linkage t;
            assert_int_equal(clu_condensed_init(&c, N, false, &err), CLU_OK);
            for (size_t i = 0; i < N * (N - 1) / 2; i++)
                c.v[i] = v;
            assert_int_equal(clu_linkage_fit(&t, &c, kind, &run, &err), CLU_OK);
            assert_tree(&t);
            assert_int_equal(t.left[0], 0);
            assert_int_equal(t.right[0], 1);
            for (size_t i = 0; i + 1 < N; i++)
                assert_true(kind == CLU_LINKAGE_WARD && v ? t.height[i] >= 1 : t.height[i] == v);
            clu_linkage_clear(&t);
            clu_condensed_clear(&c);
        }
}

/* Squares of such distances overflow, or vanish. */
static void test_far_and_near(void **state)
{
    static const double unit[] = {0x1p-1070, 0x1p-1000, 0x1p-600, 0x1p600, 0x1p1015};
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t u = 0; u < sizeof unit / sizeof *unit; u++) {
            struct clu_condensed c;
            struct clu_linkage t, scaled;
            random_distances(&c, N, 16, false, 5);
            assert_int_equal(clu_linkage_fit(&t, &c, kind, &run, &err), CLU_OK);
            for (size_t i = 0; i < N * (N - 1) / 2; i++)
                c.v[i] *= unit[u];
            assert_int_equal(clu_linkage_fit(&scaled, &c, kind, &run, &err), CLU_OK);
            assert_tree(&scaled);
            for (size_t i = 0; i + 1 < N; i++) /* the smallest unit is a few steps of the smallest doubles */
                assert_true(u == 0 || near_to(scaled.height[i], t.height[i] * unit[u]));
            clu_linkage_clear(&t);
            clu_linkage_clear(&scaled);
            clu_condensed_clear(&c);
        }
}

static void test_cut(void **state)
{
    struct clu_condensed c;
    struct clu_linkage t;
    int32_t label[N], before[N];
    (void)state;
    random_distances(&c, N, 0, false, 7);
    assert_int_equal(clu_linkage_fit(&t, &c, CLU_LINKAGE_AVERAGE, &run, &err), CLU_OK);
    for (size_t k = N; k >= 1; k--) {
        int32_t next = 0;
        assert_int_equal(clu_linkage_cut(label, &t, k, &err), CLU_OK);
        for (size_t i = 0; i < N; i++) {
            assert_true(label[i] <= next);
            next += label[i] == next;
        }
        assert_int_equal(next, k);
        for (size_t i = 0; i < N && k < N; i++) /* what was together stays */
            for (size_t j = 0; j < i; j++)
                assert_true(before[i] != before[j] || label[i] == label[j]);
        memcpy(before, label, sizeof label);
        if (k < N) { /* as many as a cut at the height of the last merge made */
            assert_int_equal(clu_linkage_count(&t, t.height[N - k - 1]), k);
            assert_int_equal(clu_linkage_count(&t, nextafter(t.height[N - k - 1], 0)), k + 1);
        }
    }
    assert_int_equal(clu_linkage_count(&t, -1), N);
    clu_linkage_clear(&t);
    clu_condensed_clear(&c);
}

static void test_condensed(void **state)
{
    (void)state;
    for (int float32 = 0; float32 < 2; float32++)
        for (size_t n = 1; n < 9; n++) {
            struct clu_condensed c;
            double out[9];
            random_distances(&c, n, 9, float32, n);
            size_t at = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = i + 1; j < n; j++)
                    assert_int_equal(clu_condensed_place(n, i, j), at++);
            for (size_t x = 0; x < n; x++)
                for (size_t lo = 0; lo <= n; lo++)
                    for (size_t hi = lo; hi <= n; hi++) {
                        c.dist.row(&c.dist, x, lo, hi, out);
                        for (size_t o = lo; o < hi; o++)
                            assert_true(out[o - lo] == clu_condensed_at(&c, o, x));
                    }
            clu_condensed_clear(&c);
        }
    assert_true(clu_condensed_place((size_t)1 << 32, (1UL << 32) - 2, (1UL << 32) - 1) == (1UL << 31) * ((1UL << 32) - 1) - 1);
    assert_true(clu_condensed_bytes(5, true) == 40 && clu_condensed_bytes(5, false) == 80);
}

static int stop_at_once(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)ctx, (void)what, (void)done, (void)of, (void)value;
    return 1;
}

static void test_stops_and_refuses(void **state)
{
    enum { MANY = 300 };
    struct clu_condensed c;
    struct clu_linkage t;
    struct clu_watch watch = {.tick = stop_at_once};
    (void)state;
    random_distances(&c, MANY, 0, false, 1);
    assert_int_equal(clu_linkage_fit(&t, &c, 0, &(struct clu_run){.threads = 1, .watch = &watch}, &err), CLU_STOPPED);
    assert_null(t.left);
    assert_int_equal(clu_linkage_fit(&t, &c, 0, &(struct clu_run){.threads = 1, .max_memory = 700000}, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 738.3 KiB for the tree of 300 series");
    assert_null(t.left);
    clu_condensed_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_plain_agglomeration), cmocka_unit_test(test_equal_distances),
        cmocka_unit_test(test_all_equal),                  cmocka_unit_test(test_far_and_near),
        cmocka_unit_test(test_cut),                        cmocka_unit_test(test_condensed),
        cmocka_unit_test(test_stops_and_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
