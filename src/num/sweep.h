/* num/sweep.h - one series against a group of others, which stand in the lanes of a vector: what the kernels of elastic measures get.
 *
 * Vectors hold 2 to 8 doubles or 4 to 16 floats ("numbers"; clu_kern()->lanes64, lanes32). Everything has CLU_SWEEP_PAD places more before
 * its first one and behind its last, zeros in samples: kernels sweep several rows at once and read beyond the ends. */
#ifndef CLU_NUM_SWEEP_H
#define CLU_NUM_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

/* The most rows that a kernel sweeps at once. */
#define CLU_SWEEP_PAD 8

enum clu_sweep_kind {
    CLU_SWEEP_MSM,
    CLU_SWEEP_DTW,
    CLU_SWEEP_DTW_L1,
    CLU_SWEEP_SYMMETRIC2,
    CLU_SWEEP_SYMMETRIC2_L1,
    CLU_SWEEP_WDTW,
    CLU_SWEEP_WDTW_L1,
    CLU_SWEEP_ADTW,
    CLU_SWEEP_ADTW_L1,
    CLU_SWEEP_TWE,
    CLU_SWEEP_ERP,
    CLU_SWEEP_LCSS, /* this and the next in doubles alone: a match is a matter of the last bit */
    CLU_SWEEP_EDR,
    CLU_SWEEP_EUCLIDEAN, /* not swept, but summed */
    CLU_SWEEP_MANHATTAN,
    CLU_SWEEPS
};

/* Pointers are to the places of row 0 and column 0, and are aligned to vectors where there are lanes. */
struct clu_sweep {
    size_t rows, cols;    /* samples of the one series, of the longest of the group */
    size_t channels;      /* that share the path */
    const void *x;        /* [channels][rows], x_step numbers from channel to channel */
    const void *y;        /* [channels][cols][lanes], y_step numbers from channel to channel */
    const void *aux[2];   /* [cols][lanes]: msm of one channel: -max(0, step) and -min(0, step), of several: |step|; twe: (|step| + nu) +
                             lambda; erp: to the gap */
    size_t x_step, y_step;
    const ptrdiff_t *first, *from, *to, *last; /* [rows] columns, -1 for the border: from first to last some lanes count, from .. to all */
    bool whole;             /* no window: all columns count, in all lanes and rows */
    bool mixed;             /* first and from, or to and last, differ somewhere */
    const void *low, *high; /* [1 + rows][lanes], from row -1: the columns that count in each lane; as numbers */
    const void *offset;   /* by i - j, from the middle: twe 2 nu |i - j|; wdtw its weight, [lanes] */
    const void *epsilon;  /* lcss, edr: [channels][lanes] */
    double cost, nu, lambda; /* cost: of msm; penalty of adtw; gap of erp */
    void *d;              /* [cols][lanes]: row 0 .. of the programme, and at the end its last row */
};

#endif
