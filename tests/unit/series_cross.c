/* alg/series_cross.h: the numbers of clu_series_cross(), for lists, lengths, gaps, threads, shared and loaded again; refusals. */
#include "series.h"

#include "alg/series_cross.h"
#include "alg/series_matrix.h"

enum { N = 40, CENTERS = 5 };
static struct clu_err err;

/* Every third series, backwards, from c to y. */
static void check(struct clu_cross *c, const struct clu_series *x, const struct clu_series *y, const struct clu_measure *m)
{
    size_t which[N], count = 0;
    double want[N * CENTERS], got[N * CENTERS];
    struct clu_series some;
    struct clu_run run = CLU_RUN_DEFAULT;
    for (size_t i = x->n; i-- > 0;)
        if (i % 3 == 0)
            which[count++] = i;
    assert_int_equal(clu_series_pick(&some, x, which, count, NULL), CLU_OK);
    assert_int_equal(clu_series_cross(want, &some, y, m, &run, NULL), CLU_OK);
    assert_int_equal(clu_cross_run(c, got, which, count, y, NULL), CLU_OK);
    assert_memory_equal(want, got, count * y->n * sizeof *got);
    assert_int_equal(clu_series_cross(want, x, y, m, &run, NULL), CLU_OK);
    assert_int_equal(clu_cross_run(c, got, NULL, x->n, y, NULL), CLU_OK);
    assert_memory_equal(want, got, x->n * y->n * sizeof *got);
    assert_int_equal(clu_cross_run(c, got, which, 0, y, NULL), CLU_OK);
    clu_series_clear(&some);
}

static void test_numbers(void **unused)
{
    (void)unused;
    for (int kind = CLU_SERIES_MSM; kind <= CLU_SERIES_MANHATTAN; kind++)
        for (int form = 0; form < 6; form++) { /* equal and unequal lengths, channels, floats, gaps */
            bool level = kind == CLU_SERIES_EUCLIDEAN || kind == CLU_SERIES_MANHATTAN;
            if (kind == CLU_SERIES_SBD || kind == CLU_SERIES_SOFTDTW || kind == CLU_SERIES_GAK)
                continue;
            size_t least = level || form % 2 ? 20 : 7;
            struct clu_series x = series_walks(N, 1 + (form == 2), least, 20, false, 1), y = series_walks(CENTERS, x.channels, least, 20, false, 2);
            struct clu_measure m = CLU_MEASURE_DEFAULT;
            struct clu_run run = {.threads = 1 + form % 3};
            struct clu_cross *c, *other;
            size_t at[2];
            m.kind = kind;
            m.float32 = form == 3;
            m.independent = form == 2;
            x.gaps = form >= 4 && kind == CLU_SERIES_DTW;
            for (size_t i = 0; x.gaps && i < N; i++)
                clu_series_at(&x, i, 0)[i % 5] = NAN;
            assert_int_equal(clu_cross_init(&c, &x, &m, CENTERS, 20, &run, &err), CLU_OK);
            clu_cross_load(c);
            check(c, &x, &y, &m);
            assert_int_equal(clu_cross_share(&other, c, &run, &err), CLU_OK);
            for (size_t i = 0; i < CENTERS; i++) {
                struct clu_series one = clu_series_one(&y, i, at);
                check(other, &x, &one, &m);
            }
            for (size_t t = 0; t < x.at[N]; t++)
                x.v[t] *= -2;
            clu_cross_load(c);
            check(c, &x, &y, &m);
            clu_cross_free(other);
            clu_cross_free(c);
            clu_series_clear(&x);
            clu_series_clear(&y);
        }
}

static void test_refused(void **unused)
{
    (void)unused;
    struct clu_series x = series_walks(N, 1, 5, 5, false, 1), y = series_walks(1, 1, 4, 4, false, 1);
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_cross *c;
    double out[N];
    m.kind = CLU_SERIES_EUCLIDEAN;
    assert_int_equal(clu_cross_init(&c, &x, &m, 1, 5, &run, &err), CLU_OK);
    clu_cross_load(c);
    assert_int_equal(clu_cross_run(c, out, NULL, N, &y, &err), CLU_DATA);
    assert_string_equal(err.msg, "series 1 has 5 samples and series 41 has 4: euclidean needs equal lengths");
    clu_cross_free(c);
    m.kind = CLU_SERIES_DTW;
    clu_series_at(&x, 6, 0)[2] = 1e200;
    assert_int_equal(clu_cross_init(&c, &x, &m, 1, 5, &run, &err), CLU_OK);
    clu_cross_load(c);
    assert_int_equal(clu_cross_run(c, out, (size_t[]){5, 6}, 2, &y, &err), CLU_DATA);
    assert_string_equal(err.msg, "overflow in distance: series 7 and a centre");
    clu_cross_free(c);
    run.max_memory = 100;
    assert_int_equal(clu_cross_init(&c, &x, &m, 1, 5, &run, &err), CLU_SYSTEM);
    assert_null(c);
    clu_cross_free(c);
    clu_series_clear(&x);
    clu_series_clear(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
