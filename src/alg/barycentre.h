/* alg/barycentre.h - the mean of series under an elastic measure.
 *
 * dba         Petitjean, Ketterlin, Gancarski 2011: every sample of the centre becomes the mean of all samples that the optimal paths match with it
 * subgradient Schultz and Jain 2018: series in random order, c_t -= 2 eta sum over the matched of (c_t - x), eta falls from 0.05 to 0.005 in
 *             the first epoch and stays there; the best centre is kept
 * kasba       Holder, Bagnall, arXiv 2411.17838: the same step with eta = 0.05 exp(-0.1 epoch); all members in the first epoch, later a random
 *             half (at least 10); stops when the cost rises
 * All for any measure with a path (num/measure.h: all but sbd, gak, euclidean, manhattan; those two have the mean). The cost is the sum of squared
 * distances. Cost a pass: a path for each member. */
#ifndef CLU_ALG_BARYCENTRE_H
#define CLU_ALG_BARYCENTRE_H

#include "base/run.h"
#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

#include <stddef.h>
#include <stdint.h>

enum clu_barycentre_kind { CLU_BARYCENTRE_DBA = 0, CLU_BARYCENTRE_SUBGRADIENT, CLU_BARYCENTRE_KASBA };

struct clu_barycentre_opt {
    int kind;
    size_t max_iter; /* passes, epochs */
    double tol;      /* least relative improvement that counts */
};
#define CLU_BARYCENTRE_DEFAULT ((struct clu_barycentre_opt){.max_iter = 50, .tol = 1e-5})

/* center[channels][len] is the start and becomes the result; member[count] are series of x. Random orders by (seed of run, stream). *cost, or NULL:
 * the sum of squared distances to the result. The same for any number of threads. */
enum clu_status clu_barycentre_fit(double *center, size_t len, double *cost, const struct clu_series *x, const size_t *member, size_t count,
                                   const struct clu_measure *m, const struct clu_barycentre_opt *opt, uint64_t stream,
                                   const struct clu_run *run, struct clu_err *err);

#endif
