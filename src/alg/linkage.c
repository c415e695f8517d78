/* Sections: distances while clusters merge, the chain, the tree, cutting it. */
#include "alg/linkage.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- distances while clusters merge --- */

/* A triangle of the clusters that are left, and of those that went since it was packed last. A cluster stands at the place of its
 * lowest object: rows of low places are the long ones, so that most of what is read of a cluster lies in a row. */
struct room {
    int kind;
    size_t m;      /* places */
    size_t left;   /* clusters */
    double *v;     /* [m (m - 1) / 2]; ward: squares, in a unit in which the largest distance is at most 1 */
    double *bar;   /* [m] 0, or HUGE_VAL where a cluster went: added, it is never the nearest */
    double *bound; /* [m] no later place is nearer; NAN where a cluster went, which is no candidate then */
    double *size;  /* [m] objects */
    size_t *first; /* [m] lowest object, ascending */
    double *a, *b; /* [m] what two clusters are away from the others */
    size_t *some;  /* [m] places that may be near */
    double unit[2]; /* ward: their product */
};

#define AHEAD 24 /* elements of a column that are asked for before they are needed: each lies in a cache line of its own */

/* The column above place x: the distances of places 0 .. x - 1 to it. */
static void read_column(const struct room *r, size_t x, double *out)
{
    const double *at = r->v + (x - 1); /* of place 0 */
    size_t step = r->m - 2;

    for (size_t j = 0; j < x; j++) {
        if (j + AHEAD < x)
            __builtin_prefetch(r->v + clu_condensed_place(r->m, j + AHEAD, x));
        out[j] = *at;
        at += step - j;
    }
}

static double *row_of(const struct room *r, size_t x)
{
    return r->v + clu_condensed_place(r->m, x, x + 1); /* of place x + 1 */
}

/* What place x is away from all, HUGE_VAL from itself. */
static void read_all(const struct room *r, size_t x, double *out)
{
    if (x > 0)
        read_column(r, x, out);
    out[x] = HUGE_VAL;
    if (x + 1 < r->m)
        memcpy(out + x + 1, row_of(r, x), (r->m - x - 1) * sizeof *out);
}

/* Take what went out of the triangle, in place: an element moves down only. */
static void pack(struct room *r)
{
    size_t m = 0;
    double *to = r->v;

    for (size_t i = 0; i < r->m; i++) {
        const double *from = row_of(r, i);
        if (r->bar[i] > 0)
            continue;
        for (size_t j = i + 1; j < r->m; j++)
            if (r->bar[j] == 0)
                *to++ = from[j - i - 1];
    }
    for (size_t i = 0; i < r->m; i++)
        if (r->bar[i] == 0) {
            r->size[m] = r->size[i];
            r->bound[m] = r->bound[i];
            r->first[m++] = r->first[i];
        }
    memset(r->bar, 0, m * sizeof *r->bar);
    r->m = m;
}

/* What s + t is away from a cluster of size c that is a away from s and b from t, which are h apart. Never less than the lesser of
 * both: rounding must not put a merge below those that it is made of. */
static double updated(int kind, double a, double b, double h, double s, double t, double c)
{
    double v, least = a < b ? a : b;

    switch (kind) {
    case CLU_LINKAGE_WARD:
        v = ((c + s) * a + (c + t) * b - c * h) / (c + s + t);
        break;
    case CLU_LINKAGE_AVERAGE:
        v = (s * a + t * b) / (s + t);
        break;
    case CLU_LINKAGE_COMPLETE:
        return a > b ? a : b;
    case CLU_LINKAGE_SINGLE:
        return least;
    default:
        v = (a + b) / 2;
        break;
    }
    return v > least ? v : least;
}

#define LANES 8

/* The least of v[count] + bar[count]. */
static double least_of(const double *v, const double *bar, size_t count)
{
    double best[LANES], all = HUGE_VAL;
    size_t j = 0;

    for (size_t l = 0; l < LANES; l++)
        best[l] = HUGE_VAL;
    for (; j + LANES <= count; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
            double d = v[j + l] + bar[j + l];
            best[l] = d < best[l] ? d : best[l];
        }
    for (size_t l = 0; l < LANES; l++)
        all = best[l] < all ? best[l] : all;
    for (; j < count; j++)
        all = v[j] + bar[j] < all ? v[j] + bar[j] : all;
    return all;
}

/* Clusters s < t, which are h apart, become one at place s. In the rows above it is no nearer than s and t were, and no other row
 * gains an element: their bounds hold. */
static void merge(struct room *r, size_t s, size_t t, double h)
{
    double *row = row_of(r, s), ns = r->size[s], nt = r->size[t];

    read_all(r, s, r->a);
    read_all(r, t, r->b);
    r->bar[t] = HUGE_VAL;
    for (size_t j = 0; j < r->m; j++)
        if (j != s && r->bar[j] == 0)
            r->a[j] = updated(r->kind, r->a[j], r->b[j], h, ns, nt, r->size[j]);
    for (size_t j = 0; j < s; j++)
        if (r->bar[j] == 0)
            r->v[clu_condensed_place(r->m, j, s)] = r->a[j];
    memcpy(row, r->a + s + 1, (r->m - s - 1) * sizeof *row);
    r->bound[s] = least_of(row, r->bar + s + 1, r->m - s - 1);
    r->bound[t] = NAN;
    r->size[s] = ns + nt;
    r->left--;
}

/* --- the chain --- */

/* Where the least of v + bar, which is known, stands first. */
static size_t first_at(const double *v, const double *bar, double least)
{
    size_t j = 0;

    while (v[j] + bar[j] != least)
        j++;
    return j;
}

/* The places before x among which there may be one as near as best into some[]: their number. */
static size_t candidates(const struct room *r, size_t x, double best, size_t *some)
{
    size_t count = 0;

    for (size_t j = 0; j < x; j++) {
        some[count] = j;
        count += r->bound[j] <= best;
    }
    return count;
}

/* The nearest of place x: before all others the place before, when no other is nearer (SIZE_MAX: there is none). Its row is read
 * first: of the column, whose elements are far from each other in memory, only what the bounds of their rows allow to be as near. */
static size_t nearest(struct room *r, size_t x, size_t before, double *distance)
{
    size_t place = before, m = r->m;
    double best = HUGE_VAL;

    r->bound[x] = x + 1 < m ? least_of(row_of(r, x), r->bar + x + 1, m - x - 1) : HUGE_VAL;
    if (before != SIZE_MAX)
        best = r->v[before < x ? clu_condensed_place(m, before, x) : clu_condensed_place(m, x, before)];
    if (r->bound[x] < best) {
        best = r->bound[x];
        place = x + 1 + first_at(row_of(r, x), r->bar + x + 1, best);
    }
    size_t count = candidates(r, x, best, r->some);
    for (size_t i = 0; i < count; i++) {
        size_t j = r->some[i];
        double d = r->v[clu_condensed_place(m, j, x)];
        if (i + AHEAD < count)
            __builtin_prefetch(r->v + clu_condensed_place(m, r->some[i + AHEAD], x));
        if (d < best || (d == best && place > x && place != before)) {
            best = d;
            place = j;
        }
    }
    *distance = best;
    return place;
}

/* A merge as the chain finds it: the lowest objects of both clusters. */
struct found {
    size_t s, t, when;
    double height;
};

/* The places of the chain after pack(): a place is known again by its lowest object. */
static void follow(const struct room *r, size_t *chain, size_t length, const size_t *object)
{
    for (size_t i = 0; i < length; i++) {
        size_t lo = 0, hi = r->m;
        while (hi - lo > 1) {
            size_t middle = lo + (hi - lo) / 2;
            if (r->first[middle] <= object[i])
                lo = middle;
            else
                hi = middle;
        }
        chain[i] = lo;
    }
}

/* All merges into out[left - 1]. From any cluster to its nearest, and on, until two are each other's nearest: these merge. What they
 * become is no nearer to any other than they were (a property of all kinds), so the rest of the chain stands. chain[2 n]. */
static enum clu_status walk(struct room *r, struct found *out, size_t *chain, const struct clu_run *run)
{
    size_t n = r->m, length = 0, *object = chain + n;

    for (size_t made = 0; made + 1 < n;) {
        double h;
        if (length == 0) {
            size_t x = 0;
            while (r->bar[x] > 0)
                x++;
            chain[length++] = x;
        }
        size_t x = chain[length - 1], before = length > 1 ? chain[length - 2] : SIZE_MAX;
        size_t y = nearest(r, x, before, &h);
        if (y != before) {
            chain[length++] = y;
            continue;
        }
        size_t s = x < y ? x : y, t = x < y ? y : x;
        out[made] = (struct found){r->first[s], r->first[t], made, h};
        merge(r, s, t, h);
        length -= 2;
        made++;
        if (r->left < r->m - r->m / 4) { /* each packing is a quarter cheaper than the one before */
            for (size_t i = 0; i < length; i++)
                object[i] = r->first[chain[i]];
            pack(r);
            follow(r, chain, length, object);
        }
        if (made % 256 == 0 && clu_tick(run, "merge", made, n - 1, NAN) != CLU_OK)
            return CLU_STOPPED;
    }
    return CLU_OK;
}

/* --- the tree --- */

void clu_linkage_clear(struct clu_linkage *t)
{
    clu_free(t->left);
    clu_free(t->right);
    clu_free(t->size);
    clu_free(t->height);
    *t = (struct clu_linkage){0};
}

static int by_height(const void *a, const void *b)
{
    const struct found *p = a, *q = b;
    if (p->height != q->height)
        return p->height < q->height ? -1 : 1;
    return p->when < q->when ? -1 : 1;
}

/* The merge that an object is in so far, by its number as a cluster; paths are halved on the way. up[2 n - 1] */
static size_t top_of(size_t *up, size_t x)
{
    while (up[x] != x)
        x = up[x] = up[up[x]];
    return x;
}

static void number_merges(struct clu_linkage *out, const struct found *f, size_t *up)
{
    for (size_t i = 0; i < 2 * out->n - 1; i++)
        up[i] = i;
    for (size_t i = 0; i + 1 < out->n; i++) {
        size_t s = top_of(up, f[i].s), t = top_of(up, f[i].t);
        out->left[i] = s < t ? s : t;
        out->right[i] = s < t ? t : s;
        out->height[i] = f[i].height;
        out->size[i] = (s < out->n ? 1 : out->size[s - out->n]) + (t < out->n ? 1 : out->size[t - out->n]);
        up[s] = up[t] = out->n + i;
    }
}

/* The distances as the kind needs them. Ward squares them: in a unit in which none overflows, and what vanishes beside the largest
 * could not be seen in any sum. */
static void enter(struct room *r, const struct clu_condensed *d)
{
    size_t pairs = r->m * (r->m - 1) / 2;
    double max = 0;
    int exponent;

    for (size_t i = 0; i < pairs; i++) {
        r->v[i] = d->v ? d->v[i] : (double)d->f[i];
        max = r->v[i] > max ? r->v[i] : max;
    }
    if (r->kind != CLU_LINKAGE_WARD)
        return;
    (void)frexp(max, &exponent);
    /* In two steps: the inverse of the least doubles is beyond all. */
    r->unit[0] = ldexp(1, exponent / 2);
    r->unit[1] = ldexp(1, exponent - exponent / 2);
    for (size_t i = 0; i < pairs; i++) {
        double scaled = r->v[i] / r->unit[0] / r->unit[1];
        r->v[i] = scaled * scaled;
    }
}

static enum clu_status room_init(struct room *r, const struct clu_condensed *d, int kind, const struct clu_run *run,
                                 struct clu_err *err)
{
    size_t n = d->dist.n;
    double need = clu_condensed_bytes(n, d->f != NULL) + clu_condensed_bytes(n, false) + 128 * (double)n;
    enum clu_status status = clu_need(run, need, err, "the tree of %zu series", n);

    *r = (struct room){.kind = kind, .m = n, .left = n};
    if (status != CLU_OK)
        return status;
    r->v = clu_alloc_aligned(n * (n - 1) / 2, sizeof *r->v); /* no overflow: the triangle is there */
    r->bar = clu_calloc(5 * n, sizeof *r->bar);
    r->first = clu_alloc(2 * n, sizeof *r->first);
    if (!r->v || !r->bar || !r->first)
        return clu_fail_memory(err);
    r->size = r->bar + n;
    r->a = r->size + n;
    r->b = r->a + n;
    r->bound = r->b + n;
    r->some = r->first + n;
    for (size_t i = 0; i < n; i++) {
        r->size[i] = 1;
        r->first[i] = i;
    }
    enter(r, d);
    for (size_t i = 0; i < n; i++)
        r->bound[i] = least_of(row_of(r, i), r->bar + i + 1, n - i - 1);
    return CLU_OK;
}

static void room_clear(struct room *r)
{
    clu_free(r->v);
    clu_free(r->bar);
    clu_free(r->first);
}

enum clu_status clu_linkage_fit(struct clu_linkage *out, const struct clu_condensed *d, int kind, const struct clu_run *run,
                                struct clu_err *err)
{
    struct room r;
    size_t n = d->dist.n;
    enum clu_status status = room_init(&r, d, kind, run, err);
    struct found *found = clu_alloc(n, sizeof *found);
    size_t *scratch = clu_alloc(2 * n, sizeof *scratch);

    *out = (struct clu_linkage){.n = n};
    out->left = clu_alloc(n - 1, sizeof *out->left);
    out->right = clu_alloc(n - 1, sizeof *out->right);
    out->size = clu_alloc(n - 1, sizeof *out->size);
    out->height = clu_alloc(n - 1, sizeof *out->height);
    if (status == CLU_OK && !(found && scratch && out->left && out->right && out->size && out->height))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = walk(&r, found, scratch, run);
    if (status == CLU_OK) {
        for (size_t i = 0; i + 1 < n && kind == CLU_LINKAGE_WARD; i++)
            found[i].height = sqrt(found[i].height) * r.unit[0] * r.unit[1];
        qsort(found, n - 1, sizeof *found, by_height);
        number_merges(out, found, scratch);
    }
    room_clear(&r);
    clu_free(found);
    clu_free(scratch);
    if (status != CLU_OK)
        clu_linkage_clear(out);
    return status;
}

/* --- cutting it --- */

enum clu_status clu_linkage_cut(int32_t *label, const struct clu_linkage *t, size_t k, struct clu_err *err)
{
    size_t n = t->n, *top = clu_alloc(2 * n, sizeof *top);
    int32_t *number = clu_alloc(2 * n, sizeof *number), next = 0;

    if (!top || !number) {
        clu_free(top);
        clu_free(number);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < 2 * n; i++) {
        top[i] = i;
        number[i] = -1;
    }
    for (size_t i = n - k; i-- > 0;) /* from the top down: what is above a merge is known */
        top[t->left[i]] = top[t->right[i]] = top[n + i];
    for (size_t o = 0; o < n; o++) {
        if (number[top[o]] < 0)
            number[top[o]] = next++;
        label[o] = number[top[o]];
    }
    clu_free(top);
    clu_free(number);
    return CLU_OK;
}

size_t clu_linkage_count(const struct clu_linkage *t, double height)
{
    size_t lo = 0, hi = t->n - 1; /* merges below lo are made, from hi on they are not */

    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (t->height[middle] <= height)
            lo = middle + 1;
        else
            hi = middle;
    }
    return t->n - lo;
}
