/* num/exsum.h - reproducible sums of columns: exact, so the order of the terms cannot matter.
 *
 * Every term is cut into parts that are multiples of a quantum fixed for its column, and each part is summed by
 * itself; no addition rounds, so terms can be added and taken away again in any order, by any number of threads, with the
 * same bits in the end. The quanta follow from the column's largest magnitude and the number of terms; there are as many parts
 * (at most CLU_KERN_PARTS) as the smallest magnitude asks for, and a term smaller than the last quantum is rounded to it.
 * Up to 2^20 terms that quantum is at least 2^-127 of the column's largest magnitude, when all parts are needed.
 * Source: pre-rounding as in Demmel and Nguyen, Fast reproducible floating-point summation, ARITH 2013, with the
 * bounds known beforehand instead of found on the way.
 * Cost: 4 additions a part and column. */
#ifndef CLU_NUM_EXSUM_H
#define CLU_NUM_EXSUM_H

#include <stddef.h>

struct clu_exsum {
    size_t cols, parts;
    double *magic; /* [parts][cols], owned: adding and subtracting it rounds to the part's quantum */
};

/* absmax[cols], tiny[cols]: largest and least nonzero magnitude of any term in a column (HUGE_VAL when
 * all are 0); count: more terms than any sum will ever hold. Magnitudes up to 2^960. 0, or -1 without memory. */
int clu_exsum_init(struct clu_exsum *e, size_t cols, const double *absmax, const double *tiny, size_t count);
void clu_exsum_clear(struct clu_exsum *e);

/* Numbers in one accumulator, which is an array of zeros to begin with. */
static inline size_t clu_exsum_size(const struct clu_exsum *e)
{
    return e->parts * e->cols;
}

/* Move the terms y[cols] from one accumulator to another; NULL stands for outside. */
void clu_exsum_move(const struct clu_exsum *e, const double *y, double *from, double *to);

/* Add an accumulator to another and zero it. */
void clu_exsum_fold(const struct clu_exsum *e, double *from, double *to);

/* The sum of column i, rounded once to double (but for the last bit when three parts overlap). */
double clu_exsum_get(const struct clu_exsum *e, const double *acc, size_t i);

#endif
