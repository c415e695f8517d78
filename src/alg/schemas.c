/* Sections: names, schemas, supersets. */
#include "alg/schemas.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void clu_schemas_clear(struct clu_schemas *s)
{
    clu_free(s->of);
    clu_free(s->first);
    clu_free(s->column);
    clu_free(s->table);
    clu_free(s->member);
    clu_free(s->members);
    clu_free(s->up);
    clu_free(s->superset);
    *s = (struct clu_schemas){0};
}

/* --- names --- */

struct name {
    const char *s;
    size_t at;  /* in column[] */
    uint32_t column;
};

static int by_text(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return strcmp(x->s, y->s);
}

static int by_name(const void *a, const void *b)
{
    const struct clu_column *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

/* Number the names of all columns; *names of them differ. */
static int number_names(struct clu_schemas *s, struct clu_sketch *const *sketch, size_t *names)
{
    size_t all = s->first[s->tables];
    struct name *name = clu_alloc(all, sizeof *name);

    if (!name)
        return -1;
    for (size_t i = 0; i < s->tables; i++)
        for (size_t j = 0; j < sketch[i]->cols; j++)
            name[s->first[i] + j] = (struct name){sketch[i]->column[j].name, s->first[i] + j, (uint32_t)j};
    qsort(name, all, sizeof *name, by_text);
    *names = 0;
    for (size_t i = 0; i < all; i++) {
        *names += i == 0 || strcmp(name[i - 1].s, name[i].s) != 0;
        s->column[name[i].at] = (struct clu_column){(uint32_t)(*names - 1), name[i].column};
    }
    clu_free(name);
    for (size_t i = 0; i < s->tables; i++)
        qsort(s->column + s->first[i], s->first[i + 1] - s->first[i], sizeof *s->column, by_name);
    return 0;
}

/* --- schemas --- */

struct row {
    const struct clu_schemas *s;
    uint32_t table;
};

static int by_columns(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const struct clu_schemas *s = x->s;
    size_t i = s->first[x->table], j = s->first[y->table];

    for (; i < s->first[x->table + 1] && j < s->first[y->table + 1]; i++, j++)
        if (s->column[i].name != s->column[j].name)
            return s->column[i].name < s->column[j].name ? -1 : 1;
    return (i < s->first[x->table + 1]) - (j < s->first[y->table + 1]);
}

static int by_columns_then_table(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = by_columns(a, b);
    return order != 0 ? order : (x->table > y->table) - (x->table < y->table);
}

static int group(struct clu_schemas *s)
{
    struct row *row = clu_alloc(s->tables, sizeof *row);

    if (!row)
        return -1;
    for (size_t i = 0; i < s->tables; i++)
        row[i] = (struct row){s, (uint32_t)i};
    qsort(row, s->tables, sizeof *row, by_columns_then_table);
    for (size_t i = 0; i < s->tables; i++) {
        if (i == 0 || by_columns(&row[i - 1], &row[i]) != 0) {
            s->table[s->n] = row[i].table;
            s->members[s->n++] = i;
        }
        s->of[row[i].table] = (uint32_t)(s->n - 1);
        s->member[i] = row[i].table;
    }
    s->members[s->n] = s->tables;
    clu_free(row);
    return 0;
}

/* --- supersets --- */

struct lists {
    size_t *start;    /* [names + 1] */
    uint32_t *schema; /* those that have a name */
    uint64_t *bits;   /* [schemas]: a bit for each of its names */
};

static int make_lists(struct lists *l, const struct clu_schemas *s, size_t names)
{
    size_t all = 0;

    for (size_t t = 0; t < s->n; t++)
        all += s->first[s->table[t] + 1] - s->first[s->table[t]];
    l->start = clu_calloc(names + 2, sizeof *l->start);
    l->schema = clu_alloc(all, sizeof *l->schema);
    l->bits = clu_calloc(s->n, sizeof *l->bits);
    if (!l->start || !l->schema || !l->bits)
        return -1;
    for (int pass = 0; pass < 2; pass++) { /* count, then fill: start[] is one ahead meanwhile */
        for (size_t t = 0; t < s->n; t++)
            for (size_t i = s->first[s->table[t]]; i < s->first[s->table[t] + 1]; i++) {
                uint32_t name = s->column[i].name;
                if (pass == 0) {
                    l->start[name + 2]++;
                    l->bits[t] |= (uint64_t)1 << ((name * 0x9e3779b1u) >> 26);
                } else {
                    l->schema[l->start[name + 1]++] = (uint32_t)t;
                }
            }
        for (size_t name = 0; pass == 0 && name < names; name++)
            l->start[name + 2] += l->start[name + 1];
    }
    return 0;
}

static int add_superset(struct clu_schemas *s, size_t *n, size_t *cap, uint32_t schema)
{
    if (clu_reserve(&s->superset, cap, *n + 1, sizeof *s->superset) < 0)
        return -1;
    s->superset[(*n)++] = schema;
    return 0;
}

static int find_supersets(struct clu_schemas *s, const struct lists *l)
{
    size_t n = 0, cap = 0;

    for (size_t t = 0; t < s->n; t++) {
        size_t table = s->table[t], rarest = (size_t)-1, from = 0, to = s->n;
        s->up[t] = n;
        for (size_t i = s->first[table]; i < s->first[table + 1]; i++) {
            size_t name = s->column[i].name, len = l->start[name + 1] - l->start[name];
            if (len < to - from || rarest == (size_t)-1) {
                rarest = name;
                from = l->start[name];
                to = l->start[name + 1];
            }
        }
        for (size_t i = from; i < to; i++) { /* without a column: all schemas */
            uint32_t other = rarest == (size_t)-1 ? (uint32_t)i : l->schema[i];
            if ((l->bits[t] & ~l->bits[other]) == 0 && clu_schemas_map(s, table, s->table[other], NULL) &&
                add_superset(s, &n, &cap, other) < 0)
                return -1;
        }
    }
    s->up[s->n] = n;
    return 0;
}

enum clu_status clu_schemas_find(struct clu_schemas *s, struct clu_sketch *const *sketch, size_t tables, struct clu_err *err)
{
    struct lists l = {0};
    size_t names = 0;

    *s = (struct clu_schemas){.tables = tables, .first = clu_alloc(tables + 1, sizeof *s->first)};
    bool whole = s->first != NULL;
    size_t all = 0;
    for (size_t i = 0; i < tables && whole; i++) {
        s->first[i] = all;
        all += sketch[i]->cols;
    }
    if (whole) {
        s->first[tables] = all;
        s->of = clu_alloc(tables, sizeof *s->of);
        s->column = clu_alloc(all, sizeof *s->column);
        s->table = clu_alloc(tables, sizeof *s->table);
        s->member = clu_alloc(tables, sizeof *s->member);
        s->members = clu_alloc(tables + 1, sizeof *s->members);
        s->up = clu_alloc(tables + 1, sizeof *s->up);
        whole = s->of && s->column && s->table && s->member && s->members && s->up;
    }
    whole = whole && number_names(s, sketch, &names) == 0 && group(s) == 0 && make_lists(&l, s, names) == 0 && find_supersets(s, &l) == 0;
    clu_free(l.start);
    clu_free(l.schema);
    clu_free(l.bits);
    if (whole)
        return CLU_OK;
    clu_schemas_clear(s);
    return clu_fail_memory(err);
}

bool clu_schemas_map(const struct clu_schemas *s, size_t child, size_t parent, uint32_t *map)
{
    size_t j = s->first[parent];

    for (size_t i = s->first[child]; i < s->first[child + 1]; i++) {
        while (j < s->first[parent + 1] && s->column[j].name < s->column[i].name)
            j++;
        if (j == s->first[parent + 1] || s->column[j].name != s->column[i].name)
            return false;
        if (map)
            map[s->column[i].at] = s->column[j].at;
    }
    return true;
}
