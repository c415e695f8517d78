/* Bipartitions of a set of rows: what ppp finds them by and compares. Sections: places, labels, 2-means, mixtures of two. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- places --- */

static int by_place(const void *a, const void *b)
{
    const struct ppp_place *p = a, *q = b;

    return p->t != q->t ? (p->t > q->t) - (p->t < q->t) : (p->i > q->i) - (p->i < q->i);
}

void ppp_sort_places(struct ppp_place *place, size_t m)
{
    qsort(place, m, sizeof *place, by_place);
}

/* --- labels --- */

size_t ppp_ones(const uint8_t *label, size_t m)
{
    size_t ones = 0;

    for (size_t i = 0; i < m; i++)
        ones += label[i];
    return ones;
}

bool ppp_big_enough(const uint8_t *label, size_t m)
{
    size_t ones = ppp_ones(label, m);

    return ones >= PPP_SMALLEST && m - ones >= PPP_SMALLEST;
}

/* Equal up to 1% of the rows, either way round. */
bool ppp_same(const uint8_t *a, const uint8_t *b, size_t m)
{
    size_t equal = 0;

    for (size_t i = 0; i < m; i++)
        equal += a[i] == b[i];
    return 100 * equal > 99 * m || 100 * equal < m;
}

size_t ppp_mix_axes(size_t m, size_t d)
{
    size_t q = 1;

    while (q < d && q < PPP_MIX_AXES && clu_gmm_parameters(CLU_GMM_VVV, 2, q + 1, false) <= (double)m / 3)
        q++;
    return q;
}

/* --- 2-means --- */

void ppp_halves_means(const double *y, size_t m, size_t q, const uint8_t *label, double *c)
{
    size_t rows[2] = {0, 0};

    memset(c, 0, 2 * q * sizeof *c);
    for (size_t i = 0; i < m; i++) {
        double *to = c + label[i] * q;
        rows[label[i]]++;
        for (size_t j = 0; j < q; j++)
            to[j] += y[i * q + j];
    }
    for (size_t b = 0; b < 2; b++)
        for (size_t j = 0; j < q && rows[b]; j++)
            c[b * q + j] /= (double)rows[b];
}

/* Two centres are one hyperplane: a row is on the side of the second when w.y > offset. w[q] is behind c. */
double ppp_two_means(const double *y, size_t m, size_t q, double *c, uint8_t *label)
{
    double *w = c + 2 * q, inertia = 0;

    memset(label, 2, m);
    for (int it = 0; it < 300; it++) {
        double offset = 0;
        size_t changed = 0;
        for (size_t j = 0; j < q; j++) {
            w[j] = c[q + j] - c[j];
            offset += w[j] * (c[q + j] + c[j]) / 2;
        }
        for (size_t i = 0; i < m; i++) {
            double v = 0;
            for (size_t j = 0; j < q; j++)
                v += w[j] * y[i * q + j];
            uint8_t side = v > offset;
            changed += side != label[i];
            label[i] = side;
        }
        size_t ones = ppp_ones(label, m);
        if (changed == 0 || ones == 0 || ones == m)
            break;
        ppp_halves_means(y, m, q, label, c);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < q; j++) {
            double e = y[i * q + j] - c[label[i] * q + j];
            inertia += e * e;
        }
    return inertia;
}

/* --- mixtures of two --- */

#define REG 1e-4 /* of the mean variance */

enum clu_status ppp_two_gaussians(const double *z, size_t m, size_t q, const uint8_t *label, bool shaped, uint8_t *better, double *gain,
                                  struct clu_err *err)
{
    struct clu_view view = {.v = z, .rows = m, .cols = q, .ld = q};
    struct clu_run run = CLU_RUN_DEFAULT;
    int32_t *lab = clu_calloc(m, sizeof *lab);
    struct ppp_fit_opt opt = {.k = 1, .label = lab, .reg = REG * ppp_mean_variance(view) + 1e-300, .run = &run};
    struct clu_gmm g = {0};
    double one = -HUGE_VAL, two = -HUGE_VAL;
    enum clu_status status = lab ? ppp_fit(&g, &one, view, &opt, err) : clu_fail_memory(err);

    clu_gmm_clear(&g);
    for (size_t i = 0; i < m && status == CLU_OK; i++)
        lab[i] = label[i];
    opt = (struct ppp_fit_opt){.k = 2, .label = lab, .reg = opt.reg, .min_rows = 2, .shaped = shaped, .run = &run};
    if (status == CLU_OK)
        status = ppp_fit(&g, &two, view, &opt, err);
    if (status == CLU_OK && g.k == 2)
        status = clu_gmm_posterior(&g, view, 0, m, NULL, NULL, lab, NULL, err);
    for (size_t i = 0; i < m && status == CLU_OK; i++)
        better[i] = lab[i] == 1;
    *gain = g.k == 2 ? two - one : -HUGE_VAL;
    clu_gmm_clear(&g);
    clu_free(lab);
    return status;
}
