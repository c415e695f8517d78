/* num/measure.h - how far two time series are apart: the names and parameters of the measures, and their definitions.
 *
 * x has n samples, y has m, both from 1; D is filled from (1, 1) to (n, m), what lies outside is infinite unless said otherwise.
 *   msm        Stefan, Athitsos, Das, TKDE 25 (2013). D(1,1) = |x1 - y1|; D(i,j) = min(D(i-1,j-1) + |xi - yj|, D(i-1,j) + C(xi, xi-1, yj),
 *              D(i,j-1) + C(yj, xi, yj-1)), C(a, b, z) = cost if a lies between b and z, else cost + min(|a - b|, |a - z|)
 *   dtw        D(0,0) = 0; D(i,j) = c + min(D(i-1,j-1), D(i-1,j), D(i,j-1)), c = (xi - yj)^2, and the root of D(n,m); with l1
 *              c = |xi - yj|, and no root. symmetric2: the diagonal step adds 2 c, the first cell 1 c, divided by n + m
 *   ddtw       dtw of the derivatives ((xi - xi-1) + (xi+1 - xi-1) / 2) / 2, n - 2 of them (Keogh and Pazzani 2001)
 *   wdtw       dtw with c / (1 + exp(-g (|i - j| - M / 2))), M the longer length (Jeong et al. 2011)
 *   adtw       dtw where every step that is not diagonal adds penalty (Herrmann and Webb 2023)
 *   twe        Marteau, PAMI 31 (2009). x0 = y0 = 0, D(0,0) = 0; D(i,j) = min(D(i-1,j-1) + |xi - yj| + |xi-1 - yj-1| + 2 nu |i - j|,
 *              D(i-1,j) + |xi - xi-1| + nu + lambda, D(i,j-1) + |yj - yj-1| + nu + lambda)
 *   erp        Chen and Ng 2004. D(i,0) = sum over r <= i of |xr - gap|, D(0,j) alike; D(i,j) = min(D(i-1,j-1) + |xi - yj|,
 *              D(i-1,j) + |xi - gap|, D(i,j-1) + |yj - gap|)
 *   lcss       1 - L / min(n, m), L the longest common subsequence of samples that differ by at most epsilon (Vlachos et al. 2002)
 *   edr        edits / max(n, m); samples match when they differ by at most epsilon (Chen, Ozsu, Oria 2005)
 *   sbd        1 - the largest normalised cross-correlation (Paparrizos and Gravano 2015): num/sbd.h
 *   softdtw    the divergence s(x,y) - (s(x,x) + s(y,y)) / 2 of soft-DTW (Cuturi and Blondel 2017): num/soft.h
 *   gak        1 - the normalised global alignment kernel (Cuturi 2011): num/soft.h
 *   euclidean, manhattan   sample by sample; of equal lengths only
 * The plain double loops of these definitions, in the order of num/elastic_cell.h and without FMA, are what every kernel equals to the last bit
 * (in doubles; those with exp, log or pow to 1e-12). Distances of a series to itself are 0.
 *
 * Window: with w samples a cell counts when |i - j| <= w; with unequal lengths, y the longer one, when
 * 2 |(j-1)(n-1) - (i-1)(m-1)| <= max(2 w (n-1), m-1), in 64-bit integers, so that a path always exists. w is a number of samples, or a
 * part of the longer length of the pair, rounded down; 0 is lock step. lcss, edr, erp and the borders of erp and edr keep to it, too. sbd knows no window.
 *
 * Channels. Dependent: one path; |x - y| and (x - y)^2 are sums over the channels (|xi - xi-1| and |xi - gap| likewise; lcss and edr
 * match when every channel does; msm tests the ball around the middle of its two neighbours: Shifaz et al. 2023).
 * Independent: the sum of the channels' distances; of those with a root, the root of the sum of what stands under it.
 *
 * Gaps (dtw alone): DTW-AROW (Yurtman, Soenen, Meert, Blockeel, ECML 2023). A missing sample costs 0 and is matched one to one (one of several channels
 * that lacks makes a sample a missing one): a
 * step along y into (i, j) needs xi, yj-1 and yj, a step along x needs yj, xi-1 and xi; the end is multiplied by sqrt((n + m) / (samples that are
 * there)) (without the root for l1, where the factor is that of the sum). */
#ifndef CLU_NUM_MEASURE_H
#define CLU_NUM_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

enum clu_measure_kind {
    CLU_SERIES_MSM = 0,
    CLU_SERIES_DTW,
    CLU_SERIES_DDTW,
    CLU_SERIES_WDTW,
    CLU_SERIES_ADTW,
    CLU_SERIES_TWE,
    CLU_SERIES_ERP,
    CLU_SERIES_LCSS,
    CLU_SERIES_EDR,
    CLU_SERIES_SBD,
    CLU_SERIES_SOFTDTW,
    CLU_SERIES_GAK,
    CLU_SERIES_EUCLIDEAN,
    CLU_SERIES_MANHATTAN
};
#define CLU_MEASURES (CLU_SERIES_MANHATTAN + 1)

struct clu_measure {
    int kind;            /* enum clu_measure_kind */
    bool l1, symmetric2; /* dtw, ddtw, wdtw and adtw (l1); dtw (symmetric2) */
    bool independent;    /* channels */
    bool windowed;
    double window;       /* samples, or with window_part a part (0.1 for 10%) of the longer length */
    bool window_part;
    double cost;         /* msm */
    double nu, lambda;   /* twe */
    double gap;          /* erp */
    double epsilon;      /* lcss, edr; NAN: 1 for lcss, for edr a quarter of the larger standard deviation of the pair */
    double penalty;      /* adtw */
    double g;            /* wdtw */
    double gamma;        /* softdtw */
    double sigma;        /* gak; NAN: to be estimated from the set (num/soft.h) */
    bool float32;        /* the loops run in floats: within 1e-5, twice as fast */
};
#define CLU_MEASURE_DEFAULT \
    ((struct clu_measure){.cost = 0.5, .nu = 0.001, .lambda = 0.1, .epsilon = __builtin_nan(""), .penalty = 1, .g = 0.05, .gamma = 1, \
                          .sigma = __builtin_nan("")})

/* The half-width in samples for a pair of these lengths; SIZE_MAX: no window. */
size_t clu_measure_window(const struct clu_measure *m, size_t n, size_t m_len);

/* Does cell (i, j), from 0, of an n x m pair count? As above, whichever is the longer. */
bool clu_measure_inside(size_t window, size_t n, size_t m_len, size_t i, size_t j);

/* Is it a metric (the triangle inequality holds): msm, twe and erp without a window, independent or with one channel; euclidean, manhattan. */
bool clu_measure_is_metric(const struct clu_measure *m, size_t channels);

/* Has it a warping path (all but sbd, softdtw, gak, euclidean, manhattan)? */
bool clu_measure_has_path(const struct clu_measure *m);

#endif
