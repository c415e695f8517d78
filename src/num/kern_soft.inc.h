/* num/kern_soft.inc.h - the kernel of measures over all warping paths (num/soft.h); included by num/kern_target.c.
 *
 * Their recurrences need an exp for each of three neighbours and a log, in logarithms. Here each number has an exponent of its own instead:
 * a cell costs one exp, which waits for no other cell, and products with powers of two, which are made of bits. */

typedef uint64_t soft_bits __attribute__((vector_size(LANES64 * 8)));

/* Antidiagonals begin anywhere. */
GAUSS_INLINE vec64 soft_load(const double *p)
{
    vec64 v;
    memcpy(&v, p, sizeof v);
    return v;
}

GAUSS_INLINE void soft_store(double *p, vec64 v)
{
    memcpy(p, &v, sizeof v);
}

GAUSS_INLINE vec64 soft_all(double v)
{
    return SET64(v);
}

/* 2^e for integers e <= 0, as small as nothing below -1000: the last bits of e plus 1.5 * 2^52 and the bias are the exponent. */
GAUSS_INLINE vec64 soft_power(vec64 e)
{
    vec64 shifted = MAX64(e, soft_all(-1000.0)) + soft_all(0x1.8p52 + 1023);
    return (vec64)((soft_bits)shifted << 52);
}

/* exp(x), x <= 0, as a mantissa near 1 and an exponent. Beyond 2^52 x has no fraction, and what is left of it means nothing. */
GAUSS_INLINE vec64 soft_exp(vec64 x, vec64 *exponent)
{
    x = MAX64(x, soft_all(-0x1p960)); /* no infinity, whose differences are no numbers */
    vec64 n = MADD64(x, soft_all(0x1.71547652b82fep0), soft_all(0x1.8p52)) - soft_all(0x1.8p52);
    vec64 r = MADD64(n, soft_all(-0x1.62e42fefa38p-1), x);
    r = MADD64(n, soft_all(-0x1.ef35793c7673p-45), r);
    *exponent = n;
    return exp_near_0(MIN64(MAX64(r, soft_all(-0.35)), soft_all(0.35)));
}

static void soft_cells(const struct clu_soft_cells *c, size_t count, size_t i, size_t j, const double *one, const double *two,
                       double *out)
{
    const double *x = c->x + i, *y = c->y - j;
    const double *one_e = one + c->room, *two_e = two + c->room;

    for (size_t q = 0; q < count; q += LANES64) {
        vec64 square = soft_all(0), up = soft_load(one_e + q), left = soft_load(one_e + q + 1), across = soft_load(two_e + q), e;
        for (size_t a = 0; a < c->channels; a++) {
            vec64 d = soft_load(x + a * c->step_x + q) - soft_load(y + a * c->step_y + q);
            square = MADD64(d, d, square);
        }
        vec64 k = soft_exp(square * soft_all(c->times), &e);
        if (c->kernel)
            k = k / (soft_all(2) - k * soft_power(e));
        vec64 most = MAX64(MAX64(up, left), across);
        vec64 sum = soft_load(one + q) * soft_power(up - most) + soft_load(one + q + 1) * soft_power(left - most);
        sum = (sum + soft_load(two + q) * soft_power(across - most)) * k;
        soft_bits bits = (soft_bits)sum;
        vec64 grown = (vec64)((bits >> 52) | (soft_bits)soft_all(0x1p52)) - soft_all(0x1p52 + 1023);
        soft_store(out + q, (vec64)((bits & 0xfffffffffffff) | (soft_bits)soft_all(1)));
        soft_store(out + c->room + q, most + (e + grown));
    }
}
