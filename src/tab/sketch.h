/* tab/sketch.h - what one pass over a table keeps of it: enough to refute most containments without looking at it again.
 *
 * Names, rows, fingerprint (tab/rowhash.h); the CLU_SKETCH_K least hashes of its distinct rows, and of the values of each column;
 * of each column the nulls, the numbers, what comparing changes in it, the range of its numbers and of its bytes; rows of a coordinated
 * sample. All of these are functions of the multiset of the rows alone: parts of a table, cut in any way and merged in any order, give the
 * same. Cost: one hash a cell and one a row, a few comparisons; 5 KiB a column while reading, 1 KiB afterwards.
 *
 * The sample: up to CLU_SKETCH_ANCHORS columns are anchors. Of an anchor all rows are kept whose value there has a hash below a
 * limit, the largest that keeps no more than so many different rows. A row of a table that is contained in another is there in the other's
 * sample, if its anchor's value is below both limits; so no sampled row of a true child is missing among those of its parent. */
#ifndef CLU_TAB_SKETCH_H
#define CLU_TAB_SKETCH_H

#include "base/status.h"
#include "tab/rowhash.h"
#include "tab/tables.h"
#include "tab/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLU_SKETCH_FORMAT "clu-sketch/1" /* of the line; the hashes of tab/rowhash.h are a part of it */
#define CLU_SKETCH_K 128                 /* least hashes that are kept: 1 KiB a column */
#define CLU_SKETCH_TEXT 32               /* bytes of a least or greatest text that are kept */
#define CLU_SKETCH_ANCHORS 16

/* The least different values of a set, ascending. All of them are there when n < CLU_SKETCH_K. */
struct clu_bottom {
    uint64_t *h; /* [n] */
    size_t n;
};

/* One end of the range of texts. */
struct clu_bound {
    unsigned char s[CLU_SKETCH_TEXT];
    uint8_t len;
    bool cut;    /* the text goes on */
    bool known;  /* there is one: a cell that is not null */
};

struct clu_sketch_column {
    char *name;
    uint64_t nulls, numbers, changed;
    double low, high;             /* of the numbers, when there are any */
    struct clu_bound least, most; /* of the cells that are not null, bytewise */
    struct clu_bottom values;     /* hashes of its distinct values */
};

/* Rows by the value in one column. row[i] begins with the hash in the anchor column and has 32 bits of the hash of every column
 * behind it: [n][1 + (cols + 1) / 2] words of 64 bits, sorted, all different. */
struct clu_sample {
    size_t column;
    uint64_t limit; /* rows are below it */
    bool all;       /* no row was left out: limit says nothing */
    uint64_t *row;
    size_t n;
};

/* What a file was when it was read: of one file, so that merging drops it. */
struct clu_identity {
    char *path;          /* or archive!member */
    bool file;           /* the rest is known */
    uint64_t size;       /* bytes of the file; of a member, of the archive */
    int64_t mtime;       /* nanoseconds */
    uint64_t dev, inode;
    struct clu_hash raw; /* XXH3-128 of the file's bytes; of a member, of the member's */
    bool member;         /* in an archive */
    bool changed;        /* while it was read */
    char delimiter;
};

/* How it was made: only sketches that were made alike can be compared. */
struct clu_sketch_rule {
    bool header;      /* the first record is a header */
    bool by_position; /* columns are named by their number */
    bool numeric;     /* tab/equal.h */
    char *null;       /* NULL: none */
    bool plain;       /* hashes of values do not depend on the column's name: for columns that were renamed */
    size_t sample;    /* rows an anchor; may differ */
};

struct clu_sketch {
    struct clu_identity id;
    struct clu_sketch_rule rule;
    uint64_t rows;
    struct clu_hash sum; /* the fingerprint, with rows */
    struct clu_bottom row;
    struct clu_sketch_column *column; /* [cols] */
    size_t cols;
    struct clu_sample sample[CLU_SKETCH_ANCHORS]; /* [anchors] */
    size_t anchors;
};

void clu_sketch_clear(struct clu_sketch *s);

/* The columns of a table without rows. rule is copied. Names differ. */
enum clu_status clu_sketch_begin(struct clu_sketch *s, const char *const *name, size_t cols, const struct clu_sketch_rule *rule,
                                 struct clu_err *err);

/* Do both rules make hashes and ranges that can be compared? */
bool clu_sketch_alike(const struct clu_sketch_rule *a, const struct clu_sketch_rule *b);

/* What a sketch is made with, one for each thread that reads a table. */
struct clu_sketcher;

/* s has begun and is empty; it is borrowed, and holds nothing of the rows before clu_sketcher_end(), which frees the sketcher. */
enum clu_status clu_sketcher_begin(struct clu_sketcher **out, struct clu_sketch *s, struct clu_err *err);
void clu_sketcher_row(struct clu_sketcher *k, const struct clu_cell *cell);
enum clu_status clu_sketcher_end(struct clu_sketcher *k, struct clu_err *err);

/* The rows of more behind those of s: columns are matched by their names. CLU_DATA when the columns or the rules differ. If the
 * order of the columns differs they are put in the order of their names. The identity of s is kept but for path: it is no file. */
enum clu_status clu_sketch_merge(struct clu_sketch *s, const struct clu_sketch *more, struct clu_err *err);

/* Least values of two sets, at most k: into s. -1 without memory. */
int clu_bottom_merge(struct clu_bottom *s, const struct clu_bottom *more);

/* Order of the ends of two ranges: <0, 0, >0. Unequal means that the texts themselves are in this order; 0 that they are equal
 * or, both being cut, not known. */
int clu_bound_compare(const struct clu_bound *a, const struct clu_bound *b);

size_t clu_sample_words(size_t cols); /* of 64 bits, that one row of a sample takes */

static inline uint32_t clu_sample_cell(const uint64_t *row, size_t column)
{
    return (uint32_t)(row[1 + column / 2] >> (32 * (column & 1)));
}

/* Bytes that the sketch takes. */
size_t clu_sketch_bytes(const struct clu_sketch *s);

/* Where column name is, (size_t)-1 when it is not there. O(cols). */
size_t clu_sketch_find(const struct clu_sketch *s, const char *name);

/* One line, with its line end, behind line. */
enum clu_status clu_sketch_format(const struct clu_sketch *s, struct clu_texts *line, struct clu_err *err);

/* A line without its line end, which is changed: into s. where = "file" and number are for messages: CLU_DATA "lake.sketch:7: not a
 * sketch", "lake.sketch:7: field 10: bad number". */
enum clu_status clu_sketch_parse(struct clu_sketch *s, char *line, size_t len, const char *where, uint64_t number, struct clu_err *err);

#endif
