/* k-Shape. Sections: what a worker holds, shapes, assignment, one start, all starts, the result, public calls. */
#include "alg/kshape.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/kern.h"
#include "num/principal.h"
#include "num/sbd.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- what a worker holds --- */

/* Starts run side by side, each by a worker with one thread; fewer starts than threads run one by one, by a worker with all threads. */
struct worker {
    struct clu_series center; /* k of the longest length */
    struct clu_sbd *shapes;   /* of center */
    int32_t *label, *next;    /* [n] */
    double *near;             /* [n] distance to the own centre */
    ptrdiff_t *shift;         /* [n] by which a series meets it */
    size_t *member, *first;   /* series of cluster g: member[first[g]] .. member[first[g + 1] - 1] */
    double *rows;             /* [n][ld] in the order of member */
    int threads;
    double *scratch;          /* [threads][need] */
    struct clu_series_centers best; /* of this worker's starts */
    size_t start;             /* that it is of; SIZE_MAX: none yet */
};

struct kshape {
    const struct clu_series *x;
    const int32_t *given; /* labels to start from, or NULL */
    const struct clu_kshape_opt *opt;
    const struct clu_run *run;
    struct clu_sbd *spectra;
    size_t ld, need; /* longest, padded; doubles of scratch a thread */
    struct worker *worker;
    size_t workers;
};

static enum clu_status init_worker(const struct kshape *s, struct worker *w, int threads, struct clu_err *err)
{
    size_t n = s->x->n, k = s->opt->k, *len = clu_alloc(k, sizeof *len);

    *w = (struct worker){.threads = threads, .start = SIZE_MAX};
    if (!len)
        return clu_fail_memory(err);
    for (size_t g = 0; g < k; g++)
        len[g] = s->x->longest;
    enum clu_status status = clu_series_init(&w->center, k, s->x->channels, len, err);
    if (status == CLU_OK)
        status = clu_series_init(&w->best.center, k, s->x->channels, len, err);
    clu_free(len);
    if (status != CLU_OK)
        return status;
    memset(w->center.v, 0, w->center.at[k] * sizeof *w->center.v);
    w->label = clu_alloc(n, sizeof *w->label);
    w->next = clu_alloc(n, sizeof *w->next);
    w->near = clu_alloc(n, sizeof *w->near);
    w->shift = clu_alloc(n, sizeof *w->shift);
    w->member = clu_alloc(n, sizeof *w->member);
    w->first = clu_alloc(k + 1, sizeof *w->first);
    w->rows = clu_alloc_aligned(n, s->ld * sizeof *w->rows);
    w->scratch = clu_alloc_aligned((size_t)threads, s->need * sizeof *w->scratch);
    w->best.label = clu_alloc(n, sizeof *w->best.label);
    w->best.near = clu_alloc(n, sizeof *w->best.near);
    if (!w->label || !w->next || !w->near || !w->shift || !w->member || !w->first || !w->rows || !w->scratch || !w->best.label ||
        !w->best.near)
        return clu_fail_memory(err);
    return clu_sbd_init(&w->shapes, &w->center, s->x->longest, false, err);
}

static void clear_worker(struct worker *w)
{
    clu_series_clear(&w->center);
    clu_sbd_free(w->shapes);
    clu_free(w->label);
    clu_free(w->next);
    clu_free(w->near);
    clu_free(w->shift);
    clu_free(w->member);
    clu_free(w->first);
    clu_free(w->rows);
    clu_free(w->scratch);
    clu_series_centers_clear(&w->best);
}

static double *my_scratch(const struct kshape *s, const struct worker *w)
{
    return w->scratch + (w->threads > 1 ? (size_t)omp_get_thread_num() : 0) * s->need;
}

/* --- shapes --- */

/* To mean 0 and standard deviation 1; what is constant (as num/series.h says) to zeros. */
static void normalise(double *v, size_t n)
{
    double mean = 0, square = 0, most = 0;

    for (size_t t = 0; t < n; t++) {
        mean += v[t];
        most = fmax(most, fabs(v[t]));
    }
    mean /= (double)n;
    for (size_t t = 0; t < n; t++) {
        v[t] -= mean;
        square += v[t] * v[t];
    }
    double deviation = sqrt(square / (double)n);
    for (size_t t = 0; t < n; t++)
        v[t] = deviation > 1e-12 * most ? v[t] / deviation : 0;
}

/* row[ld] = the channel, moved. */
static void move(double *row, size_t ld, size_t longest, const double *v, size_t len, ptrdiff_t shift)
{
    size_t from = shift < 0 ? (size_t)-shift : 0, to = shift > 0 ? (size_t)shift : 0;
    size_t count = len - from < longest - to ? len - from : longest - to;

    memset(row, 0, ld * sizeof *row);
    memcpy(row + to, v + from, count * sizeof *row);
    normalise(row, longest);
}

/* Where the search for an eigenvector starts: at the old centre or else the mean of the rows, and a little beside it, since either may
 * happen to be orthogonal to what is sought. */
static void near_old(double *v, size_t ld, size_t longest, const double *old, const double *rows, size_t count)
{
    double most = 0;
    struct clu_rng r;

    memset(v, 0, ld * sizeof *v);
    for (size_t t = 0; t < longest; t++) {
        v[t] = old[t];
        most = fmax(most, fabs(v[t]));
    }
    for (size_t i = 0; i < count && !(most > 0); i++)
        for (size_t t = 0; t < longest; t++)
            v[t] += rows[i * ld + t] / (double)count;
    clu_rng_at(&r, 1, 0);
    for (size_t t = 0; t < longest; t++)
        v[t] += 0.01 * (2 * clu_rng_unit(&r) - 1);
}

/* Are the rows nearer to v than to -v? Both are of norm sqrt(longest), but for rows of zeros, which are as near to the one as to the other. */
static bool is_nearer(const double *rows, size_t count, size_t ld, size_t longest, const double *v, double *dot)
{
    double to = 0, away = 0, twice = 2 * (double)longest;

    clu_kern()->gram_add(rows, count, ld, v, dot, NULL);
    for (size_t i = 0; i < count; i++) {
        to += sqrt(fmax(0, twice - 2 * dot[i]));
        away += sqrt(fmax(0, twice + 2 * dot[i]));
    }
    return to <= away;
}

static enum clu_status shape(const struct kshape *s, struct worker *w, size_t g, struct clu_err *err)
{
    size_t ld = s->ld, longest = s->x->longest, from = w->first[g], count = w->first[g + 1] - from;
    double *rows = w->rows + from * ld, *v = my_scratch(s, w), *rest = v + ld;

    for (size_t c = 0; c < s->x->channels; c++) {
        double *center = clu_series_at(&w->center, g, c);
        for (size_t q = 0; q < count; q++) {
            size_t i = w->member[from + q];
            move(rows + q * ld, ld, longest, clu_series_at(s->x, i, c), s->x->len[i], w->shift[i]);
        }
        near_old(v, ld, longest, center, rows, count);
        enum clu_status status = clu_principal_vector(rows, count, ld, v, rest, err);
        if (status != CLU_OK)
            return status;
        normalise(v, longest);
        double sign = is_nearer(rows, count, ld, longest, v, rest) ? 1 : -1;
        for (size_t t = 0; t < longest; t++)
            center[t] = sign * v[t];
    }
    clu_sbd_update(w->shapes, g, clu_series_at(&w->center, g, 0), v);
    return CLU_OK;
}

static void list_members(struct worker *w, size_t n, size_t k)
{
    memset(w->first, 0, (k + 1) * sizeof *w->first);
    for (size_t i = 0; i < n; i++)
        w->first[w->label[i] + 1]++;
    for (size_t g = 0; g < k; g++)
        w->first[g + 1] += w->first[g];
    for (size_t i = 0; i < n; i++) /* first[g] moves on to where the next cluster begins */
        w->member[w->first[w->label[i]]++] = i;
    memmove(w->first + 1, w->first, k * sizeof *w->first);
    w->first[0] = 0;
}

static enum clu_status shapes(const struct kshape *s, struct worker *w, struct clu_err *err)
{
    size_t k = s->opt->k;
    enum clu_status status = CLU_OK;

    list_members(w, s->x->n, k);
#pragma omp parallel for num_threads(w->threads) schedule(dynamic, 1) if (w->threads > 1)
    for (size_t g = 0; g < k; g++) {
        struct clu_err mine;
        enum clu_status got = shape(s, w, g, &mine);
        if (got != CLU_OK) {
#pragma omp critical(clu_kshape_failed)
            status = clu_fail(err, got, "%s", mine.msg);
        }
    }
    return status;
}

/* --- assignment --- */

/* Every series to its nearest centre, into next. */
static void assign(const struct kshape *s, struct worker *w)
{
    size_t k = s->opt->k;

#pragma omp parallel for num_threads(w->threads) schedule(static) if (w->threads > 1)
    for (size_t i = 0; i < s->x->n; i++) {
        double *scratch = my_scratch(s, w);
        w->near[i] = HUGE_VAL;
        for (size_t g = 0; g < k; g++) {
            ptrdiff_t shift;
            double d = clu_sbd_pair(w->shapes, g, s->spectra, i, &shift, scratch);
            if (d < w->near[i]) {
                w->near[i] = d;
                w->next[i] = (int32_t)g;
                w->shift[i] = shift;
            }
        }
    }
}

/* Empty clusters take the series that are farthest from their centres, of clusters that have others. first[] counts. */
static void refill(const struct kshape *s, struct worker *w)
{
    size_t n = s->x->n, k = s->opt->k;

    memset(w->first, 0, k * sizeof *w->first);
    for (size_t i = 0; i < n; i++)
        w->first[w->label[i]]++;
    for (size_t g = 0; g < k; g++) {
        size_t far = SIZE_MAX;
        for (size_t i = 0; i < n && w->first[g] == 0; i++)
            if (w->first[w->label[i]] > 1 && (far == SIZE_MAX || w->near[i] > w->near[far]))
                far = i;
        if (far == SIZE_MAX)
            continue;
        w->first[w->label[far]]--;
        w->first[g]++;
        w->label[far] = (int32_t)g;
        w->near[far] = clu_sbd_pair(w->shapes, g, s->spectra, far, &w->shift[far], w->scratch);
    }
}

/* --- one start --- */

/* Labels, and centres of zeros, from which everything is as far. */
static void begin(const struct kshape *s, struct worker *w, size_t start)
{
    size_t n = s->x->n;
    struct clu_rng r;

    clu_rng_at(&r, s->run->seed, start);
    for (size_t i = 0; i < n; i++) {
        w->label[i] = s->given ? s->given[i] : (int32_t)clu_rng_below(&r, s->opt->k);
        w->near[i] = 1;
        w->shift[i] = 0;
    }
    memset(w->center.v, 0, w->center.at[s->opt->k] * sizeof *w->center.v);
    for (size_t g = 0; g < s->opt->k; g++)
        clu_sbd_update(w->shapes, g, clu_series_at(&w->center, g, 0), w->scratch);
}

static void keep_if_best(const struct kshape *s, struct worker *w, size_t start, size_t iterations, bool converged)
{
    size_t n = s->x->n;
    double inertia = 0;

    for (size_t i = 0; i < n; i++)
        inertia += w->near[i] * w->near[i];
    if (w->start != SIZE_MAX && !(inertia < w->best.inertia || (inertia == w->best.inertia && start < w->start)))
        return;
    w->start = start;
    w->best.n = n;
    w->best.inertia = inertia;
    w->best.iterations = iterations;
    w->best.converged = converged;
    memcpy(w->best.label, w->label, n * sizeof *w->label);
    memcpy(w->best.near, w->near, n * sizeof *w->near);
    memcpy(w->best.center.v, w->center.v, w->center.at[s->opt->k] * sizeof *w->center.v);
}

static void ask_to_stop(int *stop)
{
#pragma omp atomic write
    *stop = 1;
}

static bool is_stopped(const int *stop)
{
    int now;
#pragma omp atomic read
    now = *stop;
    return now;
}

static enum clu_status run_start(const struct kshape *s, struct worker *w, size_t start, int *stop, struct clu_err *err)
{
    size_t n = s->x->n, iterations = 0;
    bool converged = false;
    enum clu_status status = CLU_OK;

    begin(s, w, start);
    refill(s, w);
    while (!converged && iterations < s->opt->max_iter && status == CLU_OK) {
        /* The watch is told by the calling thread alone; the others see what it answered. */
        if (omp_get_thread_num() == 0 && clu_tick(s->run, "start", start, s->opt->nstart, (double)iterations) != CLU_OK)
            ask_to_stop(stop);
        if (is_stopped(stop))
            return clu_fail(err, CLU_STOPPED, "stopped");
        status = shapes(s, w, err);
        assign(s, w);
        converged = memcmp(w->label, w->next, n * sizeof *w->label) == 0;
        memcpy(w->label, w->next, n * sizeof *w->label);
        refill(s, w);
        iterations++;
    }
    if (status == CLU_OK)
        keep_if_best(s, w, start, iterations, converged);
    return status;
}

/* --- all starts --- */

static enum clu_status run_starts(struct kshape *s, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    int stop = 0;

#pragma omp parallel for num_threads((int)s->workers) schedule(dynamic, 1) if (s->workers > 1)
    for (size_t start = 0; start < s->opt->nstart; start++) {
        struct clu_err mine;
        enum clu_status got = run_start(s, &s->worker[s->workers > 1 ? omp_get_thread_num() : 0], start, &stop, &mine);
        if (got != CLU_OK) {
            ask_to_stop(&stop);
#pragma omp critical(clu_kshape_failed)
            if (status == CLU_OK || status == CLU_STOPPED)
                status = clu_fail(err, got, "%s", mine.msg);
        }
    }
    return status;
}

static enum clu_status prepare(struct kshape *s, struct clu_err *err)
{
    size_t n = s->x->n, threads = s->run->threads > 1 ? (size_t)s->run->threads : 1;
    bool side_by_side = s->opt->nstart >= threads;

    s->workers = side_by_side ? threads : 1;
    s->ld = (s->x->longest + 7) / 8 * 8;
    enum clu_status status = clu_need(s->run, 8 * (double)n * (double)s->ld * (2 * (double)s->x->channels + (double)s->workers), err,
                                      "k-Shape of %zu series", n);
    if (status == CLU_OK)
        status = clu_sbd_init(&s->spectra, s->x, s->x->longest, false, err);
    if (status != CLU_OK)
        return status;
    size_t vector = s->ld + clu_principal_scratch(n, s->ld), pair = clu_sbd_scratch(s->spectra);
    s->need = ((vector > pair ? vector : pair) + 7) / 8 * 8;
    s->worker = clu_calloc(s->workers, sizeof *s->worker);
    if (!s->worker)
        return clu_fail_memory(err);
    for (size_t q = 0; q < s->workers && status == CLU_OK; q++)
        status = init_worker(s, &s->worker[q], side_by_side ? 1 : (int)threads, err);
    return status;
}

/* --- the result --- */

/* Clusters by first appearance: the centres are copied in this order. */
static enum clu_status number(struct clu_series_centers *c, size_t k, struct clu_err *err)
{
    size_t *order = clu_alloc(k, sizeof *order), seen = 0;
    int32_t *to = clu_alloc(k, sizeof *to);
    struct clu_series sorted = {0};
    enum clu_status status = order && to ? CLU_OK : clu_fail_memory(err);

    for (size_t g = 0; g < k && status == CLU_OK; g++)
        to[g] = -1;
    for (size_t i = 0; i < c->n && status == CLU_OK; i++) {
        int32_t g = c->label[i];
        if (to[g] < 0) {
            to[g] = (int32_t)seen;
            order[seen++] = (size_t)g;
        }
        c->label[i] = to[g];
    }
    if (status == CLU_OK)
        status = clu_series_pick(&sorted, &c->center, order, k, err);
    if (status == CLU_OK) {
        clu_series_clear(&c->center);
        c->center = sorted;
    }
    clu_free(order);
    clu_free(to);
    return status;
}

static enum clu_status fit(struct clu_series_centers *out, struct kshape *s, struct clu_err *err)
{
    size_t best = 0;

    *out = (struct clu_series_centers){0};
    if (s->opt->k > s->x->n)
        return clu_fail(err, CLU_DATA, "%zu clusters asked, but only %zu series", s->opt->k, s->x->n);
    enum clu_status status = prepare(s, err);
    if (status == CLU_OK)
        status = run_starts(s, err);
    for (size_t q = 1; q < s->workers && status == CLU_OK; q++) {
        const struct worker *a = &s->worker[best], *b = &s->worker[q];
        if (b->start != SIZE_MAX && (a->start == SIZE_MAX || b->best.inertia < a->best.inertia ||
                                     (b->best.inertia == a->best.inertia && b->start < a->start)))
            best = q;
    }
    if (status == CLU_OK)
        status = number(&s->worker[best].best, s->opt->k, err);
    if (status == CLU_OK) {
        *out = s->worker[best].best;
        s->worker[best].best = (struct clu_series_centers){0};
    }
    for (size_t q = 0; s->worker && q < s->workers; q++)
        clear_worker(&s->worker[q]);
    clu_free(s->worker);
    clu_sbd_free(s->spectra);
    return status;
}

/* --- public calls --- */

enum clu_status clu_kshape_fit(struct clu_series_centers *out, const struct clu_series *x, const struct clu_kshape_opt *opt,
                               const struct clu_run *run, struct clu_err *err)
{
    return fit(out, &(struct kshape){.x = x, .opt = opt, .run = run}, err);
}

enum clu_status clu_kshape_from(struct clu_series_centers *out, const struct clu_series *x, const int32_t *label,
                                const struct clu_kshape_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_kshape_opt one = *opt;

    one.nstart = 1;
    return fit(out, &(struct kshape){.x = x, .given = label, .opt = &one, .run = run}, err);
}
