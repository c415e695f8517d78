/* cli/series_measure.h - --distance and its parameters, on the command line and in models. */
#ifndef CLU_CLI_SERIES_MEASURE_H
#define CLU_CLI_SERIES_MEASURE_H

#include "cli/tool.h"
#include "io/model.h"
#include "num/measure.h"

/* What the rows set. */
struct clu_cli_measure {
    struct clu_measure m;
    const char *window;
    int norm, step, multivariate;
    bool given, parameter_given, lambda_given; /* --distance; anything else of it, but for --window and --lambda */
};
#define CLU_CLI_MEASURE_DEFAULT {.m = CLU_MEASURE_DEFAULT}

extern const struct clu_opt clu_cli_measure_opt[15];

/* Settle the texts into args->m, and say what does not go together. Exits. */
void clu_measure_check(struct clu_cli *cli, struct clu_cli_measure *args);

/* "12", "10%", "2.5%": what --window says. false: something else. */
bool clu_measure_parse_window(const char *text, struct clu_measure *m);

const char *clu_measure_name(int kind);

/* What a saved model keeps of it, and back. CLU_DATA "model.csv:2: no such distance". */
void clu_measure_save(const struct clu_measure *m, struct clu_out *out);
enum clu_status clu_measure_load(struct clu_measure *m, const struct clu_model *file, struct clu_err *err);

#endif
