/* alg/regime.h - regimes of a multivariate time series that differ in the correlations of its variates alone.
 *
 * Every regime is a normal distribution of mean zero; the series stays in one for a while and changes at a price. Rows are normal scores
 * (clu_coded_scores), so that marginal distributions do not matter. Given labels to begin with, in turn
 *     a covariance matrix for every regime, of its rows about zero, plus ridge on the diagonal;
 *     the sequence of regimes of least sum of x' S^-1 x + log det S and beta for every change (alg/viterbi.h),
 * until no label changes (or the sum falls no more). Then the two regimes that differ least become one, if that is less than merge, and so on, and
 * the iteration continues. At last runs shorter than min_length go to a neighbour. Regimes without rows are dropped on the way.
 * The method is that of hidden Markov models by hard assignment (Rabiner, Proc. IEEE 77, 1989, section VI.F on segmental k-means), with one price
 * for all changes, as in TICC (Hallac et al., KDD 2017).
 * Cost: O(n k d^2) an iteration, of which there are few; memory 4 n twice, and n k bits. The same for every number of threads. */
#ifndef CLU_ALG_REGIME_H
#define CLU_ALG_REGIME_H

#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_regime_opt {
    double beta, ridge; /* ridge > 0: variates may be copies of each other */
    double merge;       /* regimes are one whose correlations all differ by less, or by up to 2 / sqrt(rows of the smaller) more; 0: none are */
    size_t min_length, max_iter;
};

struct clu_regimes {
    size_t n, d, k;
    int32_t *label;     /* [n] 0 .. k - 1 by first appearance; owned, as the rest */
    double *covariance; /* [k][d][d], the ridge included */
    int32_t *from;      /* [k] the label that it began as */
    double cost;        /* the sum that was lowered, before short runs went */
    size_t iterations;
    bool converged;
};
void clu_regimes_clear(struct clu_regimes *r);

/* x[n][d]: n >= 1, finite; start[n]: 0 .. k - 1. */
enum clu_status clu_regimes_fit(struct clu_regimes *out, struct clu_view x, const int32_t *start, size_t k, const struct clu_regime_opt *opt,
                                const struct clu_run *run, struct clu_err *err);

/* Regimes that are known: covariance[k][d][d], positive definite with the ridge added (which they have already: pass 0) or CLU_DATA. Those that
 * no row has are dropped. */
enum clu_status clu_regimes_assign(struct clu_regimes *out, struct clu_view x, const double *covariance, size_t k,
                                   const struct clu_regime_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
