/* io/rebuild.h - tables made again from their parents by their recipes, row after row; and compared with files, or written.
 *
 * A parent is scanned once for all its children while what they take of it fits the budget, and once more for every further portion. */
#ifndef CLU_IO_REBUILD_H
#define CLU_IO_REBUILD_H

#include "io/pull.h"
#include "tab/recipe.h"

/* Who gets the rows of a child, in order. */
struct clu_rebuild_sink {
    enum clu_status (*row)(void *ctx, const struct clu_cell *cell, bool last, struct clu_err *err);
    void *ctx;
};

/* Make the children of one parent; none is a copy. budget: bytes of cells to hold, about. CLU_DATA "no row 17" or "no column 'x'" when
 * the parent is not the one that the recipe is for; what reading the parent or the sinks fail with. */
enum clu_status clu_rebuild(const struct clu_recipe *const *r, const struct clu_rebuild_sink *sink, size_t n, const char *parent,
                            uint64_t budget, const struct clu_run *run, struct clu_err *err);

/* A sink that compares with a file: what of it is as the recipe makes it. */
struct clu_check {
    const struct clu_recipe *r;
    struct clu_pull pull;
    struct clu_texts text;   /* the row at hand */
    char *cells;             /* [room] of the record at hand, unquoted, and forms that are compared */
    size_t room;
    bool bytes_same;         /* every byte */
    bool cells_same;         /* every cell, as it is or in the form that the recipe compares */
};
enum clu_status clu_check_begin(struct clu_check *c, const struct clu_recipe *r, const char *child, struct clu_err *err);
struct clu_rebuild_sink clu_check_sink(struct clu_check *c);

/* Behind the last row: there must be no more. Both are false when anything was missing. */
enum clu_status clu_check_end(struct clu_check *c, struct clu_err *err);
void clu_check_clear(struct clu_check *c); /* {0} is fine */

/* Are two files the same, byte by byte? CLU_SYSTEM when one cannot be read. */
enum clu_status clu_files_same(bool *same, const char *a, const char *b, const struct clu_run *run, struct clu_err *err);

/* XXH3-128 of a file's bytes. */
enum clu_status clu_file_hash(struct clu_hash *hash, const char *path, struct clu_err *err);

/* Rows and the sum of their hashes (tab/rowhash.h) of a table as it is now. */
enum clu_status clu_fingerprint(const struct clu_recipe *r, const struct clu_reading *how, const char *path, uint64_t *rows,
                                struct clu_hash *sum, const struct clu_run *run, struct clu_err *err);

#endif
