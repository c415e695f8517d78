/* alg/barycentre.h and alg/series_kmeans.h against plain loops in Python: what those found is stored in oracle/barycentre/ by
 * oracle/barycentre.py, with the same random orders. */
#include "unit.h"

#include "alg/series_kmeans.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 65536, SERIES = 24, LONG = 64 };

static FILE *stored(const char *name)
{
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/tests/oracle/barycentre/%s.csv", top ? top : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

/* Numbers from a cell on; how many. */
static size_t numbers(const char *cell, double *v, size_t room)
{
    size_t count = 0;
    for (; *cell; cell += *cell == ',' || *cell == '\n') {
        char *end;
        assert_true(count < room);
        v[count++] = strtod(cell, &end);
        cell = end;
    }
    return count;
}

static struct clu_series load(void)
{
    static char line[LINE];
    static double v[SERIES][LONG];
    struct clu_series s;
    size_t len[SERIES];
    FILE *f = stored("series");
    for (size_t i = 0; i < SERIES; i++) {
        assert_non_null(fgets(line, sizeof line, f));
        len[i] = numbers(line, v[i], LONG);
    }
    fclose(f);
    assert_int_equal(clu_series_init(&s, SERIES, 1, len, NULL), CLU_OK);
    for (size_t i = 0; i < SERIES; i++)
        memcpy(clu_series_at(&s, i, 0), v[i], len[i] * sizeof **v);
    return s;
}

static bool close_to(double a, double b, double part)
{
    return fabs(a - b) <= part * (1 + fabs(b));
}

static int one_of(const char *word, const char *const *words)
{
    int i = 0;
    while (words[i] && strcmp(words[i], word) != 0)
        i++;
    assert_non_null(words[i]);
    return i;
}

static void test_centers(void **unused)
{
    (void)unused;
    static char line[LINE];
    static const char *const measures[] = {"msm", "dtw", "twe", NULL}, *const kinds[] = {"dba", "subgradient", "kasba", NULL};
    static const int measure[] = {CLU_SERIES_MSM, CLU_SERIES_DTW, CLU_SERIES_TWE};
    struct clu_series x = load();
    size_t member[SERIES], seen = 0;
    FILE *f = stored("centers");
    for (size_t i = 0; i < SERIES; i++)
        member[i] = i;
    while (fgets(line, sizeof line, f)) {
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        struct clu_barycentre_opt opt = CLU_BARYCENTRE_DEFAULT;
        struct clu_run run = {.seed = 9, .threads = 1};
        double want[LONG + 2], center[LONG], cost;
        m.kind = measure[one_of(strtok(line, ","), measures)];
        opt.kind = one_of(strtok(NULL, ","), kinds);
        size_t len = numbers(strtok(NULL, ""), want, LONG + 2) - 2;
        opt.max_iter = (size_t)want[0];
        assert_int_equal(len, x.len[0]);
        memcpy(center, x.v, len * sizeof *center);
        assert_int_equal(clu_barycentre_fit(center, len, &cost, &x, member, SERIES, &m, &opt, 4, &run, NULL), CLU_OK);
        assert_true(close_to(cost, want[1], 1e-9));
        for (size_t t = 0; t < len; t++)
            assert_true(close_to(center[t], want[t + 2], 1e-9));
        seen++;
    }
    assert_int_equal(seen, 18);
    fclose(f);
    clu_series_clear(&x);
}

static void test_kmeans(void **unused)
{
    (void)unused;
    static char line[LINE];
    struct clu_series x = load();
    size_t seen = 0;
    FILE *f = stored("kmeans");
    while (fgets(line, sizeof line, f)) {
        double want[SERIES + 3];
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        struct clu_series_kmeans_opt opt = CLU_SERIES_KMEANS_DEFAULT;
        struct clu_series_centers got;
        assert_int_equal(numbers(line, want, SERIES + 3), SERIES + 3);
        struct clu_run run = {.seed = (uint64_t)want[0], .threads = 1};
        opt.k = 5;
        for (int every = 0; every < 2; every++) {
            opt.every = every;
            assert_int_equal(clu_series_kmeans_fit(&got, NULL, &x, &m, &opt, &run, NULL), CLU_OK);
            assert_true(close_to(got.inertia, want[1], 1e-9) && (double)got.iterations == want[2] && got.converged);
            for (size_t i = 0; i < SERIES; i++)
                assert_true((double)got.label[i] == want[i + 3]);
            clu_series_centers_clear(&got);
        }
        seen++;
    }
    assert_int_equal(seen, 6);
    fclose(f);
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_centers), cmocka_unit_test(test_kmeans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
