/* clarans - k-medoids clustering of the rows of a table by randomised search. Sections: options, from rows to labels, main. */
#include "alg/clarans.h"

#include "cli/medoids.h"
#include "cli/objects.h"
#include "cli/tool.h"

/* --- options --- */

struct args {
    struct clu_clarans_opt fit;
    bool k_given;
    int print;
    struct clu_cli_medoids medoids;
    struct clu_cli_metric metric;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

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
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = clu_medoids_print_words,
     .help = "what to print: a label a record, the medoids, the clusters' sizes, or a summary of the search"},
};

static struct args args = {.fit = {.searches = 2, .tol = 1e-12}, .common = CLU_CLI_COMMON_DEFAULT};

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
    .name = "clarans",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV) around K of them, the medoids, found by randomised search without a distance matrix: "
               "print the number of a cluster, 1 to K, for each record.",
    .example = "clarans -k 20 measurements.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --- from rows to labels --- */

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
    clu_medoids_check(&cli, &args.medoids, args.k_given, args.print == CLU_MEDOIDS_LABELS, &args.metric);
    clu_cli_open_output(&cli);
    if (args.medoids.assign)
        clu_medoids_assign(&cli, args.medoids.assign, &args.metric);
    else
        cluster(&cli);
    clu_cli_end(&cli);
}
