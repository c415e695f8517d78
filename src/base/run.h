/* base/run.h - what every long computation is given: seed, threads, memory, a watch.
 *
 * Borrowed by the callee for the length of the call. Nothing below cli reads the environment: cli reads
 * OMP_NUM_THREADS, the affinity mask and TMPDIR and hands them down here. */
#ifndef CLU_BASE_RUN_H
#define CLU_BASE_RUN_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Progress and stop in one. tick() is called on the calling thread, now and then: what is being done ("reading",
 * "iteration"), how much of how much (of = 0: unknown), and a figure of the moment (inertia, loss; NAN: none).
 * A return other than 0 asks the computation to stop: it returns CLU_STOPPED and an empty result. */
struct clu_watch {
    int (*tick)(void *ctx, const char *what, uint64_t done, uint64_t of, double value);
    void *ctx;
};

struct clu_run {
    uint64_t seed;
    int threads;              /* >= 1; results do not depend on it */
    uint64_t max_memory;      /* bytes this process may take in all; 0: not limited */
    const char *tmpdir;       /* for spills; NULL: "/tmp" */
    struct clu_watch *watch;  /* NULL: nobody watches */
};

#define CLU_RUN_DEFAULT ((struct clu_run){.seed = 1, .threads = 1})

/* Seconds on a clock that only goes forward. */
double clu_clock(void);

/* Tell the watch; returns CLU_OK or CLU_STOPPED. run may be NULL. */
enum clu_status clu_tick(const struct clu_run *run, const char *what, uint64_t done, uint64_t of, double value);

/* CLU_OK when need bytes (what the caller is about to hold, in all) fit run->max_memory; else CLU_SYSTEM with
 * "needs 3.6 TiB for the distance matrix of 1000000 rows; use clara": the message is
 * "needs SIZE for " followed by the formatted text. Call it before the memory is taken. */
enum clu_status clu_need(const struct clu_run *run, double need, struct clu_err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
