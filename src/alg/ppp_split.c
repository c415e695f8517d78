/* A node of ppp in two. Sections: cuts of one axis, valleys, candidates, the choice. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- starts: the exact 2-means cut of one axis --- */

static void sort_axis(const double *z, size_t m, size_t q, size_t axis, struct ppp_place *order)
{
    for (size_t i = 0; i < m; i++)
        order[i] = (struct ppp_place){z[i * q + axis], i};
    ppp_sort_places(order, m);
}

/* label[m] by the cut of order[m] (sorted) that leaves the least inertia; the sum of squares between, 0 when all are equal. */
static double cut_axis(const struct ppp_place *order, size_t m, uint8_t *label)
{
    double total = 0, left = 0, best = 0;
    size_t at = 0;

    for (size_t i = 0; i < m; i++)
        total += order[i].t;
    for (size_t i = 1; i < m; i++) {
        left += order[i - 1].t;
        if (order[i].t > order[i - 1].t) {
            double b = left * left / (double)i + (total - left) * (total - left) / (double)(m - i);
            if (b > best || at == 0) {
                best = b;
                at = i;
            }
        }
    }
    for (size_t i = 0; i < m; i++)
        label[order[i].i] = i >= at;
    return at ? best : 0;
}

/* --- valleys of a density --- */

#define BINS 256

/* Where the density of order[m] (sorted) has its deepest valley; false when none is deeper than a tenth. Rows are put in bins, and the bins
 * smoothed by a Gaussian of Silverman's width. */
static bool valley(const struct ppp_place *order, size_t m, double *at)
{
    double bin[BINS] = {0}, density[BINS] = {0}, kernel[BINS], right[BINS], left = 0, mean = 0, var = 0, low = 0.9;
    double from = order[0].t, step = (order[m - 1].t - from) / (BINS - 1);
    size_t found = 0;

    for (size_t i = 0; i < m; i++)
        mean += order[i].t / (double)m;
    for (size_t i = 0; i < m; i++)
        var += (order[i].t - mean) * (order[i].t - mean) / (double)m;
    double sd = sqrt(var), iqr = order[3 * (m - 1) / 4].t - order[(m - 1) / 4].t;
    double h = 0.9 * fmin(sd, iqr > 0 ? iqr / 1.34 : sd) * pow((double)m, -0.2);
    if (!(h > 0 && step > 0))
        return false;
    for (size_t i = 0; i < m; i++) {
        double v = (order[i].t - from) / step;
        size_t b = v < BINS - 1 ? (size_t)v : BINS - 2;
        bin[b] += 1 - (v - (double)b);
        bin[b + 1] += v - (double)b;
    }
    for (size_t i = 0; i < BINS; i++)
        kernel[i] = exp(-0.5 * ((double)i * step / h) * ((double)i * step / h));
    for (size_t i = 0; i < BINS; i++)
        for (size_t b = 0; b < BINS; b++)
            density[i] += bin[b] * kernel[i < b ? b - i : i - b];
    for (size_t i = BINS; i-- > 0;)
        right[i] = fmax(density[i], i + 1 < BINS ? right[i + 1] : 0);
    for (size_t i = 0; i < BINS; i++) {
        left = fmax(left, density[i]);
        double ratio = density[i] / fmin(left, right[i]);
        if (ratio < low) {
            low = ratio;
            found = i;
        }
    }
    *at = from + (double)found * step;
    return low < 0.9;
}

/* --- candidates --- */

#define MOST (1 + PPP_MIX_AXES + 2)

struct candidates {
    size_t m, n;
    uint8_t *label[2 * MOST + 1]; /* candidates and corrected candidates */
    int kind[2 * MOST + 1];
    uint8_t *block;
    struct ppp_place *order;
    double *c;                /* [3][d] */
};

static bool is_new(const struct candidates *c, const uint8_t *label)
{
    for (size_t i = 0; i < c->n; i++)
        if (ppp_same(c->label[i], label, c->m))
            return false;
    return true;
}

static bool divides(const uint8_t *label, size_t m)
{
    size_t ones = ppp_ones(label, m);

    return ones > 0 && ones < m;
}

/* 2-means of all columns from the cuts of the two leading axes; the lower inertia. */
static void euclidean(struct candidates *c, const struct ppp_cloud *cloud)
{
    double best = HUGE_VAL;
    uint8_t *label = c->label[1];

    for (size_t a = 0; a < 2 && a < cloud->axes; a++) {
        sort_axis(cloud->score, c->m, cloud->axes, a, c->order);
        if (cut_axis(c->order, c->m, label) == 0)
            continue;
        ppp_halves_means(cloud->x, c->m, cloud->d, label, c->c);
        double inertia = ppp_two_means(cloud->x, c->m, cloud->d, c->c, label);
        if (divides(label, c->m) && inertia < best * (1 - 1e-9)) {
            best = inertia;
            memcpy(c->label[0], label, c->m);
        }
    }
    if (best < HUGE_VAL)
        c->kind[c->n++] = CLU_PPP_MEANS;
}

struct gain {
    double between;
    size_t axis;
};

static int by_gain(const void *a, const void *b)
{
    const struct gain *p = a, *q = b;

    return p->between != q->between ? (p->between < q->between) - (p->between > q->between) : (p->axis > q->axis) - (p->axis < q->axis);
}

/* 2-means of the whitened leading axes y[m][q], a start an axis, those with the most between first. */
static void whitened(struct candidates *c, const double *y, size_t q)
{
    struct gain gain[PPP_MIX_AXES];

    for (size_t a = 0; a < q; a++) {
        sort_axis(y, c->m, q, a, c->order);
        gain[a] = (struct gain){cut_axis(c->order, c->m, c->label[c->n]), a};
    }
    qsort(gain, q, sizeof *gain, by_gain);
    for (size_t r = 0; r < q && gain[r].between > 0; r++) {
        uint8_t *label = c->label[c->n];
        sort_axis(y, c->m, q, gain[r].axis, c->order);
        cut_axis(c->order, c->m, label);
        ppp_halves_means(y, c->m, q, label, c->c);
        ppp_two_means(y, c->m, q, c->c, label);
        if (divides(label, c->m) && is_new(c, label))
            c->kind[c->n++] = CLU_PPP_WHITE;
    }
}

static void valleys(struct candidates *c, const struct ppp_cloud *cloud)
{
    for (size_t a = 0; a < 2 && a < cloud->axes; a++) {
        uint8_t *label = c->label[c->n];
        double at;
        sort_axis(cloud->score, c->m, cloud->axes, a, c->order);
        if (!valley(c->order, c->m, &at))
            continue;
        for (size_t i = 0; i < c->m; i++)
            label[i] = cloud->score[i * cloud->axes + a] > at;
        if (is_new(c, label))
            c->kind[c->n++] = CLU_PPP_DENSITY;
    }
}

static enum clu_status candidates_init(struct candidates *c, const struct ppp_cloud *cloud, struct clu_err *err)
{
    *c = (struct candidates){.m = cloud->m};
    c->block = clu_alloc((2 * MOST + 1) * cloud->m, 1);
    c->order = clu_alloc(cloud->m, sizeof *c->order);
    c->c = clu_alloc(3 * (cloud->d > PPP_MIX_AXES ? cloud->d : PPP_MIX_AXES), sizeof *c->c);
    for (size_t i = 0; i < 2 * MOST + 1 && c->block; i++)
        c->label[i] = c->block + i * cloud->m;
    return c->block && c->order && c->c ? CLU_OK : clu_fail_memory(err);
}

static void candidates_clear(struct candidates *c)
{
    clu_free(c->block);
    clu_free(c->order);
    clu_free(c->c);
}

/* --- the choice --- */

struct choice {
    const struct ppp *s;
    struct ppp_cloud *cloud;
    struct candidates c;
    double *z, *y;      /* [m][q] leading scores, and whitened */
    size_t q;
    struct ppp_found *f;
    uint8_t *fallback;  /* [m] the best by BIC, for a provisional split */
    int fallback_kind;
    /* of one family: */
    struct ppp_verdict best;
    size_t at, judged;  /* the best candidate, SIZE_MAX: none; how many there were */
};

static enum clu_status try_one(struct choice *h, size_t i, struct clu_err *err)
{
    struct ppp_verdict v;
    enum clu_status status = ppp_judge(h->s, h->cloud, h->c.label[i], &v, err);

    h->judged++;
    if (status == CLU_OK && (h->at == SIZE_MAX || v.log10 < h->best.log10)) {
        h->best = v;
        h->at = i;
    }
    return status;
}

/* Candidate i, and then its correction by a mixture of two, if that is another one. */
static enum clu_status try_both(struct choice *h, size_t i, struct clu_err *err)
{
    struct candidates *c = &h->c;
    uint8_t *better = c->label[c->n];
    double gain;
    enum clu_status status = ppp_two_gaussians(h->z, c->m, h->q, c->label[i], false, better, &gain, err);

    if (status != CLU_OK)
        return status;
    size_t ones = gain > -HUGE_VAL ? ppp_ones(better, c->m) : 0;
    if (gain > h->f->node.bic && ones >= 2 && c->m - ones >= 2) {
        h->f->node.bic = gain;
        h->fallback_kind = c->kind[i];
        memcpy(h->fallback, better, c->m);
    }
    if (ppp_big_enough(c->label[i], c->m))
        status = try_one(h, i, err);
    if (status == CLU_OK && ones > 0 && ppp_big_enough(better, c->m) && is_new(c, better)) {
        c->kind[c->n] = c->kind[i];
        status = try_one(h, c->n++, err);
    }
    return status;
}

/* Judge the candidates first .. last - 1: the best must stand against as many as there were (Bonferroni). */
static enum clu_status choose(struct choice *h, size_t first, size_t last, struct clu_err *err)
{
    struct clu_ppp_split *node = &h->f->node;
    enum clu_status status = CLU_OK;

    h->at = SIZE_MAX;
    h->judged = 0;
    for (size_t i = first; i < last && status == CLU_OK; i++)
        status = try_both(h, i, err);
    if (status != CLU_OK || h->at == SIZE_MAX)
        return status;
    double score = pow(10, h->best.log10 + log10((double)h->judged));
    if (score < node->score || node->candidate == CLU_PPP_NONE) {
        node->score = fmin(1, score);
        node->candidate = h->c.kind[h->at];
        node->corrected = h->at >= last;
    }
    if (score < h->s->opt->alpha) {
        h->f->found = h->f->stands = true;
        memcpy(h->f->label, h->c.label[h->at], h->c.m);
    }
    return status;
}

static enum clu_status search(struct choice *h, struct clu_err *err)
{
    size_t first;
    enum clu_status status;

    euclidean(&h->c, h->cloud);
    status = choose(h, 0, h->c.n, err);
    if (status != CLU_OK || h->f->stands)
        return status;
    first = h->c.n;
    if (h->q > 1)
        whitened(&h->c, h->y, h->q);
    valleys(&h->c, h->cloud);
    status = choose(h, first, h->c.n, err);
    if (status == CLU_OK && !h->f->stands && h->f->node.bic > 0) {
        h->f->found = true;
        h->f->node.candidate = h->fallback_kind;
        h->f->node.corrected = 1;
        memcpy(h->f->label, h->fallback, h->c.m);
    }
    return status;
}

enum clu_status ppp_split(const struct ppp *s, struct ppp_cloud *cloud, struct ppp_found *f, struct clu_err *err)
{
    struct choice h = {.s = s, .cloud = cloud, .f = f};
    enum clu_status status;

    *f = (struct ppp_found){.node = {.score = 1, .bic = -HUGE_VAL}};
    if (cloud->m < 2 * PPP_SMALLEST)
        return CLU_OK;
    status = ppp_cloud_axes(cloud, PPP_PAIR_AXES, err);
    if (status != CLU_OK || cloud->axes == 0)
        return status;
    h.q = ppp_mix_axes(cloud->m, cloud->axes);
    status = candidates_init(&h.c, cloud, err);
    h.z = ppp_cloud_scores(cloud, h.q, false);
    h.y = ppp_cloud_scores(cloud, h.q, true);
    h.fallback = clu_alloc(cloud->m, 1);
    f->label = clu_alloc(cloud->m, 1);
    if (status == CLU_OK && !(h.z && h.y && h.fallback && f->label))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = search(&h, err);
    candidates_clear(&h.c);
    clu_free(h.z);
    clu_free(h.y);
    clu_free(h.fallback);
    return status;
}
