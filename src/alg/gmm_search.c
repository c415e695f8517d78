/* Sections: room, noise, one family from one start, starts, judging, the search. */
#include "alg/gmm_search.h"

#include "alg/gmm_hc.h"
#include "alg/gmm_start.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

#define MORE_STARTS 10    /* of CLU_GMM_LOST_RESTART */
#define NOISE_SHARE 0.05  /* rows that are noise to begin with */

struct search {
    struct clu_gmm_search *out;
    struct clu_view x;
    const double *w;
    const struct clu_gmm_search_opt *opt;
    const struct clu_run *run;
    struct clu_gmm_opt fit;
    double rows;            /* of positive weight */
    size_t k_hi;            /* not more than there are rows */
    bool choice;            /* among several fits */
    int32_t *label;         /* [n] */
    double *variance;       /* [d] of the columns */
    uint8_t *away;          /* [n] noise to begin with; NULL without noise */
    struct clu_gmm_hc hc;
    struct clu_gmm *found;  /* [families] of this k; k == 0: none yet */
    struct clu_criteria judged; /* of the best so far */
    struct clu_err first;   /* why the first fit failed */
};

/* --- room --- */

void clu_gmm_search_clear(struct clu_gmm_search *s)
{
    clu_gmm_clear(&s->best);
    clu_free(s->box);
    clu_free(s->trial);
    *s = (struct clu_gmm_search){0};
}

static void close_search(struct search *s)
{
    for (size_t f = 0; s->found && f < s->opt->families; f++)
        clu_gmm_clear(&s->found[f]);
    clu_free(s->found);
    clu_free(s->label);
    clu_free(s->variance);
    clu_free(s->away);
    clu_gmm_hc_clear(&s->hc);
}

static enum clu_status open_search(struct search *s, struct clu_err *err)
{
    size_t n = s->x.rows, lo = s->opt->k_lo;

    for (size_t i = 0; i < n; i++)
        s->rows += !s->w || s->w[i] > 0;
    if (s->rows < 1)
        return clu_fail(err, CLU_DATA, "no rows of positive weight");
    s->variance = clu_alloc(s->x.cols, sizeof *s->variance);
    if (!s->variance)
        return clu_fail_memory(err);
    if (!clu_gmm_variances(s->variance, s->x, s->w))
        return clu_fail(err, CLU_DATA, "overflow in distances; see --scale");
    s->fit = s->opt->fit;
    s->fit.reg_by = s->variance;
    s->k_hi = s->opt->k_hi > n && lo <= n ? n : s->opt->k_hi > n ? lo : s->opt->k_hi;
    s->choice = s->opt->k_hi > lo || s->opt->families > 1;
    s->label = clu_alloc(n, sizeof *s->label);
    s->found = clu_calloc(s->opt->families, sizeof *s->found);
    s->out->trial = clu_calloc(s->k_hi - lo + 1, s->opt->families * sizeof *s->out->trial);
    return s->label && s->found && s->out->trial ? CLU_OK : clu_fail_memory(err);
}

/* --- noise --- */

static enum clu_status find_box(struct search *s, struct clu_view x, struct clu_err *err)
{
    size_t d = x.cols;

    s->out->box = clu_alloc(2 * d, sizeof *s->out->box);
    if (!s->out->box)
        return clu_fail_memory(err);
    for (size_t j = 0; j < d; j++) {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (size_t i = 0; i < x.rows; i++) {
            double v = clu_view_at(x, i, j);
            least = v < least ? v : least;
            most = v > most ? v : most;
        }
        s->out->box[j] = least;
        s->out->box[d + j] = most;
    }
    return CLU_OK;
}

/* The volume is that of the rows that count. */
static enum clu_status open_noise(struct search *s, struct clu_err *err)
{
    struct clu_mat m = {0};
    struct clu_view x = s->x;
    double *weight = NULL, volume;
    uint8_t *idle = clu_alloc(x.rows, 1);
    enum clu_status status = CLU_OK;

    s->away = clu_alloc(x.rows, 1);
    if (!s->away || !idle)
        status = clu_fail_memory(err);
    for (size_t i = 0; i < x.rows && status == CLU_OK; i++)
        idle[i] = s->w && !(s->w[i] > 0);
    if (status == CLU_OK && s->rows < (double)x.rows) {
        status = clu_gmm_start_keep(&m, &weight, x, s->w, idle, err);
        x = clu_mat_look(&m);
    }
    if (status == CLU_OK)
        status = clu_gmm_volume(&volume, x, err);
    if (status == CLU_OK)
        status = find_box(s, x, err);
    if (status == CLU_OK) {
        s->fit.noise_log_density = -volume;
        status = clu_gmm_start_away(s->away, s->x, s->w, NOISE_SHARE, s->run, err);
    }
    clu_mat_clear(&m);
    clu_free(weight);
    clu_free(idle);
    return status;
}

/* --- one family from one start --- */

/* Rows that a component needs so that its covariance is more than the ridge. Common axes (EVE, VVE) turn into any direction in which
 * one component does not vary. */
static double least_rows(int family, size_t d)
{
    const char *name = clu_gmm_family_name[family];

    if (name[1] == 'V' && name[2] != 'I')
        return (double)d + 1;
    return name[0] == 'V' || name[1] == 'V' ? 2 : 1;
}

/* Where several fits compete a component of few rows is a spurious maximum, which every criterion would love. One fit alone may have it,
 * as long as it holds half a row. */
static double min_rows(const struct search *s, int family)
{
    bool strict = s->choice && !s->opt->reg_given && !s->fit.shrink;
    double least = strict ? least_rows(family, s->x.cols) : 0.5;

    return least > s->opt->fit.min_rows ? least : s->opt->fit.min_rows;
}

static enum clu_status check_rows(const struct search *s, int family, struct clu_err *err)
{
    if (clu_gmm_is_diagonal(family) || s->x.cols == 1 || s->opt->reg_given || s->fit.shrink || s->rows >= (double)s->x.cols)
        return CLU_OK;
    return clu_fail(err, CLU_DATA,
                    "%.0f row%s too few for a full covariance of %zu columns; use --covariance=diag, --covariance=tied with "
                    "--shrinkage=oas, or a larger --reg",
                    s->rows, s->rows == 1 ? " is" : "s are", s->x.cols);
}

/* Better than what there is: with no component lost, then by log-likelihood. */
static bool better(const struct clu_gmm *a, const struct clu_gmm *b)
{
    if (b->k == 0 || (a->dropped == 0) != (b->dropped == 0))
        return b->k == 0 || a->dropped == 0;
    return a->loglik > b->loglik;
}

/* A reason that stops the search, or is kept. */
static enum clu_status note(struct search *s, enum clu_status status, const struct clu_err *why, struct clu_err *err)
{
    if (status != CLU_DATA)
        return status == CLU_OK ? CLU_OK : clu_fail(err, status, "%s", why->msg);
    if (s->first.code == CLU_OK)
        s->first = *why;
    return CLU_OK;
}

static enum clu_status try_family(struct search *s, size_t f, size_t k, struct clu_err *err)
{
    struct clu_gmm_start start = {.label = s->label};
    struct clu_gmm_opt opt = s->fit;
    struct clu_gmm g = {0};
    struct clu_err why = {0};

    opt.family = s->opt->family[f];
    opt.min_rows = min_rows(s, opt.family);
    opt.vanish = s->choice || s->opt->lost == CLU_GMM_LOST_ERROR ? CLU_GMM_STOP : CLU_GMM_DROP;
    if (s->opt->init == CLU_GMM_MODEL)
        start = (struct clu_gmm_start){.model = s->opt->model};
    enum clu_status status = check_rows(s, opt.family, &why);
    if (status == CLU_OK)
        status = clu_gmm_fit(&g, s->x, s->w, k, &start, &opt, s->run, &why);
    if (status == CLU_OK && g.vanished)
        status = clu_fail(&why, CLU_DATA, "a component vanished: fewer than %g rows were left to it, or its covariance was singular",
                          opt.min_rows);
    if (status == CLU_OK && better(&g, &s->found[f])) {
        clu_gmm_clear(&s->found[f]);
        s->found[f] = g;
    } else {
        clu_gmm_clear(&g);
    }
    return note(s, status, &why, err);
}

/* --- starts --- */

/* Given labels without any noise: it would never come to be. */
static void lose_noise(struct search *s)
{
    size_t noise = 0;

    for (size_t i = 0; i < s->x.rows && s->away; i++)
        noise += s->label[i] < 0;
    for (size_t i = 0; i < s->x.rows && s->away && noise == 0; i++)
        s->label[i] = s->away[i] ? -1 : s->label[i];
}

/* Rows outside the sample belong to no component, which is how a fit leaves them out of its first M-step; but with noise they would be
 * taken for it, so they are given to the components that the sample makes. */
static enum clu_status cut_tree(struct search *s, size_t k, struct clu_err *err)
{
    struct clu_gmm_start start = {.label = s->label};
    struct clu_gmm_opt opt = s->fit;
    struct clu_gmm g;

    if (k > s->hc.groups)
        return clu_fail(err, CLU_DATA, "%zu clusters asked, but only %zu rows", k, s->hc.groups);
    enum clu_status status = clu_gmm_hc_cut(&s->hc, k, s->label, err);
    if (status != CLU_OK || !s->away || s->hc.n == s->x.rows)
        return status;
    opt.family = CLU_GMM_VVV;
    opt.noise = false;
    opt.vanish = CLU_GMM_DROP;
    opt.min_rows = 0.5;
    opt.max_iter = 1;
    status = clu_gmm_fit(&g, s->x, s->w, k, &start, &opt, s->run, err);
    if (status == CLU_OK)
        status = clu_gmm_posterior(&g, s->x, 0, s->x.rows, NULL, NULL, s->label, s->run, err);
    clu_gmm_clear(&g);
    for (size_t i = 0; i < s->x.rows && status == CLU_OK; i++)
        s->label[i] = s->away[i] ? -1 : s->label[i];
    return status;
}

static enum clu_status find_start(struct search *s, size_t k, size_t number, struct clu_err *err)
{
    switch (s->opt->init) {
    case CLU_GMM_HC:
        return cut_tree(s, k, err);
    case CLU_GMM_LABELS:
        memcpy(s->label, s->opt->label, s->x.rows * sizeof *s->label);
        lose_noise(s);
        return CLU_OK;
    case CLU_GMM_MODEL:
        return CLU_OK;
    default:
        return clu_gmm_start_kmeans(s->label, s->x, s->w, s->away, k, number, s->run, err);
    }
}

static bool wanting(const struct search *s)
{
    for (size_t f = 0; f < s->opt->families; f++)
        if (s->found[f].k == 0 || s->found[f].dropped > 0)
            return true;
    return false;
}

static enum clu_status try_starts(struct search *s, size_t k, struct clu_err *err)
{
    bool kmeans = s->opt->init == CLU_GMM_KMEANS;
    size_t starts = kmeans ? s->opt->nstart : 1;
    size_t most = starts + (kmeans && s->opt->lost == CLU_GMM_LOST_RESTART ? MORE_STARTS : 0);
    enum clu_status status = CLU_OK;

    for (size_t f = 0; f < s->opt->families; f++)
        clu_gmm_clear(&s->found[f]);
    for (size_t i = 0; i < most && (i < starts || wanting(s)) && status == CLU_OK; i++) {
        struct clu_err why = {0};
        enum clu_status found = find_start(s, k, i, &why);
        status = note(s, found, &why, err);
        for (size_t f = 0; f < s->opt->families && status == CLU_OK && found == CLU_OK; f++)
            if (i < starts || s->found[f].k == 0 || s->found[f].dropped > 0)
                status = try_family(s, f, k, err);
    }
    return status;
}

/* --- judging --- */

static enum clu_status judge(const struct search *s, struct clu_gmm_trial *t, const struct clu_gmm *g, struct clu_err *err)
{
    t->done = g->k > 0;
    t->loglik = t->bic = t->icl = t->aic = t->judged = NAN;
    t->parameters = clu_gmm_parameters(t->family, t->done ? g->k : t->k, s->x.cols, s->fit.noise);
    if (!t->done)
        return CLU_OK;
    t->k = g->k; /* fewer, where components may be dropped */
    t->converged = g->converged;
    t->loglik = g->loglik;
    t->bic = clu_gmm_bic(g);
    t->aic = clu_gmm_aic(g);
    t->iterations = g->iterations;
    return clu_gmm_icl(&t->icl, g, s->x, s->w, s->run, err);
}

static double merit(const struct clu_gmm_trial *t, int criterion)
{
    return criterion == CLU_GMM_AIC ? t->aic : criterion == CLU_GMM_ICL ? t->icl : t->bic;
}

/* Is a to be taken before b, for the same k? */
static bool before(const struct clu_gmm_trial *a, const struct clu_gmm_trial *b, int criterion)
{
    double x = merit(a, criterion), y = merit(b, criterion);

    return a->done && (!b->done || x > y || (x == y && a->parameters < b->parameters));
}

/* What the labels of g are like. */
static enum clu_status judge_labels(struct search *s, struct clu_criteria *c, const struct clu_gmm *g, struct clu_err *err)
{
    bool silhouette = s->opt->choose == CLU_BY_SILHOUETTE;
    enum clu_status status = clu_gmm_posterior(g, s->x, 0, s->x.rows, NULL, NULL, s->label, s->run, err);

    return status == CLU_OK ? clu_criteria_fit(c, s->x, s->label, g->k, silhouette, s->run, err) : status;
}

/* Is the best family of this k better than what there is? */
static enum clu_status compare(struct search *s, struct clu_gmm_trial *t, const struct clu_gmm *g, bool *better_k, struct clu_err *err)
{
    const struct clu_gmm_trial *best = &s->out->trial[s->out->chosen];
    enum clu_status status = CLU_OK;

    if (s->opt->choose != CLU_BY_BIC) {
        struct clu_criteria mine;
        status = judge_labels(s, &mine, g, err);
        t->judged = mine.value[s->opt->choose];
        *better_k = s->out->best.k == 0 || clu_criteria_better(&mine, &s->judged, s->opt->choose);
        if (*better_k)
            s->judged = mine;
    } else {
        *better_k = s->out->best.k == 0 || merit(t, s->opt->criterion) > merit(best, s->opt->criterion);
    }
    return status;
}

static enum clu_status judge_all(struct search *s, size_t k, struct clu_err *err)
{
    struct clu_gmm_search *out = s->out;
    struct clu_gmm_trial *first = out->trial + out->trials;
    size_t best = 0;
    bool better_k;
    enum clu_status status = CLU_OK;

    for (size_t f = 0; f < s->opt->families && status == CLU_OK; f++) {
        first[f] = (struct clu_gmm_trial){.k = k, .family = s->opt->family[f]};
        status = judge(s, &first[f], &s->found[f], err);
        best = before(&first[f], &first[best], s->opt->criterion) ? f : best;
    }
    out->trials += s->opt->families;
    if (status != CLU_OK || !first[best].done)
        return status;
    status = compare(s, &first[best], &s->found[best], &better_k, err);
    if (status == CLU_OK && better_k) {
        clu_gmm_clear(&out->best);
        out->best = s->found[best];
        s->found[best] = (struct clu_gmm){0};
        out->chosen = (size_t)(first + best - out->trial);
    }
    return status;
}

/* --- the search --- */

static enum clu_status search(struct search *s, struct clu_err *err)
{
    const struct clu_gmm_search_opt *opt = s->opt;
    enum clu_status status = CLU_OK;

    if (opt->fit.noise)
        status = open_noise(s, err);
    if (status == CLU_OK && opt->init == CLU_GMM_HC) /* half: some rows may be noise */
        status = clu_gmm_hc_grow(&s->hc, s->x, s->w, s->away, (double)s->k_hi < s->rows / 2 ? s->k_hi : opt->k_lo, s->run, err);
    for (size_t k = opt->k_lo; k <= s->k_hi && status == CLU_OK; k++) {
        status = try_starts(s, k, err);
        if (status == CLU_OK)
            status = judge_all(s, k, err);
    }
    if (status == CLU_OK && s->out->best.k == 0)
        status = clu_fail(err, CLU_DATA, "%s", s->first.msg);
    return status;
}

enum clu_status clu_gmm_search(struct clu_gmm_search *out, struct clu_view x, const double *w, const struct clu_gmm_search_opt *opt,
                               const struct clu_run *run, struct clu_err *err)
{
    struct search s = {.out = out, .x = x, .w = w, .opt = opt, .run = run};

    *out = (struct clu_gmm_search){0};
    enum clu_status status = open_search(&s, err);
    if (status == CLU_OK)
        status = search(&s, err);
    close_search(&s);
    if (status != CLU_OK)
        clu_gmm_search_clear(out);
    return status;
}
