/* tab/scale.h - bring columns to a common scale, and back.
 *
 * zscore: (x - mean) / sd, with n - 1 as R's scale(); minmax: (x - min) / (max - min); robust: (x - median) /
 * (quartile range, R's type 7). A constant column, and one whose quartile range is 0, is divided by 1. Weights do not count
 * here. Results are shown in the input's units with clu_scale_undo().
 * Sums are compensated (Neumaier 1974) and columns brought to magnitude 1 by a power of two, so that the spread of
 * 1e15 + tiny is right, and squares of 1e300 and 1e-300 neither overflow nor vanish. */
#ifndef CLU_TAB_SCALE_H
#define CLU_TAB_SCALE_H

#include "base/status.h"
#include "num/view.h"

enum clu_scaling { CLU_SCALE_NONE = 0, CLU_SCALE_ZSCORE, CLU_SCALE_MINMAX, CLU_SCALE_ROBUST };
extern const char *const clu_scaling_word[]; /* their names, in this order, and NULL */

struct clu_scale {
    enum clu_scaling how;
    size_t cols;
    double *shift;   /* [cols], owned; NULL when how is NONE */
    double *divisor; /* [cols], > 0 and finite */
};
void clu_scale_clear(struct clu_scale *s);

/* Find shift and divisor. O(n d), for robust O(n d) expected (selection) and 8 n bytes. NaNs (missing) do not count; all other
 * values are finite. A column without any value gets 0 and 1. CLU_DATA "cannot scale: the range of values overflows in feature 2"
 * when max - min or the quartile range is more than a double can hold. */
enum clu_status clu_scale_fit(struct clu_scale *s, enum clu_scaling how, struct clu_view x, struct clu_err *err);

/* In place, a matrix of rows x cols. NaN stays NaN. */
void clu_scale_do(const struct clu_scale *s, struct clu_mat *m);
void clu_scale_undo(const struct clu_scale *s, double *v /* [rows][cols] */, size_t rows);

#endif
