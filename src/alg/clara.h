/* alg/clara.h - k-medoids of more rows than a distance matrix can hold.
 *
 * Samples (CLARA: Kaufman and Rousseeuw 1990; FasterCLARA: Schubert and Rousseeuw, Inf. Syst. 101, 2021, section 3.5): medoids are
 * searched by FasterPAM in a sample of the rows, all rows are assigned to them, and the medoids of least total loss are kept. A
 * sample holds the best medoids so far and is searched from them on. As a sample has few rows of each cluster, the medoids are in the
 * end moved within their clusters once, by some hundred rows of each (as Maranzana 1964), when that lowers the loss of all rows.
 * One batch (de Mathelin et al.: OneBatchPAM, AAAI 2025): every row is a candidate, and judged by one random batch of rows alone,
 * whose distance to themselves counts as the largest, so that they have no advantage.
 * Cost: samples O(m^2 + n k d) each; batch O(n m) a pass, memory 4 n m bytes. Memory else up to 16 n d bytes.
 * The same for every number of threads and every kernel target. */
#ifndef CLU_ALG_CLARA_H
#define CLU_ALG_CLARA_H

#include "alg/pam.h"

struct clu_clara_opt {
    size_t k;
    size_t samples;
    size_t sample_size;  /* 0: 80 + 4 k, at least 2000; never more than n */
    size_t batch;        /* rows that judge; 0: samples */
    size_t max_iter;     /* passes of a search */
    double tol;
    bool float64;        /* matrices of doubles */
    bool no_second;      /* nobody asks for the second nearest medoids: some time is saved */
};
#define CLU_CLARA_DEFAULT ((struct clu_clara_opt){.samples = 5, .max_iter = 100, .tol = 1e-12})

/* As clu_pam_rows(). out->swaps and passes are those of all samples; converged: every search did. */
enum clu_status clu_clara_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                               const struct clu_clara_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
