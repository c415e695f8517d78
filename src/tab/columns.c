/* Sections: messages, one item, lists. */
#include "tab/columns.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

void clu_columns_clear(struct clu_columns *c)
{
    clu_free(c->index);
    *c = (struct clu_columns){0};
}

/* --- messages --- */

enum { SHOWN = 40, LIST = 600 }; /* bytes of a name, and of a list of names, in a message */

static enum clu_status no_such(const char *s, size_t len, const char *const *name, size_t cols, struct clu_err *err)
{
    char wanted[4 * SHOWN + 4], one[4 * SHOWN + 4], list[LIST + 4 * SHOWN + 16] = "";
    size_t at = 0;

    clu_show(s, len, SHOWN, wanted);
    if (!name)
        return clu_fail(err, CLU_USAGE, "no column '%s': the table has no header; use column numbers", wanted);
    for (size_t c = 0; c < cols; c++) {
        if (at > LIST) {
            snprintf(list + at, sizeof list - at, ", ...");
            break;
        }
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", c ? ", " : "",
                               clu_show(name[c], strlen(name[c]), SHOWN, one));
    }
    return clu_fail(err, CLU_USAGE, "no column '%s'; the columns are: %s", wanted, list);
}

/* --- one item --- */

static size_t digits(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && s[n] >= '0' && s[n] <= '9')
        n++;
    return n;
}

/* A column number in s[0..n), all digits, as an index. */
static enum clu_status numbered(size_t *out, const char *s, size_t n, size_t cols, struct clu_err *err)
{
    char shown[4 * SHOWN + 4];
    size_t x = 0;

    for (size_t i = 0; i < n && x <= cols; i++)
        x = 10 * x + (size_t)(s[i] - '0');
    if (x == 0)
        return clu_fail(err, CLU_USAGE, "columns are numbered from 1");
    if (x > cols)
        return clu_fail(err, CLU_USAGE, "column %s of %zu", clu_show(s, n, SHOWN, shown), cols);
    *out = x - 1;
    return CLU_OK;
}

static enum clu_status named(size_t *out, const char *s, size_t len, const char *const *name, size_t cols,
                             struct clu_err *err)
{
    char shown[4 * SHOWN + 4];
    size_t hits = 0;

    for (size_t c = 0; name && c < cols; c++)
        if (strlen(name[c]) == len && memcmp(name[c], s, len) == 0) {
            *out = c;
            hits++;
        }
    if (hits == 0)
        return no_such(s, len, name, cols, err);
    if (hits > 1)
        return clu_fail(err, CLU_USAGE, "column name '%s' is not unique; use its number", clu_show(s, len, SHOWN, shown));
    return CLU_OK;
}

/* Where the "-" of N-M or N- is; 0: s is no range. */
static size_t range_mark(const char *s, size_t len)
{
    size_t n = digits(s, len);
    return n > 0 && n < len && s[n] == '-' && n + 1 + digits(s + n + 1, len - n - 1) == len ? n : 0;
}

/* Columns first..last of one item. exact: a name and nothing else. */
static enum clu_status item(size_t *first, size_t *last, const char *s, size_t len, bool exact, const char *const *name,
                            size_t cols, struct clu_err *err)
{
    enum clu_status status;
    char shown[4 * SHOWN + 4];
    size_t mark = exact ? 0 : range_mark(s, len);

    if (mark > 0) {
        status = numbered(first, s, mark, cols, err);
        *last = cols - 1;
        if (status == CLU_OK && mark + 1 < len)
            status = numbered(last, s + mark + 1, len - mark - 1, cols, err);
        if (status == CLU_OK && *first > *last)
            status = clu_fail(err, CLU_USAGE, "invalid range '%s'", clu_show(s, len, SHOWN, shown));
        return status;
    }
    status = !exact && len > 0 && digits(s, len) == len ? numbered(first, s, len, cols, err)
                                                        : named(first, s, len, name, cols, err);
    *last = *first;
    return status;
}

enum clu_status clu_columns_one(size_t *out, const char *text, const char *const *name, size_t cols, struct clu_err *err)
{
    size_t last;
    bool exact = *text == '=';

    text += exact;
    if (range_mark(text, strlen(text)) > 0)
        exact = true; /* one column is wanted: it can only be a name */
    return item(out, &last, text, strlen(text), exact, name, cols, err);
}

/* --- lists --- */

/* One item of a list at text: its bounds behind any "!", and what comes after it. */
struct piece {
    const char *s;
    size_t len;
    bool exact, but;
    const char *next; /* NULL: was the last */
};

static struct piece next_piece(const char *text)
{
    struct piece p = {.s = text, .but = *text == '!'};

    p.s += p.but;
    p.exact = *p.s == '=';
    p.s += p.exact;
    p.len = p.exact ? strlen(p.s) : strcspn(p.s, ",");
    p.next = p.s[p.len] ? p.s + p.len + 1 : NULL;
    return p;
}

bool clu_columns_by_name(const char *text)
{
    for (struct piece p; text; text = p.next) {
        p = next_piece(text);
        if (p.exact || (p.len > 0 && digits(p.s, p.len) < p.len && range_mark(p.s, p.len) == 0))
            return true;
    }
    return false;
}

enum { OUT = 1, TAKEN = 2 };

/* Note what the texts take (in order) and leave out. */
static enum clu_status mark_all(struct clu_columns *c, unsigned char *mark, const char *const *text, size_t count,
                                const char *const *name, size_t cols, struct clu_err *err)
{
    for (size_t t = 0; t < count; t++) {
        const char *at = text[t];
        for (struct piece p; at; at = p.next) {
            size_t first = 0, last = 0;
            p = next_piece(at);
            if (p.len == 0 && !p.exact)
                return clu_fail(err, CLU_USAGE, "empty item in the list of columns");
            enum clu_status status = item(&first, &last, p.s, p.len, p.exact, name, cols, err);
            if (status != CLU_OK)
                return status;
            for (size_t i = first; i <= last; i++) {
                if (!p.but && !(mark[i] & TAKEN))
                    c->index[c->n++] = i;
                mark[i] |= p.but ? OUT : TAKEN;
            }
        }
    }
    return CLU_OK;
}

enum clu_status clu_columns_pick(struct clu_columns *out, const char *const *text, size_t count,
                                 const char *const *name, size_t cols, struct clu_err *err)
{
    struct clu_columns c = {.index = clu_alloc(cols, sizeof *c.index)};
    unsigned char *mark = clu_calloc(cols, 1);
    enum clu_status status = CLU_OK;

    if (!c.index || !mark)
        status = clu_fail_memory(err);
    else
        status = mark_all(&c, mark, text, count, name, cols, err);
    if (status == CLU_OK) {
        if (c.n == 0)
            for (size_t i = 0; i < cols; i++)
                c.index[c.n++] = i;
        size_t n = 0;
        for (size_t i = 0; i < c.n; i++)
            if (!(mark[c.index[i]] & OUT))
                c.index[n++] = c.index[i];
        c.n = n;
    }
    clu_free(mark);
    if (status != CLU_OK)
        clu_columns_clear(&c);
    *out = c;
    return status;
}
