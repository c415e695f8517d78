/* alg/series_kmeans.h: results that hold together, the same without passing over, for all threads and targets; empty clusters, refusals. KASBA
 * itself is compared with another program in barycentre_oracle.c. */
#include "series.h"

#include "alg/series_kmeans.h"
#include "alg/series_matrix.h"

static struct clu_err err;

/* n series of k shapes of one length or of several. */
static struct clu_series shapes(size_t n, size_t k, size_t channels, size_t low, size_t high, double noise, uint64_t seed)
{
    struct clu_series s = series_walks(n, channels, low, high, false, seed);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < channels; c++)
            for (size_t t = 0; t < s.len[i]; t++)
                clu_series_at(&s, i, c)[t] = noise * clu_series_at(&s, i, c)[t] + 3 * sin((double)(1 + i % k) * 4 * (double)t / (double)s.len[i] + (double)c);
    return s;
}

static void same(const struct clu_series_centers *a, const struct clu_series_centers *b)
{
    assert_true(a->inertia == b->inertia && a->iterations == b->iterations && a->converged == b->converged);
    assert_memory_equal(a->label, b->label, a->n * sizeof *a->label);
    assert_memory_equal(a->near, b->near, a->n * sizeof *a->near);
    assert_int_equal(a->center.n, b->center.n);
    assert_memory_equal(a->center.len, b->center.len, a->center.n * sizeof *a->center.len);
    assert_memory_equal(a->center.v, b->center.v, a->center.at[a->center.n] * sizeof *a->center.v);
}

/* Labels by first appearance, no empty cluster, near the distance to the own centre and, when converged, none is nearer. */
static void check(const struct clu_series_centers *r, const struct clu_series *x, const struct clu_measure *m, size_t k)
{
    struct clu_run run = CLU_RUN_DEFAULT;
    double *away = clu_alloc(x->n, k * sizeof *away), inertia = 0;
    int32_t next = 0;
    assert_true(r->n == x->n && r->center.n == k);
    assert_int_equal(clu_series_cross(away, x, &r->center, m, &run, &err), CLU_OK);
    for (size_t i = 0; i < x->n; i++) {
        const double *d = away + i * k;
        if (r->label[i] >= next)
            assert_int_equal(r->label[i], next++);
        assert_true(fabs(r->near[i] - d[r->label[i]]) <= 1e-9 * (1 + d[r->label[i]]));
        for (size_t c = 0; c < k && r->converged; c++)
            assert_true(d[c] >= r->near[i] * (1 - 1e-9));
        inertia += r->near[i] * r->near[i];
    }
    assert_int_equal(next, k);
    assert_true(fabs(inertia - r->inertia) <= 1e-12 * inertia);
    clu_free(away);
}

static double check_all(const struct clu_series *x, const struct clu_measure *m, int kind, size_t k)
{
    struct clu_series_centers first = {0};
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    double pruned, saved = 0;
    opt.k = k;
    opt.nstart = 2;
    opt.barycentre.kind = kind;
    opt.barycentre.max_iter = 10;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= (t == 0 ? 3 : 1); threads++)
            for (int every = 0; every <= (threads == 1); every++) {
                struct clu_series_centers r;
                struct clu_run run = {.seed = 2, .threads = threads};
                opt.every = every;
                assert_int_equal(clu_series_kmeans_fit(&r, &pruned, x, m, &opt, &run, &err), CLU_OK);
                assert_true(!every || pruned == 0);
                saved = every ? saved : pruned;
                if (first.label) {
                    same(&first, &r);
                    clu_series_centers_clear(&r);
                } else {
                    first = r;
                }
            }
    check(&first, x, m, k);
    clu_series_centers_clear(&first);
    return saved;
}

static void test_measures(void **unused)
{
    (void)unused;
    static const int kinds[] = {CLU_SERIES_MSM, CLU_SERIES_TWE, CLU_SERIES_ERP, CLU_SERIES_DTW, CLU_SERIES_ADTW};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int kind = 0; kind < 3; kind++) {
            struct clu_measure m = CLU_MEASURE_DEFAULT;
            m.kind = kinds[k];
            struct clu_series x = shapes(40, 4, 1 + k % 2, 12, kind == 1 ? 12 : 18, 0.5, 5 + k);
            m.independent = k % 2;
            double saved = check_all(&x, &m, kind, 4 + k % 2);
            assert_true(clu_measure_is_metric(&m, x.channels) ? saved > 0.1 : saved == 0);
            clu_series_clear(&x);
        }
}

/* More clusters than bounds are kept for; lock step; floats. */
static void test_more(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series x = shapes(50, 5, 1, 8, 12, 1, 3), y = shapes(50, 5, 2, 16, 16, 1, 3);
    check_all(&x, &m, CLU_BARYCENTRE_KASBA, 15);
    m.kind = CLU_SERIES_EUCLIDEAN;
    check_all(&y, &m, CLU_BARYCENTRE_KASBA, 5);
    m.kind = CLU_SERIES_MSM;
    m.float32 = true;
    struct clu_series_centers r;
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    opt.k = 5;
    assert_int_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_OK);
    assert_true(r.n == 50 && r.center.n == 5);
    clu_series_centers_clear(&r);
    clu_series_clear(&x);
    clu_series_clear(&y);
}

/* Fewer different series than clusters: none is empty all the same. As many clusters as series; one cluster. */
static void test_extremes(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series_centers r;
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series x = shapes(9, 2, 1, 10, 10, 0, 1);
    for (size_t k = 1; k <= 9; k++) {
        int32_t most = -1;
        opt.k = k;
        assert_int_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_OK);
        for (size_t i = 0; i < 9; i++) {
            assert_true(r.label[i] <= most + 1);
            most = r.label[i] > most ? r.label[i] : most;
            assert_true(k == 1 || r.near[i] < 1e-9);
        }
        assert_int_equal(most, k - 1);
        clu_series_centers_clear(&r);
    }
    opt.k = 10;
    assert_int_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "10 clusters asked, but only 9 series");
    assert_true(!r.label);
    m.kind = CLU_SERIES_SBD;
    opt.k = 2;
    assert_int_not_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_OK);
    clu_series_clear(&x);
}

/* Series with gaps: centres have none. */
static void test_gaps(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series_centers r;
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series x = shapes(30, 3, 1, 20, 25, 0.3, 6);
    m.kind = CLU_SERIES_DTW;
    opt.k = 3;
    opt.nstart = 5;
    opt.barycentre.kind = CLU_BARYCENTRE_DBA;
    x.gaps = true;
    for (size_t i = 0; i < 30; i++)
        clu_series_at(&x, i, 0)[(7 * i) % 20] = NAN;
    assert_int_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_OK);
    for (size_t t = 0; t < r.center.at[3]; t++)
        assert_true(isfinite(r.center.v[t]));
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(r.label[i], i % 3);
    clu_series_centers_clear(&r);
    clu_series_clear(&x);
}

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)of, (void)value, (void)done;
    return strcmp(what, ctx) == 0;
}

static void test_stop(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    struct clu_series x = shapes(30, 3, 1, 20, 25, 0.3, 6);
    char at[2][16] = {"start", "iteration"};
    opt.k = 3;
    for (int i = 0; i < 2; i++) {
        struct clu_series_centers r;
        struct clu_watch watch = {.tick = stop, .ctx = at[i]};
        struct clu_run run = {.seed = 1, .threads = 1, .watch = &watch};
        assert_int_equal(clu_series_kmeans_fit(&r, NULL, &x, &m, &opt, &run, &err), CLU_STOPPED);
        assert_true(!r.label && !r.near && !r.center.v);
    }
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_measures), cmocka_unit_test(test_more), cmocka_unit_test(test_extremes),
                                       cmocka_unit_test(test_gaps), cmocka_unit_test(test_stop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
