/* tab/table.h - a table read into memory: the numbers, and what is carried beside them.
 *
 * rows counts the records of the input; the matrix holds the kept ones only. With --na=drop a dropped record
 * has kept[i] = 0 and no row in x; kept is NULL when nothing was dropped. A cell of x that holds a text is its level
 * (tab/level.h). */
#ifndef CLU_TAB_TABLE_H
#define CLU_TAB_TABLE_H

#include "base/status.h"
#include "num/view.h"
#include "tab/level.h"
#include "tab/schema.h"
#include "tab/texts.h"

#include <stddef.h>
#include <stdint.h>

/* From this record on, up to that of the next mark, records are a line each. */
struct clu_mark {
    size_t row, file; /* the record, and the number of its file */
    uint64_t line;
};

struct clu_table {
    struct clu_schema schema;
    size_t rows;        /* records, the dropped ones included */
    struct clu_mat x;   /* [kept rows][picked] */
    struct clu_levels level; /* the texts of x, by first appearance in the input */
    double *weight;     /* [kept rows], NULL without -w; finite, >= 0 */
    double *fill;       /* [picked]: what stands for a missing value (--na=mean: the column's mean), else NULL */
    uint8_t *kept;      /* [rows], or NULL: all are kept */
    struct clu_texts id;   /* [rows], when an id column is asked for: unquoted */
    struct clu_texts text; /* [rows], when the text is kept (--append): with each record's own line end */
    struct clu_mark *mark; /* [marks], when places are asked for: ascending, the first one of record 0 */
    size_t marks;
};
void clu_table_clear(struct clu_table *t);

/* The line of a record in its file, and the number of that. Places must have been asked for. O(log marks). */
uint64_t clu_table_line(const struct clu_table *t, size_t row, size_t *file);

/* Only these features stay, in this order: feature[count], count >= 1, ascending. O(n d), in place. */
void clu_table_keep(struct clu_table *t, const size_t *feature, size_t count);

#endif
