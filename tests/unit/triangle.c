/* io/triangle.h: free-format triangles, wherever the bytes are cut. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/triangle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/clu-triangle-XXXXXX";
static char path[64], path2[64];
static struct clu_err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/t", folder);
    snprintf(path2, sizeof path2, "%s/u", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    unlink(path2);
    return rmdir(folder);
}

static void put_file(const char *where, const char *text)
{
    FILE *f = fopen(where, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static enum clu_status read_as(struct clu_triangle *t, const char *text, struct clu_read_opt opt)
{
    const char *const file[] = {path};
    struct clu_run run = CLU_RUN_DEFAULT;
    put_file(path, text);
    opt.file = file;
    opt.files = 1;
    return clu_read_triangle(t, &opt, &run, &err);
}

static void reads(const char *text, struct clu_read_opt opt, size_t n, const double *want)
{
    struct clu_triangle t;
    if (read_as(&t, text, opt) != CLU_OK)
        fail_msg("%s: %s", text, err.msg);
    assert_int_equal(t.n, n);
    assert_memory_equal(t.v, want, n * (n - 1) / 2 * sizeof *want);
    clu_triangle_clear(&t);
}

static void fails(const char *text, struct clu_read_opt opt, const char *what)
{
    struct clu_triangle t;
    assert_int_equal(read_as(&t, text, opt), CLU_DATA);
    assert_null(t.v);
    if (strcmp(err.msg + strlen(path), what) != 0)
        fail_msg("'%s', not '%s'", err.msg + strlen(path), what);
}

static void any_wrapping(void **state)
{
    static const double six[] = {1, 2.5, 3e-7, 0, 12345678901234567890.0, 6};
    static const char *const text[] = {
        "1 2.5 3e-7 0 12345678901234567890 6",
        "1\n2.5\n3e-7\n0\n12345678901234567890\n6\n",
        "1,2.5,3e-7\n0,12345678901234567890\n6\n",
        "\xef\xbb\xbf+1 , 2.5 ,\r\n3e-7\t0;12345678901234567890;\n\n 6,\n",
        "\t1\t2.5\t3E-7\n\n\n0 12345678901234567890\n; 6",
    };
    static const double one[] = {0.5}, comma[] = {1.5, 2, 3.25};
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        reads(text[i], (struct clu_read_opt){0}, 4, six);
    reads("0.5", (struct clu_read_opt){0}, 2, one);
    reads("1,5 2;3,25", (struct clu_read_opt){.mark = ','}, 3, comma);
    reads("-0 0 0", (struct clu_read_opt){0}, 3, (double[]){-0.0, 0, 0});
}

static void what_is_no_triangle(void **state)
{
    struct clu_read_opt opt = {0};
    (void)state;
    fails("", opt, ": no data");
    fails(" \n\n", opt, ": no data");
    fails("1 2 3 4 5", opt, ": 5 values are no triangle: 3 for 3 objects, 6 for 4");
    fails("1 2", opt, ": 2 values are no triangle: 1 for 2 objects, 3 for 3");
    fails("1\n2 x\n", opt, ":2: not a number: 'x'");
    fails("1\n2\n3\"4\" 5\n", opt, ":3: not a number: '3\"4\"'");
    fails("V1\n2\n3\n", opt, ":1: not a number: 'V1'");
    fails("1\n2\n\nNA\n", opt, ":4: missing value ('NA')");
    fails("1,2\n,,3\n", opt, ":2: missing value ('')");
    fails("1,2,\n,3\n", opt, ":2: missing value ('')");
    fails(",1,2,3\n", opt, ":1: missing value ('')");
    fails("1\n-1\n2\n", opt, ":2: negative distance: '-1'");
    fails("1\n1e999\n2\n", opt, ":2: not a finite number: '1e999'");
    fails("1\ninf\n2\n", opt, ":2: not a finite number: 'inf'");
    opt.na_values = "-,999";
    fails("1\n2 999\n2\n", opt, ":2: missing value ('999')");
    opt.na_values = NULL;
    opt.mark = ',';
    fails("1\n2.5\n2\n", opt, ":2: not a number: '2.5'");
}

enum { N = 700, M = N * (N - 1) / 2 };
static double want[M];

/* Numbers of any length, so that the buffer ends anywhere in them; bad: put a word in place of one. */
static uint64_t make_file(size_t bad, bool compressed)
{
    static const char *const between[] = {" ", "\n", ",", "; ", "\t", ",\n", "\r\n"};
    struct clu_rng r;
    uint64_t line = 1, bad_line = 0;
    gzFile f = gzopen(path, compressed ? "wb1" : "wbT");
    assert_non_null(f);
    clu_rng_at(&r, 3, 0);
    for (size_t i = 0; i < M; i++) {
        char text[64], back[64];
        const char *gap = between[clu_rng_below(&r, 7)];
        snprintf(text, sizeof text, "%.*g", 1 + (int)clu_rng_below(&r, 17), ldexp(clu_rng_unit(&r), (int)clu_rng_below(&r, 90)));
        memcpy(back, text, sizeof back);
        want[i] = strtod(back, NULL);
        gzputs(f, i == bad ? "1.5x" : text);
        bad_line = i == bad ? line : bad_line;
        gzputs(f, gap);
        line += strchr(gap, '\n') != NULL;
    }
    assert_int_equal(gzclose(f), Z_OK);
    return bad_line;
}

static void files_of_many_buffers(void **state)
{
    const char *const file[] = {path};
    struct clu_read_opt opt = {.file = file, .files = 1};
    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        for (int threads = 1; threads < 8; threads += 2) {
            struct clu_run run = {.threads = threads};
            struct clu_triangle t;
            if (threads == 1)
                make_file(M, compressed);
            assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_OK);
            assert_int_equal(t.n, N);
            assert_memory_equal(t.v, want, sizeof want);
            clu_triangle_clear(&t);
        }
    }
    static const size_t bad[] = {0, M / 3, M - 1};
    for (size_t i = 0; i < 3; i++) {
        struct clu_run run = {.threads = 3};
        struct clu_triangle t;
        char what[100];
        snprintf(what, sizeof what, "%s:%llu: not a number: '1.5x'", path, (unsigned long long)make_file(bad[i], false));
        assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_DATA);
        assert_string_equal(err.msg, what);
    }
}

static void from_a_pipe(void **state)
{
    struct clu_read_opt opt = {0};
    struct clu_run run = {.threads = 2};
    struct clu_triangle t;
    char feed[160];
    int saved = dup(0);
    (void)state;
    make_file(M, false);
    snprintf(feed, sizeof feed, "dd if=%s bs=1013 status=none", path);
    FILE *pipe = popen(feed, "r");
    assert_non_null(pipe);
    dup2(fileno(pipe), 0);
    assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_OK);
    assert_memory_equal(t.v, want, sizeof want);
    clu_triangle_clear(&t);
    dup2(saved, 0);
    close(saved);
    pclose(pipe);
}

static void several_files(void **state)
{
    const char *const file[] = {path, path2};
    struct clu_read_opt opt = {.file = file, .files = 2};
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_triangle t;
    (void)state;
    put_file(path, "1 2,");
    put_file(path2, "3");
    assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_OK);
    assert_true(t.n == 3 && t.v[0] == 1 && t.v[1] == 2 && t.v[2] == 3);
    assert_true(clu_triangle_at(3, 0, 2) == 1 && clu_triangle_at(3, 1, 2) == 2);
    clu_triangle_clear(&t);
    put_file(path2, "3\nx");
    assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg + strlen(path2), ":2: not a number: 'x'");
    unlink(path2);
    assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_SYSTEM);
}

static void limits_count(void **state)
{
    const char *const file[] = {path};
    struct clu_read_opt opt = {.file = file, .files = 1};
    struct clu_run run = {.threads = 1, .max_memory = M * 8 - 1};
    struct clu_triangle t;
    (void)state;
    make_file(M, false);
    assert_int_equal(clu_read_triangle(&t, &opt, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "needs 1.9 MiB for the first "));
    char *word = clu_alloc(700001, 1);
    memset(word, '1', 700000);
    word[700000] = '\0';
    assert_int_equal(read_as(&t, word, (struct clu_read_opt){0}), CLU_DATA);
    assert_non_null(strstr(err.msg, ":1: not a number: '1111"));
    clu_free(word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_wrapping), cmocka_unit_test(what_is_no_triangle), cmocka_unit_test(files_of_many_buffers),
        cmocka_unit_test(from_a_pipe),  cmocka_unit_test(several_files),       cmocka_unit_test(limits_count),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
