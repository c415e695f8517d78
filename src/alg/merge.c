/* Sections: uses, reading, groups, unions, the engine. */
#include "alg/exact.h"

#include "alg/cover.h"
#include "alg/runs.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* --- uses --- */

/* A table is looked at by a key, since it is in a pair. */
struct use {
    uint32_t table, key;
    size_t pair;
    bool as_child;
};

static int by_table(const void *a, const void *b)
{
    const struct use *x = a, *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* [*n] by table and key, one for each. NULL without memory. */
static struct use *list_uses(const struct clu_couples *pairs, size_t *n)
{
    struct use *use = clu_alloc(2 * pairs->n, sizeof *use);
    size_t kept = 0;

    if (!use)
        return NULL;
    for (size_t i = 0; i < pairs->n; i++) {
        const struct clu_couple *p = &pairs->pair[i];
        use[2 * i] = (struct use){p->child, p->key, i, true};
        use[2 * i + 1] = (struct use){p->parent, p->key, i, false};
    }
    if (pairs->n > 0)
        qsort(use, 2 * pairs->n, sizeof *use, by_table);
    for (size_t i = 0; i < 2 * pairs->n; i++)
        if (kept == 0 || by_table(&use[kept - 1], &use[i]) != 0)
            use[kept++] = use[i];
    *n = kept;
    return use;
}

bool clu_merge_pays(const struct clu_couples *pairs)
{
    double probed = 0, sorted = 0;
    size_t n = 0;
    struct use *use = list_uses(pairs, &n);

    for (size_t i = 0; i < pairs->n; i++)
        probed += (double)pairs->sketch[pairs->pair[i].parent]->rows;
    for (size_t i = 0; use && i < n; i++)
        sorted += (double)pairs->sketch[use[i].table]->rows;
    bool pays = use && probed > 4 * sorted; /* a look into a set takes a quarter of sorting a row, about */
    clu_free(use);
    return pays;
}

/* --- reading --- */

struct reading {
    struct clu_runs *runs;
    struct clu_projector projector;
    uint64_t *hash;         /* [workers][2][terms] */
    uint32_t table;
    enum clu_status status; /* the first failure of a worker */
    struct clu_err why;
};

static bool add_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct reading *r = ctx;
    uint64_t *hash = r->hash + 2 * (size_t)worker * r->projector.terms;
    struct clu_err err;

    clu_projector_cells(&r->projector, cell, hash);
    for (size_t k = 0; k < r->projector.keys; k++) {
        struct clu_counted record = {clu_projector_row(&r->projector, k, hash), 1, r->projector.key[k], r->table};
        enum clu_status status = clu_runs_add(r->runs, worker, &record, &err);
        if (status != CLU_OK) {
#pragma omp critical(clu_merge)
            if (r->status == CLU_OK) {
                r->status = status;
                r->why = err;
            }
            return false;
        }
    }
    return true;
}

/* All rows of one table by the keys use[0..n). */
static enum clu_status read_table(struct clu_exact *x, struct clu_runs *runs, const struct use *use, size_t n, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct reading r = {.runs = runs, .table = use[0].table};
    struct clu_visitor visitor = {add_row, &r};
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < n && status == CLU_OK; i++)
        status = clu_projector_add(&r.projector, x->pairs, &x->pairs->pair[use[i].pair], use[i].as_child, err);
    if (status == CLU_OK && !(r.hash = clu_alloc(2 * (size_t)run->threads * r.projector.terms, sizeof *r.hash)))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = clu_exact_scan(x, use[0].table, run->threads, &visitor, run, err);
    if (status == CLU_OK && r.status != CLU_OK) {
        status = r.status;
        if (err)
            *err = r.why;
    }
    clu_projector_clear(&r.projector);
    clu_free(r.hash);
    return status;
}

/* --- groups --- */

struct groups {
    struct clu_exact *x;
    size_t *first;           /* [tables + 1]: the pairs of child t are pair[first[t] .. first[t + 1]) */
    uint64_t *stamp, *count; /* [tables]: of the tables in the group at hand; how often they have the row */
    uint64_t group;
    uint32_t *have;          /* [tables] parents that have it */
    struct clu_cover *cover; /* [tables]; NULL: not asked for */
};

static uint64_t overlap(const struct clu_exact *x, uint64_t child, uint64_t parent)
{
    return x->meaning == CLU_MEANING_BAG && parent < child ? parent : child;
}

static void meet(struct groups *g, struct clu_couple *pair, size_t *have)
{
    pair->distinct++;
    pair->rows += overlap(g->x, g->count[pair->child], g->count[pair->parent]);
    g->have[(*have)++] = pair->parent;
}

static struct clu_couple *find_pair(const struct groups *g, uint32_t child, uint32_t parent)
{
    size_t lo = g->first[child], hi = g->first[child + 1];

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (g->x->pairs->pair[mid].parent < parent)
            lo = mid + 1;
        else
            hi = mid;
    }
    struct clu_couple *pair = &g->x->pairs->pair[lo];
    return lo < g->first[child + 1] && pair->parent == parent ? pair : NULL;
}

/* The row of the group as one of child's: which of its parents have it? */
static int see_child(struct groups *g, const struct clu_counted *record, size_t n, uint32_t child, uint32_t key)
{
    struct clu_couples *pairs = g->x->pairs;
    size_t from = g->first[child], to = g->first[child + 1], have = 0;

    if (from == to)
        return 0;
    if (to - from > 8 * n) {
        for (size_t i = 0; i < n; i++) {
            struct clu_couple *pair = find_pair(g, child, record[i].table);
            if (pair && pair->key == key)
                meet(g, pair, &have);
        }
    } else {
        for (size_t i = from; i < to; i++)
            if (pairs->pair[i].key == key && g->stamp[pairs->pair[i].parent] == g->group)
                meet(g, &pairs->pair[i], &have);
    }
    if (pairs->pair[from].key == key)
        g->x->distinct[child]++;
    return g->cover ? clu_cover_add(&g->cover[child], g->have, have) : 0;
}

static enum clu_status see_group(void *ctx, const struct clu_counted *record, size_t n, struct clu_err *err)
{
    struct groups *g = ctx;
    const struct clu_schemas *s = g->x->pairs->schemas;
    uint32_t key = record[0].key;

    g->group++;
    for (size_t i = 0; i < n; i++) {
        g->stamp[record[i].table] = g->group;
        g->count[record[i].table] = record[i].count;
    }
    for (size_t i = 0; i < n; i++)
        if ((key >= s->n || s->of[record[i].table] == key) && see_child(g, record, n, record[i].table, key) < 0)
            return clu_fail_memory(err);
    return CLU_OK;
}

static enum clu_status open_groups(struct groups *g, struct clu_exact *x, struct clu_err *err)
{
    const struct clu_couples *pairs = x->pairs;
    size_t tables = pairs->schemas->tables;

    *g = (struct groups){.x = x,
                         .first = clu_calloc(tables + 1, sizeof *g->first),
                         .stamp = clu_calloc(tables, sizeof *g->stamp),
                         .count = clu_calloc(tables, sizeof *g->count),
                         .have = clu_alloc(tables, sizeof *g->have),
                         .cover = x->cover ? clu_calloc(tables, sizeof *g->cover) : NULL};
    if (!g->first || !g->stamp || !g->count || !g->have || (x->cover && !g->cover))
        return clu_fail_memory(err);
    for (size_t i = 0; i < pairs->n; i++)
        g->first[pairs->pair[i].child + 1]++;
    for (size_t t = 0; t < tables; t++)
        g->first[t + 1] += g->first[t];
    return CLU_OK;
}

static void close_groups(struct groups *g)
{
    for (size_t t = 0; g->cover && t < g->x->pairs->schemas->tables; t++)
        clu_cover_clear(&g->cover[t]);
    clu_free(g->cover);
    clu_free(g->first);
    clu_free(g->stamp);
    clu_free(g->count);
    clu_free(g->have);
}

/* --- unions --- */

static enum clu_status find_unions(struct clu_exact *x, const struct groups *g, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (uint32_t t = 0; t < x->pairs->schemas->tables && status == CLU_OK; t++) {
        struct clu_union u;
        bool found;
        status = clu_cover_solve(&g->cover[t], t, &u, &found, err);
        if (status != CLU_OK || !found)
            continue;
        if (clu_reserve(&x->unions, &x->union_cap, x->n_unions + 1, sizeof *x->unions) < 0) {
            clu_free(u.parent);
            clu_free(u.rows);
            return clu_fail_memory(err);
        }
        x->unions[x->n_unions++] = u;
    }
    return status;
}

/* --- the engine --- */

enum clu_status clu_merge(struct clu_exact *x, const struct clu_run *run, struct clu_err *err)
{
    struct clu_runs *runs = NULL;
    struct groups g = {.x = x};
    size_t n = 0;
    struct use *use = list_uses(x->pairs, &n);
    enum clu_status status = use ? clu_runs_open(&runs, run->threads, x->memory, x->spill, err) : clu_fail_memory(err);

    for (size_t from = 0, to; from < n && status == CLU_OK; from = to) {
        for (to = from; to < n && use[to].table == use[from].table; to++)
            ;
        status = read_table(x, runs, use + from, to - from, run, err);
    }
    clu_free(use);
    if (status == CLU_OK)
        status = open_groups(&g, x, err);
    if (status == CLU_OK)
        status = clu_runs_merge(runs, see_group, &g, err);
    if (status == CLU_OK && x->cover)
        status = find_unions(x, &g, err);
    if (runs)
        x->runs += clu_runs_spilled(runs);
    clu_runs_close(runs);
    close_groups(&g);
    return status;
}
