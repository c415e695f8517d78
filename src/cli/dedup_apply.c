/* --apply. Sections: the trash, acting, one source, all. */
#include "cli/dedup_state.h"

#include "base/mem.h"
#include "io/rebuild.h"

#include <stdlib.h>
#include <string.h>

/* --- the trash --- */

/* DIR and the path below it: without what would lead out of it again. */
static char *trash_path(const char *trash, const char *path, struct clu_cli *cli)
{
    size_t len = strlen(trash);
    char *out = clu_dedup_must(cli, clu_alloc(len + 2 * strlen(path) + 2, 1));

    memcpy(out, trash, len);
    while (len > 1 && out[len - 1] == '/')
        len--;
    for (const char *s = path; *s;) {
        size_t n = strcspn(s, "/");
        bool up = n == 2 && s[0] == '.' && s[1] == '.';
        if (n > 0 && !(n == 1 && *s == '.')) {
            out[len++] = '/';
            memcpy(out + len, up ? "__" : s, n);
            len += n;
        }
        s += n + (s[n] == '/');
    }
    out[len] = '\0';
    return out;
}

/* A name that nothing has: the path, or with a number behind it. */
static char *free_name(char *path, struct clu_cli *cli)
{
    char *name = clu_dedup_copy(cli, path);

    for (unsigned i = 1; clu_place_look(name).there; i++) {
        clu_free(name);
        name = clu_dedup_text(cli, "%s.%u", path, i);
    }
    clu_free(path);
    return name;
}

/* Where a table goes; for a link, the name that it has on its way. What was begun goes on where it began. */
static char *place_of(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_entry *e)
{
    if (e && e->event == CLU_BEGUN)
        return clu_dedup_copy(w->cli, e->place);
    if (r->action == CLU_LINK)
        return free_name(clu_dedup_text(w->cli, "%s.clu-link", r->id.path), w->cli);
    return free_name(trash_path(w->opt->trash, r->id.path, w->cli), w->cli);
}

/* --- acting --- */

static enum clu_status act(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const char *place, struct clu_err *err)
{
    struct clu_journal *j = &w->journal;
    enum clu_status status = CLU_OK;

    if (r->action == CLU_DELETE)
        status = clu_place_make_folders(place, err);
    if (status == CLU_OK)
        status = clu_journal_add(j, CLU_BEGUN, r->id.path, place, err);
    if (status == CLU_OK)
        status = r->action == CLU_LINK ? clu_place_link(r->id.path, r->source, place, err)
                                       : clu_place_move(r->id.path, place, &w->cli->run, err);
    return status == CLU_OK ? clu_journal_add(j, CLU_DONE, r->id.path, place, err) : status;
}

/* All checks are done. */
static void finish(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_entry *e)
{
    struct clu_err err;
    char *place = place_of(w, r, e);
    enum clu_status status = w->opt->dry_run ? CLU_OK : act(w, r, place, &err);

    if (status == CLU_OK) {
        clu_dedup_tell(w->cli, r->action == CLU_LINK ? "link" : "delete", r->id.path, r->action == CLU_LINK ? r->source : place);
        w->done++;
        w->bytes += r->bytes;
    } else {
        clu_cli_complain(w->cli, err.msg);
        w->worst = status > w->worst ? status : w->worst;
        w->refused++;
    }
    clu_free(place);
}

/* --- one source --- */

struct candidate {
    const struct clu_lake_plan_row *row;
    struct clu_recipe recipe;
};

/* Was it done before, and nothing is left to do? A move that was cut short behind its last step only lacks its line. */
static bool is_done(struct clu_dedup_work *w, const struct clu_lake_plan_row *r)
{
    const struct clu_entry *e = clu_journal_find(&w->journal, r->id.path);
    struct clu_place now = clu_place_look(r->id.path), source = clu_place_look(r->source);
    struct clu_err err;

    if (!e || e->event == CLU_RESTORED)
        return false;
    bool linked = now.there && source.there && now.id.dev == source.id.dev && now.id.inode == source.id.inode;
    bool over = r->action == CLU_LINK ? linked : !now.there && (e->event == CLU_DONE || clu_place_look(e->place).there);
    if (over && e->event == CLU_BEGUN && !w->opt->dry_run)
        clu_cli_check(w->cli, clu_journal_add(&w->journal, CLU_DONE, r->id.path, e->place, &err), &err);
    return over;
}

/* What can be said without reading. A move across file systems that was cut short may have left the table where it was: that is fine. */
static bool may_go(struct clu_dedup_work *w, const struct clu_lake_plan_row *r)
{
    struct clu_place now, source;

    if (clu_dedup_protected(w->opt, r->id.path, w->cli))
        clu_dedup_refuse(w, r->id.path, CLU_OK, "protected: it stays");
    else if (!clu_dedup_as_planned(r, &now))
        clu_dedup_refuse(w, r->id.path, now.there ? CLU_DATA : CLU_SYSTEM, now.there ? "changed since the plan was made: it stays" : "it is gone");
    else if (now.names > 1)
        clu_dedup_refuse(w, r->id.path, CLU_DATA, "it has other hard links now: it stays");
    else if (r->action == CLU_LINK && (source = clu_place_look(r->source), now.owner != source.owner || now.group != source.group || now.mode != source.mode))
        clu_dedup_refuse(w, r->id.path, CLU_DATA, "owner or permissions differ from those of %s: it is not linked", r->source);
    else
        return true;
    return false;
}

/* May others be made again from it? Its fingerprint is looked at once for all of them. */
static bool source_stands(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_recipe *recipe)
{
    const struct clu_lake_plan_row *s = clu_lake_plan_find(&w->plan, r->source);
    struct clu_place now;
    struct clu_err err;
    bool same;

    if (!s || s->action != CLU_KEEP || strcmp(s->id.path, r->id.path) == 0) {
        clu_dedup_refuse(w, r->source, CLU_DATA, "tables would be made again from it, but the plan does not keep it");
        return false;
    }
    if (!clu_dedup_as_planned(s, &now)) {
        clu_dedup_refuse(w, r->source, CLU_DATA, "tables would be made again from it, but it changed since the plan was made");
        return false;
    }
    if (clu_dedup_same_print(&same, recipe, &recipe->parent, r->source, &r->source_print, w->cli, &err) != CLU_OK) {
        clu_cli_complain(w->cli, err.msg);
        w->worst = err.code > w->worst ? err.code : w->worst;
        return false;
    }
    if (!same)
        clu_dedup_refuse(w, r->source, CLU_DATA, "tables would be made again from it, but its rows changed since the plan was made");
    return same;
}

/* Read anew, rebuilt and compared, and looked at a last time. */
static void judge(struct clu_dedup_work *w, const struct candidate *c, const struct clu_dedup_job *job)
{
    const struct clu_lake_plan_row *r = c->row, *source = clu_lake_plan_find(&w->plan, r->source);
    struct clu_place now;
    struct clu_err err;
    bool same;

    if (job->status != CLU_OK) {
        clu_dedup_refuse(w, r->id.path, job->status, "it stays: %s", job->err.msg);
    } else if (job->how == CLU_REBUILT_NOT || job->how > r->recipe.how || (r->action == CLU_LINK && !c->recipe.copy)) {
        clu_dedup_refuse(w, r->id.path, CLU_DATA, "its recipe does not bring it back: it stays");
    } else if (clu_dedup_same_print(&same, &c->recipe, &c->recipe.child, r->id.path, &r->print, w->cli, &err) != CLU_OK) {
        clu_dedup_refuse(w, r->id.path, err.code, "it stays: %s", err.msg);
    } else if (!same) {
        clu_dedup_refuse(w, r->id.path, CLU_DATA, "its rows changed since the plan was made: it stays");
    } else if (!clu_dedup_as_planned(source, &now)) {
        clu_dedup_refuse(w, r->id.path, CLU_DATA, "%s changed: it stays", r->source);
    } else if (may_go(w, r)) {
        finish(w, r, clu_journal_find(&w->journal, r->id.path));
    }
}

static void compare_all(struct clu_dedup_work *w, const struct candidate *c, size_t n)
{
    struct clu_dedup_job *job = clu_dedup_must(w->cli, clu_calloc(n, sizeof *job));

    for (size_t i = 0; i < n; i++)
        job[i] = (struct clu_dedup_job){.child = c[i].row->id.path, .recipe = (struct clu_recipe *)&c[i].recipe};
    clu_dedup_compare(job, n, c[0].row->source, w->cli);
    for (size_t i = 0; i < n; i++)
        judge(w, &c[i], &job[i]);
    clu_free(job);
}

static void apply_source(struct clu_dedup_work *w, const struct clu_lake_plan_row *const *row, size_t n)
{
    struct candidate *c = clu_dedup_must(w->cli, clu_calloc(n, sizeof *c));
    struct clu_err err;
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (is_done(w, row[i]) || !may_go(w, row[i]))
            continue;
        c[k].row = row[i];
        enum clu_status status = clu_recipe_load(&c[k].recipe, &row[i]->recipe, &err);
        if (status != CLU_OK)
            clu_dedup_refuse(w, row[i]->id.path, status, "it stays: %s", err.msg);
        else
            k++;
    }
    if (k > 0 && source_stands(w, c[0].row, &c[0].recipe))
        compare_all(w, c, k);
    for (size_t i = 0; i < k; i++)
        clu_recipe_clear(&c[i].recipe);
    clu_free(c);
}

/* --- all --- */

static int by_source(const void *a, const void *b)
{
    const struct clu_lake_plan_row *x = *(const struct clu_lake_plan_row *const *)a, *y = *(const struct clu_lake_plan_row *const *)b;
    int order = strcmp(x->source, y->source);

    return order != 0 ? order : strcmp(x->id.path, y->id.path);
}

enum clu_status clu_dedup_apply(const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_work w;
    size_t n = 0;

    clu_dedup_begin(&w, opt, opt->apply, cli);
    const struct clu_lake_plan_row **row = clu_dedup_must(cli, clu_alloc(w.plan.n + 1, sizeof *row));
    for (size_t i = 0; i < w.plan.n; i++)
        if (w.plan.row[i].action == CLU_DELETE || w.plan.row[i].action == CLU_LINK)
            row[n++] = &w.plan.row[i];
    qsort(row, n, sizeof *row, by_source);
    clu_dedup_tell(cli, "action", "table", "place");
    for (size_t i = 0, k; i < n; i += k) {
        for (k = 1; i + k < n && strcmp(row[i + k]->source, row[i]->source) == 0; k++)
            ;
        apply_source(&w, row + i, k);
        clu_tick(&cli->run, "applying", i + k, n, 0);
    }
    clu_cli_fact(cli, "tables done", "%zu", w.done);
    clu_cli_fact(cli, "refused", "%zu", w.refused);
    clu_cli_fact(cli, "bytes freed", "%llu", (unsigned long long)w.bytes);
    clu_free(row);
    clu_dedup_end(&w);
    return w.worst;
}
