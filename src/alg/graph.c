/* Sections: pairs to edges, classes, reduction, expansion, build. */
#include "alg/graph.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void clu_graph_clear(struct clu_graph *g)
{
    clu_free(g->edge);
    *g = (struct clu_graph){0};
}

static enum clu_status add(struct clu_graph *g, const struct clu_edge *edge, struct clu_err *err)
{
    if (clu_reserve(&g->edge, &g->cap, g->n + 1, sizeof *g->edge) < 0)
        return clu_fail_memory(err);
    g->edge[g->n++] = *edge;
    return CLU_OK;
}

static int by_child(const void *a, const void *b)
{
    const struct clu_edge *x = a, *y = b;

    if (x->child != y->child)
        return x->child < y->child ? -1 : 1;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return (x->relation > y->relation) - (x->relation < y->relation);
}

void clu_graph_sort(struct clu_graph *g)
{
    if (g->n > 0)
        qsort(g->edge, g->n, sizeof *g->edge, by_child);
}

/* --- pairs to edges --- */

struct clu_edge clu_graph_edge(const struct clu_exact *x, const struct clu_couple *pair, enum clu_known by)
{
    const struct clu_sketch *child = x->pairs->sketch[pair->child];
    bool set = x->meaning == CLU_MEANING_SET || x->sample > 0; /* a sample's rows are looked for one by one */
    struct clu_edge e = {
        .child = pair->child,
        .parent = pair->parent,
        .by = by,
        .child_rows = child->rows,
        .child_distinct = x->distinct[pair->child],
        .matched_distinct = pair->distinct,
        .matched = set ? pair->distinct : pair->rows,
        .possible = set ? x->distinct[pair->child] : child->rows,
        .rename = pair->key >= x->pairs->schemas->n ? x->pairs->rename[pair->key - x->pairs->schemas->n] : NULL,
    };

    e.relation = e.matched == e.possible ? CLU_CONTAINED : CLU_PARTIAL;
    return e;
}

/* Edges of the pairs that reach the threshold; whole ones both ways are equal. */
static enum clu_status pair_edges(struct clu_graph *g, const struct clu_exact *x, const struct clu_graph_opt *opt, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < x->pairs->n && status == CLU_OK; i++) {
        const struct clu_couple *pair = &x->pairs->pair[i];
        struct clu_edge e = clu_graph_edge(x, pair, opt->by);
        if (e.relation == CLU_PARTIAL && (e.matched == 0 || (double)e.matched < opt->threshold * (double)e.possible))
            continue;
        e.normalised = opt->loose && opt->loose[i];
        status = add(g, &e, err);
    }
    clu_graph_sort(g);
    for (size_t i = 0; i < g->n && status == CLU_OK; i++) {
        struct clu_edge back = {.child = g->edge[i].parent, .parent = g->edge[i].child, .relation = CLU_CONTAINED};
        struct clu_edge *other = bsearch(&back, g->edge, g->n, sizeof back, by_child);
        /* The second of the two finds the first one changed already. */
        if (g->edge[i].relation == CLU_CONTAINED && other && !other->rename && !g->edge[i].rename)
            g->edge[i].relation = other->relation = CLU_EQUAL;
    }
    return status;
}

/* --- classes --- */

static uint32_t root(uint32_t *of, uint32_t i)
{
    while (of[i] != i)
        i = of[i] = of[of[i]];
    return i;
}

/* group[t]: the first table that is equal to t, by fingerprint or by two containments. */
static uint32_t *find_groups(const struct clu_graph *g, size_t tables, const uint32_t *class)
{
    uint32_t *group = clu_alloc(tables, sizeof *group);

    if (!group)
        return NULL;
    memcpy(group, class, tables * sizeof *group);
    for (size_t i = 0; i < g->n; i++) {
        uint32_t a = root(group, g->edge[i].child), b = root(group, g->edge[i].parent);
        if (g->edge[i].relation == CLU_EQUAL && a != b)
            group[a > b ? a : b] = a > b ? b : a;
    }
    for (uint32_t t = 0; t < tables; t++)
        group[t] = root(group, t);
    return group;
}

/* --- reduction --- */

static bool takes_part(const struct clu_edge *e)
{
    return e->relation == CLU_CONTAINED && !e->rename && e->by != CLU_BY_SAMPLE;
}

/* Where the edges of each child start: [tables + 1]. NULL without memory. */
static size_t *find_firsts(const struct clu_graph *g, size_t tables)
{
    size_t *first = clu_calloc(tables + 1, sizeof *first);

    for (size_t i = 0; first && i < g->n; i++)
        first[g->edge[i].child + 1]++;
    for (size_t t = 0; first && t < tables; t++)
        first[t + 1] += first[t];
    return first;
}

/* Mark the whole containments that others say: between classes only their first tables speak. */
static int reduce(const struct clu_graph *g, const uint32_t *group, size_t tables, uint8_t *gone)
{
    size_t *first = find_firsts(g, tables);
    uint32_t *up = clu_calloc(tables, sizeof *up);   /* 1 + the child that has this parent ... */
    uint32_t *far = clu_calloc(tables, sizeof *far); /* ... and that reaches it by way of another */

    for (uint32_t c = 0; first && up && far && c < tables; c++) {
        if (group[c] == c)
            for (size_t i = first[c]; i < first[c + 1]; i++)
                if (takes_part(&g->edge[i]) && group[g->edge[i].parent] == g->edge[i].parent)
                    up[g->edge[i].parent] = c + 1;
        for (size_t i = first[c]; i < first[c + 1]; i++) {
            uint32_t between = g->edge[i].parent;
            for (size_t j = first[between]; up[between] == c + 1 && takes_part(&g->edge[i]) && j < first[between + 1]; j++)
                if (takes_part(&g->edge[j]) && up[g->edge[j].parent] == c + 1)
                    far[g->edge[j].parent] = c + 1;
        }
        for (size_t i = first[c]; i < first[c + 1]; i++)
            gone[i] = takes_part(&g->edge[i]) && (up[g->edge[i].parent] != c + 1 || far[g->edge[i].parent] == c + 1);
    }
    bool whole = first && up && far;
    clu_free(first);
    clu_free(up);
    clu_free(far);
    return whole ? 0 : -1;
}

/* Only the edges that are not gone, and of equal tables only those to the first of them. */
static int keep_reduced(struct clu_graph *g, const uint32_t *group, size_t tables)
{
    uint8_t *gone = clu_calloc(g->n, 1);
    size_t n = 0;

    if (!gone || reduce(g, group, tables, gone) < 0) {
        clu_free(gone);
        return -1;
    }
    for (size_t i = 0; i < g->n; i++) {
        const struct clu_edge *e = &g->edge[i];
        if (e->relation == CLU_EQUAL ? e->by != CLU_BY_SAMPLE && e->parent != group[e->child] : gone[i] != 0)
            continue;
        g->edge[n++] = *e;
    }
    g->n = n;
    clu_free(gone);
    return 0;
}

/* --- expansion --- */

/* Two tables of one fingerprint. */
static struct clu_edge same_edge(const struct clu_exact *x, uint32_t child, uint32_t parent)
{
    const struct clu_sketch *c = x->pairs->sketch[child], *p = x->pairs->sketch[parent];
    uint64_t distinct = x->distinct[child] > 0 ? x->distinct[child] : x->distinct[parent];
    bool changed = false;

    for (size_t j = 0; j < c->cols; j++)
        changed |= c->column[j].changed > 0 || p->column[j].changed > 0;
    bool bytes = c->id.file && p->id.file && clu_hash_same(c->id.raw, p->id.raw);
    return (struct clu_edge){.child = child,
                             .parent = parent,
                             .relation = CLU_EQUAL,
                             .by = CLU_BY_FINGERPRINT,
                             .child_rows = c->rows,
                             .child_distinct = distinct,
                             .matched_distinct = distinct,
                             .matched = c->rows,
                             .possible = c->rows,
                             .normalised = changed && !bytes};
}

struct classes {
    size_t *start;    /* [tables + 1]: the tables of the class of t are member[start[t] .. start[t + 1]) */
    uint32_t *member;
};

static int list_classes(struct classes *l, const uint32_t *class, size_t tables)
{
    l->start = clu_calloc(tables + 2, sizeof *l->start);
    l->member = clu_alloc(tables, sizeof *l->member);
    if (!l->start || !l->member)
        return -1;
    for (size_t t = 0; t < tables; t++)
        l->start[class[t] + 2]++;
    for (size_t t = 0; t < tables; t++)
        l->start[t + 2] += l->start[t + 1];
    for (uint32_t t = 0; t < tables; t++)
        l->member[l->start[class[t] + 1]++] = t;
    return 0;
}

/* The edge between other tables of the two classes. */
static enum clu_status add_as(struct clu_graph *g, struct clu_edge e, uint32_t child, uint32_t parent, struct clu_err *err)
{
    e.child = child;
    e.parent = parent;
    return add(g, &e, err);
}

/* Whatever the first tables of classes have, all of their tables have. */
static enum clu_status expand_all(struct clu_graph *g, const struct clu_exact *x, const struct classes *l, struct clu_err *err)
{
    size_t tables = x->pairs->schemas->tables, firsts = g->n;
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < firsts; i++) {
        const struct clu_edge e = g->edge[i];
        for (size_t c = l->start[e.child]; c < l->start[e.child + 1]; c++)
            for (size_t p = l->start[e.parent]; p < l->start[e.parent + 1] && status == CLU_OK; p++)
                if (l->member[c] != e.child || l->member[p] != e.parent)
                    status = add_as(g, e, l->member[c], l->member[p], err);
    }
    for (size_t t = 0; t < tables; t++)
        for (size_t c = l->start[t]; c < l->start[t + 1]; c++)
            for (size_t p = l->start[t]; p < l->start[t + 1] && status == CLU_OK; p++)
                if (c != p) {
                    struct clu_edge e = same_edge(x, l->member[c], l->member[p]);
                    status = add(g, &e, err);
                }
    return status;
}

/* A table that is no first of its class is equal to the first of all that are equal, and no more is said. */
static enum clu_status expand_equal(struct clu_graph *g, const struct clu_exact *x, const uint32_t *class, const uint32_t *group,
                                    struct clu_err *err)
{
    size_t firsts = g->n;
    enum clu_status status = CLU_OK;

    for (uint32_t c = 0; c < x->pairs->schemas->tables && status == CLU_OK; c++) {
        struct clu_edge key = {.child = class[c], .parent = group[c], .relation = CLU_EQUAL};
        if (class[c] == c)
            continue;
        const struct clu_edge *of_first = class[c] == group[c] ? NULL : bsearch(&key, g->edge, firsts, sizeof key, by_child);
        struct clu_edge e = of_first ? *of_first : same_edge(x, c, group[c]);
        status = add_as(g, e, c, group[c], err);
    }
    return status;
}

/* --- build --- */

enum clu_status clu_graph_build(struct clu_graph *g, const struct clu_exact *x, const struct clu_graph_opt *opt, struct clu_err *err)
{
    size_t tables = x->pairs->schemas->tables;
    uint32_t *group = NULL;
    struct classes l = {0};

    *g = (struct clu_graph){0};
    enum clu_status status = pair_edges(g, x, opt, err);
    if (status == CLU_OK && !(group = find_groups(g, tables, opt->class)))
        status = clu_fail_memory(err);
    if (status == CLU_OK && !opt->all && keep_reduced(g, group, tables) < 0)
        status = clu_fail_memory(err);
    if (status == CLU_OK && list_classes(&l, opt->class, tables) < 0)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = opt->all ? expand_all(g, x, &l, err) : expand_equal(g, x, opt->class, group, err);
    clu_free(l.start);
    clu_free(l.member);
    clu_free(group);
    if (status == CLU_OK)
        clu_graph_sort(g);
    else
        clu_graph_clear(g);
    return status;
}
