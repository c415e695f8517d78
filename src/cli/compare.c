/* Sections: columns, keys, reading, testing, printing. */
#include "cli/compare.h"

#include "base/mem.h"
#include "cli/print.h"
#include "cli/require.h"
#include "io/source.h"
#include "num/median.h"
#include "num/power.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- columns --- */

enum { KEYS = 2 };
static const char *const key_name[KEYS] = {"subject_id", "clustering_desc"};

#define ABSENT ((size_t)-1)

/* Every column is a feature here, in the order of the file. */
static size_t find(const struct clu_table *t, const char *name)
{
    for (size_t c = 0; c < t->x.cols; c++)
        if (strcmp(t->schema.name[c], name) == 0)
            return c;
    return ABSENT;
}

static double cell(const struct clu_table *t, size_t row, size_t column)
{
    return t->x.v[row * t->x.cols + column];
}

static bool has_numbers(const struct clu_table *t, size_t column)
{
    bool any = false;

    for (size_t c = 0; c < KEYS; c++)
        if (strcmp(t->schema.name[column], key_name[c]) == 0)
            return false;
    for (size_t i = 0; i < t->x.rows; i++) {
        double x = cell(t, i, column);
        if (clu_level_is(x))
            return false;
        any = any || !isnan(x);
    }
    return any;
}

/* All measures, and their names[measures], which are the caller's to free. */
static enum clu_status find_measures(struct clu_compare *c, const char ***names, struct clu_err *err)
{
    const struct clu_table *a = &c->table[0], *b = &c->table[1];

    for (int side = 0; side < 2; side++)
        c->column[side] = clu_alloc(a->x.cols, sizeof *c->column[side]);
    *names = clu_alloc(a->x.cols, sizeof **names);
    if (!c->column[0] || !c->column[1] || !*names)
        return clu_fail_memory(err);
    for (size_t j = 0; j < a->x.cols; j++) {
        const char *name = a->schema.name[j];
        size_t other = find(b, name);
        if (find(a, name) != j || other == ABSENT || !has_numbers(a, j) || !has_numbers(b, other))
            continue;
        (*names)[c->measures] = name;
        c->column[0][c->measures] = j;
        c->column[1][c->measures++] = other;
    }
    return CLU_OK;
}

/* Those of the list only, in its order. */
static enum clu_status choose_measures(struct clu_compare *c, const char *list, const char *const *names, struct clu_err *err)
{
    size_t chosen = 0, *order = clu_alloc(c->measures, sizeof *order);
    enum clu_status status = order ? CLU_OK : clu_fail_memory(err);

    for (const char *s = list; s && status == CLU_OK;) {
        size_t len = strcspn(s, ","), i = clu_figure_find(s, len, names, c->measures);
        if (i == c->measures)
            status = clu_figure_unknown(s, len, names, c->measures, err);
        for (size_t j = 0; j < chosen && status == CLU_OK; j++)
            if (order[j] == i)
                status = clu_fail(err, CLU_USAGE, "measure %s is listed twice", names[i]);
        if (status == CLU_OK)
            order[chosen++] = i;
        s = s[len] ? s + len + 1 : NULL;
    }
    for (int side = 0; side < 2 && status == CLU_OK; side++) {
        size_t *column = c->column[side];
        c->column[side] = clu_alloc(chosen, sizeof *column);
        for (size_t j = 0; j < chosen && c->column[side]; j++)
            c->column[side][j] = column[order[j]];
        clu_free(column);
        if (!c->column[side])
            status = clu_fail_memory(err);
    }
    c->measures = chosen;
    clu_free(order);
    return status;
}

/* --- keys --- */

/* What a row is: a number or a text from each key column. */
struct key {
    double number[KEYS];
    const char *text[KEYS]; /* NULL: a number */
    size_t len[KEYS], parts, row;
};

static int compare_part(const struct key *a, const struct key *b, size_t i)
{
    if (!a->text[i] || !b->text[i])
        return a->text[i] || b->text[i] ? (a->text[i] ? 1 : -1) : (a->number[i] > b->number[i]) - (a->number[i] < b->number[i]);
    size_t len = a->len[i] < b->len[i] ? a->len[i] : b->len[i];
    int order = memcmp(a->text[i], b->text[i], len);
    return order ? order : (a->len[i] > b->len[i]) - (a->len[i] < b->len[i]);
}

static int by_key(const void *x, const void *y)
{
    const struct key *a = x, *b = y;
    int order = 0;

    for (size_t i = 0; i < a->parts && order == 0; i++)
        order = compare_part(a, b, i);
    return order;
}

/* For a message: "apricot-waterfall-16, wrong-clusters-3". */
static const char *show_key(const struct key *k, char out[512])
{
    size_t used = 0;

    for (size_t i = 0; i < k->parts; i++) {
        char shown[4 * 48 + 4], text[CLU_NUMBER_TEXT];
        const char *s = k->text[i] ? k->text[i] : text;
        size_t len = k->text[i] ? k->len[i] : clu_number_format(k->number[i], text);
        used += (size_t)snprintf(out + used, 512 - used, "%s%s", i ? ", " : "", clu_show(s, len, 48, shown));
    }
    return out;
}

/* The keys of a table, sorted: by the columns at[parts]. */
static enum clu_status make_keys(struct key *key, const struct clu_table *t, const size_t *at, size_t parts, const char *input,
                                 struct clu_err *err)
{
    char text[512];

    for (size_t i = 0; i < t->x.rows; i++) {
        key[i] = (struct key){.parts = parts, .row = i};
        for (size_t j = 0; j < parts; j++) {
            double x = cell(t, i, at[j]);
            if (clu_level_is(x))
                key[i].text[j] = clu_texts_at(&t->level.text, clu_level_of(x), &key[i].len[j]);
            else if (isnan(x))
                return clu_fail(err, CLU_DATA, "%s: row %zu: no %s", input, i + 1, t->schema.name[at[j]]);
            else
                key[i].number[j] = x;
        }
    }
    qsort(key, t->x.rows, sizeof *key, by_key);
    for (size_t i = 1; i < t->x.rows; i++)
        if (by_key(&key[i - 1], &key[i]) == 0)
            return clu_fail(err, CLU_DATA, "%s: two rows of %s", input, show_key(&key[i], text));
    return CLU_OK;
}

static enum clu_status match_keys(struct clu_compare *c, const struct key *a, const struct key *b, const char *const *input,
                                  struct clu_err *err)
{
    size_t n = c->table[0].x.rows, m = c->table[1].x.rows;
    char text[512];

    for (size_t i = 0; i < n || i < m; i++) {
        int order = i == n ? 1 : i == m ? -1 : by_key(&a[i], &b[i]);
        if (order != 0)
            return clu_fail(err, CLU_DATA, "%s: no row of %s, as %s has", input[order < 0], show_key(order < 0 ? &a[i] : &b[i], text),
                            input[order > 0]);
        c->row[0][i] = a[i].row;
        c->row[1][i] = b[i].row;
    }
    return CLU_OK;
}

static enum clu_status pair_rows(struct clu_compare *c, const char *const *input, struct clu_err *err)
{
    size_t at[2][KEYS], parts = 0, n = c->table[0].x.rows, m = c->table[1].x.rows;

    for (size_t j = 0; j < KEYS; j++) {
        at[0][parts] = find(&c->table[0], key_name[j]);
        at[1][parts] = find(&c->table[1], key_name[j]);
        parts += at[0][parts] != ABSENT && at[1][parts] != ABSENT;
    }
    if (parts == 0 && n != m)
        return clu_fail(err, CLU_DATA, "%s has %zu rows and %s %zu, and no column says which belong together", input[0], n, input[1], m);
    struct key *a = clu_alloc(n, sizeof *a), *b = clu_alloc(m, sizeof *b);
    c->row[0] = clu_alloc(n, sizeof *c->row[0]);
    c->row[1] = clu_alloc(n, sizeof *c->row[1]);
    enum clu_status status = a && b && c->row[0] && c->row[1] ? CLU_OK : clu_fail_memory(err);
    c->pairs = status == CLU_OK ? n : 0;
    for (size_t i = 0; i < c->pairs && parts == 0; i++)
        c->row[0][i] = c->row[1][i] = i;
    if (status == CLU_OK && parts > 0)
        status = make_keys(a, &c->table[0], at[0], parts, input[0], err);
    if (status == CLU_OK && parts > 0)
        status = make_keys(b, &c->table[1], at[1], parts, input[1], err);
    if (status == CLU_OK && parts > 0)
        status = match_keys(c, a, b, input, err);
    clu_free(a);
    clu_free(b);
    return status;
}

/* --- reading --- */

void clu_compare_clear(struct clu_compare *c)
{
    for (int side = 0; side < 2; side++) {
        clu_table_clear(&c->table[side]);
        clu_free(c->row[side]);
        clu_free(c->column[side]);
    }
    *c = (struct clu_compare){0};
}

static enum clu_status read_one(struct clu_table *t, const char *file, char delimiter, const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {.file = &file, .files = file != NULL, .delimiter = delimiter, .na = CLU_NA_KEEP,
                               .na_values = ",NA,NaN,null,Inf,-Inf", /* infinite figures have no rank either */
                               .ask = {.header = CLU_HEADER_YES, .text = true}};

    return clu_read_table(t, &opt, run, err);
}

enum clu_status clu_compare_read(struct clu_compare *c, const char *a, const char *b, const char *measures, char delimiter,
                                 const struct clu_run *run, struct clu_err *err)
{
    char *quoted[2] = {a && strcmp(a, "-") != 0 ? clu_source_quote(a) : NULL, strcmp(b, "-") != 0 ? clu_source_quote(b) : NULL};
    const char *input[2] = {quoted[0] ? quoted[0] : "stdin", quoted[1] ? quoted[1] : "stdin"}, **names = NULL;

    *c = (struct clu_compare){0};
    enum clu_status status = read_one(&c->table[0], a, delimiter, run, err);
    if (status == CLU_OK)
        status = read_one(&c->table[1], b, delimiter, run, err);
    if (status == CLU_OK)
        status = find_measures(c, &names, err);
    if (status == CLU_OK && c->measures == 0)
        status = clu_fail(err, CLU_DATA, "%s and %s have no column of numbers in common", input[0], input[1]);
    if (status == CLU_OK && measures)
        status = choose_measures(c, measures, names, err);
    if (status == CLU_OK)
        status = pair_rows(c, input, err);
    if (status != CLU_OK)
        clu_compare_clear(c);
    clu_free(names);
    clu_free(quoted[0]);
    clu_free(quoted[1]);
    return status;
}

/* --- testing --- */

enum clu_status clu_compare_measure(struct clu_compared *out, const struct clu_compare *c, size_t i, double alpha, size_t tests,
                                    struct clu_err *err)
{
    double *v[2] = {clu_alloc(c->pairs, sizeof **v), clu_alloc(c->pairs, sizeof **v)};
    enum clu_status status = v[0] && v[1] ? CLU_OK : clu_fail_memory(err);
    size_t n = 0;

    *out = (struct clu_compared){.power = NAN, .needed = NAN};
    for (size_t k = 0; k < c->pairs && status == CLU_OK; k++) {
        double x[2];
        for (int side = 0; side < 2; side++)
            x[side] = cell(&c->table[side], c->row[side][k], c->column[side][i]);
        if (isnan(x[0]) || isnan(x[1]))
            continue;
        v[0][n] = x[0];
        v[1][n++] = x[1];
    }
    if (status == CLU_OK)
        status = clu_signed_rank(&out->test, v[0], v[1], n, err);
    if (status == CLU_OK) {
        for (int side = 0; side < 2; side++)
            out->median[side] = n > 0 ? clu_median(v[side], n) : NAN;
        out->p_bonferroni = fmin(1, out->test.p * (double)tests);
        if (out->test.nonzero > 0) {
            out->power = clu_t_power((double)out->test.nonzero, out->test.effect, alpha / (double)tests);
            out->needed = clu_t_sample(out->test.effect, alpha / (double)tests, 0.8);
        }
    }
    clu_free(v[0]);
    clu_free(v[1]);
    return status;
}

/* --- printing --- */

enum clu_status clu_compare_print(struct clu_cli *cli, const struct clu_compare *c, double alpha, size_t tests, struct clu_err *err)
{
    static const char *const head[] = {"measure", "pairs", "nonzero",      "median_a", "median_b", "median_difference",
                                       "w",       "p",     "p_bonferroni", "r",        "power",    "n80"};
    struct clu_cells cells = clu_print_cells(cli, &c->table[0].schema);
    struct clu_compared m;

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&cells, head[i]);
    clu_cells_end(&cells);
    for (size_t i = 0; i < c->measures; i++) {
        enum clu_status status = clu_compare_measure(&m, c, i, alpha, tests ? tests : c->measures, err);
        if (status != CLU_OK)
            return status;
        clu_cell_str(&cells, c->table[0].schema.name[c->column[0][i]]);
        clu_cell_int(&cells, (long long)m.test.pairs);
        clu_cell_int(&cells, (long long)m.test.nonzero);
        const double number[] = {m.median[0], m.median[1], m.test.median, m.test.nonzero ? fmin(m.test.plus, m.test.minus) : NAN, m.test.p,
                                 m.p_bonferroni, m.test.effect, m.power, m.needed};
        for (size_t j = 0; j < sizeof number / sizeof number[0]; j++)
            clu_cell_number(&cells, number[j]);
        clu_cells_end(&cells);
    }
    return CLU_OK;
}
