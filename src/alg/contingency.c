/* Sections: dense, sparse, table, from groups. */
#include "alg/contingency.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

#define DENSE ((size_t)1 << 20) /* cells of 8 bytes: a second-level cache; beyond that sorting is quicker than random access */

static bool take_cells(struct clu_contingency *t, size_t cells)
{
    t->col = clu_alloc(cells, sizeof *t->col);
    t->count = clu_alloc(cells, sizeof *t->count);
    return t->col && t->count;
}

/* --- dense: a counter for every cell --- */

static bool count_dense(struct clu_contingency *t, const int32_t *truth, const int32_t *label)
{
    size_t all = t->rows * t->cols, cells = 0;
    uint64_t *cell = clu_calloc(all, sizeof *cell);

    if (!cell)
        return false;
    for (size_t x = 0; x < t->n; x++)
        cell[(size_t)truth[x] * t->cols + (size_t)label[x]]++;
    for (size_t c = 0; c < all; c++)
        cells += cell[c] > 0;
    bool good = take_cells(t, cells);
    for (size_t i = 0, at = 0; i < t->rows && good; i++) {
        for (size_t j = 0; j < t->cols; j++) {
            uint64_t count = cell[i * t->cols + j];
            if (count == 0)
                continue;
            t->col[at] = (int32_t)j;
            t->count[at++] = count;
        }
        t->start[i + 1] = at;
    }
    clu_free(cell);
    return good;
}

/* --- sparse: sorted by column, then, stably, by row --- */

/* at[k + 1]: where the objects of each label begin, moved up by one place. */
static void begins(size_t *at, size_t k, const uint64_t *sum)
{
    at[0] = 0;
    for (size_t i = 0; i < k; i++)
        at[i + 1] = at[i] + (size_t)sum[i];
}

/* Cells of the rows whose columns lie sorted in by_row[n]; with t->col only counted into start[]. */
static void take_runs(struct clu_contingency *t, const int32_t *by_row)
{
    size_t cells = 0, x = 0;

    for (size_t i = 0; i < t->rows; i++) {
        size_t end = x + (size_t)t->row_sum[i];
        while (x < end) {
            size_t from = x;
            while (x < end && by_row[x] == by_row[from])
                x++;
            if (t->col) {
                t->col[cells] = by_row[from];
                t->count[cells] = x - from;
            }
            cells++;
        }
        t->start[i + 1] = cells;
    }
}

static bool count_sparse(struct clu_contingency *t, const int32_t *truth, const int32_t *label)
{
    size_t n = (size_t)t->n, most = t->rows > t->cols ? t->rows : t->cols;
    int32_t *by_col = clu_alloc(n, sizeof *by_col), *by_row = clu_alloc(n, sizeof *by_row);
    size_t *at = clu_alloc(most + 1, sizeof *at);
    bool good = by_col && by_row && at;

    if (good) {
        begins(at, t->cols, t->col_sum);
        for (size_t x = 0; x < n; x++)
            by_col[at[label[x]]++] = truth[x];
        begins(at, t->rows, t->row_sum);
        size_t x = 0;
        for (size_t j = 0; j < t->cols; j++)
            for (uint64_t of = 0; of < t->col_sum[j]; of++)
                by_row[at[by_col[x++]]++] = (int32_t)j;
        take_runs(t, by_row);
        good = take_cells(t, t->start[t->rows]);
    }
    if (good)
        take_runs(t, by_row);
    clu_free(by_col);
    clu_free(by_row);
    clu_free(at);
    return good;
}

/* --- table --- */

void clu_contingency_clear(struct clu_contingency *t)
{
    clu_free(t->start);
    clu_free(t->col);
    clu_free(t->count);
    clu_free(t->row_sum);
    clu_free(t->col_sum);
    *t = (struct clu_contingency){0};
}

enum clu_status clu_contingency_count(struct clu_contingency *out, const int32_t *truth, const int32_t *label, size_t n,
                                      size_t rows, size_t cols, struct clu_err *err)
{
    *out = (struct clu_contingency){.n = n, .rows = rows, .cols = cols};
    out->start = clu_calloc(rows + 1, sizeof *out->start);
    out->row_sum = clu_calloc(rows, sizeof *out->row_sum);
    out->col_sum = clu_calloc(cols, sizeof *out->col_sum);
    bool good = out->start && out->row_sum && out->col_sum;

    for (size_t x = 0; x < n && good; x++) {
        out->row_sum[truth[x]]++;
        out->col_sum[label[x]]++;
    }
    if (good)
        good = cols <= DENSE / rows ? count_dense(out, truth, label) : count_sparse(out, truth, label);
    if (good)
        return CLU_OK;
    clu_contingency_clear(out);
    return clu_fail_memory(err);
}

/* --- from groups --- */

static int by_cell(const void *a, const void *b)
{
    const struct clu_counted *x = a, *y = b;
    if (x->truth != y->truth)
        return x->truth < y->truth ? -1 : 1;
    return (x->label > y->label) - (x->label < y->label);
}

enum clu_status clu_contingency_of(struct clu_contingency *out, struct clu_counted *x, size_t n, size_t rows, size_t cols,
                                   struct clu_err *err)
{
    size_t cells = 0;

    *out = (struct clu_contingency){.rows = rows, .cols = cols};
    out->start = clu_calloc(rows + 1, sizeof *out->start);
    out->row_sum = clu_calloc(rows, sizeof *out->row_sum);
    out->col_sum = clu_calloc(cols, sizeof *out->col_sum);
    if (!out->start || !out->row_sum || !out->col_sum || !take_cells(out, n)) {
        clu_contingency_clear(out);
        return clu_fail_memory(err);
    }
    qsort(x, n, sizeof *x, by_cell);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || by_cell(&x[i - 1], &x[i]) != 0) {
            out->col[cells] = x[i].label;
            out->count[cells++] = 0;
        }
        out->count[cells - 1] += x[i].count;
        out->start[x[i].truth + 1] = cells;
        out->row_sum[x[i].truth] += x[i].count;
        out->col_sum[x[i].label] += x[i].count;
        out->n += x[i].count;
    }
    return CLU_OK;
}
