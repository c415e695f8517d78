/* alg/rcompat.h: what R's pam() and clara() find, also where nearly everything is a tie; and what is refused. */
#include "unit.h"

#include "alg/rcompat.h"

#include <math.h>

/* Three tables of 300 rows. What R 4.2.2 with cluster 2.1.4 finds in them was written down below by
 *     i <- 0:299; g <- cbind((i*i*31 + 7*i) %% 97, (i*i*17 + 5*i) %% 89)    a grid, six rows are copies
 *     h <- floor(g / 10)                                                    at most 90 distinct rows
 *     s <- sqrt(g)
 *     pam(g, 5); clara(g, 5); ...    where manhattan is true, with metric = "manhattan" */
enum table { G, H, S };
enum { ROWS = 300 };

struct source {
    struct clu_dist dist;
    double x[ROWS][2];
    bool manhattan;
    size_t broken; /* a row without distances; ROWS: none */
};

/* As R adds up. */
static void row(const struct clu_dist *self, size_t x, size_t lo, size_t hi, double *out)
{
    const struct source *s = (const struct source *)self;
    for (size_t o = lo; o < hi; o++) {
        double a = s->x[o][0] - s->x[x][0], b = s->x[o][1] - s->x[x][1];
        out[o - lo] = s->manhattan ? fabs(a) + fabs(b) : sqrt(a * a + b * b);
        if (o != x && (o == s->broken || x == s->broken))
            out[o - lo] = NAN;
    }
}

static void fill(struct source *s, enum table t, bool manhattan)
{
    *s = (struct source){.dist = {.n = ROWS, .row = row}, .manhattan = manhattan, .broken = ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        size_t v[2] = {(i * i * 31 + 7 * i) % 97, (i * i * 17 + 5 * i) % 89};
        for (size_t j = 0; j < 2; j++)
            s->x[i][j] = t == G ? (double)v[j] : t == H ? (double)(v[j] / 10) : sqrt((double)v[j]);
    }
}

/* Medoids from 1, in the order of their clusters; sum of row * label, both rows from 1, labels from 0. */
struct want {
    size_t medoid[12];
    size_t labels;
    double loss;
    size_t m, sample[3], sample_sum; /* the first rows of clara's sample, and the sum of all */
};

static void compare(struct clu_rcompat *r, const struct source *s, const struct want *w)
{
    size_t labels = 0, sum = 0;
    for (size_t i = 0; i < r->k; i++) {
        assert_int_equal(r->medoid[i] + 1, w->medoid[i]);
        assert_int_equal(r->label[r->medoid[i]], i);
    }
    for (size_t o = 0; o < r->n; o++) {
        labels += (o + 1) * (size_t)r->label[o];
        assert_true(r->near[o] == clu_dist_at(&s->dist, o, r->medoid[r->label[o]]));
    }
    assert_int_equal(labels, w->labels);
    assert_true(fabs(r->loss - w->loss) <= 1e-13 * w->loss);
    assert_int_equal(r->m, w->m);
    for (size_t i = 0; i < r->m; i++) {
        sum += r->sample[i] + 1;
        if (i < 3)
            assert_int_equal(r->sample[i] + 1, w->sample[i]);
    }
    assert_int_equal(sum, w->sample_sum);
    clu_rcompat_clear(r);
}

static void check_pam(enum table t, bool manhattan, struct clu_rcompat_opt opt, struct want w)
{
    struct source s;
    struct clu_rcompat r;
    fill(&s, t, manhattan);
    assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, NULL, NULL), CLU_OK);
    compare(&r, &s, &w);
}

static void check_clara(enum table t, bool manhattan, struct clu_rcompat_opt opt, struct want w)
{
    struct source s;
    struct clu_rcompat r;
    fill(&s, t, manhattan);
    opt.samples = opt.samples ? opt.samples : 5;
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, NULL, NULL), CLU_OK);
    compare(&r, &s, &w);
}

#define OPT(...) ((struct clu_rcompat_opt){__VA_ARGS__})
#define WANT(...) ((struct want){.medoid = __VA_ARGS__})

static void pam_of_r(void **state)
{
    (void)state;
    static const size_t six[] = {299, 1, 99, 3, 49, 5}, three[] = {199, 39, 69}, eight[] = {9, 19, 29, 39, 49, 59, 69, 79};
    check_pam(G, false, OPT(.k = 5),
              WANT({251, 204, 275, 180, 35}, 87104, 4544.3603086908706));
    check_pam(G, false, OPT(.k = 12),
              WANT({185, 119, 34, 105, 207, 265, 148, 205, 158, 52, 249, 48}, 232819, 2871.0144576720686));
    check_pam(G, true, OPT(.k = 5),
              WANT({2, 227, 290, 30, 35}, 83603, 5820));
    check_pam(G, true, OPT(.k = 12),
              WANT({91, 102, 264, 41, 132, 189, 11, 61, 223, 52, 249, 77}, 235865, 3569));
    check_pam(H, true, OPT(.k = 6),
              WANT({118, 3, 9, 30, 35, 29}, 105690, 500));
    check_pam(G, false, OPT(.k = 6, .start = six),
              WANT({91, 68, 204, 275, 30, 35}, 118588, 4148.0954029892609));
    check_pam(G, false, OPT(.k = 7, .no_swap = true),
              WANT({274, 264, 266, 224, 49, 158, 54}, 118656, 4135.2022016886685));
    check_pam(G, false, OPT(.k = 3, .start = three, .no_swap = true),
              WANT({200, 70, 40}, 39669, 7795.9002700963338));
    check_pam(G, false, OPT(.k = 1),
              WANT({54}, 0, 11109.814979829902));
    check_pam(S, false, OPT(.k = 7),
              WANT({91, 119, 293, 279, 20, 132, 152}, 149994, 336.04743554927575));
    check_pam(H, false, OPT(.k = 1),
              WANT({54}, 0, 1112.2970280527604));
    check_pam(H, true, OPT(.k = 8, .start = eight),
              WANT({57, 26, 4, 30, 11, 70, 40, 80}, 144326, 437.00000000000006));
}

static void clara_of_r(void **state)
{
    (void)state;
    check_clara(G, false, OPT(.k = 5),
                WANT({296, 58, 290, 45, 152}, 89377, 4748.4709019680286, 50, {7, 8, 9}, 7185));
    check_clara(G, false, OPT(.k = 5, .pam_like = true),
                WANT({5, 130, 275, 45, 40}, 83390, 4703.0150735511434, 50, {3, 5, 10}, 7823));
    check_clara(G, false, OPT(.k = 5, .sampsize = 200),
                WANT({251, 204, 275, 180, 67}, 86639, 4546.6692688720805, 200, {1, 3, 4}, 30356));
    check_clara(G, false, OPT(.k = 9, .samples = 20, .sampsize = 25),
                WANT({96, 2, 59, 279, 191, 128, 31, 294, 66}, 171116, 3766.4545849512315, 25, {2, 4, 23}, 3753));
    check_clara(G, false, OPT(.k = 9, .samples = 20, .sampsize = 25, .pam_like = true),
                WANT({183, 240, 256, 105, 132, 173, 239, 40, 22}, 175323, 3543.7946545266554, 25, {2, 4, 17}, 3731));
    check_clara(G, false, OPT(.k = 1),
                WANT({209}, 0, 11483.702406884979, 42, {2, 3, 5}, 5792));
    check_clara(H, true, OPT(.k = 6),
                WANT({296, 130, 9, 45, 155, 260}, 92774, 542, 52, {5, 7, 9}, 7409));
    check_clara(H, true, OPT(.k = 6, .sampsize = 300),
                WANT({196, 181, 8, 191, 27, 54}, 91477, 540, 300, {1, 2, 3}, 45150));
    check_clara(H, false, OPT(.k = 8, .sampsize = 20, .samples = 7),
                WANT({299, 119, 172, 105, 180, 93, 11, 277}, 144628, 407.64429919208555, 20, {11, 40, 61}, 3343));
    check_clara(H, false, OPT(.k = 8, .sampsize = 280, .samples = 7),
                WANT({274, 264, 283, 224, 266, 54, 151, 35}, 149204, 357.44327886705167, 280, {1, 2, 4}, 42268));
    check_clara(S, false, OPT(.k = 7),
                WANT({178, 228, 156, 279, 192, 94, 67}, 157145, 357.22550047280811, 54, {2, 3, 4}, 7742));
}

/* Copies: a medoid stays in its own cluster, BUILD takes the last. R: pam(c(1,1,1,1,2,2,2,2,9,9), 4), clara() the same;
 * pam(rep(1, 6), 3) and clara(rep(1, 6), 3). */
static void copies(void **state)
{
    (void)state;
    static const double x[] = {1, 1, 1, 1, 2, 2, 2, 2, 9, 9};
    struct source s;
    struct clu_rcompat r;
    for (int clara = 0; clara < 2; clara++) {
        struct clu_rcompat_opt opt = CLU_RCOMPAT_DEFAULT;
        enum clu_status (*call)(struct clu_rcompat *, const struct clu_dist *, const struct clu_rcompat_opt *,
                                const struct clu_run *, struct clu_err *) = clara ? clu_rcompat_clara : clu_rcompat_pam;
        fill(&s, G, false);
        for (size_t i = 0; i < 10; i++)
            s.x[i][0] = x[i], s.x[i][1] = 0;
        s.dist.n = 10;
        opt.k = 4;
        assert_int_equal(call(&r, &s.dist, &opt, NULL, NULL), CLU_OK);
        compare(&r, &s, &WANT({4, 8, 9, 10}, 26 + 18 + 30, 0, clara ? 10 : 0, {1, 2, 3}, clara ? 55 : 0));
        for (size_t i = 0; i < 6; i++)
            s.x[i][0] = 1;
        s.dist.n = 6;
        opt.k = 3;
        assert_int_equal(call(&r, &s.dist, &opt, NULL, NULL), CLU_OK);
        compare(&r, &s, &WANT({4, 5, 6}, 5 + 12, 0, clara ? 6 : 0, {1, 2, 3}, clara ? 21 : 0));
        opt.k = 6;
        assert_int_equal(call(&r, &s.dist, &opt, NULL, NULL), CLU_OK);
        compare(&r, &s, &WANT({1, 2, 3, 4, 5, 6}, 2 + 6 + 12 + 20 + 30, 0, clara ? 6 : 0, {1, 2, 3}, clara ? 21 : 0));
    }
}

static int no(void *ctx, const char *what, uint64_t done, uint64_t of, double value)
{
    (void)what, (void)done, (void)of, (void)value;
    return --*(int *)ctx < 0;
}

static void refused(void **state)
{
    (void)state;
    struct source s;
    struct clu_rcompat r;
    struct clu_err err;
    struct clu_run run = CLU_RUN_DEFAULT;
    struct clu_rcompat_opt opt = CLU_RCOMPAT_DEFAULT;
    fill(&s, G, false);

    assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, &run, &err), CLU_USAGE);
    assert_string_equal(err.msg, "0 clusters asked");
    opt.k = 301;
    assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "301 clusters asked, but only 300 rows");
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, &err), CLU_DATA);
    opt.k = opt.sampsize = 5;
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, &err), CLU_USAGE);
    assert_string_equal(err.msg, "samples of 5 rows are too small for 5 clusters");
    opt.sampsize = 70000;
    s.dist.n = 1000000; /* it never comes to reading */
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, &err), CLU_USAGE);
    assert_string_equal(err.msg, "R's generator cannot draw samples of 70000 among 1000000 rows");
    run.max_memory = 1 << 30;
    assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, &run, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "needs 7.3 TiB for the distance matrix of 1000000 rows; use clara");
    opt = OPT(.k = 5);
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, &err), CLU_USAGE);
    assert_string_equal(err.msg, "0 samples asked");
    s.dist.n = 300;
    s.broken = 20;
    assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, &run, &err), CLU_DATA);
    assert_string_equal(err.msg, "rows 1 and 21 have no distance");
    opt.samples = 5; /* 21 is in no sample, but is assigned */
    assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, &err), CLU_DATA);
    assert_null(r.medoid);
    s.broken = ROWS;

    for (int after = 0; after < 5; after++) {
        struct clu_watch watch = {.tick = no, .ctx = &(int){after}};
        run.watch = &watch;
        assert_int_equal(clu_rcompat_pam(&r, &s.dist, &opt, &run, NULL), CLU_STOPPED);
        assert_null(r.label);
        watch.ctx = &(int){after};
        assert_int_equal(clu_rcompat_clara(&r, &s.dist, &opt, &run, NULL), CLU_STOPPED);
        assert_null(r.label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pam_of_r),
        cmocka_unit_test(clara_of_r),
        cmocka_unit_test(copies),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
