/* cli/series.h - what the filters of time series cluster: how series are read and brought to one scale. */
#ifndef CLU_CLI_SERIES_H
#define CLU_CLI_SERIES_H

#include "cli/tool.h"
#include "io/series.h"
#include "num/measure.h"

/* What the rows below set. */
struct clu_cli_series {
    const char *longs, *label;
    size_t channels;
    bool ts;
    int missing;     /* enum clu_missing */
    int normalise;   /* enum clu_normalise */
    size_t resample; /* 0: as they are */
    bool keep_input; /* no option: samples will be shown as they were */
};
enum clu_missing { CLU_MISSING_ERROR = 0, CLU_MISSING_INTERPOLATE, CLU_MISSING_AROW, CLU_MISSING_DROP };
#define CLU_CLI_SERIES_DEFAULT {.channels = 1}

extern const struct clu_opt clu_cli_series_form_opt[4];  /* --label-column --channels --long --ts */
extern const struct clu_opt clu_cli_series_scale_opt[3]; /* --normalise --missing --resample */

/* Series that were read, and what they were before they were brought to one scale. */
struct clu_set {
    struct clu_series_table table; /* x: ready */
    double *shift, *scale;         /* [n][channels]: x = (sample - shift) / scale */
    size_t constant, first_constant; /* how many channels became zeros, and the record, from 0, of the first one's series */
    double *input;                 /* with keep_input: the samples before they were normalised, placed as those of x; else NULL */
};

/* Wrong usage of these options, with each other and with m: exits. */
void clu_series_check(struct clu_cli *cli, const struct clu_cli_series *args, const struct clu_measure *m);

/* Read the files (none: standard input), fill or refuse gaps, change lengths, normalise. Says by a warning what is constant. name: NULL for
 * the operands. */
enum clu_status clu_set_read(struct clu_set *set, struct clu_cli *cli, const struct clu_cli_series *args, const char *name,
                             struct clu_err *err);
void clu_set_clear(struct clu_set *set);

/* The same of the operands, in portions (io/series.h): use gets one after another, each of which does not outlive the call. */
enum clu_status clu_set_stream(struct clu_cli *cli, const struct clu_cli_series *args,
                               enum clu_status (*use)(void *ctx, const struct clu_set *portion, struct clu_err *err), void *ctx,
                               struct clu_err *err);

/* Series i as the input counts it: its record, id or case, from 0 (those that were left out count too). */
size_t clu_set_record(const struct clu_set *set, size_t i);

/* The facts of -v. */
void clu_set_tell(struct clu_cli *cli, const struct clu_set *set);

#endif
