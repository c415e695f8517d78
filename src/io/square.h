/* io/square.h - is a table a square of dissimilarities?
 *
 * Row o, column x holds d(o served, x candidate); it may differ from d(x, o). Read it with nonnegative set and missing values
 * refused. */
#ifndef CLU_IO_SQUARE_H
#define CLU_IO_SQUARE_H

#include "base/status.h"
#include "tab/table.h"

/* CLU_DATA "150 rows, but 149 columns: a square of distances is needed" (with a hint when there is one column more), "row 3: the
 * distance to itself is not 0". */
enum clu_status clu_square_check(const struct clu_table *t, struct clu_err *err);

#endif
