/* The warping path of a pair. Sections: sweep, way back, public calls. */
#include "num/elastic_path.h"

#include "base/mem.h"
#include "num/elastic_cell.h"

#include <math.h>
#include <string.h>

enum { DIAGONAL = 0, ALONG_X, ALONG_Y };

/* --- sweep --- */

/* D row by row: prev and cur [len + 2], column j in place j + 1; the step into each cell into move[n][stride], a row from its first column
 * that counts. What a row does not hold of its window is infinite. Returns D(n, m). */
static inline __attribute__((always_inline)) double sweep(const struct clu_cells *p, double *prev, double *cur, uint8_t *move,
                                                          size_t stride)
{
    ptrdiff_t lo, hi, end;

    clu_cell_band(p->window, p->n, p->len, -1, &lo, &end);
    prev[0] = clu_cell_start(p);
    for (ptrdiff_t j = 0; j <= end; j++)
        prev[j + 1] = clu_cell_border(p, false, (size_t)j, j ? prev[j] : 0);
    for (size_t i = 0; i < p->n; i++) {
        clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)i, &lo, &hi);
        for (; end < hi; end++)
            prev[end + 2] = HUGE_VAL;
        cur[lo < 0 ? 0 : lo] = lo < 0 ? clu_cell_border(p, true, i, i ? prev[0] : 0) : HUGE_VAL;
        size_t first = lo < 0 ? 0 : (size_t)lo;
        uint8_t *to = move + i * stride - first;
        double left = cur[first];
        for (size_t j = first; j <= (size_t)hi; j++) {
            double from[3];
            clu_cell(p, i, j, prev[j], prev[j + 1], left, from);
            uint8_t step = from[1] < from[0] ? ALONG_X : DIAGONAL;
            double least = from[1] < from[0] ? from[1] : from[0];
            step = from[2] < least ? ALONG_Y : step;
            left = from[2] < least ? from[2] : least;
            to[j] = step;
            cur[j + 1] = left;
        }
        double *swap = prev;
        prev = cur;
        cur = swap;
        end = hi;
    }
    return prev[p->len];
}

/* The same loop for each measure by itself, with one channel and no gaps: then nothing is asked a cell. */
static double sweep_kind(const struct clu_cells *p, double *prev, double *cur, uint8_t *move, size_t stride)
{
    struct clu_measure m = *p->m;
    struct clu_cells q = *p;

    if (p->channels > 1 || p->gaps)
        return sweep(p, prev, cur, move, stride);
    q.m = &m;
    q.channels = 1;
    q.gaps = false;
    switch (m.kind) {
#define CASE(k)     \
    case k:         \
        m.kind = k; \
        return sweep(&q, prev, cur, move, stride)
        CASE(CLU_SERIES_MSM);
        CASE(CLU_SERIES_TWE);
        CASE(CLU_SERIES_ERP);
        CASE(CLU_SERIES_LCSS);
        CASE(CLU_SERIES_EDR);
#undef CASE
    default:
        if (m.l1 || m.symmetric2 || q.weight || m.kind == CLU_SERIES_ADTW)
            return sweep(&q, prev, cur, move, stride);
        m.kind = CLU_SERIES_DTW;
        m.l1 = m.symmetric2 = false;
        q.weight = NULL;
        return sweep(&q, prev, cur, move, stride);
    }
}

/* --- way back --- */

/* From the last pair to the first, then turned around; samples count from shift. On the first sample of one series the way goes along
 * the other. */
static void walk(struct clu_path *out, const struct clu_cells *p, size_t stride, uint32_t shift)
{
    size_t i = p->n - 1, j = p->len - 1, steps = 0;

    for (;;) {
        ptrdiff_t lo, hi;
        out->x[steps] = (uint32_t)i + shift;
        out->y[steps++] = (uint32_t)j + shift;
        if (i == 0 && j == 0)
            break;
        clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)i, &lo, &hi);
        uint8_t step = i == 0 ? ALONG_Y : j == 0 ? ALONG_X : out->move[i * stride + j - (lo < 0 ? 0 : (size_t)lo)];
        i -= step != ALONG_Y;
        j -= step != ALONG_X;
    }
    out->steps = steps;
    for (size_t q = 0; q < steps / 2; q++) {
        uint32_t x = out->x[q], y = out->y[q];
        out->x[q] = out->x[steps - 1 - q];
        out->y[q] = out->y[steps - 1 - q];
        out->x[steps - 1 - q] = x;
        out->y[steps - 1 - q] = y;
    }
}

/* --- public calls --- */

static enum clu_status check(const struct clu_measure *m, size_t n, size_t len, struct clu_err *err)
{
    switch (m->kind) {
    case CLU_SERIES_SBD:
        return clu_fail(err, CLU_USAGE, "sbd has no path");
    case CLU_SERIES_SOFTDTW:
        return clu_fail(err, CLU_USAGE, "softdtw has no path: it weighs them all");
    case CLU_SERIES_GAK:
        return clu_fail(err, CLU_USAGE, "gak has no path: it weighs them all");
    case CLU_SERIES_EUCLIDEAN:
    case CLU_SERIES_MANHATTAN:
        return clu_fail(err, CLU_USAGE, "%s has no path but the diagonal", m->kind == CLU_SERIES_EUCLIDEAN ? "euclidean" : "manhattan");
    case CLU_SERIES_DDTW:
        return n < 3 || len < 3 ? clu_fail(err, CLU_DATA, "ddtw needs 3 samples") : CLU_OK;
    default:
        return CLU_OK;
    }
}

/* Cells of the widest row: neighbouring rows of a window are not equally wide. */
static size_t widest(const struct clu_cells *p)
{
    size_t most = p->len;

    if (p->window == SIZE_MAX)
        return most;
    most = 0;
    for (size_t i = 0; i < p->n; i++) {
        ptrdiff_t lo, hi;
        clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)i, &lo, &hi);
        size_t cells = (size_t)(hi - (lo < 0 ? 0 : lo) + 1);
        most = cells > most ? cells : most;
    }
    return most;
}

enum clu_status clu_elastic_path(struct clu_path *out, double *distance, const struct clu_measure *m, const struct clu_series *a, size_t i,
                                 const struct clu_series *b, size_t j, size_t channel, struct clu_err *err)
{
    size_t n = a->len[i], len = b->len[j], longest = n > len ? n : len;
    bool own = m->independent && a->channels > 1;
    size_t kept = clu_cells_scratch(m, own ? 1 : a->channels, longest), rows = 2 * (len + 2);
    struct clu_cells p;
    enum clu_status status = check(m, n, len, err);

    out->steps = 0;
    if (status != CLU_OK)
        return status;
    if (clu_reserve(&out->work, &out->work_cap, kept + rows, sizeof *out->work) < 0 ||
        clu_reserve(&out->x, &out->x_cap, n + len, sizeof *out->x) < 0 || clu_reserve(&out->y, &out->y_cap, n + len, sizeof *out->y) < 0)
        return clu_fail_memory(err);
    clu_cells_init(&p, m, a, i, b, j, own ? channel : CLU_CELLS_ALL, out->work + rows);
    size_t stride = widest(&p);
    if (stride > SIZE_MAX / p.n || clu_reserve(&out->move, &out->move_cap, p.n * stride, 1) < 0)
        return clu_fail_memory(err);
    double last = sweep_kind(&p, out->work, out->work + rows / 2, out->move, stride);
    *distance = clu_cells_distance(m, p.n, p.len, clu_cells_sum(&p, last));
    walk(out, &p, stride, m->kind == CLU_SERIES_DDTW ? 1 : 0);
    return CLU_OK;
}

void clu_path_clear(struct clu_path *p)
{
    clu_free(p->x);
    clu_free(p->y);
    clu_free(p->move);
    clu_free(p->work);
    *p = (struct clu_path){0};
}
