/* Sections: columns, tables, samples. */
#include "alg/refute.h"

#include <string.h>

/* --- columns --- */

/* Has the child a value that the parent lacks? Those of the parent are all known up to its last hash. */
static bool lacks(const struct clu_bottom *child, const struct clu_bottom *parent)
{
    bool all = parent->n < CLU_SKETCH_K;
    size_t j = 0;

    for (size_t i = 0; i < child->n; i++) {
        while (j < parent->n && parent->h[j] < child->h[i])
            j++;
        if (j == parent->n)
            return all;
        if (parent->h[j] != child->h[i])
            return true;
    }
    return false;
}

bool clu_refute_column(const struct clu_sketch *child, size_t at_child, const struct clu_sketch *parent, size_t at_parent)
{
    const struct clu_sketch_column *c = &child->column[at_child], *p = &parent->column[at_parent];

    if (c->nulls > 0 && p->nulls == 0)
        return true;
    if (c->numbers + c->nulls < child->rows && p->numbers + p->nulls == parent->rows)
        return true; /* a text where there is none */
    if (c->numbers > 0 && (p->numbers == 0 || c->low < p->low || c->high > p->high))
        return true;
    if (c->least.known && (!p->least.known || clu_bound_compare(&c->least, &p->least) < 0 || clu_bound_compare(&c->most, &p->most) > 0))
        return true;
    return lacks(&c->values, &p->values);
}

/* --- tables --- */

/* Only then are hashes of whole rows those of the same thing. */
static bool same_names(const struct clu_sketch *child, const struct clu_sketch *parent, const uint32_t *map)
{
    for (size_t j = 0; j < child->cols; j++)
        if (strcmp(child->column[j].name, parent->column[map[j]].name) != 0)
            return false;
    return child->cols == parent->cols;
}

bool clu_refute_whole(const struct clu_sketch *child, const struct clu_sketch *parent, const uint32_t *map, enum clu_meaning meaning)
{
    if (child->rows == 0)
        return false;
    /* As many different hashes mean as many different rows, or more. */
    if (child->row.n > parent->rows || (meaning == CLU_MEANING_BAG && child->rows > parent->rows))
        return true;
    for (size_t j = 0; j < child->cols; j++)
        if (child->column[j].values.n > parent->rows || clu_refute_column(child, j, parent, map[j]))
            return true;
    return same_names(child, parent, map) && lacks(&child->row, &parent->row);
}

bool clu_refute_share(const struct clu_sketch *child, const struct clu_sketch *parent, enum clu_meaning meaning, double threshold)
{
    double most = (double)parent->rows;

    if (meaning == CLU_MEANING_SET)
        return most < threshold * (double)child->row.n * (1 - 1e-9);
    return meaning == CLU_MEANING_BAG && most < threshold * (double)child->rows * (1 - 1e-9);
}

/* --- samples --- */

static bool same_cells(const uint64_t *child, const uint64_t *parent, const uint32_t *map, size_t cols)
{
    for (size_t j = 0; j < cols; j++)
        if (clu_sample_cell(child, j) != clu_sample_cell(parent, map[j]))
            return false;
    return true;
}

static bool anchor_lacks(const struct clu_sketch *child, const struct clu_sample *c, const struct clu_sketch *parent,
                         const struct clu_sample *p, const uint32_t *map)
{
    size_t wc = clu_sample_words(child->cols), wp = clu_sample_words(parent->cols), from = 0;

    for (size_t i = 0; i < c->n; i++) {
        const uint64_t *row = c->row + i * wc;
        bool found = false;
        if (!p->all && row[0] >= p->limit)
            break; /* rows are in order of their anchors */
        while (from < p->n && p->row[from * wp] < row[0])
            from++;
        for (size_t j = from; j < p->n && p->row[j * wp] == row[0] && !found; j++)
            found = same_cells(row, p->row + j * wp, map, child->cols);
        if (!found)
            return true;
    }
    return false;
}

bool clu_refute_sample(const struct clu_sketch *child, const struct clu_sketch *parent, const uint32_t *map)
{
    for (size_t a = 0; a < child->anchors; a++)
        for (size_t b = 0; b < parent->anchors; b++)
            if (parent->sample[b].column == map[child->sample[a].column] &&
                anchor_lacks(child, &child->sample[a], parent, &parent->sample[b], map))
                return true;
    return false;
}
