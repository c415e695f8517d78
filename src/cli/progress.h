/* cli/progress.h - the watch that draws a line on a terminal: what, how far, rate, time left.
 *
 * auto draws only when stderr is a terminal; at most 5 times a second; wiped before anything else is printed.
 * No escapes but \r, so TERM=dumb is fine. */
#ifndef CLU_CLI_PROGRESS_H
#define CLU_CLI_PROGRESS_H

#include "base/run.h"

#include <stdbool.h>

enum clu_progress_mode { CLU_PROGRESS_AUTO = 0, CLU_PROGRESS_ALWAYS, CLU_PROGRESS_NEVER };

struct clu_progress {
    bool on;
    bool drawn;
    double since, last;
    const char *what;
};

void clu_progress_start(struct clu_progress *p, enum clu_progress_mode mode, struct clu_watch *watch);
void clu_progress_wipe(struct clu_progress *p);

#endif
