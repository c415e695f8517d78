/* cli/regimes_model.h - what tsclust --model found, and models of it: what --assign needs. */
#ifndef CLU_CLI_REGIMES_MODEL_H
#define CLU_CLI_REGIMES_MODEL_H

#include "alg/csts_pattern.h"
#include "alg/regime.h"
#include "alg/ticc.h"
#include "cli/regimes.h"
#include "io/prepare.h"
#include "num/rank.h"

/* {0} is empty. */
struct clu_regimes_found {
    int model;             /* enum clu_cli_model */
    size_t n;
    int32_t *label;        /* [n] what is printed, less 1 */
    double beta;
    size_t min_length;
    size_t iterations;
    bool converged;
    double cost;           /* what was lowered */
    struct clu_regimes r;  /* correlation: cluster i is label i */
    struct clu_ticc t;     /* ticc */
    size_t *order, kept;   /* ticc: [kept] the cluster of t that label i is */
};
void clu_regimes_found_clear(struct clu_regimes_found *f);

/* ticc: labels as they are printed, by first appearance, after short runs went. Takes what t says. */
enum clu_status clu_regimes_number(struct clu_regimes_found *f, struct clu_view x, struct clu_err *err);

/* Write a model to path. Exits on failure. */
void clu_regimes_save(struct clu_cli *cli, const char *path, const struct clu_regimes_found *f, const struct clu_prepare *p);

/* A model of this kind from path: beta, min_length and the clusters. CLU_DATA "model.csv:3: ...". */
enum clu_status clu_regimes_load(struct clu_regimes_found *f, struct clu_prepare *p, int model, const char *path, struct clu_err *err);

/* Labels of x (normal scores, but for a compat model) by a model that was loaded; beta NAN, min_length 0: its own. */
enum clu_status clu_regimes_apply(struct clu_regimes_found *f, struct clu_view x, double beta, size_t min_length, const struct clu_run *run,
                                  struct clu_err *err);

#endif
