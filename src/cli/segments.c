/* Sections: columns, rows, reading. */
#include "cli/segments.h"

#include "base/mem.h"
#include "io/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- columns --- */

enum { ID, START, END, CLUSTER, WHOLE };
static const char *const whole_name[WHOLE] = {"id", "start idx", "end idx", "cluster_id"};

#define ABSENT ((size_t)-1)

struct columns {
    size_t whole[WHOLE], r[CLU_CSTS_PAIRS], pairs;
};

static size_t find(const struct clu_schema *s, const char *name)
{
    for (size_t c = 0; c < s->cols; c++)
        if (strcmp(s->name[c], name) == 0)
            return c;
    return ABSENT;
}

/* The columns of the correlations of d variates; false: one is missing. */
static bool find_pairs(const struct clu_schema *s, size_t d, struct columns *c)
{
    char name[32];

    c->pairs = 0;
    for (size_t i = 1; i <= d; i++)
        for (size_t j = i + 1; j <= d; j++) {
            snprintf(name, sizeof name, d > 9 ? "r%zu_%zu" : "r%zu%zu", i, j);
            c->r[c->pairs] = find(s, name);
            if (c->r[c->pairs++] == ABSENT)
                return false;
        }
    return true;
}

static enum clu_status find_columns(const struct clu_schema *s, const char *input, struct columns *c, struct clu_err *err)
{
    size_t d = CLU_CSTS_VARIATES;

    for (size_t i = 0; i < WHOLE; i++) {
        c->whole[i] = find(s, whole_name[i]);
        if (c->whole[i] == ABSENT && i != ID)
            return clu_fail(err, CLU_DATA, "%s: no column '%s'", input, whole_name[i]);
    }
    while (d > 1 && !find_pairs(s, d, c))
        d--;
    c->pairs = clu_csts_pairs(d);
    return CLU_OK;
}

/* --- rows --- */

static bool whole_number(double x, double most)
{
    return !clu_level_is(x) && x >= 0 && x <= most && x == floor(x);
}

static enum clu_status take_row(struct clu_csts_labels *t, size_t i, const double *row, const struct columns *c, const char *input,
                                struct clu_err *err)
{
    static const double most[WHOLE] = {0x1p53, 0x1p53, 0x1p53, INT32_MAX};
    struct clu_csts_label *l = &t->label[i];

    for (size_t j = 0; j < WHOLE; j++)
        if (c->whole[j] != ABSENT && !whole_number(row[c->whole[j]], most[j]))
            return clu_fail(err, CLU_DATA, "%s: row %zu: '%s' is not a whole number from 0 on", input, i + 1, whole_name[j]);
    l->id = c->whole[ID] == ABSENT ? (int64_t)i : (int64_t)row[c->whole[ID]];
    l->start = (size_t)row[c->whole[START]];
    l->end = (size_t)row[c->whole[END]];
    l->cluster = (int32_t)row[c->whole[CLUSTER]];
    if (l->start > l->end || (i > 0 && l->start <= t->label[i - 1].end))
        return clu_fail(err, CLU_DATA, "%s: row %zu: the segment from %zu to %zu ends before it starts, or starts before the last one ends",
                        input, i + 1, l->start, l->end);
    for (size_t j = 0; j < t->pairs; j++) {
        double r = row[c->r[j]];
        if (clu_level_is(r))
            return clu_fail(err, CLU_DATA, "%s: row %zu: a correlation is not a number", input, i + 1);
        t->r[i * t->pairs + j] = r;
    }
    return CLU_OK;
}

/* --- reading --- */

enum clu_status clu_segments_read(struct clu_csts_labels *t, const char *const *file, size_t files, char delimiter,
                                  const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {.file = file, .files = files, .delimiter = delimiter, .na = CLU_NA_KEEP,
                               .ask = {.header = CLU_HEADER_YES, .text = true}};
    struct clu_table table = {0};
    struct columns c = {0};
    char *quoted = files > 0 && strcmp(file[0], "-") != 0 ? clu_source_quote(file[0]) : NULL;
    const char *input = quoted ? quoted : "stdin";
    enum clu_status status = clu_read_table(&table, &opt, run, err);

    if (status == CLU_OK)
        status = find_columns(&table.schema, input, &c, err);
    if (status == CLU_OK)
        status = clu_csts_labels_alloc(t, table.x.rows, c.pairs, err);
    for (size_t i = 0; status == CLU_OK && i < table.x.rows; i++)
        status = take_row(t, i, table.x.v + i * table.x.cols, &c, input, err);
    if (status != CLU_OK)
        clu_csts_labels_clear(t);
    clu_table_clear(&table);
    clu_free(quoted);
    return status;
}
