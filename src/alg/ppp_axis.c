/* The axis that a bipartition is judged along: a discriminant that the judged rows have not seen, so that a split that the search made
 * out of noise does not look real. Sections: sums, the discriminant, folds. */
#include "alg/ppp_state.h"

#include "base/mem.h"
#include "num/chol.h"

#include <math.h>
#include <string.h>

/* --- the axis: sums of each fold and side, from which any union of folds has its discriminant --- */

struct part {
    double rows;
    double *sum;     /* [p] */
    double *scatter; /* [p][p], lower triangle, about zero */
};

struct axis {
    size_t p;
    struct part part[PPP_FOLDS][2];
    double *block;   /* all of their numbers */
    double *s, *w, *mid, *gap, *mean; /* [p][p] [p] [p] [p] [2][p] */
};

static enum clu_status axis_init(struct axis *a, size_t p, struct clu_err *err)
{
    double *at;

    a->p = p;
    a->block = at = clu_calloc(2 * PPP_FOLDS * p * (p + 1) + p * p + 5 * p, sizeof *a->block);
    if (!at)
        return clu_fail_memory(err);
    for (size_t f = 0; f < PPP_FOLDS; f++)
        for (size_t b = 0; b < 2; b++, at += p * (p + 1))
            a->part[f][b] = (struct part){.sum = at, .scatter = at + p};
    a->s = at;
    a->w = at + p * p;
    a->mid = a->w + p;
    a->gap = a->mid + p;
    a->mean = a->gap + p;
    return CLU_OK;
}

static void parts_clear(struct axis *a)
{
    for (size_t f = 0; f < PPP_FOLDS; f++)
        for (size_t b = 0; b < 2; b++) {
            a->part[f][b].rows = 0;
            memset(a->part[f][b].sum, 0, a->p * (a->p + 1) * sizeof *a->part[f][b].sum);
        }
}

static void part_add(struct part *t, const double *z, size_t p)
{
    t->rows++;
    for (size_t j = 0; j < p; j++) {
        double v = z[j];
        t->sum[j] += v;
        for (size_t l = 0; l <= j; l++)
            t->scatter[j * p + l] += v * z[l];
    }
}

/* Shrink s (within-class covariance of rows) by OAS. */
static void shrink(double *s, size_t p, double rows)
{
    double trace = 0, square = 0, dp = (double)p;

    for (size_t j = 0; j < p; j++) {
        trace += s[j * p + j];
        for (size_t l = 0; l < j; l++)
            square += 2 * s[j * p + l] * s[j * p + l];
        square += s[j * p + j] * s[j * p + j];
    }
    double rho = clu_gmm_oas(trace, square, rows, p);
    for (size_t j = 0; j < p; j++) {
        for (size_t l = 0; l < j; l++)
            s[j * p + l] *= 1 - rho;
        s[j * p + j] = (1 - rho) * s[j * p + j] + rho * trace / dp + 1e-12 * trace / dp + 1e-300;
    }
}

/* The discriminant of all folds but one (PPP_FOLDS: of all): w, the middle between the centroids, and half their distance along w. */
static double discriminant(struct axis *a, size_t without)
{
    size_t p = a->p;
    double rows = 0, half = 0;

    memset(a->s, 0, p * p * sizeof *a->s);
    for (size_t b = 0; b < 2; b++) {
        double *mean = a->mean + b * p, count = 0;
        memset(mean, 0, p * sizeof *mean);
        for (size_t f = 0; f < PPP_FOLDS; f++) {
            const struct part *t = &a->part[f][b];
            if (f == without)
                continue;
            count += t->rows;
            for (size_t j = 0; j < p; j++) {
                mean[j] += t->sum[j];
                for (size_t l = 0; l <= j; l++)
                    a->s[j * p + l] += t->scatter[j * p + l];
            }
        }
        if (count == 0)
            return discriminant(a, PPP_FOLDS); /* one row on that side: it cannot be left out */
        for (size_t j = 0; j < p; j++)
            mean[j] /= count;
        for (size_t j = 0; j < p; j++)
            for (size_t l = 0; l <= j; l++)
                a->s[j * p + l] -= count * mean[j] * mean[l];
        rows += count;
    }
    for (size_t j = 0; j < p; j++) {
        for (size_t l = 0; l <= j; l++)
            a->s[j * p + l] /= rows;
        a->w[j] = a->gap[j] = a->mean[p + j] - a->mean[j];
        a->mid[j] = (a->mean[p + j] + a->mean[j]) / 2;
    }
    shrink(a->s, p, rows);
    if (clu_chol_factor(a->s, p, 0, NULL) == p)
        clu_chol_solve(a->s, p, a->w);
    for (size_t j = 0; j < p; j++)
        half += a->w[j] * a->gap[j] / 2;
    return half != 0 ? half : 1;
}

static double along(const struct axis *a, const double *z)
{
    double t = 0;

    for (size_t j = 0; j < a->p; j++)
        t += a->w[j] * (z[j] - a->mid[j]);
    return t;
}

/* --- folds --- */

/* fold[m]: stratified by side and interleaved along the axis of all rows. The parts of a are those of the folds then. */
static enum clu_status deal_folds(struct axis *a, const double *z, size_t m, const uint8_t *label, uint8_t *fold, struct clu_err *err)
{
    size_t p = a->p, rank[2] = {0, 0};
    struct ppp_place *order = clu_alloc(m, sizeof *order);

    if (!order)
        return clu_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        part_add(&a->part[0][label[i]], z + i * p, p);
    discriminant(a, PPP_FOLDS);
    for (size_t i = 0; i < m; i++)
        order[i] = (struct ppp_place){along(a, z + i * p), i};
    ppp_sort_places(order, m);
    for (size_t r = 0; r < m; r++)
        fold[order[r].i] = (uint8_t)(rank[label[order[r].i]]++ % PPP_FOLDS);
    clu_free(order);
    parts_clear(a);
    for (size_t i = 0; i < m; i++)
        part_add(&a->part[fold[i]][label[i]], z + i * p, p);
    return CLU_OK;
}

enum clu_status ppp_axis(const double *z, size_t m, size_t p, const uint8_t *label, const double *step_of, uint8_t *fold, double *t,
                         double *step, struct clu_err *err)
{
    struct axis a;
    enum clu_status status = axis_init(&a, p, err);

    if (status == CLU_OK)
        status = deal_folds(&a, z, m, label, fold, err);
    *step = 0;
    for (size_t f = 0; f < PPP_FOLDS && status == CLU_OK; f++) {
        double half = discriminant(&a, f);
        for (size_t j = 0; j < p && step_of; j++)
            *step = fmax(*step, fabs(a.w[j] * step_of[j] / half));
        for (size_t i = 0; i < m; i++)
            if (fold[i] == f)
                t[i] = along(&a, z + i * p) / half;
    }
    clu_free(a.block);
    return status;
}
