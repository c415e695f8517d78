/* The warping path of a pair. Sections: antidiagonals, what kernels get, sweep, way back, public calls. */
#include "num/elastic_path.h"

#include "base/mem.h"
#include "num/diagonal.h"
#include "num/elastic_cell.h"
#include "num/kern.h"

#include <math.h>
#include <string.h>

/* --- antidiagonals --- */

/* Cells (i, s - i) of antidiagonal s that the window counts: rows from[s] and so many more as there are places from start[s] to start[s + 1].
 * Ends of neighbouring antidiagonals differ by one row at most. */
static void plan(const struct clu_pair *p, size_t *from, size_t *start)
{
    ptrdiff_t lo, hi, next_lo, next_hi;
    size_t a = 0, b = 0; /* rows from a to b - 1 */

    start[0] = 0;
    clu_cell_band(p->window, p->n, p->len, 0, &lo, &hi);
    next_lo = lo;
    for (size_t s = 0; s + 1 < p->n + p->len; s++) {
        while (a + 1 < p->n && a + (size_t)hi < s) /* the last row reaches the last antidiagonal */
            clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)++a, &lo, &hi);
        while (b < p->n && b + (size_t)(next_lo < 0 ? 0 : next_lo) <= s)
            if (++b < p->n)
                clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)b, &next_lo, &next_hi);
        from[s] = a;
        start[s + 1] = start[s] + (b - a);
    }
}

/* --- what kernels get --- */

#define PAD CLU_DIAGONAL_PAD

/* Arrays of a pair for kernels, with PAD places more at both ends; those of y run backwards. */
struct lines {
    int kind;                 /* enum clu_diagonal_kind */
    double *x, *y, *from_x[2], *from_y[2];
    double *even, *odd;       /* of i - j, from the middle: half of them in each, as one antidiagonal has every other */
    struct clu_diagonal w;
};

static size_t line_room(size_t n, size_t len)
{
    return (n > len ? n : len) + 2 * PAD;
}

#define LINES 8

static bool has_kernel(const struct clu_pair *p)
{
    return p->channels == 1 && !p->gaps && !(p->m->symmetric2 && p->m->kind == CLU_SERIES_DTW);
}

static int kernel_kind(const struct clu_measure *m)
{
    switch (m->kind) {
    case CLU_SERIES_MSM:
        return CLU_DIAGONAL_MSM;
    case CLU_SERIES_TWE:
        return CLU_DIAGONAL_TWE;
    case CLU_SERIES_ERP:
        return CLU_DIAGONAL_ERP;
    case CLU_SERIES_LCSS:
    case CLU_SERIES_EDR:
        return CLU_DIAGONAL_MATCH;
    case CLU_SERIES_WDTW:
        return m->l1 ? CLU_DIAGONAL_WEIGHTED_APART : CLU_DIAGONAL_WEIGHTED_SQUARES;
    default:
        return m->l1 ? CLU_DIAGONAL_APART : CLU_DIAGONAL_SQUARES;
    }
}

/* What a step along v costs into to[0], or what cuts its cost into to[0] and to[1]; of y backwards. */
static void fill_steps(const struct clu_measure *m, const double *v, size_t n, bool of_y, double *const to[2])
{
    for (size_t t = 0; t < n; t++) {
        size_t at = of_y ? n - 1 - t : t;
        double step = v[t] - (t ? v[t - 1] : 0);
        if (m->kind == CLU_SERIES_MSM) {
            step = of_y ? step : -step;
            to[0][at] = step < 0 ? step : 0;
            to[1][at] = step > 0 ? step : 0;
        } else if (m->kind == CLU_SERIES_TWE) {
            to[0][at] = (clu_cell_step(v, n, 1, t) + m->nu) + m->lambda;
        } else if (m->kind == CLU_SERIES_ERP) {
            to[0][at] = clu_cell_to_gap(v, n, 1, t, m->gap);
        }
    }
}

static double skew(const struct clu_pair *p, size_t apart)
{
    if (p->weight)
        return p->weight[apart];
    return 2 * p->m->nu * (double)apart;
}

/* work: LINES * line_room(). */
static void lines_init(struct lines *l, const struct clu_pair *p, double *work)
{
    const struct clu_measure *m = p->m;
    size_t room = line_room(p->n, p->len), reach = p->n > p->len ? p->n : p->len;
    double *line[LINES];

    memset(work, 0, LINES * room * sizeof *work);
    for (size_t q = 0; q < LINES; q++)
        line[q] = work + q * room + PAD;
    *l = (struct lines){.kind = kernel_kind(m), .x = line[0], .y = line[1], .from_x = {line[2], line[3]}, .from_y = {line[4], line[5]},
                        .even = line[6] + reach / 2, .odd = line[7] + reach / 2};
    memcpy(l->x, p->x, p->n * sizeof *l->x);
    for (size_t j = 0; j < p->len; j++)
        l->y[j] = p->y[p->len - 1 - j];
    fill_steps(m, p->x, p->n, false, l->from_x);
    fill_steps(m, p->y, p->len, true, l->from_y);
    if (p->weight || m->kind == CLU_SERIES_TWE)
        for (size_t k = 0; 2 * k < reach; k++) {
            l->even[k] = *(l->even - k) = skew(p, 2 * k);
            if (2 * k + 1 < reach)
                l->odd[k] = *(l->odd - k - 1) = skew(p, 2 * k + 1);
        }
    l->w.cost = m->kind == CLU_SERIES_MSM ? m->cost : m->kind == CLU_SERIES_ADTW ? m->penalty : p->epsilon ? p->epsilon[0] : 0;
    l->w.hit = m->kind == CLU_SERIES_LCSS ? -1 : 0;
    l->w.miss = l->w.aside = m->kind == CLU_SERIES_LCSS ? 0 : 1;
}

/* --- sweep --- */

/* The cells of antidiagonal s from row i on; D of it and of the two before, row r in place r + 1. */
struct front {
    double *now, *before, *old;
    uint8_t *step;
    size_t s, i, cells;
};

static void by_kernel(struct lines *l, const struct clu_pair *p, const struct front *f)
{
    struct clu_diagonal *w = &l->w;
    size_t y = p->len - 1 - (f->s - f->i);
    const double *middle = f->s % 2 ? l->odd : l->even;

    w->cells = f->cells;
    w->x = l->x + f->i;
    w->y = l->y + y;
    for (int q = 0; q < 2; q++) {
        w->from_x[q] = l->from_x[q] + f->i;
        w->from_y[q] = l->from_y[q] + y;
    }
    w->skew = middle + ((ptrdiff_t)f->i - (ptrdiff_t)((f->s + 1) / 2));
    w->diagonal = f->old + f->i;
    w->up = f->before + f->i;
    w->left = f->before + f->i + 1;
    w->d = f->now + f->i + 1;
    w->step = f->step;
    clu_kern()->path[l->kind](w);
}

/* Several channels, gaps, symmetric2. */
static void by_cells(const struct clu_pair *p, const struct front *f)
{
    for (size_t i = f->i; i < f->i + f->cells; i++) {
        double from[3];
        clu_cell(p, i, f->s - i, f->old[i], f->before[i], f->before[i + 1], from);
        double least = from[1] < from[0] ? from[1] : from[0];
        f->step[i - f->i] = (uint8_t)((from[1] < from[0]) | (from[2] < least) << 1);
        f->now[i + 1] = from[2] < least ? from[2] : least;
    }
}

/* D by antidiagonals, whose cells do not wait for each other; d: 3 * line_room(). What an antidiagonal does not hold beside its ends
 * is a border or infinite. Returns D(n, m). */
static double sweep(struct clu_path *out, const struct clu_pair *p, struct lines *l, double *d, size_t room)
{
    const size_t *from = out->diagonal, *start = out->diagonal + p->n + p->len;
    struct front f = {.now = d, .before = d + room, .old = d + 2 * room};
    double along_x = clu_cell_border(p, true, 0, 0), along_y = clu_cell_border(p, false, 0, 0);
    ptrdiff_t lo, hi, border_end;

    memset(d, 0, 3 * room * sizeof *d); /* kernels read beyond the ends */
    clu_cell_band(p->window, p->n, p->len, -1, &lo, &border_end);
    clu_cell_band(p->window, p->n, p->len, 0, &lo, &hi);
    f.old[0] = clu_cell_start(p);
    f.before[0] = border_end >= 0 ? along_y : HUGE_VAL;
    f.before[1] = lo < 0 ? along_x : HUGE_VAL;
    for (f.s = 0; f.s + 1 < p->n + p->len; f.s++) {
        size_t next = f.s + 1;
        f.i = from[f.s];
        f.cells = start[next] - start[f.s];
        f.step = out->move + start[f.s];
        if (l)
            by_kernel(l, p, &f);
        else
            by_cells(p, &f);
        f.now[f.i] = f.now[f.i + f.cells + 1] = HUGE_VAL;
        if (next < p->len) {
            along_y = clu_cell_border(p, false, next, along_y);
            if (f.i == 0 && (ptrdiff_t)next <= border_end)
                f.now[0] = along_y;
        }
        if (next < p->n) {
            along_x = clu_cell_border(p, true, next, along_x);
            clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)next, &lo, &hi);
            if (f.i + f.cells == next && lo < 0)
                f.now[next + 1] = along_x;
        }
        double *oldest = f.old;
        f.old = f.before;
        f.before = f.now;
        f.now = oldest;
    }
    return f.before[p->n];
}

/* --- way back --- */

/* From the last pair to the first, then turned around; samples count from shift. On the first sample of one series the way goes along
 * the other. */
static void walk(struct clu_path *out, const struct clu_pair *p, uint32_t shift)
{
    const size_t *from = out->diagonal, *start = out->diagonal + p->n + p->len;
    size_t i = p->n - 1, j = p->len - 1, steps = 0;

    for (;;) {
        out->x[steps] = (uint32_t)i + shift;
        out->y[steps++] = (uint32_t)j + shift;
        if (i == 0 && j == 0)
            break;
        unsigned step = i == 0 ? 2 : j == 0 ? 1 : out->move[start[i + j] + (i - from[i + j])];
        i -= step < 2;
        j -= step != 1;
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

enum clu_status clu_elastic_path(struct clu_path *out, double *distance, const struct clu_measure *m, const struct clu_series *a, size_t i,
                                 const struct clu_series *b, size_t j, size_t channel, struct clu_err *err)
{
    size_t n = a->len[i], len = b->len[j], room = line_room(n, len);
    bool own = m->independent && a->channels > 1;
    size_t kept = clu_pair_scratch(m, own ? 1 : a->channels, n > len ? n : len);
    struct clu_pair p;
    struct lines l;
    enum clu_status status = check(m, n, len, err);

    out->steps = 0;
    if (status != CLU_OK)
        return status;
    if (clu_reserve(&out->work, &out->work_cap, (3 + LINES) * room + kept, sizeof *out->work) < 0 ||
        clu_reserve(&out->diagonal, &out->diagonal_cap, 2 * (n + len), sizeof *out->diagonal) < 0 ||
        clu_reserve(&out->x, &out->x_cap, n + len, sizeof *out->x) < 0 || clu_reserve(&out->y, &out->y_cap, n + len, sizeof *out->y) < 0)
        return clu_fail_memory(err);
    clu_pair_init(&p, m, a, i, b, j, own ? channel : CLU_PAIR_ALL, out->work + (3 + LINES) * room);
    size_t *start = out->diagonal + p.n + p.len;
    plan(&p, out->diagonal, start);
    if (clu_reserve(&out->move, &out->move_cap, start[p.n + p.len - 1] + PAD, 1) < 0)
        return clu_fail_memory(err);
    if (has_kernel(&p))
        lines_init(&l, &p, out->work + 3 * room);
    double last = sweep(out, &p, has_kernel(&p) ? &l : NULL, out->work, room);
    *distance = clu_pair_distance(m, p.n, p.len, clu_pair_sum(&p, last));
    walk(out, &p, m->kind == CLU_SERIES_DDTW ? 1 : 0);
    return CLU_OK;
}

void clu_path_clear(struct clu_path *p)
{
    clu_free(p->x);
    clu_free(p->y);
    clu_free(p->move);
    clu_free(p->diagonal);
    clu_free(p->work);
    *p = (struct clu_path){0};
}
