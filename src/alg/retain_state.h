/* alg/retain_state.h - what the steps of alg/retain share. Private.
 *
 * Tables are numbered anew, ancestors before descendants: v, u, w are such numbers everywhere but in alg/retain.c. */
#ifndef CLU_ALG_RETAIN_STATE_H
#define CLU_ALG_RETAIN_STATE_H

#include "alg/retain.h"

#include <math.h>

struct retain {
    size_t n;
    const struct clu_retain_opt *opt;
    struct clu_retain_table *table; /* [n], in the new order */
    double *ret;       /* [n] */
    uint64_t *first;   /* [n + 1]: ancestors of v are above[first[v] .. first[v + 1]), ascending */
    uint32_t *above;
    uint64_t *down;    /* [n + 1]: as first, of below: descendants, ascending */
    uint32_t *below;
    bool *kept;        /* [n]: the answer */
};

static inline size_t retain_depth(const struct retain *r, size_t v)
{
    return (size_t)(r->first[v + 1] - r->first[v]);
}

/* What it costs to have v rebuilt from u when it is needed; HUGE_VAL when that takes too long. */
static inline double retain_rec(const struct retain *r, size_t u, size_t v)
{
    const struct clu_retain_opt *o = r->opt;
    const struct clu_retain_table *a = &r->table[u], *b = &r->table[v];

    if (o->read_time * a->size + o->write_time * b->size > o->limit)
        return HUGE_VAL;
    return o->store * b->recipe + b->accesses * (o->read * a->size + o->write * b->size);
}

/* Is u the better source of any table than w? Both rec and the time grow with its size. */
static inline bool retain_better(const struct retain *r, size_t u, size_t w)
{
    double a = r->table[u].size, b = r->table[w].size;
    return a < b || (a <= b && u < w);
}

/* The best kept ancestor of v besides but, n when there is none that is quick enough. */
size_t retain_source(const struct retain *r, size_t v, size_t but);

/* Each decides kept[node[0..m)] of one component, whose tables are ascending. They return 0, or -1 without memory. */
bool retain_is_chains(const struct retain *r, const uint32_t *node, size_t m);
int retain_chains(struct retain *r, const uint32_t *node, size_t m);
void retain_branch(struct retain *r, const uint32_t *node, size_t m); /* kept is a solution to start from */
int retain_search(struct retain *r, const uint32_t *node, size_t m);
int retain_bound(const struct retain *r, const uint32_t *node, size_t m, double *bound);

#endif
