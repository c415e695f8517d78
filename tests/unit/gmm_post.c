/* alg/gmm.h: what vanishes, what is singular, shrinkage; rows under a mixture, criteria, volume; the exponential of the kernels. */
#include "mixture.h"

#include "num/gslx.h"

#include <float.h>

/* --- what vanishes --- */

static void components_vanish(void **state)
{
    struct clu_view v = fill(300, 2, 3, 3);
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm_start start = {.label = label};
    struct clu_gmm g;
    (void)state;

    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        opt = CLU_GMM_DEFAULT;
        opt.family = family;
        assert_int_equal(clu_gmm_fit(&g, v, NULL, 5, &start, &opt, NULL, NULL), CLU_OK); /* nobody starts in 3 and 4 */
        assert_int_equal(g.k, 3);
        assert_int_equal(g.dropped, 2);
        close_to(g.weight[0] + g.weight[1] + g.weight[2], 1, 1e-14);
        assert_false(g.vanished);
        clu_gmm_clear(&g);

        opt.vanish = CLU_GMM_STOP;
        assert_int_equal(clu_gmm_fit(&g, v, NULL, 5, &start, &opt, NULL, NULL), CLU_OK);
        assert_true(g.vanished && isnan(g.loglik));
        clu_gmm_clear(&g);

        opt.vanish = CLU_GMM_DROP;
        opt.min_rows = 1000;
        assert_int_equal(clu_gmm_fit(&g, v, NULL, 3, &start, &opt, NULL, NULL), CLU_DATA);
        assert_null(g.weight);
    }
}

static void singular(void **state)
{
    struct clu_view v = fill(300, 3, 2, 2);
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm_start start = {.label = label};
    struct clu_err err;
    struct clu_gmm g;
    (void)state;

    for (size_t i = 0; i < 300; i++)
        x[i * 3 + 1] = 0.1; /* a column that does not vary */
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        opt = CLU_GMM_DEFAULT;
        opt.family = family;
        if (family > CLU_GMM_VII) {
            assert_int_equal(clu_gmm_fit(&g, v, NULL, 2, &start, &opt, NULL, &err), CLU_DATA);
            assert_non_null(strstr(err.msg, "singular"));
            opt.vanish = CLU_GMM_STOP;
            assert_int_equal(clu_gmm_fit(&g, v, NULL, 2, &start, &opt, NULL, &err), CLU_OK);
            assert_true(g.vanished);
            opt.vanish = CLU_GMM_DROP;
        }
        opt.reg = 1e-3;
        opt.family = family;
        if (clu_gmm_fit(&g, v, NULL, 2, &start, &opt, NULL, &err) == CLU_OK) { /* a volume of 0 before reg is no matrix */
            assert_true(isfinite(g.loglik));
            clu_gmm_clear(&g);
        }
    }
    opt = CLU_GMM_DEFAULT;
    opt.shrink = true;
    assert_int_equal(clu_gmm_fit(&g, v, NULL, 2, &start, &opt, NULL, &err), CLU_OK);
    assert_true(isfinite(g.loglik));
    clu_gmm_clear(&g);

    for (size_t i = 0; i < 10; i++) /* fewer rows than columns, and then rows all equal */
        label[i] = i >= 5;
    v = fill(12, 8, 2, 2);
    for (int equal = 0; equal < 2; equal++)
        for (int family = 0; family < CLU_GMM_FAMILIES; family++)
            for (int how = 0; how < 3; how++) {
                opt = CLU_GMM_DEFAULT;
                opt.family = family;
                opt.reg = how == 1 ? 1e-6 : 0;
                opt.shrink = how == 2;
                for (size_t i = 0; i < 12 * 8 && equal; i++)
                    x[i] = 1e10 + (double)(i % 8) / 3;
                if (clu_gmm_fit(&g, v, NULL, 2, &start, &opt, NULL, &err) == CLU_OK) {
                    assert_true(isfinite(g.loglik));
                    clu_gmm_clear(&g);
                } else {
                    assert_int_equal(err.code, CLU_DATA);
                }
            }
}

static void oas(void **state)
{
    /* One component: the formula of Chen et al. for all of it. */
    struct clu_view v = fill(30, 4, 1, 1);
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm plain, g;
    double trace = 0, square = 0, n = 30, p = 4;
    (void)state;

    opt.max_iter = 1;
    fit(&plain, v, NULL, 1, &opt, 1);
    opt.shrink = true;
    fit(&g, v, NULL, 1, &opt, 1);
    for (size_t i = 0; i < 16; i++)
        square += plain.cov[i] * plain.cov[i];
    for (size_t i = 0; i < 4; i++)
        trace += plain.cov[i * 5];
    double rho = ((1 - 2 / p) * square + trace * trace) / ((n + 1 - 2 / p) * (square - trace * trace / p));
    assert_true(rho < 1);
    for (size_t i = 0; i < 16; i++)
        close_to(g.cov[i], (1 - rho) * plain.cov[i] + (i % 5 == 0) * rho * trace / p, 1e-12);
    clu_gmm_clear(&plain);
    clu_gmm_clear(&g);
}

/* --- rows under a mixture --- */

static void posterior(void **state)
{
    static double post[500 * 4], logdens[500];
    static int32_t got[500];
    (void)state;
    for (int noise = 0; noise < 2; noise++)
        for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
            struct clu_view v = fill(500, 3, 3, 1.5);
            struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
            struct clu_gmm g;
            struct plain p;
            opt.family = family;
            opt.max_iter = 5;
            opt.noise = noise;
            opt.noise_log_density = -9;
            fit(&g, v, NULL, 3, &opt, 1);
            plain_of(&p, &g, 500);
            plain_e(&p, NULL);
            size_t columns = 3 + (size_t)noise;
            for (size_t from = 0; from < 500; from += 125)
                assert_int_equal(clu_gmm_posterior(&g, v, from, 125, post + from * columns, logdens + from, got + from, NULL, NULL),
                                 CLU_OK);
            double sum = 0, icl = 0, want_icl = clu_gmm_bic(&g);
            for (size_t i = 0; i < 500; i++) {
                size_t best = 0;
                sum += logdens[i];
                for (size_t j = 0; j < columns; j++) {
                    close_to(post[i * columns + j], (double)p.resp[i * 4 + j], 1e-11);
                    if (post[i * columns + j] > post[i * columns + best])
                        best = j;
                }
                want_icl += 2 * log(post[i * columns + best]);
                assert_int_equal(got[i], best < 3 ? (int)best : -1);
            }
            close_to(sum, g.loglik, 1e-12);
            assert_int_equal(clu_gmm_icl(&icl, &g, v, NULL, NULL, NULL), CLU_OK);
            close_to(icl, want_icl, 1e-12);
            clu_free(p.resp);
            clu_gmm_clear(&g);
        }
}

static void far_and_tied_rows(void **state)
{
    struct clu_gmm g;
    size_t bad = 9;
    double rows[] = {0, 0, 1e6, 1e6, -1e200, 1e200, 1e300, 0}, post[8], logdens[4];
    int32_t got[4];
    (void)state;

    assert_int_equal(clu_gmm_alloc(&g, 2, 2, CLU_GMM_VVV, NULL), CLU_OK);
    g.weight[0] = g.weight[1] = 0.5;
    g.mean[0] = -1;
    g.mean[2] = 1;
    g.cov[0] = g.cov[3] = g.cov[4] = g.cov[7] = 1;
    assert_int_equal(clu_gmm_factor(&g, &bad, NULL), CLU_OK);
    struct clu_view v = {.v = rows, .rows = 4, .cols = 2, .ld = 2};
    assert_int_equal(clu_gmm_posterior(&g, v, 0, 4, post, logdens, got, NULL, NULL), CLU_OK);
    assert_int_equal(got[0], 0); /* a tie: the lowest */
    assert_int_equal(got[1], 1);
    assert_true(post[0] == 0.5 && post[3] == 1 && post[2] == 0);
    for (size_t i = 0; i < 8; i++)
        assert_true(post[i] >= 0 && post[i] <= 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(logdens[i] < 0);
    g.cov[7] = 0;
    assert_int_equal(clu_gmm_factor(&g, &bad, NULL), CLU_DATA);
    assert_int_equal(bad, 1);
    clu_gmm_clear(&g);
    clu_gmm_clear(&g);
}

/* nMclustParams() of mclust for 3 columns and 4 components. */
static void parameters(void **state)
{
    static const double want[] = {16, 19, 18, 21, 24, 27, 21, 24, 27, 30, 30, 33, 36, 39};
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        assert_true(clu_gmm_parameters(family, 4, 3, false) == want[family]);
        assert_true(clu_gmm_parameters(family, 4, 3, true) == want[family] + 2);
        assert_int_equal(clu_gmm_is_diagonal(family), clu_gmm_family_name[family][2] == 'I');
    }
    assert_null(clu_gmm_family_name[CLU_GMM_FAMILIES]);
    struct clu_gmm g = {.d = 3, .k = 4, .family = CLU_GMM_VVV, .rows = 100, .loglik = -50};
    close_to(clu_gmm_bic(&g), -100 - 39 * log(100), 1e-14);
    close_to(clu_gmm_aic(&g), -100 - 78, 1e-14);
}

static void volume(void **state)
{
    static const double cross[] = {0, 0, 4, 4, 1, 3, 3, 1}; /* a square on its corner: smaller along its own axes */
    double log_volume;
    (void)state;
    assert_int_equal(clu_gmm_volume(&log_volume, (struct clu_view){.v = cross, .rows = 4, .cols = 2, .ld = 2}, NULL), CLU_OK);
    close_to(log_volume, log(16), 1e-12);
    assert_int_equal(clu_gmm_volume(&log_volume, (struct clu_view){.v = cross, .rows = 2, .cols = 2, .ld = 2}, NULL), CLU_DATA);
}

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)ctx, (void)what, (void)of, (void)value;
    return done >= 2;
}

static void a_watch_stops_it(void **state)
{
    struct clu_view v = fill(300, 2, 3, 1);
    struct clu_watch watch = {.tick = stop};
    struct clu_run run = {.threads = 1, .watch = &watch};
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm g;
    (void)state;
    opt.tol = 0;
    assert_int_equal(clu_gmm_fit(&g, v, NULL, 3, &(struct clu_gmm_start){.label = label}, &opt, &run, NULL), CLU_STOPPED);
    assert_null(g.weight);
}

/* The exponential of the kernels, by responsibilities of two components: exp(-t) = r1 / r0. */
static void exponential(void **state)
{
    static double p[2 * CLU_KERN_TILE] __attribute__((aligned(64))), w[CLU_KERN_TILE] __attribute__((aligned(64)));
    static double most[CLU_KERN_TILE] __attribute__((aligned(64))), sum[CLU_KERN_TILE] __attribute__((aligned(64)));
    struct clu_rng r;
    (void)state;
    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        clu_rng_at(&r, 1, 1);
        for (int round = 0; round < 2000; round++) {
            double at[CLU_KERN_TILE];
            for (size_t i = 0; i < CLU_KERN_TILE; i++) {
                at[i] = -exp(13 * clu_rng_unit(&r) - 6.5);
                p[i] = 0;
                p[CLU_KERN_TILE + i] = at[i];
                w[i] = 1;
            }
            clu_kern()->gauss_share(p, CLU_KERN_TILE, 2, w, most, sum);
            for (size_t i = 0; i < CLU_KERN_TILE; i++) {
                double want = exp(at[i]), got = p[CLU_KERN_TILE + i] / p[i];
                assert_true(most[i] == 0);
                assert_true(fabs(got - want) <= 4 * DBL_EPSILON * want || (at[i] < -699 && got == 0));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_vanish),
        cmocka_unit_test(singular),
        cmocka_unit_test(oas),
        cmocka_unit_test(posterior),
        cmocka_unit_test(far_and_tied_rows),
        cmocka_unit_test(parameters),
        cmocka_unit_test(volume),
        cmocka_unit_test(a_watch_stops_it),
        cmocka_unit_test(exponential),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
