/* io/lines.h - small files of lines whose fields are separated by TAB, read whole: plans, edges, journals. Fields are escaped as
 * tab/escape.h says. */
#ifndef CLU_IO_LINES_H
#define CLU_IO_LINES_H

#include "base/status.h"
#include "tab/rowhash.h"

#include <stddef.h>
#include <stdint.h>

struct clu_lines {
    char *text;       /* [len], which is changed as fields are taken */
    size_t len, at;
    char *name;       /* for messages */
    uint64_t number;  /* of the line at hand, from 1 */
    struct clu_hash hash; /* XXH3-128 of the whole */
    char **field;     /* [fields] of the line at hand, NUL behind each; as they are in the file */
    size_t fields, cap;
    bool cut;         /* the line at hand has no line end: it may be a part of one */
};

/* "-": stdin. */
enum clu_status clu_lines_open(struct clu_lines *l, const char *path, struct clu_err *err);

/* *more: there was one. CLU_DATA "plan.tsv:3: NUL byte". */
enum clu_status clu_lines_next(struct clu_lines *l, bool *more, struct clu_err *err);

/* Unescape a field, in place. CLU_DATA "plan.tsv:3: bad escape in 'x\x'". */
enum clu_status clu_lines_text(const struct clu_lines *l, char *field, struct clu_err *err);

/* "plan.tsv:3: " and the message. */
enum clu_status clu_lines_fail(const struct clu_lines *l, struct clu_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Digits only; false when it is no such number. base 10 or 16. */
bool clu_lines_count(const char *s, int base, uint64_t *x);
void clu_lines_close(struct clu_lines *l); /* {0} is fine */

#endif
