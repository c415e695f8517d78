/* alg/ppp.h and its steps: plain Lloyd, orthonormal axes, troughs that are there or not, trees that add up, the same bytes. */
#include "unit.h"

#include "alg/ppp_state.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/gslx.h"

#include <float.h>
#include <math.h>

enum { MOST_X = 60000 };

static double x[MOST_X];
static float x32[MOST_X];
static uint8_t half[MOST_X];
static const struct clu_run one_thread = CLU_RUN_DEFAULT;

static double normal(struct clu_rng *r)
{
    double s = -6;
    for (int i = 0; i < 12; i++)
        s += clu_rng_unit(r);
    return s;
}

/* n rows of k normal clouds, apart from each other along the first column (and the second); row i is of cloud i % k. */
static struct clu_view blobs(size_t n, size_t d, size_t k, double apart, uint64_t seed)
{
    struct clu_rng r;
    clu_rng_at(&r, seed, n + d);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            double at = j == 0 ? (double)(i % k) : j == 1 ? (double)(i % k % 2) : 0;
            x32[i * d + j] = (float)(apart * at + normal(&r));
            x[i * d + j] = x32[i * d + j];
        }
    return (struct clu_view){.v = x, .rows = n, .cols = d, .ld = d};
}

static struct ppp problem(struct clu_view v, const struct clu_ppp_opt *opt, const double *step)
{
    return (struct ppp){.opt = opt, .run = &one_thread, .n = v.rows, .d = v.cols, .x = v.v, .step = step};
}

static void close_to(double a, double b, double bound)
{
    if (!(fabs(a - b) <= bound * fmax(fmax(fabs(a), fabs(b)), 1)))
        fail_msg("%.17g is not %.17g", a, b);
}

/* --- steps --- */

static void two_means_are_lloyd(void **state)
{
    enum { N = 90, D = 3 };
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        double c[3 * D], p[2][D], inertia = 0;
        uint8_t label[N], plain[N];
        blobs(N, D, 3, 2, seed);
        memcpy(c, x, 2 * D * sizeof *c);
        memcpy(p, x, sizeof p);
        for (int it = 0; it < 300; it++) {
            double sum[2][D] = {{0}}, rows[2] = {0, 0};
            for (size_t i = 0; i < N; i++) {
                double far[2] = {0, 0};
                for (size_t j = 0; j < 2 * D; j++)
                    far[j / D] += (x[i * D + j % D] - p[j / D][j % D]) * (x[i * D + j % D] - p[j / D][j % D]);
                plain[i] = far[1] < far[0];
                rows[plain[i]]++;
                for (size_t j = 0; j < D; j++)
                    sum[plain[i]][j] += x[i * D + j];
            }
            for (size_t j = 0; j < 2 * D; j++)
                p[j / D][j % D] = sum[j / D][j % D] / rows[j / D];
        }
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < D; j++)
                inertia += (x[i * D + j] - p[plain[i]][j]) * (x[i * D + j] - p[plain[i]][j]);
        close_to(ppp_two_means(x, N, D, c, label), inertia, 1e-12);
        assert_memory_equal(label, plain, N);
    }
}

static void check_axes(size_t n, size_t d, size_t most)
{
    struct ppp s = problem(blobs(n, d, 2, 3, 5), NULL, NULL);
    struct ppp_cloud c;
    double total = 0, sum = 0;
    assert_int_equal(ppp_cloud_init(&c, &s, NULL, n, NULL), CLU_OK);
    assert_int_equal(ppp_cloud_axes(&c, most, NULL), CLU_OK);
    assert_true(c.axes <= most && c.axes >= (most < n - 1 && most < d ? most : (n - 1 < d ? n - 1 : d)));
    for (size_t a = 0; a < c.axes; a++) {
        for (size_t b = 0; b <= a; b++) {
            double dot = 0, cov = 0;
            for (size_t j = 0; j < d; j++)
                dot += c.axis[a * d + j] * c.axis[b * d + j];
            for (size_t i = 0; i < n; i++)
                cov += c.score[i * c.axes + a] * c.score[i * c.axes + b] / (double)n;
            close_to(dot, a == b, 1e-9);
            close_to(cov, a == b ? c.value[a] : 0, 1e-9);
        }
        assert_true(a == 0 || c.value[a] <= c.value[a - 1]);
        sum += c.value[a];
    }
    for (size_t i = 0; i < n * d; i++)
        total += c.x[i] * c.x[i] / (double)n;
    if (most >= d || most >= n)
        close_to(sum, total, 1e-9);
    ppp_cloud_clear(&c);
}

static void axes_of_clouds(void **state)
{
    (void)state;
    check_axes(50, 4, 10);
    check_axes(50, 6, 3);
    check_axes(10, 30, 40);
    check_axes(12, 40, 5);
}

static void labels_of_halves(void **state)
{
    uint8_t a[200] = {0}, b[200];
    (void)state;
    memset(a, 1, 100);
    memcpy(b, a, 200);
    b[0] = 0;
    assert_true(ppp_same(a, b, 200));
    b[1] = 0;
    assert_false(ppp_same(a, b, 200));
    for (size_t i = 0; i < 200; i++)
        b[i] = !a[i];
    assert_true(ppp_same(a, b, 200));
    assert_int_equal(ppp_ones(a, 200), 100);
    assert_true(ppp_big_enough(a + 96, 8));
    assert_false(ppp_big_enough(a + 97, 8));
    assert_false(ppp_big_enough(a + 96, 7));
    for (size_t m = 1; m < 400; m++)
        for (size_t d = 1; d < 14; d++) {
            size_t q = ppp_mix_axes(m, d);
            assert_true(q >= 1 && q <= d && q <= PPP_MIX_AXES);
            assert_true(q == 1 || clu_gmm_parameters(CLU_GMM_VVV, 2, q, false) <= (double)m / 3);
            assert_true(q == d || q == PPP_MIX_AXES || clu_gmm_parameters(CLU_GMM_VVV, 2, q + 1, false) > (double)m / 3);
        }
}

static double judged(struct clu_view v, double step_of)
{
    struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
    double step[8] = {0};
    struct ppp s = problem(v, &opt, step);
    struct ppp_cloud c;
    struct ppp_verdict verdict;
    for (size_t j = 0; j < 8; j++)
        step[j] = step_of;
    assert_int_equal(ppp_cloud_init(&c, &s, NULL, v.rows, NULL), CLU_OK);
    assert_int_equal(ppp_judge(&s, &c, half, &verdict, NULL), CLU_OK);
    ppp_cloud_clear(&c);
    assert_true(verdict.log10 <= 0);
    return verdict.log10;
}

static void troughs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        struct clu_view v = blobs(400, 3, 2, 8, seed);
        for (size_t i = 0; i < 400; i++)
            half[i] = i % 2;
        assert_true(judged(v, 1e-9) < -10);
        v = blobs(400, 3, 1, 0, seed);
        for (size_t i = 0; i < 400; i++)
            half[i] = x[3 * i] > 0;
        assert_true(judged(v, 1e-9) > log10(0.1));
        for (size_t i = 0; i < 1200; i++) /* rounded: the gaps between values are no troughs */
            x[i] = rint(x[i]);
        for (size_t i = 0; i < 400; i++)
            half[i] = x[3 * i] > 0;
        v.cols = 1;
        v.ld = 1;
        for (size_t i = 0; i < 400; i++)
            x[i] = x[3 * i];
        assert_true(judged(v, 1) > log10(0.02));
    }
}

static void few_rows_few_parameters(void **state)
{
    int32_t label[60];
    (void)state;
    for (size_t n = 10; n <= 60; n += 10) {
        struct clu_view v = blobs(n, 4, 2, 6, n);
        struct ppp_fit_opt opt = {.k = 2, .label = label, .reg = 1e-3, .min_rows = 1, .run = &one_thread};
        struct clu_gmm g;
        double bic;
        for (size_t i = 0; i < n; i++)
            label[i] = i % 2;
        assert_int_equal(ppp_fit(&g, &bic, v, &opt, NULL), CLU_OK);
        assert_int_equal(g.k, 2);
        close_to(bic, clu_gmm_bic(&g), 1e-12);
        assert_true(g.family == CLU_GMM_VII || clu_gmm_parameters(g.family, 2, 4, false) <= (double)n / 3);
        clu_gmm_clear(&g);
        opt.shaped = true;
        assert_int_equal(ppp_fit(&g, &bic, v, &opt, NULL), CLU_OK);
        if (clu_gmm_parameters(CLU_GMM_EEE, 2, 4, false) > (double)n / 3)
            assert_true(g.k == 0 && bic == -HUGE_VAL);
        else
            assert_true(g.family == CLU_GMM_EEE || g.family == CLU_GMM_VVV);
        clu_gmm_clear(&g);
    }
}

static void check_tree(const struct clu_ppp_split *node, size_t nodes, size_t n)
{
    assert_true(nodes >= 1 && node[0].parent == SIZE_MAX && node[0].rows == n && node[0].level == 0);
    for (size_t i = 0; i < nodes; i++) {
        const struct clu_ppp_split *t = &node[i];
        bool split = t->child[0] != SIZE_MAX;
        assert_true(t->score >= 0 && t->score <= 1 && !isnan(t->bic));
        assert_int_equal(split, t->verdict <= CLU_PPP_PROVISIONAL);
        assert_int_equal(split, t->child[1] != SIZE_MAX);
        assert_int_equal(t->half[0] + t->half[1], split ? t->rows : 0);
        assert_int_equal(t->verdict == CLU_PPP_SMALL, t->rows < 2 * PPP_SMALLEST);
        for (size_t b = 0; b < 2 && split; b++) {
            assert_true(t->child[b] > i && t->child[b] < nodes && t->half[b] > 0);
            assert_true(node[t->child[b]].parent == i && node[t->child[b]].rows == t->half[b] && node[t->child[b]].level == t->level + 1);
        }
        if (t->verdict == CLU_PPP_STANDS)
            assert_true(t->candidate != CLU_PPP_NONE && t->score < 0.02);
    }
}

/* part[], label[] and cluster_of[] say the same, and no number is left out. */
static void check_parts(const struct ppp_parts *p)
{
    size_t rows[CLU_PPP_MOST] = {0}, parts[CLU_PPP_MOST] = {0};
    for (size_t i = 0; i < p->n; i++) {
        assert_true(p->part[i] >= 0 && (size_t)p->part[i] < p->k);
        assert_int_equal(p->label[i], p->cluster_of[p->part[i]]);
        rows[p->part[i]]++;
    }
    for (size_t a = 0; a < p->k; a++) {
        assert_true(rows[a] > 0 && p->cluster_of[a] >= 0 && (size_t)p->cluster_of[a] < p->clusters);
        parts[p->cluster_of[a]]++;
        for (size_t b = 0; b < p->k; b++)
            assert_int_equal(p->loose[a * CLU_PPP_MOST + b], p->loose[b * CLU_PPP_MOST + a]);
    }
    for (size_t c = 0; c < p->clusters; c++)
        assert_true(parts[c] > 0);
}

static void trees_add_up(void **state)
{
    (void)state;
    for (size_t k = 1; k < 6; k++) {
        struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
        double step[2] = {0, 0};
        struct clu_view v = blobs(300, 2, k, 7, k);
        struct ppp s = problem(v, &opt, step);
        struct ppp_parts p;
        struct ppp_tree tree;
        size_t leaves = 0;
        assert_int_equal(ppp_parts_init(&p, 300, NULL), CLU_OK);
        assert_int_equal(ppp_grow(&s, &p, &tree, NULL), CLU_OK);
        check_tree(tree.node, tree.nodes, 300);
        check_parts(&p);
        for (size_t i = 0; i < tree.nodes; i++)
            leaves += tree.node[i].child[0] == SIZE_MAX;
        assert_true(leaves == p.k && p.clusters == p.k && p.k >= k);
        clu_free(tree.node);
        ppp_parts_clear(&p);
    }
}

static void cut_clouds_are_joined(void **state)
{
    (void)state;
    for (size_t k = 1; k <= 2; k++) {
        struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
        double step[2] = {0, 0};
        struct clu_view v = blobs(400, 2, k, 8, 3);
        struct ppp s = problem(v, &opt, step);
        struct ppp_parts p;
        assert_int_equal(ppp_parts_init(&p, 400, NULL), CLU_OK);
        for (size_t i = 0; i < 400; i++)
            p.part[i] = p.label[i] = k == 1 ? x[2 * i] > 0 : i % 2;
        p.k = p.clusters = 2;
        p.cluster_of[1] = 1;
        assert_int_equal(ppp_merge(&s, &p, NULL), CLU_OK);
        assert_true(p.judged && p.clusters == k && p.k == 2);
        check_parts(&p);
        assert_true(p.neighbour[0] == (k == 1 ? SIZE_MAX : 1) && (k == 1 ? p.log10[0] == 0 : p.log10[0] < log10(0.02)));
        assert_int_equal(ppp_parts_collapse(&p, NULL), CLU_OK);
        assert_true(p.k == k && p.clusters == k && !p.judged);
        check_parts(&p);
        ppp_parts_clear(&p);
    }
}

static void adopted_clusters_are_numbered(void **state)
{
    enum { N = 60 };
    struct ppp_parts p, q;
    size_t m = 0;
    (void)state;
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(ppp_parts_init(&p, N, NULL), CLU_OK);
        p.k = 4;
        p.clusters = 3;
        m = 0;
        for (size_t a = 0; a < 4; a++)
            p.cluster_of[a] = (int32_t)(a % 3);
        for (size_t i = 0; i < N; i++) {
            p.part[i] = (int32_t)(i % 4);
            p.label[i] = p.cluster_of[i % 4];
            m += p.label[i] == (int32_t)c;
        }
        assert_int_equal(ppp_parts_init(&q, m, NULL), CLU_OK);
        q.k = 3;
        q.clusters = 2;
        q.cluster_of[1] = 1;
        for (size_t i = 0; i < m; i++) {
            q.part[i] = (int32_t)(i % 3);
            q.label[i] = q.cluster_of[i % 3];
        }
        assert_true(ppp_parts_adopt(&p, c, &q));
        assert_int_equal(p.clusters, 4);
        assert_int_equal(p.k, c == 0 ? 5 : 6);
        check_parts(&p);
        for (size_t i = 0, r = 0; i < N; i++)
            if (i % 4 % 3 == c) {
                assert_int_equal(p.label[i], q.label[r] == 0 ? (int32_t)c : 3);
                r++;
            } else {
                assert_int_equal(p.label[i], i % 4 % 3);
            }
        ppp_parts_clear(&p);
        ppp_parts_clear(&q);
    }
}

/* --- the public call --- */

static enum clu_status find(struct clu_ppp *p, struct clu_view v, const struct clu_ppp_opt *opt, int threads)
{
    struct clu_run run = {.seed = 1, .threads = threads};
    return clu_ppp_fit(p, v, opt, &run, NULL);
}

/* Labels are those of the largest sum of posteriors. */
static void check_labels(const struct clu_ppp *p, struct clu_view v)
{
    const struct clu_gmm *g = &p->mixture;
    double *z = clu_calloc(p->n * g->d, sizeof *z), *post = clu_alloc(p->n * g->k, sizeof *post);
    for (size_t i = 0; i < p->n; i++)
        for (size_t a = 0; a < g->d; a++) {
            if (p->axes == 0)
                z[i * g->d + a] = clu_view_at(v, i, a);
            for (size_t j = 0; j < p->d && p->axes > 0; j++)
                z[i * g->d + a] += (clu_view_at(v, i, j) - p->center[j]) * p->axis[a * p->d + j];
        }
    struct clu_view look = {.v = z, .rows = p->n, .cols = g->d, .ld = g->d};
    assert_int_equal(clu_gmm_posterior(g, look, 0, p->n, post, NULL, NULL, NULL, NULL), CLU_OK);
    for (size_t i = 0; i < p->n; i++) {
        double sum[CLU_PPP_MOST] = {0};
        for (size_t a = 0; a < g->k; a++)
            sum[p->cluster_of[a]] += post[i * g->k + a];
        for (size_t c = 0; c < p->k; c++)
            assert_true(sum[p->label[i]] >= sum[c] - 1e-6);
    }
    clu_free(z);
    clu_free(post);
}

static void check_result(const struct clu_ppp *p, struct clu_view v)
{
    size_t rows[CLU_PPP_MOST] = {0};
    int32_t next = 0;
    assert_true(p->n == v.rows && p->d == v.cols && p->k >= 1 && p->k <= p->n && p->mixture.d == (p->axes ? p->axes : p->d));
    for (size_t i = 0; i < p->n; i++) {
        assert_true(p->label[i] >= 0 && p->label[i] <= next);
        next += p->label[i] == next;
        rows[p->label[i]]++;
    }
    for (size_t c = 0; c < p->k; c++) {
        assert_true(rows[c] > 0 && rows[c] == p->size[c] && p->score[c] >= 0 && p->score[c] <= 1);
        assert_true(p->k == 1 ? p->neighbour[c] == SIZE_MAX : p->neighbour[c] < p->k && p->neighbour[c] != c);
    }
    for (size_t a = 0; a < p->mixture.k * p->mixture.d; a++)
        assert_true(isfinite(p->mixture.mean[a]));
    for (size_t a = 0; a < p->mixture.k * p->mixture.d * p->mixture.d; a++)
        assert_true(isfinite(p->mixture.cov[a]));
    assert_true(isfinite(p->mixture.loglik));
    check_labels(p, v);
}

static void same_bytes(const struct clu_ppp *p, const struct clu_ppp *q)
{
    size_t d = p->mixture.d, k = p->mixture.k;
    assert_true(p->k == q->k && k == q->mixture.k && p->axes == q->axes && p->nodes == q->nodes && p->leaves == q->leaves && p->rounds == q->rounds);
    assert_memory_equal(p->label, q->label, p->n * sizeof *p->label);
    assert_memory_equal(p->size, q->size, p->k * sizeof *p->size);
    assert_memory_equal(p->neighbour, q->neighbour, p->k * sizeof *p->neighbour);
    assert_memory_equal(p->score, q->score, p->k * sizeof *p->score);
    assert_memory_equal(p->cluster_of, q->cluster_of, k * sizeof *p->cluster_of);
    assert_memory_equal(p->mixture.weight, q->mixture.weight, k * (2 + d + 2 * d * d) * sizeof(double)); /* one block */
    if (p->axes) {
        assert_memory_equal(p->center, q->center, p->d * sizeof *p->center);
        assert_memory_equal(p->axis, q->axis, p->axes * p->d * sizeof *p->axis);
    }
    for (size_t i = 0; i < p->nodes; i++) { /* no padding */
        const struct clu_ppp_split *a = &p->node[i], *b = &q->node[i];
        assert_true(a->parent == b->parent && a->rows == b->rows && a->child[0] == b->child[0] && a->child[1] == b->child[1]);
        assert_true(a->half[0] == b->half[0] && a->candidate == b->candidate && a->corrected == b->corrected && a->verdict == b->verdict);
        assert_true(a->score == b->score && a->bic == b->bic);
    }
}

static void threads_and_floats(void **state)
{
    static const int threads[] = {2, 3, 7};
    static const size_t rows[] = {2500, 30}, cols[] = {3, 50};
    (void)state;
    for (size_t t = 0; t < 2; t++) {
        struct clu_view v = blobs(rows[t], cols[t], 4, 7, 1), f = {.f = x32, .rows = rows[t], .cols = cols[t], .ld = cols[t]};
        struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
        struct clu_ppp one, p;
        assert_int_equal(find(&one, v, &opt, 1), CLU_OK);
        check_result(&one, v);
        check_tree(one.node, one.nodes, rows[t]);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(find(&p, i == 3 ? f : v, &opt, i == 3 ? 1 : threads[i]), CLU_OK);
            same_bytes(&one, &p);
            clu_ppp_clear(&p);
        }
        clu_ppp_clear(&one);
    }
}

static void shuffled_rows(void **state)
{
    enum { N = 400, D = 2 };
    static double other[N * D];
    size_t order[N];
    struct clu_rng r;
    struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
    struct clu_ppp p, q;
    struct clu_view v = blobs(N, D, 3, 5, 9);
    int32_t to[CLU_PPP_MOST];
    (void)state;
    clu_rng_at(&r, 4, 4);
    assert_int_equal(clu_rng_sample(&r, N, N, order), 0);
    for (size_t i = 0; i < N; i++)
        memcpy(other + i * D, x + order[i] * D, D * sizeof *x);
    assert_int_equal(find(&p, v, &opt, 1), CLU_OK);
    assert_int_equal(find(&q, (struct clu_view){.v = other, .rows = N, .cols = D, .ld = D}, &opt, 1), CLU_OK);
    assert_int_equal(p.k, q.k);
    memset(to, -1, sizeof to);
    for (size_t i = 0; i < N; i++) {
        int32_t *t = &to[q.label[i]];
        *t = *t < 0 ? p.label[order[i]] : *t;
        assert_int_equal(*t, p.label[order[i]]);
    }
    clu_ppp_clear(&p);
    clu_ppp_clear(&q);
}

static void blobs_are_found(void **state)
{
    static double own[MOST_X];
    (void)state;
    for (size_t k = 1; k <= 4; k++) {
        struct clu_view v = blobs(240, 3, k, 9, 20 + k);
        struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
        struct clu_ppp p, q;
        assert_int_equal(find(&p, v, &opt, 1), CLU_OK);
        check_result(&p, v);
        assert_int_equal(p.k, k);
        for (size_t i = 0; i < 240; i++)
            assert_int_equal(p.label[i], i % k);
        for (size_t c = 0; c < k; c++) { /* alone, each is one */
            size_t m = 0;
            for (size_t i = 0; i < 240; i++)
                if (p.label[i] == (int32_t)c)
                    memcpy(own + 3 * m++, x + 3 * i, 3 * sizeof *x);
            assert_int_equal(find(&q, (struct clu_view){.v = own, .rows = m, .cols = 3, .ld = 3}, &opt, 1), CLU_OK);
            assert_int_equal(q.k, 1);
            clu_ppp_clear(&q);
        }
        clu_ppp_clear(&p);
    }
}

static void options(void **state)
{
    (void)state;
    struct clu_view v = blobs(300, 2, 3, 9, 2);
    for (int criterion = CLU_PPP_VALLEY; criterion <= CLU_PPP_BIC; criterion++)
        for (size_t most = 1; most <= 4; most++) {
            struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
            struct clu_ppp p;
            opt.criterion = criterion;
            opt.max_clusters = most;
            opt.sample = most == 4 ? 150 : 0;
            assert_int_equal(find(&p, v, &opt, 1), CLU_OK);
            check_result(&p, v);
            assert_true(p.k <= most && (most < 3 || p.k == 3));
            clu_ppp_clear(&p);
        }
}

static void degenerate_tables(void **state)
{
    static const double scale[] = {1, 1e-160, 1e-300, 1e100, 1e160, 1e300};
    static const size_t shape[][2] = {{1, 1}, {1, 5}, {2, 1}, {2, 7}, {3, 2}, {9, 1}, {12, 40}, {40, 2}};
    (void)state;
    for (size_t t = 0; t < sizeof shape / sizeof *shape; t++)
        for (size_t c = 0; c < sizeof scale / sizeof *scale; c++)
            for (int how = 0; how < 4; how++) {
                struct clu_view v = blobs(shape[t][0], shape[t][1], 2, 6, t);
                struct clu_ppp_opt opt = CLU_PPP_DEFAULT;
                struct clu_ppp p;
                for (size_t i = 0; i < v.rows * v.cols; i++) {
                    size_t row = i / v.cols, col = i % v.cols;
                    x[i] = scale[c] * (how == 1 ? 3 : how == 2 && col % 2 ? 7 : how == 3 ? x[row / 3 * v.cols + col] / scale[c] : x[i]);
                    if (how == 3 && row % 3)
                        x[i] = x[i - v.cols];
                }
                enum clu_status status = find(&p, v, &opt, 1);
                assert_true(status == CLU_OK || (status == CLU_DATA && scale[c] > 1e90));
                if (status == CLU_OK)
                    check_result(&p, v);
                else
                    assert_true(p.k == 0 && !p.label && !p.node);
                clu_ppp_clear(&p);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_means_are_lloyd),
        cmocka_unit_test(axes_of_clouds),
        cmocka_unit_test(labels_of_halves),
        cmocka_unit_test(troughs),
        cmocka_unit_test(few_rows_few_parameters),
        cmocka_unit_test(trees_add_up),
        cmocka_unit_test(cut_clouds_are_joined),
        cmocka_unit_test(adopted_clusters_are_numbered),
        cmocka_unit_test(threads_and_floats),
        cmocka_unit_test(shuffled_rows),
        cmocka_unit_test(blobs_are_found),
        cmocka_unit_test(options),
        cmocka_unit_test(degenerate_tables),
    };
    clu_gslx_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
