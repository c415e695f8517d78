/* Sections: the radius, densities, the nearest of higher density, centres and labels. */
#include "alg/density_peaks.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STRETCH 256 /* objects at a time */

void clu_peaks_clear(struct clu_peaks *p)
{
    clu_free(p->label);
    clu_free(p->center);
    clu_free(p->rho);
    clu_free(p->delta);
    *p = (struct clu_peaks){0};
}

/* --- the radius --- */

static double pair_at(const struct clu_condensed *d, size_t i)
{
    return d->v ? d->v[i] : (double)d->f[i];
}

#define DIGIT 16
#define DIGITS ((size_t)1 << DIGIT)

/* The distance of the given rank (from 0) among all, without a copy: doubles that are not negative are in the order of their bits, of
 * which 16 more are found in each pass. count[DIGITS] */
static double ranked(const struct clu_condensed *d, size_t pairs, size_t rank, size_t *count)
{
    uint64_t found = 0;
    double value;

    for (int shift = 64 - DIGIT; shift >= 0; shift -= DIGIT) {
        size_t digit = 0;
        memset(count, 0, DIGITS * sizeof *count);
        for (size_t i = 0; i < pairs; i++) {
            double v = pair_at(d, i) + 0.0; /* -0 is 0 */
            uint64_t bits;
            memcpy(&bits, &v, sizeof bits);
            if (shift + DIGIT == 64 || bits >> (shift + DIGIT) == found)
                count[bits >> shift & (DIGITS - 1)]++;
        }
        while (rank >= count[digit])
            rank -= count[digit++];
        found = found << DIGIT | digit;
    }
    memcpy(&value, &found, sizeof value);
    return value;
}

/* The given part of the distances, as the authors round it; the least positive one where that is 0, and 1 where there is none. */
static double radius_of(const struct clu_condensed *d, double part, size_t *count)
{
    size_t n = d->dist.n, pairs = n * (n - 1) / 2;
    double rank = round((double)pairs * part), least = HUGE_VAL;

    if (pairs == 0)
        return 1;
    rank = rank < 1 ? 1 : rank > (double)pairs ? (double)pairs : rank;
    double radius = ranked(d, pairs, (size_t)rank - 1, count);
    if (radius > 0)
        return radius;
    for (size_t i = 0; i < pairs; i++)
        if (pair_at(d, i) > 0 && pair_at(d, i) < least)
            least = pair_at(d, i);
    return least < HUGE_VAL ? least : 1;
}

/* --- densities --- */

static void densities(struct clu_peaks *p, const struct clu_condensed *d, size_t lo, size_t hi)
{
    double row[STRETCH];

    for (size_t o = lo; o < hi; o++)
        p->rho[o] = 0;
    for (size_t x = 0; x < p->n; x++) {
        d->dist.row(&d->dist, x, lo, hi, row);
        for (size_t o = lo; o < hi; o++) {
            double q = row[o - lo] / p->radius;
            if (o != x)
                p->rho[o] += exp(-q * q);
        }
    }
}

/* --- the nearest of higher density --- */

/* rank[n]: 0 the densest. The lowest number of those that are equally near. */
static void peaks(struct clu_peaks *p, const struct clu_condensed *d, const size_t *rank, size_t *higher, size_t lo, size_t hi)
{
    double row[STRETCH];

    for (size_t o = lo; o < hi; o++) {
        p->delta[o] = HUGE_VAL;
        higher[o] = o;
    }
    for (size_t x = 0; x < p->n; x++) {
        d->dist.row(&d->dist, x, lo, hi, row);
        for (size_t o = lo; o < hi; o++)
            if (rank[x] < rank[o] && row[o - lo] < p->delta[o]) {
                p->delta[o] = row[o - lo];
                higher[o] = x;
            }
    }
}

/* --- centres and labels --- */

/* An object by a figure of merit: the larger first, of equals the lower place. */
struct merit {
    double value;
    size_t place, object;
};

static int by_merit(const void *a, const void *b)
{
    const struct merit *p = a, *q = b;
    if (p->value != q->value)
        return p->value > q->value ? -1 : 1;
    return p->place < q->place ? -1 : 1;
}

static void rank_densities(const struct clu_peaks *p, struct merit *m, size_t *order, size_t *rank)
{
    for (size_t o = 0; o < p->n; o++)
        m[o] = (struct merit){p->rho[o], o, o};
    qsort(m, p->n, sizeof *m, by_merit);
    for (size_t i = 0; i < p->n; i++) {
        order[i] = m[i].object;
        rank[order[i]] = i;
    }
}

/* The densest is always among the centres: nothing has a larger product, and of equals it comes first. Labels run down the densities, then
 * are numbered anew by first appearance: number[k]. */
static void give_labels(struct clu_peaks *p, struct merit *m, const size_t *order, const size_t *rank, const size_t *higher,
                        int32_t *number)
{
    int32_t next = 0;

    for (size_t o = 0; o < p->n; o++) {
        m[o] = (struct merit){p->rho[o] * p->delta[o], rank[o], o};
        p->label[o] = -1;
    }
    qsort(m, p->n, sizeof *m, by_merit);
    for (size_t i = 0; i < p->k; i++) {
        p->label[m[i].object] = (int32_t)i;
        number[i] = -1;
    }
    for (size_t i = 0; i < p->n; i++)
        if (p->label[order[i]] < 0)
            p->label[order[i]] = p->label[higher[order[i]]];
    for (size_t o = 0; o < p->n; o++) {
        int32_t *to = &number[p->label[o]];
        if (*to < 0)
            *to = next++;
        p->label[o] = *to;
    }
    for (size_t i = 0; i < p->k; i++)
        p->center[number[i]] = m[i].object;
}

/* Scratch of a fit. */
struct work {
    struct merit *merit;           /* [n] */
    size_t *order, *rank, *higher; /* [n] */
    size_t *count;                 /* [DIGITS] */
    int32_t *number;               /* [k] */
};

/* All stretches: densities where there are no ranks yet (NULL), else the nearest of higher density. */
static enum clu_status sweep(struct clu_peaks *p, const struct clu_condensed *d, const size_t *rank, size_t *higher,
                             const struct clu_run *run)
{
    size_t n = p->n, stretches = (n + STRETCH - 1) / STRETCH, step = (size_t)run->threads * 4;

    for (size_t first = 0; first < stretches; first += step) {
        size_t last = first + step < stretches ? first + step : stretches;
        if (clu_tick(run, rank ? "peaks" : "density", first * STRETCH, n, NAN) != CLU_OK)
            return CLU_STOPPED;
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1) if (run->threads > 1 && stretches > 1)
        for (size_t t = first; t < last; t++) {
            size_t lo = t * STRETCH, hi = n - lo < STRETCH ? n : lo + STRETCH;
            if (rank)
                peaks(p, d, rank, higher, lo, hi);
            else
                densities(p, d, lo, hi);
        }
    }
    return CLU_OK;
}

static enum clu_status fit(struct clu_peaks *p, const struct work *w, const struct clu_condensed *d, double part,
                           const struct clu_run *run)
{
    size_t pairs = p->n * (p->n - 1) / 2;
    double largest = 0;

    p->radius = radius_of(d, part, w->count);
    enum clu_status status = sweep(p, d, NULL, NULL, run);
    if (status != CLU_OK)
        return status;
    rank_densities(p, w->merit, w->order, w->rank);
    status = sweep(p, d, w->rank, w->higher, run);
    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < pairs; i++)
        largest = pair_at(d, i) > largest ? pair_at(d, i) : largest;
    p->delta[w->order[0]] = largest;
    give_labels(p, w->merit, w->order, w->rank, w->higher, w->number);
    return CLU_OK;
}

enum clu_status clu_peaks_fit(struct clu_peaks *out, const struct clu_condensed *d, size_t k, double part, const struct clu_run *run,
                              struct clu_err *err)
{
    size_t n = d->dist.n, *numbers = clu_alloc(3 * n + DIGITS, sizeof *numbers);
    struct work w = {.merit = clu_alloc(n, sizeof *w.merit), .number = clu_alloc(k, sizeof *w.number)};

    *out = (struct clu_peaks){.n = n, .k = k};
    out->label = clu_alloc(n, sizeof *out->label);
    out->center = clu_alloc(k, sizeof *out->center);
    out->rho = clu_alloc(n, sizeof *out->rho);
    out->delta = clu_alloc(n, sizeof *out->delta);
    enum clu_status status = numbers && w.merit && w.number && out->label && out->center && out->rho && out->delta
                                 ? CLU_OK
                                 : clu_fail_memory(err);
    if (status == CLU_OK) {
        w.order = numbers;
        w.rank = numbers + n;
        w.higher = numbers + 2 * n;
        w.count = numbers + 3 * n;
        status = fit(out, &w, d, part, run);
    }
    clu_free(numbers);
    clu_free(w.merit);
    clu_free(w.number);
    if (status != CLU_OK)
        clu_peaks_clear(out);
    return status;
}
