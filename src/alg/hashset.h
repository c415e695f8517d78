/* alg/hashset.h - a set of row hashes: 20 bytes a slot, 28 a row at three quarters full; more with counts. In front of it is a filter of 8 to
 * 16 bits a row, which tells most of what is not there without a look at the slots: it is in a cache more often than they are. */
#ifndef CLU_ALG_HASHSET_H
#define CLU_ALG_HASHSET_H

#include "tab/rowhash.h"

struct clu_hashset {
    struct clu_hash *slot; /* [cap]; zeros: free */
    uint32_t *stamp;       /* [cap]: the last round in which the row was found */
    uint64_t *count;       /* [cap]: how often the row was added; NULL: not counted */
    uint64_t *filter;      /* bits by the high bits of the low lane */
    int shift;             /* 64 less the number of those */
    uint64_t *met;         /* [cap]: how often it was met in this round; NULL: not counted */
    size_t cap, n;
};

#define CLU_HASHSET_NONE ((size_t)-1)

/* For expected different rows; it grows when there are more. -1 without memory. */
int clu_hashset_open(struct clu_hashset *s, size_t expected, bool count, bool meet);
void clu_hashset_clear(struct clu_hashset *s);
int clu_hashset_add(struct clu_hashset *s, struct clu_hash h);

/* Bytes for so many rows. */
double clu_hashset_bytes(double rows, bool count, bool meet);

/* The first slot that is asked for h: high bits of the low lane, so that partitions by the high lane do not crowd. */
static inline size_t clu_hashset_home(const struct clu_hashset *s, struct clu_hash h)
{
    return (size_t)(((unsigned __int128)h.lo * s->cap) >> 64);
}

/* Zeros mean a free slot: that hash goes by another name. */
static inline struct clu_hash clu_hashset_name(struct clu_hash h)
{
    h.hi |= (h.lo | h.hi) == 0;
    return h;
}

/* Ask memory for what clu_hashset_find() will look at. */
static inline void clu_hashset_prefetch(const struct clu_hashset *s, struct clu_hash h)
{
    __builtin_prefetch(&s->filter[(h.lo >> s->shift) / 64]);
    __builtin_prefetch(&s->slot[clu_hashset_home(s, h)]);
}

static inline size_t clu_hashset_find(const struct clu_hashset *s, struct clu_hash h)
{
    uint64_t bit = h.lo >> s->shift;

    if (!(s->filter[bit / 64] >> (bit % 64) & 1))
        return CLU_HASHSET_NONE;
    h = clu_hashset_name(h);
    for (size_t i = clu_hashset_home(s, h);; i = i + 1 < s->cap ? i + 1 : 0) {
        if (clu_hash_same(s->slot[i], h))
            return i;
        if ((s->slot[i].lo | s->slot[i].hi) == 0)
            return CLU_HASHSET_NONE;
    }
}

#endif
