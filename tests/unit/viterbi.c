/* alg/viterbi.h against dynamic programming as the books have it, and the rule of short runs taken literally. */
#include "unit.h"

#include "alg/viterbi.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 9000, K = 130 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;
static double table[N * K];
static size_t states;

static void cost(const void *ctx, size_t first, size_t rows, double *out)
{
    (void)ctx;
    for (size_t t = 0; t < rows; t++)
        memcpy(out + t * clu_viterbi_stride(states), table + (first + t) * states, states * sizeof *out);
}

/* Whole numbers from 0 to most: many ways are equal. */
static void fill(size_t n, size_t k, unsigned most, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, k);
    states = k;
    for (size_t i = 0; i < n * k; i++)
        table[i] = (double)clu_rng_below(&r, most + 1);
}

static double sum_of(const int32_t *state, size_t n, double beta)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += table[t * states + (size_t)state[t]] + (t > 0 && state[t] != state[t - 1] ? beta : 0);
    return sum;
}

static double plain(size_t n, double beta)
{
    double way[K], next[K], best = HUGE_VAL;
    memcpy(way, table, states * sizeof *way);
    for (size_t t = 1; t < n; t++) {
        for (size_t k = 0; k < states; k++) {
            double least = way[k];
            for (size_t j = 0; j < states; j++)
                least = fmin(least, way[j] + beta);
            next[k] = least + table[t * states + k];
        }
        memcpy(way, next, states * sizeof *way);
    }
    for (size_t k = 0; k < states; k++)
        best = fmin(best, way[k]);
    return best;
}

static void test_least(void **state)
{
    static const size_t k[] = {1, 2, 7, 8, 9, 63, 64, 65, K};
    static int32_t way[N], again[N];
    struct clu_run more = run;
    (void)state;

    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
        for (int beta = 0; beta < 20; beta += 3) {
            size_t n = i % 2 ? N : 257;
            double total = 0;
            fill(n, k[i], 9, (uint64_t)beta);
            assert_int_equal(clu_viterbi(way, &total, n, k[i], beta, cost, NULL, &run, &err), CLU_OK);
            assert_true(total == plain(n, beta));
            assert_true(total == sum_of(way, n, beta));
            more.threads = 1 + beta % 7;
            assert_int_equal(clu_viterbi(again, NULL, n, k[i], beta, cost, NULL, &more, &err), CLU_OK);
            assert_memory_equal(way, again, n * sizeof *way);
        }
}

static void test_one_row(void **state)
{
    int32_t way[1];
    double total;
    (void)state;

    fill(1, 5, 9, 3);
    table[3] = -2;
    assert_int_equal(clu_viterbi(way, &total, 1, 5, 1, cost, NULL, &run, &err), CLU_OK);
    assert_int_equal(way[0], 3);
    assert_true(total == -2);
}

/* A change that pays exactly nothing is not made. */
static void test_stays(void **state)
{
    int32_t way[4];
    (void)state;

    states = 2;
    memcpy(table, (double[]){0, 3, 0, 3, 3, 0, 0, 3}, 8 * sizeof *table);
    assert_int_equal(clu_viterbi(way, NULL, 4, 2, 1.5, cost, NULL, &run, &err), CLU_OK);
    assert_memory_equal(way, ((int32_t[]){0, 0, 0, 0}), sizeof way);
}

static void test_memory(void **state)
{
    struct clu_run little = run;
    int32_t way[N];
    (void)state;

    fill(N, 3, 9, 1);
    little.max_memory = 1;
    assert_int_equal(clu_viterbi(way, NULL, N, 3, 1, cost, NULL, &little, &err), CLU_SYSTEM);
}

/* The shortest run, the first of equals; once and again. */
static void plain_absorb(int32_t *state, size_t n, size_t least)
{
    for (;;) {
        size_t best = 0, length = n;
        for (size_t a = 0, b; a < n; a = b) {
            for (b = a + 1; b < n && state[b] == state[a]; b++)
                ;
            if (b - a < length) {
                length = b - a;
                best = a;
            }
        }
        if (length >= least || length == n)
            return;
        size_t end = best + length;
        int32_t to = best > 0 ? state[best - 1] : state[end];
        if (best > 0 && end < n) {
            double before = 0, behind = 0;
            for (size_t t = best; t < end; t++) {
                before += table[t * states + (size_t)state[best - 1]];
                behind += table[t * states + (size_t)state[end]];
            }
            to = behind < before ? state[end] : to;
        }
        for (size_t t = best; t < end; t++)
            state[t] = to;
    }
}

static void test_absorb(void **state)
{
    static int32_t way[N], want[N];
    (void)state;

    for (uint64_t seed = 0; seed < 60; seed++) {
        struct clu_rng r;
        size_t n = 1 + (size_t)seed * 11, k = 2 + (size_t)seed % 5, least = (size_t)seed % 13;
        fill(n, k, 4, seed);
        clu_rng_at(&r, seed, 99);
        for (size_t t = 0; t < n; t++)
            way[t] = t > 0 && clu_rng_below(&r, 4) ? way[t - 1] : (int32_t)clu_rng_below(&r, k);
        memcpy(want, way, n * sizeof *way);
        plain_absorb(want, n, least);
        assert_int_equal(clu_viterbi_absorb(way, n, k, least, cost, NULL, &err), CLU_OK);
        assert_memory_equal(way, want, n * sizeof *way);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least),   cmocka_unit_test(test_one_row), cmocka_unit_test(test_stays),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_absorb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
