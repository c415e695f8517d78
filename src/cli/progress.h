/* cli/progress.h - the watch that draws a line on a terminal: what, how far, rate, time left.
 *
 * auto draws only when stderr is a terminal; at most 5 times a second; wiped before anything else is printed.
 * No escapes but \r, so that any terminal will do. */
#ifndef CLU_CLI_PROGRESS_H
#define CLU_CLI_PROGRESS_H

#include "base/run.h"

#include <stdbool.h>

enum clu_progress_mode { CLU_PROGRESS_AUTO = 0, CLU_PROGRESS_ALWAYS, CLU_PROGRESS_NEVER };

struct clu_progress {
    bool on;
    int drawn;        /* characters on the line */
    const char *name; /* of the program */
    const char *what; /* being done, since then */
    double since, last;
    uint64_t first;   /* done at that time */
};

/* Prepare the watch; it borrows p. quiet turns auto off. */
void clu_progress_start(struct clu_progress *p, enum clu_progress_mode mode, bool quiet, const char *name,
                        struct clu_watch *watch);
void clu_progress_wipe(struct clu_progress *p);

#endif
