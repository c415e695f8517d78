/* Measures over all warping paths. Sections: one table of cells, a set of series, the scale of the kernel. */
#include "num/soft.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/median.h"
#include "num/kern.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- one table of cells --- */

/* What stands for 0: so far below every cell that it adds nothing to a sum, and far from overflow. */
static const double NOTHING = -0x1p1000;

/* Channels from .. from + channels - 1 of a pair. */
struct table {
    size_t n, m, window;
    struct clu_soft_cells cells;
    double *diagonal[3]; /* cell (i, j) of i + j = d in diagonal[d mod 3], at i + 1, for i = -1 .. n */
};

static size_t room_of(size_t n)
{
    return n + 2 + CLU_KERN_LANES;
}

size_t clu_soft_raw_scratch(size_t channels, size_t longest_a, size_t longest_b)
{
    return channels * (longest_a + longest_b + 2 * CLU_KERN_LANES) + 6 * room_of(longest_a);
}

/* Copies with room behind their ends, one of them turned around, and diagonals of nothing but a 1 in front of the first cell. */
static void set_table(struct table *t, const struct clu_measure *m, const double *x, size_t n, const double *y, size_t m_len,
                      size_t channels, double *scratch)
{
    bool gak = m->kind == CLU_SERIES_GAK;
    size_t step_x = n + CLU_KERN_LANES, step_y = m_len + CLU_KERN_LANES, room = room_of(n);
    double *xs = scratch, *ys = xs + channels * step_x, *cells = ys + channels * step_y;

    memset(scratch, 0, channels * (step_x + step_y) * sizeof *scratch);
    for (size_t c = 0; c < channels; c++) {
        memcpy(xs + c * step_x, x + c * n, n * sizeof *x);
        for (size_t j = 0; j < m_len; j++)
            ys[c * step_y + m_len - 1 - j] = y[c * m_len + j];
    }
    *t = (struct table){.n = n, .m = m_len, .window = clu_measure_window(m, n, m_len)};
    t->cells = (struct clu_soft_cells){.x = xs, .y = ys + m_len - 1, .step_x = step_x, .step_y = step_y, .channels = channels,
                                       .room = room, .kernel = gak};
    t->cells.times = gak ? -1 / (2 * m->sigma * m->sigma) : -1 / m->gamma;
    for (size_t d = 0; d < 3; d++) {
        t->diagonal[d] = cells + d * 2 * room;
        for (size_t p = 0; p < room; p++) {
            t->diagonal[d][p] = 1;
            t->diagonal[d][room + p] = NOTHING;
        }
    }
    t->diagonal[1][room] = 0; /* (-1, -1), of diagonal -2 */
}

static bool inside(const struct table *t, size_t i, size_t j)
{
    return t->window == SIZE_MAX || clu_measure_inside(t->window, t->n, t->m, i, j);
}

/* log K(n, m). A window is an interval of each diagonal whose ends move by 0 or 1 from one to the next; beyond them is nothing. */
static double log_of_sum(struct table *t)
{
    size_t low = 0, end = 0, room = t->cells.room, last = t->n + t->m - 2; /* cells low .. end - 1 */

    for (size_t d = 0; d <= last; d++) {
        double *out = t->diagonal[d % 3];
        low = d >= t->m && low < d - (t->m - 1) ? d - (t->m - 1) : low;
        end += end < t->n;
        low += low < end && !inside(t, low, d - low);
        end -= end > low && !inside(t, end - 1, d - (end - 1));
        if (low < end)
            clu_kern()->soft_cells(&t->cells, end - low, low, d - low, t->diagonal[(d + 2) % 3] + low, t->diagonal[(d + 1) % 3] + low,
                                   out + low + 1);
        out[room + low] = out[room + end + 1] = NOTHING;
        out[low] = out[end + 1] = 1;
    }
    const double *out = t->diagonal[last % 3];
    return log(out[t->n]) + out[room + t->n] * 0x1.62e42fefa39efp-1;
}

/* soft-DTW or log K of some channels, by copies of them. */
static double raw(const struct clu_measure *m, const double *x, size_t n, const double *y, size_t m_len, size_t channels,
                  double *scratch)
{
    struct table t;

    set_table(&t, m, x, n, y, m_len, channels, scratch);
    double log_k = log_of_sum(&t);
    return m->kind == CLU_SERIES_GAK ? log_k : -m->gamma * log_k;
}

double clu_soft_raw(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                    double *scratch)
{
    size_t together = m->independent ? 1 : a->channels;
    double sum = 0;

    for (size_t c = 0; c < a->channels; c += together)
        sum += raw(m, clu_series_at(a, i, c), a->len[i], clu_series_at(b, j, c), b->len[j], together, scratch);
    return sum;
}

/* --- a set of series --- */

struct clu_soft {
    const struct clu_series *x;
    struct clu_measure m;
    size_t parts, together; /* distances of a pair, and channels of each */
    double *self;           /* [n][parts] */
};

enum clu_status clu_soft_init(struct clu_soft **out, const struct clu_series *x, const struct clu_measure *m, const struct clu_run *run,
                              struct clu_err *err)
{
    struct clu_soft *s = clu_calloc(1, sizeof *s);
    size_t together = m->independent ? 1 : x->channels, need = clu_soft_raw_scratch(together, x->longest, x->longest);
    size_t threads = run && run->threads > 1 ? (size_t)run->threads : 1;

    *out = NULL;
    if (!s)
        return clu_fail_memory(err);
    *s = (struct clu_soft){.x = x, .m = *m, .parts = x->channels / together, .together = together};
    s->self = clu_alloc(x->n * s->parts, sizeof *s->self);
    double *scratch = clu_alloc(threads, need * sizeof *scratch);
    if (!s->self || !scratch) {
        clu_free(scratch);
        clu_soft_free(s);
        return clu_fail_memory(err);
    }
#pragma omp parallel for num_threads((int)threads) schedule(dynamic, 1) if (threads > 1)
    for (size_t i = 0; i < x->n; i++)
        for (size_t p = 0; p < s->parts; p++) {
            const double *v = clu_series_at(x, i, p * together);
            s->self[i * s->parts + p] = raw(m, v, x->len[i], v, x->len[i], together, scratch + (size_t)omp_get_thread_num() * need);
        }
    clu_free(scratch);
    *out = s;
    return CLU_OK;
}

void clu_soft_free(struct clu_soft *s)
{
    if (!s)
        return;
    clu_free(s->self);
    clu_free(s);
}

size_t clu_soft_scratch(const struct clu_soft *a, const struct clu_soft *b)
{
    return clu_soft_raw_scratch(a->together, a->x->longest, b->x->longest);
}

double clu_soft_pair(const struct clu_soft *a, size_t i, const struct clu_soft *b, size_t j, double *scratch)
{
    double sum = 0;

    if (a == b && i == j)
        return 0;
    for (size_t p = 0; p < a->parts; p++) {
        size_t c = p * a->together;
        double both = raw(&a->m, clu_series_at(a->x, i, c), a->x->len[i], clu_series_at(b->x, j, c), b->x->len[j], a->together, scratch);
        double own = (a->self[i * a->parts + p] + b->self[j * a->parts + p]) / 2;
        /* Above 1 by rounding, or by a window, under which it need not be positive definite. */
        sum += a->m.kind == CLU_SERIES_GAK ? fmax(0, 1 - exp(both - own)) : both - own;
    }
    return sum;
}

/* --- the scale of the kernel --- */

enum { DRAWN = 10000 };

double clu_soft_sigma(const struct clu_series *x, uint64_t seed, struct clu_err *err)
{
    size_t room = x->n > DRAWN ? x->n : DRAWN;
    double *v = clu_alloc(room, sizeof *v);
    struct clu_rng r;

    if (!v) {
        clu_fail_memory(err);
        return NAN;
    }
    if (x->n == 0) {
        clu_free(v);
        return 1;
    }
    clu_rng_at(&r, seed, 0);
    for (size_t q = 0; q < DRAWN; q++) {
        size_t i = (size_t)clu_rng_below(&r, x->n), j = i;
        if (x->n > 1) {
            j = (size_t)clu_rng_below(&r, x->n - 1);
            j += j >= i;
        }
        size_t s = (size_t)clu_rng_below(&r, x->len[i]), t = (size_t)clu_rng_below(&r, x->len[j]);
        double square = 0;
        for (size_t c = 0; c < x->channels; c++) {
            double d = clu_series_at(x, i, c)[s] - clu_series_at(x, j, c)[t];
            square += d * d;
        }
        v[q] = sqrt(square);
    }
    double distance = clu_median(v, DRAWN);
    for (size_t i = 0; i < x->n; i++)
        v[i] = (double)x->len[i];
    double sigma = distance * sqrt(clu_median(v, x->n));
    clu_free(v);
    return sigma > 0 ? sigma : 1;
}
