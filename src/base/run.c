#include "base/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

double clu_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum clu_status clu_tick(const struct clu_run *run, const char *what, uint64_t done, uint64_t of, double value)
{
    if (!run || !run->watch)
        return CLU_OK;
    return run->watch->tick(run->watch->ctx, what, done, of, value) == 0 ? CLU_OK : CLU_STOPPED;
}

enum clu_status clu_need(const struct clu_run *run, double need, struct clu_err *err, const char *fmt, ...)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t u = 0;

    if (!run || run->max_memory == 0 || need <= (double)run->max_memory)
        return CLU_OK;

    char what[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    while (need >= 1024 && u + 1 < sizeof unit / sizeof unit[0]) {
        need /= 1024;
        u++;
    }
    return clu_fail(err, CLU_SYSTEM, "needs %.*f %s for %s", u ? 1 : 0, need, unit[u], what);
}
