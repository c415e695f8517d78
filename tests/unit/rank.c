/* num/rank.h: mid-ranks and Spearman's correlation against their definitions. */
#include "unit.h"

#include "base/rng.h"
#include "num/rank.h"

#include <math.h>

enum { N = 400, D = 3 };

static double x[N][D];

/* Ties, negative numbers, zeros of both signs; a last column without ties. */
static void fill(void)
{
    struct clu_rng r;
    clu_rng_at(&r, 3, 0);
    for (int i = 0; i < N; i++) {
        x[i][0] = (double)clu_rng_below(&r, 20) - 10;
        if (x[i][0] == 0 && i % 2)
            x[i][0] = -0.0;
        x[i][1] = x[i][0] * 0.1 + (double)clu_rng_below(&r, 9);
        x[i][2] = clu_rng_unit(&r) - 0.5;
    }
}

static struct clu_coded coded(void)
{
    struct clu_coded c = {0};
    struct clu_view v = {.v = x[0], .rows = N, .cols = D, .ld = D};
    fill();
    assert_int_equal(clu_coded_make(&c, v, 2, NULL), CLU_OK);
    return c;
}

/* Twice the mid-rank of row i among the rows[n], less n + 1. */
static int64_t brute(const int *rows, int n, int i, int j)
{
    int64_t below = 0, equal = 0;
    for (int k = 0; k < n; k++) {
        below += x[rows[k]][j] < x[i][j];
        equal += x[rows[k]][j] == x[i][j];
    }
    return 2 * below + equal + 1 - (n + 1);
}

static void ranks_are_mid_ranks(void **state)
{
    static const struct clu_span all = {0, N}, few = {17, 5}, two[] = {{300, 100}, {10, 33}};
    static const struct {
        const struct clu_span *span;
        size_t spans;
    } cases[] = {{&all, 1}, {&few, 1}, {two, 2}};
    struct clu_coded c = coded();
    struct clu_ranker w = {0};
    int64_t got[N];
    int rows[N];
    (void)state;
    for (size_t s = 0; s < 3; s++) { /* the last column of the second case is ranked by sorting: 400 levels, 5 rows */
        int n = 0;
        for (size_t k = 0; k < cases[s].spans; k++)
            for (size_t i = 0; i < cases[s].span[k].rows; i++)
                rows[n++] = (int)(cases[s].span[k].start + i);
        for (int j = 0; j < D; j++) {
            assert_int_equal(clu_rank(&c, (size_t)j, cases[s].span, cases[s].spans, &w, got, NULL), CLU_OK);
            for (int i = 0; i < n; i++)
                assert_int_equal(got[i], brute(rows, n, rows[i], j));
        }
    }
    assert_int_equal(c.levels[0], 20);
    assert_int_equal(c.levels[2], N);
    clu_ranker_clear(&w);
    clu_coded_clear(&c);
}

/* Many rows are coded another way than few, and many values another way than few: codes follow the order of the values. */
static void codes_are_ordered(void **state)
{
    enum { MANY = 100000 };
    static double big[MANY][2];
    struct clu_coded c = {0};
    struct clu_view v = {.v = big[0], .rows = MANY, .cols = 2, .ld = 2};
    struct clu_rng r;
    (void)state;
    clu_rng_at(&r, 4, 0);
    for (uint32_t levels = 32767; levels <= 32769; levels++) {
        for (size_t i = 0; i < MANY; i++) { /* value (k - 9999) / 1000 has code k in the first column; all values occur */
            size_t k = i < levels ? levels - 1 - i : clu_rng_below(&r, levels);
            big[i][0] = ((double)k - 9999) / 1000;
            big[i][1] = k % 2 ? 0.0 : -0.0;
        }
        assert_int_equal(clu_coded_make(&c, v, 2, NULL), CLU_OK);
        assert_true(c.levels[0] == levels && c.levels[1] == 1);
        for (size_t i = 0; i < MANY; i++) {
            assert_true(c.code[i] == (uint32_t)lround(big[i][0] * 1000 + 9999));
            assert_true(c.code[MANY + i] == 0);
        }
        clu_coded_clear(&c);
    }
}

static void spearman_is_pearson_of_ranks(void **state)
{
    struct clu_coded c = coded();
    struct clu_ranker w = {0};
    struct clu_span span = {50, 300};
    double r[3], sum[D][D] = {{0}};
    int rows[N];
    (void)state;
    for (int i = 0; i < 300; i++)
        rows[i] = 50 + i;
    for (int i = 0; i < 300; i++)
        for (int j = 0; j < D; j++)
            for (int k = 0; k < D; k++)
                sum[j][k] += (double)brute(rows, 300, 50 + i, j) * (double)brute(rows, 300, 50 + i, k);
    assert_int_equal(clu_spearman(&c, &span, 1, &w, r, NULL), CLU_OK);
    for (int j = 0, at = 0; j < D; j++)
        for (int k = j + 1; k < D; k++, at++)
            assert_true(fabs(r[at] - sum[j][k] / sqrt(sum[j][j] * sum[k][k])) < 1e-15);
    clu_ranker_clear(&w);
    clu_coded_clear(&c);
}

static void ends_are_exact(void **state)
{
    double y[N][3], r[3];
    struct clu_coded c = {0};
    struct clu_ranker w = {0};
    struct clu_span span = {0, N};
    struct clu_view v = {.v = y[0], .rows = N, .cols = 3, .ld = 3};
    (void)state;
    fill();
    for (int i = 0; i < N; i++) {
        y[i][0] = x[i][1];
        y[i][1] = -4 * x[i][1];
        y[i][2] = 5;
    }
    assert_int_equal(clu_coded_make(&c, v, 1, NULL), CLU_OK);
    assert_int_equal(clu_spearman(&c, &span, 1, &w, r, NULL), CLU_OK);
    assert_true(r[0] == -1 && isnan(r[1]) && isnan(r[2]));
    span.rows = 1;
    assert_int_equal(clu_spearman(&c, &span, 1, &w, r, NULL), CLU_OK);
    assert_true(isnan(r[0]));
    clu_ranker_clear(&w);
    clu_coded_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_mid_ranks),
        cmocka_unit_test(codes_are_ordered),
        cmocka_unit_test(spearman_is_pearson_of_ranks),
        cmocka_unit_test(ends_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
