#include "io/pull.h"

#include "base/mem.h"
#include "io/archive.h"
#include "io/place.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)256 << 10)

enum clu_status clu_packing_find(enum clu_packing *packing, const char *path, struct clu_err *err)
{
    unsigned char first[16];
    bool more;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, first, sizeof first);
    enum clu_status status = n < 0 ? clu_fail_path(err, path) : CLU_OK;

    if (fd >= 0)
        close(fd);
    if (n < 0)
        return status;
    *packing = n >= 2 && first[0] == 0x1f && first[1] == 0x8b                ? CLU_PACKED_GZIP
               : clu_compression_find(first, (size_t)n, &more) != NULL ? CLU_PACKED_ELSE
                                                                       : CLU_PACKED_NOT;
    return CLU_OK;
}

enum clu_status clu_pull_open(struct clu_pull *p, const char *path, char delimiter, struct clu_err *err)
{
    *p = (struct clu_pull){.delimiter = delimiter, .line = 1};
    return clu_source_open(&p->source, path, err);
}

void clu_pull_close(struct clu_pull *p)
{
    clu_source_close(p->source);
    clu_free(p->buf);
    clu_record_clear(&p->record);
    *p = (struct clu_pull){0};
}

/* More text, what was used moved out of the way, until a record is whole. */
static enum clu_status fill(struct clu_pull *p, struct clu_err *err)
{
    size_t got;
    bool first = p->buf == NULL;

    if (p->at > 0)
        memmove(p->buf, p->buf + p->at, p->len - p->at);
    p->len -= p->at;
    p->at = p->whole = 0;
    while (p->whole == 0 && !p->ended) {
        if (p->len > CLU_RECORD_MAX)
            return clu_fail(err, CLU_DATA, "%s:%llu: line longer than 64 MiB", clu_source_name(p->source), (unsigned long long)p->line);
        if (clu_reserve(&p->buf, &p->cap, p->len + BLOCK, 1) < 0)
            return clu_fail_memory(err);
        enum clu_status status = clu_source_read(p->source, p->buf + p->len, p->cap - p->len, false, &got, err);
        if (status != CLU_OK)
            return status;
        p->ended = got < p->cap - p->len;
        p->len += got;
        if (first && p->len >= 3 && memcmp(p->buf, "\xef\xbb\xbf", 3) == 0) {
            p->mark = true;
            p->len -= 3;
            memmove(p->buf, p->buf + 3, p->len);
        }
        first = false;
        p->whole = p->ended ? p->len : clu_record_cut(p->buf, p->len, p->delimiter);
    }
    return CLU_OK;
}

enum clu_status clu_pull_next(struct clu_pull *p, bool *more, struct clu_err *err)
{
    enum clu_status status = p->at == p->whole && !p->ended ? fill(p, err) : CLU_OK;

    *more = status == CLU_OK && p->at < p->whole;
    if (!*more)
        return status;
    status = clu_record_split(&p->record, p->buf + p->at, p->whole - p->at, p->delimiter, clu_source_name(p->source), p->line, err);
    p->at += p->record.len + p->record.eol;
    p->line += p->record.lines;
    return status;
}
