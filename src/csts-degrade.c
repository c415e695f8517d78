/* csts-degrade - clusterings that are wrong to a known degree, of a subject of CSTS or of a table of segments.
 * Sections: options, subjects, tables, main. */
#include "cli/csts_bench.h"
#include "cli/segments.h"

#include <stdio.h>
#include <string.h>

/* --- options --- */

struct args {
    struct clu_csts_pick pick;
    const char *data;
    int strategy;
    uint64_t seed;
    bool seed_given, gzip;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const strategy_words[] = {"all", "wrong", "shift", "both", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt result_opt[] = {
    {.name = "strategy", .type = CLU_OPT_WORD, .offset = AT(strategy), .arg = "WORD", .words = strategy_words,
     .help = "wrong patterns, shifted boundaries, both at once, or 22 of each of the three"},
    {.name = "gzip", .type = CLU_OPT_FLAG, .offset = AT(gzip), .help = "compress what is written"},
};
static const struct clu_opt own_opt[] = {
    {.name = "data", .type = CLU_OPT_FILE, .offset = AT(data), .arg = "FILE",
     .help = "the rows that the segments are of; -c chooses the variates; without it no correlations are printed"},
    {.name = "seed", .type = CLU_OPT_SEED, .offset = AT(seed), .arg = "N", .given = 1 + AT(seed_given),
     .help = "seed of the random choices for a table of one's own; the same seed gives the same bytes"},
};

static struct args args = {.pick = CLU_CSTS_PICK_DEFAULT, .seed = 666, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Subject", CLU_ROWS(clu_csts_pick_opt), &args.pick},
    {"Own labels", CLU_ROWS(own_opt), &args},
    {"Own labels", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "csts-degrade",
    .usage = "{--subject=NAME | [--data=FILE] [FILE]...} [OPTION]...",
    .summary = "Make 66 clusterings that are wrong to a known degree: of a subject of the published CSTS benchmark, or of a table of segments.",
    .example = "csts-degrade --subject=apricot-waterfall-16 --strategy=shift",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

static void check_args(struct clu_cli *cli)
{
    const struct clu_csts_pick *k = &args.pick;

    if (k->subject && (cli->files > 0 || args.data || args.seed_given))
        clu_cli_usage(cli, "FILE, --data and --seed are for labels of one's own, without --subject");
    if (!k->subject && (k->split_given || k->variant_given || k->completeness_given || k->reduced || k->compat))
        clu_cli_usage(cli, "--split, --variant, --completeness, --reduced and --compat need --subject");
    if (k->compat && !k->reduced)
        clu_cli_usage(cli, "--compat is for --reduced");
    if (k->reduced && k->variant != CLU_CSTS_CORRELATED && k->variant != CLU_CSTS_NONNORMAL)
        clu_cli_usage(cli, "reduced sets are correlated or nonnormal");
    if (args.seed > UINT32_MAX)
        clu_cli_usage(cli, "the seed is below 2^32, as Python's is used here");
    if (!args.data && args.input.columns.n > 0)
        clu_cli_usage(cli, "-c is for --data");
}

static void print(struct clu_cli *cli, const struct clu_csts_columns *columns, size_t d, const struct clu_csts_labels *truth,
                  struct clu_csts_degrade *how, const struct clu_csts_patterns *patterns, const struct clu_coded *data)
{
    struct clu_text text = {0};
    struct clu_err err = {0};

    clu_cli_check(cli, clu_csts_degrade_draw(how, truth, &err), &err);
    clu_cli_check(cli, clu_csts_text_degraded(&text, columns, d, truth, how, args.strategy - 1, patterns, data, &cli->run, &err), &err);
    clu_cli_check(cli, clu_text_write(&text, cli->out, args.gzip, &err), &err);
    clu_text_clear(&text);
}

/* --- subjects --- */

static void degrade_subject(struct clu_cli *cli, size_t number)
{
    struct clu_csts_bench b = {0};
    struct clu_csts_subject s = {0};
    struct clu_csts_print p = {0};
    struct clu_csts_labels truth = {0};
    struct clu_coded data = {0};
    struct clu_err err = {0};

    clu_cli_check(cli, clu_csts_bench_published(&b, args.pick.split, &err), &err);
    clu_cli_check(cli, clu_csts_bench_subject(&s, &p, &b, &args.pick, number, &cli->run, &err), &err);
    clu_cli_check(cli, clu_csts_bench_coded(&data, &s, &cli->run, &err), &err);
    clu_cli_check(cli, clu_csts_truth(&truth, &s, &data, &cli->run, &err), &err);
    struct clu_csts_degrade how = clu_csts_bench_degrade(&s, args.pick.reduced);
    struct clu_csts_columns columns = {.name = p.name, .described = true, .correlated = true, .relaxed = true,
                                       .delimiter = args.output.delimiter ? args.output.delimiter : ','};
    print(cli, &columns, b.recipe.patterns.d, &truth, &how, &b.recipe.patterns, &data);
    clu_coded_clear(&data);
    clu_csts_labels_clear(&truth);
    clu_csts_subject_clear(&s);
    clu_csts_bench_clear(&b);
}

/* --- tables --- */

static void degrade_table(struct clu_cli *cli)
{
    struct clu_csts_labels truth = {0};
    struct clu_csts_patterns patterns = {0};
    struct clu_coded data = {0};
    struct clu_err err = {0};
    size_t d = 0;

    clu_cli_check(cli, clu_segments_read(&truth, cli->file, cli->files, args.input.delimiter, &cli->run, &err), &err);
    if (args.data) {
        clu_segments_data(&data, args.data, cli);
        d = data.d;
        clu_cli_check(cli, clu_segments_patterns(&patterns, d, &err), &err);
        clu_cli_check(cli, clu_segments_correlate(&truth, &patterns, &data, &cli->run, &err), &err);
    }
    struct clu_csts_degrade how = {.seed = (uint32_t)args.seed};
    struct clu_csts_columns columns = {.described = true, .correlated = args.data != NULL, .relaxed = patterns.relaxed,
                                       .delimiter = args.output.delimiter ? args.output.delimiter : ','};
    print(cli, &columns, d, &truth, &how, &patterns, args.data ? &data : NULL);
    clu_csts_patterns_clear(&patterns);
    clu_coded_clear(&data);
    clu_csts_labels_clear(&truth);
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    check_args(&cli);
    size_t number = args.pick.subject ? clu_csts_subject_number(&cli, &args.pick, true) : 0;
    clu_cli_open_output(&cli);
    if (args.pick.subject)
        degrade_subject(&cli, number);
    else
        degrade_table(&cli);
    clu_cli_end(&cli);
}
