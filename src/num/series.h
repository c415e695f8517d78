/* num/series.h - a set of time series in memory: of any lengths, with one or more channels, and perhaps with gaps.
 *
 * The samples of a channel stand one after another, the channels of a series one behind another, the series one behind another.
 * All channels of a series are equally long. A missing sample is NAN. */
#ifndef CLU_NUM_SERIES_H
#define CLU_NUM_SERIES_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct clu_series {
    size_t n, channels;
    size_t *len;    /* [n] samples of a channel, >= 1 */
    size_t *at;     /* [n + 1] where series i begins in v, its channel c at at[i] + c * len[i] */
    double *v;      /* [at[n]], owned, as the other two */
    size_t longest; /* the largest of len, 0 without series */
    bool gaps;      /* a sample is missing somewhere */
};

static inline double *clu_series_at(const struct clu_series *s, size_t i, size_t channel)
{
    return s->v + s->at[i] + channel * s->len[i];
}

/* Room for n series of these lengths; the samples are not set, gaps is false. CLU_SYSTEM without memory, also when the samples are
 * too many to be counted. */
enum clu_status clu_series_init(struct clu_series *s, size_t n, size_t channels, const size_t *len, struct clu_err *err);

/* Copies of count of the series, in this order. */
enum clu_status clu_series_pick(struct clu_series *out, const struct clu_series *of, const size_t *which, size_t count,
                                struct clu_err *err);
void clu_series_clear(struct clu_series *s);

/* Series i as a set of one that borrows its samples; at[2] is the caller's and must outlive it. Not to be cleared. */
struct clu_series clu_series_one(const struct clu_series *of, size_t i, size_t at[2]);

/* How series are brought to one scale, each channel of each by itself: not; to mean 0 and standard deviation 1 (with 1/n, the
 * convention for series); to 0 .. 1. Missing samples do not count and stay missing. */
enum clu_normalise { CLU_NORMALISE_ZSCORE = 0, CLU_NORMALISE_MINMAX, CLU_NORMALISE_NONE };

/* In place: v = (v - shift) / scale, shift and scale [n][channels], owned by the caller, or NULL when nobody asks. A channel whose
 * standard deviation is not above 1e-12 of its largest magnitude is constant: it becomes zeros, with scale 1; *constant counts them,
 * and *first is the first series that has one (n: none). A channel without any sample stays as it is. Neither 1e308 nor the smallest
 * numbers overflow or lose digits on the way; a range beyond all doubles has the largest one for its scale. O(samples). */
void clu_series_normalise(struct clu_series *s, int how, double *shift, double *scale, size_t *constant, size_t *first);

/* Missing samples by the straight line between their neighbours, at an end by the nearest one. False when a channel of some series
 * has no sample at all: *which is that series, and nothing has changed. gaps becomes false. */
bool clu_series_interpolate(struct clu_series *s, size_t *which);

/* All series to len >= 1 samples by the straight line between neighbours; the ends stay the ends, one sample is the first. Without
 * gaps only. */
enum clu_status clu_series_resample(struct clu_series *s, size_t len, struct clu_err *err);

#endif
