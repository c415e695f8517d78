/* num/elastic_cell.h - one cell of an elastic measure: the definitions of num/measure.h as code, for the distance of a pair
 * (num/elastic.c) and for its path (num/elastic_path.c). Private to num; the kernels are tested to equal it.
 *
 * Samples count from 0; row -1 and column -1 are the borders. What a step adds is summed before it meets the path where it is a sum
 * of terms of the samples (|xi - yj| + |xi-1 - yj-1| and then 2 nu |i - j| of twe; over the channels, in their order); cost (msm),
 * penalty (adtw) and the second c of symmetric2 are added to the path one by one. The least of three does not depend on their order,
 * nor on whether all three or only the least get c: that is why kernels may add it behind the minimum. */
#ifndef CLU_NUM_ELASTIC_CELL_H
#define CLU_NUM_ELASTIC_CELL_H

#include "num/measure.h"
#include "num/series.h"

#include <math.h>
#include <stdint.h>

/* A pair, ready to be looked at cell by cell. */
struct clu_pair {
    const struct clu_measure *m;
    size_t n, len, channels; /* samples of x and y (of their derivatives), channels that share the path */
    const double *x, *y;     /* channel c at x + c * n, y + c * len */
    size_t window;
    const double *epsilon;   /* [channels] of lcss and edr */
    const double *weight;    /* [longer length] of wdtw, by |i - j| */
    bool gaps;               /* a sample may be NAN: DTW-AROW */
};

/* Doubles of scratch that a pair of series up to longest samples keeps. */
size_t clu_pair_scratch(const struct clu_measure *m, size_t channels, size_t longest);

/* Series i of a beside j of b: one channel of them, or with CLU_PAIR_ALL all on one path. scratch belongs to it. */
#define CLU_PAIR_ALL SIZE_MAX
void clu_pair_init(struct clu_pair *p, const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b,
                    size_t j, size_t channel, double *scratch);

/* What D(n, m) makes: of measures with a root what stands under it, else the distance. To be summed over independent channels. */
double clu_pair_sum(const struct clu_pair *p, double last);

/* And the distance that the sum over the channels is. */
double clu_pair_distance(const struct clu_measure *m, size_t n, size_t len, double sum);

/* wdtw: the weight of cells half / 2 samples beyond (or before) half the longer length from the diagonal. */
double clu_cell_weight(double g, double half);

/* Do samples cost |x - y|, and not the square? */
static inline bool clu_cell_is_l1(const struct clu_measure *m)
{
    return m->kind == CLU_SERIES_MANHATTAN || (m->l1 && m->kind != CLU_SERIES_EUCLIDEAN);
}

/* ddtw: the len - 2 derivatives of len samples. */
void clu_cell_derive(const double *v, size_t len, double *out);

/* The standard deviation (1/n) of len samples, for epsilon of edr. */
double clu_cell_deviation(const double *v, size_t len);

/* --- the window --- */

static inline int64_t clu_cell_floor(int64_t a, int64_t b) /* a / b rounded down, b > 0 */
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* The columns *lo .. *hi of row i that count, from -1 to m - 1, where -1 is the border; row -1 is the border, and always begins
 * with -1. With a window, lo and hi never fall from row to row, and a row begins at most one column behind the end of the one above. */
static inline void clu_cell_band(size_t window, size_t n, size_t m, ptrdiff_t i, ptrdiff_t *lo, ptrdiff_t *hi)
{
    int64_t s = (int64_t)(n < m ? n : m) - 1, l = (int64_t)(n < m ? m : n) - 1, low = -1, high = (int64_t)m - 1;

    if (window != SIZE_MAX) {
        int64_t w = (int64_t)window < l + 1 ? (int64_t)window : l + 1, reach = 2 * w * s > l ? 2 * w * s : l;
        if (n == m) {
            low = i - w;
            high = i + w;
        } else if (n > m) {
            low = -clu_cell_floor(reach - 2 * i * s, 2 * l);
            high = clu_cell_floor(2 * i * s + reach, 2 * l);
        } else if (s > 0) {
            low = -clu_cell_floor(reach - 2 * i * l, 2 * s);
            high = clu_cell_floor(2 * i * l + reach, 2 * s);
        } else if (i < 0) { /* one sample beside several: the border above it is too far */
            high = -1;
        }
    }
    high = high < (int64_t)m - 1 ? high : (int64_t)m - 1;
    *lo = (ptrdiff_t)(low < -1 || i < 0 ? -1 : low);
    *hi = (ptrdiff_t)(high < -1 ? -1 : high);
}

/* --- samples --- */

static inline double clu_cell_apart(const struct clu_pair *p, size_t i, size_t j)
{
    double sum = 0;

    for (size_t c = 0; c < p->channels; c++)
        sum += fabs(p->x[c * p->n + i] - p->y[c * p->len + j]);
    return sum;
}

static inline double clu_cell_squares(const struct clu_pair *p, size_t i, size_t j)
{
    double sum = 0;

    for (size_t c = 0; c < p->channels; c++) {
        double d = p->x[c * p->n + i] - p->y[c * p->len + j];
        sum += d * d;
    }
    return sum;
}

/* v[channels][len]: how far sample i is from the one before it (the first from 0), and from the gap. */
static inline double clu_cell_step(const double *v, size_t len, size_t channels, size_t i)
{
    double sum = 0;

    for (size_t c = 0; c < channels; c++)
        sum += fabs(v[c * len + i] - (i ? v[c * len + i - 1] : 0));
    return sum;
}

static inline double clu_cell_to_gap(const double *v, size_t len, size_t channels, size_t i, double gap)
{
    double sum = 0;

    for (size_t c = 0; c < channels; c++)
        sum += fabs(v[c * len + i] - gap);
    return sum;
}

static inline bool clu_cell_match(const struct clu_pair *p, size_t i, size_t j)
{
    for (size_t c = 0; c < p->channels; c++)
        if (!(fabs(p->x[c * p->n + i] - p->y[c * p->len + j]) <= p->epsilon[c]))
            return false;
    return true;
}

/* A sample is there when all of its channels are. */
static inline bool clu_cell_there(const double *v, size_t len, size_t channels, size_t i)
{
    for (size_t c = 0; c < channels; c++)
        if (isnan(v[c * len + i]))
            return false;
    return true;
}

/* --- a cell --- */

/* C of msm without its constant: a = v[i] moves from v[i - 1], z = to[j]. a lies in the ball around the middle of both when it sees them
 * under an obtuse angle (Thales), which for one channel means between them. */
static inline double clu_cell_move(const double *v, size_t len, size_t i, const double *to, size_t to_len, size_t j, size_t channels)
{
    double angle = 0, back = 0, across = 0;

    for (size_t c = 0; c < channels; c++) {
        double b = v[c * len + i] - (i ? v[c * len + i - 1] : 0), z = v[c * len + i] - to[c * to_len + j];
        if (channels == 1 && (b < 0) == (z < 0)) /* a product may vanish; and no direction, no move */
            return fabs(b) < fabs(z) ? fabs(b) : fabs(z);
        angle += b * z;
        back += fabs(b);
        across += fabs(z);
    }
    return channels == 1 || angle <= 0 ? 0 : back < across ? back : across;
}

/* D of cell (i, j), entered from each of its three neighbours, whose D are diagonal (i - 1, j - 1), up (i - 1, j: a step along x) and
 * left (i, j - 1: a step along y): into from[3], in this order. D is the least of them. */
static inline void clu_cell(const struct clu_pair *p, size_t i, size_t j, double diagonal, double up, double left, double from[3])
{
    const struct clu_measure *m = p->m;
    double c = 0, along_x = 0, along_y = 0;

    switch (m->kind) {
    case CLU_SERIES_MSM:
        from[0] = diagonal + clu_cell_apart(p, i, j);
        from[1] = (up + clu_cell_move(p->x, p->n, i, p->y, p->len, j, p->channels)) + m->cost;
        from[2] = (left + clu_cell_move(p->y, p->len, j, p->x, p->n, i, p->channels)) + m->cost;
        return;
    case CLU_SERIES_TWE:
        c = clu_cell_apart(p, i, j) + (i && j ? clu_cell_apart(p, i - 1, j - 1) : i ? clu_cell_to_gap(p->x, p->n, p->channels, i - 1, 0)
                                       : j ? clu_cell_to_gap(p->y, p->len, p->channels, j - 1, 0) : 0);
        c += 2 * m->nu * (double)(i > j ? i - j : j - i);
        along_x = (clu_cell_step(p->x, p->n, p->channels, i) + m->nu) + m->lambda;
        along_y = (clu_cell_step(p->y, p->len, p->channels, j) + m->nu) + m->lambda;
        break;
    case CLU_SERIES_ERP:
        c = clu_cell_apart(p, i, j);
        along_x = clu_cell_to_gap(p->x, p->n, p->channels, i, m->gap);
        along_y = clu_cell_to_gap(p->y, p->len, p->channels, j, m->gap);
        break;
    case CLU_SERIES_LCSS: /* counted down from 0: -L */
        c = clu_cell_match(p, i, j) ? -1 : 0;
        break;
    case CLU_SERIES_EDR:
        c = clu_cell_match(p, i, j) ? 0 : 1;
        along_x = along_y = 1;
        break;
    default: {
        bool x = !p->gaps || clu_cell_there(p->x, p->n, p->channels, i), y = !p->gaps || clu_cell_there(p->y, p->len, p->channels, j);
        c = !x || !y ? 0 : clu_cell_is_l1(m) ? clu_cell_apart(p, i, j) : clu_cell_squares(p, i, j);
        c = p->weight ? c * p->weight[i > j ? i - j : j - i] : c;
        if (m->kind == CLU_SERIES_ADTW) {
            up += m->penalty;
            left += m->penalty;
        }
        if (p->gaps) {
            up = x && y && (i == 0 || clu_cell_there(p->x, p->n, p->channels, i - 1)) ? up : HUGE_VAL;
            left = x && y && (j == 0 || clu_cell_there(p->y, p->len, p->channels, j - 1)) ? left : HUGE_VAL;
        }
        if (m->kind == CLU_SERIES_DTW && m->symmetric2)
            diagonal += c;
        along_x = along_y = c;
        break;
    }
    }
    from[0] = diagonal + c;
    from[1] = up + along_x;
    from[2] = left + along_y;
}

/* --- borders --- */

/* D(-1, -1): with symmetric2 the first cell shall count once, not twice. */
static inline double clu_cell_start(const struct clu_pair *p)
{
    double from[3];

    if (p->m->kind != CLU_SERIES_DTW || !p->m->symmetric2)
        return 0;
    clu_cell(p, 0, 0, 0, HUGE_VAL, HUGE_VAL, from);
    return -from[0] / 2;
}

/* D(i, -1) behind D(i - 1, -1) = before, and D(-1, j) behind D(-1, j - 1): where the window has them, else infinite. */
static inline double clu_cell_border(const struct clu_pair *p, bool of_x, size_t i, double before)
{
    switch (p->m->kind) {
    case CLU_SERIES_ERP:
        return before + clu_cell_to_gap(of_x ? p->x : p->y, of_x ? p->n : p->len, p->channels, i, p->m->gap);
    case CLU_SERIES_LCSS:
        return 0;
    case CLU_SERIES_EDR:
        return before + 1;
    default:
        return HUGE_VAL;
    }
}

#endif
