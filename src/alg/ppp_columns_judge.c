/* What a column says of a partition. Sections: partitions and neighbours, two clusters on a column, claims, ranks. */
#include "alg/ppp_columns_state.h"

#include "alg/ppp_state.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- partitions and neighbours --- */

#define MOST_PAIRS (CLU_PPP_MOST * PPP_NEAREST)

enum clu_status ppp_partition_init(struct ppp_partition *p, size_t n, struct clu_err *err)
{
    *p = (struct ppp_partition){.n = n, .k = 1};
    p->cluster = clu_calloc(n, sizeof *p->cluster);
    p->pair = clu_alloc(MOST_PAIRS, sizeof *p->pair);
    p->direct = clu_alloc(MOST_PAIRS, sizeof *p->direct);
    return p->cluster && p->pair && p->direct ? CLU_OK : clu_fail_memory(err);
}

void ppp_partition_clear(struct ppp_partition *p)
{
    clu_free(p->cluster);
    clu_free(p->pair);
    clu_free(p->direct);
    *p = (struct ppp_partition){0};
}

static void number_clusters(struct ppp_partition *p, const struct clu_ppp *fit, const size_t *order)
{
    int32_t number[CLU_PPP_MOST], next = 0;

    for (size_t c = 0; c < fit->k; c++)
        number[c] = -1;
    for (size_t r = 0; r < p->n; r++) {
        int32_t *own = &number[fit->label[order[r]]];
        if (*own < 0)
            *own = next++;
        p->cluster[r] = *own;
    }
    p->k = fit->k;
}

static void find_centers(const struct ppp_partition *p, struct clu_view x, const size_t *order, const size_t *column, size_t cols,
                         double *center)
{
    size_t rows[CLU_PPP_MOST] = {0};

    memset(center, 0, p->k * cols * sizeof *center);
    for (size_t r = 0; r < p->n; r++) {
        size_t c = (size_t)p->cluster[r];
        rows[c]++;
        for (size_t j = 0; j < cols; j++)
            center[c * cols + j] += (clu_view_at(x, order[r], column[j]) - center[c * cols + j]) / (double)rows[c];
    }
}

static double square_of(const double *center, size_t cols, size_t a, size_t b)
{
    double sum = 0;

    for (size_t j = 0; j < cols; j++) {
        double e = center[a * cols + j] - center[b * cols + j];
        sum += e * e;
    }
    return sum;
}

/* near[k]: the cluster's nearest others, the first of equals. */
static void mark_nearest(const double *center, size_t k, size_t cols, size_t a, bool *near)
{
    double away[CLU_PPP_MOST];

    for (size_t b = 0; b < k; b++)
        away[b] = square_of(center, cols, a, b);
    away[a] = HUGE_VAL;
    for (size_t r = 0; r < PPP_NEAREST; r++) {
        size_t at = 0;
        for (size_t b = 1; b < k; b++)
            if (away[b] < away[at])
                at = b;
        near[at] = true;
        away[at] = HUGE_VAL;
    }
}

static void list_pairs(struct ppp_partition *p, const bool *near)
{
    size_t k = p->k;

    p->pairs = 0;
    for (size_t a = 0; a < k; a++)
        for (size_t b = a + 1; b < k; b++)
            if (k <= PPP_ALL_PAIRS || near[a * k + b] || near[b * k + a]) {
                p->pair[p->pairs][0] = (uint8_t)a;
                p->pair[p->pairs++][1] = (uint8_t)b;
            }
}

static void mark_direct(struct ppp_partition *p, const double *center, size_t cols)
{
    for (size_t q = 0; q < p->pairs; q++) {
        size_t a = p->pair[q][0], b = p->pair[q][1];
        double apart = square_of(center, cols, a, b);
        p->direct[q] = true;
        for (size_t c = 0; c < p->k; c++)
            if (c != a && c != b && square_of(center, cols, a, c) + square_of(center, cols, b, c) < apart)
                p->direct[q] = false;
    }
}

enum clu_status ppp_partition_fill(struct ppp_partition *p, const struct clu_ppp *fit, struct clu_view x, const size_t *order,
                                   const size_t *column, size_t cols, struct clu_err *err)
{
    size_t k = fit->k;
    double *center = clu_alloc(k * cols, sizeof *center);
    bool *near = clu_calloc(k * k, sizeof *near);
    enum clu_status status = center && near ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK) {
        number_clusters(p, fit, order);
        find_centers(p, x, order, column, cols, center);
        for (size_t a = 0; a < k && k > PPP_ALL_PAIRS; a++)
            mark_nearest(center, k, cols, a, near + a * k);
        list_pairs(p, near);
        mark_direct(p, center, cols);
    }
    clu_free(center);
    clu_free(near);
    return status;
}

/* --- two clusters on a column --- */

enum clu_status ppp_desk_init(struct ppp_desk *k, size_t n, struct clu_err *err)
{
    k->value = clu_alloc(n, sizeof *k->value);
    k->both = clu_alloc(n, sizeof *k->both);
    k->side = clu_alloc(n, 1);
    return k->value && k->both && k->side ? CLU_OK : clu_fail_memory(err);
}

void ppp_desk_clear(struct ppp_desk *k)
{
    clu_free(k->value);
    clu_free(k->both);
    clu_free(k->side);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sort_by_cluster(struct ppp_desk *desk, const struct ppp_partition *p, const double *column)
{
    size_t at[CLU_PPP_MOST];

    memset(desk->from, 0, sizeof desk->from);
    for (size_t r = 0; r < p->n; r++)
        desk->from[p->cluster[r] + 1]++;
    for (size_t c = 0; c < p->k; c++) {
        desk->from[c + 1] += desk->from[c];
        at[c] = desk->from[c];
    }
    for (size_t r = 0; r < p->n; r++)
        desk->value[at[p->cluster[r]]++] = column[r];
    for (size_t c = 0; c < p->k; c++)
        qsort(desk->value + desk->from[c], desk->from[c + 1] - desk->from[c], sizeof *desk->value, by_value);
}

/* How far two clusters are apart on the column. */
struct apart {
    size_t low, high; /* the clusters, the lower one first */
    double chance;    /* that a row of high is beyond one of low, half of equal ones; at least 1/2 */
    double z;         /* the rank sum in standard deviations (Mann and Whitney 1947), ties and continuity corrected */
};

static struct apart compare(const struct ppp_desk *desk, size_t a, size_t b)
{
    const double *x = desk->value + desk->from[a], *y = desk->value + desk->from[b];
    size_t m = desk->from[a + 1] - desk->from[a], n = desk->from[b + 1] - desk->from[b];
    double dm = (double)m, dn = (double)n, all = dm + dn, beyond = 0, ties = 0;

    for (size_t i = 0, j = 0; i < m || j < n;) {
        double v = j == n || (i < m && x[i] < y[j]) ? x[i] : y[j], same = 0, mine = 0;
        for (; i < m && x[i] == v; i++)
            same++;
        for (; j < n && y[j] == v; j++)
            mine++;
        beyond += mine * ((double)i - same / 2);
        ties += (same + mine) * ((same + mine) * (same + mine) - 1);
    }
    double var = dm * dn / 12 * (all + 1 - ties / (all * (all - 1))), over = fabs(beyond - dm * dn / 2) - 0.5;
    struct apart r = {a, b, beyond / (dm * dn), var > 0 && over > 0 ? over / sqrt(var) : 0};
    if (r.chance < 0.5)
        r = (struct apart){b, a, 1 - r.chance, r.z};
    return r;
}

/* log10 of the two-sided score of z. */
static double log_place(double z)
{
    return log10(fmax(erfc(z / sqrt(2)), 1e-300));
}

/* The rows of both clusters, ascending; of equal ones those of the lower cluster first. */
static size_t merge_values(struct ppp_desk *desk, const struct apart *t)
{
    const double *x = desk->value + desk->from[t->low], *y = desk->value + desk->from[t->high];
    size_t m = desk->from[t->low + 1] - desk->from[t->low], n = desk->from[t->high + 1] - desk->from[t->high];

    for (size_t i = 0, j = 0; i + j < m + n;) {
        bool high = i == m || (j < n && y[j] < x[i]);
        desk->side[i + j] = high;
        desk->both[i + j] = high ? y[j] : x[i];
        *(high ? &j : &i) += 1;
    }
    return m + n;
}

/* --- claims --- */

static enum clu_status judge_trough(struct ppp_desk *desk, const struct apart *t, double step, const struct clu_ppp_opt *opt,
                                    double *least, struct clu_err *err)
{
    struct clu_run run = CLU_RUN_DEFAULT;
    size_t m = merge_values(desk, t);
    struct ppp s = {.opt = opt, .run = &run, .n = m, .d = 1, .x = desk->both, .step = &step};
    struct ppp_cloud cloud = {0};
    struct ppp_verdict v = {0};
    enum clu_status status = CLU_OK;

    if (!ppp_big_enough(desk->side, m))
        return CLU_OK;
    status = ppp_cloud_init(&cloud, &s, NULL, m, err);
    if (status == CLU_OK)
        status = ppp_judge(&s, &cloud, desk->side, &v, err);
    if (status == CLU_OK)
        *least = fmin(*least, v.log10);
    ppp_cloud_clear(&cloud);
    return status;
}

/* Keep the PPP_JUDGED that are farthest apart; the earlier of equals. */
static size_t keep_farthest(struct apart *kept, size_t count, const struct apart *t)
{
    size_t at = count;

    while (at > 0 && kept[at - 1].z < t->z)
        at--;
    if (at == PPP_JUDGED)
        return count;
    count += count < PPP_JUDGED;
    memmove(kept + at + 1, kept + at, (count - at - 1) * sizeof *kept);
    kept[at] = *t;
    return count;
}

enum clu_status ppp_claim_fill(struct ppp_claim *claim, struct ppp_desk *desk, const struct ppp_partition *p, const double *column,
                               double step, bool own, const struct clu_ppp_opt *opt, struct clu_err *err)
{
    struct apart kept[PPP_JUDGED];
    size_t count = 0;
    enum clu_status status = CLU_OK;

    *claim = (struct ppp_claim){0};
    if (p->pairs == 0)
        return CLU_OK;
    sort_by_cluster(desk, p, column);
    for (size_t q = 0; q < p->pairs; q++) {
        struct apart t = compare(desk, p->pair[q][0], p->pair[q][1]);
        if (t.chance < PPP_APART)
            continue;
        claim->place = fmin(claim->place, log_place(t.z));
        if (!own || p->direct[q])
            count = keep_farthest(kept, count, &t);
    }
    for (size_t i = 0; i < count && status == CLU_OK; i++)
        status = judge_trough(desk, &kept[i], step, opt, &claim->trough, err);
    return status;
}

/* --- ranks --- */

struct ranked {
    int32_t cluster;
    double value;
    size_t row;
};

static int by_cluster_and_value(const void *a, const void *b)
{
    const struct ranked *p = a, *q = b;

    if (p->cluster != q->cluster)
        return (p->cluster > q->cluster) - (p->cluster < q->cluster);
    return (p->value > q->value) - (p->value < q->value);
}

enum clu_status ppp_inner_ranks(int64_t *rank, const struct ppp_partition *p, const double *column, struct clu_err *err)
{
    size_t n = p->n;
    struct ranked *item = clu_alloc(n, sizeof *item);

    if (!item)
        return clu_fail_memory(err);
    for (size_t r = 0; r < n; r++)
        item[r] = (struct ranked){p->cluster[r], column[r], r};
    qsort(item, n, sizeof *item, by_cluster_and_value);
    for (size_t from = 0, to = 0; from < n; from = to) {
        for (to = from; to < n && item[to].cluster == item[from].cluster;)
            to++;
        for (size_t i = from, j = from; i < to; i = j) {
            while (j < to && item[j].value == item[i].value)
                j++;
            /* twice (the mean of ranks i .. j-1, less the mean of from .. to-1) */
            for (size_t l = i; l < j; l++)
                rank[item[l].row] = (int64_t)(i + j) - (int64_t)(from + to);
        }
    }
    clu_free(item);
    return CLU_OK;
}

/* An exact sum, whatever its order: products are less than 2^62 as long as there are less than 2^30 rows. */
static double inner(const int64_t *a, const int64_t *b, size_t n)
{
    int64_t high = 0, low = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t v = a[i] * b[i];
        high += v / 4294967296;
        low += v % 4294967296;
    }
    return (double)high * 4294967296.0 + (double)low;
}

double ppp_rank_correlation(const int64_t *a, const int64_t *b, size_t n)
{
    double aa = inner(a, a, n), bb = inner(b, b, n);

    return aa > 0 && bb > 0 ? inner(a, b, n) / sqrt(aa) / sqrt(bb) : 0;
}
