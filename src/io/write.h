/* io/write.h - where results go: stdout, or a file that is replaced whole or not at all.
 *
 * A regular file (or a new one) is written as a temporary beside it, synced, given the old mode (and owner, where that is
 * permitted), renamed over it, and the folder synced; a symlink is resolved first, one that leads nowhere yet too. What is no
 * regular file (device, FIFO) and the names of open descriptors (/dev/stdout, /dev/fd/N) are written in place.
 * Errors are sticky: write as much as you like and look at clu_out_close(). Buffered, 256 KiB. */
#ifndef CLU_IO_WRITE_H
#define CLU_IO_WRITE_H

#include "base/status.h"
#include "tab/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clu_out;

/* path NULL or "-": stdout. CLU_SYSTEM "d/out.csv: No such file or directory", "...: Permission denied" (a read-only target
 * is not replaced). Does not touch the target yet; a FIFO is waited for. */
enum clu_status clu_out_open(struct clu_out **out, const char *path, struct clu_err *err);

/* The temporary's name while there is one, else NULL: for cli's signal handlers to unlink. Valid until close. */
const char *clu_out_temporary(const struct clu_out *o);

void clu_out_bytes(struct clu_out *o, const void *s, size_t len);
void clu_out_flush(struct clu_out *o);

/* Has a write failed already? For what reads an endless stream: nothing more will be written. */
bool clu_out_failed(const struct clu_out *o);

/* Finish: flush, sync, rename. CLU_SYSTEM "write error: No space left on device" (stdout) or "out.csv: No space left
 * on device"; then nothing of the target has changed and no temporary stays. o is freed either way. Descriptor 1 stays
 * open. */
enum clu_status clu_out_close(struct clu_out *o, struct clu_err *err);
void clu_out_discard(struct clu_out *o); /* give up: the target stays as it was; NULL is fine */

/* --- records of a table: cells are separated by delimiter, quoted when they need it (delimiter, quote, CR, LF,
 * and blanks at an end) --- */
struct clu_cells {
    struct clu_out *out;
    char delimiter;
    bool begun; /* inside a record */
};
void clu_cell_text(struct clu_cells *c, const char *s, size_t len);
void clu_cell_str(struct clu_cells *c, const char *s);
void clu_cell_number(struct clu_cells *c, double x); /* shortest text; NAN is "NA", infinity "Inf" or "-Inf", as R has it */
void clu_cell_int(struct clu_cells *c, long long x);
void clu_cell_empty(struct clu_cells *c);
void clu_cells_end(struct clu_cells *c); /* '\n' */

/* --- labels: one line a record --- */

/* label[kept rows], in order: >= 0 is printed as label + 1, -1 (noise) as 0. kept[rows] as in struct clu_table (NULL:
 * all): a record that was dropped has no label and gets an empty line. head: write the line "cluster" first. 10M labels
 * in under 0.1 s. */
void clu_write_labels(struct clu_out *o, const int32_t *label, const uint8_t *kept, size_t rows, bool head);

/* Columns of numbers behind the labels: value[j][kept rows]; at most CLU_BESIDE_MAX. */
#define CLU_BESIDE_MAX 4
struct clu_beside {
    size_t columns;
    const char *name[CLU_BESIDE_MAX];
    const double *value[CLU_BESIDE_MAX];
};

/* --append: every record byte for byte, the delimiter and its label (as above) before its own line end, and then the numbers
 * beside it (NULL: none). head: the header record first, with "cluster". A record without a line end (the last of a file) gets
 * none, unless another record follows, in this call or the next. */
void clu_write_appended(struct clu_out *o, const struct clu_schema *s, const struct clu_texts *text, const int32_t *label,
                        const struct clu_beside *beside, const uint8_t *kept, bool head);

#endif
