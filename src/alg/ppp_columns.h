/* alg/ppp_columns.h - the most separable set of columns: which of them show the clusters.
 *
 * 1. The score of a column: ppp on it alone; the sum over the splits that stand of (rows of the node / n) * -log10 of the split's score times d.
 * 2. The partition by the columns of positive score (by all when there is none).
 * 3. A column stays or enters when, given the partition, it separates at least one pair of neighbouring clusters by the valley test on the column
 *    alone, its score times (pairs tested * d) below alpha.
 * 4. 2 and 3 again until the set stands still, at most 5 times; then a column whose |rank correlation| with a better one exceeds 0.95
 *    inside the clusters is redundant.
 * Cost: d runs of ppp on one column, at most 6 on several. */
#ifndef CLU_ALG_PPP_COLUMNS_H
#define CLU_ALG_PPP_COLUMNS_H

#include "alg/ppp.h"

enum clu_ppp_column {
    CLU_PPP_CHOSEN = 0,
    CLU_PPP_FLAT,      /* it separates no two clusters */
    CLU_PPP_REDUNDANT  /* it says what a better one says: with */
};

struct clu_ppp_columns {
    size_t d, chosen;
    double *score;  /* [d] of each column alone; 0: one cluster */
    double *pair;   /* [d] least score of a pair of clusters on it, with its multiplicity; 1 when there was no pair */
    int *verdict;   /* [d] enum clu_ppp_column */
    size_t *with;   /* [d] the better column, SIZE_MAX when there is none */
    size_t *rank;   /* [d] columns, best first: chosen ones by score, then the others by score, then by number */
    struct clu_ppp fit; /* the partition by the chosen columns, in their order in the table */
};
enum clu_status clu_ppp_columns_fit(struct clu_ppp_columns *out, struct clu_view x, const struct clu_ppp_opt *opt,
                                    const struct clu_run *run, struct clu_err *err);
void clu_ppp_columns_clear(struct clu_ppp_columns *out);

#endif
