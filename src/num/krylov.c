/* Sections: products, the space, Ritz vectors, all of them. */
#include "num/krylov.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LANES 8       /* vectors that are multiplied together */
#define BLOCKS 6      /* blocks of a space before it is restarted */
#define SMALL 256     /* below, the full decomposition is as quick */
#define RESTARTS 200
#define TOLERANCE 1e-9
#define VANISHED 1e-10 /* what is left of a vector that lay in the space, against its length: rounding */

struct space {
    const double *a; /* [n][n] */
    size_t n, k;
    size_t block, max; /* vectors of a block, of the space */
    size_t count;      /* vectors there are */
    double *q;         /* [max][n] orthonormal */
    double *aq;        /* [max][n] their products */
    double *packed;    /* [n][LANES] */
    double *ritz, *small, *value; /* [max][max], [max][max], [max] */
    double *turned;    /* [2][block][n] */
};

/* --- products --- */

/* out[LANES][n] = A x for vectors that stand side by side. Each sum runs over the columns in order, whatever the threads. */
static void multiply(const struct space *s, size_t lanes, double *out, int threads)
{
    size_t n = s->n;

#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t i = 0; i < n; i++) {
        const double *row = s->a + i * n, *x = s->packed;
        double sum[LANES] = {0};
        for (size_t j = 0; j < n; j++, x += LANES)
            for (size_t l = 0; l < LANES; l++)
                sum[l] += row[j] * x[l];
        for (size_t l = 0; l < lanes; l++)
            out[l * n + i] = sum[l];
    }
}

/* The products of vectors lo .. count - 1 of the space. */
static void multiply_block(struct space *s, size_t lo, int threads)
{
    for (; lo < s->count; lo += LANES) {
        size_t lanes = s->count - lo < LANES ? s->count - lo : LANES;
        memset(s->packed, 0, s->n * LANES * sizeof *s->packed);
        for (size_t l = 0; l < lanes; l++)
            for (size_t j = 0; j < s->n; j++)
                s->packed[j * LANES + l] = s->q[(lo + l) * s->n + j];
        multiply(s, lanes, s->aq + lo * s->n, threads);
    }
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum[LANES] = {0}, all = 0;
    size_t j = 0;

    for (; j + LANES <= n; j += LANES)
        for (size_t l = 0; l < LANES; l++)
            sum[l] += a[j + l] * b[j + l];
    for (size_t l = 0; l < LANES; l++)
        all += sum[l];
    for (; j < n; j++)
        all += a[j] * b[j];
    return all;
}

static void add_times(double *to, double by, const double *v, size_t n)
{
    for (size_t j = 0; j < n; j++)
        to[j] += by * v[j];
}

/* --- the space --- */

/* Take v[n] into the space, or not, when it lies in it. Twice is enough (Kahan; Parlett, The Symmetric Eigenvalue Problem, 6.9). */
static void enter(struct space *s, const double *v)
{
    size_t n = s->n;
    double *to = s->q + s->count * n, before = sqrt(dot(v, v, n));

    memcpy(to, v, n * sizeof *to);
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < s->count; i++)
            add_times(to, -dot(to, s->q + i * n, n), s->q + i * n, n);
    double length = sqrt(dot(to, to, n));
    if (!(length > VANISHED * before))
        return;
    for (size_t j = 0; j < n; j++)
        to[j] /= length;
    s->count++;
}

/* Random vectors of fixed seed: the result is a function of the matrix alone. */
static void first_block(struct space *s)
{
    struct clu_rng r;

    clu_rng_at(&r, 1, s->n);
    for (size_t i = 0; i < s->block; i++) {
        for (size_t j = 0; j < s->n; j++)
            s->turned[j] = clu_rng_unit(&r) - 0.5;
        enter(s, s->turned);
    }
}

/* Blocks from the last one, which begins at lo, until the space is full or does not grow. Products are there of all below known. */
static void grow(struct space *s, size_t lo, size_t known, int threads)
{
    for (;;) {
        size_t hi = s->count;
        multiply_block(s, known, threads);
        known = hi;
        if (hi == lo || hi + s->block > s->max)
            return;
        for (size_t i = lo; i < hi; i++)
            enter(s, s->aq + i * s->n);
        lo = hi;
    }
}

/* --- Ritz vectors --- */

static enum clu_status solve_small(struct space *s, struct clu_err *err)
{
    size_t m = s->count;

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            s->small[i * m + j] = dot(s->q + i * s->n, s->aq + j * s->n, s->n);
    return clu_gslx_eigen_sym(s->small, m, s->value, s->ritz, err);
}

/* The best of the space become its first vectors, with their products: count of them. */
static void turn(struct space *s, size_t count)
{
    size_t n = s->n, m = s->count;
    double *v = s->turned, *av = v + s->block * n;

    memset(v, 0, 2 * s->block * n * sizeof *v);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < m; j++) {
            add_times(v + i * n, s->ritz[i * m + j], s->q + j * n, n);
            add_times(av + i * n, s->ritz[i * m + j], s->aq + j * n, n);
        }
    memcpy(s->q, v, count * n * sizeof *v);
    memcpy(s->aq, av, count * n * sizeof *v);
    s->count = count;
}

static double residual(const struct space *s, size_t i)
{
    const double *v = s->q + i * s->n, *av = s->aq + i * s->n;
    double sum = 0;

    for (size_t j = 0; j < s->n; j++) {
        double e = av[j] - s->value[i] * v[j];
        sum += e * e;
    }
    return sqrt(sum);
}

static bool converged(const struct space *s)
{
    double largest = fmax(fabs(s->value[0]), fabs(s->value[s->k - 1]));

    for (size_t i = 0; i < s->k; i++)
        if (!(residual(s, i) <= TOLERANCE * largest))
            return false;
    return true;
}

/* Found? The first k vectors of the space are the answer then. */
static enum clu_status iterate(struct space *s, bool *found, const struct clu_run *run, struct clu_err *err)
{
    size_t known = 0;

    first_block(s);
    for (size_t t = 0; t < RESTARTS; t++) {
        grow(s, 0, known, run->threads);
        enum clu_status status = s->count < s->k ? CLU_OK : solve_small(s, err);
        if (status != CLU_OK || s->count < s->k)
            return status;
        known = s->count < s->block ? s->count : s->block;
        turn(s, known);
        *found = converged(s);
        if (*found)
            return CLU_OK;
        if (clu_tick(run, "eigenvectors", t + 1, 0, NAN) != CLU_OK)
            return CLU_STOPPED;
    }
    return CLU_OK;
}

static enum clu_status space_init(struct space *s, struct clu_err *err)
{
    s->q = clu_alloc(s->n, s->max * sizeof *s->q);
    s->aq = clu_alloc(s->n, s->max * sizeof *s->aq);
    s->packed = clu_alloc(s->n, LANES * sizeof *s->packed);
    s->turned = clu_alloc(s->n, 2 * s->block * sizeof *s->turned);
    s->ritz = clu_alloc(s->max, (2 * s->max + 1) * sizeof *s->ritz);
    if (!s->q || !s->aq || !s->packed || !s->turned || !s->ritz)
        return clu_fail_memory(err);
    s->small = s->ritz + s->max * s->max;
    s->value = s->small + s->max * s->max;
    return CLU_OK;
}

static void space_clear(struct space *s)
{
    clu_free(s->q);
    clu_free(s->aq);
    clu_free(s->packed);
    clu_free(s->turned);
    clu_free(s->ritz);
}

/* --- all of them --- */

static enum clu_status in_full(const double *a, size_t n, size_t k, double *value, double *vector, const struct clu_run *run,
                               struct clu_err *err)
{
    enum clu_status status = clu_need(run, 24.0 * (double)n * (double)n, err, "the eigenvectors of %zu series", n);
    if (status != CLU_OK)
        return status;
    double *copy = clu_alloc(n, n * sizeof *copy), *all = clu_alloc(n, (n + 1) * sizeof *all);
    status = copy && all ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK) {
        memcpy(copy, a, n * n * sizeof *copy);
        status = clu_gslx_eigen_sym(copy, n, all + n * n, all, err);
    }
    if (status == CLU_OK) {
        memcpy(value, all + n * n, k * sizeof *value);
        memcpy(vector, all, k * n * sizeof *vector);
    }
    clu_free(copy);
    clu_free(all);
    return status;
}

enum clu_status clu_krylov_eigen(const double *a, size_t n, size_t k, double *value, double *vector, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct space s = {.a = a, .n = n, .k = k, .block = (k + 4 + LANES - 1) / LANES * LANES};
    bool found = false;

    s.max = BLOCKS * s.block;
    if (n <= SMALL || n / 2 < s.max)
        return in_full(a, n, k, value, vector, run, err);
    enum clu_status status = space_init(&s, err);
    if (status == CLU_OK)
        status = iterate(&s, &found, run, err);
    if (status == CLU_OK && found) {
        memcpy(value, s.value, k * sizeof *value);
        memcpy(vector, s.q, k * n * sizeof *vector);
    }
    space_clear(&s);
    return status == CLU_OK && !found ? in_full(a, n, k, value, vector, run, err) : status;
}
