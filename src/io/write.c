/* Sections: bytes, which file is meant, open, close, cells, labels. */
#include "io/write.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/number.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUFFER ((size_t)256 << 10)
#define LABELS 10000  /* labels whose text is kept ready: up to four digits, a newline, and their length in 8 bytes */
#define LABEL_TEXT 12 /* of any label: ten digits, the newline, and one to spare */
#define LINKS 40      /* Linux follows as many */

struct clu_out {
    int fd;
    int failed;        /* errno of the first failure, 0: none */
    bool unended;      /* the last record written by clu_write_appended() has no line end */
    char *name;        /* as shown, NULL: stdout */
    char *target;      /* what the temporary becomes, links resolved; NULL: written in place */
    char *temporary;
    char *buf;         /* [BUFFER] */
    size_t used;
    unsigned char (*label)[8]; /* [LABELS], when labels have been written: text, length in [7] */
};

/* --- bytes --- */

static void write_all(struct clu_out *o, const char *s, size_t len)
{
    while (len > 0 && !o->failed) {
        ssize_t n = write(o->fd, s, len);
        if (n >= 0) {
            s += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Another process left the descriptor non-blocking. */
            struct pollfd wait = {.fd = o->fd, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            o->failed = errno;
        }
    }
}

void clu_out_flush(struct clu_out *o)
{
    write_all(o, o->buf, o->used);
    o->used = 0;
}

void clu_out_bytes(struct clu_out *o, const void *s, size_t len)
{
    const char *p = s;

    if (len >= BUFFER - o->used) {
        clu_out_flush(o);
        if (len >= BUFFER) {
            write_all(o, p, len);
            return;
        }
    }
    if (len > 0) {
        memcpy(o->buf + o->used, p, len);
        o->used += len;
    }
}

static void put(struct clu_out *o, char c)
{
    if (o->used == BUFFER)
        clu_out_flush(o);
    o->buf[o->used++] = c;
}

/* Room for at least need bytes at the end of the buffer. */
static void make_room(struct clu_out *o, size_t need)
{
    if (BUFFER - o->used < need)
        clu_out_flush(o);
}

bool clu_out_failed(const struct clu_out *o)
{
    return o->failed != 0;
}

/* --- which file is meant --- */

/* Length of the folder's part of a path, the slash included; 0: the working folder. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static char *joined(const char *a, size_t a_len, const char *b)
{
    char *s = clu_alloc(a_len + strlen(b) + 1, 1);
    if (s) {
        memcpy(s, a, a_len);
        strcpy(s + a_len, b);
    }
    return s;
}

/* The descriptor that a path stands for, -1: none. Their links lead to whatever file is open there, which must not be
 * replaced: "> file" on the command line means that open file, at its place and with what it holds. */
static int descriptor_of(const char *path)
{
    static const char *const folder[] = {"/dev/fd/", "/proc/self/fd/"};

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folder / sizeof folder[0]; i++) {
        size_t len = strlen(folder[i]), digits = 0;
        if (strncmp(path, folder[i], len) != 0)
            continue;
        int fd = 0;
        for (const char *p = path + len; *p >= '0' && *p <= '9' && digits < 9; p++, digits++)
            fd = 10 * fd + (*p - '0');
        if (digits > 0 && path[len + digits] == '\0')
            return fd;
    }
    return -1;
}

/* Follow the links of path to the end: *real is owned by the caller, *fd is the descriptor it names or -1, and st says what is
 * there (st_mode 0: nothing yet). By hand, because realpath() refuses a link whose target is yet to be made. Returns errno. */
static int resolve(const char *path, char **real, int *fd, struct stat *st)
{
    char link[4096];
    char *at = clu_strndup(path, strlen(path));

    for (int links = 0; at; links++) {
        *real = at;
        *fd = descriptor_of(at);
        if (*fd >= 0)
            return 0;
        if (lstat(at, st) != 0) {
            st->st_mode = 0;
            return errno == ENOENT && *at ? 0 : errno;
        }
        if (!S_ISLNK(st->st_mode))
            return 0;
        ssize_t len = readlink(at, link, sizeof link - 1);
        if (len < 0 || links == LINKS)
            return len < 0 ? errno : ELOOP;
        link[len] = '\0';
        char *next = joined(at, link[0] == '/' ? 0 : folder_length(at), link);
        clu_free(at);
        at = next;
    }
    *real = NULL;
    return ENOMEM;
}

/* --- open --- */

static int open_retried(const char *path, int flags, mode_t mode)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* FOLDER/.NAME.XXXXXX; X is any letter or digit. Returns the six X. */
static char *name_temporary(struct clu_out *o)
{
    size_t folder = folder_length(o->target);
    size_t size = strlen(o->target) + sizeof "..XXXXXX";

    o->temporary = clu_alloc(size, 1);
    if (!o->temporary)
        return NULL;
    /* A long name is cut, lest the temporary's be longer than a name can be. */
    int len = snprintf(o->temporary, size, "%.*s.%.200s.XXXXXX", (int)folder, o->target, o->target + folder);
    return o->temporary + len - 6;
}

/* A new file beside the target. O_EXCL decides whether a name is free, so the letters need only be new, not secret.
 * Made by open() rather than mkstemp(), so that the umask (and the folder's default ACL) says what a new file may be:
 * asking for the umask would change it for a moment. A file that replaces one is private until it has its mode.
 * Returns errno. */
static int create_temporary(struct clu_out *o, bool replaces)
{
    static const char letter[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    struct timespec now;
    char *x = name_temporary(o);

    if (!x)
        return ENOMEM;
    for (int attempt = 0; attempt < 1000; attempt++) {
        clock_gettime(CLOCK_REALTIME, &now);
        uint64_t r = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + ((uint64_t)getpid() << 32);
        r *= 0x9E3779B97F4A7C15u; /* golden ratio: spreads what differs over all bits */
        for (int i = 0; i < 6; i++, r >>= 8)
            x[i] = letter[(r >> 16) % (sizeof letter - 1)];
        o->fd = open_retried(o->temporary, O_WRONLY | O_CREAT | O_EXCL, replaces ? 0600 : 0666);
        if (o->fd >= 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    int failed = errno;
    clu_free(o->temporary); /* it was never there: nothing to unlink */
    o->temporary = NULL;
    return failed;
}

/* Mode and owner of the file that will be replaced. Only root can give a file away; others keep the group if they may. */
static int take_over(int fd, const struct stat *old)
{
    mode_t mode = old->st_mode & 07777;

    if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
        mode &= (mode_t)~(S_ISUID | S_ISGID); /* they would now speak for somebody else */
    return fchmod(fd, mode) == 0 ? 0 : errno;
}

/* Fill in fd, and target and temporary when a file is to be replaced. Returns errno. */
static int open_path(struct clu_out *o, const char *path)
{
    struct stat st, behind;
    int fd = -1;
    int failed = resolve(path, &o->target, &fd, &st);

    /* Asked of the system too: the links of other processes' descriptors lead to pipes that have no path. */
    bool in_place = fd >= 0 || (stat(path, &behind) == 0 && !S_ISREG(behind.st_mode));
    if (in_place) {
        clu_free(o->target);
        o->target = NULL;
        o->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : open_retried(path, O_WRONLY, 0); /* a folder: EISDIR */
        return o->fd < 0 ? errno : 0;
    }
    if (failed)
        return failed;
    bool exists = st.st_mode != 0;
    if (!exists && o->target[strlen(o->target) - 1] == '/')
        return EISDIR;
    /* The folder alone decides about a rename; a file that may not be written should stay as it is. */
    if (exists && faccessat(AT_FDCWD, o->target, W_OK, AT_EACCESS) != 0)
        return errno;
    failed = create_temporary(o, exists);
    return failed || !exists ? failed : take_over(o->fd, &st);
}

enum clu_status clu_out_open(struct clu_out **out, const char *path, struct clu_err *err)
{
    *out = NULL;
    struct clu_out *o = clu_calloc(1, sizeof *o);
    if (!o)
        return clu_fail_memory(err);
    o->fd = STDOUT_FILENO;
    o->buf = clu_alloc(BUFFER, 1);
    bool to_stdout = !path || strcmp(path, "-") == 0;
    if (!to_stdout) {
        o->fd = -1;
        o->name = clu_source_quote(path);
    }
    int failed = !o->buf || (!to_stdout && !o->name) ? ENOMEM : to_stdout ? 0 : open_path(o, path);
    if (failed == ENOMEM)
        clu_fail_memory(err);
    else if (failed)
        clu_fail(err, CLU_SYSTEM, "%s: %s", o->name, strerror(failed));
    if (failed) {
        clu_out_discard(o);
        return CLU_SYSTEM;
    }
    *out = o;
    return CLU_OK;
}

const char *clu_out_temporary(const struct clu_out *o)
{
    return o->temporary;
}

/* --- close --- */

/* A write that was only promised (NFS, quota) may fail as late as here. Descriptor 1 is not ours alone: a duplicate is closed,
 * which the system answers in the same way. */
static void close_fd(struct clu_out *o)
{
    int fd = o->fd;

    o->fd = -1;
    if (!o->name)
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* fails when stdout is closed: a write has said so */
    if (fd >= 0 && close(fd) != 0 && errno != EINTR && !o->failed)
        o->failed = errno;
}

/* Make the new name last. What goes wrong here is not told: the file has been replaced, whole, and a crash can
 * now at worst bring the old one back. */
static void sync_folder(const char *path)
{
    char *folder = joined(path, folder_length(path), ".");
    int fd = folder ? open_retried(folder, O_RDONLY | O_DIRECTORY, 0) : -1;

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    clu_free(folder);
}

void clu_out_discard(struct clu_out *o)
{
    if (!o)
        return;
    if (o->name && o->fd >= 0)
        close(o->fd);
    if (o->temporary)
        unlink(o->temporary);
    clu_free(o->temporary);
    clu_free(o->target);
    clu_free(o->name);
    clu_free(o->label);
    clu_free(o->buf);
    clu_free(o);
}

enum clu_status clu_out_close(struct clu_out *o, struct clu_err *err)
{
    clu_out_flush(o);
    /* Some file systems cannot sync and say EINVAL. */
    if (o->temporary && !o->failed && fsync(o->fd) != 0 && errno != EINVAL && errno != EROFS)
        o->failed = errno;
    close_fd(o);
    if (o->temporary && !o->failed) {
        if (rename(o->temporary, o->target) != 0) {
            o->failed = errno;
        } else {
            clu_free(o->temporary);
            o->temporary = NULL;
            sync_folder(o->target);
        }
    }
    int failed = o->failed;
    if (failed == ENOMEM)
        clu_fail_memory(err);
    else if (failed)
        clu_fail(err, CLU_SYSTEM, "%s: %s", o->name ? o->name : "write error", strerror(failed));
    clu_out_discard(o);
    return failed ? CLU_SYSTEM : CLU_OK;
}

/* --- cells --- */

static void separate(struct clu_cells *c)
{
    if (c->begun)
        put(c->out, c->delimiter);
    c->begun = true;
}

static bool needs_quotes(const char *s, size_t len, char delimiter)
{
    if (len == 0)
        return false;
    if (s[0] == ' ' || s[0] == '\t' || s[len - 1] == ' ' || s[len - 1] == '\t')
        return true;
    for (size_t i = 0; i < len; i++)
        if (s[i] == delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r')
            return true;
    return false;
}

void clu_cell_text(struct clu_cells *c, const char *s, size_t len)
{
    separate(c);
    if (!needs_quotes(s, len, c->delimiter)) {
        clu_out_bytes(c->out, s, len);
        return;
    }
    put(c->out, '"');
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '"')
            put(c->out, '"');
        put(c->out, s[i]);
    }
    put(c->out, '"');
}

void clu_cell_str(struct clu_cells *c, const char *s)
{
    clu_cell_text(c, s, strlen(s));
}

static size_t number_text(double x, char text[CLU_NUMBER_TEXT])
{
    if (isfinite(x))
        return clu_number_format(x, text);
    strcpy(text, isnan(x) ? "NA" : x > 0 ? "Inf" : "-Inf");
    return strlen(text);
}

void clu_cell_number(struct clu_cells *c, double x)
{
    char text[CLU_NUMBER_TEXT];

    separate(c);
    clu_out_bytes(c->out, text, number_text(x, text));
}

void clu_cell_int(struct clu_cells *c, long long x)
{
    char text[CLU_NUMBER_TEXT];

    separate(c);
    clu_out_bytes(c->out, text, clu_number_format_int(x, text));
}

void clu_cell_empty(struct clu_cells *c)
{
    separate(c);
}

void clu_cells_end(struct clu_cells *c)
{
    put(c->out, '\n');
    c->begun = false;
}

/* --- labels --- */

/* Digits of label + 1 and a newline; returns the length. */
static size_t format_label(int32_t label, char *out)
{
    char digit[LABEL_TEXT];
    size_t n = 0, len = 0;
    uint32_t x = label < 0 ? 0 : (uint32_t)label + 1;

    do
        digit[n++] = (char)('0' + x % 10);
    while ((x /= 10) > 0);
    while (n > 0)
        out[len++] = digit[--n];
    out[len++] = '\n';
    return len;
}

/* The texts of the labels -1 .. LABELS - 2: a copy of 8 bytes is all it takes to write one. */
static bool make_label_texts(struct clu_out *o)
{
    if (o->label)
        return true;
    o->label = clu_calloc(LABELS, sizeof *o->label);
    if (!o->label) {
        o->failed = o->failed ? o->failed : ENOMEM;
        return false;
    }
    for (int32_t i = 0; i < LABELS; i++) {
        char text[LABEL_TEXT];
        size_t len = format_label(i - 1, text);
        memcpy(o->label[i], text, len);
        o->label[i][7] = (unsigned char)len;
    }
    return true;
}

/* Append one label's line at p, which has room for LABEL_TEXT bytes. */
static inline char *label_at(const struct clu_out *o, int32_t label, char *p)
{
    if (label >= LABELS - 1)
        return p + format_label(label, p);
    const unsigned char *text = o->label[label < 0 ? 0 : label + 1];
    memcpy(p, text, 8);
    return p + text[7];
}

void clu_write_labels(struct clu_out *o, const int32_t *label, const uint8_t *kept, size_t rows, bool head)
{
    if (head)
        clu_out_bytes(o, "cluster\n", 8);
    if (!make_label_texts(o))
        return;
    for (size_t i = 0; i < rows;) {
        make_room(o, LABEL_TEXT);
        size_t fit = (BUFFER - o->used) / LABEL_TEXT;
        size_t stop = rows - i < fit ? rows : i + fit;
        char *p = o->buf + o->used;
        if (!kept) {
            while (i < stop)
                p = label_at(o, label[i++], p);
        } else {
            for (; i < stop; i++) {
                if (kept[i])
                    p = label_at(o, *label++, p);
                else
                    *p++ = '\n';
            }
        }
        o->used = (size_t)(p - o->buf);
    }
}

/* One record with its last cell, tail[tail_len], before its line end. */
static void append_cell(struct clu_out *o, char delimiter, const char *s, size_t len, const char *tail, size_t tail_len)
{
    size_t eol = len > 0 && s[len - 1] == '\n' ? len > 1 && s[len - 2] == '\r' ? 2 : 1 : 0;

    if (o->unended)
        put(o, '\n');
    clu_out_bytes(o, s, len - eol);
    put(o, delimiter);
    clu_out_bytes(o, tail, tail_len);
    clu_out_bytes(o, s + len - eol, eol);
    o->unended = eol == 0;
}

/* Cells behind a record: its label, and row i of the numbers beside it. Returns the end. */
static char *tail_at(struct clu_out *o, char delimiter, const int32_t *label, const struct clu_beside *beside, size_t i, char *p)
{
    if (label)
        p = label_at(o, *label, p) - 1; /* without the line end */
    for (size_t j = 0; beside && j < beside->columns; j++) {
        *p++ = delimiter;
        if (label)
            p += number_text(beside->value[j][i], p);
    }
    return p;
}

static void append_head(struct clu_out *o, const struct clu_schema *s, const struct clu_beside *beside)
{
    size_t len, n;
    const char *record = clu_texts_at(&s->head, 0, &len);
    char names[256];

    n = (size_t)snprintf(names, sizeof names, "cluster");
    for (size_t j = 0; beside && j < beside->columns; j++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%c%s", s->delimiter, beside->name[j]);
    append_cell(o, s->delimiter, record, len, names, n);
}

void clu_write_appended(struct clu_out *o, const struct clu_schema *s, const struct clu_texts *text, const int32_t *label,
                        const struct clu_beside *beside, const uint8_t *kept, bool head)
{
    size_t len, at = 0; /* of the kept rows */

    if (head && s->head.n > 0)
        append_head(o, s, beside);
    if (!make_label_texts(o))
        return;
    for (size_t i = 0; i < text->n; i++) {
        char cells[LABEL_TEXT + CLU_BESIDE_MAX * (CLU_NUMBER_TEXT + 1)];
        bool here = !kept || kept[i];
        char *end = tail_at(o, s->delimiter, here ? &label[at] : NULL, beside, at, cells);
        const char *record = clu_texts_at(text, i, &len);
        append_cell(o, s->delimiter, record, len, cells, (size_t)(end - cells));
        at += here;
    }
}
