/* io/pairs.h and io/square.h: dissimilarities as lists of pairs and as squares. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/pairs.h"
#include "io/square.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/clu-pairs-XXXXXX";
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

static void put_file(const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static enum clu_status read_as(struct clu_pairs *p, const char *text, bool directed, struct clu_read_opt opt)
{
    const char *const file[] = {path};
    struct clu_run run = {.threads = 2};
    put_file(text);
    opt.file = file;
    opt.files = 1;
    return clu_read_pairs(p, &opt, directed, &run, &err);
}

static void reads(const char *text, bool directed, struct clu_read_opt opt, size_t n, const char *const *id, const double *v)
{
    struct clu_pairs p;
    if (read_as(&p, text, directed, opt) != CLU_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(p.n, n);
    assert_int_equal(p.id.n, n);
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *s = clu_texts_at(&p.id, i, &len);
        assert_int_equal(len, strlen(id[i]));
        assert_memory_equal(s, id[i], len);
    }
    for (size_t i = 0; i < n * n; i++)
        assert_true(p.v[i] == v[i]);
    clu_pairs_clear(&p);
}

static void fails(const char *text, bool directed, const char *what)
{
    struct clu_pairs p;
    assert_int_equal(read_as(&p, text, directed, (struct clu_read_opt){0}), CLU_DATA);
    assert_true(!p.v && !p.id.bytes);
    if (!strstr(err.msg, what))
        fail_msg("'%s', not '%s'", err.msg, what);
}

static void lists_of_pairs(void **state)
{
    static const char *const abc[] = {"a", "b", "c"}, *const number[] = {"01", "1", "1.0"}, *const odd[] = {"x,y", "say \"z\""},
                             *const one[] = {"a"}, *const pick = "to,from,d";
    static const double v[] = {0, 1, 2, 1, 0, 3, 2, 3, 0}, directed[] = {0, 1, 2, 4, 0, 3, 5, 6, 0}, two[] = {0, 0.5, 0.5, 0};
    static const double turned[] = {0, 4, 5, 1, 0, 6, 2, 3, 0};
    struct clu_read_opt none = {0};
    (void)state;
    reads("a,b,1\na,c,2\nb,c,3\n", false, none, 3, abc, v);
    reads("from\tto\td\na\tb\t1\nc\tb\t3\na\tc\t2\nb\ta\t1.0\nc\tc\t0\n", false, none, 3, abc, v);
    reads("01,1,1\n01,1.0,2\n1,1.0,3\n", false, none, 3, number, v);
    reads("a,b,1\na,c,2\nb,c,3\nb,a,4\nc,a,5\nc,b,6\n", true, none, 3, abc, directed);
    reads("\"x,y\",\"say \"\"z\"\"\",.5\n", false, none, 2, odd, two);
    reads("a,a,0\n", false, none, 1, one, two);
    reads("from,to,n,d\na,b,x,1\na,c,x,2\nb,c,x,3\nb,a,x,4\nc,a,x,5\nc,b,x,6\n", true,
          (struct clu_read_opt){.ask = {.columns = &pick, .ncolumns = 1}}, 3, abc, turned);
    reads("a;b;0,5\n", false, (struct clu_read_opt){.mark = ','}, 2, abc, two);
}

static void what_is_no_list(void **state)
{
    (void)state;
    fails("a,b,1\na,c,2\n", false, "no distance for the pair 'b', 'c'");
    fails("a,b,1\nb,a,1\nb,c,1\nc,a,1\nc,b,1\n", true, "no distance for the pair 'a', 'c'");
    fails("a,b,1\nb,a,2\n", false, "the pair 'b', 'a' has two distances: 1 and 2");
    fails("a,b,1\na,b,1.5\nb,a,1\n", true, "the pair 'a', 'b' has two distances: 1 and 1.5");
    fails("a,b,1\nb,b,0.5\n", false, "the distance of 'b' to itself is not 0: 0.5");
    fails("a,b\nb,c\n", false, "3 columns are needed (object, object, distance), not 2; choose them with -c");
    fails("a,b,d\na,b,-1\n", false, ":2: column 3 (d): negative distance: '-1'");
    fails("a,b,1\na,c,x\n", false, ":2: column 3: not a number: 'x'");
    fails("a,b,1\na,NA,2\n", false, ":2: column 2: missing value ('NA')");
    fails("a,b,d\n", false, "no data rows after the header");
    fails("", false, "no data");
}

enum { N = 300 };
static double want[N * N];

/* All pairs in random order, some twice. */
static void make_list(bool directed, size_t without)
{
    struct clu_rng r;
    size_t m = N * (N - 1), at = 0, *order = clu_alloc(m, sizeof *order);
    FILE *f = fopen(path, "wb");
    assert_true(f && order);
    clu_rng_at(&r, 9, directed);
    assert_int_equal(clu_rng_sample(&r, m, m, order), 0);
    for (size_t o = 0; o < N; o++)
        for (size_t x = 0; x < N; x++)
            want[o * N + x] = o == x ? 0 : x < o && !directed ? want[x * N + o] : clu_rng_unit(&r);
    fprintf(f, "a,b,d\n");
    for (size_t o = 0; o < N; o++) /* the order of the names */
        fprintf(f, "n%zu,n%zu,0\n", o, o);
    for (size_t i = 0; i < m; i++) {
        size_t o = order[i] / (N - 1), x = order[i] % (N - 1);
        x += x >= o;
        if (!directed && x < o && clu_rng_below(&r, 50) != 0)
            continue;
        if (at++ != without)
            fprintf(f, o % 7 ? "n%zu,n%zu,%.17g\n" : "\"n%zu\", n%zu ,%.17g\n", o, x, want[o * N + x]);
    }
    assert_int_equal(fclose(f), 0);
    clu_free(order);
}

static void every_number_of_threads(void **state)
{
    static const int threads[] = {1, 2, 3, 7};
    const char *const file[] = {path};
    struct clu_read_opt opt = {.file = file, .files = 1};
    (void)state;
    for (int directed = 0; directed < 2; directed++) {
        make_list(directed, SIZE_MAX);
        for (size_t i = 0; i < 4; i++) {
            struct clu_run run = {.threads = threads[i]};
            struct clu_pairs p;
            if (clu_read_pairs(&p, &opt, directed, &run, &err) != CLU_OK)
                fail_msg("%s", err.msg);
            assert_int_equal(p.n, N);
            assert_memory_equal(p.v, want, sizeof want);
            clu_pairs_clear(&p);
        }
    }
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_pairs p;
    make_list(true, 12345);
    assert_int_equal(clu_read_pairs(&p, &opt, true, &run, &err), CLU_DATA);
    assert_non_null(strstr(err.msg, "no distance for the pair 'n"));
}

/* A matrix that is too large is no excuse for a list that is too short. */
static void limits_count(void **state)
{
    const char *const file[] = {path};
    struct clu_read_opt opt = {.file = file, .files = 1};
    struct clu_run run = {.threads = 1, .max_memory = 16 * N * N};
    struct clu_pairs p;
    (void)state;
    make_list(true, SIZE_MAX);
    assert_int_equal(clu_read_pairs(&p, &opt, true, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "needs 2.1 MiB for the distance matrix of 300 objects"));
    run.max_memory = 16 * N;
    assert_int_equal(clu_read_pairs(&p, &opt, true, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "for the first "));
    put_file("a,b,1\nc,a,2\na,d,2\n");
    run.max_memory = 100;
    assert_int_equal(clu_read_pairs(&p, &opt, false, &run, &err), CLU_DATA);
    assert_non_null(strstr(err.msg, "no distance for the pair 'b', 'c'"));
}

static void squares(void **state)
{
    static const struct {
        const char *text, *what;
    } table[] = {
        {"0,1\n2,0\n", ""},
        {"0\n", ""},
        {"a,b\n0,1\n2,0\n", ""},
        {"0,1\n2,0\n3,4\n", "3 rows, but 2 columns: a square of distances is needed (is the first line a header? see -H)"},
        {"5,0,1\n6,2,0\n", "2 rows, but 3 columns: a square of distances is needed (are names in the first column? see -i)"},
        {"0,1\n2,1\n", "row 2: the distance to itself is not 0"},
    };
    const char *const file[] = {path};
    struct clu_read_opt opt = {.file = file, .files = 1, .nonnegative = true};
    struct clu_run run = CLU_RUN_DEFAULT;
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct clu_table t;
        put_file(table[i].text);
        err.msg[0] = '\0';
        assert_int_equal(clu_read_table(&t, &opt, &run, &err), CLU_OK);
        assert_int_equal(clu_square_check(&t, &err), *table[i].what ? CLU_DATA : CLU_OK);
        assert_string_equal(err.msg, table[i].what);
        clu_table_clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_pairs), cmocka_unit_test(what_is_no_list), cmocka_unit_test(every_number_of_threads),
        cmocka_unit_test(limits_count),   cmocka_unit_test(squares),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
