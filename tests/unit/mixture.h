/* What the tests of Gaussian mixtures share: rows to fit, and an E-step and its sums in long double. */
#ifndef CLU_TESTS_MIXTURE_H
#define CLU_TESTS_MIXTURE_H

#include "unit.h"

#include "alg/gmm.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

enum { MOST_N = 20000, MOST_D = 8, MOST_K = 6 };

static double x[MOST_N * MOST_D], weight[MOST_N];
static float x32[MOST_N * MOST_D];
static int32_t label[MOST_N];

/* A sum of twelve uniform numbers is nearly normal. */
static inline double normal(struct clu_rng *r)
{
    double s = -6;
    for (int i = 0; i < 12; i++)
        s += clu_rng_unit(r);
    return s;
}

/* n rows of k groups apart, each stretched its own way; of the labels one in five is wrong. */
static inline struct clu_view fill(size_t n, size_t d, size_t k, double apart)
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

static inline void fit(struct clu_gmm *g, struct clu_view v, const double *w, size_t k, const struct clu_gmm_opt *opt, int threads)
{
    struct clu_run run = {.seed = 1, .threads = threads};
    struct clu_gmm_start start = {.label = label};
    struct clu_err err;
    if (clu_gmm_fit(g, v, w, k, &start, opt, &run, &err) != CLU_OK)
        fail_msg("%s: %s", clu_gmm_family_name[opt->family], err.msg);
}

static inline void close_to(double a, double b, double bound)
{
    if (!(fabs(a - b) <= bound * fmax(fmax(fabs(a), fabs(b)), 1)))
        fail_msg("%.17g is not %.17g", a, b);
}

/* --- plainly, in long double --- */

/* log |a|, and a z = b solved in place, of a copy of a. */
static inline long double eliminate(const double *a, size_t d, long double *b)
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

static inline void plain_of(struct plain *p, const struct clu_gmm *g, size_t n)
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

static inline void plain_e(struct plain *p, const double *w)
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
static inline void plain_sums(struct plain *p)
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

#endif
