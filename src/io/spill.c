#include "io/spill.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file {
    struct clu_spill spill;
    char *path;
    int fd;         /* -1: not made yet */
    uint64_t end;
};

static enum clu_status failed(const struct file *f, struct clu_err *err)
{
    return clu_fail(err, CLU_SYSTEM, "%s: %s", f->path, strerror(errno));
}

static enum clu_status put(struct clu_spill *self, const void *bytes, size_t len, struct clu_err *err)
{
    struct file *f = (struct file *)self;
    const char *s = bytes;

    if (f->fd < 0) {
        f->fd = mkstemp(f->path);
        if (f->fd < 0)
            return failed(f, err);
        unlink(f->path);
    }
    while (len > 0) {
        ssize_t n = pwrite(f->fd, s, len, (off_t)f->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(f, err);
        s += n;
        len -= (size_t)n;
        f->end += (uint64_t)n;
    }
    return CLU_OK;
}

static enum clu_status get(struct clu_spill *self, uint64_t at, void *bytes, size_t len, struct clu_err *err)
{
    const struct file *f = (struct file *)self;
    char *s = bytes;

    while (len > 0) {
        ssize_t n = pread(f->fd, s, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno; /* it was shorter than what had been written */
            return failed(f, err);
        }
        s += n;
        len -= (size_t)n;
        at += (uint64_t)n;
    }
    return CLU_OK;
}

enum clu_status clu_spill_open(struct clu_spill **out, const char *dir, struct clu_err *err)
{
    size_t size = (dir ? strlen(dir) : 4) + sizeof "/clu-XXXXXX";
    struct file *f = clu_calloc(1, sizeof *f);

    *out = NULL;
    if (!f || !(f->path = clu_alloc(size, 1))) {
        clu_free(f);
        return clu_fail_memory(err);
    }
    snprintf(f->path, size, "%s/clu-XXXXXX", dir ? dir : "/tmp");
    f->spill = (struct clu_spill){put, get};
    f->fd = -1;
    *out = &f->spill;
    return CLU_OK;
}

void clu_spill_close(struct clu_spill *s)
{
    struct file *f = (struct file *)s;

    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    clu_free(f->path);
    clu_free(f);
}
