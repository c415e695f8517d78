/* Sections: whole numbers, pairs, entropy, expected information, counts, all of it. */
#include "alg/agree.h"

#include "alg/match.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* --- whole numbers --- */

/* Products of two numbers below 2^63, and their sum. */
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 wide;
#else
typedef long double wide;
#endif

#define WIDE_MAX UINT32_MAX /* objects: there are less than 2^63 pairs of them */

/* Sums of terms of both signs, compensated (Neumaier 1974). */
struct sum {
    double s, rest;
};

static void add(struct sum *to, double x)
{
    double s = to->s + x;
    to->rest += fabs(to->s) >= fabs(x) ? (to->s - s) + x : (x - s) + to->s;
    to->s = s;
}

static double total(const struct sum *of)
{
    return of->s + of->rest;
}

/* --- pairs --- */

/* Pairs of objects that are together by both, by the truth alone, by the labels alone, by none. */
struct pairs {
    wide both, truth, label, none;
};

static wide choose2(uint64_t n)
{
    return (wide)n * (wide)(n - 1) / 2; /* n >= 1; one of the two is even */
}

static struct pairs count_pairs(const struct clu_contingency *t)
{
    struct pairs p = {0};
    wide a = 0, b = 0;

    for (size_t c = 0; c < t->start[t->rows]; c++)
        p.both += choose2(t->count[c]);
    for (size_t i = 0; i < t->rows; i++)
        a += choose2(t->row_sum[i]);
    for (size_t j = 0; j < t->cols; j++)
        b += choose2(t->col_sum[j]);
    p.truth = a - p.both;
    p.label = b - p.both;
    p.none = choose2(t->n) - a - b + p.both;
    return p;
}

/* 2 (x y - z w) / ((x + z)(z + y) + (x + w)(w + y)), exact but for the division where 128 bits hold it. */
static double adjusted_rand(const struct pairs *p, uint64_t n)
{
    if (n <= WIDE_MAX) {
        wide over = p->both * p->none - p->truth * p->label;
        wide under = (p->both + p->truth) * (p->truth + p->none) + (p->both + p->label) * (p->label + p->none);
        return 2 * (double)over / (double)under;
    }
    long double x = (long double)p->both, y = (long double)p->none, z = (long double)p->truth, w = (long double)p->label;
    return (double)(2 * (x * y - z * w) / ((x + z) * (z + y) + (x + w) * (w + y)));
}

static double ratio(wide over, wide under)
{
    return (double)over / (double)under;
}

static void from_pairs(struct clu_agree *out, const struct pairs *p, uint64_t n)
{
    double *value = out->value;
    bool equal = p->truth == 0 && p->label == 0, none = p->both == 0;
    wide together = p->both + p->truth + p->label;

    value[CLU_AGREE_ARI] = equal ? 1 : adjusted_rand(p, n);
    value[CLU_AGREE_RAND] = equal ? 1 : ratio(p->both + p->none, choose2(n));
    value[CLU_AGREE_JACCARD] = equal ? 1 : ratio(p->both, together);
    value[CLU_AGREE_FM] =
        none ? 0 : sqrt(ratio(p->both, p->both + p->truth)) * sqrt(ratio(p->both, p->both + p->label));
}

/* --- entropy --- */

/* log(n c / (a b)); near 0 without cancellation, and exactly 0 where they are equal. */
static double log_lift(uint64_t c, uint64_t a, uint64_t b, uint64_t n)
{
    wide over = (wide)n * (wide)c, under = (wide)a * (wide)b;
    double x = (double)(over - under) / (double)under;

    return fabs(x) < 0.5 ? log1p(x) : log((double)over / (double)under);
}

static double entropy(const uint64_t *sum, size_t k, uint64_t n)
{
    struct sum h = {0};

    for (size_t i = 0; i < k; i++) {
        double rest = (double)(n - sum[i]), has = (double)sum[i], all = (double)n;
        add(&h, has / all * (rest < has ? log1p(rest / has) : log(all / has)));
    }
    return total(&h);
}

static double mean_entropy(double a, double b, int how)
{
    switch (how) {
    case CLU_MEAN_GEOMETRIC:
        return sqrt(a) * sqrt(b);
    case CLU_MEAN_MIN:
        return fmin(a, b);
    case CLU_MEAN_MAX:
        return fmax(a, b);
    default:
        return (a + b) / 2;
    }
}

/* Where a side says all of the other the sums would only nearly be equal. */
static void from_entropy(struct clu_agree *out, const struct clu_contingency *t, const struct pairs *p, int mean)
{
    double *value = out->value, h = out->truth_entropy, g = out->label_entropy;
    struct sum mi = {0};

    for (size_t i = 0; i < t->rows; i++)
        for (size_t c = t->start[i]; c < t->start[i + 1]; c++)
            add(&mi, (double)t->count[c] / (double)t->n *
                         log_lift(t->count[c], t->row_sum[i], t->col_sum[t->col[c]], t->n));
    out->mi = p->label == 0 ? h : p->truth == 0 ? g : fmin(fmax(total(&mi), 0), fmin(h, g));
    double homogeneity = p->label == 0 || h <= 0 ? 1 : out->mi / h, completeness = p->truth == 0 || g <= 0 ? 1 : out->mi / g;
    value[CLU_AGREE_HOMOGENEITY] = homogeneity;
    value[CLU_AGREE_COMPLETENESS] = completeness;
    value[CLU_AGREE_V] =
        homogeneity + completeness > 0 ? 2 * homogeneity * completeness / (homogeneity + completeness) : 0;
    bool equal = p->truth == 0 && p->label == 0;
    value[CLU_AGREE_NMI] = equal ? 1 : out->mi > 0 ? fmin(out->mi / mean_entropy(h, g, mean), 1) : 0;
}

/* --- expected information --- */

/* The sizes of rows or columns, each once. */
struct sizes {
    uint64_t *size; /* [n] ascending */
    double *times;  /* [n] */
    size_t n;
};

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool take_sizes(struct sizes *s, const uint64_t *sum, size_t k)
{
    s->size = clu_alloc(k, sizeof *s->size);
    s->times = clu_alloc(k, sizeof *s->times);
    s->n = 0;
    if (!s->size || !s->times)
        return false;
    for (size_t i = 0; i < k; i++)
        s->size[i] = sum[i];
    qsort(s->size, k, sizeof *s->size, by_size);
    for (size_t i = 0; i < k; i++) {
        if (s->n == 0 || s->size[s->n - 1] != s->size[i]) {
            s->size[s->n] = s->size[i];
            s->times[s->n++] = 0;
        }
        s->times[s->n - 1]++;
    }
    return true;
}

static void free_sizes(struct sizes *s)
{
    clu_free(s->size);
    clu_free(s->times);
}

#define NEGLIGIBLE 1e-30 /* of the sum of the probabilities: 11 standard deviations away, and more than a double can tell */

/* Mean of N log(n N / (a b)) when N of a objects drawn from n are among b. */
static double expected_cell(uint64_t a, uint64_t b, uint64_t n)
{
    uint64_t lo = a + b > n ? a + b - n : 0, hi = a < b ? a : b, mode = (uint64_t)(((wide)a + 1) * ((wide)b + 1) / ((wide)n + 2));
    double sum = 1, w = 1;

    mode = mode < lo ? lo : mode > hi ? hi : mode;
    double mean = mode > 0 ? (double)mode * log_lift(mode, a, b, n) : 0;
    for (uint64_t k = mode; k < hi && w > NEGLIGIBLE * sum; k++) { /* to k + 1 */
        w *= (double)(a - k) / (double)(k + 1) * ((double)(b - k) / (double)(n + k + 1 - a - b));
        sum += w;
        mean += w * (double)(k + 1) * log_lift(k + 1, a, b, n);
    }
    w = 1;
    for (uint64_t k = mode; k > lo && w > NEGLIGIBLE * sum; k--) { /* to k - 1 */
        w *= (double)k / (double)(a + 1 - k) * ((double)(n + k - a - b) / (double)(b + 1 - k));
        sum += w;
        if (k > 1)
            mean += w * (double)(k - 1) * log_lift(k - 1, a, b, n);
    }
    return mean / sum;
}

#define STRETCH 64 /* sizes of rows between two looks at the watch */

static enum clu_status expected_information(double *out, const struct clu_contingency *t, const struct clu_run *run,
                                            struct clu_err *err)
{
    struct sizes a = {0}, b = {0};
    bool good = take_sizes(&a, t->row_sum, t->rows) && take_sizes(&b, t->col_sum, t->cols);
    double *part = good ? clu_alloc(a.n, sizeof *part) : NULL; /* [a.n] own slots */
    enum clu_status status = part ? CLU_OK : clu_fail_memory(err);
    struct sum all = {0};

    for (size_t first = 0; status == CLU_OK && first < a.n; first += STRETCH) {
        size_t last = a.n - first < STRETCH ? a.n : first + STRETCH;
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1) if (run->threads > 1 && b.n > 16)
        for (size_t i = first; i < last; i++) {
            struct sum row = {0};
            for (size_t j = 0; j < b.n; j++)
                add(&row, b.times[j] * expected_cell(a.size[i], b.size[j], t->n));
            part[i] = total(&row);
        }
        status = clu_tick(run, "expected information", last, a.n, NAN);
    }
    for (size_t i = 0; status == CLU_OK && i < a.n; i++)
        add(&all, a.times[i] * part[i]);
    *out = total(&all) / (double)t->n;
    free_sizes(&a);
    free_sizes(&b);
    clu_free(part);
    return status;
}

static enum clu_status adjusted_information(struct clu_agree *out, const struct clu_contingency *t, const struct pairs *p,
                                            int mean, const struct clu_run *run, struct clu_err *err)
{
    double *ami = &out->value[CLU_AGREE_AMI];
    enum clu_status status = CLU_OK;

    /* One cluster, or n: every drawing has the same information, and there is none to gain. */
    bool fixed = t->rows == 1 || t->cols == 1 || t->rows == t->n || t->cols == t->n;
    if (p->truth == 0 && p->label == 0)
        *ami = 1;
    else if (fixed)
        *ami = 0;
    else if ((status = expected_information(&out->expected, t, run, err)) == CLU_OK)
        *ami = (out->mi - out->expected) / (mean_entropy(out->truth_entropy, out->label_entropy, mean) - out->expected);
    return status;
}

/* --- counts --- */

static enum clu_status purity(struct clu_agree *out, const struct clu_contingency *t, struct clu_err *err)
{
    uint64_t *most = clu_calloc(t->cols, sizeof *most), sum = 0;

    if (!most)
        return clu_fail_memory(err);
    for (size_t c = 0; c < t->start[t->rows]; c++)
        if (t->count[c] > most[t->col[c]])
            most[t->col[c]] = t->count[c];
    for (size_t j = 0; j < t->cols; j++)
        sum += most[j];
    out->value[CLU_AGREE_PURITY] = (double)sum / (double)t->n;
    clu_free(most);
    return CLU_OK;
}

/* The matching of the greatest sum of counts, or of shares of the classes. */
static enum clu_status match(int32_t *match, double *weight, bool shares, const struct clu_contingency *t, const struct clu_run *run,
                             struct clu_err *err)
{
    struct clu_weights w = {.rows = t->rows, .cols = t->cols, .start = t->start, .col = t->col, .weight = weight};

    for (size_t i = 0; i < t->rows; i++)
        for (size_t c = t->start[i]; c < t->start[i + 1]; c++)
            weight[c] = (double)t->count[c] / (shares ? (double)t->row_sum[i] : 1);
    return clu_match(match, &w, run, err);
}

static double matched(const int32_t *match, const double *weight, const struct clu_contingency *t)
{
    struct sum all = {0};

    for (size_t i = 0; i < t->rows; i++)
        for (size_t c = t->start[i]; c < t->start[i + 1]; c++)
            if (t->col[c] == match[i])
                add(&all, weight[c]);
    return total(&all);
}

static enum clu_status by_matching(struct clu_agree *out, const struct clu_contingency *t, const struct pairs *p,
                                   const struct clu_agree_opt *opt, const struct clu_run *run, struct clu_err *err)
{
    double *value = out->value;
    bool equal = p->truth == 0 && p->label == 0;
    enum clu_status status = CLU_OK;

    if (equal || t->rows == 1)
        value[CLU_AGREE_NCA] = equal;
    if (equal)
        value[CLU_AGREE_ACCURACY] = 1;
    bool accuracy = opt->want[CLU_AGREE_ACCURACY] && !equal, nca = opt->want[CLU_AGREE_NCA] && !equal && t->rows > 1;
    if (!accuracy && !nca)
        return CLU_OK;
    int32_t *of = clu_alloc(t->rows, sizeof *of);
    double *weight = clu_alloc(t->start[t->rows], sizeof *weight);
    if (!of || !weight)
        status = clu_fail_memory(err);
    if (status == CLU_OK && accuracy && (status = match(of, weight, false, t, run, err)) == CLU_OK)
        value[CLU_AGREE_ACCURACY] = matched(of, weight, t) / (double)t->n;
    if (status == CLU_OK && nca && (status = match(of, weight, true, t, run, err)) == CLU_OK)
        value[CLU_AGREE_NCA] = (matched(of, weight, t) - 1) / ((double)t->rows - 1);
    clu_free(of);
    clu_free(weight);
    return status;
}

/* --- all of it --- */

enum clu_status clu_agree_fit(struct clu_agree *out, const struct clu_contingency *t, const struct clu_agree_opt *opt,
                              const struct clu_run *run, struct clu_err *err)
{
    struct pairs p = count_pairs(t);
    enum clu_status status;

    *out = (struct clu_agree){.expected = NAN};
    for (int i = 0; i < CLU_AGREE_MEASURES; i++)
        out->value[i] = NAN;
    out->truth_entropy = entropy(t->row_sum, t->rows, t->n);
    out->label_entropy = entropy(t->col_sum, t->cols, t->n);
    from_pairs(out, &p, t->n);
    from_entropy(out, t, &p, opt->mean);
    status = purity(out, t, err);
    if (status == CLU_OK)
        status = by_matching(out, t, &p, opt, run, err);
    if (status == CLU_OK && opt->want[CLU_AGREE_AMI])
        status = adjusted_information(out, t, &p, opt->mean, run, err);
    return status;
}
