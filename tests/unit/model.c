/* io/model.h: what was saved is what is loaded, and nothing else is a model. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/model.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* --- helpers --- */

static char folder[] = "/tmp/clu-model-XXXXXX";
static char path[64];
static struct clu_err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/model.csv", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void put_file(const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static struct clu_model *loaded(const char *text)
{
    struct clu_model *m;
    if (text)
        put_file(text, strlen(text));
    if (clu_model_load(&m, path, "kmeans", &err) != CLU_OK)
        fail_msg("%s", err.msg);
    return m;
}

/* The message behind the name of the file is what. */
static void message_is(const char *what)
{
    size_t len = strlen(path);
    assert_memory_equal(err.msg, path, len);
    assert_string_equal(err.msg + len, what);
}

static void no_model(const char *text, size_t len, const char *what)
{
    struct clu_model *m;
    put_file(text, len);
    assert_int_equal(clu_model_load(&m, path, "kmeans", &err), CLU_DATA);
    assert_null(m);
    message_is(what);
}

#define HEAD "clusterutils-model,1,kmeans\n"

/* --- there and back --- */

static const double number[] = {0, -0.0, 1, 0.1, -1.0 / 3, 1e15 + 0.125, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, 5.0060000000000002};
enum { NUMBERS = sizeof number / sizeof number[0] };
static const char *const name[] = {"a", "", " blank", "with,comma", "say \"hi\"", "two\nlines", "gr\xc3\xbcn", "\r\n"};
enum { NAMES = sizeof name / sizeof name[0] };

static void save(void)
{
    struct clu_out *o;
    static const double one[] = {42};
    assert_int_equal(clu_out_open(&o, path, &err), CLU_OK);
    clu_model_begin(o, "kmeans");
    clu_model_put_text(o, "columns", name, NAMES);
    clu_model_put_numbers(o, "center", number, NUMBERS);
    clu_model_put_numbers(o, "one", one, 1);
    clu_model_put_numbers(o, "center", number + 1, NUMBERS - 1);
    clu_model_put_numbers(o, "none", NULL, 0);
    clu_model_put_text(o, "empty", name + 1, 1);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
}

static void check_saved(void)
{
    double out[NUMBERS];
    struct clu_model *m = loaded(NULL);
    assert_string_equal(clu_model_tool(m), "kmeans");
    assert_int_equal(clu_model_count(m, "columns"), 1);
    assert_int_equal(clu_model_width(m, "columns", 0), NAMES);
    for (size_t j = 0; j < NAMES; j++)
        assert_string_equal(clu_model_text(m, "columns", 0, j), name[j]);
    assert_null(clu_model_text(m, "columns", 0, NAMES));
    assert_null(clu_model_text(m, "columns", 1, 0));
    assert_int_equal(clu_model_count(m, "center"), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(clu_model_numbers(m, "center", i, out, NUMBERS - i, &err), CLU_OK);
        assert_memory_equal(out, number + i, (NUMBERS - i) * sizeof *out);
    }
    assert_int_equal(clu_model_count(m, "none"), 1);
    assert_int_equal(clu_model_width(m, "none", 0), 0);
    assert_int_equal(clu_model_numbers(m, "none", 0, out, 0, &err), CLU_OK);
    assert_int_equal(clu_model_width(m, "empty", 0), 1);
    assert_string_equal(clu_model_text(m, "empty", 0, 0), "");
    assert_int_equal(clu_model_count(m, "nothing"), 0);
    assert_int_equal(clu_model_width(m, "nothing", 0), 0);
    assert_int_equal(clu_model_count(m, "clusterutils-model"), 0);
    clu_model_free(m);
    clu_model_free(NULL);
}

static void there_and_back(void **state)
{
    (void)state;
    save();
    check_saved();
}

/* Where the decimal mark is a comma, it is not so in a model. Which locales there are is up to the machine. */
static void the_locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    size_t i = 0;
    while (i < 5 && !setlocale(LC_NUMERIC, comma[i]))
        i++;
    if (i == 5)
        skip();
    save();
    check_saved();
    setlocale(LC_NUMERIC, "C");
    check_saved();
}

static void many_records_in_order(void **state)
{
    (void)state;
    enum { K = 3000 };
    struct clu_out *o;
    double x[2];
    assert_int_equal(clu_out_open(&o, path, &err), CLU_OK);
    clu_model_begin(o, "kmeans");
    for (size_t i = 0; i < K; i++) {
        char key[16];
        x[0] = (double)i;
        x[1] = sqrt((double)i);
        snprintf(key, sizeof key, "k%zu", i * 7919 % K);
        clu_model_put_numbers(o, key, x, 2);
        clu_model_put_numbers(o, "center", x, 2);
    }
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    struct clu_model *m = loaded(NULL);
    assert_int_equal(clu_model_count(m, "center"), K);
    for (size_t i = 0; i < K; i++) {
        char key[16];
        assert_int_equal(clu_model_numbers(m, "center", i, x, 2, &err), CLU_OK);
        assert_true(x[0] == (double)i && x[1] == sqrt((double)i));
        snprintf(key, sizeof key, "k%zu", i * 7919 % K);
        assert_int_equal(clu_model_numbers(m, key, 0, x, 2, &err), CLU_OK);
        assert_true(x[0] == (double)i);
    }
    clu_model_free(m);
}

/* As an editor or another system may leave it. */
static void by_hand(void **state)
{
    (void)state;
    double x[2];
    struct clu_model *m = loaded("\xef\xbb\xbf" "clusterutils-model,1,kmeans\r\n\r\n\"center\",\"1.5\",-2e3\r\n\n\ncenter,3,4");
    assert_int_equal(clu_model_count(m, "center"), 2);
    assert_int_equal(clu_model_numbers(m, "center", 0, x, 2, &err), CLU_OK);
    assert_true(x[0] == 1.5 && x[1] == -2000);
    assert_int_equal(clu_model_numbers(m, "center", 1, x, 2, &err), CLU_OK);
    assert_true(x[0] == 3 && x[1] == 4);
    assert_int_equal(clu_model_bad(m, "center", 1, &err, "no %s", "good"), CLU_DATA);
    message_is(":6: no good");
    clu_model_free(m);
}

static void compressed(void **state)
{
    (void)state;
    gzFile f = gzopen(path, "wb");
    assert_non_null(f);
    gzputs(f, HEAD "center,1,2\n");
    gzclose(f);
    struct clu_model *m = loaded(NULL);
    assert_int_equal(clu_model_count(m, "center"), 1);
    clu_model_free(m);
}

/* --- what is no model --- */

static void other_files(void **state)
{
    (void)state;
    struct clu_model *m;
#define NO_MODEL(text, what) no_model(text, sizeof text - 1, what)
    NO_MODEL("", ":1: not a model of clusterutils");
    NO_MODEL("\n", ":1: not a model of clusterutils");
    NO_MODEL("some text\n", ":1: not a model of clusterutils");
    NO_MODEL("a,b\n1,2\n", ":1: not a model of clusterutils");
    NO_MODEL("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-model", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-model,", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-model,1\n", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-model,1,kmeans,more\n", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-models,1,kmeans\n", ":1: not a model of clusterutils");
    NO_MODEL("clusterutils-model,2,kmeans\n", ":1: model format version '2', not 1");
    NO_MODEL("clusterutils-model,\033[31m,kmeans\n", ":1: model format version '\\033[31m', not 1");
    NO_MODEL("clusterutils-model,1,pam\n", ":1: a model of 'pam', not of 'kmeans'");
    NO_MODEL(HEAD "center,\"1\n2\n", ":2: quoted field is never closed");
    NO_MODEL(HEAD "center,1\ncenter,1\0,2\n", ":3: NUL byte in column 2");
    NO_MODEL("\x1f\x8b", ": unexpected end of compressed data");
    put_file("clusterutils-model,1,pam\n", 25);
    assert_int_equal(clu_model_load(&m, path, NULL, &err), CLU_OK);
    assert_string_equal(clu_model_tool(m), "pam");
    clu_model_free(m);
    assert_int_equal(clu_model_load(&m, folder, NULL, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, ": Is a directory"));
    assert_int_equal(clu_model_load(&m, "/nonexistent", NULL, NULL), CLU_SYSTEM);
}

static void bad_numbers(void **state)
{
    (void)state;
    static const char *const want[] = {
        ":2: 'center' has 1 value, expected 2",
        ":3: 'center' has 3 values, expected 2",
        ":4: 'center': not a number: 'foo'",
        ":5: 'center': not a number: 'NaN'",
        ":6: 'center': not a finite number: '1e999'",
        ":7: 'center': not a number: ''",
        ":8: 'center': not a number: 'a\\nb'",
        ":10: 'center' has 0 values, expected 2",
    };
    double x[2];
    struct clu_model *m = loaded(HEAD "center,1\ncenter,1,2,3\ncenter,1,foo\ncenter,NaN,1\ncenter,1,1e999\n"
                                      "center,1,\ncenter,\"a\nb\",2\ncenter\n");
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_int_equal(clu_model_numbers(m, "center", i, x, 2, &err), CLU_DATA);
        message_is(want[i]);
    }
    assert_int_equal(clu_model_numbers(m, "center", 8, x, 2, &err), CLU_DATA);
    message_is(":1: only 8 records 'center'");
    assert_int_equal(clu_model_numbers(m, "shift", 0, x, 2, &err), CLU_DATA);
    message_is(":1: no record 'shift'");
    clu_model_free(m);
}

/* Every cut, and thousands of wrong bytes: a model or an error, never a crash. */
static void damaged_models(void **state)
{
    (void)state;
    char text[4096], copy[4096];
    struct clu_model *m;
    struct clu_rng r;
    double x[NUMBERS];
    save();
    FILE *f = fopen(path, "rb");
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    clu_rng_at(&r, 4, 0);
    for (size_t round = 0; round < len + 3000; round++) {
        memcpy(copy, text, len);
        if (round >= len)
            for (size_t i = 1 + (size_t)clu_rng_below(&r, 4); i > 0; i--)
                copy[clu_rng_below(&r, len)] = (char)(clu_rng_below(&r, 2) ? (uint64_t)"\",\n\r"[clu_rng_below(&r, 4)]
                                                                            : clu_rng_below(&r, 256));
        put_file(copy, round < len ? round : len);
        if (clu_model_load(&m, path, "kmeans", &err) != CLU_OK) {
            assert_int_equal(err.code, CLU_DATA);
            continue;
        }
        for (size_t i = 0; i < 3; i++)
            (void)clu_model_numbers(m, "center", i, x, NUMBERS - i, &err);
        for (size_t j = 0; j <= NAMES; j++) {
            const char *s = clu_model_text(m, "columns", 0, j);
            assert_true(s == NULL || strlen(s) < len);
        }
        clu_model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(many_records_in_order),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(compressed),
        cmocka_unit_test(other_files),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(damaged_models),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
