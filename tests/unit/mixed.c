/* tab/mixed.h and io/mixed_model.h: mixed tables settled as R's daisy() settles them, and coded alike afterwards. */
#include "unit.h"

#include "base/mem.h"
#include "io/mixed_model.h"
#include "io/read.h"
#include "tab/mixed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clu-mixed-XXXXXX";
static char path[64];
static struct clu_err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/t.csv", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void same_number(double a, double b)
{
    if (!(isnan(a) && isnan(b)) && a != b)
        fail_msg("%.17g, not %.17g", a, b);
}

static void put_text(const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void read_text(struct clu_table *t, const char *text, struct clu_read_opt opt)
{
    struct clu_run run = {.threads = 2};
    const char *file = path;
    put_text(text);
    opt.file = &file;
    opt.files = 1;
    opt.na = CLU_NA_KEEP;
    opt.ask.text = true;
    if (clu_read_table(t, &opt, &run, &err) != CLU_OK)
        fail_msg("%s", err.msg);
}

static void settle(struct clu_mixed *m, struct clu_table *t, struct clu_mixed_ask ask)
{
    if (clu_mixed_settle(m, t, &ask, &err) != CLU_OK)
        fail_msg("%s", err.msg);
}

/* Column j of the settled table is these numbers. */
static void column_is(const struct clu_table *t, size_t j, const double *want)
{
    for (size_t i = 0; i < t->x.rows; i++)
        same_number(t->x.v[i * t->x.cols + j], want[i]);
}

/* The settled value was this text, or number. */
static void was_text(const struct clu_mixed *m, size_t j, double code, const char *text)
{
    size_t len;
    double number;
    const char *s = clu_mixed_text(m, j, code, &len, &number);
    assert_non_null(s);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(s, text, len);
}

static void was_number(const struct clu_mixed *m, size_t j, double code, double want)
{
    size_t len;
    double number;
    assert_null(clu_mixed_text(m, j, code, &len, &number));
    same_number(number, want);
}

/* --- daisy --- */

/* tests/oracle/daisy.R */
static const char daisy_table[] = "height,region,grade,rooms,smoker,owner,code,flat\n"
                                  "1.5,north,b,2,0,no,01,3\n"
                                  "2.25,south,a,10,1,yes,1,3\n"
                                  "NA,east,c,2,1,no,01,3\n"
                                  "-0.125,north,NA,1,0,NA,7,3\n"
                                  "4,west,b,3,NA,yes,7,NA\n"
                                  "3.5,,a,10,0,no,NA,3\n"
                                  "2.25,south,c,1,0,no,1,3\n"
                                  "NA,west,c,NA,1,yes,01,3\n"
                                  "0.0625,east,a,3,0,no,7,3\n"
                                  "1e1,north,b,2,1,NA,1,3\n";
static const double daisy[] = { /* the lower triangle by columns */
    0.65509259259259256, 0.41666666666666669, 0.29876543209876544, 0.5967078189300411, 0.3410493827160494,
    0.48456790123456789, 0.58333333333333337, 0.4958847736625514, 0.40564373897707234, 0.66666666666666674,
    0.70576131687242805, 0.50102880658436211, 0.35390946502057613, 0.5, 0.5, 0.56867283950617287, 0.41887125220458554,
    0.66666666666666663, 0.76666666666666661, 0.66666666666666674, 0.55555555555555547, 0.33333333333333331,
    0.55555555555555547, 0.41666666666666669, 0.51851851851851849, 0.45267489711934156, 0.44691358024691363, 0.75,
    0.33703703703703702, 0.55555555555555547, 0.47067901234567899, 0.72325102880658443, 0.375, 0.48148148148148145,
    0.58518518518518514, 0.53086419753086422, 0.75, 0.16820987654320987, 0.56172839506172845, 0.66666666666666663,
    0.64711934156378603, 0.51410934744268078, 0.83333333333333337, 0.5, 0.68783068783068779,
};
enum { DAISY_ROWS = 10, DAISY_COLS = 8 };

static const char *const code_column[] = {"code"}, *const ordered_columns[] = {"grade", "rooms"},
                         *const binary_columns[] = {"smoker,owner"};
static const struct clu_mixed_ask daisy_ask = {.nominal = code_column,
                                               .nominals = 1,
                                               .ordered = ordered_columns,
                                               .ordereds = 2,
                                               .asymmetric = binary_columns,
                                               .asymmetrics = 1};

static double gower(const struct clu_mixed *m, const double *a, const double *b)
{
    double sum = 0, count = 0;
    for (size_t j = 0; j < m->d; j++) {
        if (isnan(a[j]) || isnan(b[j]) || (m->type[j] == CLU_GOWER_ASYMMETRIC && a[j] == 0 && b[j] == 0))
            continue;
        sum += m->type[j] == CLU_GOWER_INTERVAL ? fabs(a[j] - b[j]) / m->range[j] : a[j] != b[j];
        count++;
    }
    return sum / count;
}

static void check_daisy(const struct clu_mixed *m, const double *x)
{
    size_t at = 0;
    for (size_t i = 0; i < DAISY_ROWS; i++)
        for (size_t k = i + 1; k < DAISY_ROWS; k++, at++)
            if (!(fabs(gower(m, x + i * m->d, x + k * m->d) - daisy[at]) < 1e-12))
                fail_msg("rows %zu and %zu: %.17g, not %.17g", i, k, gower(m, x + i * m->d, x + k * m->d), daisy[at]);
    assert_int_equal(at, sizeof daisy / sizeof daisy[0]);
}

static void as_daisy(void **state)
{
    struct clu_table t;
    struct clu_mixed m;
    (void)state;
    read_text(&t, daisy_table, (struct clu_read_opt){.ask = {.nominal = code_column, .nominals = 1}});
    assert_int_equal(t.x.cols, DAISY_COLS);
    settle(&m, &t, daisy_ask);
    check_daisy(&m, t.x.v);
    was_text(&m, 1, t.x.v[1], "north");
    was_text(&m, 2, t.x.v[2], "b");
    was_number(&m, 3, t.x.v[DAISY_COLS + 3], 10);
    was_text(&m, 6, t.x.v[6], "01");
    was_number(&m, 0, t.x.v[0], 1.5);
    was_number(&m, 0, NAN, NAN);
    was_number(&m, 1, 4, NAN);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

/* --- types --- */

static void nominal_columns(void **state)
{
    static const double codes[] = {0, 1, 0, NAN, 2, 2, 3}, numbers[] = {0, 1, 1, 0, 2, NAN, 0};
    static const char *const second = "2";
    struct clu_table t;
    struct clu_mixed m;
    (void)state;
    /* by level and by value: 1 and 1.0 are the same, and the two zeros */
    read_text(&t, "1,0\nred,5\n1.0,5.0\nNA,-0\n0,7\n-0,NA\nblue,0\n", (struct clu_read_opt){0});
    settle(&m, &t, (struct clu_mixed_ask){.nominal = &second, .nominals = 1});
    column_is(&t, 0, codes);
    column_is(&t, 1, numbers);
    assert_true(m.type[0] == CLU_GOWER_NOMINAL && m.type[1] == CLU_GOWER_NOMINAL && !m.text[0] && !m.text[1]);
    was_text(&m, 0, 1, "red");
    was_number(&m, 0, 2, 0);
    was_number(&m, 1, 2, 7);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

static void ordered_columns_are_ranks(void **state)
{
    static const double a[] = {3, 1, NAN, 2, 1}, b[] = {2, 3, 1, 4, 3}, c[] = {1, 1, 1, NAN, 1};
    static const char *const all = "1-3";
    struct clu_table t;
    struct clu_mixed m;
    (void)state;
    read_text(&t, "x,y,z\n10,B,k\n-1,a,k\nNA,7,k\n2.5,ab,\n-1,a,k\n", (struct clu_read_opt){0});
    settle(&m, &t, (struct clu_mixed_ask){.ordered = &all, .ordereds = 1});
    column_is(&t, 0, a);
    column_is(&t, 1, b);
    column_is(&t, 2, c);
    assert_true(m.type[1] == CLU_GOWER_INTERVAL && m.ordered[1]);
    same_number(m.range[0], 2);
    same_number(m.range[1], 3);
    same_number(m.range[2], 1);
    was_number(&m, 0, 3, 10);
    was_text(&m, 1, 2, "B");
    was_number(&m, 1, 1, 7);
    assert_true(!m.text[0] && !m.text[1] && m.text[2]);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

static void asymmetric_columns_are_binary(void **state)
{
    static const double want[8][3] = {{0, 1, NAN}, {1, 0, 0}, {0, 1, NAN}, {0, 0, NAN},
                                      {1, 1, NAN}, {1, 1, NAN}, {1, 1, NAN}, {NAN, NAN, NAN}};
    static const char *const all = "1-8";
    struct clu_table t;
    struct clu_mixed m;
    (void)state;
    read_text(&t,
              "a,b,c,d,e,f,g,h\n"
              "0,TRUE,5,0,1,7,TRUE,\n"
              "1,FALSE,7,0,1,7,TRUE,\n"
              "NA,FALSE,NA,,,,,\n",
              (struct clu_read_opt){0});
    settle(&m, &t, (struct clu_mixed_ask){.asymmetric = &all, .asymmetrics = 1});
    for (size_t j = 0; j < 8; j++) {
        column_is(&t, j, want[j]);
        assert_int_equal(m.type[j], CLU_GOWER_ASYMMETRIC);
    }
    was_text(&m, 1, 0, "FALSE");
    was_number(&m, 2, 1, 7);
    was_number(&m, 3, 1, 1);
    was_number(&m, 5, 0, NAN);
    assert_true(m.text[1] && m.text[6] && !m.text[0]);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

static void fails(const char *text, struct clu_mixed_ask ask, enum clu_status status, const char *what)
{
    struct clu_table t;
    struct clu_mixed m;
    read_text(&t, text, (struct clu_read_opt){0});
    assert_int_equal(clu_mixed_settle(&m, &t, &ask, &err), status);
    assert_string_equal(err.msg, what);
    assert_null(m.type);
    clu_table_clear(&t);
}

static void what_cannot_be_settled(void **state)
{
    static const char *const first = "1", *const no = "nosuch";
    (void)state;
    fails("a,b\n1,x\n2,y\n3,y\n", (struct clu_mixed_ask){.asymmetric = &first, .asymmetrics = 1}, CLU_DATA,
          "column 1 (a) has 3 different values, but an asymmetric column has two");
    fails("a,b\n1,x\n", (struct clu_mixed_ask){.nominal = &first, .nominals = 1, .ordered = &first, .ordereds = 1}, CLU_USAGE,
          "column 1 (a) cannot be both nominal and ordered");
    fails("a,b\n1,x\n", (struct clu_mixed_ask){.nominal = &no, .nominals = 1}, CLU_USAGE,
          "no column 'nosuch'; the columns are: a, b");
    fails("a,b\n-1e308,x\n1e308,y\n", (struct clu_mixed_ask){0}, CLU_DATA, "column 1 (a): the range of its values overflows");
}

/* Asks count columns of the input, not of the features. */
static void asks_are_about_the_input(void **state)
{
    static const char *const pick = "z,x", *const third = "3,1";
    struct clu_table t;
    struct clu_mixed m;
    (void)state;
    read_text(&t, "id,x,z\n5,1,8\n6,2,9\n", (struct clu_read_opt){.ask = {.columns = &pick, .ncolumns = 1, .id = "id"}});
    settle(&m, &t, (struct clu_mixed_ask){.nominal = &third, .nominals = 1});
    assert_true(m.type[0] == CLU_GOWER_NOMINAL && m.type[1] == CLU_GOWER_INTERVAL);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

/* --- other rows, and the model --- */

static enum clu_status enter(const struct clu_mixed *m, const char *text, double *x, size_t rows)
{
    const char *file = path;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_read_opt opt = {.file = &file,
                               .files = 1,
                               .na = CLU_NA_KEEP,
                               .ask = {.header = CLU_HEADER_NO, .text = true, .nominal_at = m->text, .nominals_at = m->d}};
    struct clu_reader *r;
    struct clu_batch b;
    put_text(text);
    assert_int_equal(clu_reader_open(&r, &opt, &run, &err), CLU_OK);
    assert_int_equal(clu_reader_next(r, &b, &err), CLU_OK);
    assert_int_equal(b.rows, rows);
    memcpy(x, b.x, rows * m->d * sizeof *x);
    enum clu_status status = clu_mixed_enter(m, clu_reader_levels(r), clu_reader_schema(r), 10, x, rows, &err);
    clu_reader_close(r);
    return status;
}

static void check_rows(const struct clu_mixed *m, const double *settled)
{
    double x[3 * DAISY_COLS];
    assert_int_equal(enter(m, strchr(daisy_table, '\n') + 1, (double[DAISY_ROWS * DAISY_COLS]){0}, DAISY_ROWS), CLU_OK);
    /* the first row, in another place; a nominal value that is not known equals none; unknown levels in all ways */
    assert_int_equal(enter(m, "7,east,c,3,1,yes,7,3\n1.5,north,b,2,0,no,01,3\n1,up,a,1,1,no,1.0,3\n", x, 3), CLU_OK);
    for (size_t j = 0; j < DAISY_COLS; j++)
        same_number(x[DAISY_COLS + j], settled[j]);
    same_number(x[2 * DAISY_COLS + 1], 4);
    same_number(x[2 * DAISY_COLS + 6], 3);
    assert_int_equal(enter(m, "7,east,d,3,1,yes,7,3\n", x, 1), CLU_DATA);
    assert_string_equal(err.msg, "row 11: column 3: not one of the ordered values: 'd'");
    assert_int_equal(enter(m, "7,east,a,3,1,yes,7,3\n7,east,a,2.5,1,yes,7,3\n", x, 2), CLU_DATA);
    assert_string_equal(err.msg, "row 12: column 4: not one of the ordered values: '2.5'");
    assert_int_equal(enter(m, "7,east,a,3,2,yes,7,3\n", x, 1), CLU_DATA);
    assert_string_equal(err.msg, "row 11: column 5: neither of the two values: '2'");
    assert_int_equal(enter(m, "tall,east,a,3,1,yes,7,3\n", x, 1), CLU_DATA);
    assert_string_equal(err.msg, "row 11: column 1: not a number: 'tall'");
}

static void rows_are_coded_alike(void **state)
{
    struct clu_table t;
    struct clu_mixed m, back;
    struct clu_out *out;
    struct clu_model *model;
    double row[DAISY_COLS];
    (void)state;
    read_text(&t, daisy_table, (struct clu_read_opt){.ask = {.nominal = code_column, .nominals = 1}});
    settle(&m, &t, daisy_ask);
    check_rows(&m, t.x.v);

    assert_int_equal(clu_out_open(&out, path, &err), CLU_OK);
    clu_model_begin(out, "pam");
    assert_int_equal(clu_mixed_save(&m, out, &err), CLU_OK);
    for (size_t i = 0; i < DAISY_ROWS; i++)
        assert_int_equal(clu_mixed_save_row(&m, out, "medoid", t.x.v + i * DAISY_COLS, &err), CLU_OK);
    assert_int_equal(clu_out_close(out, &err), CLU_OK);
    assert_int_equal(clu_model_load(&model, path, "pam", &err), CLU_OK);
    if (clu_mixed_load(&back, model, DAISY_COLS, &err) != CLU_OK)
        fail_msg("%s", err.msg);
    assert_memory_equal(back.type, m.type, DAISY_COLS);
    assert_memory_equal(back.ordered, m.ordered, DAISY_COLS);
    assert_memory_equal(back.text, m.text, DAISY_COLS);
    assert_memory_equal(back.range, m.range, sizeof row);
    for (size_t i = 0; i < DAISY_ROWS; i++) {
        assert_int_equal(clu_mixed_load_row(&back, model, "medoid", i, row, &err), CLU_OK);
        for (size_t j = 0; j < DAISY_COLS; j++)
            same_number(row[j], t.x.v[i * DAISY_COLS + j]);
    }
    check_rows(&back, t.x.v);
    clu_model_free(model);
    clu_mixed_clear(&back);
    clu_mixed_clear(&m);
    clu_table_clear(&t);
}

/* Texts that look like something else in a model. */
static void odd_texts_survive(void **state)
{
    static const char *const text[] = {"1", "=", "=1", "NA", "1e5", "a,b", "say \"x\"", "01", "two\nlines", "inf", "", "-"};
    enum { TEXTS = sizeof text / sizeof text[0] };
    struct clu_mixed m, back;
    struct clu_out *out;
    struct clu_model *model;
    (void)state;
    assert_int_equal(clu_mixed_init(&m, 2, &err), CLU_OK);
    m.type[1] = CLU_GOWER_NOMINAL;
    for (size_t i = 0; i < TEXTS; i++) {
        assert_int_equal(clu_mixed_add_text(&m, 1, text[i], strlen(text[i]), &err), CLU_OK);
        assert_int_equal(clu_mixed_add_text(&m, 1, text[i], strlen(text[i]), &err), CLU_DATA);
    }
    assert_int_equal(clu_mixed_add_number(&m, 1, 0.1, &err), CLU_OK);
    clu_mixed_finish(&m);
    assert_int_equal(clu_out_open(&out, path, &err), CLU_OK);
    clu_model_begin(out, "pam");
    assert_int_equal(clu_mixed_save(&m, out, &err), CLU_OK);
    assert_int_equal(clu_out_close(out, &err), CLU_OK);
    assert_int_equal(clu_model_load(&model, path, NULL, &err), CLU_OK);
    assert_int_equal(clu_mixed_load(&back, model, 2, &err), CLU_OK);
    for (size_t i = 0; i < TEXTS; i++)
        was_text(&back, 1, (double)i, text[i]);
    was_number(&back, 1, TEXTS, 0.1);
    assert_false(back.text[1]);
    clu_model_free(model);
    clu_mixed_clear(&back);
    clu_mixed_clear(&m);
}

static void damaged_models(void **state)
{
    static const struct {
        const char *text, *what;
    } table[] = {
        {"type,interval\nrange,1,1\n", ":2: 1 types for 2 columns"},
        {"range,1,1\n", ":1: 0 types for 2 columns"},
        {"type,interval,odd\nrange,1,1\n", ":2: no such type of a column"},
        {"type,interval,interval\nrange,1,0\n", ":3: ranges must be positive"},
        {"type,interval,interval\nrange,1,NA\n", ":3: 'range': not a number: 'NA'"},
        {"type,interval,nominal\nrange,1,1\nlevel,1,a\n", ":4: the levels of column 2 are expected"},
        {"type,interval,nominal\nrange,1,1\n", ":1: the levels of column 2 are expected"},
        {"type,interval,nominal\nrange,1,1\nlevel,2,a,b,a\n", ":4: the same value twice"},
        {"type,interval,asymmetric\nrange,1,1\nlevel,2,a\n", ":4: an asymmetric column has two values"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct clu_model *model;
        struct clu_mixed m;
        char text[200];
        snprintf(text, sizeof text, "clusterutils-model,1,pam\n%s", table[i].text);
        put_text(text);
        assert_int_equal(clu_model_load(&model, path, NULL, &err), CLU_OK);
        assert_int_equal(clu_mixed_load(&m, model, 2, &err), CLU_DATA);
        assert_string_equal(err.msg + strlen(path), table[i].what);
        clu_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_daisy),
        cmocka_unit_test(nominal_columns),
        cmocka_unit_test(ordered_columns_are_ranks),
        cmocka_unit_test(asymmetric_columns_are_binary),
        cmocka_unit_test(what_cannot_be_settled),
        cmocka_unit_test(asks_are_about_the_input),
        cmocka_unit_test(rows_are_coded_alike),
        cmocka_unit_test(odd_texts_survive),
        cmocka_unit_test(damaged_models),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
