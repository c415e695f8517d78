/* alg/csts_distance.h, csts_index.h, csts_eval.h, num/jacobi.h and clu_contingency_of(). Distances are those of numpy and scipy, stored in
 * oracle/csts_eval/distances.csv by oracle/csts_eval.py; whole clusterings are compared in tests/csts-eval.bats. */
#include "unit.h"

#include "alg/contingency.h"
#include "alg/csts_eval.h"
#include "num/jacobi.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define assert_near(a, b, most) assert_true(fabs((a) - (b)) <= (most))

static const struct clu_run one = {.threads = 1}, three = {.threads = 3};

/* --- distances --- */

static void distances_are_those_of_numpy(void **state)
{
    char path[4096], line[2048];
    const char *top = getenv("CLU_SRC");
    size_t lines = 0, none = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/tests/oracle/csts_eval/distances.csv", top ? top : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    for (; fgets(line, sizeof line, f); lines++) {
        double v[6];
        char *p = line;
        for (size_t j = 0; j < 6; j++, p++)
            v[j] = strtod(p, &p);
        for (int kind = 0; kind < CLU_CSTS_DISTANCES; kind++) {
            double got = clu_csts_distance((enum clu_csts_distance)kind, v, v + 3, 3);
            if (strncmp(p, "NA", 2) == 0) {
                assert_true(isnan(got));
                none++;
                p += 3;
                continue;
            }
            double want = strtod(p, &p);
            p++;
            /* logarithms of matrices that are nearly singular, and of eigenvalues that nearly are -1, lose digits on both sides */
            double slack = kind == CLU_CSTS_LOG_FROBENIUS ? 2e-4 : kind == CLU_CSTS_FOERSTNER ? 1e-6 : 1e-11;
            if (!(fabs(got - want) <= slack * fmax(1, want)))
                fail_msg("%s, line %zu: %.15g, not %.15g", clu_csts_distance_word[kind], lines + 2, got, want);
        }
    }
    fclose(f);
    assert_int_equal(lines, 121);
    assert_true(none > 0);
}

static void distances_of_more_pairs(void **state)
{
    static const double v[6] = {1, 0, 0, 0, 0, 0}, w[6] = {0, 1, 0, 0, 0, NAN};
    (void)state;
    for (int kind = 0; kind < CLU_CSTS_DISTANCES; kind++) {
        assert_non_null(clu_csts_distance_word[kind]);
        assert_true(isnan(clu_csts_distance((enum clu_csts_distance)kind, v, w, 6)));
        assert_true(clu_csts_distance((enum clu_csts_distance)kind, v, v, 1) >= 0);
    }
    assert_null(clu_csts_distance_word[CLU_CSTS_DISTANCES]);
    assert_near(clu_csts_distance(CLU_CSTS_L3, v, w, 3), cbrt(2), 1e-15);
    assert_near(clu_csts_distance(CLU_CSTS_L1, v, w, 5), 2, 0);
}

static void eigenvalues_of_a_small_matrix(void **state)
{
    double a[9] = {2, -1, 0, -1, 2, -1, 0, -1, 2}, v[9], sum = 0, product = 1;
    (void)state;
    clu_jacobi(a, v, 3);
    for (size_t i = 0; i < 3; i++) {
        double l = a[i * 4];
        sum += l;
        product *= l;
        /* A v = l v */
        assert_near(2 * v[i] - v[3 + i], l * v[i], 1e-14);
        assert_near(-v[i] + 2 * v[3 + i] - v[6 + i], l * v[3 + i], 1e-14);
    }
    assert_near(sum, 6, 1e-14);
    assert_near(product, 4, 1e-14);
}

/* --- tables of counts --- */

static void counts_of_groups_are_those_of_their_objects(void **state)
{
    static const int32_t truth[] = {0, 0, 2, 1, 1, 0, 2, 2}, label[] = {1, 1, 0, 0, 1, 0, 0, 1};
    struct clu_counted x[8];
    struct clu_contingency a, b;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        x[i] = (struct clu_counted){truth[i], label[i], 1};
    assert_int_equal(clu_contingency_count(&a, truth, label, 8, 3, 2, NULL), CLU_OK);
    assert_int_equal(clu_contingency_of(&b, x, 8, 3, 2, NULL), CLU_OK);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.start, b.start, 4 * sizeof *a.start);
    assert_memory_equal(a.col, b.col, a.start[3] * sizeof *a.col);
    assert_memory_equal(a.count, b.count, a.start[3] * sizeof *a.count);
    assert_memory_equal(a.row_sum, b.row_sum, 3 * sizeof *a.row_sum);
    assert_memory_equal(a.col_sum, b.col_sum, 2 * sizeof *a.col_sum);
    clu_contingency_clear(&a);
    clu_contingency_clear(&b);
}

/* --- clusterings --- */

struct row {
    size_t start, end;
    int32_t cluster;
    double r[3];
};

static struct clu_csts_labels table_of(const struct row *row, size_t n)
{
    struct clu_csts_labels t;
    assert_int_equal(clu_csts_labels_alloc(&t, n, 3, NULL), CLU_OK);
    for (size_t i = 0; i < n; i++) {
        t.label[i] = (struct clu_csts_label){.id = (int64_t)i, .start = row[i].start, .end = row[i].end, .cluster = row[i].cluster};
        memcpy(t.r + 3 * i, row[i].r, sizeof row[i].r);
    }
    return t;
}

/* Patterns 0, 1, 13 and 0 again. */
static const struct row true_rows[] = {
    {0, 99, 0, {0.01, 0, 0}}, {100, 199, 1, {0, 0.01, 1}}, {200, 299, 13, {1, 1, 0.99}}, {300, 399, 0, {0, 0, 0.01}}};

static struct clu_csts_eval evaluate(const struct clu_csts_labels *result, const struct clu_csts_labels *truth, struct clu_csts_eval_opt opt)
{
    struct clu_csts_patterns p;
    struct clu_csts_eval e;
    const struct clu_csts_rows_of none = {0};
    assert_int_equal(clu_csts_patterns_published(&p, NULL), CLU_OK);
    assert_int_equal(clu_csts_eval_fit(&e, result, truth, &p, &none, &opt, &three, NULL), CLU_OK);
    clu_csts_patterns_clear(&p);
    return e;
}

static void clusters_leave_out_what_is_not_known(void **state)
{
    static const struct row rows[] = {
        {0, 0, 7, {NAN, NAN, NAN}}, {1, 10, 3, {0.2, 0.1, 0}}, {11, 15, 7, {0.5, 0.5, NAN}}, {16, 30, 3, {0.1, 0.1, 0.0005}}};
    struct clu_csts_labels t = table_of(rows, 4);
    struct clu_csts_clusters c;
    (void)state;
    assert_int_equal(clu_csts_clusters_make(&c, &t, NULL), CLU_OK);
    assert_int_equal(c.k, 2);
    assert_int_equal(c.id[0], 3);
    assert_int_equal(c.known[0], 2);
    assert_int_equal(c.known[1], 0);
    assert_int_equal(c.rows[0], 25);
    assert_int_equal(c.segment[c.start[1]], 0);
    assert_int_equal(c.segment[c.start[1] + 1], 2);
    assert_int_equal(c.of[3], 0);
    assert_near(c.mean[0], 0.15, 0);
    assert_near(c.mean[2], 0, 0);
    assert_true(isnan(c.mean[3]));
    clu_csts_clusters_clear(&c);
    clu_csts_labels_clear(&t);
}

static void the_truth_is_perfect(void **state)
{
    struct clu_csts_labels t = table_of(true_rows, 4);
    struct clu_csts_eval e = evaluate(&t, &t, (struct clu_csts_eval_opt)CLU_CSTS_EVAL_DEFAULT);
    (void)state;
    static const size_t perfect[] = {CLU_EVAL_JACCARD, CLU_EVAL_SEGMENTATION_RATIO, CLU_EVAL_LENGTH_RATIO, CLU_EVAL_ARI, CLU_EVAL_NMI,
                                     CLU_EVAL_V, CLU_EVAL_BOUNDARY_F1};
    for (size_t i = 0; i < sizeof perfect / sizeof perfect[0]; i++)
        assert_near(e.value[perfect[i]], 1, 0);
    assert_near(e.value[CLU_EVAL_DISCOVERY], 100, 0);
    assert_near(e.value[CLU_EVAL_SPECIFICITY], 100, 0);
    assert_near(e.value[CLU_EVAL_SEGMENTS], 4, 0);
    assert_near(e.value[CLU_EVAL_CLUSTERS], 3, 0);
    assert_true(isnan(e.value[CLU_EVAL_DBI]));
    /* two segments of four are alone: their silhouettes are 0 */
    assert_true(e.value[CLU_EVAL_SWC] > 0.48 && e.value[CLU_EVAL_SWC] < 0.5);
    clu_csts_eval_clear(&e);
    clu_csts_labels_clear(&t);
}

static void ties_gaps_and_shared_clusters(void **state)
{
    /* Cluster 5 lies between patterns 0 and 1, 8 and 9 both on 13; rows 150 to 159 are not covered, and 400 to 449 have no truth. */
    static const struct row rows[] = {
        {0, 149, 5, {0.003, 0.005, 0.503}}, {160, 249, 8, {1, 1, 0.99}}, {250, 319, 9, {1, 1, 0.9}}, {320, 449, 2, {0, 0, 0}}};
    struct clu_csts_labels truth = table_of(true_rows, 4), t = table_of(rows, 4);
    (void)state;
    struct clu_csts_eval e = evaluate(&t, &truth, (struct clu_csts_eval_opt)CLU_CSTS_EVAL_DEFAULT);
    /* true means (0.005, 0, 0.005) and (0, 0.01, 1) */
    assert_near(e.nearest[1], 0.505, 0);
    assert_true(clu_csts_eval_maps(&e, 1, 0) && clu_csts_eval_maps(&e, 1, 1) && !clu_csts_eval_maps(&e, 1, 2));
    assert_int_equal(e.first[1], 0);
    assert_int_equal(e.first[2], 2);
    assert_int_equal(e.first[3], 2);
    /* 13 is discovered twice, and so by none alone; 0 by cluster 2 */
    assert_near(e.value[CLU_EVAL_DISCOVERY], 100.0 * 2 / 3, 1e-12);
    assert_near(e.value[CLU_EVAL_SPECIFICITY], 25, 0);
    assert_int_equal(e.found[0] + 2 * e.found[1] + 4 * e.found[2], 5);
    /* rows that both cover: 390. Right ones: 0-99, 200-299, 320-399 */
    assert_near(e.value[CLU_EVAL_JACCARD], 280.0 / 390, 1e-15);
    /* boundaries 160, 250, 320 and 100, 200, 300: one pair within 30 rows, three within 60 */
    assert_near(e.value[CLU_EVAL_BOUNDARY_F1], 1.0 / 3, 1e-15);
    clu_csts_eval_clear(&e);
    struct clu_csts_eval_opt opt = CLU_CSTS_EVAL_DEFAULT;
    opt.boundary = 60;
    opt.same_ids = true;
    e = evaluate(&t, &truth, opt);
    assert_near(e.value[CLU_EVAL_BOUNDARY_F1], 1, 0);
    for (size_t a = 0; a < 4; a++)
        assert_int_equal(e.first[a], 3); /* none has the id of a true one */
    assert_near(e.value[CLU_EVAL_JACCARD], 0, 0);
    assert_true(isnan(e.value[CLU_EVAL_MAE]));
    clu_csts_eval_clear(&e);
    clu_csts_labels_clear(&t);
    clu_csts_labels_clear(&truth);
}

static void tolerance_counts_its_edge(void **state)
{
    static const struct row rows[] = {{0, 399, 4, {0.105, 0, 0.005}}};
    struct clu_csts_labels truth = table_of(true_rows, 4), t = table_of(rows, 1);
    struct clu_csts_eval_opt opt = CLU_CSTS_EVAL_DEFAULT;
    (void)state;
    /* the true mean is (0.005, 0, 0.005) */
    struct clu_csts_eval e = evaluate(&t, &truth, opt);
    assert_near(e.value[CLU_EVAL_SPECIFICITY], 100, 0);
    assert_true(isnan(e.value[CLU_EVAL_SWC]));
    assert_near(e.value[CLU_EVAL_ARI], 0, 1e-15);
    clu_csts_eval_clear(&e);
    opt.tolerance = 0.0999;
    e = evaluate(&t, &truth, opt);
    assert_near(e.value[CLU_EVAL_SPECIFICITY], 0, 0);
    clu_csts_eval_clear(&e);
    clu_csts_labels_clear(&t);
    clu_csts_labels_clear(&truth);
}

/* --- indices --- */

/* Twenty rows of two variates, cut into four segments of two clusters: what is found by hand, and for every number of threads. */
static void centroids_come_from_the_rows(void **state)
{
    double x[40], whole;
    struct clu_coded data;
    struct clu_csts_labels t;
    struct clu_csts_clusters c;
    struct clu_csts_index got, again;
    struct clu_ranker w = {0};
    struct clu_span all = {0, 20};
    (void)state;
    for (size_t i = 0; i < 20; i++) { /* up, down, up, down */
        x[2 * i] = (double)i;
        x[2 * i + 1] = (i / 5) % 2 ? -(double)i : (double)i;
    }
    assert_int_equal(clu_coded_make(&data, (struct clu_view){.v = x, .rows = 20, .cols = 2, .ld = 2}, 1, NULL), CLU_OK);
    assert_int_equal(clu_spearman(&data, &all, 1, &w, &whole, NULL), CLU_OK);
    clu_ranker_clear(&w);
    assert_int_equal(clu_csts_labels_alloc(&t, 4, 1, NULL), CLU_OK);
    for (size_t i = 0; i < 4; i++) {
        t.label[i] = (struct clu_csts_label){.start = 5 * i, .end = 5 * i + 4, .cluster = (int32_t)(i % 2)};
        t.r[i] = i % 2 ? -1 : 1;
    }
    struct clu_csts_rows_of from = {&data, &whole};
    assert_int_equal(clu_csts_clusters_make(&c, &t, NULL), CLU_OK);
    assert_int_equal(clu_csts_index_fit(&got, &t, &c, &from, CLU_CSTS_L5, true, &one, NULL), CLU_OK);
    assert_int_equal(clu_csts_index_fit(&again, &t, &c, &from, CLU_CSTS_L5, true, &three, NULL), CLU_OK);
    assert_memory_equal(&got, &again, sizeof got);
    /* centroids are 1 and -1, and so are all segments */
    assert_near(got.swc, 1, 0);
    assert_near(got.dbi, 0, 0);
    assert_true(isinf(got.vrc) && isinf(got.pbm));
    t.label[1].cluster = 0;
    t.label[0].cluster = 1;
    clu_csts_clusters_clear(&c);
    assert_int_equal(clu_csts_clusters_make(&c, &t, NULL), CLU_OK);
    assert_int_equal(clu_csts_index_fit(&got, &t, &c, &from, CLU_CSTS_L5, true, &one, NULL), CLU_OK);
    assert_near(got.swc, -0.5, 1e-15); /* 2 to the other, and on average 1 to the others */
    assert_near(got.pbm / got.pbm_textbook, 0.25, 1e-15);
    clu_csts_clusters_clear(&c);
    clu_csts_labels_clear(&t);
    clu_coded_clear(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_numpy),
        cmocka_unit_test(distances_of_more_pairs),
        cmocka_unit_test(eigenvalues_of_a_small_matrix),
        cmocka_unit_test(counts_of_groups_are_those_of_their_objects),
        cmocka_unit_test(clusters_leave_out_what_is_not_known),
        cmocka_unit_test(the_truth_is_perfect),
        cmocka_unit_test(ties_gaps_and_shared_clusters),
        cmocka_unit_test(tolerance_counts_its_edge),
        cmocka_unit_test(centroids_come_from_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
