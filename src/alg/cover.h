/* alg/cover.h - parents that together have all rows of a child.
 *
 * The rows of the child are counted by the set of parents that have them: disjoint parts make as many sets as there are parts. Then the
 * parent with most of the rows that are left is taken, and so on (greedy set cover: at most ln n times as many parents as needed), and
 * what the others made needless is dropped. */
#ifndef CLU_ALG_COVER_H
#define CLU_ALG_COVER_H

#include "alg/exact.h"

#define CLU_COVER_SETS 65536 /* different sets of a child; with more the union is of all parents that have any */

struct clu_cover {
    struct clu_cover_set {
        size_t at, n;   /* its parents are parent[at .. at + n) */
        uint64_t hash, count;
    } *set;             /* [sets] */
    size_t sets, set_cap;
    uint32_t *slot;     /* [slots] 1 + set, by hash */
    size_t slots;
    uint32_t *parent;
    size_t parents, parent_cap;
    bool open;          /* a row is in no parent: there is no union */
    bool many;          /* more sets than are kept: what is kept is one set of all parents */
};
void clu_cover_clear(struct clu_cover *c);

/* A row that is in these parents, ascending. -1 without memory. */
int clu_cover_add(struct clu_cover *c, const uint32_t *parent, size_t n);

/* The union, if all rows are in one and no parent has all of them: *found. */
enum clu_status clu_cover_solve(const struct clu_cover *c, uint32_t child, struct clu_union *u, bool *found, struct clu_err *err);

#endif
