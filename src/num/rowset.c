#include "num/rowset.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

int clu_rowset_init(struct clu_rowset *set, struct clu_view x, size_t most)
{
    *set = (struct clu_rowset){.x = x, .slots = 16};
    while (set->slots < 2 * most)
        set->slots *= 2;
    set->slot = clu_calloc(set->slots, sizeof *set->slot);
    set->a = clu_alloc(2 * x.cols, sizeof *set->a);
    set->b = set->a ? set->a + x.cols : NULL;
    if (set->slot && set->a)
        return 0;
    clu_rowset_clear(set);
    return -1;
}

void clu_rowset_clear(struct clu_rowset *set)
{
    clu_free(set->slot);
    clu_free(set->a);
    *set = (struct clu_rowset){0};
}

static uint64_t hash(const double *x, size_t d)
{
    uint64_t h = 0;

    for (size_t j = 0; j < d; j++) {
        double value = x[j] + 0.0; /* -0 and 0 are one value */
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        if (value != value)
            bits = 0x7FF8000000000000u; /* and so are all NANs */
        h = (h ^ bits) * 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio: Fibonacci hashing */
        h ^= h >> 32;
    }
    return h;
}

static bool same(const double *a, const double *b, size_t d)
{
    for (size_t j = 0; j < d; j++)
        if (!(a[j] == b[j] || (a[j] != a[j] && b[j] != b[j])))
            return false;
    return true;
}

size_t clu_rowset_add(struct clu_rowset *set, size_t i)
{
    size_t d = set->x.cols;
    const double *row = clu_view_row(set->x, i, set->a);
    size_t at = (size_t)hash(row, d) & (set->slots - 1);

    for (; set->slot[at] != 0; at = (at + 1) & (set->slots - 1))
        if (same(row, clu_view_row(set->x, set->slot[at] - 1, set->b), d))
            return set->slot[at] - 1;
    set->slot[at] = i + 1;
    set->used++;
    return i;
}
