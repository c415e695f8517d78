/* Sections: criteria, choice. */
#include "alg/choose.h"

#include "alg/validity.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

/* --- criteria --- */

static double spherical_bic(const struct clu_validity *v, size_t d)
{
    static const double two_pi = 6.283185307179586476925286766559;
    double n = (double)v->n, terms = n * (double)d, loglik = 0;
    double parameters = (double)(v->k - 1) + (double)v->k * (double)d + 1;

    if (!(v->inertia > 0))
        return NAN;
    for (size_t g = 0; g < v->k; g++)
        loglik += (double)v->size[g] * log((double)v->size[g] / n);
    loglik -= terms / 2 * (log(two_pi * (v->inertia / terms)) + 1);
    return 2 * loglik - parameters * log(n);
}

/* The rows that have a cluster, and clusters that have a row. */
struct used {
    struct clu_view x;
    double *copy;  /* of the rows, when some are left out; owned */
    int32_t *label; /* [n], owned */
    size_t k;
};

static void drop(struct used *u)
{
    clu_free(u->copy);
    clu_free(u->label);
}

/* New numbers for those of k clusters that have a row, and the rows that have one. number[k] */
static size_t renumber(struct used *u, const int32_t *label, size_t k, int32_t *number)
{
    size_t rows = 0;

    memset(number, 0, k * sizeof *number);
    for (size_t i = 0; i < u->x.rows; i++)
        if (label[i] >= 0) {
            number[label[i]] = 1;
            rows++;
        }
    for (size_t g = 0; g < k; g++)
        number[g] = number[g] ? (int32_t)u->k++ : -1;
    return rows;
}

static enum clu_status find_used(struct used *u, struct clu_view x, const int32_t *label, size_t k, struct clu_err *err)
{
    int32_t *number = clu_alloc(k, sizeof *number);
    enum clu_status status = CLU_OK;

    *u = (struct used){.x = x, .label = clu_alloc(x.rows, sizeof *u->label)};
    size_t rows = number && u->label ? renumber(u, label, k, number) : 0;
    if (rows > 0 && rows < x.rows)
        u->copy = clu_alloc(rows, x.cols * sizeof *u->copy);
    if (!number || !u->label || (rows > 0 && rows < x.rows && !u->copy))
        status = clu_fail_memory(err);
    for (size_t i = 0, to = 0; i < x.rows && status == CLU_OK; i++) {
        if (label[i] < 0)
            continue;
        u->label[to] = number[label[i]];
        for (size_t j = 0; j < x.cols && u->copy; j++)
            u->copy[to * x.cols + j] = clu_view_at(x, i, j);
        to++;
    }
    if (u->copy)
        u->x = (struct clu_view){.v = u->copy, .rows = rows, .cols = x.cols, .ld = x.cols};
    clu_free(number);
    return status;
}

enum clu_status clu_criteria_fit(struct clu_criteria *c, struct clu_view x, const int32_t *label, size_t k, bool silhouette,
                                 const struct clu_run *run, struct clu_err *err)
{
    struct clu_validity_opt opt = {.silhouette = silhouette, .how = CLU_SILHOUETTE_SAMPLED, .sample = CLU_CHOOSE_SAMPLE};
    struct clu_validity v = {0};
    struct used u;
    enum clu_status status = find_used(&u, x, label, k, err);

    c->k = k;
    for (size_t i = 0; i < CLU_CRITERIA; i++)
        c->value[i] = NAN;
    if (status == CLU_OK && u.k > 0)
        status = clu_validity_fit(&v, u.x, u.label, u.k, &opt, run, err);
    if (status == CLU_OK && u.k > 0) {
        c->value[CLU_BY_SILHOUETTE] = v.silhouette;
        c->value[CLU_BY_CH] = v.ch;
        c->value[CLU_BY_DB] = v.db;
        c->value[CLU_BY_BIC] = spherical_bic(&v, x.cols);
    }
    clu_validity_clear(&v);
    drop(&u);
    return status;
}

/* --- choice --- */

bool clu_criteria_better(const struct clu_criteria *a, const struct clu_criteria *b, int by)
{
    double x = a->value[by], y = b->value[by];

    if (isnan(x) || isnan(y))
        return !isnan(x);
    return by == CLU_BY_DB ? x < y : x > y;
}

enum clu_status clu_choice_init(struct clu_choice *c, int by, size_t most, struct clu_err *err)
{
    *c = (struct clu_choice){.by = by, .row = clu_alloc(most, sizeof *c->row)};
    return c->row ? CLU_OK : clu_fail_memory(err);
}

void clu_choice_clear(struct clu_choice *c)
{
    clu_free(c->row);
    *c = (struct clu_choice){0};
}

bool clu_choice_add(struct clu_choice *c, const struct clu_criteria *row)
{
    size_t at = c->n;
    bool better = c->n == 0;

    if (!better) {
        const struct clu_criteria *best = &c->row[c->best];
        better = clu_criteria_better(row, best, c->by) || (!clu_criteria_better(best, row, c->by) && row->k < best->k);
    }
    for (; at > 0 && c->row[at - 1].k > row->k; at--)
        c->row[at] = c->row[at - 1];
    if (better)
        c->best = at;
    else if (c->best >= at)
        c->best++;
    c->row[at] = *row;
    c->n++;
    return better;
}

enum clu_status clu_choice_check(const struct clu_choice *c, struct clu_err *err)
{
    static const char *const name[CLU_CRITERIA] = {"silhouette", "Calinski-Harabasz index", "Davies-Bouldin index", "BIC"};

    if (c->n > 1 && isnan(c->row[c->best].value[c->by]))
        return clu_fail(err, CLU_DATA, "%zu to %zu clusters have no %s to choose by", c->row[0].k, c->row[c->n - 1].k, name[c->by]);
    return CLU_OK;
}
