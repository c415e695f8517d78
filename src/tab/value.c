#include "tab/value.h"

#include "tab/number.h"

#include <string.h>
#include <strings.h>

#define DEFAULT_WORDS ",NA,NaN,null"

/* The next word of a comma list, NULL behind the last. */
static const char *next_word(const char *at, size_t *len)
{
    *len = strcspn(at, ",");
    return at[*len] ? at + *len + 1 : NULL;
}

static bool is_missing(const struct clu_value_rule *rule, const char *s, size_t len)
{
    const char *word = rule->words ? rule->words : DEFAULT_WORDS, *next;
    size_t n;

    for (; word; word = next) {
        next = next_word(word, &n);
        if (n == len && strncasecmp(word, s, n) == 0)
            return true;
    }
    return false;
}

static bool is_blank(const struct clu_value_rule *rule, char c)
{
    return (c == ' ' || c == '\t') && c != rule->delimiter;
}

void clu_value_trim(const struct clu_value_rule *rule, const char **s, size_t *len)
{
    while (*len > 0 && is_blank(rule, **s)) {
        ++*s;
        --*len;
    }
    while (*len > 0 && is_blank(rule, (*s)[*len - 1]))
        --*len;
}

enum clu_value clu_value_read(const struct clu_value_rule *rule, const char *s, size_t len, double *out)
{
    clu_value_trim(rule, &s, &len);
    if (is_missing(rule, s, len))
        return CLU_VALUE_MISSING;
    switch (clu_number_parse(s, len, rule->mark, out)) {
    case CLU_NUMBER_OK:
        return CLU_VALUE_NUMBER;
    case CLU_NUMBER_RANGE:
        return CLU_VALUE_RANGE;
    case CLU_NUMBER_COMMA:
        return CLU_VALUE_COMMA;
    case CLU_NUMBER_BAD:
        break;
    }
    return CLU_VALUE_BAD;
}

bool clu_value_ambiguous(const struct clu_value_rule *rule)
{
    const char *word = rule->words, *next;
    double x;
    size_t n;

    for (; word; word = next) {
        next = next_word(word, &n);
        if (clu_number_parse(word, n, rule->mark, &x) == CLU_NUMBER_OK)
            return true;
    }
    return false;
}
