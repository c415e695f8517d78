/* Sections: windows, clusters, costs. */
#include "alg/ticc_state.h"

#include "alg/viterbi.h"
#include "base/mem.h"
#include "num/chol.h"

#include <math.h>
#include <string.h>

/* --- windows --- */

enum clu_status clu_ticc_windows_init(struct clu_ticc_windows *v, struct clu_view x, size_t window, struct clu_err *err)
{
    size_t n = x.rows, d = x.cols;

    *v = (struct clu_ticc_windows){.n = n, .d = d, .window = window, .size = window * d};
    if (n < window)
        return clu_fail(err, CLU_DATA, "%zu rows, fewer than a window of %zu", n, window);
    v->whole = n - window + 1;
    v->y = clu_alloc(n + window - 1, d * sizeof *v->y);
    v->centre = clu_calloc(d, sizeof *v->centre);
    if (!v->y || !v->centre) {
        clu_ticc_windows_clear(v);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            v->centre[j] += clu_view_at(x, i, j) / (double)n;
    for (size_t i = 0; i < n + window - 1; i++)
        for (size_t j = 0; j < d; j++)
            v->y[i * d + j] = (i < n ? clu_view_at(x, i, j) : 0) - v->centre[j];
    for (size_t j = 0; j < d; j++)
        if (!isfinite(v->centre[j])) {
            clu_ticc_windows_clear(v);
            return clu_fail(err, CLU_DATA, "column %zu holds what is not finite, or its mean overflows", j + 1);
        }
    return CLU_OK;
}

void clu_ticc_windows_clear(struct clu_ticc_windows *v)
{
    clu_free(v->y);
    clu_free(v->centre);
    *v = (struct clu_ticc_windows){0};
}

/* --- clusters --- */

enum { SIDE = 8 };

/* Two numbers: what every machine of 64 bits has in a register. */
typedef double pair __attribute__((vector_size(16), may_alias));

enum clu_status clu_ticc_costs_init(struct clu_ticc_costs *c, const struct clu_ticc_windows *v, size_t k, struct clu_err *err)
{
    size_t blocks = clu_viterbi_stride(k) / SIDE, size = v->size;

    *c = (struct clu_ticc_costs){.windows = v, .k = k, .blocks = blocks};
    c->factor = clu_alloc_aligned(blocks * (size * (size + 1) / 2), SIDE * sizeof *c->factor);
    c->offset = clu_alloc_aligned(blocks * size, SIDE * sizeof *c->offset);
    c->constant = clu_alloc_aligned(blocks, SIDE * sizeof *c->constant);
    c->square = clu_alloc(size, size * sizeof *c->square);
    if (!c->factor || !c->offset || !c->constant || !c->square) {
        clu_ticc_costs_clear(c);
        return clu_fail_memory(err);
    }
    return CLU_OK;
}

void clu_ticc_costs_clear(struct clu_ticc_costs *c)
{
    clu_free(c->factor);
    clu_free(c->offset);
    clu_free(c->constant);
    clu_free(c->square);
    *c = (struct clu_ticc_costs){0};
}

/* More than any window costs, and finite whatever is summed. */
#define NEVER 1e200

static void put_nothing(struct clu_ticc_costs *c, size_t j, bool compat)
{
    size_t size = c->windows->size, length = size * (size + 1) / 2, block = j / SIDE, lane = j % SIDE;

    for (size_t q = 0; q < length; q++)
        c->factor[(block * length + q) * SIDE + lane] = 0;
    for (size_t q = 0; q < size; q++)
        c->offset[(block * size + q) * SIDE + lane] = 0;
    c->constant[block * SIDE + lane] = j < c->k && !compat ? NEVER : 0;
}

static bool put(struct clu_ticc_costs *c, const struct clu_ticc *m, size_t j, double *log_det)
{
    const struct clu_ticc_windows *v = c->windows;
    size_t size = v->size, length = size * (size + 1) / 2, block = j / SIDE, lane = j % SIDE, at = 0;
    double *l = c->square;

    memcpy(l, m->inverse + j * size * size, size * size * sizeof *l);
    for (size_t i = 0; m->compat && i < size; i++)
        l[i * size + i] += CLU_TICC_RIDGE;
    if (clu_chol_factor(l, size, 0, NULL) < size)
        return false;
    for (size_t q = 0; q < size; q++) {
        double sum = 0;
        for (size_t i = q; i < size; i++) {
            sum += l[i * size + q] * (m->mean[j * size + i] - v->centre[i % v->d]);
            c->factor[(block * length + at++) * SIDE + lane] = l[i * size + q];
        }
        c->offset[(block * size + q) * SIDE + lane] = -sum;
    }
    double det = clu_chol_log_det(l, size);
    c->constant[block * SIDE + lane] = -det;
    if (log_det)
        log_det[j] = det;
    return isfinite(det);
}

enum clu_status clu_ticc_costs_set(struct clu_ticc_costs *c, const struct clu_ticc *m, double *log_det, struct clu_err *err)
{
    for (size_t j = 0; j < c->blocks * SIDE; j++)
        if (j >= c->k || m->rows[j] == 0) {
            put_nothing(c, j, m->compat);
            if (log_det && j < c->k)
                log_det[j] = 0;
        } else if (!put(c, m, j, log_det)) {
            return clu_fail(err, CLU_DATA, "the inverse covariance of cluster %zu is not positive definite", j + 1);
        }
    return CLU_OK;
}

/* --- costs --- */

/* Two windows in eight clusters: out[0..7] and, for the second, out[stride..]. Every lane is a sum of its own, in one order. */
static void two(const struct clu_ticc_costs *c, size_t block, const double *y, const double *z, double *out, double *second)
{
    size_t size = c->windows->size;
    const pair *f = (const pair *)(c->factor + block * (size * (size + 1) / 2) * SIDE);
    const pair *start = (const pair *)(c->offset + block * size * SIDE), *constant = (const pair *)(c->constant + block * SIDE);
    pair s0 = constant[0], s1 = constant[1], s2 = constant[2], s3 = constant[3], t0 = s0, t1 = s1, t2 = s2, t3 = s3;

    for (size_t q = 0; q < size; q++, start += 4) {
        pair a0 = start[0], a1 = start[1], a2 = start[2], a3 = start[3], b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        for (size_t i = q; i < size; i++, f += 4) {
            pair u = {y[i], y[i]}, v = {z[i], z[i]};
            a0 += f[0] * u;
            b0 += f[0] * v;
            a1 += f[1] * u;
            b1 += f[1] * v;
            a2 += f[2] * u;
            b2 += f[2] * v;
            a3 += f[3] * u;
            b3 += f[3] * v;
        }
        s0 += a0 * a0;
        s1 += a1 * a1;
        s2 += a2 * a2;
        s3 += a3 * a3;
        t0 += b0 * b0;
        t1 += b1 * b1;
        t2 += b2 * b2;
        t3 += b3 * b3;
    }
    const pair first[4] = {s0, s1, s2, s3}, other[4] = {t0, t1, t2, t3};
    memcpy(out, first, sizeof first);
    memcpy(second, other, sizeof other);
}

void clu_ticc_costs_of(const void *ctx, size_t first, size_t rows, double *out)
{
    const struct clu_ticc_costs *c = ctx;
    const struct clu_ticc_windows *v = c->windows;
    size_t stride = c->blocks * SIDE, whole = first < v->whole ? v->whole - first : 0;
    size_t end = rows < whole ? rows : whole;

    for (size_t block = 0; block < c->blocks; block++)
        for (size_t i = 0; i < end; i += 2) {
            size_t next = i + 1 < end ? i + 1 : i;
            double *to = out + block * SIDE;
            two(c, block, v->y + (first + i) * v->d, v->y + (first + next) * v->d, to + i * stride, to + next * stride);
        }
    for (size_t i = end; i < rows; i++)
        memset(out + i * stride, 0, stride * sizeof *out);
}
