/* alg/gmm_hc.h - labels for the start of a mixture by model-based agglomeration (Banfield and Raftery, Biometrics 49, 1993; Fraley, SIAM J.
 * Sci. Comput. 20, 1998).
 *
 * On at most 2000 rows (alg/gmm_start.h), their columns brought to standard deviation 1. Single rows are first merged by Ward's
 * criterion (that of EII) to at most 100 groups (3 k when that is more), and these by the criterion of VVV: the pair whose merger
 * raises the sum of n log |W / n| least, where W / n of a group is drawn towards the mean variance within groups by as many rows as
 * there are columns, so that small groups have a determinant. Above 50 columns Ward's criterion does it all. One tree serves every k,
 * and every seed.
 * O(2000^2 d + groups^2 d^3). */
#ifndef CLU_ALG_GMM_HC_H
#define CLU_ALG_GMM_HC_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stddef.h>
#include <stdint.h>

struct clu_gmm_hc {
    size_t rows;      /* of the table */
    size_t *row;      /* [n] the rows of the sample */
    size_t n, groups;
    int32_t *group;   /* [n] 0..groups-1 after Ward's merges */
    int32_t *merge;   /* [groups - 1][2] in order: the second joins the first */
};
void clu_gmm_hc_clear(struct clu_gmm_hc *h);

/* The tree from at least k groups down. Rows of weight 0 and those that are away (NULL: none) are not in it. CLU_DATA when there are fewer than
 * k rows. */
enum clu_status clu_gmm_hc_grow(struct clu_gmm_hc *h, struct clu_view x, const double *w, const uint8_t *away, size_t k,
                                const struct clu_run *run, struct clu_err *err);

/* Cut it into k: label[rows], -1 for rows outside the sample. k <= groups. */
enum clu_status clu_gmm_hc_cut(const struct clu_gmm_hc *h, size_t k, int32_t *label, struct clu_err *err);

#endif
