/* num/kern_gauss.inc.h - the kernels of Gaussian mixtures (alg/gmm); included by num/kern_target.c.
 *
 * Points are in lanes. A group is ROWS_AT_ONCE vectors of points, which meet GAUSS_ROWS rows of a triangle: each loaded vector and
 * each broadcast number is used several times, so the loops are bound by arithmetic. Triangles are cut into blocks whose number of rows
 * is known when compiling, so that no product above a diagonal is formed. */

enum {
    GAUSS_GROUP = ROWS_AT_ONCE * LANES64,
    GAUSS_ROWS = 4,
    GAUSS_COLS = LANES64 == 8 ? 4 : 2 /* GAUSS_ROWS times as many sums: 16 of 32 registers, or 8 of 16 */
};

/* Loops over the registers of a block. clang takes "GCC unroll" too late to keep such arrays in registers. */
#ifdef __clang__
#define GAUSS_UNROLL _Pragma("clang loop unroll(full)")
#else
#define GAUSS_UNROLL _Pragma("GCC unroll 8")
#endif

#define GAUSS_INLINE static inline __attribute__((always_inline))

typedef int64_t gauss_bits __attribute__((vector_size(LANES64 * 8)));

/* exp(r) for |r| <= log(2) / 2: a polynomial, which meets exp in the 12 nodes of Chebyshev (relative error 3e-18). */
GAUSS_INLINE vec64 exp_near_0(vec64 r)
{
    vec64 y = SET64(0x1.af631d03b18bfp-26);
#define GAUSS_TERM(c) y = MADD64(y, r, SET64(c))
    GAUSS_TERM(0x1.28b40581fba5cp-22);
    GAUSS_TERM(0x1.71ddf5749b43dp-19);
    GAUSS_TERM(0x1.a01991ac8440bp-16);
    GAUSS_TERM(0x1.a01a01b14379ap-13);
    GAUSS_TERM(0x1.6c16c187fbe13p-10);
    GAUSS_TERM(0x1.111111110f225p-7);
    GAUSS_TERM(0x1.555555554f0cep-5);
    GAUSS_TERM(0x1.555555555555ap-3);
    GAUSS_TERM(0x1.0000000000011p-1);
    GAUSS_TERM(1.0);
    GAUSS_TERM(1.0);
#undef GAUSS_TERM
    return y;
}

/* exp(x) for x <= 0, good to an ulp; 0 below -700. A power of two, which the last bits of x / log 2 plus 1.5 * 2^52 hold, times
 * exp() of the rest. */
GAUSS_INLINE vec64 gauss_exp(vec64 x)
{
    vec64 low = SET64(-700.0), in = MAX64(x, low);
    vec64 shifted = MADD64(in, SET64(0x1.71547652b82fep0), SET64(0x1.8p52)), n = shifted - SET64(0x1.8p52);
    vec64 r = MADD64(n, SET64(-0x1.62e42fefa38p-1), in);
    r = MADD64(n, SET64(-0x1.ef35793c7673p-45), r);
    gauss_bits bits = (gauss_bits)exp_near_0(r) + ((gauss_bits)shifted << 52);
    return PICK64(x, low, SET64(0.0), (vec64)bits);
}

/* --- densities --- */

/* q[] += the squares of rows a .. a + rows - 1 of whiten z, for a group of points z[d][GROUP]. */
GAUSS_INLINE void gauss_rows(const double *z, const double *whiten, size_t d, size_t a, const int rows, vec64 *q)
{
    const double *w = whiten + a * d;
    vec64 v[GAUSS_ROWS][ROWS_AT_ONCE], zv[ROWS_AT_ONCE];

GAUSS_UNROLL
    for (int r = 0; r < rows; r++)
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            v[r][g] = SET64(0.0);
    for (size_t b = 0; b < a; b++) {
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            zv[g] = LOAD64(z + b * GAUSS_GROUP + g * LANES64);
GAUSS_UNROLL
        for (int r = 0; r < rows; r++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++)
                v[r][g] = MADD64(SET64(w[(size_t)r * d + b]), zv[g], v[r][g]);
    }
GAUSS_UNROLL
    for (int c = 0; c < rows; c++) {
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            zv[g] = LOAD64(z + (a + (size_t)c) * GAUSS_GROUP + g * LANES64);
GAUSS_UNROLL
        for (int r = c; r < rows; r++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++)
                v[r][g] = MADD64(SET64(w[(size_t)r * d + a + (size_t)c]), zv[g], v[r][g]);
    }
GAUSS_UNROLL
    for (int r = 0; r < rows; r++)
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            q[g] = MADD64(v[r][g], v[r][g], q[g]);
}

/* out[GROUP] = offset - q / 2, cut where it would be infinite or is no number. */
GAUSS_INLINE void gauss_out(const vec64 *q, double offset, double *out)
{
    vec64 low = SET64(-0x1p1000);
GAUSS_UNROLL
    for (int g = 0; g < ROWS_AT_ONCE; g++) {
        vec64 v = MADD64(SET64(-0.5), q[g], SET64(offset));
        STORE64(out + g * LANES64, PICK64(low, v, v, low));
    }
}

static void gauss_full(const double *x, size_t points, size_t d, const double *mean, const double *whiten, double offset, double *z,
                       double *out)
{
    for (size_t p = 0; p < points; p += GAUSS_GROUP) {
        vec64 q[ROWS_AT_ONCE];
        size_t a = 0;
        for (size_t i = 0; i < d; i++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++)
                STORE64(z + i * GAUSS_GROUP + g * LANES64, LOAD64(x + i * CLU_KERN_TILE + p + g * LANES64) - SET64(mean[i]));
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            q[g] = SET64(0.0);
        for (; a + GAUSS_ROWS <= d; a += GAUSS_ROWS)
            gauss_rows(z, whiten, d, a, GAUSS_ROWS, q);
        switch (d - a) {
        case 3:
            gauss_rows(z, whiten, d, a, 3, q);
            break;
        case 2:
            gauss_rows(z, whiten, d, a, 2, q);
            break;
        case 1:
            gauss_rows(z, whiten, d, a, 1, q);
            break;
        default:
            break;
        }
        gauss_out(q, offset, out + p);
    }
}

static void gauss_diag(const double *x, size_t points, size_t d, const double *minus, const double *scale, double offset, double *out)
{
    for (size_t p = 0; p < points; p += GAUSS_GROUP) {
        vec64 q[ROWS_AT_ONCE];
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++)
            q[g] = SET64(0.0);
        for (size_t i = 0; i < d; i++) {
            vec64 m = SET64(minus[i]), s = SET64(scale[i]);
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++) {
                vec64 v = MADD64(LOAD64(x + i * CLU_KERN_TILE + p + g * LANES64), s, m);
                q[g] = MADD64(v, v, q[g]);
            }
        }
        gauss_out(q, offset, out + p);
    }
}

/* --- responsibilities --- */

static void gauss_share(double *p, size_t points, size_t k, const double *w, double *most, double *sum)
{
    for (size_t i = 0; i < points; i += GAUSS_GROUP) {
        vec64 top[ROWS_AT_ONCE], all[ROWS_AT_ONCE];
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++) {
            top[g] = SET64(-0x1p1000);
            all[g] = SET64(0.0);
        }
        for (size_t j = 0; j < k; j++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++)
                top[g] = MAX64(top[g], LOAD64(p + j * CLU_KERN_TILE + i + g * LANES64));
        for (size_t j = 0; j < k; j++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++) {
                double *at = p + j * CLU_KERN_TILE + i + g * LANES64;
                vec64 e = gauss_exp(LOAD64(at) - top[g]);
                all[g] += e;
                STORE64(at, e);
            }
GAUSS_UNROLL
        for (int g = 0; g < ROWS_AT_ONCE; g++) {
            STORE64(most + i + g * LANES64, top[g]);
            STORE64(sum + i + g * LANES64, all[g]);
            all[g] = LOAD64(w + i + g * LANES64) / all[g];
        }
        for (size_t j = 0; j < k; j++)
GAUSS_UNROLL
            for (int g = 0; g < ROWS_AT_ONCE; g++) {
                double *at = p + j * CLU_KERN_TILE + i + g * LANES64;
                STORE64(at, LOAD64(at) * all[g]);
            }
    }
}

/* --- sums --- */

/* Is any of r[vectors] above 0? */
GAUSS_INLINE int gauss_any(const double *r, size_t vectors)
{
    double lane[LANES64] __attribute__((aligned(64))), any = 0;
    vec64 sum = LOAD64(r);

    for (size_t v = 1; v < vectors; v++)
        sum += LOAD64(r + v * LANES64);
    STORE64(lane, sum);
    for (int q = 0; q < LANES64; q++)
        any += lane[q];
    return any > 0;
}

/* The products of u[rows][TILE] with z[cols][TILE], into the sums of row a (of the triangle) and so on, from column b on; on the
 * diagonal, where rows is cols, those above it are left out. */
GAUSS_INLINE void gauss_block(const double *u, const double *z, size_t vectors, size_t a, size_t b, const int rows, const int cols,
                              const int diagonal, double *acc)
{
    vec64 s[GAUSS_ROWS][GAUSS_ROWS];
    double *at[GAUSS_ROWS];

GAUSS_UNROLL
    for (int r = 0; r < rows; r++) {
        size_t row = a + (size_t)r;
        at[r] = acc + (row * (row + 1) / 2 + b) * LANES64;
GAUSS_UNROLL
        for (int c = 0; c < cols; c++)
            if (!diagonal || c <= r)
                s[r][c] = LOAD64(at[r] + c * LANES64);
    }
    for (size_t v = 0; v < vectors; v++) {
        vec64 uv[GAUSS_ROWS];
GAUSS_UNROLL
        for (int r = 0; r < rows; r++)
            uv[r] = LOAD64(u + (size_t)r * CLU_KERN_TILE + v * LANES64);
GAUSS_UNROLL
        for (int c = 0; c < cols; c++) {
            vec64 zv = LOAD64(z + (size_t)c * CLU_KERN_TILE + v * LANES64);
GAUSS_UNROLL
            for (int r = 0; r < rows; r++)
                if (!diagonal || c <= r)
                    s[r][c] = MADD64(uv[r], zv, s[r][c]);
        }
    }
GAUSS_UNROLL
    for (int r = 0; r < rows; r++)
GAUSS_UNROLL
        for (int c = 0; c < cols; c++)
            if (!diagonal || c <= r)
                STORE64(at[r] + c * LANES64, s[r][c]);
}

/* Rows a .. a + rows - 1 of the triangle: u = r z of these rows, then block by block. On a diagonal the sums of rows rows fit the
 * registers too: they are a triangle. */
GAUSS_INLINE void gauss_band(const double *z, const double *r, size_t vectors, size_t a, const int rows, double *u, double *acc)
{
    size_t b = 0;

GAUSS_UNROLL
    for (int i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            STORE64(u + i * CLU_KERN_TILE + v * LANES64,
                    LOAD64(z + (a + (size_t)i) * CLU_KERN_TILE + v * LANES64) * LOAD64(r + v * LANES64));
    for (; b < a; b += GAUSS_COLS)
        gauss_block(u, z + b * CLU_KERN_TILE, vectors, a, b, rows, GAUSS_COLS, 0, acc);
    gauss_block(u, z + a * CLU_KERN_TILE, vectors, a, a, rows, rows, 1, acc);
}

static void gauss_add_full(const double *x, size_t points, size_t d, const double *mean, const double *r, double *z, double *acc)
{
    double *u = z + (d + 1) * CLU_KERN_TILE;
    size_t vectors = (points + LANES64 - 1) / LANES64, a = 0;

    if (!gauss_any(r, vectors))
        return;
    for (size_t i = 0; i < d; i++) {
        vec64 m = SET64(mean[i]);
        for (size_t v = 0; v < vectors; v++)
            STORE64(z + i * CLU_KERN_TILE + v * LANES64, LOAD64(x + i * CLU_KERN_TILE + v * LANES64) - m);
    }
    for (size_t v = 0; v < vectors; v++)
        STORE64(z + d * CLU_KERN_TILE + v * LANES64, SET64(1.0));
    for (; a + GAUSS_ROWS <= d + 1; a += GAUSS_ROWS)
        gauss_band(z, r, vectors, a, GAUSS_ROWS, u, acc);
    switch (d + 1 - a) {
    case 3:
        gauss_band(z, r, vectors, a, 3, u, acc);
        break;
    case 2:
        gauss_band(z, r, vectors, a, 2, u, acc);
        break;
    case 1:
        gauss_band(z, r, vectors, a, 1, u, acc);
        break;
    default:
        break;
    }
}

static void gauss_add_diag(const double *x, size_t points, size_t d, const double *minus, const double *scale, const double *r,
                           double *acc)
{
    size_t vectors = (points + LANES64 - 1) / LANES64;
    double *first = acc + 2 * d * LANES64;

    if (!gauss_any(r, vectors))
        return;
    for (size_t i = 0; i < d; i++) {
        vec64 m = SET64(minus[i]), s = SET64(scale[i]);
        vec64 sum = LOAD64(acc + 2 * i * LANES64), square = LOAD64(acc + (2 * i + 1) * LANES64);
        for (size_t v = 0; v < vectors; v++) {
            vec64 z = MADD64(LOAD64(x + i * CLU_KERN_TILE + v * LANES64), s, m), u = z * LOAD64(r + v * LANES64);
            sum += u;
            square = MADD64(u, z, square);
        }
        STORE64(acc + 2 * i * LANES64, sum);
        STORE64(acc + (2 * i + 1) * LANES64, square);
    }
    vec64 sum = LOAD64(first);
    for (size_t v = 0; v < vectors; v++)
        sum += LOAD64(r + v * LANES64);
    STORE64(first, sum);
}

static void gauss_fold(double *acc, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++, acc += LANES64) {
        double s = 0;
        for (int q = 0; q < LANES64; q++)
            s += acc[q];
        sum[i] += s;
        STORE64(acc, SET64(0.0));
    }
}
