/* io/inflate.h - gzip (RFC 1952) by zlib's inflate, as strict as gzip(1) itself.
 *
 * Members follow each other without a gap; zeros after the last one (tapes, disk images) are accepted.
 * Costs 32 KiB for the window and copies nothing: bytes go from the feed straight into the reader's buffer. */
#ifndef CLU_IO_INFLATE_H
#define CLU_IO_INFLATE_H

#include "io/source.h"

struct clu_inflate;

/* The feed's first bytes are known to be 1f 8b. */
enum clu_status clu_inflate_open(struct clu_inflate **out, struct clu_feed feed, struct clu_err *err);

/* As clu_source_read(). */
enum clu_status clu_inflate_read(struct clu_inflate *z, char *buf, size_t cap, bool eager, size_t *got,
                                 struct clu_err *err);
void clu_inflate_close(struct clu_inflate *z); /* NULL is fine */

#endif
