/* The mean of series under an elastic measure. Sections: room, state, dba, steps along the gradient, mean, passes, public calls. */
#include "alg/barycentre.h"

#include "alg/series_cross.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/elastic_path.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- room --- */

/* Members are cut into at most PIECES pieces of at least LEAST: enough for threads, and few sums to fold. */
#define PIECES 64
#define LEAST 4

static size_t pieces_of(const struct clu_barycentre_opt *opt, size_t count)
{
    size_t most = (count + LEAST - 1) / LEAST;
    return opt->kind != CLU_BARYCENTRE_DBA ? 1 : most < PIECES ? most : PIECES;
}

struct clu_barycentre_room {
    const struct clu_series *x;
    const struct clu_measure *m;
    const struct clu_barycentre_opt *opt;
    const struct clu_run *run;
    struct clu_cross *cross; /* from x to the centre */
    size_t threads;
    struct clu_path *path;   /* [threads] */
    double *now, *near;      /* a centre; [x->n] */
    double *sum;             /* [pieces][2][width] */
    size_t *order;           /* [x->n] */
};

static enum clu_status check(const struct clu_measure *m, struct clu_err *err)
{
    switch (m->kind) {
    case CLU_SERIES_SBD:
        return clu_fail(err, CLU_USAGE, "sbd has no barycentre");
    case CLU_SERIES_SOFTDTW:
        return clu_fail(err, CLU_USAGE, "softdtw has no barycentre");
    case CLU_SERIES_GAK:
        return clu_fail(err, CLU_USAGE, "gak has no barycentre");
    default:
        return CLU_OK;
    }
}

static enum clu_status fill_room(struct clu_barycentre_room *r, size_t longest, const struct clu_cross *set, struct clu_err *err)
{
    size_t n = r->x->n, width = longest * r->x->channels, pieces = pieces_of(r->opt, n);
    size_t threads = r->run->threads < 1 ? 1 : (size_t)r->run->threads;

    r->threads = threads < pieces ? threads : pieces;
    r->path = clu_calloc(r->threads, sizeof *r->path);
    r->now = clu_alloc(width, sizeof *r->now);
    r->near = clu_alloc(n, sizeof *r->near);
    r->order = clu_alloc(n, sizeof *r->order);
    r->sum = clu_alloc(pieces, 2 * width * sizeof *r->sum);
    if (!r->path || !r->now || !r->near || !r->order || !r->sum)
        return clu_fail_memory(err);
    if (set)
        return clu_cross_share(&r->cross, set, r->run, err);
    enum clu_status status = clu_cross_init(&r->cross, r->x, r->m, 1, longest, r->run, err);
    if (status == CLU_OK)
        clu_cross_load(r->cross);
    return status;
}

enum clu_status clu_barycentre_room_init(struct clu_barycentre_room **out, const struct clu_series *x, size_t longest,
                                         const struct clu_cross *set, const struct clu_measure *m, const struct clu_barycentre_opt *opt,
                                         const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = check(m, err);
    struct clu_barycentre_room *r = status == CLU_OK ? clu_calloc(1, sizeof *r) : NULL;

    *out = r;
    if (!r)
        return status == CLU_OK ? clu_fail_memory(err) : status;
    *r = (struct clu_barycentre_room){.x = x, .m = m, .opt = opt, .run = run};
    status = fill_room(r, longest, set, err);
    if (status != CLU_OK) {
        clu_barycentre_room_free(r);
        *out = NULL;
    }
    return status;
}

void clu_barycentre_room_free(struct clu_barycentre_room *r)
{
    if (!r)
        return;
    for (size_t t = 0; r->path && t < r->threads; t++)
        clu_path_clear(&r->path[t]);
    clu_free(r->path);
    clu_free(r->now);
    clu_free(r->near);
    clu_free(r->sum);
    clu_free(r->order);
    clu_cross_free(r->cross);
    clu_free(r);
}

/* --- state --- */

/* One barycentre. What points to numbers is part of the room. */
struct bary {
    struct clu_barycentre_room *room;
    const struct clu_series *x;
    const struct clu_measure *m;
    const struct clu_barycentre_opt *opt;
    const struct clu_run *run;
    const size_t *member;   /* [count] series of x, or NULL: all */
    size_t count;
    size_t len, width;      /* of a channel, of all */
    size_t at[2];
    struct clu_series now;  /* the centre of this pass: one series */
    double *near;           /* [count] to it */
    struct clu_path *path;  /* [threads] */
    double *sum;            /* [pieces][2][width] dba: sums of what is matched, and how many; else the gradient in [width] */
    size_t pieces, threads;
    size_t *order;          /* [count] */
};

/* The centre is a series of its own that borrows its lengths from b, which must stay where it is. */
static void bary_init(struct bary *b, struct clu_barycentre_room *r, const double *center, size_t len, const size_t *member, size_t count)
{
    *b = (struct bary){.room = r, .x = r->x, .m = r->m, .opt = r->opt, .run = r->run, .member = member, .count = count, .len = len};
    b->width = len * r->x->channels;
    b->at[1] = b->width;
    b->now = (struct clu_series){.n = 1, .channels = r->x->channels, .len = &b->len, .at = b->at, .v = r->now, .longest = len};
    b->near = r->near;
    b->path = r->path;
    b->sum = r->sum;
    b->order = r->order;
    b->pieces = pieces_of(r->opt, count);
    b->threads = r->threads < b->pieces ? r->threads : b->pieces;
    memcpy(b->now.v, center, b->width * sizeof *center);
}

static size_t member(const struct bary *b, size_t q)
{
    return b->member ? b->member[q] : q;
}

/* Paths that one member needs: one, or with independent channels one for each. */
static size_t paths(const struct bary *b)
{
    return b->m->independent ? b->x->channels : 1;
}

/* The channels that path p matches: *first up to the answer. */
static size_t channels_of(const struct bary *b, size_t p, size_t *first)
{
    *first = b->m->independent ? p : 0;
    return b->m->independent ? p + 1 : b->x->channels;
}

/* --- dba --- */

static enum clu_status add_member(const struct bary *b, struct clu_path *path, size_t i, double *sum, double *count)
{
    for (size_t p = 0; p < paths(b); p++) {
        double distance;
        size_t channel, end = channels_of(b, p, &channel);
        if (clu_elastic_path(path, &distance, b->m, b->x, i, &b->now, 0, p, NULL) != CLU_OK)
            return CLU_SYSTEM;
        for (; channel < end; channel++) {
            const double *v = clu_series_at(b->x, i, channel);
            double *to = sum + channel * b->len, *of = count + channel * b->len;
            for (size_t q = 0; q < path->steps; q++) {
                double sample = v[path->x[q]];
                if (!isnan(sample)) {
                    to[path->y[q]] += sample;
                    of[path->y[q]]++;
                }
            }
        }
    }
    return CLU_OK;
}

static enum clu_status dba_step(struct bary *b, struct clu_err *err)
{
    size_t n = b->count, width = b->width;
    bool failed = false;

    memset(b->sum, 0, b->pieces * 2 * width * sizeof *b->sum);
#pragma omp parallel for num_threads((int)b->threads) schedule(dynamic, 1) reduction(|| : failed) if (b->threads > 1)
    for (size_t p = 0; p < b->pieces; p++) {
        double *sum = b->sum + p * 2 * width;
        struct clu_path *path = &b->path[b->threads > 1 ? (size_t)omp_get_thread_num() : 0];
        for (size_t i = p * n / b->pieces; i < (p + 1) * n / b->pieces; i++)
            failed = add_member(b, path, member(b, i), sum, sum + width) != CLU_OK || failed;
    }
    if (failed)
        return clu_fail_memory(err);
    for (size_t p = 1; p < b->pieces; p++)
        for (size_t t = 0; t < 2 * width; t++)
            b->sum[t] += b->sum[p * 2 * width + t];
    for (size_t t = 0; t < width; t++)
        if (b->sum[width + t] > 0) /* ddtw matches no end of a series */
            b->now.v[t] = b->sum[t] / b->sum[width + t];
    return CLU_OK;
}

/* --- steps along the gradient --- */

static enum clu_status descend(struct bary *b, size_t i, double eta, struct clu_err *err)
{
    struct clu_path *path = b->path;
    double *away = b->sum;

    memset(away, 0, b->width * sizeof *away);
    for (size_t p = 0; p < paths(b); p++) {
        double distance;
        size_t channel, end = channels_of(b, p, &channel);
        enum clu_status status = clu_elastic_path(path, &distance, b->m, b->x, i, &b->now, 0, p, err);
        if (status != CLU_OK)
            return status;
        for (; channel < end; channel++) {
            const double *v = clu_series_at(b->x, i, channel), *c = clu_series_at(&b->now, 0, channel);
            double *to = away + channel * b->len;
            for (size_t q = 0; q < path->steps; q++) {
                double sample = v[path->x[q]];
                if (!isnan(sample))
                    to[path->y[q]] += c[path->y[q]] - sample;
            }
        }
    }
    for (size_t t = 0; t < b->width; t++)
        b->now.v[t] -= 2 * eta * away[t];
    return CLU_OK;
}

/* Rates of Schultz and Jain (section 4.2) and of Holder and Bagnall (section 3.2), as in the header. */
#define FIRST_RATE 0.05
#define LAST_RATE 0.005
#define DECAY 0.1

static enum clu_status gradient_epoch(struct bary *b, size_t epoch, struct clu_rng *rng, struct clu_err *err)
{
    size_t n = b->count, used = n;
    bool kasba = b->opt->kind == CLU_BARYCENTRE_KASBA;
    enum clu_status status = CLU_OK;

    clu_rng_permute(rng, n, b->order);
    if (kasba && epoch > 0) {
        used = n / 2 > 10 ? n / 2 : 10;
        used = used < n ? used : n;
    }
    for (size_t q = 0; q < used && status == CLU_OK; q++) {
        double eta = LAST_RATE;
        if (kasba)
            eta = FIRST_RATE * exp(-DECAY * (double)epoch);
        else if (epoch == 0)
            eta = FIRST_RATE - (FIRST_RATE - LAST_RATE) * (double)q / (double)n;
        status = descend(b, member(b, b->order[q]), eta, err);
    }
    return status;
}

/* --- mean --- */

static enum clu_status mean(struct bary *b, struct clu_err *err)
{
    const struct clu_series *x = b->x;

    for (size_t q = 0; q < b->count; q++)
        if (x->len[member(b, q)] != b->len)
            return clu_fail(err, CLU_DATA, "a mean needs series of equal length: there are %zu and %zu samples", b->len, x->len[member(b, q)]);
    memset(b->sum, 0, b->width * sizeof *b->sum);
    for (size_t q = 0; q < b->count; q++)
        for (size_t t = 0; t < b->width; t++)
            b->sum[t] += clu_series_at(x, member(b, q), 0)[t];
    for (size_t t = 0; t < b->width; t++)
        b->now.v[t] = b->sum[t] / (double)b->count;
    return CLU_OK;
}

/* --- passes --- */

static double squares(const double *near, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += near[i] * near[i];
    return sum;
}

/* Epochs of subgradient without improvement before it ends: its cost goes up and down. */
#define PATIENCE 3

static enum clu_status iterate(struct bary *b, double *center, double *near, uint64_t stream, struct clu_err *err)
{
    size_t n = b->count, stale = 0, patience = b->opt->kind == CLU_BARYCENTRE_SUBGRADIENT ? PATIENCE : 1;
    double best = squares(near, n);
    struct clu_rng rng;
    enum clu_status status = CLU_OK;

    clu_rng_at(&rng, b->run->seed, stream);
    for (size_t epoch = 0; epoch < b->opt->max_iter && stale < patience && status == CLU_OK; epoch++) {
        status = clu_tick(b->run, "barycentre", epoch, b->opt->max_iter, best);
        if (status == CLU_OK)
            status = b->opt->kind == CLU_BARYCENTRE_DBA ? dba_step(b, err) : gradient_epoch(b, epoch, &rng, err);
        if (status == CLU_OK)
            status = clu_cross_run(b->room->cross, b->near, b->member, n, &b->now, err);
        if (status != CLU_OK)
            return status;
        double cost = squares(b->near, n);
        stale = best - cost > b->opt->tol * best ? 0 : stale + 1;
        if (cost < best) {
            best = cost;
            memcpy(center, b->now.v, b->width * sizeof *center);
            memcpy(near, b->near, n * sizeof *near);
        }
    }
    return status;
}

/* --- public calls --- */

enum clu_status clu_barycentre_of(struct clu_barycentre_room *room, double *center, size_t len, double *near, bool known,
                                  const size_t *member_of, size_t count, uint64_t stream, struct clu_err *err)
{
    bool plain = room->m->kind == CLU_SERIES_EUCLIDEAN || room->m->kind == CLU_SERIES_MANHATTAN;
    struct bary b;
    enum clu_status status = CLU_OK;

    if (count == 0)
        return CLU_OK;
    bary_init(&b, room, center, len, member_of, count);
    if (plain) {
        status = mean(&b, err);
        if (status == CLU_OK)
            memcpy(center, b.now.v, b.width * sizeof *center);
        known = false;
    }
    if (status == CLU_OK && !known)
        status = clu_cross_run(room->cross, near, member_of, count, &b.now, err);
    if (status == CLU_OK && !plain)
        status = iterate(&b, center, near, stream, err);
    return status;
}

enum clu_status clu_barycentre_fit(double *center, size_t len, double *cost, const struct clu_series *x, const size_t *members, size_t count,
                                   const struct clu_measure *m, const struct clu_barycentre_opt *opt, uint64_t stream,
                                   const struct clu_run *run, struct clu_err *err)
{
    struct clu_series own = {0};
    struct clu_barycentre_room *room = NULL;
    double *near = clu_alloc(count, sizeof *near);
    enum clu_status status = near ? clu_series_pick(&own, x, members, count, err) : clu_fail_memory(err);

    if (status == CLU_OK && count > 0)
        status = clu_barycentre_room_init(&room, &own, len, NULL, m, opt, run, err);
    if (status == CLU_OK && count > 0)
        status = clu_barycentre_of(room, center, len, near, false, NULL, count, stream, err);
    if (status == CLU_OK && cost)
        *cost = squares(near, count);
    clu_barycentre_room_free(room);
    clu_series_clear(&own);
    clu_free(near);
    return status;
}
