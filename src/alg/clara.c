/* Sections: state, all rows, samples, centering, one batch, public call. */
#include "alg/clara.h"

#include "alg/assign.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/rowset.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- state --- */

struct clara {
    struct clu_view x;
    const double *w;             /* [n] or NULL */
    const struct clu_clara_opt *opt;
    const struct clu_run *run;
    struct clu_metric metric;
    struct clu_points all;       /* all rows, where they are needed in that form */
    size_t *live, lives;         /* rows of positive weight */
    size_t *best;                /* [k] medoids so far */
    double least;                /* their loss; HUGE_VAL: none yet */
    struct nearest {
        int32_t *label;          /* [n] places of the nearest medoid ... */
        double *near;            /* [n] ... and the dissimilarity to it */
    } now, kept;                 /* of the medoids that were last tried, and of the best */
};

static void clara_clear(struct clara *c)
{
    clu_points_clear(&c->all);
    clu_free(c->live);
    clu_free(c->best);
    clu_free(c->now.label);
    clu_free(c->now.near);
    clu_free(c->kept.label);
    clu_free(c->kept.near);
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

/* The search for the nearest of k-means serves the Euclidean distance; all else goes over the rows as points. */
static bool by_assign(const struct clara *c)
{
    return c->metric.kind == CLU_EUCLIDEAN;
}

static enum clu_status need_points(struct clara *c, struct clu_err *err)
{
    return c->all.tile ? CLU_OK : clu_points_init(&c->all, c->metric, c->x, err);
}

static enum clu_status clara_init(struct clara *c, struct clu_err *err)
{
    size_t n = c->x.rows;
    enum clu_status status = clu_pam_check_count(c->opt->k, n, c->opt->k > n ? 0 : c->opt->k, c->w, err);

    if (status != CLU_OK)
        return status;
    c->least = HUGE_VAL;
    c->live = clu_alloc(n, sizeof *c->live);
    c->best = clu_alloc(c->opt->k, sizeof *c->best);
    c->now.label = clu_alloc(n, sizeof *c->now.label);
    c->now.near = clu_alloc(n, sizeof *c->now.near);
    c->kept.label = clu_alloc(n, sizeof *c->kept.label);
    c->kept.near = clu_alloc(n, sizeof *c->kept.near);
    if (!c->live || !c->best || !c->now.label || !c->now.near || !c->kept.label || !c->kept.near)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!c->w || c->w[i] > 0)
            c->live[c->lives++] = i;
    status = find_distinct(c, err);
    return status == CLU_OK && !by_assign(c) ? need_points(c, err) : status;
}

/* --- all rows --- */

/* The nearest medoid of every row. */
static enum clu_status assign_all(struct clara *c, const size_t *medoid, struct clu_err *err)
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
        clu_assign_rows(assign, c->x, c->now.label, c->now.near);
        clu_assign_close(assign);
    }
    clu_free(center);
    return status;
}

static enum clu_status settle_all(struct clara *c, const size_t *medoid, struct clu_err *err)
{
    struct clu_pam fit = {0};
    enum clu_status status = clu_pam_settle(&fit, &c->all.dist, medoid, c->opt->k, c->w, true, c->run, err);

    if (status == CLU_OK) {
        memcpy(c->now.label, fit.label, c->x.rows * sizeof *fit.label);
        memcpy(c->now.near, fit.near, c->x.rows * sizeof *fit.near);
    }
    clu_pam_clear(&fit);
    return status;
}

static int by_row(const void *a, const void *b)
{
    const size_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* Keep the medoids when all rows are nearer to them. They are sorted, so that ties go to the one that comes first. */
static enum clu_status contend(struct clara *c, size_t *medoid, struct clu_err *err)
{
    qsort(medoid, c->opt->k, sizeof *medoid, by_row);
    enum clu_status status = by_assign(c) ? assign_all(c, medoid, err) : settle_all(c, medoid, err);
    double loss = 0;

    if (status != CLU_OK)
        return status;
    for (size_t i = 0; i < c->x.rows; i++)
        loss += (c->w ? c->w[i] : 1) * c->now.near[i];
    if (!(loss <= DBL_MAX))
        return clu_fail(err, CLU_DATA, "overflow in distance: the columns need another unit; see --scale");
    if (loss < c->least) {
        struct nearest swap = c->now;
        c->now = c->kept;
        c->kept = swap;
        c->least = loss;
        memcpy(c->best, medoid, c->opt->k * sizeof *medoid);
    }
    return CLU_OK;
}

/* --- samples --- */

/* Rows of sample number t: the first of best[] (medoids so far, or rows that differ) and others at random, into row[size]; there is
 * room for first more, as scratch. */
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
        status = clu_pam_rows(&fit, clu_mat_look(&m), c->metric, w, &opt, &run, err);
    if (status == CLU_OK) {
        for (size_t i = 0; i < c->opt->k; i++)
            medoid[i] = row[fit.medoid[i]];
        out->swaps += fit.swaps;
        out->matrix_seconds += fit.matrix_seconds;
        out->start_seconds += fit.start_seconds;
        out->swap_seconds += fit.swap_seconds;
        out->passes += fit.passes;
        out->converged = out->converged && fit.converged;
    }
    clu_pam_clear(&fit);
    clu_mat_clear(&m);
    clu_free(w);
    return status;
}

/* --- centering: in a sample a medoid is chosen by the few rows of its cluster there; in its cluster by many --- */

#define JUDGES 512     /* rows of a cluster that judge ... */
#define CANDIDATES 128 /* ... and that may become its medoid, beside the present one */

/* Room for the rows of a cluster: with very many clusters no more than a few times their mean size. */
static size_t room(const struct clara *c)
{
    size_t each = 4 * (c->lives / c->opt->k) + 8;
    return each < JUDGES ? each : JUDGES;
}

/* Rows of each cluster at random: those of cluster i are row[i * room] ..., count[i] of them. */
static enum clu_status draw_members(const struct clara *c, size_t *row, size_t *count, struct clu_err *err)
{
    size_t k = c->opt->k, draws = c->lives / JUDGES < 2 * k ? c->lives : 2 * k * JUDGES;
    size_t *drawn = clu_alloc(draws, sizeof *drawn), each = room(c);
    struct clu_rng r;

    clu_rng_at(&r, c->run->seed, UINT64_MAX - 1);
    if (!drawn || clu_rng_sample(&r, c->lives, draws, drawn) != 0) {
        clu_free(drawn);
        return clu_fail_memory(err);
    }
    memset(count, 0, k * sizeof *count);
    for (size_t q = 0; q < draws; q++) {
        size_t x = c->live[drawn[q]], of = (size_t)c->kept.label[x];
        if (count[of] < each)
            row[of * each + count[of]++] = x;
    }
    clu_free(drawn);
    return CLU_OK;
}

/* The candidate of least loss to the judges; the present medoid among equals. */
static enum clu_status center_one(const struct clara *c, const size_t *row, size_t count, size_t *medoid, struct clu_err *err)
{
    struct clu_points judges = {0};
    struct clu_mat m;
    double distance[JUDGES], least = HUGE_VAL, *w, *point = clu_alloc(c->x.cols, sizeof *point);
    size_t best = *medoid;
    enum clu_status status = copy_rows(c, row, count, &m, &w, err);

    if (status == CLU_OK)
        status = point ? clu_points_init(&judges, c->metric, clu_mat_look(&m), err) : clu_fail_memory(err);
    for (size_t q = 0; q <= CANDIDATES && q <= count && status == CLU_OK; q++) {
        size_t x = q == 0 ? *medoid : row[q - 1];
        double sum = 0;
        for (size_t j = 0; j < c->x.cols; j++)
            point[j] = clu_view_at(c->x, x, j);
        (void)clu_points_enter(&judges, point); /* a row of the table has a direction */
        clu_points_from(&judges, point, 0, count, distance);
        for (size_t j = 0; j < count; j++)
            sum += (w ? w[j] : 1) * distance[j];
        if (sum < least) {
            least = sum;
            best = x;
        }
    }
    *medoid = best;
    clu_points_clear(&judges);
    clu_mat_clear(&m);
    clu_free(w);
    clu_free(point);
    return status;
}

/* Move the best medoids within their clusters; kept when that is better for all rows. */
static enum clu_status center(struct clara *c, struct clu_err *err)
{
    size_t k = c->opt->k, each = room(c);
    size_t *row = clu_alloc(k, each * sizeof *row), *count = clu_alloc(2 * k, sizeof *count), *medoid = count ? count + k : NULL;
    bool failed = false;
    enum clu_status status = row && count ? draw_members(c, row, count, err) : clu_fail_memory(err);

    if (status == CLU_OK) {
        memcpy(medoid, c->best, k * sizeof *medoid);
#pragma omp parallel for num_threads(c->run->threads) schedule(dynamic, 1) reduction(|| : failed) if (c->run->threads > 1)
        for (size_t i = 0; i < k; i++)
            if (count[i] > 0)
                failed = center_one(c, row + i * each, count[i], &medoid[i], NULL) != CLU_OK || failed;
        status = failed ? clu_fail_memory(err) : contend(c, medoid, err);
    }
    clu_free(row);
    clu_free(count);
    return status;
}

/* Sample t, from the best medoids on once there are some. */
static enum clu_status try_sample(struct clara *c, struct clu_pam *out, size_t t, size_t size, size_t *row, size_t *medoid,
                                  struct clu_err *err)
{
    bool warm = c->least < HUGE_VAL;
    size_t count;
    enum clu_status status = draw(c, t, warm ? c->opt->k : 0, size, row, &count, err);

    if (status == CLU_OK)
        status = search_sample(c, out, row, count, warm, t, medoid, err);
    if (status == CLU_DATA && !warm) { /* too few distinct rows by chance: with k that differ in it */
        status = draw(c, t, c->opt->k, size, row, &count, err);
        if (status == CLU_OK)
            status = search_sample(c, out, row, count, true, t, medoid, err);
    }
    if (status == CLU_DATA && c->metric.kind == CLU_GOWER) /* by the rows of the table, not of the sample */
        (void)clu_cands_find_gap(&c->all.dist, row, count, row, count, err);
    return status;
}

static enum clu_status by_samples(struct clara *c, struct clu_pam *out, struct clu_err *err)
{
    size_t k = c->opt->k, size = c->opt->sample_size ? c->opt->sample_size : 80 + 4 * k;

    if (c->opt->sample_size == 0 && size < 2000)
        size = 2000;
    size = size < k ? k : size;
    size = size < c->lives ? size : c->lives;
    size_t *row = clu_alloc(size + k, sizeof *row), *medoid = clu_alloc(k, sizeof *medoid);
    double number = c->opt->float64 ? sizeof(double) : sizeof(float);
    enum clu_status status = clu_need(c->run, (double)size * (double)size * number, err,
                                      "the distance matrix of a sample of %zu rows; take a smaller --sample-size", size);
    if (status == CLU_OK && (!row || !medoid))
        status = clu_fail_memory(err);
    size_t samples = size < c->lives ? c->opt->samples : 1; /* the sample is all there is */
    for (size_t t = 0; t < samples && status == CLU_OK; t++) {
        status = clu_tick(c->run, "sample", t, samples, t > 0 ? c->least : NAN);
        if (status == CLU_OK)
            status = try_sample(c, out, t, size, row, medoid, err);
        if (status == CLU_OK)
            status = contend(c, medoid, err);
    }
    if (status == CLU_OK && size < c->lives)
        status = center(c, err);
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

/* Rows of the batch have no advantage from being judges in their own case: they are as far from themselves as any (a heavy row
 * counts there as the mean of the others, and so stays a candidate). Rows of weight 0 are no candidates: farther than any. */
static void settle_advantages(const struct clara *c, struct clu_cands *cands, const size_t *row, const double *w)
{
    size_t m = cands->m;
    double sum = 0;

    for (size_t j = 0; j < m; j++)
        sum += w[j];
    for (size_t j = 0; j < m; j++) {
        double others = m > 1 ? (sum - w[j]) / (double)(m - 1) : w[j];
        double own = w[j] > others ? cands->max * (others / w[j]) : cands->max;
        if (cands->f)
            cands->f[row[j] * m + j] = (float)own;
        else
            cands->v[row[j] * m + j] = own;
    }
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
    struct clu_cands cands = {0};
    double number = c->opt->float64 ? sizeof(double) : sizeof(float), began = clu_clock();

    *b = (struct batch){.dist = {.n = m, .row = batch_row}, .all = &c->all, .rows = b->rows};
    enum clu_status status = clu_need(c->run, (double)c->x.rows * (double)m * number, err,
                                      "the distances of %zu rows to a batch of %zu", c->x.rows, m);
    if (status == CLU_OK)
        status = clu_cands_init(&cands, &b->dist, c->x.rows, false, false,
                       c->opt->float64 ? CLU_CANDS_DOUBLE : CLU_CANDS_FLOAT, c->run, err);
    out->matrix_seconds = clu_clock() - began;
    if (status == CLU_OK) {
        settle_advantages(c, &cands, row, w);
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
        status = need_points(c, err);
    if (status == CLU_OK)
        status = draw(c, 0, 0, m, row, &count, err);
    for (size_t j = 0; j < m && status == CLU_OK; j++)
        w[j] = c->w ? c->w[row[j]] : 1;
    if (status == CLU_OK)
        status = clu_points_subset(&b.rows, &c->all, row, count, err);
    if (status == CLU_OK)
        status = search_batch(c, out, &b, row, count, w, medoid, err);
    if (status == CLU_DATA && c->metric.kind == CLU_GOWER) /* by the rows of the table, not of the batch */
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

static enum clu_status finish(struct clara *c, struct clu_pam *out, struct clu_err *err)
{
    if (!c->opt->no_second) {
        enum clu_status status = need_points(c, err);
        return status == CLU_OK ? clu_pam_settle(out, &c->all.dist, c->best, c->opt->k, c->w, false, c->run, err) : status;
    }
    struct nearest kept = c->kept;
    c->kept = (struct nearest){0};
    return clu_pam_settled(out, kept.label, kept.near, c->x.rows, c->best, c->opt->k, c->w, err);
}

enum clu_status clu_clara_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                               const struct clu_clara_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clara c = {.x = x, .w = w, .opt = opt, .run = run, .metric = metric};
    enum clu_status status;

    *out = (struct clu_pam){.converged = true};
    status = clara_init(&c, err);
    if (status == CLU_OK)
        status = opt->batch ? by_batch(&c, out, err) : by_samples(&c, out, err);
    if (status == CLU_OK)
        status = finish(&c, out, err);
    clara_clear(&c);
    if (status != CLU_OK)
        clu_pam_clear(out);
    return status;
}
