/* Sections: order, ancestors, components, result. */
#include "alg/retain.h"

#include "alg/retain_state.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct work {
    struct retain r;
    uint32_t *old;       /* [n]: the caller's number of v */
    uint32_t *at;        /* [n]: v of the caller's number */
    uint64_t *start;     /* [n + 1]: direct parents of the caller's table i are parent[start[i] ..] */
    uint32_t *parent;
    uint32_t *leader;    /* [n]: of v's component */
    uint32_t *node;      /* [n]: components one after another */
    size_t *size;        /* [n]: of the component of a leader */
};

void clu_retain_clear(struct clu_retain *r)
{
    clu_free(r->source);
    *r = (struct clu_retain){0};
}

static void clear(struct work *w)
{
    clu_free(w->r.table);
    clu_free(w->r.ret);
    clu_free(w->r.first);
    clu_free(w->r.above);
    clu_free(w->r.down);
    clu_free(w->r.below);
    clu_free(w->r.kept);
    clu_free(w->old);
    clu_free(w->at);
    clu_free(w->start);
    clu_free(w->parent);
    clu_free(w->leader);
    clu_free(w->node);
    clu_free(w->size);
}

static int take(struct work *w, size_t n, size_t edges)
{
    w->r.n = n;
    w->r.table = clu_alloc(n, sizeof *w->r.table);
    w->r.ret = clu_alloc(n, sizeof *w->r.ret);
    w->r.first = clu_calloc(n + 1, sizeof *w->r.first);
    w->r.down = clu_calloc(n + 2, sizeof *w->r.down);
    w->r.kept = clu_alloc(n, sizeof *w->r.kept);
    w->old = clu_alloc(n, sizeof *w->old);
    w->at = clu_alloc(n, sizeof *w->at);
    w->start = clu_calloc(n + 2, sizeof *w->start);
    w->parent = clu_alloc(edges, sizeof *w->parent);
    w->leader = clu_alloc(n, sizeof *w->leader);
    w->node = clu_alloc(n, sizeof *w->node);
    w->size = clu_calloc(n, sizeof *w->size);
    return w->r.table && w->r.ret && w->r.first && w->r.down && w->r.kept && w->old && w->at && w->start && w->parent && w->leader &&
                   w->node && w->size
               ? 0
               : -1;
}

/* --- order --- */

static void list_parents(struct work *w, const struct clu_retain_edge *edge, size_t edges)
{
    /* start is filled one place ahead, and stands right when all are in. */
    for (size_t e = 0; e < edges; e++)
        w->start[edge[e].child + 2]++;
    for (size_t i = 0; i < w->r.n; i++)
        w->start[i + 2] += w->start[i + 1];
    for (size_t e = 0; e < edges; e++)
        w->parent[w->start[edge[e].child + 1]++] = edge[e].parent;
}

/* Depth first, without recursion: a chain may be as long as there are tables. A table gets its number when all its parents have
 * theirs. Returns n, or a table of a cycle. */
static size_t number_tables(struct work *w)
{
    enum { NEW, OPEN, DONE };
    size_t n = w->r.n, given = 0;
    uint32_t *stack = w->node, *next = w->leader; /* not needed yet */
    uint8_t *state = (uint8_t *)w->r.kept;

    memset(state, NEW, n);
    for (size_t i = 0; i < n; i++)
        next[i] = 0;
    for (size_t root = 0; root < n; root++) {
        size_t depth = 0;
        if (state[root] == NEW) {
            stack[depth++] = (uint32_t)root;
            state[root] = OPEN;
        }
        while (depth > 0) {
            uint32_t i = stack[depth - 1];
            if (w->start[i] + next[i] == w->start[i + 1]) {
                state[i] = DONE;
                w->at[i] = (uint32_t)given;
                w->old[given++] = i;
                depth--;
                continue;
            }
            uint32_t p = w->parent[w->start[i] + next[i]++];
            if (state[p] == OPEN)
                return p;
            if (state[p] == NEW) {
                state[p] = OPEN;
                stack[depth++] = p;
            }
        }
    }
    return n;
}

/* --- ancestors --- */

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All ancestors of v behind those of the tables before it. seen[u] == v + 1: u is one of them already. */
static enum clu_status add_ancestors(struct work *w, size_t v, uint32_t *seen, uint32_t *parent, size_t *cap, const struct clu_run *run,
                                     struct clu_err *err)
{
    struct retain *r = &w->r;
    uint32_t i = w->old[v];
    size_t parents = (size_t)(w->start[i + 1] - w->start[i]), used = (size_t)r->first[v];

    for (size_t e = 0; e < parents; e++)
        parent[e] = w->at[w->parent[w->start[i] + e]];
    qsort(parent, parents, sizeof *parent, ascending);
    for (size_t e = parents; e-- > 0;) { /* the last one first: it is likely to have the others among its own */
        uint32_t p = parent[e];
        if (seen[p] == v + 1)
            continue;
        size_t room = used + retain_depth(r, p) + 1;
        if (room > *cap) {
            enum clu_status status = clu_need(run, 16.0 * (double)room, err, "the ancestors of %zu tables", r->n);
            if (status != CLU_OK)
                return status;
        }
        if (clu_reserve(&r->above, cap, room, sizeof *r->above) < 0)
            return clu_fail_memory(err);
        seen[p] = (uint32_t)(v + 1);
        r->above[used++] = p;
        for (uint64_t a = r->first[p]; a < r->first[p + 1]; a++)
            if (seen[r->above[a]] != v + 1) {
                seen[r->above[a]] = (uint32_t)(v + 1);
                r->above[used++] = r->above[a];
            }
    }
    qsort(r->above + r->first[v], used - (size_t)r->first[v], sizeof *r->above, ascending);
    r->first[v + 1] = used;
    return CLU_OK;
}

static enum clu_status find_ancestors(struct work *w, size_t edges, const struct clu_run *run, struct clu_err *err)
{
    struct retain *r = &w->r;
    size_t cap = 0;
    uint32_t *seen = clu_calloc(r->n, sizeof *seen), *parent = clu_alloc(edges, sizeof *parent);
    enum clu_status status = seen && parent && clu_reserve(&r->above, &cap, 1, sizeof *r->above) == 0 ? CLU_OK : clu_fail_memory(err);

    for (size_t v = 0; v < r->n && status == CLU_OK; v++)
        status = add_ancestors(w, v, seen, parent, &cap, run, err);
    clu_free(seen);
    clu_free(parent);
    return status;
}

static int find_descendants(struct retain *r)
{
    size_t pairs = (size_t)r->first[r->n];

    r->below = clu_alloc(pairs, sizeof *r->below);
    if (!r->below)
        return -1;
    for (size_t a = 0; a < pairs; a++)
        r->down[r->above[a] + 2]++;
    for (size_t v = 0; v < r->n; v++)
        r->down[v + 2] += r->down[v + 1];
    for (size_t v = 0; v < r->n; v++)
        for (uint64_t a = r->first[v]; a < r->first[v + 1]; a++)
            r->below[r->down[r->above[a] + 1]++] = (uint32_t)v;
    return 0;
}

size_t retain_source(const struct retain *r, size_t v, size_t but)
{
    size_t best = r->n;

    for (uint64_t a = r->first[v]; a < r->first[v + 1]; a++) {
        size_t u = r->above[a];
        if (r->kept[u] && u != but && (best == r->n || retain_better(r, u, best)))
            best = u;
    }
    return best < r->n && retain_rec(r, best, v) < HUGE_VAL ? best : r->n;
}

/* --- components --- */

static uint32_t leader_of(uint32_t *leader, uint32_t v)
{
    while (leader[v] != v) {
        leader[v] = leader[leader[v]];
        v = leader[v];
    }
    return v;
}

/* node: the tables of each component one after another, ascending; size[v]: of the one whose first table v is. */
static void find_components(struct work *w)
{
    struct retain *r = &w->r;
    uint64_t *place = r->down; /* not needed yet: zeros, and so it is left */

    for (size_t v = 0; v < r->n; v++)
        w->leader[v] = (uint32_t)v;
    for (size_t v = 0; v < r->n; v++)
        for (uint64_t a = r->first[v]; a < r->first[v + 1]; a++) {
            uint32_t x = leader_of(w->leader, (uint32_t)v), y = leader_of(w->leader, r->above[a]);
            w->leader[x > y ? x : y] = x < y ? x : y;
        }
    for (size_t v = 0; v < r->n; v++)
        w->size[leader_of(w->leader, (uint32_t)v)]++;
    for (size_t v = 0, at = 0; v < r->n; v++) {
        place[v] = at;
        at += w->size[v];
    }
    for (size_t v = 0; v < r->n; v++)
        w->node[place[leader_of(w->leader, (uint32_t)v)]++] = (uint32_t)v;
    memset(place, 0, (r->n + 2) * sizeof *place);
}

static double cost_of(const struct retain *r, const uint32_t *node, size_t m)
{
    double cost = 0;

    for (size_t i = 0; i < m; i++) {
        size_t v = node[i];
        cost += r->kept[v] ? r->ret[v] : retain_rec(r, retain_source(r, v, r->n), v);
    }
    return cost;
}

static int solve(struct clu_retain *out, struct retain *r, const uint32_t *node, size_t m)
{
    if (m == 1) {
        r->kept[node[0]] = true;
        out->cost += r->ret[node[0]];
        out->bound += r->ret[node[0]];
        return 0;
    }
    bool chains = retain_is_chains(r, node, m), branch = !chains && m <= r->opt->exact;
    int failed = chains ? retain_chains(r, node, m) : retain_search(r, node, m);
    if (failed < 0)
        return -1;
    if (branch)
        retain_branch(r, node, m);
    double cost = cost_of(r, node, m), bound = cost;
    if (!chains && !branch && retain_bound(r, node, m, &bound) < 0)
        return -1;
    out->cost += cost;
    out->bound += bound < cost ? bound : cost;
    out->chains += chains;
    out->branched += branch;
    out->searched += !chains && !branch;
    return 0;
}

/* --- result --- */

static enum clu_status fit(struct clu_retain *out, struct work *w, const struct clu_retain_table *table, size_t edges, size_t *loop,
                           const struct clu_run *run, struct clu_err *err)
{
    struct retain *r = &w->r;

    *loop = number_tables(w);
    if (*loop < r->n)
        return clu_fail(err, CLU_DATA, "the edges go in a circle");
    for (size_t v = 0; v < r->n; v++) {
        r->table[v] = table[w->old[v]];
        r->ret[v] = (r->opt->store + r->opt->maintain * r->table[v].passes) * r->table[v].size;
    }
    enum clu_status status = find_ancestors(w, edges, run, err);
    if (status != CLU_OK)
        return status;
    find_components(w);
    if (find_descendants(r) < 0)
        return clu_fail_memory(err);
    memset(r->kept, 0, r->n);
    for (size_t at = 0; at < r->n;) {
        size_t m = w->size[w->node[at]];
        if (solve(out, r, w->node + at, m) < 0)
            return clu_fail_memory(err);
        at += m;
        if ((status = clu_tick(run, "choosing", at, r->n, out->cost)) != CLU_OK)
            return status;
    }
    for (size_t v = 0; v < r->n; v++)
        out->source[w->old[v]] = r->kept[v] ? -1 : (int64_t)w->old[retain_source(r, v, r->n)];
    return CLU_OK;
}

enum clu_status clu_retain_fit(struct clu_retain *r, const struct clu_retain_table *table, size_t n, const struct clu_retain_edge *edge,
                               size_t edges, const struct clu_retain_opt *opt, size_t *loop, const struct clu_run *run,
                               struct clu_err *err)
{
    struct work w = {.r = {.opt = opt}};
    enum clu_status status;

    *r = (struct clu_retain){0};
    *loop = n;
    if (n >= UINT32_MAX)
        return clu_fail(err, CLU_DATA, "more than %u tables", UINT32_MAX - 1);
    r->source = clu_alloc(n, sizeof *r->source);
    if (!r->source || take(&w, n, edges) < 0) {
        status = clu_fail_memory(err);
    } else {
        list_parents(&w, edge, edges);
        status = fit(r, &w, table, edges, loop, run, err);
    }
    clear(&w);
    if (status != CLU_OK)
        clu_retain_clear(r);
    return status;
}
