/* Sections: medoids, what each object is away from each cluster, indices. */
#include "alg/cluster_index.h"

#include "alg/pair_sums.h"
#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* --- medoids --- */

/* Each pair of the cluster once. sum[n]: its objects' places are used. */
static size_t medoid_of(const struct clu_condensed *d, const size_t *member, size_t count, double *sum)
{
    size_t n = d->dist.n, best = member[0];

    for (size_t i = 0; i < count; i++)
        sum[member[i]] = 0;
    for (size_t i = 0; i < count; i++) {
        size_t x = member[i], start = clu_condensed_place(n, x, x + 1);
        for (size_t j = i + 1; j < count; j++) {
            size_t at = start + (member[j] - x - 1);
            double v = d->v ? d->v[at] : (double)d->f[at];
            sum[x] += v;
            sum[member[j]] += v;
        }
    }
    for (size_t i = 1; i < count; i++)
        if (sum[member[i]] < sum[best])
            best = member[i];
    return best;
}

enum clu_status clu_index_medoids(size_t *medoid, double *near, const struct clu_condensed *d, const int32_t *label, size_t k,
                                  const struct clu_run *run, struct clu_err *err)
{
    size_t n = d->dist.n, *order = clu_alloc(n, sizeof *order), *start = clu_alloc(k + 1, sizeof *start);
    double *sum = clu_alloc(n, sizeof *sum);
    enum clu_status status = order && start && sum ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        clu_cluster_order(order, start, NULL, n, label, k);
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1) if (run->threads > 1 && k > 1)
        for (size_t g = 0; g < k; g++)
            medoid[g] = medoid_of(d, order + start[g], start[g + 1] - start[g], sum);
        for (size_t o = 0; o < n; o++)
            near[o] = clu_condensed_at(d, o, medoid[label[o]]);
    }
    clu_free(order);
    clu_free(start);
    clu_free(sum);
    return status;
}

/* --- what each object is away from each cluster --- */

#define STRETCH 256 /* objects at a time: their sums to a dozen clusters stay in the second cache */

/* Of a stretch, to each cluster: [k][STRETCH] */
struct away {
    double *sum, *most, *least;
};

/* What is found in the pass. */
struct pass {
    const struct clu_condensed *d;
    const int32_t *label;
    size_t k;
    const size_t *size; /* [k] */
    double *width;      /* [n] silhouette */
    double *total;      /* [n] distances to all */
    double *within;     /* [n] the largest distance to the own cluster */
    double *between;    /* [n] the least to another */
    double *cover;      /* [stretches][k] the least, over objects outside of the stretch, of the largest distance to the cluster */
};

/* A whole stretch, whatever the number of objects: a loop that becomes vectors. */
static void add_row(const struct away *a, size_t g, const double *restrict row)
{
    double *restrict sum = a->sum + g * STRETCH, *restrict most = a->most + g * STRETCH, *restrict least = a->least + g * STRETCH;

    for (size_t o = 0; o < STRETCH; o++) {
        sum[o] += row[o];
        most[o] = row[o] > most[o] ? row[o] : most[o];
        least[o] = row[o] < least[o] ? row[o] : least[o];
    }
}

static double silhouette(const struct pass *p, const struct away *a, size_t at, size_t own)
{
    double in = a->sum[own * STRETCH + at] / (double)(p->size[own] - 1), out = HUGE_VAL;

    if (p->size[own] == 1)
        return 0;
    for (size_t g = 0; g < p->k; g++) {
        double mean = a->sum[g * STRETCH + at] / (double)p->size[g];
        if (g != own && mean < out)
            out = mean;
    }
    return in < out ? 1 - in / out : in > out ? out / in - 1 : 0;
}

static void one_object(const struct pass *p, const struct away *a, size_t o, size_t at, double *cover)
{
    size_t own = (size_t)p->label[o];

    p->total[o] = 0;
    p->between[o] = HUGE_VAL;
    p->within[o] = a->most[own * STRETCH + at];
    p->width[o] = silhouette(p, a, at, own);
    for (size_t g = 0; g < p->k; g++) {
        double most = a->most[g * STRETCH + at], least = a->least[g * STRETCH + at];
        p->total[o] += a->sum[g * STRETCH + at];
        if (g == own)
            continue;
        p->between[o] = least < p->between[o] ? least : p->between[o];
        cover[g] = most < cover[g] ? most : cover[g];
    }
}

static void one_stretch(const struct pass *p, const struct away *a, size_t stretch)
{
    size_t n = p->d->dist.n, lo = stretch * STRETCH, count = n - lo < STRETCH ? n - lo : STRETCH;
    double row[STRETCH] = {0}, *cover = p->cover + stretch * p->k;

    for (size_t i = 0; i < p->k * STRETCH; i++) {
        a->sum[i] = a->most[i] = 0;
        a->least[i] = HUGE_VAL;
    }
    for (size_t g = 0; g < p->k; g++)
        cover[g] = HUGE_VAL;
    for (size_t x = 0; x < n; x++) { /* a pair is looked at from both sides; none from itself but for a least that nobody reads */
        p->d->dist.row(&p->d->dist, x, lo, lo + count, row);
        add_row(a, (size_t)p->label[x], row);
    }
    for (size_t at = 0; at < count; at++)
        one_object(p, a, lo + at, at, cover);
}

static enum clu_status make_pass(const struct pass *p, const struct clu_run *run, struct clu_err *err)
{
    size_t n = p->d->dist.n, stretches = (n + STRETCH - 1) / STRETCH, cells = p->k * STRETCH;
    double *room = clu_alloc((size_t)run->threads * 3 * STRETCH, p->k * sizeof *room);
    bool stop = false;

    if (!room)
        return clu_fail_memory(err);
    for (size_t first = 0; first < stretches && !stop; first += (size_t)run->threads) {
        size_t last = first + (size_t)run->threads < stretches ? first + (size_t)run->threads : stretches;
        stop = clu_tick(run, "index", first * STRETCH, n, NAN) != CLU_OK;
#pragma omp parallel for num_threads(run->threads) schedule(static, 1) if (run->threads > 1)
        for (size_t t = first; t < last; t++) {
            double *mine = room + (size_t)omp_get_thread_num() * 3 * cells;
            one_stretch(p, &(struct away){mine, mine + cells, mine + 2 * cells}, t);
        }
    }
    clu_free(room);
    return stop ? CLU_STOPPED : CLU_OK;
}

/* --- indices --- */

static double mean_of(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

static double dunn(const struct pass *p)
{
    double within = 0, between = HUGE_VAL;

    for (size_t o = 0; o < p->d->dist.n; o++) {
        within = p->within[o] > within ? p->within[o] : within;
        between = p->between[o] < between ? p->between[o] : between;
    }
    return between / within;
}

/* near_sum[k]: the sum of a cluster's distances to its medoid. */
static double davies_bouldin(const struct pass *p, const size_t *medoid, const double *near_sum)
{
    double sum = 0;

    for (size_t g = 0; g < p->k; g++) {
        double worst = 0, own = near_sum[g] / (double)p->size[g];
        for (size_t h = 0; h < p->k; h++) {
            double both = (own + near_sum[h] / (double)p->size[h]) / clu_condensed_at(p->d, medoid[g], medoid[h]);
            if (h != g && (both > worst || isnan(both))) /* no number is more than what is not defined */
                worst = both;
        }
        sum += worst;
    }
    return sum / (double)p->k;
}

static double calinski_harabasz(const struct pass *p, const size_t *medoid, const double *near_sum)
{
    size_t n = p->d->dist.n, center = 0;
    double between = 0, within = 0;

    for (size_t o = 1; o < n; o++)
        if (p->total[o] < p->total[center])
            center = o;
    for (size_t g = 0; g < p->k; g++) {
        between += (double)p->size[g] * clu_condensed_at(p->d, medoid[g], center);
        within += near_sum[g];
    }
    return (double)(n - p->k) * between / ((double)(p->k - 1) * within);
}

static double cop(const struct pass *p, const double *near_sum)
{
    size_t n = p->d->dist.n, stretches = (n + STRETCH - 1) / STRETCH;
    double sum = 0;

    for (size_t g = 0; g < p->k; g++) {
        double cover = HUGE_VAL;
        for (size_t t = 0; t < stretches; t++)
            cover = p->cover[t * p->k + g] < cover ? p->cover[t * p->k + g] : cover;
        sum += near_sum[g] / cover;
    }
    return sum / (double)n;
}

/* room: [5 n + k + stretches k], numbers: [2 k] */
static enum clu_status fit(double *value, const struct clu_condensed *d, const int32_t *label, size_t k, double *room,
                           size_t *numbers, const struct clu_run *run, struct clu_err *err)
{
    size_t n = d->dist.n, *size = numbers, *medoid = numbers + k;
    double *near = room + 4 * n, *near_sum = near + n;
    struct pass p = {.d = d, .label = label, .k = k, .size = size, .width = room, .total = room + n, .within = room + 2 * n,
                     .between = room + 3 * n, .cover = near_sum + k};

    for (size_t o = 0; o < n; o++)
        size[label[o]]++;
    enum clu_status status = make_pass(&p, run, err);
    if (status == CLU_OK)
        status = clu_index_medoids(medoid, near, d, label, k, run, err);
    if (status != CLU_OK)
        return status;
    memset(near_sum, 0, k * sizeof *near_sum);
    for (size_t o = 0; o < n; o++)
        near_sum[label[o]] += near[o];
    value[CLU_INDEX_SILHOUETTE] = mean_of(p.width, n);
    value[CLU_INDEX_DUNN] = dunn(&p);
    value[CLU_INDEX_DB] = davies_bouldin(&p, medoid, near_sum);
    value[CLU_INDEX_CH] = calinski_harabasz(&p, medoid, near_sum);
    value[CLU_INDEX_COP] = cop(&p, near_sum);
    return CLU_OK;
}

enum clu_status clu_index_fit(double *value, const struct clu_condensed *d, const int32_t *label, size_t k, const struct clu_run *run,
                              struct clu_err *err)
{
    size_t n = d->dist.n, stretches = (n + STRETCH - 1) / STRETCH;

    for (size_t i = 0; i < CLU_INDICES; i++)
        value[i] = NAN;
    if (k == 1)
        return CLU_OK;
    double *room = clu_alloc(5 * n + k + stretches * k, sizeof *room);
    size_t *numbers = clu_calloc(2 * k, sizeof *numbers);
    enum clu_status status =
        room && numbers ? fit(value, d, label, k, room, numbers, run, err) : clu_fail_memory(err);
    clu_free(room);
    clu_free(numbers);
    return status;
}

bool clu_index_better(double a, double b, int index)
{
    if (isnan(a) || isnan(b))
        return !isnan(a) && isnan(b);
    return index == CLU_INDEX_DB || index == CLU_INDEX_COP ? a < b : a > b;
}
