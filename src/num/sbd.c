/* Shape-based distance. Sections: a set and its spectra, the peak of a correlation, a pair.
 *
 * Spectra are of series divided by their norms, so that what comes back is the normalised correlation, whatever the scale. */
#include "num/sbd.h"

#include "base/mem.h"
#include "num/gslx.h"

#include <math.h>
#include <string.h>

/* --- a set and its spectra --- */

struct clu_sbd {
    size_t n, channels, length; /* samples of a transform */
    bool independent;
    size_t *len;                /* [n] */
    double *spectrum;           /* [n][channels][length] */
    double *norm;               /* [n][channels]; dependent channels share the series' */
    struct clu_gslx_fft fft;
};

/* Below it the product of two norms counts as zero: kshape-python, dtwclust. */
static const double NO_NORM = 1e-9;

/* Correlations as near as this are equal: what a transform rounds is less, up to a million samples. */
static const double EQUAL = 1e-12;

static double norm_of(const double *v, size_t count)
{
    double most = 0, sum = 0;

    for (size_t t = 0; t < count; t++)
        most = fmax(most, fabs(v[t]));
    if (!(most > 0))
        return 0;
    for (size_t t = 0; t < count; t++) /* squares of large numbers must not overflow */
        sum += (v[t] / most) * (v[t] / most);
    return most * sqrt(sum);
}

void clu_sbd_update(struct clu_sbd *s, size_t i, const double *v, double *scratch)
{
    size_t len = s->len[i], whole = len * s->channels;
    double all = s->independent ? 0 : norm_of(v, whole);

    for (size_t c = 0; c < s->channels; c++, v += len) {
        double *to = s->spectrum + (i * s->channels + c) * s->length, norm = s->independent ? norm_of(v, len) : all;
        s->norm[i * s->channels + c] = norm;
        memset(to, 0, s->length * sizeof *to);
        if (!(norm > 0))
            continue;
        for (size_t t = 0; t < len; t++)
            to[t] = v[t] / norm;
        clu_gslx_fft_forward(&s->fft, to, scratch);
    }
}

enum clu_status clu_sbd_init(struct clu_sbd **out, const struct clu_series *x, size_t longest, bool independent,
                             struct clu_err *err)
{
    struct clu_sbd *s = clu_calloc(1, sizeof *s);

    *out = NULL;
    if (!s)
        return clu_fail_memory(err);
    *s = (struct clu_sbd){.n = x->n, .channels = x->channels, .independent = independent};
    s->length = clu_gslx_fft_length(2 * longest - 1);
    enum clu_status status = clu_gslx_fft_init(&s->fft, s->length, err);
    s->len = clu_alloc(s->n, sizeof *s->len);
    s->norm = clu_alloc(s->n * s->channels, sizeof *s->norm);
    s->spectrum = clu_alloc(s->n * s->channels, s->length * sizeof *s->spectrum);
    double *scratch = clu_alloc(clu_sbd_scratch(s), sizeof *scratch);
    if (status == CLU_OK && !(s->len && s->norm && s->spectrum && scratch))
        status = clu_fail_memory(err);
    for (size_t i = 0; i < s->n && status == CLU_OK; i++) {
        s->len[i] = x->len[i];
        clu_sbd_update(s, i, clu_series_at(x, i, 0), scratch);
    }
    clu_free(scratch);
    if (status != CLU_OK) {
        clu_sbd_free(s);
        return status;
    }
    *out = s;
    return CLU_OK;
}

void clu_sbd_free(struct clu_sbd *s)
{
    if (!s)
        return;
    clu_gslx_fft_clear(&s->fft);
    clu_free(s->len);
    clu_free(s->norm);
    clu_free(s->spectrum);
    clu_free(s);
}

size_t clu_sbd_scratch(const struct clu_sbd *s)
{
    return 2 * s->length; /* a product, and what the transform needs */
}

/* --- the peak of a correlation --- */

/* Four maxima side by side: one after another each would wait for the last. */
static double largest(const double *v, size_t count, double most)
{
    double m[4] = {most, most, most, most};
    size_t t = 0;

    for (; t + 4 <= count; t += 4)
        for (size_t q = 0; q < 4; q++)
            m[q] = v[t + q] > m[q] ? v[t + q] : m[q];
    for (; t < count; t++)
        m[0] = v[t] > m[0] ? v[t] : m[0];
    m[0] = m[1] > m[0] ? m[1] : m[0];
    m[2] = m[3] > m[2] ? m[3] : m[2];
    return m[2] > m[0] ? m[2] : m[0];
}

/* cc[length] holds shift s at s, or at length + s when negative; s is from -(right - 1) to left - 1. */
static ptrdiff_t first_at_least(const double *cc, size_t length, size_t left, size_t right, double limit)
{
    if (cc[0] >= limit)
        return 0;
    for (size_t s = 1; s < left || s < right; s++) {
        if (s < right && cc[length - s] >= limit)
            return -(ptrdiff_t)s;
        if (s < left && cc[s] >= limit)
            return (ptrdiff_t)s;
    }
    return 0; /* not reached: the maximum is among them */
}

/* --- a pair --- */

/* p = a conj(b), or p += that, in the layout of num/gslx.h. */
static void multiply(double *restrict p, const double *restrict a, const double *restrict b, size_t length, bool add)
{
    if (!add)
        memset(p, 0, length * sizeof *p);
    p[0] += a[0] * b[0];
    for (size_t k = 1; k + 1 < length; k += 2) {
        double re = a[k] * b[k] + a[k + 1] * b[k + 1], im = a[k + 1] * b[k] - a[k] * b[k + 1];
        p[k] += re;
        p[k + 1] += im;
    }
    p[length - 1] += a[length - 1] * b[length - 1]; /* lengths are even */
}

/* The distance by what stands in p, the spectrum of a normalised correlation. */
static double peak(const struct clu_sbd *a, size_t left, size_t right, double *p, ptrdiff_t *shift)
{
    double times = 1 / (double)a->length;

    clu_gslx_fft_back(&a->fft, p, p + a->length);
    double most = largest(p, left, p[0]);
    most = largest(p + a->length - (right - 1), right - 1, most);
    if (shift)
        *shift = first_at_least(p, a->length, left, right, most - EQUAL * (double)a->length);
    return 1 - fmax(-1, fmin(1, most * times));
}

double clu_sbd_pair(const struct clu_sbd *a, size_t i, const struct clu_sbd *b, size_t j, ptrdiff_t *shift, double *scratch)
{
    size_t channels = a->channels, length = a->length, left = a->len[i], right = b->len[j];
    const double *of = a->spectrum + i * channels * length, *to = b->spectrum + j * channels * length;
    double sum = 0;

    if (shift)
        *shift = 0;
    if (a == b && i == j)
        return 0;
    for (size_t c = 0; c < channels; c++) {
        bool last = a->independent || c + 1 == channels;
        if (a->norm[i * channels + c] * b->norm[j * channels + c] < NO_NORM) {
            sum += last;
            continue;
        }
        multiply(scratch, of + c * length, to + c * length, length, c > 0 && !a->independent);
        if (last)
            sum += peak(a, left, right, scratch, c == 0 || !a->independent ? shift : NULL);
    }
    return sum;
}
