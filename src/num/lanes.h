/* num/lanes.h - sets of series made ready for the kernels of elastic measures: one series against a group of others, a pair a lane.
 *
 * In doubles the distances are those of num/elastic.h to the last bit, on every target; in floats within 1e-5. DTW with gaps has
 * no kernel. Memory: a copy of the series, and for each group in work clu_group_bytes(). */
#ifndef CLU_NUM_LANES_H
#define CLU_NUM_LANES_H

#include "base/status.h"
#include "num/measure.h"
#include "num/series.h"
#include "num/sweep.h"

#include <stdbool.h>
#include <stddef.h>

/* A set: samples (of ddtw: derivatives) as the kernels read them. */
struct clu_lanes {
    const struct clu_measure *m;
    size_t n, channels, lanes, longest, *len, *at; /* [n], owned, as what follows: where series i begins in v */
    bool narrow;       /* v holds floats */
    void *v;           /* padded; channel c at at[i] + c * (len[i] + 2 CLU_SWEEP_PAD) */
    double *deviation; /* [n][channels] of edr without epsilon, or NULL */
    double *line;      /* scratch: a channel */
};

/* Is there a kernel for these series? */
bool clu_lanes_have(const struct clu_measure *m, bool gaps);

/* Room for sets of n series at most, of so many samples in all channels together, the longest of longest. The measure is borrowed.
 * CLU_SYSTEM without memory. */
enum clu_status clu_lanes_room(struct clu_lanes *s, size_t n, size_t channels, size_t samples, size_t longest, const struct clu_measure *m,
                               struct clu_err *err);

/* The set becomes x, for which there is room. */
void clu_lanes_load(struct clu_lanes *s, const struct clu_series *x);

/* Both, for one set. */
enum clu_status clu_lanes_init(struct clu_lanes *s, const struct clu_series *x, const struct clu_measure *m, struct clu_err *err);
void clu_lanes_clear(struct clu_lanes *s);

/* A group of lanes series of one set, and all that a thread needs to run series of another one against it. */
struct clu_group {
    const struct clu_lanes *of;
    const size_t *which; /* [count], borrowed */
    size_t count, rows;  /* series; the length that band and offsets are for, 0: none yet */
    size_t longest;      /* of any series on either side */
    struct clu_sweep sweep;
    ptrdiff_t *band;     /* owned, as what follows: first, from, to, last */
    void *block;         /* y, aux, low, high, offset, epsilon, d */
    double *weight;      /* wdtw: by half samples */
    void *y, *aux, *low, *high, *offset, *epsilon, *d; /* parts of block, from their padding on */
};

/* Bytes of a group. */
double clu_group_bytes(const struct clu_measure *m, size_t channels, size_t longest);
enum clu_status clu_group_init(struct clu_group *g, const struct clu_measure *m, size_t channels, size_t longest, struct clu_err *err);
void clu_group_clear(struct clu_group *g);

/* Take count <= lanes series of the set. */
void clu_group_load(struct clu_group *g, const struct clu_lanes *of, const size_t *which, size_t count);

/* The distances of series i of the set x (the same or another, made ready for the same measure) to the group: out[count]. */
void clu_group_run(struct clu_group *g, const struct clu_lanes *x, size_t i, double *out);

#endif
