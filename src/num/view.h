/* num/view.h - a table of numbers in memory: a reading window, and the storage behind it.
 *
 * Row-major, with a row stride. A view owns nothing and is passed by value; what it looks at must outlive it.
 * The numbers are double, or float where memory matters (--float32): exactly one of v and f is set. Algorithms
 * compute in double either way; float only says how the input is kept. */
#ifndef CLU_NUM_VIEW_H
#define CLU_NUM_VIEW_H

#include <stdbool.h>
#include <stddef.h>

struct clu_view {
    const double *v; /* [rows][ld], or NULL */
    const float *f;  /* [rows][ld], or NULL */
    size_t rows, cols;
    size_t ld; /* numbers from one row to the next, >= cols; less where rows overlap, as windows of a series do */
};

/* Storage with one owner: rows are appended, then looked at. {0} is an empty matrix. */
struct clu_mat {
    double *v; /* [cap][cols], or NULL */
    float *f;
    size_t rows, cols, cap;
};

static inline struct clu_view clu_mat_look(const struct clu_mat *m)
{
    return (struct clu_view){m->v, m->f, m->rows, m->cols, m->cols};
}

/* Room for at least rows rows in all (growing by half). 0, or -1 when memory is exhausted. */
int clu_mat_reserve(struct clu_mat *m, size_t rows, bool float32);
void clu_mat_clear(struct clu_mat *m);

static inline double clu_view_at(struct clu_view x, size_t i, size_t j)
{
    return x.v ? x.v[i * x.ld + j] : (double)x.f[i * x.ld + j];
}

/* Row i as doubles: a pointer into the view, or into buf[cols] when the view holds floats. */
const double *clu_view_row(struct clu_view x, size_t i, double *buf);

/* Every row to length 1, in place; safe from overflow. Returns the first row that has no direction (all zero), or rows. */
size_t clu_mat_unit_rows(struct clu_mat *m);

/* The largest |x| of the whole view, 0 when it is empty. O(rows cols). */
double clu_view_absmax(struct clu_view x);

#endif
