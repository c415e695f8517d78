/* Sections: text, times, data, label tables, degraded clusterings. */
#include "cli/csts_text.h"

#include "base/mem.h"
#include "io/gzip.h"
#include "tab/number.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* --- text --- */

void clu_text_clear(struct clu_text *t)
{
    clu_free(t->s);
    *t = (struct clu_text){0};
}

/* Room for more bytes; NULL when there is none. */
static char *room(struct clu_text *t, size_t more)
{
    if (t->failed || clu_reserve(&t->s, &t->cap, t->used + more, 1) < 0) {
        t->failed = true;
        return NULL;
    }
    return t->s + t->used;
}

static void add(struct clu_text *t, const char *s, size_t len)
{
    char *p = room(t, len);

    if (p) {
        memcpy(p, s, len);
        t->used += len;
    }
}

static void add_str(struct clu_text *t, const char *s)
{
    add(t, s, strlen(s));
}

static void add_char(struct clu_text *t, char c)
{
    add(t, &c, 1);
}

static void add_int(struct clu_text *t, long long x)
{
    char text[CLU_NUMBER_TEXT];
    add(t, text, clu_number_format_int(x, text));
}

/* NAN: an empty cell. */
static void add_number(struct clu_text *t, double x)
{
    char text[CLU_NUMBER_TEXT];
    if (!isnan(x))
        add(t, text, clu_number_format(x, text));
}

enum clu_status clu_text_write(const struct clu_text *t, struct clu_out *out, bool gzip, struct clu_err *err)
{
    char *packed = NULL;
    size_t cap = 0, used = 0;

    if (t->failed)
        return clu_fail_memory(err);
    if (!gzip) {
        clu_out_bytes(out, t->s, t->used);
        return CLU_OK;
    }
    enum clu_status status = clu_gzip_member(t->s, t->used, &packed, &cap, &used, err);
    if (status == CLU_OK)
        clu_out_bytes(out, packed, used);
    clu_free(packed);
    return status;
}

/* --- numbers and times, at p; they return the end --- */

static inline char *put_digits(char *p, uint64_t x)
{
    char digit[20];
    size_t n = 0;

    do
        digit[n++] = (char)('0' + x % 10);
    while ((x /= 10) > 0);
    while (n > 0)
        *p++ = digit[--n];
    return p;
}

static inline char *put_two(char *p, uint32_t x)
{
    p[0] = (char)('0' + x / 10);
    p[1] = (char)('0' + x % 10);
    return p + 2;
}

/* Thousandths, without zeros at the end. */
static inline char *put_milli(char *p, int64_t milli)
{
    uint64_t x = milli < 0 ? -(uint64_t)milli : (uint64_t)milli;

    if (milli < 0)
        *p++ = '-';
    p = put_digits(p, x / 1000);
    uint32_t rest = (uint32_t)(x % 1000);
    if (rest == 0)
        return p;
    p[0] = '.';
    p[1] = (char)('0' + rest / 100);
    p = put_two(p + 2, rest % 100);
    while (p[-1] == '0')
        p--;
    return p;
}

#define FIRST_DAY 17340 /* 2017-06-23, days from 1970-01-01 */
#define TIME_TEXT 40

/* The day as YYYY-MM-DD (Gregorian calendar, of the years 0 to 9999). Hinnant's days_to_civil: years begin in March, eras are 400 years. */
static char *put_day(char *p, uint64_t day)
{
    uint64_t z = day + 719468, era = z / 146097, doe = z % 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    uint32_t month = (uint32_t)(mp < 10 ? mp + 3 : mp - 9), year = (uint32_t)(yoe + 400 * era + (month <= 2));

    p = put_two(put_two(p, year / 100 % 100), year % 100);
    *p++ = '-';
    p = put_two(p, month);
    *p++ = '-';
    return put_two(p, (uint32_t)(doy - (153 * mp + 2) / 5 + 1));
}

/* Observation at, rate a second, as pandas prints a time of the zone UTC. */
static char *put_time(char *p, uint64_t at, uint32_t rate)
{
    uint64_t second = at / rate;
    uint32_t of_day = (uint32_t)(second % 86400), part = (uint32_t)(at % rate * 1000 / rate);

    p = put_day(p, FIRST_DAY + second / 86400);
    *p++ = ' ';
    p = put_two(p, of_day / 3600);
    *p++ = ':';
    p = put_two(p, of_day / 60 % 60);
    *p++ = ':';
    p = put_two(p, of_day % 60);
    if (part > 0) {
        *p++ = '.';
        *p++ = (char)('0' + part / 100);
        p = put_two(p, part % 100);
        memcpy(p, "000", 3);
        p += 3;
    }
    memcpy(p, "+00:00", 6);
    return p + 6;
}

/* --- data --- */

static bool is_irregular(const struct clu_csts_subject *s)
{
    return s->completeness != CLU_CSTS_COMPLETE;
}

static bool is_downsampled(const struct clu_csts_subject *s)
{
    return s->variant == CLU_CSTS_DOWNSAMPLED;
}

static void data_head(struct clu_text *t, const struct clu_csts_print *p)
{
    const struct clu_csts_subject *s = p->subject;
    char tab = p->delimiter;

    if (!p->values) {
        add_str(t, "subject_id");
        add_char(t, tab);
        if (is_irregular(s) && !is_downsampled(s)) {
            add_str(t, "old id");
            add_char(t, tab);
        }
        add_str(t, "datetime");
        add_char(t, tab);
        if (is_irregular(s) && is_downsampled(s)) {
            add_str(t, "original_index");
            add_char(t, tab);
        }
    }
    for (size_t j = 0; j < s->recipe->patterns.d; j++) {
        if (j > 0)
            add_char(t, tab);
        add_str(t, p->variate[j]);
    }
    if (p->truth) {
        add_char(t, tab);
        add_str(t, "cluster_id");
    }
    add_char(t, '\n');
}

/* What stands before the variates of row i. */
static inline char *put_lead(char *to, const struct clu_csts_print *p, const struct clu_csts_rows *r, size_t i, size_t name)
{
    const struct clu_csts_subject *s = p->subject;

    memcpy(to, p->name, name);
    to += name;
    *to++ = p->delimiter;
    if (is_irregular(s) && !is_downsampled(s)) {
        to = put_digits(to, r->at[i]);
        *to++ = p->delimiter;
    }
    to = put_time(to, r->at[i], s->recipe->rate);
    *to++ = p->delimiter;
    if (is_irregular(s) && is_downsampled(s)) {
        to += clu_number_format(r->origin[i], to);
        *to++ = p->delimiter;
    }
    return to;
}

static void data_rows(struct clu_text *t, const struct clu_csts_print *p, const struct clu_csts_rows *r, int32_t id)
{
    const struct clu_csts_subject *s = p->subject;
    bool means = is_downsampled(s) && !is_irregular(s);
    size_t name = strlen(p->name), d = r->d, width = name + TIME_TEXT + 3 * CLU_NUMBER_TEXT + d * CLU_NUMBER_TEXT;

    for (size_t i = 0; i < r->rows; i++) {
        char *to = room(t, width);
        if (!to)
            return;
        if (!p->values)
            to = put_lead(to, p, r, i, name);
        for (size_t j = 0; j < d; j++) {
            if (j > 0)
                *to++ = p->delimiter;
            if (means)
                to += clu_number_format(r->mean[i * d + j], to);
            else
                to = put_milli(to, r->milli[i * d + j]);
        }
        if (p->truth) {
            *to++ = p->delimiter;
            to = put_digits(to, (uint64_t)id);
        }
        *to++ = '\n';
        t->used = (size_t)(to - t->s);
    }
}

/* A segment as bytes: text, or packed. */
struct piece {
    struct clu_text text;
    char *packed;
    size_t cap, used;
    enum clu_status status;
    struct clu_err err;
};

static void make_piece(const struct clu_csts_print *p, size_t i, struct clu_csts_rows *rows, struct piece *out, double *seconds)
{
    double began = clu_clock();

    out->status = clu_csts_make(p->subject, i, rows, &out->err);
    *seconds += clu_clock() - began;
    if (out->status != CLU_OK)
        return;
    out->text.used = 0;
    if (i == 0)
        data_head(&out->text, p);
    data_rows(&out->text, p, rows, p->subject->recipe->patterns.id[p->subject->segment[i].pattern]);
    if (out->text.failed)
        out->status = clu_fail_memory(&out->err);
    else if (p->gzip)
        out->status = clu_gzip_member(out->text.s, out->text.used, &out->packed, &out->cap, &out->used, &out->err);
}

/* Pieces in order; false: one has failed, or the output has. */
static bool write_pieces(struct clu_out *out, const struct clu_csts_print *p, const struct piece *piece, size_t n,
                         enum clu_status *status, struct clu_err *err)
{
    for (size_t i = 0; i < n && *status == CLU_OK; i++) {
        *status = piece[i].status;
        if (*status == CLU_OK)
            clu_out_bytes(out, p->gzip ? piece[i].packed : piece[i].text.s, p->gzip ? piece[i].used : piece[i].text.used);
        else if (err)
            *err = piece[i].err;
    }
    return *status == CLU_OK && !clu_out_failed(out);
}

/* Segments first .. first + n - 1, the longest first, so that threads end together. */
static void by_length(const struct clu_csts_subject *s, size_t first, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && s->segment[first + order[at - 1]].length < s->segment[first + i].length; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

#define BATCH 8 /* segments a thread */

/* Batch after batch; while one is made, one thread writes the one before. A single thread needs no batch. */
static enum clu_status print_batches(struct clu_out *out, const struct clu_csts_print *p, struct piece *piece[2],
                                     struct clu_csts_rows *rows /* [threads] */, size_t *order, size_t batch, int threads, double *seconds,
                                     struct clu_err *err)
{
    size_t segments = p->subject->segments, before = 0;
    enum clu_status status = CLU_OK;
    bool wanted = true;
    double spent = 0;

    for (size_t first = 0, turn = 0; wanted && (first < segments || before > 0); first += batch, turn = !turn) {
        size_t n = first >= segments ? 0 : segments - first < batch ? segments - first : batch;
        by_length(p->subject, first, n, order);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(+ : spent)
        for (size_t i = 0; i <= n; i++)
            if (i == 0)
                wanted = write_pieces(out, p, piece[!turn], before, &status, err);
            else
                make_piece(p, first + order[i - 1], &rows[omp_get_thread_num()], &piece[turn][order[i - 1]], &spent);
        before = n;
    }
    if (seconds)
        *seconds = spent;
    return status;
}

enum clu_status clu_csts_print_data(struct clu_out *out, const struct clu_csts_print *p, const struct clu_run *run, double *seconds,
                                    struct clu_err *err)
{
    size_t batch = run->threads == 1 ? 1 : (size_t)run->threads * BATCH;
    struct piece *piece[2] = {clu_calloc(batch, sizeof **piece), clu_calloc(batch, sizeof **piece)};
    struct clu_csts_rows *rows = clu_calloc((size_t)run->threads, sizeof *rows);
    size_t *order = clu_alloc(batch, sizeof *order);
    enum clu_status status = piece[0] && piece[1] && rows && order ? CLU_OK : clu_fail_memory(err);

    if (status == CLU_OK)
        status = print_batches(out, p, piece, rows, order, batch, run->threads, seconds, err);
    for (int i = 0; rows && i < run->threads; i++)
        clu_csts_rows_clear(&rows[i]);
    clu_free(rows);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; piece[side] && i < batch; i++) {
            clu_text_clear(&piece[side][i].text);
            clu_free(piece[side][i].packed);
        }
        clu_free(piece[side]);
    }
    clu_free(order);
    return status;
}

/* --- label tables --- */

void clu_csts_pair_heads(struct clu_cells *c, const char *prefix, size_t d)
{
    char text[32];

    for (size_t i = 1; i <= d; i++)
        for (size_t j = i + 1; j <= d; j++) {
            snprintf(text, sizeof text, d > 9 ? "%s%zu_%zu" : "%s%zu%zu", prefix, i, j);
            clu_cell_str(c, text);
        }
}

void clu_csts_text_head(struct clu_text *t, const struct clu_csts_columns *c, size_t d)
{
    static const char *const plain[] = {"id", "start idx", "end idx", "length", "cluster_id"};

    if (c->name) {
        add_str(t, "subject_id");
        add_char(t, c->delimiter);
    }
    if (c->described) {
        add_str(t, "clustering_desc");
        add_char(t, c->delimiter);
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (i > 0)
            add_char(t, c->delimiter);
        add_str(t, plain[i]);
    }
    for (size_t i = 1; c->correlated && i <= d; i++)
        for (size_t j = i + 1; j <= d; j++) {
            add_char(t, c->delimiter);
            add_char(t, 'r');
            add_int(t, (long long)i);
            if (d > 9)
                add_char(t, '_');
            add_int(t, (long long)j);
        }
    if (c->correlated) {
        add_char(t, c->delimiter);
        add_str(t, "within");
        add_char(t, c->delimiter);
        add_str(t, "MAE");
        if (c->relaxed) {
            add_char(t, c->delimiter);
            add_str(t, "relaxed MAE");
        }
    }
    add_char(t, '\n');
}

static void correlation_cells(struct clu_text *t, const struct clu_csts_columns *c, const struct clu_csts_labels *labels, size_t i)
{
    for (size_t j = 0; j < labels->pairs; j++) {
        add_char(t, c->delimiter);
        add_number(t, labels->r[i * labels->pairs + j]);
    }
    add_char(t, c->delimiter);
    for (size_t j = 0; j < labels->pairs; j++)
        add_char(t, labels->within[i * labels->pairs + j] ? 'T' : 'F');
    add_char(t, c->delimiter);
    add_number(t, labels->label[i].mae);
    if (c->relaxed) {
        add_char(t, c->delimiter);
        add_number(t, labels->label[i].relaxed_mae);
    }
}

void clu_csts_text_labels(struct clu_text *t, const struct clu_csts_columns *c, const struct clu_csts_labels *labels, const char *described)
{
    for (size_t i = 0; i < labels->n; i++) {
        const struct clu_csts_label *l = &labels->label[i];
        if (c->name) {
            add_str(t, c->name);
            add_char(t, c->delimiter);
        }
        if (c->described) {
            add_str(t, described);
            add_char(t, c->delimiter);
        }
        long long cell[] = {l->id, (long long)l->start, (long long)l->end, (long long)(l->end - l->start + 1), l->cluster};
        for (size_t j = 0; j < sizeof cell / sizeof cell[0]; j++) {
            if (j > 0)
                add_char(t, c->delimiter);
            add_int(t, cell[j]);
        }
        if (c->correlated)
            correlation_cells(t, c, labels, i);
        add_char(t, '\n');
    }
}

/* --- degraded clusterings --- */

/* Clustering i of the 66 as rows. */
static enum clu_status degraded(struct clu_text *t, const struct clu_csts_columns *c, const struct clu_csts_labels *truth,
                                const struct clu_csts_degrade *how, size_t i, const struct clu_csts_patterns *patterns,
                                const struct clu_coded *data, struct clu_err *err)
{
    enum clu_csts_degradation kind = (enum clu_csts_degradation)(i / CLU_CSTS_DEGRADED);
    size_t p = i % CLU_CSTS_DEGRADED;
    struct clu_run alone = CLU_RUN_DEFAULT;
    struct clu_csts_labels labels = {0};
    char described[64];
    enum clu_status status = clu_csts_degrade_make(&labels, how, kind, p, truth, err);

    if (status == CLU_OK && data && kind != CLU_CSTS_WRONG)
        status = clu_csts_correlate(&labels, patterns, data, &alone, err);
    else if (status == CLU_OK && data) /* boundaries and correlations are those of the truth */
        for (size_t j = 0; j < labels.n; j++)
            clu_csts_judge(&labels, j, patterns);
    if (status == CLU_OK) {
        snprintf(described, sizeof described, "%s-%zu", clu_csts_degradation[kind], p);
        clu_csts_text_labels(t, c, &labels, described);
        status = t->failed ? clu_fail_memory(err) : CLU_OK;
    }
    clu_csts_labels_clear(&labels);
    return status;
}

/* A thread a clustering; their texts are joined in order. */
enum clu_status clu_csts_text_degraded(struct clu_text *t, const struct clu_csts_columns *c, size_t d, const struct clu_csts_labels *truth,
                                       const struct clu_csts_degrade *how, int kind, const struct clu_csts_patterns *patterns,
                                       const struct clu_coded *data, const struct clu_run *run, struct clu_err *err)
{
    enum { ALL = CLU_CSTS_DEGRADATIONS * CLU_CSTS_DEGRADED };
    size_t first = kind < 0 ? 0 : (size_t)kind * CLU_CSTS_DEGRADED, last = kind < 0 ? ALL : first + CLU_CSTS_DEGRADED;
    struct clu_text text[ALL] = {{0}};
    enum clu_status status = CLU_OK;

    clu_csts_text_head(t, c, d);
#pragma omp parallel for num_threads(run->threads) schedule(dynamic, 1)
    for (size_t i = first; i < last; i++) {
        struct clu_err failed = {0};
        enum clu_status made = degraded(&text[i], c, truth, how, i, patterns, data, &failed);
        if (made != CLU_OK) {
#pragma omp critical(clu_csts_degraded)
            if (status == CLU_OK) { /* all fail for the same reasons: which one is told does not matter */
                status = made;
                if (err)
                    *err = failed;
            }
        }
    }
    for (size_t i = first; i < last; i++) {
        if (status == CLU_OK)
            add(t, text[i].s, text[i].used);
        clu_text_clear(&text[i]);
    }
    return status;
}
