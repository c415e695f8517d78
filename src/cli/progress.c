#include "cli/progress.h"

#include "base/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAW_EVERY 0.2 /* seconds */

/* "  210 MB/s  0:12 left": bytes for reading, counts for the rest; "" while there is nothing to say. */
static void rate_text(const struct clu_progress *p, uint64_t done, uint64_t of, double now, char *buf, size_t size)
{
    double seconds = now - p->since, rate = seconds > 0 ? (double)(done - p->first) / seconds : 0;
    int n = 0;

    buf[0] = '\0';
    if (rate <= 0)
        return;
    if (strcmp(p->what, "reading") == 0)
        n = snprintf(buf, size, "  %.0f MB/s", rate / 1e6);
    if (of > done) {
        unsigned long left = (unsigned long)((double)(of - done) / rate + 0.5);
        snprintf(buf + n, size - (size_t)n, "  %lu:%02lu left", left / 60, left % 60);
    }
}

static int tick(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    struct clu_progress *p = ctx;
    double now;

    if (!p->on || ((now = clu_clock()) - p->last < DRAW_EVERY && p->what == what))
        return 0;
    if (p->what != what) {
        p->what = what;
        p->since = now;
        p->first = done;
    }
    p->last = now;

    char line[256], rate[64], figure[40] = "";
    rate_text(p, done, of, now, rate, sizeof rate);
    if (!isnan(value))
        snprintf(figure, sizeof figure, "  %.6g", value);
    int n;
    if (of > 0)
        n = snprintf(line, sizeof line, "%s: %s %.0f%%%s%s", p->name, what, 100 * (double)done / (double)of, figure, rate);
    else
        n = snprintf(line, sizeof line, "%s: %s %llu%s%s", p->name, what, (unsigned long long)done, figure, rate);
    fprintf(stderr, "\r%s%*s", line, p->drawn > n ? p->drawn - n : 0, "");
    fflush(stderr);
    p->drawn = n > p->drawn ? n : p->drawn;
    return 0;
}

void clu_progress_start(struct clu_progress *p, enum clu_progress_mode mode, bool quiet, const char *name,
                        struct clu_watch *watch)
{
    *p = (struct clu_progress){.name = name};
    p->on = mode == CLU_PROGRESS_ALWAYS || (mode == CLU_PROGRESS_AUTO && !quiet && isatty(STDERR_FILENO));
    *watch = (struct clu_watch){.tick = tick, .ctx = p};
}

void clu_progress_wipe(struct clu_progress *p)
{
    if (p->drawn > 0) {
        fprintf(stderr, "\r%*s\r", p->drawn, "");
        fflush(stderr);
        p->drawn = 0;
    }
}
