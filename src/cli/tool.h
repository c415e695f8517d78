/* cli/tool.h - what every filter does the same way: shared options, start, errors, signals, output, end.
 *
 * The only floor that prints, exits, and reads the environment (CLU_CPU, OMP_NUM_THREADS, TMPDIR). */
#ifndef CLU_CLI_TOOL_H
#define CLU_CLI_TOOL_H

#include "base/run.h"
#include "base/status.h"
#include "cli/opt.h"
#include "io/read.h"
#include "io/write.h"
#include "tab/scale.h"

/* -d -t --csv -H --header -c -i --na --na-values --decimal-comma --scale -w (those a tool leaves out, it leaves out by choosing its rows) */
struct clu_cli_input {
    char delimiter;
    bool decimal_comma;
    int header; /* enum clu_header */
    struct clu_opt_list columns;
    const char *id, *weight;
    int na; /* enum clu_na */
    const char *na_values;
    int scale; /* enum clu_scaling */
    bool float32;
};

/* -a -o --output-delimiter -j --seed --max-memory --progress -q -v --line-buffered */
struct clu_cli_common {
    bool append;
    const char *output;
    char output_delimiter;
    int threads; /* 0: every processor this process may use */
    uint64_t seed;
    uint64_t max_memory;
    int progress; /* auto, always, never */
    bool quiet, verbose, line_buffered;
};
#define CLU_CLI_COMMON_DEFAULT {.seed = 1}

extern const struct clu_opt clu_cli_input_opt[];
extern const size_t clu_cli_input_opts;
extern const struct clu_opt clu_cli_common_opt[];
extern const size_t clu_cli_common_opts;

/* Everything before the work: parse, switch kernels, signals, threads, memory limit. Exits by itself for --help, --version
 * and wrong usage. Leaves the FILE operands in file[files]. Fills the run that the library is given. */
struct clu_cli {
    const struct clu_tool *tool;
    const struct clu_cli_input *input;   /* NULL: the tool has no such rows */
    const struct clu_cli_common *common;
    const char *const *file;
    size_t files;
    struct clu_run run;
    struct clu_watch watch;
    struct clu_out *out;      /* the -o file or stdout, opened before reading */
};
void clu_cli_start(struct clu_cli *cli, const struct clu_tool *tool, const struct clu_cli_input *input,
                   const struct clu_cli_common *common, int argc, char **argv);

/* The reader's options from the command line. */
struct clu_read_opt clu_cli_read_opt(const struct clu_cli *cli);

/* The delimiter of what is printed: --output-delimiter, else the input's. */
char clu_cli_delimiter(const struct clu_cli *cli, const struct clu_schema *s);

/* Print "prog: msg" to stderr and exit with the status; the output is discarded first, so an old -o file stays. */
_Noreturn void clu_cli_fail(struct clu_cli *cli, const struct clu_err *err);
_Noreturn void clu_cli_usage(struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void clu_cli_warn(const struct clu_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One fact of -v: "name: value" on stderr. */
void clu_cli_fact(const struct clu_cli *cli, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Open another output beside -o (--save-model), guarded by the same signal handlers. Exits on failure. */
struct clu_out *clu_cli_open(struct clu_cli *cli, const char *path);
void clu_cli_close(struct clu_cli *cli, struct clu_out *out); /* exits 4 on failure */

/* Close the output, exit 0, or 4 when something could not be written. */
_Noreturn void clu_cli_end(struct clu_cli *cli);

#endif
