#include "cli/print.h"

#include "base/mem.h"

struct clu_cells clu_print_cells(const struct clu_cli *cli, const struct clu_schema *s)
{
    return (struct clu_cells){.out = cli->out, .delimiter = clu_cli_delimiter(cli, s)};
}

static void id_cell(struct clu_cells *c, const struct clu_texts *id, size_t row)
{
    size_t len;
    const char *text = clu_texts_at(id, row, &len);
    clu_cell_text(c, text, len);
}

static void id_name(struct clu_cells *c, const struct clu_schema *s)
{
    if (s->id != CLU_NO_COLUMN)
        clu_cell_str(c, s->name[s->id]);
}

static void print_cells(struct clu_cli *cli, const struct clu_schema *s, const struct clu_rows *rows, const int32_t *label,
                        bool head)
{
    struct clu_cells c = clu_print_cells(cli, s);
    size_t columns = rows->beside ? rows->beside->columns : 0, at = 0; /* of the kept rows */

    if (head) {
        id_name(&c, s);
        clu_cell_str(&c, "cluster");
        for (size_t j = 0; j < columns; j++)
            clu_cell_str(&c, rows->beside->name[j]);
        clu_cells_end(&c);
    }
    for (size_t i = 0; i < rows->rows; i++) {
        bool here = !rows->kept || rows->kept[i];
        if (rows->id)
            id_cell(&c, rows->id, i);
        if (here)
            clu_cell_int(&c, label[at] + 1);
        else
            clu_cell_empty(&c);
        for (size_t j = 0; j < columns; j++)
            if (here)
                clu_cell_number(&c, rows->beside->value[j][at]);
            else
                clu_cell_empty(&c);
        clu_cells_end(&c);
        at += here;
    }
}

void clu_print_labels(struct clu_cli *cli, const struct clu_schema *s, const struct clu_rows *rows, const int32_t *label,
                      bool head)
{
    head = head && s->header;
    if (rows->text)
        clu_write_appended(cli->out, s, rows->text, label, rows->beside, rows->kept, head);
    else if (rows->id || rows->beside)
        print_cells(cli, s, rows, label, head);
    else
        clu_write_labels(cli->out, label, rows->kept, rows->rows, head);
}

#define CHUNK ((size_t)1 << 16) /* values computed at a time, about */

static void values_head(struct clu_cells *c, const struct clu_schema *s, const struct clu_values *v)
{
    id_name(c, s);
    for (size_t a = 0; a < v->width; a++)
        if (v->name && a + 1 == v->width)
            clu_cell_str(c, v->name);
        else
            clu_cell_int(c, (long long)a + 1);
    clu_cells_end(c);
}

enum clu_status clu_print_values(struct clu_cli *cli, const struct clu_schema *s, const struct clu_rows *rows,
                                 struct clu_view x, const struct clu_values *v, bool head, struct clu_err *err)
{
    struct clu_cells c = clu_print_cells(cli, s);
    size_t chunk = CHUNK / v->width + 1, done = 0, have = 0; /* rows of x printed, and computed */
    double *value = clu_alloc(chunk * v->width, sizeof *value);

    if (!value)
        return clu_fail_memory(err);
    if (head && s->header)
        values_head(&c, s, v);
    for (size_t i = 0; i < rows->rows; i++) {
        bool kept = !rows->kept || rows->kept[i];
        if (kept && done == have) {
            size_t count = x.rows - done < chunk ? x.rows - done : chunk;
            v->fill(v->ctx, x, done, count, value);
            if (v->err && v->err->code != CLU_OK) {
                clu_free(value);
                return clu_fail(err, v->err->code, "%s", v->err->msg);
            }
            have += count;
        }
        const double *of_row = value + done % chunk * v->width;
        if (rows->id)
            id_cell(&c, rows->id, i);
        for (size_t a = 0; a < v->width; a++)
            if (kept)
                clu_cell_number(&c, of_row[a]);
            else
                clu_cell_empty(&c);
        clu_cells_end(&c);
        done += kept;
    }
    clu_free(value);
    return CLU_OK;
}

void clu_print_centers(struct clu_cli *cli, const struct clu_schema *s, const double *center, size_t k)
{
    struct clu_cells c = clu_print_cells(cli, s);
    char name[32];

    clu_cell_str(&c, "cluster");
    for (size_t j = 0; j < s->picked; j++)
        clu_cell_str(&c, clu_schema_feature(s, j, name));
    clu_cells_end(&c);
    for (size_t a = 0; a < k; a++) {
        clu_cell_int(&c, (long long)a + 1);
        for (size_t j = 0; j < s->picked; j++)
            clu_cell_number(&c, center[a * s->picked + j]);
        clu_cells_end(&c);
    }
}
