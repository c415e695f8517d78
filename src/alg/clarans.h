/* alg/clarans.h - k-medoids by randomised search, without a distance matrix.
 *
 * FastCLARANS (Schubert and Rousseeuw, Inf. Syst. 101, 2021, section 3.6; CLARANS: Ng and Han, VLDB 1994): from random medoids, a
 * random candidate is tried in all k places at once, and the best swap is made when it improves; a local search ends when
 * max_tries candidates in a row did not. A candidate is not tried twice between two swaps. The best of several local searches
 * is kept. max_tries is by default 2.5% of the candidates, and at least 250 / k (Ng and Han's floor of 250 swaps).
 * Cost: O(n d) a candidate; memory O(n d). The same for every number of threads and every kernel target. */
#ifndef CLU_ALG_CLARANS_H
#define CLU_ALG_CLARANS_H

#include "alg/pam.h"

struct clu_clarans_opt {
    size_t k;
    size_t searches;    /* local ones */
    size_t max_tries;   /* candidates in a row without an improvement; 0: max(250 / k, 2.5% of n - k) */
    double tol;
};
#define CLU_CLARANS_DEFAULT ((struct clu_clarans_opt){.searches = 2, .tol = 1e-12})

/* As clu_pam_rows(). */
enum clu_status clu_clarans_rows(struct clu_pam *out, struct clu_view x, struct clu_metric metric, const double *w,
                                 const struct clu_clarans_opt *opt, const struct clu_run *run, struct clu_err *err);

#endif
