/* alg/pair_sums.h - what every row of a table is away from each cluster, each pair of rows looked at once. Private to alg/validity.c, but
 * for the order of clusters.
 *
 * Rows are put in the order of their clusters and cut into tiles, so that nearly every pair of tiles is of one cluster on one side: its
 * points stand in vectors, and their sums to the other's points, and back, are sums of whole vectors. Blocks of tiles
 * meet in a tournament: in each round every block meets one other, so that no two threads add to the same sums, and every block meets
 * the others in an order fixed by n, whoever is ahead. Distances are canonical (num/kern.h), so nothing depends on threads or targets. */
#ifndef CLU_ALG_PAIR_SUMS_H
#define CLU_ALG_PAIR_SUMS_H

#include "base/run.h"
#include "base/status.h"
#include "num/kern.h"
#include "num/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_pair_sums {
    size_t n, k;      /* places, clusters */
    size_t *order;    /* [n] the row at each place: by cluster, then by row */
    size_t *start;    /* [k + 1] a cluster's places */
    double *sum;      /* the distances of each place to each cluster: clu_pair_sum(); in the space's units */
    double *diameter; /* [k] or NULL: the largest distance within, 0 for a single row; in the input's units, as what follows */
    double *separation; /* [k] or NULL: the least to a row of another cluster, HUGE_VAL without one */
};

static inline double clu_pair_sum(const struct clu_pair_sums *s, size_t place, size_t cluster)
{
    return s->sum[(place / CLU_KERN_TILE * s->k + cluster) * CLU_KERN_TILE + place % CLU_KERN_TILE];
}

struct clu_pair_sums_opt {
    bool extent;   /* diameters and separations as well */
    bool own_only; /* sums to the own cluster only */
};

/* row[n] of the space (NULL: all), label[] by row of the space; clusters may be empty. */
enum clu_status clu_pair_sums_fit(struct clu_pair_sums *out, const struct clu_space *space, const size_t *row, size_t n,
                                  const int32_t *label, size_t k, const struct clu_pair_sums_opt *opt, const struct clu_run *run,
                                  struct clu_err *err);
void clu_pair_sums_clear(struct clu_pair_sums *s);

/* Rows in the order of their clusters: order[n], start[k + 1]. */
void clu_cluster_order(size_t *order, size_t *start, const size_t *row, size_t n, const int32_t *label, size_t k);

#endif
