/* base/status.h - how a call says that it failed.
 *
 * Every library function that can fail returns an enum clu_status and, where it takes a struct clu_err *
 * (always the last parameter, may be NULL), leaves there one line in the words of the caller:
 * "file:line: column 3 (price): not a number: 'foo'". The library never prints and never exits;
 * the values below are also the exit statuses of the tools. */
#ifndef CLU_BASE_STATUS_H
#define CLU_BASE_STATUS_H

#include <stddef.h>

enum clu_status {
    CLU_OK = 0,     /* done */
    CLU_NO = 1,     /* the answer is no (only from what answers a question) */
    CLU_USAGE = 2,  /* the request makes no sense: options, columns, ranges */
    CLU_DATA = 3,   /* the input is bad */
    CLU_SYSTEM = 4, /* cannot open, read, write or allocate */
    CLU_STOPPED = 5 /* the watch asked to stop (base/run.h); never an exit status */
};

struct clu_err {
    enum clu_status code;
    char msg[4096]; /* one line, no newline at its end, "" when code is CLU_OK */
};

/* Fill err (when not NULL) and return code, so that "return clu_fail(err, CLU_DATA, ...)" is one line.
 * A message that is too long is cut. */
enum clu_status clu_fail(struct clu_err *err, enum clu_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The one message for memory that could not be had: "memory exhausted". Returns CLU_SYSTEM. */
enum clu_status clu_fail_memory(struct clu_err *err);

/* Copy len bytes of s into out as a reader of a terminal may see them: at most max bytes of text are shown
 * (then "..."), control characters and bytes outside printable ASCII and UTF-8 become \n, \t, \033 and the
 * like. out[] holds at least 4 * max + 4 bytes. Returns out. Used for cells and names inside messages. */
char *clu_show(const char *s, size_t len, size_t max, char *out);

#endif
