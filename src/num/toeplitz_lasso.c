/* Sections: room, equal elements, where it starts, an iteration, result. */
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
    l->room = clu_alloc(6 * square + w * d * d + size, sizeof *l->room);
    if (!l->room)
        return clu_fail_memory(err);
    l->x = l->room;
    l->z = l->x + square;
    l->u = l->z + square;
    l->a = l->u + square;
    l->vector = l->a + square;
    l->before = l->vector + square;
    l->penalty = l->before + square;
    l->value = l->penalty + w * d * d;
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

/* --- where it starts --- */

/* u such that z is where the next x stays: (inverse of z - s) / rho. False when z is not positive definite. */
static bool start_dual(struct clu_toeplitz_lasso *l, const double *s, double rho)
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
            l->u[i * size + j] = l->u[j * size + i] = (sum - s[i * size + j]) / rho;
        }
    return true;
}

/* Is there surely a minimum. Leaves the average of s, with the penalty of the diagonal, in x. */
static bool bounded(struct clu_toeplitz_lasso *l, const double *s, const double *lambda)
{
    size_t size = l->w * l->d;

    memcpy(l->a, s, size * size * sizeof *l->a);
    for (size_t i = 0; i < size; i++)
        l->a[i * size + i] += lambda[i * size + i];
    average(l, l->x, l->a, 0);
    return clu_chol_factor(l->a, size, (double)size * 1e-15, NULL) == size;
}

/* Returns rho: the Hessian of -log det is of the square of the scale of S. */
static double start(struct clu_toeplitz_lasso *l, const double *s, const struct clu_toeplitz_lasso_opt *opt, const double *theta)
{
    size_t size = l->w * l->d;
    double log_scale = 0;

    if (opt->compat) {
        memset(l->z, 0, size * size * sizeof *l->z);
        memset(l->u, 0, size * size * sizeof *l->u);
        return 1;
    }
    for (size_t i = 0; i < size; i++)
        log_scale += log(l->x[i * size + i]) / (double)size;
    double rho = exp(2 * log_scale);
    if (opt->warm) {
        average(l, l->z, theta, 0);
        if (start_dual(l, s, rho))
            return rho;
    }
    memset(l->z, 0, size * size * sizeof *l->z);
    for (size_t i = 0; i < size; i++)
        l->z[i * size + i] = 1 / l->x[i * size + i];
    (void)start_dual(l, s, rho); /* a diagonal of positive numbers */
    return rho;
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
static enum clu_status update_x(struct clu_toeplitz_lasso *l, const double *s, double rho, struct clu_err *err)
{
    size_t size = l->w * l->d;

    for (size_t i = 0; i < size * size; i++)
        l->a[i] = rho * (l->z[i] - l->u[i]) - s[i];
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

/* z and u; x + u is made in a. */
static void update_zu(struct clu_toeplitz_lasso *l, double rho)
{
    size_t square = l->w * l->d * l->w * l->d;
    double *kept = l->before;

    l->before = l->z;
    l->z = kept;
    for (size_t i = 0; i < square; i++)
        l->a[i] = l->x[i] + l->u[i];
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

/* Residual balancing (Boyd et al. 2011, section 3.4.1), its constants; it ends after so many iterations, so that the method converges. */
enum { BALANCED = 200 };

static double balance(struct clu_toeplitz_lasso *l, double rho, double ratio)
{
    double by = ratio > 10 ? 2 : ratio < 0.1 ? 0.5 : 1;

    for (size_t i = 0; by != 1 && i < l->w * l->d * l->w * l->d; i++)
        l->u[i] /= by;
    return rho * by;
}

/* --- result --- */

/* The least eigenvalue of z is at least that of x less the norm of their difference. */
static void finish(struct clu_toeplitz_lasso *l, bool compat, double *theta)
{
    size_t size = l->w * l->d;

    memcpy(theta, compat ? l->x : l->z, size * size * sizeof *theta);
    memcpy(l->a, theta, size * size * sizeof *theta);
    if (clu_chol_factor(l->a, size, (double)size * 1e-15, NULL) == size)
        return;
    double off = sqrt(2.0) * distance(l->x, l->z, size);
    for (size_t i = 0; i < size; i++)
        theta[i * size + i] += off;
}

enum clu_status clu_toeplitz_lasso_solve(struct clu_toeplitz_lasso *l, const double *s, const double *lambda,
                                         const struct clu_toeplitz_lasso_opt *opt, double *theta, struct clu_err *err)
{
    size_t size = l->w * l->d;
    double s_norm = norm(s, size), ratio = 1;
    enum clu_status status = CLU_OK;

    l->iterations = 0;
    l->converged = false;
    if (!isfinite(s_norm))
        return clu_fail(err, CLU_DATA, "a covariance that is not finite");
    for (size_t lag = 0; lag < l->w; lag++)
        for (size_t i = 0; i < l->d; i++)
            for (size_t j = 0; j < l->d; j++)
                l->penalty[(lag * l->d + i) * l->d + j] = sum_equal(l, lambda, lag, i, j);
    if (!bounded(l, s, lambda))
        return clu_fail(err, CLU_DATA, "a covariance is singular: its inverse needs a penalty");
    double rho = start(l, s, opt, theta);
    while (!l->converged && l->iterations < opt->max_iter) {
        status = update_x(l, s, rho, err);
        if (status != CLU_OK)
            return status;
        update_zu(l, rho);
        l->converged = converged(l, opt, rho, s_norm, &ratio) && (l->iterations > 0 || !opt->compat);
        l->iterations++;
        if (!opt->compat && !l->converged && l->iterations <= BALANCED)
            rho = balance(l, rho, ratio);
    }
    finish(l, opt->compat, theta);
    return CLU_OK;
}
