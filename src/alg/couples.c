/* Sections: pairs, classes, by name, by values, projectors. */
#include "alg/couples.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* --- pairs --- */

void clu_couples_clear(struct clu_couples *p)
{
    for (size_t i = 0; i < p->renames; i++)
        clu_free(p->rename[i]);
    clu_free(p->rename);
    clu_free(p->pair);
    *p = (struct clu_couples){0};
}

static enum clu_status add_rename(struct clu_couples *p, const uint32_t *map, size_t cols, struct clu_err *err)
{
    uint32_t *copy = clu_alloc(cols, sizeof *copy);

    if (!copy || clu_reserve(&p->rename, &p->rename_cap, p->renames + 1, sizeof *p->rename) < 0) {
        clu_free(copy);
        return clu_fail_memory(err);
    }
    memcpy(copy, map, cols * sizeof *copy);
    p->rename[p->renames++] = copy;
    return CLU_OK;
}

enum clu_status clu_couples_add(struct clu_couples *p, uint32_t child, uint32_t parent, const uint32_t *map, struct clu_err *err)
{
    uint32_t key = map ? (uint32_t)(p->schemas->n + p->renames) : p->schemas->of[child];
    enum clu_status status = map ? add_rename(p, map, p->sketch[child]->cols, err) : CLU_OK;

    if (status == CLU_OK && clu_reserve(&p->pair, &p->cap, p->n + 1, sizeof *p->pair) < 0)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        p->pair[p->n++] = (struct clu_couple){.child = child, .parent = parent, .key = key};
    return status;
}

static int by_child(const void *a, const void *b)
{
    const struct clu_couple *x = a, *y = b;

    if (x->child != y->child)
        return x->child < y->child ? -1 : 1;
    return (x->parent > y->parent) - (x->parent < y->parent);
}

/* --- classes --- */

struct print {
    const struct clu_sketch *s;
    uint32_t schema, table;
};

static int by_print(const void *a, const void *b)
{
    const struct print *x = a, *y = b;

    if (x->schema != y->schema)
        return x->schema < y->schema ? -1 : 1;
    if (x->s->rows != y->s->rows)
        return x->s->rows < y->s->rows ? -1 : 1;
    if (x->s->sum.lo != y->s->sum.lo)
        return x->s->sum.lo < y->s->sum.lo ? -1 : 1;
    if (x->s->sum.hi != y->s->sum.hi)
        return x->s->sum.hi < y->s->sum.hi ? -1 : 1;
    return (x->table > y->table) - (x->table < y->table);
}

enum clu_status clu_couples_classes(const struct clu_schemas *schemas, struct clu_sketch *const *sketch, uint32_t *class,
                                  struct clu_err *err)
{
    struct print *print = clu_alloc(schemas->tables, sizeof *print);

    if (!print)
        return clu_fail_memory(err);
    for (size_t i = 0; i < schemas->tables; i++)
        print[i] = (struct print){sketch[i], schemas->of[i], (uint32_t)i};
    qsort(print, schemas->tables, sizeof *print, by_print);
    for (size_t i = 0; i < schemas->tables; i++) {
        bool same = i > 0 && print[i].schema == print[i - 1].schema && print[i].s->rows == print[i - 1].s->rows &&
                    clu_hash_same(print[i].s->sum, print[i - 1].s->sum);
        class[print[i].table] = same ? class[print[i - 1].table] : print[i].table;
    }
    clu_free(print);
    return CLU_OK;
}

/* --- by name --- */

static bool survives(struct clu_couples *p, uint32_t child, uint32_t parent, const uint32_t *map, const struct clu_couples_opt *opt)
{
    const struct clu_sketch *c = p->sketch[child], *q = p->sketch[parent];

    p->tested++;
    if (opt->partial || opt->threshold < 1) {
        if (!opt->partial && clu_refute_share(c, q, opt->meaning, opt->threshold)) {
            p->by_statistics++;
            return false;
        }
        return true;
    }
    if (clu_refute_whole(c, q, map, opt->meaning)) {
        p->by_statistics++;
        return false;
    }
    if (clu_refute_sample(c, q, map)) {
        p->by_sample++;
        return false;
    }
    return true;
}

static enum clu_status pair_with(struct clu_couples *p, uint32_t child, uint32_t schema, const struct clu_couples_opt *opt, uint32_t *map,
                                 struct clu_err *err)
{
    const struct clu_schemas *s = p->schemas;
    enum clu_status status = CLU_OK;

    for (size_t i = s->members[schema]; i < s->members[schema + 1] && status == CLU_OK; i++) {
        uint32_t parent = s->member[i];
        if (parent == child || opt->class[parent] != parent)
            continue;
        clu_schemas_map(s, child, parent, map);
        if (survives(p, child, parent, map, opt))
            status = clu_couples_add(p, child, parent, NULL, err);
    }
    return status;
}

/* --- by values --- */

/* Columns of the child in the order in which they are matched: those that few columns of the parent could hold first would be best; the order
 * of the table does. A search with retreat over injective maps: steps are limited, as in the worst case there are many. */
#define STEPS 10000

struct search {
    const struct clu_sketch *child, *parent;
    uint32_t *map;
    uint8_t *taken; /* [parent->cols] */
    size_t steps;
};

static bool match(struct search *s, size_t j)
{
    if (j == s->child->cols)
        return true;
    /* The column of that name first, if there is one. */
    size_t named = clu_sketch_find(s->parent, s->child->column[j].name);
    for (size_t i = 0; i <= s->parent->cols; i++) {
        size_t p = i == 0 ? named : i - 1;
        if (p == (size_t)-1 || (i > 0 && p == named) || s->taken[p] || clu_refute_column(s->child, j, s->parent, p))
            continue;
        if (s->steps++ > STEPS)
            return false;
        s->taken[p] = 1;
        s->map[j] = (uint32_t)p;
        if (match(s, j + 1))
            return true;
        s->taken[p] = 0;
    }
    return false;
}

static enum clu_status pair_renamed(struct clu_couples *p, uint32_t child, const struct clu_couples_opt *opt, uint32_t *map, uint8_t *taken,
                                    struct clu_err *err)
{
    const struct clu_schemas *s = p->schemas;
    const struct clu_sketch *c = p->sketch[child];
    enum clu_status status = CLU_OK;

    for (uint32_t parent = 0; parent < s->tables && status == CLU_OK && c->rows > 0; parent++) {
        const struct clu_sketch *q = p->sketch[parent];
        bool few = c->row.n > q->rows || (opt->meaning == CLU_MEANING_BAG && c->rows > q->rows);
        if (parent == child || opt->class[parent] != parent || q->cols < c->cols || few || clu_schemas_map(s, child, parent, map))
            continue;
        struct search search = {.child = c, .parent = q, .map = map, .taken = taken};
        memset(taken, 0, q->cols);
        if (match(&search, 0))
            status = clu_couples_add(p, child, parent, map, err);
    }
    return status;
}

enum clu_status clu_couples_find(struct clu_couples *p, const struct clu_schemas *schemas, struct clu_sketch *const *sketch,
                               const struct clu_couples_opt *opt, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    size_t most = 0;

    *p = (struct clu_couples){.schemas = schemas, .sketch = sketch};
    for (size_t i = 0; i < schemas->tables; i++)
        most = sketch[i]->cols > most ? sketch[i]->cols : most;
    uint32_t *map = clu_alloc(most, sizeof *map);
    uint8_t *taken = clu_alloc(most, 1);
    if (!map || !taken)
        status = clu_fail_memory(err);
    for (uint32_t child = 0; child < schemas->tables && status == CLU_OK; child++) {
        uint32_t schema = schemas->of[child];
        if (opt->class[child] != child)
            continue;
        for (size_t u = schemas->up[schema]; u < schemas->up[schema + 1] && status == CLU_OK; u++)
            status = pair_with(p, child, schemas->superset[u], opt, map, err);
        if (opt->rename && status == CLU_OK)
            status = pair_renamed(p, child, opt, map, taken, err);
    }
    clu_free(map);
    clu_free(taken);
    if (status == CLU_OK && p->n > 0)
        qsort(p->pair, p->n, sizeof *p->pair, by_child);
    if (status != CLU_OK)
        clu_couples_clear(p);
    return status;
}

/* --- projectors --- */

void clu_projector_clear(struct clu_projector *j)
{
    clu_free(j->col);
    clu_free(j->seed);
    clu_free(j->key);
    clu_free(j->start);
    clu_free(j->term);
    *j = (struct clu_projector){0};
}

static int add_term(struct clu_projector *j, uint32_t col, uint64_t seed, size_t at)
{
    size_t i = 0, cap = j->term_cap;

    while (i < j->terms && (j->col[i] != col || j->seed[i] != seed))
        i++;
    if (i == j->terms) {
        if (clu_reserve(&j->col, &cap, i + 1, sizeof *j->col) < 0 ||
            clu_reserve(&j->seed, &j->term_cap, i + 1, sizeof *j->seed) < 0)
            return -1;
        j->col[i] = col;
        j->seed[i] = seed;
        j->terms++;
    }
    if (clu_reserve(&j->term, &j->list_cap, at + 1, sizeof *j->term) < 0)
        return -1;
    j->term[at] = (uint32_t)i;
    return 0;
}

enum clu_status clu_projector_add(struct clu_projector *j, const struct clu_couples *p, const struct clu_couple *pair, bool as_child,
                                  struct clu_err *err)
{
    const struct clu_schemas *s = p->schemas;
    const struct clu_sketch *child = p->sketch[pair->child];
    size_t cap = j->key_cap, at;

    for (size_t k = 0; k < j->keys; k++)
        if (j->key[k] == pair->key)
            return CLU_OK;
    if (clu_reserve(&j->key, &cap, j->keys + 2, sizeof *j->key) < 0 ||
        clu_reserve(&j->start, &j->key_cap, j->keys + 2, sizeof *j->start) < 0)
        return clu_fail_memory(err);
    j->start[0] = 0;
    at = j->start[j->keys];
    uint32_t *map = clu_alloc(child->cols, sizeof *map);
    if (!map)
        return clu_fail_memory(err);
    if (pair->key >= s->n)
        memcpy(map, p->rename[pair->key - s->n], child->cols * sizeof *map);
    else
        clu_schemas_map(s, pair->child, pair->parent, map);
    int failed = 0;
    for (size_t c = 0; c < child->cols && failed == 0; c++)
        failed = add_term(j, as_child ? (uint32_t)c : map[c], clu_hash_seed(child->column[c].name), at++);
    clu_free(map);
    if (failed < 0)
        return clu_fail_memory(err);
    j->key[j->keys++] = pair->key;
    j->start[j->keys] = at;
    return CLU_OK;
}
