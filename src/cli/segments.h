/* cli/segments.h - tables of segments, as csts prints them, from files; and labels a row, which are as much.
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

/* The rows that segments are of: a table whose columns cli's options choose, coded. Exits when it cannot be read, or has not 2 to
 * CLU_CSTS_VARIATES columns. */
void clu_segments_data(struct clu_coded *data, const char *file, struct clu_cli *cli);

/* t, with the correlations of its segments in the data in the place of those that it had. CLU_DATA: rows beyond the data. */
enum clu_status clu_segments_correlate(struct clu_csts_labels *t, const struct clu_csts_patterns *patterns, const struct clu_coded *data,
                                       const struct clu_run *run, struct clu_err *err);

/* The patterns of d variates as csts numbers them; none for more than CLU_CSTS_ENUMERATED. */
enum clu_status clu_segments_patterns(struct clu_csts_patterns *p, size_t d, struct clu_err *err);

/* One clustering of an input that may hold several. */
struct clu_clustering {
    char *subject, *described; /* what their columns say; NULL: no such column. Owned */
    struct clu_csts_labels t;
};

/* {0} is empty. */
struct clu_clusterings {
    char *name;     /* the input as messages show it; owned */
    char delimiter;
    bool by_row;    /* a label a row, not segments */
    size_t n;
    struct clu_clustering *one; /* [n] in the order of the input */
    struct clu_texts label;     /* labels a row that are not whole numbers from 0: cluster i is text i. None: clusters are numbers */
};
void clu_clusterings_clear(struct clu_clusterings *c);

/* All clusterings of an input, which is cut where the columns subject_id and clustering_desc change, if it has them. A header with
 * "start idx" or "end idx" makes it a table of segments. Else it has a label a row, in the only column or in the one that is asked
 * for (NULL: none is); runs of rows with the same label are the segments, and there are no correlations. opt says files and form; its
 * columns do not count. CLU_DATA: as above; a clustering begins again; a label is missing. CLU_USAGE: several columns, none of that name. */
enum clu_status clu_clusterings_read(struct clu_clusterings *c, const struct clu_read_opt *opt, const char *label_column,
                                     const struct clu_run *run, struct clu_err *err);

#endif
