/* tab/texts.h - texts of variable length, one after another: ids, or whole records. */
#ifndef CLU_TAB_TEXTS_H
#define CLU_TAB_TEXTS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* {0} is empty. */
struct clu_texts {
    char *bytes;
    size_t used, cap;
    uint64_t *end; /* [n]: text i is bytes[end[i-1] .. end[i]) */
    size_t n, end_cap;
};
enum clu_status clu_texts_add(struct clu_texts *t, const char *s, size_t len, struct clu_err *err);

/* All texts of more behind those of t. */
enum clu_status clu_texts_append(struct clu_texts *t, const struct clu_texts *more, struct clu_err *err);
const char *clu_texts_at(const struct clu_texts *t, size_t i, size_t *len);
void clu_texts_clear(struct clu_texts *t);

#endif
