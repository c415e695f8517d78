/* tab/equal.h - when two cells are the same: by their bytes, or in a form that several spellings share.
 *
 * null: the words of a list and the empty cell are one null. numeric: numbers are compared by their value, from their text alone,
 * never through a double: 1, 1.0, 1e0 and +1 are one number, -0 is 0, 9007199254740993 stays itself; 007 is no number but a text,
 * as is whatever has blanks. The form is idempotent, and what it makes of a number is a number, so that no text meets a number. */
#ifndef CLU_TAB_EQUAL_H
#define CLU_TAB_EQUAL_H

#include "tab/tables.h"

#define CLU_EQUAL_ROOM 32 /* a number in its form is at most so much longer than as it was written */

struct clu_equal {
    bool numeric;
    const char *null; /* comma list of words, borrowed; NULL: only the empty cell */
};

static inline bool clu_equal_bytes(const struct clu_equal *e)
{
    return !e->numeric && !e->null;
}

/* Bring the cell into its form: its bytes stay where they are, or stand in out[len + CLU_EQUAL_ROOM], of which *used tells how much
 * was taken. */
void clu_equal_cell(const struct clu_equal *e, struct clu_cell *cell, char *out, size_t *used);

/* The decimal normal form of a number: -15e-1 for -1.50; digits without zeros at their ends, then the power of ten if it is not 0.
 * Returns its length in out[len + CLU_EQUAL_ROOM], 0 when s is no number. */
size_t clu_equal_number(const char *s, size_t len, char *out);

#endif
