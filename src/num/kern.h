/* num/kern.h - the kernels that are built once per target (baseline, AVX2+FMA, AVX-512) and chosen at run time.
 *
 * The table is the one mutable global below cli: set once, by clu_kern_select(), before any work. Two sorts of kernels
 * live here. Canonical ones (all but nearest, gauss and soft) use plain doubles in a fixed order without
 * FMA and give the same bits on every target. Proposing ones (nearest, gauss, soft) use FMA and any order: their answers differ
 * in the last bits from target to target and are only believed by more than a rounding bound (num/nearest.h). */
#ifndef CLU_NUM_KERN_H
#define CLU_NUM_KERN_H

#include "base/status.h"
#include "num/diagonal.h"
#include "num/metric.h"
#include "num/sweep.h"

#include <stddef.h>
#include <stdint.h>

/* Centres that a nearest kernel takes at a time; packed centres are padded to a multiple of it. */
#define CLU_KERN_BLOCK 8

/* Points in a tile, for every target: a multiple of what each handles at a time. */
#define CLU_KERN_TILE 48

/* Doubles in the widest vector of any target: room for partial sums, one a lane. */
#define CLU_KERN_LANES 8

/* Most parts that a reproducible sum keeps (num/exsum.h). */
#define CLU_KERN_PARTS 4

/* Constants of a search, for judge: a squared distance is (low + norm, or low alone) * back, within
 * (per_span * (norm + reach2) + vanish) * back; two differ for certain by more than margin_per_span * (norm + reach2) + 2 vanish. */
struct clu_judge {
    double reach2, per_span, margin_per_span, vanish, back;
    int add_norm;
};

/* What the cells (i, j) of a pair of series are made of, for soft_cells. A number there is mantissa times 2^exponent, the mantissa from 1 to
 * 2 at a place p, the exponent (an integer) at p + room, so that nothing overflows or vanishes. K(i, j) = k (K(i-1, j) + K(i, j-1) + K(i-1, j-1)),
 * k = exp(times d^2), or with kernel k / (2 - k); d^2 = the sum over the channels c of (x[c * step_x + i] - y[c * step_y - j])^2. Of
 * one cell and its neighbours with larger i: one, two at their (i - 1, j), (i - 1, j - 1), out at (i, j); (i, j - 1) lies behind one. */
struct clu_soft_cells {
    const double *x, *y; /* y runs backwards: j is at y[-j] */
    size_t step_x, step_y, channels, room;
    double times;        /* below 0 */
    int kernel;
};

struct clu_kern {
    const char *name;

    /* Squared Euclidean distance of a[d] and b[d]. Canonical: eight partial sums, column j in sum j mod 8,
     * folded ((0+4)+(2+6)) + ((1+5)+(3+7)). */
    double (*sqdist)(const double *a, const double *b, size_t d);

    /* The same number, bit for bit, for each point of a tile x[d][TILE] against one c[d] into out[TILE]. */
    void (*sqdist_tile)(const double *x, const double *c, size_t d, double *out);

    /* The distances of every metric (num/dist.h) of a tile's points to one, whose column i is c[i * step]; both are ready, as
     * num/dist.c makes them, and what it multiplies distances by is still missing. Canonical. */
    void (*dist_tile[CLU_METRICS])(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m,
                                   double *out);

    /* The Euclidean distances of a tile's points to count neighbouring points of another tile, the first's column i at c[i * TILE]:
     * to[TILE] of the one grow by them in order, and sum[count] of the others by theirs, taken in eight partial sums as sqdist.
     * extent[2], or NULL: lowered to the least of the distances, and raised to the largest. Canonical. */
    void (*euclidean_sums)(const double *x, const double *c, size_t d, size_t count, double *to, double *sum, double *extent);

    /* For each point of a tile: the least value over j < k of cn[j] + sum_i x[i][p] * c[j][i], its j (in which; among equal
     * values any), and the least of the others (HUGE_VAL when k = 1). Centres come packed [k/BLOCK][d][BLOCK], k padded
     * with cn = infinity. x is [d][TILE], all arrays are aligned to 64 bytes. */
    void (*nearest64)(const double *x, const double *c, const double *cn, size_t d, size_t k, double *best,
                      double *second, int32_t *which);
    void (*nearest32)(const float *x, const float *c, const float *cn, size_t d, size_t k, float *best, float *second,
                      int32_t *which);

    /* TILE rows row[p][d] as a tile out[d][TILE] of ((x - shift[i]) * unit - minus[i]) * scale, exact but for the last two
     * steps, and the squared length of each. */
    void (*pack64)(const double *const *row, size_t d, const double *shift, double unit, const double *minus,
                   double scale, double *out, double *norm);
    void (*pack32)(const float *const *row, size_t d, const double *shift, double unit, const double *minus,
                   double scale, double *out, double *norm);

    /* The same with the coordinates as floats. */
    void (*pack64f)(const double *const *row, size_t d, const double *shift, double unit, const double *minus,
                    double scale, float *out, double *norm);
    void (*pack32f)(const float *const *row, size_t d, const double *shift, double unit, const double *minus,
                    double scale, float *out, double *norm);

    /* Turn what nearest answered for a tile (low, next, changed in place) into squared distances, with their error
     * bounds; bit p of the answer: the winner of point p does not win by more than the bounds. */
    uint64_t (*judge)(const struct clu_judge *j, const double *norm, double *low, double *next, double *err);

    /* Cut y[d] into parts with magic[parts][d], and add them to to[parts][d] and take them from from[parts][d];
     * either may be NULL. Exact. */
    void (*exsum_move)(const double *y, const double *magic, size_t parts, size_t d, double *from, double *to);

    /* out[n] = v[n] * times as floats. extent: the largest of v so far, the least above 0, and NAN once one is NAN. */
    void (*narrow)(const double *v, size_t n, double times, float *out, double *extent);

    /* b[cols][ld_b] = a[rows][ld_a], rows and columns exchanged. */
    void (*transpose32)(const float *a, size_t rows, size_t cols, size_t ld_a, float *b, size_t ld_b);

    /* The numbers o, ascending, with row[o] < limit[o], into out, which has room for n + 16; returns how many. */
    size_t (*below32)(const float *row, const float *limit, size_t n, uint32_t *out);
    size_t (*below64)(const double *row, const double *limit, size_t n, uint32_t *out);

    /* The same, with those whose label or other is b. */
    size_t (*touched32)(const float *row, const float *limit, const int32_t *label, const int32_t *other, int32_t b, size_t n,
                        uint32_t *out);
    size_t (*touched64)(const double *row, const double *limit, const int32_t *label, const int32_t *other, int32_t b, size_t n,
                        uint32_t *out);

    /* Where row[at[q]] < far[q] and label[q] is not i: far[q] = row[at[q]], other[q] = i. */
    void (*closer32)(const float *row, const int32_t *at, const int32_t *label, int32_t i, size_t n, float *far, int32_t *other);

    /* sum_o w[o] * max(0, near[o] - row[o]), in eight partial sums as sqdist. Canonical. */
    double (*gain32)(const float *row, const double *near, const double *w, size_t n);
    double (*gain64)(const double *row, const double *near, const double *w, size_t n);

    /* An object of weight w whose first and second medoid were at was[2] and are at is[2], in its part of the changes of candidates
     * at row[x]: with f(near) = min(row[x], near) - near and g(near, far) = min(max(row[x], near), far) - far,
     * shared[x] += w (f(is) - f(was)); stay: place[x] += w (g(is) - g(was)); move: the same in two places. Canonical. next[n] is
     * the row that comes next: it is fetched meanwhile. */
    void (*seat_stay32)(const float *row, const float *next, size_t n, const double *was, const double *is, double w,
                        double *shared, double *place);
    void (*seat_stay64)(const double *row, const double *next, size_t n, const double *was, const double *is, double w,
                        double *shared, double *place);
    void (*seat_move32)(const float *row, const float *next, size_t n, const double *was, const double *is, double w,
                        double *shared, double *left, double *to);
    void (*seat_move64)(const double *row, const double *next, size_t n, const double *was, const double *is, double w,
                        double *shared, double *left, double *to);

    /* Where v[x] + add < least[x]: that, and at[x] = i. */
    void (*lowest)(const double *v, double add, size_t n, int32_t i, double *least, int64_t *at);

    /* v[i] = sqrt(v[i]) * times. */
    void (*roots)(double *v, size_t n, double times);

    /* d[n] are distances to i: the least so far (near[n]), the second least, and which the least is of (the first of equals). */
    void (*two_nearest)(const double *d, size_t n, int64_t i, double *near, double *second, int64_t *label);

    /* Gaussian mixtures, by tiles x[d][TILE] of which the first points places are of interest; what stands in the others is finite.
     * Proposing; arrays are aligned to 64 bytes. Log densities of one component: out[TILE] = offset - |z|^2 / 2, z = whiten (x - mean)
     * with the lower triangle whiten[d][d] (scratch z[d][TILE]), or z_i = x_i scale[i] + minus[i]; cut at -2^1000. */
    void (*gauss_full)(const double *x, size_t points, size_t d, const double *mean, const double *whiten, double offset, double *z,
                       double *out);
    void (*gauss_diag)(const double *x, size_t points, size_t d, const double *minus, const double *scale, double offset, double *out);

    /* Log densities p[k][TILE] to responsibilities times w[TILE], in place; the density of point i is exp(most[i]) * sum[i], and
     * sum[i] is from 1 to k. */
    void (*gauss_share)(double *p, size_t points, size_t k, const double *w, double *most, double *sum);

    /* Add to acc[count of sums][CLU_KERN_LANES], zero at first, with r[TILE], which is zero from points on. Full: r u_a u_b for
     * b <= a <= d, packed, of u = (x - mean, 1); scratch z[d + 1 + 4][TILE]. Diag: r z_i and r z_i^2 for every i, then r, of z as above. */
    void (*gauss_add_full)(const double *x, size_t points, size_t d, const double *mean, const double *r, double *z, double *acc);
    void (*gauss_add_diag)(const double *x, size_t points, size_t d, const double *minus, const double *scale, const double *r,
                           double *acc);

    /* sum[count] += the sums over the lanes of acc, which is zeroed. */
    void (*gauss_fold)(double *acc, size_t count, double *sum);

    /* Elastic measures (num/sweep.h) of lanes64 pairs in doubles, canonical, or of lanes32 in floats: [1] where channels share a path. NULL
     * in floats for lcss and edr. */
    size_t lanes64, lanes32;
    void (*sweep64[CLU_SWEEPS][2])(const struct clu_sweep *w);
    void (*sweep32[CLU_SWEEPS][2])(const struct clu_sweep *w);

    /* Measures over all warping paths (num/soft.h): count neighbouring cells of an antidiagonal; as many as fill the last vector are
     * written, and read, behind them. Proposing. */
    void (*soft_cells)(const struct clu_soft_cells *c, size_t count, size_t i, size_t j, const double *one, const double *two,
                       double *out);

    /* dot[r] = row r times v[ld], of rows[count][ld], in eight partial sums as sqdist; to[ld], or NULL, grows by dot[r] times the row. ld is
     * a multiple of 8. Canonical. */
    void (*gram_add)(const double *rows, size_t count, size_t ld, const double *v, double *dot, double *to);

    /* The cells of an antidiagonal of a warping path, and the steps into them (num/diagonal.h). Canonical. */
    void (*path[CLU_DIAGONALS])(const struct clu_diagonal *w);

    /* Widen min[d], max[d] and the least nonzero magnitude tiny[d] by a row. */
    void (*range)(const double *x, size_t d, double *min, double *max, double *tiny);
};

/* The kernels in force. */
const struct clu_kern *clu_kern(void);

/* Take the kernels by name ("base", "avx2", "avx512"), or the best that this machine has (NULL). CLU_USAGE for an
 * unknown name; a name that this machine or this build lacks is lowered to the best below it. */
enum clu_status clu_kern_select(const char *name, struct clu_err *err);

#endif
