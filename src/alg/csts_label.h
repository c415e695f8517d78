/* alg/csts_label.h - label tables of CSTS: segments, the pattern of each, and how near their data come to it.
 *
 * Achieved correlations are Spearman's, cut off (not rounded) after three decimals, as in the published tables. What lies below a
 * whole number of thousandths, such as 1 or 0.8, by less than 1e-9 is taken for it; the published tables, in which it is left to rounding
 * errors, sometimes have the thousandth below. */
#ifndef CLU_ALG_CSTS_LABEL_H
#define CLU_ALG_CSTS_LABEL_H

#include "alg/csts.h"
#include "num/rank.h"

struct clu_csts_label {
    int64_t id;
    size_t start, end; /* rows, from 0; the end is the last one */
    int32_t cluster;   /* the id of a pattern */
    double mae, relaxed_mae; /* mean distance from the canonical and the relaxed pattern, three decimals; NAN: unknown */
};

struct clu_csts_labels {
    size_t n, pairs;
    struct clu_csts_label *label; /* [n] in the order of the rows */
    double *r;       /* [n][pairs] achieved; NAN: unknown, or a constant variate */
    uint8_t *within; /* [n][pairs] 1: as strong as the pattern says (the sign does not count) */
};
void clu_csts_labels_clear(struct clu_csts_labels *t);
enum clu_status clu_csts_labels_alloc(struct clu_csts_labels *t, size_t n, size_t pairs, struct clu_err *err);
enum clu_status clu_csts_labels_copy(struct clu_csts_labels *to, const struct clu_csts_labels *from, struct clu_err *err);

/* The runs of equal labels[n], n >= 1, as segments, numbered from 0; correlations unknown. */
enum clu_status clu_csts_labels_runs(struct clu_csts_labels *t, const int32_t *label, size_t n, size_t pairs, struct clu_err *err);

/* Cut off after three decimals. */
double clu_csts_truncate(double r);

/* The true labels of a subject: segments with at least three rows. data: all its rows, coded; NULL: they are made segment by
 * segment. Memory then: a segment a thread. */
enum clu_status clu_csts_truth(struct clu_csts_labels *t, const struct clu_csts_subject *s, const struct clu_coded *data,
                               const struct clu_run *run, struct clu_err *err);

/* The rows of a subject in one matrix, [rows][d]: thousandths, unrounded means of complete downsampled data. */
enum clu_status clu_csts_whole(struct clu_mat *x, const struct clu_csts_subject *s, const struct clu_run *run, struct clu_err *err);

/* Correlations of all segments from the data, and what follows from them. Rows beyond the data: CLU_DATA. */
enum clu_status clu_csts_correlate(struct clu_csts_labels *t, const struct clu_csts_patterns *p, const struct clu_coded *data,
                                   const struct clu_run *run, struct clu_err *err);

/* within, mae and relaxed_mae of label i from its cluster and its correlations. A cluster that is no pattern: NAN. */
void clu_csts_judge(struct clu_csts_labels *t, size_t i, const struct clu_csts_patterns *p);

#endif
