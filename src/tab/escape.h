/* tab/escape.h - names of files and columns as fields of a line, and back.
 *
 * A backslash, control characters, bytes that are no UTF-8 and the bytes of also become \xHH with two hex digits, in capitals; all
 * else stands for itself. */
#ifndef CLU_TAB_ESCAPE_H
#define CLU_TAB_ESCAPE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* s[0..len) escaped, into out[4 * len]; returns the length. */
size_t clu_escape(const char *s, size_t len, const char *also, char *out);

/* Back, in place; returns the length, or (size_t)-1 when a backslash begins no \xHH or stands for NUL. */
size_t clu_unescape(char *s, size_t len);

#endif
