/* Sections: names, writing, reading, recipes. */
#include "io/lake_plan.h"

#include "base/mem.h"
#include "io/lines.h"
#include "io/place.h"
#include "tab/escape.h"
#include "tab/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const clu_action_name[4] = {"keep", "delete", "link", "review"};
const char *const clu_rebuilt_name[4] = {"", "bytes", "cells", "normalised"};

static const char *const column[] = {"action", "table", "bytes", "source_parent", "reason", "recipe",
                                     "fingerprints", "size", "mtime", "inode", "saving", "est_rebuild_s"};
enum { ACTION, TABLE, BYTES, SOURCE, REASON, RECIPE, PRINTS, SIZE, MTIME, INODE, SAVING, SECONDS, COLUMNS };

void clu_lake_plan_clear(struct clu_lake_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        clu_free(p->row[i].reason);
        clu_free(p->row[i].source);
        clu_free(p->row[i].recipe.file);
        clu_free(p->row[i].id.path);
    }
    clu_free(p->row);
    *p = (struct clu_lake_plan){0};
}

/* --- writing --- */

static bool put(struct clu_texts *t, const char *s)
{
    size_t len = strlen(s);

    if (clu_reserve(&t->bytes, &t->cap, t->used + len, 1) < 0)
        return false;
    memcpy(t->bytes + t->used, s, len);
    t->used += len;
    return true;
}

static bool put_text(struct clu_texts *t, const char *s)
{
    size_t len = s ? strlen(s) : 0;

    if (clu_reserve(&t->bytes, &t->cap, t->used + 4 * len + 1, 1) < 0)
        return false;
    if (len > 0)
        t->used += clu_escape(s, len, "", t->bytes + t->used);
    t->bytes[t->used++] = '\t';
    return true;
}

static bool put_recipe(struct clu_texts *t, const struct clu_recipe_at *r)
{
    char text[128];

    if (r->how == CLU_REBUILT_NOT)
        return put(t, "\t");
    if (!put(t, clu_rebuilt_name[r->how]) || !put(t, ":") || !put_text(t, r->file))
        return false;
    t->used--; /* the TAB */
    snprintf(text, sizeof text, ":%" PRIu64 "+%" PRIu64 ":%016" PRIx64 "%016" PRIx64 "\t", r->at, r->len, r->hash.hi, r->hash.lo);
    return put(t, text);
}

static bool put_print(struct clu_texts *t, const struct clu_print *p, const char *before)
{
    char text[96];

    snprintf(text, sizeof text, "%s%" PRIu64 ":%016" PRIx64 "%016" PRIx64, before, p->rows, p->sum.hi, p->sum.lo);
    return put(t, text);
}

static bool put_row(struct clu_texts *t, const struct clu_lake_plan_row *r)
{
    char text[192], number[CLU_NUMBER_TEXT + 1];

    snprintf(text, sizeof text, "\t%" PRIu64 "\t", r->bytes);
    if (!put(t, clu_action_name[r->action]) || !put(t, "\t") || !put_text(t, r->id.path))
        return false;
    t->used--;
    if (!put(t, text) || !put_text(t, r->source) || !put_text(t, r->reason) || !put_recipe(t, &r->recipe) || !put_print(t, &r->print, "") ||
        (r->source && !put_print(t, &r->source_print, ",")))
        return false;
    if (r->id.file)
        snprintf(text, sizeof text, "\t%" PRIu64 "\t%" PRId64 "\t%" PRIu64 ":%" PRIu64, r->id.size, r->id.mtime, r->id.dev, r->id.inode);
    number[clu_number_format(r->seconds, number)] = '\0';
    if (!put(t, r->id.file ? text : "\t\t\t"))
        return false;
    snprintf(text, sizeof text, "\t%" PRId64 "\t%s\n", r->saving, r->source ? number : "");
    return put(t, text);
}

enum clu_status clu_lake_plan_format(const struct clu_lake_plan *p, struct clu_texts *text, struct clu_err *err)
{
    bool fine = true;

    for (size_t j = 0; j < COLUMNS && fine; j++)
        fine = put(text, column[j]) && put(text, j + 1 < COLUMNS ? "\t" : "\n");
    for (size_t i = 0; i < p->n && fine; i++)
        fine = put_row(text, &p->row[i]);
    return fine ? CLU_OK : clu_fail_memory(err);
}

/* --- reading --- */

static bool read_word(const char *s, const char *const *word, int *which)
{
    for (*which = 0; *which < 4; ++*which)
        if (strcmp(s, word[*which]) == 0)
            return true;
    return false;
}

static bool read_hash(const char *s, struct clu_hash *h)
{
    char high[17];

    if (strlen(s) != 32)
        return false;
    memcpy(high, s, 16);
    high[16] = '\0';
    return clu_lines_count(high, 16, &h->hi) && clu_lines_count(s + 16, 16, &h->lo);
}

/* How:file:at+len:hash; the name of the file may have colons. */
static bool read_recipe(char *s, struct clu_recipe_at *r, char **file)
{
    char *first = strchr(s, ':'), *last = strrchr(s, ':'), *plus;
    int how;

    *file = NULL;
    if (!*s)
        return true;
    if (!first || last == first)
        return false;
    *first = *last = '\0';
    char *middle = strrchr(first + 1, ':');
    if (!middle || !(plus = strchr(middle, '+')))
        return false;
    *middle = *plus = '\0';
    bool fine = read_word(s, clu_rebuilt_name, &how) && clu_lines_count(middle + 1, 10, &r->at) && clu_lines_count(plus + 1, 10, &r->len) &&
                read_hash(last + 1, &r->hash);
    r->how = (enum clu_rebuilt)how;
    *file = first + 1;
    return fine && how != CLU_REBUILT_NOT;
}

static bool read_print(char *s, struct clu_print *p)
{
    char *colon = strchr(s, ':');

    if (!colon)
        return false;
    *colon = '\0';
    return clu_lines_count(s, 10, &p->rows) && read_hash(colon + 1, &p->sum);
}

static bool read_signed(const char *s, int64_t *x)
{
    uint64_t u;
    bool minus = *s == '-', fine = clu_lines_count(s + minus, 10, &u) && u <= INT64_MAX;

    *x = fine ? minus ? -(int64_t)u : (int64_t)u : 0;
    return fine;
}

static bool read_identity(char *const *f, struct clu_identity *id)
{
    char *colon = strchr(f[INODE], ':');

    if (!*f[SIZE] && !*f[MTIME] && !*f[INODE])
        return true;
    if (!colon)
        return false;
    *colon = '\0';
    id->file = true;
    return clu_lines_count(f[SIZE], 10, &id->size) && read_signed(f[MTIME], &id->mtime) && clu_lines_count(f[INODE], 10, &id->dev) &&
           clu_lines_count(colon + 1, 10, &id->inode);
}

static enum clu_status take_text(const struct clu_lines *l, char *field, char **to, struct clu_err *err)
{
    enum clu_status status = *field ? clu_lines_text(l, field, err) : CLU_OK;

    if (status == CLU_OK && *field && !(*to = clu_strndup(field, strlen(field))))
        status = clu_fail_memory(err);
    return status;
}

static enum clu_status read_row(const struct clu_lines *l, struct clu_lake_plan_row *r, struct clu_err *err)
{
    char **f = l->field, *comma, *file = NULL;
    int action = 0;
    size_t bad = COLUMNS;

    if (l->cut)
        return clu_lines_fail(l, err, "the line has no end");
    if (l->fields != COLUMNS)
        return clu_lines_fail(l, err, "%zu field%s, expected %d", l->fields, l->fields == 1 ? "" : "s", COLUMNS);
    if ((comma = strchr(f[PRINTS], ',')))
        *comma++ = '\0';
    if (!read_word(f[ACTION], clu_action_name, &action))
        bad = ACTION;
    else if (!*f[TABLE])
        bad = TABLE;
    else if (!clu_lines_count(f[BYTES], 10, &r->bytes))
        bad = BYTES;
    else if (!read_recipe(f[RECIPE], &r->recipe, &file))
        bad = RECIPE;
    else if (!read_print(f[PRINTS], &r->print) || (comma != NULL) != (*f[SOURCE] != '\0') || (comma && !read_print(comma, &r->source_print)))
        bad = PRINTS;
    else if (!read_identity(f, &r->id))
        bad = INODE;
    else if (!read_signed(f[SAVING], &r->saving))
        bad = SAVING;
    r->action = (enum clu_action)action;
    if (bad == COLUMNS && (r->action == CLU_DELETE || r->action == CLU_LINK) && (!*f[SOURCE] || !file || !r->id.file))
        bad = RECIPE;
    if (bad < COLUMNS)
        return clu_lines_fail(l, err, "column %zu (%s) is not that of a plan", bad + 1, column[bad]);
    enum clu_status status = take_text(l, f[TABLE], &r->id.path, err);
    if (status == CLU_OK)
        status = take_text(l, f[SOURCE], &r->source, err);
    if (status == CLU_OK)
        status = take_text(l, f[REASON], &r->reason, err);
    return status == CLU_OK && file ? take_text(l, file, &r->recipe.file, err) : status;
}

static bool is_header(const struct clu_lines *l)
{
    bool is = l->fields == COLUMNS;

    for (size_t j = 0; j < COLUMNS && is; j++)
        is = strcmp(l->field[j], column[j]) == 0;
    return is;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct clu_lake_plan_row *)a)->id.path, ((const struct clu_lake_plan_row *)b)->id.path);
}

static enum clu_status read_rows(struct clu_lake_plan *p, struct clu_lines *l, struct clu_err *err)
{
    bool more;
    enum clu_status status = clu_lines_next(l, &more, err);

    if (status == CLU_OK && (!more || !is_header(l)))
        return clu_fail(err, CLU_DATA, "%s:1: not a plan", l->name);
    while (status == CLU_OK && (status = clu_lines_next(l, &more, err)) == CLU_OK && more) {
        if (clu_reserve(&p->row, &p->cap, p->n + 1, sizeof *p->row) < 0)
            return clu_fail_memory(err);
        p->row[p->n] = (struct clu_lake_plan_row){0};
        status = read_row(l, &p->row[p->n++], err);
    }
    if (status == CLU_OK && p->n > 0)
        qsort(p->row, p->n, sizeof *p->row, by_path);
    for (size_t i = 1; i < p->n && status == CLU_OK; i++)
        if (by_path(&p->row[i - 1], &p->row[i]) == 0)
            status = clu_fail_at(err, CLU_DATA, p->row[i].id.path, "named twice in %s", l->name);
    return status;
}

enum clu_status clu_lake_plan_read(struct clu_lake_plan *p, const char *path, struct clu_err *err)
{
    struct clu_lines l;

    *p = (struct clu_lake_plan){0};
    enum clu_status status = clu_lines_open(&l, path, err);
    if (status != CLU_OK)
        return status;
    p->hash = l.hash;
    status = read_rows(p, &l, err);
    clu_lines_close(&l);
    if (status != CLU_OK)
        clu_lake_plan_clear(p);
    return status;
}

const struct clu_lake_plan_row *clu_lake_plan_find(const struct clu_lake_plan *p, const char *path)
{
    const struct clu_lake_plan_row key = {.id = {.path = (char *)path}};

    return p->n > 0 ? bsearch(&key, p->row, p->n, sizeof *p->row, by_path) : NULL;
}

/* --- recipes --- */

enum clu_status clu_recipe_load(struct clu_recipe *r, const struct clu_recipe_at *at, struct clu_err *err)
{
    FILE *file = fopen(at->file, "rbe");
    char *s = at->len < SIZE_MAX ? clu_alloc((size_t)at->len, 1) : NULL;
    enum clu_status status = !file ? clu_fail_path(err, at->file) : s ? CLU_OK : clu_fail_memory(err);
    bool whole = false;

    *r = (struct clu_recipe){0};
    if (status == CLU_OK && at->at <= INT64_MAX && fseeko(file, (off_t)at->at, SEEK_SET) == 0) {
        whole = fread(s, 1, (size_t)at->len, file) == at->len;
        XXH128_hash_t h = XXH3_128bits(s, whole ? (size_t)at->len : 0);
        whole &= clu_hash_same((struct clu_hash){h.low64, h.high64}, at->hash);
    }
    if (status == CLU_OK)
        status = whole ? clu_recipe_parse(r, s, (size_t)at->len, err) : CLU_DATA;
    if (status == CLU_DATA)
        status = clu_fail_at(err, CLU_DATA, at->file, "the recipe at %" PRIu64 " is damaged", at->at);
    if (file)
        fclose(file);
    clu_free(s);
    return status;
}
