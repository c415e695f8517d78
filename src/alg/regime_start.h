/* alg/regime_start.h - labels that regimes begin with: correlations in windows, and clusters of those.
 *
 * Windows of equal length follow each other (the last one takes what is left over); each is a vector of the Pearson correlations of its
 * rows, pair by pair, in the order of the upper triangle; 0 where a variate does not vary. */
#ifndef CLU_ALG_REGIME_START_H
#define CLU_ALG_REGIME_START_H

#include "alg/csts_pattern.h"
#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stddef.h>
#include <stdint.h>

/* Patterns: the nearest relaxed pattern by the sum of absolute differences (of equals the first). Density: a window with the most others
 * within a radius, in all correlations, is a centre, and these others are its; then the same of what is left, until less than one window of 1000
 * is within the radius; every window goes to the nearest centre. The number of regimes is found. O(windows^2); of more than 5,000 windows
 * centres are sought among so many. K-means: ten starts of alg/kmeans. */
enum clu_regime_how { CLU_REGIME_PATTERNS = 0, CLU_REGIME_DENSITY, CLU_REGIME_KMEANS };

struct clu_regime_start {
    int how;       /* enum clu_regime_how */
    size_t window; /* rows, >= 1 */
    const struct clu_csts_patterns *patterns; /* of x.cols variates */
    double radius; /* density */
    size_t k;      /* k-means: asked for */
};

/* label[x.rows] 0 .. *k - 1: patterns as they are in the list, others by first appearance. CLU_DATA: fewer windows than k, as k-means says it. */
enum clu_status clu_regime_start(int32_t *label, size_t *k, struct clu_view x, const struct clu_regime_start *how, const struct clu_run *run,
                                 struct clu_err *err);

#endif
