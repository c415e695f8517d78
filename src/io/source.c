/* Sections: names, open and close, raw bytes, what kind it is, read. */
#include "io/source.h"

#include "base/mem.h"
#include "io/archive.h"
#include "io/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RAW ((size_t)256 << 10)       /* bytes of compressed data at a time */
#define AT_ONCE ((size_t)1 << 30)     /* Linux reads at most 2 GiB at a time */
#define PEEK ((size_t)64 << 10)
#define NAME_SHOWN ((size_t)1000)     /* so that the reason still fits into the message */

struct clu_source {
    int fd;
    bool owned;                 /* fd is ours to close */
    bool ended;                 /* read() has returned 0; a terminal must not be asked again */
    bool known;                 /* the first bytes have been looked at */
    char *name;
    uint64_t done, size;        /* bytes of the file */
    unsigned char *raw;         /* [RAW] */
    size_t at, len;             /* raw[at .. len) has been read but not handed out */
    char *peeked;               /* [peeked_len], handed out up to peeked_at; NULL: nobody peeked */
    size_t peeked_at, peeked_len;
    struct clu_inflate *inflate;
    struct clu_archive *archive; /* at most one of the two */
    struct clu_feed feed;       /* next: read instead of fd */
    const unsigned char *fed;   /* [left]: what it gave and nobody has taken yet */
    size_t left;
    void (*tap)(void *ctx, const void *bytes, size_t len);
    void *tap_ctx;
};

/* --- names --- */

/* The part of "$'...'" for one byte. */
static char *escape(char *w, unsigned char c)
{
    static const char letter[] = "abtnvfr"; /* \a is 7 */

    *w++ = '\\';
    if (c >= 7 && c <= 13) {
        *w++ = letter[c - 7];
    } else {
        *w++ = (char)('0' + (c >> 6));
        *w++ = (char)('0' + ((c >> 3) & 7));
        *w++ = (char)('0' + (c & 7));
    }
    return w;
}

/* 'plain'$'\n''plain': what is no printable ASCII stands in $'...', a quote outside of both. */
static char *quote(const char *s, size_t len)
{
    char *out = clu_alloc(8 * len + 8, 1), *w = out;
    bool escaping = false;

    if (!out)
        return NULL;
    *w++ = '\'';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        bool plain = c >= 0x20 && c < 0x7f;
        if (plain == escaping) {
            w = stpcpy(w, escaping ? "''" : "'$'");
            escaping = !escaping;
        }
        if (!plain)
            w = escape(w, c);
        else if (c == '\'')
            w = stpcpy(w, "'\\''");
        else
            *w++ = (char)c;
    }
    strcpy(w, "'");
    return out;
}

char *clu_source_quote(const char *path)
{
    size_t len = strlen(path);
    char shown[4 * NAME_SHOWN + 4];

    /* clu_show() changes what a terminal must not see, and cuts. */
    clu_show(path, len, NAME_SHOWN, shown);
    if (len > NAME_SHOWN || (len > 0 && strcmp(shown, path) == 0))
        return clu_strndup(shown, strlen(shown));
    return quote(path, len);
}

/* --- open and close --- */

static int open_file(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* With its buffer and this name, or its quoted form. */
static struct clu_source *new_source(const char *name, bool quoted)
{
    struct clu_source *s = clu_calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->fd = -1;
    s->raw = clu_alloc(RAW, 1);
    s->name = quoted ? clu_source_quote(name) : clu_strndup(name, strlen(name));
    if (!s->raw || !s->name) {
        clu_source_close(s);
        return NULL;
    }
    return s;
}

enum clu_status clu_source_open_feed(struct clu_source **out, const struct clu_feed *feed, struct clu_err *err)
{
    *out = new_source(feed->name, false);
    if (!*out)
        return clu_fail_memory(err);
    (*out)->feed = *feed;
    return CLU_OK;
}

enum clu_status clu_source_open(struct clu_source **out, const char *path, struct clu_err *err)
{
    bool from_stdin = strcmp(path, "-") == 0;
    struct stat st;

    *out = NULL;
    struct clu_source *s = new_source(from_stdin ? "stdin" : path, !from_stdin);
    if (!s)
        return clu_fail_memory(err);

    s->fd = from_stdin ? STDIN_FILENO : open_file(path);
    s->owned = !from_stdin && s->fd >= 0;
    int failed = s->fd < 0 || fstat(s->fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    if (failed) {
        clu_fail(err, CLU_SYSTEM, "%s: %s", s->name, strerror(failed));
        clu_source_close(s);
        return CLU_SYSTEM;
    }
    if (S_ISREG(st.st_mode))
        s->size = (uint64_t)st.st_size;
#ifdef HAVE_POSIX_FADVISE
    (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice; a pipe has no use for it */
#endif
    *out = s;
    return CLU_OK;
}

void clu_source_close(struct clu_source *s)
{
    if (!s)
        return;
    clu_inflate_close(s->inflate);
    clu_archive_close(s->archive);
    if (s->owned)
        close(s->fd);
    clu_free(s->raw);
    clu_free(s->peeked);
    clu_free(s->name);
    clu_free(s);
}

const char *clu_source_name(const struct clu_source *s)
{
    return s->name;
}

void clu_source_progress(const struct clu_source *s, uint64_t *done, uint64_t *of)
{
    *done = s->done;
    *of = s->size;
}

/* --- raw bytes --- */

void clu_source_tap(struct clu_source *s, void (*tap)(void *ctx, const void *bytes, size_t len), void *ctx)
{
    s->tap = tap;
    s->tap_ctx = ctx;
}

int clu_source_descriptor(const struct clu_source *s)
{
    return s->fd;
}

/* As read_fd(), from the feed. */
static enum clu_status read_feed(struct clu_source *s, void *buf, size_t cap, size_t *got, struct clu_err *err)
{
    if (s->left == 0 && !s->ended) {
        enum clu_status status = s->feed.next(s->feed.ctx, &s->fed, &s->left, err);
        if (status != CLU_OK)
            return status;
        s->ended = s->left == 0;
    }
    *got = s->left < cap ? s->left : cap;
    if (*got > 0) {
        memcpy(buf, s->fed, *got);
        s->fed += *got;
    }
    s->left -= *got;
    s->done += *got;
    return CLU_OK;
}

/* One read(), whatever it gives; 0 at the end. */
static enum clu_status read_fd(struct clu_source *s, void *buf, size_t cap, size_t *got, struct clu_err *err)
{
    while (!s->ended) {
        ssize_t n = read(s->fd, buf, cap < AT_ONCE ? cap : AT_ONCE);
        if (n >= 0) {
            *got = (size_t)n;
            s->done += (uint64_t)n;
            s->ended = n == 0;
            break;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Another process left the descriptor non-blocking. */
            struct pollfd wait = {.fd = s->fd, .events = POLLIN};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return clu_fail(err, CLU_SYSTEM, "%s: %s", s->name, strerror(errno));
        }
    }
    return CLU_OK;
}

static enum clu_status read_once(struct clu_source *s, void *buf, size_t cap, size_t *got, struct clu_err *err)
{
    *got = 0;
    enum clu_status status = s->feed.next ? read_feed(s, buf, cap, got, err) : read_fd(s, buf, cap, got, err);
    if (s->tap && *got > 0)
        s->tap(s->tap_ctx, buf, *got);
    return status;
}

/* The feed of the decoders: what was read to look at it, then the rest of the file. */
static enum clu_status next_raw(void *ctx, const unsigned char **bytes, size_t *len, struct clu_err *err)
{
    struct clu_source *s = ctx;

    if (s->at == s->len) {
        s->at = 0;
        enum clu_status status = read_once(s, s->raw, RAW, &s->len, err);
        if (status != CLU_OK)
            return status;
    }
    *bytes = s->raw + s->at;
    *len = s->len - s->at;
    s->at = s->len;
    return CLU_OK;
}

/* --- what kind it is --- */

/* Look at the first bytes; they stay in raw[]. Not more are waited for than it takes to tell. */
static enum clu_status find_kind(struct clu_source *s, struct clu_err *err)
{
    const struct clu_compression *how;
    struct clu_feed feed = {next_raw, s, s->name};
    bool more;

    s->known = true;
    do {
        size_t got;
        enum clu_status status = read_once(s, s->raw + s->len, RAW - s->len, &got, err);
        if (status != CLU_OK)
            return status;
        s->len += got;
        how = clu_compression_find(s->raw, s->len, &more);
    } while (more && !s->ended);

    if (!how)
        return CLU_OK;
    if (strcmp(how->program, "gzip") == 0)
        return clu_inflate_open(&s->inflate, feed, err);
    return clu_archive_open(&s->archive, how, feed, err);
}

/* --- read --- */

static enum clu_status read_plain(struct clu_source *s, char *buf, size_t cap, bool eager, size_t *got,
                                  struct clu_err *err)
{
    size_t have = s->len - s->at < cap ? s->len - s->at : cap;

    memcpy(buf, s->raw + s->at, have);
    s->at += have;
    *got = have;
    while (*got < cap && !s->ended && !(eager && *got > 0)) {
        size_t n;
        enum clu_status status = read_once(s, buf + *got, cap - *got, &n, err);
        if (status != CLU_OK)
            return status;
        *got += n;
    }
    return CLU_OK;
}

static enum clu_status read_on(struct clu_source *s, char *buf, size_t cap, bool eager, size_t *got, struct clu_err *err)
{
    *got = 0;
    if (!s->known) {
        enum clu_status status = find_kind(s, err);
        if (status != CLU_OK)
            return status;
    }
    if (s->inflate)
        return clu_inflate_read(s->inflate, buf, cap, eager, got, err);
    if (s->archive)
        return clu_archive_read(s->archive, buf, cap, eager, got, err);
    return read_plain(s, buf, cap, eager, got, err);
}

enum clu_status clu_source_read(struct clu_source *s, char *buf, size_t cap, bool eager, size_t *got, struct clu_err *err)
{
    size_t had = s->peeked_len - s->peeked_at;

    if (had == 0)
        return read_on(s, buf, cap, eager, got, err);
    had = had < cap ? had : cap;
    memcpy(buf, s->peeked + s->peeked_at, had);
    s->peeked_at += had;
    *got = had;
    if (eager || had == cap)
        return CLU_OK;
    enum clu_status status = read_on(s, buf + had, cap - had, eager, got, err);
    *got += had;
    return status;
}

enum clu_status clu_source_peek(struct clu_source *s, bool eager, const char **bytes, size_t *len, struct clu_err *err)
{
    *len = 0;
    *bytes = s->peeked = clu_alloc(PEEK, 1);
    if (!s->peeked)
        return clu_fail_memory(err);
    enum clu_status status = read_on(s, s->peeked, PEEK, eager, &s->peeked_len, err);
    *len = s->peeked_len;
    return status;
}
