/* Sections: state, least hashes, samples, values, rows, begin and end. */
#include "tab/sketch.h"

#include "base/mem.h"
#include "tab/number.h"
#include "tab/number_scan.h"

#include <stdlib.h>
#include <string.h>

/* --- state --- */

#define ROOM (4 * CLU_SKETCH_K) /* hashes collected before they are sorted and cut to the least */
#define SEEN 1024               /* values of a column that are remembered */
#define TRIAL 8192              /* values after which a column that hardly repeats any forgets them */
#define WIDE 2048               /* with more columns nothing is remembered: it would take 17 KiB each */

enum kind { NOTHING = 0, NUMBER, OTHER };

struct least {
    uint64_t *h;    /* [ROOM] */
    size_t n;
    uint64_t most;  /* what is above it is not among the least */
};

/* Values that were looked at: one that is met again changes nothing but counts. */
struct seen {
    uint64_t lo[SEEN], hi[SEEN];
    uint8_t kind[SEEN];
};

struct part {
    uint64_t seed;
    struct seen *seen;  /* NULL: not remembered */
    uint32_t asked, hits;
    uint64_t head_least, head_most; /* the first bytes of the ends of the range, as numbers */
    uint64_t gate;      /* hashes that are not above it may be among the sampled */
    struct least values;
};

struct clu_sketcher {
    struct clu_sketch *s;
    struct part *part;   /* [cols] */
    uint64_t *lo, *hi;   /* [cols] hashes of the row at hand */
    size_t anchor[CLU_SKETCH_ANCHORS]; /* column of each */
    uint64_t *row;       /* one row of a sample */
    struct least rows;
    uint64_t *block;     /* the arrays of all least */
    struct seen *seen;
};

/* --- least hashes --- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void settle(struct least *l)
{
    size_t n = 0;

    qsort(l->h, l->n, sizeof *l->h, by_value);
    for (size_t i = 0; i < l->n && n < CLU_SKETCH_K; i++)
        if (n == 0 || l->h[i] != l->h[n - 1])
            l->h[n++] = l->h[i];
    l->n = n;
    if (n == CLU_SKETCH_K)
        l->most = l->h[n - 1] - 1; /* that one itself is there: it is not 0, being the last of many */
}

static inline void take(struct least *l, uint64_t h)
{
    if (h > l->most)
        return;
    l->h[l->n++] = h;
    if (l->n == ROOM)
        settle(l);
}

/* --- samples --- */

static int compare_rows(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w] != b[w])
            return a[w] < b[w] ? -1 : 1;
    return 0;
}

/* The row at hand into the sample of anchor a, which has room for one row more than it keeps. */
static void sample_row(struct clu_sketcher *k, size_t a)
{
    struct clu_sample *sample = &k->s->sample[a];
    size_t words = clu_sample_words(k->s->cols), lo = 0, hi = sample->n;

    k->row[0] = k->lo[sample->column];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = compare_rows(sample->row + mid * words, k->row, words);
        if (order == 0)
            return;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    memmove(sample->row + (lo + 1) * words, sample->row + lo * words, (sample->n - lo) * words * sizeof *sample->row);
    memcpy(sample->row + lo * words, k->row, words * sizeof *k->row);
    sample->n++;
    if (sample->n > k->s->rule.sample) {
        sample->all = false;
        sample->limit = sample->row[(sample->n - 1) * words];
        while (sample->n > 0 && sample->row[(sample->n - 1) * words] >= sample->limit)
            sample->n--;
    }
}

static void sample_anchors(struct clu_sketcher *k)
{
    const struct clu_sketch *s = k->s;
    bool packed = false;

    for (size_t a = 0; a < s->anchors; a++) {
        if (!s->sample[a].all && k->lo[k->anchor[a]] >= s->sample[a].limit)
            continue;
        if (!packed) {
            memset(k->row, 0, clu_sample_words(s->cols) * sizeof *k->row);
            for (size_t j = 0; j < s->cols; j++)
                k->row[1 + j / 2] |= (uint64_t)(uint32_t)k->hi[j] << (32 * (j & 1));
            packed = true;
        }
        sample_row(k, a);
        if (!s->sample[a].all)
            k->part[k->anchor[a]].gate = s->sample[a].limit;
    }
}

/* --- values --- */

static inline uint32_t load32(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* The first eight bytes as a number that is in the order of the bytes; a shorter text ends with zeros. */
static inline uint64_t head_of(const char *s, size_t len)
{
    const unsigned char *u = (const unsigned char *)s;

    if (len >= 8)
        return (uint64_t)load32(s) << 32 | load32(s + 4);
    if (len >= 4)
        return (uint64_t)load32(s) << 32 | (((uint64_t)load32(s + len - 4) << (8 * (8 - len))) & 0xffffffff);
    return (len > 0 ? (uint64_t)u[0] << 56 : 0) | (len > 1 ? (uint64_t)u[1] << 48 : 0) | (len > 2 ? (uint64_t)u[2] << 40 : 0);
}

static struct clu_bound bound_of(const struct clu_cell *cell)
{
    struct clu_bound b = {.known = true, .cut = cell->len > CLU_SKETCH_TEXT};

    b.len = (uint8_t)(b.cut ? CLU_SKETCH_TEXT : cell->len);
    memcpy(b.s, cell->s, b.len);
    return b;
}

/* <0, 0, >0: the text and an end of a range; 0 also when what is known of both is the same. */
static inline int against(const struct clu_cell *cell, const struct clu_bound *b)
{
    size_t len = cell->len < CLU_SKETCH_TEXT ? cell->len : CLU_SKETCH_TEXT;
    int order = memcmp(cell->s, b->s, len < b->len ? len : b->len);

    if (order == 0)
        order = (len > b->len) - (len < b->len);
    return order != 0 ? order : (int)(cell->len > CLU_SKETCH_TEXT) - (int)b->cut;
}

/* The first bytes may tell that the text is inside of the range; equal ones tell nothing. */
static inline void widen(struct clu_sketch_column *c, struct part *p, const struct clu_cell *cell)
{
    uint64_t head = head_of(cell->s, cell->len);

    if (head > p->head_least && head < p->head_most)
        return;
    if (!c->least.known || against(cell, &c->least) < 0) {
        c->least = bound_of(cell);
        p->head_least = head;
    }
    if (!c->most.known || against(cell, &c->most) > 0) {
        c->most = bound_of(cell);
        p->head_most = head;
    }
}

/* A plain number, or text, is told where it stands; what is left is rare. */
static inline bool is_number(const struct clu_cell *cell, double *x)
{
    if (cell->s[0] > '9') /* no number begins so */
        return false;
    const char *end = clu_number_scan(cell->s, '.', x);
    if (end && end <= cell->s + cell->len)
        return end == cell->s + cell->len;
    return clu_number_parse(cell->s, cell->len, '.', x) == CLU_NUMBER_OK;
}

/* A value of column c that may be new. */
static enum kind look(struct clu_sketch_column *c, struct part *p, const struct clu_cell *cell, struct clu_hash h, bool plain)
{
    double x;
    enum kind kind = OTHER;

    if (cell->len == 0) {
        kind = NOTHING;
    } else {
        widen(c, p, cell);
        if (is_number(cell, &x)) {
            kind = NUMBER;
            x += 0.0; /* -0 is 0 */
            c->low = c->numbers == 0 || x < c->low ? x : c->low;
            c->high = c->numbers == 0 || x > c->high ? x : c->high;
        }
    }
    take(&p->values, plain ? XXH3_64bits(cell->s, cell->len) : h.lo);
    return kind;
}

static inline void value(struct clu_sketch_column *c, struct part *p, const struct clu_cell *cell, struct clu_hash h, bool plain)
{
    enum kind kind;

    if (p->seen) {
        size_t at = h.lo % SEEN;
        if (p->seen->lo[at] == h.lo && p->seen->hi[at] == h.hi) {
            p->hits++;
            kind = p->seen->kind[at];
        } else {
            kind = look(c, p, cell, h, plain);
            p->seen->lo[at] = h.lo;
            p->seen->hi[at] = h.hi;
            p->seen->kind[at] = (uint8_t)kind;
        }
        if (++p->asked == TRIAL && p->hits < TRIAL / 4)
            p->seen = NULL;
    } else {
        kind = look(c, p, cell, h, plain);
    }
    c->nulls += kind == NOTHING;
    c->numbers += kind == NUMBER;
    c->changed += cell->changed;
}

/* --- rows --- */

void clu_sketcher_row(struct clu_sketcher *k, const struct clu_cell *cell)
{
    struct clu_sketch *s = k->s;
    struct clu_hash a = {0, 0};
    bool sampled = false;

    for (size_t j = 0; j < s->cols; j++) {
        struct part *p = &k->part[j];
        struct clu_hash h = clu_hash_cell(p->seed, cell[j].s, cell[j].len);
        k->lo[j] = h.lo;
        k->hi[j] = h.hi;
        a = clu_hash_add(a, h);
        sampled |= h.lo <= p->gate;
        value(&s->column[j], p, &cell[j], h, s->rule.plain);
    }
    a = clu_hash_fin(a);
    s->sum = clu_hash_add(s->sum, a);
    s->rows++;
    take(&k->rows, a.lo);
    if (sampled)
        sample_anchors(k);
}

/* --- begin and end --- */

static void free_sketcher(struct clu_sketcher *k)
{
    clu_free(k->part);
    clu_free(k->lo);
    clu_free(k->hi);
    clu_free(k->row);
    clu_free(k->block);
    clu_free(k->seen);
    clu_free(k);
}

enum clu_status clu_sketcher_begin(struct clu_sketcher **out, struct clu_sketch *s, struct clu_err *err)
{
    struct clu_sketcher *k = clu_calloc(1, sizeof *k);
    size_t words = clu_sample_words(s->cols);
    bool whole = k != NULL;

    *out = NULL;
    if (k) {
        *k = (struct clu_sketcher){.s = s,
                                   .part = clu_calloc(s->cols, sizeof *k->part),
                                   .lo = clu_alloc(s->cols, sizeof *k->lo),
                                   .hi = clu_alloc(s->cols, sizeof *k->hi),
                                   .row = clu_alloc(words, sizeof *k->row),
                                   .block = clu_alloc(s->cols + 1, ROOM * sizeof *k->block),
                                   .seen = s->cols <= WIDE ? clu_calloc(s->cols, sizeof *k->seen) : NULL};
        whole = k->part && k->lo && k->hi && k->row && k->block && (k->seen || s->cols > WIDE);
    }
    for (size_t a = 0; a < s->anchors && whole; a++)
        whole = (s->sample[a].row = clu_alloc(s->rule.sample + 1, words * sizeof(uint64_t))) != NULL;
    if (!whole) {
        if (k)
            free_sketcher(k);
        return clu_fail_memory(err);
    }
    for (size_t j = 0; j < s->cols; j++) {
        k->part[j] = (struct part){.seed = clu_hash_seed(s->column[j].name),
                                   .seen = k->seen ? &k->seen[j] : NULL,
                                   .head_least = UINT64_MAX,
                                   .values = {k->block + j * ROOM, 0, UINT64_MAX}};
    }
    k->rows = (struct least){k->block + s->cols * ROOM, 0, UINT64_MAX};
    for (size_t a = 0; a < s->anchors; a++) {
        k->anchor[a] = s->sample[a].column;
        k->part[k->anchor[a]].gate = UINT64_MAX;
    }
    *out = k;
    return CLU_OK;
}

static int keep(struct clu_bottom *b, struct least *l)
{
    settle(l);
    b->h = clu_alloc(l->n, sizeof *b->h);
    if (!b->h)
        return -1;
    memcpy(b->h, l->h, l->n * sizeof *b->h);
    b->n = l->n;
    return 0;
}

enum clu_status clu_sketcher_end(struct clu_sketcher *k, struct clu_err *err)
{
    struct clu_sketch *s = k->s;
    int failed = keep(&s->row, &k->rows);

    for (size_t j = 0; j < s->cols && failed == 0; j++)
        failed = keep(&s->column[j].values, &k->part[j].values);
    for (size_t a = 0; a < s->anchors && failed == 0; a++) {
        /* What is kept takes no more room than it needs. */
        uint64_t *row = clu_realloc(s->sample[a].row, s->sample[a].n, clu_sample_words(s->cols) * sizeof *row);
        failed = row ? 0 : -1;
        s->sample[a].row = row ? row : s->sample[a].row;
    }
    free_sketcher(k);
    return failed == 0 ? CLU_OK : clu_fail_memory(err);
}
