/* tab/columns.h: the texts of -c against the columns of a table. */
#include "unit.h"

#include "tab/columns.h"

#include <stdio.h>

static const char *const name[] = {"a", "b-c", "2019", "x,y", "a", "1-2"};
enum { COLS = 6 };
static struct clu_err err;

/* Columns from 1 with blanks between, or the message. */
static const char *picked(const char *first, const char *second, bool header)
{
    static char out[256];
    const char *text[] = {first, second};
    struct clu_columns c;
    size_t n = 0;

    if (clu_columns_pick(&c, text, first ? second ? 2 : 1 : 0, header ? name : NULL, COLS, &err) != CLU_OK) {
        assert_null(c.index);
        return err.msg;
    }
    out[0] = '\0';
    for (size_t i = 0; i < c.n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%zu", i ? " " : "", c.index[i] + 1);
    clu_columns_clear(&c);
    return out;
}

static void lists(void **state)
{
    (void)state;
    assert_string_equal(picked(NULL, NULL, true), "1 2 3 4 5 6");
    assert_string_equal(picked("3,1", NULL, true), "3 1");
    assert_string_equal(picked("2-4,3,1", NULL, false), "2 3 4 1");
    assert_string_equal(picked("4-", NULL, false), "4 5 6");
    assert_string_equal(picked("b-c,6", "1", true), "2 6 1");
    assert_string_equal(picked("=x,y", "=2019", true), "4 3");
    assert_string_equal(picked("1-2", NULL, true), "1 2");
    assert_string_equal(picked("=1-2", NULL, true), "6");
    assert_string_equal(picked("!1,!3-5", NULL, true), "2 6");
    assert_string_equal(picked("1-4,!2", NULL, true), "1 3 4");
    assert_string_equal(picked("!b-c", "!=2019", true), "1 4 5 6");
}

static void bad_lists(void **state)
{
    (void)state;
    assert_string_equal(picked("0", NULL, true), "columns are numbered from 1");
    assert_string_equal(picked("7", NULL, true), "column 7 of 6");
    assert_string_equal(picked("99999999999999999999", NULL, true), "column 99999999999999999999 of 6");
    assert_string_equal(picked("3-1", NULL, true), "invalid range '3-1'");
    assert_string_equal(picked("a", NULL, true), "column name 'a' is not unique; use its number");
    assert_string_equal(picked("z", NULL, true), "no column 'z'; the columns are: a, b-c, 2019, x,y, a, 1-2");
    assert_string_equal(picked("z", NULL, false), "no column 'z': the table has no header; use column numbers");
    assert_string_equal(picked("1,,2", NULL, true), "empty item in the list of columns");
    assert_string_equal(picked("", NULL, true), "empty item in the list of columns");
    assert_int_equal(err.code, CLU_USAGE);
}

static void one_column(void **state)
{
    size_t c = 99;
    (void)state;
    assert_int_equal(clu_columns_one(&c, "2", name, COLS, &err), CLU_OK);
    assert_int_equal(c, 1);
    assert_int_equal(clu_columns_one(&c, "=2019", name, COLS, &err), CLU_OK);
    assert_int_equal(c, 2);
    assert_int_equal(clu_columns_one(&c, "1-2", name, COLS, &err), CLU_OK);
    assert_int_equal(c, 5);
    assert_int_equal(clu_columns_one(&c, "x,y", name, COLS, &err), CLU_OK);
    assert_int_equal(c, 3);
    assert_int_equal(clu_columns_one(&c, "", name, COLS, &err), CLU_USAGE);
}

static void names_are_told_from_numbers(void **state)
{
    (void)state;
    assert_true(clu_columns_by_name("1,a"));
    assert_true(clu_columns_by_name("=7"));
    assert_true(clu_columns_by_name("!a"));
    assert_false(clu_columns_by_name("1,3-5,7-,!2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists), cmocka_unit_test(bad_lists), cmocka_unit_test(one_column),
                                       cmocka_unit_test(names_are_told_from_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
