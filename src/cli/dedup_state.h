/* cli/dedup_state.h - what the steps of cli/dedup share. Private. */
#ifndef CLU_CLI_DEDUP_STATE_H
#define CLU_CLI_DEDUP_STATE_H

#include "cli/dedup.h"
#include "io/journal.h"
#include "io/place.h"
#include "io/lake_plan.h"

/* --- what there is --- */

struct clu_dedup_table {
    struct clu_lake_plan_row row;   /* of the plan that is made */
    char delimiter;
    struct clu_hash raw;
    struct clu_place place;    /* what stands at its path now */
    double accesses, passes;
    bool valid;                /* it is what was sketched: else it takes no part */
    bool target;               /* it may go */
    uint32_t leader;           /* of its class of equal tables */
    uint32_t source;           /* what row.source names */
    uint32_t keeper;           /* of a leader: which of the class stands for it; UINT32_MAX: none is valid */
};

struct clu_dedup_edge {
    uint32_t child, parent;
    bool equal;
};

struct clu_dedup_lake {
    struct clu_dedup_table *table; /* [n] by path */
    size_t n, cap;
    struct clu_dedup_edge *edge;   /* [edges] that may justify a deletion */
    size_t edges, edge_cap;
    bool header, by_position, numeric; /* how all were sketched */
    char *null;
};

/* Read sketches and edges, look at the files, find classes and their keepers. Exits on bad input. */
void clu_dedup_lake_read(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt, struct clu_cli *cli);
void clu_dedup_lake_clear(struct clu_dedup_lake *l);
uint32_t clu_dedup_leader(struct clu_dedup_lake *l, uint32_t i);

/* Is a path one of --protect? By its name as given and by the one it really has, and by folders above it. */
bool clu_dedup_protected(const struct clu_dedup_opt *opt, const char *path, struct clu_cli *cli);

/* Write the recipes of all rows that are to go, to the side file; a row whose recipe does not bring it back is no longer to go. Returns
 * their bytes. */
uint64_t clu_dedup_recipes(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt, struct clu_cli *cli);

/* --- tables of one source --- */

/* A table, its recipe, and what comparing them says. */
struct clu_dedup_job {
    const char *child;
    struct clu_recipe *recipe;
    enum clu_rebuilt how;      /* CLU_REBUILT_NOT: it does not come back as it is */
    enum clu_status status;    /* of reading */
    struct clu_err err;
};

/* Rebuild all from their source and compare with the files. */
void clu_dedup_compare(struct clu_dedup_job *job, size_t n, const char *source, struct clu_cli *cli);

/* Memory to work in. */
uint64_t clu_dedup_budget(const struct clu_cli *cli);

/* --- plans at work --- */

struct clu_dedup_work {
    const struct clu_dedup_opt *opt;
    struct clu_cli *cli;
    struct clu_lake_plan plan;
    struct clu_journal journal;
    enum clu_status worst;
    size_t done, refused;
    uint64_t bytes;
};

/* Read the plan and open its journal; end closes both. */
void clu_dedup_begin(struct clu_dedup_work *w, const struct clu_dedup_opt *opt, const char *plan, struct clu_cli *cli);
void clu_dedup_end(struct clu_dedup_work *w);

/* One table is left as it is: "x.csv: " and why. */
void clu_dedup_refuse(struct clu_dedup_work *w, const char *path, enum clu_status status, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What is at the path, and is it the file of the plan? */
bool clu_dedup_as_planned(const struct clu_lake_plan_row *r, struct clu_place *now);

/* Has the table this fingerprint? *same. */
enum clu_status clu_dedup_same_print(bool *same, const struct clu_recipe *r, const struct clu_reading *how, const char *path,
                                     const struct clu_print *print, const struct clu_cli *cli, struct clu_err *err);

/* A line of the output. */
void clu_dedup_tell(struct clu_cli *cli, const char *action, const char *table, const char *place);

/* Exits for want of memory. */
void *clu_dedup_must(struct clu_cli *cli, void *p);
void clu_dedup_room(struct clu_cli *cli, void *p, size_t *cap, size_t need, size_t size);
char *clu_dedup_copy(struct clu_cli *cli, const char *s);
char *clu_dedup_text(struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
