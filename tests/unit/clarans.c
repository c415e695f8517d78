/* alg/clarans.h: labels by brute force, the end of a local search, the same everywhere, refusals. */
#include "brute.h"

#include "alg/clarans.h"

enum { MOST = 3000 };
static double x[MOST * 4], weight[MOST];
static struct clu_err err;

static struct clu_view view(size_t n, size_t d)
{
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

/* The same for all threads and targets; everything about the clusters, by brute force. */
static struct clu_pam check(struct brute *b, size_t n, size_t d, int metric, const double *w, struct clu_clarans_opt opt)
{
    struct clu_metric m = {.kind = (enum clu_metric_kind)metric};
    struct clu_pam first = {0}, p;
    struct clu_points points;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= (t == 0 ? 3 : 1); threads += 2) {
            struct clu_run run = {.seed = 5, .threads = threads};
            assert_int_equal(clu_clarans_rows(&p, view(n, d), m, w, &opt, &run, &err), CLU_OK);
            if (first.label) {
                brute_same(&first, &p);
                clu_pam_clear(&p);
            } else {
                first = p;
            }
        }
    assert_int_equal(clu_points_init(&points, m, view(n, d), NULL), CLU_OK);
    brute_of(b, &points.dist, w);
    clu_points_clear(&points);
    brute_check(b, &first, false);
    for (size_t i = 0; i < opt.k; i++)
        assert_true(b->w[first.medoid[i]] > 0);
    assert_true(first.converged && first.k == opt.k && brute_rows_differ(x, d, first.medoid, opt.k));
    return first;
}

static void check_optimum(size_t n, size_t d, size_t k, double steps, int metric, bool weighted)
{
    struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
    struct brute b;
    brute_table(x, weight, n, d, steps, n);
    for (size_t i = 0; i < n && i < 4 * k; i++)
        weight[i] += 1;
    opt.k = k;
    opt.max_tries = n; /* every candidate was tried */
    struct clu_pam p = check(&b, n, d, metric, weighted ? weight : NULL, opt);
    assert_true(brute_is_optimum(&b, p.medoid, k, 1e-10));
    clu_pam_clear(&p);
    brute_clear(&b);
}

static void a_local_search_ends_where_no_candidate_improves(void **state)
{
    (void)state;
    check_optimum(1, 1, 1, 0, CLU_EUCLIDEAN, false);
    check_optimum(2, 1, 1, 0, CLU_EUCLIDEAN, false);
    check_optimum(12, 2, 12, 0, CLU_EUCLIDEAN, false);
    check_optimum(12, 2, 11, 0, CLU_EUCLIDEAN, false);
    check_optimum(60, 2, 1, 0, CLU_EUCLIDEAN, true);
    check_optimum(60, 2, 2, 0, CLU_EUCLIDEAN, true);
    check_optimum(60, 2, 8, 0, CLU_MANHATTAN, false);
    check_optimum(100, 1, 5, 1, CLU_MANHATTAN, false); /* duplicates and ties */
    check_optimum(150, 2, 7, 1, CLU_SQEUCLIDEAN, true);
    check_optimum(300, 3, 4, 0, CLU_COSINE, true);
}

static void many_rows(void **state)
{
    (void)state;
    size_t n = 2300;
    brute_table(x, weight, n, 2, 0, 1);
    double loss[2];
    for (size_t searches = 1; searches <= 2; searches++) {
        struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
        struct brute b;
        opt.k = 8;
        opt.searches = searches;
        struct clu_pam p = check(&b, n, 2, CLU_EUCLIDEAN, weight, opt);
        loss[searches - 1] = p.loss;
        clu_pam_clear(&p);
        brute_clear(&b);
    }
    assert_true(loss[1] <= loss[0]); /* the first search is the same */
}

/* The default is the larger of 250 / k and 2.5% of the candidates. */
static void default_tries(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{100, 3, 84}, {MOST, 50, 74}, {1000, 4, 63}};
    for (size_t q = 0; q < 3; q++) {
        struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
        struct clu_run run = CLU_RUN_DEFAULT;
        struct clu_pam a, b;
        size_t n = sizes[q][0];
        brute_table(x, weight, n, 2, 0, 2);
        opt.k = sizes[q][1];
        assert_int_equal(clu_clarans_rows(&a, view(n, 2), (struct clu_metric){0}, NULL, &opt, &run, NULL), CLU_OK);
        opt.max_tries = sizes[q][2];
        assert_int_equal(clu_clarans_rows(&b, view(n, 2), (struct clu_metric){0}, NULL, &opt, &run, NULL), CLU_OK);
        brute_same(&a, &b);
        clu_pam_clear(&a);
        clu_pam_clear(&b);
    }
}

static void few_distinct_rows(void **state)
{
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
        struct brute b;
        for (size_t i = 0; i < 600; i++) {
            x[i] = i % 100 == 77 ? 10 + (double)(i / 100) : (double)(i & 1);
            weight[i] = i % 100 == 77 || i % 7 == 0;
        }
        opt.k = 8; /* just as many as there are */
        struct clu_pam p = check(&b, 600, 1, CLU_EUCLIDEAN, weighted ? weight : NULL, opt);
        assert_true(p.loss == 0);
        clu_pam_clear(&p);
        brute_clear(&b);
    }
}

static void refusals(void **state)
{
    (void)state;
    struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_pam p;
    struct clu_metric metric = {0};
    for (size_t i = 0; i < 100; i++) {
        x[i] = (double)(i % 3);
        weight[i] = i % 3 < 2;
    }
    opt.k = 101;
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "101 clusters asked, but only 100 rows");
    opt.k = (size_t)1 << 60;
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
    opt.k = 4;
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), metric, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "4 clusters asked, but only 3 distinct rows");
    opt.k = 3;
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), metric, weight, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "3 clusters asked, but only 2 distinct rows of positive weight");
    assert_true(!p.medoid && !p.label && !p.near && !p.second);
    opt.k = 80; /* more than there are rows of weight */
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), metric, weight, &opt, &run, &err), CLU_DATA);
    opt.k = 2;
    assert_int_equal(clu_clarans_rows(&p, view(100, 1), (struct clu_metric){.kind = CLU_COSINE}, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "row 1 is zero in all columns: no cosine distance");
}

/* Distances that are none: what is said as by pam, and nothing is written where it should not be. */
static void no_distance(void **state)
{
    (void)state;
    struct clu_clarans_opt opt = CLU_CLARANS_DEFAULT;
    struct clu_pam p;
    opt.max_tries = 100;
    for (size_t k = 1; k <= 3; k++)
        for (uint64_t seed = 0; seed < 10; seed++) {
            struct clu_run run = {.seed = seed, .threads = 1 + (int)seed % 3};
            opt.k = k;
            brute_table(x, weight, 100, 1, 0, 1);
            for (size_t i = 0; i < 100; i++)
                x[i] *= 1e200;
            assert_int_equal(clu_clarans_rows(&p, view(100, 1), (struct clu_metric){.kind = CLU_SQEUCLIDEAN}, NULL, &opt, &run, &err), CLU_DATA);
            assert_string_equal(err.msg, "overflow in distance: the columns need another unit; see --scale");
            assert_null(p.label);

            static const uint8_t type[2] = {0};
            static const double range[2] = {10, 10};
            struct clu_metric gower = {.kind = CLU_GOWER, .type = type, .range = range};
            brute_table(x, weight, 100, 2, 0, 1);
            for (size_t i = 0; i < 100; i++)
                x[2 * i + (i & 1)] = NAN; /* odd rows and even ones */
            assert_int_equal(clu_clarans_rows(&p, view(100, 2), gower, NULL, &opt, &run, &err), CLU_DATA);
            assert_non_null(strstr(err.msg, "have no column in common that counts: no gower distance"));
            assert_null(p.label);
        }
    for (size_t i = 0; i < 50; i++)
        x[i] = 1e307 * (double)(i % 17); /* distances, but no sums */
    for (size_t k = 1; k <= 3; k++) {
        opt.k = k;
        assert_int_equal(clu_clarans_rows(&p, view(50, 1), (struct clu_metric){0}, NULL, &opt, &(struct clu_run){.threads = 1}, &err), CLU_OK);
        assert_true(brute_rows_differ(x, 1, p.medoid, k));
        clu_pam_clear(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_local_search_ends_where_no_candidate_improves),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(default_tries),
        cmocka_unit_test(few_distinct_rows),
        cmocka_unit_test(refusals),
        cmocka_unit_test(no_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
