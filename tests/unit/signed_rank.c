/* num/signed_rank.h and num/power.h against R, and against whole numbers: what those found is stored in oracle/signed_rank/ by
 * oracle/signed_rank.R and signed_rank.py. */
#include "unit.h"

#include "num/power.h"
#include "num/signed_rank.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000 };

static FILE *open_oracle(const char *name)
{
    char path[4096], line[256];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/tests/oracle/signed_rank/%s.csv", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    return f;
}

static size_t read_case(const char *name, double *a, double *b)
{
    char word[64];
    double x, y;
    size_t n = 0;
    FILE *f = open_oracle("pairs");
    while (fscanf(f, "%63[^,],%lf,%lf ", word, &x, &y) == 3)
        if (strcmp(word, name) == 0) {
            assert_true(n < MOST);
            a[n] = x;
            b[n++] = y;
        }
    fclose(f);
    return n;
}

static int same(double a, double b, double within)
{
    return fabs(a - b) <= within * fabs(b);
}

/* Every case of one file; the last word of its lines is for readers. */
static int compare_cases(const char *file)
{
    static double a[MOST], b[MOST];
    char name[64], line[256];
    double plus, p;
    size_t nonzero;
    int cases = 0;
    FILE *f = open_oracle(file);
    while (fgets(line, sizeof line, f)) {
        struct clu_signed_rank t, turned;
        assert_int_equal(sscanf(line, "%63[^,],%zu,%lf,%lf", name, &nonzero, &plus, &p), 4);
        size_t n = read_case(name, a, b);
        assert_int_equal(clu_signed_rank(&t, a, b, n, NULL), CLU_OK);
        assert_int_equal(t.pairs, n);
        assert_int_equal(t.nonzero, nonzero);
        assert_true(t.plus == plus);
        assert_true(t.plus + t.minus == (double)nonzero * ((double)nonzero + 1) / 2);
        assert_true(same(t.p, p, 1e-12));
        /* The other way round all is the same but for the sign. */
        assert_int_equal(clu_signed_rank(&turned, b, a, n, NULL), CLU_OK);
        assert_true(turned.p == t.p && turned.plus == t.minus && turned.effect == -t.effect && turned.median == -t.median);
        cases++;
    }
    fclose(f);
    return cases;
}

static void as_in_r(void **state)
{
    (void)state;
    assert_int_equal(compare_cases("r"), 17);
}

static void as_counted(void **state)
{
    (void)state;
    assert_int_equal(compare_cases("counted"), 16);
}

static void effect_has_the_sign_of_the_median(void **state)
{
    /* qnorm(0.03125 / 2) = -2.153874694061456: six differences of one sign. */
    static const double up[] = {1, 2, 3, 4, 5, 6}, none[6] = {0};
    static const double a[] = {1, 1, -3, -4}, b[] = {0, 0, 0, 0}, c[] = {-3, -2, -1, 1, 20, 30};
    struct clu_signed_rank t;
    (void)state;
    assert_int_equal(clu_signed_rank(&t, up, none, 6, NULL), CLU_OK);
    assert_true(t.p == 0.03125 && same(t.effect, 2.153874694061456 / sqrt(6), 1e-14) && t.median == 3.5);
    assert_int_equal(clu_signed_rank(&t, none, up, 6, NULL), CLU_OK);
    assert_true(same(-t.effect, 2.153874694061456 / sqrt(6), 1e-14));
    assert_int_equal(clu_signed_rank(&t, a, b, 4, NULL), CLU_OK);
    assert_true(t.median == -1 && t.effect < 0);
    assert_int_equal(clu_signed_rank(&t, c, none, 6, NULL), CLU_OK);
    assert_true(t.median == 0 && t.plus > t.minus && t.effect > 0);
}

static void without_differences(void **state)
{
    static const double a[] = {1, 2, 3}, b[] = {1 + 1e-8, 2 - 1e-9, 3}, c[] = {1, 2, 4};
    struct clu_signed_rank t;
    (void)state;
    assert_int_equal(clu_signed_rank(&t, a, b, 3, NULL), CLU_OK);
    assert_true(t.pairs == 3 && t.nonzero == 0 && t.p == 1 && t.effect == 0 && t.median == 0);
    assert_int_equal(clu_signed_rank(&t, a, b, 0, NULL), CLU_OK);
    assert_true(t.pairs == 0 && t.p == 1);
    assert_int_equal(clu_signed_rank(&t, a, c, 3, NULL), CLU_OK);
    assert_true(t.nonzero == 1 && t.p == 1 && t.effect == 0 && t.minus == 1);
}

/* The two ways to p meet at the limit: 500 pairs exactly, 501 by the normal distribution. */
static void limit_is_smooth(void **state)
{
    static double a[CLU_SIGNED_RANK_EXACT + 1], b[CLU_SIGNED_RANK_EXACT + 1];
    struct clu_signed_rank t, u;
    (void)state;
    for (int i = 0; i <= CLU_SIGNED_RANK_EXACT; i++)
        a[i] = ((i * 37) % 501 + 1) * (i % 9 < 5 ? 1.0 : -1.0);
    a[CLU_SIGNED_RANK_EXACT] = 0.5;
    assert_int_equal(clu_signed_rank(&t, a, b, CLU_SIGNED_RANK_EXACT, NULL), CLU_OK);
    assert_int_equal(clu_signed_rank(&u, a, b, CLU_SIGNED_RANK_EXACT + 1, NULL), CLU_OK);
    assert_true(t.p > 1e-3 && t.p < 0.2 && same(t.p, u.p, 0.1));
}

static void power_as_in_r(void **state)
{
    double n, effect, alpha, power, least;
    int cases = 0;
    FILE *f = open_oracle("power");
    (void)state;
    while (fscanf(f, "%lf,%lf,%lf,%lf,%lf ", &n, &effect, &alpha, &power, &least) == 5) {
        assert_true(fabs(clu_t_power(n, effect, alpha) - power) < 1e-11);
        assert_true(clu_t_power(n, -effect, alpha) == clu_t_power(n, effect, alpha));
        if (n == 2)
            assert_true(clu_t_sample(effect, alpha, 0.8) == least);
        cases++;
    }
    assert_true(cases > 90);
    fclose(f);
}

static void power_at_the_ends(void **state)
{
    (void)state;
    assert_true(isnan(clu_t_power(1, 0.5, 0.05)));
    assert_true(same(clu_t_power(30, 0, 0.05), 0.05, 1e-11));
    assert_true(clu_t_power(1000, 1, 0.05) == 1);
    assert_true(clu_t_sample(0, 0.05, 0.8) == HUGE_VAL);
    assert_true(clu_t_sample(-0.5, 0.05, 0.8) == 34); /* Cohen 1988: 33.4 */
    assert_true(same(clu_t_sample(1e-5, 0.05, 0.8), 78488797344.0, 1e-9)); /* 2.801585^2 / r^2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_r),
        cmocka_unit_test(as_counted),
        cmocka_unit_test(effect_has_the_sign_of_the_median),
        cmocka_unit_test(without_differences),
        cmocka_unit_test(limit_is_smooth),
        cmocka_unit_test(power_as_in_r),
        cmocka_unit_test(power_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
