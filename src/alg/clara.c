/* Sections: state, all rows, samples, one batch, public call. */
#include "alg/clara.h"

#include "alg/assign.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/rowset.h"

#include <math.h>
#include <string.h>

/* --- state --- */

struct clara {
    struct clu_view x;
    const double *w;             /* [n] or NULL */
    const struct clu_clara_opt *opt;
    const struct clu_run *run;
    struct clu_points all;
    size_t *live, lives;         /* rows of positive weight */
    size_t *best;                /* [k] medoids so far */
    double least;                /* their loss; HUGE_VAL: none yet */
    int32_t *label;              /* [n] */
    double *distance;            /* [n] */
};

static void clara_clear(struct clara *c)
{
    clu_points_clear(&c->all);
    clu_free(c->live);
    clu_free(c->best);
    clu_free(c->label);
    clu_free(c->distance);
}

/* k distinct rows of positive weight into best[k], at random as far as that is easy. */
static enum clu_status find_distinct(struct clara *c, struct clu_err *err)
{
    size_t k = c->opt->k, draws = c->lives < 4 * k + 64 ? c->lives : 4 * k + 64, found = 0;
    size_t *drawn = clu_alloc(draws, sizeof *drawn);
    struct clu_rowset set;
    struct clu_rng r;

    clu_rng_at(&r, c->run->seed, UINT64_MAX); /* a stream beside those of the samples */
    if (!drawn || clu_rng_sample(&r, c->lives, draws, drawn) != 0 || clu_rowset_init(&set, c->x, k) < 0) {
        clu_free(drawn);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < draws + c->lives && found < k; i++) {
        size_t x = c->live[i < draws ? drawn[i] : i - draws];
        size_t used = set.used;
        if (clu_rowset_add(&set, x) == x && set.used > used)
            c->best[found++] = x;
    }
    clu_rowset_clear(&set);
    clu_free(drawn);
    return clu_pam_check_count(k, c->x.rows, found, c->w, err);
}

static enum clu_status clara_init(struct clara *c, struct clu_metric metric, struct clu_err *err)
{
    size_t n = c->x.rows;
    enum clu_status status = clu_pam_check_count(c->opt->k, n, c->opt->k > n ? 0 : c->opt->k, c->w, err);

    if (status != CLU_OK)
        return status;
    c->least = HUGE_VAL;
    c->live = clu_alloc(n, sizeof *c->live);
    c->best = clu_alloc(c->opt->k, sizeof *c->best);
    c->label = clu_alloc(n, sizeof *c->label);
    c->distance = clu_alloc(n, sizeof *c->distance);
    if (!c->live || !c->best || !c->label || !c->distance)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!c->w || c->w[i] > 0)
            c->live[c->lives++] = i;
    status = find_distinct(c, err);
    return status == CLU_OK ? clu_points_init(&c->all, metric, c->x, err) : status;
}

/* --- all rows --- */

static double weighted(const struct clara *c, const double *distance, bool square)
{
    double loss = 0;

    for (size_t i = 0; i < c->x.rows; i++)
        loss += (c->w ? c->w[i] : 1) * (square ? distance[i] * distance[i] : distance[i]);
    return loss;
}

/* The loss of all rows by k-means' fast search for the nearest. */
static enum clu_status loss_by_nearest(struct clara *c, const size_t *medoid, double *loss, struct clu_err *err)
{
    size_t k = c->opt->k, d = c->x.cols;
    double *center = clu_alloc(k * d, sizeof *center);
    struct clu_assign *assign;

    if (!center)
        return clu_fail_memory(err);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < d; j++)
            center[i * d + j] = clu_view_at(c->x, medoid[i], j);
    enum clu_status status = clu_assign_open(&assign, center, k, d, c->run, err);
    if (status == CLU_OK) {
        clu_assign_rows(assign, c->x, c->label, c->distance);
        clu_assign_close(assign);
        *loss = weighted(c, c->distance, c->all.metric.kind == CLU_SQEUCLIDEAN);
    }
    clu_free(center);
    return status;
}

static enum clu_status total_loss(struct clara *c, const size_t *medoid, double *loss, struct clu_err *err)
{
    struct clu_pam fit = {0};

    if (c->all.metric.kind == CLU_EUCLIDEAN || c->all.metric.kind == CLU_SQEUCLIDEAN)
        return loss_by_nearest(c, medoid, loss, err);
    enum clu_status status = clu_pam_settle(&fit, &c->all.dist, medoid, c->opt->k, c->w, true, c->run, err);
    *loss = fit.loss;
    clu_pam_clear(&fit);
    return status;
}

/* Keep the medoids when all rows are nearer to them. */
static enum clu_status contend(struct clara *c, const size_t *medoid, struct clu_err *err)
{
    double loss = HUGE_VAL;
    enum clu_status status = total_loss(c, medoid, &loss, err);

    if (status == CLU_OK && loss < c->least) {
        c->least = loss;
        memcpy(c->best, medoid, c->opt->k * sizeof *medoid);
    }
    return status;
}

/* --- samples --- */

/* Rows of sample number t: the medoids so far (before there are any: k distinct rows when distinct is asked for) and others at
 * random, into row[size]; returns how many. */
static enum clu_status draw(const struct clara *c, size_t t, size_t first, size_t size, size_t *row, size_t *count,
                            struct clu_err *err)
{
    struct clu_rng r;
    size_t want = size < c->lives ? size : c->lives;

    *count = 0;
    clu_rng_at(&r, c->run->seed, t);
    if (clu_rng_sample(&r, c->lives, want, row + first) != 0)
        return clu_fail_memory(err);
    for (size_t i = 0; i < first; i++)
        row[(*count)++] = c->best[i];
    for (size_t q = 0; q < want && *count < want; q++) {
        size_t i = 0, x = c->live[row[first + q]];
        while (i < first && c->best[i] != x)
            i++;
        if (i == first)
            row[(*count)++] = x;
    }
    return CLU_OK;
}

/* The sample's rows and weights as a table of their own. */
static enum clu_status copy_rows(const struct clara *c, const size_t *row, size_t count, struct clu_mat *m, double **w,
                                 struct clu_err *err)
{
    size_t d = c->x.cols;

    *m = (struct clu_mat){.cols = d};
    *w = c->w ? clu_alloc(count, sizeof **w) : NULL;
    if (clu_mat_reserve(m, count, false) < 0 || (c->w && !*w))
        return clu_fail_memory(err);
    m->rows = count;
    for (size_t q = 0; q < count; q++) {
        for (size_t j = 0; j < d; j++)
            m->v[q * d + j] = clu_view_at(c->x, row[q], j);
        if (*w)
            (*w)[q] = c->w[row[q]];
    }
    return CLU_OK;
}

static enum clu_status search_sample(struct clara *c, struct clu_pam *out, const size_t *row, size_t count, bool warm,
                                     size_t t, size_t *medoid, struct clu_err *err)
{
    struct clu_pam_opt opt = {.k = c->opt->k, .init = warm ? CLU_PAM_GIVEN : CLU_PAM_RANDOM, .nstart = 1,
                              .max_iter = c->opt->max_iter, .tol = c->opt->tol,
                              .kind = c->opt->float64 ? CLU_CANDS_DOUBLE : CLU_CANDS_FLOAT};
    struct clu_run run = *c->run;
    struct clu_pam fit = {0};
    struct clu_mat m;
    double *w;

    run.seed = c->run->seed + t;
    for (size_t i = 0; i < c->opt->k; i++)
        medoid[i] = i; /* a warm start stands in front */
    opt.start = medoid;
    enum clu_status status = copy_rows(c, row, count, &m, &w, err);
    if (status == CLU_OK)
        status = clu_pam_rows(&fit, clu_mat_look(&m), c->all.metric, w, &opt, &run, err);
    if (status == CLU_OK) {
        for (size_t i = 0; i < c->opt->k; i++)
            medoid[i] = row[fit.medoid[i]];
        out->swaps += fit.swaps;
        out->passes += fit.passes;
        out->converged = out->converged && fit.converged;
    }
    clu_pam_clear(&fit);
    clu_mat_clear(&m);
    clu_free(w);
    return status;
}

static enum clu_status by_samples(struct clara *c, struct clu_pam *out, struct clu_err *err)
{
    size_t k = c->opt->k, size = c->opt->sample_size ? c->opt->sample_size : 80 + 4 * k, count;

    if (c->opt->sample_size == 0 && size < 2000)
        size = 2000;
    size = size < k ? k : size;
    size_t *row = clu_alloc(size + k, sizeof *row), *medoid = clu_alloc(k, sizeof *medoid);
    enum clu_status status = row && medoid ? CLU_OK : clu_fail_memory(err);
    size_t samples = size < c->lives ? c->opt->samples : 1; /* the sample is all there is */
    for (size_t t = 0; t < samples && status == CLU_OK; t++) {
        bool warm = c->least < HUGE_VAL;
        status = clu_tick(c->run, "sample", t, samples, warm ? c->least : NAN);
        if (status == CLU_OK)
            status = draw(c, t, warm ? k : 0, size, row, &count, err);
        if (status == CLU_OK)
            status = search_sample(c, out, row, count, warm, t, medoid, err);
        if (status == CLU_DATA && !warm) { /* too few distinct rows by chance: with k that differ in it */
            status = draw(c, t, k, size, row, &count, err);
            if (status == CLU_OK)
                status = search_sample(c, out, row, count, true, t, medoid, err);
        }
        if (status == CLU_DATA && c->all.metric.kind == CLU_GOWER) /* by the rows of the table, not of the sample */
            (void)clu_cands_find_gap(&c->all.dist, row, count, row, count, err);
        if (status == CLU_OK)
            status = contend(c, medoid, err);
    }
    clu_free(row);
    clu_free(medoid);
    return status;
}

/* --- one batch --- */

struct batch {
    struct clu_dist dist;      /* first: the batch's rows are served, all rows are candidates */
    const struct clu_points *all;
    struct clu_points rows;
};

static void batch_row(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out)
{
    const struct batch *b = (const void *)self;
    clu_points_between(&b->rows, b->all, x, lo, hi, out);
}

/* Rows of the batch have no advantage from being judges in their own case; rows of weight 0 are no candidates: farther than any. */
static void settle_advantages(const struct clara *c, struct clu_cands *cands, const size_t *row)
{
    size_t m = cands->m;

    for (size_t j = 0; j < m; j++)
        if (cands->f)
            cands->f[row[j] * m + j] = (float)cands->max;
        else
            cands->v[row[j] * m + j] = cands->max;
    for (size_t x = 0; c->w && x < cands->n; x++)
        for (size_t j = 0; c->w[x] == 0 && j < m; j++)
            if (cands->f)
                cands->f[x * m + j] = HUGE_VALF;
            else
                cands->v[x * m + j] = HUGE_VAL;
}

static enum clu_status search_batch(struct clara *c, struct clu_pam *out, struct batch *b, const size_t *row, size_t m,
                                    const double *w, size_t *medoid, struct clu_err *err)
{
    struct clu_pam_opt opt = {.k = c->opt->k, .init = CLU_PAM_GIVEN, .nstart = 1, .max_iter = c->opt->max_iter,
                              .tol = c->opt->tol, .start = c->best};
    struct clu_cands cands;

    *b = (struct batch){.dist = {.n = m, .row = batch_row}, .all = &c->all, .rows = b->rows};
    enum clu_status status =
        clu_cands_init(&cands, &b->dist, c->x.rows, false, false,
                       c->opt->float64 ? CLU_CANDS_DOUBLE : CLU_CANDS_FLOAT, c->run, err);
    if (status == CLU_OK) {
        settle_advantages(c, &cands, row);
        status = clu_pam_search(out, medoid, &cands, w, &opt, c->run, err);
    }
    clu_cands_clear(&cands);
    return status;
}

static enum clu_status by_batch(struct clara *c, struct clu_pam *out, struct clu_err *err)
{
    size_t m = c->opt->batch < c->lives ? c->opt->batch : c->lives, count;
    size_t *row = clu_alloc(m, sizeof *row), *medoid = clu_alloc(c->opt->k, sizeof *medoid);
    double *w = clu_alloc(m, sizeof *w);
    struct batch b = {0};
    enum clu_status status = row && medoid && w ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = draw(c, 0, 0, m, row, &count, err);
    for (size_t j = 0; j < m && status == CLU_OK; j++)
        w[j] = c->w ? c->w[row[j]] : 1;
    if (status == CLU_OK)
        status = clu_points_subset(&b.rows, &c->all, row, count, err);
    if (status == CLU_OK)
        status = search_batch(c, out, &b, row, count, w, medoid, err);
    if (status == CLU_DATA && c->all.metric.kind == CLU_GOWER) /* by the rows of the table, not of the batch */
        (void)clu_cands_find_gap(&c->all.dist, NULL, c->x.rows, row, count, err);
    if (status == CLU_OK)
        status = contend(c, medoid, err);
    clu_points_clear(&b.rows);
    clu_free(row);
    clu_free(medoid);
    clu_free(w);
    return status;
}

/* --- public call --- */

enum clu_status clu_clara_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                               const struct clu_clara_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clara c = {.x = x, .w = w, .opt = opt, .run = run};
    enum clu_status status;

    *out = (struct clu_pam){.converged = true};
    status = clara_init(&c, metric, err);
    if (status == CLU_OK)
        status = opt->batch ? by_batch(&c, out, err) : by_samples(&c, out, err);
    if (status == CLU_OK)
        status = clu_pam_settle(out, &c.all.dist, c.best, opt->k, w, false, run, err);
    clara_clear(&c);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}
