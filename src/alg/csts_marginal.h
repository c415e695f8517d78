/* alg/csts_marginal.h - the distributions that normal variates are given, by quantiles.
 *
 * Data have three decimals, so a transform has only so many arguments: it is a table of the values (in thousandths, too) at
 * every thousandth from -8.5 to 8.5. Beyond, where no normal number of 53 bits is, its ends stand. */
#ifndef CLU_ALG_CSTS_MARGINAL_H
#define CLU_ALG_CSTS_MARGINAL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define CLU_CSTS_GRID 8500 /* thousandths to each side of 0 */
#define CLU_CSTS_GRID_POINTS (2 * CLU_CSTS_GRID + 1)

enum clu_csts_distribution {
    CLU_CSTS_NORMAL = 0, /* mean, standard deviation */
    CLU_CSTS_LOGNORMAL,  /* of its logarithm: mean, standard deviation */
    CLU_CSTS_GEV,        /* shape (SciPy's sign: below 0 for a heavy upper tail), location, scale */
    CLU_CSTS_NEGBIN,     /* number of successes (a real number above 0), probability: failures before */
    CLU_CSTS_GEOMETRIC,  /* probability: negbin(1, p) in closed form, as the published data */
    CLU_CSTS_GAMMA,      /* shape, scale */
    CLU_CSTS_EMPIRICAL   /* sample: its quantiles, linear in between (R's type 7) */
};

struct clu_csts_marginal {
    enum clu_csts_distribution kind;
    double a, b, c;
    double *sample; /* [n] ascending; owned by whoever reads it */
    size_t n;
};

/* cdf[CLU_CSTS_GRID_POINTS]: the normal distribution at the grid points. About 40 ms. */
void clu_csts_grid_cdf(double *cdf);

/* CLU_USAGE: parameters out of their range, values beyond 1e12. */
enum clu_status clu_csts_marginal_check(const struct clu_csts_marginal *m, struct clu_err *err);

/* The table of a checked m into milli[CLU_CSTS_GRID_POINTS]. */
void clu_csts_marginal_table(const struct clu_csts_marginal *m, const double *cdf, int64_t *milli);

#endif
