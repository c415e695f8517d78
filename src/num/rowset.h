/* num/rowset.h - which rows of a table are the same: a set of row numbers, compared by the rows' values (-0 is 0, NAN is NAN).
 * O(d) expected a row; memory 16 to 32 bytes for each row that the set may hold. */
#ifndef CLU_NUM_ROWSET_H
#define CLU_NUM_ROWSET_H

#include "num/view.h"

#include <stddef.h>

struct clu_rowset {
    struct clu_view x; /* borrowed */
    size_t *slot;      /* row + 1, 0 is free; owned */
    size_t slots, used;
    double *a, *b;     /* [d] rows being compared */
};

/* Room for most distinct rows. 0, or -1 when memory is exhausted: then there is nothing to clear. */
int clu_rowset_init(struct clu_rowset *set, struct clu_view x, size_t most);
void clu_rowset_clear(struct clu_rowset *set);

/* The row of these values that is in the set: an earlier one, or i itself, which is added then. */
size_t clu_rowset_add(struct clu_rowset *set, size_t i);

#endif
