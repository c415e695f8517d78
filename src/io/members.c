/* Sections: magic bytes, the library, open and close, members, their bytes. */
#include "io/members.h"

#include "base/mem.h"

#include <string.h>

/* --- magic bytes --- */

/* The sum of a tar header's bytes, its own field taken for blanks, stands in it in octal. */
static bool is_tar(const unsigned char *s)
{
    unsigned long sum = 0, want = 0;
    size_t i = 148;

    for (size_t j = 0; j < 512; j++)
        sum += j >= 148 && j < 156 ? ' ' : s[j];
    while (i < 156 && s[i] == ' ')
        i++;
    for (; i < 156 && s[i] >= '0' && s[i] <= '7'; i++)
        want = want * 8 + (unsigned long)(s[i] - '0');
    return s[0] != '\0' && want == sum;
}

bool clu_members_magic(const unsigned char *s, size_t len)
{
    if (len >= 4 && (memcmp(s, "PK\3\4", 4) == 0 || memcmp(s, "PK\5\6", 4) == 0))
        return true;
    return len >= 512 && is_tar(s);
}

#ifndef HAVE_LIBARCHIVE

enum clu_status clu_members_open(struct clu_members **out, struct clu_source *source, const struct clu_members_limit *limit,
                                 struct clu_err *err)
{
    (void)limit;
    *out = NULL;
    return clu_fail(err, CLU_DATA, "%s: an archive, and archives cannot be read here", clu_source_name(source));
}

enum clu_status clu_members_next(struct clu_members *m, const char **name, struct clu_err *err)
{
    (void)m;
    *name = NULL;
    return clu_fail(err, CLU_DATA, "built without libarchive"); /* never opened */
}

struct clu_feed clu_members_feed(struct clu_members *m, const char *name)
{
    (void)m;
    return (struct clu_feed){.name = name};
}

uint64_t clu_members_skipped(const struct clu_members *m)
{
    (void)m;
    return 0;
}

void clu_members_close(struct clu_members *m)
{
    (void)m;
}

#else

#include "io/archive_load.h"

#include <archive.h>
#include <archive_entry.h>

/* --- the library --- */

#define RAW ((size_t)64 << 10)
#define RATIO_FROM ((uint64_t)1 << 20)

struct library {
    void *handle;
    __typeof__(archive_read_new) *read_new;
    __typeof__(archive_read_free) *read_free;
    __typeof__(archive_read_support_format_tar) *support_tar;
    __typeof__(archive_read_support_format_zip_streamable) *support_zip;
    __typeof__(archive_read_open) *read_open;
    __typeof__(archive_read_next_header) *next_header;
    __typeof__(archive_read_data_block) *read_block;
    __typeof__(archive_error_string) *error_string;
    __typeof__(archive_entry_pathname) *pathname;
    __typeof__(archive_entry_pathname_utf8) *pathname_utf8;
    __typeof__(archive_entry_filetype) *filetype;
    __typeof__(archive_entry_hardlink) *hardlink;
};

struct clu_members {
    struct library lib;
    struct archive *archive;
    struct clu_source *source;
    struct clu_members_limit limit;
    char *raw;              /* [RAW] */
    uint64_t members, skipped;
    uint64_t all, here;     /* bytes of all members so far; of this one */
    const char *name;       /* of this one in messages */
    enum clu_status failed; /* of the source */
    struct clu_err why;
};

static bool load(struct library *lib)
{
    void *handle = dlopen(CLU_LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);

    lib->handle = handle;
    return handle && clu_archive_symbol(handle, "archive_read_new", &lib->read_new) &&
           clu_archive_symbol(handle, "archive_read_free", &lib->read_free) &&
           clu_archive_symbol(handle, "archive_read_support_format_tar", &lib->support_tar) &&
           clu_archive_symbol(handle, "archive_read_support_format_zip_streamable", &lib->support_zip) &&
           clu_archive_symbol(handle, "archive_read_open", &lib->read_open) &&
           clu_archive_symbol(handle, "archive_read_next_header", &lib->next_header) &&
           clu_archive_symbol(handle, "archive_read_data_block", &lib->read_block) &&
           clu_archive_symbol(handle, "archive_error_string", &lib->error_string) &&
           clu_archive_symbol(handle, "archive_entry_pathname", &lib->pathname) &&
           clu_archive_symbol(handle, "archive_entry_pathname_utf8", &lib->pathname_utf8) &&
           clu_archive_symbol(handle, "archive_entry_filetype", &lib->filetype) &&
           clu_archive_symbol(handle, "archive_entry_hardlink", &lib->hardlink);
}

/* --- open and close --- */

static la_ssize_t more_bytes(struct archive *archive, void *ctx, const void **bytes)
{
    struct clu_members *m = ctx;
    size_t len = 0;

    (void)archive;
    if (m->failed == CLU_OK)
        m->failed = clu_source_read(m->source, m->raw, RAW, false, &len, &m->why);
    *bytes = m->raw;
    return m->failed == CLU_OK ? (la_ssize_t)len : -1;
}

/* What the source says, or the library, about the archive or (member) the file at hand. */
static enum clu_status damaged(const struct clu_members *m, bool member, struct clu_err *err)
{
    const char *text = m->lib.error_string(m->archive);

    if (m->failed != CLU_OK)
        return clu_fail(err, m->failed, "%s", m->why.msg);
    if (!text)
        text = "invalid data";
    if (member)
        return clu_fail(err, CLU_DATA, "%s: damaged (%s)", m->name, text);
    return clu_fail(err, CLU_DATA, "%s: damaged archive (%s)", clu_source_name(m->source), text);
}

enum clu_status clu_members_open(struct clu_members **out, struct clu_source *source, const struct clu_members_limit *limit,
                                 struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    *out = NULL;
    struct clu_members *m = clu_calloc(1, sizeof *m);
    if (!m || !(m->raw = clu_alloc(RAW, 1))) {
        clu_free(m);
        return clu_fail_memory(err);
    }
    m->source = source;
    m->limit = *limit;
    if (!load(&m->lib))
        status = clu_fail(err, CLU_DATA, "%s: an archive, and archives cannot be read here", clu_source_name(source));
    else if (!(m->archive = m->lib.read_new()) || m->lib.support_tar(m->archive) != ARCHIVE_OK ||
             m->lib.support_zip(m->archive) != ARCHIVE_OK)
        status = clu_fail_memory(err);
    else if (m->lib.read_open(m->archive, m, NULL, more_bytes, NULL) != ARCHIVE_OK)
        status = damaged(m, false, err);
    if (status != CLU_OK)
        clu_members_close(m);
    else
        *out = m;
    return status;
}

void clu_members_close(struct clu_members *m)
{
    if (!m)
        return;
    if (m->archive)
        m->lib.read_free(m->archive);
    if (m->lib.handle)
        dlclose(m->lib.handle);
    clu_free(m->raw);
    clu_free(m);
}

/* --- members --- */

/* Does the name stay inside of the archive? */
static bool stays(const char *name)
{
    if (*name == '/' || *name == '\0')
        return false;
    for (const char *s = name; s; s = strchr(s, '/')) {
        s += *s == '/';
        if (s[0] == '.' && s[1] == '.' && (s[2] == '/' || s[2] == '\0'))
            return false;
    }
    return true;
}

/* Behind the archive the source is read to its end: only there a checksum tells that all was well. */
static enum clu_status drain(struct clu_members *m, struct clu_err *err)
{
    const void *bytes;

    for (la_ssize_t n = 1; n > 0;)
        n = more_bytes(m->archive, m, &bytes);
    return m->failed == CLU_OK ? CLU_OK : damaged(m, false, err);
}

enum clu_status clu_members_next(struct clu_members *m, const char **name, struct clu_err *err)
{
    struct archive_entry *entry;

    *name = NULL;
    for (;;) {
        int result = m->lib.next_header(m->archive, &entry);
        if (result == ARCHIVE_EOF)
            return drain(m, err);
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return damaged(m, false, err);
        if (m->members++ == m->limit.members)
            return clu_fail(err, CLU_DATA, "%s: more than %llu members; see --max-members", clu_source_name(m->source),
                            (unsigned long long)m->limit.members);
        const char *path = m->lib.pathname(entry);
        if (!path)
            path = m->lib.pathname_utf8(entry);
        if (m->lib.filetype(entry) == AE_IFDIR)
            continue;
        if (path && m->lib.filetype(entry) == AE_IFREG && !m->lib.hardlink(entry) && stays(path)) {
            *name = path;
            m->here = 0;
            return CLU_OK;
        }
        m->skipped++;
    }
}

uint64_t clu_members_skipped(const struct clu_members *m)
{
    return m->skipped;
}

/* --- their bytes --- */

static enum clu_status check_limits(const struct clu_members *m, struct clu_err *err)
{
    uint64_t done, size;

    clu_source_progress(m->source, &done, &size);
    if (m->here > m->limit.bytes)
        return clu_fail(err, CLU_DATA, "%s: larger than %llu bytes; see --max-bytes", m->name, (unsigned long long)m->limit.bytes);
    if (m->all > RATIO_FROM && m->all / m->limit.ratio > done)
        return clu_fail(err, CLU_DATA, "%s: expands to more than %llu times its size; see --max-ratio", clu_source_name(m->source),
                        (unsigned long long)m->limit.ratio);
    return CLU_OK;
}

static enum clu_status next_bytes(void *ctx, const unsigned char **bytes, size_t *len, struct clu_err *err)
{
    struct clu_members *m = ctx;
    const void *block = NULL;
    la_int64_t offset = 0;

    *len = 0;
    do {
        int result = m->lib.read_block(m->archive, &block, len, &offset);
        if (result == ARCHIVE_EOF) {
            *len = 0;
            return CLU_OK;
        }
        if (result != ARCHIVE_OK)
            return damaged(m, true, err);
    } while (*len == 0);
    if ((uint64_t)offset != m->here)
        return clu_fail(err, CLU_DATA, "%s: a file with holes, which holds NUL bytes", m->name);
    *bytes = block;
    m->here += *len;
    m->all += *len;
    return check_limits(m, err);
}

struct clu_feed clu_members_feed(struct clu_members *m, const char *name)
{
    m->name = name;
    return (struct clu_feed){.next = next_bytes, .ctx = m, .name = name};
}

#endif
