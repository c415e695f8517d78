/* io/rows.h - the records of one table as cells, in blocks that several threads take one after another.
 *
 * The first record is the header: names without the blanks around them, a byte order mark cut off, case kept. The delimiter comes from
 * the first record only. An input without a byte is a table without columns. Memory: 256 KiB a thread, more for longer records. */
#ifndef CLU_IO_ROWS_H
#define CLU_IO_ROWS_H

#include "base/run.h"
#include "io/source.h"
#include "tab/equal.h"
#include "tab/tables.h"

struct clu_rows_opt {
    char delimiter;   /* 0: from the first record */
    bool header;      /* the first record is one; else the names are the numbers of the columns, from 1 */
    bool by_position; /* so are they with a header */
};

struct clu_rows;

/* Read up to the names of the columns. source is borrowed. *archive becomes true, and nothing is opened, when the bytes are those of an
 * archive (io/members.h). CLU_DATA "x.csv:1: column name 'a' is not unique", "x.csv:1: UTF-16 text; ...". */
enum clu_status clu_rows_open(struct clu_rows **out, struct clu_source *source, const struct clu_rows_opt *opt, bool *archive,
                              struct clu_err *err);
size_t clu_rows_columns(const struct clu_rows *r, const char *const **name);
char clu_rows_delimiter(const struct clu_rows *r);

/* Show all rows, up to the end or until the visitor has enough. Once. equal: NULL: cells as they are. before, of: bytes for progress.
 * CLU_DATA "x.csv:3: 1 field, expected 2" and the other faults of records: that of the first, whatever the number of workers. */
enum clu_status clu_rows_scan(struct clu_rows *r, const struct clu_equal *equal, int workers, const struct clu_visitor *visitor,
                              uint64_t before, uint64_t of, const struct clu_run *run, struct clu_err *err);
void clu_rows_close(struct clu_rows *r); /* NULL is fine */

#endif
