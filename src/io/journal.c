/* A line: word, table, place, and a full stop as its last field, which says that it is whole: a line that was cut short counts for nothing.
 * The first one names the plan. Sections: reading, opening, adding. */
#include "io/journal.h"

#include "base/mem.h"
#include "io/lines.h"
#include "io/place.h"
#include "tab/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const word[] = {"clu-journal/1", "begin", "done", "restored"};
#define FIELDS 4

/* --- reading --- */

static int by_table(const void *a, const void *b)
{
    const struct clu_entry *x = a, *y = b;
    int order = strcmp(x->table, y->table);

    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* Of each table the last entry. */
static void keep_last(struct clu_journal *j)
{
    size_t n = 0;

    if (j->n > 0)
        qsort(j->entry, j->n, sizeof *j->entry, by_table);
    for (size_t i = 0; i < j->n; i++) {
        if (i + 1 < j->n && strcmp(j->entry[i].table, j->entry[i + 1].table) == 0) {
            clu_free(j->entry[i].table);
            clu_free(j->entry[i].place);
        } else {
            j->entry[n++] = j->entry[i];
        }
    }
    j->n = n;
}

static enum clu_status add_entry(struct clu_journal *j, const struct clu_lines *l, enum clu_event event, struct clu_err *err)
{
    if (clu_reserve(&j->entry, &j->cap, j->n + 1, sizeof *j->entry) < 0)
        return clu_fail_memory(err);
    struct clu_entry *e = &j->entry[j->n];
    enum clu_status status = clu_lines_text(l, l->field[1], err);
    if (status == CLU_OK)
        status = clu_lines_text(l, l->field[2], err);
    if (status != CLU_OK)
        return status;
    *e = (struct clu_entry){clu_strndup(l->field[1], strlen(l->field[1])), clu_strndup(l->field[2], strlen(l->field[2])), event, j->n};
    j->n++;
    return e->table && e->place ? CLU_OK : clu_fail_memory(err);
}

/* *named: a line names the plan. */
static enum clu_status read_lines(struct clu_journal *j, const char *plan, bool *named, struct clu_err *err)
{
    struct clu_lines l;
    bool more;
    enum clu_status status = clu_lines_open(&l, j->path, err);

    while (status == CLU_OK && (status = clu_lines_next(&l, &more, err)) == CLU_OK && more) {
        int event = 0;
        if (l.cut || l.fields != FIELDS || strcmp(l.field[FIELDS - 1], ".") != 0)
            continue;
        while (event <= CLU_RESTORED && strcmp(l.field[0], word[event]) != 0)
            event++;
        if (event > CLU_RESTORED || (event == 0 && strcmp(l.field[1], plan) != 0) || (event > 0 && !*named))
            status = clu_lines_fail(&l, err, event == 0 ? "the journal of another plan" : "not a journal");
        else if (event > 0)
            status = add_entry(j, &l, (enum clu_event)event, err);
        *named |= event == 0;
    }
    clu_lines_close(&l);
    if (status == CLU_OK)
        keep_last(j);
    return status;
}

/* --- opening --- */

static enum clu_status lock(struct clu_journal *j, struct clu_err *err)
{
    j->fd = open(j->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (j->fd < 0)
        return clu_fail_path(err, j->path);
    /* Not fcntl(), whose lock would go as soon as the file is closed after it was read. */
    if (flock(j->fd, LOCK_EX | LOCK_NB) == 0)
        return CLU_OK;
    return errno == EWOULDBLOCK ? clu_fail_at(err, CLU_SYSTEM, j->path, "in use by another process") : clu_fail_path(err, j->path);
}

static enum clu_status write_line(struct clu_journal *j, const char *s, size_t len, struct clu_err *err)
{
    while (len > 0) {
        ssize_t n = write(j->fd, s, len);
        if (n < 0 && errno != EINTR)
            return clu_fail_path(err, j->path);
        s += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return fsync(j->fd) == 0 || errno == EINVAL ? CLU_OK : clu_fail_path(err, j->path);
}

/* What was cut short must not run into the next line. */
static enum clu_status end_last(struct clu_journal *j, struct clu_err *err)
{
    struct stat st;
    char c = '\n';

    if (fstat(j->fd, &st) != 0 || (st.st_size > 0 && pread(j->fd, &c, 1, st.st_size - 1) != 1))
        return clu_fail_path(err, j->path);
    return c == '\n' ? CLU_OK : write_line(j, "\n", 1, err);
}

enum clu_status clu_journal_open(struct clu_journal *j, const char *path, struct clu_hash plan, bool write, struct clu_err *err)
{
    char hash[40], line[80];
    bool named = false;

    *j = (struct clu_journal){.fd = -1, .path = clu_strndup(path, strlen(path))};
    if (!j->path)
        return clu_fail_memory(err);
    snprintf(hash, sizeof hash, "%016" PRIx64 "%016" PRIx64, plan.hi, plan.lo);
    struct clu_place now = clu_place_look(path);
    enum clu_status status = now.there && !now.regular ? clu_fail_at(err, CLU_DATA, path, "not a file") : CLU_OK;
    if (status == CLU_OK && write)
        status = lock(j, err);
    if (status == CLU_OK && now.there)
        status = read_lines(j, hash, &named, err);
    if (status == CLU_OK && write)
        status = end_last(j, err);
    if (status == CLU_OK && write && !named) {
        int len = snprintf(line, sizeof line, "%s\t%s\t\t.\n", word[0], hash);
        status = write_line(j, line, (size_t)len, err);
        if (status == CLU_OK)
            status = clu_place_sync(path, err);
    }
    if (status != CLU_OK)
        clu_journal_close(j);
    return status;
}

const struct clu_entry *clu_journal_find(const struct clu_journal *j, const char *table)
{
    size_t lo = 0, hi = j->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(j->entry[mid].table, table);
        if (order == 0)
            return &j->entry[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* --- adding --- */

enum clu_status clu_journal_add(struct clu_journal *j, enum clu_event event, const char *table, const char *place, struct clu_err *err)
{
    size_t t = strlen(table), p = strlen(place), used;
    char *line = clu_alloc(4 * (t + p) + 32, 1);

    if (!line)
        return clu_fail_memory(err);
    used = (size_t)sprintf(line, "%s\t", word[event]);
    used += clu_escape(table, t, "", line + used);
    line[used++] = '\t';
    used += clu_escape(place, p, "", line + used);
    memcpy(line + used, "\t.\n", 3);
    enum clu_status status = write_line(j, line, used + 3, err);
    clu_free(line);
    return status;
}

void clu_journal_close(struct clu_journal *j)
{
    for (size_t i = 0; i < j->n; i++) {
        clu_free(j->entry[i].table);
        clu_free(j->entry[i].place);
    }
    clu_free(j->entry);
    clu_free(j->path);
    if (j->fd >= 0)
        close(j->fd);
    *j = (struct clu_journal){.fd = -1};
}
