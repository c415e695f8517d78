/* clusteval - how good a clustering is: by a truth that is known, or by the rows that were clustered. Sections: options, requests,
 * printing, main. */
#include "base/mem.h"
#include "cli/evaluate.h"
#include "cli/print.h"
#include "cli/require.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- options --- */

enum print { PRINT_SCORES = 0, PRINT_CONFUSION, PRINT_CLUSTERS, PRINT_SILHOUETTE };

/* In the order in which they are printed. Those of the truth stand as in alg/agree.h. */
enum { SILHOUETTE = CLU_AGREE_MEASURES, CH, DB, DUNN, INERTIA, MEASURES };
static const char *const measure_name[MEASURES] = {
    "ari", "ami", "nmi", "homogeneity", "completeness", "v", "fm", "jaccard", "rand", "purity", "accuracy", "nca",
    "silhouette", "ch", "db", "dunn", "inertia"};

struct args {
    struct clu_evaluate_opt how;
    const char *measures;
    int print;
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
    {.name = "truth", .type = CLU_OPT_FILE, .offset = AT(how.truth), .arg = "FILE",
     .help = "compare with the labels in FILE, row by row"},
    {.name = "truth-column", .type = CLU_OPT_COLUMN, .offset = AT(how.truth_column), .arg = "COL",
     .help = "the column of the truth: of its file, or without --truth of the input"},
    {.name = "mean", .type = CLU_OPT_WORD, .offset = AT(how.agree.mean), .arg = "WORD", .words = mean_words,
     .help = "the mean of the two entropies in ami and nmi"},
};

static const struct clu_opt data_opt[] = {
    {.name = "data", .type = CLU_OPT_FILE, .offset = AT(how.data), .arg = "FILE",
     .help = "judge the labels by the rows of this table; -c chooses its columns"},
    {.name = "silhouette", .type = CLU_OPT_WORD, .offset = AT(how.validity.how), .arg = "WORD", .words = silhouette_words,
     .given = 1 + AT(silhouette_given),
     .help = "silhouettes by all distances, on a sample of the rows, by distances to the means of the clusters, or to their medoids"},
    {.name = "sample", .type = CLU_OPT_COUNT, .offset = AT(how.validity.sample), .arg = "N", .lo = 1, .hi = 1e9, .given = 1 + AT(sample_given),
     .help = "rows of --silhouette=sampled, which this implies"},
    {.name = "scale", .type = CLU_OPT_WORD, .offset = AT(input.scale), .arg = "WORD", .words = clu_scaling_word,
     .help = "bring the columns of the data to a common scale first"},
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
    {.name = "label-column", .type = CLU_OPT_COLUMN, .offset = AT(how.label_column), .arg = "COL",
     .help = "the column of the labels, if the input has several"},
    {.name = "file-header", .type = CLU_OPT_WORD, .offset = AT(how.file_header), .arg = "WHEN", .words = header_words,
     .help = "as --header, for the files of --truth and --data"},
    {.name = "noise", .type = CLU_OPT_WORD, .offset = AT(how.noise), .arg = "WORD", .words = noise_words,
     .help = "what the label 0 is, in labels and truth: a cluster like any other, as many clusters as it has records, or no label, so that "
             "its records are left out"},
    {.name = "na", .type = CLU_OPT_WORD, .offset = AT(input.na), .arg = "WORD", .words = na_words,
     .help = "what a missing label, truth or value does: it is an error, or its record is left out"},
};

static struct args args = {.how = {.validity = {.sample = 10000}}, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Truth", CLU_ROWS(truth_opt), &args},
    {"Data", CLU_ROWS(data_opt), &args},
    {"Data", CLU_ROWS(clu_cli_seed_opt), &args.common},
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
    size_t list[MEASURES], listed; /* what is printed, in order */
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
    dashes += args.how.truth && strcmp(args.how.truth, "-") == 0;
    dashes += args.how.data && strcmp(args.how.data, "-") == 0;
    if (dashes > 1)
        clu_cli_usage(cli, "standard input ('-') given twice");
}

static void check_args(struct clu_cli *cli)
{
    bool truth = args.how.truth || args.how.truth_column;

    check_streams(cli);
    if (!args.how.data && (args.silhouette_given || args.sample_given || args.input.scale != CLU_SCALE_NONE))
        clu_cli_usage(cli, "--silhouette, --sample and --scale are for --data");
    if (!args.how.data && (args.print == PRINT_CLUSTERS || args.print == PRINT_SILHOUETTE))
        clu_cli_usage(cli, "-p %s needs --data", print_words[args.print]);
    if (args.how.data && !truth && args.print == PRINT_CONFUSION)
        clu_cli_usage(cli, "-p confusion needs a truth");
    if (!args.how.data && args.how.label_column && args.input.columns.n > 0)
        clu_cli_usage(cli, "without --data -c chooses the labels, as --label-column does");
    if (args.sample_given && !args.silhouette_given)
        args.how.validity.how = CLU_SILHOUETTE_SAMPLED;
    if (args.sample_given && args.how.validity.how != CLU_SILHOUETTE_SAMPLED)
        clu_cli_usage(cli, "--sample is for --silhouette=sampled");
}

static void want(struct clu_cli *cli, struct request *r, size_t measure)
{
    if (needs_truth(measure) ? args.how.data && !args.how.truth && !args.how.truth_column : !args.how.data)
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
    bool truth = args.how.truth || args.how.truth_column || !args.how.data;
    for (size_t i = 0; i < MEASURES && !args.measures; i++)
        if (needs_truth(i) ? truth : args.how.data && (i != DUNN || args.how.validity.how == CLU_SILHOUETTE_EXACT))
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
    bool exact = args.how.validity.how == CLU_SILHOUETTE_EXACT, clusters = args.print == PRINT_CLUSTERS;
    memcpy(args.how.agree.want, r->want, sizeof args.how.agree.want);
    args.how.validity.silhouette = r->want[SILHOUETTE] || clusters || args.print == PRINT_SILHOUETTE;
    args.how.validity.dunn = r->want[DUNN] || (clusters && exact);
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

static double value_of(const struct clu_evaluation *e, size_t measure)
{
    const struct clu_validity *v = &e->validity;

    switch (measure) {
    case SILHOUETTE:
        return v->silhouette;
    case CH:
        return v->ch;
    case DB:
        return v->db;
    case DUNN:
        return v->dunn;
    case INERTIA:
        return v->inertia;
    default:
        return e->agree.value[measure];
    }
}

static void print_scores(struct clu_cells *c, const struct clu_evaluation *e, const struct request *r)
{
    clu_cell_str(c, "measure");
    clu_cell_str(c, "value");
    clu_cells_end(c);
    for (size_t i = 0; i < r->listed; i++) {
        clu_cell_str(c, measure_name[r->list[i]]);
        clu_cell_number(c, value_of(e, r->list[i]));
        clu_cells_end(c);
    }
}

static void print_confusion(struct clu_cells *c, const struct clu_evaluation *e)
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

static void print_clusters(struct clu_cells *c, const struct clu_evaluation *e)
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

static void print_silhouette(struct clu_cells *c, const struct clu_evaluation *e)
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

static void show(struct clu_cli *cli, const struct clu_evaluation *e, const struct request *r)
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

static bool meets(struct clu_cli *cli, const struct clu_evaluation *e, const struct request *r)
{
    bool all = true;

    for (size_t i = 0; i < args.require.n; i++) {
        double value = value_of(e, r->require[i].figure);
        if (!clu_require_holds(&r->require[i], value)) {
            tell_failure(cli, args.require.text[i], value);
            all = false;
        }
    }
    return all;
}

int main(int argc, char **argv)
{
    struct clu_cli cli;
    struct clu_err err = {0};
    struct request r = {0};
    struct clu_evaluation e = {0};

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    take_request(&cli, &r);
    clu_cli_open_output(&cli);
    double began = clu_clock();
    clu_cli_check(&cli, clu_evaluate_read(&e, &args.how, &cli, &err), &err);
    clu_cli_fact(&cli, "read seconds", "%.4f", clu_clock() - began);
    began = clu_clock();
    if (e.truth)
        clu_cli_check(&cli, clu_evaluate_truth(&e, &args.how, &cli, &err), &err);
    if (args.how.data)
        clu_cli_check(&cli, clu_evaluate_data(&e, &args.how, &cli, &err), &err);
    clu_cli_fact(&cli, "score seconds", "%.4f", clu_clock() - began);
    show(&cli, &e, &r);
    bool yes = meets(&cli, &e, &r);
    clu_evaluation_clear(&e);
    clu_free(r.require);
    clu_cli_answer(&cli, yes);
}
