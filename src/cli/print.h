/* cli/print.h - results as tables, the same way in every clustering filter. */
#ifndef CLU_CLI_PRINT_H
#define CLU_CLI_PRINT_H

#include "cli/tool.h"
#include "num/view.h"
#include "tab/table.h"

/* Rows whose labels are printed: of a whole table, or of a batch. Borrowed. */
struct clu_rows {
    size_t rows;
    const uint8_t *kept;          /* [rows], NULL: all */
    const struct clu_texts *id;   /* [rows] or NULL */
    const struct clu_texts *text; /* [rows] or NULL: --append */
    const struct clu_beside *beside; /* numbers behind the labels, or NULL */
};

/* Where cells go: cli->out, with the delimiter for tables of this input. */
struct clu_cells clu_print_cells(const struct clu_cli *cli, const struct clu_schema *s);

/* A label a record: alone, behind the id, or behind the record itself. head: the header line first, if the input had one. */
void clu_print_labels(struct clu_cli *cli, const struct clu_schema *s, const struct clu_rows *rows, const int32_t *label,
                      bool head);

/* Values of every row, by default one for each cluster: x holds the kept rows. */
struct clu_values {
    void (*fill)(void *ctx, struct clu_view x, size_t from, size_t count, double *out /* [count][width] */);
    void *ctx;
    size_t width;
    const char *name;    /* of the last column; NULL: a number, as the others */
    struct clu_err *err; /* where fill says that it failed, by its code; NULL: it cannot fail */
};

/* A line a record: the id, and the row's values, empty for a row that was dropped. head: first the header line, with the
 * numbers of the clusters or the name, if the input had one. */
enum clu_status clu_print_values(struct clu_cli *cli, const struct clu_schema *s, const struct clu_rows *rows,
                                 struct clu_view x, const struct clu_values *v, bool head, struct clu_err *err);

/* Points in label order: "cluster" and the features' names, then k lines. */
void clu_print_centers(struct clu_cli *cli, const struct clu_schema *s, const double *center, size_t k);

#endif
