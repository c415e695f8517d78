/* Series in lanes. Sections: numbers of two widths, a set, the memory of a group, its samples, its window, one series against it. */
#include "num/lanes.h"

#include "base/mem.h"
#include "num/elastic_cell.h"
#include "num/kern.h"

#include <math.h>
#include <string.h>

#define PAD CLU_SWEEP_PAD

/* --- numbers of two widths --- */

static void put(bool narrow, void *to, size_t at, double v)
{
    if (narrow)
        ((float *)to)[at] = (float)v;
    else
        ((double *)to)[at] = v;
}

static double get(bool narrow, const void *from, size_t at)
{
    return narrow ? (double)((const float *)from)[at] : ((const double *)from)[at];
}

static size_t width(bool narrow)
{
    return narrow ? sizeof(float) : sizeof(double);
}

static void *place(bool narrow, const void *p, size_t at)
{
    return narrow ? (void *)((const float *)p + at) : (void *)((const double *)p + at);
}

/* lcss and edr count matches, where rounding to floats would turn a near miss into a hit. */
static bool is_narrow(const struct clu_measure *m)
{
    return m->float32 && m->kind != CLU_SERIES_LCSS && m->kind != CLU_SERIES_EDR;
}

static size_t lanes_of(const struct clu_measure *m)
{
    return is_narrow(m) ? clu_kern()->lanes32 : clu_kern()->lanes64;
}

/* --- a set --- */

bool clu_lanes_have(const struct clu_measure *m, bool gaps)
{
    return m->kind != CLU_SERIES_SBD && m->kind != CLU_SERIES_SOFTDTW && m->kind != CLU_SERIES_GAK &&
           !(gaps && m->kind == CLU_SERIES_DTW);
}

static enum clu_sweep_kind sweep_kind(const struct clu_measure *m)
{
    switch (m->kind) {
    case CLU_SERIES_MSM:
        return CLU_SWEEP_MSM;
    case CLU_SERIES_DTW:
        return m->symmetric2 ? (m->l1 ? CLU_SWEEP_SYMMETRIC2_L1 : CLU_SWEEP_SYMMETRIC2) : m->l1 ? CLU_SWEEP_DTW_L1 : CLU_SWEEP_DTW;
    case CLU_SERIES_WDTW:
        return m->l1 ? CLU_SWEEP_WDTW_L1 : CLU_SWEEP_WDTW;
    case CLU_SERIES_ADTW:
        return m->l1 ? CLU_SWEEP_ADTW_L1 : CLU_SWEEP_ADTW;
    case CLU_SERIES_TWE:
        return CLU_SWEEP_TWE;
    case CLU_SERIES_ERP:
        return CLU_SWEEP_ERP;
    case CLU_SERIES_LCSS:
        return CLU_SWEEP_LCSS;
    case CLU_SERIES_EDR:
        return CLU_SWEEP_EDR;
    case CLU_SERIES_EUCLIDEAN:
        return CLU_SWEEP_EUCLIDEAN;
    case CLU_SERIES_MANHATTAN:
        return CLU_SWEEP_MANHATTAN;
    default: /* ddtw, of the derivatives */
        return m->l1 ? CLU_SWEEP_DTW_L1 : CLU_SWEEP_DTW;
    }
}

/* Series i into its padded place; line has room for one channel. */
static void copy_in(struct clu_lanes *s, const struct clu_series *x, size_t i, double *line)
{
    for (size_t c = 0; c < s->channels; c++) {
        const double *v = clu_series_at(x, i, c);
        size_t at = s->at[i] + c * (s->len[i] + 2 * PAD);
        if (s->m->kind == CLU_SERIES_DDTW) {
            clu_cell_derive(v, x->len[i], line);
            v = line;
        }
        for (size_t t = 0; t < s->len[i]; t++)
            put(s->narrow, s->v, at + t, v[t]);
        if (s->deviation)
            s->deviation[i * s->channels + c] = clu_cell_deviation(v, s->len[i]);
    }
}

enum clu_status clu_lanes_room(struct clu_lanes *s, size_t n, size_t channels, size_t samples, size_t longest, const struct clu_measure *m,
                               struct clu_err *err)
{
    bool spread = m->kind == CLU_SERIES_EDR && isnan(m->epsilon);

    *s = (struct clu_lanes){.m = m, .channels = channels, .lanes = lanes_of(m), .narrow = is_narrow(m)};
    s->len = clu_alloc(n, sizeof *s->len);
    s->at = clu_alloc(n, sizeof *s->at);
    s->line = clu_alloc(longest, sizeof *s->line);
    s->v = clu_alloc(PAD + samples + n * channels * 2 * PAD, width(s->narrow));
    s->deviation = spread ? clu_alloc(n, channels * sizeof *s->deviation) : NULL;
    if (s->len && s->at && s->line && s->v && (!spread || s->deviation))
        return CLU_OK;
    clu_lanes_clear(s);
    return clu_fail_memory(err);
}

void clu_lanes_load(struct clu_lanes *s, const struct clu_series *x)
{
    size_t less = s->m->kind == CLU_SERIES_DDTW ? 2 : 0, total = PAD;

    s->n = x->n;
    s->longest = 0;
    for (size_t i = 0; i < x->n; i++) {
        s->len[i] = x->len[i] - less;
        s->at[i] = total;
        total += s->channels * (s->len[i] + 2 * PAD);
        s->longest = s->len[i] > s->longest ? s->len[i] : s->longest;
    }
    memset(s->v, 0, total * width(s->narrow));
    for (size_t i = 0; i < x->n; i++)
        copy_in(s, x, i, s->line);
}

enum clu_status clu_lanes_init(struct clu_lanes *s, const struct clu_series *x, const struct clu_measure *m, struct clu_err *err)
{
    enum clu_status status = clu_lanes_room(s, x->n, x->channels, x->at[x->n], x->longest, m, err);

    if (status == CLU_OK)
        clu_lanes_load(s, x);
    return status;
}

void clu_lanes_clear(struct clu_lanes *s)
{
    clu_free(s->len);
    clu_free(s->at);
    clu_free(s->v);
    clu_free(s->deviation);
    clu_free(s->line);
    *s = (struct clu_lanes){0};
}

/* --- the memory of a group --- */

/* Vectors of each part of the block. */
struct parts {
    size_t y, aux, low, offset, epsilon, d, total;
};

static struct parts parts_of(const struct clu_measure *m, size_t channels, size_t longest)
{
    size_t line = longest + 2 * PAD, paths = m->independent ? channels : 1;
    struct parts p = {.y = channels * line, .epsilon = channels, .d = line};

    p.aux = m->kind == CLU_SERIES_MSM ? 2 * paths * line : m->kind == CLU_SERIES_TWE || m->kind == CLU_SERIES_ERP ? paths * line : 0;
    p.low = line + 1;
    p.offset = m->kind == CLU_SERIES_WDTW || m->kind == CLU_SERIES_TWE ? 2 * line : 0;
    p.total = p.y + p.aux + 2 * p.low + p.offset + p.epsilon + p.d;
    return p;
}

double clu_group_bytes(const struct clu_measure *m, size_t channels, size_t longest)
{
    return (double)(parts_of(m, channels, longest).total * lanes_of(m) * width(is_narrow(m))) +
           4 * (double)(longest + PAD) * sizeof(ptrdiff_t) + (m->kind == CLU_SERIES_WDTW ? 3 * (double)longest * sizeof(double) : 0);
}

/* What depends on |i - j| alone; of wdtw it goes into lanes later, for the weights depend on the longer length of a pair. */
static void load_offsets(struct clu_group *g, const struct clu_measure *m)
{
    size_t line = g->longest + 2 * PAD;

    for (size_t at = 0; m->kind == CLU_SERIES_TWE && at < 2 * line; at++)
        put(is_narrow(m), g->offset, at, 2 * m->nu * fabs((double)at - (double)line));
    for (size_t half = 0; m->kind == CLU_SERIES_WDTW && half < 3 * g->longest; half++)
        g->weight[half] = clu_cell_weight(m->g, (double)half - (double)g->longest);
}

enum clu_status clu_group_init(struct clu_group *g, const struct clu_measure *m, size_t channels, size_t longest, struct clu_err *err)
{
    struct parts p = parts_of(m, channels, longest);
    bool narrow = is_narrow(m);
    size_t lanes = lanes_of(m);

    *g = (struct clu_group){.longest = longest};
    g->band = clu_alloc(4 * (longest + PAD), sizeof *g->band);
    g->block = clu_alloc_aligned(p.total, lanes * width(narrow));
    g->weight = m->kind == CLU_SERIES_WDTW ? clu_alloc(3 * longest, sizeof *g->weight) : NULL;
    if (!g->band || !g->block || (m->kind == CLU_SERIES_WDTW && !g->weight)) {
        clu_group_clear(g);
        return clu_fail_memory(err);
    }
    g->y = g->block;
    g->aux = place(narrow, g->y, p.y * lanes);
    g->low = place(narrow, g->aux, p.aux * lanes);
    g->high = place(narrow, g->low, p.low * lanes);
    g->offset = place(narrow, g->high, p.low * lanes);
    g->epsilon = place(narrow, g->offset, p.offset * lanes);
    g->d = place(narrow, g->epsilon, p.epsilon * lanes);
    load_offsets(g, m);
    return CLU_OK;
}

void clu_group_clear(struct clu_group *g)
{
    clu_free(g->band);
    clu_free(g->block);
    clu_free(g->weight);
    *g = (struct clu_group){0};
}

/* --- its samples --- */

/* The steps, or distances from the gap, of a lane over the channels from .. to - 1, into plane(s) aux of num/sweep.h. */
static void load_aux(struct clu_group *g, size_t lane, size_t from, size_t to, size_t path)
{
    const struct clu_lanes *s = g->of;
    const struct clu_measure *m = s->m;
    size_t i = g->which[lane < g->count ? lane : g->count - 1], line = g->sweep.cols + 2 * PAD, len = s->len[i];
    size_t plane = line * s->lanes, first = path * (m->kind == CLU_SERIES_MSM ? 2 : 1) * plane + PAD * s->lanes + lane;

    for (size_t t = 0; t < len; t++) {
        double sum = 0, step = 0;
        for (size_t c = from; c < to; c++) {
            size_t at = s->at[i] + c * (len + 2 * PAD) + t; /* the sample before the first is a zero of the padding */
            double v = get(s->narrow, s->v, at);
            step = v - (m->kind == CLU_SERIES_ERP ? m->gap : get(s->narrow, s->v, at - 1));
            sum += fabs(step);
        }
        if (m->kind == CLU_SERIES_MSM && to - from == 1) {
            put(s->narrow, g->aux, first + t * s->lanes, step > 0 ? -step : 0);
            put(s->narrow, g->aux, first + plane + t * s->lanes, step < 0 ? -step : 0);
        } else {
            put(s->narrow, g->aux, first + t * s->lanes, m->kind == CLU_SERIES_TWE ? (sum + m->nu) + m->lambda : sum);
        }
    }
}

void clu_group_load(struct clu_group *g, const struct clu_lanes *of, const size_t *which, size_t count)
{
    struct parts p;

    g->of = of;
    g->which = which;
    g->count = count;
    g->rows = 0;
    g->sweep.cols = 0;
    for (size_t l = 0; l < count; l++)
        g->sweep.cols = of->len[which[l]] > g->sweep.cols ? of->len[which[l]] : g->sweep.cols;
    p = parts_of(of->m, of->channels, g->sweep.cols);
    memset(g->y, 0, p.y * of->lanes * width(of->narrow));
    memset(g->aux, 0, p.aux * of->lanes * width(of->narrow));
    for (size_t l = 0; l < of->lanes; l++) {
        size_t i = which[l < count ? l : count - 1], len = of->len[i];
        for (size_t c = 0; c < of->channels; c++)
            for (size_t t = 0; t < len; t++)
                put(of->narrow, g->y, (c * (g->sweep.cols + 2 * PAD) + PAD + t) * of->lanes + l,
                    get(of->narrow, of->v, of->at[i] + c * (len + 2 * PAD) + t));
        for (size_t c = 0; p.aux && c < (of->m->independent ? of->channels : 1); c++)
            load_aux(g, l, of->m->independent ? c : 0, of->m->independent ? c + 1 : of->channels, c);
    }
}

/* --- its window --- */

static size_t lane_len(const struct clu_group *g, size_t lane)
{
    return g->of->len[g->which[lane < g->count ? lane : g->count - 1]];
}

/* Rows -1 .. rows - 1 of one lane, and those of the padding as the last one. */
static void load_lane(struct clu_group *g, size_t lane, size_t rows)
{
    const struct clu_lanes *s = g->of;
    size_t len = s->m->windowed ? lane_len(g, lane) : g->sweep.cols, window = clu_measure_window(s->m, rows, len);
    ptrdiff_t lo = -1, hi = -1;

    for (size_t i = 0; i < 1 + rows + PAD; i++) {
        if (i <= rows)
            clu_cell_band(window, rows, len, (ptrdiff_t)i - 1, &lo, &hi);
        put(s->narrow, g->low, i * s->lanes + lane, (double)lo);
        put(s->narrow, g->high, i * s->lanes + lane, (double)hi);
    }
}

/* For series of so many samples: the columns that count, lane by lane, and over all lanes. */
static void load_band(struct clu_group *g, size_t rows)
{
    const struct clu_lanes *s = g->of;
    size_t stride = g->longest + PAD;

    for (size_t l = 0; l < s->lanes; l++)
        load_lane(g, l, rows);
    g->sweep.mixed = false;
    for (size_t i = 0; i < rows + PAD; i++) {
        double first = HUGE_VAL, from = -1, to = HUGE_VAL, last = -1;
        for (size_t at = (i + 1) * s->lanes; at < (i + 2) * s->lanes; at++) {
            double lo = get(s->narrow, g->low, at), hi = get(s->narrow, g->high, at);
            first = lo < first ? lo : first;
            from = lo > from ? lo : from;
            to = hi < to ? hi : to;
            last = hi > last ? hi : last;
        }
        g->sweep.mixed = g->sweep.mixed || first < from || to < last;
        g->band[i] = (ptrdiff_t)first;
        g->band[stride + i] = (ptrdiff_t)from;
        g->band[2 * stride + i] = (ptrdiff_t)to;
        g->band[3 * stride + i] = (ptrdiff_t)last;
    }
}

static void load_weights(struct clu_group *g, size_t rows)
{
    size_t reach = g->longest + 2 * PAD, lanes = g->of->lanes;

    for (size_t l = 0; l < lanes; l++) {
        size_t len = lane_len(g, l), longer = len > rows ? len : rows;
        for (size_t d = 0; d < reach; d++) { /* beyond the longer length no cell counts */
            double w = d < longer ? g->weight[2 * d + g->longest - longer] : 0;
            put(g->of->narrow, g->offset, (reach + d) * lanes + l, w);
            put(g->of->narrow, g->offset, (reach - d) * lanes + l, w);
        }
    }
}

static void load_epsilon(struct clu_group *g, const struct clu_lanes *x, size_t i, size_t from, size_t to)
{
    for (size_t c = from; c < to; c++)
        for (size_t l = 0; l < g->of->lanes; l++) {
            double epsilon = isnan(x->m->epsilon) ? 1 : x->m->epsilon;
            if (x->deviation) {
                size_t o = g->which[l < g->count ? l : g->count - 1];
                double a = x->deviation[i * x->channels + c], b = g->of->deviation[o * x->channels + c];
                epsilon = (a > b ? a : b) / 4;
            }
            put(x->narrow, g->epsilon, (c - from) * g->of->lanes + l, epsilon);
        }
}

/* --- one series against it --- */

static void run_path(struct clu_group *g, const struct clu_lanes *x, size_t i, size_t from, size_t to)
{
    const struct clu_measure *m = x->m;
    struct clu_sweep *w = &g->sweep;
    size_t stride = g->longest + PAD, plane = (w->cols + 2 * PAD) * x->lanes, row = PAD * x->lanes;
    size_t aux = row + (m->kind == CLU_SERIES_MSM ? 2 : 1) * (m->independent ? from : 0) * plane;
    enum clu_sweep_kind kind = sweep_kind(m);

    w->rows = x->len[i];
    w->whole = !m->windowed;
    w->channels = to - from;
    w->x_step = x->len[i] + 2 * PAD;
    w->x = place(x->narrow, x->v, x->at[i] + from * w->x_step);
    w->y_step = plane;
    w->y = place(x->narrow, g->y, from * plane + row);
    w->aux[0] = place(x->narrow, g->aux, aux);
    w->aux[1] = place(x->narrow, g->aux, aux + plane);
    w->first = g->band;
    w->from = g->band + stride;
    w->to = g->band + 2 * stride;
    w->last = g->band + 3 * stride;
    w->low = place(x->narrow, g->low, x->lanes);
    w->high = place(x->narrow, g->high, x->lanes);
    w->offset = place(x->narrow, g->offset, (g->longest + 2 * PAD) * (m->kind == CLU_SERIES_WDTW ? x->lanes : 1));
    w->epsilon = g->epsilon;
    w->d = place(x->narrow, g->d, row);
    w->cost = m->kind == CLU_SERIES_ADTW ? m->penalty : m->kind == CLU_SERIES_ERP ? m->gap : m->cost;
    w->nu = m->nu;
    w->lambda = m->lambda;
    if (x->narrow)
        clu_kern()->sweep32[kind][to - from > 1](w);
    else
        clu_kern()->sweep64[kind][to - from > 1](w);
}

void clu_group_run(struct clu_group *g, const struct clu_lanes *x, size_t i, double *out)
{
    const struct clu_measure *m = x->m;
    size_t paths = m->independent ? x->channels : 1;

    if (g->rows != x->len[i]) {
        if (m->windowed)
            load_band(g, x->len[i]);
        else if (g->rows == 0 && m->kind != CLU_SERIES_EUCLIDEAN && m->kind != CLU_SERIES_MANHATTAN)
            load_band(g, g->longest); /* all rows alike, whatever the length */
        if (m->kind == CLU_SERIES_WDTW)
            load_weights(g, x->len[i]);
        g->rows = x->len[i];
    }
    for (size_t l = 0; l < g->count; l++)
        out[l] = 0;
    for (size_t c = 0; c < paths; c++) {
        size_t from = m->independent ? c : 0, to = m->independent ? c + 1 : x->channels;
        if (m->kind == CLU_SERIES_LCSS || m->kind == CLU_SERIES_EDR)
            load_epsilon(g, x, i, from, to);
        run_path(g, x, i, from, to);
        for (size_t l = 0; l < g->count; l++) {
            struct clu_pair p = {.m = m, .n = x->len[i], .len = lane_len(g, l)};
            out[l] += clu_pair_sum(&p, get(x->narrow, g->sweep.d, (p.len - 1) * x->lanes + l));
        }
    }
    for (size_t l = 0; l < g->count; l++)
        out[l] = clu_pair_distance(m, x->len[i], lane_len(g, l), out[l]);
}
