/* num/kern_vec.h - the few vector operations that the kernels are written in, for the target being compiled.
 *
 * For VEC64 (double) and VEC32 (float): the type, LANES, and LOAD STORE SET1 MADD(a,b,c)=a*b+c MIN MAX ABS and
 * PICK(v, best, yes, no) = v < best ? yes : no, lane by lane; of doubles also SQRT and DIFFER(a, b) = a != b ? 1 : 0, where
 * a NAN differs from itself. The operators + - * / stand for themselves. Only for num/kern_target.c. */
#ifndef CLU_NUM_KERN_VEC_H
#define CLU_NUM_KERN_VEC_H

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512d vec64;
typedef __m512 vec32;
#define LANES64 8
#define LANES32 16
#define ROWS_AT_ONCE 3 /* vectors of points beside BLOCK centres: 24 sums of the 32 registers */
#define CENTRES_AT_ONCE 8
#define LOAD64(p) _mm512_load_pd(p)
#define STORE64(p, v) _mm512_store_pd(p, v)
#define SET64(x) _mm512_set1_pd(x)
#define MADD64(a, b, c) _mm512_fmadd_pd(a, b, c)
#define MIN64(a, b) _mm512_min_pd(a, b)
#define MAX64(a, b) _mm512_max_pd(a, b)
#define PICK64(v, best, yes, no) _mm512_mask_blend_pd(_mm512_cmp_pd_mask(v, best, _CMP_LT_OQ), no, yes)
#define ABS64(v) _mm512_abs_pd(v)
#define SQRT64(v) _mm512_sqrt_pd(v)
#define DIFFER64(a, b) _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(a, b, _CMP_NEQ_UQ), _mm512_set1_pd(1))
#define LOAD32(p) _mm512_load_ps(p)
#define STORE32(p, v) _mm512_store_ps(p, v)
#define SET32(x) _mm512_set1_ps(x)
#define MADD32(a, b, c) _mm512_fmadd_ps(a, b, c)
#define MIN32(a, b) _mm512_min_ps(a, b)
#define MAX32(a, b) _mm512_max_ps(a, b)
#define ABS32(v) _mm512_abs_ps(v)
#define PICK32(v, best, yes, no) _mm512_mask_blend_ps(_mm512_cmp_ps_mask(v, best, _CMP_LT_OQ), no, yes)

#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
typedef __m256d vec64;
typedef __m256 vec32;
#define LANES64 4
#define LANES32 8
#define ROWS_AT_ONCE 3 /* 12 sums, 3 points, 1 centre: all 16 registers */
#define CENTRES_AT_ONCE 4
#define LOAD64(p) _mm256_load_pd(p)
#define STORE64(p, v) _mm256_store_pd(p, v)
#define SET64(x) _mm256_set1_pd(x)
#define MADD64(a, b, c) _mm256_fmadd_pd(a, b, c)
#define MIN64(a, b) _mm256_min_pd(a, b)
#define MAX64(a, b) _mm256_max_pd(a, b)
#define PICK64(v, best, yes, no) _mm256_blendv_pd(no, yes, _mm256_cmp_pd(v, best, _CMP_LT_OQ))
#define ABS64(v) _mm256_andnot_pd(_mm256_set1_pd(-0.0), v)
#define SQRT64(v) _mm256_sqrt_pd(v)
#define DIFFER64(a, b) _mm256_and_pd(_mm256_cmp_pd(a, b, _CMP_NEQ_UQ), _mm256_set1_pd(1))
#define LOAD32(p) _mm256_load_ps(p)
#define STORE32(p, v) _mm256_store_ps(p, v)
#define SET32(x) _mm256_set1_ps(x)
#define MADD32(a, b, c) _mm256_fmadd_ps(a, b, c)
#define MIN32(a, b) _mm256_min_ps(a, b)
#define MAX32(a, b) _mm256_max_ps(a, b)
#define ABS32(v) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v)
#define PICK32(v, best, yes, no) _mm256_blendv_ps(no, yes, _mm256_cmp_ps(v, best, _CMP_LT_OQ))

#else /* 16-byte vectors in the compilers' portable notation: SSE2, NEON, VSX */
#include <math.h>
#include <stdint.h>
#include <string.h>
typedef double vec64 __attribute__((vector_size(16)));
typedef float vec32 __attribute__((vector_size(16)));
typedef int64_t mask64 __attribute__((vector_size(16)));
typedef int32_t mask32 __attribute__((vector_size(16)));
#define LANES64 2
#define LANES32 4
#define ROWS_AT_ONCE 2
#define CENTRES_AT_ONCE 4
#define LOAD64(p) (*(const vec64 *)(const void *)(p))
#define STORE64(p, v) (*(vec64 *)(void *)(p) = (v))
#define SET64(x) ((vec64){(x), (x)})
#define MADD64(a, b, c) ((a) * (b) + (c))
#define PICK64(v, best, yes, no) \
    ((vec64)(((mask64)(yes) & (mask64)((v) < (best))) | ((mask64)(no) & ~(mask64)((v) < (best)))))
#define MIN64(a, b) PICK64(a, b, a, b)
#define MAX64(a, b) PICK64(a, b, b, a)
#define ABS64(v) ((vec64)((mask64)(v) & INT64_MAX))
#define SQRT64(v) ((vec64){sqrt((v)[0]), sqrt((v)[1])})
#define DIFFER64(a, b) ((vec64)((mask64)((a) != (b)) & (mask64)SET64(1.0)))
#define LOAD32(p) (*(const vec32 *)(const void *)(p))
#define STORE32(p, v) (*(vec32 *)(void *)(p) = (v))
#define SET32(x) ((vec32){(x), (x), (x), (x)})
#define MADD32(a, b, c) ((a) * (b) + (c))
#define PICK32(v, best, yes, no) \
    ((vec32)(((mask32)(yes) & (mask32)((v) < (best))) | ((mask32)(no) & ~(mask32)((v) < (best)))))
#define MIN32(a, b) PICK32(a, b, a, b)
#define ABS32(v) ((vec32)((mask32)(v) & INT32_MAX))
#define MAX32(a, b) PICK32(a, b, b, a)
#endif

#endif
