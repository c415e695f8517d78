#include "cli/labels.h"

#include "base/mem.h"
#include "tab/columns.h"

#include <math.h>
#include <string.h>

/* Does a text of -c only say which columns not to take? */
static bool only_excludes(const char *text)
{
    bool all = *text == '!';

    for (; all && *text && *text != '='; text++)
        if (*text == ',' && text[1] != '!')
            all = false;
    return all;
}

/* Ask for the column of labels too, as texts. more[n + 1] is room for the list of columns. */
static void ask_for_labels(struct clu_read_opt *opt, const char *const *column, const char **more)
{
    bool excludes = true;

    opt->ask.nominal = column;
    opt->ask.nominals = 1;
    for (size_t i = 0; i < opt->ask.ncolumns; i++)
        excludes = excludes && only_excludes(opt->ask.columns[i]);
    if (excludes) /* it is there, with all the others */
        return;
    memcpy(more, opt->ask.columns, opt->ask.ncolumns * sizeof *more);
    more[opt->ask.ncolumns] = *column;
    opt->ask.columns = more;
    opt->ask.ncolumns++;
}

/* Take feature at out of the table. */
static enum clu_status take_out(struct clu_table *t, size_t at, struct clu_err *err)
{
    size_t *rest = clu_alloc(t->x.cols - 1, sizeof *rest);

    if (!rest)
        return clu_fail_memory(err);
    for (size_t j = 0; j + 1 < t->x.cols; j++)
        rest[j] = j < at ? j : j + 1;
    clu_table_keep(t, rest, t->x.cols - 1);
    clu_free(rest);
    return CLU_OK;
}

/* Clusters by first appearance among the rows that are kept; with --noise the text 0 is noise. */
struct numbers {
    struct clu_levels level;
    int32_t *number; /* of a level */
    size_t cap, k;
    bool noise;
};

static enum clu_status number_of(struct numbers *l, const char *text, size_t len, int32_t *label, struct clu_err *err)
{
    size_t before = l->level.text.n;
    uint32_t at;

    if (len == 0)
        return clu_fail(err, CLU_DATA, "a row has no label to start from");
    enum clu_status status = clu_levels_add(&l->level, text, len, &at, err);
    if (status == CLU_OK && l->level.text.n > before) {
        if (clu_reserve(&l->number, &l->cap, before + 1, sizeof *l->number) < 0)
            return clu_fail_memory(err);
        l->number[at] = l->noise && len == 1 && *text == '0' ? -1 : (int32_t)l->k++;
    }
    if (status == CLU_OK)
        *label = l->number[at];
    return status;
}

/* From feature at, or (no such feature) from the ids. */
static enum clu_status number_labels(int32_t *label, size_t *k, const struct clu_table *t, size_t at, bool noise, struct clu_err *err)
{
    struct numbers l = {.noise = noise};
    enum clu_status status = CLU_OK;
    size_t kept = 0;

    for (size_t i = 0; i < t->rows && status == CLU_OK; i++) {
        size_t len = 0;
        const char *text = "";
        if (t->kept && !t->kept[i])
            continue;
        double v = at < t->x.cols ? t->x.v[kept * t->x.cols + at] : (double)NAN;
        if (at == t->x.cols)
            text = clu_texts_at(&t->id, i, &len);
        else if (clu_level_is(v))
            text = clu_texts_at(&t->level.text, clu_level_of(v), &len);
        status = number_of(&l, text, len, &label[kept++], err);
    }
    *k = l.k;
    clu_levels_clear(&l.level);
    clu_free(l.number);
    return status == CLU_OK && *k == 0 ? clu_fail(err, CLU_DATA, "all labels to start from are noise") : status;
}

static enum clu_status take_labels(int32_t **label, size_t *k, struct clu_table *t, const char *name, bool noise, struct clu_err *err)
{
    size_t column, at = 0;
    enum clu_status status = clu_columns_one(&column, name, (const char *const *)t->schema.name, t->schema.cols, err);

    if (status != CLU_OK)
        return status;
    while (at < t->schema.picked && t->schema.pick[at] != column)
        at++;
    if (at == t->schema.picked && column != t->schema.id)
        return clu_fail(err, CLU_USAGE, "the column of labels is excluded, or is the weight");
    if (at < t->schema.picked && t->schema.picked == 1)
        return clu_fail(err, CLU_USAGE, "no column beside the labels");
    *label = clu_alloc(t->x.rows, sizeof **label);
    if (!*label)
        return clu_fail_memory(err);
    status = number_labels(*label, k, t, at, noise, err);
    if (status == CLU_OK && at < t->x.cols)
        status = take_out(t, at, err);
    return status;
}

enum clu_status clu_labels_read(struct clu_table *t, int32_t **label, size_t *k, const char *column, bool noise,
                                const struct clu_cli *cli, struct clu_err *err)
{
    struct clu_read_opt opt = clu_cli_read_opt(cli);
    const char **more = clu_alloc(opt.ask.ncolumns + 1, sizeof *more);

    *label = NULL;
    if (!more)
        return clu_fail_memory(err);
    if (column)
        ask_for_labels(&opt, &column, more);
    enum clu_status status = clu_read_table(t, &opt, &cli->run, err);
    if (status == CLU_OK && column)
        status = take_labels(label, k, t, column, noise, err);
    clu_free(more);
    return status;
}
