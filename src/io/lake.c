/* Sections: names, one table, opening, sketching, reading again. */
#include "io/lake.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* --- names --- */

static bool ends(const char *name, size_t *len, const char *const *ending)
{
    for (; *ending; ending++) {
        size_t n = strlen(*ending);
        if (*len > n && strncasecmp(name + *len - n, *ending, n) == 0) {
            *len -= n;
            return true;
        }
    }
    return false;
}

bool clu_lake_name(const char *name, bool archives)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2", ".lz4", ".lz", ".Z", NULL};
    static const char *const table[] = {".csv", ".tsv", NULL}, *const archive[] = {".tar", ".zip", ".tgz", ".txz", NULL};
    const char *slash = strrchr(name, '/');
    size_t len;

    name = slash ? slash + 1 : name;
    len = strlen(name);
    ends(name, &len, packed);
    return *name != '.' && (ends(name, &len, table) || (archives && ends(name, &len, archive)));
}

static int64_t nanoseconds(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static void identify(struct clu_identity *id, const struct stat *st)
{
    id->file = S_ISREG(st->st_mode);
    id->size = (uint64_t)st->st_size;
    id->mtime = nanoseconds(st);
    id->dev = st->st_dev;
    id->inode = st->st_ino;
}

/* The path as archive and member: where the '!' between them stands, NULL when the path is a file, or nothing. */
static const char *find_member(const char *path, struct stat *st)
{
    if (stat(path, st) == 0)
        return NULL;
    for (const char *mark = path; (mark = strchr(mark, '!')); mark++) {
        char *archive = clu_strndup(path, (size_t)(mark - path));
        bool there = archive && mark > path && mark[1] && stat(archive, st) == 0 && S_ISREG(st->st_mode);
        clu_free(archive);
        if (there)
            return mark;
    }
    return NULL;
}

bool clu_lake_stat(const char *path, struct clu_identity *id)
{
    struct stat st;
    const char *mark = find_member(path, &st);

    if (!mark && stat(path, &st) != 0)
        return false;
    identify(id, &st);
    id->member = mark != NULL;
    return id->file;
}

bool clu_lake_unchanged(const struct clu_identity *now, const struct clu_identity *then)
{
    return now->file && then->file && now->size == then->size && now->mtime == then->mtime && now->dev == then->dev &&
           now->inode == then->inode && now->member == then->member;
}

/* --- one table --- */

struct clu_opened {
    struct clu_source *file;     /* or the archive */
    struct clu_members *members; /* NULL: a file */
    char *name;                  /* of the member, for messages */
    struct clu_feed feed;
    struct clu_source *inner;    /* the member's bytes */
    struct clu_rows *rows;
    struct stat before;
    XXH3_state_t *raw;           /* NULL: nobody asks for it */
};

static void close_member(struct clu_opened *o)
{
    clu_rows_close(o->rows);
    clu_source_close(o->inner);
    clu_free(o->name);
    o->rows = NULL;
    o->inner = NULL;
    o->name = NULL;
}

void clu_opened_end(struct clu_opened *o)
{
    if (!o)
        return;
    close_member(o);
    clu_members_close(o->members);
    clu_source_close(o->file);
    XXH3_freeState(o->raw);
    clu_free(o);
}

struct clu_rows *clu_opened_rows(const struct clu_opened *o)
{
    return o->rows;
}

static void add_raw(void *ctx, const void *bytes, size_t len)
{
    XXH3_128bits_update(ctx, bytes, len);
}

static void tap_raw(struct clu_opened *o, struct clu_source *source)
{
    if (o->raw) {
        XXH3_128bits_reset(o->raw);
        clu_source_tap(source, add_raw, o->raw);
    }
}

static char *join(const char *archive, const char *member)
{
    size_t a = strlen(archive), m = strlen(member);
    char *path = clu_alloc(a + m + 2, 1);

    if (path) {
        memcpy(path, archive, a);
        path[a] = '!';
        memcpy(path + a + 1, member, m + 1);
    }
    return path;
}

/* --- opening --- */

static enum clu_status open_file(struct clu_opened *o, const char *path, struct clu_err *err)
{
    enum clu_status status = clu_source_open(&o->file, path, err);

    if (status == CLU_OK && fstat(clu_source_descriptor(o->file), &o->before) != 0)
        status = clu_fail(err, CLU_SYSTEM, "%s: %s", clu_source_name(o->file), strerror(errno));
    return status;
}

static enum clu_status open_archive(struct clu_opened *o, const char *path, const struct clu_lake_opt *opt, struct clu_err *err)
{
    enum clu_status status = open_file(o, path, err);

    return status == CLU_OK ? clu_members_open(&o->members, o->file, &opt->limit, err) : status;
}

/* The member at hand, whose whole name is path. */
static enum clu_status open_rows(struct clu_opened *o, const char *path, const struct clu_lake_opt *opt, struct clu_err *err)
{
    bool archive;

    o->name = clu_source_quote(path);
    if (!o->name)
        return clu_fail_memory(err);
    o->feed = clu_members_feed(o->members, o->name);
    enum clu_status status = clu_source_open_feed(&o->inner, &o->feed, err);
    if (status == CLU_OK) {
        tap_raw(o, o->inner);
        status = clu_rows_open(&o->rows, o->inner, &opt->rows, &archive, err);
    }
    if (status == CLU_OK && archive)
        status = clu_fail(err, CLU_DATA, "%s: an archive in an archive", o->name);
    return status;
}

/* path is archive!member, and mark the '!' in it. */
static enum clu_status open_member(struct clu_opened *o, const char *path, const char *mark, const struct clu_lake_opt *opt,
                                   struct clu_err *err)
{
    const char *name = NULL;
    char *archive = clu_strndup(path, (size_t)(mark - path));
    enum clu_status status = archive ? open_archive(o, archive, opt, err) : clu_fail_memory(err);

    do
        status = status == CLU_OK ? clu_members_next(o->members, &name, err) : status;
    while (status == CLU_OK && name && strcmp(name, mark + 1) != 0);
    if (status == CLU_OK && !name)
        status = clu_fail(err, CLU_SYSTEM, "%s: no member of that name", clu_source_name(o->file));
    clu_free(archive);
    return status == CLU_OK ? open_rows(o, path, opt, err) : status;
}

/* *archive: the path is one, and rows were not opened. */
static enum clu_status open_path(struct clu_opened **out, const char *path, const struct clu_lake_opt *opt, bool raw, bool *archive,
                                 struct clu_err *err)
{
    struct stat st;
    const char *mark = strcmp(path, "-") == 0 ? NULL : find_member(path, &st);
    struct clu_opened *o = clu_calloc(1, sizeof *o);

    *archive = false;
    *out = o;
    if (!o || (raw && !(o->raw = XXH3_createState())))
        return clu_fail_memory(err);
    if (mark)
        return open_member(o, path, mark, opt, err);
    enum clu_status status = open_file(o, path, err);
    if (status == CLU_OK) {
        tap_raw(o, o->file);
        status = clu_rows_open(&o->rows, o->file, &opt->rows, archive, err);
    }
    return status;
}

enum clu_status clu_opened_begin(struct clu_opened **out, const char *path, const struct clu_lake_opt *opt, struct clu_err *err)
{
    bool archive;
    enum clu_status status = open_path(out, path, opt, false, &archive, err);

    if (status == CLU_OK && archive)
        status = clu_fail(err, CLU_DATA, "%s: an archive; name one of its tables as archive!member", clu_source_name((*out)->file));
    if (status != CLU_OK) {
        clu_opened_end(*out);
        *out = NULL;
    }
    return status;
}

/* --- sketching --- */

void clu_findings_clear(struct clu_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        clu_sketch_clear(&f->found[i].sketch);
        clu_free(f->found[i].message);
    }
    clu_free(f->found);
    *f = (struct clu_findings){0};
}

struct sketching {
    struct clu_sketch *part;          /* [workers] */
    struct clu_sketcher **sketcher;   /* [workers] */
};

static bool sketch_row(void *ctx, int worker, const struct clu_cell *cell)
{
    const struct sketching *s = ctx;

    clu_sketcher_row(s->sketcher[worker], cell);
    return true;
}

static enum clu_status begin_parts(struct sketching *s, struct clu_rows *rows, const struct clu_sketch_rule *rule, int workers,
                                   struct clu_err *err)
{
    const char *const *name;
    size_t cols = clu_rows_columns(rows, &name);
    enum clu_status status = CLU_OK;

    s->part = clu_calloc((size_t)workers, sizeof *s->part);
    s->sketcher = clu_calloc((size_t)workers, sizeof *s->sketcher);
    if (!s->part || !s->sketcher)
        return clu_fail_memory(err);
    for (int t = 0; t < workers && status == CLU_OK; t++) {
        status = clu_sketch_begin(&s->part[t], name, cols, rule, err);
        if (status == CLU_OK)
            status = clu_sketcher_begin(&s->sketcher[t], &s->part[t], err);
    }
    return status;
}

/* The rows of an opened table. */
static enum clu_status sketch_rows(struct clu_sketch *out, struct clu_rows *rows, const struct clu_lake_opt *opt,
                                   const struct clu_sketch_rule *rule, int workers, uint64_t before, uint64_t of,
                                   const struct clu_run *run, struct clu_err *err)
{
    struct sketching s = {0};
    struct clu_visitor visitor = {sketch_row, &s};
    enum clu_status status = begin_parts(&s, rows, rule, workers, err);

    if (status == CLU_OK)
        status = clu_rows_scan(rows, &opt->equal, workers, &visitor, before, of, run, err);
    for (int t = 0; s.sketcher && t < workers; t++) {
        enum clu_status ended = s.sketcher[t] ? clu_sketcher_end(s.sketcher[t], status == CLU_OK ? err : NULL) : CLU_OK;
        status = status == CLU_OK ? ended : status;
    }
    for (int t = 1; t < workers && status == CLU_OK; t++)
        status = clu_sketch_merge(&s.part[0], &s.part[t], err);
    if (status == CLU_OK) {
        *out = s.part[0];
        s.part[0] = (struct clu_sketch){0};
        out->id.delimiter = clu_rows_delimiter(rows);
    }
    for (int t = 0; s.part && t < workers; t++)
        clu_sketch_clear(&s.part[t]);
    clu_free(s.part);
    clu_free(s.sketcher);
    return status;
}

/* One finding more. A status that is no fault of the table is passed on. */
static enum clu_status add_finding(struct clu_findings *f, const char *path, struct clu_sketch *sketch, enum clu_status status,
                                   struct clu_err *err)
{
    struct clu_found found = {.status = status};

    if (sketch)
        found.sketch = *sketch;
    if (status == CLU_STOPPED || clu_reserve(&f->found, &f->cap, f->n + 1, sizeof *f->found) < 0) {
        clu_sketch_clear(&found.sketch);
        return status == CLU_STOPPED ? status : clu_fail_memory(err);
    }
    found.sketch.id.path = clu_strndup(path, strlen(path));
    found.message = status != CLU_OK && err ? clu_strndup(err->msg, strlen(err->msg)) : NULL;
    f->found[f->n++] = found;
    return found.sketch.id.path && (status == CLU_OK || found.message) ? CLU_OK : clu_fail_memory(err);
}

struct job {
    const struct clu_lake_opt *opt;
    const struct clu_sketch_rule *rule;
    int workers;
    uint64_t before, of;
    const struct clu_run *run;
};

/* The table that was opened as path, or failed to be (status). */
static enum clu_status sketch_opened(struct clu_findings *f, struct clu_opened *o, const char *path, enum clu_status status,
                                     const struct job *job, struct clu_err *err)
{
    struct clu_sketch sketch = {0};
    struct stat after;

    if (status == CLU_OK)
        status = sketch_rows(&sketch, o->rows, job->opt, job->rule, job->workers, job->before, job->of, job->run, err);
    if (status == CLU_OK) {
        identify(&sketch.id, &o->before);
        sketch.id.file &= strcmp(path, "-") != 0;
        sketch.id.member = o->members != NULL;
        XXH128_hash_t raw = XXH3_128bits_digest(o->raw);
        sketch.id.raw = (struct clu_hash){raw.low64, raw.high64};
        sketch.id.changed = fstat(clu_source_descriptor(o->file), &after) == 0 && sketch.id.file &&
                            (after.st_size != o->before.st_size || nanoseconds(&after) != nanoseconds(&o->before));
    }
    return add_finding(f, path, &sketch, status, err);
}

/* All tables of an archive, in one pass. */
static enum clu_status sketch_archive(struct clu_findings *f, const char *path, const struct job *job, struct clu_err *err)
{
    struct clu_opened *o = clu_calloc(1, sizeof *o);
    const char *name = NULL;

    if (!o || !(o->raw = XXH3_createState())) {
        clu_opened_end(o);
        return clu_fail_memory(err);
    }
    enum clu_status status = open_archive(o, path, job->opt, err), last = CLU_OK;
    while (status == CLU_OK && last == CLU_OK && (status = clu_members_next(o->members, &name, err)) == CLU_OK && name) {
        char *whole = clu_lake_name(name, false) ? join(path, name) : NULL;
        if (whole)
            last = sketch_opened(f, o, whole, open_rows(o, whole, job->opt, err), job, err);
        close_member(o);
        clu_free(whole);
    }
    f->skipped += o->members ? clu_members_skipped(o->members) : 0;
    clu_opened_end(o);
    return last != CLU_OK ? last : status != CLU_OK ? add_finding(f, path, NULL, status, err) : CLU_OK;
}

enum clu_status clu_lake_sketch(struct clu_findings *f, const char *path, const struct clu_lake_opt *opt,
                                const struct clu_sketch_rule *rule, int workers, uint64_t before, uint64_t of,
                                const struct clu_run *run, struct clu_err *err)
{
    const struct job job = {opt, rule, workers, before, of, run};
    struct clu_opened *o;
    struct clu_err why = {0};
    bool archive;
    enum clu_status status = open_path(&o, path, opt, true, &archive, &why);

    f->archive = archive;
    if (o && !archive)
        status = sketch_opened(f, o, path, status, &job, &why);
    clu_opened_end(o);
    if (archive)
        status = sketch_archive(f, path, &job, &why);
    if (status != CLU_OK && err)
        *err = why;
    return status;
}

/* --- reading again --- */

static bool same_columns(const struct clu_sketch *s, struct clu_rows *rows)
{
    const char *const *name;
    size_t cols = clu_rows_columns(rows, &name);

    if (cols != s->cols)
        return false;
    for (size_t j = 0; j < cols; j++)
        if (strcmp(name[j], s->column[j].name) != 0)
            return false;
    return true;
}

static enum clu_status scan(struct clu_tables *self, size_t table, bool raw, int workers, const struct clu_visitor *visitor,
                            const struct clu_run *run, struct clu_err *err)
{
    const struct clu_lake *lake = (struct clu_lake *)self;
    const struct clu_sketch *s = lake->sketch[table];
    struct clu_opened *o;
    struct clu_identity now = {0};

    enum clu_status status = clu_opened_begin(&o, s->id.path, lake->opt, err);
    if (status != CLU_OK)
        return status;
    identify(&now, &o->before);
    now.member = o->members != NULL;
    bool same = (!s->id.file || clu_lake_unchanged(&now, &s->id)) && same_columns(s, o->rows);
    if (same) {
        status = clu_rows_scan(o->rows, raw ? NULL : &lake->opt->equal, workers, visitor, self->done, self->of, run, err);
        same = fstat(clu_source_descriptor(o->file), &o->before) == 0 &&
               (!s->id.file || ((uint64_t)o->before.st_size == s->id.size && nanoseconds(&o->before) == s->id.mtime));
    }
    if (status == CLU_OK && !same) {
        char *name = clu_source_quote(s->id.path);
        status = name ? clu_fail(err, CLU_DATA, "%s: changed since it was sketched", name) : clu_fail_memory(err);
        clu_free(name);
    }
    clu_opened_end(o);
    return status;
}

void clu_lake_start(struct clu_lake *lake, struct clu_sketch *const *sketch, const uint64_t *bytes, const struct clu_lake_opt *opt)
{
    *lake = (struct clu_lake){.tables = {.scan = scan, .bytes = bytes}, .opt = opt, .sketch = sketch};
}
