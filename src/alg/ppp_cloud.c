/* Sets of rows for ppp: gathering, principal axes. */
#include "alg/ppp_state.h"

#include "base/mem.h"
#include "num/gslx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void ppp_cloud_clear(struct ppp_cloud *c)
{
    clu_free(c->x);
    clu_free(c->value);
    clu_free(c->axis);
    clu_free(c->score);
    *c = (struct ppp_cloud){0};
}

/* Take the means away from x[m][d]. */
static enum clu_status centre(double *x, size_t m, size_t d, struct clu_err *err)
{
    double *mean = clu_calloc(d, sizeof *mean);

    if (!mean)
        return clu_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < d; j++)
            mean[j] += x[i * d + j];
    for (size_t j = 0; j < d; j++)
        mean[j] /= (double)m;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < d; j++)
            x[i * d + j] -= mean[j];
    clu_free(mean);
    return CLU_OK;
}

enum clu_status ppp_cloud_init(struct ppp_cloud *c, const struct ppp *s, const size_t *row, size_t m, struct clu_err *err)
{
    *c = (struct ppp_cloud){.m = m, .d = s->d};
    c->x = clu_alloc(m * s->d, sizeof *c->x);
    if (!c->x)
        return clu_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        memcpy(c->x + i * s->d, s->x + (row ? row[i] : i) * s->d, s->d * sizeof *c->x);
    return centre(c->x, m, s->d, err);
}

/* --- principal axes --- */

/* a[d][d] = x' x / m of x[m][d]. */
static void covariance(const double *x, size_t m, size_t d, double *a)
{
    memset(a, 0, d * d * sizeof *a);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < d; j++) {
            double v = x[i * d + j];
            for (size_t l = 0; l <= j; l++)
                a[j * d + l] += v * x[i * d + l];
        }
    for (size_t j = 0; j < d; j++)
        for (size_t l = 0; l <= j; l++)
            a[l * d + j] = a[j * d + l] /= (double)m;
}

/* a[m][m] = x x' / m. */
static void gram(const double *x, size_t m, size_t d, double *a)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            double v = 0;
            for (size_t l = 0; l < d; l++)
                v += x[i * d + l] * x[j * d + l];
            a[i * m + j] = a[j * m + i] = v / (double)m;
        }
}

/* How many of value[size] count: at most most, none beneath 1e-12 of the first. */
static size_t count_axes(const double *value, size_t size, size_t most)
{
    size_t q = 0;

    while (q < size && q < most && value[q] > 0 && value[q] > 1e-12 * value[0])
        q++;
    return q;
}

/* score[m][axes] = x axis'. */
static void project(struct ppp_cloud *c)
{
    size_t q = c->axes, d = c->d;

    for (size_t i = 0; i < c->m; i++)
        for (size_t a = 0; a < q; a++) {
            double v = 0;
            for (size_t j = 0; j < d; j++)
                v += c->x[i * d + j] * c->axis[a * d + j];
            c->score[i * q + a] = v;
        }
}

/* Axes from the eigenvectors v[size][size] of x x' (rows), or of x' x. */
static void take_axes(struct ppp_cloud *c, const double *v, bool of_rows)
{
    size_t m = c->m, d = c->d;

    if (!of_rows) {
        memcpy(c->axis, v, c->axes * d * sizeof *c->axis);
        return;
    }
    memset(c->axis, 0, c->axes * d * sizeof *c->axis);
    for (size_t a = 0; a < c->axes; a++) {
        double length = sqrt((double)m * c->value[a]);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < d; j++)
                c->axis[a * d + j] += v[a * m + i] / length * c->x[i * d + j];
    }
}

/* Eigenvalues and vectors of a[size][size]. The iteration of GSL need not end when squares of what is there over- or underflow: such a
 * matrix is scaled, by a power of two. */
static enum clu_status eigen(double *a, size_t size, double *value, double *v, struct clu_err *err)
{
    double most = 0;
    int by = 0;
    enum clu_status status;

    for (size_t i = 0; i < size; i++)
        most = fmax(most, a[i * size + i]);
    if (most > 0 && isfinite(most) && (most < 1e-100 || most > 1e100))
        frexp(most, &by);
    for (size_t i = 0; i < size * size && by != 0; i++)
        a[i] = ldexp(a[i], -by);
    status = clu_gslx_eigen_sym(a, size, value, v, err);
    for (size_t i = 0; i < size && by != 0 && status == CLU_OK; i++)
        value[i] = ldexp(value[i], by);
    return status;
}

enum clu_status ppp_cloud_axes(struct ppp_cloud *c, size_t most, struct clu_err *err)
{
    bool wide = c->d > c->m;
    size_t size = wide ? c->m : c->d;
    double *a, *v;
    enum clu_status status = CLU_OK;

    if (c->value)
        return CLU_OK;
    a = clu_alloc(size * size, sizeof *a);
    v = clu_alloc(size * size, sizeof *v);
    c->value = clu_alloc(size, sizeof *c->value);
    if (!a || !v || !c->value) {
        status = clu_fail_memory(err);
    } else {
        (wide ? gram : covariance)(c->x, c->m, c->d, a);
        status = eigen(a, size, c->value, v, err);
    }
    if (status == CLU_OK) {
        c->axes = count_axes(c->value, size, most);
        c->axis = clu_alloc(c->axes * c->d, sizeof *c->axis);
        c->score = clu_alloc(c->m * c->axes, sizeof *c->score);
        if (!c->axis || !c->score)
            status = clu_fail_memory(err);
    }
    if (status == CLU_OK) {
        take_axes(c, v, wide);
        project(c);
    }
    clu_free(a);
    clu_free(v);
    return status;
}

double *ppp_cloud_scores(const struct ppp_cloud *c, size_t q, bool whiten)
{
    double *z = clu_alloc(c->m * q, sizeof *z);

    for (size_t i = 0; z && i < c->m; i++)
        for (size_t a = 0; a < q; a++)
            z[i * q + a] = c->score[i * c->axes + a] / (whiten ? sqrt(c->value[a]) : 1.0);
    return z;
}

/* --- rounding --- */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double ppp_least_step(double *v, size_t n)
{
    double least = HUGE_VAL;

    qsort(v, n, sizeof *v, by_number);
    for (size_t i = 1; i < n; i++)
        if (v[i] > v[i - 1])
            least = fmin(least, v[i] - v[i - 1]);
    return least < HUGE_VAL ? least : 0;
}
