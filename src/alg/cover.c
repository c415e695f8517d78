/* Sections: sets, unions. */
#include "alg/cover.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* --- sets --- */

void clu_cover_clear(struct clu_cover *c)
{
    clu_free(c->set);
    clu_free(c->slot);
    clu_free(c->parent);
    *c = (struct clu_cover){0};
}

/* The slot of a set, or the free one where it belongs. */
static size_t find(const struct clu_cover *c, uint64_t hash, const uint32_t *parent, size_t n)
{
    size_t i = (size_t)hash & (c->slots - 1);

    for (; c->slot[i]; i = (i + 1) & (c->slots - 1)) {
        const struct clu_cover_set *s = &c->set[c->slot[i] - 1];
        if (s->hash == hash && s->n == n && memcmp(c->parent + s->at, parent, n * sizeof *parent) == 0)
            break;
    }
    return i;
}

static int rehash(struct clu_cover *c)
{
    size_t slots = c->slots ? 2 * c->slots : 64;
    uint32_t *slot = clu_calloc(slots, sizeof *slot);

    if (!slot)
        return -1;
    clu_free(c->slot);
    c->slot = slot;
    c->slots = slots;
    for (size_t i = 0; i < c->sets; i++)
        slot[find(c, c->set[i].hash, c->parent + c->set[i].at, c->set[i].n)] = (uint32_t)i + 1;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All parents of all sets, once each. */
static void melt(struct clu_cover *c)
{
    size_t n = 0;

    qsort(c->parent, c->parents, sizeof *c->parent, by_number);
    for (size_t i = 0; i < c->parents; i++)
        if (n == 0 || c->parent[n - 1] != c->parent[i])
            c->parent[n++] = c->parent[i];
    c->parents = n;
    c->sets = 0;
    c->many = true;
}

int clu_cover_add(struct clu_cover *c, const uint32_t *parent, size_t n)
{
    if (c->open)
        return 0;
    if (n == 0) {
        clu_cover_clear(c);
        c->open = true;
        return 0;
    }
    if (c->many) {
        if (clu_reserve(&c->parent, &c->parent_cap, c->parents + n, sizeof *parent) < 0)
            return -1;
        memcpy(c->parent + c->parents, parent, n * sizeof *parent);
        c->parents += n;
        if (c->parents > 4 * CLU_COVER_SETS)
            melt(c);
        return 0;
    }
    if (2 * (c->sets + 1) > c->slots && rehash(c) < 0)
        return -1;
    uint64_t hash = XXH3_64bits(parent, n * sizeof *parent);
    size_t i = find(c, hash, parent, n);
    if (c->slot[i]) {
        c->set[c->slot[i] - 1].count++;
        return 0;
    }
    if (clu_reserve(&c->set, &c->set_cap, c->sets + 1, sizeof *c->set) < 0 ||
        clu_reserve(&c->parent, &c->parent_cap, c->parents + n, sizeof *parent) < 0)
        return -1;
    memcpy(c->parent + c->parents, parent, n * sizeof *parent);
    c->set[c->sets++] = (struct clu_cover_set){c->parents, n, hash, 1};
    c->slot[i] = (uint32_t)c->sets;
    c->parents += n;
    if (c->sets > CLU_COVER_SETS)
        melt(c);
    return 0;
}

/* --- unions --- */

struct tally {
    uint32_t *parent;  /* [n] all there are, ascending */
    uint64_t *left;    /* [n] rows of each that are not covered yet */
    uint8_t *covered;  /* [sets] by how many of those taken, up to 255 */
    uint8_t *taken;    /* [n] */
    size_t n;
};

static size_t index_of(const struct tally *t, uint32_t parent)
{
    const uint32_t *at = bsearch(&parent, t->parent, t->n, sizeof parent, by_number);
    return (size_t)(at - t->parent);
}

static bool has(const struct clu_cover *c, const struct clu_cover_set *s, uint32_t parent)
{
    return bsearch(&parent, c->parent + s->at, s->n, sizeof parent, by_number) != NULL;
}

static void take(struct tally *t, const struct clu_cover *c, size_t best)
{
    t->taken[best] = 1;
    for (size_t s = 0; s < c->sets; s++) {
        if (!has(c, &c->set[s], t->parent[best]))
            continue;
        if (t->covered[s] == 0)
            for (size_t i = 0; i < c->set[s].n; i++)
                t->left[index_of(t, c->parent[c->set[s].at + i])] -= c->set[s].count;
        t->covered[s] = (uint8_t)(t->covered[s] + (t->covered[s] < 255));
    }
}

/* A parent all of whose sets are covered by others, too, goes. Counts that reached 255 stay. */
static void drop_needless(struct tally *t, const struct clu_cover *c)
{
    for (size_t i = 0; i < t->n; i++) {
        bool needed = false;
        for (size_t s = 0; s < c->sets && t->taken[i] && !needed; s++)
            needed = t->covered[s] == 1 && has(c, &c->set[s], t->parent[i]);
        if (!t->taken[i] || needed)
            continue;
        t->taken[i] = 0;
        for (size_t s = 0; s < c->sets; s++)
            if (t->covered[s] < 255 && has(c, &c->set[s], t->parent[i]))
                t->covered[s]--;
    }
}

static int open_tally(struct tally *t, const struct clu_cover *c)
{
    t->parent = clu_alloc(c->parents, sizeof *t->parent);
    if (t->parent) {
        memcpy(t->parent, c->parent, c->parents * sizeof *t->parent);
        qsort(t->parent, c->parents, sizeof *t->parent, by_number);
        for (size_t i = 0; i < c->parents; i++)
            if (t->n == 0 || t->parent[t->n - 1] != t->parent[i])
                t->parent[t->n++] = t->parent[i];
    }
    t->left = clu_calloc(t->n, sizeof *t->left);
    t->covered = clu_calloc(c->sets, 1);
    t->taken = clu_calloc(t->n, 1);
    return t->parent && t->left && t->covered && t->taken ? 0 : -1;
}

static int keep(struct clu_union *u, const struct tally *t, const uint64_t *rows)
{
    u->parent = clu_alloc(t->n, sizeof *u->parent);
    u->rows = clu_alloc(t->n, sizeof *u->rows);
    if (!u->parent || !u->rows)
        return -1;
    for (size_t i = 0; i < t->n; i++)
        if (t->taken[i]) {
            u->parent[u->n] = t->parent[i];
            u->rows[u->n++] = rows[i];
        }
    return 0;
}

enum clu_status clu_cover_solve(const struct clu_cover *c, uint32_t child, struct clu_union *u, bool *found, struct clu_err *err)
{
    struct tally t = {0};
    uint64_t *rows = NULL;
    int failed = 0;

    *u = (struct clu_union){.child = child};
    *found = false;
    if (c->open || c->parents == 0)
        return CLU_OK;
    failed = open_tally(&t, c);
    if (failed == 0)
        failed = (rows = clu_calloc(t.n, sizeof *rows)) ? 0 : -1;
    if (failed == 0) {
        for (size_t s = 0; s < c->sets; s++)
            for (size_t i = 0; i < c->set[s].n; i++)
                t.left[index_of(&t, c->parent[c->set[s].at + i])] += c->set[s].count;
        memcpy(rows, t.left, t.n * sizeof *rows);
        for (size_t best = 0; !c->many; best = 0) {
            for (size_t i = 1; i < t.n; i++)
                best = t.left[i] > t.left[best] ? i : best;
            if (t.left[best] == 0)
                break;
            take(&t, c, best);
        }
        drop_needless(&t, c);
        if (c->many)
            memset(t.taken, 1, t.n);
        failed = keep(u, &t, rows);
        *found = u->n > 1;
    }
    clu_free(t.parent);
    clu_free(t.left);
    clu_free(t.covered);
    clu_free(t.taken);
    clu_free(rows);
    if (failed == 0 && *found)
        return CLU_OK;
    clu_free(u->parent);
    clu_free(u->rows);
    *u = (struct clu_union){0};
    return failed == 0 ? CLU_OK : clu_fail_memory(err);
}
