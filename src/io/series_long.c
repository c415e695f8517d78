/* A long table: id, time, values. Its rows are kept as they come; at the end they are gathered by series and put in the order of time.
 * Sections: places, rows, order, series, all of it. */
#include "io/series_state.h"

#include "base/mem.h"
#include "io/read_state.h"
#include "tab/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From this row on, lines are counted on from this one. */
struct mark {
    size_t row;
    uint64_t line;
    size_t file; /* text of names */
};

struct long_form {
    struct clu_series_build *b;
    struct clu_reader *reader;
    const struct clu_schema *schema;
    size_t rows, channels, series;
    uint32_t *owner; /* [rows] its series */
    double *time;    /* [rows] */
    double *v;       /* [rows][channels] */
    size_t owner_cap, time_cap, v_cap;
    struct mark *mark; /* [marks] */
    size_t marks, mark_cap;
    struct clu_texts names; /* of files */
    bool dated;             /* time is a date, as in the first row */
};

static void clear(struct long_form *l)
{
    clu_free(l->owner);
    clu_free(l->time);
    clu_free(l->v);
    clu_free(l->mark);
    clu_texts_clear(&l->names);
}

/* --- places: where a row came from, when that is asked long after it was read --- */

static enum clu_status add_mark(struct long_form *l, size_t row, uint64_t line, struct clu_err *err)
{
    if (clu_reserve(&l->mark, &l->mark_cap, l->marks + 1, sizeof *l->mark) < 0)
        return clu_fail_memory(err);
    l->mark[l->marks++] = (struct mark){row, line, l->names.n - 1};
    return CLU_OK;
}

/* Call it for each batch before its rows are added. */
static enum clu_status note_places(struct long_form *l, const struct clu_batch *batch, struct clu_err *err)
{
    const char *name = clu_reader_file(l->reader), *last = "";
    size_t len = strlen(name), last_len = 0;
    enum clu_status status = CLU_OK;

    if (l->names.n > 0)
        last = clu_texts_at(&l->names, l->names.n - 1, &last_len);
    if (l->names.n == 0 || last_len != len || memcmp(last, name, len) != 0)
        status = clu_texts_add(&l->names, name, len, err);
    if (status == CLU_OK)
        status = add_mark(l, l->rows, batch->line, err);
    struct clu_again at = {0};
    for (size_t i = 0; batch->lines != batch->rows && i < batch->rows && status == CLU_OK; i++) {
        const struct clu_record *record = clu_reader_again(l->reader, batch, &at, i);
        if (!record)
            return clu_fail_memory(err);
        if (record->lines > 1)
            status = add_mark(l, l->rows + i + 1, at.next_line, err);
    }
    return status;
}

/* The last mark at or before the row. */
static const struct mark *mark_of(const struct long_form *l, size_t row)
{
    size_t low = 0, high = l->marks;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (l->mark[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return &l->mark[low];
}

/* --- rows --- */

static enum clu_status bad_row(const struct long_form *l, const struct clu_batch *batch, size_t i, size_t j, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4];
    struct clu_again at = {0};
    const struct clu_record *record = clu_reader_again(l->reader, batch, &at, i);
    const char *file = clu_reader_file(l->reader);

    if (!record)
        return clu_fail_memory(err);
    const struct clu_field *f = &record->field[l->schema->pick[j]];
    clu_schema_column(l->schema, l->schema->pick[j], column, sizeof column);
    clu_show(f->s, f->len, 40, shown);
    if (j < 2)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing %s ('%s')", file, (unsigned long long)at.line, column,
                        j == 0 ? "id" : "time", shown);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing value ('%s'); see %s", file, (unsigned long long)at.line, column, shown,
                    clu_series_na_option(l->b->opt));
}

/* Numbers and dates in one column would be put in an order that nobody meant. */
static enum clu_status mixed_times(const struct long_form *l, const struct clu_batch *batch, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4];
    struct clu_again at = {0};
    bool dated = l->dated;

    clu_schema_column(l->schema, l->schema->pick[1], column, sizeof column);
    for (size_t i = 0;; i++) { /* one of them is there */
        const struct clu_record *record = clu_reader_again(l->reader, batch, &at, i);
        if (!record)
            return clu_fail_memory(err);
        const struct clu_field *f = &record->field[l->schema->pick[1]];
        double x;
        bool date = clu_value_read(&l->reader->plan.rule, f->s, f->len, &x) != CLU_VALUE_NUMBER;
        if (l->rows + i == 0)
            dated = date;
        if (date != dated)
            return clu_fail(err, CLU_DATA, "%s:%llu: %s: a %s among %s: '%s'", clu_reader_file(l->reader),
                            (unsigned long long)at.line, column, date ? "date" : "number", date ? "numbers" : "dates",
                            clu_show(f->s, f->len, 40, shown));
    }
}

static enum clu_status check_times(struct long_form *l, const struct clu_batch *batch, struct clu_err *err)
{
    if (l->rows == 0)
        l->dated = batch->dates == batch->rows;
    return batch->dates == (l->dated ? batch->rows : 0) ? CLU_OK : mixed_times(l, batch, err);
}

static enum clu_status make_room(struct long_form *l, size_t more, struct clu_err *err)
{
    size_t rows = l->rows + more, cell = sizeof *l->v;
    /* The rows as they come, and then their order and the series. */
    double each = sizeof *l->owner + sizeof *l->time + sizeof(size_t) + 2 * (double)(l->channels * cell);
    enum clu_status status = clu_need(l->b->run, (double)rows * each, err, "the samples of the first %zu rows", rows);

    if (status == CLU_OK && (clu_reserve(&l->owner, &l->owner_cap, rows, sizeof *l->owner) < 0 ||
                             clu_reserve(&l->time, &l->time_cap, rows, sizeof *l->time) < 0 ||
                             clu_reserve(&l->v, &l->v_cap, rows, l->channels * cell) < 0))
        status = clu_read_no_memory(l->rows, err);
    return status;
}

static enum clu_status add_batch(struct long_form *l, const struct clu_batch *batch, struct clu_err *err)
{
    const size_t picked = 2 + l->channels;
    const bool refuse = l->b->opt->read.na == CLU_NA_ERROR;
    enum clu_status status = make_room(l, batch->rows, err);

    if (status == CLU_OK)
        status = note_places(l, batch, err);
    for (size_t i = 0; batch->missing && i < batch->rows && status == CLU_OK; i++) {
        const double *x = batch->x + i * picked;
        for (size_t j = 0; j < (refuse ? picked : 2) && status == CLU_OK; j++)
            if (isnan(x[j]) && !clu_level_is(x[j]))
                status = bad_row(l, batch, i, j, err);
    }
    if (status == CLU_OK)
        status = check_times(l, batch, err);
    for (size_t i = 0; i < batch->rows && status == CLU_OK; i++, l->rows++) {
        const double *x = batch->x + i * picked;
        l->owner[l->rows] = clu_level_of(x[0]);
        l->time[l->rows] = x[1];
        memcpy(l->v + l->rows * l->channels, x + 2, l->channels * sizeof *x);
    }
    return status;
}

/* --- order --- */

struct stamp {
    double time;
    size_t row;
};

static int by_time(const void *a, const void *b)
{
    const struct stamp *l = a, *r = b;
    if (l->time != r->time)
        return l->time < r->time ? -1 : 1;
    return l->row < r->row ? -1 : l->row > r->row;
}

/* The rows of one series by time. *later is the first row of the table, in the order of the input, whose time its series had before
 * already, in row *sooner. */
static void sort_one(const struct long_form *l, size_t *order, size_t n, struct stamp *stamp, size_t *sooner, size_t *later)
{
    bool rising = true;

    for (size_t i = 1; i < n; i++)
        rising &= l->time[order[i - 1]] < l->time[order[i]];
    if (rising)
        return;
    for (size_t i = 0; i < n; i++)
        stamp[i] = (struct stamp){l->time[order[i]], order[i]};
    qsort(stamp, n, sizeof *stamp, by_time);
    for (size_t i = 0; i < n; i++) {
        order[i] = stamp[i].row;
        if (i > 0 && stamp[i].time == stamp[i - 1].time && stamp[i].row < *later) {
            *sooner = stamp[i - 1].row;
            *later = stamp[i].row;
        }
    }
}

static enum clu_status twice(const struct long_form *l, size_t sooner, size_t later, struct clu_err *err)
{
    const struct mark *m = mark_of(l, later), *first = mark_of(l, sooner);
    size_t name_len, first_len, id_len;
    const char *name = clu_texts_at(&l->names, m->file, &name_len), *first_name = clu_texts_at(&l->names, first->file, &first_len);
    const char *id = clu_texts_at(&l->b->t->id, l->owner[later], &id_len);
    char shown[4 * 40 + 4];

    return clu_fail(err, CLU_DATA, "%.*s:%llu: series '%s' has a sample at that time already: %.*s:%llu", (int)name_len, name,
                    (unsigned long long)(m->line + (later - m->row)), clu_show(id, id_len, 40, shown), (int)first_len, first_name,
                    (unsigned long long)(first->line + (sooner - first->row)));
}

/* The rows by series, and in them by time; series i begins at start[i]. */
static enum clu_status put_in_order(const struct long_form *l, size_t *order, size_t *start, struct clu_err *err)
{
    size_t most = 0, sooner = 0, later = l->rows;

    for (size_t i = 0; i < l->rows; i++)
        start[l->owner[i] + 1]++;
    for (size_t i = 0; i < l->series; i++) {
        most = start[i + 1] > most ? start[i + 1] : most;
        start[i + 1] += start[i];
    }
    struct stamp *stamp = clu_alloc(most, sizeof *stamp);
    if (!stamp)
        return clu_fail_memory(err);
    for (size_t i = 0; i < l->rows; i++)
        order[start[l->owner[i]]++] = i;
    for (size_t i = l->series; i > 0; i--) /* each start has become the next one's */
        start[i] = start[i - 1];
    start[0] = 0;
    for (size_t i = 0; i < l->series; i++)
        sort_one(l, order + start[i], start[i + 1] - start[i], stamp, &sooner, &later);
    clu_free(stamp);
    return later < l->rows ? twice(l, sooner, later, err) : CLU_OK;
}

/* --- series --- */

static enum clu_status take_one(const struct long_form *l, size_t which, const size_t *order, size_t n, struct clu_err *err)
{
    bool any = false, gap = false;
    double *v;

    for (size_t i = 0; i < n; i++) {
        const double *x = l->v + order[i] * l->channels;
        gap |= clu_series_any_gap(x, l->channels);
        any |= clu_series_any_sample(x, l->channels);
    }
    if (gap && l->b->opt->read.na == CLU_NA_DROP)
        return clu_series_leave(l->b, err);
    if (!any) {
        char shown[4 * 40 + 4];
        size_t len;
        const char *id = clu_texts_at(&l->b->t->id, which, &len);
        return clu_fail(err, CLU_DATA, "%s: series '%s' has no sample", clu_reader_file(l->reader), clu_show(id, len, 40, shown));
    }
    enum clu_status status = clu_series_take(l->b, n, &v, err);
    for (size_t c = 0; c < l->channels && status == CLU_OK; c++)
        for (size_t i = 0; i < n; i++)
            *v++ = l->v[order[i] * l->channels + c];
    l->b->t->x.gaps |= gap;
    return status;
}

static enum clu_status build(struct long_form *l, struct clu_err *err)
{
    struct clu_texts *id = &l->b->t->id;
    enum clu_status status = clu_texts_append(id, &clu_reader_levels(l->reader)->text, err);
    size_t *start, *order;

    if (status != CLU_OK)
        return status;
    l->series = id->n;
    start = clu_calloc(l->series + 1, sizeof *start);
    order = clu_alloc(l->rows, sizeof *order);
    status = start && order ? put_in_order(l, order, start, err) : clu_fail_memory(err);
    for (size_t i = 0; i < l->series && status == CLU_OK; i++)
        status = take_one(l, i, order + start[i], start[i + 1] - start[i], err);
    clu_free(start);
    clu_free(order);
    return status;
}

/* --- all of it --- */

enum clu_status clu_series_long(struct clu_series_build *b, struct clu_err *err)
{
    static const uint8_t id[] = {1};
    const char *columns = b->opt->longs ? b->opt->longs : "1-";
    const struct clu_read_opt *o = &b->opt->read;
    struct long_form l = {.b = b};
    struct clu_batch batch;
    struct clu_read_opt read = {
        .file = o->file,
        .files = o->files,
        .ask = {.header = o->ask.header,
                .columns = &columns,
                .ncolumns = 1,
                .nominal_at = id,
                .nominals_at = 1,
                .time = 2},
        .delimiter = o->delimiter,
        .mark = o->mark,
        .na_values = o->na_values,
        .na = CLU_NA_KEEP, /* a missing id or time is another matter than a missing value */
    };
    enum clu_status status = clu_reader_open(&l.reader, &read, b->run, err);

    if (status != CLU_OK)
        return status;
    l.schema = clu_reader_schema(l.reader);
    if (l.schema->picked < 3)
        status = clu_fail(err, CLU_USAGE, "a long table needs 3 columns at least (id, time, value), not %zu", l.schema->picked);
    else
        l.channels = b->t->x.channels = l.schema->picked - 2;
    batch.rows = 1;
    while (status == CLU_OK && batch.rows > 0) {
        status = clu_reader_next(l.reader, &batch, err);
        if (status == CLU_OK && batch.rows > 0)
            status = add_batch(&l, &batch, err);
    }
    if (status == CLU_OK)
        status = build(&l, err);
    if (status == CLU_OK) {
        b->t->schema = l.reader->plan.schema;
        l.reader->plan.schema = (struct clu_schema){0};
    }
    clu_reader_close(l.reader);
    clear(&l);
    return status;
}
