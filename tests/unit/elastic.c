/* num/elastic.h and num/measure.h: published values, and full matrices filled as the definitions read. */
#include "series.h"

#include "num/elastic.h"

#include <stdlib.h>

static double pair(const struct clu_measure *m, const struct clu_series *s, size_t i, size_t j)
{
    double *scratch = clu_alloc(clu_elastic_scratch(m, s->channels, s->longest), sizeof *scratch);
    double d = clu_elastic_pair(m, s, i, s, j, scratch);
    clu_free(scratch);
    return d;
}

/* --- brute force --- */

enum { MOST = 64 };

struct brute {
    const struct clu_measure *m;
    size_t n, len, from, to; /* channels from .. to - 1 */
    double x[4][MOST + 1], y[4][MOST + 1], eps[4]; /* from 1; 0 is zero */
};

static bool inside(const struct brute *b, long i, long j)
{
    long n = (long)b->n, m = (long)b->len;
    size_t w = clu_measure_window(b->m, b->n, b->len);

    if (b->m->kind == CLU_SERIES_EUCLIDEAN || b->m->kind == CLU_SERIES_MANHATTAN)
        w = 0;
    if (w == SIZE_MAX || (i == 0 && j == 0))
        return true;
    if (n == m)
        return labs(i - j) <= (long)w;
    if (n > m) {
        long t = i;
        i = j, j = t;
        t = n, n = m, m = t;
    }
    long reach = 2 * (long)w * (n - 1) > m - 1 ? 2 * (long)w * (n - 1) : m - 1;
    return 2 * labs((j - 1) * (n - 1) - (i - 1) * (m - 1)) <= reach;
}

static double l1(const struct brute *b, const double (*x)[MOST + 1], size_t i, const double (*y)[MOST + 1], size_t j)
{
    double sum = 0;
    for (size_t c = b->from; c < b->to; c++)
        sum += fabs(x[c][i] - y[c][j]);
    return sum;
}

static double to_gap(const struct brute *b, const double (*x)[MOST + 1], size_t i)
{
    double sum = 0;
    for (size_t c = b->from; c < b->to; c++)
        sum += fabs(x[c][i] - b->m->gap);
    return sum;
}

/* C(a, b, z) of msm: of one channel as it is written, of several with the ball. */
static double split(const struct brute *b, const double (*v)[MOST + 1], size_t i, const double (*z)[MOST + 1], size_t j)
{
    double across = 0, radius = 0;
    for (size_t c = b->from; c < b->to; c++) {
        double middle = (v[c][i - 1] + z[c][j]) / 2;
        across += (v[c][i] - middle) * (v[c][i] - middle);
        radius += (v[c][i - 1] - middle) * (v[c][i - 1] - middle);
    }
    double a = v[b->from][i], q = v[b->from][i - 1], p = z[b->from][j];
    bool in = b->to - b->from == 1 ? (q <= a && a <= p) || (q >= a && a >= p) : across <= radius + 1e-12;
    return b->m->cost + (in ? 0 : fmin(l1(b, v, i, v, i - 1), l1(b, v, i, z, j)));
}

static bool match(const struct brute *b, size_t i, size_t j)
{
    for (size_t c = b->from; c < b->to; c++)
        if (fabs(b->x[c][i] - b->y[c][j]) > b->eps[c])
            return false;
    return true;
}

static bool there(const double (*v)[MOST + 1], const struct brute *b, size_t i)
{
    for (size_t c = b->from; c < b->to; c++)
        if (isnan(v[c][i]))
            return false;
    return true;
}

static double cost(const struct brute *b, size_t i, size_t j)
{
    const struct clu_measure *m = b->m;
    double sum = 0, longer = (double)(b->n > b->len ? b->n : b->len), off = fabs((double)i - (double)j);
    if (!there(b->x, b, i) || !there(b->y, b, j))
        return 0;
    for (size_t c = b->from; c < b->to; c++) {
        double d = b->x[c][i] - b->y[c][j];
        sum += m->kind == CLU_SERIES_MANHATTAN || (m->l1 && m->kind != CLU_SERIES_EUCLIDEAN) ? fabs(d) : d * d;
    }
    return m->kind == CLU_SERIES_WDTW ? sum * (1 / (1 + exp(-m->g * (off - longer / 2)))) : sum;
}

static double fill(const struct brute *b)
{
    static double d[MOST + 1][MOST + 1];
    const struct clu_measure *m = b->m;
    for (size_t i = 0; i <= b->n; i++)
        for (size_t j = 0; j <= b->len; j++) {
            d[i][j] = HUGE_VAL;
            if (i == 0 && j == 0)
                d[i][j] = 0;
            else if (i == 0 || j == 0)
                d[i][j] = m->kind == CLU_SERIES_LCSS ? 0 : m->kind == CLU_SERIES_EDR ? (double)(i + j)
                        : m->kind == CLU_SERIES_ERP  ? (i ? d[i - 1][0] + to_gap(b, b->x, i) : d[0][j - 1] + to_gap(b, b->y, j)) : HUGE_VAL;
        }
    for (size_t i = 0; i <= b->n; i++)
        for (size_t j = 0; j <= b->len; j++)
            if (!inside(b, (long)i, (long)j))
                d[i][j] = HUGE_VAL;
    for (size_t i = 1; i <= b->n; i++)
        for (size_t j = 1; j <= b->len; j++) {
            double diag = d[i - 1][j - 1], up = d[i - 1][j], left = d[i][j - 1], c = cost(b, i, j);
            if (!inside(b, (long)i, (long)j))
                continue;
            switch (m->kind) {
            case CLU_SERIES_MSM:
                diag += l1(b, b->x, i, b->y, j);
                up = i > 1 ? up + split(b, b->x, i, b->y, j) : HUGE_VAL;
                left = j > 1 ? left + split(b, b->y, j, b->x, i) : HUGE_VAL;
                break;
            case CLU_SERIES_TWE:
                diag += l1(b, b->x, i, b->y, j) + l1(b, b->x, i - 1, b->y, j - 1) + 2 * m->nu * fabs((double)i - (double)j);
                up += l1(b, b->x, i, b->x, i - 1) + m->nu + m->lambda;
                left += l1(b, b->y, j, b->y, j - 1) + m->nu + m->lambda;
                break;
            case CLU_SERIES_ERP:
                diag += l1(b, b->x, i, b->y, j);
                up += to_gap(b, b->x, i);
                left += to_gap(b, b->y, j);
                break;
            case CLU_SERIES_LCSS: /* minus the length; the textbook's "else" is the same */
                diag -= match(b, i, j) ? 1 : 0;
                break;
            case CLU_SERIES_EDR:
                diag += match(b, i, j) ? 0 : 1;
                up += 1;
                left += 1;
                break;
            default:
                if (m->kind == CLU_SERIES_ADTW)
                    up += m->penalty, left += m->penalty;
                if (!there(b->x, b, i) || !there(b->y, b, j) || !there(b->x, b, i - 1))
                    up = HUGE_VAL;
                if (!there(b->x, b, i) || !there(b->y, b, j) || !there(b->y, b, j - 1))
                    left = HUGE_VAL;
                diag += m->kind == CLU_SERIES_DTW && m->symmetric2 && (i > 1 || j > 1) ? 2 * c : c;
                up += c;
                left += c;
            }
            d[i][j] = fmin(diag, fmin(up, left));
        }
    return d[b->n][b->len];
}

static double deviation(const double *v, size_t n)
{
    double mean = 0, var = 0;
    for (size_t t = 0; t < n; t++)
        mean += v[t] / (double)n;
    for (size_t t = 0; t < n; t++)
        var += (v[t] - mean) * (v[t] - mean) / (double)n;
    return sqrt(var);
}

static size_t load(double *to, const double *v, size_t n, bool derive)
{
    if (!derive) {
        memcpy(to + 1, v, n * sizeof *v);
        return n;
    }
    for (size_t t = 1; t + 1 < n; t++)
        to[t] = ((v[t] - v[t - 1]) + (v[t + 1] - v[t - 1]) / 2) / 2;
    return n - 2;
}

static double brute(const struct clu_measure *m, const struct clu_series *s, size_t i, size_t j)
{
    static struct brute b;
    double sum = 0;
    bool root = m->kind == CLU_SERIES_EUCLIDEAN || (!m->l1 && (m->kind == CLU_SERIES_DTW || m->kind == CLU_SERIES_DDTW ||
                                                               m->kind == CLU_SERIES_WDTW || m->kind == CLU_SERIES_ADTW));
    memset(&b, 0, sizeof b);
    b.m = m;
    for (size_t c = 0; c < s->channels; c++) {
        b.n = load(b.x[c], clu_series_at(s, i, c), s->len[i], m->kind == CLU_SERIES_DDTW);
        b.len = load(b.y[c], clu_series_at(s, j, c), s->len[j], m->kind == CLU_SERIES_DDTW);
        b.eps[c] = !isnan(m->epsilon) ? m->epsilon : m->kind == CLU_SERIES_LCSS ? 1
                 : fmax(deviation(b.x[c] + 1, b.n), deviation(b.y[c] + 1, b.len)) / 4;
    }
    for (size_t c = 0; c < (m->independent ? s->channels : 1); c++) {
        b.from = m->independent ? c : 0;
        b.to = m->independent ? c + 1 : s->channels;
        double d = fill(&b);
        size_t present = 0;
        for (size_t t = 1; t <= b.n; t++)
            present += there(b.x, &b, t);
        for (size_t t = 1; t <= b.len; t++)
            present += there(b.y, &b, t);
        d = m->kind == CLU_SERIES_LCSS ? 1 + d / (double)(b.n < b.len ? b.n : b.len)
          : m->kind == CLU_SERIES_EDR  ? d / (double)(b.n > b.len ? b.n : b.len) : d;
        sum += d * ((double)(b.n + b.len) / (double)present);
    }
    sum = root ? sqrt(sum) : sum;
    return m->kind == CLU_SERIES_DTW && m->symmetric2 ? sum / (double)(s->len[i] + s->len[j]) : sum;
}

/* --- the tests --- */

static void published_values(void **state)
{
    (void)state;
    static const size_t len[] = {10, 10, 7};
    static const double v[] = {1, 3, 2, 5, 4, 4, 7, 6, 2, 1, 1, 2, 2, 4, 6, 5, 5, 8, 3, 0, 0, 2, 1, 4, 6, 7, 3};
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct {
        int kind;
        double cost, nu, lambda, eps, xy, xz;
        bool root;
        double times[2];
    } golden[] = {
        {CLU_SERIES_DTW, 1, 0, 0, 0, 11, 11, true, {1, 1}},
        {CLU_SERIES_DDTW, 1, 0, 0, 0, 11.1875, 15.125, true, {1, 1}},
        {CLU_SERIES_WDTW, 1, 0, 0, 0, 4.877894305, 5.039087711, true, {1, 1}},
        {CLU_SERIES_ADTW, 1, 0, 0, 0, 14, 14, true, {1, 1}},
        {CLU_SERIES_MSM, 1, 0, 0, 0, 11, 11, false, {1, 1}},
        {CLU_SERIES_MSM, 0.5, 0, 0, 0, 10, 9.5, false, {1, 1}},
        {CLU_SERIES_TWE, 1, 0.001, 1, 0, 19.004, 17.015, false, {1, 1}},
        {CLU_SERIES_TWE, 1, 0.05, 1, 0, 19.2, 17.75, false, {1, 1}},
        {CLU_SERIES_ERP, 1, 0, 0, 0, 11, 16, false, {1, 1}},
        {CLU_SERIES_LCSS, 1, 0, 0, NAN, 0.1, 0, false, {1, 1}},
        {CLU_SERIES_EDR, 1, 0, 0, 0.5, 8, 7, false, {10, 10}},
    };
    struct clu_series s = series_of(3, 1, len);
    memcpy(s.v, v, sizeof v);
    for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
        m.kind = golden[g].kind;
        m.cost = golden[g].cost;
        m.nu = golden[g].nu;
        m.lambda = golden[g].lambda;
        m.epsilon = golden[g].eps;
        for (size_t o = 0; o < 2; o++) {
            double d = pair(&m, &s, 0, 1 + o), want = o ? golden[g].xz : golden[g].xy;
            d = golden[g].root ? d * d : d * golden[g].times[o];
            assert_true(fabs(d - want) <= 1e-9);
        }
    }
    clu_series_clear(&s);
}

static const int kinds[] = {CLU_SERIES_MSM, CLU_SERIES_DTW, CLU_SERIES_DDTW, CLU_SERIES_WDTW, CLU_SERIES_ADTW, CLU_SERIES_TWE,
                            CLU_SERIES_ERP, CLU_SERIES_LCSS, CLU_SERIES_EDR, CLU_SERIES_EUCLIDEAN, CLU_SERIES_MANHATTAN};

static void compare(const struct clu_measure *m, const struct clu_series *s)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++) {
            double got = pair(m, s, i, j), want = i == j ? 0 : brute(m, s, i, j);
            assert_true(got == pair(m, s, j, i));
            assert_true(isinf(want) ? isinf(got) : fabs(got - want) <= 1e-9 * (1 + fabs(want)));
        }
}

static void full_matrices(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t v = 0; v < 80; v++) {
            bool level = kinds[k] == CLU_SERIES_EUCLIDEAN || kinds[k] == CLU_SERIES_MANHATTAN || v % 5 == 0;
            size_t channels = 1 + v % 3, least = kinds[k] == CLU_SERIES_DDTW ? 3 : 1, most = level ? 30 : 3 + v % 40;
            static const double window[] = {0, 1, 3, 7, 0.1, 0.25, 30};
            struct clu_measure m = CLU_MEASURE_DEFAULT;
            struct clu_series s = series_walks(7, channels, level ? most : least, most, v % 2, v);
            m.kind = kinds[k];
            m.l1 = v / 2 % 3 == 1;
            m.symmetric2 = v / 3 % 2;
            m.independent = v / 4 % 2;
            m.windowed = v % 8 != 7;
            m.window = window[v % 7];
            m.window_part = m.window > 0 && m.window < 1;
            m.gap = 0.25;
            m.epsilon = v % 4 == 3 ? 0.5 : NAN;
            compare(&m, &s);
            clu_series_clear(&s);
        }
}

static void gaps_are_matched_one_to_one(void **state)
{
    (void)state;
    for (uint64_t v = 0; v < 40; v++) {
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        struct clu_series s = series_walks(6, 1 + v % 2, 5, 25, false, v);
        struct clu_rng r;
        clu_rng_at(&r, v, 1);
        for (size_t i = 0; i < s.at[s.n]; i++)
            s.v[i] = clu_rng_below(&r, 5) == 0 && i != s.at[i % 6] ? NAN : s.v[i];
        s.gaps = true;
        m.kind = CLU_SERIES_DTW;
        m.l1 = v % 3 == 1;
        m.symmetric2 = v % 5 == 1;
        m.independent = v / 2 % 2;
        m.windowed = v / 4 % 2;
        m.window = (double)(v % 5);
        compare(&m, &s);
        clu_series_clear(&s);
    }
    /* "1 _ 3" beside "1 2 3": three samples of six on a side are compared, 5 are there */
    static const size_t len[] = {3, 3};
    struct clu_series s = series_of(2, 1, len);
    memcpy(s.v, (double[]){1, NAN, 3, 2, 7, 5}, 6 * sizeof *s.v);
    s.gaps = true;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    m.kind = CLU_SERIES_DTW;
    assert_true(fabs(pair(&m, &s, 0, 1) - sqrt((1 + 4) * 6.0 / 5)) < 1e-15);
    clu_series_clear(&s);
}

static void windows(void **state)
{
    (void)state;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    assert_true(clu_measure_window(&m, 10, 10) == SIZE_MAX);
    m.windowed = m.window_part = true;
    m.window = 0.1;
    assert_true(clu_measure_window(&m, 19, 10) == 1 && clu_measure_window(&m, 9, 9) == 0);
    m.window_part = false;
    m.window = 1e300;
    assert_true(clu_measure_window(&m, 19, 10) == 19);
    for (size_t n = 1; n < 20; n++)
        for (size_t len = 1; len < 20; len++)
            for (size_t w = 0; w < 5; w++) {
                assert_true(clu_measure_inside(w, n, len, 0, 0) && clu_measure_inside(w, n, len, n - 1, len - 1));
                for (size_t i = 0; i < n; i++) {
                    size_t in = 0;
                    for (size_t j = 0; j < len; j++) {
                        assert_true(clu_measure_inside(w, n, len, i, j) == clu_measure_inside(w, len, n, j, i));
                        in += clu_measure_inside(w, n, len, i, j);
                    }
                    assert_true(in > 0);
                }
            }
    /* far beyond 32 bits */
    assert_true(clu_measure_inside(100000, 3000000, 4000000, 1500000, 2100000));
    assert_false(clu_measure_inside(100000, 3000000, 4000000, 1500000, 2100001));
}

static void facts_of_measures(void **state)
{
    (void)state;
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    assert_true(clu_measure_is_metric(&m, 1) && !clu_measure_is_metric(&m, 2) && clu_measure_has_path(&m));
    m.independent = true;
    assert_true(clu_measure_is_metric(&m, 2));
    m.windowed = true;
    assert_false(clu_measure_is_metric(&m, 1));
    m.kind = CLU_SERIES_EUCLIDEAN;
    assert_true(clu_measure_is_metric(&m, 1) && !clu_measure_has_path(&m));
    m = CLU_MEASURE_DEFAULT;
    m.kind = CLU_SERIES_DTW;
    assert_true(!clu_measure_is_metric(&m, 1) && clu_measure_has_path(&m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values), cmocka_unit_test(full_matrices), cmocka_unit_test(gaps_are_matched_one_to_one),
        cmocka_unit_test(windows),          cmocka_unit_test(facts_of_measures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
