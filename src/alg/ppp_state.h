/* alg/ppp_state.h - what the steps of ppp share. Private to alg/ppp*.c.
 *
 * A cloud is a set of rows, gathered and centred, with its principal axes when somebody asks for them. Parts are the components of a
 * mixture and the clusters that they are grouped into. Everything is a function of the sorted rows: no random number is drawn, ties go to
 * the row, or the part, that comes first. */
#ifndef CLU_ALG_PPP_STATE_H
#define CLU_ALG_PPP_STATE_H

#include "alg/gmm.h"
#include "alg/ppp.h"

/* Constants of the method; the man page names them, bench/RESULTS.md says what they are worth. */
#define PPP_FOLDS 5         /* of the cross-validated axis */
#define PPP_PAIR_AXES 30    /* most columns that the discriminant axis is sought in */
#define PPP_MIX_AXES 10     /* most columns of the two-component mixtures */
#define PPP_SMALLEST 4      /* rows in the smaller half of a split */
#define PPP_RATIO 0.98      /* a trough counts when its density is below this share of both modes' */
#define PPP_LOOSE 4.0       /* what a score is multiplied by when no split that stands is between two parts */
#define PPP_LOOK 3          /* levels that are split provisionally below a split that stands */
#define PPP_LEVELS 30       /* deepest level of a tree */
#define PPP_ROUNDS 8        /* of giving clusters to the whole procedure again */

struct ppp {
    const struct clu_ppp_opt *opt;
    const struct clu_run *run;
    size_t n, d;
    const double *x;    /* [n][d], sorted */
    const double *step; /* [d] least difference between two values of a column: data may be rounded */
};

/* --- ppp_cloud.c --- */

struct ppp_cloud {
    size_t m, d;
    double *x;       /* [m][d], centred */
    size_t axes;     /* principal axes found */
    double *value;   /* [axes] variances along them, descending, > 0; NULL: not asked for yet */
    double *axis;    /* [axes][d] orthonormal rows */
    double *score;   /* [m][axes] */
};

/* Rows row[m] of s (NULL: the first m). */
enum clu_status ppp_cloud_init(struct ppp_cloud *c, const struct ppp *s, const size_t *row, size_t m, struct clu_err *err);
void ppp_cloud_clear(struct ppp_cloud *c);

/* Principal axes, at most most; none when all rows are equal. Once: later calls keep what is there.
 * O(m d^2 + d^3), or O(m^2 d + m^3) when d > m. */
enum clu_status ppp_cloud_axes(struct ppp_cloud *c, size_t most, struct clu_err *err);

/* The first q of the scores as a table of their own, [m][q], owned by the caller; whiten: each divided by its standard deviation. NULL:
 * no memory. */
double *ppp_cloud_scores(const struct ppp_cloud *c, size_t q, bool whiten);

/* The least difference between two of v[n], which is sorted; 0 when all are equal. */
double ppp_least_step(double *v, size_t n);

/* --- ppp_valley.c --- */

/* What a bipartition is worth. */
struct ppp_verdict {
    double log10; /* of the score, at most 0: separated when it is below log10(alpha) */
    double bic;   /* two components against one, along the axis */
};

/* label[m] of 0 and 1, both present. */
enum clu_status ppp_judge(const struct ppp *s, struct ppp_cloud *c, const uint8_t *label, struct ppp_verdict *v, struct clu_err *err);

/* --- ppp_axis.c --- */

/* Where each of z[m][p] lies on the discriminant axis of the folds that it is not in, the centroids of those at -1 and 1: t[m], and
 * fold[m]. *step: how far apart the values of rounded columns may lie on it; step_of[p] or NULL. */
enum clu_status ppp_axis(const double *z, size_t m, size_t p, const uint8_t *label, const double *step_of, uint8_t *fold, double *t,
                         double *step, struct clu_err *err);

/* --- ppp_fit.c --- */

struct ppp_fit_opt {
    size_t k;
    const int32_t *label;  /* [rows] where it starts */
    const double *weight;  /* [rows] or NULL */
    double reg, min_rows;  /* as in clu_gmm_opt; full covariances need a row more than columns, unless min_rows is 0 */
    bool shaped;           /* tied and full only */
    /* May this one be taken? NULL: any may. */
    bool (*accept)(void *ctx, const struct clu_gmm *g, enum clu_status *status, struct clu_err *err);
    void *ctx;
    const struct clu_run *run;
};

/* The mixture of the family, of spherical, diagonal, tied and full, whose BIC is best; those with more parameters than a third of the rows are
 * left out, but for the spherical. best->k = 0 and *bic = -HUGE_VAL when none fits. */
enum clu_status ppp_fit(struct clu_gmm *best, double *bic, struct clu_view z, const struct ppp_fit_opt *o, struct clu_err *err);

double ppp_mean_variance(struct clu_view z); /* of the columns */

/* --- ppp_halves.c: bipartitions --- */

/* Where row i lies on an axis. Sorted by t, equal ones by i. */
struct ppp_place {
    double t;
    size_t i;
};
void ppp_sort_places(struct ppp_place *place, size_t m);

size_t ppp_ones(const uint8_t *label, size_t m);
bool ppp_big_enough(const uint8_t *label, size_t m);                  /* both halves have PPP_SMALLEST rows */
bool ppp_same(const uint8_t *a, const uint8_t *b, size_t m);          /* equal up to 1% of the rows, either way round */
void ppp_halves_means(const double *y, size_t m, size_t q, const uint8_t *label, double *c); /* c[2][q] */

/* 2-means of y[m][q] from centres c[2][q], which move; c has room for 3 q. label[m]; returns the inertia. */
double ppp_two_means(const double *y, size_t m, size_t q, double *c, uint8_t *label);

/* Axes that a full mixture of two components may have for m rows: at most m / 3 parameters, at most d, at most PPP_MIX_AXES. */
size_t ppp_mix_axes(size_t m, size_t d);

/* Mixtures of two components of z[m][q] from label[m], of spherical, diagonal, tied and full covariances (shaped: tied and full):
 * better[m] gets the labels of the best by BIC, *gain its BIC less that of the best single Gaussian; -HUGE_VAL when none fits. */
enum clu_status ppp_two_gaussians(const double *z, size_t m, size_t q, const uint8_t *label, bool shaped, uint8_t *better, double *gain,
                                  struct clu_err *err);

/* --- ppp_split.c --- */

struct ppp_found {
    bool found, stands; /* a candidate; one that is validated */
    struct clu_ppp_split node; /* candidate, corrected, score, bic are set */
    uint8_t *label;     /* [m], owned */
};
enum clu_status ppp_split(const struct ppp *s, struct ppp_cloud *c, struct ppp_found *f, struct clu_err *err);

/* --- ppp_parts.c --- */

struct ppp_parts {
    size_t n, k, clusters;
    int32_t *part;       /* [n] component of each row, the best one of its cluster */
    int32_t *label;      /* [n] cluster of each row */
    int32_t *cluster_of; /* [CLU_PPP_MOST] */
    uint8_t *loose;      /* [CLU_PPP_MOST][CLU_PPP_MOST] 1: no split that stands is between the two parts */
    struct clu_gmm mixture; /* of the k components; k = 0: none fits */
    bool judged;         /* by ppp_merge(), as they are now; then */
    size_t *neighbour;   /* [clusters] the cluster that each is least separated from, SIZE_MAX when there is one only */
    double *log10;       /* [clusters] and the log10 of their score */
};
enum clu_status ppp_parts_init(struct ppp_parts *p, size_t n, struct clu_err *err);
void ppp_parts_clear(struct ppp_parts *p);

/* All but the mixture. */
enum clu_status ppp_parts_copy(struct ppp_parts *to, const struct ppp_parts *p, struct clu_err *err);

/* Fit the mixture from part[], or (again) from the mixture that there is, and label the rows by it. */
enum clu_status ppp_parts_fit(const struct ppp *s, struct ppp_parts *p, struct clu_err *err);
enum clu_status ppp_parts_refit(const struct ppp *s, struct ppp_parts *p, struct clu_err *err);

/* part[] and label[] under the mixture, which there is. */
enum clu_status ppp_parts_label(const struct ppp *s, struct ppp_parts *p, struct clu_err *err);

/* Clusters of several components become one component where BIC likes that better. */
enum clu_status ppp_parts_simplify(const struct ppp *s, struct ppp_parts *p, struct clu_err *err);

/* Every cluster becomes one component. */
enum clu_status ppp_parts_collapse(struct ppp_parts *p, struct clu_err *err);

/* Cluster c falls into the clusters of q, which are of its rows, in order. False when there would be too many. */
bool ppp_parts_adopt(struct ppp_parts *p, size_t c, const struct ppp_parts *q);

/* --- ppp_tree.c --- */

/* Leaves become parts, each its own cluster. tree->node is owned by the caller, after a failure too. Nodes of a level are searched by
 * run->threads threads. */
struct ppp_tree {
    struct clu_ppp_split *node;
    size_t nodes;
};
enum clu_status ppp_grow(const struct ppp *s, struct ppp_parts *p, struct ppp_tree *tree, struct clu_err *err);

/* --- ppp_merge.c --- */

/* Merge clusters that are not separated: cluster_of, clusters and label[] change. Sets neighbour and log10. */
enum clu_status ppp_merge(const struct ppp *s, struct ppp_parts *p, struct clu_err *err);

#endif
