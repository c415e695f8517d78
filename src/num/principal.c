/* Leading eigenvectors. Sections: of a tridiagonal matrix, one cycle of Lanczos steps, as a whole, public call. */
#include "num/principal.h"

#include "base/mem.h"
#include "num/gslx.h"
#include "num/kern.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    STEPS = 40, /* in a cycle: a basis of so many vectors */
    CHECK = 4   /* steps between two looks at the residual */
};
static const double RESIDUAL = 1e-12;

/* --- of a tridiagonal matrix --- */

/* Is x above all eigenvalues of the matrix of alpha[n] and beta[n - 1]? pivot[n], of x - T, are positive then. */
static bool above_all(const double *alpha, const double *beta, size_t n, double x, double *pivot)
{
    for (size_t i = 0; i < n; i++) {
        pivot[i] = x - alpha[i] - (i > 0 ? beta[i - 1] * beta[i - 1] / pivot[i - 1] : 0);
        if (!(pivot[i] > 0))
            return false;
    }
    return true;
}

/* The largest eigenvalue, by bisection, and its vector y[n] of length 1, by inverse iteration from just above. */
static double tridiagonal(const double *alpha, const double *beta, size_t n, double *y)
{
    double pivot[STEPS], low = alpha[0], high = 0;

    for (size_t i = 0; i < n; i++) {
        double reach = alpha[i] + (i > 0 ? beta[i - 1] : 0) + (i + 1 < n ? beta[i] : 0);
        high = fmax(high, reach);
        y[i] = 1;
    }
    high += high * 4 * DBL_EPSILON + DBL_MIN;
    while (high - low > 2 * DBL_EPSILON * high) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (above_all(alpha, beta, n, middle, pivot))
            high = middle;
        else
            low = middle;
    }
    (void)above_all(alpha, beta, n, high, pivot);
    for (int turn = 0; turn < 3; turn++) {
        double most = 0, sum = 0;
        for (size_t i = 1; i < n; i++)
            y[i] += beta[i - 1] / pivot[i - 1] * y[i - 1];
        y[n - 1] /= pivot[n - 1];
        for (size_t i = n - 1; i-- > 0;)
            y[i] = (y[i] + beta[i] * y[i + 1]) / pivot[i];
        for (size_t i = 0; i < n; i++)
            most = fmax(most, fabs(y[i]));
        for (size_t i = 0; i < n; i++) {
            y[i] /= most;
            sum += y[i] * y[i];
        }
        for (size_t i = 0; i < n; i++)
            y[i] /= sqrt(sum);
    }
    return high;
}

/* --- one cycle of Lanczos steps --- */

struct lanczos {
    const double *rows;
    size_t count, ld;
    double *basis;   /* [STEPS][ld] */
    double *next;    /* [ld] */
    double *along;   /* [ld] the part of next that lies in the basis */
    double *dot;     /* [count] */
    double alpha[STEPS], beta[STEPS], y[STEPS];
};

static double length(const double *v, size_t ld)
{
    double unused;
    clu_kern()->gram_add(v, 1, ld, v, &unused, NULL);
    return sqrt(unused);
}

/* Take from next what lies in the first n vectors of the basis; how much along the last. */
static double orthogonalise(struct lanczos *l, size_t n)
{
    double in[STEPS];

    memset(l->along, 0, l->ld * sizeof *l->along);
    clu_kern()->gram_add(l->basis, n, l->ld, l->next, in, l->along);
    for (size_t t = 0; t < l->ld; t++)
        l->next[t] -= l->along[t];
    return in[n - 1];
}

/* From v to a better v. True when it is good enough. */
static bool cycle(struct lanczos *l, double *v)
{
    size_t n = 0, ld = l->ld;
    bool done = false;

    memcpy(l->basis, v, ld * sizeof *v);
    while (n < STEPS && !done) {
        memset(l->next, 0, ld * sizeof *l->next);
        clu_kern()->gram_add(l->rows, l->count, ld, l->basis + n * ld, l->dot, l->next);
        n++;
        l->alpha[n - 1] = orthogonalise(l, n);
        (void)orthogonalise(l, n); /* twice is enough */
        double left = l->beta[n - 1] = length(l->next, ld);
        if (n % CHECK == 0 || n == STEPS || !(left > RESIDUAL * l->alpha[0])) {
            double value = tridiagonal(l->alpha, l->beta, n, l->y);
            done = left * fabs(l->y[n - 1]) <= RESIDUAL * value;
        }
        for (size_t t = 0; t < ld && n < STEPS && !done; t++)
            l->basis[n * ld + t] = l->next[t] / left;
    }
    memset(v, 0, ld * sizeof *v);
    for (size_t q = 0; q < n; q++)
        for (size_t t = 0; t < ld; t++)
            v[t] += l->y[q] * l->basis[q * ld + t];
    return done;
}

/* --- as a whole --- */

/* From the eigenvector u of YY' to Y'u; or by Y'Y itself. */
static enum clu_status whole(const struct lanczos *l, double *v, struct clu_err *err)
{
    size_t n = l->count < l->ld ? l->count : l->ld;
    double *a = clu_calloc(n, n * sizeof *a), *vector = clu_alloc(n, n * sizeof *vector), *value = clu_alloc(n, sizeof *value);
    enum clu_status status = a && vector && value ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && l->count < l->ld)
        for (size_t i = 0; i < n; i++)
            clu_kern()->gram_add(l->rows, n, l->ld, l->rows + i * l->ld, a + i * n, NULL);
    else if (status == CLU_OK)
        for (size_t r = 0; r < l->count; r++)
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j <= i; j++)
                    a[i * n + j] += l->rows[r * n + i] * l->rows[r * n + j];
    if (status == CLU_OK)
        status = clu_gslx_eigen_sym(a, n, value, vector, err);
    if (status == CLU_OK && l->count < l->ld) {
        memset(v, 0, l->ld * sizeof *v);
        for (size_t r = 0; r < n; r++)
            for (size_t t = 0; t < l->ld; t++)
                v[t] += vector[r] * l->rows[r * l->ld + t];
    } else if (status == CLU_OK)
        memcpy(v, vector, n * sizeof *v);
    clu_free(a);
    clu_free(vector);
    clu_free(value);
    return status;
}

/* --- public call --- */

/* Cycles that are worth trying: a whole solution of size n takes some 10 n^3, a cycle some 80 n^2. */
static size_t cycles(size_t count, size_t ld)
{
    return 12 + (count < ld ? count : ld) / 8;
}

size_t clu_principal_scratch(size_t count, size_t ld)
{
    return (STEPS + 2) * ld + count;
}

/* To length 1; false when it has none. */
static bool unit(double *v, size_t ld)
{
    double by = length(v, ld);

    for (size_t t = 0; t < ld && by > 0; t++)
        v[t] /= by;
    return by > 0;
}

enum clu_status clu_principal_vector(const double *rows, size_t count, size_t ld, double *v, double *scratch, struct clu_err *err)
{
    struct lanczos l = {.rows = rows, .count = count, .ld = ld, .basis = scratch, .next = scratch + STEPS * ld};
    bool some = false, done = false;

    l.along = l.next + ld;
    l.dot = l.along + ld;
    for (size_t r = 0; r < count * ld; r++) {
        some = some || rows[r] != 0;
        if (!isfinite(rows[r]))
            return clu_fail(err, CLU_DATA, "a leading eigenvector of what is not finite");
    }
    if (!some || !unit(v, ld)) {
        memset(v, 0, ld * sizeof *v);
        return CLU_OK;
    }
    for (size_t turn = 0; turn < cycles(count, ld) && !done; turn++) {
        done = cycle(&l, v);
        (void)unit(v, ld);
    }
    if (done)
        return CLU_OK;
    enum clu_status status = whole(&l, v, err);
    (void)unit(v, ld);
    return status;
}
