/* The distances of all pairs, each once. */
#include "num/condensed.h"

#include "base/mem.h"

#include <string.h>

/* To the objects before x the places go down a column, each row of which is an element shorter; from x on along a row. */
static void row(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out)
{
    const struct clu_condensed *c = (const struct clu_condensed *)(const void *)self;
    size_t n = c->dist.n, o = lo;

    if (o < x) {
        size_t at = clu_condensed_place(n, o, x);
        for (; o < hi && o < x; o++) {
            *out++ = c->v ? c->v[at] : (double)c->f[at];
            at += n - o - 2;
        }
    }
    if (o == x && o < hi) {
        *out++ = 0;
        o++;
    }
    if (o >= hi)
        return;
    size_t at = clu_condensed_place(n, x, o);
    if (c->v)
        memcpy(out, c->v + at, (hi - o) * sizeof *out);
    else
        for (; o < hi; o++)
            *out++ = (double)c->f[at++];
}

static size_t pairs_of(size_t n)
{
    return n < 2 ? 0 : n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

enum clu_status clu_condensed_init(struct clu_condensed *c, size_t n, bool float32, struct clu_err *err)
{
    size_t pairs = pairs_of(n);

    *c = (struct clu_condensed){.dist = {.n = n, .row = row}};
    if (float32)
        c->f = clu_alloc_aligned(pairs, sizeof *c->f);
    else
        c->v = clu_alloc_aligned(pairs, sizeof *c->v);
    return c->v || c->f ? CLU_OK : clu_fail_memory(err);
}

void clu_condensed_take(struct clu_condensed *c, double *v, size_t n)
{
    *c = (struct clu_condensed){.dist = {.n = n, .row = row}, .v = v};
}

void clu_condensed_clear(struct clu_condensed *c)
{
    clu_free(c->v);
    clu_free(c->f);
    *c = (struct clu_condensed){0};
}

bool clu_condensed_fits_floats(const struct clu_condensed *c)
{
    size_t pairs = pairs_of(c->dist.n);

    for (size_t i = 0; c->v && i < pairs; i++)
        if ((double)(float)c->v[i] != c->v[i])
            return false;
    return true;
}

double clu_condensed_bytes(size_t n, bool float32)
{
    return (double)n * ((double)n - 1) / 2 * (float32 ? sizeof(float) : sizeof(double));
}
