/* Sections: mapping, discovery, rows, segments, all. */
#include "alg/csts_eval.h"

#include "alg/agree.h"
#include "base/mem.h"
#include "num/median.h"

#include <math.h>
#include <string.h>

const char *const clu_csts_measure_name[CLU_EVAL_MEASURES] = {
    "segments", "clusters", "jaccard", "swc", "dbi", "vrc", "pbm", "pbm_textbook", "discovery", "specificity", "segmentation_ratio",
    "length_ratio", "mae", "truth_mae", "ari", "nmi", "v", "boundary_f1"};

void clu_csts_eval_clear(struct clu_csts_eval *e)
{
    clu_csts_clusters_clear(&e->result);
    clu_csts_clusters_clear(&e->truth);
    clu_free(e->distance);
    clu_free(e->nearest);
    clu_free(e->first);
    clu_free(e->pair);
    clu_free(e->found);
    *e = (struct clu_csts_eval){0};
}

/* --- mapping --- */

static bool is_within(const double *a, const double *b, size_t pairs, double tolerance)
{
    for (size_t j = 0; j < pairs; j++)
        if (!(fabs(a[j] - b[j]) <= tolerance + 1e-9)) /* means have three decimals: what is on the edge is within */
            return false;
    return true;
}

/* Which true clusters cluster a of the result is mapped to; its distances are there. */
static void choose(struct clu_csts_eval *e, size_t a, bool same_ids)
{
    size_t truths = e->truth.k, first = truths;
    const double *distance = e->distance + a * truths;

    for (size_t b = 0; b < truths; b++)
        if (same_ids ? e->truth.id[b] == e->result.id[a] : !isnan(distance[b]) && (first == truths || distance[b] < distance[first]))
            first = b;
    e->first[a] = first;
    e->nearest[a] = first < truths ? distance[first] : NAN;
    for (size_t b = first; b < truths; b++)
        if (b == first || (!same_ids && distance[b] == distance[first]))
            e->pair[a * truths + b] |= CLU_CSTS_MAPPED;
}

static void map(struct clu_csts_eval *e, const struct clu_csts_eval_opt *opt)
{
    size_t pairs = e->result.pairs, truths = e->truth.k;

    for (size_t a = 0; a < e->result.k; a++) {
        const double *mean = e->result.mean + a * pairs;
        for (size_t b = 0; b < truths; b++) {
            const double *other = e->truth.mean + b * pairs;
            double d = clu_csts_distance((enum clu_csts_distance)opt->map, mean, other, pairs);
            e->distance[a * truths + b] = rint(d * 1000) / 1000;
            if (is_within(mean, other, pairs, opt->tolerance))
                e->pair[a * truths + b] |= CLU_CSTS_WITHIN;
        }
        choose(e, a, opt->same_ids);
    }
}

static double mean_distance(const double *a, const double *b, size_t pairs)
{
    double sum = 0;
    for (size_t j = 0; j < pairs; j++)
        sum += fabs(a[j] - b[j]);
    return sum / (double)pairs;
}

static void find_mae(struct clu_csts_eval *e, const struct clu_csts_patterns *patterns)
{
    double relaxed[CLU_CSTS_PAIRS], result = 0, truth = 0;
    size_t pairs = e->result.pairs, n = 0;

    for (size_t a = 0; a < e->result.k; a++) {
        size_t b = e->first[a], at = b < e->truth.k ? clu_csts_patterns_find(patterns, e->truth.id[b]) : patterns->n;
        if (at == patterns->n)
            continue;
        clu_csts_relaxed(patterns, at, relaxed);
        result += mean_distance(relaxed, e->result.mean + a * pairs, pairs);
        truth += mean_distance(relaxed, e->truth.mean + b * pairs, pairs);
        n++;
    }
    e->value[CLU_EVAL_MAE] = result / (double)n;
    e->value[CLU_EVAL_TRUTH_MAE] = truth / (double)n;
}

/* --- discovery --- */

/* The only true cluster that is nearest to a, or truth.k. */
static size_t only_nearest(const struct clu_csts_eval *e, size_t a)
{
    size_t b = e->first[a];

    for (size_t other = b + 1; other < e->truth.k; other++)
        if (clu_csts_eval_maps(e, a, other))
            return e->truth.k;
    return b;
}

/* claims[truth.k]: scratch. */
static void discover(struct clu_csts_eval *e, size_t *claims)
{
    size_t truths = e->truth.k, found = 0, specific = 0;

    memset(claims, 0, truths * sizeof *claims);
    for (size_t a = 0; a < e->result.k; a++) {
        size_t only = only_nearest(e, a);
        if (only < truths)
            claims[only]++;
        for (size_t b = 0; b < truths; b++)
            e->found[b] |= clu_csts_eval_meets(e, a, b);
    }
    for (size_t b = 0; b < truths; b++)
        found += e->found[b];
    for (size_t a = 0; a < e->result.k; a++) {
        size_t only = only_nearest(e, a);
        specific += only < truths && claims[only] == 1 && clu_csts_eval_meets(e, a, only);
    }
    e->value[CLU_EVAL_DISCOVERY] = 100 * (double)found / (double)truths;
    e->value[CLU_EVAL_SPECIFICITY] = 100 * (double)specific / (double)e->result.k;
}

/* --- rows --- */

/* Stretches of rows that lie in one segment of both tables, into x[result->n + truth->n]; returns how many. */
static size_t overlap(struct clu_counted *x, const struct clu_csts_eval *e, const struct clu_csts_labels *result,
                      const struct clu_csts_labels *truth)
{
    size_t n = 0;

    for (size_t i = 0, j = 0; i < result->n && j < truth->n;) {
        const struct clu_csts_label *a = &result->label[i], *b = &truth->label[j];
        size_t from = a->start > b->start ? a->start : b->start, to = a->end < b->end ? a->end : b->end;
        if (from <= to)
            x[n++] = (struct clu_counted){(int32_t)e->truth.of[j], (int32_t)e->result.of[i], to - from + 1};
        if (a->end < b->end)
            i++;
        else
            j++;
    }
    return n;
}

/* Number the clusters that occur in x[n] anew, from 0: those of the truth (side 0), or of the result. */
static size_t renumber(struct clu_counted *x, size_t n, int side, int32_t *number, size_t k)
{
    int32_t used = 0;

    for (size_t a = 0; a < k; a++)
        number[a] = -1;
    for (size_t i = 0; i < n; i++) {
        int32_t *at = side == 0 ? &x[i].truth : &x[i].label;
        if (number[*at] < 0)
            number[*at] = used++;
        *at = number[*at];
    }
    return (size_t)used;
}

static enum clu_status compare_rows(struct clu_csts_eval *e, const struct clu_csts_labels *result, const struct clu_csts_labels *truth,
                                    const struct clu_run *run, struct clu_err *err)
{
    static const struct clu_agree_opt opt = {.mean = CLU_MEAN_ARITHMETIC};
    size_t most = e->result.k > e->truth.k ? e->result.k : e->truth.k;
    struct clu_counted *x = clu_alloc(result->n + truth->n, sizeof *x);
    int32_t *number = clu_alloc(most, sizeof *number);
    enum clu_status status = x && number ? CLU_OK : clu_fail_memory(err);
    size_t n = status == CLU_OK ? overlap(x, e, result, truth) : 0;

    if (n > 0) {
        struct clu_contingency t = {0};
        struct clu_agree agree = {0};
        uint64_t same = 0, all = 0;
        for (size_t i = 0; i < n; i++) {
            same += e->first[x[i].label] == (size_t)x[i].truth ? x[i].count : 0;
            all += x[i].count;
        }
        e->value[CLU_EVAL_JACCARD] = (double)same / (double)all;
        size_t rows = renumber(x, n, 0, number, e->truth.k), cols = renumber(x, n, 1, number, e->result.k);
        status = clu_contingency_of(&t, x, n, rows, cols, err);
        if (status == CLU_OK)
            status = clu_agree_fit(&agree, &t, &opt, run, err);
        e->value[CLU_EVAL_ARI] = agree.value[CLU_AGREE_ARI];
        e->value[CLU_EVAL_NMI] = agree.value[CLU_AGREE_NMI];
        e->value[CLU_EVAL_V] = agree.value[CLU_AGREE_V];
        clu_contingency_clear(&t);
    }
    clu_free(x);
    clu_free(number);
    return status;
}

/* --- segments --- */

/* length[n]: scratch. */
static double median_length(const struct clu_csts_labels *t, double *length)
{
    for (size_t i = 0; i < t->n; i++)
        length[i] = (double)(t->label[i].end - t->label[i].start + 1);
    return clu_median(length, t->n);
}

/* Boundaries lie where segments but the first one begin. Two ascending lists: the pair that comes first can be matched first. */
static double boundary_f1(const struct clu_csts_labels *a, const struct clu_csts_labels *b, size_t tolerance)
{
    size_t matched = 0;

    if (a->n + b->n == 2)
        return 1;
    for (size_t i = 1, j = 1; i < a->n && j < b->n;) {
        size_t x = a->label[i].start, y = b->label[j].start;
        bool near = (x > y ? x - y : y - x) <= tolerance;
        matched += near;
        i += near || x < y;
        j += near || x > y;
    }
    return 2 * (double)matched / (double)(a->n - 1 + b->n - 1);
}

/* length[the larger n]: scratch. */
static void compare_segments(struct clu_csts_eval *e, const struct clu_csts_labels *result, const struct clu_csts_labels *truth,
                             size_t tolerance, double *length)
{
    e->value[CLU_EVAL_SEGMENTS] = (double)result->n;
    e->value[CLU_EVAL_CLUSTERS] = (double)e->result.k;
    e->value[CLU_EVAL_SEGMENTATION_RATIO] = (double)result->n / (double)truth->n;
    e->value[CLU_EVAL_LENGTH_RATIO] = median_length(result, length) / median_length(truth, length);
    e->value[CLU_EVAL_BOUNDARY_F1] = boundary_f1(result, truth, tolerance);
}

/* --- all --- */

static enum clu_status make_room(struct clu_csts_eval *e, const struct clu_csts_labels *result, const struct clu_csts_labels *truth,
                                 struct clu_err *err)
{
    enum clu_status status = clu_csts_clusters_make(&e->result, result, err);

    if (status == CLU_OK)
        status = clu_csts_clusters_make(&e->truth, truth, err);
    if (status != CLU_OK)
        return status;
    e->distance = clu_alloc(e->result.k, e->truth.k * sizeof *e->distance);
    e->pair = clu_calloc(e->result.k, e->truth.k);
    e->nearest = clu_alloc(e->result.k, sizeof *e->nearest);
    e->first = clu_alloc(e->result.k, sizeof *e->first);
    e->found = clu_calloc(e->truth.k, 1);
    return e->distance && e->pair && e->nearest && e->first && e->found ? CLU_OK : clu_fail_memory(err);
}

enum clu_status clu_csts_eval_fit(struct clu_csts_eval *e, const struct clu_csts_labels *result, const struct clu_csts_labels *truth,
                                  const struct clu_csts_patterns *patterns, const struct clu_csts_rows_of *from,
                                  const struct clu_csts_eval_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    struct clu_csts_index index = {0};
    double *length = clu_alloc(result->n > truth->n ? result->n : truth->n, sizeof *length);
    size_t *claims = clu_alloc(truth->n, sizeof *claims); /* no more clusters than segments */
    enum clu_status status = length && claims ? CLU_OK : clu_fail_memory(err);

    *e = (struct clu_csts_eval){0};
    for (size_t i = 0; i < CLU_EVAL_MEASURES; i++)
        e->value[i] = NAN;
    if (status == CLU_OK)
        status = make_room(e, result, truth, err);
    if (status == CLU_OK) {
        map(e, opt);
        discover(e, claims);
        find_mae(e, patterns);
        compare_segments(e, result, truth, opt->boundary, length);
        status = compare_rows(e, result, truth, run, err);
    }
    if (status == CLU_OK)
        status = clu_csts_index_fit(&index, result, &e->result, from, (enum clu_csts_distance)opt->distance, !opt->no_swc, run, err);
    e->value[CLU_EVAL_SWC] = index.swc;
    e->value[CLU_EVAL_DBI] = index.dbi;
    e->value[CLU_EVAL_VRC] = index.vrc;
    e->value[CLU_EVAL_PBM] = index.pbm;
    e->value[CLU_EVAL_PBM_TEXTBOOK] = index.pbm_textbook;
    clu_free(length);
    clu_free(claims);
    if (status != CLU_OK)
        clu_csts_eval_clear(e);
    return status;
}
