/* alg/score.h: silhouettes and the spread of clusters, by brute force. */
#include "brute.h"

#include "alg/score.h"

static struct clu_err err;

/* Labels 0..k-1, none empty. */
static void random_labels(int32_t *label, size_t n, size_t k, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, k);
    for (size_t o = 0; o < n; o++)
        label[o] = (int32_t)clu_rng_below(&r, o % 3 ? k : (k + 1) / 2); /* some clusters are small */
    for (size_t i = 0; i < k; i++)
        label[(i * 7919) % n] = (int32_t)i;
    for (size_t i = 0; i < k; i++) { /* the last word, where places coincide */
        size_t o = 0;
        while (o < n && label[o] != (int32_t)i)
            o++;
        assert_true(o < n);
    }
}

static void check_silhouette(const struct brute *b, const struct clu_silhouette *s, const int32_t *label, size_t k)
{
    double all = 0, weight = 0;
    for (size_t i = 0; i < k; i++) {
        double of = 0, sum = 0;
        for (size_t o = 0; o < b->n; o++) {
            double a = 0, mates = 0, least = HUGE_VAL, mean_to[64];
            if (label[o] != (int32_t)i)
                continue;
            for (size_t j = 0; j < k; j++) {
                double total = 0, d = 0;
                for (size_t x = 0; x < b->n; x++)
                    if (label[x] == (int32_t)j && x != o) {
                        total += b->w[x];
                        d += b->w[x] * b->d[x * b->n + o];
                    }
                mean_to[j] = d / total;
                if (j == i) {
                    a = d / total;
                    mates = total;
                } else {
                    least = fmin(least, mean_to[j]);
                }
            }
            double width = mates == 0 ? 0 : a == least ? 0 : (least - a) / fmax(a, least);
            assert_true(fabs(s->width[o] - width) <= 1e-12);
            assert_true(s->neighbour[o] >= 0 && s->neighbour[o] < (int32_t)k && s->neighbour[o] != label[o]);
            assert_true(mean_to[s->neighbour[o]] <= least * (1 + 1e-12));
            sum += b->w[o] * width;
            of += b->w[o];
        }
        assert_true(fabs(s->mean_of[i] - sum / of) <= 1e-12);
        all += sum;
        weight += of;
    }
    assert_true(fabs(s->mean - all / weight) <= 1e-12);
}

static void check(size_t n, size_t k, unsigned steps, bool symmetric, bool weighted)
{
    struct brute b;
    struct clu_square q;
    struct clu_silhouette first = {0}, s;
    struct clu_spread spread[64], again[64];
    int32_t *label = clu_alloc(n, sizeof *label);
    brute_random(&b, n, 1, steps, symmetric, weighted, n + k);
    random_labels(label, n, k, n);
    for (size_t i = 0; i < k; i++) { /* some weight everywhere */
        size_t o = 0;
        while (label[o] != (int32_t)i)
            o++;
        b.w[o] = 2;
    }
    brute_square(&b, &q);
    for (int threads = 1; threads <= 7; threads = 2 * threads + 1) {
        struct clu_run run = {.threads = threads};
        assert_int_equal(clu_silhouette_fit(&s, &q.dist, label, k, weighted ? b.w : NULL, &run, &err), CLU_OK);
        if (!weighted)
            for (size_t o = 0; o < n; o++)
                b.w[o] = 1;
        assert_true(s.n == n && s.k == k);
        check_silhouette(&b, &s, label, k);
        if (first.width) {
            assert_memory_equal(first.width, s.width, n * sizeof *s.width);
            assert_memory_equal(first.neighbour, s.neighbour, n * sizeof *s.neighbour);
            assert_memory_equal(first.mean_of, s.mean_of, k * sizeof *s.mean_of);
            assert_true(first.mean == s.mean);
            clu_silhouette_clear(&s);
        } else {
            first = s;
        }
        memset(again, 0, sizeof again);
        assert_int_equal(clu_spread_fit(again, &q.dist, label, k, &run, &err), CLU_OK);
        if (threads == 1)
            memcpy(spread, again, sizeof spread);
        for (size_t i = 0; i < k; i++)
            assert_true(again[i].objects == spread[i].objects && again[i].diameter == spread[i].diameter &&
                        again[i].separation == spread[i].separation && again[i].isolation == spread[i].isolation);
    }
    for (size_t i = 0; i < k; i++) {
        size_t objects = 0;
        double diameter = 0, separation = HUGE_VAL;
        bool l = true;
        for (size_t o = 0; o < n; o++) {
            double within = 0, outside = HUGE_VAL;
            if (label[o] != (int32_t)i)
                continue;
            objects++;
            for (size_t x = 0; x < n; x++)
                if (x != o && label[x] == (int32_t)i)
                    within = fmax(within, b.d[x * n + o]);
                else if (x != o)
                    outside = fmin(outside, b.d[x * n + o]);
            diameter = fmax(diameter, within);
            separation = fmin(separation, outside);
            l = l && within < outside;
        }
        assert_true(spread[i].objects == objects && spread[i].diameter == diameter && spread[i].separation == separation);
        assert_int_equal(spread[i].isolation, objects == 1 ? CLU_ISOLATION_NO : diameter < separation ? CLU_ISOLATION_L_STAR
                                                              : l ? CLU_ISOLATION_L : CLU_ISOLATION_NO);
    }
    clu_silhouette_clear(&first);
    clu_square_clear(&q);
    brute_clear(&b);
    clu_free(label);
}

static void any_partition(void **state)
{
    (void)state;
    for (int symmetric = 0; symmetric < 2; symmetric++)
        for (int weighted = 0; weighted < 2; weighted++) {
            check(2, 2, 0, symmetric, weighted); /* singletons */
            check(7, 7, 0, symmetric, weighted);
            check(5, 2, 0, symmetric, weighted);
            check(60, 5, 0, symmetric, weighted);
            check(60, 40, 3, symmetric, weighted);
            check(255, 3, 2, symmetric, weighted);
            check(257, 2, 0, symmetric, weighted);
            check(700, 6, 0, symmetric, weighted); /* several stretches of 256 */
        }
}

/* Points on a line: clusters of each sort of isolation. */
static void isolation(void **state)
{
    (void)state;
    double x[] = {0, 1, 2, /* L* */ 10, 14, 15, /* 5 from end to end, and 4.5 to the next */ 19.5, 26, 28, 100, 200};
    int32_t label[] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4};
    struct clu_points p;
    struct clu_spread s[5];
    assert_int_equal(clu_points_init(&p, (struct clu_metric){0}, (struct clu_view){.v = x, .rows = 11, .cols = 1, .ld = 1}, NULL), CLU_OK);
    assert_int_equal(clu_spread_fit(s, &p.dist, label, 5, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    assert_true(s[0].isolation == CLU_ISOLATION_L_STAR && s[0].diameter == 2 && s[0].separation == 8);
    assert_true(s[1].isolation == CLU_ISOLATION_NO && s[1].diameter == 5 && s[1].separation == 4.5);
    assert_true(s[2].isolation == CLU_ISOLATION_NO && s[2].diameter == 8.5);
    assert_true(s[3].isolation == CLU_ISOLATION_NO && s[3].objects == 1 && s[3].diameter == 0 && s[3].separation == 72);
    clu_points_clear(&p);
    double y[] = {0, 3, 6, 10, 10.1, 10.2}; /* 6 is 6 from its own, and 4 from another */
    int32_t two[] = {0, 0, 0, 1, 1, 1};
    assert_int_equal(clu_points_init(&p, (struct clu_metric){0}, (struct clu_view){.v = y, .rows = 6, .cols = 1, .ld = 1}, NULL), CLU_OK);
    assert_int_equal(clu_spread_fit(s, &p.dist, two, 2, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    assert_true(s[0].isolation == CLU_ISOLATION_NO && s[1].isolation == CLU_ISOLATION_L_STAR);
    clu_points_clear(&p);
}

static void l_without_a_star(void **state)
{
    (void)state;
    struct clu_square q;
    struct clu_spread s[2];
    /* 0-1 5, 0-3 7, 1-3 6.5; others at 8 from 0 and 3, at 6.8 from 1: 1 reaches 6.5 < 6.8, but the diameter is 7. */
    double e[] = {0, 5, 8, 7, 8, 5, 0, 6.8, 6.5, 6.8, 8, 6.8, 0, 8, 1, 7, 6.5, 8, 0, 8, 8, 6.8, 1, 8, 0};
    int32_t second[] = {0, 0, 1, 0, 1};
    double *v = clu_alloc(25, sizeof *v);
    memcpy(v, e, sizeof e);
    clu_square_init(&q, v, 5);
    assert_int_equal(clu_spread_fit(s, &q.dist, second, 2, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    assert_int_equal(s[0].isolation, CLU_ISOLATION_L);
    assert_true(s[0].diameter == 7 && s[0].separation == 6.8);
    clu_square_clear(&q);
}

static void one_cluster(void **state)
{
    (void)state;
    struct brute b;
    struct clu_square q;
    struct clu_silhouette s;
    struct clu_spread spread;
    int32_t label[5] = {0};
    brute_random(&b, 5, 1, 0, true, false, 1);
    brute_square(&b, &q);
    assert_int_equal(clu_silhouette_fit(&s, &q.dist, label, 1, NULL, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    for (size_t o = 0; o < 5; o++)
        assert_true(isnan(s.width[o]) && s.neighbour[o] == -1);
    assert_true(isnan(s.mean) && isnan(s.mean_of[0]) && s.k == 1);
    clu_silhouette_clear(&s);
    assert_true(!s.width && !s.neighbour && !s.mean_of);
    clu_silhouette_clear(&s);
    assert_int_equal(clu_spread_fit(&spread, &q.dist, label, 1, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    assert_true(spread.separation == HUGE_VAL && spread.objects == 5 && spread.diameter > 0);
    clu_square_clear(&q);
    brute_clear(&b);
}

/* Equal objects everywhere: no NAN comes of 0 / 0. */
static void all_at_one_place(void **state)
{
    (void)state;
    struct clu_square q;
    struct clu_silhouette s;
    int32_t label[6] = {0, 0, 1, 1, 2, 2};
    clu_square_init(&q, clu_calloc(36, sizeof(double)), 6);
    assert_int_equal(clu_silhouette_fit(&s, &q.dist, label, 3, NULL, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
    for (size_t o = 0; o < 6; o++)
        assert_true(s.width[o] == 0 && s.neighbour[o] == (label[o] == 0 ? 1 : 0));
    clu_silhouette_clear(&s);
    clu_square_clear(&q);
}

/* Wherever a NAN stands, within a cluster or between two. */
static void a_nan_is_refused(void **state)
{
    (void)state;
    int32_t label[] = {0, 0, 0, 1, 1, 2, 2};
    for (size_t x = 0; x < 7; x++)
        for (size_t o = 0; o < 7; o++) {
            struct brute b;
            struct clu_square q;
            struct clu_silhouette s;
            brute_random(&b, 7, 1, 0, true, false, 1);
            if (o == x) {
                brute_clear(&b);
                continue;
            }
            b.d[x * 7 + o] = NAN;
            brute_square(&b, &q);
            assert_int_equal(clu_silhouette_fit(&s, &q.dist, label, 3, NULL, &(struct clu_run){.threads = 1}, &err), CLU_DATA);
            assert_true(!s.width && !s.neighbour && !s.mean_of);
            clu_square_clear(&q);
            brute_clear(&b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_partition),
        cmocka_unit_test(isolation),
        cmocka_unit_test(l_without_a_star),
        cmocka_unit_test(one_cluster),
        cmocka_unit_test(all_at_one_place),
        cmocka_unit_test(a_nan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
