/* io/block_state.h - what the two files that parse blocks share: block.c, and block_ragged.c for ragged records. Private to them. */
#ifndef CLU_IO_BLOCK_STATE_H
#define CLU_IO_BLOCK_STATE_H

#include "io/block.h"

#define CLU_BLOCK_SKIP UINT32_MAX /* in to[] of struct clu_plan */

/* Where a record is, for messages; NULL while a block is parsed. */
struct clu_place {
    const char *where;
    uint64_t line;
};

/* One cell of a feature or the weight into *out. */
enum clu_status clu_block_cell(struct clu_block *b, const struct clu_plan *p, const struct clu_place *at, size_t c,
                               const struct clu_field *f, double *out, struct clu_err *err);

/* A cell that is carried as text. */
enum clu_status clu_block_carry(struct clu_block *b, struct clu_texts *to, const struct clu_field *f, struct clu_err *err);

/* The ragged record at s as row b->rows, whose length and lines go to b->record; at NULL: only the status. */
enum clu_status clu_block_ragged(struct clu_block *b, const struct clu_plan *p, const char *s, const struct clu_place *at,
                                 struct clu_err *err);

#endif
