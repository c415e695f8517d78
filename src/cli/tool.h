/* cli/tool.h - what every filter does the same way: shared options, start, errors, signals, output, end.
 *
 * The only floor that prints, exits, and reads the environment (CLU_CPU, OMP_NUM_THREADS, TMPDIR). A tool keeps one
 * struct clu_cli for its whole life. */
#ifndef CLU_CLI_TOOL_H
#define CLU_CLI_TOOL_H

#include "base/run.h"
#include "base/status.h"
#include "cli/opt.h"
#include "cli/progress.h"
#include "io/read.h"
#include "io/write.h"
#include "tab/scale.h"

/* What the shared rows set. */
struct clu_cli_input {
    char delimiter;      /* 0: from the first record */
    bool decimal_comma;
    int header;          /* enum clu_header */
    struct clu_opt_list columns;
    const char *na_values;
    const char *id, *weight;
    int na;              /* enum clu_na */
    int scale;           /* enum clu_scaling */
    bool float32;
};

struct clu_cli_output {
    const char *file;    /* -o */
    char delimiter;      /* 0: the input's */
    bool append, line_buffered;
};

struct clu_cli_common {
    int threads;         /* 0: the processors this process may use */
    uint64_t seed;
    uint64_t max_memory; /* 0: what the machine, the limits and the cgroup allow */
    int progress;        /* enum clu_progress_mode */
    bool quiet, verbose;
};
#define CLU_CLI_COMMON_DEFAULT {.seed = 1}

/* The shared rows; a tool lists those that it has, each with the struct above that it sets. */
extern const struct clu_opt clu_cli_table_opt[8];  /* -d -t --csv --header -H -c --na-values --decimal-comma */
extern const struct clu_opt clu_cli_id_opt[1];     /* -i */
extern const struct clu_opt clu_cli_weight_opt[1]; /* -w */
extern const struct clu_opt clu_cli_na_opt[1];     /* --na=error|drop|mean */
extern const struct clu_opt clu_cli_scale_opt[1];
extern const struct clu_opt clu_cli_float_opt[1];  /* --float32 */
extern const struct clu_opt clu_cli_append_opt[1]; /* -a */
extern const struct clu_opt clu_cli_output_opt[2]; /* -o --output-delimiter */
extern const struct clu_opt clu_cli_stream_opt[1]; /* --line-buffered */
extern const struct clu_opt clu_cli_seed_opt[1];
extern const struct clu_opt clu_cli_common_opt[5]; /* -j --max-memory --progress -q -v */

/* Rows and their number, for struct clu_optset. */
#define CLU_ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define CLU_CLI_OUTPUTS 4 /* files open for writing at a time */

struct clu_cli {
    struct clu_tool tool; /* with the name that the program was called by */
    const struct clu_cli_input *input;
    const struct clu_cli_output *output;
    const struct clu_cli_common *common;
    const char *const *file; /* operands */
    size_t files;
    struct clu_run run;
    struct clu_watch watch;
    struct clu_progress progress;
    struct clu_out *out;     /* the -o file or stdout: opened before anything is read */
    struct clu_out *open[CLU_CLI_OUTPUTS];
};

/* Everything before the work: parse, choose kernels, guard outputs against signals, find threads and memory. Exits by itself
 * for --help, --version and wrong usage. input may be NULL for a tool that reads no table. */
void clu_cli_start(struct clu_cli *cli, const struct clu_tool *tool, const struct clu_cli_input *input,
                   const struct clu_cli_output *output, const struct clu_cli_common *common, int argc, char **argv);

/* Open the -o file or stdout as cli->out: after the tool has checked its options, before it reads. */
void clu_cli_open_output(struct clu_cli *cli);

/* The reader's options from the command line. */
struct clu_read_opt clu_cli_read_opt(const struct clu_cli *cli);

/* The delimiter of what is printed: --output-delimiter, else the input's. */
char clu_cli_delimiter(const struct clu_cli *cli, const struct clu_schema *s);

/* Print "prog: msg" and exit with its status; outputs are discarded first, so an old -o file stays. */
_Noreturn void clu_cli_fail(struct clu_cli *cli, const struct clu_err *err);
_Noreturn void clu_cli_usage(struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Only when status is not CLU_OK. */
void clu_cli_check(struct clu_cli *cli, enum clu_status status, const struct clu_err *err);

void clu_cli_warn(struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Why the answer is no: a line on stderr, but for -q. */
void clu_cli_note(struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What went wrong with one input of several, after which the work goes on: "prog: msg". */
void clu_cli_complain(struct clu_cli *cli, const char *msg);

/* One fact of -v: "name: value" on stderr. */
void clu_cli_fact(struct clu_cli *cli, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Another output beside -o (--save-model), guarded by the same signal handlers. Both exit on failure. */
struct clu_out *clu_cli_open(struct clu_cli *cli, const char *path);
void clu_cli_close(struct clu_cli *cli, struct clu_out *out);
void clu_cli_discard(struct clu_cli *cli, struct clu_out *out); /* give up: the file stays as it was */

/* Close cli->out and exit: 0, or 4 when something could not be written. */
_Noreturn void clu_cli_end(struct clu_cli *cli);

/* The same of a tool that was asked a question: 1 when the answer is no. */
_Noreturn void clu_cli_answer(struct clu_cli *cli, bool yes);

/* The same of a tool that took many inputs, of which some were bad. */
_Noreturn void clu_cli_end_with(struct clu_cli *cli, enum clu_status status);

#endif
