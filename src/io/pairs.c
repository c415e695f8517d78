/* Sections: messages, the list, the matrix. */
#include "io/pairs.h"

#include "base/mem.h"
#include "io/read_state.h"
#include "tab/level.h"
#include "tab/number.h"

#include <math.h>
#include <string.h>

#define SHOWN 40 /* bytes of a name in a message */

struct pair {
    uint32_t o, x;
    double d;
};

struct list {
    struct pair *pair; /* [n] */
    size_t n, cap;
    bool directed;
    const struct clu_run *run;
};

void clu_pairs_clear(struct clu_pairs *p)
{
    clu_free(p->v);
    clu_texts_clear(&p->id);
    clu_schema_clear(&p->schema);
    *p = (struct clu_pairs){0};
}

/* --- messages --- */

static const char *show(const struct clu_texts *id, size_t o, char out[4 * SHOWN + 4])
{
    size_t len;
    const char *s = clu_texts_at(id, o, &len);
    return clu_show(s, len, SHOWN, out);
}

static enum clu_status missing(const struct clu_texts *id, size_t o, size_t x, struct clu_err *err)
{
    char a[4 * SHOWN + 4], b[4 * SHOWN + 4];
    return clu_fail(err, CLU_DATA, "no distance for the pair '%s', '%s'", show(id, o, a), show(id, x, b));
}

static const char *number(double x, char out[CLU_NUMBER_TEXT])
{
    out[clu_number_format(x, out)] = '\0';
    return out;
}

static enum clu_status two(const struct clu_texts *id, const struct pair *p, double before, struct clu_err *err)
{
    char a[4 * SHOWN + 4], b[4 * SHOWN + 4], first[CLU_NUMBER_TEXT + 1], second[CLU_NUMBER_TEXT + 1];

    if (p->o == p->x)
        return clu_fail(err, CLU_DATA, "the distance of '%s' to itself is not 0: %s", show(id, p->o, a), number(p->d, first));
    return clu_fail(err, CLU_DATA, "the pair '%s', '%s' has two distances: %s and %s", show(id, p->o, a), show(id, p->x, b),
                    number(before, first), number(p->d, second));
}

/* --- the list --- */

static enum clu_status add_batch(struct list *l, const struct clu_batch *b, struct clu_err *err)
{
    size_t n = l->n + b->rows;
    enum clu_status status = clu_need(l->run, (double)n * sizeof *l->pair, err, "the first %zu pairs", n);

    if (status != CLU_OK)
        return status;
    if (clu_reserve(&l->pair, &l->cap, n, sizeof *l->pair) < 0)
        return clu_fail(err, CLU_SYSTEM, "memory exhausted (reading row %zu)", n);
    for (size_t i = 0; i < b->rows; i++) {
        const double *x = b->x + 3 * i;
        l->pair[l->n++] = (struct pair){clu_level_of(x[0]), clu_level_of(x[1]), x[2]};
    }
    return CLU_OK;
}

static enum clu_status read_list(struct list *l, struct clu_pairs *out, const struct clu_read_opt *opt, struct clu_err *err)
{
    struct clu_reader *r;
    struct clu_batch b;
    enum clu_status status = clu_reader_open(&r, opt, l->run, err);

    if (status != CLU_OK)
        return status;
    if (clu_reader_schema(r)->picked != 3)
        status = clu_fail(err, CLU_DATA, "3 columns are needed (object, object, distance), not %zu; choose them with -c",
                          clu_reader_schema(r)->picked);
    b.rows = status == CLU_OK;
    while (status == CLU_OK && b.rows > 0) {
        status = clu_reader_next(r, &b, err);
        if (status == CLU_OK && b.rows > 0)
            status = add_batch(l, &b, err);
    }
    if (status == CLU_OK)
        status = clu_texts_append(&out->id, &clu_reader_levels(r)->text, err);
    if (status == CLU_OK) {
        out->schema = r->plan.schema;
        r->plan.schema = (struct clu_schema){0};
    }
    clu_reader_close(r);
    return status;
}

/* --- the matrix --- */

/* A list of too few pairs for that many objects: without the matrix, which may be far too large, find an object that is not
 * mentioned often enough, and a pair that it lacks. */
static enum clu_status find_gap(const struct list *l, const struct clu_texts *id, struct clu_err *err)
{
    size_t n = id->n, o = 0, x = 0, *times = clu_calloc(n, sizeof *times);

    if (!times)
        return clu_fail_memory(err);
    for (size_t i = 0; i < l->n; i++) {
        const struct pair *p = &l->pair[i];
        times[p->o] += p->o != p->x;
        times[p->x] += p->o != p->x && !l->directed;
    }
    while (times[o] >= n - 1)
        o++;
    memset(times, 0, n * sizeof *times);
    times[o] = 1;
    for (size_t i = 0; i < l->n; i++) {
        const struct pair *p = &l->pair[i];
        if (p->o == o)
            times[p->x] = 1;
        if (p->x == o && !l->directed)
            times[p->o] = 1;
    }
    while (times[x])
        x++;
    clu_free(times);
    return missing(id, o, x, err);
}

static enum clu_status put(double *v, size_t n, const struct pair *p, const struct clu_texts *id, struct clu_err *err)
{
    double *at = &v[p->o * n + p->x];

    if (!isnan(*at) && *at != p->d)
        return two(id, p, *at, err);
    *at = p->d;
    return CLU_OK;
}

static enum clu_status fill(double *v, const struct list *l, const struct clu_texts *id, struct clu_err *err)
{
    size_t n = id->n;
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < n * n; i++)
        v[i] = NAN;
    for (size_t o = 0; o < n; o++)
        v[o * n + o] = 0;
    for (size_t i = 0; i < l->n && status == CLU_OK; i++) {
        const struct pair *p = &l->pair[i];
        status = put(v, n, p, id, err);
        if (status == CLU_OK && !l->directed) /* this order cannot differ when the other one does not */
            v[p->x * n + p->o] = p->d;
    }
    for (size_t i = 0; i < n * n && status == CLU_OK; i++)
        if (isnan(v[i]))
            status = missing(id, i / n, i % n, err);
    return status;
}

static enum clu_status build(struct clu_pairs *out, const struct list *l, struct clu_err *err)
{
    size_t n = out->n = out->id.n;
    double pairs = (double)n * ((double)n - 1) / (l->directed ? 1 : 2);
    enum clu_status status = clu_need(l->run, (double)n * (double)n * sizeof *out->v + (double)l->n * sizeof *l->pair, err,
                                      "the distance matrix of %zu objects", n);

    if (status != CLU_OK)
        return (double)l->n < pairs ? find_gap(l, &out->id, err) : status;
    size_t row;
    out->v = __builtin_mul_overflow(n, sizeof *out->v, &row) ? NULL : clu_alloc(n, row);
    if (!out->v)
        return (double)l->n < pairs ? find_gap(l, &out->id, err) : clu_fail_memory(err);
    return fill(out->v, l, &out->id, err);
}

enum clu_status clu_read_pairs(struct clu_pairs *out, const struct clu_read_opt *opt, bool directed, const struct clu_run *run,
                               struct clu_err *err)
{
    static const uint8_t names[] = {1, 1, 0};
    struct list l = {.directed = directed, .run = run};
    struct clu_read_opt o = {
        .file = opt->file,
        .files = opt->files,
        .ask = {.header = opt->ask.header,
                .columns = opt->ask.columns,
                .ncolumns = opt->ask.ncolumns,
                .nominal_at = names,
                .nominals_at = 3},
        .delimiter = opt->delimiter,
        .mark = opt->mark,
        .na_values = opt->na_values,
        .nonnegative = true,
    };

    *out = (struct clu_pairs){0};
    enum clu_status status = read_list(&l, out, &o, err);
    if (status == CLU_OK)
        status = build(out, &l, err);
    clu_free(l.pair);
    if (status != CLU_OK)
        clu_pairs_clear(out);
    return status;
}
