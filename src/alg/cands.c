/* Sections: filling, what may be wrong, public calls. */
#include "alg/cands.h"

#include "base/mem.h"
#include "num/kern.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* --- filling --- */

/* What a pass over all rows found. */
struct extent {
    double max, least; /* the largest, and the smallest that is not 0 */
    bool nan;
};

static struct extent join(struct extent a, struct extent b)
{
    return (struct extent){a.max > b.max ? a.max : b.max, a.least < b.least ? a.least : b.least, a.nan || b.nan};
}

#define SIDE (2 * (size_t)CLU_KERN_TILE)     /* candidates of a block: in the second cache with ... */
#define STRETCH (20 * (size_t)CLU_KERN_TILE) /* ... the objects that are taken at a time, each candidate's in the first */

/* Candidate x: its dissimilarities to objects lo .. lo + count - 1 into the matrix, if there is one. */
static void put(struct clu_cands *c, size_t x, size_t lo, size_t count, struct extent *e)
{
    double row[STRETCH], found[3] = {e->max, e->least, e->nan ? (double)NAN : 0};
    float few[STRETCH];

    c->from->row(c->from, x, lo, lo + count, row);
    clu_kern()->narrow(row, count, c->unit, c->f ? c->f + x * c->m + lo : few, found);
    if (c->v)
        memcpy(c->v + x * c->m + lo, row, count * sizeof *row);
    *e = (struct extent){found[0], found[1], isnan(found[2])};
}

/* Candidates lo .. hi - 1 and objects from .. to - 1, which lie behind them, the other way round. */
static void mirror(struct clu_cands *c, size_t lo, size_t hi, size_t from, size_t to)
{
    size_t n = c->n;

    if (c->f)
        clu_kern()->transpose32(c->f + lo * n + from, hi - lo, to - from, n, c->f + from * n + lo, n);
    for (size_t o = from; c->v && o < to; o++)
        for (size_t x = lo; x < hi; x++)
            c->v[o * n + x] = c->v[x * n + o];
}

/* Candidates lo .. hi - 1; when symmetric only against themselves and what lies behind them, both ways. */
static struct extent fill_block(struct clu_cands *c, size_t lo, size_t hi)
{
    struct extent e = {.least = HUGE_VAL};

    for (size_t from = c->symmetric ? lo : 0, to; from < c->m; from = to) {
        to = c->m - from < STRETCH ? c->m : from + STRETCH;
        for (size_t x = lo; x < hi; x++)
            put(c, x, from, to - from, &e);
        if (c->symmetric && to > hi)
            mirror(c, lo, hi, from > hi ? from : hi, to);
    }
    return e;
}

static struct extent fill(struct clu_cands *c, const struct clu_run *run)
{
    struct extent all = {.least = HUGE_VAL};
    size_t blocks = (c->n + SIDE - 1) / SIDE;

#pragma omp parallel num_threads(run->threads) if (blocks > 1)
    {
        struct extent mine = {.least = HUGE_VAL};
#pragma omp for schedule(dynamic, 1)
        for (size_t b = 0; b < blocks; b++) {
            size_t lo = b * SIDE, hi = c->n - lo < SIDE ? c->n : lo + SIDE;
            mine = join(mine, fill_block(c, lo, hi));
        }
#pragma omp critical(clu_cands_extent) /* maximum and minimum do not depend on the order */
        all = join(all, mine);
    }
    return all;
}

/* --- what may be wrong --- */

static enum clu_status fail_gap(size_t x, size_t o, struct clu_err *err)
{
    if (x == o)
        return clu_fail(err, CLU_DATA, "row %zu has no column that counts: no gower distance", x + 1);
    return clu_fail(err, CLU_DATA, "rows %zu and %zu have no column in common that counts: no gower distance",
                    (x < o ? x : o) + 1, (x < o ? o : x) + 1);
}

static enum clu_status fail_overflow(struct clu_err *err)
{
    return clu_fail(err, CLU_DATA, "overflow in distance: the columns need another unit; see --scale");
}

enum clu_status clu_cands_find_gap(const struct clu_dist *from, const size_t *first, size_t n, const size_t *second, size_t m,
                                   struct clu_err *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            size_t x = first ? first[i] : i, o = second ? second[j] : j;
            if (isnan(clu_dist_at(from, o, x)))
                return fail_gap(x, o, err);
        }
    return CLU_OK;
}

enum clu_status clu_cands_check_row(const double *row, size_t m, size_t x, struct clu_err *err)
{
    int bad = 0;

    for (size_t o = 0; o < m; o++)
        bad |= !(row[o] <= DBL_MAX);
    for (size_t o = 0; bad && o < m; o++)
        if (isnan(row[o]))
            return fail_gap(x, o, err);
    return bad ? fail_overflow(err) : CLU_OK;
}

static enum clu_status check(const struct clu_cands *c, struct extent e, struct clu_err *err)
{
    if (e.nan)
        return clu_cands_find_gap(c->from, NULL, c->n, NULL, c->m, err);
    return e.max <= DBL_MAX ? CLU_OK : fail_overflow(err);
}

enum clu_status clu_cands_check(struct clu_cands *c, const struct clu_run *run, struct clu_err *err)
{
    return check(c, fill(c, run), err);
}

/* --- public calls --- */

void clu_cands_clear(struct clu_cands *c)
{
    if (!c->borrowed) {
        clu_free(c->f);
        clu_free(c->v);
    }
    *c = (struct clu_cands){0};
}

void clu_cands_of_square(struct clu_cands *c, const struct clu_square *s)
{
    *c = (struct clu_cands){.from = &s->dist,
                            .n = s->dist.n,
                            .m = s->dist.n,
                            .own = true,
                            .symmetric = s->symmetric,
                            .f = s->f,
                            .v = s->v,
                            .borrowed = true,
                            .unit = 1};
}

enum clu_status clu_cands_init(struct clu_cands *c, const struct clu_dist *from, size_t n, bool own, bool symmetric,
                               enum clu_cands_kind kind, const struct clu_run *run, struct clu_err *err)
{
    size_t m = from->n, size = kind == CLU_CANDS_DOUBLE ? sizeof *c->v : sizeof *c->f;

    *c = (struct clu_cands){.from = from, .n = n, .m = m, .own = own, .symmetric = symmetric, .unit = 1};
    if (kind == CLU_CANDS_NONE)
        return CLU_OK;
    enum clu_status status = clu_need(run, (double)n * (double)m * (double)size, err,
                                      "the distance matrix of %zu rows; use clara", n);
    if (status != CLU_OK)
        return status;
    size_t cells = n > SIZE_MAX / m ? SIZE_MAX : n * m;
    if (kind == CLU_CANDS_DOUBLE)
        c->v = clu_alloc_aligned(cells, sizeof *c->v);
    else
        c->f = clu_alloc_aligned(cells, sizeof *c->f);
    if (!c->v && !c->f)
        return clu_fail_memory(err);
    struct extent e = fill(c, run);
    if (c->f && !e.nan && e.max <= DBL_MAX && e.max > 0 && (e.max > FLT_MAX || e.least < FLT_MIN)) {
        int exponent;
        (void)frexp(e.max, &exponent);
        /* The largest below 2^100: room for sums, and 2^226 downwards. Of the least of all doubles still 2^-74. */
        c->unit = ldexp(1, exponent < -900 ? 1000 : 100 - exponent);
        e = fill(c, run);
    }
    c->max = e.max * c->unit;
    status = check(c, e, err);
    if (status != CLU_OK)
        clu_cands_clear(c);
    return status;
}
