/* Sections: nodes, critical value, power. */
#include "num/power.h"

#include "num/elem.h"

#include <math.h>
#include <stddef.h>

/* --- nodes --- */

/* With one degree of freedom 480 are taken, with more fewer. */
#define NODES 512

/* Values of s = sqrt(chi^2 / df) and their weights, which sum to 1: what is independent of s but for a factor is averaged by them. */
struct nodes {
    size_t n;
    double s[NODES], w[NODES];
};

/* In u = log s the density is proportional to exp(df (u - (exp(2u) - 1) / 2)), with its peak at 0 and a width of 1 / sqrt(2 df). */
static void chi_nodes(struct nodes *q, double df)
{
    double step = 0.25 / sqrt(2 * df + 6), sum = 0; /* finer where the tails of the integrand are long */

    q->n = 0;
    for (int side = -1; side <= 1; side += 2)
        for (int k = side > 0; q->n < NODES; k++) { /* 0 once */
            double u = side * k * step, w = clu_exp(df * (u - clu_expm1(2 * u) / 2));
            if (w < 1e-17)
                break;
            q->s[q->n] = clu_exp(u);
            q->w[q->n++] = w;
        }
    for (size_t i = 0; i < q->n; i++)
        sum += q->w[i];
    for (size_t i = 0; i < q->n; i++)
        q->w[i] /= sum;
}

/* P(|T| > c) of the noncentral t distribution. */
static double outside(const struct nodes *q, double c, double delta)
{
    double p = 0;

    for (size_t i = 0; i < q->n; i++)
        p += q->w[i] * (clu_normal_cdf(delta - c * q->s[i]) + clu_normal_cdf(-delta - c * q->s[i]));
    return p;
}

/* --- critical value --- */

#define ROOT_2_BY_PI 0.79788456080286535588

/* c with outside(c, 0) = alpha, by Newton's method on log P against log c: a concave curve, so that from the second step on it comes from
 * one side, whatever the start. */
static double critical(const struct nodes *q, double alpha)
{
    double c = -clu_normal_quantile(alpha / 2);

    for (int i = 0; i < 100; i++) {
        double p = outside(q, c, 0), slope = 0;
        for (size_t j = 0; j < q->n; j++)
            slope += q->w[j] * q->s[j] * ROOT_2_BY_PI * clu_exp(-c * q->s[j] * (c * q->s[j]) / 2);
        double step = clu_log(p / alpha) * p / (c * slope);
        c *= clu_exp(step);
        if (fabs(step) < 1e-13)
            break;
    }
    return c;
}

/* --- power --- */

double clu_t_power(double n, double effect, double alpha)
{
    struct nodes q;

    if (!(n >= 2))
        return NAN;
    chi_nodes(&q, n - 1);
    return fmin(1, outside(&q, critical(&q, alpha), sqrt(n) * fabs(effect)));
}

double clu_t_sample(double effect, double alpha, double power)
{
    double z = -clu_normal_quantile(alpha / 2), both = z + clu_normal_quantile(power);

    if (effect == 0)
        return HUGE_VAL;
    double n = fmax(2, ceil(both * both / (effect * effect) + z * z / 2)); /* one or two off */
    if (n > 1e7)
        return n;
    while (n > 2 && clu_t_power(n - 1, effect, alpha) >= power)
        n--;
    while (clu_t_power(n, effect, alpha) < power)
        n++;
    return n;
}
