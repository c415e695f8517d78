/* io/read.h: tables of many blocks, the same for every number of threads and however the bytes arrive. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/prepare.h"
#include "io/read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clu-read-XXXXXX";
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

/* A big table with everything in it, and what it must read as. */
enum { ROWS = 60000, COLS = 3 };
static double want[ROWS][COLS], want_weight[ROWS];
static char want_id[ROWS][24];
static size_t want_line[ROWS];
static size_t want_bytes;

static double some_value(struct clu_rng *r)
{
    double x = clu_rng_unit(r) - 0.5;
    switch (clu_rng_below(r, 6)) {
    case 0:
        return floor(x * 1000);
    case 1:
        return x * 1e-30;
    case 2:
        return ldexp(x, 200);
    default:
        return x;
    }
}

/* One line in hundred has an id with a newline inside, one in fifty a quoted number, blanks or CRLF. */
static void make_table(size_t bad_row, size_t missing_every)
{
    struct clu_rng r;
    FILE *f = fopen(path, "wb");
    size_t line = 2;

    assert_non_null(f);
    clu_rng_at(&r, 11, 0);
    fputs("\xef\xbb\xbfid,x,\"w,\"\"w\",y,text,z\n", f);
    for (size_t i = 0; i < ROWS; i++) {
        bool odd = clu_rng_below(&r, 50) == 0, split = clu_rng_below(&r, 100) == 0;
        want_line[i] = line;
        snprintf(want_id[i], sizeof want_id[i], split ? "i\n\"%zu\"" : "i%zu", i);
        want_weight[i] = (double)clu_rng_below(&r, 5) / 4;
        fprintf(f, split ? "\"i\n\"\"%zu\"\"\"" : "i%zu", i);
        for (int j = 0; j < COLS; j++)
            want[i][j] = some_value(&r);
        fprintf(f, odd ? ",\"%.17g\"" : ",%.17g", want[i][0]);
        fprintf(f, ",%g", want_weight[i]);
        if (missing_every > 0 && i % missing_every == 1) {
            want[i][1] = NAN;
            fputs(i % 2 ? ",NA" : ",", f);
        } else {
            fprintf(f, odd ? ", %.17g " : ",%.17g", want[i][1]);
        }
        fprintf(f, i == bad_row ? ",t,foo" : ",t\xc3\xa9,%.17g", want[i][2]);
        fputs(odd ? "\r\n" : "\n", f);
        line += 1 + split;
    }
    want_bytes = (size_t)ftell(f);
    assert_int_equal(fclose(f), 0);
}

static const char *const columns[] = {"x,y", "z"};

static struct clu_read_opt options(const char *const *file, size_t files)
{
    return (struct clu_read_opt){
        .file = file, .files = files, .ask = {.columns = columns, .ncolumns = 2, .id = "id", .weight = "=w,\"w"}};
}

static void same_number(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void check_table(const struct clu_table *t, bool drop)
{
    size_t row = 0;

    assert_int_equal(t->rows, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        size_t len;
        const char *id = clu_texts_at(&t->id, i, &len);
        bool missing = want[i][1] != want[i][1];
        assert_int_equal(len, strlen(want_id[i]));
        assert_memory_equal(id, want_id[i], len);
        if (drop)
            assert_int_equal(t->kept ? t->kept[i] : 1, !missing);
        if (drop && missing)
            continue;
        for (int j = 0; j < COLS; j++)
            if (want[i][j] == want[i][j])
                same_number(t->x.v[row * COLS + (size_t)j], want[i][j]);
        same_number(t->weight[row], want_weight[i]);
        row++;
    }
    assert_int_equal(t->x.rows, row);
}

static void every_number_of_threads(void **state)
{
    static const int threads[] = {1, 2, 3, 7};
    const char *file = path;
    (void)state;
    for (size_t missing = 0; missing < 40; missing += 37) {
        make_table(ROWS, missing);
        for (size_t i = 0; i < 4; i++) {
            struct clu_run run = {.threads = threads[i]};
            struct clu_read_opt opt = options(&file, 1);
            struct clu_table t;
            opt.na = CLU_NA_DROP;
            assert_int_equal(clu_read_table(&t, &opt, &run, &err), CLU_OK);
            check_table(&t, true);
            clu_table_clear(&t);
        }
    }
}

/* Batches as they come, eager or not, from a pipe that is fed in small pieces. */
static void pieces_of_a_pipe(void **state)
{
    (void)state;
    make_table(ROWS, 0);
    for (int eager = 0; eager < 2; eager++) {
        char feed[160];
        int saved = dup(0);
        snprintf(feed, sizeof feed, "dd if=%s bs=%d status=none", path, eager ? 40009 : 1013);
        FILE *pipe = popen(feed, "r");
        assert_non_null(pipe);
        dup2(fileno(pipe), 0);

        struct clu_run run = {.threads = 2};
        struct clu_read_opt opt = options(NULL, 0);
        struct clu_reader *r;
        struct clu_batch b;
        size_t row = 0;
        opt.eager = eager;
        opt.keep_text = true;
        assert_int_equal(clu_reader_open(&r, &opt, &run, &err), CLU_OK);
        uint64_t bytes = clu_reader_schema(r)->head.used + 3;
        for (;;) {
            assert_int_equal(clu_reader_next(r, &b, &err), CLU_OK);
            if (b.rows == 0)
                break;
            assert_int_equal(b.first, row);
            for (size_t i = 0; i < b.rows; i++, row++)
                for (size_t j = 0; j < COLS; j++)
                    same_number(b.x[i * COLS + j], want[row][j]);
            assert_int_equal(b.text->n, b.rows);
            bytes += b.text->used;
        }
        assert_int_equal(row, ROWS);
        assert_int_equal(bytes, want_bytes); /* nothing of the text is lost */
        clu_reader_close(r);
        dup2(saved, 0);
        close(saved);
        pclose(pipe);
    }
}

static void the_line_of_an_error(void **state)
{
    const char *file = path;
    static const size_t bad[] = {0, 777, 31234, ROWS - 1};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        make_table(bad[i], 0);
        struct clu_run run = {.threads = 3};
        struct clu_read_opt opt = options(&file, 1);
        struct clu_table t;
        char message[160];
        /* an id with a newline ends one line later than it begins: the message names the first */
        snprintf(message, sizeof message, "%s:%zu: column 6 (z): not a number: 'foo'", path, want_line[bad[i]]);
        assert_int_equal(clu_read_table(&t, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, message);
    }
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

static void means_are_filled_in(void **state)
{
    struct clu_table t;
    (void)state;
    assert_int_equal(read_text(&t, "1,NA\n2,4\n,6\n", (struct clu_read_opt){.na = CLU_NA_MEAN}), CLU_OK);
    same_number(t.x.v[1], 5);
    same_number(t.x.v[4], 1.5);
    same_number(t.fill[1], 5);
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "1,NA\n2,\n", (struct clu_read_opt){.na = CLU_NA_MEAN}), CLU_DATA);
    assert_string_equal(err.msg, "column 2 has no values");
    assert_int_equal(read_text(&t, "1.7e308\n1.7e308\n\n1.7e308\n", (struct clu_read_opt){.na = CLU_NA_MEAN}), CLU_OK);
    same_number(t.x.v[2], 1.7e308);
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "1,NA\n2,3\n", (struct clu_read_opt){.na = CLU_NA_KEEP}), CLU_OK);
    assert_true(isnan(t.x.v[1]));
    clu_table_clear(&t);
}

static void headers_are_recognised(void **state)
{
    struct clu_table t;
    static const char *const second = "2";
    (void)state;
    assert_int_equal(read_text(&t, "a,1\n2,3\n", (struct clu_read_opt){0}), CLU_OK);
    assert_true(t.schema.header);
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "a,1\n2,3\n", (struct clu_read_opt){.ask = {.columns = &second, .ncolumns = 1}}), CLU_OK);
    assert_false(t.schema.header);
    assert_int_equal(t.rows, 2);
    clu_table_clear(&t);
    assert_int_equal(read_text(&t, "NA,1\n2,3\n", (struct clu_read_opt){.na = CLU_NA_DROP}), CLU_OK);
    assert_false(t.schema.header);
    clu_table_clear(&t);
}

static void floats_keep_half(void **state)
{
    struct clu_table t;
    (void)state;
    assert_int_equal(read_text(&t, "0.1,2\n", (struct clu_read_opt){.float32 = true}), CLU_OK);
    assert_true(t.x.f[0] == 0.1f && t.x.f[1] == 2 && !t.x.v);
    clu_table_clear(&t);
}

static void weights_are_checked(void **state)
{
    struct clu_table t;
    struct clu_read_opt opt = {.ask = {.weight = "2"}};
    (void)state;
    assert_int_equal(read_text(&t, "1,-1\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":1: column 2: negative weight: '-1'"));
    assert_int_equal(read_text(&t, "1,NA\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":1: column 2: missing weight"));
}

/* Rows without a direction, and distances below zero. */
static void rows_are_refused(void **state)
{
    struct clu_table t;
    struct clu_read_opt opt = {.direction = CLU_DIRECTION_NONZERO};
    (void)state;
    assert_int_equal(read_text(&t, "1,1\n-0,0\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":2: a row of zeros has no direction"));
    assert_int_equal(read_text(&t, "1,1\n\"0\",0e5\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":2: a row of zeros has no direction"));
    opt.direction = CLU_DIRECTION_VARIED;
    assert_int_equal(read_text(&t, "1,2\n3,3\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":2: a constant row has no correlation"));
    assert_int_equal(read_text(&t, "1,2\n0,-0\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":2: a constant row has no correlation"));
    opt.na = CLU_NA_DROP;
    assert_int_equal(read_text(&t, "1,2\nNA,3\n3,NA\n", opt), CLU_OK);
    assert_int_equal(t.x.rows, 1);
    clu_table_clear(&t);

    opt = (struct clu_read_opt){.nonnegative = true};
    assert_int_equal(read_text(&t, "a,b\n0,-0\n2,-1\n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":3: column 2 (b): negative distance: '-1'"));
    assert_int_equal(read_text(&t, "a,b\n0,1\n\"2\", -1e-9 \n", opt), CLU_DATA);
    assert_non_null(strstr(err.msg, ":3: column 2 (b): negative distance: ' -1e-9 '"));
}

/* Memory for the numbers is refused before it is taken. */
static void limits_count(void **state)
{
    struct clu_table t;
    const char *file = path;
    struct clu_run run = {.threads = 1, .max_memory = 100000};
    struct clu_read_opt opt = options(&file, 1);
    (void)state;
    make_table(ROWS, 0);
    assert_int_equal(clu_read_table(&t, &opt, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "for the numbers of the first"));
}

/* --- io/prepare.h --- */

static void preparation_survives_a_model(void **state)
{
    struct clu_table t;
    struct clu_prepare p = {0}, back;
    struct clu_out *out;
    struct clu_model *m;
    (void)state;
    assert_int_equal(read_text(&t, "a,\"b,c\"\n1,NA\n2,40\n4,60\n", (struct clu_read_opt){.na = CLU_NA_MEAN}), CLU_OK);
    assert_int_equal(clu_prepare_fit(&p, &t, CLU_SCALE_MINMAX, false, &err), CLU_OK);
    same_number(t.x.v[1], 0.5);
    assert_int_equal(clu_out_open(&out, path, &err), CLU_OK);
    clu_model_begin(out, "kmeans");
    clu_prepare_save(&p, out);
    assert_int_equal(clu_out_close(out, &err), CLU_OK);
    assert_int_equal(clu_model_load(&m, path, NULL, &err), CLU_OK);
    assert_int_equal(clu_prepare_load(&back, m, 2, &err), CLU_OK);
    assert_string_equal(back.name[1], "b,c");
    same_number(back.fill[1], 50);

    double x[] = {NAN, 70, 4, 40};
    uint8_t missing[] = {1, 0}, kept[2];
    struct clu_batch b = {.rows = 2, .x = x, .missing = missing};
    struct clu_mat ready = {0};
    assert_int_equal(clu_prepare_batch(&back, &b, CLU_NA_MEAN, &ready, kept, &err), CLU_OK);
    assert_int_equal(ready.rows, 2);
    same_number(ready.v[1], 1.5);
    same_number(ready.v[2], 1);
    assert_int_equal(clu_prepare_batch(&back, &b, CLU_NA_DROP, &ready, kept, &err), CLU_OK);
    assert_true(ready.rows == 1 && !kept[0] && kept[1]);
    same_number(ready.v[0], 1);
    clu_prepare_leave(&back, ready.v, 1);
    same_number(ready.v[0], 4);

    clu_mat_clear(&ready);
    clu_prepare_clear(&p);
    clu_prepare_clear(&back);
    clu_model_free(m);
    clu_table_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_threads), cmocka_unit_test(pieces_of_a_pipe),
        cmocka_unit_test(the_line_of_an_error),    cmocka_unit_test(means_are_filled_in),
        cmocka_unit_test(headers_are_recognised),  cmocka_unit_test(floats_keep_half),
        cmocka_unit_test(weights_are_checked),     cmocka_unit_test(limits_count),
        cmocka_unit_test(rows_are_refused),
        cmocka_unit_test(preparation_survives_a_model),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
