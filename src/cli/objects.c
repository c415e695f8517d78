/* Sections: options, rows under a metric, given dissimilarities, records. */
#include "cli/objects.h"

#include "base/mem.h"
#include "io/pairs.h"
#include "io/square.h"
#include "io/triangle.h"
#include "tab/number.h"

#include <string.h>

/* --- options --- */

#define METRICS \
    "euclidean", "sqeuclidean", "manhattan", "chebyshev", "minkowski:P", "cosine", "correlation", "canberra", "hamming", \
        "jaccard", "gower"

static const char *const metric_words[] = {METRICS, NULL};
static const char *const given_words[] = {METRICS, "precomputed", "condensed", "pairs", NULL};
static const char *const na_words[] = {"error", "drop", "mean", "pair", NULL};

#define AT(field) offsetof(struct clu_cli_metric, field)

const struct clu_opt clu_cli_metric_opt[1] = {
    {.name = "metric", .type = CLU_OPT_WORD, .offset = AT(metric), .arg = "WORD", .words = metric_words, .tail = 1 + AT(power),
     .help = "dissimilarity of two rows; minkowski:P is that of power P, such as minkowski:3"}};
const struct clu_opt clu_cli_metric_given_opt[2] = {
    {.name = "metric", .type = CLU_OPT_WORD, .offset = AT(metric), .arg = "WORD", .words = given_words, .tail = 1 + AT(power),
     .help = "dissimilarity of two rows (minkowski:P is that of power P), or no coordinates at all: a square of dissimilarities "
             "(precomputed), a triangle (condensed), or lines of id, id, dissimilarity (pairs)"},
    {.name = "directed", .type = CLU_OPT_FLAG, .offset = AT(directed),
     .help = "with --metric=pairs: a line holds for the first id as object and the second as medoid only"}};
const struct clu_opt clu_cli_mixed_opt[3] = {
    {.name = "nominal", .type = CLU_OPT_LIST, .offset = AT(nominal), .arg = "LIST",
     .help = "with gower and hamming: the values of these columns are names, even if they are numbers"},
    {.name = "ordered", .type = CLU_OPT_LIST, .offset = AT(ordered), .arg = "LIST",
     .help = "with gower: the values of these columns count by their rank"},
    {.name = "asymmetric", .type = CLU_OPT_LIST, .offset = AT(asymmetric), .arg = "LIST",
     .help = "with gower: columns of two values, where two rows that lack both say nothing"}};
const struct clu_opt clu_cli_na_pair_opt[1] = {
    {.name = "na", .type = CLU_OPT_WORD, .offset = AT(na), .arg = "WORD", .words = na_words, .given = 1 + AT(na_given),
     .help = "what a missing value does: it is an error, its row is dropped (and keeps its line, with an empty label), the column's "
             "mean stands for it, or a pair of rows is judged by what both have (pair: gower only, and its default)"}};

static bool is_given(const struct clu_cli_metric *m)
{
    return m->metric >= CLU_OBJECTS_PRECOMPUTED;
}

static bool takes_texts(const struct clu_cli_metric *m)
{
    return m->metric == CLU_GOWER || m->metric == CLU_HAMMING;
}

static bool is_fixed(const struct clu_cli_metric *m)
{
    return takes_texts(m) || m->metric == CLU_JACCARD || is_given(m);
}

static void check_missing(struct clu_cli *cli, const struct clu_cli_metric *m)
{
    if (!m->na_given)
        return;
    if (is_given(m) && m->na != CLU_NA_ERROR)
        clu_cli_usage(cli, "given dissimilarities cannot be missing: no --na=%s", na_words[m->na]);
    if (m->na == CLU_NA_KEEP && m->metric != CLU_GOWER)
        clu_cli_usage(cli, "--na=pair is for --metric=gower");
    if (m->na == CLU_NA_MEAN && takes_texts(m))
        clu_cli_usage(cli, "--na=mean cannot be used with --metric=%s", given_words[m->metric]);
}

void clu_objects_check(struct clu_cli *cli, const struct clu_cli_metric *m)
{
    const char *word = given_words[m->metric];
    double p = 0;

    if (m->power)
        p = clu_objects_metric(m).p;
    if (m->power && m->metric == CLU_MINKOWSKI && !(p >= 1))
        clu_cli_usage(cli, "the power of --metric=minkowski:P must be a number from 1 on");
    if (m->nominal.n > 0 && !takes_texts(m))
        clu_cli_usage(cli, "--nominal is for --metric=gower and --metric=hamming");
    if ((m->ordered.n > 0 || m->asymmetric.n > 0) && m->metric != CLU_GOWER)
        clu_cli_usage(cli, "--ordered and --asymmetric are for --metric=gower");
    if (m->directed && m->metric != CLU_OBJECTS_PAIRS)
        clu_cli_usage(cli, "--directed is for --metric=pairs");
    if (is_fixed(m) && cli->input->scale != CLU_SCALE_NONE)
        clu_cli_usage(cli, "--scale cannot be used with --metric=%s", word);
    if (m->metric == CLU_OBJECTS_CONDENSED || m->metric == CLU_OBJECTS_PAIRS) {
        if (cli->input->id || cli->output->append)
            clu_cli_usage(cli, "--metric=%s has no records of the objects: no --id or --append", word);
        if (cli->input->weight)
            clu_cli_usage(cli, "--metric=%s has no weights of the objects", word);
    }
    if (m->metric == CLU_OBJECTS_CONDENSED && (cli->input->columns.n > 0 || cli->input->header == CLU_HEADER_YES))
        clu_cli_usage(cli, "--metric=condensed has neither columns nor a header");
    check_missing(cli, m);
}

struct clu_metric clu_objects_metric(const struct clu_cli_metric *m)
{
    struct clu_metric metric = {.kind = (enum clu_metric_kind)m->metric};

    if (m->metric == CLU_MINKOWSKI && m->power &&
        clu_number_parse(m->power, strlen(m->power), '.', &metric.p) != CLU_NUMBER_OK)
        metric.p = 0;
    return metric;
}

struct clu_read_opt clu_objects_read_opt(const struct clu_cli *cli, const struct clu_cli_metric *m)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);

    opt.na = m->na_given || m->metric != CLU_GOWER ? (enum clu_na)m->na : CLU_NA_KEEP;
    if (cli->input->scale == CLU_SCALE_NONE)
        opt.direction = m->metric == CLU_COSINE        ? CLU_DIRECTION_NONZERO
                        : m->metric == CLU_CORRELATION ? CLU_DIRECTION_VARIED
                                                       : CLU_DIRECTION_ANY;
    opt.ask.text = takes_texts(m);
    opt.ask.nominal = m->nominal.text;
    opt.ask.nominals = m->nominal.n;
    return opt;
}

/* --- rows under a metric --- */

static enum clu_status keep_original(struct clu_objects *o, struct clu_err *err)
{
    const struct clu_mat *x = &o->table.x;

    o->original.cols = x->cols;
    if (clu_mat_reserve(&o->original, x->rows, false) < 0)
        return clu_fail_memory(err);
    o->original.rows = x->rows;
    memcpy(o->original.v, x->v, x->rows * x->cols * sizeof *x->v);
    return CLU_OK;
}

static enum clu_status settle_mixed(struct clu_objects *o, const struct clu_cli_metric *m, struct clu_err *err)
{
    struct clu_mixed_ask ask = {m->nominal.text, m->ordered.text, m->asymmetric.text,
                                m->nominal.n, m->ordered.n, m->asymmetric.n};
    enum clu_status status = clu_mixed_settle(&o->mixed, &o->table, &ask, err);

    o->metric.type = o->mixed.type;
    o->metric.range = o->mixed.range;
    return status;
}

static enum clu_status read_rows(struct clu_objects *o, struct clu_cli *cli, const struct clu_cli_metric *m, struct clu_err *err)
{
    struct clu_read_opt opt = clu_objects_read_opt(cli, m);
    enum clu_scaling scale = (enum clu_scaling)cli->input->scale;
    enum clu_status status = clu_read_table(&o->table, &opt, &cli->run, err);

    o->metric = clu_objects_metric(m);
    if (status == CLU_OK && takes_texts(m))
        status = settle_mixed(o, m, err);
    if (status == CLU_OK && scale != CLU_SCALE_NONE)
        status = keep_original(o, err);
    if (status == CLU_OK)
        status = clu_prepare_fit(&o->prepare, &o->table, scale, false, err);
    o->n = o->table.x.rows;
    return status;
}

/* --- given dissimilarities --- */

/* A record holds the object's dissimilarities to all medoids: rows of the square are the medoids'. */
static enum clu_status read_square(struct clu_objects *o, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);

    opt.nonnegative = true;
    enum clu_status status = clu_read_table(&o->table, &opt, &cli->run, err);
    if (status == CLU_OK)
        status = clu_square_check(&o->table, err);
    if (status != CLU_OK)
        return status;
    o->n = o->table.x.rows;
    clu_square_turn(o->table.x.v, o->n);
    clu_square_init(&o->square, o->table.x.v, o->n);
    o->table.x = (struct clu_mat){0};
    return CLU_OK;
}

static enum clu_status read_condensed(struct clu_objects *o, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_triangle t;
    enum clu_status status = clu_read_triangle(&t, &opt, &cli->run, err);

    if (status != CLU_OK)
        return status;
    o->table.schema.delimiter = ',';
    o->table.schema.id = o->table.schema.weight = CLU_NO_COLUMN;
    o->n = o->table.rows = t.n;
    status = clu_need(&cli->run, ((double)t.n * (double)t.n + (double)t.n * ((double)t.n - 1) / 2) * sizeof(double), err,
                      "the triangle and the square of %zu objects", t.n);
    if (status != CLU_OK) {
        clu_triangle_clear(&t);
        return status;
    }
    return clu_square_of_triangle(&o->square, t.v, t.n) ? CLU_OK : clu_fail_memory(err);
}

static enum clu_status read_pairs(struct clu_objects *o, struct clu_cli *cli, const struct clu_cli_metric *m, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    struct clu_pairs p;
    enum clu_status status = clu_read_pairs(&p, &opt, m->directed, &cli->run, err);

    if (status != CLU_OK)
        return status;
    o->n = p.id.n;
    o->table.rows = p.id.n;
    o->table.id = p.id;
    o->table.schema = p.schema;
    o->table.schema.id = p.schema.pick[0];
    clu_square_turn(p.v, o->n);
    clu_square_init(&o->square, p.v, o->n);
    return CLU_OK;
}

enum clu_status clu_objects_read(struct clu_objects *o, struct clu_cli *cli, const struct clu_cli_metric *m, struct clu_err *err)
{
    enum clu_status status;

    *o = (struct clu_objects){.has_square = is_given(m)};
    switch (m->metric) {
    case CLU_OBJECTS_PRECOMPUTED:
        status = read_square(o, cli, err);
        break;
    case CLU_OBJECTS_CONDENSED:
        status = read_condensed(o, cli, err);
        break;
    case CLU_OBJECTS_PAIRS:
        status = read_pairs(o, cli, m, err);
        break;
    default:
        status = read_rows(o, cli, m, err);
    }
    return status;
}

void clu_objects_clear(struct clu_objects *o)
{
    clu_table_clear(&o->table);
    clu_mat_clear(&o->original);
    clu_prepare_clear(&o->prepare);
    clu_mixed_clear(&o->mixed);
    clu_square_clear(&o->square);
    *o = (struct clu_objects){0};
}

/* --- records --- */

size_t clu_objects_record(const struct clu_objects *o, size_t i)
{
    size_t at = 0;

    if (!o->table.kept)
        return i + 1;
    for (size_t left = i + 1; at < o->table.rows && left > 0; at++)
        left -= o->table.kept[at];
    return at;
}

size_t clu_objects_at(const struct clu_objects *o, size_t record)
{
    size_t at = 0;

    if (record == 0 || record > o->table.rows || (o->table.kept && !o->table.kept[record - 1]))
        return o->n;
    if (!o->table.kept)
        return record - 1;
    for (size_t i = 0; i + 1 < record; i++)
        at += o->table.kept[i];
    return at;
}
