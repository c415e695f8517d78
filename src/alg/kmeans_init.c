/* Where k-means starts. Sections: distinct rows, random rows, greedy k-means++. */
#include "alg/kmeans_state.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/rowset.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- distinct rows --- */

static bool counts(const struct clu_kmeans_state *s, size_t i)
{
    return !s->w || s->w[i] > 0;
}

enum clu_status clu_kmeans_distinct(const struct clu_kmeans_state *s, struct clu_err *err)
{
    struct clu_rowset set;
    if (clu_rowset_init(&set, s->space.x, s->k) < 0)
        return clu_fail_memory(err);
    for (size_t i = 0; i < s->n && set.used < s->k; i++)
        if (counts(s, i))
            clu_rowset_add(&set, i);
    size_t distinct = set.used;
    clu_rowset_clear(&set);
    if (distinct < s->k)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu distinct row%s%s", s->k, s->k == 1 ? "" : "s", distinct,
                        distinct == 1 ? "" : "s", s->w ? " of positive weight" : "");
    return CLU_OK;
}

/* --- random rows --- */

static void take_center(struct clu_kmeans_state *s, size_t c, size_t i)
{
    double *to = s->center + c * s->d;
    const double *y = clu_space_row(&s->space, i, to);
    if (y != to)
        memcpy(to, y, s->d * sizeof *y);
}

/* k distinct rows. A few more are drawn than needed; should duplicates use those up, all rows are. */
static enum clu_status start_random(struct clu_kmeans_state *s, struct clu_rng *rng, struct clu_err *err)
{
    size_t draw = s->k < s->n / 4 ? 2 * s->k + 64 : s->n;
    if (draw > s->n)
        draw = s->n;

    for (;;) {
        struct clu_rowset set;
        size_t *row = clu_alloc(draw, sizeof *row), taken = 0;
        int ready = clu_rowset_init(&set, s->space.x, s->k);
        if (row && ready == 0 && clu_rng_sample(rng, s->n, draw, row) == 0) {
            for (size_t q = 0; q < draw && taken < s->k; q++)
                if (counts(s, row[q]) && clu_rowset_add(&set, row[q]) == row[q])
                    take_center(s, taken++, row[q]);
        } else {
            ready = -1;
        }
        clu_rowset_clear(&set);
        clu_free(row);
        if (ready < 0)
            return clu_fail_memory(err);
        if (taken == s->k || draw == s->n)
            return CLU_OK; /* clu_kmeans_distinct() made sure that there are k */
        draw = s->n;
    }
}

/* --- greedy k-means++ --- */

#define TRIALS_MAX 32 /* 2 + ln k stays below this for any k */

struct seeding {
    struct clu_kmeans_state *s;
    double *least;     /* [n] squared distance to the nearest centre so far */
    double *potential; /* [pieces][TRIALS_MAX] sums of a piece of CHUNK rows, for each trial */
    double *trial;     /* [TRIALS_MAX][d] */
    double *total;     /* [pieces] weighted least[] of each piece */
    size_t pieces;
};

/* For every piece, the potential with each of the trial centres added; with keep, least[] and total[] are brought up to date
 * with the only one. Sums run in row order within a piece, so they do not depend on the threads. */
static void try_centers(struct seeding *g, size_t trials, bool keep)
{
    struct clu_kmeans_state *s = g->s;

#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (size_t c = 0; c < g->pieces; c++) {
        double out[CLU_KERN_TILE] __attribute__((aligned(64)));
        struct clu_tile *tile = &s->worker[omp_get_thread_num()].tile;
        double sum[TRIALS_MAX] = {0};
        size_t end = (c + 1) * CLU_KMEANS_CHUNK < s->n ? (c + 1) * CLU_KMEANS_CHUNK : s->n;

        for (size_t first = c * CLU_KMEANS_CHUNK; first < end; first += CLU_KERN_TILE) {
            size_t count = end - first < CLU_KERN_TILE ? end - first : CLU_KERN_TILE;
            clu_space_tile(&s->space, NULL, first, count, s->space.zero, 1, tile->x, tile->norm);
            for (size_t t = 0; t < trials; t++) {
                clu_kern()->sqdist_tile(tile->x, g->trial + t * s->d, s->d, out);
                for (size_t p = 0; p < count; p++) {
                    double least = out[p] < g->least[first + p] ? out[p] : g->least[first + p];
                    sum[t] += s->w ? s->w[first + p] * least : least;
                    if (keep)
                        g->least[first + p] = least;
                }
            }
        }
        for (size_t t = 0; t < trials; t++)
            g->potential[c * TRIALS_MAX + t] = sum[t];
        if (keep)
            g->total[c] = sum[0];
    }
}

/* A row drawn with probability proportional to weight times least[]. */
static size_t draw_row(const struct seeding *g, double all, struct clu_rng *rng)
{
    const struct clu_kmeans_state *s = g->s;
    double left = clu_rng_unit(rng) * all;
    size_t c = 0, last = 0;

    while (c + 1 < g->pieces && left >= g->total[c])
        left -= g->total[c++];
    for (; c < g->pieces; c++) { /* on to the next piece when rounding left nothing to draw in this one */
        size_t end = (c + 1) * CLU_KMEANS_CHUNK < s->n ? (c + 1) * CLU_KMEANS_CHUNK : s->n;
        for (size_t i = c * CLU_KMEANS_CHUNK; i < end; i++) {
            double mass = s->w ? s->w[i] * g->least[i] : g->least[i];
            if (mass <= 0)
                continue;
            last = i;
            if (left < mass)
                return i;
            left -= mass;
        }
    }
    return last;
}

static double sum_of(const double *v, size_t n, size_t stride)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i * stride];
    return sum;
}

/* The first centre: any row, in proportion to its weight. */
static size_t draw_first(struct seeding *g, struct clu_rng *rng)
{
    struct clu_kmeans_state *s = g->s;
    for (size_t i = 0; i < s->n; i++)
        g->least[i] = 1;
    for (size_t c = 0; c < g->pieces; c++) {
        size_t from = c * CLU_KMEANS_CHUNK, end = from + CLU_KMEANS_CHUNK < s->n ? from + CLU_KMEANS_CHUNK : s->n;
        g->total[c] = s->w ? sum_of(s->w + from, end - from, 1) : (double)(end - from);
    }
    size_t i = draw_row(g, sum_of(g->total, g->pieces, 1), rng);
    for (size_t r = 0; r < s->n; r++)
        g->least[r] = HUGE_VAL;
    return i;
}

static enum clu_status seed(struct seeding *g, struct clu_rng *rng)
{
    struct clu_kmeans_state *s = g->s;
    size_t trials = 2 + (size_t)log((double)s->k);
    size_t row[TRIALS_MAX], best = 0;

    row[0] = draw_first(g, rng);
    for (size_t c = 0; c < s->k; c++) {
        if (clu_tick(s->run, "k-means++", c, s->k, NAN) != CLU_OK)
            return CLU_STOPPED;
        if (c > 0) {
            double all = sum_of(g->total, g->pieces, 1), least = HUGE_VAL;
            for (size_t t = 0; t < trials; t++) {
                row[t] = draw_row(g, all, rng);
                const double *y = clu_space_row(&s->space, row[t], g->trial + t * s->d);
                memmove(g->trial + t * s->d, y, s->d * sizeof *y);
            }
            try_centers(g, trials, false);
            for (size_t t = 0; t < trials; t++) {
                double potential = sum_of(g->potential + t, g->pieces, TRIALS_MAX);
                if (potential < least) {
                    least = potential;
                    best = t;
                }
            }
        }
        take_center(s, c, row[best]);
        memcpy(g->trial, s->center + c * s->d, s->d * sizeof *g->trial);
        if (c + 1 < s->k)
            try_centers(g, 1, true);
    }
    return CLU_OK;
}

static enum clu_status start_plusplus(struct clu_kmeans_state *s, struct clu_rng *rng, struct clu_err *err)
{
    struct seeding g = {.s = s, .pieces = (s->n + CLU_KMEANS_CHUNK - 1) / CLU_KMEANS_CHUNK};
    g.least = clu_alloc(s->n, sizeof *g.least);
    g.potential = clu_alloc(g.pieces * TRIALS_MAX, sizeof *g.potential);
    g.total = clu_alloc(g.pieces, sizeof *g.total);
    g.trial = clu_alloc(TRIALS_MAX * s->d, sizeof *g.trial);

    enum clu_status status =
        g.least && g.potential && g.total && g.trial ? seed(&g, rng) : clu_fail_memory(err);
    clu_free(g.least);
    clu_free(g.potential);
    clu_free(g.total);
    clu_free(g.trial);
    return status;
}

enum clu_status clu_kmeans_start(struct clu_kmeans_state *s, uint64_t t, struct clu_err *err)
{
    struct clu_rng rng;
    clu_rng_at(&rng, s->run->seed, t);

    if (s->opt->init == CLU_KMEANS_GIVEN) {
        memcpy(s->center, s->opt->start, s->k * s->d * sizeof *s->center);
        clu_space_enter(&s->space, s->center, s->k);
        return CLU_OK;
    }
    return s->opt->init == CLU_KMEANS_RANDOM ? start_random(s, &rng, err) : start_plusplus(s, &rng, err);
}
