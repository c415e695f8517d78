/* tab/codes.h - labels as codes: which of a column's cells are the same label.
 *
 * A label is a number, or a text by its level (tab/level.h); numbers are the same when they are equal, texts by their bytes. Codes
 * count from 0 by first appearance. A missing label has code -1. */
#ifndef CLU_TAB_CODES_H
#define CLU_TAB_CODES_H

#include "base/status.h"
#include "tab/level.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is empty; arrays owned. */
struct clu_codes {
    double *value;  /* [n] the label of each code */
    size_t n, cap;
    uint32_t *slot; /* [slots] code + 1, 0: free; slots is a power of two, at least twice n */
    size_t slots;
    int32_t *small; /* [CLU_CODES_SMALL] code + 1 of the whole numbers from 0, 0: none yet */
};
#define CLU_CODES_SMALL 4096 /* labels of clusters mostly are: a look-up that stays in the first-level cache */
void clu_codes_clear(struct clu_codes *c);

/* The code of each of x[0], x[stride] ... x[(n - 1) stride] into code[n]. O(n) expected. CLU_DATA for more than 2^31 - 1 labels. */
enum clu_status clu_codes_add(struct clu_codes *c, const double *x, size_t stride, size_t n, int32_t *code, struct clu_err *err);

/* The code of a label, -1 if it has none. */
int32_t clu_codes_find(const struct clu_codes *c, double x);

/* A division of objects into clusters 0..k-1, none empty, in the order of their labels: numbers, then texts by their bytes, then
 * the clusters of split objects. Arrays owned. */
struct clu_partition {
    size_t n, k;
    int32_t *label; /* [n] */
    double *value;  /* [k] the labels */
};
void clu_partition_clear(struct clu_partition *p);

/* From the codes of rows objects, of which those with keep[rows] = 1 count; theirs are not -1. With split every object of label 0 (noise) is
 * a cluster of its own. CLU_DATA for more than 2^31 - 1 clusters. */
enum clu_status clu_partition_make(struct clu_partition *out, const struct clu_codes *c, const struct clu_levels *level,
                                   const int32_t *code, const uint8_t *keep, size_t rows, bool split, struct clu_err *err);

#endif
