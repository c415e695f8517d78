#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum clu_status clu_fail(struct clu_err *err, enum clu_status code, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
        err->code = code;
    }
    return code;
}

enum clu_status clu_fail_memory(struct clu_err *err)
{
    return clu_fail(err, CLU_SYSTEM, "memory exhausted");
}

/* Length of the well-formed UTF-8 sequence at s, 0 when there is none; C1 controls count as ill-formed. */
static size_t utf8_length(const unsigned char *s, size_t len)
{
    size_t n = s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (n == 0 || s[0] > 0xf4 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f) || (s[0] == 0xc2 && s[1] < 0xa0))
        return 0;
    return n;
}

char *clu_show(const char *s, size_t len, size_t max, char *out)
{
    const unsigned char *p = (const unsigned char *)s;
    char *w = out;
    size_t shown = len < max ? len : max;
    size_t i = 0;

    while (i < shown) {
        size_t n = p[i] >= 0x20 && p[i] < 0x7f ? 1 : utf8_length(p + i, len - i);
        if (n > shown - i && i > 0)
            break; /* do not cut a character in half */
        if (n > 0 && n <= shown - i) {
            memcpy(w, p + i, n);
            w += n;
            i += n;
            continue;
        }
        *w++ = '\\';
        switch (p[i]) {
        case '\n': *w++ = 'n'; break;
        case '\r': *w++ = 'r'; break;
        case '\t': *w++ = 't'; break;
        default:
            *w++ = (char)('0' + (p[i] >> 6));
            *w++ = (char)('0' + ((p[i] >> 3) & 7));
            *w++ = (char)('0' + (p[i] & 7));
        }
        i++;
    }
    memcpy(w, i < len ? "..." : "", i < len ? 4 : 1);
    return out;
}
