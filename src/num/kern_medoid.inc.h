/* num/kern_medoid.inc.h - the kernels of k-medoids: candidates against what objects have. Part of num/kern_target.c.
 * Sections: the matrix, who is concerned, gains, the table of swaps, two nearest. */

/* --- the matrix --- */

static void narrow(const double *v, size_t n, double times, float *restrict out, double *extent)
{
    double max = extent[0], least = extent[1];
    int64_t nan = 0;

    for (size_t i = 0; i < n; i++) {
        double d = v[i], positive = d > 0 ? d : HUGE_VAL;
        out[i] = (float)(d * times);
        max = d > max ? d : max;
        least = positive < least ? positive : least;
        nan |= d != d;
    }
    extent[0] = max;
    extent[1] = least;
    extent[2] = nan ? NAN : extent[2];
}

static void transpose32(const float *a, size_t rows, size_t cols, size_t ld_a, float *b, size_t ld_b)
{
    for (size_t c = 0; c < cols; c += 8)
        for (size_t r = 0; r < rows; r += 8) {
            oct32 block[8];
            if (rows - r < 8 || cols - c < 8) {
                for (size_t i = r; i < rows && i < r + 8; i++)
                    for (size_t j = c; j < cols && j < c + 8; j++)
                        b[j * ld_b + i] = a[i * ld_a + j];
                continue;
            }
            for (size_t i = 0; i < 8; i++)
                memcpy(&block[i], a + (r + i) * ld_a + c, sizeof block[i]);
            turn32(block, b + c * ld_b + r, ld_b);
        }
}

/* --- who is concerned --- */

#define AHEAD 2048 /* floats: the processor's own prefetching ends with a page, this goes on into the next row */

#define BELOW(name, T)                                                           \
    static size_t name(const T *row, const T *limit, size_t n, uint32_t *out)    \
    {                                                                            \
        size_t found = 0;                                                        \
        for (size_t i = 0; i < n; i++) { /* written always, kept if it counts */ \
            out[found] = (uint32_t)i;                                            \
            found += row[i] < limit[i];                                          \
        }                                                                        \
        return found;                                                            \
    }

#define TOUCHED(name, T)                                                                                              \
    static size_t name(const T *row, const T *limit, const int32_t *label, const int32_t *other, int32_t b, size_t n, \
                       uint32_t *out)                                                                                 \
    {                                                                                                                 \
        size_t found = 0;                                                                                             \
        for (size_t i = 0; i < n; i++) {                                                                              \
            out[found] = (uint32_t)i;                                                                                 \
            found += (row[i] < limit[i]) | (label[i] == b) | (other[i] == b);                                         \
        }                                                                                                             \
        return found;                                                                                                 \
    }

#if defined(__AVX512F__)
static size_t below32(const float *row, const float *limit, size_t n, uint32_t *out)
{
    __m512i at = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), step = _mm512_set1_epi32(16);
    size_t found = 0, i = 0;

    for (; i + 64 <= n; i += 64) { /* four lines of memory on their way at once */
        __mmask16 hit[4];
        for (size_t q = 0; q < 4; q++) {
            _mm_prefetch((const char *)(row + i + 16 * q + AHEAD), _MM_HINT_T0);
            hit[q] = _mm512_cmp_ps_mask(_mm512_loadu_ps(row + i + 16 * q), _mm512_loadu_ps(limit + i + 16 * q), _CMP_LT_OQ);
        }
        for (size_t q = 0; q < 4; q++) { /* no branch: most lines have none or one */
            _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(hit[q], at));
            found += (size_t)__builtin_popcount(hit[q]);
            at = _mm512_add_epi32(at, step);
        }
    }
    for (; i < n; i++)
        if (row[i] < limit[i])
            out[found++] = (uint32_t)i;
    return found;
}
#elif defined(__AVX2__)
static size_t below32(const float *row, const float *limit, size_t n, uint32_t *out)
{
    size_t found = 0, i = 0;

    for (; i + 8 <= n; i += 8) {
        __m256 hit = _mm256_cmp_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(limit + i), _CMP_LT_OQ);
        for (unsigned mask = (unsigned)_mm256_movemask_ps(hit); mask != 0; mask &= mask - 1)
            out[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(mask);
    }
    for (; i < n; i++)
        if (row[i] < limit[i])
            out[found++] = (uint32_t)i;
    return found;
}
#else
BELOW(below32, float)
#endif
BELOW(below64, double)

#if defined(__AVX512F__)
static size_t touched32(const float *row, const float *limit, const int32_t *label, const int32_t *other, int32_t b, size_t n,
                        uint32_t *out)
{
    __m512i at = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), step = _mm512_set1_epi32(16);
    __m512i place = _mm512_set1_epi32(b);
    size_t found = 0, i = 0;

    for (; i + 16 <= n; i += 16) {
        __mmask16 hit = _mm512_cmp_ps_mask(_mm512_loadu_ps(row + i), _mm512_loadu_ps(limit + i), _CMP_LT_OQ) |
                        _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(label + i), place) |
                        _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(other + i), place);
        _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(hit, at));
        found += (size_t)__builtin_popcount(hit);
        at = _mm512_add_epi32(at, step);
    }
    for (; i < n; i++)
        if (row[i] < limit[i] || label[i] == b || other[i] == b)
            out[found++] = (uint32_t)i;
    return found;
}
#else
TOUCHED(touched32, float)
#endif
TOUCHED(touched64, double)

/* Written so that it becomes gathers and masks. */
static void closer32(const float *row, const int32_t *at, const int32_t *label, int32_t i, size_t n, float *restrict far,
                     int32_t *restrict other)
{
    for (size_t q = 0; q < n; q++) {
        float d = row[at[q]];
        int nearer = (d < far[q]) & (label[q] != i);
        far[q] = nearer ? d : far[q];
        other[q] = nearer ? i : other[q];
    }
}

/* --- gains --- */

#define GAIN(name, T)                                                              \
    static double name(const T *row, const double *near, const double *w, size_t n) \
    {                                                                              \
        double s[8] = {0};                                                         \
        size_t i = 0;                                                              \
        for (; i + 8 <= n; i += 8)                                                 \
            for (size_t l = 0; l < 8; l++) {                                       \
                double e = near[i + l] - (double)row[i + l];                       \
                s[l] += w[i + l] * (e > 0 ? e : 0);                                \
            }                                                                      \
        for (size_t l = 0; i + l < n; l++) {                                       \
            double e = near[i + l] - (double)row[i + l];                           \
            s[l] += w[i + l] * (e > 0 ? e : 0);                                    \
        }                                                                          \
        return fold(s);                                                            \
    }
GAIN(gain32, float)
GAIN(gain64, double)

/* --- the table of swaps --- */

static inline double low(double a, double b)
{
    return a < b ? a : b;
}

static inline double clip(double d, double near, double far)
{
    return low(d > near ? d : near, far) - far;
}

#define LINE 16 /* floats in a cache line */

#define SEAT(stay, move, T)                                                                                                 \
    static void stay(const T *row, const T *next, size_t n, const double *was, const double *is, double w,                  \
                     double *restrict shared, double *restrict place)                                                       \
    {                                                                                                                       \
        double a = was[0], b = was[1], c = is[0], e = is[1];                                                                \
        for (size_t from = 0; from < n; from += LINE) {                                                                     \
            size_t end = n - from < LINE ? n : from + LINE;                                                                 \
            __builtin_prefetch(next + from);                                                                                \
            for (size_t x = from; x < end; x++) {                                                                           \
                double d = (double)row[x];                                                                                  \
                shared[x] += w * ((low(d, c) - c) - (low(d, a) - a));                                                       \
                place[x] += w * (clip(d, c, e) - clip(d, a, b));                                                            \
            }                                                                                                               \
        }                                                                                                                   \
    }                                                                                                                       \
    static void move(const T *row, const T *next, size_t n, const double *was, const double *is, double w,                  \
                     double *restrict shared, double *restrict left, double *restrict to)                                   \
    {                                                                                                                       \
        double a = was[0], b = was[1], c = is[0], e = is[1];                                                                \
        for (size_t from = 0; from < n; from += LINE) {                                                                     \
            size_t end = n - from < LINE ? n : from + LINE;                                                                 \
            __builtin_prefetch(next + from);                                                                                \
            for (size_t x = from; x < end; x++) {                                                                           \
                double d = (double)row[x];                                                                                  \
                shared[x] += w * ((low(d, c) - c) - (low(d, a) - a));                                                       \
                left[x] -= w * clip(d, a, b);                                                                               \
                to[x] += w * clip(d, c, e);                                                                                 \
            }                                                                                                               \
        }                                                                                                                   \
    }
SEAT(seat_stay32, seat_move32, float)
SEAT(seat_stay64, seat_move64, double)

static void lowest(const double *v, double add, size_t n, int32_t i, double *restrict least, int64_t *restrict at)
{
    for (size_t x = 0; x < n; x++) {
        double here = v[x] + add;
        int lower = here < least[x];
        least[x] = lower ? here : least[x];
        at[x] = lower ? i : at[x];
    }
}

/* --- two nearest --- */

static void two_nearest(const double *d, size_t n, int64_t i, double *restrict near, double *restrict second,
                        int64_t *restrict label)
{
    for (size_t o = 0; o < n; o++) {
        double was = near[o], next = second[o];
        int nearer = d[o] < was;
        second[o] = nearer ? was : low(d[o], next);
        near[o] = nearer ? d[o] : was;
        label[o] = nearer ? i : label[o];
    }
}
