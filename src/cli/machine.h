/* cli/machine.h - what this process may use of the machine. */
#ifndef CLU_CLI_MACHINE_H
#define CLU_CLI_MACHINE_H

#include <stdint.h>

/* Processors: the affinity mask, and the cgroup's quota rounded up; at least 1. */
int clu_machine_threads(void);

/* Bytes of memory: the least of RAM, RLIMIT_AS and the cgroup's limit; 0 when none is known. */
uint64_t clu_machine_memory(void);

#endif
