/* Sections: buffer, files, blocks, batches, whole tables. */
#include "io/read.h"

#include "base/mem.h"
#include "io/block.h"
#include "io/source.h"
#include "tab/number_scan.h"

#include <math.h>
#include <string.h>

#define BLOCK ((size_t)256 << 10) /* fits the second-level cache with its numbers */
#define PER_THREAD 4              /* blocks at a time: enough to share out evenly, beside reading ahead */
#define BLOCKS_MAX 32             /* more threads than that wait for the bytes anyway */

struct clu_reader {
    const struct clu_read_opt *opt;
    const struct clu_run *run;
    struct clu_plan plan;
    size_t file;              /* being read; stdin counts as one */
    struct clu_source *source;
    bool end;                 /* of this file's bytes */
    struct {
        char *s;              /* [cap + CLU_NUMBER_PAD] */
        size_t cap;
    } buf[2];                 /* one that is filled while the other's blocks are parsed and handed out */
    int cur;                  /* the one with the bytes that are not yet in blocks ... */
    size_t pos, len;          /* ... at pos..len */
    enum clu_status ahead;    /* of reading ahead, told when its bytes' turn has come */
    struct clu_err ahead_err;
    uint64_t line;            /* of the next block that is handed out */
    uint64_t blank;           /* line of an empty line with nothing behind it so far, or 0 */
    uint64_t rows;            /* handed out */
    struct clu_block *block;
    size_t slots, blocks, next; /* of them: in use, and the next to hand out */
};

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

    if (first->fields != s->cols)
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
    enum clu_status status = clu_source_open(&r->source, file_name(r, r->file), err);

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
    if (!r)
        return clu_fail_memory(err);
    r->opt = opt;
    r->run = run;
    r->plan.opt = opt;
    r->plan.schema.delimiter = opt->delimiter;
    r->plan.schema.id = r->plan.schema.weight = CLU_NO_COLUMN;
    r->plan.rule = (struct clu_value_rule){opt->mark ? opt->mark : '.', opt->delimiter, opt->na_values};
    r->slots = run->threads < BLOCKS_MAX / PER_THREAD ? PER_THREAD * (size_t)run->threads : BLOCKS_MAX;
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
    clu_free(r);
}

const struct clu_schema *clu_reader_schema(const struct clu_reader *r)
{
    return &r->plan.schema;
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

static enum clu_status no_memory(uint64_t row, struct clu_err *err)
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
        return no_memory(r->rows, err);
    return clu_block_explain(b, &r->plan, name, r->line, err);
}

static void hand_out(struct clu_reader *r, struct clu_block *b, struct clu_batch *out)
{
    *out = (struct clu_batch){
        .first = r->rows,
        .rows = b->rows,
        .x = b->x,
        .weight = b->weight,
        .missing = b->any_missing ? b->missing : NULL,
        .id = r->plan.schema.id != CLU_NO_COLUMN ? &b->id : NULL,
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

/* --- whole tables --- */

/* Room for more rows, after a look at what is allowed. */
static enum clu_status make_room(struct clu_table *t, size_t more, size_t cols, const struct clu_reader *r,
                                 struct clu_err *err)
{
    size_t rows = t->x.rows + more, number = r->opt->float32 ? sizeof(float) : sizeof(double);
    enum clu_status status =
        clu_need(r->run, (double)rows * (double)cols * (double)number, err, "the numbers of the first %zu rows", rows);

    t->x.cols = cols;
    if (status == CLU_OK && clu_mat_reserve(&t->x, rows, r->opt->float32) < 0)
        status = no_memory(t->rows, err);
    return status;
}

/* Rows of a batch on their way into the matrix. */
struct copy {
    const double *x;
    const uint8_t *missing; /* rows to leave out, or NULL */
    size_t rows, at;
};

static void copy_rows(struct clu_mat *m, const struct copy *c)
{
    size_t cols = m->cols, at = c->at;

    for (size_t from = 0, to; from < c->rows; from = to) { /* runs of rows that are kept */
        for (to = from; to < c->rows && !(c->missing && c->missing[to]);)
            to++;
        const double *x = c->x + from * cols;
        size_t n = (to - from) * cols;
        if (m->v)
            memcpy(m->v + at * cols, x, n * sizeof *x);
        else
            for (size_t i = 0; i < n; i++)
                m->f[at * cols + i] = (float)x[i];
        at += to - from;
        while (to < c->rows && c->missing && c->missing[to])
            to++;
    }
}

struct growing {
    struct clu_table *table;
    size_t weight_cap, kept_cap;
    struct copy copy[BLOCKS_MAX]; /* of the blocks at hand: done together, so that the threads share the page faults */
    int copies;
};

static void do_copies(struct growing *g, const struct clu_run *run)
{
    int n = g->copies, threads = run->threads < n ? run->threads : n;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (int i = 0; i < n; i++)
        copy_rows(&g->table->x, &g->copy[i]);
    g->copies = 0;
}

static int note_kept(struct growing *g, const struct clu_batch *b)
{
    struct clu_table *t = g->table;
    bool had = t->kept;

    if (!had && !b->missing)
        return 0;
    if (clu_reserve(&t->kept, &g->kept_cap, t->rows + b->rows, 1) < 0)
        return -1;
    if (!had)
        memset(t->kept, 1, t->rows);
    for (size_t i = 0; i < b->rows; i++)
        t->kept[t->rows + i] = !b->missing || !b->missing[i];
    return 0;
}

static void add_weights(struct clu_table *t, const struct clu_batch *b, const uint8_t *missing)
{
    size_t at = t->x.rows;

    for (size_t i = 0; i < b->rows; i++)
        if (!missing || !missing[i])
            t->weight[at++] = b->weight[i];
}

static enum clu_status add_batch(struct growing *g, const struct clu_batch *b, const struct clu_reader *r,
                                 struct clu_err *err)
{
    struct clu_table *t = g->table;
    const uint8_t *missing = r->opt->na == CLU_NA_DROP ? b->missing : NULL;
    enum clu_status status = make_room(t, b->rows, r->plan.schema.picked, r, err);

    if (status != CLU_OK)
        return status;
    if ((b->weight && clu_reserve(&t->weight, &g->weight_cap, t->x.rows + b->rows, sizeof *t->weight) < 0) ||
        (b->id && clu_texts_append(&t->id, b->id, NULL) != CLU_OK) ||
        (b->text && clu_texts_append(&t->text, b->text, NULL) != CLU_OK) ||
        (r->opt->na == CLU_NA_DROP && note_kept(g, b) < 0))
        return no_memory(t->rows, err);
    if (b->weight)
        add_weights(t, b, missing);
    g->copy[g->copies++] = (struct copy){b->x, missing, b->rows, t->x.rows};
    t->x.rows += b->rows;
    for (size_t i = 0; missing && i < b->rows; i++)
        t->x.rows -= missing[i];
    t->rows += b->rows;
    size_t more = r->next + 1;
    while (more < r->blocks && r->block[more].rows == 0)
        more++;
    if (more == r->blocks) /* the blocks are about to be used again */
        do_copies(g, r->run);
    return CLU_OK;
}

/* Mean of the values of column j; compensated, and safe from overflow. NAN when there are none. */
static double column_mean(struct clu_view x, size_t j)
{
    double sum = 0, lost = 0, unit = 1;
    size_t n = 0;

    for (size_t i = 0; i < x.rows; i++)
        if (fabs(clu_view_at(x, i, j)) > 0x1p900)
            unit = 0x1p-64; /* more rows than that do not exist */
    for (size_t i = 0; i < x.rows; i++) {
        double v = clu_view_at(x, i, j) * unit, next = sum + v;
        if (v != v)
            continue;
        lost += fabs(sum) >= fabs(v) ? (sum - next) + v : (v - next) + sum;
        sum = next;
        n++;
    }
    if (n == 0)
        return NAN;
    double mean = sum / (double)n;
    mean += (fma(-mean, (double)n, sum) + lost) / (double)n; /* what the division left over */
    return mean / unit;
}

static enum clu_status fill_means(struct clu_table *t, const struct clu_schema *s, struct clu_err *err)
{
    char column[256];

    t->fill = clu_alloc(t->x.cols, sizeof *t->fill);
    if (!t->fill)
        return clu_fail_memory(err);
    for (size_t j = 0; j < t->x.cols; j++) {
        t->fill[j] = column_mean(clu_mat_look(&t->x), j);
        if (t->fill[j] != t->fill[j])
            return clu_fail(err, CLU_DATA, "%s has no values", clu_schema_column(s, s->pick[j], column, sizeof column));
        for (size_t i = j; i < t->x.rows * t->x.cols; i += t->x.cols) {
            if (t->x.v && t->x.v[i] != t->x.v[i])
                t->x.v[i] = t->fill[j];
            if (t->x.f && t->x.f[i] != t->x.f[i])
                t->x.f[i] = (float)t->fill[j];
        }
    }
    return CLU_OK;
}

enum clu_status clu_read_table(struct clu_table *out, const struct clu_read_opt *opt, const struct clu_run *run,
                               struct clu_err *err)
{
    struct clu_reader *r;
    struct growing g = {.table = out};
    struct clu_batch b;

    *out = (struct clu_table){0};
    enum clu_status status = clu_reader_open(&r, opt, run, err);
    if (status != CLU_OK)
        return status;
    do
        status = clu_reader_next(r, &b, err);
    while (status == CLU_OK && b.rows > 0 && (status = add_batch(&g, &b, r, err)) == CLU_OK);
    if (status == CLU_OK && out->x.rows == 0)
        status = clu_fail(err, CLU_DATA, "no complete rows");
    if (status == CLU_OK && opt->na == CLU_NA_MEAN)
        status = fill_means(out, &r->plan.schema, err);
    if (status == CLU_OK) {
        out->schema = r->plan.schema;
        r->plan.schema = (struct clu_schema){0};
    }
    clu_reader_close(r);
    if (status != CLU_OK)
        clu_table_clear(out);
    return status;
}
