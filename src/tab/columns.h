/* tab/columns.h - which columns: the texts of -c, -i and -w against the columns of a table.
 *
 * A text of -c is a comma list of: N (a number from 1), N-M, N- (from N to the last), a name
 * (names may hold '-', so ranges are of numbers only), !item (all but; with only ! items, every other column), and
 * =NAME as the whole text: one exact name, commas and digits included. A token of digits only is always a number. Order is kept,
 * repeats are dropped. */
#ifndef CLU_TAB_COLUMNS_H
#define CLU_TAB_COLUMNS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_columns {
    size_t *index; /* [n], 0-based, owned */
    size_t n;
};
void clu_columns_clear(struct clu_columns *c);

/* Resolve the texts (count of them; 0: every column) against a table of cols columns; name[cols] or NULL
 * without header. CLU_USAGE: "no column 'nosuch'; the columns are: a, b", "columns are numbered from 1",
 * "column 9 of 2", "invalid range '3-1'", "column name 'a' is not unique; use its number". The message names no option and
 * no file; a long list of names is cut. */
enum clu_status clu_columns_pick(struct clu_columns *out, const char *const *text, size_t count,
                                 const char *const *name, size_t cols, struct clu_err *err);

/* One column (-i, -w): a number or a name, "=NAME" too. */
enum clu_status clu_columns_one(size_t *out, const char *text, const char *const *name, size_t cols,
                                struct clu_err *err);

/* Does a text name a column (rather than number it)? Then the table must have a header. */
bool clu_columns_by_name(const char *text);

#endif
