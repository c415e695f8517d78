/* num/rowset.h: two rows are one when all their values are. */
#include "unit.h"

#include "base/rng.h"
#include "num/rowset.h"

#include <math.h>
#include <stdbool.h>

enum { ROWS = 3000, COLS = 3 };
static double x[ROWS * COLS];
static float x32[ROWS * COLS];

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static size_t plain_first(size_t d, size_t ld, size_t i)
{
    for (size_t q = 0; q < i; q++) {
        size_t j = 0;
        while (j < d && equal(x[q * ld + j], x[i * ld + j]))
            j++;
        if (j == d)
            return q;
    }
    return i;
}

/* levels: how many values a cell may have. */
static void check(size_t n, size_t d, size_t levels)
{
    struct clu_rng r;
    clu_rng_at(&r, n, levels);
    for (size_t i = 0; i < n * COLS; i++) {
        static const double odd[] = {0.0, -0.0, NAN, -NAN, HUGE_VAL, 5e-324, -5e-324, 1};
        x[i] = levels <= 8 ? odd[clu_rng_below(&r, levels)] : (double)clu_rng_below(&r, levels);
        x32[i] = (float)x[i];
        if (levels <= 8)
            x32[i] = x[i] > 0 && x[i] < 1 ? 1e-45f : x[i] < 0 && x[i] > -1 ? -1e-45f : (float)x[i];
    }
    for (int f32 = 0; f32 < 2; f32++) {
        struct clu_rowset set;
        size_t distinct = 0;
        struct clu_view v = {.v = f32 ? NULL : x, .f = f32 ? x32 : NULL, .rows = n, .cols = d, .ld = COLS};
        assert_int_equal(clu_rowset_init(&set, v, n), 0);
        for (int again = 0; again < 2; again++) /* the second time all are there */
            for (size_t i = 0; i < n; i++) {
                size_t first = plain_first(d, COLS, i);
                distinct += !again && first == i;
                assert_int_equal(clu_rowset_add(&set, i), first);
                assert_true(set.used == distinct);
            }
        clu_rowset_clear(&set);
        assert_null(set.slot);
        clu_rowset_clear(&set);
    }
}

static void the_first_of_equal_rows(void **state)
{
    (void)state;
    check(1, 1, 3);
    check(40, 1, 8);
    check(500, 2, 8);
    check(600, 3, 8);
    check(800, 2, 1000);
    check(1500, 1, 20);
    check(700, 3, 9);
}

static void room_for_few(void **state)
{
    (void)state;
    struct clu_rowset set;
    for (size_t i = 0; i < ROWS; i++)
        x[i] = (double)(i % 5);
    assert_int_equal(clu_rowset_init(&set, (struct clu_view){.v = x, .rows = ROWS, .cols = 1, .ld = 1}, 5), 0);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(clu_rowset_add(&set, i), i % 5);
    assert_int_equal(set.used, 5);
    clu_rowset_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_of_equal_rows), cmocka_unit_test(room_for_few)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
