/* cli/medoids.h - what the k-medoids filters print and keep. */
#ifndef CLU_CLI_MEDOIDS_H
#define CLU_CLI_MEDOIDS_H

#include "alg/pam.h"
#include "alg/score.h"
#include "cli/objects.h"
#include "cli/print.h"

/* What the rows that all three tools share set: --distance, --save-model, --assign. */
struct clu_cli_medoids {
    bool distances;
    const char *assign, *save;
};
extern const struct clu_opt clu_cli_medoids_opt[3];

/* Wrong usage of the options that all three tools have; labels: what is printed is labels. Exits. */
void clu_medoids_check(struct clu_cli *cli, const struct clu_cli_medoids *args, bool k_given, bool labels,
                       const struct clu_cli_metric *metric);

/* The words of -p where no pair of rows but those with medoids is looked at (clara, clarans), and what they print. */
extern const char *const clu_medoids_print_words[]; /* labels, medoids, clusters, summary, NULL */
enum { CLU_MEDOIDS_LABELS = 0, CLU_MEDOIDS_ROWS, CLU_MEDOIDS_CLUSTERS, CLU_MEDOIDS_SUMMARY };
enum clu_status clu_medoids_print(struct clu_cli *cli, int what, const struct clu_objects *o, const struct clu_pam *fit,
                                  bool distances, struct clu_err *err);

/* A label a record; with distances, the dissimilarities to the own medoid and to the second nearest behind it. */
void clu_medoids_labels(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit, bool distances);

/* "cluster", the medoid's record (or id), and its row in the input's units: k lines. */
void clu_medoids_rows(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit);

/* Size, largest and mean dissimilarity of each cluster and, with spread[k], diameter, separation and isolation. */
enum clu_status clu_medoids_clusters(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                                     const struct clu_spread *spread, struct clu_err *err);

/* A line for each number of clusters that was tried; what only the result has is empty for the others. */
void clu_medoids_summary(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit);

/* The silhouettes of the objects by their own dissimilarities. O(n^2) */
enum clu_status clu_medoids_fit_silhouette(struct clu_silhouette *s, const struct clu_objects *o, const struct clu_pam *fit,
                                           const struct clu_run *run, struct clu_err *err);

/* A line a record: cluster, neighbour, width. */
enum clu_status clu_medoids_silhouette(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                                       struct clu_err *err);

/* The facts of -v. */
void clu_medoids_tell(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit, double read, double fitted);

/* Write the model to path: the medoids' rows and all that assigning needs. tool is its name in the file. Exits on failure. */
void clu_medoids_save(struct clu_cli *cli, const char *path, const struct clu_objects *o, const struct clu_pam *fit);

/* Label the rows of the input by the nearest medoid of a model. Exits on failure. */
void clu_medoids_assign(struct clu_cli *cli, const char *path, const struct clu_cli_metric *m);

#endif
