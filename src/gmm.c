/* gmm - clustering of the rows of a table by Gaussian mixtures. Sections: options, fitting, tables, facts, showing, models, main. */
#include "alg/gmm_search.h"
#include "base/mem.h"
#include "cli/labels.h"
#include "cli/mixture.h"
#include "cli/tool.h"
#include "num/gslx.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* --- options --- */

enum { PRINT_MEANS = CLU_MIXTURE_DENSITY + 1, PRINT_COVARIANCES, PRINT_MODEL, PRINT_SUMMARY, PRINT_CRITERIA };
enum shrinkage { SHRINK_NONE = 0, SHRINK_OAS };

struct args {
    struct clu_gmm_search_opt fit;
    struct clu_opt_range k;
    int covariance, shrinkage, choose, print;
    const char *init;
    size_t sample; /* 0: none */
    const char *assign, *save;
    bool k_given, print_given, choose_given, method_given;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

/* Four words of scikit-learn, the fourteen of mclust, and all of these. */
static const char *const covariance_words[] = {"full", "tied", "diag", "spherical", "EII", "VII", "EEI", "VEI", "EVI", "VVI",
                                               "EEE",  "VEE",  "EVE",  "VVE",       "EEV", "VEV", "EVV", "VVV", "auto", NULL};
static const int plain_family[] = {CLU_GMM_VVV, CLU_GMM_EEE, CLU_GMM_VVI, CLU_GMM_VII};
#define PLAIN 4
#define AUTO (PLAIN + CLU_GMM_FAMILIES)

static const char *const criterion_words[] = {"bic", "icl", "aic", NULL};
static const char *const choose_words[] = {"criterion", "silhouette", "ch", "db", "bic", NULL};
static const char *const shrinkage_words[] = {"none", "oas", NULL};
static const char *const vanish_words[] = {"drop", "restart", "error", NULL};
static const char *const print_words[] = {"labels", "posteriors", "uncertainty", "density", "means", "covariances",
                                          "model",  "summary",    "criteria",    NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_RANGE, .offset = AT(k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given),
     .help = "number of clusters, or a range such as 1..9, of which the best by --criterion is taken (required, but for --assign and for a start "
             "from labels or a model)"},
    {.name = "covariance", .type = CLU_OPT_WORD, .offset = AT(covariance), .arg = "WORD", .words = covariance_words,
     .given = 1 + AT(method_given),
     .help = "family of the covariance matrices: full (VVV), tied (EEE), diag (VVI), spherical (VII), or volume, shape and orientation each equal "
             "(E) or varying (V) among clusters, or none (I); auto: the best of the fourteen by --criterion"},
    {.name = "criterion", .type = CLU_OPT_WORD, .offset = AT(fit.criterion), .arg = "WORD", .words = criterion_words,
     .given = 1 + AT(method_given), .help = "what chooses the number of clusters and the family; the largest is the best"},
    {.name = "choose", .type = CLU_OPT_WORD, .offset = AT(choose), .arg = "WORD", .words = choose_words, .given = 1 + AT(choose_given),
     .help = "of a range of -k take the number of clusters with the best --criterion, or, each with the family of the best --criterion, the one "
             "with the largest silhouette, the largest Calinski-Harabasz index (ch) or the smallest Davies-Bouldin index (db); bic: as "
             "--criterion=bic"},
    {.name = "noise", .type = CLU_OPT_FLAG, .offset = AT(fit.fit.noise), .given = 1 + AT(method_given),
     .help = "one more component that is uniform over all rows, for what belongs to no cluster: label 0"},
    {.name = "init", .type = CLU_OPT_FILE, .offset = AT(init), .arg = "HOW", .given = 1 + AT(method_given),
     .help = "start from k-means (kmeans), from merging rows by a mixture's own criterion (hc), from the labels in a column of the "
             "table (labels:COL), or from the saved model in FILE"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(fit.nstart), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "number of starts by k-means; the one with the largest likelihood is kept"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(fit.fit.max_iter), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "most iterations of a start"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.fit.tol), .arg = "X", .lo = 0, .hi = 1e300,
     .help = "stop when the mean log-likelihood of a row rises by less than X"},
    {.name = "reg", .type = CLU_OPT_REAL, .offset = AT(fit.fit.reg), .arg = "X", .lo = 0, .hi = 1e300, .given = 1 + AT(fit.reg_given),
     .help = "add X times the variance of each column to its variance in every cluster; 0: nothing"},
    {.name = "shrinkage", .type = CLU_OPT_WORD, .offset = AT(shrinkage), .arg = "WORD", .words = shrinkage_words,
     .given = 1 + AT(method_given), .help = "oas: draw covariances towards a sphere, the more the fewer rows they stand on"},
    {.name = "vanish", .type = CLU_OPT_WORD, .offset = AT(fit.lost), .arg = "WORD", .words = vanish_words,
     .help = "what happens when a cluster loses its rows: it is dropped with a warning, other starts are tried first, or it is an error"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .given = 1 + AT(print_given),
     .help = "what to print: a label a record, its posterior probabilities, 1 minus the largest of them, its log density; the means or "
             "covariances of the clusters, the model, a summary of the clusters, or the criteria of all fits"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by a saved model, as a stream"},
    {.name = "sample", .type = CLU_OPT_COUNT, .offset = AT(sample), .arg = "N", .lo = 1, .hi = 1e15,
     .help = "print N rows drawn from the mixture and the cluster of each; with --assign no table is read"},
};

static struct args args = {.fit = {.fit = {.max_iter = 1000, .tol = 1e-6, .reg = 1e-6, .final_e = true}, .nstart = 1},
                           .init = "kmeans",
                           .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
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
    .name = "gmm",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV) by a mixture of Gaussian distributions: print the number of a cluster, 1 to K, for each "
               "record.",
    .example = "gmm -k 1..5 --covariance=auto -c 1-4 iris.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* The column of --init=labels:COL, or NULL. */
static const char *label_column(void)
{
    return strncmp(args.init, "labels:", 7) == 0 ? args.init + 7 : NULL;
}

static int init_of(void)
{
    return strcmp(args.init, "kmeans") == 0 ? CLU_GMM_KMEANS
           : strcmp(args.init, "hc") == 0   ? CLU_GMM_HC
           : label_column()                 ? CLU_GMM_LABELS
                                            : CLU_GMM_MODEL;
}

static void check_assign(struct clu_cli *cli)
{
    if (args.k_given || args.save || args.choose_given || args.method_given || args.input.weight || args.input.scale != CLU_SCALE_NONE)
        clu_cli_usage(cli, "--assign takes all that from the model: no -k, -w, -m, --scale or option of the method");
    if (args.print > CLU_MIXTURE_DENSITY)
        clu_cli_usage(cli, "--assign prints labels, posteriors, uncertainty or density");
    if (args.sample && cli->files > 0)
        clu_cli_usage(cli, "--sample with --assign reads no table");
}

/* What chooses k: a criterion of the mixture, or one of its labels. */
static bool by_labels(void)
{
    return args.choose >= 1 + CLU_BY_SILHOUETTE && args.choose <= 1 + CLU_BY_DB;
}

static void check_choice(struct clu_cli *cli)
{
    if (args.choose_given && args.k.lo == args.k.hi && args.print != PRINT_CRITERIA)
        clu_cli_usage(cli, "--choose is for a range of -k or for -p criteria");
    if (by_labels() && args.input.weight)
        clu_cli_usage(cli, "the indices of --choose count rows alike: no -w");
    if (args.choose == 1 + CLU_BY_BIC && args.fit.criterion != CLU_GMM_BIC)
        clu_cli_usage(cli, "--choose=bic is --criterion=bic");
}

static void check_fit(struct clu_cli *cli)
{
    bool given = args.fit.init == CLU_GMM_LABELS || args.fit.init == CLU_GMM_MODEL;

    if (!args.k_given && !given)
        clu_cli_usage(cli, "option -k is required");
    if (args.k.lo < args.k.hi && given)
        clu_cli_usage(cli, "a range of -k cannot start from labels or a model");
    if (args.fit.init != CLU_GMM_KMEANS && args.fit.nstart > 1)
        clu_cli_usage(cli, "--nstart is for starts by k-means");
    if (args.fit.init != CLU_GMM_KMEANS && args.fit.lost == CLU_GMM_LOST_RESTART)
        clu_cli_usage(cli, "--vanish=restart is for starts by k-means");
    if (args.fit.init == CLU_GMM_LABELS && args.input.float32)
        clu_cli_usage(cli, "--init=labels:COL cannot be used with --float32");
}

/* Requests that make no sense together. */
static void check_args(struct clu_cli *cli)
{
    if (args.assign) {
        check_assign(cli);
    } else {
        check_fit(cli);
        check_choice(cli);
    }
    if (args.sample && (args.print_given || args.output.append))
        clu_cli_usage(cli, "--sample prints rows of its own: no -p or -a");
    if (args.output.append && args.print != CLU_MIXTURE_LABELS)
        clu_cli_usage(cli, "--append prints labels, and nothing else");
    if (args.output.append && args.output.delimiter)
        clu_cli_usage(cli, "--append keeps the records as they are: no --output-delimiter");
}

/* --- fitting --- */

static enum clu_status load_start(struct clu_gmm *g, const struct clu_prepare *p, struct clu_err *err)
{
    char shown[400];
    if (strcmp(args.init, "-") != 0 && access(args.init, F_OK) != 0 && errno == ENOENT) /* a word that was meant otherwise, most likely */
        return clu_fail(err, CLU_SYSTEM, "--init is kmeans, hc, labels:COL or the file of a model, and there is no file '%s'",
                        clu_show(args.init, strlen(args.init), 80, shown));
    enum clu_status status = clu_mixture_start(g, p, args.init, err);

    if (status == CLU_OK && args.fit.fit.noise && !(g->noise && g->noise_weight > 0)) { /* else it would never come to be */
        g->noise = true;
        g->noise_weight = 0.05;
        for (size_t a = 0; a < g->k; a++)
            g->weight[a] *= 0.95;
    }
    return status;
}

static void choose_families(struct clu_gmm_search_opt *opt, int family[CLU_GMM_FAMILIES])
{
    opt->family = family;
    opt->families = args.covariance == AUTO ? CLU_GMM_FAMILIES : 1;
    if (args.covariance < AUTO)
        family[0] = args.covariance < PLAIN ? plain_family[args.covariance] : args.covariance - PLAIN;
    for (int i = 0; i < CLU_GMM_FAMILIES && args.covariance == AUTO; i++)
        family[i] = i;
}

/* A start that brings its own number of clusters. */
static enum clu_status settle_k(struct clu_gmm_search_opt *opt, size_t k, const char *what, struct clu_err *err)
{
    if (args.k_given && k != args.k.lo)
        return clu_fail(err, CLU_DATA, "%zu %s to start from, for %zu clusters", k, what, args.k.lo);
    opt->k_lo = opt->k_hi = k;
    return CLU_OK;
}

static enum clu_status fit_rows(struct clu_gmm_search *found, const struct clu_table *t, const struct clu_prepare *p,
                                const int32_t *label, size_t labels, const struct clu_run *run, struct clu_err *err)
{
    struct clu_gmm_search_opt opt = args.fit;
    struct clu_gmm model = {0};
    int family[CLU_GMM_FAMILIES];
    enum clu_status status = CLU_OK;

    choose_families(&opt, family);
    opt.fit.shrink = args.shrinkage == SHRINK_OAS;
    opt.choose = by_labels() ? args.choose - 1 : CLU_BY_BIC;
    opt.k_lo = args.k.lo;
    opt.k_hi = args.k.hi;
    opt.label = label;
    if (label)
        status = settle_k(&opt, labels, "labels", err);
    if (opt.init == CLU_GMM_MODEL) {
        status = load_start(&model, p, err);
        opt.model = &model;
        if (status == CLU_OK)
            status = settle_k(&opt, model.k, "components", err);
    }
    if (status == CLU_OK)
        status = clu_gmm_search(found, clu_mat_look(&t->x), t->weight, &opt, run, err);
    clu_gmm_clear(&model);
    return status;
}

/* --- tables --- */

/* -p criteria; log_unit is taken off the log density of every row. */
static void print_criteria(struct clu_cli *cli, const struct clu_schema *s, const struct clu_gmm_search *found, double log_unit)
{
    static const char *const head[] = {"k", "covariance", "loglik", "parameters", "bic", "icl", "aic", "iterations"};
    struct clu_cells c = clu_print_cells(cli, s);
    double off = log_unit * found->best.rows;

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    if (by_labels())
        clu_cell_str(&c, choose_words[args.choose]);
    clu_cell_str(&c, "chosen");
    clu_cells_end(&c);
    for (size_t i = 0; i < found->trials; i++) {
        const struct clu_gmm_trial *t = &found->trial[i];
        clu_cell_int(&c, (long long)t->k);
        clu_cell_str(&c, clu_gmm_family_name[t->family]);
        clu_cell_number(&c, t->loglik - off);
        clu_cell_number(&c, t->parameters);
        clu_cell_number(&c, t->bic - 2 * off);
        clu_cell_number(&c, t->icl - 2 * off);
        clu_cell_number(&c, t->aic - 2 * off);
        clu_cell_number(&c, t->done ? (double)t->iterations : (double)NAN);
        if (by_labels())
            clu_cell_number(&c, t->judged);
        clu_cell_int(&c, i == found->chosen);
        clu_cells_end(&c);
    }
}

struct line { /* of -p summary */
    size_t rows;
    double weight, uncertainty;
};

static void print_line(struct clu_cells *c, const struct line *l, double proportion)
{
    clu_cell_int(c, (long long)l->rows);
    clu_cell_number(c, l->weight);
    clu_cell_number(c, proportion);
    clu_cell_number(c, l->rows ? l->uncertainty / (double)l->rows : (double)NAN);
    clu_cells_end(c);
}

static void print_lines(struct clu_cli *cli, const struct clu_table *t, const struct clu_mixture *m, const struct line *line)
{
    static const char *const head[] = {"cluster", "rows", "weight", "proportion", "uncertainty"};
    struct clu_cells c = clu_print_cells(cli, &t->schema);
    struct line total = {0};

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_cells_end(&c);
    for (size_t a = 0; a < m->gmm.k + m->gmm.noise; a++) { /* noise is the last, number 0 */
        bool noise = a == m->gmm.k;
        clu_cell_int(&c, noise ? 0 : (long long)a + 1);
        print_line(&c, &line[a], noise ? m->gmm.noise_weight : m->gmm.weight[a]);
        total.rows += line[a].rows;
        total.weight += line[a].weight;
        total.uncertainty += line[a].uncertainty;
    }
    clu_cell_str(&c, "total");
    print_line(&c, &total, 1);
}

static enum clu_status print_summary(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p,
                                     const struct clu_mixture *m, const int32_t *label, struct clu_err *err)
{
    struct clu_mixture_eye eye;
    struct line *line = clu_calloc(m->gmm.k + 1, sizeof *line);
    double *uncertainty = clu_alloc(t->x.rows, sizeof *uncertainty);
    enum clu_status status = line && uncertainty ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        clu_mixture_eye_init(&eye, m, p, CLU_MIXTURE_UNCERTAINTY, &cli->run);
        clu_mixture_fill(&eye, clu_mat_look(&t->x), 0, t->x.rows, uncertainty);
        if (eye.err.code != CLU_OK)
            status = clu_fail(err, eye.err.code, "%s", eye.err.msg);
    }
    for (size_t i = 0; i < t->x.rows && status == CLU_OK; i++) {
        struct line *l = &line[label[i] < 0 ? m->gmm.k : (size_t)label[i]];
        l->rows++;
        l->weight += t->weight ? t->weight[i] : 1;
        l->uncertainty += uncertainty[i];
    }
    if (status == CLU_OK)
        print_lines(cli, t, m, line);
    clu_free(line);
    clu_free(uncertainty);
    return status;
}

/* --- facts --- */

static void tell(struct clu_cli *cli, const struct clu_table *t, const struct clu_gmm_search *found, double read, double fitted)
{
    const struct clu_gmm *g = &found->best;

    clu_cli_fact(cli, "delimiter", t->schema.delimiter == '\t' ? "TAB" : "%c", t->schema.delimiter);
    clu_cli_fact(cli, "header", "%s", t->schema.header ? "yes" : "no");
    clu_cli_fact(cli, "rows", "%zu", t->rows);
    clu_cli_fact(cli, "rows dropped", "%zu", t->rows - t->x.rows);
    clu_cli_fact(cli, "columns", "%zu", t->x.cols);
    clu_cli_fact(cli, "fits", "%zu", found->trials);
    clu_cli_fact(cli, "clusters", "%zu", g->k);
    clu_cli_fact(cli, "covariance", "%s", clu_gmm_family_name[g->family]);
    clu_cli_fact(cli, "iterations", "%zu", g->iterations);
    clu_cli_fact(cli, "converged", "%s", g->converged ? "yes" : "no");
    clu_cli_fact(cli, "log-likelihood", "%.17g", g->loglik);
    clu_cli_fact(cli, "BIC", "%.17g", found->trial[found->chosen].bic);
    clu_cli_fact(cli, "read seconds", "%.4f", read);
    clu_cli_fact(cli, "fit seconds", "%.4f", fitted);
}

static void warn(struct clu_cli *cli, const struct clu_gmm *g)
{
    if (g->dropped > 0)
        clu_cli_warn(cli, "%zu of %zu clusters vanished; see --vanish", g->dropped, g->k + g->dropped);
    if (!g->converged)
        clu_cli_warn(cli, "not converged after %zu iterations; see --max-iter", g->iterations);
}

/* --- showing --- */

static enum clu_status show(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p, const struct clu_mixture *m,
                            const struct clu_gmm_search *found, const int32_t *label, struct clu_err *err)
{
    struct clu_mixture_eye eye;

    if (args.sample)
        return clu_mixture_sample(cli, p, m, args.sample, clu_cli_delimiter(cli, &t->schema), err);
    switch (args.print) {
    case PRINT_MEANS:
        return clu_mixture_means(cli, &t->schema, p, m, err);
    case PRINT_COVARIANCES:
        return clu_mixture_covariances(cli, &t->schema, p, m, err);
    case PRINT_MODEL:
        return clu_mixture_write(cli->out, tool.name, p, m, err);
    case PRINT_SUMMARY:
        return print_summary(cli, t, p, m, label, err);
    case PRINT_CRITERIA:
        clu_mixture_eye_init(&eye, m, p, CLU_MIXTURE_DENSITY, NULL);
        print_criteria(cli, &t->schema, found, eye.log_unit);
        return CLU_OK;
    default:
        return clu_mixture_print(cli, t, p, m, args.print, label, err);
    }
}

/* The mixture that was found becomes m, its clusters in the order of their first rows, or of the model that it started from. */
static enum clu_status settle(struct clu_mixture *m, int32_t **label, struct clu_gmm_search *found, const struct clu_table *t,
                              const struct clu_run *run, struct clu_err *err)
{
    *m = (struct clu_mixture){.gmm = found->best, .clusters = found->best.k, .in_d = t->x.cols, .box = found->box};
    found->box = NULL;
    *label = clu_alloc(t->x.rows, sizeof **label);
    if (!*label)
        return clu_fail_memory(err);
    enum clu_status status = clu_mixture_rows(m, clu_mat_look(&t->x), 0, t->x.rows, NULL, NULL, *label, run, err);
    if (status == CLU_OK && args.fit.init != CLU_GMM_MODEL)
        status = clu_mixture_order(m, *label, t->x.rows, err);
    return status;
}

static void cluster_table(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_table t = {0};
    struct clu_prepare p = {0};
    struct clu_gmm_search found = {0};
    struct clu_mixture m;
    int32_t *start = NULL, *label;
    size_t labels = 0;
    double began = clu_clock();

    clu_cli_check(cli, clu_labels_read(&t, &start, &labels, label_column(), args.fit.fit.noise, cli, &err), &err);
    double read = clu_clock();
    clu_cli_check(cli, clu_prepare_fit(&p, &t, (enum clu_scaling)args.input.scale, false, &err), &err);
    clu_cli_check(cli, fit_rows(&found, &t, &p, start, labels, &cli->run, &err), &err);
    warn(cli, &found.best);
    tell(cli, &t, &found, read - began, clu_clock() - read);
    double fitted = clu_clock();
    clu_cli_check(cli, settle(&m, &label, &found, &t, &cli->run, &err), &err);
    clu_cli_check(cli, show(cli, &t, &p, &m, &found, label, &err), &err);
    if (args.save)
        clu_mixture_save(cli, args.save, tool.name, &p, &m);
    clu_cli_fact(cli, "write seconds", "%.4f", clu_clock() - fitted);
    found.best = (struct clu_gmm){0}; /* it is m's */
    clu_gmm_search_clear(&found);
    clu_mixture_clear(&m);
    clu_prepare_clear(&p);
    clu_table_clear(&t);
    clu_free(start);
    clu_free(label);
}

/* --- models --- */

static void sample_model(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_mixture m;
    struct clu_prepare p;
    char delimiter = args.output.delimiter ? args.output.delimiter : args.input.delimiter ? args.input.delimiter : ',';

    clu_cli_check(cli, clu_mixture_load(&m, &p, args.assign, &err), &err);
    clu_cli_check(cli, clu_mixture_sample(cli, &p, &m, args.sample, delimiter, &err), &err);
    clu_mixture_clear(&m);
    clu_prepare_clear(&p);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_gslx_init();
    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    args.fit.init = init_of();
    check_args(&cli);
    clu_cli_open_output(&cli);
    if (args.assign && args.sample)
        sample_model(&cli);
    else if (args.assign)
        clu_mixture_assign(&cli, args.assign, args.print);
    else
        cluster_table(&cli);
    clu_cli_end(&cli);
}
