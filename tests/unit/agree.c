/* alg/contingency.h, alg/agree.h: counts and measures, by brute force. */
#include "unit.h"

#include "alg/agree.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

static struct clu_err err;
static const struct clu_run run = {.threads = 1};

static struct clu_agree_opt all(int mean)
{
    struct clu_agree_opt opt = {.mean = mean};
    for (int i = 0; i < CLU_AGREE_MEASURES; i++)
        opt.want[i] = true;
    return opt;
}

/* Labels 0..k-1, none empty where n allows it. */
static void random_labels(int32_t *label, size_t n, size_t k, struct clu_rng *r)
{
    for (size_t i = 0; i < n; i++)
        label[i] = (int32_t)(i < k ? i : clu_rng_below(r, k));
    for (size_t i = n; i > 1; i--) {
        size_t j = clu_rng_below(r, i);
        int32_t t = label[i - 1];
        label[i - 1] = label[j];
        label[j] = t;
    }
}

static uint64_t cell(const struct clu_contingency *t, size_t i, size_t j)
{
    for (size_t c = t->start[i]; c < t->start[i + 1]; c++)
        if ((size_t)t->col[c] == j)
            return t->count[c];
    return 0;
}

/* --- counts --- */

static void check_counts(size_t n, size_t rows, size_t cols, struct clu_rng *r)
{
    int32_t *truth = clu_alloc(n, sizeof *truth), *label = clu_alloc(n, sizeof *label);
    struct clu_contingency t;
    uint64_t sum = 0;

    random_labels(truth, n, rows, r);
    random_labels(label, n, cols, r);
    assert_int_equal(clu_contingency_count(&t, truth, label, n, rows, cols, &err), CLU_OK);
    assert_true(t.n == n && t.rows == rows && t.cols == cols && t.start[0] == 0);
    for (size_t i = 0; i < rows; i++) {
        uint64_t of_row = 0;
        for (size_t c = t.start[i]; c < t.start[i + 1]; c++) {
            assert_true(t.count[c] > 0 && (c == t.start[i] || t.col[c - 1] < t.col[c]));
            of_row += t.count[c];
        }
        assert_true(of_row == t.row_sum[i]);
        sum += of_row;
    }
    assert_true(sum == n);
    for (size_t x = 0; x < n; x++) { /* each object takes itself out of its cell */
        size_t c = t.start[truth[x]], end = t.start[truth[x] + 1];
        while (end - c > 1) { /* halves */
            size_t middle = c + (end - c) / 2;
            if (t.col[middle] <= label[x])
                c = middle;
            else
                end = middle;
        }
        assert_true(t.col[c] == label[x] && t.count[c]-- > 0);
        assert_true(t.col_sum[label[x]]-- > 0);
    }
    clu_contingency_clear(&t);
    assert_true(!t.start && !t.col && !t.count && !t.row_sum && !t.col_sum);
    clu_free(truth);
    clu_free(label);
}

static void dense_and_sparse_tables(void **state)
{
    (void)state;
    struct clu_rng r;

    clu_rng_at(&r, 3, 0);
    check_counts(1, 1, 1, &r);
    check_counts(500, 3, 40, &r);
    check_counts(500, 500, 500, &r);
    check_counts(20000, 1, 20000, &r);
    check_counts(20000, 2000, 700, &r); /* more than 2^20 cells: sorted */
    check_counts(20000, 20000, 20000, &r);
    check_counts(1500000, 1, 1500000, &r);
}

/* --- measures --- */

static double log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* The definition of Vinh et al., with log-factorials. */
static double expected(const struct clu_contingency *t)
{
    double sum = 0, n = (double)t->n;

    for (size_t i = 0; i < t->rows; i++)
        for (size_t j = 0; j < t->cols; j++) {
            double a = (double)t->row_sum[i], b = (double)t->col_sum[j];
            for (double k = fmax(1, a + b - n); k <= fmin(a, b); k++)
                sum += k / n * log(n * k / (a * b)) * exp(log_choose(a, k) + log_choose(n - a, b - k) - log_choose(n, b));
        }
    return sum;
}

static void check_measures(size_t n, size_t rows, size_t cols, struct clu_rng *r)
{
    int32_t *truth = clu_alloc(n, sizeof *truth), *label = clu_alloc(n, sizeof *label);
    double both = 0, either = 0, same = 0, pairs = 0, in_truth = 0, in_label = 0, mi = 0, h = 0, g = 0;
    struct clu_contingency t;
    struct clu_agree a;
    struct clu_agree_opt opt = all(CLU_MEAN_ARITHMETIC);

    random_labels(truth, n, rows, r);
    random_labels(label, n, cols, r);
    assert_int_equal(clu_contingency_count(&t, truth, label, n, rows, cols, &err), CLU_OK);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < x; y++) {
            bool u = truth[x] == truth[y], v = label[x] == label[y];
            both += u && v;
            either += u || v;
            same += u == v;
            in_truth += u;
            in_label += v;
            pairs++;
        }
    for (size_t i = 0; i < rows; i++) {
        double share = (double)t.row_sum[i] / (double)n;
        h -= share * log(share);
        for (size_t j = 0; j < cols; j++) {
            double p = (double)cell(&t, i, j) / (double)n;
            mi += p > 0 ? p * log(p / (share * ((double)t.col_sum[j] / (double)n))) : 0;
        }
    }
    for (size_t j = 0; j < cols; j++)
        g -= (double)t.col_sum[j] / (double)n * log((double)t.col_sum[j] / (double)n);
    double chance = in_truth * in_label / pairs, emi = expected(&t);
    assert_true(fabs(a.value[CLU_AGREE_ARI] - (both - chance) / ((in_truth + in_label) / 2 - chance)) < 1e-13);
    assert_true(fabs(a.value[CLU_AGREE_RAND] - same / pairs) < 1e-15);
    if (either > 0)
        assert_true(fabs(a.value[CLU_AGREE_JACCARD] - both / either) < 1e-15);
    if (both > 0)
        assert_true(fabs(a.value[CLU_AGREE_FM] - both / sqrt(in_truth * in_label)) < 1e-14);
    assert_true(fabs(a.mi - mi) < 1e-13 && fabs(a.truth_entropy - h) < 1e-13 && fabs(a.label_entropy - g) < 1e-13);
    assert_true(fabs(a.value[CLU_AGREE_HOMOGENEITY] - mi / h) < 1e-13);
    assert_true(fabs(a.value[CLU_AGREE_COMPLETENESS] - mi / g) < 1e-13);
    assert_true(fabs(a.value[CLU_AGREE_V] - 2 * mi / (h + g)) < 1e-13);
    assert_true(isnan(a.expected) ? rows == n || cols == n : fabs(a.expected - emi) < 1e-11);
    for (int mean = 0; mean < 4; mean++) {
        double of = mean == CLU_MEAN_ARITHMETIC ? (h + g) / 2 : mean == CLU_MEAN_GEOMETRIC ? sqrt(h * g) : mean == CLU_MEAN_MIN ? fmin(h, g) : fmax(h, g);
        opt.mean = mean;
        assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
        assert_true(fabs(a.value[CLU_AGREE_NMI] - mi / of) < 1e-13);
        if (!isnan(a.expected))
            assert_true(fabs(a.value[CLU_AGREE_AMI] - (mi - emi) / (of - emi)) < 1e-10);
    }
    clu_contingency_clear(&t);
    clu_free(truth);
    clu_free(label);
}

static void measures_by_their_definitions(void **state)
{
    (void)state;
    struct clu_rng r;

    clu_rng_at(&r, 5, 0);
    for (int round = 0; round < 20; round++) {
        check_measures(12, 2, 3, &r);
        check_measures(40, 5, 5, &r);
        check_measures(40, 30, 3, &r);
        check_measures(200, 2, 2, &r);
        check_measures(30, 30, 4, &r);
    }
    check_measures(1500, 40, 7, &r);
}

/* A partition against itself under other names, and one against n or 1 clusters. */
static void limits(void **state)
{
    (void)state;
    int32_t truth[60], other[60], one[60] = {0}, every[60];
    struct clu_contingency t;
    struct clu_agree a;
    struct clu_agree_opt opt = all(CLU_MEAN_MIN);

    for (int i = 0; i < 60; i++) {
        truth[i] = i % 5;
        other[i] = 4 - i % 5;
        every[i] = 59 - i;
    }
    clu_contingency_count(&t, truth, other, 60, 5, 5, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    for (int i = 0; i < CLU_AGREE_MEASURES; i++)
        assert_true(a.value[i] == 1);
    clu_contingency_clear(&t);
    clu_contingency_count(&t, truth, every, 60, 5, 60, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    assert_true(a.value[CLU_AGREE_AMI] == 0 && a.value[CLU_AGREE_ARI] == 0 && a.value[CLU_AGREE_HOMOGENEITY] == 1);
    assert_true(a.value[CLU_AGREE_FM] == 0 && a.value[CLU_AGREE_JACCARD] == 0 && a.value[CLU_AGREE_PURITY] == 1);
    clu_contingency_clear(&t);
    clu_contingency_count(&t, truth, one, 60, 5, 1, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    assert_true(a.value[CLU_AGREE_AMI] == 0 && a.value[CLU_AGREE_NMI] == 0 && a.value[CLU_AGREE_V] == 0);
    assert_true(a.value[CLU_AGREE_COMPLETENESS] == 1 && a.value[CLU_AGREE_HOMOGENEITY] == 0 && a.value[CLU_AGREE_NCA] == 0);
    clu_contingency_clear(&t);
    clu_contingency_count(&t, one, truth, 60, 1, 5, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    assert_true(a.value[CLU_AGREE_NCA] == 0 && a.value[CLU_AGREE_HOMOGENEITY] == 1);
    clu_contingency_clear(&t);
    clu_contingency_count(&t, every, every, 60, 60, 60, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    for (int i = 0; i < CLU_AGREE_MEASURES; i++)
        assert_true(a.value[i] == (i == CLU_AGREE_FM ? 0 : 1));
    clu_contingency_clear(&t);
}

static void only_what_is_wanted(void **state)
{
    (void)state;
    int32_t truth[] = {0, 0, 1, 1, 2}, label[] = {0, 1, 1, 0, 0};
    struct clu_contingency t;
    struct clu_agree a;
    struct clu_agree_opt opt = {0};

    clu_contingency_count(&t, truth, label, 5, 3, 2, &err);
    assert_int_equal(clu_agree_fit(&a, &t, &opt, &run, &err), CLU_OK);
    for (int i = 0; i < CLU_AGREE_MEASURES; i++)
        assert_true(isnan(a.value[i]) == (i == CLU_AGREE_AMI || i == CLU_AGREE_ACCURACY || i == CLU_AGREE_NCA));
    clu_contingency_clear(&t);
}

/* --- large numbers: a table that no labels were counted for --- */

static void large_counts(void **state)
{
    (void)state;
    /* The same table in units of 1, 2^20 and 2^31: the shares, and what does not count pairs, stay. */
    for (int shift = 20; shift <= 31; shift += 11) {
        size_t start[] = {0, 2, 4};
        int32_t col[] = {0, 1, 0, 1};
        uint64_t count[] = {5, 3, 1, 7}, row[] = {8, 8}, column[] = {6, 10};
        struct clu_contingency t = {16, 2, 2, start, col, count, row, column};
        struct clu_agree_opt opt = all(CLU_MEAN_ARITHMETIC);
        struct clu_agree small, large;

        assert_int_equal(clu_agree_fit(&small, &t, &opt, &run, &err), CLU_OK);
        t.n <<= shift;
        for (int i = 0; i < 4; i++)
            count[i] <<= shift;
        for (int i = 0; i < 2; i++) {
            row[i] <<= shift;
            column[i] <<= shift;
        }
        if (shift > 28) /* a mode of 2^33 is 10^5 standard deviations wide: too long for a test */
            opt.want[CLU_AGREE_AMI] = false;
        assert_int_equal(clu_agree_fit(&large, &t, &opt, &run, &err), CLU_OK);
        assert_true(fabs(large.mi - small.mi) < 1e-15 && fabs(large.truth_entropy - small.truth_entropy) < 1e-15);
        for (int i = 0; i < CLU_AGREE_MEASURES; i++)
            if (i >= CLU_AGREE_PURITY || i == CLU_AGREE_NMI || i == CLU_AGREE_V)
                assert_true(fabs(large.value[i] - small.value[i]) < 1e-15);
        /* With pairs without end the index is that of shares: 2 (x y - z w) / ... of drawing with replacement. */
        double x = 84.0, a = 128.0, b = 136.0, n = 256.0;
        double want = (x - a * b / n) / ((a + b) / 2 - a * b / n);
        assert_true(fabs(large.value[CLU_AGREE_ARI] - want) < 1e-6);
        assert_true(fabs(large.value[CLU_AGREE_RAND] - (n - a - b + 2 * x) / n) < 1e-6);
        if (opt.want[CLU_AGREE_AMI])
            assert_true(large.expected > 0 && large.expected < 1e-6 && fabs(large.value[CLU_AGREE_AMI] - large.value[CLU_AGREE_NMI]) < 1e-6);
    }
}

static void threads_do_not_count(void **state)
{
    (void)state;
    enum { N = 50000 };
    int32_t *truth = clu_alloc(N, sizeof *truth), *label = clu_alloc(N, sizeof *label);
    struct clu_contingency t;
    struct clu_agree first = {0}, a;
    struct clu_agree_opt opt = all(CLU_MEAN_ARITHMETIC);
    struct clu_rng r;

    clu_rng_at(&r, 9, 0);
    random_labels(truth, N, 300, &r);
    random_labels(label, N, 500, &r);
    assert_int_equal(clu_contingency_count(&t, truth, label, N, 300, 500, &err), CLU_OK);
    for (int threads = 1; threads <= 7; threads = 2 * threads + 1) {
        assert_int_equal(clu_agree_fit(&a, &t, &opt, &(struct clu_run){.threads = threads}, &err), CLU_OK);
        if (threads == 1)
            first = a;
        assert_memory_equal(&first, &a, sizeof a);
    }
    assert_true(fabs(first.value[CLU_AGREE_ARI]) < 1e-3 && fabs(first.value[CLU_AGREE_AMI]) < 1e-2);
    clu_contingency_clear(&t);
    clu_free(truth);
    clu_free(label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_and_sparse_tables),
        cmocka_unit_test(measures_by_their_definitions),
        cmocka_unit_test(limits),
        cmocka_unit_test(only_what_is_wanted),
        cmocka_unit_test(large_counts),
        cmocka_unit_test(threads_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
