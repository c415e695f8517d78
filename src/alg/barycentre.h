/* alg/barycentre.h - the mean of series under an elastic measure.
 *
 * dba         Petitjean, Ketterlin, Gancarski, Pattern Recognition 44 (2011): every sample of the centre becomes the mean of all
 *             samples that the optimal paths match with it
 * subgradient Schultz and Jain, Pattern Recognition 74 (2018): series in random order, c_t -= 2 eta sum over the matched of
 *             (c_t - x), eta falls from 0.05 to 0.005 in the first epoch and stays there; ends after 3 epochs that were no
 *             improvement
 * kasba       Holder, Bagnall, arXiv 2411.17838: the same step with eta = 0.05 exp(-0.1 epoch); all members in the first epoch,
 *             later a random half (at least 10)
 * The best centre is kept. dba and kasba end when the cost no longer falls by more than tol times itself. The cost is the sum of
 * squared distances. Missing samples of members do not count.
 * For any measure with a path (num/elastic_path.h); under euclidean and manhattan it is the arithmetic mean, of series of equal
 * length. Cost a pass: a path and a distance for each member. Memory: a copy of the members. */
#ifndef CLU_ALG_BARYCENTRE_H
#define CLU_ALG_BARYCENTRE_H

#include "base/run.h"
#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_barycentre_kind { CLU_BARYCENTRE_DBA = 0, CLU_BARYCENTRE_SUBGRADIENT, CLU_BARYCENTRE_KASBA };

struct clu_barycentre_opt {
    int kind;
    size_t max_iter; /* passes, epochs */
    double tol;      /* least relative improvement that counts */
};
#define CLU_BARYCENTRE_DEFAULT ((struct clu_barycentre_opt){.max_iter = 50, .tol = 1e-5})

/* center[channels][len] is the start and becomes the result; member[count] are series of x. Random orders by (seed of run, stream).
 * *cost, or NULL: the sum of squared distances to the result. The same for any number of threads. CLU_USAGE "sbd has no barycentre"
 * (and gak, softdtw); CLU_DATA as clu_series_cross(). */
enum clu_status clu_barycentre_fit(double *center, size_t len, double *cost, const struct clu_series *x, const size_t *member, size_t count,
                                   const struct clu_measure *m, const struct clu_barycentre_opt *opt, uint64_t stream,
                                   const struct clu_run *run, struct clu_err *err);

/* For algorithms that are built on it: the memory of one barycentre after another, of series of x, with centres up to longest samples. set, or
 * NULL: distances from x that are shared (alg/series_cross.h). All but out is borrowed. A room serves one caller at a time. */
struct clu_barycentre_room;
struct clu_cross;
enum clu_status clu_barycentre_room_init(struct clu_barycentre_room **out, const struct clu_series *x, size_t longest,
                                         const struct clu_cross *set, const struct clu_measure *m, const struct clu_barycentre_opt *opt,
                                         const struct clu_run *run, struct clu_err *err);
void clu_barycentre_room_free(struct clu_barycentre_room *r); /* NULL is fine */

/* As clu_barycentre_fit() of the members (NULL: the first count), different ones; near[count] becomes the distance of each to the result.
 * Where known, it holds the distances to the start, which are then not computed. Only paths (num/elastic_path.h) may still grow. */
enum clu_status clu_barycentre_of(struct clu_barycentre_room *room, double *center, size_t len, double *near, bool known,
                                  const size_t *member, size_t count, uint64_t stream, struct clu_err *err);

#endif
