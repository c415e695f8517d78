/* Sections: numbers, bytes, the triangle. */
#include "io/triangle.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/number_scan.h"
#include "tab/value.h"

#include <math.h>
#include <string.h>

#define BUFFER ((size_t)256 << 10) /* bytes at a time; a longer word is refused */
#define SHOWN 40                   /* bytes of a bad word in a message */

struct scan {
    struct clu_value_rule rule;
    bool apart[256];    /* what stands between numbers */
    double *v;          /* [count] */
    size_t count, cap;
    int marks;          /* commas and semicolons since the last number; 1 at the start of a file */
    const char *name;
    uint64_t line;      /* where the buffer begins */
};

void clu_triangle_clear(struct clu_triangle *t)
{
    clu_free(t->v);
    *t = (struct clu_triangle){0};
}

/* --- numbers --- */

static uint64_t line_ends(const char *from, const char *to)
{
    uint64_t n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

/* from: where the buffer begins. */
static enum clu_status bad_word(const struct scan *s, const char *from, const char *word, size_t len, enum clu_value is,
                                struct clu_err *err)
{
    char shown[4 * SHOWN + 4];
    unsigned long long line = s->line + line_ends(from, word);

    clu_show(word, len, SHOWN, shown);
    if (is == CLU_VALUE_MISSING)
        return clu_fail(err, CLU_DATA, "%s:%llu: missing value ('%s')", s->name, line, shown);
    if (is == CLU_VALUE_RANGE)
        return clu_fail(err, CLU_DATA, "%s:%llu: not a finite number: '%s'", s->name, line, shown);
    if (is == CLU_VALUE_NUMBER)
        return clu_fail(err, CLU_DATA, "%s:%llu: negative distance: '%s'", s->name, line, shown);
    return clu_fail(err, CLU_DATA, "%s:%llu: not a number: '%s'", s->name, line, shown);
}

/* The word at p by the rules, to *x; its end. NULL: it is bad. */
static const char *careful(const struct scan *s, const char *from, const char *p, double *x, struct clu_err *err)
{
    const char *end = p;

    while (!s->apart[(unsigned char)*end])
        end++;
    enum clu_value is = clu_value_read(&s->rule, p, (size_t)(end - p), x);
    if (is == CLU_VALUE_NUMBER && *x >= 0)
        return end;
    bad_word(s, from, p, (size_t)(end - p), is, err);
    return NULL;
}

/* All numbers of from .. to, which ends with a separator and has CLU_NUMBER_PAD bytes behind it; there is room for them. */
static enum clu_status parse(struct scan *s, const char *from, const char *to, bool plain, struct clu_err *err)
{
    const char mark = s->rule.mark, *p = from;
    double *v = s->v + s->count;
    int marks = s->marks;

    for (;;) {
        for (; p < to && s->apart[(unsigned char)*p]; p++) {
            marks += *p == ',' || *p == ';';
            if (marks > 1)
                return bad_word(s, from, p, 0, CLU_VALUE_MISSING, err);
        }
        if (p == to)
            break;
        double x;
        const char *end = plain ? clu_number_scan(p, mark, &x) : NULL;
        if (!end || !s->apart[(unsigned char)*end] || !(x >= 0))
            end = careful(s, from, p, &x, err);
        if (!end)
            return CLU_DATA;
        *v++ = x;
        p = end;
        marks = 0;
    }
    s->line += line_ends(from, to);
    s->marks = marks;
    s->count = (size_t)(v - s->v);
    return CLU_OK;
}

/* --- bytes --- */

/* Parse what is whole of buf[0 .. len), all of it at the end; *rest bytes are left, moved to the front. */
static enum clu_status parse_buffer(struct scan *s, char *buf, size_t len, bool end, size_t *rest, struct clu_err *err)
{
    size_t whole = len;

    memset(buf + len, '\n', CLU_NUMBER_PAD);
    whole += end; /* the first of them closes the last number */
    while (whole > 0 && !s->apart[(unsigned char)buf[whole - 1]])
        whole--;
    *rest = end ? 0 : len - whole;
    if (*rest == BUFFER)
        return bad_word(s, buf, buf, len, CLU_VALUE_BAD, err);
    if (clu_reserve(&s->v, &s->cap, s->count + whole / 2 + 1, sizeof *s->v) < 0)
        return clu_fail_memory(err);
    enum clu_status status = parse(s, buf, buf + whole, !clu_value_ambiguous(&s->rule), err);
    if (status == CLU_OK && *rest > 0)
        memmove(buf, buf + whole, *rest);
    return status;
}

static enum clu_status read_source(struct scan *s, struct clu_source *source, char *buf, const struct clu_run *run,
                                   struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    size_t len = 0, got = 1;
    bool first = true;

    s->name = clu_source_name(source);
    s->line = 1;
    s->marks = 1;
    while (status == CLU_OK && got > 0) {
        uint64_t done, of;
        status = clu_source_read(source, buf + len, BUFFER - len, false, &got, err);
        if (status != CLU_OK)
            return status;
        len += got;
        if (first && len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
            memset(buf, ' ', 3); /* the mark of UTF-8 */
        first = false;
        status = parse_buffer(s, buf, len, got == 0, &len, err);
        if (status == CLU_OK)
            status = clu_need(run, (double)s->count * sizeof *s->v, err, "the first %zu distances", s->count);
        clu_source_progress(source, &done, &of);
        if (status == CLU_OK)
            status = clu_tick(run, "reading", done, of, NAN);
    }
    return status;
}

/* --- the triangle --- */

/* Objects of a triangle of m > 0 numbers, or, if there is none, of the largest one that has fewer. */
static size_t objects(size_t m)
{
    size_t n = (size_t)((1 + sqrt(1 + 8 * (double)m)) / 2);

    while (n * (n - 1) / 2 > m)
        n--;
    while ((n + 1) * n / 2 <= m)
        n++;
    return n;
}

static enum clu_status count_objects(struct clu_triangle *out, size_t m, const char *name, struct clu_err *err)
{
    if (m == 0)
        return clu_fail(err, CLU_DATA, "%s: no data", name);
    size_t n = out->n = objects(m), less = n * (n - 1) / 2;
    if (less == m)
        return CLU_OK;
    return clu_fail(err, CLU_DATA, "%s: %zu values are no triangle: %zu for %zu objects, %zu for %zu", name, m, less, n, less + n,
                    n + 1);
}

static enum clu_status read_all(struct scan *s, struct clu_triangle *out, const struct clu_read_opt *opt, char *buf,
                                const struct clu_run *run, struct clu_err *err)
{
    size_t files = opt->files ? opt->files : 1;
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < files && status == CLU_OK; i++) {
        struct clu_source *source;
        status = clu_source_open(&source, opt->files ? opt->file[i] : "-", err);
        if (status == CLU_OK)
            status = read_source(s, source, buf, run, err);
        if (status == CLU_OK && i + 1 == files)
            status = count_objects(out, s->count, clu_source_name(source), err);
        clu_source_close(source);
    }
    return status;
}

enum clu_status clu_read_triangle(struct clu_triangle *out, const struct clu_read_opt *opt, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct scan s = {.rule = {opt->mark ? opt->mark : '.', 0, opt->na_values}};
    char *buf = clu_alloc(BUFFER + CLU_NUMBER_PAD, 1);

    *out = (struct clu_triangle){0};
    for (const char *c = s.rule.mark == ',' ? " \t\n\r;" : " \t\n\r;,"; *c; c++)
        s.apart[(unsigned char)*c] = true;
    enum clu_status status = buf ? read_all(&s, out, opt, buf, run, err) : clu_fail_memory(err);
    clu_free(buf);
    out->v = s.v;
    if (status != CLU_OK)
        clu_triangle_clear(out);
    return status;
}
