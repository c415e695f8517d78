/* Sections: variances, rows that count, k-means, sparse rows. */
#include "alg/gmm_start.h"

#include "alg/kmeans.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- variances --- */

/* Mean and standard deviation of column j, in two passes so that nothing cancels; 0 for a constant column. */
static double deviation(struct clu_view x, const double *w, size_t j)
{
    double mean = 0, sum = 0, weight = 0, first = clu_view_at(x, 0, j);

    for (size_t i = 0; i < x.rows; i++) {
        double of = w ? w[i] : 1;
        weight += of;
        mean += of * (clu_view_at(x, i, j) - first);
    }
    mean /= weight;
    for (size_t i = 0; i < x.rows; i++) {
        double off = clu_view_at(x, i, j) - first - mean;
        sum += (w ? w[i] : 1) * off * off;
    }
    return sqrt(sum / weight);
}

/* Of the mean variance: less than that is rounding rather than measured, and no scale for anything. */
#define CONSTANT 1e-12

bool clu_gmm_variances(double *variance, struct clu_view x, const double *w)
{
    double mean = 0;

    for (size_t j = 0; j < x.cols; j++) {
        double sd = deviation(x, w, j);
        variance[j] = sd * sd;
        mean += variance[j] / (double)x.cols;
    }
    for (size_t j = 0; j < x.cols; j++)
        if (!(variance[j] > CONSTANT * mean))
            variance[j] = mean > 0 ? mean : 1;
    return isfinite(mean);
}

static void standardise(struct clu_mat *m, const double *w)
{
    struct clu_view x = clu_mat_look(m);

    for (size_t j = 0; j < m->cols; j++) {
        double sd = deviation(x, w, j);
        for (size_t i = 0; i < m->rows && sd > 0; i++)
            m->v[i * m->cols + j] /= sd;
    }
}

/* --- rows that count --- */

enum clu_status clu_gmm_start_keep(struct clu_mat *out, double **weight, struct clu_view x, const double *w, const uint8_t *away,
                                   struct clu_err *err)
{
    size_t rows = 0, at = 0;

    for (size_t i = 0; i < x.rows; i++)
        rows += !away || !away[i];
    *out = (struct clu_mat){.cols = x.cols};
    *weight = w ? clu_alloc(rows, sizeof **weight) : NULL;
    if ((w && !*weight) || clu_mat_reserve(out, rows, false) < 0) {
        clu_free(*weight);
        *weight = NULL;
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < x.rows; i++) {
        if (away && away[i])
            continue;
        for (size_t j = 0; j < x.cols; j++)
            out->v[at * x.cols + j] = clu_view_at(x, i, j);
        if (w)
            (*weight)[at] = w[i];
        at++;
    }
    out->rows = rows;
    return CLU_OK;
}

/* --- k-means --- */

static enum clu_status cluster(int32_t *label, struct clu_view x, const double *w, const uint8_t *away, size_t n, size_t k, size_t s,
                               const struct clu_run *run, struct clu_err *err)
{
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_run mine = *run;
    struct clu_kmeans fit;
    size_t at = 0;

    opt.k = k;
    if (s >= 2) { /* k-means finds the same again and again: cells about rows differ more */
        opt.init = s % 2 == 0 ? CLU_KMEANS_RANDOM : CLU_KMEANS_PLUSPLUS;
        opt.refine = CLU_KMEANS_NONE;
        opt.max_iter = 1;
    }
    mine.seed = run->seed + s * 0x9e3779b97f4a7c15u; /* start 0 is what kmeans itself finds */
    enum clu_status status = clu_kmeans_fit(&fit, x, w, &opt, &mine, err);
    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        label[i] = away && away[i] ? -1 : fit.label[at++];
    clu_kmeans_clear(&fit);
    return CLU_OK;
}

enum clu_status clu_gmm_start_kmeans(int32_t *label, struct clu_view x, const double *w, const uint8_t *away, size_t k, size_t s,
                                     const struct clu_run *run, struct clu_err *err)
{
    struct clu_mat kept;
    double *weight;

    if (s == 0 && !away)
        return cluster(label, x, w, NULL, x.rows, k, s, run, err);
    enum clu_status status = clu_gmm_start_keep(&kept, &weight, x, w, away, err);
    if (status == CLU_OK && s > 0)
        standardise(&kept, weight);
    if (status == CLU_OK)
        status = cluster(label, clu_mat_look(&kept), weight, away, x.rows, k, s, run, err);
    clu_mat_clear(&kept);
    clu_free(weight);
    return status;
}

/* --- sparse rows --- */

#define SAMPLE 2000
#define NEIGHBOUR 5

static int ascending(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

int clu_gmm_start_sample(size_t *row, size_t n, size_t m)
{
    struct clu_rng r;

    if (m == n) {
        for (size_t i = 0; i < n; i++)
            row[i] = i;
        return 0;
    }
    clu_rng_at(&r, 1, 0);
    if (clu_rng_sample(&r, n, m, row) < 0)
        return -1;
    qsort(row, m, sizeof *row, ascending);
    return 0;
}

/* The rows of the sample as tiles [d][TILE]; places beyond are infinitely far. NULL without memory. */
static double *tiles_of(const struct clu_mat *m, const size_t *sample, size_t size)
{
    size_t d = m->cols, tiles = (size + CLU_KERN_TILE - 1) / CLU_KERN_TILE;
    double *tile = clu_alloc_aligned(tiles * CLU_KERN_TILE, d * sizeof *tile);

    for (size_t p = 0; tile && p < tiles * CLU_KERN_TILE; p++)
        for (size_t j = 0; j < d; j++)
            tile[(p / CLU_KERN_TILE * d + j) * CLU_KERN_TILE + p % CLU_KERN_TILE] = p < size ? m->v[sample[p] * d + j] : HUGE_VAL;
    return tile;
}

/* Squared distance to the fifth nearest of the sample, itself apart; to the farthest if there are fewer. */
static double sparseness(const struct clu_mat *m, size_t i, const double *tile, const size_t *sample, size_t size)
{
    double least[NEIGHBOUR], off[CLU_KERN_TILE] __attribute__((aligned(64)));
    size_t d = m->cols, have = NEIGHBOUR;

    for (size_t q = 0; q < NEIGHBOUR; q++)
        least[q] = HUGE_VAL;
    for (size_t first = 0; first < size; first += CLU_KERN_TILE) {
        clu_kern()->sqdist_tile(tile + first * d, m->v + i * d, d, off);
        for (size_t p = 0; p < CLU_KERN_TILE; p++) {
            if (!(off[p] < least[NEIGHBOUR - 1]) || sample[first + p] == i)
                continue;
            size_t at = NEIGHBOUR - 1;
            for (; at > 0 && least[at - 1] > off[p]; at--)
                least[at] = least[at - 1];
            least[at] = off[p];
        }
    }
    while (have > 0 && least[have - 1] == HUGE_VAL)
        have--;
    return have ? least[have - 1] : 0;
}

struct rank {
    double sparse;
    size_t row;
};

static int sparser_first(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    return x->sparse != y->sparse ? (x->sparse < y->sparse ? 1 : -1) : (x->row < y->row ? 1 : -1);
}

enum clu_status clu_gmm_start_away(uint8_t *away, struct clu_view x, const double *w, double share, const struct clu_run *run,
                                   struct clu_err *err)
{
    size_t n = x.rows, size = n < SAMPLE ? n : SAMPLE, counting = 0, sample[SAMPLE];
    struct clu_mat m;
    double *weight, *tile = NULL;
    struct rank *rank = clu_alloc(n, sizeof *rank);
    enum clu_status status = clu_gmm_start_keep(&m, &weight, x, w, NULL, err);

    if (status == CLU_OK && (!rank || clu_gmm_start_sample(sample, n, size) < 0))
        status = clu_fail_memory(err);
    if (status == CLU_OK) {
        standardise(&m, weight);
        tile = tiles_of(&m, sample, size);
        status = tile ? CLU_OK : clu_fail_memory(err);
    }
    if (status == CLU_OK) {
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 64) if (run->threads > 1)
        for (size_t i = 0; i < n; i++)
            rank[i] = (struct rank){w && !(w[i] > 0) ? -1 : sparseness(&m, i, tile, sample, size), i};
        for (size_t i = 0; i < n; i++)
            counting += rank[i].sparse >= 0;
        qsort(rank, n, sizeof *rank, sparser_first);
        memset(away, 0, n);
        for (size_t i = 0; i < (size_t)ceil(share * (double)counting); i++)
            away[rank[i].row] = 1;
    }
    clu_mat_clear(&m);
    clu_free(weight);
    clu_free(rank);
    clu_free(tile);
    return status;
}
