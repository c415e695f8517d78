/* alg/linkage.h - agglomerative clustering of objects with given distances, and cutting the tree.
 *
 * Lance-Williams updates on the distances, along chains of nearest neighbours (Murtagh 1983; Muellner, arXiv 1109.2378):
 *   ward      d(u,v)^2 = ((nv + ns) d(v,s)^2 + (nv + nt) d(v,t)^2 - nv d(s,t)^2) / (nv + ns + nt), u = s + t: hclust's ward.D2, scipy's ward
 *   average, complete, single, weighted (McQuitty)
 * A cluster counts by its lowest object: of neighbours that are equally near the chain takes its last element, else the cluster of the
 * lowest object. Merges are sorted by height; of equal heights the one that the chain found first comes first. Heights never fall:
 * an update is not let below the lesser of what it is made of, where rounding would put it.
 * Cost: O(n^2); memory a second triangle (4 n^2 bytes, doubles, whatever the first is made of) and 128 n. */
#ifndef CLU_ALG_LINKAGE_H
#define CLU_ALG_LINKAGE_H

#include "base/run.h"
#include "base/status.h"
#include "num/condensed.h"

#include <stddef.h>
#include <stdint.h>

enum clu_linkage_kind { CLU_LINKAGE_WARD = 0, CLU_LINKAGE_AVERAGE, CLU_LINKAGE_COMPLETE, CLU_LINKAGE_SINGLE, CLU_LINKAGE_WEIGHTED };

/* Merge i joins left[i] < right[i] into cluster n + i: numbers below n are objects, n + j is merge j (scipy's order). R's hclust
 * counts otherwise: object x is -(x + 1), merge j is j + 1. */
struct clu_linkage {
    size_t n;
    size_t *left, *right, *size; /* [n - 1], owned */
    double *height;              /* [n - 1], ascending */
};

/* n >= 1, distances finite and not negative. The triangle is not changed. CLU_SYSTEM "needs SIZE for the tree of N series". */
enum clu_status clu_linkage_fit(struct clu_linkage *out, const struct clu_condensed *d, int kind, const struct clu_run *run,
                                struct clu_err *err);
void clu_linkage_clear(struct clu_linkage *t);

/* The k clusters that the last k - 1 merges join (1 <= k <= n): label[n], 0..k-1 by first appearance. O(n) */
enum clu_status clu_linkage_cut(int32_t *label, const struct clu_linkage *t, size_t k, struct clu_err *err);

/* How many clusters there are when all merges up to height are made. */
size_t clu_linkage_count(const struct clu_linkage *t, double height);

#endif
