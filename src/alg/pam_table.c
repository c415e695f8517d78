/* Exact PAM by a table of the changes of all swaps. Sections: table, correcting it, search.
 *
 * change(i, x) = removal[i] + place[i][x] + shared[x]. An object with first and second medoid at near and far adds to candidate
 * x at distance d: w (min(d, near) - near) to shared, w (min(max(d, near), far) - far) to its own place. After a swap only
 * objects whose medoids changed take their old parts back and add new ones, along their own row of the symmetric matrix. */
#include "alg/pam_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- table --- */

#define STRIP 1024 /* candidates that a thread takes: their part of the table stays in a cache while objects go by */

struct table {
    struct clu_pam_state *s;
    double *shared;  /* [n] */
    double *place;   /* [k][n] */
    struct clu_pam_seat *old; /* [n] seats before a swap */
    size_t *changed; /* [n] objects */
    size_t *begin;   /* [k + 2] scratch */
    struct clu_pam_verdict *best; /* [strips] */
    size_t *best_x;  /* [strips] */
    size_t strips;
    double corrections; /* since the sums were made */
};

static void table_clear(struct table *t)
{
    clu_free(t->shared);
    clu_free(t->place);
    clu_free(t->old);
    clu_free(t->changed);
    clu_free(t->begin);
    clu_free(t->best);
    clu_free(t->best_x);
}

static enum clu_status table_init(struct table *t, struct clu_pam_state *s, struct clu_err *err)
{
    size_t n = s->n;

    *t = (struct table){.s = s, .strips = (n + STRIP - 1) / STRIP};
    t->shared = clu_alloc_aligned(n, sizeof *t->shared);
    t->place = s->k < SIZE_MAX / sizeof(double) ? clu_alloc_aligned(n, s->k * sizeof *t->place) : NULL;
    t->old = clu_alloc_aligned(n, sizeof *t->old);
    t->changed = clu_alloc(n, sizeof *t->changed);
    t->begin = clu_alloc(s->k + 2, sizeof *t->begin);
    t->best = clu_alloc(t->strips, sizeof *t->best);
    t->best_x = clu_alloc(t->strips, sizeof *t->best_x);
    if (t->shared && t->place && t->old && t->changed && t->begin && t->best && t->best_x)
        return CLU_OK;
    table_clear(t);
    return clu_fail_memory(err);
}

/* --- correcting it --- */

/* Object o, whose seat was and is, in its part of candidates lo .. hi - 1; object next comes next. */
static void correct_one(const struct table *t, size_t o, size_t next, const struct clu_pam_seat *was,
                        const struct clu_pam_seat *is, size_t lo, size_t hi)
{
    const struct clu_cands *c = t->s->c;
    const struct clu_kern *kern = clu_kern();
    size_t n = c->n, at = o * n + lo, then = next * n + lo;
    double before[2] = {was->near, was->far}, now[2] = {is->near, is->far}, *shared = t->shared + lo;
    double *to = t->place + (size_t)is->label * n + lo, *from = t->place + (size_t)was->label * n + lo;

    if (to == from && c->f)
        kern->seat_stay32(c->f + at, c->f + then, hi - lo, before, now, is->w, shared, to);
    else if (to == from)
        kern->seat_stay64(c->v + at, c->v + then, hi - lo, before, now, is->w, shared, to);
    else if (c->f)
        kern->seat_move32(c->f + at, c->f + then, hi - lo, before, now, is->w, shared, from, to);
    else
        kern->seat_move64(c->v + at, c->v + then, hi - lo, before, now, is->w, shared, from, to);
}

/* All sums anew: objects place by place, so that a strip of a place stays in the first cache. A seat at 0 and 0 has no part. */
static void fill(struct table *t)
{
    const struct clu_pam_state *s = t->s;
    size_t n = s->n;

    t->corrections = 0;
    clu_pam_list_members(s, t->begin, t->changed);
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 1) if (s->threads > 1 && t->strips > 1)
    for (size_t strip = 0; strip < t->strips; strip++) {
        size_t lo = strip * STRIP, hi = n - lo < STRIP ? n : lo + STRIP;
        memset(t->shared + lo, 0, (hi - lo) * sizeof *t->shared);
        for (size_t i = 0; i < s->k; i++)
            memset(t->place + i * n + lo, 0, (hi - lo) * sizeof *t->place);
        for (size_t q = 0; q < n; q++) {
            const struct clu_pam_seat *is = &s->seat[t->changed[q]];
            correct_one(t, t->changed[q], t->changed[q + 1 < n ? q + 1 : q], &(struct clu_pam_seat){.label = is->label}, is, lo, hi);
        }
    }
}

/* Candidates strip by strip: each sees the objects in the same order, whatever the threads. */
static void correct(const struct table *t, size_t changed)
{
    const struct clu_pam_state *s = t->s;

#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 1) if (s->threads > 1 && t->strips > 1)
    for (size_t strip = 0; strip < t->strips; strip++) {
        size_t lo = strip * STRIP, hi = s->n - lo < STRIP ? s->n : lo + STRIP;
        for (size_t q = 0; q < changed; q++) {
            size_t o = t->changed[q];
            correct_one(t, o, t->changed[q + 1 < changed ? q + 1 : q], &t->old[o], &s->seat[o], lo, hi);
        }
    }
}

static void swap_and_correct(struct table *t, size_t b, size_t x)
{
    struct clu_pam_state *s = t->s;
    size_t changed = 0;

    memcpy(t->old, s->seat, s->n * sizeof *t->old);
    clu_pam_swap(s, b, x);
    for (size_t o = 0; o < s->n; o++) {
        const struct clu_pam_seat *a = &t->old[o], *z = &s->seat[o];
        if (a->w != 0 && (a->near != z->near || a->far != z->far || a->label != z->label))
            t->changed[changed++] = o;
    }
    correct(t, changed);
    t->corrections += (double)changed;
}

/* --- search --- */

/* The best of a strip: the first candidate of equals, and its first place. */
static void best_of_strip(const struct table *t, size_t strip)
{
    const struct clu_pam_state *s = t->s;
    size_t n = s->n, lo = strip * STRIP, count = n - lo < STRIP ? n - lo : STRIP;
    double least[STRIP];
    int64_t at[STRIP];

    for (size_t q = 0; q < count; q++) {
        least[q] = HUGE_VAL;
        at[q] = 0;
    }
    for (size_t i = 0; i < s->k; i++)
        clu_kern()->lowest(t->place + i * n + lo, s->removal[i], count, (int32_t)i, least, at);
    t->best[strip] = (struct clu_pam_verdict){HUGE_VAL, 0};
    t->best_x[strip] = lo;
    for (size_t q = 0; q < count; q++) {
        double v = least[q] + t->shared[lo + q];
        if (v < t->best[strip].change && clu_pam_is_candidate(s, lo + q)) {
            t->best[strip] = (struct clu_pam_verdict){v, (size_t)at[q]};
            t->best_x[strip] = lo + q;
        }
    }
}

/* The candidate of the best swap, and its change. */
static size_t best_of_all(const struct table *t, double *change)
{
    size_t best = 0;

#pragma omp parallel for num_threads(t->s->threads) schedule(static) if (t->s->threads > 1 && t->strips > 1)
    for (size_t strip = 0; strip < t->strips; strip++)
        best_of_strip(t, strip);
    for (size_t strip = 1; strip < t->strips; strip++)
        if (t->best[strip].change < t->best[best].change)
            best = strip;
    *change = t->best[best].change;
    return t->best_x[best];
}

/* By how much sums that were corrected so often may be off: the rounding of each correction, and as much again. */
static double drift(const struct table *t)
{
    double size = t->s->loss;

    for (size_t i = 0; i < t->s->k; i++)
        size += t->s->removal[i];
    return t->corrections * size * 0x1p-52;
}

/* Make the table's best swap, which is judged anew. False when it does not improve; then *certain says whether none does. */
static bool step(struct table *t, bool *certain)
{
    struct clu_pam_state *s = t->s;
    double change;
    size_t x = best_of_all(t, &change);

    if (clu_pam_is_candidate(s, x)) {
        struct clu_pam_verdict v = clu_pam_judge(s, s->worker, x);
        if (clu_pam_improves(s, v.change)) {
            swap_and_correct(t, v.place, x);
            return true;
        }
    }
    *certain = t->corrections == 0 || change > drift(t);
    return false;
}

static enum clu_status by_table(struct clu_pam_state *s, struct clu_err *err)
{
    struct table t;
    enum clu_status status = table_init(&t, s, err);

    if (status != CLU_OK)
        return status;
    fill(&t);
    s->judged += (double)s->n;
    while (status == CLU_OK && !s->converged && s->swaps < s->opt->max_iter * s->k) {
        status = clu_tick(s->run, "swap", s->swaps, 0, s->loss / s->c->unit);
        if (status == CLU_OK && !step(&t, &s->converged) && !s->converged)
            fill(&t); /* too close to call */
    }
    table_clear(&t);
    return status;
}

/* Without a symmetric matrix: every candidate anew before each swap, as FastPAM1 does. */
static enum clu_status by_passes(struct clu_pam_state *s, struct clu_err *err)
{
    struct clu_pam_verdict *v = clu_alloc(s->n, sizeof *v);
    enum clu_status status = v ? CLU_OK : clu_fail_memory(err);

    while (status == CLU_OK && !s->converged && s->swaps < s->opt->max_iter * s->k) {
        size_t best = s->n;
        status = clu_tick(s->run, "swap", s->swaps, 0, s->loss / s->c->unit);
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 16) if (s->threads > 1)
        for (size_t x = 0; x < s->n; x++)
            if (clu_pam_is_candidate(s, x))
                v[x] = clu_pam_judge(s, &s->worker[omp_get_thread_num()], x);
        for (size_t x = 0; x < s->n; x++)
            if (clu_pam_is_candidate(s, x) && (best == s->n || v[x].change < v[best].change))
                best = x;
        s->judged += (double)s->n;
        s->converged = best == s->n || !clu_pam_improves(s, v[best].change);
        if (!s->converged)
            clu_pam_swap(s, v[best].place, best);
    }
    clu_free(v);
    return status;
}

enum clu_status clu_pam_exact(struct clu_pam_state *s, struct clu_err *err)
{
    double table = 8.0 * (double)s->n * (double)(s->k + 1);
    bool matrix = s->c->f || s->c->v;

    clu_pam_assign(s);
    if (matrix && s->c->symmetric && clu_need(s->run, table, NULL, "the table of swaps") == CLU_OK)
        return by_table(s, err);
    return by_passes(s, err);
}
