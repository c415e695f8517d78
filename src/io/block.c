/* Sections: plan, cells, careful record, plain record, block. Ragged records have a file of their own: block_ragged.c. */
#include "io/block.h"

#include "base/mem.h"
#include "io/block_state.h"
#include "tab/number_scan.h"
#include "tab/time.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define SKIP CLU_BLOCK_SKIP         /* both in to[] */
#define NOMINAL ((uint32_t)1 << 31) /* the bit that says so; SKIP has it too */

/* --- plan --- */

enum clu_status clu_plan_columns(struct clu_plan *p, struct clu_err *err)
{
    const struct clu_schema *s = &p->schema;

    p->high = p->opt->float32 ? FLT_MAX : DBL_MAX;
    p->low = p->opt->nonnegative ? 0 : -p->high;
    p->plain = !clu_value_ambiguous(&p->rule);
    p->to = clu_alloc(s->cols, sizeof *p->to);
    if (!p->to)
        return clu_fail_memory(err);
    for (size_t c = 0; c < s->cols; c++)
        p->to[c] = SKIP;
    if (s->weight != CLU_NO_COLUMN)
        p->to[s->weight] = (uint32_t)s->picked;
    for (size_t j = 0; j < s->picked; j++)
        p->to[s->pick[j]] = (uint32_t)j | (s->nominal && s->nominal[j] ? NOMINAL : 0);
    return CLU_OK;
}

void clu_plan_clear(struct clu_plan *p)
{
    clu_schema_clear(&p->schema);
    clu_free(p->to);
    *p = (struct clu_plan){0};
}

void clu_block_clear(struct clu_block *b)
{
    clu_free(b->x);
    clu_free(b->weight);
    clu_free(b->missing);
    clu_free(b->end);
    clu_free(b->text.end);
    clu_free(b->cell);
    clu_texts_clear(&b->id);
    clu_texts_clear(&b->label);
    clu_levels_clear(&b->level);
    clu_record_clear(&b->record);
    *b = (struct clu_block){0};
}

/* --- cells, and the only place that words messages --- */

static enum clu_status bad_cell(const struct clu_plan *p, const struct clu_place *at, size_t c, enum clu_value is, double x,
                                const struct clu_field *f, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4];
    unsigned long long line = at->line;

    clu_schema_column(&p->schema, c, column, sizeof column);
    clu_show(f->s, f->len, 40, shown);
    if (is == CLU_VALUE_MISSING && c == p->schema.weight)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing weight", at->where, line, column);
    if (is == CLU_VALUE_MISSING)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing value ('%s'); see %s", at->where, line, column, shown,
                        p->opt->na_option ? p->opt->na_option : "--na");
    if (is == CLU_VALUE_RANGE)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: not a finite number: '%s'", at->where, line, column, shown);
    if (is == CLU_VALUE_NUMBER && c == p->schema.weight)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: negative weight: '%s'", at->where, line, column, shown);
    if (is == CLU_VALUE_NUMBER && x < p->low && x >= -p->high)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: negative distance: '%s'", at->where, line, column, shown);
    if (is == CLU_VALUE_NUMBER)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: too large for --float32: '%s'", at->where, line, column, shown);
    if (p->to[c] + 1 == p->opt->ask.time)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: neither a number nor a time by ISO 8601: '%s'", at->where, line, column,
                        shown);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s: not a number: '%s'%s", at->where, line, column, shown,
                    is == CLU_VALUE_COMMA                                ? " (decimal comma? see --decimal-comma)"
                    : p->opt->ask.ncolumns == 0 && !p->opt->ask.name ? " (choose columns with -c)"
                                                                         : "");
}

/* The field's text without quotes and without blanks around it; it may be in b->cell then. */
static enum clu_status cell_text(struct clu_block *b, const struct clu_field *f, const char **s, size_t *len, struct clu_err *err)
{
    *s = f->s;
    *len = f->len;
    if (!f->doubled)
        return CLU_OK;
    if (clu_reserve(&b->cell, &b->cell_cap, f->len, 1) < 0)
        return clu_fail_memory(err);
    *len = clu_field_unquote(f, b->cell);
    *s = b->cell;
    return CLU_OK;
}

static enum clu_status read_text(struct clu_block *b, const struct clu_plan *p, const struct clu_field *f, double *out,
                                 struct clu_err *err)
{
    const char *s;
    size_t len;
    uint32_t level = 0;
    enum clu_status status = cell_text(b, f, &s, &len, err);

    if (status == CLU_OK) {
        clu_value_trim(&p->rule, &s, &len);
        status = clu_levels_add(&b->level, s, len, &level, err);
    }
    *out = clu_level_box(level);
    return status;
}

/* A date is no number, so this comes last. */
static bool read_time(struct clu_block *b, const struct clu_plan *p, size_t c, const struct clu_field *f, double *out)
{
    const char *s = f->s;
    size_t len = f->len;

    clu_value_trim(&p->rule, &s, &len);
    if (p->to[c] + 1 != p->opt->ask.time || !clu_time_parse(s, len, out))
        return false;
    b->dates++;
    return true;
}

enum clu_status clu_block_cell(struct clu_block *b, const struct clu_plan *p, const struct clu_place *at, size_t c,
                               const struct clu_field *f, double *out, struct clu_err *err)
{
    enum clu_value is = clu_value_read(&p->rule, f->s, f->len, out);
    bool weight = p->to[c] == p->schema.picked, good;

    if (is == CLU_VALUE_MISSING) {
        *out = NAN;
        good = !weight && p->opt->na != CLU_NA_ERROR;
    } else if ((p->to[c] & NOMINAL) || (is == CLU_VALUE_BAD && !weight && clu_ask_text(&p->opt->ask, p->to[c]))) {
        return read_text(b, p, f, out, err);
    } else {
        good = is == CLU_VALUE_NUMBER ? *out <= p->high && (weight ? *out >= 0 : *out >= p->low)
                                      : is == CLU_VALUE_BAD && read_time(b, p, c, f, out);
    }
    return good ? CLU_OK : at ? bad_cell(p, at, c, is, *out, f, err) : CLU_DATA;
}

/* --- careful record: any field --- */

enum clu_status clu_block_carry(struct clu_block *b, struct clu_texts *to, const struct clu_field *f, struct clu_err *err)
{
    const char *s;
    size_t len;
    enum clu_status status = cell_text(b, f, &s, &len, err);
    return status == CLU_OK ? clu_texts_add(to, s, len, err) : status;
}

/* A row that has no cosine (all zero, -0 too) or no correlation (all the same), where that matters. */
static bool no_direction(const struct clu_plan *p, const double *x)
{
    double as = p->opt->direction == CLU_DIRECTION_VARIED ? x[0] : 0;

    if (p->opt->direction == CLU_DIRECTION_ANY)
        return false;
    for (size_t j = 0; j < p->schema.picked; j++)
        if (!(x[j] == as))
            return false;
    return true;
}

/* The record at s as row b->rows; at NULL: only the status. */
static enum clu_status careful(struct clu_block *b, const struct clu_plan *p, const char *s, const struct clu_place *at,
                               struct clu_err *err)
{
    if (p->opt->ask.ragged)
        return clu_block_ragged(b, p, s, at, err);

    const struct clu_schema *sch = &p->schema;
    struct clu_record *r = &b->record;
    double *x = b->x + b->rows * sch->picked, v;
    uint8_t missing = 0;
    enum clu_status status = clu_record_split(r, s, b->len - (size_t)(s - b->s), sch->delimiter, at ? at->where : "",
                                              at ? at->line : 0, err);

    if (status == CLU_OK && r->fields != sch->cols)
        return !at ? CLU_DATA
                   : clu_fail(err, CLU_DATA, "%s:%llu: %zu field%s, expected %zu", at->where,
                              (unsigned long long)at->line, r->fields, r->fields == 1 ? "" : "s", sch->cols);
    for (size_t c = 0; c < sch->cols && status == CLU_OK; c++) {
        if (p->to[c] != SKIP) {
            status = clu_block_cell(b, p, at, c, &r->field[c], &v, err);
            if (p->to[c] == sch->picked)
                b->weight[b->rows] = v;
            else
                x[p->to[c] & ~NOMINAL] = v;
            missing |= v != v && !clu_level_is(v);
        }
    }
    if (status == CLU_OK && no_direction(p, x))
        return !at ? CLU_DATA
                   : clu_fail(err, CLU_DATA, "%s:%llu: %s", at->where, (unsigned long long)at->line,
                              p->opt->direction == CLU_DIRECTION_VARIED ? "a constant row has no correlation"
                                                                        : "a row of zeros has no direction");
    if (status == CLU_OK && sch->id != CLU_NO_COLUMN)
        status = clu_block_carry(b, &b->id, &r->field[sch->id], err);
    b->missing[b->rows] = missing;
    b->any_missing |= missing;
    return status;
}

/* --- plain record: numbers, bare texts, and bare fields that are skipped --- */

/* The end of the field of column c at s, whose text goes to *out; NULL when it is no text, or needs care. */
static const char *plain_text(struct clu_block *b, const struct clu_plan *p, size_t c, const char *s, double *out)
{
    const char *end = s;

    if (*s == '"')
        return NULL;
    while (*end != p->schema.delimiter && *end != '\n')
        end++;
    struct clu_field f = {.s = s, .len = (size_t)(end - s)};
    f.len -= *end == '\n' && end > s && end[-1] == '\r';
    return clu_block_cell(b, p, NULL, c, &f, out, NULL) == CLU_OK && clu_level_is(*out) ? end : NULL;
}

/* The end of the record at s, or NULL when it needs care. Nothing is looked at behind its line end. A bare id goes to
 * *id. */
static const char *plain(struct clu_block *b, const struct clu_plan *p, const char *s, struct clu_field *id)
{
    const size_t cols = p->schema.cols, picked = p->schema.picked;
    const uint32_t *to = p->to;
    const char delimiter = p->schema.delimiter, mark = p->rule.mark, blank = delimiter == ' ' ? '\0' : ' ';
    const double low = p->low, high = p->high;
    double *x = b->x + b->rows * picked;

    for (size_t c = 0;; c++) {
        if (to[c] == SKIP) {
            const char *from = s;
            if (*s == '"')
                return NULL;
            while (*s != delimiter && *s != '\n')
                s++;
            if (c == p->schema.id)
                *id = (struct clu_field){.s = from, .len = (size_t)(s - from) - (*s == '\n' && s > from && s[-1] == '\r')};
        } else if (to[c] & NOMINAL) {
            if (!(s = plain_text(b, p, c, s, &x[to[c] & ~NOMINAL])))
                return NULL;
        } else {
            double v;
            while (*s == blank)
                s++;
            const char *end = clu_number_scan(s, mark, &v);
            if (end ? !(v >= low && v <= high) : !p->opt->ask.text || !(end = plain_text(b, p, c, s, &v)))
                return NULL;
            s = end;
            while (*s == blank)
                s++;
            if (to[c] < picked)
                x[to[c]] = v;
            else if (v >= 0)
                b->weight[b->rows] = v;
            else
                return NULL;
        }
        if (c + 1 == cols)
            break;
        if (*s != delimiter)
            return NULL;
        s++;
    }
    s += *s == '\r';
    return *s == '\n' ? s + 1 : NULL;
}

/* --- block --- */

static int make_room(struct clu_block *b, const struct clu_plan *p)
{
    size_t need = b->rows + 1, cap, picked = p->schema.picked;

    if (need <= b->cap)
        return 0;
    if ((cap = b->cap, clu_reserve(&b->missing, &cap, need, 1) < 0))
        return -1;
    if (p->opt->ask.ragged) { /* cells make room for themselves */
        b->cap = cap;
        return 0;
    }
    void *x = clu_realloc(b->x, cap, picked * sizeof *b->x); /* picked <= CLU_COLUMNS_MAX: no overflow */
    if (x)
        b->x = x;
    void *weight = p->schema.weight != CLU_NO_COLUMN ? clu_realloc(b->weight, cap, sizeof *b->weight) : NULL;
    if (weight)
        b->weight = weight;
    if (!x || (!weight && p->schema.weight != CLU_NO_COLUMN))
        return -1;
    b->cap = cap;
    return 0;
}

static bool is_blank_line(const char *s, const char *end)
{
    return s < end && (*s == '\n' || (*s == '\r' && s + 1 < end && s[1] == '\n'));
}

static enum clu_status end_text(struct clu_block *b, size_t at)
{
    if (clu_reserve(&b->text.end, &b->text.end_cap, b->text.n + 1, sizeof *b->text.end) < 0)
        return CLU_SYSTEM;
    b->text.end[b->text.n++] = b->text.used = at;
    return CLU_OK;
}

void clu_block_parse(struct clu_block *b, const struct clu_plan *p)
{
    const char *end = b->s + b->len, *s = b->s;
    /* Skipped fields may hold a NUL. */
    const size_t picked = p->schema.picked, id_column = p->schema.id;
    const bool easy =
        p->plain && !memchr(b->s, '\0', b->len) && (id_column == CLU_NO_COLUMN || p->to[id_column] == SKIP);
    const bool plainly = easy && !p->opt->ask.ragged;
    struct clu_field id = {0};

    b->easy = easy;
    b->rows = b->lines = b->blank = b->done = b->cells = b->dates = 0;
    b->any_missing = b->bad = false;
    b->status = CLU_OK;
    b->id.used = b->id.n = b->label.used = b->label.n = b->text.n = b->text.used = 0;
    clu_levels_reset(&b->level);
    memcpy(&b->text.bytes, &b->s, sizeof b->s); /* only looked at */
    while (s < end && b->status == CLU_OK) {
        if (p->schema.cols > 1 && is_blank_line(s, end)) {
            b->blank++;
            s += 1 + (*s == '\r');
            continue;
        }
        if (b->blank > 0) {
            b->bad = true; /* a record behind an empty line */
            return;
        }
        if (make_room(b, p) < 0) {
            b->status = CLU_SYSTEM;
            break;
        }
        const char *next = plainly ? plain(b, p, s, &id) : NULL;
        if (next && !no_direction(p, b->x + b->rows * picked)) {
            b->missing[b->rows] = 0;
            b->lines++;
            if (id_column != CLU_NO_COLUMN)
                b->status = clu_texts_add(&b->id, id.s, id.len, NULL);
        } else {
            const size_t dates = b->dates;
            b->status = careful(b, p, s, NULL, NULL);
            if (b->status != CLU_OK) {
                b->dates = dates; /* a bad record's date is none of the rows' */
                break;
            }
            b->lines += b->record.lines;
            next = s + b->record.len + b->record.eol;
        }
        s = next < end ? next : end;
        if (p->opt->keep_text && b->status == CLU_OK)
            b->status = end_text(b, (size_t)(s - b->s));
        b->done = (size_t)(s - b->s);
        b->rows++;
    }
    b->bad = b->status != CLU_OK;
}

enum clu_status clu_block_explain(struct clu_block *b, const struct clu_plan *p, const char *where, uint64_t line,
                                  struct clu_err *err)
{
    struct clu_place at = {where, line + b->lines};

    if (b->status == CLU_SYSTEM)
        return clu_fail_memory(err);
    if (b->blank > 0)
        return clu_fail(err, CLU_DATA, "%s:%llu: empty line (allowed only at the end; in a one-column table it is a missing value)",
                        where, (unsigned long long)at.line);
    return careful(b, p, b->s + b->done, &at, err);
}
