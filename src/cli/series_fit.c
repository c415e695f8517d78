/* Sections: options, what the methods leave, methods, the number of clusters. */
#include "cli/series_fit.h"

#include "alg/density_peaks.h"
#include "alg/kshape.h"
#include "alg/pam.h"
#include "alg/series_clara.h"
#include "alg/series_kmeans.h"
#include "alg/spectral.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- options --- */

#define AT(field) offsetof(struct clu_cli_fit, field)

static const char *const method_words[] = {"ward",   "average", "complete", "single", "weighted", "pam", "clara",
                                           "kmeans", "kasba",   "kshape",   "peaks",  "spectral", "auto", NULL};
static const char *const index_words[] = {"silhouette", "dunn", "db", "ch", "cop", NULL};
static const char *const barycentre_words[] = {"dba", "subgradient", "kasba", NULL};

const struct clu_opt clu_cli_fit_opt[7] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_RANGE, .offset = AT(k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given),
     .help = "number of clusters, or a range such as 2..12, of which --choose takes the best"},
    {.name = "method", .type = CLU_OPT_WORD, .offset = AT(method), .arg = "WORD", .words = method_words,
     .help = "a tree by Ward's, average, complete, single or McQuitty's linkage; FasterPAM; CLARA; k-means around barycentres, plain or "
             "as KASBA; k-Shape; density peaks; spectral; or, by the number of series alone, ward up to 5000 and kasba beyond"},
    {.name = "height", .type = CLU_OPT_REAL, .offset = AT(height), .arg = "H", .lo = 0, .hi = 1e300, .given = 1 + AT(height_given),
     .help = "cut the tree at this height instead of into K clusters"},
    {.name = "choose", .type = CLU_OPT_WORD, .offset = AT(index), .arg = "WORD", .words = index_words, .given = 1 + AT(index_given),
     .help = "of a range of -k take the number of clusters with the largest silhouette, Dunn or Calinski-Harabasz index (ch), or the "
             "smallest Davies-Bouldin (db) or COP index; -p criteria shows all"},
    {.name = "barycentre", .type = CLU_OPT_WORD, .offset = AT(barycentre), .arg = "WORD", .words = barycentre_words,
     .given = 1 + AT(barycentre_given),
     .help = "how the mean of series is computed: DTW barycentre averaging (with any distance that warps), stochastic subgradient, or that of KASBA"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(nstart), .arg = "N", .lo = 1, .hi = 1e6, .given = 1 + AT(nstart_given),
     .help = "number of random starts of pam, kmeans, kasba and kshape; the best is kept (10)"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(max_iter), .arg = "N", .lo = 1, .hi = 1e9, .given = 1 + AT(max_iter_given),
     .help = "most iterations of pam, kmeans, kasba and kshape (100, for kmeans and kasba 300)"},
};

static bool has_centers(int method)
{
    return method == CLU_METHOD_KMEANS || method == CLU_METHOD_KASBA || method == CLU_METHOD_KSHAPE;
}

bool clu_method_is_tree(int method)
{
    return method <= CLU_METHOD_WEIGHTED;
}

const char *clu_method_name(int method)
{
    return method_words[method];
}

static bool has_range(const struct clu_cli_fit *args)
{
    return args->k.lo < args->k.hi;
}

void clu_fit_check(struct clu_cli *cli, const struct clu_cli_fit *args, struct clu_measure *m, bool distance_given, bool need_k)
{
    int method = args->method;

    if (method == CLU_METHOD_KSHAPE && !distance_given)
        m->kind = CLU_SERIES_SBD;
    if (method == CLU_METHOD_KSHAPE && m->kind != CLU_SERIES_SBD)
        clu_cli_usage(cli, "kshape has a distance of its own: no --distance but sbd");
    if ((method == CLU_METHOD_KMEANS || method == CLU_METHOD_KASBA) &&
        (m->kind == CLU_SERIES_SBD || m->kind == CLU_SERIES_SOFTDTW || m->kind == CLU_SERIES_GAK))
        clu_cli_usage(cli, "%s needs a warping path, which the distance does not have; for sbd there is --method=kshape",
                      method_words[method]);
    if (need_k && !args->k_given && !args->height_given)
        clu_cli_usage(cli, "option -k is required");
    if (args->k_given && args->height_given)
        clu_cli_usage(cli, "-k and --height exclude each other");
    if (args->height_given && !clu_method_is_tree(method))
        clu_cli_usage(cli, "--height cuts a tree: --method=ward, average, complete, single or weighted");
    if (args->index_given && !has_range(args))
        clu_cli_usage(cli, "--choose is for a range of -k");
    if (has_range(args) && args->k.lo < 2)
        clu_cli_usage(cli, "a range of -k begins with 2: one cluster has no silhouette");
    if ((args->nstart_given || args->max_iter_given) && method != CLU_METHOD_PAM && method != CLU_METHOD_AUTO && !has_centers(method))
        clu_cli_usage(cli, "--nstart and --max-iter are for pam, kmeans, kasba and kshape");
}

int clu_fit_method(const struct clu_cli_fit *args, const struct clu_measure *m, size_t n)
{
    bool path = clu_measure_has_path(m) || m->kind == CLU_SERIES_EUCLIDEAN || m->kind == CLU_SERIES_MANHATTAN;

    if (args->method != CLU_METHOD_AUTO)
        return args->method;
    if (n <= CLU_METHOD_AUTO_SERIES || args->height_given)
        return CLU_METHOD_WARD;
    return path ? CLU_METHOD_KASBA : m->kind == CLU_SERIES_SBD ? CLU_METHOD_KSHAPE : CLU_METHOD_CLARA;
}

bool clu_fit_needs_matrix(const struct clu_cli_fit *args, int method)
{
    return has_range(args) || !(has_centers(method) || method == CLU_METHOD_CLARA);
}

/* --- what the methods leave --- */

void clu_fit_clear(struct clu_fit *f)
{
    clu_free(f->label);
    clu_free(f->near);
    clu_free(f->medoid);
    clu_series_clear(&f->center);
    clu_linkage_clear(&f->tree);
    clu_free(f->curve);
    *f = (struct clu_fit){0};
}

static void take_pam(struct clu_fit *f, struct clu_pam *p)
{
    f->label = p->label;
    f->near = p->near;
    f->medoid = p->medoid;
    f->loss = p->loss;
    f->iterations = (size_t)ceil(p->passes);
    f->converged = p->converged;
    p->label = NULL;
    p->near = NULL;
    p->medoid = NULL;
    clu_pam_clear(p);
}

static void take_centers(struct clu_fit *f, struct clu_series_centers *c)
{
    f->label = c->label;
    f->near = c->near;
    f->center = c->center;
    f->loss = c->inertia;
    f->iterations = c->iterations;
    f->converged = c->converged;
    *c = (struct clu_series_centers){0};
}

/* A partition has the medoids of its clusters. */
static enum clu_status take_labels(struct clu_fit *f, const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err)
{
    f->medoid = clu_alloc(f->k, sizeof *f->medoid);
    f->near = clu_alloc(f->n, sizeof *f->near);
    if (!f->medoid || !f->near)
        return clu_fail_memory(err);
    enum clu_status status = clu_index_medoids(f->medoid, f->near, d, f->label, f->k, run, err);
    f->loss = 0;
    for (size_t i = 0; i < f->n && status == CLU_OK; i++)
        f->loss += f->near[i];
    f->converged = true;
    return status;
}

/* --- methods --- */

static enum clu_status check_count(size_t k, size_t n, struct clu_err *err)
{
    if (k > n)
        return clu_fail(err, CLU_DATA, "%zu cluster%s asked, but only %zu series", k, k == 1 ? "" : "s", n);
    return CLU_OK;
}

static enum clu_status fit_pam(struct clu_fit *f, const struct clu_cli_fit *args, const struct clu_condensed *d, const struct clu_run *run,
                               struct clu_err *err)
{
    struct clu_pam_opt opt = CLU_PAM_DEFAULT;
    struct clu_pam p = {0};

    opt.k = f->k;
    opt.nstart = args->nstart ? args->nstart : 10;
    opt.max_iter = args->max_iter ? args->max_iter : opt.max_iter;
    enum clu_status status = clu_pam_condensed(&p, d, NULL, &opt, run, err);
    if (status == CLU_OK)
        take_pam(f, &p);
    return status;
}

static enum clu_status fit_clara(struct clu_fit *f, const struct clu_series *x, const struct clu_measure *m, const struct clu_run *run,
                                 struct clu_err *err)
{
    struct clu_series_clara_opt opt = CLU_SERIES_CLARA_DEFAULT;
    struct clu_pam p = {0};

    opt.k = f->k;
    enum clu_status status = clu_series_clara(&p, x, m, &opt, run, err);
    if (status == CLU_OK)
        take_pam(f, &p);
    return status;
}

static enum clu_status fit_kmeans(struct clu_fit *f, const struct clu_cli_fit *args, const struct clu_series *x, const struct clu_measure *m,
                                  const struct clu_run *run, struct clu_err *err)
{
    struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
    struct clu_series_centers c = {0};

    opt.k = f->k;
    opt.nstart = args->nstart ? args->nstart : 10;
    opt.max_iter = args->max_iter ? args->max_iter : opt.max_iter;
    opt.barycentre.kind = f->method == CLU_METHOD_KASBA ? CLU_BARYCENTRE_KASBA : args->barycentre;
    enum clu_status status = clu_series_kmeans_fit(&c, NULL, x, m, &opt, run, err);
    if (status == CLU_OK)
        take_centers(f, &c);
    return status;
}

static enum clu_status fit_kshape(struct clu_fit *f, const struct clu_cli_fit *args, const struct clu_series *x, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct clu_kshape_opt opt = CLU_KSHAPE_DEFAULT;
    struct clu_series_centers c = {0};

    opt.k = f->k;
    opt.nstart = args->nstart ? args->nstart : opt.nstart;
    opt.max_iter = args->max_iter ? args->max_iter : opt.max_iter;
    enum clu_status status = clu_kshape_fit(&c, x, &opt, run, err);
    if (status == CLU_OK)
        take_centers(f, &c);
    return status;
}

static enum clu_status fit_peaks(struct clu_fit *f, const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err)
{
    struct clu_peaks p = {0};
    enum clu_status status = clu_peaks_fit(&p, d, f->k, 0.02, run, err);

    if (status != CLU_OK)
        return status;
    f->label = p.label;
    p.label = NULL;
    clu_peaks_clear(&p);
    return take_labels(f, d, run, err);
}

static enum clu_status fit_labels(struct clu_fit *f, const struct clu_measure *m, const struct clu_condensed *d, const struct clu_run *run,
                                  struct clu_err *err)
{
    f->label = clu_alloc(f->n, sizeof *f->label);
    if (!f->label)
        return clu_fail_memory(err);
    enum clu_status status = clu_method_is_tree(f->method) ? clu_linkage_cut(f->label, &f->tree, f->k, err)
                                                           : clu_spectral_fit(f->label, d, f->k, m->kind == CLU_SERIES_GAK, run, err);
    return status == CLU_OK ? take_labels(f, d, run, err) : status;
}

/* k clusters by out->method; a tree is there already. */
static enum clu_status fit_k(struct clu_fit *f, const struct clu_cli_fit *args, const struct clu_series *x, const struct clu_measure *m,
                             const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = check_count(f->k, f->n, err);

    if (status != CLU_OK)
        return status;
    switch (f->method) {
    case CLU_METHOD_PAM:
        return fit_pam(f, args, d, run, err);
    case CLU_METHOD_CLARA:
        return fit_clara(f, x, m, run, err);
    case CLU_METHOD_KMEANS:
    case CLU_METHOD_KASBA:
        return fit_kmeans(f, args, x, m, run, err);
    case CLU_METHOD_KSHAPE:
        return fit_kshape(f, args, x, run, err);
    case CLU_METHOD_PEAKS:
        return fit_peaks(f, d, run, err);
    default:
        return fit_labels(f, m, d, run, err);
    }
}

/* --- the number of clusters --- */

/* Everything that is of one number of clusters goes from one to the other. */
static void take_over(struct clu_fit *out, struct clu_fit *better)
{
    clu_free(out->label);
    clu_free(out->near);
    clu_free(out->medoid);
    clu_series_clear(&out->center);
    out->k = better->k;
    out->label = better->label;
    out->near = better->near;
    out->medoid = better->medoid;
    out->center = better->center;
    out->loss = better->loss;
    out->iterations = better->iterations;
    out->converged = better->converged;
    better->label = NULL;
    better->near = NULL;
    better->medoid = NULL;
    better->center = (struct clu_series){0};
}

/* Every k of the range; the best by the index is kept, the least k among equals. The largest comes first: more than there are series is
 * refused at once. */
static enum clu_status fit_range(struct clu_fit *out, const struct clu_cli_fit *args, const struct clu_series *x,
                                 const struct clu_measure *m, const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = check_count(args->k.hi, out->n, err);

    if (status != CLU_OK)
        return status;
    out->from = args->k.lo;
    out->tried = args->k.hi - args->k.lo + 1;
    out->curve = clu_alloc(out->tried * CLU_INDICES, sizeof *out->curve);
    if (!out->curve)
        return clu_fail_memory(err);
    for (size_t k = args->k.hi; k >= args->k.lo && status == CLU_OK; k--) {
        struct clu_fit one = {.method = out->method, .n = out->n, .k = k, .tree = out->tree};
        double *value = out->curve + (k - out->from) * CLU_INDICES;
        status = fit_k(&one, args, x, m, d, run, err);
        one.tree = (struct clu_linkage){0}; /* borrowed */
        if (status == CLU_OK)
            status = clu_index_fit(value, d, one.label, k, run, err);
        if (status == CLU_OK) {
            const double *best = out->label ? out->curve + (out->k - out->from) * CLU_INDICES : NULL;
            if (!best || !clu_index_better(best[args->index], value[args->index], args->index))
                take_over(out, &one);
        }
        clu_fit_clear(&one);
    }
    if (status == CLU_OK && isnan(out->curve[(out->k - out->from) * CLU_INDICES + (size_t)args->index]))
        status = clu_fail(err, CLU_DATA, "the %s is not defined for any number of clusters from %zu to %zu", index_words[args->index],
                          args->k.lo, args->k.hi);
    return status;
}

enum clu_status clu_fit_run(struct clu_fit *out, const struct clu_cli_fit *args, const struct clu_series *x, const struct clu_measure *m,
                            const struct clu_condensed *d, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    *out = (struct clu_fit){.method = clu_fit_method(args, m, d ? d->dist.n : x->n), .n = d ? d->dist.n : x->n, .k = args->k.hi};
    if (clu_method_is_tree(out->method))
        status = clu_linkage_fit(&out->tree, d, out->method, run, err);
    if (status == CLU_OK && args->height_given)
        out->k = clu_linkage_count(&out->tree, args->height);
    if (status == CLU_OK && out->k > 0)
        status = has_range(args) ? fit_range(out, args, x, m, d, run, err) : fit_k(out, args, x, m, d, run, err);
    if (status != CLU_OK)
        clu_fit_clear(out);
    return status;
}
