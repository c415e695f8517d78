/* dedup-tables - which redundant tables can go, and how they come back. Sections: options, requests, main. */
#include "cli/dedup.h"

#include <string.h>

/* --- options --- */

struct args {
    struct clu_dedup_opt dedup;
    bool limit_given;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const prefer_words[] = {"smallest", "oldest", "newest", "shortest", "glob:PATTERN", NULL};
static const char *const cost_words[] = {"disk", "cloud", NULL};

#define AT(field) offsetof(struct args, dedup.field)

static const struct clu_opt plan_opt[] = {
    {.name = "sketch", .type = CLU_OPT_FILE, .offset = AT(sketch), .arg = "FILE",
     .help = "the sketches of all tables, by sketch-tables or contain-tables --save-sketch; needed for a plan"},
    {.name = "recipes", .type = CLU_OPT_FILE, .offset = AT(recipes), .arg = "FILE",
     .help = "where the recipes go, a new file; otherwise plan.recipes, or the file of -o with .recipes behind it"},
    {.name = "protect", .type = CLU_OPT_TEXTS, .offset = AT(protect), .arg = "GLOB",
     .help = "never delete a table whose path matches, or that lies in a folder that does; may be repeated; for --apply, too"},
    {.name = "prefer", .type = CLU_OPT_WORD, .offset = AT(prefer), .arg = "WORD", .words = prefer_words, .tail = 1 + AT(prefer_glob),
     .help = "which of equal tables to keep: the smallest file, the oldest, the newest, the one with the shortest path, or one whose path "
             "matches; the shorter path decides otherwise"},
    {.name = "hardlink", .type = CLU_OPT_FLAG, .offset = AT(hardlink),
     .help = "make a file that is byte for byte another one a hard link to it, instead of deleting it"},
    {.name = "trivial", .type = CLU_OPT_FLAG, .offset = AT(trivial),
     .help = "delete tables, too, that are contained in others by chance: of one column with few values, or with serial numbers"},
    {.name = "allow-normalised", .type = CLU_OPT_FLAG, .offset = AT(normalised),
     .help = "delete tables, too, that come back with other spellings only, equal by the --numeric or --null of the sketches"},
};

static const struct clu_opt cost_opt[] = {
    {.name = "cost", .type = CLU_OPT_WORD, .offset = AT(cost), .arg = "WORD", .words = cost_words,
     .help = "what to keep low: bytes on a disk, or dollars a month in a cloud"},
    {.name = "store-price", .type = CLU_OPT_REAL, .offset = AT(store), .arg = "X", .lo = 0, .hi = 1e9, .help = "$ to store a GB for a month"},
    {.name = "read-price", .type = CLU_OPT_REAL, .offset = AT(read), .arg = "X", .lo = 0, .hi = 1e9, .help = "$ to read a GB"},
    {.name = "write-price", .type = CLU_OPT_REAL, .offset = AT(write), .arg = "X", .lo = 0, .hi = 1e9, .help = "$ to write a GB"},
    {.name = "maintain-price", .type = CLU_OPT_REAL, .offset = AT(maintain), .arg = "X", .lo = 0, .hi = 1e9,
     .help = "$ for a GB in a pass of maintenance"},
    {.name = "accesses", .type = CLU_OPT_REAL, .offset = AT(accesses), .arg = "N", .lo = 0, .hi = 1e12,
     .help = "how often a table is needed in a month"},
    {.name = "passes", .type = CLU_OPT_REAL, .offset = AT(passes), .arg = "N", .lo = 0, .hi = 1e12,
     .help = "passes of maintenance over a table in a month"},
    {.name = "usage", .type = CLU_OPT_FILE, .offset = AT(usage), .arg = "FILE",
     .help = "accesses and passes of single tables: lines of table, accesses and, if known, passes, separated by TAB"},
    {.name = "latency-limit", .type = CLU_OPT_REAL, .offset = AT(limit), .arg = "S", .lo = 0, .hi = 1e12, .given = 1 + offsetof(struct args, limit_given),
     .help = "keep tables whose rebuild would take more seconds"},
    {.name = "read-time", .type = CLU_OPT_REAL, .offset = AT(read_time), .arg = "S", .lo = 0, .hi = 1e9,
     .help = "seconds that a rebuild takes for a GB of the source"},
    {.name = "write-time", .type = CLU_OPT_REAL, .offset = AT(write_time), .arg = "S", .lo = 0, .hi = 1e9,
     .help = "seconds that it takes for a GB of the table"},
};

static const struct clu_opt action_opt[] = {
    {.name = "apply", .type = CLU_OPT_FILE, .offset = AT(apply), .arg = "PLAN", .help = "do what the plan says, after checking all of it again"},
    {.name = "trash", .type = CLU_OPT_FILE, .offset = AT(trash), .arg = "DIR", .help = "with --apply: where deleted tables go"},
    {.name = "restore", .type = CLU_OPT_FILE, .offset = AT(restore), .arg = "PLAN",
     .help = "bring tables of the plan back: those that are named, or with --all all that are gone"},
    {.name = "all", .type = CLU_OPT_FLAG, .offset = AT(all), .help = "with --restore: all tables"},
    {.name = "dry-run", .type = CLU_OPT_FLAG, .offset = AT(dry_run),
     .help = "with --apply or --restore: check all, print what would be printed, and do nothing"},
};

/* Prices of cloud storage as R2D2's authors took them; times of one core and a disk that keeps up with it. */
static struct args args = {.dedup = {.store = 0.0184, .read = 0.0001, .write = 0.0013, .read_time = 3, .write_time = 5},
                           .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Plan", CLU_ROWS(plan_opt), &args},
    {"Costs", CLU_ROWS(cost_opt), &args},
    {"Action", CLU_ROWS(action_opt), &args},
    {"Result", clu_cli_output_opt, 1, &args.output},
    {"General", clu_cli_common_opt + 1, 4, &args.common},
};

static const struct clu_tool tool = {
    .name = "dedup-tables",
    .usage = "--sketch=FILE [OPTION]... [EDGES]\n       dedup-tables --apply=PLAN --trash=DIR [OPTION]...\n"
             "       dedup-tables --restore=PLAN {--all | TABLE...}",
    .summary = "Plan which tables can go because others contain them, do it, and undo it: every table that goes has a recipe by which it was "
               "rebuilt and compared before. EDGES come from contain-tables.",
    .example = "dedup-tables --sketch=lake.sketch edges.tsv > plan.tsv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --- requests --- */

static void check_args(struct clu_cli *cli)
{
    const struct clu_dedup_opt *o = &args.dedup;

    if (o->apply && o->restore)
        clu_cli_usage(cli, "--apply and --restore exclude each other");
    if ((o->apply || o->restore) && (o->sketch || o->recipes || o->usage || o->hardlink || o->trivial || o->normalised))
        clu_cli_usage(cli, "a plan is made before --apply and --restore: no --sketch, --recipes, --usage, --hardlink, --trivial or "
                           "--allow-normalised");
    if (o->apply ? !o->trash : o->trash != NULL)
        clu_cli_usage(cli, o->apply ? "--apply needs --trash" : "--trash is for --apply");
    if (o->apply && cli->files > 0)
        clu_cli_usage(cli, "--apply takes no files: the plan names the tables");
    if (o->all && !o->restore)
        clu_cli_usage(cli, "--all is for --restore");
    if (o->restore && o->all == (cli->files > 0))
        clu_cli_usage(cli, "--restore needs tables, or --all");
    if (o->dry_run && !o->apply && !o->restore)
        clu_cli_usage(cli, "--dry-run is for --apply and --restore; a plan alone does nothing");
    if (!o->apply && !o->restore && !o->sketch)
        clu_cli_usage(cli, "--sketch is needed for a plan");
    if (!o->apply && !o->restore && cli->files > 1)
        clu_cli_usage(cli, "one file of edges, not %zu", cli->files);
    if (args.limit_given && o->limit <= 0)
        clu_cli_usage(cli, "--latency-limit is above 0");
    for (size_t i = 0; i < o->protect.n; i++)
        if (!*o->protect.text[i])
            clu_cli_usage(cli, "--protect needs a pattern");
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;
    const struct clu_dedup_opt *o = &args.dedup;

    clu_cli_start(&cli, &tool, NULL, &args.output, &args.common, argc, argv);
    check_args(&cli);
    clu_cli_open_output(&cli);
    enum clu_status worst = o->apply     ? clu_dedup_apply(o, &cli)
                            : o->restore ? clu_dedup_restore(o, &cli)
                                         : clu_dedup_plan(o, &cli);
    clu_cli_end_with(&cli, worst);
}
