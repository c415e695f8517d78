/* alg/ppp_columns.h: which columns show the clusters, beside noise; copies; no clusters; any order of rows and columns, any number of threads. */
#include "unit.h"

#include "alg/ppp_columns.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

enum { N = 800, CLUSTERED = 5, NOISE = 20, D = CLUSTERED + NOISE };

static struct clu_err err;
static double x[N * (D + 1)], y[N * (D + 1)];
static int32_t truth[N];

static double normal(struct clu_rng *r)
{
    double s = -6;
    for (int i = 0; i < 12; i++)
        s += clu_rng_unit(r);
    return s;
}

/* Centres at least sep apart. */
static void draw_centers(double (*center)[CLUSTERED], size_t k, double sep, struct clu_rng *r)
{
    for (size_t c = 0; c < k;) {
        bool far = true;
        for (size_t j = 0; j < CLUSTERED; j++)
            center[c][j] = normal(r) * sep / sqrt(2.0 * CLUSTERED) * 1.6;
        for (size_t b = 0; b < c; b++) {
            double square = 0;
            for (size_t j = 0; j < CLUSTERED; j++)
                square += (center[c][j] - center[b][j]) * (center[c][j] - center[b][j]);
            far = far && square >= sep * sep;
        }
        c += far;
    }
}

/* k normal clusters (0: none) in columns 0 .. 4; behind them normal and uniform noise of the same spread. */
static struct clu_view draw(size_t k, double sep, size_t cols, uint64_t seed)
{
    struct clu_rng r;
    double center[8][CLUSTERED], mean = 0, square = 0, spread;

    clu_rng_at(&r, seed, 3);
    draw_centers(center, k, sep, &r);
    for (size_t i = 0; i < N; i++) {
        truth[i] = k ? (int32_t)(i * k / N) : 0;
        for (size_t j = 0; j < CLUSTERED; j++) {
            double v = normal(&r) + (k ? center[truth[i]][j] : 0);
            x[i * cols + j] = v;
            mean += v / (N * CLUSTERED);
            square += v * v / (N * CLUSTERED);
        }
    }
    spread = sqrt(square - mean * mean);
    for (size_t i = 0; i < N; i++)
        for (size_t j = CLUSTERED; j < cols; j++)
            x[i * cols + j] = spread * (j % 2 ? normal(&r) : (clu_rng_unit(&r) - 0.5) * sqrt(12));
    return (struct clu_view){.v = x, .rows = N, .cols = cols, .ld = cols};
}

static void choose(struct clu_ppp_columns *out, struct clu_view v, int threads)
{
    struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
    struct clu_run run = {.seed = 1, .threads = threads};
    enum clu_status status = clu_ppp_columns_fit(out, v, &opt, &run, &err);

    if (status != CLU_OK)
        fail_msg("%s", err.msg);
}

/* Rows of different clusters are told apart, rows of one are not: the share of rows of the truth's clusters in the right one. */
static double right(const struct clu_ppp *fit, size_t k)
{
    size_t count[8][CLU_PPP_MOST] = {{0}}, sum = 0;

    for (size_t i = 0; i < N; i++)
        count[truth[i]][fit->label[i]]++;
    for (size_t c = 0; c < k; c++) {
        size_t most = 0;
        for (size_t l = 0; l < fit->k; l++)
            most = count[c][l] > most ? count[c][l] : most;
        sum += most;
    }
    return (double)sum / N;
}

static bool exactly_the_clustered(const struct clu_ppp_columns *out)
{
    bool yes = out->chosen == CLUSTERED;
    for (size_t j = 0; j < out->d; j++)
        yes = yes && (out->verdict[j] == CLU_PPP_CHOSEN) == (j < CLUSTERED);
    return yes;
}

static void check_shape(const struct clu_ppp_columns *out)
{
    size_t chosen = 0;
    bool seen[D + 1] = {false};

    for (size_t r = 0; r < out->d; r++) {
        size_t j = out->rank[r];
        assert_true(j < out->d && !seen[j]);
        seen[j] = true;
        chosen += out->verdict[j] == CLU_PPP_CHOSEN;
        assert_true(out->score[j] >= 0 && out->pair[j] >= 0 && out->pair[j] <= 1);
        assert_true((out->with[j] != SIZE_MAX) == (out->verdict[j] == CLU_PPP_REDUNDANT));
        assert_true(r >= out->chosen || out->verdict[j] == CLU_PPP_CHOSEN);
        if (r > 0 && r != out->chosen)
            assert_true(out->score[out->rank[r - 1]] >= out->score[j]);
    }
    assert_int_equal(chosen, out->chosen);
    assert_int_equal(out->fit.d, chosen ? chosen : out->d);
}

/* --- the aims --- */

static void draws(size_t k, double sep, uint64_t count, int most_wrong)
{
    int wrong = 0;

    for (uint64_t seed = 1; seed <= count; seed++) {
        struct clu_ppp_columns out;
        choose(&out, draw(k, sep, D, seed), 2);
        check_shape(&out);
        if (!exactly_the_clustered(&out)) {
            wrong++;
            print_message("draw %d: %zu chosen\n", (int)seed, out.chosen);
        } else if (sep >= 6) {
            assert_int_equal(out.fit.k, k);
            assert_true(right(&out.fit, k) > 0.98);
        }
        clu_ppp_columns_clear(&out);
    }
    assert_in_range(wrong, 0, most_wrong);
}

static void far_apart(void **state)
{
    (void)state;
    draws(4, 6, 3, 0);
}

static void less_far_apart(void **state)
{
    (void)state;
    draws(3, 4, 2, 1);
}

static void noise_only(void **state)
{
    (void)state;
    int any = 0;

    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct clu_ppp_columns out;
        choose(&out, draw(0, 0, D, seed), 2);
        check_shape(&out);
        any += out.chosen > 0;
        clu_ppp_columns_clear(&out);
    }
    assert_int_equal(any, 0);
}

/* --- what columns there are --- */

static void a_copy_is_redundant(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        struct clu_ppp_columns out;
        struct clu_view v = draw(4, 6, 8, 1);
        for (size_t i = 0; i < N; i++) /* monotone, so the ranks are the same */
            x[i * 8 + 7] = down ? -3 * x[i * 8] : x[i * 8];
        choose(&out, v, 2);
        check_shape(&out);
        assert_int_equal(out.chosen, CLUSTERED);
        assert_true((out.verdict[0] == CLU_PPP_REDUNDANT) != (out.verdict[7] == CLU_PPP_REDUNDANT));
        assert_true(out.with[0] == 7 || out.with[7] == 0);
        assert_int_equal(out.fit.d, CLUSTERED);
        clu_ppp_columns_clear(&out);
    }
}

static void constant_columns(void **state)
{
    (void)state;
    struct clu_ppp_columns out;
    struct clu_view v = draw(4, 6, 8, 2);

    for (size_t i = 0; i < N; i++)
        x[i * 8 + 2] = 7;
    choose(&out, v, 1);
    check_shape(&out);
    assert_true(out.score[2] == 0 && out.pair[2] == 1 && out.verdict[2] == CLU_PPP_FLAT);
    assert_int_equal(out.chosen, CLUSTERED - 1);
    clu_ppp_columns_clear(&out);

    for (size_t i = 0; i < N * 8; i++)
        x[i] = 7;
    choose(&out, v, 1);
    check_shape(&out);
    assert_int_equal(out.chosen, 0);
    assert_int_equal(out.fit.k, 1);
    clu_ppp_columns_clear(&out);
}

static void one_column(void **state)
{
    (void)state;
    struct clu_ppp_columns out;

    for (size_t i = 0; i < N; i++)
        x[i] = (double)(i * 7919 % 100) / 100 + (i % 2 ? 9 : 0);
    choose(&out, (struct clu_view){.v = x, .rows = N, .cols = 1, .ld = 1}, 2);
    check_shape(&out);
    assert_int_equal(out.chosen, 1);
    assert_int_equal(out.fit.k, 2);
    assert_true(out.score[0] > 50);
    clu_ppp_columns_clear(&out);
}

static void few_rows(void **state)
{
    (void)state;
    const double v[] = {1, 2, 3, 4, 5, 6};

    for (size_t n = 1; n <= 3; n++) {
        struct clu_ppp_columns out;
        choose(&out, (struct clu_view){.v = v, .rows = n, .cols = 2, .ld = 2}, 2);
        check_shape(&out);
        assert_int_equal(out.chosen, 0);
        assert_int_equal(out.fit.k, 1);
        clu_ppp_columns_clear(&out);
    }
}

/* --- the same result --- */

static void assert_same(const struct clu_ppp_columns *a, const struct clu_ppp_columns *b)
{
    assert_int_equal(a->chosen, b->chosen);
    assert_memory_equal(a->score, b->score, a->d * sizeof *a->score);
    assert_memory_equal(a->pair, b->pair, a->d * sizeof *a->pair);
    assert_memory_equal(a->verdict, b->verdict, a->d * sizeof *a->verdict);
    assert_memory_equal(a->with, b->with, a->d * sizeof *a->with);
    assert_memory_equal(a->rank, b->rank, a->d * sizeof *a->rank);
    assert_int_equal(a->fit.k, b->fit.k);
}

static void any_threads(void **state)
{
    (void)state;
    struct clu_ppp_columns one, more;
    struct clu_view v = draw(3, 4, 20, 5);

    choose(&one, v, 1);
    assert_true(one.chosen > 0);
    for (int t = 2; t <= 7; t += 5) {
        choose(&more, v, t);
        assert_same(&one, &more);
        assert_memory_equal(one.fit.label, more.fit.label, N * sizeof *one.fit.label);
        clu_ppp_columns_clear(&more);
    }
    clu_ppp_columns_clear(&one);
}

static void any_order_of_rows(void **state)
{
    (void)state;
    struct clu_ppp_columns plain, moved;
    struct clu_view v = draw(4, 6, 20, 5);
    struct clu_rng r;
    size_t order[N];
    int32_t number[CLU_PPP_MOST];

    clu_rng_at(&r, 1, 1);
    assert_int_equal(clu_rng_sample(&r, N, N, order), 0);
    for (size_t i = 0; i < N; i++) {
        x[i * 20 + 1] = round(2 * x[i * 20 + 1]) / 2; /* ties */
        x[i * 20 + 9] = round(x[i * 20 + 9]);
    }
    for (size_t i = 0; i < N; i++)
        memcpy(y + i * 20, x + order[i] * 20, 20 * sizeof *y);
    choose(&plain, v, 2);
    v.v = y;
    choose(&moved, v, 2);
    assert_same(&plain, &moved);
    memset(number, -1, sizeof number);
    for (size_t i = 0; i < N; i++) {
        int32_t *to = &number[moved.fit.label[i]];
        if (*to < 0)
            *to = plain.fit.label[order[i]];
        assert_int_equal(*to, plain.fit.label[order[i]]);
    }
    clu_ppp_columns_clear(&plain);
    clu_ppp_columns_clear(&moved);
}

/* --- stop --- */

static int stop_at(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)what, (void)done, (void)of, (void)value;
    return --*(int *)ctx < 0;
}

static void stops(void **state)
{
    (void)state;
    const struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
    struct clu_view v = draw(4, 6, 20, 1);

    for (int after = 0; after < 30; after += 9) {
        int left = after;
        struct clu_watch watch = {stop_at, &left};
        struct clu_run run = {.seed = 1, .threads = 2, .watch = &watch};
        struct clu_ppp_columns out;
        enum clu_status status = clu_ppp_columns_fit(&out, v, &opt, &run, &err);
        assert_true(status == CLU_STOPPED || (status == CLU_OK && left >= 0));
        if (status == CLU_STOPPED)
            assert_null(out.score);
        clu_ppp_columns_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(far_apart),
        cmocka_unit_test(less_far_apart),
        cmocka_unit_test(noise_only),
        cmocka_unit_test(a_copy_is_redundant),
        cmocka_unit_test(constant_columns),
        cmocka_unit_test(one_column),
        cmocka_unit_test(few_rows),
        cmocka_unit_test(any_threads),
        cmocka_unit_test(any_order_of_rows),
        cmocka_unit_test(stops),
    };
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
