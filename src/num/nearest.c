#include "num/nearest.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define TILE CLU_KERN_TILE
#define BLOCK CLU_KERN_BLOCK

#define UNIT64 0x1p-53 /* unit roundoff of double and float */
#define UNIT32 0x1p-24

/* What underflow may add to a squared distance, in the kernel's coordinates; far below any rounding that counts. */
#define VANISH64 0x1p-1000
#define VANISH32 0x1p-120

/* Of a tile's points that the float kernel leaves open, more than this are not worth single canonical contests. */
#define OPEN_MAX 4
#define DISTRUST_MAX 63

enum clu_status clu_nearest_init(struct clu_nearest *n, const struct clu_space *space, size_t k, bool factored,
                                 struct clu_err *err)
{
    size_t d = space->x.cols, padded = (k + BLOCK - 1) / BLOCK * BLOCK, width = d + (factored ? 1 : 0);
    double largest = 0;
    int e;

    *n = (struct clu_nearest){.space = space, .k = k, .d = d, .width = width, .factored = factored, .scale = 1};
    n->packed = clu_alloc_aligned(padded * (width + 1), sizeof *n->packed);
    n->packed32 = clu_alloc_aligned(padded * (width + 1), sizeof *n->packed32);
    if (!n->packed || !n->packed32) {
        clu_nearest_clear(n);
        return clu_fail_memory(err);
    }
    n->offset = n->packed + padded * width; /* padded is a multiple of BLOCK: still aligned in either precision */
    n->offset32 = n->packed32 + padded * width;
    for (size_t j = 0; j < d; j++) /* into [-1, 1], so that float squares neither overflow nor vanish */
        largest = fmax(largest, 2 * space->absmax[j]);
    (void)frexp(largest, &e);
    if (largest > 0)
        n->scale = ldexp(1, -e);
    return CLU_OK;
}

void clu_nearest_clear(struct clu_nearest *n)
{
    clu_free(n->packed);
    clu_free(n->packed32);
    *n = (struct clu_nearest){0};
}

static void put_number(struct clu_nearest *n, size_t j, size_t i, double x)
{
    size_t at = (j / BLOCK) * n->width * BLOCK + i * BLOCK + j % BLOCK;
    n->packed[at] = x;
    n->packed32[at] = (float)x;
}

static void put_offset(struct clu_nearest *n, size_t j, double x)
{
    n->offset[j] = x;
    n->offset32[j] = (float)x;
}

void clu_nearest_put(struct clu_nearest *n, size_t j)
{
    const double *c = n->center + j * n->d;
    double factor = n->factored ? n->factor[j] : 1, norm = 0;

    for (size_t i = 0; i < n->d; i++) {
        double z = (c[i] - n->space->middle[i]) * n->scale;
        norm += z * z;
        put_number(n, j, i, -2 * factor * z);
    }
    if (n->factored) {
        put_number(n, j, n->d, factor); /* times |x|^2, the tile's last coordinate */
        n->factor_max = fmax(n->factor_max, factor);
    }
    put_offset(n, j, factor * norm);
    n->reach = fmax(n->reach, sqrt(norm) * (1 + 1e-10));
}

void clu_nearest_set(struct clu_nearest *n, const double *center, const double *factor)
{
    n->center = center;
    n->factor = factor;
    n->reach = 0;
    n->factor_max = n->factored ? 0 : 1;
    for (size_t j = 0; j < n->k; j++)
        clu_nearest_put(n, j);
    for (size_t j = n->k; j % BLOCK != 0; j++) { /* padding that never wins */
        for (size_t i = 0; i < n->width; i++)
            put_number(n, j, i, 0);
        put_offset(n, j, HUGE_VAL);
    }
}

enum clu_status clu_tile_init(struct clu_tile *t, size_t d, struct clu_err *err)
{
    *t = (struct clu_tile){0};
    t->x = clu_alloc_aligned((d + 4) * TILE + d, sizeof *t->x);
    t->x32 = clu_alloc_aligned((d + 3) * TILE, sizeof *t->x32);
    if (!t->x || !t->x32) {
        clu_tile_clear(t);
        return clu_fail_memory(err);
    }
    t->norm = t->x + (d + 1) * TILE;
    t->best = t->norm + TILE;
    t->second = t->best + TILE;
    t->row = t->second + TILE;
    return CLU_OK;
}

void clu_tile_clear(struct clu_tile *t)
{
    clu_free(t->x);
    clu_free(t->x32);
    t->x = NULL;
    t->x32 = NULL;
}

/* A tile's points, and the winners among the centres, in one precision. */
static void propose32(const struct clu_nearest *n, struct clu_tile *t, const size_t *index, size_t first, size_t count)
{
    float *last = t->x32 + n->d * TILE, *low = t->x32 + n->width * TILE, *next = low + TILE;

    clu_space_tile32(n->space, index, first, count, n->space->middle, n->scale, t->x32, t->norm);
    for (size_t p = 0; p < TILE && n->factored; p++)
        last[p] = (float)t->norm[p];
    clu_kern()->nearest32(t->x32, n->packed32, n->offset32, n->width, n->k, low, next, t->which);
    for (size_t p = 0; p < TILE; p++) {
        t->best[p] = low[p];
        t->second[p] = next[p];
    }
}

static void propose64(const struct clu_nearest *n, struct clu_tile *t, const size_t *index, size_t first, size_t count)
{
    clu_space_tile(n->space, index, first, count, n->space->middle, n->scale, t->x, t->norm);
    if (n->factored)
        memcpy(t->x + n->d * TILE, t->norm, TILE * sizeof *t->norm);
    clu_kern()->nearest64(t->x, n->packed, n->offset, n->width, n->k, t->best, t->second, t->which);
}

/* Points of the tile whose winner does not stand; squared distances and their bounds in t. */
static uint64_t judge(const struct clu_nearest *n, struct clu_tile *t, bool f32)
{
    double terms = 4 * ((double)n->d + 8) * n->factor_max; /* (|x| + |c|)^2 <= 2 (|x|^2 + |c|^2) */
    double unit = f32 ? UNIT32 : UNIT64;
    struct clu_judge judge = {.reach2 = n->reach * n->reach,
                              .per_span = terms * unit,
                              .margin_per_span = 2 * terms * (unit + UNIT64),
                              .vanish = (f32 ? VANISH32 : VANISH64) * (double)(n->d + 8),
                              .back = 1 / (n->scale * n->scale),
                              .add_norm = !n->factored};

    return clu_kern()->judge(&judge, t->norm, t->best, t->second, t->err);
}

/* The canonical contest, for a point whose kernel answer is too close. */
static void resolve(const struct clu_nearest *n, struct clu_tile *t, size_t p, size_t row)
{
    const double *y = clu_space_row(n->space, row, t->row);
    double best = HUGE_VAL, second = HUGE_VAL;
    int32_t which = 0;

    for (size_t j = 0; j < n->k; j++) {
        double v = clu_kern()->sqdist(y, n->center + j * n->d, n->d);
        if (n->factored)
            v *= n->factor[j];
        if (v < best) {
            second = best;
            best = v;
            which = (int32_t)j;
        } else if (v < second) {
            second = v;
        }
    }
    t->which[p] = which;
    t->best[p] = best;
    t->second[p] = second;
    t->resolved++;
}

void clu_nearest_find(const struct clu_nearest *n, struct clu_tile *t, const size_t *index, size_t first, size_t count)
{
    uint64_t asked = ((uint64_t)1 << count) - 1, open = asked; /* count <= TILE < 64 */
    bool doubt = t->skip > 0;

    if (doubt) {
        t->skip--;
    } else {
        propose32(n, t, index, first, count);
        open = judge(n, t, true) & asked;
        doubt = __builtin_popcountll(open) > OPEN_MAX;
        t->distrust = !doubt ? 0 : t->distrust < DISTRUST_MAX ? 2 * t->distrust + 1 : DISTRUST_MAX;
        t->skip = t->distrust;
    }
    if (doubt) {
        propose64(n, t, index, first, count);
        open = judge(n, t, false) & asked;
    }
    for (; open != 0; open &= open - 1) {
        size_t p = (size_t)__builtin_ctzll(open);
        resolve(n, t, p, index ? index[first + p] : first + p);
    }
}
