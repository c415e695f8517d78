/* alg/ticc_state.h - what the steps of TICC share (private): the windows of a series, and what they cost in each cluster. */
#ifndef CLU_ALG_TICC_STATE_H
#define CLU_ALG_TICC_STATE_H

#include "alg/ticc.h"

/* Windows overlap in one copy of the series: window t begins at y + t d. Columns less their means, so that nothing cancels. */
struct clu_ticc_windows {
    size_t n, d, window, size; /* size = window d */
    size_t whole;              /* windows that end within the series: n - window + 1 */
    double *y;                 /* [n + window - 1][d]; what is behind the series was 0 */
    double *centre;            /* [d] what was taken off */
};

/* CLU_DATA: fewer rows than the window, or a number that is not finite. {0} is an empty one. */
enum clu_status clu_ticc_windows_init(struct clu_ticc_windows *v, struct clu_view x, size_t window, struct clu_err *err);
void clu_ticc_windows_clear(struct clu_ticc_windows *v);

/* Costs as |L'(y - mean)|^2 - log det, L the Cholesky factor of Theta: clusters side by side, eight a block. */
struct clu_ticc_costs {
    const struct clu_ticc_windows *windows; /* borrowed */
    size_t k, blocks;
    double *factor;   /* [blocks][size (size + 1) / 2][8] columns of L, each from the diagonal on */
    double *offset;   /* [blocks][size][8] -L' mean */
    double *constant; /* [blocks][8] */
    double *square;   /* [size][size] scratch */
};
enum clu_status clu_ticc_costs_init(struct clu_ticc_costs *c, const struct clu_ticc_windows *v, size_t k, struct clu_err *err);
void clu_ticc_costs_clear(struct clu_ticc_costs *c);

/* The clusters of a model, its log_det into log_det[k] (NULL: not). CLU_DATA: an inverse is not positive definite. O(k size^3 / 6). */
enum clu_status clu_ticc_costs_set(struct clu_ticc_costs *c, const struct clu_ticc *m, double *log_det, struct clu_err *err);

/* A clu_viterbi_cost; ctx: a struct clu_ticc_costs. */
void clu_ticc_costs_of(const void *ctx, size_t first, size_t rows, double *out);

/* What compat adds to the diagonal of Theta. */
#define CLU_TICC_RIDGE 1e-6

#endif
