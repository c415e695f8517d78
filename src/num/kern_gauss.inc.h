/* num/kern_gauss.inc.h - the kernels of Gaussian mixtures (alg/gmm); included by num/kern_target.c. Points are in lanes. */

/* exp(x) for x <= 0, 0 below about -700: a power of two times a polynomial on |r| <= log(2) / 2 (Taylor's to the 13th degree: its
 * error, 5e-18, is below rounding). */
static inline double gauss_exp(double x)
{
    static const double c[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                               1.0 / 5040,       1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      0.5, 1, 1};
    double clamped = x < -700 ? -700 : x;
    double shifted = clamped * 0x1.71547652b82fep0 + 0x1.8p52, n = shifted - 0x1.8p52;
    double r = (clamped - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
    double y = c[0];
    int64_t bits, scale;

    for (size_t i = 1; i < sizeof c / sizeof c[0]; i++)
        y = y * r + c[i];
    memcpy(&scale, &shifted, sizeof scale);
    memcpy(&bits, &y, sizeof bits);
    bits = (int64_t)((uint64_t)bits + ((uint64_t)scale << 52));
    memcpy(&y, &bits, sizeof y);
    return x < -700 ? 0 : y;
}

static void gauss_full(const double *x, size_t points, size_t d, const double *mean, const double *whiten, double offset, double *z,
                       double *out)
{
    (void)points;
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        out[p] = 0;
    for (size_t i = 0; i < d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            z[i * CLU_KERN_TILE + p] = x[i * CLU_KERN_TILE + p] - mean[i];
    for (size_t a = 0; a < d; a++) {
        double v[CLU_KERN_TILE] = {0};
        for (size_t b = 0; b <= a; b++)
            for (size_t p = 0; p < CLU_KERN_TILE; p++)
                v[p] += whiten[a * d + b] * z[b * CLU_KERN_TILE + p];
        for (size_t p = 0; p < CLU_KERN_TILE; p++)
            out[p] += v[p] * v[p];
    }
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        out[p] = offset - 0.5 * out[p];
}

static void gauss_diag(const double *x, size_t points, size_t d, const double *mean, const double *inverse, double offset, double *out)
{
    (void)points;
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        out[p] = 0;
    for (size_t i = 0; i < d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++) {
            double z = x[i * CLU_KERN_TILE + p] - mean[i];
            out[p] += z * z * inverse[i];
        }
    for (size_t p = 0; p < CLU_KERN_TILE; p++)
        out[p] = offset - 0.5 * out[p];
}

static void gauss_share(double *p, size_t points, size_t k, const double *w, double *most, double *sum)
{
    (void)points;
    for (size_t i = 0; i < CLU_KERN_TILE; i++) {
        double top = -0x1p1000;
        for (size_t j = 0; j < k; j++)
            top = p[j * CLU_KERN_TILE + i] > top ? p[j * CLU_KERN_TILE + i] : top;
        most[i] = top;
        sum[i] = 0;
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < CLU_KERN_TILE; i++) {
            double e = gauss_exp(p[j * CLU_KERN_TILE + i] - most[i]);
            p[j * CLU_KERN_TILE + i] = e;
            sum[i] += e;
        }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < CLU_KERN_TILE; i++)
            p[j * CLU_KERN_TILE + i] *= w[i] / sum[i];
}

static void gauss_add_full(const double *x, size_t points, size_t d, const double *mean, const double *r, double *z, double *acc)
{
    double *u = z + (d + 1) * CLU_KERN_TILE;
    (void)points;
    for (size_t i = 0; i <= d; i++)
        for (size_t p = 0; p < CLU_KERN_TILE; p++) {
            double y = i < d ? x[i * CLU_KERN_TILE + p] - mean[i] : 1;
            z[i * CLU_KERN_TILE + p] = y;
            u[i * CLU_KERN_TILE + p] = y * r[p];
        }
    for (size_t a = 0; a <= d; a++)
        for (size_t b = 0; b <= a; b++, acc += CLU_KERN_LANES)
            for (size_t p = 0; p < CLU_KERN_TILE; p += LANES64)
                for (size_t q = 0; q < LANES64; q++)
                    acc[q] += u[a * CLU_KERN_TILE + p + q] * z[b * CLU_KERN_TILE + p + q];
}

static void gauss_add_diag(const double *x, size_t points, size_t d, const double *mean, const double *r, double *acc)
{
    (void)points;
    for (size_t i = 0; i < d; i++, acc += 2 * CLU_KERN_LANES)
        for (size_t p = 0; p < CLU_KERN_TILE; p += LANES64)
            for (size_t q = 0; q < LANES64; q++) {
                double z = x[i * CLU_KERN_TILE + p + q] - mean[i], u = z * r[p + q];
                acc[q] += u;
                acc[CLU_KERN_LANES + q] += u * z;
            }
    for (size_t p = 0; p < CLU_KERN_TILE; p += LANES64)
        for (size_t q = 0; q < LANES64; q++)
            acc[q] += r[p + q];
}

static void gauss_fold(double *acc, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++, acc += CLU_KERN_LANES)
        for (size_t q = 0; q < LANES64; q++) {
            sum[i] += acc[q];
            acc[q] = 0;
        }
}
