/* Sections: forward, back, short runs. */
#include "alg/viterbi.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>

/* --- forward --- */

/* Rows whose costs are computed at a time, by one thread, and pieces that are computed side by side before the pass goes on. Rows of costs are
 * whole numbers of LANES. */
enum { PIECE = 256, PIECES = 16, LANES = 8 };

struct pass {
    size_t n, k, stride, words; /* words: of bits, a row */
    double beta;
    clu_viterbi_cost *cost;
    const void *ctx;
    double *costs[2];  /* [PIECES * PIECE][stride] of rows that are gone through, and of those behind them */
    double *ahead;     /* [stride] of each state: what the best way there costs more than the best of all */
    int32_t *best;     /* [n] the state that the best way ends in */
    uint64_t *entered; /* [n][words] bit k: the way to state k comes from the best state of the row before */
    double total;
};

static void clear_pass(struct pass *p)
{
    clu_free(p->costs[0]);
    clu_free(p->costs[1]);
    clu_free(p->ahead);
    clu_free(p->best);
    clu_free(p->entered);
}

static enum clu_status start_pass(struct pass *p, const struct clu_run *run, struct clu_err *err)
{
    enum clu_status status = clu_need(run, (double)p->n * (8 * (double)p->words + 4), err, "the ways through %zu rows and %zu states", p->n, p->k);

    if (status != CLU_OK)
        return status;
    p->costs[0] = clu_alloc(PIECES * PIECE * p->stride, sizeof *p->costs[0]);
    p->costs[1] = clu_alloc(PIECES * PIECE * p->stride, sizeof *p->costs[1]);
    p->ahead = clu_calloc(p->stride, sizeof *p->ahead);
    p->best = clu_alloc(p->n, sizeof *p->best);
    p->entered = clu_alloc(p->n * p->words, sizeof *p->entered);
    if (!p->costs[0] || !p->costs[1] || !p->ahead || !p->best || !p->entered)
        return clu_fail_memory(err);
    return CLU_OK;
}

/* One row. The padding has costs of infinity, so that it is never the least. */
static void step(struct pass *p, size_t t, const double *cost)
{
    double *restrict ahead = p->ahead, least = HUGE_VAL, beta = p->beta, low[LANES];
    uint64_t *entered = p->entered + t * p->words;
    size_t at = 0;

    for (size_t j = 0; j < LANES; j++)
        low[j] = HUGE_VAL;
    for (size_t w = 0; w < p->words; w++) {
        uint64_t bits = 0;
        for (size_t k = w * 64; k < p->stride && k < w * 64 + 64; k++)
            bits |= (uint64_t)(beta < ahead[k]) << (k % 64);
        entered[w] = bits;
    }
    for (size_t k = 0; k < p->stride; k += LANES)
#pragma omp simd
        for (size_t j = k; j < k + LANES; j++) {
            double way = (beta < ahead[j] ? beta : ahead[j]) + cost[j];
            ahead[j] = way;
            low[j - k] = way < low[j - k] ? way : low[j - k];
        }
    for (size_t j = 0; j < LANES; j++)
        least = low[j] < least ? low[j] : least;
    while (ahead[at] > least)
        at++;
#pragma omp simd
    for (size_t k = 0; k < p->stride; k++)
        ahead[k] -= least;
    p->best[t] = (int32_t)at;
    p->total += least;
}

/* The costs of a piece of the rows from first on. */
static void compute(const struct pass *p, size_t piece, size_t first, double *costs)
{
    size_t from = first + piece * PIECE, rows = from < p->n ? p->n - from : 0;
    double *out = costs + piece * PIECE * p->stride;

    if (rows == 0)
        return;
    rows = rows < PIECE ? rows : PIECE;
    p->cost(p->ctx, from, rows, out);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = p->k; k < p->stride; k++)
            out[i * p->stride + k] = HUGE_VAL;
}

static void walk(struct pass *p, size_t first, const double *costs)
{
    for (size_t i = 0; i < PIECES * PIECE && first + i < p->n; i++)
        step(p, first + i, costs + i * p->stride);
}

/* One thread walks on through rows whose costs are known, while the others find those of the rows behind them. */
static enum clu_status forward(struct pass *p, const struct clu_run *run, struct clu_err *err)
{
    const size_t group = PIECES * PIECE;

    for (size_t piece = 0; piece < PIECES; piece++)
        compute(p, piece, 0, p->costs[0]);
    for (size_t first = 0; first < p->n; first += group) {
        double *here = p->costs[first / group % 2], *next = p->costs[(first / group + 1) % 2];
#pragma omp parallel num_threads(run->threads) if (run->threads > 1)
        {
#pragma omp single nowait
            walk(p, first, here);
#pragma omp for schedule(dynamic, 1)
            for (size_t piece = 0; piece < PIECES; piece++)
                compute(p, piece, first + group, next);
        }
        if (clu_tick(run, "states", first + group < p->n ? first + group : p->n, p->n, NAN) != CLU_OK)
            return clu_fail(err, CLU_STOPPED, "stopped");
    }
    return CLU_OK;
}

/* --- back --- */

static void back(const struct pass *p, int32_t *state)
{
    int32_t now = p->best[p->n - 1];

    for (size_t t = p->n; t-- > 0;) {
        state[t] = now;
        if (t > 0 && (p->entered[t * p->words + (size_t)now / 64] >> ((size_t)now % 64) & 1))
            now = p->best[t - 1];
    }
}

enum clu_status clu_viterbi(int32_t *state, double *total, size_t n, size_t k, double beta, clu_viterbi_cost *cost, const void *ctx,
                            const struct clu_run *run, struct clu_err *err)
{
    struct pass p = {.n = n, .k = k, .stride = clu_viterbi_stride(k), .words = (k + 63) / 64, .beta = beta, .cost = cost, .ctx = ctx};
    enum clu_status status = start_pass(&p, run, err);

    if (status == CLU_OK)
        status = forward(&p, run, err);
    if (status == CLU_OK) {
        back(&p, state);
        if (total)
            *total = p.total;
    }
    clear_pass(&p);
    return status;
}

/* --- short runs --- */

#define NO_RUN ((size_t)-1)

struct runs {
    size_t n, k, stride;
    size_t *start, *next, *before; /* [runs] a chain by place; start[runs] = n */
    double *costs, *sum;           /* [PIECE][stride], [k] */
    clu_viterbi_cost *cost;
    const void *ctx;
};

static void clear_runs(struct runs *r)
{
    clu_free(r->start);
    clu_free(r->next);
    clu_free(r->before);
    clu_free(r->costs);
    clu_free(r->sum);
}

static enum clu_status list_runs(struct runs *r, const int32_t *state, struct clu_err *err)
{
    size_t count = 1;

    for (size_t t = 1; t < r->n; t++)
        count += state[t] != state[t - 1];
    r->start = clu_alloc(count + 1, sizeof *r->start);
    r->next = clu_alloc(count, sizeof *r->next);
    r->before = clu_alloc(count, sizeof *r->before);
    r->costs = clu_alloc(PIECE * r->stride, sizeof *r->costs);
    r->sum = clu_alloc(r->k, sizeof *r->sum);
    if (!r->start || !r->next || !r->before || !r->costs || !r->sum)
        return clu_fail_memory(err);
    size_t at = 0;
    for (size_t t = 0; t < r->n; t++)
        if (t == 0 || state[t] != state[t - 1])
            r->start[at++] = t;
    for (size_t i = 0; i < count; i++) {
        r->next[i] = i + 1 < count ? i + 1 : NO_RUN;
        r->before[i] = i > 0 ? i - 1 : NO_RUN;
    }
    r->start[count] = r->n;
    return CLU_OK;
}

static size_t run_end(const struct runs *r, size_t i)
{
    return r->next[i] == NO_RUN ? r->n : r->start[r->next[i]];
}

/* What the rows of a run cost in each state. */
static void sum_costs(struct runs *r, size_t i)
{
    size_t end = run_end(r, i);

    for (size_t k = 0; k < r->k; k++)
        r->sum[k] = 0;
    for (size_t first = r->start[i]; first < end; first += PIECE) {
        size_t rows = end - first < PIECE ? end - first : PIECE;
        r->cost(r->ctx, first, rows, r->costs);
        for (size_t t = 0; t < rows; t++)
            for (size_t k = 0; k < r->k; k++)
                r->sum[k] += r->costs[t * r->stride + k];
    }
}

/* Run i ends where run other, the one behind it, does. */
static void join(struct runs *r, size_t i, size_t other)
{
    r->next[i] = r->next[other];
    if (r->next[i] != NO_RUN)
        r->before[r->next[i]] = i;
}

/* Run i takes the state of a neighbour and becomes one run with all neighbours of that state; returns the one that comes behind it. */
static size_t absorb(struct runs *r, size_t i, int32_t *state)
{
    size_t before = r->before[i], next = r->next[i];

    sum_costs(r, i);
    bool left = next == NO_RUN || (before != NO_RUN && r->sum[state[r->start[before]]] <= r->sum[state[r->start[next]]]);
    int32_t to = state[r->start[left ? before : next]];
    for (size_t t = r->start[i], end = run_end(r, i); t < end; t++)
        state[t] = to;
    if (next != NO_RUN && state[r->start[next]] == to)
        join(r, i, next);
    next = r->next[i];
    if (before != NO_RUN && state[r->start[before]] == to)
        join(r, before, i);
    return next;
}

enum clu_status clu_viterbi_absorb(int32_t *state, size_t n, size_t k, size_t least, clu_viterbi_cost *cost, const void *ctx,
                                   struct clu_err *err)
{
    struct runs r = {.n = n, .k = k, .stride = clu_viterbi_stride(k), .cost = cost, .ctx = ctx};
    enum clu_status status = list_runs(&r, state, err);

    /* What is joined is longer than both, so that lengths can be gone through once, upwards. The first run never goes: it only grows. */
    for (size_t length = 1; status == CLU_OK && length < least && length < n; length++)
        for (size_t i = 0; i != NO_RUN;)
            i = run_end(&r, i) - r.start[i] == length && (r.before[i] != NO_RUN || r.next[i] != NO_RUN) ? absorb(&r, i, state) : r.next[i];
    clear_runs(&r);
    return status;
}
