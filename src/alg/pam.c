/* Sections: result, one medoid, starts, settling, rows of a table, a square, a triangle. */
#include "alg/pam.h"

#include "alg/pam_msc.h"
#include "alg/pam_state.h"
#include "base/mem.h"
#include "num/kern.h"
#include "num/rowset.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- result --- */

void clu_pam_clear(struct clu_pam *out)
{
    clu_free(out->medoid);
    clu_free(out->label);
    clu_free(out->near);
    clu_free(out->second);
    clu_free(out->curve);
    *out = (struct clu_pam){0};
}

/* --- one medoid: nothing to search --- */

static void best_single(struct clu_pam_state *s)
{
    double *sum = s->part; /* [k + 1 = 2] */
    bool found = false;

    for (size_t x = 0; x < s->n; x++) {
        if (s->barred && s->barred[x])
            continue;
        struct clu_cands_row row = clu_cands_row(s->c, x, s->joined);
        sum[0] = 0;
        for (size_t o = 0; o < s->m; o++)
            sum[0] += s->seat[o].w * clu_cands_in(row, o);
        if (!found || sum[0] < s->loss) {
            s->loss = sum[0];
            s->medoid[0] = x;
            found = true;
        }
    }
    s->judged = (double)s->n;
    s->converged = true;
}

/* --- starts --- */

static enum clu_status descend(struct clu_pam_state *s, int algorithm, struct clu_err *err)
{
    switch (algorithm) {
    case CLU_PAM_PAM:
        return clu_pam_exact(s, err);
    case CLU_PAM_FAST:
        return clu_pam_fast(s, err);
    case CLU_PAM_ALTERNATE:
        return clu_pam_alternate(s, err);
    default:
        return clu_pam_faster(s);
    }
}

/* Start number t, of an algorithm from an init. */
static enum clu_status one_start(struct clu_pam *out, struct clu_pam_state *s, size_t t, int algorithm, int init,
                                 struct clu_err *err)
{
    double began = clu_clock(), started;

    s->swaps = 0;
    s->judged = 0;
    s->converged = false;
    if (s->k == 1) {
        best_single(s);
        out->swap_seconds += clu_clock() - began;
        return CLU_OK;
    }
    enum clu_status status = clu_pam_start(s, init, t, err);
    started = clu_clock();
    if (status == CLU_OK)
        status = descend(s, algorithm, err);
    out->start_seconds += started - began;
    out->swap_seconds += clu_clock() - started;
    return status;
}

static bool is_random(const struct clu_pam_opt *opt)
{
    return opt->k > 1 && (opt->init == CLU_PAM_RANDOM || opt->init == CLU_PAM_LAB || opt->init == CLU_PAM_KPP);
}

enum clu_status clu_pam_search(struct clu_pam *out, size_t *medoid, const struct clu_cands *c, const double *w,
                               const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    size_t starts = is_random(opt) ? opt->nstart : 1;
    bool classic = starts > 1 && opt->algorithm == CLU_PAM_FASTER && opt->k <= c->n / 20 && (c->f || c->v);
    struct clu_pam_state s;
    enum clu_status status = clu_pam_state_init(&s, c, w, opt, run, err);

    out->loss = HUGE_VAL;
    out->k = opt->k;
    if (status == CLU_OK && opt->algorithm == CLU_PAM_FASTERMSC && opt->k > 1) {
        status = clu_pam_msc(out, medoid, &s, starts, err);
        starts = 0;
    }
    for (size_t t = 0; t < starts + (classic ? 1 : 0) && status == CLU_OK; t++) {
        status = t < starts ? one_start(out, &s, t, opt->algorithm, opt->init, err)
                            : one_start(out, &s, t, CLU_PAM_PAM, CLU_PAM_BUILD, err);
        if (status == CLU_OK && (t == 0 || s.loss / c->unit < out->loss)) { /* a loss may be beyond all doubles */
            out->loss = s.loss / c->unit;
            out->swaps = s.swaps;
            out->passes = s.judged / (double)s.n;
            out->converged = s.converged;
            memcpy(medoid, s.medoid, opt->k * sizeof *medoid);
        }
    }
    clu_pam_state_clear(&s);
    return status;
}

/* --- settling --- */

#define STRETCH (20 * (size_t)CLU_KERN_TILE) /* objects at a time: they stay in the first cache */

struct numbered {
    size_t medoid;
    int32_t place; /* its number */
};

static int by_object(const void *a, const void *b)
{
    const struct numbered *p = a, *q = b;
    return (p->medoid > q->medoid) - (p->medoid < q->medoid);
}

/* Two nearest medoids of a stretch; labels in the order of m[]. */
static void settle_stretch(struct clu_pam *out, const struct clu_dist *all, const struct numbered *m, size_t k, size_t lo, size_t hi)
{
    double row[STRETCH];
    int64_t label[STRETCH];

    for (size_t o = lo; o < hi; o++) {
        out->near[o] = out->second[o] = HUGE_VAL;
        label[o - lo] = -1;
    }
    for (size_t i = 0; i < k; i++) {
        size_t x = m[i].medoid;
        all->row(all, x, lo, hi, row);
        if (x >= lo && x < hi)
            row[x - lo] = -1; /* before any other, whatever their dissimilarity */
        clu_kern()->two_nearest(row, hi - lo, (int64_t)i, out->near + lo, out->second + lo, label);
    }
    for (size_t o = lo; o < hi; o++)
        out->label[o] = (int32_t)label[o - lo];
}

/* Number the medoids, by which the labels are so far: as they say, or by the first object that is nearest to each. */
static void number_clusters(struct clu_pam *out, struct numbered *m, bool keep_order)
{
    int32_t next = 0;

    for (size_t i = 0; i < out->k && !keep_order; i++)
        m[i].place = -1;
    for (size_t o = 0; o < out->n && !keep_order; o++)
        if (m[out->label[o]].place < 0)
            m[out->label[o]].place = next++;
    for (size_t i = 0; i < out->k; i++)
        out->medoid[m[i].place] = m[i].medoid;
    for (size_t o = 0; o < out->n; o++)
        out->label[o] = m[out->label[o]].place;
}

static void sum_up(struct clu_pam *out, const double *w)
{
    double weight = 0, silhouette = 0;

    out->loss = 0;
    for (size_t o = 0; o < out->n; o++) {
        double of = w ? w[o] : 1;
        out->loss += of * out->near[o];
        weight += of;
        if (out->second)
            silhouette += of * (out->near[o] > 0 ? 1 - out->near[o] / out->second[o] : 1);
    }
    out->silhouette = out->second ? silhouette / weight : NAN;
}

enum clu_status clu_pam_settle(struct clu_pam *out, const struct clu_dist *all, const size_t *medoid, size_t k, const double *w,
                               bool keep_order, const struct clu_run *run, struct clu_err *err)
{
    size_t n = all->n, stretches = (n + STRETCH - 1) / STRETCH;
    struct numbered *m = clu_alloc(k, sizeof *m);

    out->n = n;
    out->k = k;
    out->medoid = clu_alloc(k, sizeof *out->medoid);
    out->label = clu_alloc(n, sizeof *out->label);
    out->near = clu_alloc(n, sizeof *out->near);
    out->second = clu_alloc(n, sizeof *out->second);
    if (!m || !out->medoid || !out->label || !out->near || !out->second) {
        clu_free(m);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < k; i++)
        m[i] = (struct numbered){medoid[i], (int32_t)i};
    qsort(m, k, sizeof *m, by_object); /* ties go to the medoid that comes first in the data, as in R */
#pragma omp parallel for num_threads(run->threads) schedule(static) if (run->threads > 1 && stretches > 1)
    for (size_t t = 0; t < stretches; t++)
        settle_stretch(out, all, m, k, t * STRETCH, n - t * STRETCH < STRETCH ? n : (t + 1) * STRETCH);
    for (size_t i = 0; i < k; i++)
        out->near[medoid[i]] = 0;
    enum clu_status status = CLU_OK;
    for (size_t o = 0; o < n && status == CLU_OK; o++)
        if (out->label[o] < 0)
            status = clu_fail(err, CLU_DATA, "row %zu has no finite distance to any medoid", o + 1);
    if (status == CLU_OK) {
        number_clusters(out, m, keep_order);
        sum_up(out, w);
    }
    for (size_t o = 0; o < n && k == 1; o++)
        out->second[o] = NAN;
    clu_free(m);
    return status;
}

enum clu_status clu_pam_settled(struct clu_pam *out, int32_t *label, double *near, size_t n, const size_t *medoid, size_t k,
                                const double *w, struct clu_err *err)
{
    struct numbered *m = clu_alloc(k, sizeof *m);

    out->n = n;
    out->k = k;
    out->label = label;
    out->near = near;
    out->medoid = clu_alloc(k, sizeof *out->medoid);
    if (!m || !out->medoid) {
        clu_free(m);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < k; i++) { /* a medoid is in its own cluster, beside a copy too */
        m[i] = (struct numbered){medoid[i], 0};
        label[medoid[i]] = (int32_t)i;
        near[medoid[i]] = 0;
    }
    number_clusters(out, m, false);
    sum_up(out, w);
    clu_free(m);
    return CLU_OK;
}

/* R may leave an object at another of two medoids that are equally near. */
enum clu_status clu_pam_of_r(struct clu_pam *out, const struct clu_dist *d, const struct clu_rcompat *r, const struct clu_run *run,
                             struct clu_err *err)
{
    enum clu_status status = clu_pam_settle(out, d, r->medoid, r->k, NULL, true, run, err);

    if (status != CLU_OK)
        return status;
    memcpy(out->label, r->label, r->n * sizeof *out->label);
    out->swaps = r->swaps;
    out->converged = true;
    return CLU_OK;
}

/* --- rows of a table: equal rows are one object --- */

struct distinct {
    size_t m;
    size_t *row; /* [m] the first row of each */
    size_t *of;  /* [n] the place of a row's values among them */
    double *w;   /* [m] */
};

static void distinct_clear(struct distinct *q)
{
    clu_free(q->row);
    clu_free(q->of);
    clu_free(q->w);
}

static enum clu_status distinct_init(struct distinct *q, struct clu_view x, const double *w, struct clu_err *err)
{
    struct clu_rowset set = {0};
    size_t n = x.rows, m = 0;

    *q = (struct distinct){.row = clu_alloc(n, sizeof *q->row), .of = clu_alloc(n, sizeof *q->of),
                           .w = clu_calloc(n, sizeof *q->w)};
    if (!q->row || !q->of || !q->w || clu_rowset_init(&set, x, n) < 0)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        size_t first = clu_rowset_add(&set, i);
        if (first == i)
            q->row[m++] = i;
        q->of[i] = first == i ? m - 1 : q->of[first];
        q->w[q->of[i]] += w ? w[i] : 1;
    }
    clu_rowset_clear(&set);
    q->m = m;
    return CLU_OK;
}

enum clu_status clu_pam_check_count(size_t k, size_t rows, size_t distinct, bool weighted, struct clu_err *err)
{
    if (k > rows)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu row%s", k, k == 1 ? "" : "s", rows, rows == 1 ? "" : "s");
    if (k > distinct)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu distinct row%s%s", k, k == 1 ? "" : "s", distinct,
                        distinct == 1 ? "" : "s", weighted ? " of positive weight" : "");
    return CLU_OK;
}

/* The start's rows as distinct ones, into start[k]. */
static enum clu_status map_start(size_t *start, const struct clu_pam_opt *opt, const struct distinct *q, struct clu_err *err)
{
    for (size_t i = 0; i < opt->k; i++) {
        start[i] = q->of[opt->start[i]];
        for (size_t j = 0; j < i; j++)
            if (start[j] == start[i])
                return clu_fail(err, CLU_DATA, "rows %zu and %zu of the start are equal", opt->start[j] + 1, opt->start[i] + 1);
    }
    return CLU_OK;
}

/* May a dissimilarity be none, or beyond all doubles? By the triangle inequality none is more than twice the largest to one row,
 * squares four times; the other metrics have bounds. */
static bool may_lack(const struct clu_points *p)
{
    double row[CLU_KERN_TILE];

    if (p->metric.kind == CLU_GOWER)
        return true;
    for (size_t lo = 0; lo < p->dist.n; lo += CLU_KERN_TILE) {
        size_t count = p->dist.n - lo < CLU_KERN_TILE ? p->dist.n - lo : CLU_KERN_TILE;
        p->dist.row(&p->dist, 0, lo, lo + count, row);
        for (size_t o = 0; o < count; o++)
            if (!(row[o] <= DBL_MAX / 4))
                return true;
    }
    return false;
}

static enum clu_status search_distinct(struct clu_pam *out, size_t *medoid, const struct distinct *q,
                                       const struct clu_points *points, const struct clu_pam_opt *opt,
                                       const struct clu_run *run, struct clu_err *err)
{
    struct clu_cands c = {0};
    double began = clu_clock();
    enum clu_status status =
        clu_cands_init(&c, &points->dist, q->m, true, true, (enum clu_cands_kind)opt->kind, run, err);

    if (status == CLU_OK && opt->kind == CLU_CANDS_NONE && may_lack(points))
        status = clu_cands_check(&c, run, err);
    out->matrix_seconds = clu_clock() - began;
    if (status == CLU_OK)
        status = clu_pam_search(out, medoid, &c, q->w, opt, run, err);
    clu_cands_clear(&c);
    for (size_t i = 0; i < opt->k && status == CLU_OK && i < out->k; i++)
        medoid[i] = q->row[medoid[i]];
    return status;
}

static enum clu_status fit_rows(struct clu_pam *out, const struct distinct *q, const struct clu_points *all, const double *w,
                                const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_points few = {0};
    struct clu_pam_opt o = *opt;
    bool some = q->m < all->dist.n; /* not all rows are distinct */
    size_t *medoid = clu_alloc(2 * o.k, sizeof *medoid);
    enum clu_status status = medoid ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && o.init == CLU_PAM_GIVEN) {
        status = map_start(medoid + o.k, opt, q, err);
        o.start = medoid + o.k;
    }
    if (status == CLU_OK && some)
        status = clu_points_subset(&few, all, q->row, q->m, err);
    if (status == CLU_OK)
        status = search_distinct(out, medoid, q, some ? &few : all, &o, run, err);
    if (status == CLU_DATA && some && all->metric.kind == CLU_GOWER) /* by the rows of the table */
        (void)clu_cands_find_gap(&all->dist, q->row, q->m, q->row, q->m, err);
    if (status == CLU_OK)
        status = clu_pam_settle(out, &all->dist, medoid, out->k, w, o.init == CLU_PAM_GIVEN, run, err);
    clu_points_clear(&few);
    clu_free(medoid);
    return status;
}

enum clu_status clu_pam_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                             const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct distinct q;
    struct clu_points all = {0};
    size_t counted = 0;

    *out = (struct clu_pam){0};
    enum clu_status status = distinct_init(&q, x, w, err);
    for (size_t i = 0; i < q.m && status == CLU_OK; i++)
        counted += q.w[i] > 0;
    if (status == CLU_OK)
        status = clu_pam_check_count(opt->k, x.rows, counted, w, err);
    if (status == CLU_OK)
        status = clu_points_init(&all, metric, x, err);
    if (status == CLU_OK)
        status = fit_rows(out, &q, &all, w, opt, run, err);
    clu_points_clear(&all);
    distinct_clear(&q);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}

/* --- a square --- */

/* Objects at no distance from each other, either way, count as one: how many are there, up to k? O(n k) at worst. */
static size_t count_distinct(const struct clu_dist *d, const double *w, size_t k, size_t *found)
{
    size_t count = 0;

    for (size_t o = 0; o < d->n && count < k; o++) {
        size_t i = 0;
        if (w && w[o] == 0)
            continue;
        while (i < count && !(clu_dist_at(d, o, found[i]) == 0 && clu_dist_at(d, found[i], o) == 0))
            i++;
        if (i == count)
            found[count++] = o;
    }
    return count;
}

/* Objects that are all candidates; their distances are d. */
static enum clu_status fit_objects(struct clu_pam *out, const struct clu_cands *c, const struct clu_dist *d, const double *w,
                                   const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    size_t n = d->n, *medoid = clu_alloc(opt->k < n ? opt->k : n, sizeof *medoid);
    enum clu_status status = medoid ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = clu_pam_check_count(opt->k, n, opt->k > n ? 0 : count_distinct(d, w, opt->k, medoid), w, err);
    if (status == CLU_OK)
        status = clu_pam_search(out, medoid, c, w, opt, run, err);
    if (status == CLU_OK)
        status = clu_pam_settle(out, d, medoid, out->k, w, opt->init == CLU_PAM_GIVEN, run, err);
    clu_free(medoid);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}

enum clu_status clu_pam_square(struct clu_pam *out, const struct clu_square *s, const double *w,
                               const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_cands c;

    *out = (struct clu_pam){0};
    clu_cands_of_square(&c, s);
    return fit_objects(out, &c, &s->dist, w, opt, run, err);
}

/* --- a triangle --- */

enum clu_status clu_pam_condensed(struct clu_pam *out, const struct clu_condensed *d, const double *w,
                                  const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    size_t n = d->dist.n;
    bool floats = clu_condensed_fits_floats(d);
    double square = (double)n * (double)n * (floats ? sizeof(float) : sizeof(double));
    enum clu_cands_kind kind = floats ? CLU_CANDS_FLOAT : CLU_CANDS_DOUBLE;
    struct clu_cands c;

    *out = (struct clu_pam){0};
    enum clu_status status = clu_need(run, square + clu_condensed_bytes(n, d->f != NULL), err,
                                      "the square of distances of %zu series; use --method=ward, kasba, kshape or clara", n);
    if (status != CLU_OK)
        return status;
    status = clu_cands_init(&c, &d->dist, n, true, true, kind, run, err);
    if (status == CLU_OK)
        status = fit_objects(out, &c, &d->dist, w, opt, run, err);
    clu_cands_clear(&c);
    return status;
}
