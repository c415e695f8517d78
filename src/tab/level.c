#include "tab/level.h"

#include "base/mem.h"

#define SLOTS 64 /* at first */

void clu_levels_clear(struct clu_levels *l)
{
    clu_texts_clear(&l->text);
    clu_free(l->slot);
    *l = (struct clu_levels){0};
}

void clu_levels_reset(struct clu_levels *l)
{
    if (l->text.n > 0)
        memset(l->slot, 0, l->slots * sizeof *l->slot);
    l->text.n = l->text.used = 0;
}

/* FNV-1a (Fowler, Noll, Vo), its upper half folded onto the lower one, which picks the slot. */
static size_t hash(const char *s, size_t len)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

/* Where the text's level is, or would be. There is a free slot. */
static size_t probe(const struct clu_levels *l, const char *s, size_t len)
{
    size_t at = hash(s, len) & (l->slots - 1), n;

    for (; l->slot[at] != 0; at = (at + 1) & (l->slots - 1)) {
        const char *there = clu_texts_at(&l->text, l->slot[at] - 1, &n);
        if (n == len && memcmp(there, s, n) == 0)
            break;
    }
    return at;
}

static int grow(struct clu_levels *l)
{
    size_t slots = l->slots ? 2 * l->slots : SLOTS, len;
    uint32_t *slot = clu_calloc(slots, sizeof *slot);

    if (!slot)
        return -1;
    clu_free(l->slot);
    l->slot = slot;
    l->slots = slots;
    for (size_t i = 0; i < l->text.n; i++) {
        const char *s = clu_texts_at(&l->text, i, &len);
        l->slot[probe(l, s, len)] = (uint32_t)i + 1;
    }
    return 0;
}

bool clu_levels_find(const struct clu_levels *l, const char *s, size_t len, uint32_t *level)
{
    if (l->slots == 0)
        return false;
    size_t at = probe(l, s, len);
    *level = l->slot[at] - 1;
    return l->slot[at] != 0;
}

enum clu_status clu_levels_add(struct clu_levels *l, const char *s, size_t len, uint32_t *level, struct clu_err *err)
{
    if (2 * (l->text.n + 1) > l->slots && grow(l) < 0)
        return clu_fail_memory(err);
    size_t at = probe(l, s, len);
    if (l->slot[at] == 0) {
        if (l->text.n == UINT32_MAX)
            return clu_fail(err, CLU_DATA, "more than %lu different texts", (unsigned long)UINT32_MAX);
        if (clu_texts_add(&l->text, s, len, err) != CLU_OK)
            return CLU_SYSTEM;
        l->slot[at] = (uint32_t)l->text.n;
    }
    *level = l->slot[at] - 1;
    return CLU_OK;
}
