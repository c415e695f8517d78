/* io/match.h - which rows of a parent make up a child: the recipe by which the one is made again from the other.
 *
 * Rows are found by their hashes (tab/rowhash.h), so that a recipe is a proposal: io/rebuild compares the cells. For every row of the
 * child the first row of the parent is taken that lies behind the last one, so that whatever is a part of the parent in its order is
 * found so; else the last such row. Memory: 60 bytes a row of the child, 16 a row of the parent that is found in it. */
#ifndef CLU_IO_MATCH_H
#define CLU_IO_MATCH_H

#include "io/lake.h"
#include "tab/recipe.h"

struct clu_match;

/* Read a child: how its text is written, and its rows. r has the readings, mode, gzip and equality set, and gets the rest but for its rows;
 * it must outlive the match. */
enum clu_status clu_match_begin(struct clu_match **out, struct clu_recipe *r, const char *child, const struct clu_run *run, struct clu_err *err);

/* One scan of a parent for all its children, whose recipes read it in one way. CLU_DATA "no column 'x'" when it lacks one of theirs. */
enum clu_status clu_match_scan(struct clu_match *const *m, size_t n, const char *parent, const struct clu_run *run, struct clu_err *err);

/* The rows into the recipe; *found: all of them were there. */
enum clu_status clu_match_end(const struct clu_match *m, bool *found, struct clu_err *err);
void clu_match_free(struct clu_match *m); /* NULL is fine */

/* How a recipe's tables are opened. null is borrowed from it. */
struct clu_lake_opt clu_recipe_opening(const struct clu_recipe *r, const struct clu_reading *how);

#endif
