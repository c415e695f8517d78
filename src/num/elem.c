/* Sections: pairs of doubles, log, exp, erf, normal, gamma. */
#include "num/elem.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* --- pairs of doubles: hi + lo, about 104 bits --- */

struct dd {
    double hi, lo;
};

static inline struct dd quick_sum(double a, double b) /* |a| >= |b| */
{
    double s = a + b;
    return (struct dd){s, b - (s - a)};
}

static inline struct dd two_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return (struct dd){s, (a - (s - t)) + (b - t)};
}

/* Dekker (1971): halves of 26 bits, whose products are exact. */
static inline struct dd two_product(double a, double b)
{
    double p = a * b, c = 134217729.0 * a, d = 134217729.0 * b;
    double ah = c - (c - a), al = a - ah, bh = d - (d - b), bl = b - bh;
    return (struct dd){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static inline struct dd add(struct dd a, struct dd b)
{
    struct dd s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);
    s = quick_sum(s.hi, s.lo + t.hi);
    return quick_sum(s.hi, s.lo + t.lo);
}

static inline struct dd multiply(struct dd a, struct dd b)
{
    struct dd p = two_product(a.hi, b.hi);
    return quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline struct dd times(struct dd a, double b)
{
    struct dd p = two_product(a.hi, b);
    return quick_sum(p.hi, p.lo + a.lo * b);
}

static inline struct dd divide(struct dd a, struct dd b)
{
    double q = a.hi / b.hi;
    struct dd r = add(a, times(b, -q));
    double q2 = r.hi / b.hi;
    r = add(r, times(b, -q2));
    return add(quick_sum(q, q2), (struct dd){r.hi / b.hi, 0});
}

static inline struct dd pair(double x)
{
    return (struct dd){x, 0};
}

/* --- log --- */

static const double ln2_hi = 0x1.62e42fefa38p-1; /* 41 bits: whole multiples below 2^11 are exact */
static const double ln2_lo = 0x1.ef35793c7673p-45;

/* x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716, so that eleven terms of the series
 * suffice. m - 1 is exact, and what rounding takes from s is put back by the form f - s (f - rest), f = m - 1:
 * log m = 2s + 2s^3/3 + ... and 2s = f - s f. */
double clu_log(double x)
{
    uint64_t bits;
    int64_t k = 0;

    if (!(x > 0) || !(x < HUGE_VAL))
        return x == 0 ? -HUGE_VAL : x > 0 ? x : NAN;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    memcpy(&bits, &x, sizeof bits);
    uint64_t above = bits - 0x3fe6a09e667f3bcdu; /* sqrt(1/2) */
    k += (int64_t)above >> 52;
    bits = (above & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu;
    double m;
    memcpy(&m, &bits, sizeof m);
    double f = m - 1, s = f / (2 + f), z = s * s, w = z * z;
    double odd = 2.0 / 3 + w * (2.0 / 7 + w * (2.0 / 11 + w * (2.0 / 15 + w * (2.0 / 19 + w * (2.0 / 23)))));
    double even = 2.0 / 5 + w * (2.0 / 9 + w * (2.0 / 13 + w * (2.0 / 17 + w * (2.0 / 21))));
    double rest = z * (odd + z * even), n = (double)k;
    return n * ln2_hi + (f - (s * (f - rest) - n * ln2_lo));
}

/* 1 + x is rounded to w; what was lost is small beside it. */
double clu_log1p(double x)
{
    struct dd w = two_sum(1, x);
    return w.hi > 0 && w.hi < HUGE_VAL ? clu_log(w.hi) + w.lo / w.hi : clu_log(w.hi);
}

/* --- exp --- */

/* exp(x) - 1 for |x| < 0.35: the series at x/16, then four times exp(2y) - 1 = e (2 + e) with e = exp(y) - 1. */
static struct dd small_expm1(struct dd x)
{
    struct dd y = {x.hi / 16, x.lo / 16}, term = y, sum = y;

    for (int i = 2; i < 16; i++) { /* 0.022^16 / 16! < 2^-130 */
        term = divide(multiply(term, y), pair(i));
        sum = add(sum, term);
    }
    for (int i = 0; i < 4; i++)
        sum = multiply(sum, add(pair(2), sum));
    return sum;
}

/* exp(x) = 2^k (1 + e), |x| < 800. */
static struct dd reduced_expm1(struct dd x, int *k)
{
    static const struct dd ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    double n = rint(x.hi * 1.4426950408889634);

    *k = (int)n;
    return small_expm1(add(x, times(ln2, -n)));
}

static struct dd dd_exp(struct dd x)
{
    int k;
    struct dd e = add(pair(1), reduced_expm1(x, &k));
    return (struct dd){ldexp(e.hi, k), ldexp(e.lo, k)};
}

double clu_exp(double x)
{
    if (!(x > -746) || !(x < 710))
        return x > 0 ? HUGE_VAL : x < 0 ? 0 : x;
    int k;
    struct dd e = add(pair(1), reduced_expm1(pair(x), &k));
    return ldexp(e.hi + e.lo, k);
}

double clu_expm1(double x)
{
    int k;

    if (!(x > -40) || !(x < 700))
        return x > 0 ? clu_exp(x) : x < 0 ? -1 : x;
    struct dd e = reduced_expm1(pair(x), &k);
    if (k != 0) {
        e = add(pair(1), e);
        e = add((struct dd){ldexp(e.hi, k), ldexp(e.lo, k)}, pair(-1));
    }
    return e.hi + e.lo;
}

/* --- erf --- */

static const struct dd two_by_sqrt_pi = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};

static struct dd exp_minus_square(double x)
{
    struct dd z = two_product(x, x);
    return dd_exp((struct dd){-z.hi, -z.lo});
}

/* 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): all terms positive (Abramowitz, Stegun 7.1.6). 0 <= x < 5. */
static struct dd erf_series(double x)
{
    struct dd z = two_product(x, x), term = pair(x), sum = term;

    z = times(z, 2);
    for (int i = 3; term.hi > sum.hi * 0x1p-108; i += 2) {
        term = divide(multiply(term, z), pair(i));
        sum = add(sum, term);
    }
    return multiply(multiply(two_by_sqrt_pi, exp_minus_square(x)), sum);
}

/* exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), from 5 on (A&S 7.1.14): sixty steps give all digits. */
static struct dd erfc_fraction(double x)
{
    struct dd f = pair(x);

    for (int i = 60; i > 0; i--)
        f = add(pair(x), divide(pair(0.5 * i), f));
    return divide(times(multiply(two_by_sqrt_pi, exp_minus_square(x)), 0.5), f);
}

double clu_erf(double x)
{
    double a = fabs(x);

    if (!(a < 6))
        return x > 0 ? 1 : x < 0 ? -1 : x;
    struct dd e = a < 5 ? erf_series(a) : add(pair(1), times(erfc_fraction(a), -1));
    return copysign(e.hi + e.lo, x);
}

double clu_erfc(double x)
{
    double a = fabs(x);

    if (!(a < 27.3))
        return x > 0 ? 0 : x < 0 ? 2 : x;
    struct dd c = a < 5 ? add(pair(1), times(erf_series(a), -1)) : erfc_fraction(a);
    if (x < 0)
        c = add(pair(2), times(c, -1));
    return c.hi + c.lo;
}

/* --- arc sine --- */

double clu_asin(double x)
{
    double sum = 0, term = x, z = x * x;

    for (int n = 1; n < 60; n += 2) { /* terms fall below a quarter each */
        sum += term / n;
        term *= z * n / (n + 1);
    }
    return sum;
}

/* --- normal --- */

#define SQRT_HALF 0.70710678118654752440

double clu_normal_cdf(double x)
{
    double t = x * SQRT_HALF, a = fabs(t);

    if (a < SQRT_HALF)
        return 0.5 + 0.5 * clu_erf(t);
    double y = 0.5 * clu_erfc(a);
    return t > 0 ? 1 - y : y;
}

static double polynomial(const double c[8], double x)
{
    double y = c[7];
    for (int i = 6; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

/* Wichura: The percentage points of the normal distribution. Applied Statistics 37(3), 1988, algorithm AS 241: numerators
 * and denominators for |p - 1/2| <= 0.425, and for r = sqrt(-log p) up to and above 5. */
double clu_normal_quantile(double p)
{
    static const double a[8] = {3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                                4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double b[8] = {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                                2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
    static const double c[8] = {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
                                1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
                                1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    double q = p - 0.5;

    if (!(p > 0) || !(p < 1))
        return p == 0 ? -HUGE_VAL : p == 1 ? HUGE_VAL : NAN;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    double r = sqrt(-clu_log(q < 0 ? p : 1 - p));
    double x = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5) / polynomial(f, r - 5);
    return q < 0 ? -x : x;
}

/* --- gamma --- */

/* Stirling's series from 15 on (A&S 6.1.41: the ninth term is below 1e-16 there); below, by the recurrence. */
double clu_lgamma(double x)
{
    static const double c[8] = {1.0 / 12,    -1.0 / 360,     1.0 / 1260, -1.0 / 1680,
                                1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    double product = 1;

    for (; x < 15; x += 1)
        product *= x;
    double z = 1 / (x * x);
    return (x - 0.5) * clu_log(x) - x + 0.91893853320467274178 + polynomial(c, z) / x - clu_log(product);
}

/* A&S 6.5.29 (series) below a + 1, else 6.5.31 (continued fraction, by Lentz's method). */
double clu_gamma_cdf(double a, double x)
{
    if (!(x > 0))
        return 0;
    double front = clu_exp(a * clu_log(x) - x - clu_lgamma(a));
    if (x < a + 1) {
        double sum = 1 / a, term = sum;
        for (double n = a + 1; term > sum * 1e-17; n += 1)
            sum += term *= x / n;
        return front * sum;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < 100000; i++) {
        double an = -i * (i - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16)
            break;
    }
    return 1 - front * h;
}
