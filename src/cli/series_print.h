/* cli/series_print.h - what tsclust prints. */
#ifndef CLU_CLI_SERIES_PRINT_H
#define CLU_CLI_SERIES_PRINT_H

#include "cli/series.h"
#include "cli/series_fit.h"
#include "num/condensed.h"

/* What there is to print of; borrowed. */
struct clu_shown {
    const struct clu_set *set;
    const struct clu_measure *m;
    const struct clu_condensed *d; /* NULL: no matrix was computed */
    const struct clu_fit *fit;
};

/* A label a record, id or case. */
void clu_series_labels(struct clu_cli *cli, const struct clu_set *set, const int32_t *label);

/* A line a series: its number or id, class, length, cluster, whether it is the medoid, distance to it, silhouette, and what it was
 * normalised by. */
enum clu_status clu_series_objects(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err);

/* A line a cluster: size, distances to the medoid or centre; with a matrix diameter, separation and mean silhouette. */
enum clu_status clu_series_clusters(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err);

/* A line for the whole: method, distance, clusters, loss, the indices, iterations. */
enum clu_status clu_series_summary(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err);

/* The indices of every number of clusters that was tried. */
void clu_series_criteria(struct clu_cli *cli, const struct clu_shown *s, int index);

/* The medoids, samples as they were read (set->input), a line a channel. */
void clu_series_medoids(struct clu_cli *cli, const struct clu_shown *s);

/* Series as they are in memory: a line each, or a channel of each. first: what the column of their numbers is called, NULL for none. */
void clu_series_samples(struct clu_cli *cli, const struct clu_schema *s, const struct clu_series *x, const char *first);

/* The merges as a table, in the numbers of R's hclust: -i is object i, j the j-th merge; or as a Newick text. */
enum clu_status clu_series_tree(struct clu_cli *cli, const struct clu_shown *s, bool newick, struct clu_err *err);

/* All distances, a line an object; and the triangle as --matrix takes it, a line an object but the last. */
void clu_series_square(struct clu_cli *cli, const struct clu_schema *s, const struct clu_condensed *d);
void clu_series_triangle(struct clu_out *out, const struct clu_condensed *d);

#endif
