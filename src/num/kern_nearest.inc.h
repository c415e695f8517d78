/* num/kern_nearest.inc.h - the nearest-centre kernel, once for each precision; included by num/kern_target.c with
 * T (element), V (vector), LANES, NEAREST (name) and the operations LOAD STORE SET MADD MIN MAX PICK defined.
 *
 * ROWS_AT_ONCE vectors of points meet CENTRES_AT_ONCE centres: each loaded vector and each broadcast number is
 * used several times, so the loop is bound by arithmetic, not by loads. The number of the best centre is carried as
 * a T (exact up to 2^24). */

static void NEAREST(const T *x, const T *c, const T *cn, size_t d, size_t k, T *best, T *second, int32_t *which)
{
    enum { POINTS = ROWS_AT_ONCE * LANES };

    for (size_t p0 = 0; p0 < CLU_KERN_TILE; p0 += POINTS) {
        V low[ROWS_AT_ONCE], next[ROWS_AT_ONCE], at[ROWS_AT_ONCE];
        for (int r = 0; r < ROWS_AT_ONCE; r++) {
            low[r] = next[r] = SET((T)HUGE_VAL);
            at[r] = SET((T)0);
        }
        for (size_t j = 0; j < k; j += CENTRES_AT_ONCE) {
            const T *cj = c + (j / CLU_KERN_BLOCK) * d * CLU_KERN_BLOCK + j % CLU_KERN_BLOCK;
            V sum[CENTRES_AT_ONCE][ROWS_AT_ONCE];
#pragma GCC unroll 8
            for (int q = 0; q < CENTRES_AT_ONCE; q++)
#pragma GCC unroll 8
                for (int r = 0; r < ROWS_AT_ONCE; r++)
                    sum[q][r] = SET(cn[j + (size_t)q]);
            for (size_t i = 0; i < d; i++) {
                const T *xi = x + i * CLU_KERN_TILE + p0;
                const T *ci = cj + i * CLU_KERN_BLOCK;
                V xv[ROWS_AT_ONCE];
#pragma GCC unroll 8
                for (int r = 0; r < ROWS_AT_ONCE; r++)
                    xv[r] = LOAD(xi + r * LANES);
#pragma GCC unroll 8
                for (int q = 0; q < CENTRES_AT_ONCE; q++) {
                    V cv = SET(ci[q]);
#pragma GCC unroll 8
                    for (int r = 0; r < ROWS_AT_ONCE; r++)
                        sum[q][r] = MADD(cv, xv[r], sum[q][r]);
                }
            }
#pragma GCC unroll 8
            for (int q = 0; q < CENTRES_AT_ONCE; q++) {
                V number = SET((T)(j + (size_t)q));
#pragma GCC unroll 8
                for (int r = 0; r < ROWS_AT_ONCE; r++) {
                    V v = sum[q][r];
                    at[r] = PICK(v, low[r], number, at[r]);
                    next[r] = MIN(next[r], MAX(low[r], v));
                    low[r] = MIN(low[r], v);
                }
            }
        }
        T number[POINTS] __attribute__((aligned(64)));
        for (int r = 0; r < ROWS_AT_ONCE; r++) {
            STORE(best + p0 + r * LANES, low[r]);
            STORE(second + p0 + r * LANES, next[r]);
            STORE(number + r * LANES, at[r]);
        }
        for (size_t p = 0; p < POINTS; p++)
            which[p0 + p] = (int32_t)number[p];
    }
}
