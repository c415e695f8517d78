/* kmeans - k-means clustering of the rows of a table. Sections: options, start and model, whole tables, mini-batches,
 * assigning, main. */
#include "alg/assign.h"
#include "alg/kmeans.h"
#include "alg/kmeans_batch.h"
#include "base/mem.h"
#include "cli/choose.h"
#include "cli/print.h"
#include "cli/stream.h"
#include "cli/tool.h"
#include "io/portion.h"
#include "io/prepare.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* --- options --- */

enum print { PRINT_LABELS = 0, PRINT_CENTERS, PRINT_SUMMARY, PRINT_DISTANCES, PRINT_CRITERIA };

struct args {
    struct clu_kmeans_opt fit;
    struct clu_opt_range k;
    struct clu_cli_choose choose;
    int print;
    const char *init;
    size_t batch; /* 0: all rows at once */
    const char *assign, *save;
    bool k_given, print_given, refine_given;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const algorithm_words[] = {"auto", "lloyd", "hamerly", "yinyang", NULL};
static const char *const refine_words[] = {"hartigan", "none", NULL};
static const char *const print_words[] = {"labels", "centers", "summary", "distances", "criteria", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_RANGE, .offset = AT(k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given),
     .help = "number of clusters, or a range such as 2..20, of which --choose takes the best (required, but for --assign)"},
    {.name = "algorithm", .type = CLU_OPT_WORD, .offset = AT(fit.algorithm), .arg = "WORD", .words = algorithm_words,
     .help = "how Lloyd's iteration skips work; the result is the same"},
    {.name = "refine", .type = CLU_OPT_WORD, .offset = AT(fit.refine), .arg = "WORD", .words = refine_words,
     .given = 1 + AT(refine_given),
     .help = "afterwards exchange single rows until no move lowers the inertia, or stop at Lloyd's result"},
    {.name = "init", .type = CLU_OPT_FILE, .offset = AT(init), .arg = "HOW",
     .help = "start from greedy k-means++ (plusplus), from random rows (random), or from the K rows of the table in FILE"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(fit.nstart), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "number of starts; the one with the least inertia is kept"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(fit.max_iter), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "most iterations of a start, exchange passes included"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.tol), .arg = "X", .lo = 0, .hi = 1e300,
     .help = "stop when the squared movement of the centers is at most X times the mean variance of the columns; 0: when no label changes"},
    {.name = "spherical", .type = CLU_OPT_FLAG, .offset = AT(fit.spherical),
     .help = "cluster by direction: rows and centers have length 1 (cosine similarity)"},
    {.name = "batch", .type = CLU_OPT_COUNT, .offset = AT(batch), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "mini-batches of N rows: one pass over a stream of any length, for centers or a model"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .given = 1 + AT(print_given),
     .help = "what to print: a label a record, the centers, a summary of the clusters, the distances of every row to all centers, or the criteria "
             "of every number of clusters"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by the nearest center of a saved model, as a stream"},
};

static struct args args = {.fit = {.nstart = 1, .max_iter = 300}, .init = "plusplus", .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
    {"Method", CLU_ROWS(clu_cli_choose_opt), &args.choose},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_append_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_stream_opt), &args.output},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_id_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_weight_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_na_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_float_opt), &args.input},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "kmeans",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV) by k-means: print the number of a cluster, 1 to K, for each record.",
    .example = "kmeans -k 3 -c 1-4 iris.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

static bool has_init_file(void)
{
    return strcmp(args.init, "plusplus") != 0 && strcmp(args.init, "random") != 0;
}

static bool has_range(void)
{
    return args.k.lo < args.k.hi;
}

/* What a range and the criteria cannot do. */
static void check_choice(struct clu_cli *cli)
{
    if (args.choose.given && !has_range() && args.print != PRINT_CRITERIA)
        clu_cli_usage(cli, "--choose is for a range of -k or for -p criteria");
    if (has_range() && has_init_file())
        clu_cli_usage(cli, "a range of -k cannot start from a file");
    if (has_range() && args.batch)
        clu_cli_usage(cli, "--batch sees every row once: no range of -k");
    if ((has_range() || args.print == PRINT_CRITERIA) && args.input.weight)
        clu_cli_usage(cli, "the criteria count rows alike: no -w with a range of -k or -p criteria");
}

/* Requests that make no sense together. */
static void check_args(struct clu_cli *cli)
{
    if (args.assign) {
        if (args.k_given || args.choose.given || args.batch || args.save || args.input.weight || args.input.scale != CLU_SCALE_NONE ||
            args.fit.spherical)
            clu_cli_usage(cli, "--assign takes all that from the model: no -k, -w, -m, --batch, --choose, --scale or --spherical");
        if (args.print != PRINT_LABELS && args.print != PRINT_DISTANCES)
            clu_cli_usage(cli, "--assign prints labels or distances");
    } else if (!args.k_given) {
        clu_cli_usage(cli, "option -k is required");
    } else {
        check_choice(cli);
    }
    if (args.output.append && args.print != PRINT_LABELS)
        clu_cli_usage(cli, "--append prints labels, and nothing else");
    if (args.output.append && args.output.delimiter)
        clu_cli_usage(cli, "--append keeps the records as they are: no --output-delimiter");
    if (args.fit.spherical && args.refine_given && args.fit.refine == CLU_KMEANS_HARTIGAN)
        clu_cli_usage(cli, "--refine=hartigan cannot be used with --spherical");
    if (has_init_file() && args.fit.nstart > 1)
        clu_cli_usage(cli, "--nstart cannot be used with a start from a file");
    if (args.batch && args.batch < args.fit.k)
        clu_cli_usage(cli, "a batch needs at least as many rows as there are clusters");
}

/* --- start and model --- */

/* The centers in args.init, prepared as the rows are: into *out [k][d]. */
static enum clu_status read_start(double **out, const struct clu_prepare *p, const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {
        .file = &args.init,
        .files = 1,
        .delimiter = args.input.delimiter,
        .mark = args.input.decimal_comma ? ',' : '.',
        .ask = {.name = (const char *const *)p->name, .names = p->name ? p->d : 0, .before = "no column '"},
    };
    const char *name = strcmp(args.init, "-") == 0 ? "stdin" : args.init;
    char after[600];
    struct clu_table t;

    snprintf(after, sizeof after, "' in %s", name);
    opt.ask.after = after;
    enum clu_status status = clu_read_table(&t, &opt, run, err);
    if (status != CLU_OK)
        return status;
    if (t.x.cols != p->d)
        status = clu_fail(err, CLU_DATA, "%s: %zu columns, but %zu are clustered", name, t.x.cols, p->d);
    else if (t.x.rows != args.fit.k)
        status = clu_fail(err, CLU_DATA, "%s: %zu rows for %zu clusters", name, t.x.rows, args.fit.k);
    if (status == CLU_OK) {
        clu_scale_do(&p->scale, &t.x);
        if (p->unit && clu_mat_unit_rows(&t.x) < t.x.rows)
            status = clu_fail(err, CLU_DATA, "%s: a row of zeros has no direction", name);
        *out = t.x.v;
        t.x.v = NULL;
    }
    clu_table_clear(&t);
    return status;
}

static enum clu_status find_start(double **start, const struct clu_prepare *p, const struct clu_run *run, struct clu_err *err)
{
    *start = NULL;
    args.fit.init = strcmp(args.init, "random") == 0 ? CLU_KMEANS_RANDOM : CLU_KMEANS_PLUSPLUS;
    if (!has_init_file())
        return CLU_OK;
    args.fit.init = CLU_KMEANS_GIVEN;
    enum clu_status status = read_start(start, p, run, err);
    args.fit.start = *start;
    return status;
}

/* center[k][d] in the input's units. */
static void save_model(struct clu_cli *cli, const struct clu_prepare *p, const double *center, size_t k)
{
    struct clu_out *out = clu_cli_open(cli, args.save);

    clu_model_begin(out, tool.name);
    clu_prepare_save(p, out);
    for (size_t a = 0; a < k; a++)
        clu_model_put_numbers(out, "center", center + a * p->d, p->d);
    clu_cli_close(cli, out);
}

/* --- whole tables --- */

static void print_summary(struct clu_cli *cli, const struct clu_schema *s, const struct clu_kmeans *fit)
{
    struct clu_cells c = clu_print_cells(cli, s);
    static const char *const head[] = {"cluster", "rows", "weight", "inertia"};
    double weight = 0;

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_cells_end(&c);
    for (size_t a = 0; a < fit->k; a++) {
        clu_cell_int(&c, (long long)a + 1);
        clu_cell_int(&c, (long long)fit->size[a]);
        clu_cell_number(&c, fit->weight[a]);
        clu_cell_number(&c, fit->inertia_of[a]);
        clu_cells_end(&c);
        weight += fit->weight[a];
    }
    clu_cell_str(&c, "total");
    clu_cell_int(&c, (long long)fit->n);
    clu_cell_number(&c, weight);
    clu_cell_number(&c, fit->inertia);
    clu_cells_end(&c);
}

static size_t label_rows(void *ctx, struct clu_view x, int32_t *label)
{
    clu_assign_rows(ctx, x, label, NULL);
    return x.rows;
}

static void fill_distances(void *ctx, struct clu_view x, size_t from, size_t count, double *out)
{
    clu_assign_distances(ctx, x, from, count, out);
}

static enum clu_status print_distances(struct clu_cli *cli, const struct clu_table *t, const struct clu_kmeans *fit,
                                       struct clu_err *err)
{
    struct clu_values values = {.fill = fill_distances, .width = fit->k};
    struct clu_rows rows = {.rows = t->rows, .kept = t->kept, .id = t->schema.id != CLU_NO_COLUMN ? &t->id : NULL};
    struct clu_assign *assign;
    enum clu_status status = clu_assign_open(&assign, fit->center, fit->k, fit->d, &cli->run, err);

    if (status != CLU_OK)
        return status;
    values.ctx = assign;
    status = clu_print_values(cli, &t->schema, &rows, clu_mat_look(&t->x), &values, true, err);
    clu_assign_close(assign);
    return status;
}

/* What the fit found; from here on the centers are in the input's units. */
static enum clu_status show(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p,
                            struct clu_kmeans *fit, struct clu_err *err)
{
    struct clu_rows rows = {.rows = t->rows,
                            .kept = t->kept,
                            .id = t->schema.id != CLU_NO_COLUMN ? &t->id : NULL,
                            .text = args.output.append ? &t->text : NULL};
    enum clu_status status = CLU_OK;

    if (args.print == PRINT_DISTANCES)
        status = print_distances(cli, t, fit, err);
    clu_prepare_leave(p, fit->center, fit->k);
    if (args.print == PRINT_LABELS)
        clu_print_labels(cli, &t->schema, &rows, fit->label, true);
    else if (args.print == PRINT_CENTERS)
        clu_print_centers(cli, &t->schema, fit->center, fit->k);
    else if (args.print == PRINT_SUMMARY)
        print_summary(cli, &t->schema, fit);
    if (args.save && status == CLU_OK)
        save_model(cli, p, fit->center, fit->k);
    return status;
}

static void tell(struct clu_cli *cli, const struct clu_table *t, const struct clu_kmeans *fit, double read, double fitted)
{
    clu_cli_fact(cli, "delimiter", t->schema.delimiter == '\t' ? "TAB" : "%c", t->schema.delimiter);
    clu_cli_fact(cli, "header", "%s", t->schema.header ? "yes" : "no");
    clu_cli_fact(cli, "rows", "%zu", t->rows);
    clu_cli_fact(cli, "rows dropped", "%zu", t->rows - t->x.rows);
    clu_cli_fact(cli, "columns", "%zu", t->x.cols);
    clu_cli_fact(cli, "clusters", "%zu", fit->k);
    clu_cli_fact(cli, "iterations", "%zu", fit->iterations);
    clu_cli_fact(cli, "exchanges", "%zu", fit->exchanges);
    clu_cli_fact(cli, "converged", "%s", fit->converged ? "yes" : "no");
    clu_cli_fact(cli, "inertia", "%.17g", fit->inertia);
    clu_cli_fact(cli, "read seconds", "%.4f", read);
    clu_cli_fact(cli, "fit seconds", "%.4f", fitted);
}

/* The clusters of args.k; when more than one number is asked for, or the criteria are, those of the best, and all rows of choice. */
static enum clu_status fit_table(struct clu_kmeans *fit, struct clu_choice *choice, const struct clu_table *t,
                                 const struct clu_run *run, struct clu_err *err)
{
    struct clu_view x = clu_mat_look(&t->x);
    size_t most = args.k.hi - args.k.lo + 1;
    bool silhouette = args.choose.by == CLU_BY_SILHOUETTE || args.print == PRINT_CRITERIA;

    if (!has_range() && args.print != PRINT_CRITERIA)
        return clu_kmeans_fit(fit, x, t->weight, &args.fit, run, err);
    enum clu_status status = clu_choice_init(choice, args.choose.by, most < x.rows ? most : x.rows, err);
    for (size_t k = args.k.hi; k >= args.k.lo && status == CLU_OK; k--) { /* more than there are rows are refused first */
        struct clu_kmeans other = {0};
        struct clu_criteria row;
        args.fit.k = k;
        status = clu_kmeans_fit(&other, x, t->weight, &args.fit, run, err);
        row.loss = other.inertia;
        if (status == CLU_OK)
            status = clu_criteria_fit(&row, x, other.label, k, silhouette, run, err);
        if (status == CLU_OK && clu_choice_add(choice, &row)) {
            struct clu_kmeans worse = *fit;
            *fit = other;
            other = worse;
        }
        clu_kmeans_clear(&other);
    }
    return status == CLU_OK ? clu_choice_check(choice, err) : status;
}

static void cluster_table(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_table t = {0};
    struct clu_prepare p = {0};
    struct clu_kmeans fit = {0};
    struct clu_choice choice = {0};
    double *start = NULL, began = clu_clock();

    opt.direction = args.fit.spherical && args.input.scale == CLU_SCALE_NONE;
    clu_cli_check(cli, clu_read_table(&t, &opt, &cli->run, &err), &err);
    double read = clu_clock();
    clu_cli_check(cli, clu_prepare_fit(&p, &t, (enum clu_scaling)args.input.scale, args.fit.spherical, &err), &err);
    clu_cli_check(cli, find_start(&start, &p, &cli->run, &err), &err);
    clu_cli_check(cli, fit_table(&fit, &choice, &t, &cli->run, &err), &err);
    if (!start)
        clu_cli_check(cli, clu_kmeans_order(&fit, &err), &err);
    if (!fit.converged)
        clu_cli_warn(cli, "not converged after %zu iterations; see --max-iter", args.fit.max_iter);
    tell(cli, &t, &fit, read - began, clu_clock() - read);
    if (choice.n > 0)
        clu_choose_tell(cli, &choice);
    if (args.print == PRINT_CRITERIA)
        clu_choose_print(cli, &t.schema, &choice, "inertia");
    double fitted = clu_clock();
    clu_cli_check(cli, show(cli, &t, &p, &fit, &err), &err);
    clu_cli_fact(cli, "write seconds", "%.4f", clu_clock() - fitted);
    clu_choice_clear(&choice);
    clu_kmeans_clear(&fit);
    clu_prepare_clear(&p);
    clu_table_clear(&t);
    clu_free(start);
}

/* --- assigning --- */

/* center[k][d] in the units of p's rows. */
static void assign_rows(struct clu_cli *cli, const struct clu_prepare *p, const char *from, const double *center, size_t k)
{
    struct clu_err err = {0};
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_values values = {.fill = fill_distances, .width = k};
    struct clu_labeller how = {.label = label_rows};
    struct clu_assign *assign;

    clu_cli_check(cli, clu_assign_open(&assign, center, k, p->d, &cli->run, &err), &err);
    how.ctx = values.ctx = assign;
    if (args.print == PRINT_DISTANCES)
        how.values = &values;
    clu_stream(cli, &opt, p, from, &how);
    clu_assign_close(assign);
}

static enum clu_status load_model(struct clu_prepare *p, double **center, size_t *k, const struct clu_model *m,
                                  struct clu_err *err)
{
    size_t d = clu_model_width(m, "center", 0);
    enum clu_status status;

    *k = clu_model_count(m, "center");
    if (*k == 0 || d == 0)
        return clu_model_bad(m, "center", 0, err, "no centers");
    *center = clu_alloc(*k * d, sizeof **center);
    status = *center ? clu_prepare_load(p, m, d, err) : clu_fail_memory(err);
    for (size_t a = 0; a < *k && status == CLU_OK; a++)
        status = clu_model_numbers(m, "center", a, *center + a * d, d, err);
    if (status == CLU_OK)
        clu_prepare_enter(p, *center, *k);
    return status;
}

static void assign_by_model(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_prepare p = {0};
    struct clu_model *m;
    double *center = NULL;
    size_t k;

    clu_cli_check(cli, clu_model_load(&m, args.assign, tool.name, &err), &err);
    clu_cli_check(cli, load_model(&p, &center, &k, m, &err), &err);
    clu_model_free(m);
    assign_rows(cli, &p, args.assign, center, k);
    clu_prepare_clear(&p);
    clu_free(center);
}

/* --- mini-batches --- */

/* Can the input be read a second time? */
static bool can_reread(const struct clu_cli *cli)
{
    struct stat st;

    for (size_t i = 0; i < cli->files; i++)
        if (strcmp(cli->file[i], "-") == 0 || stat(cli->file[i], &st) != 0 || !S_ISREG(st.st_mode))
            return false;
    return cli->files > 0;
}

static void check_batch(struct clu_cli *cli)
{
    if (args.fit.nstart > 1 || args.input.scale != CLU_SCALE_NONE || args.input.na == CLU_NA_MEAN)
        clu_cli_usage(cli, "--batch sees every row once: no --nstart, --scale or --na=mean");
    if (args.print == PRINT_SUMMARY || args.print == PRINT_CRITERIA)
        clu_cli_usage(cli, "--batch prints labels, centers or distances");
    if (args.print != PRINT_CENTERS && !can_reread(cli)) {
        if (args.print_given || args.output.append || !args.save)
            clu_cli_usage(cli, "--batch prints labels of a FILE only, which is read again; use -p centers or -m MODEL");
    }
}

/* The first portion is clustered, every further one moves the centers. */
static enum clu_status learn(struct clu_kmeans_batch *km, struct clu_prepare *p, struct clu_reader *r,
                             const struct clu_run *run, struct clu_err *err)
{
    struct clu_portion portion = {.reader = r, .prepare = p, .na = (enum clu_na)args.input.na, .size = args.batch};
    double *start = NULL;
    enum clu_status status = clu_prepare_names(p, clu_reader_schema(r), err);

    p->unit = args.fit.spherical;
    if (status == CLU_OK)
        status = find_start(&start, p, run, err);
    while (status == CLU_OK && (status = clu_portion_next(&portion, err)) == CLU_OK && portion.x.rows > 0) {
        struct clu_view x = clu_mat_look(&portion.x);
        if (km->center)
            status = clu_kmeans_batch_next(km, x, portion.weight, err);
        else
            status = clu_kmeans_batch_first(km, x, portion.weight, &args.fit, run, err);
    }
    if (status == CLU_OK && !km->center)
        status = clu_fail(err, CLU_DATA, "no complete rows");
    clu_portion_clear(&portion);
    clu_free(start);
    return status;
}

static void cluster_batches(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_prepare p = {0};
    struct clu_kmeans_batch km = {0};
    struct clu_reader *r;

    opt.direction = args.fit.spherical;
    opt.keep_text = false;
    clu_cli_check(cli, clu_reader_open(&r, &opt, &cli->run, &err), &err);
    clu_cli_check(cli, learn(&km, &p, r, &cli->run, &err), &err);
    clu_cli_fact(cli, "rows", "%llu", (unsigned long long)km.rows);
    if (args.print == PRINT_CENTERS)
        clu_print_centers(cli, clu_reader_schema(r), km.center, km.k);
    clu_reader_close(r);
    if (args.save)
        save_model(cli, &p, km.center, km.k);
    if (args.print != PRINT_CENTERS && can_reread(cli))
        assign_rows(cli, &p, NULL, km.center, km.k);
    clu_kmeans_batch_clear(&km);
    clu_prepare_clear(&p);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    args.fit.k = args.k.hi;
    check_args(&cli);
    if (args.batch)
        check_batch(&cli);
    clu_cli_open_output(&cli);
    if (args.assign)
        assign_by_model(&cli);
    else if (args.batch)
        cluster_batches(&cli);
    else
        cluster_table(&cli);
    clu_cli_end(&cli);
}
