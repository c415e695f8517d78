/* Sections: state, sets of children, scans of parents, batches. */
#include "alg/exact.h"

#include "alg/hashset.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- state --- */

struct child {
    struct clu_hashset set;
    struct clu_projector projector;       /* one key: its columns */
    size_t *sampled, samples;   /* rows that are taken, in order; NULL: all */
    size_t next, row;           /* of sampled; of the table */
    uint64_t *hash;             /* [2][terms] */
    bool failed;                /* memory */
};

/* One child of the parent that is being scanned. */
struct hunt {
    struct child *child;
    struct clu_couple *pair;
    size_t key;                 /* in the projector */
    uint64_t distinct, rows;    /* found */
};

/* Rows that will be looked for when memory has brought what is needed for that. */
#define WAITING 16

struct queue {
    uint64_t lo[WAITING], hi[WAITING];
    uint32_t hunt[WAITING];
    uint64_t n;                 /* of all that were put in */
};

struct probe {
    struct clu_exact *x;
    struct child *child;        /* [tables] those of the batch have a set */
    size_t *by_parent;          /* [pairs] pairs in the order of their parents */
    size_t part, parts;         /* rows whose hash is in this part count */
    uint32_t round;

    struct clu_projector projector;       /* of the parent */
    struct hunt *hunt;          /* [hunts] by key */
    size_t hunts, hunt_cap;
    uint64_t *hash;             /* [workers][2][terms] */
    struct queue *queue;        /* [workers] */
    uint64_t left;              /* rows that no hunt has found yet */
    uint64_t *tally;            /* [workers][1 + hunts]: rows of the parent, and those that a child has; NULL: not asked for */
};

static inline bool in_part(const struct probe *p, struct clu_hash h)
{
    return p->parts == 1 || (size_t)(((unsigned __int128)h.hi * p->parts) >> 64) == p->part;
}

/* --- sets of children --- */

struct filling {
    struct probe *p;
    struct child *c;
};

static bool add_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct filling *f = ctx;
    struct child *c = f->c;

    (void)worker;
    if (c->sampled) {
        if (c->next == c->samples)
            return false;
        if (c->row++ != c->sampled[c->next])
            return true;
        c->next++;
    }
    clu_projector_cells(&c->projector, cell, c->hash);
    struct clu_hash h = clu_projector_row(&c->projector, 0, c->hash);
    if (in_part(f->p, h) && clu_hashset_add(&c->set, h) < 0)
        c->failed = true;
    return !c->failed;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static int draw_sample(struct child *c, size_t rows, size_t want, uint64_t seed, size_t table)
{
    struct clu_rng rng;

    c->sampled = clu_alloc(want, sizeof *c->sampled);
    c->samples = want;
    clu_rng_at(&rng, seed, table);
    if (!c->sampled || clu_rng_sample(&rng, rows, want, c->sampled) < 0)
        return -1;
    qsort(c->sampled, want, sizeof *c->sampled, by_size);
    return 0;
}

static void clear_child(struct child *c)
{
    clu_hashset_clear(&c->set);
    clu_projector_clear(&c->projector);
    clu_free(c->sampled);
    clu_free(c->hash);
    *c = (struct child){0};
}

static bool counts(const struct probe *p)
{
    return p->x->meaning != CLU_MEANING_SET;
}

static bool meets(const struct probe *p)
{
    return p->x->meaning == CLU_MEANING_BAG;
}

static size_t rows_of(const struct probe *p, size_t table)
{
    uint64_t rows = p->x->pairs->sketch[table]->rows;
    return (size_t)(p->x->sample > 0 && p->x->sample < rows ? p->x->sample : rows);
}

/* The set of one child, by one thread: the children of a batch are filled side by side. */
static enum clu_status fill(struct probe *p, const struct clu_couple *pair, const struct clu_run *run, struct clu_err *err)
{
    struct child *c = &p->child[pair->child];
    size_t rows = rows_of(p, pair->child), all = (size_t)p->x->pairs->sketch[pair->child]->rows;
    struct filling f = {p, c};
    struct clu_visitor visitor = {add_row, &f};
    enum clu_status status = clu_projector_add(&c->projector, p->x->pairs, pair, true, err);

    if (status != CLU_OK)
        return status;
    c->hash = clu_alloc(2 * c->projector.terms, sizeof *c->hash);
    if (!c->hash || clu_hashset_open(&c->set, rows / p->parts, counts(p), meets(p)) < 0 ||
        (rows < all && draw_sample(c, all, rows, run->seed, pair->child) < 0))
        return clu_fail_memory(err);
    status = clu_exact_scan(p->x, pair->child, 1, &visitor, run, err);
    return status == CLU_OK && c->failed ? clu_fail_memory(err) : status;
}

/* --- scans of parents --- */

/* Found in this round for the first time? */
static inline bool first_time(struct clu_hashset *s, size_t slot, uint32_t round)
{
    return __atomic_load_n(&s->stamp[slot], __ATOMIC_RELAXED) != round &&
           __atomic_exchange_n(&s->stamp[slot], round, __ATOMIC_RELAXED) != round;
}

static inline void found(struct probe *p, struct hunt *h, size_t slot)
{
    struct clu_hashset *s = &h->child->set;

    if (s->met && s->count[slot] > __atomic_fetch_add(&s->met[slot], 1, __ATOMIC_RELAXED))
        __atomic_fetch_add(&h->rows, 1, __ATOMIC_RELAXED);
    if (first_time(s, slot, p->round)) {
        __atomic_fetch_add(&h->distinct, 1, __ATOMIC_RELAXED);
        if (s->count && !s->met)
            __atomic_fetch_add(&h->rows, s->count[slot], __ATOMIC_RELAXED);
        __atomic_fetch_sub(&p->left, 1, __ATOMIC_RELAXED);
    }
}

/* The row in place at of the worker's queue. */
static inline void look(struct probe *p, int worker, unsigned at)
{
    const struct queue *q = &p->queue[worker];
    uint32_t i = q->hunt[at];
    size_t slot = clu_hashset_find(&p->hunt[i].child->set, (struct clu_hash){q->lo[at], q->hi[at]});

    if (slot == CLU_HASHSET_NONE)
        return;
    found(p, &p->hunt[i], slot);
    if (p->tally)
        p->tally[(size_t)worker * (p->hunts + 1) + 1 + i]++;
}

static bool probe_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct probe *p = ctx;
    uint64_t *hash = p->hash + 2 * (size_t)worker * p->projector.terms;
    struct clu_hash h = {0, 0};
    struct queue *q = &p->queue[worker];

    clu_projector_cells(&p->projector, cell, hash);
    if (p->tally)
        p->tally[(size_t)worker * (p->hunts + 1)]++;
    for (size_t i = 0; i < p->hunts; i++) {
        if (i == 0 || p->hunt[i].key != p->hunt[i - 1].key)
            h = clu_projector_row(&p->projector, p->hunt[i].key, hash);
        if (!in_part(p, h))
            continue;
        unsigned at = (unsigned)(q->n % WAITING);
        if (q->n >= WAITING)
            look(p, worker, at);
        clu_hashset_prefetch(&p->hunt[i].child->set, h);
        q->lo[at] = h.lo;
        q->hi[at] = h.hi;
        q->hunt[at] = (uint32_t)i;
        q->n++;
    }
    return p->tally || meets(p) || __atomic_load_n(&p->left, __ATOMIC_RELAXED) > 0;
}

static int by_key(const void *a, const void *b)
{
    const struct hunt *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/* The children of the batch among the pairs from..to, which have one parent. */
static enum clu_status prepare(struct probe *p, size_t from, size_t to, int workers, struct clu_err *err)
{
    struct clu_couples *pairs = p->x->pairs;

    clu_projector_clear(&p->projector);
    p->hunts = 0;
    p->left = 0;
    for (size_t i = from; i < to; i++) {
        struct clu_couple *pair = &pairs->pair[p->by_parent[i]];
        struct child *c = &p->child[pair->child];
        if (!c->set.slot || p->x->failed[pair->child])
            continue;
        enum clu_status status = clu_projector_add(&p->projector, pairs, pair, false, err);
        if (status != CLU_OK)
            return status;
        if (clu_reserve(&p->hunt, &p->hunt_cap, p->hunts + 1, sizeof *p->hunt) < 0)
            return clu_fail_memory(err);
        size_t key = 0;
        while (p->projector.key[key] != pair->key)
            key++;
        p->hunt[p->hunts++] = (struct hunt){.child = c, .pair = pair, .key = key};
        p->left += c->set.n;
        if (c->set.met)
            memset(c->set.met, 0, c->set.cap * sizeof *c->set.met);
    }
    if (p->hunts > 0)
        qsort(p->hunt, p->hunts, sizeof *p->hunt, by_key);
    clu_free(p->hash);
    clu_free(p->tally);
    clu_free(p->queue);
    p->queue = clu_calloc((size_t)workers, sizeof *p->queue);
    p->hash = clu_alloc(2 * (size_t)workers * p->projector.terms, sizeof *p->hash);
    p->tally = p->x->seen ? clu_calloc((size_t)workers * (p->hunts + 1), sizeof *p->tally) : NULL;
    return p->hash && p->queue && (p->tally || !p->x->seen) ? CLU_OK : clu_fail_memory(err);
}

/* What the scan of a parent found, into the pairs. */
static void collect(struct probe *p, uint32_t parent, int workers)
{
    for (int t = 0; t < workers; t++)
        for (uint64_t n = p->queue[t].n, i = n > WAITING ? n - WAITING : 0; i < n; i++)
            look(p, t, (unsigned)(i % WAITING));
    for (size_t i = 0; i < p->hunts; i++) {
        p->hunt[i].pair->distinct += p->hunt[i].distinct;
        p->hunt[i].pair->rows += p->hunt[i].rows;
        for (int t = 0; p->tally && t < workers; t++)
            p->hunt[i].pair->hits += p->tally[(size_t)t * (p->hunts + 1) + 1 + i];
    }
    for (int t = 0; p->tally && p->part == 0 && t < workers; t++)
        p->x->seen[parent] += p->tally[(size_t)t * (p->hunts + 1)];
}

static enum clu_status scan_parents(struct probe *p, const struct clu_run *run, struct clu_err *err)
{
    const struct clu_couples *pairs = p->x->pairs;
    struct clu_visitor visitor = {probe_row, p};
    enum clu_status status = CLU_OK;

    for (size_t from = 0, to; from < pairs->n && status == CLU_OK; from = to) {
        uint32_t parent = pairs->pair[p->by_parent[from]].parent;
        for (to = from; to < pairs->n && pairs->pair[p->by_parent[to]].parent == parent; to++)
            ;
        if (p->x->failed[parent])
            continue;
        status = prepare(p, from, to, run->threads, err);
        if (status != CLU_OK || (p->left == 0 && !meets(p) && !p->tally))
            continue;
        p->round++;
        status = clu_exact_scan(p->x, parent, run->threads, &visitor, run, err);
        collect(p, parent, run->threads);
    }
    return status;
}

/* --- batches --- */

/* The children from..to, which are pairs[first of each child], in one part of their hashes. */
static enum clu_status do_part(struct probe *p, const size_t *first, size_t from, size_t to, const struct clu_run *run, struct clu_err *err)
{
    struct clu_couples *pairs = p->x->pairs;
    enum clu_status status = CLU_OK;
    struct clu_run quiet = *run;

    quiet.watch = NULL;
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1)
    for (size_t i = from; i < to; i++) {
        struct clu_err why = {0};
        const struct clu_couple *pair = &pairs->pair[first[i]];
        enum clu_status one = p->x->failed[pair->child] ? CLU_OK : fill(p, pair, to - from == 1 ? run : &quiet, &why);
        if (one != CLU_OK) {
#pragma omp critical(clu_probe)
            if (status == CLU_OK) {
                status = one;
                if (err)
                    *err = why;
            }
        }
    }
    if (status == CLU_OK)
        status = scan_parents(p, run, err);
    for (size_t i = from; i < to; i++) {
        uint32_t child = pairs->pair[first[i]].child;
        p->x->distinct[child] += p->child[child].set.n;
        clear_child(&p->child[child]);
    }
    return status;
}

/* Pairs in the order of their parents, by counting. */
static size_t *order_by_parent(const struct clu_couples *pairs)
{
    size_t *start = clu_calloc(pairs->schemas->tables + 1, sizeof *start);
    size_t *order = clu_alloc(pairs->n, sizeof *order);

    for (size_t i = 0; start && order && i < pairs->n; i++)
        start[pairs->pair[i].parent + 1]++;
    for (size_t t = 0; start && order && t < pairs->schemas->tables; t++)
        start[t + 1] += start[t];
    for (size_t i = 0; start && order && i < pairs->n; i++)
        order[start[pairs->pair[i].parent]++] = i;
    if (!start) {
        clu_free(order);
        order = NULL;
    }
    clu_free(start);
    return order;
}

static double bytes_of(const struct probe *p, const struct clu_couple *pair)
{
    return clu_hashset_bytes((double)rows_of(p, pair->child), counts(p), meets(p));
}

/* As many children as fit at a time; one that does not fit alone in parts. */
static enum clu_status do_batches(struct probe *p, const size_t *first, size_t children, const struct clu_run *run, struct clu_err *err)
{
    const struct clu_couple *pair = p->x->pairs->pair;
    double memory = (double)p->x->memory;
    enum clu_status status = CLU_OK;

    for (size_t from = 0, to; from < children && status == CLU_OK; from = to) {
        double bytes = bytes_of(p, &pair[first[from]]);
        p->parts = bytes > memory ? (size_t)ceil(bytes / memory) : 1;
        for (to = from + 1; to < children && bytes + bytes_of(p, &pair[first[to]]) <= memory; to++)
            bytes += bytes_of(p, &pair[first[to]]);
        for (p->part = 0; p->part < p->parts && status == CLU_OK; p->part++)
            status = do_part(p, first, from, to, run, err);
    }
    return status;
}

enum clu_status clu_probe(struct clu_exact *x, const struct clu_run *run, struct clu_err *err)
{
    struct clu_couples *pairs = x->pairs;
    struct probe p = {.x = x};
    size_t *first = clu_alloc(pairs->n, sizeof *first), children = 0;
    enum clu_status status = CLU_OK;

    p.child = clu_calloc(pairs->schemas->tables, sizeof *p.child);
    p.by_parent = order_by_parent(pairs);
    if (!first || !p.child || !p.by_parent) {
        status = clu_fail_memory(err);
    } else {
        for (size_t i = 0; i < pairs->n; i++)
            if (i == 0 || pairs->pair[i].child != pairs->pair[i - 1].child)
                first[children++] = i;
        status = do_batches(&p, first, children, run, err);
    }
    clu_projector_clear(&p.projector);
    clu_free(p.hash);
    clu_free(p.tally);
    clu_free(p.queue);
    clu_free(p.hunt);
    clu_free(p.child);
    clu_free(p.by_parent);
    clu_free(first);
    return status;
}
