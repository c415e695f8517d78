/* Sections: values, writing, reading. */
#include "io/mixed_model.h"

#include "base/mem.h"
#include "tab/number.h"

#include <math.h>
#include <string.h>

/* --- values --- */

static bool needs_mark(const char *s, size_t len)
{
    double x;
    return (len > 0 && *s == '=') || (len == 2 && memcmp(s, "NA", 2) == 0) ||
           clu_number_parse(s, len, '.', &x) == CLU_NUMBER_OK;
}

/* A settled value of column j. */
static enum clu_status put_value(struct clu_cells *c, const struct clu_mixed *m, size_t j, double code, struct clu_err *err)
{
    char number[CLU_NUMBER_TEXT];
    size_t len;
    double x;
    const char *s = clu_mixed_text(m, j, code, &len, &x);

    if (!s && isfinite(x)) {
        len = clu_number_format(x, number); /* reads back to the same double */
        clu_cell_text(c, number, len);
    } else if (!s) {
        clu_cell_str(c, "NA");
    } else if (!needs_mark(s, len)) {
        clu_cell_text(c, s, len);
    } else {
        char *marked = clu_alloc(len + 1, 1);
        if (!marked)
            return clu_fail_memory(err);
        marked[0] = '=';
        memcpy(marked + 1, s, len);
        clu_cell_text(c, marked, len + 1);
        clu_free(marked);
    }
    return CLU_OK;
}

struct value {
    const char *text; /* NULL: a number */
    size_t len;
    double number;    /* NAN: none */
};

static struct value get_value(const char *cell)
{
    struct value v = {.text = cell + (*cell == '='), .number = NAN};

    v.len = strlen(v.text);
    if (strcmp(cell, "NA") == 0 || clu_number_parse(cell, strlen(cell), '.', &v.number) == CLU_NUMBER_OK)
        v.text = NULL;
    return v;
}

/* --- writing --- */

static const char *const word[] = {"interval", "nominal", "asymmetric", "ordered"}; /* as enum clu_gower */
enum { WORDS = 4, ORDERED = 3 };

enum clu_status clu_mixed_save(const struct clu_mixed *m, struct clu_out *out, struct clu_err *err)
{
    struct clu_cells c = {out, ',', false};
    enum clu_status status = CLU_OK;

    clu_cell_str(&c, "type");
    for (size_t j = 0; j < m->d; j++)
        clu_cell_str(&c, word[m->ordered[j] ? ORDERED : m->type[j]]);
    clu_cells_end(&c);
    clu_model_put_numbers(out, "range", m->range, m->d);
    for (size_t j = 0; j < m->d; j++) {
        if (!clu_mixed_coded(m, j))
            continue;
        clu_cell_str(&c, "level");
        clu_cell_int(&c, (long long)j + 1);
        for (size_t i = 0; i < m->codes[j].n && status == CLU_OK; i++)
            status = put_value(&c, m, j, (double)(i + m->ordered[j]), err);
        clu_cells_end(&c);
    }
    return status;
}

enum clu_status clu_mixed_save_row(const struct clu_mixed *m, struct clu_out *out, const char *key, const double *x,
                                   struct clu_err *err)
{
    struct clu_cells c = {out, ',', false};
    enum clu_status status = CLU_OK;

    clu_cell_str(&c, key);
    for (size_t j = 0; j < m->d && status == CLU_OK; j++)
        status = put_value(&c, m, j, x[j], err);
    clu_cells_end(&c);
    return status;
}

/* --- reading --- */

static enum clu_status load_types(struct clu_mixed *m, const struct clu_model *model, struct clu_err *err)
{
    if (clu_model_width(model, "type", 0) != m->d)
        return clu_model_bad(model, "type", 0, err, "%zu types for %zu columns", clu_model_width(model, "type", 0), m->d);
    enum clu_status status = clu_model_numbers(model, "range", 0, m->range, m->d, err);
    for (size_t j = 0; j < m->d && status == CLU_OK; j++) {
        const char *is = clu_model_text(model, "type", 0, j);
        uint8_t w = 0;
        while (w < WORDS && strcmp(is, word[w]) != 0)
            w++;
        if (w == WORDS)
            status = clu_model_bad(model, "type", 0, err, "no such type of a column");
        else if (!(m->range[j] > 0))
            status = clu_model_bad(model, "range", 0, err, "ranges must be positive");
        m->ordered[j] = w == ORDERED;
        m->type[j] = w < ORDERED ? w : CLU_GOWER_INTERVAL;
    }
    return status;
}

/* The i-th record of levels, which must be those of column j. */
static enum clu_status load_levels(struct clu_mixed *m, size_t j, const struct clu_model *model, size_t i, struct clu_err *err)
{
    size_t width = clu_model_width(model, "level", i), len;
    const char *number = clu_model_text(model, "level", i, 0);
    char want[CLU_NUMBER_TEXT];
    struct clu_err twice;

    len = clu_number_format_int((long long)j + 1, want);
    if (!number || strlen(number) != len || memcmp(number, want, len) != 0)
        return clu_model_bad(model, "level", i, err, "the levels of column %zu are expected", j + 1);
    if (m->type[j] == CLU_GOWER_ASYMMETRIC && width != 3 && width != 1)
        return clu_model_bad(model, "level", i, err, "an asymmetric column has two values");
    for (size_t k = 1; k < width; k++) {
        struct value v = get_value(clu_model_text(model, "level", i, k));
        enum clu_status status = v.text ? clu_mixed_add_text(m, j, v.text, v.len, &twice)
                                        : clu_mixed_add_number(m, j, v.number, &twice);
        if (status == CLU_DATA)
            return clu_model_bad(model, "level", i, err, "%s", twice.msg);
        if (status != CLU_OK)
            return clu_fail_memory(err);
    }
    return CLU_OK;
}

enum clu_status clu_mixed_load(struct clu_mixed *m, const struct clu_model *model, size_t d, struct clu_err *err)
{
    enum clu_status status = clu_mixed_init(m, d, err);
    size_t record = 0;

    if (status != CLU_OK)
        return status;
    status = load_types(m, model, err);
    for (size_t j = 0; j < d && status == CLU_OK; j++)
        if (clu_mixed_coded(m, j))
            status = load_levels(m, j, model, record++, err);
    if (status == CLU_OK)
        clu_mixed_finish(m);
    else
        clu_mixed_clear(m);
    return status;
}

enum clu_status clu_mixed_load_row(const struct clu_mixed *m, const struct clu_model *model, const char *key, size_t i,
                                   double *x, struct clu_err *err)
{
    char shown[4 * 40 + 4];

    if (clu_model_width(model, key, i) != m->d)
        return clu_model_bad(model, key, i, err, "'%s' has %zu values, expected %zu", key, clu_model_width(model, key, i), m->d);
    for (size_t j = 0; j < m->d; j++) {
        const char *cell = clu_model_text(model, key, i, j);
        struct value v = get_value(cell);
        if (!(v.text ? clu_mixed_text_code(m, j, v.text, v.len, &x[j]) : clu_mixed_number_code(m, j, v.number, &x[j])))
            return clu_model_bad(model, key, i, err, "'%s': no value of column %zu: '%s'", key, j + 1,
                                 clu_show(cell, strlen(cell), 40, shown));
    }
    return CLU_OK;
}
