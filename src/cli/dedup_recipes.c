/* Recipes for all that is to go, tried before they are trusted. Sections: side file, kinds, matching, one source. */
#include "cli/dedup_state.h"

#include "base/mem.h"
#include "io/match.h"
#include "io/pull.h"
#include "io/rebuild.h"

#include <stdlib.h>
#include <string.h>

/* --- side file --- */

#define HEAD "clu-recipes/1\n"

struct side {
    struct clu_cli *cli;
    const struct clu_dedup_opt *opt;
    char *path;
    struct clu_out *out;      /* NULL: nothing was written yet */
    uint64_t at;
    struct clu_texts text;    /* the recipe at hand */
    struct clu_recipe_at *old; /* [olds] of the source at hand: equal tables have equal recipes */
    size_t olds, old_cap;
};

static void open_side(struct side *s)
{
    struct clu_err err;

    if (clu_place_look(s->path).there)
        clu_cli_check(s->cli, clu_fail_at(&err, CLU_SYSTEM, s->path, "there is one already, which an earlier plan may need; see --recipes"), &err);
    s->out = clu_cli_open(s->cli, s->path);
    clu_out_bytes(s->out, HEAD, sizeof HEAD - 1);
    s->at = sizeof HEAD - 1;
}

static struct clu_recipe_at write_recipe(struct side *s, const struct clu_recipe *r, enum clu_rebuilt how)
{
    struct clu_err err;
    struct clu_recipe_at at = {.how = how};

    s->text.used = 0;
    clu_cli_check(s->cli, clu_recipe_format(r, &s->text, &err), &err);
    XXH128_hash_t h = XXH3_128bits(s->text.bytes, s->text.used);
    at.hash = (struct clu_hash){h.low64, h.high64};
    at.len = s->text.used;
    for (size_t i = 0; i < s->olds; i++)
        if (s->old[i].len == at.len && clu_hash_same(s->old[i].hash, at.hash)) {
            at.at = s->old[i].at;
            at.file = clu_dedup_copy(s->cli, s->path);
            return at;
        }
    if (!s->out)
        open_side(s);
    clu_out_bytes(s->out, s->text.bytes, s->text.used);
    at.at = s->at;
    s->at += at.len;
    clu_dedup_room(s->cli, &s->old, &s->old_cap, s->olds + 1, sizeof *s->old);
    s->old[s->olds++] = at;
    at.file = clu_dedup_copy(s->cli, s->path);
    return at;
}

/* --- kinds --- */

static void give_up(struct clu_dedup_table *t, enum clu_action action, struct clu_cli *cli, const char *why, const char *more)
{
    clu_free(t->row.reason);
    clu_free(t->row.source);
    t->row.reason = clu_dedup_text(cli, "%s%s", why, more);
    t->row.source = NULL;
    t->row.action = action;
}

static struct clu_reading reading_of(const struct clu_dedup_lake *l, const struct clu_dedup_table *t)
{
    return (struct clu_reading){.header = l->header, .by_position = l->by_position, .delimiter = t->delimiter};
}

/* What a recipe begins with. False: none can be made. */
static bool begin_recipe(struct clu_recipe *r, const struct clu_dedup_lake *l, struct clu_dedup_table *t, const struct clu_dedup_table *source,
                         struct clu_cli *cli)
{
    enum clu_packing packing;
    struct clu_err err;

    *r = (struct clu_recipe){.mode = t->place.mode,
                             .raw = t->raw,
                             .child = reading_of(l, t),
                             .parent = reading_of(l, source),
                             .numeric = l->numeric,
                             .null = l->null ? clu_dedup_copy(cli, l->null) : NULL};
    if (!t->row.id.member && !source->row.id.member && t->row.id.size == source->row.id.size && clu_hash_same(t->raw, source->raw)) {
        r->copy = true;
        return true;
    }
    if (clu_packing_find(&packing, t->row.id.path, &err) != CLU_OK) {
        give_up(t, CLU_REVIEW, cli, err.msg, "");
        return false;
    }
    r->gzip = packing == CLU_PACKED_GZIP;
    if (packing == CLU_PACKED_ELSE)
        give_up(t, CLU_KEEP, cli, "compressed, but not with gzip: it could not be made again", "");
    return packing != CLU_PACKED_ELSE;
}

/* --- matching --- */

struct trial {
    struct clu_dedup_table *t;
    struct clu_recipe recipe;
    struct clu_match *match;
    bool found;
};

static void rows_missing(struct trial *x, struct clu_cli *cli)
{
    give_up(x->t, CLU_REVIEW, cli, "not all of its rows are in ", "the table that is said to contain it");
}

/* Rows of those that can be matched in one scan of the source. One that cannot be read is given up. */
static void match(struct trial *x, size_t n, const char *source, struct clu_cli *cli)
{
    struct clu_match **m = clu_dedup_must(cli, clu_alloc(n, sizeof *m));
    struct clu_err err;
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (clu_match_begin(&x[i].match, &x[i].recipe, x[i].t->row.id.path, &cli->run, &err) == CLU_OK)
            m[k++] = x[i].match;
        else
            give_up(x[i].t, CLU_REVIEW, cli, err.msg, "");
    }
    enum clu_status status = k > 0 ? clu_match_scan(m, k, source, &cli->run, &err) : CLU_OK;
    for (size_t i = 0; i < n; i++) {
        if (x[i].match && status == CLU_OK)
            clu_cli_check(cli, clu_match_end(x[i].match, &x[i].found, &err), &err);
        else if (x[i].match && n == 1)
            give_up(x[i].t, CLU_REVIEW, cli, "its source: ", err.msg);
        clu_match_free(x[i].match);
        x[i].match = NULL;
    }
    clu_free(m);
}

static void reset(struct trial *x, bool normal, struct clu_cli *cli)
{
    struct clu_recipe *r = &x->recipe, old = *r;

    *r = (struct clu_recipe){.mode = old.mode, .raw = old.raw, .gzip = old.gzip, .child = old.child, .parent = old.parent, .numeric = old.numeric, .normal = normal};
    r->null = old.null ? clu_dedup_copy(cli, old.null) : NULL;
    clu_recipe_clear(&old);
}

/* Together; then alone what did not work together; then, if that is allowed, in the forms of --numeric and --null. */
static void find_rows(struct trial *x, size_t n, const char *source, const struct clu_dedup_lake *l, const struct clu_dedup_opt *opt,
                      struct clu_cli *cli)
{
    match(x, n, source, cli);
    for (size_t i = 0; i < n; i++) {
        if (n > 1 && !x[i].found && x[i].t->row.source) {
            reset(&x[i], false, cli);
            match(&x[i], 1, source, cli);
        }
        if (!x[i].found && x[i].t->row.source && opt->normalised && (l->numeric || l->null)) {
            reset(&x[i], true, cli);
            match(&x[i], 1, source, cli);
        }
        if (!x[i].found && x[i].t->row.source)
            rows_missing(&x[i], cli);
    }
}

/* --- one source --- */

static void settle(struct side *s, struct trial *x, const struct clu_dedup_job *job)
{
    struct clu_lake_plan_row *r = &x->t->row;

    if (job->status != CLU_OK) {
        give_up(x->t, CLU_REVIEW, s->cli, job->err.msg, "");
    } else if (job->how == CLU_REBUILT_NOT) {
        give_up(x->t, CLU_REVIEW, s->cli, "it cannot be made again as it is", "");
    } else {
        struct clu_recipe_at at = write_recipe(s, &x->recipe, job->how);
        if (at.len >= r->bytes) {
            give_up(x->t, CLU_KEEP, s->cli, "its recipe would take as much", "");
            clu_free(at.file);
        } else {
            r->recipe = at;
            r->saving = (int64_t)(r->bytes - at.len);
        }
    }
}

static void compare(struct side *s, struct trial *x, size_t n, const char *source)
{
    struct clu_dedup_job *job = clu_dedup_must(s->cli, clu_calloc(n, sizeof *job));
    struct trial **of = clu_dedup_must(s->cli, clu_calloc(n, sizeof *of));
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (x[i].t->row.source) {
            job[k] = (struct clu_dedup_job){.child = x[i].t->row.id.path, .recipe = &x[i].recipe};
            of[k++] = &x[i];
        }
    if (k > 0)
        clu_dedup_compare(job, k, source, s->cli);
    for (size_t i = 0; i < k; i++)
        settle(s, of[i], &job[i]);
    clu_free(job);
    clu_free(of);
}

/* Tables of one source, as many as fit the memory. */
static void try_some(struct side *s, struct trial *x, size_t n, const char *source, struct clu_dedup_lake *l)
{
    size_t copies = 0;

    for (size_t i = 0; i < n; i++) /* copies first: they need no rows */
        if (x[i].recipe.copy) {
            struct trial copy = x[i];
            x[i] = x[copies];
            x[copies++] = copy;
        }
    if (n > copies)
        find_rows(x + copies, n - copies, source, l, s->opt, s->cli);
    compare(s, x, n, source);
    for (size_t i = 0; i < n; i++)
        clu_recipe_clear(&x[i].recipe);
}

static void try_source(struct side *s, struct clu_dedup_table *const *t, size_t n, const struct clu_dedup_table *source, struct clu_dedup_lake *l)
{
    struct trial *x = clu_dedup_must(s->cli, clu_calloc(n, sizeof *x));
    uint64_t budget = clu_dedup_budget(s->cli);

    s->olds = 0;
    for (size_t i = 0; i < n;) {
        uint64_t need = 0;
        size_t k = 0;
        for (; i < n && (k == 0 || need < budget); i++) {
            x[k] = (struct trial){.t = t[i]};
            if (!begin_recipe(&x[k].recipe, l, t[i], source, s->cli)) {
                clu_recipe_clear(&x[k].recipe);
                continue;
            }
            need += x[k++].recipe.copy ? 0 : 80 * t[i]->row.print.rows;
        }
        if (k > 0)
            try_some(s, x, k, source->row.id.path, l);
    }
    clu_free(x);
}

static int by_source(const void *a, const void *b)
{
    const struct clu_dedup_table *x = *(struct clu_dedup_table *const *)a, *y = *(struct clu_dedup_table *const *)b;
    int order = strcmp(x->row.source, y->row.source);

    return order != 0 ? order : strcmp(x->row.id.path, y->row.id.path);
}

uint64_t clu_dedup_recipes(struct clu_dedup_lake *l, const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_table **t = clu_dedup_must(cli, clu_alloc(l->n + 1, sizeof *t));
    const char *out = cli->output->file;
    bool named = out && strcmp(out, "-") != 0;
    struct side s = {.cli = cli, .opt = opt};
    size_t n = 0;

    s.path = opt->recipes ? clu_dedup_copy(cli, opt->recipes) : named ? clu_dedup_text(cli, "%s.recipes", out) : clu_dedup_copy(cli, "plan.recipes");
    for (size_t i = 0; i < l->n; i++)
        if (l->table[i].row.source)
            t[n++] = &l->table[i];
    qsort(t, n, sizeof *t, by_source);
    for (size_t i = 0, k; i < n; i += k) {
        const struct clu_dedup_table *source = &l->table[t[i]->source];
        for (k = 1; i + k < n && t[i + k]->source == t[i]->source; k++)
            ;
        try_source(&s, t + i, k, source, l);
        clu_tick(&cli->run, "rebuilding", i + k, n, 0);
    }
    if (s.out)
        clu_cli_close(cli, s.out);
    clu_texts_clear(&s.text);
    clu_free(s.old);
    clu_free(s.path);
    clu_free(t);
    return s.at;
}
