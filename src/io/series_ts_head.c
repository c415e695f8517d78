/* The lines and the header of a .ts file. Sections: lines, words, header. */
#include "io/series_ts.h"

#include "base/mem.h"
#include "tab/number_scan.h"
#include "tab/record.h"

#include <string.h>
#include <strings.h>

#define FIRST ((size_t)256 << 10) /* of the buffer of lines, as a block of the reader */

/* --- lines --- */

/* More bytes behind those from pos on, which move to the front. */
static enum clu_status fill(struct clu_ts_lines *l, struct clu_err *err)
{
    size_t rest = l->len - l->pos, got;

    if (rest >= CLU_RECORD_MAX)
        return clu_fail(err, CLU_DATA, "%s:%llu: line longer than 64 MiB", clu_source_name(l->source), (unsigned long long)l->line);
    if (rest > 0)
        memmove(l->s, l->s + l->pos, rest);
    l->pos = 0;
    l->len = rest;
    if (2 * rest >= l->cap) {
        size_t cap = l->cap > 0 ? 2 * l->cap : FIRST;
        char *s = clu_realloc(l->s, cap + CLU_NUMBER_PAD, 1);
        if (!s)
            return clu_fail_memory(err);
        l->s = s;
        l->cap = cap;
    }
    enum clu_status status = clu_source_read(l->source, l->s + rest, l->cap - rest, false, &got, err);
    if (status != CLU_OK)
        return status;
    l->len += got;
    l->end = got == 0;
    memset(l->s + l->len, '\n', CLU_NUMBER_PAD); /* a last line without an end has one */
    return CLU_OK;
}

/* Bytes at the start that are no text. */
static enum clu_status skip_mark(struct clu_ts_lines *l, struct clu_err *err)
{
    if (l->len >= 2 && (memcmp(l->s, "\xff\xfe", 2) == 0 || memcmp(l->s, "\xfe\xff", 2) == 0))
        return clu_fail(err, CLU_DATA, "%s:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8", clu_source_name(l->source));
    if (l->len >= 3 && memcmp(l->s, "\xef\xbb\xbf", 3) == 0)
        l->pos = 3;
    return CLU_OK;
}

/* The next line of any sort, without its LF; NULL at the end. */
static enum clu_status any_line(struct clu_ts_lines *l, const char **s, size_t *len, struct clu_err *err)
{
    bool start = l->line == 0;
    size_t seen = 0;
    const char *lf = NULL;

    *s = NULL;
    l->line++;
    for (;;) {
        if (l->pos + seen < l->len)
            lf = memchr(l->s + l->pos + seen, '\n', l->len - l->pos - seen);
        if (lf || l->end)
            break;
        seen = l->len - l->pos;
        enum clu_status status = fill(l, err);
        if (status == CLU_OK && start)
            status = skip_mark(l, err);
        if (status != CLU_OK)
            return status;
        seen = start ? 0 : seen;
        start = false;
    }
    if (!lf && l->pos == l->len)
        return CLU_OK;
    *s = l->s + l->pos;
    *len = lf ? (size_t)(lf - *s) : l->len - l->pos;
    l->pos += *len + (lf != NULL);
    return CLU_OK;
}

enum clu_status clu_ts_line(struct clu_ts_lines *l, const char **s, size_t *len, struct clu_err *err)
{
    enum clu_status status;

    while ((status = any_line(l, s, len, err)) == CLU_OK && *s) {
        while (*len > 0 && (**s == ' ' || **s == '\t')) {
            ++*s;
            --*len;
        }
        while (*len > 0 && ((*s)[*len - 1] == ' ' || (*s)[*len - 1] == '\t' || (*s)[*len - 1] == '\r'))
            --*len;
        if (memchr(*s, '\0', *len))
            return clu_fail(err, CLU_DATA, "%s:%llu: NUL byte", clu_source_name(l->source), (unsigned long long)l->line);
        if (*len > 0 && **s != '#')
            break;
    }
    return status;
}

/* --- words --- */

struct word {
    const char *s;
    size_t len;
};

/* The next word between blanks, empty at the end of the text. */
static struct word next_word(struct word *rest)
{
    struct word w;

    while (rest->len > 0 && (*rest->s == ' ' || *rest->s == '\t')) {
        rest->s++;
        rest->len--;
    }
    w = (struct word){rest->s, 0};
    while (w.len < rest->len && w.s[w.len] != ' ' && w.s[w.len] != '\t')
        w.len++;
    rest->s += w.len;
    rest->len -= w.len;
    return w;
}

static bool is(struct word w, const char *text)
{
    return w.len == strlen(text) && strncasecmp(w.s, text, w.len) == 0;
}

/* --- header --- */

void clu_ts_head_clear(struct clu_ts_head *h)
{
    clu_levels_clear(&h->classes);
    *h = (struct clu_ts_head){0};
}

/* What the words behind a keyword are. */
struct item {
    const struct clu_ts_lines *lines;
    struct word name, rest;
    struct clu_err *err;
};

static enum clu_status complain(const struct item *i, const char *what, struct word w)
{
    char name[4 * 40 + 4], shown[4 * 40 + 4];

    return clu_fail(i->err, CLU_DATA, "%s:%llu: %s: %s: '%s'", clu_source_name(i->lines->source), (unsigned long long)i->lines->line,
                    clu_show(i->name.s, i->name.len, 40, name), what, clu_show(w.s, w.len, 40, shown));
}

static enum clu_status yes_or_no(struct item *i, bool *yes)
{
    struct word w = next_word(&i->rest);

    *yes = is(w, "true");
    return *yes || is(w, "false") ? CLU_OK : complain(i, "neither true nor false", w);
}

static enum clu_status size(struct item *i, size_t *out)
{
    struct word w = next_word(&i->rest);

    *out = 0;
    for (size_t k = 0; k < w.len && *out <= SIZE_MAX / 100; k++) {
        if (w.s[k] < '0' || w.s[k] > '9')
            return complain(i, "not a number", w);
        *out = 10 * *out + (size_t)(w.s[k] - '0');
    }
    return w.len > 0 ? CLU_OK : complain(i, "not a number", w);
}

static enum clu_status classes(struct clu_ts_head *h, struct item *i)
{
    enum clu_status status = yes_or_no(i, &h->label);
    struct word w = {0};
    uint32_t level;

    while (status == CLU_OK && h->label && (w = next_word(&i->rest), w.len > 0))
        status = clu_levels_add(&h->classes, w.s, w.len, &level, i->err);
    return status;
}

/* One line of the header; *data at its last. Names that say nothing of how to read are passed by. */
static enum clu_status take_item(struct clu_ts_head *h, struct item *i, bool *data)
{
    enum clu_status status = CLU_OK;
    bool yes = false;

    if (is(i->name, "@data")) {
        *data = true;
    } else if (is(i->name, "@timestamps")) {
        status = yes_or_no(i, &h->stamped);
    } else if (is(i->name, "@missing")) {
        status = yes_or_no(i, &yes);
    } else if (is(i->name, "@univariate")) {
        status = yes_or_no(i, &h->univariate);
        h->multivariate = !h->univariate;
    } else if (is(i->name, "@dimensions") || is(i->name, "@dimension")) {
        status = size(i, &h->channels);
    } else if (is(i->name, "@equallength")) {
        status = yes_or_no(i, &h->equal);
        h->unequal = !h->equal;
    } else if (is(i->name, "@serieslength")) {
        status = size(i, &h->length);
    } else if (is(i->name, "@classlabel")) {
        status = classes(h, i);
    } else if (is(i->name, "@targetlabel")) {
        status = yes_or_no(i, &h->target);
    } else if (is(i->name, "@relation") || is(i->name, "@attribute")) {
        status = clu_fail(i->err, CLU_DATA, "%s:%llu: an ARFF or .tsf file, not a .ts file", clu_source_name(i->lines->source),
                          (unsigned long long)i->lines->line);
    }
    return status;
}

/* What the header says against itself. */
static enum clu_status check(const struct clu_ts_head *h, const struct clu_ts_lines *l, struct clu_err *err)
{
    const char *name = clu_source_name(l->source);
    unsigned long long line = l->line;

    if (h->univariate && h->channels > 1)
        return clu_fail(err, CLU_DATA, "%s:%llu: @univariate is true, but @dimensions is %zu", name, line, h->channels);
    if (h->multivariate && h->channels == 1)
        return clu_fail(err, CLU_DATA, "%s:%llu: @univariate is false, but @dimensions is 1", name, line);
    if (h->label && h->target)
        return clu_fail(err, CLU_DATA, "%s:%llu: both @classLabel and @targetLabel are true", name, line);
    return CLU_OK;
}

enum clu_status clu_ts_head_read(struct clu_ts_head *h, struct clu_ts_lines *l, struct clu_err *err)
{
    const char *name = clu_source_name(l->source), *s;
    size_t len;
    bool data = false;

    *h = (struct clu_ts_head){0};
    for (bool any = false; !data; any = true) {
        enum clu_status status = clu_ts_line(l, &s, &len, err);
        if (status == CLU_OK && !s)
            status = any ? clu_fail(err, CLU_DATA, "%s: no @data line", name) : clu_fail(err, CLU_DATA, "%s: no data", name);
        if (status == CLU_OK && *s != '@')
            status = clu_fail(err, CLU_DATA, "%s:%llu: no @data line before the first case: is it a .ts file?", name,
                              (unsigned long long)l->line);
        if (status == CLU_OK) {
            struct item i = {.lines = l, .rest = {s, len}, .err = err};
            i.name = next_word(&i.rest);
            status = take_item(h, &i, &data);
        }
        if (status != CLU_OK)
            return status;
    }
    return check(h, l, err);
}
