/* What the steps of cli/dedup share. Sections: memory, tables of one source, plans at work. */
#include "cli/dedup_state.h"

#include "base/mem.h"
#include "io/lake.h"
#include "io/rebuild.h"
#include "tab/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- memory --- */

void *clu_dedup_must(struct clu_cli *cli, void *p)
{
    struct clu_err err;

    if (!p)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
    return p;
}

void clu_dedup_room(struct clu_cli *cli, void *p, size_t *cap, size_t need, size_t size)
{
    struct clu_err err;

    if (clu_reserve(p, cap, need, size) < 0)
        clu_cli_check(cli, clu_fail_memory(&err), &err);
}

char *clu_dedup_copy(struct clu_cli *cli, const char *s)
{
    return clu_dedup_must(cli, clu_strndup(s, strlen(s)));
}

char *clu_dedup_text(struct clu_cli *cli, const char *fmt, ...)
{
    va_list ap, again;

    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    char *s = clu_dedup_must(cli, clu_alloc((size_t)len + 1, 1));
    vsnprintf(s, (size_t)len + 1, fmt, again);
    va_end(ap);
    va_end(again);
    return s;
}

/* --- tables of one source --- */

#define MOST_MEMORY ((uint64_t)2 << 30) /* more than that in one scan saves no time */

uint64_t clu_dedup_budget(const struct clu_cli *cli)
{
    uint64_t most = cli->run.max_memory / 4;

    return most == 0 || most > MOST_MEMORY ? MOST_MEMORY : most;
}

static void compare_copy(struct clu_dedup_job *job, const char *source, struct clu_cli *cli)
{
    bool same;

    job->status = clu_files_same(&same, job->child, source, &cli->run, &job->err);
    job->how = job->status == CLU_OK && same ? CLU_REBUILT_BYTES : CLU_REBUILT_NOT;
}

/* Of several that fail together none is to blame. */
static enum clu_status compare_together(struct clu_dedup_job *const *job, size_t n, const char *source, struct clu_cli *cli,
                                        struct clu_err *err)
{
    struct clu_check *check = clu_dedup_must(cli, clu_calloc(n, sizeof *check));
    struct clu_rebuild_sink *sink = clu_dedup_must(cli, clu_calloc(n, sizeof *sink));
    const struct clu_recipe **recipe = clu_dedup_must(cli, clu_calloc(n, sizeof *recipe));
    enum clu_status status = CLU_OK;

    for (size_t i = 0; i < n && status == CLU_OK; i++) {
        recipe[i] = job[i]->recipe;
        status = clu_check_begin(&check[i], recipe[i], job[i]->child, err);
        sink[i] = clu_check_sink(&check[i]);
    }
    if (status == CLU_OK)
        status = clu_rebuild(recipe, sink, n, source, clu_dedup_budget(cli), &cli->run, err);
    for (size_t i = 0; i < n && status == CLU_OK; i++) {
        status = clu_check_end(&check[i], err);
        job[i]->how = !check[i].cells_same                              ? CLU_REBUILT_NOT
                      : check[i].bytes_same && !recipe[i]->gzip         ? CLU_REBUILT_BYTES
                      : recipe[i]->normal                               ? CLU_REBUILT_NORMAL
                                                                        : CLU_REBUILT_CELLS;
    }
    for (size_t i = 0; i < n; i++) {
        clu_check_clear(&check[i]);
        if (status != CLU_OK)
            job[i]->how = CLU_REBUILT_NOT;
    }
    clu_free(check);
    clu_free(sink);
    clu_free(recipe);
    return status;
}

void clu_dedup_compare(struct clu_dedup_job *job, size_t n, const char *source, struct clu_cli *cli)
{
    struct clu_dedup_job **some = clu_dedup_must(cli, clu_alloc(n, sizeof *some));
    struct clu_err err;

    for (size_t i = 0; i < n;) {
        uint64_t need = 0;
        size_t k = 0;
        for (; i < n && (k == 0 || need < clu_dedup_budget(cli)); i++) {
            job[i].how = CLU_REBUILT_NOT;
            job[i].status = CLU_OK;
            if (job[i].recipe->copy) {
                compare_copy(&job[i], source, cli);
            } else {
                need += job[i].recipe->rows * (48 + 20 * (uint64_t)job[i].recipe->cols);
                some[k++] = &job[i];
            }
        }
        if (k == 0 || compare_together(some, k, source, cli, &err) == CLU_OK)
            continue;
        for (size_t j = 0; j < k; j++)
            some[j]->status = compare_together(&some[j], 1, source, cli, &some[j]->err);
    }
    clu_free(some);
}

/* --- plans at work --- */

void clu_dedup_begin(struct clu_dedup_work *w, const struct clu_dedup_opt *opt, const char *plan, struct clu_cli *cli)
{
    struct clu_err err;
    char *path = clu_dedup_text(cli, "%s.journal", plan);

    *w = (struct clu_dedup_work){.opt = opt, .cli = cli};
    clu_cli_check(cli, clu_lake_plan_read(&w->plan, plan, &err), &err);
    if (!opt->dry_run) /* without it the journal is of no use */
        clu_cli_check(cli, clu_place_sync_file(plan, &err), &err);
    clu_cli_check(cli, clu_journal_open(&w->journal, path, w->plan.hash, !opt->dry_run, &err), &err);
    clu_free(path);
}

void clu_dedup_end(struct clu_dedup_work *w)
{
    clu_journal_close(&w->journal);
    clu_lake_plan_clear(&w->plan);
}

void clu_dedup_refuse(struct clu_dedup_work *w, const char *path, enum clu_status status, const char *fmt, ...)
{
    char msg[2048];
    struct clu_err err;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    clu_fail_at(&err, status, path, "%s", msg);
    clu_cli_complain(w->cli, err.msg);
    w->worst = status > w->worst ? status : w->worst;
    w->refused++;
}

bool clu_dedup_as_planned(const struct clu_lake_plan_row *r, struct clu_place *now)
{
    struct clu_identity id;

    *now = clu_place_look(r->id.path);
    if (now->there)
        return now->regular && now->id.size == r->id.size && now->id.mtime == r->id.mtime && now->id.dev == r->id.dev &&
               now->id.inode == r->id.inode;
    /* A member of an archive, whose file is the archive's. */
    return clu_lake_stat(r->id.path, &id) && id.member && id.size == r->id.size && id.mtime == r->id.mtime && id.dev == r->id.dev &&
           id.inode == r->id.inode;
}

enum clu_status clu_dedup_same_print(bool *same, const struct clu_recipe *r, const struct clu_reading *how, const char *path,
                                     const struct clu_print *print, const struct clu_cli *cli, struct clu_err *err)
{
    uint64_t rows;
    struct clu_hash sum;
    enum clu_status status = clu_fingerprint(r, how, path, &rows, &sum, &cli->run, err);

    *same = status == CLU_OK && rows == print->rows && clu_hash_same(sum, print->sum);
    return status;
}

static void put_name(struct clu_cli *cli, const char *s, const char *end)
{
    char *text = clu_dedup_must(cli, clu_alloc(4 * strlen(s) + 1, 1));

    clu_out_bytes(cli->out, text, clu_escape(s, strlen(s), "", text));
    clu_out_bytes(cli->out, end, 1);
    clu_free(text);
}

void clu_dedup_tell(struct clu_cli *cli, const char *action, const char *table, const char *place)
{
    put_name(cli, action, "\t");
    put_name(cli, table, "\t");
    put_name(cli, place, "\n");
}
