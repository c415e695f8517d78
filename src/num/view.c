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

static bool unit_row(double *v, size_t n)
{
    double max = 0, sum = 0;
    int e;

    for (size_t j = 0; j < n; j++)
        max = fabs(v[j]) > max ? fabs(v[j]) : max;
    if (max == 0)
        return false;
    (void)frexp(max, &e);
    for (size_t j = 0; j < n; j++) {
        v[j] = ldexp(v[j], -e);
        sum += v[j] * v[j];
    }
    for (size_t j = 0; j < n; j++)
        v[j] /= sqrt(sum);
    return true;
}

size_t clu_mat_unit_rows(struct clu_mat *m)
{
    for (size_t i = 0; i < m->rows; i++) {
        if (m->v) {
            if (!unit_row(m->v + i * m->cols, m->cols))
                return i;
            continue;
        }
        float *f = m->f + i * m->cols;
        double sum = 0; /* squares of floats neither overflow nor vanish in double */
        for (size_t j = 0; j < m->cols; j++)
            sum += (double)f[j] * f[j];
        if (sum == 0)
            return i;
        for (size_t j = 0; j < m->cols; j++)
            f[j] = (float)(f[j] / sqrt(sum));
    }
    return m->rows;
}
