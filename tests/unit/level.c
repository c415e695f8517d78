/* tab/level.h, and texts in tables read by io/read.h: levels by first appearance, whatever the blocks and threads. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/read.h"
#include "tab/level.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clu-level-XXXXXX";
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
    assert_memory_equal(&a, &b, sizeof a);
}

/* --- boxes and the dictionary --- */

static void boxes_are_told_from_numbers(void **state)
{
    static const double no[] = {0, -0.0, 1, 1e300, INFINITY, -INFINITY, NAN, -NAN};
    static const uint32_t levels[] = {0, 1, 12345, UINT32_MAX};
    volatile double zero = 0;
    (void)state;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(clu_level_is(no[i]));
    assert_false(clu_level_is(zero / zero));
    assert_false(clu_level_is(sqrt(zero - 1)));
    for (size_t i = 0; i < 4; i++) {
        double x = clu_level_box(levels[i]);
        assert_true(isnan(x) && clu_level_is(x));
        assert_true(clu_level_of(x) == levels[i]);
    }
}

static void a_dictionary_of_many(void **state)
{
    struct clu_levels l = {0};
    char text[32];
    uint32_t level = 7;
    (void)state;
    assert_false(clu_levels_find(&l, "a", 1, &level));
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 50000; i++) {
            int n = snprintf(text, sizeof text, "t%x", i * 2654435761u);
            assert_int_equal(clu_levels_add(&l, text, (size_t)n, &level, &err), CLU_OK);
            assert_int_equal(level, i);
            assert_int_equal(clu_levels_add(&l, text, (size_t)n, &level, &err), CLU_OK);
            assert_int_equal(level, i);
        }
        assert_int_equal(l.text.n, 50000);
        assert_int_equal(clu_levels_add(&l, "", 0, &level, &err), CLU_OK);
        assert_true(clu_levels_find(&l, "", 0, &level) && level == 50000);
        assert_false(clu_levels_find(&l, "t", 1, &level));
        clu_levels_reset(&l);
        assert_false(clu_levels_find(&l, "", 0, &level));
    }
    clu_levels_clear(&l);
}

/* --- small tables --- */

static enum clu_status read_text(struct clu_table *t, const char *text, struct clu_read_opt opt)
{
    struct clu_run run = {.threads = 2};
    const char *file = path;
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    opt.file = &file;
    opt.files = 1;
    return clu_read_table(t, &opt, &run, &err);
}

static void is_text(const struct clu_table *t, size_t i, size_t j, const char *what)
{
    size_t len;
    double x = t->x.v[i * t->x.cols + j];
    assert_true(clu_level_is(x));
    const char *s = clu_texts_at(&t->level.text, clu_level_of(x), &len);
    assert_int_equal(len, strlen(what));
    assert_memory_equal(s, what, len);
}

static void fails(const char *text, struct clu_read_opt opt, enum clu_status status, const char *what)
{
    struct clu_table t;
    assert_int_equal(read_text(&t, text, opt), status);
    if (!strstr(err.msg, what))
        fail_msg("'%s', not '%s'", err.msg, what);
}

static void texts_have_levels(void **state)
{
    struct clu_table t;
    struct clu_read_opt opt = {.ask.text = true, .na = CLU_NA_KEEP};
    (void)state;
    assert_int_equal(read_text(&t, "a,b\n1,red\nNA, dark blue \n2,\"re\"\"d\"\n3rd,\" red\"\r\n\"4\",-", opt), CLU_OK);
    assert_true(t.schema.header);
    assert_int_equal(t.rows, 5);
    same_number(t.x.v[0], 1);
    is_text(&t, 0, 1, "red");
    same_number(t.x.v[2], NAN);
    is_text(&t, 1, 1, "dark blue");
    is_text(&t, 2, 1, "re\"d");
    is_text(&t, 3, 0, "3rd");
    is_text(&t, 3, 1, "red");
    same_number(t.x.v[7], clu_level_box(0));
    same_number(t.x.v[8], 4);
    is_text(&t, 4, 1, "-");
    assert_int_equal(t.level.text.n, 5);
    clu_table_clear(&t);
}

/* Columns that are asked for as nominal hold texts even where they look like numbers. */
static void nominal_columns_are_texts(void **state)
{
    static const char *const by_number[] = {"2-"}, *const by_name[] = {"code"};
    static const uint8_t at[] = {0, 1};
    struct clu_table t;
    (void)state;
    assert_int_equal(read_text(&t, "1,01\n2,1\n3, 01 \n", (struct clu_read_opt){.ask = {.nominal = by_number, .nominals = 1}}),
                     CLU_OK);
    assert_int_equal(t.rows, 3);
    is_text(&t, 0, 1, "01");
    is_text(&t, 1, 1, "1");
    is_text(&t, 2, 1, "01");
    assert_true(t.schema.nominal[1] && !t.schema.nominal[0]);
    clu_table_clear(&t);
    /* a name asks for a header, even one of numbers */
    assert_int_equal(read_text(&t, "1,code\n2,1\n", (struct clu_read_opt){.ask = {.nominal = by_name, .nominals = 1}}), CLU_OK);
    assert_true(t.schema.header && t.rows == 1);
    is_text(&t, 0, 1, "1");
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "2,1\n", (struct clu_read_opt){.ask = {.nominal_at = at, .nominals_at = 2}}), CLU_OK);
    same_number(t.x.v[0], 2);
    is_text(&t, 0, 1, "1");
    clu_table_clear(&t);
    fails("a,b\n1,2\n", (struct clu_read_opt){.ask = {.nominal = by_name, .nominals = 1}}, CLU_USAGE,
          "no column 'code'; the columns are: a, b");
    fails("a,b\nx,NA\n", (struct clu_read_opt){.ask = {.text = true, .nominal = by_number, .nominals = 1}}, CLU_DATA,
          ":2: column 2 (b): missing value ('NA')");
    fails("a,b\nx,2\n", (struct clu_read_opt){.ask = {.nominal = by_number, .nominals = 1}}, CLU_DATA,
          ":2: column 1 (a): not a number: 'x'");
}

static void headers_of_texts(void **state)
{
    static const uint8_t ids[] = {1, 1};
    static const struct {
        const char *text;
        bool any, header; /* any: every cell may be a text; else the first two are */
    } table[] = {
        {"a,b,c\n1,x,2\n", true, true},    {"a,x,1\n", true, false},       {"a,NA,c\n", true, false},
        {"a,1e999,c\n", true, false},      {"a,b,c\n1,x,2\n", false, true}, {"a,b,1\n1,x,2\n", false, false},
        {"1,2,d\n1,x,2\n", false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct clu_read_opt opt = {.na = CLU_NA_KEEP};
        const char *file = path;
        struct clu_run run = CLU_RUN_DEFAULT;
        struct clu_reader *r;
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(table[i].text, f);
        assert_int_equal(fclose(f), 0);
        opt.file = &file;
        opt.files = 1;
        opt.ask.text = table[i].any;
        opt.ask.nominal_at = ids;
        opt.ask.nominals_at = table[i].any ? 0 : 2;
        assert_int_equal(clu_reader_open(&r, &opt, &run, &err), CLU_OK);
        if (clu_reader_schema(r)->header != table[i].header)
            fail_msg("%s", table[i].text);
        clu_reader_close(r);
    }
    struct clu_table t;
    static const char *const two = "2";
    /* a weight is a number, and so says it alone */
    assert_int_equal(read_text(&t, "a,w\nb,1\n", (struct clu_read_opt){.ask = {.text = true, .weight = two}}), CLU_OK);
    assert_true(t.schema.header && t.rows == 1);
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "a,2\nb,1\n", (struct clu_read_opt){.ask = {.text = true, .weight = two}}), CLU_OK);
    assert_true(!t.schema.header && t.rows == 2);
    clu_table_clear(&t);
}

/* What is meant as a number stays one. */
static void no_texts(void **state)
{
    struct clu_read_opt opt = {.ask.text = true};
    (void)state;
    fails("a,b\nx,1e400\n", opt, CLU_DATA, ":2: column 2 (b): not a finite number: '1e400'");
    fails("a;b\nx;1,5\n", opt, CLU_DATA, ":2: column 2 (b): not a number: '1,5' (decimal comma? see --decimal-comma)");
    opt.ask.weight = "2";
    fails("a,b\nx,y\n", opt, CLU_DATA, ":2: column 2 (b): not a number: 'y'");
    opt = (struct clu_read_opt){.ask.text = true, .na = CLU_NA_MEAN};
    fails("a,b\nx,1\nNA,2\n", opt, CLU_DATA, "column 1 (a) holds texts, which have no mean");
}

/* --- a big table --- */

enum { ROWS = 50000, COLS = 4, TEXTS = 3000 };
static double want[ROWS][COLS];
static char want_text[TEXTS][16];
static uint32_t want_level[TEXTS]; /* + 1 */
static uint32_t levels;
static char level_text[TEXTS][16];

static double level_of(uint32_t text)
{
    if (want_level[text] == 0) {
        memcpy(level_text[levels], want_text[text], sizeof level_text[0]);
        want_level[text] = ++levels;
    }
    return clu_level_box(want_level[text] - 1);
}

/* Columns: a number, now and then a text; a text; a number by its look, which is a text; a number. */
static void make_table(void)
{
    struct clu_rng r;
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    memset(want_level, 0, sizeof want_level);
    levels = 0;
    clu_rng_at(&r, 5, 0);
    for (uint32_t i = 0; i < TEXTS; i++)
        snprintf(want_text[i], sizeof want_text[i], i % 2 ? "t\"%u\"" : "%u.0", i);
    fputs("x,y,z,w\n", f);
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t text = 1 + 2 * (uint32_t)clu_rng_below(&r, 1 + i * (TEXTS / 2 - 1) / ROWS);
        uint32_t code = 2 * (uint32_t)clu_rng_below(&r, TEXTS / 2), pick = (uint32_t)clu_rng_below(&r, 10);
        want[i][0] = pick == 0 ? level_of(text) : pick == 1 ? NAN : (double)i / 8;
        if (pick == 0)
            fprintf(f, "t\"%u\"", text);
        else if (pick > 1)
            fprintf(f, "%.17g", want[i][0]);
        want[i][1] = level_of(text);
        fprintf(f, pick % 3 ? ",t\"%u\"," : ",\"t\"\"%u\"\"\",", text);
        want[i][2] = level_of(code);
        fprintf(f, pick == 5 ? " %u.0 ,%zu\r\n" : "%u.0,%zu\n", code, i);
        want[i][3] = (double)i;
    }
    assert_int_equal(fclose(f), 0);
}

static const char *const nominal[] = {"z"};

static void check_levels(const struct clu_levels *l)
{
    assert_int_equal(l->text.n, levels);
    for (size_t i = 0; i < levels; i++) {
        size_t len;
        const char *s = clu_texts_at(&l->text, i, &len);
        assert_int_equal(len, strlen(level_text[i]));
        assert_memory_equal(s, level_text[i], len);
    }
}

static void every_number_of_threads(void **state)
{
    static const int threads[] = {1, 2, 3, 7};
    const char *file = path;
    (void)state;
    make_table();
    for (size_t i = 0; i < 4; i++) {
        struct clu_run run = {.threads = threads[i]};
        struct clu_read_opt opt = {.file = &file,
                                   .files = 1,
                                   .ask = {.text = true, .nominal = nominal, .nominals = 1},
                                   .na = CLU_NA_KEEP};
        struct clu_table t;
        assert_int_equal(clu_read_table(&t, &opt, &run, &err), CLU_OK);
        assert_int_equal(t.rows, ROWS);
        assert_memory_equal(t.x.v, want, sizeof want);
        check_levels(&t.level);
        clu_table_clear(&t);
    }
}

/* Batches of few rows, as a pipe gives them. */
static void blocks_of_any_size(void **state)
{
    static const int piece[] = {997, 8009, 100003};
    (void)state;
    make_table();
    for (size_t p = 0; p < 3; p++) {
        char feed[160];
        int saved = dup(0);
        snprintf(feed, sizeof feed, "dd if=%s bs=%d status=none", path, piece[p]);
        FILE *pipe = popen(feed, "r");
        assert_non_null(pipe);
        dup2(fileno(pipe), 0);

        struct clu_run run = {.threads = 3};
        struct clu_read_opt opt = {
            .ask = {.text = true, .nominal = nominal, .nominals = 1}, .na = CLU_NA_KEEP, .eager = true};
        struct clu_reader *r;
        struct clu_batch b;
        size_t row = 0;
        assert_int_equal(clu_reader_open(&r, &opt, &run, &err), CLU_OK);
        for (;;) {
            assert_int_equal(clu_reader_next(r, &b, &err), CLU_OK);
            if (b.rows == 0)
                break;
            assert_memory_equal(b.x, want[row], b.rows * sizeof want[0]);
            for (size_t i = 0; i < b.rows; i++, row++)
                assert_int_equal(b.missing && b.missing[i], isnan(want[row][0]) && !clu_level_is(want[row][0]));
        }
        assert_int_equal(row, ROWS);
        check_levels(clu_reader_levels(r));
        clu_reader_close(r);
        dup2(saved, 0);
        close(saved);
        pclose(pipe);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_told_from_numbers), cmocka_unit_test(a_dictionary_of_many),
        cmocka_unit_test(texts_have_levels),           cmocka_unit_test(nominal_columns_are_texts),
        cmocka_unit_test(headers_of_texts),            cmocka_unit_test(no_texts),
        cmocka_unit_test(every_number_of_threads),     cmocka_unit_test(blocks_of_any_size),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
