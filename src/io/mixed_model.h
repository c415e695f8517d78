/* io/mixed_model.h - what a model keeps of a mixed table (tab/mixed.h): types, ranges, the values of coded columns, rows.
 *
 * Keys in a model file: "type" (a word a column: interval, nominal, ordered, asymmetric), "range" (a number a column), and for
 * every column that is not interval one "level": the column's number (from 1, among those of the model) and its values in the order
 * of their codes (ordered: of their ranks).
 * A value is a number or a text; NA is none. A text that would be taken for either, or begins with '=', has a '=' before it. */
#ifndef CLU_IO_MIXED_MODEL_H
#define CLU_IO_MIXED_MODEL_H

#include "io/model.h"
#include "tab/mixed.h"

/* CLU_SYSTEM without memory; write errors stay in out. */
enum clu_status clu_mixed_save(const struct clu_mixed *m, struct clu_out *out, struct clu_err *err);

/* d: columns of the model. CLU_DATA "model.csv:3: ..." */
enum clu_status clu_mixed_load(struct clu_mixed *m, const struct clu_model *model, size_t d, struct clu_err *err);

/* A settled row x[d] under a key, as the values that stood in the input; and the i-th such record back into x[d]. CLU_DATA for
 * another number of values, or a value that its column does not know. */
enum clu_status clu_mixed_save_row(const struct clu_mixed *m, struct clu_out *out, const char *key, const double *x,
                                   struct clu_err *err);
enum clu_status clu_mixed_load_row(const struct clu_mixed *m, const struct clu_model *model, const char *key, size_t i,
                                   double *x, struct clu_err *err);

#endif
