/* io/archive_load.h - libarchive at run time: what io/archive and io/members share (private). */
#ifndef CLU_IO_ARCHIVE_LOAD_H
#define CLU_IO_ARCHIVE_LOAD_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* An object pointer into a function pointer: POSIX says that dlsym()'s may be, C has no cast for it. */
static inline bool clu_archive_symbol(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

#endif
