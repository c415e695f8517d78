/* Sections: table, growing, which form, all of it. */
#include "io/series.h"

#include "base/mem.h"
#include "io/series_state.h"

#include <string.h>
#include <strings.h>

/* --- table --- */

void clu_series_table_clear(struct clu_series_table *t)
{
    clu_schema_clear(&t->schema);
    clu_series_clear(&t->x);
    clu_free(t->kept);
    clu_texts_clear(&t->id);
    clu_texts_clear(&t->label);
    clu_texts_clear(&t->text);
    *t = (struct clu_series_table){0};
}

/* --- growing --- */

static enum clu_status no_memory(const struct clu_series_build *b, struct clu_err *err)
{
    return clu_fail(err, CLU_SYSTEM, "memory exhausted (reading series %zu)", b->t->first + b->t->rows + 1);
}

static enum clu_status note(struct clu_series_build *b, bool kept, struct clu_err *err)
{
    struct clu_series_table *t = b->t;

    if (t->kept || !kept) {
        bool had = t->kept;
        if (clu_reserve(&t->kept, &b->kept_cap, t->rows + 1, 1) < 0)
            return no_memory(b, err);
        if (!had)
            memset(t->kept, 1, t->rows);
        t->kept[t->rows] = kept;
    }
    t->rows++;
    return CLU_OK;
}

enum clu_status clu_series_take(struct clu_series_build *b, size_t len, double **v, struct clu_err *err)
{
    struct clu_series *x = &b->t->x;
    size_t from = x->n > 0 ? x->at[x->n] : 0, to = from + len * x->channels;

    if (to > b->v_cap) {
        double bytes = (double)to * sizeof *x->v + (double)(x->n + 1) * (sizeof *x->len + sizeof *x->at);
        enum clu_status status = clu_need(b->run, bytes, err, "the samples of the first %zu series", x->n + 1);
        if (status != CLU_OK)
            return status;
    }
    if (clu_reserve(&x->v, &b->v_cap, to, sizeof *x->v) < 0 || clu_reserve(&x->len, &b->len_cap, x->n + 1, sizeof *x->len) < 0 ||
        clu_reserve(&x->at, &b->at_cap, x->n + 2, sizeof *x->at) < 0)
        return no_memory(b, err);
    *v = x->v + from;
    x->len[x->n] = len;
    x->at[x->n++] = from;
    x->at[x->n] = to;
    x->longest = len > x->longest ? len : x->longest;
    return note(b, true, err);
}

enum clu_status clu_series_leave(struct clu_series_build *b, struct clu_err *err)
{
    return note(b, false, err);
}

enum clu_status clu_series_hand_out(struct clu_series_build *b, const struct clu_schema *schema, struct clu_err *err)
{
    struct clu_series_table *t = b->t;
    struct clu_series_table next = {.form = t->form, .first = t->first + t->rows, .x.channels = t->x.channels};

    t->schema = *schema; /* lent */
    enum clu_status status = b->opt->portion(b->opt->ctx, t, err);
    t->schema = (struct clu_schema){0};
    clu_series_table_clear(t);
    *t = next;
    b->len_cap = b->at_cap = b->v_cap = b->kept_cap = 0;
    return status;
}

/* Growing by halves left room behind the samples: give it back. What cannot be given back stays. */
static void trim(struct clu_series *x)
{
    double *v = clu_realloc(x->v, x->at[x->n], sizeof *v);
    if (v)
        x->v = v;
}

/* --- which form --- */

static const char *const keyword[] = {"problemName", "timeStamps", "missing",    "univariate",  "dimensions", "dimension",
                                      "equalLength", "seriesLength", "classLabel", "targetLabel", "data"};

/* Is the line at s, or as much as there is of it, the first of a header? */
static bool is_header_line(const char *s, const char *end)
{
    size_t n = 1, left = (size_t)(end - s);

    while (n < left && ((s[n] | 0x20) >= 'a' && (s[n] | 0x20) <= 'z'))
        n++;
    for (size_t k = 0; k < sizeof keyword / sizeof *keyword; k++)
        if (strncasecmp(s + 1, keyword[k], n - 1) == 0 && (n == left || keyword[k][n - 1] == '\0'))
            return true;
    return false;
}

bool clu_series_looks_like_ts(const char *s, size_t len)
{
    const char *end = s + len;

    if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (s < end) {
        if (*s == '@')
            return is_header_line(s, end);
        const char *next = memchr(s, '\n', (size_t)(end - s));
        if (*s == '#' && !next)
            return true; /* a long comment */
        if (*s == '#')
            s = next;
        else if (*s != ' ' && *s != '\t' && *s != '\r' && *s != '\n')
            return false;
        s++;
    }
    return false;
}

/* Look at the first input without losing what was seen of it. */
static enum clu_status find_form(struct clu_series_build *b, int *form, struct clu_err *err)
{
    const struct clu_read_opt *read = &b->opt->read;
    const char *s;
    size_t len;
    enum clu_status status = clu_source_open(&b->first, read->files ? read->file[0] : "-", err);

    if (status == CLU_OK)
        status = clu_source_peek(b->first, read->eager, &s, &len, err);
    if (status == CLU_OK)
        *form = clu_series_looks_like_ts(s, len) ? CLU_SERIES_TS : CLU_SERIES_ROWS;
    else
        clu_source_close(b->first);
    return status;
}

/* --- all of it --- */

enum clu_status clu_read_series(struct clu_series_table *out, const struct clu_series_opt *opt, const struct clu_run *run,
                                struct clu_err *err)
{
    struct clu_series_build b = {.t = out, .opt = opt, .run = run};
    enum clu_status status = CLU_OK;

    *out = (struct clu_series_table){.form = opt->form};
    if (opt->form == CLU_SERIES_AUTO)
        status = find_form(&b, &out->form, err);
    if (status == CLU_OK)
        status = out->form == CLU_SERIES_LONG ? clu_series_long(&b, err)
                 : out->form == CLU_SERIES_TS ? clu_series_ts(&b, err)
                                              : clu_series_rows(&b, err);
    if (opt->portion) {
        if (status == CLU_OK && out->form != CLU_SERIES_ROWS)
            status = opt->portion(opt->ctx, out, err);
        clu_series_table_clear(out);
        return status;
    }
    if (status == CLU_OK && out->x.n == 0)
        status = clu_fail(err, CLU_DATA, "no complete series");
    if (status == CLU_OK)
        trim(&out->x);
    else
        clu_series_table_clear(out);
    return status;
}
