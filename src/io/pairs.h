/* io/pairs.h - dissimilarities as a list: a table of three columns, an object, another one, their distance.
 *
 * The first object is the one that is served, the second one the candidate (medoid). Objects are texts by their bytes, numbered
 * by first appearance in the input. Unless directed, a pair holds for both orders. A pair may be given again with the same
 * distance; an object is at distance 0 from itself, and need not be listed so. No pair may be missing.
 * Memory: 16 bytes a pair and 8 n^2. */
#ifndef CLU_IO_PAIRS_H
#define CLU_IO_PAIRS_H

#include "base/run.h"
#include "base/status.h"
#include "io/read.h"
#include "tab/texts.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_pairs {
    double *v;           /* [n][n], v[o * n + x] = d(o served, x candidate), owned; finite, >= 0 */
    size_t n;
    struct clu_texts id; /* [n] the objects' names */
    struct clu_schema schema; /* of the list */
};
void clu_pairs_clear(struct clu_pairs *p);

/* Reads through the ordinary reader: file, files, ask.header, ask.columns, delimiter, mark and na_values of opt count. CLU_DATA
 * beside the reader's: "3 columns are needed (object, object, distance), not 4; choose them with -c", "no distance for the pair
 * 'a', 'c'" (the first one that is missing), "the pair 'a', 'b' has two distances: 1 and 2", "the distance of 'a' to itself is
 * not 0: 1", "stdin:3: column 3 (d): negative distance: '-1'". CLU_SYSTEM when it needs more memory than run allows. */
enum clu_status clu_read_pairs(struct clu_pairs *out, const struct clu_read_opt *opt, bool directed, const struct clu_run *run,
                               struct clu_err *err);

#endif
