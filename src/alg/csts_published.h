/* alg/csts_published.h - what defines the published CSTS data: subjects, their parameters and seeds, the draws of their structure.
 *
 * Two splits of thirty subjects; a subject has 100 segments of three variates, a second an observation. Subject n is counted from 0 here,
 * and is number n + 1 at the end of its name. Draws are those of numpy and Python (num/mt19937), quirks included.
 * Source: Degen et al. 2025, arXiv 2505.14596; github.com/isabelladegen/corrclust-validation, tag v.1.0.0-csts (CC BY 4.0). */
#ifndef CLU_ALG_CSTS_PUBLISHED_H
#define CLU_ALG_CSTS_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#define CLU_CSTS_SUBJECTS 30
#define CLU_CSTS_SEGMENTS 100
#define CLU_CSTS_PATTERNS 23
#define CLU_CSTS_LENGTHS 11 /* 15 minutes to 10 hours */

enum clu_csts_split { CLU_CSTS_EXPLORATORY = 0, CLU_CSTS_CONFIRMATORY };

/* Distributions fitted to insulin and carbohydrates on board and to interstitial glucose of real people: generalised extreme
 * values (shape in SciPy's sign, location, scale) and a geometric one. */
struct clu_csts_parameters {
    double iob[3], cob, ig[3];
};

extern const uint32_t clu_csts_length[CLU_CSTS_LENGTHS]; /* seconds, ascending */

const char *clu_csts_name(enum clu_csts_split split, size_t n);
const struct clu_csts_parameters *clu_csts_parameters(size_t n);

/* FNV-1a (64 bits) of the complete data of subject n of the exploratory split: raw, correlated, nonnormal, in thousandths as
 * little-endian integers of 64 bits, row by row. */
const uint64_t *clu_csts_hash(size_t n);

/* The seed of a subject's data, and the seed of what is left out of it (of its partial and its sparse data alike). */
uint32_t clu_csts_seed(enum clu_csts_split split, size_t n);
uint32_t clu_csts_drop_seed(enum clu_csts_split split, size_t n);

/* Patterns (indices into the 23 by ascending id) and lengths of the segments; seed as of clu_csts_seed(). */
void clu_csts_order(uint32_t seed, uint32_t pattern[CLU_CSTS_SEGMENTS]);
void clu_csts_lengths(uint32_t seed, uint32_t length[CLU_CSTS_SEGMENTS]);

/* Reduced sets: with 11 or 6 of the patterns, or with 50 or 25 of the segments. */
enum clu_csts_reduced {
    CLU_CSTS_WHOLE = 0,
    CLU_CSTS_11_CLUSTERS,
    CLU_CSTS_6_CLUSTERS,
    CLU_CSTS_50_SEGMENTS,
    CLU_CSTS_25_SEGMENTS
};

/* Which segments of subject n stay: keep[i] is 1. Returns 0, or -1 when memory is exhausted. */
int clu_csts_reduce(enum clu_csts_split split, size_t n, enum clu_csts_reduced reduced, uint8_t keep[CLU_CSTS_SEGMENTS]);

#endif
