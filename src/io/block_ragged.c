/* Ragged records: cells at the end may be lacking, those behind them are read as long as the schema has columns. A row is as long as
 * its last feature. Sections: row, plain record, any record. */
#include "io/block_state.h"

#include "base/mem.h"
#include "tab/number_scan.h"

#include <math.h>
#include <string.h>

/* --- row --- */

/* Feature j of the row that begins at b->cells and has *width features so far. */
static int put(struct clu_block *b, size_t *width, size_t j, double v)
{
    size_t need = b->cells + (j < *width ? *width : j + 1);

    if (need > b->x_cap && clu_reserve(&b->x, &b->x_cap, need, sizeof *b->x) < 0)
        return -1;
    while (*width < j)
        b->x[b->cells + (*width)++] = NAN;
    *width += *width == j;
    b->x[b->cells + j] = v;
    return 0;
}

static enum clu_status end_row(struct clu_block *b, size_t width, struct clu_err *err)
{
    if (clu_reserve(&b->end, &b->end_cap, b->rows + 1, sizeof *b->end) < 0)
        return clu_fail_memory(err);
    b->cells += width;
    b->end[b->rows] = b->cells;
    b->missing[b->rows] = 0; /* there is no saying yet: the end of a row is not missing */
    return CLU_OK;
}

/* --- plain record: numbers, missing values, bare fields that are carried or skipped --- */

struct carried {
    struct clu_field id, label;
};

/* The end of the bare field at s, before its line end. */
static const char *bare_end(const char *s, char delimiter)
{
    const char *from = s;

    while (*s != delimiter && *s != '\n')
        s++;
    return s - (*s == '\n' && s > from && s[-1] == '\r');
}

/* The end of the number or missing value at s, or NULL. */
static const char *plain_cell(const struct clu_plan *p, const char *s, double *v)
{
    const char blank = p->schema.delimiter == ' ' ? '\0' : ' ', *from = s;

    while (*s == blank)
        s++;
    const char *end = clu_number_scan(s, p->rule.mark, v);
    if (end) {
        while (*end == blank)
            end++;
        return *v >= p->low && *v <= p->high ? end : NULL;
    }
    if (*s == '"')
        return NULL;
    end = bare_end(from, p->schema.delimiter);
    if (clu_value_read(&p->rule, from, (size_t)(end - from), v) != CLU_VALUE_MISSING)
        return NULL;
    *v = NAN;
    return end;
}

/* The end of the record at s, or NULL when it needs care. Nothing is looked at behind its line end. */
static const char *plain(struct clu_block *b, const struct clu_plan *p, const char *s, struct carried *c, size_t *width)
{
    const struct clu_schema *sch = &p->schema;

    for (size_t column = 0; column < sch->cols; column++) {
        const char *end;
        double v;
        if (p->to[column] == CLU_BLOCK_SKIP) {
            if (*s == '"')
                return NULL;
            end = bare_end(s, sch->delimiter);
            struct clu_field f = {.s = s, .len = (size_t)(end - s)};
            if (column == sch->id)
                c->id = f;
            if (column == sch->label)
                c->label = f;
        } else if (!(end = plain_cell(p, s, &v)) || put(b, width, p->to[column], v) < 0) {
            return NULL;
        }
        if (*end != sch->delimiter) {
            end += *end == '\r';
            return *end == '\n' ? end + 1 : NULL;
        }
        s = end + 1;
    }
    return NULL;
}

/* --- any record --- */

static enum clu_status lacks(const struct clu_plan *p, const struct clu_place *at, size_t fields, size_t column, struct clu_err *err)
{
    char shown[256];

    if (!at)
        return CLU_DATA;
    return clu_fail(err, CLU_DATA, "%s:%llu: %zu field%s, but %s is needed", at->where, (unsigned long long)at->line, fields,
                    fields == 1 ? "" : "s", clu_schema_column(&p->schema, column, shown, sizeof shown));
}

/* The texts of a row that are there for each. */
static enum clu_status carry(struct clu_block *b, const struct clu_schema *sch, const struct carried *c, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    if (sch->id != CLU_NO_COLUMN)
        status = clu_block_carry(b, &b->id, &c->id, err);
    if (status == CLU_OK && sch->label != CLU_NO_COLUMN)
        status = clu_block_carry(b, &b->label, &c->label, err);
    return status;
}

static enum clu_status careful(struct clu_block *b, const struct clu_plan *p, const char *s, const struct clu_place *at,
                               size_t *width, struct clu_err *err)
{
    const struct clu_schema *sch = &p->schema;
    struct clu_record *r = &b->record;
    struct carried c = {0};
    double v = 0;
    enum clu_status status = clu_record_split(r, s, b->len - (size_t)(s - b->s), sch->delimiter, at ? at->where : "",
                                              at ? at->line : 0, err);

    if (status != CLU_OK)
        return status;
    if (r->fields > sch->cols)
        return !at ? CLU_DATA
                   : clu_fail(err, CLU_DATA, "%s:%llu: %zu fields, expected at most %zu", at->where, (unsigned long long)at->line,
                              r->fields, sch->cols);
    if (sch->id != CLU_NO_COLUMN && sch->id >= r->fields)
        return lacks(p, at, r->fields, sch->id, err);
    if (sch->label != CLU_NO_COLUMN && sch->label >= r->fields)
        return lacks(p, at, r->fields, sch->label, err);
    for (size_t column = 0; column < r->fields && status == CLU_OK; column++) {
        if (p->to[column] == CLU_BLOCK_SKIP)
            continue;
        status = clu_block_cell(b, p, at, column, &r->field[column], &v, err);
        if (status == CLU_OK && put(b, width, p->to[column], v) < 0)
            return clu_fail_memory(err);
    }
    if (status != CLU_OK)
        return status;
    if (sch->id != CLU_NO_COLUMN)
        c.id = r->field[sch->id];
    if (sch->label != CLU_NO_COLUMN)
        c.label = r->field[sch->label];
    return carry(b, sch, &c, err);
}

enum clu_status clu_block_ragged(struct clu_block *b, const struct clu_plan *p, const char *s, const struct clu_place *at,
                                 struct clu_err *err)
{
    struct carried c = {0};
    size_t width = 0;
    const char *next = b->easy && !at ? plain(b, p, s, &c, &width) : NULL;
    /* A record that ends too early for the id or the label needs its message. */
    bool whole = next && (p->schema.id == CLU_NO_COLUMN || c.id.s) && (p->schema.label == CLU_NO_COLUMN || c.label.s);
    enum clu_status status;

    if (whole) {
        b->record.len = (size_t)(next - s);
        b->record.eol = 0;
        b->record.lines = 1;
        status = carry(b, &p->schema, &c, err);
    } else {
        width = 0;
        status = careful(b, p, s, at, &width, err);
    }
    return status == CLU_OK ? end_row(b, width, err) : status;
}
