#include "io/lines.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLOCK ((size_t)64 << 10)

static enum clu_status read_whole(struct clu_lines *l, struct clu_source *source, struct clu_err *err)
{
    size_t cap = 0, got = 1;

    while (got > 0) {
        if (clu_reserve(&l->text, &cap, l->len + BLOCK, 1) < 0)
            return clu_fail_memory(err);
        enum clu_status status = clu_source_read(source, l->text + l->len, cap - l->len - 1, false, &got, err);
        if (status != CLU_OK)
            return status;
        l->len += got;
    }
    l->text[l->len] = '\0';
    XXH128_hash_t h = XXH3_128bits(l->text, l->len);
    l->hash = (struct clu_hash){h.low64, h.high64};
    return CLU_OK;
}

enum clu_status clu_lines_open(struct clu_lines *l, const char *path, struct clu_err *err)
{
    struct clu_source *source;

    *l = (struct clu_lines){0};
    enum clu_status status = clu_source_open(&source, path, err);
    if (status != CLU_OK)
        return status;
    l->name = clu_strndup(clu_source_name(source), strlen(clu_source_name(source)));
    status = l->name ? read_whole(l, source, err) : clu_fail_memory(err);
    clu_source_close(source);
    if (status != CLU_OK)
        clu_lines_close(l);
    return status;
}

enum clu_status clu_lines_next(struct clu_lines *l, bool *more, struct clu_err *err)
{
    *more = l->at < l->len;
    if (!*more)
        return CLU_OK;
    char *s = l->text + l->at, *end = memchr(s, '\n', l->len - l->at);
    l->cut = !end;
    end = end ? end : l->text + l->len;
    l->at = (size_t)(end - l->text) + 1;
    l->number++;
    l->fields = 0;
    if (memchr(s, '\0', (size_t)(end - s)))
        return clu_lines_fail(l, err, "NUL byte");
    *end = '\0';
    for (char *next; s; s = next) {
        next = strchr(s, '\t');
        if (next)
            *next++ = '\0';
        if (clu_reserve(&l->field, &l->cap, l->fields + 1, sizeof *l->field) < 0)
            return clu_fail_memory(err);
        l->field[l->fields++] = s;
    }
    return CLU_OK;
}

enum clu_status clu_lines_fail(const struct clu_lines *l, struct clu_err *err, const char *fmt, ...)
{
    char msg[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s", l->name, (unsigned long long)l->number, msg);
}

enum clu_status clu_lines_text(const struct clu_lines *l, char *field, struct clu_err *err)
{
    char *was = clu_strndup(field, strlen(field)), shown[4 * 80 + 4];
    enum clu_status status = CLU_OK;

    if (!was)
        return clu_fail_memory(err);
    size_t len = clu_unescape(field, strlen(field));
    if (len == (size_t)-1)
        status = clu_lines_fail(l, err, "bad escape in '%s'", clu_show(was, strlen(was), 80, shown));
    else
        field[len] = '\0';
    clu_free(was);
    return status;
}

bool clu_lines_count(const char *s, int base, uint64_t *x)
{
    *x = 0;
    if (!*s)
        return false;
    for (; *s; s++) {
        int digit = *s >= '0' && *s <= '9' ? *s - '0' : base == 16 && *s >= 'a' && *s <= 'f' ? *s - 'a' + 10 : 16;
        if (digit >= base || *x > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base)
            return false;
        *x = *x * (uint64_t)base + (uint64_t)digit;
    }
    return true;
}

void clu_lines_close(struct clu_lines *l)
{
    clu_free(l->text);
    clu_free(l->name);
    clu_free(l->field);
    *l = (struct clu_lines){0};
}
