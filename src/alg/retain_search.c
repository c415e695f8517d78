/* A component too large to search through: a greedy start, then add, drop and swap while they help; and how far from the optimum that
 * can be. */
#include "alg/retain_state.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Pairs looked at in a component before the search contents itself: some seconds. By count, lest the answer depend on the machine. */
#define EFFORT ((uint64_t)1 << 31)
/* A move must gain more than rounding can make up. */
#define GAIN 1e-12

struct search {
    struct retain *r;
    const uint32_t *node;
    size_t m;
    size_t *source;  /* [n]: of a table that is not kept; n: it has none yet */
    double *cost;    /* [n]: what it costs now; HUGE_VAL without a source */
    bool *near;      /* [n]: about to be looked at by a swap */
    double gain;
    uint64_t effort;
};

static double cost_from(const struct retain *r, size_t u, size_t v)
{
    return u < r->n ? retain_rec(r, u, v) : HUGE_VAL;
}

static void settle(struct search *s, size_t v)
{
    struct retain *r = s->r;

    s->source[v] = r->kept[v] ? v : retain_source(r, v, r->n);
    s->cost[v] = r->kept[v] ? r->ret[v] : cost_from(r, s->source[v], v);
    s->effort += retain_depth(r, v);
}

static void settle_below(struct search *s, size_t u)
{
    settle(s, u);
    for (uint64_t d = s->r->down[u]; d < s->r->down[u + 1]; d++)
        settle(s, s->r->below[d]);
}

/* --- start --- */

/* What keeping u would change, for tables that have no source yet a table and its star: the least average cost is kept first. */
static double star(struct search *s, size_t u)
{
    const struct retain *r = s->r;
    double sum = r->ret[u];
    size_t served = !(s->cost[u] < HUGE_VAL);

    for (uint64_t d = r->down[u]; d < r->down[u + 1]; d++) {
        size_t v = r->below[d];
        double rec = retain_rec(r, u, v);
        if (r->kept[v] || s->cost[v] < HUGE_VAL || !(rec < HUGE_VAL))
            continue;
        sum += rec;
        served++;
    }
    s->effort += r->down[u + 1] - r->down[u];
    return served > 0 ? sum / (double)served : HUGE_VAL;
}

/* Keep what must be kept, and stars until all have a source. */
static void start(struct search *s)
{
    struct retain *r = s->r;

    for (size_t i = 0; i < s->m; i++) {
        size_t v = s->node[i];
        bool can = false;
        for (uint64_t a = r->first[v]; a < r->first[v + 1] && !can; a++)
            can = retain_rec(r, r->above[a], v) < HUGE_VAL;
        r->kept[v] = r->table[v].keep || !can;
    }
    for (size_t i = 0; i < s->m; i++)
        settle(s, s->node[i]);
    for (;;) {
        double least = HUGE_VAL;
        size_t best = r->n;
        for (size_t i = 0; i < s->m; i++) {
            double average = r->kept[s->node[i]] ? HUGE_VAL : star(s, s->node[i]);
            if (average < least) {
                least = average;
                best = s->node[i];
            }
        }
        if (best == r->n)
            return;
        r->kept[best] = true;
        settle_below(s, best);
    }
}

/* --- moves --- */

static double of(struct search *s, size_t v, size_t dropped, size_t added)
{
    const struct retain *r = s->r;

    if (v == added)
        return r->ret[v];
    if (r->kept[v] && v != dropped)
        return s->cost[v];
    size_t u = s->source[v];
    if (u == dropped || v == dropped) {
        u = retain_source(r, v, dropped);
        s->effort += retain_depth(r, v);
    }
    double rec = cost_from(r, u, v);
    for (uint64_t a = r->first[v]; added < r->n && a < r->first[v + 1] && r->above[a] <= added; a++)
        if (r->above[a] == added && (u == r->n || retain_better(r, added, u)))
            rec = retain_rec(r, added, v);
    s->effort += added < r->n ? retain_depth(r, v) : 0;
    return rec;
}

/* What it costs more to drop one table and to keep another; either may be n, none. */
static double change(struct search *s, size_t dropped, size_t added)
{
    const struct retain *r = s->r;
    size_t changed[2] = {dropped, added};
    double sum = 0;

    for (int k = 0; k < 2; k++) {
        size_t u = changed[k];
        if (u == r->n)
            continue;
        for (uint64_t d = r->down[u]; d <= r->down[u + 1]; d++) {
            size_t v = d == r->down[u + 1] ? u : r->below[d];
            if (s->near[v])
                continue;
            s->near[v] = true;
            sum += of(s, v, dropped, added) - s->cost[v];
        }
        s->effort += r->down[u + 1] - r->down[u] + 1;
    }
    for (int k = 0; k < 2; k++) {
        size_t u = changed[k];
        if (u < r->n) {
            s->near[u] = false;
            for (uint64_t d = r->down[u]; d < r->down[u + 1]; d++)
                s->near[r->below[d]] = false;
        }
    }
    return sum;
}

static bool move(struct search *s, size_t dropped, size_t added)
{
    struct retain *r = s->r;

    if (!(change(s, dropped, added) < -s->gain))
        return false;
    if (dropped < r->n)
        r->kept[dropped] = false;
    if (added < r->n)
        r->kept[added] = true;
    if (dropped < r->n)
        settle_below(s, dropped);
    if (added < r->n)
        settle_below(s, added);
    return true;
}

static bool swap(struct search *s, size_t v)
{
    const struct retain *r = s->r;

    for (uint64_t a = r->first[v]; a < r->first[v + 1] && s->effort < EFFORT; a++)
        if (!r->kept[r->above[a]] && move(s, v, r->above[a]))
            return true;
    for (uint64_t d = r->down[v]; d < r->down[v + 1] && s->effort < EFFORT; d++)
        if (!r->kept[r->below[d]] && move(s, v, r->below[d]))
            return true;
    return false;
}

static void improve(struct search *s)
{
    struct retain *r = s->r;
    bool moved = true;

    while (moved && s->effort < EFFORT) {
        moved = false;
        for (size_t i = 0; i < s->m && s->effort < EFFORT; i++) {
            size_t v = s->node[i];
            bool may_drop = r->kept[v] && !r->table[v].keep && retain_depth(r, v) > 0;
            if (r->kept[v])
                moved |= may_drop && (move(s, v, r->n) || swap(s, v));
            else
                moved |= move(s, r->n, v);
        }
    }
}

int retain_search(struct retain *r, const uint32_t *node, size_t m)
{
    struct search s = {.r = r, .node = node, .m = m};
    double all = 0;

    s.source = clu_alloc(r->n, sizeof *s.source);
    s.cost = clu_alloc(r->n, sizeof *s.cost);
    s.near = clu_calloc(r->n, sizeof *s.near);
    int failed = s.source && s.cost && s.near ? 0 : -1;
    if (failed == 0) {
        for (size_t i = 0; i < m; i++)
            all += r->ret[node[i]];
        s.gain = GAIN * all;
        start(&s);
        improve(&s);
    }
    clu_free(s.source);
    clu_free(s.cost);
    clu_free(s.near);
    return failed;
}

/* --- bound --- */

struct offer {
    double cost;
    uint32_t from;
};

static int by_cost(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->cost < y->cost || x->cost > y->cost)
        return x->cost < y->cost ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

struct dual {
    const struct retain *r;
    double *slack;       /* [n]: what of the price of keeping u nobody pays yet */
    struct offer *offer; /* of table v: itself for nothing, and its sources; from first[v] + v on, the cheapest first */
    uint32_t *offers;    /* [n] */
    uint32_t *reached;   /* [n]: offers that v pays for */
    double *paid;        /* [n]: what v pays in all */
};

static void list_offers(struct dual *d, size_t v)
{
    const struct retain *r = d->r;
    struct offer *o = d->offer + r->first[v] + v;
    uint32_t n = 0;

    o[n++] = (struct offer){0, (uint32_t)v};
    for (uint64_t a = r->first[v]; a < r->first[v + 1]; a++) {
        double rec = retain_rec(r, r->above[a], v);
        if (rec < HUGE_VAL)
            o[n++] = (struct offer){rec, r->above[a]};
    }
    qsort(o, n, sizeof *o, by_cost);
    d->offers[v] = n;
    d->reached[v] = 1;
    while (d->reached[v] < n && o[d->reached[v]].cost <= 0)
        d->reached[v]++;
    d->paid[v] = 0;
    d->slack[v] = r->table[v].keep ? 0 : r->ret[v];
}

/* Raise what v pays up to the next offer, or as far as the slack allows. */
static bool raise(struct dual *d, size_t v)
{
    const struct offer *o = d->offer + d->r->first[v] + v;
    uint32_t k = d->reached[v];
    double by = k < d->offers[v] ? o[k].cost - d->paid[v] : HUGE_VAL;
    bool next = true;

    for (uint32_t i = 0; i < k; i++)
        if (d->slack[o[i].from] < by) {
            by = d->slack[o[i].from];
            next = false;
        }
    for (uint32_t i = 0; i < k; i++)
        d->slack[o[i].from] -= by;
    d->paid[v] = next ? o[k].cost : d->paid[v] + by;
    while (next && d->reached[v] < d->offers[v] && o[d->reached[v]].cost <= d->paid[v])
        d->reached[v]++;
    return by > 0 || next;
}

int retain_bound(const struct retain *r, const uint32_t *node, size_t m, double *bound)
{
    struct dual d = {.r = r, .slack = clu_alloc(r->n, sizeof *d.slack), .offers = clu_alloc(r->n, sizeof *d.offers)};
    size_t last = node[m - 1];

    d.offer = clu_alloc((size_t)r->first[last + 1] + last + 1, sizeof *d.offer);
    d.reached = clu_alloc(r->n, sizeof *d.reached);
    d.paid = clu_alloc(r->n, sizeof *d.paid);
    int failed = d.slack && d.offers && d.offer && d.reached && d.paid ? 0 : -1;
    *bound = 0;
    if (failed == 0) {
        for (size_t i = 0; i < m; i++) {
            list_offers(&d, node[i]);
            *bound += r->table[node[i]].keep ? r->ret[node[i]] : 0;
        }
        for (bool raised = true; raised;) {
            raised = false;
            for (size_t i = m; i-- > 0;) /* descendants first: they have the most offers to share */
                raised |= raise(&d, node[i]);
        }
        for (size_t i = 0; i < m; i++)
            *bound += d.paid[node[i]];
    }
    clu_free(d.slack);
    clu_free(d.offers);
    clu_free(d.offer);
    clu_free(d.reached);
    clu_free(d.paid);
    return failed;
}
