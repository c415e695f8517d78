/* tab/scale.h - bring columns to a common scale, and back.
 *
 * zscore: (x - mean) / sd, with n - 1 as R's scale(); minmax: (x - min) / (max - min); robust: (x - median) /
 * (quartile range, R's type 7). A constant column is divided by 1. Weights do not count here. Results are shown in the
 * input's units with clu_scale_undo(). */
#ifndef CLU_TAB_SCALE_H
#define CLU_TAB_SCALE_H

#include "base/status.h"
#include "num/view.h"

enum clu_scaling { CLU_SCALE_NONE = 0, CLU_SCALE_ZSCORE, CLU_SCALE_MINMAX, CLU_SCALE_ROBUST };

struct clu_scale {
    enum clu_scaling how;
    size_t cols;
    double *shift;   /* [cols], owned; NULL when how is NONE */
    double *divisor; /* [cols], > 0 */
};
void clu_scale_clear(struct clu_scale *s);

/* Find shift and divisor. O(n d), for robust O(n d) expected (selection) and 8 n bytes. NaNs (missing) do not count. */
enum clu_status clu_scale_fit(struct clu_scale *s, enum clu_scaling how, struct clu_view x, struct clu_err *err);

/* In place, a matrix of rows x cols. */
void clu_scale_do(const struct clu_scale *s, struct clu_mat *m);
void clu_scale_undo(const struct clu_scale *s, double *v /* [rows][cols] */, size_t rows);

#endif
