/* Sections: places, columns, segments, one table, data, labels a row, cutting, all clusterings. */
#include "cli/segments.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/codes.h"
#include "tab/columns.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- places --- */

/* A table and its files, for messages. */
struct input {
    struct clu_table table;
    const char *const *file; /* [files] */
    size_t files;
    char *name;              /* of the first one, as messages show it */
};

static char *input_name(const char *const *file, size_t files, size_t i)
{
    return files > 0 && strcmp(file[i], "-") != 0 ? clu_source_quote(file[i]) : clu_strndup("stdin", 5);
}

/* "file:line: what", of a record of the input. */
static enum clu_status bad_record(const struct input *in, size_t row, struct clu_err *err, const char *what)
{
    size_t file;
    unsigned long long line = clu_table_line(&in->table, row, &file);
    char *name = input_name(in->file, in->files, file);

    if (!name)
        return clu_fail_memory(err);
    clu_fail(err, CLU_DATA, "%s:%llu: %s", name, line, what);
    clu_free(name);
    return CLU_DATA;
}

/* A cell as text, without a NUL: its bytes, or those of buf. */
static const char *cell_text(const struct clu_table *table, double x, char buf[CLU_NUMBER_TEXT], size_t *len)
{
    if (clu_level_is(x))
        return clu_texts_at(&table->level.text, clu_level_of(x), len);
    *len = isnan(x) ? 0 : clu_number_format(x, buf);
    return buf;
}

/* "file:line: column 2 (b): fault: 'x'", or that the value is missing. */
static enum clu_status bad_cell(const struct input *in, size_t row, size_t column, const char *fault, struct clu_err *err)
{
    const struct clu_table *table = &in->table;
    double x = table->x.v[row * table->x.cols + column];
    char buf[CLU_NUMBER_TEXT], name[256], shown[4 * 40 + 4], what[600];
    size_t len;
    const char *s = cell_text(table, x, buf, &len);

    clu_schema_column(&table->schema, column, name, sizeof name);
    if (!clu_level_is(x) && isnan(x))
        snprintf(what, sizeof what, "%s: missing value", name);
    else
        snprintf(what, sizeof what, "%s: %s: '%s'", name, fault, clu_show(s, len, 40, shown));
    return bad_record(in, row, err, what);
}

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

/* --- segments --- */

static bool whole_number(double x, double most)
{
    return !clu_level_is(x) && x >= 0 && x <= most && x == floor(x);
}

/* Segment i of t, from record at of the input. */
static enum clu_status take_row(struct clu_csts_labels *t, size_t i, const struct input *in, size_t at, const struct columns *c,
                                struct clu_err *err)
{
    const double *row = in->table.x.v + at * in->table.x.cols;
    char what[200];
    static const double most[WHOLE] = {0x1p53, 0x1p53, 0x1p53, INT32_MAX};
    struct clu_csts_label *l = &t->label[i];

    for (size_t j = 0; j < WHOLE; j++)
        if (c->whole[j] != ABSENT && !whole_number(row[c->whole[j]], most[j]))
            return bad_cell(in, at, c->whole[j], "not a whole number from 0 on", err);
    l->id = c->whole[ID] == ABSENT ? (int64_t)i : (int64_t)row[c->whole[ID]];
    l->start = (size_t)row[c->whole[START]];
    l->end = (size_t)row[c->whole[END]];
    l->cluster = (int32_t)row[c->whole[CLUSTER]];
    if (l->start > l->end || (i > 0 && l->start <= t->label[i - 1].end)) {
        snprintf(what, sizeof what, "the segment from %zu to %zu ends before it starts, or starts before the last one ends", l->start, l->end);
        return bad_record(in, at, err, what);
    }
    for (size_t j = 0; j < t->pairs; j++) {
        double r = row[c->r[j]];
        if (clu_level_is(r))
            return bad_cell(in, at, c->r[j], "not a number", err);
        if (fabs(r) > 1 + 1e-9)
            return bad_cell(in, at, c->r[j], "correlations are from -1 to 1", err);
        t->r[i * t->pairs + j] = r;
    }
    return CLU_OK;
}

/* Records from .. to of the input. */
static enum clu_status take_segments(struct clu_csts_labels *t, const struct input *in, size_t from, size_t to, const struct columns *c,
                                     struct clu_err *err)
{
    enum clu_status status = clu_csts_labels_alloc(t, to - from, c->pairs, err);

    for (size_t i = from; status == CLU_OK && i < to; i++)
        status = take_row(t, i - from, in, i, c, err);
    return status;
}

/* --- one table --- */

static enum clu_status read_input(struct input *in, const struct clu_read_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    *in = (struct input){.file = opt->file, .files = opt->files, .name = input_name(opt->file, opt->files, 0)};
    return in->name ? clu_read_table(&in->table, opt, run, err) : clu_fail_memory(err);
}

static void input_clear(struct input *in)
{
    clu_table_clear(&in->table);
    clu_free(in->name);
}

enum clu_status clu_segments_read(struct clu_csts_labels *t, const char *const *file, size_t files, char delimiter,
                                  const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {.file = file, .files = files, .delimiter = delimiter, .na = CLU_NA_KEEP, .places = true,
                               .ask = {.header = CLU_HEADER_YES, .text = true}};
    struct input in;
    struct columns c = {0};
    enum clu_status status = read_input(&in, &opt, run, err);

    if (status == CLU_OK)
        status = find_columns(&in.table.schema, in.name, &c, err);
    if (status == CLU_OK)
        status = take_segments(t, &in, 0, in.table.x.rows, &c, err);
    if (status != CLU_OK)
        clu_csts_labels_clear(t);
    input_clear(&in);
    return status;
}

/* --- data --- */

void clu_segments_data(struct clu_coded *data, const char *file, struct clu_cli *cli)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_table t = {0};
    struct clu_err err = {0};

    opt.file = &file;
    opt.files = 1;
    clu_cli_check(cli, clu_read_table(&t, &opt, &cli->run, &err), &err);
    if (t.x.cols < 2 || t.x.cols > CLU_CSTS_VARIATES) {
        clu_fail(&err, CLU_USAGE, "%zu variates; choose 2 to %d with -c", t.x.cols, CLU_CSTS_VARIATES);
        clu_cli_fail(cli, &err);
    }
    clu_cli_check(cli, clu_coded_make(data, clu_mat_look(&t.x), cli->run.threads, &err), &err);
    clu_table_clear(&t);
}

enum clu_status clu_segments_correlate(struct clu_csts_labels *t, const struct clu_csts_patterns *patterns, const struct clu_coded *data,
                                       const struct clu_run *run, struct clu_err *err)
{
    struct clu_csts_labels own = {0};
    enum clu_status status = clu_csts_labels_alloc(&own, t->n, clu_csts_pairs(data->d), err);

    if (status != CLU_OK)
        return status;
    memcpy(own.label, t->label, t->n * sizeof *own.label);
    clu_csts_labels_clear(t);
    *t = own;
    return clu_csts_correlate(t, patterns, data, run, err);
}

enum clu_status clu_segments_patterns(struct clu_csts_patterns *p, size_t d, struct clu_err *err)
{
    if (d >= 2 && d <= CLU_CSTS_ENUMERATED)
        return clu_csts_patterns_enumerate(p, d, err);
    *p = (struct clu_csts_patterns){.d = d, .pairs = clu_csts_pairs(d)};
    return CLU_OK;
}

/* --- labels a row --- */

/* A column of labels as codes: code[rows]. */
struct labels {
    struct clu_codes codes;
    int32_t *code;
    size_t rows;
    bool whole; /* all are whole numbers from 0 on */
};

static void labels_clear(struct labels *l)
{
    clu_codes_clear(&l->codes);
    clu_free(l->code);
}

/* Of a single column of words the first one was taken for a header; it was none if it is a label further down. */
static bool head_is_label(const struct clu_table *table, enum clu_header header, double *label)
{
    const struct clu_schema *s = &table->schema;
    uint32_t level;

    if (header != CLU_HEADER_AUTO || !s->header || s->cols > 1
        || !clu_levels_find(&table->level, s->name[0], strlen(s->name[0]), &level))
        return false;
    *label = clu_level_box(level);
    return true;
}

static enum clu_status take_labels(struct labels *l, const struct input *in, size_t column, enum clu_header header, struct clu_err *err)
{
    const struct clu_table *table = &in->table;
    size_t n = table->x.rows;
    double first;
    bool head = head_is_label(table, header, &first);

    l->rows = n + head;
    l->code = clu_alloc(l->rows, sizeof *l->code);
    enum clu_status status = l->code ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK && head)
        status = clu_codes_add(&l->codes, &first, 1, 1, l->code, err);
    if (status == CLU_OK)
        status = clu_codes_add(&l->codes, table->x.v + column, table->x.cols, n, l->code + head, err);
    for (size_t i = 0; status == CLU_OK && i < n; i++)
        if (l->code[head + i] < 0)
            status = bad_record(in, i, err, "no label");
    l->whole = status == CLU_OK;
    for (size_t i = 0; l->whole && i < l->codes.n; i++)
        l->whole = whole_number(l->codes.value[i], INT32_MAX);
    return status;
}

/* Runs of equal labels in rows from .. to. */
static enum clu_status take_runs(struct clu_csts_labels *t, const struct labels *l, size_t from, size_t to, struct clu_err *err)
{
    enum clu_status status = clu_csts_labels_runs(t, l->code + from, to - from, 0, err);

    for (size_t i = 0; status == CLU_OK && l->whole && i < t->n; i++)
        t->label[i].cluster = (int32_t)l->codes.value[t->label[i].cluster];
    return status;
}

/* --- cutting --- */

static enum clu_status keep_text(char **to, const struct clu_table *table, double x, struct clu_err *err)
{
    char buf[CLU_NUMBER_TEXT];
    size_t len;
    const char *s = cell_text(table, x, buf, &len);

    *to = clu_strndup(s, len);
    return *to ? CLU_OK : clu_fail_memory(err);
}

static enum clu_status keep_labels(struct clu_clusterings *c, const struct clu_table *table, const struct labels *l, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    for (size_t i = 0; status == CLU_OK && !l->whole && i < l->codes.n; i++) {
        char buf[CLU_NUMBER_TEXT];
        size_t len;
        const char *s = cell_text(table, l->codes.value[i], buf, &len);
        status = clu_texts_add(&c->label, s, len, err);
    }
    return status;
}

enum { SUBJECT, DESCRIBED, KEYS };
static const char *const key_name[KEYS] = {"subject_id", "clustering_desc"};

/* Do rows a and b belong to the same clustering? */
static bool same_keys(const struct clu_table *table, const size_t key[KEYS], size_t a, size_t b)
{
    const double *x = table->x.v + a * table->x.cols, *y = table->x.v + b * table->x.cols;

    for (size_t j = 0; j < KEYS; j++)
        if (key[j] != ABSENT && memcmp(x + key[j], y + key[j], sizeof *x) != 0)
            return false;
    return true;
}

/* Where clusterings begin: start[n], and the end of the last one. */
static enum clu_status cut(size_t **start, size_t *n, const struct input *in, const size_t key[KEYS], struct clu_err *err)
{
    const struct clu_table *table = &in->table;
    size_t cap = 0, rows = table->x.rows, file;
    char what[100];

    *n = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i > 0 && same_keys(table, key, i - 1, i))
            continue;
        for (size_t g = 0; g < *n; g++)
            if (same_keys(table, key, (*start)[g], i)) {
                snprintf(what, sizeof what, "the clustering of line %llu begins again",
                         (unsigned long long)clu_table_line(table, (*start)[g], &file));
                return bad_record(in, i, err, what);
            }
        if (clu_reserve(start, &cap, *n + 2, sizeof **start) < 0)
            return clu_fail_memory(err);
        (*start)[(*n)++] = i;
    }
    (*start)[*n] = rows;
    return CLU_OK;
}

/* --- all clusterings --- */

void clu_clusterings_clear(struct clu_clusterings *c)
{
    for (size_t g = 0; c->one && g < c->n; g++) {
        clu_free(c->one[g].subject);
        clu_free(c->one[g].described);
        clu_csts_labels_clear(&c->one[g].t);
    }
    clu_free(c->one);
    clu_free(c->name);
    clu_texts_clear(&c->label);
    *c = (struct clu_clusterings){0};
}

/* What an input holds, while it is taken apart. */
struct form {
    bool segments;
    struct columns columns; /* of segments */
    struct labels labels;   /* of rows */
    size_t key[KEYS];
};

static enum clu_status find_form(struct form *f, const struct input *in, enum clu_header header, const char *label_column,
                                 struct clu_err *err)
{
    const struct clu_schema *s = &in->table.schema;
    size_t column = 0;

    for (size_t j = 0; j < KEYS; j++)
        f->key[j] = s->header ? find(s, key_name[j]) : ABSENT;
    f->segments = s->header && !label_column && (find(s, whole_name[START]) != ABSENT || find(s, whole_name[END]) != ABSENT);
    if (f->segments)
        return find_columns(s, in->name, &f->columns, err);
    if (!label_column && s->cols > 1)
        return clu_fail(err, CLU_USAGE, "%s: %zu columns, and none is 'start idx'; choose that of the labels by name", in->name, s->cols);
    if (label_column) {
        struct clu_err why = {0};
        enum clu_status status = clu_columns_one(&column, label_column, (const char *const *)s->name, s->cols, &why);
        if (status != CLU_OK)
            return clu_fail(err, status, "%s: %s", in->name, why.msg);
    }
    return take_labels(&f->labels, in, column, header, err);
}

static enum clu_status take_clusterings(struct clu_clusterings *c, const struct input *in, const struct form *f, const size_t *start, size_t n,
                                        struct clu_err *err)
{
    const struct clu_table *table = &in->table;
    size_t head = f->segments ? 0 : f->labels.rows - table->x.rows; /* the first record, if it was a label */
    enum clu_status status = f->segments ? CLU_OK : keep_labels(c, table, &f->labels, err);

    c->one = clu_calloc(n, sizeof *c->one);
    if (!c->one)
        return clu_fail_memory(err);
    c->n = n;
    for (size_t g = 0; status == CLU_OK && g < n; g++) {
        struct clu_clustering *one = &c->one[g];
        const double *row = table->x.v + start[g] * table->x.cols;
        if (f->key[SUBJECT] != ABSENT)
            status = keep_text(&one->subject, table, row[f->key[SUBJECT]], err);
        if (status == CLU_OK && f->key[DESCRIBED] != ABSENT)
            status = keep_text(&one->described, table, row[f->key[DESCRIBED]], err);
        if (status == CLU_OK)
            status = f->segments ? take_segments(&one->t, in, start[g], start[g + 1], &f->columns, err)
                                 : take_runs(&one->t, &f->labels, start[g], start[g + 1] + head, err);
    }
    return status;
}

enum clu_status clu_clusterings_read(struct clu_clusterings *c, const struct clu_read_opt *opt, const char *label_column,
                                     const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt all = *opt;
    struct input in;
    struct form f = {0};
    size_t *start = NULL, n = 0;

    all.ask = (struct clu_ask){.header = opt->ask.header, .text = true};
    if (label_column && clu_columns_by_name(label_column) && all.ask.header == CLU_HEADER_AUTO)
        all.ask.header = CLU_HEADER_YES;
    all.na = CLU_NA_KEEP;
    all.places = true;
    *c = (struct clu_clusterings){0};
    enum clu_status status = read_input(&in, &all, run, err);
    if (status == CLU_OK)
        status = find_form(&f, &in, all.ask.header, label_column, err);
    if (status == CLU_OK)
        status = cut(&start, &n, &in, f.key, err);
    if (status == CLU_OK)
        status = take_clusterings(c, &in, &f, start, n, err);
    c->delimiter = in.table.schema.delimiter;
    c->by_row = !f.segments;
    c->name = in.name;
    in.name = NULL;
    labels_clear(&f.labels);
    clu_free(start);
    input_clear(&in);
    if (status != CLU_OK)
        clu_clusterings_clear(c);
    return status;
}
