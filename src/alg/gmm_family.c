/* The M-steps of the covariance families: Celeux and Govaert, Gaussian parsimonious clustering models, Pattern Recognition 28, 1995.
 * Sections: small things, diagonal families, one matrix or each its own, volumes apart, axes of their own, common axes, all.
 *
 * W is the scatter of a component, n its count. A step that has to divide by a volume or a variance of zero leaves zeros in cov, which is
 * found singular afterwards.
 * With the ridge of opt->reg each component maximises -n/2 (log |cov| + tr((W/n + ridge) cov^-1)). Where cov is
 * linear in W that is the ridge on its diagonal. Elsewhere n times it has to stand in W beforehand: volumes and shapes that were found without it do
 * not fit covariances that have it, and a direction without variance decides all of them. */
#include "alg/gmm_state.h"

#include "num/chol.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Steps of an inner iteration, and the relative change that ends it: each step raises the likelihood, so stopping early costs
 * iterations of EM and nothing else. */
#define INNER_STEPS 500
#define INNER_TOL 1e-14
#define SWEEPS 100
#define WARM_SWEEPS 20
#define SWEEP_TOL 1e-7 /* sine of the largest angle turned by, whose square is what the likelihood would gain */

/* --- small things --- */

static double total(const struct clu_gmm_state *s)
{
    double n = 0;
    for (size_t j = 0; j < s->k; j++)
        n += s->count[j];
    return n;
}

/* The geometric mean of v[d], 0 when one is not above 0. */
static double geometric(const double *v, size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; i++) {
        if (!(v[i] > 0))
            return 0;
        sum += log(v[i]);
    }
    return exp(sum / (double)d);
}

/* Eigenvalues are found to within rounding of the largest: is one of v[d] no more than that? */
static bool flat(const double *v, size_t d)
{
    double most = 0, least = HUGE_VAL;
    for (size_t i = 0; i < d; i++) {
        most = fmax(most, v[i]);
        least = fmin(least, v[i]);
    }
    return !(least > (double)d * DBL_EPSILON * most);
}

/* out[size] = the sum over components of their scatter, over by[j] (NULL: 1). */
static void pool(const struct clu_gmm_state *s, const double *from, size_t size, const double *by, double *out)
{
    memset(out, 0, size * sizeof *out);
    for (size_t j = 0; j < s->k; j++) {
        double times = by ? 1 / by[j] : 1;
        for (size_t i = 0; i < size; i++)
            out[i] += from[j * size + i] * times;
    }
}

/* cov[d][d] = sum of value[i] times the square of row i of axes. */
static void compose(const double *axes, const double *value, double times, size_t d, double *cov)
{
    memset(cov, 0, d * d * sizeof *cov);
    for (size_t i = 0; i < d; i++) {
        const double *v = axes + i * d;
        for (size_t a = 0; a < d; a++) {
            double c = times * value[i] * v[a];
            for (size_t b = 0; b <= a; b++)
                cov[a * d + b] += c * v[b];
        }
    }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < a; b++)
            cov[b * d + a] = cov[a * d + b];
}

/* --- diagonal families --- */

static void spherical(struct clu_gmm_state *s, bool equal)
{
    double trace = 0, all = total(s);

    for (size_t j = 0; j < s->k; j++) {
        double own = 0;
        for (size_t i = 0; i < s->d; i++)
            own += s->scatter[j * s->d + i];
        trace += own;
        for (size_t i = 0; i < s->d; i++)
            s->cov[j * s->d + i] = own / (s->count[j] * (double)s->d);
    }
    if (equal)
        for (size_t i = 0; i < s->k * s->d; i++)
            s->cov[i] = trace / (all * (double)s->d);
}

/* EEI, EEE: W / n of all components together, into the first; the others get it below. */
static void common(struct clu_gmm_state *s)
{
    double n = total(s);

    pool(s, s->scatter, s->size, NULL, s->cov);
    for (size_t i = 0; i < s->size; i++)
        s->cov[i] /= n;
}

/* VVI, VVV. */
static void own(struct clu_gmm_state *s)
{
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i < s->size; i++)
            s->cov[j * s->size + i] = s->scatter[j * s->size + i] / s->count[j];
}

/* EVI, EVV: each its own W scaled to determinant 1, times a common volume. */
static void own_of_equal_volume(struct clu_gmm_state *s)
{
    double volume = 0, n = total(s);

    for (size_t j = 0; j < s->k; j++) {
        const double *w = s->scatter + j * s->size;
        double root;
        if (s->diagonal) {
            root = geometric(w, s->d);
        } else {
            memcpy(s->scratch, w, s->size * sizeof *w);
            root = clu_chol_factor(s->scratch, s->d, 0, NULL) == s->d ? exp(clu_chol_log_det(s->scratch, s->d) / (double)s->d) : 0;
        }
        volume += root;
        for (size_t i = 0; i < s->size; i++)
            s->cov[j * s->size + i] = root > 0 ? w[i] / root : 0;
    }
    for (size_t i = 0; i < s->k * s->size; i++)
        s->cov[i] *= volume / n;
}

/* A common shape of determinant 1 and a volume each, of the diagonals w[k][d]: VEI, and VEV on eigenvalues. */
static bool volumes_of_diagonals(struct clu_gmm_state *s, const double *w)
{
    size_t d = s->d;

    if (!s->warm) {
        pool(s, w, d, s->count, s->shape);
        double root = geometric(s->shape, d);
        for (size_t i = 0; i < d; i++)
            s->shape[i] /= root > 0 ? root : 1;
    }
    memset(s->volume, 0, s->k * sizeof *s->volume);
    for (size_t step = 0; step < INNER_STEPS; step++) {
        double change = 0;
        for (size_t j = 0; j < s->k; j++) {
            double sum = 0, was = s->volume[j];
            for (size_t i = 0; i < d; i++)
                sum += w[j * d + i] / s->shape[i];
            s->volume[j] = sum / ((double)d * s->count[j]);
            if (!(s->volume[j] > 0) || !(s->volume[j] < HUGE_VAL))
                return false;
            change = fmax(change, fabs(s->volume[j] - was) / s->volume[j]);
        }
        pool(s, w, d, s->volume, s->shape);
        double root = geometric(s->shape, d);
        if (!(root > 0) || !(root < HUGE_VAL))
            return false;
        for (size_t i = 0; i < d; i++)
            s->shape[i] /= root;
        if (change <= INNER_TOL)
            break;
    }
    return true;
}

static void vei(struct clu_gmm_state *s)
{
    bool fine = volumes_of_diagonals(s, s->scatter);
    s->warm = fine;
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i < s->d; i++)
            s->cov[j * s->d + i] = fine ? s->volume[j] * s->shape[i] : 0;
}

/* --- one matrix, volumes apart --- */

/* inverse[d][d], full, of a[d][d], which is first scaled to determinant 1. */
static bool scale_and_invert(double *a, size_t d, double *inverse, double *l)
{
    memcpy(l, a, d * d * sizeof *l);
    if (clu_chol_factor(l, d, 0, NULL) < d)
        return false;
    double root = exp(clu_chol_log_det(l, d) / (double)d);
    for (size_t i = 0; i < d * d; i++)
        a[i] /= root;
    memset(inverse, 0, d * d * sizeof *inverse);
    for (size_t c = 0; c < d; c++) {
        inverse[c * d + c] = root;
        clu_chol_solve(l, d, inverse + c * d);
    }
    return true;
}

static bool volumes_of_matrices(struct clu_gmm_state *s)
{
    size_t d = s->d;
    double *inverse = s->vector;

    if (!s->warm)
        pool(s, s->scatter, s->size, s->count, s->shape);
    memset(s->volume, 0, s->k * sizeof *s->volume);
    for (size_t step = 0; step < INNER_STEPS; step++) {
        double change = 0;
        if (!scale_and_invert(s->shape, d, inverse, s->scratch))
            return false;
        for (size_t j = 0; j < s->k; j++) {
            double sum = 0, was = s->volume[j];
            for (size_t i = 0; i < s->size; i++)
                sum += s->scatter[j * s->size + i] * inverse[i];
            s->volume[j] = sum / ((double)d * s->count[j]);
            if (!(s->volume[j] > 0) || !(s->volume[j] < HUGE_VAL))
                return false;
            change = fmax(change, fabs(s->volume[j] - was) / s->volume[j]);
        }
        if (change <= INNER_TOL)
            break;
        pool(s, s->scatter, s->size, s->volume, s->shape);
    }
    return scale_and_invert(s->shape, d, inverse, s->scratch);
}

static void vee(struct clu_gmm_state *s)
{
    bool fine = volumes_of_matrices(s);
    s->warm = fine;
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i < s->size; i++)
            s->cov[j * s->size + i] = fine ? s->volume[j] * s->shape[i] : 0;
}

/* --- axes of their own: EEV, VEV --- */

static bool own_axes(struct clu_gmm_state *s)
{
    for (size_t j = 0; j < s->k; j++) {
        double *value = s->value + j * s->d;
        memcpy(s->scratch, s->scatter + j * s->size, s->size * sizeof *s->scratch);
        if (clu_gslx_eigen_solve(&s->eigen, s->scratch, value, s->vector + j * s->size, NULL) != CLU_OK)
            return false;
        for (size_t i = 0; i < s->d; i++)
            value[i] = fmax(value[i], 0);
    }
    return true;
}

static void eev(struct clu_gmm_state *s)
{
    double n = total(s);
    bool fine = own_axes(s);

    pool(s, s->value, s->d, NULL, s->shape);
    fine = fine && !flat(s->shape, s->d);
    for (size_t j = 0; j < s->k; j++)
        compose(s->vector + j * s->size, s->shape, fine ? 1 / n : 0, s->d, s->cov + j * s->size);
}

static void vev(struct clu_gmm_state *s)
{
    bool fine = own_axes(s) && volumes_of_diagonals(s, s->value) && !flat(s->shape, s->d);

    s->warm = fine;
    for (size_t j = 0; j < s->k; j++) {
        if (fine)
            compose(s->vector + j * s->size, s->shape, s->volume[j], s->d, s->cov + j * s->size);
        else
            memset(s->cov + j * s->size, 0, s->size * sizeof *s->cov);
    }
}

/* --- common axes: EVE, VVE --- */

/* h = axes w axes', of which the full square is kept. */
static void turn_into(const double *axes, const double *w, size_t d, double *h, double *half)
{
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
            double sum = 0;
            for (size_t c = 0; c < d; c++)
                sum += axes[a * d + c] * w[c * d + b];
            half[a * d + b] = sum;
        }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t c = 0; c < d; c++)
                sum += half[a * d + c] * axes[b * d + c];
            h[a * d + b] = h[b * d + a] = sum;
        }
}

/* value[k][d]: the variances along the axes; of equal volume: scaled to determinant 1. False when one is not above 0. */
static bool variances(struct clu_gmm_state *s, bool equal)
{
    size_t d = s->d;

    for (size_t j = 0; j < s->k; j++) {
        double *value = s->value + j * d;
        for (size_t i = 0; i < d; i++)
            value[i] = s->vector[j * s->size + i * d + i];
        double by = equal ? geometric(value, d) : s->count[j];
        s->volume[j] = equal ? by : 1;
        for (size_t i = 0; i < d; i++) {
            if (!(by > 0))
                return false;
            value[i] /= by;
        }
        if (flat(value, d))
            return false;
    }
    return true;
}

static void rotate(double *a, double *b, size_t d, double c, double t)
{
    for (size_t i = 0; i < d; i++) {
        double x = a[i], y = b[i];
        a[i] = c * x + t * y;
        b[i] = c * y - t * x;
    }
}

/* Turn axes l and m in their plane to where the sum over components of tr(W cov^-1) is least, given the variances: v' G v, of the
 * sum G of (1 / a_l - 1 / a_m) times the 2 x 2 part of h, is least along an eigenvector (Flury and Gautschi, SIAM J. Sci. Stat.
 * Comput. 7, 1986, whose planes these are). Returns the sine of the angle. */
static double turn_plane(struct clu_gmm_state *s, size_t l, size_t m)
{
    size_t d = s->d;
    double g11 = 0, g12 = 0, g22 = 0, size = 0;

    for (size_t j = 0; j < s->k; j++) {
        const double *h = s->vector + j * s->size, *value = s->value + j * d;
        double times = 1 / value[l] - 1 / value[m];
        g11 += times * h[l * d + l];
        g12 += times * h[l * d + m];
        g22 += times * h[m * d + m];
        size += fabs(times) * (fabs(h[l * d + l]) + fabs(h[m * d + m]));
    }
    /* Axis l goes to the eigenvector of the smaller eigenvalue; of its two directions the nearer. */
    double half = 0.5 * (g22 - g11), length = hypot(half, g12);
    if (!(length > 4 * DBL_EPSILON * size) || !(length < HUGE_VAL))
        return 0; /* nothing but rounding */
    double angle = 0.5 * atan2(-g12, half), c = cos(angle), t = sin(angle);
    rotate(s->axes + l * d, s->axes + m * d, d, c, t);
    for (size_t j = 0; j < s->k; j++) {
        double *h = s->vector + j * s->size;
        rotate(h + l * d, h + m * d, d, c, t);
        for (size_t i = 0; i < d; i++) {
            double x = h[i * d + l], y = h[i * d + m];
            h[i * d + l] = c * x + t * y;
            h[i * d + m] = c * y - t * x;
        }
    }
    return fabs(t);
}

static bool common_axes(struct clu_gmm_state *s, bool equal)
{
    size_t d = s->d, sweeps = s->warm ? WARM_SWEEPS : SWEEPS;

    if (!s->warm) {
        pool(s, s->scatter, s->size, NULL, s->scratch);
        if (clu_gslx_eigen_solve(&s->eigen, s->scratch, s->value, s->axes, NULL) != CLU_OK)
            return false;
    }
    for (size_t j = 0; j < s->k; j++)
        turn_into(s->axes, s->scatter + j * s->size, d, s->vector + j * s->size, s->scratch);
    for (size_t sweep = 0; sweep < sweeps; sweep++) {
        double most = 0;
        if (!variances(s, equal))
            return false;
        for (size_t l = 0; l < d; l++)
            for (size_t m = l + 1; m < d; m++)
                most = fmax(most, turn_plane(s, l, m));
        if (most <= SWEEP_TOL)
            break;
    }
    return variances(s, equal);
}

static void common_axes_step(struct clu_gmm_state *s, bool equal)
{
    bool fine = common_axes(s, equal);
    double volume = 0, n = total(s);

    s->warm = fine;
    for (size_t j = 0; j < s->k; j++)
        volume += s->volume[j];
    for (size_t j = 0; j < s->k; j++) {
        if (fine)
            compose(s->axes, s->value + j * s->d, equal ? volume / n : 1, s->d, s->cov + j * s->size);
        else
            memset(s->cov + j * s->size, 0, s->size * sizeof *s->cov);
    }
}

/* --- all --- */

static void by_family(struct clu_gmm_state *s)
{
    switch (s->opt->family) {
    case CLU_GMM_EII:
    case CLU_GMM_VII:
        spherical(s, s->opt->family == CLU_GMM_EII);
        break;
    case CLU_GMM_EEI:
    case CLU_GMM_EEE:
        common(s);
        break;
    case CLU_GMM_VEI:
        vei(s);
        break;
    case CLU_GMM_EVI:
    case CLU_GMM_EVV:
        own_of_equal_volume(s);
        break;
    case CLU_GMM_VEE:
        vee(s);
        break;
    case CLU_GMM_EVE:
    case CLU_GMM_VVE:
        common_axes_step(s, s->opt->family == CLU_GMM_EVE);
        break;
    case CLU_GMM_EEV:
        eev(s);
        break;
    case CLU_GMM_VEV:
        vev(s);
        break;
    default:
        own(s);
        break;
    }
}

double clu_gmm_oas(double trace, double square, double rows, size_t d)
{
    double p = (double)d, den = (rows + 1 - 2 / p) * (square - trace * trace / p);

    return den > 0 ? fmin(1, ((1 - 2 / p) * square + trace * trace) / den) : 1;
}

/* Oracle approximating shrinkage of a covariance of n rows. */
static void shrink(const struct clu_gmm_state *s, double *cov, double n)
{
    size_t d = s->d, step = s->diagonal ? 1 : d + 1;
    double trace = 0, square = 0;

    for (size_t i = 0; i < s->size; i++)
        square += cov[i] * cov[i];
    for (size_t i = 0; i < d; i++)
        trace += cov[i * step];
    double rho = clu_gmm_oas(trace, square, n, d);
    for (size_t i = 0; i < s->size; i++)
        cov[i] *= 1 - rho;
    for (size_t i = 0; i < d; i++)
        cov[i * step] += rho * trace / (double)d;
}

bool clu_gmm_whiten(const double *cov, size_t d, bool diagonal, const double *floor, double *scratch, double *whiten,
                    double *log_det)
{
    if (diagonal) {
        double sum = 0;
        for (size_t i = 0; i < d; i++) {
            if (!(cov[i] > floor[i]) || !(cov[i] < HUGE_VAL))
                return false;
            whiten[i] = 1 / sqrt(cov[i]);
            sum += log(cov[i]);
        }
        *log_det = sum;
        return true;
    }
    memcpy(scratch, cov, d * d * sizeof *scratch);
    if (clu_chol_factor(scratch, d, 4 * (double)d * DBL_EPSILON, floor) < d)
        return false;
    clu_chol_invert(scratch, d, whiten);
    *log_det = clu_chol_log_det(scratch, d);
    return true;
}

/* Covariances that are linear in the scatter: reg is added to them, as scikit-learn does. EEV is, but its axes are found from W. */
static bool is_linear(int family)
{
    return family == CLU_GMM_EII || family == CLU_GMM_VII || family == CLU_GMM_EEI || family == CLU_GMM_VVI || family == CLU_GMM_EEE ||
           family == CLU_GMM_VVV;
}

void clu_gmm_ridge(struct clu_gmm_state *s)
{
    size_t step = s->diagonal ? 1 : s->d + 1;

    if (is_linear(s->opt->family) || !(s->opt->reg > 0))
        return;
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i < s->d; i++)
            s->scatter[j * s->size + i * step] += s->count[j] * s->ridge[i];
}

size_t clu_gmm_covariances(struct clu_gmm_state *s)
{
    size_t d = s->d, step = s->diagonal ? 1 : d + 1, bad = s->k;
    bool linear = is_linear(s->opt->family), one = s->opt->family == CLU_GMM_EII || s->opt->family == CLU_GMM_EEI || s->opt->family == CLU_GMM_EEE;
    double n = total(s);

    by_family(s);
    for (size_t j = 0; j < s->k && bad == s->k; j++) {
        double *cov = s->cov + j * s->size;
        if (one && j > 0) { /* the same again */
            memcpy(cov, s->cov, s->size * sizeof *cov);
            memcpy(s->whiten + j * s->size, s->whiten, s->size * sizeof *cov);
            s->log_det[j] = s->log_det[0];
            continue;
        }
        if (s->opt->shrink)
            shrink(s, cov, one ? n : s->count[j]);
        for (size_t i = 0; i < d && linear; i++)
            cov[i * step] += s->ridge[i];
        if (!clu_gmm_whiten(cov, d, s->diagonal, s->floor, s->scratch, s->whiten + j * s->size, s->log_det + j))
            bad = j;
    }
    return bad;
}
