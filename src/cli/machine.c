#include "cli/machine.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The folder of this process in the unified cgroup hierarchy, or of version 1 with a controller's name. */
static int cgroup_folder(const char *controller, char *out, size_t size)
{
    char line[512];
    int found = 0;
    FILE *f = fopen("/proc/self/cgroup", "re");

    while (f && !found && fgets(line, sizeof line, f)) {
        char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (*controller == '\0' && strcmp(names, ":") == 0)
            found = snprintf(out, size, "/sys/fs/cgroup%s", path) < (int)size;
        else if (*controller && strstr(names, controller))
            found = snprintf(out, size, "/sys/fs/cgroup/%s%s", controller, path) < (int)size;
    }
    if (f)
        fclose(f);
    return found;
}

/* The first line of folder/name. */
static int first_line(const char *folder, const char *name, char *line, int size)
{
    char path[1024];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return 0;
    FILE *f = fopen(path, "re");
    int got = f && fgets(line, size, f);
    if (f)
        fclose(f);
    return got;
}

/* Walk from the process's group to the root: any group on the way may have a limit. */
typedef void look(const char *folder, void *least);

static void each_group(const char *controller, look *at, void *least)
{
    char folder[768];
    if (!cgroup_folder(controller, folder, sizeof folder))
        return;
    size_t root = strlen("/sys/fs/cgroup") + (*controller ? 1 + strlen(controller) : 0);
    for (;;) {
        at(folder, least);
        char *slash = strrchr(folder, '/');
        if (!slash || strlen(folder) <= root || (size_t)(slash - folder) < root)
            return;
        *slash = '\0';
    }
}

static void look_cpu2(const char *folder, void *least)
{
    char line[128];
    double quota, period;
    if (first_line(folder, "cpu.max", line, sizeof line) && sscanf(line, "%lf %lf", &quota, &period) == 2 &&
        period > 0 && quota / period < *(double *)least)
        *(double *)least = quota / period;
}

static void look_cpu1(const char *folder, void *least)
{
    char quota_line[64], period_line[64];
    double quota, period;
    if (first_line(folder, "cpu.cfs_quota_us", quota_line, sizeof quota_line) &&
        first_line(folder, "cpu.cfs_period_us", period_line, sizeof period_line) &&
        sscanf(quota_line, "%lf", &quota) == 1 && sscanf(period_line, "%lf", &period) == 1 && quota > 0 && period > 0 &&
        quota / period < *(double *)least)
        *(double *)least = quota / period;
}

static void look_memory(const char *folder, void *least)
{
    static const char *const name[] = {"memory.max", "memory.limit_in_bytes"};
    char line[64];
    uint64_t bytes;
    for (int i = 0; i < 2; i++)
        if (first_line(folder, name[i], line, sizeof line) && sscanf(line, "%" SCNu64, &bytes) == 1 &&
            bytes < *(uint64_t *)least)
            *(uint64_t *)least = bytes;
}

int clu_machine_threads(void)
{
    cpu_set_t set;
    double most = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (double)sysconf(_SC_NPROCESSORS_ONLN);

    each_group("", look_cpu2, &most);
    each_group("cpu", look_cpu1, &most);
    int whole = (int)most;
    return whole < most ? whole + 1 : whole < 1 ? 1 : whole;
}

uint64_t clu_machine_memory(void)
{
    uint64_t least = UINT64_MAX;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    struct rlimit limit;

    if (pages > 0 && page > 0)
        least = (uint64_t)pages * (uint64_t)page;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < least)
        least = limit.rlim_cur;
    each_group("", look_memory, &least);
    each_group("memory", look_memory, &least);
    return least == UINT64_MAX ? 0 : least;
}
