/* io/portion.h - prepared rows of a stream in portions of equal size, for algorithms that see every row once. */
#ifndef CLU_IO_PORTION_H
#define CLU_IO_PORTION_H

#include "io/prepare.h"
#include "io/read.h"

/* The first four are set by the caller and borrowed; the rest starts as zeros. */
struct clu_portion {
    struct clu_reader *reader;
    const struct clu_prepare *prepare;
    enum clu_na na;
    size_t size;          /* rows */
    struct clu_mat x;     /* [size][d] */
    double *weight;       /* [size], when the table has weights */
    struct clu_mat ready; /* rows of the reader's batch, and how many of them are handed out */
    size_t taken;
    double *ready_weight;
    uint8_t *kept;
    size_t weight_cap, ready_cap, kept_cap;
};

/* The next rows, size of them but for the last portion, in p->x and p->weight; p->x.rows = 0 at the end. Rows that are dropped
 * do not count. */
enum clu_status clu_portion_next(struct clu_portion *p, struct clu_err *err);
void clu_portion_clear(struct clu_portion *p);

#endif
