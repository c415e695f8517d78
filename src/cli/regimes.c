/* Sections: options, reading, fitting, printing, the whole. */
#include "cli/regimes.h"

#include "alg/csts_label.h"
#include "alg/regime.h"
#include "alg/regime_start.h"
#include "base/mem.h"
#include "cli/csts_bench.h"
#include "cli/print.h"
#include "cli/regimes_model.h"
#include "cli/stream.h"

#include <math.h>
#include <string.h>

/* --- options --- */

const char *const clu_cli_model_word[] = {"distance", "correlation", "ticc", NULL};
static const char *const start_words[] = {"density", "patterns", "kmeans", NULL};
static const int start_how[] = {CLU_REGIME_DENSITY, CLU_REGIME_PATTERNS, CLU_REGIME_KMEANS};

#define AT(field) offsetof(struct clu_cli_regimes, field)
#define WANTED (1 + AT(wanted))

const struct clu_opt clu_cli_model_opt[1] = {
    {.name = "model", .type = CLU_OPT_WORD, .offset = AT(model), .arg = "WORD", .words = clu_cli_model_word,
     .help = "what a cluster is: series with small distances; or, of one series whose records are time points, the stretches in which its "
             "columns have the same correlations, found by normal scores, or by TICC"},
};

const struct clu_opt clu_cli_regimes_opt[8] = {
    {.name = "start", .type = CLU_OPT_WORD, .offset = AT(start), .arg = "WORD", .words = start_words, .given = WANTED,
     .help = "where correlations of windows begin: at dense places, which finds the number of clusters; at the nearest pattern of correlations; "
             "at k-means with -k clusters"},
    {.name = "radius", .type = CLU_OPT_REAL, .offset = AT(radius), .arg = "R", .lo = 1e-6, .hi = 2, .given = 1 + AT(radius_given),
     .help = "--start=density: clusters whose correlations differ by less are one"},
    {.name = "patterns", .type = CLU_OPT_FILE, .offset = AT(patterns), .arg = "FILE", .given = WANTED,
     .help = "the patterns, as csts --patterns prints them, instead of all that 2 or 3 columns can have"},
    {.name = "templates", .type = CLU_OPT_FLAG, .offset = AT(templates), .given = WANTED,
     .help = "the clusters are the patterns themselves, whatever the data say; labels are their places in the list"},
    {.name = "beta", .type = CLU_OPT_REAL, .offset = AT(beta), .arg = "X", .lo = 0, .hi = 1e300, .given = WANTED,
     .help = "the price of a change of cluster; otherwise 20, from 100,000 records on 80; of ticc 100, with --compat 400"},
    {.name = "min-length", .type = CLU_OPT_COUNT, .offset = AT(min_length), .arg = "N", .lo = 1, .hi = 1e9, .given = WANTED,
     .help = "least records of a stretch; otherwise 10, from 100,000 records on 30"},
    {.name = "ridge", .type = CLU_OPT_REAL, .offset = AT(ridge), .arg = "X", .lo = 1e-9, .hi = 1e9, .given = WANTED,
     .help = "added to the variances, which are 1, so that columns may be copies of each other"},
    {.name = "compat", .type = CLU_OPT_FLAG, .offset = AT(compat), .given = WANTED,
     .help = "ticc: as its authors' code does, on the numbers as they are"},
};

void clu_regimes_check(struct clu_cli *cli, const struct clu_cli_regimes *a)
{
    bool asks_k = a->compat || start_how[a->start] == CLU_REGIME_KMEANS;

    if (a->model == CLU_MODEL_DISTANCE) {
        if (a->wanted || a->radius_given || a->print == CLU_REGIMES_SEGMENTS)
            clu_cli_usage(cli, "--start, --radius, --patterns, --templates, --beta, --min-length, --ridge, --compat and -p segments are for "
                               "--model=correlation or ticc");
        return;
    }
    if (a->compat && a->model != CLU_MODEL_TICC)
        clu_cli_usage(cli, "--compat is for --model=ticc");
    if (a->templates && (a->start != 0 || a->k > 0 || a->assign || a->save || a->model != CLU_MODEL_CORRELATION))
        clu_cli_usage(cli, "--templates is for --model=correlation, without --start, -k, --assign or -m");
    if (a->compat && a->start != 0)
        clu_cli_usage(cli, "--compat starts from a mixture: no --start");
    if (a->radius_given && (start_how[a->start] != CLU_REGIME_DENSITY || a->templates || a->compat))
        clu_cli_usage(cli, "--radius is for --start=density");
    if (a->patterns && start_how[a->start] != CLU_REGIME_PATTERNS && !a->templates && a->print != CLU_REGIMES_CLUSTERS)
        clu_cli_usage(cli, "--patterns is for --start=patterns, --templates or -p clusters");
    if (a->k > 0 && !asks_k)
        clu_cli_usage(cli, "-k is for --start=kmeans and --compat; others find how many clusters there are");
    if (a->k == 0 && asks_k && !a->assign)
        clu_cli_usage(cli, "how many clusters? see -k");
    if (a->assign && (a->start != 0 || a->k > 0 || a->window > 0 || a->max_iter > 0 || !isnan(a->lambda) || a->compat || a->save))
        clu_cli_usage(cli, "--assign takes the clusters from the model: no --start, -k, --window, --max-iter, --lambda, --compat or -m");
    if (!isnan(a->lambda) && a->model != CLU_MODEL_TICC)
        clu_cli_usage(cli, "--lambda is for --model=ticc");
    if (cli->output->line_buffered)
        clu_cli_usage(cli, "with --model labels come when all is read: no --line-buffered");
    if (cli->output->append && a->print != CLU_REGIMES_LABELS)
        clu_cli_usage(cli, "--append prints labels, and nothing else");
}

/* --- reading --- */

/* The series, as it was read and as scores. */
struct series {
    struct clu_table t;       /* x: scores, unless they are not wanted */
    struct clu_coded coded;
    struct clu_prepare names;
    struct clu_csts_patterns patterns; /* n = 0: none are known */
    size_t *record;           /* [kept rows] where they are in the input; NULL: there they are */
};

static void clear_series(struct series *s)
{
    clu_table_clear(&s->t);
    clu_coded_clear(&s->coded);
    clu_prepare_clear(&s->names);
    clu_csts_patterns_clear(&s->patterns);
    clu_free(s->record);
}

static enum clu_status list_records(struct series *s, struct clu_err *err)
{
    size_t at = 0;

    if (!s->t.kept)
        return CLU_OK;
    s->record = clu_alloc(s->t.x.rows, sizeof *s->record);
    if (!s->record)
        return clu_fail_memory(err);
    for (size_t i = 0; i < s->t.rows; i++)
        if (s->t.kept[i])
            s->record[at++] = i;
    return CLU_OK;
}

static enum clu_status find_patterns(struct series *s, const struct clu_cli_regimes *a, const struct clu_run *run, struct clu_err *err)
{
    size_t d = s->t.x.cols;

    if (a->patterns)
        return clu_csts_patterns_read(&s->patterns, a->patterns, d, run, err);
    if (d <= 3)
        return clu_csts_patterns_enumerate(&s->patterns, d, err);
    if (a->templates || start_how[a->start] == CLU_REGIME_PATTERNS)
        return clu_fail(err, CLU_USAGE, "patterns of %zu columns need --patterns=FILE", d);
    return CLU_OK;
}

/* raw: no scores. */
static enum clu_status prepare(struct series *s, struct clu_cli *cli, const struct clu_cli_regimes *a, bool raw, struct clu_err *err)
{
    size_t d = s->t.x.cols;

    if (d < 2 || d > CLU_CSTS_VARIATES)
        return clu_fail(err, CLU_USAGE, "%zu column%s; correlations are of 2 to %d; choose with -c", d, d == 1 ? "" : "s", CLU_CSTS_VARIATES);
    enum clu_status status = find_patterns(s, a, &cli->run, err);
    if (status == CLU_OK)
        status = list_records(s, err);
    if (status == CLU_OK)
        status = clu_coded_make(&s->coded, clu_mat_look(&s->t.x), cli->run.threads, err);
    if (status == CLU_OK && !raw)
        status = clu_coded_scores(&s->coded, s->t.x.v, cli->run.threads, err);
    for (size_t j = 0; status == CLU_OK && j < d; j++)
        if (s->coded.levels[j] == 1)
            clu_cli_warn(cli, "column %zu is constant: it has no correlation", s->t.schema.pick[j] + 1);
    return status;
}

/* from, prepared: the model whose columns are wanted, or NULL. */
static enum clu_status read_series(struct series *s, struct clu_cli *cli, const char *from, struct clu_prepare *names, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    char before[600];

    opt.na_option = "--missing";
    if (from)
        clu_stream_ask(&opt, names, from, before, sizeof before);
    enum clu_status status = clu_read_table(&s->t, &opt, &cli->run, err);
    if (status == CLU_OK && from && s->t.x.cols != names->d)
        status = clu_fail(err, CLU_DATA, "%s has %zu columns, the input has %zu", from, names->d, s->t.x.cols);
    if (status == CLU_OK && !from)
        status = clu_prepare_names(names, &s->t.schema, err);
    return status;
}

/* --- fitting --- */

/* Measured on the published benchmark: any window does that most stretches have several of, and that is long enough for a correlation. */
static size_t window_of(size_t rows)
{
    size_t w = rows / 4200;
    return w < 15 ? 15 : w > 300 ? 300 : w;
}

static enum clu_status fit_correlation(struct clu_regimes *r, const struct series *s, const struct clu_cli_regimes *a,
                                       const struct clu_regime_opt *opt, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_view x = clu_mat_look(&s->t.x);
    struct clu_regime_start start = {.how = start_how[a->start], .patterns = &s->patterns, .radius = a->radius, .k = a->k,
                                     .window = a->window > 0 && a->model == CLU_MODEL_CORRELATION ? a->window : window_of(x.rows)};
    int32_t *label = clu_alloc(x.rows, sizeof *label);
    size_t k = 0;
    enum clu_status status = label ? clu_regime_start(label, &k, x, &start, &cli->run, err) : clu_fail_memory(err);

    if (status == CLU_OK)
        status = clu_regimes_fit(r, x, label, k, opt, &cli->run, err);
    clu_free(label);
    clu_cli_fact(cli, "window", "%zu", start.window);
    clu_cli_fact(cli, "clusters at the start", "%zu", k);
    return status;
}

/* Correlations that the patterns have in data made from them, and the ridge. Labels are the ids. */
static enum clu_status fit_templates(struct clu_regimes_found *f, const struct series *s, const struct clu_regime_opt *opt, struct clu_cli *cli,
                                     struct clu_err *err)
{
    const struct clu_csts_patterns *p = &s->patterns;
    size_t d = p->d;
    double variance[CLU_CSTS_VARIATES], r[CLU_CSTS_PAIRS], rank[CLU_CSTS_PAIRS], *c = clu_alloc(p->n, d * d * sizeof *c);

    if (!c)
        return clu_fail_memory(err);
    for (size_t k = 0; k < p->n; k++) {
        size_t pair = 0;
        clu_csts_population(p, k, variance, r, rank);
        for (size_t i = 0; i < d; i++) {
            c[(k * d + i) * d + i] = 1;
            for (size_t j = i + 1; j < d; j++, pair++)
                c[(k * d + i) * d + j] = c[(k * d + j) * d + i] = r[pair];
        }
    }
    enum clu_status status = clu_regimes_assign(&f->r, clu_mat_look(&s->t.x), c, p->n, opt, &cli->run, err);
    for (size_t i = 0; status == CLU_OK && i < f->n; i++)
        f->label[i] = p->id[f->r.from[f->r.label[i]]] - 1;
    clu_free(c);
    return status;
}

/* On scores; measured on the published benchmark, where 60 to 150 do as well from 100,000 records on, and more or less do not on 20,000. */
#define TICC_BETA 100

/* TICC from the stretches of equal correlation, or from a mixture. */
static enum clu_status fit_ticc(struct clu_regimes_found *f, const struct series *s, const struct clu_cli_regimes *a,
                                const struct clu_regime_opt *opt, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_ticc_opt t = CLU_TICC_DEFAULT;
    struct clu_regimes r = {0};
    enum clu_status status = a->compat ? CLU_OK : fit_correlation(&r, s, a, opt, cli, err);

    t.k = a->compat ? a->k : r.k;
    t.window = a->window > 0 ? a->window : t.window;
    t.lambda = isnan(a->lambda) ? t.lambda : a->lambda;
    t.compat = a->compat;
    t.beta = f->beta = !isnan(a->beta) ? a->beta : a->compat ? t.beta : TICC_BETA;
    t.max_iter = a->max_iter > 0 ? a->max_iter : t.max_iter;
    if (status == CLU_OK)
        status = clu_ticc_fit(&f->t, clu_mat_look(&s->t.x), r.label, &t, &cli->run, err);
    clu_regimes_clear(&r);
    return status == CLU_OK ? clu_regimes_number(f, clu_mat_look(&s->t.x), err) : status;
}

static enum clu_status fit(struct clu_regimes_found *f, const struct series *s, const struct clu_cli_regimes *a, struct clu_cli *cli,
                           struct clu_err *err)
{
    bool many = s->t.x.rows >= 100000;
    struct clu_regime_opt opt = {.beta = isnan(a->beta) ? (many ? 80 : 20) : a->beta,
                                 .ridge = a->ridge,
                                 .merge = start_how[a->start] == CLU_REGIME_DENSITY ? a->radius : 0,
                                 .min_length = a->min_length > 0 ? a->min_length : many ? 30 : 10,
                                 .max_iter = a->max_iter > 0 ? a->max_iter : 50};

    *f = (struct clu_regimes_found){.model = a->model, .n = s->t.x.rows, .beta = opt.beta, .min_length = opt.min_length};
    if (a->model == CLU_MODEL_TICC) {
        f->min_length = a->compat && a->min_length == 0 ? 1 : f->min_length;
        return fit_ticc(f, s, a, &opt, cli, err);
    }
    f->label = clu_alloc(f->n, sizeof *f->label);
    if (!f->label)
        return clu_fail_memory(err);
    enum clu_status status = a->templates ? fit_templates(f, s, &opt, cli, err) : fit_correlation(&f->r, s, a, &opt, cli, err);
    if (status == CLU_OK && !a->templates)
        memcpy(f->label, f->r.label, f->n * sizeof *f->label);
    f->iterations = f->r.iterations;
    f->converged = f->r.converged;
    f->cost = f->r.cost;
    return status;
}

/* --- printing --- */

/* Runs of equal labels with their correlations. */
static enum clu_status segments_of(struct clu_csts_labels *out, const struct series *s, const struct clu_regimes_found *f, const struct clu_run *run,
                                   struct clu_err *err)
{
    struct clu_csts_patterns none = {.d = s->coded.d, .pairs = clu_csts_pairs(s->coded.d)};
    enum clu_status status = clu_csts_labels_runs(out, f->label, f->n, none.pairs, err);

    return status == CLU_OK ? clu_csts_correlate(out, &none, &s->coded, run, err) : status;
}

static size_t place_of(const struct series *s, size_t row)
{
    return s->record ? s->record[row] : row;
}

static void print_segments(struct clu_cli *cli, const struct series *s, const struct clu_csts_labels *g)
{
    static const char *const head[] = {"id", "start idx", "end idx", "length", "cluster_id"};
    struct clu_cells c = clu_print_cells(cli, &s->t.schema);

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_csts_pair_heads(&c, "r", s->coded.d);
    clu_cells_end(&c);
    for (size_t i = 0; i < g->n; i++) {
        size_t start = place_of(s, g->label[i].start), end = place_of(s, g->label[i].end);
        clu_cell_int(&c, (long long)i);
        clu_cell_int(&c, (long long)start);
        clu_cell_int(&c, (long long)end);
        clu_cell_int(&c, (long long)(end - start) + 1);
        clu_cell_int(&c, (long long)g->label[i].cluster + 1);
        for (size_t j = 0; j < g->pairs; j++)
            clu_cell_number(&c, g->r[i * g->pairs + j]);
        clu_cells_end(&c);
    }
}

/* One cluster, if it has segments. span: scratch [g->n]. */
static enum clu_status print_cluster(struct clu_cells *c, const struct series *s, const struct clu_csts_labels *g, int32_t cluster,
                                     struct clu_span *span, struct clu_ranker *w, struct clu_err *err)
{
    double r[CLU_CSTS_PAIRS];
    size_t spans = 0, rows = 0;
    bool whole = true;

    for (size_t i = 0; i < g->n; i++)
        if (g->label[i].cluster == cluster) {
            span[spans] = (struct clu_span){g->label[i].start, g->label[i].end - g->label[i].start + 1};
            rows += span[spans++].rows;
        }
    if (spans == 0)
        return CLU_OK;
    enum clu_status status = clu_spearman(&s->coded, span, spans, w, r, err);
    if (status != CLU_OK)
        return status;
    clu_cell_int(c, (long long)cluster + 1);
    clu_cell_int(c, (long long)spans);
    clu_cell_int(c, (long long)rows);
    for (size_t j = 0; j < g->pairs; j++)
        whole = whole && !isnan(r[j]);
    if (s->patterns.n > 0 && whole)
        clu_cell_int(c, s->patterns.id[clu_csts_nearest(&s->patterns, r)]);
    else
        clu_cell_empty(c);
    for (size_t j = 0; j < g->pairs; j++)
        clu_cell_number(c, r[j]);
    clu_cells_end(c);
    return CLU_OK;
}

static enum clu_status print_clusters(struct clu_cli *cli, const struct series *s, const struct clu_csts_labels *g, struct clu_err *err)
{
    static const char *const head[] = {"cluster", "segments", "rows", "pattern"};
    struct clu_cells c = clu_print_cells(cli, &s->t.schema);
    struct clu_ranker w = {0};
    struct clu_span *span = clu_alloc(g->n, sizeof *span);
    enum clu_status status = span ? CLU_OK : clu_fail_memory(err);
    int32_t most = -1;

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_csts_pair_heads(&c, "r", s->coded.d);
    clu_cells_end(&c);
    for (size_t i = 0; i < g->n; i++)
        most = g->label[i].cluster > most ? g->label[i].cluster : most;
    for (int32_t k = -1; status == CLU_OK && k <= most; k++)
        status = print_cluster(&c, s, g, k, span, &w, err);
    clu_ranker_clear(&w);
    clu_free(span);
    return status;
}

static size_t clusters_of(const struct clu_csts_labels *g)
{
    size_t k = 0;

    for (size_t i = 0; i < g->n; i++) { /* the first of its cluster? */
        size_t j = 0;
        while (g->label[j].cluster != g->label[i].cluster)
            j++;
        k += j == i;
    }
    return k;
}

static void print_summary(struct clu_cli *cli, const struct series *s, const struct clu_regimes_found *f, const struct clu_csts_labels *g)
{
    static const char *const head[] = {"records", "columns", "segments", "clusters", "iterations", "converged", "cost"};
    struct clu_cells c = clu_print_cells(cli, &s->t.schema);

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_cells_end(&c);
    clu_cell_int(&c, (long long)s->t.rows);
    clu_cell_int(&c, (long long)s->coded.d);
    clu_cell_int(&c, (long long)g->n);
    clu_cell_int(&c, (long long)clusters_of(g));
    clu_cell_int(&c, (long long)f->iterations);
    clu_cell_str(&c, f->converged ? "yes" : "no");
    clu_cell_number(&c, f->cost);
    clu_cells_end(&c);
}

static enum clu_status show(struct clu_cli *cli, const struct series *s, const struct clu_regimes_found *f, int print, struct clu_err *err)
{
    struct clu_rows rows = {.rows = s->t.rows,
                            .kept = s->t.kept,
                            .id = s->t.schema.id != CLU_NO_COLUMN ? &s->t.id : NULL,
                            .text = cli->output->append ? &s->t.text : NULL};
    struct clu_csts_labels g = {0};

    if (print == CLU_REGIMES_LABELS) {
        clu_print_labels(cli, &s->t.schema, &rows, f->label, true);
        return CLU_OK;
    }
    enum clu_status status = segments_of(&g, s, f, &cli->run, err);
    if (status == CLU_OK && print == CLU_REGIMES_SEGMENTS)
        print_segments(cli, s, &g);
    else if (status == CLU_OK && print == CLU_REGIMES_CLUSTERS)
        status = print_clusters(cli, s, &g, err);
    else if (status == CLU_OK)
        print_summary(cli, s, f, &g);
    clu_csts_labels_clear(&g);
    return status;
}

/* --- the whole --- */

static void tell(struct clu_cli *cli, const struct series *s, const struct clu_regimes_found *f)
{
    clu_cli_fact(cli, "model", "%s", clu_cli_model_word[f->model]);
    clu_cli_fact(cli, "records", "%zu", s->t.rows);
    clu_cli_fact(cli, "records left out", "%zu", s->t.rows - s->t.x.rows);
    clu_cli_fact(cli, "columns", "%zu", s->t.x.cols);
    clu_cli_fact(cli, "beta", "%.17g", f->beta);
    clu_cli_fact(cli, "min length", "%zu", f->min_length);
    clu_cli_fact(cli, "iterations", "%zu", f->iterations);
    clu_cli_fact(cli, "converged", "%s", f->converged ? "yes" : "no");
    clu_cli_fact(cli, "cost", "%.17g", f->cost);
}

void clu_regimes_run(struct clu_cli *cli, const struct clu_cli_regimes *a)
{
    struct clu_err err = {0};
    struct clu_regimes_found f = {0};
    struct series s = {0};
    double began = clu_clock();

    if (a->assign)
        clu_cli_check(cli, clu_regimes_load(&f, &s.names, a->model, a->assign, &err), &err);
    clu_cli_check(cli, read_series(&s, cli, a->assign, &s.names, &err), &err);
    clu_cli_fact(cli, "read seconds", "%.4f", clu_clock() - began);
    clu_cli_check(cli, prepare(&s, cli, a, a->compat || f.t.compat, &err), &err);
    began = clu_clock();
    if (a->assign)
        clu_cli_check(cli, clu_regimes_apply(&f, clu_mat_look(&s.t.x), a->beta, a->min_length, &cli->run, &err), &err);
    else
        clu_cli_check(cli, fit(&f, &s, a, cli, &err), &err);
    clu_cli_fact(cli, "fit seconds", "%.4f", clu_clock() - began);
    tell(cli, &s, &f);
    if (!f.converged && !a->templates)
        clu_cli_warn(cli, "not converged; see --max-iter");
    clu_cli_check(cli, show(cli, &s, &f, a->print, &err), &err);
    if (a->save)
        clu_regimes_save(cli, a->save, &f, &s.names);
    clu_regimes_found_clear(&f);
    clear_series(&s);
}
