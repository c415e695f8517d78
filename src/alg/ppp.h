/* alg/ppp.h - Probabilistic Partitive Partitioning: k-means makes partitions, Gaussian mixtures correct and validate them, and the number
 * of clusters is found.
 *
 * After Sultan (arXiv 2003.04372, 2020), who leaves the procedure open; this one: a node is split in two by 2-means and by other
 * candidates, each also as corrected by a mixture of two Gaussians; a split stands when the trough between its halves is real,
 * counted on rows that its axis has not seen (cross-validated discriminant, OAS shrinkage of Chen et al. 2010; binomial tests of the
 * rows at the trough against those at the modes beside it); splits that do not stand are tried three levels deep, as four clusters on a
 * square have no good first cut; the leaves become the components of one mixture (Baudry et al., J. Comput. Graph. Stat. 19, 2010), and groups of
 * them that no trough divides become the clusters; at last every cluster is given to the whole procedure again, until none falls apart.
 * The result is a function of the multiset of rows: rows are sorted first, no random number is drawn, ties go to the row that comes
 * first. The same bytes for every number of threads.
 * Cost: O(n d q) a level of the tree, q = min(d, 30), and O(n k d^2) an iteration of the mixture; memory 8 n d and 60 n. */
#ifndef CLU_ALG_PPP_H
#define CLU_ALG_PPP_H

#include "alg/gmm.h"
#include "base/run.h"
#include "base/status.h"
#include "num/view.h"

#include <stddef.h>
#include <stdint.h>

#define CLU_PPP_MOST 200 /* clusters, and components, that there can be */

enum clu_ppp_criterion {
    CLU_PPP_VALLEY = 0, /* the score of the trough is below alpha */
    CLU_PPP_OVERLAP,    /* the estimated share of misclassified rows is below overlap (DEMP: Hennig, Adv. Data Anal. Classif. 4, 2010) */
    CLU_PPP_ICL,        /* two components have a larger ICL, along the axis, than one */
    CLU_PPP_BIC         /* the same with BIC */
};

struct clu_ppp_opt {
    double alpha;        /* of valley, in (0, 1) */
    double overlap;      /* of CLU_PPP_OVERLAP, in (0, 1) */
    int criterion;       /* enum clu_ppp_criterion */
    size_t max_clusters; /* 1 .. CLU_PPP_MOST */
    size_t sample;       /* from more rows than this the tree is found on every m-th of the sorted rows; 0: never */
};
#define CLU_PPP_DEFAULT ((struct clu_ppp_opt){.alpha = 0.02, .overlap = 0.15, .max_clusters = CLU_PPP_MOST, .sample = 20000})

enum clu_ppp_candidate {
    CLU_PPP_NONE = 0,
    CLU_PPP_MEANS,    /* 2-means of all columns, from the leading axes */
    CLU_PPP_WHITE,    /* 2-means of the whitened leading axes */
    CLU_PPP_DENSITY   /* the deepest valley of a kernel density along a leading axis */
};

enum clu_ppp_verdict {
    CLU_PPP_STANDS = 0,    /* validated */
    CLU_PPP_PROVISIONAL,   /* not validated, but split to look further */
    CLU_PPP_NOT_SEPARATED, /* the best candidate has no trough that is real */
    CLU_PPP_NO_CANDIDATE,  /* equal rows, or no mixture of two is better than one */
    CLU_PPP_SMALL,         /* fewer rows than two halves need */
    CLU_PPP_LIMIT          /* max_clusters, or the deepest level */
};

/* A node of the tree. */
struct clu_ppp_split {
    size_t parent;    /* index of the node above; the root's is SIZE_MAX */
    size_t rows, half[2], child[2]; /* 0 and SIZE_MAX when it was not split */
    size_t level;     /* 0: the root */
    int candidate;    /* enum clu_ppp_candidate: the best that was looked at */
    int corrected;    /* 1: its labels are those of the mixture of two */
    double score;     /* of its trough, with its multiplicity; 1 when there is none */
    double bic;       /* best mixture of two less best single Gaussian, in the leading axes; -HUGE_VAL when none fits */
    int verdict;      /* enum clu_ppp_verdict */
};

/* Arrays owned. */
struct clu_ppp {
    size_t n, d, k;
    int32_t *label;          /* [n] 0..k-1: the cluster of the largest posterior under mixture; numbered by first appearance */
    size_t *size;            /* [k] */
    struct clu_gmm mixture;  /* of the projected rows when there are axes, else of the rows */
    int32_t *cluster_of;     /* [mixture.k] */
    size_t axes;             /* 0: no projection */
    double *center;          /* [d], NULL without axes */
    double *axis;            /* [axes][d] orthonormal rows: the mixture sees axis (x - center) */
    size_t *neighbour;       /* [k] the cluster that it is least separated from; SIZE_MAX when k = 1 */
    double *score;           /* [k] the score of those two, below alpha; 1 when k = 1 */
    size_t nodes;
    struct clu_ppp_split *node; /* of the first tree, parents before children */
    size_t leaves;
    size_t rounds;           /* of giving clusters to the procedure again */
};

/* x: finite numbers; constant columns are fine. run->seed is not used.
 * CLU_DATA: fewer than 2 rows are one cluster, not an error; a sum that overflows is. */
enum clu_status clu_ppp_fit(struct clu_ppp *out, struct clu_view x, const struct clu_ppp_opt *opt, const struct clu_run *run,
                            struct clu_err *err);
void clu_ppp_clear(struct clu_ppp *out);

#endif
