/* io/source.h - bytes of one input, whatever it is: stdin, a file, gzip by its magic bytes, other compressions
 * through libarchive.
 *
 * gzip is inflated with zlib itself, member after member: a cut file, a bad checksum or trailing garbage is an
 * error, never a short table (zero padding after the last member is accepted). .xz, .zst, .bz2 and the like are recognised by their magic bytes; libarchive is
 * loaded at that moment only (it pulls in some 15 shared objects). Reads are retried on EINTR; a directory is refused. */
#ifndef CLU_IO_SOURCE_H
#define CLU_IO_SOURCE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_source;

/* path "-" is stdin, shown as "stdin" in messages; other names are shown quoted when they hold control characters. CLU_SYSTEM: "x.csv: No such file or directory". */
enum clu_status clu_source_open(struct clu_source **out, const char *path, struct clu_err *err);

/* Up to cap bytes; *got = 0 is the end. Fills buf as far as it goes unless eager, which returns what a single
 * read gave. CLU_DATA for damaged compressed data, CLU_SYSTEM for a failed read. */
enum clu_status clu_source_read(struct clu_source *s, char *buf, size_t cap, bool eager, size_t *got, struct clu_err *err);

const char *clu_source_name(const struct clu_source *s); /* as shown in messages */

/* Bytes of the underlying file consumed so far, and its size (0: unknown), for progress. */
void clu_source_progress(const struct clu_source *s, uint64_t *done, uint64_t *of);

void clu_source_close(struct clu_source *s); /* NULL is fine */

#endif
