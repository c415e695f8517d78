/* io/labels.h - columns of labels to codes: what a clustering said of each record, or what is known of it.
 *
 * Labels are numbers or texts. Streamed: of the text only the different labels are kept. Memory: 4 bytes a record and column.
 *
 * header=auto takes a first record of words alone for a header, as it does wherever cells may be texts. But when one of its words is
 * also a label further down its column, and no column is asked for by name, the record was no header: it becomes the first row. */
#ifndef CLU_IO_LABELS_H
#define CLU_IO_LABELS_H

#include "io/read.h"
#include "tab/codes.h"

#define CLU_LABELS_MAX 2 /* columns: labels, and a truth beside them */

struct clu_label_column {
    int32_t *code; /* [rows], -1: missing; owned */
    struct clu_codes codes;
};

struct clu_labels {
    char *name;    /* the input, as messages show it; owned */
    struct clu_schema schema;
    struct clu_levels level; /* the texts of all columns */
    size_t rows, columns;
    struct clu_label_column col[CLU_LABELS_MAX]; /* [columns] in the order asked for */
};
void clu_labels_clear(struct clu_labels *l);

/* opt->ask says which columns; cells may be texts. Missing labels are an error with CLU_NA_ERROR, else -1. More than most columns:
 * CLU_USAGE "FILE: 5 columns; <choose>". No data, and a number from 2^53 on, where numbers are not told apart: CLU_DATA. */
enum clu_status clu_read_labels(struct clu_labels *out, const struct clu_read_opt *opt, size_t most, const char *choose,
                                const struct clu_run *run, struct clu_err *err);

#endif
