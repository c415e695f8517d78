/* Models of mixtures. Sections: units, writing, loading, a start, assigning, sampling. */
#include "cli/mixture.h"

#include "base/mem.h"
#include "base/rng.h"
#include "cli/stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- units --- */

/* The components from the units of scaled rows to those of the input, or back. A projection stays in its own space. */
static void change_units(struct clu_mixture *m, const struct clu_prepare *p, bool to_input)
{
    struct clu_gmm *g = &m->gmm;
    const double *divisor = p->scale.divisor;

    if (m->box)
        (to_input ? clu_prepare_leave : clu_prepare_enter)(p, m->box, 2);
    if (m->center || !divisor)
        return;
    (to_input ? clu_prepare_leave : clu_prepare_enter)(p, g->mean, g->k);
    for (size_t i = 0; i < g->d; i++) {
        g->noise_log_density += to_input ? -log(divisor[i]) : log(divisor[i]);
        for (size_t a = 0; a < g->k; a++)
            for (size_t j = 0; j < g->d; j++) {
                double *c = g->cov + (a * g->d + i) * g->d + j;
                *c = to_input ? *c * divisor[i] * divisor[j] : *c / divisor[i] / divisor[j];
            }
    }
}

/* --- writing --- */

static enum clu_status copy(double **to, const double *from, size_t n, struct clu_err *err)
{
    if (!from)
        return CLU_OK;
    *to = clu_alloc(n, sizeof **to);
    if (!*to)
        return clu_fail_memory(err);
    memcpy(*to, from, n * sizeof **to);
    return CLU_OK;
}

/* A mixture in the input's units whose structure is borrowed from m. */
static enum clu_status in_input_units(struct clu_mixture *out, const struct clu_mixture *m, const struct clu_prepare *p,
                                      struct clu_err *err)
{
    size_t k = m->gmm.k, d = m->gmm.d;

    *out = *m;
    out->gmm.mean = out->gmm.cov = out->box = NULL;
    enum clu_status status = copy(&out->gmm.mean, m->gmm.mean, k * d, err);
    if (status == CLU_OK)
        status = copy(&out->gmm.cov, m->gmm.cov, k * d * d, err);
    if (status == CLU_OK)
        status = copy(&out->box, m->box, 2 * m->in_d, err);
    if (status == CLU_OK)
        change_units(out, p, true);
    for (size_t a = 0; a < k && status == CLU_OK; a++)
        for (size_t i = 0; i < d && status == CLU_OK; i++) {
            double v = out->gmm.cov[(a * d + i) * d + i];
            if (!(v > 0 && v < HUGE_VAL))
                status = clu_fail(err, CLU_DATA, "a variance is too %s for a model in the input's units", v > 0 ? "large" : "small");
        }
    return status;
}

static enum clu_status put_covariances(struct clu_out *out, const struct clu_gmm *g, struct clu_err *err)
{
    double *row = clu_alloc(g->d, sizeof *row);
    size_t d = g->d;

    if (!row)
        return clu_fail_memory(err);
    for (size_t a = 0; a < g->k; a++) {
        const double *cov = g->cov + a * d * d;
        for (size_t i = 0; i < d; i++)
            row[i] = cov[i * d + i];
        if (clu_gmm_is_diagonal(g->family))
            clu_model_put_numbers(out, "variance", row, d);
        for (size_t i = 0; i < d && !clu_gmm_is_diagonal(g->family); i++)
            clu_model_put_numbers(out, "covariance", cov + i * d, d);
    }
    clu_free(row);
    return CLU_OK;
}

enum clu_status clu_mixture_write(struct clu_out *out, const char *tool, const struct clu_prepare *p, const struct clu_mixture *m,
                                  struct clu_err *err)
{
    struct clu_mixture shown;
    enum clu_status status = in_input_units(&shown, m, p, err);
    const struct clu_gmm *g = &shown.gmm;

    if (status == CLU_OK) {
        clu_model_begin(out, tool);
        clu_prepare_save(p, out);
        if (m->center)
            clu_model_put_numbers(out, "projection-center", m->center, m->in_d);
        for (size_t a = 0; a < g->d && m->center; a++)
            clu_model_put_numbers(out, "projection", m->axes + a * m->in_d, m->in_d);
        clu_model_put_text(out, "family", &clu_gmm_family_name[g->family], 1);
        for (size_t a = 0; a < g->k; a++) {
            double of[2] = {m->cluster_of ? m->cluster_of[a] + 1 : (double)a + 1, g->weight[a]};
            clu_model_put_numbers(out, "component", of, 2);
        }
        for (size_t a = 0; a < g->k; a++)
            clu_model_put_numbers(out, "mean", g->mean + a * g->d, g->d);
        status = put_covariances(out, g, err);
    }
    if (status == CLU_OK && g->noise) {
        double of[2] = {g->noise_weight, g->noise_log_density};
        clu_model_put_numbers(out, "noise", of, 2);
        for (size_t i = 0; i < 2 && shown.box; i++)
            clu_model_put_numbers(out, "noise-box", shown.box + i * m->in_d, m->in_d);
    }
    clu_free(shown.gmm.mean);
    clu_free(shown.gmm.cov);
    clu_free(shown.box);
    return status;
}

void clu_mixture_save(struct clu_cli *cli, const char *path, const char *tool, const struct clu_prepare *p,
                      const struct clu_mixture *m)
{
    struct clu_err err = {0};
    struct clu_out *out = clu_cli_open(cli, path);

    clu_cli_check(cli, clu_mixture_write(out, tool, p, m, &err), &err);
    clu_cli_close(cli, out);
}

/* --- loading --- */

static enum clu_status load_family(int *family, const struct clu_model *f, struct clu_err *err)
{
    const char *word = clu_model_text(f, "family", 0, 0);

    for (*family = 0; word && *family < CLU_GMM_FAMILIES; ++*family)
        if (strcmp(word, clu_gmm_family_name[*family]) == 0)
            return CLU_OK;
    return clu_model_bad(f, "family", 0, err, word ? "no such family" : "no record 'family'");
}

static enum clu_status load_projection(struct clu_mixture *m, const struct clu_model *f, size_t d, struct clu_err *err)
{
    m->in_d = clu_model_width(f, "projection-center", 0);
    if (clu_model_count(f, "projection-center") == 0) {
        m->in_d = d;
        return CLU_OK;
    }
    if (clu_model_count(f, "projection") != d || m->in_d == 0)
        return clu_model_bad(f, "projection", 0, err, "%zu axes of a projection, but means of %zu", clu_model_count(f, "projection"), d);
    m->center = clu_alloc(m->in_d, sizeof *m->center);
    m->axes = clu_alloc(d, m->in_d * sizeof *m->axes);
    if (!m->center || !m->axes)
        return clu_fail_memory(err);
    enum clu_status status = clu_model_numbers(f, "projection-center", 0, m->center, m->in_d, err);
    for (size_t a = 0; a < d && status == CLU_OK; a++)
        status = clu_model_numbers(f, "projection", a, m->axes + a * m->in_d, m->in_d, err);
    return status;
}

/* Clusters and weights of the components, and noise. */
static enum clu_status load_weights(struct clu_mixture *m, const struct clu_model *f, struct clu_err *err)
{
    struct clu_gmm *g = &m->gmm;
    double of[2], sum = 0;
    size_t k = g->k;

    m->cluster_of = clu_alloc(k, sizeof *m->cluster_of);
    if (!m->cluster_of)
        return clu_fail_memory(err);
    g->noise = clu_model_count(f, "noise") > 0;
    if (g->noise) {
        enum clu_status status = clu_model_numbers(f, "noise", 0, of, 2, err);
        if (status != CLU_OK)
            return status;
        if (!(of[0] >= 0 && of[0] < 1))
            return clu_model_bad(f, "noise", 0, err, "the weight of noise must be at least 0 and less than 1");
        sum = g->noise_weight = of[0];
        g->noise_log_density = of[1];
    }
    for (size_t a = 0; a < k; a++) {
        enum clu_status status = clu_model_numbers(f, "component", a, of, 2, err);
        if (status != CLU_OK)
            return status;
        if (!(of[0] >= 1 && of[0] <= (double)k && of[0] == floor(of[0])))
            return clu_model_bad(f, "component", a, err, "the cluster must be a number from 1 to %zu", k);
        if (!(of[1] > 0 && of[1] <= 1))
            return clu_model_bad(f, "component", a, err, "the weight must be above 0 and at most 1");
        m->cluster_of[a] = (int32_t)of[0] - 1;
        g->weight[a] = of[1];
        sum += of[1];
        m->clusters = (size_t)of[0] > m->clusters ? (size_t)of[0] : m->clusters;
    }
    return fabs(sum - 1) <= 1e-6 ? CLU_OK : clu_model_bad(f, "component", 0, err, "the weights must sum to 1, not to %.9g", sum);
}

/* Every cluster has a component; the common case of one each needs no list. */
static enum clu_status check_clusters(struct clu_mixture *m, const struct clu_model *f, struct clu_err *err)
{
    bool plain = m->clusters == m->gmm.k;

    for (size_t c = 0; c < m->clusters; c++) {
        size_t a = 0;
        while (a < m->gmm.k && (size_t)m->cluster_of[a] != c)
            a++;
        if (a == m->gmm.k)
            return clu_model_bad(f, "component", 0, err, "no component of cluster %zu", c + 1);
        plain = plain && a == c;
    }
    if (plain) {
        clu_free(m->cluster_of);
        m->cluster_of = NULL;
    }
    return CLU_OK;
}

static enum clu_status load_covariance(struct clu_gmm *g, size_t a, const struct clu_model *f, struct clu_err *err)
{
    size_t d = g->d;
    double *cov = g->cov + a * d * d;
    enum clu_status status = CLU_OK;

    if (clu_gmm_is_diagonal(g->family)) {
        status = clu_model_numbers(f, "variance", a, cov, d, err);
        for (size_t i = d; i-- > 0 && status == CLU_OK;) { /* from the end: the first row is the list itself */
            double v = cov[i];
            if (i > 0)
                cov[i] = 0;
            cov[i * d + i] = v;
        }
        return status;
    }
    for (size_t i = 0; i < d && status == CLU_OK; i++)
        status = clu_model_numbers(f, "covariance", a * d + i, cov + i * d, d, err);
    for (size_t i = 0; i < d && status == CLU_OK; i++)
        for (size_t j = 0; j < i && status == CLU_OK; j++)
            if (!(fabs(cov[i * d + j] - cov[j * d + i]) <= 1e-9 * (fabs(cov[i * d + j]) + fabs(cov[j * d + i]))))
                status = clu_model_bad(f, "covariance", a * d + i, err, "component %zu: the covariance is not symmetric", a + 1);
            else
                cov[j * d + i] = cov[i * d + j];
    return status;
}

static enum clu_status load_box(struct clu_mixture *m, const struct clu_model *f, struct clu_err *err)
{
    if (!m->gmm.noise || clu_model_count(f, "noise-box") == 0)
        return CLU_OK;
    m->box = clu_alloc(2, m->in_d * sizeof *m->box);
    if (!m->box)
        return clu_fail_memory(err);
    enum clu_status status = clu_model_numbers(f, "noise-box", 0, m->box, m->in_d, err);
    if (status == CLU_OK)
        status = clu_model_numbers(f, "noise-box", 1, m->box + m->in_d, m->in_d, err);
    return status;
}

static enum clu_status load(struct clu_mixture *m, struct clu_prepare *p, const struct clu_model *f, struct clu_err *err)
{
    size_t k = clu_model_count(f, "component"), d = clu_model_width(f, "mean", 0), bad = 0;
    int family;

    if (strcmp(clu_model_tool(f), "gmm") != 0 && strcmp(clu_model_tool(f), "ppp") != 0)
        return clu_model_bad(f, "", 0, err, "a model of '%.40s', not of 'gmm' or 'ppp'", clu_model_tool(f));
    if (k == 0 || d == 0)
        return clu_model_bad(f, "component", 0, err, k == 0 ? "no components" : "no means");
    enum clu_status status = load_family(&family, f, err);
    if (status == CLU_OK)
        status = clu_gmm_alloc(&m->gmm, k, d, family, err);
    if (status == CLU_OK)
        status = load_projection(m, f, d, err);
    if (status == CLU_OK)
        status = clu_prepare_load(p, f, m->in_d, err);
    if (status == CLU_OK)
        status = load_weights(m, f, err);
    if (status == CLU_OK)
        status = check_clusters(m, f, err);
    for (size_t a = 0; a < k && status == CLU_OK; a++) {
        status = clu_model_numbers(f, "mean", a, m->gmm.mean + a * d, d, err);
        if (status == CLU_OK)
            status = load_covariance(&m->gmm, a, f, err);
    }
    if (status == CLU_OK)
        status = load_box(m, f, err);
    if (status != CLU_OK)
        return status;
    change_units(m, p, false);
    bool diagonal = clu_gmm_is_diagonal(family);
    status = clu_gmm_factor(&m->gmm, &bad, err);
    return status == CLU_DATA ? clu_model_bad(f, diagonal ? "variance" : "covariance", diagonal ? bad : bad * d, err,
                                              "component %zu: the covariance is not positive definite", bad + 1)
                              : status;
}

enum clu_status clu_mixture_load(struct clu_mixture *m, struct clu_prepare *p, const char *path, struct clu_err *err)
{
    struct clu_model *f;

    *m = (struct clu_mixture){0};
    *p = (struct clu_prepare){0};
    enum clu_status status = clu_model_load(&f, path, NULL, err);
    if (status != CLU_OK)
        return status;
    status = load(m, p, f, err);
    clu_model_free(f);
    if (status != CLU_OK) {
        clu_mixture_clear(m);
        clu_prepare_clear(p);
    }
    return status;
}

/* --- a start --- */

/* place[j]: the column of the model that is column j of the rows. */
static enum clu_status match(size_t *place, const struct clu_prepare *rows, const struct clu_prepare *model, const char *path,
                             struct clu_err *err)
{
    for (size_t j = 0; j < rows->d; j++) {
        size_t at = j;
        if (rows->name && model->name)
            for (at = 0; at < model->d && strcmp(rows->name[j], model->name[at]) != 0;)
                at++;
        if (at == model->d)
            return clu_fail(err, CLU_DATA, "no column '%s' in %s", rows->name[j], path);
        place[j] = at;
    }
    return CLU_OK;
}

static void pick_columns(struct clu_gmm *to, const struct clu_gmm *from, const size_t *place)
{
    size_t d = to->d, n = from->d;

    for (size_t a = 0; a < to->k; a++) {
        to->weight[a] = from->weight[a];
        for (size_t i = 0; i < d; i++) {
            to->mean[a * d + i] = from->mean[a * n + place[i]];
            for (size_t j = 0; j < d; j++)
                to->cov[(a * d + i) * d + j] = from->cov[(a * n + place[i]) * n + place[j]];
        }
    }
    to->noise = from->noise;
    to->noise_weight = from->noise_weight;
    to->noise_log_density = from->noise_log_density;
}

enum clu_status clu_mixture_start(struct clu_gmm *g, const struct clu_prepare *p, const char *path, struct clu_err *err)
{
    struct clu_mixture m, mine = {0};
    struct clu_prepare q;
    size_t *place = NULL, bad;
    enum clu_status status = clu_mixture_load(&m, &q, path, err);

    *g = (struct clu_gmm){0};
    if (status != CLU_OK)
        return status;
    if (m.center)
        status = clu_fail(err, CLU_DATA, "%s: a model with a projection is no start", path);
    else if (m.in_d != p->d)
        status = clu_fail(err, CLU_DATA, "%s has %zu columns, but %zu are clustered", path, m.in_d, p->d);
    place = clu_alloc(p->d, sizeof *place);
    if (status == CLU_OK && !place)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = match(place, p, &q, path, err);
    if (status == CLU_OK)
        status = clu_gmm_alloc(&mine.gmm, m.gmm.k, p->d, m.gmm.family, err);
    if (status == CLU_OK) {
        change_units(&m, &q, true);
        pick_columns(&mine.gmm, &m.gmm, place);
        change_units(&mine, p, false);
        status = clu_gmm_factor(&mine.gmm, &bad, err);
    }
    clu_free(place);
    clu_mixture_clear(&m);
    clu_prepare_clear(&q);
    if (status == CLU_OK)
        *g = mine.gmm;
    else
        clu_gmm_clear(&mine.gmm);
    return status;
}

/* --- assigning --- */

static size_t label_rows(void *ctx, struct clu_view x, int32_t *label)
{
    struct clu_mixture_eye *e = ctx;

    return clu_mixture_rows(e->m, x, 0, x.rows, NULL, NULL, label, e->run, &e->err) == CLU_OK ? x.rows : 0;
}

void clu_mixture_assign(struct clu_cli *cli, const char *path, int what)
{
    struct clu_err err = {0};
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_mixture m;
    struct clu_mixture_eye eye;
    struct clu_prepare p;

    clu_cli_check(cli, clu_mixture_load(&m, &p, path, &err), &err);
    clu_mixture_eye_init(&eye, &m, &p, what, &cli->run);
    struct clu_labeller how = {.label = label_rows, .err = &eye.err, .ctx = &eye};
    if (what != CLU_MIXTURE_LABELS)
        how.values = &eye.values;
    clu_stream(cli, &opt, &p, path, &how);
    clu_mixture_clear(&m);
    clu_prepare_clear(&p);
}

/* --- sampling --- */

/* Two independent standard normal numbers (Marsaglia's polar method). */
static void normal_pair(struct clu_rng *r, double out[2])
{
    double u, v, s;

    do {
        u = 2 * clu_rng_unit(r) - 1;
        v = 2 * clu_rng_unit(r) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    s = sqrt(-2 * log(s) / s);
    out[0] = u * s;
    out[1] = v * s;
}

/* A row of component a: mean + z, where whiten z is standard normal. */
static void draw_normal(const struct clu_gmm *g, size_t a, struct clu_rng *r, double *y)
{
    size_t d = g->d;
    const double *w = g->whiten + a * d * d;
    double pair[2] = {0, 0};

    for (size_t i = 0; i < d; i++) {
        if (i % 2 == 0)
            normal_pair(r, pair);
        y[i] = pair[i % 2];
        for (size_t j = 0; j < i; j++)
            y[i] -= w[i * d + j] * y[j];
        y[i] /= w[i * d + i];
    }
    for (size_t i = 0; i < d; i++)
        y[i] += g->mean[a * d + i];
}

/* Row i into x[in_d]; y[gmm.d] is scratch. Its label is returned. */
static int32_t draw(const struct clu_mixture *m, uint64_t seed, uint64_t i, double *x, double *y)
{
    const struct clu_gmm *g = &m->gmm;
    struct clu_rng r;
    size_t a = 0;

    clu_rng_at(&r, seed, i);
    double u = clu_rng_unit(&r);
    while (a < g->k && u >= g->weight[a])
        u -= g->weight[a++];
    if (a == g->k && g->noise) {
        for (size_t j = 0; j < m->in_d; j++)
            x[j] = m->box[j] + clu_rng_unit(&r) * (m->box[m->in_d + j] - m->box[j]);
        return -1;
    }
    a = a < g->k ? a : g->k - 1; /* weights that sum to a bit less than 1 */
    draw_normal(g, a, &r, m->center ? y : x);
    for (size_t j = 0; j < m->in_d && m->center; j++) {
        x[j] = m->center[j];
        for (size_t b = 0; b < g->d; b++)
            x[j] += m->axes[b * m->in_d + j] * y[b];
    }
    return m->cluster_of ? m->cluster_of[a] : (int32_t)a;
}

enum clu_status clu_mixture_sample(struct clu_cli *cli, const struct clu_prepare *p, const struct clu_mixture *m, uint64_t n,
                                   char delimiter, struct clu_err *err)
{
    struct clu_cells c = {.out = cli->out, .delimiter = delimiter};
    char name[32];

    if (m->gmm.noise && !m->box)
        return clu_fail(err, CLU_DATA, "the model does not say where its noise is ('noise-box')");
    double *x = clu_alloc(m->in_d + m->gmm.d, sizeof *x);
    if (!x)
        return clu_fail_memory(err);
    for (size_t j = 0; j < m->in_d; j++) {
        snprintf(name, sizeof name, "V%zu", j + 1);
        clu_cell_str(&c, p->name ? p->name[j] : name);
    }
    clu_cell_str(&c, "cluster");
    clu_cells_end(&c);
    for (uint64_t i = 0; i < n && !clu_out_failed(cli->out); i++) {
        int32_t label = draw(m, cli->run.seed, i, x, x + m->in_d);
        clu_prepare_leave(p, x, 1);
        for (size_t j = 0; j < m->in_d; j++)
            clu_cell_number(&c, x[j]);
        clu_cell_int(&c, label + 1);
        clu_cells_end(&c);
    }
    clu_free(x);
    return CLU_OK;
}
