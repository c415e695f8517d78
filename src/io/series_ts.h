/* io/series_ts.h - the lines and the header of a .ts file. Private to series_ts.c and series_ts_head.c. */
#ifndef CLU_IO_SERIES_TS_H
#define CLU_IO_SERIES_TS_H

#include "base/status.h"
#include "io/source.h"
#include "tab/level.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The lines of one file. */
struct clu_ts_lines {
    struct clu_source *source; /* borrowed */
    char *s;                   /* [cap + CLU_NUMBER_PAD], kept from file to file */
    size_t cap, pos, len;
    bool end;
    uint64_t line; /* number of the last one */
};

/* The next line that is neither blank nor a comment, without its end, a line end and CLU_NUMBER_PAD more bytes readable behind it;
 * *s = NULL at the end of the file. Good until the next call. */
enum clu_status clu_ts_line(struct clu_ts_lines *l, const char **s, size_t *len, struct clu_err *err);

/* What a header says; 0 of sizes: nothing. */
struct clu_ts_head {
    bool stamped, equal, unequal, univariate, multivariate;
    size_t channels, length;
    bool label, target;       /* a class, a number to predict, ends each case */
    struct clu_levels classes; /* none: not listed */
};
void clu_ts_head_clear(struct clu_ts_head *h);

/* Up to and with the line @data. */
enum clu_status clu_ts_head_read(struct clu_ts_head *h, struct clu_ts_lines *l, struct clu_err *err);

#endif
