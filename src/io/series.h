/* io/series.h - files to time series: rows, long tables, and .ts files.
 *
 * rows   a series a record (CSV, TSV): the picked columns are its samples. Missing values (or no cells) at the end of a record end the series there;
 *        one inside is a gap. With channels C a record holds C blocks of equal width, the channels, each of which may end early: a series is as long as its longest
 *        channel, a shorter one has gaps at its end. Records may be of any length when there is no header or it is as long as the longest
 * long   id, time and one or more value columns: a series an id (in order of first appearance), its samples in the order of time, in whatever order the
 *        records come; a channel a value column. The same id and time twice is an error. Time is a number, or an ISO 8601 date or date and time, in UTC unless it says otherwise
 * ts     files of aeon and sktime: '#' comments, '@' header (names in any case: problemName, timeStamps, missing, univariate, dimensions, equalLength, seriesLength,
 *        classLabel, targetLabel), @data, then a case a line: channels separated by ':', samples by ',', the label last; missing: '?' or NaN; with time stamps (t,v),(t,v)...
 * Memory: the series (8 bytes a sample), ids and labels, and text when it is kept. */
#ifndef CLU_IO_SERIES_H
#define CLU_IO_SERIES_H

#include "base/run.h"
#include "base/status.h"
#include "io/read.h"
#include "num/series.h"
#include "tab/schema.h"
#include "tab/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_series_form { CLU_SERIES_ROWS = 0, CLU_SERIES_LONG, CLU_SERIES_TS };

struct clu_series_opt {
    struct clu_read_opt read; /* files, delimiter, mark, words, columns (rows), id column, keep_text (rows); na: CLU_NA_KEEP gives gaps, CLU_NA_ERROR refuses
                               * them with file, line and column, CLU_NA_DROP leaves the series out */
    int form;                 /* enum clu_series_form */
    size_t channels;          /* rows: blocks a record, 1 by default */
    const char *label;        /* rows: the column of the class, or NULL; never a sample */
    const char *longs;        /* long: "id,time,value[,value2...]", names or numbers of columns, as of -c each */
};

/* All owned. */
struct clu_series_table {
    struct clu_schema schema;
    size_t rows;             /* objects of the input, in order: records, ids or cases; those that were dropped included */
    struct clu_series x;     /* the kept ones */
    uint8_t *kept;           /* [rows], or NULL: all */
    struct clu_texts id;     /* [rows] when an id column was asked for, and always for long; else empty */
    struct clu_texts label;  /* [rows] when there is a class; else empty */
    struct clu_texts text;   /* [rows] rows with keep_text */
};
void clu_series_table_clear(struct clu_series_table *t);

/* Reads to the end. Errors as clu_read_table(); also CLU_DATA "stdin:3: no sample" for a series that is empty, "stdin:7: series 'a' has two samples at time 12",
 * "stdin: 3 and 4: ..." as the source says. No series: CLU_DATA "no data". */
enum clu_status clu_read_series(struct clu_series_table *out, const struct clu_series_opt *opt, const struct clu_run *run, struct clu_err *err);

/* Looks like a .ts file: the first byte that is no blank is '@' or '#'? */
bool clu_series_looks_like_ts(const char *s, size_t len);

#endif
