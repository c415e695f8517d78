#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CACHE_LINE 64
#define HUGE_PAGE ((size_t)2 << 20)

/* The product, or 0 when it overflows; never 0 otherwise, so that malloc(0) does not return NULL. */
static size_t product(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return 0;
    return bytes ? bytes : 1;
}

void *clu_alloc(size_t count, size_t size)
{
    size_t bytes = product(count, size);
    return bytes ? malloc(bytes) : NULL;
}

void *clu_calloc(size_t count, size_t size)
{
    return product(count, size) ? calloc(count ? count : 1, size ? size : 1) : NULL;
}

void *clu_realloc(void *p, size_t count, size_t size)
{
    size_t bytes = product(count, size);
    return bytes ? realloc(p, bytes) : NULL;
}

void *clu_alloc_aligned(size_t count, size_t size)
{
    size_t bytes = product(count, size);
    if (bytes == 0 || bytes > PTRDIFF_MAX - HUGE_PAGE)
        return NULL;
    size_t align = bytes >= 2 * HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
    bytes = (bytes + align - 1) / align * align;
    void *p = aligned_alloc(align, bytes);
#ifdef MADV_HUGEPAGE
    if (p && align == HUGE_PAGE)
        (void)madvise(p, bytes, MADV_HUGEPAGE); /* advice: slower without it, never wrong */
#endif
    return p;
}

void clu_free(void *p)
{
    free(p);
}

char *clu_strndup(const char *s, size_t len)
{
    char *copy = len < PTRDIFF_MAX ? malloc(len + 1) : NULL;
    if (copy) {
        memcpy(copy, s, len);
        copy[len] = '\0';
    }
    return copy;
}

int clu_reserve(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return 0;
    size_t more = *cap + *cap / 2;
    size_t want = need > more ? need : more;
    if (want < 64)
        want = 64;

    void *old;
    memcpy(&old, p, sizeof old); /* p is the address of a pointer to some type */
    void *grown = clu_realloc(old, want, size);
    if (!grown)
        return -1;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return 0;
}
