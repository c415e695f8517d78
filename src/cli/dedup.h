/* cli/dedup.h - dedup-tables: from sketches and edges to a plan, from a plan to deleted files, and back. */
#ifndef CLU_CLI_DEDUP_H
#define CLU_CLI_DEDUP_H

#include "cli/tool.h"

enum clu_prefer { CLU_PREFER_SMALLEST = 0, CLU_PREFER_OLDEST, CLU_PREFER_NEWEST, CLU_PREFER_SHORTEST, CLU_PREFER_GLOB };
enum clu_cost { CLU_COST_DISK = 0, CLU_COST_CLOUD };

struct clu_dedup_opt {
    const char *sketch, *recipes;
    bool hardlink, trivial, normalised;
    struct clu_opt_list protect;
    int prefer;              /* enum clu_prefer */
    const char *prefer_glob;

    int cost;                /* enum clu_cost */
    double store, maintain, read, write; /* $ a GB */
    double accesses, passes; /* of every table, a month */
    const char *usage;       /* a file of accesses and passes by table */
    double limit;            /* seconds that a rebuild may take; 0: any */
    double read_time, write_time; /* seconds a GB */

    const char *apply, *trash, *restore;
    bool dry_run, all;
};

/* Edges from the operand or stdin; the plan to cli->out. */
enum clu_status clu_dedup_plan(const struct clu_dedup_opt *opt, struct clu_cli *cli);

/* Both print a line for each table to cli->out, go on after a table that is refused, and return the worst that happened. */
enum clu_status clu_dedup_apply(const struct clu_dedup_opt *opt, struct clu_cli *cli);
enum clu_status clu_dedup_restore(const struct clu_dedup_opt *opt, struct clu_cli *cli);

#endif
