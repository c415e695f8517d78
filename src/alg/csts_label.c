/* Sections: tables, judging, from data, from subjects. */
#include "alg/csts_label.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- tables --- */

void clu_csts_labels_clear(struct clu_csts_labels *t)
{
    clu_free(t->label);
    clu_free(t->r);
    clu_free(t->within);
    *t = (struct clu_csts_labels){0};
}

enum clu_status clu_csts_labels_alloc(struct clu_csts_labels *t, size_t n, size_t pairs, struct clu_err *err)
{
    *t = (struct clu_csts_labels){.n = n, .pairs = pairs};
    t->label = clu_calloc(n, sizeof *t->label);
    t->r = clu_alloc(n * pairs, sizeof *t->r);
    t->within = clu_calloc(n * pairs, sizeof *t->within);
    if (!t->label || !t->r || !t->within) {
        clu_csts_labels_clear(t);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < n * pairs; i++)
        t->r[i] = NAN;
    for (size_t i = 0; i < n; i++)
        t->label[i].mae = t->label[i].relaxed_mae = NAN;
    return CLU_OK;
}

enum clu_status clu_csts_labels_copy(struct clu_csts_labels *to, const struct clu_csts_labels *from, struct clu_err *err)
{
    enum clu_status status = clu_csts_labels_alloc(to, from->n, from->pairs, err);

    if (status == CLU_OK) {
        memcpy(to->label, from->label, from->n * sizeof *to->label);
        memcpy(to->r, from->r, from->n * from->pairs * sizeof *to->r);
        memcpy(to->within, from->within, from->n * from->pairs);
    }
    return status;
}

enum clu_status clu_csts_labels_runs(struct clu_csts_labels *t, const int32_t *label, size_t n, size_t pairs, struct clu_err *err)
{
    size_t runs = 1, at = 0;

    for (size_t i = 1; i < n; i++)
        runs += label[i] != label[i - 1];
    enum clu_status status = clu_csts_labels_alloc(t, runs, pairs, err);
    for (size_t i = 0; status == CLU_OK && i < n; at++) {
        struct clu_csts_label *l = &t->label[at];
        l->id = (int64_t)at;
        l->start = i;
        l->cluster = label[i];
        while (i < n && label[i] == l->cluster)
            i++;
        l->end = i - 1;
    }
    return status;
}

/* --- judging --- */

double clu_csts_truncate(double r)
{
    double t = floor((fabs(r) + 1e-9) * 1000) / 1000;
    return r < 0 && t > 0 ? -t : t; /* no negative zero */
}

/* Bands of the benchmark: strong from 0.7 on, none up to 0.2. A pattern of one's own may ask for something between. */
static bool is_within(double target, double r)
{
    if (fabs(target) >= 0.7)
        return fabs(r) >= 0.7;
    return fabs(target) <= 0.2 ? fabs(r) <= 0.2 : fabs(fabs(r) - fabs(target)) <= 0.1;
}

static double mean_distance(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += fabs(a[j] - b[j]);
    return rint(sum / (double)n * 1000) / 1000;
}

void clu_csts_judge(struct clu_csts_labels *t, size_t i, const struct clu_csts_patterns *p)
{
    double relaxed[CLU_CSTS_PAIRS];
    const double *r = t->r + i * t->pairs;
    struct clu_csts_label *l = &t->label[i];
    size_t at = clu_csts_patterns_find(p, l->cluster);

    l->mae = l->relaxed_mae = NAN;
    memset(t->within + i * t->pairs, 0, t->pairs);
    if (at == p->n)
        return;
    const double *canonical = p->canonical + at * p->pairs;
    for (size_t j = 0; j < t->pairs; j++)
        t->within[i * t->pairs + j] = is_within(canonical[j], r[j]);
    clu_csts_relaxed(p, at, relaxed);
    l->mae = mean_distance(canonical, r, t->pairs);
    l->relaxed_mae = mean_distance(relaxed, r, t->pairs);
}

/* --- from data --- */

/* Of a parallel loop: the failure of the first item in order is the one that is told. */
struct failure {
    size_t item;
    enum clu_status status;
    struct clu_err err;
};

static void note_failure(struct failure *f, size_t item, enum clu_status status, const struct clu_err *err)
{
#pragma omp critical(clu_csts_failure)
    if (status != CLU_OK && (f->status == CLU_OK || item < f->item)) {
        f->item = item;
        f->status = status;
        f->err = *err;
    }
}

static enum clu_status tell_failure(const struct failure *f, struct clu_err *err)
{
    if (f->status != CLU_OK && err)
        *err = f->err;
    return f->status;
}

static enum clu_status correlate(struct clu_csts_labels *t, size_t i, const struct clu_csts_patterns *p, const struct clu_coded *data,
                                 struct clu_span span, struct clu_ranker *w, struct clu_err *err)
{
    double *r = t->r + i * t->pairs;
    enum clu_status status = clu_spearman(data, &span, 1, w, r, err);

    if (status != CLU_OK)
        return status;
    for (size_t j = 0; j < t->pairs; j++)
        r[j] = clu_csts_truncate(r[j]);
    clu_csts_judge(t, i, p);
    return CLU_OK;
}

enum clu_status clu_csts_correlate(struct clu_csts_labels *t, const struct clu_csts_patterns *p, const struct clu_coded *data,
                                   const struct clu_run *run, struct clu_err *err)
{
    struct failure f = {0};

    for (size_t i = 0; i < t->n; i++)
        if (t->label[i].end >= data->n || t->label[i].start > t->label[i].end)
            return clu_fail(err, CLU_DATA, "segment %lld ends at %zu, but there are only %zu rows", (long long)t->label[i].id,
                            t->label[i].end, data->n);
#pragma omp parallel num_threads(run->threads)
    {
        struct clu_ranker w = {0};
        struct clu_err own = {0};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < t->n; i++) {
            struct clu_span span = {t->label[i].start, t->label[i].end - t->label[i].start + 1};
            note_failure(&f, i, correlate(t, i, p, data, span, &w, &own), &own);
        }
        clu_ranker_clear(&w);
    }
    return tell_failure(&f, err);
}

/* --- from subjects --- */

static void to_doubles(const struct clu_csts_subject *s, const struct clu_csts_rows *r, double *x)
{
    if (s->variant == CLU_CSTS_DOWNSAMPLED && s->completeness == CLU_CSTS_COMPLETE)
        memcpy(x, r->mean, r->rows * r->d * sizeof *x);
    else
        for (size_t i = 0; i < r->rows * r->d; i++)
            x[i] = (double)r->milli[i];
}

enum clu_status clu_csts_whole(struct clu_mat *x, const struct clu_csts_subject *s, const struct clu_run *run, struct clu_err *err)
{
    struct failure f = {0};
    size_t d = s->recipe->patterns.d;

    *x = (struct clu_mat){.cols = d};
    enum clu_status status = clu_need(run, 8 * (double)s->rows * (double)d, err, "%zu rows of %zu variates", s->rows, d);
    if (status != CLU_OK)
        return status;
    if (clu_mat_reserve(x, s->rows, false) < 0)
        return clu_fail_memory(err);
    x->rows = s->rows;
#pragma omp parallel num_threads(run->threads)
    {
        struct clu_csts_rows rows = {0};
        struct clu_err own = {0};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < s->segments; i++) {
            enum clu_status made = clu_csts_make(s, i, &rows, &own);
            if (made == CLU_OK)
                to_doubles(s, &rows, x->v + s->segment[i].out_start * d);
            note_failure(&f, i, made, &own);
        }
        clu_csts_rows_clear(&rows);
    }
    if (f.status != CLU_OK)
        clu_mat_clear(x);
    return tell_failure(&f, err);
}

/* One segment: its data, coded by themselves. */
static enum clu_status segment_truth(struct clu_csts_labels *t, size_t i, const struct clu_csts_subject *s, size_t segment,
                                     struct clu_csts_rows *rows, struct clu_ranker *w, struct clu_err *err)
{
    struct clu_coded coded = {0};
    enum clu_status status = clu_csts_make(s, segment, rows, err);

    if (status != CLU_OK)
        return status;
    to_doubles(s, rows, rows->mean);
    struct clu_view x = {.v = rows->mean, .rows = rows->rows, .cols = rows->d, .ld = rows->d};
    status = clu_coded_make(&coded, x, 1, err);
    if (status == CLU_OK)
        status = correlate(t, i, &s->recipe->patterns, &coded, (struct clu_span){0, rows->rows}, w, err);
    clu_coded_clear(&coded);
    return status;
}

#define LEAST 3 /* rows of a segment that has a label */

/* The segments that have labels, and what is known of them without their data. */
static enum clu_status list_truth(struct clu_csts_labels *t, const struct clu_csts_subject *s, size_t *of, struct clu_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < s->segments; i++)
        if (s->segment[i].kept >= LEAST)
            of[n++] = i;
    enum clu_status status = clu_csts_labels_alloc(t, n, s->recipe->patterns.pairs, err);
    for (size_t i = 0; status == CLU_OK && i < n; i++) {
        const struct clu_csts_segment *g = &s->segment[of[i]];
        t->label[i].id = (int64_t)g->id;
        t->label[i].start = g->out_start;
        t->label[i].end = g->out_start + g->rows - 1;
        t->label[i].cluster = s->recipe->patterns.id[g->pattern];
    }
    return status;
}

static enum clu_status truth_by_segments(struct clu_csts_labels *t, const struct clu_csts_subject *s, const size_t *of,
                                         const struct clu_run *run, struct clu_err *err)
{
    struct failure f = {0};

#pragma omp parallel num_threads(run->threads)
    {
        struct clu_csts_rows rows = {0};
        struct clu_ranker w = {0};
        struct clu_err own = {0};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < t->n; i++)
            note_failure(&f, i, segment_truth(t, i, s, of[i], &rows, &w, &own), &own);
        clu_csts_rows_clear(&rows);
        clu_ranker_clear(&w);
    }
    return tell_failure(&f, err);
}

enum clu_status clu_csts_truth(struct clu_csts_labels *t, const struct clu_csts_subject *s, const struct clu_coded *data,
                               const struct clu_run *run, struct clu_err *err)
{
    size_t *of = clu_alloc(s->segments, sizeof *of);
    enum clu_status status = of ? list_truth(t, s, of, err) : clu_fail_memory(err);

    if (status == CLU_OK)
        status = data ? clu_csts_correlate(t, &s->recipe->patterns, data, run, err) : truth_by_segments(t, s, of, run, err);
    if (status != CLU_OK)
        clu_csts_labels_clear(t);
    clu_free(of);
    return status;
}
