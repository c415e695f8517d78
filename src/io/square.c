#include "io/square.h"

enum clu_status clu_square_check(const struct clu_table *t, struct clu_err *err)
{
    size_t n = t->x.rows, cols = t->x.cols;
    struct clu_view x = clu_mat_look(&t->x);

    if (n != cols)
        return clu_fail(err, CLU_DATA, "%zu row%s, but %zu column%s: a square of distances is needed%s", n, n == 1 ? "" : "s",
                        cols, cols == 1 ? "" : "s", cols == n + 1   ? " (are names in the first column? see -i)"
                        : n == cols + 1 ? " (is the first line a header? see -H)"
                                        : "");
    for (size_t i = 0; i < n; i++)
        if (clu_view_at(x, i, i) != 0)
            return clu_fail(err, CLU_DATA, "row %zu: the distance to itself is not 0", i + 1);
    return CLU_OK;
}
