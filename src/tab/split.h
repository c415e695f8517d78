/* tab/split.h - the fast way from text to rows of cells, for what compares cells as bytes.
 *
 * As tab/record.h, but all at once: the bytes that matter (delimiter, LF, quote, NUL) are found 64 at a time, and a record is only
 * looked at where they are. Rows go to a visitor; cells are brought into the form in which they are compared. */
#ifndef CLU_TAB_SPLIT_H
#define CLU_TAB_SPLIT_H

#include "tab/equal.h"
#include "tab/tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLU_SPLIT_PAD 128 /* bytes behind the text that may be written and read */

enum clu_split_fault {
    CLU_SPLIT_FINE = 0,
    CLU_SPLIT_OPEN,   /* quoted field is never closed */
    CLU_SPLIT_QUOTE,  /* text after the closing quote, in column */
    CLU_SPLIT_NUL,    /* NUL byte in column */
    CLU_SPLIT_RAGGED, /* a record of column fields */
    CLU_SPLIT_EMPTY,  /* an empty line before other records */
    CLU_SPLIT_LONG,   /* a record longer than CLU_RECORD_MAX: found by who reads the blocks */
    CLU_SPLIT_MEMORY
};

/* One worker's. Fill in the first part, with cell[cols]. */
struct clu_split {
    size_t cols; /* at least 1 */
    char delimiter;
    const struct clu_equal *equal; /* NULL: cells as they are */
    const struct clu_visitor *visitor;
    int worker;
    struct clu_cell *cell; /* [cols] borrowed */

    /* Of the last block. */
    uint64_t lines;     /* line ends in it, up to where it was read */
    uint64_t rows;
    uint64_t blank;     /* its last lines are empty, from this one (from 1): 0: they are not */
    bool stopped;       /* the visitor wants no more */
    enum clu_split_fault fault;
    uint64_t line;      /* of the fault, from 1 */
    size_t column;

    char *scratch;      /* [room] private: cells that were changed */
    size_t room;
};
void clu_split_clear(struct clu_split *p); /* only scratch */

/* Show the visitor all records of text[0..len); last: its end ends a record. Returns how much of it was used: all of it, or up to the
 * last record that is whole, or up to where a fault or the visitor stopped it. text[len..len + CLU_SPLIT_PAD) is overwritten. */
size_t clu_split_block(struct clu_split *p, char *text, size_t len, bool last);

#endif
