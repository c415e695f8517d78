/* Where the ancestors of every table form a chain: the dynamic programme.
 *
 * F(v, u) = min(ret(v) + sum F(c, better of u and v), rec(u, v) + sum F(c, u)), c the direct children of v and u the best kept ancestor.
 * States of v: its ancestors, by their place in the chain from the root; behind them v itself, as a state of its children. */
#include "alg/retain_state.h"

#include "base/mem.h"

bool retain_is_chains(const struct retain *r, const uint32_t *node, size_t m)
{
    for (size_t i = 0; i < m; i++) {
        size_t v = node[i], depth = retain_depth(r, v);
        if (depth > 0 && retain_depth(r, r->above[r->first[v + 1] - 1]) + 1 != depth)
            return false;
    }
    return true;
}

struct states {
    uint64_t *at;   /* [m]: where those of node[i] begin */
    double *sum;    /* what the children cost, by state: sum of F(c, .) */
    bool *drop;     /* v is rebuilt in this state */
    uint32_t *state; /* [m] of node[i] in the solution */
    uint32_t *place; /* [n]: i of v */
};

/* The state that the children of v have when v is kept in state j. */
static size_t beside(const struct retain *r, size_t v, size_t j)
{
    return retain_better(r, r->above[r->first[v] + j], v) ? j : retain_depth(r, v);
}

static void ascend(const struct retain *r, struct states *s, const uint32_t *node, size_t m)
{
    for (size_t i = m; i-- > 0;) {
        size_t v = node[i], depth = retain_depth(r, v);
        const double *sum = s->sum + s->at[i];
        for (size_t j = 0; j < depth; j++) {
            size_t u = r->above[r->first[v] + j];
            double keep = r->ret[v] + sum[beside(r, v, j)];
            double drop = r->table[v].keep ? HUGE_VAL : retain_rec(r, u, v) + sum[j];
            s->drop[s->at[i] + j] = drop < keep;
            uint32_t parent = s->place[r->above[r->first[v + 1] - 1]];
            s->sum[s->at[parent] + j] += drop < keep ? drop : keep;
        }
    }
}

static void descend(struct retain *r, struct states *s, const uint32_t *node, size_t m)
{
    for (size_t i = 0; i < m; i++) {
        size_t v = node[i], depth = retain_depth(r, v), state = 0;
        bool kept = true;
        if (depth > 0) {
            uint32_t parent = s->place[r->above[r->first[v + 1] - 1]];
            state = s->state[parent];
            kept = !s->drop[s->at[i] + state];
        }
        r->kept[v] = kept;
        s->state[i] = (uint32_t)(kept && depth > 0 ? beside(r, v, state) : state);
    }
}

int retain_chains(struct retain *r, const uint32_t *node, size_t m)
{
    size_t states = 0, last = node[m - 1];
    struct states s = {.at = clu_alloc(m, sizeof *s.at), .state = clu_alloc(m, sizeof *s.state)};

    for (size_t i = 0; i < m; i++)
        states += retain_depth(r, node[i]) + 1;
    s.sum = clu_calloc(states, sizeof *s.sum);
    s.drop = clu_alloc(states, sizeof *s.drop);
    s.place = clu_alloc(last + 1, sizeof *s.place);
    int failed = s.at && s.state && s.sum && s.drop && s.place ? 0 : -1;
    if (failed == 0) {
        for (size_t i = 0, at = 0; i < m; i++) {
            s.at[i] = at;
            s.place[node[i]] = (uint32_t)i;
            at += retain_depth(r, node[i]) + 1;
        }
        ascend(r, &s, node, m);
        descend(r, &s, node, m);
    }
    clu_free(s.at);
    clu_free(s.state);
    clu_free(s.sum);
    clu_free(s.drop);
    clu_free(s.place);
    return failed;
}
