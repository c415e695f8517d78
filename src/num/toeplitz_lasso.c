/* Sections: room, equal elements, units, where it starts, an iteration, result. */
#include "num/toeplitz_lasso.h"

#include "base/mem.h"
#include "num/chol.h"

#include <math.h>
#include <string.h>

/* --- room --- */

enum clu_status clu_toeplitz_lasso_init(struct clu_toeplitz_lasso *l, size_t w, size_t d, struct clu_err *err)
{
    size_t size = w * d, square = size * size;

    *l = (struct clu_toeplitz_lasso){.w = w, .d = d};
    l->room = clu_alloc(7 * square + w * d * d + size + d, sizeof *l->room);
    if (!l->room)
        return clu_fail_memory(err);
    l->s = l->room;
    l->x = l->s + square;
    l->z = l->x + square;
    l->u = l->z + square;
    l->a = l->u + square;
    l->vector = l->a + square;
    l->before = l->vector + square;
    l->penalty = l->before + square;
    l->value = l->penalty + w * d * d;
    l->unit = l->value + size;
    enum clu_status status = clu_gslx_eigen_init(&l->eigen, size, err);
    if (status != CLU_OK)
        clu_toeplitz_lasso_clear(l);
    return status;
}

void clu_toeplitz_lasso_clear(struct clu_toeplitz_lasso *l)
{
    clu_gslx_eigen_clear(&l->eigen);
    clu_free(l->room);
    *l = (struct clu_toeplitz_lasso){0};
}

/* --- equal elements --- */

/* Element (i, j) of block (0, lag) and those that equal it: block (p, p + lag), p < w - lag. */
static double sum_equal(const struct clu_toeplitz_lasso *l, const double *m, size_t lag, size_t i, size_t j)
{
    size_t size = l->w * l->d;
    double sum = 0;

    for (size_t p = 0; p + lag < l->w; p++)
        sum += m[(p * l->d + i) * size + (p + lag) * l->d + j];
    return sum;
}

static void set_equal(const struct clu_toeplitz_lasso *l, double *m, size_t lag, size_t i, size_t j, double to)
{
    size_t size = l->w * l->d;

    for (size_t p = 0; p + lag < l->w; p++) {
        size_t row = p * l->d + i, col = (p + lag) * l->d + j;
        m[row * size + col] = m[col * size + row] = to;
    }
}

/* The nearest block Toeplitz matrix, its elements soft-thresholded by penalty / rho (rho = 0: not). In place it is fine. */
static void average(const struct clu_toeplitz_lasso *l, double *out, const double *m, double rho)
{
    for (size_t lag = 0; lag < l->w; lag++)
        for (size_t i = 0; i < l->d; i++)
            for (size_t j = lag == 0 ? i : 0; j < l->d; j++) {
                double mean = sum_equal(l, m, lag, i, j) / (double)(l->w - lag);
                double by = rho > 0 ? l->penalty[(lag * l->d + i) * l->d + j] / (rho * (double)(l->w - lag)) : 0;
                set_equal(l, out, lag, i, j, mean > by ? mean - by : mean < -by ? mean + by : 0);
            }
}

/* --- units --- */

/* What element (i, j) of s is divided by, of theta multiplied with. */
static double unit_of(const struct clu_toeplitz_lasso *l, size_t i, size_t j)
{
    return l->unit[i % l->d] * l->unit[j % l->d];
}

/* s, penalty and unit: so that s, averaged over equal elements, and lambda have diagonals that sum to 1. False when an element is 0. */
static bool set_units(struct clu_toeplitz_lasso *l, const double *s, const double *lambda, bool compat)
{
    size_t w = l->w, d = l->d, size = w * d;

    for (size_t j = 0; j < d; j++) {
        l->unit[j] = compat ? 1 : sqrt((sum_equal(l, s, 0, j, j) + sum_equal(l, lambda, 0, j, j)) / (double)w);
        if (!(l->unit[j] > 0))
            return false;
    }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            l->s[i * size + j] = s[i * size + j] / unit_of(l, i, j);
    for (size_t lag = 0; lag < w; lag++)
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                l->penalty[(lag * d + i) * d + j] = sum_equal(l, lambda, lag, i, j) / unit_of(l, i, j);
    return true;
}

/* Is there surely a minimum. */
static bool bounded(struct clu_toeplitz_lasso *l, const double *lambda)
{
    size_t size = l->w * l->d;

    memcpy(l->a, l->s, size * size * sizeof *l->a);
    for (size_t i = 0; i < size; i++)
        l->a[i * size + i] += lambda[i * size + i] / unit_of(l, i, i);
    return clu_chol_factor(l->a, size, (double)size * 1e-15, NULL) == size;
}

/* --- where it starts --- */

/* u such that x stays at z, for rho = 1: inverse of z - s. False when z is not positive definite. */
static bool start_dual(struct clu_toeplitz_lasso *l)
{
    size_t size = l->w * l->d;

    memcpy(l->a, l->z, size * size * sizeof *l->a);
    if (clu_chol_factor(l->a, size, 0, NULL) < size)
        return false;
    clu_chol_invert(l->a, size, l->vector);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t r = i; r < size; r++)
                sum += l->vector[r * size + i] * l->vector[r * size + j];
            l->u[i * size + j] = l->u[j * size + i] = sum - l->s[i * size + j];
        }
    return true;
}

static void start(struct clu_toeplitz_lasso *l, const struct clu_toeplitz_lasso_opt *opt, const double *theta)
{
    size_t size = l->w * l->d;

    if (opt->warm && !opt->compat) {
        for (size_t i = 0; i < size; i++)
            for (size_t j = 0; j < size; j++)
                l->x[i * size + j] = theta[i * size + j] * unit_of(l, i, j);
        average(l, l->z, l->x, 0);
        if (start_dual(l))
            return;
    }
    memset(l->z, 0, size * size * sizeof *l->z);
    memset(l->u, 0, size * size * sizeof *l->u);
    if (opt->compat)
        return;
    for (size_t i = 0; i < size; i++)
        l->z[i * size + i] = 1;
    (void)start_dual(l); /* the identity is positive definite */
}

/* --- an iteration --- */

/* Of the upper triangle. */
static double norm(const double *m, size_t size)
{
    double sum = 0;

    for (size_t i = 0; i < size; i++)
        for (size_t j = i; j < size; j++)
            sum += m[i * size + j] * m[i * size + j];
    return sqrt(sum);
}

static double distance(const double *m, const double *from, size_t size)
{
    double sum = 0;

    for (size_t i = 0; i < size; i++)
        for (size_t j = i; j < size; j++)
            sum += (m[i * size + j] - from[i * size + j]) * (m[i * size + j] - from[i * size + j]);
    return sqrt(sum);
}

/* x: the positive definite matrix with rho x - inverse of x = rho (z - u) - s. */
static enum clu_status update_x(struct clu_toeplitz_lasso *l, double rho, struct clu_err *err)
{
    size_t size = l->w * l->d;

    for (size_t i = 0; i < size * size; i++)
        l->a[i] = rho * (l->z[i] - l->u[i]) - l->s[i];
    enum clu_status status = clu_gslx_eigen_solve(&l->eigen, l->a, l->value, l->vector, err);
    if (status != CLU_OK)
        return status;
    memset(l->x, 0, size * size * sizeof *l->x);
    for (size_t r = 0; r < size; r++) {
        double v = l->value[r], root = sqrt(v * v + 4 * rho);
        double of = v > 0 ? (v + root) / (2 * rho) : 2 / (root - v);
        const double *q = l->vector + r * size;
        for (size_t i = 0; i < size; i++) {
            double *restrict row = l->x + i * size, by = of * q[i];
#pragma omp simd
            for (size_t j = i; j < size; j++)
                row[j] += by * q[j];
        }
    }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < i; j++)
            l->x[i * size + j] = l->x[j * size + i];
    return CLU_OK;
}

/* Over-relaxation (Boyd et al. 2011, section 3.4.3: 1.5 to 1.8) and when rho is changed: chosen together, half the iterations of 1 and 10. */
#define RELAXED 1.5
#define APART 2

/* z and u; what z is the threshold of is made in a. */
static void update_zu(struct clu_toeplitz_lasso *l, double rho, double relaxed)
{
    size_t square = l->w * l->d * l->w * l->d;
    double *kept = l->before;

    l->before = l->z;
    l->z = kept;
    for (size_t i = 0; i < square; i++)
        l->a[i] = l->u[i] + relaxed * l->x[i] + (1 - relaxed) * l->before[i];
    average(l, l->z, l->a, rho);
    for (size_t i = 0; i < square; i++)
        l->u[i] = l->a[i] - l->z[i];
}

/* Residuals against their bounds; *ratio: how much larger the primal one is, each measured by its scale. */
static bool converged(const struct clu_toeplitz_lasso *l, const struct clu_toeplitz_lasso_opt *opt, double rho, double s_norm, double *ratio)
{
    size_t size = l->w * l->d;
    double nx = norm(l->x, size), nz = norm(l->z, size), nu = rho * norm(l->u, size);
    double primal = distance(l->x, l->z, size), dual = rho * distance(l->z, l->before, size);

    if (opt->compat) {
        double base = sqrt((double)(size * (size + 1) / 2)) * opt->tol + 1e-4;
        return primal <= base + opt->tol * fmax(nx, nz) && dual <= base + opt->tol * nu;
    }
    primal /= fmax(nx, nz);
    dual /= fmax(nu, s_norm);
    *ratio = dual > 0 ? primal / dual : primal > 0 ? HUGE_VAL : 1;
    return primal <= opt->tol && dual <= opt->tol;
}

/* Residual balancing (Boyd et al. 2011, section 3.4.1); it ends after so many iterations, so that the method converges. */
enum { BALANCED = 200 };

static double balance(struct clu_toeplitz_lasso *l, double rho, double ratio)
{
    double by = ratio > APART ? 2 : ratio * APART < 1 ? 0.5 : 1;

    for (size_t i = 0; by != 1 && i < l->w * l->d * l->w * l->d; i++)
        l->u[i] /= by;
    return rho * by;
}

/* --- result --- */

/* The least eigenvalue of z is at least that of x less the norm of their difference. */
static void finish(struct clu_toeplitz_lasso *l, bool compat, double *theta)
{
    size_t size = l->w * l->d;
    double *out = compat ? l->x : l->z;

    memcpy(l->a, out, size * size * sizeof *l->a);
    if (clu_chol_factor(l->a, size, (double)size * 1e-15, NULL) < size) {
        double off = sqrt(2.0) * distance(l->x, l->z, size);
        for (size_t i = 0; i < size; i++)
            out[i * size + i] += off;
    }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            theta[i * size + j] = out[i * size + j] / unit_of(l, i, j);
}

enum clu_status clu_toeplitz_lasso_solve(struct clu_toeplitz_lasso *l, const double *s, const double *lambda,
                                         const struct clu_toeplitz_lasso_opt *opt, double *theta, struct clu_err *err)
{
    size_t size = l->w * l->d;
    double rho = 1, ratio = 1;

    l->iterations = 0;
    l->converged = false;
    if (!isfinite(norm(s, size)))
        return clu_fail(err, CLU_DATA, "a covariance that is not finite");
    if (!set_units(l, s, lambda, opt->compat) || !bounded(l, lambda))
        return clu_fail(err, CLU_DATA, "a covariance is singular: its inverse needs a penalty");
    start(l, opt, theta);
    double s_norm = norm(l->s, size);
    while (!l->converged && l->iterations < opt->max_iter) {
        enum clu_status status = update_x(l, rho, err);
        if (status != CLU_OK)
            return status;
        update_zu(l, rho, opt->compat ? 1 : RELAXED);
        l->converged = converged(l, opt, rho, s_norm, &ratio) && (l->iterations > 0 || !opt->compat);
        l->iterations++;
        if (!opt->compat && !l->converged && l->iterations <= BALANCED)
            rho = balance(l, rho, ratio);
    }
    finish(l, opt->compat, theta);
    return CLU_OK;
}
