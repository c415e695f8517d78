/* Sections: objects, labels, clusters, summary, samples, distances. The tree is in series_tree.c. */
#include "cli/series_print.h"

#include "alg/cluster_index.h"
#include "alg/score.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/series_measure.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- objects --- */

static void text_cell(struct clu_cells *c, const struct clu_texts *t, size_t i)
{
    size_t len;
    const char *text = clu_texts_at(t, i, &len);

    clu_cell_text(c, text, len);
}

/* The object of a record by its id, or its number. */
static void record_cell(struct clu_cells *c, const struct clu_set *set, size_t record)
{
    if (set->table.id.n > 0)
        text_cell(c, &set->table.id, record);
    else
        clu_cell_int(c, (long long)record + 1);
}

static void head(struct clu_cells *c, const char *const *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clu_cell_str(c, name[i]);
    clu_cells_end(c);
}

/* --- labels --- */

void clu_series_labels(struct clu_cli *cli, const struct clu_set *set, const int32_t *label)
{
    const struct clu_series_table *t = &set->table;
    struct clu_rows rows = {.rows = t->rows,
                            .kept = t->kept,
                            .id = cli->input->id ? &t->id : NULL,
                            .text = cli->output->append ? &t->text : NULL};

    clu_print_labels(cli, &t->schema, &rows, label, t->first == 0);
}

static void objects_head(struct clu_cells *c, const struct clu_shown *s)
{
    static const char *const name[] = {"series", "label", "length", "cluster", "medoid", "distance", "silhouette"};
    size_t channels = s->set->table.x.channels;
    char text[32];

    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        if (i != 1 || s->set->table.label.n > 0)
            clu_cell_str(c, name[i]);
    for (size_t i = 0; i < 2 * channels; i++) {
        int len = snprintf(text, sizeof text, "%s%zu", i % 2 ? "scale" : "shift", i / 2 + 1);
        clu_cell_text(c, text, channels > 1 ? (size_t)len : strlen("shift"));
    }
    clu_cells_end(c);
}

/* From the length on, of the series that is kept as number i. */
static void object_cells(struct clu_cells *c, const struct clu_shown *s, size_t i, const double *silhouette)
{
    const struct clu_series *x = &s->set->table.x;
    size_t own = (size_t)s->fit->label[i];

    clu_cell_int(c, (long long)x->len[i]);
    clu_cell_int(c, (long long)own + 1);
    if (s->fit->medoid)
        clu_cell_int(c, s->fit->medoid[own] == i);
    else
        clu_cell_empty(c);
    clu_cell_number(c, s->fit->near[i]);
    if (silhouette)
        clu_cell_number(c, *silhouette);
    else
        clu_cell_empty(c);
    for (size_t at = i * x->channels; at < (i + 1) * x->channels; at++) {
        clu_cell_number(c, s->set->shift[at]);
        clu_cell_number(c, s->set->scale[at]);
    }
}

enum clu_status clu_series_objects(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err)
{
    const struct clu_series_table *t = &s->set->table;
    struct clu_cells c = clu_print_cells(cli, &t->schema);
    struct clu_silhouette width = {0};
    enum clu_status status = CLU_OK;
    bool class = t->label.n > 0;
    size_t at = 0; /* of the kept ones */

    if (s->d)
        status = clu_silhouette_fit(&width, &s->d->dist, s->fit->label, s->fit->k, NULL, &cli->run, err);
    objects_head(&c, s);
    for (size_t i = 0; i < t->rows && status == CLU_OK; i++) {
        bool here = !t->kept || t->kept[i];
        record_cell(&c, s->set, i);
        if (class)
            text_cell(&c, &t->label, i);
        if (here)
            object_cells(&c, s, at, s->d ? &width.width[at] : NULL);
        for (size_t empty = here ? 0 : 5 + 2 * t->x.channels; empty > 0; empty--)
            clu_cell_empty(&c);
        clu_cells_end(&c);
        at += here;
    }
    clu_silhouette_clear(&width);
    return status;
}

/* --- clusters --- */

struct size {
    size_t objects;
    double max, sum;
};

static void count_sizes(struct size *size, const struct clu_fit *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct size *s = &size[f->label[i]];
        s->objects++;
        s->sum += f->near[i];
        s->max = f->near[i] > s->max ? f->near[i] : s->max;
    }
}

enum clu_status clu_series_clusters(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err)
{
    static const char *const name[] = {"cluster", "medoid", "size", "max", "mean", "diameter", "separation", "silhouette"};
    const struct clu_fit *f = s->fit;
    struct clu_cells c = clu_print_cells(cli, &s->set->table.schema);
    struct size *size = clu_calloc(f->k, sizeof *size);
    struct clu_spread *spread = clu_alloc(f->k, sizeof *spread);
    struct clu_silhouette width = {0};
    enum clu_status status = size && spread ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && s->d)
        status = clu_spread_fit(spread, &s->d->dist, f->label, f->k, &cli->run, err);
    if (status == CLU_OK && s->d)
        status = clu_silhouette_fit(&width, &s->d->dist, f->label, f->k, NULL, &cli->run, err);
    if (status == CLU_OK) {
        count_sizes(size, f);
        head(&c, name, s->d ? 8 : 5);
    }
    for (size_t g = 0; g < f->k && status == CLU_OK; g++) {
        clu_cell_int(&c, (long long)g + 1);
        if (f->medoid)
            record_cell(&c, s->set, clu_set_record(s->set, f->medoid[g]));
        else
            clu_cell_empty(&c);
        clu_cell_int(&c, (long long)size[g].objects);
        clu_cell_number(&c, size[g].max);
        clu_cell_number(&c, size[g].sum / (double)size[g].objects);
        if (s->d) {
            clu_cell_number(&c, spread[g].diameter);
            clu_cell_number(&c, spread[g].separation < HUGE_VAL ? spread[g].separation : (double)NAN);
            clu_cell_number(&c, width.mean_of[g]);
        }
        clu_cells_end(&c);
    }
    clu_silhouette_clear(&width);
    clu_free(size);
    clu_free(spread);
    return status;
}

/* --- summary --- */

static void index_cells(struct clu_cells *c, const double *value)
{
    for (size_t i = 0; i < CLU_INDICES; i++)
        if (value)
            clu_cell_number(c, value[i]);
        else
            clu_cell_empty(c);
}

enum clu_status clu_series_summary(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err)
{
    static const char *const name[] = {"method", "distance", "clusters", "loss", "silhouette", "dunn",
                                       "db",     "ch",       "cop",      "iterations", "converged"};
    const struct clu_fit *f = s->fit;
    struct clu_cells c = clu_print_cells(cli, &s->set->table.schema);
    double value[CLU_INDICES];
    enum clu_status status = s->d ? clu_index_fit(value, s->d, f->label, f->k, &cli->run, err) : CLU_OK;

    if (status != CLU_OK)
        return status;
    head(&c, name, sizeof name / sizeof name[0]);
    clu_cell_str(&c, clu_method_name(f->method));
    clu_cell_str(&c, clu_measure_name(s->m->kind));
    clu_cell_int(&c, (long long)f->k);
    clu_cell_number(&c, f->loss);
    index_cells(&c, s->d ? value : NULL);
    if (f->iterations > 0)
        clu_cell_int(&c, (long long)f->iterations);
    else
        clu_cell_empty(&c);
    clu_cell_str(&c, f->converged ? "yes" : "no");
    clu_cells_end(&c);
    return CLU_OK;
}

void clu_series_criteria(struct clu_cli *cli, const struct clu_shown *s, int index)
{
    static const char *const name[] = {"k", "silhouette", "dunn", "db", "ch", "cop", "chosen"};
    const struct clu_fit *f = s->fit;
    struct clu_cells c = clu_print_cells(cli, &s->set->table.schema);

    head(&c, name, sizeof name / sizeof name[0]);
    for (size_t i = 0; i < f->tried; i++) {
        clu_cell_int(&c, (long long)(f->from + i));
        index_cells(&c, f->curve + i * CLU_INDICES);
        clu_cell_int(&c, f->from + i == f->k);
        clu_cells_end(&c);
    }
    clu_cli_fact(cli, "chosen by", "%s", name[1 + index]);
}

/* --- samples --- */

/* The names of samples 1 .. longest; a series that ends earlier has empty cells, which is how it would be read again. */
static void sample_head(struct clu_cells *c, size_t longest)
{
    char name[32];

    for (size_t t = 0; t < longest; t++) {
        snprintf(name, sizeof name, "t%zu", t + 1);
        clu_cell_str(c, name);
    }
    clu_cells_end(c);
}

void clu_series_medoids(struct clu_cli *cli, const struct clu_shown *s)
{
    const struct clu_series *x = &s->set->table.x;
    const struct clu_fit *f = s->fit;
    struct clu_cells c = clu_print_cells(cli, &s->set->table.schema);
    size_t longest = 0, channels = x->channels;

    for (size_t g = 0; g < f->k; g++)
        longest = x->len[f->medoid[g]] > longest ? x->len[f->medoid[g]] : longest;
    clu_cell_str(&c, "cluster");
    clu_cell_str(&c, "series");
    if (channels > 1)
        clu_cell_str(&c, "channel");
    sample_head(&c, longest);
    for (size_t row = 0; row < f->k * channels; row++) {
        size_t g = row / channels, channel = row % channels, i = f->medoid[g];
        clu_cell_int(&c, (long long)g + 1);
        record_cell(&c, s->set, clu_set_record(s->set, i));
        if (channels > 1)
            clu_cell_int(&c, (long long)channel + 1);
        for (size_t t = 0; t < longest; t++)
            if (t < x->len[i])
                clu_cell_number(&c, s->set->input[x->at[i] + channel * x->len[i] + t]);
            else
                clu_cell_empty(&c);
        clu_cells_end(&c);
    }
}

void clu_series_samples(struct clu_cli *cli, const struct clu_schema *schema, const struct clu_series *x, const char *first)
{
    struct clu_cells c = clu_print_cells(cli, schema);

    if (first)
        clu_cell_str(&c, first);
    if (x->channels > 1)
        clu_cell_str(&c, "channel");
    sample_head(&c, x->longest);
    for (size_t row = 0; row < x->n * x->channels; row++) {
        size_t i = row / x->channels, channel = row % x->channels;
        if (first)
            clu_cell_int(&c, (long long)i + 1);
        if (x->channels > 1)
            clu_cell_int(&c, (long long)channel + 1);
        for (size_t t = 0; t < x->longest; t++)
            if (t < x->len[i])
                clu_cell_number(&c, clu_series_at(x, i, channel)[t]);
            else
                clu_cell_empty(&c);
        clu_cells_end(&c);
    }
}

/* --- distances --- */

void clu_series_square(struct clu_cli *cli, const struct clu_schema *schema, const struct clu_condensed *d)
{
    struct clu_cells c = clu_print_cells(cli, schema);

    for (size_t i = 0; i < d->dist.n; i++) {
        for (size_t j = 0; j < d->dist.n; j++)
            clu_cell_number(&c, clu_condensed_at(d, i, j));
        clu_cells_end(&c);
    }
}

void clu_series_triangle(struct clu_out *out, const struct clu_condensed *d)
{
    struct clu_cells c = {.out = out, .delimiter = ','};

    for (size_t i = 0; i + 1 < d->dist.n; i++) {
        for (size_t j = i + 1; j < d->dist.n; j++)
            clu_cell_number(&c, clu_condensed_at(d, i, j));
        clu_cells_end(&c);
    }
}
