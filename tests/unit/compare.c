/* cli/compare.h: which rows belong together, what is refused, and the figures of an example. */
#include "unit.h"

#include "cli/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clu-compare-XXXXXX";
static char file[2][64];
static const struct clu_run run = {.seed = 1, .threads = 1};
static struct clu_compare c;
static struct clu_err err;

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(file[0], sizeof file[0], "%s/a.csv", folder);
    snprintf(file[1], sizeof file[1], "%s/b.csv", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file[0]);
    unlink(file[1]);
    return rmdir(folder);
}

static enum clu_status compare(const char *a, const char *b, const char *measures)
{
    const char *text[2] = {a, b};
    for (int side = 0; side < 2; side++) {
        FILE *f = fopen(file[side], "w");
        assert_non_null(f);
        fputs(text[side], f);
        fclose(f);
    }
    err.msg[0] = '\0';
    return clu_compare_read(&c, file[0], file[1], measures, 0, &run, &err);
}

/* The message without the folder. */
static void refused(enum clu_status status, enum clu_status want, const char *message)
{
    char text[4096] = "";
    size_t used = 0;
    for (const char *s = err.msg; *s;) {
        size_t len = strlen(folder);
        if (strncmp(s, folder, len) == 0)
            s += len + 1;
        else
            text[used++] = *s++;
    }
    assert_int_equal(status, want);
    assert_string_equal(text, message);
    assert_true(c.pairs == 0 && !c.row[0] && !c.table[0].x.v);
}

static int same(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fabs(b);
}

/* The Hamilton depression scale, as in R's help of wilcox.test(), whose figures these are; power and n by power.t.test(). */
static void example_of_r(void **state)
{
    struct clu_compared m;
    (void)state;
    assert_int_equal(compare("subject_id,before\n1,1.83\n2,0.5\n3,1.62\n4,2.48\n5,1.68\n6,1.88\n7,1.55\n8,3.06\n9,1.3\n",
                             "before,subject_id\n1.29,9\n0.878,1\n0.647,2\n0.598,3\n2.05,4\n1.06,5\n1.29,6\n1.06,7\n3.14,8\n", NULL), CLU_OK);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 1, &err), CLU_OK);
    assert_true(m.test.pairs == 9 && m.test.nonzero == 9 && m.test.plus == 40 && m.test.minus == 5 && m.test.p == 0.0390625);
    assert_true(m.median[0] == 1.68 && m.median[1] == 1.06 && same(m.test.median, 0.49) && same(m.test.effect, 0.687842632772081));
    assert_true(fabs(m.power - 0.442795999688882) < 1e-11 && m.needed == 19 && m.p_bonferroni == m.test.p);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 2, &err), CLU_OK);
    assert_true(fabs(m.power - 0.310732575633081) < 1e-11 && m.needed == 23 && m.p_bonferroni == 0.078125);
    clu_compare_clear(&c);
}

static void keys_pair_rows(void **state)
{
    struct clu_compared m;
    (void)state;
    assert_int_equal(compare("subject_id,clustering_desc,swc,dbi\nx,wrong-1,1,0.1\nx,wrong-2,2,NA\ny,wrong-1,3,0.3\n",
                             "dbi,swc,clustering_desc,subject_id\n0.5,30,wrong-1,y\n0.1,20,wrong-2,x\n0.6,10,wrong-1,x\n", NULL), CLU_OK);
    assert_int_equal(c.measures, 2);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 3, &err), CLU_OK);
    assert_true(m.test.minus == 6 && m.test.median == -18 && m.test.pairs == 3);
    assert_int_equal(clu_compare_measure(&m, &c, 1, 0.05, 3, &err), CLU_OK); /* NA leaves a pair out, for dbi only */
    assert_true(m.test.pairs == 2 && m.test.minus == 3 && m.test.nonzero == 2 && m.p_bonferroni == 1);
    clu_compare_clear(&c);
    /* A description that one table has only does not count. */
    assert_int_equal(compare("subject_id,clustering_desc,swc\n007,a,1\n8,b,2\n", "subject_id,swc\n8,4\n7,3\n", NULL), CLU_OK);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 1, &err), CLU_OK);
    assert_true(m.test.median == -2 && m.test.nonzero == 2);
    clu_compare_clear(&c);
}

static void order_pairs_rows(void **state)
{
    struct clu_compared m;
    (void)state;
    assert_int_equal(compare("swc;note\n1;a\n2;b\n5;c\n", "note;swc\nc;2\na;4\nb;8\n", NULL), CLU_OK);
    assert_true(c.measures == 1 && c.pairs == 3);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 1, &err), CLU_OK);
    assert_true(m.test.median == -2 && m.median[0] == 2 && m.median[1] == 4);
    clu_compare_clear(&c);
    refused(compare("swc\n1\n2\n", "swc\n1\n", NULL), CLU_DATA,
            "a.csv has 2 rows and b.csv 1, and no column says which belong together");
}

static void measures_are_chosen(void **state)
{
    const char *a = "id,swc,name,dbi,vrc\n1,2,x,3,Inf\n2,2,y,4,7\n", *b = "vrc,dbi,name,swc,other\n1,2,x,3,4\n-Inf,2,y,3,4\n";
    struct clu_compared m;
    (void)state;
    assert_int_equal(compare(a, b, NULL), CLU_OK);
    assert_int_equal(c.measures, 3);
    clu_compare_clear(&c);
    assert_int_equal(compare(a, b, "vrc,swc"), CLU_OK);
    assert_true(c.measures == 2 && c.column[0][0] == 4 && c.column[1][0] == 0 && c.column[0][1] == 1 && c.column[1][1] == 3);
    assert_int_equal(clu_compare_measure(&m, &c, 0, 0.05, 1, &err), CLU_OK); /* no pair of finite values */
    assert_true(m.test.pairs == 0 && m.test.p == 1 && isnan(m.median[0]) && isnan(m.power));
    assert_int_equal(clu_compare_measure(&m, &c, 1, 0.05, 1, &err), CLU_OK);
    assert_true(m.test.pairs == 2 && m.test.plus == 0);
    clu_compare_clear(&c);
    refused(compare(a, b, "swc,name"), CLU_USAGE, "no measure 'name'; the measures are: swc, dbi, vrc");
    refused(compare(a, b, "swc,swc"), CLU_USAGE, "measure swc is listed twice");
    refused(compare("name,x\na,1\n", "name,y\na,1\n", NULL), CLU_DATA, "a.csv and b.csv have no column of numbers in common");
}

static void bad_rows_are_refused(void **state)
{
    const char *two = "subject_id,clustering_desc,swc\nx,p,1\nx,q,2\n";
    (void)state;
    refused(compare(two, "subject_id,clustering_desc,swc\nx,q,1\n", NULL), CLU_DATA, "b.csv: no row of x, p, as a.csv has");
    refused(compare(two, "subject_id,clustering_desc,swc\nx,q,1\nx,p,1\ny,p,1\n", NULL), CLU_DATA, "a.csv: no row of y, p, as b.csv has");
    refused(compare(two, "subject_id,clustering_desc,swc\nx,q,1\nx,p,1\nx,q,1\n", NULL), CLU_DATA, "b.csv: two rows of x, q");
    refused(compare(two, "subject_id,swc\nx,1\n", NULL), CLU_DATA, "a.csv: two rows of x");
    refused(compare("subject_id,swc\n3,1\n,2\n", "subject_id,swc\n3,1\n", NULL), CLU_DATA, "a.csv: row 2: no subject_id");
    refused(compare("subject_id,swc\n3,1\n", "subject_id,swc\n4,1\n", NULL), CLU_DATA, "b.csv: no row of 3, as a.csv has");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_of_r),
        cmocka_unit_test(keys_pair_rows),
        cmocka_unit_test(order_pairs_rows),
        cmocka_unit_test(measures_are_chosen),
        cmocka_unit_test(bad_rows_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
