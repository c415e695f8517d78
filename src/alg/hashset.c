#include "alg/hashset.h"

#include "base/mem.h"

#include <string.h>

#define LEAST 16

/* On huge pages, as whatever is looked for lies somewhere else. */
static void *zeros(size_t count, size_t size)
{
    void *p = clu_alloc_aligned(count, size);

    if (p)
        memset(p, 0, count * size);
    return p;
}

int clu_hashset_open(struct clu_hashset *s, size_t expected, bool count, bool meet)
{
    size_t cap = expected + expected / 3 + LEAST, words = 1;

    *s = (struct clu_hashset){.slot = zeros(cap, sizeof *s->slot), .stamp = zeros(cap, sizeof *s->stamp), .cap = cap};
    for (s->shift = 64 - 6; words * 64 < 6 * cap; s->shift--) /* 8 bits a row that fills three quarters */
        words *= 2;
    s->filter = zeros(words, sizeof *s->filter);
    s->count = count ? zeros(cap, sizeof *s->count) : NULL;
    s->met = meet ? zeros(cap, sizeof *s->met) : NULL;
    if (s->slot && s->stamp && s->filter && (!count || s->count) && (!meet || s->met))
        return 0;
    clu_hashset_clear(s);
    return -1;
}

void clu_hashset_clear(struct clu_hashset *s)
{
    clu_free(s->slot);
    clu_free(s->stamp);
    clu_free(s->filter);
    clu_free(s->count);
    clu_free(s->met);
    *s = (struct clu_hashset){0};
}

double clu_hashset_bytes(double rows, bool count, bool meet)
{
    return rows * 2 + (rows * 4 / 3 + LEAST) * (double)(sizeof(struct clu_hash) + sizeof(uint32_t) + (size_t)(8 * (count + meet)));
}

/* The slot of h, or the free one where it belongs. */
static size_t place(const struct clu_hashset *s, struct clu_hash h)
{
    size_t i = clu_hashset_home(s, h);

    while ((s->slot[i].lo | s->slot[i].hi) != 0 && !clu_hash_same(s->slot[i], h))
        i = i + 1 < s->cap ? i + 1 : 0;
    return i;
}

static void mark(struct clu_hashset *s, struct clu_hash h)
{
    uint64_t bit = h.lo >> s->shift;
    s->filter[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static int grow(struct clu_hashset *s)
{
    struct clu_hashset more;

    if (clu_hashset_open(&more, s->cap + s->cap / 2, s->count != NULL, s->met != NULL) < 0)
        return -1;
    for (size_t i = 0; i < s->cap; i++) {
        if ((s->slot[i].lo | s->slot[i].hi) == 0)
            continue;
        size_t to = place(&more, s->slot[i]);
        more.slot[to] = s->slot[i];
        mark(&more, s->slot[i]);
        if (s->count)
            more.count[to] = s->count[i];
    }
    more.n = s->n;
    clu_hashset_clear(s);
    *s = more;
    return 0;
}

int clu_hashset_add(struct clu_hashset *s, struct clu_hash h)
{
    h = clu_hashset_name(h);
    size_t i = place(s, h);

    if ((s->slot[i].lo | s->slot[i].hi) == 0) {
        if (s->n + s->n / 7 + 1 >= s->cap) { /* seven eighths full */
            if (grow(s) < 0)
                return -1;
            i = place(s, h);
        }
        s->slot[i] = h;
        mark(s, h);
        s->n++;
    }
    if (s->count)
        s->count[i]++;
    return 0;
}
