/* cli/opt.h: every type of option, and what is said about a wrong one. */
#include "unit.h"

#include "cli/opt.h"

#include <getopt.h>
#include <stdio.h>

struct args {
    bool flag, given;
    size_t count;
    uint64_t seed, size;
    int threads, word, set;
    double real;
    const char *text;
    char c;
    struct clu_opt_list list;
    struct clu_opt_range range;
    int metric;
    const char *tail;
};
static struct args a;
static struct clu_err err;

static const char *const words[] = {"low", "high", NULL};
static const char *const metrics[] = {"euclidean", "minkowski:P", NULL};
#define AT(field) offsetof(struct args, field)

static const struct clu_opt rows[] = {
    {.letter = 'f', .name = "flag", .type = CLU_OPT_FLAG, .offset = AT(flag)},
    {.letter = 'k', .name = "count", .type = CLU_OPT_COUNT, .offset = AT(count), .lo = 1, .hi = 100, .what = "number of clusters",
     .given = 1 + AT(given)},
    {.name = "seed", .type = CLU_OPT_SEED, .offset = AT(seed)},
    {.letter = 'j', .name = "threads", .type = CLU_OPT_THREADS, .offset = AT(threads)},
    {.name = "size", .type = CLU_OPT_SIZE, .offset = AT(size)},
    {.name = "real", .type = CLU_OPT_REAL, .offset = AT(real), .lo = 0, .hi = 1},
    {.letter = 't', .name = "text", .type = CLU_OPT_TEXT, .offset = AT(text)},
    {.letter = 'd', .name = "delimiter", .type = CLU_OPT_CHAR, .offset = AT(c), .what = "delimiter"},
    {.name = "csv", .type = CLU_OPT_SETCHAR, .offset = AT(c), .value = ','},
    {.name = "word", .type = CLU_OPT_WORD, .offset = AT(word), .words = words},
    {.name = "maybe", .type = CLU_OPT_WORD, .offset = AT(word), .words = words, .optional = true, .value = 1},
    {.letter = 'H', .type = CLU_OPT_SET, .offset = AT(set), .value = 7},
    {.letter = 'c', .name = "columns", .type = CLU_OPT_LIST, .offset = AT(list)},
    {.letter = 'K', .name = "range", .type = CLU_OPT_RANGE, .offset = AT(range), .lo = 2, .hi = 100, .what = "number of clusters"},
    {.letter = 'm', .name = "metric", .type = CLU_OPT_WORD, .offset = AT(metric), .words = metrics, .tail = 1 + AT(tail)},
};
static const struct clu_optset sets[] = {{"All", rows, sizeof rows / sizeof rows[0], &a}};
static const struct clu_tool tool = {.name = "tool", .set = sets, .sets = 1};

/* Parse these words; NULL when all is well, else the message. */
static const char *parse(const char *w1, const char *w2, const char *w3)
{
    static char name[] = "tool", one[64], two[64], three[64]; /* what is parsed points here */
    char *argv[] = {name, one, two, three, NULL};
    int argc = 1 + (w1 != NULL) + (w2 != NULL) + (w3 != NULL), operands;
    bool done;

    snprintf(one, sizeof one, "%s", w1 ? w1 : "");
    snprintf(two, sizeof two, "%s", w2 ? w2 : "");
    snprintf(three, sizeof three, "%s", w3 ? w3 : "");
    argv[argc] = NULL;
    a = (struct args){.count = 5};
    optind = 0; /* glibc: start anew */
    enum clu_status status = clu_opt_parse(&tool, argc, argv, &operands, &done, &err);
    assert_true(status == CLU_OK || status == CLU_USAGE);
    return status == CLU_OK ? NULL : err.msg;
}

static void values(void **state)
{
    (void)state;
    assert_null(parse("-f", "-k", "7"));
    assert_true(a.flag && a.count == 7 && a.given);
    assert_null(parse("--count=3", "--count=4", NULL));
    assert_int_equal(a.count, 4);
    assert_null(parse("--seed=18446744073709551615", NULL, NULL));
    assert_true(a.seed == UINT64_MAX);
    assert_null(parse("--size=3M", "--real=0.25", "-j4"));
    assert_true(a.size == 3u << 20 && a.real == 0.25 && a.threads == 4);
    assert_null(parse("--size=2GB", NULL, NULL));
    assert_true(a.size == 2000000000);
    assert_null(parse("-d\\t", NULL, NULL));
    assert_int_equal(a.c, '\t');
    assert_null(parse("-d;", "--csv", "-H"));
    assert_true(a.c == ',' && a.set == 7);
    assert_null(parse("--word=high", NULL, NULL));
    assert_int_equal(a.word, 1);
    assert_null(parse("--maybe", NULL, NULL));
    assert_int_equal(a.word, 1);
    assert_null(parse("--maybe=low", NULL, NULL));
    assert_int_equal(a.word, 0);
    assert_null(parse("-c1", "--columns", "x"));
    assert_int_equal(a.list.n, 2);
    assert_string_equal(a.list.text[1], "x");
    clu_opt_free(&tool);
    assert_null(parse("--cou", "9", NULL)); /* an abbreviation of one option */
    assert_int_equal(a.count, 9);
}

static void refusals(void **state)
{
    (void)state;
    assert_string_equal(parse("--bogus", NULL, NULL), "unrecognized option '--bogus'");
    assert_string_equal(parse("-z", NULL, NULL), "invalid option -- 'z'");
    assert_string_equal(parse("-k", NULL, NULL), "option requires an argument -- 'k'");
    assert_string_equal(parse("--count", NULL, NULL), "option '--count' requires an argument");
    assert_string_equal(parse("--flag=1", NULL, NULL), "option '--flag' doesn't allow an argument");
    assert_string_equal(parse("--s", NULL, NULL), "option '--s' is ambiguous");
    assert_string_equal(parse("-k", "0", NULL), "invalid number of clusters: '0'");
    assert_string_equal(parse("-k", "101", NULL), "invalid number of clusters: '101'");
    assert_string_equal(parse("-k", "2x", NULL), "invalid number of clusters: '2x'");
    assert_string_equal(parse("--seed=-1", NULL, NULL), "invalid argument '-1' for '--seed'");
    assert_string_equal(parse("--seed=18446744073709551616", NULL, NULL),
                        "invalid argument '18446744073709551616' for '--seed'");
    assert_string_equal(parse("-j", "0", NULL), "invalid argument '0' for '--threads'");
    assert_string_equal(parse("--size=3X", NULL, NULL), "invalid argument '3X' for '--size'");
    assert_string_equal(parse("--real=nan", NULL, NULL), "invalid argument 'nan' for '--real'");
    assert_string_equal(parse("--real=2", NULL, NULL), "invalid argument '2' for '--real'");
    assert_string_equal(parse("--word=mid", NULL, NULL), "invalid argument 'mid' for '--word' (valid: low, high)");
    assert_string_equal(parse("-dab", NULL, NULL), "the delimiter must be a single character, and no quote or line end");
}

static void ranges(void **state)
{
    (void)state;
    assert_null(parse("-K", "2..20", NULL));
    assert_true(a.range.lo == 2 && a.range.hi == 20);
    assert_null(parse("--range=3", NULL, NULL));
    assert_true(a.range.lo == 3 && a.range.hi == 3);
    assert_null(parse("-K7..7", NULL, NULL));
    assert_true(a.range.lo == 7 && a.range.hi == 7);
    assert_null(parse("-K2..100", "-K", "002..3")); /* the last counts */
    assert_true(a.range.lo == 2 && a.range.hi == 3);
    static const char *const bad[] = {"", "..", "2..", "..5", "5..2", "2...5", "2.5", "1..5", "2..101", "1", "101", "-2..5", "2..-5",
                                      "2..5x", "x2..5", "2 ..5", "2.. 5", "+2..5", "2..3..4", "2,5", "18446744073709551618..5",
                                      "2..18446744073709551619", "000000000000000000000000000000002..5"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char want[100];
        snprintf(want, sizeof want, "invalid number of clusters: '%s'", bad[i]);
        assert_string_equal(parse("-K", bad[i], NULL), want);
        assert_true(a.range.lo == 0 && a.range.hi == 0); /* and nothing was stored */
    }
    assert_string_equal(parse("--range", NULL, NULL), "option '--range' requires an argument");
}

static void words_with_a_tail(void **state)
{
    (void)state;
    assert_null(parse("-m", "minkowski:3", NULL));
    assert_int_equal(a.metric, 1);
    assert_string_equal(a.tail, "3");
    assert_null(parse("--metric=minkowski:a:b=c", NULL, NULL));
    assert_string_equal(a.tail, "a:b=c");
    assert_null(parse("-mminkowski:", NULL, NULL)); /* what the text means is the tool's business */
    assert_string_equal(a.tail, "");
    assert_null(parse("-m", "euclidean", NULL));
    assert_true(a.metric == 0 && !a.tail);
    assert_string_equal(parse("-m", "minkowski", NULL),
                        "invalid argument 'minkowski' for '--metric' (valid: euclidean, minkowski:P)");
    assert_string_equal(parse("-m", "minkowskiP:3", NULL),
                        "invalid argument 'minkowskiP:3' for '--metric' (valid: euclidean, minkowski:P)");
    assert_string_equal(parse("-m", "euclidean:3", NULL),
                        "invalid argument 'euclidean:3' for '--metric' (valid: euclidean, minkowski:P)");
    assert_null(a.tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(refusals), cmocka_unit_test(ranges),
                                       cmocka_unit_test(words_with_a_tail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
