/* num/exsum.h: sums that do not depend on the order of their terms. */
#include "unit.h"

#include "base/rng.h"
#include "num/exsum.h"

#include <math.h>

enum { N = 20000, D = 11 };

static double data[N][D];

/* Columns of very different range; the last has only zeros. */
static void fill(void)
{
    struct clu_rng r;
    clu_rng_at(&r, 11, 0);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < D - 1; j++) {
            int scale = j % 2 ? (int)clu_rng_below(&r, 40) - 20 : 0;
            data[i][j] = ldexp(clu_rng_unit(&r) - 0.3, scale + 30 * j - 100);
        }
        data[i][D - 1] = 0;
    }
}

static void init(struct clu_exsum *e)
{
    double absmax[D] = {0}, tiny[D];
    for (int j = 0; j < D; j++)
        tiny[j] = HUGE_VAL;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++) {
            double a = fabs(data[i][j]);
            absmax[j] = fmax(absmax[j], a);
            tiny[j] = a > 0 ? fmin(tiny[j], a) : tiny[j];
        }
    assert_int_equal(clu_exsum_init(e, D, absmax, tiny, N), 0);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    struct clu_exsum e;
    double up[CLU_KERN_PARTS * D] = {0}, down[CLU_KERN_PARTS * D] = {0}, back[CLU_KERN_PARTS * D] = {0};

    fill();
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        init(&e);
        memset(up, 0, sizeof up);
        memset(down, 0, sizeof down);
        for (int i = 0; i < N; i++)
            clu_exsum_move(&e, data[i], NULL, up);
        for (int i = N; i-- > 0;)
            clu_exsum_move(&e, data[i], NULL, down);
        assert_memory_equal(up, down, sizeof up);
        for (int i = 0; i < N; i += 2) /* to another accumulator and home again: nothing is left behind */
            clu_exsum_move(&e, data[i], down, back);
        clu_exsum_fold(&e, back, down);
        for (size_t q = 0; q < clu_exsum_size(&e); q++)
            assert_true(back[q] == 0 && up[q] == down[q]);
        clu_exsum_clear(&e);
    }
}

static void sums_are_right(void **state)
{
    (void)state;
    struct clu_exsum e;
    double acc[CLU_KERN_PARTS * D] = {0};

    fill();
    init(&e);
    for (int i = 0; i < N; i++)
        clu_exsum_move(&e, data[i], NULL, acc);
    for (int j = 0; j < D; j++) {
        long double truth = 0, carry = 0; /* compensated, in 64 bits of significand */
        for (int i = 0; i < N; i++) {
            long double y = data[i][j] - carry, t = truth + y;
            carry = (t - truth) - y;
            truth = t;
        }
        assert_true(fabsl(clu_exsum_get(&e, acc, (size_t)j) - truth) <= fabsl(truth) * 0x1p-52L);
    }
    clu_exsum_clear(&e);
}

/* 1e16 + 1 - 1e16 = 1, which a plain sum of doubles loses. */
static void cancellation_is_exact(void **state)
{
    (void)state;
    struct clu_exsum e;
    double absmax = 1e16, tiny = 1, acc[CLU_KERN_PARTS] = {0};
    assert_int_equal(clu_exsum_init(&e, 1, &absmax, &tiny, 3), 0);
    clu_exsum_move(&e, (double[]){1e16}, NULL, acc);
    clu_exsum_move(&e, (double[]){1}, NULL, acc);
    clu_exsum_move(&e, (double[]){-1e16}, NULL, acc);
    assert_true(clu_exsum_get(&e, acc, 0) == 1);
    clu_exsum_clear(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(sums_are_right),
        cmocka_unit_test(cancellation_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
