/* io/read.h - from files to tables: the reader of every filter.
 *
 * Streaming: the text goes by in blocks of 256 KiB, cut at record ends; as many blocks as there are threads are
 * parsed at a time, each into its own slot, and handed out in order, so that results and messages do not depend on
 * the threads. Memory: the blocks, and what the caller keeps. */
#ifndef CLU_IO_READ_H
#define CLU_IO_READ_H

#include "base/run.h"
#include "base/status.h"
#include "tab/table.h"

/* What a missing value does: an error; its row is dropped; the column's mean stands for it; it stays NAN. */
enum clu_na { CLU_NA_ERROR = 0, CLU_NA_DROP, CLU_NA_MEAN, CLU_NA_KEEP };

/* Which rows are refused as having no direction: none; rows of zeros (for the cosine); rows of one value (for the
 * correlation). */
enum clu_direction { CLU_DIRECTION_ANY = 0, CLU_DIRECTION_NONZERO, CLU_DIRECTION_VARIED };

struct clu_source;

struct clu_read_opt {
    const char *const *file; /* [files]; none: stdin */
    size_t files;
    struct clu_source *first; /* the first of them (or stdin) when it is open already: the reader closes it, whatever happens; or NULL */
    struct clu_ask ask;      /* header and columns; which cells may be texts: then float32 would lose them, and a column with
                                one has no mean for CLU_NA_MEAN */
    char delimiter;          /* 0: from the first record */
    char mark;               /* decimal mark, 0 means '.' */
    const char *na_values;   /* tab/value.h: words; NULL: empty, NA, NaN, null, any case */
    enum clu_na na;
    const char *na_option;   /* what a message about a missing value advises to see; NULL: --na */
    bool float32;            /* the numbers are kept as floats: larger ones are refused */
    int direction;           /* enum clu_direction: rows that are refused */
    bool nonnegative;        /* numbers below 0 are refused, as distances */
    bool keep_text;          /* --append: hold every record's bytes */
    bool places;             /* clu_read_table(): note the lines of the records, for messages of what is found later */
    bool eager;              /* hand out records as soon as they are complete (--line-buffered) */
};

/* Consecutive records in input order. Everything is borrowed until the next call. */
struct clu_batch {
    uint64_t first;        /* number of the first record, from 0, over all files */
    size_t rows;
    uint64_t line;         /* of the first record, in its file */
    size_t lines;          /* of all of them: more than rows when line ends are quoted */
    const double *x;       /* [rows][picked]; a missing value is NAN, a text its level */
    const size_t *end;     /* with ragged: x is not so, but row i ends at end[i], the next one begins there; else NULL */
    size_t dates;          /* rows whose time is no number, but a date */
    const double *weight;  /* [rows] or NULL */
    const uint8_t *missing; /* [rows] 1: the row has a missing feature; NULL: no row has, or ragged */
    const struct clu_texts *id, *label; /* [rows] or NULL */
    const struct clu_texts *text; /* [rows] or NULL */
};

struct clu_reader;

/* Opens the first input, reads its first record and settles the schema. Messages are complete but for the
 * program's name. Errors as in faults.md rows 6-43: CLU_USAGE for columns, CLU_DATA for content, CLU_SYSTEM for files. opt and its texts must outlive the reader. */
enum clu_status clu_reader_open(struct clu_reader **out, const struct clu_read_opt *opt, const struct clu_run *run,
                                struct clu_err *err);
const struct clu_schema *clu_reader_schema(const struct clu_reader *r);

/* The texts in the rows so far, by first appearance: it grows with the next batch. */
const struct clu_levels *clu_reader_levels(const struct clu_reader *r);

/* The next batch; rows = 0 at the end of the last input. Missing values are an error here only with CLU_NA_ERROR. */
enum clu_status clu_reader_next(struct clu_reader *r, struct clu_batch *b, struct clu_err *err);

/* For messages: the file of the last batch, and its records once more. at goes forward from {0} to record i; line is where that one
 * begins, and the record, NULL without memory, is good until the next call. O(bytes between). */
struct clu_again {
    uint64_t line;
    size_t next, at;     /* the record behind it, and where its bytes are in the batch */
    uint64_t next_line;
};
const char *clu_reader_file(const struct clu_reader *r);
const struct clu_record *clu_reader_again(struct clu_reader *r, const struct clu_batch *b, struct clu_again *at, size_t i);

void clu_reader_close(struct clu_reader *r); /* NULL is fine */

/* Everything into memory: reads to the end, drops or fills missing values as opt->na says, moves the schema
 * into the table. No data rows: CLU_DATA. Peak memory: the matrix (8 or 4 bytes a number) and the blocks. */
enum clu_status clu_read_table(struct clu_table *out, const struct clu_read_opt *opt, const struct clu_run *run,
                               struct clu_err *err);

#endif
