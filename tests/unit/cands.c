/* alg/cands.h: whatever the form of the matrix, it holds what the source says. */
#include "unit.h"

#include "alg/cands.h"
#include "base/mem.h"
#include "base/rng.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { MOST = 1000, COLS = 3 };
static double x[MOST * COLS];
static struct clu_err err;

static struct clu_view view(size_t n)
{
    return (struct clu_view){.v = x, .rows = n, .cols = COLS, .ld = COLS};
}

static void fill(size_t n, double scale, double offset)
{
    struct clu_rng r;
    clu_rng_at(&r, n, 1);
    for (size_t i = 0; i < n * COLS; i++)
        x[i] = scale * (clu_rng_unit(&r) + offset);
}

/* A source that is not symmetric, with as many candidates as one likes. */
static void skew_row(const struct clu_dist *self, size_t c, size_t lo, size_t hi, double *out)
{
    (void)self;
    for (size_t o = lo; o < hi; o++)
        out[o - lo] = o == c ? 0 : 1 + (double)((o * 31 + c * 17) % 101) / 7 + (double)o / 3;
}

static void compare(const struct clu_cands *c, const struct clu_dist *from, enum clu_cands_kind kind)
{
    double *want = clu_alloc(c->m, sizeof *want), *buf = clu_alloc(c->m, sizeof *buf), max = 0;
    for (size_t q = 0; q < c->n; q++) {
        from->row(from, q, 0, c->m, want);
        struct clu_cands_row row = clu_cands_row(c, q, buf);
        for (size_t o = 0; o < c->m; o++) {
            double is = kind == CLU_CANDS_FLOAT ? (double)(float)(want[o] * c->unit) : want[o];
            assert_true(clu_cands_in(row, o) == is && clu_cands_at(c, q, o) == is);
            max = want[o] > max ? want[o] : max;
        }
    }
    assert_true((c->f != NULL) == (kind == CLU_CANDS_FLOAT) && (c->v != NULL) == (kind == CLU_CANDS_DOUBLE));
    assert_true(c->max == (kind == CLU_CANDS_NONE ? 0 : max * c->unit));
    clu_free(want);
    clu_free(buf);
}

static void the_numbers_of_the_source(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 47, 48, 95, 96, 97, 193, 1000};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++)
            for (int threads = 1; threads <= 3; threads += 2)
                for (int symmetric = 0; symmetric < 2; symmetric++) {
                    struct clu_points p;
                    struct clu_cands c;
                    struct clu_run run = {.seed = 1, .threads = threads};
                    fill(sizes[q], 1, 0);
                    assert_int_equal(clu_points_init(&p, (struct clu_metric){.kind = CLU_MANHATTAN}, view(sizes[q]), NULL), CLU_OK);
                    assert_int_equal(clu_cands_init(&c, &p.dist, sizes[q], true, symmetric, (enum clu_cands_kind)kind, &run, NULL), CLU_OK);
                    assert_true(c.n == sizes[q] && c.m == sizes[q] && c.own && c.symmetric == symmetric && c.unit == 1);
                    compare(&c, &p.dist, (enum clu_cands_kind)kind);
                    clu_cands_clear(&c);
                    assert_true(!c.f && !c.v);
                    clu_points_clear(&p);
                }
}

static void others_served_than_the_candidates(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {97, 3}, {3, 97}, {500, 961}, {10, 2000}};
    for (size_t q = 0; q < sizeof sizes / sizeof sizes[0]; q++)
        for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_NONE; kind++) {
            struct clu_dist skew = {.n = sizes[q][1], .row = skew_row};
            struct clu_cands c;
            assert_int_equal(clu_cands_init(&c, &skew, sizes[q][0], false, false, (enum clu_cands_kind)kind,
                                            &(struct clu_run){.threads = 2}, NULL), CLU_OK);
            compare(&c, &skew, (enum clu_cands_kind)kind);
            clu_cands_clear(&c);
        }
}

static void a_square_is_its_own_matrix(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        struct clu_square s;
        struct clu_cands c;
        double *v = clu_alloc(25, sizeof *v);
        for (size_t i = 0; i < 25; i++)
            v[i] = i % 6 ? whole ? (double)i : (double)i / 3 : 0;
        clu_square_init(&s, v, 5);
        clu_cands_of_square(&c, &s);
        assert_true(c.f == s.f && c.v == s.v && c.borrowed && c.own && !c.symmetric && c.n == 5 && c.m == 5 && c.unit == 1);
        for (size_t q = 0; q < 5; q++)
            for (size_t o = 0; o < 5; o++)
                assert_true(clu_cands_at(&c, q, o) == clu_dist_at(&s.dist, o, q));
        clu_cands_clear(&c);
        assert_true(clu_dist_at(&s.dist, 2, 1) == (whole ? 7 : 7.0 / 3)); /* still there */
        clu_square_clear(&s);
    }
}

/* Floats of extreme numbers: in a unit, so that they are as good as those of others. */
static void extremes_come_into_the_range_of_floats(void **state)
{
    (void)state;
    static const double scales[] = {1e-200, 1e200, 1e-300, 1e300, 1e-39, 1e38, 1e39, 4e-310};
    for (size_t q = 0; q < sizeof scales / sizeof scales[0]; q++) {
        struct clu_points p;
        struct clu_cands c;
        fill(200, scales[q], 0);
        x[4 * COLS] = x[5 * COLS]; /* and a duplicate: 0 stays 0 */
        x[4 * COLS + 1] = x[5 * COLS + 1];
        x[4 * COLS + 2] = x[5 * COLS + 2];
        assert_int_equal(clu_points_init(&p, (struct clu_metric){.kind = CLU_EUCLIDEAN}, view(200), NULL), CLU_OK);
        assert_int_equal(clu_cands_init(&c, &p.dist, 200, true, true, CLU_CANDS_FLOAT, &(struct clu_run){.threads = 2}, &err), CLU_OK);
        int e;
        assert_true(isfinite(c.unit) && frexp(c.unit, &e) == 0.5);
        for (size_t a = 0; a < 200; a++)
            for (size_t o = 0; o < 200; o++) {
                double d = clu_dist_at(&p.dist, o, a) * c.unit, is = clu_cands_at(&c, a, o);
                assert_true(isfinite(is) && fabs(is - d) <= 0x1p-24 * d);
            }
        assert_true(c.max > 0 && c.max <= (c.unit == 1 ? FLT_MAX : 0x1p100)); /* then sums have room */
        clu_cands_clear(&c);
        assert_int_equal(clu_cands_init(&c, &p.dist, 200, true, true, CLU_CANDS_DOUBLE, &(struct clu_run){.threads = 2}, &err), CLU_OK);
        compare(&c, &p.dist, CLU_CANDS_DOUBLE);
        assert_true(c.unit == 1);
        clu_cands_clear(&c);
        clu_points_clear(&p);
    }
}

static void refusals(void **state)
{
    (void)state;
    struct clu_points p;
    struct clu_cands c;
    struct clu_run run = {.threads = 2};
    fill(300, 1e200, 0);
    assert_int_equal(clu_points_init(&p, (struct clu_metric){.kind = CLU_SQEUCLIDEAN}, view(300), NULL), CLU_OK);
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_DOUBLE; kind++) {
        assert_int_equal(clu_cands_init(&c, &p.dist, 300, true, true, (enum clu_cands_kind)kind, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, "overflow in distance: the columns need another unit; see --scale");
        assert_true(!c.f && !c.v);
    }
    clu_points_clear(&p);

    fill(300, 1, 0);
    static const uint8_t type[COLS] = {0};
    static const double range[COLS] = {1, 1, 1};
    x[200 * COLS] = x[17 * COLS + 1] = x[17 * COLS + 2] = NAN; /* rows 18 and 201: nothing in common */
    struct clu_metric gower = {.kind = CLU_GOWER, .type = type, .range = range};
    assert_int_equal(clu_points_init(&p, gower, view(300), NULL), CLU_OK);
    for (int kind = CLU_CANDS_FLOAT; kind <= CLU_CANDS_DOUBLE; kind++)
        for (int symmetric = 0; symmetric < 2; symmetric++) {
            assert_int_equal(clu_cands_init(&c, &p.dist, 300, true, symmetric, (enum clu_cands_kind)kind, &run, &err), CLU_DATA);
            assert_string_equal(err.msg,
                                "rows 18 and 201 have no column in common that counts: no gower distance");
            assert_true(!c.f && !c.v);
        }
    clu_points_clear(&p);

    struct clu_dist many = {.n = 1000000, .row = skew_row};
    run.max_memory = 1u << 30;
    assert_int_equal(clu_cands_init(&c, &many, 1000000, true, true, CLU_CANDS_FLOAT, &run, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 3.6 TiB for the distance matrix of 1000000 rows; use clara");
    many.n = 100;
    run.max_memory = 39999;
    assert_int_equal(clu_cands_init(&c, &many, 100, true, false, CLU_CANDS_FLOAT, &run, &err), CLU_SYSTEM);
    run.max_memory = 40000;
    assert_int_equal(clu_cands_init(&c, &many, 100, true, false, CLU_CANDS_DOUBLE, &run, &err), CLU_SYSTEM);
    assert_int_equal(clu_cands_init(&c, &many, 100, true, false, CLU_CANDS_NONE, &run, &err), CLU_OK);
    clu_cands_clear(&c);
    assert_int_equal(clu_cands_init(&c, &many, 100, true, false, CLU_CANDS_FLOAT, &run, &err), CLU_OK);
    clu_cands_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_of_the_source),
        cmocka_unit_test(others_served_than_the_candidates),
        cmocka_unit_test(a_square_is_its_own_matrix),
        cmocka_unit_test(extremes_come_into_the_range_of_floats),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
