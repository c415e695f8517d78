/* Sections: codes, scores, ranks, correlation. */
#include "num/rank.h"

#include "base/mem.h"
#include "num/elem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- codes --- */

struct item {
    uint64_t key;
    uint64_t row;
};

/* Doubles in the order of unsigned integers; -0 as 0. */
static uint64_t key_of(double x)
{
    uint64_t bits;

    x += 0.0;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

#define DIGIT 11
#define DIGITS 6
#define VALUES (1u << DIGIT)

/* Radix sort, from the last digit on; digits that all keys share are passed over. Returns where the result is: a or b. */
static struct item *sort(struct item *a, struct item *b, size_t n)
{
    uint32_t count[VALUES];

    for (int digit = 0; digit < DIGITS; digit++) {
        int shift = digit * DIGIT;
        memset(count, 0, sizeof count);
        for (size_t i = 0; i < n; i++)
            count[a[i].key >> shift & (VALUES - 1)]++;
        if (count[a[0].key >> shift & (VALUES - 1)] == n)
            continue;
        uint32_t before = 0;
        for (size_t v = 0; v < VALUES; v++) {
            uint32_t here = count[v];
            count[v] = before;
            before += here;
        }
        for (size_t i = 0; i < n; i++)
            b[count[a[i].key >> shift & (VALUES - 1)]++] = a[i];
        struct item *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

void clu_coded_clear(struct clu_coded *c)
{
    clu_free(c->code);
    clu_free(c->levels);
    *c = (struct clu_coded){0};
}

/* Where there are many values more. Takes 32 bytes a row. */
static int code_by_sorting(struct clu_coded *c, struct clu_view x, size_t j)
{
    size_t n = c->n;
    struct item *a = clu_alloc(n, sizeof *a), *b = clu_alloc(n, sizeof *b);
    uint32_t level = 0;

    if (a && b) {
        for (size_t i = 0; i < n; i++)
            a[i] = (struct item){key_of(clu_view_at(x, i, j)), i};
        const struct item *s = sort(a, b, n);
        for (size_t i = 0; i < n; i++) {
            level += i > 0 && s[i].key != s[i - 1].key;
            c->code[j * n + s[i].row] = level;
        }
        c->levels[j] = level + 1;
    }
    bool failed = !a || !b;
    clu_free(a);
    clu_free(b);
    return failed ? -1 : 0;
}

/* Values that stay in the cache, with their hash table; data with three decimals rarely have more. */
#define FEW 32768u

struct few {
    struct item value[FEW], sorted[FEW]; /* by first appearance, .row: their number there */
    uint32_t level[FEW], n;
    uint32_t slot[4 * FEW]; /* number + 1, 0: free */
};

/* The number of a key by first appearance, a new one if need be; FEW: there is no room. */
static inline uint32_t number_of(struct few *f, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 47); /* 17 bits */

    for (; f->slot[at]; at = (at + 1) % (4 * FEW))
        if (f->value[f->slot[at] - 1].key == key)
            return f->slot[at] - 1;
    if (f->n == FEW)
        return FEW;
    f->value[f->n] = (struct item){key, f->n};
    f->slot[at] = ++f->n;
    return f->n - 1;
}

/* The different values are numbered and then sorted. 1: they are not few. */
static int code_by_values(struct clu_coded *c, struct clu_view x, size_t j)
{
    struct few *f = clu_calloc(1, sizeof *f);
    uint32_t *code = c->code + j * c->n;
    bool few = true;

    if (!f)
        return -1;
    for (size_t i = 0; i < c->n && few; i++) {
        code[i] = number_of(f, key_of(clu_view_at(x, i, j)));
        few = code[i] < FEW;
    }
    if (few) {
        const struct item *s = sort(f->value, f->sorted, f->n);
        for (uint32_t i = 0; i < f->n; i++)
            f->level[s[i].row] = i;
        for (size_t i = 0; i < c->n; i++)
            code[i] = f->level[code[i]];
        c->levels[j] = f->n;
    }
    clu_free(f);
    return few ? 0 : 1;
}

static int code_column(struct clu_coded *c, struct clu_view x, size_t j)
{
    int many = c->n < FEW / 16 ? 1 : code_by_values(c, x, j); /* few rows: to clear the table would take longer */

    return many > 0 ? code_by_sorting(c, x, j) : many;
}

enum clu_status clu_coded_make(struct clu_coded *c, struct clu_view x, int threads, struct clu_err *err)
{
    int failed = 0;

    *c = (struct clu_coded){.n = x.rows, .d = x.cols};
    c->code = clu_alloc(x.rows, x.cols * sizeof *c->code);
    c->levels = clu_calloc(x.cols, sizeof *c->levels);
    if (!c->code || !c->levels) {
        failed = -1;
    } else if (x.rows > 0) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(| : failed)
        for (size_t j = 0; j < x.cols; j++)
            failed |= code_column(c, x, j);
    }
    if (!failed)
        return CLU_OK;
    clu_coded_clear(c);
    return clu_fail_memory(err);
}

/* --- scores --- */

/* score[levels] of a column, from how often each level is there. */
static void score_levels(const uint32_t *count, size_t levels, size_t n, double *score)
{
    size_t before = 0;
    double sum = 0, squares = 0;

    for (size_t v = 0; v < levels; v++) { /* the mid-rank is before + (count + 1) / 2 */
        score[v] = clu_normal_quantile(((double)before + (double)count[v] / 2) / (double)n);
        before += count[v];
        sum += count[v] * score[v];
    }
    double mean = sum / (double)n;
    for (size_t v = 0; v < levels; v++) {
        score[v] -= mean;
        squares += count[v] * score[v] * score[v];
    }
    double scale = levels > 1 ? sqrt((double)n / squares) : 0;
    for (size_t v = 0; v < levels; v++)
        score[v] *= scale;
}

static int score_column(const struct clu_coded *c, size_t j, double *x)
{
    size_t levels = c->levels[j];
    const uint32_t *code = c->code + j * c->n;
    uint32_t *count = clu_calloc(levels, sizeof *count);
    double *score = clu_alloc(levels, sizeof *score);
    bool failed = !count || !score;

    if (!failed) {
        for (size_t i = 0; i < c->n; i++)
            count[code[i]]++;
        score_levels(count, levels, c->n, score);
        for (size_t i = 0; i < c->n; i++)
            x[i * c->d + j] = score[code[i]];
    }
    clu_free(count);
    clu_free(score);
    return failed ? -1 : 0;
}

enum clu_status clu_coded_scores(const struct clu_coded *c, double *x, int threads, struct clu_err *err)
{
    int failed = 0;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(| : failed)
    for (size_t j = 0; j < c->d; j++)
        failed |= score_column(c, j, x);
    return failed ? clu_fail_memory(err) : CLU_OK;
}

/* --- ranks --- */

void clu_ranker_clear(struct clu_ranker *w)
{
    clu_free(w->count);
    clu_free(w->rank);
    *w = (struct clu_ranker){0};
}

static size_t rows_of(const struct clu_span *span, size_t spans)
{
    size_t rows = 0;
    for (size_t i = 0; i < spans; i++)
        rows += span[i].rows;
    return rows;
}

/* count[] holds as many numbers as there are levels, or rows: whichever way is taken. */
static enum clu_status make_room(struct clu_ranker *w, size_t levels, struct clu_err *err)
{
    if (levels <= w->levels)
        return CLU_OK;
    uint32_t *more = clu_realloc(w->count, levels, sizeof *more);
    if (!more)
        return clu_fail_memory(err);
    w->count = more;
    w->levels = levels;
    return CLU_OK;
}

static int by_code(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The first of the ascending codes list[n] that is not below code. */
static size_t place(const uint32_t *list, size_t n, uint64_t code)
{
    size_t lo = 0;

    while (n > 0) {
        size_t half = n / 2;
        if (list[lo + half] < code) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

/* Few rows beside the levels: sort their codes. */
static void rank_by_sorting(const uint32_t *code, const struct clu_span *span, size_t spans, size_t rows, uint32_t *list, int64_t *out)
{
    size_t at = 0;

    for (size_t i = 0; i < spans; i++) {
        memcpy(list + at, code + span[i].start, span[i].rows * sizeof *list);
        at += span[i].rows;
    }
    qsort(list, rows, sizeof *list, by_code);
    for (size_t i = 0; i < spans; i++)
        for (size_t k = 0; k < span[i].rows; k++) {
            uint32_t x = code[span[i].start + k];
            *out++ = (int64_t)(place(list, rows, x) + place(list, rows, (uint64_t)x + 1)) - (int64_t)rows;
        }
}

/* Ranks r of b rows before and e equal ones are b + 1 .. b + e: twice their mean is 2 b + e + 1, and rows + 1 is twice the mean of all. */
static void rank_by_counting(const uint32_t *code, size_t levels, const struct clu_span *span, size_t spans, size_t rows,
                             uint32_t *count, int64_t *out)
{
    uint32_t before = 0;

    memset(count, 0, levels * sizeof *count);
    for (size_t i = 0; i < spans; i++)
        for (size_t k = 0; k < span[i].rows; k++)
            count[code[span[i].start + k]]++;
    for (size_t v = 0; v < levels; v++) { /* to b + b + e: below 2^32 for fewer than 2^31 rows */
        uint32_t here = count[v];
        count[v] = 2 * before + here;
        before += here;
    }
    for (size_t i = 0; i < spans; i++)
        for (size_t k = 0; k < span[i].rows; k++)
            *out++ = (int64_t)count[code[span[i].start + k]] - (int64_t)rows;
}

enum clu_status clu_rank(const struct clu_coded *c, size_t j, const struct clu_span *span, size_t spans, struct clu_ranker *w,
                         int64_t *out, struct clu_err *err)
{
    size_t rows = rows_of(span, spans), levels = c->levels[j];
    bool few = levels / 32 > rows;
    enum clu_status status = make_room(w, few ? rows : levels, err);

    if (status != CLU_OK)
        return status;
    if (few)
        rank_by_sorting(c->code + j * c->n, span, spans, rows, w->count, out);
    else
        rank_by_counting(c->code + j * c->n, levels, span, spans, rows, w->count, out);
    return CLU_OK;
}

/* --- correlation --- */

/* Exact: parts that fit into 63 bits, added up in 128. */
static double product(const int64_t *x, const int64_t *y, size_t n)
{
    size_t part = n == 0 ? 1 : (size_t)(INT64_MAX / ((int64_t)n * (int64_t)n));
    __int128 sum = 0;

    for (size_t i = 0; i < n;) {
        size_t stop = n - i < part ? n : i + part;
        int64_t s = 0;
        for (; i < stop; i++)
            s += x[i] * y[i];
        sum += s;
    }
    return (double)sum;
}

enum clu_status clu_spearman(const struct clu_coded *c, const struct clu_span *span, size_t spans, struct clu_ranker *w, double *r,
                             struct clu_err *err)
{
    size_t rows = rows_of(span, spans), d = c->d;
    enum clu_status status = CLU_OK;

    if (rows * d > w->room) {
        clu_free(w->rank);
        w->rank = clu_alloc(rows * d, sizeof *w->rank);
        w->room = w->rank ? rows * d : 0;
        if (!w->rank)
            return clu_fail_memory(err);
    }
    for (size_t j = 0; status == CLU_OK && j < d; j++)
        status = clu_rank(c, j, span, spans, w, w->rank + j * rows, err);
    for (size_t j = 0; status == CLU_OK && j < d; j++) {
        const int64_t *x = w->rank + j * rows;
        for (size_t k = j + 1; k < d; k++) {
            const int64_t *y = w->rank + k * rows;
            double spread = product(x, x, rows) * product(y, y, rows);
            *r++ = spread > 0 ? product(x, y, rows) / sqrt(spread) : NAN;
        }
    }
    return status;
}
