/* Sections: scales, affinities, k-means of their eigenvectors. */
#include "alg/spectral.h"

#include "alg/kmeans.h"
#include "base/mem.h"
#include "num/krylov.h"

#include <math.h>
#include <string.h>

#define STARTS 10    /* of k-means */
#define NEIGHBOURS 7 /* Zelnik-Manor and Perona's */
#define STRETCH 256  /* objects at a time */

/* --- scales --- */

/* Put d among the count least, ascending, which are full. */
static void insert(double *least, size_t count, double d)
{
    size_t i = count - 1;

    for (; i > 0 && least[i - 1] > d; i--)
        least[i] = least[i - 1];
    least[i] = d;
}

static void scale_stretch(double *scale, const struct clu_condensed *d, size_t neighbours, size_t lo, size_t hi)
{
    double row[STRETCH], least[STRETCH][NEIGHBOURS];

    for (size_t o = 0; o < hi - lo; o++)
        for (size_t i = 0; i < neighbours; i++)
            least[o][i] = HUGE_VAL;
    for (size_t x = 0; x < d->dist.n; x++) {
        d->dist.row(&d->dist, x, lo, hi, row);
        for (size_t o = 0; o < hi - lo; o++)
            if (row[o] < least[o][neighbours - 1] && o + lo != x)
                insert(least[o], neighbours, row[o]);
    }
    for (size_t o = lo; o < hi; o++)
        scale[o] = least[o - lo][neighbours - 1];
}

/* scale[n] of n >= 2 objects */
static void scales(double *scale, const struct clu_condensed *d, int threads)
{
    size_t n = d->dist.n, stretches = (n + STRETCH - 1) / STRETCH, neighbours = n - 1 < NEIGHBOURS ? n - 1 : NEIGHBOURS;
    double least = HUGE_VAL;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1 && stretches > 1)
    for (size_t t = 0; t < stretches; t++)
        scale_stretch(scale, d, neighbours, t * STRETCH, n - t * STRETCH < STRETCH ? n : (t + 1) * STRETCH);
    for (size_t o = 0; o < n; o++)
        if (scale[o] > 0 && scale[o] < least)
            least = scale[o];
    for (size_t o = 0; o < n; o++)
        if (!(scale[o] > 0))
            scale[o] = least < HUGE_VAL ? least : 1;
}

/* --- affinities --- */

/* Of a pair; the quotients first: squares might overflow, or vanish. */
static double affinity(double d, double si, double sj, bool kernel)
{
    if (kernel)
        return d < 1 ? 1 - d : 0;
    return exp(-(d / si) * (d / sj));
}

/* a[n][n], divided by the roots of the sums; what has no affinity stays 0. scale[n] becomes the inverse roots. */
static void affinities(double *a, double *scale, const struct clu_condensed *d, bool kernel, int threads)
{
    size_t n = d->dist.n;

    if (!kernel)
        scales(scale, d, threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] = 0;
        for (size_t j = i + 1; j < n; j++)
            a[i * n + j] = a[j * n + i] = affinity(clu_condensed_at(d, i, j), scale[i], scale[j], kernel);
    }
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j];
        scale[i] = sum > 0 ? 1 / sqrt(sum) : 0;
    }
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            a[i * n + j] *= scale[i] * scale[j];
}

/* --- k-means of their eigenvectors --- */

/* vector[k][n] to x[n][k], rows of length 1. */
static void embed(double *x, const double *vector, size_t n, size_t k)
{
    for (size_t i = 0; i < n; i++) {
        double length = 0;
        for (size_t g = 0; g < k; g++) {
            x[i * k + g] = vector[g * n + i];
            length += x[i * k + g] * x[i * k + g];
        }
        for (size_t g = 0; g < k && length > 0; g++)
            x[i * k + g] /= sqrt(length);
    }
}

/* The vectors are independent: at least k rows differ. */
static enum clu_status partition(int32_t *label, const double *x, size_t n, size_t k, const struct clu_run *run, struct clu_err *err)
{
    struct clu_kmeans_opt opt = CLU_KMEANS_DEFAULT;
    struct clu_kmeans means;

    opt.k = k;
    opt.nstart = STARTS;
    enum clu_status status = clu_kmeans_fit(&means, (struct clu_view){.v = x, .rows = n, .cols = k, .ld = k}, NULL, &opt, run, err);
    if (status == CLU_OK)
        status = clu_kmeans_order(&means, err);
    if (status == CLU_OK)
        memcpy(label, means.label, n * sizeof *label);
    clu_kmeans_clear(&means);
    return status;
}

enum clu_status clu_spectral_fit(int32_t *label, const struct clu_condensed *d, size_t k, bool kernel, const struct clu_run *run,
                                 struct clu_err *err)
{
    size_t n = d->dist.n;

    if (k == 1) {
        memset(label, 0, n * sizeof *label);
        return CLU_OK;
    }
    enum clu_status status = clu_need(run, 8.0 * (double)n * (double)n + clu_condensed_bytes(n, d->f != NULL), err,
                                      "the affinities of %zu series", n);
    if (status != CLU_OK)
        return status;
    double *a = clu_alloc_aligned(n, n * sizeof *a), *scale = clu_calloc(n, sizeof *scale), *value = clu_alloc(k, sizeof *value);
    double *vector = clu_alloc(n, k * sizeof *vector), *x = clu_alloc(n, k * sizeof *x);
    status = a && scale && value && vector && x ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK) {
        affinities(a, scale, d, kernel, run->threads);
        status = clu_krylov_eigen(a, n, k, value, vector, run, err);
    }
    clu_free(a);
    if (status == CLU_OK) {
        embed(x, vector, n, k);
        status = partition(label, x, n, k, run, err);
    }
    clu_free(scale);
    clu_free(value);
    clu_free(vector);
    clu_free(x);
    return status;
}
