/* Sections: differences, ranks, p. */
#include "num/signed_rank.h"

#include "base/mem.h"
#include "num/elem.h"
#include "num/median.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- differences --- */

struct item {
    double size;   /* |a - b| */
    double unsure; /* what rounding may have done to it */
    bool positive;
};

static int by_size(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

/* Those that count, by size, into item and diff; returns how many. */
static size_t take(struct item *item, double *diff, const double *a, const double *b, size_t n)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        double d = a[i] - b[i];
        if (fabs(d) <= CLU_SIGNED_RANK_ZERO)
            continue;
        diff[m] = d;
        /* a and b are within half a unit of their decimals, 2^-53 each, and the difference is rounded once more. */
        item[m++] = (struct item){.size = fabs(d), .unsure = fmax(fabs(a[i]), fabs(b[i])) * 0x1p-51, .positive = d > 0};
    }
    qsort(item, m, sizeof *item, by_size);
    return m;
}

/* --- ranks --- */

struct ranks {
    uint64_t plus, minus; /* twice the sums */
    double ties;          /* sum of t^3 - t over groups of t equal ones */
};

/* Twice the mid-ranks, which are whole numbers, into twice[m]. */
static struct ranks rank(const struct item *item, size_t m, size_t *twice)
{
    struct ranks r = {0};

    for (size_t from = 0, to; from < m; from = to) {
        to = from + 1;
        while (to < m && item[to].size - item[to - 1].size <= item[to].unsure + item[to - 1].unsure)
            to++;
        double t = (double)(to - from);
        r.ties += t * t * t - t;
        for (size_t i = from; i < to; i++) {
            twice[i] = from + to + 1;
            if (item[i].positive)
                r.plus += twice[i];
            else
                r.minus += twice[i];
        }
    }
    return r;
}

/* --- p --- */

/* The share of the signs by which the positive ranks sum to at most most / 2, by the distribution of the sum of the first ranks,
 * one more at a time: share[most + 1]. All its entries are multiples of 2^-m and none is lost. */
static double exact(const size_t *twice, size_t m, size_t most, double *share)
{
    size_t top = 0; /* larger sums have no share yet */
    double sum = 0;

    memset(share, 0, (most + 1) * sizeof *share);
    share[0] = 1;
    for (size_t i = 0; i < m; i++) {
        size_t r = twice[i];
        top = top + r < most ? top + r : most;
        for (size_t s = top + 1; s-- > r;)
            share[s] = (share[s] + share[s - r]) / 2;
        for (size_t s = 0; s < r && s <= top; s++)
            share[s] /= 2;
    }
    for (size_t s = 0; s <= most; s++)
        sum += share[s];
    return sum;
}

/* |z| of the normal distribution. */
static double approximate(const struct ranks *r, size_t m)
{
    double n = (double)m, variance = n * (n + 1) * (2 * n + 1) / 24 - r->ties / 48;
    double off = fabs((double)r->plus / 2 - n * (n + 1) / 4);

    return off > 0.5 ? (off - 0.5) / sqrt(variance) : 0;
}

enum clu_status clu_signed_rank(struct clu_signed_rank *t, const double *a, const double *b, size_t n, struct clu_err *err)
{
    struct item *item = clu_alloc(n, sizeof *item);
    double *diff = clu_alloc(n, sizeof *diff), *share = NULL, z = 0;
    size_t *twice = clu_alloc(n, sizeof *twice);
    enum clu_status status = CLU_OK;

    *t = (struct clu_signed_rank){.pairs = n, .p = 1};
    if (!item || !diff || !twice)
        goto memory;
    size_t m = take(item, diff, a, b, n);
    struct ranks r = rank(item, m, twice);
    if (m > CLU_SIGNED_RANK_EXACT) {
        z = approximate(&r, m);
        t->p = 2 * clu_normal_cdf(-z);
    } else if (m > 0) {
        size_t most = (size_t)(r.plus < r.minus ? r.plus : r.minus);
        share = clu_alloc(most + 1, sizeof *share);
        if (!share)
            goto memory;
        t->p = fmin(1, 2 * exact(twice, m, most, share));
        z = fabs(clu_normal_quantile(t->p / 2));
    }
    t->nonzero = m;
    t->plus = (double)r.plus / 2;
    t->minus = (double)r.minus / 2;
    t->median = clu_median(diff, m);
    if (m > 0 && z > 0)
        t->effect = copysign(z / sqrt((double)m), t->median != 0 ? t->median : t->plus - t->minus);
    goto end;
memory:
    status = clu_fail_memory(err);
end:
    clu_free(item);
    clu_free(diff);
    clu_free(twice);
    clu_free(share);
    return status;
}
