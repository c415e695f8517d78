/* alg/csts.h - correlation-structured time series: the CSTS benchmark and new ones of its kind.
 *
 * A subject is a series of segments. A segment has a pattern of correlations (alg/csts_pattern), and neighbours have different ones. Stages,
 * each rounded to thousandths, which the next one starts from:
 *     raw         independent normal numbers
 *     correlated  mixed by the loadings of the pattern
 *     nonnormal   given the distributions of alg/csts_marginal
 *     downsampled means of the nonnormal data by the minute
 * Partial and sparse data keep 70 and 10 of 100 observations, drawn without replacement; the sparse ones are among the partial ones.
 * Source: Degen et al. 2025, arXiv 2505.14596.
 *
 * Every segment is drawn from a seed of its own, so that segments can be made in any order, by any thread. Published data come from the
 * published seeds (alg/csts_published), new ones from base/rng at (seed, subject and segment). All arithmetic is that of IEEE 754
 * and num/elem: the same bytes on every machine. */
#ifndef CLU_ALG_CSTS_H
#define CLU_ALG_CSTS_H

#include "alg/csts_marginal.h"
#include "alg/csts_pattern.h"
#include "alg/csts_published.h"
#include "base/run.h"

enum clu_csts_variant { CLU_CSTS_RAW = 0, CLU_CSTS_CORRELATED, CLU_CSTS_NONNORMAL, CLU_CSTS_DOWNSAMPLED };
enum clu_csts_completeness { CLU_CSTS_COMPLETE = 0, CLU_CSTS_PARTIAL, CLU_CSTS_SPARSE };

#define CLU_CSTS_LENGTH_MAX 1000000 /* observations of a segment, which is held whole */

/* What the subjects of a benchmark have in common. Fill in what is not owned; then clu_csts_recipe_ready(). */
struct clu_csts_recipe {
    bool published;             /* then only the split counts of what follows */
    enum clu_csts_split split;
    uint64_t seed;
    size_t segments;
    const uint32_t *length;     /* [lengths] seconds, drawn equally often; borrowed */
    size_t lengths;
    uint32_t rate;              /* observations a second */
    struct clu_csts_patterns patterns; /* owned; of the published data: filled in */
    const struct clu_csts_marginal *marginal; /* [d] of the patterns, checked; borrowed */

    double *cdf;                /* the grid of alg/csts_marginal; owned */
};
/* CLU_USAGE: no pattern, a length of 0 or of more than CLU_CSTS_LENGTH_MAX observations. */
enum clu_status clu_csts_recipe_ready(struct clu_csts_recipe *r, struct clu_err *err);
void clu_csts_recipe_clear(struct clu_csts_recipe *r);

struct clu_csts_segment {
    size_t id;          /* in the whole subject */
    size_t start, length; /* observations of the complete data */
    size_t pattern;     /* index */
    size_t kept_start, kept; /* of the data as they are left, without downsampling */
    size_t out_start, rows;  /* as they are printed */
};

struct clu_csts_subject {
    const struct clu_csts_recipe *recipe; /* borrowed */
    size_t number;        /* from 0 */
    uint32_t data_seed;   /* published */
    enum clu_csts_variant variant;
    enum clu_csts_completeness completeness;
    size_t segments, observations, rows; /* rows: of this variant */
    struct clu_csts_segment *segment;
    uint64_t *keep;       /* a bit an observation, partial and sparse */
    int64_t *table;       /* [d][CLU_CSTS_GRID_POINTS], nonnormal and downsampled */
};
void clu_csts_subject_clear(struct clu_csts_subject *s);

/* The structure of a subject, 0 <= number < CLU_CSTS_SUBJECTS (new ones: < 2^31). reduced: published subjects only.
 * Memory: the segments, and a bit an observation for what is not complete (4 bytes an observation meanwhile). CLU_USAGE: downsampling of
 * lengths that are no whole minutes; more than 2^31 observations where some are left out. */
enum clu_status clu_csts_subject_make(struct clu_csts_subject *s, const struct clu_csts_recipe *r, size_t number,
                                      enum clu_csts_variant variant, enum clu_csts_completeness completeness,
                                      enum clu_csts_reduced reduced, const struct clu_run *run, struct clu_err *err);

/* The rows of one segment, and what it takes to make them. {0} is empty. */
struct clu_csts_rows {
    size_t rows, d;
    int64_t *milli;   /* [rows][d] thousandths, but of complete downsampled data */
    double *mean;     /* [rows][d] there, unrounded */
    uint64_t *at;     /* [rows] the observation in the complete data; the first of its minute, downsampled */
    double *origin;   /* [rows] partial and sparse downsampled: the mean number of the row among those left */

    int64_t *whole;   /* [length][d] scratch */
    double *normal;   /* [length][d] */
    size_t cap, wide;
};
void clu_csts_rows_clear(struct clu_csts_rows *r);

/* Segment i of s. Safe to call from several threads, each with its own rows. CLU_SYSTEM: no memory. */
enum clu_status clu_csts_make(const struct clu_csts_subject *s, size_t i, struct clu_csts_rows *r, struct clu_err *err);

/* FNV-1a of the milli-values of the rows, as of clu_csts_hash(); begin with CLU_CSTS_FNV. */
#define CLU_CSTS_FNV 0xcbf29ce484222325u
uint64_t clu_csts_rows_hash(const struct clu_csts_rows *r, uint64_t hash);

#endif
