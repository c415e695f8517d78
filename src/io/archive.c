/* Sections: magic bytes, the library, open and close, read. */
#include "io/archive.h"

#include "base/mem.h"

#include <string.h>

/* --- magic bytes --- */

/* bzip2 writes its block size as the fourth byte; what follows are the digits of pi (a block) or of its square root (none). */
static const struct clu_compression known[] = {
    {"gzip", NULL, {0x1f, 0x8b}, 2, 0}, /* io/inflate reads it */
    {"xz", "archive_read_support_filter_xz", {0xfd, '7', 'z', 'X', 'Z', 0}, 6, 0},
    {"zstd", "archive_read_support_filter_zstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, 0},
    {"bzip2", "archive_read_support_filter_bzip2", {'B', 'Z', 'h', 0, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, 10, 3},
    {"bzip2", "archive_read_support_filter_bzip2", {'B', 'Z', 'h', 0, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90}, 10, 3},
    {"lz4", "archive_read_support_filter_lz4", {0x04, 0x22, 0x4d, 0x18}, 4, 0},
    {"lz4", "archive_read_support_filter_lz4", {0x02, 0x21, 0x4c, 0x18}, 4, 0}, /* its older format */
    {"lzip", "archive_read_support_filter_lzip", {'L', 'Z', 'I', 'P', 1}, 5, 0},
    {"uncompress", "archive_read_support_filter_compress", {0x1f, 0x9d}, 2, 0},
    {"lzop", NULL, {0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a}, 9, 0},
};

const struct clu_compression *clu_compression_find(const unsigned char *s, size_t len, bool *more)
{
    *more = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct clu_compression *c = &known[i];
        size_t same = 0;
        while (same < len && same < c->len && (s[same] == c->magic[same] || (c->skip && same == c->skip)))
            same++;
        if (same == c->len)
            return c;
        *more |= same == len;
    }
    return NULL;
}

static enum clu_status cannot(const struct clu_compression *how, const char *name, struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "%s: compressed with %s; use: %s%s FILE | ...", name,
                    strcmp(how->program, "uncompress") == 0 ? "compress" : how->program, how->program,
                    strcmp(how->program, "uncompress") == 0 ? " -c" : " -dc");
}

#ifndef HAVE_LIBARCHIVE

enum clu_status clu_archive_open(struct clu_archive **out, const struct clu_compression *how, struct clu_feed feed,
                                 struct clu_err *err)
{
    *out = NULL;
    return cannot(how, feed.name, err);
}

enum clu_status clu_archive_read(struct clu_archive *a, char *buf, size_t cap, bool eager, size_t *got,
                                 struct clu_err *err)
{
    (void)a, (void)buf, (void)cap, (void)eager;
    *got = 0;
    return clu_fail(err, CLU_DATA, "built without libarchive"); /* never opened */
}

void clu_archive_close(struct clu_archive *a)
{
    (void)a;
}

#else

#include "io/archive_load.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <strings.h>

/* --- the library --- */

/* What is called in it. Its own header gives the types, so that a change of them does not compile. */
struct library {
    void *handle;
    __typeof__(archive_read_new) *read_new;
    __typeof__(archive_read_free) *read_free;
    __typeof__(archive_read_support_format_raw) *support_raw;
    __typeof__(archive_read_support_format_empty) *support_empty;
    __typeof__(archive_read_open) *read_open;
    __typeof__(archive_read_next_header) *next_header;
    __typeof__(archive_read_data_block) *read_block;
    __typeof__(archive_filter_count) *filter_count;
    __typeof__(archive_filter_bytes) *filter_bytes;
    __typeof__(archive_errno) *error_number;
    __typeof__(archive_error_string) *error_string;
    __typeof__(archive_read_support_filter_xz) *support_filter; /* all of them have this type */
};

struct clu_archive {
    struct library lib;
    struct archive *archive;
    struct clu_feed feed;
    const char *block;         /* decoded, not yet handed out: [left], the library's */
    size_t left;
    uint64_t fed;              /* bytes handed to the library */
    bool ended;                /* the feed has no more */
    bool done;                 /* all has been decoded */
    enum clu_status failed;    /* of the feed */
    struct clu_err why;
};

static bool load(struct library *lib, const char *filter)
{
    lib->handle = dlopen(CLU_LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);
    return lib->handle && clu_archive_symbol(lib->handle, "archive_read_new", &lib->read_new) &&
           clu_archive_symbol(lib->handle, "archive_read_free", &lib->read_free) &&
           clu_archive_symbol(lib->handle, "archive_read_support_format_raw", &lib->support_raw) &&
           clu_archive_symbol(lib->handle, "archive_read_support_format_empty", &lib->support_empty) &&
           clu_archive_symbol(lib->handle, "archive_read_open", &lib->read_open) &&
           clu_archive_symbol(lib->handle, "archive_read_next_header", &lib->next_header) &&
           clu_archive_symbol(lib->handle, "archive_read_data_block", &lib->read_block) &&
           clu_archive_symbol(lib->handle, "archive_filter_count", &lib->filter_count) &&
           clu_archive_symbol(lib->handle, "archive_filter_bytes", &lib->filter_bytes) &&
           clu_archive_symbol(lib->handle, "archive_errno", &lib->error_number) &&
           clu_archive_symbol(lib->handle, "archive_error_string", &lib->error_string) &&
           clu_archive_symbol(lib->handle, filter, &lib->support_filter);
}

/* --- open and close --- */

static la_ssize_t more_bytes(struct archive *archive, void *ctx, const void **bytes)
{
    struct clu_archive *a = ctx;
    const unsigned char *p = NULL;
    size_t len = 0;

    (void)archive;
    if (!a->ended && a->failed == CLU_OK) {
        a->failed = a->feed.next(a->feed.ctx, &p, &len, &a->why);
        a->ended = len == 0;
        a->fed += len;
    }
    *bytes = p;
    return a->failed == CLU_OK ? (la_ssize_t)len : -1;
}

static enum clu_status cut(const struct clu_archive *a, struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "%s: unexpected end of compressed data", a->feed.name);
}

/* What the library says about the data, in our words. */
static enum clu_status damaged(const struct clu_archive *a, struct clu_err *err)
{
    /* How its filters say that they want more input; the second is liblzma's, the third that of .lz. */
    static const char *const wants[] = {"truncated", "no progress", "remaining data is less"};
    const char *text = a->lib.error_string(a->archive);

    if (a->failed != CLU_OK)
        return clu_fail(err, a->failed, "%s", a->why.msg);
    /* It has a text for whatever is wrong with the data, but not always one for memory. */
    if (!text || a->lib.error_number(a->archive) == ENOMEM)
        return clu_fail_memory(err);
    for (size_t i = 0; a->ended && i < sizeof wants / sizeof wants[0]; i++)
        if (strcasestr(text, wants[i]))
            return cut(a, err);
    return clu_fail(err, CLU_DATA, "%s: compressed data is damaged (%s)", a->feed.name, text);
}

/* Up to the first byte of the data. */
static enum clu_status begin(struct clu_archive *a, struct clu_err *err)
{
    struct archive_entry *entry;

    if (a->lib.read_open(a->archive, a, NULL, more_bytes, NULL) != ARCHIVE_OK)
        return damaged(a, err);
    int result = a->lib.next_header(a->archive, &entry);
    if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
        return damaged(a, err);
    a->done = result == ARCHIVE_EOF; /* nothing in it */

    /* A header too short or too odd for the filter: the library would hand out the bytes undecoded. The last filter
     * counted is the one that reads the input. */
    if (a->lib.filter_count(a->archive) < 2)
        return a->ended ? cut(a, err)
                        : clu_fail(err, CLU_DATA, "%s: compressed data is damaged (invalid header)", a->feed.name);
    return CLU_OK;
}

enum clu_status clu_archive_open(struct clu_archive **out, const struct clu_compression *how, struct clu_feed feed,
                                 struct clu_err *err)
{
    *out = NULL;
    if (!how->filter)
        return cannot(how, feed.name, err);
    struct clu_archive *a = clu_calloc(1, sizeof *a);
    if (!a)
        return clu_fail_memory(err);
    a->feed = feed;

    enum clu_status status = CLU_OK;
    if (!load(&a->lib, how->filter))
        status = cannot(how, feed.name, err);
    else if (!(a->archive = a->lib.read_new()) || a->lib.support_raw(a->archive) != ARCHIVE_OK ||
             a->lib.support_empty(a->archive) != ARCHIVE_OK)
        status = clu_fail_memory(err);
    else if (a->lib.support_filter(a->archive) != ARCHIVE_OK)
        status = cannot(how, feed.name, err); /* not built in: it would run a program */
    else
        status = begin(a, err);

    if (status != CLU_OK)
        clu_archive_close(a);
    else
        *out = a;
    return status;
}

void clu_archive_close(struct clu_archive *a)
{
    if (!a)
        return;
    if (a->archive)
        a->lib.read_free(a->archive);
    if (a->lib.handle)
        dlclose(a->lib.handle);
    clu_free(a);
}

/* --- read --- */

/* After the last byte of data nothing may be left. Some filters (.bz2, .lz4, .lz) stop in silence where something else begins. */
static enum clu_status end(struct clu_archive *a, struct clu_err *err)
{
    const void *bytes;
    uint64_t used = (uint64_t)a->lib.filter_bytes(a->archive, -1);

    a->done = true;
    if (more_bytes(a->archive, a, &bytes) < 0)
        return damaged(a, err);
    if (used < a->fed)
        return clu_fail(err, CLU_DATA, "%s: trailing garbage after the compressed data", a->feed.name);
    return CLU_OK;
}

static enum clu_status decode(struct clu_archive *a, struct clu_err *err)
{
    const void *block;
    la_int64_t offset;

    switch (a->lib.read_block(a->archive, &block, &a->left, &offset)) {
    case ARCHIVE_OK:
        a->block = block;
        return CLU_OK;
    case ARCHIVE_EOF:
        a->left = 0;
        return end(a, err);
    default:
        a->left = 0;
        return damaged(a, err);
    }
}

enum clu_status clu_archive_read(struct clu_archive *a, char *buf, size_t cap, bool eager, size_t *got,
                                 struct clu_err *err)
{
    *got = 0;
    while (*got < cap) {
        if (a->left == 0) {
            if (a->done || (eager && *got > 0))
                break;
            enum clu_status status = decode(a, err);
            if (status != CLU_OK)
                return status;
            continue;
        }
        size_t n = a->left < cap - *got ? a->left : cap - *got;
        memcpy(buf + *got, a->block, n);
        a->block += n;
        a->left -= n;
        *got += n;
    }
    return CLU_OK;
}

#endif
