#include "alg/kmeans_batch.h"

#include "base/mem.h"

#include <string.h>

enum clu_status clu_kmeans_batch_first(struct clu_kmeans_batch *b, struct clu_view x, const double *w,
                                       const struct clu_kmeans_opt *opt, const struct clu_run *run,
                                       struct clu_err *err)
{
    struct clu_kmeans fit;
    enum clu_status status = clu_kmeans_fit(&fit, x, w, opt, run, err);
    if (status == CLU_OK && opt->init != CLU_KMEANS_GIVEN)
        status = clu_kmeans_order(&fit, err);
    if (status != CLU_OK) {
        clu_kmeans_clear(&fit);
        return status;
    }

    *b = (struct clu_kmeans_batch){.k = fit.k, .d = fit.d, .center = fit.center, .weight = fit.weight,
                                   .size = fit.size, .rows = x.rows};
    fit.center = fit.weight = NULL; /* the batch owns them now */
    fit.size = NULL;
    clu_kmeans_clear(&fit);
    b->sum = clu_alloc(b->k * (b->d + 1), sizeof *b->sum);
    if (!b->sum)
        status = clu_fail_memory(err);
    else
        status = clu_assign_open(&b->assign, b->center, b->k, b->d, run, err);
    if (status != CLU_OK)
        clu_kmeans_batch_clear(b);
    return status;
}

enum clu_status clu_kmeans_batch_next(struct clu_kmeans_batch *b, struct clu_view x, const double *w,
                                      struct clu_err *err)
{
    size_t d = b->d;

    if (clu_reserve(&b->label, &b->cap, x.rows, sizeof *b->label) < 0)
        return clu_fail_memory(err);
    clu_assign_rows(b->assign, x, b->label, NULL);

    memset(b->sum, 0, b->k * (d + 1) * sizeof *b->sum);
    for (size_t i = 0; i < x.rows; i++) { /* differences to the centre, so that a large offset does not cancel */
        size_t a = (size_t)b->label[i];
        double *sum = b->sum + a * (d + 1), weight = w ? w[i] : 1;
        for (size_t j = 0; j < d; j++)
            sum[j] += weight * (clu_view_at(x, i, j) - b->center[a * d + j]);
        sum[d] += weight;
        b->size[a]++;
    }
    for (size_t a = 0; a < b->k; a++) {
        const double *sum = b->sum + a * (d + 1);
        b->weight[a] += sum[d];
        for (size_t j = 0; j < d && b->weight[a] > 0; j++)
            b->center[a * d + j] += sum[j] / b->weight[a];
    }
    clu_assign_center(b->assign, b->center);
    b->rows += x.rows;
    return CLU_OK;
}

void clu_kmeans_batch_clear(struct clu_kmeans_batch *b)
{
    clu_assign_close(b->assign);
    clu_free(b->center);
    clu_free(b->weight);
    clu_free(b->size);
    clu_free(b->sum);
    clu_free(b->label);
    *b = (struct clu_kmeans_batch){0};
}
