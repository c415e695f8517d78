/* Sections: codes, making, what is asked, columns, the table, other rows. */
#include "tab/mixed.h"

#include "base/mem.h"
#include "tab/columns.h"
#include "tab/number.h"

#include <math.h>
#include <stdlib.h>

/* --- codes: the distinct values of a column --- */

static void clear_codes(struct clu_codes *c)
{
    clu_free(c->value);
    clu_free(c->slot);
    *c = (struct clu_codes){0};
}

/* Equal values have equal keys: the two zeros are one. */
static uint64_t key(double x)
{
    uint64_t bits;
    if (x == 0)
        x = 0;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Where the value is, or would be (the mixing step of splitmix64, Steele et al. 2014). There is a free slot. */
static size_t probe(const struct clu_codes *c, double x)
{
    uint64_t want = key(x), h = want;

    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    size_t at = (size_t)(h ^ h >> 31) & (c->slots - 1);
    while (c->slot[at] != 0 && key(c->value[c->slot[at] - 1]) != want)
        at = (at + 1) & (c->slots - 1);
    return at;
}

/* The slots anew, of the values as they stand. */
static int index_codes(struct clu_codes *c, size_t slots)
{
    uint32_t *slot = clu_calloc(slots, sizeof *slot);

    if (!slot)
        return -1;
    clu_free(c->slot);
    c->slot = slot;
    c->slots = slots;
    for (size_t i = 0; i < c->n; i++)
        c->slot[probe(c, c->value[i])] = (uint32_t)i + 1;
    return 0;
}

/* The place of a value, a new one if need be. 0, or -1 without memory (or beyond 2^32 values). */
static int add_code(struct clu_codes *c, double x, size_t *place)
{
    if (2 * (c->n + 1) > c->slots && index_codes(c, c->slots ? 2 * c->slots : 16) < 0)
        return -1;
    size_t at = probe(c, x);
    if (c->slot[at] == 0) {
        if (c->n == UINT32_MAX || clu_reserve(&c->value, &c->cap, c->n + 1, sizeof *c->value) < 0)
            return -1;
        c->value[c->n++] = x;
        c->slot[at] = (uint32_t)c->n;
    }
    *place = c->slot[at] - 1;
    return 0;
}

/* The place of a value, c->n when it is not there. */
static size_t find_code(const struct clu_codes *c, double x)
{
    size_t at = c->slots ? probe(c, x) : 0;
    return c->slots && c->slot[at] ? c->slot[at] - 1 : c->n;
}

/* --- making --- */

void clu_mixed_clear(struct clu_mixed *m)
{
    for (size_t j = 0; m->codes && j < m->d; j++)
        clear_codes(&m->codes[j]);
    clu_free(m->codes);
    clu_free(m->type);
    clu_free(m->ordered);
    clu_free(m->text);
    clu_free(m->range);
    clu_levels_clear(&m->level);
    *m = (struct clu_mixed){0};
}

enum clu_status clu_mixed_init(struct clu_mixed *m, size_t d, struct clu_err *err)
{
    *m = (struct clu_mixed){
        .d = d,
        .type = clu_calloc(d, 1),
        .ordered = clu_calloc(d, 1),
        .text = clu_calloc(d, 1),
        .range = clu_alloc(d, sizeof(double)),
        .codes = clu_calloc(d, sizeof(struct clu_codes)),
    };
    if (!m->type || !m->ordered || !m->text || !m->range || !m->codes) {
        clu_mixed_clear(m);
        return clu_fail_memory(err);
    }
    for (size_t j = 0; j < d; j++)
        m->range[j] = 1;
    return CLU_OK;
}

enum clu_status clu_mixed_add_number(struct clu_mixed *m, size_t j, double number, struct clu_err *err)
{
    size_t place, n = m->codes[j].n;

    if (add_code(&m->codes[j], number, &place) < 0)
        return clu_fail_memory(err);
    return place == n ? CLU_OK : clu_fail(err, CLU_DATA, "the same value twice");
}

enum clu_status clu_mixed_add_text(struct clu_mixed *m, size_t j, const char *s, size_t len, struct clu_err *err)
{
    uint32_t level = 0;
    enum clu_status status = clu_levels_add(&m->level, s, len, &level, err);
    return status == CLU_OK ? clu_mixed_add_number(m, j, clu_level_box(level), err) : status;
}

void clu_mixed_finish(struct clu_mixed *m)
{
    for (size_t j = 0; j < m->d; j++) {
        const struct clu_codes *c = &m->codes[j];
        size_t texts = 0, none = 0;
        for (size_t i = 0; i < c->n; i++) {
            texts += clu_level_is(c->value[i]);
            none += isnan(c->value[i]) && !clu_level_is(c->value[i]);
        }
        m->text[j] = texts > 0 && texts + none == c->n;
    }
}

/* --- what is asked --- */

enum kind { INTERVAL = 0, NOMINAL, ORDERED, ASYMMETRIC };

static enum clu_status ask_one(uint8_t *kind /* [cols] */, enum kind as, const char *const *text, size_t count,
                               const struct clu_schema *s, struct clu_err *err)
{
    static const char *const word[] = {"interval", "nominal", "ordered", "asymmetric"};
    struct clu_columns c = {0};
    enum clu_status status = CLU_OK;
    char column[256];

    if (count > 0)
        status = clu_columns_pick(&c, text, count, (const char *const *)s->name, s->cols, err);
    for (size_t i = 0; i < c.n && status == CLU_OK; i++) {
        uint8_t *k = &kind[c.index[i]];
        if (*k != INTERVAL && *k != as)
            status = clu_fail(err, CLU_USAGE, "%s cannot be both %s and %s",
                              clu_schema_column(s, c.index[i], column, sizeof column), word[*k], word[as]);
        *k = (uint8_t)as;
    }
    clu_columns_clear(&c);
    return status;
}

static enum clu_status ask_all(uint8_t *kind, const struct clu_mixed_ask *ask, const struct clu_schema *s, struct clu_err *err)
{
    enum clu_status status = ask_one(kind, NOMINAL, ask->nominal, ask->nominals, s, err);
    if (status == CLU_OK)
        status = ask_one(kind, ORDERED, ask->ordered, ask->ordereds, s, err);
    if (status == CLU_OK)
        status = ask_one(kind, ASYMMETRIC, ask->asymmetric, ask->asymmetrics, s, err);
    return status;
}

/* --- columns: column j of the matrix is x[0], x[d], x[2 d] ... --- */

static bool has_text(const double *x, size_t rows, size_t d)
{
    for (size_t i = 0; i < rows; i++)
        if (clu_level_is(x[i * d]))
            return true;
    return false;
}

/* 0 when it overflows. */
static double find_range(const double *x, size_t rows, size_t d)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < rows; i++) {
        if (x[i * d] < low) /* NAN is neither */
            low = x[i * d];
        if (x[i * d] > high)
            high = x[i * d];
    }
    if (!(low < high))
        return 1;
    double range = high - low;
    return isfinite(range) ? range : 0;
}

/* Places of the values by first appearance. */
static int code_column(struct clu_codes *c, double *x, size_t rows, size_t d)
{
    for (size_t i = 0; i < rows; i++) {
        size_t place;
        if (isnan(x[i * d]) && !clu_level_is(x[i * d]))
            continue;
        if (add_code(c, x[i * d], &place) < 0)
            return -1;
        x[i * d] = (double)place;
    }
    return 0;
}

struct item {
    const char *s; /* NULL: a number */
    size_t len;
    double value;
    size_t place;
};

static int by_value(const void *a, const void *b)
{
    const struct item *p = a, *q = b;

    if (!p->s || !q->s)
        return p->s ? 1 : q->s ? -1 : p->value < q->value ? -1 : p->value > q->value;
    int order = memcmp(p->s, q->s, p->len < q->len ? p->len : q->len);
    return order ? order : p->len < q->len ? -1 : p->len > q->len;
}

/* Values that are places by first appearance become ranks from first, in the order of the values. */
static int rank_column(struct clu_mixed *m, size_t j, double *x, size_t rows, size_t first)
{
    struct clu_codes *c = &m->codes[j];
    struct item *item = clu_alloc(c->n, sizeof *item);
    size_t *rank = clu_alloc(c->n, sizeof *rank);
    int failed = !item || !rank ? -1 : 0;

    for (size_t i = 0; i < c->n && !failed; i++) {
        double v = c->value[i];
        item[i] = (struct item){.value = v, .place = i};
        if (clu_level_is(v))
            item[i].s = clu_texts_at(&m->level.text, clu_level_of(v), &item[i].len);
    }
    if (!failed) {
        qsort(item, c->n, sizeof *item, by_value);
        for (size_t i = 0; i < c->n; i++) {
            rank[item[i].place] = i;
            c->value[i] = item[i].value;
        }
        for (size_t i = 0; i < rows; i++)
            if (!isnan(x[i * m->d]))
                x[i * m->d] = (double)(rank[(size_t)x[i * m->d]] + first);
        failed = c->slots ? index_codes(c, c->slots) : 0;
    }
    clu_free(item);
    clu_free(rank);
    return failed;
}

/* An asymmetric column of fewer than two values gets its other one: 0 or 1 beside a 1 or 0, else none. */
static int complete(struct clu_mixed *m, size_t j, double *x, size_t rows)
{
    struct clu_codes *c = &m->codes[j];
    double only = c->n == 1 ? c->value[0] : NAN;
    size_t place;

    if (c->n != 1)
        return 0;
    if (add_code(c, only == 0 ? 1 : only == 1 ? 0 : NAN, &place) < 0)
        return -1;
    if (only == 0)
        return 0; /* in order */
    c->value[0] = c->value[1];
    c->value[1] = only;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(x[i * m->d]))
            x[i * m->d] = 1;
    return index_codes(c, c->slots);
}

/* --- the table --- */

static enum clu_status settle_column(struct clu_mixed *m, size_t j, enum kind kind, struct clu_table *t, struct clu_err *err)
{
    const struct clu_schema *s = &t->schema;
    double *x = t->x.v + j;
    size_t rows = t->x.rows;
    char column[256];
    int failed = 0;

    if (kind == INTERVAL && has_text(x, rows, m->d))
        kind = NOMINAL;
    m->type[j] = kind == NOMINAL ? CLU_GOWER_NOMINAL : kind == ASYMMETRIC ? CLU_GOWER_ASYMMETRIC : CLU_GOWER_INTERVAL;
    m->ordered[j] = kind == ORDERED;
    if (kind != INTERVAL)
        failed = code_column(&m->codes[j], x, rows, m->d);
    if (kind == ASYMMETRIC && m->codes[j].n > 2)
        return clu_fail(err, CLU_DATA, "%s has %zu different values, but an asymmetric column has two",
                        clu_schema_column(s, s->pick[j], column, sizeof column), m->codes[j].n);
    if (!failed && (kind == ORDERED || kind == ASYMMETRIC))
        failed = rank_column(m, j, x, rows, kind == ORDERED);
    if (!failed && kind == ASYMMETRIC)
        failed = complete(m, j, x, rows);
    if (failed)
        return clu_fail_memory(err);
    if (kind == INTERVAL || kind == ORDERED)
        m->range[j] = find_range(x, rows, m->d);
    if (m->range[j] == 0)
        return clu_fail(err, CLU_DATA, "%s: the range of its values overflows",
                        clu_schema_column(s, s->pick[j], column, sizeof column));
    return CLU_OK;
}

enum clu_status clu_mixed_settle(struct clu_mixed *m, struct clu_table *t, const struct clu_mixed_ask *ask, struct clu_err *err)
{
    const struct clu_schema *s = &t->schema;
    uint8_t *kind = clu_calloc(s->cols, 1);
    enum clu_status status = clu_mixed_init(m, t->x.cols, err);

    if (status == CLU_OK && !kind)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = ask_all(kind, ask, s, err);
    if (status == CLU_OK) {
        m->level = t->level;
        t->level = (struct clu_levels){0};
    }
    for (size_t j = 0; j < m->d && status == CLU_OK; j++)
        status = settle_column(m, j, (enum kind)kind[s->pick[j]], t, err);
    clu_free(kind);
    if (status != CLU_OK)
        clu_mixed_clear(m);
    else
        clu_mixed_finish(m);
    return status;
}

/* --- other rows --- */

static bool find(const struct clu_mixed *m, size_t j, double value, double *code)
{
    size_t place = find_code(&m->codes[j], value);

    *code = (double)(place + m->ordered[j]);
    return place < m->codes[j].n;
}

bool clu_mixed_number_code(const struct clu_mixed *m, size_t j, double number, double *code)
{
    *code = number;
    return isnan(number) || !clu_mixed_coded(m, j) || find(m, j, number, code);
}

bool clu_mixed_text_code(const struct clu_mixed *m, size_t j, const char *s, size_t len, double *code)
{
    uint32_t level;

    *code = (double)(m->codes[j].n + m->ordered[j]);
    return clu_mixed_coded(m, j) && clu_levels_find(&m->level, s, len, &level) && find(m, j, clu_level_box(level), code);
}

const char *clu_mixed_text(const struct clu_mixed *m, size_t j, double code, size_t *len, double *number)
{
    const struct clu_codes *c = &m->codes[j];

    *number = code;
    *len = 0;
    if (isnan(code) || !clu_mixed_coded(m, j))
        return NULL;
    double place = code - m->ordered[j];
    *number = place >= 0 && place < (double)c->n ? c->value[(size_t)place] : NAN;
    return clu_level_is(*number) ? clu_texts_at(&m->level.text, clu_level_of(*number), len) : NULL;
}

static enum clu_status unknown(const struct clu_mixed *m, size_t j, const struct clu_schema *s, uint64_t row, const char *text,
                               size_t len, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4];

    return clu_fail(err, CLU_DATA, "row %llu: %s: %s: '%s'", (unsigned long long)row + 1,
                    clu_schema_column(s, s->pick[j], column, sizeof column),
                    m->ordered[j]                           ? "not one of the ordered values"
                    : m->type[j] == CLU_GOWER_ASYMMETRIC ? "neither of the two values"
                                                         : "not a number",
                    clu_show(text, len, 40, shown));
}

enum clu_status clu_mixed_enter(const struct clu_mixed *m, const struct clu_levels *level, const struct clu_schema *s,
                                uint64_t first, double *x, size_t rows, struct clu_err *err)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < m->d; j++) {
            double *v = &x[i * m->d + j], code;
            char number[CLU_NUMBER_TEXT];
            const char *text = number;
            size_t len = 0;
            bool is_text = clu_level_is(*v);
            if (is_text)
                text = clu_texts_at(&level->text, clu_level_of(*v), &len);
            bool known = is_text ? clu_mixed_text_code(m, j, text, len, &code) : clu_mixed_number_code(m, j, *v, &code);
            if (!known && m->type[j] != CLU_GOWER_NOMINAL) {
                if (!is_text)
                    len = clu_number_format(*v, number);
                return unknown(m, j, s, first + i, text, len, err);
            }
            *v = code;
        }
    }
    return CLU_OK;
}
