/* Sections: a row made ready, distances, the source. */
#include "num/dist.h"

#include "base/mem.h"
#include "num/kern.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TILE CLU_KERN_TILE

/* Magnitudes between these have squares, and sums of up to 2^20 of them, within a double's range; and their smallest differences,
 * 2^-53 of them, too. */
#define LARGE_EXP 500
#define SMALL_EXP (-400)

/* --- a row made ready --- */

/* The power of two that v[n] must be multiplied by for its largest magnitude to be in [1/2, 1); 0: all are zero. */
static double one_over_size(const double *v, size_t n)
{
    double max = 0;
    int e;

    for (size_t j = 0; j < n; j++)
        max = fabs(v[j]) > max ? fabs(v[j]) : max;
    if (max == 0)
        return 0;
    (void)frexp(max, &e);
    return ldexp(1, e < -1000 ? 1000 : -e); /* all of a row of denormals: 2^-74 at least, whose square is fine */
}

static void times(double *v, size_t n, double f)
{
    for (size_t j = 0; j < n; j++)
        v[j] *= f;
}

/* The row less its mean. About the first value first: of an offset as of a time stamp nothing is left to cancel then. */
static void centre(double *v, size_t n)
{
    double first = v[0], sum = 0;

    for (size_t j = 0; j < n; j++) {
        v[j] -= first;
        sum += v[j];
    }
    for (size_t j = 0; j < n; j++)
        v[j] -= sum / (double)n;
}

/* To length 1; false when there is no direction. At size 1 what is left of a row that is not constant is 2^-54 at least, and has
 * a square. */
static bool normalise(double *v, size_t n, bool centred)
{
    double size = one_over_size(v, n), sum = 0;

    times(v, n, size);
    if (centred)
        centre(v, n);
    for (size_t j = 0; j < n; j++)
        sum += v[j] * v[j];
    for (size_t j = 0; j < n && sum > 0; j++)
        v[j] /= sqrt(sum);
    return sum > 0;
}

bool clu_points_enter(const struct clu_points *p, double *point)
{
    switch (p->metric.kind) {
    case CLU_COSINE:
        return normalise(point, p->d, false);
    case CLU_CORRELATION:
        return normalise(point, p->d, true);
    case CLU_JACCARD:
        for (size_t j = 0; j < p->d; j++)
            point[j] = point[j] != 0;
        return true;
    default:
        if (p->unit != 1)
            times(point, p->d, p->unit);
        return true;
    }
}

static double *place(const struct clu_points *p, size_t i)
{
    return p->tile + i / TILE * p->d * TILE + i % TILE;
}

/* --- distances --- */

/* What squares were taken in is taken back: exactly, but where the result itself leaves the range of a double. */
static void leave_unit(const struct clu_points *p, size_t n, double *out)
{
    if (p->unit == 1)
        return;
    times(out, n, 1 / p->unit);
    if (p->metric.kind == CLU_SQEUCLIDEAN)
        times(out, n, 1 / p->unit);
}

/* Rows lo .. hi - 1, all of tile t, to the point whose column j is c[j * step]. */
static void in_tile(const struct clu_points *p, size_t t, const double *c, size_t step, size_t lo, size_t hi, double *out)
{
    const double *x = p->tile + t * p->d * TILE;
    double all[TILE];

    if (hi - lo == TILE) {
        clu_kern()->dist_tile[p->metric.kind](x, c, step, p->d, &p->metric, out);
    } else {
        clu_kern()->dist_tile[p->metric.kind](x, c, step, p->d, &p->metric, all);
        memcpy(out, all + lo % TILE, (hi - lo) * sizeof *out);
    }
    leave_unit(p, hi - lo, out);
}

static size_t tile_end(size_t o, size_t hi)
{
    size_t end = (o / TILE + 1) * TILE;
    return end < hi ? end : hi;
}

static void stretch(const struct clu_points *p, const double *c, size_t step, size_t lo, size_t hi, double *out)
{
    for (size_t o = lo, end; o < hi; o = end) {
        end = tile_end(o, hi);
        in_tile(p, o / TILE, c, step, o, end, out + (o - lo));
    }
}

void clu_points_from(const struct clu_points *p, const double *point, size_t lo, size_t hi, double *out)
{
    stretch(p, point, 1, lo, hi, out);
}

void clu_points_between(const struct clu_points *p, const struct clu_points *of, size_t x, size_t lo, size_t hi, double *out)
{
    stretch(p, place(of, x), TILE, lo, hi, out);
}

static void row(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out)
{
    const struct clu_points *p = (const struct clu_points *)(const void *)self;
    stretch(p, place(p, x), TILE, lo, hi, out);
}

/* --- the source --- */

/* The unit of squares; 1 for all data but the extreme. */
static double find_unit(struct clu_view x)
{
    double largest = 0, smallest = HUGE_VAL;
    int e;

    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            double v = fabs(clu_view_at(x, i, j));
            largest = v > largest ? v : largest;
            smallest = v > 0 && v < smallest ? v : smallest;
        }
    if (largest == 0 || (largest <= ldexp(1, LARGE_EXP) && smallest >= ldexp(1, SMALL_EXP)))
        return 1;
    (void)frexp(largest, &e);
    return ldexp(1, LARGE_EXP - e < 1000 ? LARGE_EXP - e : 1000);
}

/* Some metrics with a parameter are others. */
static struct clu_metric settle(struct clu_metric m)
{
    if (m.kind == CLU_MINKOWSKI && m.p == 1)
        m.kind = CLU_MANHATTAN;
    else if (m.kind == CLU_MINKOWSKI && m.p == 2)
        m.kind = CLU_EUCLIDEAN;
    else if (m.kind == CLU_MINKOWSKI && m.p > DBL_MAX)
        m.kind = CLU_CHEBYSHEV;
    return m;
}

static enum clu_status fill(struct clu_points *p, struct clu_view x, double *point, struct clu_err *err)
{
    size_t places = (x.rows + TILE - 1) / TILE * TILE;

    for (size_t i = 0; i < places; i++) {
        double *to = place(p, i);
        if (i < x.rows) { /* places beyond repeat the last row */
            const double *v = clu_view_row(x, i, point);
            memmove(point, v, p->d * sizeof *point);
            if (!clu_points_enter(p, point))
                return p->metric.kind == CLU_COSINE
                           ? clu_fail(err, CLU_DATA, "row %zu is zero in all columns: no cosine distance", i + 1)
                           : clu_fail(err, CLU_DATA, "row %zu is constant: no correlation distance", i + 1);
        }
        for (size_t j = 0; j < p->d; j++)
            to[j * TILE] = point[j];
    }
    return CLU_OK;
}

enum clu_status clu_points_init(struct clu_points *p, struct clu_metric metric, struct clu_view x, struct clu_err *err)
{
    enum clu_status status;
    double *point = clu_alloc(x.cols, sizeof *point);

    *p = (struct clu_points){.dist = {x.rows, row}, .metric = settle(metric), .d = x.cols, .unit = 1};
    if (p->metric.kind == CLU_EUCLIDEAN || p->metric.kind == CLU_SQEUCLIDEAN)
        p->unit = find_unit(x);
    p->tile = clu_alloc_aligned((x.rows + TILE - 1) / TILE, x.cols * TILE * sizeof *p->tile);
    status = point && p->tile ? fill(p, x, point, err) : clu_fail_memory(err);
    clu_free(point);
    if (status != CLU_OK)
        clu_points_clear(p);
    return status;
}

enum clu_status clu_points_subset(struct clu_points *p, const struct clu_points *of, const size_t *row_of, size_t count,
                                  struct clu_err *err)
{
    size_t tiles = (count + TILE - 1) / TILE;

    *p = *of;
    p->dist.n = count;
    p->tile = clu_alloc_aligned(tiles, p->d * TILE * sizeof *p->tile);
    if (!p->tile) {
        clu_points_clear(p);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < tiles * TILE; i++)
        for (size_t j = 0; j < p->d; j++)
            place(p, i)[j * TILE] = place(of, row_of[i < count ? i : count - 1])[j * TILE];
    return CLU_OK;
}

void clu_points_clear(struct clu_points *p)
{
    clu_free(p->tile);
    *p = (struct clu_points){0};
}
