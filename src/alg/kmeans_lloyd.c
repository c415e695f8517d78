/* Sections: moving a row, centres from sums, refilling empty clusters, plain Lloyd. */
#include "alg/kmeans_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- moving a row --- */

void clu_kmeans_move(struct clu_kmeans_state *s, struct clu_kmeans_worker *me, size_t i, int32_t from, int32_t to,
                     double *sums)
{
    const double *y = clu_space_row(&s->space, i, me->row);
    double w = s->w ? s->w[i] : 1;
    size_t size = clu_exsum_size(&s->exact);

    if (s->w) {
        for (size_t j = 0; j < s->d; j++)
            me->term[j] = w * y[j];
    } else {
        memcpy(me->term, y, s->d * sizeof *y);
    }
    me->term[s->d] = w;
    clu_exsum_move(&s->exact, me->term, from >= 0 ? sums + (size_t)from * size : NULL,
                   to >= 0 ? sums + (size_t)to * size : NULL);
}

double clu_kmeans_weight(const struct clu_kmeans_state *s, size_t j)
{
    return clu_exsum_get(&s->exact, s->sum + j * clu_exsum_size(&s->exact), s->d);
}

/* --- refilling --- */

/* The row of positive weight farthest from its centre that does not leave its own cluster empty; the lowest row among equals. n when there is
 * none. */
static size_t farthest_row(struct clu_kmeans_state *s, const size_t *members)
{
    size_t found = s->n;
    double far = -1;

    for (size_t i = 0; i < s->n; i++) {
        if ((s->w && s->w[i] == 0) || members[s->label[i]] < 2)
            continue;
        const double *y = clu_space_row(&s->space, i, s->worker[0].row);
        double dist = clu_kern()->sqdist(y, s->old + (size_t)s->label[i] * s->d, s->d);
        if (dist > far) {
            far = dist;
            found = i;
        }
    }
    return found;
}

/* Each empty cluster takes the farthest row of what is left, as scikit-learn does. Rare, so one scan a cluster is good enough. */
static void refill(struct clu_kmeans_state *s)
{
    size_t *members = s->members;
    memset(members, 0, s->k * sizeof *members);
    for (size_t i = 0; i < s->n; i++)
        if (!s->w || s->w[i] > 0)
            members[s->label[i]]++;

    for (size_t j = 0; j < s->k; j++) {
        if (members[j] > 0)
            continue;
        size_t i = farthest_row(s, members);
        if (i == s->n)
            return;
        int32_t from = s->label[i];
        clu_kmeans_move(s, &s->worker[0], i, from, (int32_t)j, s->sum);
        s->label[i] = (int32_t)j;
        members[from]--;
        members[j]++;
        s->refilled = true;
    }
}

/* --- centres --- */

void clu_kmeans_center(struct clu_kmeans_state *s, size_t j)
{
    const double *sum = s->sum + j * clu_exsum_size(&s->exact);
    double *c = s->center + j * s->d, weight = clu_kmeans_weight(s, j);

    if (weight <= 0)
        return;
    for (size_t i = 0; i < s->d; i++)
        c[i] = clu_exsum_get(&s->exact, sum, i) / weight;
    if (s->opt->spherical) { /* the mean direction; a sum of zero has none and keeps the old one */
        double length = 0;
        for (size_t i = 0; i < s->d; i++) {
            double x = c[i] + s->space.shift[i];
            length += x * x;
        }
        length = sqrt(length);
        for (size_t i = 0; i < s->d; i++)
            c[i] = length > 0 ? (c[i] + s->space.shift[i]) / length - s->space.shift[i] : s->old[j * s->d + i];
    }
}

double clu_kmeans_update(struct clu_kmeans_state *s)
{
    double moved = 0;
    bool empty = false;

    for (size_t j = 0; j < s->k; j++)
        empty |= clu_kmeans_weight(s, j) <= 0;
    memcpy(s->old, s->center, s->k * s->d * sizeof *s->old);
    s->refilled = false;
    if (empty)
        refill(s);
    for (size_t j = 0; j < s->k; j++) {
        clu_kmeans_center(s, j);
        double square = clu_kern()->sqdist(s->old + j * s->d, s->center + j * s->d, s->d);
        s->drift[j] = sqrt(square) * (1 + 1e-12);
        moved += square;
    }
    return moved;
}

/* --- plain Lloyd --- */

void clu_kmeans_relabel(struct clu_kmeans_state *s, struct clu_kmeans_worker *me, size_t i, int32_t to)
{
    clu_kmeans_move(s, me, i, s->label[i], to, me->sum);
    s->label[i] = to;
    me->changed++;
}

uint64_t clu_kmeans_fold(struct clu_kmeans_state *s)
{
    uint64_t changed = 0;

    for (int t = 0; t < s->threads; t++) {
        struct clu_kmeans_worker *from = &s->worker[t];
        if (from->changed > 0)
            for (size_t j = 0; j < s->k; j++)
                clu_exsum_fold(&s->exact, from->sum + j * clu_exsum_size(&s->exact),
                               s->sum + j * clu_exsum_size(&s->exact));
        changed += from->changed;
        from->changed = 0;
    }
    return changed;
}

uint64_t clu_kmeans_pass(struct clu_kmeans_state *s)
{
    size_t chunks = (s->n + CLU_KMEANS_CHUNK - 1) / CLU_KMEANS_CHUNK;

    clu_nearest_set(&s->near, s->center, NULL);
#pragma omp parallel for num_threads(s->threads) schedule(dynamic)
    for (size_t c = 0; c < chunks; c++) {
        struct clu_kmeans_worker *me = &s->worker[omp_get_thread_num()];
        size_t end = (c + 1) * CLU_KMEANS_CHUNK < s->n ? (c + 1) * CLU_KMEANS_CHUNK : s->n;
        for (size_t first = c * CLU_KMEANS_CHUNK; first < end; first += CLU_KERN_TILE) {
            size_t count = end - first < CLU_KERN_TILE ? end - first : CLU_KERN_TILE;
            clu_nearest_find(&s->near, &me->tile, NULL, first, count);
            for (size_t p = 0; p < count; p++)
                if (me->tile.which[p] != s->label[first + p])
                    clu_kmeans_relabel(s, me, first + p, me->tile.which[p]);
        }
    }
    return clu_kmeans_fold(s);
}

enum clu_status clu_kmeans_lloyd(struct clu_kmeans_state *s)
{
    while (s->iterations < s->opt->max_iter) {
        if (clu_tick(s->run, "iteration", s->iterations, s->opt->max_iter, NAN) != CLU_OK)
            return CLU_STOPPED;
        uint64_t changed = clu_kmeans_pass(s);
        s->iterations++;
        if (changed == 0) {
            s->converged = true;
            return CLU_OK;
        }
        if (clu_kmeans_update(s) <= s->least_move && !s->refilled) {
            s->converged = true;
            break;
        }
    }
    clu_kmeans_pass(s); /* labels that go with the last centres */
    return CLU_OK;
}
