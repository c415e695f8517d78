/* Sections: saving, loading, assigning. */
#include "cli/series_model.h"

#include "alg/series_matrix.h"
#include "base/mem.h"
#include "cli/series_measure.h"

#include <math.h>
#include <string.h>

/* --- saving --- */

static const char *const normalise_words[] = {"zscore", "minmax", "none"};
static const char *const missing_words[] = {"error", "interpolate", "arow", "drop"};

static enum clu_status put_series(struct clu_out *out, const struct clu_shown *s, struct clu_err *err)
{
    const struct clu_fit *f = s->fit;
    const struct clu_series *x = f->medoid ? &s->set->table.x : &f->center;
    double *record = clu_alloc(f->k, sizeof *record);

    if (!record)
        return clu_fail_memory(err);
    for (size_t g = 0; g < f->k && f->medoid; g++)
        record[g] = (double)clu_set_record(s->set, f->medoid[g]) + 1;
    if (f->medoid)
        clu_model_put_numbers(out, "row", record, f->k);
    clu_free(record);
    for (size_t g = 0; g < f->k; g++)
        for (size_t c = 0; c < x->channels; c++) {
            size_t i = f->medoid ? f->medoid[g] : g;
            clu_model_put_numbers(out, "series", clu_series_at(x, i, c), x->len[i]);
        }
    return CLU_OK;
}

void clu_series_save(struct clu_cli *cli, const char *path, const struct clu_cli_series *args, const struct clu_shown *s)
{
    struct clu_err err = {0};
    struct clu_out *out = clu_cli_open(cli, path);
    double size[2] = {(double)s->set->table.x.channels, (double)args->resample};

    clu_model_begin(out, "tsclust");
    clu_model_put_text(out, "normalise", &normalise_words[args->normalise], 1);
    clu_model_put_text(out, "missing", &missing_words[args->missing], 1);
    clu_model_put_numbers(out, "channels", size, 1);
    if (args->resample > 0)
        clu_model_put_numbers(out, "resample", size + 1, 1);
    clu_measure_save(s->m, out);
    clu_cli_check(cli, put_series(out, s, &err), &err);
    clu_cli_close(cli, out);
}

/* --- loading --- */

struct model {
    struct clu_series center;
    struct clu_measure m;
    double *rank; /* [k] where the medoids come from, so that the first of equals is taken; NULL for centres */
};

static enum clu_status load_word(int *to, const struct clu_model *file, const char *key, const char *const *word, size_t words,
                                 struct clu_err *err)
{
    const char *text = clu_model_text(file, key, 0, 0);

    for (size_t i = 0; text && i < words; i++)
        if (strcmp(text, word[i]) == 0) {
            *to = (int)i;
            return CLU_OK;
        }
    return clu_model_bad(file, key, 0, err, "no such word");
}

/* A whole number from 1 on. */
static enum clu_status load_count(size_t *to, const struct clu_model *file, const char *key, struct clu_err *err)
{
    double v;
    enum clu_status status = clu_model_numbers(file, key, 0, &v, 1, err);

    if (status == CLU_OK && !(v >= 1 && v <= 1e8 && v == floor(v)))
        return clu_model_bad(file, key, 0, err, "not a count");
    *to = status == CLU_OK ? (size_t)v : 0;
    return status;
}

static enum clu_status load_centers(struct model *m, const struct clu_model *file, size_t channels, struct clu_err *err)
{
    size_t records = clu_model_count(file, "series"), k = records / channels;
    size_t *len = clu_alloc(k, sizeof *len);
    enum clu_status status = len ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && (k == 0 || records % channels > 0))
        status = clu_model_bad(file, "series", 0, err, "%zu series for %zu channels", records, channels);
    for (size_t g = 0; g < k && status == CLU_OK; g++) {
        len[g] = clu_model_width(file, "series", g * channels);
        if (len[g] == 0)
            status = clu_model_bad(file, "series", g * channels, err, "no sample");
    }
    if (status == CLU_OK)
        status = clu_series_init(&m->center, k, channels, len, err);
    for (size_t i = 0; i < records && status == CLU_OK; i++)
        status = clu_model_numbers(file, "series", i, clu_series_at(&m->center, i / channels, i % channels), len[i / channels], err);
    if (status == CLU_OK && clu_model_count(file, "row") > 0) {
        m->rank = clu_alloc(k, sizeof *m->rank);
        status = m->rank ? clu_model_numbers(file, "row", 0, m->rank, k, err) : clu_fail_memory(err);
    }
    clu_free(len);
    return status;
}

static enum clu_status load_model(struct model *m, struct clu_cli_series *args, const char *path, struct clu_err *err)
{
    struct clu_model *file;
    size_t channels = 0;
    enum clu_status status = clu_model_load(&file, path, "tsclust", err);

    if (status != CLU_OK)
        return status;
    if (clu_model_count(file, "model") > 0)
        status = clu_model_bad(file, "model", 0, err, "a model of correlations; see --model");
    if (status == CLU_OK)
        status = load_word(&args->normalise, file, "normalise", normalise_words, 3, err);
    if (status == CLU_OK && args->missing == CLU_MISSING_ERROR)
        status = load_word(&args->missing, file, "missing", missing_words, 4, err);
    if (status == CLU_OK && clu_model_count(file, "resample") > 0)
        status = load_count(&args->resample, file, "resample", err);
    if (status == CLU_OK)
        status = load_count(&channels, file, "channels", err);
    if (status == CLU_OK)
        status = clu_measure_load(&m->m, file, err);
    if (status == CLU_OK)
        status = load_centers(m, file, channels, err);
    clu_model_free(file);
    return status;
}

/* --- assigning --- */

static bool before(const struct model *m, size_t a, double x, size_t b, double y)
{
    return x < y || (x == y && m->rank && m->rank[a] < m->rank[b]);
}

static void nearest(int32_t *label, const struct model *m, const double *distance, size_t n)
{
    size_t k = m->center.n;

    for (size_t i = 0; i < n; i++) {
        const double *d = distance + i * k;
        size_t best = 0;
        for (size_t g = 1; g < k; g++)
            if (before(m, g, d[g], best, d[best]))
                best = g;
        label[i] = (int32_t)best;
    }
}

/* A series that the distance cannot compare with the centres. Its number is that of the input, which alg does not know. */
static enum clu_status check_lengths(const struct model *m, const char *path, const struct clu_set *set, struct clu_err *err)
{
    const struct clu_series *x = &set->table.x, *to = &m->center;
    bool level = m->m.kind == CLU_SERIES_EUCLIDEAN || m->m.kind == CLU_SERIES_MANHATTAN;

    for (size_t i = 0; i < x->n; i++) {
        size_t number = clu_set_record(set, i) + 1;
        if (level && x->len[i] != to->len[0])
            return clu_fail(err, CLU_DATA, "series %zu has %zu sample%s, but those of %s have %zu: %s needs equal lengths", number,
                            x->len[i], x->len[i] == 1 ? "" : "s", path, to->len[0], clu_measure_name(m->m.kind));
        if (m->m.kind == CLU_SERIES_DDTW && x->len[i] < 3)
            return clu_fail(err, CLU_DATA, "series %zu has %zu sample%s: ddtw needs 3", number, x->len[i], x->len[i] == 1 ? "" : "s");
    }
    return CLU_OK;
}

/* The same for a distance[n][k] that is not finite; what alg says counts from the start of the portion. */
static enum clu_status tell_overflow(const double *distance, size_t k, const char *path, const struct clu_set *set, struct clu_err *err)
{
    for (size_t at = 0; at < set->table.x.n * k; at++)
        if (!isfinite(distance[at]))
            return clu_fail(err, CLU_DATA, "overflow in distance: series %zu and cluster %zu of %s", clu_set_record(set, at / k) + 1,
                            at % k + 1, path);
    return CLU_DATA;
}

struct assign {
    struct clu_cli *cli;
    const char *path;
    struct model m;
    double *distance; /* [portion][k] */
    int32_t *label;
    size_t distance_cap, label_cap;
};

static enum clu_status assign_portion(void *ctx, const struct clu_set *set, struct clu_err *err)
{
    struct assign *a = ctx;
    const struct clu_series *x = &set->table.x;
    size_t k = a->m.center.n;

    if (x->channels != a->m.center.channels)
        return clu_fail(err, CLU_DATA, "the series have %zu channel%s, but those of %s have %zu", x->channels,
                        x->channels == 1 ? "" : "s", a->path, a->m.center.channels);
    enum clu_status status = check_lengths(&a->m, a->path, set, err);
    if (status != CLU_OK)
        return status;
    if (clu_reserve(&a->distance, &a->distance_cap, x->n, k * sizeof *a->distance) < 0 ||
        clu_reserve(&a->label, &a->label_cap, x->n, sizeof *a->label) < 0)
        return clu_fail_memory(err);
    memset(a->distance, 0, x->n * k * sizeof *a->distance); /* when centres are refused it is not computed */
    if (x->n > 0)
        status = clu_series_cross(a->distance, x, &a->m.center, &a->m.m, &a->cli->run, err);
    if (status == CLU_DATA)
        status = tell_overflow(a->distance, k, a->path, set, err);
    if (status != CLU_OK)
        return status;
    nearest(a->label, &a->m, a->distance, x->n);
    clu_series_labels(a->cli, set, a->label);
    if (a->cli->output->line_buffered)
        clu_out_flush(a->cli->out);
    if (clu_out_failed(a->cli->out))
        clu_cli_end(a->cli); /* nobody reads on: say why */
    return CLU_OK;
}

/* Labels that are already written stay when a later series is bad; only a file that is replaced whole stays as it was. */
void clu_series_assign(struct clu_cli *cli, const char *path, const struct clu_cli_series *args)
{
    struct clu_err err = {0};
    struct clu_cli_series as_saved = *args;
    struct assign a = {.cli = cli, .path = path};

    clu_cli_check(cli, load_model(&a.m, &as_saved, path, &err), &err);
    enum clu_status status = clu_set_stream(cli, &as_saved, assign_portion, &a, &err);
    if (status != CLU_OK)
        clu_out_flush(cli->out);
    clu_cli_check(cli, status, &err);
    clu_free(a.distance);
    clu_free(a.label);
    clu_free(a.m.rank);
    clu_series_clear(&a.m.center);
}
