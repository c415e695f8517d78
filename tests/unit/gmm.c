/* alg/gmm.h: plain EM in long double, tops that no step of a family climbs higher, the same bytes, what vanishes. */
#include "unit.h"

#include "alg/gmm.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"

#include <float.h>
#include <math.h>

enum { MOST_N = 20000, MOST_D = 8, MOST_K = 6 };

static double x[MOST_N * MOST_D], weight[MOST_N];
static float x32[MOST_N * MOST_D];
static int32_t label[MOST_N];

/* A sum of twelve uniform numbers is nearly normal. */
static double normal(struct clu_rng *r)
{
    double s = -6;
    for (int i = 0; i < 12; i++)
        s += clu_rng_unit(r);
    return s;
}

/* n rows of k groups apart, each stretched its own way; of the labels one in five is wrong. */
static struct clu_view fill(size_t n, size_t d, size_t k, double apart)
{
    struct clu_rng r;
    double middle[MOST_K][MOST_D], mix[MOST_K][MOST_D][MOST_D], z[MOST_D];

    clu_rng_at(&r, n * 100 + d * 10 + k, 7);
    for (size_t j = 0; j < k; j++)
        for (size_t a = 0; a < d; a++) {
            middle[j][a] = apart * normal(&r);
            for (size_t b = 0; b < d; b++)
                mix[j][a][b] = (a == b ? 1 + (double)j * 0.3 : 0) + 0.4 * normal(&r);
        }
    for (size_t i = 0; i < n; i++) {
        size_t j = i % k;
        for (size_t a = 0; a < d; a++)
            z[a] = normal(&r);
        for (size_t a = 0; a < d; a++) {
            double v = middle[j][a];
            for (size_t b = 0; b < d; b++)
                v += mix[j][a][b] * z[b];
            x32[i * d + a] = (float)v;
            x[i * d + a] = x32[i * d + a];
        }
        label[i] = (int32_t)(clu_rng_below(&r, 5) ? j : clu_rng_below(&r, k));
        weight[i] = (double)clu_rng_below(&r, 4);
    }
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

static void fit(struct clu_gmm *g, struct clu_view v, const double *w, size_t k, const struct clu_gmm_opt *opt, int threads)
{
    struct clu_run run = {.seed = 1, .threads = threads};
    struct clu_gmm_start start = {.label = label};
    struct clu_err err;
    if (clu_gmm_fit(g, v, w, k, &start, opt, &run, &err) != CLU_OK)
        fail_msg("%s: %s", clu_gmm_family_name[opt->family], err.msg);
}

static void close_to(double a, double b, double bound)
{
    if (!(fabs(a - b) <= bound * fmax(fmax(fabs(a), fabs(b)), 1)))
        fail_msg("%.17g is not %.17g", a, b);
}

/* --- plainly, in long double --- */

/* log |a|, and a z = b solved in place, of a copy of a. */
static long double eliminate(const double *a, size_t d, long double *b)
{
    long double m[MOST_D][MOST_D], det = 0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            m[i][j] = a[i * d + j];
    for (size_t i = 0; i < d; i++) {
        det += logl(m[i][i]);
        for (size_t r = i + 1; r < d; r++) {
            long double f = m[r][i] / m[i][i];
            for (size_t c = i; c < d; c++)
                m[r][c] -= f * m[i][c];
            b[r] -= f * b[i];
        }
    }
    for (size_t i = d; i-- > 0;) {
        for (size_t c = i + 1; c < d; c++)
            b[i] -= m[i][c] * b[c];
        b[i] /= m[i][i];
    }
    return det;
}

struct plain {
    size_t n, d, k;
    double weight[MOST_K], mean[MOST_K][MOST_D], cov[MOST_K][MOST_D * MOST_D];
    bool noise;
    double noise_weight, noise_log_density;
    long double *resp; /* [n][k + 1] */
    long double count[MOST_K + 1], scatter[MOST_K][MOST_D * MOST_D], loglik;
};

static void plain_of(struct plain *p, const struct clu_gmm *g, size_t n)
{
    *p = (struct plain){.n = n, .d = g->d, .k = g->k, .noise = g->noise, .noise_weight = g->noise_weight};
    p->noise_log_density = g->noise_log_density;
    memcpy(p->weight, g->weight, g->k * sizeof *g->weight);
    for (size_t j = 0; j < g->k; j++) {
        memcpy(p->mean[j], g->mean + j * g->d, g->d * sizeof *g->mean);
        memcpy(p->cov[j], g->cov + j * g->d * g->d, g->d * g->d * sizeof *g->cov);
    }
    p->resp = clu_calloc(n * (g->k + 1), sizeof *p->resp);
}

static void plain_e(struct plain *p, const double *w)
{
    long double density[MOST_K + 1], z[MOST_D], s[MOST_D];
    p->loglik = 0;
    for (size_t i = 0; i < p->n; i++) {
        long double sum = 0;
        for (size_t j = 0; j < p->k; j++) {
            long double q = 0;
            for (size_t a = 0; a < p->d; a++)
                s[a] = z[a] = x[i * p->d + a] - (long double)p->mean[j][a];
            long double det = eliminate(p->cov[j], p->d, s);
            for (size_t a = 0; a < p->d; a++)
                q += z[a] * s[a];
            density[j] = p->weight[j] * expl(-0.5L * (q + det + (long double)p->d * logl(2 * acosl(-1))));
            sum += density[j];
        }
        density[p->k] = p->noise ? p->noise_weight * expl(p->noise_log_density) : 0;
        sum += density[p->k];
        p->loglik += (w ? w[i] : 1) * logl(sum);
        for (size_t j = 0; j <= p->k; j++)
            p->resp[i * (p->k + 1) + j] = (w ? w[i] : 1) * density[j] / sum;
    }
}

/* Counts, means, scatter about the new means. */
static void plain_sums(struct plain *p)
{
    for (size_t j = 0; j <= p->k; j++) {
        long double mean[MOST_D] = {0};
        p->count[j] = 0;
        for (size_t i = 0; i < p->n; i++) {
            long double r = p->resp[i * (p->k + 1) + j];
            p->count[j] += r;
            for (size_t a = 0; a < p->d; a++)
                mean[a] += r * x[i * p->d + a];
        }
        if (j == p->k)
            break;
        memset(p->scatter[j], 0, sizeof p->scatter[j]);
        for (size_t a = 0; a < p->d; a++)
            mean[a] /= p->count[j];
        for (size_t i = 0; i < p->n; i++)
            for (size_t a = 0; a < p->d; a++)
                for (size_t b = 0; b < p->d; b++)
                    p->scatter[j][a * p->d + b] +=
                        p->resp[i * (p->k + 1) + j] * (x[i * p->d + a] - mean[a]) * (x[i * p->d + b] - mean[b]);
        for (size_t a = 0; a < p->d; a++)
            p->mean[j][a] = (double)mean[a];
    }
}

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

static void check_top(size_t n, size_t d, size_t k, int family)
{
    struct clu_view v = fill(n, d, k, 1.5);
    const char *name = clu_gmm_family_name[family];
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm g;
    struct plain p;

    opt.family = family;
    opt.tol = 1e-14;
    opt.max_iter = 20000;
    fit(&g, v, NULL, k, &opt, 1);
    assert_true(g.converged);
    check_form(&g);
    plain_of(&p, &g, n);
    plain_e(&p, NULL);
    close_to((double)p.loglik, g.loglik, 1e-12);
    plain_sums(&p);
    for (size_t j = 0; j < k; j++) {
        close_to((double)p.count[j] / (double)n, g.weight[j], 1e-5);
        for (size_t a = 0; a < d; a++)
            close_to(p.mean[j][a], g.mean[j * d + a], 1e-4);
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
        check_top(200, 2, 3, family);
        check_top(400, 4, 2, family);
        check_top(100, 1, 2, family);
        check_top(300, 3, 1, family);
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
        cmocka_unit_test(exponential),
        cmocka_unit_test(plain_em),
        cmocka_unit_test(tops_of_every_family),
        cmocka_unit_test(the_likelihood_rises),
        cmocka_unit_test(same_bytes_for_every_number_of_threads),
        cmocka_unit_test(targets_agree),
        cmocka_unit_test(invariants),
        cmocka_unit_test(starts_agree),
        cmocka_unit_test(components_vanish),
        cmocka_unit_test(singular),
        cmocka_unit_test(oas),
        cmocka_unit_test(posterior),
        cmocka_unit_test(far_and_tied_rows),
        cmocka_unit_test(parameters),
        cmocka_unit_test(volume),
        cmocka_unit_test(a_watch_stops_it),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
