/* num/elem.h: elementary functions, their accuracy and their ends. Expected values: libquadmath, 113 bits, rounded to double. */
#include "unit.h"

#include "num/elem.h"

#include <math.h>

struct known {
    double (*f)(double);
    double x, y;
};

static void in_twice_the_precision(void **state)
{
    static const struct known known[] = {
        {clu_exp, -0x1.5e4p+9, 0x1.4ff475c68ca02p-1011},
        {clu_exp, -0x1.44p+4, 0x1.b93de1e27ca3bp-30},
        {clu_exp, -0x1p+0, 0x1.78b56362cef38p-2},
        {clu_exp, -0x1.0624dd2f1a9fcp-10, 0x1.ff7cfe56f1a9ep-1},
        {clu_exp, 0x1.12e0be826d695p-30, 0x1.000000044b83p+0},
        {clu_exp, 0x1.5c28f5c28f5c3p-2, 0x1.67aaa532108bdp+0},
        {clu_exp, 0x1p-1, 0x1.a61298e1e069cp+0},
        {clu_exp, 0x1p+0, 0x1.5bf0a8b145769p+1},
        {clu_exp, 0x1.ep+1, 0x1.542b2d0a266e7p+5},
        {clu_exp, 0x1.fp+4, 0x1.a6b765d8cdf6dp+44},
        {clu_exp, 0x1.5ep+9, 0x1.d945df4f8ec8ep+1009},
        {clu_expm1, -0x1.3p+5, -0x1p+0},
        {clu_expm1, -0x1.4p+1, -0x1.d5f8f47ed617bp-1},
        {clu_expm1, -0x1.6666666666666p-1, -0x1.01bf92311555fp-1},
        {clu_expm1, -0x1.4f8b588e368f1p-17, -0x1.4f8aea9acf2c9p-17},
        {clu_expm1, 0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9dda4e3p-34},
        {clu_expm1, 0x1.999999999999ap-3, 0x1.c56ecf2c56468p-3},
        {clu_expm1, 0x1.3333333333333p-1, 0x1.a4ecc162353dep-1},
        {clu_expm1, 0x1.4p+2, 0x1.26d389970338fp+7},
        {clu_expm1, 0x1.4p+6, 0x1.55779b984f3ebp+115},
        {clu_erf, -0x1.cp+2, -0x1p+0},
        {clu_erf, -0x1.0cccccccccccdp+1, -0x1.fe7979b04d95p-1},
        {clu_erf, -0x1.3333333333333p-2, -0x1.50838881dea0fp-2},
        {clu_erf, 0x1.5798ee2308c3ap-27, 0x1.83b547fb79514p-27},
        {clu_erf, 0x1.e872b020c49bap-2, 0x1.000781c969447p-1},
        {clu_erf, 0x1.6b851eb851eb8p-1, 0x1.5e8c7ba5c3773p-1},
        {clu_erf, 0x1p+0, 0x1.af767a741088bp-1},
        {clu_erf, 0x1.4p+1, 0x1.ffcaa8f4c9beap-1},
        {clu_erf, 0x1.399999999999ap+2, 0x1.fffffffff6b8fp-1},
        {clu_erf, 0x1.6p+2, 0x1.fffffffffffbep-1},
        {clu_erfc, -0x1.8p+2, 0x1p+1},
        {clu_erfc, -0x1.8p+0, 0x1.f752aab89bd7p+0},
        {clu_erfc, 0x1.5798ee2308c3ap-27, 0x1.ffffff9f12aep-1},
        {clu_erfc, 0x1.3333333333333p-2, 0x1.57be3bbf10af8p-1},
        {clu_erfc, 0x1.8p-1, 0x1.27c6d14c5e341p-2},
        {clu_erfc, 0x1p+1, 0x1.328f5ec350e67p-8},
        {clu_erfc, 0x1.399999999999ap+2, 0x1.28e19a949471p-38},
        {clu_erfc, 0x1.3f5c28f5c28f6p+2, 0x1.df25332fa5d2ep-40},
        {clu_erfc, 0x1.40a3d70a3d70ap+2, 0x1.86c8327d2fd87p-40},
        {clu_erfc, 0x1.4p+3, 0x1.7d8a7f2a8a2dp-149},
        {clu_erfc, 0x1.ap+4, 0x1.284bfe1cdea24p-981},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].f(known[i].x) != known[i].y)
            fail_msg("number %zu: f(%.17g) is %a, not %a", i, known[i].x, known[i].f(known[i].x), known[i].y);
}

static void logarithms(void **state)
{
    static const struct known known[] = {
        {clu_log, 0x0.012688b70e62bp-1022, -0x1.64e69394d9508p+9},
        {clu_log, 0x1.79ca10c924223p-67, -0x1.7069e2aa2aa5bp+5},
        {clu_log, 0x1.3333333333333p-2, -0x1.34378fcbda721p+0},
        {clu_log, 0x1.6a09e65dc27dfp-1, -0x1.62e4300c77ae8p-2},
        {clu_log, 0x1.ffffde7210be9p-1, -0x1.0c6f82d74d23p-20},
        {clu_log, 0x1.000001ad7f29bp+0, 0x1.ad7f2847b6492p-24},
        {clu_log, 0x1.6a09e688b59bbp+0, 0x1.62e4304c4a71fp-2},
        {clu_log, 0x1p+1, 0x1.62e42fefa39efp-1},
        {clu_log, 0x1.4p+3, 0x1.26bb1bbb55516p+1},
        {clu_log, 0x1.7e43c8800759cp+996, 0x1.5963447f87fb5p+9},
        {clu_log1p, -0x1.ff7ced916872bp-1, -0x1.ba18a998fff9fp+2},
        {clu_log1p, -0x1p-1, -0x1.62e42fefa39efp-1},
        {clu_log1p, -0x1.a36e2eb1c432dp-14, -0x1.a3738d2cf1fefp-14},
        {clu_log1p, 0x1.70ef54646d497p-57, 0x1.70ef54646d497p-57},
        {clu_log1p, 0x1.0624dd2f1a9fcp-10, 0x1.060354f8c3ebfp-10},
        {clu_log1p, 0x1.999999999999ap-2, 0x1.588c2d913349p-2},
        {clu_log1p, 0x1.4p+2, 0x1.cab0bfa2a2002p+0},
        {clu_log1p, 0x1.2a05f2p+33, 0x1.7069e2aa3184ep+4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        double y = known[i].f(known[i].x);
        if (fabs(y - known[i].y) > 1.1 * (nextafter(fabs(known[i].y), HUGE_VAL) - fabs(known[i].y)))
            fail_msg("number %zu: f(%.17g) is %a, not %a", i, known[i].x, y, known[i].y);
    }
    assert_true(clu_log(1) == 0);
    assert_true(clu_log(0) == -HUGE_VAL && clu_log(HUGE_VAL) == HUGE_VAL && isnan(clu_log(-1)) && isnan(clu_log(NAN)));
    assert_true(clu_log1p(-1) == -HUGE_VAL && isnan(clu_log1p(-2)));
}

static void ends(void **state)
{
    (void)state;
    assert_true(clu_exp(-800) == 0 && clu_exp(800) == HUGE_VAL && isnan(clu_exp(NAN)) && clu_exp(0) == 1);
    assert_true(clu_expm1(-800) == -1 && clu_expm1(800) == HUGE_VAL && isnan(clu_expm1(NAN)) && clu_expm1(0) == 0);
    assert_true(clu_erf(30) == 1 && clu_erf(-30) == -1 && isnan(clu_erf(NAN)) && clu_erf(0) == 0);
    assert_true(clu_erfc(30) == 0 && clu_erfc(-30) == 2 && isnan(clu_erfc(NAN)) && clu_erfc(0) == 1);
}

/* One is the inverse of the other, over all branches of both. */
static void normal_there_and_back(void **state)
{
    (void)state;
    assert_true(clu_normal_cdf(0) == 0.5 && clu_normal_quantile(0.5) == 0);
    assert_true(clu_normal_quantile(0) == -HUGE_VAL && clu_normal_quantile(1) == HUGE_VAL && isnan(clu_normal_quantile(-1)));
    for (double x = -8; x < 5; x += 0.03125) {
        double back = clu_normal_quantile(clu_normal_cdf(x));
        /* p = 1 - q has lost the last digits of q for x > 0: as much as the density says */
        double density = exp(-x * x / 2) / 2.5066282746310002;
        assert_true(fabs(back - x) < 1e-14 * (1 + fabs(x)) + (x > 0 ? 0x1p-52 / density : 0));
        assert_true(fabs(clu_normal_cdf(x) - 0.5 * erfc(-x / sqrt(2))) < 1e-15);
    }
}

static void gamma_and_arc_sine(void **state)
{
    (void)state;
    for (double x = 0.125; x < 40; x *= 1.25) {
        assert_true(fabs(clu_lgamma(x) - lgamma(x)) < 1e-13 * fmax(1, fabs(lgamma(x))));
        assert_true(fabs(clu_gamma_cdf(1, x) - (1 - exp(-x))) < 1e-13);
        assert_true(fabs(clu_gamma_cdf(3, x) - (1 - exp(-x) * (1 + x + x * x / 2))) < 1e-13);
        assert_true(fabs(clu_gamma_cdf(0.5, x) - erf(sqrt(x))) < 1e-13); /* a square of a normal number */
    }
    assert_true(clu_gamma_cdf(2, 0) == 0);
    for (double x = -0.5; x <= 0.5; x += 0.03125)
        assert_true(fabs(clu_asin(x) - asin(x)) < 2e-16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_twice_the_precision),
        cmocka_unit_test(logarithms),
        cmocka_unit_test(ends),
        cmocka_unit_test(normal_there_and_back),
        cmocka_unit_test(gamma_and_arc_sine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
