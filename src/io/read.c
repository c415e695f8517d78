/* Sections: buffer, files, blocks, batches. */
#include "io/read.h"

#include "base/mem.h"
#include "io/read_state.h"
#include "tab/number_scan.h"

#include <math.h>
#include <string.h>

#define BLOCK ((size_t)256 << 10) /* fits the second-level cache with its numbers */
#define PER_THREAD 4              /* blocks at a time: enough to share out evenly, beside reading ahead */

/* --- buffer --- */

static enum clu_status too_long(const struct clu_reader *r, struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "%s:%llu: line longer than 64 MiB", clu_source_name(r->source), (unsigned long long)r->line);
}

static int grow(struct clu_reader *r, int which, size_t cap)
{
    char *buf = clu_realloc(r->buf[which].s, cap + CLU_NUMBER_PAD, 1);
    if (!buf)
        return -1;
    r->buf[which].s = buf;
    r->buf[which].cap = cap;
    return 0;
}

static const char *bytes(const struct clu_reader *r)
{
    return r->buf[r->cur].s;
}

/* Move the bytes that are not yet in blocks to the front of the other buffer, which becomes the current one. */
static enum clu_status change_buffer(struct clu_reader *r, struct clu_err *err)
{
    size_t rest = r->len - r->pos, cap = r->buf[r->cur].cap;
    int other = !r->cur;

    if (2 * rest > cap)
        cap = cap < CLU_RECORD_MAX / 2 ? 2 * cap : CLU_RECORD_MAX;
    if (cap > r->buf[other].cap && grow(r, other, cap) < 0)
        return clu_fail_memory(err);
    if (rest > 0)
        memcpy(r->buf[other].s, bytes(r) + r->pos, rest);
    r->cur = other;
    r->pos = 0;
    r->len = rest;
    return CLU_OK;
}

/* More bytes behind those of the current buffer. */
static enum clu_status fill(struct clu_reader *r, struct clu_err *err)
{
    char *s = r->buf[r->cur].s;
    size_t got = 0, room = r->buf[r->cur].cap - r->len;
    enum clu_status status = clu_source_read(r->source, s + r->len, room, r->opt->eager, &got, err);

    if (status != CLU_OK)
        return status;
    r->len += got;
    r->end = got == 0 || (got < room && !r->opt->eager);
    memset(s + r->len, '\n', CLU_NUMBER_PAD); /* a last record without a line end has one for clu_block_parse() */
    return CLU_OK;
}

/* The same when the bytes that are there make no whole record. */
static enum clu_status fill_more(struct clu_reader *r, struct clu_err *err)
{
    enum clu_status status;

    if (r->len - r->pos >= CLU_RECORD_MAX)
        return too_long(r, err);
    status = change_buffer(r, err);
    return status == CLU_OK ? fill(r, err) : status;
}

static enum clu_status tell(const struct clu_reader *r)
{
    uint64_t done, of;
    clu_source_progress(r->source, &done, &of);
    return clu_tick(r->run, "reading", done, of, NAN);
}

/* --- files --- */

static const char *file_name(const struct clu_reader *r, size_t i)
{
    return r->opt->files ? r->opt->file[i] : "-";
}

/* Bytes at the start that are no table. */
static enum clu_status skip_mark(struct clu_reader *r, struct clu_err *err)
{
    const char *s = bytes(r);

    if (r->len >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0))
        return clu_fail(err, CLU_DATA, "%s:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8", clu_source_name(r->source));
    if (r->len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        r->pos = 3;
    return CLU_OK;
}

/* Where the first record that is not an empty line starts. */
static size_t first_record(const struct clu_reader *r)
{
    const char *s = bytes(r);
    size_t at = r->pos;
    while (at < r->len && (s[at] == '\n' || (s[at] == '\r' && at + 1 < r->len && s[at + 1] == '\n')))
        at++;
    return at;
}

static bool has_first_record(const struct clu_reader *r)
{
    size_t at = first_record(r);
    char delimiter = r->plan.schema.delimiter;

    if (delimiter == 0 && clu_delimiter_guess(bytes(r) + at, r->len - at, r->plan.rule.mark, "", &delimiter, NULL) != CLU_OK)
        delimiter = ',';
    return clu_record_cut(bytes(r) + at, r->len - at, delimiter) > 0;
}

/* The first file's first record says what the table is. */
static enum clu_status settle(struct clu_reader *r, const struct clu_record *first, struct clu_err *err)
{
    struct clu_plan *p = &r->plan;
    enum clu_status status = clu_schema_settle(&p->schema, first, &r->opt->ask, &p->rule, err);

    if (status == CLU_OK)
        status = clu_plan_columns(p, err);
    return status;
}

/* Every further file must be more of the same table. */
static enum clu_status compare(const struct clu_reader *r, const struct clu_record *first, struct clu_err *err)
{
    const struct clu_schema *s = &r->plan.schema;
    const char *name = clu_source_name(r->source);
    char column[256];
    size_t at;

    if (first->fields != s->cols && !(r->opt->ask.ragged && !s->header))
        return clu_fail(err, CLU_DATA, "%s:1: %zu field%s, but the first file has %zu", name, first->fields,
                        first->fields == 1 ? "" : "s", s->cols);
    if (s->header && !clu_schema_same_header(s, first, &at))
        return clu_fail(err, CLU_DATA, "%s:1: the header differs from the first file's, which has %s", name,
                        clu_schema_column(s, at, column, sizeof column));
    return CLU_OK;
}

static enum clu_status read_first(struct clu_reader *r, struct clu_err *err)
{
    struct clu_record first = {0};
    const char *name = clu_source_name(r->source);
    size_t at = first_record(r);
    char *delimiter = &r->plan.schema.delimiter;
    enum clu_status status = CLU_OK;

    if (at == r->len)
        return clu_fail(err, CLU_DATA, "%s: no data", name);
    if (*delimiter == 0)
        status = clu_delimiter_guess(bytes(r) + at, r->len - at, r->plan.rule.mark, name, delimiter, err);
    r->plan.rule.delimiter = *delimiter;
    /* Empty lines in front: values of a one-column table, or an error that the blocks will tell. */
    uint64_t line = 1;
    for (size_t i = r->pos; i < at; i++)
        line += bytes(r)[i] == '\n';
    if (status == CLU_OK)
        status = clu_record_split(&first, bytes(r) + at, r->len - at, *delimiter, name, line, err);
    if (status == CLU_OK)
        status = r->file == 0 ? settle(r, &first, err) : compare(r, &first, err);
    if (status == CLU_OK && r->plan.schema.header) {
        if (at > r->pos)
            status = clu_fail(err, CLU_DATA, "%s:1: empty line before the header", name);
        r->pos = at + first.len + first.eol;
        r->line += first.lines;
    }
    clu_record_clear(&first);
    return status;
}

static enum clu_status start_file(struct clu_reader *r, struct clu_err *err)
{
    enum clu_status status = r->source ? CLU_OK : clu_source_open(&r->source, file_name(r, r->file), err);

    r->pos = r->len = 0;
    r->end = false;
    r->line = 1;
    r->blank = 0;
    bool begun = false;
    while (status == CLU_OK && !r->end && (!begun || !has_first_record(r))) {
        status = fill_more(r, err);
        if (status == CLU_OK && !begun && (r->len >= 3 || r->end)) {
            begun = true;
            status = skip_mark(r, err);
        }
    }
    return status == CLU_OK ? read_first(r, err) : status;
}

enum clu_status clu_reader_open(struct clu_reader **out, const struct clu_read_opt *opt, const struct clu_run *run,
                                struct clu_err *err)
{
    struct clu_reader *r = clu_calloc(1, sizeof *r);

    *out = NULL;
    if (!r) {
        clu_source_close(opt->first);
        return clu_fail_memory(err);
    }
    r->source = opt->first;
    r->opt = opt;
    r->run = run;
    r->plan.opt = opt;
    r->plan.schema.delimiter = opt->delimiter;
    r->plan.schema.id = r->plan.schema.weight = r->plan.schema.label = CLU_NO_COLUMN;
    r->plan.rule = (struct clu_value_rule){opt->mark ? opt->mark : '.', opt->delimiter, opt->na_values};
    r->slots = run->threads < CLU_READ_BLOCKS / PER_THREAD ? PER_THREAD * (size_t)run->threads : CLU_READ_BLOCKS;
    r->block = clu_calloc(r->slots, sizeof *r->block);
    enum clu_status status = CLU_OK;
    if (!r->block || grow(r, r->cur, r->slots * BLOCK) < 0)
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = start_file(r, err);
    if (status != CLU_OK) {
        clu_reader_close(r);
        return status;
    }
    *out = r;
    return CLU_OK;
}

void clu_reader_close(struct clu_reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->block && i < r->slots; i++)
        clu_block_clear(&r->block[i]);
    clu_free(r->block);
    clu_source_close(r->source);
    clu_free(r->buf[0].s);
    clu_free(r->buf[1].s);
    clu_plan_clear(&r->plan);
    clu_levels_clear(&r->level);
    clu_free(r->map);
    clu_free(r);
}

const struct clu_schema *clu_reader_schema(const struct clu_reader *r)
{
    return &r->plan.schema;
}

const struct clu_levels *clu_reader_levels(const struct clu_reader *r)
{
    return &r->level;
}

/* --- blocks --- */

/* Whole records from pos on, about a block of them; 0 when there is no whole one. */
static size_t cut(const struct clu_reader *r)
{
    const char *s = bytes(r) + r->pos;
    size_t rest = r->len - r->pos, n = 0;

    for (size_t window = BLOCK; n == 0 && rest > 0; window *= 2) {
        n = clu_record_cut(s, window < rest ? window : rest, r->plan.schema.delimiter);
        if (window >= rest)
            break;
    }
    return n == 0 && r->end ? rest : n;
}

/* Parse the blocks, and read ahead beside it. */
static void parse_and_read(struct clu_reader *r)
{
    int n = (int)r->blocks, ahead = !r->end && !r->opt->eager, tasks = n + ahead;
    int threads = r->run->threads < tasks ? r->run->threads : tasks;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (int i = 0; i < tasks; i++) {
        if (i >= ahead)
            clu_block_parse(&r->block[i - ahead], &r->plan);
        else
            r->ahead = fill(r, &r->ahead_err);
    }
}

/* Cut the buffer into blocks and parse them; blocks = 0 at the end of the last file. */
static enum clu_status next_blocks(struct clu_reader *r, struct clu_err *err)
{
    enum clu_status status = r->ahead;

    r->next = r->blocks = 0;
    if (status != CLU_OK && err)
        *err = r->ahead_err;
    while (status == CLU_OK) {
        size_t n;
        while (r->blocks < r->slots && (n = cut(r)) > 0) {
            r->block[r->blocks].s = bytes(r) + r->pos;
            r->block[r->blocks++].len = n;
            r->pos += n;
        }
        if (r->blocks > 0)
            break;
        if (!r->end) {
            status = fill_more(r, err);
        } else if (r->file + 1 < r->opt->files) {
            clu_source_close(r->source);
            r->source = NULL;
            r->file++;
            status = start_file(r, err);
        } else {
            return CLU_OK;
        }
    }
    if (status == CLU_OK)
        status = change_buffer(r, err);
    if (status != CLU_OK)
        return status;
    parse_and_read(r);
    return tell(r);
}

/* --- batches --- */

enum clu_status clu_read_no_memory(uint64_t row, struct clu_err *err)
{
    return clu_fail(err, CLU_SYSTEM, "memory exhausted (reading row %llu)", (unsigned long long)row + 1);
}

/* Is there something wrong with the block that must be said before any of its rows, or after all of them? */
static enum clu_status complain(struct clu_reader *r, struct clu_block *b, struct clu_err *err)
{
    const char *name = clu_source_name(r->source);

    if (r->blank > 0 && (b->rows > 0 || b->bad)) {
        struct clu_block empty = {.blank = 1};
        return clu_block_explain(&empty, &r->plan, name, r->blank, err);
    }
    if (b->rows > 0 || !b->bad)
        return CLU_OK;
    if (b->status == CLU_SYSTEM)
        return clu_read_no_memory(r->rows, err);
    return clu_block_explain(b, &r->plan, name, r->line, err);
}

/* The block's levels become those of the whole input, in the order of the blocks. */
static enum clu_status join_levels(struct clu_reader *r, struct clu_block *b, struct clu_err *err)
{
    size_t n = b->level.text.n, cells = b->rows * r->plan.schema.picked, len;

    if (n == 0)
        return CLU_OK;
    if (clu_reserve(&r->map, &r->map_cap, n, sizeof *r->map) < 0)
        return clu_read_no_memory(r->rows, err);
    for (size_t i = 0; i < n; i++) {
        const char *s = clu_texts_at(&b->level.text, i, &len);
        enum clu_status status = clu_levels_add(&r->level, s, len, &r->map[i], err);
        if (status != CLU_OK)
            return status == CLU_SYSTEM ? clu_read_no_memory(r->rows, err) : status;
    }
    for (size_t i = 0; i < cells; i++)
        if (clu_level_is(b->x[i]))
            b->x[i] = clu_level_box(r->map[clu_level_of(b->x[i])]);
    return CLU_OK;
}

static void hand_out(struct clu_reader *r, struct clu_block *b, struct clu_batch *out)
{
    *out = (struct clu_batch){
        .first = r->rows,
        .rows = b->rows,
        .line = r->line,
        .lines = b->lines,
        .x = b->x,
        .end = r->opt->ask.ragged ? b->end : NULL,
        .dates = b->dates,
        .weight = b->weight,
        .missing = b->any_missing ? b->missing : NULL,
        .id = r->plan.schema.id != CLU_NO_COLUMN ? &b->id : NULL,
        .label = r->plan.schema.label != CLU_NO_COLUMN ? &b->label : NULL,
        .text = r->opt->keep_text ? &b->text : NULL,
    };
    r->rows += b->rows;
    r->line += b->lines;
    b->rows = b->lines = 0; /* what is wrong behind them comes next */
}

enum clu_status clu_reader_next(struct clu_reader *r, struct clu_batch *out, struct clu_err *err)
{
    *out = (struct clu_batch){.first = r->rows};
    for (;;) {
        enum clu_status status;
        if (r->next == r->blocks) {
            status = next_blocks(r, err);
            if (status != CLU_OK)
                return status;
            if (r->blocks == 0)
                break;
        }
        struct clu_block *b = &r->block[r->next];
        status = complain(r, b, err);
        if (status == CLU_OK && b->rows > 0)
            status = join_levels(r, b, err);
        if (status != CLU_OK)
            return status;
        if (b->rows > 0) {
            hand_out(r, b, out);
            return CLU_OK;
        }
        if (b->blank > 0 && r->blank == 0)
            r->blank = r->line;
        r->line += b->blank;
        r->next++;
    }
    if (r->rows == 0)
        return clu_fail(err, CLU_DATA, "%s: no data rows after the header", clu_source_name(r->source));
    return CLU_OK;
}

const char *clu_reader_file(const struct clu_reader *r)
{
    return clu_source_name(r->source);
}

const struct clu_record *clu_reader_again(struct clu_reader *r, const struct clu_batch *batch, struct clu_again *at, size_t i)
{
    struct clu_block *b = &r->block[r->next];

    if (at->next == 0)
        at->next_line = batch->line;
    while (at->next <= i) {
        /* It was read before: only memory can be lacking. */
        if (clu_record_split(&b->record, b->s + at->at, b->len - at->at, r->plan.schema.delimiter, "", 0, NULL) != CLU_OK)
            return NULL;
        at->line = at->next_line;
        at->next_line += b->record.lines;
        at->at += b->record.len + b->record.eol;
        at->next++;
    }
    return &b->record;
}
