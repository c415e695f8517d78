/* What bench/series compiles: CPU seconds of the plain scalar loop and of clu_series_matrix() on the same series.
 * series N L MEASURE WINDOW% REPEATS CPU BITS THREADS CLOCK: "seconds sum", the least of REPEATS (BITS 0: of the loop; CLOCK wall or cpu). */
#include "alg/series_matrix.h"
#include "base/mem.h"
#include "base/rng.h"
#include "num/kern.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(int clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- the plain loops: two rows of the definition, as one writes them --- */

static double dtw(const double *x, const double *y, int len, int w, double *p, double *q)
{
    for (int j = 0; j <= len; j++)
        p[j] = q[j] = INFINITY;
    p[0] = 0;
    for (int i = 0; i < len; i++) {
        int from = i - w > 0 ? i - w : 0, to = i + w < len - 1 ? i + w : len - 1;
        q[from] = INFINITY;
        for (int j = from; j <= to; j++) {
            double d = x[i] - y[j], m = p[j];
            m = p[j + 1] < m ? p[j + 1] : m;
            m = q[j] < m ? q[j] : m;
            q[j + 1] = d * d + m;
        }
        double *t = p;
        p = q, q = t;
        q[0] = INFINITY;
    }
    return sqrt(p[len]);
}

static double split(double a, double b, double z, double c)
{
    if ((b <= a && a <= z) || (b >= a && a >= z))
        return c;
    double s = fabs(a - b), t = fabs(a - z);
    return c + (s < t ? s : t);
}

static double msm(const double *x, const double *y, int len, double c, double *p, double *q)
{
    p[0] = fabs(x[0] - y[0]);
    for (int j = 1; j < len; j++)
        p[j] = p[j - 1] + split(y[j], x[0], y[j - 1], c);
    for (int i = 1; i < len; i++) {
        q[0] = p[0] + split(x[i], x[i - 1], y[0], c);
        for (int j = 1; j < len; j++) {
            double m = p[j - 1] + fabs(x[i] - y[j]), u = p[j] + split(x[i], x[i - 1], y[j], c);
            double l = q[j - 1] + split(y[j], x[i], y[j - 1], c);
            m = u < m ? u : m;
            q[j] = l < m ? l : m;
        }
        double *t = p;
        p = q, q = t;
    }
    return p[len - 1];
}

static double twe(const double *x, const double *y, int len, double nu, double lambda, double *p, double *q)
{
    for (int j = 0; j <= len; j++)
        p[j] = INFINITY;
    p[0] = 0;
    for (int i = 1; i <= len; i++) {
        double xi = x[i - 1], xp = i > 1 ? x[i - 2] : 0;
        q[0] = INFINITY;
        for (int j = 1; j <= len; j++) {
            double yj = y[j - 1], yp = j > 1 ? y[j - 2] : 0;
            double m = p[j - 1] + fabs(xi - yj) + fabs(xp - yp) + 2 * nu * abs(i - j);
            double u = p[j] + fabs(xi - xp) + nu + lambda, l = q[j - 1] + fabs(yj - yp) + nu + lambda;
            m = u < m ? u : m;
            q[j] = l < m ? l : m;
        }
        double *t = p;
        p = q, q = t;
    }
    return p[len];
}

static double loop(const struct clu_series *s, const struct clu_measure *m, double *sum)
{
    int len = (int)s->longest, w = m->windowed ? (int)clu_measure_window(m, s->longest, s->longest) : len;
    double *p = clu_alloc(2 * (s->longest + 1), sizeof *p), *q = p + len + 1, from = seconds(CLOCK_PROCESS_CPUTIME_ID);

    *sum = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = i + 1; j < s->n; j++) {
            const double *x = clu_series_at(s, i, 0), *y = clu_series_at(s, j, 0);
            *sum += m->kind == CLU_SERIES_DTW   ? dtw(x, y, len, w, p, q)
                    : m->kind == CLU_SERIES_MSM ? msm(x, y, len, m->cost, p, q) : twe(x, y, len, m->nu, m->lambda, p, q);
        }
    from = seconds(CLOCK_PROCESS_CPUTIME_ID) - from;
    clu_free(p);
    return from;
}

/* --- beside them the library --- */

static double matrix(const struct clu_series *s, const struct clu_measure *m, int threads, int clock, double *sum)
{
    struct clu_condensed c;
    struct clu_run run = {.seed = 1, .threads = threads};
    double from = seconds(clock);

    if (clu_series_matrix(&c, s, m, &run, NULL) != CLU_OK)
        exit(1);
    from = seconds(clock) - from;
    *sum = 0;
    for (size_t i = 0; i < s->n * (s->n - 1) / 2; i++)
        *sum += c.v ? c.v[i] : (double)c.f[i];
    clu_condensed_clear(&c);
    return from;
}

static void walks(struct clu_series *s, size_t n, size_t len)
{
    size_t *each = clu_alloc(n, sizeof *each), constant, first;
    struct clu_rng r;

    for (size_t i = 0; i < n; i++)
        each[i] = len;
    if (clu_series_init(s, n, 1, each, NULL) != CLU_OK)
        exit(1);
    clu_rng_at(&r, 1, 0);
    for (size_t i = 0; i < n * len; i++) {
        double step = 0; /* of variance 1, nearly normal */
        for (int k = 0; k < 12; k++)
            step += clu_rng_unit(&r) - 0.5;
        s->v[i] = (i % len ? s->v[i - 1] : 0) + step;
    }
    clu_series_normalise(s, CLU_NORMALISE_ZSCORE, NULL, NULL, &constant, &first);
    clu_free(each);
}

int main(int argc, char **argv)
{
    struct clu_measure m = CLU_MEASURE_DEFAULT;
    struct clu_series s;
    double sum = 0, least = HUGE_VAL;
    int clock;

    if (argc != 10)
        return 2;
    m.kind = !strcmp(argv[3], "dtw") ? CLU_SERIES_DTW : !strcmp(argv[3], "msm") ? CLU_SERIES_MSM : CLU_SERIES_TWE;
    m.window = atof(argv[4]) / 100;
    m.windowed = m.window_part = m.window > 0;
    m.float32 = !strcmp(argv[7], "32");
    if (clu_kern_select(argv[6], NULL) != CLU_OK || strcmp(clu_kern()->name, argv[6]) != 0)
        return 3;
    clock = !strcmp(argv[9], "wall") ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    walks(&s, (size_t)atol(argv[1]), (size_t)atol(argv[2]));
    for (int r = 0; r < atoi(argv[5]); r++) {
        double t = !strcmp(argv[7], "0") ? loop(&s, &m, &sum) : matrix(&s, &m, atoi(argv[8]), clock, &sum);
        least = t < least ? t : least;
    }
    printf("%.4f %.17g\n", least, sum);
    clu_series_clear(&s);
    return 0;
}
