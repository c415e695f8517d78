/* Sections: memory, sums, assignment, one candidate, one swap. */
#include "alg/pam_state.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* --- memory --- */

void clu_pam_state_clear(struct clu_pam_state *s)
{
    for (int t = 0; s->worker && t < s->threads; t++) {
        clu_free(s->worker[t].hit);
        clu_free(s->worker[t].place);
        clu_free(s->worker[t].row);
    }
    clu_free(s->worker);
    clu_free(s->seat);
    clu_free(s->far32);
    clu_free(s->far64);
    clu_free(s->medoid);
    clu_free(s->is_medoid);
    clu_free(s->barred);
    clu_free(s->removal);
    clu_free(s->part);
    clu_free(s->touched);
    clu_free(s->lost);
    clu_free(s->label);
    clu_free(s->joined);
    clu_free(s->trio);
    *s = (struct clu_pam_state){0};
}

static bool init_workers(struct clu_pam_state *s)
{
    bool computed = !s->c->f && !s->c->v, good = true;

    s->worker = clu_calloc((size_t)s->threads, sizeof *s->worker);
    for (int t = 0; s->worker && t < s->threads; t++) {
        struct clu_pam_worker *me = &s->worker[t];
        me->hit = clu_alloc(s->m + 16, sizeof *me->hit);
        me->place = clu_alloc(s->k, sizeof *me->place);
        me->row = computed ? clu_alloc_aligned(s->m, sizeof *me->row) : NULL;
        good = good && me->hit && me->place && (me->row || !computed);
    }
    s->joined = computed ? clu_alloc_aligned(s->m, sizeof *s->joined) : NULL;
    return s->worker && good && (s->joined || !computed);
}

/* Weights, and who is no candidate for want of one. */
static bool take_weights(struct clu_pam_state *s, const double *w)
{
    bool any = false;

    for (size_t o = 0; o < s->m; o++) {
        s->seat[o].w = w ? w[o] : 1;
        any = any || s->seat[o].w == 0;
    }
    if (!any || !s->c->own)
        return true;
    s->barred = clu_alloc(s->n, 1);
    for (size_t o = 0; s->barred && o < s->n; o++)
        s->barred[o] = w[o] == 0;
    return s->barred;
}

enum clu_status clu_pam_state_init(struct clu_pam_state *s, const struct clu_cands *c, const double *w,
                                   const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    *s = (struct clu_pam_state){.c = c, .opt = opt, .run = run, .n = c->n, .m = c->m, .k = opt->k, .threads = run->threads};
    s->chunks = (s->m + CLU_PAM_CHUNK - 1) / CLU_PAM_CHUNK;
    s->seat = clu_alloc_aligned(s->m, sizeof *s->seat);
    s->far32 = c->f ? clu_alloc_aligned(s->m, sizeof *s->far32) : NULL;
    s->far64 = c->f ? NULL : clu_alloc_aligned(s->m, sizeof *s->far64);
    s->medoid = clu_alloc(s->k, sizeof *s->medoid);
    s->is_medoid = clu_calloc(s->n, 1);
    s->removal = clu_alloc(s->k, sizeof *s->removal);
    s->part = clu_alloc(s->chunks, (s->k + 1) * sizeof *s->part);
    s->touched = clu_alloc(s->chunks, (CLU_PAM_CHUNK + 16) * sizeof *s->touched);
    s->lost = clu_alloc(s->m, sizeof *s->lost);
    s->label = clu_alloc_aligned(2 * s->m, sizeof *s->label);
    s->other = s->label ? s->label + s->m : NULL;
    if (s->seat && (s->far32 || s->far64) && s->medoid && s->is_medoid && s->removal && s->part && s->touched && s->lost && s->label &&
        init_workers(s) && take_weights(s, w))
        return CLU_OK;
    clu_pam_state_clear(s);
    return clu_fail_memory(err);
}

/* --- sums --- */

static void sum_chunk(struct clu_pam_state *s, size_t chunk)
{
    size_t lo = chunk * CLU_PAM_CHUNK, hi = s->m - lo < CLU_PAM_CHUNK ? s->m : lo + CLU_PAM_CHUNK;
    double *removal = s->part + chunk * (s->k + 1), loss = 0;

    memset(removal, 0, s->k * sizeof *removal);
    for (size_t o = lo; o < hi; o++) {
        const struct clu_pam_seat *seat = &s->seat[o];
        loss += seat->w * seat->near;
        removal[seat->label] += seat->w * (seat->far - seat->near);
    }
    removal[s->k] = loss;
}

/* Loss and removal losses from the pieces. */
static void fold(struct clu_pam_state *s)
{
    s->loss = 0;
    memset(s->removal, 0, s->k * sizeof *s->removal);
    for (size_t c = 0; c < s->chunks; c++) {
        const double *part = s->part + c * (s->k + 1);
        for (size_t i = 0; i < s->k; i++)
            s->removal[i] += part[i];
        s->loss += part[s->k];
    }
}

/* --- assignment --- */

static void set_first(struct clu_pam_state *s, size_t o, double near, int32_t label)
{
    s->seat[o].near = near;
    s->seat[o].label = s->label[o] = label;
}

static void set_second(struct clu_pam_state *s, size_t o, double far, int32_t other)
{
    s->seat[o].far = far;
    s->seat[o].other = s->other[o] = other;
    if (s->far32)
        s->far32[o] = (float)far;
    else
        s->far64[o] = far;
}

/* Does o, a medoid, stay in its own place? */
static bool is_own(const struct clu_pam_state *s, size_t o)
{
    return s->c->own && s->is_medoid[o];
}

static void assign_chunk(struct clu_pam_state *s, size_t chunk, double *row)
{
    size_t lo = chunk * CLU_PAM_CHUNK, hi = s->m - lo < CLU_PAM_CHUNK ? s->m : lo + CLU_PAM_CHUNK;

    for (size_t o = lo; o < hi; o++) {
        set_first(s, o, HUGE_VAL, -1);
        set_second(s, o, HUGE_VAL, -1);
    }
    for (size_t i = 0; i < s->k; i++) {
        size_t x = s->medoid[i];
        if (row)
            s->c->from->row(s->c->from, x, lo, hi, row);
        for (size_t o = lo; o < hi; o++) {
            struct clu_pam_seat *seat = &s->seat[o];
            double d = row ? row[o - lo] : clu_cands_at(s->c, x, o);
            bool mine = is_own(s, o);
            if (mine && o == x) {
                set_first(s, o, d, (int32_t)i);
            } else if (!mine && d < seat->near) {
                set_second(s, o, seat->near, seat->label);
                set_first(s, o, d, (int32_t)i);
            } else if (d < seat->far) {
                set_second(s, o, d, (int32_t)i);
            }
        }
    }
    sum_chunk(s, chunk);
}

void clu_pam_assign(struct clu_pam_state *s)
{
    bool computed = !s->c->f && !s->c->v;

    memset(s->is_medoid, 0, s->n);
    for (size_t i = 0; i < s->k; i++)
        s->is_medoid[s->medoid[i]] = 1;
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->chunks > 1)
    for (size_t c = 0; c < s->chunks; c++)
        assign_chunk(s, c, computed ? s->joined + c * CLU_PAM_CHUNK : NULL);
    fold(s);
}

/* --- one candidate --- */

/* As instructions, not as branches, which the processor cannot foresee here. */
static inline double least(double a, double b)
{
#ifdef __SSE2__
    return _mm_cvtsd_f64(_mm_min_sd(_mm_set_sd(a), _mm_set_sd(b)));
#else
    return a < b ? a : b;
#endif
}

static inline double most(double a, double b)
{
#ifdef __SSE2__
    return _mm_cvtsd_f64(_mm_max_sd(_mm_set_sd(a), _mm_set_sd(b)));
#else
    return a > b ? a : b;
#endif
}

double clu_pam_changes(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x)
{
    struct clu_cands_row row = clu_cands_row(s->c, x, me->row);
    double shared = 0, *place = me->place;
    size_t hits = row.f ? clu_kern()->below32(row.f, s->far32, s->m, me->hit)
                        : clu_kern()->below64(row.v, s->far64, s->m, me->hit);

    memcpy(place, s->removal, s->k * sizeof *place);
    for (size_t h = 0; h < hits; h++) {
        const struct clu_pam_seat *seat = &s->seat[me->hit[h]];
        double d = clu_cands_in(row, me->hit[h]);
        shared += seat->w * (least(d, seat->near) - seat->near);
        place[seat->label] += seat->w * (most(d, seat->near) - seat->far);
    }
    return shared;
}

/* With one medoid there is no second, and nothing to share. */
static struct clu_pam_verdict judge_single(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x)
{
    struct clu_cands_row row = clu_cands_row(s->c, x, me->row);
    double sum = 0;

    for (size_t o = 0; o < s->m; o++)
        sum += s->seat[o].w * clu_cands_in(row, o);
    return (struct clu_pam_verdict){sum - s->loss, 0};
}

struct clu_pam_verdict clu_pam_judge(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x)
{
    if (s->k == 1)
        return judge_single(s, me, x);
    double shared = clu_pam_changes(s, me, x);
    struct clu_pam_verdict v = {0};

    double low = me->place[0];
    for (size_t i = 1; i < s->k; i++)
        low = least(me->place[i], low);
    while (v.place + 1 < s->k && me->place[v.place] != low)
        v.place++;
    v.change = low + shared;
    return v;
}

/* --- one swap --- */

#define GROUP 64 /* objects at a time */

/* Objects that lost their second medoid look through all the others; each comes with (far, other) as the new medoid made it. Medoid
 * by medoid, so that rows are read forwards. Of equals the new medoid's place counts as the first, then the lowest. */
static void find_group(struct clu_pam_state *s, int32_t b, const int32_t *lost, size_t count)
{
    int32_t label[GROUP], other[GROUP];
    float far[GROUP];

    for (size_t q = 0; q < count; q++) {
        const struct clu_pam_seat *seat = &s->seat[lost[q]];
        far[q] = (float)seat->far; /* exact: it stands in the matrix */
        label[q] = seat->label;
        other[q] = seat->other;
    }
    for (size_t i = 0; i < s->k; i++)
        if ((int32_t)i != b)
            clu_kern()->closer32(s->c->f + s->medoid[i] * s->m, lost, label, (int32_t)i, count, far, other);
    for (size_t q = 0; q < count; q++)
        set_second(s, (size_t)lost[q], (double)far[q], other[q]);
}

static void find_one(struct clu_pam_state *s, int32_t b, size_t o)
{
    struct clu_pam_seat *seat = &s->seat[o];
    double far = seat->far;
    int32_t other = seat->other;

    for (int32_t i = 0; i < (int32_t)s->k; i++) {
        double d;
        if (i != b && i != seat->label && (d = clu_cands_at(s->c, s->medoid[i], o)) < far) {
            far = d;
            other = i;
        }
    }
    set_second(s, o, far, other);
}

static void find_seconds(struct clu_pam_state *s, int32_t b, const int32_t *lost, size_t count)
{
    if (s->c->f)
        for (size_t q = 0; q < count; q += GROUP)
            find_group(s, b, lost + q, count - q < GROUP ? count - q : GROUP);
    else
        for (size_t q = 0; q < count; q++)
            find_one(s, b, (size_t)lost[q]);
}

/* Object o, which may be x itself, after x took place b at distance d. True when it lost its second medoid. */
static bool reseat(struct clu_pam_state *s, size_t o, int32_t b, double d, bool is_x)
{
    struct clu_pam_seat *seat = &s->seat[o];

    if (seat->label == b) {
        if (is_x || d < seat->far) {
            seat->near = d;
            return false;
        }
        set_first(s, o, seat->far, seat->other);
    } else if (is_x || (d < seat->near && !is_own(s, o))) {
        set_second(s, o, seat->near, seat->label);
        set_first(s, o, d, b);
        return false;
    } else if (d < seat->far) {
        set_second(s, o, d, b);
        return false;
    } else if (seat->other != b) {
        return false;
    }
    seat->far = d;
    seat->other = b;
    return true;
}

static void swap_chunk(struct clu_pam_state *s, size_t chunk, int32_t b, size_t x, struct clu_cands_row row)
{
    size_t lo = chunk * CLU_PAM_CHUNK, n = s->m - lo < CLU_PAM_CHUNK ? s->m - lo : CLU_PAM_CHUNK, count = 0;
    uint32_t *list = s->touched + chunk * (CLU_PAM_CHUNK + 16);
    int32_t *lost = s->lost + lo;
    bool here = s->c->own && x >= lo && x - lo < n;
    size_t touched = row.f ? clu_kern()->touched32(row.f + lo, s->far32 + lo, s->label + lo, s->other + lo, b, n, list)
                           : clu_kern()->touched64(row.v + lo, s->far64 + lo, s->label + lo, s->other + lo, b, n, list);

    if (here)
        (void)reseat(s, x, b, clu_cands_in(row, x), true);
    for (size_t t = 0; t < touched; t++) {
        size_t o = lo + list[t];
        if (!(here && o == x) && reseat(s, o, b, clu_cands_in(row, o), false))
            lost[count++] = (int32_t)o;
    }
    find_seconds(s, b, lost, count);
    sum_chunk(s, chunk);
}

void clu_pam_swap(struct clu_pam_state *s, size_t b, size_t x)
{
    s->is_medoid[s->medoid[b]] = 0;
    s->medoid[b] = x;
    s->is_medoid[x] = 1;
    struct clu_cands_row row = clu_cands_row(s->c, x, s->joined);
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->threads > 1 && s->chunks > 3)
    for (size_t c = 0; c < s->chunks; c++)
        swap_chunk(s, c, (int32_t)b, x, row);
    fold(s);
    s->swaps++;
}
