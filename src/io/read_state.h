/* io/read_state.h - what the parts of the reader share: read.c, which hands out batches, and read_table.c, which gathers them.
 * Private to them, and to what else needs its parts (pairs.c). */
#ifndef CLU_IO_READ_STATE_H
#define CLU_IO_READ_STATE_H

#include "io/block.h"
#include "io/read.h"
#include "io/source.h"

#define CLU_READ_BLOCKS 32 /* at a time, at most: more threads than that wait for the bytes anyway */

struct clu_reader {
    const struct clu_read_opt *opt;
    const struct clu_run *run;
    struct clu_plan plan;
    size_t file;              /* being read; stdin counts as one */
    struct clu_source *source;
    bool end;                 /* of this file's bytes */
    struct {
        char *s;              /* [cap + CLU_NUMBER_PAD] */
        size_t cap;
    } buf[2];                 /* one that is filled while the other's blocks are parsed and handed out */
    int cur;                  /* the one with the bytes that are not yet in blocks ... */
    size_t pos, len;          /* ... at pos..len */
    enum clu_status ahead;    /* of reading ahead, told when its bytes' turn has come */
    struct clu_err ahead_err;
    uint64_t line;            /* of the next block that is handed out */
    uint64_t blank;           /* line of an empty line with nothing behind it so far, or 0 */
    uint64_t rows;            /* handed out */
    struct clu_block *block;
    size_t slots, blocks, next; /* of them: in use, and the next to hand out */
    struct clu_levels level;  /* of all texts handed out */
    uint32_t *map;            /* a block's levels as these */
    size_t map_cap;
};

enum clu_status clu_read_no_memory(uint64_t row, struct clu_err *err);

#endif
