/* alg/pam_msc.h - FasterMSC and DynMSC: medoids for the largest average medoid silhouette (Lenssen and Schubert: Clustering by direct
 * optimization of the medoid silhouette. SISAP 2022, sections 5 and 6). Private to alg/pam*.c.
 *
 * What is searched is the least sum of w r(near, far), r(a, b) = a / b, 0 when either is 0: the silhouette is 1 minus its mean. */
#ifndef CLU_ALG_PAM_MSC_H
#define CLU_ALG_PAM_MSC_H

#include "alg/pam_state.h"

/* All starts of s->opt, whose state is ready: fills medoid[], out->k, silhouette, curve and the figures of the search. */
enum clu_status clu_pam_msc(struct clu_pam *out, size_t *medoid, struct clu_pam_state *s, size_t starts, struct clu_err *err);

#endif
