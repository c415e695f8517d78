/* tab/mixed.h - tables of mixed columns (numbers, texts, missing values), settled to plain numbers for Gower's coefficient and
 * for hamming.
 *
 * As R's daisy() has it:
 *   interval     numbers; the range is the largest minus the smallest, 1 when that is 0 or there are none
 *   ordered      numbers, or texts in the byte order of the C locale (numbers first): ranks 1..L of the distinct values, from
 *                then on an interval column
 *   nominal      codes 0, 1, 2 ... by first appearance in the column; two numbers are the same by value, two texts by bytes
 *   asymmetric   two different values at most: the higher one, as for ordered, is 1, the other 0. A value that is alone is 1,
 *                but for the number 0
 * A column that holds a text and was not asked for as anything is nominal. Missing values stay NAN. For hamming, for which only
 * equality counts, settle without asks and leave type and range alone.
 * The dictionaries are kept, so that codes can be shown as what stood in the input, and other rows coded alike. */
#ifndef CLU_TAB_MIXED_H
#define CLU_TAB_MIXED_H

#include "base/status.h"
#include "num/dist.h"
#include "tab/level.h"
#include "tab/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns by texts as of -c; what is no feature does not matter. */
struct clu_mixed_ask {
    const char *const *nominal, *const *ordered, *const *asymmetric;
    size_t nominals, ordereds, asymmetrics;
};

/* The different values of a column that is coded: value[i] has code i (ordered: i + 1). */
struct clu_codes {
    double *value;  /* [n] a number, or a text by its level; NAN: the second value of an asymmetric column that has but one */
    size_t n, cap;
    uint32_t *slot; /* [slots] place in value[] + 1, 0: free; open addressing, as in struct clu_levels */
    size_t slots;
};

/* All owned. type and range are what struct clu_metric wants. */
struct clu_mixed {
    size_t d;
    uint8_t *type;           /* [d] enum clu_gower */
    uint8_t *ordered;        /* [d] 1: an interval column of ranks */
    uint8_t *text;           /* [d] 1: a coded column of texts alone, which other rows should be read as: nominal_at of clu_ask */
    double *range;           /* [d] > 0 and finite */
    struct clu_codes *codes; /* [d], empty where numbers are themselves */
    struct clu_levels level; /* the texts of all columns */
};
void clu_mixed_clear(struct clu_mixed *m);

/* Settle the table: its matrix (doubles) is rewritten in place, its levels move to m. O(n d), beside sorting the distinct
 * values of ordered columns. CLU_USAGE as clu_columns_pick(), "column 2 (b) cannot be both nominal and ordered"; CLU_DATA
 * "column 2 (b) has 3 different values, but an asymmetric column has two", "column 2 (b): the range of its values overflows". */
enum clu_status clu_mixed_settle(struct clu_mixed *m, struct clu_table *t, const struct clu_mixed_ask *ask,
                                 struct clu_err *err);

/* Other rows, as they were read (texts by the levels of their reader), to the same codes, in place. A value that a nominal column
 * does not know gets a code that equals none of its own. first is the number of the first row, from 0, for messages: CLU_DATA
 * "row 12: column 2 (b): not a number: 'x'", "...: not one of the ordered values: 'x'", "...: neither of the two values: 'x'". */
enum clu_status clu_mixed_enter(const struct clu_mixed *m, const struct clu_levels *level, const struct clu_schema *s,
                                uint64_t first, double *x /* [rows][d] */, size_t rows, struct clu_err *err);

/* What a settled value of column j was: its text, with its length; or NULL, and *number holds a number (NAN: missing, or a value
 * that was not known). */
const char *clu_mixed_text(const struct clu_mixed *m, size_t j, double code, size_t *len, double *number);

/* The settled value of a number or a text in column j. false when the column does not know it; *code is then what the column's
 * codes do not have. A number in a column that is not coded is itself; a text is not known there. */
bool clu_mixed_number_code(const struct clu_mixed *m, size_t j, double number, double *code);
bool clu_mixed_text_code(const struct clu_mixed *m, size_t j, const char *s, size_t len, double *code);

/* Make one by hand: d interval columns of range 1, whose type, ordered and range may be set; then the values of the coded ones in
 * order of their codes (NAN: none), CLU_DATA for one that is there; then finish. */
enum clu_status clu_mixed_init(struct clu_mixed *m, size_t d, struct clu_err *err);
enum clu_status clu_mixed_add_number(struct clu_mixed *m, size_t j, double number, struct clu_err *err);
enum clu_status clu_mixed_add_text(struct clu_mixed *m, size_t j, const char *s, size_t len, struct clu_err *err);
void clu_mixed_finish(struct clu_mixed *m);

/* Is column j coded: nominal, ordered, asymmetric? */
static inline bool clu_mixed_coded(const struct clu_mixed *m, size_t j)
{
    return m->ordered[j] || m->type[j] != CLU_GOWER_INTERVAL;
}

#endif
