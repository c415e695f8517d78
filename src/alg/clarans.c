/* Sections: tries, one local search, public call. */
#include "alg/clarans.h"

#include "alg/pam_state.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/rowset.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- tries --- */

/* Candidates in random order without repeats, from the start again after each swap. What is drawn ahead does not change the
 * order, so that it does not depend on how many are judged side by side. */
struct tries {
    size_t *list;  /* [n] all candidates */
    size_t n;
    size_t *other; /* [n] with which place each draw changed its own */
    size_t drawn;
    struct clu_rng r;
};

/* Start over, with a stream of its own. */
static void shuffle_anew(struct tries *t, uint64_t seed, uint64_t stream)
{
    while (t->drawn > 0) {
        size_t q = --t->drawn, x = t->list[q];
        t->list[q] = t->list[t->other[q]];
        t->list[t->other[q]] = x;
    }
    clu_rng_at(&t->r, seed, stream);
}

/* The candidate of draw q; draws are made in order. */
static size_t candidate(struct tries *t, size_t q)
{
    while (t->drawn <= q) {
        size_t at = t->drawn, other = at + (size_t)clu_rng_below(&t->r, t->n - at), x = t->list[other];
        t->list[other] = t->list[at];
        t->list[at] = x;
        t->other[t->drawn++] = other;
    }
    return t->list[q];
}

/* --- one local search --- */

enum { BLOCK = 16 }; /* candidates judged side by side for each thread */

struct clarans {
    struct clu_pam_state s;
    struct tries tries;
    const struct clu_clarans_opt *opt;
    size_t max_tries;
};

static void judge_block(struct clarans *c, size_t from, size_t count, struct clu_pam_verdict *v)
{
    for (size_t b = 0; b < count; b++)
        (void)candidate(&c->tries, from + b);
#pragma omp parallel for num_threads(c->s.threads) schedule(dynamic, 1) if (c->s.threads > 1 && count > 1)
    for (size_t b = 0; b < count; b++) {
        size_t x = c->tries.list[from + b];
        if (clu_pam_is_candidate(&c->s, x)) {
            struct clu_pam_worker *me = &c->s.worker[omp_get_thread_num()];
            v[b] = clu_pam_judge(&c->s, me, x);
            if (clu_cands_check_row(me->row, c->s.m, x, NULL) != CLU_OK)
                v[b].change = NAN;
        }
    }
}

/* There is no matrix that was checked before: this is done row by row, and the first that is met is what is wrong. */
static enum clu_status check_row(const struct clu_pam_state *s, size_t x, struct clu_err *err)
{
    (void)clu_cands_row(s->c, x, s->worker->row);
    return clu_cands_check_row(s->worker->row, s->m, x, err);
}

/* Try candidates until one improves (then it is swapped in) or none of max_tries did. */
static enum clu_status find_swap(struct clarans *c, struct clu_pam_verdict *v, size_t block, bool *swapped, struct clu_err *err)
{
    struct clu_pam_state *s = &c->s;
    size_t tried = 0, q = 0;

    *swapped = false;
    while (tried < c->max_tries && q < c->tries.n) {
        size_t count = c->tries.n - q < block ? c->tries.n - q : block;
        judge_block(c, q, count, v);
        for (size_t b = 0; b < count && tried < c->max_tries; b++) {
            size_t x = c->tries.list[q + b];
            if (!clu_pam_is_candidate(s, x))
                continue;
            tried++;
            s->judged++;
            if (isnan(v[b].change))
                return check_row(s, x, err);
            if (clu_pam_improves(s, v[b].change)) {
                clu_pam_swap(s, v[b].place, x);
                *swapped = true;
                return CLU_OK;
            }
        }
        q += count;
    }
    return CLU_OK;
}

/* Random medoids whose rows differ. */
static enum clu_status start(struct clarans *c, struct clu_view x, size_t t, struct clu_err *err)
{
    struct clu_pam_state *s = &c->s;
    struct clu_rowset set;
    size_t k = s->k, found = 0;

    shuffle_anew(&c->tries, s->run->seed, (uint64_t)t << 32);
    if (clu_rowset_init(&set, x, k) < 0)
        return clu_fail_memory(err);
    for (size_t q = 0; q < c->tries.n && found < k; q++) {
        size_t i = candidate(&c->tries, q);
        if (clu_rowset_add(&set, i) == i)
            s->medoid[found++] = i;
    }
    clu_rowset_clear(&set);
    enum clu_status status = clu_pam_check_count(k, x.rows, found, s->barred, err);
    for (size_t i = 0; i < k && status == CLU_OK; i++)
        status = check_row(s, s->medoid[i], err);
    return status;
}

static enum clu_status search(struct clarans *c, struct clu_view x, size_t t, struct clu_pam_verdict *v, size_t block,
                              struct clu_err *err)
{
    struct clu_pam_state *s = &c->s;
    enum clu_status status = start(c, x, t, err);
    bool swapped = true;

    s->swaps = 0;
    if (status != CLU_OK)
        return status;
    clu_pam_assign(s);
    while (status == CLU_OK && swapped) {
        status = clu_tick(s->run, "swap", s->swaps, 0, s->loss);
        shuffle_anew(&c->tries, s->run->seed, ((uint64_t)t << 32) + s->swaps + 1);
        if (status == CLU_OK)
            status = find_swap(c, v, block, &swapped, err);
    }
    return status;
}

/* --- public call --- */

static enum clu_status init_tries(struct clarans *c, struct clu_err *err)
{
    struct clu_pam_state *s = &c->s;
    size_t k = s->k;

    c->tries.list = clu_alloc(s->n, sizeof *c->tries.list);
    c->tries.other = clu_alloc(s->n, sizeof *c->tries.other);
    if (!c->tries.list || !c->tries.other)
        return clu_fail_memory(err);
    for (size_t x = 0; x < s->n; x++)
        if (!(s->barred && s->barred[x]))
            c->tries.list[c->tries.n++] = x;
    c->max_tries = c->opt->max_tries;
    if (c->max_tries == 0) {
        size_t floor = (250 + k - 1) / k, share = (size_t)ceil(0.025 * (double)(s->n - k));
        c->max_tries = floor > share ? floor : share;
    }
    return CLU_OK;
}

static enum clu_status search_all(struct clarans *c, struct clu_view x, size_t *best, struct clu_pam *out, struct clu_err *err)
{
    struct clu_pam_state *s = &c->s;
    size_t block = s->threads > 1 ? BLOCK * (size_t)s->threads : 1;
    struct clu_pam_verdict *v = clu_alloc(block, sizeof *v);
    double least = HUGE_VAL, began = clu_clock();
    enum clu_status status = v ? init_tries(c, err) : clu_fail_memory(err);

    for (size_t t = 0; t < c->opt->searches && status == CLU_OK; t++) {
        status = search(c, x, t, v, block, err);
        if (status == CLU_OK && (t == 0 || s->loss < least)) { /* a loss may be beyond all doubles */
            least = s->loss;
            out->swaps = s->swaps;
            memcpy(best, s->medoid, s->k * sizeof *best);
        }
    }
    out->passes = s->judged / (double)s->n;
    out->swap_seconds = clu_clock() - began;
    clu_free(v);
    return status;
}

enum clu_status clu_clarans_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                                 const struct clu_clarans_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_pam_opt pam = {.k = opt->k, .tol = opt->tol};
    struct clu_points all = {0};
    struct clu_cands cands = {0};
    struct clarans c = {.opt = opt};
    size_t *best = NULL;

    *out = (struct clu_pam){.converged = true};
    enum clu_status status = clu_pam_check_count(opt->k, x.rows, opt->k > x.rows ? 0 : opt->k, w, err);
    if (status == CLU_OK && !(best = clu_alloc(opt->k, sizeof *best)))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = clu_points_init(&all, metric, x, err);
    if (status == CLU_OK)
        status = clu_cands_init(&cands, &all.dist, x.rows, true, true, CLU_CANDS_NONE, run, err);
    if (status == CLU_OK)
        status = clu_pam_state_init(&c.s, &cands, w, &pam, run, err);
    if (status == CLU_OK)
        status = search_all(&c, x, best, out, err);
    if (status == CLU_OK)
        status = clu_pam_settle(out, &all.dist, best, opt->k, w, false, run, err);
    clu_free(c.tries.list);
    clu_free(c.tries.other);
    clu_pam_state_clear(&c.s);
    clu_points_clear(&all);
    clu_free(best);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}
