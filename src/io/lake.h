/* io/lake.h - tables where they lie: files, compressed or not, and members of archives (archive!member), sketched and read again.
 *
 * A path names a file; if there is none, what stands before a '!' may be an archive and what stands behind it a member. A path that is an
 * archive itself stands for all members whose names are those of tables (clu_lake_name()). */
#ifndef CLU_IO_LAKE_H
#define CLU_IO_LAKE_H

#include "io/members.h"
#include "io/rows.h"
#include "tab/sketch.h"

struct clu_lake_opt {
    struct clu_rows_opt rows;
    struct clu_equal equal;
    struct clu_members_limit limit;
};

/* Is this the name of a table (.csv, .tsv, either compressed), or, with archives, of an archive (.tar, .tgz, .tar.gz, .zip ...)? */
bool clu_lake_name(const char *name, bool archives);

/* What became of one table. */
struct clu_found {
    struct clu_sketch sketch; /* id.path is always there; the rest if status is CLU_OK */
    enum clu_status status;
    char *message;            /* of a failure, else NULL */
};

struct clu_findings {
    struct clu_found *found; /* [n] */
    size_t n, cap;
    uint64_t skipped;        /* members that were passed over: links, names that lead out */
    bool archive;
};
void clu_findings_clear(struct clu_findings *f);

/* Sketch the table of a path, or all of an archive: behind what is in f. What is wrong with a table stands in its finding; a call fails only
 * for memory or when it is stopped. before, of: bytes for progress. */
enum clu_status clu_lake_sketch(struct clu_findings *f, const char *path, const struct clu_lake_opt *opt,
                                const struct clu_sketch_rule *rule, int workers, uint64_t before, uint64_t of,
                                const struct clu_run *run, struct clu_err *err);

/* What a path is now, without reading it: size, mtime, dev, inode of the file or of the archive. False when there is none. */
bool clu_lake_stat(const char *path, struct clu_identity *id);

/* Is it still the same file? */
bool clu_lake_unchanged(const struct clu_identity *now, const struct clu_identity *then);

/* struct clu_tables of tables that were sketched: table i is sketch[i], borrowed as are opt and bytes. A table that is no longer what was
 * sketched is CLU_DATA "x.csv: changed since it was sketched". */
struct clu_lake {
    struct clu_tables tables;
    const struct clu_lake_opt *opt;
    struct clu_sketch *const *sketch;
};
void clu_lake_start(struct clu_lake *lake, struct clu_sketch *const *sketch, const uint64_t *bytes, const struct clu_lake_opt *opt);

/* Open one table, which is no archive: for its columns, and to scan it once. */
struct clu_opened;
enum clu_status clu_opened_begin(struct clu_opened **out, const char *path, const struct clu_lake_opt *opt, struct clu_err *err);
struct clu_rows *clu_opened_rows(const struct clu_opened *o);
void clu_opened_end(struct clu_opened *o); /* NULL is fine */

#endif
