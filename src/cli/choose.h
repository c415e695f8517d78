/* cli/choose.h - --choose and -p criteria, the same way in every filter that takes -k A..B. */
#ifndef CLU_CLI_CHOOSE_H
#define CLU_CLI_CHOOSE_H

#include "alg/choose.h"
#include "cli/print.h"

/* What the rows set. */
struct clu_cli_choose {
    int by; /* enum clu_criterion; with the row for medoids 0 is the medoid silhouette, and 1 + enum clu_criterion the others */
    bool given;
};

extern const struct clu_opt clu_cli_choose_opt[1];        /* --choose=silhouette|ch|db|bic */
extern const struct clu_opt clu_cli_choose_medoid_opt[1]; /* --choose=medoid|silhouette|ch|db|bic */

/* A line for each number of clusters: k, loss under its name, the criteria, and chosen, 1 for the one that was taken. */
void clu_choose_print(struct clu_cli *cli, const struct clu_schema *s, const struct clu_choice *c, const char *loss);

/* The facts of -v: by what, and how good. */
void clu_choose_tell(struct clu_cli *cli, const struct clu_choice *c);

#endif
