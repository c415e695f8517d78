/* Sections: quantiles, table. */
#include "alg/csts_marginal.h"

#include "num/elem.h"

#include <math.h>

/* --- quantiles --- */

/* y = -log(-log(u)), bent by the shape. */
static double gev(double u, double shape, double location, double scale)
{
    double y = -clu_log(-clu_log(u));
    return (shape == 0 ? y : -clu_expm1(-shape * y) / shape) * scale + location;
}

static double geometric(double u, double p)
{
    return fmax(0, ceil(clu_log1p(-u) / clu_log1p(-p)) - 1);
}

/* Bisection between doubles: as many halvings as a double has bits, and then some for the exponent. */
static double gamma_quantile(double u, double shape, double scale)
{
    double lo = 0, hi = shape + 1;

    while (clu_gamma_cdf(shape, hi) < u && hi < 1e15)
        hi *= 2;
    for (int i = 0; i < 100 && hi - lo > 1e-14 * hi; i++) {
        double mid = lo + (hi - lo) / 2;
        if (clu_gamma_cdf(shape, mid) < u)
            lo = mid;
        else
            hi = mid;
    }
    return hi * scale;
}

static double empirical(double u, const double *sample, size_t n)
{
    double h = (double)(n - 1) * u, at = floor(h);
    size_t i = (size_t)at;

    return i + 1 < n ? sample[i] + (h - at) * (sample[i + 1] - sample[i]) : sample[n - 1];
}

/* Where the sum of the probabilities is, from one grid point to the next. */
struct negbin {
    double k, term, sum;
};

static double negbin(struct negbin *s, double u, double n, double p)
{
    if (s->sum < 0) {
        s->term = clu_exp(n * clu_log(p));
        s->sum = s->term;
    }
    while (s->sum < u) {
        double next = s->term * ((s->k + n) / (s->k + 1)) * (1 - p);
        if (s->sum + next == s->sum && s->k > n * (1 - p) / p) /* the rest of the tail is below a double's last digit */
            break;
        s->term = next;
        s->sum += next;
        s->k += 1;
    }
    return s->k;
}

/* --- table --- */

void clu_csts_grid_cdf(double *cdf)
{
    for (int x = -CLU_CSTS_GRID; x <= CLU_CSTS_GRID; x++)
        cdf[x + CLU_CSTS_GRID] = clu_normal_cdf(x / 1000.0);
}

static enum clu_status check_parameters(const struct clu_csts_marginal *m, struct clu_err *err)
{
    switch (m->kind) {
    case CLU_CSTS_NORMAL:
    case CLU_CSTS_LOGNORMAL:
        return m->b >= 0 ? CLU_OK : clu_fail(err, CLU_USAGE, "a standard deviation is 0 or more");
    case CLU_CSTS_GEV:
        return m->c > 0 ? CLU_OK : clu_fail(err, CLU_USAGE, "a scale is above 0");
    case CLU_CSTS_NEGBIN:
        if (!(m->a > 0) || !(m->a <= 1000))
            return clu_fail(err, CLU_USAGE, "a number of successes is above 0, at most 1000");
        return m->b >= 1e-6 && m->b <= 1 ? CLU_OK : clu_fail(err, CLU_USAGE, "a probability of success is from 1e-6 to 1");
    case CLU_CSTS_GAMMA:
        return m->a >= 1e-3 && m->a <= 1e6 && m->b > 0 ? CLU_OK
                                                        : clu_fail(err, CLU_USAGE, "a shape is from 1e-3 to 1e6, a scale above 0");
    case CLU_CSTS_GEOMETRIC:
    case CLU_CSTS_EMPIRICAL:
        break;
    }
    return CLU_OK;
}

/* At x thousandths, where the normal distribution is p. state: of negbin, which wants ascending x. */
static double value_at(const struct clu_csts_marginal *m, int x, double p, struct negbin *state)
{
    double z = x / 1000.0, u = fmin(p, 1 - 0x1p-53);

    switch (m->kind) {
    case CLU_CSTS_NORMAL:
        return m->a + m->b * z;
    case CLU_CSTS_LOGNORMAL:
        return clu_exp(m->a + m->b * z);
    case CLU_CSTS_GEV:
        return gev(u, m->a, m->b, m->c);
    case CLU_CSTS_NEGBIN:
        return negbin(state, u, m->a, m->b);
    case CLU_CSTS_GEOMETRIC:
        return geometric(u, m->a);
    case CLU_CSTS_GAMMA:
        return gamma_quantile(u, m->a, m->b);
    case CLU_CSTS_EMPIRICAL:
        break;
    }
    return empirical(u, m->sample, m->n);
}

enum clu_status clu_csts_marginal_check(const struct clu_csts_marginal *m, struct clu_err *err)
{
    struct negbin state = {.sum = -1};
    enum clu_status status = check_parameters(m, err);

    for (int x = -CLU_CSTS_GRID; status == CLU_OK && x <= CLU_CSTS_GRID; x += 2 * CLU_CSTS_GRID)
        if (!(fabs(value_at(m, x, clu_normal_cdf(x / 1000.0), &state)) <= 1e12))
            status = clu_fail(err, CLU_USAGE, "values beyond 1e12");
    return status;
}

void clu_csts_marginal_table(const struct clu_csts_marginal *m, const double *cdf, int64_t *milli)
{
    struct negbin state = {.sum = -1};

    for (int i = 0; i < CLU_CSTS_GRID_POINTS; i++)
        milli[i] = (int64_t)rint(value_at(m, i - CLU_CSTS_GRID, cdf[i], &state) * 1000);
}
