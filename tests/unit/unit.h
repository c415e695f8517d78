/* What every unit test includes: cmocka and what it needs first. */
#ifndef CLU_TESTS_UNIT_H
#define CLU_TESTS_UNIT_H

/* cmocka.h needs these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/kern.h"

#include <string.h>

static const char *const unit_targets[] = {"base", "avx2", "avx512"};
enum { UNIT_TARGETS = 3 };

/* Take the kernels of target t; false when this machine or build lacks them. */
static inline int unit_target(int t)
{
    return clu_kern_select(unit_targets[t], NULL) == CLU_OK && strcmp(clu_kern()->name, unit_targets[t]) == 0;
}

#endif
