/* alg/kmeans_state.h - what the steps of k-means share: one start at work. Private to alg/kmeans*.c.
 *
 * The centres follow from the labels: sum[] holds, exactly, the weighted sum of every cluster's rows and the weights,
 * and a row that changes its label is moved from one sum to another. */
#ifndef CLU_ALG_KMEANS_STATE_H
#define CLU_ALG_KMEANS_STATE_H

#include "alg/kmeans.h"
#include "num/exsum.h"
#include "num/nearest.h"
#include "num/space.h"

#define CLU_KMEANS_CHUNK (CLU_KERN_TILE * 32) /* rows a thread takes at a time */

struct clu_kmeans_worker { /* one a thread */
    struct clu_tile tile;
    double *sum;     /* [k][exsum size] what this thread moved, folded and zeroed after each pass */
    double *term;    /* [d + 1] */
    double *row;     /* [d] */
    uint64_t changed;
};

struct clu_kmeans_state {
    const struct clu_kmeans_opt *opt;
    const struct clu_run *run;
    struct clu_space space;
    const double *w;       /* [n] or NULL */
    size_t n, d, k;
    double least_move;     /* sum of squared drifts that counts as no movement (tol) */
    int threads;           /* workers */
    struct clu_kmeans_worker *worker;

    int32_t *label;        /* [n], -1 before the first assignment */
    double *center;        /* [k][d], in the space's coordinates */
    double *old;           /* [k][d] the centres before the last update */
    double *drift;         /* [k] how far each moved, rounded up */
    size_t *members;       /* [k] scratch */
    struct clu_exsum exact;/* of d + 1 columns: w y, w */
    double *sum;           /* [k][exsum size] */
    struct clu_nearest near;
    size_t iterations, rounds, exchanges;
    bool converged;
    bool refilled;         /* the last update gave rows to empty clusters */
};

/* Take row i from cluster from to cluster to in sums[k][exsum size] (-1: outside). */
void clu_kmeans_move(struct clu_kmeans_state *s, struct clu_kmeans_worker *me, size_t i, int32_t from, int32_t to,
                     double *sums);

/* The same in the worker's own sums, with the label. */
void clu_kmeans_relabel(struct clu_kmeans_state *s, struct clu_kmeans_worker *me, size_t i, int32_t to);

/* Bring the workers' sums together; returns how many rows changed their label. */
uint64_t clu_kmeans_fold(struct clu_kmeans_state *s);

/* Weight of cluster j; its centre from its sum. */
double clu_kmeans_weight(const struct clu_kmeans_state *s, size_t j);
void clu_kmeans_center(struct clu_kmeans_state *s, size_t j);

/* Sums to centres, empty clusters refilled; drift[] from old to new; returns the sum of squared drifts. */
double clu_kmeans_update(struct clu_kmeans_state *s);

/* One assignment of every row to its nearest centre; returns how many labels changed. */
uint64_t clu_kmeans_pass(struct clu_kmeans_state *s);

/* Fill center[] with a start (alg/kmeans_init.c); start number t is its own random stream. */
enum clu_status clu_kmeans_start(struct clu_kmeans_state *s, uint64_t t, struct clu_err *err);

/* CLU_DATA when fewer than k rows of positive weight are distinct. */
enum clu_status clu_kmeans_distinct(const struct clu_kmeans_state *s, struct clu_err *err);

/* Iterate to the end from center[] (alg/kmeans_lloyd.c, alg/kmeans_bound.c). */
enum clu_status clu_kmeans_lloyd(struct clu_kmeans_state *s);
enum clu_status clu_kmeans_bounded(struct clu_kmeans_state *s, size_t groups, struct clu_err *err);

/* Exchange single rows until no move helps or max_iter is used up (alg/kmeans_exchange.c). */
enum clu_status clu_kmeans_exchange(struct clu_kmeans_state *s, struct clu_err *err);

#endif
