/* Sections: costs, covariances, merging, iteration, the public calls. */
#include "alg/regime.h"

#include "alg/viterbi.h"
#include "base/mem.h"
#include "num/chol.h"

#include <math.h>
#include <string.h>

void clu_regimes_clear(struct clu_regimes *r)
{
    clu_free(r->label);
    clu_free(r->covariance);
    clu_free(r->from);
    *r = (struct clu_regimes){0};
}

/* --- costs --- */

/* The cost of a row is linear in the products of its variates: pairs i <= j, d (d + 1) / 2 of them. */
struct state {
    struct clu_view x;
    size_t d, k, stride, products;
    double *weight;  /* [1 + products][stride]: log det S, then the entries of S^-1, those off the diagonal twice */
    double *sum;     /* [k][products] of the rows of each regime */
    size_t *count;   /* [k] */
    int32_t *number; /* [k] scratch of renumbering */
    double *factor, *inverse; /* [d][d] */
    double *r;       /* [k][d][d] correlations */
};

static void clear_state(struct state *s)
{
    clu_free(s->weight);
    clu_free(s->sum);
    clu_free(s->count);
    clu_free(s->number);
    clu_free(s->factor);
    clu_free(s->inverse);
    clu_free(s->r);
}

static enum clu_status start_state(struct state *s, struct clu_view x, size_t k, struct clu_err *err)
{
    size_t d = x.cols, products = d * (d + 1) / 2;

    *s = (struct state){.x = x, .d = d, .k = k, .products = products, .stride = clu_viterbi_stride(k)};
    s->weight = clu_alloc((1 + products) * s->stride, sizeof *s->weight);
    s->sum = clu_alloc(k * products, sizeof *s->sum);
    s->count = clu_alloc(k, sizeof *s->count);
    s->number = clu_alloc(k, sizeof *s->number);
    s->factor = clu_alloc(d * d, sizeof *s->factor);
    s->inverse = clu_alloc(d * d, sizeof *s->inverse);
    s->r = clu_alloc(k, d * d * sizeof *s->r);
    if (!s->weight || !s->sum || !s->count || !s->number || !s->factor || !s->inverse || !s->r)
        return clu_fail_memory(err);
    return CLU_OK;
}

static void cost(const void *ctx, size_t first, size_t rows, double *restrict out)
{
    const struct state *s = ctx;
    size_t stride = s->stride;

    for (size_t t = 0; t < rows; t++, out += stride) {
        const double *x = s->x.v + (first + t) * s->x.ld;
        const double *restrict w = s->weight;
        memcpy(out, w, stride * sizeof *out);
        for (size_t i = 0; i < s->d; i++)
            for (size_t j = i; j < s->d; j++) {
                double p = x[i] * x[j];
                w += stride;
#pragma omp simd
                for (size_t k = 0; k < stride; k++)
                    out[k] += p * w[k];
            }
    }
}

/* The weights of regime k, from its covariance. */
static enum clu_status weigh(struct state *s, size_t k, const double *covariance, struct clu_err *err)
{
    size_t d = s->d, row = 0;

    memcpy(s->factor, covariance, d * d * sizeof *s->factor);
    if (clu_chol_factor(s->factor, d, 1e-14, NULL) < d)
        return clu_fail(err, CLU_DATA, "the covariance of cluster %zu is singular; a greater ridge helps", k + 1);
    clu_chol_invert(s->factor, d, s->inverse);
    s->weight[k] = clu_chol_log_det(s->factor, d);
    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++) {
            double sum = 0; /* of the columns of L^-1 from row j on: below the diagonal */
            for (size_t l = j; l < d; l++)
                sum += s->inverse[l * d + i] * s->inverse[l * d + j];
            s->weight[++row * s->stride + k] = i == j ? sum : 2 * sum;
        }
    return CLU_OK;
}

static enum clu_status weigh_all(struct state *s, const double *covariance, size_t k, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    s->k = k;
    s->stride = clu_viterbi_stride(k);
    memset(s->weight, 0, (1 + s->products) * s->stride * sizeof *s->weight);
    for (size_t i = 0; status == CLU_OK && i < k; i++)
        status = weigh(s, i, covariance + i * s->d * s->d, err);
    return status;
}

/* --- covariances --- */

static void add_up(struct state *s, const int32_t *label, size_t n)
{
    memset(s->sum, 0, s->k * s->products * sizeof *s->sum);
    memset(s->count, 0, s->k * sizeof *s->count);
    for (size_t t = 0; t < n; t++) {
        const double *x = s->x.v + t * s->x.ld;
        double *sum = s->sum + (size_t)label[t] * s->products;
        s->count[label[t]]++;
        for (size_t i = 0; i < s->d; i++)
            for (size_t j = i; j < s->d; j++)
                *sum++ += x[i] * x[j];
    }
}

/* Regimes without rows leave; the others keep their order. Per regime: its covariance and what it began as. */
static void drop_empty(struct state *s, struct clu_regimes *r)
{
    size_t left = 0, d = s->d;

    for (size_t k = 0; k < s->k; k++) {
        s->number[k] = (int32_t)left;
        if (s->count[k] == 0)
            continue;
        memmove(r->covariance + left * d * d, r->covariance + k * d * d, d * d * sizeof *r->covariance);
        memmove(s->sum + left * s->products, s->sum + k * s->products, s->products * sizeof *s->sum);
        s->count[left] = s->count[k];
        r->from[left++] = r->from[k];
    }
    if (left < s->k)
        for (size_t t = 0; t < r->n; t++)
            r->label[t] = s->number[r->label[t]];
    s->k = left;
}

static void estimate(struct state *s, struct clu_regimes *r, double ridge)
{
    size_t d = s->d;

    add_up(s, r->label, r->n);
    drop_empty(s, r);
    for (size_t k = 0; k < s->k; k++) {
        double *c = r->covariance + k * d * d;
        const double *sum = s->sum + k * s->products;
        for (size_t i = 0; i < d; i++)
            for (size_t j = i; j < d; j++, sum++)
                c[i * d + j] = c[j * d + i] = *sum / (double)s->count[k] + (i == j ? ridge : 0);
    }
}

/* --- merging --- */

/* Correlations of regime k from its sums. */
static void correlate(struct state *s, size_t k)
{
    size_t d = s->d, at = 0;
    const double *sum = s->sum + k * s->products;
    double *r = s->r + k * d * d;

    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++)
            r[i * d + j] = r[j * d + i] = sum[at++];
    for (size_t i = 0; i < d; i++)
        for (size_t j = i + 1; j < d; j++) {
            double spread = sqrt(r[i * d + i]) * sqrt(r[j * d + j]);
            r[i * d + j] = r[j * d + i] = spread > 0 ? r[i * d + j] / spread : 0;
        }
}

/* The greatest difference of their correlations, less what chance can do: two standard errors of a correlation near 0 of the smaller one. */
static double difference(const struct state *s, size_t a, size_t b)
{
    size_t fewer = s->count[a] < s->count[b] ? s->count[a] : s->count[b];
    const double *r = s->r + a * s->d * s->d, *q = s->r + b * s->d * s->d;
    double most = 0;

    for (size_t i = 0; i < s->d; i++)
        for (size_t j = i + 1; j < s->d; j++)
            most = fmax(most, fabs(r[i * s->d + j] - q[i * s->d + j]));
    return most - 2 / sqrt((double)fewer);
}

/* The closest two of the regimes that are left; what they differ by. */
static double closest(const struct state *s, const bool *gone, size_t *a, size_t *b)
{
    double least = HUGE_VAL;

    for (size_t i = 0; i < s->k; i++)
        for (size_t j = i + 1; !gone[i] && j < s->k; j++) {
            double away = gone[j] ? HUGE_VAL : difference(s, i, j);
            if (away < least) {
                least = away;
                *a = i;
                *b = j;
            }
        }
    return least;
}

/* Labels of regimes that differ by less become the lowest of them; says whether any did. gone[k] is all false, and is so again. */
static bool merge(struct state *s, struct clu_regimes *r, double limit, bool *gone)
{
    size_t a = 0, b = 0, merged = 0;

    add_up(s, r->label, r->n);
    drop_empty(s, r);
    for (size_t k = 0; k < s->k; k++) {
        correlate(s, k);
        s->number[k] = (int32_t)k;
    }
    for (; closest(s, gone, &a, &b) < limit; merged++) {
        for (size_t j = 0; j < s->products; j++)
            s->sum[a * s->products + j] += s->sum[b * s->products + j];
        s->count[a] += s->count[b];
        correlate(s, a);
        gone[b] = true;
        for (size_t k = 0; k < s->k; k++)
            if (s->number[k] == (int32_t)b)
                s->number[k] = (int32_t)a;
    }
    for (size_t t = 0; t < r->n && merged > 0; t++)
        r->label[t] = s->number[r->label[t]];
    memset(gone, 0, s->k * sizeof *gone);
    return merged > 0;
}

/* --- iteration --- */

/* In place: labels by first appearance. */
static void order(struct state *s, struct clu_regimes *r, double *covariance, int32_t *from)
{
    size_t next = 0, d = s->d;

    for (size_t k = 0; k < s->k; k++)
        s->number[k] = -1;
    for (size_t t = 0; t < r->n; t++) {
        int32_t was = r->label[t];
        if (s->number[was] < 0) {
            memcpy(covariance + next * d * d, r->covariance + (size_t)was * d * d, d * d * sizeof *covariance);
            from[next] = r->from[was];
            s->number[was] = (int32_t)next++;
        }
        r->label[t] = s->number[was];
    }
    memcpy(r->covariance, covariance, next * d * d * sizeof *covariance);
    memcpy(r->from, from, next * sizeof *from);
    r->k = next;
}

static enum clu_status finish(struct state *s, struct clu_regimes *r, const struct clu_regime_opt *opt, struct clu_err *err)
{
    enum clu_status status = clu_viterbi_absorb(r->label, r->n, s->k, opt->min_length, cost, s, err);
    double *covariance = clu_alloc(s->k * s->d * s->d, sizeof *covariance);
    int32_t *from = clu_alloc(s->k, sizeof *from);

    if (status == CLU_OK && (!covariance || !from))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        order(s, r, covariance, from);
    clu_free(covariance);
    clu_free(from);
    return status;
}

static enum clu_status sweep(struct state *s, struct clu_regimes *r, const struct clu_regime_opt *opt, const struct clu_run *run,
                             struct clu_err *err)
{
    estimate(s, r, opt->ridge);
    enum clu_status status = weigh_all(s, r->covariance, s->k, err);
    return status == CLU_OK ? clu_viterbi(r->label, &r->cost, r->n, s->k, opt->beta, cost, s, run, err) : status;
}

static enum clu_status iterate(struct state *s, struct clu_regimes *r, const struct clu_regime_opt *opt, int32_t *was, bool *gone,
                               const struct clu_run *run, struct clu_err *err)
{
    double before = HUGE_VAL;

    while (!r->converged && r->iterations < opt->max_iter) {
        memcpy(was, r->label, r->n * sizeof *was);
        enum clu_status status = sweep(s, r, opt, run, err);
        if (status != CLU_OK)
            return status;
        bool stands = r->cost >= before || memcmp(was, r->label, r->n * sizeof *was) == 0; /* the ridge can make it turn in circles */
        bool merged = stands && opt->merge > 0 && merge(s, r, opt->merge, gone);
        before = merged ? HUGE_VAL : r->cost;
        r->converged = stands && !merged;
        r->iterations++;
        if (clu_tick(run, "iteration", r->iterations, opt->max_iter, r->cost) != CLU_OK)
            return clu_fail(err, CLU_STOPPED, "stopped");
    }
    return CLU_OK;
}

/* --- the public calls --- */

static enum clu_status start(struct clu_regimes *r, struct clu_view x, size_t k, struct clu_err *err)
{
    *r = (struct clu_regimes){.n = x.rows, .d = x.cols};
    r->label = clu_alloc(x.rows, sizeof *r->label);
    r->covariance = clu_calloc(k, x.cols * x.cols * sizeof *r->covariance);
    r->from = clu_alloc(k, sizeof *r->from);
    if (!r->label || !r->covariance || !r->from)
        return clu_fail_memory(err);
    for (size_t i = 0; i < k; i++)
        r->from[i] = (int32_t)i;
    return CLU_OK;
}

enum clu_status clu_regimes_fit(struct clu_regimes *out, struct clu_view x, const int32_t *label, size_t k, const struct clu_regime_opt *opt,
                                const struct clu_run *run, struct clu_err *err)
{
    struct state s = {0};
    int32_t *was = clu_alloc(x.rows, sizeof *was);
    bool *gone = clu_calloc(k, sizeof *gone);
    enum clu_status status = start(out, x, k, err);

    if (status == CLU_OK)
        status = was && gone ? start_state(&s, x, k, err) : clu_fail_memory(err);
    if (status == CLU_OK) {
        memcpy(out->label, label, x.rows * sizeof *label);
        status = iterate(&s, out, opt, was, gone, run, err);
    }
    if (status == CLU_OK)
        status = finish(&s, out, opt, err);
    if (status != CLU_OK)
        clu_regimes_clear(out);
    clear_state(&s);
    clu_free(gone);
    clu_free(was);
    return status;
}

enum clu_status clu_regimes_assign(struct clu_regimes *out, struct clu_view x, const double *covariance, size_t k,
                                   const struct clu_regime_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct state s = {0};
    enum clu_status status = start(out, x, k, err);

    if (status == CLU_OK)
        status = start_state(&s, x, k, err);
    if (status == CLU_OK) {
        memcpy(out->covariance, covariance, k * x.cols * x.cols * sizeof *covariance);
        for (size_t i = 0; i < k * x.cols; i++)
            out->covariance[i * x.cols + i % x.cols] += opt->ridge;
        status = weigh_all(&s, out->covariance, k, err);
    }
    if (status == CLU_OK)
        status = clu_viterbi(out->label, &out->cost, x.rows, k, opt->beta, cost, &s, run, err);
    if (status == CLU_OK)
        status = finish(&s, out, opt, err);
    out->converged = true;
    if (status != CLU_OK)
        clu_regimes_clear(out);
    clear_state(&s);
    return status;
}
