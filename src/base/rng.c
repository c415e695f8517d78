#include "base/rng.h"

#include "base/mem.h"

#include <string.h>

/* Multipliers and Weyl increments of Philox4x32 (Salmon et al. 2011, tables 2 and section 3.3). */
#define M0 0xD2511F53u
#define M1 0xCD9E8D57u
#define W0 0x9E3779B9u
#define W1 0xBB67AE85u
#define ROUNDS 10

void clu_philox4x32(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = ctr[0], c1 = ctr[1], c2 = ctr[2], c3 = ctr[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int r = 0; r < ROUNDS; r++) {
        uint64_t p0 = (uint64_t)M0 * c0;
        uint64_t p1 = (uint64_t)M1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += W0;
        k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* The seed is the key, the stream the upper half of the counter, the block number the lower half. */
void clu_rng_at(struct clu_rng *r, uint64_t seed, uint64_t stream)
{
    *r = (struct clu_rng){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                          .ctr = {0, 0, (uint32_t)stream, (uint32_t)(stream >> 32)},
                          .used = 4};
}

uint32_t clu_rng_u32(struct clu_rng *r)
{
    if (r->used == 4) {
        clu_philox4x32(r->ctr, r->key, r->out);
        if (++r->ctr[0] == 0)
            r->ctr[1]++;
        r->used = 0;
    }
    return r->out[r->used++];
}

uint64_t clu_rng_u64(struct clu_rng *r)
{
    uint64_t low = clu_rng_u32(r);
    return low | (uint64_t)clu_rng_u32(r) << 32;
}

double clu_rng_unit(struct clu_rng *r)
{
    return (double)(clu_rng_u64(r) >> 11) * 0x1p-53;
}

/* Lemire: Fast random integer generation in an interval. ACM TOMACS 29(1), 2019. */
uint64_t clu_rng_below(struct clu_rng *r, uint64_t n)
{
    unsigned __int128 wide = (unsigned __int128)clu_rng_u64(r) * n;
    if ((uint64_t)wide < n) {
        uint64_t reject = -n % n;
        while ((uint64_t)wide < reject)
            wide = (unsigned __int128)clu_rng_u64(r) * n;
    }
    return (uint64_t)(wide >> 64);
}

/* Partial Fisher-Yates on 0..n-1. */
static int sample_dense(struct clu_rng *r, size_t n, size_t m, size_t *out)
{
    size_t *all = clu_alloc(n, sizeof *all);
    if (!all)
        return -1;
    for (size_t i = 0; i < n; i++)
        all[i] = i;
    for (size_t i = 0; i < m; i++) {
        size_t j = i + (size_t)clu_rng_below(r, n - i);
        out[i] = all[j];
        all[j] = all[i];
    }
    clu_free(all);
    return 0;
}

/* Rejection against an open-addressed set: fewer than half of n are wanted, so a draw succeeds at once mostly. */
static int sample_sparse(struct clu_rng *r, size_t n, size_t m, size_t *out)
{
    size_t slots = 16;
    while (slots < 2 * m)
        slots *= 2;
    size_t *set = clu_calloc(slots, sizeof *set); /* holds index + 1; 0 is free */
    if (!set)
        return -1;
    for (size_t i = 0; i < m;) {
        size_t x = (size_t)clu_rng_below(r, n);
        size_t at = (x * (size_t)0x9E3779B97F4A7C15u) & (slots - 1);
        while (set[at] != 0 && set[at] != x + 1)
            at = (at + 1) & (slots - 1);
        if (set[at] == 0) {
            set[at] = x + 1;
            out[i++] = x;
        }
    }
    clu_free(set);
    return 0;
}

int clu_rng_sample(struct clu_rng *r, size_t n, size_t m, size_t *out)
{
    return m > n / 2 || n < 1024 ? sample_dense(r, n, m, out) : sample_sparse(r, n, m, out);
}

void clu_rng_permute(struct clu_rng *r, size_t n, size_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = i;
    for (size_t i = 0; i < n; i++) {
        size_t j = i + (size_t)clu_rng_below(r, n - i), x = out[j];
        out[j] = out[i];
        out[i] = x;
    }
}
