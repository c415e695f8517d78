/* Sections: bytes, format, parse, text. */
#include "tab/recipe.h"

#include "base/mem.h"

#include <string.h>

void clu_recipe_clear(struct clu_recipe *r)
{
    for (size_t j = 0; r->name && j < r->cols; j++)
        clu_free(r->name[j]);
    clu_free(r->name);
    clu_free(r->quoting);
    clu_free(r->head);
    clu_free(r->null);
    clu_free(r->row);
    *r = (struct clu_recipe){0};
}

/* --- bytes --- */

#define VARINT 10 /* bytes of 64 bits, seven in each */

static char *grow(struct clu_texts *t, size_t need)
{
    return clu_reserve(&t->bytes, &t->cap, t->used + need, 1) < 0 ? NULL : t->bytes + t->used;
}

/* There is room. */
static void put_number(struct clu_texts *t, uint64_t x)
{
    for (; x >= 128; x >>= 7)
        t->bytes[t->used++] = (char)(x | 128);
    t->bytes[t->used++] = (char)x;
}

static bool add_number(struct clu_texts *t, uint64_t x)
{
    if (!grow(t, VARINT))
        return false;
    put_number(t, x);
    return true;
}

static bool add_text(struct clu_texts *t, const char *s, size_t len)
{
    if (!grow(t, VARINT + len))
        return false;
    put_number(t, len);
    if (len > 0)
        memcpy(t->bytes + t->used, s, len);
    t->used += len;
    return true;
}

/* --- format --- */

enum { COPY = 1, GZIP = 2, NUMERIC = 4, NULLS = 8, MARK = 16, CRLF = 32, ENDED = 64, BLANKS = 128, ASCENDING = 256, NORMAL = 512 };
enum { HEADER = 1, BY_POSITION = 2 };

static bool ascending(const struct clu_recipe *r)
{
    for (uint64_t i = 1; i < r->rows; i++)
        if (r->row[i] < r->row[i - 1])
            return false;
    return true;
}

static bool add_reading(struct clu_texts *t, const struct clu_reading *d)
{
    return add_number(t, (d->header ? HEADER : 0u) | (d->by_position ? BY_POSITION : 0u)) && add_number(t, (unsigned char)d->delimiter);
}

/* Rows as differences, the first one from 0: as they are if none is negative, else zigzag: 0, -1, 1, -2 ... as 0, 1, 2, 3 ... */
static bool add_rows(const struct clu_recipe *r, bool plain, struct clu_texts *t)
{
    uint64_t last = 0;

    if (!add_number(t, r->rows))
        return false;
    for (uint64_t i = 0; i < r->rows; i++) {
        uint64_t by = r->row[i] - last; /* wraps, and so does zigzag */
        if (!add_number(t, plain ? by : (by << 1) ^ (0 - (by >> 63))))
            return false;
        last = r->row[i];
    }
    return true;
}

enum clu_status clu_recipe_format(const struct clu_recipe *r, struct clu_texts *out, struct clu_err *err)
{
    bool plain = ascending(r);
    uint64_t flags = (r->copy ? COPY : 0u) | (r->gzip ? GZIP : 0u) | (r->numeric ? NUMERIC : 0u) | (r->null ? NULLS : 0u) |
                     (r->mark ? MARK : 0u) | (r->crlf ? CRLF : 0u) | (r->ended ? ENDED : 0u) | (r->blanks ? BLANKS : 0u) |
                     (plain ? ASCENDING : 0u) | (r->normal ? NORMAL : 0u);
    bool fine = add_number(out, flags) && add_number(out, r->mode) && add_number(out, r->raw.hi) && add_number(out, r->raw.lo) &&
                add_reading(out, &r->child) && add_reading(out, &r->parent);

    if (fine && r->null)
        fine = add_text(out, r->null, strlen(r->null));
    if (fine && !r->copy) {
        fine = add_text(out, r->head, r->head_len) && add_number(out, r->cols);
        for (size_t j = 0; j < r->cols && fine; j++)
            fine = add_text(out, r->name[j], strlen(r->name[j])) && add_number(out, r->quoting[j]);
        fine = fine && add_rows(r, plain, out);
    }
    return fine ? CLU_OK : clu_fail_memory(err);
}

/* --- parse --- */

struct reader {
    const char *s, *end;
    bool bad, memory; /* what went wrong */
};

static uint64_t get_number(struct reader *r)
{
    uint64_t x = 0;

    for (unsigned shift = 0; shift < 64 && r->s < r->end; shift += 7) {
        unsigned char c = (unsigned char)*r->s++;
        x |= (uint64_t)(c & 127) << shift;
        if (c < 128)
            return x;
    }
    r->bad = true;
    return 0;
}

static char *get_text(struct reader *r, size_t *len)
{
    uint64_t n = get_number(r);

    *len = 0;
    if (r->bad || n > (size_t)(r->end - r->s)) {
        r->bad = true;
        return NULL;
    }
    char *s = clu_strndup(r->s, n);
    r->memory |= !s;
    r->s += n;
    *len = n;
    return s;
}

static void get_reading(struct reader *r, struct clu_reading *d)
{
    uint64_t flags = get_number(r);

    d->header = flags & HEADER;
    d->by_position = flags & BY_POSITION;
    d->delimiter = (char)get_number(r);
}

static void get_columns(struct reader *r, struct clu_recipe *c)
{
    uint64_t cols = get_number(r);
    size_t len;

    if (r->bad || cols > (size_t)(r->end - r->s)) { /* each takes a byte or more */
        r->bad = true;
        return;
    }
    c->name = clu_calloc(cols, sizeof *c->name);
    c->quoting = clu_calloc(cols, sizeof *c->quoting);
    r->memory |= !c->name || !c->quoting;
    for (; c->cols < cols && !r->bad && !r->memory; c->cols++) {
        c->name[c->cols] = get_text(r, &len);
        uint64_t how = get_number(r);
        r->bad |= how > CLU_QUOTE_FILLED;
        c->quoting[c->cols] = (uint8_t)how;
    }
}

static void get_rows(struct reader *r, struct clu_recipe *c, bool plain)
{
    uint64_t rows = get_number(r), last = 0;

    if (r->bad || rows > (size_t)(r->end - r->s)) {
        r->bad = true;
        return;
    }
    c->row = clu_alloc(rows, sizeof *c->row);
    r->memory |= !c->row;
    for (; c->rows < rows && !r->bad && !r->memory; c->rows++) {
        uint64_t by = get_number(r);
        last += plain ? by : (by >> 1) ^ (0 - (by & 1));
        c->row[c->rows] = last;
    }
}

enum clu_status clu_recipe_parse(struct clu_recipe *c, const char *s, size_t len, struct clu_err *err)
{
    struct reader r = {.s = s, .end = s + len};
    size_t n;

    *c = (struct clu_recipe){0};
    uint64_t flags = get_number(&r);
    c->copy = flags & COPY;
    c->gzip = flags & GZIP;
    c->numeric = flags & NUMERIC;
    c->normal = flags & NORMAL;
    c->mark = flags & MARK;
    c->crlf = flags & CRLF;
    c->ended = flags & ENDED;
    c->blanks = flags & BLANKS;
    c->mode = (uint32_t)get_number(&r) & 07777;
    c->raw.hi = get_number(&r);
    c->raw.lo = get_number(&r);
    get_reading(&r, &c->child);
    get_reading(&r, &c->parent);
    if (flags & NULLS)
        c->null = get_text(&r, &n);
    if (!c->copy && !r.bad && !r.memory) {
        c->head = get_text(&r, &c->head_len);
        if (!r.bad && !r.memory)
            get_columns(&r, c);
        if (!r.bad && !r.memory)
            get_rows(&r, c, flags & ASCENDING);
    }
    if (r.memory || r.bad || r.s != r.end) {
        clu_recipe_clear(c);
        return r.memory ? clu_fail_memory(err) : clu_fail(err, CLU_DATA, "damaged recipe");
    }
    return CLU_OK;
}

/* --- text --- */

static void end_line(const struct clu_recipe *r, struct clu_texts *out)
{
    if (r->crlf)
        out->bytes[out->used++] = '\r';
    out->bytes[out->used++] = '\n';
}

enum clu_status clu_recipe_write_head(const struct clu_recipe *r, struct clu_texts *out, struct clu_err *err)
{
    if (!grow(out, r->head_len + 5))
        return clu_fail_memory(err);
    if (r->mark) {
        memcpy(out->bytes + out->used, "\xef\xbb\xbf", 3);
        out->used += 3;
    }
    if (r->child.header) {
        memcpy(out->bytes + out->used, r->head, r->head_len);
        out->used += r->head_len;
        if (r->rows > 0 || r->ended)
            end_line(r, out);
    }
    return CLU_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool must_quote(const struct clu_recipe *r, const struct clu_cell *c)
{
    if (r->blanks && c->len > 0 && (is_blank(c->s[0]) || is_blank(c->s[c->len - 1])))
        return true;
    for (uint32_t i = 0; i < c->len; i++)
        if (c->s[i] == r->child.delimiter || c->s[i] == '"' || c->s[i] == '\n' || c->s[i] == '\r')
            return true;
    return false;
}

enum clu_status clu_recipe_write_row(const struct clu_recipe *r, const struct clu_cell *cell, bool last, struct clu_texts *out,
                                     struct clu_err *err)
{
    size_t need = 2;

    for (size_t j = 0; j < r->cols; j++)
        need += 2 * (size_t)cell[j].len + 3;
    if (!grow(out, need))
        return clu_fail_memory(err);
    char *o = out->bytes + out->used;
    for (size_t j = 0; j < r->cols; j++) {
        const struct clu_cell *c = &cell[j];
        bool quote = r->quoting[j] == CLU_QUOTE_ALWAYS || (r->quoting[j] == CLU_QUOTE_FILLED && c->len > 0) || must_quote(r, c);
        quote |= r->cols == 1 && c->len == 0 && last && !r->ended; /* else nothing would be there */
        if (j > 0)
            *o++ = r->child.delimiter;
        if (quote)
            *o++ = '"';
        for (uint32_t i = 0; i < c->len; i++) {
            if (quote && c->s[i] == '"')
                *o++ = '"';
            *o++ = c->s[i];
        }
        if (quote)
            *o++ = '"';
    }
    out->used = (size_t)(o - out->bytes);
    if (!last || r->ended)
        end_line(r, out);
    return CLU_OK;
}
