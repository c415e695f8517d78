/* cli/mixture.h - a Gaussian mixture as gmm and ppp print, save, load and apply it.
 *
 * A mixture here is what alg/gmm fits and two things more: which cluster each component belongs to, and how rows get into the space
 * that it was fitted in (a projection onto axes, behind the scaling). All functions take prepared rows (io/prepare.h), [rows][in_d];
 * what they print is in the input's units.
 *
 * The label of a row is the cluster of the largest posterior, the lowest of equals; -1 is noise. A cluster's posterior is the sum
 * of those of its components. Memory: a block of rows, never n k. */
#ifndef CLU_CLI_MIXTURE_H
#define CLU_CLI_MIXTURE_H

#include "alg/gmm.h"
#include "cli/print.h"
#include "io/prepare.h"

struct clu_mixture {
    struct clu_gmm gmm;  /* of projected rows; owned, as are the arrays below */
    int32_t *cluster_of; /* [gmm.k] 0..clusters-1, each at least once; NULL: component a is cluster a */
    size_t clusters;     /* gmm.k without cluster_of */
    size_t in_d;         /* columns of a prepared row; gmm.d without projection */
    double *center;      /* [in_d] NULL: no projection */
    double *axes;        /* [gmm.d][in_d] orthonormal rows: what the mixture sees is axes (x - center) */
    double *box;         /* [2][in_d] least and largest of each column, where --sample draws noise; NULL: not known */
};
void clu_mixture_clear(struct clu_mixture *m);

/* --- rows --- */

/* Rows from .. from + count - 1 of x: post[count][clusters], with noise one column more, the last (may be NULL); logdens[count] the log
 * density in the space of x, or of the projection (may be NULL); label[count] (may be NULL). A row that is so far off that no density
 * is above 0 belongs to the nearest component, or to noise. */
enum clu_status clu_mixture_rows(const struct clu_mixture *m, struct clu_view x, size_t from, size_t count, double *post,
                                 double *logdens, int32_t *label, const struct clu_run *run, struct clu_err *err);

/* Rows in the space of the mixture: out[count][gmm.d]. */
void clu_mixture_project(const struct clu_mixture *m, struct clu_view x, size_t from, size_t count, double *out);

/* Renumber clusters by first appearance in label[n], which follows, and sort the components by cluster. Clusters without a row
 * come last. */
enum clu_status clu_mixture_order(struct clu_mixture *m, int32_t *label, size_t n, struct clu_err *err);

/* Weight of cluster c, mean[in_d] and, when cov is not NULL, covariance[in_d][in_d], in the input's units. */
enum clu_status clu_mixture_moments(const struct clu_mixture *m, const struct clu_prepare *p, size_t c, double *weight, double *mean,
                                    double *cov, struct clu_err *err);

/* --- printing --- */

enum clu_mixture_what {
    CLU_MIXTURE_LABELS = 0,
    CLU_MIXTURE_POSTERIORS,  /* a column a cluster, and with noise a last one named 0 */
    CLU_MIXTURE_UNCERTAINTY, /* 1 - the largest posterior */
    CLU_MIXTURE_DENSITY      /* log density; of rows in the input's units, or of the projected rows */
};

/* A mixture, seen as values that are printed for rows: values.ctx is the eye itself, so it must not be copied. */
struct clu_mixture_eye {
    const struct clu_mixture *m;
    const struct clu_run *run;
    int what;
    double log_unit; /* taken off log densities: the scaling */
    struct clu_values values;
    struct clu_err err;
};
void clu_mixture_eye_init(struct clu_mixture_eye *e, const struct clu_mixture *m, const struct clu_prepare *p, int what,
                          const struct clu_run *run);
void clu_mixture_fill(void *eye, struct clu_view x, size_t from, size_t count, double *out); /* its values.fill */

/* A line a record of the table. label[kept rows]: what CLU_MIXTURE_LABELS prints. */
enum clu_status clu_mixture_print(struct clu_cli *cli, const struct clu_table *t, const struct clu_prepare *p,
                                  const struct clu_mixture *m, int what, const int32_t *label, struct clu_err *err);

/* "cluster" and the features: a line a cluster. */
enum clu_status clu_mixture_means(struct clu_cli *cli, const struct clu_schema *s, const struct clu_prepare *p,
                                  const struct clu_mixture *m, struct clu_err *err);

/* "cluster", "column" and the features: the covariance matrix of every cluster, a line a column. */
enum clu_status clu_mixture_covariances(struct clu_cli *cli, const struct clu_schema *s, const struct clu_prepare *p,
                                        const struct clu_mixture *m, struct clu_err *err);

/* --- models: clu-formats(5), "gmm" --- */

/* tool: "gmm" or "ppp". */
enum clu_status clu_mixture_write(struct clu_out *out, const char *tool, const struct clu_prepare *p, const struct clu_mixture *m,
                                  struct clu_err *err);
enum clu_status clu_mixture_load(struct clu_mixture *m, struct clu_prepare *p, const char *path, struct clu_err *err);

/* The components of a saved model as a start for rows prepared by p: columns are matched by name, if both have names. CLU_DATA
 * for a model with a projection. */
enum clu_status clu_mixture_start(struct clu_gmm *g, const struct clu_prepare *p, const char *path, struct clu_err *err);

/* To the file path, as -m does. Exits on failure. */
void clu_mixture_save(struct clu_cli *cli, const char *path, const char *tool, const struct clu_prepare *p,
                      const struct clu_mixture *m);

/* --assign: the rows of the input under the model in path, as a stream. Exits on failure. */
void clu_mixture_assign(struct clu_cli *cli, const char *path, int what);

/* --sample: n rows drawn from m, with cluster as a last column and a header (name[in_d], or V1.. when the model has no names), in
 * the input's units; with a projection they lie on its axes. Row i is a function of run->seed and i alone. */
enum clu_status clu_mixture_sample(struct clu_cli *cli, const struct clu_prepare *p, const struct clu_mixture *m, uint64_t n,
                                   char delimiter, struct clu_err *err);

#endif
