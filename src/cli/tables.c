/* Sections: options, lists of names, folders, old sketches, items, sketching. */
#include "cli/tables.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- options --- */

enum clu_cli_header { HEADER_YES = 0, HEADER_NO };

static const char *const header_words[] = {"yes", "no", NULL};

#define AT(field) offsetof(struct clu_cli_tables, field)

const struct clu_opt clu_cli_lake_opt[4] = {
    {.name = "files-from", .type = CLU_OPT_FILE, .offset = AT(files_from), .arg = "FILE",
     .help = "the tables that FILE names, a line each (- is standard input), after those on the command line"},
    {.letter = '0', .name = "null-names", .type = CLU_OPT_FLAG, .offset = AT(nul),
     .help = "the names in --files-from end with NUL instead, as find -print0 writes them"},
    {.letter = 'r', .name = "recursive", .type = CLU_OPT_FLAG, .offset = AT(recursive),
     .help = "a folder stands for all .csv and .tsv files in and under it, compressed or not, and for those in .tar and .zip archives"},
    {.name = "sketch", .type = CLU_OPT_FILE, .offset = AT(sketch), .arg = "FILE",
     .help = "sketches made before: a table whose file has not changed since is not read again"},
};

const struct clu_opt clu_cli_format_opt[6] = {
    {.letter = 'd', .name = "delimiter", .type = CLU_OPT_CHAR, .offset = AT(delimiter), .arg = "CHAR", .what = "delimiter",
     .help = "what separates the columns of all tables; found from the first record of each otherwise"},
    {.letter = 't', .name = "tsv", .type = CLU_OPT_SETCHAR, .offset = AT(delimiter), .value = '\t', .help = "columns are separated by TAB"},
    {.name = "csv", .type = CLU_OPT_SETCHAR, .offset = AT(delimiter), .value = ',', .help = "columns are separated by commas"},
    {.name = "header", .type = CLU_OPT_WORD, .offset = AT(header), .arg = "WHEN", .words = header_words,
     .help = "is the first record of a table its header; without one columns are named by their numbers"},
    {.name = "by-position", .type = CLU_OPT_FLAG, .offset = AT(by_position),
     .help = "match columns by their numbers, not by the names in the headers"},
    {.name = "sample", .type = CLU_OPT_COUNT, .offset = AT(sample), .arg = "N", .lo = 0, .hi = 10000,
     .help = "rows that a sketch keeps for each of up to 16 columns; more refute more without reading tables again"},
};

const struct clu_opt clu_cli_equal_opt[2] = {
    {.name = "numeric", .type = CLU_OPT_FLAG, .offset = AT(numeric),
     .help = "numbers are equal by value: 1, 1.0, 1e0 and +1 are; 007 is a text"},
    {.name = "null", .type = CLU_OPT_TEXT, .offset = AT(null), .arg = "LIST",
     .help = "these words, separated by commas, and the empty cell are one null, such as NA,NULL"},
};

const struct clu_opt clu_cli_archive_opt[3] = {
    {.name = "max-members", .type = CLU_OPT_COUNT, .offset = AT(max_members), .arg = "N", .lo = 1, .hi = 1e12,
     .help = "most files in an archive"},
    {.name = "max-bytes", .type = CLU_OPT_SIZE, .offset = AT(max_bytes), .arg = "SIZE",
     .help = "most bytes of a file in an archive (64G otherwise)"},
    {.name = "max-ratio", .type = CLU_OPT_COUNT, .offset = AT(max_ratio), .arg = "N", .lo = 1, .hi = 1e12,
     .help = "most bytes that come out of an archive for a byte of it"},
};

static void *must(struct clu_cli *cli, void *p)
{
    struct clu_err err;

    if (!p)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    return p;
}

static void make_room(struct clu_cli *cli, void *p, size_t *cap, size_t need, size_t size)
{
    struct clu_err err;

    if (clu_reserve(p, cap, need, size) < 0)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
}

/* --- lists of names --- */

struct paths {
    char **path; /* [n] */
    size_t n, cap;
};

static void add_path(struct paths *p, const char *path, size_t len, struct clu_cli *cli)
{
    make_room(cli, &p->path, &p->cap, p->n + 1, sizeof *p->path);
    p->path[p->n++] = must(cli, clu_strndup(path, len));
}

/* All of a file; *len bytes with a NUL behind them. */
static char *read_whole(const char *path, size_t *len, struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_source *source;
    char *text = NULL;
    size_t cap = 0, got = 1;

    *len = 0;
    clu_cli_check(cli, clu_source_open(&source, path, &err), &err);
    while (got > 0) {
        make_room(cli, &text, &cap, *len + 65537, 1);
        clu_cli_check(cli, clu_source_read(source, text + *len, cap - *len - 1, false, &got, &err), &err);
        *len += got;
    }
    clu_source_close(source);
    text[*len] = '\0';
    return text;
}

static void add_listed(struct paths *p, const struct clu_cli_tables *t, struct clu_cli *cli)
{
    size_t len;
    char *text = read_whole(t->files_from, &len, cli), *end = text + len;

    for (char *s = text; s < end;) {
        char *stop = memchr(s, t->nul ? '\0' : '\n', (size_t)(end - s));
        if (!stop)
            stop = end;
        if (stop > s)
            add_path(p, s, (size_t)(stop - s), cli);
        s = stop + 1;
    }
    clu_free(text);
}

/* --- folders --- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, in order. */
static void read_folder(struct paths *names, const char *folder, struct clu_cli_lake *lake, struct clu_cli *cli)
{
    struct clu_err err;
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir) {
        char *shown = must(cli, clu_source_quote(folder));
        clu_fail(&err, CLU_SYSTEM, "%s: %s", shown, strerror(errno));
        clu_free(shown);
        clu_cli_lake_bad(lake, CLU_SYSTEM, err.msg, cli);
        return;
    }
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            add_path(names, entry->d_name, strlen(entry->d_name), cli);
    closedir(dir);
    if (names->n > 0)
        qsort(names->path, names->n, sizeof *names->path, by_text);
}

/* Links are not followed: what they lead to is found where it lies, or lies outside. */
static void add_folder(struct paths *p, const char *folder, struct clu_cli_lake *lake, struct clu_cli *cli)
{
    struct paths names = {0};
    struct stat st;
    size_t f = strlen(folder);

    while (f > 1 && folder[f - 1] == '/')
        f--;
    read_folder(&names, folder, lake, cli);
    for (size_t i = 0; i < names.n; i++) {
        size_t n = strlen(names.path[i]);
        char *path = must(cli, clu_alloc(f + n + 2, 1));
        memcpy(path, folder, f);
        path[f] = '/';
        memcpy(path + f + 1, names.path[i], n + 1);
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            add_folder(p, path, lake, cli);
        else if (S_ISREG(st.st_mode) && clu_lake_name(path, true))
            add_path(p, path, f + n + 1, cli);
        clu_free(path);
        clu_free(names.path[i]);
    }
    clu_free(names.path);
}

static void list_paths(struct paths *p, const struct clu_cli_tables *t, struct clu_cli_lake *lake, struct clu_cli *cli)
{
    struct paths given = {0};
    struct stat st;

    for (size_t i = 0; i < cli->files; i++)
        add_path(&given, cli->file[i], strlen(cli->file[i]), cli);
    if (t->files_from)
        add_listed(&given, t, cli);
    for (size_t i = 0; i < given.n; i++) {
        if (t->recursive && stat(given.path[i], &st) == 0 && S_ISDIR(st.st_mode))
            add_folder(p, given.path[i], lake, cli);
        else
            add_path(p, given.path[i], strlen(given.path[i]), cli);
        clu_free(given.path[i]);
    }
    clu_free(given.path);
}

/* --- old sketches --- */

void clu_cli_sketches_read(const char *path, struct clu_cli *cli, void (*take)(void *ctx, struct clu_sketch *s), void *ctx)
{
    struct clu_err err = {0};
    size_t len;
    char *text = read_whole(path, &len, cli), *end = text + len;
    char *name = must(cli, strcmp(path, "-") == 0 ? clu_strndup("stdin", 5) : clu_source_quote(path));
    uint64_t number = 0;

    for (char *s = text; s < end;) {
        char *stop = memchr(s, '\n', (size_t)(end - s));
        struct clu_sketch sketch;
        number++;
        if (!stop) { /* writing was cut short, perhaps at the end of a word */
            clu_cli_check(cli, clu_fail(&err, CLU_DATA, "%s:%llu: the line has no end", name, (unsigned long long)number), &err);
            break;
        }
        *stop = '\0';
        clu_cli_check(cli, clu_sketch_parse(&sketch, s, (size_t)(stop - s), name, number, &err), &err);
        take(ctx, &sketch);
        s = stop + 1;
    }
    clu_free(name);
    clu_free(text);
}

struct collector {
    struct clu_cli_lake *lake;
    struct clu_cli *cli;
};

static void take_old(void *ctx, struct clu_sketch *s)
{
    struct collector *c = ctx;

    make_room(c->cli, &c->lake->old, &c->lake->old_cap, c->lake->olds + 1, sizeof *c->lake->old);
    c->lake->old[c->lake->olds++] = *s;
}

static int by_path(const void *a, const void *b)
{
    const struct clu_sketch *x = a, *y = b;
    return strcmp(x->id.path, y->id.path);
}

/* Sorted by path, of those with one path the last that was read. */
static void sort_old(struct clu_cli_lake *lake, struct clu_cli *cli)
{
    struct clu_sketch *sorted = must(cli, clu_alloc(lake->olds + 1, sizeof *sorted));
    size_t n = 0;

    for (size_t i = lake->olds; i-- > 0;) /* later ones first, then the first of each path is kept */
        sorted[n++] = lake->old[i];
    for (size_t width = 1; width < n; width *= 2) { /* a merge sort, which is stable; old is its other half */
        for (size_t from = 0; from < n; from += 2 * width) {
            size_t mid = from + width < n ? from + width : n, end = from + 2 * width < n ? from + 2 * width : n;
            for (size_t i = from, j = mid, k = from; k < end; k++) {
                bool left = j == end || (i < mid && by_path(&sorted[i], &sorted[j]) <= 0);
                lake->old[k] = left ? sorted[i++] : sorted[j++];
            }
        }
        memcpy(sorted, lake->old, n * sizeof *sorted);
    }
    lake->olds = 0;
    for (size_t i = 0; i < n; i++) {
        if (lake->olds > 0 && by_path(&sorted[i], &lake->old[lake->olds - 1]) == 0)
            clu_sketch_clear(&sorted[i]);
        else
            lake->old[lake->olds++] = sorted[i];
    }
    clu_free(sorted);
}

void clu_cli_lake_start(struct clu_cli_lake *lake, const struct clu_cli_tables *t, bool plain, struct clu_cli *cli)
{
    struct collector c = {lake, cli};

    *lake = (struct clu_cli_lake){
        .opt = {.rows = {.delimiter = t->delimiter, .header = t->header == HEADER_YES, .by_position = t->by_position},
                .equal = {.numeric = t->numeric, .null = t->null},
                .limit = {.members = t->max_members, .bytes = t->max_bytes, .ratio = t->max_ratio}},
        .rule = {.header = t->header == HEADER_YES, .by_position = t->by_position, .numeric = t->numeric, .plain = plain, .sample = t->sample},
    };
    if (t->null)
        lake->rule.null = must(cli, clu_strndup(t->null, strlen(t->null)));
    if (t->nul && !t->files_from)
        clu_cli_usage(cli, "-0 is for --files-from");
    if (t->sketch) {
        clu_cli_sketches_read(t->sketch, cli, take_old, &c);
        sort_old(lake, cli);
    }
}

void clu_cli_lake_clear(struct clu_cli_lake *lake)
{
    for (size_t i = 0; i < lake->olds; i++)
        clu_sketch_clear(&lake->old[i]);
    clu_free(lake->old);
    clu_free(lake->rule.null);
    *lake = (struct clu_cli_lake){0};
}

/* The sketch of the file as it is now, if there is one that was made in the same way. */
static struct clu_sketch *find_old(const struct clu_cli_lake *lake, const char *path, const struct clu_identity *now)
{
    const struct clu_sketch key = {.id = {.path = (char *)path}};
    struct clu_sketch *s = lake->olds > 0 ? bsearch(&key, lake->old, lake->olds, sizeof *s, by_path) : NULL;
    bool same = s && clu_lake_unchanged(now, &s->id) && !s->id.changed && clu_sketch_alike(&s->rule, &lake->rule) &&
                s->rule.header == lake->rule.header && s->rule.sample == lake->rule.sample;

    return same && (!lake->opt.rows.delimiter || lake->opt.rows.delimiter == s->id.delimiter) ? s : NULL;
}

/* --- items --- */

#define WINDOW 64                  /* tables that are sketched before the first of them is handed on */
#define SMALL ((uint64_t)4 << 20)  /* smaller files take a thread each, larger ones all threads */

struct item {
    char *path;
    struct clu_identity now;
    bool there;
    size_t as;               /* this item is a hard link to the file of an earlier one; else itself */
    bool again;              /* the path was named before */
    bool linked;             /* a later item is a link to this one's file */
    struct clu_sketch *old;
    struct clu_findings f;
    enum clu_status status;
    struct clu_err *err;     /* of the call */
};

struct place {
    const struct item *item;
    size_t at;
};

static int by_inode(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const struct clu_identity *i = &x->item->now, *j = &y->item->now;

    if (i->dev != j->dev || i->inode != j->inode)
        return i->dev < j->dev || (i->dev == j->dev && i->inode < j->inode) ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static int by_name(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = strcmp(x->item->path, y->item->path);

    return order != 0 ? order : x->at < y->at ? -1 : 1;
}

/* What is named twice, and what is one file under two names. */
static void find_same(struct item *item, size_t n, struct clu_cli *cli)
{
    struct place *place = must(cli, clu_alloc(n + 1, sizeof *place));

    for (size_t i = 0; i < n; i++)
        place[i] = (struct place){&item[i], i};
    qsort(place, n, sizeof *place, by_name);
    for (size_t i = 1; i < n; i++)
        item[place[i].at].again = strcmp(place[i - 1].item->path, place[i].item->path) == 0;
    qsort(place, n, sizeof *place, by_inode);
    for (size_t i = 1; i < n; i++) {
        const struct item *a = place[i - 1].item, *b = place[i].item;
        if (a->there && b->there && !a->now.member && !b->now.member && a->now.dev == b->now.dev && a->now.inode == b->now.inode)
            item[item[place[i].at].as = a->as].linked = true;
    }
    clu_free(place);
}

/* Another sketch like it, under another path. */
static struct clu_sketch copy_sketch(const struct clu_sketch *s, const char *path, struct clu_cli *cli)
{
    struct clu_err err = {0};
    struct clu_texts line = {0};
    struct clu_sketch copy;

    clu_cli_check(cli, clu_sketch_format(s, &line, &err), &err);
    line.bytes[line.used - 1] = '\0';
    clu_cli_check(cli, clu_sketch_parse(&copy, line.bytes, line.used - 1, path, 1, &err), &err);
    clu_texts_clear(&line);
    clu_free(copy.id.path);
    copy.id.path = must(cli, clu_strndup(path, strlen(path)));
    return copy;
}

/* --- sketching --- */

struct progress {
    uint64_t done, of;
};

static void sketch_item(struct item *item, const struct clu_cli_lake *lake, int workers, uint64_t before, uint64_t of,
                        const struct clu_run *run)
{
    item->status = clu_lake_sketch(&item->f, item->path, &lake->opt, &lake->rule, workers, before, of, run, item->err);
}

static bool to_sketch(const struct item *item, const struct item *first)
{
    return !item->again && !item->old && &first[item->as] == item;
}

/* The items from..to: small ones a thread each, then large ones by all threads. */
static void sketch_window(struct item *item, size_t from, size_t to, const struct clu_cli_lake *lake, struct progress *p,
                          struct clu_cli *cli)
{
    struct clu_run quiet = cli->run;
    struct clu_err err[WINDOW] = {0};

    quiet.watch = NULL;
    for (size_t i = from; i < to; i++)
        item[i].err = &err[i - from];
#pragma omp parallel for num_threads(cli->run.threads) schedule(dynamic, 1)
    for (size_t i = from; i < to; i++)
        if (to_sketch(&item[i], item) && item[i].there && item[i].now.size < SMALL)
            sketch_item(&item[i], lake, 1, 0, 0, &quiet);
    for (size_t i = from; i < to; i++) {
        if (to_sketch(&item[i], item) && !(item[i].there && item[i].now.size < SMALL))
            sketch_item(&item[i], lake, cli->run.threads, p->done, p->of, &cli->run);
        clu_cli_check(cli, item[i].status, &err[i - from]);
        p->done += item[i].there && !item[i].again && item[i].as == i ? item[i].now.size : 0;
        (void)clu_tick(&cli->run, "reading", p->done, p->of, NAN);
    }
}

void clu_cli_lake_bad(struct clu_cli_lake *lake, enum clu_status status, const char *message, struct clu_cli *cli)
{
    clu_cli_complain(cli, message);
    lake->worst = status > lake->worst ? status : lake->worst;
}

/* What was found of one item, from the item that was read for it. */
static void hand_on(struct item *item, struct item *read, struct clu_cli_lake *lake, struct clu_cli *cli,
                    void (*take)(void *ctx, struct clu_sketch *s), void *ctx)
{
    if (read->old) {
        struct clu_sketch old = *read->old;
        if (read->linked)
            old = copy_sketch(read->old, item->path, cli);
        else
            *read->old = (struct clu_sketch){0}; /* all that is looked for among the old ones has been found */
        lake->reused++;
        take(ctx, &old);
        return;
    }
    for (size_t i = 0; i < read->f.n; i++) {
        struct clu_found *f = &read->f.found[i];
        if (f->status != CLU_OK) {
            if (item == read)
                clu_cli_lake_bad(lake, f->status, f->message, cli);
            continue;
        }
        /* A link to an archive would only repeat its members. */
        if (item != read && read->f.archive)
            continue;
        struct clu_sketch sketch = f->sketch;
        if (read->linked)
            sketch = copy_sketch(&f->sketch, item == read ? f->sketch.id.path : item->path, cli);
        else
            f->sketch = (struct clu_sketch){0};
        take(ctx, &sketch);
    }
    if (item == read && read->f.skipped > 0)
        clu_cli_warn(cli, "%s: %llu members skipped: links, or names that lead out of the archive", item->path,
                     (unsigned long long)read->f.skipped);
}

void clu_cli_lake_sketch(struct clu_cli_lake *lake, const struct clu_cli_tables *t, bool by_old, struct clu_cli *cli,
                         void (*take)(void *ctx, struct clu_sketch *s), void *ctx)
{
    struct paths p = {0};
    struct progress progress = {0};

    list_paths(&p, t, lake, cli);
    for (size_t i = 0; by_old && cli->files == 0 && !t->files_from && i < lake->olds; i++)
        add_path(&p, lake->old[i].id.path, strlen(lake->old[i].id.path), cli);
    struct item *item = must(cli, clu_calloc(p.n + 1, sizeof *item));
    for (size_t i = 0; i < p.n; i++) {
        item[i] = (struct item){.path = p.path[i], .as = i};
        item[i].there = clu_lake_stat(p.path[i], &item[i].now);
        item[i].old = item[i].there ? find_old(lake, p.path[i], &item[i].now) : NULL;
    }
    find_same(item, p.n, cli);
    for (size_t i = 0; i < p.n; i++)
        progress.of += item[i].there && !item[i].again && item[i].as == i ? item[i].now.size : 0;
    for (size_t from = 0; from < p.n; from += WINDOW) {
        size_t to = from + WINDOW < p.n ? from + WINDOW : p.n;
        sketch_window(item, from, to, lake, &progress, cli);
        for (size_t i = from; i < to; i++)
            if (!item[i].again)
                hand_on(&item[i], &item[item[i].as], lake, cli, take, ctx);
        for (size_t i = from; i < to; i++)
            if (!item[i].linked)
                clu_findings_clear(&item[i].f);
    }
    for (size_t i = 0; i < p.n; i++) {
        clu_findings_clear(&item[i].f);
        clu_free(p.path[i]);
    }
    clu_free(item);
    clu_free(p.path);
}
