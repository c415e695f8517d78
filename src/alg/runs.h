/* alg/runs.h - rows of many tables in the order of their hashes: sorted in memory, spilled when it is full, merged at the end. */
#ifndef CLU_ALG_RUNS_H
#define CLU_ALG_RUNS_H

#include "base/status.h"
#include "tab/rowhash.h"
#include "tab/tables.h"

/* A row of a table, projected by a key, and how often it is there. */
struct clu_counted {
    struct clu_hash hash;
    uint64_t count;
    uint32_t key, table;
};

struct clu_runs;

/* memory: bytes for all workers together. spill is borrowed. */
enum clu_status clu_runs_open(struct clu_runs **out, int workers, uint64_t memory, struct clu_spill *spill, struct clu_err *err);

/* Each worker adds on its own thread. */
enum clu_status clu_runs_add(struct clu_runs *r, int worker, const struct clu_counted *record, struct clu_err *err);

/* All records in the order of key, hash, table; equal ones as one. each() is shown those of one key and hash at a time. */
enum clu_status clu_runs_merge(struct clu_runs *r,
                               enum clu_status (*each)(void *ctx, const struct clu_counted *record, size_t n, struct clu_err *err),
                               void *ctx, struct clu_err *err);
uint64_t clu_runs_spilled(const struct clu_runs *r); /* runs */
void clu_runs_close(struct clu_runs *r); /* NULL is fine */

#endif
