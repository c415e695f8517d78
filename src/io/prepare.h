/* io/prepare.h - what is done to rows before an algorithm sees them, and what a model keeps to do it again: the columns,
 * the fill for missing values, the scaling, the length.
 *
 * Keys in a model file: "columns" (names), "fill", "scale" (a word), "shift", "divisor", "spherical" (1). */
#ifndef CLU_IO_PREPARE_H
#define CLU_IO_PREPARE_H

#include "io/model.h"
#include "io/read.h"
#include "tab/scale.h"

struct clu_prepare {
    size_t d;
    char **name;            /* [d], NULL: the table had no header; owned */
    double *fill;           /* [d], NULL: none; owned */
    struct clu_scale scale;
    bool unit;              /* rows are brought to length 1 last */
};
void clu_prepare_clear(struct clu_prepare *p);

/* Find it from a table that was read, and do it to the table. CLU_DATA when the scaling overflows or a scaled row has no
 * direction. */
enum clu_status clu_prepare_fit(struct clu_prepare *p, struct clu_table *t, enum clu_scaling how, bool unit,
                                struct clu_err *err);

/* Only these columns stay: column[count], count >= 1, ascending. Not for rows that were brought to length 1. */
void clu_prepare_keep(struct clu_prepare *p, const size_t *column, size_t count);

/* The names alone, for a table that goes by as a stream. */
enum clu_status clu_prepare_names(struct clu_prepare *p, const struct clu_schema *s, struct clu_err *err);

void clu_prepare_save(const struct clu_prepare *p, struct clu_out *out);

/* d: values a record of the model has. CLU_DATA "model.csv:3: ..." */
enum clu_status clu_prepare_load(struct clu_prepare *p, const struct clu_model *m, size_t d, struct clu_err *err);

/* What of the rows of a batch is wanted, made ready, in m (which is reused); kept[b->rows]: 0 for rows that are dropped.
 * With CLU_NA_MEAN the fill stands for missing values. */
enum clu_status clu_prepare_batch(const struct clu_prepare *p, const struct clu_batch *b, enum clu_na na,
                                  struct clu_mat *m, uint8_t *kept, struct clu_err *err);

/* Points [k][d] from the input's units, and back. Lengths are not changed. */
void clu_prepare_enter(const struct clu_prepare *p, double *point, size_t k);
void clu_prepare_leave(const struct clu_prepare *p, double *point, size_t k);

#endif
