/* tab/tables.h - many tables as what reads them again and again sees them, and a place for what memory does not hold.
 *
 * The two small interfaces by which algorithms reach files: io/lake and io/spill implement them. */
#ifndef CLU_TAB_TABLES_H
#define CLU_TAB_TABLES_H

#include "base/run.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text of one cell, without quotes, in the form in which it is compared (tab/equal.h). CLU_CELL_PAD bytes behind it can be read. */
#define CLU_CELL_PAD 16
struct clu_cell {
    const char *s;
    uint32_t len;
    bool changed; /* it is not what the file has there */
};

/* Who is shown the rows of a table. */
struct clu_visitor {
    /* cell[cols], in the order of the table's columns, valid during the call. Rows come in order if there is one worker; else
     * in any order, from several threads at a time, each with its own number 0..workers-1. false: no more rows are wanted. */
    bool (*row)(void *ctx, int worker, const struct clu_cell *cell);
    void *ctx;
};

struct clu_tables {
    /* Show all rows of a table. raw: cells as they are in the file, not in the form in which they are compared. Fails as reading
     * does, and with CLU_DATA when the table is no longer what it was. */
    enum clu_status (*scan)(struct clu_tables *self, size_t table, bool raw, int workers, const struct clu_visitor *visitor,
                            const struct clu_run *run, struct clu_err *err);
    const uint64_t *bytes; /* [tables]: what reading a table reads */
    uint64_t done, of;     /* bytes, for progress: who scans adds what lies ahead to of */
};

/* Bytes that can be written at the end and read anywhere. */
struct clu_spill {
    enum clu_status (*put)(struct clu_spill *self, const void *bytes, size_t len, struct clu_err *err);
    enum clu_status (*get)(struct clu_spill *self, uint64_t at, void *bytes, size_t len, struct clu_err *err);
};

#endif
