/* Files of aeon and sktime. Sections: cells, channels, class, case, files. */
#include "io/series_ts.h"

#include "base/mem.h"
#include "io/series_state.h"
#include "tab/number_scan.h"
#include "tab/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct stamp {
    double time, v;
    size_t at;
};

struct ts {
    struct clu_series_build *b;
    struct clu_ts_lines lines;
    struct clu_ts_head head;
    double *v; /* [n] of one case, channel behind channel */
    size_t n, v_cap;
    struct stamp *stamp; /* [n] of one channel */
    size_t stamp_cap;
    size_t channel, from; /* being read, from 0; where it begins in v */
    size_t first;         /* samples a channel of the file's first case */
    bool gap;             /* the case has one */
    bool labelled;        /* the cases of all files have a class */
    struct clu_value_rule rule;
    bool words;           /* a word for a missing value is a number: look at the words first */
};

#define WHERE(t) clu_source_name((t)->lines.source), (unsigned long long)(t)->lines.line

/* --- cells --- */

static enum clu_status bad_cell(const struct ts *t, const char *what, const char *s, const char *end, const char *more,
                                struct clu_err *err)
{
    char shown[4 * 40 + 4];
    size_t len = (size_t)(end - s);

    clu_value_trim(&t->rule, &s, &len);
    return clu_fail(err, CLU_DATA, "%s:%llu: channel %zu, sample %zu: %s: '%s'%s%s", WHERE(t), t->channel + 1, t->n - t->from + 1,
                    what, clu_show(s, len, 40, shown), *more ? "; see " : "", more);
}

/* Any cell. */
static enum clu_status read_value(struct ts *t, const char *s, const char *end, double *v, struct clu_err *err)
{
    const struct clu_read_opt *opt = &t->b->opt->read;
    const char *text = s;
    size_t len = (size_t)(end - s);
    enum clu_value is;

    clu_value_trim(&t->rule, &text, &len);
    is = len == 1 && *text == '?' ? CLU_VALUE_MISSING : clu_value_read(&t->rule, text, len, v);
    if (is == CLU_VALUE_NUMBER)
        return CLU_OK;
    if (is == CLU_VALUE_RANGE)
        return bad_cell(t, "not a finite number", s, end, "", err);
    if (is != CLU_VALUE_MISSING)
        return bad_cell(t, "not a number", s, end, *s == '(' ? "@timeStamps" : "", err);
    if (opt->na == CLU_NA_ERROR)
        return bad_cell(t, "missing value", s, end, clu_series_na_option(t->b->opt), err);
    *v = NAN;
    t->gap = true;
    return CLU_OK;
}

static enum clu_status read_time(struct ts *t, const char *s, const char *end, double *time, struct clu_err *err)
{
    const char *text = s;
    size_t len = (size_t)(end - s);

    clu_value_trim(&t->rule, &text, &len);
    if (clu_value_read(&t->rule, text, len, time) == CLU_VALUE_NUMBER || clu_time_parse(text, len, time))
        return CLU_OK;
    return bad_cell(t, "neither a number nor a time by ISO 8601", s, end, "", err);
}

/* --- channels: each reads one from *s on and leaves *s behind its ':', NULL when it was the last --- */

static enum clu_status add(struct ts *t, double v, struct clu_err *err)
{
    if (t->n == t->v_cap && clu_reserve(&t->v, &t->v_cap, t->n + 1, sizeof *t->v) < 0)
        return clu_fail_memory(err);
    t->v[t->n++] = v;
    return CLU_OK;
}

static enum clu_status plain_channel(struct ts *t, const char **s, const char *end, struct clu_err *err)
{
    const char *p = *s, *cell = p;
    double v;

    for (;; cell = ++p) {
        enum clu_status status = CLU_OK;
        while (p < end && *p == ' ')
            p++;
        p = t->words ? NULL : clu_number_scan(p, '.', &v);
        while (p && p < end && *p == ' ')
            p++;
        if (!p || !(p >= end || *p == ',' || *p == ':')) {
            for (p = cell; p < end && *p != ',' && *p != ':';)
                p++;
            status = read_value(t, cell, p, &v, err);
        }
        if (status == CLU_OK)
            status = add(t, v, err);
        if (status != CLU_OK)
            return status;
        if (p >= end || *p == ':')
            break;
    }
    *s = p < end ? p + 1 : NULL;
    return CLU_OK;
}

/* One "(time,value)" at p; *next behind it. */
static enum clu_status read_stamp(struct ts *t, const char *p, const char *end, const char **next, struct clu_err *err)
{
    const char *close = p < end && *p == '(' ? memchr(p, ')', (size_t)(end - p)) : NULL;
    const char *comma = close ? memrchr(p, ',', (size_t)(close - p)) : NULL;
    double time, v;

    if (!comma)
        return bad_cell(t, "not (time,value)", p, end, "", err);
    enum clu_status status = read_time(t, p + 1, comma, &time, err);
    if (status == CLU_OK)
        status = read_value(t, comma + 1, close, &v, err);
    if (status == CLU_OK)
        status = add(t, v, err);
    if (status != CLU_OK)
        return status;
    size_t at = t->n - t->from;
    if (clu_reserve(&t->stamp, &t->stamp_cap, at, sizeof *t->stamp) < 0)
        return clu_fail_memory(err);
    t->stamp[at - 1] = (struct stamp){time, v, at};
    *next = close + 1;
    return CLU_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct stamp *l = a, *r = b;
    if (l->time != r->time)
        return l->time < r->time ? -1 : 1;
    return l->at < r->at ? -1 : l->at > r->at;
}

static enum clu_status sort_channel(struct ts *t, struct clu_err *err)
{
    size_t len = t->n - t->from;

    qsort(t->stamp, len, sizeof *t->stamp, by_time);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && t->stamp[i].time == t->stamp[i - 1].time)
            return clu_fail(err, CLU_DATA, "%s:%llu: channel %zu: samples %zu and %zu are of the same time", WHERE(t),
                            t->channel + 1, t->stamp[i - 1].at, t->stamp[i].at);
        t->v[t->from + i] = t->stamp[i].v;
    }
    return CLU_OK;
}

static enum clu_status stamped_channel(struct ts *t, const char **s, const char *end, struct clu_err *err)
{
    const char *p = *s;

    for (;; p++) {
        while (p < end && *p == ' ')
            p++;
        enum clu_status status = read_stamp(t, p, end, &p, err);
        if (status != CLU_OK)
            return status;
        while (p < end && *p == ' ')
            p++;
        if (p == end || *p == ':')
            break;
        if (*p != ',')
            return bad_cell(t, "not (time,value)", p, end, "", err);
    }
    *s = p < end ? p + 1 : NULL;
    return sort_channel(t, err);
}

/* --- class --- */

/* The class behind the last ':', cut off the case. One that nobody knows ('?') is empty. */
static enum clu_status read_label(struct ts *t, const char *s, const char **end, struct clu_err *err)
{
    const char *colon = memrchr(s, ':', (size_t)(*end - s)), *text;
    char shown[4 * 40 + 4];
    size_t len;
    uint32_t level;

    if (!colon)
        return clu_fail(err, CLU_DATA, "%s:%llu: no class behind a ':'", WHERE(t));
    text = colon + 1;
    len = (size_t)(*end - text);
    clu_value_trim(&t->rule, &text, &len);
    *end = colon;
    if (len == 1 && *text == '?')
        len = 0;
    if (len > 0 && t->head.classes.text.n > 0 && !clu_levels_find(&t->head.classes, text, len, &level))
        return clu_fail(err, CLU_DATA, "%s:%llu: @classLabel does not list the class '%s'", WHERE(t), clu_show(text, len, 40, shown));
    return clu_texts_add(&t->b->t->label, text, len, err);
}

/* --- case --- */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* The channels and the length of a case against the header and the cases before. */
static enum clu_status check(struct ts *t, size_t channels, size_t len, struct clu_err *err)
{
    const struct clu_ts_head *h = &t->head;
    size_t *expected = &t->b->t->x.channels;

    if (h->univariate && channels > 1)
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu channels, but @univariate is true", WHERE(t), channels);
    if (h->multivariate && channels == 1)
        return clu_fail(err, CLU_DATA, "%s:%llu: 1 channel, but @univariate is false", WHERE(t));
    if (*expected == 0)
        *expected = h->channels > 0 ? h->channels : channels;
    if (channels != *expected)
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu channel%s, expected %zu", WHERE(t), channels, plural(channels), *expected);
    if (h->length > 0 && !h->unequal && len != h->length)
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu sample%s, but @seriesLength is %zu", WHERE(t), len, plural(len), h->length);
    if (t->first == 0)
        t->first = len;
    if (h->equal && len != t->first)
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu sample%s, but @equalLength is true and the first case has %zu", WHERE(t), len,
                        plural(len), t->first);
    return CLU_OK;
}

/* The channels of the case s..end into t->v. */
static enum clu_status read_channels(struct ts *t, const char *s, const char *end, size_t *len, struct clu_err *err)
{
    t->n = t->from = t->channel = 0;
    t->gap = false;
    for (; s; t->channel++) {
        t->from = t->n;
        enum clu_status status = t->head.stamped ? stamped_channel(t, &s, end, err) : plain_channel(t, &s, end, err);
        if (status != CLU_OK)
            return status;
        if (t->channel == 0)
            *len = t->n;
        if (t->n - t->from != *len)
            return clu_fail(err, CLU_DATA, "%s:%llu: channel %zu has %zu sample%s, but the first has %zu", WHERE(t), t->channel + 1,
                            t->n - t->from, plural(t->n - t->from), *len);
    }
    return CLU_OK;
}

static enum clu_status read_case(struct ts *t, const char *s, size_t line, struct clu_err *err)
{
    const char *end = s + line;
    size_t len = 0;
    double *v;
    enum clu_status status = t->labelled ? read_label(t, s, &end, err) : CLU_OK;

    if (status == CLU_OK)
        status = read_channels(t, s, end, &len, err);
    if (status == CLU_OK)
        status = check(t, t->channel, len, err);
    if (status != CLU_OK)
        return status;
    if (t->gap && t->b->opt->read.na == CLU_NA_DROP)
        return clu_series_leave(t->b, err);
    if (!clu_series_any_sample(t->v, t->n))
        return clu_fail(err, CLU_DATA, "%s:%llu: no sample", WHERE(t));
    status = clu_series_take(t->b, len, &v, err);
    if (status == CLU_OK)
        memcpy(v, t->v, t->n * sizeof *v);
    t->b->t->x.gaps |= t->gap;
    return status;
}

/* --- files --- */

/* The header of a further file against what the files before it were. */
static enum clu_status begin_file(struct ts *t, bool first, struct clu_err *err)
{
    const struct clu_ts_head *h = &t->head;
    bool labelled = h->label || h->target;
    size_t channels = t->b->t->x.channels;

    if (!first && labelled != t->labelled)
        return clu_fail(err, CLU_DATA, "%s:%llu: %s class, but the first file has %s", WHERE(t), labelled ? "a" : "no",
                        labelled ? "none" : "one");
    if (channels > 0 && h->channels > 0 && h->channels != channels)
        return clu_fail(err, CLU_DATA, "%s:%llu: %zu channel%s, but the first file has %zu", WHERE(t), h->channels,
                        plural(h->channels), channels);
    t->labelled = labelled;
    t->first = 0;
    return CLU_OK;
}

static enum clu_status tell(const struct ts *t)
{
    uint64_t done, of;
    clu_source_progress(t->lines.source, &done, &of);
    return clu_tick(t->b->run, "reading", done, of, NAN);
}

static enum clu_status read_file(struct ts *t, const char *path, bool first, struct clu_err *err)
{
    struct clu_source *source = first ? t->b->first : NULL;
    enum clu_status status = source ? CLU_OK : clu_source_open(&source, path, err);
    size_t len, cases = 0;
    const char *s;

    if (status != CLU_OK)
        return status;
    t->lines = (struct clu_ts_lines){.source = source, .s = t->lines.s, .cap = t->lines.cap};
    status = clu_ts_head_read(&t->head, &t->lines, err);
    if (status == CLU_OK)
        status = begin_file(t, first, err);
    while (status == CLU_OK && (status = clu_ts_line(&t->lines, &s, &len, err)) == CLU_OK && s) {
        status = read_case(t, s, len, err);
        if (status == CLU_OK && cases++ % 256 == 0) /* now and then: a case may be short */
            status = tell(t);
    }
    if (status == CLU_OK && cases == 0)
        status = clu_fail(err, CLU_DATA, "%s: no cases behind @data", clu_source_name(source));
    clu_ts_head_clear(&t->head);
    clu_source_close(source);
    return status;
}

enum clu_status clu_series_ts(struct clu_series_build *b, struct clu_err *err)
{
    const struct clu_read_opt *opt = &b->opt->read;
    struct ts t = {.b = b, .rule = {.mark = '.', .delimiter = ',', .words = opt->na_values}};
    enum clu_status status = CLU_OK;

    t.words = clu_value_ambiguous(&t.rule);
    b->t->schema = (struct clu_schema){.delimiter = ',', .id = CLU_NO_COLUMN, .weight = CLU_NO_COLUMN, .label = CLU_NO_COLUMN};
    for (size_t i = 0; i < (opt->files ? opt->files : 1) && status == CLU_OK; i++)
        status = read_file(&t, opt->files ? opt->file[i] : "-", i == 0, err);
    clu_free(t.lines.s);
    clu_free(t.v);
    clu_free(t.stamp);
    return status;
}
