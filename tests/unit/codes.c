/* tab/codes.h: labels to codes, and codes to partitions. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tab/codes.h"

#include <math.h>

static struct clu_err err;

static double text(struct clu_levels *l, const char *s)
{
    uint32_t level;
    assert_int_equal(clu_levels_add(l, s, strlen(s), &level, &err), CLU_OK);
    return clu_level_box(level);
}

static void numbers_and_texts(void **state)
{
    (void)state;
    struct clu_levels l = {0};
    struct clu_codes c = {0};
    double x[] = {3, 1, -0.0, 0, text(&l, "b"), 1, 1e15, -2, 4096, 4095, 0.5, text(&l, "a"), NAN, text(&l, "b"), 1e15};
    int32_t code[15], want[] = {0, 1, 2, 2, 3, 1, 4, 5, 6, 7, 8, 9, -1, 3, 4};

    assert_int_equal(clu_codes_add(&c, x, 1, 15, code, &err), CLU_OK);
    assert_memory_equal(code, want, sizeof want);
    assert_int_equal(c.n, 10);
    assert_int_equal(clu_codes_find(&c, 0), 2);
    assert_int_equal(clu_codes_find(&c, 7), -1);
    assert_int_equal(clu_codes_find(&c, text(&l, "a")), 9);
    assert_int_equal(clu_codes_add(&c, x + 1, 3, 2, code, &err), CLU_OK); /* every third */
    assert_true(code[0] == 1 && code[1] == 3);

    /* In order: -2 0 0.5 1 3 4095 4096 1e15 a b. Those that are not kept are not numbered. */
    uint8_t keep[15] = {1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0};
    struct clu_partition p;
    int32_t label[] = {4, 3, 1, 1, 7, 3, 0, 5, 2, 6, 7};
    assert_int_equal(clu_partition_make(&p, &c, &l, want, keep, 15, false, &err), CLU_OK);
    assert_true(p.n == 11 && p.k == 8);
    assert_memory_equal(p.label, label, sizeof label);
    assert_true(p.value[0] == -2 && p.value[2] == 0.5 && clu_level_is(p.value[6]) && p.value[5] == 4095);
    clu_partition_clear(&p);

    int32_t split[] = {3, 2, 7, 8, 6, 2, 0, 4, 1, 5, 6}; /* two objects of label 0 */
    assert_int_equal(clu_partition_make(&p, &c, &l, want, keep, 15, true, &err), CLU_OK);
    assert_true(p.n == 11 && p.k == 9 && p.value[7] == 0 && p.value[8] == 0);
    assert_memory_equal(p.label, split, sizeof split);
    clu_partition_clear(&p);
    assert_true(!p.label && !p.value);

    memset(keep, 0, sizeof keep);
    assert_int_equal(clu_partition_make(&p, &c, &l, want, keep, 15, true, &err), CLU_OK);
    assert_true(p.n == 0 && p.k == 0);
    clu_partition_clear(&p);
    clu_codes_clear(&c);
    assert_int_equal(clu_codes_find(&c, 1), -1);
    clu_levels_clear(&l);
}

static void many_labels(void **state)
{
    (void)state;
    enum { N = 300000 };
    struct clu_codes c = {0};
    struct clu_rng r;
    double *x = clu_alloc(N, sizeof *x);
    int32_t *code = clu_alloc(N, sizeof *code);

    clu_rng_at(&r, 1, 0);
    for (size_t i = 0; i < N; i++)
        x[i] = (double)clu_rng_below(&r, 100000) * (i % 2 ? 1 : 1048576);
    for (size_t at = 0; at < N; at += 1000) /* batch by batch */
        assert_int_equal(clu_codes_add(&c, x + at, 1, 1000, code + at, &err), CLU_OK);
    int32_t most = -1;
    for (size_t i = 0; i < N; i++) {
        assert_true(code[i] >= 0 && code[i] <= most + 1 && c.value[code[i]] == x[i]);
        most = code[i] > most ? code[i] : most;
        if (i % 1000 == 0)
            assert_int_equal(clu_codes_find(&c, x[i]), code[i]);
    }
    assert_int_equal(c.n, most + 1);
    clu_codes_clear(&c);
    clu_free(x);
    clu_free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts),
        cmocka_unit_test(many_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
