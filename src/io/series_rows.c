/* A series a record. Sections: messages, one record, all records, the schema. */
#include "io/series_state.h"

#include "base/mem.h"
#include "io/read_state.h"

#include <math.h>
#include <string.h>

struct rows {
    struct clu_series_build *b;
    struct clu_reader *reader;
    const struct clu_batch *batch;
    const struct clu_schema *schema;
    size_t channels;
    size_t widest;  /* samples of the longest record so far */
};

/* A record: sample t of channel c is at x[c * block + t], if that is before width; else it is missing. */
struct cells {
    const double *x;
    size_t row, width, block;
};

/* --- messages --- */

static enum clu_status missing(const struct rows *r, const struct cells *w, size_t sample, struct clu_err *err)
{
    char column[256], shown[4 * 40 + 4] = "";
    size_t c = r->schema->pick[sample];
    struct clu_again at = {0};
    const struct clu_record *record = clu_reader_again(r->reader, r->batch, &at, w->row);

    if (!record)
        return clu_fail_memory(err);
    if (c < record->fields)
        clu_show(record->field[c].s, record->field[c].len, 40, shown);
    return clu_fail(err, CLU_DATA, "%s:%llu: %s: missing value ('%s'); see %s", clu_reader_file(r->reader),
                    (unsigned long long)at.line, clu_schema_column(r->schema, c, column, sizeof column), shown,
                    clu_series_na_option(r->b->opt));
}

static enum clu_status no_sample(const struct rows *r, const struct cells *w, struct clu_err *err)
{
    struct clu_again at = {0};

    if (!clu_reader_again(r->reader, r->batch, &at, w->row))
        return clu_fail_memory(err);
    return clu_fail(err, CLU_DATA, "%s:%llu: no sample", clu_reader_file(r->reader), (unsigned long long)at.line);
}

static enum clu_status uneven(const struct rows *r, const struct cells *w, struct clu_err *err)
{
    struct clu_again at = {0};

    if (!clu_reader_again(r->reader, r->batch, &at, w->row))
        return clu_fail_memory(err);
    return clu_fail(err, CLU_DATA, "%s:%llu: %zu samples cannot be divided into %zu channels", clu_reader_file(r->reader),
                    (unsigned long long)at.line, w->width, r->channels);
}

/* --- one record --- */

/* Cells of channel c that are there. */
static size_t there(const struct cells *w, size_t c)
{
    size_t from = c * w->block;
    return from >= w->width ? 0 : w->width - from < w->block ? w->width - from : w->block;
}

/* Samples of a channel up to the last that is not missing. */
static size_t channel_length(const struct cells *w, size_t c)
{
    size_t len = there(w, c);
    while (len > 0 && isnan(w->x[c * w->block + len - 1]))
        len--;
    return len;
}

/* The first missing sample of a series of that length, in the order of columns; false when none is. */
static bool first_gap(const struct rows *r, const struct cells *w, size_t len, size_t *sample)
{
    for (size_t c = 0; c < r->channels; c++) {
        size_t own = there(w, c), upto = own < len ? own : len;
        const double *x = w->x + c * w->block;
        if (upto == len && !clu_series_any_gap(x, len))
            continue;
        for (*sample = 0; *sample < upto && !isnan(x[*sample]);)
            ++*sample;
        *sample += c * w->block;
        return true;
    }
    return false;
}

static enum clu_status take(struct rows *r, const struct cells *w, struct clu_err *err)
{
    size_t len = 0, gap;
    bool any = false;
    enum clu_na na = r->b->opt->read.na;
    double *v;

    for (size_t c = 0; c < r->channels; c++) {
        size_t own = channel_length(w, c);
        len = own > len ? own : len;
    }
    if (len > 0)
        any = first_gap(r, w, len, &gap);
    if (na == CLU_NA_DROP && (len == 0 || any))
        return clu_series_leave(r->b, err);
    if (len == 0)
        return no_sample(r, w, err);
    if (na == CLU_NA_ERROR && any)
        return missing(r, w, gap, err);
    enum clu_status status = clu_series_take(r->b, len, &v, err);
    if (status != CLU_OK)
        return status;
    r->b->t->x.gaps |= any;
    for (size_t c = 0; c < r->channels; c++, v += len) {
        size_t own = there(w, c), upto = own < len ? own : len;
        memcpy(v, w->x + (upto > 0 ? c * w->block : 0), upto * sizeof *v);
        for (size_t t = upto; t < len; t++)
            v[t] = NAN;
    }
    return CLU_OK;
}

/* --- all records --- */

static enum clu_status take_batch(struct rows *r, const struct clu_batch *batch, struct clu_err *err)
{
    struct clu_series_table *t = r->b->t;
    size_t from = 0;

    r->batch = batch;
    for (size_t i = 0; i < batch->rows; from = batch->end[i++]) {
        struct cells w = {.x = batch->x + from, .row = i, .width = batch->end[i] - from};
        size_t width = r->schema->header ? r->schema->picked : w.width;
        w.block = width / r->channels;
        r->widest = w.width > r->widest ? w.width : r->widest;
        enum clu_status status = w.block * r->channels == width ? take(r, &w, err) : uneven(r, &w, err);
        if (status != CLU_OK)
            return status;
    }
    if ((batch->id && clu_texts_append(&t->id, batch->id, NULL) != CLU_OK) ||
        (batch->label && clu_texts_append(&t->label, batch->label, NULL) != CLU_OK) ||
        (batch->text && clu_texts_append(&t->text, batch->text, NULL) != CLU_OK))
        return clu_read_no_memory(t->first + t->rows, err);
    return r->b->opt->portion ? clu_series_hand_out(r->b, r->schema, err) : CLU_OK;
}

/* --- the schema --- */

/* Without a header nobody knew how long the records would be. */
static void settle(struct clu_schema *s, size_t widest)
{
    if (s->header)
        return;
    s->picked = widest < s->picked ? widest : s->picked;
    s->cols = 0;
    for (size_t j = 0; j < s->picked; j++)
        s->cols = s->pick[j] >= s->cols ? s->pick[j] + 1 : s->cols;
    if (s->id != CLU_NO_COLUMN && s->id >= s->cols)
        s->cols = s->id + 1;
    if (s->label != CLU_NO_COLUMN && s->label >= s->cols)
        s->cols = s->label + 1;
}

enum clu_status clu_series_rows(struct clu_series_build *b, struct clu_err *err)
{
    const struct clu_series_opt *opt = b->opt;
    struct rows r = {.b = b, .channels = opt->channels > 0 ? opt->channels : 1};
    struct clu_batch batch;
    /* What is missing, and whether that matters, is seen when the end of a series is. */
    struct clu_read_opt read = {
        .file = opt->read.file,
        .files = opt->read.files,
        .first = b->first,
        .ask = {.header = opt->read.ask.header,
                .columns = opt->read.ask.columns,
                .ncolumns = opt->read.ask.ncolumns,
                .id = opt->read.ask.id,
                .label = opt->label,
                .ragged = true},
        .delimiter = opt->read.delimiter,
        .mark = opt->read.mark,
        .na_values = opt->read.na_values,
        .na = CLU_NA_KEEP,
        .float32 = opt->read.float32,
        .keep_text = opt->read.keep_text,
        .eager = opt->read.eager,
    };
    enum clu_status status = clu_reader_open(&r.reader, &read, b->run, err);

    if (status != CLU_OK)
        return status;
    r.schema = clu_reader_schema(r.reader);
    b->t->x.channels = r.channels;
    if (r.schema->header && r.schema->picked % r.channels != 0)
        status = clu_fail(err, CLU_USAGE, "%zu columns cannot be divided into %zu channels", r.schema->picked, r.channels);
    batch.rows = 1;
    while (status == CLU_OK && batch.rows > 0) {
        status = clu_reader_next(r.reader, &batch, err);
        if (status == CLU_OK && batch.rows > 0)
            status = take_batch(&r, &batch, err);
    }
    if (status == CLU_OK && !opt->portion) {
        b->t->schema = r.reader->plan.schema;
        r.reader->plan.schema = (struct clu_schema){0};
        settle(&b->t->schema, r.widest);
    }
    clu_reader_close(r.reader);
    return status;
}
