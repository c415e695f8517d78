/* alg/validity.h: every figure by brute force, the same bytes for all threads and targets, and where definitions leave off. */
#include "unit.h"

#include "alg/validity.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

static struct clu_err err;

/* --- tables --- */

struct table {
    size_t n, d, k;
    double *x;
    int32_t *label;
};

static struct clu_view look(const struct table *t)
{
    return (struct clu_view){.v = t->x, .rows = t->n, .cols = t->d, .ld = t->d};
}

/* Clusters of very different sizes, none empty, their rows mixed; scale and offset try the range of numbers. */
static struct table random_table(size_t n, size_t d, size_t k, double scale, double offset)
{
    struct table t = {n, d, k, clu_alloc(n * d, sizeof *t.x), clu_alloc(n, sizeof *t.label)};
    struct clu_rng r;
    clu_rng_at(&r, n * 31 + d, k);
    for (size_t i = 0; i < n; i++) {
        size_t among = i % 3 ? k : (k + 1) / 2;
        t.label[i] = (int32_t)(i < k ? i : clu_rng_below(&r, i % 5 ? among : 1));
    }
    for (size_t i = n; i-- > 1;) {
        size_t j = (size_t)clu_rng_below(&r, i + 1);
        int32_t other = t.label[j];
        t.label[j] = t.label[i];
        t.label[i] = other;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            t.x[i * d + j] = offset + scale * (clu_rng_unit(&r) + (double)((size_t)t.label[i] * (j + 7) % 5));
    return t;
}

static void clear(struct table *t)
{
    clu_free(t->x);
    clu_free(t->label);
}

/* --- brute force --- */

static double away(const double *a, const double *b, size_t d)
{
    long double sum = 0;
    for (size_t j = 0; j < d; j++)
        sum += ((long double)a[j] - b[j]) * ((long double)a[j] - b[j]);
    return (double)sqrtl(sum);
}

static bool close_to(double a, double b)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

/* Widths may cancel: they are compared to 1. */
static bool near_width(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12;
}

static void find_means(const struct table *t, double *mean)
{
    for (size_t g = 0; g < t->k; g++)
        for (size_t j = 0; j < t->d; j++) {
            long double sum = 0;
            size_t count = 0;
            for (size_t i = 0; i < t->n; i++)
                if (t->label[i] == (int32_t)g) {
                    sum += t->x[i * t->d + j];
                    count++;
                }
            mean[g * t->d + j] = (double)(sum / (long double)count);
        }
}

/* a and b of row i by the distances to points, one a cluster. */
static double simple_width(const struct table *t, const double *point, size_t i, double *a)
{
    double b = HUGE_VAL;
    for (size_t g = 0; g < t->k; g++) {
        double r = away(t->x + i * t->d, point + g * t->d, t->d);
        if (t->label[i] == (int32_t)g)
            *a = r;
        else
            b = fmin(b, r);
    }
    return *a == b ? 0 : (b - *a) / fmax(*a, b);
}

/* The row's silhouette among the rows where in[] is true (NULL: all), and the mean distances to the clusters. */
static double brute_width(const struct table *t, const bool *in, size_t i, double *to)
{
    double a = NAN, b = HUGE_VAL;
    for (size_t g = 0; g < t->k; g++) {
        long double sum = 0;
        size_t count = 0;
        for (size_t o = 0; o < t->n; o++)
            if (o != i && t->label[o] == (int32_t)g && (!in || in[o])) {
                sum += away(t->x + i * t->d, t->x + o * t->d, t->d);
                count++;
            }
        to[g] = count ? (double)(sum / (long double)count) : NAN;
        if (t->label[i] == (int32_t)g)
            a = to[g];
        else
            b = fmin(b, to[g]);
    }
    return b == HUGE_VAL ? NAN : isnan(a) || a == b ? 0 : (b - a) / fmax(a, b);
}

static void check_widths(const struct table *t, const struct clu_validity *v, const bool *in)
{
    double sum = 0, *to = clu_alloc(t->k, sizeof *to);
    size_t count = 0;
    for (size_t g = 0; g < t->k; g++) {
        double of = 0;
        size_t rows = 0;
        for (size_t i = 0; i < t->n; i++) {
            if (t->label[i] != (int32_t)g)
                continue;
            double width = in && !in[i] ? NAN : brute_width(t, in, i, to);
            assert_true(near_width(v->width[i], width));
            if (isnan(width)) {
                assert_int_equal(v->neighbour[i], -1);
                continue;
            }
            for (size_t h = 0; h < t->k; h++)
                assert_true(h == g || isnan(to[h]) || to[v->neighbour[i]] <= to[h] * (1 + 1e-12));
            of += width;
            rows++;
        }
        assert_true(near_width(v->silhouette_of[g], of / (double)rows));
        sum += of;
        count += rows;
    }
    assert_true(near_width(v->silhouette, sum / (double)count));
    clu_free(to);
}

static void check_dispersion(const struct table *t, const struct clu_validity *v, const double *mean)
{
    double *spread = clu_calloc(t->k, sizeof *spread), *middle = clu_calloc(t->d, sizeof *middle), db = 0;
    long double inertia = 0, between = 0;
    for (size_t g = 0; g < t->k; g++) {
        long double of = 0, sum = 0;
        size_t rows = 0;
        for (size_t i = 0; i < t->n; i++)
            if (t->label[i] == (int32_t)g) {
                double r = away(t->x + i * t->d, mean + g * t->d, t->d);
                of += (long double)r * r;
                sum += r;
                rows++;
            }
        assert_int_equal(v->size[g], rows);
        assert_true(close_to(v->inertia_of[g], (double)of));
        spread[g] = (double)(sum / (long double)rows);
        inertia += of;
        for (size_t j = 0; j < t->d; j++)
            middle[j] += mean[g * t->d + j] * (double)rows / (double)t->n;
    }
    assert_true(close_to(v->inertia, (double)inertia));
    for (size_t g = 0; g < t->k; g++) {
        double r = away(mean + g * t->d, middle, t->d), worst = 0;
        between += (long double)v->size[g] * r * r;
        for (size_t h = 0; h < t->k; h++)
            if (h != g)
                worst = fmax(worst, (spread[g] + spread[h]) / away(mean + g * t->d, mean + h * t->d, t->d));
        db += worst / (double)t->k;
        assert_true(t->k == 1 || t->k == t->n ? isnan(v->db_of[g]) : close_to(v->db_of[g], worst));
    }
    double ch = (double)(between / inertia) * (double)(t->n - t->k) / ((double)t->k - 1);
    assert_true(t->k == 1 || t->k == t->n ? isnan(v->ch) && isnan(v->db) : close_to(v->ch, ch) && close_to(v->db, db));
    clu_free(spread);
    clu_free(middle);
}

static void check_dunn(const struct table *t, const struct clu_validity *v)
{
    double most = 0, least = HUGE_VAL;
    for (size_t g = 0; g < t->k; g++) {
        double diameter = 0, separation = HUGE_VAL;
        for (size_t i = 0; i < t->n; i++)
            for (size_t o = 0; o < t->n && t->label[i] == (int32_t)g; o++) {
                double r = away(t->x + i * t->d, t->x + o * t->d, t->d);
                if (t->label[o] == (int32_t)g)
                    diameter = fmax(diameter, r);
                else
                    separation = fmin(separation, r);
            }
        assert_true(close_to(v->diameter[g], diameter));
        assert_true(t->k == 1 ? isnan(v->separation[g]) : close_to(v->separation[g], separation));
        most = fmax(most, diameter);
        least = fmin(least, separation);
    }
    assert_true(t->k == 1 ? isnan(v->dunn) : close_to(v->dunn, least / most));
}

/* --- the same for all threads and targets --- */

static bool same_bits(const double *a, const double *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

static void check_same(const struct clu_validity *a, const struct clu_validity *b)
{
    size_t n = a->n, k = a->k;
    assert_true(same_bits(a->width, b->width, n) && same_bits(a->silhouette_of, b->silhouette_of, k));
    assert_memory_equal(a->neighbour, b->neighbour, n * sizeof *a->neighbour);
    assert_true(same_bits(a->inertia_of, b->inertia_of, k) && same_bits(a->db_of, b->db_of, k));
    assert_true(same_bits(a->diameter, b->diameter, k) && same_bits(a->separation, b->separation, k));
    double of_a[] = {a->inertia, a->silhouette, a->ch, a->db, a->dunn}, of_b[] = {b->inertia, b->silhouette, b->ch, b->db, b->dunn};
    assert_true(same_bits(of_a, of_b, 5));
}

static void fit(struct clu_validity *v, const struct table *t, const struct clu_validity_opt *opt)
{
    static const int threads[] = {2, 3, 7};
    struct clu_run run = CLU_RUN_DEFAULT;
    assert_int_equal(clu_validity_fit(v, look(t), t->label, t->k, opt, &run, &err), CLU_OK);
    for (int target = 0; target < UNIT_TARGETS; target++)
        for (size_t j = 0; j < 3; j++) {
            struct clu_validity other;
            if (!unit_target(target))
                continue;
            run.threads = threads[j];
            assert_int_equal(clu_validity_fit(&other, look(t), t->label, t->k, opt, &run, &err), CLU_OK);
            check_same(v, &other);
            clu_validity_clear(&other);
        }
    assert_int_equal(clu_kern_select(NULL, &err), CLU_OK);
}

/* --- tests --- */

static void check(size_t n, size_t d, size_t k, double scale, double offset)
{
    struct table t = random_table(n, d, k, scale, offset);
    double *mean = clu_alloc(k * d, sizeof *mean);
    struct clu_validity v;
    fit(&v, &t, &(struct clu_validity_opt){.silhouette = true, .dunn = true});
    for (size_t i = 0; i < n * d; i++) /* exact, so brute force has all digits of the means */
        t.x[i] -= offset;
    find_means(&t, mean);
    check_widths(&t, &v, NULL);
    check_dispersion(&t, &v, mean);
    check_dunn(&t, &v);
    clu_validity_clear(&v);
    clu_free(mean);
    clear(&t);
}

static void any_partition(void **state)
{
    (void)state;
    check(2, 1, 2, 1, 0);
    check(3, 1, 2, 1, 0);
    check(7, 3, 7, 1, 0);
    check(48, 2, 3, 1, 0);
    check(49, 2, 3, 1, 0);
    check(96, 1, 1, 1, 0);
    check(150, 4, 3, 1, 0);
    check(200, 17, 60, 1, 0);
    check(333, 8, 5, 1, 0);
    check(400, 9, 150, 1, 0);
}

static void several_blocks(void **state)
{
    (void)state;
    check(2300, 2, 4, 1, 0);
    check(3100, 3, 77, 1, 0);
}

/* So many blocks that threads find pairs of them in ever another order. */
static void many_blocks(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct table t = random_table(9000 + (size_t)i * 1000, 2, i % 2 ? 3 : 500, 1, 0);
        struct clu_validity v;
        fit(&v, &t, &(struct clu_validity_opt){.silhouette = true});
        assert_true(!isnan(v.silhouette));
        clu_validity_clear(&v);
        clear(&t);
    }
}

static void any_magnitude(void **state)
{
    (void)state;
    check(150, 4, 3, 1e-300, 0);
    check(150, 4, 3, 1e200, 0);
    check(150, 4, 3, 1, 1024 * 1024);
}

static void sampled(void **state)
{
    (void)state;
    struct table t = random_table(900, 3, 40, 1, 0);
    struct clu_validity v, all;
    struct clu_validity_opt opt = {.silhouette = true, .how = CLU_SILHOUETTE_SAMPLED, .sample = 200};
    struct clu_run run = CLU_RUN_DEFAULT;
    bool in[900] = {false};
    size_t drawn = 0;

    fit(&v, &t, &opt);
    for (size_t i = 0; i < t.n; i++) {
        in[i] = v.neighbour[i] >= 0;
        drawn += in[i];
    }
    assert_int_equal(drawn, 200);
    check_widths(&t, &v, in);
    assert_true(isnan(v.dunn));

    memset(t.label, 0, t.n * sizeof *t.label); /* the same rows for another partition */
    t.label[0] = 1;
    t.k = 2;
    clu_validity_clear(&v);
    fit(&v, &t, &opt);
    for (size_t i = 0; i < t.n; i++)
        assert_true(in[0] ? in[i] == !isnan(v.width[i]) : isnan(v.width[i])); /* in[0]: else one cluster is left */
    assert_true(in[0] || isnan(v.silhouette));
    clu_validity_clear(&v);

    clear(&t);
    t = random_table(150, 2, 3, 1, 0); /* fewer rows than the sample */
    fit(&v, &t, &opt);
    opt.how = CLU_SILHOUETTE_EXACT;
    assert_int_equal(clu_validity_fit(&all, look(&t), t.label, t.k, &opt, &run, &err), CLU_OK);
    check_same(&v, &all);
    clu_validity_clear(&v);
    clu_validity_clear(&all);
    clear(&t);
}

static void simplified(void **state)
{
    (void)state;
    struct table t = random_table(500, 3, 7, 1, 0);
    double *mean = clu_alloc(t.k * t.d, sizeof *mean), a, sum = 0;
    struct clu_validity v;
    find_means(&t, mean);
    fit(&v, &t, &(struct clu_validity_opt){.silhouette = true, .how = CLU_SILHOUETTE_SIMPLIFIED});
    for (size_t i = 0; i < t.n; i++) {
        double width = simple_width(&t, mean, i, &a);
        assert_true(near_width(v.width[i], v.size[t.label[i]] == 1 ? 0 : width));
        sum += v.width[i];
    }
    assert_true(near_width(v.silhouette, sum / (double)t.n));
    clu_validity_clear(&v);
    clu_free(mean);
    clear(&t);
}

static void medoid_silhouette(void **state)
{
    (void)state;
    struct table t = random_table(500, 3, 7, 1, 0);
    double *medoid = clu_alloc(t.k * t.d, sizeof *medoid), a;
    struct clu_validity v, with;
    struct clu_validity_opt opt = {.silhouette = true, .how = CLU_SILHOUETTE_MEDOID};
    for (size_t g = 0; g < t.k; g++) {
        double least = HUGE_VAL;
        for (size_t i = 0; i < t.n; i++) {
            double sum = 0;
            for (size_t o = 0; o < t.n; o++)
                sum += t.label[o] == t.label[i] ? away(t.x + i * t.d, t.x + o * t.d, t.d) : 0;
            if (t.label[i] == (int32_t)g && sum < least) {
                least = sum;
                memcpy(medoid + g * t.d, t.x + i * t.d, t.d * sizeof *medoid);
            }
        }
    }
    fit(&v, &t, &opt);
    for (size_t i = 0; i < t.n; i++) {
        double width = simple_width(&t, medoid, i, &a);
        assert_true(near_width(v.width[i], a == 0 ? 1 : width >= 0 ? width : 1 - 1 / (1 + width)));
    }
    opt.dunn = true;
    fit(&with, &t, &opt);
    assert_true(same_bits(v.width, with.width, t.n) && !isnan(with.dunn));
    clu_validity_clear(&v);
    clu_validity_clear(&with);
    clu_free(medoid);
    clear(&t);
}

/* x[n] in one column. */
static struct clu_validity line(double *x, int32_t *label, size_t n, size_t k)
{
    struct table t = {n, 1, k, x, label};
    struct clu_validity v;
    fit(&v, &t, &(struct clu_validity_opt){.silhouette = true, .dunn = true});
    return v;
}

static void where_definitions_leave_off(void **state)
{
    (void)state;
    struct clu_validity v = line((double[]){1, 2, 4}, (int32_t[]){0, 0, 0}, 3, 1); /* one cluster */
    assert_true(isnan(v.silhouette) && isnan(v.ch) && isnan(v.db) && isnan(v.dunn) && isnan(v.separation[0]));
    assert_true(v.diameter[0] == 3 && v.neighbour[0] == -1 && isnan(v.width[2]));
    clu_validity_clear(&v);

    v = line((double[]){1, 2, 4}, (int32_t[]){0, 1, 2}, 3, 3); /* each row its own */
    assert_true(v.silhouette == 0 && isnan(v.ch) && isnan(v.db) && v.dunn == HUGE_VAL && v.inertia == 0);
    clu_validity_clear(&v);

    v = line((double[]){1, 1, 4, 4}, (int32_t[]){0, 0, 1, 1}, 4, 2); /* nothing within */
    assert_true(v.silhouette == 1 && v.ch == HUGE_VAL && v.db == 0 && v.dunn == HUGE_VAL);
    clu_validity_clear(&v);

    v = line((double[]){3, 3, 3, 3}, (int32_t[]){0, 1, 0, 1}, 4, 2); /* nothing at all */
    assert_true(v.silhouette == 0 && isnan(v.ch) && v.db == 0 && isnan(v.dunn));
    clu_validity_clear(&v);

    v = line((double[]){-1, 1, -2, 2}, (int32_t[]){0, 0, 1, 1}, 4, 2); /* equal means */
    assert_true(v.ch == 0 && v.db == 0);
    clu_validity_clear(&v);

    v = line((double[]){0, 1, 9}, (int32_t[]){0, 0, 1}, 3, 2); /* a single row */
    assert_true(v.width[2] == 0 && v.neighbour[2] == 0 && v.width[0] == 1 - 1.0 / 9 && v.dunn == 8);
    clu_validity_clear(&v);
}

static int stop(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)what, (void)done, (void)of, (void)value;
    return --*(int *)ctx < 0;
}

static void refusals(void **state)
{
    (void)state;
    struct table t = random_table(3000, 2, 3, 1, 0);
    int calls = 1;
    struct clu_watch watch = {stop, &calls};
    struct clu_run run = {.seed = 1, .threads = 2, .max_memory = 100000};
    struct clu_validity_opt opt = {.silhouette = true};
    struct clu_validity v;

    assert_int_equal(clu_validity_fit(&v, look(&t), t.label, t.k, &opt, &run, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 165.4 KiB for the silhouette of 3000 rows in 3 clusters; use a sample");
    assert_null(v.width);
    opt.how = CLU_SILHOUETTE_SIMPLIFIED;
    assert_int_equal(clu_validity_fit(&v, look(&t), t.label, t.k, &opt, &run, &err), CLU_OK);
    clu_validity_clear(&v);
    opt.how = CLU_SILHOUETTE_EXACT;
    run.max_memory = 0;
    run.watch = &watch;
    assert_int_equal(clu_validity_fit(&v, look(&t), t.label, t.k, &opt, &run, &err), CLU_STOPPED);
    assert_null(v.width);
    clear(&t);
}

static void floats(void **state)
{
    (void)state;
    struct table t = random_table(300, 3, 4, 1, 0);
    float *f = clu_alloc(t.n * t.d, sizeof *f);
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_validity_opt opt = {.silhouette = true, .dunn = true};
    struct clu_validity v, w;
    for (size_t i = 0; i < t.n * t.d; i++)
        t.x[i] = f[i] = (float)t.x[i];
    assert_int_equal(clu_validity_fit(&v, look(&t), t.label, t.k, &opt, &run, &err), CLU_OK);
    struct clu_view x = {.f = f, .rows = t.n, .cols = t.d, .ld = t.d};
    assert_int_equal(clu_validity_fit(&w, x, t.label, t.k, &opt, &run, &err), CLU_OK);
    check_same(&v, &w);
    clu_validity_clear(&v);
    clu_validity_clear(&w);
    clu_free(f);
    clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_partition),
        cmocka_unit_test(several_blocks),
        cmocka_unit_test(many_blocks),
        cmocka_unit_test(any_magnitude),
        cmocka_unit_test(sampled),
        cmocka_unit_test(simplified),
        cmocka_unit_test(medoid_silhouette),
        cmocka_unit_test(where_definitions_leave_off),
        cmocka_unit_test(refusals),
        cmocka_unit_test(floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
