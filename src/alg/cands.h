/* alg/cands.h - what k-medoids searches: for every candidate x the dissimilarities of the m objects that are served.
 *
 * Mostly a square matrix of n objects that are all candidates. Row x holds d(o, x) for every object o, so that a candidate is
 * judged by reading one row from end to end. Floats, unless doubles are asked for: the search decides in double either way, and
 * the loss that is shown is computed anew in double. Without a matrix every row is computed when it is asked for. */
#ifndef CLU_ALG_CANDS_H
#define CLU_ALG_CANDS_H

#include "base/run.h"
#include "base/status.h"
#include "num/dist.h"
#include "num/square.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_cands {
    const struct clu_dist *from; /* borrowed; its objects are those that are served */
    size_t n, m;                 /* candidates; objects served */
    bool own;                    /* object o is candidate o (n == m): as a medoid it is in its own cluster */
    bool symmetric;
    float *f;                    /* [n][m], or NULL; owned, as v, unless borrowed */
    double *v;                   /* [n][m], or NULL */
    bool borrowed;
    double max;                  /* the largest of the matrix's numbers; 0 without one */
    double unit;                 /* a matrix's numbers are dissimilarities times this power of two */
};

enum clu_cands_kind { CLU_CANDS_FLOAT = 0, CLU_CANDS_DOUBLE, CLU_CANDS_NONE /* no matrix */ };

/* n candidates of the source from, which serves from->n objects; symmetric: they are the same, and d(a, b) = d(b, a), so that
 * half of the matrix is computed. Memory 4 n m bytes (8 n m for doubles), time O(n m d). CLU_SYSTEM "needs 3.6 TiB for the
 * distance matrix of 1000000 rows; use clara" before anything is taken; CLU_DATA "overflow in distance: ..." and, for gower,
 * "rows 3 and 7 have no column in common that counts ...". */
enum clu_status clu_cands_init(struct clu_cands *c, const struct clu_dist *from, size_t n, bool own, bool symmetric,
                               enum clu_cands_kind kind, const struct clu_run *run, struct clu_err *err);

/* A square that was read is its own matrix; it is borrowed. */
void clu_cands_of_square(struct clu_cands *c, const struct clu_square *s);
void clu_cands_clear(struct clu_cands *c);

/* What clu_cands_init() says of row[m], computed dissimilarities to candidate x, when one is none; else CLU_OK. */
enum clu_status clu_cands_check_row(const double *row, size_t m, size_t x, struct clu_err *err);

/* Without a matrix nothing has been looked at: all dissimilarities once, and what clu_cands_init() says of them. O(n m d). */
enum clu_status clu_cands_check(struct clu_cands *c, const struct clu_run *run, struct clu_err *err);

/* What it says of gaps, for some objects of a source: their numbers are first[n] and second[m], NULL for 0, 1 ... Slow: to be
 * called when there is one. */
enum clu_status clu_cands_find_gap(const struct clu_dist *from, const size_t *first, size_t n, const size_t *second, size_t m,
                                   struct clu_err *err);

/* Row x in one of the two; buf[m] is for a row that is computed. */
struct clu_cands_row {
    const float *f;
    const double *v;
};
static inline struct clu_cands_row clu_cands_row(const struct clu_cands *c, size_t x, double *buf)
{
    if (c->f)
        return (struct clu_cands_row){.f = c->f + x * c->m};
    if (c->v)
        return (struct clu_cands_row){.v = c->v + x * c->m};
    c->from->row(c->from, x, 0, c->m, buf);
    return (struct clu_cands_row){.v = buf};
}

static inline double clu_cands_in(struct clu_cands_row r, size_t o)
{
    return r.f ? (double)r.f[o] : r.v[o];
}

static inline double clu_cands_at(const struct clu_cands *c, size_t x, size_t o)
{
    if (c->f)
        return (double)c->f[x * c->m + o];
    return c->v ? c->v[x * c->m + o] : clu_dist_at(c->from, o, x);
}

#endif
