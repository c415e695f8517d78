/* num/kern_dist.inc.h - distances of a whole tile of points to one point, a function a metric; included by num/kern_target.c.
 *
 * All are canonical: vectors run over neighbouring points, so that each point's sums keep their order whatever the width, and
 * the bits are the same on every target. What the metrics mean stands in num/dist.h; points come ready (num/dist.c): jaccard
 * sees 0 and 1, cosine rows of length 1.
 *
 * Column i of the one point is c[i * step]: step is 1 for a point by itself and TILE for one that stands in a tile, which so
 * needs no copy. Nothing has to be aligned. */

/* Vectors of points at a time where one sum for each is kept, and where several are: they stay in 16 registers, and there are
 * enough of them to hide an addition's latency. */
enum { ONE_SUM = 6, SUMS = 3 };
_Static_assert(CLU_KERN_TILE % (ONE_SUM * LANES64) == 0, "tile and register block do not fit");

#define GROUPS(p, vectors) for (size_t p = 0; p < CLU_KERN_TILE; p += (vectors) * LANES64)
#define EACH(q, vectors) _Pragma("GCC unroll 8") for (size_t q = 0; q < (vectors); q++)

static inline vec64 get(const double *p)
{
    vec64 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void put(double *p, vec64 v)
{
    memcpy(p, &v, sizeof v);
}

/* --- squares --- */

/* Partial sum number l of sqdist(): columns l, l + 8, ... */
static inline void square_lane(const double *x, const double *c, size_t step, size_t d, size_t l, vec64 s[SUMS])
{
    EACH(q, SUMS)
        s[q] = SET64(0);
    for (size_t i = l; i < d; i += 8) {
        const vec64 b = SET64(c[i * step]);
        EACH(q, SUMS) {
            vec64 e = get(x + i * CLU_KERN_TILE + q * LANES64) - b;
            s[q] += e * e;
        }
    }
}

/* Lanes l and l + 4, then l + 2 and l + 6: half of sqdist()'s fold. */
static inline void square_half(const double *x, const double *c, size_t step, size_t d, size_t l, vec64 s[SUMS])
{
    vec64 t[SUMS], u[SUMS];

    square_lane(x, c, step, d, l, s);
    square_lane(x, c, step, d, l + 4, t);
    EACH(q, SUMS)
        s[q] += t[q];
    square_lane(x, c, step, d, l + 2, t);
    square_lane(x, c, step, d, l + 6, u);
    EACH(q, SUMS)
        s[q] += t[q] + u[q];
}

enum finish { AS_IS, HALVED, ROOT };

static inline void squares(const double *x, const double *c, size_t step, size_t d, enum finish finish, double *out)
{
    GROUPS(p, SUMS) {
        vec64 s[SUMS], t[SUMS];
        square_half(x + p, c, step, d, 0, s);
        square_half(x + p, c, step, d, 1, t);
        EACH(q, SUMS) {
            s[q] += t[q];
            if (finish == ROOT)
                s[q] = SQRT64(s[q]);
            if (finish == HALVED) /* opposite rows of length 1, but for rounding */
                s[q] = MIN64(s[q] * SET64(0.5), SET64(2));
            put(out + p + q * LANES64, s[q]);
        }
    }
}

static void sqdist_tile(const double *x, const double *c, size_t d, double *out)
{
    squares(x, c, 1, d, AS_IS, out);
}

static void sqeuclidean(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    (void)m;
    squares(x, c, step, d, AS_IS, out);
}

static void euclidean(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    (void)m;
    squares(x, c, step, d, ROOT, out);
}

static void cosine(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    (void)m;
    squares(x, c, step, d, HALVED, out);
}

/* --- sums of distances --- */

/* Vectors that eight numbers take. */
enum { EIGHT = 8 / LANES64 };

/* v[TILE] in eight partial sums, number p in sum p mod 8, folded as sqdist() does; so for every width of vectors. */
static inline double fold_tile(const double *v)
{
    vec64 s[EIGHT];
    double eight[8];

    EACH(q, EIGHT)
        s[q] = get(v + q * LANES64);
    for (size_t p = 8; p < CLU_KERN_TILE; p += 8)
        EACH(q, EIGHT)
            s[q] += get(v + p + q * LANES64);
    EACH(q, EIGHT)
        put(eight + q * LANES64, s[q]);
    return fold(eight);
}

static inline void extent_tile(const double *v, double *least, double *most)
{
    vec64 low[EIGHT], high[EIGHT];
    double eight[8];

    EACH(q, EIGHT)
        low[q] = high[q] = get(v + q * LANES64);
    for (size_t p = 8; p < CLU_KERN_TILE; p += 8)
        EACH(q, EIGHT) {
            low[q] = MIN64(low[q], get(v + p + q * LANES64));
            high[q] = MAX64(high[q], get(v + p + q * LANES64));
        }
    EACH(q, EIGHT)
        put(eight + q * LANES64, low[q]);
    for (size_t l = 0; l < 8; l++)
        *least = eight[l] < *least ? eight[l] : *least;
    EACH(q, EIGHT)
        put(eight + q * LANES64, high[q]);
    for (size_t l = 0; l < 8; l++)
        *most = eight[l] > *most ? eight[l] : *most;
}

static void euclidean_sums(const double *x, const double *c, size_t d, size_t count, double *to, double *sum, double *extent)
{
    _Alignas(64) double v[CLU_KERN_TILE];

    for (size_t i = 0; i < count; i++) {
        squares(x, c + i, CLU_KERN_TILE, d, ROOT, v);
        for (size_t p = 0; p < CLU_KERN_TILE; p += LANES64)
            put(to + p, get(to + p) + get(v + p));
        sum[i] += fold_tile(v);
        if (extent)
            extent_tile(v, &extent[0], &extent[1]);
    }
}

/* --- one sum a point --- */

/* A kernel that goes through the columns once: STEP changes s, a point's sum, by a, its number, and b, the one point's; LAST makes
 * the distance of it. */
#define ONE_PASS(name, STEP, LAST)                                                                                          \
    static void name(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)     \
    {                                                                                                                       \
        const vec64 whole = SET64((double)d);                                                                               \
        (void)m;                                                                                                            \
        (void)whole;                                                                                                        \
        GROUPS(p, ONE_SUM) {                                                                                                \
            vec64 sum[ONE_SUM];                                                                                             \
            EACH(q, ONE_SUM)                                                                                                \
                sum[q] = SET64(0);                                                                                          \
            for (size_t i = 0; i < d; i++) {                                                                                \
                const vec64 b = SET64(c[i * step]);                                                                         \
                EACH(q, ONE_SUM) {                                                                                          \
                    const vec64 a = get(x + i * CLU_KERN_TILE + p + q * LANES64), s = sum[q];                               \
                    sum[q] = STEP;                                                                                          \
                }                                                                                                           \
            }                                                                                                               \
            EACH(q, ONE_SUM) {                                                                                              \
                const vec64 s = sum[q];                                                                                     \
                put(out + p + q * LANES64, LAST);                                                                           \
            }                                                                                                               \
        }                                                                                                                   \
    }

ONE_PASS(manhattan, s + ABS64(a - b), s)
ONE_PASS(chebyshev, MAX64(ABS64(a - b), s), s)
ONE_PASS(hamming, s + DIFFER64(a, b), s / whole)

/* |a - b| / (|a| + |b|). Where the sum overflows, of the halves; where it is nothing, nothing. */
static inline vec64 canberra_of(vec64 a, vec64 b)
{
    const vec64 none = SET64(0), sum = ABS64(a) + ABS64(b);
    const vec64 f = PICK64(SET64(DBL_MAX), sum, SET64(0.5), SET64(1));

    return PICK64(none, sum, ABS64(a * f - b * f) / (ABS64(a * f) + ABS64(b * f)), none);
}

ONE_PASS(canberra, s + canberra_of(a, b), s)

/* --- powers --- */

/* r[TILE] to the power of e, in place. Small whole powers by multiplying: an order faster than pow(). */
static void powers(double *r, double e)
{
    double y[CLU_KERN_TILE];

    if (!(e <= 64 && e == floor(e))) {
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            r[p] = pow(r[p], e);
        return;
    }
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        y[p] = 1;
    for (unsigned left = (unsigned)e; left != 0; left >>= 1) {
        for (size_t p = 0; p < CLU_KERN_TILE && left % 2 == 1; p++)
            y[p] *= r[p];
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            r[p] *= r[p];
    }
    memcpy(r, y, sizeof y);
}

/* In units of the largest difference: its power is 1 then, and high powers neither overflow nor vanish. */
static void minkowski(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    double most[CLU_KERN_TILE], unit[CLU_KERN_TILE], sum[CLU_KERN_TILE] = {0}, r[CLU_KERN_TILE];

    chebyshev(x, c, step, d, m, most);
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        unit[p] = most[p] > 0 && most[p] <= DBL_MAX ? most[p] : 1;
    for (size_t i = 0; i < d; i++) {
        const double b = c[i * step];
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            r[p] = fabs(x[i * CLU_KERN_TILE + p] - b) / unit[p];
        powers(r, m->p);
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            sum[p] += r[p];
    }
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        out[p] = most[p] > 0 && most[p] <= DBL_MAX ? most[p] * pow(sum[p], 1 / m->p) : most[p];
}

/* --- several sums a point --- */

static void jaccard(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    const vec64 none = SET64(0);

    (void)m;
    GROUPS(p, SUMS) {
        vec64 differ[SUMS], any[SUMS];
        EACH(q, SUMS)
            differ[q] = any[q] = none;
        for (size_t i = 0; i < d; i++) {
            const vec64 b = SET64(c[i * step]);
            EACH(q, SUMS) {
                const vec64 a = get(x + i * CLU_KERN_TILE + p + q * LANES64);
                differ[q] += DIFFER64(a, b);
                any[q] += MAX64(a, b);
            }
        }
        EACH(q, SUMS)
            put(out + p + q * LANES64, PICK64(none, any[q], differ[q] / any[q], none));
    }
}

/* One column of SUMS vectors of points against b, which is not missing: by how much they differ, and whether it counts. */
static inline void gower_column(const double *x, double b, enum clu_gower type, double range, vec64 s[SUMS], vec64 count[SUMS])
{
    const vec64 none = SET64(0), one = SET64(1), bs = SET64(b), whole = SET64(range);

    EACH(q, SUMS) {
        const vec64 a = get(x + q * LANES64), missing = DIFFER64(a, a);
        if (type == CLU_GOWER_INTERVAL) {
            const vec64 part = ABS64(a - bs) / whole, bad = DIFFER64(part, part); /* missing, or both beyond DBL_MAX: 1 */
            s[q] += PICK64(none, bad, one - missing, part);
            count[q] += one - missing;
        } else {
            s[q] += DIFFER64(a, bs) - missing;
            count[q] += (type == CLU_GOWER_ASYMMETRIC && b == 0 ? DIFFER64(a, none) : one) - missing;
        }
    }
}

static void gower(const double *x, const double *c, size_t step, size_t d, const struct clu_metric *m, double *out)
{
    GROUPS(p, SUMS) {
        vec64 s[SUMS], count[SUMS];
        EACH(q, SUMS)
            s[q] = count[q] = SET64(0);
        for (size_t i = 0; i < d; i++) {
            const double b = c[i * step], *xi = x + i * CLU_KERN_TILE + p;
            if (b != b)
                continue;
            switch (m->type[i]) {
            case CLU_GOWER_NOMINAL:
                gower_column(xi, b, CLU_GOWER_NOMINAL, 1, s, count);
                break;
            case CLU_GOWER_ASYMMETRIC:
                gower_column(xi, b, CLU_GOWER_ASYMMETRIC, 1, s, count);
                break;
            default:
                gower_column(xi, b, CLU_GOWER_INTERVAL, m->range[i], s, count);
            }
        }
        EACH(q, SUMS)
            put(out + p + q * LANES64, PICK64(SET64(0), count[q], s[q] / count[q], SET64((double)NAN)));
    }
}

#define DIST_TILE                                                                                                           \
    {                                                                                                                       \
        [CLU_EUCLIDEAN] = euclidean, [CLU_SQEUCLIDEAN] = sqeuclidean, [CLU_MANHATTAN] = manhattan,                          \
        [CLU_CHEBYSHEV] = chebyshev, [CLU_MINKOWSKI] = minkowski, [CLU_COSINE] = cosine, [CLU_CORRELATION] = cosine,        \
        [CLU_CANBERRA] = canberra, [CLU_HAMMING] = hamming, [CLU_JACCARD] = jaccard, [CLU_GOWER] = gower                    \
    }
