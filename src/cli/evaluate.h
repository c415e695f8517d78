/* cli/evaluate.h - labels beside what they are judged by: a truth, or the rows that were clustered. */
#ifndef CLU_CLI_EVALUATE_H
#define CLU_CLI_EVALUATE_H

#include "alg/agree.h"
#include "alg/validity.h"
#include "cli/tool.h"
#include "io/labels.h"

/* What the label 0 is: a cluster like any other, as many clusters as it has records, or no label. */
enum clu_noise { CLU_NOISE_CLUSTER = 0, CLU_NOISE_SINGLETONS, CLU_NOISE_DROP };

struct clu_evaluate_opt {
    const char *truth, *data;                /* files, or NULL */
    const char *truth_column, *label_column; /* columns, or NULL; without data -c chooses them too, with it the columns of the data */
    int file_header;                         /* enum clu_header, of both files */
    int noise;                               /* enum clu_noise */
    struct clu_agree_opt agree;
    struct clu_validity_opt validity;
};

/* {0} is empty; arrays owned. */
struct clu_evaluation {
    struct clu_labels labels, truth_file;
    const struct clu_label_column *label, *truth; /* truth NULL: there is none */
    const struct clu_labels *truth_of;            /* the input that it is from */
    uint8_t *keep;                                /* [rows] records that count, for what was done last */
    struct clu_partition by_label, by_truth;      /* of the records that have both */
    struct clu_contingency counts;
    struct clu_agree agree;
    struct clu_table data;
    struct clu_partition judged;                  /* of the records that have a label and all values */
    struct clu_validity validity;
};
void clu_evaluation_clear(struct clu_evaluation *e);

/* Read labels and truth. CLU_USAGE when there is nothing to compare the labels with; CLU_DATA when they do not agree in number. */
enum clu_status clu_evaluate_read(struct clu_evaluation *e, const struct clu_evaluate_opt *opt, struct clu_cli *cli,
                                  struct clu_err *err);

/* Labels and truth; the measures when any is wanted. */
enum clu_status clu_evaluate_truth(struct clu_evaluation *e, const struct clu_evaluate_opt *opt, struct clu_cli *cli,
                                   struct clu_err *err);

/* Labels and rows: reads the data. */
enum clu_status clu_evaluate_data(struct clu_evaluation *e, const struct clu_evaluate_opt *opt, struct clu_cli *cli,
                                  struct clu_err *err);

#endif
