/* Sections: looking, folders, copying, moving, linking. */
#include "io/place.h"

#include "base/mem.h"
#include "io/rebuild.h"
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum clu_status clu_fail_path(struct clu_err *err, const char *path)
{
    return clu_fail_at(err, CLU_SYSTEM, path, "%s", strerror(errno));
}

enum clu_status clu_fail_at(struct clu_err *err, enum clu_status code, const char *path, const char *fmt, ...)
{
    char msg[1024], *shown = clu_source_quote(path);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    enum clu_status status = shown ? clu_fail(err, code, "%s: %s", shown, msg) : clu_fail_memory(err);
    clu_free(shown);
    return status;
}

/* --- looking --- */

struct clu_place clu_place_look(const char *path)
{
    struct clu_place p = {0};
    struct stat st;

    if (lstat(path, &st) != 0)
        return p;
    p.there = true;
    p.regular = S_ISREG(st.st_mode);
    p.link = S_ISLNK(st.st_mode);
    p.names = st.st_nlink;
    p.mode = st.st_mode & 07777;
    p.owner = st.st_uid;
    p.group = st.st_gid;
    p.id.file = p.regular;
    p.id.size = (uint64_t)st.st_size;
    p.id.mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    p.id.dev = st.st_dev;
    p.id.inode = st.st_ino;
    return p;
}

/* --- folders --- */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return !slash ? clu_strndup(".", 1) : slash == path ? clu_strndup("/", 1) : clu_strndup(path, (size_t)(slash - path));
}

/* Some file systems cannot sync, folders above all, and say EINVAL. */
static enum clu_status sync_path(const char *path, int flags, struct clu_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    enum clu_status status = fd < 0 || (fsync(fd) != 0 && errno != EINVAL) ? clu_fail_path(err, path) : CLU_OK;

    if (fd >= 0)
        close(fd);
    return status;
}

enum clu_status clu_place_sync(const char *path, struct clu_err *err)
{
    char *folder = folder_of(path);
    enum clu_status status = folder ? sync_path(folder, O_DIRECTORY, err) : clu_fail_memory(err);

    clu_free(folder);
    return status;
}

enum clu_status clu_place_sync_file(const char *path, struct clu_err *err)
{
    enum clu_status status = sync_path(path, 0, err);

    return status == CLU_OK ? clu_place_sync(path, err) : status;
}

enum clu_status clu_place_make_folders(const char *path, struct clu_err *err)
{
    char *s = clu_strndup(path, strlen(path));
    enum clu_status status = s ? CLU_OK : clu_fail_memory(err);

    for (char *slash = s; slash && status == CLU_OK && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(s, 0777) == 0)
            status = clu_place_sync(s, err);
        else if (errno != EEXIST)
            status = clu_fail_path(err, s);
        *slash = '/';
    }
    clu_free(s);
    return status;
}

/* --- copying --- */

#define BLOCK ((size_t)256 << 10)

/* Returns the path whose errno it is, or NULL. */
static const char *copy_bytes(int in, int out, char *buf, const char *from, const char *to)
{
    for (;;) {
        ssize_t n = read(in, buf, BLOCK);
        if (n == 0)
            return NULL;
        if (n < 0 && errno != EINTR)
            return from;
        for (ssize_t done = 0; done < n;) {
            ssize_t w = write(out, buf + done, (size_t)(n - done));
            if (w < 0 && errno != EINTR)
                return to;
            done += w > 0 ? w : 0;
        }
    }
}

/* Into a new file, with owner (where that is permitted), mode and times, and onto the disk. */
static enum clu_status copy_file(const char *from, const char *to, struct clu_err *err)
{
    char *buf = clu_alloc(BLOCK, 1);
    struct stat st;
    int in = -1, out = -1;

    if (!buf)
        return clu_fail_memory(err);
    const char *bad = (in = open(from, O_RDONLY | O_CLOEXEC)) < 0 || fstat(in, &st) != 0              ? from
                      : (out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0 ? to
                                                                                            : NULL;
    if (!bad)
        bad = copy_bytes(in, out, buf, from, to);
    if (!bad) {
        struct timespec times[2] = {st.st_atim, st.st_mtim};
        mode_t mode = st.st_mode & 07777;
        if (fchown(out, st.st_uid, st.st_gid) != 0)
            mode &= (mode_t)~(S_ISUID | S_ISGID);
        if (fchmod(out, mode) != 0 || futimens(out, times) != 0 || (fsync(out) != 0 && errno != EINVAL))
            bad = to;
    }
    enum clu_status status = bad ? clu_fail_path(err, bad) : CLU_OK;
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0 && status == CLU_OK)
        status = clu_fail_path(err, to);
    clu_free(buf);
    return status;
}

static enum clu_status other_file(const char *path, struct clu_err *err)
{
    return clu_fail_at(err, CLU_DATA, path, "there is another file");
}

enum clu_status clu_place_copy(const char *from, const char *to, const struct clu_run *run, struct clu_err *err)
{
    size_t len = strlen(to);
    char *part = clu_alloc(len + sizeof ".part", 1);
    bool same;

    if (!part)
        return clu_fail_memory(err);
    memcpy(part, to, len);
    strcpy(part + len, ".part");
    enum clu_status status = clu_place_look(to).there ? other_file(to, err) : CLU_OK;
    if (status == CLU_OK && unlink(part) != 0 && errno != ENOENT)
        status = clu_fail_path(err, part);
    if (status == CLU_OK)
        status = copy_file(from, part, err);
    if (status == CLU_OK)
        status = clu_files_same(&same, from, part, run, err);
    if (status == CLU_OK && !same)
        status = clu_fail_at(err, CLU_SYSTEM, part, "the copy is not the same");
    if (status == CLU_OK && rename(part, to) != 0)
        status = clu_fail_path(err, to);
    if (status == CLU_OK)
        status = clu_place_sync(to, err);
    clu_free(part);
    return status;
}

/* --- moving --- */

static enum clu_status drop_name(const char *path, struct clu_err *err)
{
    return unlink(path) == 0 ? clu_place_sync(path, err) : clu_fail_path(err, path);
}

enum clu_status clu_place_move(const char *from, const char *to, const struct clu_run *run, struct clu_err *err)
{
    bool same = false;
    enum clu_status status = CLU_OK;

    if (clu_place_look(to).there) {
        status = clu_files_same(&same, from, to, run, err);
        return status != CLU_OK ? status : same ? drop_name(from, err) : other_file(to, err);
    }
    if (rename(from, to) == 0) {
        status = clu_place_sync(to, err);
        return status == CLU_OK ? clu_place_sync(from, err) : status;
    }
    if (errno != EXDEV)
        return clu_fail_path(err, from);
    struct clu_place before = clu_place_look(from);
    status = clu_place_copy(from, to, run, err);
    if (status != CLU_OK)
        return status;
    struct clu_place after = clu_place_look(from);
    if (before.id.size != after.id.size || before.id.mtime != after.id.mtime || before.id.inode != after.id.inode)
        return clu_fail_at(err, CLU_DATA, from, "changed while it was copied");
    return drop_name(from, err);
}

/* --- linking --- */

enum clu_status clu_place_link(const char *path, const char *target, const char *spare, struct clu_err *err)
{
    if (unlink(spare) != 0 && errno != ENOENT)
        return clu_fail_path(err, spare);
    if (link(target, spare) != 0)
        return clu_fail_path(err, path);
    if (rename(spare, path) != 0) {
        enum clu_status status = clu_fail_path(err, path);
        unlink(spare);
        return status;
    }
    return clu_place_sync(path, err);
}

enum clu_status clu_place_replace(const char *from, const char *to, struct clu_err *err)
{
    return rename(from, to) == 0 ? clu_place_sync(to, err) : clu_fail_path(err, to);
}

enum clu_status clu_place_dress(const char *path, uint32_t mode, int64_t mtime, struct clu_err *err)
{
    int64_t part = mtime % 1000000000, nano = part < 0 ? part + 1000000000 : part;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {(time_t)((mtime - nano) / 1000000000), (long)nano}};

    return chmod(path, (mode_t)mode) == 0 && utimensat(AT_FDCWD, path, times, 0) == 0 ? CLU_OK : clu_fail_path(err, path);
}
