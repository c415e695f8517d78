/* Distances to a few series, without taking memory. Sections: state, memory, order, groups, public call. */
#include "alg/series_cross.h"

#include "alg/series_matrix.h"
#include "base/mem.h"
#include "num/elastic.h"
#include "num/lanes.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

/* --- state --- */

/* Series of a group where there are no lanes. */
#define COLUMNS 8

struct worker {
    struct clu_group group; /* laned */
    double *scratch, *out;  /* else; [lanes] */
};

struct clu_cross {
    const struct clu_series *x;
    const struct clu_measure *m;
    const struct clu_run *run;
    const struct clu_cross *of; /* whose set it is: often this one */
    bool laned;
    struct clu_lanes set, to;   /* the first of of alone */
    size_t *order;              /* [x->n] by length, of of alone; NULL when all are of one */
    size_t *place;              /* [x->n] with order: where a series stands in the list, SIZE_MAX: not */
    size_t *pick, *slot;        /* [x->n] what is compared in the order of the groups, and where it goes */
    struct worker *worker;      /* [threads] */
    size_t threads;
};

/* --- memory --- */

static enum clu_status workers(struct clu_cross *c, size_t longest, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    c->worker = clu_calloc(c->threads, sizeof *c->worker);
    if (!c->worker)
        return clu_fail_memory(err);
    for (size_t t = 0; t < c->threads && status == CLU_OK; t++) {
        struct worker *own = &c->worker[t];
        if (c->laned) {
            own->out = clu_alloc(c->of->set.lanes, sizeof *own->out);
            status = own->out ? clu_group_init(&own->group, c->m, c->x->channels, longest, err) : clu_fail_memory(err);
        } else {
            own->scratch = clu_alloc(clu_elastic_scratch(c->m, c->x->channels, longest), sizeof *own->scratch);
            status = own->scratch ? CLU_OK : clu_fail_memory(err);
        }
    }
    return status;
}

/* What each caller has for itself. */
static enum clu_status own_parts(struct clu_cross *c, size_t most, size_t longest, struct clu_err *err)
{
    size_t n = c->x->n;
    enum clu_status status = CLU_OK;

    c->pick = clu_alloc(n, sizeof *c->pick);
    c->slot = clu_alloc(n, sizeof *c->slot);
    c->place = c->of->order ? clu_alloc(n, sizeof *c->place) : NULL;
    if (!c->pick || !c->slot || (c->of->order && !c->place))
        return clu_fail_memory(err);
    for (size_t i = 0; c->place && i < n; i++)
        c->place[i] = SIZE_MAX;
    if (c->laned)
        status = clu_lanes_room(&c->to, most, c->x->channels, most * longest * c->x->channels, longest, c->m, err);
    return status == CLU_OK ? workers(c, longest > c->x->longest ? longest : c->x->longest, err) : status;
}

struct length {
    size_t len, i;
};

static int by_length(const void *a, const void *b)
{
    const struct length *x = a, *y = b;
    return x->len != y->len ? (x->len < y->len ? -1 : 1) : x->i < y->i ? -1 : x->i > y->i;
}

/* Neighbours in this order are of about the same length, so that lanes are full. */
static enum clu_status sort(struct clu_cross *c, struct clu_err *err)
{
    const struct clu_series *x = c->x;
    bool level = true;

    for (size_t i = 0; i < x->n; i++)
        level = level && x->len[i] == x->longest;
    if (level)
        return CLU_OK;
    struct length *l = clu_alloc(x->n, sizeof *l);
    c->order = clu_alloc(x->n, sizeof *c->order);
    if (l && c->order) {
        for (size_t i = 0; i < x->n; i++)
            l[i] = (struct length){x->len[i], i};
        qsort(l, x->n, sizeof *l, by_length);
        for (size_t i = 0; i < x->n; i++)
            c->order[i] = l[i].i;
    }
    bool have = l && c->order;
    clu_free(l);
    return have ? CLU_OK : clu_fail_memory(err);
}

static double bytes(const struct clu_cross *c, size_t longest)
{
    double samples = (double)c->x->at[c->x->n] * (c->m->float32 ? sizeof(float) : sizeof(double));
    double each = c->laned ? clu_group_bytes(c->m, c->x->channels, longest)
                           : (double)clu_elastic_scratch(c->m, c->x->channels, longest) * sizeof(double);
    return (c->laned ? samples : 0) + 4 * (double)c->x->n * sizeof(size_t) + each * (double)c->threads;
}

enum clu_status clu_cross_init(struct clu_cross **out, const struct clu_series *x, const struct clu_measure *m, size_t most, size_t longest,
                               const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = clu_series_comparable(x, 0, x->n > 0 ? x->len[0] : 0, m, err);
    struct clu_cross *c = status == CLU_OK ? clu_calloc(1, sizeof *c) : NULL;

    *out = c;
    if (!c)
        return status == CLU_OK ? clu_fail_memory(err) : status;
    *c = (struct clu_cross){.x = x, .m = m, .run = run, .of = c, .laned = clu_lanes_have(m, x->gaps)};
    c->threads = run->threads < 1 ? 1 : (size_t)run->threads;
    status = clu_need(run, bytes(c, longest), err, "the distances of %zu series to %zu", x->n, most);
    if (status == CLU_OK && c->laned)
        status = clu_lanes_room(&c->set, x->n, x->channels, x->at[x->n], x->longest, m, err);
    if (status == CLU_OK)
        status = sort(c, err);
    if (status == CLU_OK)
        status = own_parts(c, most, longest, err);
    if (status != CLU_OK) {
        clu_cross_free(c);
        *out = NULL;
    }
    return status;
}

enum clu_status clu_cross_share(struct clu_cross **out, const struct clu_cross *of, const struct clu_run *run, struct clu_err *err)
{
    struct clu_cross *c = clu_calloc(1, sizeof *c);

    *out = c;
    if (!c)
        return clu_fail_memory(err);
    *c = (struct clu_cross){.x = of->x, .m = of->m, .run = run, .of = of->of, .laned = of->laned};
    c->threads = run->threads < 1 ? 1 : (size_t)run->threads;
    enum clu_status status = own_parts(c, 1, c->x->longest, err);
    if (status != CLU_OK) {
        clu_cross_free(c);
        *out = NULL;
    }
    return status;
}

void clu_cross_free(struct clu_cross *c)
{
    if (!c)
        return;
    for (size_t t = 0; c->worker && t < c->threads; t++) {
        clu_group_clear(&c->worker[t].group);
        clu_free(c->worker[t].scratch);
        clu_free(c->worker[t].out);
    }
    clu_free(c->worker);
    clu_lanes_clear(&c->set);
    clu_lanes_clear(&c->to);
    clu_free(c->order);
    clu_free(c->place);
    clu_free(c->pick);
    clu_free(c->slot);
    clu_free(c);
}

void clu_cross_load(struct clu_cross *c)
{
    if (c->laned)
        clu_lanes_load(&c->set, c->x);
}

/* --- order --- */

static void arrange(struct clu_cross *c, const size_t *which, size_t count)
{
    size_t next = 0;

    for (size_t q = 0; q < count; q++) {
        c->pick[q] = which ? which[q] : q;
        c->slot[q] = q;
        if (c->place)
            c->place[c->pick[q]] = q;
    }
    for (size_t p = 0; c->place && next < count; p++) {
        size_t i = c->of->order[p];
        if (c->place[i] == SIZE_MAX)
            continue;
        c->pick[next] = i;
        c->slot[next++] = c->place[i];
        c->place[i] = SIZE_MAX;
    }
}

/* --- groups --- */

static void run_group(struct clu_cross *c, struct worker *own, double *out, const struct clu_series *to, size_t at, size_t end)
{
    if (c->laned)
        clu_group_load(&own->group, &c->of->set, c->pick + at, end - at);
    for (size_t r = 0; r < to->n; r++) {
        if (c->laned)
            clu_group_run(&own->group, &c->to, r, own->out);
        for (size_t q = at; q < end; q++)
            out[c->slot[q] * to->n + r] = c->laned ? own->out[q - at] : clu_elastic_pair(c->m, c->x, c->pick[q], to, r, own->scratch);
    }
}

static bool run_all(struct clu_cross *c, double *out, size_t count, const struct clu_series *to)
{
    size_t columns = c->laned ? c->of->set.lanes : COLUMNS, groups = (count + columns - 1) / columns, done = 0;
    bool stop = false;

#pragma omp parallel for schedule(dynamic) num_threads((int)c->threads) if (c->threads > 1)
    for (size_t g = 0; g < groups; g++) {
        size_t at = g * columns, end = at + columns < count ? at + columns : count, so_far;
        bool enough;
#pragma omp atomic read
        enough = stop;
        if (enough)
            continue;
        run_group(c, &c->worker[omp_get_thread_num()], out, to, at, end);
#pragma omp atomic capture
        so_far = ++done;
        if (omp_get_thread_num() == 0 && clu_tick(c->run, "distances", so_far, groups, NAN) != CLU_OK)
#pragma omp atomic write
            stop = true;
    }
    return !stop;
}

/* --- public call --- */

enum clu_status clu_cross_run(struct clu_cross *c, double *out, const size_t *which, size_t count, const struct clu_series *to,
                              struct clu_err *err)
{
    if (count == 0)
        return CLU_OK;
    enum clu_status status = clu_series_comparable(to, c->x->n, c->x->len[0], c->m, err);
    if (status != CLU_OK)
        return status;
    arrange(c, which, count);
    if (c->laned)
        clu_lanes_load(&c->to, to);
    if (!run_all(c, out, count, to))
        return CLU_STOPPED;
    for (size_t q = 0; q < count; q++)
        for (size_t r = 0; r < to->n; r++)
            if (!isfinite(out[q * to->n + r]))
                return clu_fail(err, CLU_DATA, "overflow in distance: series %zu and a centre", (which ? which[q] : q) + 1);
    return CLU_OK;
}
