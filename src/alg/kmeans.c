/* Sections: state, one start, results, the public calls. */
#include "alg/kmeans.h"

#include "alg/kmeans_state.h"
#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- state --- */

static void state_clear(struct clu_kmeans_state *s)
{
    for (int t = 0; s->worker && t < s->threads; t++) {
        clu_tile_clear(&s->worker[t].tile);
        clu_free(s->worker[t].sum);
        clu_free(s->worker[t].term);
    }
    clu_free(s->worker);
    clu_free(s->label);
    clu_free(s->center);
    clu_free(s->members);
    clu_free(s->sum);
    clu_nearest_clear(&s->near);
    clu_exsum_clear(&s->exact);
    clu_space_clear(&s->space);
}

/* Exact sums of w y in d columns and of w in one more. */
static enum clu_status init_sums(struct clu_kmeans_state *s, struct clu_err *err)
{
    double *absmax = clu_alloc(2 * (s->d + 1), sizeof *absmax), *tiny = absmax ? absmax + s->d + 1 : NULL;
    double heaviest = s->w ? 0 : 1, lightest = s->w ? HUGE_VAL : 1;
    int failed = -1;

    for (size_t i = 0; s->w && i < s->n; i++)
        if (s->w[i] > 0) {
            heaviest = fmax(heaviest, s->w[i]);
            lightest = fmin(lightest, s->w[i]);
        }
    if (absmax) {
        for (size_t j = 0; j < s->d; j++) {
            absmax[j] = s->space.absmax[j] * heaviest;
            tiny[j] = s->space.tiny[j] * lightest;
        }
        absmax[s->d] = heaviest;
        tiny[s->d] = lightest;
        failed = clu_exsum_init(&s->exact, s->d + 1, absmax, tiny, s->n);
    }
    clu_free(absmax);
    return failed ? clu_fail_memory(err) : CLU_OK;
}

static enum clu_status init_workers(struct clu_kmeans_state *s, struct clu_err *err)
{
    size_t chunks = (s->n + CLU_KMEANS_CHUNK - 1) / CLU_KMEANS_CHUNK, sums = s->k * clu_exsum_size(&s->exact);
    /* Every worker has its own sums: with many clusters that is what limits how many workers pay. */
    size_t affordable = 1 + (((size_t)16 << 20) + 4 * s->n * s->d) / (sums * sizeof(double));
    size_t threads = (size_t)s->run->threads;

    threads = threads < chunks ? threads : chunks;
    threads = threads < affordable ? threads : affordable;
    s->worker = clu_calloc(threads, sizeof *s->worker);
    if (!s->worker)
        return clu_fail_memory(err);
    s->threads = (int)threads;
    for (size_t t = 0; t < threads; t++) {
        struct clu_kmeans_worker *me = &s->worker[t];
        me->sum = clu_calloc(sums, sizeof *me->sum);
        me->term = clu_alloc(2 * (s->d + 1), sizeof *me->term);
        if (!me->sum || !me->term)
            return clu_fail_memory(err);
        me->row = me->term + s->d + 1;
        enum clu_status status = clu_tile_init(&me->tile, s->d, err);
        if (status != CLU_OK)
            return status;
    }
    return CLU_OK;
}

/* tol is in units of the mean variance of the columns, as in scikit-learn. Two passes over what is then cached or not: only asked for
 * when tol > 0. */
static double mean_variance(struct clu_kmeans_state *s)
{
    double total = 0, *buf = s->worker[0].row, *mean = s->old;

    memset(mean, 0, s->d * sizeof *mean);
    for (size_t i = 0; i < s->n; i++) {
        const double *y = clu_space_row(&s->space, i, buf);
        for (size_t j = 0; j < s->d; j++)
            mean[j] += y[j] / (double)s->n;
    }
    for (size_t i = 0; i < s->n; i++)
        total += clu_kern()->sqdist(clu_space_row(&s->space, i, buf), mean, s->d);
    return total / (double)s->n / (double)s->d;
}

static enum clu_status state_init(struct clu_kmeans_state *s, struct clu_view x, const double *w,
                                  const struct clu_kmeans_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    *s = (struct clu_kmeans_state){.opt = opt, .run = run, .w = w, .n = x.rows, .d = x.cols, .k = opt->k};
    enum clu_status status = clu_space_init(&s->space, x, run, err);
    if (status == CLU_OK)
        status = clu_kmeans_distinct(s, err);
    if (status == CLU_OK)
        status = init_sums(s, err);
    if (status == CLU_OK)
        status = init_workers(s, err);
    if (status == CLU_OK)
        status = clu_nearest_init(&s->near, &s->space, s->k, false, err);
    if (status != CLU_OK)
        return status;
    s->label = clu_alloc(s->n, sizeof *s->label);
    s->center = clu_alloc(2 * s->k * s->d + s->k, sizeof *s->center);
    s->members = clu_alloc(s->k, sizeof *s->members);
    s->sum = clu_alloc(s->k * clu_exsum_size(&s->exact), sizeof *s->sum);
    if (!s->label || !s->center || !s->members || !s->sum)
        return clu_fail_memory(err);
    s->old = s->center + s->k * s->d;
    s->drift = s->old + s->k * s->d;
    s->least_move = opt->tol > 0 ? opt->tol * mean_variance(s) : 0;
    return CLU_OK;
}

/* --- one start --- */

/* How many groups of bounds to keep; 0 is plain Lloyd. From the measurements in bench/RESULTS.md: bounds pay once a row's
 * k d products cost clearly more than looking at its bounds. More groups than 5 only while they fit beside
 * the promised memory of 32 bytes a row. */
static size_t choose_groups(const struct clu_kmeans_state *s)
{
    size_t groups = (s->k + 9) / 10;
    size_t most = 5 + ((size_t)24 << 20) / (4 * s->n);

    groups = groups > 32 ? 32 : groups;
    groups = groups > most ? most : groups;
    switch (s->opt->algorithm) {
    case CLU_KMEANS_LLOYD:
        return 0;
    case CLU_KMEANS_HAMERLY:
        return 1;
    case CLU_KMEANS_YINYANG:
        return groups;
    default:
        return s->k * s->d < 2000 ? 0 : s->k < 300 ? 1 : groups;
    }
}

/* Lloyd first, then exchange. Or, to have a second opinion, exchange from the start itself: Lloyd's optimum can bind
 * too early, and neither way is better on every table. */
enum way { LLOYD_FIRST, EXCHANGE_AT_ONCE };

/* Rows up to which the second opinion is asked for. With more it is seldom better and costs as much again. */
#define SECOND_OPINION_MAX 50000

static enum clu_status descend(struct clu_kmeans_state *s, const double *start, enum way way, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    s->iterations = s->rounds = s->exchanges = 0;
    s->converged = false;
    memset(s->sum, 0, s->k * clu_exsum_size(&s->exact) * sizeof *s->sum);
    for (size_t i = 0; i < s->n; i++)
        s->label[i] = -1;
    memcpy(s->center, start, s->k * s->d * sizeof *s->center);

    if (way == LLOYD_FIRST) {
        size_t groups = choose_groups(s);
        status = groups > 0 ? clu_kmeans_bounded(s, groups, err) : clu_kmeans_lloyd(s);
    } else {
        clu_kmeans_pass(s);
        clu_kmeans_update(s);
        s->iterations = 1;
        s->converged = true;
    }
    if (status == CLU_OK && s->converged && s->opt->refine == CLU_KMEANS_HARTIGAN && !s->opt->spherical && s->k > 1)
        status = clu_kmeans_exchange(s, err);
    return status;
}

/* --- results --- */

/* Inertia by cluster, summed in row order; the distances in parallel, each in its slot. */
static enum clu_status measure(struct clu_kmeans_state *s, struct clu_kmeans *out, struct clu_err *err)
{
    double *square = clu_alloc(s->n, sizeof *square);
    if (!square)
        return clu_fail_memory(err);

#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t i = 0; i < s->n; i++) {
        const double *y = clu_space_row(&s->space, i, s->worker[omp_get_thread_num()].row);
        square[i] = clu_kern()->sqdist(y, s->center + (size_t)s->label[i] * s->d, s->d);
    }
    for (size_t j = 0; j < s->k; j++) {
        out->size[j] = 0;
        out->inertia_of[j] = 0;
        out->weight[j] = clu_kmeans_weight(s, j);
    }
    double back = 1 / s->space.unit;
    out->inertia = 0;
    for (size_t i = 0; i < s->n; i++) {
        double w = s->w ? s->w[i] : 1;
        out->size[s->label[i]]++;
        out->inertia_of[s->label[i]] += w * square[i];
    }
    clu_free(square);
    for (size_t j = 0; j < s->k; j++) {
        out->inertia_of[j] = out->inertia_of[j] * back * back;
        out->inertia += out->inertia_of[j];
    }
    return isfinite(out->inertia) ? CLU_OK
                                  : clu_fail(err, CLU_DATA, "overflow in distance: the inertia is beyond the range of "
                                                            "double; rescale the columns");
}

/* Keep what the state has just found. The label arrays change places: the loser's is the next start's. */
static void keep(struct clu_kmeans_state *s, struct clu_kmeans *out, struct clu_kmeans *found)
{
    int32_t *spare = out->label;
    out->label = s->label;
    s->label = spare;
    memcpy(out->center, s->center, s->k * s->d * sizeof *out->center);
    memcpy(out->size, found->size, s->k * sizeof *out->size);
    memcpy(out->weight, found->weight, s->k * sizeof *out->weight);
    memcpy(out->inertia_of, found->inertia_of, s->k * sizeof *out->inertia_of);
    out->inertia = found->inertia;
    out->iterations = s->iterations;
    out->exchanges = s->exchanges;
    out->converged = s->converged;
}

static enum clu_status result_init(struct clu_kmeans *r, const struct clu_kmeans_state *s, bool labels,
                                   struct clu_err *err)
{
    *r = (struct clu_kmeans){.n = s->n, .d = s->d, .k = s->k, .inertia = HUGE_VAL};
    r->label = labels ? clu_alloc(s->n, sizeof *r->label) : NULL;
    r->center = clu_alloc(s->k * s->d, sizeof *r->center);
    r->size = clu_calloc(s->k, sizeof *r->size);
    r->weight = clu_calloc(s->k, sizeof *r->weight);
    r->inertia_of = clu_calloc(s->k, sizeof *r->inertia_of);
    return (!labels || r->label) && r->center && r->size && r->weight && r->inertia_of ? CLU_OK : clu_fail_memory(err);
}

void clu_kmeans_clear(struct clu_kmeans *out)
{
    clu_free(out->label);
    clu_free(out->center);
    clu_free(out->size);
    clu_free(out->weight);
    clu_free(out->inertia_of);
    *out = (struct clu_kmeans){0};
}

/* --- the public calls --- */

/* Start number t, and what comes of it when that is better than out. */
static enum clu_status try_start(struct clu_kmeans_state *s, uint64_t t, double *start, struct clu_kmeans *found,
                                 struct clu_kmeans *out, struct clu_err *err)
{
    const struct clu_kmeans_opt *opt = s->opt;
    bool refine = opt->refine == CLU_KMEANS_HARTIGAN && !opt->spherical && s->k > 1;
    int ways = refine && s->n <= SECOND_OPINION_MAX ? 2 : 1;
    enum clu_status status = clu_kmeans_start(s, t, err);

    memcpy(start, s->center, s->k * s->d * sizeof *start);
    for (int way = 0; way < ways && status == CLU_OK; way++) {
        status = descend(s, start, (enum way)way, err);
        if (status == CLU_OK)
            status = measure(s, found, err);
        if (status == CLU_OK && found->inertia < out->inertia)
            keep(s, out, found);
        if (!s->converged)
            break; /* max_iter is used up */
    }
    return status;
}

static enum clu_status fit_starts(struct clu_kmeans_state *s, struct clu_kmeans *out, struct clu_err *err)
{
    size_t starts = s->opt->init == CLU_KMEANS_GIVEN || s->opt->nstart == 0 ? 1 : s->opt->nstart;
    double *start = clu_alloc(s->k * s->d, sizeof *start);
    struct clu_kmeans found;
    enum clu_status status = result_init(&found, s, false, err);

    if (status == CLU_OK)
        status = start ? result_init(out, s, true, err) : clu_fail_memory(err);
    for (size_t t = 0; t < starts && status == CLU_OK; t++)
        status = try_start(s, t, start, &found, out, err);
    clu_kmeans_clear(&found);
    clu_free(start);
    return status;
}

enum clu_status clu_kmeans_fit(struct clu_kmeans *out, struct clu_view x, const double *w,
                               const struct clu_kmeans_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_kmeans_state s;

    *out = (struct clu_kmeans){0};
    if (opt->k > x.rows)
        return clu_fail(err, CLU_DATA, "%zu clusters asked, but only %zu row%s", opt->k, x.rows,
                        x.rows == 1 ? "" : "s");
    enum clu_status status = state_init(&s, x, w, opt, run, err);
    if (status == CLU_OK)
        status = fit_starts(&s, out, err);
    if (status == CLU_OK)
        clu_space_leave(&s.space, out->center, out->k);
    else
        clu_kmeans_clear(out);
    state_clear(&s);
    return status;
}

enum clu_status clu_kmeans_order(struct clu_kmeans *out, struct clu_err *err)
{
    size_t k = out->k, d = out->d, seen = 0;
    int32_t *to = clu_alloc(k, sizeof *to);
    struct clu_kmeans r = {0};
    r.center = clu_alloc(k * d, sizeof *r.center);
    r.size = clu_alloc(k, sizeof *r.size);
    r.weight = clu_alloc(k, sizeof *r.weight);
    r.inertia_of = clu_alloc(k, sizeof *r.inertia_of);
    if (!to || !r.center || !r.size || !r.weight || !r.inertia_of) {
        clu_free(to);
        clu_kmeans_clear(&r);
        return clu_fail_memory(err);
    }
    for (size_t j = 0; j < k; j++)
        to[j] = -1;
    for (size_t i = 0; i < out->n && seen < k; i++)
        if (to[out->label[i]] < 0)
            to[out->label[i]] = (int32_t)seen++;
    for (size_t j = 0; j < k; j++)
        if (to[j] < 0) /* without rows: behind the others */
            to[j] = (int32_t)seen++;
    for (size_t j = 0; j < k; j++) {
        size_t p = (size_t)to[j];
        memcpy(r.center + p * d, out->center + j * d, d * sizeof *r.center);
        r.size[p] = out->size[j];
        r.weight[p] = out->weight[j];
        r.inertia_of[p] = out->inertia_of[j];
    }
    for (size_t i = 0; i < out->n; i++)
        out->label[i] = to[out->label[i]];
    clu_free(to);
    clu_free(out->center);
    clu_free(out->size);
    clu_free(out->weight);
    clu_free(out->inertia_of);
    out->center = r.center;
    out->size = r.size;
    out->weight = r.weight;
    out->inertia_of = r.inertia_of;
    return CLU_OK;
}
