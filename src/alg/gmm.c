/* Sections: families, mixtures, room for a fit, where it starts, components that vanish, the iteration, the result. */
#include "alg/gmm.h"

#include "alg/gmm_state.h"
#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* --- families --- */

const char *const clu_gmm_family_name[CLU_GMM_FAMILIES + 1] = {"EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE",
                                                               "EVE", "VVE", "EEV", "VEV", "EVV", "VVV", NULL};

bool clu_gmm_is_diagonal(int family)
{
    return family <= CLU_GMM_VVI;
}

double clu_gmm_parameters(int family, size_t k, size_t d, bool noise)
{
    const char *name = clu_gmm_family_name[family];
    double m = (double)k, p = (double)d, pairs = p * (p - 1) / 2;
    double volume = name[0] == 'V' ? m : 1;
    double shape = name[1] == 'I' ? 0 : (p - 1) * (name[1] == 'V' ? m : 1);
    double axes = name[2] == 'I' ? 0 : pairs * (name[2] == 'V' ? m : 1);

    return m - 1 + m * p + volume + shape + axes + (noise ? 2 : 0);
}

/* --- mixtures --- */

void clu_gmm_clear(struct clu_gmm *g)
{
    clu_free(g->weight);
    *g = (struct clu_gmm){0};
}

enum clu_status clu_gmm_alloc(struct clu_gmm *g, size_t k, size_t d, int family, struct clu_err *err)
{
    size_t matrix, all;

    *g = (struct clu_gmm){0};
    if (d > UINT32_MAX / 8 || __builtin_mul_overflow(2 * d * sizeof(double), d + 1, &all)) /* 2 d + 2 d^2 of a component */
        return clu_fail_memory(err);
    *g = (struct clu_gmm){.d = d, .k = k, .family = family, .loglik = NAN};
    matrix = d * d;
    g->weight = clu_calloc(k, all + 2 * sizeof(double));
    if (!g->weight) {
        *g = (struct clu_gmm){0};
        return clu_fail_memory(err);
    }
    g->log_det = g->weight + k;
    g->mean = g->log_det + k;
    g->cov = g->mean + k * d;
    g->whiten = g->cov + k * matrix;
    return CLU_OK;
}

enum clu_status clu_gmm_factor(struct clu_gmm *g, size_t *bad, struct clu_err *err)
{
    size_t d = g->d;
    double *scratch = clu_calloc(d + 1, d * sizeof *scratch); /* a matrix and a row of zeros */
    if (!scratch)
        return clu_fail_memory(err);
    for (size_t j = 0; j < g->k; j++)
        if (!clu_gmm_whiten(g->cov + j * d * d, d, false, scratch + d * d, scratch, g->whiten + j * d * d, g->log_det + j)) {
            clu_free(scratch);
            if (bad)
                *bad = j;
            return clu_fail(err, CLU_DATA, "the covariance of component %zu is not positive definite", j + 1);
        }
    clu_free(scratch);
    return CLU_OK;
}

/* --- room for a fit --- */

/* Rows a block: some twenty tiles at least, and not so many blocks that their sums outgrow the rest. */
#define LEAST_BLOCK (20 * CLU_KERN_TILE)
#define MOST_BLOCKS 64
#define MOST_SLOTS 4e6 /* numbers in all slots, unless that makes fewer than LEAST_BLOCKS */
#define LEAST_BLOCKS 8

/* Operations of a pass that make a team of threads worth its start. */
#define TEAM_WORK 2e6

static void cut(struct clu_gmm_state *s)
{
    double each = (double)s->k * (double)s->sums + 2;
    size_t most = MOST_BLOCKS;

    while (most > LEAST_BLOCKS && (double)most * each > MOST_SLOTS)
        most /= 2;
    s->block = (s->n + most - 1) / most;
    s->block = s->block > LEAST_BLOCK ? (s->block + CLU_KERN_TILE - 1) / CLU_KERN_TILE * CLU_KERN_TILE : LEAST_BLOCK;
    s->blocks = (s->n + s->block - 1) / s->block;
    s->threads = s->run && s->run->threads > 1 && (double)s->n * each > TEAM_WORK ? s->run->threads : 1;
    if ((size_t)s->threads > s->blocks)
        s->threads = (int)s->blocks;
}

/* Take room for count numbers out of one block, or (from NULL) only count them; every piece begins at a cache line. */
static double *take(double *from, double *used, double count)
{
    double *p = from ? from + (size_t)*used : NULL;
    *used += ceil(count / CLU_KERN_LANES) * CLU_KERN_LANES;
    return p;
}

static double lay_out(struct clu_gmm_state *s, double *from)
{
    double used = 0, k = (double)s->k, d = (double)s->d, size = (double)s->size, sums = (double)s->sums;
    bool iterates = s->opt->family >= CLU_GMM_EEE || s->opt->family == CLU_GMM_VEI;

    s->shift = take(from, &used, d);
    s->floor = take(from, &used, d);
    s->zero = take(from, &used, d);
    s->one = take(from, &used, d);
    s->ridge = take(from, &used, d);
    s->mean = take(from, &used, k * d);
    s->count = take(from, &used, k);
    s->weight = take(from, &used, k);
    s->scatter = take(from, &used, k * size);
    s->cov = take(from, &used, k * size);
    s->whiten = take(from, &used, k * size);
    s->minus = take(from, &used, k * d);
    s->log_det = take(from, &used, k);
    s->offset = take(from, &used, k + 1);
    s->shape = take(from, &used, size);
    s->volume = take(from, &used, k);
    s->scratch = take(from, &used, size + 2 * d);
    s->axes = take(from, &used, iterates ? size : 0);
    s->value = take(from, &used, iterates ? k * d : 0);
    s->vector = take(from, &used, iterates && !s->diagonal ? k * size : 0);
    s->slot = take(from, &used, (double)s->blocks * (k * sums + 2));
    for (int t = 0; t < s->threads; t++) {
        struct clu_gmm_worker empty, *me = from ? &s->worker[t] : &empty;
        me->tile = take(from, &used, d * CLU_KERN_TILE);
        me->work = take(from, &used, (d + 5) * CLU_KERN_TILE);
        me->resp = take(from, &used, (k + 1) * CLU_KERN_TILE);
        me->acc = take(from, &used, k * sums * CLU_KERN_LANES);
    }
    return used;
}

/* Columns whose values lie within a factor of two of each other are moved by their minimum, which is exact (num/space.h says why);
 * floor: a deviation of 128 last bits of what is left, or of 2 of what was taken away, is that of rounding. */
static void settle(struct clu_gmm_state *s)
{
    double *min = s->mean, *max = s->scatter, *tiny = s->cov, *row = s->scratch; /* all at least [d], and free */

    for (size_t i = 0; i < s->d; i++) {
        min[i] = tiny[i] = HUGE_VAL;
        max[i] = -HUGE_VAL;
        s->zero[i] = 0;
        s->one[i] = 1;
    }
    for (size_t r = 0; r < s->n; r++)
        clu_kern()->range(clu_view_row(s->x, r, row), s->d, min, max, tiny);
    for (size_t i = 0; i < s->d; i++) {
        double a = min[i], b = max[i];
        s->shift[i] = a > 0 && b <= 2 * a ? a : b < 0 && a >= 2 * b ? b : 0;
        double spread = fmax(fabs(a - s->shift[i]), fabs(b - s->shift[i]));
        double least = DBL_EPSILON * fmax(128 * spread, 2 * fabs(s->shift[i]));
        s->floor[i] = fmax(least * least, DBL_MIN);
    }
}

static void set_ridge(struct clu_gmm_state *s)
{
    const double *by = s->opt->reg_by;
    double mean = 0;

    for (size_t i = 0; i < s->d; i++) {
        s->ridge[i] = s->opt->reg * (by ? by[i] : 1);
        mean += s->ridge[i] / (double)s->d;
    }
    for (size_t i = 0; i < s->d && by && s->opt->family <= CLU_GMM_VII; i++)
        s->ridge[i] = mean; /* spheres stay spheres */
}

static enum clu_status open_state(struct clu_gmm_state *s, struct clu_err *err)
{
    double weight = 0;

    s->d = s->x.cols;
    s->n = s->x.rows;
    s->diagonal = clu_gmm_is_diagonal(s->opt->family);
    s->noise = s->opt->noise;
    s->given = s->k + s->noise;
    s->size = s->diagonal ? s->d : s->d * s->d;
    s->sums = s->diagonal ? 2 * s->d + 1 : (s->d + 1) * (s->d + 2) / 2;
    for (size_t i = 0; i < s->n; i++) {
        double w = s->w ? s->w[i] : 1;
        weight += w;
        s->rows += w > 0;
    }
    if (!(weight > 0))
        return clu_fail(err, CLU_DATA, "no rows of positive weight");
    s->w_scale = s->rows / weight;

    cut(s);
    s->worker = clu_alloc((size_t)s->threads, sizeof *s->worker);
    double need = lay_out(s, NULL);
    if (clu_need(s->run, need * sizeof(double), err, "a mixture of %zu components in %zu columns", s->k, s->d) != CLU_OK)
        return CLU_SYSTEM;
    double *room = s->worker && need < 0x1p60 ? clu_alloc_aligned((size_t)need, sizeof *room) : NULL;
    if (!room)
        return clu_fail_memory(err);
    lay_out(s, room);
    for (int t = 0; t < s->threads; t++)
        memset(s->worker[t].acc, 0, s->k * s->sums * CLU_KERN_LANES * sizeof(double));
    settle(s);
    set_ridge(s);
    if (!s->diagonal && s->opt->family != CLU_GMM_VVV && s->opt->family != CLU_GMM_EEE)
        return clu_gslx_eigen_init(&s->eigen, s->d, err);
    return CLU_OK;
}

static void close_state(struct clu_gmm_state *s)
{
    clu_gslx_eigen_clear(&s->eigen);
    clu_free(s->shift); /* the one block */
    clu_free(s->worker);
}

/* --- components that vanish --- */

/* Component j is taken out. */
static void drop(struct clu_gmm_state *s, size_t j)
{
    size_t d = s->d, after = s->k - 1 - j;

    memmove(s->mean + j * d, s->mean + (j + 1) * d, after * d * sizeof(double));
    memmove(s->count + j, s->count + j + 1, after * sizeof(double));
    memmove(s->scatter + j * s->size, s->scatter + (j + 1) * s->size, after * s->size * sizeof(double));
    s->k--;
    s->dropped++;
}

/* Covariances and weights of what the sums have left. False: nothing is left, or a component vanished and the fit shall stop. */
static bool m_step(struct clu_gmm_state *s)
{
    double least = fmax(s->opt->min_rows, 1e-10);

    for (size_t j = s->k; j-- > 0;)
        if (!(s->count[j] >= least)) {
            drop(s, j);
            if (s->opt->vanish == CLU_GMM_STOP)
                return false;
        }
    clu_gmm_ridge(s);
    for (size_t bad; s->k > 0 && (bad = clu_gmm_covariances(s)) < s->k;) {
        drop(s, bad);
        s->singular = true;
        if (s->opt->vanish == CLU_GMM_STOP)
            return false;
    }
    if (s->k == 0)
        return false;
    double all = s->noise ? s->noise_count : 0;
    for (size_t j = 0; j < s->k; j++)
        all += s->count[j];
    for (size_t j = 0; j < s->k; j++)
        s->weight[j] = s->count[j] / all;
    s->noise_weight = s->noise ? s->noise_count / all : 0;
    clu_gmm_offsets(s);
    return true;
}

/* --- where it starts --- */

/* The common axes of a model, which the first M-step goes on from: those of a sum with weights that no symmetry has. */
static enum clu_status axes_of_model(struct clu_gmm_state *s, const struct clu_gmm *g, struct clu_err *err)
{
    memset(s->scratch, 0, s->size * sizeof *s->scratch);
    for (size_t j = 0; j < s->k; j++) {
        double trace = 0;
        for (size_t i = 0; i < s->d; i++)
            trace += g->cov[j * s->size + i * (s->d + 1)];
        for (size_t i = 0; i < s->size; i++)
            s->scratch[i] += (double)(j + 1) / trace * g->cov[j * s->size + i];
    }
    s->warm = true;
    return clu_gslx_eigen_solve(&s->eigen, s->scratch, s->value, s->axes, err);
}

static enum clu_status from_model(struct clu_gmm_state *s, const struct clu_gmm *g, struct clu_err *err)
{
    size_t d = s->d;

    for (size_t j = 0; j < s->k; j++) {
        double *cov = s->cov + j * s->size;
        for (size_t i = 0; i < d; i++)
            s->mean[j * d + i] = g->mean[j * d + i] - s->shift[i];
        for (size_t i = 0; i < s->size; i++)
            cov[i] = g->cov[j * d * d + (s->diagonal ? i * (d + 1) : i)];
        s->weight[j] = g->weight[j];
        if (!clu_gmm_whiten(cov, d, s->diagonal, s->zero, s->scratch, s->whiten + j * s->size, s->log_det + j))
            return clu_fail(err, CLU_DATA, "the covariance of component %zu of the start is not positive definite", j + 1);
    }
    s->noise_weight = g->noise ? g->noise_weight : 0;
    clu_gmm_offsets(s);
    return s->opt->family == CLU_GMM_EVE || s->opt->family == CLU_GMM_VVE ? axes_of_model(s, g, err) : CLU_OK;
}

/* Means first, then the scatter about them. */
static bool from_given(struct clu_gmm_state *s)
{
    memset(s->mean, 0, s->k * s->d * sizeof *s->mean);
    clu_gmm_pass(s, CLU_GMM_MEANS);
    for (size_t i = 0; i < s->k * s->d && s->diagonal; i++) {
        s->whiten[i] = 1;
        s->minus[i] = -s->mean[i];
    }
    clu_gmm_pass(s, CLU_GMM_GIVEN);
    return m_step(s);
}

/* --- the iteration --- */

/* False: it ended because components vanished. */
static enum clu_status iterate(struct clu_gmm_state *s, bool *vanished, struct clu_err *err)
{
    double before = -HUGE_VAL;

    while (s->iterations < s->opt->max_iter && !s->converged) {
        if (clu_tick(s->run, "iteration", s->iterations, s->opt->max_iter, s->iterations ? s->loglik : NAN) != CLU_OK)
            return clu_fail(err, CLU_STOPPED, "stopped");
        size_t dropped = s->dropped;
        clu_gmm_pass(s, CLU_GMM_EM);
        s->iterations++;
        if (!isfinite(s->loglik))
            return clu_fail(err, CLU_DATA, "densities overflow: scale the columns");
        if (!m_step(s)) {
            *vanished = true;
            return CLU_OK;
        }
        if (s->dropped > dropped)
            before = -HUGE_VAL; /* another mixture, which may begin lower */
        else if (fabs(s->loglik - before) < s->opt->tol * s->rows)
            s->converged = true;
        else
            before = s->loglik;
    }
    if (s->opt->final_e)
        clu_gmm_pass(s, CLU_GMM_DENSITY);
    return CLU_OK;
}

/* --- the result --- */

static enum clu_status give(const struct clu_gmm_state *s, struct clu_gmm *out, struct clu_err *err)
{
    size_t d = s->d;

    if (clu_gmm_alloc(out, s->k, d, s->opt->family, err) != CLU_OK)
        return CLU_SYSTEM;
    for (size_t j = 0; j < s->k; j++) {
        out->weight[j] = s->weight[j];
        out->log_det[j] = s->log_det[j];
        for (size_t i = 0; i < d; i++)
            out->mean[j * d + i] = s->mean[j * d + i] + s->shift[i];
        double *cov = out->cov + j * d * d, *whiten = out->whiten + j * d * d;
        if (s->diagonal) {
            for (size_t i = 0; i < d; i++) {
                cov[i * d + i] = s->cov[j * d + i];
                whiten[i * d + i] = s->whiten[j * d + i];
            }
        } else {
            memcpy(cov, s->cov + j * s->size, s->size * sizeof *cov);
            memcpy(whiten, s->whiten + j * s->size, s->size * sizeof *whiten);
        }
    }
    out->noise = s->noise;
    out->noise_weight = s->noise_weight;
    out->noise_log_density = s->noise ? s->opt->noise_log_density : 0;
    out->rows = s->rows;
    out->loglik = s->loglik;
    out->iterations = s->iterations;
    out->converged = s->converged;
    out->dropped = s->dropped;
    return CLU_OK;
}

enum clu_status clu_gmm_fit(struct clu_gmm *out, struct clu_view x, const double *w, size_t k, const struct clu_gmm_start *start,
                            const struct clu_gmm_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_gmm_state s = {.opt = opt, .run = run, .start = start, .x = x, .w = w, .k = k, .loglik = NAN};
    bool vanished = false;

    *out = (struct clu_gmm){.loglik = NAN};
    enum clu_status status = open_state(&s, err);
    if (status == CLU_OK && start->model)
        status = from_model(&s, start->model, err);
    else if (status == CLU_OK)
        vanished = !from_given(&s);
    if (status == CLU_OK && !vanished)
        status = iterate(&s, &vanished, err);
    if (status == CLU_OK && vanished) {
        if (opt->vanish == CLU_GMM_STOP)
            *out = (struct clu_gmm){.d = s.d, .family = opt->family, .loglik = NAN, .rows = s.rows, .iterations = s.iterations,
                                    .vanished = true, .dropped = s.dropped};
        else
            status = s.singular
                         ? clu_fail(err, CLU_DATA, "covariance is singular: the rows vary in too few directions for %s, try a "
                                                   "simpler family, fewer components or a ridge on the variances",
                                    clu_gmm_family_name[opt->family])
                         : clu_fail(err, CLU_DATA, "no component is left: each has fewer than %g rows", fmax(opt->min_rows, 1e-10));
    } else if (status == CLU_OK) {
        status = give(&s, out, err);
    }
    close_state(&s);
    return status;
}
