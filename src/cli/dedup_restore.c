/* --restore. Sections: writing, from the trash, from the source, all. */
#include "cli/dedup_state.h"

#include "base/mem.h"
#include "io/rebuild.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* --- writing --- */

/* Rows as text into the file, compressed if it was. */
struct writing {
    const struct clu_recipe *r;
    struct clu_out *out;
    struct clu_texts text;
    z_stream zip;
    unsigned char *packed; /* [BLOCK] */
};

#define BLOCK 65536
#define ENOUGH ((size_t)1 << 20) /* of text at a time */

static enum clu_status write_out(struct writing *w, int flush, struct clu_err *err)
{
    if (!w->r->gzip) {
        clu_out_bytes(w->out, w->text.bytes, w->text.used);
        w->text.used = 0;
        return CLU_OK;
    }
    w->zip.next_in = (unsigned char *)w->text.bytes;
    w->zip.avail_in = (uInt)w->text.used;
    do {
        w->zip.next_out = w->packed;
        w->zip.avail_out = BLOCK;
        if (deflate(&w->zip, flush) == Z_STREAM_ERROR)
            return clu_fail(err, CLU_SYSTEM, "cannot compress");
        clu_out_bytes(w->out, w->packed, BLOCK - w->zip.avail_out);
    } while (w->zip.avail_out == 0);
    w->text.used = 0;
    return CLU_OK;
}

static enum clu_status write_row(void *ctx, const struct clu_cell *cell, bool last, struct clu_err *err)
{
    struct writing *w = ctx;
    enum clu_status status = clu_recipe_write_row(w->r, cell, last, &w->text, err);

    return status == CLU_OK && w->text.used > ENOUGH ? write_out(w, Z_NO_FLUSH, err) : status;
}

static enum clu_status write_table(struct writing *w, const char *source, struct clu_cli *cli, struct clu_err *err)
{
    struct clu_rebuild_sink sink = {write_row, w};

    w->packed = clu_alloc(BLOCK, 1);
    /* 16: a gzip header. */
    if (!w->packed || (w->r->gzip && deflateInit2(&w->zip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK))
        return clu_fail_memory(err);
    enum clu_status status = clu_recipe_write_head(w->r, &w->text, err);
    if (status == CLU_OK)
        status = clu_rebuild(&w->r, &sink, 1, source, clu_dedup_budget(cli), &cli->run, err);
    if (status == CLU_OK)
        status = write_out(w, Z_FINISH, err);
    if (w->r->gzip)
        deflateEnd(&w->zip);
    return status;
}

/* --- from the trash --- */

/* Is this file what the table was: its rows, and with bytes also how they were written? */
static enum clu_status is_itself(bool *same, const struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_recipe *recipe,
                                 const char *path, bool bytes, struct clu_err *err)
{
    struct clu_hash hash;
    enum clu_status status = clu_dedup_same_print(same, recipe, &recipe->child, path, &r->print, w->cli, err);

    if (status != CLU_OK || !*same || !bytes)
        return status;
    status = clu_file_hash(&hash, path, err);
    *same = status == CLU_OK && clu_hash_same(hash, recipe->raw);
    return status;
}

/* Back from where it was put, if it is still there and still itself. */
static bool take_back(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_recipe *recipe)
{
    const struct clu_entry *e = clu_journal_find(&w->journal, r->id.path);
    struct clu_place now;
    struct clu_err err;
    bool same;

    if (r->action != CLU_DELETE || !e || e->event == CLU_RESTORED || !(now = clu_place_look(e->place)).regular ||
        now.id.size != r->id.size ||
        is_itself(&same, w, r, recipe, e->place, true, &err) != CLU_OK || !same)
        return false;
    if (!w->opt->dry_run && clu_place_move(e->place, r->id.path, &w->cli->run, &err) != CLU_OK)
        return false;
    clu_dedup_tell(w->cli, "restore", r->id.path, e->place);
    return true;
}

/* --- from the source --- */

/* Into a file beside it, which gets its name when it is whole. What a run that was killed left of one is written anew. */
static enum clu_status rebuild(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_recipe *recipe, struct clu_err *err)
{
    struct clu_cli *cli = w->cli;
    char *spare = clu_dedup_text(cli, "%s.clu-restore", r->id.path);
    struct writing to = {.r = recipe};
    enum clu_status status;
    bool same = false;

    if (unlink(spare) != 0 && errno != ENOENT) {
        status = clu_fail_path(err, spare);
    } else if (recipe->copy) {
        status = clu_place_copy(r->source, spare, &cli->run, err);
    } else {
        mode_t mask = umask(0077); /* who may read it is said when it is whole */
        to.out = clu_cli_open(cli, spare);
        umask(mask);
        status = write_table(&to, r->source, cli, err);
        if (status == CLU_OK)
            clu_cli_close(cli, to.out);
        else
            clu_cli_discard(cli, to.out);
        clu_texts_clear(&to.text);
        clu_free(to.packed);
    }
    if (status == CLU_OK)
        status = is_itself(&same, w, r, recipe, spare, r->recipe.how == CLU_REBUILT_BYTES, err);
    if (status == CLU_OK && !same)
        status = clu_fail(err, CLU_DATA, "what was made is not what was deleted");
    if (status == CLU_OK)
        status = clu_place_dress(spare, recipe->mode, r->id.mtime, err);
    if (status == CLU_OK)
        status = r->action == CLU_LINK ? clu_place_replace(spare, r->id.path, err) : clu_place_move(spare, r->id.path, &cli->run, err);
    if (status != CLU_OK)
        unlink(spare);
    clu_free(spare);
    return status;
}

static enum clu_status check_source(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, const struct clu_recipe *recipe, struct clu_err *err)
{
    bool same;
    enum clu_status status = clu_dedup_same_print(&same, recipe, &recipe->parent, r->source, &r->source_print, w->cli, err);

    return status == CLU_OK && !same ? clu_fail_at(err, CLU_DATA, r->source, "its rows changed since the plan was made") : status;
}

/* --- all --- */

/* Is it gone, or a link that was made of it? */
static bool is_missing(const struct clu_dedup_work *w, const struct clu_lake_plan_row *r)
{
    const struct clu_entry *e = clu_journal_find(&w->journal, r->id.path);
    struct clu_place now = clu_place_look(r->id.path), source = clu_place_look(r->source);

    if (r->action == CLU_DELETE)
        return !now.there;
    return e && e->event != CLU_RESTORED && (!now.there || (source.there && now.id.dev == source.id.dev && now.id.inode == source.id.inode));
}

static enum clu_status bring_back(struct clu_dedup_work *w, const struct clu_lake_plan_row *r, struct clu_err *err)
{
    struct clu_recipe recipe;
    enum clu_status status = clu_recipe_load(&recipe, &r->recipe, err);

    if (status == CLU_OK && !w->opt->dry_run)
        status = clu_place_make_folders(r->id.path, err);
    if (status == CLU_OK && !take_back(w, r, &recipe)) {
        status = check_source(w, r, &recipe, err);
        if (status == CLU_OK && !w->opt->dry_run)
            status = rebuild(w, r, &recipe, err);
        if (status == CLU_OK)
            clu_dedup_tell(w->cli, "restore", r->id.path, r->source);
    }
    if (status == CLU_OK && !w->opt->dry_run)
        status = clu_journal_add(&w->journal, CLU_RESTORED, r->id.path, "", err);
    clu_recipe_clear(&recipe);
    return status;
}

static void restore(struct clu_dedup_work *w, const struct clu_lake_plan_row *r)
{
    struct clu_err err;
    enum clu_status status = bring_back(w, r, &err);

    if (status == CLU_OK) {
        w->done++;
        return;
    }
    clu_dedup_refuse(w, r->id.path, status, "not restored: %s", err.msg);
}

static void restore_named(struct clu_dedup_work *w, const char *path)
{
    const struct clu_lake_plan_row *r = clu_lake_plan_find(&w->plan, path);

    if (!r)
        clu_dedup_refuse(w, path, CLU_DATA, "the plan has no such table");
    else if (r->action != CLU_DELETE && r->action != CLU_LINK)
        clu_dedup_refuse(w, path, CLU_DATA, "the plan did not delete it");
    else if (!is_missing(w, r))
        clu_dedup_refuse(w, path, CLU_DATA, "there is a file already");
    else
        restore(w, r);
}

enum clu_status clu_dedup_restore(const struct clu_dedup_opt *opt, struct clu_cli *cli)
{
    struct clu_dedup_work w;

    clu_dedup_begin(&w, opt, opt->restore, cli);
    clu_dedup_tell(cli, "action", "table", "place");
    for (size_t i = 0; i < cli->files; i++)
        restore_named(&w, cli->file[i]);
    for (size_t i = 0; opt->all && i < w.plan.n; i++) {
        const struct clu_lake_plan_row *r = &w.plan.row[i];
        if ((r->action == CLU_DELETE || r->action == CLU_LINK) && is_missing(&w, r))
            restore(&w, r);
        clu_tick(&cli->run, "restoring", i + 1, w.plan.n, 0);
    }
    clu_cli_fact(cli, "tables restored", "%zu", w.done);
    clu_cli_fact(cli, "refused", "%zu", w.refused);
    clu_dedup_end(&w);
    return w.worst;
}
