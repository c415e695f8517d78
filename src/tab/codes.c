/* Sections: codes, order, partition. */
#include "tab/codes.h"

#include "base/mem.h"

#include <stdlib.h>

/* --- codes --- */

#define SLOTS 1024 /* at first */

void clu_codes_clear(struct clu_codes *c)
{
    clu_free(c->value);
    clu_free(c->slot);
    clu_free(c->small);
    *c = (struct clu_codes){0};
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Where the label is, or would be. There is a free slot. The constant is that of splitmix64 (Steele, Lea, Flood 2014). */
static size_t probe(const struct clu_codes *c, uint64_t bits)
{
    uint64_t h = (bits ^ bits >> 32) * 0xbf58476d1ce4e5b9u;
    size_t at = (size_t)(h ^ h >> 31) & (c->slots - 1);

    while (c->slot[at] != 0 && bits_of(c->value[c->slot[at] - 1]) != bits)
        at = (at + 1) & (c->slots - 1);
    return at;
}

static bool grow(struct clu_codes *c)
{
    size_t slots = c->slots ? 2 * c->slots : SLOTS;
    uint32_t *slot = clu_calloc(slots, sizeof *slot);

    if (!slot)
        return false;
    clu_free(c->slot);
    c->slot = slot;
    c->slots = slots;
    for (size_t i = 0; i < c->n; i++)
        c->slot[probe(c, bits_of(c->value[i]))] = (uint32_t)i + 1;
    return true;
}

static enum clu_status new_code(struct clu_codes *c, double x, struct clu_err *err)
{
    if (c->n == INT32_MAX)
        return clu_fail(err, CLU_DATA, "more than %ld different labels", (long)INT32_MAX);
    if ((2 * (c->n + 1) > c->slots && !grow(c)) || clu_reserve(&c->value, &c->cap, c->n + 1, sizeof *c->value) < 0)
        return clu_fail_memory(err);
    c->value[c->n++] = x;
    c->slot[probe(c, bits_of(x))] = (uint32_t)c->n;
    return CLU_OK;
}

static enum clu_status hashed(struct clu_codes *c, double x, int32_t *code, struct clu_err *err)
{
    size_t at = c->slots ? probe(c, bits_of(x)) : 0;
    enum clu_status status = CLU_OK;

    if (c->slots && c->slot[at] != 0) {
        *code = (int32_t)(c->slot[at] - 1);
    } else {
        status = new_code(c, x, err);
        *code = (int32_t)c->n - 1;
    }
    return status;
}

enum clu_status clu_codes_add(struct clu_codes *c, const double *x, size_t stride, size_t n, int32_t *code, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    if (!c->small && !(c->small = clu_calloc(CLU_CODES_SMALL, sizeof *c->small)))
        return clu_fail_memory(err);
    for (size_t i = 0; i < n && status == CLU_OK; i++) {
        double v = x[i * stride];
        if (v >= 0 && v < CLU_CODES_SMALL && v == (double)(int)v) { /* -0 is 0 */
            int32_t *known = &c->small[(int)v];
            if (*known == 0) {
                status = new_code(c, (double)(int)v, err);
                *known = (int32_t)c->n;
            }
            code[i] = *known - 1;
        } else if (v != v && !clu_level_is(v)) {
            code[i] = -1;
        } else {
            status = hashed(c, v, &code[i], err);
        }
    }
    return status;
}

int32_t clu_codes_find(const struct clu_codes *c, double x)
{
    if (c->slots == 0)
        return -1;
    return (int32_t)c->slot[probe(c, bits_of(x))] - 1;
}

/* --- order --- */

struct item {
    double value;
    const char *text; /* NULL for a number */
    size_t len;
    int32_t code;
};

static int by_label(const void *x, const void *y)
{
    const struct item *a = x, *b = y;

    if (!a->text || !b->text)
        return a->text ? 1 : b->text ? -1 : (a->value > b->value) - (a->value < b->value);
    size_t len = a->len < b->len ? a->len : b->len;
    int differ = memcmp(a->text, b->text, len);
    return differ ? differ : (a->len > b->len) - (a->len < b->len);
}

/* map[c->n]: the place of each code that is used (map is 0 there) among these; returns their number. item[c->n] is room. */
static size_t sort_codes(int32_t *map, const struct clu_codes *c, const struct clu_levels *level, struct item *item)
{
    size_t k = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (map[i] < 0)
            continue;
        struct item *at = &item[k++];
        *at = (struct item){.value = c->value[i], .code = (int32_t)i};
        if (clu_level_is(c->value[i]))
            at->text = clu_texts_at(&level->text, clu_level_of(c->value[i]), &at->len);
    }
    qsort(item, k, sizeof *item, by_label);
    for (size_t i = 0; i < k; i++)
        map[item[i].code] = (int32_t)i;
    return k;
}

/* --- partition --- */

void clu_partition_clear(struct clu_partition *p)
{
    clu_free(p->label);
    clu_free(p->value);
    *p = (struct clu_partition){0};
}

/* Which codes are used goes to map: 0, -1 for others and for the one that is split; the number of its objects is returned. */
static size_t look(int32_t *map, const struct clu_codes *c, const int32_t *code, const uint8_t *keep, size_t rows, int32_t split)
{
    size_t objects = 0;

    memset(map, 0xff, c->n * sizeof *map);
    for (size_t x = 0; x < rows; x++)
        if (keep[x])
            map[code[x]] = 0;
    if (split >= 0) {
        map[split] = -1;
        for (size_t x = 0; x < rows; x++)
            objects += keep[x] && code[x] == split;
    }
    return objects;
}

/* out has room. */
static void fill(struct clu_partition *out, const int32_t *map, const int32_t *code, const uint8_t *keep, size_t rows)
{
    size_t k = out->k;

    for (size_t x = 0; x < rows; x++) {
        if (!keep[x])
            continue;
        int32_t label = map[code[x]];
        if (label < 0) {
            out->value[k] = 0;
            label = (int32_t)k++;
        }
        out->label[out->n++] = label;
    }
    out->k = k;
}

enum clu_status clu_partition_make(struct clu_partition *out, const struct clu_codes *c, const struct clu_levels *level,
                                   const int32_t *code, const uint8_t *keep, size_t rows, bool split, struct clu_err *err)
{
    int32_t *map = clu_alloc(c->n, sizeof *map);
    struct item *item = clu_alloc(c->n, sizeof *item);
    enum clu_status status = map && item ? CLU_OK : clu_fail_memory(err);

    *out = (struct clu_partition){0};
    if (status == CLU_OK) {
        size_t more = look(map, c, code, keep, rows, split ? clu_codes_find(c, 0) : -1);
        out->k = sort_codes(map, c, level, item);
        out->label = clu_alloc(rows, sizeof *out->label);
        out->value = clu_alloc(out->k + more, sizeof *out->value);
        if (more > INT32_MAX - out->k)
            status = clu_fail(err, CLU_DATA, "more than %ld clusters", (long)INT32_MAX);
        else if (!out->label || !out->value)
            status = clu_fail_memory(err);
    }
    if (status == CLU_OK) {
        for (size_t i = 0; i < out->k; i++)
            out->value[i] = item[i].value;
        fill(out, map, code, keep, rows);
    }
    clu_free(map);
    clu_free(item);
    if (status != CLU_OK)
        clu_partition_clear(out);
    return status;
}
