/* io/block.h - the inner loop of the reader: a block of whole records to rows of numbers.
 *
 * Blocks are parsed in parallel, each knowing nothing of the others: not its file, not the number of its first line.
 * So a block only notes where its first bad record is; the message is made afterwards, in order, by
 * clu_block_explain(). */
#ifndef CLU_IO_BLOCK_H
#define CLU_IO_BLOCK_H

#include "io/read.h"
#include "tab/level.h"
#include "tab/record.h"
#include "tab/schema.h"

/* What is wanted of every record; settled once, shared by all blocks. */
struct clu_plan {
    const struct clu_read_opt *opt; /* borrowed */
    struct clu_schema schema;
    struct clu_value_rule rule;
    uint32_t *to;      /* [cols]: place among the features, picked for the weight, UINT32_MAX for what is skipped; the top bit is
                          set where every cell is a text */
    double low, high;  /* what a number may be at least and at most */
    bool plain;        /* a cell that reads as a number is one; else the words for a missing value come first */
};

enum clu_status clu_plan_columns(struct clu_plan *p, struct clu_err *err); /* schema is settled: fill to[] */
void clu_plan_clear(struct clu_plan *p);

struct clu_block {
    const char *s;          /* borrowed; ends with a record's end, or with the input */
    size_t len;             /* at least CLU_NUMBER_PAD bytes are readable behind it, the first an LF if the last record has none */
    double *x;              /* [rows][picked] (ragged: [cells]), the rest likewise: grown as needed, kept from block to block */
    double *weight;
    uint8_t *missing;
    bool any_missing;
    size_t rows, cap;
    size_t *end;            /* ragged: [rows] where in x a row ends */
    size_t cells, x_cap, end_cap;
    struct clu_levels level; /* of the texts in x, by first appearance in this block */
    struct clu_texts id, label, text; /* text borrows the block's bytes */
    size_t dates;           /* rows whose time is a date, no number */
    size_t lines;           /* line ends of the rows */
    size_t done;            /* bytes of the rows */
    size_t blank;           /* empty lines behind the rows: fine at the end of a file only */
    bool bad;               /* the record at done (behind blank lines, if there are any) is bad */
    enum clu_status status; /* CLU_SYSTEM: no memory for the record at done */
    bool easy;              /* most records can be read without being cut into fields first */
    struct clu_record record;
    char *cell;             /* scratch for an unquoted id */
    size_t cell_cap;
};
void clu_block_clear(struct clu_block *b);

void clu_block_parse(struct clu_block *b, const struct clu_plan *p);

/* The message for a bad block: where is the file's name, line the number of the block's first line. */
enum clu_status clu_block_explain(struct clu_block *b, const struct clu_plan *p, const char *where, uint64_t line,
                                  struct clu_err *err);

#endif
