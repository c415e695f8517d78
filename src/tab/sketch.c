/* Sections: ends of ranges, least hashes, samples, beginning and clearing, merging. */
#include "tab/sketch.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* --- ends of ranges --- */

int clu_bound_compare(const struct clu_bound *a, const struct clu_bound *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->s, b->s, n);

    if (order != 0)
        return order;
    if (a->len != b->len) /* the shorter one is whole: only what is full is cut */
        return a->len < b->len ? -1 : 1;
    return (int)a->cut - (int)b->cut;
}

static void merge_column(struct clu_sketch_column *s, const struct clu_sketch_column *more)
{
    if (more->numbers > 0) {
        s->low = s->numbers == 0 || more->low < s->low ? more->low : s->low;
        s->high = s->numbers == 0 || more->high > s->high ? more->high : s->high;
    }
    if (more->least.known) {
        if (!s->least.known || clu_bound_compare(&more->least, &s->least) < 0)
            s->least = more->least;
        if (!s->most.known || clu_bound_compare(&more->most, &s->most) > 0)
            s->most = more->most;
    }
    s->nulls += more->nulls;
    s->numbers += more->numbers;
    s->changed += more->changed;
}

/* --- least hashes --- */

int clu_bottom_merge(struct clu_bottom *s, const struct clu_bottom *more)
{
    size_t most = s->n + more->n < CLU_SKETCH_K ? s->n + more->n : CLU_SKETCH_K;
    uint64_t *h = clu_alloc(most, sizeof *h);
    size_t n = 0, i = 0, j = 0;

    if (!h)
        return -1;
    while (n < most && (i < s->n || j < more->n)) {
        uint64_t a = i < s->n ? s->h[i] : UINT64_MAX, b = j < more->n ? more->h[j] : UINT64_MAX;
        bool first = j == more->n || (i < s->n && a <= b);
        i += i < s->n && (first || a == b);
        j += j < more->n && (!first || a == b);
        h[n++] = first ? a : b;
    }
    clu_free(s->h);
    *s = (struct clu_bottom){h, n};
    return 0;
}

/* --- samples --- */

size_t clu_sample_words(size_t cols)
{
    return 1 + (cols + 1) / 2;
}

/* Both in order: all rows of both below both limits, then those below the limit that keeps no more than most. */
static int merge_sample(struct clu_sample *s, const struct clu_sample *more, size_t words, size_t most)
{
    uint64_t limit = s->all ? more->limit : more->all || s->limit < more->limit ? s->limit : more->limit;
    bool all = s->all && more->all;
    uint64_t *row = clu_alloc(s->n + more->n, words * sizeof *row);
    size_t n = 0, i = 0, j = 0;

    if (!row)
        return -1;
    while (i < s->n || j < more->n) {
        const uint64_t *a = s->row + i * words, *b = more->row + j * words;
        int order = i == s->n ? 1 : j == more->n ? -1 : 0;
        for (size_t w = 0; order == 0 && w < words; w++)
            order = a[w] < b[w] ? -1 : a[w] > b[w];
        if (order == 0 && i == s->n)
            break;
        const uint64_t *least = order <= 0 ? a : b;
        i += order <= 0;
        j += order >= 0;
        if (all || least[0] < limit)
            memcpy(row + n++ * words, least, words * sizeof *row);
    }
    if (n > most) {
        limit = row[most * words];
        all = false;
        while (n > 0 && row[(n - 1) * words] >= limit)
            n--;
    }
    clu_free(s->row);
    s->row = row;
    s->n = n;
    s->all = all;
    s->limit = limit;
    return 0;
}

/* --- beginning and clearing --- */

static void clear_rule(struct clu_sketch_rule *rule)
{
    clu_free(rule->null);
    *rule = (struct clu_sketch_rule){0};
}

void clu_sketch_clear(struct clu_sketch *s)
{
    for (size_t j = 0; j < s->cols; j++) {
        clu_free(s->column[j].name);
        clu_free(s->column[j].values.h);
    }
    for (size_t a = 0; a < s->anchors; a++)
        clu_free(s->sample[a].row);
    clu_free(s->column);
    clu_free(s->row.h);
    clu_free(s->id.path);
    clear_rule(&s->rule);
    *s = (struct clu_sketch){0};
}

bool clu_sketch_alike(const struct clu_sketch_rule *a, const struct clu_sketch_rule *b)
{
    bool null = a->null && b->null ? strcmp(a->null, b->null) == 0 : a->null == b->null;

    return null && a->by_position == b->by_position && a->numeric == b->numeric && a->plain == b->plain;
}

/* The anchors are the columns whose names have the least hashes: of all tables the same, if they have them. */
static enum clu_status choose_anchors(struct clu_sketch *s, struct clu_err *err)
{
    s->anchors = s->rule.sample == 0 ? 0 : s->cols < CLU_SKETCH_ANCHORS ? s->cols : CLU_SKETCH_ANCHORS;
    if (s->anchors == 0)
        return CLU_OK;
    uint64_t *seed = clu_alloc(s->cols, sizeof *seed);
    if (!seed)
        return clu_fail_memory(err);
    for (size_t j = 0; j < s->cols; j++)
        seed[j] = clu_hash_seed(s->column[j].name);
    for (size_t a = 0; a < s->anchors; a++) {
        size_t least = 0;
        for (size_t j = 1; j < s->cols; j++)
            if (seed[j] < seed[least])
                least = j;
        s->sample[a] = (struct clu_sample){.column = least, .all = true};
        seed[least] = UINT64_MAX;
    }
    clu_free(seed);
    return CLU_OK;
}

enum clu_status clu_sketch_begin(struct clu_sketch *s, const char *const *name, size_t cols, const struct clu_sketch_rule *rule,
                                 struct clu_err *err)
{
    *s = (struct clu_sketch){.rule = *rule, .column = clu_calloc(cols, sizeof *s->column)};
    s->rule.null = rule->null ? clu_strndup(rule->null, strlen(rule->null)) : NULL;
    s->cols = s->column ? cols : 0;
    bool whole = s->column && (!rule->null || s->rule.null);
    for (size_t j = 0; j < s->cols && whole; j++)
        whole = (s->column[j].name = clu_strndup(name[j], strlen(name[j]))) != NULL;
    enum clu_status status = whole ? choose_anchors(s, err) : clu_fail_memory(err);
    if (status != CLU_OK)
        clu_sketch_clear(s);
    return status;
}

size_t clu_sketch_find(const struct clu_sketch *s, const char *name)
{
    for (size_t j = 0; j < s->cols; j++)
        if (strcmp(s->column[j].name, name) == 0)
            return j;
    return (size_t)-1;
}

size_t clu_sketch_bytes(const struct clu_sketch *s)
{
    size_t bytes = sizeof *s + s->row.n * sizeof *s->row.h + s->cols * sizeof *s->column;

    for (size_t j = 0; j < s->cols; j++)
        bytes += s->column[j].values.n * sizeof(uint64_t) + strlen(s->column[j].name) + 32; /* and malloc's own */
    for (size_t a = 0; a < s->anchors; a++)
        bytes += s->sample[a].n * clu_sample_words(s->cols) * sizeof(uint64_t);
    return bytes;
}

/* --- merging --- */

/* at[j]: the column of more that is column j of s. */
static enum clu_status match_columns(const struct clu_sketch *s, const struct clu_sketch *more, size_t *at, bool *same, struct clu_err *err)
{
    if (s->cols != more->cols)
        return clu_fail(err, CLU_DATA, "parts of one table with %zu and %zu columns", s->cols, more->cols);
    *same = true;
    for (size_t j = 0; j < s->cols; j++) {
        at[j] = strcmp(s->column[j].name, more->column[j].name) == 0 ? j : clu_sketch_find(more, s->column[j].name);
        if (at[j] == (size_t)-1) {
            char shown[4 * 80 + 4];
            const char *name = s->column[j].name;
            return clu_fail(err, CLU_DATA, "parts of one table, and one has no column '%s'", clu_show(name, strlen(name), 80, shown));
        }
        *same &= at[j] == j;
    }
    return CLU_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct clu_sketch_column *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The columns of row in another order: out's column j is from[j] of row. */
static void reorder_row(uint64_t *out, const uint64_t *row, const size_t *from, size_t cols)
{
    memset(out, 0, clu_sample_words(cols) * sizeof *out);
    out[0] = row[0];
    for (size_t j = 0; j < cols; j++)
        out[1 + j / 2] |= (uint64_t)clu_sample_cell(row, from[j]) << (32 * (j & 1));
}

/* Rows of a sample compare by their columns in order; as qsort() has no context, the first word tells how many follow. */
static int by_words(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    for (uint64_t w = 1; w <= x[0]; w++)
        if (x[w] != y[w])
            return x[w] < y[w] ? -1 : 1;
    return 0;
}

/* Samples with their columns as from[] says. */
static int reorder_samples(struct clu_sketch *s, const size_t *from)
{
    size_t words = clu_sample_words(s->cols), most = 0;

    for (size_t a = 0; a < s->anchors; a++)
        most = s->sample[a].n > most ? s->sample[a].n : most;
    uint64_t *rows = clu_alloc(most + 1, (words + 1) * sizeof *rows);
    if (!rows)
        return -1;
    for (size_t a = 0; a < s->anchors; a++) {
        struct clu_sample *sample = &s->sample[a];
        for (size_t i = 0; i < sample->n; i++) {
            rows[i * (words + 1)] = words;
            reorder_row(rows + i * (words + 1) + 1, sample->row + i * words, from, s->cols);
        }
        qsort(rows, sample->n, (words + 1) * sizeof *rows, by_words);
        for (size_t i = 0; i < sample->n; i++)
            memcpy(sample->row + i * words, rows + i * (words + 1) + 1, words * sizeof *rows);
        size_t to = 0;
        while (from[to] != sample->column)
            to++;
        sample->column = to;
    }
    clu_free(rows);
    return 0;
}

/* Column j becomes what from[j] was. */
static int reorder(struct clu_sketch *s, const size_t *from)
{
    struct clu_sketch_column *column = clu_alloc(s->cols, sizeof *column);

    if (!column || reorder_samples(s, from) < 0) {
        clu_free(column);
        return -1;
    }
    for (size_t j = 0; j < s->cols; j++)
        column[j] = s->column[from[j]];
    clu_free(s->column);
    s->column = column;
    return 0;
}

static int sort_columns(struct clu_sketch *s)
{
    struct clu_sketch_column *sorted = clu_alloc(s->cols, sizeof *sorted);
    size_t *from = clu_alloc(s->cols, sizeof *from);
    int failed = -1;

    if (sorted && from) {
        memcpy(sorted, s->column, s->cols * sizeof *sorted);
        qsort(sorted, s->cols, sizeof *sorted, by_name);
        for (size_t j = 0; j < s->cols; j++)
            from[j] = clu_sketch_find(s, sorted[j].name);
        failed = reorder(s, from);
    }
    clu_free(sorted);
    clu_free(from);
    return failed;
}

/* The columns of both are the same, in the same order. */
static int merge_content(struct clu_sketch *s, const struct clu_sketch *more)
{
    size_t most = s->rule.sample < more->rule.sample ? s->rule.sample : more->rule.sample;

    for (size_t j = 0; j < s->cols; j++) {
        merge_column(&s->column[j], &more->column[j]);
        if (clu_bottom_merge(&s->column[j].values, &more->column[j].values) < 0)
            return -1;
    }
    for (size_t a = 0; a < s->anchors; a++)
        if (merge_sample(&s->sample[a], &more->sample[a], clu_sample_words(s->cols), most) < 0)
            return -1;
    s->rule.sample = most;
    s->rows += more->rows;
    s->sum = clu_hash_add(s->sum, more->sum);
    return clu_bottom_merge(&s->row, &more->row);
}

/* Without rows: what a part without a sample leaves of one. */
static void drop_samples(struct clu_sketch *s)
{
    for (size_t a = 0; a < s->anchors; a++)
        clu_free(s->sample[a].row);
    s->anchors = 0;
    s->rule.sample = 0;
}

static int copy_samples(struct clu_sketch *to, const struct clu_sketch *from)
{
    size_t bytes = clu_sample_words(from->cols) * sizeof(uint64_t);

    for (size_t a = 0; a < from->anchors; a++) {
        to->sample[a] = from->sample[a];
        to->sample[a].row = clu_alloc(from->sample[a].n, bytes);
        to->anchors = a + 1;
        if (!to->sample[a].row)
            return -1;
        if (from->sample[a].n > 0)
            memcpy(to->sample[a].row, from->sample[a].row, from->sample[a].n * bytes);
    }
    return 0;
}

/* As merge_content(), with columns of more in another order: column j of s is at[j] there. The order of names is that of neither. */
static int merge_reordered(struct clu_sketch *s, const struct clu_sketch *more, const size_t *at)
{
    struct clu_sketch other = *more;
    int failed = -1;

    other.anchors = 0;
    other.column = clu_alloc(s->cols, sizeof *other.column);
    if (other.column && copy_samples(&other, more) == 0 && reorder_samples(&other, at) == 0) {
        for (size_t j = 0; j < s->cols; j++)
            other.column[j] = more->column[at[j]];
        failed = merge_content(s, &other);
    }
    drop_samples(&other);
    clu_free(other.column);
    return failed < 0 ? failed : sort_columns(s);
}

enum clu_status clu_sketch_merge(struct clu_sketch *s, const struct clu_sketch *more, struct clu_err *err)
{
    bool same;

    if (!clu_sketch_alike(&s->rule, &more->rule))
        return clu_fail(err, CLU_DATA, "parts of one table that were sketched with other options");
    size_t *at = clu_alloc(s->cols, sizeof *at);
    if (!at)
        return clu_fail_memory(err);
    enum clu_status status = match_columns(s, more, at, &same, err);
    if (status == CLU_OK) {
        if (more->anchors == 0)
            drop_samples(s);
        if ((same ? merge_content(s, more) : merge_reordered(s, more, at)) < 0)
            status = clu_fail_memory(err);
        s->id = (struct clu_identity){.path = s->id.path, .delimiter = s->id.delimiter};
    }
    clu_free(at);
    return status;
}
