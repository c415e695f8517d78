/* num/elem.h - elementary functions with the same bits on every machine.
 *
 * The C library's differ between versions, and on one machine with and without FMA. These use +, -, *, / and sqrt() of IEEE 754 alone, in
 * a fixed order, never contracted. What data are made from goes through them.
 *
 * log and the normal quantile are for inner loops: plain doubles, within 1 and 16 ulp. exp, expm1, erf, erfc and the normal
 * distribution are worked out in twice the precision (pairs of doubles) and rounded once, so that they are correctly rounded
 * but for one argument in a billion; they take about a microsecond, erf and erfc some. */
#ifndef CLU_NUM_ELEM_H
#define CLU_NUM_ELEM_H

double clu_log(double x);   /* x < 0: NAN, 0: -HUGE_VAL */
double clu_log1p(double x); /* log(1 + x), x > -1 */
double clu_exp(double x);   /* 0 below -745.2, HUGE_VAL above 709.8 */
double clu_expm1(double x); /* exp(x) - 1 */
double clu_erf(double x);
double clu_erfc(double x);  /* 1 - erf(x) */
double clu_asin(double x);  /* |x| <= 1/2 */
double clu_lgamma(double x); /* log of the gamma function, x > 0; relative to max(1, |result|): 1e-14 */

/* The standard normal distribution as Cephes (and so SciPy) rounds it: 1 minus the lower tail for x > 0. */
double clu_normal_cdf(double x);

/* Its inverse, by Wichura's AS 241 (PPND16): x with clu_normal_cdf(x) = p; -HUGE_VAL for 0, HUGE_VAL for 1. */
double clu_normal_quantile(double p);

/* The gamma distribution of shape a > 0 and scale 1 below x: 1e-13, absolutely. */
double clu_gamma_cdf(double a, double x);

#endif
