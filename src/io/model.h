/* io/model.h - a saved model: what assigning new rows needs, as a plain CSV (clu-formats(5)).
 *
 * The first record is "clusterutils-model,1,TOOL". Every other record is a key and its values:
 * "scale,zscore", "columns,a,b", "shift,5.8,3.0", "center,5.006,3.428". A key may repeat (one "center" a cluster, in
 * label order); keys that nobody asks for are ignored, and so are empty lines. Numbers are written with 17 significant digits,
 * so that they read back to the same double, with '.' in every locale. */
#ifndef CLU_IO_MODEL_H
#define CLU_IO_MODEL_H

#include "base/status.h"
#include "io/write.h"

#include <stddef.h>

#define CLU_MODEL_VERSION 1
#define CLU_MODEL_MAX ((size_t)1 << 30) /* bytes of a model that is read; more is refused */

/* --- writing --- */
void clu_model_begin(struct clu_out *o, const char *tool);
void clu_model_put_text(struct clu_out *o, const char *key, const char *const *value, size_t n);
void clu_model_put_numbers(struct clu_out *o, const char *key, const double *value, size_t n); /* NAN: "NA" */

/* --- reading --- */
struct clu_model; /* the whole file in memory */

/* path as in clu_source_open(): compressed is fine. CLU_SYSTEM when it cannot be read; CLU_DATA "model.csv:1: ..." for what is
 * no model, another version, or another tool's (tool NULL: any), "model.csv:2: ..." for damage. The name in messages is what
 * clu_source_name() gives. */
enum clu_status clu_model_load(struct clu_model **out, const char *path, const char *tool, struct clu_err *err);
void clu_model_free(struct clu_model *m); /* NULL is fine */
const char *clu_model_tool(const struct clu_model *m);

/* How many records have this key, and how many values the i-th of them has (0 when there is no i-th). O(log records). */
size_t clu_model_count(const struct clu_model *m, const char *key);
size_t clu_model_width(const struct clu_model *m, const char *key, size_t i);

/* The j-th value of the i-th record with this key, NULL when there is none. Owned by m. */
const char *clu_model_text(const struct clu_model *m, const char *key, size_t i, size_t j);

/* All n values of the i-th record as finite numbers into out[n]; CLU_DATA with "model.csv:4: ..." when it is missing,
 * has another number of values, or holds something else. */
enum clu_status clu_model_numbers(const struct clu_model *m, const char *key, size_t i, double *out, size_t n,
                                  struct clu_err *err);

/* CLU_DATA "model.csv:LINE: TEXT" about the i-th record with this key (line 1 when there is none). */
enum clu_status clu_model_bad(const struct clu_model *m, const char *key, size_t i, struct clu_err *err,
                              const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
