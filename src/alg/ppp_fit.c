/* The mixtures of ppp: k components, their covariances of the family that BIC likes best. */
#include "alg/ppp_state.h"

#include <math.h>

/* Spherical, diagonal, tied, full. */
static const int family_of[] = {CLU_GMM_VII, CLU_GMM_VVI, CLU_GMM_EEE, CLU_GMM_VVV};

double ppp_mean_variance(struct clu_view z)
{
    double sum = 0;

    for (size_t j = 0; j < z.cols; j++) {
        double mean = 0, v = 0;
        for (size_t i = 0; i < z.rows; i++)
            mean += z.v[i * z.ld + j];
        mean /= (double)z.rows;
        for (size_t i = 0; i < z.rows; i++)
            v += (z.v[i * z.ld + j] - mean) * (z.v[i * z.ld + j] - mean);
        sum += v / (double)z.rows;
    }
    return sum / (double)z.cols;
}

static bool allowed(int family, struct clu_view z, const struct ppp_fit_opt *o)
{
    if (family == CLU_GMM_VII)
        return !o->shaped;
    if (family == CLU_GMM_VVI && o->shaped)
        return false;
    if ((family == CLU_GMM_VVI || family == CLU_GMM_VVV) && z.cols == 1 && !o->shaped)
        return false; /* of one column they are the spherical one again */
    if (family == CLU_GMM_EEE && o->k == 1)
        return false; /* full, then */
    return clu_gmm_parameters(family, o->k, z.cols, false) <= (double)z.rows / 3;
}

enum clu_status ppp_fit(struct clu_gmm *best, double *bic, struct clu_view z, const struct ppp_fit_opt *o, struct clu_err *err)
{
    struct clu_gmm_start start = {.label = o->label};
    struct clu_gmm_opt opt = {.max_iter = o->k == 1 ? 1 : 100, .tol = 1e-5, .reg = o->reg, .vanish = CLU_GMM_STOP, .final_e = true};
    enum clu_status status = CLU_OK;

    *best = (struct clu_gmm){0};
    *bic = -HUGE_VAL;
    for (size_t f = 0; f < sizeof family_of / sizeof family_of[0] && status == CLU_OK; f++) {
        struct clu_gmm g = {0};
        opt.family = family_of[f];
        opt.min_rows = opt.family == CLU_GMM_VVV && o->min_rows > 0 ? (double)z.cols + 1 : o->min_rows;
        if (!allowed(opt.family, z, o))
            continue;
        status = clu_gmm_fit(&g, z, o->weight, o->k, &start, &opt, o->run, err);
        if (status == CLU_OK && !g.vanished && clu_gmm_bic(&g) > *bic && (!o->accept || o->accept(o->ctx, &g, &status, err))) {
            *bic = clu_gmm_bic(&g);
            clu_gmm_clear(best);
            *best = g;
        } else {
            clu_gmm_clear(&g);
        }
    }
    return status;
}
