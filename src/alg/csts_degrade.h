/* alg/csts_degrade.h - clusterings that are wrong to a known degree: 22 of each of three kinds.
 *
 *     wrong-clusters              some segments have the pattern of another one
 *     shifted-end-idx             all boundaries are moved to the right by the same number of rows
 *     shifted-and-wrong-cluster   both
 *
 * By the draws of Python's random, as published; see num/mt19937. Source: Degen et al. 2025, arXiv 2505.14596. */
#ifndef CLU_ALG_CSTS_DEGRADE_H
#define CLU_ALG_CSTS_DEGRADE_H

#include "alg/csts_label.h"

enum clu_csts_degradation { CLU_CSTS_WRONG = 0, CLU_CSTS_SHIFTED, CLU_CSTS_BOTH, CLU_CSTS_DEGRADATIONS };

extern const char *const clu_csts_degradation[CLU_CSTS_DEGRADATIONS]; /* their published names */

#define CLU_CSTS_DEGRADED 22 /* of each kind */

struct clu_csts_degrade {
    uint32_t seed;  /* of the choice of segments and patterns: 666 in the exploratory split, 2122 in the other, of their reduced sets 777
                       and 1981 */
    uint32_t row;   /* of the subject in the run table: 29 - n */
    uint32_t wrong[CLU_CSTS_DEGRADED], shift[CLU_CSTS_DEGRADED];           /* how many segments, how many rows: ascending */
    uint32_t both_wrong[CLU_CSTS_DEGRADED], both_shift[CLU_CSTS_DEGRADED];
};

/* Draw the degrees from seed and row. CLU_DATA: fewer than 22 segments, fewer than two patterns. */
enum clu_status clu_csts_degrade_draw(struct clu_csts_degrade *g, const struct clu_csts_labels *truth, struct clu_err *err);

/* Clustering p of a kind, without correlations (but those that the truth has, where boundaries stay). Shifting may leave fewer
 * segments: the first one that would end fewer than three rows before the end of the data becomes the last. */
enum clu_status clu_csts_degrade_make(struct clu_csts_labels *out, const struct clu_csts_degrade *g, enum clu_csts_degradation kind,
                                      size_t p, const struct clu_csts_labels *truth, struct clu_err *err);

#endif
