/* pam - k-medoids clustering of the rows of a table, or by given dissimilarities. Sections: options, start, fit, the number of clusters, result,
 * main. */
#include "alg/pam.h"
#include "alg/rcompat.h"
#include "alg/score.h"
#include "base/mem.h"
#include "cli/choose.h"
#include "cli/medoids.h"
#include "cli/objects.h"
#include "cli/tool.h"
#include "num/rowset.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- options --- */

enum { PRINT_SILHOUETTE = CLU_MEDOIDS_SUMMARY + 1, PRINT_CRITERIA }; /* behind what clara and clarans print too */
enum compat { COMPAT_NONE = 0, COMPAT_R };

struct args {
    struct clu_pam_opt fit;
    struct clu_opt_range k;
    struct clu_cli_choose choose;
    const char *init;
    bool k_given, algorithm_given, init_given, nstart_given, search_given, float64, no_matrix;
    int print, compat;
    struct clu_cli_medoids medoids;
    struct clu_cli_metric metric;
    struct clu_cli_input input;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const algorithm_words[] = {"faster", "pam", "fast", "alternate", "fastermsc", NULL};
static const char *const init_words[] = {"random", "build", "lab", "kpp", "first", NULL};
static const char *const print_words[] = {"labels", "medoids", "clusters", "summary", "silhouette", "criteria", NULL};
static const char *const compat_words[] = {"none", "r", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_RANGE, .offset = AT(k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given),
     .help = "number of clusters, or a range such as 2..20, of which --choose takes the best (required, but for --assign)"},
    {.name = "algorithm", .type = CLU_OPT_WORD, .offset = AT(fit.algorithm), .arg = "WORD", .words = algorithm_words,
     .given = 1 + AT(algorithm_given),
     .help = "FasterPAM, the exact PAM, FastPAM2, alternating assignment and centering, or FasterMSC, which looks for the best medoid "
             "silhouette"},
    {.name = "init", .type = CLU_OPT_FILE, .offset = AT(init), .arg = "HOW", .given = 1 + AT(init_given),
     .help = "start from random rows (random), BUILD (build), BUILD on samples (lab), k-medoids++ (kpp), the first rows (first), or "
             "the K row numbers in FILE"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(fit.nstart), .arg = "N", .lo = 1, .hi = 1e9,
     .given = 1 + AT(nstart_given), .help = "number of random starts; the one with the least loss is kept. With more than one, FasterPAM also tries the way of R: BUILD, "
                                            "then the exact PAM"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(fit.max_iter), .arg = "N", .lo = 1, .hi = 1e9,
     .given = 1 + AT(search_given), .help = "most passes over all rows; for --algorithm=pam most swaps a cluster"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.tol), .arg = "X", .lo = 0, .hi = 1,
     .given = 1 + AT(search_given), .help = "a swap counts when it lowers the loss by more than X times the loss"},
    {.name = "float64", .type = CLU_OPT_FLAG, .offset = AT(float64),
     .help = "keep the distance matrix in doubles, twice the memory"},
    {.name = "no-matrix", .type = CLU_OPT_FLAG, .offset = AT(no_matrix),
     .help = "keep no distance matrix: compute distances again and again, in little memory"},
    {.name = "compat", .type = CLU_OPT_WORD, .offset = AT(compat), .arg = "WORD", .words = compat_words,
     .help = "r: the medoids that R's pam() finds, ties included"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a label a record, the medoids, the clusters' sizes and spreads, a summary of the search, the silhouette of "
             "each record, or the criteria of every number of clusters"},
};

static struct args args = {
    .fit = {.nstart = 1, .max_iter = 100, .tol = 1e-12}, .init = "random", .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Method", CLU_ROWS(method_opt), &args},
    {"Method", CLU_ROWS(clu_cli_choose_medoid_opt), &args.choose},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Dissimilarity", CLU_ROWS(clu_cli_metric_given_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_mixed_opt), &args.metric},
    {"Dissimilarity", CLU_ROWS(clu_cli_scale_opt), &args.input},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_medoids_opt), &args.medoids},
    {"Result", CLU_ROWS(clu_cli_append_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Result", CLU_ROWS(clu_cli_stream_opt), &args.output},
    {"Input", CLU_ROWS(clu_cli_table_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_id_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_weight_opt), &args.input},
    {"Input", CLU_ROWS(clu_cli_na_pair_opt), &args.metric},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "pam",
    .usage = "-k K [OPTION]... [FILE]...",
    .summary = "Cluster the rows of a table (CSV or TSV), or objects with given dissimilarities, around K of them, the medoids: print the "
               "number of a cluster, 1 to K, for each record.",
    .example = "pam -k 3 -c 1-4 iris.csv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* The word of --init, or CLU_PAM_GIVEN for a file. */
static int init_of(const char *text)
{
    int i = 0;

    while (init_words[i] && strcmp(text, init_words[i]) != 0)
        i++;
    return i;
}

static void check_compat(struct clu_cli *cli)
{
    if (args.algorithm_given || args.nstart_given || args.input.weight || args.k.lo < args.k.hi || args.no_matrix ||
        args.search_given || args.float64)
        clu_cli_usage(cli, "--compat=r is R's default pam(): no --algorithm, --nstart, --max-iter, --tol, --no-matrix, --float64, -w or "
                           "range of -k");
    if (args.init_given && args.fit.init != CLU_PAM_GIVEN && args.fit.init != CLU_PAM_BUILD)
        clu_cli_usage(cli, "--compat=r starts from BUILD or from a FILE");
}

static bool has_range(void)
{
    return args.k.lo < args.k.hi;
}

/* Is every number of clusters searched by itself? Otherwise DynMSC goes through a range. */
static bool by_criteria(void)
{
    return args.choose.by > 0;
}

static bool is_euclidean(void)
{
    return args.metric.metric == CLU_EUCLIDEAN || args.metric.metric == CLU_SQEUCLIDEAN;
}

static void check_criteria(struct clu_cli *cli)
{
    bool silhouette = args.choose.by == 1 + CLU_BY_SILHOUETTE;

    if (args.compat == COMPAT_R)
        clu_cli_usage(cli, "--compat=r is R's default pam(): no --choose");
    if (!silhouette && args.input.weight)
        clu_cli_usage(cli, "ch, db and bic count rows alike: no -w");
    if (!silhouette && !is_euclidean())
        clu_cli_usage(cli, "ch, db and bic are made of Euclidean distances; use --choose=silhouette");
}

/* Ranges of -k, and what they are chosen by. */
static void check_range(struct clu_cli *cli)
{
    if (args.choose.given && !has_range() && args.print != PRINT_CRITERIA)
        clu_cli_usage(cli, "--choose is for a range of -k or for -p criteria");
    if (args.print == PRINT_CRITERIA && !by_criteria())
        clu_cli_usage(cli, "-p criteria needs --choose=silhouette, ch, db or bic; the medoid silhouettes of a range are in -p summary");
    if (has_range() && args.algorithm_given && args.fit.algorithm != CLU_PAM_FASTERMSC && !by_criteria())
        clu_cli_usage(cli, "a range of -k is for --algorithm=fastermsc or --choose=silhouette, ch, db or bic");
    if (has_range() && args.k.lo < 2 && !by_criteria())
        clu_cli_usage(cli, "a range of -k begins with 2: one cluster has no silhouette");
    if (has_range() && args.fit.init == CLU_PAM_GIVEN)
        clu_cli_usage(cli, "a range of -k cannot start from a file");
    if (by_criteria())
        check_criteria(cli);
}

/* Requests that make no sense together. */
static void check_args(struct clu_cli *cli)
{
    bool random = args.fit.init == CLU_PAM_RANDOM || args.fit.init == CLU_PAM_LAB || args.fit.init == CLU_PAM_KPP;

    clu_medoids_check(cli, &args.medoids, args.k_given, args.print == CLU_MEDOIDS_LABELS, &args.metric);
    check_range(cli);
    if (args.nstart_given && args.fit.nstart > 1 && !random)
        clu_cli_usage(cli, "--nstart is for random starts");
    if (args.no_matrix && (args.metric.metric >= CLU_OBJECTS_PRECOMPUTED || args.float64))
        clu_cli_usage(cli, "--no-matrix is for coordinates, and has no --float64");
    if (args.medoids.save && args.metric.metric >= CLU_OBJECTS_PRECOMPUTED)
        clu_cli_usage(cli, "a model needs coordinates: no -m with given dissimilarities");
    if (args.compat == COMPAT_R)
        check_compat(cli);
}

/* --- start --- */

/* Row numbers of a file, as objects into start[k]. */
static enum clu_status read_start(size_t *start, const struct clu_objects *o, size_t k, const struct clu_run *run,
                                  struct clu_err *err)
{
    struct clu_read_opt opt = {.file = &args.init, .files = 1};
    const char *name = strcmp(args.init, "-") == 0 ? "stdin" : args.init;
    struct clu_table t;
    enum clu_status status = clu_read_table(&t, &opt, run, err);

    if (status != CLU_OK)
        return status;
    if (t.x.cols != 1)
        status = clu_fail(err, CLU_DATA, "%s: %zu columns, but a start is one column of row numbers", name, t.x.cols);
    else if (t.x.rows != k)
        status = clu_fail(err, CLU_DATA, "%s: %zu row number%s for %zu cluster%s", name, t.x.rows, t.x.rows == 1 ? "" : "s", k,
                          k == 1 ? "" : "s");
    struct clu_rowset seen = {0};
    if (status == CLU_OK && !o->has_square && clu_rowset_init(&seen, clu_mat_look(&o->table.x), k) < 0)
        status = clu_fail_memory(err);
    for (size_t i = 0; i < k && status == CLU_OK; i++) {
        double v = t.x.v[i];
        start[i] = v >= 1 && v <= (double)o->table.rows && v == (double)(size_t)v ? clu_objects_at(o, (size_t)v) : o->n;
        if (start[i] == o->n)
            status = clu_fail(err, CLU_DATA, "%s: %.17g is no row that is clustered", name, v);
        for (size_t j = 0; j < i && status == CLU_OK; j++)
            if (start[j] == start[i])
                status = clu_fail(err, CLU_DATA, "%s: row %.17g is there twice", name, v);
        size_t same = status == CLU_OK && !o->has_square ? clu_rowset_add(&seen, start[i]) : start[i];
        if (same != start[i])
            status = clu_fail(err, CLU_DATA, "%s: rows %zu and %.17g are equal", name, clu_objects_record(o, same), v);
    }
    clu_rowset_clear(&seen);
    clu_table_clear(&t);
    return status;
}

/* --- fit --- */

static enum clu_status fit_as_r(struct clu_pam *fit, const struct clu_dist *d,
                                const struct clu_run *run, struct clu_err *err)
{
    struct clu_rcompat_opt opt = CLU_RCOMPAT_DEFAULT;
    struct clu_rcompat r = {0};

    opt.k = args.fit.k;
    opt.start = args.fit.start;
    enum clu_status status = clu_rcompat_pam(&r, d, &opt, run, err);
    if (status == CLU_OK)
        status = clu_pam_of_r(fit, d, &r, run, err);
    clu_rcompat_clear(&r);
    return status;
}

static enum clu_status fit_objects(struct clu_pam *fit, const struct clu_objects *o, const struct clu_run *run,
                                   struct clu_err *err)
{
    struct clu_points points;
    struct clu_view x = clu_mat_look(&o->table.x);

    if (args.compat != COMPAT_R)
        return o->has_square ? clu_pam_square(fit, &o->square, o->table.weight, &args.fit, run, err)
                             : clu_pam_rows(fit, x, o->metric, o->table.weight, &args.fit, run, err);
    if (o->has_square)
        return fit_as_r(fit, &o->square.dist, run, err);
    enum clu_status status = clu_points_init(&points, o->metric, x, err);
    if (status == CLU_OK) {
        status = fit_as_r(fit, &points.dist, run, err);
        clu_points_clear(&points);
    }
    return status;
}

/* --- the number of clusters --- */

static enum clu_status silhouette_of(double *mean, const struct clu_objects *o, const struct clu_pam *fit, const struct clu_run *run,
                                     struct clu_err *err)
{
    struct clu_silhouette s = {0};
    enum clu_status status = clu_medoids_fit_silhouette(&s, o, fit, run, err);

    *mean = s.mean;
    clu_silhouette_clear(&s);
    return status;
}

/* Euclidean rows that count alike have all criteria; others the silhouette of their own dissimilarities. */
static enum clu_status criteria_of(struct clu_criteria *row, const struct clu_objects *o, const struct clu_pam *fit,
                                   const struct clu_run *run, struct clu_err *err)
{
    bool coordinates = is_euclidean() && !o->table.weight;
    bool own = !coordinates || args.metric.metric != CLU_EUCLIDEAN;
    bool silhouette = args.choose.by == 1 + CLU_BY_SILHOUETTE || args.print == PRINT_CRITERIA;
    enum clu_status status = CLU_OK;

    *row = (struct clu_criteria){.k = fit->k, .loss = fit->loss, .value = {NAN, NAN, NAN, NAN}};
    if (coordinates)
        status = clu_criteria_fit(row, clu_mat_look(&o->table.x), fit->label, fit->k, silhouette && !own, run, err);
    if (status == CLU_OK && silhouette && own)
        status = silhouette_of(&row->value[CLU_BY_SILHOUETTE], o, fit, run, err);
    return status;
}

/* What is asked for; with --choose the best of a range, and all rows of choice. */
static enum clu_status fit_range(struct clu_pam *fit, struct clu_choice *choice, const struct clu_objects *o,
                                 const struct clu_run *run, struct clu_err *err)
{
    size_t most = args.k.hi - args.k.lo + 1;

    if (!by_criteria())
        return fit_objects(fit, o, run, err);
    enum clu_status status = clu_choice_init(choice, args.choose.by - 1, most < o->n ? most : o->n, err);
    for (size_t k = args.k.hi; k >= args.k.lo && status == CLU_OK; k--) { /* more than there are rows are refused first */
        struct clu_pam other = {0};
        struct clu_criteria row;
        args.fit.k = k;
        status = fit_objects(&other, o, run, err);
        if (status == CLU_OK)
            status = criteria_of(&row, o, &other, run, err);
        if (status == CLU_OK && clu_choice_add(choice, &row)) {
            struct clu_pam worse = *fit;
            *fit = other;
            other = worse;
        }
        clu_pam_clear(&other);
    }
    return status == CLU_OK ? clu_choice_check(choice, err) : status;
}

/* --- result --- */

static enum clu_status print_clusters(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                                      struct clu_err *err)
{
    struct clu_spread *spread = clu_alloc(fit->k, sizeof *spread);
    struct clu_points points = {0};
    enum clu_status status = spread ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK && !o->has_square)
        status = clu_points_init(&points, o->metric, clu_mat_look(&o->table.x), err);
    if (status == CLU_OK)
        status = clu_spread_fit(spread, o->has_square ? &o->square.dist : &points.dist, fit->label, fit->k, &cli->run, err);
    if (status == CLU_OK)
        status = clu_medoids_clusters(cli, o, fit, spread, err);
    clu_points_clear(&points);
    clu_free(spread);
    return status;
}

static enum clu_status show(struct clu_cli *cli, const struct clu_objects *o, const struct clu_pam *fit,
                            const struct clu_choice *choice, struct clu_err *err)
{
    switch (args.print) {
    case CLU_MEDOIDS_CLUSTERS:
        return print_clusters(cli, o, fit, err);
    case PRINT_SILHOUETTE:
        return clu_medoids_silhouette(cli, o, fit, err);
    case PRINT_CRITERIA:
        clu_choose_print(cli, &o->table.schema, choice, "loss");
        return CLU_OK;
    default:
        return clu_medoids_print(cli, args.print, o, fit, args.medoids.distances, err);
    }
}

static void cluster(struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_objects o;
    struct clu_pam fit = {0};
    struct clu_choice choice = {0};
    size_t *start = NULL;
    double began = clu_clock();

    clu_cli_check(cli, clu_objects_read(&o, cli, &args.metric, &err), &err);
    double read = clu_clock();
    if (args.fit.init == CLU_PAM_GIVEN) {
        start = clu_alloc(args.fit.k, sizeof *start);
        clu_cli_check(cli, start ? read_start(start, &o, args.fit.k, &cli->run, &err) : clu_fail_memory(&err), &err);
        args.fit.start = start;
    }
    clu_cli_check(cli, fit_range(&fit, &choice, &o, &cli->run, &err), &err);
    if (!fit.converged)
        clu_cli_warn(cli, "not converged; see --max-iter");
    clu_medoids_tell(cli, &o, &fit, read - began, clu_clock() - read);
    if (choice.n > 0)
        clu_choose_tell(cli, &choice);
    clu_cli_check(cli, show(cli, &o, &fit, &choice, &err), &err);
    if (args.medoids.save)
        clu_medoids_save(cli, args.medoids.save, &o, &fit);
    clu_choice_clear(&choice);
    clu_pam_clear(&fit);
    clu_objects_clear(&o);
    clu_free(start);
}

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, &args.input, &args.output, &args.common, argc, argv);
    args.fit.init = init_of(args.init);
    check_args(&cli);
    args.fit.k = args.k.hi;
    if (has_range() && !by_criteria()) {
        args.fit.k_min = args.k.lo;
        args.fit.algorithm = CLU_PAM_FASTERMSC;
    }
    args.fit.kind = args.no_matrix ? CLU_CANDS_NONE : args.float64 ? CLU_CANDS_DOUBLE : CLU_CANDS_FLOAT;
    clu_cli_open_output(&cli);
    if (args.medoids.assign)
        clu_medoids_assign(&cli, args.medoids.assign, &args.metric);
    else
        cluster(&cli);
    clu_cli_end(&cli);
}
