/* Sections: degrees, wrong patterns, shifted boundaries. */
#include "alg/csts_degrade.h"

#include "base/mem.h"
#include "num/mt19937.h"

#include <math.h>
#include <stdlib.h>

const char *const clu_csts_degradation[CLU_CSTS_DEGRADATIONS] = {"wrong-clusters", "shifted-end-idx", "shifted-and-wrong-cluster"};

/* --- degrees --- */

#define LEAVE 100 /* rows that a shift leaves of the shortest segment, where it can */

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All but the last are drawn from 1 .. most - 1; the last is most itself. */
static int draw_degrees(struct clu_mt *m, uint32_t most, uint32_t *degree)
{
    if (clu_mt_python_sample(m, most - 1, CLU_CSTS_DEGRADED - 1, degree) < 0)
        return -1;
    for (size_t i = 0; i + 1 < CLU_CSTS_DEGRADED; i++)
        degree[i]++;
    degree[CLU_CSTS_DEGRADED - 1] = most;
    qsort(degree, CLU_CSTS_DEGRADED, sizeof *degree, ascending);
    return 0;
}

enum clu_status clu_csts_degrade_draw(struct clu_csts_degrade *g, const struct clu_csts_labels *truth, struct clu_err *err)
{
    size_t shortest = (size_t)-1;
    bool differ = false;
    struct clu_mt m;

    if (truth->n < CLU_CSTS_DEGRADED)
        return clu_fail(err, CLU_DATA, "%zu segments; degrading needs at least %d", truth->n, CLU_CSTS_DEGRADED);
    for (size_t i = 0; i < truth->n; i++) {
        size_t length = truth->label[i].end - truth->label[i].start + 1;
        shortest = length < shortest ? length : shortest;
        differ = differ || truth->label[i].cluster != truth->label[0].cluster;
    }
    if (!differ)
        return clu_fail(err, CLU_DATA, "all segments are in the same cluster; degrading needs two");
    uint32_t most = shortest > UINT32_MAX / 2 ? UINT32_MAX / 2 : shortest > 2 * LEAVE ? (uint32_t)shortest - LEAVE : LEAVE;
    uint32_t n = (uint32_t)truth->n;
    int failed = 0;
    clu_mt_python_seed(&m, 66 + g->row);
    failed |= draw_degrees(&m, n, g->wrong);
    clu_mt_python_seed(&m, 101 + g->row);
    failed |= draw_degrees(&m, most, g->shift);
    clu_mt_python_seed(&m, 6306 + g->row);
    failed |= draw_degrees(&m, n, g->both_wrong);
    failed |= draw_degrees(&m, most, g->both_shift);
    return failed ? clu_fail_memory(err) : CLU_OK;
}

/* --- wrong patterns --- */

/* The clusters of the truth by first appearance; returns how many. */
static uint32_t list_clusters(const struct clu_csts_labels *truth, int32_t *list)
{
    uint32_t n = 0;

    for (size_t i = 0; i < truth->n; i++) {
        uint32_t j = 0;
        while (j < n && list[j] != truth->label[i].cluster)
            j++;
        if (j == n)
            list[n++] = truth->label[i].cluster;
    }
    return n;
}

/* The at-th cluster of the list that is not own. */
static int32_t other_cluster(const int32_t *list, int32_t own, uint32_t at)
{
    uint32_t j = 0;

    for (;; j++) {
        if (list[j] == own)
            continue;
        if (at-- == 0)
            return list[j];
    }
}

static int make_wrong(struct clu_csts_labels *out, uint32_t seed, size_t p, uint32_t wrong, const struct clu_csts_labels *truth)
{
    int32_t *list = clu_alloc(truth->n, sizeof *list);
    uint32_t *segment = clu_alloc(wrong, sizeof *segment);
    struct clu_mt m;

    clu_mt_python_seed(&m, seed);
    if (!list || !segment || clu_mt_python_sample(&m, (uint32_t)truth->n, wrong, segment) < 0) {
        clu_free(list);
        clu_free(segment);
        return -1;
    }
    uint32_t clusters = list_clusters(truth, list);
    for (uint32_t i = 0; i < wrong; i++) {
        struct clu_csts_label *l = &out->label[segment[i]];
        clu_mt_python_seed(&m, seed + (uint32_t)p + (uint32_t)l->id);
        l->cluster = other_cluster(list, l->cluster, clu_mt_python_below(&m, clusters - 1));
    }
    clu_free(list);
    clu_free(segment);
    return 0;
}

/* --- shifted boundaries --- */

#define NEAR 3 /* rows to the end */

static void make_shifted(struct clu_csts_labels *out, size_t by)
{
    size_t last = out->label[out->n - 1].end;

    for (size_t i = 0; i < out->n; i++) {
        struct clu_csts_label *l = &out->label[i];
        l->start += i > 0 ? by : 0;
        l->end += i + 1 < out->n ? by : 0;
        if (l->end + NEAR > last) {
            l->end = last;
            out->n = i + 1;
        }
    }
    for (size_t i = 0; i < out->n * out->pairs; i++)
        out->r[i] = NAN;
}

enum clu_status clu_csts_degrade_make(struct clu_csts_labels *out, const struct clu_csts_degrade *g, enum clu_csts_degradation kind,
                                      size_t p, const struct clu_csts_labels *truth, struct clu_err *err)
{
    enum clu_status status = clu_csts_labels_copy(out, truth, err);

    if (status != CLU_OK)
        return status;
    if (kind != CLU_CSTS_SHIFTED &&
        make_wrong(out, g->seed, p, kind == CLU_CSTS_WRONG ? g->wrong[p] : g->both_wrong[p], truth) < 0) {
        clu_csts_labels_clear(out);
        return clu_fail_memory(err);
    }
    if (kind != CLU_CSTS_WRONG)
        make_shifted(out, kind == CLU_CSTS_SHIFTED ? g->shift[p] : g->both_shift[p]);
    return CLU_OK;
}
