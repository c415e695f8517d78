/* Sections: numbering, saving, loading, assigning. */
#include "cli/regimes_model.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

void clu_regimes_found_clear(struct clu_regimes_found *f)
{
    clu_free(f->label);
    clu_free(f->order);
    clu_regimes_clear(&f->r);
    clu_ticc_clear(&f->t);
    *f = (struct clu_regimes_found){0};
}

/* --- numbering --- */

enum clu_status clu_regimes_number(struct clu_regimes_found *f, struct clu_view x, struct clu_err *err)
{
    int32_t *number = clu_alloc(f->t.k, sizeof *number);

    f->n = f->t.n;
    f->label = clu_alloc(f->n, sizeof *f->label);
    f->order = clu_alloc(f->t.k, sizeof *f->order);
    enum clu_status status = number && f->label && f->order ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK) {
        memcpy(f->label, f->t.label, f->n * sizeof *f->label);
        status = clu_ticc_absorb(f->label, &f->t, x, f->min_length, err);
    }
    for (size_t k = 0; status == CLU_OK && k < f->t.k; k++)
        number[k] = -1;
    for (size_t i = 0; status == CLU_OK && i < f->n; i++) {
        int32_t was = f->label[i];
        if (number[was] < 0) {
            number[was] = (int32_t)f->kept;
            f->order[f->kept++] = (size_t)was;
        }
        f->label[i] = number[was];
    }
    f->iterations = f->t.iterations;
    f->converged = f->t.converged;
    f->cost = f->t.cost;
    clu_free(number);
    return status;
}

/* --- saving --- */

static void save_ticc(struct clu_out *out, const struct clu_regimes_found *f)
{
    const struct clu_ticc *t = &f->t;
    size_t w = t->window * t->d;
    double head[2] = {(double)t->window, t->compat};

    clu_model_put_numbers(out, "ticc", head, 2);
    for (size_t i = 0; i < f->kept; i++)
        clu_model_put_numbers(out, "mean", t->mean + f->order[i] * w, w);
    for (size_t i = 0; i < f->kept; i++)
        clu_model_put_numbers(out, "inverse", t->inverse + f->order[i] * w * w, w * w);
    for (size_t i = 0; i < f->kept; i++)
        clu_model_put_numbers(out, "log-det", t->log_det + f->order[i], 1);
}

void clu_regimes_save(struct clu_cli *cli, const char *path, const struct clu_regimes_found *f, const struct clu_prepare *p)
{
    struct clu_out *out = clu_cli_open(cli, path);
    double least = (double)f->min_length, d = (double)p->d;

    clu_model_begin(out, "tsclust");
    clu_model_put_text(out, "model", &clu_cli_model_word[f->model], 1);
    clu_model_put_numbers(out, "variates", &d, 1);
    clu_prepare_save(p, out);
    clu_model_put_numbers(out, "beta", &f->beta, 1);
    clu_model_put_numbers(out, "min-length", &least, 1);
    if (f->model == CLU_MODEL_TICC)
        save_ticc(out, f);
    for (size_t k = 0; k < f->r.k; k++)
        clu_model_put_numbers(out, "covariance", f->r.covariance + k * p->d * p->d, p->d * p->d);
    clu_cli_close(cli, out);
}

/* --- loading --- */

/* A whole number from 1 to most. */
static enum clu_status load_count(size_t *to, const struct clu_model *file, const char *key, double most, struct clu_err *err)
{
    double v = 0;
    enum clu_status status = clu_model_numbers(file, key, 0, &v, 1, err);

    if (status == CLU_OK && !(v >= 1 && v <= most && v == floor(v)))
        status = clu_model_bad(file, key, 0, err, "not a whole number from 1 to %.0f", most);
    *to = status == CLU_OK ? (size_t)v : 0;
    return status;
}

static enum clu_status load_correlation(struct clu_regimes_found *f, const struct clu_model *file, size_t d, struct clu_err *err)
{
    size_t k = clu_model_count(file, "covariance");
    enum clu_status status = k > 0 ? CLU_OK : clu_model_bad(file, "covariance", 0, err, "no cluster");

    f->r.d = d;
    f->r.k = k;
    f->r.covariance = clu_alloc(k, d * d * sizeof *f->r.covariance);
    if (status == CLU_OK && !f->r.covariance)
        status = clu_fail_memory(err);
    for (size_t i = 0; status == CLU_OK && i < k; i++)
        status = clu_model_numbers(file, "covariance", i, f->r.covariance + i * d * d, d * d, err);
    return status;
}

static enum clu_status load_ticc(struct clu_regimes_found *f, const struct clu_model *file, size_t d, struct clu_err *err)
{
    size_t k = clu_model_count(file, "inverse");
    double head[2] = {0};
    enum clu_status status = clu_model_numbers(file, "ticc", 0, head, 2, err);

    if (status == CLU_OK && !(head[0] >= 1 && head[0] <= 1000 && head[0] == floor(head[0])))
        status = clu_model_bad(file, "ticc", 0, err, "not a window");
    if (status == CLU_OK && k == 0)
        status = clu_model_bad(file, "inverse", 0, err, "no cluster");
    size_t w = (size_t)head[0] * d;
    if (status == CLU_OK)
        status = clu_ticc_alloc(&f->t, 0, d, k, (size_t)head[0], err);
    f->t.compat = head[1] > 0;
    for (size_t i = 0; status == CLU_OK && i < k; i++) {
        status = clu_model_numbers(file, "mean", i, f->t.mean + i * w, w, err);
        if (status == CLU_OK)
            status = clu_model_numbers(file, "inverse", i, f->t.inverse + i * w * w, w * w, err);
        if (status == CLU_OK)
            status = clu_model_numbers(file, "log-det", i, f->t.log_det + i, 1, err);
        if (status == CLU_OK)
            f->t.rows[i] = 1;
    }
    return status;
}

static enum clu_status load(struct clu_regimes_found *f, struct clu_prepare *p, const struct clu_model *file, struct clu_err *err)
{
    const char *word = clu_model_text(file, "model", 0, 0);
    size_t d = 0;

    if (!word)
        return clu_model_bad(file, "model", 0, err, "a model of distances, not of correlations");
    if (strcmp(word, clu_cli_model_word[f->model]) != 0)
        return clu_model_bad(file, "model", 0, err, "a model '%s', not '%s'; see --model", word, clu_cli_model_word[f->model]);
    enum clu_status status = load_count(&d, file, "variates", CLU_CSTS_VARIATES, err);
    if (status == CLU_OK)
        status = clu_prepare_load(p, file, d, err);
    if (status == CLU_OK)
        status = clu_model_numbers(file, "beta", 0, &f->beta, 1, err);
    if (status == CLU_OK && !(f->beta >= 0))
        status = clu_model_bad(file, "beta", 0, err, "below 0");
    if (status == CLU_OK)
        status = load_count(&f->min_length, file, "min-length", 1e9, err);
    if (status != CLU_OK)
        return status;
    return f->model == CLU_MODEL_TICC ? load_ticc(f, file, d, err) : load_correlation(f, file, d, err);
}

enum clu_status clu_regimes_load(struct clu_regimes_found *f, struct clu_prepare *p, int model, const char *path, struct clu_err *err)
{
    struct clu_model *file;

    *f = (struct clu_regimes_found){.model = model};
    *p = (struct clu_prepare){0};
    enum clu_status status = clu_model_load(&file, path, "tsclust", err);
    if (status != CLU_OK)
        return status;
    status = load(f, p, file, err);
    clu_model_free(file);
    return status;
}

/* --- assigning --- */

static enum clu_status apply_correlation(struct clu_regimes_found *f, struct clu_view x, const struct clu_regime_opt *opt,
                                         const struct clu_run *run, struct clu_err *err)
{
    struct clu_regimes to = {0};
    enum clu_status status = clu_regimes_assign(&to, x, f->r.covariance, f->r.k, opt, run, err);

    for (size_t i = 0; status == CLU_OK && i < f->n; i++) /* the model's numbers */
        f->label[i] = to.from[to.label[i]];
    f->cost = to.cost;
    clu_regimes_clear(&to);
    return status;
}

enum clu_status clu_regimes_apply(struct clu_regimes_found *f, struct clu_view x, double beta, size_t min_length, const struct clu_run *run,
                                  struct clu_err *err)
{
    f->beta = isnan(beta) ? f->beta : beta;
    f->min_length = min_length > 0 ? min_length : f->min_length;
    f->n = x.rows;
    f->converged = true;
    f->label = clu_alloc(f->n, sizeof *f->label);
    if (!f->label)
        return clu_fail_memory(err);
    if (f->model == CLU_MODEL_CORRELATION) {
        struct clu_regime_opt opt = {.beta = f->beta, .min_length = f->min_length};
        return apply_correlation(f, x, &opt, run, err);
    }
    enum clu_status status = clu_ticc_assign(f->label, &f->t, x, f->beta, run, err);
    return status == CLU_OK ? clu_ticc_absorb(f->label, &f->t, x, f->min_length, err) : status;
}
