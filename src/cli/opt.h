/* cli/opt.h - options, declared once.
 *
 * One row an option. From the rows come getopt_long's tables, --help, the man page's OPTIONS and the completions;
 * defaults shown are read from the struct before parsing. A tool has several sets of rows, each with the struct its offsets are
 * in: its own, and those of cli/tool.h that it shares with the other filters. */
#ifndef CLU_CLI_OPT_H
#define CLU_CLI_OPT_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clu_opt_type {
    CLU_OPT_FLAG,    /* bool: set to true */
    CLU_OPT_COUNT,   /* size_t in [lo, hi] */
    CLU_OPT_RANGE,   /* struct clu_opt_range of numbers in [lo, hi]: N, or N..M */
    CLU_OPT_SEED,    /* uint64_t, decimal digits only */
    CLU_OPT_THREADS, /* int in [1, 4096] */
    CLU_OPT_REAL,    /* double in [lo, hi] */
    CLU_OPT_SIZE,    /* uint64_t bytes: 100M, 2G (powers of 1024), 100MB (of 1000) */
    CLU_OPT_TEXT,    /* const char * */
    CLU_OPT_FILE,    /* const char *, completes file names */
    CLU_OPT_COLUMN,  /* const char *, completes column names */
    CLU_OPT_LIST,    /* struct clu_opt_list: may be repeated, completes column names */
    CLU_OPT_TEXTS,   /* struct clu_opt_list: may be repeated */
    CLU_OPT_CHAR,    /* char: one byte; TAB also as \t; what: its name in messages */
    CLU_OPT_WORD,    /* int: index of words[]; "name:P" stands for name: and any text, which goes to tail */
    CLU_OPT_SET,     /* int: set to value, no argument (-H) */
    CLU_OPT_SETCHAR  /* char: set to value, no argument (--csv) */
};

struct clu_opt_list {
    const char **text; /* owned by cli, freed by clu_opt_free() */
    size_t n, cap;
};

struct clu_opt_range {
    size_t lo, hi; /* equal for a single number */
};

struct clu_opt {
    int letter;       /* 0: only long */
    const char *name; /* long name; NULL: only short */
    enum clu_opt_type type;
    size_t offset;    /* in the set's struct */
    const char *arg;  /* the argument's name in help: "K", "FILE", "COL" */
    const char *help; /* one sentence, no full stop at its end; wrapped by --help */
    double lo, hi;    /* COUNT and REAL; hi = 0 with lo = 0: no range */
    const char *what; /* for "invalid number of clusters: '2x'"; NULL: "invalid argument '2x' for '--name'" */
    const char *const *words; /* WORD: NULL-terminated */
    int value;        /* SET: the value; WORD with optional argument: taken without one */
    bool optional;    /* WORD: the argument may be left out (--header, --header=no) */
    size_t tail;      /* WORD: 1 + offset of a const char * for what follows the colon of "name:P"; 0: no such word */
    size_t given;     /* 1 + offset of a bool that becomes true when the option is given; 0: none */
};

struct clu_optset {
    const char *title;        /* heading in --help and man: "Input", "Method" */
    const struct clu_opt *opt;
    size_t n;
    void *base;               /* the struct that offset counts from */
};

struct clu_tool {
    const char *name;
    const char *usage;   /* "[OPTION]... [FILE]..." */
    const char *summary; /* one or two sentences for --help */
    const char *example; /* one command, shown at the end of --help */
    const struct clu_optset *set;
    size_t sets;
};

/* Parse. Operands are left in argv[*operands..argc). Handles --help and --version (and --regen=WHAT, the hidden
 * word of `make regen`): then *done is true and the status is what to exit with after the caller closed stdout. Errors: CLU_USAGE with the message of faults.md rows 1-5; the caller adds "Try '... --help'". */
enum clu_status clu_opt_parse(const struct clu_tool *tool, int argc, char **argv, int *operands, bool *done,
                              struct clu_err *err);
void clu_opt_free(const struct clu_tool *tool);

/* Does the row take an argument? */
bool clu_opt_has_argument(const struct clu_opt *o);

#endif
