/* Sections: labels, truth, data. */
#include "cli/evaluate.h"

#include "base/mem.h"
#include "io/prepare.h"
#include "io/source.h"
#include "tab/columns.h"

#include <string.h>

void clu_evaluation_clear(struct clu_evaluation *e)
{
    clu_labels_clear(&e->labels);
    clu_labels_clear(&e->truth_file);
    clu_partition_clear(&e->by_label);
    clu_partition_clear(&e->by_truth);
    clu_partition_clear(&e->judged);
    clu_contingency_clear(&e->counts);
    clu_table_clear(&e->data);
    clu_validity_clear(&e->validity);
    clu_free(e->keep);
    *e = (struct clu_evaluation){0};
}

/* --- labels --- */

static struct clu_read_opt file_opt(const struct clu_evaluate_opt *o, const struct clu_cli *cli, const char *const *file)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);

    opt.file = file;
    opt.files = 1;
    opt.ask.header = (enum clu_header)o->file_header;
    opt.ask.columns = NULL;
    opt.ask.ncolumns = 0;
    opt.keep_text = false;
    return opt;
}

static enum clu_na missing_labels(const struct clu_cli *cli)
{
    return cli->input->na == CLU_NA_ERROR ? CLU_NA_ERROR : CLU_NA_KEEP;
}

static enum clu_status read_truth(struct clu_evaluation *e, const struct clu_evaluate_opt *o, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = file_opt(o, cli, &o->truth);

    opt.na = missing_labels(cli);
    opt.ask.columns = &o->truth_column;
    opt.ask.ncolumns = o->truth_column ? 1 : 0;
    enum clu_status status = clu_read_labels(&e->truth_file, &opt, 1, "choose that of the truth with --truth-column", &cli->run, err);
    if (status != CLU_OK)
        return status;
    e->truth = &e->truth_file.col[0];
    e->truth_of = &e->truth_file;
    if (e->truth_file.rows != e->labels.rows)
        return clu_fail(err, CLU_DATA, "%s: %zu row%s, but %zu labels in %s", e->truth_file.name, e->truth_file.rows,
                        e->truth_file.rows == 1 ? "" : "s", e->labels.rows, e->labels.name);
    return CLU_OK;
}

/* Which of the columns that were read is which; both may be the same. */
static enum clu_status place_columns(struct clu_evaluation *e, const struct clu_evaluate_opt *o, bool chosen, struct clu_err *err)
{
    const struct clu_labels *l = &e->labels;
    size_t truth = l->columns - 1, at;

    if (o->truth_column && !o->truth && !chosen) { /* all columns: the truth is the one that has the name */
        enum clu_status status = clu_columns_one(&at, o->truth_column, (const char *const *)l->schema.name, l->schema.cols, err);
        if (status != CLU_OK)
            return status;
        truth = at == l->schema.pick[0] ? 0 : l->columns - 1;
    }
    e->label = &l->col[l->columns - 1 - truth];
    if (!o->truth && (o->truth_column || l->columns > 1)) {
        e->truth = &l->col[truth];
        e->truth_of = l;
    }
    return CLU_OK;
}

enum clu_status clu_evaluate_read(struct clu_evaluation *e, const struct clu_evaluate_opt *o, struct clu_cli *cli,
                                  struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    bool in_input = o->truth_column && !o->truth, chosen = o->label_column || (!o->data && cli->input->columns.n > 0);
    size_t n = o->data || o->label_column ? 0 : cli->input->columns.n;
    const char **column = clu_alloc(n + 2, sizeof *column);

    if (!column)
        return clu_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        column[i] = cli->input->columns.text[i];
    if (o->label_column)
        column[n++] = o->label_column;
    if (in_input && chosen)
        column[n++] = o->truth_column;
    else if (in_input && opt.ask.header == CLU_HEADER_AUTO && clu_columns_by_name(o->truth_column))
        opt.ask.header = CLU_HEADER_YES;
    opt.ask.columns = column;
    opt.ask.ncolumns = n;
    opt.na = missing_labels(cli);
    enum clu_status status =
        clu_read_labels(&e->labels, &opt, in_input || (!o->truth && !o->data) ? 2 : 1,
                        o->data ? "choose that of the labels with --label-column" : "choose that of the labels with -c", &cli->run, err);
    if (status == CLU_OK)
        status = place_columns(e, o, chosen, err);
    clu_free(column);
    if (status == CLU_OK && o->truth)
        status = read_truth(e, o, cli, err);
    if (status == CLU_OK && !e->truth && !o->data)
        status = clu_fail(err, CLU_USAGE, "nothing to compare the labels with: --truth, --data, or a second column");
    if (status == CLU_OK) {
        clu_cli_fact(cli, "header", "%s", e->labels.schema.header ? "yes" : "no");
        clu_cli_fact(cli, "rows", "%zu", e->labels.rows);
    }
    if (status == CLU_OK && !(e->keep = clu_alloc(e->labels.rows, 1)))
        status = clu_fail_memory(err);
    return status;
}

/* Records whose label is missing, or is noise that is dropped, do not count. */
static void leave_out(uint8_t *keep, const struct clu_evaluate_opt *o, const struct clu_label_column *c, size_t rows)
{
    int32_t noise = o->noise == CLU_NOISE_DROP ? clu_codes_find(&c->codes, 0) : -1;

    for (size_t i = 0; i < rows; i++)
        keep[i] &= c->code[i] >= 0 && c->code[i] != noise;
}

static enum clu_status divide(struct clu_partition *p, const struct clu_evaluate_opt *o, const struct clu_evaluation *e,
                              const struct clu_label_column *c, const struct clu_levels *level, struct clu_err *err)
{
    return clu_partition_make(p, &c->codes, level, c->code, e->keep, e->labels.rows, o->noise == CLU_NOISE_SINGLETONS, err);
}

/* --- truth --- */

enum clu_status clu_evaluate_truth(struct clu_evaluation *e, const struct clu_evaluate_opt *o, struct clu_cli *cli,
                                   struct clu_err *err)
{
    bool any = false;

    for (size_t i = 0; i < CLU_AGREE_MEASURES; i++)
        any |= o->agree.want[i];
    memset(e->keep, 1, e->labels.rows);
    leave_out(e->keep, o, e->label, e->labels.rows);
    leave_out(e->keep, o, e->truth, e->labels.rows);
    enum clu_status status = divide(&e->by_label, o, e, e->label, &e->labels.level, err);
    if (status == CLU_OK)
        status = divide(&e->by_truth, o, e, e->truth, &e->truth_of->level, err);
    if (status == CLU_OK && e->by_label.n == 0)
        return clu_fail(err, CLU_DATA, "no record has both labels");
    if (status == CLU_OK)
        status = clu_contingency_count(&e->counts, e->by_truth.label, e->by_label.label, e->by_label.n, e->by_truth.k,
                                       e->by_label.k, err);
    if (status == CLU_OK && any)
        status = clu_agree_fit(&e->agree, &e->counts, &o->agree, &cli->run, err);
    if (status != CLU_OK)
        return status;
    clu_cli_fact(cli, "records compared", "%zu", e->by_label.n);
    clu_cli_fact(cli, "classes", "%zu", e->by_truth.k);
    clu_cli_fact(cli, "clusters", "%zu", e->by_label.k);
    if (any) {
        clu_cli_fact(cli, "mutual information", "%.17g", e->agree.mi);
        clu_cli_fact(cli, "expected information", "%.17g", e->agree.expected);
        clu_cli_fact(cli, "entropy of the classes", "%.17g", e->agree.truth_entropy);
        clu_cli_fact(cli, "entropy of the clusters", "%.17g", e->agree.label_entropy);
    }
    return CLU_OK;
}

/* --- data --- */

/* The rows of the table that keep[] says, to its front. */
static void pack_rows(struct clu_table *t, const uint8_t *keep)
{
    size_t from = 0, to = 0, d = t->x.cols;

    for (size_t i = 0; i < t->rows; i++) {
        if (keep[i]) {
            if (from > to)
                memcpy(t->x.v + to * d, t->x.v + from * d, d * sizeof *t->x.v);
            to++;
        }
        from += !t->kept || t->kept[i];
    }
    t->x.rows = to;
}

static enum clu_status read_data(struct clu_evaluation *e, const struct clu_evaluate_opt *o, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = file_opt(o, cli, &o->data);
    struct clu_prepare p = {0};
    size_t rows = e->labels.rows;

    opt.ask.columns = cli->input->columns.text;
    opt.ask.ncolumns = cli->input->columns.n;
    enum clu_status status = clu_read_table(&e->data, &opt, &cli->run, err);
    if (status != CLU_OK)
        return status;
    if (e->data.rows != rows) {
        char *name = strcmp(o->data, "-") == 0 ? clu_strndup("stdin", 5) : clu_source_quote(o->data);
        clu_fail(err, CLU_DATA, "%s: %zu rows, but %zu labels in %s", name ? name : o->data, e->data.rows, rows, e->labels.name);
        clu_free(name);
        return CLU_DATA;
    }
    status = clu_prepare_fit(&p, &e->data, (enum clu_scaling)cli->input->scale, false, err);
    clu_prepare_clear(&p);
    memset(e->keep, 1, rows);
    leave_out(e->keep, o, e->label, rows);
    for (size_t i = 0; i < rows && e->data.kept; i++)
        e->keep[i] &= e->data.kept[i];
    pack_rows(&e->data, e->keep);
    if (status == CLU_OK && e->data.x.rows == 0)
        status = clu_fail(err, CLU_DATA, "no record has both a label and all values");
    return status;
}

enum clu_status clu_evaluate_data(struct clu_evaluation *e, const struct clu_evaluate_opt *o, struct clu_cli *cli,
                                  struct clu_err *err)
{
    enum clu_status status = read_data(e, o, cli, err);

    if (status == CLU_OK)
        status = divide(&e->judged, o, e, e->label, &e->labels.level, err);
    if (status == CLU_OK)
        status = clu_validity_fit(&e->validity, clu_mat_look(&e->data.x), e->judged.label, e->judged.k, &o->validity, &cli->run, err);
    if (status != CLU_OK)
        return status;
    clu_cli_fact(cli, "records judged", "%zu", e->validity.n);
    clu_cli_fact(cli, "clusters judged", "%zu", e->validity.k);
    clu_cli_fact(cli, "columns", "%zu", e->data.x.cols);
    return CLU_OK;
}
