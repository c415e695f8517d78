/* Sections: child, its text, its rows, parent, recipe. */
#include "io/match.h"

#include "base/mem.h"
#include "io/pull.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
/* Archives that sketch-tables read have passed its limits; they are not asked again. */
#define NO_LIMIT {.members = UINT64_MAX, .bytes = UINT64_MAX, .ratio = UINT64_MAX}

struct slot {
    struct clu_hash hash;
    uint32_t key; /* NONE: free */
};

struct clu_match {
    struct clu_recipe *r;
    uint64_t *seed;     /* [cols] */
    uint32_t *key;      /* [rows]: equal rows have equal keys 0..keys-1, by first appearance */
    size_t rows, key_cap;
    uint32_t keys;
    struct slot *slot;  /* [slots], a power of two */
    size_t slots;

    size_t *column;     /* [cols] of the parent */
    uint32_t *found;    /* [hits]: keys of the parent's rows that have one ... */
    uint64_t *at;       /* ... and where they are */
    size_t hits, found_cap, at_cap;
};

struct clu_lake_opt clu_recipe_opening(const struct clu_recipe *r, const struct clu_reading *how)
{
    return (struct clu_lake_opt){.rows = {.delimiter = how->delimiter, .header = how->header, .by_position = how->by_position},
                                 .equal = {.numeric = r->normal && r->numeric, .null = r->normal ? r->null : NULL},
                                 .limit = NO_LIMIT};
}

void clu_match_free(struct clu_match *m)
{
    if (!m)
        return;
    clu_free(m->seed);
    clu_free(m->key);
    clu_free(m->slot);
    clu_free(m->column);
    clu_free(m->found);
    clu_free(m->at);
    clu_free(m);
}

/* --- the child's text --- */

struct counts {
    bool needless, bare, empty_quoted, empty_bare; /* of a column: cells that ... */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void count_cells(const struct clu_record *record, char delimiter, struct counts *n, size_t cols, bool *blank_quoted, bool *blank_bare)
{
    for (size_t j = 0; j < cols && j < record->fields; j++) {
        const struct clu_field *f = &record->field[j];
        if (f->len == 0) {
            n[j].empty_quoted |= f->quoted;
            n[j].empty_bare |= !f->quoted;
            continue;
        }
        bool blank = is_blank(f->s[0]) || is_blank(f->s[f->len - 1]), needed = false;
        for (size_t i = 0; i < f->len && f->quoted && !needed; i++)
            needed = f->s[i] == delimiter || f->s[i] == '"' || f->s[i] == '\n' || f->s[i] == '\r';
        if (blank && !needed) {
            *blank_quoted |= f->quoted;
            *blank_bare |= !f->quoted;
        } else {
            n[j].needless |= f->quoted && !needed;
            n[j].bare |= !f->quoted;
        }
    }
}

/* What is not of one kind is written in the way that comes nearest; comparing shows it. */
static void choose_quoting(struct clu_recipe *r, const struct counts *n)
{
    for (size_t j = 0; j < r->cols; j++)
        r->quoting[j] = n[j].bare || !(n[j].needless || n[j].empty_quoted) ? CLU_QUOTE_NEEDED
                        : n[j].empty_bare                                  ? CLU_QUOTE_FILLED
                                                                           : CLU_QUOTE_ALWAYS;
}

static enum clu_status take_head(struct clu_recipe *r, const struct clu_record *record, struct clu_err *err)
{
    r->crlf = record->eol == 2;
    r->head_len = r->child.header ? record->len : 0;
    r->head = clu_strndup(record->text, r->head_len);
    return r->head ? CLU_OK : clu_fail_memory(err);
}

static enum clu_status describe_records(struct clu_recipe *r, struct clu_pull *p, struct counts *n, struct clu_err *err)
{
    bool more, blank_quoted = false, blank_bare = false;
    enum clu_status status;

    for (uint64_t i = 0; (status = clu_pull_next(p, &more, err)) == CLU_OK && more; i++) {
        r->ended = p->record.eol > 0;
        if (i == 0 && (status = take_head(r, &p->record, err)) != CLU_OK)
            return status;
        if (i > 0 || !r->child.header)
            count_cells(&p->record, p->delimiter, n, r->cols, &blank_quoted, &blank_bare);
    }
    r->mark = p->mark;
    r->blanks = blank_quoted && !blank_bare;
    return status;
}

static enum clu_status describe(struct clu_recipe *r, const char *child, struct clu_err *err)
{
    struct clu_pull p;
    struct counts *n = clu_calloc(r->cols, sizeof *n);
    enum clu_status status = n ? clu_pull_open(&p, child, r->child.delimiter, err) : clu_fail_memory(err);

    if (status == CLU_OK) {
        status = describe_records(r, &p, n, err);
        clu_pull_close(&p);
    }
    if (status == CLU_OK)
        choose_quoting(r, n);
    clu_free(n);
    return status;
}

/* --- its rows --- */

static struct slot *look_up(const struct clu_match *m, struct clu_hash h)
{
    size_t at = (size_t)h.lo & (m->slots - 1);

    while (m->slot[at].key != NONE && !clu_hash_same(m->slot[at].hash, h))
        at = (at + 1) & (m->slots - 1);
    return &m->slot[at];
}

/* Room for twice as many keys as there are. */
static bool widen(struct clu_match *m)
{
    struct slot *old = m->slot;
    size_t slots = m->slots;

    m->slots = slots ? 2 * slots : 1024;
    m->slot = clu_alloc(m->slots, sizeof *m->slot);
    if (!m->slot) {
        m->slot = old;
        m->slots = slots;
        return false;
    }
    for (size_t i = 0; i < m->slots; i++)
        m->slot[i].key = NONE;
    for (size_t i = 0; i < slots; i++)
        if (old[i].key != NONE)
            *look_up(m, old[i].hash) = old[i];
    clu_free(old);
    return true;
}

struct reading {
    struct clu_match *m;
    enum clu_status status;
    struct clu_err *err;
};

static bool child_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct reading *t = ctx;
    struct clu_match *m = t->m;
    struct clu_hash sum = {0, 0};

    (void)worker;
    for (size_t j = 0; j < m->r->cols; j++)
        sum = clu_hash_add(sum, clu_hash_cell(m->seed[j], cell[j].s, cell[j].len));
    if (m->rows == NONE - 1)
        t->status = clu_fail(t->err, CLU_DATA, "more than %u rows", NONE - 1);
    else if ((2 * (size_t)m->keys >= m->slots && !widen(m)) || clu_reserve(&m->key, &m->key_cap, m->rows + 1, sizeof *m->key) < 0)
        t->status = clu_fail_memory(t->err);
    if (t->status != CLU_OK)
        return false;
    struct slot *s = look_up(m, sum);
    if (s->key == NONE)
        *s = (struct slot){sum, m->keys++};
    m->key[m->rows++] = s->key;
    return true;
}

static enum clu_status take_columns(struct clu_match *m, const struct clu_rows *rows, struct clu_err *err)
{
    struct clu_recipe *r = m->r;
    const char *const *name;
    size_t cols = clu_rows_columns(rows, &name);

    r->name = clu_calloc(cols, sizeof *r->name);
    r->quoting = clu_calloc(cols, sizeof *r->quoting);
    m->seed = clu_alloc(cols, sizeof *m->seed);
    m->column = clu_alloc(cols, sizeof *m->column);
    if (!r->name || !r->quoting || !m->seed || !m->column)
        return clu_fail_memory(err);
    for (r->cols = 0; r->cols < cols; r->cols++) {
        size_t j = r->cols;
        m->seed[j] = clu_hash_seed(name[j]);
        if (!(r->name[j] = clu_strndup(name[j], strlen(name[j]))))
            return clu_fail_memory(err);
    }
    return CLU_OK;
}

static enum clu_status read_rows(struct clu_match *m, const char *child, const struct clu_run *run, struct clu_err *err)
{
    struct clu_lake_opt opt = clu_recipe_opening(m->r, &m->r->child);
    struct clu_opened *o;
    struct reading t = {m, CLU_OK, err};
    struct clu_visitor visitor = {child_row, &t};
    enum clu_status status = clu_opened_begin(&o, child, &opt, err);

    if (status == CLU_OK)
        status = take_columns(m, clu_opened_rows(o), err);
    if (status == CLU_OK)
        status = widen(m) ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK)
        status = clu_rows_scan(clu_opened_rows(o), &opt.equal, 1, &visitor, 0, 0, run, err);
    clu_opened_end(o);
    return status == CLU_OK ? t.status : status;
}

enum clu_status clu_match_begin(struct clu_match **out, struct clu_recipe *r, const char *child, const struct clu_run *run, struct clu_err *err)
{
    struct clu_match *m = clu_calloc(1, sizeof *m);

    *out = NULL;
    if (!m)
        return clu_fail_memory(err);
    m->r = r;
    enum clu_status status = read_rows(m, child, run, err);
    if (status == CLU_OK)
        status = describe(r, child, err);
    if (status == CLU_OK)
        *out = m;
    else
        clu_match_free(m);
    return status;
}

/* --- parent --- */

struct scan {
    struct clu_match *const *m;
    size_t n, cols;
    uint64_t *seed;         /* [cols] of the parent */
    struct clu_hash *hash;  /* [cols] of the row at hand */
    bool *used;             /* [cols] some child has it */
    uint64_t row;
    bool memory;            /* it was exhausted */
};

static bool parent_row(void *ctx, int worker, const struct clu_cell *cell)
{
    struct scan *s = ctx;

    (void)worker;
    for (size_t j = 0; j < s->cols; j++)
        if (s->used[j])
            s->hash[j] = clu_hash_cell(s->seed[j], cell[j].s, cell[j].len);
    for (size_t i = 0; i < s->n; i++) {
        struct clu_match *m = s->m[i];
        struct clu_hash sum = {0, 0};
        for (size_t j = 0; j < m->r->cols; j++)
            sum = clu_hash_add(sum, s->hash[m->column[j]]);
        uint32_t key = look_up(m, sum)->key;
        if (key == NONE)
            continue;
        if (clu_reserve(&m->found, &m->found_cap, m->hits + 1, sizeof *m->found) < 0 ||
            clu_reserve(&m->at, &m->at_cap, m->hits + 1, sizeof *m->at) < 0) {
            s->memory = true;
            return false;
        }
        m->found[m->hits] = key;
        m->at[m->hits++] = s->row;
    }
    s->row++;
    return true;
}

static enum clu_status find_columns(struct scan *s, const char *const *name, struct clu_err *err)
{
    char shown[4 * 80 + 4];

    for (size_t i = 0; i < s->n; i++) {
        const struct clu_recipe *r = s->m[i]->r;
        for (size_t j = 0; j < r->cols; j++) {
            size_t c = 0;
            while (c < s->cols && strcmp(name[c], r->name[j]) != 0)
                c++;
            if (c == s->cols)
                return clu_fail(err, CLU_DATA, "no column '%s'", clu_show(r->name[j], strlen(r->name[j]), 80, shown));
            s->m[i]->column[j] = c;
            s->used[c] = true;
        }
    }
    return CLU_OK;
}

enum clu_status clu_match_scan(struct clu_match *const *m, size_t n, const char *parent, const struct clu_run *run, struct clu_err *err)
{
    struct scan s = {.m = m, .n = n};
    struct clu_lake_opt opt = clu_recipe_opening(m[0]->r, &m[0]->r->parent);
    struct clu_opened *o;
    const char *const *name;
    enum clu_status status = clu_opened_begin(&o, parent, &opt, err);

    if (status != CLU_OK)
        return status;
    s.cols = clu_rows_columns(clu_opened_rows(o), &name);
    s.seed = clu_alloc(s.cols, sizeof *s.seed);
    s.hash = clu_alloc(s.cols, sizeof *s.hash);
    s.used = clu_calloc(s.cols, sizeof *s.used);
    status = s.seed && s.hash && s.used ? find_columns(&s, name, err) : clu_fail_memory(err);
    for (size_t j = 0; j < s.cols && status == CLU_OK; j++)
        s.seed[j] = clu_hash_seed(name[j]);
    struct clu_visitor visitor = {parent_row, &s};
    if (status == CLU_OK)
        status = clu_rows_scan(clu_opened_rows(o), &opt.equal, 1, &visitor, 0, 0, run, err);
    if (s.memory)
        status = clu_fail_memory(err);
    clu_free(s.seed);
    clu_free(s.hash);
    clu_free(s.used);
    clu_opened_end(o);
    return status;
}

/* --- recipe --- */

/* Of the ascending at[0..n) the first that is not before from; else, going back, the last one. */
static uint64_t nearest(const uint64_t *at, size_t n, uint64_t from)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (at[mid] < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    return at[lo < n ? lo : n - 1];
}

/* place[start[k] .. start[k + 1]): where the rows of key k are. */
static void sort_hits(const struct clu_match *m, size_t *start, uint64_t *place)
{
    for (size_t h = 0; h < m->hits; h++)
        start[m->found[h] + 2]++;
    for (size_t k = 0; k < m->keys; k++)
        start[k + 2] += start[k + 1];
    for (size_t h = 0; h < m->hits; h++)
        place[start[m->found[h] + 1]++] = m->at[h];
}

enum clu_status clu_match_end(const struct clu_match *m, bool *found, struct clu_err *err)
{
    struct clu_recipe *r = m->r;
    size_t *start = clu_calloc((size_t)m->keys + 2, sizeof *start);
    uint64_t *place = clu_alloc(m->hits, sizeof *place), from = 0;

    *found = true;
    r->row = clu_alloc(m->rows, sizeof *r->row);
    enum clu_status status = start && place && r->row ? CLU_OK : clu_fail_memory(err);
    if (status == CLU_OK)
        sort_hits(m, start, place);
    for (r->rows = 0; status == CLU_OK && *found && r->rows < m->rows;) {
        size_t k = m->key[r->rows], n = start[k + 1] - start[k];
        *found = n > 0;
        if (n > 0) {
            r->row[r->rows] = nearest(place + start[k], n, from);
            from = r->row[r->rows++] + 1;
        }
    }
    clu_free(start);
    clu_free(place);
    return status;
}
