/* cli/csts_truth.h - what clusterings of subjects are judged by: true segments, patterns, rows. */
#ifndef CLU_CLI_CSTS_TRUTH_H
#define CLU_CLI_CSTS_TRUTH_H

#include "alg/csts_eval.h"
#include "cli/csts_bench.h"
#include "cli/segments.h"

/* Where it comes from: a file; the published subject that is picked; or, without either, the published subjects that the clusterings name. */
struct clu_csts_source {
    const char *truth, *data;  /* files, or NULL; data are of one subject */
    const char *truth_column;  /* of labels a row, or NULL */
    struct clu_csts_pick pick;
    bool rows;                 /* rows of published subjects are wanted, even if segments have their correlations */
};

/* What is known of one subject. {0} is empty. */
struct clu_csts_known {
    const struct clu_csts_labels *truth; /* with correlations */
    const struct clu_csts_patterns *patterns;
    struct clu_csts_rows_of rows;        /* data NULL: none */
    struct clu_csts_degrade degrade;     /* how its clusterings are degraded */

    char *subject;                       /* as the clusterings name it; NULL: not at all */
    double whole[CLU_CSTS_PAIRS];
    struct clu_coded data;
    struct clu_csts_patterns own;        /* without a benchmark */
    struct clu_csts_labels made;         /* of a benchmark */
    struct clu_csts_bench bench;
    struct clu_clusterings file;         /* of --truth */
    bool ready;
};
void clu_csts_known_clear(struct clu_csts_known *k);

/* Read the files. Exits on failure, as the next one does. */
void clu_csts_known_open(struct clu_csts_known *k, const struct clu_csts_source *from, struct clu_cli *cli);

/* What is known of the subject of a clustering of an input; true: another one than before. It takes the time of making that subject if it is
 * published. CLU_DATA: no truth of this name. */
bool clu_csts_known_find(struct clu_csts_known *k, const struct clu_csts_source *from, const struct clu_clustering *of, const char *input,
                         struct clu_cli *cli);

/* Give clustering g of an input its correlations if it has none, and see that it fits. CLU_DATA: no data to take them from, more rows than data,
 * another number of labels than of rows, another number of variates. */
void clu_csts_known_fit(const struct clu_csts_known *k, struct clu_clusterings *input, size_t g, struct clu_cli *cli);

#endif
