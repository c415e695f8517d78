/* Sections: columns, header, labels. */
#include "io/labels.h"

#include "base/mem.h"
#include "io/read_state.h"
#include "tab/columns.h"

#include <math.h>
#include <string.h>

/* --- columns --- */

void clu_labels_clear(struct clu_labels *l)
{
    for (size_t j = 0; j < CLU_LABELS_MAX; j++) {
        clu_free(l->col[j].code);
        clu_codes_clear(&l->col[j].codes);
    }
    clu_free(l->name);
    clu_schema_clear(&l->schema);
    clu_levels_clear(&l->level);
    *l = (struct clu_labels){0};
}

static enum clu_status add_rows(struct clu_labels *l, size_t *cap, const double *x, size_t rows, const struct clu_run *run,
                                struct clu_err *err)
{
    size_t all = l->rows + rows, room = *cap;
    enum clu_status status = clu_need(run, (double)all * (double)l->columns * sizeof(int32_t), err,
                                      "the labels of the first %zu rows", all);

    for (size_t j = 0; j < l->columns && status == CLU_OK; j++) {
        struct clu_label_column *c = &l->col[j];
        room = *cap;
        if (clu_reserve(&c->code, &room, all + 1, sizeof *c->code) < 0) /* + 1: the first record, should it be no header */
            return clu_read_no_memory(l->rows, err);
        status = clu_codes_add(&c->codes, x + j, l->columns, rows, c->code + l->rows, err);
    }
    *cap = room;
    l->rows = all;
    return status;
}

/* --- header --- */

static bool asked_by_name(const struct clu_ask *ask)
{
    for (size_t i = 0; i < ask->ncolumns; i++)
        if (clu_columns_by_name(ask->columns[i]))
            return true;
    return false;
}

static const char *head_text(const struct clu_labels *l, const struct clu_value_rule *rule, size_t j, size_t *len)
{
    const char *s = l->schema.name[l->schema.pick[j]];

    *len = strlen(s);
    clu_value_trim(rule, &s, len);
    return s;
}

static bool head_is_label(const struct clu_labels *l, const struct clu_value_rule *rule)
{
    for (size_t j = 0; j < l->columns; j++) {
        uint32_t level;
        size_t len;
        const char *s = head_text(l, rule, j, &len);
        if (clu_levels_find(&l->level, s, len, &level) && clu_codes_find(&l->col[j].codes, clu_level_box(level)) >= 0)
            return true;
    }
    return false;
}

/* The first record becomes a row. All its cells are texts: else it would not have been taken for a header. */
static enum clu_status head_to_row(struct clu_labels *l, const struct clu_value_rule *rule, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (size_t j = 0; j < l->columns && status == CLU_OK; j++) {
        struct clu_label_column *c = &l->col[j];
        uint32_t level = 0;
        size_t len;
        const char *s = head_text(l, rule, j, &len);
        memmove(c->code + 1, c->code, l->rows * sizeof *c->code);
        status = clu_levels_add(&l->level, s, len, &level, err);
        double x = clu_level_box(level);
        if (status == CLU_OK)
            status = clu_codes_add(&c->codes, &x, 1, 1, c->code, err);
    }
    l->rows++;
    l->schema.header = false;
    return status;
}

/* --- labels --- */

static enum clu_status check_numbers(const struct clu_labels *l, struct clu_err *err)
{
    const double limit = 9007199254740992; /* 2^53 */

    for (size_t j = 0; j < l->columns; j++)
        for (size_t i = 0; i < l->col[j].codes.n; i++)
            if (fabs(l->col[j].codes.value[i]) >= limit)
                return clu_fail(err, CLU_DATA, "%s: label %.17g: numbers from 2^53 on cannot be told apart; put a letter in front",
                                l->name, l->col[j].codes.value[i]);
    return CLU_OK;
}

static enum clu_status read_all(struct clu_labels *l, struct clu_reader *r, const struct clu_run *run, struct clu_err *err)
{
    struct clu_batch b;
    size_t cap = 0;
    enum clu_status status;

    do
        status = clu_reader_next(r, &b, err);
    while (status == CLU_OK && b.rows > 0 && (status = add_rows(l, &cap, b.x, b.rows, run, err)) == CLU_OK);
    return status;
}

enum clu_status clu_read_labels(struct clu_labels *out, const struct clu_read_opt *opt, size_t most, const char *choose,
                                const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt texts = *opt;
    struct clu_reader *r;

    *out = (struct clu_labels){0};
    texts.ask.text = true;
    enum clu_status status = clu_reader_open(&r, &texts, run, err);
    if (status != CLU_OK)
        return status;
    out->columns = r->plan.schema.picked;
    out->name = opt->files > 0 && strcmp(opt->file[0], "-") != 0 ? clu_source_quote(opt->file[0]) : clu_strndup("stdin", 5);
    if (!out->name)
        status = clu_fail_memory(err);
    else if (out->columns > most)
        status = clu_fail(err, CLU_USAGE, "%s: %zu columns; %s", out->name, out->columns, choose);
    else
        status = read_all(out, r, run, err);
    struct clu_value_rule rule = r->plan.rule;
    out->schema = r->plan.schema;
    r->plan.schema = (struct clu_schema){0};
    out->level = r->level;
    r->level = (struct clu_levels){0};
    rule.words = NULL; /* borrowed; trimming does not look at them */
    clu_reader_close(r);
    if (status == CLU_OK && texts.ask.header == CLU_HEADER_AUTO && out->schema.header && !asked_by_name(&texts.ask) &&
        head_is_label(out, &rule))
        status = head_to_row(out, &rule, err);
    if (status == CLU_OK)
        status = check_numbers(out, err);
    if (status != CLU_OK)
        clu_labels_clear(out);
    return status;
}
