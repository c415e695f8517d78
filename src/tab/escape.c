#include "tab/escape.h"

#include <string.h>

/* Bytes of the well-formed UTF-8 character at s, 0 when there is none (RFC 3629). */
static size_t utf8(const unsigned char *s, size_t len)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte; of the second */
        size_t len;
    } form[] = {{0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

    for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
        if (s[0] < form[i].first || s[0] > form[i].last)
            continue;
        if (len < form[i].len)
            return 0;
        for (size_t j = 1; j < form[i].len; j++) {
            unsigned char low = j == 1 ? form[i].low : 0x80, high = j == 1 ? form[i].high : 0xbf;
            if (s[j] < low || s[j] > high)
                return 0;
        }
        return form[i].len;
    }
    return 0;
}

size_t clu_escape(const char *s, size_t len, const char *also, char *out)
{
    static const char digit[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)s[i];
        size_t whole = c == '\\' || (c && strchr(also, c)) ? 0 : utf8((const unsigned char *)s + i, len - i);
        if (whole == 0) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = digit[c >> 4];
            out[n++] = digit[c & 15];
            i++;
        }
        for (; whole > 0; whole--)
            out[n++] = s[i++];
    }
    return n;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t clu_unescape(char *s, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (s[i] != '\\') {
            s[n++] = s[i];
            continue;
        }
        int high = len - i >= 4 && s[i + 1] == 'x' ? hex(s[i + 2]) : -1, low = high >= 0 ? hex(s[i + 3]) : -1;
        if (low < 0 || high + low == 0)
            return (size_t)-1;
        s[n++] = (char)(high * 16 + low);
        i += 3;
    }
    return n;
}
