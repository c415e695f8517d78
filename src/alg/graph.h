/* alg/graph.h - from counted pairs to edges: which containments there are, and which of them say all.
 *
 * Tables that are equal form a class; classes and whole containments between them are a graph without circles, of which the transitive
 * reduction is kept: an edge goes when a way of other edges leads from the child to the parent. Found containments are closed (what is in
 * a part of P is in P), so that one step between is enough to look for. O(sum of squares of the parents of a child). */
#ifndef CLU_ALG_GRAPH_H
#define CLU_ALG_GRAPH_H

#include "alg/exact.h"

enum clu_relation { CLU_EQUAL = 0, CLU_CONTAINED, CLU_PARTIAL, CLU_UNION };

/* How an edge is known. */
enum clu_known { CLU_BY_PROBE = 0, CLU_BY_MERGE, CLU_BY_SAMPLE, CLU_BY_FINGERPRINT };

struct clu_edge {
    uint32_t child, parent;
    enum clu_relation relation;
    enum clu_known by;
    uint64_t child_rows, child_distinct; /* of a sample: its rows */
    uint64_t matched_distinct, matched;  /* matched: what containment counts, of possible */
    uint64_t possible;
    const uint32_t *rename;              /* map of the columns, borrowed; NULL: by name */
    bool normalised;                     /* it needs --numeric or --null */
};

struct clu_graph {
    struct clu_edge *edge; /* [n] by child, parent, relation */
    size_t n, cap;
};
void clu_graph_clear(struct clu_graph *g);

struct clu_graph_opt {
    enum clu_meaning meaning;
    enum clu_known by;      /* how the pairs were counted */
    double threshold;
    bool all;               /* no reduction, and equal tables all the same */
    const uint32_t *class;  /* [tables] as in struct clu_couples_opt */
    const uint8_t *loose;   /* [pairs] 1: the pair holds only for cells in their forms; NULL: none does */
};

enum clu_status clu_graph_build(struct clu_graph *g, const struct clu_exact *x, const struct clu_graph_opt *opt, struct clu_err *err);

/* Put edges that were added in order. */
void clu_graph_sort(struct clu_graph *g);

/* The edge of one pair: contained if it is whole, else partial. */
struct clu_edge clu_graph_edge(const struct clu_exact *x, const struct clu_couple *pair, enum clu_known by);

#endif
