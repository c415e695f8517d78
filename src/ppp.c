/* ppp - clustering of the rows of a table by probabilistic partitive partitioning: it finds how many clusters there are. Sections: options,
 * fitting, tables, facts, showing, main. */
#include "alg/ppp.h"
#include "alg/ppp_columns.h"
#include "base/mem.h"
#include "cli/mixture.h"
#include "cli/tool.h"
#include "num/gslx.h"

#include <math.h>
#include <string.h>

/* --- options --- */

enum { PRINT_MEANS = CLU_MIXTURE_DENSITY + 1, PRINT_COVARIANCES, PRINT_MODEL, PRINT_SUMMARY, PRINT_TREE, PRINT_COLUMNS };

struct args {
    struct clu_ppp_opt fit;
    int print;
    bool select;
    const char *assign, *save;
    bool alpha_given, overlap_given, method_given;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

/* In the order of enum clu_ppp_criterion. */
static const char *const criterion_words[] = {"valley", "overlap", "icl", "bic", NULL};
static const char *const print_words[] = {"labels", "posteriors", "uncertainty", "density", "means", "covariances",
                                          "model",  "summary",    "tree",        "columns", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.name = "alpha", .type = CLU_OPT_REAL, .offset = AT(fit.alpha), .arg = "X", .lo = 0, .hi = 1, .given = 1 + AT(alpha_given),
     .help = "two halves are clusters when the score of the trough between them is below X; smaller: fewer clusters"},
    {.name = "criterion", .type = CLU_OPT_WORD, .offset = AT(fit.criterion), .arg = "WORD", .words = criterion_words,
     .given = 1 + AT(method_given),
     .help = "when two halves are clusters: a trough lies between them (valley), their distributions overlap little (overlap), or two "
             "distributions describe them better than one, by ICL (icl) or by BIC (bic)"},
    {.name = "overlap", .type = CLU_OPT_REAL, .offset = AT(fit.overlap), .arg = "X", .lo = 0, .hi = 1, .given = 1 + AT(overlap_given),
     .help = "with --criterion=overlap: two halves are clusters when less than the share X of their rows would get the wrong label"},
    {.name = "max-clusters", .type = CLU_OPT_COUNT, .offset = AT(fit.max_clusters), .arg = "K", .lo = 1, .hi = CLU_PPP_MOST,
     .what = "number of clusters", .given = 1 + AT(method_given), .help = "at most so many clusters"},
    {.name = "sample", .type = CLU_OPT_COUNT, .offset = AT(fit.sample), .arg = "N", .lo = 0, .hi = 1e15, .given = 1 + AT(method_given),
     .help = "from more than N rows look for splits on some of them, evenly taken, and use all for the rest; 0: on all"},
    {.name = "select", .type = CLU_OPT_FLAG, .offset = AT(select), .given = 1 + AT(method_given),
     .help = "cluster on those columns only that tell clusters apart; see -p columns"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a label a record, its posterior probabilities, 1 minus the largest of them, its log density; the means or "
             "covariances of the clusters, the model, a summary of the clusters, the tree of splits that were tried, or which columns tell "
             "clusters apart"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by a saved model, as a stream"},
};

static struct args args = {.fit = CLU_PPP_DEFAULT, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_append_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_stream_opt), &args.output},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_id_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_na_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_float_opt), &args.input},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "ppp",
    .usage = "[OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV) without being told how many clusters there are: print the number of a cluster, 1 to as "
               "many as were found, for each record.",
    .example = "ppp -c 1-4 iris.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

static void check_assign(struct clu_cli *cli)
{
    if (args.save || args.method_given || args.alpha_given || args.overlap_given || args.input.scale != CLU_SCALE_NONE)
        clu_cli_usage(cli, "--assign takes all that from the model: no -m, --scale or option of the method");
    if (args.print > CLU_MIXTURE_DENSITY)
        clu_cli_usage(cli, "--assign prints labels, posteriors, uncertainty or density");
}

static void check_threshold(struct clu_cli *cli, const char *name, double x)
{
    if (!(x > 0 && x < 1))
        clu_cli_usage(cli, "%s must be above 0 and below 1", name);
}

static void check_fit(struct clu_cli *cli)
{
    bool selects = args.select || args.print == PRINT_COLUMNS; /* which judges columns by their troughs, whatever the criterion */

    check_threshold(cli, "--alpha", args.fit.alpha);
    check_threshold(cli, "--overlap", args.fit.overlap);
    if (args.alpha_given && args.fit.criterion != CLU_PPP_VALLEY && !selects)
        clu_cli_usage(cli, "--alpha is for --criterion=valley");
    if (args.overlap_given && args.fit.criterion != CLU_PPP_OVERLAP)
        clu_cli_usage(cli, "--overlap is for --criterion=overlap");
}

/* Requests that make no sense together. */
static void check_args(struct clu_cli *cli)
{
    if (args.assign)
        check_assign(cli);
    else
        check_fit(cli);
    if (args.output.append && args.print != CLU_MIXTURE_LABELS)
        clu_cli_usage(cli, "--append prints labels, and nothing else");
    if (args.output.append && args.output.delimiter)
        clu_cli_usage(cli, "--append keeps the records as they are: no --output-delimiter");
}

/* --- fitting --- */

struct found {
    struct clu_ppp fit;
    struct clu_ppp_columns columns; /* with selects */
    bool selects;
    struct clu_mixture mixture;     /* that of fit, which then has none */
};

static enum clu_status fit_rows(struct found *f, const struct clu_table *t, const struct clu_run *run, struct clu_err *err)
{
    struct clu_view x = clu_mat_look(&t->x);

    f->selects = args.select || args.print == PRINT_COLUMNS;
    if (!f->selects)
        return clu_ppp_fit(&f->fit, x, &args.fit, run, err);
    enum clu_status status = clu_ppp_columns_fit(&f->columns, x, &args.fit, run, err);
    f->fit = f->columns.fit;
    f->columns.fit = (struct clu_ppp){0};
    return status;
}

/* What was found is about the chosen columns only: so be the table, and the model. */
static enum clu_status keep_chosen(struct clu_table *t, struct clu_prepare *p, const struct clu_ppp_columns *c, struct clu_err *err)
{
    size_t *chosen, count = 0;

    if (c->chosen == 0 || c->chosen == c->d)
        return CLU_OK;
    chosen = clu_alloc(c->d, sizeof *chosen);
    if (!chosen)
        return clu_fail_memory(err);
    for (size_t j = 0; j < c->d; j++)
        if (c->verdict[j] == CLU_PPP_CHOSEN)
            chosen[count++] = j;
    clu_table_keep(t, chosen, count);
    clu_prepare_keep(p, chosen, count);
    clu_free(chosen);
    return CLU_OK;
}

/* The mixture that was found, its components in the order of their clusters. */
static enum clu_status take_mixture(struct clu_mixture *m, struct clu_ppp *fit, struct clu_err *err)
{
    *m = (struct clu_mixture){.gmm = fit->mixture,
                              .cluster_of = fit->cluster_of,
                              .clusters = fit->k,
                              .in_d = fit->d,
                              .center = fit->center,
                              .axes = fit->axis};
    fit->mixture = (struct clu_gmm){0};
    fit->cluster_of = NULL;
    fit->center = fit->axis = NULL;
    /* Clusters are numbered by first appearance already, so that the labels stay. */
    enum clu_status status = clu_mixture_order(m, fit->label, fit->n, err);
    if (status == CLU_OK && m->clusters == m->gmm.k) {
        clu_free(m->cluster_of);
        m->cluster_of = NULL;
    }
    return status;
}

/* --- tables --- */

static void print_head(struct clu_cells *c, const char *const *head)
{
    for (; *head; head++)
        clu_cell_str(c, *head);
    clu_cells_end(c);
}

/* Index i as people count, nothing as NA. */
static void print_index(struct clu_cells *c, size_t i)
{
    if (i == SIZE_MAX)
        clu_cell_number(c, NAN);
    else
        clu_cell_int(c, (long long)i + 1);
}

static void print_tree(struct clu_cli *cli, const struct clu_schema *s, const struct clu_ppp *fit)
{
    static const char *const head[] = {"node", "parent",    "level", "rows", "low",     "high",
                                       "candidate", "corrected", "score", "bic",  "verdict", NULL};
    static const char *const candidate[] = {"none", "means", "white", "density"};
    static const char *const verdict[] = {"stands", "provisional", "not separated", "no candidate", "small", "limit"};
    struct clu_cells c = clu_print_cells(cli, s);

    print_head(&c, head);
    for (size_t i = 0; i < fit->nodes; i++) {
        const struct clu_ppp_split *n = &fit->node[i];
        clu_cell_int(&c, (long long)i + 1);
        print_index(&c, n->parent);
        clu_cell_int(&c, (long long)n->level);
        clu_cell_int(&c, (long long)n->rows);
        clu_cell_int(&c, (long long)n->half[0]);
        clu_cell_int(&c, (long long)n->half[1]);
        clu_cell_str(&c, candidate[n->candidate]);
        clu_cell_int(&c, n->corrected);
        clu_cell_number(&c, n->score);
        clu_cell_number(&c, n->bic > -HUGE_VAL ? n->bic : (double)NAN);
        clu_cell_str(&c, verdict[n->verdict]);
        clu_cells_end(&c);
    }
}

static void print_columns(struct clu_cli *cli, const struct clu_schema *s, const struct clu_ppp_columns *found)
{
    static const char *const head[] = {"rank", "column", "score", "pair", "verdict", "with", NULL};
    static const char *const verdict[] = {"chosen", "flat", "redundant"};
    struct clu_cells c = clu_print_cells(cli, s);
    char name[32];

    print_head(&c, head);
    for (size_t i = 0; i < found->d; i++) {
        size_t j = found->rank[i];
        clu_cell_int(&c, (long long)i + 1);
        clu_cell_str(&c, clu_schema_feature(s, j, name));
        clu_cell_number(&c, found->score[j]);
        clu_cell_number(&c, found->pair[j]);
        clu_cell_str(&c, verdict[found->verdict[j]]);
        if (found->verdict[j] == CLU_PPP_REDUNDANT)
            clu_cell_str(&c, clu_schema_feature(s, found->with[j], name));
        else
            clu_cell_empty(&c);
        clu_cells_end(&c);
    }
}

struct line { /* of -p summary */
    size_t rows, components;
    double proportion, uncertainty; /* the sum over its rows */
};

static void print_line(struct clu_cells *c, const struct line *l, size_t neighbour, double score)
{
    clu_cell_int(c, (long long)l->rows);
    clu_cell_number(c, l->proportion);
    clu_cell_int(c, (long long)l->components);
    print_index(c, neighbour);
    clu_cell_number(c, score);
    clu_cell_number(c, l->uncertainty / (double)l->rows);
    clu_cells_end(c);
}

static void print_lines(struct clu_cli *cli, const struct clu_schema *s, const struct clu_ppp *fit, const struct line *line)
{
    static const char *const head[] = {"cluster", "rows", "proportion", "components", "neighbour", "score", "uncertainty", NULL};
    struct clu_cells c = clu_print_cells(cli, s);
    struct line total = {.proportion = 1};

    print_head(&c, head);
    for (size_t a = 0; a < fit->k; a++) {
        clu_cell_int(&c, (long long)a + 1);
        print_line(&c, &line[a], fit->neighbour[a], fit->neighbour[a] == SIZE_MAX ? (double)NAN : fit->score[a]);
        total.rows += line[a].rows;
        total.components += line[a].components;
        total.uncertainty += line[a].uncertainty;
    }
    clu_cell_str(&c, "total");
    print_line(&c, &total, SIZE_MAX, NAN);
}

static enum clu_status print_summary(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p,
                                     const struct found *f, struct clu_err *err)
{
    const struct clu_mixture *m = &f->mixture;
    struct clu_mixture_eye eye;
    struct line *line = clu_calloc(m->clusters, sizeof *line);
    double *uncertainty = clu_alloc(t->x.rows, sizeof *uncertainty);
    enum clu_status status = line && uncertainty ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        clu_mixture_eye_init(&eye, m, p, CLU_MIXTURE_UNCERTAINTY, &cli->run);
        clu_mixture_fill(&eye, clu_mat_look(&t->x), 0, t->x.rows, uncertainty);
        if (eye.err.code != CLU_OK)
            status = clu_fail(err, eye.err.code, "%s", eye.err.msg);
    }
    for (size_t i = 0; i < t->x.rows && status == CLU_OK; i++) {
        line[f->fit.label[i]].rows++;
        line[f->fit.label[i]].uncertainty += uncertainty[i];
    }
    for (size_t a = 0; a < m->gmm.k && status == CLU_OK; a++) {
        struct line *l = &line[m->cluster_of ? (size_t)m->cluster_of[a] : a];
        l->components++;
        l->proportion += m->gmm.weight[a];
    }
    if (status == CLU_OK)
        print_lines(cli, &t->schema, &f->fit, line);
    clu_free(line);
    clu_free(uncertainty);
    return status;
}

/* --- facts --- */

static void tell(struct clu_cli *cli, const struct clu_table *t, const struct found *f, double read, double fitted)
{
    const struct clu_gmm *g = &f->fit.mixture;

    clu_cli_fact(cli, "delimiter", t->schema.delimiter == '\t' ? "TAB" : "%c", t->schema.delimiter);
    clu_cli_fact(cli, "header", "%s", t->schema.header ? "yes" : "no");
    clu_cli_fact(cli, "rows", "%zu", t->rows);
    clu_cli_fact(cli, "rows dropped", "%zu", t->rows - t->x.rows);
    clu_cli_fact(cli, "columns", "%zu", t->x.cols);
    if (f->selects)
        clu_cli_fact(cli, "columns chosen", "%zu", f->columns.chosen);
    if (f->fit.axes > 0)
        clu_cli_fact(cli, "axes", "%zu", f->fit.axes);
    clu_cli_fact(cli, "nodes", "%zu", f->fit.nodes);
    clu_cli_fact(cli, "leaves", "%zu", f->fit.leaves);
    clu_cli_fact(cli, "rounds", "%zu", f->fit.rounds);
    clu_cli_fact(cli, "clusters", "%zu", f->fit.k);
    clu_cli_fact(cli, "components", "%zu", g->k);
    clu_cli_fact(cli, "covariance", "%s", clu_gmm_family_name[g->family]);
    clu_cli_fact(cli, "log-likelihood", "%.17g", g->loglik);
    clu_cli_fact(cli, "BIC", "%.17g", clu_gmm_bic(g));
    clu_cli_fact(cli, "read seconds", "%.4f", read);
    clu_cli_fact(cli, "fit seconds", "%.4f", fitted);
}

/* --- showing --- */

static enum clu_status show(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p, const struct found *f,
                            struct clu_err *err)
{
    const struct clu_mixture *m = &f->mixture;

    switch (args.print) {
    case PRINT_MEANS:
        return clu_mixture_means(cli, &t->schema, p, m, err);
    case PRINT_COVARIANCES:
        return clu_mixture_covariances(cli, &t->schema, p, m, err);
    case PRINT_MODEL:
        return clu_mixture_write(cli->out, tool.name, p, m, err);
    case PRINT_SUMMARY:
        return print_summary(cli, t, p, f, err);
    case PRINT_TREE:
        print_tree(cli, &t->schema, &f->fit);
        return CLU_OK;
    case PRINT_COLUMNS: /* done, while the table had them all */
        return CLU_OK;
    default:
        return clu_mixture_print(cli, t, p, m, args.print, f->fit.label, err);
    }
}

static void cluster_table(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_table t = {0};
    struct clu_prepare p = {0};
    struct found f = {0};
    double began = clu_clock();

    clu_cli_check(cli, clu_read_table(&t, &opt, &cli->run, &err), &err);
    double read = clu_clock();
    clu_cli_check(cli, clu_prepare_fit(&p, &t, (enum clu_scaling)args.input.scale, false, &err), &err);
    clu_cli_check(cli, fit_rows(&f, &t, &cli->run, &err), &err);
    tell(cli, &t, &f, read - began, clu_clock() - read);
    double fitted = clu_clock();
    if (args.print == PRINT_COLUMNS)
        print_columns(cli, &t.schema, &f.columns);
    if (f.selects)
        clu_cli_check(cli, keep_chosen(&t, &p, &f.columns, &err), &err);
    clu_cli_check(cli, take_mixture(&f.mixture, &f.fit, &err), &err);
    clu_cli_check(cli, show(cli, &t, &p, &f, &err), &err);
    if (args.save)
        clu_mixture_save(cli, args.save, tool.name, &p, &f.mixture);
    clu_cli_fact(cli, "write seconds", "%.4f", clu_clock() - fitted);
    clu_mixture_clear(&f.mixture);
    clu_ppp_clear(&f.fit);
    clu_ppp_columns_clear(&f.columns);
    clu_prepare_clear(&p);
    clu_table_clear(&t);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_gslx_init();
    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    clu_cli_open_output(&cli);
    if (args.assign)
        clu_mixture_assign(&cli, args.assign, args.print);
    else
        cluster_table(&cli);
    clu_cli_end(&cli);
}
