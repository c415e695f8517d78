/* base/mem.h - memory: the one place where "count * size" is multiplied, with its overflow check.
 *
 * All return NULL when the product overflows or memory is exhausted; a count of 0 gives a valid pointer.
 * Everything is released with clu_free(). */
#ifndef CLU_BASE_MEM_H
#define CLU_BASE_MEM_H

#include <stddef.h>

void *clu_alloc(size_t count, size_t size);  /* not initialised */
void *clu_calloc(size_t count, size_t size); /* zeroed */

/* Grow or shrink. Large blocks move by page tables, not by copying (mremap under glibc), so that growing a
 * matrix by halves touches no more memory than it holds. On failure p is untouched. */
void *clu_realloc(void *p, size_t count, size_t size);

/* Not initialised, aligned to 64 bytes (one cache line, one AVX-512 vector); from 4 MiB up aligned to 2 MiB
 * and advised as huge pages. Cannot be passed to clu_realloc(). */
void *clu_alloc_aligned(size_t count, size_t size);

void clu_free(void *p); /* NULL is fine */

/* A copy of len bytes of s with a NUL behind them. */
char *clu_strndup(const char *s, size_t len);

/* Make room for at least need elements in *p, which has room for *cap: grows by half, at least 64 elements.
 * Returns 0, or -1 with everything as it was. */
int clu_reserve(void *p /* address of the pointer */, size_t *cap, size_t need, size_t size);

#endif
