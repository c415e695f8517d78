/* Sections: bytes that matter, fields, records, blocks. */
#include "tab/split.h"

#include "base/mem.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* --- bytes that matter --- */

struct scan {
    const char *text;
    size_t len;        /* text[len] is a LF that is none of the text's */
    size_t at;         /* the 64 bytes at hand start here */
    uint64_t mask;     /* those of them that matter and were not handed out yet */
    char delimiter;
    bool last;
};

#ifdef __SSE2__
static inline uint64_t classify(const char *s, char delimiter)
{
    const __m128i d = _mm_set1_epi8(delimiter), lf = _mm_set1_epi8('\n'), q = _mm_set1_epi8('"'), z = _mm_setzero_si128();
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));
        __m128i a = _mm_or_si128(_mm_cmpeq_epi8(x, d), _mm_cmpeq_epi8(x, lf));
        __m128i b = _mm_or_si128(_mm_cmpeq_epi8(x, q), _mm_cmpeq_epi8(x, z));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(a, b)) << (16 * i);
    }
    return mask;
}
#else
static inline uint64_t classify(const char *s, char delimiter)
{
    uint64_t mask = 0;

    for (int i = 0; i < 64; i++)
        mask |= (uint64_t)(s[i] == delimiter || s[i] == '\n' || s[i] == '"' || s[i] == '\0') << i;
    return mask;
}
#endif

static inline size_t next(struct scan *s)
{
    while (s->mask == 0) {
        s->at += 64;
        s->mask = classify(s->text + s->at, s->delimiter);
    }
    size_t at = s->at + (size_t)__builtin_ctzll(s->mask);
    s->mask &= s->mask - 1;
    return at;
}

/* --- fields --- */

enum outcome { WHOLE, PART, FAULT };

static enum outcome fault(struct clu_split *p, enum clu_split_fault what, uint64_t line, size_t column)
{
    p->fault = what;
    p->line = line;
    p->column = column;
    return FAULT;
}

/* The field whose quote stands at *from; *from becomes the delimiter or line end behind it. lines: line ends inside of it. */
static enum outcome quoted(struct clu_split *p, struct scan *s, size_t *from, struct clu_cell *cell, size_t column, uint64_t *lines)
{
    size_t open = *from, at;
    uint64_t line = p->lines + 1;
    bool doubled = false;

    for (;;) {
        at = next(s);
        if (at >= s->len)
            return s->last ? fault(p, CLU_SPLIT_OPEN, line, column) : PART;
        char c = s->text[at];
        *lines += c == '\n';
        if (c == '\0')
            return fault(p, CLU_SPLIT_NUL, line, column);
        if (c != '"')
            continue;
        if (at + 1 == s->len && !s->last)
            return PART; /* the next byte may be a quote */
        if (s->text[at + 1] != '"')
            break;
        next(s);
        doubled = true;
    }
    *cell = (struct clu_cell){s->text + open + 1, (uint32_t)(at - open - 1), doubled};
    size_t behind = at + 1;
    if (s->text[behind] == '\r' && behind < s->len) {
        if (behind + 1 == s->len && !s->last)
            return PART;
        behind += behind + 1 < s->len && s->text[behind + 1] == '\n';
    }
    if (s->text[behind] != s->delimiter && s->text[behind] != '\n')
        return fault(p, CLU_SPLIT_QUOTE, line, column);
    *from = next(s); /* it is behind, as nothing that matters lies between */
    return WHOLE;
}

/* --- records --- */

static size_t unquote(const char *s, size_t len, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        out[n++] = s[i];
        i += s[i] == '"';
    }
    return n;
}

/* Cells as they are compared. Those whose quotes are doubled say so by changed. length: of the record. */
static bool finish(struct clu_split *p, size_t length)
{
    size_t need = 2 * length + p->cols * CLU_EQUAL_ROOM + CLU_CELL_PAD, used;

    if (clu_reserve(&p->scratch, &p->room, need, 1) < 0)
        return false;
    char *out = p->scratch;
    for (size_t j = 0; j < p->cols; j++) {
        struct clu_cell *c = &p->cell[j];
        if (c->changed) {
            size_t n = unquote(c->s, c->len, out);
            *c = (struct clu_cell){out, (uint32_t)n, false};
            out += n;
        }
        if (p->equal) {
            clu_equal_cell(p->equal, c, out, &used);
            out += used;
        }
    }
    return true;
}

/* The record at from; *end is where the next one starts. An empty line has no fields. */
static enum outcome record(struct clu_split *p, struct scan *s, size_t from, size_t *end, size_t *fields, uint64_t *lines)
{
    size_t start = from, n = 0;
    bool doubled = false;

    *lines = 0;
    for (;;) {
        size_t at = next(s);
        char c = s->text[at];
        struct clu_cell cell;
        bool bare = true;
        if (c == '"' && at < s->len) {
            if (at != from)
                continue; /* a quote inside of a bare field is text */
            enum outcome outcome = quoted(p, s, &at, &cell, n + 1, lines);
            if (outcome != WHOLE)
                return outcome;
            doubled |= cell.changed;
            c = s->text[at];
            bare = false;
        }
        if (c == '\0')
            return fault(p, CLU_SPLIT_NUL, p->lines + 1, n + 1);
        if (at == s->len && !s->last)
            return PART;
        if (bare) {
            bool cr = c == '\n' && at < s->len && at > from && s->text[at - 1] == '\r';
            cell = (struct clu_cell){s->text + from, (uint32_t)(at - from - cr), false};
        }
        if (n < p->cols)
            p->cell[n] = cell;
        n++;
        from = at + 1;
        if (c == '\n' || at == s->len) {
            *end = at < s->len ? at + 1 : at;
            *lines += at < s->len;
            *fields = n == 1 && bare && cell.len == 0 && p->cols > 1 ? 0 : n;
            if (n == p->cols && (doubled || p->equal) && !finish(p, at - start))
                return fault(p, CLU_SPLIT_MEMORY, p->lines + 1, 0);
            return WHOLE;
        }
    }
}

/* --- blocks --- */

size_t clu_split_block(struct clu_split *p, char *text, size_t len, bool last)
{
    struct scan s = {.text = text, .len = len, .delimiter = p->delimiter, .last = last};
    size_t from = 0, end = 0, fields = 0;
    uint64_t lines = 0;

    memset(text + len, '\n', CLU_SPLIT_PAD);
    s.mask = classify(text, p->delimiter);
    p->lines = p->rows = p->blank = 0;
    p->stopped = false;
    p->fault = CLU_SPLIT_FINE;
    while (from < len) {
        if (record(p, &s, from, &end, &fields, &lines) != WHOLE)
            break;
        if (fields == 0) {
            p->blank = p->blank ? p->blank : p->lines + 1;
        } else if (p->blank) {
            fault(p, CLU_SPLIT_EMPTY, p->blank, 0);
            break;
        } else if (fields != p->cols) {
            fault(p, CLU_SPLIT_RAGGED, p->lines + 1, fields);
            break;
        } else {
            p->rows++;
            if (!p->visitor->row(p->visitor->ctx, p->worker, p->cell)) {
                p->stopped = true;
                break;
            }
        }
        p->lines += lines;
        from = end;
    }
    return from;
}

void clu_split_clear(struct clu_split *p)
{
    clu_free(p->scratch);
    p->scratch = NULL;
    p->room = 0;
}
