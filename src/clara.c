/* clara - k-medoids clustering of tables that are too large for a distance matrix. Sections: options, fit, result, main. */
#include "alg/clara.h"

#include "alg/rcompat.h"
#include "base/mem.h"
#include "cli/medoids.h"
#include "cli/objects.h"
#include "cli/tool.h"

#include <string.h>

/* --- options --- */

enum print { PRINT_LABELS = 0, PRINT_MEDOIDS, PRINT_CLUSTERS, PRINT_SUMMARY };
enum compat { COMPAT_NONE = 0, COMPAT_R };

struct args {
    struct clu_clara_opt fit;
    bool k_given, sampling_given, search_given, distances;
    int print, compat;
    const char *assign, *save;
    struct clu_cli_metric metric;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const print_words[] = {"labels", "medoids", "clusters", "summary", NULL};
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
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a label a record, the medoids, the clusters' sizes, or a summary of the search"},
    {.name = "distance", .type = CLU_OPT_FLAG, .offset = AT(distances),
     .help = "print behind each label the distance to the medoid and to the second nearest medoid"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by the nearest medoid of a saved model, as a stream"},
};

static struct args args = {.fit = {.samples = 5, .max_iter = 100, .tol = 1e-12}, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Dissimilarity", CLU_ROWS(clu_cli_metric_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_mixed_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Result", CLU_ROWS(result_opt), &args},
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
    clu_medoids_check(cli, args.assign, args.k_given, args.save, args.print == PRINT_LABELS, args.distances, &args.metric);
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

/* --- result --- */

static enum clu_status show(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit, struct clu_err *err)
{
    switch (args.print) {
    case PRINT_MEDOIDS:
        clu_medoids_rows(cli, o, fit);
        return CLU_OK;
    case PRINT_CLUSTERS:
        return clu_medoids_clusters(cli, o, fit, NULL, err);
    case PRINT_SUMMARY:
        clu_medoids_summary(cli, o, fit);
        return CLU_OK;
    default:
        clu_medoids_labels(cli, o, fit, args.distances);
        return CLU_OK;
    }
}

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
    clu_cli_check(cli, show(cli, &o, &fit, &err), &err);
    if (args.save)
        clu_medoids_save(cli, args.save, &o, &fit);
    clu_pam_clear(&fit);
    clu_objects_clear(&o);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    args.fit.no_second = !args.distances && args.print != PRINT_SUMMARY;
    clu_cli_open_output(&cli);
    if (args.assign)
        clu_medoids_assign(&cli, args.assign, &args.metric);
    else
        cluster(&cli);
    clu_cli_end(&cli);
}
