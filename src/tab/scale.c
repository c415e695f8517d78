/* Sections: range, zscore, quartiles, fit, apply. */
#include "tab/scale.h"

#include "base/mem.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *const clu_scaling_word[] = {"none", "zscore", "minmax", "robust", NULL};

/* What is found out about the columns, in passes over the rows. All [cols]. */
struct columns {
    double *memory;    /* all of these arrays in one block */
    double *min, *max; /* HUGE_VAL and -HUGE_VAL when there is no value */
    double *count;     /* values that are not missing */
    double *unit;      /* a power of two: values times unit are at most 1 */
    double *mean;      /* of values times unit */
    double *sum, *low;     /* a compensated sum is sum + low */
    double *square, *square_low;
    double *row;       /* one row as doubles */
};

static enum clu_status columns_init(struct columns *c, size_t cols, struct clu_err *err)
{
    c->memory = clu_calloc(cols, 10 * sizeof *c->memory);
    if (!c->memory)
        return clu_fail_memory(err);
    double **part[] = {&c->min, &c->max, &c->count, &c->unit, &c->mean,
                       &c->sum, &c->low, &c->square, &c->square_low, &c->row};
    for (size_t i = 0; i < 10; i++)
        *part[i] = c->memory + i * cols;
    return CLU_OK;
}

/* Neumaier's step: what the addition rounds away goes to low. The larger operand's error is found without a branch
 * (TwoSum, Knuth), which a compiler turns into vectors; like every such code it needs -ffast-math to be off. */
static inline void add(double *sum, double *low, double x)
{
    double total = *sum + x;
    double back = total - *sum;
    *low += (*sum - (total - back)) + (x - back);
    *sum = total;
}

/* --- range --- */

static void find_range(struct columns *c, struct clu_view x)
{
    for (size_t j = 0; j < x.cols; j++) {
        c->min[j] = HUGE_VAL;
        c->max[j] = -HUGE_VAL;
    }
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = clu_view_row(x, i, c->row);
        for (size_t j = 0; j < x.cols; j++) {
            /* Comparisons with NaN are false. */
            c->min[j] = row[j] < c->min[j] ? row[j] : c->min[j];
            c->max[j] = row[j] > c->max[j] ? row[j] : c->max[j];
            c->count[j] += row[j] == row[j];
        }
    }
}

/* --- zscore --- */

/* Two passes, and the second one's own mean corrects the first's (Chan, Golub and LeVeque, Am. Stat. 37, 1983):
 * var = (sum d^2 - (sum d)^2 / n) / (n - 1) with d = x - mean. */
static void find_moments(struct clu_scale *s, struct columns *c, struct clu_view x)
{
    size_t d = x.cols;

    for (size_t j = 0; j < d; j++) {
        double most = fmax(fabs(c->min[j]), fabs(c->max[j]));
        int exponent = 0;
        if (c->count[j] > 0)
            (void)frexp(most, &exponent);
        c->unit[j] = ldexp(1, exponent > -1000 ? -exponent : 1000); /* 2^1023 is the largest that there is */
    }
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = clu_view_row(x, i, c->row);
        for (size_t j = 0; j < d; j++)
            add(&c->sum[j], &c->low[j], row[j] == row[j] ? row[j] * c->unit[j] : 0);
    }
    for (size_t j = 0; j < d; j++) {
        c->mean[j] = c->count[j] > 0 ? (c->sum[j] + c->low[j]) / c->count[j] : 0;
        c->sum[j] = c->low[j] = 0;
    }
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = clu_view_row(x, i, c->row);
        for (size_t j = 0; j < d; j++) {
            double off = row[j] == row[j] ? row[j] * c->unit[j] - c->mean[j] : 0;
            add(&c->sum[j], &c->low[j], off);
            add(&c->square[j], &c->square_low[j], off * off);
        }
    }
    for (size_t j = 0; j < d; j++) {
        double n = c->count[j];
        double rest = n > 0 ? (c->sum[j] + c->low[j]) / n : 0;
        double squares = c->square[j] + c->square_low[j] - n * rest * rest;
        s->shift[j] = (c->mean[j] + rest) / c->unit[j];
        s->divisor[j] = n > 1 && squares > 0 ? sqrt(squares / (n - 1)) / c->unit[j] : 1;
    }
}

/* --- quartiles --- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Put the k-th smallest of v[from .. to) at its place, smaller ones before and larger ones behind it: quickselect
 * (Hoare 1961) by the median of three. After too many bad splits the rest is sorted, so that no input makes it
 * quadratic. */
static void select_kth(double *v, size_t from, size_t to, size_t k)
{
    for (int split = 0; to - from > 2; split++) {
        if (split > 100) {
            qsort(v + from, to - from, sizeof *v, by_value);
            return;
        }
        double a = v[from], b = v[from + (to - from) / 2], c = v[to - 1];
        double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        size_t i = from, j = to - 1;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        /* Now v[from .. i) <= pivot <= v[i .. to); the pivot itself is at i when both met there. */
        if (k < i)
            to = i;
        else
            from = i;
    }
    if (to - from == 2 && v[from] > v[from + 1]) {
        double swap = v[from];
        v[from] = v[from + 1];
        v[from + 1] = swap;
    }
}

/* The value at p (n - 1), counted from 0, of the n values v in order: R's quantile type 7. What lies before *sorted is already at most
 * what lies behind it; calls go from low p to high p and move it on. */
static double quantile(double *v, size_t n, double p, size_t *sorted)
{
    double at = p * (double)(n - 1);
    size_t k = (size_t)floor(at);
    double part = at - (double)k;

    select_kth(v, *sorted, n, k);
    *sorted = k;
    if (part == 0)
        return v[k];
    /* Everything behind k is at least v[k]: the next in order is the least of it. */
    double next = v[k + 1];
    for (size_t i = k + 2; i < n; i++)
        next = v[i] < next ? v[i] : next;
    return (1 - part) * v[k] + part * next;
}

static enum clu_status find_quartiles(struct clu_scale *s, struct clu_view x, struct clu_err *err)
{
    double *v = clu_alloc(x.rows, sizeof *v);

    if (!v)
        return clu_fail_memory(err);
    for (size_t j = 0; j < x.cols; j++) {
        size_t n = 0, sorted = 0;
        for (size_t i = 0; i < x.rows; i++) {
            v[n] = clu_view_at(x, i, j);
            n += v[n] == v[n]; /* a NaN is overwritten */
        }
        s->shift[j] = 0;
        s->divisor[j] = 1;
        if (n == 0)
            continue;
        double low = quantile(v, n, 0.25, &sorted);
        s->shift[j] = quantile(v, n, 0.5, &sorted);
        double range = quantile(v, n, 0.75, &sorted) - low;
        s->divisor[j] = range > 0 ? range : 1;
    }
    clu_free(v);
    return CLU_OK;
}

/* --- fit --- */

void clu_scale_clear(struct clu_scale *s)
{
    clu_free(s->shift);
    clu_free(s->divisor);
    *s = (struct clu_scale){0};
}

static enum clu_status fit_columns(struct clu_scale *s, struct columns *c, struct clu_view x, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    find_range(c, x);
    if (s->how == CLU_SCALE_ZSCORE)
        find_moments(s, c, x);
    else if (s->how == CLU_SCALE_ROBUST)
        status = find_quartiles(s, x, err);
    for (size_t j = 0; j < x.cols && status == CLU_OK; j++) {
        if (c->count[j] == 0) {
            s->shift[j] = 0;
            s->divisor[j] = 1;
        } else if (c->min[j] == c->max[j]) {
            s->shift[j] = c->min[j]; /* not the mean, which may be off by a rounding */
            s->divisor[j] = 1;
        } else if (s->how == CLU_SCALE_MINMAX) {
            s->shift[j] = c->min[j];
            s->divisor[j] = c->max[j] - c->min[j];
        }
        if (isinf(s->divisor[j]))
            status = clu_fail(err, CLU_DATA, "cannot scale: the range of values overflows in feature %zu", j + 1);
    }
    return status;
}

enum clu_status clu_scale_fit(struct clu_scale *s, enum clu_scaling how, struct clu_view x, struct clu_err *err)
{
    struct columns c;

    *s = (struct clu_scale){.how = how, .cols = x.cols};
    if (how == CLU_SCALE_NONE)
        return CLU_OK;
    s->shift = clu_alloc(x.cols, sizeof *s->shift);
    s->divisor = clu_alloc(x.cols, sizeof *s->divisor);
    enum clu_status status = s->shift && s->divisor ? columns_init(&c, x.cols, err) : clu_fail_memory(err);
    if (status == CLU_OK) {
        status = fit_columns(s, &c, x, err);
        clu_free(c.memory);
    }
    if (status != CLU_OK)
        clu_scale_clear(s);
    return status;
}

/* --- apply --- */

/* (x - shift) / divisor, when the difference alone would overflow too. */
static inline double scaled(double x, double shift, double divisor)
{
    double y = (x - shift) / divisor;
    return isinf(y) ? x / divisor - shift / divisor : y;
}

void clu_scale_do(const struct clu_scale *s, struct clu_mat *m)
{
    if (s->how == CLU_SCALE_NONE)
        return;
    for (size_t i = 0; i < m->rows; i++) {
        size_t at = i * m->cols;
        if (m->v)
            for (size_t j = 0; j < m->cols; j++)
                m->v[at + j] = scaled(m->v[at + j], s->shift[j], s->divisor[j]);
        else
            for (size_t j = 0; j < m->cols; j++)
                m->f[at + j] = (float)scaled(m->f[at + j], s->shift[j], s->divisor[j]);
    }
}

void clu_scale_undo(const struct clu_scale *s, double *v, size_t rows)
{
    if (s->how == CLU_SCALE_NONE)
        return;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < s->cols; j++) {
            double *x = &v[i * s->cols + j];
            double whole = *x * s->divisor[j] + s->shift[j];
            /* Only the product overflows: half of everything does not. */
            *x = isinf(whole) ? 2 * (*x * (s->divisor[j] / 2) + s->shift[j] / 2) : whole;
        }
}
