/* Hartigan's exchange: a row goes to another cluster when that lowers the inertia, with both centres following at
 * once. Leaving its cluster a of weight W_a a row of weight w saves  W_a w / (W_a - w) |x - c_a|^2,  joining b costs
 * W_b w / (W_b + w) |x - c_b|^2  (Hartigan and Wong 1979; Telgarsky and Vattani, AISTATS 2010).
 *
 * The rows are visited in order, round and round, until none of a whole round moved; the result is that of this serial search.
 * To be fast, a batch of rows is held against one state of the centres by the kernels, in parallel, which gives a
 * lower bound on what joining any other cluster costs; the batch is then walked in order. Clusters that changed
 * since are few and compared one by one; a row whose bound does not settle it meets the canonical contest. */
#include "alg/kmeans_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define BATCH_MIN (4 * CLU_KERN_TILE)
#define BATCH_MAX (512 * CLU_KERN_TILE)
#define STALE_MAX 24 /* changed clusters that are compared one by one before the batch is held against the new state */

struct exchange {
    struct clu_kmeans_state *s;
    struct clu_nearest near; /* with factors W_b / (W_b + heaviest row): a lower bound on every row's cost / w */
    double *weight;          /* [k] W */
    double *factor;          /* [k] */
    double heaviest;         /* largest row weight */
    double *cost;            /* [BATCH_MAX] lower bound on the cost of joining another cluster, per unit of weight */
    double *own;             /* [BATCH_MAX] canonical squared distance to the own centre */
    int32_t stale[STALE_MAX + 2];
    size_t stales;
    double gain;             /* a move must save more than this times what it saves, to be above rounding */
};

static double row_weight(const struct clu_kmeans_state *s, size_t i)
{
    return s->w ? s->w[i] : 1;
}

static void refresh(struct exchange *e, size_t j)
{
    clu_kmeans_center(e->s, j);
    e->weight[j] = clu_kmeans_weight(e->s, j);
    e->factor[j] = e->weight[j] / (e->weight[j] + e->heaviest);
}

/* Hold rows from..from+count against the present centres. */
static void propose(struct exchange *e, size_t from, size_t count)
{
    struct clu_kmeans_state *s = e->s;
    size_t tiles = (count + CLU_KERN_TILE - 1) / CLU_KERN_TILE;

#pragma omp parallel for num_threads(s->threads) schedule(static) if (tiles > 4)
    for (size_t t = 0; t < tiles; t++) {
        struct clu_kmeans_worker *me = &s->worker[omp_get_thread_num()];
        size_t first = t * CLU_KERN_TILE, some = count - first < CLU_KERN_TILE ? count - first : CLU_KERN_TILE;
        clu_nearest_find(&e->near, &me->tile, NULL, from + first, some);
        for (size_t p = 0; p < some; p++) {
            size_t i = from + first + p;
            int32_t a = s->label[i];
            double cost = me->tile.which[p] == a ? me->tile.second[p] : me->tile.best[p];
            const double *y = clu_space_row(&s->space, i, me->row);
            e->cost[first + p] = cost - 2 * me->tile.err[p];
            e->own[first + p] = clu_kern()->sqdist(y, s->center + (size_t)a * s->d, s->d);
        }
    }
    e->stales = 0;
}

static bool is_stale(const struct exchange *e, int32_t j)
{
    for (size_t q = 0; q < e->stales; q++)
        if (e->stale[q] == j)
            return true;
    return false;
}

static void make_stale(struct exchange *e, int32_t j)
{
    if (!is_stale(e, j))
        e->stale[e->stales++] = j;
    refresh(e, (size_t)j);
    clu_nearest_put(&e->near, (size_t)j);
}

/* The cheapest cluster to join, canonically, ties to the lowest; cost per unit of weight in *cost. */
static int32_t contest(const struct exchange *e, const double *y, double w, int32_t a, double *cost)
{
    const struct clu_kmeans_state *s = e->s;
    int32_t to = -1;

    *cost = HUGE_VAL;
    for (size_t j = 0; j < s->k; j++) {
        if ((int32_t)j == a)
            continue;
        double v = clu_kern()->sqdist(y, s->center + j * s->d, s->d) * (e->weight[j] / (e->weight[j] + w));
        if (v < *cost) {
            *cost = v;
            to = (int32_t)j;
        }
    }
    return to;
}

/* Could row i, place q of the batch, gain by a move? Then y is its row and *saved what leaving saves. */
static bool in_doubt(struct exchange *e, size_t i, size_t q, double w, const double **y, double *saved)
{
    struct clu_kmeans_state *s = e->s;
    int32_t a = s->label[i];
    double rest = e->weight[a] - w, least = e->cost[q], square = e->own[q];

    if (w <= 0 || rest <= 0)
        return false;
    *y = NULL;
    if (e->stales > 0) {
        *y = clu_space_row(&s->space, i, s->worker[0].row);
        if (is_stale(e, a))
            square = clu_kern()->sqdist(*y, s->center + (size_t)a * s->d, s->d);
        for (size_t c = 0; c < e->stales; c++) {
            size_t j = (size_t)e->stale[c];
            if ((int32_t)j != a)
                least = fmin(least, clu_kern()->sqdist(*y, s->center + j * s->d, s->d) * e->factor[j]);
        }
    }
    *saved = square * (e->weight[a] / rest) * (1 - e->gain);
    if (least > *saved * (1 + e->gain)) /* the margin: least and contest() may round differently */
        return false;
    if (!*y)
        *y = clu_space_row(&s->space, i, s->worker[0].row);
    return true;
}

/* Walk the batch until its end, or until too many clusters are stale. Returns the rows walked; *since counts rows
 * since the last move. */
static size_t walk(struct exchange *e, size_t from, size_t count, size_t *since)
{
    struct clu_kmeans_state *s = e->s;

    for (size_t q = 0; q < count; q++) {
        size_t i = from + q;
        const double *y;
        double w = row_weight(s, i), saved, cost;
        int32_t a = s->label[i];

        ++*since;
        if (in_doubt(e, i, q, w, &y, &saved)) {
            int32_t to = contest(e, y, w, a, &cost);
            if (to >= 0 && cost < saved) {
                clu_kmeans_move(s, &s->worker[0], i, a, to, s->sum);
                s->label[i] = to;
                s->exchanges++;
                *since = 0;
                make_stale(e, a);
                make_stale(e, to);
            }
        }
        if (*since >= s->n || e->stales + 2 > STALE_MAX)
            return q + 1;
    }
    return count;
}

static enum clu_status rounds(struct exchange *e)
{
    struct clu_kmeans_state *s = e->s;
    size_t at = 0, since = 0, batch = BATCH_MAX;

    s->converged = false;
    while (s->iterations + s->rounds < s->opt->max_iter) {
        size_t count = s->n - at < batch ? s->n - at : batch;
        propose(e, at, count);
        size_t walked = walk(e, at, count, &since);
        if (since >= s->n) {
            s->converged = true;
            break;
        }
        batch = walked == batch ? 2 * batch : 2 * walked;
        batch = batch < BATCH_MIN ? BATCH_MIN : batch > BATCH_MAX ? BATCH_MAX : batch;
        at += walked;
        if (at == s->n) {
            at = 0;
            s->rounds++;
            if (clu_tick(s->run, "exchange", s->iterations + s->rounds, s->opt->max_iter, NAN) != CLU_OK)
                return CLU_STOPPED;
            clu_nearest_set(&e->near, s->center, e->factor); /* lets reach shrink again */
        }
    }
    return CLU_OK;
}

enum clu_status clu_kmeans_exchange(struct clu_kmeans_state *s, struct clu_err *err)
{
    struct exchange e = {.s = s, .gain = fmax(1e-12, 0x1p-50 * (double)s->d)};
    enum clu_status status = clu_nearest_init(&e.near, &s->space, s->k, true, err);

    e.weight = clu_alloc(2 * s->k, sizeof *e.weight);
    e.cost = clu_alloc(2 * (size_t)BATCH_MAX, sizeof *e.cost);
    if (status == CLU_OK && e.weight && e.cost) {
        e.factor = e.weight + s->k;
        e.own = e.cost + BATCH_MAX;
        for (size_t i = 0; i < s->n; i++)
            e.heaviest = fmax(e.heaviest, row_weight(s, i));
        for (size_t j = 0; j < s->k; j++)
            refresh(&e, j);
        clu_nearest_set(&e.near, s->center, e.factor);
        status = rounds(&e);
    } else if (status == CLU_OK) {
        status = clu_fail_memory(err);
    }
    clu_nearest_clear(&e.near);
    clu_free(e.weight);
    clu_free(e.cost);
    return status;
}
