/* num/signed_rank.h - Wilcoxon's signed rank test of two paired samples, two-sided.
 *
 * Differences a - b of at most CLU_SIGNED_RANK_ZERO are left out; the others are ranked by magnitude, equal ones by their mid-rank. Two
 * magnitudes are equal when they differ by no more than the rounding of a and b explains, so that 0.3 - 0.2 ties with 0.2 - 0.1.
 * Up to CLU_SIGNED_RANK_EXACT differences p is exact, given the ties: of all 2^n signs, the share that is at least as far from the mean
 * (Lehmann 1975, chapter 3). Beyond, it is that of the normal distribution, corrected for ties and continuity, as wilcox.test() of R
 * has it. */
#ifndef CLU_NUM_SIGNED_RANK_H
#define CLU_NUM_SIGNED_RANK_H

#include "base/status.h"

#include <stddef.h>

#define CLU_SIGNED_RANK_ZERO 1e-8

/* n^3 / 4 additions: 0.03 s at 500. */
#define CLU_SIGNED_RANK_EXACT 500

struct clu_signed_rank {
    size_t pairs, nonzero; /* given; with a difference that counts */
    double plus, minus;    /* sums of the ranks of positive and of negative differences */
    double p;              /* 1 without any difference that counts */
    double median;         /* of the differences that count, 0 without any */
    double effect;         /* r = |z| / sqrt(nonzero), z the normal quantile of p / 2; with the sign of the median, or of plus - minus when
                              that is 0; 0 without any */
};

/* Of finite a[n] and b[n], in any order of the pairs. O(n log n), and n^3 / 4 where p is exact. CLU_SYSTEM: no memory (40 bytes a pair,
 * and 4 n^2 where p is exact). */
enum clu_status clu_signed_rank(struct clu_signed_rank *t, const double *a, const double *b, size_t n, struct clu_err *err);

#endif
