/* Sections: recipe, structure of new subjects, what is left out, subjects, rows, hash. */
#include "alg/csts.h"

#include "base/mem.h"
#include "base/rng.h"
#include "num/elem.h"
#include "num/mt19937.h"

#include <math.h>
#include <string.h>

/* --- recipe --- */

void clu_csts_recipe_clear(struct clu_csts_recipe *r)
{
    clu_csts_patterns_clear(&r->patterns);
    clu_free(r->cdf);
    *r = (struct clu_csts_recipe){0};
}

enum clu_status clu_csts_recipe_ready(struct clu_csts_recipe *r, struct clu_err *err)
{
    if (r->published) {
        enum clu_status status = clu_csts_patterns_published(&r->patterns, err);
        if (status != CLU_OK)
            return status;
        r->segments = CLU_CSTS_SEGMENTS;
        r->rate = 1;
    }
    if (r->patterns.n == 0)
        return clu_fail(err, CLU_USAGE, "there is no pattern");
    for (size_t i = 0; i < r->lengths; i++)
        if (r->length[i] < 1 || (uint64_t)r->length[i] * r->rate > CLU_CSTS_LENGTH_MAX)
            return clu_fail(err, CLU_USAGE, "a segment has from 1 to %d observations, not %llu", CLU_CSTS_LENGTH_MAX,
                            (unsigned long long)r->length[i] * r->rate);
    r->cdf = clu_alloc(CLU_CSTS_GRID_POINTS, sizeof *r->cdf);
    if (!r->cdf)
        return clu_fail_memory(err);
    clu_csts_grid_cdf(r->cdf);
    return CLU_OK;
}

/* --- structure of new subjects --- */

/* Streams of a subject beside those of its segments. */
#define STREAM_STRUCTURE 0xffffffffu
#define STREAM_DROP 0xfffffffeu

static void stream(struct clu_rng *rng, const struct clu_csts_subject *s, uint32_t item)
{
    clu_rng_at(rng, s->recipe->seed, (uint64_t)s->number << 32 | item);
}

/* count[n]: how often each of n things is there among m, equally often but for the rest, which is drawn. */
static int share(struct clu_rng *rng, size_t m, size_t n, size_t *count)
{
    size_t rest = m % n, *drawn = clu_alloc(rest, sizeof *drawn);

    if (!drawn || clu_rng_sample(rng, n, rest, drawn) < 0) {
        clu_free(drawn);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        count[i] = m / n;
    for (size_t i = 0; i < rest; i++)
        count[drawn[i]]++;
    clu_free(drawn);
    return 0;
}

/* A draw in proportion to what is left, but not what was drawn last; and what fills every second place from here on, at once. */
static size_t draw_other(struct clu_rng *rng, const size_t *count, size_t n, size_t left, size_t last)
{
    size_t others = left - (last < n ? count[last] : 0), i = 0;

    if (others == 0) /* there is only one */
        return last;
    for (size_t j = 0; j < n; j++)
        if (j != last && 2 * count[j] > left)
            return j;
    size_t at = (size_t)clu_rng_below(rng, others);
    for (;; i++) {
        if (i == last)
            continue;
        if (at < count[i])
            return i;
        at -= count[i];
    }
}

/* count[j] segments of the j-th length, shuffled. */
static void deal_lengths(struct clu_csts_subject *s, struct clu_rng *rng, size_t *count)
{
    size_t j = 0;

    for (size_t i = 0; i < s->segments; i++) {
        while (count[j] == 0)
            j++;
        s->segment[i].length = (size_t)s->recipe->length[j] * s->recipe->rate;
        count[j]--;
    }
    for (size_t i = s->segments; i-- > 1;) {
        size_t other = (size_t)clu_rng_below(rng, i + 1), length = s->segment[i].length;
        s->segment[i].length = s->segment[other].length;
        s->segment[other].length = length;
    }
}

static int draw_structure(struct clu_csts_subject *s)
{
    const struct clu_csts_recipe *r = s->recipe;
    size_t most = r->patterns.n > r->lengths ? r->patterns.n : r->lengths, m = s->segments;
    size_t *count = clu_alloc(most, sizeof *count), last = r->patterns.n;
    struct clu_rng rng;
    int status = -1;

    stream(&rng, s, STREAM_STRUCTURE);
    if (count && share(&rng, m, r->patterns.n, count) == 0) {
        for (size_t i = 0; i < m; i++) {
            last = draw_other(&rng, count, r->patterns.n, m - i, last);
            s->segment[i].pattern = last;
            count[last]--;
        }
        if (share(&rng, m, r->lengths, count) == 0) {
            deal_lengths(s, &rng, count);
            status = 0;
        }
    }
    clu_free(count);
    return status;
}

static void published_structure(struct clu_csts_subject *s)
{
    uint32_t pattern[CLU_CSTS_SEGMENTS], length[CLU_CSTS_SEGMENTS];

    clu_csts_order(s->data_seed, pattern);
    clu_csts_lengths(s->data_seed, length);
    for (size_t i = 0; i < CLU_CSTS_SEGMENTS; i++) {
        s->segment[i].pattern = pattern[i];
        s->segment[i].length = length[i];
    }
}

/* --- what is left out --- */

static inline bool is_kept(const struct clu_csts_subject *s, size_t at)
{
    return !s->keep || (s->keep[at / 64] >> (at % 64) & 1);
}

/* The first part of a permutation stays. */
static enum clu_status leave_out(struct clu_csts_subject *s, const struct clu_run *run, struct clu_err *err)
{
    size_t n = s->observations, left = (size_t)rint((1 - (s->completeness == CLU_CSTS_PARTIAL ? 0.3 : 0.9)) * (double)n);

    if (n > INT32_MAX)
        return clu_fail(err, CLU_USAGE, "observations can be left out of at most %d", INT32_MAX);
    enum clu_status status = clu_need(run, 4.125 * (double)n, err, "leaving out observations of %zu", n);
    if (status != CLU_OK)
        return status;
    uint32_t *order = clu_alloc(n, sizeof *order);
    s->keep = clu_calloc(n / 64 + 1, sizeof *s->keep);
    if (!order || !s->keep) {
        clu_free(order);
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    if (s->recipe->published) {
        struct clu_mt m;
        clu_mt_seed(&m, clu_csts_drop_seed(s->recipe->split, s->number));
        clu_mt_shuffle(&m, order, n);
    } else {
        struct clu_rng rng;
        stream(&rng, s, STREAM_DROP);
        for (size_t i = 0; i < left; i++) {
            size_t j = i + (size_t)clu_rng_below(&rng, n - i);
            uint32_t x = order[i];
            order[i] = order[j];
            order[j] = x;
        }
    }
    for (size_t i = 0; i < left; i++)
        s->keep[order[i] / 64] |= 1ull << (order[i] % 64);
    clu_free(order);
    return CLU_OK;
}

static size_t minute(const struct clu_csts_subject *s)
{
    return 60 * (size_t)s->recipe->rate;
}

/* What is left of every segment, and how many rows that makes. */
static void count_rows(struct clu_csts_subject *s)
{
    size_t kept = 0, bin = minute(s);

    s->rows = 0;
    for (size_t i = 0; i < s->segments; i++) {
        struct clu_csts_segment *g = &s->segment[i];
        size_t minutes, last = (size_t)-1;
        g->kept_start = kept;
        g->kept = s->keep ? 0 : g->length;
        minutes = s->keep ? 0 : g->length / bin;
        for (size_t at = g->start; s->keep && at < g->start + g->length; at++)
            if (is_kept(s, at)) {
                g->kept++;
                minutes += at / bin != last;
                last = at / bin;
            }
        kept += g->kept;
        g->rows = s->variant == CLU_CSTS_DOWNSAMPLED ? minutes : g->kept;
        g->out_start = s->rows;
        s->rows += g->rows;
    }
}

/* --- subjects --- */

void clu_csts_subject_clear(struct clu_csts_subject *s)
{
    clu_free(s->segment);
    clu_free(s->keep);
    clu_free(s->table);
    *s = (struct clu_csts_subject){0};
}

static enum clu_status make_tables(struct clu_csts_subject *s, struct clu_err *err)
{
    const struct clu_csts_recipe *r = s->recipe;
    const struct clu_csts_marginal *m = r->marginal;
    struct clu_csts_marginal fitted[3];

    if (r->published) {
        const struct clu_csts_parameters *p = clu_csts_parameters(s->number);
        fitted[0] = (struct clu_csts_marginal){.kind = CLU_CSTS_GEV, .a = p->iob[0], .b = p->iob[1], .c = p->iob[2]};
        fitted[1] = (struct clu_csts_marginal){.kind = CLU_CSTS_GEOMETRIC, .a = p->cob};
        fitted[2] = (struct clu_csts_marginal){.kind = CLU_CSTS_GEV, .a = p->ig[0], .b = p->ig[1], .c = p->ig[2]};
        m = fitted;
    }
    s->table = clu_alloc(r->patterns.d * CLU_CSTS_GRID_POINTS, sizeof *s->table);
    if (!s->table)
        return clu_fail_memory(err);
    for (size_t j = 0; j < r->patterns.d; j++)
        clu_csts_marginal_table(&m[j], r->cdf, s->table + j * CLU_CSTS_GRID_POINTS);
    return CLU_OK;
}

static enum clu_status make_structure(struct clu_csts_subject *s, struct clu_err *err)
{
    s->segments = s->recipe->segments;
    s->segment = clu_calloc(s->segments, sizeof *s->segment);
    if (!s->segment)
        return clu_fail_memory(err);
    if (s->recipe->published) {
        s->data_seed = clu_csts_seed(s->recipe->split, s->number);
        published_structure(s);
    } else if (draw_structure(s) < 0) {
        return clu_fail_memory(err);
    }
    for (size_t i = 0; i < s->segments; i++) {
        struct clu_csts_segment *g = &s->segment[i];
        g->id = i;
        g->start = s->observations;
        s->observations += g->length;
        if (s->variant == CLU_CSTS_DOWNSAMPLED && g->length % minute(s) != 0)
            return clu_fail(err, CLU_USAGE, "downsampling needs segments of whole minutes, not of %zu seconds",
                            g->length / s->recipe->rate);
    }
    return CLU_OK;
}

static enum clu_status reduce(struct clu_csts_subject *s, enum clu_csts_reduced reduced, struct clu_err *err)
{
    uint8_t keep[CLU_CSTS_SEGMENTS];
    size_t n = 0;

    if (clu_csts_reduce(s->recipe->split, s->number, reduced, keep) < 0)
        return clu_fail_memory(err);
    for (size_t i = 0; i < s->segments; i++)
        if (keep[i])
            s->segment[n++] = s->segment[i];
    s->segments = n;
    return CLU_OK;
}

enum clu_status clu_csts_subject_make(struct clu_csts_subject *s, const struct clu_csts_recipe *r, size_t number,
                                      enum clu_csts_variant variant, enum clu_csts_completeness completeness,
                                      enum clu_csts_reduced reduced, const struct clu_run *run, struct clu_err *err)
{
    *s = (struct clu_csts_subject){.recipe = r, .number = number, .variant = variant, .completeness = completeness};
    enum clu_status status = make_structure(s, err);
    if (status == CLU_OK && completeness != CLU_CSTS_COMPLETE)
        status = leave_out(s, run, err);
    if (status == CLU_OK && variant >= CLU_CSTS_NONNORMAL)
        status = make_tables(s, err);
    if (status == CLU_OK && reduced != CLU_CSTS_WHOLE)
        status = reduce(s, reduced, err);
    if (status == CLU_OK)
        count_rows(s);
    else
        clu_csts_subject_clear(s);
    return status;
}

/* --- rows --- */

void clu_csts_rows_clear(struct clu_csts_rows *r)
{
    clu_free(r->milli);
    clu_free(r->mean);
    clu_free(r->at);
    clu_free(r->origin);
    clu_free(r->whole);
    clu_free(r->normal);
    *r = (struct clu_csts_rows){0};
}

static enum clu_status make_room(struct clu_csts_rows *r, size_t n, size_t d, struct clu_err *err)
{
    if (n <= r->cap && d <= r->wide)
        return CLU_OK;
    clu_csts_rows_clear(r);
    r->milli = clu_alloc(n * d, sizeof *r->milli);
    r->mean = clu_alloc(n * d, sizeof *r->mean);
    r->at = clu_alloc(n, sizeof *r->at);
    r->origin = clu_alloc(n, sizeof *r->origin);
    r->whole = clu_alloc(n * d, sizeof *r->whole);
    r->normal = clu_alloc(n * d, sizeof *r->normal);
    if (!r->milli || !r->mean || !r->at || !r->origin || !r->whole || !r->normal) {
        clu_csts_rows_clear(r);
        return clu_fail_memory(err);
    }
    r->cap = n;
    r->wide = d;
    return CLU_OK;
}

static void draw_raw(const struct clu_csts_subject *s, size_t id, double *z, size_t n)
{
    if (s->recipe->published) {
        struct clu_mt m;
        clu_mt_seed(&m, s->data_seed + (uint32_t)id);
        clu_mt_normals(&m, z, n);
    } else {
        struct clu_rng rng;
        stream(&rng, s, (uint32_t)id);
        for (size_t i = 0; i < n; i++) /* the middles of 2^52 intervals: never 0 or 1 */
            z[i] = clu_normal_quantile(((double)(clu_rng_u64(&rng) >> 12) + 0.5) * 0x1p-52);
    }
    for (size_t i = 0; i < n; i++)
        z[i] = rint(z[i] * 1000) / 1000;
}

/* Three variates, in registers; in the order of a product of matrices. */
static void mix3(const double *restrict l, double *restrict z, size_t n)
{
    for (size_t i = 0; i < n; i++, z += 3) {
        double a = z[0], b = z[1], c = z[2];
        z[0] = rint((l[0] * a + l[1] * b + l[2] * c) * 1000);
        z[1] = rint((l[3] * a + l[4] * b + l[5] * c) * 1000);
        z[2] = rint((l[6] * a + l[7] * b + l[8] * c) * 1000);
    }
}

static void mix(const double *l, double *z, size_t n, size_t d)
{
    double x[CLU_CSTS_VARIATES];

    for (size_t i = 0; i < n; i++, z += d) {
        memcpy(x, z, d * sizeof *x);
        for (size_t j = 0; j < d; j++) {
            double sum = 0;
            for (size_t k = 0; k < d; k++)
                sum += l[j * d + k] * x[k];
            z[j] = rint(sum * 1000);
        }
    }
}

static inline int64_t look_up(const int64_t *table, double milli)
{
    double at = fmin(fmax(milli, -CLU_CSTS_GRID), CLU_CSTS_GRID);
    return table[(int)at + CLU_CSTS_GRID];
}

/* All observations of a segment at the stage asked for (downsampled: the one before), into r->whole. */
static void make_whole(const struct clu_csts_subject *s, const struct clu_csts_segment *g, struct clu_csts_rows *r)
{
    size_t n = g->length, d = s->recipe->patterns.d;
    double *z = r->normal, load[CLU_CSTS_VARIATES * CLU_CSTS_VARIATES];

    draw_raw(s, g->id, z, n * d);
    if (s->variant == CLU_CSTS_RAW) {
        for (size_t i = 0; i < n * d; i++)
            r->whole[i] = (int64_t)rint(z[i] * 1000);
        return;
    }
    clu_csts_loadings(&s->recipe->patterns, g->pattern, load);
    if (d == 3)
        mix3(load, z, n);
    else
        mix(load, z, n, d);
    if (s->variant == CLU_CSTS_CORRELATED) {
        for (size_t i = 0; i < n * d; i++)
            r->whole[i] = (int64_t)z[i];
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            r->whole[i * d + j] = look_up(s->table + j * CLU_CSTS_GRID_POINTS, z[i * d + j]);
}

/* The observations that are left. */
static void take_kept(const struct clu_csts_subject *s, const struct clu_csts_segment *g, struct clu_csts_rows *r)
{
    size_t n = 0;

    for (size_t i = 0; i < g->length; i++)
        if (is_kept(s, g->start + i)) {
            r->at[n] = g->start + i;
            memcpy(r->milli + n * r->d, r->whole + i * r->d, r->d * sizeof *r->milli);
            n++;
        }
    r->rows = n;
}

/* Kahan's sum in the order of the rows, as pandas forms means of groups. */
static double mean_of(const struct clu_csts_subject *s, const struct clu_csts_rows *r, size_t first, size_t start, size_t n, size_t j)
{
    double sum = 0, carry = 0;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (!is_kept(s, start + i))
            continue;
        double y = (double)r->whole[(first + i) * r->d + j] / 1000 - carry, t = sum + y;
        carry = t - sum - y;
        sum = t;
        count++;
    }
    return sum / (double)count;
}

static void take_minutes(const struct clu_csts_subject *s, const struct clu_csts_segment *g, struct clu_csts_rows *r)
{
    size_t bin = minute(s), kept = g->kept_start, n = 0;

    for (size_t first = 0; first < g->length; first += bin) {
        size_t here = 0;
        for (size_t i = 0; i < bin; i++)
            here += is_kept(s, g->start + first + i);
        if (here == 0)
            continue;
        r->at[n] = g->start + first;
        r->origin[n] = (double)kept + (double)(here - 1) / 2;
        for (size_t j = 0; j < r->d; j++) {
            double mean = mean_of(s, r, first, g->start + first, bin, j);
            r->mean[n * r->d + j] = mean;
            r->milli[n * r->d + j] = (int64_t)rint(mean * 1000);
        }
        kept += here;
        n++;
    }
    r->rows = n;
}

enum clu_status clu_csts_make(const struct clu_csts_subject *s, size_t i, struct clu_csts_rows *r, struct clu_err *err)
{
    const struct clu_csts_segment *g = &s->segment[i];
    size_t d = s->recipe->patterns.d;
    enum clu_status status = make_room(r, g->length, d, err);

    if (status != CLU_OK)
        return status;
    r->d = d;
    make_whole(s, g, r);
    if (s->variant == CLU_CSTS_DOWNSAMPLED)
        take_minutes(s, g, r);
    else
        take_kept(s, g, r);
    return CLU_OK;
}

/* --- hash --- */

uint64_t clu_csts_rows_hash(const struct clu_csts_rows *r, uint64_t hash)
{
    for (size_t i = 0; i < r->rows * r->d; i++) {
        uint64_t x = (uint64_t)r->milli[i];
        for (int byte = 0; byte < 8; byte++, x >>= 8)
            hash = (hash ^ (x & 0xff)) * 0x100000001b3u;
    }
    return hash;
}
