/* alg/retain.h - which tables to keep, and from which of them the others can be rebuilt: R2D2's Opt-Ret (PACMMOD 1(4), 2023,
 * arXiv 2312.13427), facility location on a DAG.
 *
 *     min  sum ret(v) x_v + sum rec(u,v) y_uv    s.t.  x_v + sum over u of y_uv = 1,  y_uv <= x_u,  y_uv = 0 if L_uv > the limit
 *     ret(v) = (store + maintain passes_v) size_v     rec(u,v) = recipe_v + accesses_v (read size_u + write size_v)
 *     L_uv = read_time size_u + write_time size_v
 *
 * over the ancestors u of v: edges are closed transitively. Each component by itself: where the ancestors of every table form a chain
 * a dynamic programme, exact, time and memory in n times the depth (the best kept ancestor is the one of least size, so that it is all
 * that a table's descendants must know); else, up to .exact tables, branch and bound, exact; else a greedy start and add, drop and swap
 * moves, with a bound by dual ascent (Erlenkotter 1978) that says how far from the optimum the result can be at most.
 *
 * Ties keep a table, and prefer the smaller source. Nothing is random: the same tables in the same order give the same answer. Memory:
 * 16 bytes for each pair of table and ancestor. */
#ifndef CLU_ALG_RETAIN_H
#define CLU_ALG_RETAIN_H

#include "base/run.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_retain_table {
    double size;
    double accesses; /* in the time that store is paid for */
    double passes;   /* of maintenance, in the same time */
    double recipe;   /* what the recipe takes, at the price of storing */
    bool keep;       /* always */
};

struct clu_retain_edge {
    uint32_t child, parent; /* the child can be rebuilt from the parent */
};

/* Prices and times of one unit of size; none is negative. */
struct clu_retain_opt {
    double store, maintain, read, write;
    double read_time, write_time;
    double limit;  /* of the time that a rebuild takes; HUGE_VAL: none */
    size_t exact;  /* branch and bound up to so many tables a component, at most 64 */
};
#define CLU_RETAIN_DEFAULT {.store = 1, .limit = HUGE_VAL, .exact = 24}

struct clu_retain {
    int64_t *source;  /* [n]: from what to rebuild, -1: keep. A source is kept itself */
    double cost, bound; /* no solution costs less than bound; equal to cost where all was exact */
    size_t chains, branched, searched; /* components of two tables or more, by method */
};
void clu_retain_clear(struct clu_retain *r);

/* CLU_DATA with *loop set to a table of the cycle when the edges have one (else it is n). CLU_SYSTEM for memory. */
enum clu_status clu_retain_fit(struct clu_retain *r, const struct clu_retain_table *table, size_t n, const struct clu_retain_edge *edge,
                               size_t edges, const struct clu_retain_opt *opt, size_t *loop, const struct clu_run *run,
                               struct clu_err *err);

#endif
