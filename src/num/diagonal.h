/* num/diagonal.h - what the kernels of warping paths get: the cells of one antidiagonal, which do not depend on each other.
 *
 * Cell q lies in row i0 + q and column j0 - q of the programme. Kernels handle a few cells at a time and read and write up to
 * CLU_DIAGONAL_PAD places behind the last one. */
#ifndef CLU_NUM_DIAGONAL_H
#define CLU_NUM_DIAGONAL_H

#include <stddef.h>
#include <stdint.h>

#define CLU_DIAGONAL_PAD 8

enum clu_diagonal_kind {
    CLU_DIAGONAL_MSM,
    CLU_DIAGONAL_SQUARES, /* dtw, ddtw, adtw */
    CLU_DIAGONAL_APART,   /* the same with l1 */
    CLU_DIAGONAL_WEIGHTED_SQUARES, /* wdtw */
    CLU_DIAGONAL_WEIGHTED_APART,
    CLU_DIAGONAL_TWE,
    CLU_DIAGONAL_ERP,
    CLU_DIAGONAL_MATCH, /* lcss, edr */
    CLU_DIAGONALS
};

struct clu_diagonal {
    size_t cells;
    const double *x, *y;          /* samples of each cell; those before them are at x - 1 and y + 1 */
    const double *from_x[2], *from_y[2]; /* twe, erp: [0] what a step along x (along y) costs. msm: the ends of what the difference y - x is
                                          * cut to, which then is what it costs but for the constant */
    const double *skew;           /* by i - j: wdtw the weight, twe 2 nu |i - j| */
    const double *diagonal, *up, *left; /* D of the neighbours of each cell */
    double *d;
    uint8_t *step;                /* 0: from the diagonal, 1: along x, 2 or 3: along y */
    double cost;                  /* msm; penalty of adtw, 0 for dtw; epsilon of lcss and edr */
    double hit, miss, aside;      /* lcss and edr: what a match, another pair, a step along x or y costs */
};

#endif
