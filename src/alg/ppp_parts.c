/* The components of the mixture and their clusters. Sections: labels, fitting, simplifying, adopting. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum clu_status ppp_parts_init(struct ppp_parts *p, size_t n, struct clu_err *err)
{
    *p = (struct ppp_parts){.n = n};
    p->part = clu_calloc(n, sizeof *p->part);
    p->label = clu_calloc(n, sizeof *p->label);
    p->cluster_of = clu_calloc(CLU_PPP_MOST, sizeof *p->cluster_of);
    p->loose = clu_calloc(CLU_PPP_MOST * CLU_PPP_MOST, 1);
    p->neighbour = clu_calloc(CLU_PPP_MOST, sizeof *p->neighbour);
    p->log10 = clu_calloc(CLU_PPP_MOST, sizeof *p->log10);
    return p->part && p->label && p->cluster_of && p->loose && p->neighbour && p->log10 ? CLU_OK : clu_fail_memory(err);
}

void ppp_parts_clear(struct ppp_parts *p)
{
    clu_free(p->part);
    clu_free(p->label);
    clu_free(p->cluster_of);
    clu_free(p->loose);
    clu_free(p->neighbour);
    clu_free(p->log10);
    clu_gmm_clear(&p->mixture);
    *p = (struct ppp_parts){0};
}

enum clu_status ppp_parts_copy(struct ppp_parts *to, const struct ppp_parts *p, struct clu_err *err)
{
    enum clu_status status = ppp_parts_init(to, p->n, err);

    if (status != CLU_OK)
        return status;
    to->k = p->k;
    to->clusters = p->clusters;
    memcpy(to->part, p->part, p->n * sizeof *p->part);
    memcpy(to->label, p->label, p->n * sizeof *p->label);
    memcpy(to->cluster_of, p->cluster_of, CLU_PPP_MOST * sizeof *p->cluster_of);
    memcpy(to->loose, p->loose, CLU_PPP_MOST * CLU_PPP_MOST);
    return CLU_OK;
}

static struct clu_view rows_of(const struct ppp *s)
{
    return (struct clu_view){.v = s->x, .rows = s->n, .cols = s->d, .ld = s->d};
}

/* --- labels --- */

#define BLOCK 1024 /* rows whose posteriors are in memory at a time */

/* The cluster of the largest posterior, the lowest of equals, and the best component within it. */
static void label_row(const struct ppp_parts *p, size_t k, const double *post, int32_t *part, int32_t *label)
{
    double sum[CLU_PPP_MOST] = {0};
    size_t at = 0, best = SIZE_MAX;

    for (size_t a = 0; a < k; a++)
        sum[p->cluster_of[a]] += post[a];
    for (size_t c = 1; c < p->clusters; c++)
        if (sum[c] > sum[at])
            at = c;
    for (size_t a = 0; a < k; a++)
        if (p->cluster_of[a] == (int32_t)at && (best == SIZE_MAX || post[a] > post[best]))
            best = a;
    *label = (int32_t)at;
    *part = (int32_t)best;
}

/* part[] and label[] of all rows under g. */
static enum clu_status label_rows(const struct ppp *s, struct ppp_parts *p, const struct clu_gmm *g, struct clu_err *err)
{
    size_t blocks = (s->n + BLOCK - 1) / BLOCK;
    int threads = s->run->threads;
    enum clu_status status = CLU_OK;
    double *all = clu_alloc((size_t)threads * BLOCK * g->k, sizeof *all);

    if (!all)
        return clu_fail_memory(err);
    #pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        double *post = all + (size_t)omp_get_thread_num() * BLOCK * g->k;
        size_t from = b * BLOCK, count = s->n - from < BLOCK ? s->n - from : BLOCK;
        enum clu_status one = clu_gmm_posterior(g, rows_of(s), from, count, post, NULL, NULL, NULL, NULL);
        for (size_t i = 0; i < count && one == CLU_OK; i++)
            label_row(p, g->k, post + i * g->k, &p->part[from + i], &p->label[from + i]);
        if (one != CLU_OK) {
            #pragma omp atomic write
            status = one;
        }
    }
    clu_free(all);
    return status == CLU_OK ? CLU_OK : clu_fail_memory(err);
}

enum clu_status ppp_parts_label(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    return label_rows(s, p, &p->mixture, err);
}

/* --- fitting --- */

struct acceptance {
    const struct ppp *s;
    struct ppp_parts *p;
};

/* Does every component have rows? */
static bool all_used(void *ctx, const struct clu_gmm *g, enum clu_status *status, struct clu_err *err)
{
    struct acceptance *a = ctx;
    bool seen[CLU_PPP_MOST] = {false};
    size_t used = 0;

    *status = label_rows(a->s, a->p, g, err);
    for (size_t i = 0; i < a->s->n && *status == CLU_OK; i++) {
        used += !seen[a->p->part[i]];
        seen[a->p->part[i]] = true;
    }
    return used == g->k;
}

enum clu_status ppp_parts_fit(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    int32_t *start = clu_alloc(s->n, sizeof *start);
    struct acceptance a = {s, p};
    struct ppp_fit_opt opt = {.k = p->k, .label = start, .reg = 1e-6 * ppp_mean_variance(rows_of(s)) + 1e-300, .min_rows = 1, .accept = all_used,
                              .ctx = &a, .run = s->run};
    double bic;
    enum clu_status status = start ? CLU_OK : clu_fail_memory(err);

    p->judged = false;
    clu_gmm_clear(&p->mixture);
    if (status == CLU_OK) {
        memcpy(start, p->part, s->n * sizeof *start);
        status = ppp_fit(&p->mixture, &bic, rows_of(s), &opt, err);
    }
    if (status == CLU_OK && p->mixture.k > 0)
        status = label_rows(s, p, &p->mixture, err);
    else if (status == CLU_OK)
        for (size_t i = 0; i < s->n; i++) {
            p->part[i] = start[i];
            p->label[i] = p->cluster_of[start[i]];
        }
    clu_free(start);
    return status;
}

enum clu_status ppp_parts_refit(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    struct clu_gmm_start start = {.model = &p->mixture};
    struct clu_gmm_opt opt = {.family = p->mixture.family, .max_iter = 100, .tol = 1e-5, .vanish = CLU_GMM_STOP, .min_rows = 1,
                              .reg = 1e-6 * ppp_mean_variance(rows_of(s)) + 1e-300, .final_e = true};
    struct clu_gmm g = {0};
    enum clu_status status = clu_gmm_fit(&g, rows_of(s), NULL, p->k, &start, &opt, s->run, err);

    p->judged = false;
    if (status == CLU_OK && !g.vanished) {
        clu_gmm_clear(&p->mixture);
        p->mixture = g;
    } else {
        clu_gmm_clear(&g);
    }
    return status == CLU_OK ? label_rows(s, p, &p->mixture, err) : status;
}

/* --- simplifying --- */

#define SHARE 1e-3 /* rows with a smaller posterior of a cluster have no say in its shape */

/* The rows of cluster c, weighted by its posterior (1 when there is no mixture), with its best component for each, numbered among its own. */
struct members {
    double *x;      /* [m][d] */
    double *weight; /* [m] */
    int32_t *local; /* [m] */
    size_t m;
};

static void add_member(const struct ppp *s, struct members *t, size_t i, double weight, size_t local)
{
    memcpy(t->x + t->m * s->d, s->x + i * s->d, s->d * sizeof *t->x);
    t->weight[t->m] = weight;
    t->local[t->m++] = (int32_t)local;
}

/* post[count][k] of rows from .. */
static void gather_block(const struct ppp *s, const struct ppp_parts *p, const size_t *own, size_t k, const double *post, size_t from,
                         size_t count, struct members *t)
{
    for (size_t i = 0; i < count; i++) {
        const double *of = post + i * p->k;
        double sum = 0;
        size_t best = 0;
        for (size_t l = 0; l < k; l++) {
            sum += of[own[l]];
            best = of[own[l]] > of[own[best]] ? l : best;
        }
        if (sum >= SHARE)
            add_member(s, t, from + i, sum, best);
    }
}

static enum clu_status gather(const struct ppp *s, const struct ppp_parts *p, size_t c, struct members *t, struct clu_err *err)
{
    size_t own[CLU_PPP_MOST], local[CLU_PPP_MOST] = {0}, k = 0;
    double *post = p->mixture.k ? clu_alloc(BLOCK * p->k, sizeof *post) : NULL;
    enum clu_status status = post || p->mixture.k == 0 ? CLU_OK : clu_fail_memory(err);

    for (size_t a = 0; a < p->k; a++)
        if (p->cluster_of[a] == (int32_t)c) {
            local[a] = k;
            own[k++] = a;
        }
    t->m = 0;
    for (size_t i = 0; i < s->n && p->mixture.k == 0; i++)
        if (p->label[i] == (int32_t)c)
            add_member(s, t, i, 1, local[p->part[i]]);
    for (size_t from = 0; from < s->n && p->mixture.k > 0 && status == CLU_OK; from += BLOCK) {
        size_t count = s->n - from < BLOCK ? s->n - from : BLOCK;
        status = clu_gmm_posterior(&p->mixture, rows_of(s), from, count, post, NULL, NULL, NULL, err);
        if (status == CLU_OK)
            gather_block(s, p, own, k, post, from, count, t);
    }
    clu_free(post);
    return status;
}

/* Is one Gaussian better than the several of cluster c, by BIC? */
static enum clu_status one_is_better(const struct ppp *s, const struct ppp_parts *p, size_t c, size_t k, double reg, struct members *t,
                                     bool *better, struct clu_err *err)
{
    double bic[2];
    enum clu_status status = gather(s, p, c, t, err);
    struct clu_view x = {.v = t->x, .rows = t->m, .cols = s->d, .ld = s->d};

    for (size_t many = 2; many-- > 0 && status == CLU_OK;) {
        struct clu_gmm g;
        struct ppp_fit_opt opt = {.k = many ? k : 1, .label = t->local, .weight = t->weight, .reg = reg, .min_rows = 1, .run = s->run};
        if (!many)
            memset(t->local, 0, t->m * sizeof *t->local);
        status = ppp_fit(&g, &bic[many], x, &opt, err);
        clu_gmm_clear(&g);
    }
    *better = status == CLU_OK && bic[0] >= bic[1];
    return status;
}

/* Parts are renumbered: to[a] < k is the new number of part a, several may have the same. The mixture goes. */
static enum clu_status renumber(struct ppp_parts *p, const size_t *to, size_t k, struct clu_err *err)
{
    int32_t cluster_of[CLU_PPP_MOST];
    uint8_t *loose = clu_alloc(CLU_PPP_MOST * CLU_PPP_MOST, 1);

    if (!loose)
        return clu_fail_memory(err);
    memset(loose, 1, CLU_PPP_MOST * CLU_PPP_MOST);
    for (size_t a = 0; a < p->k; a++) {
        cluster_of[to[a]] = p->cluster_of[a];
        for (size_t b = 0; b < p->k; b++)
            loose[to[a] * CLU_PPP_MOST + to[b]] &= p->loose[a * CLU_PPP_MOST + b];
    }
    clu_free(p->loose);
    p->loose = loose;
    memcpy(p->cluster_of, cluster_of, k * sizeof *cluster_of);
    for (size_t i = 0; i < p->n; i++)
        p->part[i] = (int32_t)to[p->part[i]];
    p->k = k;
    p->judged = false;
    clu_gmm_clear(&p->mixture);
    return CLU_OK;
}

enum clu_status ppp_parts_collapse(struct ppp_parts *p, struct clu_err *err)
{
    size_t to[CLU_PPP_MOST];

    for (size_t a = 0; a < p->k; a++)
        to[a] = (size_t)p->cluster_of[a];
    return renumber(p, to, p->clusters, err);
}

enum clu_status ppp_parts_simplify(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    size_t to[CLU_PPP_MOST], parts[CLU_PPP_MOST] = {0}, first[CLU_PPP_MOST], k = 0;
    bool one[CLU_PPP_MOST] = {false};
    double reg = 1e-6 * ppp_mean_variance(rows_of(s)) + 1e-300;
    struct members t = {.x = clu_alloc(s->n * s->d, sizeof *t.x)};
    enum clu_status status;

    t.weight = clu_alloc(s->n, sizeof *t.weight);
    t.local = clu_alloc(s->n, sizeof *t.local);
    status = t.x && t.weight && t.local ? CLU_OK : clu_fail_memory(err);
    for (size_t a = 0; a < p->k; a++)
        parts[p->cluster_of[a]]++;
    for (size_t c = 0; c < p->clusters && status == CLU_OK; c++)
        if (parts[c] > 1)
            status = one_is_better(s, p, c, parts[c], reg, &t, &one[c], err);
    for (size_t c = 0; c < p->clusters; c++)
        first[c] = SIZE_MAX;
    for (size_t a = 0; a < p->k; a++) {
        size_t c = (size_t)p->cluster_of[a];
        to[a] = one[c] && first[c] != SIZE_MAX ? first[c] : k++;
        first[c] = to[a];
    }
    if (status == CLU_OK && k < p->k)
        status = renumber(p, to, k, err);
    clu_free(t.x);
    clu_free(t.weight);
    clu_free(t.local);
    return status;
}

/* --- adopting --- */

bool ppp_parts_adopt(struct ppp_parts *p, size_t c, const struct ppp_parts *q)
{
    size_t to[CLU_PPP_MOST], kept = 0, old = 0;
    uint8_t outside[CLU_PPP_MOST];

    for (size_t a = 0; a < p->k; a++) {
        to[a] = kept;
        if (p->cluster_of[a] == (int32_t)c)
            old = a;
        else
            kept++;
    }
    if (kept + q->k > CLU_PPP_MOST || p->clusters + q->clusters - 1 > CLU_PPP_MOST)
        return false;
    memcpy(outside, p->loose + old * CLU_PPP_MOST, sizeof outside); /* of the new parts to all others: as of the old one */
    for (size_t i = 0, r = 0; i < p->n; i++)
        if (p->label[i] == (int32_t)c) {
            p->part[i] = (int32_t)kept + q->part[r];
            p->label[i] = q->label[r] == 0 ? (int32_t)c : (int32_t)p->clusters + q->label[r] - 1;
            r++;
        } else {
            p->part[i] = (int32_t)to[p->part[i]];
        }
    for (size_t a = 0; a < p->k; a++)
        for (size_t b = 0; b < p->k; b++)
            if (p->cluster_of[a] != (int32_t)c && p->cluster_of[b] != (int32_t)c)
                p->loose[to[a] * CLU_PPP_MOST + to[b]] = p->loose[a * CLU_PPP_MOST + b];
    for (size_t a = 0; a < p->k; a++)
        for (size_t l = 0; l < q->k && p->cluster_of[a] != (int32_t)c; l++)
            p->loose[to[a] * CLU_PPP_MOST + kept + l] = p->loose[(kept + l) * CLU_PPP_MOST + to[a]] = outside[a];
    for (size_t l = 0; l < q->k; l++)
        for (size_t r = 0; r < q->k; r++)
            p->loose[(kept + l) * CLU_PPP_MOST + kept + r] = q->loose[l * CLU_PPP_MOST + r];
    for (size_t a = 0, at = 0; a < p->k; a++)
        if (p->cluster_of[a] != (int32_t)c)
            p->cluster_of[at++] = p->cluster_of[a];
    for (size_t l = 0; l < q->k; l++)
        p->cluster_of[kept + l] = q->cluster_of[l] == 0 ? (int32_t)c : (int32_t)p->clusters + q->cluster_of[l] - 1;
    p->k = kept + q->k;
    p->clusters += q->clusters - 1;
    p->judged = false;
    clu_gmm_clear(&p->mixture);
    return true;
}
