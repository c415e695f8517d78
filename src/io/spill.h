/* io/spill.h - struct clu_spill as one temporary file that has no name: whatever ends the process, nothing is left behind. */
#ifndef CLU_IO_SPILL_H
#define CLU_IO_SPILL_H

#include "tab/tables.h"

/* In folder dir (NULL: /tmp). The file is made at the first put(). Errors of both: CLU_SYSTEM "/tmp/clu-XXXXXX: No space left on device". */
enum clu_status clu_spill_open(struct clu_spill **out, const char *dir, struct clu_err *err);
void clu_spill_close(struct clu_spill *s); /* NULL is fine */

#endif
