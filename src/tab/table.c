#include "tab/table.h"

#include "base/mem.h"

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
    *t = (struct clu_table){0};
}
