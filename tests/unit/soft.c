/* num/soft.h: golden values; the recurrences as they are written, in logarithms and long doubles. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/soft.h"

#include <math.h>
#include <stdlib.h>

enum { SERIES = 6, CHANNELS = 3, MOST = 32 };

static void fill(struct clu_series *s, size_t n, size_t channels, size_t most, bool ragged, uint64_t stream)
{
    size_t len[SERIES];
    struct clu_rng r;
    clu_rng_at(&r, 7, stream);
    for (size_t i = 0; i < n; i++)
        len[i] = ragged ? 1 + (size_t)clu_rng_below(&r, most) : most;
    assert_int_equal(clu_series_init(s, n, channels, len, NULL), CLU_OK);
    for (size_t t = 0; t < s->at[n]; t++)
        s->v[t] = 3 * (2 * clu_rng_unit(&r) - 1);
}

/* The definition of num/measure.h, from 0; w: samples, below 0 for none. */
static bool inside(int w, int n, int m, int i, int j)
{
    if (n > m)
        return inside(w, m, n, j, i);
    int half = 2 * w * (n - 1) > m - 1 ? 2 * w * (n - 1) : m - 1;
    return w < 0 || (n == m ? abs(i - j) <= w : 2 * abs(j * (n - 1) - i * (m - 1)) <= half);
}

static long double log_sum(long double a, long double b, long double c)
{
    long double most = fmaxl(fmaxl(a, b), c);
    return isinf(most) ? most : most + logl(expl(a - most) + expl(b - most) + expl(c - most));
}

/* log K of channels from .. from + channels - 1; of soft-DTW, K is exp(-R / gamma). */
static long double plainly(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                           size_t from, size_t channels)
{
    static long double k[MOST + 1][MOST + 1];
    size_t n = a->len[i], wide = b->len[j];
    for (size_t s = 0; s <= n; s++)
        for (size_t t = 0; t <= wide; t++)
            k[s][t] = -HUGE_VALL;
    k[0][0] = 0;
    for (size_t s = 1; s <= n; s++)
        for (size_t t = 1; t <= wide; t++) {
            long double d2 = 0, cell;
            if (!inside(m->windowed ? (int)m->window : -1, (int)n, (int)wide, (int)s - 1, (int)t - 1))
                continue;
            for (size_t c = from; c < from + channels; c++) {
                long double d = (long double)clu_series_at(a, i, c)[s - 1] - clu_series_at(b, j, c)[t - 1];
                d2 += d * d;
            }
            if (m->kind == CLU_SERIES_GAK) {
                long double h = d2 / (2 * (long double)m->sigma * m->sigma);
                cell = -h - logl(2 - expl(-h));
            } else
                cell = -d2 / m->gamma;
            k[s][t] = cell + log_sum(k[s - 1][t], k[s][t - 1], k[s - 1][t - 1]);
        }
    return k[n][wide];
}

static double plain_raw(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j,
                        size_t from, size_t channels)
{
    long double k = plainly(m, a, i, b, j, from, channels);
    return (double)(m->kind == CLU_SERIES_GAK ? k : -m->gamma * k);
}

static double plain_pair(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j)
{
    size_t together = m->independent ? 1 : a->channels;
    long double sum = 0;
    for (size_t c = 0; c < a->channels; c += together) {
        long double both = plainly(m, a, i, b, j, c, together);
        long double own = (plainly(m, a, i, a, i, c, together) + plainly(m, b, j, b, j, c, together)) / 2;
        sum += m->kind == CLU_SERIES_GAK ? fmaxl(0, 1 - expl(both - own)) : -m->gamma * (both - own);
    }
    return (double)sum;
}

/* Within 1e-12, of the terms that a divergence is the difference of. */
static void near(double a, double b, double terms)
{
    assert_true(fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(b), terms)));
}

/* What was computed plainly of each pair: undivided, and the distance. */
struct plain {
    double raw[SERIES][SERIES], pair[SERIES][SERIES];
};

static void compare(const struct clu_measure *m, const struct clu_series *a, const struct clu_series *b, const struct plain *p)
{
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_soft *s, *u;
    assert_int_equal(clu_soft_init(&s, a, m, &run, NULL), CLU_OK);
    assert_int_equal(clu_soft_init(&u, b, m, &run, NULL), CLU_OK);
    double *scratch = clu_alloc(clu_soft_raw_scratch(a->channels, MOST, MOST), sizeof *scratch);
    assert_true(clu_soft_scratch(s, u) <= clu_soft_raw_scratch(a->channels, MOST, MOST));
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            double d = clu_soft_pair(s, i, u, j, scratch);
            near(clu_soft_raw(m, a, i, b, j, scratch), p->raw[i][j], 0);
            near(d, p->pair[i][j], m->kind == CLU_SERIES_GAK ? 0 : fabs(p->raw[i][j]));
            assert_true(d == clu_soft_pair(u, j, s, i, scratch));
        }
    assert_true(clu_soft_pair(s, 0, s, 0, scratch) == 0);
    clu_free(scratch);
    clu_soft_free(s);
    clu_soft_free(u);
}

/* By all kernels. */
static void compare_all(const struct clu_measure *m, const struct clu_series *a, const struct clu_series *b)
{
    struct plain p = {0};
    size_t together = m->independent ? 1 : a->channels;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            for (size_t c = 0; c < a->channels; c += together)
                p.raw[i][j] += plain_raw(m, a, i, b, j, c, together);
            p.pair[i][j] = plain_pair(m, a, i, b, j);
        }
    for (int target = 0; target < UNIT_TARGETS; target++)
        if (unit_target(target))
            compare(m, a, b, &p);
}

static void as_it_is_written(void **state)
{
    static const size_t longest[] = {1, 2, 7, MOST};
    static const int windows[] = {-1, 0, 1, 4};
    (void)state;
    for (size_t q = 0; q < sizeof longest / sizeof *longest; q++)
        for (size_t channels = 1; channels <= CHANNELS; channels += 2)
            for (int form = 0; form < 32; form++) {
                struct clu_measure m = CLU_MEASURE_DEFAULT;
                struct clu_series a, b;
                m.kind = form & 1 ? CLU_SERIES_GAK : CLU_SERIES_SOFTDTW;
                m.independent = form & 2;
                m.gamma = form & 4 ? 0.01 : 1;
                m.sigma = form & 4 ? 0.5 : 4;
                m.windowed = windows[form >> 3] >= 0;
                m.window = windows[form >> 3];
                fill(&a, 2, channels, longest[q], form & 4, q);
                fill(&b, 3, channels, longest[q], form & 1, q + 100);
                compare_all(&m, &a, &b);
                clu_series_clear(&a);
                clu_series_clear(&b);
            }
    assert_int_equal(clu_kern_select(NULL, NULL), CLU_OK);
}

static void golden(void **state)
{
    static const double v[] = {1, 3, 2, 5, 4, 4, 7, 6, 2, 1, 1, 2, 2, 4, 6, 5, 5, 8, 3, 0};
    struct clu_measure soft = CLU_MEASURE_DEFAULT, gak = CLU_MEASURE_DEFAULT;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_series x;
    struct clu_soft *s;
    (void)state;
    soft.kind = CLU_SERIES_SOFTDTW;
    gak.kind = CLU_SERIES_GAK;
    gak.sigma = 2;
    assert_int_equal(clu_series_init(&x, 2, 1, (size_t[]){10, 10}, NULL), CLU_OK);
    memcpy(x.v, v, sizeof v);
    double *scratch = clu_alloc(clu_soft_raw_scratch(1, 10, 10), sizeof *scratch);
    assert_true(fabs(clu_soft_raw(&soft, &x, 0, &x, 1, scratch) - 8.02080875) < 1e-8);
    assert_true(fabs(clu_soft_raw(&soft, &x, 0, &x, 0, scratch) + 3.528117918) < 1e-9);
    assert_true(fabs(clu_soft_raw(&soft, &x, 1, &x, 1, scratch) + 3.753558103) < 1e-9);
    assert_true(fabs(clu_soft_raw(&gak, &x, 0, &x, 1, scratch) - 5.836043458) < 1e-9);
    assert_int_equal(clu_soft_init(&s, &x, &soft, &run, NULL), CLU_OK);
    assert_true(fabs(clu_soft_pair(s, 0, s, 1, scratch) - 11.66164676) < 1e-8);
    clu_soft_free(s);
    assert_int_equal(clu_soft_init(&s, &x, &gak, &run, NULL), CLU_OK);
    assert_true(fabs(clu_soft_pair(s, 0, s, 1, scratch) - (1 - 0.1740103991)) < 1e-10);
    clu_soft_free(s);
    clu_free(scratch);
    clu_series_clear(&x);
}

static void same_bits_of_all_threads(void **state)
{
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series x;
    double first[SERIES];
    (void)state;
    m.kind = CLU_SERIES_SOFTDTW;
    fill(&x, SERIES, 2, MOST, true, 3);
    for (int threads = 1; threads <= 3; threads++) {
        struct clu_run run = CLU_RUN_DEFAULT;
        struct clu_soft *s;
        run.threads = threads;
        assert_int_equal(clu_soft_init(&s, &x, &m, &run, NULL), CLU_OK);
        double *scratch = clu_alloc(clu_soft_scratch(s, s), sizeof *scratch);
        for (size_t i = 1; i < SERIES; i++) {
            double d = clu_soft_pair(s, i, s, i - 1, scratch);
            first[i] = threads == 1 ? d : first[i];
            assert_true(d == first[i]);
        }
        clu_free(scratch);
        clu_soft_free(s);
    }
    clu_series_clear(&x);
}

/* Costs that exp() of a double would lose, and more than any exponent of a double. */
static void far_apart(void **state)
{
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series x;
    (void)state;
    m.kind = CLU_SERIES_SOFTDTW;
    fill(&x, 2, 1, MOST, false, 5);
    double *scratch = clu_alloc(clu_soft_raw_scratch(1, MOST, MOST), sizeof *scratch);
    for (double times = 1; times <= 1e60; times *= 1e4) {
        struct clu_series y = {0};
        assert_int_equal(clu_series_pick(&y, &x, (size_t[]){0, 1}, 2, NULL), CLU_OK);
        for (size_t t = 0; t < y.at[2]; t++)
            y.v[t] *= times;
        near(clu_soft_raw(&m, &y, 0, &y, 1, scratch), plain_raw(&m, &y, 0, &y, 1, 0, 1), 0);
        near(clu_soft_raw(&m, &y, 0, &y, 0, scratch), plain_raw(&m, &y, 0, &y, 0, 0, 1), 0);
        clu_series_clear(&y);
    }
    x.v[0] = 1e200;
    assert_true(clu_soft_raw(&m, &x, 0, &x, 1, scratch) > 1e280);
    clu_free(scratch);
    clu_series_clear(&x);
}

static void median_heuristic(void **state)
{
    struct clu_series x;
    (void)state;
    fill(&x, SERIES, 1, 25, false, 1);
    double sigma = clu_soft_sigma(&x, 1, NULL);
    assert_true(sigma == clu_soft_sigma(&x, 1, NULL) && sigma != clu_soft_sigma(&x, 2, NULL));
    /* The median of |u - v| of uniform numbers of a range of 6 is 6 (1 - sqrt(1/2)). */
    assert_true(fabs(sigma / 5 - 6 * (1 - sqrt(0.5))) < 0.3);
    for (size_t t = 0; t < x.at[SERIES]; t++)
        x.v[t] = 4;
    assert_true(clu_soft_sigma(&x, 1, NULL) == 1);
    for (size_t t = 0; t < x.at[1]; t++)
        x.v[t] = 3; /* two thirds of the pairs are of equal ones */
    assert_true(clu_soft_sigma(&x, 1, NULL) == 1);
    clu_series_clear(&x);
    fill(&x, 1, 2, 9, false, 1);
    assert_true(clu_soft_sigma(&x, 1, NULL) > 0);
    clu_series_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(as_it_is_written),
        cmocka_unit_test(same_bits_of_all_threads),
        cmocka_unit_test(far_apart),
        cmocka_unit_test(median_heuristic),
    };
    clu_kern_select(NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
