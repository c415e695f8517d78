/* Sections: writing fields, writing a line, reading fields, reading a line. */
#include "tab/sketch.h"

#include "base/mem.h"
#include "tab/escape.h"
#include "tab/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* man/clu-formats.5 describes the line. */

/* --- writing fields --- */

struct writer {
    char *s;
    size_t n, cap;
    bool failed;
};

static char *room(struct writer *w, size_t len)
{
    if (!w->failed && clu_reserve(&w->s, &w->cap, w->n + len, 1) < 0)
        w->failed = true;
    return w->failed ? NULL : w->s + w->n;
}

static void put(struct writer *w, const char *s)
{
    size_t len = strlen(s);
    char *to = room(w, len);

    if (to) {
        memcpy(to, s, len);
        w->n += len;
    }
}

static void put_text(struct writer *w, const char *s, size_t len)
{
    char *to = room(w, 4 * len);

    if (to)
        w->n += clu_escape(s, len, "|,;=", to);
}

static void put_count(struct writer *w, uint64_t x)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)x);
    put(w, text);
}

static void put_number(struct writer *w, double x)
{
    char *to = room(w, CLU_NUMBER_TEXT);

    if (to)
        w->n += clu_number_format(x, to);
}

static void put_hash(struct writer *w, struct clu_hash h)
{
    char text[40];

    snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)h.hi, (unsigned long long)h.lo);
    put(w, text);
}

static void put_words(struct writer *w, const uint64_t *h, size_t n)
{
    char *to = room(w, 17 * n + 1);

    for (size_t i = 0; i < n && to; i++) {
        int len = snprintf(to, 18, "%s%llx", i > 0 ? "," : "", (unsigned long long)h[i]);
        to += len;
        w->n += (size_t)len;
    }
}

/* =text, >text when it goes on, nothing when there is none. */
static void put_bound(struct writer *w, const struct clu_bound *b)
{
    if (b->known) {
        put(w, b->cut ? ">" : "=");
        put_text(w, (const char *)b->s, b->len);
    }
}

/* --- writing a line --- */

static void put_identity(struct writer *w, const struct clu_identity *id)
{
    char text[64];

    put_text(w, id->path, strlen(id->path));
    if (id->file) {
        snprintf(text, sizeof text, "\t%llu\t%lld\t%llu:%llu\t", (unsigned long long)id->size, (long long)id->mtime,
                 (unsigned long long)id->dev, (unsigned long long)id->inode);
        put(w, text);
        put_hash(w, id->raw);
    } else {
        put(w, "\t-\t-\t-\t-");
    }
    put(w, "\t");
    put_text(w, &id->delimiter, 1);
    put(w, id->member && id->changed ? "\tmember,changed" : id->member ? "\tmember" : id->changed ? "\tchanged" : "\t-");
}

static void put_rule(struct writer *w, const struct clu_sketch_rule *r)
{
    put(w, r->header ? "\theader=yes" : "\theader=no");
    put(w, r->by_position ? ";names=position" : ";names=header");
    put(w, r->numeric ? ";numeric=yes" : ";numeric=no");
    put(w, r->plain ? ";values=plain" : ";values=named");
    put(w, ";sample=");
    put_count(w, r->sample);
    if (r->null) {
        put(w, ";null=");
        put_text(w, r->null, strlen(r->null));
    }
}

static void put_column(struct writer *w, const struct clu_sketch_column *c)
{
    const uint64_t count[] = {c->nulls, c->numbers, c->changed};

    put(w, "\t");
    put_text(w, c->name, strlen(c->name));
    for (size_t i = 0; i < 3; i++) {
        put(w, "|");
        put_count(w, count[i]);
    }
    for (int end = 0; end < 2; end++) {
        put(w, "|");
        if (c->numbers > 0)
            put_number(w, end ? c->high : c->low);
    }
    put(w, "|");
    put_bound(w, &c->least);
    put(w, "|");
    put_bound(w, &c->most);
    put(w, "|");
    put_words(w, c->values.h, c->values.n);
}

static void put_sample(struct writer *w, const struct clu_sample *sample, size_t words)
{
    char text[32];

    put(w, "\t");
    put_count(w, sample->column + 1);
    snprintf(text, sizeof text, sample->all ? "|-|" : "|%llx|", (unsigned long long)sample->limit);
    put(w, text);
    put_words(w, sample->row, sample->n * words);
}

enum clu_status clu_sketch_format(const struct clu_sketch *s, struct clu_texts *line, struct clu_err *err)
{
    struct writer w = {0};

    put(&w, CLU_SKETCH_FORMAT "\t");
    put_identity(&w, &s->id);
    put_rule(&w, &s->rule);
    put(&w, "\t");
    put_count(&w, s->rows);
    put(&w, "\t");
    put_count(&w, s->cols);
    put(&w, "\t");
    put_hash(&w, s->sum);
    put(&w, "\t");
    put_words(&w, s->row.h, s->row.n);
    for (size_t j = 0; j < s->cols; j++)
        put_column(&w, &s->column[j]);
    for (size_t a = 0; a < s->anchors; a++)
        put_sample(&w, &s->sample[a], clu_sample_words(s->cols));
    put(&w, "\n");
    enum clu_status status = w.failed ? clu_fail_memory(err) : clu_texts_add(line, w.s, w.n, err);
    clu_free(w.s);
    return status;
}

/* --- reading fields --- */

struct reader {
    char *at;         /* what is left of the line; NULL: nothing */
    const char *where;
    uint64_t number;
    size_t field;     /* of the one read last, from 1 */
    enum clu_status status;
    struct clu_err *err;
};

static void bad(struct reader *r, const char *what)
{
    if (r->status == CLU_OK)
        r->status = clu_fail(r->err, CLU_DATA, "%s:%llu: field %zu: %s", r->where, (unsigned long long)r->number, r->field, what);
}

static void no_memory(struct reader *r)
{
    if (r->status == CLU_OK)
        r->status = clu_fail_memory(r->err);
}

/* Up to the next mark, which becomes NUL: *left moves behind it, and is NULL behind the last. */
static char *cut(char **left, char mark)
{
    char *s = *left, *stop = s ? strchr(s, mark) : NULL;

    if (!s)
        return NULL;
    if (stop)
        *stop++ = '\0';
    *left = stop;
    return s;
}

static char *next_field(struct reader *r)
{
    r->field++;
    char *s = r->status == CLU_OK ? cut(&r->at, '\t') : NULL;

    if (!s)
        bad(r, "missing");
    return r->status == CLU_OK ? s : NULL;
}

static uint64_t read_count(struct reader *r, const char *s, int base)
{
    char *stop = NULL;

    if (!s || !*s || !strchr(base == 16 ? "0123456789abcdef" : "0123456789", *s)) {
        bad(r, "bad number");
        return 0;
    }
    unsigned long long x = strtoull(s, &stop, base);
    if (*stop)
        bad(r, "bad number");
    return x;
}

/* The digits up to the next comma, or the end: most of a line are such words. */
static uint64_t read_word(struct reader *r, char **s)
{
    const char *p = *s;
    uint64_t x = 0;

    for (; (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'f'); p++)
        x = x << 4 | (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    if (p == *s || p - *s > 16 || (*p && *p != ','))
        bad(r, "bad number");
    *s = *p ? *s + (p - *s) + 1 : NULL;
    return x;
}

static char *read_text(struct reader *r, char *s)
{
    char *copy = NULL;
    size_t len = s ? clu_unescape(s, strlen(s)) : (size_t)-1;

    if (len == (size_t)-1)
        bad(r, "bad escape");
    else if (!(copy = clu_strndup(s, len)))
        no_memory(r);
    return copy;
}

static struct clu_hash read_hash(struct reader *r, char *s)
{
    struct clu_hash h = {0, 0};
    char low[17];

    if (!s || strlen(s) != 32) {
        bad(r, "bad hash");
        return h;
    }
    memcpy(low, s + 16, 17);
    s[16] = '\0';
    h.hi = read_count(r, s, 16);
    h.lo = read_count(r, low, 16);
    return h;
}

static uint64_t *read_words(struct reader *r, char *s, size_t *n)
{
    size_t cap = 0;
    uint64_t *h = NULL;

    *n = 0;
    if (!s)
        bad(r, "missing");
    if (r->status != CLU_OK || !*s)
        return NULL;
    cap = 1;
    for (const char *p = s; (p = strchr(p, ',')); p++)
        cap++;
    h = clu_alloc(cap, sizeof *h);
    if (!h)
        no_memory(r);
    while (r->status == CLU_OK && s)
        h[(*n)++] = read_word(r, &s);
    return h;
}

static void read_bottom(struct reader *r, char *s, struct clu_bottom *b)
{
    b->h = read_words(r, s, &b->n);
    for (size_t i = 0; i < b->n; i++)
        if (b->n > CLU_SKETCH_K || (i > 0 && b->h[i] <= b->h[i - 1]))
            bad(r, "hashes out of order");
}

static void read_bound(struct reader *r, char *s, struct clu_bound *b)
{
    if (!s || !*s)
        return;
    b->cut = *s == '>';
    b->known = true;
    size_t len = *s == '=' || *s == '>' ? clu_unescape(s + 1, strlen(s + 1)) : CLU_SKETCH_TEXT + 1;
    if (len > CLU_SKETCH_TEXT || (b->cut && len < CLU_SKETCH_TEXT)) {
        bad(r, "bad text");
    } else {
        b->len = (uint8_t)len;
        memcpy(b->s, s + 1, len);
    }
}

/* --- reading a line --- */

static void read_identity(struct reader *r, struct clu_identity *id)
{
    id->path = read_text(r, next_field(r));
    char *field[4];
    for (size_t i = 0; i < 4; i++)
        field[i] = next_field(r);
    if (r->status == CLU_OK && strcmp(field[0], "-") != 0) {
        char *inode = field[2];
        bool before = *field[1] == '-'; /* before 1970 */
        id->file = true;
        id->size = read_count(r, field[0], 10);
        id->mtime = (int64_t)read_count(r, field[1] + before, 10);
        id->mtime = before ? -id->mtime : id->mtime;
        id->dev = read_count(r, cut(&inode, ':'), 10);
        id->inode = read_count(r, inode, 10);
        id->raw = read_hash(r, field[3]);
    }
    char *s = next_field(r);
    if (s && clu_unescape(s, strlen(s)) != 1)
        bad(r, "bad delimiter");
    id->delimiter = s ? *s : ',';
    char *flags = next_field(r);
    while (flags && r->status == CLU_OK) {
        const char *word = cut(&flags, ',');
        id->member |= strcmp(word, "member") == 0;
        id->changed |= strcmp(word, "changed") == 0;
    }
}

static void read_rule(struct reader *r, struct clu_sketch_rule *rule)
{
    char *s = next_field(r);

    while (s && r->status == CLU_OK) {
        char *value = cut(&s, ';'), *name = cut(&value, '=');
        if (!value)
            bad(r, "bad option");
        else if (strcmp(name, "header") == 0)
            rule->header = strcmp(value, "yes") == 0;
        else if (strcmp(name, "names") == 0)
            rule->by_position = strcmp(value, "position") == 0;
        else if (strcmp(name, "numeric") == 0)
            rule->numeric = strcmp(value, "yes") == 0;
        else if (strcmp(name, "values") == 0)
            rule->plain = strcmp(value, "plain") == 0;
        else if (strcmp(name, "sample") == 0)
            rule->sample = read_count(r, value, 10);
        else if (strcmp(name, "null") == 0 && !rule->null)
            rule->null = read_text(r, value);
        else
            bad(r, "unknown option");
    }
}

static void read_column(struct reader *r, struct clu_sketch_column *c)
{
    char *s = next_field(r);

    c->name = read_text(r, cut(&s, '|'));
    c->nulls = read_count(r, cut(&s, '|'), 10);
    c->numbers = read_count(r, cut(&s, '|'), 10);
    c->changed = read_count(r, cut(&s, '|'), 10);
    double *end[] = {&c->low, &c->high};
    for (size_t i = 0; i < 2; i++) {
        const char *text = cut(&s, '|');
        if (c->numbers > 0 && (!text || clu_number_parse(text, strlen(text), '.', end[i]) != CLU_NUMBER_OK))
            bad(r, "bad number");
    }
    read_bound(r, cut(&s, '|'), &c->least);
    read_bound(r, cut(&s, '|'), &c->most);
    read_bottom(r, cut(&s, '|'), &c->values);
    if (c->least.known != c->most.known)
        bad(r, "half a range");
}

static void read_sample(struct reader *r, struct clu_sample *sample, size_t cols)
{
    char *s = next_field(r);
    size_t words = clu_sample_words(cols), n = 0;
    uint64_t column = read_count(r, cut(&s, '|'), 10);
    const char *limit = cut(&s, '|');

    sample->column = column - 1;
    sample->all = limit && strcmp(limit, "-") == 0;
    if (!sample->all)
        sample->limit = read_count(r, limit, 16);
    sample->row = read_words(r, s, &n);
    sample->n = n / words;
    if (column < 1 || column > cols || n % words != 0)
        bad(r, "bad sample");
}

enum clu_status clu_sketch_parse(struct clu_sketch *s, char *line, size_t len, const char *where, uint64_t number, struct clu_err *err)
{
    struct reader r = {.at = line, .where = where, .number = number, .err = err};

    *s = (struct clu_sketch){0};
    if (memchr(line, '\0', len) || strncmp(line, CLU_SKETCH_FORMAT "\t", strlen(CLU_SKETCH_FORMAT) + 1) != 0)
        return clu_fail(err, CLU_DATA, "%s:%llu: not a sketch of format %s", where, (unsigned long long)number, CLU_SKETCH_FORMAT);
    next_field(&r);
    read_identity(&r, &s->id);
    read_rule(&r, &s->rule);
    s->rows = read_count(&r, next_field(&r), 10);
    uint64_t cols = read_count(&r, next_field(&r), 10);
    s->sum = read_hash(&r, next_field(&r));
    read_bottom(&r, next_field(&r), &s->row);
    if (cols > len)
        bad(&r, "bad number of columns");
    if (r.status == CLU_OK && !(s->column = clu_calloc(cols, sizeof *s->column)))
        no_memory(&r);
    for (; r.status == CLU_OK && s->cols < cols; s->cols++)
        read_column(&r, &s->column[s->cols]);
    for (; r.status == CLU_OK && r.at && s->anchors < CLU_SKETCH_ANCHORS; s->anchors++)
        read_sample(&r, &s->sample[s->anchors], s->cols);
    if (r.at)
        bad(&r, "more than a sketch has");
    if (r.status != CLU_OK)
        clu_sketch_clear(s);
    return r.status;
}
