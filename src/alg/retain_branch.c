/* Branch and bound on a small component: tables are decided ancestors first, so that what a rebuilt one costs is known at once. */
#include "alg/retain_state.h"

#define MOST 64

struct branch {
    const struct retain *r;
    size_t m;
    uint64_t above[MOST];  /* ancestors from which v can be rebuilt, as bits */
    double rec[MOST][MOST];
    double ret[MOST];
    double least[MOST + 1]; /* what tables i.. cost at least */
    bool must[MOST];
    uint8_t order[MOST][MOST]; /* those ancestors, the best one first */
    uint8_t sources[MOST];
    uint64_t kept, best;
    double cost;           /* of best */
};

static void prepare(struct branch *b, const uint32_t *node)
{
    const struct retain *r = b->r;

    for (size_t i = 0; i < b->m; i++) {
        size_t v = node[i];
        double least = r->ret[v];
        b->ret[i] = r->ret[v];
        b->must[i] = r->table[v].keep;
        b->sources[i] = 0;
        for (size_t j = 0; j < i; j++) {
            bool is = false;
            for (uint64_t a = r->first[v]; a < r->first[v + 1] && !is; a++)
                is = r->above[a] == node[j];
            b->rec[j][i] = is ? retain_rec(r, node[j], v) : HUGE_VAL;
            if (!(b->rec[j][i] < HUGE_VAL) || b->must[i])
                continue;
            size_t k = b->sources[i]++;
            for (; k > 0 && retain_better(r, node[j], node[b->order[i][k - 1]]); k--)
                b->order[i][k] = b->order[i][k - 1];
            b->order[i][k] = (uint8_t)j;
            least = b->rec[j][i] < least ? b->rec[j][i] : least;
        }
        b->least[i] = least;
    }
    b->least[b->m] = 0;
    for (size_t i = b->m; i-- > 0;)
        b->least[i] += b->least[i + 1];
}

static void decide(struct branch *b, size_t i, double cost)
{
    if (cost + b->least[i] >= b->cost)
        return;
    if (i == b->m) {
        b->cost = cost;
        b->best = b->kept;
        return;
    }
    double rec = HUGE_VAL;
    for (size_t k = 0; k < b->sources[i] && !(rec < HUGE_VAL); k++)
        if (b->kept >> b->order[i][k] & 1)
            rec = b->rec[b->order[i][k]][i];
    if (rec < b->ret[i])
        decide(b, i + 1, cost + rec);
    b->kept |= (uint64_t)1 << i;
    decide(b, i + 1, cost + b->ret[i]);
    b->kept &= ~((uint64_t)1 << i);
    if (rec >= b->ret[i] && rec < HUGE_VAL)
        decide(b, i + 1, cost + rec);
}

void retain_branch(struct retain *r, const uint32_t *node, size_t m)
{
    struct branch b = {.r = r, .m = m, .kept = 0};
    double began = 0;

    prepare(&b, node);
    for (size_t i = 0; i < m; i++) {
        size_t v = node[i];
        b.best |= (uint64_t)r->kept[v] << i;
        began += r->kept[v] ? r->ret[v] : retain_rec(r, retain_source(r, v, r->n), v);
    }
    b.cost = began;
    decide(&b, 0, 0);
    for (size_t i = 0; i < m; i++)
        r->kept[node[i]] = b.best >> i & 1;
}
