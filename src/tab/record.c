/* Sections: finding ends, splitting, delimiter. */
#include "tab/record.h"

#include "base/mem.h"

#include <string.h>

void clu_record_clear(struct clu_record *r)
{
    clu_free(r->field);
    *r = (struct clu_record){0};
}

/* --- finding ends --- */

/* What closes the quoted field whose text starts at s: the lone quote, or NULL. */
static const char *closing_quote(const char *s, const char *end, bool *doubled)
{
    *doubled = false;
    while ((s = memchr(s, '"', (size_t)(end - s)))) {
        if (s + 1 == end || s[1] != '"')
            return s;
        *doubled = true;
        s += 2;
    }
    return NULL;
}

/* The first delimiter or LF from s on, or end. */
static const char *bare_end(const char *s, const char *end, char delimiter)
{
    while (s < end && *s != delimiter && *s != '\n')
        s++;
    return s;
}

size_t clu_record_cut(const char *s, size_t len, char delimiter)
{
    const char *end = s + len, *done = s, *p = s;
    bool doubled;

    if (!memchr(s, '"', len)) {
        const char *lf = memrchr(s, '\n', len);
        return lf ? (size_t)(lf + 1 - s) : 0;
    }
    while (p < end) { /* p is at the start of a field */
        if (*p == '"') {
            p = closing_quote(p + 1, end, &doubled);
            if (!p)
                break;
            p++;
        }
        p = bare_end(p, end, delimiter); /* text behind the closing quote is clu_record_split()'s matter */
        if (p < end && *p == '\n')
            done = p + 1;
        p++;
    }
    return (size_t)(done - s);
}

/* --- splitting --- */

static size_t count_lines(const char *s, const char *end)
{
    size_t n = 0;
    while ((s = memchr(s, '\n', (size_t)(end - s)))) {
        n++;
        s++;
    }
    return n;
}

/* End the record behind its last field: a line end, or the end of the text. A CR before the LF belongs to the
 * line end, not to a bare last field. */
static void end_record(struct clu_record *r, const char *p, const char *end)
{
    struct clu_field *last = &r->field[r->fields - 1];

    r->eol = p < end;
    if (p > r->text && p[-1] == '\r' && r->eol) {
        r->eol = 2;
        if (!last->quoted)
            last->len--;
    }
    r->len = (size_t)(p - r->text) + (p < end) - r->eol;
    r->lines += p < end;
}

enum clu_status clu_record_split(struct clu_record *r, const char *s, size_t len, char delimiter,
                                 const char *where, uint64_t line, struct clu_err *err)
{
    const char *end = s + len, *p = s;

    r->fields = r->lines = 0;
    r->text = s;
    for (;;) {
        if (r->fields == CLU_COLUMNS_MAX)
            return clu_fail(err, CLU_DATA, "%s:%llu: more than %d columns", where, (unsigned long long)line,
                            CLU_COLUMNS_MAX);
        if (clu_reserve(&r->field, &r->cap, r->fields + 1, sizeof *r->field) < 0)
            return clu_fail_memory(err);
        struct clu_field *f = &r->field[r->fields++];
        *f = (struct clu_field){.s = p};
        if (p < end && *p == '"') {
            const char *close = closing_quote(p + 1, end, &f->doubled);
            if (!close)
                return clu_fail(err, CLU_DATA, "%s:%llu: quoted field is never closed", where, (unsigned long long)line);
            *f = (struct clu_field){p + 1, (size_t)(close - p - 1), true, f->doubled};
            r->lines += count_lines(f->s, close);
            p = close + 1;
            if (p < end && *p != delimiter && *p != '\n' && !(*p == '\r' && p + 1 < end && p[1] == '\n'))
                return clu_fail(err, CLU_DATA, "%s:%llu: column %zu: text after the closing quote", where,
                                (unsigned long long)line, r->fields);
            p += p < end && *p == '\r';
        } else {
            p = bare_end(p, end, delimiter);
            f->len = (size_t)(p - f->s);
        }
        if (memchr(f->s, '\0', f->len))
            return clu_fail(err, CLU_DATA, "%s:%llu: NUL byte in column %zu", where, (unsigned long long)line, r->fields);
        if (p == end || *p == '\n') {
            end_record(r, p, end);
            return CLU_OK;
        }
        p++;
    }
}

size_t clu_field_unquote(const struct clu_field *f, char *out)
{
    size_t n = 0;

    if (!f->doubled) {
        memcpy(out, f->s, f->len);
        return f->len;
    }
    for (size_t i = 0; i < f->len; i++) {
        out[n++] = f->s[i];
        i += f->s[i] == '"';
    }
    return n;
}

/* --- delimiter --- */

enum clu_status clu_delimiter_guess(const char *s, size_t len, char mark, const char *where, char *delimiter,
                                    struct clu_err *err)
{
    const char *end = s + len;
    bool comma = false, semicolon = false, tab = false, start = true, doubled;

    /* Which of the three it is decides where fields start, and so where quotes count: each of them starts one here. */
    for (const char *p = s; p < end && *p != '\n'; p++) {
        if (start && *p == '"') {
            p = closing_quote(p + 1, end, &doubled);
            if (!p)
                break;
        }
        comma |= *p == ',' && mark != ',';
        semicolon |= *p == ';';
        tab |= *p == '\t';
        start = (*p == ',' && mark != ',') || *p == ';' || *p == '\t';
    }
    if (!tab && comma && semicolon)
        return clu_fail(err, CLU_DATA, "%s:1: cannot tell the delimiter (',' or ';'); use -d", where);
    *delimiter = tab ? '\t' : semicolon || mark == ',' ? ';' : ',';
    return CLU_OK;
}
