/* tab/schema.h - what the first record and the options say about the columns of a table. */
#ifndef CLU_TAB_SCHEMA_H
#define CLU_TAB_SCHEMA_H

#include "base/status.h"
#include "tab/record.h"
#include "tab/texts.h"
#include "tab/value.h"

#include <stdbool.h>
#include <stddef.h>

enum clu_header { CLU_HEADER_AUTO = 0, CLU_HEADER_YES, CLU_HEADER_NO };

/* What is asked of the columns; borrowed. */
struct clu_ask {
    enum clu_header header;
    const char *const *columns; /* [ncolumns] texts of -c (tab/columns.h); none: every column but id and weight */
    size_t ncolumns;
    const char *id, *weight;    /* columns, or NULL */
    const char *label;          /* with ragged: a column that is carried like the id, or NULL */

    /* Records may be of any length: cells that are not there are missing, and without a header a record may be longer than the
     * first one (the schema has CLU_COLUMNS_MAX columns then). Not together with weights or texts among the features. */
    bool ragged;

    /* 1 + the place among the features of a column that holds times, as numbers or by ISO 8601 (tab/time.h); 0: none. */
    size_t time;

    /* Cells that may be texts (tab/level.h). In the columns that the texts nominal[] (as of -c) name, and in those whose place
     * among the features has a 1 in nominal_at[], every cell is one, by its bytes, even if it looks like a number. With text
     * set, so is a cell of any other feature that is no number. */
    bool text;
    const char *const *nominal; /* [nominals] */
    size_t nominals;
    const uint8_t *nominal_at;  /* [nominals_at]: of the first so many features */
    size_t nominals_at;
    const uint8_t *numeric_at;  /* [numerics_at]: 1: numbers only, even so */
    size_t numerics_at;

    /* Instead of columns: the columns with these names [names], if the first record is a header, else every column. One that is
     * missing is CLU_DATA: "<before>b<after>". */
    const char *const *name;
    size_t names;
    const char *before, *after;
};

#define CLU_NO_COLUMN ((size_t)-1)

/* All owned; names are unquoted texts. */
struct clu_schema {
    char delimiter;
    bool header;
    size_t cols;          /* columns of the input */
    char **name;          /* [cols], NULL without header */
    size_t *pick;         /* [picked]: the feature columns, 0-based, in the order asked for */
    size_t picked;
    uint8_t *nominal;     /* [picked] 1: all its cells are texts; NULL: no column is so */
    size_t id, weight, label; /* column, or CLU_NO_COLUMN */
    struct clu_texts head; /* the header record, byte for byte, when there is one (text 0), with its line end */
};
void clu_schema_clear(struct clu_schema *s);

/* May a cell of feature j be a text because it is no number? */
static inline bool clu_ask_text(const struct clu_ask *ask, size_t j)
{
    return ask->text && !(j < ask->numerics_at && ask->numeric_at[j]);
}

/* Settle everything but the delimiter from the first record. header=auto takes the record for a header when a column is
 * asked for by name (of names in ask->name: when a cell is one of them), or when a cell that must hold a number (of a picked
 * column that has no texts and no times, or the weight) is neither a number nor a missing value. If every picked column may have texts,
 * all their cells must be words to make a header. The id and the label are never features.
 * CLU_USAGE as clu_columns_pick(). */
enum clu_status clu_schema_settle(struct clu_schema *s, const struct clu_record *first, const struct clu_ask *ask,
                                  const struct clu_value_rule *rule, struct clu_err *err);

/* Is the record the same header? On a difference *at is its column, from 0. */
bool clu_schema_same_header(const struct clu_schema *s, const struct clu_record *r, size_t *at);

/* The name of feature j for headers: its name, or "V<number>" (number from 1 in the input) without header, written
 * to buf[32] then. */
const char *clu_schema_feature(const struct clu_schema *s, size_t j, char buf[32]);

/* Column c as messages name it, "column 3 (price)" or "column 3"; buf[size]. */
const char *clu_schema_column(const struct clu_schema *s, size_t c, char *buf, size_t size);

#endif
