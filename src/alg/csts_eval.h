/* alg/csts_eval.h - how good a clustering of the segments of a time series is, by the true segments and their patterns.
 *
 * Every cluster of the result is mapped to the true cluster whose mean correlations are nearest (means to three decimals, distances, too;
 * all that are as near count as nearest, and the first one is taken where one is needed). Several may be mapped to the same one.
 *     jaccard             the share of rows whose cluster is mapped to their true one, of the rows that both tables cover: an accuracy
 *     swc dbi vrc pbm     alg/csts_index
 *     discovery           percentage of the true clusters that are nearest to a cluster of the result and within tolerance of it: no mean
 *                         correlation of both differs by more
 *     specificity         percentage of the clusters of the result with one nearest true cluster, which is nobody else's only nearest
 *                         one, within tolerance
 *     segmentation_ratio  segments of the result by true ones; length_ratio: their median lengths
 *     mae                 mean over the clusters of the result of the mean distance of their correlations from the relaxed pattern of the
 *                         first nearest true cluster; truth_mae: of the correlations of that true cluster instead
 *     ari nmi v           alg/agree, of the rows that both tables cover
 *     boundary_f1         boundaries between segments that lie within some rows of each other, matched one to one
 * Source: Degen et al. 2025, arXiv 2505.14596, and its code, which takes 1 + tolerance for tolerance. */
#ifndef CLU_ALG_CSTS_EVAL_H
#define CLU_ALG_CSTS_EVAL_H

#include "alg/csts_index.h"

enum clu_csts_measure {
    CLU_EVAL_SEGMENTS = 0, CLU_EVAL_CLUSTERS, CLU_EVAL_JACCARD, CLU_EVAL_SWC, CLU_EVAL_DBI, CLU_EVAL_VRC, CLU_EVAL_PBM,
    CLU_EVAL_PBM_TEXTBOOK, CLU_EVAL_DISCOVERY, CLU_EVAL_SPECIFICITY, CLU_EVAL_SEGMENTATION_RATIO, CLU_EVAL_LENGTH_RATIO, CLU_EVAL_MAE,
    CLU_EVAL_TRUTH_MAE, CLU_EVAL_ARI, CLU_EVAL_NMI, CLU_EVAL_V, CLU_EVAL_BOUNDARY_F1
};
enum { CLU_EVAL_MEASURES = CLU_EVAL_BOUNDARY_F1 + 1 };

extern const char *const clu_csts_measure_name[CLU_EVAL_MEASURES];

/* Does a measure come from the rows, not from the correlations of the segments alone? */
static inline bool clu_csts_measure_of_rows(size_t measure)
{
    return measure >= CLU_EVAL_DBI && measure <= CLU_EVAL_PBM_TEXTBOOK;
}

struct clu_csts_eval_opt {
    int distance, map;  /* enum clu_csts_distance: of the indices, of the mapping */
    bool same_ids;      /* a cluster is mapped to the true one of its id instead, if there is one: for ids that mean patterns */
    double tolerance;   /* of correlations */
    size_t boundary;    /* rows */
    bool no_swc;        /* it is not wanted: NAN. It is what many segments cost most */
};
#define CLU_CSTS_EVAL_DEFAULT {.distance = CLU_CSTS_L5, .map = CLU_CSTS_L1, .tolerance = 0.1, .boundary = 30}

/* {0} is empty; arrays owned. */
struct clu_csts_eval {
    double value[CLU_EVAL_MEASURES]; /* NAN: not defined, or no data */
    struct clu_csts_clusters result, truth;
    double *distance; /* [result.k][truth.k] three decimals; NAN: correlations of one are not known */
    double *nearest;  /* [result.k] the least, or that from the cluster of the same id; NAN: none */
    size_t *first;    /* [result.k] the first true cluster that it is mapped to, as an index; truth.k: none */
    uint8_t *pair;    /* [result.k][truth.k] flags: the cluster is mapped to this one; is within tolerance of it */
    uint8_t *found;   /* [truth.k] 1: discovered */
};
void clu_csts_eval_clear(struct clu_csts_eval *e);

#define CLU_CSTS_MAPPED 1
#define CLU_CSTS_WITHIN 2

/* Is cluster a of the result mapped to true cluster b, alone or not? */
static inline bool clu_csts_eval_maps(const struct clu_csts_eval *e, size_t a, size_t b)
{
    return e->pair[a * e->truth.k + b] & CLU_CSTS_MAPPED;
}

/* And within tolerance of it? */
static inline bool clu_csts_eval_meets(const struct clu_csts_eval *e, size_t a, size_t b)
{
    return e->pair[a * e->truth.k + b] == (CLU_CSTS_MAPPED | CLU_CSTS_WITHIN);
}

/* Both tables have segments, and correlations of the same number of pairs. patterns: for mae. Segments of the result lie within from->data.
 * Cost: that of alg/csts_index, and O(segments log segments + clusters x true clusters). CLU_SYSTEM: no memory. CLU_STOPPED. */
enum clu_status clu_csts_eval_fit(struct clu_csts_eval *e, const struct clu_csts_labels *result, const struct clu_csts_labels *truth,
                                  const struct clu_csts_patterns *patterns, const struct clu_csts_rows_of *from,
                                  const struct clu_csts_eval_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
