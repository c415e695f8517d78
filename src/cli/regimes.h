/* cli/regimes.h - tsclust --model: one series whose records are time points, cut where the correlations of its variates change. */
#ifndef CLU_CLI_REGIMES_H
#define CLU_CLI_REGIMES_H

#include "cli/tool.h"

enum clu_cli_model { CLU_MODEL_DISTANCE = 0, CLU_MODEL_CORRELATION, CLU_MODEL_TICC };

/* Their words, of the option and in saved models, NULL-terminated. */
extern const char *const clu_cli_model_word[];

/* What is printed of it. */
enum clu_cli_regimes_print { CLU_REGIMES_LABELS = 0, CLU_REGIMES_SEGMENTS, CLU_REGIMES_CLUSTERS, CLU_REGIMES_SUMMARY };

/* What the rows set; and what options that tsclust has for other purposes, too, say here. NAN and 0: not given. */
struct clu_cli_regimes {
    int model, start;
    const char *patterns; /* a file */
    double beta, ridge, radius;
    size_t min_length;
    bool templates, compat, wanted, radius_given;
    /* of tsclust: */
    int print;            /* enum clu_cli_regimes_print */
    size_t k, window, max_iter;
    double lambda;
    const char *save, *assign;
};
extern const struct clu_opt clu_cli_model_opt[1];   /* --model */
extern const struct clu_opt clu_cli_regimes_opt[8]; /* the others; each sets wanted */
#define CLU_CLI_REGIMES_DEFAULT {.beta = NAN, .ridge = 0.05, .radius = 0.125, .lambda = NAN}

/* Wrong usage of these options with each other: exits. */
void clu_regimes_check(struct clu_cli *cli, const struct clu_cli_regimes *args);

/* All of it: read, fit or assign, print, save. Exits on failure. */
void clu_regimes_run(struct clu_cli *cli, const struct clu_cli_regimes *args);

#endif
