/* k-means of series. Sections: state, centres, distances, start, new centres, assignment, empty clusters, result, public call. */
#include "alg/series_kmeans.h"

#include "alg/series_cross.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- state --- */

/* What a thread refines a cluster with. */
struct helper {
    struct clu_barycentre_room *mean;
    struct clu_cross *moved; /* from where centres were, with bounds */
};

struct state {
    const struct clu_series *x;
    const struct clu_measure *m;
    const struct clu_series_kmeans_opt *opt;
    const struct clu_run *run;
    struct clu_run quiet;      /* the same without watch, for work whose steps nobody counts; serial: one thread, too */
    struct clu_run serial;
    size_t n, k, room;         /* doubles of a centre at most */
    struct clu_series center;  /* [k], each in a place of room doubles, as its length may change */
    int32_t *label, *before;   /* [n] */
    double *near;              /* [n] distance to the own centre, always exact */
    double *low;               /* [n][k] lower bounds of distances to the centres, or NULL */
    double *apart;             /* [k][k] distances between centres, where the measure is a metric */
    double *moved;             /* [k] how far they went */
    size_t *which, *size;      /* [n] a list of series; [k + 1] where clusters begin in it */
    double *away;              /* [n] a column of distances */
    struct clu_cross *column;  /* from the series to a centre */
    struct clu_cross *between; /* from the centres, where the measure is a metric */
    struct helper *helper;     /* [helpers] */
    size_t helpers;
    double slack;              /* part of a distance that bounds give away, as distances are rounded */
    bool metric;
    double computed, all;      /* distances of assignments */
};

static enum clu_status state_helpers(struct state *s, bool bounds, struct clu_err *err)
{
    size_t longest = s->x->longest, threads = s->run->threads < 1 ? 1 : (size_t)s->run->threads;
    enum clu_status status = CLU_OK;

    s->helpers = threads < s->k ? threads : s->k;
    s->helper = clu_calloc(s->helpers, sizeof *s->helper);
    if (!s->helper)
        return clu_fail_memory(err);
    if (clu_measure_has_path(s->m) || s->m->kind == CLU_SERIES_EUCLIDEAN || s->m->kind == CLU_SERIES_MANHATTAN)
        status = clu_cross_init(&s->column, s->x, s->m, 1, longest, &s->quiet, err);
    if (status == CLU_OK && s->metric)
        status = clu_cross_init(&s->between, &s->center, s->m, s->k, longest, &s->quiet, err);
    for (size_t t = 0; t < s->helpers && status == CLU_OK; t++) {
        status = clu_barycentre_room_init(&s->helper[t].mean, s->x, longest, s->column, s->m, &s->opt->barycentre, &s->serial, err);
        if (status == CLU_OK && bounds)
            status = clu_cross_share(&s->helper[t].moved, s->between, &s->serial, err);
    }
    if (status == CLU_OK)
        clu_cross_load(s->column);
    return status;
}

static enum clu_status state_init(struct state *s, struct clu_err *err)
{
    const struct clu_series *x = s->x;
    size_t n = s->n, k = s->k;
    size_t *len = clu_alloc(k, sizeof *len);

    for (size_t c = 0; len && c < k; c++)
        len[c] = x->longest;
    enum clu_status status = len ? clu_series_init(&s->center, k, x->channels, len, err) : clu_fail_memory(err);
    clu_free(len);
    if (status != CLU_OK)
        return status;
    s->room = x->longest * x->channels;
    s->quiet = s->serial = *s->run;
    s->quiet.watch = s->serial.watch = NULL;
    s->serial.threads = 1;
    s->metric = !s->opt->every && clu_measure_is_metric(s->m, x->channels) && k > 1;
    s->slack = s->m->float32 ? 1e-4 : 1e-10;
    s->label = clu_alloc(n, sizeof *s->label);
    s->before = clu_alloc(n, sizeof *s->before);
    s->near = clu_alloc(n, sizeof *s->near);
    s->which = clu_alloc(n, sizeof *s->which);
    s->size = clu_alloc(k + 1, sizeof *s->size);
    s->away = clu_alloc(n, sizeof *s->away);
    bool bounds = s->metric && k <= x->at[n] / n;
    s->low = bounds ? clu_alloc(n, k * sizeof *s->low) : NULL;
    s->apart = s->metric ? clu_alloc(k, k * sizeof *s->apart) : NULL;
    s->moved = clu_alloc(k, sizeof *s->moved);
    if (!s->label || !s->before || !s->near || !s->which || !s->size || !s->away || !s->moved || (bounds && !s->low) ||
        (s->metric && !s->apart))
        return clu_fail_memory(err);
    return state_helpers(s, bounds, err);
}

static void state_clear(struct state *s)
{
    clu_series_clear(&s->center);
    clu_free(s->label);
    clu_free(s->before);
    clu_free(s->near);
    clu_free(s->which);
    clu_free(s->size);
    clu_free(s->away);
    clu_free(s->low);
    clu_free(s->apart);
    clu_free(s->moved);
    for (size_t t = 0; s->helper && t < s->helpers; t++) {
        clu_barycentre_room_free(s->helper[t].mean);
        clu_cross_free(s->helper[t].moved);
    }
    clu_free(s->helper);
    clu_cross_free(s->between);
    clu_cross_free(s->column);
}

/* --- centres --- */

/* Series i becomes centre c. */
static enum clu_status take_center(struct state *s, size_t c, size_t i, struct clu_err *err)
{
    size_t at[2], which;

    s->center.len[c] = s->x->len[i];
    memcpy(clu_series_at(&s->center, c, 0), clu_series_at(s->x, i, 0), s->x->len[i] * s->x->channels * sizeof *s->x->v);
    struct clu_series one = clu_series_one(&s->center, c, at);
    if (s->x->gaps && !clu_series_interpolate(&one, &which))
        return clu_fail(err, CLU_DATA, "series %zu has no sample in a channel", i + 1);
    return CLU_OK;
}

/* --- distances --- */

/* From count of the series (which NULL: the first) to centre c. */
static enum clu_status column(struct state *s, size_t c, const size_t *which, size_t count, double *out, struct clu_err *err)
{
    size_t at[2];
    struct clu_series one = clu_series_one(&s->center, c, at);

    return clu_cross_run(s->column, out, which, count, &one, err);
}

/* Series i has been found to be at a distance from centre c. */
static void compare(struct state *s, size_t i, size_t c, double distance)
{
    if (s->low)
        s->low[i * s->k + c] = distance * (1 - s->slack);
    if (distance < s->near[i]) {
        s->near[i] = distance;
        s->label[i] = (int32_t)c;
    }
}

/* --- start --- */

/* The next centre, with probabilities by near; where all is at a centre, any series. */
static size_t draw(const struct state *s, struct clu_rng *rng)
{
    double sum = 0, part = 0;
    size_t last = 0;

    for (size_t i = 0; i < s->n; i++)
        sum += s->near[i];
    if (!(sum > 0))
        return (size_t)clu_rng_below(rng, s->n);
    double aim = clu_rng_unit(rng) * sum;
    for (size_t i = 0; i < s->n; i++) {
        part += s->near[i];
        last = s->near[i] > 0 ? i : last;
        if (part > aim)
            return i;
    }
    return last; /* rounding */
}

static enum clu_status start(struct state *s, struct clu_rng *rng, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < s->n; i++)
        s->near[i] = HUGE_VAL;
    for (size_t c = 0; c < s->k && status == CLU_OK; c++) {
        size_t i = c == 0 ? (size_t)clu_rng_below(rng, s->n) : draw(s, rng);
        status = clu_tick(s->run, "start", c, s->k, NAN);
        if (status == CLU_OK)
            status = take_center(s, c, i, err);
        if (status == CLU_OK)
            status = column(s, c, NULL, s->n, s->away, err);
        for (size_t j = 0; j < s->n && status == CLU_OK; j++)
            compare(s, j, c, s->away[j]);
    }
    return status;
}

/* --- new centres --- */

/* The series of each cluster one behind another in which[], cluster c from size[c] to size[c + 1]. */
static void list_members(struct state *s)
{
    memset(s->size, 0, (s->k + 1) * sizeof *s->size);
    for (size_t i = 0; i < s->n; i++)
        s->size[s->label[i] + 1]++;
    for (size_t c = 0; c < s->k; c++)
        s->size[c + 1] += s->size[c];
    for (size_t i = 0; i < s->n; i++)
        s->which[s->size[s->label[i]]++] = i;
    memmove(s->size + 1, s->size, s->k * sizeof *s->size);
    s->size[0] = 0;
}

static enum clu_status refine_one(struct state *s, struct helper *h, size_t c, uint64_t stream, struct clu_err *err)
{
    const size_t *member = s->which + s->size[c];
    size_t count = s->size[c + 1] - s->size[c], at[2];
    double *near = s->away + s->size[c];

    for (size_t q = 0; q < count; q++)
        near[q] = s->near[member[q]];
    enum clu_status status = clu_barycentre_of(h->mean, clu_series_at(&s->center, c, 0), s->center.len[c], near, true, member, count, stream, err);
    if (status == CLU_OK && s->low) {
        struct clu_series new = clu_series_one(&s->center, c, at);
        status = clu_cross_run(h->moved, &s->moved[c], &c, 1, &new, err);
    }
    for (size_t q = 0; q < count && status == CLU_OK; q++)
        s->near[member[q]] = near[q];
    return status;
}

/* Clusters side by side: a step of a barycentre needs the one before. The error of the first cluster is told. */
static enum clu_status refine(struct state *s, uint64_t stream, struct clu_err *err)
{
    size_t failed = s->k;
    enum clu_status status = CLU_OK;

    list_members(s);
    if (s->low)
        clu_cross_load(s->between); /* where the centres are before */
#pragma omp parallel for num_threads((int)s->helpers) schedule(dynamic, 1) reduction(min : failed) if (s->helpers > 1)
    for (size_t c = 0; c < s->k; c++)
        if (refine_one(s, &s->helper[omp_get_thread_num()], c, stream + c, NULL) != CLU_OK)
            failed = c < failed ? c : failed;
    if (failed < s->k) /* once more, for its words */
        status = refine_one(s, s->helper, failed, stream + failed, err);
    for (size_t i = 0; i < s->n && s->low && status == CLU_OK; i++)
        for (size_t c = 0; c < s->k; c++)
            s->low[i * s->k + c] -= s->moved[c] * (1 + s->slack);
    return failed < s->k && status == CLU_OK ? clu_fail_memory(err) : status;
}

/* --- assignment --- */

/* Is centre c no nearer to series i than its own, for certain? */
static bool passed_over(const struct state *s, size_t i, size_t c)
{
    if (!s->metric)
        return false;
    double least = s->near[i] * (1 + s->slack);
    return least < s->apart[(size_t)s->label[i] * s->k + c] / 2 || (s->low && least < s->low[i * s->k + c]);
}

static enum clu_status assign(struct state *s, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    if (s->metric) {
        clu_cross_load(s->between);
        status = clu_cross_run(s->between, s->apart, NULL, s->k, &s->center, err);
        s->computed += (double)s->k * (double)(s->k - 1) / 2 + (s->low ? (double)s->k : 0);
        if (status == CLU_DATA)
            return clu_fail(err, CLU_DATA, "overflow in distance: two centres");
    }
    s->all += (double)s->n * (double)(s->k - 1);
    for (size_t c = 0; c < s->k && status == CLU_OK; c++) {
        size_t count = 0;
        for (size_t i = 0; i < s->n; i++)
            if ((size_t)s->label[i] != c && !passed_over(s, i, c))
                s->which[count++] = i;
        status = column(s, c, s->which, count, s->away, err);
        for (size_t q = 0; q < count && status == CLU_OK; q++)
            compare(s, s->which[q], c, s->away[q]);
        s->computed += (double)count;
    }
    return status;
}

/* --- empty clusters --- */

/* Each takes the series that is farthest from its centre, of a cluster that keeps another. */
static enum clu_status fill(struct state *s, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    memset(s->size, 0, s->k * sizeof *s->size);
    for (size_t i = 0; i < s->n; i++)
        s->size[s->label[i]]++;
    for (size_t c = 0; c < s->k && status == CLU_OK; c++) {
        size_t far = s->n;
        if (s->size[c] > 0)
            continue;
        for (size_t i = 0; i < s->n; i++)
            if (s->size[s->label[i]] > 1 && (far == s->n || s->near[i] > s->near[far]))
                far = i;
        s->size[s->label[far]]--;
        s->size[c] = 1;
        s->label[far] = (int32_t)c;
        s->near[far] = 0;
        for (size_t i = 0; i < s->n && s->low; i++)
            s->low[i * s->k + c] = 0; /* it is elsewhere now */
        status = take_center(s, c, far, err);
    }
    return status;
}

/* --- result --- */

static double inertia(const struct state *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += s->near[i] * s->near[i];
    return sum;
}

/* Clusters by first appearance. */
static enum clu_status keep(struct state *s, struct clu_series_centers *out, size_t iterations, bool converged, struct clu_err *err)
{
    int32_t next = 0;

    clu_series_centers_clear(out);
    out->n = s->n;
    out->label = clu_alloc(s->n, sizeof *out->label);
    out->near = clu_alloc(s->n, sizeof *out->near);
    if (!out->label || !out->near)
        return clu_fail_memory(err);
    for (size_t c = 0; c < s->k; c++)
        s->before[c] = -1;
    for (size_t i = 0; i < s->n; i++) {
        int32_t *place = &s->before[s->label[i]];
        if (*place < 0) {
            s->which[next] = (size_t)s->label[i];
            *place = next++;
        }
        out->label[i] = *place;
    }
    memcpy(out->near, s->near, s->n * sizeof *out->near);
    out->inertia = inertia(s);
    out->iterations = iterations;
    out->converged = converged;
    return clu_series_pick(&out->center, &s->center, s->which, s->k, err);
}

/* --- public call --- */

/* Streams of random numbers: one for each cluster of each iteration of each start, behind the start's own. */
static uint64_t stream_of(const struct state *s, size_t start_number, size_t iteration)
{
    return ((uint64_t)start_number * (s->opt->max_iter + 1) + iteration) * (s->k + 1) + 1;
}

static enum clu_status descend(struct state *s, size_t number, size_t *iterations, bool *converged, struct clu_err *err)
{
    struct clu_rng rng;
    uint64_t own = stream_of(s, number, 0) - 1;

    clu_rng_at(&rng, s->run->seed, own);
    enum clu_status status = start(s, &rng, err);
    *converged = false;
    for (*iterations = 0; *iterations < s->opt->max_iter && !*converged && status == CLU_OK; ++*iterations) {
        status = clu_tick(s->run, "iteration", *iterations, s->opt->max_iter, inertia(s));
        if (status == CLU_OK)
            status = fill(s, err);
        if (status != CLU_OK)
            return status;
        memcpy(s->before, s->label, s->n * sizeof *s->label);
        status = refine(s, stream_of(s, number, *iterations), err);
        if (status == CLU_OK)
            status = assign(s, err);
        *converged = memcmp(s->before, s->label, s->n * sizeof *s->label) == 0;
    }
    return status == CLU_OK ? fill(s, err) : status;
}

enum clu_status clu_series_kmeans_fit(struct clu_series_centers *out, double *pruned, const struct clu_series *x, const struct clu_measure *m,
                                      const struct clu_series_kmeans_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct state s = {.x = x, .m = m, .opt = opt, .run = run, .n = x->n, .k = opt->k};

    *out = (struct clu_series_centers){0};
    if (opt->k > x->n)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu series", opt->k, opt->k == 1 ? "" : "s", x->n);
    enum clu_status status = state_init(&s, err);
    for (size_t t = 0; t < opt->nstart && status == CLU_OK; t++) {
        size_t iterations;
        bool converged;
        status = descend(&s, t, &iterations, &converged, err);
        if (status == CLU_OK && (t == 0 || inertia(&s) < out->inertia))
            status = keep(&s, out, iterations, converged, err);
    }
    if (pruned)
        *pruned = s.metric && s.all > s.computed ? 1 - s.computed / s.all : 0;
    state_clear(&s);
    if (status != CLU_OK)
        clu_series_centers_clear(out);
    return status;
}
