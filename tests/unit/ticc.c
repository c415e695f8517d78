/* alg/ticc.h against a plain version in Python (tests/oracle/ticc.py), planted regimes, plain costs, and what its header promises of ends. */
#include "unit.h"

#include "alg/ticc.h"
#include "alg/ticc_state.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 1 << 16, MOST = 5000 };

static struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;
static double x[MOST * 3];
static int32_t truth[MOST], start[MOST], label[MOST];

static FILE *stored(const char *name)
{
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/tests/oracle/ticc/%s.csv", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

static bool numbers(FILE *f, double *v, size_t count)
{
    static char line[LINE];
    char *cell = line;
    if (!fgets(line, sizeof line, f))
        return false;
    for (size_t i = 0; i < count; i++) {
        char *end;
        v[i] = strtod(cell, &end);
        assert_true(end > cell);
        cell = end + 1;
    }
    return true;
}

static struct clu_view view(size_t n, size_t d)
{
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

static void fit(struct clu_ticc *m, struct clu_view v, const int32_t *from, const struct clu_ticc_opt *opt)
{
    if (clu_ticc_fit(m, v, from, opt, &run, &err) != CLU_OK)
        fail_msg("%s", err.msg);
}

/* The series of tests/oracle/ticc.py. */
static struct clu_view load(void)
{
    double row[4];
    size_t n = 0;
    FILE *f = stored("series");
    for (; numbers(f, row, 4); n++) {
        x[2 * n] = row[0];
        x[2 * n + 1] = row[1];
        start[n] = (int32_t)row[2];
        truth[n] = (int32_t)row[3];
    }
    fclose(f);
    assert_int_equal(n, 300);
    return view(n, 2);
}

static void test_reference(void **unused)
{
    (void)unused;
    struct clu_view v = load();
    struct clu_ticc_opt opt = {.k = 3, .window = 3, .max_iter = 4, .lambda = 0.11, .beta = 12, .compat = true};
    struct clu_ticc m;
    double want[300], mean[6], inverse[36];
    fit(&m, v, start, &opt);
    FILE *f = stored("labels");
    assert_true(numbers(f, want, 300));
    fclose(f);
    for (size_t t = 0; t < 300; t++)
        assert_true(m.label[t] == (int32_t)want[t]);
    f = stored("clusters");
    for (size_t j = 0; j < 3; j++) {
        assert_true(numbers(f, mean, 6) && numbers(f, inverse, 36));
        for (size_t i = 0; i < 6; i++)
            assert_true(fabs(m.mean[j * 6 + i] - mean[i]) < 1e-12);
        for (size_t i = 0; i < 36; i++)
            assert_true(fabs(m.inverse[j * 36 + i] - inverse[i]) < 1e-9);
    }
    fclose(f);
    assert_true(m.converged);
    clu_ticc_clear(&m);
}

static double normal(struct clu_rng *r)
{
    double s = -6;
    for (int i = 0; i < 12; i++)
        s += clu_rng_unit(r);
    return s;
}

/* Three columns whose correlations change every 250 rows between k of the patterns; every third starting label is random. */
static struct clu_view plant(size_t n, size_t k, uint64_t seed)
{
    static const double mix[4][3][3] = {
        {{1, 0, 0}, {0.9, 0.4, 0}, {0, 0, 1}}, {{1, 0, 0}, {-0.9, 0.4, 0}, {0, 0, 1}},
        {{1, 0, 0}, {0, 1, 0}, {0.9, 0, 0.4}}, {{1, 0, 0}, {0, 1, 0}, {0, -0.9, 0.4}}};
    struct clu_rng r;
    clu_rng_at(&r, seed, 0);
    for (size_t t = 0; t < n; t++) {
        size_t run_of = t / 250, j = (run_of * run_of + run_of / 3) % k;
        double z[3] = {normal(&r), normal(&r), normal(&r)};
        for (size_t a = 0; a < 3; a++)
            x[3 * t + a] = 20 + mix[j][a][0] * z[0] + mix[j][a][1] * z[1] + mix[j][a][2] * z[2];
        truth[t] = (int32_t)j;
        start[t] = (int32_t)(clu_rng_below(&r, 3) ? j : clu_rng_below(&r, k));
    }
    return view(n, 3);
}

static double agreement(const int32_t *a, const int32_t *b, size_t n)
{
    size_t same = 0;
    for (size_t t = 0; t < n; t++)
        same += a[t] == b[t];
    return (double)same / (double)n;
}

static void test_planted(void **unused)
{
    (void)unused;
    for (int compat = 0; compat < 2; compat++) {
        struct clu_view v = plant(5000, 4, 1);
        struct clu_ticc_opt opt = {.k = 4, .window = 3, .max_iter = 30, .lambda = 0.05, .beta = 40, .compat = compat};
        struct clu_ticc m;
        fit(&m, v, start, &opt);
        assert_true(m.converged && agreement(m.label, truth, v.rows) > 0.985);
        v = plant(3000, 4, 2); /* other rows under the same model */
        assert_int_equal(clu_ticc_assign(label, &m, v, 40, &run, &err), CLU_OK);
        assert_true(agreement(label, truth, v.rows) > 0.985);
        clu_ticc_clear(&m);
    }
}

/* Labels from the mixture, which k-means begins: regimes with means of their own. Each cluster found is one regime. */
static void test_mixture(void **unused)
{
    (void)unused;
    struct clu_view v = plant(4000, 4, 3);
    struct clu_ticc_opt opt = {.k = 4, .window = 2, .max_iter = 30, .lambda = 0.05, .beta = 40};
    struct clu_ticc m;
    size_t count[4][4] = {{0}}, right = 0;
    for (size_t t = 0; t < v.rows; t++)
        x[3 * t + 2] += 4 * truth[t];
    fit(&m, v, NULL, &opt);
    for (size_t t = 0; t < v.rows; t++)
        count[m.label[t]][truth[t]]++;
    for (size_t i = 0; i < 4; i++) {
        size_t most = 0;
        for (size_t j = 0; j < 4; j++)
            most = count[i][j] > most ? count[i][j] : most;
        right += most;
    }
    assert_true((double)right > 0.98 * (double)v.rows);
    clu_ticc_clear(&m);
}

/* The cost of the labels, window by window from mean and inverse; the labels of the tail. */
static void test_cost(void **unused)
{
    (void)unused;
    for (int compat = 0; compat < 2; compat++) {
        struct clu_view v = plant(1003, 3, 4);
        struct clu_ticc_opt opt = {.k = 3, .window = 4, .max_iter = 3, .lambda = 0.1, .beta = 25, .compat = compat};
        struct clu_ticc m;
        double total = 0;
        fit(&m, v, start, &opt);
        for (size_t t = 0; t < v.rows; t++) {
            size_t j = (size_t)m.label[t];
            total += t > 0 && m.label[t] != m.label[t - 1] ? opt.beta : 0;
            if (t + 4 > v.rows) {
                assert_true(m.label[t] == m.label[v.rows - 4]);
                continue;
            }
            for (size_t a = 0; a < 12; a++)
                for (size_t b = 0; b < 12; b++)
                    total += (x[3 * t + a] - m.mean[j * 12 + a]) * (x[3 * t + b] - m.mean[j * 12 + b]) *
                             (m.inverse[j * 144 + a * 12 + b] + (compat && a == b ? 1e-6 : 0));
            total -= m.log_det[j];
        }
        assert_true(fabs(total - m.cost) <= 1e-9 * fabs(total));
        clu_ticc_clear(&m);
    }
}

static void test_same_bytes(void **unused)
{
    (void)unused;
    static const int threads[] = {1, 2, 7};
    struct clu_ticc m[3];
    struct clu_ticc_opt opt = {.k = 7, .window = 3, .max_iter = 6, .lambda = 0.05, .beta = 10};
    for (int way = 0; way < 4; way++) { /* from labels and from the mixture */
        struct clu_view v = plant(3000, 4, 5);
        opt.compat = way % 2;
        for (int i = 0; i < 3; i++) {
            run.threads = threads[i];
            fit(&m[i], v, way < 2 ? start : NULL, &opt);
            assert_memory_equal(m[i].label, m[0].label, v.rows * sizeof *m->label);
            assert_memory_equal(m[i].mean, m[0].mean, 7 * 9 * sizeof *m->mean);
            assert_memory_equal(m[i].inverse, m[0].inverse, 7 * 81 * sizeof *m->inverse);
            assert_true(m[i].cost == m[0].cost && m[i].iterations == m[0].iterations);
        }
        for (int i = 0; i < 3; i++)
            clu_ticc_clear(&m[i]);
    }
    run.threads = 1;
}

/* More clusters than start labels name: they stay empty and take no rows; in compat they get some. */
static void test_empty(void **unused)
{
    (void)unused;
    struct clu_view v = plant(2000, 3, 6);
    struct clu_ticc_opt opt = {.k = 5, .window = 3, .max_iter = 20, .lambda = 0.05, .beta = 30};
    struct clu_ticc m;
    fit(&m, v, start, &opt);
    assert_true(m.converged && m.rows[3] == 0 && m.rows[4] == 0 && m.rows[0] > 0);
    assert_true(agreement(m.label, truth, v.rows) > 0.98);
    assert_int_equal(clu_ticc_assign(label, &m, v, 0, &run, &err), CLU_OK);
    for (size_t t = 0; t < v.rows; t++)
        assert_in_range(label[t], 0, 2);
    clu_ticc_clear(&m);

    opt.compat = true;
    opt.max_iter = 2;
    fit(&m, v, start, &opt);
    size_t rows[5] = {0};
    for (size_t t = 0; t < v.rows; t++)
        rows[m.label[t]]++;
    for (size_t j = 0; j < 5; j++)
        assert_true(rows[j] > 0);
    assert_true(!m.converged);
    clu_ticc_clear(&m);
}

static void test_absorb(void **unused)
{
    (void)unused;
    struct clu_view v = plant(2000, 3, 7);
    struct clu_ticc_opt opt = {.k = 3, .window = 2, .max_iter = 20, .lambda = 0.05, .beta = 40};
    struct clu_ticc m;
    fit(&m, v, start, &opt);
    assert_int_equal(clu_ticc_assign(label, &m, v, 1, &run, &err), CLU_OK); /* changes are cheap: short runs */
    assert_int_equal(clu_ticc_absorb(label, &m, v, 30, &err), CLU_OK);
    for (size_t t = 0, first = 0; t < v.rows; t++)
        if (t + 1 == v.rows || label[t + 1] != label[t]) {
            assert_true(t + 1 - first >= 30);
            first = t + 1;
        }
    assert_true(agreement(label, truth, v.rows) > 0.9);
    clu_ticc_clear(&m);
}

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)ctx;
    (void)done;
    (void)of;
    (void)value;
    return strcmp(what, "states") == 0;
}

static void refuse(struct clu_view v, const int32_t *from, const struct clu_ticc_opt *opt, enum clu_status status, const char *word)
{
    struct clu_ticc m;
    assert_int_equal(clu_ticc_fit(&m, v, from, opt, &run, &err), status);
    assert_non_null(strstr(err.msg, word));
    assert_null(m.label);
    assert_null(m.inverse);
}

static void test_failures(void **unused)
{
    (void)unused;
    struct clu_view v = plant(400, 2, 8);
    const struct clu_ticc_opt good = {.k = 2, .window = 5, .max_iter = 5, .lambda = 0.1, .beta = 10};
    struct clu_ticc_opt opt = good;
    struct clu_watch watch = {.tick = stop};
    struct clu_ticc m;

    refuse(view(4, 3), start, &good, CLU_DATA, "fewer than a window");
    opt.k = 0;
    refuse(v, start, &opt, CLU_USAGE, "1 or more");
    opt = good;
    opt.beta = -1;
    refuse(v, start, &opt, CLU_USAGE, "beta");
    opt = good;
    opt.k = 1;
    refuse(v, start, &opt, CLU_USAGE, "to start from");
    run.watch = &watch;
    refuse(v, start, &good, CLU_STOPPED, "stopped");
    run.watch = NULL;
    run.max_memory = 1000;
    refuse(v, start, &good, CLU_SYSTEM, "needs");
    run.max_memory = 0;

    fit(&m, view(5, 3), start, &good); /* one window */
    clu_ticc_clear(&m);
    opt = (struct clu_ticc_opt){.k = 1, .window = 1, .max_iter = 5, .beta = 0}; /* the least of everything: 1 / variance */
    fit(&m, view(400, 1), NULL, &opt);
    assert_true(m.converged && m.iterations == 2 && m.rows[0] == 400);
    clu_ticc_clear(&m);
    fit(&m, v, start, &good);
    assert_int_equal(clu_ticc_assign(label, &m, view(400, 2), 1, &run, &err), CLU_USAGE);
    assert_int_equal(clu_ticc_assign(label, &m, view(4, 3), 1, &run, &err), CLU_DATA);
    assert_int_equal(clu_ticc_assign(label, &m, v, NAN, &run, &err), CLU_USAGE);
    m.inverse[0] = -1;
    assert_int_equal(clu_ticc_assign(label, &m, v, 1, &run, &err), CLU_DATA);
    assert_int_equal(clu_ticc_absorb(label, &m, v, 3, &err), CLU_DATA);
    clu_ticc_clear(&m);

    memset(x, 0, sizeof x); /* no distinct windows to start from */
    refuse(v, NULL, &good, CLU_DATA, "distinct");
    (void)plant(400, 2, 8);
    for (size_t t = 0; t < 400; t++) /* a constant column: fine with a penalty */
        x[3 * t + 1] = 7;
    fit(&m, v, start, &good);
    clu_ticc_clear(&m);
    opt = good;
    opt.lambda = 0;
    refuse(v, start, &opt, CLU_DATA, "singular");
    x[100] = NAN;
    refuse(v, start, &good, CLU_DATA, "finite");
    assert_int_equal(clu_ticc_alloc(&m, 0, 2, 3, 4, &err), CLU_OK);
    assert_null(m.label);
    assert_int_equal(clu_ticc_assign(label, &m, view(50, 2), 1, &run, &err), CLU_DATA);
    clu_ticc_clear(&m);
    clu_ticc_clear(&m);
}

int main(void)
{
    clu_gslx_init();
    (void)unit_target(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),  cmocka_unit_test(test_planted), cmocka_unit_test(test_mixture), cmocka_unit_test(test_cost),
        cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_empty),   cmocka_unit_test(test_absorb),  cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
