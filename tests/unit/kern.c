/* num/kern.h: the kernels of k-medoids (below, touched, closer, gain, seat and the rest) are plain loops, on every target. */
#include "unit.h"

#include "base/rng.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST = 1100, SLACK = 16 };

static double row64[MOST + 3], near_[MOST + 3], w[MOST + 3], far64[MOST + 3], shared[MOST + 3], place[MOST + 3];
static double want_shared[MOST + 3], want_place[MOST + 3], left[MOST + 3];
static float row32[MOST + 3], far32[MOST + 3], closest[MOST + 3];
static int32_t label[MOST + 3], other[MOST + 3], places[MOST + 3];
static int64_t which[MOST + 3];
static uint32_t out[MOST + SLACK];

/* Numbers of few values, so that equal ones abound; steps = 0: of many. Some are 0, some beyond all. */
static void fill(size_t n, unsigned steps, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    for (size_t i = 0; i < n + 3; i++) {
        row32[i] = (float)(steps ? (double)clu_rng_below(&r, steps) / 7 : clu_rng_unit(&r));
        row64[i] = steps ? (double)clu_rng_below(&r, steps) / 7 : clu_rng_unit(&r);
        near_[i] = steps ? (double)clu_rng_below(&r, steps) / 7 : clu_rng_unit(&r);
        far64[i] = near_[i] + (steps ? (double)clu_rng_below(&r, 2) / 7 : clu_rng_unit(&r) * 0.1);
        far32[i] = clu_rng_below(&r, 2) ? row32[i] : (float)far64[i];
        if (clu_rng_below(&r, 16) == 0)
            far64[i] = far32[i] = HUGE_VALF;
        if (clu_rng_below(&r, 16) == 0)
            row64[i] = row32[i] = HUGE_VALF;
        w[i] = (double)clu_rng_below(&r, 5) / 3;
    }
}

static void check_below(size_t n, size_t at)
{
    size_t count = 0;
    assert_true(clu_kern()->below32(row32 + at, far32 + at, 0, out) == 0);
    size_t found = clu_kern()->below32(row32 + at, far32 + at, n, out);
    for (size_t i = 0; i < n; i++)
        if (row32[at + i] < far32[at + i])
            assert_int_equal(out[count++], i);
    assert_int_equal(found, count);
    count = 0;
    found = clu_kern()->below64(row64 + at, far64 + at, n, out);
    for (size_t i = 0; i < n; i++)
        if (row64[at + i] < far64[at + i])
            assert_int_equal(out[count++], i);
    assert_int_equal(found, count);
}

/* Eight sums, number i in sum i mod 8; row of floats or doubles. */
static double plain_gain(bool f, size_t n, size_t at)
{
    double s[8] = {0};
    for (size_t i = 0; i < n; i++) {
        double e = near_[at + i] - (f ? (double)row32[at + i] : row64[at + i]);
        s[i % 8] += w[at + i] * (e > 0 ? e : 0);
    }
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static void check_gain(size_t n, size_t at)
{
    double got = clu_kern()->gain32(row32 + at, near_ + at, w + at, n), all = 0;
    assert_true(got == plain_gain(true, n, at));
    for (size_t i = 0; i < n; i++)
        all += w[at + i] * fmax(0, near_[at + i] - (double)row32[at + i]);
    assert_true(fabs(got - all) <= 1e-13 * all);
    assert_true(clu_kern()->gain64(row64 + at, near_ + at, w + at, n) == plain_gain(false, n, at));
}

static double lowered(double d, double near)
{
    return fmin(d, near) - near;
}

static double clipped(double d, double near, double far)
{
    return fmin(fmax(d, near), far) - far;
}

/* A seat that changes: in one place, then from one place to another. */
static void check_seat(size_t n, size_t at)
{
    for (int f = 0; f < 2; f++) {
        double was[2] = {near_[at], near_[at] + (n % 2 ? 0.25 : 0)}, is[2] = {near_[at + n / 2], near_[at + n / 2] + 0.125};
        double weight = w[at + n / 2];
        for (size_t i = 0; i < n; i++) {
            double d = f ? (double)row32[at + i] : row64[at + i];
            shared[i] = want_shared[i] = (double)i;
            place[i] = want_place[i] = left[i] = -0.5 * (double)i;
            want_shared[i] += weight * (lowered(d, is[0]) - lowered(d, was[0]));
            want_place[i] += weight * (clipped(d, is[0], is[1]) - clipped(d, was[0], was[1]));
        }
        shared[n] = place[n] = left[n] = 77;
        if (f)
            clu_kern()->seat_stay32(row32 + at, row32, n, was, is, weight, shared, place);
        else
            clu_kern()->seat_stay64(row64 + at, row64, n, was, is, weight, shared, place);
        for (size_t i = 0; i < n; i++) {
            double d = f ? (double)row32[at + i] : row64[at + i];
            assert_true(shared[i] == want_shared[i] && place[i] == want_place[i]);
            want_shared[i] += weight * (lowered(d, is[0]) - lowered(d, was[0]));
            want_place[i] += weight * clipped(d, is[0], is[1]);
        }
        if (f)
            clu_kern()->seat_move32(row32 + at, row32, n, was, is, weight, shared, left, place);
        else
            clu_kern()->seat_move64(row64 + at, row64, n, was, is, weight, shared, left, place);
        for (size_t i = 0; i < n; i++) {
            double d = f ? (double)row32[at + i] : row64[at + i];
            assert_true(shared[i] == want_shared[i] && place[i] == want_place[i]);
            assert_true(left[i] == -0.5 * (double)i - weight * clipped(d, was[0], was[1]));
        }
        assert_true(shared[n] == 77 && place[n] == 77 && left[n] == 77);
    }
}

/* Objects that a swap touches, those that look for another medoid, and the two nearest of many. */
static void check_swap(size_t n, size_t at)
{
    size_t count = 0, found;

    for (size_t i = 0; i < n; i++) {
        label[i] = (int32_t)(w[at + i] * 3 + 0.5);
        other[i] = (int32_t)((i * 7) % 5);
        places[i] = (int32_t)((i * 5) % n);
        place[i] = left[i] = HUGE_VAL;
        which[i] = -1;
    }
    found = clu_kern()->touched32(row32 + at, far32 + at, label, other, 3, n, out);
    for (size_t i = 0; i < n; i++)
        if (row32[at + i] < far32[at + i] || label[i] == 3 || other[i] == 3)
            assert_int_equal(out[count++], i);
    assert_int_equal(found, count);
    found = clu_kern()->touched64(row64 + at, far64 + at, label, other, 3, n, out);
    count = 0;
    for (size_t i = 0; i < n; i++)
        if (row64[at + i] < far64[at + i] || label[i] == 3 || other[i] == 3)
            assert_int_equal(out[count++], i);
    assert_int_equal(found, count);

    memcpy(closest, far32 + at, n * sizeof *closest);
    clu_kern()->closer32(row32 + at, places, label, 2, n, closest, other);
    for (size_t i = 0; i < n; i++) {
        bool nearer = row32[at + (size_t)places[i]] < far32[at + i] && label[i] != 2;
        assert_true(closest[i] == (nearer ? row32[at + (size_t)places[i]] : far32[at + i]));
        assert_int_equal(other[i], nearer ? 2 : (int32_t)((i * 7) % 5));
    }

    clu_kern()->two_nearest(row64 + at, n, 0, place, left, which);
    clu_kern()->two_nearest(near_ + at, n, 1, place, left, which);
    clu_kern()->two_nearest(far64 + at, n, 2, place, left, which);
    for (size_t i = 0; i < n; i++) {
        double a = row64[at + i], b = near_[at + i], c = far64[at + i], low = fmin(a, fmin(b, c));
        assert_true(place[i] == low && left[i] == fmax(fmin(a, b), fmin(fmax(a, b), c)));
        assert_int_equal(which[i], !(low < HUGE_VAL) ? -1 : a == low ? 0 : b == low ? 1 : 2);
    }
    for (size_t i = 0; i < n; i++)
        which[i] = 9;
    clu_kern()->lowest(near_ + at, 0.25, n, 4, place, which);
    for (size_t i = 0; i < n; i++) {
        double low = fmin(row64[at + i], fmin(near_[at + i], far64[at + i])), v = near_[at + i] + 0.25;
        assert_true(place[i] == fmin(low, v));
        assert_int_equal(which[i], v < low ? 4 : 9);
    }
    memcpy(place, near_ + at, n * sizeof *place);
    clu_kern()->roots(place, n, 0.5);
    for (size_t i = 0; i < n; i++)
        assert_true(place[i] == sqrt(near_[at + i]) * 0.5);
}

static void on_every_target(void (*check)(size_t n, size_t at))
{
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (size_t n = 1; unit_target(t) && n <= MOST; n += n < 70 ? 1 : 103)
            for (unsigned steps = 0; steps < 10; steps += 3) {
                fill(n, steps, steps);
                for (size_t at = 0; at < 3; at++) /* rows are not aligned */
                    check(n, at);
            }
}

static void below(void **state)
{
    (void)state;
    on_every_target(check_below);
}

static void gain(void **state)
{
    (void)state;
    on_every_target(check_gain);
}

static void seat(void **state)
{
    (void)state;
    on_every_target(check_seat);
}

static void swap(void **state)
{
    (void)state;
    on_every_target(check_swap);
}

/* All and none: the most that can be written. */
static void below_all_and_none(void **state)
{
    (void)state;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (size_t n = 1; unit_target(t) && n <= 100; n++)
            for (int all = 0; all < 2; all++) {
                for (size_t i = 0; i < n; i++) {
                    row32[i] = all ? 0 : 1;
                    row64[i] = row32[i];
                    far64[i] = far32[i] = 1;
                }
                assert_int_equal(clu_kern()->below32(row32, far32, n, out), all ? n : 0);
                for (size_t i = 0; all && i < n; i++)
                    assert_int_equal(out[i], i);
                assert_int_equal(clu_kern()->below64(row64, far64, n, out), all ? n : 0);
                for (size_t i = 0; all && i < n; i++)
                    assert_int_equal(out[i], i);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below),
        cmocka_unit_test(below_all_and_none),
        cmocka_unit_test(gain),
        cmocka_unit_test(seat),
        cmocka_unit_test(swap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
