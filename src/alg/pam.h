/* alg/pam.h - k-medoids: the k objects (medoids) of least loss, the sum of the dissimilarities of all objects to their nearest medoid.
 *
 * faster     FasterPAM (Schubert and Rousseeuw, Inf. Syst. 101, 2021, section 3.3): every candidate in turn is tried in all k
 *            places at once, and the best swap of a candidate is made at once when it improves
 * pam        PAM (Kaufman and Rousseeuw 1990): the best of all swaps, again and again. The changes of all n k swaps are kept in a
 *            table; after a swap only the objects whose two nearest medoids changed are corrected in it. Same swaps as FastPAM1
 * fast       FastPAM2 (SISAP 2019): the best swap of every place of one pass, as long as it still improves
 * alternate  Maranzana 1964, Park and Jun 2009: each medoid moves within its cluster; quick, and ends higher
 * fastermsc  FasterMSC (Lenssen and Schubert, SISAP 2022): the same search for the largest average medoid silhouette, the mean of
 *            1 - (distance to the nearest) / (to the second medoid). With k_min < k DynMSC: from k down to k_min, each
 *            started from the one before; the best is kept
 * A swap counts when it lowers the loss by more than a relative tolerance, so that rounding is no improvement; one that does
 * not is passed over. Ties go to the first candidate, and for it to the first place. A medoid is always in its own cluster.
 * BUILD is lazy: gains never grow, so only the top of a heap is computed again; the medoids are those of the plain one.
 * Cost: faster, fast O(n^2) a pass; pam O(n^2) once and O(n^2 / k + n k) a swap; alternate O(n^2 / k) a pass; BUILD O(n^2 k)
 * at worst, mostly some 5 n rows. Memory beside the matrix: 40 n bytes, pam 8 n (k + 1) more.
 * The result does not depend on threads or kernel target: candidates are judged side by side, and what the serial search would
 * have taken is taken. */
#ifndef CLU_ALG_PAM_H
#define CLU_ALG_PAM_H

#include "alg/cands.h"
#include "alg/rcompat.h"
#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"
#include "num/dist.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_pam_algorithm { CLU_PAM_FASTER = 0, CLU_PAM_PAM, CLU_PAM_FAST, CLU_PAM_ALTERNATE, CLU_PAM_FASTERMSC };
enum clu_pam_init { CLU_PAM_RANDOM = 0, CLU_PAM_BUILD, CLU_PAM_LAB, CLU_PAM_KPP, CLU_PAM_FIRST, CLU_PAM_GIVEN };

struct clu_pam_opt {
    size_t k;
    size_t k_min;        /* fastermsc: the least number of clusters that is tried; 0: k alone */
    int algorithm;       /* enum clu_pam_algorithm */
    int init;            /* enum clu_pam_init */
    const size_t *start; /* [k] different objects, for CLU_PAM_GIVEN; borrowed */
    size_t nstart;       /* starts, the best is kept (the first among equals); where the start is not random only one is made. With
                          * more than one, faster also tries BUILD and exact PAM, the way of Kaufman and Rousseeuw, where its
                          * table is small beside the matrix (k <= n / 20) */
    size_t max_iter;     /* passes over all candidates; for pam swaps a place, k times this in all */
    double tol;          /* least improvement that counts, times the loss */
    int kind;            /* enum clu_cands_kind: how the matrix is kept */
};
#define CLU_PAM_DEFAULT ((struct clu_pam_opt){.nstart = 1, .max_iter = 100, .tol = 1e-12})

struct clu_pam {
    size_t n, k;
    size_t *medoid;    /* [k] objects, from 0 */
    int32_t *label;    /* [n] 0..k-1; clusters are numbered by first appearance, or as the start with CLU_PAM_GIVEN */
    double *near;      /* [n] dissimilarity to the own medoid, in double */
    double *second;    /* [n] to the nearest other medoid; NAN when k = 1. NULL where an option says that nobody asks */
    double loss;       /* sum of w near */
    double silhouette; /* average medoid silhouette; 1 when k = 1, NAN without second */
    double *curve;     /* [curve_n] fastermsc: average medoid silhouettes of curve_k, curve_k + 1 ... clusters; else NULL */
    size_t curve_n, curve_k;
    size_t swaps;      /* of the start that was kept */
    double passes;     /* candidates judged / n */
    bool converged;
    double matrix_seconds, start_seconds, swap_seconds; /* of all starts */
};

/* The rows of x, with weights w[n] >= 0 of the rows that are served, or NULL. Equal rows are searched as one with their weights
 * added; a row of weight 0 is no candidate. CLU_DATA: "5 clusters asked, but only 3 rows", "... only 3 distinct rows", and what
 * clu_points_init() and clu_cands_init() say; two rows of the start are equal. */
enum clu_status clu_pam_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                             const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err);

/* Objects whose dissimilarities were read. opt->kind does not count. */
enum clu_status clu_pam_square(struct clu_pam *out, const struct clu_square *s, const double *w,
                               const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err);

/* Objects whose distances are given as a triangle. It is spread to a square (alg/cands.h: floats where the triangle is of floats or
 * they hold all of its numbers, 4 n^2 bytes, else doubles). CLU_SYSTEM where run->max_memory does not allow that: the medoids shall not
 * depend on it. opt->kind does not count. */
enum clu_status clu_pam_condensed(struct clu_pam *out, const struct clu_condensed *d, const double *w,
                                  const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err);
void clu_pam_clear(struct clu_pam *out);

/* What was found as R does (alg/rcompat.h) as a result of this sort: R's labels and order, with the second nearest. */
enum clu_status clu_pam_of_r(struct clu_pam *out, const struct clu_dist *d, const struct clu_rcompat *r, const struct clu_run *run,
                             struct clu_err *err);

/* --- for algorithms that are built on it --- */

/* CLU_DATA when k is more than the rows, or than the distinct ones. */
enum clu_status clu_pam_check_count(size_t k, size_t rows, size_t distinct, bool weighted, struct clu_err *err);

/* Search only: candidates into medoid[k], their number (DynMSC may take fewer), loss and the other figures of the search into out.
 * w[m] or NULL. */
enum clu_status clu_pam_search(struct clu_pam *out, size_t *medoid, const struct clu_cands *c, const double *w,
                               const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err);

/* All objects of a source to the k medoids: labels, near, second, loss, silhouette and the numbering (by first appearance, or the
 * order of medoid[] when keep_order), in doubles. out->medoid and the arrays are allocated here. Ties go to the medoid that
 * comes first in the data. O(n k). */
enum clu_status clu_pam_settle(struct clu_pam *out, const struct clu_dist *all, const size_t *medoid, size_t k, const double *w,
                               bool keep_order, const struct clu_run *run, struct clu_err *err);

/* The same where label[] and near[] are known (taken over, with what they hold), without second. */
enum clu_status clu_pam_settled(struct clu_pam *out, int32_t *label, double *near, size_t n, const size_t *medoid, size_t k,
                                const double *w, struct clu_err *err);

#endif
