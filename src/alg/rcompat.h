/* alg/rcompat.h - k-medoids exactly as pam() and clara() of R's package cluster find them.
 *
 * Both are the programs of Kaufman and Rousseeuw (Finding Groups in Data, 1990, chapters 2 and 3): BUILD, then SWAP, the best
 * exchange of a medoid for another object until none helps. On data with ties the order in which R visits candidates, breaks
 * ties and adds up is part of its result, and is kept:
 *   BUILD    among equal gains the last object
 *   SWAP     among equal changes the first candidate, then the first medoid; pam() stops when the change is not below
 *            -16 DBL_EPSILON loss, clara() when it is not negative; clara() with k = 1 does not swap
 *   samples  those of clara()'s own generator (rngR = FALSE), the same in every call
 *   value    unless pam_like, clara() does not see that objects of a medoid that is taken away may go to their second
 *            nearest, and misses exchanges: a slip in the first programs, R's default for the sake of old results
 *   labels   a medoid has its own cluster, other objects the nearest. pam(): among equals the medoid first in the data, then the
 *            clusters are numbered by first appearance. clara(): the same, then once more among equals the lowest number
 * Ties are ties of the doubles that the source gives; R adds up the columns in their order. A source that rounds otherwise may
 * lead elsewhere where distances are equal but for rounding.
 *
 * The source is taken for symmetric, with 0 on its diagonal. One thread, whatever run says: this is for comparison.
 * Cost: pam O(n^2 k) for BUILD, O(n^2) a swap, 8 n^2 bytes; clara the same of its samples of m objects, O(n k) a sample for all
 * objects, 8 m^2 + O(n) bytes. */
#ifndef CLU_ALG_RCOMPAT_H
#define CLU_ALG_RCOMPAT_H

#include "base/run.h"
#include "base/status.h"
#include "num/dist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_rcompat_opt {
    size_t k;
    const size_t *start; /* [k] distinct objects to swap from, borrowed (medoids =); NULL: BUILD. Not for clara */
    bool no_swap;        /* end with BUILD, or the start (do.swap = FALSE). Not for clara */
    size_t samples;      /* for clara */
    size_t sampsize;     /* 0: min(n, 40 + 2 k), as R; more than n counts as n */
    bool pam_like;       /* clara swaps as pam does (pamLike = TRUE) */
};
#define CLU_RCOMPAT_DEFAULT ((struct clu_rcompat_opt){.samples = 5})

struct clu_rcompat {
    size_t n, k;
    size_t *medoid; /* [k] objects from 0, of cluster 0, 1, ... (id.med, i.med) */
    int32_t *label; /* [n] 0..k-1 (clustering) */
    double *near;   /* [n] to the own medoid */
    double loss;    /* the sum of near; objective in R: loss / n */
    size_t swaps;   /* of clara: in the sample that was kept */
    size_t *sample; /* [m] clara's kept sample, increasing; NULL for pam */
    size_t m;
};

/* CLU_USAGE "0 clusters asked", "0 samples asked", "samples of 5 rows are too small for 5 clusters" (R wants more than k,
 * unless it is all), "R's generator cannot draw samples of 70000 among 1000000 rows" (it has 65536 numbers). CLU_DATA "5
 * clusters asked, but only 3 rows", "rows 2 and 9 have no distance" (NAN, infinite, negative). CLU_SYSTEM memory, or more than
 * run->max_memory. CLU_STOPPED. R refuses k = n; here every object is a medoid then. */
enum clu_status clu_rcompat_pam(struct clu_rcompat *out, const struct clu_dist *d, const struct clu_rcompat_opt *opt,
                                const struct clu_run *run, struct clu_err *err);
enum clu_status clu_rcompat_clara(struct clu_rcompat *out, const struct clu_dist *d, const struct clu_rcompat_opt *opt,
                                  const struct clu_run *run, struct clu_err *err);
void clu_rcompat_clear(struct clu_rcompat *out);

#endif
