/* io/members.h - the files in a tar or zip archive, read in place, one after another.
 *
 * Nothing is written anywhere. Limits guard against archives that grow without end. libarchive is loaded when an archive is
 * opened; what is around the archive (gzip, xz ...) is decoded by io/source, which checks it to its end. */
#ifndef CLU_IO_MEMBERS_H
#define CLU_IO_MEMBERS_H

#include "io/source.h"

/* Are these the first bytes of a tar or zip archive? A tar needs its first 512 bytes. */
bool clu_members_magic(const unsigned char *s, size_t len);

struct clu_members_limit {
    uint64_t members; /* files in an archive */
    uint64_t bytes;   /* of one file */
    uint64_t ratio;   /* bytes of all files for one of the archive, from 1 MiB on */
};

struct clu_members;

/* source is borrowed; it is at its start. CLU_DATA when this build or this machine cannot read archives. */
enum clu_status clu_members_open(struct clu_members **out, struct clu_source *source, const struct clu_members_limit *limit,
                                 struct clu_err *err);

/* The next regular file; *name = NULL at the end. Links and names that lead out of the archive (/x, ../x) are skipped and counted.
 * CLU_DATA "a.zip: damaged archive (...)", "a.zip: more than 100000 members". */
enum clu_status clu_members_next(struct clu_members *m, const char **name, struct clu_err *err);

/* The bytes of the file at hand, under this name in messages (borrowed). CLU_DATA "a.zip!m.csv: damaged (...)", "a.zip!m.csv: larger than
 * ...", "a.zip: expands to more than 1000 times its size". */
struct clu_feed clu_members_feed(struct clu_members *m, const char *name);
uint64_t clu_members_skipped(const struct clu_members *m);
void clu_members_close(struct clu_members *m); /* NULL is fine */

#endif
