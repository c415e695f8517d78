/* Sections: a model, start, means and inverse covariances, empty clusters of compat, turns, labels under a model. */
#include "alg/ticc.h"

#include "alg/gmm.h"
#include "alg/gmm_start.h"
#include "alg/ticc_state.h"
#include "alg/viterbi.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/chol.h"
#include "num/toeplitz_lasso.h"

#include <math.h>
#include <string.h>

/* --- a model --- */

enum clu_status clu_ticc_alloc(struct clu_ticc *m, size_t n, size_t d, size_t k, size_t window, struct clu_err *err)
{
    size_t size = window * d;

    *m = (struct clu_ticc){.n = n, .d = d, .k = k, .window = window};
    m->label = n ? clu_calloc(n, sizeof *m->label) : NULL;
    m->mean = clu_calloc(k, size * sizeof *m->mean);
    m->inverse = clu_calloc(k * size, size * sizeof *m->inverse);
    m->log_det = clu_calloc(k, sizeof *m->log_det);
    m->rows = clu_calloc(k, sizeof *m->rows);
    if ((!m->label && n) || !m->mean || !m->inverse || !m->log_det || !m->rows) {
        clu_ticc_clear(m);
        return clu_fail_memory(err);
    }
    return CLU_OK;
}

void clu_ticc_clear(struct clu_ticc *m)
{
    clu_free(m->label);
    clu_free(m->mean);
    clu_free(m->inverse);
    clu_free(m->log_det);
    clu_free(m->rows);
    *m = (struct clu_ticc){0};
}

/* What a fit holds beside the result. */
struct fit {
    const struct clu_ticc_opt *opt;
    const struct clu_run *run;
    struct clu_ticc *m;
    struct clu_ticc_windows windows;
    struct clu_ticc_costs costs;
    size_t used;                       /* windows that means and covariances are made of, the first ones */
    int32_t *old;                      /* [n] labels of the turn before */
    size_t *order, *from;              /* [used] windows by cluster, [k + 1] where each begins there */
    double *scatter;                   /* [k][size][size] */
    double *lambda;                    /* [size][size] */
    struct clu_toeplitz_lasso *lasso;  /* [k] */
    enum clu_status *status;           /* [k] */
};

static void clear_fit(struct fit *f)
{
    for (size_t j = 0; f->lasso && j < f->opt->k; j++)
        clu_toeplitz_lasso_clear(&f->lasso[j]);
    clu_ticc_windows_clear(&f->windows);
    clu_ticc_costs_clear(&f->costs);
    clu_free(f->old);
    clu_free(f->order);
    clu_free(f->from);
    clu_free(f->scatter);
    clu_free(f->lambda);
    clu_free(f->lasso);
    clu_free(f->status);
}

static enum clu_status take_room(struct fit *f, struct clu_view x, struct clu_err *err)
{
    size_t n = x.rows, k = f->opt->k, size = x.cols * f->opt->window;
    double square = (double)size * (double)size;
    enum clu_status status = clu_need(f->run, 8.0 * (double)n * ((double)x.cols + 2) + 8.0 * (double)k * 10 * square, err,
                                      "%zu clusters of windows of %zu numbers", k, size);

    if (status == CLU_OK)
        status = clu_ticc_windows_init(&f->windows, x, f->opt->window, err);
    if (status == CLU_OK)
        status = clu_ticc_costs_init(&f->costs, &f->windows, k, err);
    if (status != CLU_OK)
        return status;
    f->used = f->opt->compat ? n : f->windows.whole;
    f->old = clu_alloc(n, sizeof *f->old);
    f->order = clu_alloc(f->used, sizeof *f->order);
    f->from = clu_alloc(k + 1, sizeof *f->from);
    f->scatter = clu_alloc(k * size, size * sizeof *f->scatter);
    f->lambda = clu_alloc(size, size * sizeof *f->lambda);
    f->lasso = clu_calloc(k, sizeof *f->lasso);
    f->status = clu_alloc(k, sizeof *f->status);
    if (!f->old || !f->order || !f->from || !f->scatter || !f->lambda || !f->lasso || !f->status)
        return clu_fail_memory(err);
    for (size_t i = 0; i < size * size; i++)
        f->lambda[i] = f->opt->lambda;
    for (size_t j = 0; status == CLU_OK && j < k; j++)
        status = clu_toeplitz_lasso_init(&f->lasso[j], f->opt->window, x.cols, err);
    return status;
}

/* --- start --- */

/* Windows that k-means begins from. */
#define START_WINDOWS 20000

/* Labels of a sample of the windows by k-means; the others: -1. */
static enum clu_status label_sample(const struct fit *f, int32_t *label, struct clu_err *err)
{
    size_t m = f->used < START_WINDOWS ? f->used : START_WINDOWS, size = f->windows.size;
    size_t *row = clu_alloc(m, sizeof *row);
    double *y = clu_alloc(m, size * sizeof *y);
    int32_t *of = clu_alloc(m, sizeof *of);
    enum clu_status status = CLU_OK;

    if (!row || !y || !of || clu_gmm_start_sample(row, f->used, m) < 0)
        status = clu_fail_memory(err);
    for (size_t i = 0; status == CLU_OK && i < m; i++)
        memcpy(y + i * size, f->windows.y + row[i] * f->windows.d, size * sizeof *y);
    struct clu_view v = {.v = y, .rows = m, .cols = size, .ld = size};
    if (status == CLU_OK)
        status = clu_gmm_start_kmeans(of, v, NULL, NULL, f->opt->k, 0, f->run, err);
    if (status == CLU_OK) {
        memset(label, -1, f->used * sizeof *label);
        for (size_t i = 0; i < m; i++)
            label[row[i]] = of[i];
    }
    clu_free(row);
    clu_free(y);
    clu_free(of);
    return status;
}

/* A mixture of the windows, settings as of the authors' start: a ridge of 1e-6, 100 iterations, 1e-3. A ridge in the units of the
 * columns, but for compat. Rows of the view overlap. */
static enum clu_status start_mixture(const struct fit *f, struct clu_err *err)
{
    const struct clu_ticc_windows *v = &f->windows;
    struct clu_view windows = {.v = v->y, .rows = f->used, .cols = v->size, .ld = v->d};
    struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
    struct clu_gmm g = {0};
    double *variance = clu_alloc(v->size, sizeof *variance);

    if (!variance)
        return clu_fail_memory(err);
    enum clu_status status = label_sample(f, f->m->label, err);
    if (status == CLU_OK && !clu_gmm_variances(variance, windows, NULL))
        status = clu_fail(err, CLU_DATA, "the square of a number overflows");
    opt.max_iter = 100;
    opt.tol = 1e-3;
    opt.reg = 1e-6;
    opt.reg_by = f->opt->compat ? NULL : variance;
    opt.final_e = false;
    struct clu_gmm_start start = {.label = f->m->label};
    if (status == CLU_OK)
        status = clu_gmm_fit(&g, windows, NULL, f->opt->k, &start, &opt, f->run, err);
    if (status == CLU_OK)
        status = clu_gmm_posterior(&g, windows, 0, f->used, NULL, NULL, f->m->label, f->run, err);
    clu_gmm_clear(&g);
    clu_free(variance);
    return status;
}

static enum clu_status start_labels(const struct fit *f, const int32_t *start, struct clu_err *err)
{
    size_t n = f->windows.n;

    for (size_t t = 0; start && t < n; t++)
        if (start[t] < 0 || (size_t)start[t] >= f->opt->k)
            return clu_fail(err, CLU_USAGE, "label %d of row %zu to start from is none of %zu clusters", (int)start[t], t + 1, f->opt->k);
    if (!start)
        return start_mixture(f, err);
    memcpy(f->m->label, start, n * sizeof *start);
    return CLU_OK;
}

/* --- means and inverse covariances --- */

static void sort_windows(struct fit *f)
{
    size_t k = f->opt->k;

    memset(f->from, 0, (k + 1) * sizeof *f->from);
    for (size_t t = 0; t < f->used; t++)
        f->from[f->m->label[t] + 1]++;
    for (size_t j = 0; j < k; j++)
        f->from[j + 1] += f->from[j];
    for (size_t t = 0; t < f->used; t++)
        f->order[f->from[f->m->label[t]]++] = t;
    for (size_t j = k; j > 0; j--)
        f->from[j] = f->from[j - 1];
    f->from[0] = 0;
}

/* About the mean of the cluster, which is left as that of the copy of the series. */
static void scatter_of(const struct fit *f, size_t j, double *s, double *mean)
{
    const struct clu_ticc_windows *v = &f->windows;
    size_t size = v->size, rows = f->from[j + 1] - f->from[j];
    const size_t *order = f->order + f->from[j];
    double part = 1 / (double)rows;

    memset(mean, 0, size * sizeof *mean);
    memset(s, 0, size * size * sizeof *s);
    for (size_t i = 0; i < rows; i++)
        for (size_t a = 0; a < size; a++)
            mean[a] += v->y[order[i] * v->d + a];
    for (size_t a = 0; a < size; a++)
        mean[a] *= part;
    for (size_t i = 0; i < rows; i++) {
        const double *y = v->y + order[i] * v->d;
        for (size_t a = 0; a < size; a++) {
            double off = y[a] - mean[a], *restrict row = s + a * size;
#pragma omp simd
            for (size_t b = a; b < size; b++)
                row[b] += off * (y[b] - mean[b]);
        }
    }
    for (size_t a = 0; a < size; a++)
        for (size_t b = a; b < size; b++)
            s[a * size + b] = s[b * size + a] = s[a * size + b] * part;
}

/* A cluster that had an inverse goes on from it; one that has lost its windows has none any more, but in compat. */
static enum clu_status find_cluster(const struct fit *f, size_t j)
{
    size_t size = f->windows.size, rows = f->from[j + 1] - f->from[j];
    double *mean = f->m->mean + j * size, *inverse = f->m->inverse + j * size * size;
    struct clu_toeplitz_lasso_opt opt = CLU_TOEPLITZ_LASSO_DEFAULT;

    if (rows == 0) {
        if (f->opt->compat)
            return CLU_OK;
        memset(mean, 0, size * sizeof *mean);
        memset(inverse, 0, size * size * sizeof *inverse);
        f->m->rows[j] = 0;
        return CLU_OK;
    }
    opt.compat = f->opt->compat;
    opt.warm = f->m->rows[j] > 0 && !opt.compat;
    f->m->rows[j] = rows;
    scatter_of(f, j, f->scatter + j * size * size, mean);
    for (size_t a = 0; a < size; a++)
        mean[a] += f->windows.centre[a % f->windows.d];
    return clu_toeplitz_lasso_solve(&f->lasso[j], f->scatter + j * size * size, f->lambda, &opt, inverse, NULL);
}

static enum clu_status find_clusters(struct fit *f, struct clu_err *err)
{
    size_t k = f->opt->k;

    sort_windows(f);
#pragma omp parallel for num_threads(f->run->threads) schedule(dynamic, 1) if (f->run->threads > 1)
    for (size_t j = 0; j < k; j++)
        f->status[j] = find_cluster(f, j);
    for (size_t j = 0; j < k; j++)
        if (f->status[j] == CLU_SYSTEM)
            return clu_fail_memory(err);
        else if (f->status[j] != CLU_OK)
            return clu_fail(err, f->status[j], "the covariance of a cluster of %zu windows is singular or not finite", f->m->rows[j]);
    return clu_ticc_costs_set(&f->costs, f->m, f->m->log_det, err);
}

/* --- empty clusters of compat --- */

enum { REASSIGNED = 30 };

/* The Frobenius norm of the inverse of Theta and its ridge. The scatter and the lasso of the cluster are not needed any more. */
static double covariance_norm(const struct fit *f, size_t j)
{
    size_t size = f->windows.size;
    double *l = f->scatter + j * size * size, *inverse = f->lasso[j].a, sum = 0;

    if (f->m->rows[j] == 0)
        return 0;
    memcpy(l, f->m->inverse + j * size * size, size * size * sizeof *l);
    for (size_t i = 0; i < size; i++)
        l[i * size + i] += CLU_TICC_RIDGE;
    if (clu_chol_factor(l, size, 0, NULL) < size)
        return 0;
    clu_chol_invert(l, size, inverse);
    for (size_t a = 0; a < size; a++)
        for (size_t b = 0; b < size; b++) {
            double of = 0;
            for (size_t r = a > b ? a : b; r < size; r++)
                of += inverse[r * size + a] * inverse[r * size + b];
            sum += of * of;
        }
    return sqrt(sum);
}

/* Clusters with rows into giver[k], by norm, the largest first (of equals the last, as Python sorts pairs); returns how many. */
static size_t list_givers(const struct fit *f, const size_t *rows, size_t *giver, double *norm)
{
    size_t count = 0;

    for (size_t j = 0; j < f->opt->k; j++) {
        if (rows[j] == 0)
            continue;
        double of = covariance_norm(f, j);
        size_t at = count++;
        for (; at > 0 && norm[at - 1] <= of; at--) {
            norm[at] = norm[at - 1];
            giver[at] = giver[at - 1];
        }
        norm[at] = of;
        giver[at] = j;
    }
    return count;
}

/* Row number `place` of those that cluster j had. */
static size_t row_of(const int32_t *label, size_t j, uint64_t place)
{
    size_t t = 0;

    while ((size_t)label[t] != j || place-- > 0)
        t++;
    return t;
}

/* f->old: the labels before. */
static enum clu_status reassign(struct fit *f, size_t turn, struct clu_err *err)
{
    size_t k = f->opt->k, n = f->windows.n, next = 0;
    size_t *rows = clu_calloc(k, sizeof *rows), *giver = clu_alloc(k, sizeof *giver);
    double *norm = clu_alloc(k, sizeof *norm);
    enum clu_status status = rows && giver && norm ? CLU_OK : clu_fail_memory(err);
    struct clu_rng r;

    clu_rng_at(&r, f->run->seed, turn);
    for (size_t t = 0; status == CLU_OK && t < n; t++)
        rows[f->old[t]]++;
    size_t givers = status == CLU_OK ? list_givers(f, rows, giver, norm) : 0;
    for (size_t j = 0; status == CLU_OK && j < k; j++) {
        if (rows[j] > 0)
            continue;
        size_t from = giver[next++ % givers], first = row_of(f->old, from, clu_rng_below(&r, rows[from]));
        for (size_t t = first; t < first + REASSIGNED && t < n; t++)
            f->m->label[t] = (int32_t)j;
    }
    clu_free(rows);
    clu_free(giver);
    clu_free(norm);
    return status;
}

/* --- turns --- */

/* f->old holds the labels of the turn before, without what was reassigned then; so it does after the turn. *same: labels repeat. */
static enum clu_status turn(struct fit *f, size_t number, bool *same, struct clu_err *err)
{
    struct clu_ticc *m = f->m;
    size_t n = f->windows.n;
    bool equal = true;
    enum clu_status status = find_clusters(f, err);

    if (status == CLU_OK)
        status = clu_viterbi(m->label, &m->cost, n, m->k, f->opt->beta, clu_ticc_costs_of, &f->costs, f->run, err);
    for (size_t t = 0; status == CLU_OK && t < n; t++) {
        equal = equal && f->old[t] == m->label[t];
        f->old[t] = m->label[t];
    }
    if (status == CLU_OK && m->compat && number > 0)
        status = reassign(f, number, err);
    *same = equal && memcmp(f->old, m->label, n * sizeof *f->old) == 0;
    return status;
}

static enum clu_status check(const struct clu_ticc_opt *opt, struct clu_err *err)
{
    if (opt->k < 1 || opt->window < 1 || opt->max_iter < 1 || opt->k > INT32_MAX)
        return clu_fail(err, CLU_USAGE, "clusters, window and iterations must be 1 or more");
    if (!(opt->lambda >= 0) || !(opt->beta >= 0) || !isfinite(opt->lambda) || !isfinite(opt->beta))
        return clu_fail(err, CLU_USAGE, "lambda and beta must be numbers, 0 or more");
    return CLU_OK;
}

enum clu_status clu_ticc_fit(struct clu_ticc *out, struct clu_view x, const int32_t *start, const struct clu_ticc_opt *opt,
                             const struct clu_run *run, struct clu_err *err)
{
    struct fit f = {.opt = opt, .run = run, .m = out};
    enum clu_status status = check(opt, err);

    *out = (struct clu_ticc){0};
    if (status != CLU_OK)
        return status;
    status = take_room(&f, x, err);
    if (status == CLU_OK)
        status = clu_ticc_alloc(out, x.rows, x.cols, opt->k, opt->window, err);
    out->compat = opt->compat;
    if (status == CLU_OK)
        status = start_labels(&f, start, err);
    for (size_t t = 0; status == CLU_OK && t < x.rows; t++)
        f.old[t] = -1;
    while (status == CLU_OK && !out->converged && out->iterations < opt->max_iter) {
        status = turn(&f, out->iterations, &out->converged, err);
        out->iterations++;
        if (status == CLU_OK && clu_tick(run, "iteration", out->iterations, opt->max_iter, out->cost) != CLU_OK)
            status = clu_fail(err, CLU_STOPPED, "stopped");
    }
    clear_fit(&f);
    if (status != CLU_OK)
        clu_ticc_clear(out);
    return status;
}

/* --- labels under a model --- */

static enum clu_status prepare(struct clu_ticc_windows *v, struct clu_ticc_costs *c, const struct clu_ticc *m, struct clu_view x,
                               struct clu_err *err)
{
    size_t all = 0;

    for (size_t j = 0; j < m->k; j++)
        all += m->rows[j];
    if (x.cols != m->d)
        return clu_fail(err, CLU_USAGE, "%zu columns, the model has %zu", x.cols, m->d);
    if (all == 0)
        return clu_fail(err, CLU_DATA, "a model without clusters");
    enum clu_status status = clu_ticc_windows_init(v, x, m->window, err);
    if (status == CLU_OK)
        status = clu_ticc_costs_init(c, v, m->k, err);
    if (status == CLU_OK)
        status = clu_ticc_costs_set(c, m, NULL, err);
    return status;
}

enum clu_status clu_ticc_assign(int32_t *label, const struct clu_ticc *m, struct clu_view x, double beta, const struct clu_run *run,
                                struct clu_err *err)
{
    struct clu_ticc_windows windows = {0};
    struct clu_ticc_costs costs = {0};

    if (!(beta >= 0) || !isfinite(beta))
        return clu_fail(err, CLU_USAGE, "beta must be a number, 0 or more");
    enum clu_status status = prepare(&windows, &costs, m, x, err);
    if (status == CLU_OK)
        status = clu_viterbi(label, NULL, x.rows, m->k, beta, clu_ticc_costs_of, &costs, run, err);
    clu_ticc_costs_clear(&costs);
    clu_ticc_windows_clear(&windows);
    return status;
}

enum clu_status clu_ticc_absorb(int32_t *label, const struct clu_ticc *m, struct clu_view x, size_t least, struct clu_err *err)
{
    struct clu_ticc_windows windows = {0};
    struct clu_ticc_costs costs = {0};
    enum clu_status status = prepare(&windows, &costs, m, x, err);

    if (status == CLU_OK)
        status = clu_viterbi_absorb(label, x.rows, m->k, least, clu_ticc_costs_of, &costs, err);
    clu_ticc_costs_clear(&costs);
    clu_ticc_windows_clear(&windows);
    return status;
}
