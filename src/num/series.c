/* Time series in memory. Sections: storage, scale, gaps, length. */
#include "num/series.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- storage --- */

enum clu_status clu_series_init(struct clu_series *s, size_t n, size_t channels, const size_t *len, struct clu_err *err)
{
    *s = (struct clu_series){.n = n, .channels = channels};
    s->len = clu_alloc(n, sizeof *s->len);
    s->at = clu_alloc(n + 1, sizeof *s->at);
    if (!s->len || !s->at) {
        clu_series_clear(s);
        return clu_fail_memory(err);
    }
    s->at[0] = 0;
    for (size_t i = 0; i < n; i++) {
        s->len[i] = len[i];
        s->at[i + 1] = s->at[i] + len[i] * channels;
        s->longest = len[i] > s->longest ? len[i] : s->longest;
    }
    s->v = clu_alloc(s->at[n], sizeof *s->v);
    if (!s->v) {
        clu_series_clear(s);
        return clu_fail_memory(err);
    }
    return CLU_OK;
}

enum clu_status clu_series_pick(struct clu_series *out, const struct clu_series *of, const size_t *which, size_t count,
                                struct clu_err *err)
{
    size_t *len = clu_alloc(count, sizeof *len);

    *out = (struct clu_series){0};
    if (!len)
        return clu_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        len[i] = of->len[which[i]];
    enum clu_status status = clu_series_init(out, count, of->channels, len, err);
    clu_free(len);
    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        memcpy(clu_series_at(out, i, 0), clu_series_at(of, which[i], 0), out->len[i] * out->channels * sizeof *out->v);
    out->gaps = of->gaps;
    return CLU_OK;
}

void clu_series_clear(struct clu_series *s)
{
    clu_free(s->len);
    clu_free(s->at);
    clu_free(s->v);
    *s = (struct clu_series){0};
}

/* --- scale --- */

/* Below this part of the largest magnitude a deviation is rounding. */
#define CONSTANT 1e-12

/* Where a channel lies and how far it reaches. The mean is taken from the middle of the range, so that a common large term costs
 * no digits; what it is divided by keeps squares from overflow. */
static void place(const double *v, size_t len, int how, double *shift, double *scale)
{
    double low = HUGE_VAL, high = -HUGE_VAL, sum = 0, squares = 0, left = 0;
    size_t count = 0;

    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t])) {
            low = v[t] < low ? v[t] : low;
            high = v[t] > high ? v[t] : high;
            count++;
        }
    *shift = 0;
    *scale = 1;
    if (!count)
        return;
    double half = high / 2 - low / 2, middle = low / 2 + high / 2;
    double most = fabs(low) > fabs(high) ? fabs(low) : fabs(high);
    *shift = how == CLU_NORMALISE_MINMAX ? low : middle;
    *scale = 0;
    if (!(half > CONSTANT * most))
        return;
    if (how == CLU_NORMALISE_MINMAX) {
        *scale = high - low;
        return;
    }
    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t]))
            sum += (v[t] - middle) / half;
    double mean = sum / (double)count;
    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t])) {
            double away = (v[t] - middle) / half - mean;
            squares += away * away;
            left += away;
        }
    double variance = (squares - left * left / (double)count) / (double)count;
    *shift = middle + mean * half;
    *scale = sqrt(variance) * half;
}

void clu_series_normalise(struct clu_series *s, int how, double *shift, double *scale, size_t *constant, size_t *first)
{
    *constant = 0;
    *first = s->n;
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < s->channels; c++) {
            double *v = clu_series_at(s, i, c), from = 0, by = 1;
            if (how != CLU_NORMALISE_NONE)
                place(v, s->len[i], how, &from, &by);
            bool flat = !(by > 0);
            by = flat ? 1 : by;
            if (flat) {
                *first = *constant ? *first : i;
                ++*constant;
            }
            if (how != CLU_NORMALISE_NONE)
                for (size_t t = 0; t < s->len[i]; t++)
                    v[t] = flat && !isnan(v[t]) ? 0 : (v[t] - from) / by;
            if (shift)
                shift[i * s->channels + c] = from;
            if (scale)
                scale[i * s->channels + c] = by;
        }
}

/* --- gaps --- */

static bool has_sample(const double *v, size_t len)
{
    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t]))
            return true;
    return false;
}

static void bridge(double *v, size_t len)
{
    size_t known = 0; /* 1 + the last sample that is there */

    for (size_t t = 0; t < len; t++) {
        if (isnan(v[t]))
            continue;
        for (size_t g = known; g < t; g++) {
            double part = known ? (double)(g - known + 1) / (double)(t - known + 1) : 1;
            v[g] = known ? v[known - 1] * (1 - part) + v[t] * part : v[t];
        }
        known = t + 1;
    }
    for (size_t g = known; g < len; g++)
        v[g] = v[known - 1];
}

bool clu_series_interpolate(struct clu_series *s, size_t *which)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < s->channels; c++)
            if (!has_sample(clu_series_at(s, i, c), s->len[i])) {
                *which = i;
                return false;
            }
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < s->channels; c++)
            bridge(clu_series_at(s, i, c), s->len[i]);
    s->gaps = false;
    return true;
}

/* --- length --- */

static void stretch(const double *v, size_t len, double *out, size_t to)
{
    for (size_t t = 0; t < to; t++) {
        double place_at = to > 1 ? (double)t * (double)(len - 1) / (double)(to - 1) : 0;
        size_t left = (size_t)place_at;
        double part = place_at - (double)left;
        out[t] = part > 0 ? v[left] * (1 - part) + v[left + 1] * part : v[left];
    }
}

enum clu_status clu_series_resample(struct clu_series *s, size_t len, struct clu_err *err)
{
    struct clu_series to;
    size_t *same = clu_alloc(s->n, sizeof *same);

    if (!same)
        return clu_fail_memory(err);
    for (size_t i = 0; i < s->n; i++)
        same[i] = len;
    enum clu_status status = clu_series_init(&to, s->n, s->channels, same, err);
    clu_free(same);
    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < s->channels; c++)
            stretch(clu_series_at(s, i, c), s->len[i], clu_series_at(&to, i, c), len);
    clu_series_clear(s);
    *s = to;
    return CLU_OK;
}
