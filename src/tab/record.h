/* tab/record.h - RFC 4180: from bytes to records and fields, without copying.
 *
 * A record ends at LF or CRLF (a lone CR is text) outside quotes. A field that begins with '"' is quoted: it ends at the next
 * lone '"', "" inside stands for one quote, newlines and delimiters inside are text. A quote inside a bare field
 * is text. */
#ifndef CLU_TAB_RECORD_H
#define CLU_TAB_RECORD_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLU_RECORD_MAX ((size_t)64 << 20) /* bytes in one record; more is refused */
#define CLU_COLUMNS_MAX 100000

struct clu_field {
    const char *s;   /* into the text; for a quoted field, what is between the outer quotes (with "" still doubled) */
    size_t len;
    bool quoted;
    bool doubled;    /* has "" inside: clu_field_unquote() before use as text */
};

/* One record cut into fields; the array grows and is reused from record to record. {0} to start. */
struct clu_record {
    struct clu_field *field; /* [fields] */
    size_t fields, cap;
    const char *text;        /* the raw bytes of the record ... */
    size_t len;              /* ... without its line end */
    size_t eol;              /* bytes of the line end: 0 (end of input), 1 or 2 */
    size_t lines;            /* line ends consumed, those inside quotes too */
};
void clu_record_clear(struct clu_record *r);

/* Length of the longest prefix of s[0..len) that ends with a record's end, 0 when no record ends in it.
 * s starts at the start of a record. */
size_t clu_record_cut(const char *s, size_t len, char delimiter);

/* Cut the record at the start of s[0..len) (which holds it whole; at the end of input without its line end).
 * where = "file" and line are for messages. Errors: CLU_DATA "file:2: quoted field is never closed",
 * "file:2: column 1: text after the closing quote", "file:3: NUL byte in column 1", "more than 100000 columns"; CLU_SYSTEM for memory. */
enum clu_status clu_record_split(struct clu_record *r, const char *s, size_t len, char delimiter,
                                 const char *where, uint64_t line, struct clu_err *err);

/* The field's text with "" undoubled into out[f->len]; returns its length. */
size_t clu_field_unquote(const struct clu_field *f, char *out);

/* The delimiter that the first record shows: TAB if it has one outside quotes, else ',' or ';' if only one of them occurs,
 * ',' when there is none (one column). Both: CLU_DATA "cannot tell the delimiter (',' or ';'); use -d". With mark ',' a comma
 * belongs to a number: then it is TAB or ';'. */
enum clu_status clu_delimiter_guess(const char *s, size_t len, char mark, const char *where, char *delimiter,
                                    struct clu_err *err);

#endif
