/* sketch-tables - a line of text for each table, by which containments can be refuted without reading the tables again. Sections: options,
 * merging, main. */
#include "base/mem.h"
#include "cli/tables.h"

#include <string.h>

/* --- options --- */

struct args {
    struct clu_cli_tables tables;
    const char *merge;
    bool rename;
    struct clu_cli_output output;
    struct clu_cli_common common;
};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt sketch_opt[] = {
    {.name = "merge", .type = CLU_OPT_TEXT, .offset = AT(merge), .arg = "NAME",
     .help = "no tables are read: the files hold sketches of the parts of one table, whose sketch is printed as that of NAME"},
    {.name = "rename", .type = CLU_OPT_FLAG, .offset = AT(rename),
     .help = "hash values without the names of their columns, for contain-tables --rename=auto"},
};

static struct args args = {.tables = CLU_CLI_TABLES_DEFAULT, .common = CLU_CLI_COMMON_DEFAULT};

static const struct clu_optset set[] = {
    {"Tables", CLU_ROWS(clu_cli_lake_opt), &args.tables},
    {"Format", CLU_ROWS(clu_cli_format_opt), &args.tables},
    {"Equality", CLU_ROWS(clu_cli_equal_opt), &args.tables},
    {"Archives", CLU_ROWS(clu_cli_archive_opt), &args.tables},
    {"Result", CLU_ROWS(sketch_opt), &args},
    {"Result", clu_cli_output_opt, 1, &args.output},
    {"General", CLU_ROWS(clu_cli_common_opt), &args.common},
};

static const struct clu_tool tool = {
    .name = "sketch-tables",
    .usage = "[OPTION]... [FILE]...",
    .summary = "Sketch tables (CSV or TSV): print a line for each that tells what it may contain. contain-tables reads such lines.",
    .example = "find lake -name '*.csv*' | sketch-tables --files-from=- > lake.sketch",
    .set = set,
    .sets = sizeof set / sizeof set[0],
};

static void print_line(struct clu_cli *cli, const struct clu_sketch *s)
{
    struct clu_err err = {0};
    struct clu_texts line = {0};

    clu_cli_check(cli, clu_sketch_format(s, &line, &err), &err);
    clu_out_bytes(cli->out, line.bytes, line.used);
    clu_texts_clear(&line);
}

static void print(void *ctx, struct clu_sketch *s)
{
    struct clu_cli *cli = ctx;

    print_line(cli, s);
    clu_sketch_clear(s);
}

/* --- merging --- */

struct whole {
    struct clu_cli *cli;
    struct clu_sketch sketch;
    bool begun;
};

static void add_part(void *ctx, struct clu_sketch *s)
{
    struct whole *w = ctx;
    struct clu_err err = {0};

    if (!w->begun) {
        w->begun = true;
        w->sketch = *s;
        w->sketch.id.file = w->sketch.id.member = w->sketch.id.changed = false;
        return;
    }
    enum clu_status status = clu_sketch_merge(&w->sketch, s, &err);
    if (status == CLU_DATA) {
        char *name = clu_source_quote(s->id.path);
        struct clu_err named;
        status = name ? clu_fail(&named, CLU_DATA, "%s: %s", name, err.msg) : clu_fail_memory(&named);
        clu_free(name);
        clu_cli_check(w->cli, status, &named);
    }
    clu_cli_check(w->cli, status, &err);
    clu_sketch_clear(s);
}

static void merge(struct clu_cli *cli)
{
    struct whole w = {.cli = cli};
    struct clu_err err = {0};

    for (size_t i = 0; i < cli->files; i++)
        clu_cli_sketches_read(cli->file[i], cli, add_part, &w);
    if (cli->files == 0)
        clu_cli_sketches_read("-", cli, add_part, &w);
    if (!w.begun)
        clu_cli_check(cli, clu_fail(&err, CLU_DATA, "no sketches to merge"), &err);
    clu_free(w.sketch.id.path);
    w.sketch.id.path = clu_strndup(args.merge, strlen(args.merge));
    if (!w.sketch.id.path)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    print(cli, &w.sketch);
}

/* --- main --- */

int main(int argc, char **argv)
{
    struct clu_cli cli;
    struct clu_cli_lake lake = {0};
    static const char *const standard_input[] = {"-"};

    clu_cli_start(&cli, &tool, NULL, &args.output, &args.common, argc, argv);
    if (args.merge && (args.tables.files_from || args.tables.recursive || args.tables.sketch))
        clu_cli_usage(&cli, "--merge reads sketches: no --files-from, -r or --sketch");
    if (cli.files == 0 && !args.tables.files_from) {
        cli.file = standard_input;
        cli.files = 1;
    }
    clu_cli_open_output(&cli);
    if (args.merge) {
        merge(&cli);
        clu_cli_end(&cli);
    }
    clu_cli_lake_start(&lake, &args.tables, args.rename, &cli);
    clu_cli_lake_sketch(&lake, &args.tables, false, &cli, print, &cli);
    clu_cli_fact(&cli, "tables reused", "%zu", lake.reused);
    enum clu_status worst = lake.worst;
    clu_cli_lake_clear(&lake);
    clu_cli_end_with(&cli, worst);
}
