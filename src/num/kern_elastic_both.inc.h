/* num/kern_elastic_both.inc.h - the kernels of elastic measures in doubles and in floats, and their tables. Only for num/kern_target.c. */
#ifndef CLU_NUM_KERN_ELASTIC_BOTH_INC_H
#define CLU_NUM_KERN_ELASTIC_BOTH_INC_H

#include "num/kern_vec.h"
#include "num/sweep.h"

#include <math.h>
#include <stdbool.h>

/* Rows at once: as many as hide the latency of sums, as few as leave the rows' constants in registers. Measured with AVX-512 for dtw (8
 * beats 6 and 4) and msm (6 beats 4), with AVX2 for dtw: in doubles 6 beats 4 and 8; in floats, which are fused, 8 beats 6 and 4. */
#if LANES64 == 8
#define ELASTIC_ROWS 6
#define ELASTIC_ROWS_DTW64 8
#define ELASTIC_ROWS_DTW32 8
#define ELASTIC_ROWS_MSM 6
#define ELASTIC_ROWS_TWE 6
#elif LANES64 == 4
#define ELASTIC_ROWS 4
#define ELASTIC_ROWS_DTW64 6
#define ELASTIC_ROWS_DTW32 8
#define ELASTIC_ROWS_MSM 4
#define ELASTIC_ROWS_TWE 4
#else
#define ELASTIC_ROWS 4
#define ELASTIC_ROWS_DTW64 4
#define ELASTIC_ROWS_DTW32 4
#define ELASTIC_ROWS_MSM 4
#define ELASTIC_ROWS_TWE 4
#endif

/* Loops over the registers of a block, as in num/kern_gauss.inc.h. */
#ifdef __clang__
#define ELASTIC_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ELASTIC_UNROLL _Pragma("GCC unroll 8")
#endif

#define ELASTIC_INLINE static inline __attribute__((always_inline))

#define T double
#define V vec64
#define LANES LANES64
#define FN(name) elastic64_##name
#define LOAD LOAD64
#define STORE STORE64
#define SET SET64
#define MIN MIN64
#define MAX MAX64
#define PICK PICK64
#define ABS ABS64
#define ELASTIC_FABS fabs
#define MADD MADD64
#define ELASTIC_FUSE 0 /* the same bits everywhere */
#define ELASTIC_ROWS_DTW ELASTIC_ROWS_DTW64
#define ELASTIC_MATCHES 1
#include "num/kern_elastic.inc.h"

#define T float
#define V vec32
#define LANES LANES32
#define FN(name) elastic32_##name
#define LOAD LOAD32
#define STORE STORE32
#define SET SET32
#define MIN MIN32
#define MAX MAX32
#define PICK PICK32
#define ABS ABS32
#define ELASTIC_FABS fabsf
#define MADD MADD32
#define ELASTIC_FUSE 1 /* which the promise for floats, 1e-5, leaves room for */
#define ELASTIC_ROWS_DTW ELASTIC_ROWS_DTW32
#define ELASTIC_MATCHES 0
#include "num/kern_elastic.inc.h"

#define ELASTIC_BOTH(bits, name) {elastic##bits##_##name, elastic##bits##_##name##_many}
#define ELASTIC_TABLE(bits) {                                                                                          \
        [CLU_SWEEP_MSM] = ELASTIC_BOTH(bits, msm), [CLU_SWEEP_DTW] = ELASTIC_BOTH(bits, dtw),                           \
        [CLU_SWEEP_DTW_L1] = ELASTIC_BOTH(bits, dtw_l1), [CLU_SWEEP_SYMMETRIC2] = ELASTIC_BOTH(bits, symmetric2),       \
        [CLU_SWEEP_SYMMETRIC2_L1] = ELASTIC_BOTH(bits, symmetric2_l1), [CLU_SWEEP_WDTW] = ELASTIC_BOTH(bits, wdtw),     \
        [CLU_SWEEP_WDTW_L1] = ELASTIC_BOTH(bits, wdtw_l1), [CLU_SWEEP_ADTW] = ELASTIC_BOTH(bits, adtw),                 \
        [CLU_SWEEP_ADTW_L1] = ELASTIC_BOTH(bits, adtw_l1), [CLU_SWEEP_TWE] = ELASTIC_BOTH(bits, twe),                   \
        [CLU_SWEEP_ERP] = ELASTIC_BOTH(bits, erp), [CLU_SWEEP_EUCLIDEAN] = {elastic##bits##_euclidean, elastic##bits##_euclidean}, \
        [CLU_SWEEP_MANHATTAN] = {elastic##bits##_manhattan, elastic##bits##_manhattan}, ELASTIC_TABLE_##bits}
#define ELASTIC_TABLE_64 [CLU_SWEEP_LCSS] = ELASTIC_BOTH(64, lcss), [CLU_SWEEP_EDR] = ELASTIC_BOTH(64, edr)
#define ELASTIC_TABLE_32 [CLU_SWEEP_LCSS] = {NULL, NULL}

#endif
