/* io/series.h: every form of input, and every message. */
#include "unit.h"

#include "io/series.h"
#include "tab/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/clu-series-XXXXXX";
static char path[3][64]; /* a, b, and a compressed one */
static struct clu_err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    for (int i = 0; i < 3; i++)
        snprintf(path[i], sizeof path[i], "%s/%c", folder, "abz"[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        unlink(path[i]);
    return rmdir(folder);
}

static void put(const char *name, const char *text, size_t len)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* --- what was read, as text: "id|label|1 2 3;4 5 6" a line, a channel behind another; "-" when it was left out --- */

static char shown[4096];

static void add_text(const struct clu_texts *t, size_t i)
{
    size_t len = 0, at = strlen(shown);
    const char *s = i < t->n ? clu_texts_at(t, i, &len) : "";
    snprintf(shown + at, sizeof shown - at, "%.*s|", (int)len, s);
}

static void show(const struct clu_series_table *t)
{
    size_t k = 0;

    shown[0] = '\0';
    for (size_t i = 0; i < t->rows; i++) {
        add_text(&t->id, i);
        add_text(&t->label, i);
        bool kept = !t->kept || t->kept[i];
        for (size_t c = 0; kept && c < t->x.channels; c++)
            for (size_t s = 0; s < t->x.len[k]; s++) {
                double v = clu_series_at(&t->x, k, c)[s];
                size_t at = strlen(shown);
                snprintf(shown + at, sizeof shown - at, isnan(v) ? "%s?" : "%s%.10g", s ? " " : c ? ";" : "", v);
            }
        snprintf(shown + strlen(shown), sizeof shown - strlen(shown), kept ? "\n" : "-\n");
        k += kept;
    }
    assert_int_equal(k, t->x.n);
}

/* --- one case: options, one or two inputs, and what comes of them --- */

struct test_case {
    const char *a, *b; /* b NULL: one file */
    const char *want;  /* as show(), or the message without its folder */
    enum clu_status status;
    struct clu_series_opt opt;
};

/* "a:3: ..." for "/tmp/.../a:3: ..." */
static const char *without_folder(char *msg)
{
    const size_t len = strlen(folder) + 1;
    for (char *at; (at = strstr(msg, folder));)
        memmove(at, at + len, strlen(at + len) + 1);
    return msg;
}

static void check(const struct test_case *c)
{
    struct clu_series_table t;
    struct clu_series_opt opt = c->opt;
    const char *files[] = {path[0], path[1]};
    const struct clu_run run = CLU_RUN_DEFAULT;

    put(path[0], c->a, strlen(c->a));
    if (c->b)
        put(path[1], c->b, strlen(c->b));
    opt.read.file = files;
    opt.read.files = c->b ? 2 : 1;
    opt.read.na_option = "--missing";
    enum clu_status status = clu_read_series(&t, &opt, &run, &err);
    if (status != c->status)
        fail_msg("status %d, not %d (%s) for: %s", status, c->status, err.msg, c->a);
    if (status == CLU_OK) {
        show(&t);
        bool gaps = false;
        for (size_t i = 0; i < t.x.at[t.x.n]; i++)
            gaps |= isnan(t.x.v[i]);
        assert_int_equal(gaps, t.x.gaps);
    } else {
        assert_null(t.x.v);
        assert_int_equal(t.rows, 0);
    }
    assert_string_equal(status == CLU_OK ? shown : without_folder(err.msg), c->want);
    clu_series_table_clear(&t);
}

static void check_all(const struct test_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(&c[i]);
}

#define CHECK(cases) check_all(cases, sizeof(cases) / sizeof *(cases))
#define KEEP .read.na = CLU_NA_KEEP
#define DROP .read.na = CLU_NA_DROP
#define COLUMNS(list) .read.ask = {.columns = list, .ncolumns = 1}

static const char *const third_on[] = {"3-"}, *const two[] = {"3-4"}, *const backwards[] = {"3,1"}, *const but_two[] = {"!2"};

/* --- rows --- */

static void test_rows(void **state)
{
    static const struct test_case cases[] = {
        {.a = "1,2,3\n4,5,6\n", .want = "||1 2 3\n||4 5 6\n"},
        {.a = "1,2,3\r\n4,5\r\n6,7,8,9", .want = "||1 2 3\n||4 5\n||6 7 8 9\n"},
        {.a = "1\n2,3\n", .want = "||1\n||2 3\n"},
        {.a = "\xef\xbb\xbf\"1\";\" 2\"\n-3 ;4;5;\n\n\n", .want = "||1 2\n||-3 4 5\n"},
        {.a = "1\tNaN\tNA\t\tnull\n1\t2\t3\t4\t5\n", .want = "||1\n||1 2 3 4 5\n"},
        {.a = "a,b,c\n1,2,3\n4,5\n", .want = "||1 2 3\n||4 5\n"},
        {.a = "a,b,c\n1,2\n", .b = "a,b,c\n3\n4,5,6\n", .want = "||1 2\n||3\n||4 5 6\n"},
        {.a = "1,2\n", .b = "3\n4,5,6\n", .want = "||1 2\n||3\n||4 5 6\n"},
        {.a = "1;2,5\n", .want = "||1 2.5\n", .opt = {.read.mark = ','}},
        {.a = "1|2\n", .want = "||1 2\n", .opt = {.read.delimiter = '|'}},
        {.a = "1,NA,3\n,2\n", .want = "||1 ? 3\n||? 2\n", .opt = {KEEP}},
        {.a = "1,-9,3\n2,-9\n", .want = "||1 ? 3\n||2\n", .opt = {KEEP, .read.na_values = "-9"}},
        {.a = "1,NA,3\nNA,NA\n4,5,NA\n", .want = "||-\n||-\n||4 5\n", .opt = {DROP}},
        {.a = "1,2,3,4,5\n8,9,10\n", .want = "||3 4\n||10\n", .opt = {COLUMNS(two)}},
        {.a = "1,2,3,4,5\n8,9,10,11\n", .want = "||3 4 5\n||10 11\n", .opt = {COLUMNS(third_on)}},
        {.a = "1,2,3\n8,9,10,11\n", .want = "||3 1\n||10 8\n", .opt = {COLUMNS(backwards)}},
        {.a = "1,2,3\n8,9,10,11\n", .want = "||1 3\n||8 10 11\n", .opt = {COLUMNS(but_two)}},
        {.a = "1e-320,1e308,12345678901234567890123\n", .want = "||9.999888672e-321 1e+308 1.23456789e+22\n"},
    };

    (void)state;
    CHECK(cases);
}

static void test_ids_and_classes(void **state)
{
    static const struct test_case cases[] = {
        {.a = "1\t5\t6\n-1\t7\t8\tNaN\n", .want = "|1|5 6\n|-1|7 8\n", .opt = {.label = "1"}},
        {.a = "cat,1,2\n\"d\"\"o\"\"g\",3,\n", .want = "|cat|1 2\n|d\"o\"g|3\n", .opt = {.label = "1"}},
        {.a = "1,2,x\n3,4,\n", .want = "|x|1 2\n||3 4\n", .opt = {.label = "3"}},
        {.a = "id,class,t1,t2\nu,a,1,2\n\"v\nw\",b,3\n",
         .want = "u|a|1 2\nv\nw|b|3\n", .opt = {.label = "class", .read.ask.id = "id"}},
        {.a = "u,1,2\nv,3\n", .want = "u||1 2\nv||3\n", .opt = {.read.ask.id = "1"}},
        {.a = "a,u,1\r\nb,v,\r\nc,w,NA\r\n", .want = "u|a|1\nv|b|-\nw|c|-\n", .opt = {DROP, .label = "1", .read.ask.id = "2"}},
    };

    (void)state;
    CHECK(cases);
}

static void test_channels(void **state)
{
    static const struct test_case cases[] = {
        {.a = "1,2,3,4\n5,6\n7,8,9,10,11,12\n", .want = "||1 2;3 4\n||5;6\n||7 8 9;10 11 12\n", .opt = {.channels = 2}},
        {.a = "1,2,,4,5,\n", .want = "||1 2;4 5\n", .opt = {.channels = 2}},
        {.a = "1,2,3,4,,\n,,,4,,\n", .want = "||1 2 3;4 ? ?\n||?;4\n", .opt = {KEEP, .channels = 2}},
        {.a = "a,b,c,d\n1,2,3\n1\n", .want = "||1 2;3 ?\n||1;?\n", .opt = {KEEP, .channels = 2}},
        {.a = "a,b,c,d\n1,2,3\n1,2,3,4\n", .want = "||-\n||1 2;3 4\n", .opt = {DROP, .channels = 2}},
        {.a = "k,1,2,3\n", .want = "|k|1;2;3\n", .opt = {.channels = 3, .label = "1"}},
    };

    (void)state;
    CHECK(cases);
}

static void test_row_messages(void **state)
{
    static const struct test_case cases[] = {
        {.a = "", .want = "a: no data", .status = CLU_DATA},
        {.a = "a,b\n", .want = "a: no data rows after the header", .status = CLU_DATA},
        {.a = "1,2\nNA,NA\n", .want = "a:2: no sample", .status = CLU_DATA},
        {.a = "1,2\n,\n", .want = "a:2: no sample", .status = CLU_DATA, .opt = {KEEP}},
        {.a = "NA,1\n", .want = "no complete series", .status = CLU_DATA, .opt = {DROP}},
        {.a = "1,2,3,4\n6,7\n", .want = "a:2: no sample", .status = CLU_DATA, .opt = {COLUMNS(two)}},
        {.a = "1,2\n\n3,4\n", .want = "a:2: empty line (allowed only at the end; in a one-column table it is a missing value)",
         .status = CLU_DATA},
        {.a = "\"x\ny\",2,2\nz,3,NaN,5\n", .want = "a:3: column 3: missing value ('NaN'); see --missing", .status = CLU_DATA,
         .opt = {.read.ask.id = "1"}},
        {.a = "1,2\n", .b = "1\n,3\n", .want = "b:2: column 1: missing value (''); see --missing", .status = CLU_DATA},
        {.a = "a,b,c,d\n1,2,3\n", .want = "a:2: column 4 (d): missing value (''); see --missing",
         .status = CLU_DATA, .opt = {.channels = 2}},
        {.a = "a,b,c\n1,2,3\n", .want = "3 columns cannot be divided into 2 channels", .status = CLU_USAGE, .opt = {.channels = 2}},
        {.a = "1,2\n1,2,3\n", .want = "a:2: 3 samples cannot be divided into 2 channels",
         .status = CLU_DATA, .opt = {.channels = 2}},
        {.a = "a,b\n1,2\n1,2,3\n", .want = "a:3: 3 fields, expected at most 2", .status = CLU_DATA},
        {.a = "1,2\n3,x\n", .want = "a:2: column 2: not a number: 'x' (choose columns with -c)", .status = CLU_DATA},
        {.a = "1,2\n3,1e999\n", .want = "a:2: column 2: not a finite number: '1e999'", .status = CLU_DATA},
        {.a = "1,2,x\n3\n", .want = "a:2: 1 field, but column 3 is needed", .status = CLU_DATA, .opt = {.label = "3"}},
        {.a = "1,2,x\n3,4\n", .want = "a:2: 2 fields, but column 3 is needed", .status = CLU_DATA, .opt = {.read.ask.id = "3"}},
        {.a = "a,b\n1,2\n", .want = "no column 'c'; the columns are: a, b", .status = CLU_USAGE, .opt = {.label = "c"}},
        {.a = "a,b\n1,2\n", .b = "a,c\n1,2\n", .want = "b:1: the header differs from the first file's, which has column 2 (b)",
         .status = CLU_DATA},
        {.a = "1,2\n3,\"4", .want = "a:2: quoted field is never closed", .status = CLU_DATA},
        {.a = "1,2;3\n", .want = "a:1: cannot tell the delimiter (',' or ';'); use -d", .status = CLU_DATA},
    };

    (void)state;
    CHECK(cases);
}

/* The schema tells how wide it became; records are kept byte for byte. */
static void test_schema_and_text(void **state)
{
    static const char text[] = "1,c,2\n3,d,4,5,NA\r\n";
    struct clu_series_opt opt = {.label = "2", .read = {.file = (const char *const[]){path[0]}, .files = 1, .keep_text = true}};
    const struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series_table t;
    size_t len;

    (void)state;
    put(path[0], text, strlen(text));
    assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_OK);
    assert_int_equal(t.schema.cols, 5);
    assert_int_equal(t.schema.picked, 4);
    assert_int_equal(t.schema.label, 1);
    assert_int_equal(t.schema.pick[3], 4);
    assert_int_equal(t.text.n, 2);
    assert_memory_equal(clu_texts_at(&t.text, 1, &len), text + 6, 12);
    assert_int_equal(len, 12);
    clu_series_table_clear(&t);
}

/* --- long --- */

#define LONG .form = CLU_SERIES_LONG

static void test_long(void **state)
{
    static const struct test_case cases[] = {
        {.a = "id,t,v\nb,2,20\na,1,1\nb,1,10\na,3,3\na,2,2\n", .want = "b||10 20\na||1 2 3\n", .opt = {LONG}},
        {.a = "a,1,1\na,2,2\n7,1,5\n", .want = "a||1 2\n7||5\n", .opt = {LONG}},
        {.a = "x,v,w,t,id\nq,1,2,5,a\nq,3,4,4,a\nq,5,6,0,\"b\"\"\"\n",
         .want = "a||3 1;4 2\nb\"||5;6\n", .opt = {LONG, .longs = "id,t,v,w"}},
        {.a = "1,5;7;2,5\n", .want = "7||2.5\n", .opt = {LONG, .longs = "2,1,3", .read.mark = ','}},
        {.a = "a,2024-01-02,2\na,2023-12-31T23:59:59Z,0\na,2024-01-01 12:00,1\n", .want = "a||0 1 2\n", .opt = {LONG}},
        {.a = "a,1,1\n", .b = "b,1,2\na,0,3\n", .want = "a||3 1\nb||2\n", .opt = {LONG}},
        {.a = "a,1,NA\na,2,2\nb,1,\nb,0,1\n", .want = "a||? 2\nb||1 ?\n", .opt = {LONG, KEEP}},
        {.a = "a,1,NA\na,2,2\nb,1,5\n", .want = "a||-\nb||5\n", .opt = {LONG, DROP}},
    };

    (void)state;
    CHECK(cases);
}

static void test_long_messages(void **state)
{
    static const struct test_case cases[] = {
        {.a = "a,b\n1,2\n", .want = "a long table needs 3 columns at least (id, time, value), not 2",
         .status = CLU_USAGE, .opt = {LONG}},
        {.a = "id,t,v\na,1,2\n", .want = "no column 'x'; the columns are: id, t, v",
         .status = CLU_USAGE, .opt = {LONG, .longs = "id,t,x"}},
        {.a = "id,t,v\na,1,2\n,2,3\n", .want = "a:3: column 1 (id): missing id ('')", .status = CLU_DATA, .opt = {LONG}},
        {.a = "id,t,v\na,1,2\na, NA,3\n", .want = "a:3: column 2 (t): missing time (' NA')",
         .status = CLU_DATA, .opt = {LONG, KEEP}},
        {.a = "id,t,v\na,1,NA\n", .want = "a:2: column 3 (v): missing value ('NA'); see --missing",
         .status = CLU_DATA, .opt = {LONG}},
        {.a = "id,t,v\na,1,2\na,2,x\n", .want = "a:3: column 3 (v): not a number: 'x'",
         .status = CLU_DATA, .opt = {LONG, .longs = "id,t,v"}},
        {.a = "id,t,v\na,2024-01-01,1\nb,2024-01-02,x\n", .want = "a:3: column 3 (v): not a number: 'x'", .status = CLU_DATA,
         .opt = {LONG}},
        {.a = "id,t,v\na,noon,2\n", .want = "a:2: column 2 (t): neither a number nor a time by ISO 8601: 'noon'",
         .status = CLU_DATA,
         .opt = {LONG}},
        {.a = "id,t,v\na,2024-02-30,2\n", .want = "a:2: column 2 (t): neither a number nor a time by ISO 8601: '2024-02-30'",
         .status = CLU_DATA, .opt = {LONG}},
        {.a = "id,t,v\na,2024,1\na,2024-03,2\n", .want = "a:3: column 2 (t): a date among numbers: '2024-03'", .status = CLU_DATA,
         .opt = {LONG}},
        {.a = "id,t,v\na,2024-03,1\nb,2024-04,1\n", .b = "id,t,v\na,2024,2\n",
         .want = "b:2: column 2 (t): a number among dates: '2024'",
         .status = CLU_DATA, .opt = {LONG}},
        {.a = "id,t,v\na,3,2\nb,3,2\na,1,2\na,3,9\na,1,9\n", .want = "a:5: series 'a' has a sample at that time already: a:2",
         .status = CLU_DATA, .opt = {LONG}},
        {.a = "id,t,v,x\na,1,2,\"\n\"\na,2,2,\"\n\n\"\na,3,2,\n", .b = "id,t,v,x\nb,0,0,\na,3.0,1,\n",
         .want = "b:3: series 'a' has a sample at that time already: a:7", .status = CLU_DATA, .opt = {LONG, .longs = "id,t,v"}},
        {.a = "a,1,2\nb,1,\nb,2,NA\n", .want = "a: series 'b' has no sample", .status = CLU_DATA, .opt = {LONG, KEEP}},
        {.a = "a,1,NA\n", .want = "no complete series", .status = CLU_DATA, .opt = {LONG, DROP}},
        {.a = "id,t,v\na,1,2\na,2\n", .want = "a:3: 2 fields, expected 3", .status = CLU_DATA, .opt = {LONG}},
    };

    (void)state;
    CHECK(cases);
}

/* Many rows, in many blocks and in no order at all, with any number of threads. */
static void test_long_shuffled(void **state)
{
    enum { N = 300, LEN = 400 };
    FILE *f = fopen(path[0], "wb");
    struct clu_series_opt opt = {LONG, .read = {.file = (const char *const[]){path[0]}, .files = 1}};
    struct clu_run run = CLU_RUN_DEFAULT;

    (void)state;
    assert_non_null(f);
    for (unsigned i = 0; i < N * LEN; i++) {
        unsigned at = (unsigned)((uint64_t)i * 7919 % (N * LEN)); /* a prime that divides neither: every place once */
        fprintf(f, "series %u,%u,%u\n", at % N, at / N, at);
    }
    assert_int_equal(fclose(f), 0);
    for (run.threads = 1; run.threads <= 3; run.threads += 2) {
        struct clu_series_table t;
        assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_OK);
        assert_int_equal(t.x.n, N);
        for (size_t i = 0; i < N; i++) {
            size_t len;
            const char *id = clu_texts_at(&t.id, i, &len);
            double which = strtod(id + 7, NULL);
            assert_int_equal(t.x.len[i], LEN);
            for (size_t s = 0; s < LEN; s++)
                assert_true(clu_series_at(&t.x, i, 0)[s] == (double)s * N + which);
        }
        clu_series_table_clear(&t);
    }
}

/* --- ts --- */

#define TS .form = CLU_SERIES_TS

static void test_ts(void **state)
{
    static const struct test_case cases[] = {
        {.a = "@data\n1,2,3\n4,5\n", .want = "||1 2 3\n||4 5\n", .opt = {TS}},
        {.a = "#c\r\n\r\n@PROBLEMNAME x y\r\n@TimeStamps false\r\n@missing false\r\n@univariate false\r\n@dimensions 2\r\n"
              "@equallength true\r\n@SERIESLENGTH 3\r\n@classlabel true a b\r\n@whatever\r\n@Data\r\n"
              "# c\r\n 1, 2 ,3:4,5,6:a \r\n\r\n7,8,9:-1,0,1:b",
         .want = "|a|1 2 3;4 5 6\n|b|7 8 9;-1 0 1\n", .opt = {TS}},
        {.a = "\xef\xbb\xbf@classLabel true\n@data\n1:2:x\n?:5:?\n", .want = "|x|1;2\n||?;5\n", .opt = {TS, KEEP}},
        {.a = "@targetLabel true\n@data\n1,NaN,?,NA:0.5\n", .want = "|0.5|1 ? ? ?\n", .opt = {TS, KEEP}},
        {.a = "@data\n1,?\n2,3\n", .want = "||-\n||2 3\n", .opt = {TS, DROP}},
        {.a = "@classLabel false\n@targetLabel false\n@equalLength false\n@seriesLength 0\n@data\n1:2\n1,2:3,4\n",
         .want = "||1;2\n||1 2;3 4\n",
         .opt = {TS}},
        {.a = "@timestamps true\n@classlabel true 1 2\n@data\n(2,20),(1,10):(0.5,1),(0,0):2\n",
         .want = "|2|10 20;0 1\n", .opt = {TS}},
        {.a = "@timestamps true\n@data\n (2024-01-02 10:00:00 , 2) , (2024-01-01 23:00:00,?)\n",
         .want = "||? 2\n", .opt = {TS, KEEP}},
        {.a = "@classLabel true a\n@dimensions 1\n@data\n1,2:a\n", .b = "@classLabel true b\n@data\n3:b\n",
         .want = "|a|1 2\n|b|3\n", .opt = {TS}},
        {.a = "@data\n1e-320,12345678901234567890123,-0.5e1\n", .want = "||9.999888672e-321 1.23456789e+22 -5\n", .opt = {TS}},
        {.a = "@data\n1,-9,\n", .want = "||1 ? ?\n", .opt = {TS, KEEP, .read.na_values = "-9,"}},
    };

    (void)state;
    CHECK(cases);
}

static void test_ts_header_messages(void **state)
{
    static const struct test_case cases[] = {
        {.a = "", .want = "a: no data", .status = CLU_DATA, .opt = {TS}},
        {.a = "# only\n\n", .want = "a: no data", .status = CLU_DATA, .opt = {TS}},
        {.a = "@univariate true\n", .want = "a: no @data line", .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n\n#\n", .want = "a: no cases behind @data", .status = CLU_DATA, .opt = {TS}},
        {.a = "#\n1,2,3\n", .want = "a:2: no @data line before the first case: is it a .ts file?", .status = CLU_DATA, .opt = {TS}},
        {.a = "@relation x\n", .want = "a:1: an ARFF or .tsf file, not a .ts file", .status = CLU_DATA, .opt = {TS}},
        {.a = "@attribute x\n", .want = "a:1: an ARFF or .tsf file, not a .ts file", .status = CLU_DATA, .opt = {TS}},
        {.a = "@equalLength yes\n", .want = "a:1: @equalLength: neither true nor false: 'yes'", .status = CLU_DATA, .opt = {TS}},
        {.a = "@missing\n", .want = "a:1: @missing: neither true nor false: ''", .status = CLU_DATA, .opt = {TS}},
        {.a = "@dimensions two\n", .want = "a:1: @dimensions: not a number: 'two'", .status = CLU_DATA, .opt = {TS}},
        {.a = "@seriesLength\n", .want = "a:1: @seriesLength: not a number: ''", .status = CLU_DATA, .opt = {TS}},
        {.a = "@univariate true\n@dimensions 2\n@data\n", .want = "a:3: @univariate is true, but @dimensions is 2",
         .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@univariate false\n@dimensions 1\n@data\n", .want = "a:3: @univariate is false, but @dimensions is 1",
         .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@classLabel true\n@targetLabel true\n@data\n", .want = "a:3: both @classLabel and @targetLabel are true",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1\n", .b = "@classLabel true\n@data\n1:a\n", .want = "b:2: a class, but the first file has none",
         .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@classLabel true\n@data\n1:a\n", .b = "@data\n1\n", .want = "b:1: no class, but the first file has one",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1:2\n", .b = "@dimensions 3\n@data\n1\n", .want = "b:2: 3 channels, but the first file has 2",
         .status = CLU_DATA,
         .opt = {TS}},
        {.a = "\xff\xfe@\n", .want = "a:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8", .status = CLU_DATA, .opt = {TS}},
    };

    (void)state;
    CHECK(cases);
}

static void test_ts_case_messages(void **state)
{
    static const struct test_case cases[] = {
        {.a = "@data\n1,2\n1,x\n", .want = "a:3: channel 1, sample 2: not a number: 'x'", .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1:1e999\n", .want = "a:2: channel 2, sample 1: not a finite number: '1e999'",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1,2:3, ? \n", .want = "a:2: channel 2, sample 2: missing value: '?'; see --missing", .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@data\n(0,1)\n", .want = "a:2: channel 1, sample 1: not a number: '(0'; see @timeStamps",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@timestamps true\n@data\n1,2\n", .want = "a:3: channel 1, sample 1: not (time,value): '1,2'", .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@timestamps true\n@data\n(1,2),(3\n", .want = "a:3: channel 1, sample 2: not (time,value): '(3'", .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@timestamps true\n@data\n(1,2)(2,3)\n", .want = "a:3: channel 1, sample 2: not (time,value): '(2,3)'",
         .status = CLU_DATA,
         .opt = {TS}},
        {.a = "@timestamps true\n@data\n(noon,2)\n",
         .want = "a:3: channel 1, sample 1: neither a number nor a time by ISO 8601: 'noon'",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@timestamps true\n@data\n(1,2),(0,3),(1,4)\n", .want = "a:3: channel 1: samples 1 and 3 are of the same time",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@classLabel true\n@data\n1,2\n", .want = "a:3: no class behind a ':'", .status = CLU_DATA, .opt = {TS}},
        {.a = "@classLabel true a b\n@data\n1,2:c\n", .want = "a:3: @classLabel does not list the class 'c'",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1,2:3\n", .want = "a:2: channel 2 has 1 sample, but the first has 2", .status = CLU_DATA, .opt = {TS}},
        {.a = "@dimensions 2\n@data\n1\n", .want = "a:3: 1 channel, expected 2", .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1\n1:2\n", .want = "a:3: 2 channels, expected 1", .status = CLU_DATA, .opt = {TS}},
        {.a = "@univariate true\n@data\n1:2\n", .want = "a:3: 2 channels, but @univariate is true",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@univariate false\n@data\n1\n", .want = "a:3: 1 channel, but @univariate is false", .status = CLU_DATA, .opt = {TS}},
        {.a = "@seriesLength 3\n@data\n1,2\n", .want = "a:3: 2 samples, but @seriesLength is 3", .status = CLU_DATA, .opt = {TS}},
        {.a = "@equalLength true\n@data\n1,2\n1\n", .want = "a:4: 1 sample, but @equalLength is true and the first case has 2",
         .status = CLU_DATA, .opt = {TS}},
        {.a = "@data\n1\n?:?\n", .want = "a:3: 2 channels, expected 1", .status = CLU_DATA, .opt = {TS, KEEP}},
        {.a = "@data\n?,?\n", .want = "a:2: no sample", .status = CLU_DATA, .opt = {TS, KEEP}},
        {.a = "@classLabel true\n@data\n:x\n", .want = "a:3: no sample", .status = CLU_DATA, .opt = {TS, KEEP}},
        {.a = "@data\n?\n", .want = "no complete series", .status = CLU_DATA, .opt = {TS, DROP}},
    };

    (void)state;
    CHECK(cases);
}

/* Lines longer than the buffer, bytes in small pieces, compression. */
static void test_long_lines(void **state)
{
    enum { LEN = 300000 };
    struct clu_series_opt opt = {TS, .read = {.file = (const char *const[]){path[2]}, .files = 1}};
    const struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series_table t;
    gzFile z = gzopen(path[2], "wb");

    (void)state;
    assert_non_null(z);
    gzputs(z, "@classLabel true\n@data\n");
    for (int i = 0; i < 3; i++) {
        for (int s = 0; s < LEN; s++)
            gzprintf(z, "%s%d.%d", s ? "," : "", s, i);
        gzprintf(z, ":%d\n", i);
    }
    assert_int_equal(gzclose(z), Z_OK);
    assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_OK);
    assert_int_equal(t.x.n, 3);
    assert_int_equal(t.x.longest, LEN);
    assert_true(clu_series_at(&t.x, 2, 0)[LEN - 1] == LEN - 1 + 0.2);
    clu_series_table_clear(&t);
}

static void test_nul_and_files(void **state)
{
    static const char text[] = "@data\n1,2\n1,\0\n";
    struct clu_series_opt opt = {TS, .read = {.file = (const char *const[]){path[0]}, .files = 1}};
    const struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series_table t;

    (void)state;
    put(path[0], text, sizeof text - 1);
    assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_DATA);
    assert_string_equal(without_folder(err.msg), "a:3: NUL byte");
    opt.read.file = (const char *const[]){"/nowhere/x"};
    for (opt.form = CLU_SERIES_ROWS; opt.form <= CLU_SERIES_AUTO; opt.form++) {
        assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_SYSTEM);
        assert_string_equal(err.msg, "/nowhere/x: No such file or directory");
    }
}

/* The form by the first bytes, which are read again. */
static void test_auto(void **state)
{
#define AUTO .form = CLU_SERIES_AUTO
    static const struct test_case cases[] = {
        {.a = "# c\n@classLabel true\n@data\n1,2:a\n", .b = "@classLabel true\n@data\n3:b\n", .want = "|a|1 2\n|b|3\n", .opt = {AUTO}},
        {.a = "a\t1\t2\n", .b = "b\t3\n", .want = "|a|1 2\n|b|3\n", .opt = {AUTO, .label = "1"}},
        {.a = "", .want = "a: no data", .status = CLU_DATA, .opt = {AUTO}},
        {.a = "\x1f\x8b", .want = "a: unexpected end of compressed data", .status = CLU_DATA, .opt = {AUTO}},
    };

    (void)state;
    CHECK(cases);
}

/* More than what is looked at. */
static void test_auto_large(void **state)
{
    enum { LEN = 40000 };
    const struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series_opt opt = {AUTO, .read = {.file = (const char *const[]){path[0]}, .files = 1}};

    (void)state;
    for (int ts = 0; ts < 2; ts++) {
        FILE *f = fopen(path[0], "wb");
        struct clu_series_table t;
        assert_non_null(f);
        fputs(ts ? "@data\n" : "", f);
        for (int i = 0; i < 2 * LEN; i++)
            fprintf(f, "%d%c", i, (i + 1) % LEN ? ',' : '\n');
        assert_int_equal(fclose(f), 0);
        assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_OK);
        assert_int_equal(t.form, ts ? CLU_SERIES_TS : CLU_SERIES_ROWS);
        assert_int_equal(t.x.n, 2);
        for (size_t i = 0; i < 2 * LEN; i++)
            assert_true(t.x.v[i] == (double)i);
        clu_series_table_clear(&t);
    }
}

static void test_memory(void **state)
{
    static const struct {
        int form;
        const char *text, *want;
    } cases[] = {
        {CLU_SERIES_ROWS, "1,2\n3,4\n", "needs 32 bytes for the samples of the first 1 series"},
        {CLU_SERIES_LONG, "a,1,2\nb,1,2\n", "needs 72 bytes for the samples of the first 2 rows"},
        {CLU_SERIES_TS, "@data\n1,2\n3,4\n", "needs 32 bytes for the samples of the first 1 series"},
    };
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series_table t;

    (void)state;
    run.max_memory = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clu_series_opt opt = {.form = cases[i].form, .read = {.file = (const char *const[]){path[0]}, .files = 1}};
        put(path[0], cases[i].text, strlen(cases[i].text));
        assert_int_equal(clu_read_series(&t, &opt, &run, &err), CLU_SYSTEM);
        assert_string_equal(err.msg, cases[i].want);
    }
}

static void test_looks_like_ts(void **state)
{
    static const char *const yes[] = {"@problemName x\n",
                                      "# c\n\n@DATA\n1\n", "\xef\xbb\xbf  @classlabel true", "#a long comment", "@prob"};
    static const char *const no[] = {"", "\n \n", "1,2\n", "#id,x\n1,2\n", "@name,b\n1,2\n", "@relation x\n", "a@data\n"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(clu_series_looks_like_ts(yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(clu_series_looks_like_ts(no[i], strlen(no[i])));
}

/* --- tab/time.h --- */

static void test_times(void **state)
{
    static const struct {
        const char *text;
        double seconds;
    } good[] = {
        {"1970-01-01", 0},
        {"2000-03-01", 951868800},
        {"1969-12-31T23:59:59Z", -1},
        {"2024-02-29 12:30", 1709209800},
        {"2024-02-29t12:30:05.25z", 1709209805.25},
        {"2024-02-29T12:30:05,5+02:00", 1709202605.5},
        {"2024-02-29T12:30-0330", 1709222400},
        {"2024-02-29T12:30+02", 1709202600},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"2024-05", 1714521600},
        {"0000-02-29", -62162121600.0},
        {"0001-01-01", -62135596800.0},
        {"1900-03-01", -2203891200.0},
    };
    static const char *const bad[] = {
        "", "2024", "2024-13", "2024-00-01", "2024-02-30", "1900-02-29", "2024-1-1", "2024-01-01T", "2024-01-01T24:00",
        "2024-01-01T10", "2024-01-01T10:60", "2024-01-01T10:00:61", "2024-01-01T10:00:00.", "2024-05T10:00", "2024-01-01Z",
        "2024-01-01T10:00 Z", "2024-01-01T10:00+2", "2024-01-01T10:00+02:", "2024-01-01x", "-2024-01-01",
    };
    double x;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(clu_time_parse(good[i].text, strlen(good[i].text), &x));
        if (x != good[i].seconds)
            fail_msg("%s: %.17g, not %.17g", good[i].text, x, good[i].seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (clu_time_parse(bad[i], strlen(bad[i]), &x))
            fail_msg("%s: %.17g", bad[i], x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_ids_and_classes),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_row_messages),
        cmocka_unit_test(test_schema_and_text),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_long_shuffled),
        cmocka_unit_test(test_ts),
        cmocka_unit_test(test_ts_header_messages),
        cmocka_unit_test(test_ts_case_messages),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_nul_and_files),
        cmocka_unit_test(test_auto),
        cmocka_unit_test(test_auto_large),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_looks_like_ts),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
