/* Sections: published loadings, eigenvalues, lists, properties. */
#include "alg/csts_pattern.h"

#include "base/mem.h"
#include "num/elem.h"
#include "num/jacobi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- published loadings --- */

#define A 0.70710678118654752 /* sqrt(1/2) */
#define P 0.77688698701501868 /* sqrt(1 + sqrt(2)) / 2 */
#define Q 1.0986841134678098  /* sqrt(1 + sqrt(2)) / sqrt(2) */

/* Rows: variates; columns: the three independent normal numbers. */
static const struct {
    int32_t id;
    double load[3][3];
} published[] = {
    {0, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {1, {{0, 1, 0}, {0, 0, 1}, {0, 0, 1}}},
    {2, {{0, 1, 0}, {0, 0, -1}, {0, 0, 1}}},
    {3, {{0, 0, -1}, {0, -1, 0}, {0, 0, -1}}},
    {4, {{0, -A, -P}, {0, A, -P}, {0, 0, -Q}}},
    {5, {{0, -A, P}, {0, -A, -P}, {0, 0, Q}}},
    {6, {{0, 0, -1}, {0, 1, 0}, {0, 0, 1}}},
    {7, {{0, -A, -P}, {0, -A, P}, {0, 0, Q}}},
    {8, {{0, -A, P}, {0, A, P}, {0, 0, -Q}}},
    {9, {{0, 0, 1}, {0, 0, 1}, {0, 1, 0}}},
    {10, {{0, A, P}, {0, 0, Q}, {0, -A, P}}},
    {11, {{0, A, -P}, {0, 0, -Q}, {0, A, P}}},
    {12, {{0, 0, Q}, {0, -A, P}, {0, A, P}}},
    {13, {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}}},
    {15, {{0, 0, Q}, {0, A, P}, {0, A, -P}}},
    {17, {{0, 0, 1}, {0, 0, 1}, {0, 0, -1}}},
    {18, {{0, 0, -1}, {0, 0, 1}, {0, 1, 0}}},
    {19, {{0, -A, -P}, {0, 0, Q}, {0, -A, P}}},
    {20, {{0, -A, P}, {0, 0, -Q}, {0, A, P}}},
    {21, {{0, 0, Q}, {0, A, -P}, {0, A, P}}},
    {23, {{0, 0, 1}, {0, 0, -1}, {0, 0, 1}}},
    {24, {{0, 0, Q}, {0, -A, -P}, {0, A, -P}}},
    {25, {{0, 0, 1}, {0, 0, -1}, {0, 0, -1}}},
};

/* --- eigenvalues --- */

/* The matrix of pattern i taken apart: eigenvalues on the diagonal of a, eigenvectors in v. */
static void take_apart(const struct clu_csts_patterns *p, size_t i, double *a, double *v)
{
    const double *r = p->canonical + i * p->pairs;

    for (size_t j = 0; j < p->d; j++) {
        a[j * p->d + j] = 1;
        for (size_t k = j + 1; k < p->d; k++)
            a[j * p->d + k] = a[k * p->d + j] = *r++;
    }
    clu_jacobi(a, v, p->d);
}

/* --- lists --- */

void clu_csts_patterns_clear(struct clu_csts_patterns *p)
{
    clu_free(p->id);
    clu_free(p->canonical);
    *p = (struct clu_csts_patterns){0};
}

static enum clu_status make_room(struct clu_csts_patterns *p, size_t d, size_t n, struct clu_err *err)
{
    *p = (struct clu_csts_patterns){.n = n, .d = d, .pairs = clu_csts_pairs(d)};
    p->id = clu_alloc(n, sizeof *p->id);
    p->canonical = clu_alloc(n * p->pairs, sizeof *p->canonical);
    if (p->id && p->canonical)
        return CLU_OK;
    clu_csts_patterns_clear(p);
    return clu_fail_memory(err);
}

/* Spell id to base 3, the last pair from the last digit. */
static void spell(int32_t id, size_t pairs, double *r)
{
    static const double digit[3] = {0, 1, -1};

    for (size_t j = pairs; j-- > 0; id /= 3)
        r[j] = digit[id % 3];
}

static size_t pair_at(size_t d, size_t i, size_t j) /* i < j */
{
    return i * d - i * (i + 1) / 2 + j - i - 1;
}

/* Does no triangle of strong links have a negative product? */
static bool possible(const double *r, size_t d)
{
    for (size_t i = 0; i + 2 < d; i++)
        for (size_t j = i + 1; j + 1 < d; j++)
            for (size_t k = j + 1; k < d; k++)
                if (r[pair_at(d, i, j)] * r[pair_at(d, i, k)] * r[pair_at(d, j, k)] < 0)
                    return false;
    return true;
}

enum clu_status clu_csts_patterns_enumerate(struct clu_csts_patterns *p, size_t d, struct clu_err *err)
{
    int32_t all = 1;

    for (size_t j = 0; j < clu_csts_pairs(d); j++)
        all *= 3;
    enum clu_status status = make_room(p, d, (size_t)all, err);
    if (status != CLU_OK)
        return status;
    p->relaxed = d == 3;
    p->n = 0;
    for (int32_t id = 0; id < all; id++) {
        spell(id, p->pairs, p->canonical + p->n * p->pairs);
        if (possible(p->canonical + p->n * p->pairs, d))
            p->id[p->n++] = id;
    }
    return CLU_OK;
}

enum clu_status clu_csts_patterns_published(struct clu_csts_patterns *p, struct clu_err *err)
{
    enum clu_status status = clu_csts_patterns_enumerate(p, 3, err);
    p->published = status == CLU_OK;
    return status;
}

struct sorted {
    int32_t id;
    size_t at;
};

static int by_id(const void *a, const void *b)
{
    int32_t x = ((const struct sorted *)a)->id, y = ((const struct sorted *)b)->id;
    return (x > y) - (x < y);
}

static enum clu_status take_sorted(struct clu_csts_patterns *p, struct sorted *order, const double *canonical, struct clu_err *err)
{
    p->relaxed = p->d == 3;
    for (size_t i = 0; i < p->n; i++) {
        if (order[i].id < 0)
            return clu_fail(err, CLU_DATA, "pattern %d: ids are 0 or more", (int)order[i].id);
        if (i > 0 && order[i].id == order[i - 1].id)
            return clu_fail(err, CLU_DATA, "pattern %d is there twice", (int)order[i].id);
        p->id[i] = order[i].id;
        for (size_t j = 0; j < p->pairs; j++) {
            double r = canonical[order[i].at * p->pairs + j];
            if (!(fabs(r) <= 1))
                return clu_fail(err, CLU_DATA, "pattern %d: correlations are from -1 to 1", (int)order[i].id);
            p->canonical[i * p->pairs + j] = r;
            p->relaxed = p->relaxed && (r == 0 || fabs(r) == 1);
        }
    }
    return CLU_OK;
}

enum clu_status clu_csts_patterns_given(struct clu_csts_patterns *p, size_t d, size_t n, const int32_t *id, const double *canonical,
                                        struct clu_err *err)
{
    enum clu_status status = make_room(p, d, n, err);
    if (status != CLU_OK)
        return status;
    struct sorted *order = clu_alloc(n, sizeof *order);
    if (order) {
        for (size_t i = 0; i < n; i++)
            order[i] = (struct sorted){id[i], i};
        qsort(order, n, sizeof *order, by_id);
        status = take_sorted(p, order, canonical, err);
    } else {
        status = clu_fail_memory(err);
    }
    clu_free(order);
    if (status != CLU_OK)
        clu_csts_patterns_clear(p);
    return status;
}

size_t clu_csts_patterns_find(const struct clu_csts_patterns *p, int32_t id)
{
    size_t lo = 0, hi = p->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->id[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < p->n && p->id[lo] == id ? lo : p->n;
}

/* --- properties --- */

void clu_csts_relaxed(const struct clu_csts_patterns *p, size_t i, double *out)
{
    const double *r = p->canonical + i * p->pairs;
    int strong = 0, seen = 0;

    for (size_t j = 0; j < p->pairs; j++)
        strong += r[j] != 0;
    for (size_t j = 0; j < p->pairs; j++) {
        out[j] = r[j];
        if (p->relaxed && strong == 2 && r[j] != 0)
            out[j] = copysign(seen++ == 0 ? 0.71 : 0.7, r[j]);
    }
}

size_t clu_csts_nearest(const struct clu_csts_patterns *p, const double *r)
{
    double relaxed[CLU_CSTS_PAIRS], least = HUGE_VAL;
    size_t best = 0;

    for (size_t i = 0; i < p->n; i++) {
        double away = 0;
        clu_csts_relaxed(p, i, relaxed);
        for (size_t j = 0; j < p->pairs; j++)
            away += fabs(r[j] - relaxed[j]);
        if (away < least) {
            least = away;
            best = i;
        }
    }
    return best;
}

void clu_csts_loadings(const struct clu_csts_patterns *p, size_t i, double *load)
{
    double a[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES], v[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES];
    size_t d = p->d;

    if (p->published) {
        memcpy(load, published[i].load, sizeof published[i].load);
        return;
    }
    take_apart(p, i, a, v);
    for (size_t j = 0; j < d; j++)
        for (size_t k = 0; k < d; k++) {
            double sum = 0;
            for (size_t l = 0; l < d; l++)
                sum += v[j * d + l] * v[k * d + l] * sqrt(fmax(a[l * d + l], 0));
            load[j * d + k] = sum;
        }
}

double clu_csts_population(const struct clu_csts_patterns *p, size_t i, double *variance, double *pearson, double *spearman)
{
    double a[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES], v[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES];
    size_t d = p->d, at = 0;

    take_apart(p, i, a, v);
    double least = a[0];
    for (size_t l = 1; l < d; l++)
        least = fmin(least, a[l * d + l]);
    double clipped[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES];
    for (size_t j = 0; j < d; j++)
        for (size_t k = 0; k < d; k++) {
            clipped[j * d + k] = 0;
            for (size_t l = 0; l < d; l++)
                clipped[j * d + k] += v[j * d + l] * v[k * d + l] * fmax(a[l * d + l], 0);
        }
    for (size_t j = 0; j < d; j++)
        variance[j] = clipped[j * d + j];
    for (size_t j = 0; j < d; j++)
        for (size_t k = j + 1; k < d; k++, at++) {
            double r = clipped[j * d + k] / sqrt(variance[j] * variance[k]);
            pearson[at] = fmax(-1, fmin(1, r));
            spearman[at] = 6 / 3.14159265358979323846 * clu_asin(pearson[at] / 2);
        }
    return least;
}
