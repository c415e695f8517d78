/* io/place.h - files that are moved, linked and copied so that none is lost when the machine stops in between: a name goes away only
 * when what it stood for is on the disk under another one. Failures are CLU_SYSTEM "x.csv: Permission denied". */
#ifndef CLU_IO_PLACE_H
#define CLU_IO_PLACE_H

#include "base/run.h"
#include "base/status.h"
#include "tab/sketch.h"

#include <stdbool.h>

/* "path: " and what errno says, or the message. */
enum clu_status clu_fail_path(struct clu_err *err, const char *path);
enum clu_status clu_fail_at(struct clu_err *err, enum clu_status code, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What stands at a path itself: links are not followed. */
struct clu_place {
    bool there, regular, link;
    struct clu_identity id; /* size, mtime, dev, inode */
    uint64_t names;         /* hard links */
    uint32_t mode;          /* permissions */
    uint32_t owner, group;
};
struct clu_place clu_place_look(const char *path);

/* The folder of a path on the disk. */
enum clu_status clu_place_sync(const char *path, struct clu_err *err);

/* A file that another program wrote. */
enum clu_status clu_place_sync_file(const char *path, struct clu_err *err);

/* All folders of a path that are missing, each on the disk. */
enum clu_status clu_place_make_folders(const char *path, struct clu_err *err);

/* Move the file from one place to a free one, across file systems too: it is copied beside it, synced and compared, gets its name, and
 * then the old name goes. When that was cut short it can be called again: a part of a copy is made anew, a whole one that is the same is
 * taken. What is at to and not the same is never replaced: CLU_DATA "to: there is another file". */
enum clu_status clu_place_move(const char *from, const char *to, const struct clu_run *run, struct clu_err *err);

/* Copy to a free place, synced and compared; mode and mtime are kept. */
enum clu_status clu_place_copy(const char *from, const char *to, const struct clu_run *run, struct clu_err *err);

/* The name path becomes one of target's, in one step; spare is a free name in its folder, which may be left from before. */
enum clu_status clu_place_link(const char *path, const char *target, const char *spare, struct clu_err *err);

/* The file from gets the name to, whatever stands there, in one step. */
enum clu_status clu_place_replace(const char *from, const char *to, struct clu_err *err);

/* Mode and times of a file that was made again. */
enum clu_status clu_place_dress(const char *path, uint32_t mode, int64_t mtime, struct clu_err *err);

#endif
