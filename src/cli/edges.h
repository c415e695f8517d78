/* cli/edges.h - edges.tsv: a line for each containment, "child is in parent". */
#ifndef CLU_CLI_EDGES_H
#define CLU_CLI_EDGES_H

#include "alg/graph.h"
#include "cli/tool.h"

/* The header, then all edges of the graph; parent_rows of a table whose rows are not known is that of seen[] (NULL: all are known). */
void clu_edges_print(struct clu_cli *cli, const struct clu_graph *g, const struct clu_couples *pairs, enum clu_meaning meaning,
                     const uint64_t *seen);

extern const char *const clu_meaning_word[]; /* set, rows, bag, NULL */

#endif
