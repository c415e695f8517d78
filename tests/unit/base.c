/* base/: messages, memory, the counter-based generator. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "base/run.h"
#include "base/status.h"

#include <math.h>

static void show_escapes_what_a_terminal_must_not_see(void **state)
{
    (void)state;
    char out[256];
    assert_string_equal(clu_show("plain", 5, 40, out), "plain");
    assert_string_equal(clu_show("a\tb\n\r\033[31m", 10, 40, out), "a\\tb\\n\\r\\033[31m");
    assert_string_equal(clu_show("\xe2\x88\x92" "1", 4, 40, out), "\xe2\x88\x92" "1"); /* U+2212 */
    assert_string_equal(clu_show("\xff\xc0\x80", 3, 40, out), "\\377\\300\\200");     /* not UTF-8 */
    assert_string_equal(clu_show("\xed\xa0\x80", 3, 40, out), "\\355\\240\\200");     /* a surrogate */
    assert_string_equal(clu_show("0123456789", 10, 4, out), "0123...");
    assert_string_equal(clu_show("abc\xe2\x88\x92", 6, 4, out), "abc...");           /* not cut in half */
}

static void fail_formats_and_cuts(void **state)
{
    (void)state;
    struct clu_err err = {0};
    assert_int_equal(clu_fail(&err, CLU_DATA, "%s:%d", "x", 3), CLU_DATA);
    assert_string_equal(err.msg, "x:3");
    assert_int_equal(err.code, CLU_DATA);
    assert_int_equal(clu_fail(NULL, CLU_SYSTEM, "x"), CLU_SYSTEM);
    clu_fail(&err, CLU_DATA, "%*s", 9000, "");
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void products_that_overflow_are_no_memory(void **state)
{
    (void)state;
    size_t cap = 0;
    int *p = NULL;
    assert_null(clu_alloc(SIZE_MAX / 4, 8));
    assert_null(clu_calloc(SIZE_MAX / 4, 8));
    assert_null(clu_alloc_aligned(SIZE_MAX / 4, 8));
    assert_int_equal(clu_reserve(&p, &cap, SIZE_MAX / 2, sizeof *p), -1);
    assert_int_equal(clu_reserve(&p, &cap, 3, sizeof *p), 0);
    assert_true(cap >= 3);
    clu_free(p);
    void *zero = clu_alloc(0, 8);
    assert_non_null(zero);
    clu_free(zero);
    double *big = clu_alloc_aligned(1000000, sizeof *big);
    assert_int_equal((uintptr_t)big % 64, 0);
    clu_free(big);
}

static void need_says_how_much(void **state)
{
    (void)state;
    struct clu_err err = {0};
    struct clu_run run = CLU_RUN_DEFAULT;
    assert_int_equal(clu_need(&run, 1e30, &err, "x"), CLU_OK); /* no limit */
    run.max_memory = 1000;
    assert_int_equal(clu_need(&run, 1000, &err, "x"), CLU_OK);
    assert_int_equal(clu_need(&run, 4e12, &err, "the distance matrix of %d rows; use clara", 1000000), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 3.6 TiB for the distance matrix of 1000000 rows; use clara");
}

/* Known answers of Random123 (Salmon et al.): philox4x32-10, all bits 0, all bits 1, and the digits of pi. */
static void philox_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t ctr[4], key[2], out[4];
    } kat[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof kat / sizeof kat[0]; i++) {
        uint32_t out[4];
        clu_philox4x32(kat[i].ctr, kat[i].key, out);
        assert_memory_equal(out, kat[i].out, sizeof out);
    }
}

static void streams_differ_and_repeat(void **state)
{
    (void)state;
    struct clu_rng a, b, c;
    clu_rng_at(&a, 1, 0);
    clu_rng_at(&b, 1, 0);
    clu_rng_at(&c, 1, 1);
    int same = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = clu_rng_u64(&a);
        assert_true(x == clu_rng_u64(&b));
        same += x == clu_rng_u64(&c);
    }
    assert_int_equal(same, 0);
}

/* Chi-square over 10 cells with 100,000 draws: 99.99% of fair generators stay below 33.7 (9 degrees of freedom). */
static void below_is_even(void **state)
{
    (void)state;
    struct clu_rng r;
    double chi = 0, count[10] = {0};
    clu_rng_at(&r, 7, 0);
    for (int i = 0; i < 100000; i++) {
        uint64_t x = clu_rng_below(&r, 10);
        assert_true(x < 10);
        count[x]++;
        double u = clu_rng_unit(&r);
        assert_true(u >= 0 && u < 1);
    }
    for (int i = 0; i < 10; i++)
        chi += (count[i] - 10000) * (count[i] - 10000) / 10000;
    assert_true(chi < 33.7);
}

static void check_sample(size_t n, size_t m)
{
    struct clu_rng r;
    unsigned char *seen = clu_calloc(n, 1);
    size_t *out = clu_alloc(m, sizeof *out);
    clu_rng_at(&r, 3, n);
    assert_int_equal(clu_rng_sample(&r, n, m, out), 0);
    for (size_t i = 0; i < m; i++) {
        assert_true(out[i] < n);
        assert_int_equal(seen[out[i]]++, 0);
    }
    clu_free(seen);
    clu_free(out);
}

static void samples_are_distinct(void **state)
{
    (void)state;
    check_sample(10, 10);
    check_sample(100000, 50);
    check_sample(5000, 2400);
    check_sample(5000, 4999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(show_escapes_what_a_terminal_must_not_see),
        cmocka_unit_test(fail_formats_and_cuts),
        cmocka_unit_test(products_that_overflow_are_no_memory),
        cmocka_unit_test(need_says_how_much),
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(streams_differ_and_repeat),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(samples_are_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
