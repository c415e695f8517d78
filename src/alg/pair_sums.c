/* Sections: order, tiles, two tiles, blocks of tiles, the tournament, the call. */
#include "alg/pair_sums.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <sched.h>
#include <string.h>

#define TILE CLU_KERN_TILE

/* Tiles in a block. A pair of blocks is about a millisecond's work, and 20,000 rows make ten pairs. */
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

/* --- tiles --- */

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

static void pack(const struct work *w, const struct clu_space *space, int threads)
{
    const struct clu_pair_sums *s = w->out;

#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t t = 0; t < w->tiles; t++) {
        double norm[TILE];
        memset(sums(w, t, 0), 0, s->k * TILE * sizeof *s->sum); /* by the threads: clearing so much is work, too */
        clu_space_tile(space, s->order, t * TILE, points(w, t), space->zero, 1, w->x + t * w->d * TILE, norm);
    }
}

/* --- two tiles --- */

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

/* Distances of all points of tile a to each of b, v[TILE of b][TILE of a], and the sums of a. Places beyond the last row gather sums
 * that nobody reads. */
static void face(const struct work *w, size_t a, size_t b, double (*v)[TILE])
{
    const struct clu_metric metric = {.kind = CLU_EUCLIDEAN};

    for (size_t q = 0; q < points(w, b); q++) {
        double *to = sums(w, a, (size_t)w->label[b * TILE + q]);
        clu_kern()->dist_tile[CLU_EUCLIDEAN](tile(w, a), tile(w, b) + q, TILE, w->d, &metric, v[q]);
        for (size_t p = 0; p < TILE; p++)
            to[p] += v[q][p];
    }
}

static void widen_each(const struct work *w, size_t a, size_t b, double (*v)[TILE], double *extent)
{
    for (size_t q = 0; q < points(w, b); q++)
        for (size_t p = 0; p < points(w, a); p++)
            if (a != b || p != q)
                widen(extent, w->out->k, w->label[a * TILE + p], w->label[b * TILE + q], v[q][p], v[q][p]);
}

/* Both tiles are of several clusters. The points of b are the inner loop of their sums, too: a loop over the points of one cluster,
 * which may be few, would wait for each addition. */
static void meet_mixed(const struct work *w, size_t a, size_t b, double *extent)
{
    _Alignas(64) double v[TILE][TILE]; /* stores of vectors that cross cache lines are slow */
    size_t end = points(w, b);

    face(w, a, b, v);
    for (size_t p = 0; p < points(w, a); p++) {
        double *to = sums(w, b, (size_t)w->label[a * TILE + p]);
        for (size_t q = 0; q < end; q++)
            to[q] += v[q][p];
    }
    if (extent)
        widen_each(w, a, b, v, extent);
}

/* A tile and itself: here alone a pair is looked at from both sides. */
static void meet_itself(const struct work *w, size_t a, double *extent)
{
    _Alignas(64) double v[TILE][TILE]; /* stores of vectors that cross cache lines are slow */

    face(w, a, a, v);
    if (extent)
        widen_each(w, a, a, v, extent);
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

/* Do block i and the later block j have a cluster in common? */
static bool share_cluster(const struct work *w, size_t i, size_t j)
{
    return w->label[block_end(w, i) * TILE - 1] == w->label[j * BLOCK * TILE]; /* i is not the last block, so it is full */
}

/* The lower block first, whichever of the two looked for the other: sums are added in another order the other way round. */
static void meet_blocks(const struct work *w, size_t one, size_t other)
{
    size_t i = one < other ? one : other, j = one < other ? other : one;
    double *extent = w->extent ? w->extent + (size_t)omp_get_thread_num() * 2 * w->out->k : NULL;

    if (w->own_only && i != j && !share_cluster(w, i, j))
        return;
    for (size_t a = i * BLOCK; a < block_end(w, i); a++)
        for (size_t b = i == j ? a : j * BLOCK; b < block_end(w, j); b++)
            meet(w, a, b, extent);
}

/* --- the tournament --- */

/* Round 0 is each block with itself; then come players - 1 rounds of the circle method. Rounds are not waited for: a block plays as
 * soon as its next opponent has come as far, so that a thread that has lost its processor to another program holds up two
 * blocks, not all. */
struct tournament {
    const struct work *w;
    size_t players; /* even: one more than there are blocks, when they are odd, and who meets it has a rest */
    size_t *round;  /* [blocks] the next one of each */
    bool *busy;     /* [blocks] playing */
    size_t next;    /* the block that is looked at next */
    size_t left;    /* rounds of all blocks that are still to be played */
    bool stop;
};

static size_t opponent(const struct tournament *t, size_t block)
{
    size_t circle = t->players - 1, round = t->round[block] - 1;

    if (t->round[block] == 0)
        return block;
    if (block == circle)
        return round;
    size_t other = (2 * round + circle - block) % circle; /* the two of a pair add up to twice the round */
    return other == block ? circle : other;
}

/* The next pair that can play, if there is one now. */
static bool take_pair(struct tournament *t, size_t *i, size_t *j)
{
    size_t blocks = t->w->blocks;

    for (size_t tried = 0; tried < blocks; tried++) {
        *i = t->next;
        t->next = (t->next + 1) % blocks;
        if (t->busy[*i] || t->round[*i] == t->players)
            continue;
        *j = opponent(t, *i);
        if (*j >= blocks) {
            t->round[*i]++;
            t->left--;
        } else if (!t->busy[*j] && t->round[*j] == t->round[*i]) {
            t->busy[*i] = t->busy[*j] = true;
            return true;
        }
    }
    return false;
}

static void give_back(struct tournament *t, size_t i, size_t j)
{
    t->busy[i] = t->busy[j] = false;
    t->round[i]++;
    t->left--;
    if (i != j) {
        t->round[j]++;
        t->left--;
    }
}

static void play_on(struct tournament *t, const struct clu_run *run)
{
    size_t all = t->w->blocks * t->players, i = 0, j = 0, left = all;

    for (bool playing = false, end = false; !end;) {
#pragma omp critical(clu_pair_sums)
        {
            if (playing)
                give_back(t, i, j);
            left = t->left;
            end = left == 0 || t->stop;
            playing = !end && take_pair(t, &i, &j);
        }
        if (playing)
            meet_blocks(t->w, i, j);
        else if (!end)
            sched_yield();
        if (playing && omp_get_thread_num() == 0 && clu_tick(run, "silhouette", all - left, all, NAN) != CLU_OK)
#pragma omp critical(clu_pair_sums)
            t->stop = true;
    }
}

static enum clu_status play(const struct work *w, const struct clu_run *run, struct clu_err *err)
{
    size_t players = (w->blocks + 1) / 2 * 2, pairs = players / 2;
    int threads = (size_t)run->threads < pairs ? run->threads : (int)pairs;
    struct tournament t = {.w = w, .players = players, .left = players * w->blocks};
    enum clu_status status = CLU_OK;

    t.round = clu_calloc(w->blocks, sizeof *t.round);
    t.busy = clu_calloc(w->blocks, sizeof *t.busy);
    if (t.round && t.busy) {
#pragma omp parallel num_threads(threads) if (threads > 1)
        play_on(&t, run);
    } else {
        status = clu_fail_memory(err);
    }
    clu_free(t.round);
    clu_free(t.busy);
    return t.stop ? CLU_STOPPED : status;
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
    s->sum = clu_alloc_aligned(w->tiles, k * TILE * sizeof *s->sum);
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
        status = play(&w, run, err);
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
