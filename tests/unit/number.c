/* tab/number.h: text to double and back, against strtod. */
#include "unit.h"

#include "base/rng.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void equals_strtod(const char *text)
{
    double x = -1, truth = strtod(text, NULL);
    enum clu_number r = clu_number_parse(text, strlen(text), '.', &x);
    if (r != CLU_NUMBER_OK || memcmp(&x, &truth, sizeof x) != 0)
        fail_msg("'%s': %d, %.17g instead of %.17g", text, (int)r, x, truth);
}

static double random_double(struct clu_rng *r)
{
    for (;;) {
        uint64_t bits = clu_rng_u64(r);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x))
            return x;
    }
}

/* Literals on which parsers have failed: halves between doubles, the least normal and subnormal numbers, the
 * numbers that once hung PHP and Java, digits beyond any buffer. */
static void hard_literals(void **state)
{
    (void)state;
    static const char *const text[] = {
        "0", "-0", "+0", "0.0", "-0.0", "1", "1.", ".5", "-.5", "+5.", "00012", "0e0", "0e400", "1e0", "1E5", "1e+05",
        "9007199254740993", "9007199254740992.5", "9007199254740993.00000000000000000000000001", "18446744073709551615",
        "18446744073709551616", "9999999999999999999", "10000000000000000000", "0.1", "0.3", "123456789012345678",
        "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308", "4.9406564584124654e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400", "1.7976931348623157e308",
        "1.7976931348623158e308", "179769313486231570000000000000000000000e270", "6.631236846766476e-316",
        "3.2378839133029012895883524125015321748630094e-319", "1e22", "1e23", "8.5e22", "1e-22", "1e-23",
        "0.000000000000000000000000000000000000000000000000000000001", "100000000000000000000000000000000000000000",
        "0.500000000000000166533453693773481063544750213623046875", "7205759403792793200001e-5", "89255e-22", "104110013277974872254e-225",
        "1234567890123456789e19", "1234567890123456789e-19", "1e19", "1e-19", "5e-20", "4503599627370497.5",
        "4503599627370496.5", "1.0000000000000001110223024625156540423631668090820312500000001"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        equals_strtod(text[i]);

    char digits[1100];
    memset(digits, '7', sizeof digits);
    digits[1000] = '\0';
    memcpy(digits + 300, "e-290", 6); /* 300 digits and an exponent */
    equals_strtod(digits);
    memset(digits, '3', 1000);
    digits[1] = '.';
    digits[1000] = '\0';
    equals_strtod(digits);
}

static void random_literals(void **state)
{
    (void)state;
    static const char *const format[] = {"%.17g", "%.16g", "%.15g", "%.6g", "%.3e", "%.20e", "%.18e"};
    struct clu_rng r;
    char text[400];
    clu_rng_at(&r, 1, 1);
    for (int i = 0; i < 300000; i++) { /* any double, any format */
        snprintf(text, sizeof text, format[clu_rng_below(&r, 7)], random_double(&r));
        equals_strtod(text);
    }
    for (int i = 0; i < 700000; i++) { /* the numbers of tables: up to 19 digits, a mark somewhere, a small exponent */
        int n = 1 + (int)clu_rng_below(&r, 19), at = 0;
        if (clu_rng_below(&r, 2))
            text[at++] = '-';
        int mark = (int)clu_rng_below(&r, 25);
        for (int j = 0; j < n; j++) {
            if (j == mark)
                text[at++] = '.';
            text[at++] = (char)('0' + clu_rng_below(&r, 10));
        }
        text[at] = '\0';
        if (clu_rng_below(&r, 4) == 0)
            snprintf(text + at, sizeof text - (size_t)at, "e%d", (int)clu_rng_below(&r, 60) - 30);
        equals_strtod(text);
    }
}

/* Halfway between two doubles: rounds to even, and one digit more or less decides otherwise. */
static void halves(void **state)
{
    (void)state;
    struct clu_rng r;
    char text[100];
    clu_rng_at(&r, 2, 2);
    for (int i = 0; i < 200000; i++) {
        uint64_t odd = ((uint64_t)1 << 53) + clu_rng_below(&r, (uint64_t)1 << 53) * 2 + 1; /* 54 bits, the last set */
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)odd);
        equals_strtod(text);
        snprintf(text + n, sizeof text - (size_t)n, ".000000000000000001");
        equals_strtod(text);
        snprintf(text, sizeof text, "%llu.%llu", (unsigned long long)(odd >> 2), (unsigned long long)(odd & 3) * 25);
        equals_strtod(text);
    }
}

static void refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "-", "+", ".", "-.", "e5", "1e", "1e+", "1_000", "1 000", "0x1F", "1.2.3",
                                      "--1", "1-", "nan", "NA", "1,5,2", "1e5.5", "\xe2\x88\x92\x31", "\xd9\xa1", "infinit",
                                      "1\0", "foo", "1e5e5", "+-1", " 1", "1 "};
    double x = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(clu_number_parse(bad[i], strlen(bad[i]) + (i == 22), '.', &x), CLU_NUMBER_BAD);
    assert_int_equal(clu_number_parse("1,5", 3, '.', &x), CLU_NUMBER_COMMA);
    static const char *const range[] = {"inf", "-inf", "Infinity", "+INF", "1e400", "-1e400", "1e99999999999", "1e309"};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        assert_int_equal(clu_number_parse(range[i], strlen(range[i]), '.', &x), CLU_NUMBER_RANGE);
    assert_true(x == 7);
    assert_int_equal(clu_number_parse("1,5", 3, ',', &x), CLU_NUMBER_OK);
    assert_true(x == 1.5);
    assert_int_equal(clu_number_parse("1.5", 3, ',', &x), CLU_NUMBER_BAD);
}

static void shortest_text(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } known[] = {{0, "0"}, {-0.0, "-0"}, {1, "1"}, {-3, "-3"}, {0.1, "0.1"}, {5.006, "5.006"}, {1e22, "1e+22"},
                 {1.0 / 3, "0.3333333333333333"}, {5e-324, "4.94065645841247e-324"}, {1e15, "1e+15"}, {123456789, "123456789"},
                 {0.1 + 0.2, "0.30000000000000004"}};
    char out[CLU_NUMBER_TEXT];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t n = clu_number_format(known[i].x, out);
        assert_int_equal(n, strlen(known[i].text));
        assert_memory_equal(out, known[i].text, n);
    }
    struct clu_rng r;
    clu_rng_at(&r, 3, 3);
    for (int i = 0; i < 100000; i++) {
        double x = random_double(&r), back;
        size_t n = clu_number_format(x, out);
        assert_int_equal(clu_number_parse(out, n, '.', &back), CLU_NUMBER_OK);
        assert_memory_equal(&x, &back, sizeof x);
    }
    assert_int_equal(clu_number_format_int(-9223372036854775807LL - 1, out), 20);
    assert_memory_equal(out, "-9223372036854775808", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_literals),  cmocka_unit_test(random_literals), cmocka_unit_test(halves),
        cmocka_unit_test(refused),        cmocka_unit_test(shortest_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
