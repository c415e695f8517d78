/* cli/tables.h - what the tools that take many tables do the same way: naming them, sketching them, going on after a bad one. */
#ifndef CLU_CLI_TABLES_H
#define CLU_CLI_TABLES_H

#include "cli/tool.h"
#include "io/lake.h"

/* What the shared rows set. */
struct clu_cli_tables {
    char delimiter;
    int header;              /* enum clu_cli_header */
    bool by_position, numeric;
    const char *null;
    size_t sample;           /* rows an anchor */
    const char *files_from;
    bool nul, recursive;
    const char *sketch;
    size_t max_members, max_ratio;
    uint64_t max_bytes;
};
#define CLU_CLI_TABLES_DEFAULT {.sample = 8, .max_members = 100000, .max_ratio = 10000, .max_bytes = (uint64_t)1 << 36}

extern const struct clu_opt clu_cli_lake_opt[4];     /* --files-from -0 -r --sketch */
extern const struct clu_opt clu_cli_format_opt[6];   /* -d -t --csv --header --by-position --sample */
extern const struct clu_opt clu_cli_equal_opt[2];    /* --numeric --null */
extern const struct clu_opt clu_cli_archive_opt[3];  /* --max-members --max-bytes --max-ratio */

struct clu_cli_lake {
    struct clu_lake_opt opt;
    struct clu_sketch_rule rule;
    enum clu_status worst;   /* of the tables: CLU_OK, CLU_DATA, CLU_SYSTEM */
    struct clu_sketch *old;  /* [olds] of --sketch, by path; of those with one path the last */
    size_t olds, old_cap;
    size_t reused;           /* tables that were not read again */
};

/* Settle options; plain: value hashes without the names of columns. Reads the file of --sketch. */
void clu_cli_lake_start(struct clu_cli_lake *lake, const struct clu_cli_tables *t, bool plain, struct clu_cli *cli);
void clu_cli_lake_clear(struct clu_cli_lake *lake);

/* Sketch all tables that the command line names, in that order, and hand each to take(), which owns it then. Without any, with by_old, those
 * of --sketch. A table that cannot be sketched is named on stderr and noted in worst. Hard links are read once. Exits on failures of
 * the system that are no table's. */
void clu_cli_lake_sketch(struct clu_cli_lake *lake, const struct clu_cli_tables *t, bool by_old, struct clu_cli *cli,
                         void (*take)(void *ctx, struct clu_sketch *s), void *ctx);

/* Every sketch of a file, in order. */
void clu_cli_sketches_read(const char *path, struct clu_cli *cli, void (*take)(void *ctx, struct clu_sketch *s), void *ctx);

/* A bad table. */
void clu_cli_lake_bad(struct clu_cli_lake *lake, enum clu_status status, const char *message, struct clu_cli *cli);

#endif
