/* The kernels of one target. The build compiles this file once per target with that target's flags and
 * CLU_KERN=base, avx2 or avx512, always with -O3 and -ffp-contract=off: where FMA is wanted it is spelled out. */
#include "num/kern.h"

#include "num/kern_vec.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A tile holds a whole number of register blocks in either precision on every target. */
_Static_assert(CLU_KERN_TILE % (ROWS_AT_ONCE * LANES32) == 0 && CLU_KERN_TILE % (ROWS_AT_ONCE * LANES64) == 0,
               "tile and register block do not fit");
_Static_assert(CLU_KERN_BLOCK % CENTRES_AT_ONCE == 0, "packed block and register block do not fit");

/* --- proposing: nearest of many centres --- */

#define T double
#define V vec64
#define LANES LANES64
#define NEAREST nearest64
#define LOAD LOAD64
#define STORE STORE64
#define SET SET64
#define MADD MADD64
#define MIN MIN64
#define MAX MAX64
#define PICK PICK64
#include "num/kern_nearest.inc.h"
#undef T
#undef V
#undef LANES
#undef NEAREST
#undef LOAD
#undef STORE
#undef SET
#undef MADD
#undef MIN
#undef MAX
#undef PICK

#define T float
#define V vec32
#define LANES LANES32
#define NEAREST nearest32
#define LOAD LOAD32
#define STORE STORE32
#define SET SET32
#define MADD MADD32
#define MIN MIN32
#define MAX MAX32
#define PICK PICK32
#include "num/kern_nearest.inc.h"
#undef T
#undef V
#undef LANES
#undef NEAREST
#undef LOAD
#undef STORE
#undef SET
#undef MADD
#undef MIN
#undef MAX
#undef PICK

static uint64_t judge(const struct clu_judge *j, const double *norm, double *low, double *next, double *err)
{
    double add = j->add_norm ? 1 : 0;
    double open[CLU_KERN_TILE];
    uint64_t close = 0;

    for (size_t p = 0; p < CLU_KERN_TILE; p++) {
        double span = norm[p] + j->reach2;
        open[p] = (next[p] - low[p]) - (span * j->margin_per_span + 2 * j->vanish);
        double a = (low[p] + add * norm[p]) * j->back, b = (next[p] + add * norm[p]) * j->back;
        low[p] = a > 0 ? a : 0;
        next[p] = b > 0 ? b : 0;
        err[p] = (span * j->per_span + j->vanish) * j->back;
    }
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        close |= (uint64_t)!(open[p] > 0) << p;
    return close;
}

/* --- packing --- */

static void norms(const double *x, size_t d, double *norm)
{
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        norm[p] = 0;
    for (size_t i = 0; i < d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            norm[p] += x[i * CLU_KERN_TILE + p] * x[i * CLU_KERN_TILE + p];
}

typedef double quad __attribute__((vector_size(32)));

static inline quad quad_of(const double *p)
{
    quad q;
    memcpy(&q, p, sizeof q);
    return q;
}

/* Four rows and four columns turned around: out[c][TILE] from a[r][c]. */
static inline void turn(quad a, quad b, quad c, quad d, double *out)
{
    quad ab0 = __builtin_shufflevector(a, b, 0, 4, 2, 6), ab1 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    quad cd0 = __builtin_shufflevector(c, d, 0, 4, 2, 6), cd1 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    quad r[4] = {__builtin_shufflevector(ab0, cd0, 0, 1, 4, 5), __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5),
                 __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7), __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7)};
    for (size_t q = 0; q < 4; q++)
        memcpy(out + q * CLU_KERN_TILE, &r[q], sizeof r[q]);
}

static void pack64(const double *const *row, size_t d, const double *shift, double unit, const double *minus,
                   double scale, double *out, double *norm)
{
    size_t i = 0;

    for (; i + 4 <= d; i += 4) {
        quad s = quad_of(shift + i), m = quad_of(minus + i), u = {unit, unit, unit, unit},
             f = {scale, scale, scale, scale};
        for (size_t p = 0; p < CLU_KERN_TILE; p += 4) {
            quad r[4];
            for (size_t q = 0; q < 4; q++)
                r[q] = ((quad_of(row[p + q] + i) - s) * u - m) * f;
            turn(r[0], r[1], r[2], r[3], out + i * CLU_KERN_TILE + p);
        }
    }
    for (; i < d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            out[i * CLU_KERN_TILE + p] = ((row[p][i] - shift[i]) * unit - minus[i]) * scale;
    norms(out, d, norm);
}

static void pack32(const float *const *row, size_t d, const double *shift, double unit, const double *minus,
                   double scale, double *out, double *norm)
{
    for (size_t i = 0; i < d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            out[i * CLU_KERN_TILE + p] = (((double)row[p][i] - shift[i]) * unit - minus[i]) * scale;
    norms(out, d, norm);
}

typedef double oct __attribute__((vector_size(64)));
typedef float oct32 __attribute__((vector_size(32)));

static inline oct oct_of(const double *p)
{
    oct o;
    memcpy(&o, p, sizeof o);
    return o;
}

/* Eight columns from column i of a row, as doubles. */
static inline oct load_row(const void *row, size_t i, int f32)
{
    oct32 f;
    if (!f32)
        return oct_of((const double *)row + i);
    memcpy(&f, (const float *)row + i, sizeof f);
    return __builtin_convertvector(f, oct);
}

/* Eight rows and eight columns turned around: out[c][ld] from a[r][c]. */
static inline void turn32(const oct32 a[8], float *out, size_t ld)
{
    oct32 b[8], c[8];
    for (int q = 0; q < 8; q += 2) {
        b[q] = __builtin_shufflevector(a[q], a[q + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        b[q + 1] = __builtin_shufflevector(a[q], a[q + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int h = 0; h < 8; h += 4)
        for (int q = 0; q < 2; q++) {
            c[h + 2 * q] = __builtin_shufflevector(b[h + q], b[h + q + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            c[h + 2 * q + 1] = __builtin_shufflevector(b[h + q], b[h + q + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (size_t q = 0; q < 4; q++) {
        oct32 first = __builtin_shufflevector(c[q], c[q + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        oct32 second = __builtin_shufflevector(c[q], c[q + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        memcpy(out + q * ld, &first, sizeof first);
        memcpy(out + (q + 4) * ld, &second, sizeof second);
    }
}

/* Eight columns from column i on of eight rows; those that count are added to the rows' squares. */
static inline void pack_block(const void *const *row, int f32, size_t i, oct count, const double *shift, double unit,
                              const double *minus, double scale, float *out, oct square[8])
{
    oct s = oct_of(shift + i), m = oct_of(minus + i);
    oct32 narrow[8];

    for (size_t q = 0; q < 8; q++) {
        oct v = ((load_row(row[q], i, f32) - s) * unit - m) * scale;
        square[q] += v * v * count;
        narrow[q] = __builtin_convertvector(v, oct32);
    }
    turn32(narrow, out + i * CLU_KERN_TILE, CLU_KERN_TILE);
}

/* Fewer than eight columns; d is a constant where this is inlined. */
static inline void pack_few(const void *const *row, int f32, size_t d, const double *shift, double unit,
                            const double *minus, double scale, float *out, double *norm)
{
    for (size_t p = 0; p < CLU_KERN_TILE; p++) {
        double sum = 0;
        for (size_t i = 0; i < d; i++) {
            double x = f32 ? (double)((const float *)row[p])[i] : ((const double *)row[p])[i];
            double v = ((x - shift[i]) * unit - minus[i]) * scale;
            out[i * CLU_KERN_TILE + p] = (float)v;
            sum += v * v;
        }
        norm[p] = sum;
    }
}

static inline void pack_floats(const void *const *row, int f32, size_t d, const double *shift, double unit,
                               const double *minus, double scale, float *out, double *norm)
{
    static const double fresh[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    const size_t even = d / 8 * 8;
    const oct all = oct_of(fresh + 8);

    switch (d) {
#define CASE(few)                                                             \
    case few:                                                                 \
        pack_few(row, f32, few, shift, unit, minus, scale, out, norm); \
        return
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
        CASE(6);
        CASE(7);
#undef CASE
    default:
        break;
    }
    for (size_t p = 0; p < CLU_KERN_TILE; p += 8) {
        oct square[8] = {{0}};
        for (size_t i = 0; i < even; i += 8)
            pack_block(row + p, f32, i, all, shift, unit, minus, scale, out + p, square);
        if (even < d) /* the last eight columns: some of them once more, but they count once */
            pack_block(row + p, f32, d - 8, oct_of(fresh + (d - even)), shift, unit, minus, scale, out + p, square);
        for (size_t q = 0; q < 8; q++) {
            double sum = 0;
            for (int l = 0; l < 8; l++)
                sum += square[q][l];
            norm[p + q] = sum;
        }
    }
}

static void pack64f(const double *const *row, size_t d, const double *shift, double unit, const double *minus,
                    double scale, float *out, double *norm)
{
    pack_floats((const void *const *)row, 0, d, shift, unit, minus, scale, out, norm);
}

static void pack32f(const float *const *row, size_t d, const double *shift, double unit, const double *minus,
                    double scale, float *out, double *norm)
{
    pack_floats((const void *const *)row, 1, d, shift, unit, minus, scale, out, norm);
}

/* --- canonical: fixed order, no FMA, the same bits everywhere --- */

static double fold(const double s[8])
{
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

#if defined(__AVX512F__)
static double sqdist(const double *a, const double *b, size_t d)
{
    __m512d sum = _mm512_setzero_pd();
    double s[8];

    for (size_t i = 0; i < d; i += 8) { /* columns beyond d add 0, which changes no sum of squares */
        __mmask8 in = (__mmask8)(d - i < 8 ? (1u << (d - i)) - 1 : 0xffu);
        __m512d e = _mm512_sub_pd(_mm512_maskz_loadu_pd(in, a + i), _mm512_maskz_loadu_pd(in, b + i));
        sum = _mm512_add_pd(sum, _mm512_mul_pd(e, e));
    }
    _mm512_storeu_pd(s, sum);
    return fold(s);
}
#else
static double sqdist(const double *a, const double *b, size_t d)
{
    double s[8] = {0};
    size_t i = 0;

    for (; i + 8 <= d; i += 8)
        for (size_t l = 0; l < 8; l++) {
            double e = a[i + l] - b[i + l];
            s[l] += e * e;
        }
    for (size_t l = 0; i + l < d; l++) {
        double e = a[i + l] - b[i + l];
        s[l] += e * e;
    }
    return fold(s);
}
#endif

static void roots(double *v, size_t n, double times)
{
    for (size_t i = 0; i < n; i++)
        v[i] = sqrt(v[i]) * times;
}

#include "num/kern_dist.inc.h"

/* One stretch of up to eight columns; rest[] is what the parts so far have left of y. */
static inline void exsum_stretch(const double *y, const double *magic, size_t parts, size_t d, double *from, double *to,
                                 size_t wide)
{
    double rest[8];
    for (size_t l = 0; l < wide; l++)
        rest[l] = y[l];
    for (size_t q = 0; q < parts; q++) {
        const double *m = magic + q * d;
        double part[8];
        for (size_t l = 0; l < wide; l++) {
            part[l] = (rest[l] + m[l]) - m[l]; /* rest rounded to a multiple of this part's quantum */
            rest[l] -= part[l];
        }
        if (from)
            for (size_t l = 0; l < wide; l++)
                from[q * d + l] -= part[l];
        if (to)
            for (size_t l = 0; l < wide; l++)
                to[q * d + l] += part[l];
    }
}

static void exsum_move(const double *y, const double *magic, size_t parts, size_t d, double *from, double *to)
{
    size_t i = 0;
    for (; i + 8 <= d; i += 8)
        exsum_stretch(y + i, magic + i, parts, d, from ? from + i : NULL, to ? to + i : NULL, 8);
    from = from ? from + i : NULL;
    to = to ? to + i : NULL;
    switch (d - i) { /* so that each width has a loop of its own, in registers */
#define CASE(wide)                                               \
    case wide:                                                   \
        exsum_stretch(y + i, magic + i, parts, d, from, to, wide); \
        break
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
        CASE(6);
        CASE(7);
#undef CASE
    default:
        break;
    }
}

static void range(const double *x, size_t d, double *min, double *max, double *tiny)
{
    for (size_t i = 0; i < d; i++) {
        double a = fabs(x[i]);
        min[i] = x[i] < min[i] ? x[i] : min[i];
        max[i] = x[i] > max[i] ? x[i] : max[i];
        a = a == 0 ? HUGE_VAL : a;
        tiny[i] = a < tiny[i] ? a : tiny[i];
    }
}

#include "num/kern_medoid.inc.h"

#include "num/kern_gauss.inc.h"

/* --- canonical: elastic measures --- */

#include "num/kern_elastic_both.inc.h"
#include "num/kern_path.inc.h"

/* --- proposing: measures over all warping paths --- */

#include "num/kern_soft.inc.h"

/* --- products of rows --- */

static void gram_add(const double *rows, size_t count, size_t ld, const double *v, double *dot, double *to)
{
    enum { PARTS = 8 / LANES64 };

    for (size_t r = 0; r < count; r++, rows += ld) {
        vec64 sum[PARTS];
        double s[8];
GAUSS_UNROLL
        for (size_t p = 0; p < PARTS; p++)
            sum[p] = soft_all(0);
        for (size_t i = 0; i < ld; i += 8)
GAUSS_UNROLL
            for (size_t p = 0; p < PARTS; p++)
                sum[p] += soft_load(rows + i + p * LANES64) * soft_load(v + i + p * LANES64);
GAUSS_UNROLL
        for (size_t p = 0; p < PARTS; p++)
            soft_store(s + p * LANES64, sum[p]);
        dot[r] = fold(s);
        vec64 times = soft_all(dot[r]);
        for (size_t i = 0; i < ld && to; i += LANES64)
            soft_store(to + i, soft_load(to + i) + times * soft_load(rows + i));
    }
}

#define PASTE(a, b) a##b
#define TABLE(name) PASTE(clu_kern_, name)
#define STRING(a) #a
#define NAME(a) STRING(a)

extern const struct clu_kern TABLE(CLU_KERN);
const struct clu_kern TABLE(CLU_KERN) = {
    .name = NAME(CLU_KERN),
    .sqdist = sqdist,
    .sqdist_tile = sqdist_tile,
    .dist_tile = DIST_TILE,
    .euclidean_sums = euclidean_sums,
    .nearest64 = nearest64,
    .nearest32 = nearest32,
    .pack64 = pack64,
    .pack32 = pack32,
    .pack64f = pack64f,
    .pack32f = pack32f,
    .judge = judge,
    .exsum_move = exsum_move,
    .narrow = narrow,
    .transpose32 = transpose32,
    .below32 = below32,
    .below64 = below64,
    .touched32 = touched32,
    .touched64 = touched64,
    .closer32 = closer32,
    .gain32 = gain32,
    .gain64 = gain64,
    .seat_stay32 = seat_stay32,
    .seat_stay64 = seat_stay64,
    .seat_move32 = seat_move32,
    .seat_move64 = seat_move64,
    .lowest = lowest,
    .roots = roots,
    .two_nearest = two_nearest,
    .range = range,
    .gauss_full = gauss_full,
    .gauss_diag = gauss_diag,
    .gauss_share = gauss_share,
    .gauss_add_full = gauss_add_full,
    .gauss_add_diag = gauss_add_diag,
    .gauss_fold = gauss_fold,
    .lanes64 = LANES64,
    .lanes32 = LANES32,
    .sweep64 = ELASTIC_TABLE(64),
    .sweep32 = ELASTIC_TABLE(32),
    .soft_cells = soft_cells,
    .gram_add = gram_add,
    .path = PATH_TABLE,
};
