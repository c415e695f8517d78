/* tab/value.h - what a cell of a numeric column holds: a number, nothing (missing), or something else. */
#ifndef CLU_TAB_VALUE_H
#define CLU_TAB_VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum clu_value {
    CLU_VALUE_NUMBER = 0,
    CLU_VALUE_MISSING,
    CLU_VALUE_BAD,   /* not a number */
    CLU_VALUE_RANGE, /* not a finite number */
    CLU_VALUE_COMMA  /* a number with a decimal comma */
};

/* How cells are read; words is borrowed. */
struct clu_value_rule {
    char mark;         /* decimal mark, '.' or ',' */
    char delimiter;    /* a TAB or space that separates columns is no blank */
    const char *words; /* comma list of the words for a missing value, in any case; NULL: empty, NA, NaN and null */
};

/* Blanks around a text do not count: cut them off. */
void clu_value_trim(const struct clu_value_rule *rule, const char **s, size_t *len);

enum clu_value clu_value_read(const struct clu_value_rule *rule, const char *s, size_t len, double *out);

/* Is a word of the list a number itself (-999)? Then no number can be read without a look at the list. */
bool clu_value_ambiguous(const struct clu_value_rule *rule);

#endif
