/* alg/agree.h - how far two labellings of the same objects agree (external validity): a truth and the labels that are judged.
 *
 * N_ij: objects of class i with label j; a_i, b_j the sums of its rows and columns; n all. Logarithms are natural.
 *     pairs      ari (Hubert and Arabie, J. Classif. 2, 1985), rand (Rand, JASA 66, 1971), fm (Fowlkes and Mallows, JASA 78, 1983),
 *                jaccard: counted in whole numbers, and exact up to 2^32 - 1 objects but for the last division
 *     entropy    ami (Vinh, Epps, Bailey, JMLR 11, 2010), nmi, homogeneity, completeness, v (Rosenberg and Hirschberg, EMNLP 2007)
 *     counts     purity; accuracy, the share of objects on the best one-to-one matching of classes and labels (alg/match.h); nca, the
 *                normalised clustering accuracy (Gagolewski 2023): (sum_i N_i,s(i) / a_i - 1) / (k - 1), with the best matching s of
 *                the k classes
 * All are greatest, and exactly 1, when both labellings are the same but for names (fm is 0 when no pair is together).
 *
 * Expected mutual information, the sum over all a, b of the means of N/n log(n N / (a b)) under the hypergeometric law: each size
 * counts once, however many rows have it; the probabilities are built by their ratios from the most probable N in both directions
 * until they are below 1e-30 of the sum, and are divided by that sum. So no log-factorial loses digits.
 * Cost: O(A B sqrt(n)) at most, A and B the numbers of different sizes (each at most sqrt(2 n)); the matching as alg/match.h says; the
 * others O(cells). Memory: 8 a row, column and cell, several times. The same for every number of threads. */
#ifndef CLU_ALG_AGREE_H
#define CLU_ALG_AGREE_H

#include "alg/contingency.h"
#include "base/run.h"
#include "base/status.h"

#include <stdbool.h>

enum clu_agree_measure {
    CLU_AGREE_ARI = 0,
    CLU_AGREE_AMI,
    CLU_AGREE_NMI,
    CLU_AGREE_HOMOGENEITY,
    CLU_AGREE_COMPLETENESS,
    CLU_AGREE_V,
    CLU_AGREE_FM,
    CLU_AGREE_JACCARD,
    CLU_AGREE_RAND,
    CLU_AGREE_PURITY,
    CLU_AGREE_ACCURACY,
    CLU_AGREE_NCA
};
enum { CLU_AGREE_MEASURES = CLU_AGREE_NCA + 1 };

/* What the two entropies become in ami and nmi. */
enum clu_agree_mean { CLU_MEAN_ARITHMETIC = 0, CLU_MEAN_GEOMETRIC, CLU_MEAN_MIN, CLU_MEAN_MAX };

struct clu_agree_opt {
    bool want[CLU_AGREE_MEASURES]; /* those that cost more than a pass over the cells (ami, accuracy, nca) only if they are wanted */
    int mean;                      /* enum clu_agree_mean */
};

/* Where definitions leave off: a side of one cluster, or of n, has ami 0 unless both sides are the same; nmi is 0 when nothing is
 * in common; homogeneity is 1 for a single class, completeness for a single label; v is 0 when both are; jaccard and rand are 1
 * when there is no pair to count; nca of a single class is 1 when there is a single label, else 0. */
struct clu_agree {
    double value[CLU_AGREE_MEASURES]; /* NAN for what was not wanted and costs more */
    double mi, truth_entropy, label_entropy;
    double expected; /* mutual information; NAN when it was not needed */
};

/* CLU_SYSTEM without memory, CLU_STOPPED. */
enum clu_status clu_agree_fit(struct clu_agree *out, const struct clu_contingency *t, const struct clu_agree_opt *opt,
                              const struct clu_run *run, struct clu_err *err);

#endif
