/* alg/clara.h: samples and one batch: labels by brute force, optima where the sample is all there is, the same everywhere. */
#include "brute.h"

#include "alg/clara.h"

enum { MOST = 3000 };
static double x[MOST * 4], weight[MOST];
static struct clu_err err;

static struct clu_view view(size_t n, size_t d)
{
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

static struct clu_pam fit(size_t n, size_t d, int metric, const double *w, struct clu_clara_opt opt, int threads)
{
    struct clu_pam p;
    struct clu_run run = {.seed = 5, .threads = threads};
    assert_int_equal(clu_clara_rows(&p, view(n, d), (struct clu_metric){.kind = (enum clu_metric_kind)metric, .p = 3}, w, &opt, &run, &err), CLU_OK);
    return p;
}

/* Near and second of every row to the medoids, the numbering and the loss; the same for all threads and targets. */
static struct clu_pam check(size_t n, size_t d, int metric, const double *w, struct clu_clara_opt opt)
{
    struct clu_pam first = {0};
    struct clu_points points;
    double loss = 0, to[64];
    int32_t next = 0;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= (t == 0 && (!opt.batch || n < 1000) ? 2 : 1); threads++) {
            struct clu_pam p = fit(n, d, metric, w, opt, threads);
            if (first.label) {
                brute_same(&first, &p);
                clu_pam_clear(&p);
            } else {
                first = p;
            }
        }
    assert_int_equal(clu_points_init(&points, (struct clu_metric){.kind = (enum clu_metric_kind)metric, .p = 3}, view(n, d), NULL), CLU_OK);
    assert_true(first.n == n && first.k == opt.k && brute_rows_differ(x, d, first.medoid, opt.k));
    for (size_t i = 0; i < opt.k; i++) {
        assert_true(!w || w[first.medoid[i]] > 0);
        assert_int_equal(first.label[first.medoid[i]], i);
    }
    for (size_t o = 0; o < n; o++) {
        double least = HUGE_VAL, second = HUGE_VAL;
        for (size_t i = 0; i < opt.k; i++) {
            to[i] = clu_dist_at(&points.dist, o, first.medoid[i]);
            least = fmin(least, to[i]);
            if ((int32_t)i != first.label[o])
                second = fmin(second, to[i]);
        }
        assert_true(first.near[o] == to[first.label[o]] && first.near[o] == least);
        assert_true(first.k == 1 ? isnan(first.second[o]) : first.second[o] == second);
        if (first.label[o] >= next)
            assert_int_equal(first.label[o], next++);
        loss += (w ? w[o] : 1) * least;
    }
    assert_true(fabs(first.loss - loss) <= 1e-12 * loss);
    clu_points_clear(&points);
    return first;
}

static void samples_of_many_rows(void **state)
{
    (void)state;
    static const int metrics[] = {CLU_EUCLIDEAN, CLU_SQEUCLIDEAN, CLU_MANHATTAN, CLU_CHEBYSHEV, CLU_MINKOWSKI, CLU_COSINE};
    brute_table(x, weight, MOST, 2, 0, 1);
    for (size_t q = 0; q < sizeof metrics / sizeof metrics[0]; q++)
        for (int weighted = 0; weighted < 2; weighted++) {
            struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
            opt.k = 9;
            opt.sample_size = 200;
            struct clu_pam p = check(MOST, 2, metrics[q], weighted ? weight : NULL, opt);
            assert_true(p.converged);
            clu_pam_clear(&p);
        }
}

/* Each sample holds the best medoids so far, and the best are kept: but for the centering at the end more are never worse. */
static void more_samples_are_better(void **state)
{
    (void)state;
    brute_table(x, weight, MOST, 3, 0, 2);
    double loss = HUGE_VAL;
    for (size_t samples = 1; samples <= 12; samples += 11) {
        struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
        opt.k = 8;
        opt.samples = samples;
        opt.sample_size = 60;
        struct clu_pam p = fit(MOST, 3, CLU_EUCLIDEAN, weight, opt, 1);
        assert_true(p.loss < loss);
        loss = p.loss;
        clu_pam_clear(&p);
    }
}

static void check_optimum(size_t n, size_t d, size_t k, double steps, bool weighted)
{
    struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
    struct clu_points points;
    struct brute b;
    brute_table(x, weight, n, d, steps, n);
    for (size_t i = 0; i < k; i++)
        weight[i] = 1;
    opt.k = k;
    for (int f64 = 0; f64 < 2; f64++)
        for (size_t size = 0; size <= 2 * n; size += n) {
            opt.float64 = f64;
            opt.sample_size = size;
            struct clu_pam p = check(n, d, CLU_EUCLIDEAN, weighted ? weight : NULL, opt);
            assert_int_equal(clu_points_init(&points, (struct clu_metric){0}, view(n, d), NULL), CLU_OK);
            brute_of(&b, &points.dist, weighted ? weight : NULL);
            assert_true(brute_is_optimum(&b, p.medoid, k, f64 ? 1e-10 : 1e-6));
            brute_clear(&b);
            clu_points_clear(&points);
            clu_pam_clear(&p);
        }
}

static void the_sample_is_everything(void **state)
{
    (void)state;
    check_optimum(50, 2, 5, 0, false);
    check_optimum(120, 1, 3, 3, false);
    check_optimum(200, 3, 7, 0, true);
    check_optimum(60, 2, 1, 0, true);
    check_optimum(8, 2, 8, 0, false);
    check_optimum(8, 2, 7, 0, true);
}

/* Samples that mostly hold fewer than k distinct rows. */
static void few_distinct_rows(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++)
        for (int weighted = 0; weighted < 2; weighted++)
            for (size_t batch = 0; batch <= 40; batch += 20) {
                struct clu_rng r;
                struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
                clu_rng_at(&r, seed, 1);
                for (size_t i = 0; i < MOST; i++) {
                    x[i] = i % 500 == 77 ? 10 + (double)(i / 500) : (double)(i & 1);
                    weight[i] = i % 500 == 77 ? 1 : (double)clu_rng_below(&r, 3);
                }
                opt.k = 8; /* 0, 1 and six rare ones: just as many as there are */
                opt.sample_size = 20;
                opt.batch = batch;
                struct clu_pam p = check(MOST, 1, CLU_MANHATTAN, weighted ? weight : NULL, opt);
                assert_true(p.loss == 0);
                clu_pam_clear(&p);
                opt.k = 4;
                p = check(MOST, 1, CLU_EUCLIDEAN, weighted ? weight : NULL, opt);
                clu_pam_clear(&p);
            }
}

static void one_batch(void **state)
{
    (void)state;
    static const size_t batches[] = {1, 2, 5, 50, 300, MOST};
    brute_table(x, weight, MOST, 2, 0, 4);
    double loss[6];
    for (size_t q = 0; q < sizeof batches / sizeof batches[0]; q++) {
        struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
        opt.k = 6;
        opt.batch = batches[q];
        opt.float64 = q & 1;
        struct clu_pam p = batches[q] > 1000 ? fit(MOST, 2, CLU_EUCLIDEAN, weight, opt, 1) : check(MOST, 2, CLU_EUCLIDEAN, weight, opt);
        loss[q] = p.loss;
        clu_pam_clear(&p);
    }
    struct clu_pam_opt all = CLU_PAM_DEFAULT;
    struct clu_pam p;
    all.k = 6;
    assert_int_equal(clu_pam_rows(&p, view(MOST, 2), (struct clu_metric){0}, weight, &all, &(struct clu_run){.seed = 5, .threads = 2}, NULL), CLU_OK);
    assert_true(loss[4] < 1.1 * p.loss && loss[5] < 1.02 * p.loss);
    clu_pam_clear(&p);
}

/* A batch of all rows: no swap lowers the loss in which each row is as far from itself as can be. */
static void a_batch_of_all_rows(void **state)
{
    (void)state;
    for (size_t k = 1; k <= 6; k++)
        for (int weighted = 0; weighted < 2; weighted++) {
            size_t n = 80;
            struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
            struct clu_points points;
            struct brute b;
            brute_table(x, weight, n, 2, 0, k);
            for (size_t i = 10; i < 16; i++)
                weight[i] = 1;
            opt.k = k;
            opt.batch = n;
            opt.float64 = true;
            struct clu_pam p = check(n, 2, CLU_EUCLIDEAN, weighted ? weight : NULL, opt);
            assert_int_equal(clu_points_init(&points, (struct clu_metric){0}, view(n, 2), NULL), CLU_OK);
            brute_of(&b, &points.dist, weighted ? weight : NULL);
            double max = 0; /* of candidates to rows that are served */
            for (size_t c = 0; c < n; c++)
                for (size_t o = 0; o < n; o++)
                    max = b.w[o] > 0 ? fmax(max, b.d[c * n + o]) : max;
            for (size_t o = 0; o < n; o++)
                b.d[o * n + o] = max;
            assert_true(brute_is_optimum(&b, p.medoid, k, 1e-10));
            brute_clear(&b);
            clu_points_clear(&points);
            clu_pam_clear(&p);
        }
}

/* Rows of weight 0 are no medoids, even where nothing is nearer. */
static void no_weight_no_medoid(void **state)
{
    (void)state;
    for (size_t n = 2; n < 9; n++)
        for (size_t live = 1; live < n; live++)
            for (size_t k = 1; k <= live; k++)
                for (size_t batch = 0; batch <= n; batch++) {
                    struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
                    for (size_t i = 0; i < n; i++) {
                        x[i] = (double)i;
                        weight[i] = i + live >= n;
                    }
                    opt.k = k;
                    opt.batch = batch;
                    struct clu_pam p = fit(n, 1, CLU_EUCLIDEAN, weight, opt, 1);
                    for (size_t i = 0; i < k; i++)
                        assert_true(weight[p.medoid[i]] > 0);
                    assert_true(k < live || p.loss == 0);
                    clu_pam_clear(&p);
                }
}

static void refusals(void **state)
{
    (void)state;
    struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_pam p;
    struct clu_metric metric = {0};
    for (size_t i = 0; i < MOST; i++) {
        x[i] = (double)(i % 3);
        weight[i] = i % 3 < 2;
    }
    for (size_t batch = 0; batch <= 50; batch += 50) {
        opt.batch = batch;
        opt.k = MOST + 1;
        assert_int_equal(clu_clara_rows(&p, view(MOST, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, "3001 clusters asked, but only 3000 rows");
        opt.k = (size_t)1 << 60;
        assert_int_equal(clu_clara_rows(&p, view(MOST, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
        opt.k = 4;
        assert_int_equal(clu_clara_rows(&p, view(MOST, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, "4 clusters asked, but only 3 distinct rows");
        opt.k = 3;
        assert_int_equal(clu_clara_rows(&p, view(MOST, 1), metric, weight, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, "3 clusters asked, but only 2 distinct rows of positive weight");
        assert_true(!p.medoid && !p.label && !p.near && !p.second);
        opt.k = 2;
        assert_int_equal(clu_clara_rows(&p, view(MOST, 1), (struct clu_metric){.kind = CLU_COSINE}, NULL, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, "row 1 is zero in all columns: no cosine distance");
    }
    run.max_memory = 1000;
    opt.k = 2;
    opt.batch = 50;
    assert_int_equal(clu_clara_rows(&p, view(MOST, 1), metric, NULL, &opt, &run, &err), CLU_SYSTEM);
    assert_null(p.label);
}

/* Gaps are named by the rows of the table, not of a sample. */
static void a_gap_is_named_by_its_rows(void **state)
{
    (void)state;
    static const uint8_t type[2] = {0};
    static const double range[2] = {10, 10};
    struct clu_metric gower = {.kind = CLU_GOWER, .type = type, .range = range};
    struct clu_clara_opt opt = CLU_CLARA_DEFAULT;
    struct clu_pam p;
    brute_table(x, weight, 100, 2, 0, 1);
    x[2 * 41] = x[2 * 70 + 1] = NAN;
    opt.k = 2;
    for (size_t batch = 0; batch <= 100; batch += 100) {
        opt.batch = batch;
        assert_int_equal(clu_clara_rows(&p, view(100, 2), gower, NULL, &opt, &(struct clu_run){.seed = 1, .threads = 1}, &err), CLU_DATA);
        assert_string_equal(err.msg, "rows 42 and 71 have no column in common that counts: no gower distance");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_many_rows),
        cmocka_unit_test(more_samples_are_better),
        cmocka_unit_test(the_sample_is_everything),
        cmocka_unit_test(few_distinct_rows),
        cmocka_unit_test(one_batch),
        cmocka_unit_test(a_batch_of_all_rows),
        cmocka_unit_test(no_weight_no_medoid),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_gap_is_named_by_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
