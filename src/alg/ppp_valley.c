/* Is the trough between two halves real? Sections: counting, windows by a mixture, windows by the rows, the criteria.
 *
 * Rows in three windows of equal width are counted, at the trough and at the mode on each side: were the density not lower at the trough, a row of
 * two windows would be in either with probability 1/2 or more in the trough's. The larger of the two binomial tails is the score (an
 * intersection-union test). Windows come from a mixture of two Gaussians along the axis, or from the rows of the other folds, for
 * clusters that are no Gaussians; the second way has more freedom and pays for it. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- counting --- */

#define CHANCE (1 / (1 + PPP_RATIO)) /* of a row of two windows to be at the mode, when the densities are at the limit */

/* log P(Bin(n, q) >= k): the tail's terms summed from the largest. */
static double log_tail(size_t k, size_t n, double q)
{
    double lead, sum = 1, term = 1, odds = q / (1 - q);
    int sign;

    if (k == 0)
        return 0;
    if (k > n)
        return -HUGE_VAL;
    if ((double)k <= q * (double)n) { /* the other tail is the small one */
        double other = log_tail(n - k + 1, n, 1 - q);
        return log1p(-exp(other));
    }
    lead = lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) - lgamma_r((double)(n - k) + 1, &sign) +
           (double)k * log(q) + (double)(n - k) * log1p(-q);
    for (size_t i = k; i < n && term > 1e-17 * sum; i++) {
        term *= odds * (double)(n - i) / (double)(i + 1);
        sum += term;
    }
    return lead + log(sum);
}

/* log score of a trough. */
static double log_score(size_t low, size_t trough, size_t high)
{
    return fmax(log_tail(low, low + trough, CHANCE), log_tail(high, high + trough, CHANCE));
}

static size_t within(const double *t, size_t m, double at, double half)
{
    size_t count = 0;

    for (size_t i = 0; i < m; i++)
        count += t[i] >= at - half && t[i] <= at + half;
    return count;
}

/* --- windows by a mixture: at its means and at the lowest point between them --- */

#define WINDOW 0.35 /* half-width, as a share of the way from the trough to the nearer mean */
#define BINS 1024   /* that many rows of an axis are put in for the mixture; four times as many rows are worth it */

static double normal(double x, double mean, double var)
{
    return exp(-0.5 * (x - mean) * (x - mean) / var) / sqrt(2 * M_PI * var);
}

static double variance(const double *t, size_t m)
{
    double mean = 0, v = 0;

    for (size_t i = 0; i < m; i++)
        mean += t[i];
    mean /= (double)m;
    for (size_t i = 0; i < m; i++)
        v += (t[i] - mean) * (t[i] - mean);
    return v / (double)m;
}

/* The lowest point of the mixture between its means; found: it is beneath the heights on both sides. */
static double trough(const struct clu_gmm *g, size_t a, size_t b, bool *found)
{
    enum { STEPS = 257 };
    double f[STEPS], x = 0, left = 0, right = 0;
    size_t low = 0;

    for (size_t i = 0; i < STEPS; i++) {
        x = g->mean[a] + (g->mean[b] - g->mean[a]) * (double)i / (STEPS - 1);
        f[i] = g->weight[0] * normal(x, g->mean[0], g->cov[0]) + g->weight[1] * normal(x, g->mean[1], g->cov[1]);
        if (f[i] < f[low])
            low = i;
    }
    for (size_t i = 0; i < STEPS; i++) {
        if (i <= low)
            left = fmax(left, f[i]);
        if (i >= low)
            right = fmax(right, f[i]);
    }
    *found = f[low] < fmin(left, right);
    return g->mean[a] + (g->mean[b] - g->mean[a]) * (double)low / (STEPS - 1);
}

/* log score of the trough of t[m] under the mixture g of two components; 0 when it has none. */
static double score_mixture(const struct clu_gmm *g, const double *t, size_t m)
{
    size_t a = g->mean[0] < g->mean[1] ? 0 : 1, b = 1 - a;
    bool found;
    double x = trough(g, a, b, &found), half = WINDOW * fmin(x - g->mean[a], g->mean[b] - x);

    if (!(half > 0 && found))
        return 0;
    return log_score(within(t, m, g->mean[a], half), within(t, m, x, half), within(t, m, g->mean[b], half));
}

/* t[m] with its labels as at most BINS weighted points of each side; returns how many. */
static size_t thin(const double *t, size_t m, const uint8_t *label, double *point, double *weight, int32_t *side)
{
    double from = t[0], to = t[0];
    size_t used = 0;

    for (size_t i = 0; i < m; i++) {
        from = fmin(from, t[i]);
        to = fmax(to, t[i]);
    }
    memset(weight, 0, 2 * BINS * sizeof *weight);
    for (size_t i = 0; i < m; i++) {
        size_t b = to > from ? (size_t)((t[i] - from) / (to - from) * (BINS - 1) + 0.5) : 0;
        weight[2 * b + label[i]]++;
    }
    for (size_t c = 0; c < 2 * BINS; c++)
        if (weight[c] > 0) {
            point[used] = from + (to - from) * (double)(c / 2) / (BINS - 1);
            weight[used] = weight[c];
            side[used++] = (int32_t)(c % 2);
        }
    return used;
}

/* The mixture of two Gaussians along the axis, from the labels. */
static enum clu_status fit_axis(struct clu_gmm *g, const double *t, size_t m, const uint8_t *label, double var, struct clu_err *err)
{
    bool many = m > 4 * BINS;
    size_t used = m;
    double *point = many ? clu_alloc(2 * BINS, sizeof *point) : NULL, *weight = many ? clu_alloc(2 * BINS, sizeof *weight) : NULL;
    int32_t *side = clu_alloc(many ? 2 * BINS : m, sizeof *side);
    struct clu_gmm_opt opt = {.family = CLU_GMM_VVI, .max_iter = 500, .tol = 1e-7, .reg = 1e-3 * var, .vanish = CLU_GMM_STOP, .min_rows = 1e-6,
                              .final_e = true};
    struct clu_gmm_start start = {.label = side};
    struct clu_run run = CLU_RUN_DEFAULT;
    enum clu_status status = side && (!many || (point && weight)) ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && many)
        used = thin(t, m, label, point, weight, side);
    for (size_t i = 0; i < m && status == CLU_OK && !many; i++)
        side[i] = label[i];
    if (status == CLU_OK)
        status = clu_gmm_fit(g, (struct clu_view){.v = many ? point : t, .rows = used, .cols = 1, .ld = 1}, many ? weight : NULL, 2, &start, &opt,
                             &run, err);
    clu_free(point);
    clu_free(weight);
    clu_free(side);
    return status;
}

/* --- windows by the rows: sought on four folds, counted on the fifth --- */

#define FAR 2.0            /* the axis is looked at from -FAR to FAR; the centroids are at -1 and 1 */
#define GRID 320
#define STEP (2 * FAR / GRID)
#define PAID 20.0          /* what the freedom of these windows costs */
static const size_t half_width[] = {28, 14}; /* in steps: 0.35 and 0.175 */

struct windows {
    double low, trough, high, half; /* centres of three windows, and their half-width */
    double gain;                    /* how clear the trough is on the rows that it was sought on */
};

/* before[b]: rows of t[m], those of fold without not counted, before grid step b. */
static void fill_grid(const double *t, size_t m, const uint8_t *fold, size_t without, double *before)
{
    double bin[GRID] = {0};

    for (size_t i = 0; i < m; i++) {
        double v = (t[i] + FAR) / STEP;
        if (fold[i] != without && v >= 0 && v < GRID)
            bin[(size_t)v]++;
    }
    before[0] = 0;
    for (size_t b = 0; b < GRID; b++)
        before[b + 1] = before[b] + bin[b];
}

static double contrast(double mode, double trough)
{
    return mode > trough ? (mode - trough) / sqrt(mode + trough) : 0;
}

/* The windows of half-width w that show the clearest trough, if clearer than best. */
static void seek_width(const double *before, size_t w, struct windows *best)
{
    double left[GRID + 1], right[GRID + 1];
    size_t left_at[GRID + 1], right_at[GRID + 1];

    for (size_t c = w; c + w <= GRID; c++) { /* the fullest window centred at c or before */
        double v = before[c + w] - before[c - w];
        bool more = c == w || v > left[c - 1];
        left[c] = more ? v : left[c - 1];
        left_at[c] = more ? c : left_at[c - 1];
    }
    for (size_t c = GRID - w + 1; c-- > w;) { /* at c or behind */
        double v = before[c + w] - before[c - w];
        bool more = c == GRID - w || v > right[c + 1];
        right[c] = more ? v : right[c + 1];
        right_at[c] = more ? c : right_at[c + 1];
    }
    for (size_t c = GRID / 4; c <= 3 * GRID / 4; c++) {
        double v = before[c + w] - before[c - w], gain;
        if (c < 3 * w || c + 3 * w > GRID)
            continue;
        gain = fmin(contrast(left[c - 2 * w], v), contrast(right[c + 2 * w], v));
        if (gain > best->gain)
            *best = (struct windows){.low = (double)left_at[c - 2 * w] * STEP - FAR,
                                     .trough = (double)c * STEP - FAR,
                                     .high = (double)right_at[c + 2 * w] * STEP - FAR,
                                     .half = (double)w * STEP,
                                     .gain = gain};
    }
}

/* log score of the trough that the rows show. step: windows narrower than it would see how the data were rounded. */
static double score_rows(const double *t, size_t m, const uint8_t *fold, double step)
{
    double before[GRID + 1];
    size_t low = 0, trough_rows = 0, high = 0;

    for (size_t f = 0; f < PPP_FOLDS; f++) {
        struct windows w = {.gain = 0};
        fill_grid(t, m, fold, f, before);
        for (size_t h = 0; h < sizeof half_width / sizeof half_width[0]; h++)
            if ((double)half_width[h] * STEP >= step)
                seek_width(before, half_width[h], &w);
        for (size_t i = 0; i < m && w.gain > 0; i++)
            if (fold[i] == f) {
                low += fabs(t[i] - w.low) <= w.half;
                trough_rows += fabs(t[i] - w.trough) <= w.half;
                high += fabs(t[i] - w.high) <= w.half;
            }
    }
    return log_score(low, trough_rows, high) + log(PAID);
}

/* --- the criteria --- */

/* What of t[m] is on the wrong side under g: the larger share of the two components. And the sum of log of the larger posteriors. */
static enum clu_status confusion(const struct clu_gmm *g, const double *t, size_t m, double *overlap, double *certain, struct clu_err *err)
{
    double *post = clu_alloc(2 * m, sizeof *post), mass[2] = {0, 0}, wrong[2] = {0, 0};
    enum clu_status status = post ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = clu_gmm_posterior(g, (struct clu_view){.v = t, .rows = m, .cols = 1, .ld = 1}, 0, m, post, NULL, NULL, NULL, err);
    *certain = 0;
    for (size_t i = 0; i < m && status == CLU_OK; i++) {
        size_t at = post[2 * i + 1] > post[2 * i];
        *certain += log(post[2 * i + at]);
        mass[0] += post[2 * i];
        mass[1] += post[2 * i + 1];
        wrong[1 - at] += post[2 * i + 1 - at];
    }
    *overlap = fmax(wrong[0] / mass[0], wrong[1] / mass[1]);
    clu_free(post);
    return status;
}

/* log10 of a score that is below alpha exactly when the criterion, other than the valley, says that two are separated. */
static enum clu_status other_criterion(const struct clu_ppp_opt *opt, const struct clu_gmm *g, const double *t, size_t m, double bic,
                                       double *log10p, struct clu_err *err)
{
    double overlap = 0, certain = 0, limit = log10(opt->alpha);
    enum clu_status status = opt->criterion == CLU_PPP_BIC ? CLU_OK : confusion(g, t, m, &overlap, &certain, err);

    if (opt->criterion == CLU_PPP_OVERLAP)
        *log10p = bic > 0 ? limit + log10(fmax(overlap, 1e-300) / opt->overlap) : 0;
    else
        *log10p = limit - (bic + (opt->criterion == CLU_PPP_ICL ? 2 * certain : 0)) / (2 * log(10));
    return status;
}

static enum clu_status judge_axis(const struct ppp *s, const double *t, size_t m, const uint8_t *label, const uint8_t *fold, double step,
                                  struct ppp_verdict *v, struct clu_err *err)
{
    double var = variance(t, m) + 1e-300, one = -0.5 * (double)m * (log(2 * M_PI * var) + 1);
    struct clu_gmm g = {0};
    enum clu_status status = fit_axis(&g, t, m, label, var, err);
    bool fits = status == CLU_OK && !g.vanished;

    if (fits)
        v->bic = 2 * (g.loglik - one) - 3 * log((double)m);
    if (s->opt->criterion == CLU_PPP_VALLEY) {
        double score = score_rows(t, m, fold, step);
        v->log10 = fmin(0, fits ? fmin(score, score_mixture(&g, t, m)) : score) / log(10);
    } else if (fits) {
        status = other_criterion(s->opt, &g, t, m, v->bic, &v->log10, err);
        v->log10 = fmin(0, v->log10);
    }
    clu_gmm_clear(&g);
    return status;
}

enum clu_status ppp_judge(const struct ppp *s, struct ppp_cloud *c, const uint8_t *label, struct ppp_verdict *v, struct clu_err *err)
{
    bool wide = c->d > PPP_PAIR_AXES;
    enum clu_status status = wide ? ppp_cloud_axes(c, PPP_PAIR_AXES, err) : CLU_OK;
    size_t p = wide ? c->axes : c->d;
    uint8_t *fold = clu_alloc(c->m, 1);
    double *t = clu_alloc(c->m, sizeof *t), step;

    *v = (struct ppp_verdict){.log10 = 0, .bic = -HUGE_VAL};
    if (status == CLU_OK && !(fold && t))
        status = clu_fail_memory(err);
    if (status == CLU_OK && p > 0) {
        status = ppp_axis(wide ? c->score : c->x, c->m, p, label, wide ? NULL : s->step, fold, t, &step, err);
        if (status == CLU_OK)
            status = judge_axis(s, t, c->m, label, fold, step, v, err);
    }
    clu_free(fold);
    clu_free(t);
    return status;
}
