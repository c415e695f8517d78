/* Whole tables: the batches of a reader, gathered. Sections: rows, missing values, all of it. */
#include "io/read.h"

#include "base/mem.h"
#include "io/read_state.h"

#include <math.h>
#include <string.h>

/* --- rows --- */

/* Room for more rows, after a look at what is allowed. */
static enum clu_status make_room(struct clu_table *t, size_t more, size_t cols, const struct clu_reader *r,
                                 struct clu_err *err)
{
    size_t rows = t->x.rows + more, number = r->opt->float32 ? sizeof(float) : sizeof(double);
    enum clu_status status =
        clu_need(r->run, (double)rows * (double)cols * (double)number, err, "the numbers of the first %zu rows", rows);

    t->x.cols = cols;
    if (status == CLU_OK && clu_mat_reserve(&t->x, rows, r->opt->float32) < 0)
        status = clu_read_no_memory(t->rows, err);
    return status;
}

/* Rows of a batch on their way into the matrix. */
struct copy {
    const double *x;
    const uint8_t *missing; /* rows to leave out, or NULL */
    size_t rows, at;
};

static void copy_rows(struct clu_mat *m, const struct copy *c)
{
    size_t cols = m->cols, at = c->at;

    for (size_t from = 0, to; from < c->rows; from = to) { /* runs of rows that are kept */
        for (to = from; to < c->rows && !(c->missing && c->missing[to]);)
            to++;
        const double *x = c->x + from * cols;
        size_t n = (to - from) * cols;
        if (m->v)
            memcpy(m->v + at * cols, x, n * sizeof *x);
        else
            for (size_t i = 0; i < n; i++)
                m->f[at * cols + i] = (float)x[i];
        at += to - from;
        while (to < c->rows && c->missing && c->missing[to])
            to++;
    }
}

struct growing {
    struct clu_table *table;
    size_t weight_cap, kept_cap, mark_cap;
    struct copy copy[CLU_READ_BLOCKS]; /* of the blocks at hand: done together, so that the threads share the page faults */
    int copies;
};

static void do_copies(struct growing *g, const struct clu_run *run)
{
    int n = g->copies, threads = run->threads < n ? run->threads : n;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (int i = 0; i < n; i++)
        copy_rows(&g->table->x, &g->copy[i]);
    g->copies = 0;
}

static int note_kept(struct growing *g, const struct clu_batch *b)
{
    struct clu_table *t = g->table;
    bool had = t->kept;

    if (!had && !b->missing)
        return 0;
    if (clu_reserve(&t->kept, &g->kept_cap, t->rows + b->rows, 1) < 0)
        return -1;
    if (!had)
        memset(t->kept, 1, t->rows);
    for (size_t i = 0; i < b->rows; i++)
        t->kept[t->rows + i] = !b->missing || !b->missing[i];
    return 0;
}

/* Where the records of the batch are, as far as that does not follow from those before. */
static int note_places(struct growing *g, const struct clu_batch *b, struct clu_reader *r)
{
    struct clu_table *t = g->table;
    struct clu_again at = {0};
    size_t file;

    for (size_t i = 0; i < b->rows; i++) {
        if (b->lines > b->rows && !clu_reader_again(r, b, &at, i))
            return -1;
        uint64_t line = b->lines > b->rows ? at.line : b->line + i;
        if (t->marks > 0 && clu_table_line(t, t->rows + i, &file) == line && file == r->file)
            continue;
        if (clu_reserve(&t->mark, &g->mark_cap, t->marks + 1, sizeof *t->mark) < 0)
            return -1;
        t->mark[t->marks++] = (struct clu_mark){t->rows + i, r->file, line};
    }
    return 0;
}

static void add_weights(struct clu_table *t, const struct clu_batch *b, const uint8_t *missing)
{
    size_t at = t->x.rows;

    for (size_t i = 0; i < b->rows; i++)
        if (!missing || !missing[i])
            t->weight[at++] = b->weight[i];
}

static enum clu_status add_batch(struct growing *g, const struct clu_batch *b, struct clu_reader *r,
                                 struct clu_err *err)
{
    struct clu_table *t = g->table;
    const uint8_t *missing = r->opt->na == CLU_NA_DROP ? b->missing : NULL;
    enum clu_status status = make_room(t, b->rows, r->plan.schema.picked, r, err);

    if (status != CLU_OK)
        return status;
    if ((b->weight && clu_reserve(&t->weight, &g->weight_cap, t->x.rows + b->rows, sizeof *t->weight) < 0) ||
        (b->id && clu_texts_append(&t->id, b->id, NULL) != CLU_OK) ||
        (b->text && clu_texts_append(&t->text, b->text, NULL) != CLU_OK) ||
        (r->opt->na == CLU_NA_DROP && note_kept(g, b) < 0) || (r->opt->places && note_places(g, b, r) < 0))
        return clu_read_no_memory(t->rows, err);
    if (b->weight)
        add_weights(t, b, missing);
    g->copy[g->copies++] = (struct copy){b->x, missing, b->rows, t->x.rows};
    t->x.rows += b->rows;
    for (size_t i = 0; missing && i < b->rows; i++)
        t->x.rows -= missing[i];
    t->rows += b->rows;
    size_t more = r->next + 1;
    while (more < r->blocks && r->block[more].rows == 0)
        more++;
    if (more == r->blocks) /* the blocks are about to be used again */
        do_copies(g, r->run);
    return CLU_OK;
}

/* --- missing values --- */

/* Mean of the values of column j; compensated, and safe from overflow. NAN when there are none. */
static double column_mean(struct clu_view x, size_t j)
{
    double sum = 0, lost = 0, unit = 1;
    size_t n = 0;

    for (size_t i = 0; i < x.rows; i++)
        if (fabs(clu_view_at(x, i, j)) > 0x1p900)
            unit = 0x1p-64; /* more rows than that do not exist */
    for (size_t i = 0; i < x.rows; i++) {
        double v = clu_view_at(x, i, j) * unit, next = sum + v;
        if (v != v)
            continue;
        lost += fabs(sum) >= fabs(v) ? (sum - next) + v : (v - next) + sum;
        sum = next;
        n++;
    }
    if (n == 0)
        return NAN;
    double mean = sum / (double)n;
    mean += (fma(-mean, (double)n, sum) + lost) / (double)n; /* what the division left over */
    return mean / unit;
}

static bool has_text(const struct clu_mat *m, size_t j)
{
    for (size_t i = 0; m->v && i < m->rows; i++)
        if (clu_level_is(m->v[i * m->cols + j]))
            return true;
    return false;
}

static enum clu_status fill_means(struct clu_table *t, const struct clu_schema *s, struct clu_err *err)
{
    char column[256];

    t->fill = clu_alloc(t->x.cols, sizeof *t->fill);
    if (!t->fill)
        return clu_fail_memory(err);
    for (size_t j = 0; j < t->x.cols; j++) {
        if (has_text(&t->x, j))
            return clu_fail(err, CLU_DATA, "%s holds texts, which have no mean",
                            clu_schema_column(s, s->pick[j], column, sizeof column));
        t->fill[j] = column_mean(clu_mat_look(&t->x), j);
        if (t->fill[j] != t->fill[j])
            return clu_fail(err, CLU_DATA, "%s has no values", clu_schema_column(s, s->pick[j], column, sizeof column));
        for (size_t i = j; i < t->x.rows * t->x.cols; i += t->x.cols) {
            if (t->x.v && t->x.v[i] != t->x.v[i])
                t->x.v[i] = t->fill[j];
            if (t->x.f && t->x.f[i] != t->x.f[i])
                t->x.f[i] = (float)t->fill[j];
        }
    }
    return CLU_OK;
}

/* --- all of it --- */

enum clu_status clu_read_table(struct clu_table *out, const struct clu_read_opt *opt, const struct clu_run *run,
                               struct clu_err *err)
{
    struct clu_reader *r;
    struct growing g = {.table = out};
    struct clu_batch b;

    *out = (struct clu_table){0};
    enum clu_status status = clu_reader_open(&r, opt, run, err);
    if (status != CLU_OK)
        return status;
    do
        status = clu_reader_next(r, &b, err);
    while (status == CLU_OK && b.rows > 0 && (status = add_batch(&g, &b, r, err)) == CLU_OK);
    if (status == CLU_OK && out->x.rows == 0)
        status = clu_fail(err, CLU_DATA, "no complete rows");
    if (status == CLU_OK && opt->na == CLU_NA_MEAN)
        status = fill_means(out, &r->plan.schema, err);
    if (status == CLU_OK) {
        out->schema = r->plan.schema;
        r->plan.schema = (struct clu_schema){0};
        out->level = r->level;
        r->level = (struct clu_levels){0};
    }
    clu_reader_close(r);
    if (status != CLU_OK)
        clu_table_clear(out);
    return status;
}
