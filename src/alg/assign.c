#include "alg/assign.h"

#include "base/mem.h"
#include "num/nearest.h"

#include <math.h>
#include <omp.h>
#include <string.h>

struct clu_assign {
    struct clu_space space; /* found from the centres; its view is that of the rows at hand */
    struct clu_nearest near;
    struct clu_tile *tile; /* [threads] */
    int threads;
    size_t k, d;
    double *center; /* [k][d] in the space's coordinates */
};

enum clu_status clu_assign_open(struct clu_assign **out, const double *center, size_t k, size_t d,
                                const struct clu_run *run, struct clu_err *err)
{
    struct clu_assign *a = clu_calloc(1, sizeof *a);
    *out = NULL;
    if (!a)
        return clu_fail_memory(err);
    a->k = k;
    a->d = d;

    struct clu_view centers = {.v = center, .rows = k, .cols = d, .ld = d};
    enum clu_status status = clu_space_init(&a->space, centers, run, err);
    if (status == CLU_OK)
        status = clu_nearest_init(&a->near, &a->space, k, false, err);
    if (status == CLU_OK) {
        a->center = clu_alloc(k * d, sizeof *a->center);
        a->tile = clu_calloc((size_t)run->threads, sizeof *a->tile);
        if (!a->center || !a->tile)
            status = clu_fail_memory(err);
    }
    for (; status == CLU_OK && a->threads < run->threads; a->threads++)
        status = clu_tile_init(&a->tile[a->threads], d, err);
    if (status != CLU_OK) {
        clu_assign_close(a);
        return status;
    }
    clu_assign_center(a, center);
    *out = a;
    return CLU_OK;
}

void clu_assign_close(struct clu_assign *a)
{
    if (!a)
        return;
    for (int t = 0; t < a->threads; t++)
        clu_tile_clear(&a->tile[t]);
    clu_free(a->tile);
    clu_free(a->center);
    clu_nearest_clear(&a->near);
    clu_space_clear(&a->space);
    clu_free(a);
}

void clu_assign_center(struct clu_assign *a, const double *center)
{
    memcpy(a->center, center, a->k * a->d * sizeof *center);
    clu_space_enter(&a->space, a->center, a->k);
    clu_nearest_set(&a->near, a->center, NULL);
}

void clu_assign_rows(struct clu_assign *a, struct clu_view x, int32_t *label, double *distance)
{
    size_t tiles = (x.rows + CLU_KERN_TILE - 1) / CLU_KERN_TILE;

    a->space.x = x;
#pragma omp parallel for num_threads(a->threads) schedule(static) if (tiles > 4)
    for (size_t t = 0; t < tiles; t++) {
        struct clu_tile *tile = &a->tile[omp_get_thread_num()];
        size_t first = t * CLU_KERN_TILE, count = x.rows - first < CLU_KERN_TILE ? x.rows - first : CLU_KERN_TILE;
        clu_nearest_find(&a->near, tile, NULL, first, count);
        memcpy(label + first, tile->which, count * sizeof *label);
        for (size_t p = 0; distance && p < count; p++) {
            const double *y = clu_space_row(&a->space, first + p, tile->row);
            distance[first + p] = clu_kern()->sqdist(y, a->center + (size_t)label[first + p] * a->d, a->d);
        }
        if (distance)
            clu_kern()->roots(distance + first, count, 1 / a->space.unit); /* a power of two */
    }
}

void clu_assign_distances(struct clu_assign *a, struct clu_view x, size_t from, size_t count, double *out)
{
    a->space.x = x;
#pragma omp parallel for num_threads(a->threads) schedule(static) if (count > 4 * CLU_KERN_TILE)
    for (size_t q = 0; q < count; q++) {
        const double *y = clu_space_row(&a->space, from + q, a->tile[omp_get_thread_num()].row);
        for (size_t j = 0; j < a->k; j++)
            out[q * a->k + j] = sqrt(clu_kern()->sqdist(y, a->center + j * a->d, a->d)) / a->space.unit;
    }
}
