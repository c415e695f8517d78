/* alg/choose.h: criteria of partitions with noise and empty clusters, and the best of several rows. */
#include "unit.h"

#include "alg/choose.h"
#include "alg/validity.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

static struct clu_err err;
static const struct clu_run run = {.seed = 1, .threads = 2};

static struct clu_criteria row_of(size_t k, double silhouette, double ch, double db, double bic)
{
    return (struct clu_criteria){.k = k, .loss = (double)k, .value = {silhouette, ch, db, bic}};
}

static void best_of(int by, const struct clu_criteria *row, size_t n, size_t k)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        struct clu_choice c;
        size_t kept = 0;
        assert_int_equal(clu_choice_init(&c, by, n, &err), CLU_OK);
        for (size_t i = 0; i < n; i++) {
            const struct clu_criteria *r = &row[backwards ? n - 1 - i : i];
            if (clu_choice_add(&c, r))
                kept = r->k;
        }
        assert_int_equal(c.n, n);
        for (size_t i = 0; i < n; i++)
            assert_true(c.row[i].k == row[i].k && c.row[i].loss == row[i].loss);
        assert_int_equal(kept, k);
        assert_int_equal(c.row[c.best].k, k);
        clu_choice_clear(&c);
    }
}

static void the_best(void **state)
{
    (void)state;
    const struct clu_criteria row[] = {
        row_of(1, NAN, NAN, NAN, -9), row_of(2, 0.5, 7, 0.9, -11), row_of(3, 0.7, HUGE_VAL, 0.4, -10),
        row_of(4, 0.7, HUGE_VAL, 0.4, -10), row_of(5, 0.1, NAN, 0.6, NAN),
    };
    best_of(CLU_BY_SILHOUETTE, row, 5, 3);
    best_of(CLU_BY_CH, row, 5, 3);
    best_of(CLU_BY_DB, row, 5, 3);
    best_of(CLU_BY_BIC, row, 5, 1);
    best_of(CLU_BY_BIC, row + 1, 4, 3);
    best_of(CLU_BY_CH, row, 2, 2);
}

static void nothing_is_defined(void **state)
{
    (void)state;
    struct clu_choice c;
    struct clu_criteria one = row_of(1, NAN, NAN, NAN, NAN), two = row_of(2, NAN, NAN, NAN, NAN);
    assert_int_equal(clu_choice_init(&c, CLU_BY_DB, 2, &err), CLU_OK);
    assert_true(clu_choice_add(&c, &two));
    assert_int_equal(clu_choice_check(&c, &err), CLU_OK); /* nothing to choose from */
    assert_true(clu_choice_add(&c, &one));
    assert_int_equal(c.best, 0);
    assert_int_equal(clu_choice_check(&c, &err), CLU_DATA);
    assert_string_equal(err.msg, "1 to 2 clusters have no Davies-Bouldin index to choose by");
    clu_choice_clear(&c);
}

/* Rows with noise, and a cluster that has none, are those without both. */
static void noise_and_empty_clusters(void **state)
{
    (void)state;
    enum { N = 200, D = 3 };
    double x[N * D], kept[N * D];
    int32_t label[N], plain[N];
    size_t rows = 0;
    struct clu_rng r;
    struct clu_criteria a, b;

    clu_rng_at(&r, 5, 0);
    for (size_t i = 0; i < N; i++) {
        label[i] = (int32_t)clu_rng_below(&r, 4) - 1; /* -1 0 1 2 */
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = clu_rng_unit(&r) + 2 * label[i];
        if (label[i] >= 0) {
            memcpy(kept + rows * D, x + i * D, D * sizeof *x);
            plain[rows++] = label[i];
        }
        label[i] += label[i] > 0; /* -1 0 2 3 */
    }
    a.loss = b.loss = 7;
    assert_int_equal(clu_criteria_fit(&a, (struct clu_view){.v = x, .rows = N, .cols = D, .ld = D}, label, 5, true, &run, &err), CLU_OK);
    assert_int_equal(clu_criteria_fit(&b, (struct clu_view){.v = kept, .rows = rows, .cols = D, .ld = D}, plain, 3, true, &run, &err),
                     CLU_OK);
    assert_true(a.k == 5 && b.k == 3 && a.loss == 7);
    assert_memory_equal(a.value, b.value, sizeof a.value);
    assert_true(b.value[CLU_BY_SILHOUETTE] > 0.5 && b.value[CLU_BY_CH] > 0 && b.value[CLU_BY_DB] < 1);
    assert_int_equal(clu_criteria_fit(&b, (struct clu_view){.v = kept, .rows = rows, .cols = D, .ld = D}, plain, 3, false, &run, &err),
                     CLU_OK);
    assert_true(isnan(b.value[CLU_BY_SILHOUETTE]) && b.value[CLU_BY_CH] == a.value[CLU_BY_CH]);
    for (size_t i = 0; i < N; i++) /* nothing but noise */
        label[i] = -1;
    assert_int_equal(clu_criteria_fit(&b, (struct clu_view){.v = x, .rows = N, .cols = D, .ld = D}, label, 5, true, &run, &err), CLU_OK);
    for (size_t i = 0; i < CLU_CRITERIA; i++)
        assert_true(isnan(b.value[i]));
}

/* By hand: the densities of two clusters of two rows on a line. */
static void bic_by_hand(void **state)
{
    (void)state;
    double x[] = {0, 2, 10, 14, 12}, n = 5, s2 = (2.0 + 8.0) / 5, loglik = 0;
    int32_t label[] = {0, 0, 1, 1, 1};
    struct clu_criteria c;
    for (size_t i = 0; i < 5; i++) {
        double mean = label[i] ? 12 : 1, away = x[i] - mean;
        loglik += log(label[i] ? 3 / n : 2 / n) - 0.5 * log(2 * acos(-1) * s2) - away * away / (2 * s2);
    }
    assert_int_equal(clu_criteria_fit(&c, (struct clu_view){.v = x, .rows = 5, .cols = 1, .ld = 1}, label, 2, false, &run, &err), CLU_OK);
    assert_true(fabs(c.value[CLU_BY_BIC] - (2 * loglik - 4 * log(n))) < 1e-12);
}

static void samples(void **state)
{
    (void)state;
    size_t n = CLU_CHOOSE_SAMPLE + 1;
    double *x = clu_alloc(n, sizeof *x);
    int32_t *label = clu_alloc(n, sizeof *label);
    struct clu_criteria all, some, again;
    struct clu_run other = {.seed = 2, .threads = 1};
    for (size_t i = 0; i < n; i++) {
        label[i] = (int32_t)(i % 2);
        x[i] = (double)(i % 2 * 20000 + i);
    }
    assert_int_equal(clu_criteria_fit(&all, (struct clu_view){.v = x, .rows = n - 1, .cols = 1, .ld = 1}, label, 2, true, &other, &err),
                     CLU_OK);
    assert_int_equal(clu_criteria_fit(&some, (struct clu_view){.v = x, .rows = n, .cols = 1, .ld = 1}, label, 2, true, &run, &err), CLU_OK);
    assert_int_equal(clu_criteria_fit(&again, (struct clu_view){.v = x, .rows = n, .cols = 1, .ld = 1}, label, 2, true, &other, &err),
                     CLU_OK);
    assert_true(fabs(all.value[0] - some.value[0]) < 1e-3 && some.value[0] != again.value[0] && some.value[1] == again.value[1]);
    clu_free(x);
    clu_free(label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best),
        cmocka_unit_test(nothing_is_defined),
        cmocka_unit_test(noise_and_empty_clusters),
        cmocka_unit_test(bic_by_hand),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
