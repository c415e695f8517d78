/* Sections: windows, patterns, density, k-means, the public call. */
#include "alg/regime_start.h"

#include "alg/kmeans.h"
#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* --- windows --- */

struct windows {
    size_t n, pairs, length, rows; /* length: of each but the last one; rows: of all */
    double *r;                     /* [n][pairs] */
};

static void correlate(const struct windows *w, struct clu_view x, size_t i)
{
    double *r = w->r + i * w->pairs, mean[CLU_CSTS_VARIATES] = {0}, square[CLU_CSTS_VARIATES] = {0};
    size_t first = i * w->length, end = i + 1 < w->n ? first + w->length : w->rows, d = x.cols;

    for (size_t j = 0; j < w->pairs; j++)
        r[j] = 0;
    for (size_t t = first; t < end; t++)
        for (size_t j = 0; j < d; j++)
            mean[j] += clu_view_at(x, t, j) / (double)(end - first);
    for (size_t t = first; t < end; t++) {
        size_t pair = 0;
        for (size_t j = 0; j < d; j++) {
            double a = clu_view_at(x, t, j) - mean[j];
            square[j] += a * a;
            for (size_t l = j + 1; l < d; l++)
                r[pair++] += a * (clu_view_at(x, t, l) - mean[l]);
        }
    }
    size_t pair = 0;
    for (size_t j = 0; j < d; j++)
        for (size_t l = j + 1; l < d; l++, pair++) {
            double spread = sqrt(square[j]) * sqrt(square[l]);
            r[pair] = spread > 0 ? r[pair] / spread : 0;
        }
}

static enum clu_status cut(struct windows *w, struct clu_view x, size_t length, const struct clu_run *run, struct clu_err *err)
{
    w->length = length;
    w->rows = x.rows;
    w->n = x.rows < length ? 1 : x.rows / length;
    w->pairs = clu_csts_pairs(x.cols);
    w->r = clu_alloc(w->n, w->pairs * sizeof *w->r);
    if (!w->r)
        return clu_fail_memory(err);
#pragma omp parallel for num_threads(run->threads) schedule(static)
    for (size_t i = 0; i < w->n; i++)
        correlate(w, x, i);
    return CLU_OK;
}

/* --- patterns --- */

static void by_patterns(int32_t *of, const struct windows *w, const struct clu_csts_patterns *p, const struct clu_run *run)
{
#pragma omp parallel for num_threads(run->threads) schedule(static)
    for (size_t i = 0; i < w->n; i++)
        of[i] = (int32_t)clu_csts_nearest(p, w->r + i * w->pairs);
}

/* --- density --- */

/* Windows that centres are sought among; the least share of them that a centre has about it. */
#define SOUGHT 5000
#define SHARE 0.001

struct sought {
    size_t n, pairs;
    const double **r;  /* [n] */
    uint32_t *near;    /* [n] windows left that are within the radius */
    bool *left;        /* [n] */
    double *center;    /* [n][pairs] */
};

/* The greatest difference of two correlations. */
static double difference(const double *a, const double *b, size_t pairs)
{
    double most = 0;

    for (size_t j = 0; j < pairs; j++)
        most = fmax(most, fabs(a[j] - b[j]));
    return most;
}

static bool close_by(const struct sought *s, size_t a, size_t b, double radius)
{
    return difference(s->r[a], s->r[b], s->pairs) <= radius;
}

/* Window i is a centre: it takes those about it away. */
static void take(struct sought *s, size_t i, double radius)
{
    for (size_t a = 0; a < s->n; a++) {
        if (!s->left[a] || !close_by(s, a, i, radius))
            continue;
        s->left[a] = false;
        for (size_t b = 0; b < s->n; b++)
            s->near[b] -= s->left[b] && close_by(s, a, b, radius);
    }
}

static size_t find_centers(struct sought *s, double radius, const struct clu_run *run)
{
    size_t k = 0, least = (size_t)ceil(SHARE * (double)s->n);

#pragma omp parallel for num_threads(run->threads) schedule(static)
    for (size_t a = 0; a < s->n; a++) {
        s->near[a] = 0;
        for (size_t b = 0; b < s->n; b++)
            s->near[a] += close_by(s, a, b, radius);
        s->left[a] = true;
    }
    for (;;) {
        size_t best = s->n;
        for (size_t a = 0; a < s->n; a++)
            if (s->left[a] && (best == s->n || s->near[a] > s->near[best]))
                best = a;
        if (best == s->n || (k > 0 && s->near[best] < least))
            return k;
        memcpy(s->center + k++ * s->pairs, s->r[best], s->pairs * sizeof *s->center);
        take(s, best, radius);
    }
}

static void go_to_centers(int32_t *of, const struct windows *w, const double *center, size_t k, const struct clu_run *run)
{
#pragma omp parallel for num_threads(run->threads) schedule(static)
    for (size_t i = 0; i < w->n; i++) {
        double least = HUGE_VAL;
        for (size_t g = 0; g < k; g++) {
            double away = difference(w->r + i * w->pairs, center + g * w->pairs, w->pairs);
            if (away < least) {
                least = away;
                of[i] = (int32_t)g;
            }
        }
    }
}

static enum clu_status by_density(int32_t *of, size_t *k, const struct windows *w, double radius, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct sought s = {.n = w->n < SOUGHT ? w->n : SOUGHT, .pairs = w->pairs};
    enum clu_status status = CLU_OK;

    s.r = clu_alloc(s.n, sizeof *s.r);
    s.near = clu_alloc(s.n, sizeof *s.near);
    s.left = clu_alloc(s.n, sizeof *s.left);
    s.center = clu_alloc(s.n, s.pairs * sizeof *s.center);
    if (s.r && s.near && s.left && s.center) {
        for (size_t i = 0; i < s.n; i++)
            s.r[i] = w->r + i * w->n / s.n * w->pairs;
        *k = find_centers(&s, radius, run);
        go_to_centers(of, w, s.center, *k, run);
    } else {
        status = clu_fail_memory(err);
    }
    clu_free(s.r);
    clu_free(s.near);
    clu_free(s.left);
    clu_free(s.center);
    return status;
}

/* --- k-means --- */

static enum clu_status by_kmeans(int32_t *of, const struct windows *w, size_t k, const struct clu_run *run, struct clu_err *err)
{
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_kmeans fit;
    struct clu_view x = {.v = w->r, .rows = w->n, .cols = w->pairs, .ld = w->pairs};

    opt.k = k;
    opt.nstart = 10;
    enum clu_status status = clu_kmeans_fit(&fit, x, NULL, &opt, run, err);
    if (status != CLU_OK)
        return status;
    memcpy(of, fit.label, w->n * sizeof *of);
    clu_kmeans_clear(&fit);
    return CLU_OK;
}

/* --- the public call --- */

enum clu_status clu_regime_start(int32_t *label, size_t *k, struct clu_view x, const struct clu_regime_start *how, const struct clu_run *run,
                                 struct clu_err *err)
{
    struct windows w = {0};
    enum clu_status status = cut(&w, x, how->window, run, err);
    int32_t *of = clu_alloc(w.n, sizeof *of);

    if (status == CLU_OK && !of)
        status = clu_fail_memory(err);
    *k = how->how == CLU_REGIME_PATTERNS ? how->patterns->n : how->k;
    if (status == CLU_OK && how->how == CLU_REGIME_PATTERNS)
        by_patterns(of, &w, how->patterns, run);
    else if (status == CLU_OK && how->how == CLU_REGIME_DENSITY)
        status = by_density(of, k, &w, how->radius, run, err);
    else if (status == CLU_OK)
        status = by_kmeans(of, &w, how->k, run, err);
    for (size_t t = 0; status == CLU_OK && t < x.rows; t++)
        label[t] = of[t / w.length < w.n ? t / w.length : w.n - 1];
    clu_free(of);
    clu_free(w.r);
    return status;
}
