/* cli/require.h - conditions on named figures: "ari>=0.9". */
#ifndef CLU_CLI_REQUIRE_H
#define CLU_CLI_REQUIRE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum clu_relation { CLU_AT_LEAST = 0, CLU_AT_MOST, CLU_ABOVE, CLU_BELOW, CLU_EQUAL };

struct clu_require {
    size_t figure;      /* its place among the names */
    enum clu_relation relation;
    double bound;
};

/* The place of the name s[0..len) in name[names], or names. */
size_t clu_figure_find(const char *s, size_t len, const char *const *name, size_t names);

/* NAME, one of >= <= > < =, and a number. CLU_USAGE "no measure 'arj'; the measures are: ari, ...", "invalid condition ...". */
enum clu_status clu_require_parse(struct clu_require *out, const char *text, const char *const *name, size_t names,
                                  struct clu_err *err);

/* Never for NAN. */
bool clu_require_holds(const struct clu_require *r, double value);

/* CLU_USAGE, with all names. */
enum clu_status clu_figure_unknown(const char *s, size_t len, const char *const *name, size_t names, struct clu_err *err);

#endif
