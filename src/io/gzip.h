/* io/gzip.h - compressing: a piece of text to a member of a gzip file.
 *
 * Members one after the other are one file, so that pieces can be compressed by several threads. The bytes depend on the version of
 * zlib; what they unpack to does not. */
#ifndef CLU_IO_GZIP_H
#define CLU_IO_GZIP_H

#include "base/status.h"

#include <stddef.h>

/* One member of s[len] into *out, which has room for *cap bytes and grows (clu_free() it); *used: its length. At most 2 GiB.
 * CLU_SYSTEM: no memory. */
enum clu_status clu_gzip_member(const char *s, size_t len, char **out, size_t *cap, size_t *used, struct clu_err *err);

#endif
