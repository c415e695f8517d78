/* alg/match.h: the best matching, against all permutations. */
#include "unit.h"

#include "alg/match.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

#define MOST 7

static const struct clu_run run = {.threads = 1};
static struct clu_err err;

struct sparse {
    size_t start[MOST + 1];
    int32_t col[MOST * MOST];
    double weight[MOST * MOST];
    double full[MOST][MOST];
};

/* Weights of steps, or fractions when steps is 0; about share of them are there. */
static void fill(struct sparse *s, size_t rows, size_t cols, unsigned steps, double share, struct clu_rng *r)
{
    size_t at = 0;

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < cols; j++)
            if (clu_rng_unit(r) < share) {
                s->full[i][j] = steps ? (double)clu_rng_below(r, steps) : clu_rng_unit(r);
                s->col[at] = (int32_t)j;
                s->weight[at++] = s->full[i][j];
            }
        s->start[i + 1] = at;
    }
}

/* The best sum for rows i.. when the columns in used are gone. */
static double best(const struct sparse *s, size_t i, size_t rows, size_t cols, unsigned used)
{
    if (i == rows)
        return 0;
    double most = best(s, i + 1, rows, cols, used); /* row i alone */
    for (size_t j = 0; j < cols; j++)
        if (!(used >> j & 1))
            most = fmax(most, s->full[i][j] + best(s, i + 1, rows, cols, used | 1u << j));
    return most;
}

static void check(size_t rows, size_t cols, unsigned steps, double share, struct clu_rng *r)
{
    struct sparse s;
    int32_t match[MOST];
    double sum = 0;
    bool taken[MOST] = {false};

    fill(&s, rows, cols, steps, share, r);
    struct clu_weights w = {rows, cols, s.start, s.col, s.weight};
    assert_int_equal(clu_match(match, &w, &run, &err), CLU_OK);
    for (size_t i = 0; i < rows; i++) {
        assert_true(match[i] >= -1 && match[i] < (int32_t)cols);
        if (match[i] < 0)
            continue;
        assert_false(taken[match[i]]);
        taken[match[i]] = true;
        sum += s.full[i][match[i]];
    }
    double want = best(&s, 0, rows, cols, 0);
    if (steps)
        assert_true(sum == want);
    else
        assert_true(fabs(sum - want) <= 1e-14 * want);
}

static void any_matrix(void **state)
{
    (void)state;
    struct clu_rng r;

    clu_rng_at(&r, 1, 1);
    for (int round = 0; round < 60; round++)
        for (size_t rows = 1; rows <= 6; rows++)
            for (size_t cols = 1; cols <= 6; cols++) {
                check(rows, cols, 0, 1, &r);
                check(rows, cols, 3, 1, &r); /* many ties */
                check(rows, cols, 1000, 0.5, &r);
                check(rows, cols, 0, 0.3, &r);
            }
    check(7, 7, 100, 1, &r);
    check(7, 5, 0, 0.8, &r);
}

/* A long path of exchanges: row i likes columns i and i + 1 nearly alike, and the last row takes the first column. */
static void a_long_path(void **state)
{
    (void)state;
    enum { N = 2000 };
    size_t *start = clu_alloc(N + 1, sizeof *start);
    int32_t *col = clu_alloc(2 * N, sizeof *col), *match = clu_alloc(N, sizeof *match);
    double *weight = clu_alloc(2 * N, sizeof *weight), sum = 0;

    for (size_t i = 0; i < N; i++) {
        start[i] = 2 * i;
        col[2 * i] = (int32_t)(i + 1 < N ? i : 0);
        col[2 * i + 1] = (int32_t)(i + 1 < N ? i + 1 : 1);
        weight[2 * i] = i + 1 < N ? 100000 : 1000;
        weight[2 * i + 1] = i + 1 < N ? 99999 : 0;
    }
    start[N] = 2 * N;
    struct clu_weights w = {N, N, start, col, weight};
    assert_int_equal(clu_match(match, &w, &run, &err), CLU_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t c = start[i]; c < start[i + 1]; c++)
            if (col[c] == match[i])
                sum += weight[c];
    /* To make room for the last row all others must move on, which costs N - 1. */
    assert_true(sum == 100000.0 * (N - 1));
    weight[2 * (N - 1)] = 5000;
    assert_int_equal(clu_match(match, &w, &run, &err), CLU_OK);
    assert_int_equal(match[N - 1], 0);
    for (int32_t i = 0; i + 1 < N; i++)
        assert_int_equal(match[i], i + 1);
    clu_free(start);
    clu_free(col);
    clu_free(match);
    clu_free(weight);
}

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)ctx, (void)what, (void)done, (void)of, (void)value;
    return 1;
}

static void it_stops(void **state)
{
    (void)state;
    struct clu_watch watch = {.tick = stop};
    size_t start[] = {0, 1};
    int32_t col[] = {0}, match[1];
    double weight[] = {1};
    struct clu_weights w = {1, 1, start, col, weight};

    assert_int_equal(clu_match(match, &w, &(struct clu_run){.threads = 1, .watch = &watch}, &err), CLU_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_matrix),
        cmocka_unit_test(a_long_path),
        cmocka_unit_test(it_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
