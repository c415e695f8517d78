/* csts-eval - how good clusterings of the segments of time series are, by the true segments and the patterns of CSTS.
 * Sections: options, requests, judging, comparing, main. */
#include "base/mem.h"
#include "cli/compare.h"
#include "cli/csts_scores.h"
#include "cli/csts_truth.h"
#include "cli/require.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- options --- */

enum { MAP_NEAREST = 0, MAP_ID };

struct args {
    struct clu_csts_source from;
    struct clu_csts_eval_opt how;
    const char *measures, *label_column, *compare;
    double alpha;
    size_t tests;
    int print, map;
    bool reference, map_given, level_given;
    struct clu_opt_list require;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const print_words[] = {"measures", "table", "clusters", "patterns", "segments", NULL};
static const char *const map_words[] = {"nearest", "id", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt truth_opt[] = {
    {.name = "truth", .type = CLU_OPT_FILE, .offset = AT(from.truth), .arg = "FILE",
     .help = "the true segments; of several subjects, each by its name in subject_id"},
    {.name = "truth-column", .type = CLU_OPT_COLUMN, .offset = AT(from.truth_column), .arg = "COL",
     .help = "its file has a label a row, in this column"},
};

static const struct clu_opt data_opt[] = {
    {.name = "data", .type = CLU_OPT_FILE, .offset = AT(from.data), .arg = "FILE",
     .help = "with --truth: the rows that the segments are of; -c chooses the variates; without them there is no dbi, vrc and pbm"},
};

static const struct clu_opt method_opt[] = {
    {.name = "map", .type = CLU_OPT_WORD, .offset = AT(map), .arg = "WORD", .words = map_words,
     .help = "a cluster stands for the true one whose mean correlations are nearest, or for the one of the same id"},
    {.name = "distance", .type = CLU_OPT_WORD, .offset = AT(how.distance), .arg = "WORD", .words = clu_csts_distance_word,
     .help = "between vectors of correlations, in the indices swc, dbi, vrc and pbm"},
    {.name = "map-distance", .type = CLU_OPT_WORD, .offset = AT(how.map), .arg = "WORD", .words = clu_csts_distance_word, .given = 1 + AT(map_given),
     .help = "the same where clusters are mapped to true ones"},
    {.name = "tolerance", .type = CLU_OPT_REAL, .offset = AT(how.tolerance), .arg = "X", .lo = 0, .hi = 2,
     .help = "how far a mean correlation of a cluster may be from that of the true one, for discovery and specificity"},
    {.name = "compat", .type = CLU_OPT_FLAG, .offset = AT(from.pick.compat),
     .help = "as the published code and data are: 1 is added to the tolerance, and nonnormal reduced sets hold the correlated data"},
    {.name = "boundary-tolerance", .type = CLU_OPT_COUNT, .offset = AT(how.boundary), .arg = "N", .hi = 1e9,
     .help = "how many rows a boundary may be off, for boundary_f1"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a line a measure, a line a clustering with a column a measure, or what became of each cluster, of each true "
             "cluster, of each segment"},
    {.name = "measure", .type = CLU_OPT_TEXT, .offset = AT(measures), .arg = "LIST",
     .help = "these measures, in this order: segments, clusters, jaccard, swc, dbi, vrc, pbm, pbm_textbook, discovery, specificity, "
             "segmentation_ratio, length_ratio, mae, truth_mae, ari, nmi, v, boundary_f1"},
    {.name = "reference", .type = CLU_OPT_FLAG, .offset = AT(reference),
     .help = "beside each measure that of the truth itself, and that of the truth with all clusters wrong"},
    {.name = "require", .type = CLU_OPT_TEXTS, .offset = AT(require), .arg = "COND",
     .help = "exit with status 1 unless a measure of every clustering is as said, such as 'swc>=0.9' (>=, >, <=, <, =); may be repeated"},
};

static const struct clu_opt compare_opt[] = {
    {.name = "compare", .type = CLU_OPT_FILE, .offset = AT(compare), .arg = "FILE",
     .help = "no truth: the input and FILE are tables as -p table prints them; test whether their measures differ, subject by subject"},
    {.name = "alpha", .type = CLU_OPT_REAL, .offset = AT(alpha), .arg = "X", .lo = 1e-12, .hi = 0.5, .given = 1 + AT(level_given),
     .help = "the level of all tests together, for the power of each"},
    {.name = "tests", .type = CLU_OPT_COUNT, .offset = AT(tests), .arg = "N", .lo = 1, .hi = 1e6, .given = 1 + AT(level_given),
     .help = "how many tests there are in all, which Bonferroni's correction divides the level by; otherwise as many as measures"},
};

static const struct clu_opt input_opt[] = {
    {.name = "label-column", .type = CLU_OPT_COLUMN, .offset = AT(label_column), .arg = "COL",
     .help = "the input has a label a row, in this column"},
};

static struct args args = {.from = {.pick = CLU_CSTS_PICK_DEFAULT}, .how = CLU_CSTS_EVAL_DEFAULT, .alpha = 0.05,
                           .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Truth", CLU_ROWS(truth_opt), &args},
    {"Truth", clu_csts_pick_opt, CLU_CSTS_PICK_WORDS, &args.from.pick},
    {"Method", CLU_ROWS(method_opt), &args},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Comparing", CLU_ROWS(compare_opt), &args},
    {"Input", CLU_ROWS(input_opt), &args},
    {"Input", CLU_ROWS(data_opt), &args},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "csts-eval",
    .usage = "[--truth=FILE | --subject=NAME] [OPTION]... [FILE]...",
    .summary = "Judge clusterings of the segments of time series, as tables of segments or as a label a row, by the true segments: those of a "
               "file, or of the published CSTS benchmark.",
    .example = "csts-degrade --subject=apricot-waterfall-16 --completeness=sparse | csts-eval --completeness=sparse -p table",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --- requests --- */

struct request {
    size_t list[CLU_EVAL_MEASURES], listed; /* what is printed, in order */
    bool want[CLU_EVAL_MEASURES];           /* listed or required */
    struct clu_require *require;            /* [args.require.n] */
};

static bool prints_measures(void)
{
    return args.print == CLU_SCORES_MEASURES || args.print == CLU_SCORES_TABLE;
}

static bool is_published(const struct clu_csts_pick *k)
{
    return k->subject || k->split_given || k->variant_given || k->completeness_given || k->reduced;
}

static void check_compare(struct clu_cli *cli)
{
    if (args.from.truth || args.from.truth_column || args.from.data || args.label_column || args.map || args.map_given || args.print ||
        args.reference || args.require.n > 0 || args.from.pick.compat || is_published(&args.from.pick))
        clu_cli_usage(cli, "--compare is of two tables of measures: of the other options it takes --measure, --alpha and --tests");
    if (cli->files > 1)
        clu_cli_usage(cli, "--compare is of two tables: one FILE, or standard input");
    if (strcmp(args.compare, "-") == 0 && (cli->files == 0 || strcmp(cli->file[0], "-") == 0))
        clu_cli_usage(cli, "standard input ('-') given twice");
}

static void check_args(struct clu_cli *cli)
{
    const struct clu_csts_pick *k = &args.from.pick;
    int dashes = cli->files == 0;

    if (args.compare) {
        check_compare(cli);
        return;
    }
    if (args.level_given)
        clu_cli_usage(cli, "--alpha and --tests are for --compare");

    for (size_t i = 0; i < cli->files; i++)
        dashes += strcmp(cli->file[i], "-") == 0;
    dashes += args.from.truth && strcmp(args.from.truth, "-") == 0;
    dashes += args.from.data && strcmp(args.from.data, "-") == 0;
    if (dashes > 1)
        clu_cli_usage(cli, "standard input ('-') given twice");
    if (args.from.truth && is_published(k))
        clu_cli_usage(cli, "--subject, --split, --variant, --completeness and --reduced are for published subjects, without --truth");
    if (k->reduced && k->variant != CLU_CSTS_CORRELATED && k->variant != CLU_CSTS_NONNORMAL)
        clu_cli_usage(cli, "reduced sets are correlated or nonnormal");
    if (args.from.truth_column && !args.from.truth)
        clu_cli_usage(cli, "--truth-column needs --truth");
    if (args.from.data && !args.from.truth)
        clu_cli_usage(cli, "--data needs --truth; the rows of published subjects are known");
    if (!args.from.data && args.input.columns.n > 0)
        clu_cli_usage(cli, "-c is for --data");
    if (args.map == MAP_ID && args.map_given)
        clu_cli_usage(cli, "--map-distance is for --map=nearest");
    if (args.measures && !prints_measures())
        clu_cli_usage(cli, "--measure is for -p measures and -p table");
    if (args.reference && args.print != CLU_SCORES_MEASURES)
        clu_cli_usage(cli, "--reference is for -p measures");
}

static void want(struct request *r, size_t measure)
{
    r->want[measure] = true;
    args.from.rows |= clu_csts_measure_of_rows(measure);
}

static void take_request(struct clu_cli *cli, struct request *r)
{
    struct clu_err err = {0};

    for (const char *s = args.measures; s;) {
        size_t len = strcspn(s, ","), i = clu_figure_find(s, len, clu_csts_measure_name, CLU_EVAL_MEASURES);
        if (i == CLU_EVAL_MEASURES)
            clu_cli_check(cli, clu_figure_unknown(s, len, clu_csts_measure_name, CLU_EVAL_MEASURES, &err), &err);
        if (r->want[i])
            clu_cli_usage(cli, "measure %s is listed twice", clu_csts_measure_name[i]);
        want(r, i);
        r->list[r->listed++] = i;
        s = s[len] ? s + len + 1 : NULL;
    }
    for (size_t i = 0; i < CLU_EVAL_MEASURES && !args.measures && prints_measures(); i++) {
        want(r, i);
        r->list[r->listed++] = i;
    }
    r->require = clu_alloc(args.require.n, sizeof *r->require);
    if (!r->require)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    for (size_t i = 0; i < args.require.n; i++) {
        clu_cli_check(cli, clu_require_parse(&r->require[i], args.require.text[i], clu_csts_measure_name, CLU_EVAL_MEASURES, &err), &err);
        want(r, r->require[i].figure);
    }
    args.how.no_swc = !r->want[CLU_EVAL_SWC];
}

/* --- judging --- */

static void judge(struct clu_cli *cli, struct clu_csts_eval *e, const struct clu_csts_known *known, const struct clu_csts_labels *t,
                  const struct clu_csts_eval_opt *how)
{
    static const struct clu_csts_rows_of none = {0};
    const struct clu_csts_rows_of *rows = args.from.rows ? &known->rows : &none;
    struct clu_err err = {0};

    clu_cli_check(cli, clu_csts_eval_fit(e, t, known->truth, known->patterns, rows, how, &cli->run, &err), &err);
}

/* The measures of the truth, and of the truth with all clusters wrong, by their ids, so that none is right; there is no such clustering of few segments or of one cluster. */
static void find_reference(struct clu_cli *cli, struct clu_csts_scores *p, const struct clu_csts_known *known)
{
    struct clu_csts_degrade degrade = known->degrade;
    struct clu_csts_eval_opt by_id = args.how;
    struct clu_csts_labels wrong = {0};
    struct clu_csts_eval e = {0};
    struct clu_err err = {0};

    by_id.same_ids = true;
    judge(cli, &e, known, known->truth, &by_id);
    memcpy(p->truth, e.value, sizeof p->truth);
    clu_csts_eval_clear(&e);
    for (size_t i = 0; i < CLU_EVAL_MEASURES; i++)
        p->worst[i] = NAN;
    enum clu_status status = clu_csts_degrade_draw(&degrade, known->truth, &err);
    if (status == CLU_DATA)
        return;
    clu_cli_check(cli, status, &err);
    clu_cli_check(cli, clu_csts_degrade_make(&wrong, &degrade, CLU_CSTS_WRONG, CLU_CSTS_DEGRADED - 1, known->truth, &err), &err);
    judge(cli, &e, known, &wrong, &by_id);
    memcpy(p->worst, e.value, sizeof p->worst);
    clu_csts_eval_clear(&e);
    clu_csts_labels_clear(&wrong);
}

static void tell_failure(struct clu_cli *cli, const struct clu_clustering *one, const char *condition, double value)
{
    char text[CLU_NUMBER_TEXT];
    char shown[2][4 * 80 + 4];
    const char *subject = one->subject ? clu_show(one->subject, strlen(one->subject), 80, shown[0]) : "";
    const char *described = one->described ? clu_show(one->described, strlen(one->described), 80, shown[1]) : "";
    const char *blank = one->subject && one->described ? " " : "", *colon = one->subject || one->described ? ": " : "";

    if (isfinite(value))
        clu_cli_note(cli, "%s%s%s%snot met: %s (it is %.*s)", subject, blank, described, colon, condition,
                     (int)clu_number_format(value, text), text);
    else
        clu_cli_note(cli, "%s%s%s%snot met: %s (it is %s)", subject, blank, described, colon, condition,
                     isnan(value) ? "not defined here" : "infinite");
}

static bool meets(struct clu_cli *cli, const struct clu_clustering *one, const struct clu_csts_eval *e, const struct request *r)
{
    bool all = true;

    for (size_t i = 0; i < args.require.n; i++) {
        double value = e->value[r->require[i].figure];
        if (!clu_require_holds(&r->require[i], value)) {
            tell_failure(cli, one, args.require.text[i], value);
            all = false;
        }
    }
    return all;
}

/* All clusterings of the input; true: all are as required. */
static bool judge_all(struct clu_cli *cli, struct clu_clusterings *all, struct clu_csts_known *known, const struct request *r)
{
    struct clu_csts_scores p = {.cells = {.out = cli->out}, .print = args.print, .list = r->list, .listed = r->listed, .all = all,
                                .reference = args.reference};
    struct clu_err err = {0};
    bool yes = true;

    p.cells.delimiter = args.output.delimiter ? args.output.delimiter : all->delimiter;
    p.keys = all->n > 1 || args.print == CLU_SCORES_TABLE;
    for (size_t g = 0; g < all->n; g++) {
        struct clu_clustering *one = &all->one[g];
        struct clu_csts_eval e = {0};
        bool another = clu_csts_known_find(known, &args.from, one, all->name, cli);
        clu_csts_known_fit(known, all, g, cli);
        if (g == 0) {
            while (clu_csts_pairs(p.d) < known->truth->pairs)
                p.d++;
            clu_csts_scores_head(&p);
        }
        if (another && args.reference)
            find_reference(cli, &p, known);
        judge(cli, &e, known, &one->t, &args.how);
        clu_csts_scores_print(cli, &p, one, &e);
        yes &= meets(cli, one, &e, r);
        clu_csts_eval_clear(&e);
        clu_cli_check(cli, clu_tick(&cli->run, "clusterings", g + 1, all->n, NAN), &err);
    }
    return yes;
}

static bool judge_input(struct clu_cli *cli, const struct request *r)
{
    struct clu_err err = {0};
    struct clu_clusterings all = {0};
    struct clu_csts_known known = {0};
    struct clu_read_opt opt = {.file = cli->file, .files = cli->files, .delimiter = args.input.delimiter};
    double began = clu_clock();

    clu_cli_check(cli, clu_clusterings_read(&all, &opt, args.label_column, &cli->run, &err), &err);
    if (args.map == MAP_ID && all.label.n > 0) {
        clu_fail(&err, CLU_DATA, "%s: --map=id needs labels that are the ids of true clusters: whole numbers from 0 on", all.name);
        clu_cli_fail(cli, &err);
    }
    args.from.rows |= all.one[0].t.pairs == 0;
    clu_csts_known_open(&known, &args.from, cli);
    clu_cli_fact(cli, "read seconds", "%.4f", clu_clock() - began);
    began = clu_clock();
    bool yes = judge_all(cli, &all, &known, r);
    clu_cli_fact(cli, "score seconds", "%.4f", clu_clock() - began);
    clu_clusterings_clear(&all);
    clu_csts_known_clear(&known);
    return yes;
}

/* --- comparing --- */

static _Noreturn void compare(struct clu_cli *cli)
{
    struct clu_compare c = {0};
    struct clu_err err = {0};
    const char *a = cli->files > 0 ? cli->file[0] : NULL;

    clu_cli_check(cli, clu_compare_read(&c, a, args.compare, args.measures, args.input.delimiter, &cli->run, &err), &err);
    clu_cli_check(cli, clu_compare_print(cli, &c, args.alpha, args.tests, &err), &err);
    clu_compare_clear(&c);
    clu_cli_end(cli);
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;
    struct request r = {0};

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    if (!args.compare)
        take_request(&cli, &r);
    args.how.tolerance += args.from.pick.compat;
    args.how.same_ids = args.map == MAP_ID;
    clu_cli_open_output(&cli);
    if (args.compare)
        compare(&cli);
    bool yes = judge_input(&cli, &r);
    clu_free(r.require);
    clu_cli_answer(&cli, yes);
}
