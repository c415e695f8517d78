/* Sections: posterior, criteria, volume. */
#include "alg/gmm_state.h"

#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#define TILE CLU_KERN_TILE

/* --- posterior --- */

struct ask { /* what a posterior is asked for */
    const struct clu_gmm *g;
    struct clu_view x;
    size_t from, count, columns;
    bool diagonal;
    const double *offset, *scale, *minus, *zero; /* [k + 1], [k][d] and [k][d] of diagonal families, [d] */
    double *post, *logdens;
    int32_t *label;
};

static void load(const struct ask *a, size_t first, size_t count, double *tile, double *norm)
{
    if (a->x.v) {
        const double *row[TILE];
        for (size_t p = 0; p < TILE; p++)
            row[p] = a->x.v + (first + (p < count ? p : count - 1)) * a->x.ld;
        clu_kern()->pack64(row, a->g->d, a->zero, 1, a->zero, 1, tile, norm);
    } else {
        const float *row[TILE];
        for (size_t p = 0; p < TILE; p++)
            row[p] = a->x.f + (first + (p < count ? p : count - 1)) * a->x.ld;
        clu_kern()->pack32(row, a->g->d, a->zero, 1, a->zero, 1, tile, norm);
    }
}

/* The lowest of the largest; by log densities, so that far away, where all responsibilities but one vanish, ties stay ties. */
static int32_t largest(const double *resp, size_t columns, size_t k, size_t p)
{
    size_t best = 0;
    for (size_t j = 1; j < columns; j++)
        if (resp[j * TILE + p] > resp[best * TILE + p])
            best = j;
    return best < k ? (int32_t)best : -1;
}

/* Rows first .. of a tile; work: [d][TILE] tile, [d][TILE] scratch, [k + 1][TILE], [3][TILE]. */
static void answer(const struct ask *a, size_t done, size_t count, double *work)
{
    const struct clu_kern *kern = clu_kern();
    const struct clu_gmm *g = a->g;
    double *tile = work, *z = tile + g->d * TILE, *resp = z + g->d * TILE, *one = resp + (g->k + 1) * TILE;
    double *most = one + TILE, *sum = most + TILE;

    load(a, a->from + done, count, tile, most);
    for (size_t j = 0; j < g->k; j++) {
        if (a->diagonal)
            kern->gauss_diag(tile, count, g->d, a->minus + j * g->d, a->scale + j * g->d, a->offset[j], resp + j * TILE);
        else
            kern->gauss_full(tile, count, g->d, g->mean + j * g->d, g->whiten + j * g->d * g->d, a->offset[j], z, resp + j * TILE);
    }
    for (size_t p = 0; p < TILE; p++) {
        one[p] = 1;
        if (g->noise)
            resp[g->k * TILE + p] = a->offset[g->k];
    }
    for (size_t p = 0; a->label && p < count; p++)
        a->label[done + p] = largest(resp, a->columns, g->k, p);
    kern->gauss_share(resp, count, a->columns, one, most, sum);
    for (size_t p = 0; p < count; p++) {
        if (a->logdens)
            a->logdens[done + p] = most[p] + log(sum[p]);
        for (size_t j = 0; a->post && j < a->columns; j++)
            a->post[(done + p) * a->columns + j] = resp[j * TILE + p];
    }
}

/* Work that makes a team of threads worth its start. */
#define TEAM_WORK 2e6

enum clu_status clu_gmm_posterior(const struct clu_gmm *g, struct clu_view x, size_t from, size_t count, double *post,
                                  double *logdens, int32_t *label, const struct clu_run *run, struct clu_err *err)
{
    size_t d = g->d, k = g->k, tiles = (count + TILE - 1) / TILE, each = (2 * d + k + 4) * TILE;
    bool diagonal = clu_gmm_is_diagonal(g->family);
    double operations = (double)count * (double)k * (double)d * (diagonal ? 4 : (double)d);
    int threads = run && operations > TEAM_WORK ? run->threads : 1;
    double *own = clu_calloc(k + 1 + 2 * k * d + d, sizeof *own), *scale = own + k + 1, *minus = scale + k * d;
    double *work = clu_alloc_aligned((size_t)threads * each, sizeof *work);
    struct ask a = {g, x, from, count, k + g->noise, diagonal, own, scale, minus, minus + k * d, post, logdens, label};

    if (!own || !work) {
        clu_free(own);
        clu_free(work);
        return clu_fail_memory(err);
    }
    for (size_t j = 0; j < k; j++) {
        own[j] = log(g->weight[j]) - 0.5 * ((double)d * log(2 * M_PI) + g->log_det[j]);
        for (size_t i = 0; diagonal && i < d; i++) {
            scale[j * d + i] = g->whiten[(j * d + i) * d + i];
            minus[j * d + i] = -g->mean[j * d + i] * scale[j * d + i];
        }
    }
    own[k] = g->noise && g->noise_weight > 0 ? log(g->noise_weight) + g->noise_log_density : -HUGE_VAL;
    if (threads > 1) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)
        for (size_t t = 0; t < tiles; t++)
            answer(&a, t * TILE, count - t * TILE < TILE ? count - t * TILE : TILE, work + (size_t)omp_get_thread_num() * each);
    } else {
        for (size_t t = 0; t < tiles; t++)
            answer(&a, t * TILE, count - t * TILE < TILE ? count - t * TILE : TILE, work);
    }
    clu_free(own);
    clu_free(work);
    return CLU_OK;
}

/* --- criteria --- */

double clu_gmm_bic(const struct clu_gmm *g)
{
    return 2 * g->loglik - clu_gmm_parameters(g->family, g->k, g->d, g->noise) * log(g->rows);
}

double clu_gmm_aic(const struct clu_gmm *g)
{
    return 2 * g->loglik - 2 * clu_gmm_parameters(g->family, g->k, g->d, g->noise);
}

enum clu_status clu_gmm_icl(double *icl, const struct clu_gmm *g, struct clu_view x, const double *w, const struct clu_run *run,
                            struct clu_err *err)
{
    enum { STRETCH = 4096 };
    size_t columns = g->k + g->noise, stretch = x.rows < STRETCH ? x.rows : STRETCH;
    double *post = clu_alloc(stretch * columns, sizeof *post), sum = 0, weight = 0;
    enum clu_status status = post ? CLU_OK : clu_fail_memory(err);

    for (size_t i = 0; i < x.rows && w; i++)
        weight += w[i];
    for (size_t from = 0; from < x.rows && status == CLU_OK; from += stretch) {
        size_t count = x.rows - from < stretch ? x.rows - from : stretch;
        status = clu_gmm_posterior(g, x, from, count, post, NULL, NULL, run, err);
        for (size_t i = 0; i < count && status == CLU_OK; i++) {
            double most = 0;
            for (size_t j = 0; j < columns; j++)
                most = fmax(most, post[i * columns + j]);
            sum += (w ? w[from + i] * g->rows / weight : 1) * log(most);
        }
    }
    clu_free(post);
    *icl = status == CLU_OK ? clu_gmm_bic(g) + 2 * sum : NAN;
    return status;
}

/* --- volume --- */

static double box(const double *min, const double *max, const double *least, size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; i++) {
        if (!(max[i] - min[i] > least[i]))
            return -HUGE_VAL;
        sum += log(max[i] - min[i]);
    }
    return sum;
}

static void widen(const double *v, size_t d, double *min, double *max)
{
    for (size_t i = 0; i < d; i++) {
        min[i] = fmin(min[i], v[i]);
        max[i] = fmax(max[i], v[i]);
    }
}

/* a[d][d] = the covariance, mean[d], min[d], max[d] of the rows. */
static void moments(struct clu_view x, double *row, double *mean, double *a, double *min, double *max)
{
    size_t d = x.cols;

    for (size_t i = 0; i < d; i++) {
        min[i] = HUGE_VAL;
        max[i] = -HUGE_VAL;
        mean[i] = 0;
    }
    for (size_t r = 0; r < x.rows; r++) {
        const double *v = clu_view_row(x, r, row);
        widen(v, d, min, max);
        for (size_t i = 0; i < d; i++)
            mean[i] += v[i] / (double)x.rows;
    }
    memset(a, 0, d * d * sizeof *a);
    for (size_t r = 0; r < x.rows; r++) {
        const double *v = clu_view_row(x, r, row);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j <= i; j++)
                a[i * d + j] += (v[i] - mean[i]) * (v[j] - mean[j]) / (double)x.rows;
    }
}

/* Ranges of the scores on the principal axes. */
static void score_ranges(struct clu_view x, const double *mean, const double *axes, double *row, double *score, double *min,
                         double *max)
{
    size_t d = x.cols;

    for (size_t i = 0; i < d; i++) {
        min[i] = HUGE_VAL;
        max[i] = -HUGE_VAL;
    }
    for (size_t r = 0; r < x.rows; r++) {
        const double *v = clu_view_row(x, r, row);
        memset(score, 0, d * sizeof *score);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                score[i] += axes[i * d + j] * (v[j] - mean[j]);
        widen(score, d, min, max);
    }
}

enum clu_status clu_gmm_volume(double *log_volume, struct clu_view x, struct clu_err *err)
{
    size_t d = x.cols;
    double *a = clu_alloc(2 * d * d + 7 * d, sizeof *a);
    if (!a)
        return clu_fail_memory(err);
    double *axes = a + d * d, *mean = axes + d * d, *min = mean + d, *max = min + d, *row = max + d, *score = row + d;
    double *value = score + d, *least = value + d, along = -HUGE_VAL, principal = -HUGE_VAL;

    memset(least, 0, d * sizeof *least);
    moments(x, row, mean, a, min, max);
    along = box(min, max, least, d);
    enum clu_status status = clu_gslx_eigen_sym(a, d, value, axes, err);
    if (status == CLU_OK) { /* what rounding leaves of an axis along which nothing varies is no volume */
        for (size_t i = 0; i < d; i++)
            least[i] = 1e-12 * sqrt(fmax(value[0], 0));
        score_ranges(x, mean, axes, row, score, min, max);
        principal = box(min, max, least, d);
    }
    clu_free(a);
    *log_volume = fmin(along, principal);
    if (status == CLU_OK && !(*log_volume > -HUGE_VAL))
        status = clu_fail(err, CLU_DATA, "the rows have no volume: they lie in fewer than %zu dimensions", d);
    return status;
}
