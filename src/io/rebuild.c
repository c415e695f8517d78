/* Sections: portions, the parent, rows to sinks. */
#include "io/rebuild.h"

#include "base/mem.h"
#include "io/match.h"

#include <stdlib.h>
#include <string.h>

/* --- portions --- */

/* What a child takes of the parent in one scan: rows [from, to) of the child, of which each row of the parent is kept once. */
struct portion {
    const struct clu_recipe *r;
    uint64_t from, to;
    uint64_t *want;     /* [wanted] rows of the parent, ascending */
    uint32_t *slot;     /* [to - from]: of want */
    size_t wanted, got;
    size_t *column;     /* [cols] of the parent */
    char *bytes;        /* cells one after another */
    size_t used, cap;
    size_t *at;         /* [wanted]: where those of a row begin */
    uint32_t *len;      /* [wanted][cols] */
    struct clu_cell *cell; /* [cols] */
};

static void clear_portion(struct portion *p)
{
    clu_free(p->want);
    clu_free(p->slot);
    clu_free(p->column);
    clu_free(p->bytes);
    clu_free(p->at);
    clu_free(p->len);
    clu_free(p->cell);
}

struct pair {
    uint64_t row;
    uint32_t slot;
};

static int by_row(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows that the portion wants, each once. */
static int list_wanted(struct portion *p)
{
    size_t n = (size_t)(p->to - p->from);
    struct pair *pair = clu_alloc(n, sizeof *pair);

    clu_free(p->want);
    clu_free(p->slot);
    p->want = clu_alloc(n, sizeof *p->want);
    p->slot = clu_alloc(n, sizeof *p->slot);
    p->wanted = p->got = 0;
    if (!pair || !p->want || !p->slot) {
        clu_free(pair);
        return -1;
    }
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        pair[i] = (struct pair){p->r->row[p->from + i], (uint32_t)i};
        sorted &= i == 0 || pair[i - 1].row <= pair[i].row;
    }
    if (!sorted)
        qsort(pair, n, sizeof *pair, by_row);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || pair[i].row != pair[i - 1].row)
            p->want[p->wanted++] = pair[i].row;
        p->slot[pair[i].slot] = (uint32_t)(p->wanted - 1);
    }
    clu_free(pair);
    return 0;
}

/* The next rows of the child, as many as may be held. */
static enum clu_status begin_portion(struct portion *p, uint64_t rows, struct clu_err *err)
{
    p->from = p->to;
    p->to = p->r->rows - p->from < rows ? p->r->rows : p->from + rows;
    p->used = 0;
    if (list_wanted(p) < 0)
        return clu_fail_memory(err);
    clu_free(p->at);
    clu_free(p->len);
    p->at = clu_alloc(p->wanted, sizeof *p->at);
    p->len = clu_alloc(p->wanted * p->r->cols, sizeof *p->len);
    return p->at && p->len ? CLU_OK : clu_fail_memory(err);
}

/* --- the parent --- */

struct scan {
    struct portion *p;
    size_t n;
    uint64_t row;
    enum clu_status status;
    struct clu_err *err;
};

static enum clu_status keep_row(struct portion *p, const struct clu_cell *cell, struct clu_err *err)
{
    size_t need = 0, cols = p->r->cols;

    for (size_t j = 0; j < cols; j++)
        need += cell[p->column[j]].len;
    if (clu_reserve(&p->bytes, &p->cap, p->used + need, 1) < 0)
        return clu_fail_memory(err);
    p->at[p->got] = p->used;
    for (size_t j = 0; j < cols; j++) {
        const struct clu_cell *c = &cell[p->column[j]];
        memcpy(p->bytes + p->used, c->s, c->len);
        p->len[p->got * cols + j] = c->len;
        p->used += c->len;
    }
    p->got++;
    return CLU_OK;
}

static bool parent_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct scan *s = ctx;
    bool more = false;

    (void)worker;
    for (size_t i = 0; i < s->n && s->status == CLU_OK; i++) {
        struct portion *p = &s->p[i];
        if (p->got < p->wanted && p->want[p->got] == s->row)
            s->status = keep_row(p, cell, s->err);
        more |= p->got < p->wanted;
    }
    s->row++;
    return more && s->status == CLU_OK;
}

static enum clu_status find_columns(struct portion *p, const char *const *name, size_t cols, struct clu_err *err)
{
    char shown[4 * 80 + 4];

    for (size_t j = 0; j < p->r->cols; j++) {
        size_t c = 0;
        while (c < cols && strcmp(name[c], p->r->name[j]) != 0)
            c++;
        if (c == cols)
            return clu_fail(err, CLU_DATA, "no column '%s'", clu_show(p->r->name[j], strlen(p->r->name[j]), 80, shown));
        p->column[j] = c;
    }
    return CLU_OK;
}

/* Cells as they are in the file, so that they can be written again. */
static enum clu_status scan_parent(struct portion *p, size_t n, const char *parent, const struct clu_run *run, struct clu_err *err)
{
    struct scan s = {.p = p, .n = n, .err = err};
    struct clu_visitor visitor = {parent_row, &s};
    struct clu_lake_opt opt = clu_recipe_opening(p->r, &p->r->parent);
    struct clu_opened *o;
    const char *const *name;
    enum clu_status status = clu_opened_begin(&o, parent, &opt, err);

    if (status != CLU_OK)
        return status;
    size_t cols = clu_rows_columns(clu_opened_rows(o), &name);
    for (size_t i = 0; i < n && status == CLU_OK; i++)
        status = find_columns(&p[i], name, cols, err);
    if (status == CLU_OK)
        status = clu_rows_scan(clu_opened_rows(o), NULL, 1, &visitor, 0, 0, run, err);
    clu_opened_end(o);
    if (status == CLU_OK)
        status = s.status;
    for (size_t i = 0; i < n && status == CLU_OK; i++)
        if (p[i].got < p[i].wanted)
            status = clu_fail(err, CLU_DATA, "no row %llu", (unsigned long long)p[i].want[p[i].got] + 1);
    return status;
}

/* --- rows to sinks --- */

static enum clu_status hand_on(struct portion *p, const struct clu_rebuild_sink *sink, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    size_t cols = p->r->cols;

    for (uint64_t i = p->from; i < p->to && status == CLU_OK; i++) {
        size_t slot = p->slot[i - p->from];
        const char *s = p->bytes + p->at[slot];
        for (size_t j = 0; j < cols; j++) {
            p->cell[j] = (struct clu_cell){s, p->len[slot * cols + j], false};
            s += p->cell[j].len;
        }
        status = sink->row(sink->ctx, p->cell, i + 1 == p->r->rows, err);
    }
    return status;
}

/* Rows of each portion: their cells are guessed at 16 bytes, and what is known of each beside them is about as much. */
static uint64_t rows_within(uint64_t budget, const struct clu_recipe *const *r, size_t n)
{
    uint64_t row = 0;

    for (size_t i = 0; i < n; i++)
        row += 48 + 20 * (uint64_t)r[i]->cols;
    return budget / row > 1000 ? budget / row : 1000;
}

enum clu_status clu_rebuild(const struct clu_recipe *const *r, const struct clu_rebuild_sink *sink, size_t n, const char *parent,
                            uint64_t budget, const struct clu_run *run, struct clu_err *err)
{
    struct portion *p = clu_calloc(n, sizeof *p);
    enum clu_status status = p ? CLU_OK : clu_fail_memory(err);
    uint64_t rows = rows_within(budget, r, n);

    if (rows > UINT32_MAX)
        rows = UINT32_MAX;
    for (size_t i = 0; i < n && status == CLU_OK; i++) {
        p[i].r = r[i];
        p[i].column = clu_alloc(r[i]->cols, sizeof *p[i].column);
        p[i].cell = clu_alloc(r[i]->cols, sizeof *p[i].cell);
        if (!p[i].column || !p[i].cell)
            status = clu_fail_memory(err);
    }
    for (bool more = true; more && status == CLU_OK;) {
        more = false;
        for (size_t i = 0; i < n && status == CLU_OK; i++)
            status = begin_portion(&p[i], rows, err);
        if (status == CLU_OK)
            status = scan_parent(p, n, parent, run, err);
        for (size_t i = 0; i < n && status == CLU_OK; i++) {
            status = hand_on(&p[i], &sink[i], err);
            more |= p[i].to < r[i]->rows;
        }
    }
    for (size_t i = 0; p && i < n; i++)
        clear_portion(&p[i]);
    clu_free(p);
    return status;
}
