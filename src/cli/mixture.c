/* Sections: memory, rows, order, moments, printing rows, printing clusters. Models are in mixture_model.c. */
#include "cli/mixture.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- memory --- */

void clu_mixture_clear(struct clu_mixture *m)
{
    clu_gmm_clear(&m->gmm);
    clu_free(m->cluster_of);
    clu_free(m->center);
    clu_free(m->axes);
    clu_free(m->box);
    *m = (struct clu_mixture){0};
}

static size_t cluster_of(const struct clu_mixture *m, size_t component)
{
    return m->cluster_of ? (size_t)m->cluster_of[component] : component;
}

/* Posteriors of a row: the clusters, and noise last. */
static size_t width_of(const struct clu_mixture *m)
{
    return m->clusters + m->gmm.noise;
}

/* --- rows --- */

void clu_mixture_project(const struct clu_mixture *m, struct clu_view x, size_t from, size_t count, double *out)
{
    size_t d = m->gmm.d;

    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; a < d; a++) {
            double sum = 0;
            for (size_t j = 0; j < m->in_d; j++)
                sum += m->center ? m->axes[a * m->in_d + j] * (clu_view_at(x, from + i, j) - m->center[j]) : 0;
            out[i * d + a] = m->center ? sum : clu_view_at(x, from + i, a);
        }
}

/* Where every density is 0 (a squared distance overflows) the nearest component counts, whatever its weight: distances of
 * coordinates made so small that their squares fit. */
static size_t nearest_component(const struct clu_gmm *g, const double *x)
{
    const double small = 0x1p-600;
    size_t best = 0;
    double least = HUGE_VAL;

    for (size_t a = 0; a < g->k; a++) {
        const double *w = g->whiten + a * g->d * g->d, *mean = g->mean + a * g->d;
        double sum = 0;
        for (size_t i = 0; i < g->d; i++) {
            double z = 0;
            for (size_t j = 0; j <= i; j++)
                z += w[i * g->d + j] * (x[j] * small - mean[j] * small);
            sum += z * z;
        }
        if (sum < least) {
            least = sum;
            best = a;
        }
    }
    return best;
}

static int32_t certain(const struct clu_gmm *g, const double *x, double *post)
{
    size_t best = g->noise && g->noise_weight > 0 ? g->k : nearest_component(g, x);

    for (size_t a = 0; a < g->k + g->noise; a++)
        post[a] = 0;
    post[best] = 1;
    return best < g->k ? (int32_t)best : -1;
}

/* Buffers for a block of rows. */
struct block {
    size_t rows;
    double *x;    /* [rows][gmm.d]; only where the view will not do */
    double *post; /* [rows][gmm.k + noise] */
    double *dens; /* [rows] */
    double *sum;  /* [clusters + noise] */
    int32_t *of;  /* [rows] component, -1: noise */
};

static void block_clear(struct block *b)
{
    clu_free(b->x);
    clu_free(b->post);
    clu_free(b->dens);
    clu_free(b->sum);
    clu_free(b->of);
}

#define BLOCK_NUMBERS ((size_t)1 << 20) /* about: 8 MiB */
#define BLOCK_ROWS ((size_t)1 << 13)    /* enough for any number of threads */

static enum clu_status block_init(struct block *b, const struct clu_mixture *m, size_t rows, struct clu_err *err)
{
    size_t each = m->gmm.d + m->gmm.k + 2;

    *b = (struct block){.rows = BLOCK_NUMBERS / each + 1};
    b->rows = b->rows < BLOCK_ROWS ? b->rows : BLOCK_ROWS;
    b->rows = b->rows < rows ? b->rows : rows;
    b->x = clu_alloc(b->rows, m->gmm.d * sizeof *b->x);
    b->post = clu_alloc(b->rows, (m->gmm.k + 1) * sizeof *b->post);
    b->dens = clu_alloc(b->rows, sizeof *b->dens);
    b->sum = clu_alloc(m->clusters + 1, sizeof *b->sum);
    b->of = clu_alloc(b->rows, sizeof *b->of);
    return b->x && b->post && b->dens && b->sum && b->of ? CLU_OK : clu_fail_memory(err);
}

/* The clusters' posteriors of one row from those of the components, and its label; where components are clusters alg/gmm has found it,
 * before rounding made small posteriors equal. */
static int32_t sum_up(const struct clu_mixture *m, const double *post, int32_t component, double *sum)
{
    size_t best = 0, width = width_of(m);

    for (size_t c = 0; c < width; c++)
        sum[c] = 0;
    for (size_t a = 0; a < m->gmm.k; a++)
        sum[cluster_of(m, a)] += post[a];
    if (m->gmm.noise)
        sum[m->clusters] = post[m->gmm.k];
    if (!m->cluster_of)
        return component;
    for (size_t c = 1; c < width; c++)
        if (sum[c] > sum[best])
            best = c;
    return best == m->clusters ? -1 : (int32_t)best;
}

/* Log densities end about here: alg/gmm has squared distances that overflow at -2^1000. */
#define NO_DENSITY (-1e300)

static enum clu_status do_block(const struct clu_mixture *m, struct block *b, struct clu_view x, size_t from, size_t count,
                                const struct clu_run *run, struct clu_err *err)
{
    const struct clu_gmm *g = &m->gmm;
    struct clu_view y = {.v = b->x, .rows = count, .cols = g->d, .ld = g->d};
    enum clu_status status;

    if (m->center) {
        clu_mixture_project(m, x, from, count, b->x);
        status = clu_gmm_posterior(g, y, 0, count, b->post, b->dens, b->of, run, err);
    } else {
        status = clu_gmm_posterior(g, x, from, count, b->post, b->dens, b->of, run, err);
    }
    for (size_t i = 0; i < count && status == CLU_OK; i++)
        if (!(b->dens[i] > NO_DENSITY)) {
            clu_mixture_project(m, x, from + i, 1, b->x);
            b->of[i] = certain(g, b->x, b->post + i * (g->k + g->noise));
            b->dens[i] = b->of[i] < 0 ? log(g->noise_weight) + g->noise_log_density : -HUGE_VAL;
        }
    return status;
}

enum clu_status clu_mixture_rows(const struct clu_mixture *m, struct clu_view x, size_t from, size_t count, double *post,
                                 double *logdens, int32_t *label, const struct clu_run *run, struct clu_err *err)
{
    struct block b;
    size_t width = width_of(m), done = 0;
    enum clu_status status = block_init(&b, m, count, err);

    while (status == CLU_OK && done < count) {
        size_t n = count - done < b.rows ? count - done : b.rows;
        status = do_block(m, &b, x, from + done, n, run, err);
        for (size_t i = 0; i < n && status == CLU_OK; i++, done++) {
            int32_t of_row = sum_up(m, b.post + i * (m->gmm.k + m->gmm.noise), b.of[i], b.sum);
            if (label)
                label[done] = of_row;
            if (logdens)
                logdens[done] = b.dens[i];
            if (post)
                memcpy(post + done * width, b.sum, width * sizeof *post);
        }
    }
    block_clear(&b);
    return status;
}

/* --- order --- */

/* v[k][each] in the order of from[k]. */
static void permute(void *v, size_t each, const size_t *from, size_t k, void *scratch)
{
    memcpy(scratch, v, k * each);
    for (size_t a = 0; a < k; a++)
        memcpy((char *)v + a * each, (char *)scratch + from[a] * each, each);
}

static void reorder(struct clu_mixture *m, const int32_t *rank, size_t *from, double *scratch)
{
    struct clu_gmm *g = &m->gmm;
    size_t at = 0, d = g->d;

    for (size_t c = 0; c < m->clusters; c++)
        for (size_t a = 0; a < g->k; a++)
            if ((size_t)rank[cluster_of(m, a)] == c)
                from[at++] = a;
    if (m->cluster_of) {
        for (size_t a = 0; a < g->k; a++)
            m->cluster_of[a] = rank[m->cluster_of[a]];
        permute(m->cluster_of, sizeof *m->cluster_of, from, g->k, scratch);
    }
    permute(g->weight, sizeof(double), from, g->k, scratch);
    permute(g->log_det, sizeof(double), from, g->k, scratch);
    permute(g->mean, d * sizeof(double), from, g->k, scratch);
    permute(g->cov, d * d * sizeof(double), from, g->k, scratch);
    permute(g->whiten, d * d * sizeof(double), from, g->k, scratch);
}

enum clu_status clu_mixture_order(struct clu_mixture *m, int32_t *label, size_t n, struct clu_err *err)
{
    struct clu_gmm *g = &m->gmm;
    int32_t *rank = clu_alloc(m->clusters, sizeof *rank), next = 0;
    size_t *from = clu_alloc(g->k, sizeof *from);
    double *scratch = clu_alloc(g->k, g->d * g->d * sizeof *scratch);
    enum clu_status status = rank && from && scratch ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        for (size_t c = 0; c < m->clusters; c++)
            rank[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (label[i] >= 0 && rank[label[i]] < 0)
                rank[label[i]] = next++;
        for (size_t c = 0; c < m->clusters; c++)
            if (rank[c] < 0)
                rank[c] = next++;
        for (size_t i = 0; i < n; i++)
            label[i] = label[i] >= 0 ? rank[label[i]] : -1;
        reorder(m, rank, from, scratch);
    }
    clu_free(rank);
    clu_free(from);
    clu_free(scratch);
    return status;
}

/* --- moments --- */

/* Those of the cluster in the space of the mixture: the law of total covariance over its components. */
static double pool(const struct clu_mixture *m, size_t c, double *mean, double *cov)
{
    const struct clu_gmm *g = &m->gmm;
    size_t d = g->d;
    double weight = 0;

    memset(mean, 0, d * sizeof *mean);
    if (cov)
        memset(cov, 0, d * d * sizeof *cov);
    for (size_t a = 0; a < g->k; a++)
        weight += cluster_of(m, a) == c ? g->weight[a] : 0;
    for (size_t a = 0; a < g->k; a++)
        for (size_t i = 0; i < d && cluster_of(m, a) == c; i++)
            mean[i] += g->weight[a] / weight * g->mean[a * d + i];
    for (size_t a = 0; a < g->k && cov; a++) {
        if (cluster_of(m, a) != c)
            continue;
        const double *of = g->mean + a * d;
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                cov[i * d + j] += g->weight[a] / weight * (g->cov[(a * d + i) * d + j] + (of[i] - mean[i]) * (of[j] - mean[j]));
    }
    return weight;
}

/* From the space of the projection back: center + axes' mean, axes' cov axes. half[d][in_d] is scratch. */
static void unproject(const struct clu_mixture *m, const double *mean, const double *cov, double *to_mean, double *to_cov,
                      double *half)
{
    size_t d = m->gmm.d, n = m->in_d;

    memcpy(to_mean, m->center, n * sizeof *to_mean);
    for (size_t a = 0; a < d; a++)
        for (size_t j = 0; j < n; j++)
            to_mean[j] += m->axes[a * n + j] * mean[a];
    if (!to_cov)
        return;
    memset(half, 0, d * n * sizeof *half);
    memset(to_cov, 0, n * n * sizeof *to_cov);
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++)
            for (size_t j = 0; j < n; j++)
                half[a * n + j] += cov[a * d + b] * m->axes[b * n + j];
    for (size_t a = 0; a < d; a++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                to_cov[i * n + j] += m->axes[a * n + i] * half[a * n + j];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            to_cov[j * n + i] = to_cov[i * n + j];
}

enum clu_status clu_mixture_moments(const struct clu_mixture *m, const struct clu_prepare *p, size_t c, double *weight, double *mean,
                                    double *cov, struct clu_err *err)
{
    size_t d = m->gmm.d, n = m->in_d;

    if (!m->center) {
        *weight = pool(m, c, mean, cov);
    } else {
        double *in = clu_alloc(d, (1 + d + n) * sizeof *in);
        if (!in)
            return clu_fail_memory(err);
        *weight = pool(m, c, in, cov ? in + d : NULL);
        unproject(m, in, in + d, mean, cov, in + d + d * d);
        clu_free(in);
    }
    clu_prepare_leave(p, mean, 1);
    for (size_t i = 0; i < n && cov && p->scale.divisor; i++)
        for (size_t j = 0; j < n; j++)
            cov[i * n + j] *= p->scale.divisor[i] * p->scale.divisor[j];
    return CLU_OK;
}

/* --- printing rows --- */

/* log of the volume that a unit of the scaled space has in the input's units: densities are divided by it. */
static double log_unit(const struct clu_mixture *m, const struct clu_prepare *p)
{
    double sum = 0;

    for (size_t j = 0; j < p->d && !m->center && p->scale.divisor; j++)
        sum += log(p->scale.divisor[j]);
    return sum;
}

void clu_mixture_eye_init(struct clu_mixture_eye *e, const struct clu_mixture *m, const struct clu_prepare *p, int what,
                          const struct clu_run *run)
{
    *e = (struct clu_mixture_eye){.m = m, .what = what, .run = run, .log_unit = log_unit(m, p)};
    e->values = (struct clu_values){.fill = clu_mixture_fill, .ctx = e, .width = width_of(m), .err = &e->err};
    if (what == CLU_MIXTURE_POSTERIORS) {
        e->values.name = m->gmm.noise ? "0" : NULL;
    } else {
        e->values.width = 1;
        e->values.name = what == CLU_MIXTURE_DENSITY ? "density" : "uncertainty";
    }
}

/* 1 - max without the cancellation of that difference: the sum of the others. */
static void uncertain(const double *post, size_t width, size_t count, double *out)
{
    for (size_t i = 0; i < count; i++) {
        const double *of = post + i * width;
        size_t best = 0;
        for (size_t c = 1; c < width; c++)
            best = of[c] > of[best] ? c : best;
        out[i] = 0;
        for (size_t c = 0; c < width; c++)
            out[i] += c != best ? of[c] : 0;
    }
}

void clu_mixture_fill(void *ctx, struct clu_view x, size_t from, size_t count, double *out)
{
    struct clu_mixture_eye *e = ctx;
    size_t width = width_of(e->m);

    if (e->what == CLU_MIXTURE_POSTERIORS) {
        clu_mixture_rows(e->m, x, from, count, out, NULL, NULL, e->run, &e->err);
    } else if (e->what == CLU_MIXTURE_DENSITY) {
        clu_mixture_rows(e->m, x, from, count, NULL, out, NULL, e->run, &e->err);
        for (size_t i = 0; i < count; i++)
            out[i] -= e->log_unit;
    } else {
        size_t step = BLOCK_NUMBERS / width + 1;
        step = step < count ? step : count;
        double *post = clu_alloc(step, width * sizeof *post);
        if (!post)
            clu_fail_memory(&e->err);
        for (size_t i = 0, n; i < count && e->err.code == CLU_OK; i += n) {
            n = count - i < step ? count - i : step;
            if (clu_mixture_rows(e->m, x, from + i, n, post, NULL, NULL, e->run, &e->err) == CLU_OK)
                uncertain(post, width, n, out + i);
        }
        clu_free(post);
    }
}

enum clu_status clu_mixture_print(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p,
                                  const struct clu_mixture *m, int what, const int32_t *label, struct clu_err *err)
{
    struct clu_mixture_eye eye;
    struct clu_rows rows = {.rows = t->rows,
                            .kept = t->kept,
                            .id = t->schema.id != CLU_NO_COLUMN ? &t->id : NULL,
                            .text = cli->output && cli->output->append ? &t->text : NULL};

    if (what == CLU_MIXTURE_LABELS) {
        clu_print_labels(cli, &t->schema, &rows, label, true);
        return CLU_OK;
    }
    clu_mixture_eye_init(&eye, m, p, what, &cli->run);
    return clu_print_values(cli, &t->schema, &rows, clu_mat_look(&t->x), &eye.values, true, err);
}

/* --- printing clusters --- */

enum clu_status clu_mixture_means(struct clu_cli *cli, const struct clu_schema *s, const struct clu_prepare *p,
                                  const struct clu_mixture *m, struct clu_err *err)
{
    double *mean = clu_alloc(m->clusters, m->in_d * sizeof *mean), weight;
    enum clu_status status = mean ? CLU_OK : clu_fail_memory(err);

    for (size_t c = 0; c < m->clusters && status == CLU_OK; c++)
        status = clu_mixture_moments(m, p, c, &weight, mean + c * m->in_d, NULL, err);
    if (status == CLU_OK)
        clu_print_centers(cli, s, mean, m->clusters);
    clu_free(mean);
    return status;
}

static void print_matrix(struct clu_cells *c, const struct clu_schema *s, size_t cluster, const double *cov, size_t d)
{
    char name[32];

    for (size_t i = 0; i < d; i++) {
        clu_cell_int(c, (long long)cluster + 1);
        clu_cell_str(c, clu_schema_feature(s, i, name));
        for (size_t j = 0; j < d; j++)
            clu_cell_number(c, cov[i * d + j]);
        clu_cells_end(c);
    }
}

enum clu_status clu_mixture_covariances(struct clu_cli *cli, const struct clu_schema *s, const struct clu_prepare *p,
                                        const struct clu_mixture *m, struct clu_err *err)
{
    struct clu_cells c = clu_print_cells(cli, s);
    double *mean = clu_alloc(m->in_d, (1 + m->in_d) * sizeof *mean), weight;
    enum clu_status status = mean ? CLU_OK : clu_fail_memory(err);
    char name[32];

    if (status == CLU_OK) {
        clu_cell_str(&c, "cluster");
        clu_cell_str(&c, "column");
        for (size_t j = 0; j < m->in_d; j++)
            clu_cell_str(&c, clu_schema_feature(s, j, name));
        clu_cells_end(&c);
    }
    for (size_t i = 0; i < m->clusters && status == CLU_OK; i++) {
        status = clu_mixture_moments(m, p, i, &weight, mean, mean + m->in_d, err);
        if (status == CLU_OK)
            print_matrix(&c, s, i, mean + m->in_d, m->in_d);
    }
    clu_free(mean);
    return status;
}
