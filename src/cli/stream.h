/* cli/stream.h - label rows as they come (--assign): read, prepare, label, print, batch after batch, in constant memory. */
#ifndef CLU_CLI_STREAM_H
#define CLU_CLI_STREAM_H

#include "cli/print.h"
#include "io/prepare.h"
#include "tab/mixed.h"

/* What a tool does with prepared rows: label or values. */
struct clu_labeller {
    /* Returns how many rows were labelled: fewer than x.rows when the next one cannot be, for the reason in words. */
    size_t (*label)(void *ctx, struct clu_view x, int32_t *label /* [x.rows] */);
    const char *reason;
    struct clu_err *err; /* where label leaves another reason, with its code; may be NULL */
    void *ctx;
    const struct clu_values *values;
    const struct clu_mixed *mixed; /* codes of the columns; NULL: plain numbers */
};

/* Ask for the columns that a model was made from, by their names, unless -c says otherwise: in opt, which borrows from p and before[size]. from
 * names the model in messages. */
void clu_stream_ask(struct clu_read_opt *opt, const struct clu_prepare *p, const char *from, char *before, size_t size);

/* Read the table of opt to its end and print. from names the model in messages, NULL when there is none: columns are
 * matched by the names in p unless -c says otherwise. Fails as the tool does: exits. */
void clu_stream(struct clu_cli *cli, const struct clu_read_opt *opt, const struct clu_prepare *p, const char *from,
                const struct clu_labeller *how);

#endif
