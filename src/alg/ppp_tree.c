/* The tree of ppp, level by level: nodes that can be split are split, those at the end are its leaves. Sections: nodes, levels, leaves. */
#include "alg/ppp_state.h"

#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* --- nodes --- */

/* Where a node's rows are in the order of rows, how many levels above it were provisional, and what the search for its split found. */
struct place {
    size_t from, to;
    int streak;
    struct ppp_found found;
};

struct growth {
    const struct ppp *s;
    struct ppp_tree *tree;
    struct place *place; /* [tree->cap] */
    size_t *row, *buf;   /* [n] rows, those of a node together, ascending */
    size_t leaves;
};

#define NODES (2 * CLU_PPP_MOST - 1)

static size_t add_node(struct growth *g, size_t parent, size_t from, size_t to, int streak)
{
    size_t at = g->tree->nodes++;
    struct clu_ppp_split *node = &g->tree->node[at];

    *node = (struct clu_ppp_split){.parent = parent, .rows = to - from, .child = {SIZE_MAX, SIZE_MAX}, .score = 1, .bic = -HUGE_VAL};
    node->level = parent == SIZE_MAX ? 0 : g->tree->node[parent].level + 1;
    g->place[at] = (struct place){.from = from, .to = to, .streak = streak};
    return at;
}

static enum clu_status search_node(const struct growth *g, size_t at, struct clu_err *err)
{
    struct place *p = &g->place[at];
    struct ppp_cloud c;
    enum clu_status status;

    if (g->tree->node[at].level >= PPP_LEVELS || g->tree->node[at].rows < 2 * PPP_SMALLEST)
        return CLU_OK;
    status = ppp_cloud_init(&c, g->s, g->row + p->from, p->to - p->from, err);
    if (status == CLU_OK)
        status = ppp_split(g->s, &c, &p->found, err);
    ppp_cloud_clear(&c);
    return status;
}

/* Rows with label 0 first, the order within both kept. */
static void part_rows(struct growth *g, size_t at)
{
    struct place *p = &g->place[at];
    size_t m = p->to - p->from, zeros = m - ppp_ones(p->found.label, m), next[2] = {0, zeros};

    for (size_t i = 0; i < m; i++)
        g->buf[next[p->found.label[i]]++] = g->row[p->from + i];
    memcpy(g->row + p->from, g->buf, m * sizeof *g->row);
    g->tree->node[at].half[0] = zeros;
    g->tree->node[at].half[1] = m - zeros;
}

/* What the search says of the node; its children, when it is split. */
static void settle_node(struct growth *g, size_t at)
{
    struct place *p = &g->place[at];
    struct clu_ppp_split *node = &g->tree->node[at];
    const struct ppp_found *f = &p->found;

    if (node->rows < 2 * PPP_SMALLEST) {
        node->verdict = CLU_PPP_SMALL;
        return;
    }
    node->candidate = f->node.candidate;
    node->corrected = f->node.corrected;
    node->score = f->label ? f->node.score : 1;
    node->bic = f->label ? f->node.bic : -HUGE_VAL;
    node->verdict = f->stands ? CLU_PPP_STANDS : f->found && p->streak < PPP_LOOK ? CLU_PPP_PROVISIONAL :
                    node->candidate != CLU_PPP_NONE ? CLU_PPP_NOT_SEPARATED : CLU_PPP_NO_CANDIDATE;
    if (node->verdict > CLU_PPP_PROVISIONAL)
        return;
    if (g->leaves >= g->s->opt->max_clusters || node->level >= PPP_LEVELS) {
        node->verdict = CLU_PPP_LIMIT;
        return;
    }
    part_rows(g, at);
    int streak = f->stands ? 0 : p->streak + 1;
    size_t mid = p->from + node->half[0];
    for (size_t b = 0; b < 2; b++)
        g->tree->node[at].child[b] = add_node(g, at, b ? mid : p->from, b ? p->to : mid, streak);
    g->leaves++;
}

/* --- levels --- */

/* Nodes first .. last - 1, each by itself. */
static enum clu_status search_level(struct growth *g, size_t first, size_t last, struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    int threads = g->s->run->threads;

    #pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1 && last - first > 1)
    for (size_t at = first; at < last; at++) {
        struct clu_err mine = {0};
        enum clu_status one = search_node(g, at, &mine);
        if (one != CLU_OK) {
            #pragma omp critical(ppp_tree)
            if (status == CLU_OK) {
                status = one;
                clu_fail(err, one, "%s", mine.msg);
            }
        }
    }
    return status;
}

static enum clu_status grow_all(struct growth *g, struct clu_err *err)
{
    size_t first = 0;
    enum clu_status status = CLU_OK;

    add_node(g, SIZE_MAX, 0, g->s->n, 0);
    while (first < g->tree->nodes && status == CLU_OK) {
        size_t last = g->tree->nodes;
        status = search_level(g, first, last, err);
        for (size_t at = first; at < last; at++) {
            if (status == CLU_OK)
                settle_node(g, at);
            clu_free(g->place[at].found.label);
        }
        if (status == CLU_OK)
            status = clu_tick(g->s->run, "splitting", last, 0, NAN);
        first = last;
    }
    return status;
}

/* --- leaves --- */

/* Is no split that stands between leaves a and b? Then the node where they part was split provisionally. */
static bool is_loose(const struct ppp_tree *t, size_t a, size_t b)
{
    while (a != b) { /* parents have smaller numbers */
        if (a > b)
            a = t->node[a].parent;
        else
            b = t->node[b].parent;
    }
    return t->node[a].verdict != CLU_PPP_STANDS;
}

static void take_leaves(const struct growth *g, struct ppp_parts *p)
{
    size_t leaf[CLU_PPP_MOST];

    p->k = 0;
    for (size_t at = 0; at < g->tree->nodes; at++) {
        if (g->tree->node[at].child[0] != SIZE_MAX)
            continue;
        for (size_t i = g->place[at].from; i < g->place[at].to; i++)
            p->part[g->row[i]] = p->label[g->row[i]] = (int32_t)p->k;
        p->cluster_of[p->k] = (int32_t)p->k;
        leaf[p->k++] = at;
    }
    p->clusters = p->k;
    for (size_t a = 0; a < p->k; a++)
        for (size_t b = 0; b < p->k; b++)
            p->loose[a * CLU_PPP_MOST + b] = a == b || is_loose(g->tree, leaf[a], leaf[b]);
}

enum clu_status ppp_grow(const struct ppp *s, struct ppp_parts *p, struct ppp_tree *tree, struct clu_err *err)
{
    struct growth g = {.s = s, .tree = tree, .leaves = 1};
    enum clu_status status = CLU_OK;

    *tree = (struct ppp_tree){.node = clu_calloc(NODES, sizeof *tree->node)};
    g.place = clu_calloc(NODES, sizeof *g.place);
    g.row = clu_alloc(s->n, sizeof *g.row);
    g.buf = clu_alloc(s->n, sizeof *g.buf);
    if (!tree->node || !g.place || !g.row || !g.buf)
        status = clu_fail_memory(err);
    for (size_t i = 0; i < s->n && status == CLU_OK; i++)
        g.row[i] = i;
    if (status == CLU_OK)
        status = grow_all(&g, err);
    if (status == CLU_OK)
        take_leaves(&g, p);
    clu_free(g.place);
    clu_free(g.row);
    clu_free(g.buf);
    return status;
}
