/* Sections: graph, what goes, totals, plan. */
#include "cli/dedup.h"

#include "alg/retain.h"
#include "base/mem.h"
#include "cli/dedup_state.h"

#include <math.h>
#include <string.h>

#define GB 1e9

/* --- graph --- */

struct graph {
    struct clu_dedup_lake *l;
    struct clu_cli *cli;
    uint32_t *node;   /* [n] of a leader, UINT32_MAX: its class has no valid table */
    uint32_t *leader; /* [nodes] */
    size_t nodes;
    struct clu_retain_table *table; /* [nodes] */
    struct clu_retain_edge *edge;   /* [edges] first between leaders, then between nodes */
    size_t edges, cap;
};

static void add_edge(struct graph *g, uint32_t child, uint32_t parent)
{
    clu_dedup_room(g->cli, &g->edge, &g->cap, g->edges + 1, sizeof *g->edge);
    g->edge[g->edges++] = (struct clu_retain_edge){child, parent};
}

/* A table that is gone or changed is no source, but what was in it is still in what it was in. */
static void bridge(struct graph *g, uint32_t lost)
{
    size_t edges = g->edges;

    for (size_t a = 0; a < edges; a++)
        for (size_t b = 0; b < edges && g->edge[a].parent == lost; b++)
            if (g->edge[b].child == lost && g->edge[a].child != g->edge[b].parent)
                add_edge(g, g->edge[a].child, g->edge[b].parent);
}

static void add_edges(struct graph *g)
{
    struct clu_dedup_lake *l = g->l;
    size_t n = 0;

    for (size_t e = 0; e < l->edges; e++) {
        uint32_t child = clu_dedup_leader(l, l->edge[e].child), parent = clu_dedup_leader(l, l->edge[e].parent);
        if (!l->edge[e].equal && child != parent)
            add_edge(g, child, parent);
    }
    for (uint32_t i = 0; i < l->n; i++)
        if (l->table[i].leader == i && g->node[i] == UINT32_MAX)
            bridge(g, i);
    for (size_t e = 0; e < g->edges; e++) {
        struct clu_retain_edge x = {g->node[g->edge[e].child], g->node[g->edge[e].parent]};
        if (x.child != UINT32_MAX && x.parent != UINT32_MAX)
            g->edge[n++] = x;
    }
    g->edges = n;
}

/* A node for each class. unit: bytes of one unit of size. */
static void add_nodes(struct graph *g, double unit)
{
    struct clu_dedup_lake *l = g->l;

    for (uint32_t i = 0; i < l->n; i++) {
        const struct clu_dedup_table *t = &l->table[i];
        g->node[i] = UINT32_MAX;
        if (t->leader != i || t->keeper == UINT32_MAX)
            continue;
        const struct clu_dedup_table *keeper = &l->table[t->keeper];
        g->node[i] = (uint32_t)g->nodes;
        g->leader[g->nodes] = i;
        g->table[g->nodes++] = (struct clu_retain_table){.size = (double)keeper->row.id.size / unit,
                                                         .recipe = (double)keeper->row.print.rows / unit, /* a byte a row */
                                                         .keep = !keeper->target};
    }
    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t node = g->node[clu_dedup_leader(l, i)];
        if (node != UINT32_MAX && l->table[i].valid) {
            g->table[node].accesses += l->table[i].accesses;
            g->table[node].passes = fmax(g->table[node].passes, l->table[i].passes);
        }
    }
}

static struct clu_retain_opt prices(const struct clu_dedup_opt *o, double unit)
{
    struct clu_retain_opt r = CLU_RETAIN_DEFAULT;

    if (o->cost == CLU_COST_CLOUD) {
        r.store = o->store;
        r.maintain = o->maintain;
        r.read = o->read;
        r.write = o->write;
    }
    r.read_time = o->read_time * unit / GB;
    r.write_time = o->write_time * unit / GB;
    if (o->limit > 0)
        r.limit = o->limit;
    return r;
}

static void solve(struct clu_retain *r, struct graph *g, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_lake *l = g->l;
    struct clu_err err;
    double unit = opt->cost == CLU_COST_CLOUD ? GB : 1;
    struct clu_retain_opt how = prices(opt, unit);
    size_t loop;

    g->node = clu_dedup_must(cli, clu_alloc(l->n + 1, sizeof *g->node));
    g->leader = clu_dedup_must(cli, clu_alloc(l->n + 1, sizeof *g->leader));
    g->table = clu_dedup_must(cli, clu_calloc(l->n + 1, sizeof *g->table));
    add_nodes(g, unit);
    add_edges(g);
    enum clu_status status = clu_retain_fit(r, g->table, g->nodes, g->edge, g->edges, &how, &loop, &cli->run, &err);
    if (status == CLU_DATA && loop < g->nodes)
        status = clu_fail_at(&err, CLU_DATA, l->table[g->leader[loop]].row.id.path, "the edges go in a circle through this table");
    clu_cli_check(cli, status, &err);
}

/* --- what goes --- */

static bool same_bytes(const struct clu_dedup_table *a, const struct clu_dedup_table *b)
{
    return a->row.id.size == b->row.id.size && clu_hash_same(a->raw, b->raw) && a->row.id.dev == b->row.id.dev && !a->row.id.member &&
           !b->row.id.member && !a->place.link && !b->place.link;
}

static void mark(struct clu_dedup_table *t, const struct clu_dedup_table *source, bool equal, const struct clu_dedup_opt *opt,
                 struct clu_cli *cli)
{
    bool bytes = equal && same_bytes(t, source);

    t->row.action = bytes && opt->hardlink ? CLU_LINK : CLU_DELETE;
    t->row.source = clu_dedup_copy(cli, source->row.id.path);
    t->row.source_print = source->row.print;
    t->row.reason = clu_dedup_copy(cli, bytes ? "the same bytes" : equal ? "the same rows" : "its rows are in the source");
    t->row.seconds = (opt->read_time * (double)source->row.id.size + opt->write_time * (double)t->row.id.size) / GB;
}

static void mark_all(struct graph *g, const struct clu_retain *r, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_lake *l = g->l;

    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t leader = clu_dedup_leader(l, i), node = g->node[leader];
        if (node == UINT32_MAX || !l->table[i].target)
            continue;
        int64_t from = r->source[node];
        uint32_t source = l->table[from < 0 ? leader : g->leader[from]].keeper;
        l->table[i].source = source;
        if (source != i)
            mark(&l->table[i], &l->table[source], from < 0, opt, cli);
    }
}

/* Why the others stay. */
static void explain(struct clu_dedup_lake *l, const struct graph *g, const struct clu_retain *r, struct clu_cli *cli)
{
    uint8_t *has = clu_dedup_must(cli, clu_calloc(l->n + 1, 1));

    for (size_t e = 0; e < g->edges; e++)
        has[g->edge[e].child] = 1;
    for (uint32_t i = 0; i < l->n; i++) {
        struct clu_lake_plan_row *row = &l->table[i].row;
        uint32_t node = g->node[clu_dedup_leader(l, i)];
        if (!row->reason && node != UINT32_MAX)
            row->reason = clu_dedup_copy(cli, has[node] && r->source[node] < 0 ? "keeping it costs less" : "not in another table");
    }
    clu_free(has);
}

/* --- totals --- */

static void tell_totals(const struct clu_lake_plan *p, const struct clu_retain *r, uint64_t recipes, const struct clu_dedup_opt *opt,
                        struct clu_cli *cli)
{
    size_t count[4] = {0};
    uint64_t bytes = 0;
    int64_t saving = -(int64_t)recipes;

    for (size_t i = 0; i < p->n; i++) {
        count[p->row[i].action]++;
        bytes += p->row[i].bytes;
        if (p->row[i].action == CLU_DELETE || p->row[i].action == CLU_LINK)
            saving += (int64_t)p->row[i].bytes;
    }
    clu_cli_fact(cli, "tables", "%zu", p->n);
    for (int a = 0; a < 4; a++)
        clu_cli_fact(cli, clu_action_name[a], "%zu", count[a]);
    clu_cli_fact(cli, "bytes", "%llu", (unsigned long long)bytes);
    clu_cli_fact(cli, "bytes of recipes", "%llu", (unsigned long long)recipes);
    clu_cli_fact(cli, "bytes saved", "%lld", (long long)saving);
    clu_cli_fact(cli, opt->cost == CLU_COST_CLOUD ? "dollars a month" : "bytes kept at most", "%.*g", 15, r->cost);
    clu_cli_fact(cli, "least possible", "%.*g", 15, r->bound);
    clu_cli_fact(cli, "gap", "%.6f", r->bound > 0 ? r->cost / r->bound - 1 : 0);
    clu_cli_fact(cli, "components", "%zu by dynamic programme, %zu by branch and bound, %zu by search", r->chains, r->branched, r->searched);
}

/* --- plan --- */

enum clu_status clu_dedup_plan(const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_lake l;
    struct graph g = {.l = &l, .cli = cli};
    struct clu_retain r;
    struct clu_lake_plan plan = {0};
    struct clu_texts text = {0};
    struct clu_err err;

    clu_dedup_lake_read(&l, opt, cli);
    solve(&r, &g, opt, cli);
    mark_all(&g, &r, opt, cli);
    explain(&l, &g, &r, cli);
    uint64_t recipes = clu_dedup_recipes(&l, opt, cli);
    plan.row = clu_dedup_must(cli, clu_calloc(l.n + 1, sizeof *plan.row));
    for (; plan.n < l.n; plan.n++)
        plan.row[plan.n] = l.table[plan.n].row;
    clu_cli_check(cli, clu_lake_plan_format(&plan, &text, &err), &err);
    clu_out_bytes(cli->out, text.bytes, text.used);
    tell_totals(&plan, &r, recipes, opt, cli);
    clu_texts_clear(&text);
    clu_lake_plan_clear(&plan);
    clu_dedup_lake_clear(&l);
    clu_retain_clear(&r);
    clu_free(g.node);
    clu_free(g.leader);
    clu_free(g.table);
    clu_free(g.edge);
    return CLU_OK;
}
