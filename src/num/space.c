#include "num/space.h"

#include "base/mem.h"
#include "num/kern.h"

#include <math.h>
#include <string.h>

/* Sums of squares of up to 2^100 terms stay finite below this, and their squares above zero beyond its inverse. */
#define LARGE 0x1p400

#define CHUNK 4096 /* rows a piece */

struct span {
    double *min, *max, *tiny; /* [d] each */
};

static void widen(struct span *s, const double *row, size_t d)
{
    clu_kern()->range(row, d, s->min, s->max, s->tiny);
}

/* Minimum and maximum do not depend on the order, so every thread widens its own span. */
static int find_spans(struct span *all, struct clu_view x, int threads)
{
    size_t d = x.cols, pieces = (x.rows + CHUNK - 1) / CHUNK;
    int failed = 0;

#pragma omp parallel num_threads(threads) if (pieces > 1)
    {
        double *mine = clu_alloc(4 * d, sizeof *mine);
        struct span s = {mine, mine + d, mine + 2 * d};
        if (mine)
            for (size_t j = 0; j < d; j++) {
                s.min[j] = s.tiny[j] = HUGE_VAL;
                s.max[j] = -HUGE_VAL;
            }
#pragma omp for schedule(static)
        for (size_t p = 0; p < pieces; p++) {
            size_t end = (p + 1) * CHUNK < x.rows ? (p + 1) * CHUNK : x.rows;
            if (mine)
                for (size_t i = p * CHUNK; i < end; i++)
                    widen(&s, clu_view_row(x, i, mine + 3 * d), d);
        }
#pragma omp critical
        {
            if (mine)
                for (size_t j = 0; j < d; j++) {
                    all->min[j] = fmin(all->min[j], s.min[j]);
                    all->max[j] = fmax(all->max[j], s.max[j]);
                    all->tiny[j] = fmin(all->tiny[j], s.tiny[j]);
                }
            else
                failed = 1;
        }
        clu_free(mine);
    }
    return failed ? -1 : 0;
}

/* Where to move column j, and what magnitudes that leaves. */
static void settle_column(struct clu_space *s, const struct span *all, size_t j)
{
    double min = all->min[j], max = all->max[j], shift = 0, tiny = all->tiny[j];

    if (min > 0 && max <= 2 * min)
        shift = min;
    else if (max < 0 && min >= 2 * max)
        shift = max;
    if (shift != 0) { /* differences are multiples of the last bit of the smaller end */
        int e;
        frexp(shift, &e);
        tiny = ldexp(1, e - 53);
    }
    s->shift[j] = shift;
    s->tiny[j] = max == min && shift != 0 ? HUGE_VAL : tiny;
    s->absmax[j] = fmax(fabs(min - shift), fabs(max - shift));
    s->middle[j] = 0.5 * (min - shift) + 0.5 * (max - shift);
}

enum clu_status clu_space_init(struct clu_space *s, struct clu_view x, const struct clu_run *run, struct clu_err *err)
{
    size_t d = x.cols;

    *s = (struct clu_space){.x = x, .unit = 1};
    s->shift = clu_calloc(5 * d, sizeof *s->shift);
    double *span = clu_alloc(3 * d, sizeof *span);
    if (!s->shift || !span)
        goto memory;
    s->absmax = s->shift + d;
    s->tiny = s->shift + 2 * d;
    s->middle = s->shift + 3 * d;
    s->zero = s->shift + 4 * d;

    struct span all = {span, span + d, span + 2 * d};
    for (size_t j = 0; j < d; j++) {
        all.min[j] = all.tiny[j] = HUGE_VAL;
        all.max[j] = -HUGE_VAL;
    }
    if (find_spans(&all, x, run ? run->threads : 1) < 0)
        goto memory;

    double largest = 0;
    for (size_t j = 0; j < d; j++) {
        settle_column(s, &all, j);
        largest = fmax(largest, s->absmax[j]);
    }
    if (largest > LARGE || (largest > 0 && largest < 1 / LARGE)) {
        int e;
        frexp(largest, &e);
        s->unit = ldexp(1, e > 1000 ? -1000 : e < -1000 ? 1000 : -e);
        for (size_t j = 0; j < d; j++) {
            s->absmax[j] *= s->unit;
            s->middle[j] *= s->unit;
            s->tiny[j] = s->tiny[j] < HUGE_VAL ? fmax(s->tiny[j] * s->unit, 0x1p-900) : HUGE_VAL;
        }
    }
    clu_free(span);
    return CLU_OK;
memory:
    clu_free(span);
    clu_space_clear(s);
    return clu_fail_memory(err);
}

void clu_space_clear(struct clu_space *s)
{
    clu_free(s->shift);
    *s = (struct clu_space){0};
}

const double *clu_space_row(const struct clu_space *s, size_t i, double *buf)
{
    const double *row = clu_view_row(s->x, i, buf);
    for (size_t j = 0; j < s->x.cols; j++)
        buf[j] = (row[j] - s->shift[j]) * s->unit;
    return buf;
}

/* Where the rows of a tile are, as doubles or floats. */
union rows {
    const double *v[CLU_KERN_TILE];
    const float *f[CLU_KERN_TILE];
};

static void find_rows(union rows *r, const struct clu_space *s, const size_t *index, size_t first, size_t count)
{
    for (size_t p = 0; p < CLU_KERN_TILE; p++) {
        size_t at = first + (p < count ? p : count - 1);
        size_t i = (index ? index[at] : at) * s->x.ld;
        if (s->x.v)
            r->v[p] = s->x.v + i;
        else
            r->f[p] = s->x.f + i;
    }
}

void clu_space_tile(const struct clu_space *s, const size_t *index, size_t first, size_t count, const double *minus,
                    double scale, double *out, double *norm)
{
    union rows r;

    find_rows(&r, s, index, first, count);
    if (s->x.v)
        clu_kern()->pack64(r.v, s->x.cols, s->shift, s->unit, minus, scale, out, norm);
    else
        clu_kern()->pack32(r.f, s->x.cols, s->shift, s->unit, minus, scale, out, norm);
}

void clu_space_tile32(const struct clu_space *s, const size_t *index, size_t first, size_t count, const double *minus,
                      double scale, float *out, double *norm)
{
    union rows r;

    find_rows(&r, s, index, first, count);
    if (s->x.v)
        clu_kern()->pack64f(r.v, s->x.cols, s->shift, s->unit, minus, scale, out, norm);
    else
        clu_kern()->pack32f(r.f, s->x.cols, s->shift, s->unit, minus, scale, out, norm);
}

void clu_space_enter(const struct clu_space *s, double *p, size_t k)
{
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < s->x.cols; j++)
            p[c * s->x.cols + j] = (p[c * s->x.cols + j] - s->shift[j]) * s->unit;
}

void clu_space_leave(const struct clu_space *s, double *p, size_t k)
{
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < s->x.cols; j++)
            p[c * s->x.cols + j] = p[c * s->x.cols + j] / s->unit + s->shift[j];
}
