/* io/pull.h - the records of one table one by one, when they are asked for: with their text, to compare it.
 *
 * Slower than io/rows, which shows the same cells. Of a file, compressed or not; no member of an archive. */
#ifndef CLU_IO_PULL_H
#define CLU_IO_PULL_H

#include "io/source.h"
#include "tab/recipe.h"
#include "tab/record.h"

enum clu_packing { CLU_PACKED_NOT = 0, CLU_PACKED_GZIP, CLU_PACKED_ELSE };

/* What a file's first bytes say. */
enum clu_status clu_packing_find(enum clu_packing *packing, const char *path, struct clu_err *err);

struct clu_pull {
    struct clu_source *source;
    char *buf;                  /* [len], cap */
    size_t len, cap, at, whole; /* records are whole up to there */
    bool ended;
    char delimiter;
    bool mark;                  /* there was a byte order mark */
    struct clu_record record;   /* the last one that was pulled; text[len .. len + eol) is its line end */
    uint64_t line;
};

enum clu_status clu_pull_open(struct clu_pull *p, const char *path, char delimiter, struct clu_err *err);

/* *more: there was one. */
enum clu_status clu_pull_next(struct clu_pull *p, bool *more, struct clu_err *err);
void clu_pull_close(struct clu_pull *p); /* {0} is fine */

#endif
