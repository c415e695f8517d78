/* clusteval - how good a clustering is: by a truth that is known, or by the rows that were clustered. Sections: options, requests,
 * labels, truth, data, printing, main. */
#include "alg/agree.h"
#include "alg/validity.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/require.h"
#include "cli/tool.h"
#include "io/labels.h"
#include "io/prepare.h"
#include "io/source.h"
#include "tab/columns.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- options --- */

enum print { PRINT_SCORES = 0, PRINT_CONFUSION, PRINT_CLUSTERS, PRINT_SILHOUETTE };
enum noise { NOISE_CLUSTER = 0, NOISE_SINGLETONS, NOISE_DROP };

/* In the order in which they are printed. Those of the truth stand as in alg/agree.h. */
enum { SILHOUETTE = CLU_AGREE_MEASURES, CH, DB, DUNN, INERTIA, MEASURES };
static const char *const measure_name[MEASURES] = {
    "ari", "ami", "nmi", "homogeneity", "completeness", "v", "fm", "jaccard", "rand", "purity", "accuracy", "nca",
    "silhouette", "ch", "db", "dunn", "inertia"};

struct args {
    const char *truth, *truth_column, *label_column, *data, *measures;
    int mean, noise, silhouette, print, file_header;
    size_t sample;
    bool silhouette_given, sample_given;
    struct clu_opt_list require;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const mean_words[] = {"arithmetic", "geometric", "min", "max", NULL};
static const char *const noise_words[] = {"cluster", "singletons", "drop", NULL};
static const char *const silhouette_words[] = {"exact", "sampled", "simplified", "medoid", NULL};
static const char *const print_words[] = {"scores", "confusion", "clusters", "silhouette", NULL};
static const char *const na_words[] = {"error", "drop", NULL};
static const char *const header_words[] = {"auto", "yes", "no", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt truth_opt[] = {
    {.name = "truth", .type = CLU_OPT_FILE, .offset = AT(truth), .arg = "FILE",
     .help = "compare with the labels in FILE, row by row"},
    {.name = "truth-column", .type = CLU_OPT_COLUMN, .offset = AT(truth_column), .arg = "COL",
     .help = "the column of the truth: of its file, or without --truth of the input"},
    {.name = "mean", .type = CLU_OPT_WORD, .offset = AT(mean), .arg = "WORD", .words = mean_words,
     .help = "the mean of the two entropies in ami and nmi"},
};

static const struct clu_opt data_opt[] = {
    {.name = "data", .type = CLU_OPT_FILE, .offset = AT(data), .arg = "FILE",
     .help = "judge the labels by the rows of this table; -c chooses its columns"},
    {.name = "silhouette", .type = CLU_OPT_WORD, .offset = AT(silhouette), .arg = "WORD", .words = silhouette_words,
     .given = 1 + AT(silhouette_given),
     .help = "silhouettes by all distances, on a sample of the rows, by distances to the means of the clusters, or to their medoids"},
    {.name = "sample", .type = CLU_OPT_COUNT, .offset = AT(sample), .arg = "N", .lo = 1, .hi = 1e9, .given = 1 + AT(sample_given),
     .help = "rows of --silhouette=sampled, which this implies"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: the measures, the table of counts of truth and labels, figures of each cluster, or the silhouette of each "
             "record"},
    {.name = "measure", .type = CLU_OPT_TEXT, .offset = AT(measures), .arg = "LIST",
     .help = "these measures, in this order: ari, ami, nmi, homogeneity, completeness, v, fm, jaccard, rand, purity, accuracy, nca; "
             "silhouette, ch, db, dunn, inertia"},
    {.name = "require", .type = CLU_OPT_TEXTS, .offset = AT(require), .arg = "COND",
     .help = "exit with status 1 unless a measure is as said, such as 'ari>=0.9' (>=, >, <=, <, =); may be repeated"},
};

static const struct clu_opt input_opt[] = {
    {.name = "label-column", .type = CLU_OPT_COLUMN, .offset = AT(label_column), .arg = "COL",
     .help = "the column of the labels, if the input has several"},
    {.name = "file-header", .type = CLU_OPT_WORD, .offset = AT(file_header), .arg = "WHEN", .words = header_words,
     .help = "as --header, for the files of --truth and --data"},
    {.name = "noise", .type = CLU_OPT_WORD, .offset = AT(noise), .arg = "WORD", .words = noise_words,
     .help = "what the label 0 is, in labels and truth: a cluster like any other, as many clusters as it has records, or no label, so that "
             "its records are left out"},
    {.name = "na", .type = CLU_OPT_WORD, .offset = AT(input.na), .arg = "WORD", .words = na_words,
     .help = "what a missing label, truth or value does: it is an error, or its record is left out"},
};

static struct args args = {.sample = 10000, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Truth", CLU_ROWS(truth_opt), &args},
    {"Data", CLU_ROWS(data_opt), &args},
    {"Data", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Data", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(input_opt), &args},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "clusteval",
    .usage = "{--truth=FILE | --data=FILE | -c LABEL,TRUTH} [OPTION]... [FILE]...",
    .summary = "Judge a clustering, a label a record: by a truth that is known (--truth, or a second column), or by the rows that were "
               "clustered (--data).",
    .example = "kmeans -k 3 -c 1-4 iris.csv | clusteval --truth=iris.csv --truth-column=species",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --- requests --- */

struct request {
    size_t list[MEASURES], listed;
    struct clu_require *require; /* [args.require.n] */
    bool want[MEASURES];         /* listed or required */
};

static bool needs_truth(size_t measure)
{
    return measure < CLU_AGREE_MEASURES;
}

/* Three may read standard input: the labels, --truth and --data. */
static void check_streams(struct clu_cli *cli)
{
    int dashes = cli->files == 0;

    for (size_t i = 0; i < cli->files; i++)
        dashes += strcmp(cli->file[i], "-") == 0;
    dashes += args.truth && strcmp(args.truth, "-") == 0;
    dashes += args.data && strcmp(args.data, "-") == 0;
    if (dashes > 1)
        clu_cli_usage(cli, "standard input ('-') given twice");
}

static void check_args(struct clu_cli *cli)
{
    bool truth = args.truth || args.truth_column;

    check_streams(cli);
    if (!args.data && (args.silhouette_given || args.sample_given || args.input.scale != CLU_SCALE_NONE))
        clu_cli_usage(cli, "--silhouette, --sample and --scale are for --data");
    if (!args.data && (args.print == PRINT_CLUSTERS || args.print == PRINT_SILHOUETTE))
        clu_cli_usage(cli, "-p %s needs --data", print_words[args.print]);
    if (args.data && !truth && args.print == PRINT_CONFUSION)
        clu_cli_usage(cli, "-p confusion needs a truth");
    if (!args.data && args.label_column && args.input.columns.n > 0)
        clu_cli_usage(cli, "without --data -c chooses the labels, as --label-column does");
    if (args.sample_given && !args.silhouette_given)
        args.silhouette = CLU_SILHOUETTE_SAMPLED;
    if (args.sample_given && args.silhouette != CLU_SILHOUETTE_SAMPLED)
        clu_cli_usage(cli, "--sample is for --silhouette=sampled");
}

static void want(struct clu_cli *cli, struct request *r, size_t measure)
{
    if (needs_truth(measure) ? args.data && !args.truth && !args.truth_column : !args.data)
        clu_cli_usage(cli, "%s needs %s", measure_name[measure], needs_truth(measure) ? "a truth" : "--data");
    r->want[measure] = true;
}

static void list_measures(struct clu_cli *cli, struct request *r)
{
    struct clu_err err = {0};

    for (const char *s = args.measures; s;) {
        size_t len = strcspn(s, ","), i = clu_figure_find(s, len, measure_name, MEASURES);
        if (i == MEASURES)
            clu_cli_check(cli, clu_figure_unknown(s, len, measure_name, MEASURES, &err), &err);
        if (r->want[i])
            clu_cli_usage(cli, "measure %s is listed twice", measure_name[i]);
        want(cli, r, i);
        r->list[r->listed++] = i;
        s = s[len] ? s + len + 1 : NULL;
    }
    /* Without a list: all that there is, but not Dunn's index, which needs all distances, where the silhouette spares them. */
    bool truth = args.truth || args.truth_column || !args.data;
    for (size_t i = 0; i < MEASURES && !args.measures; i++)
        if (needs_truth(i) ? truth : args.data && (i != DUNN || args.silhouette == CLU_SILHOUETTE_EXACT))
            r->list[r->listed++] = i;
}

static void take_request(struct clu_cli *cli, struct request *r)
{
    struct clu_err err = {0};

    list_measures(cli, r);
    for (size_t i = 0; i < r->listed; i++)
        r->want[r->list[i]] = args.print == PRINT_SCORES;
    r->require = clu_alloc(args.require.n, sizeof *r->require);
    if (!r->require)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    for (size_t i = 0; i < args.require.n; i++) {
        clu_cli_check(cli, clu_require_parse(&r->require[i], args.require.text[i], measure_name, MEASURES, &err), &err);
        want(cli, r, r->require[i].figure);
    }
}

/* --- labels --- */

struct evaluation {
    struct clu_labels labels, truth_file;
    const struct clu_label_column *label, *truth; /* truth NULL: there is none */
    const struct clu_labels *truth_of;            /* the input that it is from */
    uint8_t *keep;                                /* [rows] records that count, for the truth or for the data */
    struct clu_partition by_label, by_truth;      /* of the records that have both */
    struct clu_contingency counts;
    struct clu_agree agree;
    struct clu_table data;
    struct clu_partition judged;                  /* of the records that have a label and all values */
    struct clu_validity validity;
    double value[MEASURES];
};

static struct clu_read_opt file_opt(const struct clu_cli *cli, const char *const *file)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);

    opt.file = file;
    opt.files = 1;
    opt.ask.header = (enum clu_header)args.file_header;
    opt.ask.columns = NULL;
    opt.ask.ncolumns = 0;
    opt.keep_text = false;
    return opt;
}

static enum clu_na missing_labels(void)
{
    return args.input.na == CLU_NA_ERROR ? CLU_NA_ERROR : CLU_NA_KEEP;
}

static enum clu_status read_truth(struct evaluation *e, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = file_opt(cli, &args.truth);

    opt.na = missing_labels();
    opt.ask.columns = &args.truth_column;
    opt.ask.ncolumns = args.truth_column ? 1 : 0;
    enum clu_status status = clu_read_labels(&e->truth_file, &opt, 1, "choose that of the truth with --truth-column", &cli->run, err);
    if (status != CLU_OK)
        return status;
    e->truth = &e->truth_file.col[0];
    e->truth_of = &e->truth_file;
    if (e->truth_file.rows != e->labels.rows)
        return clu_fail(err, CLU_DATA, "%s: %zu rows, but %zu labels in %s", e->truth_file.name, e->truth_file.rows, e->labels.rows,
                        e->labels.name);
    return CLU_OK;
}

/* Which of the columns that were read is which; both may be the same. */
static enum clu_status place_columns(struct evaluation *e, bool labels_chosen, struct clu_err *err)
{
    const struct clu_labels *l = &e->labels;
    size_t truth = l->columns - 1, at;

    if (args.truth_column && !args.truth && !labels_chosen) { /* all columns: the truth is the one that has the name */
        enum clu_status status = clu_columns_one(&at, args.truth_column, (const char *const *)l->schema.name, l->schema.cols, err);
        if (status != CLU_OK)
            return status;
        truth = at == l->schema.pick[0] ? 0 : l->columns - 1;
    }
    e->label = &l->col[l->columns - 1 - truth];
    if (!args.truth && (args.truth_column || l->columns > 1)) {
        e->truth = &l->col[truth];
        e->truth_of = l;
    }
    return CLU_OK;
}

static enum clu_status read_labels(struct evaluation *e, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    bool in_input = args.truth_column && !args.truth, chosen = args.label_column || (!args.data && args.input.columns.n > 0);
    size_t n = args.data || args.label_column ? 0 : args.input.columns.n;
    const char **column = clu_alloc(n + 2, sizeof *column);

    if (!column)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        column[i] = args.input.columns.text[i];
    if (args.label_column)
        column[n++] = args.label_column;
    if (in_input && chosen)
        column[n++] = args.truth_column;
    else if (in_input && opt.ask.header == CLU_HEADER_AUTO && clu_columns_by_name(args.truth_column))
        opt.ask.header = CLU_HEADER_YES;
    opt.ask.columns = column;
    opt.ask.ncolumns = n;
    opt.na = missing_labels();
    enum clu_status status =
        clu_read_labels(&e->labels, &opt, in_input || (!args.truth && !args.data) ? 2 : 1,
                        args.data ? "choose that of the labels with --label-column" : "choose that of the labels with -c", &cli->run, err);
    if (status == CLU_OK)
        status = place_columns(e, chosen, err);
    clu_free(column);
    if (status == CLU_OK && args.truth)
        status = read_truth(e, cli, err);
    if (status == CLU_OK && !e->truth && !args.data)
        status = clu_fail(err, CLU_USAGE, "nothing to compare the labels with: --truth, --data, or a second column");
    if (status == CLU_OK && !(e->keep = clu_alloc(e->labels.rows, 1)))
        status = clu_fail_memory(err);
    return status;
}

/* Records whose label is missing, or is noise that is dropped, do not count. */
static void leave_out(uint8_t *keep, const struct clu_label_column *c, size_t rows)
{
    int32_t noise = args.noise == NOISE_DROP ? clu_codes_find(&c->codes, 0) : -1;

    for (size_t i = 0; i < rows; i++)
        keep[i] &= c->code[i] >= 0 && c->code[i] != noise;
}

static enum clu_status divide(struct clu_partition *p, const struct evaluation *e, const struct clu_label_column *c,
                              const struct clu_levels *level, struct clu_err *err)
{
    return clu_partition_make(p, &c->codes, level, c->code, e->keep, e->labels.rows, args.noise == NOISE_SINGLETONS, err);
}

/* --- truth --- */

static enum clu_status compare(struct evaluation *e, const struct request *r, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_agree_opt opt = {.mean = args.mean};
    bool any = false;

    for (size_t i = 0; i < CLU_AGREE_MEASURES; i++)
        any |= opt.want[i] = r->want[i];
    memset(e->keep, 1, e->labels.rows);
    leave_out(e->keep, e->label, e->labels.rows);
    leave_out(e->keep, e->truth, e->labels.rows);
    enum clu_status status = divide(&e->by_label, e, e->label, &e->labels.level, err);
    if (status == CLU_OK)
        status = divide(&e->by_truth, e, e->truth, &e->truth_of->level, err);
    if (status == CLU_OK && e->by_label.n == 0)
        return clu_fail(err, CLU_DATA, "no record has both labels");
    if (status == CLU_OK)
        status = clu_contingency_count(&e->counts, e->by_truth.label, e->by_label.label, e->by_label.n, e->by_truth.k,
                                       e->by_label.k, err);
    if (status == CLU_OK && any)
        status = clu_agree_fit(&e->agree, &e->counts, &opt, &cli->run, err);
    if (status != CLU_OK)
        return status;
    memcpy(e->value, e->agree.value, sizeof e->agree.value);
    clu_cli_fact(cli, "records compared", "%zu", e->by_label.n);
    clu_cli_fact(cli, "classes", "%zu", e->by_truth.k);
    clu_cli_fact(cli, "clusters", "%zu", e->by_label.k);
    if (any) {
        clu_cli_fact(cli, "mutual information", "%.17g", e->agree.mi);
        clu_cli_fact(cli, "expected information", "%.17g", e->agree.expected);
        clu_cli_fact(cli, "entropy of the classes", "%.17g", e->agree.truth_entropy);
        clu_cli_fact(cli, "entropy of the clusters", "%.17g", e->agree.label_entropy);
    }
    return CLU_OK;
}

/* --- data --- */

/* The rows of the table that keep[] says, to its front. */
static void pack_rows(struct clu_table *t, const uint8_t *keep)
{
    size_t from = 0, to = 0, d = t->x.cols;

    for (size_t i = 0; i < t->rows; i++) {
        if (keep[i]) {
            if (from > to)
                memcpy(t->x.v + to * d, t->x.v + from * d, d * sizeof *t->x.v);
            to++;
        }
        from += !t->kept || t->kept[i];
    }
    t->x.rows = to;
}

static enum clu_status read_data(struct evaluation *e, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = file_opt(cli, &args.data);
    struct clu_prepare p = {0};
    size_t rows = e->labels.rows;

    opt.ask.columns = args.input.columns.text;
    opt.ask.ncolumns = args.input.columns.n;
    enum clu_status status = clu_read_table(&e->data, &opt, &cli->run, err);
    if (status != CLU_OK)
        return status;
    if (e->data.rows != rows) {
        char *name = strcmp(args.data, "-") == 0 ? clu_strndup("stdin", 5) : clu_source_quote(args.data);
        clu_fail(err, CLU_DATA, "%s: %zu rows, but %zu labels in %s", name ? name : args.data, e->data.rows, rows, e->labels.name);
        clu_free(name);
        return CLU_DATA;
    }
    status = clu_prepare_fit(&p, &e->data, (enum clu_scaling)args.input.scale, false, err);
    clu_prepare_clear(&p);
    memset(e->keep, 1, rows);
    leave_out(e->keep, e->label, rows);
    for (size_t i = 0; i < rows && e->data.kept; i++)
        e->keep[i] &= e->data.kept[i];
    pack_rows(&e->data, e->keep);
    if (status == CLU_OK && e->data.x.rows == 0)
        status = clu_fail(err, CLU_DATA, "no record has both a label and all values");
    return status;
}

static enum clu_status judge(struct evaluation *e, const struct request *r, struct clu_cli *cli, struct clu_err *err)
{
    bool clusters = args.print == PRINT_CLUSTERS;
    struct clu_validity_opt opt = {
        .silhouette = r->want[SILHOUETTE] || clusters || args.print == PRINT_SILHOUETTE,
        .dunn = r->want[DUNN] || (clusters && args.silhouette == CLU_SILHOUETTE_EXACT),
        .how = args.silhouette,
        .sample = args.sample,
    };
    enum clu_status status = read_data(e, cli, err);

    if (status == CLU_OK)
        status = divide(&e->judged, e, e->label, &e->labels.level, err);
    if (status == CLU_OK)
        status = clu_validity_fit(&e->validity, clu_mat_look(&e->data.x), e->judged.label, e->judged.k, &opt, &cli->run, err);
    if (status != CLU_OK)
        return status;
    e->value[SILHOUETTE] = e->validity.silhouette;
    e->value[CH] = e->validity.ch;
    e->value[DB] = e->validity.db;
    e->value[DUNN] = e->validity.dunn;
    e->value[INERTIA] = e->validity.inertia;
    clu_cli_fact(cli, "records judged", "%zu", e->validity.n);
    clu_cli_fact(cli, "clusters judged", "%zu", e->validity.k);
    clu_cli_fact(cli, "columns", "%zu", e->data.x.cols);
    return CLU_OK;
}

/* --- printing --- */

static void label_cell(struct clu_cells *c, double label, const struct clu_levels *level)
{
    size_t len;

    if (clu_level_is(label)) {
        const char *s = clu_texts_at(&level->text, clu_level_of(label), &len);
        clu_cell_text(c, s, len);
    } else {
        clu_cell_number(c, label);
    }
}

static void print_scores(struct clu_cells *c, const struct evaluation *e, const struct request *r)
{
    clu_cell_str(c, "measure");
    clu_cell_str(c, "value");
    clu_cells_end(c);
    for (size_t i = 0; i < r->listed; i++) {
        clu_cell_str(c, measure_name[r->list[i]]);
        clu_cell_number(c, e->value[r->list[i]]);
        clu_cells_end(c);
    }
}

static void print_confusion(struct clu_cells *c, const struct evaluation *e)
{
    const struct clu_contingency *t = &e->counts;

    clu_cell_str(c, "truth");
    for (size_t j = 0; j < t->cols; j++)
        label_cell(c, e->by_label.value[j], &e->labels.level);
    clu_cells_end(c);
    for (size_t i = 0; i < t->rows; i++) {
        size_t at = t->start[i];
        label_cell(c, e->by_truth.value[i], &e->truth_of->level);
        for (size_t j = 0; j < t->cols; j++) {
            bool here = at < t->start[i + 1] && (size_t)t->col[at] == j;
            clu_cell_int(c, here ? (long long)t->count[at] : 0);
            at += here;
        }
        clu_cells_end(c);
    }
}

static void print_clusters(struct clu_cells *c, const struct evaluation *e)
{
    static const char *const head[] = {"cluster", "rows", "inertia", "silhouette", "db", "diameter", "separation"};
    const struct clu_validity *v = &e->validity;
    double widest = 0, nearest = HUGE_VAL;

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(c, head[i]);
    clu_cells_end(c);
    for (size_t a = 0; a <= v->k; a++) {
        bool all = a == v->k;
        if (all)
            clu_cell_str(c, "total");
        else
            label_cell(c, e->judged.value[a], &e->labels.level);
        clu_cell_int(c, (long long)(all ? v->n : v->size[a]));
        clu_cell_number(c, all ? v->inertia : v->inertia_of[a]);
        clu_cell_number(c, all ? v->silhouette : v->silhouette_of[a]);
        clu_cell_number(c, all ? v->db : v->db_of[a]);
        clu_cell_number(c, all ? widest : v->diameter[a]);
        clu_cell_number(c, all ? nearest : v->separation[a]);
        clu_cells_end(c);
        if (!all) { /* all are numbers, or none */
            widest = v->diameter[a] <= widest ? widest : v->diameter[a];
            nearest = v->separation[a] >= nearest ? nearest : v->separation[a];
        }
    }
}

static void print_silhouette(struct clu_cells *c, const struct evaluation *e)
{
    const struct clu_validity *v = &e->validity;
    const double *label = e->judged.value;

    if (e->labels.schema.header) {
        clu_cell_str(c, "cluster");
        clu_cell_str(c, "neighbour");
        clu_cell_str(c, "silhouette");
        clu_cells_end(c);
    }
    for (size_t i = 0, at = 0; i < e->labels.rows; i++) {
        if (e->keep[i]) {
            label_cell(c, label[e->judged.label[at]], &e->labels.level);
            if (v->neighbour[at] < 0)
                clu_cell_number(c, NAN);
            else
                label_cell(c, label[v->neighbour[at]], &e->labels.level);
            clu_cell_number(c, v->width[at++]);
        } else {
            for (int j = 0; j < 3; j++)
                clu_cell_empty(c);
        }
        clu_cells_end(c);
    }
}

static void show(struct clu_cli *cli, const struct evaluation *e, const struct request *r)
{
    struct clu_cells c = clu_print_cells(cli, &e->labels.schema);

    switch (args.print) {
    case PRINT_CONFUSION:
        print_confusion(&c, e);
        break;
    case PRINT_CLUSTERS:
        print_clusters(&c, e);
        break;
    case PRINT_SILHOUETTE:
        print_silhouette(&c, e);
        break;
    default:
        print_scores(&c, e, r);
    }
}

/* --- main --- */

static void tell_failure(struct clu_cli *cli, const char *condition, double value)
{
    char text[CLU_NUMBER_TEXT];

    if (isfinite(value))
        clu_cli_note(cli, "not met: %s (it is %.*s)", condition, (int)clu_number_format(value, text), text);
    else
        clu_cli_note(cli, "not met: %s (it is %s)", condition, isnan(value) ? "not defined here" : "infinite");
}

static bool meets(struct clu_cli *cli, const struct evaluation *e, const struct request *r)
{
    bool all = true;

    for (size_t i = 0; i < args.require.n; i++) {
        double value = e->value[r->require[i].figure];
        if (!clu_require_holds(&r->require[i], value)) {
            tell_failure(cli, args.require.text[i], value);
            all = false;
        }
    }
    return all;
}

static void free_evaluation(struct evaluation *e, struct request *r)
{
    clu_labels_clear(&e->labels);
    clu_labels_clear(&e->truth_file);
    clu_partition_clear(&e->by_label);
    clu_partition_clear(&e->by_truth);
    clu_partition_clear(&e->judged);
    clu_contingency_clear(&e->counts);
    clu_table_clear(&e->data);
    clu_validity_clear(&e->validity);
    clu_free(e->keep);
    clu_free(r->require);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;
    struct clu_err err = {0};
    struct request r = {0};
    struct evaluation e = {0};

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    take_request(&cli, &r);
    clu_cli_open_output(&cli);
    double began = clu_clock();
    clu_cli_check(&cli, read_labels(&e, &cli, &err), &err);
    clu_cli_fact(&cli, "header", "%s", e.labels.schema.header ? "yes" : "no");
    clu_cli_fact(&cli, "rows", "%zu", e.labels.rows);
    clu_cli_fact(&cli, "read seconds", "%.4f", clu_clock() - began);
    began = clu_clock();
    if (e.truth)
        clu_cli_check(&cli, compare(&e, &r, &cli, &err), &err);
    if (args.data)
        clu_cli_check(&cli, judge(&e, &r, &cli, &err), &err);
    clu_cli_fact(&cli, "score seconds", "%.4f", clu_clock() - began);
    show(&cli, &e, &r);
    bool yes = meets(&cli, &e, &r);
    free_evaluation(&e, &r);
    clu_cli_answer(&cli, yes);
}
