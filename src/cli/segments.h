/* cli/segments.h - label tables of segments, as csts prints them, from files.
 *
 * Columns are found by their names: "start idx", "end idx" and cluster_id must be there; id is the number of the row from 0 without
 * its column; r12, r13 ... are taken if there is one for each pair of some number of variates. Other columns may hold anything. */
#ifndef CLU_CLI_SEGMENTS_H
#define CLU_CLI_SEGMENTS_H

#include "alg/csts_label.h"
#include "cli/tool.h"

/* One table from all files (none: stdin), segments in the order of their rows, from top to bottom. pairs is 0 without correlations; an empty
 * one is NAN. delimiter as of -d. CLU_DATA: a column is missing, a cell is no whole number, segments overlap or go backwards. */
enum clu_status clu_segments_read(struct clu_csts_labels *t, const char *const *file, size_t files, char delimiter,
                                  const struct clu_run *run, struct clu_err *err);

#endif
