/* cli/csts_text.h - CSTS as text: rows of data, label tables, and where they go.
 *
 * Data have three decimals: they are written from whole thousandths, without the zeros at their end, which is the shortest text. */
#ifndef CLU_CLI_CSTS_TEXT_H
#define CLU_CLI_CSTS_TEXT_H

#include "alg/csts_degrade.h"
#include "cli/tool.h"

#define CLU_CSTS_NAME 64 /* bytes of a subject's name, the NUL included */

/* How a subject is printed. */
struct clu_csts_print {
    const struct clu_csts_subject *subject;
    const char *const *variate; /* [d] names */
    char name[CLU_CSTS_NAME];
    char delimiter;
    bool values;                /* the variates only: no subject, time or index */
    bool truth;                 /* the pattern as a last column */
    bool gzip;
};

/* Text in memory. {0} is empty. */
struct clu_text {
    char *s;
    size_t used, cap;
    bool failed; /* no memory: told when it is written */
};
void clu_text_clear(struct clu_text *t);

/* All rows, under a header, to out; segments are made and written as text by all threads, in order. *seconds: spent on making them,
 * by all threads together; NULL: not wanted. Memory: a segment, or sixteen a thread if there are several. */
enum clu_status clu_csts_print_data(struct clu_out *out, const struct clu_csts_print *p, const struct clu_run *run, double *seconds,
                                    struct clu_err *err);

/* Heads of columns for the pairs of d variates: r12, r13 ..., from ten variates on r1_2 ... */
void clu_csts_pair_heads(struct clu_cells *c, const char *prefix, size_t d);

/* Columns of a label table: its header (described: a column clustering_desc), and its rows, with that description (NULL: none).
 * Columns of the correlations: all, or none when correlated is false. */
struct clu_csts_columns {
    const char *name; /* of the subject; NULL: no column */
    bool described, correlated, relaxed;
    char delimiter;
};
void clu_csts_text_head(struct clu_text *t, const struct clu_csts_columns *c, size_t d);
void clu_csts_text_labels(struct clu_text *t, const struct clu_csts_columns *c, const struct clu_csts_labels *labels, const char *described);

/* The degraded clusterings of a truth, under one header: of all kinds, or of one. data: what correlations come from; NULL: none. */
enum clu_status clu_csts_text_degraded(struct clu_text *t, const struct clu_csts_columns *c, size_t d, const struct clu_csts_labels *truth,
                                       const struct clu_csts_degrade *how, int kind, const struct clu_csts_patterns *patterns,
                                       const struct clu_coded *data, const struct clu_run *run, struct clu_err *err);

/* Write a text, packed or not. */
enum clu_status clu_text_write(const struct clu_text *t, struct clu_out *out, bool gzip, struct clu_err *err);

#endif
