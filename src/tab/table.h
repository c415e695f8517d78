/* tab/table.h - a table read into memory: the numbers, and what is carried beside them.
 *
 * rows counts the records of the input; the matrix holds the kept ones only. With --na=drop a dropped record
 * has kept[i] = 0 and no row in x; kept is NULL when nothing was dropped. */
#ifndef CLU_TAB_TABLE_H
#define CLU_TAB_TABLE_H

#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts of variable length, one after another: ids, or whole records. {0} is empty. */
struct clu_texts {
    char *bytes;
    size_t used, cap;
    uint64_t *end; /* [n]: text i is bytes[end[i-1] .. end[i]) */
    size_t n, end_cap;
};
enum clu_status clu_texts_add(struct clu_texts *t, const char *s, size_t len, struct clu_err *err);
const char *clu_texts_at(const struct clu_texts *t, size_t i, size_t *len);
void clu_texts_clear(struct clu_texts *t);

/* What the first record and the options say about the columns. All owned; names are unquoted texts. */
struct clu_schema {
    char delimiter;
    bool header;
    size_t cols;          /* columns of the input */
    char **name;          /* [cols], NULL without header */
    size_t *pick;         /* [picked]: the feature columns, 0-based, in the order asked for */
    size_t picked;
    size_t id, weight;    /* column, or CLU_NO_COLUMN */
    struct clu_texts head; /* the header record, byte for byte, when there is one (text 0), with its line end */
};
#define CLU_NO_COLUMN ((size_t)-1)
void clu_schema_clear(struct clu_schema *s);

/* The name of feature j for messages and headers: its name, or "V<number>" (number from 1 in the input)
 * without header, written to buf[32] then. */
const char *clu_schema_feature(const struct clu_schema *s, size_t j, char buf[32]);

struct clu_table {
    struct clu_schema schema;
    size_t rows;        /* records, the dropped ones included */
    struct clu_mat x;   /* [kept rows][picked] */
    double *weight;     /* [kept rows], NULL without -w; finite, >= 0 */
    double *fill;       /* [picked]: what stands for a missing value (--na=mean: the column's mean), else NULL */
    uint8_t *kept;      /* [rows], or NULL: all are kept */
    struct clu_texts id;   /* [rows], when an id column is asked for: unquoted */
    struct clu_texts text; /* [rows], when the text is kept (--append): with each record's own line end */
};
void clu_table_clear(struct clu_table *t);

#endif
