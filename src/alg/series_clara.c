/* CLARA of time series. Sections: samples, all series to the medoids, public call. */
#include "alg/series_clara.h"

#include "alg/series_matrix.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/condensed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct clara {
    const struct clu_series *x;
    const struct clu_measure *m;
    const struct clu_series_clara_opt *opt;
    const struct clu_run *run;
    struct clu_run quiet;   /* the same without watch: what is told are the samples */
    size_t n, k, size;
    size_t *row;            /* [size + k] series of the sample, the best medoids so far in front; room for draws behind */
    size_t *medoid, *best;  /* [k] */
    double *column;         /* [n] */
    double *near, *kept_near;
    int32_t *label, *kept_label;
    double least;           /* loss of best */
};

/* --- samples --- */

/* Of the draws of stream t those that are no best medoid, behind these. */
static enum clu_status draw(struct clara *c, size_t t, size_t first, struct clu_err *err)
{
    struct clu_rng rng;
    size_t count = first, *drawn = c->row + first;

    clu_rng_at(&rng, c->run->seed, t);
    if (clu_rng_sample(&rng, c->n, c->size, drawn) != 0)
        return clu_fail_memory(err);
    memcpy(c->row, c->best, first * sizeof *c->row);
    for (size_t q = 0; q < c->size && count < c->size; q++) { /* reads no place that it has written: count - first <= q */
        size_t i = 0;
        while (i < first && c->best[i] != drawn[q])
            i++;
        if (i == first)
            c->row[count++] = drawn[q];
    }
    return CLU_OK;
}

/* Starts of the first sample: later ones go on from its medoids. */
#define STARTS 10

static enum clu_status search(struct clara *c, struct clu_pam *out, size_t t, bool warm, struct clu_err *err)
{
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_measure double_precision = *c->m;
    struct clu_series sample;
    struct clu_condensed d = {0};
    struct clu_pam fit = {0};
    double began = clu_clock();

    c->quiet.seed = c->run->seed + t;
    for (size_t i = 0; i < c->k; i++)
        c->medoid[i] = i;
    opt.k = c->k;
    opt.max_iter = c->opt->max_iter;
    opt.init = warm ? CLU_PAM_GIVEN : CLU_PAM_RANDOM;
    opt.start = c->medoid;
    opt.nstart = warm ? 1 : STARTS;
    enum clu_status status = clu_series_pick(&sample, c->x, c->row, c->size, err);
    if (status != CLU_OK)
        return status;
    double_precision.float32 = false; /* small as it is */
    status = clu_series_matrix(&d, &sample, &double_precision, &c->quiet, err);
    clu_series_clear(&sample);
    double seconds = clu_clock() - began;
    if (status == CLU_OK)
        status = clu_pam_condensed(&fit, &d, NULL, &opt, &c->quiet, err);
    for (size_t i = 0; i < c->k && status == CLU_OK; i++)
        c->medoid[i] = c->row[fit.medoid[i]];
    out->matrix_seconds += seconds + fit.matrix_seconds;
    out->start_seconds += fit.start_seconds;
    out->swap_seconds += fit.swap_seconds;
    out->swaps += fit.swaps;
    out->passes += fit.passes;
    out->converged = out->converged && fit.converged;
    clu_pam_clear(&fit);
    clu_condensed_clear(&d);
    return status;
}

/* --- all series to the medoids --- */

static int ascending(const void *a, const void *b)
{
    const size_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* Medoids are compared in the order of the data, so that the first of equally near ones wins. */
static enum clu_status contend(struct clara *c, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    double loss = 0;

    qsort(c->medoid, c->k, sizeof *c->medoid, ascending);
    for (size_t o = 0; o < c->n; o++)
        c->near[o] = HUGE_VAL;
    for (size_t i = 0; i < c->k && status == CLU_OK; i++) {
        struct clu_series one;
        status = clu_series_pick(&one, c->x, &c->medoid[i], 1, err);
        if (status != CLU_OK)
            break;
        status = clu_series_cross(c->column, c->x, &one, c->m, &c->quiet, err);
        clu_series_clear(&one);
        for (size_t o = 0; o < c->n && status == CLU_OK; o++)
            if (c->column[o] < c->near[o]) {
                c->near[o] = c->column[o];
                c->label[o] = (int32_t)i;
            }
    }
    for (size_t o = 0; o < c->n; o++)
        loss += c->near[o];
    if (status == CLU_OK && loss < c->least) {
        c->least = loss;
        memcpy(c->best, c->medoid, c->k * sizeof *c->best);
        memcpy(c->kept_near, c->near, c->n * sizeof *c->near);
        memcpy(c->kept_label, c->label, c->n * sizeof *c->label);
    }
    return status;
}

/* --- public call --- */

static enum clu_status clara_init(struct clara *c, struct clu_err *err)
{
    size_t n = c->n, k = c->k;

    c->size = c->opt->sample_size ? c->opt->sample_size : 40 + 2 * k < 200 ? 200 : 40 + 2 * k;
    c->size = c->size < k ? k : c->size;
    c->size = c->size < n ? c->size : n;
    c->least = HUGE_VAL;
    c->quiet = *c->run;
    c->quiet.watch = NULL;
    c->row = clu_alloc(c->size + k, sizeof *c->row);
    c->medoid = clu_alloc(k, sizeof *c->medoid);
    c->best = clu_alloc(k, sizeof *c->best);
    c->column = clu_alloc(n, sizeof *c->column);
    c->near = clu_alloc(n, sizeof *c->near);
    c->kept_near = clu_alloc(n, sizeof *c->near);
    c->label = clu_alloc(n, sizeof *c->label);
    c->kept_label = clu_alloc(n, sizeof *c->label);
    if (!c->row || !c->medoid || !c->best || !c->column || !c->near || !c->kept_near || !c->label || !c->kept_label)
        return clu_fail_memory(err);
    return CLU_OK;
}

static void clara_clear(struct clara *c)
{
    clu_free(c->row);
    clu_free(c->medoid);
    clu_free(c->best);
    clu_free(c->column);
    clu_free(c->near);
    clu_free(c->kept_near);
    clu_free(c->label);
    clu_free(c->kept_label);
}

static enum clu_status by_samples(struct clara *c, struct clu_pam *out, struct clu_err *err)
{
    size_t samples = c->size < c->n ? c->opt->samples : 1; /* the sample is all there is */
    enum clu_status status = CLU_OK;

    for (size_t t = 0; t < samples && status == CLU_OK; t++) {
        bool warm = c->least < HUGE_VAL;
        status = clu_tick(c->run, "sample", t, samples, warm ? c->least : NAN);
        if (status == CLU_OK)
            status = draw(c, t, warm ? c->k : 0, err);
        if (status == CLU_OK)
            status = search(c, out, t, warm, err);
        if (status == CLU_OK)
            status = contend(c, err);
        else if (status == CLU_DATA && !warm && t + 1 < samples)
            status = CLU_OK; /* fewer than k different series in it, perhaps by chance */
    }
    return status;
}

enum clu_status clu_series_clara(struct clu_pam *out, const struct clu_series *x, const struct clu_measure *m,
                                 const struct clu_series_clara_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clara c = {.x = x, .m = m, .opt = opt, .run = run, .n = x->n, .k = opt->k};

    *out = (struct clu_pam){.converged = true};
    if (opt->k > x->n)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu series", opt->k, opt->k == 1 ? "" : "s", x->n);
    enum clu_status status = clara_init(&c, err);
    if (status == CLU_OK)
        status = by_samples(&c, out, err);
    if (status == CLU_OK) {
        int32_t *label = c.kept_label;
        double *near = c.kept_near;
        c.kept_label = NULL;
        c.kept_near = NULL;
        status = clu_pam_settled(out, label, near, c.n, c.best, c.k, NULL, err);
    }
    clara_clear(&c);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}
