/* alg/exact.h - how many rows of a child its parent has: exactly, by two engines with one answer, or for a sample of the child's rows.
 *
 * probe: hash sets of the children, one scan of a parent for all of its children, ended as soon as all rows are found. 27 bytes a row
 * of the children (8 more for rows, 16 for bag). When they do not fit into memory, children are taken in batches; a child that does not fit
 * by itself is cut by the top bits of its hashes, and its parents are scanned once for each part.
 *
 * merge: every table is read once. Its rows, projected by each of its keys, are sorted in memory, equal ones counted, and spilled as runs;
 * then all runs are merged, and rows that several tables have meet. Good for many pairs, partial overlaps and unions.
 *
 * sample: probe with t random rows of each child (R2D2's content-level pruning): a missing share e of its rows is noticed with
 * probability 1 - (1 - e)^t.
 *
 * A table that cannot be read any more is reported through bad(), and its pairs get no answer. */
#ifndef CLU_ALG_EXACT_H
#define CLU_ALG_EXACT_H

#include "alg/couples.h"
#include "base/run.h"
#include "tab/tables.h"

/* A set of parents that together have all rows of child. */
struct clu_union {
    uint32_t child;
    uint32_t *parent; /* [n] */
    uint64_t *rows;   /* [n] distinct rows of the child in each */
    size_t n;
};

struct clu_exact {
    struct clu_tables *tables;
    struct clu_couples *pairs;
    enum clu_meaning meaning;
    bool raw;             /* cells as they are */
    size_t sample;        /* rows of a child; 0: all */
    uint64_t memory;      /* bytes for sets or runs */
    struct clu_spill *spill;
    bool cover;           /* find unions too: merge only */
    void (*bad)(void *ctx, size_t table, enum clu_status status, const struct clu_err *why);
    void *ctx;

    uint64_t *seen;       /* [tables] rows of each parent: filled in, and hits of pairs with it, if it is not NULL: parents are then read
                             whole. probe only; zeros */
    uint64_t *distinct;   /* [tables] distinct rows of each child that is in a pair (of the sample): filled in; the caller's, zeros */
    uint8_t *failed;      /* [tables] 1: could not be read: filled in; the caller's, zeros */
    struct clu_union *unions; /* [n_unions]: filled in, by child; clu_exact_clear() */
    size_t n_unions, union_cap;
    uint64_t scans, runs; /* tables read; runs that were spilled */
};
void clu_exact_clear(struct clu_exact *x); /* only unions */

/* Fill in distinct and rows of all pairs. Both fail only for memory, the spill, or when stopped. */
enum clu_status clu_probe(struct clu_exact *x, const struct clu_run *run, struct clu_err *err);
enum clu_status clu_merge(struct clu_exact *x, const struct clu_run *run, struct clu_err *err);

/* Would merging take less than probing? A matter of the pairs alone, so that memory and threads do not change the answer's road. */
bool clu_merge_pays(const struct clu_couples *pairs);

/* Scan one table, and note what is wrong with it. Fails only for memory or when stopped. */
enum clu_status clu_exact_scan(struct clu_exact *x, size_t table, int workers, const struct clu_visitor *visitor, const struct clu_run *run,
                               struct clu_err *err);

#endif
