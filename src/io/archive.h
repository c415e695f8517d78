/* io/archive.h - compressions other than gzip, by libarchive's filters.
 *
 * The library is loaded when the first such input is opened and let go when it is closed. Only filters that it has
 * built in are used; it runs no other program. Cut and damaged data is an error as far as the format can tell: .Z has
 * neither a checksum nor an end mark, so that a cut one reads as a shorter file; the old format of lz4 has no checksum.
 */
#ifndef CLU_IO_ARCHIVE_H
#define CLU_IO_ARCHIVE_H

#include "io/source.h"

/* The compression that a file's first bytes show. */
struct clu_compression {
    const char *program;     /* what decompresses it by hand, and its name in messages: "xz" */
    const char *filter;      /* the function of libarchive that adds it, NULL when there is none */
    unsigned char magic[10];
    size_t len;              /* of magic */
    size_t skip;             /* this byte of magic may be anything; 0: none */
};

/* What the first len bytes show, NULL when it is nothing known. *more: other bytes behind them could still
 * make it something (a pipe may hand out its first bytes one by one). */
const struct clu_compression *clu_compression_find(const unsigned char *s, size_t len, bool *more);

struct clu_archive;

/* CLU_DATA when this build or this machine cannot decode it. */
enum clu_status clu_archive_open(struct clu_archive **out, const struct clu_compression *how, struct clu_feed feed,
                                 struct clu_err *err);

/* As clu_source_read(). */
enum clu_status clu_archive_read(struct clu_archive *a, char *buf, size_t cap, bool eager, size_t *got,
                                 struct clu_err *err);
void clu_archive_close(struct clu_archive *a); /* NULL is fine */

#endif
