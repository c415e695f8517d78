/* alg/contingency.h - the table of counts of two labellings of the same objects: how many have class i and cluster j.
 *
 * Sparse: only cells that are not 0 are kept, row by row. Cost: O(n + rows + cols), or O(n + rows cols) while rows cols is small;
 * memory 8 n bytes while it is made (not while rows cols is small), and 12 a cell. */
#ifndef CLU_ALG_CONTINGENCY_H
#define CLU_ALG_CONTINGENCY_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Arrays owned. */
struct clu_contingency {
    uint64_t n;
    size_t rows, cols;
    size_t *start;   /* [rows + 1]: the cells of row i are start[i] .. start[i + 1] - 1 */
    int32_t *col;    /* [cells] ascending within a row */
    uint64_t *count; /* [cells] > 0 */
    uint64_t *row_sum, *col_sum; /* [rows] [cols] */
};

/* truth[n] 0..rows-1 gives the row, label[n] 0..cols-1 the column. n, rows and cols are at least 1. CLU_SYSTEM without memory. */
enum clu_status clu_contingency_count(struct clu_contingency *out, const int32_t *truth, const int32_t *label, size_t n,
                                      size_t rows, size_t cols, struct clu_err *err);

/* The same from groups of objects: count of them have this truth and this label. x[n], n >= 1, is sorted in place; every row and every
 * column occurs. O(n log n). */
struct clu_counted {
    int32_t truth, label;
    uint64_t count; /* > 0 */
};
enum clu_status clu_contingency_of(struct clu_contingency *out, struct clu_counted *x, size_t n, size_t rows, size_t cols,
                                   struct clu_err *err);
void clu_contingency_clear(struct clu_contingency *t);

#endif
