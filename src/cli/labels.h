/* cli/labels.h - a table with a column of labels that a fit starts from. */
#ifndef CLU_CLI_LABELS_H
#define CLU_CLI_LABELS_H

#include "cli/tool.h"
#include "tab/table.h"

/* Read the table of the command line. With column (a name or number; NULL: there is none) the texts there, the ids if it is the column of
 * -i, become *label[kept rows], clusters 0..*k-1 by first appearance, with noise -1 for the text 0; the column is no feature then.
 * CLU_USAGE: no such column, or no other. *label is released by clu_free(), after a failure too. */
enum clu_status clu_labels_read(struct clu_table *t, int32_t **label, size_t *k, const char *column, bool noise,
                                const struct clu_cli *cli, struct clu_err *err);

#endif
