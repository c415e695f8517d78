/* num/mt19937.h - the Mersenne Twister as numpy's RandomState and Python's random module draw from it.
 *
 * For benchmarks whose data are defined by those draws; what is new takes base/rng. The streams are frozen: numpy calls its own
 * "legacy", and Python keeps random(), sample() and choice() of whole seeds. Integers are exact; normal numbers go through num/elem,
 * so that all values are the same on every machine.
 * Sources: Matsumoto, Nishimura: Mersenne Twister. ACM TOMACS 8(1), 1998, and their mt19937ar.c; numpy/random/src/legacy and
 * distributions.c; Lib/random.py of CPython. */
#ifndef CLU_NUM_MT19937_H
#define CLU_NUM_MT19937_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLU_MT_WORDS 624

struct clu_mt {
    uint32_t word[CLU_MT_WORDS];
    size_t used; /* of word[] */
    bool cached; /* a normal number is left from the last pair */
    double normal;
};

/* --- numpy --- */

void clu_mt_seed(struct clu_mt *m, uint32_t seed); /* numpy.random.seed(seed) */
uint32_t clu_mt_u32(struct clu_mt *m);
double clu_mt_unit(struct clu_mt *m); /* [0, 1), 53 bits */

/* n standard normal numbers by Marsaglia's polar method, as standard_normal(n). */
void clu_mt_normals(struct clu_mt *m, double *out, size_t n);

/* randint(0, n), and the index of choice(list) of n elements; n >= 1. */
uint32_t clu_mt_below(struct clu_mt *m, uint32_t n);

/* shuffle(x), and with x = 0..n-1 permutation(n). */
void clu_mt_shuffle(struct clu_mt *m, uint32_t *x, size_t n);

/* --- Python --- */

void clu_mt_python_seed(struct clu_mt *m, uint32_t seed); /* random.seed(seed) */
uint32_t clu_mt_python_below(struct clu_mt *m, uint32_t n); /* the index of random.choice(list) of n elements; n >= 1 */

/* The indices of random.sample(list, k) of n elements, k <= n, into out[k]. Returns 0, or -1 when memory is exhausted. */
int clu_mt_python_sample(struct clu_mt *m, uint32_t n, uint32_t k, uint32_t *out);

#endif
