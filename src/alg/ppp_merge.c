/* Merging clusters that are not separated. Sections: two sets of rows, parts, clusters, joining.
 *
 * Two clusters are separated when every pair of neighbouring parts of them is, or when the two as wholes are: the first alone would let
 * one doubtful pair of parts chain clusters together. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define ALL_PAIRS 12 /* parts up to which every pair is judged */
#define NEIGHBOURS 8 /* the nearest, with more */

/* How much two sets are one: log10 of the score (NAN: they are no neighbours); among equals, the less two components gain along the axis. */
struct tie {
    double log10, bic;
};
static const struct tie no_tie = {NAN, 0};

static bool closer(struct tie a, struct tie b)
{
    return a.log10 != b.log10 ? a.log10 > b.log10 : a.bic < b.bic;
}

struct merge {
    const struct ppp *s;
    const struct ppp_parts *p;
    double limit;         /* log10 alpha */
    int32_t *group;       /* [k] the part that leads its cluster */
    struct tie *between;  /* [k][k] of two parts */
    struct tie *joint;    /* [k][k] of two clusters, by their leaders */
    double *center;       /* [k][d] */
    size_t *rows;         /* [k] */
};

/* --- two sets of rows --- */

static struct tie less(struct tie a, struct ppp_verdict v, double times)
{
    struct tie b = {fmin(0, v.log10 + log10(times)), v.bic};

    return closer(a, b) ? b : a;
}

/* label[m], as corrected by a mixture of two and by 2-means of the whitened axes (its score counts twice). */
static enum clu_status judge_corrected(const struct ppp *s, struct ppp_cloud *c, const uint8_t *label, struct tie *tie, struct clu_err *err)
{
    size_t m = c->m, q = ppp_mix_axes(m, c->axes);
    uint8_t *mixed = clu_alloc(m, 1), *means = clu_alloc(m, 1);
    double *z = ppp_cloud_scores(c, q, false), *y = ppp_cloud_scores(c, q, true), *mid = clu_alloc(3 * q, sizeof *mid), gain;
    struct ppp_verdict v;
    bool other = false;
    enum clu_status status = mixed && means && z && y && mid ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = ppp_two_gaussians(z, m, q, label, true, mixed, &gain, err);
    if (status == CLU_OK && gain > -HUGE_VAL && ppp_big_enough(mixed, m) && !ppp_same(mixed, label, m)) {
        other = true;
        status = ppp_judge(s, c, mixed, &v, err);
        *tie = status == CLU_OK ? less(*tie, v, 1) : *tie;
    }
    if (status == CLU_OK && q > 1) {
        ppp_halves_means(y, m, q, label, mid);
        ppp_two_means(y, m, q, mid, means);
        if (ppp_big_enough(means, m) && !ppp_same(means, label, m) && !(other && ppp_same(means, mixed, m))) {
            status = ppp_judge(s, c, means, &v, err);
            *tie = status == CLU_OK ? less(*tie, v, 2) : *tie;
        }
    }
    clu_free(mixed);
    clu_free(means);
    clu_free(z);
    clu_free(y);
    clu_free(mid);
    return status;
}

static enum clu_status judge_sets(const struct merge *g, struct ppp_cloud *c, const uint8_t *label, struct tie *tie, struct clu_err *err)
{
    struct ppp_verdict v;
    enum clu_status status = ppp_judge(g->s, c, label, &v, err);

    *tie = (struct tie){v.log10, v.bic};
    if (status != CLU_OK || v.log10 < g->limit)
        return status;
    status = ppp_cloud_axes(c, PPP_PAIR_AXES, err);
    return status == CLU_OK && c->axes > 0 ? judge_corrected(g->s, c, label, tie, err) : status;
}

/* The rows of the parts with of[part] == a, and == b. */
static enum clu_status judge_pair(const struct merge *g, const int32_t *of, int32_t a, int32_t b, struct tie *tie, struct clu_err *err)
{
    size_t m = 0, n = g->s->n, *row;
    uint8_t *label;
    struct ppp_cloud c = {0};
    enum clu_status status;

    for (size_t p = 0; p < g->p->k; p++)
        m += of[p] == a || of[p] == b ? g->rows[p] : 0;
    row = clu_alloc(m, sizeof *row);
    label = clu_alloc(m, 1);
    status = row && label ? CLU_OK : clu_fail_memory(err);
    m = 0;
    for (size_t i = 0; i < n && status == CLU_OK; i++) {
        int32_t set = of[g->p->part[i]];
        if (set == a || set == b) {
            row[m] = i;
            label[m++] = set == b;
        }
    }
    size_t ones = status == CLU_OK ? ppp_ones(label, m) : 0;
    if (status == CLU_OK && (ones == 0 || ones == m)) { /* nothing is separated from no rows */
        *tie = (struct tie){0, -HUGE_VAL};
        clu_free(row);
        clu_free(label);
        return CLU_OK;
    }
    if (status == CLU_OK)
        status = ppp_cloud_init(&c, g->s, row, m, err);
    if (status == CLU_OK)
        status = judge_sets(g, &c, label, tie, err);
    ppp_cloud_clear(&c);
    clu_free(row);
    clu_free(label);
    return status;
}

/* --- parts --- */

static void find_centers(struct merge *g)
{
    size_t d = g->s->d, k = g->p->k;

    memset(g->center, 0, k * d * sizeof *g->center);
    memset(g->rows, 0, k * sizeof *g->rows);
    for (size_t i = 0; i < g->s->n; i++) {
        size_t a = (size_t)g->p->part[i];
        g->rows[a]++;
        for (size_t j = 0; j < d; j++)
            g->center[a * d + j] += g->s->x[i * d + j];
    }
    for (size_t a = 0; a < k; a++)
        for (size_t j = 0; j < d; j++)
            g->center[a * d + j] /= g->rows[a] ? (double)g->rows[a] : 1;
}

static double apart(const struct merge *g, size_t a, size_t b)
{
    size_t d = g->s->d;
    double sum = 0;

    for (size_t j = 0; j < d; j++) {
        double e = g->center[a * d + j] - g->center[b * d + j];
        sum += e * e;
    }
    return sum;
}

/* Neighbours of each part get a tie, parts of one cluster none. */
static void find_neighbours(struct merge *g)
{
    size_t k = g->p->k;

    for (size_t a = 0; a < k * k; a++)
        g->between[a] = no_tie;
    for (size_t a = 0; a < k; a++) {
        bool taken[CLU_PPP_MOST] = {false};
        taken[a] = true;
        for (size_t r = 0; r + 1 < k && r < (k <= ALL_PAIRS ? k : NEIGHBOURS); r++) {
            size_t at = SIZE_MAX;
            for (size_t b = 0; b < k; b++)
                if (!taken[b] && (at == SIZE_MAX || apart(g, a, b) < apart(g, a, at)))
                    at = b;
            taken[at] = true;
            if (g->group[a] != g->group[at])
                g->between[a * k + at] = g->between[at * k + a] = (struct tie){0, 0};
        }
    }
}

/* All neighbouring parts, by run->threads threads. */
static enum clu_status judge_parts(struct merge *g, struct clu_err *err)
{
    size_t k = g->p->k;
    int32_t self[CLU_PPP_MOST];
    int threads = g->s->run->threads;
    enum clu_status status = CLU_OK;

    find_centers(g);
    find_neighbours(g);
    for (size_t a = 0; a < k; a++)
        self[a] = (int32_t)a;
    #pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1 && k > 2)
    for (size_t ab = 0; ab < k * k; ab++) {
        size_t a = ab / k, b = ab % k;
        struct clu_err mine = {0};
        struct tie *tie = &g->between[ab];
        if (a >= b || isnan(tie->log10))
            continue;
        enum clu_status one = judge_pair(g, self, (int32_t)a, (int32_t)b, tie, &mine);
        if (one != CLU_OK) {
            #pragma omp critical(ppp_merge)
            if (status == CLU_OK) {
                status = one;
                clu_fail(err, one, "%s", mine.msg);
            }
        }
        if (g->p->loose[a * CLU_PPP_MOST + b])
            tie->log10 = fmin(0, tie->log10 + log10(PPP_LOOSE));
        g->between[b * k + a] = *tie;
    }
    return status;
}

/* --- clusters --- */

static bool leads(const struct merge *g, size_t a)
{
    return g->group[a] == (int32_t)a;
}

/* The tie of clusters a and b (leaders); NAN when no parts of them are neighbours. */
static enum clu_status judge_clusters(struct merge *g, size_t a, size_t b, struct tie *tie, struct clu_err *err)
{
    size_t k = g->p->k, parts = 0;
    bool loose = true;
    enum clu_status status = CLU_OK;

    *tie = no_tie;
    for (size_t x = 0; x < k; x++) {
        parts += g->group[x] == (int32_t)a || g->group[x] == (int32_t)b;
        for (size_t y = 0; y < k; y++) {
            if (g->group[x] != (int32_t)a || g->group[y] != (int32_t)b)
                continue;
            loose = loose && g->p->loose[x * CLU_PPP_MOST + y];
            struct tie one = g->between[x * k + y];
            if (!isnan(one.log10) && (isnan(tie->log10) || closer(one, *tie)))
                *tie = one;
        }
    }
    if (tie->log10 >= g->limit && parts > 2) {
        struct tie whole;
        status = judge_pair(g, g->group, (int32_t)a, (int32_t)b, &whole, err);
        if (loose)
            whole.log10 = fmin(0, whole.log10 + log10(PPP_LOOSE));
        if (status == CLU_OK && closer(*tie, whole))
            *tie = whole;
    }
    return status;
}

static enum clu_status judge_all(struct merge *g, struct clu_err *err)
{
    size_t k = g->p->k;
    enum clu_status status = judge_parts(g, err);

    for (size_t a = 0; a < k; a++)
        for (size_t b = a + 1; b < k && status == CLU_OK; b++)
            if (leads(g, a) && leads(g, b)) {
                status = judge_clusters(g, a, b, &g->joint[a * k + b], err);
                g->joint[b * k + a] = g->joint[a * k + b];
            }
    return status;
}

/* --- joining --- */

/* Cluster b goes into cluster a. */
static enum clu_status join(struct merge *g, size_t a, size_t b, struct clu_err *err)
{
    size_t k = g->p->k;
    enum clu_status status = CLU_OK;

    for (size_t p = 0; p < k; p++)
        if (g->group[p] == (int32_t)b)
            g->group[p] = (int32_t)a;
    for (size_t c = 0; c < k && status == CLU_OK; c++) {
        if (!leads(g, c) || c == a || (isnan(g->joint[a * k + c].log10) && isnan(g->joint[b * k + c].log10)))
            continue;
        status = judge_clusters(g, a, c, &g->joint[a * k + c], err);
        g->joint[c * k + a] = g->joint[a * k + c];
    }
    for (size_t c = 0; c < k; c++)
        g->joint[b * k + c] = g->joint[c * k + b] = no_tie;
    return status;
}

static enum clu_status join_all(struct merge *g, struct clu_err *err)
{
    size_t k = g->p->k;
    enum clu_status status = CLU_OK;

    while (status == CLU_OK) {
        size_t at = SIZE_MAX;
        for (size_t ab = 0; ab < k * k; ab++)
            if (ab / k < ab % k && !isnan(g->joint[ab].log10) && (at == SIZE_MAX || closer(g->joint[ab], g->joint[at])))
                at = ab;
        if (at == SIZE_MAX || g->joint[at].log10 < g->limit)
            break;
        status = join(g, at / k, at % k, err);
    }
    return status;
}

static void merge_clear(struct merge *g)
{
    clu_free(g->group);
    clu_free(g->between);
    clu_free(g->joint);
    clu_free(g->center);
    clu_free(g->rows);
}

static enum clu_status merge_init(struct merge *g, const struct ppp *s, const struct ppp_parts *p, struct clu_err *err)
{
    size_t k = p->k;
    int32_t first[CLU_PPP_MOST];

    *g = (struct merge){.s = s, .p = p, .limit = log10(s->opt->alpha)};
    g->group = clu_alloc(k, sizeof *g->group);
    g->between = clu_alloc(k * k, sizeof *g->between);
    g->joint = clu_alloc(k * k, sizeof *g->joint);
    g->center = clu_alloc(k * s->d, sizeof *g->center);
    g->rows = clu_alloc(k, sizeof *g->rows);
    if (!g->group || !g->between || !g->joint || !g->center || !g->rows)
        return clu_fail_memory(err);
    for (size_t ab = 0; ab < k * k; ab++)
        g->joint[ab] = no_tie;
    for (size_t c = 0; c < p->clusters; c++)
        first[c] = -1;
    for (size_t a = 0; a < k; a++) {
        int32_t *lead = &first[p->cluster_of[a]];
        *lead = *lead < 0 ? (int32_t)a : *lead;
        g->group[a] = *lead;
    }
    return CLU_OK;
}

/* What is left of the ties between clusters, for the result. */
static void keep_ties(const struct merge *g, struct ppp_parts *p)
{
    size_t k = p->k;

    for (size_t c = 0; c < p->clusters; c++) {
        p->neighbour[c] = SIZE_MAX;
        p->log10[c] = 0;
    }
    for (size_t ab = 0; ab < k * k; ab++) {
        size_t c = (size_t)p->cluster_of[ab / k];
        double tie = g->joint[ab].log10;
        if (!isnan(tie) && (p->neighbour[c] == SIZE_MAX || tie > p->log10[c])) {
            p->neighbour[c] = (size_t)p->cluster_of[ab % k];
            p->log10[c] = tie;
        }
    }
    p->judged = true;
}

enum clu_status ppp_merge(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    struct merge g;
    int32_t to[CLU_PPP_MOST];
    enum clu_status status;

    status = merge_init(&g, s, p, err);
    if (status == CLU_OK && p->clusters > 1)
        status = judge_all(&g, err);
    if (status == CLU_OK && p->clusters > 1)
        status = join_all(&g, err);
    if (status == CLU_OK) {
        size_t clusters = 0;
        for (size_t a = 0; a < p->k; a++)
            if (leads(&g, a))
                to[a] = (int32_t)clusters++;
        for (size_t a = 0; a < p->k; a++)
            p->cluster_of[a] = to[g.group[a]];
        p->clusters = clusters;
        for (size_t i = 0; i < s->n; i++)
            p->label[i] = p->cluster_of[p->part[i]];
        keep_ties(&g, p);
    }
    merge_clear(&g);
    return status;
}
