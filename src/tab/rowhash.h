/* tab/rowhash.h - hashes of cells, rows and tables that do not depend on the order of columns and rows.
 *
 * H(name, cell) is XXH3-128 of the cell's bytes, seeded with XXH3-64 of the column's name. A row's sum over the columns S is
 * a_S(r) = sum of H(name_c, r[c]) over c in S, in two lanes of 64 bits that wrap: projecting a row on other columns is adding other
 * terms. Its hash is fin(a_S(r)), XXH3-128 of the two lanes (low first, little endian, seed 0). The fingerprint of a table is the
 * number of its rows and the sum of the hashes of its rows, lane by lane. The finaliser between the two sums is what makes a table
 * whose columns were shuffled against each other another table; nothing is XORed, which would cancel pairs.
 *
 * Where many hashes are kept for a moment, the lanes stand in two arrays: two stores of 8 bytes that a compiler makes one of 16 cost more,
 * when they come from registers, than the hash itself.
 *
 * Different rows have one hash with a chance of 2^-128. The hash is not cryptographic: it may say that a table is contained in another,
 * but must not be all that a deletion is based on. */
#ifndef CLU_TAB_ROWHASH_H
#define CLU_TAB_ROWHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

struct clu_hash {
    uint64_t lo, hi;
};

static inline uint64_t clu_hash_seed(const char *name)
{
    return XXH3_64bits(name, strlen(name));
}

static inline struct clu_hash clu_hash_cell(uint64_t seed, const char *s, size_t len)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(s, len, seed);
    return (struct clu_hash){h.low64, h.high64};
}

static inline struct clu_hash clu_hash_add(struct clu_hash a, struct clu_hash b)
{
    return (struct clu_hash){a.lo + b.lo, a.hi + b.hi};
}

static inline bool clu_hash_same(struct clu_hash a, struct clu_hash b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

/* The hash of a row from the sum of its cells. */
static inline struct clu_hash clu_hash_fin(struct clu_hash a)
{
    uint64_t b[2] = {a.lo, a.hi};

#if defined(WORDS_BIGENDIAN) && WORDS_BIGENDIAN
    b[0] = __builtin_bswap64(b[0]);
    b[1] = __builtin_bswap64(b[1]);
#endif
    return clu_hash_cell(0, (const char *)b, sizeof b);
}

#endif
