/* Sections: Minkowski's, matrices, all. */
#include "alg/csts_distance.h"

#include "alg/csts_pattern.h"
#include "num/elem.h"
#include "num/jacobi.h"

#include <math.h>

const char *const clu_csts_distance_word[CLU_CSTS_DISTANCES + 1] = {
    "l1", "l2", "l3", "l5", "l10", "l50", "l100", "linf", "l1-ref", "l2-ref", "l3-ref", "l5-ref", "l10-ref", "l50-ref", "l100-ref",
    "linf-ref", "l1-dot", "l2-dot", "linf-dot", "log-frobenius", "foerstner", NULL};

/* --- Minkowski's --- */

static const unsigned power_of[] = {1, 2, 3, 5, 10, 50, 100, 0}; /* 0: the maximum */

static double power(double x, unsigned p)
{
    double y = 1;

    for (; p > 0; p >>= 1, x *= x)
        if (p & 1)
            y *= x;
    return y;
}

/* The p-th root of s >= 1 by Newton's method from above, where it only descends. */
static double root(double s, unsigned p)
{
    double y = 1 + (s - 1) / p, next;

    if (p <= 2)
        return p == 1 ? s : sqrt(s);
    while ((next = ((p - 1) * y + s / power(y, p - 1)) / p) < y)
        y = next;
    return y;
}

/* Of differences x[n] >= 0. The largest one is taken out, so that no power overflows or vanishes. */
static double norm(const double *x, size_t n, unsigned p)
{
    double most = 0, sum = 0;

    for (size_t j = 0; j < n; j++) {
        if (isnan(x[j]))
            return NAN;
        most = fmax(most, x[j]);
    }
    if (p == 0 || most == 0)
        return most;
    for (size_t j = 0; j < n; j++)
        sum += power(x[j] / most, p);
    return most * root(sum, p);
}

static double minkowski(const double *v, const double *w, size_t pairs, unsigned p)
{
    double x[CLU_CSTS_PAIRS];

    for (size_t j = 0; j < pairs; j++)
        x[j] = fabs(v[j] - w[j]);
    return norm(x, pairs, p);
}

static double from_reference(const double *v, size_t pairs, unsigned p)
{
    double x[CLU_CSTS_PAIRS], e = 1 / sqrt((double)pairs);

    for (size_t j = 0; j < pairs; j++)
        x[j] = fabs(v[j] - e);
    return norm(x, pairs, p);
}

static double with_dot(const double *v, const double *w, size_t pairs, unsigned p)
{
    double x[CLU_CSTS_PAIRS + 1], e = 1 / sqrt((double)pairs), dot = 0;

    for (size_t j = 0; j < pairs; j++) {
        x[j] = fabs(v[j] - w[j]);
        dot += e * (v[j] - w[j]);
    }
    x[pairs] = fabs(dot) / 2;
    return norm(x, pairs + 1, p);
}

/* --- matrices --- */

#define SIDE (CLU_CSTS_VARIATES * CLU_CSTS_VARIATES)

/* Eigenvalues of the matrix of v into value[d], eigenvectors into the columns of vector. */
static void take_apart(const double *v, size_t d, double *value, double *vector)
{
    double a[SIDE];

    for (size_t i = 0; i < d; i++) {
        a[i * d + i] = 1 + 1e-10;
        for (size_t j = i + 1; j < d; j++)
            a[i * d + j] = a[j * d + i] = *v++;
    }
    clu_jacobi(a, vector, d);
    for (size_t i = 0; i < d; i++)
        value[i] = a[i * d + i];
}

/* Add sign times the logarithm of a matrix to re and im. */
static void add_log(const double *v, size_t d, double sign, double *re, double *im)
{
    static const double pi = 3.14159265358979323846;
    double value[CLU_CSTS_VARIATES], vector[SIDE];

    take_apart(v, d, value, vector);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t k = 0; k < d; k++) {
                double part = sign * vector[i * d + k] * vector[j * d + k];
                re[i * d + j] += part * clu_log(fabs(value[k]));
                im[i * d + j] += value[k] < 0 ? part * pi : 0;
            }
}

static double log_frobenius(const double *v, const double *w, size_t d)
{
    double re[SIDE] = {0}, im[SIDE] = {0}, sum = 0;

    add_log(v, d, 1, re, im);
    add_log(w, d, -1, re, im);
    for (size_t i = 0; i < d * d; i++)
        sum += re[i] * re[i] + im[i] * im[i];
    return sqrt(sum);
}

/* x becomes root' x root: the eigenvalues of x against the inverse of root root'. */
static void transform(double *x, const double *by, size_t d)
{
    double half[SIDE];

    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            half[i * d + j] = 0;
            for (size_t k = 0; k < d; k++)
                half[i * d + j] += x[i * d + k] * by[k * d + j];
        }
    for (size_t i = 0; i < d; i++)
        for (size_t j = i; j < d; j++) {
            double sum = 0;
            for (size_t k = 0; k < d; k++)
                sum += by[k * d + i] * half[k * d + j];
            x[i * d + j] = x[j * d + i] = sum;
        }
}

static double foerstner(const double *v, const double *w, size_t d)
{
    double x[SIDE], value[CLU_CSTS_VARIATES], vector[SIDE], sum = 0;

    take_apart(w, d, value, vector);
    for (size_t k = 0; k < d; k++) {
        if (!(value[k] > 0))
            return NAN;
        for (size_t i = 0; i < d; i++)
            vector[i * d + k] /= sqrt(value[k]);
    }
    for (size_t i = 0; i < d; i++) {
        x[i * d + i] = 1 + 1e-10;
        for (size_t j = i + 1; j < d; j++)
            x[i * d + j] = x[j * d + i] = *v++;
    }
    transform(x, vector, d);
    clu_jacobi(x, vector, d);
    for (size_t i = 0; i < d; i++) {
        if (!(x[i * d + i] > -1))
            return NAN;
        double l = clu_log1p(x[i * d + i]);
        sum += l * l;
    }
    return sqrt(sum);
}

static double of_matrices(enum clu_csts_distance kind, const double *v, const double *w, size_t pairs)
{
    size_t d = 2;

    while (clu_csts_pairs(d) < pairs)
        d++;
    for (size_t j = 0; j < pairs; j++)
        if (isnan(v[j]) || isnan(w[j]))
            return NAN;
    return kind == CLU_CSTS_LOG_FROBENIUS ? log_frobenius(v, w, d) : foerstner(v, w, d);
}

/* --- all --- */

double clu_csts_distance(enum clu_csts_distance kind, const double *v, const double *w, size_t pairs)
{
    switch (kind) {
    case CLU_CSTS_LOG_FROBENIUS:
    case CLU_CSTS_FOERSTNER:
        return of_matrices(kind, v, w, pairs);
    case CLU_CSTS_L1_DOT:
        return with_dot(v, w, pairs, 1);
    case CLU_CSTS_L2_DOT:
        return with_dot(v, w, pairs, 2);
    case CLU_CSTS_LINF_DOT:
        return with_dot(v, w, pairs, 0);
    default:
        break;
    }
    if (kind <= CLU_CSTS_LINF)
        return minkowski(v, w, pairs, power_of[kind]);
    unsigned p = power_of[kind - CLU_CSTS_L1_REF];
    return minkowski(v, w, pairs, p) * (from_reference(v, pairs, p) + from_reference(w, pairs, p));
}
