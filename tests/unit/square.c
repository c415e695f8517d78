/* num/square.h: a square gives back what was put in, as floats only where nothing is lost. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/square.h"

#include <math.h>

static double value(size_t o, size_t x, bool symmetric, bool whole)
{
    struct clu_rng r;
    size_t a = symmetric && x < o ? x : o, b = symmetric && x < o ? o : x;
    clu_rng_at(&r, 3, a * 1000 + b);
    return o == x ? 0 : whole ? (double)clu_rng_below(&r, 1 << 24) : clu_rng_unit(&r);
}

/* Every stretch of every row, by row() and by clu_dist_at(). */
static void compare(const struct clu_square *s, size_t n, bool symmetric, bool whole)
{
    double *out = clu_alloc(n, sizeof *out);
    assert_int_equal(s->dist.n, n);
    assert_true((s->f != NULL) == whole && (s->v != NULL) == !whole);
    for (size_t x = 0; x < n; x++)
        for (size_t lo = 0; lo < n; lo += n / 3 + 1) {
            size_t hi = lo + (x + lo) % (n - lo) + 1;
            s->dist.row(&s->dist, x, lo, hi, out);
            for (size_t o = lo; o < hi; o++) {
                assert_true(out[o - lo] == value(o, x, symmetric, whole));
                assert_true(clu_dist_at(&s->dist, o, x) == out[o - lo]);
            }
        }
    clu_free(out);
}

static void check_square(size_t n, bool symmetric, bool whole)
{
    struct clu_square s;
    double *v = clu_alloc(n * n, sizeof *v);
    for (size_t o = 0; o < n; o++)
        for (size_t x = 0; x < n; x++)
            v[x * n + o] = value(o, x, symmetric, whole);
    clu_square_init(&s, v, n);
    assert_true(s.symmetric == (symmetric || n == 1));
    compare(&s, n, symmetric, whole || n == 1);
    clu_square_clear(&s);
    assert_true(!s.f && !s.v);
    clu_square_clear(&s);
}

static void check_triangle(size_t n, bool whole)
{
    struct clu_square s;
    double *v = clu_alloc(n * (n - 1) / 2, sizeof *v);
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            v[at++] = value(i, j, true, whole);
    assert_true(clu_square_of_triangle(&s, v, n));
    assert_true(s.symmetric);
    compare(&s, n, true, whole || n == 1);
    clu_square_clear(&s);
}

static void what_was_put_in(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 10, 47, 48, 49, 97};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int whole = 0; whole < 2; whole++) {
            check_square(sizes[q], true, whole);
            check_square(sizes[q], false, whole);
            check_triangle(sizes[q], whole);
        }
}

/* One number decides. */
static void floats_only_when_exact(void **state)
{
    (void)state;
    static const struct {
        double v;
        bool exact;
    } t[] = {{0, 1},         {0.5, 1},        {0.1, 0},    {16777216, 1},   {16777217, 0}, {(double)0.1f, 1},
             {0x1p-149, 1},  {0x1p-150, 0},   {1e300, 0},  {0x1.fffffep127, 1}, {0x1p128, 0},  {5e-324, 0}};
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct clu_square s;
        double *v = clu_calloc(9, sizeof *v);
        v[1 * 3 + 2] = v[2 * 3 + 1] = t[i].v;
        v[2] = v[6] = 1;
        clu_square_init(&s, v, 3);
        assert_true((s.f != NULL) == t[i].exact && (s.v != NULL) == !t[i].exact);
        assert_true(s.symmetric && clu_dist_at(&s.dist, 2, 1) == t[i].v && clu_dist_at(&s.dist, 2, 0) == 1);
        clu_square_clear(&s);
        v = clu_calloc(3, sizeof *v);
        v[2] = t[i].v;
        assert_true(clu_square_of_triangle(&s, v, 3));
        assert_true((s.f != NULL) == t[i].exact && (s.v != NULL) == !t[i].exact);
        assert_true(clu_dist_at(&s.dist, 2, 1) == t[i].v && clu_dist_at(&s.dist, 1, 2) == t[i].v);
        clu_square_clear(&s);
    }
}

static void symmetric_to_the_last_bit(void **state)
{
    (void)state;
    for (size_t n = 2; n < 20; n++)
        for (size_t x = 0; x < n; x++)
            for (size_t o = 0; o < x; o++) {
                struct clu_square s;
                double *v = clu_alloc(n * n, sizeof *v);
                for (size_t i = 0; i < n * n; i++)
                    v[i] = 0.1;
                v[x * n + o] = nextafter(0.1, 1);
                clu_square_init(&s, v, n);
                assert_false(s.symmetric);
                assert_true(clu_dist_at(&s.dist, o, x) > clu_dist_at(&s.dist, x, o));
                clu_square_clear(&s);
            }
}

static void turn(void **state)
{
    (void)state;
    for (size_t n = 1; n < 120; n += n < 6 ? 1 : 37) {
        double *v = clu_alloc(n * n, sizeof *v);
        for (size_t i = 0; i < n * n; i++)
            v[i] = (double)i;
        clu_square_turn(v, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                assert_true(v[i * n + j] == (double)(j * n + i));
        clu_free(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in),
        cmocka_unit_test(floats_only_when_exact),
        cmocka_unit_test(symmetric_to_the_last_bit),
        cmocka_unit_test(turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
