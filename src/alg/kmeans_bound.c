/* Lloyd's iteration with bounds: the labels and centres of the plain one, mostly without looking at the rows.
 *
 * For each row an upper bound on the distance to its centre, and for each group of centres a lower bound on the
 * distance to any of them but its own. When centres move, the bounds are widened by how far they moved; while the upper bound
 * stays below all lower bounds the label cannot change (and cannot tie). One group is Hamerly's method, with half
 * the distance from a centre to its nearest neighbour as a second lower bound; several are yinyang (Ding et al.
 * 2015), the groups being clusters of the starting centres. Rows that fail the test meet the kernels group by group, in
 * full tiles. Bounds are floats rounded outwards.
 *
 * Sections: bounds, groups, one chunk, the iteration. */
#include "alg/kmeans_state.h"

#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

struct bounded {
    struct clu_kmeans_state *s;
    size_t groups;
    float *upper;      /* [n] */
    float *lower;      /* [n][groups] */
    float *drift;      /* [k] of each centre, rounded up */
    float *group_drift;/* [groups] the largest of a group's */
    float *half;       /* [k] half the distance to the nearest other centre, rounded down; only with one group */
    size_t *group;     /* [k] of each centre */
    size_t *start;     /* [groups + 1] */
    int32_t *order;    /* [k] centres by group, ascending within */
    double *center;    /* [k][d] in that order */
    struct clu_nearest *near; /* [groups] */
    size_t chunk;      /* rows a thread takes at a time */
    size_t *active;    /* [threads][chunk] rows that the bounds could not settle */
    size_t *pick;      /* [threads][chunk] those of them that a group is tried for */
    double *square;    /* [threads][chunk] canonical squared distance to the present centre of an active row */
};

/* --- bounds --- */

/* A float surely not below (above) x; 2^-22 is more than the rounding of the product and the conversion. */
static float round_up(double x)
{
    return (float)(x * (1 + 0x1p-22)) + FLT_MIN;
}

static float round_down(double x)
{
    double y = x * (1 - 0x1p-22) - (double)FLT_MIN;
    return y <= 0 ? 0 : y < (double)FLT_MAX ? (float)y : FLT_MAX;
}

static void widen_bounds(struct bounded *b)
{
    struct clu_kmeans_state *s = b->s;

    memset(b->group_drift, 0, b->groups * sizeof *b->group_drift);
    for (size_t j = 0; j < s->k; j++) {
        float *g = &b->group_drift[b->group[j]];
        b->drift[j] = s->drift[j] > 0 ? round_up(s->drift[j]) : 0;
        *g = b->drift[j] > *g ? b->drift[j] : *g;
    }
    if (b->groups > 1)
        return;
    for (size_t j = 0; j < s->k; j++) {
        double least = HUGE_VAL;
        for (size_t i = 0; i < s->k; i++)
            if (i != j) {
                double v = clu_kern()->sqdist(s->center + i * s->d, s->center + j * s->d, s->d);
                least = v < least ? v : least;
            }
        b->half[j] = round_down(0.5 * sqrt(least));
    }
}

/* --- groups --- */

/* Which group each centre belongs to: a short k-means of the centres themselves. */
static enum clu_status find_groups(struct bounded *b, struct clu_err *err)
{
    struct clu_kmeans_state *s = b->s;
    struct clu_kmeans_opt opt = {.k = b->groups, .nstart = 1, .max_iter = 5, .algorithm = CLU_KMEANS_LLOYD,
                                 .refine = CLU_KMEANS_NONE};
    struct clu_view centers = {.v = s->center, .rows = s->k, .cols = s->d, .ld = s->d};
    struct clu_run run = {.seed = s->run->seed, .threads = 1};
    struct clu_kmeans fit;

    memset(b->group, 0, s->k * sizeof *b->group);
    if (b->groups > 1) {
        enum clu_status status = clu_kmeans_fit(&fit, centers, NULL, &opt, &run, err);
        if (status == CLU_SYSTEM)
            return status;
        for (size_t j = 0; j < s->k && status == CLU_OK; j++)
            b->group[j] = (size_t)fit.label[j]; /* equal centres that cannot be told apart: one group for all */
        clu_kmeans_clear(&fit);
    }
    size_t at = 0;
    for (size_t g = 0; g < b->groups; g++) {
        b->start[g] = at;
        for (size_t j = 0; j < s->k; j++)
            if (b->group[j] == g)
                b->order[at++] = (int32_t)j;
    }
    b->start[b->groups] = at;
    for (size_t g = 0; g < b->groups; g++) {
        enum clu_status status = clu_nearest_init(&b->near[g], &s->space, b->start[g + 1] - b->start[g], false, err);
        if (status != CLU_OK)
            return status;
    }
    return CLU_OK;
}

static void set_groups(struct bounded *b)
{
    struct clu_kmeans_state *s = b->s;

    for (size_t at = 0; at < s->k; at++)
        memcpy(b->center + at * s->d, s->center + (size_t)b->order[at] * s->d, s->d * sizeof *b->center);
    for (size_t g = 0; g < b->groups; g++)
        clu_nearest_set(&b->near[g], b->center + b->start[g] * s->d, NULL);
}

/* --- one chunk of rows --- */

static double square_to(struct bounded *b, struct clu_kmeans_worker *me, size_t i, int32_t j)
{
    const double *y = clu_space_row(&b->s->space, i, me->row);
    return clu_kern()->sqdist(y, b->s->center + (size_t)j * b->s->d, b->s->d);
}

/* Rows of from..end that the bounds cannot settle go to active[], with their squared distances. */
static size_t sift(struct bounded *b, struct clu_kmeans_worker *me, size_t from, size_t end, size_t *active,
                   double *square)
{
    struct clu_kmeans_state *s = b->s;
    size_t found = 0;

    for (size_t i = from; i < end; i++) {
        float *lower = b->lower + i * b->groups, least = HUGE_VALF;
        int32_t a = s->label[i];
        if (a < 0) {
            square[found] = HUGE_VAL;
            active[found++] = i;
            continue;
        }
        for (size_t g = 0; g < b->groups; g++) {
            lower[g] = lower[g] - b->group_drift[g] * (1 + 2 * FLT_EPSILON);
            lower[g] = lower[g] > 0 ? lower[g] * (1 - FLT_EPSILON) : 0;
            least = lower[g] < least ? lower[g] : least;
        }
        if (b->groups == 1 && b->half[a] > least)
            least = b->half[a];
        float upper = (b->upper[i] + b->drift[a]) * (1 + 2 * FLT_EPSILON);
        if (!(upper < least)) {
            double exact = square_to(b, me, i, a);
            upper = round_up(sqrt(exact));
            if (!(upper < least)) {
                square[found] = exact;
                active[found++] = i;
            }
        }
        b->upper[i] = upper;
    }
    return found;
}

/* Row i, now at distance sqrt(*square) from its centre, meets the answer p of group g. */
static void meet(struct bounded *b, struct clu_kmeans_worker *me, size_t i, double *square, size_t g, size_t p)
{
    struct clu_kmeans_state *s = b->s;
    const struct clu_tile *t = &me->tile;
    int32_t winner = b->order[b->start[g] + (size_t)t->which[p]], own = s->label[i];
    float *lower = b->lower + i * b->groups;

    if (winner != own && t->best[p] - 2 * t->err[p] <= *square) {
        double v = square_to(b, me, i, winner);
        if (v < *square || (v == *square && winner < own)) {
            if (own >= 0) { /* the group of the one that is left must now allow for it */
                float *left = &lower[b->group[own]], dist = round_down(sqrt(*square));
                *left = dist < *left ? dist : *left;
            }
            clu_kmeans_relabel(s, me, i, winner);
            *square = v;
            b->upper[i] = round_up(sqrt(v));
            own = winner;
        }
    }
    double other = (winner == own ? t->second[p] : t->best[p]) - 2 * t->err[p];
    lower[g] = other > 0 ? round_down(sqrt(other)) : 0;
}

static void do_chunk(struct bounded *b, size_t from, size_t end)
{
    struct clu_kmeans_state *s = b->s;
    size_t thread = (size_t)omp_get_thread_num();
    struct clu_kmeans_worker *me = &s->worker[thread];
    size_t *active = b->active + thread * b->chunk, *pick = b->pick + thread * b->chunk;
    double *square = b->square + thread * b->chunk;
    size_t found = sift(b, me, from, end, active, square);

    for (size_t g = 0; g < b->groups && found > 0; g++) {
        size_t picked = 0;
        for (size_t q = 0; q < found; q++) { /* pick[] holds places in active[], then row numbers behind it */
            size_t i = active[q];
            if (s->label[i] < 0 || b->lower[i * b->groups + g] <= b->upper[i])
                pick[picked++] = q;
        }
        for (size_t first = 0; first < picked; first += CLU_KERN_TILE) {
            size_t count = picked - first < CLU_KERN_TILE ? picked - first : CLU_KERN_TILE;
            size_t row[CLU_KERN_TILE];
            for (size_t p = 0; p < count; p++)
                row[p] = active[pick[first + p]];
            clu_nearest_find(&b->near[g], &me->tile, row, 0, count);
            for (size_t p = 0; p < count; p++)
                meet(b, me, row[p], &square[pick[first + p]], g, p);
        }
    }
}

/* --- the iteration --- */

static uint64_t bounded_pass(struct bounded *b)
{
    struct clu_kmeans_state *s = b->s;
    size_t chunks = (s->n + b->chunk - 1) / b->chunk;

    set_groups(b);
#pragma omp parallel for num_threads(s->threads) schedule(dynamic)
    for (size_t c = 0; c < chunks; c++)
        do_chunk(b, c * b->chunk, (c + 1) * b->chunk < s->n ? (c + 1) * b->chunk : s->n);
    return clu_kmeans_fold(s);
}

static enum clu_status iterate(struct bounded *b)
{
    struct clu_kmeans_state *s = b->s;

    while (s->iterations < s->opt->max_iter) {
        if (clu_tick(s->run, "iteration", s->iterations, s->opt->max_iter, NAN) != CLU_OK)
            return CLU_STOPPED;
        uint64_t changed = bounded_pass(b);
        s->iterations++;
        if (changed == 0) {
            s->converged = true;
            return CLU_OK;
        }
        double moved = clu_kmeans_update(s);
        widen_bounds(b);
        if (s->refilled) /* rows were given away behind the bounds' back */
            for (size_t i = 0; i < s->n; i++) {
                b->upper[i] = HUGE_VALF;
                memset(b->lower + i * b->groups, 0, b->groups * sizeof *b->lower);
            }
        else if (moved <= s->least_move) {
            s->converged = true;
            break;
        }
    }
    bounded_pass(b); /* labels that go with the last centres */
    return CLU_OK;
}

enum clu_status clu_kmeans_bounded(struct clu_kmeans_state *s, size_t groups, struct clu_err *err)
{
    size_t threads = (size_t)s->threads;
    struct bounded b = {.s = s, .groups = groups};

    b.chunk = s->n / (4 * threads) + 1;
    b.chunk = b.chunk < CLU_KMEANS_CHUNK ? CLU_KMEANS_CHUNK : b.chunk > 8 * CLU_KMEANS_CHUNK ? 8 * CLU_KMEANS_CHUNK : b.chunk;
    b.upper = clu_calloc(s->n, sizeof *b.upper);
    b.lower = clu_calloc(s->n * groups, sizeof *b.lower);
    b.drift = clu_calloc(s->k, sizeof *b.drift);
    b.group_drift = clu_calloc(groups, sizeof *b.group_drift);
    b.half = clu_calloc(s->k, sizeof *b.half);
    b.group = clu_calloc(s->k, sizeof *b.group);
    b.start = clu_calloc(groups + 1, sizeof *b.start);
    b.order = clu_calloc(s->k, sizeof *b.order);
    b.center = clu_alloc(s->k * s->d, sizeof *b.center);
    b.near = clu_calloc(groups, sizeof *b.near);
    b.active = clu_alloc(threads * b.chunk, sizeof *b.active);
    b.pick = clu_alloc(threads * b.chunk, sizeof *b.pick);
    b.square = clu_alloc(threads * b.chunk, sizeof *b.square);

    enum clu_status status;
    if (!b.upper || !b.lower || !b.drift || !b.group_drift || !b.half || !b.group || !b.start || !b.order ||
        !b.center || !b.near || !b.active || !b.pick || !b.square)
        status = clu_fail_memory(err);
    else if ((status = find_groups(&b, err)) == CLU_OK)
        status = iterate(&b);

    for (size_t g = 0; b.near && g < groups; g++)
        clu_nearest_clear(&b.near[g]);
    void *owned[] = {b.upper, b.lower, b.drift, b.group_drift, b.half, b.group, b.start,
                     b.order, b.center, b.near, b.active, b.pick, b.square};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        clu_free(owned[i]);
    return status;
}
