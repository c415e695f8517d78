/* Distances of all pairs of series. Sections: what is compared, a measure pair by pair, tiles, threads, faults, the calls. */
#include "alg/series_matrix.h"

#include "base/mem.h"
#include "num/elastic.h"
#include "num/lanes.h"
#include "num/sbd.h"
#include "num/soft.h"

#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

/* Rows of a tile. Beside a group they are milliseconds of work, many times what it takes to put the group into lanes. */
#define ROWS 64

/* Columns of a tile where there are no lanes. */
#define COLUMNS 8

/* A measure without kernels. */
struct clu_pairs {
    double (*pair)(const struct clu_pairs *p, size_t i, size_t j, double *scratch); /* series i of the rows, j of the columns */
    const struct clu_measure *m;
    const struct clu_series *x, *y;
    size_t scratch; /* doubles, for each thread */
    struct clu_sbd *sbd_x, *sbd_y;    /* what is done once a series; y's is x's where they are the same. NULL for other measures */
    struct clu_soft *soft_x, *soft_y;
};

struct work {
    const struct clu_measure *m;
    const struct clu_series *x, *y;     /* of the rows, of the columns: the same in a matrix */
    struct clu_condensed *matrix;       /* one of these two */
    double *cross;
    size_t step_x, step_y;              /* in cross, from row to row and from column to column */
    bool laned;
    struct clu_lanes of_x, of_y;        /* laned; of_x is not used in a matrix */
    struct clu_pairs pairs;             /* else */
    size_t *order_x, *order_y, columns; /* by length; columns in a tile */
    uint64_t done, all;                 /* cells */
    bool stop;
    size_t bad_x, bad_y;                /* the first pair whose distance is not finite; SIZE_MAX: none */
};

struct worker {
    struct clu_group group;
    double *scratch, *out; /* out[columns] */
};

/* --- what is compared --- */

static const struct clu_lanes *rows_of(const struct work *w)
{
    return w->matrix ? &w->of_y : &w->of_x;
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
static size_t *order_of(const struct clu_series *s)
{
    struct length *l = clu_alloc(s->n, sizeof *l);
    size_t *order = clu_alloc(s->n, sizeof *order);

    for (size_t i = 0; l && i < s->n; i++)
        l[i] = (struct length){s->len[i], i};
    if (l && order) {
        qsort(l, s->n, sizeof *l, by_length);
        for (size_t i = 0; i < s->n; i++)
            order[i] = l[i].i;
    } else {
        clu_free(order);
        order = NULL;
    }
    clu_free(l);
    return order;
}

/* --- a measure pair by pair --- */

static double elastic_pair(const struct clu_pairs *p, size_t i, size_t j, double *scratch)
{
    return clu_elastic_pair(p->m, p->x, i, p->y, j, scratch);
}

static double sbd_pair(const struct clu_pairs *p, size_t i, size_t j, double *scratch)
{
    return clu_sbd_pair(p->sbd_x, i, p->sbd_y, j, NULL, scratch);
}

static double soft_pair(const struct clu_pairs *p, size_t i, size_t j, double *scratch)
{
    return clu_soft_pair(p->soft_x, i, p->soft_y, j, scratch);
}

static enum clu_status transform(struct clu_pairs *p, size_t longest, struct clu_err *err)
{
    enum clu_status status = clu_sbd_init(&p->sbd_x, p->x, longest, p->m->independent, err);

    p->sbd_y = p->sbd_x;
    if (status == CLU_OK && p->y != p->x)
        status = clu_sbd_init(&p->sbd_y, p->y, longest, p->m->independent, err);
    if (status == CLU_OK)
        p->scratch = clu_sbd_scratch(p->sbd_x);
    p->pair = sbd_pair;
    return status;
}

static enum clu_status soften(struct clu_pairs *p, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = clu_soft_init(&p->soft_x, p->x, p->m, run, err);

    p->soft_y = p->soft_x;
    if (status == CLU_OK && p->y != p->x)
        status = clu_soft_init(&p->soft_y, p->y, p->m, run, err);
    if (status == CLU_OK)
        p->scratch = clu_soft_scratch(p->soft_x, p->soft_y);
    p->pair = soft_pair;
    return status;
}

static void pairs_clear(struct clu_pairs *p)
{
    if (p->sbd_y != p->sbd_x)
        clu_sbd_free(p->sbd_y);
    clu_sbd_free(p->sbd_x);
    if (p->soft_y != p->soft_x)
        clu_soft_free(p->soft_y);
    clu_soft_free(p->soft_x);
}

/* --- tiles --- */

static void keep(struct work *w, size_t i, size_t j, double d)
{
    if (w->cross)
        w->cross[i * w->step_x + j * w->step_y] = d;
    else if (w->matrix->v)
        w->matrix->v[clu_condensed_place(w->x->n, i < j ? i : j, i < j ? j : i)] = d;
    else
        w->matrix->f[clu_condensed_place(w->x->n, i < j ? i : j, i < j ? j : i)] = (float)d;
    if (isfinite(d))
        return;
#pragma omp critical(clu_series_matrix)
    {
        size_t a = w->matrix && j < i ? j : i, b = w->matrix && j < i ? i : j;
        if (w->bad_x == SIZE_MAX || a < w->bad_x || (a == w->bad_x && b < w->bad_y)) {
            w->bad_x = a;
            w->bad_y = b;
        }
    }
}

/* The lower one of a set first, whatever their lengths: not all such measures are the same both ways to the last bit. */
static double one_pair(const struct work *w, size_t i, size_t j, double *scratch)
{
    bool turn = w->matrix && j < i;
    return w->pairs.pair(&w->pairs, turn ? j : i, turn ? i : j, scratch);
}

/* Rows from .. to - 1 (places in the order) against columns at .. end - 1; in a matrix, of each pair of places the lower one is the row. */
static void run_tile(struct work *w, struct worker *own, size_t from, size_t to, size_t at, size_t end)
{
    uint64_t cells = 0, width = 0;

    for (size_t q = at; q < end; q++)
        width += w->y->len[w->order_y[q]];
    if (w->laned)
        clu_group_load(&own->group, &w->of_y, w->order_y + at, end - at);
    for (size_t p = from; p < to; p++) {
        size_t i = w->order_x[p];
        cells += w->x->len[i] * width;
        if (w->laned)
            clu_group_run(&own->group, rows_of(w), i, own->out);
        for (size_t q = at; q < end; q++)
            if (!w->matrix || q > p)
                keep(w, i, w->order_y[q], w->laned ? own->out[q - at] : one_pair(w, i, w->order_y[q], own->scratch));
    }
#pragma omp atomic
    w->done += cells;
}

/* --- threads --- */

static enum clu_status worker_init(struct worker *own, const struct work *w, struct clu_err *err)
{
    size_t longest = w->of_y.longest;

    *own = (struct worker){.out = clu_alloc(w->columns, sizeof *own->out)};
    if (!w->laned)
        own->scratch = clu_alloc(w->pairs.scratch, sizeof *own->scratch);
    if (!own->out || (!w->laned && !own->scratch))
        return clu_fail_memory(err);
    longest = rows_of(w)->longest > longest ? rows_of(w)->longest : longest;
    return w->laned ? clu_group_init(&own->group, w->m, w->y->channels, longest, err) : CLU_OK;
}

static void worker_clear(struct worker *own)
{
    clu_group_clear(&own->group);
    clu_free(own->scratch);
    clu_free(own->out);
}

/* The longest first, so that no thread has one for itself at the end. */
static void run_all(struct work *w, const struct clu_run *run, struct worker *own, int threads)
{
    size_t across = (w->y->n + w->columns - 1) / w->columns, down = (w->x->n + ROWS - 1) / ROWS;

#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
    for (size_t tile = 0; tile < across * down; tile++) {
        size_t at = (across - 1 - tile / down) * w->columns, end = at + w->columns < w->y->n ? at + w->columns : w->y->n;
        size_t from = (down - 1 - tile % down) * ROWS, to = from + ROWS < w->x->n ? from + ROWS : w->x->n;
        bool stop;
#pragma omp atomic read
        stop = w->stop;
        if (w->matrix && to > end - 1)
            to = end - 1; /* the last series of a group is a row to none of it */
        if (stop || from >= to)
            continue;
        run_tile(w, own + omp_get_thread_num(), from, to, at, end);
        uint64_t done;
#pragma omp atomic read
        done = w->done;
        if (omp_get_thread_num() == 0 && clu_tick(run, "distances", done < w->all ? done : w->all, w->all, NAN) != CLU_OK)
#pragma omp atomic write
            w->stop = true;
    }
}

/* Cells of the tiles, as run_tile() counts them. */
static uint64_t count_cells(const struct work *w)
{
    uint64_t all = 0, rows = 0, width;

    for (size_t at = 0, p = 0; at < w->y->n; at += w->columns) {
        size_t end = at + w->columns < w->y->n ? at + w->columns : w->y->n, to = w->matrix ? end - 1 : w->x->n;
        width = 0;
        for (; p < to; p++)
            rows += w->x->len[w->order_x[p]];
        for (size_t q = at; q < end; q++)
            width += w->y->len[w->order_y[q]];
        all += rows * width;
    }
    return all;
}

static enum clu_status compute(struct work *w, const struct clu_run *run, struct clu_err *err)
{
    int threads = run->threads < 1 ? 1 : run->threads;
    struct worker *own = clu_calloc((size_t)threads, sizeof *own);
    enum clu_status status = CLU_OK;

    w->order_x = order_of(w->x);
    w->order_y = order_of(w->y);
    if (!own || !w->order_x || !w->order_y)
        status = clu_fail_memory(err);
    if (w->laned) {
        if (status == CLU_OK)
            status = clu_lanes_init(&w->of_y, w->y, w->m, err);
        if (status == CLU_OK && !w->matrix)
            status = clu_lanes_init(&w->of_x, w->x, w->m, err);
    }
    w->columns = w->laned ? w->of_y.lanes : COLUMNS;
    for (int t = 0; t < threads && status == CLU_OK; t++)
        status = worker_init(own + t, w, err);
    if (status == CLU_OK) {
        w->all = count_cells(w);
        run_all(w, run, own, threads);
        status = w->stop ? CLU_STOPPED : CLU_OK;
    }
    for (int t = 0; t < threads && own; t++)
        worker_clear(own + t);
    clu_free(own);
    clu_free(w->order_x);
    clu_free(w->order_y);
    clu_lanes_clear(&w->of_x);
    clu_lanes_clear(&w->of_y);
    return status;
}

/* --- faults --- */

enum clu_status clu_series_comparable(const struct clu_series *x, size_t before, size_t len, const struct clu_measure *m, struct clu_err *err)
{
    bool level = m->kind == CLU_SERIES_EUCLIDEAN || m->kind == CLU_SERIES_MANHATTAN;

    for (size_t i = 0; i < x->n; i++) {
        size_t number = i + 1 + before, own = x->len[i];
        if (level && own != len)
            return clu_fail(err, CLU_DATA, "series 1 has %zu sample%s and series %zu has %zu: %s needs equal lengths", len, len == 1 ? "" : "s",
                            number, own, m->kind == CLU_SERIES_EUCLIDEAN ? "euclidean" : "manhattan");
        if (m->kind == CLU_SERIES_DDTW && own < 3)
            return clu_fail(err, CLU_DATA, "series %zu has %zu sample%s: ddtw needs 3", number, own, own == 1 ? "" : "s");
    }
    return CLU_OK;
}

/* Series are counted from 1, those of a second set behind those of the first. */
static enum clu_status check(const struct clu_series *a, const struct clu_series *b, const struct clu_measure *m, struct clu_err *err)
{
    size_t len = a->n > 0 ? a->len[0] : 0;
    enum clu_status status = clu_series_comparable(a, 0, len, m, err);

    return status == CLU_OK && a != b && a->n > 0 ? clu_series_comparable(b, a->n, len, m, err) : status;
}

/* Bytes beside the result. */
static double workspace(const struct work *w, const struct clu_run *run)
{
    size_t longest = w->x->longest > w->y->longest ? w->x->longest : w->y->longest;
    double samples = (double)w->y->at[w->y->n] + (w->matrix ? 0 : (double)w->x->at[w->x->n]);
    double each = w->laned ? clu_group_bytes(w->m, w->y->channels, longest) : (double)w->pairs.scratch * sizeof(double);

    return (w->laned ? samples * (w->m->float32 ? sizeof(float) : sizeof(double)) : 0) + each * run->threads;
}

static enum clu_status prepare(struct work *w, const struct clu_run *run, struct clu_err *err)
{
    size_t longest = w->x->longest > w->y->longest ? w->x->longest : w->y->longest;

    w->bad_x = SIZE_MAX;
    w->laned = clu_lanes_have(w->m, w->x->gaps || w->y->gaps);
    w->pairs = (struct clu_pairs){.pair = elastic_pair, .m = w->m, .x = w->x, .y = w->y};
    if (w->m->kind == CLU_SERIES_SBD)
        return transform(&w->pairs, longest, err);
    if (w->m->kind == CLU_SERIES_SOFTDTW || w->m->kind == CLU_SERIES_GAK)
        return soften(&w->pairs, run, err);
    w->pairs.scratch = clu_elastic_scratch(w->m, w->x->channels, longest);
    return CLU_OK;
}

/* --- the calls --- */

enum clu_status clu_series_matrix(struct clu_condensed *out, const struct clu_series *x, const struct clu_measure *m,
                                  const struct clu_run *run, struct clu_err *err)
{
    struct work w = {.m = m, .x = x, .y = x, .matrix = out};
    enum clu_status status = check(x, x, m, err);

    *out = (struct clu_condensed){0};
    if (status != CLU_OK)
        return status;
    status = prepare(&w, run, err);
    if (status == CLU_OK)
        status = clu_need(run, clu_condensed_bytes(x->n, m->float32) + workspace(&w, run), err,
                          "the distance matrix of %zu series; use --method=kasba, kshape or clara", x->n);
    if (status == CLU_OK)
        status = clu_condensed_init(out, x->n, m->float32, err);
    if (status == CLU_OK)
        status = compute(&w, run, err);
    if (status == CLU_OK && w.bad_x != SIZE_MAX)
        status = clu_fail(err, CLU_DATA, "overflow in distance: series %zu and %zu", w.bad_x + 1, w.bad_y + 1);
    pairs_clear(&w.pairs);
    if (status != CLU_OK)
        clu_condensed_clear(out);
    return status;
}

/* The larger set goes into the lanes, of which few centres would leave most empty; those distances are the same both ways. */
enum clu_status clu_series_cross(double *out, const struct clu_series *a, const struct clu_series *b, const struct clu_measure *m,
                                 const struct clu_run *run, struct clu_err *err)
{
    bool turn = a->n > b->n && clu_lanes_have(m, a->gaps || b->gaps);
    struct work w = {.m = m, .x = turn ? b : a, .y = turn ? a : b, .cross = out};
    enum clu_status status = check(a, b, m, err);

    w.step_x = turn ? 1 : b->n;
    w.step_y = turn ? b->n : 1;
    if (status != CLU_OK)
        return status;
    status = prepare(&w, run, err);
    if (status == CLU_OK)
        status = clu_need(run, workspace(&w, run), err, "the distances of %zu series to %zu", a->n, b->n);
    if (status == CLU_OK)
        status = compute(&w, run, err);
    if (status == CLU_OK && w.bad_x != SIZE_MAX)
        status = clu_fail(err, CLU_DATA, "overflow in distance: series %zu and %zu", (turn ? w.bad_y : w.bad_x) + 1,
                          a->n + (turn ? w.bad_x : w.bad_y) + 1);
    pairs_clear(&w.pairs);
    return status;
}
