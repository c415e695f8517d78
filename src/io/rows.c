/* Sections: state, text, header, open and close, blocks, faults, scan. */
#include "io/rows.h"

#include "base/mem.h"
#include "io/members.h"
#include "tab/record.h"
#include "tab/split.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- state --- */

#define BLOCK ((size_t)256 << 10) /* it stays in a core's cache while its cells are hashed */

/* What is left of a block: about the first fault, and about the lines before it. */
struct block {
    uint32_t lines, blank; /* as in struct clu_split */
    bool rows;
};

struct clu_rows {
    struct clu_source *source;
    char *text;          /* what was read and belongs to the next block: [len], room for cap and CLU_SPLIT_PAD */
    size_t len, cap;
    bool ended;          /* the source has no more */
    char delimiter;
    char **name;         /* [cols] */
    size_t cols;
    uint64_t head_lines; /* line ends of the header */

    /* Of the scan, guarded by lock. */
    omp_lock_t lock;
    struct block *block; /* [blocks] */
    size_t blocks, block_cap;
    bool stopped;        /* by the visitor: what else is found does not count */
    bool enough;         /* no more blocks */
    size_t failed_block; /* the first that has a fault */
    enum clu_split_fault fault;
    uint64_t line;
    size_t column;
    enum clu_status status;
    struct clu_err why;
};

struct worker {
    struct clu_split split;
    char *text;          /* [len], room for cap and CLU_SPLIT_PAD */
    size_t len, cap;
    size_t number;       /* of the block */
    bool last;
};

/* --- text --- */

/* More text behind *len: the buffer is made as large as it must be. */
static enum clu_status read_more(struct clu_rows *r, char **text, size_t *len, size_t *cap, struct clu_err *err)
{
    size_t want = *len + BLOCK / 4 < BLOCK ? BLOCK : 2 * *len, got;

    if (want > *cap) {
        char *grown = clu_realloc(*text, want + CLU_SPLIT_PAD, 1);
        if (!grown)
            return clu_fail_memory(err);
        *text = grown;
        *cap = want;
    }
    enum clu_status status = clu_source_read(r->source, *text + *len, *cap - *len, false, &got, err);
    if (status == CLU_OK) {
        r->ended = got < *cap - *len;
        *len += got;
    }
    return status;
}

/* --- header --- */

static char *name_of(const struct clu_field *f)
{
    char *name = clu_alloc(f->len + 1, 1);
    size_t n, from = 0;

    if (!name)
        return NULL;
    n = clu_field_unquote(f, name);
    while (n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t'))
        n--;
    while (from < n && (name[from] == ' ' || name[from] == '\t'))
        from++;
    memmove(name, name + from, n - from);
    name[n - from] = '\0';
    return name;
}

static char *number_of(size_t column)
{
    char text[24];
    return clu_strndup(text, (size_t)snprintf(text, sizeof text, "%zu", column));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum clu_status check_unique(const struct clu_rows *r, struct clu_err *err)
{
    char **sorted = clu_alloc(r->cols, sizeof *sorted), shown[4 * 80 + 4];
    enum clu_status status = CLU_OK;

    if (!sorted)
        return clu_fail_memory(err);
    memcpy(sorted, r->name, r->cols * sizeof *sorted);
    qsort(sorted, r->cols, sizeof *sorted, by_text);
    for (size_t j = 1; j < r->cols && status == CLU_OK; j++)
        if (strcmp(sorted[j - 1], sorted[j]) == 0)
            status = clu_fail(err, CLU_DATA, "%s:1: column name '%s' is not unique; see --by-position", clu_source_name(r->source),
                              clu_show(sorted[j], strlen(sorted[j]), 80, shown));
    clu_free(sorted);
    return status;
}

/* The first record is at the start of the text and whole. */
static enum clu_status take_names(struct clu_rows *r, const struct clu_record *first, const struct clu_rows_opt *opt, struct clu_err *err)
{
    bool numbers = !opt->header || opt->by_position;

    r->name = clu_calloc(first->fields, sizeof *r->name);
    if (!r->name)
        return clu_fail_memory(err);
    for (r->cols = 0; r->cols < first->fields; r->cols++) {
        r->name[r->cols] = numbers ? number_of(r->cols + 1) : name_of(&first->field[r->cols]);
        if (!r->name[r->cols])
            return clu_fail_memory(err);
    }
    if (opt->header) {
        size_t used = first->len + first->eol;
        r->head_lines = first->lines;
        memmove(r->text, r->text + used, r->len - used);
        r->len -= used;
    }
    return numbers ? CLU_OK : check_unique(r, err);
}

/* Length of the first record with its line end; 0: more text is needed. */
static enum clu_status find_first(struct clu_rows *r, char given, size_t *len, struct clu_err *err)
{
    const char *name = clu_source_name(r->source);

    /* Until a delimiter is known any of them may start a quoted field; the first line end outside of quotes ends the record. */
    *len = 0;
    r->delimiter = given;
    if (!given) {
        enum clu_status status = clu_delimiter_guess(r->text, r->len, '.', name, &r->delimiter, err);
        if (status != CLU_OK)
            return status;
    }
    struct clu_record probe = {0};
    size_t whole = clu_record_cut(r->text, r->len, r->delimiter);
    if (whole > 0 || r->ended) {
        enum clu_status status = clu_record_split(&probe, r->text, whole > 0 ? whole : r->len, r->delimiter, name, 1, err);
        *len = probe.len + probe.eol;
        clu_record_clear(&probe);
        return status;
    }
    return CLU_OK;
}

static enum clu_status cut_mark(struct clu_rows *r, struct clu_err *err)
{
    if (r->len >= 2 && (memcmp(r->text, "\xff\xfe", 2) == 0 || memcmp(r->text, "\xfe\xff", 2) == 0))
        return clu_fail(err, CLU_DATA, "%s:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8", clu_source_name(r->source));
    if (r->len >= 3 && memcmp(r->text, "\xef\xbb\xbf", 3) == 0) {
        r->len -= 3;
        memmove(r->text, r->text + 3, r->len);
    }
    return CLU_OK;
}

static enum clu_status read_names(struct clu_rows *r, const struct clu_rows_opt *opt, struct clu_err *err)
{
    struct clu_record first = {0};
    size_t len = 0;
    enum clu_status status = cut_mark(r, err);

    while (status == CLU_OK && r->len > 0) {
        status = find_first(r, opt->delimiter, &len, err);
        if (status == CLU_OK && (len > 0 ? len : r->len) > CLU_RECORD_MAX)
            return clu_fail(err, CLU_DATA, "%s:1: line longer than 64 MiB", clu_source_name(r->source));
        if (status != CLU_OK || len > 0 || r->ended)
            break;
        status = read_more(r, &r->text, &r->len, &r->cap, err);
    }
    if (status == CLU_OK && len > 0)
        status = clu_record_split(&first, r->text, len, r->delimiter, clu_source_name(r->source), 1, err);
    if (status == CLU_OK && len > 0)
        status = take_names(r, &first, opt, err);
    clu_record_clear(&first);
    return status;
}

/* --- open and close --- */

enum clu_status clu_rows_open(struct clu_rows **out, struct clu_source *source, const struct clu_rows_opt *opt, bool *archive,
                              struct clu_err *err)
{
    *out = NULL;
    *archive = false;
    struct clu_rows *r = clu_calloc(1, sizeof *r);
    if (!r)
        return clu_fail_memory(err);
    omp_init_lock(&r->lock);
    r->source = source;
    r->delimiter = opt->delimiter ? opt->delimiter : ',';
    enum clu_status status = read_more(r, &r->text, &r->len, &r->cap, err);
    if (status == CLU_OK && clu_members_magic((const unsigned char *)r->text, r->len))
        *archive = true;
    else if (status == CLU_OK)
        status = read_names(r, opt, err);
    if (status == CLU_OK && !*archive)
        *out = r;
    else
        clu_rows_close(r);
    return status;
}

void clu_rows_close(struct clu_rows *r)
{
    if (!r)
        return;
    for (size_t j = 0; j < r->cols; j++)
        clu_free(r->name[j]);
    clu_free(r->name);
    clu_free(r->text);
    clu_free(r->block);
    omp_destroy_lock(&r->lock);
    clu_free(r);
}

size_t clu_rows_columns(const struct clu_rows *r, const char *const **name)
{
    *name = (const char *const *)r->name;
    return r->cols;
}

char clu_rows_delimiter(const struct clu_rows *r)
{
    return r->delimiter;
}

/* --- blocks --- */

/* What lies behind the records of the worker's block is the start of the next one. */
static enum clu_status hand_back(struct clu_rows *r, struct worker *w, size_t used, struct clu_err *err)
{
    size_t rest = w->len - used;

    if (rest > r->cap) {
        char *grown = clu_realloc(r->text, rest + CLU_SPLIT_PAD, 1);
        if (!grown)
            return clu_fail_memory(err);
        r->text = grown;
        r->cap = rest;
    }
    memcpy(r->text, w->text + used, rest);
    r->len = rest;
    w->len = used;
    return CLU_OK;
}

static void note_fault(struct clu_rows *r, size_t block, enum clu_split_fault fault, uint64_t line, size_t column)
{
    r->enough = true;
    if (r->fault == CLU_SPLIT_FINE || block < r->failed_block) {
        r->failed_block = block;
        r->fault = fault;
        r->line = line;
        r->column = column;
    }
}

/* The next text into the worker's buffer: what is left, and more. With several workers it ends with a record, and its rest is handed
 * back at once; alone the worker finds that end itself. */
static enum clu_status take_block(struct clu_rows *r, struct worker *w, bool alone, struct clu_err *err)
{
    size_t used = 0;
    enum clu_status status = CLU_OK;
    char *text = w->text;
    size_t cap = w->cap;

    w->text = r->text;
    w->len = r->len;
    w->cap = r->cap;
    r->text = text;
    r->cap = cap;
    r->len = 0;
    w->number = r->blocks++;
    if (clu_reserve(&r->block, &r->block_cap, r->blocks, sizeof *r->block) < 0)
        return clu_fail_memory(err);
    r->block[w->number] = (struct block){0};
    do {
        if (!r->ended && w->len > CLU_RECORD_MAX) {
            note_fault(r, w->number, CLU_SPLIT_LONG, 1, 0);
            return CLU_OK;
        }
        if (!r->ended)
            status = read_more(r, &w->text, &w->len, &w->cap, err);
        used = r->ended || alone ? w->len : clu_record_cut(w->text, w->len, r->delimiter);
    } while (status == CLU_OK && used == 0 && !r->ended);
    w->last = r->ended;
    if (status == CLU_OK && used < w->len)
        status = hand_back(r, w, used, err);
    return status;
}

/* What the worker saw of its block. */
static void note_block(struct clu_rows *r, const struct worker *w)
{
    const struct clu_split *p = &w->split;

    r->block[w->number] = (struct block){(uint32_t)p->lines, (uint32_t)p->blank, p->rows > 0};
    r->stopped |= p->stopped;
    r->enough |= p->stopped;
    if (p->fault != CLU_SPLIT_FINE)
        note_fault(r, w->number, p->fault, p->line, p->column);
}

static void note_failure(struct clu_rows *r, enum clu_status status, const struct clu_err *why)
{
    if (r->status == CLU_OK) {
        r->status = status;
        r->why = *why;
    }
    r->enough = true;
}

/* One thread: block after block. */
static void work(struct clu_rows *r, struct worker *w, bool alone, uint64_t before, uint64_t of, const struct clu_run *run)
{
    struct clu_err err = {0};
    enum clu_status status = CLU_OK;
    bool seen = false;

    for (;;) {
        omp_set_lock(&r->lock);
        if (seen)
            note_block(r, w);
        bool more = !r->enough && (r->len > 0 || !r->ended);
        if (more && (status = take_block(r, w, alone, &err)) != CLU_OK)
            note_failure(r, status, &err);
        more &= !r->enough;
        uint64_t done, size;
        clu_source_progress(r->source, &done, &size);
        omp_unset_lock(&r->lock);
        if (!more || status != CLU_OK)
            return;
        size_t used = clu_split_block(&w->split, w->text, w->len, w->last);
        seen = true;
        if (alone && used < w->len && !w->split.stopped && w->split.fault == CLU_SPLIT_FINE && (status = hand_back(r, w, used, &err)) != CLU_OK)
            note_failure(r, status, &err);
        if (w->split.worker == 0 && (status = clu_tick(run, "reading", before + done, of, NAN)) != CLU_OK) {
            omp_set_lock(&r->lock);
            note_failure(r, status, &err);
            omp_unset_lock(&r->lock);
        }
    }
}

/* --- faults --- */

/* Empty lines at the end of one block before records in a later one. */
static void find_blank(struct clu_rows *r)
{
    size_t end = r->fault == CLU_SPLIT_FINE ? r->blocks : r->failed_block + 1;

    for (size_t b = 0, blank = end; b < end; b++) {
        bool more = r->block[b].rows || (r->fault != CLU_SPLIT_FINE && b == r->failed_block);
        if (more && blank < b) {
            r->fault = CLU_SPLIT_EMPTY;
            r->line = r->block[blank].blank;
            r->failed_block = blank;
            return;
        }
        if (r->block[b].blank && blank == end)
            blank = b;
    }
}

static enum clu_status tell(const struct clu_rows *r, struct clu_err *err)
{
    const char *name = clu_source_name(r->source);
    unsigned long long line = r->head_lines + r->line;

    for (size_t b = 0; b < r->failed_block; b++)
        line += r->block[b].lines;
    switch (r->fault) {
    case CLU_SPLIT_OPEN:
        return clu_fail(err, CLU_DATA, "%s:%llu: quoted field is never closed", name, line);
    case CLU_SPLIT_QUOTE:
        return clu_fail(err, CLU_DATA, "%s:%llu: column %zu: text after the closing quote", name, line, r->column);
    case CLU_SPLIT_NUL:
        return clu_fail(err, CLU_DATA, "%s:%llu: NUL byte in column %zu", name, line, r->column);
    case CLU_SPLIT_RAGGED:
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu field%s, expected %zu", name, line, r->column, r->column == 1 ? "" : "s", r->cols);
    case CLU_SPLIT_EMPTY:
        return clu_fail(err, CLU_DATA, "%s:%llu: empty line (allowed only at the end; in a one-column table it is an empty cell)", name, line);
    case CLU_SPLIT_LONG:
        return clu_fail(err, CLU_DATA, "%s:%llu: line longer than 64 MiB", name, line);
    default:
        return clu_fail_memory(err);
    }
}

/* --- scan --- */

static void clear_workers(struct worker *w, struct clu_cell *cell, int workers)
{
    for (int t = 0; w && t < workers; t++) {
        clu_split_clear(&w[t].split);
        clu_free(w[t].text);
    }
    clu_free(w);
    clu_free(cell);
}

enum clu_status clu_rows_scan(struct clu_rows *r, const struct clu_equal *equal, int workers, const struct clu_visitor *visitor,
                              uint64_t before, uint64_t of, const struct clu_run *run, struct clu_err *err)
{
    if (r->cols == 0)
        return CLU_OK;
    if (r->ended && r->len <= BLOCK / 2) /* too little to share */
        workers = 1;
    struct worker *w = clu_calloc((size_t)workers, sizeof *w);
    struct clu_cell *cell = clu_alloc((size_t)workers * r->cols, sizeof *cell);
    if (!w || !cell) {
        clear_workers(w, cell, workers);
        return clu_fail_memory(err);
    }
    for (int t = 0; t < workers; t++)
        w[t].split = (struct clu_split){.cols = r->cols,
                                        .delimiter = r->delimiter,
                                        .equal = equal && !clu_equal_bytes(equal) ? equal : NULL,
                                        .visitor = visitor,
                                        .worker = t,
                                        .cell = cell + (size_t)t * r->cols};
    if (workers == 1) {
        work(r, &w[0], true, before, of, run);
    } else {
#pragma omp parallel for num_threads(workers) schedule(static, 1)
        for (int t = 0; t < workers; t++)
            work(r, &w[t], false, before, of, run);
    }
    clear_workers(w, cell, workers);
    if (r->status != CLU_OK) {
        if (err)
            *err = r->why;
        return r->status;
    }
    if (r->stopped)
        return CLU_OK;
    find_blank(r);
    return r->fault == CLU_SPLIT_FINE ? CLU_OK : tell(r, err);
}
