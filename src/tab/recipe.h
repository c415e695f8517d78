/* tab/recipe.h - how a table is made again from another one that contains it: which of its rows, which of its columns, and how the text
 * was written. As bytes, and back.
 *
 * A recipe takes a byte for each row while rows keep their order and lie less than 128 apart, two or three where they do not. */
#ifndef CLU_TAB_RECIPE_H
#define CLU_TAB_RECIPE_H

#include "base/status.h"
#include "tab/rowhash.h"
#include "tab/tables.h"
#include "tab/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a cell is quoted. One that must be is: if it holds the delimiter, a quote or a line end. */
enum clu_quoting { CLU_QUOTE_NEEDED = 0, CLU_QUOTE_ALWAYS, CLU_QUOTE_FILLED /* always, but not the empty cell */ };

/* How to read a table. */
struct clu_reading {
    bool header, by_position;
    char delimiter;
};

struct clu_recipe {
    bool copy;        /* byte by byte the source: only mode, raw and the readings count */
    bool gzip;        /* compressed */
    uint32_t mode;    /* permissions of the file */
    struct clu_hash raw; /* XXH3-128 of its bytes */
    struct clu_reading child, parent;
    bool numeric;     /* the forms of cells (tab/equal.h) that fingerprints are of; */
    char *null;
    bool normal;      /* and cells are compared in them, too */

    bool mark, crlf;  /* a byte order mark; lines end with CR LF */
    bool ended;       /* the last one has its end */
    bool blanks;      /* cells with blanks at an end are quoted */
    char *head;       /* the header as it was, without its line end */
    size_t head_len;
    char **name;      /* [cols] of the columns, as the parent has them */
    uint8_t *quoting; /* [cols] enum clu_quoting */
    size_t cols;
    uint64_t *row;    /* [rows] rows of the parent, from 0 */
    uint64_t rows;
};
void clu_recipe_clear(struct clu_recipe *r);

/* Behind what is in out.bytes; nothing but bytes and used of out is touched. */
enum clu_status clu_recipe_format(const struct clu_recipe *r, struct clu_texts *out, struct clu_err *err);

/* CLU_DATA "damaged recipe". */
enum clu_status clu_recipe_parse(struct clu_recipe *r, const char *s, size_t len, struct clu_err *err);

/* The text of the header with what stands before it, and of one row, with its line end unless it is the last of a text without: behind
 * what is in out.bytes. */
enum clu_status clu_recipe_write_head(const struct clu_recipe *r, struct clu_texts *out, struct clu_err *err);
enum clu_status clu_recipe_write_row(const struct clu_recipe *r, const struct clu_cell *cell, bool last, struct clu_texts *out,
                                     struct clu_err *err);

#endif
