/* io/lake_plan.h - what to do with each table (man/clu-formats.5), and the recipes beside the plan. */
#ifndef CLU_IO_LAKE_PLAN_H
#define CLU_IO_LAKE_PLAN_H

#include "base/run.h"
#include "tab/recipe.h"
#include "tab/sketch.h"
#include "tab/texts.h"

enum clu_action { CLU_KEEP = 0, CLU_DELETE, CLU_LINK, CLU_REVIEW };
extern const char *const clu_action_name[4];

/* How much of a table its recipe brings back. */
enum clu_rebuilt { CLU_REBUILT_NOT = 0, CLU_REBUILT_BYTES, CLU_REBUILT_CELLS, CLU_REBUILT_NORMAL };
extern const char *const clu_rebuilt_name[4]; /* "", bytes, cells, normalised */

/* Where a recipe is. */
struct clu_recipe_at {
    enum clu_rebuilt how;
    char *file;
    uint64_t at, len;
    struct clu_hash hash; /* XXH3-128 of its bytes */
};

struct clu_print { /* of a table: its fingerprint */
    uint64_t rows;
    struct clu_hash sum;
};

struct clu_lake_plan_row {
    enum clu_action action;
    char *reason, *source; /* NULL: none */
    uint64_t bytes;        /* of the disk that are the table's: 0 when it is a hard link to one that stands here, or in an archive */
    struct clu_recipe_at recipe;
    struct clu_print print, source_print;
    struct clu_identity id; /* path, size, mtime, dev, inode; no raw hash. file: there was one */
    int64_t saving;
    double seconds;        /* that a rebuild takes, about */
};

struct clu_lake_plan {
    struct clu_lake_plan_row *row; /* [n], sorted by path */
    size_t n, cap;
    struct clu_hash hash;     /* of the file's bytes, when it was read */
};
void clu_lake_plan_clear(struct clu_lake_plan *p);

/* The header and the rows, behind what is in text.bytes. */
enum clu_status clu_lake_plan_format(const struct clu_lake_plan *p, struct clu_texts *text, struct clu_err *err);

/* CLU_DATA "plan.tsv:3: ..." */
enum clu_status clu_lake_plan_read(struct clu_lake_plan *p, const char *path, struct clu_err *err);

/* The row of a path, NULL when there is none. */
const struct clu_lake_plan_row *clu_lake_plan_find(const struct clu_lake_plan *p, const char *path);

/* Read a recipe and check it. CLU_DATA "plan.recipes: the recipe at 17 is damaged". */
enum clu_status clu_recipe_load(struct clu_recipe *r, const struct clu_recipe_at *at, struct clu_err *err);

#endif
