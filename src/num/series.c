/* Time series in memory. Sections: storage, scale, gaps, length. */
#include "num/series.h"

#include "base/mem.h"

#include <float.h>
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
        size_t samples;
        s->len[i] = len[i];
        if (__builtin_mul_overflow(len[i], channels, &samples) || __builtin_add_overflow(s->at[i], samples, &s->at[i + 1])) {
            clu_series_clear(s);
            return clu_fail_memory(err);
        }
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

struct clu_series clu_series_one(const struct clu_series *of, size_t i, size_t at[2])
{
    at[0] = 0;
    at[1] = of->len[i] * of->channels;
    return (struct clu_series){.n = 1, .channels = of->channels, .len = of->len + i, .at = at, .v = clu_series_at(of, i, 0),
                               .longest = of->len[i], .gaps = of->gaps};
}

/* --- scale --- */

/* Below this part of the largest magnitude a deviation is rounding. */
#define CONSTANT 1e-12

/* Where a channel lies and how far it reaches, in units in which its range neither overflows nor loses digits to underflow. */
struct place {
    double unit; /* a power of two: v * unit is exact */
    double shift, scale;
    bool flat;
};

static double fit_unit(double most)
{
    return most > 0x1p1000 ? 0x1p-100 : most < 0x1p-800 ? 0x1p200 : 1;
}

/* Mean and deviation, taken from the middle of the range, so that a common large term costs no digits, and in halves of the range, so
 * that no square overflows. */
static void moments(const double *v, size_t len, double unit, double middle, double half, double *mean, double *deviation)
{
    double sum = 0, squares = 0, left = 0;
    size_t count = 0;

    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t])) {
            sum += (v[t] * unit - middle) / half;
            count++;
        }
    double about = sum / (double)count;
    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t])) {
            double away = (v[t] * unit - middle) / half - about;
            squares += away * away;
            left += away;
        }
    *mean = middle + about * half;
    *deviation = sqrt((squares - left * left / (double)count) / (double)count) * half;
}

static struct place find_place(const double *v, size_t len, int how)
{
    double low = HUGE_VAL, high = -HUGE_VAL, mean, deviation = 0;

    for (size_t t = 0; t < len; t++)
        if (!isnan(v[t])) {
            low = v[t] < low ? v[t] : low;
            high = v[t] > high ? v[t] : high;
        }
    if (low > high)
        return (struct place){.unit = 1, .scale = 1};
    double most = fabs(low) > fabs(high) ? fabs(low) : fabs(high), unit = fit_unit(most);
    low *= unit;
    high *= unit;
    mean = low;
    if (high > low)
        moments(v, len, unit, (low + high) / 2, (high - low) / 2, &mean, &deviation);
    bool flat = !(deviation > CONSTANT * (most * unit)), minmax = how == CLU_NORMALISE_MINMAX;
    return (struct place){unit, minmax ? low : mean, flat ? unit : minmax ? high - low : deviation, flat};
}

/* What is told must be a number: the range of 1e308 and -1e308 is none. */
static double told(double x)
{
    return x > DBL_MAX ? DBL_MAX : x;
}

void clu_series_normalise(struct clu_series *s, int how, double *shift, double *scale, size_t *constant, size_t *first)
{
    *constant = 0;
    *first = s->n;
    for (size_t i = 0; i < s->n; i++)
        for (size_t c = 0; c < s->channels; c++) {
            struct place p = {.unit = 1, .scale = 1};
            double *v = clu_series_at(s, i, c);
            if (how != CLU_NORMALISE_NONE)
                p = find_place(v, s->len[i], how);
            if (p.flat && (*constant)++ == 0)
                *first = i;
            for (size_t t = 0; how != CLU_NORMALISE_NONE && t < s->len[i]; t++)
                v[t] = p.flat && !isnan(v[t]) ? 0 : (v[t] * p.unit - p.shift) / p.scale;
            if (shift)
                shift[i * s->channels + c] = p.shift / p.unit;
            if (scale)
                scale[i * s->channels + c] = told(p.scale / p.unit);
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

/* On the line from a to b; exact at its ends, and where it is level. */
static double between(double a, double b, double part)
{
    return a == b ? a : a * (1 - part) + b * part;
}

static void bridge(double *v, size_t len)
{
    size_t known = 0; /* 1 + the last sample that is there */

    for (size_t t = 0; t < len; t++) {
        if (isnan(v[t]))
            continue;
        for (size_t g = known; g < t; g++) {
            double part = (double)(g - known + 1) / (double)(t - known + 1);
            v[g] = known ? between(v[known - 1], v[t], part) : v[t];
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
        out[t] = part > 0 ? between(v[left], v[left + 1], part) : v[left];
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
