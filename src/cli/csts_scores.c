/* Sections: cells, prints. */
#include "cli/csts_scores.h"

#include "cli/csts_text.h"
#include "tab/number.h"

#include <math.h>

/* --- cells --- */

static void key_heads(struct clu_csts_scores *p)
{
    const struct clu_clustering *one = &p->all->one[0];

    if (p->keys && one->subject)
        clu_cell_str(&p->cells, "subject_id");
    if (p->keys && one->described)
        clu_cell_str(&p->cells, "clustering_desc");
}

static void keys(struct clu_csts_scores *p, const struct clu_clustering *one)
{
    if (p->keys && one->subject)
        clu_cell_str(&p->cells, one->subject);
    if (p->keys && one->described)
        clu_cell_str(&p->cells, one->described);
}

static void numbers(struct clu_csts_scores *p, const double *x, size_t n)
{
    for (size_t j = 0; j < n; j++)
        clu_cell_number(&p->cells, x[j]);
}

/* The cluster of a result as its labels have it. */
static const char *cluster_text(const struct clu_csts_scores *p, int32_t id, char buf[CLU_NUMBER_TEXT], size_t *len)
{
    if (p->all->label.n > 0)
        return clu_texts_at(&p->all->label, (size_t)id, len);
    *len = clu_number_format_int(id, buf);
    return buf;
}

static void cluster_cell(struct clu_csts_scores *p, int32_t id)
{
    char buf[CLU_NUMBER_TEXT];
    size_t len;
    const char *s = cluster_text(p, id, buf, &len);

    clu_cell_text(&p->cells, s, len);
}

/* Names with blanks between them, in one cell. */
static void add_name(struct clu_cli *cli, struct clu_texts *t, const char *s, size_t len)
{
    struct clu_err err = {0};

    if (t->n > 0)
        clu_cli_check(cli, clu_texts_add(t, " ", 1, &err), &err);
    clu_cli_check(cli, clu_texts_add(t, s, len, &err), &err);
}

static void names_cell(struct clu_csts_scores *p, struct clu_texts *t)
{
    clu_cell_text(&p->cells, t->used > 0 ? t->bytes : "", t->used);
    t->n = t->used = 0;
}

/* --- prints --- */

static void print_measures(struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    for (size_t i = 0; i < p->listed; i++) {
        size_t measure = p->list[i];
        keys(p, one);
        clu_cell_str(&p->cells, clu_csts_measure_name[measure]);
        clu_cell_number(&p->cells, e->value[measure]);
        if (p->reference) {
            clu_cell_number(&p->cells, p->truth[measure]);
            clu_cell_number(&p->cells, p->worst[measure]);
        }
        clu_cells_end(&p->cells);
    }
}

static void print_table(struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    keys(p, one);
    for (size_t i = 0; i < p->listed; i++)
        clu_cell_number(&p->cells, e->value[p->list[i]]);
    clu_cells_end(&p->cells);
}

static void print_clusters(struct clu_cli *cli, struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    const struct clu_csts_clusters *c = &e->result;
    struct clu_texts names = {0};
    char buf[CLU_NUMBER_TEXT];

    for (size_t a = 0; a < c->k; a++) {
        bool within = false;
        keys(p, one);
        cluster_cell(p, c->id[a]);
        clu_cell_int(&p->cells, (long long)(c->start[a + 1] - c->start[a]));
        clu_cell_int(&p->cells, (long long)c->rows[a]);
        numbers(p, c->mean + a * c->pairs, c->pairs);
        for (size_t b = 0; b < e->truth.k; b++)
            if (clu_csts_eval_maps(e, a, b)) {
                within |= clu_csts_eval_meets(e, a, b);
                add_name(cli, &names, buf, clu_number_format_int(e->truth.id[b], buf));
            }
        names_cell(p, &names);
        clu_cell_number(&p->cells, e->nearest[a]);
        clu_cell_int(&p->cells, within);
        clu_cells_end(&p->cells);
    }
    clu_texts_clear(&names);
}

static void print_patterns(struct clu_cli *cli, struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    const struct clu_csts_clusters *c = &e->truth;
    struct clu_texts names = {0};
    char buf[CLU_NUMBER_TEXT];

    for (size_t b = 0; b < c->k; b++) {
        double nearest = NAN;
        keys(p, one);
        clu_cell_int(&p->cells, c->id[b]);
        clu_cell_int(&p->cells, (long long)(c->start[b + 1] - c->start[b]));
        clu_cell_int(&p->cells, (long long)c->rows[b]);
        numbers(p, c->mean + b * c->pairs, c->pairs);
        for (size_t a = 0; a < e->result.k; a++) {
            nearest = fmin(nearest, e->distance[a * c->k + b]); /* a number, if there is one */
            if (clu_csts_eval_maps(e, a, b)) {
                size_t len;
                const char *s = cluster_text(p, e->result.id[a], buf, &len);
                add_name(cli, &names, s, len);
            }
        }
        clu_cell_int(&p->cells, e->found[b]);
        names_cell(p, &names);
        clu_cell_number(&p->cells, nearest);
        clu_cells_end(&p->cells);
    }
    clu_texts_clear(&names);
}

static void print_segments(struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    const struct clu_csts_labels *t = &one->t;

    for (size_t i = 0; i < t->n; i++) {
        const struct clu_csts_label *l = &t->label[i];
        size_t first = e->first[e->result.of[i]];
        keys(p, one);
        clu_cell_int(&p->cells, l->id);
        clu_cell_int(&p->cells, (long long)l->start);
        clu_cell_int(&p->cells, (long long)l->end);
        clu_cell_int(&p->cells, (long long)(l->end - l->start + 1));
        cluster_cell(p, l->cluster);
        numbers(p, t->r + i * t->pairs, t->pairs);
        if (first < e->truth.k)
            clu_cell_int(&p->cells, e->truth.id[first]);
        else
            clu_cell_number(&p->cells, NAN);
        clu_cells_end(&p->cells);
    }
}

void clu_csts_scores_head(struct clu_csts_scores *p)
{
    struct clu_cells *c = &p->cells;

    key_heads(p);
    if (p->print == CLU_SCORES_MEASURES) {
        clu_cell_str(c, "measure");
        clu_cell_str(c, "value");
        if (p->reference) {
            clu_cell_str(c, "truth");
            clu_cell_str(c, "worst");
        }
    } else if (p->print == CLU_SCORES_TABLE) {
        for (size_t i = 0; i < p->listed; i++)
            clu_cell_str(c, clu_csts_measure_name[p->list[i]]);
    } else if (p->print == CLU_SCORES_SEGMENTS) {
        static const char *const head[] = {"id", "start idx", "end idx", "length", "cluster_id"};
        for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
            clu_cell_str(c, head[i]);
        clu_csts_pair_heads(c, "r", p->d);
        clu_cell_str(c, "truth");
    } else {
        clu_cell_str(c, p->print == CLU_SCORES_CLUSTERS ? "cluster_id" : "truth");
        clu_cell_str(c, "segments");
        clu_cell_str(c, "rows");
        clu_csts_pair_heads(c, "r", p->d);
        if (p->print == CLU_SCORES_PATTERNS)
            clu_cell_str(c, "discovered");
        clu_cell_str(c, p->print == CLU_SCORES_CLUSTERS ? "truth" : "clusters");
        clu_cell_str(c, "distance");
        if (p->print == CLU_SCORES_CLUSTERS)
            clu_cell_str(c, "within");
    }
    clu_cells_end(c);
}

void clu_csts_scores_print(struct clu_cli *cli, struct clu_csts_scores *p, const struct clu_clustering *one, const struct clu_csts_eval *e)
{
    switch (p->print) {
    case CLU_SCORES_TABLE:
        print_table(p, one, e);
        break;
    case CLU_SCORES_CLUSTERS:
        print_clusters(cli, p, one, e);
        break;
    case CLU_SCORES_PATTERNS:
        print_patterns(cli, p, one, e);
        break;
    case CLU_SCORES_SEGMENTS:
        print_segments(p, one, e);
        break;
    default:
        print_measures(p, one, e);
    }
}
