#include "io/prepare.h"

#include "base/mem.h"

#include <string.h>

void clu_prepare_clear(struct clu_prepare *p)
{
    for (size_t j = 0; p->name && j < p->d; j++)
        clu_free(p->name[j]);
    clu_free(p->name);
    clu_free(p->fill);
    clu_scale_clear(&p->scale);
    *p = (struct clu_prepare){0};
}

enum clu_status clu_prepare_names(struct clu_prepare *p, const struct clu_schema *s, struct clu_err *err)
{
    p->d = s->picked;
    if (!s->name)
        return CLU_OK;
    p->name = clu_calloc(p->d, sizeof *p->name);
    for (size_t j = 0; p->name && j < p->d; j++) {
        const char *name = s->name[s->pick[j]];
        if (!(p->name[j] = clu_strndup(name, strlen(name))))
            return clu_fail_memory(err);
    }
    return p->name ? CLU_OK : clu_fail_memory(err);
}

static enum clu_status bring_to_length(const struct clu_prepare *p, struct clu_mat *m, struct clu_err *err)
{
    if (!p->unit || clu_mat_unit_rows(m) == m->rows)
        return CLU_OK;
    return clu_fail(err, CLU_DATA, "a scaled row is zero in all columns, and so has no direction; use --scale=none");
}

enum clu_status clu_prepare_fit(struct clu_prepare *p, struct clu_table *t, enum clu_scaling how, bool unit,
                                struct clu_err *err)
{
    enum clu_status status = clu_prepare_names(p, &t->schema, err);

    p->unit = unit;
    if (status == CLU_OK && t->fill) {
        p->fill = clu_alloc(p->d, sizeof *p->fill);
        if (!p->fill)
            return clu_fail_memory(err);
        memcpy(p->fill, t->fill, p->d * sizeof *p->fill);
    }
    if (status == CLU_OK)
        status = clu_scale_fit(&p->scale, how, clu_mat_look(&t->x), err);
    if (status != CLU_OK)
        return status;
    clu_scale_do(&p->scale, &t->x);
    return bring_to_length(p, &t->x, err);
}

void clu_prepare_keep(struct clu_prepare *p, const size_t *column, size_t count)
{
    for (size_t i = 0, j = 0; p->name && j < p->d; j++) {
        if (i < count && column[i] == j)
            p->name[i++] = p->name[j];
        else
            clu_free(p->name[j]);
    }
    for (size_t i = 0; i < count; i++) {
        size_t j = column[i];
        if (p->fill)
            p->fill[i] = p->fill[j];
        if (p->scale.shift)
            p->scale.shift[i] = p->scale.shift[j];
        if (p->scale.divisor)
            p->scale.divisor[i] = p->scale.divisor[j];
    }
    p->d = p->scale.cols = count;
}

void clu_prepare_save(const struct clu_prepare *p, struct clu_out *out)
{
    static const double one = 1;

    if (p->name)
        clu_model_put_text(out, "columns", (const char *const *)p->name, p->d);
    if (p->fill)
        clu_model_put_numbers(out, "fill", p->fill, p->d);
    clu_model_put_text(out, "scale", &clu_scaling_word[p->scale.how], 1);
    if (p->scale.how != CLU_SCALE_NONE) {
        clu_model_put_numbers(out, "shift", p->scale.shift, p->d);
        clu_model_put_numbers(out, "divisor", p->scale.divisor, p->d);
    }
    if (p->unit)
        clu_model_put_numbers(out, "spherical", &one, 1);
}

static enum clu_status load_names(struct clu_prepare *p, const struct clu_model *m, struct clu_err *err)
{
    if (clu_model_count(m, "columns") == 0)
        return CLU_OK;
    if (clu_model_width(m, "columns", 0) != p->d)
        return clu_model_bad(m, "columns", 0, err, "%zu columns, but the centers have %zu", clu_model_width(m, "columns", 0),
                             p->d);
    p->name = clu_calloc(p->d, sizeof *p->name);
    for (size_t j = 0; p->name && j < p->d; j++) {
        const char *name = clu_model_text(m, "columns", 0, j);
        if (!(p->name[j] = clu_strndup(name, strlen(name))))
            return clu_fail_memory(err);
    }
    return p->name ? CLU_OK : clu_fail_memory(err);
}

static enum clu_status load_scale(struct clu_prepare *p, const struct clu_model *m, struct clu_err *err)
{
    const char *word = clu_model_text(m, "scale", 0, 0);
    size_t how = 0;

    while (word && clu_scaling_word[how] && strcmp(word, clu_scaling_word[how]) != 0)
        how++;
    if (!word || !clu_scaling_word[how])
        return clu_model_bad(m, "scale", 0, err, "no such scaling");
    p->scale = (struct clu_scale){.how = (enum clu_scaling)how, .cols = p->d};
    if (p->scale.how == CLU_SCALE_NONE)
        return CLU_OK;
    p->scale.shift = clu_alloc(p->d, sizeof(double));
    p->scale.divisor = clu_alloc(p->d, sizeof(double));
    if (!p->scale.shift || !p->scale.divisor)
        return clu_fail_memory(err);
    enum clu_status status = clu_model_numbers(m, "shift", 0, p->scale.shift, p->d, err);
    if (status == CLU_OK)
        status = clu_model_numbers(m, "divisor", 0, p->scale.divisor, p->d, err);
    for (size_t j = 0; j < p->d && status == CLU_OK; j++)
        if (p->scale.divisor[j] <= 0)
            status = clu_model_bad(m, "divisor", 0, err, "divisors must be positive");
    return status;
}

enum clu_status clu_prepare_load(struct clu_prepare *p, const struct clu_model *m, size_t d, struct clu_err *err)
{
    double unit = 0;

    *p = (struct clu_prepare){.d = d};
    enum clu_status status = load_names(p, m, err);
    if (status == CLU_OK)
        status = load_scale(p, m, err);
    if (status == CLU_OK && clu_model_count(m, "fill") > 0) {
        p->fill = clu_alloc(d, sizeof *p->fill);
        status = p->fill ? clu_model_numbers(m, "fill", 0, p->fill, d, err) : clu_fail_memory(err);
    }
    if (status == CLU_OK && clu_model_count(m, "spherical") > 0)
        status = clu_model_numbers(m, "spherical", 0, &unit, 1, err);
    p->unit = unit != 0;
    return status;
}

enum clu_status clu_prepare_batch(const struct clu_prepare *p, const struct clu_batch *b, enum clu_na na,
                                  struct clu_mat *m, uint8_t *kept, struct clu_err *err)
{
    m->cols = p->d;
    m->rows = 0;
    if (clu_mat_reserve(m, b->rows, false) < 0)
        return clu_fail_memory(err);
    for (size_t i = 0; i < b->rows; i++) {
        const double *x = b->x + i * p->d;
        double *to = m->v + m->rows * p->d;
        bool missing = b->missing && b->missing[i];
        kept[i] = !(missing && na == CLU_NA_DROP);
        if (!kept[i])
            continue;
        for (size_t j = 0; j < p->d; j++)
            to[j] = missing && x[j] != x[j] && p->fill ? p->fill[j] : x[j];
        m->rows++;
    }
    clu_scale_do(&p->scale, m);
    return bring_to_length(p, m, err);
}

void clu_prepare_enter(const struct clu_prepare *p, double *point, size_t k)
{
    clu_scale_do(&p->scale, &(struct clu_mat){.v = point, .rows = k, .cols = p->d});
}

void clu_prepare_leave(const struct clu_prepare *p, double *point, size_t k)
{
    clu_scale_undo(&p->scale, point, k);
}
