/* alg/pam.h: FasterMSC ends in a local optimum of the average medoid silhouette, DynMSC keeps the best of its curve. */
#include "brute.h"

static struct clu_err err;

/* Average medoid silhouette of any medoids, by brute force. */
static double plain_silhouette(const struct brute *b, const size_t *medoid, size_t k)
{
    double sum = 0, weight = 0;
    for (size_t o = 0; o < b->n; o++) {
        double least = HUGE_VAL, second = HUGE_VAL;
        for (size_t i = 0; i < k; i++) {
            double d = b->d[medoid[i] * b->n + o];
            second = fmin(second, fmax(d, least));
            least = fmin(least, d);
        }
        sum += b->w[o] * (least == 0 ? 1 : 1 - least / second);
        weight += b->w[o];
    }
    return sum / weight;
}

static bool is_best_of_swaps(const struct brute *b, const size_t *medoid, size_t k)
{
    size_t other[64];
    double now = plain_silhouette(b, medoid, k);
    for (size_t i = 0; i < k; i++)
        for (size_t x = 0; x < b->n; x++) {
            if (b->w[x] == 0 || brute_is_medoid(medoid, k, x))
                continue;
            memcpy(other, medoid, k * sizeof *other);
            other[i] = x;
            if (plain_silhouette(b, other, k) > now + 1e-10)
                return false;
        }
    return true;
}

static void check(const struct brute *b, size_t k, size_t k_min, int init, size_t nstart, int most)
{
    struct clu_square s;
    struct clu_pam first = {0}, p;
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    opt.k = k;
    opt.k_min = k_min;
    opt.algorithm = CLU_PAM_FASTERMSC;
    opt.init = init;
    opt.nstart = nstart;
    brute_square(b, &s);
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= (t == 0 ? most : 1); threads = 2 * threads + 1) {
            struct clu_run run = {.seed = 7, .threads = threads};
            assert_int_equal(clu_pam_square(&p, &s, b->w, &opt, &run, &err), CLU_OK);
            if (first.label) {
                brute_same(&first, &p);
                clu_pam_clear(&p);
            } else {
                first = p;
            }
        }
    brute_check(b, &first, false);
    assert_true(first.converged);
    if (k == 1) {
        assert_true(first.silhouette == 1);
    } else {
        assert_true(fabs(first.silhouette - plain_silhouette(b, first.medoid, first.k)) <= 1e-12);
        assert_true(is_best_of_swaps(b, first.medoid, first.k));
        assert_int_equal(first.curve_k, k_min == 0 || k_min > k ? k : k_min < 2 ? 2 : k_min);
        assert_int_equal(first.curve_k + first.curve_n - 1, k);
        for (size_t i = 0; i < first.curve_n; i++) {
            assert_true(first.curve[i] >= 0 && first.curve[i] <= 1);
            if (i + first.curve_k < first.k)
                assert_true(first.curve[i] < first.curve[first.k - first.curve_k]);
            assert_true(first.curve[i] <= first.curve[first.k - first.curve_k]);
        }
        assert_true(fabs(first.curve[first.k - first.curve_k] - first.silhouette) <= 1e-12);
    }
    clu_pam_clear(&first);
    clu_square_clear(&s);
}

static void no_swap_raises_the_silhouette(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{2, 2}, {3, 2}, {4, 3}, {12, 3}, {30, 2}, {30, 8}, {25, 25}, {25, 24}, {45, 5}, {10, 1}};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int kind = 0; kind < 8; kind++) { /* bits: symmetric, tied, weighted */
            struct brute b;
            brute_random(&b, sizes[q][0], 1, kind & 2 ? 4 : 0, kind & 1, kind & 4, q);
            for (size_t o = 0; o < sizes[q][1]; o++)
                b.w[o] += 1;
            check(&b, sizes[q][1], 0, kind % CLU_PAM_GIVEN, 1 + (size_t)kind % 3, kind == 3 ? 3 : 1);
            brute_clear(&b);
        }
}

/* Objects at distance 0 of others: ratios of 0. */
static void equal_objects(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct brute b;
        double at[30];
        struct clu_rng r;
        brute_random(&b, 30, 1, 2, true, seed & 1, seed);
        clu_rng_at(&r, seed, 8);
        for (size_t o = 0; o < 30; o++) {
            at[o] = o < 6 ? (double)(o * o) : (double)(clu_rng_below(&r, 6) * clu_rng_below(&r, 6));
            b.w[o] += o < 6;
        }
        for (size_t x = 0; x < 30; x++)
            for (size_t o = 0; o < 30; o++)
                b.d[x * 30 + o] = fabs(at[x] - at[o]);
        for (size_t k = 2; k <= 6; k++)
            check(&b, k, 0, CLU_PAM_RANDOM, 1, 1);
        check(&b, 6, 2, CLU_PAM_RANDOM, 2, 1);
        brute_clear(&b);
    }
}

static void the_curve(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        for (size_t k = 2; k <= 12; k += 5)
            for (size_t k_min = 1; k_min <= k + 1; k_min += 3) {
                struct brute b;
                brute_random(&b, 40, 1, kind & 1 ? 5 : 0, true, kind & 2, k);
                for (size_t o = 0; o < 13; o++)
                    b.w[o] = 1;
                check(&b, k, k_min, CLU_PAM_RANDOM, 3, k == 7 ? 3 : 1);
                brute_clear(&b);
            }
}

/* Four clear groups: found whatever the range, and the curve's end is that of the search for its number alone. */
static void groups_are_found(void **state)
{
    (void)state;
    static double x[200];
    struct clu_rng r;
    clu_rng_at(&r, 1, 1);
    for (size_t i = 0; i < 200; i++)
        x[i] = (double)(i % 4) * 100 + clu_rng_unit(&r);
    struct clu_view v = {.v = x, .rows = 200, .cols = 1, .ld = 1};
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_pam p, alone;
    opt.algorithm = CLU_PAM_FASTERMSC;
    opt.k = 10;
    opt.k_min = 2;
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++) {
        opt.kind = kind;
        assert_int_equal(clu_pam_rows(&p, v, (struct clu_metric){0}, NULL, &opt, &run, &err), CLU_OK);
        assert_true(p.k == 4 && p.curve_k == 2 && p.curve_n == 9);
        for (size_t i = 0; i < 200; i++)
            assert_int_equal(p.label[i], i % 4);
        opt.k_min = 0;
        assert_int_equal(clu_pam_rows(&alone, v, (struct clu_metric){0}, NULL, &opt, &run, &err), CLU_OK);
        assert_true(alone.k == 10 && alone.curve_n == 1 && alone.curve[0] == p.curve[8]);
        opt.k_min = 2;
        clu_pam_clear(&p);
        clu_pam_clear(&alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_swap_raises_the_silhouette),
        cmocka_unit_test(equal_objects),
        cmocka_unit_test(the_curve),
        cmocka_unit_test(groups_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
