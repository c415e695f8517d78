/* The distance of one pair. Sections: a pair made ready, what becomes of the last cell, the loop. */
#include "num/elastic.h"

#include "num/elastic_cell.h"

/* --- a pair made ready --- */

double clu_cell_weight(double g, double half)
{
    return 1 / (1 + exp(-g * (half * 0.5)));
}

double clu_cell_deviation(const double *v, size_t len)
{
    double sum = 0, squares = 0;

    for (size_t t = 0; t < len; t++)
        sum += v[t];
    for (size_t t = 0; t < len; t++)
        squares += (v[t] - sum / (double)len) * (v[t] - sum / (double)len);
    return sqrt(squares / (double)len);
}

size_t clu_pair_scratch(const struct clu_measure *m, size_t channels, size_t longest)
{
    return channels + (m->kind == CLU_SERIES_DDTW ? 2 * channels * longest : 0) + (m->kind == CLU_SERIES_WDTW ? longest : 0);
}

void clu_cell_derive(const double *v, size_t len, double *out)
{
    for (size_t t = 1; t + 1 < len; t++)
        out[t - 1] = ((v[t] - v[t - 1]) + (v[t + 1] - v[t - 1]) / 2) / 2;
}

static void derive_all(struct clu_pair *p, double *scratch)
{
    double *x = scratch, *y = scratch + p->channels * (p->n - 2);

    for (size_t c = 0; c < p->channels; c++) {
        clu_cell_derive(p->x + c * p->n, p->n, x + c * (p->n - 2));
        clu_cell_derive(p->y + c * p->len, p->len, y + c * (p->len - 2));
    }
    p->x = x;
    p->y = y;
    p->n -= 2;
    p->len -= 2;
}

static void match_within(const struct clu_pair *p, double *epsilon)
{
    for (size_t c = 0; c < p->channels; c++) {
        epsilon[c] = p->m->epsilon;
        if (isnan(p->m->epsilon) && p->m->kind == CLU_SERIES_LCSS) {
            epsilon[c] = 1;
        } else if (isnan(p->m->epsilon)) {
            double a = clu_cell_deviation(p->x + c * p->n, p->n), b = clu_cell_deviation(p->y + c * p->len, p->len);
            epsilon[c] = (a > b ? a : b) / 4;
        }
    }
}

void clu_pair_init(struct clu_pair *p, const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b,
                    size_t j, size_t channel, double *scratch)
{
    bool all = channel == CLU_PAIR_ALL;

    *p = (struct clu_pair){.m = m, .n = a->len[i], .len = b->len[j], .channels = all ? a->channels : 1};
    p->x = clu_series_at(a, i, all ? 0 : channel);
    p->y = clu_series_at(b, j, all ? 0 : channel);
    p->gaps = (a->gaps || b->gaps) && m->kind == CLU_SERIES_DTW;
    if (m->kind == CLU_SERIES_DDTW)
        derive_all(p, scratch);
    p->window = clu_measure_window(m, p->n, p->len);
    if (m->kind == CLU_SERIES_EUCLIDEAN || m->kind == CLU_SERIES_MANHATTAN)
        p->window = 0;
    if (m->kind == CLU_SERIES_WDTW) {
        size_t longer = p->n > p->len ? p->n : p->len;
        for (size_t d = 0; d < longer; d++)
            scratch[d] = clu_cell_weight(m->g, 2 * (double)d - (double)longer);
        p->weight = scratch;
    }
    if (m->kind == CLU_SERIES_LCSS || m->kind == CLU_SERIES_EDR) {
        match_within(p, scratch);
        p->epsilon = scratch;
    }
}

/* --- what becomes of the last cell --- */

double clu_pair_sum(const struct clu_pair *p, double last)
{
    size_t there = 0, shorter = p->n < p->len ? p->n : p->len, longer = p->n < p->len ? p->len : p->n;

    if (p->m->kind == CLU_SERIES_LCSS)
        return 1 + last / (double)shorter;
    if (p->m->kind == CLU_SERIES_EDR)
        return last / (double)longer;
    if (!p->gaps)
        return last;
    for (size_t i = 0; i < p->n; i++)
        there += clu_cell_there(p->x, p->n, p->channels, i);
    for (size_t j = 0; j < p->len; j++)
        there += clu_cell_there(p->y, p->len, p->channels, j);
    return there ? last * ((double)(p->n + p->len) / (double)there) : HUGE_VAL;
}

double clu_pair_distance(const struct clu_measure *m, size_t n, size_t len, double sum)
{
    switch (m->kind) {
    case CLU_SERIES_DTW:
    case CLU_SERIES_DDTW:
    case CLU_SERIES_WDTW:
    case CLU_SERIES_ADTW:
        sum = m->l1 ? sum : sqrt(sum);
        break;
    case CLU_SERIES_EUCLIDEAN:
        return sqrt(sum);
    default:
        return sum;
    }
    return m->kind == CLU_SERIES_DTW && m->symmetric2 ? sum / (double)(n + len) : sum;
}

/* --- the loop --- */

size_t clu_elastic_scratch(const struct clu_measure *m, size_t channels, size_t longest)
{
    return clu_pair_scratch(m, channels, longest) + 2 * (longest + 1);
}

/* D(n, m) in two rows of scratch. Places behind the end of a row stay infinite, for no row before reaches as far; what stands before
 * its begin is as old as the row before the one above, and is put right. */
static double last_cell(const struct clu_pair *p, double *scratch)
{
    double *above = scratch, *row = scratch + p->len + 1, border = 0, from[3]; /* [1 + len] */
    ptrdiff_t lo, hi;

    clu_cell_band(p->window, p->n, p->len, -1, &lo, &hi);
    above[0] = clu_cell_start(p);
    for (size_t j = 0; j < p->len; j++) {
        border = clu_cell_border(p, false, j, border);
        above[j + 1] = (ptrdiff_t)j <= hi ? border : HUGE_VAL;
        row[j + 1] = HUGE_VAL;
    }
    border = 0;
    for (size_t i = 0; i < p->n; i++) {
        clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)i, &lo, &hi);
        border = clu_cell_border(p, true, i, border);
        size_t begin = lo < 0 ? 0 : (size_t)lo, end = (size_t)(hi + 1);
        row[begin] = lo < 0 ? border : HUGE_VAL;
        for (size_t j = begin; j < end; j++) {
            clu_cell(p, i, j, above[j], above[j + 1], row[j], from);
            double least = from[1] < from[2] ? from[1] : from[2];
            row[j + 1] = from[0] < least ? from[0] : least;
        }
        double *swap = above;
        above = row;
        row = swap;
    }
    return above[p->len];
}

double clu_elastic_pair(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                        double *scratch)
{
    size_t paths = m->independent ? a->channels : 1;
    double sum = 0, *rows = scratch + clu_pair_scratch(m, a->channels, a->longest > b->longest ? a->longest : b->longest);

    if (a->v == b->v && i == j)
        return 0;
    for (size_t c = 0; c < paths; c++) {
        struct clu_pair p;
        clu_pair_init(&p, m, a, i, b, j, m->independent ? c : CLU_PAIR_ALL, scratch);
        sum += clu_pair_sum(&p, last_cell(&p, rows));
    }
    return clu_pair_distance(m, a->len[i], b->len[j], sum);
}
