/* io/source.h - bytes of one input, whatever it is: stdin, a file, gzip by its magic bytes, other compressions
 * through libarchive.
 *
 * gzip is inflated with zlib itself, member after member: a cut file, a bad checksum or trailing garbage is an
 * error, never a short table (zero padding after the last member is accepted). .xz, .zst, .bz2, .lz4, .lz and .Z are
 * recognised by their magic bytes too; libarchive is loaded at that moment only (it pulls in some 15 shared objects).
 * Without it, and for .lzo: CLU_DATA "x.csv.xz: compressed with xz; use: xz -dc FILE | ...". The name of the file
 * decides nothing. Reads are retried on EINTR; a directory is refused. */
#ifndef CLU_IO_SOURCE_H
#define CLU_IO_SOURCE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_source;

/* path "-" is stdin, shown as "stdin" in messages; other names are shown as clu_source_quote() gives them.
 * CLU_SYSTEM: "x.csv: No such file or directory". Nothing is read yet. */
enum clu_status clu_source_open(struct clu_source **out, const char *path, struct clu_err *err);

struct clu_feed;

/* The same of bytes that come from elsewhere (a member of an archive), under the feed's name. The feed is borrowed. */
enum clu_status clu_source_open_feed(struct clu_source **out, const struct clu_feed *feed, struct clu_err *err);

/* Show tap() the bytes of the file, as they are in it, when they are read. Before the first read. */
void clu_source_tap(struct clu_source *s, void (*tap)(void *ctx, const void *bytes, size_t len), void *ctx);

/* The descriptor that is read, for fstat(); -1 with a feed. */
int clu_source_descriptor(const struct clu_source *s);

/* Up to cap bytes; *got = 0 is the end, and stays the end. Fills buf as far as it goes unless eager, which returns as soon
 * as there is anything. CLU_DATA for damaged compressed data: "x.csv.gz: unexpected end of compressed data",
 * "...: compressed data is damaged (incorrect data check)", "...: trailing garbage after the compressed data".
 * CLU_SYSTEM for a failed read: "x.csv: Input/output error". After an error only clu_source_close() is of use. */
enum clu_status clu_source_read(struct clu_source *s, char *buf, size_t cap, bool eager, size_t *got, struct clu_err *err);

/* The first bytes, as many as 64 KiB or as there are, with eager as one read gives: the next calls of clu_source_read() hand them out
 * again. Once, before them; the bytes are good until then. Errors as those of clu_source_read(). */
enum clu_status clu_source_peek(struct clu_source *s, bool eager, const char **bytes, size_t *len, struct clu_err *err);

const char *clu_source_name(const struct clu_source *s); /* as shown in messages */

/* Bytes of the underlying file consumed so far, and its size (0: unknown), for progress. */
void clu_source_progress(const struct clu_source *s, uint64_t *done, uint64_t *of);

void clu_source_close(struct clu_source *s); /* NULL is fine */

/* A file's name as messages show it: as it is, or quoted for the shell, as coreutils do, when it holds control
 * characters or is no UTF-8: 'a'$'\n''b'. A very long name is cut. Free with clu_free(); NULL without memory. */
char *clu_source_quote(const char *path);

/* Where a decoder (io/inflate, io/archive) gets the bytes that it decodes. */
struct clu_feed {
    /* The next bytes, valid until the next call; *len = 0 at the end. */
    enum clu_status (*next)(void *ctx, const unsigned char **bytes, size_t *len, struct clu_err *err);
    void *ctx;
    const char *name; /* for messages, borrowed */
};

#endif
