/* Sections: options, labels, medoids, clusters, summary, silhouette, printing, facts, model, assigning. */
#include "cli/medoids.h"

#include "base/mem.h"
#include "cli/stream.h"
#include "io/mixed_model.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* --- options --- */

#define AT(field) offsetof(struct clu_cli_medoids, field)

const struct clu_opt clu_cli_medoids_opt[3] = {
    {.name = "distance", .type = CLU_OPT_FLAG, .offset = AT(distances),
     .help = "print behind each label the distance to the medoid and to the second nearest medoid"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by the nearest medoid of a saved model, as a stream"},
};

const char *const clu_medoids_print_words[] = {"labels", "medoids", "clusters", "summary", NULL};

void clu_medoids_check(struct clu_cli *cli, const struct clu_cli_medoids *args, bool k_given, bool labels,
                       const struct clu_cli_metric *metric)
{
    bool assign = args->assign, distances = args->distances;

    if (assign && (k_given || args->save || cli->input->weight || cli->input->scale != CLU_SCALE_NONE || metric->metric != 0 ||
                   metric->nominal.n + metric->ordered.n + metric->asymmetric.n > 0))
        clu_cli_usage(cli, "--assign takes all that from the model: no -k, -w, -m, --metric, --scale or types of columns");
    if (assign && (!labels || distances))
        clu_cli_usage(cli, "--assign prints labels");
    if (!assign && !k_given)
        clu_cli_usage(cli, "option -k is required");
    if (cli->output->append && !labels)
        clu_cli_usage(cli, "--append prints labels, and nothing else");
    if (cli->output->append && cli->output->delimiter)
        clu_cli_usage(cli, "--append keeps the records as they are: no --output-delimiter");
    if (distances && !labels)
        clu_cli_usage(cli, "--distance goes with labels");
    if (!assign) /* else the model says what it is */
        clu_objects_check(cli, metric);
}

static void head(struct clu_cells *c, const char *const *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clu_cell_str(c, name[i]);
    clu_cells_end(c);
}

static bool has_ids(const struct clu_objects *o)
{
    return o->table.schema.id != CLU_NO_COLUMN;
}

/* An object by its id, or by its record. */
static void object_cell(struct clu_cells *c, const struct clu_objects *o, size_t i)
{
    size_t record = clu_objects_record(o, i), len;

    if (has_ids(o)) {
        const char *id = clu_texts_at(&o->table.id, record - 1, &len);
        clu_cell_text(c, id, len);
    } else {
        clu_cell_int(c, (long long)record);
    }
}

/* --- labels --- */

static struct clu_rows rows_of(const struct clu_cli *cli, const struct clu_objects *o)
{
    return (struct clu_rows){.rows = o->table.rows,
                             .kept = o->table.kept,
                             .id = has_ids(o) ? &o->table.id : NULL,
                             .text = cli->output->append ? &o->table.text : NULL};
}

void clu_medoids_labels(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit, bool distances)
{
    struct clu_beside beside = {2, {"distance", "second"}, {fit->near, fit->second}};
    struct clu_rows rows = rows_of(cli, o);

    if (distances)
        rows.beside = &beside;
    clu_print_labels(cli, &o->table.schema, &rows, fit->label, true);
}

/* --- medoids --- */

/* Row i in the input's units. */
static const double *input_row(const struct clu_objects *o, size_t i)
{
    const struct clu_mat *x = o->original.v ? &o->original : &o->table.x;
    return x->v + i * x->cols;
}

static void value_cell(struct clu_cells *c, const struct clu_objects *o, size_t j, double value)
{
    size_t len;
    const char *text = o->mixed.d > 0 ? clu_mixed_text(&o->mixed, j, value, &len, &value) : NULL;

    if (text)
        clu_cell_text(c, text, len);
    else
        clu_cell_number(c, value);
}

void clu_medoids_rows(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit)
{
    const struct clu_schema *s = &o->table.schema;
    struct clu_cells c = clu_print_cells(cli, &o->table.schema);
    size_t d = o->has_square ? 0 : s->picked;
    char name[32];

    clu_cell_str(&c, "cluster");
    clu_cell_str(&c, !has_ids(o) ? "row" : s->name ? s->name[s->id] : "id");
    for (size_t j = 0; j < d; j++)
        clu_cell_str(&c, clu_schema_feature(s, j, name));
    clu_cells_end(&c);
    for (size_t i = 0; i < fit->k; i++) {
        clu_cell_int(&c, (long long)i + 1);
        object_cell(&c, o, fit->medoid[i]);
        for (size_t j = 0; j < d; j++)
            value_cell(&c, o, j, input_row(o, fit->medoid[i])[j]);
        clu_cells_end(&c);
    }
}

/* --- clusters --- */

struct size {
    size_t objects;
    double weight, max, sum;
};

enum clu_status clu_medoids_clusters(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                                     const struct clu_spread *spread, struct clu_err *err)
{
    static const char *const name[] = {"cluster", "medoid", "size", "max", "mean", "diameter", "separation", "isolated"};
    static const char *const isolated[] = {"no", "L", "L*"};
    struct size *size = clu_calloc(fit->k, sizeof *size);
    struct clu_cells c = clu_print_cells(cli, &o->table.schema);

    if (!size)
        return clu_fail_memory(err);
    for (size_t i = 0; i < fit->n; i++) {
        struct size *s = &size[fit->label[i]];
        double w = o->table.weight ? o->table.weight[i] : 1;
        s->objects++;
        s->weight += w;
        s->sum += w * fit->near[i];
        s->max = fit->near[i] > s->max ? fit->near[i] : s->max;
    }
    head(&c, name, spread ? 8 : 5);
    for (size_t i = 0; i < fit->k; i++) {
        clu_cell_int(&c, (long long)i + 1);
        object_cell(&c, o, fit->medoid[i]);
        clu_cell_int(&c, (long long)size[i].objects);
        clu_cell_number(&c, size[i].max);
        clu_cell_number(&c, size[i].sum / size[i].weight);
        if (spread) {
            clu_cell_number(&c, spread[i].diameter);
            clu_cell_number(&c, spread[i].separation < HUGE_VAL ? spread[i].separation : NAN);
            clu_cell_str(&c, isolated[spread[i].isolation]);
        }
        clu_cells_end(&c);
    }
    clu_free(size);
    return CLU_OK;
}

/* --- summary --- */

static double total_weight(const struct clu_objects *o, const struct clu_pam *fit)
{
    double sum = 0;

    for (size_t i = 0; i < fit->n; i++)
        sum += o->table.weight ? o->table.weight[i] : 1;
    return sum;
}

void clu_medoids_summary(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit)
{
    static const char *const name[] = {"clusters", "silhouette", "loss", "mean", "swaps", "passes"};
    struct clu_cells c = clu_print_cells(cli, &o->table.schema);
    size_t tried = fit->curve_n > 1 ? fit->curve_n : 1;
    size_t least = fit->curve_n > 1 ? fit->curve_k : fit->k;

    head(&c, name, sizeof name / sizeof name[0]);
    for (size_t t = 0; t < tried; t++) {
        bool taken = least + t == fit->k;
        clu_cell_int(&c, (long long)(least + t));
        clu_cell_number(&c, taken ? fit->silhouette : fit->curve[t]);
        for (size_t i = 0; i < 4 && !taken; i++)
            clu_cell_empty(&c);
        if (taken) {
            clu_cell_number(&c, fit->loss);
            clu_cell_number(&c, fit->loss / total_weight(o, fit));
            clu_cell_int(&c, (long long)fit->swaps);
            clu_cell_number(&c, fit->passes);
        }
        clu_cells_end(&c);
    }
}

/* --- silhouette --- */

enum clu_status clu_medoids_fit_silhouette(struct clu_silhouette *s, const struct clu_objects *o, const struct clu_pam *fit,
                                           const struct clu_run *run, struct clu_err *err)
{
    struct clu_points points;

    if (o->has_square)
        return clu_silhouette_fit(s, &o->square.dist, fit->label, fit->k, o->table.weight, run, err);
    enum clu_status status = clu_points_init(&points, o->metric, clu_mat_look(&o->table.x), err);
    if (status == CLU_OK) {
        status = clu_silhouette_fit(s, &points.dist, fit->label, fit->k, o->table.weight, run, err);
        clu_points_clear(&points);
    }
    return status;
}

enum clu_status clu_medoids_silhouette(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                                       struct clu_err *err)
{
    struct clu_silhouette s;
    double *neighbour = clu_alloc(fit->n, sizeof *neighbour);
    enum clu_status status = neighbour ? clu_medoids_fit_silhouette(&s, o, fit, &cli->run, err) : clu_fail_memory(err);

    if (status == CLU_OK) {
        struct clu_beside beside = {2, {"neighbour", "silhouette"}, {neighbour, s.width}};
        struct clu_rows rows = rows_of(cli, o);
        for (size_t i = 0; i < fit->n; i++)
            neighbour[i] = s.neighbour[i] < 0 ? (double)NAN : (double)s.neighbour[i] + 1;
        rows.beside = &beside;
        clu_print_labels(cli, &o->table.schema, &rows, fit->label, true);
        clu_cli_fact(cli, "mean silhouette", "%.17g", s.mean);
        clu_silhouette_clear(&s);
    }
    clu_free(neighbour);
    return status;
}

/* --- what is printed without a look at all pairs --- */

enum clu_status clu_medoids_print(struct clu_cli *cli, int what, const struct clu_objects *o, const struct clu_pam *fit,
                                  bool distances, struct clu_err *err)
{
    switch (what) {
    case CLU_MEDOIDS_ROWS:
        clu_medoids_rows(cli, o, fit);
        return CLU_OK;
    case CLU_MEDOIDS_CLUSTERS:
        return clu_medoids_clusters(cli, o, fit, NULL, err);
    case CLU_MEDOIDS_SUMMARY:
        clu_medoids_summary(cli, o, fit);
        return CLU_OK;
    default:
        clu_medoids_labels(cli, o, fit, distances);
        return CLU_OK;
    }
}

/* --- facts --- */

void clu_medoids_tell(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit, double read, double fitted)
{
    const struct clu_schema *s = &o->table.schema;

    if (s->cols > 0)
        clu_cli_fact(cli, "delimiter", s->delimiter == '\t' ? "TAB" : "%c", s->delimiter);
    clu_cli_fact(cli, "header", "%s", s->header ? "yes" : "no");
    clu_cli_fact(cli, "rows", "%zu", o->table.rows);
    clu_cli_fact(cli, "rows dropped", "%zu", o->table.rows - o->n);
    if (o->has_square)
        clu_cli_fact(cli, "distances kept as", "%s", o->square.f ? "floats, exactly" : "doubles");
    else
        clu_cli_fact(cli, "columns", "%zu", s->picked);
    for (size_t j = 0; j < o->mixed.d; j++) {
        static const char *const word[] = {"interval", "nominal", "asymmetric"};
        char column[256];
        clu_cli_fact(cli, clu_schema_column(s, s->pick[j], column, sizeof column), "%s",
                     o->mixed.ordered[j] ? "ordered" : word[o->mixed.type[j]]);
    }
    clu_cli_fact(cli, "clusters", "%zu", fit->k);
    clu_cli_fact(cli, "passes", "%.3f", fit->passes);
    clu_cli_fact(cli, "swaps", "%zu", fit->swaps);
    clu_cli_fact(cli, "converged", "%s", fit->converged ? "yes" : "no");
    clu_cli_fact(cli, "loss", "%.17g", fit->loss);
    if (fit->second)
        clu_cli_fact(cli, "medoid silhouette", "%.17g", fit->silhouette);
    clu_cli_fact(cli, "read seconds", "%.4f", read);
    clu_cli_fact(cli, "matrix seconds", "%.4f", fit->matrix_seconds);
    clu_cli_fact(cli, "build seconds", "%.4f", fit->start_seconds);
    clu_cli_fact(cli, "swap seconds", "%.4f", fit->swap_seconds);
    clu_cli_fact(cli, "fit seconds", "%.4f", fitted);
}

/* --- model --- */

static const char *const metric_name[] = {"euclidean", "sqeuclidean", "manhattan", "chebyshev", "minkowski", "cosine",
                                          "correlation", "canberra", "hamming", "jaccard", "gower"};

static enum clu_status write_records(struct clu_out *out, const struct clu_objects *o, const struct clu_pam *fit, struct clu_err *err)
{
    double *record = clu_alloc(fit->k, sizeof *record);

    if (!record)
        return clu_fail_memory(err);
    for (size_t i = 0; i < fit->k; i++)
        record[i] = (double)clu_objects_record(o, fit->medoid[i]);
    clu_model_put_numbers(out, "row", record, fit->k);
    clu_free(record);
    return CLU_OK;
}

static enum clu_status write_model(struct clu_out *out, const struct clu_objects *o, const struct clu_pam *fit,
                                   struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    clu_model_begin(out, "kmedoids");
    clu_prepare_save(&o->prepare, out);
    clu_model_put_text(out, "metric", &metric_name[o->metric.kind], 1);
    if (o->metric.kind == CLU_MINKOWSKI)
        clu_model_put_numbers(out, "power", &o->metric.p, 1);
    if (o->mixed.d > 0)
        status = clu_mixed_save(&o->mixed, out, err);
    if (status == CLU_OK)
        status = write_records(out, o, fit, err);
    for (size_t i = 0; i < fit->k && status == CLU_OK; i++)
        if (o->mixed.d > 0)
            status = clu_mixed_save_row(&o->mixed, out, "medoid", input_row(o, fit->medoid[i]), err);
        else
            clu_model_put_numbers(out, "medoid", input_row(o, fit->medoid[i]), o->prepare.d);
    return status;
}

void clu_medoids_save(struct clu_cli *cli, const char *path, const struct clu_objects *o, const struct clu_pam *fit)
{
    struct clu_err err = {0};
    struct clu_out *out = clu_cli_open(cli, path);

    clu_cli_check(cli, write_model(out, o, fit, &err), &err);
    clu_cli_close(cli, out);
}

/* --- assigning --- */

struct model {
    struct clu_prepare prepare;
    struct clu_metric metric;
    struct clu_mixed mixed;
    bool has_mixed;
    struct clu_points points; /* the medoids */
    const struct clu_run *run;
    double *point;            /* [threads][d + k] */
    uint8_t *numeric;         /* [d] columns that hold numbers only; with mixed ones */
    double *rank;             /* [k] records of the medoids where they come from: the first of equals is taken */
};

static enum clu_status load_metric(struct model *m, const struct clu_model *file, size_t d, struct clu_err *err)
{
    const char *word = clu_model_text(file, "metric", 0, 0);
    size_t kind = 0;
    enum clu_status status = CLU_OK;

    while (word && kind < sizeof metric_name / sizeof metric_name[0] && strcmp(word, metric_name[kind]) != 0)
        kind++;
    if (!word || kind == sizeof metric_name / sizeof metric_name[0])
        return clu_model_bad(file, "metric", 0, err, "no such metric");
    m->metric.kind = (enum clu_metric_kind)kind;
    if (m->metric.kind == CLU_MINKOWSKI) {
        status = clu_model_numbers(file, "power", 0, &m->metric.p, 1, err);
        if (status == CLU_OK && !(m->metric.p >= 1))
            status = clu_model_bad(file, "power", 0, err, "the power must be at least 1");
    }
    m->has_mixed = m->metric.kind == CLU_GOWER || m->metric.kind == CLU_HAMMING;
    if (status == CLU_OK && m->has_mixed) {
        status = clu_mixed_load(&m->mixed, file, d, err);
        m->metric.type = m->mixed.type;
        m->metric.range = m->mixed.range;
    }
    return status;
}

/* The medoid that points were not made of has no direction; which one? */
static enum clu_status name_bad_medoid(const struct model *m, const struct clu_model *file, const struct clu_mat *x,
                                       struct clu_err *err)
{
    size_t i = 0;

    for (; i + 1 < x->rows; i++) {
        struct clu_points one;
        struct clu_view row = {.v = x->v + i * x->cols, .rows = 1, .cols = x->cols, .ld = x->cols};
        enum clu_status status = clu_points_init(&one, m->metric, row, NULL);
        clu_points_clear(&one);
        if (status != CLU_OK)
            break;
    }
    return clu_model_bad(file, "medoid", i, err, "a medoid without a direction");
}

static enum clu_status load_medoids(struct model *m, const struct clu_model *file, size_t k, size_t d, struct clu_err *err)
{
    struct clu_mat x = {.cols = d};
    enum clu_status status = clu_mat_reserve(&x, k, false) < 0 ? clu_fail_memory(err) : CLU_OK;

    x.rows = k;
    for (size_t i = 0; i < k && status == CLU_OK; i++)
        if (m->has_mixed)
            status = clu_mixed_load_row(&m->mixed, file, "medoid", i, x.v + i * d, err);
        else
            status = clu_model_numbers(file, "medoid", i, x.v + i * d, d, err);
    if (status == CLU_OK) {
        clu_prepare_enter(&m->prepare, x.v, k);
        status = clu_points_init(&m->points, m->metric, clu_mat_look(&x), err);
        if (status == CLU_DATA)
            status = name_bad_medoid(m, file, &x, err);
    }
    clu_mat_clear(&x);
    return status;
}

static enum clu_status load_model(struct model *m, const char *path, struct clu_err *err)
{
    struct clu_model *file;
    enum clu_status status = clu_model_load(&file, path, "kmedoids", err);

    if (status != CLU_OK)
        return status;
    size_t k = clu_model_count(file, "medoid"), d = clu_model_width(file, "medoid", 0);
    if (k == 0 || d == 0)
        status = clu_model_bad(file, "medoid", 0, err, "no medoids");
    if (status == CLU_OK)
        status = clu_prepare_load(&m->prepare, file, d, err);
    if (status == CLU_OK)
        status = load_metric(m, file, d, err);
    if (status == CLU_OK)
        status = load_medoids(m, file, k, d, err);
    m->rank = clu_alloc(k, sizeof *m->rank);
    m->numeric = clu_alloc(d, 1);
    if (status == CLU_OK && (!m->rank || !m->numeric))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = clu_model_numbers(file, "row", 0, m->rank, k, err);
    for (size_t j = 0; j < d && status == CLU_OK; j++)
        m->numeric[j] = !m->has_mixed || !clu_mixed_coded(&m->mixed, j);
    clu_model_free(file);
    return status;
}

/* Is medoid a to be taken before b, whose distances are x and y? */
static bool before(const struct model *m, size_t a, double x, size_t b, double y)
{
    return x < y || isnan(y) || (x == y && m->rank[a] < m->rank[b]);
}

static int32_t nearest(const struct model *m, const double *row, double *point)
{
    size_t k = m->points.dist.n, d = m->points.d, best = 0;
    double *distance = point + d;

    memcpy(point, row, d * sizeof *point);
    if (!clu_points_enter(&m->points, point))
        return -1;
    clu_points_from(&m->points, point, 0, k, distance);
    for (size_t c = 1; c < k; c++)
        if (before(m, c, distance[c], best, distance[best]))
            best = c;
    return distance[best] <= DBL_MAX ? (int32_t)best : -1;
}

static size_t label_rows(void *ctx, struct clu_view x, int32_t *label)
{
    const struct model *m = ctx;
    size_t each = m->points.d + m->points.dist.n;

#pragma omp parallel for num_threads(m->run->threads) schedule(static) if (m->run->threads > 1 && x.rows > 100)
    for (size_t i = 0; i < x.rows; i++)
        label[i] = nearest(m, x.v + i * x.ld, m->point + (size_t)omp_get_thread_num() * each);
    size_t done = 0;
    while (done < x.rows && label[done] >= 0)
        done++;
    return done;
}

void clu_medoids_assign(struct clu_cli *cli, const char *path, const struct clu_cli_metric *metric)
{
    struct clu_err err = {0};
    struct model m = {.run = &cli->run};
    struct clu_cli_metric as_saved = *metric;

    clu_cli_check(cli, load_model(&m, path, &err), &err);
    as_saved.metric = (int)m.metric.kind;
    clu_objects_check(cli, &as_saved);
    m.point = clu_alloc((size_t)cli->run.threads * (m.points.d + m.points.dist.n), sizeof *m.point);
    if (!m.point)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    struct clu_read_opt opt = clu_objects_read_opt(cli, &as_saved);
    if (m.prepare.scale.how != CLU_SCALE_NONE)
        opt.direction = CLU_DIRECTION_ANY; /* it is the scaled row that needs one */
    struct clu_labeller how = {.label = label_rows, .ctx = &m, .reason = "has no distance to any medoid"};
    if (m.has_mixed) {
        how.mixed = &m.mixed;
        opt.ask.nominal_at = m.mixed.text;
        opt.ask.nominals_at = m.mixed.d;
        opt.ask.numeric_at = m.numeric;
        opt.ask.numerics_at = m.mixed.d;
    }
    clu_stream(cli, &opt, &m.prepare, path, &how);
    clu_free(m.point);
    clu_free(m.rank);
    clu_free(m.numeric);
    clu_points_clear(&m.points);
    clu_mixed_clear(&m.mixed);
    clu_prepare_clear(&m.prepare);
}
