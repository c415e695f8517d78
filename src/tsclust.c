/* tsclust - clustering of time series. Sections: options, distances, without clusters, clusters, main. */
#include "alg/barycentre.h"
#include "alg/series_matrix.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/regimes.h"
#include "cli/series.h"
#include "cli/series_fit.h"
#include "cli/series_measure.h"
#include "cli/series_model.h"
#include "cli/series_print.h"
#include "io/triangle.h"
#include "num/elastic_path.h"
#include "num/gslx.h"
#include "num/soft.h"

#include <math.h>
#include <string.h>

/* --- options --- */

/* From PRINT_TREE on no number of clusters is needed, from PRINT_MATRIX on no clusters are made. */
enum print {
    PRINT_LABELS = 0,
    PRINT_SERIES,
    PRINT_SEGMENTS,
    PRINT_MEDOIDS,
    PRINT_CENTROIDS,
    PRINT_CLUSTERS,
    PRINT_SUMMARY,
    PRINT_CRITERIA,
    PRINT_TREE,
    PRINT_MATRIX,
    PRINT_BARYCENTRE,
    PRINT_PATH
};

struct args {
    struct clu_cli_fit fit;
    struct clu_cli_measure measure;
    struct clu_cli_series series;
    struct clu_cli_regimes regimes;
    int print;
    bool newick;
    const char *assign, *save, *matrix, *save_matrix, *cross;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const print_words[] = {"labels",  "series",   "segments", "medoids", "centroids",  "clusters",
                                          "summary", "criteria", "tree",     "matrix",  "barycentre", "path",
                                          NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt matrix_opt[] = {
    {.name = "matrix", .type = CLU_OPT_FILE, .offset = AT(matrix), .arg = "FILE",
     .help = "take the distances from FILE, a triangle as --save-matrix writes it, instead of computing them"},
    {.name = "save-matrix", .type = CLU_OPT_FILE, .offset = AT(save_matrix), .arg = "FILE",
     .help = "write the distances of all pairs: the triangle above the diagonal, row by row"},
    {.name = "cross", .type = CLU_OPT_FILE, .offset = AT(cross), .arg = "FILE",
     .help = "no clustering: print the distances from each series to each of FILE, a line a series"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a label a record; a line a series with all that is known of it; a line for each stretch of --model; the medoids; the barycentres or centres; a line a "
             "cluster; a line for the whole; the indices of every number of clusters; the tree; all distances; the barycentre of all "
             "series together; the warping path of two series"},
    {.name = "newick", .type = CLU_OPT_FLAG, .offset = AT(newick), .help = "-p tree in the Newick format instead of a table"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE", .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the series by the nearest medoid or centre of a saved model"},
};

static struct args args = {
    .fit = {.height = NAN}, .measure = CLU_CLI_MEASURE_DEFAULT, .series = CLU_CLI_SERIES_DEFAULT, .regimes = CLU_CLI_REGIMES_DEFAULT,
    .common = CLU_CLI_COMMON_DEFAULT
};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(clu_cli_model_opt), &args.regimes},
    {"Method", CLU_ROWS(clu_cli_fit_opt), &args.fit},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Distance", CLU_ROWS(clu_cli_measure_opt), &args.measure},
    {"Distance", CLU_ROWS(matrix_opt), &args},
    {"Correlations", CLU_ROWS(clu_cli_regimes_opt), &args.regimes},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_append_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_stream_opt), &args.output},
    {"Series", CLU_ROWS(clu_cli_series_scale_opt), &args.series},
    {"Series", CLU_ROWS(clu_cli_series_form_opt), &args.series},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_id_opt), &args.input},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "tsclust",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster time series, one a record (CSV or TSV), in long form or in .ts files, by elastic and other distances: print the number "
               "of a cluster, 1 to K, for each.",
    .example = "tsclust -k 4 --label-column=1 Trace.tsv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --assign takes everything from the model. */
static void check_assign(struct clu_cli *cli)
{
    const struct clu_cli_fit *f = &args.fit;

    if (f->k_given || f->height_given || f->method != 0 || args.measure.given || args.measure.parameter_given || args.measure.window ||
        args.measure.lambda_given || args.save || args.matrix || args.save_matrix || args.cross || args.series.normalise != 0 || args.series.resample > 0)
        clu_cli_usage(cli, "--assign takes all that from the model: no -k, --height, --method, -m, --normalise, --resample, or option "
                           "of distances");
    if (args.print != PRINT_LABELS)
        clu_cli_usage(cli, "--assign prints labels");
    if (cli->output->line_buffered && (args.series.longs || args.series.ts))
        clu_cli_usage(cli, "--line-buffered is for a series a record: with --%s all labels come at the end", args.series.ts ? "ts" : "long");
}

static void check_print(struct clu_cli *cli)
{
    const struct clu_cli_fit *f = &args.fit;

    if (cli->output->append && (args.print != PRINT_LABELS || args.cross))
        clu_cli_usage(cli, "--append prints labels, and nothing else");
    if (cli->output->append && cli->output->delimiter)
        clu_cli_usage(cli, "--append keeps the records as they are: no --output-delimiter");
    if (args.print == PRINT_CRITERIA && f->k.lo == f->k.hi)
        clu_cli_usage(cli, "-p criteria needs a range of -k");
    if (args.print == PRINT_TREE && !clu_method_is_tree(f->method))
        clu_cli_usage(cli, "-p tree needs --method=ward, average, complete, single or weighted");
    if (args.newick && args.print != PRINT_TREE)
        clu_cli_usage(cli, "--newick is for -p tree");
    if (args.print == PRINT_MEDOIDS && (f->method == CLU_METHOD_KMEANS || f->method == CLU_METHOD_KASBA || f->method == CLU_METHOD_KSHAPE))
        clu_cli_usage(cli, "%s has no medoids; see -p centroids", clu_method_name(f->method));
    if (args.print == PRINT_PATH && !clu_measure_has_path(&args.measure.m))
        clu_cli_usage(cli, "%s has no warping path", clu_measure_name(args.measure.m.kind));
    if ((args.cross || args.print >= PRINT_TREE) && args.save)
        clu_cli_usage(cli, "-m saves clusters: not with -p %s or --cross", print_words[args.print < PRINT_TREE ? PRINT_TREE : args.print]);
    if (args.cross && (f->k_given || f->height_given || args.print != PRINT_LABELS || args.matrix || args.save_matrix))
        clu_cli_usage(cli, "--cross prints distances: no -k, --height, -p, --matrix or --save-matrix");
    if (args.fit.barycentre_given && f->method != CLU_METHOD_KMEANS && args.print != PRINT_CENTROIDS && args.print != PRINT_BARYCENTRE)
        clu_cli_usage(cli, "--barycentre is for --method=kmeans, -p centroids and -p barycentre");
}

/* Options of distances and of what else is no part of it. */
static void check_model(struct clu_cli *cli)
{
    static const int print[] = {[PRINT_SEGMENTS] = CLU_REGIMES_SEGMENTS, [PRINT_CLUSTERS] = CLU_REGIMES_CLUSTERS,
                                [PRINT_SUMMARY] = CLU_REGIMES_SUMMARY};
    const struct clu_cli_fit *f = &args.fit;
    struct clu_cli_regimes *r = &args.regimes;

    r->print = args.print <= PRINT_SUMMARY ? print[args.print] : CLU_REGIMES_LABELS;
    if (r->model == CLU_MODEL_DISTANCE) {
        clu_regimes_check(cli, r);
        return;
    }
    if (args.measure.given || args.measure.parameter_given || f->method != 0 || f->height_given || f->index_given || f->barycentre_given ||
        f->nstart_given || args.matrix || args.save_matrix || args.cross || args.newick)
        clu_cli_usage(cli, "--model=%s has no --distance, --method or their options", clu_cli_model_word[r->model]);
    if (args.series.longs || args.series.ts || args.series.label || args.series.channels > 1 || args.series.normalise != 0 || args.series.resample > 0)
        clu_cli_usage(cli, "with --model records are time points: no --long, --ts, --label-column, --channels, --normalise or --resample");
    if (args.series.missing != CLU_MISSING_ERROR && args.series.missing != CLU_MISSING_DROP)
        clu_cli_usage(cli, "with --model a missing value is an error, or its record is left out: --missing=drop");
    if (r->print == CLU_REGIMES_LABELS && args.print != PRINT_LABELS)
        clu_cli_usage(cli, "-p is labels, segments, clusters or summary with --model");
    if (f->k.lo != f->k.hi)
        clu_cli_usage(cli, "--model takes one number of clusters");
    if (args.measure.window && (!clu_measure_parse_window(args.measure.window, &args.measure.m) || args.measure.m.window_part || args.measure.m.window < 1))
        clu_cli_usage(cli, "--window is a number of records with --model");
    r->k = f->k.lo;
    r->max_iter = f->max_iter;
    r->window = (size_t)args.measure.m.window;
    r->lambda = args.measure.lambda_given ? args.measure.m.lambda : NAN;
    r->save = args.save;
    r->assign = args.assign;
    args.input.na = args.series.missing == CLU_MISSING_DROP ? CLU_NA_DROP : CLU_NA_ERROR;
    clu_regimes_check(cli, r);
}

static void check_args(struct clu_cli *cli)
{
    check_model(cli);
    if (args.regimes.model != CLU_MODEL_DISTANCE)
        return;
    clu_measure_check(cli, &args.measure);
    clu_series_check(cli, &args.series, &args.measure.m);
    if (args.assign)
        check_assign(cli);
    else
        clu_fit_check(cli, &args.fit, &args.measure.m, args.measure.given, args.print < PRINT_TREE && !args.cross);
    check_print(cli);
}

/* --- distances --- */

/* What depends on the data: the width of gak's kernel. */
static enum clu_status settle(struct clu_measure *m, const struct clu_series *x, struct clu_cli *cli, struct clu_err *err)
{
    if (m->kind != CLU_SERIES_GAK || !isnan(m->sigma))
        return CLU_OK;
    m->sigma = clu_soft_sigma(x, cli->run.seed, err);
    clu_cli_fact(cli, "sigma", "%.17g", m->sigma);
    return isnan(m->sigma) ? CLU_SYSTEM : CLU_OK;
}

static enum clu_status read_matrix(struct clu_condensed *d, size_t n, const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {.file = &args.matrix, .files = 1};
    struct clu_triangle t;
    enum clu_status status = clu_read_triangle(&t, &opt, run, err);

    if (status == CLU_OK && t.n != n)
        status = clu_fail(err, CLU_DATA, "%s: distances of %zu objects, but there are %zu series", args.matrix, t.n, n);
    if (status == CLU_OK) {
        clu_condensed_take(d, t.v, n);
        t.v = NULL;
    }
    clu_triangle_clear(&t);
    return status;
}

static void get_matrix(struct clu_condensed *d, struct clu_cli *cli, const struct clu_set *s, const struct clu_measure *m)
{
    struct clu_err err = {0};
    double began = clu_clock();

    clu_cli_fact(cli, "matrix bytes", "%.0f", clu_condensed_bytes(s->table.x.n, m->float32));
    if (args.matrix)
        clu_cli_check(cli, read_matrix(d, s->table.x.n, &cli->run, &err), &err);
    else
        clu_cli_check(cli, clu_series_matrix(d, &s->table.x, m, &cli->run, &err), &err);
    clu_cli_fact(cli, "matrix seconds", "%.4f", clu_clock() - began);
    if (args.save_matrix) {
        struct clu_out *out = clu_cli_open(cli, args.save_matrix);
        clu_series_triangle(out, d);
        clu_cli_close(cli, out);
    }
}

/* --- without clusters --- */

static void print_cross(struct clu_cli *cli, const struct clu_set *s, const struct clu_measure *m)
{
    struct clu_err err = {0};
    struct clu_set to;
    struct clu_cells c = clu_print_cells(cli, &s->table.schema);

    clu_cli_check(cli, clu_set_read(&to, cli, &args.series, args.cross, &err), &err);
    if (to.table.x.channels != s->table.x.channels)
        clu_cli_check(cli, clu_fail(&err, CLU_DATA, "%s: %zu channels, but %zu in the input", args.cross, to.table.x.channels,
                                    s->table.x.channels), &err);
    double *d = clu_alloc(s->table.x.n, to.table.x.n * sizeof *d);
    clu_cli_check(cli, d ? clu_series_cross(d, &s->table.x, &to.table.x, m, &cli->run, &err) : clu_fail_memory(&err), &err);
    for (size_t i = 0; i < s->table.x.n; i++) {
        for (size_t j = 0; j < to.table.x.n; j++)
            clu_cell_number(&c, d[i * to.table.x.n + j]);
        clu_cells_end(&c);
    }
    clu_free(d);
    clu_set_clear(&to);
}

static void print_path(struct clu_cli *cli, const struct clu_set *s, const struct clu_measure *m)
{
    struct clu_err err = {0};
    struct clu_cells c = clu_print_cells(cli, &s->table.schema);
    struct clu_path path = {0};
    bool each = m->independent && s->table.x.channels > 1;
    double distance;

    if (s->table.x.n != 2)
        clu_cli_check(cli, clu_fail(&err, CLU_DATA, "%zu series, but a path is between two", s->table.x.n), &err);
    if (each)
        clu_cell_str(&c, "channel");
    clu_cell_str(&c, "x");
    clu_cell_str(&c, "y");
    clu_cells_end(&c);
    for (size_t channel = 0; channel < (each ? s->table.x.channels : 1); channel++) {
        clu_cli_check(cli, clu_elastic_path(&path, &distance, m, &s->table.x, 0, &s->table.x, 1, channel, &err), &err);
        for (size_t t = 0; t < path.steps; t++) {
            if (each)
                clu_cell_int(&c, (long long)channel + 1);
            clu_cell_int(&c, (long long)path.x[t] + 1);
            clu_cell_int(&c, (long long)path.y[t] + 1);
            clu_cells_end(&c);
        }
        clu_cli_fact(cli, "distance", "%.17g", distance);
    }
    clu_path_clear(&path);
}

/* The mean of some series, from series start of them on. */
static void barycentre(struct clu_cli *cli, double *center, const struct clu_series *x, size_t start, const size_t *member, size_t count,
                       const struct clu_measure *m, size_t stream)
{
    struct clu_err err = {0};
    struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;

    opt.kind = args.fit.barycentre;
    memcpy(center, clu_series_at(x, start, 0), x->len[start] * x->channels * sizeof *center);
    clu_cli_check(cli, clu_barycentre_fit(center, x->len[start], NULL, x, member, count, m, &opt, stream, &cli->run, &err), &err);
}

/* Where the barycentre of all starts: the medoid of so many of them, evenly spread over the input. */
#define START_FROM 200

static size_t middle_series(struct clu_cli *cli, const struct clu_series *x, const struct clu_measure *m)
{
    struct clu_err err = {0};
    size_t which[START_FROM], count = x->n < START_FROM ? x->n : START_FROM, medoid;
    double near[START_FROM];
    int32_t label[START_FROM] = {0};
    struct clu_series some;
    struct clu_condensed d;

    for (size_t i = 0; i < count; i++)
        which[i] = i * x->n / count;
    clu_cli_check(cli, clu_series_pick(&some, x, which, count, &err), &err);
    clu_cli_check(cli, clu_series_matrix(&d, &some, m, &cli->run, &err), &err);
    clu_cli_check(cli, clu_index_medoids(&medoid, near, &d, label, 1, &cli->run, &err), &err);
    clu_condensed_clear(&d);
    clu_series_clear(&some);
    return which[medoid];
}

static void print_barycentre(struct clu_cli *cli, const struct clu_set *s, const struct clu_measure *m)
{
    struct clu_err err = {0};
    const struct clu_series *x = &s->table.x;
    size_t start = middle_series(cli, x, m), *member = clu_alloc(x->n, sizeof *member);
    struct clu_series center;

    clu_cli_check(cli, member ? clu_series_pick(&center, x, &start, 1, &err) : clu_fail_memory(&err), &err);
    for (size_t i = 0; i < x->n; i++)
        member[i] = i;
    barycentre(cli, center.v, x, start, member, x->n, m, 0);
    clu_series_samples(cli, &s->table.schema, &center, NULL);
    clu_series_clear(&center);
    clu_free(member);
}

/* --- clusters --- */

/* The centres, or the barycentres of clusters that have medoids. */
static void print_centroids(struct clu_cli *cli, const struct clu_shown *s)
{
    struct clu_err err = {0};
    const struct clu_series *x = &s->set->table.x;
    const struct clu_fit *f = s->fit;

    if (!f->medoid) {
        clu_series_samples(cli, &s->set->table.schema, &f->center, "cluster");
        return;
    }
    struct clu_series center;
    size_t *member = clu_alloc(f->n, sizeof *member);
    clu_cli_check(cli, member ? clu_series_pick(&center, x, f->medoid, f->k, &err) : clu_fail_memory(&err), &err);
    for (size_t g = 0; g < f->k; g++) {
        size_t count = 0;
        for (size_t i = 0; i < f->n; i++)
            if (f->label[i] == (int32_t)g)
                member[count++] = i;
        barycentre(cli, clu_series_at(&center, g, 0), x, f->medoid[g], member, count, s->m, g);
    }
    clu_series_samples(cli, &s->set->table.schema, &center, "cluster");
    clu_series_clear(&center);
    clu_free(member);
}

static enum clu_status show(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err)
{
    switch (args.print) {
    case PRINT_SERIES:
        return clu_series_objects(cli, s, err);
    case PRINT_MEDOIDS:
        clu_series_medoids(cli, s);
        return CLU_OK;
    case PRINT_CENTROIDS:
        print_centroids(cli, s);
        return CLU_OK;
    case PRINT_CLUSTERS:
        return clu_series_clusters(cli, s, err);
    case PRINT_SUMMARY:
        return clu_series_summary(cli, s, err);
    case PRINT_CRITERIA:
        clu_series_criteria(cli, s, args.fit.index);
        return CLU_OK;
    case PRINT_TREE:
        return clu_series_tree(cli, s, args.newick, err);
    default:
        clu_series_labels(cli, s->set, s->fit->label);
        return CLU_OK;
    }
}

static void cluster(struct clu_cli *cli, const struct clu_set *s, const struct clu_measure *m)
{
    struct clu_err err = {0};
    struct clu_condensed d = {0};
    struct clu_fit fit;
    int method = clu_fit_method(&args.fit, m, s->table.x.n);
    bool all = clu_fit_needs_matrix(&args.fit, method) || args.matrix || args.save_matrix;

    clu_cli_fact(cli, "method", "%s", clu_method_name(method));
    clu_cli_fact(cli, "distance", "%s", clu_measure_name(m->kind));
    if (all)
        get_matrix(&d, cli, s, m);
    double began = clu_clock();
    clu_cli_check(cli, clu_fit_run(&fit, &args.fit, &s->table.x, m, all ? &d : NULL, &cli->run, &err), &err);
    struct clu_shown shown = {s, m, all ? &d : NULL, &fit};
    if (fit.label && !fit.converged)
        clu_cli_warn(cli, "not converged; see --max-iter");
    clu_cli_fact(cli, "clusters", "%zu", fit.k);
    clu_cli_fact(cli, "loss", "%.17g", fit.loss);
    clu_cli_fact(cli, "fit seconds", "%.4f", clu_clock() - began);
    clu_cli_check(cli, show(cli, &shown, &err), &err);
    if (args.save)
        clu_series_save(cli, args.save, &args.series, &shown);
    clu_fit_clear(&fit);
    clu_condensed_clear(&d);
}

/* --- main --- */

static void work(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_measure m = args.measure.m;
    struct clu_condensed d = {0};
    struct clu_set s;
    double began = clu_clock();

    clu_cli_check(cli, clu_set_read(&s, cli, &args.series, NULL, &err), &err);
    clu_set_tell(cli, &s);
    clu_cli_fact(cli, "read seconds", "%.4f", clu_clock() - began);
    clu_cli_check(cli, settle(&m, &s.table.x, cli, &err), &err);
    if (args.cross)
        print_cross(cli, &s, &m);
    else if (args.print == PRINT_PATH)
        print_path(cli, &s, &m);
    else if (args.print == PRINT_BARYCENTRE)
        print_barycentre(cli, &s, &m);
    else if (args.print == PRINT_MATRIX) {
        get_matrix(&d, cli, &s, &m);
        clu_series_square(cli, &s.table.schema, &d);
    } else {
        cluster(cli, &s, &m);
    }
    clu_condensed_clear(&d);
    clu_set_clear(&s);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_gslx_init();
    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    args.series.keep_input = args.print == PRINT_MEDOIDS;
    clu_cli_open_output(&cli);
    if (args.regimes.model != CLU_MODEL_DISTANCE)
        clu_regimes_run(&cli, &args.regimes);
    else if (args.assign)
        clu_series_assign(&cli, args.assign, &args.series);
    else
        work(&cli);
    clu_cli_end(&cli);
}
