/* io/series_state.h - what the readers of series share: series.c, which gathers them, and one file a form. Private to them. */
#ifndef CLU_IO_SERIES_STATE_H
#define CLU_IO_SERIES_STATE_H

#include "io/series.h"
#include "io/source.h"

/* The table that grows. */
struct clu_series_build {
    struct clu_series_table *t;
    const struct clu_series_opt *opt;
    const struct clu_run *run;
    struct clu_source *first; /* the first input when it is open already; whoever reads it closes it */
    size_t len_cap, at_cap, v_cap, kept_cap;
};

/* The next object becomes a series of len samples a channel (t->x.channels), to be written to *v. */
enum clu_status clu_series_take(struct clu_series_build *b, size_t len, double **v, struct clu_err *err);

/* The next object is left out. */
enum clu_status clu_series_leave(struct clu_series_build *b, struct clu_err *err);

/* The objects so far are a portion: hand them out under this schema, and begin anew. */
enum clu_status clu_series_hand_out(struct clu_series_build *b, const struct clu_schema *schema, struct clu_err *err);

/* One form each: fills b->t and its schema. */
enum clu_status clu_series_rows(struct clu_series_build *b, struct clu_err *err);
enum clu_status clu_series_long(struct clu_series_build *b, struct clu_err *err);
enum clu_status clu_series_ts(struct clu_series_build *b, struct clu_err *err);

/* Is there a missing one among them, a sample that is not? */
static inline bool clu_series_any_gap(const double *v, size_t n)
{
    bool gap = false;
    for (size_t i = 0; i < n; i++)
        gap |= v[i] != v[i];
    return gap;
}

static inline bool clu_series_any_sample(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] == v[i])
            return true;
    return false;
}

/* What messages about missing values name. */
static inline const char *clu_series_na_option(const struct clu_series_opt *opt)
{
    return opt->read.na_option ? opt->read.na_option : "--na";
}

#endif
