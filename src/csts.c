/* csts - time series with known correlation structure: the CSTS benchmark, bit for bit, and new ones of its kind.
 * Sections: options, checks, patterns, one subject, files, verification, main. */
#include "base/mem.h"
#include "cli/csts_bench.h"
#include "io/source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* --- options --- */

struct args {
    struct clu_csts_pick pick;
    struct clu_csts_new fresh;
    const char *patterns, *out;
    size_t subjects;
    bool patterns_given, subjects_given, labels, truth, values, verify, all, gzip;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt result_opt[] = {
    {.name = "labels", .type = CLU_OPT_FLAG, .offset = AT(labels),
     .help = "print the segments, their patterns and achieved correlations instead of the data"},
    {.name = "truth-as-column", .type = CLU_OPT_FLAG, .offset = AT(truth), .help = "print the pattern of each row as a last column"},
    {.name = "values", .type = CLU_OPT_FLAG, .offset = AT(values), .help = "print the variates only: no subject, time and index"},
    {.name = "patterns", .type = CLU_OPT_FILE, .offset = AT(patterns), .arg = "FILE", .optional = true, .given = 1 + AT(patterns_given),
     .help = "print the table of the patterns; with FILE: make a new benchmark of those in FILE"},
    {.name = "verify", .type = CLU_OPT_FLAG, .offset = AT(verify),
     .help = "compare the exploratory subjects, or the one of --subject, with the hashes of the published data; status 1 on a difference"},
    {.name = "gzip", .type = CLU_OPT_FLAG, .offset = AT(gzip), .help = "compress what is written"},
};
static const struct clu_opt files_opt[] = {
    {.name = "all", .type = CLU_OPT_FLAG, .offset = AT(all),
     .help = "write all subjects, variants, completeness levels, labels and degraded clusterings to files under --out; --split, --subject, "
             "--variant and --completeness choose from them"},
    {.name = "out", .type = CLU_OPT_FILE, .offset = AT(out), .arg = "DIR", .help = "the folder of --all"},
    {.name = "subjects", .type = CLU_OPT_COUNT, .offset = AT(subjects), .arg = "N", .lo = 1, .hi = 1e6, .given = 1 + AT(subjects_given),
     .help = "subjects of a new benchmark that --all writes"},
};

static struct args args = {.pick = CLU_CSTS_PICK_DEFAULT, .fresh = CLU_CSTS_NEW_DEFAULT, .subjects = 30, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Data", CLU_ROWS(clu_csts_pick_opt), &args.pick},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", CLU_ROWS(clu_cli_output_opt), &args.output},
    {"Files", CLU_ROWS(files_opt), &args},
    {"New benchmarks", CLU_ROWS(clu_csts_new_opt), &args.fresh},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "csts",
    .usage = "{--subject=NAME | --all --out=DIR | --verify | --patterns} [OPTION]...",
    .summary = "Make time series with known correlation structure: the published CSTS benchmark, bit for bit, or a new one (--seed).",
    .example = "csts --subject=apricot-waterfall-16 --variant=nonnormal",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

/* --- checks --- */

static bool prints_patterns(void)
{
    return args.patterns_given && !args.patterns;
}

static void check_args(struct clu_cli *cli)
{
    int modes = args.labels + args.all + args.verify + prints_patterns();

    if (cli->files > 0)
        clu_cli_usage(cli, "unexpected argument '%s'", cli->file[0]);
    if (modes > 1)
        clu_cli_usage(cli, "--labels, --all, --verify and --patterns exclude each other");
    if (modes > 0 && (args.truth || args.values) && !args.all)
        clu_cli_usage(cli, "--truth-as-column and --values are for data");
    if (args.all != (args.out != NULL))
        clu_cli_usage(cli, args.all ? "--all needs --out" : "--out is for --all");
    if (args.all && args.output.file)
        clu_cli_usage(cli, "--all writes to --out, not to -o");
    if (args.patterns || args.subjects_given)
        args.fresh.wanted = true;
    args.fresh.patterns = args.patterns;
    if (args.subjects_given && !args.all)
        clu_cli_usage(cli, "--subjects is for --all");
    if (args.subjects_given && args.pick.subject)
        clu_cli_usage(cli, "--subject and --subjects exclude each other");
    if (args.fresh.wanted && (args.pick.split_given || args.pick.reduced || args.pick.compat || args.verify))
        clu_cli_usage(cli, "--split, --reduced, --compat and --verify are for published data");
    if (args.pick.compat && !args.pick.reduced)
        clu_cli_usage(cli, "--compat is for --reduced");
    if (args.pick.reduced && !args.all && args.pick.variant != CLU_CSTS_CORRELATED && args.pick.variant != CLU_CSTS_NONNORMAL)
        clu_cli_usage(cli, "reduced sets are correlated or nonnormal");
    if (args.verify && args.pick.split_given && args.pick.split != CLU_CSTS_EXPLORATORY)
        clu_cli_usage(cli, "there are hashes of the exploratory split only");
    if (args.verify && (args.pick.variant_given || args.pick.completeness || args.pick.reduced))
        clu_cli_usage(cli, "--verify looks at the whole complete data, all three stages");
    if (prints_patterns() && args.pick.subject)
        clu_cli_usage(cli, "--patterns is the same for all subjects");
}

static char delimiter(void)
{
    return args.output.delimiter ? args.output.delimiter : ',';
}

/* --- patterns --- */

/* To four decimals: loadings come from roots, whose last digits say nothing. */
static double rounded(double x)
{
    return rint(x * 10000) / 10000 + 0.0;
}

static void print_patterns(struct clu_cli *cli, const struct clu_csts_bench *b)
{
    const struct clu_csts_patterns *p = &b->recipe.patterns;
    struct clu_cells c = {.out = cli->out, .delimiter = delimiter()};
    double relaxed[CLU_CSTS_PAIRS], variance[CLU_CSTS_VARIATES], pearson[CLU_CSTS_PAIRS], spearman[CLU_CSTS_PAIRS];
    char text[32];

    clu_cell_str(&c, "id");
    clu_csts_pair_heads(&c, "r", p->d);
    if (p->relaxed)
        clu_csts_pair_heads(&c, "relaxed", p->d);
    clu_cell_str(&c, "clipped");
    for (size_t j = 1; j <= p->d; j++) {
        snprintf(text, sizeof text, "var%zu", j);
        clu_cell_str(&c, text);
    }
    clu_csts_pair_heads(&c, "pearson", p->d);
    clu_csts_pair_heads(&c, "spearman", p->d);
    clu_cells_end(&c);
    for (size_t i = 0; i < p->n && !clu_out_failed(cli->out); i++) {
        double least = clu_csts_population(p, i, variance, pearson, spearman);
        clu_csts_relaxed(p, i, relaxed);
        clu_cell_int(&c, p->id[i]);
        for (size_t j = 0; j < p->pairs; j++)
            clu_cell_number(&c, p->canonical[i * p->pairs + j]);
        for (size_t j = 0; p->relaxed && j < p->pairs; j++)
            clu_cell_number(&c, relaxed[j]);
        clu_cell_str(&c, least < -1e-12 ? "yes" : "no");
        for (size_t j = 0; j < p->d; j++)
            clu_cell_number(&c, rounded(variance[j]));
        for (size_t j = 0; j < p->pairs; j++)
            clu_cell_number(&c, rounded(pearson[j]));
        for (size_t j = 0; j < p->pairs; j++)
            clu_cell_number(&c, rounded(spearman[j]));
        clu_cells_end(&c);
    }
}

/* --- one subject --- */

static struct clu_csts_columns label_columns(const struct clu_csts_print *p, bool described)
{
    return (struct clu_csts_columns){.name = p->name,
                                     .described = described,
                                     .correlated = true,
                                     .relaxed = p->subject->recipe->patterns.relaxed,
                                     .delimiter = delimiter()};
}

static void write_labels(struct clu_cli *cli, struct clu_out *out, const struct clu_csts_print *p, const struct clu_csts_labels *truth)
{
    struct clu_csts_columns columns = label_columns(p, false);
    struct clu_text text = {0};
    struct clu_err err = {0};

    clu_csts_text_head(&text, &columns, p->subject->recipe->patterns.d);
    clu_csts_text_labels(&text, &columns, truth, NULL);
    clu_cli_check(cli, clu_text_write(&text, out, args.gzip, &err), &err);
    clu_text_clear(&text);
}

static void print_subject(struct clu_cli *cli, const struct clu_csts_bench *b, size_t number)
{
    struct clu_csts_subject s = {0};
    struct clu_csts_print p = {.delimiter = delimiter(), .values = args.values, .truth = args.truth, .gzip = args.gzip};
    struct clu_csts_labels truth = {0};
    struct clu_err err = {0};
    double seconds = 0;

    clu_cli_check(cli, clu_csts_bench_subject(&s, &p, b, &args.pick, number, &cli->run, &err), &err);
    clu_cli_fact(cli, "subject", "%s", p.name);
    clu_cli_fact(cli, "observations", "%zu", s.observations);
    clu_cli_fact(cli, "rows", "%zu", s.rows);
    clu_cli_fact(cli, "segments", "%zu", s.segments);
    if (args.labels) {
        clu_cli_check(cli, clu_csts_truth(&truth, &s, NULL, &cli->run, &err), &err);
        write_labels(cli, cli->out, &p, &truth);
        clu_csts_labels_clear(&truth);
    } else {
        clu_cli_check(cli, clu_csts_print_data(cli->out, &p, &cli->run, &seconds, &err), &err);
        clu_cli_fact(cli, "generation seconds", "%.4f", seconds);
    }
    clu_csts_subject_clear(&s);
}

/* --- files --- */

struct place {
    char path[4096]; /* of the folder */
    size_t len;
};

static void enter(struct clu_cli *cli, struct place *at, const char *folder)
{
    struct clu_err err = {0};
    int n = snprintf(at->path + at->len, sizeof at->path - at->len, "%s%s", at->len ? "/" : "", folder);

    if (n < 0 || (size_t)n >= sizeof at->path - at->len)
        clu_cli_usage(cli, "the name of a folder is too long");
    at->len += (size_t)n;
    if (mkdir(at->path, 0777) != 0 && errno != EEXIST) {
        int failed = errno;
        char *name = clu_source_quote(at->path);
        clu_fail(&err, CLU_SYSTEM, "%s: %s", name ? name : "--out", strerror(failed));
        clu_free(name);
        clu_cli_fail(cli, &err);
    }
}

static struct clu_out *open_file(struct clu_cli *cli, const struct place *at, const char *name, const char *what)
{
    char path[4352];

    snprintf(path, sizeof path, "%s/%s-%s.csv%s", at->path, name, what, args.gzip ? ".gz" : "");
    return clu_cli_open(cli, path);
}

static void write_degraded(struct clu_cli *cli, const struct place *at, const struct clu_csts_print *p, const struct clu_csts_labels *truth,
                           const struct clu_coded *data)
{
    const struct clu_csts_subject *s = p->subject;
    struct clu_csts_degrade how = clu_csts_bench_degrade(s, args.pick.reduced);
    struct clu_csts_columns columns = label_columns(p, true);
    struct clu_text text = {0};
    struct clu_err err = {0};
    struct place inner = *at;

    enter(cli, &inner, "bad_partitions");
    clu_cli_check(cli, clu_csts_degrade_draw(&how, truth, &err), &err);
    clu_cli_check(cli, clu_csts_text_degraded(&text, &columns, s->recipe->patterns.d, truth, &how, -1, &s->recipe->patterns, data,
                                              &cli->run, &err), &err);
    struct clu_out *out = open_file(cli, &inner, p->name, "bad-labels");
    clu_cli_check(cli, clu_text_write(&text, out, args.gzip, &err), &err);
    clu_cli_close(cli, out);
    clu_text_clear(&text);
}

/* Data, labels and degraded clusterings of one variant of one subject, in this folder. */
static void write_files(struct clu_cli *cli, const struct place *at, const struct clu_csts_bench *b, const struct clu_csts_pick *pick,
                        size_t number)
{
    struct clu_csts_subject s = {0};
    struct clu_csts_print p = {.delimiter = delimiter(), .values = args.values, .truth = args.truth, .gzip = args.gzip};
    struct clu_csts_labels truth = {0};
    struct clu_coded data = {0};
    struct clu_err err = {0};

    clu_cli_check(cli, clu_csts_bench_subject(&s, &p, b, pick, number, &cli->run, &err), &err);
    struct clu_out *out = open_file(cli, at, p.name, "data");
    clu_cli_check(cli, clu_csts_print_data(out, &p, &cli->run, NULL, &err), &err);
    clu_cli_close(cli, out);
    clu_cli_check(cli, clu_csts_bench_coded(&data, &s, &cli->run, &err), &err);
    clu_cli_check(cli, clu_csts_truth(&truth, &s, &data, &cli->run, &err), &err);
    out = open_file(cli, at, p.name, "labels");
    write_labels(cli, out, &p, &truth);
    clu_cli_close(cli, out);
    if (b->recipe.published || (truth.n >= CLU_CSTS_DEGRADED && b->recipe.patterns.n > 1))
        write_degraded(cli, at, &p, &truth, &data);
    clu_csts_labels_clear(&truth);
    clu_coded_clear(&data);
    clu_csts_subject_clear(&s);
}

/* The folders of a split, as published. */
static void write_split(struct clu_cli *cli, struct place root, const struct clu_csts_bench *b, size_t first, size_t last)
{
    static const char *const irregular[] = {NULL, "irregular_p30", "irregular_p90"};
    static const char *const stage[] = {"raw", "normal", "non_normal", "resampled_1min"};
    static const char *const reduced[] = {NULL, "clusters_dropped_12", "clusters_dropped_17", "segments_dropped_50", "segments_dropped_75"};
    struct clu_csts_pick pick = args.pick;
    uint64_t done = 0, of = (uint64_t)(last - first);

    if (pick.reduced) {
        enter(cli, &root, "reduced-data");
        enter(cli, &root, reduced[pick.reduced]);
    }
    for (size_t n = first; n < last; n++) {
        for (int c = 0; c <= CLU_CSTS_SPARSE; c++)
            for (int v = 0; v <= CLU_CSTS_DOWNSAMPLED; v++) {
                struct place at = root;
                if ((args.pick.completeness_given && c != args.pick.completeness) || (args.pick.variant_given && v != args.pick.variant) ||
                    (pick.reduced && v != CLU_CSTS_CORRELATED && v != CLU_CSTS_NONNORMAL))
                    continue;
                pick.completeness = c;
                pick.variant = v;
                if (irregular[c])
                    enter(cli, &at, irregular[c]);
                enter(cli, &at, stage[v]);
                write_files(cli, &at, b, &pick, n);
            }
        clu_tick(&cli->run, "subjects", ++done, of, NAN);
    }
}

static void write_all(struct clu_cli *cli)
{
    struct place root = {0};
    struct clu_err err = {0};
    struct clu_csts_bench b = {0};
    size_t n = args.pick.subject ? clu_csts_subject_number(cli, &args.pick, !args.fresh.wanted) : 0;
    size_t last = args.pick.subject ? n + 1 : args.fresh.wanted ? args.subjects : CLU_CSTS_SUBJECTS;
    bool one_split = args.pick.split_given || args.pick.subject;

    if (args.fresh.wanted)
        clu_cli_check(cli, clu_csts_bench_new(&b, &args.fresh, cli, &err), &err);
    enter(cli, &root, args.out);
    if (args.fresh.wanted)
        write_split(cli, root, &b, n, last);
    for (int split = 0; !args.fresh.wanted && split <= CLU_CSTS_CONFIRMATORY; split++) {
        struct place at = root;
        if (one_split && split != args.pick.split)
            continue;
        enter(cli, &at, clu_csts_split_word[split]);
        clu_cli_check(cli, clu_csts_bench_published(&b, split, &err), &err);
        write_split(cli, at, &b, n, last);
        clu_csts_bench_clear(&b);
    }
    clu_csts_bench_clear(&b);
}

/* --- verification --- */

static bool verify_subject(struct clu_cli *cli, const struct clu_csts_bench *b, size_t n, struct clu_cells *c)
{
    struct clu_csts_rows rows = {0};
    struct clu_err err = {0};
    bool same = true;

    clu_cell_str(c, clu_csts_name(CLU_CSTS_EXPLORATORY, n));
    for (int v = CLU_CSTS_RAW; v <= CLU_CSTS_NONNORMAL; v++) {
        struct clu_csts_subject s = {0};
        uint64_t hash = CLU_CSTS_FNV;
        char text[32];
        clu_cli_check(cli, clu_csts_subject_make(&s, &b->recipe, n, (enum clu_csts_variant)v, CLU_CSTS_COMPLETE, CLU_CSTS_WHOLE, &cli->run,
                                                 &err), &err);
        for (size_t i = 0; i < s.segments; i++) {
            clu_cli_check(cli, clu_csts_make(&s, i, &rows, &err), &err);
            hash = clu_csts_rows_hash(&rows, hash);
        }
        if (v == CLU_CSTS_RAW)
            clu_cell_int(c, (long long)s.rows);
        snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
        clu_cell_str(c, text);
        same = same && hash == clu_csts_hash(n)[v];
        clu_csts_subject_clear(&s);
    }
    clu_cell_str(c, same ? "yes" : "no");
    clu_cells_end(c);
    clu_csts_rows_clear(&rows);
    return same;
}

static bool verify(struct clu_cli *cli)
{
    static const char *const head[] = {"subject_id", "rows", "raw", "correlated", "nonnormal", "as published"};
    struct clu_csts_bench b = {0};
    struct clu_cells c = {.out = cli->out, .delimiter = delimiter()};
    struct clu_err err = {0};
    size_t n = args.pick.subject ? clu_csts_subject_number(cli, &args.pick, true) : 0;
    size_t last = args.pick.subject ? n + 1 : CLU_CSTS_SUBJECTS;
    bool same = true;

    if (args.pick.split != CLU_CSTS_EXPLORATORY)
        clu_cli_usage(cli, "there are hashes of the exploratory split only");
    clu_cli_check(cli, clu_csts_bench_published(&b, CLU_CSTS_EXPLORATORY, &err), &err);
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&c, head[i]);
    clu_cells_end(&c);
    for (; n < last; n++) {
        same = verify_subject(cli, &b, n, &c) && same;
        clu_tick(&cli->run, "subjects", n + 1, last, NAN);
    }
    clu_csts_bench_clear(&b);
    return same;
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;
    struct clu_csts_bench b = {0};
    struct clu_err err = {0};
    bool answer = true;

    clu_cli_start(&cli, &tool, NULL, &args.output, &args.common, argc, argv);
    check_args(&cli);
    bool fresh = args.fresh.wanted, subject = !args.verify && !args.all && !prints_patterns();
    size_t number = subject ? clu_csts_subject_number(&cli, &args.pick, !fresh) : 0;
    clu_cli_open_output(&cli);
    if (args.verify) {
        answer = verify(&cli);
    } else if (args.all) {
        write_all(&cli);
    } else {
        clu_cli_check(&cli, fresh ? clu_csts_bench_new(&b, &args.fresh, &cli, &err) : clu_csts_bench_published(&b, args.pick.split, &err), &err);
        if (subject)
            print_subject(&cli, &b, number);
        else
            print_patterns(&cli, &b);
        clu_csts_bench_clear(&b);
    }
    clu_cli_answer(&cli, answer);
}
