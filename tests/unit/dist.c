/* num/dist.h: every metric is what plain loops and what other programs find, on every target, bit for bit. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/dist.h"

#include <float.h>
#include <math.h>

enum { MOST = 97 }; /* rows */

static uint8_t type[17];
static double range[17];

/* Every metric, minkowski by each of its ways. */
static const struct clu_metric metrics[] = {
    {CLU_EUCLIDEAN, 0, NULL, NULL},   {CLU_SQEUCLIDEAN, 0, NULL, NULL},   {CLU_MANHATTAN, 0, NULL, NULL},
    {CLU_CHEBYSHEV, 0, NULL, NULL},   {CLU_MINKOWSKI, 1, NULL, NULL},     {CLU_MINKOWSKI, 2, NULL, NULL},
    {CLU_MINKOWSKI, 3, NULL, NULL},   {CLU_MINKOWSKI, 2.5, NULL, NULL},   {CLU_MINKOWSKI, 1e4, NULL, NULL},
    {CLU_MINKOWSKI, HUGE_VAL, NULL, NULL}, {CLU_COSINE, 0, NULL, NULL},   {CLU_CORRELATION, 0, NULL, NULL},
    {CLU_CANBERRA, 0, NULL, NULL},    {CLU_HAMMING, 0, NULL, NULL},       {CLU_JACCARD, 0, NULL, NULL},
    {CLU_GOWER, 0, type, range},
};
enum { METRICS = sizeof metrics / sizeof *metrics };

static struct clu_points points_of(struct clu_metric m, const double *x, size_t n, size_t d)
{
    struct clu_points p;
    struct clu_err err;
    assert_int_equal(clu_points_init(&p, m, (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d}, &err), CLU_OK);
    return p;
}

static bool same_bits(const double *a, const double *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* --- plain loops --- */

static long double angle(const double *a, const double *b, size_t d, bool centred)
{
    long double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t j = 0; j < d && centred; j++) {
        ma += (long double)a[j] / (long double)d;
        mb += (long double)b[j] / (long double)d;
    }
    for (size_t j = 0; j < d; j++) {
        aa += (a[j] - ma) * (a[j] - ma);
        bb += (b[j] - mb) * (b[j] - mb);
        ab += (a[j] - ma) * (b[j] - mb);
    }
    return 1 - ab / (sqrtl(aa) * sqrtl(bb));
}

static long double gower(const double *a, const double *b, size_t d)
{
    long double s = 0, count = 0;
    for (size_t j = 0; j < d; j++) {
        if (isnan(a[j]) || isnan(b[j]) || (type[j] == CLU_GOWER_ASYMMETRIC && a[j] == 0 && b[j] == 0))
            continue;
        count += 1;
        s += type[j] == CLU_GOWER_INTERVAL ? fabsl((long double)a[j] - b[j]) / range[j] : a[j] != b[j] ? 1 : 0;
    }
    return count > 0 ? s / count : (long double)NAN;
}

static long double plain(struct clu_metric m, const double *a, const double *b, size_t d)
{
    long double sum = 0, most = 0, square = 0, power = 0, canberra = 0, differ = 0, any = 0, both = 0;

    for (size_t j = 0; j < d; j++) {
        long double e = fabsl((long double)a[j] - b[j]), size = fabsl((long double)a[j]) + fabsl((long double)b[j]);
        sum += e;
        square += e * e;
        power += powl(e, m.p);
        most = e > most ? e : most;
        canberra += size > 0 ? e / size : 0;
        differ += a[j] != b[j];
        any += a[j] != 0 || b[j] != 0;
        both += a[j] != 0 && b[j] != 0;
    }
    switch (m.kind) {
    case CLU_EUCLIDEAN:
        return sqrtl(square);
    case CLU_SQEUCLIDEAN:
        return square;
    case CLU_MANHATTAN:
        return sum;
    case CLU_CHEBYSHEV:
        return most;
    case CLU_MINKOWSKI:
        return m.p > 100 ? most : powl(power, 1 / (long double)m.p);
    case CLU_COSINE:
    case CLU_CORRELATION:
        return angle(a, b, d, m.kind == CLU_CORRELATION);
    case CLU_CANBERRA:
        return canberra;
    case CLU_HAMMING:
        return differ / (long double)d;
    case CLU_JACCARD:
        return any > 0 ? 1 - both / any : 0;
    default:
        return gower(a, b, d);
    }
}

/* --- the tests --- */

/* Numbers for metric m: all sorts of signs and sizes, and for those that look at it many zeros and equal ones. */
static void draw(struct clu_metric m, double *x, size_t n, size_t d)
{
    struct clu_rng r;
    bool coarse = m.kind >= CLU_CANBERRA;

    clu_rng_at(&r, n, d);
    for (size_t i = 0; i < n * d; i++) {
        x[i] = coarse ? (double)clu_rng_below(&r, 4) - 1 : 10 * clu_rng_unit(&r) - 3;
        if (m.kind == CLU_GOWER && clu_rng_below(&r, 5) == 0)
            x[i] = NAN;
    }
    for (size_t j = 0; j < d; j++) {
        type[j] = (uint8_t)(j % 3);
        range[j] = 3;
    }
}

/* All pairs of n rows: what is printed of them is judged against loops; symmetry and targets by bits. */
static void check(struct clu_metric m, size_t n, size_t d)
{
    static double x[MOST * 17], all[UNIT_TARGETS][MOST * MOST], part[MOST], point[17];

    draw(m, x, n, d);
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        struct clu_points p = points_of(m, x, n, d);
        for (size_t i = 0; i < n; i++) {
            double *row = all[t] + i * n;
            p.dist.row(&p.dist, i, 0, n, row);
            size_t lo = i / 2, hi = n - (n - i) / 3;
            p.dist.row(&p.dist, i, lo, hi, part);
            assert_true(same_bits(part, row + lo, hi - lo));
            memcpy(point, x + i * d, d * sizeof *point);
            assert_true(clu_points_enter(&p, point));
            clu_points_from(&p, point, lo, hi, part);
            assert_true(same_bits(part, row + lo, hi - lo));
            size_t some[] = {n - 1, i, 0}; /* a subset keeps the rows as they stand, and their distances */
            struct clu_points few;
            assert_int_equal(clu_points_subset(&few, &p, some, 3, NULL), CLU_OK);
            clu_points_between(&few, &p, i, 0, 3, part);
            for (size_t q = 0; q < 3; q++)
                assert_true(same_bits(&part[q], &row[some[q]], 1));
            clu_points_clear(&few);
            assert_true(clu_dist_at(&p.dist, n - 1, i) == row[n - 1] || isnan(row[n - 1]));
        }
        clu_points_clear(&p);
        assert_true(same_bits(all[t], all[0], n * n));
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double got = all[0][i * n + j];
            long double want = plain(m, x + i * d, x + j * d, d);
            assert_true(same_bits(&got, &all[0][j * n + i], 1));
            assert_false((m.kind == CLU_COSINE || m.kind == CLU_CORRELATION) && got > 2);
            if (isnan(want) && m.kind == CLU_GOWER)
                assert_true(isnan(got));
            else
                assert_true(i == j ? got == 0 : fabsl(got - want) <= 1e-14L * (1 + fabsl(want)) + (m.p > 100 ? 1e-3L * want : 0));
        }
}

static void metrics_are_those_of_plain_loops(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 47, 48, 49, 97}, cols[] = {1, 2, 3, 8, 9, 17};
    for (size_t m = 0; m < METRICS; m++)
        for (size_t n = 0; n < 5; n++)
            for (size_t d = metrics[m].kind == CLU_CORRELATION; d < 6; d++)
                check(metrics[m], rows[n], cols[d]);
}

static const double six[6 * 4] = {1, 0, 3.5, -2, 0, 0, 1, 4, 2.5, -1, 0, 0.5, 1, 7, 3.5, 0, -3, 0.25, 0, 2, 0, 5, 0, 0};

/* tests/oracle/dist.py */
static const struct {
    enum clu_metric_kind kind;
    double p, value[15];
} scipy[] = {
    {CLU_EUCLIDEAN, 0, {6.5764732189829527, 4.6636895265444078, 4.5276925690687087, 7.2801098892805181, 8.5,
     8.8741196746494246, 6.656763477847174, 3.75, 5.8363087649643761, 8.8211393821886759, 6.5, 6.4807406984078604,
     6.5192024052026492, 4.1533119314590374, 5.9634302209382817}},
    {CLU_SQEUCLIDEAN, 0, {43.25, 21.75, 20.5, 53, 72.25, 78.75, 44.3125, 14.0625, 34.0625, 77.8125, 42.25, 42, 42.5,
     17.25, 35.5625}},
    {CLU_MANHATTAN, 0, {9.5, 8.5, 8, 9, 14.5, 13.5, 11.75, 6.25, 8.25, 16.25, 11.5, 10, 9, 6.5, 9.75}},
    {CLU_CHEBYSHEV, 0, {6, 3.5, 3.5, 7, 7, 8, 4, 3, 5.5, 6.75, 5, 5, 6, 3.5, 4.75}},
    {CLU_MINKOWSKI, 3, {6.1501465142348364, 3.9764238138724615, 3.9257122052698445, 7.0540040631622718,
     7.5103560640469613, 8.2345901509098915, 5.549315447316773, 3.3024048891803135, 5.5580962915654641,
     7.503239341428257, 5.6133503753630283, 5.7488970789448306, 6.1424257339515096, 3.7295179629458204,
     5.2192075028895708}},
    {CLU_MINKOWSKI, 1.5, {7.281796588517218, 5.6241583614348079, 5.3863014488569156, 7.6956877345855803,
     9.9684217771867072, 9.9457907025507986, 8.0107169586370777, 4.3745571190573278, 6.3848230054683857,
     10.682205985962826, 7.7455883935788457, 7.4122885544742285, 7.1212015223593665, 4.7573209134030563,
     6.9638464231040791}},
    {CLU_COSINE, 0, {1.2627807231132027, 0.8681239053208426, 0.82287702289198095, 0.5956553970411963,
     0.89240950495885485, 1.2082630403501871, 1.466326760615984, 0.46315072051062278, 1.6819617073816742,
     1.0438356230190469, 1, 1, 1.3651483716701107, 0.11278604926573088, 0.93082855361339256}},
    {CLU_CORRELATION, 0, {1.5871630888535764, 0.97524251862872113, 1.0598148604554578, 0.71668052181836428,
     1.6139409254863635, 1.7441641397180905, 1.4587295009850803, 0.24168603336811945, 1.695601873436748,
     0.95333548001217228, 1.1822101292697509, 1.440225453162812, 1.6793662204867574, 0.11835271951031312,
     0.85946494826620579}},
    {CLU_CANBERRA, 0, {2.5555555555555554, 3.4285714285714288, 3.7777777777777777, 2, 3.5555555555555554,
     3.4285714285714288, 4, 3.3333333333333335, 2.6000000000000001, 3.9310344827586206, 4, 3, 3, 2.166666666666667,
     2.9047619047619047}},
    {CLU_HAMMING, 0, {0.75, 1, 1, 0.5, 1, 1, 1, 1, 0.75, 1, 1, 0.75, 0.75, 0.75, 0.75}},
    {CLU_JACCARD, 0, {0.33333333333333331, 0.5, 0.75, 0.5, 0.75, 0.5, 0.5, 0.75, 0, 0.5, 1, 1, 0.66666666666666663,
     0.66666666666666663, 0.66666666666666663}},
};

static void metrics_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t m = 0; m < sizeof scipy / sizeof *scipy; m++) {
        struct clu_points p = points_of((struct clu_metric){.kind = scipy[m].kind, .p = scipy[m].p}, six, 6, 4);
        const double *want = scipy[m].value;
        for (size_t i = 1; i < 6; i++)
            for (size_t j = 0; j < i; j++, want++)
                assert_true(fabs(clu_dist_at(&p.dist, i, j) - *want) <= 2e-15 * (1 + *want));
        clu_points_clear(&p);
    }
}

static void gower_is_that_of_daisy(void **state)
{
    (void)state;
    static const uint8_t types[] = {CLU_GOWER_INTERVAL, CLU_GOWER_INTERVAL, CLU_GOWER_NOMINAL, CLU_GOWER_ASYMMETRIC,
                                    CLU_GOWER_ASYMMETRIC};
    static const double ranges[] = {3, 20, 0, 0, 0};
    static const double x[] = {1,  10, 1, 0, 0, 2.5, 30,  2, 1, 1, NAN, 20,  1,   0, 0,
                               4,  11, 3, 1, NAN, 1, NAN, 3, 0, 1, NAN, NAN, NAN, 0, 0};
    static const double daisy[] = { /* tests/oracle/dist.R */
        0.90000000000000002, 0.25, 0.875, 0.76249999999999996, 0.61250000000000004, 0.81666666666666676,
        0.66666666666666663, 0.625, 1, 0.66666666666666663, NAN, 1, NAN, 1, 1
    };
    struct clu_points p = points_of((struct clu_metric){.kind = CLU_GOWER, .type = types, .range = ranges}, x, 6, 5);
    const double *want = daisy;
    for (size_t i = 1; i < 6; i++)
        for (size_t j = 0; j < i; j++, want++) {
            double got = clu_dist_at(&p.dist, i, j);
            assert_true(isnan(*want) ? isnan(got) : fabs(got - *want) <= 1e-15);
        }
    assert_true(isnan(clu_dist_at(&p.dist, 5, 5)));
    clu_points_clear(&p);
}

static void floats_are_taken_as_they_are(void **state)
{
    (void)state;
    float f[6 * 5];
    double x[6 * 4];
    for (size_t i = 0; i < 6 * 4; i++) {
        f[i / 4 * 5 + i % 4] = (float)six[i] / 3; /* rows of 5, of which 4 are seen */
        x[i] = f[i / 4 * 5 + i % 4];
    }
    for (size_t m = 0; m < METRICS; m++) {
        struct clu_points p, q = points_of(metrics[m], x, 6, 4);
        assert_int_equal(clu_points_init(&p, metrics[m], (struct clu_view){.f = f, .rows = 6, .cols = 4, .ld = 5}, NULL), CLU_OK);
        double a[6], b[6];
        for (size_t i = 0; i < 6; i++) {
            p.dist.row(&p.dist, i, 0, 6, a);
            q.dist.row(&q.dist, i, 0, 6, b);
            assert_true(same_bits(a, b, 6));
        }
        clu_points_clear(&p);
        clu_points_clear(&q);
    }
}

/* d(row 1, row 0) of two rows of two columns. */
static double between(enum clu_metric_kind kind, double power, double a, double b, double c, double e)
{
    const double x[] = {a, b, c, e};
    struct clu_points p = points_of((struct clu_metric){.kind = kind, .p = power, .type = type, .range = range}, x, 2, 2);
    double v = clu_dist_at(&p.dist, 1, 0);
    clu_points_clear(&p);
    return v;
}

static void extremes_neither_overflow_nor_vanish(void **state)
{
    (void)state;
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        /* 3, 4, 5 at both ends of the range: exact, for the unit is a power of two */
        assert_true(between(CLU_EUCLIDEAN, 0, 0, 0, 0x3p1000, 0x4p1000) == 0x5p1000);
        assert_true(between(CLU_EUCLIDEAN, 0, 0, 0, 0x3p-1070, 0x4p-1070) == 0x5p-1070);
        assert_true(between(CLU_EUCLIDEAN, 0, 1, 0x3p-700, 1, 0x7p-700) == 0x4p-700);
        assert_true(between(CLU_SQEUCLIDEAN, 0, 0, 0, 0x3p510, 0x4p509) == 0xDp1020);
        assert_true(between(CLU_SQEUCLIDEAN, 0, 0, 0, 0x3p-520, 0x4p-520) == 0x19p-1040);
        assert_true(between(CLU_SQEUCLIDEAN, 0, 0, 0, 1e200, 0) == HUGE_VAL);
        assert_true(between(CLU_EUCLIDEAN, 0, 1e308, 0, -1e308, 0) == HUGE_VAL);
        assert_true(between(CLU_MANHATTAN, 0, 1e308, 0, -1e308, 0) == HUGE_VAL);
        assert_true(between(CLU_CHEBYSHEV, 0, 1e308, 0, -1e308, 0) == HUGE_VAL);
        assert_true(between(CLU_MINKOWSKI, 3, 1e308, 0, -1e308, 1e308) == HUGE_VAL);
        assert_true(between(CLU_MINKOWSKI, 900, 0, 0, 1e300, 1e299) == 1e300);
        assert_true(between(CLU_MINKOWSKI, 64, 0, 0, 1e-300, 1e-301) == 1e-300);
        assert_true(between(CLU_MINKOWSKI, 2.5, 0, 0, 5e-324, 0) == 5e-324);
        assert_true(fabs(between(CLU_MINKOWSKI, 3, 0, 0, 1e300, 1e300) / (cbrt(2) * 1e300) - 1) < 1e-15);
        assert_true(between(CLU_COSINE, 0, 1e308, 0, -1e308, 0) == 2);
        assert_true(between(CLU_COSINE, 0, 1e308, 1e308, 5e-324, 5e-324) == 0);
        assert_true(between(CLU_COSINE, 0, 1e-300, 0, 0, 1e300) == 1);
        assert_true(fabs(between(CLU_CORRELATION, 0, 1e308, -1e308, 0, 5e-324) - 2) <= 2 * DBL_EPSILON);
        assert_true(between(CLU_CORRELATION, 0, 1e15, 1e15 + 1, -1e15, -1e15 + 7) < 1e-31);
        assert_true(between(CLU_CANBERRA, 0, 1e308, 1e308, -1e308, 1e308) == 1);
        assert_true(between(CLU_CANBERRA, 0, 5e-324, 0, 0, 0) == 1);
        type[0] = type[1] = CLU_GOWER_INTERVAL;
        range[0] = HUGE_VAL;
        range[1] = 1;
        assert_true(between(CLU_GOWER, 0, 1e308, 0, -1e308, 0) == 0.5);
        range[0] = range[1] = 49;
        assert_true(between(CLU_GOWER, 0, 1e15, 0, 1e15 + 49, 49) == 1);
    }
}

static void nothing_is_nan_but_gower(void **state)
{
    (void)state;
    static const double value[] = {1e308, -1e308, DBL_MAX, -DBL_MAX, 1e-300, 5e-324, 1e15, 1, 0x1p-30, -1e200};
    double x[10 * 3], out[10];
    for (size_t i = 0; i < 30; i++)
        x[i] = value[(i * i + i / 3) % 10] * (i % 3 == 2 ? 0.25 : 1);
    for (size_t m = 0; m + 1 < METRICS; m++) {
        struct clu_points p = points_of(metrics[m], x, 10, 3);
        for (size_t i = 0; i < 10; i++) {
            p.dist.row(&p.dist, i, 0, 10, out);
            for (size_t o = 0; o < 10; o++)
                assert_true(out[o] >= 0 && (o != i || out[o] == 0));
        }
        clu_points_clear(&p);
    }
}

static void rows_without_direction_are_named(void **state)
{
    (void)state;
    const double x[] = {1, 2, 1e15, 1e15, 0, 0};
    struct clu_view v = {.v = x, .rows = 3, .cols = 2, .ld = 2};
    struct clu_points p;
    struct clu_err err;
    double zero[] = {0, 0}, constant[] = {7, 7};

    assert_int_equal(clu_points_init(&p, (struct clu_metric){.kind = CLU_COSINE}, v, &err), CLU_DATA);
    assert_string_equal(err.msg, "row 3 is zero in all columns: no cosine distance");
    assert_null(p.tile);
    assert_int_equal(clu_points_init(&p, (struct clu_metric){.kind = CLU_CORRELATION}, v, &err), CLU_DATA);
    assert_string_equal(err.msg, "row 2 is constant: no correlation distance");
    p = points_of((struct clu_metric){.kind = CLU_COSINE}, x, 2, 2);
    assert_false(clu_points_enter(&p, zero));
    assert_true(clu_points_enter(&p, constant));
    clu_points_clear(&p);
    p = points_of((struct clu_metric){.kind = CLU_CORRELATION}, x, 1, 2);
    constant[0] = constant[1] = 7;
    assert_false(clu_points_enter(&p, constant));
    clu_points_clear(&p);
    clu_points_clear(&p); /* an empty one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_those_of_plain_loops),
        cmocka_unit_test(metrics_are_those_of_scipy),
        cmocka_unit_test(gower_is_that_of_daisy),
        cmocka_unit_test(floats_are_taken_as_they_are),
        cmocka_unit_test(extremes_neither_overflow_nor_vanish),
        cmocka_unit_test(nothing_is_nan_but_gower),
        cmocka_unit_test(rows_without_direction_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
