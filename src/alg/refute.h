/* alg/refute.h - what sketches alone say against a containment. Sound: what is refuted is false. */
#ifndef CLU_ALG_REFUTE_H
#define CLU_ALG_REFUTE_H

#include "tab/sketch.h"

/* What is meant by "the rows of C are in P" (projected on C's columns): every distinct row; every row, which is the same for whole
 * containment; every row as often as C has it. */
enum clu_meaning { CLU_MEANING_SET = 0, CLU_MEANING_ROWS, CLU_MEANING_BAG };

/* Is child, whose column j is column map[j] of parent, not contained whole? Looks at rows, nulls, kinds and ranges of cells, the least
 * hashes of values. Columns that were renamed need sketches whose rule is plain. */
bool clu_refute_whole(const struct clu_sketch *child, const struct clu_sketch *parent, const uint32_t *map, enum clu_meaning meaning);

/* Is a row of the child's sample not in the parent's? */
bool clu_refute_sample(const struct clu_sketch *child, const struct clu_sketch *parent, const uint32_t *map);

/* Can the containment not reach threshold, since the parent has too few rows? All that whole refutations leave of themselves below 1. */
bool clu_refute_share(const struct clu_sketch *child, const struct clu_sketch *parent, enum clu_meaning meaning, double threshold);

/* Could all values of one column be among those of another? */
bool clu_refute_column(const struct clu_sketch *child, size_t c, const struct clu_sketch *parent, size_t p);

#endif
