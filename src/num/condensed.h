/* num/condensed.h - the distances of all pairs of n objects, each once: a triangle in memory, 4 or 8 bytes a pair.
 *
 * The order of R's dist() and scipy's pdist(): (0, 1), (0, 2) ... (0, n-1), (1, 2) ... Counts are 64-bit, so that n beyond 46341 is
 * as good as any. */
#ifndef CLU_NUM_CONDENSED_H
#define CLU_NUM_CONDENSED_H

#include "base/status.h"
#include "num/dist.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_condensed {
    struct clu_dist dist; /* first: they are a source */
    double *v;            /* [n (n - 1) / 2], or NULL. Owned, as f */
    float *f;             /* the same in floats, or NULL */
};

/* Where the pair i < j stands. */
static inline size_t clu_condensed_place(size_t n, size_t i, size_t j)
{
    return i * (2 * n - i - 1) / 2 + (j - i - 1);
}

static inline double clu_condensed_at(const struct clu_condensed *c, size_t i, size_t j)
{
    if (i == j)
        return 0;
    size_t at = i < j ? clu_condensed_place(c->dist.n, i, j) : clu_condensed_place(c->dist.n, j, i);
    return c->v ? c->v[at] : (double)c->f[at];
}

/* Room for the pairs of n objects, not set. CLU_SYSTEM without memory. */
enum clu_status clu_condensed_init(struct clu_condensed *c, size_t n, bool float32, struct clu_err *err);

/* Takes v[n (n - 1) / 2] over. */
void clu_condensed_take(struct clu_condensed *c, double *v, size_t n);
void clu_condensed_clear(struct clu_condensed *c);

/* Do floats hold all of its numbers exactly: floats, or whole numbers, say? */
bool clu_condensed_fits_floats(const struct clu_condensed *c);

/* Bytes that it takes. */
double clu_condensed_bytes(size_t n, bool float32);

#endif
