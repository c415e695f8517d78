/* cli/csts_scores.h - what csts-eval prints of a clustering that was judged. */
#ifndef CLU_CLI_CSTS_SCORES_H
#define CLU_CLI_CSTS_SCORES_H

#include "alg/csts_eval.h"
#include "cli/segments.h"

enum clu_csts_scores_what { CLU_SCORES_MEASURES = 0, CLU_SCORES_TABLE, CLU_SCORES_CLUSTERS, CLU_SCORES_PATTERNS, CLU_SCORES_SEGMENTS };

/* Where it goes, and what. */
struct clu_csts_scores {
    struct clu_cells cells;
    int print;          /* enum clu_csts_scores_what */
    const size_t *list; /* [listed] the measures, in order */
    size_t listed;
    const struct clu_clusterings *all;
    bool reference;
    double truth[CLU_EVAL_MEASURES], worst[CLU_EVAL_MEASURES]; /* with reference */
    bool keys;          /* subject_id and clustering_desc, where there are such columns, stand in front */
    size_t d;           /* variates */
};

/* The line of heads, and the lines of one clustering. Exits without memory. */
void clu_csts_scores_head(struct clu_csts_scores *p);
void clu_csts_scores_print(struct clu_cli *cli, struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e);

#endif
