/* io/journal.h - what was done of a plan: a line on the disk before each action and one after it, so that whatever was cut short can be
 * told and taken up. One process at a time. */
#ifndef CLU_IO_JOURNAL_H
#define CLU_IO_JOURNAL_H

#include "base/status.h"
#include "tab/rowhash.h"

enum clu_event { CLU_NOTHING = 0, CLU_BEGUN, CLU_DONE, CLU_RESTORED };

struct clu_entry {
    char *table, *place; /* place: where the table goes, or a name that is used on the way */
    enum clu_event event;
    size_t number;       /* of the line */
};

struct clu_journal {
    int fd;                  /* -1: it is only read */
    char *path;
    struct clu_entry *entry; /* [n]: the last of each table, sorted by table */
    size_t n, cap;
};

/* Open the journal of a plan, made if there is none; write: to add to it, locked. CLU_DATA when it is another plan's. CLU_SYSTEM
 * "plan.tsv.journal: in use by another process". */
enum clu_status clu_journal_open(struct clu_journal *j, const char *path, struct clu_hash plan, bool write, struct clu_err *err);

/* The last that happened to a table before the journal was opened; NULL: nothing. */
const struct clu_entry *clu_journal_find(const struct clu_journal *j, const char *table);

/* One line more, on the disk when the call returns. */
enum clu_status clu_journal_add(struct clu_journal *j, enum clu_event event, const char *table, const char *place, struct clu_err *err);
void clu_journal_close(struct clu_journal *j);

#endif
