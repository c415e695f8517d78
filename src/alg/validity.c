/* Sections: means and dispersion, Calinski-Harabasz and Davies-Bouldin, silhouettes, all pairs of rows, the call. */
#include "alg/validity.h"

#include "alg/pair_sums.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/kern.h"
#include "num/space.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define CHUNK 1024 /* rows whose sums have one slot */

/* The stream of random numbers that samples are drawn from ("vali"): not one that counts starts. */
#define SAMPLE_STREAM UINT64_C(0x76616c69)

struct work {
    struct clu_validity *out;
    struct clu_space space;
    const int32_t *label;
    const struct clu_run *run;
    size_t d;
    size_t *order, *start;    /* [n] [k + 1] rows by cluster */
    size_t chunks, *chunk_at; /* [chunks + 1] the place where each begins: none goes beyond its cluster */
    double *slot;             /* [chunks][d + 2] mean of the chunk, sums of squares and of distances to the cluster's */
    double *mean;             /* [k][d] in the space's coordinates */
    double *spread;           /* [k] mean distance to the mean, in the space's units */
    double *row;              /* [threads][2][d] */
};

/* --- means and dispersion --- */

static void cut(struct work *w)
{
    w->chunks = 0;
    for (size_t g = 0; g < w->out->k; g++)
        for (size_t p = w->start[g]; p < w->start[g + 1]; p += CHUNK)
            w->chunk_at[w->chunks++] = p;
    w->chunk_at[w->chunks] = w->out->n;
}

static double *slot(const struct work *w, size_t c)
{
    return w->slot + c * (w->d + 2);
}

static size_t cluster_of(const struct work *w, size_t place)
{
    return (size_t)w->label[w->order[place]];
}

/* Room for two rows of the thread that asks. */
static double *my_rows(const struct work *w)
{
    return w->row + (size_t)omp_get_thread_num() * 2 * w->d;
}

/* Means are taken about a first row, or a first mean, so that far from the origin no digits are lost. */
static void sum_chunk(const struct work *w, size_t c)
{
    size_t d = w->d, lo = w->chunk_at[c], hi = w->chunk_at[c + 1];
    double *mean = slot(w, c), *first = my_rows(w), *buf = first + d;

    memset(mean, 0, d * sizeof *mean);
    clu_space_row(&w->space, w->order[lo], first);
    for (size_t p = lo + 1; p < hi; p++) {
        const double *x = clu_space_row(&w->space, w->order[p], buf);
        for (size_t j = 0; j < d; j++)
            mean[j] += x[j] - first[j];
    }
    for (size_t j = 0; j < d; j++)
        mean[j] = first[j] + mean[j] / (double)(hi - lo);
}

/* A cluster's mean from those of its chunks, which begin with chunk c; returns the chunk behind. */
static size_t fold_means(struct work *w, size_t g, size_t c)
{
    double *mean = w->mean + g * w->d, n = (double)w->out->size[g];
    const double *first = slot(w, c);

    memset(mean, 0, w->d * sizeof *mean);
    for (; c < w->chunks && w->chunk_at[c] < w->start[g + 1]; c++)
        for (size_t j = 0; j < w->d; j++)
            mean[j] += (slot(w, c)[j] - first[j]) * ((double)(w->chunk_at[c + 1] - w->chunk_at[c]) / n);
    for (size_t j = 0; j < w->d; j++)
        mean[j] += first[j];
    return c;
}

static void measure_chunk(const struct work *w, size_t c)
{
    const double *mean = w->mean + cluster_of(w, w->chunk_at[c]) * w->d;
    double *to = slot(w, c) + w->d, *buf = my_rows(w);

    to[0] = to[1] = 0;
    for (size_t p = w->chunk_at[c]; p < w->chunk_at[c + 1]; p++) {
        double square = clu_kern()->sqdist(clu_space_row(&w->space, w->order[p], buf), mean, w->d);
        to[0] += square;
        to[1] += sqrt(square);
    }
}

static void disperse(struct work *w)
{
    struct clu_validity *v = w->out;
    int threads = w->run->threads;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (size_t c = 0; c < w->chunks; c++)
        sum_chunk(w, c);
    for (size_t g = 0, c = 0; g < v->k; g++)
        c = fold_means(w, g, c);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (threads > 1)
    for (size_t c = 0; c < w->chunks; c++)
        measure_chunk(w, c);
    for (size_t c = 0; c < w->chunks; c++) {
        size_t g = cluster_of(w, w->chunk_at[c]);
        v->inertia_of[g] += slot(w, c)[w->d];
        w->spread[g] += slot(w, c)[w->d + 1];
    }
    for (size_t g = 0; g < v->k; g++) {
        w->spread[g] /= (double)v->size[g];
        v->inertia += v->inertia_of[g]; /* in the space's units, until fit() ends */
    }
}

/* --- Calinski-Harabasz and Davies-Bouldin --- */

static double between(const struct work *w, double *middle)
{
    const struct clu_validity *v = w->out;
    double all = 0;

    memset(middle, 0, w->d * sizeof *middle);
    for (size_t g = 0; g < v->k; g++)
        for (size_t j = 0; j < w->d; j++)
            middle[j] += (w->mean[g * w->d + j] - w->mean[j]) * ((double)v->size[g] / (double)v->n);
    for (size_t j = 0; j < w->d; j++)
        middle[j] += w->mean[j];
    for (size_t g = 0; g < v->k; g++)
        all += (double)v->size[g] * clu_kern()->sqdist(w->mean + g * w->d, middle, w->d);
    return all;
}

static void calinski_harabasz(struct work *w)
{
    struct clu_validity *v = w->out;

    if (v->k > 1 && v->k < v->n)
        v->ch = between(w, w->row) / v->inertia * ((double)(v->n - v->k) / (double)(v->k - 1));
}

static double worst_ratio(const struct work *w, size_t g)
{
    double worst = 0;

    for (size_t h = 0; h < w->out->k; h++) {
        double apart = h == g ? 0 : sqrt(clu_kern()->sqdist(w->mean + g * w->d, w->mean + h * w->d, w->d));
        double ratio = apart > 0 ? (w->spread[g] + w->spread[h]) / apart : 0;
        worst = ratio > worst ? ratio : worst;
    }
    return worst;
}

static void davies_bouldin(struct work *w)
{
    struct clu_validity *v = w->out;
    int threads = w->run->threads;

    if (v->k < 2 || v->k == v->n)
        return;
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t g = 0; g < v->k; g++)
        v->db_of[g] = worst_ratio(w, g);
    v->db = 0;
    for (size_t g = 0; g < v->k; g++)
        v->db += v->db_of[g];
    v->db /= (double)v->k;
}

/* --- silhouettes --- */

static double width_of(double a, double b)
{
    return a < b ? 1 - a / b : a > b ? b / a - 1 : 0;
}

/* The row at a place of the sums. */
static void width_by_sums(struct clu_validity *v, const struct clu_pair_sums *s, size_t place, const int32_t *label)
{
    size_t row = s->order[place], own = (size_t)label[row], mates = s->start[own + 1] - s->start[own] - 1;
    double b = HUGE_VAL;

    for (size_t g = 0; g < s->k; g++) {
        double mean = clu_pair_sum(s, place, g) / (double)(s->start[g + 1] - s->start[g]); /* a sample: 0 / 0 is never less */
        if (g != own && mean < b) {
            b = mean;
            v->neighbour[row] = (int32_t)g;
        }
    }
    if (v->neighbour[row] >= 0)
        v->width[row] = mates > 0 ? width_of(clu_pair_sum(s, place, own) / (double)mates, b) : 0;
}

/* Of the rows that have a width, in slots of the rows' order within clusters. */
static void mean_widths(struct work *w)
{
    struct clu_validity *v = w->out;
    size_t all = 0;
    double sum = 0;

    for (size_t g = 0; g < v->k; g++) {
        double of = 0;
        size_t count = 0;
        for (size_t lo = w->start[g]; lo < w->start[g + 1]; lo += CHUNK) {
            size_t hi = lo + CHUNK < w->start[g + 1] ? lo + CHUNK : w->start[g + 1];
            double part = 0;
            for (size_t p = lo; p < hi; p++)
                if (v->neighbour[w->order[p]] >= 0) {
                    part += v->width[w->order[p]];
                    count++;
                }
            of += part;
        }
        v->silhouette_of[g] = of / (double)count; /* none: NAN */
        sum += of;
        all += count;
    }
    v->silhouette = sum / (double)all;
}

/* Medoids as the rows of least sum to their own cluster. */
static void find_medoids(const struct work *w, const struct clu_pair_sums *s, double *medoid)
{
    for (size_t g = 0; g < s->k; g++) {
        size_t best = s->start[g];
        for (size_t p = best + 1; p < s->start[g + 1]; p++)
            if (clu_pair_sum(s, p, g) < clu_pair_sum(s, best, g))
                best = p;
        clu_space_row(&w->space, s->order[best], medoid + g * w->d);
    }
}

/* By the distances to one point a cluster, its mean or its medoid. */
static void widths_by_points(struct work *w, const double *point, bool medoids)
{
    struct clu_validity *v = w->out;
    int threads = w->run->threads;

#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t i = 0; i < v->n; i++) {
        const double *x = clu_space_row(&w->space, i, my_rows(w));
        size_t own = (size_t)w->label[i];
        double a = 0, b = HUGE_VAL;
        for (size_t g = 0; g < v->k; g++) {
            double away = sqrt(clu_kern()->sqdist(x, point + g * w->d, w->d));
            if (g == own) {
                a = away;
            } else if (away < b) {
                b = away;
                v->neighbour[i] = (int32_t)g;
            }
        }
        if (medoids)
            v->width[i] = a == 0 ? 1 : 1 - a / b;
        else
            v->width[i] = v->size[own] > 1 ? width_of(a, b) : 0;
    }
}

static void widths_by_sums(const struct work *w, const struct clu_pair_sums *s)
{
    int threads = w->run->threads;

#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t p = 0; p < s->n; p++)
        width_by_sums(w->out, s, p, w->label);
}

static enum clu_status by_sample(struct work *w, size_t n, struct clu_err *err)
{
    size_t *row = clu_alloc(n, sizeof *row);
    struct clu_pair_sums s = {0};
    struct clu_rng r;

    clu_rng_at(&r, w->run->seed, SAMPLE_STREAM);
    enum clu_status status = row && clu_rng_sample(&r, w->out->n, n, row) == 0 ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK)
        status = clu_pair_sums_fit(&s, &w->space, row, n, w->label, w->out->k, &(struct clu_pair_sums_opt){0}, w->run, err);
    if (status == CLU_OK)
        widths_by_sums(w, &s);
    clu_pair_sums_clear(&s);
    clu_free(row);
    return status;
}

/* --- all pairs of rows --- */

static void spread_out(struct work *w, const struct clu_pair_sums *s)
{
    struct clu_validity *v = w->out;
    double most = 0, least = HUGE_VAL;

    for (size_t g = 0; g < v->k; g++) {
        v->diameter[g] = s->diameter[g];
        v->separation[g] = v->k > 1 ? s->separation[g] : NAN;
        most = fmax(most, s->diameter[g]);
        least = fmin(least, s->separation[g]);
    }
    v->dunn = v->k > 1 ? least / most : NAN;
}

static enum clu_status by_pairs(struct work *w, bool dunn, int how, struct clu_err *err)
{
    bool medoid = how == CLU_SILHOUETTE_MEDOID;
    struct clu_pair_sums_opt opt = {.extent = dunn, .own_only = medoid && !dunn};
    struct clu_pair_sums s = {0};
    double *point = clu_alloc(w->out->k, w->d * sizeof *point);
    enum clu_status status = point ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = clu_pair_sums_fit(&s, &w->space, NULL, w->out->n, w->label, w->out->k, &opt, w->run, err);
    if (status == CLU_OK && dunn)
        spread_out(w, &s);
    if (status == CLU_OK && how == CLU_SILHOUETTE_EXACT)
        widths_by_sums(w, &s);
    if (status == CLU_OK && medoid) {
        find_medoids(w, &s, point);
        widths_by_points(w, point, true);
    }
    clu_pair_sums_clear(&s);
    clu_free(point);
    return status;
}

/* --- the call --- */

void clu_validity_clear(struct clu_validity *out)
{
    clu_free(out->size);
    clu_free(out->inertia_of);
    clu_free(out->width);
    clu_free(out->neighbour);
    clu_free(out->silhouette_of);
    clu_free(out->db_of);
    clu_free(out->diameter);
    clu_free(out->separation);
    *out = (struct clu_validity){0};
}

static double *undefined(size_t n)
{
    double *v = clu_alloc(n, sizeof *v);

    for (size_t i = 0; v && i < n; i++)
        v[i] = NAN;
    return v;
}

static bool take_result(struct clu_validity *v, size_t n, size_t k)
{
    *v = (struct clu_validity){.n = n, .k = k, .ch = NAN, .db = NAN, .dunn = NAN, .silhouette = NAN};
    v->size = clu_calloc(k, sizeof *v->size);
    v->inertia_of = clu_calloc(k, sizeof *v->inertia_of);
    v->width = undefined(n);
    v->neighbour = clu_alloc(n, sizeof *v->neighbour);
    v->silhouette_of = undefined(k);
    v->db_of = undefined(k);
    v->diameter = undefined(k);
    v->separation = undefined(k);
    for (size_t i = 0; i < n && v->neighbour; i++)
        v->neighbour[i] = -1;
    return v->size && v->inertia_of && v->width && v->neighbour && v->silhouette_of && v->db_of && v->diameter && v->separation;
}

static bool take_scratch(struct work *w, size_t n, size_t k, size_t d)
{
    size_t chunks = n / CHUNK + k;

    w->order = clu_alloc(n, sizeof *w->order);
    w->start = clu_alloc(k + 1, sizeof *w->start);
    w->chunk_at = clu_alloc(chunks + 1, sizeof *w->chunk_at);
    w->slot = clu_alloc(chunks, (d + 2) * sizeof *w->slot);
    w->mean = clu_alloc(k, d * sizeof *w->mean);
    w->spread = clu_calloc(k, sizeof *w->spread);
    w->row = clu_alloc((size_t)w->run->threads * 2, d * sizeof *w->row);
    return w->order && w->start && w->chunk_at && w->slot && w->mean && w->spread && w->row;
}

static enum clu_status fit(struct work *w, const struct clu_validity_opt *opt, struct clu_err *err)
{
    struct clu_validity *v = w->out;
    bool all = opt->how == CLU_SILHOUETTE_SAMPLED && opt->sample >= v->n; /* a sample of all is no sample */
    int how = !opt->silhouette || v->k == 1 ? CLU_SILHOUETTE_SIMPLIFIED : all ? CLU_SILHOUETTE_EXACT : opt->how;
    enum clu_status status = CLU_OK;

    clu_cluster_order(w->order, w->start, NULL, v->n, w->label, v->k);
    for (size_t g = 0; g < v->k; g++)
        v->size[g] = w->start[g + 1] - w->start[g];
    cut(w);
    disperse(w);
    calinski_harabasz(w);
    davies_bouldin(w);
    if (opt->dunn || (v->k > 1 && (how == CLU_SILHOUETTE_EXACT || how == CLU_SILHOUETTE_MEDOID)))
        status = by_pairs(w, opt->dunn, how, err);
    if (status == CLU_OK && v->k > 1 && how == CLU_SILHOUETTE_SAMPLED)
        status = by_sample(w, opt->sample, err);
    if (v->k > 1 && how == CLU_SILHOUETTE_SIMPLIFIED && opt->silhouette)
        widths_by_points(w, w->mean, false);
    if (v->k > 1 && opt->silhouette)
        mean_widths(w);
    double unit = w->space.unit;
    for (size_t g = 0; g < v->k && unit != 1; g++)
        v->inertia_of[g] = v->inertia_of[g] / unit / unit;
    v->inertia = v->inertia / unit / unit;
    return status;
}

enum clu_status clu_validity_fit(struct clu_validity *out, struct clu_view x, const int32_t *label, size_t k,
                                 const struct clu_validity_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct work w = {.out = out, .label = label, .run = run, .d = x.cols};
    bool have = take_result(out, x.rows, k) && take_scratch(&w, x.rows, k, x.cols);
    enum clu_status status = have ? clu_space_init(&w.space, x, run, err) : clu_fail_memory(err);

    if (status == CLU_OK)
        status = fit(&w, opt, err);
    clu_space_clear(&w.space);
    clu_free(w.order);
    clu_free(w.start);
    clu_free(w.chunk_at);
    clu_free(w.slot);
    clu_free(w.mean);
    clu_free(w.spread);
    clu_free(w.row);
    if (status != CLU_OK)
        clu_validity_clear(out);
    return status;
}
