#include "num/view.h"

#include "base/mem.h"

#include <math.h>

int clu_mat_reserve(struct clu_mat *m, size_t rows, bool float32)
{
    if (rows <= m->cap)
        return 0;
    size_t more = m->cap + m->cap / 2;
    size_t want = rows > more ? rows : more;
    size_t size = float32 ? sizeof *m->f : sizeof *m->v;
    size_t row;
    if (__builtin_mul_overflow(m->cols, size, &row))
        return -1;

    void *grown = clu_realloc(float32 ? (void *)m->f : (void *)m->v, want, row);
    if (!grown)
        return -1;
    if (float32)
        m->f = grown;
    else
        m->v = grown;
    m->cap = want;
    return 0;
}

void clu_mat_clear(struct clu_mat *m)
{
    clu_free(m->v);
    clu_free(m->f);
    *m = (struct clu_mat){0};
}

const double *clu_view_row(struct clu_view x, size_t i, double *buf)
{
    if (x.v)
        return x.v + i * x.ld;
    const float *row = x.f + i * x.ld;
    for (size_t j = 0; j < x.cols; j++)
        buf[j] = row[j];
    return buf;
}

double clu_view_absmax(struct clu_view x)
{
    double max = 0;
    for (size_t i = 0; i < x.rows; i++) {
        if (x.v) {
            const double *row = x.v + i * x.ld;
            for (size_t j = 0; j < x.cols; j++)
                max = fabs(row[j]) > max ? fabs(row[j]) : max;
        } else {
            const float *row = x.f + i * x.ld;
            float m = 0;
            for (size_t j = 0; j < x.cols; j++)
                m = fabsf(row[j]) > m ? fabsf(row[j]) : m;
            max = m > max ? m : max;
        }
    }
    return max;
}
