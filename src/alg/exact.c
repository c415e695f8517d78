#include "alg/exact.h"

#include "base/mem.h"

void clu_exact_clear(struct clu_exact *x)
{
    for (size_t i = 0; i < x->n_unions; i++) {
        clu_free(x->unions[i].parent);
        clu_free(x->unions[i].rows);
    }
    clu_free(x->unions);
    x->unions = NULL;
    x->n_unions = x->union_cap = 0;
}

enum clu_status clu_exact_scan(struct clu_exact *x, size_t table, int workers, const struct clu_visitor *visitor, const struct clu_run *run,
                               struct clu_err *err)
{
    struct clu_err why = {0};
    enum clu_status status = x->tables->scan(x->tables, table, x->raw, workers, visitor, run, &why);

#pragma omp critical(clu_exact)
    {
        x->scans++;
        x->tables->done += x->tables->bytes[table];
        if (status == CLU_DATA || status == CLU_SYSTEM) {
            x->failed[table] = 1;
            x->bad(x->ctx, table, status, &why);
        }
    }
    return status == CLU_STOPPED ? clu_fail(err, CLU_STOPPED, "stopped") : CLU_OK;
}
