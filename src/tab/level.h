/* tab/level.h - texts in a table of numbers: a cell that holds a text is a NaN that carries the number of its text, the level.
 *
 * Levels are numbered from 0 by first appearance in struct clu_levels. Such a NaN may be copied, but never be an operand: an
 * operation keeps what it carries on some machines only. A missing value is a plain NAN. A float has no room for a level. */
#ifndef CLU_TAB_LEVEL_H
#define CLU_TAB_LEVEL_H

#include "base/status.h"
#include "tab/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The upper half of the NaN: quiet, and with a further bit that the NaNs of arithmetic and libm lack. */
#define CLU_LEVEL_MARK 0x7ffc0000u

static inline double clu_level_box(uint32_t level)
{
    uint64_t bits = (uint64_t)CLU_LEVEL_MARK << 32 | level;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline bool clu_level_is(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 32 == CLU_LEVEL_MARK;
}

/* The level of a cell for which clu_level_is(). */
static inline uint32_t clu_level_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint32_t)bits;
}

/* The dictionary: texts by level, and a hash table of them (open addressing). {0} is empty. */
struct clu_levels {
    struct clu_texts text; /* [levels], look with clu_texts_at() */
    uint32_t *slot;        /* [slots] level + 1, 0: free; slots is a power of two, at least twice the levels */
    size_t slots;
};
void clu_levels_clear(struct clu_levels *l);

/* No levels, but all the room there was. */
void clu_levels_reset(struct clu_levels *l);

/* The level of a text, a new one if need be. O(len) expected. */
enum clu_status clu_levels_add(struct clu_levels *l, const char *s, size_t len, uint32_t *level, struct clu_err *err);

/* The level of a text if it has one. */
bool clu_levels_find(const struct clu_levels *l, const char *s, size_t len, uint32_t *level);

#endif
