/* num/rank.h - mid-ranks and Spearman's correlation of stretches of a table.
 *
 * Columns are coded once: equal values by the same number, larger ones by a larger one. The ranks of any set of rows then come from
 * counts of codes, without sorting. Twice a mid-rank is a whole number, and so are all sums: they are exact, whatever the order of
 * the rows, and only the quotient at the end is rounded. */
#ifndef CLU_NUM_RANK_H
#define CLU_NUM_RANK_H

#include "base/status.h"
#include "num/view.h"

#include <stddef.h>
#include <stdint.h>

struct clu_coded {
    size_t n, d;
    uint32_t *code;   /* [d][n] */
    uint32_t *levels; /* [d] different values of a column */
};
void clu_coded_clear(struct clu_coded *c);

/* Of rows without NAN, fewer than 2^31. O(n d), a thread a column; a few times faster where a column has no more than 32768 different
 * values. CLU_SYSTEM: no memory (4 bytes a number, and 32 a row and thread). */
enum clu_status clu_coded_make(struct clu_coded *c, struct clu_view x, int threads, struct clu_err *err);

struct clu_span {
    size_t start, rows;
};

/* Normal scores (van der Waerden's, at the mid-ranks): x[n][d] = Phi^-1((rank - 1/2) / n), brought to mean 0 and standard deviation 1; 0 for
 * a column of one value. The same bits everywhere. O(n d), a thread a column. CLU_SYSTEM: no memory (8 bytes a level). */
enum clu_status clu_coded_scores(const struct clu_coded *c, double *x, int threads, struct clu_err *err);

/* Scratch, one a thread; {0} is empty. */
struct clu_ranker {
    uint32_t *count; /* [levels] */
    int64_t *rank;   /* [d][rows] */
    size_t levels, room;
};
void clu_ranker_clear(struct clu_ranker *w);

/* Twice the mid-ranks of column j among the rows of the spans, taken together, less their mean: out[rows], which sum to 0.
 * O(rows + levels), or O(rows log rows) if that is less. CLU_SYSTEM: no memory. */
enum clu_status clu_rank(const struct clu_coded *c, size_t j, const struct clu_span *span, size_t spans, struct clu_ranker *w,
                         int64_t *out, struct clu_err *err);

/* Spearman's correlations of all pairs of columns there, r[d (d - 1) / 2] by rows of the upper triangle. 1 and -1 are exact.
 * NAN: a column with one value only. */
enum clu_status clu_spearman(const struct clu_coded *c, const struct clu_span *span, size_t spans, struct clu_ranker *w, double *r,
                             struct clu_err *err);

#endif
