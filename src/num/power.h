/* num/power.h - the power of the two-sided one-sample t-test, and how large a sample it needs.
 *
 * By the noncentral t distribution, both tails: an integral over the chi distribution of n - 1 degrees of freedom, by the trapezoidal rule
 * in its logarithm, which converges geometrically here: within 1e-11 for effects up to 2. */
#ifndef CLU_NUM_POWER_H
#define CLU_NUM_POWER_H

/* The probability that the test of level alpha, 0 < alpha < 1, rejects, when the mean is effect standard deviations off 0 and n are drawn.
 * NAN: n < 2. A millisecond or two. */
double clu_t_power(double n, double effect, double alpha);

/* The least n with that power, 0 < power < 1; HUGE_VAL: the effect is 0. Above 1e7 by the normal distribution (Guenther 1981). */
double clu_t_sample(double effect, double alpha, double power);

#endif
