/* Sections: options, reading, facts. */
#include "cli/series.h"

#include "base/mem.h"

#include <string.h>

/* --- options --- */

#define AT(field) offsetof(struct clu_cli_series, field)

static const char *const missing_words[] = {"error", "interpolate", "arow", "drop", NULL};
static const char *const normalise_words[] = {"zscore", "minmax", "none", NULL};

const struct clu_opt clu_cli_series_form_opt[4] = {
    {.name = "label-column", .type = CLU_OPT_COLUMN, .offset = AT(label), .arg = "COL",
     .help = "this column is a class that is known (the first one of UCR files): it is no sample, and -p series shows it"},
    {.name = "channels", .type = CLU_OPT_COUNT, .offset = AT(channels), .arg = "C", .lo = 1, .hi = 1e5,
     .help = "a record holds C channels of equal width, one behind another"},
    {.name = "long", .type = CLU_OPT_TEXT, .offset = AT(longs), .arg = "COLS",
     .help = "a sample a record, in any order: the columns of the series' id, the time and the values (id,time,value...), one or more, a channel each"},
    {.name = "ts", .type = CLU_OPT_FLAG, .offset = AT(ts),
     .help = "the input is in the .ts format of aeon and sktime; otherwise told from its first bytes"},
};

const struct clu_opt clu_cli_series_scale_opt[3] = {
    {.name = "normalise", .type = CLU_OPT_WORD, .offset = AT(normalise), .arg = "WORD", .words = normalise_words,
     .help = "bring every channel of every series to mean 0 and standard deviation 1, or to 0 .. 1, or leave it as it is"},
    {.name = "missing", .type = CLU_OPT_WORD, .offset = AT(missing), .arg = "WORD", .words = missing_words,
     .help = "what a missing sample inside a series does: it is an error; the straight line between its neighbours stands for it; "
             "DTW-AROW matches it at no cost; its series is left out (and keeps its line, with an empty label)"},
    {.name = "resample", .type = CLU_OPT_COUNT, .offset = AT(resample), .arg = "L", .lo = 1, .hi = 1e8,
     .help = "bring all series to L samples by straight lines between neighbours"},
};

void clu_series_check(struct clu_cli *cli, const struct clu_cli_series *args, const struct clu_measure *m)
{
    const struct clu_cli_input *in = cli->input;
    bool rows = !args->longs && !args->ts;

    if (args->longs && args->ts)
        clu_cli_usage(cli, "--long and --ts exclude each other");
    if (!rows && (in->id || cli->output->append))
        clu_cli_usage(cli, "-i and --append are for a series a record: not with --%s", args->ts ? "ts" : "long");
    if (!rows && (args->label || args->channels > 1 || in->columns.n > 0))
        clu_cli_usage(cli, "-c, --label-column and --channels are for a series a record: not with --%s", args->ts ? "ts" : "long");
    if (args->ts && (in->delimiter || in->header != CLU_HEADER_AUTO || in->decimal_comma))
        clu_cli_usage(cli, "a .ts file has a form of its own: no delimiter, --header or --decimal-comma with --ts");
    if (args->missing == CLU_MISSING_AROW && m->kind != CLU_SERIES_DTW)
        clu_cli_usage(cli, "--missing=arow is for --distance=dtw");
    if (args->missing == CLU_MISSING_AROW && (m->symmetric2 || args->resample))
        clu_cli_usage(cli, "--missing=arow has no --step=symmetric2 or --resample");
}

/* --- reading --- */

static struct clu_series_opt series_opt(const struct clu_cli *cli, const struct clu_cli_series *args, const char *const *name)
{
    struct clu_series_opt opt = {.read = clu_cli_read_opt(cli), .channels = args->channels, .label = args->label, .longs = args->longs};
    static const enum clu_na na[] = {CLU_NA_ERROR, CLU_NA_KEEP, CLU_NA_KEEP, CLU_NA_DROP};

    opt.read.na = na[args->missing];
    opt.read.na_option = "--missing";
    if (*name) {
        opt.read.file = name;
        opt.read.files = 1;
        opt.read.keep_text = false;
    }
    opt.form = args->longs ? CLU_SERIES_LONG : args->ts ? CLU_SERIES_TS : CLU_SERIES_AUTO;
    return opt;
}

/* Gaps that are left where they mean nothing: between channels of unequal lengths, say. */
static enum clu_status check_gaps(const struct clu_set *set, const struct clu_cli_series *args, struct clu_err *err)
{
    const struct clu_series *x = &set->table.x;

    if (!x->gaps || args->missing == CLU_MISSING_AROW)
        return CLU_OK;
    for (size_t i = 0; i < x->n; i++)
        for (size_t at = x->at[i]; at < x->at[i + 1]; at++)
            if (x->v[at] != x->v[at])
                return clu_fail(err, CLU_DATA, "series %zu has missing samples; see --missing", clu_set_record(set, i) + 1);
    return CLU_OK;
}

static enum clu_status fill_gaps(struct clu_set *set, const struct clu_cli_series *args, struct clu_err *err)
{
    size_t which;

    if (args->missing == CLU_MISSING_INTERPOLATE && set->table.x.gaps && !clu_series_interpolate(&set->table.x, &which))
        return clu_fail(err, CLU_DATA, "series %zu has no sample in one of its channels", clu_set_record(set, which) + 1);
    return check_gaps(set, args, err);
}

static enum clu_status normalise(struct clu_set *set, const struct clu_cli_series *args, struct clu_err *err)
{
    struct clu_series *x = &set->table.x;
    size_t first;

    set->shift = clu_alloc(x->n * x->channels, sizeof *set->shift);
    set->scale = clu_alloc(x->n * x->channels, sizeof *set->scale);
    if (!set->shift || !set->scale)
        return clu_fail_memory(err);
    if (args->keep_input) {
        set->input = clu_alloc(x->at[x->n], sizeof *set->input);
        if (!set->input)
            return clu_fail_memory(err);
        memcpy(set->input, x->v, x->at[x->n] * sizeof *set->input);
    }
    clu_series_normalise(x, args->normalise, set->shift, set->scale, &set->constant, &first);
    if (set->constant > 0)
        set->first_constant = clu_set_record(set, first);
    return CLU_OK;
}

/* What was read becomes what is compared. */
static enum clu_status prepare(struct clu_set *set, const struct clu_cli *cli, const struct clu_cli_series *args, struct clu_err *err)
{
    enum clu_status status = CLU_OK;

    if (set->table.form == CLU_SERIES_TS && (cli->input->id || cli->output->append || args->label || args->channels > 1))
        return clu_fail(err, CLU_USAGE, "a .ts file has a form of its own: no -i, --append, --label-column or --channels");
    if (set->table.x.n == 0)
        return CLU_OK;
    status = fill_gaps(set, args, err);
    if (status == CLU_OK && args->resample > 0)
        status = clu_series_resample(&set->table.x, args->resample, err);
    return status == CLU_OK ? normalise(set, args, err) : status;
}

static void warn_constant(struct clu_cli *cli, size_t channels, size_t constant, size_t first)
{
    if (constant > 0)
        clu_cli_warn(cli, "%zu %s constant and became zeros: series %zu%s", constant,
                     channels > 1 ? (constant == 1 ? "channel is" : "channels are") : (constant == 1 ? "series is" : "series are"),
                     first + 1, constant == 1 ? "" : " is the first");
}

enum clu_status clu_set_read(struct clu_set *set, struct clu_cli *cli, const struct clu_cli_series *args, const char *name,
                             struct clu_err *err)
{
    struct clu_series_opt opt = series_opt(cli, args, &name);

    *set = (struct clu_set){0};
    enum clu_status status = clu_read_series(&set->table, &opt, &cli->run, err);
    if (status == CLU_OK)
        status = prepare(set, cli, args, err);
    if (status == CLU_OK)
        warn_constant(cli, set->table.x.channels, set->constant, set->first_constant);
    else
        clu_set_clear(set);
    return status;
}

struct stream {
    const struct clu_cli *cli;
    const struct clu_cli_series *args;
    enum clu_status (*use)(void *ctx, const struct clu_set *portion, struct clu_err *err);
    void *ctx;
    size_t channels, constant, first_constant;
};

static enum clu_status portion(void *ctx, struct clu_series_table *t, struct clu_err *err)
{
    struct stream *s = ctx;
    struct clu_set set = {.table = *t};
    bool late = set.table.form == CLU_SERIES_TS && s->cli->output->line_buffered; /* whole files are one portion */
    enum clu_status status = late ? clu_fail(err, CLU_USAGE, "--line-buffered is for a series a record: of a .ts file all labels come at the end")
                                  : prepare(&set, s->cli, s->args, err);

    if (status == CLU_OK)
        status = s->use(s->ctx, &set, err);
    if (s->constant == 0)
        s->first_constant = set.first_constant;
    s->constant += set.constant;
    s->channels = set.table.x.channels;
    *t = set.table;
    set.table = (struct clu_series_table){0};
    clu_set_clear(&set);
    return status;
}

/* Warnings come at the end: there is one for all portions. */
enum clu_status clu_set_stream(struct clu_cli *cli, const struct clu_cli_series *args,
                               enum clu_status (*use)(void *ctx, const struct clu_set *portion, struct clu_err *err), void *ctx,
                               struct clu_err *err)
{
    const char *name = NULL;
    struct clu_series_opt opt = series_opt(cli, args, &name);
    struct clu_series_table none;
    struct stream s = {.cli = cli, .args = args, .use = use, .ctx = ctx};

    opt.portion = portion;
    opt.ctx = &s;
    enum clu_status status = clu_read_series(&none, &opt, &cli->run, err);
    if (status == CLU_OK)
        warn_constant(cli, s.channels, s.constant, s.first_constant);
    return status;
}

void clu_set_clear(struct clu_set *set)
{
    clu_series_table_clear(&set->table);
    clu_free(set->shift);
    clu_free(set->scale);
    clu_free(set->input);
    *set = (struct clu_set){0};
}

/* --- facts --- */

size_t clu_set_record(const struct clu_set *set, size_t i)
{
    const uint8_t *kept = set->table.kept;
    size_t record = 0;

    if (!kept)
        return set->table.first + i;
    for (;; record++) /* the i-th that is there */
        if (kept[record] && i-- == 0)
            return set->table.first + record;
}

void clu_set_tell(struct clu_cli *cli, const struct clu_set *set)
{
    const struct clu_series *x = &set->table.x;
    size_t shortest = x->n ? x->longest : 0;

    for (size_t i = 0; i < x->n; i++)
        shortest = x->len[i] < shortest ? x->len[i] : shortest;
    clu_cli_fact(cli, "series", "%zu", set->table.rows);
    clu_cli_fact(cli, "series left out", "%zu", set->table.rows - x->n);
    clu_cli_fact(cli, "channels", "%zu", x->channels);
    clu_cli_fact(cli, "shortest", "%zu", shortest);
    clu_cli_fact(cli, "longest", "%zu", x->longest);
    clu_cli_fact(cli, "samples", "%zu", x->at[x->n]);
}
