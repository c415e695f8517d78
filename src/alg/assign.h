/* alg/assign.h - the nearest of given centres for rows that come in batches: --assign, mini-batches, distances.
 *
 * Ties go to the lowest centre. Cost: O(k d) a row; O(k d) memory and a tile for each thread, whatever the number of rows. */
#ifndef CLU_ALG_ASSIGN_H
#define CLU_ALG_ASSIGN_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stddef.h>
#include <stdint.h>

struct clu_assign;

/* center[k][d] is copied. Free with clu_assign_close(), NULL is fine. */
enum clu_status clu_assign_open(struct clu_assign **out, const double *center, size_t k, size_t d,
                                const struct clu_run *run, struct clu_err *err);
void clu_assign_close(struct clu_assign *a);

/* Other centres of the same shape. */
void clu_assign_center(struct clu_assign *a, const double *center);

/* label[rows] 0..k-1 and, unless NULL, the Euclidean distance[rows] to that centre. */
void clu_assign_rows(struct clu_assign *a, struct clu_view x, int32_t *label, double *distance);

/* Euclidean distances of rows from .. from + count - 1 to every centre, out[count][k]. */
void clu_assign_distances(struct clu_assign *a, struct clu_view x, size_t from, size_t count, double *out);

#endif
