#include "io/gzip.h"

#include "base/mem.h"

#include <zlib.h>

#define GZIP (15 + 16)            /* the largest window, and a gzip header and trailer */
#define MOST ((size_t)1 << 31)    /* bytes: zlib counts in unsigned int */

enum clu_status clu_gzip_member(const char *s, size_t len, char **out, size_t *cap, size_t *used, struct clu_err *err)
{
    z_stream z = {0};

    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return clu_fail_memory(err);
    size_t bound = (size_t)deflateBound(&z, (uLong)len);
    if (len > MOST || bound > MOST || clu_reserve(out, cap, bound, 1) < 0) {
        deflateEnd(&z);
        return clu_fail_memory(err);
    }
    z.next_in = (z_const Bytef *)s;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)*out;
    z.avail_out = (uInt)bound;
    int code = deflate(&z, Z_FINISH);
    *used = (size_t)z.total_out;
    deflateEnd(&z);
    return code == Z_STREAM_END ? CLU_OK : clu_fail_memory(err);
}
