/* What io/rebuild.h compares: files with what recipes make, files with files, tables with their fingerprints. */
#include "io/match.h"
#include "io/rebuild.h"

#include "base/mem.h"
#include "io/place.h"
#include "tab/equal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- a file and a recipe --- */

void clu_check_clear(struct clu_check *c)
{
    clu_pull_close(&c->pull);
    clu_texts_clear(&c->text);
    clu_free(c->cells);
    *c = (struct clu_check){0};
}

/* Does the record at hand have these bytes? */
static bool same_text(const struct clu_check *c)
{
    const struct clu_record *record = &c->pull.record;
    size_t len = record->len + record->eol;

    return c->text.used == len && memcmp(c->text.bytes, record->text, len) == 0;
}

enum clu_status clu_check_begin(struct clu_check *c, const struct clu_recipe *r, const char *child, struct clu_err *err)
{
    bool more;

    *c = (struct clu_check){.r = r, .bytes_same = true, .cells_same = true};
    enum clu_status status = clu_pull_open(&c->pull, child, r->child.delimiter, err);
    if (status == CLU_OK && r->child.header) {
        status = clu_pull_next(&c->pull, &more, err);
        if (status == CLU_OK && more)
            status = clu_recipe_write_head(r, &c->text, err);
        size_t mark = r->mark ? 3 : 0;
        if (status == CLU_OK && more) {
            c->text.used -= mark; /* it is no part of the record */
            memmove(c->text.bytes, c->text.bytes + mark, c->text.used);
        }
        c->bytes_same &= status == CLU_OK && more && same_text(c);
        /* The names as they were written, too: without them a table is another one. */
        c->cells_same &= status == CLU_OK && more && c->pull.record.len == r->head_len && memcmp(c->pull.record.text, r->head, r->head_len) == 0;
    }
    return status;
}

static bool same_cells(struct clu_check *c, const struct clu_cell *cell)
{
    const struct clu_recipe *r = c->r;
    const struct clu_equal equal = {.numeric = r->normal && r->numeric, .null = r->normal ? r->null : NULL};
    char *out = c->cells;

    if (c->pull.record.fields != r->cols)
        return false;
    for (size_t j = 0; j < r->cols; j++) {
        const struct clu_field *f = &c->pull.record.field[j];
        struct clu_cell here = {f->s, (uint32_t)f->len, false}, there = cell[j];
        size_t used;
        if (f->doubled) {
            here = (struct clu_cell){out, (uint32_t)clu_field_unquote(f, out), false};
            out += here.len;
        }
        if (!clu_equal_bytes(&equal)) {
            clu_equal_cell(&equal, &here, out, &used);
            out += used;
            clu_equal_cell(&equal, &there, out, &used);
            out += used;
        }
        if (here.len != there.len || memcmp(here.s, there.s, here.len) != 0)
            return false;
    }
    return true;
}

static enum clu_status check_row(void *ctx, const struct clu_cell *cell, bool last, struct clu_err *err)
{
    struct clu_check *c = ctx;
    bool more;

    if (!c->cells_same)
        return CLU_OK;
    enum clu_status status = clu_pull_next(&c->pull, &more, err);
    if (status != CLU_OK)
        return status;
    if (!more) {
        c->bytes_same = c->cells_same = false;
        return CLU_OK;
    }
    size_t need = 2 * c->pull.record.len;
    for (size_t j = 0; j < c->r->cols; j++)
        need += cell[j].len + 3 * CLU_EQUAL_ROOM;
    if (clu_reserve(&c->cells, &c->room, need, 1) < 0)
        return clu_fail_memory(err);
    c->cells_same = same_cells(c, cell);
    c->text.used = 0;
    if (c->bytes_same && (status = clu_recipe_write_row(c->r, cell, last, &c->text, err)) == CLU_OK)
        c->bytes_same = same_text(c);
    return status;
}

struct clu_rebuild_sink clu_check_sink(struct clu_check *c)
{
    return (struct clu_rebuild_sink){check_row, c};
}

enum clu_status clu_check_end(struct clu_check *c, struct clu_err *err)
{
    bool more = true;
    enum clu_status status = CLU_OK;

    while (c->cells_same && more && (status = clu_pull_next(&c->pull, &more, err)) == CLU_OK)
        if (more) { /* empty lines at the end are no records, where there are several columns */
            c->bytes_same = false;
            c->cells_same = c->r->cols > 1 && c->pull.record.len == 0;
        }
    c->bytes_same &= c->cells_same && status == CLU_OK && c->pull.mark == c->r->mark;
    return status;
}

/* --- two files --- */

#define BLOCK ((size_t)256 << 10)

struct raw {
    FILE *file;
    char *buf; /* [BLOCK] */
};

static enum clu_status open_raw(struct raw *f, const char *path, struct clu_err *err)
{
    *f = (struct raw){fopen(path, "rbe"), clu_alloc(BLOCK, 1)};
    return !f->buf ? clu_fail_memory(err) : f->file ? CLU_OK : clu_fail_path(err, path);
}

enum clu_status clu_files_same(bool *same, const char *a, const char *b, const struct clu_run *run, struct clu_err *err)
{
    struct raw x, y = {NULL, NULL};
    size_t m = 1, n;
    enum clu_status status = open_raw(&x, a, err);

    if (status == CLU_OK)
        status = open_raw(&y, b, err);
    *same = true;
    while (status == CLU_OK && *same && m > 0) {
        m = fread(x.buf, 1, BLOCK, x.file);
        n = fread(y.buf, 1, BLOCK, y.file);
        if (ferror(x.file) || ferror(y.file))
            status = clu_fail_path(err, ferror(x.file) ? a : b);
        *same = m == n && memcmp(x.buf, y.buf, m) == 0;
        if (status == CLU_OK)
            status = clu_tick(run, "comparing", 0, 0, NAN);
    }
    *same &= status == CLU_OK;
    if (x.file)
        fclose(x.file);
    if (y.file)
        fclose(y.file);
    clu_free(x.buf);
    clu_free(y.buf);
    return status;
}

enum clu_status clu_file_hash(struct clu_hash *hash, const char *path, struct clu_err *err)
{
    struct raw f;
    XXH3_state_t *state = XXH3_createState();
    enum clu_status status = open_raw(&f, path, err);
    size_t n = 1;

    if (!state && status == CLU_OK)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        XXH3_128bits_reset(state);
    while (status == CLU_OK && n > 0) {
        n = fread(f.buf, 1, BLOCK, f.file);
        XXH3_128bits_update(state, f.buf, n);
        if (ferror(f.file))
            status = clu_fail_path(err, path);
    }
    if (status == CLU_OK) {
        XXH128_hash_t h = XXH3_128bits_digest(state);
        *hash = (struct clu_hash){h.low64, h.high64};
    }
    if (f.file)
        fclose(f.file);
    clu_free(f.buf);
    XXH3_freeState(state);
    return status;
}

/* --- a table --- */

struct summing {
    const uint64_t *seed;
    size_t cols;
    uint64_t rows;
    struct clu_hash sum;
};

static bool sum_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct summing *s = ctx;
    struct clu_hash sum = {0, 0};

    (void)worker;
    for (size_t j = 0; j < s->cols; j++)
        sum = clu_hash_add(sum, clu_hash_cell(s->seed[j], cell[j].s, cell[j].len));
    s->sum = clu_hash_add(s->sum, clu_hash_fin(sum));
    s->rows++;
    return true;
}

enum clu_status clu_fingerprint(const struct clu_recipe *r, const struct clu_reading *how, const char *path, uint64_t *rows,
                                struct clu_hash *sum, const struct clu_run *run, struct clu_err *err)
{
    struct summing s = {0};
    struct clu_visitor visitor = {sum_row, &s};
    struct clu_lake_opt opt = clu_recipe_opening(r, how);
    struct clu_opened *o;
    const char *const *name;

    opt.equal = (struct clu_equal){.numeric = r->numeric, .null = r->null};
    enum clu_status status = clu_opened_begin(&o, path, &opt, err);
    if (status != CLU_OK)
        return status;
    s.cols = clu_rows_columns(clu_opened_rows(o), &name);
    uint64_t *seed = clu_alloc(s.cols, sizeof *seed);
    for (size_t j = 0; seed && j < s.cols; j++)
        seed[j] = clu_hash_seed(name[j]);
    s.seed = seed;
    status = seed ? clu_rows_scan(clu_opened_rows(o), &opt.equal, 1, &visitor, 0, 0, run, err) : clu_fail_memory(err);
    clu_free(seed);
    clu_opened_end(o);
    *rows = s.rows;
    *sum = s.sum;
    return status;
}
