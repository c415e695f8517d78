/* Sections: the generator, numpy, Python. */
#include "num/mt19937.h"

#include "base/mem.h"
#include "num/elem.h"

#include <math.h>

/* --- the generator --- */

#define MIDDLE 397
#define UPPER 0x80000000u
#define LOWER 0x7fffffffu

static inline uint32_t twist(uint32_t a, uint32_t b)
{
    return (((a & UPPER) | (b & LOWER)) >> 1) ^ (-(b & 1) & 0x9908b0dfu);
}

static void refill(struct clu_mt *m)
{
    uint32_t *w = m->word;
    size_t i = 0;

    for (; i < CLU_MT_WORDS - MIDDLE; i++)
        w[i] = w[i + MIDDLE] ^ twist(w[i], w[i + 1]);
    for (; i < CLU_MT_WORDS - 1; i++)
        w[i] = w[i + MIDDLE - CLU_MT_WORDS] ^ twist(w[i], w[i + 1]);
    w[i] = w[MIDDLE - 1] ^ twist(w[i], w[0]);
    m->used = 0;
}

uint32_t clu_mt_u32(struct clu_mt *m)
{
    if (m->used == CLU_MT_WORDS)
        refill(m);
    uint32_t y = m->word[m->used++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

void clu_mt_seed(struct clu_mt *m, uint32_t seed)
{
    m->word[0] = seed;
    for (uint32_t i = 1; i < CLU_MT_WORDS; i++)
        m->word[i] = 1812433253u * (m->word[i - 1] ^ (m->word[i - 1] >> 30)) + i;
    m->used = CLU_MT_WORDS;
    m->cached = false;
}

/* --- numpy --- */

double clu_mt_unit(struct clu_mt *m)
{
    uint32_t a = clu_mt_u32(m) >> 5, b = clu_mt_u32(m) >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
}

/* The second of a pair comes first, and the first is kept for the next call. */
static inline double pair(struct clu_mt *m, double *first)
{
    double x, y, r;

    do {
        x = 2 * clu_mt_unit(m) - 1;
        y = 2 * clu_mt_unit(m) - 1;
        r = x * x + y * y;
    } while (r >= 1 || r == 0);
    double f = sqrt(-2 * clu_log(r) / r);
    *first = f * x;
    return f * y;
}

void clu_mt_normals(struct clu_mt *m, double *out, size_t n)
{
    size_t i = 0;

    if (m->cached && n > 0) {
        out[i++] = m->normal;
        m->cached = false;
    }
    for (; i + 2 <= n; i += 2)
        out[i] = pair(m, &out[i + 1]);
    if (i < n) {
        out[i] = pair(m, &m->normal);
        m->cached = true;
    }
}

/* Draws under the smallest mask that covers n - 1, until one is below n; of a range of one, nothing is drawn. */
uint32_t clu_mt_below(struct clu_mt *m, uint32_t n)
{
    uint32_t mask = n - 1, x;

    if (n == 1)
        return 0;
    for (int shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        x = clu_mt_u32(m) & mask;
    while (x >= n);
    return x;
}

void clu_mt_shuffle(struct clu_mt *m, uint32_t *x, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        size_t j = clu_mt_below(m, (uint32_t)i + 1);
        uint32_t keep = x[i];
        x[i] = x[j];
        x[j] = keep;
    }
}

/* --- Python --- */

/* init_by_array() of mt19937ar.c with a key of one word. */
void clu_mt_python_seed(struct clu_mt *m, uint32_t seed)
{
    uint32_t *w = m->word, i = 1;

    clu_mt_seed(m, 19650218);
    for (int k = 0; k < CLU_MT_WORDS; k++) {
        w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1664525u)) + seed;
        if (++i == CLU_MT_WORDS) {
            w[0] = w[CLU_MT_WORDS - 1];
            i = 1;
        }
    }
    for (int k = 0; k < CLU_MT_WORDS - 1; k++) {
        w[i] = (w[i] ^ ((w[i - 1] ^ (w[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == CLU_MT_WORDS) {
            w[0] = w[CLU_MT_WORDS - 1];
            i = 1;
        }
    }
    w[0] = UPPER;
}

uint32_t clu_mt_python_below(struct clu_mt *m, uint32_t n)
{
    int bits = 32 - __builtin_clz(n);
    uint32_t x;

    do
        x = clu_mt_u32(m) >> (32 - bits);
    while (x >= n);
    return x;
}

/* random.sample() keeps either a list of what is left or a set of what was taken, whichever is smaller by its own estimate. */
int clu_mt_python_sample(struct clu_mt *m, uint32_t n, uint32_t k, uint32_t *out)
{
    uint64_t set = 21, table = 1;

    if (k > 5) {
        while (table < 3 * (uint64_t)k) /* 4 ** ceil(log(3 k, 4)) */
            table *= 4;
        set += table;
    }
    bool listed = n <= set;
    uint32_t *left = listed ? clu_alloc(n, sizeof *left) : clu_calloc((size_t)n / 32 + 1, sizeof *left);
    if (!left)
        return -1;
    for (uint32_t i = 0; listed && i < n; i++)
        left[i] = i;
    for (uint32_t i = 0; i < k; i++) {
        uint32_t j;
        if (listed) {
            j = clu_mt_python_below(m, n - i);
            out[i] = left[j];
            left[j] = left[n - i - 1];
        } else { /* bits of what was taken */
            do
                j = clu_mt_python_below(m, n);
            while (left[j / 32] >> (j % 32) & 1);
            left[j / 32] |= 1u << (j % 32);
            out[i] = j;
        }
    }
    clu_free(left);
    return 0;
}
