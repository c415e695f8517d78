/* alg/validity.h against scikit-learn and R's fpc and cluster: what they found is stored in oracle/validity/ by
 * oracle/validity.py and oracle/validity.R, for the partitions in oracle/kmeans/. */
#include "unit.h"

#include "alg/validity.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CELLS = 65536, LINE = 65536 };

/* A table of numbers; what is none counts 0. */
struct cells {
    size_t rows, cols;
    double v[CELLS];
};

static void load(struct cells *c, const char *folder, const char *name, bool header)
{
    static char line[LINE];
    char path[4096];
    const char *top = getenv("CLU_SRC");
    snprintf(path, sizeof path, "%s/%s/%s.csv", top ? top : ".", folder, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    if (header)
        assert_non_null(fgets(line, sizeof line, f));
    c->rows = 0;
    while (fgets(line, sizeof line, f)) {
        c->cols = 1;
        for (const char *p = line; *p; p++)
            c->cols += *p == ',';
        const char *cell = line;
        for (size_t j = 0; j < c->cols; j++) {
            assert_true(c->rows * c->cols + j < CELLS);
            c->v[c->rows * c->cols + j] = strtod(cell, NULL);
            cell += strcspn(cell, ",");
            cell += *cell == ',';
        }
        c->rows++;
    }
    fclose(f);
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

static const char *const sets[] = {"ecoli", "iris", "mk2", "ruspini", "wdbc", "wine"};
enum { SETS = sizeof sets / sizeof *sets };

/* All figures of the partition in a column of labels. */
static struct clu_validity fit(const struct cells *data, const struct cells *labels, size_t column)
{
    struct clu_validity v;
    struct clu_run run = CLU_RUN_DEFAULT;
    int32_t *label = clu_alloc(data->rows, sizeof *label);
    size_t k = 0;
    assert_int_equal(data->rows, labels->rows);
    for (size_t i = 0; i < data->rows; i++) {
        label[i] = (int32_t)labels->v[i * labels->cols + column] - 1;
        k = (size_t)label[i] + 1 > k ? (size_t)label[i] + 1 : k;
    }
    struct clu_view x = {.v = data->v, .rows = data->rows, .cols = data->cols - 1, .ld = data->cols}; /* the last is the class */
    assert_int_equal(clu_validity_fit(&v, x, label, k, &(struct clu_validity_opt){.silhouette = true, .dunn = true}, &run, NULL),
                     CLU_OK);
    clu_free(label);
    return v;
}

static struct cells data, labels, theirs;

/* A file of figures: its first cell, the set, is read as 0, and so rows are told apart by the order of sets and columns. */
static void each_figure(const char *name, void (*compare)(const struct clu_validity *v, const double *row))
{
    size_t row = 0;
    load(&theirs, "tests/oracle/validity", name, true);
    for (size_t s = 0; s < SETS; s++) {
        load(&data, "data", sets[s], true);
        load(&labels, "tests/oracle/kmeans", sets[s], false);
        for (size_t column = 0; column < labels.cols; column++) {
            struct clu_validity v = fit(&data, &labels, column);
            if (v.k < v.n) {
                assert_true(row < theirs.rows && theirs.v[row * theirs.cols + 1] == (double)column + 1);
                compare(&v, theirs.v + row * theirs.cols);
                row++;
            }
            clu_validity_clear(&v);
        }
    }
    assert_int_equal(row, theirs.rows);
}

static void compare_sklearn(const struct clu_validity *v, const double *row)
{
    assert_true(row[2] == (double)v->k && close_to(v->silhouette, row[3]) && close_to(v->ch, row[4]) && close_to(v->db, row[5]));
}

static void compare_r(const struct clu_validity *v, const double *row)
{
    double diameter = 0, separation = HUGE_VAL;
    for (size_t g = 0; g < v->k; g++) {
        diameter = fmax(diameter, v->diameter[g]);
        separation = fmin(separation, v->separation[g]);
    }
    assert_true(close_to(v->silhouette, row[2]) && close_to(v->ch, row[3]) && close_to(v->dunn, row[4]));
    assert_true(close_to(diameter, row[5]) && close_to(separation, row[6]) && fabs(v->width[0] - row[7]) <= 1e-12);
}

static void figures_of_sklearn(void **state)
{
    (void)state;
    each_figure("sklearn", compare_sklearn);
}

static void figures_of_r(void **state)
{
    (void)state;
    each_figure("r", compare_r);
}

/* The partitions are the first of each k: oracle/validity.py. */
static void every_width_of_sklearn(void **state)
{
    (void)state;
    for (size_t s = 0; s < SETS; s++) {
        size_t column = 0, last = 0;
        if (strcmp(sets[s], "mk2") == 0)
            continue;
        load(&data, "data", sets[s], true);
        load(&labels, "tests/oracle/kmeans", sets[s], false);
        load(&theirs, "tests/oracle/validity", sets[s], true);
        for (size_t c = 0; c < labels.cols; c++) {
            struct clu_validity v = fit(&data, &labels, c);
            if (v.k != last && v.k < v.n) {
                for (size_t i = 0; i < v.n; i++)
                    assert_true(fabs(v.width[i] - theirs.v[i * theirs.cols + column]) <= 1e-12);
                column++;
            }
            last = v.k;
            clu_validity_clear(&v);
        }
        assert_int_equal(column, theirs.cols);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_sklearn),
        cmocka_unit_test(figures_of_r),
        cmocka_unit_test(every_width_of_sklearn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
