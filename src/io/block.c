/* Sections: plan, careful record, plain record, block. */
#include "io/block.h"

#include "base/mem.h"
#include "tab/number_scan.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define SKIP UINT32_MAX

/* --- plan --- */

enum clu_status clu_plan_columns(struct clu_plan *p, struct clu_err *err)
{
    const struct clu_schema *s = &p->schema;

    p->limit = p->opt->float32 ? FLT_MAX : DBL_MAX;
    p->plain = !clu_value_ambiguous(&p->rule);
    p->to = clu_alloc(s->cols, sizeof *p->to);
    if (!p->to)
        return clu_fail_memory(err);
    for (size_t c = 0; c < s->cols; c++)
        p->to[c] = SKIP;
    if (s->weight != CLU_NO_COLUMN)
        p->to[s->weight] = (uint32_t)s->picked;
    for (size_t j = 0; j < s->picked; j++)
        p->to[s->pick[j]] = (uint32_t)j;
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
    clu_free(b->text.end);
    clu_free(b->cell);
    clu_texts_clear(&b->id);
    clu_record_clear(&b->record);
    *b = (struct clu_block){0};
}

/* --- careful record: any field, and the only place that words messages --- */

/* Where the record is, for messages; NULL while a block is parsed. */
struct place {
    const char *where;
    uint64_t line;
};

static enum clu_status bad_cell(const struct clu_plan *p, const struct place *at, size_t c, enum clu_value is,
                                const struct clu_field *f, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4];
    unsigned long long line = at->line;

    clu_schema_column(&p->schema, c, column, sizeof column);
    clu_show(f->s, f->len, 40, shown);
    if (is == CLU_VALUE_MISSING && c == p->schema.weight)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing weight", at->where, line, column);
    if (is == CLU_VALUE_MISSING)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing value ('%s'); see --na", at->where, line, column, shown);
    if (is == CLU_VALUE_RANGE)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: not a finite number: '%s'", at->where, line, column, shown);
    if (is == CLU_VALUE_NUMBER && c == p->schema.weight)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: negative weight: '%s'", at->where, line, column, shown);
    if (is == CLU_VALUE_NUMBER)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: too large for --float32: '%s'", at->where, line, column, shown);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s: not a number: '%s'%s", at->where, line, column, shown,
                    is == CLU_VALUE_COMMA                                ? " (decimal comma? see --decimal-comma)"
                    : p->opt->ask.ncolumns == 0 && !p->opt->ask.name ? " (choose columns with -c)"
                                                                         : "");
}

/* One cell of a feature or the weight into *out. */
static enum clu_status read_cell(const struct clu_plan *p, const struct place *at, size_t c, const struct clu_field *f,
                                 double *out, struct clu_err *err)
{
    enum clu_value is = clu_value_read(&p->rule, f->s, f->len, out);
    bool weight = p->to[c] == p->schema.picked, good;

    if (is == CLU_VALUE_MISSING) {
        *out = NAN;
        good = !weight && p->opt->na != CLU_NA_ERROR;
    } else {
        good = is == CLU_VALUE_NUMBER && fabs(*out) <= p->limit && !(weight && *out < 0);
    }
    return good ? CLU_OK : at ? bad_cell(p, at, c, is, f, err) : CLU_DATA;
}

static enum clu_status add_id(struct clu_block *b, const struct clu_field *f, struct clu_err *err)
{
    if (clu_reserve(&b->cell, &b->cell_cap, f->len, 1) < 0)
        return clu_fail_memory(err);
    return clu_texts_add(&b->id, b->cell, clu_field_unquote(f, b->cell), err);
}

/* A row whose features are all zero, or about to be: -0 too. */
static bool is_zero(const double *x, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (x[j] != 0)
            return false;
    return true;
}

/* The record at s as row b->rows; at NULL: only the status. */
static enum clu_status careful(struct clu_block *b, const struct clu_plan *p, const char *s, const struct place *at,
                               struct clu_err *err)
{
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
            status = read_cell(p, at, c, &r->field[c], &v, err);
            if (p->to[c] == sch->picked)
                b->weight[b->rows] = v;
            else
                x[p->to[c]] = v;
            missing |= v != v;
        }
    }
    if (status == CLU_OK && p->opt->direction && is_zero(x, sch->picked))
        return !at ? CLU_DATA
                   : clu_fail(err, CLU_DATA, "%s:%llu: a row of zeros has no direction", at->where,
                              (unsigned long long)at->line);
    if (status == CLU_OK && sch->id != CLU_NO_COLUMN)
        status = add_id(b, &r->field[sch->id], err);
    b->missing[b->rows] = missing;
    b->any_missing |= missing;
    return status;
}

/* --- plain record: numbers, and bare fields that are skipped --- */

/* The end of the record at s, or NULL when it needs care. Nothing is looked at behind its line end. A bare id goes to
 * *id. */
static const char *plain(const struct clu_plan *p, const char *s, double *x, double *weight, struct clu_field *id)
{
    const size_t cols = p->schema.cols, picked = p->schema.picked;
    const uint32_t *to = p->to;
    const char delimiter = p->schema.delimiter, mark = p->rule.mark, blank = delimiter == ' ' ? '\0' : ' ';
    const double limit = p->limit;

    for (size_t c = 0;; c++) {
        if (to[c] == SKIP) {
            const char *from = s;
            if (*s == '"')
                return NULL;
            while (*s != delimiter && *s != '\n')
                s++;
            if (c == p->schema.id)
                *id = (struct clu_field){.s = from, .len = (size_t)(s - from) - (*s == '\n' && s > from && s[-1] == '\r')};
        } else {
            double v;
            while (*s == blank)
                s++;
            s = clu_number_scan(s, mark, &v);
            if (!s || !(fabs(v) <= limit))
                return NULL;
            while (*s == blank)
                s++;
            if (to[c] < picked)
                x[to[c]] = v;
            else if (v >= 0)
                *weight = v;
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
    /* Skipped fields may hold a NUL, and rows of zeros show themselves only afterwards. */
    const size_t picked = p->schema.picked, id_column = p->schema.id;
    const bool easy = p->plain && !p->opt->direction && !memchr(b->s, '\0', b->len) &&
                      (id_column == CLU_NO_COLUMN || p->to[id_column] == SKIP);
    struct clu_field id = {0};

    b->rows = b->lines = b->blank = b->done = 0;
    b->any_missing = b->bad = false;
    b->status = CLU_OK;
    b->id.used = b->id.n = b->text.n = b->text.used = 0;
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
        const char *next =
            easy ? plain(p, s, b->x + b->rows * picked, b->weight ? b->weight + b->rows : NULL, &id) : NULL;
        if (next) {
            b->missing[b->rows] = 0;
            b->lines++;
            if (id_column != CLU_NO_COLUMN)
                b->status = clu_texts_add(&b->id, id.s, id.len, NULL);
        } else {
            b->status = careful(b, p, s, NULL, NULL);
            if (b->status != CLU_OK)
                break;
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
    struct place at = {where, line + b->lines};

    if (b->status == CLU_SYSTEM)
        return clu_fail_memory(err);
    if (b->blank > 0)
        return clu_fail(err, CLU_DATA, "%s:%llu: empty line (allowed only at the end; in a one-column table it is a missing value)",
                        where, (unsigned long long)at.line);
    return careful(b, p, b->s + b->done, &at, err);
}
