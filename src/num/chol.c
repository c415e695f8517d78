#include "num/chol.h"

#include <math.h>
#include <string.h>

/* In four partial sums: each has its own chain of additions. */
static double dot(const double *a, const double *b, size_t n)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++)
        s0 += a[i] * b[i];
    return (s0 + s2) + (s1 + s3);
}

/* Row by row: row i is solved against the rows above it. */
size_t clu_chol_factor(double *a, size_t n, double least, const double *floor)
{
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * n, first = row[i], sum = first;
        for (size_t j = 0; j < i; j++) {
            const double *other = a + j * n;
            row[j] = (row[j] - dot(row, other, j)) / other[j];
            sum -= row[j] * row[j];
        }
        if (!(sum > least * first) || !(sum > (floor ? floor[i] : 0)) || !(sum < HUGE_VAL))
            return i;
        row[i] = sqrt(sum);
    }
    return n;
}

/* Row i of the inverse: -(sum over c < i of l[i][c] * row c) / l[i][i], and 1 / l[i][i] on the diagonal. */
void clu_chol_invert(const double *l, size_t n, double *inverse)
{
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * n, scale = 1 / l[i * n + i];
        memset(row, 0, n * sizeof *row);
        for (size_t c = 0; c < i; c++) {
            const double *other = inverse + c * n;
            double times = l[i * n + c];
#pragma omp simd
            for (size_t j = 0; j <= c; j++)
                row[j] -= times * other[j];
        }
        for (size_t j = 0; j < i; j++)
            row[j] *= scale;
        row[i] = scale;
    }
}

void clu_chol_solve(const double *l, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            b[i] -= l[i * n + j] * b[j];
        b[i] /= l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        b[i] /= l[i * n + i];
        for (size_t j = 0; j < i; j++)
            b[j] -= l[i * n + j] * b[i];
    }
}

double clu_chol_log_det(const double *l, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += log(l[i * n + i]);
    return 2 * sum;
}
