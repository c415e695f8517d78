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
    struct clu_pam_verdict *best; /* [strips] */
    size_t *best_x;  /* [strips] */
    size_t strips;
};

static void table_clear(struct table *t)
{
    clu_free(t->shared);
    clu_free(t->place);
    clu_free(t->old);
    clu_free(t->changed);
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
    t->best = clu_alloc(t->strips, sizeof *t->best);
    t->best_x = clu_alloc(t->strips, sizeof *t->best_x);
    if (t->shared && t->place && t->old && t->changed && t->best && t->best_x)
        return CLU_OK;
    table_clear(t);
    return clu_fail_memory(err);
}

/* --- correcting it --- */

/* What object o with this seat adds to candidates lo .. hi - 1, times sign. */
static void add_seat(const struct table *t, size_t o, const struct clu_pam_seat *seat, double sign, size_t lo, size_t hi)
{
    const struct clu_cands *c = t->s->c;
    double w = sign * seat->w, *place = t->place + (size_t)seat->label * c->n + lo, *shared = t->shared + lo;

    if (c->f)
        clu_kern()->seat32(c->f + o * c->n + lo, hi - lo, seat->near, seat->far, w, shared, place);
    else
        clu_kern()->seat64(c->v + o * c->n + lo, hi - lo, seat->near, seat->far, w, shared, place);
}

/* Candidates strip by strip: each sees the objects in the same order, whatever the threads. */
static void correct(const struct table *t, size_t changed, bool fresh)
{
    const struct clu_pam_state *s = t->s;
    size_t n = s->n;

#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 1) if (s->threads > 1 && t->strips > 1)
    for (size_t strip = 0; strip < t->strips; strip++) {
        size_t lo = strip * STRIP, hi = n - lo < STRIP ? n : lo + STRIP;
        if (fresh) {
            memset(t->shared + lo, 0, (hi - lo) * sizeof *t->shared);
            for (size_t i = 0; i < s->k; i++)
                memset(t->place + i * n + lo, 0, (hi - lo) * sizeof *t->place);
        }
        for (size_t q = 0; q < changed; q++) {
            size_t o = fresh ? q : t->changed[q];
            if (!fresh)
                add_seat(t, o, &t->old[o], -1, lo, hi);
            add_seat(t, o, &s->seat[o], 1, lo, hi);
        }
    }
}

static void fill(const struct table *t)
{
    correct(t, t->s->n, true);
}

static void swap_and_correct(const struct table *t, size_t b, size_t x)
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
    correct(t, changed, false);
}

/* --- search --- */

/* The best of a strip: the first candidate of equals, and its first place. */
static void best_of_strip(const struct table *t, size_t strip)
{
    const struct clu_pam_state *s = t->s;
    size_t n = s->n, lo = strip * STRIP, count = n - lo < STRIP ? n - lo : STRIP;
    double least[STRIP];
    uint32_t at[STRIP];

    for (size_t q = 0; q < count; q++) {
        least[q] = HUGE_VAL;
        at[q] = 0;
    }
    for (size_t i = 0; i < s->k; i++) {
        const double *place = t->place + i * n + lo;
        for (size_t q = 0; q < count; q++) {
            double v = place[q] + s->removal[i];
            at[q] = v < least[q] ? (uint32_t)i : at[q];
            least[q] = v < least[q] ? v : least[q];
        }
    }
    t->best[strip] = (struct clu_pam_verdict){HUGE_VAL, 0};
    t->best_x[strip] = lo;
    for (size_t q = 0; q < count; q++) {
        double v = least[q] + t->shared[lo + q];
        if (v < t->best[strip].change && clu_pam_is_candidate(s, lo + q)) {
            t->best[strip] = (struct clu_pam_verdict){v, at[q]};
            t->best_x[strip] = lo + q;
        }
    }
}

static size_t best_of_all(const struct table *t)
{
    size_t best = 0;

#pragma omp parallel for num_threads(t->s->threads) schedule(static) if (t->s->threads > 1 && t->strips > 1)
    for (size_t strip = 0; strip < t->strips; strip++)
        best_of_strip(t, strip);
    for (size_t strip = 1; strip < t->strips; strip++)
        if (t->best[strip].change < t->best[best].change)
            best = strip;
    return t->best_x[best];
}

/* The table's best swap, judged anew: sums that were corrected many times drift in their last bits. */
static bool step(const struct table *t)
{
    struct clu_pam_state *s = t->s;
    size_t x = best_of_all(t);

    if (!clu_pam_is_candidate(s, x))
        return false;
    struct clu_pam_verdict v = clu_pam_judge(s, s->worker, x);
    if (!clu_pam_improves(s, v.change))
        return false;
    swap_and_correct(t, v.place, x);
    return true;
}

static enum clu_status by_table(struct clu_pam_state *s, struct clu_err *err)
{
    struct table t;
    enum clu_status status = table_init(&t, s, err);
    bool fresh = true;

    if (status != CLU_OK)
        return status;
    fill(&t);
    s->judged += (double)s->n;
    while (s->swaps < s->opt->max_iter * s->k) {
        status = clu_tick(s->run, "swap", s->swaps, 0, s->loss / s->c->unit);
        if (status != CLU_OK)
            break;
        if (step(&t)) {
            fresh = false;
            continue;
        }
        if (fresh) {
            s->converged = true;
            break;
        }
        fill(&t); /* the last word is that of fresh sums */
        fresh = true;
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
