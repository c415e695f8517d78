/* num/median.h - the median of a sample. */
#ifndef CLU_NUM_MEDIAN_H
#define CLU_NUM_MEDIAN_H

#include <stddef.h>

/* Of v[n], finite, which is sorted; 0 without any. O(n log n). */
double clu_median(double *v, size_t n);

#endif
