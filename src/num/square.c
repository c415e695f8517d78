#include "num/square.h"

#include "base/mem.h"

#include <string.h>

static void row(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out)
{
    const struct clu_square *s = (const void *)self;

    if (s->v)
        memcpy(out, s->v + x * s->dist.n + lo, (hi - lo) * sizeof *out);
    else
        for (size_t o = lo; o < hi; o++)
            out[o - lo] = (double)s->f[x * s->dist.n + o];
}

static bool is_symmetric(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (v[i * n + j] != v[j * n + i])
                return false;
    return true;
}

static bool fit_floats(const double *v, size_t cells)
{
    for (size_t i = 0; i < cells; i++)
        if ((double)(float)v[i] != v[i])
            return false;
    return true;
}

void clu_square_init(struct clu_square *s, double *v, size_t n)
{
    size_t cells = n * n; /* no overflow: they are there */

    *s = (struct clu_square){.dist = {.n = n, .row = row}, .v = v, .symmetric = is_symmetric(v, n)};
    if (!fit_floats(v, cells) || !(s->f = clu_alloc_aligned(cells, sizeof *s->f)))
        return;
    for (size_t i = 0; i < cells; i++)
        s->f[i] = (float)v[i];
    clu_free(v);
    s->v = NULL;
}

bool clu_square_of_triangle(struct clu_square *s, double *v, size_t n)
{
    size_t cells = n * (n - 1) / 2, at = 0; /* no overflow: they are there */

    *s = (struct clu_square){.dist = {.n = n, .row = row}, .symmetric = true};
    if (fit_floats(v, cells))
        s->f = clu_alloc_aligned(n, n * sizeof *s->f);
    else
        s->v = clu_alloc_aligned(n, n * sizeof *s->v);
    for (size_t i = 0; i < n && (s->f || s->v); i++) {
        if (s->f)
            s->f[i * n + i] = 0;
        else
            s->v[i * n + i] = 0;
        for (size_t j = i + 1; j < n; j++, at++)
            if (s->f)
                s->f[i * n + j] = s->f[j * n + i] = (float)v[at];
            else
                s->v[i * n + j] = s->v[j * n + i] = v[at];
    }
    clu_free(v);
    return s->f || s->v;
}

void clu_square_clear(struct clu_square *s)
{
    clu_free(s->f);
    clu_free(s->v);
    *s = (struct clu_square){0};
}

void clu_square_turn(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double t = v[i * n + j];
            v[i * n + j] = v[j * n + i];
            v[j * n + i] = t;
        }
}
