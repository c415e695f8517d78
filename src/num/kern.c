#include "num/kern.h"

#include <string.h>

extern const struct clu_kern clu_kern_base;
#ifdef HAVE_KERN_AVX2
extern const struct clu_kern clu_kern_avx2;
#endif
#ifdef HAVE_KERN_AVX512
extern const struct clu_kern clu_kern_avx512;
#endif

enum target { BASE, AVX2, AVX512, TARGETS };

static const char *const target_name[TARGETS] = {"base", "avx2", "avx512"};

/* The one mutable global below cli; see the header. */
static const struct clu_kern *in_force = &clu_kern_base;

/* NULL when this build or this machine lacks the target. */
static const struct clu_kern *kernels_of(enum target t)
{
    switch (t) {
#ifdef HAVE_KERN_AVX512
    case AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("fma")
                   ? &clu_kern_avx512
                   : NULL;
#endif
#ifdef HAVE_KERN_AVX2
    case AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &clu_kern_avx2 : NULL;
#endif
    case BASE:
        return &clu_kern_base;
    default:
        return NULL;
    }
}

const struct clu_kern *clu_kern(void)
{
    return in_force;
}

enum clu_status clu_kern_select(const char *name, struct clu_err *err)
{
    int t = TARGETS - 1;

    if (name)
        while (t >= 0 && strcmp(name, target_name[t]) != 0)
            t--;
    if (t < 0)
        return clu_fail(err, CLU_USAGE, "invalid CLU_CPU: '%s' (valid: base, avx2, avx512)", name);
    while (t > BASE && !kernels_of((enum target)t))
        t--;
    in_force = kernels_of((enum target)t);
    return CLU_OK;
}
