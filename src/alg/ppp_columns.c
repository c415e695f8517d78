/* The most separable columns. Sections: order and columns, scores, the partition of a set, claims, the set, redundancy, the call. */
#include "alg/ppp_columns.h"

#include "alg/ppp_columns_state.h"
#include "alg/ppp_state.h"
#include "base/mem.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5
#define BLOCKS 8       /* most parts that a set is left out of itself in */
#define SAME 0.95      /* rank correlation of redundant columns */
#define MOST_LOG 300.0 /* where scores underflow */

struct columns {
    struct clu_view x;
    const struct clu_ppp_opt *opt;
    const struct clu_run *run;
    size_t n, d, threads;
    struct clu_ppp_columns *out;
    size_t *order;              /* [n] rows as sorted by their values */
    double *buf;                /* [threads][2][n] a column in that order, and sorted */
    struct ppp_desk *desk;      /* [threads] */
    struct ppp_partition part;  /* by the set of the round */
    struct ppp_claim *claim;    /* [d] in that partition */
    double *rests;              /* [d] log10 score that the column's claim rests on; 0: none */
    size_t *set, *next, *used;  /* [d] columns, ascending; what the partition was made of */
    size_t size, next_size, used_size;
    size_t *rest, *block_of;    /* [d] columns that need a partition that they had no part in, and where they are dealt to */
    bool *own;                  /* [d] the partition was made of it */
    bool *early;                /* [d] it holds in the partition by all columns */
    size_t looks;               /* partitions that a column may hold in */
    int stop;                   /* the watch asked for it */
    size_t failed;              /* first work item that failed, and why */
    enum clu_status status;
    struct clu_err err;
};

/* --- order and columns --- */

struct keyed {
    const struct clu_view *x;
    size_t row;
};

static int by_values(const void *a, const void *b)
{
    const struct keyed *p = a, *q = b;

    for (size_t j = 0; j < p->x->cols; j++) {
        double u = clu_view_at(*p->x, p->row, j), v = clu_view_at(*q->x, q->row, j);
        if (u != v)
            return u < v ? -1 : 1;
    }
    return (p->row > q->row) - (p->row < q->row);
}

static enum clu_status sort_rows(struct columns *c, struct clu_err *err)
{
    struct keyed *key = clu_alloc(c->n, sizeof *key);

    if (!key)
        return clu_fail_memory(err);
    for (size_t i = 0; i < c->n; i++)
        key[i] = (struct keyed){&c->x, i};
    qsort(key, c->n, sizeof *key, by_values);
    for (size_t i = 0; i < c->n; i++)
        c->order[i] = key[i].row;
    clu_free(key);
    return CLU_OK;
}

static double *take_column(const struct columns *c, size_t j)
{
    double *v = c->buf + (size_t)omp_get_thread_num() * 2 * c->n;

    for (size_t r = 0; r < c->n; r++)
        v[r] = clu_view_at(c->x, c->order[r], j);
    return v;
}

/* The least difference between two values; behind the column is room to sort them. */
static double least_step(double *column, size_t n)
{
    memcpy(column + n, column, n * sizeof *column);
    return ppp_least_step(column + n, n);
}

/* What goes wrong in the first of the work items counts, whichever thread gets there first. */
static void note(struct columns *c, size_t item, enum clu_status status, const struct clu_err *err)
{
#pragma omp critical(clu_ppp_columns)
    if (status != CLU_OK && (c->status == CLU_OK || item < c->failed)) {
        c->failed = item;
        c->status = status;
        c->err = *err;
    }
}

static void tell(struct columns *c, const char *what, size_t done, size_t of)
{
    if (omp_get_thread_num() == 0 && clu_tick(c->run, what, done, of, NAN) != CLU_OK) {
#pragma omp atomic write
        c->stop = 1;
    }
}

static bool stopped(struct columns *c)
{
    int stop;

#pragma omp atomic read
    stop = c->stop;
    return stop != 0;
}

static enum clu_status answer(const struct columns *c, struct clu_err *err)
{
    if (c->stop)
        return CLU_STOPPED;
    if (c->status != CLU_OK && err)
        *err = c->err;
    return c->status;
}

/* --- scores --- */

static double sum_splits(const struct clu_ppp *fit, size_t d)
{
    double sum = 0;

    for (size_t i = 0; i < fit->nodes; i++) {
        const struct clu_ppp_split *s = &fit->node[i];
        double worth = s->score > 0 ? -log10(s->score) : MOST_LOG;
        if (s->verdict == CLU_PPP_STANDS)
            sum += (double)s->rows / (double)fit->n * fmax(0, fmin(MOST_LOG, worth) - log10((double)d));
    }
    return sum;
}

static enum clu_status score_column(struct columns *c, size_t j, struct clu_err *err)
{
    struct clu_view x = {.v = take_column(c, j), .rows = c->n, .cols = 1, .ld = 1};
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_ppp fit = {0};
    enum clu_status status = clu_ppp_fit(&fit, x, c->opt, &run, err);

    if (status == CLU_OK)
        c->out->score[j] = sum_splits(&fit, c->d);
    clu_ppp_clear(&fit);
    return status;
}

static enum clu_status score_columns(struct columns *c, struct clu_err *err)
{
#pragma omp parallel for num_threads((int)c->threads) schedule(dynamic, 1) if (c->threads > 1)
    for (size_t j = 0; j < c->d; j++)
        if (!stopped(c)) {
            struct clu_err mine = {0};
            tell(c, "column", j, c->d);
            note(c, j, score_column(c, j, &mine), &mine);
        }
    for (size_t j = 0; j < c->d; j++)
        if (c->out->score[j] > 0)
            c->set[c->size++] = j;
    return answer(c, err);
}

/* --- the partition of a set --- */

static enum clu_status fit_columns(const struct columns *c, const size_t *column, size_t cols, const struct clu_run *run,
                                   struct clu_ppp *fit, struct clu_err *err)
{
    double *v = clu_alloc(c->n, cols * sizeof *v);
    struct clu_view x = {.v = v, .rows = c->n, .cols = cols, .ld = cols};

    if (!v)
        return clu_fail_memory(err);
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < cols; j++)
            v[i * cols + j] = clu_view_at(c->x, i, column[j]);
    enum clu_status status = clu_ppp_fit(fit, x, c->opt, run, err);
    clu_free(v);
    return status;
}

/* By the set, by all columns when it is empty. */
static enum clu_status partition(struct columns *c, struct clu_err *err)
{
    c->used_size = c->size > 0 ? c->size : c->d;
    for (size_t i = 0; i < c->used_size; i++)
        c->used[i] = c->size > 0 ? c->set[i] : i;
    memset(c->own, 0, c->d * sizeof *c->own);
    for (size_t i = 0; i < c->used_size; i++)
        c->own[c->used[i]] = true;
    clu_ppp_clear(&c->out->fit);
    return fit_columns(c, c->used, c->used_size, c->run, &c->out->fit, err);
}

/* --- claims --- */

static double multiplicity(const struct columns *c, const struct ppp_partition *p)
{
    return log10((double)p->pairs * (double)c->d * (double)c->looks);
}

static bool holds(const struct columns *c, double score)
{
    return score < log10(c->opt->alpha);
}

static enum clu_status claim_column(struct columns *c, size_t j, const struct ppp_partition *p, bool own, struct ppp_claim *claim,
                                    struct clu_err *err)
{
    struct ppp_desk *desk = &c->desk[omp_get_thread_num()];
    double *column = take_column(c, j), step = least_step(column, c->n);
    enum clu_status status = ppp_claim_fill(claim, desk, p, column, step, own, c->opt, err);

    if (p->pairs > 0) {
        claim->trough = fmin(0, claim->trough + multiplicity(c, p));
        claim->place = fmin(0, claim->place + multiplicity(c, p));
    }
    return status;
}

static enum clu_status claim_all(struct columns *c, struct clu_err *err)
{
#pragma omp parallel for num_threads((int)c->threads) schedule(dynamic, 1) if (c->threads > 1)
    for (size_t j = 0; j < c->d; j++)
        if (!stopped(c)) {
            struct clu_err mine = {0};
            note(c, j, claim_column(c, j, &c->part, c->own[j], &c->claim[j], &mine), &mine);
        }
    return answer(c, err);
}

/* Columns of the block b, judged in the partition by the others of the set. */
static enum clu_status claim_block(struct columns *c, size_t b, struct clu_err *err)
{
    struct clu_run run = CLU_RUN_DEFAULT;
    struct ppp_partition part = {0};
    struct clu_ppp fit = {0};
    size_t others = 0, *other = clu_alloc(c->d, sizeof *other);
    enum clu_status status = other ? ppp_partition_init(&part, c->n, err) : clu_fail_memory(err);

    for (size_t i = 0; i < c->used_size && other; i++)
        if (c->block_of[c->used[i]] != b)
            other[others++] = c->used[i];
    if (status == CLU_OK && others > 0) {
        status = fit_columns(c, other, others, &run, &fit, err);
        if (status == CLU_OK)
            status = ppp_partition_fill(&part, &fit, c->x, c->order, other, others, err);
    }
    for (size_t i = 0; i < c->used_size && status == CLU_OK && others > 0; i++)
        if (c->block_of[c->used[i]] == b) {
            struct ppp_claim claim;
            status = claim_column(c, c->used[i], &part, false, &claim, err);
            c->rests[c->used[i]] = fmin(claim.place, claim.trough);
        }
    clu_ppp_clear(&fit);
    ppp_partition_clear(&part);
    clu_free(other);
    return status;
}

/* A column that the partition was made of would find itself in it, be it noise: rank sums count only in a partition that it had no part
 * in. Such columns are left out a block at a time. */
static enum clu_status claim_blocks(struct columns *c, struct clu_err *err)
{
    size_t rest = 0, blocks;

    for (size_t j = 0; j < c->d; j++) {
        c->rests[j] = fmin(c->claim[j].trough, c->claim[j].place);
        c->block_of[j] = SIZE_MAX;
    }
    for (size_t i = 0; i < c->used_size; i++) {
        size_t j = c->used[i];
        c->rests[j] = c->claim[j].trough;
        if (!holds(c, c->claim[j].trough) && holds(c, c->claim[j].place))
            c->rest[rest++] = j;
    }
    blocks = rest < BLOCKS ? rest : BLOCKS;
    for (size_t i = 0; i < rest; i++)
        c->block_of[c->rest[i]] = i % blocks;
#pragma omp parallel for num_threads((int)c->threads) schedule(dynamic, 1) if (c->threads > 1)
    for (size_t b = 0; b < blocks; b++)
        if (!stopped(c)) {
            struct clu_err mine = {0};
            note(c, b, claim_block(c, b, &mine), &mine);
        }
    return answer(c, err);
}

/* --- the set --- */

static enum clu_status next_set(struct columns *c, struct clu_err *err)
{
    enum clu_status status = ppp_partition_fill(&c->part, &c->out->fit, c->x, c->order, c->used, c->used_size, err);

    if (status == CLU_OK)
        status = claim_all(c, err);
    if (status == CLU_OK)
        status = claim_blocks(c, err);
    c->next_size = 0;
    for (size_t j = 0; j < c->d && status == CLU_OK; j++) {
        c->out->pair[j] = pow(10, c->rests[j]);
        if (holds(c, c->rests[j]) || c->early[j])
            c->next[c->next_size++] = j;
    }
    return status;
}

static bool same_set(const size_t *a, size_t m, const size_t *b, size_t n)
{
    return m == n && memcmp(a, b, n * sizeof *a) == 0;
}

/* The columns with scores of their own may be few, and all of them together show more. What holds there may come in at first. */
static enum clu_status look_at_all(struct columns *c, struct clu_err *err)
{
    size_t size = c->size;
    enum clu_status status;

    if (size == 0 || size == c->d)
        return CLU_OK;
    c->looks = 2;
    c->size = 0;
    status = partition(c, err);
    c->size = size;
    if (status == CLU_OK)
        status = next_set(c, err);
    for (size_t i = 0; i < c->next_size; i++)
        c->early[c->next[i]] = true;
    return status;
}

static enum clu_status find_set(struct columns *c, struct clu_err *err)
{
    bool still = false;
    enum clu_status status = look_at_all(c, err);

    for (size_t round = 0; round < ROUNDS && !still && status == CLU_OK; round++) {
        status = clu_tick(c->run, "round", round, ROUNDS, (double)c->size);
        if (status == CLU_OK)
            status = partition(c, err);
        if (status == CLU_OK)
            status = next_set(c, err);
        still = same_set(c->set, c->size, c->next, c->next_size);
        size_t *last = c->set;
        c->set = c->next;
        c->next = last;
        c->size = c->next_size;
        c->looks = 1;
        memset(c->early, 0, c->d * sizeof *c->early);
    }
    return status;
}

/* --- redundancy, ranks --- */

struct rival {
    const struct clu_ppp_columns *of;
    size_t column;
};

static int by_rank(const void *a, const void *b)
{
    const struct rival *p = a, *q = b;
    double u = p->of->score[p->column], v = p->of->score[q->column];
    bool in = p->of->verdict[p->column] == CLU_PPP_CHOSEN, too = p->of->verdict[q->column] == CLU_PPP_CHOSEN;

    if (in != too)
        return in ? -1 : 1;
    if (u != v)
        return u > v ? -1 : 1;
    return (p->column > q->column) - (p->column < q->column);
}

static enum clu_status rank_columns(struct columns *c, struct clu_err *err)
{
    struct rival *rival = clu_alloc(c->d, sizeof *rival);

    if (!rival)
        return clu_fail_memory(err);
    for (size_t j = 0; j < c->d; j++)
        rival[j] = (struct rival){c->out, j};
    qsort(rival, c->d, sizeof *rival, by_rank);
    for (size_t j = 0; j < c->d; j++)
        c->out->rank[j] = rival[j].column;
    clu_free(rival);
    return CLU_OK;
}

/* Best first, each column against the better ones that stay. */
static enum clu_status find_redundant(struct columns *c, struct clu_err *err)
{
    struct clu_ppp_columns *out = c->out;
    int64_t *rank = clu_alloc(c->n, c->size * sizeof *rank);
    enum clu_status status = rank ? rank_columns(c, err) : clu_fail_memory(err);
    size_t kept = 0;

    for (size_t i = 0; i < c->size && status == CLU_OK; i++) {
        size_t j = out->rank[i];
        int64_t *mine = rank + kept * c->n;
        status = ppp_inner_ranks(mine, &c->part, take_column(c, j), err);
        for (size_t b = 0; b < kept && out->with[j] == SIZE_MAX && status == CLU_OK; b++)
            if (fabs(ppp_rank_correlation(mine, rank + b * c->n, c->n)) > SAME) {
                out->with[j] = c->next[b];
                out->verdict[j] = CLU_PPP_REDUNDANT;
            }
        if (out->with[j] == SIZE_MAX)
            c->next[kept++] = j;
    }
    clu_free(rank);
    return status;
}

static enum clu_status settle(struct columns *c, struct clu_err *err)
{
    struct clu_ppp_columns *out = c->out;
    enum clu_status status;

    for (size_t i = 0; i < c->size; i++)
        out->verdict[c->set[i]] = CLU_PPP_CHOSEN;
    status = find_redundant(c, err);
    c->size = 0;
    for (size_t j = 0; j < c->d; j++)
        if (out->verdict[j] == CLU_PPP_CHOSEN)
            c->set[c->size++] = j;
    out->chosen = c->size;
    if (status == CLU_OK)
        status = rank_columns(c, err);
    bool all = c->size == 0 && c->used_size == c->d;
    if (status == CLU_OK && !all && !same_set(c->set, c->size, c->used, c->used_size))
        status = partition(c, err);
    return status;
}

/* --- the call --- */

static enum clu_status result_init(struct clu_ppp_columns *out, size_t d, struct clu_err *err)
{
    *out = (struct clu_ppp_columns){.d = d};
    out->score = clu_calloc(d, sizeof *out->score);
    out->pair = clu_alloc(d, sizeof *out->pair);
    out->verdict = clu_alloc(d, sizeof *out->verdict);
    out->with = clu_alloc(d, sizeof *out->with);
    out->rank = clu_alloc(d, sizeof *out->rank);
    if (!out->score || !out->pair || !out->verdict || !out->with || !out->rank)
        return clu_fail_memory(err);
    for (size_t j = 0; j < d; j++) {
        out->pair[j] = 1;
        out->verdict[j] = CLU_PPP_FLAT;
        out->with[j] = SIZE_MAX;
    }
    return CLU_OK;
}

static enum clu_status columns_init(struct columns *c, struct clu_err *err)
{
    size_t n = c->n, d = c->d;
    enum clu_status status = CLU_OK;

    c->order = clu_alloc(n, sizeof *c->order);
    c->buf = clu_alloc(c->threads * 2 * n, sizeof *c->buf);
    c->desk = clu_calloc(c->threads, sizeof *c->desk);
    c->claim = clu_calloc(d, sizeof *c->claim);
    c->rests = clu_calloc(d, sizeof *c->rests);
    c->set = clu_alloc(5 * d, sizeof *c->set);
    c->own = clu_calloc(2 * d, sizeof *c->own);
    if (!c->order || !c->buf || !c->desk || !c->claim || !c->rests || !c->set || !c->own)
        return clu_fail_memory(err);
    c->early = c->own + d;
    c->next = c->set + d;
    c->used = c->next + d;
    c->rest = c->used + d;
    c->block_of = c->rest + d;
    for (size_t t = 0; t < c->threads && status == CLU_OK; t++)
        status = ppp_desk_init(&c->desk[t], n, err);
    if (status == CLU_OK)
        status = ppp_partition_init(&c->part, n, err);
    return status == CLU_OK ? sort_rows(c, err) : status;
}

static void columns_clear(struct columns *c, size_t *sets)
{
    for (size_t t = 0; t < c->threads && c->desk; t++)
        ppp_desk_clear(&c->desk[t]);
    ppp_partition_clear(&c->part);
    clu_free(c->order);
    clu_free(c->buf);
    clu_free(c->desk);
    clu_free(c->claim);
    clu_free(c->rests);
    clu_free(c->own);
    clu_free(sets);
}

enum clu_status clu_ppp_columns_fit(struct clu_ppp_columns *out, struct clu_view x, const struct clu_ppp_opt *opt,
                                    const struct clu_run *run, struct clu_err *err)
{
    struct columns c = {.x = x, .opt = opt, .run = run, .n = x.rows, .d = x.cols, .threads = (size_t)run->threads, .looks = 1, .out = out};
    enum clu_status status = result_init(out, c.d, err);

    if (status == CLU_OK)
        status = columns_init(&c, err);
    size_t *sets = c.set; /* set and next change places */
    if (status == CLU_OK)
        status = score_columns(&c, err);
    if (status == CLU_OK)
        status = find_set(&c, err);
    if (status == CLU_OK)
        status = settle(&c, err);
    columns_clear(&c, sets);
    if (status != CLU_OK)
        clu_ppp_columns_clear(out);
    return status;
}

void clu_ppp_columns_clear(struct clu_ppp_columns *out)
{
    clu_free(out->score);
    clu_free(out->pair);
    clu_free(out->verdict);
    clu_free(out->with);
    clu_free(out->rank);
    clu_ppp_clear(&out->fit);
    *out = (struct clu_ppp_columns){0};
}
