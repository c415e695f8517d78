/* num/sbd.h, num/soft.h and alg/kshape.h against numpy: what it found is stored in oracle/ by oracle/sbd.py, soft.py and kshape.py. */
#include "unit.h"

#include "alg/kshape.h"
#include "base/mem.h"
#include "num/gslx.h"
#include "num/sbd.h"
#include "num/soft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 256, CELLS = 128 };

/* Rows of numbers, of any lengths. */
struct cells {
    size_t rows, cols[ROWS];
    double v[ROWS][CELLS];
};

static void load(struct cells *c, const char *name)
{
    static char line[65536];
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/tests/oracle/%s.csv", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (c->rows = 0; fgets(line, sizeof line, f); c->rows++) {
        char *cell = line;
        assert_true(c->rows < ROWS);
        c->cols[c->rows] = 0;
        do {
            assert_true(c->cols[c->rows] < CELLS);
            c->v[c->rows][c->cols[c->rows]++] = strtod(cell, &cell);
        } while (*cell++ == ',');
    }
    fclose(f);
}

/* The series of a file whose rows are channels, samples, others cells more, and the samples. */
static void series_of(struct clu_series *x, const struct cells *c, size_t others)
{
    size_t len[ROWS];
    for (size_t i = 0; i < c->rows; i++)
        len[i] = (size_t)c->v[i][1];
    assert_int_equal(clu_series_init(x, c->rows, (size_t)c->v[0][0], len, NULL), CLU_OK);
    for (size_t i = 0; i < c->rows; i++) {
        assert_int_equal(c->cols[i], 2 + others + len[i] * x->channels);
        memcpy(clu_series_at(x, i, 0), c->v[i] + 2 + others, len[i] * x->channels * sizeof *x->v);
    }
}

static struct cells data, theirs;

static void sbd(void **state)
{
    struct clu_series x;
    struct clu_sbd *together, *alone;
    (void)state;
    load(&data, "sbd/series");
    load(&theirs, "sbd/pairs");
    series_of(&x, &data, 0);
    assert_int_equal(clu_sbd_init(&together, &x, x.longest, false, NULL), CLU_OK);
    assert_int_equal(clu_sbd_init(&alone, &x, x.longest, true, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_sbd_scratch(together), sizeof *scratch);
    assert_int_equal(theirs.rows, x.n * (x.n - 1));
    for (size_t q = 0; q < theirs.rows; q++) {
        const double *row = theirs.v[q];
        size_t i = (size_t)row[0], j = (size_t)row[1];
        ptrdiff_t shift;
        assert_true(fabs(clu_sbd_pair(together, i, together, j, &shift, scratch) - row[2]) <= 1e-12);
        assert_true((double)shift == row[3]);
        assert_true(fabs(clu_sbd_pair(alone, i, alone, j, NULL, scratch) - row[4]) <= 1e-12);
    }
    clu_free(scratch);
    clu_sbd_free(together);
    clu_sbd_free(alone);
    clu_series_clear(&x);
}

static void near(double a, double b, double terms)
{
    assert_true(fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(b), terms)));
}

/* The five figures of a row, for dependent or independent channels. */
static void compare_soft(const struct clu_series *x, size_t i, size_t j, double window, bool independent, const double *want)
{
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_soft *s;
    double *scratch = clu_alloc(clu_soft_raw_scratch(x->channels, x->longest, x->longest), sizeof *scratch);
    m.kind = CLU_SERIES_SOFTDTW;
    m.windowed = window >= 0;
    m.window = window;
    m.independent = independent;
    near(clu_soft_raw(&m, x, i, x, j, scratch), want[0], 0);
    assert_int_equal(clu_soft_init(&s, x, &m, &run, NULL), CLU_OK);
    near(clu_soft_pair(s, i, s, j, scratch), want[2], fabs(want[0]));
    clu_soft_free(s);
    m.gamma = 0.1;
    near(clu_soft_raw(&m, x, i, x, j, scratch), want[1], 0);
    m.kind = CLU_SERIES_GAK;
    m.sigma = 3;
    near(clu_soft_raw(&m, x, i, x, j, scratch), want[3], 0);
    assert_int_equal(clu_soft_init(&s, x, &m, &run, NULL), CLU_OK);
    near(clu_soft_pair(s, i, s, j, scratch), want[4], 0);
    clu_soft_free(s);
    clu_free(scratch);
}

static void soft(void **state)
{
    struct clu_series x;
    (void)state;
    load(&data, "sbd/series");
    load(&theirs, "soft/pairs");
    series_of(&x, &data, 0);
    assert_int_equal(theirs.rows, x.n * (x.n - 1) / 2 * 3);
    for (size_t q = 0; q < theirs.rows; q++)
        for (size_t way = 0; way < 2; way++)
            compare_soft(&x, (size_t)theirs.v[q][0], (size_t)theirs.v[q][1], theirs.v[q][2], way == 1, theirs.v[q] + 3 + way * 5);
    clu_series_clear(&x);
}

/* From the same labels to the same ones: numbered by first appearance here, and in the order of the start there. */
static void kshape(void **state)
{
    static const char *const sets[] = {"equal", "ragged", "channels", "walks", "few"};
    static const size_t k[] = {3, 4, 3, 6, 5};
    (void)state;
    for (size_t q = 0; q < sizeof sets / sizeof *sets; q++) {
        char name[64];
        struct clu_series x;
        struct clu_series_centers c;
        struct clu_run run = CLU_RUN_DEFAULT;
        struct clu_kshape_opt opt = CLU_KSHAPE_DEFAULT;
        int32_t start[ROWS], to[ROWS], seen = 0;
        snprintf(name, sizeof name, "kshape/%s", sets[q]);
        load(&data, name);
        series_of(&x, &data, 3);
        for (size_t i = 0; i < x.n; i++)
            start[i] = (int32_t)data.v[i][2];
        for (size_t g = 0; g < k[q]; g++)
            to[g] = -1;
        opt.k = k[q];
        assert_int_equal(clu_kshape_from(&c, &x, start, &opt, &run, NULL), CLU_OK);
        assert_true(c.converged);
        for (size_t i = 0; i < x.n; i++) {
            size_t g = (size_t)data.v[i][3];
            if (to[g] < 0)
                to[g] = seen++;
            assert_int_equal(c.label[i], to[g]);
            assert_true(fabs(c.near[i] - data.v[i][4]) <= 1e-9);
        }
        clu_series_centers_clear(&c);
        clu_series_clear(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sbd),
        cmocka_unit_test(soft),
        cmocka_unit_test(kshape),
    };
    clu_gslx_init();
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
