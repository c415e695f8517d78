#include "num/chol.h"

#include <math.h>
#include <string.h>

/* Row by row: row i is solved against the rows above it, in the order that updates stretches of memory and so becomes vectors. */
size_t clu_chol_factor(double *a, size_t n, double least, const double *floor)
{
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * n, first = row[i], sum = first;
        for (size_t j = 0; j < i; j++) {
            const double *other = a + j * n;
            double s = row[j];
            for (size_t c = 0; c < j; c++)
                s -= row[c] * other[c];
            row[j] = s / other[j];
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
