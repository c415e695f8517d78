/* num/dist.h - dissimilarities: the source that k-medoids and the like read from, and the metrics between rows of a table.
 *
 * A source gives a stretch of dissimilarities a call, so that the indirect call costs nothing beside the work. Its concrete
 * form embeds struct clu_dist as its first member. It is stateless while in use, and so safe for any number of threads.
 *
 * Metrics, for rows a and b of d columns (names and conventions of scipy.spatial.distance unless stated):
 *   euclidean, sqeuclidean, manhattan, chebyshev, minkowski (p >= 1)
 *   cosine       1 - a.b / (|a| |b|), as half the squared distance of the rows at length 1: equal directions are 0 but for the
 *                square of a rounding error (1e-32), where that formula leaves 1e-16 and either sign; never above 2
 *   correlation  the same of the centred rows
 *   canberra     sum |a - b| / (|a| + |b|), 0/0 counting 0 (R's dist() rescales by the other columns instead)
 *   hamming      the fraction of columns that differ
 *   jaccard      of what is not zero: 1 - |both| / |any|; 0 for two empty rows (scipy; R calls it "binary")
 *   gower        Gower, Biometrics 27 (1971), as R's daisy(): the mean over the columns that count for the pair of |a - b| /
 *                range (interval), a != b (nominal, asymmetric); a column does not count where a value is missing (NAN), nor
 *                an asymmetric one where both are zero. A pair for which no column counts is NAN
 * All are canonical: plain doubles in a fixed order, the same bits on every kernel target, symmetric in the last bit, and 0 from
 * a row to itself (gower: or NAN). No NAN comes out but gower's; what is beyond the largest double is HUGE_VAL.
 *
 * euclidean and sqeuclidean square in units of a power of two where squares would overflow or vanish: when a number's magnitude
 * is above 2^500 or (but for 0) below 2^-400, the largest is brought to 2^500, and differences of a 2^-1000th of it still
 * count. minkowski needs none of this: it counts in units of the pair's largest difference. Whole p up to 64 multiplies; other
 * p, and the root, are the C library's pow().
 *
 * Cost: O(d) a pair; memory 8 n d bytes, n rounded up to a tile. */
#ifndef CLU_NUM_DIST_H
#define CLU_NUM_DIST_H

#include "base/status.h"
#include "num/metric.h"
#include "num/view.h"

#include <stdbool.h>
#include <stddef.h>

/* Embedded first in a concrete source. out[o - lo] = d(o, x), the dissimilarity of object o (which is served) to candidate x, for
 * o in lo .. hi - 1. */
struct clu_dist {
    size_t n;
    void (*row)(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out);
};

static inline double clu_dist_at(const struct clu_dist *d, size_t o, size_t x)
{
    double v;
    d->row(d, x, o, o + 1, &v);
    return v;
}

/* Distances between the rows of a table. Rows are kept ready: what a metric does to a row by itself is done once (multiplied by
 * unit, brought to length 1, 1 for what is not zero). */
struct clu_points {
    struct clu_dist dist; /* first: a source of the rows' dissimilarities */
    struct clu_metric metric; /* minkowski of 1, 2 and infinity has become manhattan, euclidean, chebyshev */
    size_t d;
    double *tile; /* [tiles][d][CLU_KERN_TILE]: the rows, ready for the kernels; owned */
    double unit;  /* a power of two that they are multiplied by */
};

/* The rows are copied; metric's arrays are borrowed. Numbers are finite, or NAN for gower. CLU_DATA "row 3 is zero in all columns:
 * no cosine distance", "row 3 is constant: no correlation distance" (rows from 1); CLU_SYSTEM without memory. */
enum clu_status clu_points_init(struct clu_points *p, struct clu_metric metric, struct clu_view x, struct clu_err *err);

/* count of the rows of another, as they stand there. */
enum clu_status clu_points_subset(struct clu_points *p, const struct clu_points *of, const size_t *row, size_t count,
                                  struct clu_err *err);
void clu_points_clear(struct clu_points *p);

/* A row that is not among them, ready: point[d] in place. false when it has no direction (cosine, correlation). */
bool clu_points_enter(const struct clu_points *p, double *point);

/* Dissimilarities of rows lo .. hi - 1 to a ready point, out[hi - lo]. */
void clu_points_from(const struct clu_points *p, const double *point, size_t lo, size_t hi, double *out);

/* The same to row x of those that p is a subset of, or of another subset of them. */
void clu_points_between(const struct clu_points *p, const struct clu_points *of, size_t x, size_t lo, size_t hi, double *out);

#endif
