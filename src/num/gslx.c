/* Sections: codes, eigenvalues, Fourier transforms. */
#include "num/gslx.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_fft_real.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>

/* --- codes --- */

void clu_gslx_init(void)
{
    gsl_set_error_handler_off();
}

enum clu_status clu_gslx_status(int code, const char *what, struct clu_err *err)
{
    switch (code) {
    case GSL_SUCCESS:
        return CLU_OK;
    case GSL_ENOMEM:
        return clu_fail_memory(err);
    default:
        return clu_fail(err, CLU_DATA, "%s: %s", what, gsl_strerror(code));
    }
}

/* --- eigenvalues --- */

enum clu_status clu_gslx_eigen_init(struct clu_gslx_eigen *e, size_t n, struct clu_err *err)
{
    *e = (struct clu_gslx_eigen){.n = n, .work = gsl_eigen_symmv_alloc(n)};
    return e->work ? CLU_OK : clu_fail_memory(err);
}

void clu_gslx_eigen_clear(struct clu_gslx_eigen *e)
{
    if (e->work)
        gsl_eigen_symmv_free(e->work);
    *e = (struct clu_gslx_eigen){0};
}

/* GSL leaves the vectors in columns: turned around in place. */
static void columns_to_rows(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double t = v[i * n + j];
            v[i * n + j] = v[j * n + i];
            v[j * n + i] = t;
        }
}

static void fix_sign(double *v, size_t n)
{
    size_t at = 0;
    for (size_t j = 1; j < n; j++)
        if (fabs(v[j]) > fabs(v[at]))
            at = j;
    if (v[at] < 0)
        for (size_t j = 0; j < n; j++)
            v[j] = -v[j];
}

enum clu_status clu_gslx_eigen_solve(struct clu_gslx_eigen *e, double *a, double *value, double *vector, struct clu_err *err)
{
    size_t n = e->n;

    /* Its iteration does not end on a NAN. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (!isfinite(a[i * n + j]))
                return clu_fail(err, CLU_DATA, "eigenvalues of a matrix that is not finite");

    gsl_matrix_view m = gsl_matrix_view_array(a, n, n), v = gsl_matrix_view_array(vector, n, n);
    gsl_vector_view w = gsl_vector_view_array(value, n);
    int code = gsl_eigen_symmv(&m.matrix, &w.vector, &v.matrix, e->work);
    if (code == GSL_SUCCESS)
        code = gsl_eigen_symmv_sort(&w.vector, &v.matrix, GSL_EIGEN_SORT_VAL_DESC);
    if (code != GSL_SUCCESS)
        return clu_gslx_status(code, "eigenvalues", err);
    columns_to_rows(vector, n);
    for (size_t i = 0; i < n; i++)
        fix_sign(vector + i * n, n);
    return CLU_OK;
}

enum clu_status clu_gslx_eigen_sym(double *a, size_t n, double *value, double *vector, struct clu_err *err)
{
    struct clu_gslx_eigen e;
    enum clu_status status = clu_gslx_eigen_init(&e, n, err);
    if (status == CLU_OK)
        status = clu_gslx_eigen_solve(&e, a, value, vector, err);
    clu_gslx_eigen_clear(&e);
    return status;
}

/* --- Fourier transforms --- */

enum clu_status clu_gslx_fft_init(struct clu_gslx_fft *f, size_t n, struct clu_err *err)
{
    *f = (struct clu_gslx_fft){
        .n = n, .forward = gsl_fft_real_wavetable_alloc(n), .back = gsl_fft_halfcomplex_wavetable_alloc(n)};
    if (f->forward && f->back)
        return CLU_OK;
    clu_gslx_fft_clear(f);
    return clu_fail_memory(err);
}

void clu_gslx_fft_clear(struct clu_gslx_fft *f)
{
    if (f->forward)
        gsl_fft_real_wavetable_free(f->forward);
    if (f->back)
        gsl_fft_halfcomplex_wavetable_free(f->back);
    *f = (struct clu_gslx_fft){0};
}

size_t clu_gslx_fft_length(size_t least)
{
    for (size_t n = least > 2 ? least + least % 2 : 2;; n += 2) {
        size_t rest = n;
        static const size_t factor[] = {2, 3, 5};
        for (size_t q = 0; q < 3; q++)
            while (rest % factor[q] == 0)
                rest /= factor[q];
        if (rest == 1)
            return n;
    }
}

/* The workspace of GSL is a length and room: the caller's. The only failure is a length that differs from the table's. */
void clu_gslx_fft_forward(const struct clu_gslx_fft *f, double *v, double *scratch)
{
    gsl_fft_real_workspace room = {.n = f->n, .scratch = scratch};
    (void)gsl_fft_real_transform(v, 1, f->n, f->forward, &room);
}

void clu_gslx_fft_back(const struct clu_gslx_fft *f, double *v, double *scratch)
{
    gsl_fft_real_workspace room = {.n = f->n, .scratch = scratch};
    (void)gsl_fft_halfcomplex_transform(v, 1, f->n, f->back, &room);
}
