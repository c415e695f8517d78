/* tab/record.h: records, fields and delimiters, in all their forms. */
#include "unit.h"

#include "tab/record.h"

#include <stdio.h>

static struct clu_err err;

/* Fields of the first record as "<a><b>", with what follows it after a bar. */
static const char *shown(const char *text, char delimiter)
{
    static char out[512];
    struct clu_record r = {0};
    size_t n = 0, len = strlen(text);
    char cell[256];

    if (clu_record_split(&r, text, len, delimiter, "f", 7, &err) != CLU_OK) {
        clu_record_clear(&r);
        return err.msg;
    }
    for (size_t i = 0; i < r.fields; i++) {
        size_t m = clu_field_unquote(&r.field[i], cell);
        n += (size_t)snprintf(out + n, sizeof out - n, "<%.*s>", (int)m, cell);
    }
    snprintf(out + n, sizeof out - n, "%zu/%zu|%s", r.eol, r.lines, text + r.len + r.eol);
    clu_record_clear(&r);
    return out;
}

static void records_are_split(void **state)
{
    (void)state;
    assert_string_equal(shown("a,b\nc", ','), "<a><b>1/1|c");
    assert_string_equal(shown("a,b\r\nc", ','), "<a><b>2/1|c");
    assert_string_equal(shown("a,b", ','), "<a><b>0/0|");
    assert_string_equal(shown("a,\n", ','), "<a><>1/1|");
    assert_string_equal(shown("\n", ','), "<>1/1|");
    assert_string_equal(shown("\r\n", ','), "<>2/1|");
    assert_string_equal(shown(",\r\n", ','), "<><>2/1|");
    assert_string_equal(shown("a;b,c\n", ';'), "<a><b,c>1/1|");
}

static void quoted_fields(void **state)
{
    (void)state;
    assert_string_equal(shown("\"a,b\",c\n", ','), "<a,b><c>1/1|");
    assert_string_equal(shown("\"a\"\"b\",\"\"\n", ','), "<a\"b><>1/1|");
    assert_string_equal(shown("\"a\nb\r\nc\",d\r\ne", ','), "<a\nb\r\nc><d>2/3|e");
    assert_string_equal(shown("\"a\"\r\nb", ','), "<a>2/1|b");
    assert_string_equal(shown("\"\"\"\"", ','), "<\">0/0|");
    assert_string_equal(shown("12\" m,x\n", ','), "<12\" m><x>1/1|");
}

static void bad_records(void **state)
{
    struct clu_record r = {0};
    (void)state;
    assert_string_equal(shown("a,\"b\n", ','), "f:7: quoted field is never closed");
    assert_string_equal(shown("a,\"b\"x\n", ','), "f:7: column 2: text after the closing quote");
    assert_string_equal(shown("\"b\"\rx\n", ','), "f:7: column 1: text after the closing quote");
    assert_int_equal(clu_record_split(&r, "a,b\0,c\n", 7, ',', "f", 1, &err), CLU_DATA);
    assert_string_equal(err.msg, "f:1: NUL byte in column 2");
    clu_record_clear(&r);
}

/* Cutting agrees with splitting: the longest prefix of whole records. */
static void cuts_are_at_record_ends(void **state)
{
    static const char *const text[] = {"a,b\nc,d\ne", "\"a\n\",b\nc\n\"d\n", "a\"\nb\n", "\"x\"\"\n\"\n\"y", "\n\n", "abc", "\"", ""};
    (void)state;
    for (size_t t = 0; t < sizeof text / sizeof text[0]; t++)
        for (size_t len = 0; len <= strlen(text[t]); len++) {
            struct clu_record r = {0};
            size_t want = 0;
            while (want < len && clu_record_split(&r, text[t] + want, len - want, ',', "f", 1, NULL) == CLU_OK && r.eol > 0)
                want += r.len + r.eol;
            assert_int_equal(clu_record_cut(text[t], len, ','), want);
            clu_record_clear(&r);
        }
}

static char guess(const char *text, char mark)
{
    char d = '?';
    return clu_delimiter_guess(text, strlen(text), mark, "f", &d, &err) == CLU_OK ? d : '!';
}

static void delimiters_are_found(void **state)
{
    (void)state;
    assert_int_equal(guess("a,b\nc;d\n", '.'), ',');
    assert_int_equal(guess("a;b\n", '.'), ';');
    assert_int_equal(guess("a\tb,c;d\n", '.'), '\t');
    assert_int_equal(guess("a\n", '.'), ',');
    assert_int_equal(guess("\"a;b\",c\n", '.'), ',');
    assert_int_equal(guess("\"a\n;\",c\n", '.'), ',');
    assert_int_equal(guess("a,b;c\n", '.'), '!');
    assert_string_equal(err.msg, "f:1: cannot tell the delimiter (',' or ';'); use -d");
    assert_int_equal(guess("1,5;2\n", ','), ';');
    assert_int_equal(guess("1,5\n", ','), ';');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_split),       cmocka_unit_test(quoted_fields), cmocka_unit_test(bad_records),
        cmocka_unit_test(cuts_are_at_record_ends), cmocka_unit_test(delimiters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
