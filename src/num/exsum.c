#include "num/exsum.h"

#include "base/mem.h"
#include "num/kern.h"

#include <math.h>

/* Bits of the significand; a part's sum must stay below 2^DIGITS quanta to be exact. */
#define DIGITS 53

int clu_exsum_init(struct clu_exsum *e, size_t cols, const double *absmax, const double *tiny, size_t count)
{
    int room = 1; /* bits by which a sum can outgrow its terms */
    while (room < 64 && (count >> room) != 0)
        room++;

    /* magic = 1.5 * 2^52 quanta: x + magic has its last bit worth one quantum while |x| <= 2^51 quanta. The
     * first quantum holds absmax in DIGITS - 2 - room bits, so that count terms fit into 2^(DIGITS - 2). */
    e->cols = cols;
    e->parts = 1;
    e->magic = clu_calloc(cols * CLU_KERN_PARTS, sizeof *e->magic);
    if (!e->magic)
        return -1;
    for (size_t i = 0; i < cols; i++) {
        int top = 0, bottom = 0;
        frexp(absmax[i], &top);              /* absmax < 2^top */
        frexp(tiny[i] < HUGE_VAL ? tiny[i] : 1, &bottom);
        bottom -= DIGITS; /* the last bit of the smallest term */
        int quantum = top + room - (DIGITS - 2);
        for (size_t q = 0; q < CLU_KERN_PARTS; q++) {
            if (absmax[i] > 0 && quantum > -1020)
                e->magic[q * cols + i] = ldexp(1.5, quantum + DIGITS - 1);
            if (absmax[i] > 0 && quantum > bottom && q + 1 < CLU_KERN_PARTS && q + 2 > e->parts)
                e->parts = q + 2;
            quantum -= DIGITS - 2 - room + 1; /* what a part leaves is at most half its quantum */
        }
    }
    return 0;
}

void clu_exsum_clear(struct clu_exsum *e)
{
    clu_free(e->magic);
    *e = (struct clu_exsum){0};
}

void clu_exsum_move(const struct clu_exsum *e, const double *y, double *from, double *to)
{
    clu_kern()->exsum_move(y, e->magic, e->parts, e->cols, from, to);
}

void clu_exsum_fold(const struct clu_exsum *e, double *from, double *to)
{
    for (size_t i = 0; i < clu_exsum_size(e); i++) {
        to[i] += from[i];
        from[i] = 0;
    }
}

double clu_exsum_get(const struct clu_exsum *e, const double *acc, size_t i)
{
    double sum = 0;
    for (size_t q = e->parts; q-- > 0;) /* small to large, so that the last addition rounds the true sum */
        sum += acc[q * e->cols + i];
    return sum;
}
