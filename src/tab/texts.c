#include "tab/texts.h"

#include "base/mem.h"

#include <string.h>

enum clu_status clu_texts_add(struct clu_texts *t, const char *s, size_t len, struct clu_err *err)
{
    if (clu_reserve(&t->bytes, &t->cap, t->used + len, 1) < 0 ||
        clu_reserve(&t->end, &t->end_cap, t->n + 1, sizeof *t->end) < 0)
        return clu_fail_memory(err);
    if (len > 0)
        memcpy(t->bytes + t->used, s, len);
    t->used += len;
    t->end[t->n++] = t->used;
    return CLU_OK;
}

enum clu_status clu_texts_append(struct clu_texts *t, const struct clu_texts *more, struct clu_err *err)
{
    if (more->n == 0)
        return CLU_OK;
    if (clu_reserve(&t->bytes, &t->cap, t->used + more->used, 1) < 0 ||
        clu_reserve(&t->end, &t->end_cap, t->n + more->n, sizeof *t->end) < 0)
        return clu_fail_memory(err);
    if (more->used > 0) /* all of them may be empty */
        memcpy(t->bytes + t->used, more->bytes, more->used);
    for (size_t i = 0; i < more->n; i++)
        t->end[t->n + i] = t->used + more->end[i];
    t->used += more->used;
    t->n += more->n;
    return CLU_OK;
}

const char *clu_texts_at(const struct clu_texts *t, size_t i, size_t *len)
{
    uint64_t from = i ? t->end[i - 1] : 0;
    *len = (size_t)(t->end[i] - from);
    return t->bytes + from;
}

void clu_texts_clear(struct clu_texts *t)
{
    clu_free(t->bytes);
    clu_free(t->end);
    *t = (struct clu_texts){0};
}
