/* tab/number_scan.h - the hot half of tab/number.h: a plain decimal number at the head of a padded text.
 *
 * Eight digits at a time in a 64-bit word (SWAR). A value of at most 19 digits scaled by at most 10^19 either way
 * is rounded correctly by integer arithmetic; with at most 53 bits and 10^22, by one division or product of two exact doubles
 * (Clinger, PLDI 1990). Anything else is left to clu_number_parse(). */
#ifndef CLU_TAB_NUMBER_SCAN_H
#define CLU_TAB_NUMBER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that must be readable behind a text that is scanned; what they hold does not matter if the text ends with
 * a line end. */
#define CLU_NUMBER_PAD 16

/* Round q * 2^e (q with its top bit set, more to come below it if sticky) to double; the result must be normal. */
static inline double clu_number_round(uint64_t q, bool sticky, int e)
{
    uint64_t keep = q >> 11, half = q & 0x7ff, bits;
    keep += half > 0x400 || (half == 0x400 && (sticky || (keep & 1)));
    bits = ((uint64_t)(e + 63 + 1023) << 52) + (keep - ((uint64_t)1 << 52)); /* a carry moves on to the exponent */
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* m * 10^e, correctly rounded; m > 0, -19 <= e <= 19. */
static inline double clu_number_exact(uint64_t m, int e)
{
    static const uint64_t power[20] = {1u,
                                       10u,
                                       100u,
                                       1000u,
                                       10000u,
                                       100000u,
                                       1000000u,
                                       10000000u,
                                       100000000u,
                                       1000000000u,
                                       10000000000u,
                                       100000000000u,
                                       1000000000000u,
                                       10000000000000u,
                                       100000000000000u,
                                       1000000000000000u,
                                       10000000000000000u,
                                       100000000000000000u,
                                       1000000000000000000u,
                                       10000000000000000000u};
    if (e >= 0) {
        unsigned __int128 p = (unsigned __int128)m * power[e];
        uint64_t high = (uint64_t)(p >> 64);
        int up = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)p);
        p <<= up;
        return clu_number_round((uint64_t)(p >> 64), (uint64_t)p != 0, 64 - up);
    }
    uint64_t d = power[-e];
    int um = __builtin_clzll(m), ud = __builtin_clzll(d);
    m <<= um;
    d <<= ud;
    int less = m >= d; /* so that the quotient has 64 bits */
    unsigned __int128 n = (unsigned __int128)m << (64 - less);
    uint64_t q = (uint64_t)(n / d);
    return clu_number_round(q, n % d != 0, ud - um - 64 + less);
}

/* How many of the next eight bytes are digits before the first that is none. */
static inline unsigned clu_number_digits(uint64_t word)
{
    uint64_t t = word ^ 0x3030303030303030u;
    uint64_t other = ((t + 0x7676767676767676u) | t) & 0x8080808080808080u;
    return other ? (unsigned)__builtin_ctzll(other) >> 3 : 8;
}

/* The number that the first n <= 8 bytes (digits) spell. */
static inline uint64_t clu_number_eight(uint64_t word, unsigned n)
{
    if (n == 0)
        return 0;
    uint64_t t = (word ^ 0x3030303030303030u) << (64 - 8 * n); /* leading zeros in front */
    t = t * 10 + (t >> 8);
    return (((t & 0x000000ff000000ffu) * 0x000f424000000064u) + (((t >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u)) >>
           32;
}

static inline uint64_t clu_number_load(const char *s)
{
    uint64_t word;
    memcpy(&word, s, sizeof word);
#if defined(WORDS_BIGENDIAN) && WORDS_BIGENDIAN
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Digits of a run into *m; returns how many. 19 at most fit, more are noticed by their number. */
static inline unsigned clu_number_run(const char *s, uint64_t *m)
{
    static const uint32_t power[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    unsigned all = 0, n;
    do {
        uint64_t word = clu_number_load(s + all);
        n = clu_number_digits(word);
        *m = *m * power[n] + clu_number_eight(word, n);
        all += n;
    } while (n == 8 && all < 40);
    return all;
}

/* The end of the number at s, or NULL when this is not a plain number that can be done here. */
static inline const char *clu_number_scan(const char *s, char mark, double *out)
{
    static const double power[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool minus = *s == '-';
    uint64_t m = 0;
    s += minus || *s == '+';
    unsigned whole = clu_number_run(s, &m), part = 0;
    s += whole;
    if (*s == mark) {
        part = clu_number_run(s + 1, &m);
        s += part + 1;
    }
    unsigned digits = whole + part;
    int e = -(int)part;
    if (digits == 0 || digits > 19)
        return NULL;
    if ((*s | 0x20) == 'e') {
        const char *p = s + 1;
        bool down = *p == '-';
        p += down || *p == '+';
        int n = 0, x = 0;
        for (; *p >= '0' && *p <= '9' && n < 4; p++, n++)
            x = 10 * x + (*p - '0');
        if (n == 0 || n == 4)
            return NULL;
        e += down ? -x : x;
        s = p;
    }
    double v;
    if (m >> 53 == 0 && e >= -22 && e <= 22)
        v = e < 0 ? (double)m / power[-e] : (double)m * power[e];
    else if (e >= -19 && e <= 19)
        v = clu_number_exact(m, e);
    else
        return NULL;
    *out = minus ? -v : v;
    return s;
}

#endif
