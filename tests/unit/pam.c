/* alg/pam.h: results are local optima by brute force, the same everywhere; starts, counts, duplicates, refusals. */
#include "brute.h"

#include "alg/pam_state.h"

#include <stdio.h>

enum { MOST = 3000 };
static double x[MOST * 4], weight[MOST];
static struct clu_err err;

static struct clu_view view(size_t n, size_t d)
{
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

/* Alternating ends where no medoid can move within its cluster. */
static bool no_move_within(const struct brute *b, const struct clu_pam *p)
{
    for (size_t m = 0; m < b->n; m++) {
        double sum = 0, present = 0;
        for (size_t o = 0; o < b->n; o++)
            if (p->label[o] == p->label[m]) {
                sum += b->w[o] * b->d[m * b->n + o];
                present += b->w[o] * p->near[o];
            }
        if (b->w[m] > 0 && sum < present * (1 - 1e-9))
            return false;
    }
    return true;
}

/* One square: every algorithm, every target, 1 to most threads. */
static void check_square(const struct brute *b, size_t k, int init, const size_t *start, int most)
{
    struct clu_square s;
    brute_square(b, &s);
    for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_ALTERNATE; algorithm++) {
        struct clu_pam first = {0}, p;
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        opt.k = k;
        opt.algorithm = algorithm;
        opt.init = init;
        opt.start = start;
        opt.nstart = 2;
        for (int t = 0; t < UNIT_TARGETS; t++)
            for (int threads = 1; unit_target(t) && threads <= (t == 0 ? most : 1); threads++) {
                struct clu_run run = {.seed = k, .threads = threads};
                assert_int_equal(clu_pam_square(&p, &s, b->w, &opt, &run, &err), CLU_OK);
                if (first.label) {
                    brute_same(&first, &p);
                    clu_pam_clear(&p);
                } else {
                    first = p;
                }
            }
        assert_true(first.converged);
        brute_check(b, &first, init == CLU_PAM_GIVEN);
        bool tied = false; /* the search may have had such an object in another cluster */
        for (size_t o = 0; o < b->n; o++)
            tied = tied || first.near[o] == first.second[o];
        if (algorithm == CLU_PAM_ALTERNATE && k > 1)
            assert_true(tied || no_move_within(b, &first));
        else
            assert_true(brute_is_optimum(b, first.medoid, k, 1e-10));
        clu_pam_clear(&first);
    }
    clu_square_clear(&s);
}

static void squares_end_in_local_optima(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {2, 1}, {2, 2}, {3, 2}, {9, 3}, {20, 1}, {20, 19}, {20, 20}, {33, 5}, {60, 8}, {60, 2}};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int kind = 0; kind < 8; kind++) { /* bits: symmetric, tied, weighted */
            struct brute b;
            size_t n = sizes[q][0], k = sizes[q][1], live = 0;
            brute_random(&b, n, 1, kind & 2 ? 3 : 0, kind & 1, kind & 4, q);
            b.w[n - 1] = kind & 4 ? 2 : 1;
            for (size_t o = 0; o < n; o++)
                live += b.w[o] > 0;
            k = k < live ? k : live;
            check_square(&b, k, kind % CLU_PAM_GIVEN, NULL, 1);
            check_square(&b, k, CLU_PAM_RANDOM, NULL, (q + (size_t)kind) % 10 == 0 ? 3 : 1);
            brute_clear(&b);
        }
}

/* Objects at distance 0 of each other, one way or both: more than k stay distinct. */
static void zeros_between_objects(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++)
        for (int init = CLU_PAM_RANDOM; init <= CLU_PAM_FIRST; init++) {
            struct brute b;
            struct clu_square s;
            struct clu_pam p;
            struct clu_pam_opt opt = CLU_PAM_DEFAULT;
            brute_random(&b, 30, 0, 1 + (unsigned)(seed % 3), seed & 1, seed & 2, seed);
            brute_square(&b, &s);
            opt.init = init;
            for (opt.k = 2; opt.k <= 8; opt.k += 3) {
                enum clu_status status = clu_pam_square(&p, &s, b.w, &opt, &(struct clu_run){.seed = seed, .threads = 1}, &err);
                if (status == CLU_DATA)
                    continue; /* so few are distinct */
                assert_int_equal(status, CLU_OK);
                brute_check(&b, &p, false);
                assert_true(brute_is_optimum(&b, p.medoid, opt.k, 1e-10));
                clu_pam_clear(&p);
            }
            clu_square_clear(&s);
            brute_clear(&b);
        }
}

static void a_given_start_keeps_its_numbers(void **state)
{
    (void)state;
    struct brute b;
    static const size_t start[] = {31, 2, 17, 8};
    brute_random(&b, 40, 1, 0, true, false, 9);
    check_square(&b, 4, CLU_PAM_GIVEN, start, 3);
    struct clu_square s;
    struct clu_pam p, again;
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    brute_square(&b, &s);
    opt.k = 4;
    opt.init = CLU_PAM_GIVEN;
    opt.start = start;
    assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, NULL), CLU_OK);
    opt.start = p.medoid; /* from an optimum nothing moves */
    assert_int_equal(clu_pam_square(&again, &s, NULL, &opt, &run, NULL), CLU_OK);
    assert_memory_equal(again.medoid, p.medoid, sizeof start);
    assert_memory_equal(again.label, p.label, 40 * sizeof *p.label);
    assert_true(again.swaps == 0 && again.converged && again.loss == p.loss);
    clu_pam_clear(&p);
    clu_pam_clear(&again);
    clu_square_clear(&s);
    brute_clear(&b);
}

/* Rows of a table, with duplicates when steps are few; every kind of matrix. */
static void check_rows(size_t n, size_t d, size_t k, double steps, bool weighted, enum clu_metric_kind metric)
{
    struct clu_points points;
    struct brute b;
    brute_table(x, weight, n, d, steps, k);
    double *w = weighted ? weight : NULL;
    assert_int_equal(clu_points_init(&points, (struct clu_metric){.kind = metric}, view(n, d), NULL), CLU_OK);
    brute_of(&b, &points.dist, w);
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++)
        for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_FAST; algorithm++) {
            struct clu_pam first = {0}, p;
            struct clu_pam_opt opt = CLU_PAM_DEFAULT;
            opt.k = k;
            opt.kind = kind;
            opt.algorithm = algorithm;
            for (int t = 0; t < UNIT_TARGETS; t++)
                for (int threads = 1; unit_target(t) && threads <= (t == 0 ? 3 : 1); threads += 2) {
                    struct clu_run run = {.seed = 3, .threads = threads};
                    assert_int_equal(clu_pam_rows(&p, view(n, d), (struct clu_metric){.kind = metric}, w, &opt, &run, &err), CLU_OK);
                    if (first.label) {
                        brute_same(&first, &p);
                        clu_pam_clear(&p);
                    } else {
                        first = p;
                    }
                }
            assert_true(first.converged);
            brute_check(&b, &first, false);
            assert_true(brute_rows_differ(x, d, first.medoid, k));
            assert_true(brute_is_optimum(&b, first.medoid, k, kind == CLU_CANDS_FLOAT ? 1e-6 : 1e-10));
            clu_pam_clear(&first);
        }
    brute_clear(&b);
    clu_points_clear(&points);
}

static void rows_end_in_local_optima(void **state)
{
    (void)state;
    check_rows(60, 2, 5, 0, false, CLU_EUCLIDEAN);
    check_rows(100, 1, 7, 2, false, CLU_MANHATTAN);
    check_rows(200, 2, 6, 1, true, CLU_MANHATTAN);
    check_rows(150, 3, 2, 0, true, CLU_SQEUCLIDEAN);
    check_rows(150, 2, 1, 1, true, CLU_EUCLIDEAN);
    check_rows(90, 4, 8, 0, true, CLU_COSINE);
}

/* Rows of more than one piece of 2048 and several strips of the table. */
static void many_rows(void **state)
{
    (void)state;
    size_t n = 2500, d = 2;
    struct clu_points points;
    struct brute b;
    brute_table(x, weight, n, d, 0, 1);
    assert_int_equal(clu_points_init(&points, (struct clu_metric){.kind = CLU_EUCLIDEAN}, view(n, d), NULL), CLU_OK);
    brute_of(&b, &points.dist, weight);
    for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_FASTERMSC; algorithm++) {
        struct clu_pam first = {0}, p;
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        opt.k = 8;
        opt.algorithm = algorithm;
        for (int threads = 1; threads <= 7; threads = 2 * threads + 1) {
            (void)unit_target(threads == 3 ? 0 : 2);
            struct clu_run run = {.seed = 3, .threads = threads};
            assert_int_equal(clu_pam_rows(&p, view(n, d), (struct clu_metric){0}, weight, &opt, &run, &err), CLU_OK);
            if (first.label) {
                brute_same(&first, &p);
                clu_pam_clear(&p);
            } else {
                first = p;
            }
        }
        brute_check(&b, &first, false);
        if (algorithm <= CLU_PAM_FAST)
            assert_true(brute_is_optimum(&b, first.medoid, opt.k, 1e-6));
        clu_pam_clear(&first);
    }
    brute_clear(&b);
    clu_points_clear(&points);
}

/* Equal rows are one row with their weights added. */
static void duplicates_are_weights(void **state)
{
    (void)state;
    static double twice[2 * MOST], w[MOST], sum[MOST];
    struct clu_rng r;
    size_t m = 80, n = 500;
    brute_table(x, weight, m, 2, 0, 3);
    clu_rng_at(&r, 4, 4);
    memset(sum, 0, sizeof sum);
    for (size_t i = 0; i < n; i++) {
        size_t q = i < m ? i : (size_t)clu_rng_below(&r, m); /* the first of each in the same order */
        memcpy(twice + 2 * i, x + 2 * q, 2 * sizeof *x);
        w[i] = (double)clu_rng_below(&r, 3);
        sum[q] += w[i];
    }
    twice[1] = x[1] = 0; /* -0 is 0 */
    for (size_t i = m; i < n; i++)
        if (twice[2 * i] == x[0])
            twice[2 * i + 1] = -0.0;
    for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_ALTERNATE; algorithm++)
        for (int init = CLU_PAM_RANDOM; init <= CLU_PAM_FIRST; init++) {
            struct clu_pam a, b;
            struct clu_pam_opt opt = CLU_PAM_DEFAULT;
            struct clu_run run = CLU_RUN_DEFAULT;
            opt.k = 6;
            opt.algorithm = algorithm;
            opt.init = init;
            assert_int_equal(clu_pam_rows(&a, (struct clu_view){.v = twice, .rows = n, .cols = 2, .ld = 2}, (struct clu_metric){0}, w,
                                          &opt, &run, NULL), CLU_OK);
            assert_int_equal(clu_pam_rows(&b, view(m, 2), (struct clu_metric){0}, sum, &opt, &run, NULL), CLU_OK);
            assert_memory_equal(a.medoid, b.medoid, 6 * sizeof *a.medoid);
            assert_memory_equal(a.label, b.label, m * sizeof *a.label);
            assert_true(a.swaps == b.swaps && fabs(a.loss - b.loss) <= 1e-13 * b.loss);
            clu_pam_clear(&a);
            clu_pam_clear(&b);
        }
}

/* --- starts --- */

static void check_inits(const struct brute *b, size_t k)
{
    struct clu_square s;
    struct clu_cands c;
    size_t medoid[64];
    brute_square(b, &s);
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++) {
        brute_cands(b, &s, &c, false, (enum clu_cands_kind)kind);
        for (int init = CLU_PAM_RANDOM; init <= CLU_PAM_FIRST; init++)
            for (uint64_t seed = 0; seed < 5; seed++) {
                struct clu_pam out = {0};
                struct clu_pam_opt opt = CLU_PAM_DEFAULT;
                opt.k = k;
                opt.init = init;
                opt.max_iter = 0; /* the start alone */
                assert_int_equal(clu_pam_search(&out, medoid, &c, b->w, &opt, &(struct clu_run){.seed = seed, .threads = 1 + (seed == 3)}, NULL), CLU_OK);
                for (size_t i = 0; i < k; i++) {
                    assert_true(medoid[i] < b->n && b->w[medoid[i]] > 0);
                    assert_false(brute_is_medoid(medoid, i, medoid[i]));
                }
                assert_true(out.swaps == 0 && (out.converged == (k == 1)));
                if (k > 1)
                    assert_true(fabs(out.loss - brute_loss(b, medoid, k)) <= 1e-6 * out.loss);
            }
        clu_cands_clear(&c);
    }
    clu_square_clear(&s);
}

static void starts_are_k_candidates(void **state)
{
    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        struct brute b;
        size_t live = 0;
        brute_random(&b, 50, 1, kind & 2 ? 2 : 0, kind & 1, kind & 4, 3);
        for (size_t o = 0; o < 50; o++)
            live += b.w[o] > 0;
        check_inits(&b, 1);
        check_inits(&b, 2);
        check_inits(&b, 10);
        check_inits(&b, live - 1);
        check_inits(&b, live);
        brute_clear(&b);
    }
}

/* Squares of these numbers are nothing, or too much; and a hub at distance 0 of all, one way. */
static void starts_of_odd_numbers(void **state)
{
    (void)state;
    static const double scales[] = {1e-200, 1e-310, 1e200, 1e300};
    for (size_t q = 0; q < 4; q++) {
        struct brute b;
        brute_random(&b, 40, 1, 0, true, true, q);
        for (size_t i = 0; i < 40 * 40; i++)
            b.d[i] *= scales[q];
        check_inits(&b, 8);
        brute_clear(&b);
    }
    struct brute b;
    brute_random(&b, 40, 1, 3, true, true, 8);
    b.w[0] = 0;
    b.w[20] = 50;
    for (size_t o = 0; o < 40; o++)
        b.d[20 * 40 + o] = 0;
    check_inits(&b, 5);
    memset(b.d, 0, 40 * 40 * sizeof *b.d);
    check_inits(&b, 5);
    brute_clear(&b);
}

static void the_best_of_several_starts(void **state)
{
    (void)state;
    struct brute b;
    struct clu_square s;
    struct clu_cands c;
    struct clu_run run = {.seed = 11, .threads = 1};
    brute_random(&b, 60, 1, 0, false, true, 5);
    brute_square(&b, &s);
    clu_cands_of_square(&c, &s);
    for (int init = CLU_PAM_RANDOM; init <= CLU_PAM_FIRST; init++) {
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        size_t best[8] = {0};
        double least = HUGE_VAL;
        opt.k = 8;
        opt.init = init;
        for (size_t t = 0; t < 12; t++) {
            struct clu_pam_state one;
            struct clu_pam out = {0};
            size_t medoid[8];
            assert_int_equal(clu_pam_state_init(&one, &c, b.w, &opt, &run, NULL), CLU_OK);
            assert_int_equal(clu_pam_start(&one, one.opt->init, t, NULL), CLU_OK);
            assert_int_equal(clu_pam_faster(&one), CLU_OK);
            if (one.loss < least) {
                least = one.loss;
                memcpy(best, one.medoid, sizeof best);
            }
            clu_pam_state_clear(&one);
            opt.nstart = t + 1;
            assert_int_equal(clu_pam_search(&out, medoid, &c, b.w, &opt, &run, NULL), CLU_OK);
            assert_true(out.loss == least);
            assert_memory_equal(medoid, best, sizeof best);
        }
    }
    clu_cands_clear(&c);
    clu_square_clear(&s);
    brute_clear(&b);
}

/* With several starts the way of R is one more. */
static void never_worse_than_build_and_pam(void **state)
{
    (void)state;
    struct clu_run run = {.seed = 1, .threads = 1};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct brute b;
        struct clu_square s;
        struct clu_pam p, classic;
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        brute_random(&b, 60, 1, 0, false, true, seed);
        brute_square(&b, &s);
        opt.k = 3;
        opt.nstart = 2;
        assert_int_equal(clu_pam_square(&p, &s, b.w, &opt, &run, NULL), CLU_OK);
        opt.algorithm = CLU_PAM_PAM;
        opt.init = CLU_PAM_BUILD;
        assert_int_equal(clu_pam_square(&classic, &s, b.w, &opt, &run, NULL), CLU_OK);
        assert_true(p.loss <= classic.loss);
        clu_pam_clear(&p);
        clu_pam_clear(&classic);
        clu_square_clear(&s);
        brute_clear(&b);
    }
}

/* --- ends and refusals --- */

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)what, (void)done, (void)of, (void)value;
    return --*(int *)ctx < 0;
}

static void ends_before_the_optimum(void **state)
{
    (void)state;
    struct brute b;
    struct clu_square s;
    brute_random(&b, 60, 1, 0, true, false, 5);
    brute_square(&b, &s);
    for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_FASTERMSC; algorithm++) {
        struct clu_pam p;
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        struct clu_run run = CLU_RUN_DEFAULT;
        int ticks = 0;
        struct clu_watch watch = {stop, &ticks};
        opt.k = 7;
        opt.algorithm = algorithm;
        opt.init = CLU_PAM_FIRST;
        opt.max_iter = 1;
        assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, &err), CLU_OK);
        if (algorithm == CLU_PAM_PAM) /* k swaps, which may be enough */
            assert_true(p.swaps >= 1 && p.swaps <= opt.k);
        else if (algorithm != CLU_PAM_ALTERNATE) /* which moves little without a metric */
            assert_true(!p.converged && p.swaps >= 1);
        brute_check(&b, &p, false);
        clu_pam_clear(&p);
        opt.max_iter = 100;
        run.watch = &watch;
        assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, &err), CLU_STOPPED);
        assert_true(!p.medoid && !p.label && !p.near && !p.second && !p.curve);
    }
    clu_square_clear(&s);
    brute_clear(&b);
}

static void refusals(void **state)
{
    (void)state;
    double few[] = {1, 2, 2, 3, 0.0, -0.0}, w[] = {1, 0, 1, 1, 1, 0};
    size_t start[] = {0, 1, 2}, zero[] = {0, 5, 3};
    struct clu_view v = {.v = few, .rows = 6, .cols = 1, .ld = 1};
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_metric metric = {0};
    struct clu_pam p;

    opt.k = 7;
    assert_int_equal(clu_pam_rows(&p, v, metric, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "7 clusters asked, but only 6 rows");
    opt.k = 5;
    assert_int_equal(clu_pam_rows(&p, v, metric, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "5 clusters asked, but only 4 distinct rows");
    assert_true(!p.medoid && !p.label);
    few[4] = few[5] = 7;
    w[4] = 0;
    opt.k = 4;
    assert_int_equal(clu_pam_rows(&p, v, metric, w, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "4 clusters asked, but only 3 distinct rows of positive weight");
    opt.k = (size_t)1 << 60;
    assert_int_equal(clu_pam_rows(&p, v, metric, NULL, &opt, &run, &err), CLU_DATA);
    opt.k = 3;
    opt.init = CLU_PAM_GIVEN;
    opt.start = start;
    assert_int_equal(clu_pam_rows(&p, v, metric, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "rows 2 and 3 of the start are equal");
    opt.start = zero;
    assert_int_equal(clu_pam_rows(&p, v, metric, NULL, &opt, &run, &err), CLU_OK);
    clu_pam_clear(&p);
    opt.init = CLU_PAM_RANDOM;
    assert_int_equal(clu_pam_rows(&p, v, (struct clu_metric){.kind = CLU_CORRELATION}, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "row 1 is constant: no correlation distance");

    struct brute b;
    struct clu_square s;
    brute_random(&b, 10, 1, 3, true, false, 1);
    for (size_t o = 0; o < 10; o++) { /* objects 4 and 7 are one */
        b.d[4 * 10 + o] = b.d[7 * 10 + o];
        b.d[o * 10 + 4] = b.d[o * 10 + 7];
    }
    b.d[4 * 10 + 4] = b.d[4 * 10 + 7] = b.d[7 * 10 + 4] = 0;
    brute_square(&b, &s);
    opt.k = 11;
    assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "11 clusters asked, but only 10 rows");
    opt.k = 10;
    assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "10 clusters asked, but only 9 distinct rows");
    opt.k = 9;
    assert_int_equal(clu_pam_square(&p, &s, NULL, &opt, &run, &err), CLU_OK);
    assert_true(p.loss == 0);
    clu_pam_clear(&p);
    clu_square_clear(&s);
    brute_clear(&b);
}

/* A gap is named by the rows of the table, whatever was put together before. */
static void a_gap_is_named_by_its_rows(void **state)
{
    (void)state;
    static const uint8_t type[2] = {0};
    static const double range[2] = {10, 10};
    struct clu_metric gower = {.kind = CLU_GOWER, .type = type, .range = range};
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_pam p;
    double t[] = {1, 2, 1, 2, 1, 2, 3, NAN, 4, 4, NAN, 5, 5, 6};
    opt.k = 2;
    assert_int_equal(clu_pam_rows(&p, (struct clu_view){.v = t, .rows = 7, .cols = 2, .ld = 2}, gower, NULL, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "rows 4 and 6 have no column in common that counts: no gower distance");
}

/* Nor is anything written where it should not be when there is no matrix to look at. */
static void no_distance(void **state)
{
    (void)state;
    static const uint8_t type[2] = {0};
    static const double range[2] = {10, 10};
    struct clu_metric gower = {.kind = CLU_GOWER, .type = type, .range = range};
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++)
        for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_FASTERMSC; algorithm++)
            for (size_t k = 1; k <= 4; k++) {
                struct clu_pam_opt opt = CLU_PAM_DEFAULT;
                struct clu_run run = {.seed = k, .threads = 1 + (k == 2)};
                struct clu_pam p;
                opt.k = k;
                opt.kind = kind;
                opt.algorithm = algorithm;
                brute_table(x, weight, 100, 1, 0, 1);
                for (size_t i = 0; i < 100; i++)
                    x[i] *= 1e200;
                assert_int_equal(clu_pam_rows(&p, view(100, 1), (struct clu_metric){.kind = CLU_SQEUCLIDEAN}, NULL, &opt, &run, &err),
                                 CLU_DATA);
                assert_string_equal(err.msg, "overflow in distance: the columns need another unit; see --scale");
                assert_null(p.label);
                brute_table(x, weight, 100, 2, 0, 1);
                x[2 * 41] = x[2 * 70 + 1] = NAN;
                assert_int_equal(clu_pam_rows(&p, view(100, 2), gower, NULL, &opt, &run, &err), CLU_DATA);
                assert_string_equal(err.msg,
                                    "rows 42 and 71 have no column in common that counts: no gower distance");
                assert_null(p.label);
            }
}

/* Distances that a double holds, and sums that it does not. */
static void sums_beyond_all_numbers(void **state)
{
    (void)state;
    brute_table(x, weight, 50, 1, 0, 1);
    for (size_t i = 0; i < 50; i++)
        x[i] *= 1e307;
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++)
        for (int algorithm = CLU_PAM_FASTER; algorithm <= CLU_PAM_FASTERMSC; algorithm++)
            for (size_t k = 1; k <= 3; k += 2) {
                struct clu_pam p;
                struct clu_pam_opt opt = CLU_PAM_DEFAULT;
                struct clu_run run = CLU_RUN_DEFAULT;
                opt.k = k;
                opt.kind = kind;
                opt.algorithm = algorithm;
                assert_int_equal(clu_pam_rows(&p, view(50, 1), (struct clu_metric){.kind = CLU_MANHATTAN}, NULL, &opt, &run, &err), CLU_OK);
                for (size_t i = 0; i < k; i++)
                    assert_true(p.medoid[i] < 50 && p.label[p.medoid[i]] == (int32_t)i && !brute_is_medoid(p.medoid, i, p.medoid[i]));
                clu_pam_clear(&p);
            }
}

/* Extreme scales do not change what is found. */
static void scales_do_not_matter(void **state)
{
    (void)state;
    static const int exponents[] = {-1000, -700, -130, 130, 700, 1000};
    struct clu_pam near, far;
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    static double y[400];
    brute_table(x, weight, 200, 2, 16, 2);
    opt.k = 5;
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++) {
        opt.kind = kind;
        assert_int_equal(clu_pam_rows(&near, view(200, 2), (struct clu_metric){0}, weight, &opt, &run, NULL), CLU_OK);
        for (size_t q = 0; q < sizeof exponents / sizeof exponents[0]; q++) {
            for (size_t i = 0; i < 400; i++)
                y[i] = ldexp(x[i], exponents[q]);
            assert_int_equal(clu_pam_rows(&far, (struct clu_view){.v = y, .rows = 200, .cols = 2, .ld = 2}, (struct clu_metric){0},
                                          weight, &opt, &run, NULL), CLU_OK);
            assert_memory_equal(near.label, far.label, 200 * sizeof *near.label);
            assert_memory_equal(near.medoid, far.medoid, 5 * sizeof *near.medoid);
            assert_true(far.loss == ldexp(near.loss, exponents[q]));
            clu_pam_clear(&far);
        }
        clu_pam_clear(&near);
    }
}

/* A triangle gives what its square gives, of whatever numbers it is made; where a square does not fit, an optimum all the same. */
static void triangles_are_squares(void **state)
{
    const struct clu_run run = {.seed = 1, .threads = 1};
    (void)state;
    for (int sort = 0; sort < 3; sort++) { /* doubles, whole numbers, floats */
        struct brute b;
        struct clu_square s;
        struct clu_condensed c;
        struct clu_pam of_square, p;
        struct clu_pam_opt opt = CLU_PAM_DEFAULT;
        brute_random(&b, 80, 1, sort == 1 ? 50 : 0, true, true, 5);
        for (size_t i = 0; i < 80 * 80 && sort == 2; i++)
            b.d[i] = (double)(float)b.d[i];
        brute_square(&b, &s);
        assert_int_equal(clu_condensed_init(&c, 80, sort == 2, &err), CLU_OK);
        for (size_t i = 0, at = 0; i < 80; i++)
            for (size_t j = i + 1; j < 80; j++, at++)
                if (sort == 2)
                    c.f[at] = (float)b.d[i * 80 + j];
                else
                    c.v[at] = b.d[i * 80 + j];
        opt.nstart = 5;
        for (opt.k = 1; opt.k < 5; opt.k++) {
            assert_int_equal(clu_pam_square(&of_square, &s, b.w, &opt, &run, &err), CLU_OK);
            assert_int_equal(clu_pam_condensed(&p, &c, b.w, &opt, &run, &err), CLU_OK);
            brute_same(&of_square, &p);
            clu_pam_clear(&p);
            clu_pam_clear(&of_square);
            assert_int_equal(clu_pam_condensed(&p, &c, b.w, &opt, &(struct clu_run){.seed = 1, .threads = 1, .max_memory = 1}, &err),
                             CLU_SYSTEM);
        }
        clu_condensed_clear(&c);
        clu_square_clear(&s);
        brute_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squares_end_in_local_optima),
        cmocka_unit_test(zeros_between_objects),
        cmocka_unit_test(triangles_are_squares),
        cmocka_unit_test(a_given_start_keeps_its_numbers),
        cmocka_unit_test(rows_end_in_local_optima),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(duplicates_are_weights),
        cmocka_unit_test(starts_are_k_candidates),
        cmocka_unit_test(starts_of_odd_numbers),
        cmocka_unit_test(the_best_of_several_starts),
        cmocka_unit_test(never_worse_than_build_and_pam),
        cmocka_unit_test(ends_before_the_optimum),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_gap_is_named_by_its_rows),
        cmocka_unit_test(no_distance),
        cmocka_unit_test(sums_beyond_all_numbers),
        cmocka_unit_test(scales_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
