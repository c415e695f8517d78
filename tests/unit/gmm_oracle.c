/* alg/gmm.h against scikit-learn and mclust: what they found is stored in tests/oracle/gmm/, from the labels in tests/oracle/kmeans/. */
#include "unit.h"

#include "alg/gmm.h"
#include "base/mem.h"
#include "num/gslx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_ROWS = 1000, MOST_COLS = 31, MOST_LINE = 2000 };

static double x[MOST_ROWS * MOST_COLS];
static int32_t label[MOST_ROWS];

static FILE *open_file(const char *folder, const char *name, const char *ending)
{
    char path[4096];
    const char *src = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/%s/%s%s", src ? src : ".", folder, name, ending);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s", path);
    return f;
}

/* The numbers of a line into v[MOST_COLS]; returns how many. */
static size_t numbers(char *line, double *v)
{
    size_t n = 0;
    for (char *p = strtok(line, ",\n"); p && n < MOST_COLS; p = strtok(NULL, ",\n"))
        v[n++] = strtod(p, NULL);
    return n;
}

/* data/<set>.csv without its last column. */
static struct clu_view read_set(const char *set)
{
    char line[MOST_LINE];
    double v[MOST_COLS];
    struct clu_view view = {.v = x};
    FILE *f = open_file("data", set, ".csv");
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_true(view.rows < MOST_ROWS);
        view.cols = view.ld = numbers(line, v) - 1;
        memcpy(x + view.rows++ * view.cols, v, view.cols * sizeof *v);
    }
    fclose(f);
    return view;
}

/* Column (from 1) of labels from 1. */
static void read_labels(const char *folder, const char *set, size_t column, int32_t *to)
{
    char line[MOST_LINE];
    double v[MOST_COLS];
    FILE *f = open_file(folder, set, ".csv");
    for (size_t i = 0; fgets(line, sizeof line, f); i++) {
        assert_true(column <= numbers(line, v));
        to[i] = (int32_t)v[column - 1] - 1;
    }
    fclose(f);
}

static bool close_to(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

static int family_of(const char *name)
{
    for (int f = 0; f < CLU_GMM_FAMILIES; f++)
        if (strcmp(name, clu_gmm_family_name[f]) == 0)
            return f;
    if (strcmp(name, "full") == 0)
        return CLU_GMM_VVV;
    if (strcmp(name, "tied") == 0)
        return CLU_GMM_EEE;
    return strcmp(name, "diag") == 0 ? CLU_GMM_VVI : CLU_GMM_VII;
}

static void scikit_learn(void **state)
{
    static int32_t got[MOST_ROWS], want[MOST_ROWS];
    char line[MOST_LINE], set[32], kind[32], last[32] = "";
    size_t k, column, iterations, cases = 0, of_set = 0;
    double reg, loglik, bic;
    FILE *f = open_file("tests/oracle/gmm", "sklearn", ".csv");

    (void)state;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_int_equal(sscanf(line, "%31[^,],%zu,%zu,%31[^,],%lf,%zu,%lf,%lf", set, &k, &column, kind, &reg, &iterations,
                                &loglik, &bic), 8);
        of_set = strcmp(set, last) == 0 ? of_set + 1 : 1;
        strcpy(last, set);
        struct clu_view view = read_set(set);
        read_labels("tests/oracle/kmeans", set, column, label);
        read_labels("tests/oracle/gmm", set, of_set, want);
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        struct clu_gmm_start start = {.label = label};
        struct clu_gmm g;
        opt.family = family_of(kind);
        opt.reg = reg;
        opt.tol = 0;
        opt.max_iter = iterations;
        assert_int_equal(clu_gmm_fit(&g, view, NULL, k, &start, &opt, NULL, NULL), CLU_OK);
        assert_int_equal(g.iterations, iterations);
        if (!close_to(g.loglik, loglik, 1e-9) || !close_to(-clu_gmm_bic(&g), bic, 1e-9))
            fail_msg("%s: loglik %.15g bic %.15g", line, g.loglik, -clu_gmm_bic(&g));
        assert_int_equal(clu_gmm_posterior(&g, view, 0, view.rows, NULL, NULL, got, NULL, NULL), CLU_OK);
        for (size_t i = 0; i < view.rows; i++)
            if (got[i] != want[i])
                fail_msg("%s: row %zu is in %d", line, i + 1, got[i] + 1);
        clu_gmm_clear(&g);
        cases++;
    }
    fclose(f);
    assert_true(cases > 50);
}

static void volume_is_mclusts(void **state)
{
    char line[MOST_LINE], set[32];
    double want, got;
    FILE *f = open_file("tests/oracle/gmm", "volume", ".csv");

    (void)state;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_int_equal(sscanf(line, "%31[^,],%lf", set, &want), 2);
        assert_int_equal(clu_gmm_volume(&got, read_set(set), NULL), CLU_OK);
        assert_true(close_to(got, want, 1e-10));
    }
    fclose(f);
}

/* From the same start both climb to the same top. But for VVE: the M-step of mclust 6.0.0 ends short of the best axes, so that ours gets
 * higher from most starts; in one case the other path leads to a lower top. */
static void mclust(void **state)
{
    char line[MOST_LINE], set[32], family[32];
    size_t k, column, noise, cases = 0, lower = 0;
    double loglik, bic, icl, got;
    FILE *f = open_file("tests/oracle/gmm", "mclust", ".csv");

    (void)state;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_int_equal(sscanf(line, "%31[^,],%zu,%zu,%zu,%31[^,],%lf,%lf,%lf", set, &k, &column, &noise, family, &loglik, &bic, &icl), 8);
        struct clu_view view = read_set(set);
        read_labels("tests/oracle/kmeans", set, column, label);
        for (size_t i = 9; i < view.rows && noise; i += 10)
            label[i] = -1;
        struct clu_gmm_opt opt = CLU_GMM_DEFAULT;
        struct clu_gmm_start start = {.label = label};
        struct clu_gmm g;
        opt.family = family_of(family);
        opt.tol = 1e-14;
        opt.max_iter = 100000;
        opt.noise = noise;
        assert_int_equal(clu_gmm_volume(&opt.noise_log_density, view, NULL), CLU_OK);
        opt.noise_log_density = -opt.noise_log_density;
        struct clu_err err;
        if (clu_gmm_fit(&g, view, NULL, k, &start, &opt, NULL, &err) != CLU_OK)
            fail_msg("%s: %s", line, err.msg);
        assert_int_equal(clu_gmm_icl(&got, &g, view, NULL, NULL, NULL), CLU_OK);
        if (!close_to(clu_gmm_bic(&g), bic, 1e-6) || !close_to(got, icl, 1e-6)) {
            if (opt.family != CLU_GMM_VVE)
                fail_msg("%s: loglik %.15g bic %.15g icl %.15g", line, g.loglik, clu_gmm_bic(&g), got);
            lower += g.loglik < loglik;
        }
        clu_gmm_clear(&g);
        cases++;
    }
    fclose(f);
    assert_true(cases > 190 && lower <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scikit_learn),
        cmocka_unit_test(volume_is_mclusts),
        cmocka_unit_test(mclust),
    };
    clu_gslx_init();
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
