/* Sections: rows of options, lengths, marginals, patterns, benchmarks, subjects. */
#include "cli/csts_bench.h"

#include "base/mem.h"
#include "io/source.h"
#include "tab/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- rows --- */

const char *const clu_csts_split_word[] = {"exploratory", "confirmatory", NULL};
const char *const clu_csts_variant_word[] = {"raw", "correlated", "nonnormal", "downsampled", NULL};
const char *const clu_csts_completeness_word[] = {"complete", "partial", "sparse", NULL};
const char *const clu_csts_reduced_word[] = {"none", "11-clusters", "6-clusters", "50-segments", "25-segments", NULL};

#define PICK(field) offsetof(struct clu_csts_pick, field)
#define NEW(field) offsetof(struct clu_csts_new, field)
#define WANTED .given = 1 + NEW(wanted)

const struct clu_opt clu_csts_pick_opt[CLU_CSTS_PICK_WORDS + 1] = {
    {.name = "subject", .type = CLU_OPT_TEXT, .offset = PICK(subject), .arg = "NAME",
     .help = "the subject: its name, or its number, which ends the name"},
    {.name = "split", .type = CLU_OPT_WORD, .offset = PICK(split), .arg = "WORD", .words = clu_csts_split_word,
     .given = 1 + PICK(split_given), .help = "which half of the published subjects; the name of a subject says it, too"},
    {.name = "variant", .type = CLU_OPT_WORD, .offset = PICK(variant), .arg = "WORD", .words = clu_csts_variant_word,
     .given = 1 + PICK(variant_given),
     .help = "independent normal numbers, correlated ones, these with the distributions of real data, or means by the minute of those"},
    {.name = "completeness", .type = CLU_OPT_WORD, .offset = PICK(completeness), .arg = "WORD", .words = clu_csts_completeness_word,
     .given = 1 + PICK(completeness_given), .help = "all observations, or 70 or 10 of 100, at irregular times"},
    {.name = "reduced", .type = CLU_OPT_WORD, .offset = PICK(reduced), .arg = "WORD", .words = clu_csts_reduced_word,
     .help = "a reduced set: with so many of the clusters or of the segments"},
    {.name = "compat", .type = CLU_OPT_FLAG, .offset = PICK(compat),
     .help = "reduced sets as they were published: nonnormal ones hold the correlated data"},
};

const struct clu_opt clu_csts_new_opt[6] = {
    {.name = "seed", .type = CLU_OPT_SEED, .offset = NEW(seed), .arg = "N", WANTED,
     .help = "seed of a new benchmark; the same seed gives the same bytes"},
    {.name = "variates", .type = CLU_OPT_COUNT, .offset = NEW(variates), .arg = "D", .lo = 2, .hi = CLU_CSTS_VARIATES, WANTED,
     .help = "number of variates, 2 to 5, or to 16 with --patterns=FILE"},
    {.name = "segments", .type = CLU_OPT_COUNT, .offset = NEW(segments), .arg = "N", .lo = 1, .hi = 1e6, WANTED,
     .help = "number of segments"},
    {.name = "lengths", .type = CLU_OPT_TEXT, .offset = NEW(lengths), .arg = "LIST", WANTED,
     .help = "lengths of the segments in seconds, equally often; otherwise 900,1200,1800,3600,7200,10800,14400,18000,21600,28800,36000"},
    {.name = "marginal", .type = CLU_OPT_TEXTS, .offset = NEW(marginal), .arg = "NAME=DIST", WANTED,
     .help = "name and distribution of the next variate: normal(mean,sd), lognormal(mean,sd), gev(shape,location,scale), negbin(n,p), "
             "gamma(shape,scale) or empirical:FILE; once for each variate, otherwise V1, V2 ... with normal(0,1)"},
    {.name = "rate", .type = CLU_OPT_COUNT, .offset = NEW(rate), .arg = "N", .lo = 1, .hi = 1000, WANTED,
     .help = "observations a second, a divisor of 1000"},
};

/* --- lengths --- */

static enum clu_status take_lengths(struct clu_csts_bench *b, const char *list, struct clu_err *err)
{
    size_t cap = 0, n = 0;

    if (!list) {
        b->recipe.length = clu_csts_length;
        b->recipe.lengths = CLU_CSTS_LENGTHS;
        return CLU_OK;
    }
    for (const char *s = list; s;) {
        size_t len = strcspn(s, ",");
        double x;
        if (clu_number_parse(s, len, '.', &x) != CLU_NUMBER_OK || !(x >= 1) || !(x <= CLU_CSTS_LENGTH_MAX) || x != floor(x))
            return clu_fail(err, CLU_USAGE, "invalid length in '%s': lengths are whole seconds from 1 to %d", list, CLU_CSTS_LENGTH_MAX);
        if (clu_reserve(&b->length, &cap, n + 1, sizeof *b->length) < 0)
            return clu_fail_memory(err);
        b->length[n++] = (uint32_t)x;
        s = s[len] ? s + len + 1 : NULL;
    }
    b->recipe.length = b->length;
    b->recipe.lengths = n;
    return CLU_OK;
}

/* --- marginals --- */

/* FILE: what is wrong with it, in this line (0: none). */
static enum clu_status bad_file(const char *file, uint64_t line, enum clu_status status, const char *what, struct clu_err *err)
{
    char *name = clu_source_quote(file);

    if (!name)
        return clu_fail_memory(err);
    if (line > 0)
        clu_fail(err, status, "%s:%llu: %s", name, (unsigned long long)line, what);
    else
        clu_fail(err, status, "%s: %s", name, what);
    clu_free(name);
    return status;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum clu_status read_sample(struct clu_csts_marginal *m, const char *file, const struct clu_run *run, struct clu_err *err)
{
    struct clu_read_opt opt = {.file = &file, .files = 1};
    struct clu_table t = {0};
    enum clu_status status = clu_read_table(&t, &opt, run, err);

    if (status != CLU_OK)
        return status;
    if (t.x.cols != 1) {
        struct clu_err why;
        clu_fail(&why, CLU_DATA, "%zu columns; a sample has one", t.x.cols);
        status = bad_file(file, 0, CLU_DATA, why.msg, err);
    } else {
        m->n = t.x.rows;
        m->sample = t.x.v; /* taken over: one column is a list */
        t.x.v = NULL;
        qsort(m->sample, m->n, sizeof *m->sample, ascending);
    }
    clu_table_clear(&t);
    return status;
}

static const struct {
    const char *word;
    enum clu_csts_distribution kind;
    int numbers;
} distribution[] = {
    {"normal(", CLU_CSTS_NORMAL, 2}, {"lognormal(", CLU_CSTS_LOGNORMAL, 2}, {"gev(", CLU_CSTS_GEV, 3},
    {"negbin(", CLU_CSTS_NEGBIN, 2}, {"gamma(", CLU_CSTS_GAMMA, 2},
};

/* The numbers behind the bracket, as many as the distribution has. */
static bool take_numbers(struct clu_csts_marginal *m, const char *s, int numbers)
{
    double *to[3] = {&m->a, &m->b, &m->c};

    for (int i = 0; i < numbers; i++) {
        size_t len = strcspn(s, ",)");
        if (clu_number_parse(s, len, '.', to[i]) != CLU_NUMBER_OK || s[len] != (i + 1 < numbers ? ',' : ')'))
            return false;
        s += len + 1;
    }
    return *s == '\0';
}

static enum clu_status take_marginal(struct clu_csts_bench *b, size_t j, const char *text, const struct clu_run *run, struct clu_err *err)
{
    static const char file[] = "empirical:";
    const char *equals = strchr(text, '='), *dist = equals ? equals + 1 : text;
    size_t name = equals ? (size_t)(equals - text) : 0;

    if (name == 0 || name >= CLU_CSTS_NAME || strcspn(text, ",;\t\"\r\n") < name)
        return clu_fail(err, CLU_USAGE, "invalid marginal '%s': it begins with a name and '='", text);
    memcpy(b->name[j], text, name);
    b->name[j][name] = '\0';
    if (strncmp(dist, file, sizeof file - 1) == 0) {
        b->marginal[j].kind = CLU_CSTS_EMPIRICAL;
        return read_sample(&b->marginal[j], dist + sizeof file - 1, run, err);
    }
    for (size_t i = 0; i < sizeof distribution / sizeof distribution[0]; i++) {
        size_t len = strlen(distribution[i].word);
        b->marginal[j].kind = distribution[i].kind;
        if (strncmp(dist, distribution[i].word, len) == 0 && take_numbers(&b->marginal[j], dist + len, distribution[i].numbers))
            return CLU_OK;
    }
    return clu_fail(err, CLU_USAGE,
                    "invalid marginal '%s': a distribution is normal(mean,sd), lognormal(mean,sd), gev(shape,location,scale), negbin(n,p), "
                    "gamma(shape,scale) or empirical:FILE",
                    text);
}

/* Names and distributions. */
static enum clu_status take_marginals(struct clu_csts_bench *b, const struct clu_csts_new *n, const struct clu_run *run,
                                      struct clu_err *err)
{
    struct clu_err why = {0};
    enum clu_status status = CLU_OK;

    if (n->marginal.n > n->variates)
        return clu_fail(err, CLU_USAGE, "%zu marginals of %zu variates", n->marginal.n, n->variates);
    for (size_t j = 0; status == CLU_OK && j < n->variates; j++) {
        snprintf(b->name[j], sizeof b->name[j], "V%zu", j + 1);
        b->variate[j] = b->name[j];
        b->marginal[j] = (struct clu_csts_marginal){.kind = CLU_CSTS_NORMAL, .b = 1};
        if (j < n->marginal.n)
            status = take_marginal(b, j, n->marginal.text[j], run, err);
        if (status == CLU_OK && clu_csts_marginal_check(&b->marginal[j], &why) != CLU_OK)
            status = clu_fail(err, CLU_USAGE, "invalid marginal '%s': %s", n->marginal.text[j], why.msg);
    }
    b->recipe.marginal = b->marginal;
    return status;
}

/* --- patterns --- */

enum clu_status clu_csts_patterns_read(struct clu_csts_patterns *p, const char *file, size_t d, const struct clu_run *run,
                                       struct clu_err *err)
{
    char columns[32];
    const char *column = columns;
    struct clu_read_opt opt = {.file = &file, .files = 1, .ask = {.columns = &column, .ncolumns = 1}, .places = true};
    struct clu_table t = {0};
    size_t pairs = clu_csts_pairs(d), only;
    uint64_t line = 0;

    snprintf(columns, sizeof columns, "1-%zu", pairs + 1);
    enum clu_status status = clu_read_table(&t, &opt, run, err);
    if (status != CLU_OK)
        return status;
    int32_t *id = clu_alloc(t.x.rows, sizeof *id);
    double *r = clu_alloc(t.x.rows * pairs, sizeof *r);
    if (!id || !r)
        status = clu_fail_memory(err);
    struct clu_err why = {0};
    for (size_t i = 0; status == CLU_OK && why.code == CLU_OK && i < t.x.rows; i++) {
        const double *row = t.x.v + i * t.x.cols;
        if (!(row[0] >= 0) || !(row[0] <= INT32_MAX) || row[0] != floor(row[0]))
            clu_fail(&why, CLU_DATA, "column 1: an id is a whole number from 0 to %d", INT32_MAX);
        else
            id[i] = (int32_t)row[0];
        line = why.code == CLU_OK ? 0 : clu_table_line(&t, i, &only);
        memcpy(r + i * pairs, row + 1, pairs * sizeof *r);
    }
    if (status == CLU_OK && why.code == CLU_OK)
        clu_csts_patterns_given(p, d, t.x.rows, id, r, &why);
    if (status == CLU_OK && why.code != CLU_OK)
        status = bad_file(file, line, why.code, why.msg, err);
    clu_free(id);
    clu_free(r);
    clu_table_clear(&t);
    return status;
}

/* --- benchmarks --- */

void clu_csts_bench_clear(struct clu_csts_bench *b)
{
    clu_csts_recipe_clear(&b->recipe);
    for (size_t j = 0; j < CLU_CSTS_VARIATES; j++)
        clu_free(b->marginal[j].sample);
    clu_free(b->length);
    *b = (struct clu_csts_bench){0};
}

enum clu_status clu_csts_bench_published(struct clu_csts_bench *b, int split, struct clu_err *err)
{
    static const char *const variate[] = {"iob", "cob", "ig"};

    *b = (struct clu_csts_bench){.recipe = {.published = true, .split = (enum clu_csts_split)split}};
    memcpy(b->variate, variate, sizeof variate);
    return clu_csts_recipe_ready(&b->recipe, err);
}

enum clu_status clu_csts_bench_new(struct clu_csts_bench *b, const struct clu_csts_new *n, const struct clu_cli *cli, struct clu_err *err)
{
    struct clu_csts_recipe *r = &b->recipe;

    *b = (struct clu_csts_bench){0};
    if (1000 % n->rate != 0)
        return clu_fail(err, CLU_USAGE, "invalid rate: %zu does not divide 1000", n->rate);
    if (!n->patterns && n->variates > CLU_CSTS_ENUMERATED)
        return clu_fail(err, CLU_USAGE, "more than %d variates need --patterns=FILE", CLU_CSTS_ENUMERATED);
    *r = (struct clu_csts_recipe){.seed = n->seed, .segments = n->segments, .rate = (uint32_t)n->rate};
    enum clu_status status = take_lengths(b, n->lengths, err);
    if (status == CLU_OK)
        status = n->patterns ? clu_csts_patterns_read(&r->patterns, n->patterns, n->variates, &cli->run, err)
                             : clu_csts_patterns_enumerate(&r->patterns, n->variates, err);
    if (status == CLU_OK)
        status = clu_csts_recipe_ready(r, err);
    return status == CLU_OK ? take_marginals(b, n, &cli->run, err) : status;
}

/* --- subjects --- */

static bool find_name(const char *name, int split, size_t *n)
{
    for (*n = 0; *n < CLU_CSTS_SUBJECTS; ++*n)
        if (strcmp(clu_csts_name((enum clu_csts_split)split, *n), name) == 0)
            return true;
    return false;
}

size_t clu_csts_subject_number(struct clu_cli *cli, struct clu_csts_pick *pick, bool published)
{
    size_t most = published ? CLU_CSTS_SUBJECTS : INT32_MAX, n;
    const char *text = pick->subject;
    double x;

    if (!text && !published)
        return 0;
    if (!text)
        clu_cli_usage(cli, "option --subject is required");
    if (clu_number_parse(text, strlen(text), '.', &x) == CLU_NUMBER_OK) {
        if (!(x >= 1) || !(x <= (double)most) || x != floor(x))
            clu_cli_usage(cli, "invalid subject '%s': subjects are numbered from 1 to %zu", text, most);
        return (size_t)x - 1;
    }
    if (!published)
        clu_cli_usage(cli, "invalid subject '%s': those of new benchmarks are numbers", text);
    int other = pick->split == CLU_CSTS_EXPLORATORY ? CLU_CSTS_CONFIRMATORY : CLU_CSTS_EXPLORATORY;
    if (find_name(text, pick->split, &n))
        return n;
    if (!find_name(text, other, &n))
        clu_cli_usage(cli, "no subject '%s'", text);
    if (pick->split_given)
        clu_cli_usage(cli, "subject '%s' is in the %s split", text, clu_csts_split_word[other]);
    pick->split = other;
    return n;
}

enum clu_status clu_csts_bench_subject(struct clu_csts_subject *s, struct clu_csts_print *p, const struct clu_csts_bench *b,
                                       const struct clu_csts_pick *pick, size_t number, const struct clu_run *run, struct clu_err *err)
{
    bool mistaken = pick->compat && pick->reduced != CLU_CSTS_WHOLE && pick->variant == CLU_CSTS_NONNORMAL;
    int variant = mistaken ? CLU_CSTS_CORRELATED : pick->variant;

    if (b->recipe.published)
        snprintf(p->name, sizeof p->name, "%s", clu_csts_name(b->recipe.split, number));
    else
        snprintf(p->name, sizeof p->name, "subject-%zu", number + 1);
    p->subject = s;
    p->variate = b->variate;
    return clu_csts_subject_make(s, &b->recipe, number, (enum clu_csts_variant)variant,
                                 (enum clu_csts_completeness)pick->completeness, (enum clu_csts_reduced)pick->reduced, run, err);
}

enum clu_status clu_csts_bench_coded(struct clu_coded *c, const struct clu_csts_subject *s, const struct clu_run *run, struct clu_err *err)
{
    struct clu_mat x = {0};
    enum clu_status status = clu_csts_whole(&x, s, run, err);

    if (status == CLU_OK)
        status = clu_coded_make(c, clu_mat_look(&x), run->threads, err);
    clu_mat_clear(&x);
    return status;
}

struct clu_csts_degrade clu_csts_bench_degrade(const struct clu_csts_subject *s, int reduced)
{
    static const uint32_t seed[2][2] = {{666, 777}, {2122, 1981}};
    const struct clu_csts_recipe *r = s->recipe;

    if (r->published)
        return (struct clu_csts_degrade){.seed = seed[r->split][reduced != CLU_CSTS_WHOLE],
                                         .row = (uint32_t)(CLU_CSTS_SUBJECTS - 1 - s->number)};
    return (struct clu_csts_degrade){.seed = (uint32_t)r->seed, .row = (uint32_t)s->number};
}
