/* io/series.h - files to time series: a series a record, a long table, or a .ts file.
 *
 * rows   A series a record (CSV, TSV): the picked columns are its samples. Missing values, or no cells, at the end of a record end the
 *        series; one inside is a gap. With C channels a record holds C blocks of equal width, one a channel, each of which may end
 *        early: a series is as long as its longest channel, a shorter one has gaps at its end. The width that is divided is the
 *        header's, or without a header each record's own. Without a header records may be of any length up to CLU_COLUMNS_MAX; with
 *        one they may be shorter, but not longer.
 * long   id, time and one or more columns of values: a series an id (in order of first appearance), its samples in the order of time
 *        whatever order the records come in, a channel a column of values. Missing values are gaps, at the end too. Time is a number,
 *        or a date or time by ISO 8601 (tab/time.h), but not now this, now that. The same id and time twice is an error.
 * ts     Files of aeon and sktime: a header of '@' lines (keywords in any case: problemName, timeStamps, missing, univariate,
 *        dimensions, equalLength, seriesLength, classLabel, targetLabel, data; others are passed by), then a case a line: channels
 *        separated by ':', samples by ',', the class last if there is one. '#' lines and blank ones are passed by. Missing: '?' and
 *        what is missing elsewhere, a gap at the end too. With time stamps a sample is "(time,value)", and samples are put in order
 *        of time. The channels of a case are equally long. What the header says must be so. Several files are one set, each with its
 *        own header; channels, and whether there is a class, must agree.
 *
 * In time of O(bytes), and O(n log n) for samples that are not yet in order. Memory: 8 bytes a sample, 16 a series, ids and labels,
 * text when it is kept; while a long table is read also 20 bytes a record and its values once more. */
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

/* auto: ts when the first input looks so, else rows. */
enum clu_series_form { CLU_SERIES_ROWS = 0, CLU_SERIES_LONG, CLU_SERIES_TS, CLU_SERIES_AUTO };

struct clu_series_table;

struct clu_series_opt {
    /* Files and na_values for all forms; header, delimiter and mark not for ts; columns, id, float32, keep_text and eager for rows only.
     * na: CLU_NA_ERROR refuses a gap, with file, line and column, and names na_option; CLU_NA_DROP leaves its series out; anything
     * else keeps it. The rest is not looked at. */
    struct clu_read_opt read;
    int form;          /* enum clu_series_form */
    size_t channels;   /* rows: blocks a record; 0 is 1 */
    const char *label; /* rows: the column of the class, or NULL; never a sample */
    const char *longs; /* long: "id,time,value[,value2...]", a text of -c (tab/columns.h); NULL: every column, in this order */
    /* Gets the series in portions, or NULL: rows a batch at a time, so in constant memory; other forms all at once. A portion may be
     * without series, and may be changed or moved away; it does not outlive the call. The result of reading is empty then. */
    enum clu_status (*portion)(void *ctx, struct clu_series_table *t, struct clu_err *err);
    void *ctx;
};

/* All owned. */
struct clu_series_table {
    struct clu_schema schema; /* rows without a header: as many columns as the longest record uses; ts: no columns, delimiter ',' */
    int form;                 /* what it was read as */
    size_t first;             /* objects of the input before these: of portions */
    size_t rows;              /* objects of the input, in order: records, ids or cases; those that were left out included */
    struct clu_series x;      /* the kept ones */
    uint8_t *kept;            /* [rows], or NULL: all */
    struct clu_texts id;      /* [rows] when an id column was asked for, and always for long; else empty */
    struct clu_texts label;   /* [rows] when there is a class, or a number to predict; "" for '?' in ts; else empty */
    struct clu_texts text;    /* [rows] rows with keep_text */
};
void clu_series_table_clear(struct clu_series_table *t);

/* Reads to the end. Errors as those of clu_read_table(), and
 * CLU_USAGE: "5 columns cannot be divided into 2 channels" (the header's), "a long table needs 3 columns at least (id, time, value), not
 * 2";
 * CLU_DATA: "stdin:3: no sample", "stdin:3: 5 samples cannot be divided into 2 channels", "stdin:3: 4 fields, expected at most 3" (the
 * header's), "stdin:3: 1 field, but column 2 is needed" (for the id or the class), "stdin:3: column 1 (id): missing id ('')",
 * "stdin:3: column 2 (t): missing time ('NA')", "stdin:3: column 2 (t): a number among dates: '12'", "stdin:7: series 'a' has a sample at
 * that time already: stdin:3", "stdin: series 'a' has no sample", "no complete series" (all were left out, and not in
 * portions); those of portion; those of ts begin with
 * "stdin:12: channel 2, sample 7: " when it is about a cell. */
enum clu_status clu_read_series(struct clu_series_table *out, const struct clu_series_opt *opt, const struct clu_run *run,
                                struct clu_err *err);

/* Does a text begin as a .ts file does: behind blank lines and '#' comments a line with one of the keywords above? A text that ends
 * within its comments does. */
bool clu_series_looks_like_ts(const char *s, size_t len);

#endif
