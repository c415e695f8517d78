/* What starts from the distances of pairs - alg/linkage.h, cluster_index.h, density_peaks.h, spectral.h - against R, NumPy and SciPy:
 * what they found is stored in oracle/condensed/ by oracle/linkage.R, cluster_index.R and condensed.py. */
#include "unit.h"

#include "alg/cluster_index.h"
#include "alg/density_peaks.h"
#include "alg/linkage.h"
#include "alg/spectral.h"
#include "base/mem.h"
#include "num/gslx.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 4096, RANDOM = 50, MOST = 300, COLUMNS = 20, KINDS = 5 };

static const struct clu_run run = CLU_RUN_DEFAULT;
static struct clu_err err;

static FILE *open_file(const char *name)
{
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/%s", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

/* The next line's cells: how many. */
static size_t cells(FILE *f, char *line, char *cell[COLUMNS])
{
    size_t count = 0;
    if (!fgets(line, LINE, f))
        return 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *p = line; p; count++) {
        assert_true(count < COLUMNS);
        cell[count] = p;
        p = strchr(p, ',');
        if (p)
            *p++ = '\0';
    }
    return count;
}

/* Euclidean distances of every step-th row of data/NAME.csv without its last column. */
static void of_table(struct clu_condensed *c, const char *name, size_t step)
{
    static double x[MOST][COLUMNS];
    char path[64], line[LINE], *cell[COLUMNS];
    size_t n = 0, d = 0, at = 0;
    snprintf(path, sizeof path, "data/%s.csv", name);
    FILE *f = open_file(path);
    assert_true(cells(f, line, cell) > 0);
    for (size_t row = 0, count; (count = cells(f, line, cell)) > 0; row++) {
        d = count - 1;
        for (size_t j = 0; j < d && row % step == 0; j++)
            x[n][j] = strtod(cell[j], NULL);
        n += row % step == 0;
        assert_true(n < MOST);
    }
    fclose(f);
    assert_int_equal(clu_condensed_init(c, n, false, &err), CLU_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double sum = 0;
            for (size_t q = 0; q < d; q++)
                sum += (x[i][q] - x[j][q]) * (x[i][q] - x[j][q]);
            c->v[at++] = sqrt(sum);
        }
}

static void of_random(struct clu_condensed *c)
{
    char line[LINE], *cell[COLUMNS];
    FILE *f = open_file("tests/oracle/condensed/random.dist");
    assert_int_equal(clu_condensed_init(c, RANDOM, false, &err), CLU_OK);
    for (size_t i = 0; i < RANDOM * (RANDOM - 1) / 2; i++) {
        assert_int_equal(cells(f, line, cell), 1);
        c->v[i] = strtod(cell[0], NULL);
    }
    fclose(f);
}

static const char *const sets[] = {"random", "wine", "mk2"};
enum { SETS = sizeof sets / sizeof *sets };

static void of_set(struct clu_condensed *c, size_t set)
{
    if (set == 0)
        of_random(c);
    else
        of_table(c, sets[set], set == 1 ? 1 : 4);
}

static bool near_to(double a, const char *theirs)
{
    double b = strtod(theirs, NULL);
    return fabs(a - b) <= 1e-12 * fabs(b);
}

/* The same merges, and heights to 1e-12. */
static void test_trees_of_hclust(void **state)
{
    static const char *const names[KINDS] = {"ward", "average", "complete", "single", "weighted"};
    char line[LINE], *cell[COLUMNS];
    FILE *f = open_file("tests/oracle/condensed/tree.csv");
    (void)state;
    assert_int_equal(cells(f, line, cell), 5);
    for (size_t set = 0; set < SETS; set++) {
        struct clu_condensed c;
        of_set(&c, set);
        for (int kind = 0; kind < KINDS; kind++) {
            struct clu_linkage t;
            assert_int_equal(clu_linkage_fit(&t, &c, kind, &run, &err), CLU_OK);
            for (size_t i = 0; i + 1 < t.n; i++) {
                assert_int_equal(cells(f, line, cell), 5);
                assert_string_equal(cell[0], sets[set]);
                assert_string_equal(cell[1], names[kind]);
                assert_int_equal(t.left[i], strtoul(cell[2], NULL, 10));
                assert_int_equal(t.right[i], strtoul(cell[3], NULL, 10));
                assert_true(near_to(t.height[i], cell[4]));
            }
            clu_linkage_clear(&t);
        }
        clu_condensed_clear(&c);
    }
    assert_int_equal(cells(f, line, cell), 0);
    fclose(f);
}

static void test_indices_of_r(void **state)
{
    static const size_t ks[] = {2, 3, 5, 8};
    char line[LINE], *cell[COLUMNS];
    FILE *f = open_file("tests/oracle/condensed/index.csv");
    (void)state;
    assert_int_equal(cells(f, line, cell), 2 + CLU_INDICES);
    for (size_t set = 0; set < SETS; set++) {
        struct clu_condensed c;
        struct clu_linkage t;
        int32_t label[MOST];
        double value[CLU_INDICES];
        of_set(&c, set);
        assert_int_equal(clu_linkage_fit(&t, &c, CLU_LINKAGE_WARD, &run, &err), CLU_OK);
        for (size_t i = 0; i < sizeof ks / sizeof *ks; i++) {
            assert_int_equal(cells(f, line, cell), 2 + CLU_INDICES);
            assert_string_equal(cell[0], sets[set]);
            assert_int_equal(strtoul(cell[1], NULL, 10), ks[i]);
            assert_int_equal(clu_linkage_cut(label, &t, ks[i], &err), CLU_OK);
            assert_int_equal(clu_index_fit(value, &c, label, ks[i], &run, &err), CLU_OK);
            for (size_t q = 0; q < CLU_INDICES; q++)
                assert_true(near_to(value[q], cell[2 + q]));
        }
        clu_linkage_clear(&t);
        clu_condensed_clear(&c);
    }
    fclose(f);
}

static void test_density_peaks_of_numpy(void **state)
{
    char line[LINE], *cell[COLUMNS];
    FILE *f = open_file("tests/oracle/condensed/peaks.csv");
    (void)state;
    assert_int_equal(cells(f, line, cell), 5);
    for (size_t set = 0; set < SETS; set++) {
        struct clu_condensed c;
        struct clu_peaks p;
        of_set(&c, set);
        assert_int_equal(clu_peaks_fit(&p, &c, 3, 0.02, &run, &err), CLU_OK);
        for (size_t i = 0; i < p.n; i++) {
            assert_int_equal(cells(f, line, cell), 5);
            assert_string_equal(cell[0], sets[set]);
            assert_true(fabs(p.rho[i] - strtod(cell[2], NULL)) <= 1e-12 * (1 + p.rho[i])); /* theirs is 1 + rho - 1 */
            assert_true(near_to(p.delta[i], cell[3]));
            assert_int_equal(p.label[i], strtol(cell[4], NULL, 10));
        }
        clu_peaks_clear(&p);
        clu_condensed_clear(&c);
    }
    fclose(f);
}

static void test_spectral_clusters_of_scipy(void **state)
{
    char line[LINE], *cell[COLUMNS];
    FILE *f = open_file("tests/oracle/condensed/spectral.csv");
    (void)state;
    assert_int_equal(cells(f, line, cell), 3);
    for (size_t set = 0; set < SETS; set++) {
        struct clu_condensed c;
        int32_t label[MOST];
        of_set(&c, set);
        assert_int_equal(clu_spectral_fit(label, &c, 3, false, &run, &err), CLU_OK);
        for (size_t i = 0; i < c.dist.n; i++) {
            assert_int_equal(cells(f, line, cell), 3);
            assert_string_equal(cell[0], sets[set]);
            assert_int_equal(label[i], strtol(cell[2], NULL, 10));
        }
        clu_condensed_clear(&c);
    }
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees_of_hclust),
        cmocka_unit_test(test_indices_of_r),
        cmocka_unit_test(test_density_peaks_of_numpy),
        cmocka_unit_test(test_spectral_clusters_of_scipy),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
