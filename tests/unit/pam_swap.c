/* alg/pam.h, alg/pam_state.h: PAM, FasterPAM and BUILD make the very swaps of plain loops; the table those of passes. */
#include "brute.h"

#include "alg/pam_state.h"

enum { MOST_K = 16 };

static double change_of(const struct brute *b, const size_t *medoid, size_t k, size_t i, size_t x)
{
    return brute_swapped(b, medoid, k, i, x) - brute_loss(b, medoid, k);
}

/* The best place for x, the first of equals; equal within what rounding does, for whole numbers exactly. */
static double best_place(const struct brute *b, const size_t *medoid, size_t k, size_t x, size_t *place)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < k; i++) {
        double change = change_of(b, medoid, k, i, x);
        if (change < best) {
            best = change;
            *place = i;
        }
    }
    return best;
}

static bool is_candidate(const struct brute *b, const size_t *medoid, size_t k, size_t x)
{
    return b->w[x] > 0 && !brute_is_medoid(medoid, k, x);
}

/* PAM: the best of all swaps, the first candidate of equals. */
static size_t plain_pam(const struct brute *b, size_t *medoid, size_t k)
{
    for (size_t swaps = 0;; swaps++) {
        double best = -1e-12 * brute_loss(b, medoid, k);
        size_t x_best = b->n, place = 0, at = 0;
        for (size_t x = 0; x < b->n; x++) {
            if (!is_candidate(b, medoid, k, x))
                continue;
            double change = best_place(b, medoid, k, x, &at);
            if (change < best) {
                best = change;
                place = at;
                x_best = x;
            }
        }
        if (x_best == b->n)
            return swaps;
        medoid[place] = x_best;
    }
}

/* FasterPAM: candidates in turn, until none improved for a whole round; how many were looked at. */
static size_t plain_faster(const struct brute *b, size_t *medoid, size_t k, size_t *looks)
{
    size_t swaps = 0, since = 0, x = 0, place = 0;
    for (*looks = 0; since < b->n; ++*looks, x = (x + 1) % b->n) {
        since++;
        if (!is_candidate(b, medoid, k, x))
            continue;
        if (best_place(b, medoid, k, x, &place) < -1e-12 * brute_loss(b, medoid, k)) {
            medoid[place] = x;
            swaps++;
            since = 1;
        }
    }
    return swaps;
}

/* BUILD: the least sum first, then the largest gain; the first of equals. */
static void plain_build(const struct brute *b, size_t *medoid, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        double least = HUGE_VAL;
        for (size_t x = 0; x < b->n; x++) {
            if (!is_candidate(b, medoid, i, x))
                continue;
            medoid[i] = x;
            double loss = brute_loss(b, medoid, i + 1);
            if (loss < least) {
                least = loss;
                medoid[k] = x; /* room for one more */
            }
        }
        medoid[i] = medoid[k];
    }
}

static void random_start(const struct brute *b, size_t *start, size_t k, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, 77);
    for (size_t i = 0; i < k; i++)
        do
            start[i] = (size_t)clu_rng_below(&r, b->n);
        while (b->w[start[i]] == 0 || brute_is_medoid(start, i, start[i]));
}

/* What is found from a start or an init. */
static struct clu_pam search(const struct clu_cands *c, const struct brute *b, size_t *medoid, struct clu_pam_opt opt, int threads)
{
    struct clu_pam out = {0};
    struct clu_run run = {.seed = 1, .threads = threads};
    assert_int_equal(clu_pam_search(&out, medoid, c, b->w, &opt, &run, NULL), CLU_OK);
    return out;
}

static struct clu_pam_opt options(size_t k, int algorithm, int init)
{
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    opt.k = k;
    opt.algorithm = algorithm;
    opt.init = init;
    return opt;
}

static void same_swaps(const struct brute *b, size_t k, bool symmetric, uint64_t seed)
{
    struct clu_square s;
    struct clu_cands c;
    size_t start[MOST_K], pam[MOST_K], faster[MOST_K], medoid[MOST_K], looks;
    random_start(b, start, k, seed);
    memcpy(pam, start, sizeof pam);
    memcpy(faster, start, sizeof faster);
    size_t pam_swaps = plain_pam(b, pam, k), faster_swaps = plain_faster(b, faster, k, &looks);
    brute_square(b, &s);
    for (int kind = CLU_CANDS_DOUBLE; kind <= CLU_CANDS_NONE; kind++)
        for (int table = 0; table <= (symmetric ? 1 : 0); table++) { /* without symmetry PAM goes by passes */
            brute_cands(b, &s, &c, table, (enum clu_cands_kind)kind);
            for (int threads = 1; threads <= (seed % 6 == 0 ? 7 : 1); threads = 2 * threads + 1) {
                (void)unit_target((int)seed % UNIT_TARGETS);
                struct clu_pam_opt opt = options(k, CLU_PAM_PAM, CLU_PAM_GIVEN);
                opt.start = start;
                struct clu_pam out = search(&c, b, medoid, opt, threads);
                assert_memory_equal(medoid, pam, k * sizeof *pam);
                assert_int_equal(out.swaps, pam_swaps);
                assert_true(out.converged && fabs(out.loss - brute_loss(b, pam, k)) <= 1e-12 * out.loss);
                opt.algorithm = CLU_PAM_FASTER;
                out = search(&c, b, medoid, opt, threads);
                assert_memory_equal(medoid, faster, k * sizeof *faster);
                assert_int_equal(out.swaps, faster_swaps);
                assert_true(out.converged && fabs(out.passes - (double)looks / (double)b->n) < 1e-9);
            }
            clu_cands_clear(&c);
        }
    clu_square_clear(&s);
}

static void swaps_are_those_of_plain_loops(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{5, 2}, {12, 3}, {30, 2}, {30, 8}, {45, 5}, {45, 11}, {60, 6}, {20, 14}};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int kind = 0; kind < 4; kind++) /* bits: symmetric, weighted */
            for (uint64_t seed = 0; seed < 2; seed++) {
                struct brute b;
                brute_random(&b, sizes[q][0], 1, 1u << 30, kind & 1, kind & 2, 10 * q + seed); /* sums are exact */
                for (size_t o = 0; o < sizes[q][1] + 3 && o < b.n; o++)
                    b.w[o] = 1;
                same_swaps(&b, sizes[q][1], kind & 1, q + seed);
                brute_clear(&b);
            }
}

/* Whole numbers: every sum is exact, so that ties are ties for the plain loops as well. */
static void ties_go_to_the_first(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++)
        for (int kind = 0; kind < 4; kind++) {
            struct brute b;
            brute_random(&b, 40, 1, 2 + (unsigned)(seed % 4), kind & 1, kind & 2, seed);
            for (size_t o = 0; o < 12; o++)
                b.w[o] = 1;
            same_swaps(&b, 2 + (size_t)seed % 7, kind & 1, seed);
            brute_clear(&b);
        }
}

static void the_table_is_as_good_as_passes(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{300, 12}, {1100, 7}, {1030, 15}, {600, 2}};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (unsigned steps = 0; steps < 40; steps += 20)
            for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_DOUBLE; kind++) {
                struct brute b;
                struct clu_square s;
                size_t k = sizes[q][1], table[MOST_K], passes[MOST_K];
                double loss = 0;
                brute_random(&b, sizes[q][0], 1, steps, true, steps > 0, q);
                brute_square(&b, &s);
                for (int symmetric = 1; symmetric >= 0; symmetric--) {
                    struct clu_cands c;
                    brute_cands(&b, &s, &c, symmetric, (enum clu_cands_kind)kind);
                    struct clu_pam out = search(&c, &b, symmetric ? table : passes, options(k, CLU_PAM_PAM, CLU_PAM_KPP), 1 + (int)(q % 2));
                    assert_true(out.converged && (symmetric || out.loss == loss));
                    loss = out.loss;
                    clu_cands_clear(&c);
                }
                assert_memory_equal(table, passes, k * sizeof *table);
                clu_square_clear(&s);
                brute_clear(&b);
            }
}

static void lazy_build_is_build(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++)
        for (int kind = 0; kind < 4; kind++) {
            struct brute b;
            struct clu_square s;
            struct clu_cands c;
            size_t k = 1 + (size_t)seed % 15, want[MOST_K + 1], got[MOST_K];
            brute_random(&b, 60, seed % 2, seed % 3 ? 1 + (unsigned)seed % 5 : 1u << 30, kind & 1, kind & 2, seed);
            for (size_t o = 40; o < 60; o++)
                b.w[o] = 1;
            plain_build(&b, want, k);
            brute_square(&b, &s);
            for (int form = CLU_CANDS_DOUBLE; form <= CLU_CANDS_NONE; form++)
                for (int threads = 1; threads <= (seed % 5 ? 1 : 3); threads += 2) {
                    struct clu_pam_opt opt = options(k, CLU_PAM_FASTER, CLU_PAM_BUILD);
                    opt.max_iter = 0;
                    brute_cands(&b, &s, &c, false, (enum clu_cands_kind)form);
                    (void)unit_target((int)seed % UNIT_TARGETS);
                    (void)search(&c, &b, got, opt, threads);
                    assert_memory_equal(got, want, k * sizeof *want);
                    clu_cands_clear(&c);
                }
            clu_square_clear(&s);
            brute_clear(&b);
        }
}

/* The state between swaps, against brute force: seats, removal losses, and what every candidate is judged to change. */
static void the_state_is_that_of_brute_force(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        struct brute b;
        struct clu_square s;
        struct clu_cands c;
        struct clu_pam_state st;
        struct clu_rng r;
        size_t k = 2 + (size_t)seed % 6;
        struct clu_pam_opt opt = options(k, CLU_PAM_FASTER, CLU_PAM_RANDOM);
        brute_random(&b, 40, seed % 2, seed % 3 ? 4 : 0, seed & 1, seed & 2, seed);
        brute_square(&b, &s);
        brute_cands(&b, &s, &c, false, seed & 4 ? CLU_CANDS_DOUBLE : CLU_CANDS_NONE);
        assert_int_equal(clu_pam_state_init(&st, &c, b.w, &opt, &(struct clu_run){.seed = seed, .threads = 1}, NULL), CLU_OK);
        assert_int_equal(clu_pam_start(&st, st.opt->init, 0, NULL), CLU_OK);
        clu_pam_assign(&st);
        clu_rng_at(&r, seed, 3);
        for (int turn = 0; turn < 25; turn++) { /* any swaps, good or bad */
            double loss = brute_loss(&b, st.medoid, k);
            assert_true(fabs(st.loss - loss) <= 1e-12 * loss);
            for (size_t o = 0; o < b.n; o++) {
                const struct clu_pam_seat *seat = &st.seat[o];
                double least = HUGE_VAL, second = HUGE_VAL;
                for (size_t i = 0; i < k; i++) {
                    double d = b.d[st.medoid[i] * b.n + o];
                    least = fmin(least, d);
                    if ((int32_t)i != seat->label)
                        second = fmin(second, d);
                }
                assert_true(seat->near == least && seat->far == second && seat->label != seat->other);
                assert_true(b.d[st.medoid[seat->label] * b.n + o] == least && b.d[st.medoid[seat->other] * b.n + o] == second);
                if (brute_is_medoid(st.medoid, k, o))
                    assert_int_equal(st.medoid[seat->label], o);
            }
            for (size_t x = 0; x < b.n; x++) {
                size_t place;
                assert_true(st.is_medoid[x] == brute_is_medoid(st.medoid, k, x));
                if (!is_candidate(&b, st.medoid, k, x)) {
                    assert_false(clu_pam_is_candidate(&st, x));
                    continue;
                }
                struct clu_pam_verdict v = clu_pam_judge(&st, st.worker, x);
                assert_true(fabs(v.change - best_place(&b, st.medoid, k, x, &place)) <= 1e-12 * loss);
                double shared = clu_pam_changes(&st, st.worker, x);
                for (size_t i = 0; i < k; i++)
                    assert_true(fabs(st.worker->place[i] + shared - change_of(&b, st.medoid, k, i, x)) <= 1e-12 * loss);
            }
            size_t x;
            do
                x = (size_t)clu_rng_below(&r, b.n);
            while (!is_candidate(&b, st.medoid, k, x));
            clu_pam_swap(&st, (size_t)clu_rng_below(&r, k), x);
            assert_int_equal(st.swaps, turn + 1);
        }
        clu_pam_state_clear(&st);
        clu_cands_clear(&c);
        clu_square_clear(&s);
        brute_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_is_that_of_brute_force),
        cmocka_unit_test(swaps_are_those_of_plain_loops),
        cmocka_unit_test(ties_go_to_the_first),
        cmocka_unit_test(the_table_is_as_good_as_passes),
        cmocka_unit_test(lazy_build_is_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
