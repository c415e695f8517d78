/* Sections: heap, search, matching.
 *
 * Costs are minus the weights. Every row has a column of its own at cost 0 that no other row can have: to be matched with it is to stay
 * alone. Row potentials u and column potentials v keep every cost - u - v at 0 or above, and at 0 along the matching; v is 0 for a
 * free column, as it is for the rows' own ones. */
#include "alg/match.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* --- heap: the nearest columns first, of equals the lowest --- */

struct entry {
    double reach;
    int32_t col;
};

struct heap {
    struct entry *at; /* [cells] is room enough: a search enters every cell once at most */
    size_t n;
};

static bool before(struct entry a, struct entry b)
{
    return a.reach < b.reach || (a.reach <= b.reach && a.col < b.col);
}

static void heap_push(struct heap *h, struct entry e)
{
    size_t at = h->n++;

    for (; at > 0 && before(e, h->at[(at - 1) / 2]); at = (at - 1) / 2)
        h->at[at] = h->at[(at - 1) / 2];
    h->at[at] = e;
}

static void heap_pop(struct heap *h)
{
    struct entry e = h->at[--h->n];
    size_t at = 0, next;

    while ((next = 2 * at + 1) < h->n) {
        next += next + 1 < h->n && before(h->at[next + 1], h->at[next]);
        if (!before(h->at[next], e))
            break;
        h->at[at] = h->at[next];
        at = next;
    }
    h->at[at] = e;
}

/* --- search: the shortest path from a row to a column that is free --- */

struct state {
    const struct clu_weights *w;
    double *u, *v;       /* [rows] [cols] potentials */
    int32_t *match, *of; /* [rows] column or -1; [cols] row or -1 */
    double *reach;       /* [cols] length of the path so far, HUGE_VAL outside of a search */
    int32_t *from;       /* [cols] the row before it on that path */
    uint8_t *done;       /* [cols] its path is the shortest */
    int32_t *seen;       /* [cols] columns with a path, to be put back */
    size_t seen_n;
    struct heap heap;
    int32_t alone;       /* the row that is best left alone */
    double alone_reach;
};

static void relax(struct state *s, int32_t row, double length)
{
    const struct clu_weights *w = s->w;
    double base = length - s->u[row];

    if (base < s->alone_reach) {
        s->alone_reach = base;
        s->alone = row;
    }
    for (size_t c = w->start[row]; c < w->start[row + 1]; c++) {
        int32_t j = w->col[c];
        double reach = base - w->weight[c] - s->v[j];
        if (s->done[j] || reach >= s->reach[j])
            continue;
        if (isinf(s->reach[j]))
            s->seen[s->seen_n++] = j;
        s->reach[j] = reach;
        s->from[j] = row;
        heap_push(&s->heap, (struct entry){reach, j});
    }
}

/* The free column at the end of the shortest path from row; -1: it ends where s->alone is left alone. *length is that path's. */
static int32_t search(struct state *s, int32_t row, double *length)
{
    s->alone_reach = HUGE_VAL;
    s->heap.n = 0;
    s->seen_n = 0;
    relax(s, row, 0);
    for (;;) {
        while (s->heap.n > 0 && s->done[s->heap.at[0].col]) /* entered again since, nearer */
            heap_pop(&s->heap);
        if (s->heap.n == 0 || s->alone_reach <= s->heap.at[0].reach) {
            *length = s->alone_reach;
            return -1;
        }
        struct entry e = s->heap.at[0];
        heap_pop(&s->heap);
        *length = e.reach;
        if (s->of[e.col] < 0)
            return e.col;
        s->done[e.col] = 1;
        relax(s, s->of[e.col], e.reach);
    }
}

/* Potentials follow the search, so that the path has reduced cost 0; and the columns are as before it. */
static void settle(struct state *s, int32_t row, double length)
{
    s->u[row] += length;
    for (size_t i = 0; i < s->seen_n; i++) {
        int32_t j = s->seen[i];
        if (s->done[j]) {
            s->u[s->of[j]] += length - s->reach[j];
            s->v[j] -= length - s->reach[j];
        }
        s->reach[j] = HUGE_VAL;
        s->done[j] = 0;
    }
}

/* Every row of the path takes the next column on it. */
static void augment(struct state *s, int32_t row, int32_t end)
{
    int32_t j = end, i;

    if (end < 0) {
        j = s->match[s->alone];
        s->match[s->alone] = -1;
        if (s->alone == row)
            return;
    }
    do {
        int32_t next;
        i = s->from[j];
        next = s->match[i];
        s->match[i] = j;
        s->of[j] = i;
        j = next;
    } while (i != row);
}

/* --- matching --- */

static enum clu_status match_rows(struct state *s, const struct clu_run *run)
{
    const struct clu_weights *w = s->w;

    for (size_t i = 0; i < w->rows; i++) {
        double length;
        if (i % 1024 == 0 && clu_tick(run, "matching", i, w->rows, NAN) != CLU_OK)
            return CLU_STOPPED;
        for (size_t c = w->start[i]; c < w->start[i + 1]; c++) /* a start that reaches the best column at 0 or more */
            s->u[i] = fmin(s->u[i], -w->weight[c] - s->v[w->col[c]]);
        int32_t end = search(s, (int32_t)i, &length);
        settle(s, (int32_t)i, length);
        augment(s, (int32_t)i, end);
    }
    return CLU_OK;
}

enum clu_status clu_match(int32_t *match, const struct clu_weights *w, const struct clu_run *run, struct clu_err *err)
{
    struct state s = {.w = w, .match = match};

    s.u = clu_calloc(w->rows, sizeof *s.u);
    s.v = clu_calloc(w->cols, sizeof *s.v);
    s.of = clu_alloc(w->cols, sizeof *s.of);
    s.reach = clu_alloc(w->cols, sizeof *s.reach);
    s.from = clu_alloc(w->cols, sizeof *s.from);
    s.seen = clu_alloc(w->cols, sizeof *s.seen);
    s.done = clu_calloc(w->cols, 1);
    s.heap.at = clu_alloc(w->start[w->rows], sizeof *s.heap.at);
    enum clu_status status =
        s.u && s.v && s.of && s.reach && s.from && s.seen && s.done && s.heap.at ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK) {
        memset(match, 0xff, w->rows * sizeof *match);
        memset(s.of, 0xff, w->cols * sizeof *s.of);
        for (size_t j = 0; j < w->cols; j++)
            s.reach[j] = HUGE_VAL;
        status = match_rows(&s, run);
    }
    clu_free(s.u);
    clu_free(s.v);
    clu_free(s.of);
    clu_free(s.reach);
    clu_free(s.from);
    clu_free(s.seen);
    clu_free(s.done);
    clu_free(s.heap.at);
    return status;
}
