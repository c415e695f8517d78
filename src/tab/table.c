#include "tab/table.h"

#include "base/mem.h"

#include <string.h>

void clu_table_clear(struct clu_table *t)
{
    clu_schema_clear(&t->schema);
    clu_mat_clear(&t->x);
    clu_levels_clear(&t->level);
    clu_free(t->weight);
    clu_free(t->fill);
    clu_free(t->kept);
    clu_texts_clear(&t->id);
    clu_texts_clear(&t->text);
    clu_free(t->mark);
    *t = (struct clu_table){0};
}

uint64_t clu_table_line(const struct clu_table *t, size_t row, size_t *file)
{
    size_t low = 0, high = t->marks; /* the last mark that is not behind the row is in low..high */

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->mark[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    *file = t->mark[low].file;
    return t->mark[low].line + (row - t->mark[low].row);
}

/* v[rows][from] to [rows][count]. Elements move as bytes: what a NaN carries would not outlive arithmetic. */
static void pick(void *v, size_t each, size_t rows, size_t from, const size_t *feature, size_t count)
{
    char *to = v;

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < count; j++, to += each)
            memmove(to, (char *)v + (i * from + feature[j]) * each, each);
}

void clu_table_keep(struct clu_table *t, const size_t *feature, size_t count)
{
    struct clu_schema *s = &t->schema;
    size_t d = t->x.cols;

    if (t->x.v)
        pick(t->x.v, sizeof *t->x.v, t->x.rows, d, feature, count);
    if (t->x.f)
        pick(t->x.f, sizeof *t->x.f, t->x.rows, d, feature, count);
    if (t->fill)
        pick(t->fill, sizeof *t->fill, 1, d, feature, count);
    if (s->nominal)
        pick(s->nominal, sizeof *s->nominal, 1, d, feature, count);
    pick(s->pick, sizeof *s->pick, 1, d, feature, count);
    t->x.cols = s->picked = count;
}
