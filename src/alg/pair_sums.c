/* Sections: order, two tiles, blocks of tiles, the tournament, the call. */
#include "alg/pair_sums.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define TILE CLU_KERN_TILE

/* Tiles in a block. Two of them are about a millisecond's work: a round's end, where threads wait for each other, is little beside
 * it, also where other programs want the processors; and 20,000 rows make ten pairs of blocks. */
#define BLOCK 20

struct work {
    struct clu_pair_sums *out;
    size_t d, tiles, blocks;
    double *x;      /* [tiles][d][TILE] */
    int32_t *label; /* [n] of each place */
    bool own_only;
    double *extent; /* [threads][2][k] largest within, least between; or NULL */
};

/* --- order --- */

void clu_cluster_order(size_t *order, size_t *start, const size_t *row, size_t n, const int32_t *label, size_t k)
{
    memset(start, 0, (k + 1) * sizeof *start);
    for (size_t i = 0; i < n; i++)
        start[label[row ? row[i] : i] + 1]++;
    for (size_t g = 0; g < k; g++)
        start[g + 1] += start[g];
    for (size_t i = 0; i < n; i++) { /* start[g] runs to the end of g, where g + 1 begins ... */
        size_t r = row ? row[i] : i;
        order[start[label[r]]++] = r;
    }
    memmove(start + 1, start, k * sizeof *start); /* ... and is taken back */
    start[0] = 0;
}

static void pack(const struct work *w, const struct clu_space *space, int threads)
{
    const struct clu_pair_sums *s = w->out;

#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t t = 0; t < w->tiles; t++) {
        double norm[TILE];
        size_t left = s->n - t * TILE;
        clu_space_tile(space, s->order, t * TILE, left < TILE ? left : TILE, space->zero, 1, w->x + t * w->d * TILE, norm);
    }
}

/* --- two tiles --- */

static const double *tile(const struct work *w, size_t t)
{
    return w->x + t * w->d * TILE;
}

static double *sums(const struct work *w, size_t t, size_t cluster)
{
    return w->out->sum + (t * w->out->k + cluster) * TILE;
}

/* The points of a tile; the last one may have fewer. */
static size_t points(const struct work *w, size_t t)
{
    size_t left = w->out->n - t * TILE;
    return left < TILE ? left : TILE;
}

/* The end of the run of points of the same cluster as place lo. */
static size_t run_end(const struct work *w, size_t lo, size_t end)
{
    size_t cluster_end = w->out->start[w->label[lo] + 1];
    return cluster_end < end ? cluster_end : end;
}

/* All points of a full tile are of one cluster. */
static bool is_pure(const struct work *w, size_t t)
{
    return points(w, t) == TILE && w->label[t * TILE] == w->label[t * TILE + TILE - 1];
}

static void widen(double *extent, size_t k, int32_t g, int32_t h, double least, double most)
{
    if (g == h) {
        extent[g] = most > extent[g] ? most : extent[g];
    } else {
        extent[k + (size_t)g] = least < extent[k + (size_t)g] ? least : extent[k + (size_t)g];
        extent[k + (size_t)h] = least < extent[k + (size_t)h] ? least : extent[k + (size_t)h];
    }
}

/* All of tile a are of one cluster; b is another tile. */
static void meet_pure(const struct work *w, size_t a, size_t b, double *extent)
{
    int32_t g = w->label[a * TILE];
    size_t first = b * TILE, end = first + points(w, b);

    for (size_t lo = first, hi; lo < end; lo = hi) {
        int32_t h = w->label[lo];
        double reach[2] = {HUGE_VAL, 0};
        hi = run_end(w, lo, end);
        clu_kern()->euclidean_sums(tile(w, a), tile(w, b) + (lo - first), w->d, hi - lo, sums(w, a, (size_t)h),
                                   sums(w, b, (size_t)g) + (lo - first), extent ? reach : NULL);
        if (extent)
            widen(extent, w->out->k, g, h, reach[0], reach[1]);
    }
}

/* Distances v[] of the points of tile a to one of cluster h: back[g * TILE] is that one's sum to cluster g. */
static void add_runs(const struct work *w, size_t a, const double *v, int32_t h, double *back, double *extent)
{
    size_t first = a * TILE, end = first + points(w, a);

    for (size_t lo = first, hi; lo < end; lo = hi) {
        double all = 0, least = HUGE_VAL, most = 0;
        hi = run_end(w, lo, end);
        for (size_t p = lo - first; p < hi - first; p++)
            all += v[p];
        back[(size_t)w->label[lo] * TILE] += all;
        if (!extent)
            continue;
        for (size_t p = lo - first; p < hi - first; p++) {
            least = v[p] < least ? v[p] : least;
            most = v[p] > most ? v[p] : most;
        }
        widen(extent, w->out->k, w->label[lo], h, least, most);
    }
}

/* Both tiles are of several clusters. Places beyond the last row gather sums that nobody reads. */
static void meet_mixed(const struct work *w, size_t a, size_t b, double *extent)
{
    const struct clu_metric metric = {.kind = CLU_EUCLIDEAN};
    double v[TILE];

    for (size_t q = 0; q < points(w, b); q++) {
        int32_t h = w->label[b * TILE + q];
        double *to = sums(w, a, (size_t)h);
        clu_kern()->dist_tile[CLU_EUCLIDEAN](tile(w, a), tile(w, b) + q, TILE, w->d, &metric, v);
        for (size_t p = 0; p < TILE; p++)
            to[p] += v[p];
        add_runs(w, a, v, h, sums(w, b, 0) + q, extent);
    }
}

/* A tile and itself: here alone a pair is looked at from both sides. */
static void meet_itself(const struct work *w, size_t a, double *extent)
{
    const struct clu_metric metric = {.kind = CLU_EUCLIDEAN};
    double v[TILE];

    for (size_t q = 0; q < points(w, a); q++) {
        int32_t h = w->label[a * TILE + q];
        double *to = sums(w, a, (size_t)h);
        clu_kern()->dist_tile[CLU_EUCLIDEAN](tile(w, a), tile(w, a) + q, TILE, w->d, &metric, v);
        for (size_t p = 0; p < TILE; p++)
            to[p] += v[p];
        for (size_t p = 0; p < points(w, a) && extent; p++)
            if (p != q)
                widen(extent, w->out->k, w->label[a * TILE + p], h, v[p], v[p]);
    }
}

static void meet(const struct work *w, size_t a, size_t b, double *extent)
{
    if (a == b)
        meet_itself(w, a, extent);
    else if (is_pure(w, a))
        meet_pure(w, a, b, extent);
    else if (is_pure(w, b))
        meet_pure(w, b, a, extent);
    else
        meet_mixed(w, a, b, extent);
}

/* --- blocks of tiles --- */

static size_t block_end(const struct work *w, size_t block)
{
    return (block + 1) * BLOCK < w->tiles ? (block + 1) * BLOCK : w->tiles;
}

/* Do the two have a cluster in common? */
static bool share_cluster(const struct work *w, size_t i, size_t j)
{
    size_t low = i < j ? i : j, high = i < j ? j : i;
    return w->label[block_end(w, low) * TILE - 1] == w->label[high * BLOCK * TILE]; /* low is not the last block, so it is full */
}

static void meet_blocks(const struct work *w, size_t i, size_t j)
{
    double *extent = w->extent ? w->extent + (size_t)omp_get_thread_num() * 2 * w->out->k : NULL;

    if (w->own_only && i != j && !share_cluster(w, i, j))
        return;
    for (size_t a = i * BLOCK; a < block_end(w, i); a++)
        for (size_t b = i == j ? a : j * BLOCK; b < block_end(w, j); b++)
            meet(w, a, b, extent);
}

/* --- the tournament --- */

/* The opponents of pair q in a round, of an even number of players (the circle method: the last one stays where it is). */
static void opponents(size_t round, size_t q, size_t players, size_t *i, size_t *j)
{
    size_t circle = players - 1;

    *i = q == 0 ? circle : (round + q) % circle;
    *j = (round + circle - q) % circle;
}

static enum clu_status play(const struct work *w, const struct clu_run *run)
{
    size_t players = (w->blocks + 1) / 2 * 2; /* one more than there are, when odd: who meets it has a rest */
    int threads = run->threads;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (size_t i = 0; i < w->blocks; i++)
        meet_blocks(w, i, i);
    for (size_t round = 0; round + 1 < players; round++) {
        if (clu_tick(run, "silhouette", round, players - 1, NAN) != CLU_OK)
            return CLU_STOPPED;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
        for (size_t q = 0; q < players / 2; q++) {
            size_t i, j;
            opponents(round, q, players, &i, &j);
            if (i < w->blocks && j < w->blocks)
                meet_blocks(w, i, j);
        }
    }
    return CLU_OK;
}

/* --- the call --- */

void clu_pair_sums_clear(struct clu_pair_sums *s)
{
    clu_free(s->order);
    clu_free(s->start);
    clu_free(s->sum);
    clu_free(s->diameter);
    clu_free(s->separation);
    *s = (struct clu_pair_sums){0};
}

/* What the threads found, together: the largest and the least, so in any order. */
static void merge_extents(const struct work *w, double unit, int threads)
{
    struct clu_pair_sums *s = w->out;

    for (size_t g = 0; g < s->k; g++) {
        s->diameter[g] = 0;
        s->separation[g] = HUGE_VAL;
        for (size_t t = 0; t < (size_t)threads; t++) {
            const double *e = w->extent + t * 2 * s->k;
            s->diameter[g] = fmax(s->diameter[g], e[g] / unit);
            s->separation[g] = fmin(s->separation[g], e[s->k + g] / unit);
        }
    }
}

static bool take_memory(struct work *w, bool extent, int threads)
{
    struct clu_pair_sums *s = w->out;
    size_t k = s->k;

    s->order = clu_alloc(s->n, sizeof *s->order);
    s->start = clu_alloc(k + 1, sizeof *s->start);
    s->sum = clu_calloc(w->tiles * TILE, k * sizeof *s->sum);
    w->x = clu_alloc_aligned(w->tiles, w->d * TILE * sizeof *w->x);
    w->label = clu_alloc(s->n, sizeof *w->label);
    bool have = s->order && s->start && s->sum && w->x && w->label;
    if (extent) {
        s->diameter = clu_alloc(k, sizeof *s->diameter);
        s->separation = clu_alloc(k, sizeof *s->separation);
        w->extent = clu_alloc((size_t)threads * 2, k * sizeof *w->extent);
        have = have && s->diameter && s->separation && w->extent;
        for (size_t i = 0; i < (size_t)threads * 2 * k && w->extent; i++)
            w->extent[i] = i / k % 2 ? HUGE_VAL : 0;
    }
    return have;
}

enum clu_status clu_pair_sums_fit(struct clu_pair_sums *out, const struct clu_space *space, const size_t *row, size_t n,
                                  const int32_t *label, size_t k, const struct clu_pair_sums_opt *opt, const struct clu_run *run,
                                  struct clu_err *err)
{
    size_t d = space->x.cols, tiles = (n + TILE - 1) / TILE;
    struct work w = {.out = out, .d = d, .tiles = tiles, .blocks = (tiles + BLOCK - 1) / BLOCK, .own_only = opt->own_only};

    *out = (struct clu_pair_sums){.n = n, .k = k};
    enum clu_status status = clu_need(run, (double)(tiles * TILE) * ((double)k + (double)d + 2) * sizeof(double), err,
                                      "the silhouette of %zu rows in %zu clusters; use a sample", n, k);
    if (status == CLU_OK && !take_memory(&w, opt->extent, run->threads))
        status = clu_fail_memory(err);
    if (status == CLU_OK) {
        clu_cluster_order(out->order, out->start, row, n, label, k);
        for (size_t p = 0; p < n; p++)
            w.label[p] = label[out->order[p]];
        pack(&w, space, run->threads);
        status = play(&w, run);
    }
    if (status == CLU_OK && opt->extent)
        merge_extents(&w, space->unit, run->threads);
    clu_free(w.x);
    clu_free(w.label);
    clu_free(w.extent);
    if (status != CLU_OK)
        clu_pair_sums_clear(out);
    return status;
}
