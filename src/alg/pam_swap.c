/* Candidates in turn, or pass by pass. Sections: FasterPAM, FastPAM2, alternate. */
#include "alg/pam_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

static enum clu_status tick(const struct clu_pam_state *s, const char *what)
{
    return clu_tick(s->run, what, (uint64_t)(s->judged / (double)s->n), 0, s->loss / s->c->unit);
}

/* --- FasterPAM, and what else takes each candidate at once --- */

enum { BLOCK_MAX = 256 }; /* candidates judged side by side against one state */

static void judge_block(const struct clu_pam_state *s, size_t from, size_t count, clu_pam_judge_fn *judge,
                        struct clu_pam_verdict *v)
{
    if (s->threads == 1) { /* even a team of one costs time for each candidate */
        for (size_t b = 0; b < count; b++)
            if (clu_pam_is_candidate(s, from + b))
                v[b] = judge(s, s->worker, from + b);
        return;
    }
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 4)
    for (size_t b = 0; b < count; b++)
        if (clu_pam_is_candidate(s, from + b))
            v[b] = judge(s, &s->worker[omp_get_thread_num()], from + b);
}

enum clu_status clu_pam_scan(struct clu_pam_state *s, clu_pam_judge_fn *judge, clu_pam_swap_fn *swap)
{
    struct clu_pam_verdict v[BLOCK_MAX];
    size_t n = s->n, x = 0, since = 0; /* the next candidate, and how many in a row did not improve */
    size_t block = s->threads > 1 ? 4 * (size_t)s->threads : 1;
    double end = s->judged + (double)s->opt->max_iter * (double)n;

    while (since < n && s->judged < end) {
        size_t count = block < BLOCK_MAX ? block : BLOCK_MAX, b = 0;
        count = count < n - x ? count : n - x;
        count = count < n - since ? count : n - since;
        if (x == 0 && tick(s, "pass") != CLU_OK)
            return CLU_STOPPED;
        judge_block(s, x, count, judge, v);
        while (b < count && !(clu_pam_is_candidate(s, x + b) && clu_pam_improves(s, v[b].change)))
            b++;
        since += b;
        if (b < count) { /* what was judged behind it was judged in vain */
            swap(s, v[b].place, x + b);
            since = 1;
            b++;
        }
        s->judged += (double)b;
        x = x + b < n ? x + b : 0;
        if (s->threads > 1) /* shorter blocks where swaps are frequent */
            block = since > 1 ? 2 * block : block > 8 ? block / 2 : block;
        block = block < BLOCK_MAX ? block : BLOCK_MAX;
    }
    s->converged = since >= n;
    return CLU_OK;
}

enum clu_status clu_pam_faster(struct clu_pam_state *s)
{
    clu_pam_assign(s);
    return clu_pam_scan(s, clu_pam_judge, clu_pam_swap);
}

/* --- FastPAM2 --- */

struct offer { /* the best candidate for a place, the first of equals */
    double change;
    size_t x;
};

static bool better(struct offer a, struct offer b)
{
    return a.change < b.change || (a.change == b.change && a.x < b.x);
}

/* The best candidate for every place. */
static void collect(struct clu_pam_state *s, struct offer *offer /* [threads][k] */)
{
    size_t k = s->k;

    for (size_t i = 0; i < (size_t)s->threads * k; i++)
        offer[i] = (struct offer){HUGE_VAL, 0};
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 16) if (s->threads > 1)
    for (size_t x = 0; x < s->n; x++) {
        struct clu_pam_worker *me = &s->worker[omp_get_thread_num()];
        struct offer *mine = offer + (size_t)omp_get_thread_num() * k;
        if (!clu_pam_is_candidate(s, x))
            continue;
        double shared = clu_pam_changes(s, me, x);
        for (size_t i = 0; i < k; i++) {
            struct offer here = {me->place[i] + shared, x};
            if (better(here, mine[i]))
                mine[i] = here;
        }
    }
    for (size_t t = 1; t < (size_t)s->threads; t++) /* the least does not depend on the order */
        for (size_t i = 0; i < k; i++)
            if (better(offer[t * k + i], offer[i]))
                offer[i] = offer[t * k + i];
    s->judged += (double)s->n;
}

/* Take the offers, the best first, as long as each still improves when its turn comes. Returns how many were taken. */
static size_t take_offers(struct clu_pam_state *s, struct offer *offer)
{
    size_t taken = 0;

    for (size_t turn = 0; turn < s->k; turn++) {
        size_t best = 0;
        for (size_t i = 1; i < s->k; i++)
            if (better(offer[i], offer[best]))
                best = i;
        struct offer o = offer[best];
        offer[best].change = HUGE_VAL;
        if (!clu_pam_improves(s, o.change))
            break;
        if (taken > 0 && !clu_pam_is_candidate(s, o.x))
            continue;
        double change = taken == 0 ? o.change : clu_pam_changes(s, s->worker, o.x) + s->worker->place[best];
        if (clu_pam_improves(s, change)) {
            clu_pam_swap(s, best, o.x);
            taken++;
        }
    }
    return taken;
}

enum clu_status clu_pam_fast(struct clu_pam_state *s, struct clu_err *err)
{
    struct offer *offer = clu_alloc((size_t)s->threads * s->k, sizeof *offer);
    enum clu_status status = offer ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        clu_pam_assign(s);
    for (size_t pass = 0; status == CLU_OK && pass < s->opt->max_iter && !s->converged; pass++) {
        status = tick(s, "pass");
        collect(s, offer);
        s->converged = take_offers(s, offer) == 0;
    }
    clu_free(offer);
    return status;
}

/* --- alternate --- */

/* The member of a cluster with the least sum to its members; the present medoid unless another is better. */
static size_t center_of(const struct clu_pam_state *s, const size_t *member, size_t count, size_t present)
{
    size_t best = present;
    double least = HUGE_VAL;

    for (size_t m = 0; m <= count; m++) { /* the present one first */
        size_t x = m == 0 ? present : member[m - 1];
        double sum = 0;
        if (m > 0 && s->barred && s->barred[x])
            continue;
        for (size_t q = 0; q < count; q++)
            sum += s->seat[member[q]].w * clu_cands_at(s->c, x, member[q]);
        if (m == 0 || sum < least * (1 - s->opt->tol)) {
            least = sum;
            best = x;
        }
    }
    return best;
}

void clu_pam_list_members(const struct clu_pam_state *s, size_t *begin, size_t *member)
{
    memset(begin, 0, (s->k + 2) * sizeof *begin);
    for (size_t o = 0; o < s->m; o++)
        begin[s->seat[o].label + 2]++;
    for (size_t i = 2; i < s->k + 2; i++)
        begin[i] += begin[i - 1];
    for (size_t o = 0; o < s->m; o++)
        member[begin[s->seat[o].label + 1]++] = o;
}

enum clu_status clu_pam_alternate(struct clu_pam_state *s, struct clu_err *err)
{
    size_t *member = clu_alloc(s->m, sizeof *member), *begin = clu_alloc(s->k + 2, sizeof *begin), k = s->k;
    enum clu_status status = member && begin ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        clu_pam_assign(s);
    for (size_t pass = 0; status == CLU_OK && pass < s->opt->max_iter && !s->converged; pass++) {
        size_t moved = 0;
        status = tick(s, "pass");
        clu_pam_list_members(s, begin, member);
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 1) reduction(+ : moved) if (s->threads > 1)
        for (size_t i = 0; i < k; i++) {
            size_t best = center_of(s, member + begin[i], begin[i + 1] - begin[i], s->medoid[i]);
            moved += best != s->medoid[i];
            s->medoid[i] = best;
        }
        s->swaps += moved;
        s->judged += (double)s->n;
        s->converged = moved == 0;
        if (moved > 0)
            clu_pam_assign(s);
    }
    clu_free(member);
    clu_free(begin);
    return status;
}
