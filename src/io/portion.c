#include "io/portion.h"

#include "base/mem.h"

#include <string.h>

/* The reader's next batch, prepared; none are left at the end. */
static enum clu_status refill(struct clu_portion *p, struct clu_err *err)
{
    struct clu_batch b;
    size_t kept = 0;
    enum clu_status status = clu_reader_next(p->reader, &b, err);

    p->taken = p->ready.rows = 0;
    if (status != CLU_OK || b.rows == 0)
        return status;
    if (clu_reserve(&p->kept, &p->kept_cap, b.rows, 1) < 0 ||
        (b.weight && (clu_reserve(&p->ready_weight, &p->ready_cap, b.rows, sizeof *p->ready_weight) < 0 ||
                      clu_reserve(&p->weight, &p->weight_cap, p->size, sizeof *p->weight) < 0)))
        return clu_fail_memory(err);
    status = clu_prepare_batch(p->prepare, &b, p->na, &p->ready, p->kept, err);
    for (size_t i = 0; b.weight && i < b.rows; i++)
        if (p->kept[i])
            p->ready_weight[kept++] = b.weight[i];
    /* A batch of which every row is dropped is not the end. */
    return status == CLU_OK && p->ready.rows == 0 ? refill(p, err) : status;
}

enum clu_status clu_portion_next(struct clu_portion *p, struct clu_err *err)
{
    size_t d = p->prepare->d;

    p->x.cols = d;
    p->x.rows = 0;
    if (clu_mat_reserve(&p->x, p->size, false) < 0)
        return clu_fail_memory(err);
    while (p->x.rows < p->size) {
        if (p->taken == p->ready.rows) {
            enum clu_status status = refill(p, err);
            if (status != CLU_OK)
                return status;
            if (p->ready.rows == 0)
                break;
        }
        size_t room = p->size - p->x.rows, left = p->ready.rows - p->taken, n = left < room ? left : room;
        memcpy(p->x.v + p->x.rows * d, p->ready.v + p->taken * d, n * d * sizeof *p->x.v);
        if (p->weight)
            memcpy(p->weight + p->x.rows, p->ready_weight + p->taken, n * sizeof *p->weight);
        p->x.rows += n;
        p->taken += n;
    }
    return CLU_OK;
}

void clu_portion_clear(struct clu_portion *p)
{
    clu_mat_clear(&p->x);
    clu_mat_clear(&p->ready);
    clu_free(p->weight);
    clu_free(p->ready_weight);
    clu_free(p->kept);
    *p = (struct clu_portion){0};
}
