/* tab/number.h - text to double and double to text, correctly rounded, whatever the locale.
 *
 * Accepted: optional sign, decimal digits with at most one decimal mark, optional exponent; surrounding blanks
 * (space, and TAB when it is not the delimiter) are the caller's matter. Refused: inf, nan, hex, digit groups.
 * Method: up to 19 digits are collected as an integer (eight at a time); within Clinger's range (PLDI 1990)
 * one exact multiplication or division gives the correctly rounded value; beyond it the exact fallback is
 * strtod_l in the "C" locale. */
#ifndef CLU_TAB_NUMBER_H
#define CLU_TAB_NUMBER_H

#include <stddef.h>

enum clu_number {
    CLU_NUMBER_OK = 0,
    CLU_NUMBER_BAD,   /* not a number */
    CLU_NUMBER_RANGE, /* a number by its form, but not finite: inf, infinity, 1e400 */
    CLU_NUMBER_COMMA  /* would be a number with a decimal comma: a hint for the message */
};

/* The number that the whole of s[0..len) spells, equal to strtod in the C locale bit for bit (underflow gives
 * 0 or a subnormal). mark is the decimal mark, '.' or ','. s needs no NUL behind it and nothing behind it
 * is read. */
enum clu_number clu_number_parse(const char *s, size_t len, char mark, double *out);

/* The shortest text that reads back to the same double ("5.006", "1e+22", "-0"), at most CLU_NUMBER_TEXT
 * bytes, no NUL. Returns its length. x must be finite. */
#define CLU_NUMBER_TEXT 32
size_t clu_number_format(double x, char out[CLU_NUMBER_TEXT]);

/* Decimal digits of an integer; returns the length. */
size_t clu_number_format_int(long long x, char out[CLU_NUMBER_TEXT]);

#endif
