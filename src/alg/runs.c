/* Sections: order, sorting, adding, reading runs, merging. */
#include "alg/runs.h"

#include "base/mem.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* --- order --- */

static inline int compare(const struct clu_counted *a, const struct clu_counted *b)
{
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->hash.hi != b->hash.hi)
        return a->hash.hi < b->hash.hi ? -1 : 1;
    if (a->hash.lo != b->hash.lo)
        return a->hash.lo < b->hash.lo ? -1 : 1;
    return (a->table > b->table) - (a->table < b->table);
}

struct bucket {
    struct clu_counted *r; /* [n] */
    size_t n, cap;
};

struct run {
    uint64_t at;  /* in the spill */
    size_t n;     /* records */
};

struct clu_runs {
    struct bucket *bucket; /* [workers] */
    int workers;
    size_t most;           /* records a bucket */
    uint64_t memory;
    struct clu_spill *spill;
    struct run *run;       /* [runs] */
    size_t runs, run_cap;
    uint64_t end;          /* of the spill */
    omp_lock_t lock;
};

/* --- sorting --- */

static void insert(struct clu_counted *r, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct clu_counted x = r[i];
        size_t j = i;
        for (; j > 0 && compare(&x, &r[j - 1]) < 0; j--)
            r[j] = r[j - 1];
        r[j] = x;
    }
}

static void swap(struct clu_counted *a, struct clu_counted *b)
{
    struct clu_counted t = *a;
    *a = *b;
    *b = t;
}

/* Quicksort with the median of three; hashes are spread evenly, and equal records are met from both sides, so that the depth stays small;
 * the larger half is the loop's. */
static void sort(struct clu_counted *r, size_t n)
{
    while (n > 24) {
        size_t mid = n / 2, i = 0, j = n - 1;
        if (compare(&r[mid], &r[0]) < 0)
            swap(&r[mid], &r[0]);
        if (compare(&r[n - 1], &r[0]) < 0)
            swap(&r[n - 1], &r[0]);
        if (compare(&r[n - 1], &r[mid]) < 0)
            swap(&r[n - 1], &r[mid]);
        struct clu_counted pivot = r[mid];
        for (;;) {
            while (compare(&r[i], &pivot) < 0)
                i++;
            while (compare(&pivot, &r[j]) < 0)
                j--;
            if (i >= j)
                break;
            swap(&r[i++], &r[j--]);
        }
        size_t left = j + 1;
        if (left < n - left) {
            sort(r, left);
            r += left;
            n -= left;
        } else {
            sort(r + left, n - left);
            n = left;
        }
    }
    insert(r, n);
}

/* Sort, and make one of those that are equal. */
static void settle(struct bucket *b)
{
    size_t n = 0;

    sort(b->r, b->n);
    for (size_t i = 0; i < b->n; i++) {
        if (n > 0 && compare(&b->r[n - 1], &b->r[i]) == 0)
            b->r[n - 1].count += b->r[i].count;
        else
            b->r[n++] = b->r[i];
    }
    b->n = n;
}

/* --- adding --- */

enum clu_status clu_runs_open(struct clu_runs **out, int workers, uint64_t memory, struct clu_spill *spill, struct clu_err *err)
{
    struct clu_runs *r = clu_calloc(1, sizeof *r);

    *out = NULL;
    if (!r || !(r->bucket = clu_calloc((size_t)workers, sizeof *r->bucket))) {
        clu_free(r);
        return clu_fail_memory(err);
    }
    r->workers = workers;
    r->memory = memory;
    r->most = (size_t)(memory / (uint64_t)workers / sizeof(struct clu_counted)) + 64;
    r->spill = spill;
    omp_init_lock(&r->lock);
    *out = r;
    return CLU_OK;
}

void clu_runs_close(struct clu_runs *r)
{
    if (!r)
        return;
    for (int t = 0; t < r->workers; t++)
        clu_free(r->bucket[t].r);
    clu_free(r->bucket);
    clu_free(r->run);
    omp_destroy_lock(&r->lock);
    clu_free(r);
}

uint64_t clu_runs_spilled(const struct clu_runs *r)
{
    return r->runs;
}

/* A sorted bucket becomes a run. */
static enum clu_status put_run(struct clu_runs *r, struct bucket *b, struct clu_err *err)
{
    size_t bytes = b->n * sizeof *b->r;
    enum clu_status status = CLU_OK;

    omp_set_lock(&r->lock);
    if (clu_reserve(&r->run, &r->run_cap, r->runs + 1, sizeof *r->run) < 0)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = r->spill->put(r->spill, b->r, bytes, err);
    if (status == CLU_OK) {
        r->run[r->runs++] = (struct run){r->end, b->n};
        r->end += bytes;
    }
    omp_unset_lock(&r->lock);
    b->n = 0;
    return status;
}

static enum clu_status make_room(struct clu_runs *r, struct bucket *b, struct clu_err *err)
{
    if (b->cap < r->most) {
        size_t want = b->cap < 4096 ? 4096 : b->cap + b->cap / 2;
        if (want > r->most)
            want = r->most;
        struct clu_counted *grown = clu_realloc(b->r, want, sizeof *b->r);
        if (!grown)
            return clu_fail_memory(err);
        b->r = grown;
        b->cap = want;
        if (b->n < b->cap)
            return CLU_OK;
    }
    settle(b);
    /* Sorting again and again would cost more than writing. */
    return b->n > b->cap / 2 ? put_run(r, b, err) : CLU_OK;
}

enum clu_status clu_runs_add(struct clu_runs *r, int worker, const struct clu_counted *record, struct clu_err *err)
{
    struct bucket *b = &r->bucket[worker];

    if (b->n == b->cap) {
        enum clu_status status = make_room(r, b, err);
        if (status != CLU_OK)
            return status;
    }
    b->r[b->n++] = *record;
    return CLU_OK;
}

/* --- reading runs --- */

struct stream {
    const struct clu_counted *at, *end; /* in memory */
    struct clu_counted *chunk;          /* [cap], owned; NULL: all was in memory */
    size_t cap;
    uint64_t from;                     /* in the spill: what comes next */
    size_t left;                       /* records there */
};

/* Make at < end, unless the stream has ended. */
static enum clu_status refill(struct clu_runs *r, struct stream *s, struct clu_err *err)
{
    if (s->at < s->end || s->left == 0)
        return CLU_OK;
    size_t n = s->left < s->cap ? s->left : s->cap;
    enum clu_status status = r->spill->get(r->spill, s->from, s->chunk, n * sizeof *s->chunk, err);
    s->from += n * sizeof *s->chunk;
    s->left -= n;
    s->at = s->chunk;
    s->end = s->chunk + n;
    return status;
}

/* --- merging --- */

struct merging {
    struct clu_runs *r;
    struct stream *stream; /* [n] */
    struct stream **heap;  /* [heaped] the one with the least record first */
    size_t n, heaped;
    struct clu_counted *group;
    size_t grouped, group_cap;
};

static void sift(struct merging *m, size_t i)
{
    struct stream *s = m->heap[i];

    for (size_t next; (next = 2 * i + 1) < m->heaped; i = next) {
        next += next + 1 < m->heaped && compare(m->heap[next + 1]->at, m->heap[next]->at) < 0;
        if (compare(s->at, m->heap[next]->at) <= 0)
            break;
        m->heap[i] = m->heap[next];
    }
    m->heap[i] = s;
}

static enum clu_status open_streams(struct merging *m, struct clu_err *err)
{
    struct clu_runs *r = m->r;
    enum clu_status status = CLU_OK;
    bool spilled = r->runs > 0;

#pragma omp parallel for num_threads(r->workers) schedule(static, 1)
    for (int t = 0; t < r->workers; t++)
        settle(&r->bucket[t]);
    for (int t = 0; t < r->workers && spilled && status == CLU_OK; t++) { /* all memory is for reading then */
        if (r->bucket[t].n > 0)
            status = put_run(r, &r->bucket[t], err);
        clu_free(r->bucket[t].r);
        r->bucket[t] = (struct bucket){0};
    }
    if (status != CLU_OK)
        return status;
    m->n = spilled ? r->runs : (size_t)r->workers;
    m->stream = clu_calloc(m->n, sizeof *m->stream);
    m->heap = clu_alloc(m->n, sizeof *m->heap);
    if (!m->stream || !m->heap)
        return clu_fail_memory(err);
    for (size_t i = 0; i < m->n && status == CLU_OK; i++) {
        struct stream *s = &m->stream[i];
        if (spilled) {
            *s = (struct stream){.cap = (size_t)(r->memory / r->runs / sizeof *s->chunk) + 64, .from = r->run[i].at, .left = r->run[i].n};
            s->cap = s->cap < 32768 ? s->cap : 32768; /* 1 MiB at a time is as good as more */
            status = (s->chunk = clu_alloc(s->cap, sizeof *s->chunk)) ? refill(r, s, err) : clu_fail_memory(err);
        } else {
            s->at = r->bucket[i].r;
            s->end = s->at + r->bucket[i].n;
        }
        if (s->at < s->end)
            m->heap[m->heaped++] = s;
    }
    for (size_t i = m->heaped; i-- > 0 && status == CLU_OK;)
        sift(m, i);
    return status;
}

/* The least record into the group. */
static enum clu_status take(struct merging *m, struct clu_err *err)
{
    struct stream *s = m->heap[0];
    struct clu_counted *last = m->grouped > 0 ? &m->group[m->grouped - 1] : NULL;

    if (last && last->table == s->at->table) {
        last->count += s->at->count;
    } else {
        if (clu_reserve(&m->group, &m->group_cap, m->grouped + 1, sizeof *m->group) < 0)
            return clu_fail_memory(err);
        m->group[m->grouped++] = *s->at;
    }
    s->at++;
    enum clu_status status = refill(m->r, s, err);
    if (status == CLU_OK && s->at == s->end)
        m->heap[0] = m->heap[--m->heaped];
    if (status == CLU_OK && m->heaped > 0)
        sift(m, 0);
    return status;
}

static bool same_group(const struct clu_counted *a, const struct clu_counted *b)
{
    return a->key == b->key && clu_hash_same(a->hash, b->hash);
}

enum clu_status clu_runs_merge(struct clu_runs *r,
                               enum clu_status (*each)(void *ctx, const struct clu_counted *record, size_t n, struct clu_err *err),
                               void *ctx, struct clu_err *err)
{
    struct merging m = {.r = r};
    enum clu_status status = open_streams(&m, err);

    while (status == CLU_OK && m.heaped > 0) {
        m.grouped = 0;
        do
            status = take(&m, err);
        while (status == CLU_OK && m.heaped > 0 && same_group(&m.group[0], m.heap[0]->at));
        if (status == CLU_OK)
            status = each(ctx, m.group, m.grouped, err);
    }
    for (size_t i = 0; m.stream && i < m.n; i++)
        clu_free(m.stream[i].chunk);
    clu_free(m.stream);
    clu_free(m.heap);
    clu_free(m.group);
    return status;
}
