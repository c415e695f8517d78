/* alg/csts*.h: the check values of the recipe, and what new benchmarks promise. */
#include "unit.h"

#include "alg/csts_degrade.h"

#include <math.h>

static const struct clu_run two = {.threads = 2};

static struct clu_csts_recipe published(enum clu_csts_split split)
{
    struct clu_csts_recipe r = {.published = true, .split = split};
    assert_int_equal(clu_csts_recipe_ready(&r, NULL), CLU_OK);
    return r;
}

static void seeds_and_structure(void **state)
{
    static const uint32_t first[] = {337894, 164153, 419751}, other[] = {464874, 667729, 768181}, lengths[] = {900, 36000, 21600, 10800, 7200};
    static const int32_t ids[] = {25, 24, 11, 9, 20, 8, 1, 3, 20, 1}, other_ids[] = {15, 2, 15, 3, 12, 9, 2, 0, 6, 5};
    static const size_t rows[] = {1253700, 1258500};
    (void)state;
    for (size_t n = 0; n < 3; n++) {
        assert_int_equal(clu_csts_seed(CLU_CSTS_EXPLORATORY, n), first[n]);
        assert_int_equal(clu_csts_seed(CLU_CSTS_CONFIRMATORY, n), other[n]);
    }
    for (int split = 0; split < 2; split++) {
        struct clu_csts_recipe r = published((enum clu_csts_split)split);
        struct clu_csts_subject s;
        assert_int_equal(clu_csts_subject_make(&s, &r, 0, CLU_CSTS_RAW, CLU_CSTS_COMPLETE, CLU_CSTS_WHOLE, &two, NULL), CLU_OK);
        assert_int_equal(s.rows, rows[split]);
        for (size_t i = 0; i < 10; i++)
            assert_int_equal(r.patterns.id[s.segment[i].pattern], split ? other_ids[i] : ids[i]);
        for (size_t i = 0; i < 5 && !split; i++)
            assert_int_equal(s.segment[i].length, lengths[i]);
        for (size_t i = 1; i < 100; i++)
            assert_true(s.segment[i].pattern != s.segment[i - 1].pattern);
        clu_csts_subject_clear(&s);
        clu_csts_recipe_clear(&r);
    }
}

static void patterns_of_more_variates(void **state)
{
    static const size_t n[] = {3, 23, 417, 0};
    struct clu_csts_patterns p, q;
    double load[25], other[25], variance[5], pearson[10], spearman[10];
    (void)state;
    for (size_t d = 2; d <= 5; d++) {
        assert_int_equal(clu_csts_patterns_enumerate(&p, d, NULL), CLU_OK);
        if (d < 5)
            assert_int_equal(p.n, n[d - 2]);
        /* loadings make the population that is told: load load' = clipped matrix */
        for (size_t i = 0; i < p.n; i += d == 5 ? 997 : 1) {
            size_t at = 0;
            assert_int_equal(clu_csts_patterns_find(&p, p.id[i]), i);
            clu_csts_loadings(&p, i, load);
            clu_csts_population(&p, i, variance, pearson, spearman);
            for (size_t j = 0; j < d; j++)
                for (size_t k = j; k < d; k++) {
                    double sum = 0;
                    for (size_t l = 0; l < d; l++)
                        sum += load[j * d + l] * load[k * d + l];
                    double want = j == k ? variance[j] : pearson[at++] * sqrt(variance[j] * variance[k]);
                    assert_true(fabs(sum - want) < 1e-12);
                }
        }
        clu_csts_patterns_clear(&p);
    }
    /* the published loadings have the same products as the root */
    assert_int_equal(clu_csts_patterns_published(&p, NULL), CLU_OK);
    assert_int_equal(clu_csts_patterns_enumerate(&q, 3, NULL), CLU_OK);
    for (size_t i = 0; i < p.n; i++) {
        clu_csts_loadings(&p, i, load);
        clu_csts_loadings(&q, i, other);
        for (size_t j = 0; j < 9; j++) {
            double a = 0, b = 0;
            for (size_t l = 0; l < 3; l++) {
                a += load[j / 3 * 3 + l] * load[j % 3 * 3 + l];
                b += other[j / 3 * 3 + l] * other[j % 3 * 3 + l];
            }
            assert_true(fabs(a - b) < 1e-14);
        }
    }
    assert_int_equal(clu_csts_patterns_find(&p, 14), p.n);
    clu_csts_patterns_clear(&p);
    clu_csts_patterns_clear(&q);
}

/* Quantiles by their tables: those of the normal distribution at 0, 1 and -1. */
static void marginals(void **state)
{
    static const struct {
        struct clu_csts_marginal m;
        double low, middle, high; /* at -1, 0, 1 */
    } cases[] = {
        {{.kind = CLU_CSTS_NORMAL, .a = 5, .b = 2}, 3, 5, 7},
        {{.kind = CLU_CSTS_LOGNORMAL, .a = 0, .b = 1}, 0.368, 1, 2.718},
        {{.kind = CLU_CSTS_GEV, .a = 0, .b = 0, .c = 1}, -0.61, 0.367, 1.756},      /* scipy.stats.genextreme.ppf(norm.cdf(x), 0) */
        {{.kind = CLU_CSTS_GEV, .a = -0.25, .b = 1, .c = 2}, -0.132, 1.768, 5.409}, /* genextreme.ppf(norm.cdf(x), -0.25, 1, 2) */
        {{.kind = CLU_CSTS_NEGBIN, .a = 2.5, .b = 0.1}, 9, 19, 37},                 /* scipy.stats.nbinom.ppf(norm.cdf(x), 2.5, 0.1) */
        {{.kind = CLU_CSTS_NEGBIN, .a = 1, .b = 0.125}, 1, 5, 13},
        {{.kind = CLU_CSTS_GEOMETRIC, .a = 0.125}, 1, 5, 13},
        {{.kind = CLU_CSTS_GAMMA, .a = 2, .b = 3}, 2.125, 5.035, 9.899},            /* scipy.stats.gamma.ppf(norm.cdf(x), 2, 0, 3) */
    };
    static const struct clu_csts_marginal bad[] = {
        {.kind = CLU_CSTS_NORMAL, .b = -1}, {.kind = CLU_CSTS_GEV, .c = 0},        {.kind = CLU_CSTS_NEGBIN, .a = 0, .b = 0.5},
        {.kind = CLU_CSTS_NEGBIN, .a = 1},  {.kind = CLU_CSTS_GAMMA, .a = 1, .b = 0}, {.kind = CLU_CSTS_LOGNORMAL, .a = 0, .b = 20},
    };
    static double cdf[CLU_CSTS_GRID_POINTS], sample[] = {1, 2, 4, 8, 16};
    static int64_t table[CLU_CSTS_GRID_POINTS];
    (void)state;
    clu_csts_grid_cdf(cdf);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(clu_csts_marginal_check(&cases[i].m, NULL), CLU_OK);
        clu_csts_marginal_table(&cases[i].m, cdf, table);
        if (table[7500] != lrint(cases[i].low * 1000) || table[8500] != lrint(cases[i].middle * 1000) ||
            table[9500] != lrint(cases[i].high * 1000))
            fail_msg("case %zu: %lld %lld %lld", i, (long long)table[7500], (long long)table[8500], (long long)table[9500]);
        for (size_t k = 1; k < CLU_CSTS_GRID_POINTS; k++)
            assert_true(table[k] >= table[k - 1]);
    }
    struct clu_csts_marginal own = {.kind = CLU_CSTS_EMPIRICAL, .sample = sample, .n = 5};
    assert_int_equal(clu_csts_marginal_check(&own, NULL), CLU_OK);
    clu_csts_marginal_table(&own, cdf, table);
    assert_true(table[0] == 1000 && table[8500] == 4000 && table[CLU_CSTS_GRID_POINTS - 1] == 16000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(clu_csts_marginal_check(&bad[i], NULL), CLU_USAGE);
}

/* Every pattern as often as any other, give or take one; neighbours differ, even if there are only two. */
static void new_structure(void **state)
{
    static const uint32_t length[] = {60, 120};
    static const struct clu_csts_marginal marginal[5] = {{.b = 1}, {.b = 1}, {.b = 1}, {.b = 1}, {.b = 1}};
    static const int32_t id[] = {9, 4};
    static const double given[] = {0.5, -0.5};
    (void)state;
    for (int c = 0; c < 3; c++) {
        struct clu_csts_recipe r = {.seed = 5, .segments = 51, .length = length, .lengths = 2, .rate = 2, .marginal = marginal};
        struct clu_csts_subject s;
        size_t count[512] = {0};
        if (c < 2)
            assert_int_equal(clu_csts_patterns_enumerate(&r.patterns, c ? 4 : 3, NULL), CLU_OK);
        else
            assert_int_equal(clu_csts_patterns_given(&r.patterns, 2, 2, id, given, NULL), CLU_OK);
        assert_int_equal(clu_csts_recipe_ready(&r, NULL), CLU_OK);
        assert_int_equal(clu_csts_subject_make(&s, &r, 8, CLU_CSTS_DOWNSAMPLED, CLU_CSTS_SPARSE, CLU_CSTS_WHOLE, &two, NULL), CLU_OK);
        size_t kept = 0;
        for (size_t i = 0; i < s.segments; i++) {
            count[s.segment[i].pattern]++;
            kept += s.segment[i].kept;
            assert_true(i == 0 || s.segment[i].pattern != s.segment[i - 1].pattern);
            assert_true(s.segment[i].length == 120 || s.segment[i].length == 240);
        }
        assert_int_equal(kept, lrint((1 - 0.9) * (double)s.observations));
        for (size_t i = 0; i < r.patterns.n; i++)
            assert_true(count[i] == 51 / r.patterns.n || count[i] == 51 / r.patterns.n + 1);
        clu_csts_subject_clear(&s);
        clu_csts_recipe_clear(&r);
    }
}

/* chocolate-dew-10, sparse: lengths, and the clustering with all clusters wrong. */
static void degraded_as_published(void **state)
{
    static const size_t lengths[] = {105, 2901, 3655, 1040, 160};
    static const int32_t wrong[] = {20, 12, 1, 24, 2};
    struct clu_csts_recipe r = published(CLU_CSTS_EXPLORATORY);
    struct clu_csts_degrade how = {.seed = 666, .row = 20};
    struct clu_csts_labels truth, bad;
    struct clu_csts_subject s;
    double mean = 0;
    (void)state;
    assert_int_equal(clu_csts_subject_make(&s, &r, 9, CLU_CSTS_CORRELATED, CLU_CSTS_SPARSE, CLU_CSTS_WHOLE, &two, NULL), CLU_OK);
    assert_int_equal(clu_csts_truth(&truth, &s, NULL, &two, NULL), CLU_OK);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(truth.label[i].end - truth.label[i].start + 1, lengths[i]);
    assert_int_equal(clu_csts_degrade_draw(&how, &truth, NULL), CLU_OK);
    assert_int_equal(clu_csts_degrade_make(&bad, &how, CLU_CSTS_WRONG, 21, &truth, NULL), CLU_OK);
    for (size_t i = 0; i < bad.n; i++) {
        assert_true(i >= 5 || bad.label[i].cluster == wrong[i]);
        assert_true(bad.label[i].cluster != truth.label[i].cluster);
        clu_csts_judge(&bad, i, &r.patterns);
        mean += bad.label[i].relaxed_mae / 100;
    }
    assert_true(fabs(mean - 0.772) < 0.001);
    clu_csts_labels_clear(&bad);
    clu_csts_labels_clear(&truth);
    clu_csts_subject_clear(&s);
    clu_csts_recipe_clear(&r);
}

/* Boundaries that come near the end close the list. */
static void shifted_to_the_end(void **state)
{
    struct clu_csts_labels truth, bad;
    struct clu_csts_degrade how = {.shift = {[0] = 7, [1] = 8}};
    (void)state;
    assert_int_equal(clu_csts_labels_alloc(&truth, 30, 1, NULL), CLU_OK);
    for (size_t i = 0; i < 30; i++) {
        truth.label[i].start = 10 * i;
        truth.label[i].end = 10 * i + 9;
    }
    assert_int_equal(clu_csts_degrade_make(&bad, &how, CLU_CSTS_SHIFTED, 0, &truth, NULL), CLU_OK);
    assert_int_equal(bad.n, 30);
    assert_int_equal(bad.label[0].start, 0);
    assert_int_equal(bad.label[0].end, 16);
    assert_int_equal(bad.label[29].start, 297);
    assert_int_equal(bad.label[29].end, 299);
    clu_csts_labels_clear(&bad);
    assert_int_equal(clu_csts_degrade_make(&bad, &how, CLU_CSTS_SHIFTED, 1, &truth, NULL), CLU_OK);
    assert_int_equal(bad.n, 29); /* 289 + 8 is two rows before 299 */
    assert_int_equal(bad.label[28].start, 288);
    assert_int_equal(bad.label[28].end, 299);
    clu_csts_labels_clear(&bad);
    clu_csts_labels_clear(&truth);
}

static void cut_off(void **state)
{
    (void)state;
    assert_true(clu_csts_truncate(0.7239) == 0.723 && clu_csts_truncate(-0.7239) == -0.723);
    assert_true(clu_csts_truncate(0.79999999999) == 0.8 && clu_csts_truncate(-1) == -1);
    assert_true(clu_csts_truncate(-0.0004) == 0 && !signbit(clu_csts_truncate(-0.0004)));
    assert_true(isnan(clu_csts_truncate(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_and_structure),
        cmocka_unit_test(patterns_of_more_variates),
        cmocka_unit_test(marginals),
        cmocka_unit_test(new_structure),
        cmocka_unit_test(degraded_as_published),
        cmocka_unit_test(shifted_to_the_end),
        cmocka_unit_test(cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
