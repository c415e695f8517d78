/* alg/viterbi.h - the best sequence of states when a change of state costs something: dynamic programming (Viterbi, IEEE Trans. Inf. Theory
 * 13, 1967).
 *
 * Minimises the sum over the rows of the cost of their state, plus beta for every row whose state is not that of the row before. Of equal
 * ways the one that stays wins, then the lower state. As any state can follow any other at one price, a row takes O(k), not O(k^2). */
#ifndef CLU_ALG_VITERBI_H
#define CLU_ALG_VITERBI_H

#include "base/run.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Room of a row of costs: k, rounded up to whole vectors. What is behind k is not read. */
static inline size_t clu_viterbi_stride(size_t k)
{
    return (k + 7) / 8 * 8;
}

/* The costs, finite, of rows first .. first + rows - 1 in every state, into out[rows][stride]; called by several threads at once. */
typedef void clu_viterbi_cost(const void *ctx, size_t first, size_t rows, double *out);

/* state[n] 0 .. k - 1, n and k >= 1; *total (or NULL): the sum that was minimised. O(n k), the costs by all threads. Memory: a bit for
 * every row and state, 4 bytes a row. CLU_SYSTEM: no memory; CLU_STOPPED. */
enum clu_status clu_viterbi(int32_t *state, double *total, size_t n, size_t k, double beta, clu_viterbi_cost *cost, const void *ctx,
                            const struct clu_run *run, struct clu_err *err);

/* Runs of equal states shorter than least rows go, the shortest first (of equals the first), each to the neighbour in whose state its rows
 * cost less (at equal costs the one before), until all are long enough or there is one. O(n k), costs come from the function again, for the short
 * runs. Memory: 24 bytes a run. CLU_SYSTEM: no memory. */
enum clu_status clu_viterbi_absorb(int32_t *state, size_t n, size_t k, size_t least, clu_viterbi_cost *cost, const void *ctx,
                                   struct clu_err *err);

#endif
