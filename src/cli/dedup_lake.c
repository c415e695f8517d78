/* Sections: protection, sketches, files, usage, edges, classes. */
#include "cli/dedup_state.h"

#include "base/mem.h"
#include "cli/tables.h"
#include "io/lines.h"
#include "tab/number.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- protection --- */

static bool matches(const char *glob, const char *path, struct clu_cli *cli)
{
    if (fnmatch(glob, path, 0) == 0)
        return true;
    char *inside = clu_dedup_text(cli, "%s/*", glob);
    bool is = fnmatch(inside, path, 0) == 0;
    clu_free(inside);
    return is;
}

/* The glob as a path from the root: relative ones count from the working folder. */
static char *rooted(const char *glob, struct clu_cli *cli)
{
    char folder[4096];

    while (glob[0] == '.' && glob[1] == '/')
        glob += 2;
    if (*glob == '/' || !getcwd(folder, sizeof folder))
        return clu_dedup_copy(cli, glob);
    return clu_dedup_text(cli, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, glob);
}

static size_t without_slashes(const char *s)
{
    size_t len = strlen(s);

    while (len > 1 && s[len - 1] == '/')
        len--;
    return len;
}

bool clu_dedup_protected(const struct clu_dedup_opt *opt, const char *path, struct clu_cli *cli)
{
    char *real = opt->protect.n > 0 ? realpath(path, NULL) : NULL;
    const char *plain = path;
    bool is = false;

    while (plain[0] == '.' && plain[1] == '/')
        plain += 2;
    for (size_t i = 0; i < opt->protect.n && !is; i++) {
        char *glob = clu_dedup_must(cli, clu_strndup(opt->protect.text[i], without_slashes(opt->protect.text[i])));
        char *full = rooted(glob, cli);
        is = matches(glob, path, cli) || matches(glob, plain, cli) || matches(full, path, cli) ||
             (real && (matches(glob, real, cli) || matches(full, real, cli)));
        clu_free(glob);
        clu_free(full);
    }
    free(real);
    return is;
}

/* --- sketches --- */

struct taking {
    struct clu_dedup_lake *l;
    const struct clu_dedup_opt *opt;
    struct clu_cli *cli;
};

static bool same_null(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void take_sketch(void *ctx, struct clu_sketch *s)
{
    struct taking *t = ctx;
    struct clu_dedup_lake *l = t->l;
    struct clu_err err;

    if (l->n == 0) {
        l->header = s->rule.header;
        l->by_position = s->rule.by_position;
        l->numeric = s->rule.numeric;
        l->null = s->rule.null ? clu_dedup_copy(t->cli, s->rule.null) : NULL;
    }
    if (s->rule.header != l->header || s->rule.by_position != l->by_position || s->rule.numeric != l->numeric ||
        !same_null(s->rule.null, l->null))
        clu_cli_check(t->cli, clu_fail_at(&err, CLU_DATA, s->id.path, "sketched in another way than the tables before it"), &err);
    if (s->rule.plain)
        clu_cli_check(t->cli, clu_fail_at(&err, CLU_DATA, s->id.path, "sketched for --rename: its columns have no names to go by"), &err);
    clu_dedup_room(t->cli, &l->table, &l->cap, l->n + 1, sizeof *l->table);
    struct clu_dedup_table *x = &l->table[l->n];
    *x = (struct clu_dedup_table){.delimiter = s->id.delimiter,
                                  .raw = s->id.raw,
                                  .accesses = t->opt->accesses,
                                  .passes = t->opt->passes,
                                  .leader = (uint32_t)l->n,
                                  .keeper = UINT32_MAX};
    x->row.id = s->id;
    x->row.print = (struct clu_print){s->rows, s->sum};
    x->row.bytes = s->id.file && !s->id.member ? s->id.size : 0;
    s->id.path = NULL;
    clu_sketch_clear(s);
    l->n++;
}

static int by_path(const void *a, const void *b)
{
    const struct clu_dedup_table *x = a, *y = b;
    int order = strcmp(x->row.id.path, y->row.id.path);

    return order != 0 ? order : (x->leader > y->leader) - (x->leader < y->leader);
}

/* By path; of those with one path the last that was read. */
static void sort_tables(struct clu_dedup_lake *l)
{
    size_t n = 0;

    if (l->n > 0)
        qsort(l->table, l->n, sizeof *l->table, by_path);
    for (size_t i = 0; i < l->n; i++) {
        if (i + 1 < l->n && strcmp(l->table[i].row.id.path, l->table[i + 1].row.id.path) == 0)
            clu_free(l->table[i].row.id.path);
        else
            l->table[n++] = l->table[i];
    }
    l->n = n;
    for (size_t i = 0; i < n; i++)
        l->table[i].leader = (uint32_t)i;
}

static size_t find_table(const struct clu_dedup_lake *l, const char *path)
{
    size_t lo = 0, hi = l->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(l->table[mid].row.id.path, path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < l->n && strcmp(l->table[lo].row.id.path, path) == 0 ? lo : l->n;
}

/* --- files --- */

static void give_reason(struct clu_dedup_table *t, struct clu_cli *cli, const char *why)
{
    clu_free(t->row.reason);
    t->row.reason = clu_dedup_copy(cli, why);
}

/* What a table can be in a plan. */
static void judge(struct clu_dedup_table *t, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_identity now = {0};
    const char *review = NULL, *keep = NULL;
    bool there = clu_lake_stat(t->row.id.path, &now);

    t->place = clu_place_look(t->row.id.path);
    if (!t->row.id.file)
        review = "no file: it was read from a pipe, or merged";
    else if (!there)
        review = "it is gone";
    else if (t->row.id.changed)
        review = "it changed while it was sketched";
    else if (!clu_lake_unchanged(&now, &t->row.id))
        review = "it changed since it was sketched";
    t->valid = !review;
    if (t->row.id.member)
        keep = "in an archive";
    else if (t->place.link)
        keep = "a symbolic link";
    else if (t->row.print.rows == 0)
        keep = "empty";
    else if (t->place.names > 1)
        keep = "a file with several hard links: deleting one frees nothing";
    else if (clu_dedup_protected(opt, t->row.id.path, cli))
        keep = "protected";
    t->target = !review && !keep;
    t->row.action = review ? CLU_REVIEW : CLU_KEEP;
    if (review || keep)
        give_reason(t, cli, review ? review : keep);
}

struct spot {
    uint64_t dev, inode;
    size_t i;
};

static int by_inode(const void *a, const void *b)
{
    const struct spot *x = a, *y = b;

    if (x->dev != y->dev || x->inode != y->inode)
        return x->dev < y->dev || (x->dev == y->dev && x->inode < y->inode) ? -1 : 1;
    return (x->i > y->i) - (x->i < y->i);
}

/* One file under several paths: hard links, or one name that is reached in two ways. None of them may go, lest the others go with it; and its
 * bytes count once. */
static void find_links(struct clu_dedup_lake *l, struct clu_cli *cli)
{
    struct spot *spot = clu_dedup_must(cli, clu_alloc(l->n + 1, sizeof *spot));
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->table[i].row.id.file && !l->table[i].row.id.member)
            spot[n++] = (struct spot){l->table[i].row.id.dev, l->table[i].row.id.inode, i};
    qsort(spot, n, sizeof *spot, by_inode);
    for (size_t k = 1; k < n; k++) {
        struct clu_dedup_table *a = &l->table[spot[k - 1].i], *b = &l->table[spot[k].i];
        if (spot[k - 1].dev != spot[k].dev || spot[k - 1].inode != spot[k].inode)
            continue;
        b->row.bytes = 0;
        if (a->target)
            give_reason(a, cli, "one file under several paths");
        if (b->target)
            give_reason(b, cli, "one file under several paths");
        a->target = b->target = false;
    }
    clu_free(spot);
}

/* --- usage --- */

static void read_number(const struct clu_lines *f, const char *s, double *x, struct clu_cli *cli)
{
    struct clu_err err;
    char shown[4 * 80 + 4];

    if (clu_number_parse(s, strlen(s), '.', x) != CLU_NUMBER_OK || *x < 0)
        clu_cli_check(cli, clu_lines_fail(f, &err, "not a number of 0 or more: '%s'", clu_show(s, strlen(s), 80, shown)), &err);
}

/* Table, accesses, and passes if there are any; a header is fine. */
static void read_usage(struct clu_dedup_lake *l, const char *path, struct clu_cli *cli)
{
    struct clu_lines f;
    struct clu_err err;
    bool more;

    clu_cli_check(cli, clu_lines_open(&f, path, &err), &err);
    for (;;) {
        clu_cli_check(cli, clu_lines_next(&f, &more, &err), &err);
        if (!more)
            break;
        if (f.number == 1 && strcmp(f.field[0], "table") == 0)
            continue;
        if (f.fields < 2 || f.fields > 3)
            clu_cli_check(cli, clu_lines_fail(&f, &err, "%zu field%s, expected table, accesses and passes", f.fields, f.fields == 1 ? "" : "s"), &err);
        clu_cli_check(cli, clu_lines_text(&f, f.field[0], &err), &err);
        size_t i = find_table(l, f.field[0]);
        if (i == l->n)
            clu_cli_check(cli, clu_lines_fail(&f, &err, "no sketch of this table"), &err);
        read_number(&f, f.field[1], &l->table[i].accesses, cli);
        if (f.fields == 3)
            read_number(&f, f.field[2], &l->table[i].passes, cli);
    }
    clu_lines_close(&f);
}

/* --- edges --- */

enum { CHILD, PARENT, RELATION, CONTAINMENT, METHOD, FLAGS, RENAMED, WANTED };
static const char *const edge_column[WANTED] = {"child", "parent", "relation", "containment", "method", "flags", "renamed"};

static bool has_flag(const char *flags, const char *flag)
{
    size_t len = strlen(flag);

    for (const char *s = flags; *s;) {
        size_t n = strcspn(s, ",");
        if (n == len && strncmp(s, flag, n) == 0)
            return true;
        s += n + (s[n] != '\0');
    }
    return false;
}

/* May this edge be why a table goes? */
static bool counts(char *const *f, const struct clu_dedup_opt *opt)
{
    return (strcmp(f[RELATION], "equal") == 0 || strcmp(f[RELATION], "contained") == 0) && strcmp(f[CONTAINMENT], "1") == 0 &&
           strcmp(f[METHOD], "sample") != 0 && !*f[RENAMED] && !has_flag(f[FLAGS], "empty") &&
           (opt->trivial || !has_flag(f[FLAGS], "trivial")) && (opt->normalised || !has_flag(f[FLAGS], "normalised"));
}

static void find_columns(const struct clu_lines *l, size_t *at, struct clu_cli *cli)
{
    struct clu_err err;

    for (size_t j = 0; j < WANTED; j++) {
        at[j] = 0;
        while (at[j] < l->fields && strcmp(l->field[at[j]], edge_column[j]) != 0)
            at[j]++;
        if (at[j] == l->fields)
            clu_cli_check(cli, clu_lines_fail(l, &err, "not the header of edges: no column '%s'", edge_column[j]), &err);
    }
}

static uint32_t find_end(const struct clu_dedup_lake *l, const struct clu_lines *f, char *path, struct clu_cli *cli)
{
    struct clu_err err;
    char shown[4 * 200 + 4];

    clu_cli_check(cli, clu_lines_text(f, path, &err), &err);
    size_t i = find_table(l, path);
    if (i == l->n)
        clu_cli_check(cli, clu_lines_fail(f, &err, "no sketch of '%s'", clu_show(path, strlen(path), 200, shown)), &err);
    return (uint32_t)i;
}

static void read_edges(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_lines f;
    struct clu_err err;
    size_t at[WANTED], fields;
    char *field[WANTED];
    bool more;

    clu_cli_check(cli, clu_lines_open(&f, cli->files > 0 ? cli->file[0] : "-", &err), &err);
    clu_cli_check(cli, clu_lines_next(&f, &more, &err), &err);
    if (!more)
        clu_cli_check(cli, clu_fail(&err, CLU_DATA, "%s: no data", f.name), &err);
    find_columns(&f, at, cli);
    fields = f.fields;
    for (;;) {
        clu_cli_check(cli, clu_lines_next(&f, &more, &err), &err);
        if (!more)
            break;
        if (f.cut)
            clu_cli_check(cli, clu_lines_fail(&f, &err, "the line has no end"), &err);
        if (f.fields != fields)
            clu_cli_check(cli, clu_lines_fail(&f, &err, "%zu field%s, expected %zu", f.fields, f.fields == 1 ? "" : "s", fields), &err);
        for (size_t j = 0; j < WANTED; j++)
            field[j] = f.field[at[j]];
        if (!counts(field, opt))
            continue;
        clu_dedup_room(cli, &l->edge, &l->edge_cap, l->edges + 1, sizeof *l->edge);
        uint32_t child = find_end(l, &f, field[CHILD], cli), parent = find_end(l, &f, field[PARENT], cli);
        l->edge[l->edges++] = (struct clu_dedup_edge){child, parent, strcmp(field[RELATION], "equal") == 0};
    }
    clu_lines_close(&f);
}

/* --- classes --- */

uint32_t clu_dedup_leader(struct clu_dedup_lake *l, uint32_t i)
{
    while (l->table[i].leader != i) {
        l->table[i].leader = l->table[l->table[i].leader].leader;
        i = l->table[i].leader;
    }
    return i;
}

/* <0: a is the one to keep. */
static int prefer(const struct clu_dedup_table *a, const struct clu_dedup_table *b, const struct clu_dedup_opt *opt)
{
    const struct clu_identity *x = &a->row.id, *y = &b->row.id;
    int order = 0;

    /* What stays anyway, and rather a file than a member of an archive. */
    if (a->target != b->target)
        return a->target ? 1 : -1;
    if (x->member != y->member)
        return x->member ? 1 : -1;
    switch (opt->prefer) {
    case CLU_PREFER_OLDEST:
        order = (x->mtime > y->mtime) - (x->mtime < y->mtime);
        break;
    case CLU_PREFER_NEWEST:
        order = (x->mtime < y->mtime) - (x->mtime > y->mtime);
        break;
    case CLU_PREFER_SHORTEST:
        break;
    case CLU_PREFER_GLOB:
        order = (fnmatch(opt->prefer_glob, x->path, 0) != 0) - (fnmatch(opt->prefer_glob, y->path, 0) != 0);
        break;
    default:
        order = (x->size > y->size) - (x->size < y->size);
    }
    size_t m = strlen(x->path), n = strlen(y->path);
    return order != 0 ? order : m != n ? m < n ? -1 : 1 : strcmp(x->path, y->path);
}

static void find_keepers(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt)
{
    for (size_t e = 0; e < l->edges; e++)
        if (l->edge[e].equal) {
            uint32_t a = clu_dedup_leader(l, l->edge[e].child), b = clu_dedup_leader(l, l->edge[e].parent);
            l->table[a > b ? a : b].leader = a < b ? a : b;
        }
    for (uint32_t i = 0; i < l->n; i++) {
        struct clu_dedup_table *leader = &l->table[clu_dedup_leader(l, i)];
        if (l->table[i].valid && (leader->keeper == UINT32_MAX || prefer(&l->table[i], &l->table[leader->keeper], opt) < 0))
            leader->keeper = i;
    }
}

void clu_dedup_lake_read(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct taking t = {l, opt, cli};

    *l = (struct clu_dedup_lake){0};
    clu_cli_sketches_read(opt->sketch, cli, take_sketch, &t);
    sort_tables(l);
    for (size_t i = 0; i < l->n; i++)
        judge(&l->table[i], opt, cli);
    find_links(l, cli);
    if (opt->usage)
        read_usage(l, opt->usage, cli);
    read_edges(l, opt, cli);
    find_keepers(l, opt);
}

void clu_dedup_lake_clear(struct clu_dedup_lake *l)
{
    clu_free(l->table);
    clu_free(l->edge);
    clu_free(l->null);
    *l = (struct clu_dedup_lake){0};
}
