#include "tab/number.h"

#include "base/mem.h"
#include "tab/number_scan.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static size_t digits(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && s[n] >= '0' && s[n] <= '9')
        n++;
    return n;
}

static size_t signs(const char *s, size_t len)
{
    return len > 0 && (*s == '-' || *s == '+');
}

/* Is the whole of s a decimal number with this mark? */
static bool well_formed(const char *s, size_t len, char mark)
{
    size_t i = signs(s, len), whole = digits(s + i, len - i), part = 0;
    i += whole;
    if (i < len && s[i] == mark) {
        part = digits(s + i + 1, len - i - 1);
        i += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (i < len && (s[i] | 0x20) == 'e') {
        i++;
        i += signs(s + i, len - i);
        size_t n = digits(s + i, len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return i == len;
}

static bool is_infinity(const char *s, size_t len)
{
    size_t i = signs(s, len), n = len - i;
    char low[9];
    if (n != 3 && n != 8)
        return false;
    for (size_t j = 0; j < n; j++)
        low[j] = (char)(s[i + j] | 0x20);
    return memcmp(low, n == 3 ? "inf" : "infinity", n) == 0;
}

/* strtod in the C locale, whatever the program's; glibc hands out that locale without allocating. */
static double by_library(const char *text)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double x = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
    if (c)
        freelocale(c);
    return x;
}

enum clu_number clu_number_parse(const char *s, size_t len, char mark, double *out)
{
    enum { SHORT = 64 };
    char buf[SHORT + CLU_NUMBER_PAD];
    double x;

    if (len < SHORT) {
        memcpy(buf, s, len);
        memset(buf + len, 0, CLU_NUMBER_PAD);
        if (clu_number_scan(buf, mark, &x) == buf + len) {
            *out = x;
            return CLU_NUMBER_OK;
        }
    }
    if (!well_formed(s, len, mark)) {
        if (is_infinity(s, len))
            return CLU_NUMBER_RANGE;
        return mark == '.' && well_formed(s, len, ',') ? CLU_NUMBER_COMMA : CLU_NUMBER_BAD;
    }
    char *text = len < SHORT ? buf : clu_strndup(s, len);
    if (!text)
        return CLU_NUMBER_BAD; /* a number of more digits than there is memory */
    for (size_t i = 0; i < len; i++)
        if (text[i] == mark)
            text[i] = '.';
    x = by_library(text);
    if (text != buf)
        clu_free(text);
    if (!isfinite(x))
        return CLU_NUMBER_RANGE;
    *out = x;
    return CLU_NUMBER_OK;
}

/* Whole numbers below 2^53 need no search for the shortest text. */
static bool is_small_whole(double x)
{
    return fabs(x) < 0x1p53 && x == floor(x) && !(x == 0 && signbit(x));
}

size_t clu_number_format(double x, char out[CLU_NUMBER_TEXT])
{
    char text[CLU_NUMBER_TEXT + CLU_NUMBER_PAD];
    int n = 0;

    if (is_small_whole(x) && fabs(x) < 1e15)
        return clu_number_format_int((long long)x, out);
    for (int precision = 15; precision <= 17; precision++) {
        double back = 0;
        n = snprintf(text, CLU_NUMBER_TEXT, "%.*g", precision, x);
        for (char *mark = text; *mark; mark++) /* the mark of whatever locale the program is in */
            if (*mark == ',')
                *mark = '.';
        if (precision == 17 || (clu_number_parse(text, (size_t)n, '.', &back) == CLU_NUMBER_OK && back == x))
            break;
    }
    memcpy(out, text, (size_t)n);
    return (size_t)n;
}

size_t clu_number_format_int(long long x, char out[CLU_NUMBER_TEXT])
{
    char text[CLU_NUMBER_TEXT];
    size_t at = sizeof text;
    unsigned long long rest = x < 0 ? 0 - (unsigned long long)x : (unsigned long long)x;

    do
        text[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (x < 0)
        text[--at] = '-';
    memcpy(out, text + at, sizeof text - at);
    return sizeof text - at;
}
