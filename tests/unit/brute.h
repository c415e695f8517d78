/* What the tests of k-medoids share: tables and squares to search, and brute force to judge what was found. */
#ifndef CLU_TESTS_BRUTE_H
#define CLU_TESTS_BRUTE_H

#include "unit.h"

#include "alg/pam.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

/* The problem, plainly: d[x * n + o], of object o (served) to candidate x. */
struct brute {
    size_t n;
    double *d, *w;
};

static inline void brute_clear(struct brute *b)
{
    clu_free(b->d);
    clu_free(b->w);
    *b = (struct brute){0};
}

/* Of any source; w may be NULL. */
static inline void brute_of(struct brute *b, const struct clu_dist *from, const double *w)
{
    size_t n = from->n;
    *b = (struct brute){n, clu_alloc(n * n, sizeof *b->d), clu_alloc(n, sizeof *b->w)};
    for (size_t x = 0; x < n; x++) {
        from->row(from, x, 0, n, b->d + x * n);
        b->w[x] = w ? w[x] : 1;
    }
}

/* steps = 0: numbers of many digits, no two equal; else whole numbers from least to steps. weighted: 0, 1, 2 or 3 each. */
static inline void brute_random(struct brute *b, size_t n, unsigned least, unsigned steps, bool symmetric, bool weighted, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, n);
    *b = (struct brute){n, clu_alloc(n * n, sizeof *b->d), clu_alloc(n, sizeof *b->w)};
    for (size_t x = 0; x < n; x++) {
        for (size_t o = 0; o < n; o++) {
            double v = steps ? least + (double)clu_rng_below(&r, steps - least + 1) : 0.1 + clu_rng_unit(&r);
            b->d[x * n + o] = o == x ? 0 : v;
        }
        b->w[x] = weighted ? (double)clu_rng_below(&r, 4) : 1;
    }
    for (size_t x = 0; x < n && symmetric; x++)
        for (size_t o = 0; o < x; o++)
            b->d[x * n + o] = b->d[o * n + x];
}

/* The same as a square that was read. */
static inline void brute_square(const struct brute *b, struct clu_square *s)
{
    double *v = clu_alloc(b->n * b->n, sizeof *v);
    memcpy(v, b->d, b->n * b->n * sizeof *v);
    clu_square_init(s, v, b->n);
}

/* The square as candidates whose symmetry is what one likes; owned. */
static inline void brute_cands(const struct brute *b, const struct clu_square *s, struct clu_cands *c, bool symmetric,
                               enum clu_cands_kind kind)
{
    assert_int_equal(clu_cands_init(c, &s->dist, b->n, true, symmetric, kind, &(struct clu_run){.threads = 1}, NULL), CLU_OK);
}

static inline double brute_loss(const struct brute *b, const size_t *medoid, size_t k)
{
    double loss = 0;
    for (size_t o = 0; o < b->n; o++) {
        double least = HUGE_VAL;
        for (size_t i = 0; i < k; i++)
            least = fmin(least, b->d[medoid[i] * b->n + o]);
        loss += b->w[o] * least;
    }
    return loss;
}

static inline bool brute_is_medoid(const size_t *medoid, size_t k, size_t x)
{
    for (size_t i = 0; i < k; i++)
        if (medoid[i] == x)
            return true;
    return false;
}

/* The loss when candidate x takes place i. */
static inline double brute_swapped(const struct brute *b, const size_t *medoid, size_t k, size_t i, size_t x)
{
    double loss = 0;
    for (size_t o = 0; o < b->n; o++) {
        double least = b->d[x * b->n + o];
        for (size_t j = 0; j < k; j++)
            if (j != i)
                least = fmin(least, b->d[medoid[j] * b->n + o]);
        loss += b->w[o] * least;
    }
    return loss;
}

/* Is there no swap that lowers the loss by more than tol of it? */
static inline bool brute_is_optimum(const struct brute *b, const size_t *medoid, size_t k, double tol)
{
    double loss = brute_loss(b, medoid, k), *others = clu_alloc(b->n, sizeof *others);
    bool optimum = true;
    for (size_t i = 0; i < k; i++) {
        for (size_t o = 0; o < b->n; o++) {
            others[o] = HUGE_VAL;
            for (size_t j = 0; j < k; j++)
                if (j != i)
                    others[o] = fmin(others[o], b->d[medoid[j] * b->n + o]);
        }
        for (size_t x = 0; x < b->n; x++) {
            double swapped = 0;
            if (b->w[x] == 0 || brute_is_medoid(medoid, k, x))
                continue;
            for (size_t o = 0; o < b->n; o++)
                swapped += b->w[o] * fmin(others[o], b->d[x * b->n + o]);
            optimum = optimum && swapped >= loss - tol * loss;
        }
    }
    clu_free(others);
    return optimum;
}

/* Has object x a weight, or one that is the same? */
static inline bool brute_weighs(const struct brute *b, size_t x)
{
    for (size_t o = 0; o < b->n; o++)
        if (b->w[o] > 0 && b->d[x * b->n + o] == 0 && b->d[o * b->n + x] == 0)
            return true;
    return false;
}

/* Everything about the clusters of a result, given the medoids. */
static inline void brute_check(const struct brute *b, const struct clu_pam *p, bool given)
{
    double loss = 0, silhouette = 0, weight = 0;
    int32_t next = 0;
    assert_int_equal(p->n, b->n);
    for (size_t i = 0; i < p->k; i++) {
        assert_true(p->medoid[i] < b->n && (given || brute_weighs(b, p->medoid[i])));
        assert_false(brute_is_medoid(p->medoid, i, p->medoid[i]));
        assert_int_equal(p->label[p->medoid[i]], i);
        assert_true(p->near[p->medoid[i]] == 0);
    }
    for (size_t o = 0; o < b->n; o++) {
        assert_true(p->label[o] >= 0 && p->label[o] < (int32_t)p->k);
        size_t own = p->medoid[p->label[o]];
        double least = HUGE_VAL, second = HUGE_VAL;
        for (size_t i = 0; i < p->k; i++) {
            least = fmin(least, b->d[p->medoid[i] * b->n + o]);
            if ((int32_t)i != p->label[o])
                second = fmin(second, b->d[p->medoid[i] * b->n + o]);
        }
        assert_true(p->near[o] == b->d[own * b->n + o] && p->near[o] == least);
        assert_true(p->k == 1 ? isnan(p->second[o]) : p->second[o] == second);
        if (!given && p->label[o] >= next)
            assert_int_equal(p->label[o], next++);
        loss += b->w[o] * least;
        weight += b->w[o];
        silhouette += b->w[o] * (least == 0 ? 1 : 1 - least / second);
    }
    assert_true(fabs(p->loss - loss) <= 1e-12 * loss);
    assert_true(fabs(p->silhouette - silhouette / weight) <= 1e-12);
    assert_true(p->k > 1 || p->silhouette == 1);
}

static inline void brute_same(const struct clu_pam *a, const struct clu_pam *b)
{
    assert_true(a->n == b->n && a->k == b->k && a->swaps == b->swaps && a->converged == b->converged);
    assert_memory_equal(a->medoid, b->medoid, a->k * sizeof *a->medoid);
    assert_memory_equal(a->label, b->label, a->n * sizeof *a->label);
    assert_memory_equal(a->near, b->near, a->n * sizeof *a->near);
    assert_memory_equal(a->second, b->second, a->n * sizeof *a->second);
    assert_true(a->loss == b->loss && a->silhouette == b->silhouette && a->passes == b->passes);
    assert_true(a->curve_n == b->curve_n && a->curve_k == b->curve_k);
    if (a->curve_n)
        assert_memory_equal(a->curve, b->curve, a->curve_n * sizeof *a->curve);
}

/* --- tables --- */

/* Rows about some middles; steps > 0 rounds to a grid, so that rows are equal and distances tied. weight: 0, 1, 2 or 3. */
static inline void brute_table(double *x, double *weight, size_t n, size_t d, double steps, uint64_t seed)
{
    struct clu_rng r;
    double middle[16][8];
    clu_rng_at(&r, seed, n * 10 + d);
    for (size_t c = 0; c < 16; c++)
        for (size_t j = 0; j < d; j++)
            middle[c][j] = 10 * clu_rng_unit(&r);
    for (size_t i = 0; i < n; i++) {
        size_t c = (size_t)clu_rng_below(&r, 16);
        for (size_t j = 0; j < d; j++) {
            double v = middle[c][j] + 2 * (clu_rng_unit(&r) + clu_rng_unit(&r) - 1);
            x[i * d + j] = steps > 0 ? floor(v * steps) / steps : v;
        }
        weight[i] = (double)clu_rng_below(&r, 4);
    }
}

/* No two of the medoids' rows are equal. */
static inline bool brute_rows_differ(const double *x, size_t d, const size_t *medoid, size_t k)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            if (memcmp(x + medoid[i] * d, x + medoid[j] * d, d * sizeof *x) == 0)
                return false;
    return true;
}

#endif
