/* Sections: silhouette, spread. */
#include "alg/score.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define STRETCH 256 /* objects at a time */

/* --- silhouette --- */

void clu_silhouette_clear(struct clu_silhouette *out)
{
    clu_free(out->width);
    clu_free(out->neighbour);
    clu_free(out->mean_of);
    *out = (struct clu_silhouette){0};
}

struct work {
    const struct clu_dist *d;
    const int32_t *label;
    const double *w;  /* [n] or NULL */
    double *weight;   /* [k] */
    size_t k;
};

static double weight_of(const struct work *k, size_t o)
{
    return k->w ? k->w[o] : 1;
}

/* sum[hi - lo][k]: dissimilarities of objects lo .. hi - 1 to each cluster, weighted. */
static void sum_stretch(const struct work *k, size_t lo, size_t hi, double *sum)
{
    double row[STRETCH];

    memset(sum, 0, (hi - lo) * k->k * sizeof *sum);
    for (size_t x = 0; x < k->d->n; x++) {
        double *to = sum + k->label[x], w = weight_of(k, x);
        k->d->row(k->d, x, lo, hi, row);
        for (size_t o = lo; o < hi; o++)
            if (o != x)
                to[(o - lo) * k->k] += w * row[o - lo];
    }
}

static void widths(const struct work *k, struct clu_silhouette *out, size_t lo, size_t hi, const double *sum)
{
    for (size_t o = lo; o < hi; o++) {
        const double *of = sum + (o - lo) * k->k;
        size_t own = (size_t)k->label[o];
        double others = k->weight[own] - weight_of(k, o), a = of[own] / others, b = HUGE_VAL;
        bool missing = false;
        for (size_t i = 0; i < k->k; i++) {
            double mean = of[i] / k->weight[i];
            missing = missing || isnan(of[i]);
            if (i != own && mean < b) {
                b = mean;
                out->neighbour[o] = (int32_t)i;
            }
        }
        if (missing) /* one NAN leaves nothing to say about the object */
            out->neighbour[o] = -1;
        out->width[o] = !(others > 0) ? 0 : a < b ? 1 - a / b : a > b ? b / a - 1 : 0;
    }
}

static enum clu_status mean_widths(struct clu_silhouette *out, const struct work *k, struct clu_err *err)
{
    double all = 0;

    memset(out->mean_of, 0, out->k * sizeof *out->mean_of);
    for (size_t o = 0; o < out->n; o++) {
        if (out->neighbour[o] < 0)
            return clu_fail(err, CLU_DATA, "row %zu lacks a finite distance to another row", o + 1);
        out->mean_of[k->label[o]] += weight_of(k, o) * out->width[o];
    }
    out->mean = 0;
    for (size_t i = 0; i < out->k; i++) {
        out->mean += out->mean_of[i];
        all += k->weight[i];
        out->mean_of[i] /= k->weight[i];
    }
    out->mean /= all;
    return CLU_OK;
}

/* One cluster has no silhouette. */
static void undefined(struct clu_silhouette *out)
{
    for (size_t o = 0; o < out->n; o++) {
        out->width[o] = NAN;
        out->neighbour[o] = -1;
    }
    out->mean_of[0] = out->mean = NAN;
}

static enum clu_status fit(struct clu_silhouette *out, const struct work *k, double *sum, int threads, const struct clu_run *run,
                           struct clu_err *err)
{
    size_t n = out->n, stretches = (n + STRETCH - 1) / STRETCH;
    bool stop = false;

    for (size_t o = 0; o < n; o++) {
        out->neighbour[o] = -1;
        k->weight[k->label[o]] += weight_of(k, o);
    }
    for (size_t first = 0; first < stretches && !stop; first += (size_t)threads) {
        size_t last = first + (size_t)threads < stretches ? first + (size_t)threads : stretches;
        stop = clu_tick(run, "silhouette", first * STRETCH, n, NAN) != CLU_OK;
#pragma omp parallel for num_threads(threads) schedule(static, 1) if (threads > 1)
        for (size_t t = first; t < last; t++) {
            double *mine = sum + (size_t)omp_get_thread_num() * STRETCH * k->k;
            size_t lo = t * STRETCH, hi = n - lo < STRETCH ? n : lo + STRETCH;
            sum_stretch(k, lo, hi, mine);
            widths(k, out, lo, hi, mine);
        }
    }
    return stop ? CLU_STOPPED : mean_widths(out, k, err);
}

enum clu_status clu_silhouette_fit(struct clu_silhouette *out, const struct clu_dist *d, const int32_t *label, size_t k,
                                   const double *w, const struct clu_run *run, struct clu_err *err)
{
    struct work work = {.d = d, .label = label, .w = w, .k = k, .weight = clu_calloc(k, sizeof *work.weight)};
    double *sum = clu_alloc((size_t)run->threads * STRETCH, k * sizeof *sum);

    *out = (struct clu_silhouette){.n = d->n, .k = k};
    out->width = clu_alloc(d->n, sizeof *out->width);
    out->neighbour = clu_alloc(d->n, sizeof *out->neighbour);
    out->mean_of = clu_alloc(k, sizeof *out->mean_of);
    enum clu_status status =
        work.weight && sum && out->width && out->neighbour && out->mean_of ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK && k == 1)
        undefined(out);
    else if (status == CLU_OK)
        status = fit(out, &work, sum, run->threads, run, err);
    clu_free(work.weight);
    clu_free(sum);
    if (status != CLU_OK)
        clu_silhouette_clear(out);
    return status;
}

/* --- spread --- */

/* The farthest of its own cluster and the nearest of the others, for each object of a stretch. */
static void reach(const struct clu_dist *d, const int32_t *label, size_t lo, size_t hi, double *within, double *outside)
{
    double row[STRETCH];

    for (size_t o = lo; o < hi; o++) {
        within[o] = 0;
        outside[o] = HUGE_VAL;
    }
    for (size_t x = 0; x < d->n; x++) {
        d->row(d, x, lo, hi, row);
        for (size_t o = lo; o < hi; o++) {
            double v = row[o - lo];
            if (o == x)
                continue;
            if (label[o] == label[x])
                within[o] = v > within[o] ? v : within[o];
            else
                outside[o] = v < outside[o] ? v : outside[o];
        }
    }
}

enum clu_status clu_spread_fit(struct clu_spread *spread, const struct clu_dist *d, const int32_t *label, size_t k,
                               const struct clu_run *run, struct clu_err *err)
{
    size_t n = d->n, stretches = (n + STRETCH - 1) / STRETCH;
    double *within = clu_alloc(2 * n, sizeof *within), *outside = within ? within + n : NULL;

    if (!within)
        return clu_fail_memory(err);
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1) if (run->threads > 1 && stretches > 1)
    for (size_t t = 0; t < stretches; t++)
        reach(d, label, t * STRETCH, n - t * STRETCH < STRETCH ? n : (t + 1) * STRETCH, within, outside);
    for (size_t i = 0; i < k; i++)
        spread[i] = (struct clu_spread){.separation = HUGE_VAL, .isolation = CLU_ISOLATION_L};
    for (size_t o = 0; o < n; o++) {
        struct clu_spread *s = &spread[label[o]];
        s->objects++;
        s->diameter = within[o] > s->diameter ? within[o] : s->diameter;
        s->separation = outside[o] < s->separation ? outside[o] : s->separation;
        if (!(within[o] < outside[o]))
            s->isolation = CLU_ISOLATION_NO;
    }
    for (size_t i = 0; i < k; i++)
        if (spread[i].objects == 1 || k == 1)
            spread[i].isolation = CLU_ISOLATION_NO;
        else if (spread[i].diameter < spread[i].separation)
            spread[i].isolation = CLU_ISOLATION_L_STAR;
    clu_free(within);
    return CLU_OK;
}
