/* Where k-medoids starts. Sections: candidates, random, greedy (k-medoids++), LAB, BUILD. */
#include "alg/pam_state.h"

#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- candidates --- */

/* All that may be medoids, ascending, into list[n]; returns how many. */
static size_t list_candidates(const struct clu_pam_state *s, size_t *list)
{
    size_t count = 0;

    for (size_t x = 0; x < s->n; x++)
        if (!(s->barred && s->barred[x]))
            list[count++] = x;
    return count;
}

static void copy_weights(const struct clu_pam_state *s, double *w)
{
    for (size_t o = 0; o < s->m; o++)
        w[o] = s->seat[o].w;
}

/* --- random --- */

static enum clu_status start_random(struct clu_pam_state *s, size_t t, struct clu_err *err)
{
    size_t *list = clu_alloc(s->n, sizeof *list), count = list ? list_candidates(s, list) : 0;
    struct clu_rng r;
    enum clu_status status = CLU_OK;

    clu_rng_at(&r, s->run->seed, t);
    if (!list || clu_rng_sample(&r, count, s->k, s->medoid) != 0)
        status = clu_fail_memory(err);
    for (size_t i = 0; i < s->k && status == CLU_OK; i++)
        s->medoid[i] = list[s->medoid[i]];
    clu_free(list);
    return status;
}

static void start_first(struct clu_pam_state *s)
{
    size_t i = 0;

    for (size_t x = 0; i < s->k; x++)
        if (!(s->barred && s->barred[x]))
            s->medoid[i++] = x;
}

/* --- k-medoids++: the next medoid is drawn by the squared dissimilarity to those so far, the best of a few draws --- */

/* near[m] after medoid x has come. */
static void serve(const struct clu_pam_state *s, size_t x, double *near)
{
    struct clu_cands_row row = clu_cands_row(s->c, x, s->joined);

    for (size_t o = 0; o < s->m; o++) {
        double d = clu_cands_in(row, o);
        near[o] = d < near[o] ? d : near[o];
    }
}

/* sum_o w[o] * max(0, near[o] - d(o, x)). */
static double gain(const struct clu_pam_state *s, const double *near, const double *w, size_t x, double *buf)
{
    struct clu_cands_row row = clu_cands_row(s->c, x, buf);

    return row.f ? clu_kern()->gain32(row.f, near, w, s->m) : clu_kern()->gain64(row.v, near, w, s->m);
}

/* A power of two that brings the largest of near[m] to 1/2 or more, so that its square is neither nothing nor too much. */
static double unit_of(const struct clu_pam_state *s, const double *near)
{
    double most = 0;
    int e;

    for (size_t o = 0; o < s->m; o++)
        most = s->seat[o].w > 0 && near[o] > most ? near[o] : most;
    (void)frexp(most, &e);
    return ldexp(1, e < -1000 ? 1000 : -e);
}

static double mass_of(const struct clu_pam_state *s, const double *near, double unit, size_t o)
{
    double d = near[o] * unit;
    return s->seat[o].w * d * d;
}

/* The first candidate that is not among the medoids so far. */
static size_t first_left(const struct clu_pam_state *s, size_t chosen)
{
    for (size_t x = 0;; x++) {
        size_t i = 0;
        while (i < chosen && s->medoid[i] != x)
            i++;
        if (i == chosen && !(s->barred && s->barred[x]))
            return x;
    }
}

/* Places are objects' numbers: only for objects that are the candidates. Where all that are left are at no distance from a
 * medoid (one way: dissimilarities need not be a metric), the first of them. */
static size_t draw(const struct clu_pam_state *s, const double *near, double unit, double total, size_t chosen, struct clu_rng *r)
{
    double at = clu_rng_unit(r) * total;
    size_t last = s->m;

    for (size_t o = 0; o < s->m; o++) {
        double mass = mass_of(s, near, unit, o);
        if (!(mass > 0))
            continue;
        last = o;
        at -= mass;
        if (at < 0)
            break;
    }
    return last < s->m ? last : first_left(s, chosen);
}

static enum clu_status start_kpp(struct clu_pam_state *s, size_t t, struct clu_err *err)
{
    double *near = clu_alloc(2 * s->m, sizeof *near), *w = near ? near + s->m : NULL;
    size_t trials = 2 + (size_t)log((double)s->k);
    struct clu_rng r;

    if (!near)
        return clu_fail_memory(err);
    copy_weights(s, w);
    clu_rng_at(&r, s->run->seed, t);
    for (size_t o = 0; o < s->m; o++)
        near[o] = 1; /* the first is drawn by weight alone */
    for (size_t i = 0; i < s->k; i++) {
        double total = 0, most = -1, unit = unit_of(s, near);
        for (size_t o = 0; o < s->m; o++)
            total += mass_of(s, near, unit, o);
        for (size_t q = 0; q < (i == 0 ? 1 : trials); q++) {
            size_t x = draw(s, near, unit, total, i, &r);
            double g = i == 0 ? 0 : gain(s, near, w, x, s->worker->row);
            if (g > most) {
                most = g;
                s->medoid[i] = x;
            }
        }
        for (size_t o = 0; o < s->m && i == 0; o++)
            near[o] = HUGE_VAL;
        serve(s, s->medoid[i], near);
    }
    clu_free(near);
    return CLU_OK;
}

/* --- LAB: BUILD on a new small sample for each medoid (SISAP 2019, section 4.2) --- */

struct lab {
    size_t *pool;  /* candidates that are not chosen, in random order */
    size_t left;
    double *near;  /* [n] dissimilarity to the first upto[o] medoids */
    size_t *upto;  /* [n] */
    struct clu_rng r;
};

static double lab_near(struct lab *l, const struct clu_pam_state *s, size_t o, size_t chosen)
{
    for (; l->upto[o] < chosen; l->upto[o]++)
        l->near[o] = fmin(l->near[o], clu_cands_at(s->c, s->medoid[l->upto[o]], o));
    return l->near[o];
}

/* The place in the pool's sample of what lowers the sample's loss most. */
static size_t lab_best(struct lab *l, const struct clu_pam_state *s, size_t sample, size_t chosen)
{
    size_t best = 0;
    double least = HUGE_VAL;

    for (size_t q = 0; q < sample; q++) {
        double sum = 0;
        for (size_t j = 0; j < sample; j++) {
            size_t o = l->pool[j];
            sum += s->seat[o].w * fmin(clu_cands_at(s->c, l->pool[q], o), lab_near(l, s, o, chosen));
        }
        if (sum < least) {
            least = sum;
            best = q;
        }
    }
    return best;
}

static enum clu_status start_lab(struct clu_pam_state *s, size_t t, struct clu_err *err)
{
    struct lab l = {.pool = clu_alloc(s->n, sizeof *l.pool),
                    .near = clu_alloc(s->n, sizeof *l.near),
                    .upto = clu_calloc(s->n, sizeof *l.upto)};
    size_t size = 10 + (size_t)ceil(sqrt((double)s->n));
    enum clu_status status = l.pool && l.near && l.upto ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        l.left = list_candidates(s, l.pool);
        clu_rng_at(&l.r, s->run->seed, t);
        for (size_t o = 0; o < s->n; o++)
            l.near[o] = HUGE_VAL;
    }
    for (size_t i = 0; i < s->k && status == CLU_OK; i++) {
        size_t sample = size < l.left ? size : l.left;
        for (size_t q = 0; q < sample; q++) {
            size_t other = q + (size_t)clu_rng_below(&l.r, l.left - q), x = l.pool[other];
            l.pool[other] = l.pool[q];
            l.pool[q] = x;
        }
        size_t best = lab_best(&l, s, sample, i);
        s->medoid[i] = l.pool[best];
        l.pool[best] = l.pool[--l.left];
    }
    clu_free(l.pool);
    clu_free(l.near);
    clu_free(l.upto);
    return status;
}

/* --- BUILD: each medoid is the one that lowers the loss most --- */

struct bid {
    double gain;
    size_t x, round; /* the round that the gain was computed in */
};

struct build {
    double *near, *w; /* [m] */
    struct bid *heap; /* [left]: the largest gain first, then the first candidate */
    size_t left;
};

static bool before(const struct bid *a, const struct bid *b)
{
    return a->gain > b->gain || (a->gain == b->gain && a->x < b->x);
}

static void sift_down(struct build *b, size_t at)
{
    struct bid moved = b->heap[at];

    for (size_t child; (child = 2 * at + 1) < b->left; at = child) {
        if (child + 1 < b->left && before(&b->heap[child + 1], &b->heap[child]))
            child++;
        if (!before(&b->heap[child], &moved))
            break;
        b->heap[at] = b->heap[child];
    }
    b->heap[at] = moved;
}

static void take_top(struct build *b)
{
    b->heap[0] = b->heap[--b->left];
    if (b->left > 0)
        sift_down(b, 0);
}

/* The gains of all that are left, each in its own place, and the heap made of them. */
static void bid_all(const struct clu_pam_state *s, struct build *b, size_t round)
{
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->threads > 1 && b->left > 100)
    for (size_t q = 0; q < b->left; q++) {
        b->heap[q].gain = gain(s, b->near, b->w, b->heap[q].x, s->worker[omp_get_thread_num()].row);
        b->heap[q].round = round;
    }
    for (size_t at = b->left / 2; at-- > 0;)
        sift_down(b, at);
}

/* The least sum of dissimilarities first. */
static void first_medoid(const struct clu_pam_state *s, struct build *b)
{
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->threads > 1 && b->left > 100)
    for (size_t q = 0; q < b->left; q++) {
        struct clu_cands_row row = clu_cands_row(s->c, b->heap[q].x, s->worker[omp_get_thread_num()].row);
        double sum = 0;
        for (size_t o = 0; o < s->m; o++)
            sum += b->w[o] * clu_cands_in(row, o);
        b->heap[q].gain = -sum;
    }
    for (size_t at = b->left / 2; at-- > 0;)
        sift_down(b, at);
    for (size_t o = 0; o < s->m; o++)
        b->near[o] = HUGE_VAL;
}

static enum clu_status run_build(struct clu_pam_state *s, struct build *b)
{
    b->left = 0;
    for (size_t x = 0; x < s->n; x++)
        if (!(s->barred && s->barred[x]))
            b->heap[b->left++].x = x;
    copy_weights(s, b->w);
    first_medoid(s, b);
    for (size_t i = 0; i < s->k; i++) {
        if (clu_tick(s->run, "medoid", i, s->k, NAN) != CLU_OK)
            return CLU_STOPPED;
        if (i == 1)
            bid_all(s, b, i);
        while (i > 1 && b->heap[0].round != i) { /* gains never grow: an old gain is an upper bound */
            b->heap[0].gain = gain(s, b->near, b->w, b->heap[0].x, s->worker->row);
            b->heap[0].round = i;
            sift_down(b, 0);
        }
        s->medoid[i] = b->heap[0].x;
        serve(s, b->heap[0].x, b->near);
        take_top(b);
    }
    return CLU_OK;
}

static enum clu_status start_build(struct clu_pam_state *s, struct clu_err *err)
{
    struct build b = {.near = clu_alloc_aligned(2 * s->m, sizeof *b.near), .heap = clu_alloc(s->n, sizeof *b.heap)};
    enum clu_status status = b.near && b.heap ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        b.w = b.near + s->m;
        status = run_build(s, &b);
    }
    clu_free(b.near);
    clu_free(b.heap);
    return status;
}

enum clu_status clu_pam_start(struct clu_pam_state *s, int init, size_t t, struct clu_err *err)
{
    switch (init) {
    case CLU_PAM_RANDOM:
        return start_random(s, t, err);
    case CLU_PAM_BUILD:
        return start_build(s, err);
    case CLU_PAM_LAB:
        return start_lab(s, t, err);
    case CLU_PAM_KPP:
        return start_kpp(s, t, err);
    case CLU_PAM_FIRST:
        start_first(s);
        return CLU_OK;
    default:
        memcpy(s->medoid, s->opt->start, s->k * sizeof *s->medoid);
        return CLU_OK;
    }
}
