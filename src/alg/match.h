/* alg/match.h - the best one-to-one matching of rows and columns: the assignment problem.
 *
 * The Hungarian method (Kuhn, Nav. Res. Logist. Q. 2, 1955; Munkres 1957) as shortest augmenting paths (Jonker and Volgenant,
 * Computing 38, 1987) over a sparse matrix: Dijkstra's search on reduced costs from each row in turn. A row or a column may
 * stay alone; since no weight is negative, that is the same as a matrix that is filled up with zeros to a square.
 * Cost: O(rows (cells + cols) log cells) at most, k^3 log k for a full square, far less where most rows find their best column free;
 * memory 16 a row, 24 a column, and 16 a cell at most. */
#ifndef CLU_ALG_MATCH_H
#define CLU_ALG_MATCH_H

#include "base/run.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* A sparse matrix of weights; borrowed. */
struct clu_weights {
    size_t rows, cols;
    const size_t *start;  /* [rows + 1]: the cells of row i are start[i] .. start[i + 1] - 1 */
    const int32_t *col;   /* [cells], each column once in a row */
    const double *weight; /* [cells] >= 0 and finite */
};

/* match[rows]: the column of each row, or -1, so that the sum of the weights is the greatest. Whole weights with sums below 2^53 are
 * matched exactly. Which one of several best matchings is found depends on the matrix alone. */
enum clu_status clu_match(int32_t *match, const struct clu_weights *w, const struct clu_run *run, struct clu_err *err);

#endif
