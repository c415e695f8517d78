#include "io/inflate.h"

#include "base/mem.h"

#include <zlib.h>

#define GZIP_ONLY (15 + 16)           /* the largest window, and a gzip header and trailer around the data */
#define AT_ONCE ((size_t)1 << 30)     /* zlib counts in unsigned int */

struct clu_inflate {
    z_stream z;
    struct clu_feed feed;
    enum { MEMBER, BETWEEN, PADDING } where; /* BETWEEN: at the first byte after a member */
    bool later;                              /* this is not the first member */
    bool ended;                              /* the feed has no more */
};

enum clu_status clu_inflate_open(struct clu_inflate **out, struct clu_feed feed, struct clu_err *err)
{
    *out = NULL;
    struct clu_inflate *z = clu_calloc(1, sizeof *z);
    if (!z || inflateInit2(&z->z, GZIP_ONLY) != Z_OK) {
        clu_free(z);
        return clu_fail_memory(err);
    }
    z->feed = feed;
    *out = z;
    return CLU_OK;
}

void clu_inflate_close(struct clu_inflate *z)
{
    if (z) {
        inflateEnd(&z->z);
        clu_free(z);
    }
}

static enum clu_status garbage(const struct clu_inflate *z, struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "%s: trailing garbage after the compressed data", z->feed.name);
}

/* Make avail_in > 0, or set ended. */
static enum clu_status refill(struct clu_inflate *z, struct clu_err *err)
{
    const unsigned char *bytes = NULL;
    size_t len = 0;

    if (z->z.avail_in > 0 || z->ended)
        return CLU_OK;
    enum clu_status status = z->feed.next(z->feed.ctx, &bytes, &len, err);
    if (status != CLU_OK)
        return status;
    z->ended = len == 0;
    z->z.next_in = (z_const Bytef *)bytes;
    z->z.avail_in = (uInt)len;
    return CLU_OK;
}

/* Outside members: another one, zeros up to the end, or something that does not belong there. */
static enum clu_status look_behind(struct clu_inflate *z, struct clu_err *err)
{
    if (z->where == BETWEEN && *z->z.next_in != 0) {
        /* A second member must begin here; inflate checks its first two bytes. */
        if (*z->z.next_in != 0x1f)
            return garbage(z, err);
        inflateReset(&z->z);
        z->where = MEMBER;
        z->later = true;
        return CLU_OK;
    }
    z->where = PADDING;
    for (; z->z.avail_in > 0; z->z.next_in++, z->z.avail_in--)
        if (*z->z.next_in != 0)
            return garbage(z, err);
    return CLU_OK;
}

static enum clu_status decode(struct clu_inflate *z, struct clu_err *err)
{
    switch (inflate(&z->z, Z_NO_FLUSH)) {
    case Z_OK:
        return CLU_OK;
    case Z_STREAM_END:
        z->where = BETWEEN;
        return CLU_OK;
    case Z_BUF_ERROR: /* no progress: it wants input, and without more of it the data is cut */
        if (z->ended && z->z.avail_in == 0)
            return clu_fail(err, CLU_DATA, "%s: unexpected end of compressed data", z->feed.name);
        return CLU_OK;
    case Z_MEM_ERROR:
        return clu_fail_memory(err);
    default:
        if (z->later && z->z.total_in <= 2)
            return garbage(z, err); /* 1f, but not 1f 8b */
        return clu_fail(err, CLU_DATA, "%s: compressed data is damaged (%s)", z->feed.name,
                        z->z.msg ? z->z.msg : "invalid data");
    }
}

enum clu_status clu_inflate_read(struct clu_inflate *z, char *buf, size_t cap, bool eager, size_t *got,
                                 struct clu_err *err)
{
    *got = 0;
    while (*got < cap) {
        if (eager && *got > 0 && z->z.avail_in == 0)
            break; /* the next step might have to wait */
        enum clu_status status = refill(z, err);
        if (status != CLU_OK)
            return status;
        if (z->where != MEMBER) {
            if (z->ended && z->z.avail_in == 0)
                break;
            status = look_behind(z, err);
        } else {
            size_t room = cap - *got < AT_ONCE ? cap - *got : AT_ONCE;
            z->z.next_out = (Bytef *)buf + *got;
            z->z.avail_out = (uInt)room;
            status = decode(z, err);
            *got += room - z->z.avail_out;
        }
        if (status != CLU_OK)
            return status;
    }
    return CLU_OK;
}
