#include "cli/stream.h"

#include "base/mem.h"

#include <stdio.h>

struct stream {
    struct clu_cli *cli;
    const struct clu_read_opt *opt;
    const struct clu_prepare *prepare;
    const struct clu_labeller *how;
    const struct clu_reader *reader;
    const struct clu_schema *schema;
    struct clu_mat x;
    uint8_t *kept;
    int32_t *label;
    size_t kept_cap, label_cap;
};

/* The place of the kept row number i, from 0. */
static size_t nth_kept(const uint8_t *kept, size_t i)
{
    size_t at = 0;

    while (!kept[at] || i-- > 0)
        at++;
    return at;
}

static enum clu_status do_batch(struct stream *s, const struct clu_batch *b, struct clu_err *err)
{
    if (clu_reserve(&s->kept, &s->kept_cap, b->rows, 1) < 0 ||
        clu_reserve(&s->label, &s->label_cap, b->rows, sizeof *s->label) < 0)
        return clu_fail_memory(err);
    enum clu_status status = clu_prepare_batch(s->prepare, b, s->opt->na, &s->x, s->kept, err);
    if (status == CLU_OK && s->how->mixed)
        status = clu_mixed_enter(s->how->mixed, clu_reader_levels(s->reader), s->schema, b->first, s->x.v, s->x.rows, err);
    if (status != CLU_OK)
        return status;
    struct clu_rows rows = {.rows = b->rows, .kept = s->kept, .id = b->id, .text = b->text};
    if (s->how->values) {
        status = clu_print_values(s->cli, s->schema, &rows, clu_mat_look(&s->x), s->how->values, b->first == 0, err);
    } else {
        size_t done = s->how->label(s->how->ctx, clu_mat_look(&s->x), s->label);
        if (s->how->err && s->how->err->code != CLU_OK)
            return clu_fail(err, s->how->err->code, "%s", s->how->err->msg);
        if (done < s->x.rows)
            return clu_fail(err, CLU_DATA, "row %llu %s", (unsigned long long)(b->first + nth_kept(s->kept, done)) + 1,
                            s->how->reason);
        clu_print_labels(s->cli, s->schema, &rows, s->label, b->first == 0);
    }
    if (s->cli->output->line_buffered)
        clu_out_flush(s->cli->out);
    return status;
}

static enum clu_status do_all(struct stream *s, struct clu_reader *r, struct clu_err *err)
{
    struct clu_batch b;
    enum clu_status status = CLU_OK;

    do {
        status = clu_reader_next(r, &b, err);
        if (status == CLU_OK && b.rows > 0)
            status = do_batch(s, &b, err);
    } while (status == CLU_OK && b.rows > 0 && !clu_out_failed(s->cli->out));
    return status;
}

/* Labels that are already written stay when a later row is bad; only a file that is replaced whole stays as it was. */
static void fail(struct clu_cli *cli, const struct clu_err *err)
{
    clu_out_flush(cli->out);
    clu_cli_fail(cli, err);
}

void clu_stream_ask(struct clu_read_opt *opt, const struct clu_prepare *p, const char *from, char *before, size_t size)
{
    if (opt->ask.ncolumns > 0 || !p->name)
        return;
    snprintf(before, size, "%s: column '", from);
    opt->ask.name = (const char *const *)p->name;
    opt->ask.names = p->d;
    opt->ask.before = before;
    opt->ask.after = "' is not in the input";
}

void clu_stream(struct clu_cli *cli, const struct clu_read_opt *opt, const struct clu_prepare *p, const char *from,
                const struct clu_labeller *how)
{
    struct clu_err err = {0};
    struct clu_read_opt o = *opt;
    char before[600];
    struct clu_reader *r;

    if (o.na == CLU_NA_MEAN && !p->fill) {
        clu_fail(&err, CLU_DATA, "%s: no means to fill in: the model was not made with --na=mean", from ? from : "input");
        clu_cli_fail(cli, &err);
    }
    if (from)
        clu_stream_ask(&o, p, from, before, sizeof before);
    if (p->unit && p->scale.how == CLU_SCALE_NONE)
        o.direction = CLU_DIRECTION_NONZERO;
    clu_cli_check(cli, clu_reader_open(&r, &o, &cli->run, &err), &err);

    struct stream s = {.cli = cli, .opt = &o, .prepare = p, .how = how, .reader = r, .schema = clu_reader_schema(r)};
    enum clu_status status = CLU_OK;
    if (s.schema->picked != p->d)
        status = clu_fail(&err, CLU_DATA, "%s has %zu columns, the input has %zu", from ? from : "the model", p->d,
                          s.schema->picked);
    else
        status = do_all(&s, r, &err);
    clu_reader_close(r);
    clu_mat_clear(&s.x);
    clu_free(s.kept);
    clu_free(s.label);
    if (status != CLU_OK)
        fail(cli, &err);
}
