/* contain-tables - which tables are contained in which others. Sections: options, tables, counting, edges, many tables, two tables, main. */
#include "base/mem.h"
#include "cli/edges.h"
#include "cli/tables.h"
#include "io/spill.h"

#include <stdlib.h>
#include <string.h>

/* --- options --- */

enum method { METHOD_AUTO = 0, METHOD_PROBE, METHOD_MERGE, METHOD_SAMPLE };
enum rename { RENAME_NONE = 0, RENAME_AUTO };

struct args {
    struct clu_cli_tables tables;
    const char *in;
    int meaning, method, rename;
    double threshold;
    size_t rows; /* of a sample */
    bool threshold_given, rows_given, cover, all;
    uint64_t memory;
    const char *tmpdir, *save;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

static const char *const method_words[] = {"auto", "probe", "merge", "sample", NULL};
static const char *const rename_words[] = {"none", "auto", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt question_opt[] = {
    {.name = "in", .type = CLU_OPT_FILE, .offset = AT(in), .arg = "PARENT",
     .help = "is the one FILE contained in PARENT? The exit status is 0 if it is, 1 if not"},
    {.name = "semantics", .type = CLU_OPT_WORD, .offset = AT(meaning), .arg = "WORD", .words = clu_meaning_word,
     .help = "what is counted: distinct rows, all rows of the child, or rows as often as both tables have them"},
    {.name = "threshold", .type = CLU_OPT_REAL, .offset = AT(threshold), .arg = "X", .lo = 0, .hi = 1, .given = 1 + AT(threshold_given),
     .help = "partial containments, too, from this share on"},
    {.name = "cover", .type = CLU_OPT_FLAG, .offset = AT(cover),
     .help = "tables, too, that several others contain together, such as a year and its months"},
    {.name = "rename", .type = CLU_OPT_WORD, .offset = AT(rename), .arg = "WORD", .words = rename_words,
     .help = "match columns whose names do not, by their values"},
    {.name = "all-edges", .type = CLU_OPT_FLAG, .offset = AT(all),
     .help = "containments that follow from others, too"},
};

static const struct clu_opt method_opt[] = {
    {.name = "method", .type = CLU_OPT_WORD, .offset = AT(method), .arg = "WORD", .words = method_words,
     .help = "look rows up in sets, sort them, or look up a sample of them only, which may be wrong; auto chooses one of the first two, which "
             "find the same"},
    {.name = "rows", .type = CLU_OPT_COUNT, .offset = AT(rows), .arg = "N", .lo = 1, .hi = 1e12, .given = 1 + AT(rows_given),
     .help = "rows of each table that --method=sample looks for"},
    {.name = "memory", .type = CLU_OPT_SIZE, .offset = AT(memory), .arg = "SIZE",
     .help = "memory to work in, 1G otherwise; with less the work takes longer, or more space in --tmpdir, and finds the same"},
    {.name = "tmpdir", .type = CLU_OPT_FILE, .offset = AT(tmpdir), .arg = "DIR",
     .help = "folder for what memory does not hold, instead of $TMPDIR or /tmp"},
};

static const struct clu_opt result_opt[] = {
    {.name = "save-sketch", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write the sketches of all tables, for --sketch"},
};

static struct args args = {.tables = CLU_CLI_TABLES_DEFAULT, .threshold = 1, .rows = 459, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Question", CLU_ROWS(question_opt), &args},
    {"Tables", CLU_ROWS(clu_cli_lake_opt), &args.tables},
    {"Format", CLU_ROWS(clu_cli_format_opt), &args.tables},
    {"Equality", CLU_ROWS(clu_cli_equal_opt), &args.tables},
    {"Archives", CLU_ROWS(clu_cli_archive_opt), &args.tables},
    {"Method", CLU_ROWS(method_opt), &args},
    {"Method", CLU_ROWS(clu_cli_seed_opt), &args.common},
    {"Result", CLU_ROWS(result_opt), &args},
    {"Result", clu_cli_output_opt, 1, &args.output},
    {"General", clu_cli_common_opt, 1, &args.common},
    {"General", clu_cli_common_opt + 2, 3, &args.common},
};

static const struct clu_tool tool = {
    .name = "contain-tables",
    .usage = "[OPTION]... FILE...\n       contain-tables --in=PARENT [OPTION]... FILE",
    .summary = "Find the tables (CSV or TSV) whose rows are all in another one, whatever the order of rows and columns: print a line for "
               "each child and parent.",
    .example = "find lake -name '*.csv*' | contain-tables --files-from=- --save-sketch=lake.sketch > edges.tsv",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

static void check_args(struct clu_cli *cli)
{
    const struct clu_cli_tables *t = &args.tables;

    if (args.in && (t->files_from || t->recursive || t->sketch || args.save || cli->files != 1))
        clu_cli_usage(cli, "--in asks about one FILE");
    if (args.in && (args.cover || args.all || args.method == METHOD_MERGE))
        clu_cli_usage(cli, "--in asks about two tables: no --cover, --all-edges or --method=merge");
    if (!args.in && cli->files == 0 && !t->files_from && !t->sketch)
        clu_cli_usage(cli, "no tables: name FILEs, --files-from or --sketch");
    for (size_t i = 0; i < cli->files; i++)
        if (strcmp(cli->file[i], "-") == 0)
            clu_cli_usage(cli, "tables are read more than once: standard input cannot be one");
    if (args.rows_given && args.method != METHOD_SAMPLE)
        clu_cli_usage(cli, "--rows is for --method=sample");
    if (args.cover && (args.meaning == CLU_MEANING_BAG || args.method == METHOD_PROBE || args.method == METHOD_SAMPLE))
        clu_cli_usage(cli, "--cover needs all rows: no --semantics=bag, --method=probe or --method=sample");
    if (args.rename && (args.threshold < 1 || args.cover))
        clu_cli_usage(cli, "--rename looks for whole containments: no --threshold or --cover");
    if (args.method == METHOD_SAMPLE && args.meaning == CLU_MEANING_BAG)
        clu_cli_usage(cli, "--method=sample does not count rows: no --semantics=bag");
    if (args.threshold_given && args.threshold <= 0)
        clu_cli_usage(cli, "--threshold is above 0");
}

/* --- tables --- */

struct lake {
    struct clu_cli *cli;
    struct clu_cli_lake in;
    struct clu_sketch **sketch; /* [n] by path */
    size_t n, cap;
    struct clu_out *save;
    uint64_t *bytes;            /* [n] */
};

static void check(struct lake *l, enum clu_status status, const struct clu_err *err)
{
    clu_cli_check(l->cli, status, err);
}

static void *must(struct lake *l, void *p)
{
    struct clu_err err;

    if (!p)
        check(l, clu_fail_memory(&err), &err);
    return p;
}

static void take_sketch(void *ctx, struct clu_sketch *s)
{
    struct lake *l = ctx;
    struct clu_err err = {0};
    struct clu_texts line = {0};

    if (l->save) {
        check(l, clu_sketch_format(s, &line, &err), &err);
        clu_out_bytes(l->save, line.bytes, line.used);
        clu_texts_clear(&line);
    }
    struct clu_sketch *copy = must(l, clu_alloc(1, sizeof *copy));
    *copy = *s;
    if (clu_reserve(&l->sketch, &l->cap, l->n + 1, sizeof *l->sketch) < 0)
        must(l, NULL);
    l->sketch[l->n++] = copy;
}

static int by_path(const void *a, const void *b)
{
    const struct clu_sketch *x = *(struct clu_sketch *const *)a, *y = *(struct clu_sketch *const *)b;
    return strcmp(x->id.path, y->id.path);
}

static void drop_table(struct lake *l, size_t i)
{
    clu_sketch_clear(l->sketch[i]);
    clu_free(l->sketch[i]);
    l->sketch[i] = NULL;
}

static void clear(struct lake *l)
{
    for (size_t i = 0; i < l->n; i++)
        drop_table(l, i);
    clu_free(l->sketch);
    clu_free(l->bytes);
    clu_cli_lake_clear(&l->in);
}

/* --- counting --- */

struct work {
    struct lake *l;
    struct clu_lake tables;
    struct clu_schemas schemas;
    uint32_t *class;
    struct clu_couples pairs;
    struct clu_exact exact;
    uint8_t *loose;     /* [pairs] */
    bool failed;        /* a table was lost: all must be done without it */
    enum clu_known by;
};

static void bad_table(void *ctx, size_t table, enum clu_status status, const struct clu_err *why)
{
    struct work *w = ctx;

    (void)table;
    w->failed = true;
    clu_cli_lake_bad(&w->l->in, status, why->msg, w->l->cli);
}

/* Bytes for sets or runs: sketches and buffers are in memory, too. */
static uint64_t memory_left(const struct lake *l)
{
    uint64_t all = args.memory ? args.memory : (uint64_t)1 << 30, used = (uint64_t)l->cli->run.threads << 20, least = (uint64_t)4 << 20;

    for (size_t i = 0; i < l->n; i++)
        used += clu_sketch_bytes(l->sketch[i]);
    return all > used + least ? all - used : least;
}

static void open_work(struct work *w, struct lake *l)
{
    struct clu_err err = {0};
    const char *tmpdir = args.tmpdir ? args.tmpdir : l->cli->run.tmpdir;

    *w = (struct work){.l = l};
    clu_free(l->bytes);
    l->bytes = must(l, clu_alloc(l->n, sizeof *l->bytes));
    for (size_t i = 0; i < l->n; i++)
        l->bytes[i] = l->sketch[i]->id.size;
    clu_lake_start(&w->tables, l->sketch, l->bytes, &l->in.opt);
    w->exact = (struct clu_exact){
        .tables = &w->tables.tables,
        .pairs = &w->pairs,
        .meaning = (enum clu_meaning)args.meaning,
        .sample = args.method == METHOD_SAMPLE ? args.rows : 0,
        .memory = memory_left(l),
        .cover = args.cover,
        .bad = bad_table,
        .ctx = w,
        .distinct = must(l, clu_calloc(l->n, sizeof(uint64_t))),
        .failed = must(l, clu_calloc(l->n, 1)),
    };
    check(l, clu_spill_open(&w->exact.spill, tmpdir, &err), &err);
    check(l, clu_schemas_find(&w->schemas, l->sketch, l->n, &err), &err);
}

static void close_work(struct work *w)
{
    clu_exact_clear(&w->exact);
    clu_spill_close(w->exact.spill);
    clu_free(w->exact.distinct);
    clu_free(w->exact.failed);
    clu_free(w->exact.seen);
    clu_free(w->loose);
    clu_free(w->class);
    clu_couples_clear(&w->pairs);
    clu_schemas_clear(&w->schemas);
}

static void count(struct work *w)
{
    struct clu_err err = {0};
    struct clu_cli *cli = w->l->cli;
    bool merge = args.method == METHOD_MERGE ||
                 (args.method == METHOD_AUTO && !args.in && (args.cover || args.threshold < 1 || clu_merge_pays(&w->pairs)));

    w->by = merge ? CLU_BY_MERGE : args.method == METHOD_SAMPLE ? CLU_BY_SAMPLE : CLU_BY_PROBE;
    check(w->l, merge ? clu_merge(&w->exact, &cli->run, &err) : clu_probe(&w->exact, &cli->run, &err), &err);
    clu_cli_fact(cli, "method", "%s", method_words[merge ? METHOD_MERGE : w->exact.sample ? METHOD_SAMPLE : METHOD_PROBE]);
    clu_cli_fact(cli, "tables read", "%llu", (unsigned long long)w->exact.scans);
    clu_cli_fact(cli, "runs spilled", "%llu", (unsigned long long)w->exact.runs);
}

static bool pair_changed(const struct work *w, const struct clu_couple *p)
{
    const struct clu_sketch *c = w->l->sketch[p->child], *q = w->l->sketch[p->parent];
    uint64_t changed = 0;

    for (size_t j = 0; j < c->cols; j++)
        changed += c->column[j].changed;
    for (size_t j = 0; j < q->cols; j++)
        changed += q->column[j].changed;
    return changed > 0;
}

/* Which whole containments need cells to be brought into their forms? Those that do not hold for cells as they are. */
static void find_loose(struct work *w)
{
    struct clu_err err = {0};
    struct lake *l = w->l;
    struct clu_couples raw = {.schemas = &w->schemas, .sketch = l->sketch, .rename = w->pairs.rename};
    struct clu_exact x = w->exact;
    size_t *of = must(l, clu_alloc(w->pairs.n, sizeof *of));

    w->loose = must(l, clu_calloc(w->pairs.n, 1));
    for (size_t i = 0; i < w->pairs.n; i++) {
        struct clu_couple *p = &w->pairs.pair[i];
        if (!args.in && !pair_changed(w, p)) /* of --in nobody knows before */
            continue;
        w->loose[i] = 1;
        if (clu_graph_edge(&w->exact, p, w->by).relation == CLU_PARTIAL)
            continue;
        of[raw.n] = i;
        if (clu_reserve(&raw.pair, &raw.cap, raw.n + 1, sizeof *raw.pair) < 0)
            must(l, NULL);
        raw.pair[raw.n++] = (struct clu_couple){.child = p->child, .parent = p->parent, .key = p->key};
    }
    x.pairs = &raw;
    x.raw = true;
    x.cover = false;
    x.seen = NULL;
    x.unions = NULL;
    x.distinct = must(l, clu_calloc(l->n, sizeof *x.distinct));
    if (raw.n > 0)
        check(l, clu_probe(&x, &l->cli->run, &err), &err);
    for (size_t i = 0; i < raw.n; i++)
        w->loose[of[i]] = clu_graph_edge(&x, &raw.pair[i], w->by).relation == CLU_PARTIAL;
    clu_free(x.distinct);
    clu_free(raw.pair);
    clu_free(of);
}

/* --- edges --- */

static void add_unions(struct work *w, struct clu_graph *g)
{
    for (size_t i = 0; i < w->exact.n_unions; i++) {
        const struct clu_union *u = &w->exact.unions[i];
        uint64_t distinct = w->exact.distinct[u->child];
        if (clu_reserve(&g->edge, &g->cap, g->n + u->n, sizeof *g->edge) < 0)
            must(w->l, NULL);
        for (size_t j = 0; j < u->n; j++)
            g->edge[g->n++] = (struct clu_edge){.child = u->child,
                                                .parent = u->parent[j],
                                                .relation = CLU_UNION,
                                                .by = CLU_BY_MERGE,
                                                .child_rows = w->l->sketch[u->child]->rows,
                                                .child_distinct = distinct,
                                                .matched_distinct = u->rows[j],
                                                .matched = u->rows[j],
                                                .possible = distinct};
    }
    clu_graph_sort(g);
}

static void print_edges(struct work *w)
{
    struct clu_err err = {0};
    struct clu_graph g;
    const struct clu_graph_opt opt = {.meaning = (enum clu_meaning)args.meaning,
                                      .by = w->by,
                                      .threshold = args.threshold,
                                      .all = args.all,
                                      .class = w->class,
                                      .loose = w->loose};

    check(w->l, clu_graph_build(&g, &w->exact, &opt, &err), &err);
    add_unions(w, &g);
    clu_edges_print(w->l->cli, &g, &w->pairs, (enum clu_meaning)args.meaning, NULL);
    clu_cli_fact(w->l->cli, "edges", "%zu", g.n);
    clu_graph_clear(&g);
}

/* --- many tables --- */

static void find_pairs(struct work *w)
{
    struct clu_err err = {0};
    struct clu_cli *cli = w->l->cli;
    struct clu_couples_opt opt = {.meaning = (enum clu_meaning)args.meaning,
                                .threshold = args.threshold,
                                .partial = args.cover,
                                .rename = args.rename == RENAME_AUTO};

    w->class = must(w->l, clu_alloc(w->l->n, sizeof *w->class));
    check(w->l, clu_couples_classes(&w->schemas, w->l->sketch, w->class, &err), &err);
    opt.class = w->class;
    check(w->l, clu_couples_find(&w->pairs, &w->schemas, w->l->sketch, &opt, &err), &err);
    clu_cli_fact(cli, "tables", "%zu", w->l->n);
    clu_cli_fact(cli, "schemas", "%zu", w->schemas.n);
    clu_cli_fact(cli, "pairs by schema", "%llu", (unsigned long long)w->pairs.tested);
    clu_cli_fact(cli, "refuted by statistics", "%llu", (unsigned long long)w->pairs.by_statistics);
    clu_cli_fact(cli, "refuted by samples", "%llu", (unsigned long long)w->pairs.by_sample);
    clu_cli_fact(cli, "pairs left", "%zu", w->pairs.n);
}

/* Without the tables that were lost. */
static void drop_failed(struct lake *l, const uint8_t *failed)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        if (failed[i])
            drop_table(l, i);
        else
            l->sketch[n++] = l->sketch[i];
    }
    l->n = n;
}

static void search(struct lake *l)
{
    struct work w;

    for (;;) {
        open_work(&w, l);
        find_pairs(&w);
        count(&w);
        if (!w.failed && (args.tables.numeric || args.tables.null))
            find_loose(&w);
        if (!w.failed)
            break;
        drop_failed(l, w.exact.failed);
        close_work(&w);
    }
    print_edges(&w);
    close_work(&w);
}

static enum clu_status search_many(struct clu_cli *cli)
{
    struct lake l = {.cli = cli};
    enum clu_status worst;

    clu_cli_lake_start(&l.in, &args.tables, args.rename == RENAME_AUTO, cli);
    if (args.save)
        l.save = clu_cli_open(cli, args.save);
    clu_cli_lake_sketch(&l.in, &args.tables, true, cli, take_sketch, &l);
    clu_cli_fact(cli, "tables reused", "%zu", l.in.reused);
    if (l.save)
        clu_cli_close(cli, l.save);
    if (l.n > 0)
        qsort(l.sketch, l.n, sizeof *l.sketch, by_path);
    search(&l);
    worst = l.in.worst;
    clear(&l);
    return worst;
}

/* --- two tables --- */

/* The names of its columns and what the file is now: its rows are counted when it is read. */
static void look_at(struct lake *l, const char *path)
{
    struct clu_err err = {0};
    struct clu_sketch s;
    struct clu_opened *o;
    const char *const *name;

    check(l, clu_opened_begin(&o, path, &l->in.opt, &err), &err);
    size_t cols = clu_rows_columns(clu_opened_rows(o), &name);
    check(l, clu_sketch_begin(&s, name, cols, &l->in.rule, &err), &err);
    clu_opened_end(o);
    (void)clu_lake_stat(path, &s.id);
    s.id.path = must(l, clu_strndup(path, strlen(path)));
    take_sketch(l, &s);
}

/* Sketch the one table: bad ones end the program, as there is nothing else to do. */
static void sketch_one(struct lake *l, const char *path)
{
    struct clu_findings f = {0};
    struct clu_err err = {0};

    check(l, clu_lake_sketch(&f, path, &l->in.opt, &l->in.rule, l->cli->run.threads, 0, 0, &l->cli->run, &err), &err);
    if (f.archive)
        check(l, clu_fail(&err, CLU_DATA, "%s: an archive; name one of its tables as archive!member", path), &err);
    if (f.found[0].status != CLU_OK)
        check(l, clu_fail(&err, f.found[0].status, "%s", f.found[0].message), &err);
    take_sketch(l, &f.found[0].sketch);
    f.found[0].sketch = (struct clu_sketch){0};
    clu_findings_clear(&f);
}

/* The pair of table 1 in table 0. False when it cannot be: why, is said. */
static bool pair_two(struct work *w, struct clu_err *err)
{
    static const uint32_t alone[] = {0, 1};
    const struct clu_sketch *child = w->l->sketch[1], *parent = w->l->sketch[0];
    char shown[4 * 80 + 4];

    w->pairs = (struct clu_couples){.schemas = &w->schemas, .sketch = w->l->sketch};
    if (args.rename == RENAME_AUTO) {
        struct clu_couples_opt opt = {.meaning = (enum clu_meaning)args.meaning, .threshold = 1, .rename = true, .class = alone};
        check(w->l, clu_couples_find(&w->pairs, &w->schemas, w->l->sketch, &opt, err), err);
        size_t n = 0;
        for (size_t i = 0; i < w->pairs.n; i++)
            if (w->pairs.pair[i].child == 1)
                w->pairs.pair[n++] = w->pairs.pair[i];
        w->pairs.n = n;
        return n > 0;
    }
    for (size_t j = 0; j < child->cols; j++) {
        const char *name = child->column[j].name;
        if (clu_sketch_find(parent, name) == (size_t)-1) {
            clu_cli_note(w->l->cli, "no column '%s' in %s", clu_show(name, strlen(name), 80, shown), args.in);
            return false;
        }
    }
    check(w->l, clu_couples_add(&w->pairs, 1, 0, NULL, err), err);
    return true;
}

/* Of equal tables the parent has no row that the child lacks, nor, in bags, one more often. */
static bool equal_two(const struct work *w)
{
    const struct clu_couple *p = &w->pairs.pair[0];
    const struct clu_sketch *child = w->l->sketch[1];
    uint64_t rows = w->exact.seen[0];

    return w->schemas.n == 1 && (args.meaning == CLU_MEANING_BAG ? rows == child->rows : p->hits == rows);
}

/* Print the edge, whatever it is, and say whether it is enough. */
static bool answer(const struct work *w)
{
    struct clu_edge e = clu_graph_edge(&w->exact, &w->pairs.pair[0], w->by);
    const struct clu_graph one = {&e, 1, 1};

    if (e.relation == CLU_CONTAINED && !e.rename && equal_two(w))
        e.relation = CLU_EQUAL;
    e.normalised = w->loose && w->loose[0];
    clu_edges_print(w->l->cli, &one, &w->pairs, (enum clu_meaning)args.meaning, w->exact.seen);
    return e.relation != CLU_PARTIAL || (e.matched > 0 && (double)e.matched >= args.threshold * (double)e.possible);
}

static bool ask(struct clu_cli *cli)
{
    struct lake l = {.cli = cli};
    struct work w;
    struct clu_err err = {0};

    clu_cli_lake_start(&l.in, &args.tables, args.rename == RENAME_AUTO, cli);
    if (args.rename == RENAME_AUTO)
        sketch_one(&l, args.in);
    else
        look_at(&l, args.in);
    sketch_one(&l, cli->file[0]);
    open_work(&w, &l);
    w.class = must(&l, clu_alloc(2, sizeof *w.class));
    w.class[0] = 0;
    w.class[1] = 1;
    w.exact.seen = must(&l, clu_calloc(2, sizeof *w.exact.seen));
    bool yes = pair_two(&w, &err);
    if (yes) {
        count(&w);
        if (!w.failed && (args.tables.numeric || args.tables.null))
            find_loose(&w);
        if (w.failed) /* it was named when it failed */
            clu_cli_end_with(cli, l.in.worst);
        yes = answer(&w);
    }
    close_work(&w);
    clear(&l);
    return yes;
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;

    clu_cli_start(&cli, &tool, NULL, &args.output, &args.common, argc, argv);
    check_args(&cli);
    clu_cli_open_output(&cli);
    if (args.in)
        clu_cli_answer(&cli, ask(&cli));
    clu_cli_end_with(&cli, search_many(&cli));
}
