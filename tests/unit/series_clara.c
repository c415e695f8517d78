/* alg/series_clara.h: labels that are true, the same as from the whole matrix where the sample is all, for all threads and targets. */
#include "series.h"

#include "alg/series_clara.h"
#include "alg/series_matrix.h"

static struct clu_err err;

static struct clu_pam fit(const struct clu_series *x, const struct clu_measure *m, const struct clu_series_clara_opt *opt, int threads)
{
    struct clu_pam p;
    struct clu_run run = {.seed = 5, .threads = threads};
    assert_int_equal(clu_series_clara(&p, x, m, opt, &run, &err), CLU_OK);
    return p;
}

/* Near, labels and loss by all distances; how far the loss is above that of the search in the whole matrix. */
static double check(const struct clu_series *x, const struct clu_measure *m, const struct clu_series_clara_opt *opt)
{
    struct clu_pam first = {0}, whole;
    struct clu_condensed d;
    struct clu_square square;
    struct clu_pam_opt pam = CLU_PAM_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    double loss = 0;
    int32_t next = 0;
    for (int t = 0; t < UNIT_TARGETS; t++)
        for (int threads = 1; unit_target(t) && threads <= (t == 0 ? 3 : 1); threads++) {
            struct clu_pam p = fit(x, m, opt, threads);
            if (first.label) {
                assert_true(p.loss == first.loss && p.swaps == first.swaps);
                assert_memory_equal(p.medoid, first.medoid, p.k * sizeof *p.medoid);
                assert_memory_equal(p.label, first.label, p.n * sizeof *p.label);
                assert_memory_equal(p.near, first.near, p.n * sizeof *p.near);
                clu_pam_clear(&p);
            } else {
                first = p;
            }
        }
    assert_int_equal(clu_series_matrix(&d, x, m, &run, &err), CLU_OK);
    assert_true(first.n == x->n && first.k == opt->k && !first.second && first.converged);
    for (size_t o = 0; o < x->n; o++) {
        double least = HUGE_VAL;
        for (size_t i = 0; i < opt->k; i++)
            least = fmin(least, clu_condensed_at(&d, o, first.medoid[i]));
        assert_true(first.near[o] == least && clu_condensed_at(&d, o, first.medoid[first.label[o]]) == least);
        if (first.label[o] >= next)
            assert_int_equal(first.label[o], next++);
        loss += least;
    }
    assert_true(fabs(loss - first.loss) <= 1e-12 * loss);
    pam.k = opt->k;
    pam.nstart = 10;
    assert_true(clu_square_of_triangle(&square, d.v, x->n));
    assert_int_equal(clu_pam_square(&whole, &square, NULL, &pam, &run, &err), CLU_OK);
    double more = first.loss / whole.loss - 1;
    clu_square_clear(&square);
    clu_pam_clear(&whole);
    clu_pam_clear(&first);
    return more;
}

static void test_samples(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series_clara_opt opt = CLU_SERIES_CLARA_DEFAULT;
    struct clu_series x = series_walks(300, 1, 8, 12, false, 1), y = series_walks(150, 2, 9, 9, true, 2);
    opt.k = 5;
    assert_true(check(&x, &m, &opt) < 0.05);
    opt.sample_size = 30;
    assert_true(check(&x, &m, &opt) < 0.3);
    opt.sample_size = 0;
    m.kind = CLU_SERIES_DTW;
    assert_true(fabs(check(&y, &m, &opt)) < 0.02); /* the sample is all: searched in the same way, from other starts */
    opt.k = 1;
    assert_true(fabs(check(&y, &m, &opt)) < 1e-12);
    clu_series_clear(&x);
    clu_series_clear(&y);
}

static void test_refusals(void **unused)
{
    (void)unused;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series_clara_opt opt = CLU_SERIES_CLARA_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series x = series_walks(3, 1, 10, 14, false, 1);
    struct clu_pam p;
    opt.k = 5;
    assert_int_equal(clu_series_clara(&p, &x, &m, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "5 clusters asked, but only 3 series");
    assert_true(!p.label && !p.medoid);
    opt.k = 2;
    m.kind = CLU_SERIES_EUCLIDEAN;
    assert_int_equal(clu_series_clara(&p, &x, &m, &opt, &run, &err), CLU_DATA);
    opt.k = 3;
    m.kind = CLU_SERIES_MSM;
    p = fit(&x, &m, &opt, 1);
    assert_true(p.loss == 0);
    clu_pam_clear(&p);
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
