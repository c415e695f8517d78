#include "alg/rcompat.h"

#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- a search among m objects, all of which are candidates ------------------------------------------------- */

struct search {
    size_t m, k;
    const size_t *object; /* [m] their numbers in the source, increasing; NULL: 0, 1, ... */
    bool pam_like;        /* a removed medoid's objects are valued as they should be */
    double *d;            /* [m][m] row x: d(o, x) */
    double far;           /* above every distance, as R has it: it stands for the distance to no medoid */
    bool *chosen;         /* [m] */
    size_t *slot;         /* [k] the medoids, increasing */
    size_t *seen;         /* [k] an earlier slot[], see swaps_repeat() */
    size_t *owner;        /* [m] the place in slot[] of the nearest, among equals the first */
    double *near;         /* [m] distance to it */
    double *second;       /* [m] and to the next */
    double *change;       /* [k] of the loss, when the candidate takes this medoid's place */
    size_t swaps;
};

static void search_clear(struct search *s)
{
    clu_free(s->d);
    clu_free(s->chosen);
    clu_free(s->slot);
    clu_free(s->seen);
    clu_free(s->owner);
    clu_free(s->near);
    clu_free(s->second);
    clu_free(s->change);
    memset(s, 0, sizeof *s);
}

static enum clu_status search_init(struct search *s, size_t m, size_t k, struct clu_err *err)
{
    memset(s, 0, sizeof *s);
    s->m = m;
    s->k = k;
    s->d = m <= SIZE_MAX / sizeof *s->d / m ? clu_alloc_aligned(m * m, sizeof *s->d) : NULL;
    s->chosen = clu_alloc(m, sizeof *s->chosen);
    s->slot = clu_alloc(k, sizeof *s->slot);
    s->seen = clu_alloc(k, sizeof *s->seen);
    s->owner = clu_alloc(m, sizeof *s->owner);
    s->near = clu_alloc(m, sizeof *s->near);
    s->second = clu_alloc(m, sizeof *s->second);
    s->change = clu_alloc(k, sizeof *s->change);
    if (s->d && s->chosen && s->slot && s->seen && s->owner && s->near && s->second && s->change)
        return CLU_OK;
    search_clear(s);
    return clu_fail_memory(err);
}

static enum clu_status bad_distance(size_t a, size_t b, struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "rows %zu and %zu have no distance", (a < b ? a : b) + 1, (a < b ? b : a) + 1);
}

/* The matrix, from stretches of the source. */
static enum clu_status search_read(struct search *s, const struct clu_dist *d, struct clu_err *err)
{
    double most = 0;
    for (size_t x = 0; x < s->m; x++) {
        double *row = s->d + x * s->m;
        if (!s->object)
            d->row(d, x, 0, s->m, row);
        for (size_t o = 0; o < s->m; o++) {
            if (s->object)
                d->row(d, s->object[x], s->object[o], s->object[o] + 1, row + o);
            if (!(row[o] >= 0 && row[o] < INFINITY))
                return s->object ? bad_distance(s->object[o], s->object[x], err) : bad_distance(o, x, err);
            if (o != x && most < row[o])
                most = row[o];
        }
        row[x] = 0;
    }
    s->far = 1.1 * most + 1;
    return CLU_OK;
}

/* slot[] from chosen[], and every object's two nearest. Starting from far matters for k = 1 only. */
static void search_refresh(struct search *s)
{
    size_t k = 0;
    for (size_t x = 0; x < s->m; x++)
        if (s->chosen[x])
            s->slot[k++] = x;
    for (size_t o = 0; o < s->m; o++)
        s->near[o] = s->second[o] = s->far;
    for (size_t i = 0; i < k; i++) {
        const double *row = s->d + s->slot[i] * s->m;
        for (size_t o = 0; o < s->m; o++)
            if (row[o] < s->near[o]) {
                s->second[o] = s->near[o];
                s->near[o] = row[o];
                s->owner[o] = i;
            } else if (row[o] < s->second[o]) {
                s->second[o] = row[o];
            }
    }
}

/* ---- BUILD ------------------------------------------------------------------------------------------------- */

static enum clu_status build(struct search *s, const struct clu_run *run)
{
    memset(s->chosen, 0, s->m * sizeof *s->chosen);
    for (size_t o = 0; o < s->m; o++)
        s->near[o] = s->far;
    for (size_t step = 0; step < s->k; step++) {
        double most = 0;
        size_t best = 0;
        for (size_t x = 0; x < s->m; x++) {
            const double *row = s->d + x * s->m;
            double gain = 0;
            if (s->chosen[x])
                continue;
            for (size_t o = 0; o < s->m; o++)
                if (row[o] < s->near[o])
                    gain += s->near[o] - row[o];
            if (gain >= most) { /* the last among equals, also when none gains */
                most = gain;
                best = x;
            }
        }
        s->chosen[best] = true;
        for (size_t o = 0; o < s->m; o++)
            s->near[o] = fmin(s->near[o], s->d[best * s->m + o]);
        if (clu_tick(run, "build", step + 1, s->k, NAN) != CLU_OK)
            return CLU_STOPPED;
    }
    return CLU_OK;
}

/* ---- SWAP -------------------------------------------------------------------------------------------------- */

/* change[] for candidate x. Each sum gets its terms in the order of the objects, as if it were made alone. */
static void evaluate(struct search *s, size_t x)
{
    const double *row = s->d + x * s->m;
    double *change = s->change;
    for (size_t i = 0; i < s->k; i++)
        change[i] = 0;
    for (size_t o = 0; o < s->m; o++) {
        double n = s->near[o], by = row[o] - n;
        if (by < 0 && (s->pam_like || n < s->second[o])) {
            for (size_t i = 0; i < s->k; i++)
                change[i] += by;
        } else if (by < 0) { /* two medoids are nearest: R finds that the loss of one of them changes nothing */
            for (size_t i = 0; i < s->k; i++)
                if (s->d[s->slot[i] * s->m + o] != n)
                    change[i] += by;
        } else if (n < s->second[o]) {
            change[s->owner[o]] += s->pam_like ? fmin(row[o], s->second[o]) - n : by;
        }
    }
}

/* Rounding can let exchanges go round in a circle, in which R stays forever. slot[] is held against what it was one, two,
 * four, ... swaps ago (Brent), which sees every circle. */
static bool swaps_repeat(struct search *s)
{
    if (s->swaps > 0 && memcmp(s->slot, s->seen, s->k * sizeof *s->slot) == 0)
        return true;
    if ((s->swaps & (s->swaps - 1)) == 0)
        memcpy(s->seen, s->slot, s->k * sizeof *s->slot);
    return false;
}

static enum clu_status swap(struct search *s, double tolerance, const struct clu_run *run)
{
    double loss = 0;
    search_refresh(s);
    for (size_t o = 0; o < s->m; o++)
        loss += s->near[o];
    for (s->swaps = 0; !swaps_repeat(s); s->swaps++) {
        double least = INFINITY;
        size_t in = 0, out = 0;
        for (size_t x = 0; x < s->m; x++) {
            if (s->chosen[x])
                continue;
            evaluate(s, x);
            for (size_t i = 0; i < s->k; i++)
                if (s->change[i] < least) {
                    least = s->change[i];
                    in = x;
                    out = s->slot[i];
                }
        }
        if (!(least < -tolerance * fabs(loss)))
            break;
        s->chosen[out] = false;
        s->chosen[in] = true;
        loss += least;
        search_refresh(s);
        if (clu_tick(run, "swap", s->swaps + 1, 0, loss) != CLU_OK)
            return CLU_STOPPED;
    }
    return CLU_OK;
}

/* What there was before stays: do.swap = FALSE, and clara with one cluster, whose BUILD is the best already. */
static enum clu_status no_swap(struct search *s)
{
    s->swaps = 0;
    search_refresh(s);
    return CLU_OK;
}

/* ---- clara's samples --------------------------------------------------------------------------------------- */

enum { REACH = 1 << 16 }; /* numbers that the generator has */

struct draw {
    size_t n, m;
    uint32_t state;
    bool *in;        /* [n] */
    size_t *object;  /* [m] increasing */
};

static size_t draw_next(struct draw *g)
{
    g->state = (g->state * 5761 + 999) % REACH;
    return (size_t)((double)g->n * ((double)g->state / REACH));
}

/* A sample that holds keep[k] (NULL: the first sample). When it takes more than half of the objects, R draws those that stay
 * outside instead. */
static void draw_sample(struct draw *g, const size_t *keep, size_t k)
{
    bool outside = g->n < 2 * g->m;
    size_t left = outside ? g->n - g->m : g->m, m = 0;

    memset(g->in, 0, g->n * sizeof *g->in);
    for (size_t i = 0; keep && i < k; i++)
        g->in[keep[i]] = true;
    if (keep && !outside)
        left -= k;
    while (left > 0) {
        size_t o = draw_next(g);
        left -= !g->in[o];
        g->in[o] = true;
    }
    if (outside) {
        for (size_t i = 0; keep && i < k; i++)
            g->in[keep[i]] = false;
        for (size_t o = 0; o < g->n; o++)
            g->in[o] = !g->in[o];
    }
    for (size_t o = 0; o < g->n; o++)
        if (g->in[o])
            g->object[m++] = o;
}

/* ---- the result -------------------------------------------------------------------------------------------- */

void clu_rcompat_clear(struct clu_rcompat *out)
{
    clu_free(out->medoid);
    clu_free(out->label);
    clu_free(out->near);
    clu_free(out->sample);
    memset(out, 0, sizeof *out);
}

static enum clu_status result_init(struct clu_rcompat *out, size_t n, size_t k, size_t m, struct clu_err *err)
{
    memset(out, 0, sizeof *out);
    out->n = n;
    out->k = k;
    out->m = m;
    out->medoid = clu_alloc(k, sizeof *out->medoid);
    out->label = clu_alloc(n, sizeof *out->label);
    out->near = clu_alloc(n, sizeof *out->near);
    out->sample = m ? clu_alloc(m, sizeof *out->sample) : NULL;
    if (out->medoid && out->label && out->near && (m == 0 || out->sample))
        return CLU_OK;
    clu_rcompat_clear(out);
    return clu_fail_memory(err);
}

/* medoid[] to label[], near[] and loss; among equals the first of medoid[]. row[n] is scratch. */
static enum clu_status assign(struct clu_rcompat *r, const struct clu_dist *d, double *row, struct clu_err *err)
{
    r->loss = 0;
    for (size_t i = 0; i < r->k; i++) {
        d->row(d, r->medoid[i], 0, r->n, row);
        row[r->medoid[i]] = 0;
        for (size_t o = 0; o < r->n; o++) {
            if (!(row[o] >= 0 && row[o] < INFINITY))
                return bad_distance(o, r->medoid[i], err);
            if (i == 0 || row[o] < r->near[o]) {
                r->near[o] = row[o];
                r->label[o] = (int32_t)i;
            }
        }
    }
    for (size_t i = 0; i < r->k; i++) { /* also when an equal object is a medoid before it */
        r->label[r->medoid[i]] = (int32_t)i;
        r->near[r->medoid[i]] = 0;
    }
    for (size_t o = 0; o < r->n; o++)
        r->loss += r->near[o];
    return CLU_OK;
}

/* Number the clusters by first appearance. from[k] and to[k] are scratch. */
static void renumber(struct clu_rcompat *r, size_t *from, size_t *to)
{
    size_t k = 0;
    for (size_t i = 0; i < r->k; i++) {
        from[i] = r->medoid[i];
        to[i] = SIZE_MAX;
    }
    for (size_t o = 0; o < r->n; o++) {
        size_t i = (size_t)r->label[o];
        if (to[i] == SIZE_MAX) {
            r->medoid[k] = from[i];
            to[i] = k++;
        }
        r->label[o] = (int32_t)to[i];
    }
}

/* ---- the two calls ----------------------------------------------------------------------------------------- */

static enum clu_status check(const struct clu_dist *d, const struct clu_rcompat_opt *opt, struct clu_err *err)
{
    if (opt->k == 0)
        return clu_fail(err, CLU_USAGE, "0 clusters asked");
    if (opt->k > d->n)
        return clu_fail(err, CLU_DATA, "%zu clusters asked, but only %zu rows", opt->k, d->n);
    if (opt->k > INT32_MAX)
        return clu_fail(err, CLU_USAGE, "%zu clusters asked, at most %d are possible", opt->k, INT32_MAX);
    return CLU_OK;
}

static enum clu_status pam(struct clu_rcompat *out, struct search *s, const struct clu_dist *d,
                           const struct clu_rcompat_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = search_read(s, d, err);
    if (status == CLU_OK && opt->start) {
        memset(s->chosen, 0, s->m * sizeof *s->chosen);
        for (size_t i = 0; i < s->k; i++)
            s->chosen[opt->start[i]] = true;
    } else if (status == CLU_OK) {
        status = build(s, run);
    }
    if (status == CLU_OK)
        status = opt->no_swap ? no_swap(s) : swap(s, 16 * DBL_EPSILON, run);
    if (status != CLU_OK)
        return status;
    memcpy(out->medoid, s->slot, s->k * sizeof *s->slot);
    status = assign(out, d, s->second, err);
    if (status == CLU_OK)
        renumber(out, s->slot, s->seen);
    out->swaps = s->swaps;
    return status;
}

enum clu_status clu_rcompat_pam(struct clu_rcompat *out, const struct clu_dist *d, const struct clu_rcompat_opt *opt,
                                const struct clu_run *run, struct clu_err *err)
{
    struct search s;
    double n = (double)d->n;
    memset(out, 0, sizeof *out);
    enum clu_status status = check(d, opt, err);
    if (status == CLU_OK)
        status = clu_need(run, 8 * n * n, err, "the distance matrix of %zu rows; use clara", d->n);
    if (status == CLU_OK)
        status = result_init(out, d->n, opt->k, 0, err);
    if (status != CLU_OK)
        return status;
    status = search_init(&s, d->n, opt->k, err);
    s.pam_like = true;
    if (status == CLU_OK)
        status = pam(out, &s, d, opt, run, err);
    search_clear(&s);
    if (status != CLU_OK)
        clu_rcompat_clear(out);
    return status;
}

static enum clu_status check_sample(size_t n, size_t m, size_t k, struct clu_err *err)
{
    if (m <= k && m < n)
        return clu_fail(err, CLU_USAGE, "samples of %zu rows are too small for %zu clusters", m, k);
    if (n < 2 * m ? n - m + k > REACH : m > REACH) /* else draw_sample() never ends, nor does R */
        return clu_fail(err, CLU_USAGE, "R's generator cannot draw samples of %zu among %zu rows", m, n);
    return CLU_OK;
}

/* Sample after sample; out holds the best so far, now the one at hand. row[n] is scratch. */
static enum clu_status clara(struct clu_rcompat *out, struct clu_rcompat *now, struct search *s, struct draw *g, double *row,
                             const struct clu_dist *d, size_t samples, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    for (size_t t = 0; status == CLU_OK && t < samples; t++) {
        draw_sample(g, t ? out->medoid : NULL, s->k);
        status = search_read(s, d, err);
        if (status == CLU_OK)
            status = build(s, NULL);
        if (status == CLU_OK)
            status = s->k > 1 ? swap(s, 0, NULL) : no_swap(s);
        for (size_t i = 0; status == CLU_OK && i < s->k; i++)
            now->medoid[i] = g->object[s->slot[i]];
        if (status == CLU_OK)
            status = assign(now, d, row, err);
        if (status == CLU_OK && (t == 0 || now->loss < out->loss)) {
            struct clu_rcompat was = *out;
            *out = *now;
            *now = was;
            out->swaps = s->swaps;
            memcpy(out->sample, g->object, g->m * sizeof *g->object);
        }
        if (status == CLU_OK)
            status = clu_tick(run, "sample", t + 1, samples, out->loss);
        if (g->m == g->n) /* they are all the same */
            break;
    }
    if (status != CLU_OK)
        return status;
    renumber(out, s->slot, s->seen);
    return assign(out, d, row, err); /* ties now go to the lowest number */
}

enum clu_status clu_rcompat_clara(struct clu_rcompat *out, const struct clu_dist *d, const struct clu_rcompat_opt *opt,
                                  const struct clu_run *run, struct clu_err *err)
{
    struct search s = {0};
    struct clu_rcompat now = {0};
    size_t n = d->n, k = opt->k, m = opt->sampsize ? opt->sampsize : 40 + 2 * k;
    double *row = NULL;

    memset(out, 0, sizeof *out);
    m = m < n ? m : n;
    enum clu_status status = check(d, opt, err);
    if (status == CLU_OK)
        status = check_sample(n, m, k, err);
    if (status == CLU_OK && opt->samples == 0)
        status = clu_fail(err, CLU_USAGE, "0 samples asked");
    if (status == CLU_OK)
        status = clu_need(run, 8 * (double)m * (double)m, err, "the distance matrix of samples of %zu rows", m);
    if (status != CLU_OK)
        return status;

    struct draw g = {.n = n, .m = m, .in = clu_alloc(n, sizeof *g.in), .object = clu_alloc(m, sizeof *g.object)};
    row = clu_alloc(n, sizeof *row);
    status = g.in && g.object && row ? result_init(out, n, k, m, err) : clu_fail_memory(err);
    if (status == CLU_OK)
        status = result_init(&now, n, k, m, err);
    if (status == CLU_OK)
        status = search_init(&s, m, k, err);
    s.object = g.object;
    s.pam_like = opt->pam_like;
    if (status == CLU_OK)
        status = clara(out, &now, &s, &g, row, d, opt->samples, run, err);
    search_clear(&s);
    clu_rcompat_clear(&now);
    clu_free(g.in);
    clu_free(g.object);
    clu_free(row);
    if (status != CLU_OK)
        clu_rcompat_clear(out);
    return status;
}
