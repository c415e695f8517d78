/* alg/gmm.h: plain EM in long double, tops that no step of a family climbs higher, the same bytes. */
#include "mixture.h"

#include "num/gslx.h"

/* The families whose M-steps are one line. */
static void plain_m(struct plain *p, int family, double reg)
{
    size_t d = p->d;
    long double all = 0, pooled[MOST_D * MOST_D] = {0}, trace = 0;

    plain_sums(p);
    for (size_t j = 0; j < p->k; j++) {
        all += p->count[j];
        for (size_t q = 0; q < d * d; q++)
            pooled[q] += p->scatter[j][q];
    }
    for (size_t a = 0; a < d; a++)
        trace += pooled[a * d + a];
    for (size_t j = 0; j < p->k; j++) {
        long double own = 0;
        p->weight[j] = (double)(p->count[j] / (all + p->count[p->k]));
        for (size_t a = 0; a < d; a++)
            own += p->scatter[j][a * d + a];
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++) {
                long double v = family == CLU_GMM_EII   ? (a == b) * trace / (all * (long double)d)
                                : family == CLU_GMM_VII ? (a == b) * own / (p->count[j] * (long double)d)
                                : family == CLU_GMM_EEI ? (a == b) * pooled[a * d + b] / all
                                : family == CLU_GMM_VVI ? (a == b) * p->scatter[j][a * d + b] / p->count[j]
                                : family == CLU_GMM_EEE ? pooled[a * d + b] / all
                                                        : p->scatter[j][a * d + b] / p->count[j];
                p->cov[j][a * d + b] = (double)(v + (a == b) * reg);
            }
    }
    p->noise_weight = (double)(p->count[p->k] / (all + p->count[p->k]));
}

static void check_plain(size_t n, size_t d, size_t k, int family, bool weighted, bool noise, double reg)
{
    struct clu_view v = fill(n, d, k, 1.5);
    const double *w = weighted ? weight : NULL;
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    double total = 0, rows = 0;
    for (size_t i = 0; i < n; i++) {
        total += weight[i];
        rows += weight[i] > 0;
    }
    opt.family = family;
    opt.tol = 0;
    opt.max_iter = 4;
    opt.reg = reg;
    opt.noise = noise;
    opt.noise_log_density = -3 * (double)d;
    for (size_t i = 0; noise && i < n; i += 9)
        label[i] = -1;

    struct clu_gmm g = {.k = k, .d = d};
    struct plain p = {.n = n, .d = d, .k = k, .noise = noise, .noise_log_density = opt.noise_log_density};
    p.resp = clu_calloc(n * (k + 1), sizeof *p.resp);
    for (size_t i = 0; i < n; i++)
        p.resp[i * (k + 1) + (label[i] < 0 ? k : (size_t)label[i])] = w ? w[i] * rows / total : 1;
    plain_m(&p, family, reg);
    double scaled[2000];
    for (size_t i = 0; i < n; i++)
        scaled[i] = weight[i] * rows / total;
    for (size_t it = 0; it < 4; it++) {
        plain_e(&p, w ? scaled : NULL);
        plain_m(&p, family, reg);
    }
    long double before = p.loglik;
    plain_e(&p, w ? scaled : NULL);

    for (int t = 0; t < UNIT_TARGETS; t++) {
        if (!unit_target(t))
            continue;
        opt.final_e = true;
        fit(&g, v, w, k, &opt, 1);
        assert_int_equal(g.iterations, 4);
        assert_true(g.rows == (w ? rows : (double)n));
        close_to(g.loglik, (double)p.loglik, 1e-11);
        close_to(g.noise_weight, p.noise_weight, 1e-10);
        for (size_t j = 0; j < k; j++) {
            close_to(g.weight[j], p.weight[j], 1e-10);
            for (size_t a = 0; a < d; a++)
                close_to(g.mean[j * d + a], p.mean[j][a], 1e-9);
            for (size_t q = 0; q < d * d; q++)
                close_to(g.cov[j * d * d + q], p.cov[j][q], 1e-9);
        }
        clu_gmm_clear(&g);
        opt.final_e = false;
        fit(&g, v, w, k, &opt, 1);
        close_to(g.loglik, (double)before, 1e-11);
        clu_gmm_clear(&g);
    }
    clu_free(p.resp);
}

static void plain_em(void **state)
{
    static const int family[] = {CLU_GMM_EII, CLU_GMM_VII, CLU_GMM_EEI, CLU_GMM_VVI, CLU_GMM_EEE, CLU_GMM_VVV};
    (void)state;
    for (size_t f = 0; f < sizeof family / sizeof *family; f++) {
        check_plain(60, 1, 2, family[f], false, false, 0);
        check_plain(300, 2, 3, family[f], false, false, 0);
        check_plain(200, 5, 2, family[f], true, false, 1e-3);
        check_plain(1030, 3, 4, family[f], false, true, 0);
        check_plain(301, 8, 1, family[f], true, true, 0);
    }
}

/* --- tops --- */

/* What an M-step maximises, of covariances c[k][d d]. */
static double q_of(const struct plain *p, double c[MOST_K][MOST_D * MOST_D])
{
    long double q = 0, column[MOST_D];
    for (size_t j = 0; j < p->k; j++) {
        long double det = 0;
        for (size_t a = 0; a < p->d; a++) {
            for (size_t b = 0; b < p->d; b++)
                column[b] = p->scatter[j][b * p->d + a];
            det = eliminate(c[j], p->d, column);
            q -= 0.5L * column[a];
        }
        q -= 0.5L * p->count[j] * det;
    }
    return (double)q;
}

/* c = c with eigenvalues l and m changed by e^by and e^-by (l == m: all by e^by). */
static void stretch(double *c, size_t d, size_t l, size_t m, double by)
{
    double copy[MOST_D * MOST_D], value[MOST_D], axis[MOST_D * MOST_D];
    memcpy(copy, c, d * d * sizeof *c);
    assert_int_equal(clu_gslx_eigen_sym(copy, d, value, axis, NULL), CLU_OK);
    for (size_t i = 0; i < d; i++)
        value[i] *= exp(l == m ? by : i == l ? by : i == m ? -by : 0);
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
            c[a * d + b] = 0;
            for (size_t i = 0; i < d; i++)
                c[a * d + b] += value[i] * axis[i * d + a] * axis[i * d + b];
        }
}

static void turn(double *c, size_t d, size_t l, size_t m, double by)
{
    double s = sin(by), t = cos(by);
    for (size_t i = 0; i < d; i++) {
        double a = c[l * d + i], b = c[m * d + i];
        c[l * d + i] = t * a - s * b;
        c[m * d + i] = s * a + t * b;
    }
    for (size_t i = 0; i < d; i++) {
        double a = c[i * d + l], b = c[i * d + m];
        c[i * d + l] = t * a - s * b;
        c[i * d + m] = s * a + t * b;
    }
}

/* No small change that the family allows raises Q: how is V (one component), E (all alike), or I (none). */
static void no_higher(const struct plain *p, char how, void (*change)(double *, size_t, size_t, size_t, double), size_t l, size_t m)
{
    double c[MOST_K][MOST_D * MOST_D], top;
    memcpy(c, p->cov, sizeof c);
    top = q_of(p, c);
    for (int sign = -1; sign <= 1 && how != 'I'; sign += 2)
        for (size_t j = 0; j < (how == 'E' ? 1 : p->k); j++) {
            memcpy(c, p->cov, sizeof c);
            for (size_t i = 0; i < p->k; i++)
                if (how == 'E' || i == j)
                    change(c[i], p->d, l, m, sign * 1e-3);
            if (q_of(p, c) > top + 1e-10 * fabs(top))
                fail_msg("a change of component %zu, %zu with %zu, raises Q from %.15g to %.15g", j, l, m, top, q_of(p, c));
        }
}

/* The covariances of every family have its form. */
static void check_form(const struct clu_gmm *g)
{
    const char *name = clu_gmm_family_name[g->family];
    double first[MOST_D], value[MOST_D], axis[MOST_D * MOST_D], copy[MOST_D * MOST_D];
    size_t d = g->d;
    for (size_t j = 0; j < g->k; j++) {
        const double *c = g->cov + j * d * d;
        memcpy(copy, c, d * d * sizeof *c);
        assert_int_equal(clu_gslx_eigen_sym(copy, d, value, axis, NULL), CLU_OK);
        double root = exp(g->log_det[j] / (double)d), first_root = exp(g->log_det[0] / (double)d);
        if (j == 0)
            memcpy(first, value, sizeof first);
        if (name[0] == 'E')
            close_to(root, first_root, 1e-9);
        for (size_t i = 0; i < d; i++) {
            if (name[1] == 'I')
                close_to(value[i], root, 1e-12);
            if (name[1] == 'E')
                close_to(value[i] / root, first[i] / first_root, 1e-9);
        }
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++) {
                double there = 0, back = 0;
                assert_true(c[a * d + b] == c[b * d + a]);
                if (name[2] == 'I')
                    assert_true(a == b || c[a * d + b] == 0);
                for (size_t i = 0; i < d; i++) {
                    there += c[a * d + i] * g->cov[i * d + b];
                    back += g->cov[a * d + i] * c[i * d + b];
                }
                if (name[2] == 'E')
                    close_to(there, back, 1e-9);
            }
    }
}

static void check_top(size_t n, size_t d, size_t k, int family, size_t still, double reg)
{
    struct clu_view v = fill(n, d, k, 1.5);
    const char *name = clu_gmm_family_name[family];
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm g;
    struct plain p;

    for (size_t i = 0; i < n; i++)
        for (size_t a = d - still; a < d; a++)
            x[i * d + a] = i % (4 + 40 * a) == 1;
    opt.family = family;
    opt.tol = reg > 0 ? 0 : 1e-14; /* a ridge can turn the likelihood round on the way */
    opt.max_iter = reg > 0 ? 3000 : 20000;
    opt.reg = reg;
    fit(&g, v, NULL, k, &opt, 1);
    assert_true((g.converged || reg > 0) && g.dropped == 0);
    check_form(&g);
    plain_of(&p, &g, n);
    plain_e(&p, NULL);
    close_to((double)p.loglik, g.loglik, 1e-12);
    plain_sums(&p);
    for (size_t j = 0; j < k; j++) {
        close_to((double)p.count[j] / (double)n, g.weight[j], 1e-5);
        for (size_t a = 0; a < d; a++) {
            close_to(p.mean[j][a], g.mean[j * d + a], 1e-4);
            p.scatter[j][a * d + a] += p.count[j] * reg;
        }
    }
    no_higher(&p, name[0], stretch, 0, 0);
    for (size_t l = 0; l < d; l++)
        for (size_t m = 0; m < l; m++) {
            no_higher(&p, name[1], stretch, l, m);
            no_higher(&p, name[2], turn, l, m);
        }
    clu_free(p.resp);
    clu_gmm_clear(&g);
}

static void tops_of_every_family(void **state)
{
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        check_top(200, 2, 3, family, 0, 0);
        check_top(400, 4, 2, family, 0, 0);
        check_top(100, 1, 2, family, 0, 0);
        check_top(300, 3, 1, family, 0, 0);
    }
}

/* Columns that vary in few rows or in none: what the ridge adds is part of what is maximised, in every family. */
static void tops_with_a_ridge(void **state)
{
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        check_top(400, 4, 2, family, 0, 0.3);
        check_top(400, 4, 2, family, 1, 1e-6);
        check_top(90, 4, 2, family, 2, 1e-6);
    }
}

static void the_likelihood_rises(void **state)
{
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        struct clu_view v = fill(250, 4, 3, 0.7);
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        double before = -HUGE_VAL;
        opt.family = family;
        opt.tol = 0;
        for (opt.max_iter = 1; opt.max_iter < 60; opt.max_iter++) {
            struct clu_gmm g;
            fit(&g, v, NULL, 3, &opt, 1);
            assert_true(g.loglik >= before - 1e-11 * fabs(before));
            before = g.loglik;
            clu_gmm_clear(&g);
        }
    }
}

/* --- the same --- */

static void same_bytes_for_every_number_of_threads(void **state)
{
    static const int threads[] = {2, 3, 7};
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        struct clu_view v = fill(20000, 6, 5, 1);
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        struct clu_gmm one, g;
        opt.family = family;
        opt.max_iter = 4;
        opt.noise = family % 2;
        opt.noise_log_density = -20;
        fit(&one, v, NULL, 5, &opt, 1);
        for (size_t t = 0; t < 3; t++) {
            fit(&g, v, NULL, 5, &opt, threads[t]);
            assert_memory_equal(g.weight, one.weight, 5 * (2 + 6 + 72) * sizeof(double)); /* all arrays are one block */
            assert_true(g.loglik == one.loglik);
            clu_gmm_clear(&g);
        }
        clu_gmm_clear(&one);
    }
}

static void targets_agree(void **state)
{
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        struct clu_view v = fill(700, 5, 3, 1);
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        struct clu_gmm base, g;
        opt.family = family;
        opt.max_iter = 30;
        opt.tol = 0;
        assert_true(unit_target(0));
        fit(&base, v, weight, 3, &opt, 1);
        for (int t = 1; t < UNIT_TARGETS; t++) {
            if (!unit_target(t))
                continue;
            fit(&g, v, weight, 3, &opt, 1);
            close_to(g.loglik, base.loglik, 1e-9);
            for (size_t i = 0; i < 3 * (2 + 5 + 50); i++)
                close_to(g.weight[i], base.weight[i], 1e-7);
            clu_gmm_clear(&g);
        }
        clu_gmm_clear(&base);
    }
}

static void invariants(void **state)
{
    static double moved[400 * 3], twice[800 * 3], stride[400 * 5];
    static int32_t twice_label[800];
    (void)state;
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        struct clu_view v = fill(400, 3, 3, 1.5);
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        struct clu_gmm g, h;
        opt.family = family;
        opt.tol = 0;
        opt.max_iter = 10;
        fit(&g, v, NULL, 3, &opt, 1);

        fit(&h, (struct clu_view){.f = x32, .rows = 400, .cols = 3, .ld = 3}, NULL, 3, &opt, 1); /* floats */
        assert_memory_equal(g.weight, h.weight, 3 * (2 + 3 + 18) * sizeof(double));
        clu_gmm_clear(&h);

        for (size_t i = 0; i < 400; i++)
            memcpy(stride + i * 5, x + i * 3, 3 * sizeof *x);
        fit(&h, (struct clu_view){.v = stride, .rows = 400, .cols = 3, .ld = 5}, NULL, 3, &opt, 1);
        assert_memory_equal(g.weight, h.weight, 3 * (2 + 3 + 18) * sizeof(double));
        clu_gmm_clear(&h);

        for (size_t i = 0; i < 400 * 3; i++) /* far away, exactly */
            moved[i] = x[i] + 0x1p20;
        for (size_t i = 0; i < 400 * 3; i++)
            x[i] = moved[i] - 0x1p20;
        fit(&h, v, NULL, 3, &opt, 1);
        clu_gmm_clear(&g);
        fit(&g, (struct clu_view){.v = moved, .rows = 400, .cols = 3, .ld = 3}, NULL, 3, &opt, 1);
        close_to(g.loglik, h.loglik, 1e-11);
        for (size_t i = 0; i < 9; i++)
            close_to(g.mean[i] - 0x1p20, h.mean[i], 1e-8);
        for (size_t i = 0; i < 27; i++)
            close_to(g.cov[i], h.cov[i], 1e-9);
        clu_gmm_clear(&g);

        for (size_t i = 0; i < 800; i++) { /* weight 2 is the row twice, but for the count of rows */
            memcpy(twice + i * 3, x + i / 2 * 3, 3 * sizeof *x);
            twice_label[i] = label[i / 2];
        }
        struct clu_gmm_start start = {.label = twice_label};
        struct clu_view two = {.v = twice, .rows = 800, .cols = 3, .ld = 3};
        assert_int_equal(clu_gmm_fit(&g, two, NULL, 3, &start, &opt, NULL, NULL), CLU_OK);
        close_to(g.loglik, 2 * h.loglik, 1e-11);
        assert_true(g.rows == 800);
        clu_gmm_clear(&g);

        for (size_t i = 0; i < 400; i++)
            label[i] = 2 - label[i];
        fit(&g, v, NULL, 3, &opt, 1);
        close_to(g.loglik, h.loglik, 1e-11);
        for (size_t i = 0; i < 3; i++)
            close_to(g.weight[i], h.weight[2 - i], 1e-9);
        clu_gmm_clear(&g);

        for (size_t i = 0; i < 400 * 3; i++) /* larger: all families follow */
            moved[i] = x[i] * 8;
        fit(&g, (struct clu_view){.v = moved, .rows = 400, .cols = 3, .ld = 3}, NULL, 3, &opt, 1);
        close_to(g.loglik, h.loglik - 400 * 3 * log(8), 1e-11);
        clu_gmm_clear(&g);
        clu_gmm_clear(&h);
    }
}

static void starts_agree(void **state)
{
    struct clu_view v = fill(500, 3, 3, 1.5);
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    double *resp = clu_calloc(500 * 3, sizeof *resp);
    struct clu_gmm g, h, again;
    (void)state;

    opt.max_iter = 3;
    opt.tol = 0;
    fit(&g, v, NULL, 3, &opt, 1);
    for (size_t i = 0; i < 500; i++)
        resp[i * 3 + (size_t)label[i]] = 1;
    assert_int_equal(clu_gmm_fit(&h, v, NULL, 3, &(struct clu_gmm_start){.resp = resp}, &opt, NULL, NULL), CLU_OK);
    assert_memory_equal(g.weight, h.weight, 3 * (2 + 3 + 18) * sizeof(double));
    clu_gmm_clear(&h);

    clu_gmm_clear(&g);
    for (int family = 0; family < CLU_GMM_FAMILIES; family++) {
        opt.family = family;
        opt.max_iter = 3;
        fit(&g, v, NULL, 3, &opt, 1);
        assert_int_equal(clu_gmm_fit(&h, v, NULL, 3, &(struct clu_gmm_start){.model = &g}, &opt, NULL, NULL), CLU_OK);
        opt.max_iter = 6;
        fit(&again, v, NULL, 3, &opt, 1);
        close_to(h.loglik, again.loglik, 1e-10);
        clu_gmm_clear(&g);
        clu_gmm_clear(&h);
        clu_gmm_clear(&again);
    }
    clu_free(resp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_em),
        cmocka_unit_test(tops_of_every_family),
        cmocka_unit_test(tops_with_a_ridge),
        cmocka_unit_test(the_likelihood_rises),
        cmocka_unit_test(same_bytes_for_every_number_of_threads),
        cmocka_unit_test(targets_agree),
        cmocka_unit_test(invariants),
        cmocka_unit_test(starts_agree),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
