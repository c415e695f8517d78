/* alg/kshape.h: what a result is; the same bytes for all threads and kernels; empty clusters; refusals. From given labels, against numpy:
 * shape_oracle.c. */
#include "unit.h"

#include "alg/kshape.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"
#include "num/sbd.h"

#include <math.h>

enum { MOST = 90 };

/* Noisy shapes of three kinds at random places: label i mod 3. */
static void fill(struct clu_series *s, size_t n, size_t channels, size_t longest, bool ragged, double noise)
{
    size_t len[MOST], constant, first;
    struct clu_rng r;
    clu_rng_at(&r, 11, n);
    for (size_t i = 0; i < n; i++)
        len[i] = ragged ? longest - (size_t)clu_rng_below(&r, longest / 4) : longest;
    assert_int_equal(clu_series_init(s, n, channels, len, NULL), CLU_OK);
    for (size_t i = 0; i < n; i++) {
        double at = (double)clu_rng_below(&r, longest / 3);
        for (size_t c = 0; c < channels; c++)
            for (size_t t = 0; t < len[i]; t++) {
                double u = ((double)t - at) / (double)longest * 3, in = u >= 0 && u < 1;
                double kind[3] = {in, in * u, in * sin(4 * 3.14159265358979323846 * u)};
                clu_series_at(s, i, c)[t] = 5 * kind[i % 3] + noise * (2 * clu_rng_unit(&r) - 1);
            }
    }
    clu_series_normalise(s, CLU_NORMALISE_ZSCORE, NULL, NULL, &constant, &first);
}

static void check(const struct clu_series_centers *c, const struct clu_series *x, size_t k)
{
    struct clu_sbd *a, *b;
    int32_t seen = 0;
    double inertia = 0;
    assert_true(c->n == x->n && c->center.n == k && c->center.channels == x->channels && c->iterations >= 1);
    assert_int_equal(clu_sbd_init(&a, x, x->longest, false, NULL), CLU_OK);
    assert_int_equal(clu_sbd_init(&b, &c->center, x->longest, false, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_sbd_scratch(a), sizeof *scratch);
    for (size_t i = 0; i < x->n; i++) {
        double own = clu_sbd_pair(b, (size_t)c->label[i], a, i, NULL, scratch);
        assert_true(c->label[i] >= 0 && c->label[i] <= seen);
        seen += c->label[i] == seen;
        assert_true(fabs(own - c->near[i]) <= 1e-12);
        for (size_t g = 0; g < k && c->converged; g++)
            assert_true(clu_sbd_pair(b, g, a, i, NULL, scratch) >= own - 1e-12);
        inertia += c->near[i] * c->near[i];
    }
    assert_int_equal(seen, (int32_t)k);
    assert_true(fabs(c->inertia - inertia) <= 1e-12 * fmax(1, inertia));
    for (size_t g = 0; g < k; g++)
        assert_int_equal(c->center.len[g], x->longest);
    clu_free(scratch);
    clu_sbd_free(a);
    clu_sbd_free(b);
}

static void fit(struct clu_series_centers *c, const struct clu_series *x, size_t k, size_t nstart, int threads)
{
    struct clu_kshape_opt opt = CLU_KSHAPE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    opt.k = k;
    opt.nstart = nstart;
    run.threads = threads;
    assert_int_equal(clu_kshape_fit(c, x, &opt, &run, NULL), CLU_OK);
    check(c, x, k);
}

static void finds_shapes(void **state)
{
    (void)state;
    for (size_t channels = 1; channels <= 2; channels++)
        for (int ragged = 0; ragged < 2; ragged++) {
            struct clu_series x;
            struct clu_series_centers c;
            fill(&x, MOST, channels, 66, ragged, 0.5);
            fit(&c, &x, 3, 10, 1);
            assert_true(c.converged);
            for (size_t i = 0; i < MOST; i++)
                assert_int_equal(c.label[i], (int32_t)(i % 3));
            for (size_t g = 0; g < 3; g++) { /* of mean 0 and deviation 1 */
                double sum = 0, square = 0;
                for (size_t t = 0; t < 66; t++) {
                    sum += clu_series_at(&c.center, g, 0)[t];
                    square += clu_series_at(&c.center, g, 0)[t] * clu_series_at(&c.center, g, 0)[t];
                }
                assert_true(fabs(sum) < 1e-10 && fabs(square / 66 - 1) < 1e-12);
            }
            clu_series_centers_clear(&c);
            clu_series_clear(&x);
        }
}

static void same(const struct clu_series_centers *a, const struct clu_series_centers *b)
{
    assert_memory_equal(a->label, b->label, a->n * sizeof *a->label);
    assert_memory_equal(a->near, b->near, a->n * sizeof *a->near);
    assert_memory_equal(a->center.v, b->center.v, a->center.at[a->center.n] * sizeof *a->center.v);
    assert_true(a->inertia == b->inertia && a->iterations == b->iterations && a->converged == b->converged);
}

static void same_bytes(void **state)
{
    (void)state;
    for (size_t channels = 1; channels <= 2; channels++)
        for (size_t nstart = 1; nstart <= 5; nstart += 2) {
            struct clu_series x;
            struct clu_series_centers one;
            fill(&x, 60, channels, 37, true, 6); /* mostly noise: starts end in different places */
            fit(&one, &x, 4, nstart, 1);
            for (int target = 0; target < UNIT_TARGETS; target++)
                for (int threads = 1; threads <= 3 && unit_target(target); threads++) {
                    struct clu_series_centers c;
                    fit(&c, &x, 4, nstart, threads);
                    same(&one, &c);
                    clu_series_centers_clear(&c);
                }
            assert_int_equal(clu_kern_select(NULL, NULL), CLU_OK);
            clu_series_centers_clear(&one);
            clu_series_clear(&x);
        }
}

/* As many clusters as series; series of which several are equal, or zero; of one sample. None is empty whatever happens. */
static void no_cluster_is_empty(void **state)
{
    struct clu_series x;
    struct clu_series_centers c;
    (void)state;
    fill(&x, 12, 1, 20, false, 3);
    fit(&c, &x, 12, 3, 1);
    assert_true(c.inertia < 1e-20);
    clu_series_centers_clear(&c);
    fit(&c, &x, 1, 2, 2);
    clu_series_centers_clear(&c);
    for (size_t i = 1; i < 10; i++)
        memcpy(clu_series_at(&x, i, 0), clu_series_at(&x, 0, 0), 20 * sizeof *x.v);
    memset(clu_series_at(&x, 11, 0), 0, 20 * sizeof *x.v);
    for (size_t k = 2; k <= 12; k++) {
        fit(&c, &x, k, 2, 1);
        clu_series_centers_clear(&c);
    }
    clu_series_clear(&x);
    fill(&x, 5, 1, 1, false, 1);
    fit(&c, &x, 2, 2, 1);
    clu_series_centers_clear(&c);
    clu_series_clear(&x);
}

/* More starts are never worse, and the first is among them. */
static void the_best_start(void **state)
{
    struct clu_series x;
    struct clu_series_centers one, all;
    struct clu_kshape_opt opt = CLU_KSHAPE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    (void)state;
    fill(&x, 60, 1, 40, false, 6);
    fit(&one, &x, 5, 1, 1);
    fit(&all, &x, 5, 8, 1);
    assert_true(all.inertia <= one.inertia);
    clu_series_centers_clear(&one);
    opt.k = 5;
    opt.max_iter = 1;
    assert_int_equal(clu_kshape_from(&one, &x, all.label, &opt, &run, NULL), CLU_OK);
    check(&one, &x, 5);
    assert_int_equal(one.iterations, 1);
    clu_series_centers_clear(&one);
    clu_series_centers_clear(&all);
    clu_series_clear(&x);
}

/* Asks to stop when it is asked for the third time. */
static int stopper(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)what;
    (void)done;
    (void)of;
    (void)value;
    return ++*(int *)ctx > 2;
}

static void refusals(void **state)
{
    struct clu_series x;
    struct clu_series_centers c;
    struct clu_kshape_opt opt = CLU_KSHAPE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_err err;
    int asked = 0;
    struct clu_watch watch = {.tick = stopper, .ctx = &asked};
    (void)state;
    fill(&x, 30, 1, 40, false, 5);
    opt.k = 31;
    assert_int_equal(clu_kshape_fit(&c, &x, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "31 clusters asked, but only 30 series");
    assert_true(c.label == NULL && c.center.v == NULL);
    opt.k = 3;
    run.max_memory = 1000;
    assert_int_equal(clu_kshape_fit(&c, &x, &opt, &run, &err), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "for k-Shape of 30 series"));
    run.max_memory = 0;
    run.watch = &watch;
    for (run.threads = 1; run.threads <= 2; run.threads++) {
        asked = 0;
        opt.nstart = run.threads == 1 ? 10 : 1; /* of several starts side by side the calling thread may get none */
        assert_int_equal(clu_kshape_fit(&c, &x, &opt, &run, &err), CLU_STOPPED);
        assert_true(c.label == NULL && c.center.v == NULL);
    }
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_shapes),
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(no_cluster_is_empty),
        cmocka_unit_test(the_best_start),
        cmocka_unit_test(refusals),
    };
    clu_gslx_init();
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
