/* clarans - k-medoids clustering of the rows of a table by randomised search. Sections: options, result, main. */
#include "alg/clarans.h"

#include "cli/medoids.h"
#include "cli/objects.h"
#include "cli/tool.h"

#include <string.h>

/* --- options --- */

enum print { PRINT_LABELS = 0, PRINT_MEDOIDS, PRINT_CLUSTERS, PRINT_SUMMARY };

struct args {
    struct clu_clarans_opt fit;
    bool k_given, distances;
    int print;
    const char *assign, *save;
    struct clu_cli_metric metric;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const print_words[] = {"labels", "medoids", "clusters", "summary", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_COUNT, .offset = AT(fit.k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given), .help = "number of clusters (required, but for --assign)"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(fit.searches), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "number of local searches (numlocal), each from random rows; the one with the least loss is kept"},
    {.name = "max-neighbour", .type = CLU_OPT_COUNT, .offset = AT(fit.max_tries), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "a local search ends when N candidates in a row, each tried for all K medoids, lower no loss; otherwise 2.5% of the rows, "
             "and at least 250 / K"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.tol), .arg = "X", .lo = 0, .hi = 1,
     .help = "a swap counts when it lowers the loss by more than X times the loss"},
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

static struct args args = {.fit = {.searches = 2, .tol = 1e-12}, .common = CLU_CLI_COMMON_DEFAULT};

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
    .name = "clarans",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV) around K of them, the medoids, found by randomised search without a distance matrix: "
               "print the number of a cluster, 1 to K, for each record.",
    .example = "clarans -k 20 measurements.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

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
    clu_cli_check(cli, clu_clarans_rows(&fit, clu_mat_look(&o.table.x), o.metric, o.table.weight, &args.fit, &cli->run, &err), &err);
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
    clu_medoids_check(&cli, args.assign, args.k_given, args.save, args.print == PRINT_LABELS, args.distances, &args.metric);
    clu_cli_open_output(&cli);
    if (args.assign)
        clu_medoids_assign(&cli, args.assign, &args.metric);
    else
        cluster(&cli);
    clu_cli_end(&cli);
}
