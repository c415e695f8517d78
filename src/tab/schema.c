/* Sections: names, header, columns, messages. */
#include "tab/schema.h"

#include "base/mem.h"
#include "tab/columns.h"

#include <stdio.h>
#include <string.h>

void clu_schema_clear(struct clu_schema *s)
{
    for (size_t c = 0; s->name && c < s->cols; c++)
        clu_free(s->name[c]);
    clu_free(s->name);
    clu_free(s->pick);
    clu_free(s->nominal);
    clu_texts_clear(&s->head);
    *s = (struct clu_schema){0};
}

/* --- names --- */

static char *copy_name(const struct clu_field *f)
{
    char *name = clu_strndup(f->s, f->len);
    if (name)
        name[clu_field_unquote(f, name)] = '\0';
    return name;
}

static enum clu_status take_names(struct clu_schema *s, const struct clu_record *first, struct clu_err *err)
{
    s->name = clu_calloc(s->cols, sizeof *s->name);
    if (!s->name)
        return clu_fail_memory(err);
    for (size_t c = 0; c < s->cols; c++)
        if (!(s->name[c] = copy_name(&first->field[c])))
            return clu_fail_memory(err);
    return CLU_OK;
}

bool clu_schema_same_header(const struct clu_schema *s, const struct clu_record *r, size_t *at)
{
    for (*at = 0; *at < s->cols && *at < r->fields; ++*at) {
        char *name = copy_name(&r->field[*at]);
        bool same = name && strcmp(name, s->name[*at]) == 0;
        clu_free(name);
        if (!same)
            return false;
    }
    return s->cols == r->fields;
}

/* --- columns --- */

static const char *const *names(const struct clu_schema *s)
{
    return (const char *const *)s->name;
}

static enum clu_status one(size_t *out, const struct clu_schema *s, const char *text, struct clu_err *err)
{
    *out = CLU_NO_COLUMN;
    return text ? clu_columns_one(out, text, names(s), s->cols, err) : CLU_OK;
}

/* The features by their names alone. */
static enum clu_status pick_names(struct clu_schema *s, const struct clu_ask *ask, struct clu_err *err)
{
    s->pick = clu_alloc(ask->names, sizeof *s->pick);
    if (!s->pick)
        return clu_fail_memory(err);
    for (s->picked = 0; s->picked < ask->names; s->picked++) {
        const char *name = ask->name[s->picked];
        char shown[4 * 40 + 4];
        size_t c, hits = 0;
        for (c = 0; c < s->cols; c++)
            if (strcmp(s->name[c], name) == 0) {
                s->pick[s->picked] = c;
                hits++;
            }
        clu_show(name, strlen(name), 40, shown);
        if (hits > 1)
            return clu_fail(err, CLU_DATA, "column name '%s' is not unique", shown);
        if (hits == 0)
            return clu_fail(err, CLU_DATA, "%s%s%s", ask->before, shown, ask->after);
    }
    return CLU_OK;
}

static enum clu_status pick_features(struct clu_schema *s, const struct clu_ask *ask, struct clu_err *err)
{
    struct clu_columns c;
    enum clu_status status = one(&s->id, s, ask->id, err);

    if (status == CLU_OK)
        status = one(&s->weight, s, ask->weight, err);
    if (status == CLU_OK)
        status = one(&s->label, s, ask->label, err);
    if (status == CLU_OK && ask->name && s->header)
        return pick_names(s, ask, err);
    if (status == CLU_OK)
        status = clu_columns_pick(&c, ask->columns, ask->ncolumns, names(s), s->cols, err);
    if (status != CLU_OK)
        return status;
    s->pick = c.index;
    for (size_t i = 0; i < c.n; i++)
        if (c.index[i] != s->id && c.index[i] != s->label && (ask->ncolumns > 0 || c.index[i] != s->weight))
            s->pick[s->picked++] = c.index[i];
    return s->picked > 0 ? CLU_OK : clu_fail(err, CLU_USAGE, "no columns are left to use");
}

/* Which features are nominal. A column that is no feature may be asked for: a range is handy. */
static enum clu_status pick_nominal(struct clu_schema *s, const struct clu_ask *ask, struct clu_err *err)
{
    struct clu_columns c = {0};
    enum clu_status status = CLU_OK;

    if (ask->nominals == 0 && ask->nominals_at == 0)
        return CLU_OK;
    s->nominal = clu_calloc(s->picked, 1);
    uint8_t *asked = clu_calloc(s->cols, 1);
    if (!s->nominal || !asked)
        status = clu_fail_memory(err);
    if (status == CLU_OK && ask->nominals > 0)
        status = clu_columns_pick(&c, ask->nominal, ask->nominals, names(s), s->cols, err);
    for (size_t i = 0; i < c.n; i++)
        asked[c.index[i]] = 1;
    for (size_t j = 0; j < s->picked && status == CLU_OK; j++)
        s->nominal[j] = asked[s->pick[j]] || (j < ask->nominals_at && ask->nominal_at[j]);
    clu_columns_clear(&c);
    clu_free(asked);
    return status;
}

static enum clu_status pick(struct clu_schema *s, const struct clu_ask *ask, struct clu_err *err)
{
    enum clu_status status = pick_features(s, ask, err);
    return status == CLU_OK ? pick_nominal(s, ask, err) : status;
}

/* --- header --- */

static bool asked_by_name(const struct clu_ask *ask)
{
    for (size_t i = 0; i < ask->ncolumns; i++)
        if (clu_columns_by_name(ask->columns[i]))
            return true;
    for (size_t i = 0; i < ask->nominals; i++)
        if (clu_columns_by_name(ask->nominal[i]))
            return true;
    const char *one[] = {ask->id, ask->weight, ask->label};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (one[i] && clu_columns_by_name(one[i]))
            return true;
    return false;
}

static bool is_text(const struct clu_field *f, const struct clu_value_rule *rule)
{
    double x;
    enum clu_value is = clu_value_read(rule, f->s, f->len, &x);
    return is != CLU_VALUE_NUMBER && is != CLU_VALUE_MISSING;
}

/* The same, but 1e400 and a number with a comma are meant as numbers. */
static bool is_word(const struct clu_field *f, const struct clu_value_rule *rule)
{
    double x;
    return clu_value_read(rule, f->s, f->len, &x) == CLU_VALUE_BAD;
}

static bool holds_name(const struct clu_record *first, const struct clu_ask *ask)
{
    for (size_t c = 0; c < first->fields; c++)
        for (size_t j = 0; j < ask->names; j++)
            if (strlen(ask->name[j]) == first->field[c].len &&
                memcmp(ask->name[j], first->field[c].s, first->field[c].len) == 0)
                return true;
    return false;
}

/* Does the first record look like a header, for the columns that are picked by number? If not, they are picked. */
static enum clu_status looks_like_header(struct clu_schema *s, const struct clu_record *first, const struct clu_ask *ask,
                                         const struct clu_value_rule *rule, struct clu_err *err)
{
    enum clu_status status = pick(s, ask, err);
    bool words = true, numbers = s->weight != CLU_NO_COLUMN;

    if (status != CLU_OK)
        return status;
    for (size_t j = 0; j < s->picked; j++) {
        if (s->pick[j] >= first->fields) /* a ragged table */
            continue;
        const struct clu_field *f = &first->field[s->pick[j]];
        words &= is_word(f, rule);
        if (!clu_ask_text(ask, j) && j + 1 != ask->time && !(s->nominal && s->nominal[j])) {
            numbers = true;
            s->header |= is_text(f, rule);
        }
    }
    if (s->weight != CLU_NO_COLUMN)
        s->header |= is_text(&first->field[s->weight], rule);
    s->header |= !numbers && words;
    if (!s->header)
        return CLU_OK;
    clu_free(s->pick); /* names may decide otherwise */
    clu_free(s->nominal);
    s->pick = NULL;
    s->nominal = NULL;
    s->picked = 0;
    return CLU_OK;
}

enum clu_status clu_schema_settle(struct clu_schema *s, const struct clu_record *first, const struct clu_ask *ask,
                                  const struct clu_value_rule *rule, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    s->header = ask->header == CLU_HEADER_YES ||
                (ask->header == CLU_HEADER_AUTO && (asked_by_name(ask) || holds_name(first, ask)));
    s->cols = ask->ragged && !s->header ? CLU_COLUMNS_MAX : first->fields;
    if (ask->header == CLU_HEADER_AUTO && !s->header)
        status = looks_like_header(s, first, ask, rule, err);
    if (s->header)
        s->cols = first->fields;
    if (status == CLU_OK && s->header)
        status = take_names(s, first, err);
    if (status == CLU_OK && s->header)
        status = clu_texts_add(&s->head, first->text, first->len + first->eol, err);
    if (status == CLU_OK && s->picked == 0)
        status = pick(s, ask, err);
    return status;
}

/* --- messages --- */

const char *clu_schema_feature(const struct clu_schema *s, size_t j, char buf[32])
{
    if (s->name)
        return s->name[s->pick[j]];
    snprintf(buf, 32, "V%zu", s->pick[j] + 1);
    return buf;
}

const char *clu_schema_column(const struct clu_schema *s, size_t c, char *buf, size_t size)
{
    char shown[4 * 40 + 4];

    if (s->name)
        snprintf(buf, size, "column %zu (%s)", c + 1, clu_show(s->name[c], strlen(s->name[c]), 40, shown));
    else
        snprintf(buf, size, "column %zu", c + 1);
    return buf;
}
