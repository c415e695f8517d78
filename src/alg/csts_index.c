/* Sections: clusters, silhouettes, centroids, indices. */
#include "alg/csts_index.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* --- clusters --- */

void clu_csts_clusters_clear(struct clu_csts_clusters *c)
{
    clu_free(c->id);
    clu_free(c->start);
    clu_free(c->segment);
    clu_free(c->of);
    clu_free(c->rows);
    clu_free(c->known);
    clu_free(c->mean);
    *c = (struct clu_csts_clusters){0};
}

bool clu_csts_known(const struct clu_csts_labels *t, size_t i)
{
    for (size_t j = 0; j < t->pairs; j++)
        if (isnan(t->r[i * t->pairs + j]))
            return false;
    return t->pairs > 0;
}

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The different ids of the segments, ascending, to the front of id[n]. */
static size_t different_ids(int32_t *id, const struct clu_csts_labels *t)
{
    size_t k = 0;

    for (size_t i = 0; i < t->n; i++)
        id[i] = t->label[i].cluster;
    qsort(id, t->n, sizeof *id, ascending);
    for (size_t i = 0; i < t->n; i++)
        if (i == 0 || id[i] != id[k - 1])
            id[k++] = id[i];
    return k;
}

static void sort_segments(struct clu_csts_clusters *c, const struct clu_csts_labels *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const int32_t *at = bsearch(&t->label[i].cluster, c->id, c->k, sizeof *c->id, ascending);
        c->of[i] = (size_t)(at - c->id);
        c->start[c->of[i] + 1]++;
        c->rows[c->of[i]] += t->label[i].end - t->label[i].start + 1;
        c->known[c->of[i]] += clu_csts_known(t, i);
    }
    for (size_t k = 0; k < c->k; k++)
        c->start[k + 1] += c->start[k];
    for (size_t i = 0; i < t->n; i++) /* start[k] runs to the end of k ... */
        c->segment[c->start[c->of[i]]++] = i;
    memmove(c->start + 1, c->start, c->k * sizeof *c->start); /* ... and is taken back */
    c->start[0] = 0;
}

static void find_means(struct clu_csts_clusters *c, const struct clu_csts_labels *t)
{
    for (size_t k = 0; k < c->k; k++)
        for (size_t j = 0; j < c->pairs; j++) {
            double sum = 0;
            for (size_t s = c->start[k]; s < c->start[k + 1]; s++)
                if (clu_csts_known(t, c->segment[s]))
                    sum += t->r[c->segment[s] * t->pairs + j];
            c->mean[k * c->pairs + j] = c->known[k] > 0 ? rint(sum / (double)c->known[k] * 1000) / 1000 : NAN;
        }
}

enum clu_status clu_csts_clusters_make(struct clu_csts_clusters *c, const struct clu_csts_labels *t, struct clu_err *err)
{
    *c = (struct clu_csts_clusters){.n = t->n, .pairs = t->pairs};
    c->id = clu_alloc(t->n, sizeof *c->id);
    c->k = c->id ? different_ids(c->id, t) : 0;
    c->start = clu_calloc(c->k + 1, sizeof *c->start);
    c->segment = clu_alloc(t->n, sizeof *c->segment);
    c->of = clu_alloc(t->n, sizeof *c->of);
    c->rows = clu_calloc(c->k, sizeof *c->rows);
    c->known = clu_calloc(c->k, sizeof *c->known);
    c->mean = clu_alloc(c->k * t->pairs, sizeof *c->mean);
    if (!c->id || !c->start || !c->segment || !c->of || !c->rows || !c->known || !c->mean) {
        clu_csts_clusters_clear(c);
        return clu_fail_memory(err);
    }
    sort_segments(c, t);
    find_means(c, t);
    return CLU_OK;
}

/* --- silhouettes --- */

struct work {
    const struct clu_csts_labels *t;
    const struct clu_csts_clusters *c;
    enum clu_csts_distance distance;
    size_t *list, m, k; /* [m] segments that are known; clusters that have one */
};

static const double *vector(const struct work *w, size_t segment)
{
    return w->t->r + segment * w->t->pairs;
}

/* Of segment i, with scratch[clusters]. */
static double silhouette(const struct work *w, size_t i, double *sum)
{
    const struct clu_csts_clusters *c = w->c;
    size_t own = c->of[i];
    double between = HUGE_VAL;

    if (c->known[own] == 1)
        return 0;
    memset(sum, 0, c->k * sizeof *sum);
    for (size_t m = 0; m < w->m; m++)
        if (w->list[m] != i)
            sum[c->of[w->list[m]]] += clu_csts_distance(w->distance, vector(w, i), vector(w, w->list[m]), w->t->pairs);
    for (size_t k = 0; k < c->k; k++) {
        if (k == own || c->known[k] == 0)
            continue;
        if (isnan(sum[k]))
            return NAN;
        between = fmin(between, sum[k] / (double)c->known[k]);
    }
    double within = sum[own] / (double)(c->known[own] - 1), most = fmax(within, between);
    if (isnan(within))
        return NAN;
    return most > 0 ? (between - within) / most : 0;
}

#define BLOCK 1024 /* segments between two looks at the watch */

static enum clu_status find_swc(double *swc, const struct work *w, const struct clu_run *run, struct clu_err *err)
{
    double *width = clu_alloc(w->m, sizeof *width), *scratch = clu_alloc((size_t)run->threads, w->c->k * sizeof *scratch);
    enum clu_status status = width && scratch ? CLU_OK : clu_fail_memory(err);
    double sum = 0;

    for (size_t from = 0; status == CLU_OK && from < w->m; from += BLOCK) {
        size_t to = w->m - from < BLOCK ? w->m : from + BLOCK;
#pragma omp parallel for num_threads(run->threads) schedule(static)
        for (size_t m = from; m < to; m++)
            width[m] = silhouette(w, w->list[m], scratch + (size_t)omp_get_thread_num() * w->c->k);
        status = clu_tick(run, "silhouette", to, w->m, NAN);
    }
    for (size_t m = 0; status == CLU_OK && m < w->m; m++)
        sum += width[m];
    *swc = sum / (double)w->m;
    clu_free(width);
    clu_free(scratch);
    return status;
}

/* --- centroids --- */

/* Correlations of all rows of each cluster into centroid[k][pairs], cut off as those of segments are: published indices come out so. */
static enum clu_status find_centroids(double *centroid, const struct work *w, const struct clu_coded *data, const struct clu_run *run,
                                      struct clu_err *err)
{
    const struct clu_csts_clusters *c = w->c;
    struct clu_span *span = clu_alloc(c->n, sizeof *span);
    int failed = !span;

    for (size_t s = 0; span && s < c->n; s++) {
        const struct clu_csts_label *l = &w->t->label[c->segment[s]];
        span[s] = (struct clu_span){l->start, l->end - l->start + 1};
    }
#pragma omp parallel num_threads(run->threads) reduction(| : failed)
    {
        struct clu_ranker ranker = {0};
#pragma omp for schedule(dynamic, 1)
        for (size_t k = 0; k < c->k; k++)
            if (!failed && c->known[k] > 0)
                failed |= clu_spearman(data, span + c->start[k], c->start[k + 1] - c->start[k], &ranker, centroid + k * c->pairs, NULL)
                          != CLU_OK;
        clu_ranker_clear(&ranker);
    }
    for (size_t j = 0; j < c->k * c->pairs; j++)
        centroid[j] = clu_csts_truncate(centroid[j]);
    clu_free(span);
    return failed ? clu_fail_memory(err) : CLU_OK;
}

/* --- indices --- */

static double max_or_nan(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

/* What the centroids say. spread[k]: scratch. */
static void judge(struct clu_csts_index *out, const struct work *w, const double *centroid, const double *whole, double *spread)
{
    const struct clu_csts_clusters *c = w->c;
    double within = 0, squares = 0, all = 0, between = 0, widest = 0, db = 0, m = (double)w->m, k = (double)w->k;
    size_t pairs = c->pairs;

    memset(spread, 0, c->k * sizeof *spread);
    for (size_t s = 0; s < w->m; s++) {
        size_t own = c->of[w->list[s]];
        double d = clu_csts_distance(w->distance, vector(w, w->list[s]), centroid + own * pairs, pairs);
        spread[own] += d / (double)c->known[own];
        within += d;
        squares += d * d;
        all += clu_csts_distance(w->distance, vector(w, w->list[s]), whole, pairs);
    }
    for (size_t a = 0; a < c->k; a++) {
        double worst = 0, d = clu_csts_distance(w->distance, centroid + a * pairs, whole, pairs);
        if (c->known[a] == 0)
            continue;
        between += (double)c->known[a] * d * d;
        for (size_t b = 0; b < c->k; b++) {
            if (b == a || c->known[b] == 0)
                continue;
            d = clu_csts_distance(w->distance, centroid + a * pairs, centroid + b * pairs, pairs);
            widest = max_or_nan(widest, d);
            worst = max_or_nan(worst, (spread[a] + spread[b]) / (d == 0 ? 1e-15 : d));
        }
        db += worst;
    }
    out->dbi = db / k;
    out->vrc = w->m > w->k ? between / (k - 1) / (squares / (m - k)) : NAN;
    out->pbm_textbook = widest * all / (k * within) * (widest * all / (k * within));
    out->pbm = widest * all / (m * within) * (widest * all / (m * within));
}

enum clu_status clu_csts_index_fit(struct clu_csts_index *out, const struct clu_csts_labels *t, const struct clu_csts_clusters *c,
                                   const struct clu_csts_rows_of *from, enum clu_csts_distance distance, bool swc,
                                   const struct clu_run *run, struct clu_err *err)
{
    struct work w = {.t = t, .c = c, .distance = distance, .list = clu_alloc(t->n, sizeof *w.list)};
    double *centroid = clu_calloc(c->k * c->pairs, sizeof *centroid), *spread = clu_alloc(c->k, sizeof *spread);
    enum clu_status status = w.list && centroid && spread ? CLU_OK : clu_fail_memory(err);

    *out = (struct clu_csts_index){NAN, NAN, NAN, NAN, NAN};
    for (size_t i = 0; status == CLU_OK && i < t->n; i++)
        if (clu_csts_known(t, i))
            w.list[w.m++] = i;
    for (size_t k = 0; k < c->k; k++)
        w.k += c->known[k] > 0;
    if (status == CLU_OK && swc && w.k > 1 && w.k < w.m)
        status = find_swc(&out->swc, &w, run, err);
    if (status == CLU_OK && w.k > 1 && from->data) {
        status = find_centroids(centroid, &w, from->data, run, err);
        if (status == CLU_OK)
            judge(out, &w, centroid, from->whole, spread);
    }
    clu_free(w.list);
    clu_free(centroid);
    clu_free(spread);
    return status;
}
