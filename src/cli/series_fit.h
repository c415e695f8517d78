/* cli/series_fit.h - the methods that cluster time series, behind one call. */
#ifndef CLU_CLI_SERIES_FIT_H
#define CLU_CLI_SERIES_FIT_H

#include "alg/barycentre.h"
#include "alg/cluster_index.h"
#include "alg/linkage.h"
#include "cli/tool.h"
#include "num/condensed.h"
#include "num/measure.h"
#include "num/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_method { /* the first five in the order of enum clu_linkage_kind */
    CLU_METHOD_WARD = 0,
    CLU_METHOD_AVERAGE,
    CLU_METHOD_COMPLETE,
    CLU_METHOD_SINGLE,
    CLU_METHOD_WEIGHTED,
    CLU_METHOD_PAM,
    CLU_METHOD_CLARA,
    CLU_METHOD_KMEANS,
    CLU_METHOD_KASBA,
    CLU_METHOD_KSHAPE,
    CLU_METHOD_PEAKS,
    CLU_METHOD_SPECTRAL,
    CLU_METHOD_AUTO
};

/* --method=auto: ward up to so many series, kasba beyond; for sbd kshape. A triangle of 100 MB. */
#define CLU_METHOD_AUTO_SERIES 5000

/* What the rows set. */
struct clu_cli_fit {
    int method; /* enum clu_method */
    struct clu_opt_range k;
    double height;
    int index;      /* enum clu_index, of a range of -k */
    int barycentre; /* enum clu_barycentre_kind */
    size_t nstart, max_iter; /* 0: as the method has it */
    bool k_given, height_given, index_given, barycentre_given, nstart_given, max_iter_given;
};
extern const struct clu_opt clu_cli_fit_opt[7];

/* What was found. All owned. */
struct clu_fit {
    int method; /* what was taken; never auto */
    size_t n, k;
    int32_t *label;          /* [n] 0..k-1, by first appearance */
    double *near;            /* [n] distance to the own medoid or centre */
    size_t *medoid;          /* [k]; NULL where centres are computed */
    struct clu_series center; /* k series where they are */
    struct clu_linkage tree; /* n = 0: none */
    double loss;             /* what the method lowers: sum of near, or of its squares; of trees the height of the next merge */
    size_t iterations;       /* 0: it does not iterate */
    bool converged;
    size_t from, tried;      /* a range of -k: the curve begins at from, and has so many numbers of clusters */
    double *curve;           /* [tried][CLU_INDICES] */
};

/* Wrong usage of these options with each other and the distance: exits. Takes sbd for kshape. need_k: labels or the like are asked for. */
void clu_fit_check(struct clu_cli *cli, const struct clu_cli_fit *args, struct clu_measure *m, bool distance_given, bool need_k);

/* auto by the number of series. */
int clu_fit_method(const struct clu_cli_fit *args, const struct clu_measure *m, size_t n);

bool clu_method_is_tree(int method);
const char *clu_method_name(int method);

/* Does it need all distances? A range of -k does by itself. */
bool clu_fit_needs_matrix(const struct clu_cli_fit *args, int method);

/* Cluster x. d: all distances, or NULL where none are needed. */
enum clu_status clu_fit_run(struct clu_fit *out, const struct clu_cli_fit *args, const struct clu_series *x, const struct clu_measure *m,
                            const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err);
void clu_fit_clear(struct clu_fit *f);

#endif
