/* Sections: three nearest medoids, one candidate, one swap, fewer clusters, starts. */
#include "alg/pam_msc.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- three nearest medoids --- */

/* Of an object, nearest first; HUGE_VAL at place -1 where there are fewer. */
struct clu_pam_trio {
    double d[3], w;
    int32_t at[3];
};

static inline double ratio(double a, double b)
{
    return a == 0 || b == 0 ? 0 : a / b;
}

static void insert(struct clu_pam_trio *q, double d, int32_t at)
{
    int i = 2;

    if (!(d < q->d[2]))
        return;
    for (; i > 0 && d < q->d[i - 1]; i--) {
        q->d[i] = q->d[i - 1];
        q->at[i] = q->at[i - 1];
    }
    q->d[i] = d;
    q->at[i] = at;
}

static void find(struct clu_pam_state *s, size_t o)
{
    struct clu_pam_trio *q = &s->trio[o];

    for (int i = 0; i < 3; i++) {
        q->d[i] = HUGE_VAL;
        q->at[i] = -1;
    }
    for (size_t i = 0; i < s->k; i++)
        insert(q, clu_cands_at(s->c, s->medoid[i], o), (int32_t)i);
}

/* Loss, limits for the kernels, and removal[i]: what the loss changes by when the medoid in place i goes. */
static void sum_up(struct clu_pam_state *s)
{
    s->loss = 0;
    memset(s->removal, 0, s->k * sizeof *s->removal);
    for (size_t o = 0; o < s->m; o++) {
        const struct clu_pam_trio *q = &s->trio[o];
        double own = ratio(q->d[0], q->d[1]);
        s->loss += q->w * own;
        s->removal[q->at[0]] += q->w * (ratio(q->d[1], q->d[2]) - own);
        s->removal[q->at[1]] += q->w * (ratio(q->d[0], q->d[2]) - own);
        if (s->far32)
            s->far32[o] = (float)q->d[2];
        else
            s->far64[o] = q->d[2];
    }
}

static void assign(struct clu_pam_state *s)
{
    memset(s->is_medoid, 0, s->n);
    for (size_t i = 0; i < s->k; i++)
        s->is_medoid[s->medoid[i]] = 1;
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->threads > 1 && s->chunks > 1)
    for (size_t o = 0; o < s->m; o++)
        find(s, o);
    sum_up(s);
}

/* --- one candidate --- */

static struct clu_pam_verdict judge(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x)
{
    struct clu_cands_row row = clu_cands_row(s->c, x, me->row);
    double shared = 0, *place = me->place;
    struct clu_pam_verdict v = {0};
    size_t hits = row.f ? clu_kern()->below32(row.f, s->far32, s->m, me->hit)
                        : clu_kern()->below64(row.v, s->far64, s->m, me->hit);

    memcpy(place, s->removal, s->k * sizeof *place);
    for (size_t h = 0; h < hits; h++) {
        const struct clu_pam_trio *q = &s->trio[me->hit[h]];
        double d = clu_cands_in(row, me->hit[h]), n = q->d[0], f = q->d[1], t = q->d[2], own = ratio(n, f);
        if (d < f) {
            double here = d < n ? ratio(d, n) : ratio(n, d);
            shared += q->w * (here - own);
            place[q->at[0]] += q->w * (ratio(n + d, f) - here - ratio(f, t));
            place[q->at[1]] += q->w * (own - ratio(n, t));
        } else {
            place[q->at[0]] += q->w * (ratio(f, d) - ratio(f, t));
            place[q->at[1]] += q->w * (ratio(n, d) - ratio(n, t));
        }
    }
    for (size_t i = 1; i < s->k; i++)
        if (place[i] < place[v.place])
            v.place = i;
    v.change = place[v.place] + shared;
    return v;
}

/* --- one swap --- */

static void swap(struct clu_pam_state *s, size_t b, size_t x)
{
    s->is_medoid[s->medoid[b]] = 0;
    s->medoid[b] = x;
    s->is_medoid[x] = 1;
    struct clu_cands_row row = clu_cands_row(s->c, x, s->joined);
#pragma omp parallel for num_threads(s->threads) schedule(static) if (s->threads > 1 && s->chunks > 3)
    for (size_t o = 0; o < s->m; o++) {
        struct clu_pam_trio *q = &s->trio[o];
        if (q->at[0] == (int32_t)b || q->at[1] == (int32_t)b || q->at[2] == (int32_t)b)
            find(s, o);
        else
            insert(q, clu_cands_in(row, o), (int32_t)b);
    }
    sum_up(s);
    s->swaps++;
}

/* --- fewer clusters --- */

static void drop_one(struct clu_pam_state *s)
{
    size_t least = 0;

    for (size_t i = 1; i < s->k; i++)
        if (s->removal[i] < s->removal[least])
            least = i;
    memmove(s->medoid + least, s->medoid + least + 1, (s->k - least - 1) * sizeof *s->medoid);
    s->k--;
    assign(s);
}

/* --- starts --- */

static double silhouette(const struct clu_pam_state *s)
{
    double weight = 0;

    for (size_t o = 0; o < s->m; o++)
        weight += s->trio[o].w;
    return 1 - s->loss / weight;
}

static enum clu_status one_start(struct clu_pam *out, size_t *medoid, struct clu_pam_state *s, size_t t, size_t k_min,
                                 struct clu_err *err)
{
    double began = clu_clock(), started;

    s->k = s->opt->k;
    s->swaps = 0;
    s->judged = 0;
    enum clu_status status = clu_pam_start(s, s->opt->init, t, err);
    started = clu_clock();
    if (status == CLU_OK)
        assign(s);
    while (status == CLU_OK) {
        status = clu_pam_scan(s, judge, swap);
        double now = silhouette(s), *best = &out->curve[s->k - k_min];
        *best = now > *best ? now : *best;
        if (status == CLU_OK && (now > out->silhouette || (now == out->silhouette && s->k < out->k))) {
            out->silhouette = now;
            out->k = s->k;
            out->converged = s->converged;
            memcpy(medoid, s->medoid, s->k * sizeof *medoid);
        }
        if (s->k == k_min)
            break;
        drop_one(s);
    }
    out->swaps += s->swaps;
    out->passes += s->judged / (double)s->n;
    out->start_seconds += started - began;
    out->swap_seconds += clu_clock() - started;
    return status;
}

enum clu_status clu_pam_msc(struct clu_pam *out, size_t *medoid, struct clu_pam_state *s, size_t starts, struct clu_err *err)
{
    size_t k = s->opt->k, k_min = s->opt->k_min > 0 && s->opt->k_min < k ? s->opt->k_min : k;

    k_min = k_min < 2 ? 2 : k_min;
    s->trio = clu_alloc(s->m, sizeof *s->trio);
    out->curve_k = k_min;
    out->curve_n = k - k_min + 1;
    out->curve = clu_alloc(out->curve_n, sizeof *out->curve);
    if (!s->trio || !out->curve)
        return clu_fail_memory(err);
    for (size_t o = 0; o < s->m; o++)
        s->trio[o].w = s->seat[o].w;
    for (size_t i = 0; i < out->curve_n; i++)
        out->curve[i] = -1;
    out->silhouette = -1;
    enum clu_status status = CLU_OK;
    for (size_t t = 0; t < starts && status == CLU_OK; t++)
        status = one_start(out, medoid, s, t, k_min, err);
    return status;
}
