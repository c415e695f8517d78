/* alg/ppp_columns_state.h - what the choice of columns shares. Private to alg/ppp_columns*.c.
 *
 * Rows are taken in the order of their values, so that sums and numbers of clusters do not depend on the order that they are given in. */
#ifndef CLU_ALG_PPP_COLUMNS_STATE_H
#define CLU_ALG_PPP_COLUMNS_STATE_H

#include "alg/ppp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PPP_ALL_PAIRS 12 /* clusters up to which all pairs are neighbours, as when clusters are merged */
#define PPP_NEAREST 8    /* else these */
#define PPP_JUDGED 8     /* pairs, those farthest apart, whose trough is looked for on a column: a pair that is less apart has none either */
#define PPP_APART 0.714  /* least chance that a row of one cluster is beyond one of the other: two normal clusters whose means are
                            0.8 standard deviations apart, what Cohen (1988) calls large */

/* The clusters of the rows in sorted order, numbered by first appearance there, and which of them are neighbours. */
struct ppp_partition {
    size_t n, k, pairs;
    int32_t *cluster;   /* [n] */
    uint8_t (*pair)[2]; /* [pairs] */
    bool *direct;       /* [pairs] no other centre is in the ball between the two (Gabriel and Sokal 1969) */
};

/* What one thread needs to judge a column. */
struct ppp_desk {
    double *value; /* [n] by cluster, ascending */
    double *both;  /* [n] those of two clusters, ascending */
    uint8_t *side; /* [n] which of the two */
    size_t from[CLU_PPP_MOST + 1];
};

/* log10 of the least score of all pairs that the column sets apart, without multiplicity; 0 when there is none. */
struct ppp_claim {
    double trough; /* valley test */
    double place;  /* rank sums */
};

enum clu_status ppp_partition_init(struct ppp_partition *p, size_t n, struct clu_err *err);
void ppp_partition_clear(struct ppp_partition *p);
/* From the labels of a fit of the columns column[cols]; order[n]: the rows of x as sorted. */
enum clu_status ppp_partition_fill(struct ppp_partition *p, const struct clu_ppp *fit, struct clu_view x, const size_t *order,
                                   const size_t *column, size_t cols, struct clu_err *err);

enum clu_status ppp_desk_init(struct ppp_desk *k, size_t n, struct clu_err *err);
void ppp_desk_clear(struct ppp_desk *k);

/* column[n]: its values in sorted order of the rows; step: least difference between two of them. own: the partition was made of it; then
 * only troughs between direct neighbours count: if a column was cut in three, the rows of the middle are missing between the outer ones. */
enum clu_status ppp_claim_fill(struct ppp_claim *claim, struct ppp_desk *desk, const struct ppp_partition *p, const double *column,
                               double step, bool own, const struct clu_ppp_opt *opt, struct clu_err *err);

/* Ranks within each cluster, about the middle rank, doubled (so that ties stay whole): rank[n] in sorted order of the rows. */
enum clu_status ppp_inner_ranks(int64_t *rank, const struct ppp_partition *p, const double *column, struct clu_err *err);
/* Their correlation, 0 when one of them is constant within every cluster. */
double ppp_rank_correlation(const int64_t *a, const int64_t *b, size_t n);

#endif
