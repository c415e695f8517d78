/* Sections: text, times, data, label tables, degraded clusterings. */
#include "cli/csts_text.h"

#include "base/mem.h"
#include "io/gzip.h"
#include "tab/number.h"

#include <math.h>
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

/* What a thread keeps. */
struct worker {
    struct clu_csts_rows rows;
    struct clu_text text;
    char *packed;
    size_t cap, used;
    struct clu_err err;
};

/* Segment i as bytes: of the text, or packed. */
static enum clu_status segment_text(const struct clu_csts_print *p, size_t i, struct worker *w, double *seconds)
{
    double began = clu_clock();
    enum clu_status status = clu_csts_make(p->subject, i, &w->rows, &w->err);

    *seconds += clu_clock() - began;
    if (status != CLU_OK)
        return status;
    w->text.used = 0;
    if (i == 0)
        data_head(&w->text, p);
    data_rows(&w->text, p, &w->rows, p->subject->recipe->patterns.id[p->subject->segment[i].pattern]);
    if (w->text.failed)
        return clu_fail_memory(&w->err);
    return p->gzip ? clu_gzip_member(w->text.s, w->text.used, &w->packed, &w->cap, &w->used, &w->err) : CLU_OK;
}

enum clu_status clu_csts_print_data(struct clu_out *out, const struct clu_csts_print *p, const struct clu_run *run, double *seconds,
                                    struct clu_err *err)
{
    size_t n = p->subject->segments;
    enum clu_status status = CLU_OK;
    bool over = false; /* nothing more is wanted; only looked at and set in order */
    double spent = 0;

#pragma omp parallel num_threads(run->threads) reduction(+ : spent)
    {
        struct worker w = {0};
#pragma omp for ordered schedule(dynamic, 1)
        for (size_t i = 0; i < n; i++) {
            bool stop;
#pragma omp atomic read
            stop = over;
            enum clu_status made = stop ? CLU_OK : segment_text(p, i, &w, &spent);
#pragma omp ordered
            {
                if (status == CLU_OK && made != CLU_OK) {
                    status = made;
                    if (err)
                        *err = w.err;
                }
                if (status == CLU_OK && !stop)
                    clu_out_bytes(out, p->gzip ? w.packed : w.text.s, p->gzip ? w.used : w.text.used);
#pragma omp atomic write
                over = status != CLU_OK || clu_out_failed(out);
            }
        }
        clu_csts_rows_clear(&w.rows);
        clu_text_clear(&w.text);
        clu_free(w.packed);
    }
    if (seconds)
        *seconds = spent;
    return status;
}

/* --- label tables --- */

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
    size_t first = kind < 0 ? 0 : (size_t)kind * CLU_CSTS_DEGRADED;
    size_t last = kind < 0 ? (size_t)CLU_CSTS_DEGRADATIONS * CLU_CSTS_DEGRADED : first + CLU_CSTS_DEGRADED;
    enum clu_status status = CLU_OK;

    clu_csts_text_head(t, c, d);
#pragma omp parallel for ordered num_threads(run->threads) schedule(dynamic, 1)
    for (size_t i = first; i < last; i++) {
        struct clu_text own = {0};
        struct clu_err failed = {0};
        enum clu_status made = degraded(&own, c, truth, how, i, patterns, data, &failed);
#pragma omp ordered
        {
            if (status == CLU_OK && made != CLU_OK) {
                status = made;
                if (err)
                    *err = failed;
            } else if (made == CLU_OK) {
                add(t, own.s, own.used);
            }
        }
        clu_text_clear(&own);
    }
    return status;
}
