/* cli/compare.h - two tables of results, paired and tested measure by measure (Degen et al. 2025: the paired tests of the CSTS protocol).
 *
 * Rows are paired by subject_id and clustering_desc, as far as both tables have these columns, else by their order. A measure is a
 * column of numbers that both have. A missing or infinite value leaves its pair out, for that measure. */
#ifndef CLU_CLI_COMPARE_H
#define CLU_CLI_COMPARE_H

#include "cli/tool.h"
#include "num/signed_rank.h"

/* {0} is empty; arrays owned. */
struct clu_compare {
    struct clu_table table[2];
    size_t pairs, *row[2];       /* [pairs] */
    size_t measures, *column[2]; /* [measures] places among the features */
};
void clu_compare_clear(struct clu_compare *c);

/* Read both (a NULL: stdin) and pair their rows. measures: names, with commas between; NULL: all that there are, in the order of a.
 * CLU_DATA: a row without a partner, two rows of one subject and clustering, different numbers of rows where order pairs them, no measure.
 * CLU_USAGE: an unknown measure, or one listed twice. O(n log n). */
enum clu_status clu_compare_read(struct clu_compare *c, const char *a, const char *b, const char *measures, char delimiter,
                                 const struct clu_run *run, struct clu_err *err);

struct clu_compared {
    struct clu_signed_rank test; /* of a - b */
    double median[2];            /* NAN: no pairs */
    double p_bonferroni;         /* p times the number of tests, at most 1 */
    double power, needed;        /* of the t-test at this effect size and level alpha / tests, with nonzero pairs; pairs for a power of 0.8 */
};

/* Measure i, as one of so many tests of level alpha together. */
enum clu_status clu_compare_measure(struct clu_compared *out, const struct clu_compare *c, size_t i, double alpha, size_t tests,
                                    struct clu_err *err);

/* A line a measure. tests 0: as many as there are measures. */
enum clu_status clu_compare_print(struct clu_cli *cli, const struct clu_compare *c, double alpha, size_t tests, struct clu_err *err);

#endif
