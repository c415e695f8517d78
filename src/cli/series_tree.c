/* The merges of a tree: as a table, and as a Newick text. */
#include "cli/series_print.h"

#include "base/mem.h"
#include "cli/print.h"
#include "tab/number.h"

#include <string.h>

static void node_cell(struct clu_cells *c, size_t node, size_t n)
{
    clu_cell_int(c, node < n ? -(long long)node - 1 : (long long)(node - n) + 1);
}

static void print_merges(struct clu_cli *cli, const struct clu_shown *s)
{
    const struct clu_linkage *t = &s->fit->tree;
    struct clu_cells c = clu_print_cells(cli, &s->set->table.schema);
    static const char *const name[] = {"left", "right", "height", "size"};

    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
        clu_cell_str(&c, name[i]);
    clu_cells_end(&c);
    for (size_t i = 0; i + 1 < t->n; i++) {
        node_cell(&c, t->left[i], t->n);
        node_cell(&c, t->right[i], t->n);
        clu_cell_number(&c, t->height[i]);
        clu_cell_int(&c, (long long)t->size[i]);
        clu_cells_end(&c);
    }
}

/* --- Newick --- */

/* A leaf's name: quoted when it holds what the format uses; a quote is doubled. */
static void put_name(struct clu_out *out, const struct clu_set *set, size_t i)
{
    char text[CLU_NUMBER_TEXT];
    size_t record = clu_set_record(set, i), len;

    if (set->table.id.n == 0) {
        clu_out_bytes(out, text, clu_number_format_int((long long)record + 1, text));
        return;
    }
    const char *id = clu_texts_at(&set->table.id, record, &len);
    bool quote = len == 0;
    for (size_t j = 0; j < len; j++)
        quote = quote || (unsigned char)id[j] <= ' ' || strchr("()[]{}:;,'\"_", id[j]) != NULL;
    if (quote)
        clu_out_bytes(out, "'", 1);
    for (size_t j = 0; j < len; j++)
        clu_out_bytes(out, id[j] == '\'' ? "''" : &id[j], id[j] == '\'' ? 2 : 1);
    if (quote)
        clu_out_bytes(out, "'", 1);
}

static double height_of(const struct clu_linkage *t, size_t node)
{
    return node < t->n ? 0 : t->height[node - t->n];
}

static void put_length(struct clu_out *out, double length)
{
    char text[CLU_NUMBER_TEXT];

    clu_out_bytes(out, ":", 1);
    clu_out_bytes(out, text, clu_number_format(length > 0 ? length : 0, text));
}

/* What is still to be written, last things first: nodes, and the texts between them. A chain of merges is as deep as there are objects, so there
 * is no recursion. */
struct todo {
    enum { NODE, COMMA, CLOSE } what;
    size_t node;
    double above; /* height of the parent; below 0: the root has none */
};

static enum clu_status print_newick(struct clu_cli *cli, const struct clu_shown *s, struct clu_err *err)
{
    const struct clu_linkage *t = &s->fit->tree;
    struct todo *stack = clu_alloc(3 * t->n + 4, sizeof *stack); /* a merge leaves three things more than it takes */
    struct clu_out *out = cli->out;
    size_t depth = 0;

    if (!stack)
        return clu_fail_memory(err);
    stack[depth++] = (struct todo){NODE, 2 * t->n - 2, -1};
    while (depth > 0) {
        struct todo at = stack[--depth];
        if (at.what == COMMA) {
            clu_out_bytes(out, ",", 1);
            continue;
        }
        double height = height_of(t, at.node);
        if (at.what == NODE && at.node >= t->n) {
            clu_out_bytes(out, "(", 1);
            stack[depth++] = (struct todo){CLOSE, at.node, at.above};
            stack[depth++] = (struct todo){NODE, t->right[at.node - t->n], height};
            stack[depth++] = (struct todo){COMMA, 0, 0};
            stack[depth++] = (struct todo){NODE, t->left[at.node - t->n], height};
            continue;
        }
        if (at.what == CLOSE)
            clu_out_bytes(out, ")", 1);
        else
            put_name(out, s->set, at.node);
        if (at.above >= 0)
            put_length(out, at.above - height);
    }
    clu_out_bytes(out, ";\n", 2);
    clu_free(stack);
    return CLU_OK;
}

enum clu_status clu_series_tree(struct clu_cli *cli, const struct clu_shown *s, bool newick, struct clu_err *err)
{
    if (newick)
        return print_newick(cli, s, err);
    print_merges(cli, s);
    return CLU_OK;
}
