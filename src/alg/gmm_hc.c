/* Sections: the sample, Ward's criterion, the criterion of VVV, the tree, cutting it. */
#include "alg/gmm_hc.h"

#include "alg/gmm_start.h"
#include "base/mem.h"
#include "num/chol.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 2000
#define GROUPS 100     /* that the criterion of VVV begins with */
#define MOST_COLUMNS 50 /* for it */

struct grow {
    struct clu_gmm_hc *h;
    size_t n, d;
    double *y;       /* [n][d] the sample, then the means of groups */
    double *weight;  /* [n] */
    double *cov;     /* [d][d] scratch */
    size_t *chain;   /* [n] Ward: of nearest neighbours */
    struct pair *pair; /* [n - 1] its mergers */
    int32_t *of;     /* [n] union-find */
    size_t groups;
    double *w;       /* [groups][d][d] scatter about the mean */
    double *term;    /* [groups] weight * log |W / n| */
    double *gain;    /* [groups][groups] what merging a pair adds */
    double prior;    /* variance that W / n is drawn to */
};

struct pair {
    double height;
    size_t a, b, order;
};

/* --- the sample --- */

static enum clu_status take_sample(struct grow *g, struct clu_view x, const double *w, const uint8_t *away, size_t k,
                                   struct clu_err *err)
{
    size_t counting = 0, at = 0;

    for (size_t i = 0; i < x.rows; i++)
        counting += (!w || w[i] > 0) && (!away || !away[i]);
    if (counting < k)
        return clu_fail(err, CLU_DATA, "%zu clusters asked, but only %zu rows", k, counting);
    size_t most = SAMPLE > 2 * k ? SAMPLE : 2 * k;
    g->n = counting < most ? counting : most;
    g->h->row = clu_alloc(g->n, sizeof *g->h->row);
    g->h->group = clu_alloc(g->n, sizeof *g->h->group);
    g->y = clu_alloc(g->n, g->d * sizeof *g->y);
    g->weight = clu_alloc(g->n, sizeof *g->weight);
    g->cov = clu_alloc(g->d, g->d * sizeof *g->cov);
    g->chain = clu_alloc(g->n, sizeof *g->chain);
    g->pair = clu_alloc(g->n, sizeof *g->pair);
    g->of = clu_alloc(g->n, sizeof *g->of);
    if (!g->h->row || !g->h->group || !g->y || !g->weight || !g->cov || !g->chain || !g->pair || !g->of)
        return clu_fail_memory(err);
    if (clu_gmm_start_sample(g->chain, counting, g->n) < 0)
        return clu_fail_memory(err);
    counting = 0;
    for (size_t i = 0; i < x.rows && at < g->n; i++) {
        if ((w && !(w[i] > 0)) || (away && away[i]) || counting++ != g->chain[at])
            continue;
        g->h->row[at] = i;
        g->weight[at] = w ? w[i] : 1;
        for (size_t j = 0; j < g->d; j++)
            g->y[at * g->d + j] = clu_view_at(x, i, j);
        at++;
    }
    return CLU_OK;
}

/* Columns to mean 0 and standard deviation 1. */
static void standardise(struct grow *g)
{
    size_t n = g->n, d = g->d;

    for (size_t j = 0; j < d; j++) {
        double sum = 0, first = g->y[j], square = 0;
        for (size_t i = 0; i < n; i++)
            sum += g->y[i * d + j] - first;
        sum /= (double)n;
        for (size_t i = 0; i < n; i++) {
            double *v = &g->y[i * d + j];
            *v = *v - first - sum;
            square += *v * *v;
        }
        double divisor = square > 0 ? sqrt(square / (double)n) : 1;
        for (size_t i = 0; i < n; i++)
            g->y[i * d + j] /= divisor;
    }
}

/* --- Ward's criterion --- */

static double ward(const struct grow *g, size_t a, size_t b)
{
    double sum = 0, wa = g->weight[a], wb = g->weight[b];

    for (size_t j = 0; j < g->d; j++) {
        double off = g->y[a * g->d + j] - g->y[b * g->d + j];
        sum += off * off;
    }
    return sum * (wa * wb / (wa + wb));
}

static void join_means(struct grow *g, size_t a, size_t b)
{
    double sum = g->weight[a] + g->weight[b];

    for (size_t j = 0; j < g->d; j++)
        g->y[a * g->d + j] += (g->y[b * g->d + j] - g->y[a * g->d + j]) * (g->weight[b] / sum);
    g->weight[a] = sum;
    g->weight[b] = 0;
}

static int by_height(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return x->height != y->height ? (x->height < y->height ? -1 : 1) : (x->order < y->order ? -1 : 1);
}

/* The whole tree by chains of nearest neighbours: Ward's mergers are the same in any order (Murtagh, Comput. J. 26, 1983). */
static void grow_ward(struct grow *g)
{
    size_t length = 0, merged = 0, free = 0;

    while (merged + 1 < g->n) {
        if (length == 0) {
            while (g->weight[free] == 0)
                free++;
            g->chain[length++] = free;
        }
        size_t a = g->chain[length - 1], best = length > 1 ? g->chain[length - 2] : g->n;
        double least = best < g->n ? ward(g, a, best) : HUGE_VAL;
        for (size_t b = 0; b < g->n; b++) {
            double height = b != a && g->weight[b] > 0 ? ward(g, a, b) : HUGE_VAL;
            if (height < least || (best == g->n && b != a && g->weight[b] > 0)) {
                least = height;
                best = b;
            }
        }
        if (length > 1 && best == g->chain[length - 2]) {
            g->pair[merged] = (struct pair){least, a, best, merged};
            merged++;
            length -= 2;
            join_means(g, a < best ? a : best, a < best ? best : a);
        } else {
            g->chain[length++] = best;
        }
    }
    qsort(g->pair, merged, sizeof *g->pair, by_height);
}

static int32_t root(int32_t *of, int32_t i)
{
    while (of[i] != i)
        i = of[i] = of[of[i]];
    return i;
}

/* Undo the mergers above so many groups. */
static void cut_ward(struct grow *g)
{
    int32_t next = 0;

    for (size_t i = 0; i < g->n; i++)
        g->of[i] = (int32_t)i;
    for (size_t m = 0; m + g->groups < g->n; m++) {
        int32_t a = root(g->of, (int32_t)g->pair[m].a), b = root(g->of, (int32_t)g->pair[m].b);
        g->of[a < b ? b : a] = a < b ? a : b;
    }
    for (size_t i = 0; i < g->n; i++) { /* the least of a group is its root, and comes first */
        int32_t r = root(g->of, (int32_t)i);
        g->h->group[i] = (size_t)r == i ? next++ : g->h->group[r];
    }
}

/* --- the criterion of VVV --- */

/* n log |(W + d prior) / (n + d)|, of a merged scatter in a[d][d], which is spoilt. */
static double term_of(const struct grow *g, double *a, double weight)
{
    size_t d = g->d;
    double pull = (double)d;

    for (size_t i = 0; i < d; i++)
        a[i * d + i] += pull * g->prior;
    if (clu_chol_factor(a, d, 0, NULL) < d)
        return HUGE_VAL;
    return weight * (clu_chol_log_det(a, d) - (double)d * log(weight + pull));
}

/* The scatter of two groups together. */
static void join_scatters(const struct grow *g, size_t a, size_t b, double *out)
{
    size_t d = g->d;
    double wa = g->weight[a], wb = g->weight[b], factor = wa * wb / (wa + wb);

    for (size_t i = 0; i < d; i++) {
        double off = factor * (g->y[a * d + i] - g->y[b * d + i]);
        for (size_t j = 0; j <= i; j++)
            out[i * d + j] = g->w[(a * d + i) * d + j] + g->w[(b * d + i) * d + j] + off * (g->y[a * d + j] - g->y[b * d + j]);
    }
}

static double gain_of(const struct grow *g, size_t a, size_t b, double *scratch)
{
    join_scatters(g, a, b, scratch);
    return term_of(g, scratch, g->weight[a] + g->weight[b]) - g->term[a] - g->term[b];
}

static void start_groups(struct grow *g, const double *y, const double *weight)
{
    size_t d = g->d;
    double within = 0, total = 0;

    for (size_t i = 0; i < g->n; i++) {
        size_t c = (size_t)g->h->group[i];
        g->weight[c] += weight[i];
        for (size_t j = 0; j < d; j++)
            g->y[c * d + j] += weight[i] * (y[i * d + j] - g->y[c * d + j]) / g->weight[c];
    }
    for (size_t i = 0; i < g->n; i++) {
        size_t c = (size_t)g->h->group[i];
        total += weight[i];
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b <= a; b++) {
                double part = weight[i] * (y[i * d + a] - g->y[c * d + a]) * (y[i * d + b] - g->y[c * d + b]);
                g->w[(c * d + a) * d + b] += part;
                within += a == b ? part : 0;
            }
    }
    g->prior = within > 0 ? within / total / (double)d : 1e-6;
    for (size_t c = 0; c < g->groups; c++) {
        memcpy(g->cov, g->w + c * d * d, d * d * sizeof *g->cov);
        g->term[c] = term_of(g, g->cov, g->weight[c]);
    }
}

static void merge_groups(struct grow *g)
{
    size_t d = g->d, k = g->groups;

    for (size_t a = 0; a < k; a++)
        for (size_t b = a + 1; b < k; b++)
            g->gain[a * k + b] = gain_of(g, a, b, g->cov);
    for (size_t m = 0; m + 1 < k; m++) {
        size_t best_a = k, best_b = k;
        double least = HUGE_VAL;
        for (size_t a = 0; a < k; a++)
            for (size_t b = a + 1; b < k && g->weight[a] > 0; b++)
                if (g->weight[b] > 0 && (best_a == k || g->gain[a * k + b] < least)) {
                    least = g->gain[a * k + b];
                    best_a = a;
                    best_b = b;
                }
        g->h->merge[2 * m] = (int32_t)best_a;
        g->h->merge[2 * m + 1] = (int32_t)best_b;
        join_scatters(g, best_a, best_b, g->cov);
        memcpy(g->w + best_a * d * d, g->cov, d * d * sizeof *g->cov);
        join_means(g, best_a, best_b);
        g->term[best_a] = term_of(g, g->cov, g->weight[best_a]);
        for (size_t c = 0; c < k; c++)
            if (g->weight[c] > 0 && c != best_a)
                g->gain[c < best_a ? c * k + best_a : best_a * k + c] = gain_of(g, c, best_a, g->cov);
    }
}

/* --- the tree --- */

/* What Ward's mergers leave, joined by VVV's. */
static enum clu_status grow_groups(struct grow *g, const double *y, const double *weight, struct clu_err *err)
{
    size_t k = g->groups, d = g->d;

    g->w = clu_calloc(k, d * d * sizeof *g->w);
    g->term = clu_alloc(k, sizeof *g->term);
    g->gain = clu_alloc(k, k * sizeof *g->gain);
    if (!g->w || !g->term || !g->gain)
        return clu_fail_memory(err);
    memset(g->y, 0, k * d * sizeof *g->y);
    memset(g->weight, 0, k * sizeof *g->weight);
    start_groups(g, y, weight);
    merge_groups(g);
    return CLU_OK;
}

/* The same from Ward's tree alone: its last mergers. */
static void grow_rest(struct grow *g)
{
    for (size_t m = 0; m + 1 < g->groups; m++) {
        const struct pair *p = &g->pair[g->n - g->groups + m];
        int32_t a = root(g->of, (int32_t)p->a), b = root(g->of, (int32_t)p->b), low = a < b ? a : b, high = a < b ? b : a;
        g->of[high] = low;
        g->h->merge[2 * m] = g->h->group[low];
        g->h->merge[2 * m + 1] = g->h->group[high];
    }
}

static enum clu_status grow(struct grow *g, size_t k, struct clu_err *err)
{
    size_t most = GROUPS > 3 * k ? GROUPS : 3 * k;
    double *y = clu_alloc(g->n, (g->d + 1) * sizeof *y);

    if (!y)
        return clu_fail_memory(err);
    standardise(g);
    memcpy(y, g->y, g->n * g->d * sizeof *y);
    memcpy(y + g->n * g->d, g->weight, g->n * sizeof *y);
    grow_ward(g);
    g->groups = g->h->groups = g->n < most ? g->n : most;
    cut_ward(g);
    g->h->merge = clu_alloc(g->groups, 2 * sizeof *g->h->merge);
    enum clu_status status = g->h->merge ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK && g->d <= MOST_COLUMNS)
        status = grow_groups(g, y, y + g->n * g->d, err);
    else if (status == CLU_OK)
        grow_rest(g);
    clu_free(y);
    return status;
}

void clu_gmm_hc_clear(struct clu_gmm_hc *h)
{
    clu_free(h->row);
    clu_free(h->group);
    clu_free(h->merge);
    *h = (struct clu_gmm_hc){0};
}

enum clu_status clu_gmm_hc_grow(struct clu_gmm_hc *h, struct clu_view x, const double *w, const uint8_t *away, size_t k,
                                const struct clu_run *run, struct clu_err *err)
{
    struct grow g = {.h = h, .d = x.cols};

    *h = (struct clu_gmm_hc){.rows = x.rows};
    enum clu_status status = clu_tick(run, "merging", 0, 0, NAN);
    if (status == CLU_OK)
        status = take_sample(&g, x, w, away, k, err);
    if (status == CLU_OK) {
        h->n = g.n;
        status = grow(&g, k, err);
    }
    clu_free(g.y);
    clu_free(g.weight);
    clu_free(g.cov);
    clu_free(g.chain);
    clu_free(g.pair);
    clu_free(g.of);
    clu_free(g.w);
    clu_free(g.term);
    clu_free(g.gain);
    if (status != CLU_OK)
        clu_gmm_hc_clear(h);
    return status;
}

/* --- cutting it --- */

enum clu_status clu_gmm_hc_cut(const struct clu_gmm_hc *h, size_t k, int32_t *label, struct clu_err *err)
{
    int32_t *of = clu_alloc(h->groups, 2 * sizeof *of), *number = of + h->groups, next = 0;

    if (!of)
        return clu_fail_memory(err);
    for (size_t c = 0; c < h->groups; c++)
        of[c] = (int32_t)c;
    for (size_t m = 0; m + k < h->groups; m++)
        of[h->merge[2 * m + 1]] = h->merge[2 * m];
    for (size_t c = 0; c < h->groups; c++)
        if (root(of, (int32_t)c) == (int32_t)c)
            number[c] = next++;
    for (size_t i = 0; i < h->rows; i++)
        label[i] = -1;
    for (size_t i = 0; i < h->n; i++)
        label[h->row[i]] = number[root(of, h->group[i])];
    clu_free(of);
    return CLU_OK;
}
