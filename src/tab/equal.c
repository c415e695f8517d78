/* Sections: numbers, nulls, cells. */
#include "tab/equal.h"

#include <stdio.h>
#include <string.h>

#define EXPONENT_DIGITS 15 /* a longer exponent makes a text: sums of such exponents fit an int64_t */

/* --- numbers --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* [e|E][sign]digits up to the end: into *e. */
static bool read_exponent(const char *s, const char *end, int64_t *e)
{
    bool negative = false;

    *e = 0;
    if (s == end)
        return true;
    if (*s != 'e' && *s != 'E')
        return false;
    s++;
    if (s < end && (*s == '+' || *s == '-'))
        negative = *s++ == '-';
    if (s == end)
        return false;
    while (end - s > 1 && *s == '0')
        s++;
    if (end - s > EXPONENT_DIGITS)
        return false;
    for (; s < end; s++) {
        if (!is_digit(*s))
            return false;
        *e = *e * 10 + (*s - '0');
    }
    if (negative)
        *e = -*e;
    return true;
}

size_t clu_equal_number(const char *s, size_t len, char *out)
{
    const char *p = s, *end = s + len;
    bool negative = false;
    int64_t power;

    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    const char *whole = p;
    while (p < end && is_digit(*p))
        p++;
    size_t before = (size_t)(p - whole), after = 0;
    const char *part = p;
    if (p < end && *p == '.') {
        part = ++p;
        while (p < end && is_digit(*p))
            p++;
        after = (size_t)(p - part);
    }
    if (before + after == 0 || (before > 1 && *whole == '0') || !read_exponent(p, end, &power))
        return 0;

    /* All digits in a row, then without zeros at both ends. */
    size_t sign = negative, n = before + after, lead = 0;
    memcpy(out + sign, whole, before);
    memcpy(out + sign + before, part, after);
    while (lead < n && out[sign + lead] == '0')
        lead++;
    if (lead == n) {
        out[0] = '0';
        return 1;
    }
    power -= (int64_t)after;
    while (out[sign + n - 1] == '0') {
        n--;
        power++;
    }
    memmove(out + sign, out + sign + lead, n - lead);
    n = sign + n - lead;
    if (negative)
        out[0] = '-';
    if (power != 0)
        n += (size_t)snprintf(out + n, CLU_EQUAL_ROOM - 2, "e%lld", (long long)power);
    return n;
}

/* --- nulls --- */

static bool is_null(const char *list, const char *s, size_t len)
{
    for (;;) {
        size_t n = strcspn(list, ",");
        if (n == len && memcmp(list, s, len) == 0)
            return true;
        if (list[n] == '\0')
            return false;
        list += n + 1;
    }
}

/* --- cells --- */

void clu_equal_cell(const struct clu_equal *e, struct clu_cell *cell, char *out, size_t *used)
{
    size_t n;

    *used = 0;
    if (e->null && cell->len > 0 && is_null(e->null, cell->s, cell->len)) {
        cell->len = 0;
        cell->changed = true;
    } else if (e->numeric && cell->len > 0 && (n = clu_equal_number(cell->s, cell->len, out)) > 0 &&
               (n != cell->len || memcmp(out, cell->s, n) != 0)) {
        *cell = (struct clu_cell){out, (uint32_t)n, true};
        *used = n;
    }
}
