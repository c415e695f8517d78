/* alg/retain.h: against all choices of tables to keep, on random trees and DAGs. */
#include "unit.h"

#include "alg/retain.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

#define MOST 10

static const struct clu_run run = {.threads = 1};
static struct clu_err err;

struct lake {
    struct clu_retain_table table[MOST];
    struct clu_retain_edge edge[MOST * MOST];
    size_t n, edges;
    bool above[MOST][MOST]; /* [v][u]: u is an ancestor of v */
    struct clu_retain_opt opt;
};

/* Numbers of few values, so that there are ties. */
static double value(struct clu_rng *r, bool coarse)
{
    return coarse ? (double)clu_rng_below(r, 4) : clu_rng_unit(r);
}

static void close_edges(struct lake *l)
{
    memset(l->above, 0, sizeof l->above);
    for (size_t e = 0; e < l->edges; e++)
        l->above[l->edge[e].child][l->edge[e].parent] = true;
    for (size_t k = 0; k < l->n; k++)
        for (size_t v = 0; v < l->n; v++)
            for (size_t u = 0; u < l->n; u++)
                l->above[v][u] |= l->above[v][k] && l->above[k][u];
}

/* most: direct parents of a table. */
static void draw(struct lake *l, size_t n, size_t most, struct clu_rng *r)
{
    bool coarse = clu_rng_below(r, 2), large = clu_rng_below(r, 2);
    uint32_t at[MOST];

    *l = (struct lake){.n = n, .opt = CLU_RETAIN_DEFAULT};
    for (size_t i = 0; i < n; i++) { /* in any order */
        size_t j = clu_rng_below(r, i + 1);
        at[i] = at[j];
        at[j] = (uint32_t)i;
        l->table[i] = (struct clu_retain_table){.size = value(r, coarse), .accesses = clu_rng_below(r, 2) ? value(r, coarse) : 0,
                                                .passes = value(r, coarse), .recipe = value(r, coarse) / 8,
                                                .keep = clu_rng_below(r, 8) == 0};
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = clu_rng_below(r, most + 1); k > 0; k--)
            l->edge[l->edges++] = (struct clu_retain_edge){at[i], at[clu_rng_below(r, i)]};
    l->opt.maintain = value(r, coarse) / 2;
    l->opt.read = large ? 2 * value(r, coarse) : value(r, coarse) / 4;
    l->opt.write = value(r, coarse) / 2;
    if (clu_rng_below(r, 2)) {
        l->opt.read_time = value(r, false);
        l->opt.write_time = value(r, false);
        l->opt.limit = value(r, false);
    }
    close_edges(l);
}

static double rec(const struct lake *l, size_t u, size_t v)
{
    const struct clu_retain_opt *o = &l->opt;
    const struct clu_retain_table *a = &l->table[u], *b = &l->table[v];

    if (!l->above[v][u] || o->read_time * a->size + o->write_time * b->size > o->limit)
        return HUGE_VAL;
    return o->store * b->recipe + b->accesses * (o->read * a->size + o->write * b->size);
}

static double ret(const struct lake *l, size_t v)
{
    return (l->opt.store + l->opt.maintain * l->table[v].passes) * l->table[v].size;
}

static double cost_of(const struct lake *l, unsigned kept)
{
    double cost = 0;

    for (size_t v = 0; v < l->n; v++) {
        double least = l->table[v].keep && !(kept >> v & 1) ? HUGE_VAL : kept >> v & 1 ? ret(l, v) : HUGE_VAL;
        for (size_t u = 0; u < l->n && !(kept >> v & 1) && !l->table[v].keep; u++)
            if (kept >> u & 1)
                least = fmin(least, rec(l, u, v));
        cost += least;
    }
    return cost;
}

static double best_of(const struct lake *l)
{
    double best = HUGE_VAL;
    for (unsigned kept = 0; kept < 1u << l->n; kept++)
        best = fmin(best, cost_of(l, kept));
    return best;
}

/* What holds for every answer. Returns its cost. */
static double check(const struct lake *l, struct clu_retain *r)
{
    size_t loop;
    unsigned kept = 0;
    double cost = 0;

    assert_int_equal(clu_retain_fit(r, l->table, l->n, l->edge, l->edges, &l->opt, &loop, &run, &err), CLU_OK);
    for (size_t v = 0; v < l->n; v++)
        kept |= (unsigned)(r->source[v] < 0) << v;
    for (size_t v = 0; v < l->n; v++) {
        if (r->source[v] < 0) {
            cost += ret(l, v);
            continue;
        }
        assert_true(kept >> r->source[v] & 1);
        assert_false(l->table[v].keep);
        cost += rec(l, (size_t)r->source[v], v);
    }
    assert_true(cost < HUGE_VAL);
    assert_true(fabs(cost - r->cost) < 1e-9);
    assert_true(fabs(cost_of(l, kept) - cost) < 1e-9); /* each from its best source */
    assert_true(r->bound <= r->cost);
    return cost;
}

static void chains_are_optimal(void **state)
{
    struct clu_rng rng;
    struct lake l;
    struct clu_retain r;
    size_t chains = 0;

    (void)state;
    clu_rng_at(&rng, 1, 0);
    for (int t = 0; t < 20000; t++) {
        draw(&l, 1 + clu_rng_below(&rng, 8), 1, &rng);
        double cost = check(&l, &r), best = best_of(&l);
        assert_true(fabs(cost - best) < 1e-9);
        assert_true(r.bound == r.cost);
        assert_int_equal(r.branched + r.searched, 0);
        chains += r.chains;
        clu_retain_clear(&r);
    }
    assert_true(chains > 10000);
}

static void branches_are_optimal(void **state)
{
    struct clu_rng rng;
    struct lake l;
    struct clu_retain r;
    size_t branched = 0;

    (void)state;
    clu_rng_at(&rng, 2, 0);
    for (int t = 0; t < 10000; t++) {
        draw(&l, 1 + clu_rng_below(&rng, MOST - 1), 3, &rng);
        double cost = check(&l, &r), best = best_of(&l);
        assert_true(fabs(cost - best) < 1e-9);
        assert_int_equal(r.searched, 0);
        branched += r.branched;
        clu_retain_clear(&r);
    }
    assert_true(branched > 3000);
}

/* The search is near the optimum, and its bound is one. */
static void search_is_near(void **state)
{
    struct clu_rng rng;
    struct lake l;
    struct clu_retain r;
    double ratio = 0, gap = 0, worst = 1;
    size_t searched = 0;

    (void)state;
    clu_rng_at(&rng, 3, 0);
    for (int t = 0; t < 10000; t++) {
        draw(&l, 4 + clu_rng_below(&rng, MOST - 4), 3, &rng);
        l.opt.exact = 0;
        double cost = check(&l, &r), best = best_of(&l);
        assert_true(cost >= best - 1e-9);
        assert_true(r.bound <= best + 1e-9);
        if (r.searched > 0 && best > 1e-9) {
            searched++;
            ratio += cost / best;
            gap += cost / fmax(r.bound, 1e-9) - 1;
            worst = fmax(worst, cost / best);
        }
        clu_retain_clear(&r);
    }
    assert_true(searched > 5000);
    print_message("# cost / optimum: mean %.6f, worst %.4f; mean gap %.5f\n", ratio / (double)searched, worst, gap / (double)searched);
    assert_true(ratio / (double)searched < 1.001);
    assert_true(worst < 1.13);
    assert_true(gap / (double)searched < 0.05);
}

/* Costs as on a disk: of each component the maximal tables stay. */
static void disk_keeps_maximal(void **state)
{
    struct clu_rng rng;
    struct lake l;
    struct clu_retain r;

    (void)state;
    clu_rng_at(&rng, 4, 0);
    for (int t = 0; t < 2000; t++) {
        draw(&l, MOST, 2, &rng);
        l.opt = (struct clu_retain_opt)CLU_RETAIN_DEFAULT;
        for (size_t v = 0; v < l.n; v++)
            l.table[v] = (struct clu_retain_table){.size = 1 + clu_rng_unit(&rng), .recipe = 0.5};
        check(&l, &r);
        for (size_t v = 0; v < l.n; v++) {
            bool has = false;
            for (size_t u = 0; u < l.n; u++)
                has |= l.above[v][u];
            assert_int_equal(r.source[v] < 0, !has);
        }
        clu_retain_clear(&r);
    }
}

static void circles_are_refused(void **state)
{
    struct clu_retain_table table[4] = {{.size = 1}, {.size = 1}, {.size = 1}, {.size = 1}};
    struct clu_retain_edge edge[] = {{0, 1}, {2, 1}, {3, 2}, {1, 3}};
    struct clu_retain_opt opt = CLU_RETAIN_DEFAULT;
    struct clu_retain r;
    size_t loop;

    (void)state;
    assert_int_equal(clu_retain_fit(&r, table, 4, edge, 4, &opt, &loop, &run, &err), CLU_DATA);
    assert_in_range(loop, 1, 3);
    assert_null(r.source);
    assert_int_equal(clu_retain_fit(&r, table, 4, edge, 3, &opt, &loop, &run, &err), CLU_OK);
    clu_retain_clear(&r);
    assert_int_equal(clu_retain_fit(&r, NULL, 0, NULL, 0, &opt, &loop, &run, &err), CLU_OK);
    clu_retain_clear(&r);
}

/* The largest components that are searched through. */
static void most_of_exact(void **state)
{
    enum { N = 24 };
    struct clu_retain_table table[N];
    struct clu_retain_edge edge[3 * N];
    struct clu_rng rng;
    struct clu_retain r;
    size_t loop;

    (void)state;
    clu_rng_at(&rng, 6, 0);
    for (int t = 0; t < 300; t++) {
        struct clu_retain_opt opt = {.store = 1, .read = clu_rng_unit(&rng) / 4, .write = 0.1, .limit = HUGE_VAL, .exact = N};
        size_t edges = 0;
        for (uint32_t v = 0; v < N; v++) {
            table[v] = (struct clu_retain_table){.size = clu_rng_unit(&rng), .accesses = 3 * clu_rng_unit(&rng)};
            for (int k = 0; k < 3 && v > 3; k++)
                edge[edges++] = (struct clu_retain_edge){v, (uint32_t)clu_rng_below(&rng, v)};
        }
        assert_int_equal(clu_retain_fit(&r, table, N, edge, edges, &opt, &loop, &run, &err), CLU_OK);
        assert_true(r.bound == r.cost);
        clu_retain_clear(&r);
    }
}

/* A chain, and a ladder of two parents each, of many tables: no recursion by depth, and no time to wait for. */
static void large_components(void **state)
{
    enum { N = 3000 };
    static struct clu_retain_table table[N];
    static struct clu_retain_edge edge[2 * N];
    struct clu_rng rng;
    struct clu_retain_opt opt = {.store = 1, .read = 0.01, .write = 0.01, .limit = HUGE_VAL, .exact = 24};
    struct clu_retain r;
    size_t loop, edges = 0;

    (void)state;
    clu_rng_at(&rng, 5, 0);
    for (size_t v = 0; v < N; v++) {
        table[v] = (struct clu_retain_table){.size = 1 + clu_rng_unit(&rng), .accesses = 20 * clu_rng_unit(&rng)};
        if (v > 0)
            edge[edges++] = (struct clu_retain_edge){(uint32_t)v, (uint32_t)(v - 1)};
    }
    assert_int_equal(clu_retain_fit(&r, table, N, edge, edges, &opt, &loop, &run, &err), CLU_OK);
    assert_int_equal(r.chains, 1);
    clu_retain_clear(&r);
    edges = 0;
    for (uint32_t v = 0; v < N; v++)
        for (uint32_t up = 0; up < 2 && v >= 8; up++)
            edge[edges++] = (struct clu_retain_edge){v, v - 4 - (uint32_t)clu_rng_below(&rng, v - 4 < 200 ? v - 4 : 200)};
    double began = clu_clock();
    assert_int_equal(clu_retain_fit(&r, table, N, edge, edges, &opt, &loop, &run, &err), CLU_OK);
    print_message("# %d tables: gap %.5f, %.2f s\n", N, r.cost / r.bound - 1, clu_clock() - began);
    assert_true(r.searched > 0);
    assert_true(r.cost / r.bound < 1.1);
    clu_retain_clear(&r);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(chains_are_optimal), cmocka_unit_test(branches_are_optimal), cmocka_unit_test(search_is_near),
        cmocka_unit_test(disk_keeps_maximal), cmocka_unit_test(circles_are_refused),  cmocka_unit_test(most_of_exact),
        cmocka_unit_test(large_components),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
