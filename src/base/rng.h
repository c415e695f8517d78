/* base/rng.h - random numbers by counter: Philox4x32-10.
 *
 * A stream is named by (seed, stream); its i-th block is a pure function of (seed, stream, i), so that a work
 * item can have its own stream whichever thread runs it. The stream is the number of the work item, never of
 * the thread. Integers only: the same values on every machine and compiler.
 * Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011, section 3.3. */
#ifndef CLU_BASE_RNG_H
#define CLU_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct clu_rng {
    uint32_t key[2];
    uint32_t ctr[4];
    uint32_t out[4];
    unsigned used; /* of out[]; 4 means that a new block is due */
};

void clu_rng_at(struct clu_rng *r, uint64_t seed, uint64_t stream);

uint32_t clu_rng_u32(struct clu_rng *r);
uint64_t clu_rng_u64(struct clu_rng *r);

/* Uniform on [0, 1): 53 bits, multiples of 2^-53. */
double clu_rng_unit(struct clu_rng *r);

/* Uniform on 0..n-1 without bias (Lemire 2019); n >= 1. */
uint64_t clu_rng_below(struct clu_rng *r, uint64_t n);

/* m distinct numbers of 0..n-1 (m <= n) in random order into out[m]: draws against a set of those taken when m
 * is small beside n, a partial Fisher-Yates else. O(m) expected time and memory (O(n) for the latter). Returns
 * 0, or -1 when memory is exhausted. */
int clu_rng_sample(struct clu_rng *r, size_t n, size_t m, size_t *out);

/* 0..n-1 in random order into out[n]: what clu_rng_sample() gives for m = n, without memory. */
void clu_rng_permute(struct clu_rng *r, size_t n, size_t *out);

/* The block function itself, for known-answer tests. */
void clu_philox4x32(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]);

#endif
