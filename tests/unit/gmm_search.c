/* alg/gmm_start.h, gmm_hc.h, gmm_search.h: starts that say what they promise, and the mixture that is chosen. */
#include "unit.h"

#include "alg/gmm_hc.h"
#include "alg/gmm_search.h"
#include "alg/gmm_start.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

enum { N = 600, D = 2 };

static struct clu_err err;
static const struct clu_run run = {.seed = 1, .threads = 2};

/* Three clouds far from each other, by turns; the columns have different units. */
static double x[N][D], w[N];

static double normal(struct clu_rng *r)
{
    return sqrt(-2 * log(1 - clu_rng_unit(r))) * cos(2 * M_PI * clu_rng_unit(r));
}

static void make_clouds(void)
{
    struct clu_rng r;
    clu_rng_at(&r, 5, 0);
    for (size_t i = 0; i < N; i++) {
        x[i][0] = 20 * (double)(i % 3 == 1) + normal(&r);
        x[i][1] = 1000 * (20 * (double)(i % 3 == 2) + normal(&r));
        w[i] = 1;
    }
}

static struct clu_view look(size_t n)
{
    return (struct clu_view){.v = x[0], .rows = n, .cols = D, .ld = D};
}

/* Is label[N] the partition into the three clouds, where it is not -1? */
static void are_clouds(const int32_t *label)
{
    for (size_t i = 3; i < N; i++)
        if (label[i] >= 0 && label[i % 3] >= 0)
            assert_int_equal(label[i], label[i % 3]);
    assert_true(label[0] != label[1] && label[0] != label[2] && label[1] != label[2]);
}

static void variances(void **state)
{
    (void)state;
    const double v[] = {1, 10, 3, 10, 5, 40}, weight[] = {1, 0, 1}, same[] = {7, 7}, still[] = {0, 5, 2, 5 + 1e-14}, far[] = {0, 1e200};
    struct clu_view y = {.v = v, .rows = 3, .cols = 2, .ld = 2};
    double of[2];
    assert_true(clu_gmm_variances(of, y, NULL) && fabs(of[0] - 8.0 / 3) < 1e-12 && fabs(of[1] - 200) < 1e-12);
    assert_true(clu_gmm_variances(of, y, weight) && fabs(of[0] - 4) < 1e-12 && fabs(of[1] - 225) < 1e-12);
    assert_true(clu_gmm_variances(of, (struct clu_view){.v = same, .rows = 2, .cols = 1, .ld = 1}, NULL) && of[0] == 1);
    assert_true(clu_gmm_variances(of, (struct clu_view){.v = still, .rows = 2, .cols = 2, .ld = 2}, NULL) && of[0] == 1 && of[1] == 0.5);
    assert_false(clu_gmm_variances(of, (struct clu_view){.v = far, .rows = 2, .cols = 1, .ld = 1}, NULL));
}

static void starts(void **state)
{
    (void)state;
    int32_t label[N];
    uint8_t away[N] = {0};
    make_clouds();
    assert_int_equal(clu_gmm_start_kmeans(label, look(N), NULL, NULL, 3, 1, &run, &err), CLU_OK);
    are_clouds(label); /* in the columns as they are the first counts for nothing */
    for (size_t s = 0; s < 6; s++) {
        int32_t again[N];
        away[7] = 1;
        assert_int_equal(clu_gmm_start_kmeans(label, look(N), w, away, 3, s, &run, &err), CLU_OK);
        assert_int_equal(clu_gmm_start_kmeans(again, look(N), w, away, 3, s, &run, &err), CLU_OK);
        for (size_t i = 0; i < N; i++)
            assert_true(label[i] == again[i] && (i == 7 ? label[i] == -1 : label[i] >= 0 && label[i] < 3));
    }
    assert_int_equal(clu_gmm_start_kmeans(label, look(2), NULL, NULL, 3, 0, &run, &err), CLU_DATA);
}

static void sparse_rows(void **state)
{
    (void)state;
    uint8_t away[N], again[N];
    struct clu_run one = {.seed = 9, .threads = 1};
    make_clouds();
    x[100][0] = 10;
    x[200][1] = -9000;
    w[200] = 0;
    assert_int_equal(clu_gmm_start_away(away, look(N), NULL, 0.05, &run, &err), CLU_OK);
    assert_int_equal(clu_gmm_start_away(again, look(N), NULL, 0.05, &one, &err), CLU_OK);
    size_t sum = 0;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(away[i], again[i]);
        sum += away[i];
    }
    assert_int_equal(sum, 30);
    assert_true(away[100] && away[200]);
    assert_int_equal(clu_gmm_start_away(away, look(N), w, 0.002, &run, &err), CLU_OK);
    assert_true(away[100] && !away[200]); /* a row of weight 0 does not count */
}

static void tree(void **state)
{
    (void)state;
    struct clu_gmm_hc h;
    int32_t label[N], finer[N];
    make_clouds();
    assert_int_equal(clu_gmm_hc_grow(&h, look(N), NULL, NULL, 3, &run, &err), CLU_OK);
    assert_int_equal(h.n, N);
    assert_int_equal(clu_gmm_hc_cut(&h, 3, label, &err), CLU_OK);
    are_clouds(label);
    for (size_t k = 1; k < 20; k++) { /* k clusters, each a union of those of the next cut */
        int32_t of[20];
        memset(of, -1, sizeof of);
        bool used[20] = {false};
        assert_int_equal(clu_gmm_hc_cut(&h, k, label, &err), CLU_OK);
        assert_int_equal(clu_gmm_hc_cut(&h, k + 1, finer, &err), CLU_OK);
        for (size_t i = 0; i < N; i++) {
            assert_in_range(label[i], 0, k - 1);
            used[label[i]] = true;
            assert_true(of[finer[i]] == -1 || of[finer[i]] == label[i]);
            of[finer[i]] = label[i];
        }
        for (size_t c = 0; c < k; c++)
            assert_true(used[c]);
    }
    clu_gmm_hc_clear(&h);
    assert_int_equal(clu_gmm_hc_grow(&h, look(4), NULL, NULL, 5, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "5 clusters asked, but only 4 rows");
}

static void tree_of_a_sample(void **state)
{
    (void)state;
    enum { MANY = 5000, COLS = 60 };
    double *y = clu_alloc(MANY, COLS * sizeof *y);
    int32_t *label = clu_alloc(MANY, sizeof *label);
    struct clu_gmm_hc h;
    struct clu_rng r;
    clu_rng_at(&r, 6, 0);
    for (size_t i = 0; i < (size_t)MANY * COLS; i++)
        y[i] = (i / COLS % 2 ? 9 : 0) + normal(&r);
    for (size_t d = 2; d <= COLS; d += COLS - 2) { /* above 50 columns Ward's criterion alone */
        struct clu_view v = {.v = y, .rows = MANY, .cols = d, .ld = COLS};
        assert_int_equal(clu_gmm_hc_grow(&h, v, NULL, NULL, 2, &run, &err), CLU_OK);
        assert_in_range(h.n, 1000, 2000);
        assert_int_equal(clu_gmm_hc_cut(&h, 2, label, &err), CLU_OK);
        size_t with = 0;
        for (size_t i = 0; i < MANY; i++) {
            with += label[i] >= 0;
            if (label[i] >= 0)
                assert_int_equal(label[i], label[h.row[0]] ^ (int32_t)((i ^ h.row[0]) & 1));
        }
        assert_int_equal(with, h.n);
        clu_gmm_hc_clear(&h);
    }
    clu_free(y);
    clu_free(label);
}

static struct clu_gmm_search_opt options(const int *family, size_t families)
{
    struct clu_gmm_search_opt opt = {.fit = CLU_GMM_DEFAULT, .k_lo = 1, .k_hi = 5, .family = family, .families = families,
                                     .choose = CLU_BY_BIC, .nstart = 1};
    opt.fit.reg = 1e-6;
    return opt;
}

static void the_chosen(void **state)
{
    (void)state;
    const int family[] = {CLU_GMM_EEI, CLU_GMM_VVV};
    struct clu_gmm_search s;
    make_clouds();
    for (int init = CLU_GMM_KMEANS; init <= CLU_GMM_HC; init++)
        for (int by = 0; by < CLU_CRITERIA; by++) {
            struct clu_gmm_search_opt opt = options(family, 2);
            opt.init = init;
            opt.choose = by;
            opt.nstart = init == CLU_GMM_KMEANS ? 2 : 1;
            assert_int_equal(clu_gmm_search(&s, look(N), NULL, &opt, &run, &err), CLU_OK);
            assert_int_equal(s.trials, 10);
            for (size_t i = 0; i < s.trials; i++) {
                assert_int_equal(s.trial[i].k, 1 + i / 2);
                assert_int_equal(s.trial[i].family, family[i % 2]);
            }
            if (by == CLU_BY_BIC) {
                assert_int_equal(s.best.k, 3);
                assert_int_equal(s.best.family, CLU_GMM_EEI); /* equal spheres in other units */
                assert_true(s.trial[s.chosen].bic == clu_gmm_bic(&s.best) && s.trial[s.chosen].loglik == s.best.loglik);
            }
            clu_gmm_search_clear(&s);
        }
}

static void lost_components(void **state)
{
    (void)state;
    const int family[] = {CLU_GMM_VVV};
    static double y[23][1];
    for (size_t i = 0; i < 20; i++)
        y[i][0] = (double)i;
    for (size_t i = 20; i < 23; i++)
        y[i][0] = 500;
    struct clu_view v = {.v = y[0], .rows = 23, .cols = 1, .ld = 1};
    struct clu_gmm_search_opt opt = options(family, 1);
    struct clu_gmm_search s;
    opt.k_lo = opt.k_hi = 2;
    opt.fit.reg = 0;
    assert_int_equal(clu_gmm_search(&s, v, NULL, &opt, &run, &err), CLU_OK);
    assert_true(s.best.k == 1 && s.best.dropped == 1 && s.trial[0].k == 1 && isfinite(s.trial[0].bic));
    clu_gmm_search_clear(&s);
    opt.lost = CLU_GMM_LOST_ERROR;
    assert_int_equal(clu_gmm_search(&s, v, NULL, &opt, &run, &err), CLU_DATA);
    assert_null(s.trial);
    opt.lost = CLU_GMM_LOST_DROP; /* in a choice the fit is out */
    opt.k_lo = 1;
    assert_int_equal(clu_gmm_search(&s, v, NULL, &opt, &run, &err), CLU_OK);
    assert_true(s.best.k == 1 && s.best.dropped == 0 && s.trial[0].done && !s.trial[1].done && isnan(s.trial[1].bic));
    clu_gmm_search_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variances),        cmocka_unit_test(starts),         cmocka_unit_test(sparse_rows),
        cmocka_unit_test(tree),             cmocka_unit_test(tree_of_a_sample), cmocka_unit_test(the_chosen),
        cmocka_unit_test(lost_components),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
