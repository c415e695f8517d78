/* clara - k-medoids clustering of tables that are too large for a distance matrix. Sections: options, fit, from rows to labels, main. */
#include "alg/clara.h"

#include "alg/rcompat.h"
#include "base/mem.h"
#include "cli/medoids.h"
#include "cli/objects.h"
#include "cli/tool.h"

#include <string.h>

/* --- options --- */

enum compat { COMPAT_NONE = 0, COMPAT_R };

struct args {
    struct clu_clara_opt fit;
    bool k_given, sampling_given, search_given;
    int print, compat;
    struct clu_cli_medoids medoids;
    struct clu_cli_metric metric;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const compat_words[] = {"none", "r", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_COUNT, .offset = AT(fit.k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given), .help = "number of clusters (required, but for --assign)"},
    {.name = "samples", .type = CLU_OPT_COUNT, .offset = AT(fit.samples), .arg = "N", .lo = 1, .hi = 1e9,
     .given = 1 + AT(sampling_given), .help = "number of samples; the medoids with the least loss over all rows are kept"},
    {.name = "sample-size", .type = CLU_OPT_COUNT, .offset = AT(fit.sample_size), .arg = "M", .lo = 1, .hi = 1e9,
     .given = 1 + AT(sampling_given), .help = "rows of a sample; otherwise 80 + 4 K, and at least 2000"},
    {.name = "batch", .type = CLU_OPT_COUNT, .offset = AT(fit.batch), .arg = "M", .lo = 1, .hi = 1e9,
     .help = "instead of samples: all rows are candidates, and M random rows judge them (OneBatchPAM)"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(fit.max_iter), .arg = "N", .lo = 1, .hi = 1e9,
     .given = 1 + AT(search_given), .help = "most passes over a sample"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.tol), .arg = "X", .lo = 0, .hi = 1,
     .given = 1 + AT(search_given), .help = "a swap counts when it lowers the loss by more than X times the loss"},
    {.name = "float64", .type = CLU_OPT_FLAG, .offset = AT(fit.float64), .help = "keep distance matrices in doubles"},
    {.name = "compat", .type = CLU_OPT_WORD, .offset = AT(compat), .arg = "WORD", .words = compat_words,
     .help = "r: the samples, the medoids and the clusters of R's clara()"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = clu_medoids_print_words,
     .help = "what to print: a label a record, the medoids, the clusters' sizes, or a summary of the search"},
};

static struct args args = {.fit = {.samples = 5, .max_iter = 100, .tol = 1e-12}, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Dissimilarity", CLU_ROWS(clu_cli_metric_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_mixed_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_medoids_opt), &args.medoids},
    {"Result", CLU_ROWS(clu_cli_append_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_stream_opt), &args.output},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_id_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_weight_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_na_pair_opt), &args.metric},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "clara",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a large table (CSV or TSV) around K of them, the medoids, found in samples of the rows: print the number "
               "of a cluster, 1 to K, for each record.",
    .example = "clara -k 20 measurements.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* Requests that make no sense together. */
static void check_args(struct clu_cli *cli)
{
    clu_medoids_check(cli, &args.medoids, args.k_given, args.print == CLU_MEDOIDS_LABELS, &args.metric);
    if (args.fit.batch && args.sampling_given)
        clu_cli_usage(cli, "--batch is instead of --samples and --sample-size");
    if (args.fit.batch && args.fit.batch < args.fit.k)
        clu_cli_usage(cli, "a batch needs at least as many rows as there are clusters");
    if (args.fit.sample_size && args.fit.sample_size < args.fit.k)
        clu_cli_usage(cli, "a sample needs at least as many rows as there are clusters");
    if (args.compat == COMPAT_R && (args.fit.batch || args.search_given || args.fit.float64 || args.input.weight))
        clu_cli_usage(cli, "--compat=r is R's clara(): no --batch, --max-iter, --tol, --float64 or -w");
}

/* --- fit --- */

static enum clu_status fit_as_r(struct clu_pam *fit, const struct clu_objects *o, const struct clu_run *run, struct clu_err *err)
{
    struct clu_rcompat_opt opt = {.k = args.fit.k, .samples = args.fit.samples, .sampsize = args.fit.sample_size};
    struct clu_rcompat r = {0};
    struct clu_points points;
    enum clu_status status = clu_points_init(&points, o->metric, clu_mat_look(&o->table.x), err);

    if (status != CLU_OK)
        return status;
    status = clu_rcompat_clara(&r, &points.dist, &opt, run, err);
    if (status == CLU_OK)
        status = clu_pam_of_r(fit, &points.dist, &r, run, err);
    clu_rcompat_clear(&r);
    clu_points_clear(&points);
    return status;
}

/* --- from rows to labels --- */

static void cluster(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_objects o;
    struct clu_pam fit = {0};
    double began = clu_clock();

    clu_cli_check(cli, clu_objects_read(&o, cli, &args.metric, &err), &err);
    double read = clu_clock();
    if (args.compat == COMPAT_R)
        clu_cli_check(cli, fit_as_r(&fit, &o, &cli->run, &err), &err);
    else
        clu_cli_check(cli, clu_clara_rows(&fit, clu_mat_look(&o.table.x), o.metric, o.table.weight, &args.fit, &cli->run, &err),
                      &err);
    if (!fit.converged)
        clu_cli_warn(cli, "a search did not converge in %zu passes; see --max-iter", args.fit.max_iter);
    clu_medoids_tell(cli, &o, &fit, read - began, clu_clock() - read);
    clu_cli_check(cli, clu_medoids_print(cli, args.print, &o, &fit, args.medoids.distances, &err), &err);
    if (args.medoids.save)
        clu_medoids_save(cli, args.medoids.save, &o, &fit);
    clu_pam_clear(&fit);
    clu_objects_clear(&o);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    args.fit.no_second = !args.medoids.distances && args.print != CLU_MEDOIDS_SUMMARY;
    clu_cli_open_output(&cli);
    if (args.medoids.assign)
        clu_medoids_assign(&cli, args.medoids.assign, &args.metric);
    else
        cluster(&cli);
    clu_cli_end(&cli);
}
