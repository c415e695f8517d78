/* Sections: flags, fields, lines. */
#include "cli/edges.h"

#include "base/mem.h"
#include "tab/escape.h"
#include "tab/number.h"

#include <string.h>

const char *const clu_meaning_word[] = {"set", "rows", "bag", NULL};

/* --- flags --- */

#define TINY 32 /* a lone column of fewer different values is contained in many tables by chance */

/* Numbers without a gap: the rows were counted. */
static bool is_serial(const struct clu_sketch *s, uint64_t distinct)
{
    const struct clu_sketch_column *c = &s->column[0];

    return c->numbers == s->rows && c->high - c->low + 1 == (double)distinct;
}

static bool is_trivial(const struct clu_sketch *child, uint64_t distinct)
{
    return child->cols < 2 && (child->cols == 0 || child->row.n < TINY || is_serial(child, distinct));
}

struct flags {
    char text[128];
};

static void add_flag(struct flags *f, bool is, const char *name)
{
    if (is) {
        if (f->text[0])
            strcat(f->text, ",");
        strcat(f->text, name);
    }
}

static struct flags flags_of(const struct clu_edge *e, const struct clu_sketch *c, const struct clu_sketch *p)
{
    struct flags f = {""};
    bool link = c->id.file && p->id.file && c->id.dev == p->id.dev && c->id.inode == p->id.inode && !c->id.member && !p->id.member;

    add_flag(&f, is_trivial(c, e->child_distinct), "trivial");
    add_flag(&f, c->rows == 0, "empty");
    add_flag(&f, c->id.member, "in-archive");
    add_flag(&f, p->id.member, "parent-in-archive");
    add_flag(&f, link, "hardlink");
    add_flag(&f, e->normalised, "normalised");
    add_flag(&f, c->id.changed || p->id.changed, "changed");
    return f;
}

/* --- fields --- */

static void put_name(struct clu_cli *cli, const char *s, const char *also)
{
    size_t len = strlen(s);
    char *text = clu_alloc(4 * len, 1);
    struct clu_err err;

    if (!text)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    clu_out_bytes(cli->out, text, clu_escape(s, len, also, text));
    clu_free(text);
}

static void put(struct clu_cli *cli, const char *s)
{
    clu_out_bytes(cli->out, s, strlen(s));
}

static void put_count(struct clu_cli *cli, uint64_t x)
{
    char text[CLU_NUMBER_TEXT];

    clu_out_bytes(cli->out, text, clu_number_format_int((long long)x, text));
    put(cli, "\t");
}

/* The distinct rows of equal tables that were never counted are known if the hashes of all are. */
static void put_distinct(struct clu_cli *cli, const struct clu_edge *e, uint64_t distinct, const struct clu_sketch *s)
{
    if (e->by != CLU_BY_FINGERPRINT || e->child_distinct > 0)
        put_count(cli, distinct);
    else if (s->row.n < CLU_SKETCH_K)
        put_count(cli, s->row.n);
    else
        put(cli, "\t");
}

/* a=x,b=y: what the child's columns are called in the parent. */
static void put_renames(struct clu_cli *cli, const struct clu_edge *e, const struct clu_sketch *c, const struct clu_sketch *p)
{
    for (size_t j = 0; e->rename && j < c->cols; j++) {
        if (j > 0)
            put(cli, ",");
        put_name(cli, c->column[j].name, ",=");
        put(cli, "=");
        put_name(cli, p->column[e->rename[j]].name, ",=");
    }
}

/* --- lines --- */

static void put_edge(struct clu_cli *cli, const struct clu_edge *e, const struct clu_couples *pairs, enum clu_meaning meaning,
                     const uint64_t *seen)
{
    static const char *const relation[] = {"equal", "contained", "partial", "union"};
    static const char *const known[] = {"probe", "merge", "sample", "fingerprint"};
    const struct clu_sketch *c = pairs->sketch[e->child], *p = pairs->sketch[e->parent];
    char text[CLU_NUMBER_TEXT];

    put_name(cli, c->id.path, "");
    put(cli, "\t");
    put_name(cli, p->id.path, "");
    put(cli, "\t");
    put(cli, relation[e->relation]);
    put(cli, "\t");
    clu_out_bytes(cli->out, text, clu_number_format(e->possible == 0 ? 1 : (double)e->matched / (double)e->possible, text));
    put(cli, "\t");
    put_count(cli, e->child_rows);
    put_distinct(cli, e, e->child_distinct, c);
    put_distinct(cli, e, e->matched_distinct, c);
    put_count(cli, seen ? seen[e->parent] : p->rows);
    put(cli, clu_meaning_word[meaning]);
    put(cli, "\t");
    put(cli, known[e->by]);
    put(cli, "\t");
    put_count(cli, c->cols);
    put(cli, flags_of(e, c, p).text);
    put(cli, "\t");
    put_renames(cli, e, c, p);
    put(cli, "\n");
}

void clu_edges_print(struct clu_cli *cli, const struct clu_graph *g, const struct clu_couples *pairs, enum clu_meaning meaning,
                     const uint64_t *seen)
{
    put(cli, "child\tparent\trelation\tcontainment\tchild_rows\tchild_distinct\tmatched_distinct\tparent_rows\tsemantics\tmethod\t"
             "columns_matched\tflags\trenamed\n");
    for (size_t i = 0; i < g->n; i++)
        put_edge(cli, &g->edge[i], pairs, meaning, seen);
}
