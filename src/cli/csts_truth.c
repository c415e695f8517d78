/* Sections: files, published subjects, one subject, clusterings. */
#include "cli/csts_truth.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

static _Noreturn void fail(struct clu_cli *cli, struct clu_err *err)
{
    clu_cli_fail(cli, err);
}

/* A subject's name as messages show it. */
#define SHOWN 80
static const char *show(const char *name, char out[4 * SHOWN + 4])
{
    return name ? clu_show(name, strlen(name), SHOWN, out) : "";
}

/* --- files --- */

static void forget_subject(struct clu_csts_known *k)
{
    clu_csts_labels_clear(&k->made);
    clu_csts_bench_clear(&k->bench);
    clu_free(k->subject);
    k->subject = NULL;
}

void clu_csts_known_clear(struct clu_csts_known *k)
{
    forget_subject(k);
    clu_coded_clear(&k->data);
    clu_csts_patterns_clear(&k->own);
    clu_clusterings_clear(&k->file);
    *k = (struct clu_csts_known){0};
}

/* The data, and what all their rows say. */
static void take_data(struct clu_csts_known *k, struct clu_cli *cli)
{
    struct clu_ranker w = {0};
    struct clu_err err = {0};
    struct clu_span all = {0, k->data.n};

    clu_cli_check(cli, clu_spearman(&k->data, &all, 1, &w, k->whole, &err), &err);
    for (size_t j = 0; j < clu_csts_pairs(k->data.d); j++)
        k->whole[j] = clu_csts_truncate(k->whole[j]);
    clu_ranker_clear(&w);
    k->rows = (struct clu_csts_rows_of){&k->data, k->whole};
}

static void read_truth(struct clu_csts_known *k, const struct clu_csts_source *from, struct clu_cli *cli)
{
    struct clu_read_opt opt = {.file = &from->truth, .files = 1, .delimiter = cli->input->delimiter};
    struct clu_err err = {0};

    clu_cli_check(cli, clu_clusterings_read(&k->file, &opt, from->truth_column, &cli->run, &err), &err);
    if (k->file.label.n > 0) {
        clu_fail(&err, CLU_DATA, "%s: true clusters are whole numbers from 0 on, the ids of patterns", k->file.name);
        fail(cli, &err);
    }
    for (size_t g = 1; g < k->file.n; g++)
        for (size_t h = 0; h < g; h++)
            if (!k->file.one[g].subject || strcmp(k->file.one[g].subject, k->file.one[h].subject) == 0) {
                clu_fail(&err, CLU_DATA, "%s: several clusterings of one subject; a truth is one", k->file.name);
                fail(cli, &err);
            }
    size_t d = 2;
    while (clu_csts_pairs(d) < k->file.one[0].t.pairs)
        d++;
    d = from->data ? k->data.d : d;
    clu_cli_check(cli, clu_segments_patterns(&k->own, d, &err), &err);
    k->patterns = &k->own;
}

void clu_csts_known_open(struct clu_csts_known *k, const struct clu_csts_source *from, struct clu_cli *cli)
{
    if (from->data) {
        clu_segments_data(&k->data, from->data, cli);
        take_data(k, cli);
    }
    if (from->truth)
        read_truth(k, from, cli);
    k->degrade = (struct clu_csts_degrade){.seed = 666};
}

/* --- published subjects --- */

static bool is_published(const char *name)
{
    for (int split = 0; split < 2; split++)
        for (size_t n = 0; n < CLU_CSTS_SUBJECTS; n++)
            if (strcmp(clu_csts_name((enum clu_csts_split)split, n), name) == 0)
                return true;
    return false;
}

static void make_subject(struct clu_csts_known *k, const struct clu_csts_source *from, struct clu_csts_pick pick, struct clu_cli *cli)
{
    struct clu_csts_subject s = {0};
    struct clu_csts_print unused = {0};
    struct clu_err err = {0};
    size_t number = clu_csts_subject_number(cli, &pick, true);

    clu_cli_check(cli, clu_csts_bench_published(&k->bench, pick.split, &err), &err);
    clu_cli_check(cli, clu_csts_bench_subject(&s, &unused, &k->bench, &pick, number, &cli->run, &err), &err);
    if (from->rows) {
        clu_coded_clear(&k->data);
        clu_cli_check(cli, clu_csts_bench_coded(&k->data, &s, &cli->run, &err), &err);
        take_data(k, cli);
    }
    clu_cli_check(cli, clu_csts_truth(&k->made, &s, k->rows.data, &cli->run, &err), &err);
    k->degrade = clu_csts_bench_degrade(&s, pick.reduced);
    k->truth = &k->made;
    k->patterns = &k->bench.recipe.patterns;
    clu_csts_subject_clear(&s);
}

/* --- one subject --- */

/* Give the true segments their correlations if they have none, and see that they fit the data. */
static void fit_truth(const struct clu_csts_known *k, struct clu_csts_labels *t, struct clu_cli *cli)
{
    const struct clu_coded *data = k->rows.data;
    size_t last = t->label[t->n - 1].end;
    struct clu_err err = {0};

    if (t->pairs == 0 && !data)
        clu_fail(&err, CLU_DATA, "%s: no correlations (columns r12, r13, ...); --data=FILE gives the rows that they are found in", k->file.name);
    else if (data && last >= data->n)
        clu_fail(&err, CLU_DATA, "%s: segments end at row %zu, but there are only %zu rows of data, counted from 0", k->file.name, last, data->n);
    else if (t->pairs == 0)
        clu_segments_correlate(t, k->patterns, data, &cli->run, &err);
    else if (data && t->pairs != clu_csts_pairs(data->d))
        clu_fail(&err, CLU_DATA, "%s: %zu correlations a segment, but %zu variates in the data; -c chooses them", k->file.name, t->pairs, data->d);
    if (err.code != CLU_OK)
        fail(cli, &err);
}

static void choose_truth(struct clu_csts_known *k, const struct clu_clustering *of, const char *input, struct clu_cli *cli)
{
    struct clu_err err = {0};
    char shown[4 * SHOWN + 4];
    size_t g = 0;

    while (k->file.n > 1 && g < k->file.n && !(of->subject && strcmp(k->file.one[g].subject, of->subject) == 0))
        g++;
    if (g == k->file.n) {
        clu_fail(&err, CLU_DATA, "%s: subject '%s' is not in %s", input, show(of->subject, shown), k->file.name);
        fail(cli, &err);
    }
    if (k->truth && k->truth != &k->file.one[g].t && k->rows.data) {
        clu_fail(&err, CLU_DATA, "%s: several subjects; --data is of one", input);
        fail(cli, &err);
    }
    fit_truth(k, &k->file.one[g].t, cli);
    k->truth = &k->file.one[g].t;
}

bool clu_csts_known_find(struct clu_csts_known *k, const struct clu_csts_source *from, const struct clu_clustering *of, const char *input,
                         struct clu_cli *cli)
{
    struct clu_csts_pick pick = from->pick;
    struct clu_err err = {0};
    char shown[4 * SHOWN + 4];

    if (k->ready && (!of->subject || strcmp(of->subject, k->subject) == 0))
        return false;
    if (from->pick.subject && k->ready) {
        clu_fail(&err, CLU_DATA, "%s: several subjects; --subject is one", input);
        fail(cli, &err);
    }
    forget_subject(k);
    if (of->subject && !(k->subject = clu_strndup(of->subject, strlen(of->subject))))
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    if (from->truth) {
        choose_truth(k, of, input, cli);
    } else {
        if (!pick.subject && !of->subject)
            clu_cli_usage(cli, "no truth: give --truth=FILE or --subject=NAME, or a table with a column subject_id");
        if (!pick.subject && !is_published(of->subject)) {
            clu_fail(&err, CLU_DATA, "%s: subject '%s' is not published; --truth=FILE says what is true of it", input, show(of->subject, shown));
            fail(cli, &err);
        }
        if (!pick.subject)
            pick.subject = of->subject;
        make_subject(k, from, pick, cli);
    }
    k->ready = true;
    return true;
}

/* --- clusterings --- */

void clu_csts_known_fit(const struct clu_csts_known *k, struct clu_clusterings *input, size_t g, struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_csts_labels *t = &input->one[g].t;
    size_t last = t->label[t->n - 1].end, rows = k->rows.data ? k->rows.data->n : k->truth->label[k->truth->n - 1].end + 1;

    if (input->by_row && last + 1 != rows)
        clu_fail(&err, CLU_DATA, "%s: %zu labels, but there are %zu rows", input->name, last + 1, rows);
    else if (k->rows.data && last >= rows)
        clu_fail(&err, CLU_DATA, "%s: segments end at row %zu, but there are only %zu rows of data, counted from 0", input->name, last, rows);
    else if (t->pairs == 0 && !k->rows.data)
        clu_fail(&err, CLU_DATA, "%s: no correlations (columns r12, r13, ...); --data=FILE gives the rows that they are found in", input->name);
    else if (t->pairs == 0)
        clu_segments_correlate(t, k->patterns, k->rows.data, &cli->run, &err);
    if (err.code == CLU_OK && t->pairs != k->truth->pairs)
        clu_fail(&err, CLU_DATA, "%s: %zu correlations a segment, but %zu in the truth", input->name, t->pairs, k->truth->pairs);
    if (err.code != CLU_OK)
        fail(cli, &err);
}
