/* ppp: the public calls. Sections: order of rows, space, one run, clusters again, samples, result. */
#include "alg/ppp.h"

#include "alg/ppp_state.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- order of rows --- */

struct keyed {
    const double *x; /* [d] */
    size_t d, i;
};

static int by_values(const void *a, const void *b)
{
    const struct keyed *p = a, *q = b;

    for (size_t j = 0; j < p->d; j++)
        if (p->x[j] != q->x[j])
            return p->x[j] < q->x[j] ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

/* Copy the rows of x to sorted[n][d], ascending by value; from[n]: where each was. */
static enum clu_status sort_rows(struct clu_view x, double *sorted, size_t *from, struct clu_err *err)
{
    size_t n = x.rows, d = x.cols;
    struct keyed *key = clu_alloc(n, sizeof *key);
    double *copy = x.v ? NULL : clu_alloc(n * d, sizeof *copy);
    bool room = key && (x.v || copy);

    for (size_t i = 0; i < n && room; i++) {
        if (copy)
            for (size_t j = 0; j < d; j++)
                copy[i * d + j] = clu_view_at(x, i, j);
        key[i] = (struct keyed){copy ? copy + i * d : x.v + i * x.ld, d, i};
    }
    if (room)
        qsort(key, n, sizeof *key, by_values);
    for (size_t i = 0; i < n && room; i++) {
        memcpy(sorted + i * d, key[i].x, d * sizeof *sorted);
        from[i] = key[i].i;
    }
    clu_free(key);
    clu_free(copy);
    return room ? CLU_OK : clu_fail_memory(err);
}

/* --- space --- */

#define MOST_AXES 200

/* step[d]: the least difference between two values of each column of x[n][d], 0 for a constant one. */
static enum clu_status find_steps(const double *x, size_t n, size_t d, double *step, struct clu_err *err)
{
    double *v = clu_alloc(n, sizeof *v);

    if (!v)
        return clu_fail_memory(err);
    for (size_t j = 0; j < d; j++) {
        for (size_t i = 0; i < n; i++)
            v[i] = x[i * d + j];
        step[j] = ppp_least_step(v, n);
    }
    clu_free(v);
    return CLU_OK;
}

/* A table that ppp looks at: sorted rows, projected onto their principal axes when they are fewer than the columns, or the columns many. */
struct space {
    struct ppp s;
    double *step;
    struct ppp_cloud cloud; /* axes > 0: the rows are its scores */
};

static void space_clear(struct space *t)
{
    clu_free(t->step);
    ppp_cloud_clear(&t->cloud);
}

static enum clu_status space_init(struct space *t, const struct clu_ppp_opt *opt, const struct clu_run *run, const double *x, size_t n,
                                  size_t d, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    *t = (struct space){.s = {.opt = opt, .run = run, .n = n, .d = d, .x = x}};
    if (d > n - 1 || d > MOST_AXES) {
        status = ppp_cloud_init(&t->cloud, &t->s, NULL, n, err);
        if (status == CLU_OK)
            status = ppp_cloud_axes(&t->cloud, n - 1 < MOST_AXES ? n - 1 : MOST_AXES, err);
        if (status == CLU_OK && t->cloud.axes > 0) {
            t->s.x = t->cloud.score;
            t->s.d = t->cloud.axes;
        }
    }
    t->step = clu_calloc(t->s.d, sizeof *t->step);
    if (status == CLU_OK && !t->step)
        status = clu_fail_memory(err);
    if (status == CLU_OK && t->cloud.axes == 0)
        status = find_steps(x, n, d, t->step, err);
    t->s.step = t->step;
    return status;
}

/* --- one run: tree, mixture of the leaves, merging, and a mixture of what is left --- */

#define SETTLING 3 /* times that fitting and merging follow each other */

/* A component a cluster, when BIC likes that better, or when the mixture of more does not fit. */
static enum clu_status try_collapsed(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    struct ppp_parts q;
    enum clu_status status = ppp_parts_copy(&q, p, err);

    if (status == CLU_OK)
        status = ppp_parts_collapse(&q, err);
    if (status == CLU_OK)
        status = ppp_parts_fit(s, &q, err);
    if (status == CLU_OK && q.mixture.k > 0 && (p->mixture.k == 0 || clu_gmm_bic(&q.mixture) > clu_gmm_bic(&p->mixture))) {
        struct ppp_parts old = *p;
        *p = q;
        q = old;
    }
    ppp_parts_clear(&q);
    return status;
}

static enum clu_status settle(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (int r = 0; r < SETTLING && status == CLU_OK; r++) {
        size_t before = p->clusters;
        status = ppp_parts_simplify(s, p, err);
        if (status == CLU_OK && p->mixture.k == 0)
            status = ppp_parts_fit(s, p, err);
        if (status == CLU_OK && p->k > p->clusters)
            status = try_collapsed(s, p, err);
        if (status == CLU_OK)
            status = ppp_merge(s, p, err);
        if (p->clusters == before)
            break;
    }
    return status;
}

static enum clu_status run_once(const struct ppp *s, struct ppp_parts *p, struct ppp_tree *tree, struct clu_err *err)
{
    enum clu_status status = ppp_grow(s, p, tree, err);

    if (status == CLU_OK)
        status = ppp_parts_fit(s, p, err);
    if (status == CLU_OK)
        status = ppp_merge(s, p, err);
    if (status == CLU_OK)
        status = settle(s, p, err);
    return status;
}

/* --- clusters again: each by itself must be one cluster --- */

/* The rows of cluster c, as a run of its own sees them. */
static enum clu_status run_cluster(const struct ppp *s, const struct ppp_parts *p, size_t c, struct ppp_parts *q, struct clu_err *err)
{
    size_t m = 0;
    double *x;
    struct ppp_tree tree = {0};
    struct space t = {0};
    enum clu_status status;

    for (size_t i = 0; i < s->n; i++)
        m += p->label[i] == (int32_t)c;
    *q = (struct ppp_parts){0};
    if (m < 2 * PPP_SMALLEST)
        return CLU_OK;
    x = clu_alloc(m * s->d, sizeof *x);
    status = x ? ppp_parts_init(q, m, err) : clu_fail_memory(err);
    m = 0;
    for (size_t i = 0; i < s->n && status == CLU_OK; i++)
        if (p->label[i] == (int32_t)c)
            memcpy(x + m++ * s->d, s->x + i * s->d, s->d * sizeof *x);
    if (status == CLU_OK)
        status = space_init(&t, s->opt, s->run, x, m, s->d, err);
    if (status == CLU_OK)
        status = run_once(&t.s, q, &tree, err);
    clu_free(tree.node);
    clu_free(x);
    space_clear(&t);
    return status;
}

/* Clusters whose rows have not changed since they were found to be one need no second look. */
struct memory {
    int32_t *label; /* [n] of the round before */
    size_t *rows;   /* [CLU_PPP_MOST] of each cluster then */
    bool *solid;    /* [CLU_PPP_MOST] */
};

static bool known(const struct memory *old, const struct ppp_parts *p, size_t c)
{
    size_t m = 0;
    int32_t was = -1;

    for (size_t i = 0; i < p->n; i++) {
        if (p->label[i] != (int32_t)c)
            continue;
        if (m++ == 0)
            was = old->label[i];
        if (old->label[i] != was)
            return false;
    }
    return was >= 0 && old->solid[was] && old->rows[was] == m;
}

static enum clu_status check_clusters(const struct ppp *s, struct ppp_parts *p, struct memory *old, size_t *split, struct clu_err *err)
{
    size_t clusters = p->clusters, rows[CLU_PPP_MOST] = {0};
    bool solid[CLU_PPP_MOST] = {false};
    enum clu_status status = CLU_OK;

    *split = 0;
    for (size_t c = 0; c < clusters && status == CLU_OK; c++) {
        struct ppp_parts q = {0};
        if (known(old, p, c)) {
            solid[c] = true;
            continue;
        }
        status = run_cluster(s, p, c, &q, err);
        if (status == CLU_OK && q.clusters > 1 && p->clusters + q.clusters - 1 <= s->opt->max_clusters)
            *split += ppp_parts_adopt(p, c, &q);
        else
            solid[c] = true;
        ppp_parts_clear(&q);
    }
    for (size_t i = 0; i < p->n; i++)
        rows[p->label[i]]++;
    memcpy(old->label, p->label, p->n * sizeof *old->label);
    memcpy(old->rows, rows, sizeof rows);
    memcpy(old->solid, solid, sizeof solid);
    return status;
}

static enum clu_status run_all(const struct ppp *s, struct ppp_parts *p, struct ppp_tree *tree, size_t *rounds, struct clu_err *err)
{
    size_t split = 1, before;
    struct memory old = {clu_alloc(s->n, sizeof *old.label), clu_calloc(CLU_PPP_MOST, sizeof *old.rows), clu_calloc(CLU_PPP_MOST, sizeof *old.solid)};
    enum clu_status status = old.label && old.rows && old.solid ? run_once(s, p, tree, err) : clu_fail_memory(err);

    for (size_t i = 0; i < s->n && status == CLU_OK; i++)
        old.label[i] = -1;
    *rounds = 0;
    if (p->clusters < 2)
        split = 0; /* that was the run by itself */
    while (split > 0 && status == CLU_OK && *rounds < PPP_ROUNDS) {
        status = check_clusters(s, p, &old, &split, err);
        if (status == CLU_OK && split > 0) {
            before = p->clusters - split;
            status = ppp_parts_fit(s, p, err);
            if (status == CLU_OK)
                status = ppp_merge(s, p, err);
            if (status == CLU_OK)
                status = settle(s, p, err);
            if (p->clusters <= before)
                split = 0; /* all of it was merged again, and would be so for ever */
        }
        ++*rounds;
    }
    clu_free(old.label);
    clu_free(old.rows);
    clu_free(old.solid);
    return status;
}

/* --- samples --- */

/* Everything on every m-th row, then the mixture and its labels on all, and the separation judged there. */
static enum clu_status run_sampled(const struct ppp *s, struct ppp_parts *p, struct ppp_tree *tree, size_t *rounds, struct clu_err *err)
{
    size_t every = (s->n + s->opt->sample - 1) / s->opt->sample, m = (s->n + every - 1) / every;
    double *x = clu_alloc(m * s->d, sizeof *x);
    struct ppp some = *s;
    struct ppp_parts q = {0};
    enum clu_status status = x ? ppp_parts_init(&q, m, err) : clu_fail_memory(err);

    for (size_t i = 0; i < m && status == CLU_OK; i++)
        memcpy(x + i * s->d, s->x + i * every * s->d, s->d * sizeof *x);
    some.x = x;
    some.n = m;
    if (status == CLU_OK)
        status = run_all(&some, &q, tree, rounds, err);
    if (status == CLU_OK && q.mixture.k > 0) {
        p->k = q.k;
        p->clusters = q.clusters;
        memcpy(p->cluster_of, q.cluster_of, CLU_PPP_MOST * sizeof *p->cluster_of);
        memcpy(p->loose, q.loose, CLU_PPP_MOST * CLU_PPP_MOST);
        p->mixture = q.mixture;
        q.mixture = (struct clu_gmm){0};
        status = ppp_parts_refit(s, p, err);
        if (status == CLU_OK)
            status = ppp_merge(s, p, err);
    } else if (status == CLU_OK) {
        clu_free(tree->node);
        *tree = (struct ppp_tree){0};
        status = run_all(s, p, tree, rounds, err);
    }
    clu_free(x);
    ppp_parts_clear(&q);
    return status;
}

/* --- result --- */

void clu_ppp_clear(struct clu_ppp *out)
{
    clu_free(out->label);
    clu_free(out->size);
    clu_gmm_clear(&out->mixture);
    clu_free(out->cluster_of);
    clu_free(out->center);
    clu_free(out->axis);
    clu_free(out->neighbour);
    clu_free(out->score);
    clu_free(out->node);
    *out = (struct clu_ppp){0};
}

/* loglik of g. */
static enum clu_status sum_densities(const struct ppp *s, struct clu_gmm *g, struct clu_err *err)
{
    double *logdens = clu_alloc(s->n, sizeof *logdens);
    struct clu_view x = {.v = s->x, .rows = s->n, .cols = s->d, .ld = s->d};
    enum clu_status status = logdens ? clu_gmm_posterior(g, x, 0, s->n, NULL, logdens, NULL, s->run, err) : clu_fail_memory(err);

    g->loglik = 0;
    for (size_t i = 0; i < s->n && status == CLU_OK; i++)
        g->loglik += logdens[i];
    clu_free(logdens);
    return status;
}

/* A mixture for clusters that none fits, such as equal rows: spherical, of one variance, means and weights by the labels. */
static enum clu_status plain_mixture(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    size_t k = p->clusters, d = s->d, bad;
    double within = 0, size = 0;
    struct clu_gmm *g = &p->mixture;
    enum clu_status status = clu_gmm_alloc(g, k, d, CLU_GMM_EII, err);

    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < s->n; i++) {
        size_t c = (size_t)p->label[i];
        p->part[i] = p->label[i];
        g->weight[c]++;
        for (size_t j = 0; j < d; j++)
            g->mean[c * d + j] += s->x[i * d + j];
    }
    for (size_t c = 0; c < k; c++) {
        p->cluster_of[c] = (int32_t)c;
        for (size_t j = 0; j < d; j++)
            g->mean[c * d + j] /= g->weight[c];
        g->weight[c] /= (double)s->n;
    }
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < d; j++) {
            double e = s->x[i * d + j] - g->mean[(size_t)p->label[i] * d + j];
            within += e * e;
            size = fmax(size, fabs(s->x[i * d + j]));
        }
    within = within / ((double)s->n * (double)d) + 1e-20 * size * size + 1e-300;
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < d; j++)
            g->cov[(c * d + j) * d + j] = within;
    p->k = k;
    g->rows = (double)s->n;
    status = clu_gmm_factor(g, &bad, err);
    return status == CLU_OK ? sum_densities(s, g, err) : status;
}

static bool has_empty(const struct ppp_parts *p)
{
    bool seen[CLU_PPP_MOST] = {false};
    size_t used = 0;

    for (size_t i = 0; i < p->n; i++) {
        used += !seen[p->label[i]];
        seen[p->label[i]] = true;
    }
    return used < p->clusters;
}

/* Labels by the mixture and the clusters as they are at the end: merging adds posteriors up. A cluster that no row is left in is merged. */
static enum clu_status label_again(const struct ppp *s, struct ppp_parts *p, struct clu_err *err)
{
    enum clu_status status = ppp_parts_label(s, p, err);

    while (status == CLU_OK && has_empty(p)) {
        status = ppp_merge(s, p, err);
        if (status == CLU_OK)
            status = ppp_parts_label(s, p, err);
    }
    return status;
}

static enum clu_status copy_axes(struct clu_ppp *out, const struct space *t, const double *x, struct clu_err *err)
{
    size_t d = out->d, n = out->n;

    out->axes = t->cloud.axes;
    if (out->axes == 0)
        return CLU_OK;
    out->center = clu_calloc(d, sizeof *out->center);
    out->axis = clu_alloc(out->axes * d, sizeof *out->axis);
    if (!out->center || !out->axis)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            out->center[j] += x[i * d + j] / (double)n;
    memcpy(out->axis, t->cloud.axis, out->axes * d * sizeof *out->axis);
    return CLU_OK;
}

/* Clusters numbered by first appearance among the rows as they came: label[] of out, and everything by cluster. */
static enum clu_status copy_clusters(struct clu_ppp *out, const struct ppp_parts *p, const size_t *from, struct clu_err *err)
{
    size_t k = p->clusters;
    int32_t to[CLU_PPP_MOST], next = 0;

    out->k = k;
    out->size = clu_calloc(k, sizeof *out->size);
    out->neighbour = clu_alloc(k, sizeof *out->neighbour);
    out->score = clu_alloc(k, sizeof *out->score);
    out->cluster_of = clu_alloc(p->k, sizeof *out->cluster_of);
    out->label = clu_alloc(out->n, sizeof *out->label);
    if (!out->size || !out->neighbour || !out->score || !out->cluster_of || !out->label)
        return clu_fail_memory(err);
    for (size_t i = 0; i < out->n; i++)
        out->label[from[i]] = p->label[i];
    for (size_t c = 0; c < k; c++)
        to[c] = -1;
    for (size_t i = 0; i < out->n; i++) {
        int32_t *t = &to[out->label[i]];
        *t = *t < 0 ? next++ : *t;
        out->label[i] = *t;
        out->size[*t]++;
    }
    for (size_t c = 0; c < k; c++)
        to[c] = to[c] < 0 ? next++ : to[c];
    for (size_t c = 0; c < k; c++) {
        out->neighbour[to[c]] = p->neighbour[c] == SIZE_MAX ? SIZE_MAX : (size_t)to[p->neighbour[c]];
        out->score[to[c]] = pow(10, p->log10[c]);
    }
    for (size_t a = 0; a < p->k; a++)
        out->cluster_of[a] = to[p->cluster_of[a]];
    return CLU_OK;
}

static enum clu_status partition(struct clu_ppp *out, const struct space *t, const double *x, const size_t *from, struct clu_err *err)
{
    const struct ppp *s = &t->s;
    struct ppp_parts p;
    struct ppp_tree tree = {0};
    enum clu_status status = ppp_parts_init(&p, s->n, err);

    if (status == CLU_OK)
        status = (s->opt->sample > 0 && s->n > s->opt->sample ? run_sampled : run_all)(s, &p, &tree, &out->rounds, err);
    if (status == CLU_OK && !p.judged)
        status = ppp_merge(s, &p, err);
    if (status == CLU_OK && p.mixture.k == 0)
        status = plain_mixture(s, &p, err);
    if (status == CLU_OK)
        status = label_again(s, &p, err);
    if (status == CLU_OK)
        status = copy_clusters(out, &p, from, err);
    if (status == CLU_OK)
        status = copy_axes(out, t, x, err);
    if (status == CLU_OK) {
        out->mixture = p.mixture;
        p.mixture = (struct clu_gmm){0};
        out->node = tree.node;
        out->nodes = tree.nodes;
        tree.node = NULL;
        for (size_t i = 0; i < out->nodes; i++)
            out->leaves += out->node[i].child[0] == SIZE_MAX;
    }
    clu_free(tree.node);
    ppp_parts_clear(&p);
    return status;
}

enum clu_status clu_ppp_fit(struct clu_ppp *out, struct clu_view x, const struct clu_ppp_opt *opt, const struct clu_run *run,
                            struct clu_err *err)
{
    size_t n = x.rows, d = x.cols;
    double *sorted = clu_alloc(n * d, sizeof *sorted);
    size_t *from = clu_alloc(n, sizeof *from);
    struct space t = {0};
    enum clu_status status;

    *out = (struct clu_ppp){.n = n, .d = d};
    status = sorted && from ? sort_rows(x, sorted, from, err) : clu_fail_memory(err);
    if (status == CLU_OK && !isfinite(ppp_mean_variance((struct clu_view){.v = sorted, .rows = n, .cols = d, .ld = d})))
        status = clu_fail(err, CLU_DATA, "overflow in distances; see --scale");
    if (status == CLU_OK)
        status = space_init(&t, opt, run, sorted, n, d, err);
    if (status == CLU_OK)
        status = partition(out, &t, sorted, from, err);
    if (status != CLU_OK)
        clu_ppp_clear(out);
    clu_free(sorted);
    clu_free(from);
    space_clear(&t);
    return status;
}
