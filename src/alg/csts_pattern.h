/* alg/csts_pattern.h - correlation patterns: what the segments of a CSTS benchmark can look like.
 *
 * A pattern says of every pair of d variates whether it is correlated (1), not (0), or inversely (-1); pairs go row by row through the
 * upper triangle: r12, r13, ..., r23, ... Numbered as numbers to base 3 with the digits 0, 1, -1 in this order, r12 first.
 * Where three variates are strongly linked in pairs, with a negative product, no data can come near; these are left out.
 * Of three variates 23 remain.
 *
 * A pattern need not be a correlation matrix. Its matrix C = V diag(l) V' is made one by clipping: x = V diag(max(l, 0))^(1/2) z for
 * normal z, without a change of scale, so that clipped variates have variances above 1. Scores are taken against the relaxed form, which is
 * possible and defined for d = 3 alone: of two strong coefficients beside a 0 the first is 0.71, the second 0.7.
 * Source: Degen et al. 2025, arXiv 2505.14596. */
#ifndef CLU_ALG_CSTS_PATTERN_H
#define CLU_ALG_CSTS_PATTERN_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLU_CSTS_VARIATES 16
#define CLU_CSTS_ENUMERATED 5 /* variates: 3^10 patterns */
#define CLU_CSTS_PAIRS (CLU_CSTS_VARIATES * (CLU_CSTS_VARIATES - 1) / 2)

struct clu_csts_patterns {
    size_t n, d, pairs;
    bool published;    /* loadings with the signs and the order of LAPACK's eigenvectors, as in the published data */
    bool relaxed;      /* there is a relaxed form: d = 3, coefficients of -1, 0 and 1 */
    int32_t *id;       /* [n] ascending */
    double *canonical; /* [n][pairs] */
};
void clu_csts_patterns_clear(struct clu_csts_patterns *p);

static inline size_t clu_csts_pairs(size_t d)
{
    return d * (d - 1) / 2;
}

/* The 23 of three variates, with the published loadings. CLU_SYSTEM: no memory. */
enum clu_status clu_csts_patterns_published(struct clu_csts_patterns *p, struct clu_err *err);

/* All that d variates can have, 2 <= d <= CLU_CSTS_ENUMERATED. */
enum clu_status clu_csts_patterns_enumerate(struct clu_csts_patterns *p, size_t d, struct clu_err *err);

/* Given ones: canonical[n][pairs], id[n] in any order. CLU_DATA: an id twice or below 0, a coefficient beyond 1. */
enum clu_status clu_csts_patterns_given(struct clu_csts_patterns *p, size_t d, size_t n, const int32_t *id, const double *canonical,
                                        struct clu_err *err);

/* The index of an id, or n. */
size_t clu_csts_patterns_find(const struct clu_csts_patterns *p, int32_t id);

/* Pattern i: its relaxed form (the canonical one if there is none), into out[pairs]. */
void clu_csts_relaxed(const struct clu_csts_patterns *p, size_t i, double *out);

/* The pattern whose relaxed form is nearest to the correlations r[pairs], by the sum of absolute differences; of equals the first. n >= 1. */
size_t clu_csts_nearest(const struct clu_csts_patterns *p, const double *r);

/* Its loadings, into load[d][d]: x = load z. Given and enumerated patterns take the symmetric root, which is unique. */
void clu_csts_loadings(const struct clu_csts_patterns *p, size_t i, double *load);

/* Its least eigenvalue (below -1e-12: it is clipped), and of data made from it: variances [d], Pearson and Spearman correlations [pairs]. */
double clu_csts_population(const struct clu_csts_patterns *p, size_t i, double *variance, double *pearson, double *spearman);

#endif
