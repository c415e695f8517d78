/* num/square.h - dissimilarities that were read instead of computed: a square of n objects in memory.
 *
 * Kept as floats when they hold every value exactly (whole numbers, say), so that nothing is rounded; else as doubles. */
#ifndef CLU_NUM_SQUARE_H
#define CLU_NUM_SQUARE_H

#include "num/dist.h"

#include <stdbool.h>

struct clu_square {
    struct clu_dist dist; /* first: they are a source */
    float *f;             /* [n][n], row x: d(o, x) for every object o; or NULL. Owned, as v */
    double *v;            /* [n][n], or NULL */
    bool symmetric;
};

/* Takes v[n][n] over, row x holding d(o, x): allocated by clu_alloc and its like. O(n^2); memory 4 n^2 bytes more while floats are
 * made. A lack of memory for floats is no failure: then the doubles stay. */
void clu_square_init(struct clu_square *s, double *v, size_t n);

/* The same of a triangle v[n (n - 1) / 2] in the order (0, 1), (0, 2) ... (n - 2, n - 1), which is freed. False without memory; v
 * is freed then, too. */
bool clu_square_of_triangle(struct clu_square *s, double *v, size_t n);
void clu_square_clear(struct clu_square *s);

/* v[n][n] with rows and columns exchanged, in place. */
void clu_square_turn(double *v, size_t n);

#endif
