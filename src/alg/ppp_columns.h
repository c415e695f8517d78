/* alg/ppp_columns.h - the most separable set of columns: which of them show the clusters.
 *
 * 1. The score of a column: ppp on it alone; the sum over the splits that stand of (rows of the node / n) * -log10 of the split's score
 *    times d (nothing for a split where that is 1 or more).
 * 2. The partition by the columns of positive score (by all when there is none).
 * 3. A column stays or enters when, given the partition, it sets at least one pair of neighbouring clusters apart: a row of the one is beyond a row
 *    of the other with a chance of 0.714 at least (means 0.8 standard deviations apart, what Cohen 1988 calls large), and one of two scores,
 *    times (pairs * d), is below alpha:
 *      - the valley test on the column alone, of the 8 pairs farthest apart on it; when the partition was made of the column, of pairs
 *        with no other centre in the ball between them (a column cut in three has a gap between the outer parts);
 *      - rank sums (Mann and Whitney 1947), in a partition that the column had no part in: that of step 2 when the column is not in its
 *        set, else that of the set without it (of many such columns an eighth is left out at a time).
 *    The trough alone would miss columns: bench/RESULTS.md. Rank sums alone would keep noise that made a partition.
 *    At first a column may also hold in the partition by all columns, its score times 2: those with a score may be few.
 * 4. 2 and 3 again until the set stands still, at most 5 times; then a column whose |rank correlation| with a better one exceeds 0.95
 *    inside the clusters is redundant. (Columns that are constant within every cluster have no such correlation.)
 * The result is a function of the multiset of rows, the same bytes for every number of threads.
 * Cost: d runs of ppp on one column, at most 7 on several and 48 on parts of those; memory of the fit, and 8 n for each column chosen. */
#ifndef CLU_ALG_PPP_COLUMNS_H
#define CLU_ALG_PPP_COLUMNS_H

#include "alg/ppp.h"

enum clu_ppp_column {
    CLU_PPP_CHOSEN = 0,
    CLU_PPP_FLAT,      /* it separates no two clusters */
    CLU_PPP_REDUNDANT  /* it says what a better one says: with */
};

/* Arrays owned. */
struct clu_ppp_columns {
    size_t d, chosen;
    double *score;  /* [d] of each column alone; 0: one cluster */
    double *pair;   /* [d] least score of a pair of clusters on it, with its multiplicity, at most 1; 1 when no pair is apart */
    int *verdict;   /* [d] enum clu_ppp_column */
    size_t *with;   /* [d] the better column, SIZE_MAX when there is none */
    size_t *rank;   /* [d] columns, best first: chosen ones by score, then the others by score, then by number */
    struct clu_ppp fit; /* the partition by the chosen columns, in their order in the table; by all when none is chosen */
};

/* x: as for clu_ppp_fit(), at least one column; constant ones are fine. Errors as there. */
enum clu_status clu_ppp_columns_fit(struct clu_ppp_columns *out, struct clu_view x, const struct clu_ppp_opt *opt,
                                    const struct clu_run *run, struct clu_err *err);
void clu_ppp_columns_clear(struct clu_ppp_columns *out);

#endif
