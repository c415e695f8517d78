/* num/elastic_path.h: paths of all measures: what a path is, that no other costs less, and which of equal ones it is. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/elastic.h"
#include "num/elastic_cell.h"
#include "num/elastic_path.h"

#include <math.h>
#include <stdlib.h>

static const int kinds[] = {CLU_SERIES_MSM, CLU_SERIES_DTW, CLU_SERIES_DDTW, CLU_SERIES_WDTW, CLU_SERIES_ADTW,
                            CLU_SERIES_TWE, CLU_SERIES_ERP, CLU_SERIES_LCSS, CLU_SERIES_EDR};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* n series of lengths from low to high; rounded to halves, so that there are ties. */
static struct clu_series draw(size_t n, size_t channels, size_t low, size_t high, bool rounded, uint64_t seed)
{
    struct clu_series s;
    struct clu_rng r;
    size_t len[16];
    clu_rng_at(&r, 7, seed);
    for (size_t i = 0; i < n; i++)
        len[i] = low + (size_t)clu_rng_below(&r, high - low + 1);
    assert_int_equal(clu_series_init(&s, n, channels, len, NULL), CLU_OK);
    for (size_t t = 0; t < s.at[n]; t++) {
        double v = 4 * clu_rng_unit(&r) - 2;
        s.v[t] = rounded ? round(2 * v) / 2 : v;
    }
    return s;
}

/* D(n, m) when only the marked cells count: on[n][len]. */
static double through(const struct clu_pair *p, const bool *on)
{
    double d[16][16], from[3];
    ptrdiff_t lo, hi;
    clu_cell_band(p->window, p->n, p->len, -1, &lo, &hi);
    d[0][0] = clu_cell_start(p);
    for (size_t j = 0; j < p->len; j++)
        d[0][j + 1] = (ptrdiff_t)j <= hi ? clu_cell_border(p, false, j, j ? d[0][j] : 0) : HUGE_VAL;
    for (size_t i = 0; i < p->n; i++) {
        clu_cell_band(p->window, p->n, p->len, (ptrdiff_t)i, &lo, &hi);
        d[i + 1][0] = lo < 0 ? clu_cell_border(p, true, i, i ? d[i][0] : 0) : HUGE_VAL;
        for (size_t j = 0; j < p->len; j++) {
            clu_cell(p, i, j, d[i][j], d[i][j + 1], d[i + 1][j], from);
            d[i + 1][j + 1] = on[i * p->len + j] ? fmin(from[0], fmin(from[1], from[2])) : HUGE_VAL;
        }
    }
    return clu_pair_distance(p->m, p->n, p->len, clu_pair_sum(p, d[p->n][p->len]));
}

/* Of all paths from (0, 0) to (i, j), what follows it being marked: the least distance. */
static double least_of_all(const struct clu_pair *p, bool *on, size_t i, size_t j)
{
    double least = HUGE_VAL;
    if (!clu_measure_inside(p->window, p->n, p->len, i, j))
        return least;
    on[i * p->len + j] = true;
    if (i == 0 && j == 0)
        least = through(p, on);
    if (i > 0 && j > 0)
        least = fmin(least, least_of_all(p, on, i - 1, j - 1));
    if (i > 0)
        least = fmin(least, least_of_all(p, on, i - 1, j));
    if (j > 0)
        least = fmin(least, least_of_all(p, on, i, j - 1));
    on[i * p->len + j] = false;
    return least;
}

/* The same path and the same bits of the distance by the kernels of all targets. */
static void same_everywhere(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j, size_t channel)
{
    struct clu_path first = {0};
    double distance = 0;
    for (int t = 0; t < UNIT_TARGETS; t++) {
        struct clu_path path = {0};
        double d;
        if (!unit_target(t))
            continue;
        assert_int_equal(clu_elastic_path(&path, &d, m, a, i, b, j, channel, NULL), CLU_OK);
        if (t > 0) {
            assert_true(d == distance && path.steps == first.steps);
            assert_memory_equal(path.x, first.x, path.steps * sizeof *path.x);
            assert_memory_equal(path.y, first.y, path.steps * sizeof *path.y);
            clu_path_clear(&path);
        } else {
            first = path;
            distance = d;
        }
    }
    clu_path_clear(&first);
}

/* The path is one, inside the window, and costs what the distance is. */
static void check_path(const struct clu_measure *m, const struct clu_series *a, size_t i, const struct clu_series *b, size_t j, bool brute)
{
    static double scratch[65536];
    struct clu_path path = {0};
    size_t paths = m->independent ? a->channels : 1;
    double distance, sum = 0;
    for (size_t c = 0; c < paths; c++) {
        struct clu_pair p;
        bool on[256] = {false};
        same_everywhere(m, a, i, b, j, c);
        assert_int_equal(clu_elastic_path(&path, &distance, m, a, i, b, j, c, NULL), CLU_OK);
        clu_pair_init(&p, m, a, i, b, j, paths > 1 ? c : CLU_PAIR_ALL, scratch);
        uint32_t shift = m->kind == CLU_SERIES_DDTW;
        assert_true(path.steps >= (p.n > p.len ? p.n : p.len) && path.steps < p.n + p.len);
        assert_true(path.x[0] == shift && path.y[0] == shift);
        assert_true(path.x[path.steps - 1] == p.n - 1 + shift && path.y[path.steps - 1] == p.len - 1 + shift);
        for (size_t q = 0; q < path.steps; q++) {
            uint32_t x = path.x[q] - shift, y = path.y[q] - shift;
            if (q > 0) {
                uint32_t dx = path.x[q] - path.x[q - 1], dy = path.y[q] - path.y[q - 1];
                assert_true(dx <= 1 && dy <= 1 && dx + dy >= 1);
            }
            assert_true(clu_measure_inside(p.window, p.n, p.len, x, y));
            if (p.n < 16 && p.len < 16)
                on[x * p.len + y] = true;
        }
        if (p.n < 16 && p.len < 16)
            assert_true(fabs(through(&p, on) - distance) <= 1e-12 * (1 + distance));
        memset(on, 0, sizeof on);
        if (brute)
            assert_true(fabs(least_of_all(&p, on, p.n - 1, p.len - 1) - distance) <= 1e-12 * (1 + distance));
        sum += distance;
    }
    double whole = clu_elastic_pair(m, a, i, b, j, scratch);
    if (paths == 1) /* to the last bit */
        assert_true(distance == whole);
    else if (m->kind == CLU_SERIES_MSM || m->kind == CLU_SERIES_TWE || m->kind == CLU_SERIES_ERP)
        assert_true(fabs(sum - whole) <= 1e-12 * (1 + sum));
    clu_path_clear(&path);
}

/* All measures with their variants: norms, windows as samples and as parts. */
static void all_measures(const struct clu_series *a, const struct clu_series *b, bool brute)
{
    static const double window[] = {-1, 0, 1, 3, 0.2};
    for (int k = 0; k < KINDS; k++)
        for (int variant = 0; variant < 3; variant++)
            for (size_t w = 0; w < sizeof window / sizeof *window; w++) {
                struct clu_measure m = CLU_MEASURE_DEFAULT;
                m.kind = kinds[k];
                m.l1 = variant == 1;
                m.symmetric2 = variant == 2 && kinds[k] == CLU_SERIES_DTW;
                m.windowed = window[w] >= 0;
                m.window = window[w];
                m.window_part = w == 4;
                m.epsilon = 0.5;
                m.penalty = 0.5;
                m.independent = variant == 2 && kinds[k] != CLU_SERIES_DTW;
                for (size_t i = 0; i < a->n; i++)
                    check_path(&m, a, i, b, (i * 5 + 1) % b->n, brute);
            }
}

static void test_tiny(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct clu_series a = draw(4, 1 + seed % 2, 3, 6, seed % 2 == 0, seed), b = draw(4, 1 + seed % 2, 3, 6, seed % 2 == 0, 10 + seed);
        all_measures(&a, &b, true);
        all_measures(&b, &a, true);
        clu_series_clear(&a);
        clu_series_clear(&b);
    }
}

static void test_longer(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct clu_series a = draw(8, 1 + seed % 3, 3, 60, seed == 2, 20 + seed), b = draw(8, 1 + seed % 3, 3, 60, seed == 2, 30 + seed);
        all_measures(&a, &b, false);
        clu_series_clear(&a);
        clu_series_clear(&b);
    }
}

static void test_single_sample(void **unused)
{
    (void)unused;
    struct clu_series a = draw(1, 1, 1, 1, false, 1), b = draw(1, 1, 5, 5, false, 2);
    for (int k = 0; k < KINDS; k++) {
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        m.kind = kinds[k];
        if (m.kind == CLU_SERIES_DDTW)
            continue;
        check_path(&m, &a, 0, &a, 0, false);
        check_path(&m, &a, 0, &b, 0, true);
        check_path(&m, &b, 0, &a, 0, true);
    }
    clu_series_clear(&a);
    clu_series_clear(&b);
}

/* Where all costs nothing the diagonal goes first, from the end back; then the rest lies at the begin. */
static void test_ties(void **unused)
{
    (void)unused;
    size_t len[2] = {3, 5};
    struct clu_series s;
    struct clu_path path = {0};
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    double distance;
    m.kind = CLU_SERIES_DTW;
    assert_int_equal(clu_series_init(&s, 2, 1, len, NULL), CLU_OK);
    memset(s.v, 0, 8 * sizeof *s.v);
    assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 0, &s, 1, 0, NULL), CLU_OK);
    const uint32_t x[] = {0, 0, 0, 1, 2}, y[] = {0, 1, 2, 3, 4};
    assert_true(distance == 0 && path.steps == 5);
    assert_memory_equal(path.x, x, sizeof x);
    assert_memory_equal(path.y, y, sizeof y);
    assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 1, &s, 0, 0, NULL), CLU_OK);
    assert_memory_equal(path.x, y, sizeof x);
    assert_memory_equal(path.y, x, sizeof y);

    /* Along x before along y: from (1, 1) back to (0, 0) by either side, the diagonal being dear. */
    s.v[0] = 0, s.v[1] = 1, s.v[2] = 0;
    s.len[0] = s.len[1] = 2;
    s.v[3] = 1, s.v[4] = 0;
    m.kind = CLU_SERIES_LCSS;
    m.epsilon = 0.1;
    assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 0, &s, 1, 0, NULL), CLU_OK);
    assert_true(distance == 0.5 && path.steps == 3 && path.x[1] == 0 && path.y[1] == 1);
    clu_path_clear(&path);
    clu_series_clear(&s);
}

/* A missing sample is matched one to one. */
static void test_gaps(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct clu_series s = draw(6, 1, 6, 12, false, 50 + seed);
        struct clu_measure m = CLU_MEASURE_DEFAULT;
        struct clu_rng r;
        clu_rng_at(&r, 3, seed);
        m.kind = CLU_SERIES_DTW;
        s.gaps = true;
        for (size_t t = 0; t < s.at[6]; t++)
            s.v[t] = clu_rng_below(&r, 6) == 0 ? NAN : s.v[t];
        for (size_t i = 1; i < 6; i++) {
            static double scratch[4096];
            struct clu_path path = {0};
            double distance;
            assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 0, &s, i, 0, NULL), CLU_OK);
            double other = clu_elastic_pair(&m, &s, 0, &s, i, scratch);
            assert_true(distance == other || (isnan(distance) && isnan(other)));
            size_t uses[16] = {0};
            for (size_t q = 0; q < path.steps; q++)
                uses[path.x[q]]++;
            for (size_t t = 0; t < s.len[0] && isfinite(distance); t++)
                assert_true(!isnan(clu_series_at(&s, 0, 0)[t]) || uses[t] == 1);
            clu_path_clear(&path);
        }
        clu_series_clear(&s);
    }
}

static void test_refusals(void **unused)
{
    (void)unused;
    struct clu_series s = draw(2, 1, 2, 2, false, 1);
    struct clu_path path = {0};
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_err err;
    double distance;
    static const int none[] = {CLU_SERIES_SBD, CLU_SERIES_SOFTDTW, CLU_SERIES_GAK, CLU_SERIES_EUCLIDEAN, CLU_SERIES_MANHATTAN};
    for (size_t k = 0; k < sizeof none / sizeof *none; k++) {
        m.kind = none[k];
        assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 0, &s, 1, 0, &err), CLU_USAGE);
    }
    assert_string_equal(err.msg, "manhattan has no path but the diagonal");
    m.kind = CLU_SERIES_DDTW;
    assert_int_equal(clu_elastic_path(&path, &distance, &m, &s, 0, &s, 1, 0, &err), CLU_DATA);
    assert_string_equal(err.msg, "ddtw needs 3 samples");
    clu_path_clear(&path);
    clu_series_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiny), cmocka_unit_test(test_longer),     cmocka_unit_test(test_single_sample),
        cmocka_unit_test(test_ties), cmocka_unit_test(test_gaps), cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
