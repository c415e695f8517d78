/* num/nearest.h - the nearest of k centres for many points: fast kernels propose, one evaluation decides.
 *
 * A kernel computes |c|^2 - 2 x.c with FMA in an order of its own, about the middle of the data. Its winner stands when
 * it wins by more than the rounding bound of kernel and canonical evaluation together; otherwise the canonical squared
 * distances (num/kern.h: sqdist) decide, ties to the lowest centre. So the answer is that of plain double loops, on
 * every target. The float kernel, twice as fast, is asked first; when it leaves too many points of a tile open, as
 * with outliers that spoil its resolution, the double kernel is asked, and for a while it alone.
 * With factors the contest is about factor[j] * |x - c_j|^2 (the exchange gain of Hartigan's method).
 * Bound: sums of d + 8 rounded terms, each at most (|x| + |c|)^2 (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1), with a factor of two to spare.
 * Cost: 2 d k flops a point; O(k d) memory. */
#ifndef CLU_NUM_NEAREST_H
#define CLU_NUM_NEAREST_H

#include "base/status.h"
#include "num/kern.h"
#include "num/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_nearest {
    const struct clu_space *space; /* borrowed */
    const double *center;          /* [k][d] in the space's coordinates, borrowed from the last set */
    const double *factor;          /* [k] or NULL, borrowed likewise */
    size_t k, d, width;            /* width: d, one more with factors */
    bool factored;
    double *packed;                /* [k/BLOCK][width][BLOCK], owned */
    double *offset;                /* [k padded], owned */
    float *packed32, *offset32;    /* the same as floats, in one block of memory */
    double scale;                  /* a power of two that the kernels' coordinates are multiplied by */
    double reach;                  /* no centre is farther than this from the middle */
    double factor_max;
};

enum clu_status clu_nearest_init(struct clu_nearest *n, const struct clu_space *space, size_t k, bool factored,
                                 struct clu_err *err);
void clu_nearest_clear(struct clu_nearest *n);

/* Take all centres; center and factor must stay as they are while the search is used. O(k d). */
void clu_nearest_set(struct clu_nearest *n, const double *center, const double *factor);

/* Centre j has changed in place. O(d). */
void clu_nearest_put(struct clu_nearest *n, size_t j);

/* Answers for one tile of points, and the scratch for it; one for each thread. */
struct clu_tile {
    int32_t which[CLU_KERN_TILE];
    double *best;                 /* [TILE] (factored) squared distance to which, within err */
    double *second;               /* [TILE] the same of the nearest other centre; HUGE_VAL when there is none */
    double err[CLU_KERN_TILE];
    int distrust, skip;           /* of the float kernel: tiles to do without it, next time and now */
    uint64_t resolved;            /* points so far that the canonical evaluation had to decide */
    double *x;                    /* [d + 1][TILE], owned */
    float *x32;                   /* the same */
    double *norm;                 /* [TILE] */
    double *row;                  /* [d] */
};
enum clu_status clu_tile_init(struct clu_tile *t, size_t d, struct clu_err *err);
void clu_tile_clear(struct clu_tile *t);

/* Rows first .. first + count - 1 of the space, or of the list index: count <= CLU_KERN_TILE. */
void clu_nearest_find(const struct clu_nearest *n, struct clu_tile *t, const size_t *index, size_t first,
                      size_t count);

#endif
