/* Sections: tiles, responsibilities, sums, a pass. */
#include "alg/gmm_state.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define TILE CLU_KERN_TILE

/* --- tiles --- */

/* Rows first .. first + count - 1 as a tile; places beyond repeat the last. */
static void load_tile(const struct clu_gmm_state *s, size_t first, size_t count, struct clu_gmm_worker *me, double *norm)
{
    if (s->x.v) {
        const double *row[TILE];
        for (size_t p = 0; p < TILE; p++)
            row[p] = s->x.v + (first + (p < count ? p : count - 1)) * s->x.ld;
        clu_kern()->pack64(row, s->d, s->shift, 1, s->zero, 1, me->tile, norm);
    } else {
        const float *row[TILE];
        for (size_t p = 0; p < TILE; p++)
            row[p] = s->x.f + (first + (p < count ? p : count - 1)) * s->x.ld;
        clu_kern()->pack32(row, s->d, s->shift, 1, s->zero, 1, me->tile, norm);
    }
}

static void load_weights(const struct clu_gmm_state *s, size_t first, size_t count, double *w)
{
    for (size_t p = 0; p < TILE; p++)
        w[p] = p >= count ? 0 : s->w ? s->w[first + p] * s->w_scale : 1;
}

/* --- responsibilities --- */

static void given_resp(const struct clu_gmm_state *s, size_t first, size_t count, const double *w, double *resp)
{
    size_t columns = s->k + s->noise;

    memset(resp, 0, columns * TILE * sizeof *resp);
    for (size_t p = 0; p < count; p++) {
        if (s->start->label) {
            int32_t l = s->start->label[first + p];
            if (l >= 0)
                resp[(size_t)l * TILE + p] = w[p];
            else if (s->noise)
                resp[s->k * TILE + p] = w[p];
        } else {
            for (size_t j = 0; j < columns; j++)
                resp[j * TILE + p] = s->start->resp[(first + p) * columns + j] * w[p];
        }
    }
}

/* The log-likelihood of a tile. Without weights one logarithm serves all points: their sums are from 1 to k + 1. */
static double tile_loglik(const struct clu_gmm_state *s, size_t count, const double *w, const double *most, const double *sum)
{
    enum { CHAINS = 8, MOST_K = 1 << 18 /* (2^18)^TILE is a number */ };
    double total[CHAINS] = {0}, product[CHAINS];

    if (s->w || s->k >= MOST_K) {
        for (size_t p = 0; p < count; p++)
            if (w[p] > 0)
                total[0] += w[p] * (most[p] + log(sum[p]));
        return total[0];
    }
    for (size_t q = 0; q < CHAINS; q++)
        product[q] = 1;
    for (size_t p = 0; p < count; p++) {
        total[p % CHAINS] += most[p];
        product[p % CHAINS] *= sum[p];
    }
    for (size_t q = 1; q < CHAINS; q++) {
        total[0] += total[q];
        product[0] *= product[q];
    }
    return total[0] + log(product[0]);
}

static double e_step(const struct clu_gmm_state *s, size_t count, const double *w, struct clu_gmm_worker *me)
{
    const struct clu_kern *kern = clu_kern();
    double most[TILE] __attribute__((aligned(64))), sum[TILE] __attribute__((aligned(64)));

    for (size_t j = 0; j < s->k; j++) {
        const double *whiten = s->whiten + j * s->size;
        if (s->diagonal)
            kern->gauss_diag(me->tile, count, s->d, s->minus + j * s->d, whiten, s->offset[j], me->resp + j * TILE);
        else
            kern->gauss_full(me->tile, count, s->d, s->mean + j * s->d, whiten, s->offset[j], me->work, me->resp + j * TILE);
    }
    if (s->noise)
        for (size_t p = 0; p < TILE; p++)
            me->resp[s->k * TILE + p] = s->offset[s->k];
    kern->gauss_share(me->resp, count, s->k + s->noise, w, most, sum);
    return tile_loglik(s, count, w, most, sum);
}

/* --- sums --- */

static void add_tile(const struct clu_gmm_state *s, size_t count, enum clu_gmm_pass what, struct clu_gmm_worker *me)
{
    const struct clu_kern *kern = clu_kern();

    for (size_t j = 0; j < s->k; j++) {
        const double *resp = me->resp + j * TILE;
        double *acc = me->acc + j * s->sums * CLU_KERN_LANES;
        if (what == CLU_GMM_MEANS)
            kern->gauss_add_diag(me->tile, count, s->d, s->zero, s->one, resp, acc);
        else if (s->diagonal)
            kern->gauss_add_diag(me->tile, count, s->d, s->minus + j * s->d, s->whiten + j * s->d, resp, acc);
        else
            kern->gauss_add_full(me->tile, count, s->d, s->mean + j * s->d, resp, me->work, acc);
    }
}

static void run_block(struct clu_gmm_state *s, enum clu_gmm_pass what, size_t b, struct clu_gmm_worker *me)
{
    size_t end = (b + 1) * s->block < s->n ? (b + 1) * s->block : s->n, sums = s->k * s->sums;
    double *slot = s->slot + b * (sums + 2), loglik = 0, noise = 0;
    double w[TILE] __attribute__((aligned(64))), norm[TILE] __attribute__((aligned(64)));

    for (size_t first = b * s->block; first < end; first += TILE) {
        size_t count = end - first < TILE ? end - first : TILE;
        load_tile(s, first, count, me, norm);
        load_weights(s, first, count, w);
        if (what <= CLU_GMM_GIVEN)
            given_resp(s, first, count, w, me->resp);
        else
            loglik += e_step(s, count, w, me);
        if (what == CLU_GMM_DENSITY)
            continue;
        add_tile(s, count, what, me);
        for (size_t p = 0; s->noise && p < count; p++)
            noise += me->resp[s->k * TILE + p];
    }
    memset(slot, 0, sums * sizeof *slot);
    for (size_t j = 0; j < s->k && what != CLU_GMM_DENSITY; j++)
        clu_kern()->gauss_fold(me->acc + j * s->sums * CLU_KERN_LANES, s->sums, slot + j * s->sums);
    slot[sums] = loglik;
    slot[sums + 1] = noise;
}

/* --- a pass --- */

/* Component j from its sums[2 d + 1]: r z, r z^2 by columns; r. z is about the old mean, in units of 1 / scale; the scatter is about
 * the new mean. */
static void take_diagonal(struct clu_gmm_state *s, size_t j, const double *sums, const double *scale)
{
    double count = s->count[j] = sums[2 * s->d], inverse = count > 0 ? 1 / count : 0;

    for (size_t i = 0; i < s->d; i++) {
        double move = sums[2 * i] * inverse, scatter = sums[2 * i + 1] - sums[2 * i] * move;
        s->mean[j * s->d + i] += move / scale[i];
        if (s->diagonal)
            s->scatter[j * s->d + i] = scatter > 0 ? scatter / (scale[i] * scale[i]) : 0;
    }
}

/* The same from a packed lower triangle of d + 1 rows, the last: r z, and r. */
static void take_full(struct clu_gmm_state *s, size_t j, const double *sums)
{
    size_t d = s->d;
    const double *first = sums + d * (d + 1) / 2;
    double count = s->count[j] = first[d], inverse = count > 0 ? 1 / count : 0, *scatter = s->scatter + j * d * d;

    for (size_t a = 0; a < d; a++) {
        double move = first[a] * inverse;
        s->mean[j * d + a] += move;
        for (size_t b = 0; b <= a; b++)
            scatter[a * d + b] = scatter[b * d + a] = *sums++ - move * first[b];
    }
}

void clu_gmm_pass(struct clu_gmm_state *s, enum clu_gmm_pass what)
{
    size_t sums = s->k * s->sums;

    if (s->threads > 1) {
#pragma omp parallel for num_threads(s->threads) schedule(dynamic)
        for (size_t b = 0; b < s->blocks; b++)
            run_block(s, what, b, &s->worker[omp_get_thread_num()]);
    } else {
        for (size_t b = 0; b < s->blocks; b++)
            run_block(s, what, b, s->worker);
    }
    for (size_t b = 1; b < s->blocks; b++) { /* in order: the same bytes for every number of threads */
        const double *from = s->slot + b * (sums + 2);
        for (size_t i = 0; i < sums + 2; i++)
            s->slot[i] += from[i];
    }
    if (what >= CLU_GMM_EM)
        s->loglik = s->slot[sums];
    if (what == CLU_GMM_DENSITY)
        return;
    s->noise_count = s->slot[sums + 1];
    for (size_t j = 0; j < s->k; j++) {
        if (s->diagonal || what == CLU_GMM_MEANS)
            take_diagonal(s, j, s->slot + j * s->sums, what == CLU_GMM_MEANS ? s->one : s->whiten + j * s->d);
        else
            take_full(s, j, s->slot + j * s->sums);
    }
}

void clu_gmm_offsets(struct clu_gmm_state *s)
{
    for (size_t j = 0; j < s->k; j++)
        s->offset[j] = log(s->weight[j]) - 0.5 * ((double)s->d * log(2 * M_PI) + s->log_det[j]);
    if (s->noise)
        s->offset[s->k] = s->noise_weight > 0 ? log(s->noise_weight) + s->opt->noise_log_density : -HUGE_VAL;
    for (size_t i = 0; i < s->k * s->d && s->diagonal; i++)
        s->minus[i] = -s->mean[i] * s->whiten[i];
}
