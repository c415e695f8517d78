/* Sections: writing, the file, records, load, look up. */
#include "io/model.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/number.h"
#include "tab/record.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "clusterutils-model"
#define SHOWN 60 /* bytes of a bad cell in a message */

/* --- writing --- */

void clu_model_begin(struct clu_out *o, const char *tool)
{
    struct clu_cells c = {o, ',', false};

    clu_cell_str(&c, MAGIC);
    clu_cell_int(&c, CLU_MODEL_VERSION);
    clu_cell_str(&c, tool);
    clu_cells_end(&c);
}

void clu_model_put_text(struct clu_out *o, const char *key, const char *const *value, size_t n)
{
    struct clu_cells c = {o, ',', false};

    clu_cell_str(&c, key);
    for (size_t i = 0; i < n; i++)
        clu_cell_str(&c, value[i]);
    clu_cells_end(&c);
}

/* %.17g with '.': the locale's decimal mark, which may take several bytes, is what no number is made of. */
static size_t format17(double x, char out[64])
{
    char text[64];
    size_t len = 0;

    snprintf(text, sizeof text, "%.17g", x);
    for (const char *p = text; *p; p++) {
        if (strchr("0123456789+-e", *p))
            out[len++] = *p;
        else if (len == 0 || out[len - 1] != '.')
            out[len++] = '.';
    }
    return len;
}

void clu_model_put_numbers(struct clu_out *o, const char *key, const double *value, size_t n)
{
    struct clu_cells c = {o, ',', false};
    char text[64];

    clu_cell_str(&c, key);
    for (size_t i = 0; i < n; i++) {
        if (isfinite(value[i]))
            clu_cell_text(&c, text, format17(value[i], text));
        else
            clu_cell_number(&c, value[i]);
    }
    clu_cells_end(&c);
}

/* --- the file --- */

struct record {
    const char *key;      /* in bytes */
    uint64_t line;
    size_t first, fields; /* value[first] is the key */
};

struct clu_model {
    char *name;            /* as shown in messages */
    char *bytes;           /* the cells, each with a NUL behind it; never moved */
    size_t *value;         /* [values] where a cell begins in bytes */
    size_t values, value_cap;
    struct record *record; /* [records], sorted by key, then line; the first line of the file is not among them */
    size_t records, record_cap;
    const char *tool;      /* in bytes */
};

void clu_model_free(struct clu_model *m)
{
    if (!m)
        return;
    clu_free(m->name);
    clu_free(m->bytes);
    clu_free(m->value);
    clu_free(m->record);
    clu_free(m);
}

/* The whole of a source into *text[*len]. */
static enum clu_status read_whole(struct clu_source *s, char **text, size_t *len, struct clu_err *err)
{
    size_t cap = 0, got;

    *text = NULL;
    *len = 0;
    do {
        if (*len == CLU_MODEL_MAX)
            return clu_fail(err, CLU_DATA, "%s: no model: longer than %zu MiB", clu_source_name(s),
                            CLU_MODEL_MAX >> 20);
        /* The first piece holds all but the largest models; clu_reserve() grows by half. */
        if (*len == cap && clu_reserve(text, &cap, *len + ((size_t)64 << 10), 1) != 0)
            return clu_fail_memory(err);
        size_t room = cap < CLU_MODEL_MAX ? cap - *len : CLU_MODEL_MAX - *len;
        enum clu_status status = clu_source_read(s, *text + *len, room, false, &got, err);
        if (status != CLU_OK)
            return status;
        *len += got;
    } while (got > 0);
    return CLU_OK;
}

/* --- records --- */

static const char *cell(const struct clu_model *m, const struct record *r, size_t j)
{
    return m->bytes + m->value[r->first + j];
}

/* Keep the cells of one record; *used counts bytes[]. Every cell but the last of the file has a delimiter or a line end
 * behind it in the text, so that the NULs take no more room than those did. */
static enum clu_status keep_record(struct clu_model *m, const struct clu_record *r, uint64_t line, size_t *used,
                                   struct clu_err *err)
{
    if (clu_reserve(&m->value, &m->value_cap, m->values + r->fields, sizeof *m->value) != 0 ||
        clu_reserve(&m->record, &m->record_cap, m->records + 1, sizeof *m->record) != 0)
        return clu_fail_memory(err);
    m->record[m->records++] = (struct record){m->bytes + *used, line, m->values, r->fields};
    for (size_t j = 0; j < r->fields; j++) {
        m->value[m->values++] = *used;
        *used += clu_field_unquote(&r->field[j], m->bytes + *used);
        m->bytes[(*used)++] = '\0';
    }
    return CLU_OK;
}

/* All records of the text; empty lines are nothing. */
static enum clu_status parse(struct clu_model *m, const char *text, size_t len, struct clu_err *err)
{
    struct clu_record r = {0};
    enum clu_status status = CLU_OK;
    uint64_t line = 1;
    size_t used = 0;

    for (size_t at = 0; at < len && status == CLU_OK;) {
        status = clu_record_split(&r, text + at, len - at, ',', m->name, line, err);
        if (status == CLU_OK && r.len > 0)
            status = keep_record(m, &r, line, &used, err);
        at += r.len + r.eol;
        line += r.lines;
    }
    clu_record_clear(&r);
    return status;
}

/* The first record says what the file is. It is taken out of the list. */
static enum clu_status check_first(struct clu_model *m, const char *tool, struct clu_err *err)
{
    const struct record *first = &m->record[0];
    char shown[4 * SHOWN + 4], wanted[32];

    if (m->records == 0 || first->fields != 3 || strcmp(cell(m, first, 0), MAGIC) != 0)
        return clu_fail(err, CLU_DATA, "%s:1: not a model of clusterutils", m->name);
    const char *version = cell(m, first, 1), *whose = cell(m, first, 2);
    snprintf(wanted, sizeof wanted, "%d", CLU_MODEL_VERSION);
    if (strcmp(version, wanted) != 0)
        return clu_fail(err, CLU_DATA, "%s:1: model format version '%s', not %s", m->name,
                        clu_show(version, strlen(version), SHOWN, shown), wanted);
    if (tool && strcmp(whose, tool) != 0)
        return clu_fail(err, CLU_DATA, "%s:1: a model of '%s', not of '%s'", m->name,
                        clu_show(whose, strlen(whose), SHOWN, shown), tool);
    m->tool = whose;
    m->records--;
    memmove(m->record, m->record + 1, m->records * sizeof *m->record);
    return CLU_OK;
}

/* --- load --- */

static int by_key(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static enum clu_status take(struct clu_model *m, const char *text, size_t len, const char *tool, struct clu_err *err)
{
    static const char bom[] = "\xef\xbb\xbf";

    if (len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        len -= 3;
    }
    /* Before anything is parsed: what is wrong with the bytes of a picture does not interest anybody. */
    if (len < sizeof MAGIC || memcmp(text, MAGIC ",", sizeof MAGIC) != 0)
        return clu_fail(err, CLU_DATA, "%s:1: not a model of clusterutils", m->name);
    m->bytes = clu_alloc(len + 1, 1);
    if (!m->bytes)
        return clu_fail_memory(err);
    enum clu_status status = parse(m, text, len, err);
    if (status == CLU_OK)
        status = check_first(m, tool, err);
    if (status == CLU_OK)
        qsort(m->record, m->records, sizeof *m->record, by_key);
    return status;
}

enum clu_status clu_model_load(struct clu_model **out, const char *path, const char *tool, struct clu_err *err)
{
    struct clu_source *s;
    char *text = NULL;
    size_t len;

    *out = NULL;
    enum clu_status status = clu_source_open(&s, path, err);
    if (status != CLU_OK)
        return status;
    const char *name = clu_source_name(s);
    struct clu_model *m = clu_calloc(1, sizeof *m);
    if (!m || !(m->name = clu_strndup(name, strlen(name))))
        status = clu_fail_memory(err);
    if (status == CLU_OK)
        status = read_whole(s, &text, &len, err);
    if (status == CLU_OK)
        status = take(m, text, len, tool, err);
    clu_free(text);
    clu_source_close(s);
    if (status != CLU_OK)
        clu_model_free(m);
    else
        *out = m;
    return status;
}

/* --- look up --- */

const char *clu_model_tool(const struct clu_model *m)
{
    return m->tool;
}

/* The first record whose key is not less than key (greater than it, with after). */
static size_t bound(const struct clu_model *m, const char *key, bool after)
{
    size_t low = 0, high = m->records;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(m->record[mid].key, key);
        if (order < 0 || (after && order == 0))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The i-th record with this key, NULL when there is none. */
static const struct record *find(const struct clu_model *m, const char *key, size_t i)
{
    size_t at = bound(m, key, false);
    bool there = i < m->records - at && strcmp(m->record[at + i].key, key) == 0;
    return there ? &m->record[at + i] : NULL;
}

size_t clu_model_count(const struct clu_model *m, const char *key)
{
    return bound(m, key, true) - bound(m, key, false);
}

size_t clu_model_width(const struct clu_model *m, const char *key, size_t i)
{
    const struct record *r = find(m, key, i);
    return r ? r->fields - 1 : 0;
}

const char *clu_model_text(const struct clu_model *m, const char *key, size_t i, size_t j)
{
    const struct record *r = find(m, key, i);
    return r && j < r->fields - 1 ? cell(m, r, j + 1) : NULL;
}

enum clu_status clu_model_bad(const struct clu_model *m, const char *key, size_t i, struct clu_err *err,
                              const char *fmt, ...)
{
    const struct record *r = find(m, key, i);
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s", m->name, r ? (unsigned long long)r->line : 1ULL, text);
}

enum clu_status clu_model_numbers(const struct clu_model *m, const char *key, size_t i, double *out, size_t n,
                                  struct clu_err *err)
{
    const struct record *r = find(m, key, i);
    char shown[4 * SHOWN + 4];

    if (!r)
        return i == 0 ? clu_model_bad(m, key, i, err, "no record '%s'", key)
                      : clu_model_bad(m, key, i, err, "only %zu records '%s'", clu_model_count(m, key), key);
    if (r->fields - 1 != n)
        return clu_model_bad(m, key, i, err, "'%s' has %zu value%s, expected %zu", key, r->fields - 1,
                             r->fields == 2 ? "" : "s", n);
    for (size_t j = 0; j < n; j++) {
        const char *text = cell(m, r, j + 1);
        size_t len = strlen(text);
        enum clu_number how = clu_number_parse(text, len, '.', &out[j]);
        if (how != CLU_NUMBER_OK)
            return clu_model_bad(m, key, i, err, "'%s': not a %s: '%s'", key,
                                 how == CLU_NUMBER_RANGE ? "finite number" : "number",
                                 clu_show(text, len, SHOWN, shown));
    }
    return CLU_OK;
}
