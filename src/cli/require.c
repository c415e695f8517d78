#include "cli/require.h"

#include "tab/number.h"

#include <stdio.h>
#include <string.h>

size_t clu_figure_find(const char *s, size_t len, const char *const *name, size_t names)
{
    size_t i = 0;

    while (i < names && !(strlen(name[i]) == len && memcmp(name[i], s, len) == 0))
        i++;
    return i;
}

enum clu_status clu_figure_unknown(const char *s, size_t len, const char *const *name, size_t names, struct clu_err *err)
{
    char all[512] = "", shown[4 * 40 + 4];
    size_t used = 0;

    for (size_t i = 0; i < names && used < sizeof all - 40; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", name[i]);
    return clu_fail(err, CLU_USAGE, "no measure '%s'; the measures are: %s", clu_show(s, len, 40, shown), all);
}

static const char *trim(const char *s, size_t *len)
{
    while (*len > 0 && *s == ' ') {
        s++;
        --*len;
    }
    while (*len > 0 && s[*len - 1] == ' ')
        --*len;
    return s;
}

enum clu_status clu_require_parse(struct clu_require *out, const char *text, const char *const *name, size_t names,
                                  struct clu_err *err)
{
    size_t len = strcspn(text, "<>="), rest;
    const char *at = text + len, *s = trim(text, &len);
    char shown[4 * 40 + 4];

    if (at[0] == '>')
        out->relation = at[1] == '=' ? CLU_AT_LEAST : CLU_ABOVE;
    else if (at[0] == '<')
        out->relation = at[1] == '=' ? CLU_AT_MOST : CLU_BELOW;
    else
        out->relation = CLU_EQUAL;
    if (at[0])
        at += out->relation == CLU_AT_LEAST || out->relation == CLU_AT_MOST ? 2 : 1;
    rest = strlen(at);
    const char *number = trim(at, &rest);
    if (len == 0 || rest == 0 || clu_number_parse(number, rest, '.', &out->bound) != CLU_NUMBER_OK)
        return clu_fail(err, CLU_USAGE, "invalid condition '%s' (such as ari>=0.9, with >=, >, <=, < or =)",
                        clu_show(text, strlen(text), 40, shown));
    out->figure = clu_figure_find(s, len, name, names);
    return out->figure < names ? CLU_OK : clu_figure_unknown(s, len, name, names, err);
}

bool clu_require_holds(const struct clu_require *r, double value)
{
    switch (r->relation) {
    case CLU_AT_LEAST:
        return value >= r->bound;
    case CLU_AT_MOST:
        return value <= r->bound;
    case CLU_ABOVE:
        return value > r->bound;
    case CLU_BELOW:
        return value < r->bound;
    default:
        return value >= r->bound && value <= r->bound;
    }
}
